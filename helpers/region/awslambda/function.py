"""A function as the control plane knows it: its revisions, its states, and the rules for what it may be. No process.

An update shows at once and serves when its `LastUpdateStatus` becomes Successful, by the region's clock.
Source of the texts and defaults: lambda-runtime.md §8.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field, replace

from ..clock import iso
from ..errors import AwsError, not_in_this_region
from ..validation import at_most, detected
from .package import Package
from .refusals import conflict, invalid

RUNTIMES = ("python3.10", "python3.11", "python3.12", "python3.13", "python3.14")
RETIRED = ("python2.7", "python3.6", "python3.7", "python3.8", "python3.9")
VARIABLES_BYTES = 4096
RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
NAME_CHARACTERS = 64
_NOT_NOW = "The operation cannot be performed at this time."
_NAME = re.compile(
    r"(?:(?P<arn>arn:aws:lambda:(?P<region>[\w-]+)):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[\w-]+)(?::(?P<qualifier>\$LATEST|[\w-]+))?"
)


@dataclass(frozen=True)
class Revision:
    """One state of a function's code and configuration. timeout: seconds. memory: MB. modified: epoch seconds."""

    runtime: str
    role: str
    handler: str
    package: Package
    modified: float
    log_group: str
    description: str = ""
    timeout: int = 3
    memory: int = 128
    variables: dict[str, str] | None = None
    dead_letter: str | None = None
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))

    def changed(self, modified: float, **changes: object) -> Revision:
        return replace(self, modified=modified, identifier=str(uuid.uuid4()), **changes)


@dataclass
class Function:
    """latest: what GetFunction shows. serving: what invocations run; None while the function is Pending.

    reserved: its concurrency. policy: statement id → statement. event_invoke: its asynchronous settings.
    packages: what lies on the disk for it, the former code too while an environment runs it.
    """

    name: str
    arn: str
    latest: Revision
    ready_at: float
    serving: Revision | None = None
    tags: dict[str, str] = field(default_factory=dict)
    reserved: int | None = None
    policy: dict[str, dict] = field(default_factory=dict)
    event_invoke: dict | None = None
    packages: list[Package] = field(default_factory=list)
    deleted: bool = False

    @property
    def role(self) -> str:
        return self.latest.role

    @property
    def timeout(self) -> int:
        return self.latest.timeout

    @property
    def state(self) -> str:
        return "Pending" if self.serving is None else "Active"

    @property
    def update_in_progress(self) -> bool:
        return self.serving is not self.latest

    def settle(self, now: float) -> bool:
        """Let what was deployed serve, if it is time; True if something changed."""
        if not self.update_in_progress or now < self.ready_at:
            return False
        self.serving = self.latest
        return True

    def update(self, revision: Revision, ready_at: float) -> None:
        """Raises AwsError while another creation or update is under way."""
        self.refuse_while_changing()
        self.latest, self.ready_at = revision, ready_at
        if revision.package not in self.packages:
            self.packages.append(revision.package)

    def unused(self, running: set[Package]) -> list[Package]:
        """Take out the packages that neither serve, nor will, nor are among those `running`."""
        kept = (
            running
            if self.deleted
            else running | {self.latest.package, (self.serving or self.latest).package}
        )
        unused = [package for package in self.packages if package not in kept]
        self.packages = [package for package in self.packages if package in kept]
        return unused

    def refuse_while_changing(self) -> None:
        self.refuse_while_pending()
        if self.update_in_progress:
            raise conflict(f"{_NOT_NOW} An update is in progress for resource: {self.arn}")

    def refuse_while_pending(self) -> None:
        if self.serving is None:
            raise conflict(f"{_NOT_NOW} The function is currently in the following state: Pending")


