"""The lessons on an AWS-compatible server that is not ours, ministack: how far each goes, and what stops it there.

Not part of the ordinary run, since it is installed from the package index: `python -m helpers test --foreign`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request

import pytest

from helpers.tools.foreign import VARIABLE
from tests.notebooks.conftest import run_cells

pytestmark = pytest.mark.skipif(
    VARIABLE not in os.environ, reason="python -m helpers test --foreign runs these"
)

FAR = [  # lesson, a line of the cell that stops it, what that says; README's table has the reasons
    ("02_stream", "kinesis.delete_stream(StreamName=on_demand_name)", "Stream team-1-on-demand not found"),
    ("03_producer", "def invoke_producer(event):", "LogResult"),
    ("04_consumer", "", ""),
    ("05_trigger", "trigger = find_trigger()", "StartingPositionTimestamp"),
    ("09_cleanup", 'await lesson.check("nothing_left")', "AWS still knows: team-1-stream"),
]


@pytest.fixture(scope="module")
def ministack(tmp_path_factory):
    """The address of a ministack of these tests' own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("ministack")
    settings = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "TMPDIR": str(folder),
        "HOME": str(folder),
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [os.environ[VARIABLE]], env=own | settings, stdout=log, stderr=log, cwd=folder
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(30)


def _wait_until_it_answers(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"{url}/_ministack/health", timeout=5
            )
            return
        except OSError:
            assert server.poll() is None, "ministack ended; its log is beside the tests' temporary files"
            assert time.monotonic() < deadline, "ministack does not answer"
            time.sleep(0.1)


@pytest.mark.parametrize(("slug", "line", "says"), FAR, ids=[slug for slug, *_ in FAR])
def test_a_lesson_goes_as_far_as_is_known(slug, line, says, ministack, as_found):
    ran = run_cells(slug, target=ministack, prefix="team-1")
    assert (ran.error is None) == (line == ""), f"{ran.error!r} in:\n{ran.cell}"
    assert line in ran.cell and says in str(ran.error or ""), f"{ran.error!r} in:\n{ran.cell}"
