"""How an invocation ended, as Invoke's payload and the REPORT line tell it. Pure.

Source: lambda-runtime.md §5, recorded on AWS.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from .bootstrap import RESPONSE_BYTES


@dataclass(frozen=True)
class Ending:
    """payload: JSON. failed: FunctionError is "Unhandled". status, error_type: what REPORT and INIT_REPORT add."""

    payload: bytes
    failed: bool = True
    status: str = ""
    error_type: str = ""


def answered(payload: bytes) -> Ending:
    return Ending(payload, failed=False)


def raised(payload: bytes) -> Ending:
    """The handler raised, and awslambdaric said what."""
    return Ending(payload)


def init_failed(payload: bytes) -> Ending:
    """The function's module could not be had. payload: awslambdaric's error, without a request id."""
    return Ending(payload, status="error", error_type=error_member(payload, "errorType"))


def timed_out(request_id: str, seconds: float) -> Ending:
    message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    payload = _json(errorType="Sandbox.Timedout", errorMessage=message)
    return Ending(payload, status="timeout")


def exited(request_id: str, returncode: int, signal_name: str | None) -> Ending:
    """The process ended without an answer. signal_name: what ended it, if a signal did ("killed")."""
    reason = "Runtime exited without providing a reason"
    if signal_name or returncode:
        how = f"signal: {signal_name}" if signal_name else f"exit status {returncode}"
        reason = f"Runtime exited with error: {how}"
    payload = _json(errorType="Runtime.ExitError", errorMessage=f"RequestId: {request_id} Error: {reason}")
    return Ending(payload, status="error", error_type="Runtime.ExitError")


def too_large() -> Ending:
    kind = "Function.ResponseSizeTooLarge"
    message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes)."
    payload = _json(errorMessage=message, errorType=kind)
    return Ending(payload, status="error", error_type=kind)


def error_member(payload: bytes, name: str) -> str:
    """A member of a function's error: "errorType", "errorMessage"; "" where there is none."""
    try:
        error = json.loads(payload)
    except ValueError:
        return ""
    return str(error.get(name, "")) if isinstance(error, dict) else ""


def _json(**members: str) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()
