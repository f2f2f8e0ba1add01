"""Whatever bytes come in on a socket, a listener answers in HTTP or hangs up, and serves the next client."""

from __future__ import annotations

import json
import logging
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local_region import ACCESS_KEY
from tests.region.closed.conftest import profile

LISTENERS = ("control plane", "front door", "Runtime API")
SCOPE = f"Credential={ACCESS_KEY}/20240101/us-east-1/kinesis/aws4_request"
WORDS = [
    b"GET ", b"POST ", b"/", b"//..%2f%00", b"?Action=DeleteQueue", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b" HTTP/9\r\n",
    b"Host: 127.0.0.1\r\n", b"Host: evil.example\r\n", b"Origin: null\r\n", b"Content-Length: 5\r\n",
    b"Content-Length: -5\r\n", b"Content-Length: " + b"9" * 5000 + b"\r\n", b"Content-Length: 5, 5\r\n",
    b"Content-Length: \xb2\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
    b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Connection: \xff\r\n", b"X-Amz-Target: Kinesis.x\r\n",
    b"Authorization: AWS4-HMAC-SHA256 " + SCOPE.encode() + b", SignedHeaders=host, Signature=" + b"0" * 64 + b"\r\n",
    b"Authorization: AWS4-HMAC-SHA256 Credential=//x/\xe9/aws4_request\r\n", b"X-Amz-Date: 20240101T000000Z\r\n",
    b"\r\n", b"\n", b"\r", b"\0", b"5\r\nhello\r\n", b"-1\r\n", b"0x5\r\n", b"0\r\n\r\n", b"hello", b": \r\n",
    b" a: b\r\n",
]  # fmt: skip
RAW = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=20)), max_size=14).map(b"".join)
WHOLE = st.lists(st.sampled_from(WORDS[8:-8]), max_size=6).map(
    lambda headers: b"POST /x HTTP/1.1\r\n" + b"".join(headers) + b"\r\n5\r\nhello\r\n0\r\n\r\n"
)


def address(region, listener: str) -> tuple[str, int]:
    servers = {
        "control plane": region.control,
        "front door": region.front_door,
        "Runtime API": region.functions.api._server,
    }
    return servers[listener].host, servers[listener].port


def send(to: tuple[str, int], raw: bytes) -> bytes:
    """Everything that comes back for these bytes until the other side hangs up."""
    with socket.create_connection(to, timeout=20) as connection:
        answer = b""
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            while data := connection.recv(65536):
                answer += data
        except ConnectionError:
            pass  # hung up on us: its right
        return answer


@pytest.mark.parametrize("listener", LISTENERS)
def test_garbage_is_answered_in_http_or_not_at_all(fuzzed, listener, caplog):
    to = address(fuzzed, listener)

    @profile(150)
    @given(st.one_of(RAW, WHOLE))
    def anything(raw):
        answer = send(to, raw)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
        assert b"Traceback" not in answer and b"HTTP/1.1 500" not in answer

    with caplog.at_level(logging.ERROR):
        anything()
    assert not caplog.records
    assert send(to, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 40")


@pytest.mark.parametrize("listener", LISTENERS)
def test_nobody_without_a_key_reaches_anything(fuzzed, listener):
    """Not by any method, nor by moto's own pages."""
    for path in (
        "/",
        "/moto-api/",
        "/moto-api/data.json",
        "/moto-api/reset",
        "/static/x",
        "/_aws/ses",
        "/status",
    ):
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
            host, port = address(fuzzed, listener)
            raw = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
            head, _, body = send(address(fuzzed, listener), raw.encode()).partition(b"\r\n\r\n")
            assert head.split(b" ")[1] in (b"403", b"404"), (method, path, head)
            assert b"access-control-allow" not in head.lower()
            if body:
                json.loads(body)


def test_those_who_hang_up_leave_no_thread_behind(fuzzed):
    for _ in range(300):
        send(address(fuzzed, "front door"), b"GET / HTTP/1.1\r\nHost: x")
    for thread in threading.enumerate():
        if thread.name == "front-door-connection":
            thread.join(20)
            assert not thread.is_alive()
