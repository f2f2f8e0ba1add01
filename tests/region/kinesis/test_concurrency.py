"""Many writers while the stream is resharded: nothing lost, nothing twice, each key in its order."""

import json
import threading
from collections import defaultdict
from dataclasses import replace

import pytest

from helpers.region.clock import Clock
from helpers.region.errors import AwsError
from helpers.region.kinesis import Kinesis
from helpers.region.metrics import Metrics
from helpers.region.settings import Settings

WRITERS = 32
BATCHES = 30


@pytest.fixture
def kinesis() -> Kinesis:
    clock = Clock()
    return Kinesis(clock, replace(Settings(), quotas=False, stream_seconds=0.002), Metrics(None, clock))


def test_32_writers_and_a_resharder(kinesis):
    kinesis.create_stream(StreamName="votes", ShardCount=1)
    stream = kinesis.stream("votes")
    while stream.status != "ACTIVE":
        Clock().wait(threading.Event(), 0.001)
    written: dict[str, list[int]] = defaultdict(list)
    failures: list[BaseException] = []
    writing = threading.Event()
    writing.set()

    def write(writer: int) -> None:
        keys = [f"{writer}-{number}" for number in range(3)]
        previous: dict[str, str] = {}
        for turn in range(BATCHES):
            for key in keys:
                ordering = {"SequenceNumberForOrdering": previous[key]} if key in previous else {}
                reply = kinesis.put_record(
                    StreamName="votes", PartitionKey=key, Data=f"{turn}".encode(), **ordering
                )
                previous[key] = json.loads(reply)["SequenceNumber"]
                written[key].append(int(previous[key]))
            records = [{"PartitionKey": key, "Data": f"{turn} again".encode()} for key in keys]
            reply = json.loads(kinesis.put_records(StreamName="votes", Records=records))
            for key, told in zip(keys, reply["Records"], strict=True):
                written[key].append(int(told["SequenceNumber"]))
                previous[key] = told["SequenceNumber"]

    def reshard() -> None:
        targets = [2, 3, 5, 3, 2, 1]
        while writing.is_set() and targets:
            try:
                kinesis.update_shard_count(
                    StreamName="votes", TargetShardCount=targets[0], ScalingType="UNIFORM_SCALING"
                )
                targets.pop(0)
            except AwsError as refused:
                assert refused.code == "ResourceInUseException"
            Clock().wait(threading.Event(), 0.001)

    def watched(work, *arguments) -> None:
        try:
            work(*arguments)
        except BaseException as failure:
            failures.append(failure)
            raise

    writers = [threading.Thread(target=watched, args=(write, writer)) for writer in range(WRITERS)]
    resharder = threading.Thread(target=watched, args=(reshard,))
    for thread in [*writers, resharder]:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    resharder.join()
    assert not failures

    read = drained(stream)
    assert {key: [number for number, _ in records] for key, records in read.items()} == written
    expected = [text for turn in range(BATCHES) for text in (f"{turn}", f"{turn} again")]
    assert all([data.decode() for _, data in records] == expected for records in read.values())
    assert len(stream.shards) > 1


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
