"""Many writers while the stream is resharded: nothing lost, nothing twice, each key in its order."""

import json
import sys
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from helpers.region.clock import Clock
from helpers.region.kinesis import Kinesis
from helpers.region.metrics import Metrics
from helpers.region.settings import Settings

WRITERS = 32
TARGETS = [2, 3, 5, 3, 2, 1, 2, 4, 7, 5]
LEAST_TURNS, MOST_TURNS = 20, 5000


@pytest.fixture
def kinesis() -> Kinesis:
    clock = Clock()
    return Kinesis(clock, replace(Settings(), quotas=False, stream_seconds=0.002), Metrics(None, clock))


@pytest.fixture
def impatient_threads():
    """Threads change places far more often than they would, so that a race is met and not missed."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def test_32_writers_while_the_stream_is_resharded(kinesis, impatient_threads):
    kinesis.create_stream(StreamName="votes", ShardCount=1)
    stream = kinesis.stream("votes")
    wait_until_active(stream)
    written: dict[str, list[tuple[int, bytes]]] = {}
    resharded = threading.Event()

    def write(writer: int) -> None:
        """One key alone, and two in batches, for as long as the stream is resharded."""
        alone, *batched = (f"{writer}-{number}" for number in range(3))
        mine: dict[str, list[tuple[int, bytes]]] = {key: [] for key in (alone, *batched)}
        for turn in range(MOST_TURNS):
            data = b"%d" % turn
            ordering = {"SequenceNumberForOrdering": str(mine[alone][-1][0])} if turn else {}
            told = json.loads(
                kinesis.put_record(StreamName="votes", PartitionKey=alone, Data=data, **ordering)
            )
            mine[alone].append((int(told["SequenceNumber"]), data))
            records = [{"PartitionKey": key, "Data": data} for key in batched]
            answer = json.loads(kinesis.put_records(StreamName="votes", Records=records))
            for key, told in zip(batched, answer["Records"], strict=True):
                mine[key].append((int(told["SequenceNumber"]), data))
            if turn >= LEAST_TURNS and resharded.is_set():
                break
        written.update(mine)

    def reshard() -> None:
        for target in TARGETS:
            kinesis.update_shard_count(
                StreamName="votes", TargetShardCount=target, ScalingType="UNIFORM_SCALING"
            )
            wait_until_active(stream)
        resharded.set()

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        work = [threads.submit(write, writer) for writer in range(WRITERS)] + [threads.submit(reshard)]
    for done in work:
        done.result()

    assert len(stream.open_shards) == TARGETS[-1]
    assert drained(stream) == written
    assert all(
        [number for number, _ in records] == sorted({number for number, _ in records})
        for records in written.values()
    )


def wait_until_active(stream) -> None:
    while stream.status != "ACTIVE":
        Clock().wait(threading.Event(), 0.001)


def drained(stream) -> dict[str, list[tuple[int, bytes]]]:
    """Everything by key, as a reader sees it that drains parents before children."""
    found: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
    done: set[str] = set()
    for shard in stream.shards:  # ids grow, so parents come first
        assert set(shard.parents) <= done
        offset = 0
        while True:
            part = shard.read(offset, 100)
            for record in part.records:
                found[record.partition_key].append((int(record.sequence_number), record.data))
            offset = part.next_offset
            if part.ended or not part.records:
                break
        assert shard.closed == part.ended
        done.add(shard.shard_id)
    return found
