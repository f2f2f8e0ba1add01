"""Killed without a word: the region, a function's process in the middle of a batch, the kernel that started it all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.region.workbook import ROOT, gone, until

# Notes each vote in a file of its own line, atomically; stands still, with a child of its own, while `hold` exists.
COUNTER = """
import base64, os, subprocess, sys, time
FOLDER = {folder!r}

def h(event, context):
    if os.path.exists(os.path.join(FOLDER, "hold")):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        with open(os.path.join(FOLDER, "pids.new"), "w") as file:
            file.write(f"{{os.getpid()}} {{child.pid}}")
        os.replace(os.path.join(FOLDER, "pids.new"), os.path.join(FOLDER, "pids"))
        while os.path.exists(os.path.join(FOLDER, "hold")):
            time.sleep(0.01)
    with open(os.path.join(FOLDER, "votes"), "a") as file:
        for record in event["Records"]:
            file.write(base64.b64decode(record["kinesis"]["data"]).decode() + "\\n")
"""


class Counter:
    """The function's source, and what it has counted."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self.source = COUNTER.format(folder=str(folder))
        self.hold = folder / "hold"

    @property
    def votes(self) -> list[int]:
        file = self.folder / "votes"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def held(self) -> list[psutil.Process]:
        """The function's process and its child, once it stands still."""
        until((self.folder / "pids").exists, "the function holds a batch")
        return [psutil.Process(int(pid)) for pid in (self.folder / "pids").read_text().split()]


@pytest.fixture
def counter(tmp_path) -> Counter:
    return Counter(tmp_path / "counted")


def test_a_function_killed_in_the_middle_of_a_batch_has_it_again(workbook, counter):
    workbook.start()
    workbook.deploy("f", counter.source, Timeout=60)
    workbook.connect("f", BatchSize=10)
    counter.hold.touch()
    workbook.vote(0, 10)
    function, child = counter.held()
    workbook.vote(10, 25)
    counter.hold.unlink()
    function.kill()
    until(lambda: set(counter.votes) == set(range(25)), "every vote is counted")
    assert len(counter.votes) <= 25 + 10, "more than one batch came twice"
    assert counter.votes == sorted(counter.votes) or counter.votes[:10] == list(range(10))
    until(lambda: gone(child), "what the function had started is gone")
    (mapping,) = until(
        lambda: [m for m in workbook.status()["mappings"] if m["LastProcessingResult"] == "OK"],
        "the mapping is well",
    )
    assert [shard["Waiting"] for shard in mapping["Shards"]] == [0]


def test_a_killed_region_leaves_no_orphan_and_the_next_works(workbook, counter):
    before = workbook.start()
    workbook.deploy("f", counter.source, Timeout=60)
    workbook.connect("f", BatchSize=10)
    counter.hold.touch()
    workbook.vote(0, 10)
    family = counter.held()
    region = workbook.region
    region.kill()
    for process in (region, *family):
        until(lambda p=process: gone(p), f"{process} is gone")
    assert workbook.command("status").returncode == 1
    after = workbook.start()
    assert after.pid != before.pid
    assert (after.access_key, after.control_port, after.front_port) == (
        before.access_key, before.control_port, before.front_port
    )  # fmt: skip
    assert workbook.client("lambda").list_functions()["Functions"] == []
    assert counter.votes == []


KERNEL = """
import sys
from helpers.region import process
print(process.ensure_started().pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="process groups")
def test_a_killed_kernel_takes_nothing_with_it(workbook):
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL],
        env=workbook.environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with kernel:
        pid = int(kernel.stdout.readline())
        os.killpg(kernel.pid, signal.SIGKILL)
        kernel.wait()
    assert workbook.state.pid == pid
    assert workbook.start().pid == pid
    assert workbook.status()["pid"] == pid


@pytest.mark.skipif(os.name == "nt", reason="process groups")
def test_a_kernel_killed_while_it_starts_the_region_locks_nobody_out(workbook):
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL],
        env=workbook.environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with kernel:
        until((workbook.home / "region.log").exists, "the region is being started")
        os.killpg(kernel.pid, signal.SIGKILL)
        kernel.wait()
    started = workbook.start()
    assert workbook.status()["pid"] == started.pid
    regions = [p for p in psutil.process_iter(["cmdline"]) if _is_region_of(p, workbook.home)]
    until(lambda: sum(not gone(p) for p in regions) == 1, "one region runs")


def _is_region_of(candidate: psutil.Process, home: Path) -> bool:
    try:
        words = candidate.info["cmdline"] or []
        return "serve" in words and candidate.environ().get("STREAMING_WORKBOOK_STATE") == str(home)
    except psutil.Error:
        return False
