"""No function survives its region, even one that was killed without a chance to say goodbye."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from helpers.region.awslambda.service import own_folder

REGION = """
import io, json, os, sys, zipfile
from helpers.region.region import Region
from helpers.region.settings import Settings
import boto3
region = Region("AKIATEST", "secret", Settings(role_seconds=0, function_seconds=0)).start()
client = lambda name: boto3.client(name, endpoint_url=region.control.url, region_name="us-east-1",
                                   aws_access_key_id="AKIATEST", aws_secret_access_key="secret")
statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(
    {"Version": "2012-10-17", "Statement": [statement]}))["Role"]["Arn"]
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("h.py", "import os\\ndef h(event, context):\\n    return os.getpid()\\n")
client("lambda").create_function(FunctionName="f", Runtime="python3.13", Handler="h.h", Role=role,
                                 Code={"ZipFile": code.getvalue()})
print(client("lambda").invoke(FunctionName="f")["Payload"].read().decode(), region.functions.folder, flush=True)
sys.stdin.read()
"""


def test_killing_the_region_ends_its_functions_and_the_next_sweeps_up(tmp_path, monkeypatch):
    region = subprocess.Popen(
        [sys.executable, "-c", REGION],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "PYTHONPATH": os.getcwd()},
    )
    with region:
        line = region.stdout.readline().split()
        function = psutil.Process(int(line[0]))
        assert function.is_running()
        region.kill()
        region.wait()
        _, alive = psutil.wait_procs([function], timeout=10)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    left = Path(line[1])
    assert left.exists()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own_folder()
    assert not left.exists()
