"""The Runtime API, asked as a runtime asks it: over HTTP, a process an address."""

from __future__ import annotations

import http.client
import json
import queue
import threading

import pytest

from helpers.region.awslambda.bootstrap import RESPONSE_BYTES
from helpers.region.awslambda.runtime_api import Event, RuntimeApi

EVENT = Event("id-1", b'{"vote":"VER"}', "arn:f", 1_700_000_000.5, '{"custom":{}}', "Root=1")


@pytest.fixture
def api():
    api = RuntimeApi()
    api.start()
    yield api
    api.close()


@pytest.fixture
def channel(api):
    return api.channel()


@pytest.fixture
def ask(api, channel):
    """ask(method, path, body) → status, headers, body; below the channel's address or that of `token`."""

    def asked(method: str, path: str, body: bytes = b"", token: str | None = None):
        host, _, own = api.address(channel).partition("/")
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.request(method, f"/{token or own}/2018-06-01/runtime/{path}", body)
        response = connection.getresponse()
        answer = response.status, dict(response.headers), response.read()
        connection.close()
        return answer

    return asked


def test_an_event_and_its_response(ask, channel):
    channel.give(EVENT)
    status, headers, body = ask("GET", "invocation/next")
    assert (status, body) == (200, EVENT.payload)
    expected = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": "id-1",
        "Lambda-Runtime-Deadline-Ms": "1700000000500",
        "Lambda-Runtime-Invoked-Function-Arn": "arn:f",
        "Lambda-Runtime-Trace-Id": "Root=1",
        "Lambda-Runtime-Client-Context": '{"custom":{}}',
    }
    assert {name: headers.get(name) for name in expected} == expected
    assert ask("POST", "invocation/id-1/response", b"7")[0] == 202
    notices = [channel.notices.get(timeout=1) for _ in range(2)]
    assert [(notice.kind, notice.body) for notice in notices] == [("ready", b""), ("response", b"7")]


@pytest.mark.parametrize(("path", "kind"), [("invocation/id-1/error", "error"), ("init/error", "init_error")])
def test_errors(ask, channel, path, kind):
    channel.give(EVENT)
    assert ask("POST", path, b'{"errorType":"E"}')[0] == 202
    notice = channel.notices.get(timeout=1)
    assert (notice.kind, notice.body) == (kind, b'{"errorType":"E"}')


def test_only_the_event_at_hand_is_answered_and_once(ask, channel):
    channel.give(EVENT)
    for request_id, expected in (("other", 400), ("id-1", 202), ("id-1", 400)):
        status, _, body = ask("POST", f"invocation/{request_id}/response", b"1")
        assert status == expected
        if status == 400:
            assert json.loads(body) == {
                "errorMessage": "Invalid request ID",
                "errorType": "InvalidRequestID",
            }


@pytest.mark.parametrize(("size", "status"), [(RESPONSE_BYTES, 202), (RESPONSE_BYTES + 1, 413)])
def test_the_largest_response(ask, channel, size, status):
    channel.give(EVENT)
    assert ask("POST", "invocation/id-1/response", b"1" * size)[0] == status
    assert channel.notices.get(timeout=1).kind == ("response" if status == 202 else "too_large")


def test_a_stranger_takes_no_event(ask, channel):
    channel.give(EVENT)
    assert ask("GET", "invocation/next", token="0" * 32)[0] == 403
    assert ask("PUT", "invocation/next")[0] == 405
    assert channel.events.get(timeout=1) is EVENT


def test_the_parked_request_of_a_dead_process_takes_no_event(api, ask, channel):
    statuses: queue.Queue = queue.Queue()
    threading.Thread(target=lambda: statuses.put(ask("GET", "invocation/next")[0])).start()
    assert channel.notices.get(timeout=5).kind == "ready"
    api.forget(channel)
    assert statuses.get(timeout=5) == 410
    assert ask("GET", "invocation/next")[0] == 403
