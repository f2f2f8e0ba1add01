"""The HTTP server as its clients see it: what comes through, what is refused, what a slow or rude client gets."""

from __future__ import annotations

import http.client
import socket
import threading

import pytest

from helpers.region.server import BadRequest, Request, Response, Server, parse_head


@pytest.fixture
def serve():
    servers = []

    def start(handler, **options) -> Server:
        server = Server(handler, **options).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


def echo(request: Request) -> Response:
    text = f"{request.method} {request.path}?{request.query} {request.header('x-name')} {request.body!r}"
    return Response(200, [("Content-Type", "text/plain")], text.encode())


def send(server: Server, raw: bytes) -> bytes:
    """Everything the server says to these bytes until it closes."""
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_request_arrives_whole_and_its_answer_too(serve):
    server = serve(echo)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("POST", "/a%20b/c?x=1&x=2", b"\x00body", {"X-Name": "Ada"})
    assert connection.getresponse().read() == b"POST /a%20b/c?x=1&x=2 Ada b'\\x00body'"


def test_a_connection_serves_many_requests(serve):
    server = serve(echo)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    for number in range(3):
        connection.request("GET", f"/{number}")
        assert connection.getresponse().read().startswith(f"GET /{number}".encode())


def test_a_chunked_body_is_put_together(serve):
    server = serve(echo)
    raw = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    raw += b"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n"
    assert send(server, raw).endswith(b"b'abcde'")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"garbage\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 2000\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 5000 + b"\r\n\r\n", 431),
    ],
)
def test_what_is_no_acceptable_request_is_refused(serve, raw, expected):
    server = serve(echo, header_bytes=2000, body_bytes=1000)
    assert status(send(server, raw)) == expected


def test_a_handler_that_fails_answers_500_without_its_traceback(serve, caplog):
    def fail(_):
        raise RuntimeError("secret detail")

    answer = send(serve(fail), b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert status(answer) == 500
    assert b"secret" not in answer
    assert "secret detail" in caplog.text


def test_a_client_that_stalls_in_a_request_is_cut_off(serve):
    server = serve(echo, message_seconds=0.2)
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(b"GET / HTT")
        assert connection.recv(100) == b""


def test_a_client_that_drips_bytes_is_cut_off(serve):
    server = serve(echo, message_seconds=0.3)
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.settimeout(0.02)
        connection.sendall(b"GET /")
        for _ in range(1000):
            try:
                connection.sendall(b"x")
                if connection.recv(100) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        pytest.fail("still connected")


def test_one_connection_too_many_is_told_so_and_the_others_go_on(serve):
    server = serve(echo, connections=1)
    first = http.client.HTTPConnection(server.host, server.port, timeout=10)
    first.request("GET", "/")
    first.getresponse().read()
    assert status(send(server, b"GET / HTTP/1.1\r\n\r\n")) == 503
    first.request("GET", "/again")
    assert first.getresponse().status == 200


def test_close_ends_open_connections(serve):
    server = serve(echo)
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        server.close()
        assert connection.recv(4096) == b""


def test_slow_handlers_do_not_hold_up_each_other(serve):
    both = threading.Barrier(2, timeout=10)

    def meet(_):
        both.wait()
        return Response(204)

    server = serve(meet)
    raw = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
    answers = []
    other = threading.Thread(target=lambda: answers.append(send(server, raw)))
    other.start()
    answers.append(send(server, raw))
    other.join(10)
    assert [status(answer) for answer in answers] == [204, 204]


def test_a_taken_port_is_an_error(serve):
    server = serve(echo)
    with pytest.raises(OSError):
        Server(echo, port=server.port)


def test_a_null_byte_in_a_header_is_refused():
    with pytest.raises(BadRequest):
        parse_head(b"GET / HTTP/1.1\r\nA: \0")
