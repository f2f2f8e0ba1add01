"""Lambda: functions deployed from a zip and run for real, synchronously or from a queue.

Here is how an invocation goes, and what the rest of the region asks of Lambda; the other actions are in
function_actions.py and invocation_settings.py. Source: lambda-runtime.md §5.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil

from ..access import Access
from ..clock import Clock
from ..errors import AwsError
from ..identity import Identity
from ..metrics import Metrics
from ..moto_services import Moto
from ..policy import resource_policy_allows
from ..settings import Settings
from . import permissions
from .asynchronous import EventQueue, QueuedEvent
from .destinations import Destinations
from .environment import Environment, Invocation
from .function import Function, Revision, parse_name
from .function_actions import FunctionActions
from .invocation_settings import InvocationSettings
from .pool import Pool
from .refusals import ASYNCHRONOUS_BYTES, SYNCHRONOUS_BYTES, bad_content, refuse_too_large
from .registry import Registry
from .runtime_api import RuntimeApi

LOG = logging.getLogger(__name__)
FOLDER = "region-functions"


class Lambda(FunctionActions, InvocationSettings):
    """endpoint() is the control plane's URL, which functions get as AWS_ENDPOINT_URL."""

    def __init__(
        self,
        clock: Clock,
        settings: Settings,
        moto: Moto,
        identity: Identity,
        access: Access,
        metrics: Metrics,
        endpoint: Callable[[], str],
    ):
        self.clock = clock
        self.settings = settings
        self.moto = moto
        self.identity = identity
        self.access = access
        self.metrics = metrics
        self.endpoint = endpoint
        self.folder = own_folder()
        self.api = RuntimeApi()
        self.pool = Pool(self._environment, self.sweep, clock, settings)
        self.registry = Registry(clock, settings, self._settled)
        destinations = Destinations(clock, moto, access, metrics, self._enqueue)
        self.queue = EventQueue(clock, self._run_queued, destinations.deliver)

    def start(self) -> None:
        self.api.start()
        self.pool.start()
        self.queue.start()

    def close(self) -> None:
        """End every function, thread and file of it."""
        self.pool.close()
        self.queue.close()
        self.api.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def reset(self) -> None:
        self.queue.clear()
        functions = self.registry.all()
        for function in functions:
            self.registry.remove(function)
        self.pool.clear()
        self.queue.clear()
        for function in functions:
            self.sweep(function)

    # -- for the other rooms ---------------------------------------------------------------------------------------

    def function(self, name_or_arn: str) -> Function:
        """Raises AwsError ResourceNotFoundException."""
        return self.registry.find(name_or_arn)

    def invoke_function(self, name_or_arn: str, payload: bytes) -> Invocation:
        """Run the function and wait for what comes of it. payload: JSON.

        Raises AwsError: ResourceNotFoundException, TooManyRequestsException, ResourceConflictException while Pending,
        RequestTooLargeException, AccessDeniedException if its role cannot be assumed any more.
        """
        function = self.registry.find(name_or_arn, suffix=":$LATEST")
        refuse_too_large(payload, SYNCHRONOUS_BYTES)
        return self._run(function, new_request_id(), payload, "", invoked_arn(function, name_or_arn))

    def permits(self, name_or_arn: str, principal: str, action: str, source_arn: str) -> bool:
        """Whether the function's resource policy lets a service ("apigateway.amazonaws.com") in for `source_arn`."""
        function = self.registry.find(name_or_arn)
        account = (source_arn.split(":", 5) + [""] * 5)[4]
        context = {"aws:SourceArn": source_arn, "aws:SourceAccount": account}
        document = permissions.document(list(function.policy.values()))
        return resource_policy_allows(document, principal, action, function.arn, context)

    def describe(self) -> list[dict]:
        """Each function with its state, how many environments it has and their memory, how many events it serves."""
        functions = [(function, self.pool.environments(function)) for function in self.registry.all()]
        return [
            {
                "name": function.name,
                "state": function.state,
                "environments": len(environments),
                "serving": self.pool.in_flight(function.name),
                "memory_bytes": sum(environment.memory for environment in environments),
            }
            for function, environments in functions
        ]

    # -- invocation ------------------------------------------------------------------------------------------------

    def invoke(
        self,
        *,
        FunctionName,
        InvocationType="RequestResponse",
        LogType="None",
        ClientContext=None,
        Payload=b"",
        Qualifier=None,
    ):
        function = self.registry.find(FunctionName, Qualifier, suffix=":$LATEST")
        payload = checked_payload(Payload, InvocationType)
        context = checked_context(ClientContext)
        arn = invoked_arn(function, FunctionName, Qualifier)
        function.refuse_while_pending()
        request_id = new_request_id()
        answer = {"ResponseMetadata": {"RequestId": request_id}, "Payload": b""}
        if InvocationType == "DryRun":
            return {**answer, "StatusCode": 204}
        if InvocationType == "Event":
            self._queue(function, request_id, payload, context, arn)
            return {**answer, "StatusCode": 202}
        invocation = self._run(function, request_id, payload, context, arn)
        answer.update(StatusCode=200, ExecutedVersion=invocation.executed_version, Payload=invocation.payload)
        if invocation.function_error:
            answer["FunctionError"] = invocation.function_error
        if LogType == "Tail":
            answer["LogResult"] = base64.b64encode(invocation.log_tail).decode()
        return answer

    def _run(
        self, function: Function, request_id: str, payload: bytes, client_context: str, arn: str
    ) -> Invocation:
        """One attempt. arn: the function's, as its handler is told it was invoked."""
        function.refuse_while_pending()
        try:
            return self._attempt(function, request_id, payload, client_context, arn)
        except OSError as error:
            # No process, no file: the machine has no more to give, and it may have tomorrow.
            LOG.exception("%s could not be run", function.name)
            reason = error.strerror or type(error).__name__
            raise AwsError(
                "ServiceException", f"The region could not run the function: {reason}", 500
            ) from None

    def _attempt(
        self, function: Function, request_id: str, payload: bytes, client_context: str, arn: str
    ) -> Invocation:
        count = {"FunctionName": function.name}
        try:
            environment = self.pool.acquire(function)
        except AwsError as error:
            if error.status == 429:
                self.metrics.add("AWS/Lambda", "Throttles", 1, "Count", **count)
            raise
        self.metrics.add(
            "AWS/Lambda", "ConcurrentExecutions", self.pool.in_flight(function.name), "Count", **count
        )
        try:
            invocation = environment.invoke(request_id, payload, arn, client_context)
        finally:
            self.pool.release(environment)
        self.metrics.add("AWS/Lambda", "Invocations", 1, "Count", **count)
        self.metrics.add("AWS/Lambda", "Errors", int(invocation.function_error is not None), "Count", **count)
        self.metrics.add("AWS/Lambda", "Throttles", 0, "Count", **count)
        self.metrics.add("AWS/Lambda", "Duration", invocation.duration, "Milliseconds", **count)
        return invocation

    def _queue(
        self, function: Function, request_id: str, payload: bytes, client_context: str, arn: str
    ) -> None:
        accepted = self.clock.now()
        self.queue.put(QueuedEvent(function, request_id, payload, client_context, arn, accepted))

    def _enqueue(self, name_or_arn: str, payload: bytes) -> None:
        function = self.registry.find(name_or_arn)
        self._queue(function, new_request_id(), payload, "", invoked_arn(function, name_or_arn))

    def _run_queued(self, event: QueuedEvent) -> Invocation:
        self.registry.find(event.function.arn)
        return self._run(event.function, event.request_id, event.payload, event.client_context, event.arn)

    def _settled(self, function: Function) -> None:
        self.pool.retire(function)
        self.sweep(function)

    def _environment(self, function: Function, revision: Revision) -> Environment:
        if not self.access.assumable(revision.role, "lambda.amazonaws.com"):
            message = "The role defined for the function cannot be assumed by Lambda."
            raise AwsError("AccessDeniedException", message, 403)
        return Environment(
            function,
            revision,
            self.identity.credentials(revision.role, function.name),
            self.api,
            self.clock,
            self.settings,
            self.endpoint(),
            self._write_log,
            self.folder,
        )

    def _write_log(self, revision: Revision, stream: str, events: list[tuple[int, str]]) -> None:
        """As on AWS: a role that may not write logs has a function that runs without."""
        place = f"arn:aws:logs:{self.settings.region}:{self.settings.account}:log-group:{revision.log_group}"
        place += f":log-stream:{stream}"
        if all(
            self.access.allows(revision.role, f"logs:{act}", place)
            for act in ("CreateLogStream", "PutLogEvents")
        ):
            self.moto.put_log_events(revision.log_group, stream, events)


