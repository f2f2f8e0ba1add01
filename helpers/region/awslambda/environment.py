"""An execution environment: a runtime process, a log stream and a temporary folder, serving one event at a time.

Warm, it keeps the function's globals. After a timeout or a crash the runtime starts anew inside the next invocation,
globals lost, temporary files kept. Source: lambda-runtime.md §3, §4; AWS's "Lambda execution environment" page.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import system
from ..clock import Clock
from ..moto_services import Session
from ..settings import Settings
from . import ending, logs
from .ending import Ending
from .function import Function, Revision
from .runtime import EXITED, MEMORY, TIMEOUT, Runtime
from .runtime_api import Event, Notice, RuntimeApi

INIT_SECONDS = 10.0
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Invocation:
    """What came of an event. payload: JSON. function_error: None or "Unhandled". log_tail: its log's last 4 KB.

    duration: ms, as REPORT shows it.
    """

    payload: bytes
    function_error: str | None
    log_tail: bytes
    request_id: str
    duration: float
    executed_version: str = "$LATEST"


class Environment:
    """Serves one revision of `function`. write(group, stream, events) keeps the log; credentials are the role's.

    Not for two threads at once: whoever took it from the pool has it alone. `close` may be called by any.
    """

    def __init__(
        self,
        function: Function,
        revision: Revision,
        credentials: Session,
        api: RuntimeApi,
        clock: Clock,
        settings: Settings,
        endpoint: str,
        write: Callable[[Revision, str, list[tuple[int, str]]], None],
        parent: Path,
    ):
        self.function = function
        self.revision = revision
        self.expires = credentials.expiration
        self.used = clock.now()
        self.stream = logs.stream_name(clock.now(), secrets.token_hex(16))
        self._api = api
        self._region = settings.region
        self._temporary = Path(tempfile.mkdtemp(prefix="tmp-", dir=parent)).resolve()
        self._variables = variables(
            revision, function.name, self.stream, credentials, settings.region, endpoint
        )
        self._variables.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(self._temporary)))
        self._variables.update(revision.variables or {})
        self._journal = logs.Journal(clock, lambda events: write(revision, self.stream, events))
        self._runtime: Runtime | None = None
        self._cold = True
        self._closed = False

    def invoke(self, request_id: str, payload: bytes, function_arn: str, client_context: str) -> Invocation:
        """Run one event to its end: an answer, an error, a timeout or a crash. client_context: JSON or ""."""
        init_duration = self._init() if self._cold else None
        seconds = self.revision.timeout
        started = time.perf_counter()
        until = started + seconds
        failure = None
        if self._runtime is None or not self._runtime.alive:
            failure = self._start("invoke", request_id, until)
        self._journal.begin(logs.start(request_id))
        if failure is None:
            deadline = time.time() + until - time.perf_counter()
            event = Event(request_id, payload, function_arn, deadline, client_context, trace_id())
            result = self._ending(self._runtime.run(event, until), request_id)
        else:
            result = failure
        elapsed = (time.perf_counter() - started) * 1000
        duration = seconds * 1000.0 if result.status == "timeout" else elapsed
        self._report(request_id, duration, init_duration, result)
        error = "Unhandled" if result.failed else None
        return Invocation(result.payload, error, self._journal.tail, request_id, duration)

    def close(self) -> None:
        self._closed = True
        if self._runtime is not None:
            self._runtime.end()
        self._journal.flush()
        shutil.rmtree(self._temporary, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The runtime's process, if there is one."""
        return self._runtime.pid if self._runtime is not None else None

    @property
    def memory(self) -> int:
        """Bytes that the runtime's process holds now."""
        return self._runtime.sample() if self._runtime is not None else 0

    def _init(self) -> float | None:
        """The init phase of a cold start; its milliseconds, or None where it failed."""
        self._cold = False
        self._journal.add(logs.init_start(*python_version(self._region)))
        started = time.perf_counter()
        if self._start("init", "", started + INIT_SECONDS):
            return None
        return (time.perf_counter() - started) * 1000

    def _start(self, phase: str, request_id: str, until: float) -> Ending | None:
        """Start a runtime and import the function; None if that went well."""
        started = time.perf_counter()
        if self._runtime is not None:
            self._runtime.end()
        revision = self.revision
        memory = revision.memory * MEGABYTE
        self._runtime = Runtime(self._api, revision.package.folder, self._variables, memory, self._journal)
        if self._closed:
            self._runtime.end()
        notice = self._runtime.initialised(until)
        if notice.kind == "ready":
            return None
        failure = self._ending(notice, request_id)
        duration = (time.perf_counter() - started) * 1000
        self._journal.add(logs.init_report(duration, phase, failure.status, failure.error_type))
        return failure

    def _ending(self, notice: Notice, request_id: str) -> Ending:
        if notice.kind == "response":
            return ending.answered(notice.body)
        shown = self._runtime.shown(notice.body.decode("utf-8", "replace")).encode()
        if notice.kind == "error":
            return ending.raised(shown)
        returncode = self._runtime.end()
        if notice is TIMEOUT:
            return ending.timed_out(request_id, self.revision.timeout)
        if notice is MEMORY:
            return ending.exited(request_id, -9, "killed")
        if notice is EXITED:
            return ending.exited(request_id, returncode, system.signal_name(returncode))
        return ending.init_failed(shown) if notice.kind == "init_error" else ending.too_large()

    def _report(self, request_id: str, duration: float, init_duration: float | None, result: Ending) -> None:
        size = self.revision.memory
        used = min(size, -(-self._runtime.peak // MEGABYTE))
        self._journal.add(logs.end(request_id))
        self._journal.add(
            logs.report(request_id, duration, size, used, init_duration, result.status, result.error_type)
        )
        self._journal.flush()


def trace_id() -> str:
    """What X-Ray would number this invocation; not sampled, since there is no X-Ray here."""
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"


def python_version(region: str) -> tuple[str, str]:
    """INIT_START's runtime version and its ARN. It is the region's interpreter, whatever runtime was asked for."""
    major, minor, micro = sys.version_info[:3]
    digest = hashlib.sha256(sys.version.encode()).hexdigest()
    return f"python:{major}.{minor}.v{micro}", f"arn:aws:lambda:{region}::runtime:{digest}"


def variables(
    revision: Revision, name: str, stream: str, credentials: Session, region: str, endpoint: str
) -> dict[str, str]:
    """A function's environment as AWS makes it, before its own variables; and how it finds this region."""
    root = str(revision.package.folder)
    nothing = os.devnull
    return {
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(revision.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": revision.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{revision.runtime}",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "_HANDLER": revision.handler,
        "LAMBDA_TASK_ROOT": root,
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "PWD": root,
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "PATH": os.defpath,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        # What AWS has no need of: the way to this region, past the learner's AWS files and any proxy of the machine.
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": nothing,
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        **system.child_environment(),
    }
