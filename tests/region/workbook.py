"""A workbook's region as a process of its own, and a pipeline in it: for what happens to processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import psutil
from botocore.config import Config
from botocore.exceptions import ClientError

from helpers.region import process, state
from tests.region.deployment import allow, trust, zipped

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE):
    """What `true` returns, once it is: for things of another process, which sets no event here."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.02)
    return found


def gone(watched: psutil.Process) -> bool:
    try:
        return not watched.is_running() or watched.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Workbook:
    """The region of the state folder `home`, started by a process that may be killed: as a kernel may."""

    def __init__(self, home: Path):
        self.home = home

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {state.STATE_VARIABLE: str(self.home), "PYTHONPATH": str(ROOT)}

    def command(self, *words: str, **options) -> subprocess.CompletedProcess:
        """`python -m helpers.region …` for this workbook."""
        command = [sys.executable, "-m", "helpers.region", *words]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120, **options
        )

    def start(self, **options) -> state.State:
        said = self.command("start", **options)
        assert said.returncode == 0, said.stderr
        return self.state

    def stop(self) -> None:
        said = self.command("stop")
        assert said.returncode == 0, said.stderr

    @property
    def state(self) -> state.State:
        return state.State(**json.loads((self.home / "region.json").read_text()))

    @property
    def region(self) -> psutil.Process:
        return psutil.Process(self.state.pid)

    def status(self) -> dict:
        return process.ask(self.state, "status", timeout=30)

    def client(self, service: str):
        found = self.state
        return boto3.client(
            service,
            endpoint_url=found.endpoint_url,
            region_name=found.region,
            aws_access_key_id=found.access_key,
            aws_secret_access_key=found.secret_key,
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )

    def deploy(self, name: str, source: str, **configuration) -> str:
        """A function that may do everything; its ARN."""
        iam, functions = self.client("iam"), self.client("lambda")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=allow("*"))
        code = zipped(h=source)

        def created() -> str:
            try:
                return functions.create_function(
                    FunctionName=name,
                    Runtime="python3.13",
                    Handler="h.h",
                    Role=role,
                    Code={"ZipFile": code},
                    **configuration,
                )["FunctionArn"]
            except ClientError as refused:
                assert "cannot be assumed" in str(refused), refused
                return ""

        arn = until(created, "the new role is believed")
        functions.get_waiter("function_active_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
        return arn

    def connect(self, function: str, stream: str = "votes", **configuration) -> None:
        """A stream of one shard, and the function behind it."""
        kinesis, functions = self.client("kinesis"), self.client("lambda")
        kinesis.create_stream(StreamName=stream, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(
            StreamName=stream, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
        arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
        made = functions.create_event_source_mapping(
            EventSourceArn=arn, FunctionName=function, StartingPosition="TRIM_HORIZON", **configuration
        )
        mapping = made["UUID"]
        until(
            lambda: functions.get_event_source_mapping(UUID=mapping)["State"] == "Enabled",
            "the mapping is enabled",
        )

    def vote(self, first: int, last: int, stream: str = "votes") -> None:
        records = [{"Data": str(n).encode(), "PartitionKey": "k"} for n in range(first, last)]
        answer = self.client("kinesis").put_records(StreamName=stream, Records=records)
        assert answer["FailedRecordCount"] == 0
