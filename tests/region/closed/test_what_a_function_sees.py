"""A function of a region that a learner started sees nothing that the learner had at hand: variables, files, folder.

It runs as the learner's user all the same: it is no sandbox, and nobody says so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from helpers.region import state
from tests.region.workbook import Workbook

HANDLER = """
import os, stat, sys

def h(event, context):
    files = {}
    for number in range(256):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        kinds = {stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFREG: "file"}
        files[number] = kinds.get(stat.S_IFMT(mode), "other")
    return {"variables": dict(os.environ), "files": files, "folder": os.getcwd(), "arguments": sys.argv,
            "path": sys.path, "root": os.environ["LAMBDA_TASK_ROOT"]}
"""
LEARNER = """
import os, sys
os.chdir(sys.argv[1])
secret = os.open("secret", os.O_RDONLY)
os.set_inheritable(secret, True)
from helpers.region import process
process.ensure_started()
"""


@pytest.fixture
def seen(tmp_path) -> dict:
    """What the function saw, of a region that a learner with secrets has started."""
    workbook, folder = Workbook(tmp_path / "state"), tmp_path / "learner"
    folder.mkdir()
    (folder / "secret").write_text("from a file")
    secrets = {"LEARNER_TOKEN": "canary-1", "AWS_SECRET_ACCESS_KEY": "canary-2", "MOTO_X": "canary-3"}
    command = [sys.executable, "-c", LEARNER, str(folder)]
    subprocess.run(command, env=workbook.environment | secrets, check=True, timeout=120)
    workbook.deploy("f", HANDLER)
    yield json.loads(workbook.client("lambda").invoke(FunctionName="f")["Payload"].read())
    workbook.stop()


def test_nothing_of_the_learners_is_in_a_functions_hands(seen, tmp_path):
    assert not any("canary" in value for value in seen["variables"].values())
    assert {"HOME", "USER", "LEARNER_TOKEN", "VIRTUAL_ENV", state.STATE_VARIABLE}.isdisjoint(
        seen["variables"]
    )
    assert os.path.realpath(seen["folder"]) == os.path.realpath(seen["root"])
    assert str(tmp_path) not in json.dumps([seen["folder"], seen["arguments"], seen["path"]])
    # Its input is nothing; its output, and what tells it that the region ended, are pipes; a socket leads there.
    assert seen["files"]["0"] == "device"
    kinds = sorted(seen["files"].values())
    assert set(kinds) <= {"device", "pipe", "socket"} and kinds.count("socket") == 1, seen["files"]
