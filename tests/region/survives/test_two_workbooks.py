"""Two workbooks of one user, at once: a region each, of which neither knows nor ends the other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.region.workbook import ROOT, Workbook

WHERE = "from helpers.region import state; print(state.folder())"


@pytest.fixture
def pair(tmp_path):
    made = [Workbook(tmp_path / name) for name in ("one", "two")]
    yield made
    for workbook in made:
        workbook.command("stop")


def test_two_regions_run_beside_each_other(pair):
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda workbook: workbook.start(), pair)
    assert len({one.pid, two.pid}) == 2
    assert len({one.access_key, two.access_key}) == 2
    assert len({one.control_port, two.control_port, one.front_port, two.front_port}) == 4
    for workbook in pair:
        workbook.deploy("f", "import os\ndef h(event, context):\n    return os.getpid()\n")
    pair[0].stop()
    answer = pair[1].client("lambda").invoke(FunctionName="f")
    assert int(answer["Payload"].read()) and "FunctionError" not in answer
    again = pair[0].start()
    assert (again.control_port, again.access_key) == (one.control_port, one.access_key)
    answer = pair[1].client("lambda").invoke(FunctionName="f", LogType="Tail")
    assert "FunctionError" not in answer, "the other's start swept this one's functions up"


def test_a_key_of_one_opens_nothing_in_the_other(pair):
    one, two = (workbook.start() for workbook in pair)
    mixed = {"AWS_ACCESS_KEY_ID": one.access_key, "AWS_SECRET_ACCESS_KEY": one.secret_key}
    code = "import boto3; boto3.client('kinesis').list_streams()"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | mixed | {"AWS_ENDPOINT_URL": two.endpoint_url, "AWS_DEFAULT_REGION": two.region},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "UnrecognizedClientException" in said.stderr


def test_each_checkout_keeps_its_state_in_a_folder_of_its_own(tmp_path):
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "helpers", checkout / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    folders = {
        subprocess.run(
            [sys.executable, "-c", WHERE],
            env={k: v for k, v in os.environ.items() if k != "STREAMING_WORKBOOK_STATE"}
            | {"PYTHONPATH": str(place)},
            cwd=place,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for place in (ROOT, checkout)
    }
    assert len(folders) == 2