def new_request_id() -> str:
    return str(uuid.uuid4())


def invoked_arn(function: Function, asked: str, qualifier: str | None = None) -> str:
    """The ARN that the handler sees: with a qualifier only if the caller gave one."""
    given = parse_name(asked, qualifier)[1]
    return f"{function.arn}:{given}" if given else function.arn


def own_folder() -> Path:
    """A temporary folder for this process's functions. Those that a killed region left behind are removed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}-*-*"):
        owner = folder.name.split("-")[-2]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{FOLDER}-{os.getpid()}-")).resolve()


def checked_payload(payload: bytes, invocation_type: str) -> bytes:
    """The event's JSON; none given is {}. Raises AwsError."""
    refuse_too_large(payload, ASYNCHRONOUS_BYTES if invocation_type == "Event" else SYNCHRONOUS_BYTES)
    if not payload:
        return b"{}"
    try:
        json.loads(payload.decode(), parse_constant=_no_number)
    except ValueError as wrong:
        message = f"Could not parse request body into json: Could not parse payload into json: {wrong}"
        raise bad_content(message) from None
    return payload


def checked_context(client_context: str | None) -> str:
    """ClientContext is base64 of a JSON object; here is the JSON, in ASCII, or ""."""
    if not client_context:
        return ""
    try:
        decoded = json.loads(base64.b64decode(client_context, validate=True))
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        message = "Client context must be a valid Base64-encoded JSON object."
        raise bad_content(message)
    return json.dumps(decoded)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
