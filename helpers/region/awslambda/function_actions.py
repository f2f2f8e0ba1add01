"""Actions on functions themselves: create, get, list, update, delete, tag.

Source of the texts and states: lambda-runtime.md §8.
"""

from __future__ import annotations

from pathlib import Path

from botocore.loaders import Loader

from ..access import Access
from ..clock import Clock
from ..errors import AwsError, not_in_this_region
from ..settings import Settings
from .destinations import ACTIONS, service_of
from .environment import python_version
from .function import (
    Function,
    Revision,
    checked_code,
    checked_log_group,
    checked_name,
    checked_runtime,
    checked_variables,
    configuration,
    parse_name,
)
from .package import unpack
from .pool import Pool
from .refusals import invalid
from .registry import Registry

PAGE = 50
KNOWN_RUNTIMES = Loader().load_service_model("lambda", "service-2")["shapes"]["Runtime"]["enum"]


class FunctionActions:
    clock: Clock
    settings: Settings
    access: Access
    registry: Registry
    pool: Pool
    folder: Path

    def create_function(
        self,
        *,
        FunctionName,
        Role,
        Code,
        Runtime=None,
        Handler=None,
        Description="",
        Timeout=3,
        MemorySize=128,
        Environment=None,
        DeadLetterConfig=None,
        LoggingConfig=None,
        PackageType="Zip",
        Tags=None,
    ):
        name = checked_name(parse_name(FunctionName)[0])
        if PackageType != "Zip":
            raise not_in_this_region(f"PackageType {PackageType}")
        if not Runtime or not Handler:
            message = (
                "Runtime and Handler are mandatory parameters for functions created with deployment packages."
            )
            raise invalid(message)
        now = self.clock.now()
        settings = {
            "runtime": checked_runtime(Runtime, KNOWN_RUNTIMES),
            "log_group": checked_log_group(LoggingConfig or {}, name),
            "variables": checked_variables(Environment) if Environment is not None else None,
            "role": self._checked_role(Role),
            "dead_letter": self._checked_dead_letter(DeadLetterConfig or {}, Role),
        }
        package = unpack(checked_code(Code), self.folder)
        revision = Revision(
            handler=Handler,
            package=package,
            modified=now,
            description=Description,
            timeout=Timeout,
            memory=MemorySize,
            **settings,
        )
        function = Function(
            name,
            self.registry.arn(name),
            revision,
            now + self.settings.function_seconds,
            tags=dict(Tags or {}),
            packages=[package],
        )
        try:
            self.registry.add(function)
        except AwsError:
            package.remove()
            raise
        return self._shown(function)

    def get_function(self, *, FunctionName, Qualifier=None):
        function = self.registry.find(FunctionName, Qualifier)
        answer = {"Configuration": self._shown(function), "Tags": function.tags}
        if function.reserved is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
        return {name: value for name, value in answer.items() if value}

    def get_function_configuration(self, *, FunctionName, Qualifier=None):
        return self._shown(self.registry.find(FunctionName, Qualifier))

    def list_functions(self, *, Marker=None, MaxItems=PAGE):
        """Marker: the name that the page begins with."""
        functions = [function for function in self.registry.all() if function.name >= (Marker or "")]
        size = min(MaxItems, PAGE)
        answer = {"Functions": [self._shown(function) for function in functions[:size]]}
        return answer if len(functions) <= size else {**answer, "NextMarker": functions[size].name}

    def update_function_code(self, *, FunctionName, ZipFile=None, RevisionId=None):
        function = self.registry.find(FunctionName)
        function.refuse_while_changing()
        package = unpack(checked_code({"ZipFile": ZipFile} if ZipFile is not None else {}), self.folder)
        try:
            return self._update(function, RevisionId, package=package)
        except AwsError:
            package.remove()
            raise

    def update_function_configuration(
        self,
        *,
        FunctionName,
        Role=None,
        Handler=None,
        Description=None,
        Timeout=None,
        MemorySize=None,
        Environment=None,
        Runtime=None,
        DeadLetterConfig=None,
        LoggingConfig=None,
        RevisionId=None,
    ):
        function = self.registry.find(FunctionName)
        function.refuse_while_changing()
        given = {
            "role": self._checked_role(Role) if Role is not None else None,
            "handler": Handler,
            "description": Description,
            "timeout": Timeout,
            "memory": MemorySize,
            "variables": checked_variables(Environment) if Environment is not None else None,
            "runtime": checked_runtime(Runtime, KNOWN_RUNTIMES) if Runtime is not None else None,
            "log_group": checked_log_group(LoggingConfig, function.name)
            if LoggingConfig is not None
            else None,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        if DeadLetterConfig is not None:
            changes["dead_letter"] = self._checked_dead_letter(DeadLetterConfig, Role or function.role)
        return self._update(function, RevisionId, **changes)

    def delete_function(self, *, FunctionName, Qualifier=None):
        self.remove(self.registry.find(FunctionName, Qualifier))
        return {"StatusCode": 204}

    def remove(self, function: Function) -> None:
        """Take a function away: what waits for it is dropped, what runs may finish."""
        self.registry.remove(function)
        self.pool.retire(function)
        self.sweep(function)

    def sweep(self, function: Function) -> None:
        """Remove the code that nothing runs any more."""
        running = {environment.revision.package for environment in self.pool.environments(function)}
        with self.registry.lock:
            unused = function.unused(running)
        for package in unused:
            package.remove()

    def _update(self, function: Function, revision_id: str | None, **changes: object) -> dict:
        now = self.clock.now()
        with self.registry.lock:
            if revision_id is not None and revision_id != function.latest.identifier:
                message = "The Revision Id provided does not match the latest Revision Id. Call the "
                message += "GetFunction/GetAlias API to retrieve the latest Revision Id"
                raise AwsError("PreconditionFailedException", message, 412, Type="User")
            function.update(function.latest.changed(now, **changes), now + self.settings.function_seconds)
            return self._shown(function)

    def _shown(self, function: Function) -> dict:
        return configuration(function, python_version(self.settings.region)[1])

    def _checked_role(self, role: str) -> str:
        if not self.access.assumable(role, "lambda.amazonaws.com"):
            message = "The role defined for the function cannot be assumed by Lambda."
            raise invalid(message)
        return role

    def _checked_dead_letter(self, config: dict, role: str) -> str | None:
        arn = config.get("TargetArn")
        if not arn:
            return None
        service = service_of(arn)
        if service == "lambda":
            raise not_in_this_region(f"The dead-letter target {arn}")
        if not self.access.allows(role, ACTIONS[service], arn):
            act = ACTIONS[service].partition(":")[2]
            message = (
                f"The provided execution role does not have permissions to call {act} on {service.upper()}"
            )
            raise invalid(message)
        return arn