def configuration(function: Function, runtime_version_arn: str) -> dict:
    """FunctionConfiguration, as every action that returns one shows it."""
    revision = function.latest
    shown = {
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "Runtime": revision.runtime,
        "Role": revision.role,
        "Handler": revision.handler,
        "CodeSize": revision.package.size,
        "Description": revision.description,
        "Timeout": revision.timeout,
        "MemorySize": revision.memory,
        "LastModified": iso(revision.modified).replace("Z", "+0000"),
        "CodeSha256": revision.package.sha256,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": revision.identifier,
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {"RuntimeVersionArn": runtime_version_arn},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": revision.log_group},
        **_states(function),
    }
    if revision.variables is not None:
        shown["Environment"] = {"Variables": revision.variables}
    if revision.dead_letter:
        shown["DeadLetterConfig"] = {"TargetArn": revision.dead_letter}
    return shown


def _states(function: Function) -> dict:
    reason = {"Reason": "The function is being created.", "ReasonCode": "Creating"}
    if function.serving is None:
        return {"State": "Pending", **{f"State{key}": text for key, text in reason.items()}}
    if function.update_in_progress:
        why = {f"LastUpdateStatus{key}": text for key, text in reason.items()}
        return {"State": "Active", "LastUpdateStatus": "InProgress", **why}
    return {"State": "Active", "LastUpdateStatus": "Successful"}


def parse_name(name_or_arn: str, qualifier: str | None = None) -> tuple[str, str | None]:
    """A function's name and the qualifier asked for ("$LATEST" or None) from any form that AWS takes. Raises AwsError.

    >>> parse_name("arn:aws:lambda:us-east-1:123456789012:function:votes:$LATEST")
    ('votes', '$LATEST')
    """
    match = _NAME.fullmatch(name_or_arn)
    if match is None:
        raise invalid(f"{name_or_arn} is not a function's name or ARN")
    inside = match["qualifier"]
    if inside and qualifier and inside != qualifier:
        message = "The derived qualifier from the function name does not match the specified qualifier."
        raise invalid(message)
    chosen = qualifier or inside
    if chosen not in (None, "$LATEST"):
        raise not_in_this_region(f"The qualifier {chosen!r} (versions and aliases)")
    return match["name"], chosen


# -- what a function may be: each check returns what it took, or raises AwsError --------------------------------------


def checked_name(name: str) -> str:
    if len(name) > NAME_CHARACTERS:
        raise AwsError("ValidationException", detected(("functionName", name, at_most(NAME_CHARACTERS))))
    return name


def checked_runtime(runtime: str, known: list[str]) -> str:
    """known: every runtime that AWS's model names."""
    if runtime in RUNTIMES:
        return runtime
    if runtime in RETIRED:
        message = (
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda "
        )
        message += "functions. We recommend you use a supported runtime while creating or updating functions."
        raise invalid(message)
    if runtime in known:
        raise not_in_this_region(f"The runtime {runtime}")
    message = (
        f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
    )
    raise invalid(f"{message}[{', '.join(known)}] or be a valid ARN")


def checked_variables(environment: dict) -> dict[str, str]:
    """environment: {"Variables": {…}}."""
    given = environment.get("Variables", {})
    refused = (
        "Lambda was unable to configure your environment variables because the environment variables you have"
    )
    if reserved := sorted(RESERVED_VARIABLES & given.keys()):
        message = (
            f"{refused} provided contains reserved keys that are currently not supported for modification. "
        )
        raise invalid(f"{message}Reserved keys used in this request: {', '.join(reserved)}")
    measured = json.dumps(given, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > VARIABLES_BYTES:
        raise invalid(f"{refused} provided exceeded the 4KB limit. String measured: {measured}")
    return given


def checked_log_group(logging: dict, name: str) -> str:
    """logging: LoggingConfig. The group where the function's log goes."""
    for member, value in logging.items():
        if member != "LogGroup" and (member, value) != ("LogFormat", "Text"):
            raise not_in_this_region(f"LoggingConfig's {member} {value}")
    return logging.get("LogGroup", f"/aws/lambda/{name}")


def checked_code(code: dict) -> bytes:
    """code: CreateFunction's Code, or UpdateFunctionCode's members. The zip."""
    for member in code:
        if member != "ZipFile":
            raise not_in_this_region(f"Code.{member}")
    if "ZipFile" not in code:
        raise invalid("Please provide a source for function code.")
    return code["ZipFile"]
