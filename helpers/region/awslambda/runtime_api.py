"""The Runtime API: where a runtime fetches events and posts what came of them.

One listener for all environments. Each runtime process has a token, the first part of its address, and a queue of its
own: neither a stranger nor the parked request of a dead process takes an event.
Source: lambda-runtime.md §1; https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import queue
import re
import secrets
import threading
from dataclasses import dataclass, field

from ..server import Request, Response, Server
from .bootstrap import RESPONSE_BYTES

LONGEST_INVOCATION = 900.0
_PATH = re.compile(
    r"/(\w+)/2018-06-01/runtime/(?:(init)/error|invocation/(?:(next)|([\w-]+)/(response|error)))"
)


@dataclass(frozen=True)
class Event:
    """What a runtime is given. payload: JSON. client_context: JSON or "". deadline: epoch seconds."""

    request_id: str
    payload: bytes
    function_arn: str
    deadline: float
    client_context: str = ""
    trace_id: str = ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        headers = [
            ("Content-Type", "application/json"),  # anything else, and the handler gets bytes
            ("Lambda-Runtime-Aws-Request-Id", self.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(int(self.deadline * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", self.function_arn),
            ("Lambda-Runtime-Trace-Id", self.trace_id),
        ]
        if self.client_context:
            headers.append(("Lambda-Runtime-Client-Context", self.client_context))
        return headers


@dataclass(frozen=True)
class Notice:
    """What a runtime did. kind: ready, init_error, response, error, too_large, marked (its output was read)."""

    kind: str
    body: bytes = b""


@dataclass
class Channel:
    """One runtime process's side of the API: it takes from `events`, we read `notices`."""

    events: queue.SimpleQueue[Event | None] = field(default_factory=queue.SimpleQueue)
    notices: queue.SimpleQueue[Notice] = field(default_factory=queue.SimpleQueue)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _awaited: str = ""

    def give(self, event: Event) -> None:
        with self._lock:
            self._awaited = event.request_id
        self.events.put(event)

    def next(self) -> Response:
        """Blocks until there is an event, or the process was given up."""
        self.notices.put(Notice("ready"))
        event = self.events.get()
        return Response(410) if event is None else Response(200, event.headers, event.payload)

    def answer(self, kind: str, request_id: str, body: bytes) -> Response:
        with self._lock:
            if request_id != self._awaited or not request_id:
                return _refusal(400, "InvalidRequestID", "Invalid request ID")
            self._awaited = ""
        if len(body) > RESPONSE_BYTES:
            self.notices.put(Notice("too_large"))
            message = f"Exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes)."
            return _refusal(413, "RequestEntityTooLarge", message)
        self.notices.put(Notice(kind, body))
        return _accepted()

    def init_error(self, body: bytes) -> Response:
        self.notices.put(Notice("init_error", body))
        return _accepted()


class RuntimeApi:
    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._server = Server(
            self._handle,
            name="runtime-api",
            body_bytes=RESPONSE_BYTES + 1024 * 1024,
            idle_seconds=LONGEST_INVOCATION + 60,  # silent while its function runs
        )

    def start(self) -> None:
        self._server.start()

    def close(self) -> None:
        for channel in list(self._channels.values()):
            self.forget(channel)
        self._server.close()

    def channel(self) -> Channel:
        channel = Channel()
        self._channels[channel.token] = channel
        return channel

    def address(self, channel: Channel) -> str:
        return f"127.0.0.1:{self._server.port}/{channel.token}"

    def forget(self, channel: Channel) -> None:
        self._channels.pop(channel.token, None)
        channel.events.put(None)

    def _handle(self, request: Request) -> Response:
        match = _PATH.fullmatch(request.path)
        channel = self._channels.get(match[1]) if match else None
        if channel is None:
            return _refusal(403, "AccessDenied", "No execution environment has this address.")
        init, is_next, request_id, kind = match.groups()[1:]
        if request.method == "GET" and is_next:
            return channel.next()
        if request.method == "POST" and init:
            return channel.init_error(request.body)
        if request.method == "POST" and kind:
            return channel.answer(kind, request_id, request.body)
        return _refusal(405, "MethodNotAllowed", "Method not allowed")


def _accepted() -> Response:
    return Response(202, [("Content-Type", "application/json")], b'{"status":"OK"}\n')


def _refusal(status: int, kind: str, message: str) -> Response:
    body = json.dumps({"errorMessage": message, "errorType": kind}).encode()
    return Response(status, [("Content-Type", "application/json")], body)
