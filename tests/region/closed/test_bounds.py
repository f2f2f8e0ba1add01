"""How much of a listener one client may take, and what the others have then."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack

import pytest

from helpers.region import server as module
from helpers.region.lan import own_addresses
from helpers.region.server import Request, Response, Server


@pytest.fixture
def serve():
    with ExitStack() as stack:

        def start(handler, **options) -> Server:
            server = Server(handler, **options).start()
            stack.callback(server.close)
            return server

        yield start


def well(_: Request) -> Response:
    return Response(200, [], b"well")


def connect(server: Server, **options) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=20, **options)


def status(connection: socket.socket, raw: bytes = b"") -> bytes:
    if raw:
        connection.sendall(raw)
    return connection.recv(4096).split(b" ")[1]


def post(size: int, sent: int) -> bytes:
    return b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size + bytes(sent)


def test_bodies_that_are_too_much_together_are_refused_until_there_is_room(serve, monkeypatch):
    monkeypatch.setattr(module, "BODIES_BYTES", 1000)
    arrived, go_on = threading.Event(), threading.Event()

    def hold(request: Request) -> Response:
        if request.body:
            arrived.set()
            assert go_on.wait(20)
        return Response(200)

    server = serve(hold)
    with connect(server) as first, connect(server) as second, connect(server) as third:
        first.sendall(post(900, 900))
        assert arrived.wait(20)
        assert status(second, post(200, 200)) == b"503"
        assert status(third, b"GET / HTTP/1.1\r\n\r\n") == b"200", "what has no body is served"
        go_on.set()
        assert status(first) == b"200"
    with connect(server) as fourth:
        assert status(fourth, post(900, 900)) == b"200"


def test_a_body_that_was_cut_off_is_given_back(serve, monkeypatch):
    monkeypatch.setattr(module, "BODIES_BYTES", 1000)
    server = serve(well)
    for _ in range(5):
        with connect(server) as rude:
            rude.sendall(post(900, 800))
            rude.shutdown(socket.SHUT_WR)
            assert status(rude) == b"400"
    with connect(server) as next_one:
        assert status(next_one, post(900, 900)) == b"200"


def test_who_is_refused_does_not_hold_up_who_is_next(serve):
    """A refused client that says nothing has a second to hear it: the next ones are not asked to wait for that."""
    server = serve(well, connections=2)
    with ExitStack() as stack:
        kept = [stack.enter_context(connect(server)) for _ in range(2)]
        assert [status(one, b"GET / HTTP/1.1\r\n\r\n") for one in kept] == [b"200", b"200"]
        refused = [stack.enter_context(connect(server)) for _ in range(20)]
        assert {status(one) for one in refused} == {b"503"}
        assert status(kept[0], b"GET / HTTP/1.1\r\n\r\n") == b"200"


def test_past_the_refusals_a_connection_is_just_closed(serve, monkeypatch):
    monkeypatch.setattr(module, "REFUSALS", 0)
    server = serve(well, connections=1)
    with connect(server) as kept, ExitStack() as stack:
        assert status(kept, b"GET / HTTP/1.1\r\n\r\n") == b"200"
        for _ in range(5):
            assert stack.enter_context(connect(server)).recv(100) == b""
        assert status(kept, b"GET / HTTP/1.1\r\n\r\n") == b"200"


def test_one_machine_of_the_network_does_not_take_all_connections(serve):
    addresses = own_addresses()
    if not addresses:
        pytest.skip("This machine has no address but loopback.")
    server = serve(well, host="0.0.0.0", client_connections=3)
    with ExitStack() as stack:
        phone = (addresses[0], 0)
        of_phone = [stack.enter_context(connect(server, source_address=phone)) for _ in range(3)]
        assert {status(one, b"GET / HTTP/1.1\r\n\r\n") for one in of_phone} == {b"200"}
        assert status(stack.enter_context(connect(server, source_address=phone))) == b"503"
        here = [stack.enter_context(connect(server)) for _ in range(10)]
        assert {status(one, b"GET / HTTP/1.1\r\n\r\n") for one in here} == {b"200"}, (
            "the teacher's own machine"
        )


def test_a_system_without_threads_to_give_does_not_end_the_listener(serve, monkeypatch):
    server = serve(well)
    real = threading.Thread.start

    def none_left(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    with connect(server) as unlucky:
        assert unlucky.recv(100) == b""
    monkeypatch.setattr(threading.Thread, "start", real)
    with connect(server) as lucky:
        assert status(lucky, b"GET / HTTP/1.1\r\n\r\n") == b"200"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n", b"400"),
        (b"GET\xc9 / HTTP/1.1\r\n\r\n", b"400"),
    ],
)
def test_sizes_that_only_look_like_one_are_refused(serve, raw, expected):
    with connect(serve(well)) as connection:
        assert status(connection, raw) == expected
