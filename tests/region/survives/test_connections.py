"""Hundreds of connections that say nothing, or nonsense: the others are served, and in the end all of it is gone."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack

import pytest

from tests.region.workbook import until

MANY = 500


def few_files() -> None:
    """What macOS gives a process, before the region asks for more."""
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def files_of(workbook) -> int:
    region = workbook.region
    return region.num_fds() if hasattr(region, "num_fds") else region.num_handles()


@pytest.mark.parametrize("listener", ["control_port", "front_port"])
def test_five_hundred_connections_hold_up_nobody(workbook, listener):
    found = workbook.start(**({} if os.name == "nt" else {"preexec_fn": few_files}))
    workbook.client("kinesis").list_streams()
    port = getattr(found, listener)
    files, threads = files_of(workbook), workbook.region.num_threads()
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            for _ in range(MANY)
        ]
        for number, connection in enumerate(connections):
            connection.sendall(
                (b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n")[number % 3]
            )
        until(lambda: workbook.region.num_threads() >= MANY, "all of them are taken")
        assert workbook.status()["pid"] == found.pid
        assert workbook.client("kinesis").list_streams()["StreamNames"] == []
        garbage = connections[1]
        garbage.sendall(b"\0\xff\r\n\r\n")
        assert garbage.recv(100).startswith((b"HTTP/1.1 400", b"HTTP/1.1 505"))
    until(lambda: workbook.region.num_threads() <= threads + 2, "their threads have ended")
    until(lambda: files_of(workbook) <= files + 2, "their sockets are closed")
