"""A laptop that was closed: everything stood still, and then it is later."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace

import psutil
import pytest

from helpers.region.clock import Clock
from helpers.region.kinesis import Kinesis
from helpers.region.region import Region
from tests.local_region import QUICK
from tests.region.deployment import allow, trust
from tests.region.survives.test_killed import Counter
from tests.region.workbook import until

HOUR = 3600.0


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be stopped in place there")
def test_a_region_stopped_in_the_middle_of_a_batch_goes_on(workbook, tmp_path):
    counter = Counter(tmp_path / "counted")
    before = workbook.start()
    workbook.deploy("f", counter.source, Timeout=60)
    workbook.connect("f", BatchSize=10)
    counter.hold.touch()
    workbook.vote(0, 10)
    family = [workbook.region, *counter.held()]
    for process in family:
        process.suspend()
    until(lambda: all(p.status() == psutil.STATUS_STOPPED for p in family), "all stand still")
    counter.hold.unlink()
    for process in family:
        process.resume()
    workbook.vote(10, 20)
    until(lambda: len(counter.votes) >= 20, "every vote is counted")
    assert counter.votes == list(range(20)), "once each: nobody was killed"
    assert workbook.start().pid == before.pid


class Alarm(Clock):
    """The real clock, put forward or back."""

    offset = 0.0

    def now(self) -> float:
        return super().now() + self.offset


@pytest.fixture
def alarm() -> Alarm:
    return Alarm()


@pytest.fixture
def early(alarm, monkeypatch):
    """A region with that clock, spoken to without signatures."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", QUICK.account)
    region = Region("AKIATEST", "secret", replace(QUICK), alarm).start()
    region.reset()  # moto's accounts are the process's, whichever region asks
    real = (
        region.identity.credentials
    )  # STS keeps real time: let its sessions last as the region's clock has it
    monkeypatch.setattr(region.identity, "credentials", lambda role, name: real(role, name, 30 * 3600))
    yield region
    region.reset()
    region.close()


@pytest.mark.parametrize("jump", [8 * HOUR, 23 * HOUR, -HOUR], ids=["a night", "a day", "an hour back"])
def test_what_flowed_flows_on_after_the_clock_jumped(early, alarm, tmp_path, jump):
    counter = Counter(tmp_path / "counted")
    flowing(early, counter)
    put(early.kinesis, range(5))
    until(lambda: counter.votes == list(range(5)), "five votes are counted")
    (iterator,) = iterators(early.kinesis)
    alarm.offset = jump
    put(early.kinesis, range(5, 10))
    until(lambda: counter.votes == list(range(10)), "ten votes are counted, once each")
    if jump > 0:
        with pytest.raises(Exception, match="Iterator expired"):
            early.kinesis.get_records(ShardIterator=iterator)
    (fresh,) = iterators(early.kinesis)
    assert early.kinesis.get_records(ShardIterator=fresh)


def flowing(region, counter: Counter) -> None:
    """A stream of one shard, a function, and a mapping that is enabled."""
    region.moto._backend("iam", "aws").create_role("r", trust(), "/", "", "", [], 3600)
    role = f"arn:aws:iam::{QUICK.account}:role/r"
    everything = allow("*")
    region.moto._backend("iam", "aws").put_role_policy("r", "all", everything)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("h.py", counter.source)
    region.functions.create_function(
        FunctionName="f", Runtime="python3.13", Handler="h.h", Role=role, Code={"ZipFile": code.getvalue()}
    )
    region.kinesis.create_stream(StreamName="votes", ShardCount=1)
    arn = f"arn:aws:kinesis:{QUICK.region}:{QUICK.account}:stream/votes"
    until(lambda: region.kinesis.stream(arn).status == "ACTIVE", "the stream is active")
    region.mappings.create_event_source_mapping(
        FunctionName="f", EventSourceArn=arn, StartingPosition="TRIM_HORIZON", BatchSize=10
    )


def put(kinesis: Kinesis, votes: range) -> None:
    for number in votes:
        kinesis.put_record(StreamName="votes", Data=str(number).encode(), PartitionKey="k")


def iterators(kinesis: Kinesis) -> list[str]:
    shard = "shardId-000000000000"
    asked = {"StreamName": "votes", "ShardId": shard, "ShardIteratorType": "LATEST"}
    answer = kinesis.get_shard_iterator(**asked)
    return [answer["ShardIterator"]]
