"""How an invocation ended, told as AWS tells it."""

from __future__ import annotations

import json

import pytest

from helpers.region.awslambda import ending

ID = "5c3a0b1e-6a1f-4d0c-9a55-2f0c4d1d9a11"


@pytest.mark.parametrize(
    ("how", "payload", "status"),
    [
        (
            ending.timed_out(ID, 1),
            {
                "errorType": "Sandbox.Timedout",
                "errorMessage": f"RequestId: {ID} Error: Task timed out after 1.00 seconds",
            },
            ("timeout", ""),
        ),
        (
            ending.exited(ID, 0, None),
            {
                "errorType": "Runtime.ExitError",
                "errorMessage": f"RequestId: {ID} Error: Runtime exited without providing a reason",
            },
            ("error", "Runtime.ExitError"),
        ),
        (
            ending.exited(ID, 127, None),
            {
                "errorType": "Runtime.ExitError",
                "errorMessage": f"RequestId: {ID} Error: Runtime exited with error: exit status 127",
            },
            ("error", "Runtime.ExitError"),
        ),
        (
            ending.exited(ID, -9, "killed"),
            {
                "errorType": "Runtime.ExitError",
                "errorMessage": f"RequestId: {ID} Error: Runtime exited with error: signal: killed",
            },
            ("error", "Runtime.ExitError"),
        ),
        (
            ending.too_large(),
            {
                "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
                "errorType": "Function.ResponseSizeTooLarge",
            },
            ("error", "Function.ResponseSizeTooLarge"),
        ),
        (
            ending.init_failed(b'{"errorMessage":"m","errorType":"Runtime.HandlerNotFound"}'),
            {"errorMessage": "m", "errorType": "Runtime.HandlerNotFound"},
            ("error", "Runtime.HandlerNotFound"),
        ),
        (ending.raised(b'{"errorType":"ValueError"}'), {"errorType": "ValueError"}, ("", "")),
    ],
)
def test_failures(how, payload, status):
    assert how.failed
    assert json.loads(how.payload) == payload
    assert list(json.loads(how.payload)) == list(payload)
    assert (how.status, how.error_type) == status


def test_an_answer():
    assert ending.answered(b"null") == ending.Ending(b"null", failed=False)


@pytest.mark.parametrize(
    ("payload", "message"),
    [(b'{"errorMessage":"m"}', "m"), (b"[1]", ""), (b"not json", ""), (b"{}", "")],
)
def test_an_errors_message(payload, message):
    assert ending.error_member(payload, "errorMessage") == message
