"""The region's one HTTP server, behind its three listeners: control plane, Runtime API and front door.

HTTP/1.1, a thread a connection. Each response leaves in one write with TCP_NODELAY set: headers and body written
apart cost 40 ms a request (Nagle's algorithm against delayed acknowledgements).
"""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

LOG = logging.getLogger(__name__)  # never print here: on a full disk that raises, and the listener would end
RECEIVE_BYTES = 1 << 16
BODIES_BYTES = 256 * 1024 * 1024
REFUSALS = 32


@dataclass
class Request:
    """One request as it came: `path` and `query` are raw, `headers` in the order received."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    client: tuple[str, int] = ("127.0.0.1", 0)

    def header(self, name: str, default: str = "") -> str:
        """The header's value, whatever the case; repeated ones joined with a comma."""
        return self._joined.get(name.lower(), default)

    @cached_property
    def _joined(self) -> dict[str, str]:
        joined: dict[str, str] = {}
        for name, value in self.headers:
            name = name.lower()
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined


@dataclass
class Response:
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class BadRequest(Exception):
    """The bytes on the socket are not an acceptable request; `status` says why. The connection is closed after it."""

    def __init__(self, status: int):
        super().__init__(HTTPStatus(status).phrase)
        self.status = status


class Server:
    """Listens on `host:port` (0: a free one) and answers each request with `handler(request)`.

    header_bytes, body_bytes: limits (431, 413). message_seconds: time for a request to arrive once begun, and for
    a response to be taken. idle_seconds: how long a kept connection may say nothing. connections: how many at once,
    client_connections: how many of one other machine; one more is answered 503, as is a body when BODIES_BYTES of
    them are being read or handled. Raises OSError where the port cannot be had.
    """

    def __init__(
        self,
        handler: Callable[[Request], Response],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        name: str = "http",
        header_bytes: int = 32 * 1024,
        body_bytes: int = 80 * 1024 * 1024,
        message_seconds: float = 30.0,
        idle_seconds: float = 120.0,
        connections: int = 1000,
        client_connections: int = 1000,
    ):
        self.handler = handler
        self.name = name
        self.header_bytes = header_bytes
        self.body_bytes = body_bytes
        self.message_seconds = message_seconds
        self.idle_seconds = idle_seconds
        self.limit = connections
        self.client_limit = client_connections
        self._connections: dict[socket.socket, str] = {}  # with the client's address
        self._bodies = 0  # bytes
        self._lock = threading.Lock()
        self._closed = False
        self._socket = _listen(host, port)
        self.host, self.port = self._socket.getsockname()[:2]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> Server:
        threading.Thread(target=self._accept, name=f"{self.name}-accept", daemon=True).start()
        return self

    def close(self) -> None:
        """Stop listening and cut every connection; a handler at work finishes, its answer goes nowhere."""
        self._closed = True
        _shut(self._socket)
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            _shut(connection)

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, client = self._socket.accept()
            except OSError:
                if self._closed:
                    return
                # Out of file descriptors, most likely: let some connections end, then go on.
                LOG.exception("%s cannot accept a connection", self.name)
                threading.Event().wait(0.1)
                continue
            self._welcome(connection, client)

    def _welcome(self, connection: socket.socket, client: tuple) -> None:
        """A thread for the connection: to serve it, or to refuse it; past REFUSALS more it is just closed."""
        with self._lock:
            open_now, of_client = len(self._connections), 0
            if not client[0].startswith("127."):
                of_client = sum(address == client[0] for address in self._connections.values())
            taken = open_now < self.limit + REFUSALS and not self._closed
            if taken:
                self._connections[connection] = client[0]
        full = open_now >= self.limit or of_client >= self.client_limit
        work = (self._refuse, (connection, 503)) if full else (self._serve, (connection, client))
        try:
            if taken:
                name = f"{self.name}-connection"
                threading.Thread(target=work[0], args=work[1], name=name, daemon=True).start()
                return
        except RuntimeError:
            LOG.exception("%s cannot start a thread", self.name)  # the system has no more for us
        self._drop(connection)

    def _serve(self, connection: socket.socket, client: tuple) -> None:
        reader = _Reader(connection, self)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self._closed:
                try:
                    request = reader.request(client[:2])
                except BadRequest as bad:
                    reader.release()
                    self._refuse(connection, bad.status)
                    return
                if request is None:
                    return
                keep = request.header("connection").lower() != "close" and not reader.http10
                response = self._answer(request)
                reader.release()
                connection.settimeout(self.message_seconds)
                connection.sendall(_bytes(response, request.method, keep))
                if not keep:
                    return
        except (OSError, TimeoutError):
            return  # the client went away or stalled: there is nobody left to tell
        finally:
            reader.release()
            self._drop(connection)

    def hold(self, size: int) -> None:
        """Count bytes of bodies; raises BadRequest where they become too many. A negative size gives them back."""
        with self._lock:
            self._bodies += size
            if size > 0 and self._bodies > BODIES_BYTES:
                self._bodies -= size
                raise BadRequest(503)

    def _answer(self, request: Request) -> Response:
        try:
            return self.handler(request)
        except Exception:
            LOG.exception("%s: %s %s failed", self.name, request.method, request.path)
            body = b'{"__type":"InternalFailure","message":"Internal failure; see the region\'s log."}'
            return Response(500, [("Content-Type", "application/json")], body)

    def _refuse(self, connection: socket.socket, status: int) -> None:
        body = b'{"message":"%s"}' % HTTPStatus(status).phrase.encode()
        try:
            connection.settimeout(1.0)
            connection.sendall(
                _bytes(Response(status, [("Content-Type", "application/json")], body), "GET", False)
            )
            connection.shutdown(socket.SHUT_WR)
            connection.recv(RECEIVE_BYTES)  # what it was still sending, else the close resets our answer away
        except OSError:
            pass  # it did not wait for the refusal
        finally:
            self._drop(connection)

    def _drop(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.pop(connection, None)
        _shut(connection)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # On Windows SO_REUSEADDR would let a second process share the port: there the exclusive flag is the right one.
    flag = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
    try:
        listener.setsockopt(socket.SOL_SOCKET, flag, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # already gone
    connection.close()


def _bytes(response: Response, method: str, keep: bool) -> bytes:
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = ""
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers if name.lower() != "content-length"]
    has_body = response.status >= 200 and response.status not in (204, 304)
    if has_body:
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append("Connection: keep-alive" if keep else "Connection: close")
    head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
    return head + response.body if has_body and method != "HEAD" else head


class _Reader:
    """Cuts one connection's bytes into requests."""

    def __init__(self, connection: socket.socket, server: Server):
        self.connection = connection
        self.server = server
        self.buffer = b""
        self.http10 = False
        self.deadline: float | None = None
        self._held = 0

    def release(self) -> None:
        """The request's body is done with."""
        self.server.hold(-self._held)
        self._held = 0

    def request(self, client: tuple[str, int]) -> Request | None:
        """The next request; None when the client is done. Raises BadRequest."""
        head = self._head()
        if head is None:
            return None
        method, target, version, headers = parse_head(head)
        self.http10 = version == "HTTP/1.0"
        path, _, query = target.partition("?")
        request = Request(method, path, query, headers, client=client)
        length, chunked = request.header("content-length"), request.header("transfer-encoding").lower()
        if chunked and (chunked != "chunked" or length):
            raise BadRequest(400)
        if length and not (length.isascii() and length.isdigit()):
            raise BadRequest(400)
        if len(length) > 15 or int(length or 0) > self.server.body_bytes:
            raise BadRequest(413)
        if request.header("expect").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if chunked:
            request.body = self._chunks()
        elif length:
            request.body = self._take(int(length))
        return request

    def _head(self) -> bytes | None:
        self.deadline = None if not self.buffer else time.monotonic() + self.server.message_seconds
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            if len(self.buffer) > self.server.header_bytes:
                raise BadRequest(431)
            data = self._receive(RECEIVE_BYTES)
            if not data:
                return None
            self.buffer += data
        if end > self.server.header_bytes:
            raise BadRequest(431)
        head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
        return head

    def _receive(self, size: int) -> bytes:
        """Bytes of the message; the first may be long in coming, the rest must be here by the deadline."""
        if self.deadline is None:
            self.connection.settimeout(self.server.idle_seconds)
            data = self.connection.recv(size)
            self.deadline = time.monotonic() + self.server.message_seconds
            return data
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
        return self.connection.recv(size)

    def _take(self, length: int) -> bytes:
        parts, missing = [self.buffer[:length]], length - len(self.buffer)
        self.buffer = self.buffer[length:]
        self._hold(len(parts[0]))
        while missing > 0:
            data = self._receive(min(missing, 1 << 20))
            if not data:
                raise BadRequest(400)
            self._hold(len(data))
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def _hold(self, size: int) -> None:
        self.server.hold(size)
        self._held += size

    def _line(self) -> bytes:
        while (end := self.buffer.find(b"\r\n")) < 0:
            if len(self.buffer) > self.server.header_bytes:
                raise BadRequest(400)
            data = self._receive(RECEIVE_BYTES)
            if not data:
                raise BadRequest(400)
            self.buffer += data
        line, self.buffer = self.buffer[:end], self.buffer[end + 2 :]
        return line

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            stated = self._line().split(b";")[0].strip(b" \t")
            if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", stated):
                raise BadRequest(400)
            size = int(stated, 16)
            if len(body) + size > self.server.body_bytes:
                raise BadRequest(413)
            if size == 0:
                while self._line():
                    pass  # trailers
                return bytes(body)
            body += self._take(size)
            if self._line():
                raise BadRequest(400)


def parse_head(head: bytes) -> tuple[str, str, str, list[tuple[str, str]]]:
    """Request line and headers → (method, target, version, headers). Raises BadRequest."""
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not (parts[0].isascii() and parts[0].isalpha()) or not parts[1].startswith("/"):
        raise BadRequest(400)
    if parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadRequest(505)
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or "\0" in line or "\n" in line or "\r" in line:
            raise BadRequest(400)
        headers.append((name, value.strip(" \t")))
    return parts[0], parts[1], parts[2], headers
