"""What a shard's quotas refuse, record by record and read by read."""

import json
from dataclasses import replace

import pytest

from helpers.region.kinesis import Kinesis
from helpers.region.metrics import Metrics
from helpers.region.settings import Settings

RATE_EXCEEDED = "Rate exceeded for shard shardId-000000000000 in stream votes under account 123456789012."
THROTTLED = ("ProvisionedThroughputExceededException", RATE_EXCEEDED)
MIB = 1 << 20


def batch(kinesis, *sizes: int, hash_key: int = 0) -> dict:
    records = [{"PartitionKey": "k", "ExplicitHashKey": str(hash_key), "Data": bytes(size)} for size in sizes]
    return json.loads(kinesis.put_records(StreamName="votes", Records=records))


def one(kinesis, size: int = 1, **more) -> dict:
    return json.loads(kinesis.put_record(StreamName="votes", PartitionKey="k", Data=bytes(size), **more))


@pytest.fixture
def iterator(kinesis):
    return lambda kind="TRIM_HORIZON": kinesis.get_shard_iterator(
        StreamName="votes", ShardId="shardId-000000000000", ShardIteratorType=kind
    )


def test_the_1001st_record_of_a_second_is_refused_in_its_place(kinesis, make_stream, manual_clock):
    make_stream()
    assert batch(kinesis, *[1] * 500)["FailedRecordCount"] == 0
    assert batch(kinesis, *[1] * 499)["FailedRecordCount"] == 0
    answer = batch(kinesis, 1, 1, 1)
    assert answer["FailedRecordCount"] == 2
    assert set(answer["Records"][0]) == {"ShardId", "SequenceNumber"}
    for record in answer["Records"][1:]:
        assert record == {"ErrorCode": THROTTLED[0], "ErrorMessage": RATE_EXCEEDED}
    manual_clock.advance(1)
    assert batch(kinesis, 1, 1, 1)["FailedRecordCount"] == 0
    assert len(kinesis.stream("votes").shards[0].read(0, 10_000).records) == 1003


def test_a_mebibyte_a_second_and_smaller_records_still_fit(kinesis, make_stream):
    make_stream()
    answer = batch(kinesis, MIB // 2, MIB // 2, 100)
    assert ["ErrorCode" in record for record in answer["Records"]] == [False, True, False]


def test_each_shard_has_its_own_quota(kinesis, make_stream):
    make_stream(shards=2)
    assert batch(kinesis, MIB - 1)["FailedRecordCount"] == 0
    assert batch(kinesis, MIB - 1)["FailedRecordCount"] == 1
    assert batch(kinesis, MIB - 1, hash_key=1 << 127)["FailedRecordCount"] == 0


def test_put_record_is_refused_as_a_whole(kinesis, make_stream, refusal):
    make_stream()
    one(kinesis, MIB - 1)
    assert refusal(one, kinesis=kinesis, size=MIB - 1) == THROTTLED


def test_a_record_above_a_mebibyte_uses_burst_and_is_worked_off(kinesis, make_stream, manual_clock, refusal):
    stream = make_stream()
    kinesis.update_max_record_size(StreamARN=stream.arn, MaxRecordSizeInKiB=10_240)
    manual_clock.advance(1)
    one(kinesis, 4 * MIB)
    for _ in range(4):
        assert refusal(one, kinesis=kinesis) == THROTTLED
        manual_clock.advance(1)
    manual_clock.advance(0.01)
    one(kinesis)


def test_five_reads_a_second(kinesis, make_stream, iterator, manual_clock, refusal):
    make_stream()
    place = iterator()
    for _ in range(5):
        kinesis.get_records(**place)
    assert refusal(kinesis.get_records, **place) == THROTTLED
    manual_clock.advance(1)
    kinesis.get_records(**place)


def test_five_iterators_a_second(kinesis, make_stream, iterator, manual_clock, refusal):
    make_stream()
    for _ in range(5):
        iterator()
    assert refusal(iterator) == THROTTLED
    manual_clock.advance(1)
    iterator()


def test_ten_mebibytes_read_are_followed_by_five_seconds_of_refusals(
    kinesis, make_stream, iterator, manual_clock, refusal
):
    make_stream()
    for _ in range(11):
        one(kinesis, MIB - 1)
        manual_clock.advance(1)
    place = iterator()
    first = json.loads(kinesis.get_records(**place))
    assert len(first["Records"]) == 10  # of at most 10 MiB
    assert first["MillisBehindLatest"] == 1000
    for _ in range(5):
        assert refusal(kinesis.get_records, **place) == THROTTLED
        manual_clock.advance(0.99)
    manual_clock.advance(0.06)
    following = json.loads(kinesis.get_records(ShardIterator=first["NextShardIterator"]))
    assert (len(following["Records"]), following["MillisBehindLatest"]) == (1, 0)


def test_the_regions_own_readers_do_not_spend_the_quota(kinesis, make_stream, iterator):
    shard = make_stream().shards[0]
    for _ in range(20):
        shard.read(shard.position("LATEST"), 100)
    for _ in range(5):
        kinesis.get_records(**iterator())


def test_without_quotas_nothing_is_throttled(manual_clock):
    settings = replace(Settings(), quotas=False)
    kinesis = Kinesis(manual_clock, settings, Metrics(None, manual_clock))
    kinesis.create_stream(StreamName="votes", ShardCount=1)
    manual_clock.advance(1)
    for _ in range(3):
        assert batch(kinesis, *[20_000] * 500)["FailedRecordCount"] == 0
    place = kinesis.get_shard_iterator(StreamName="votes", ShardId="0", ShardIteratorType="TRIM_HORIZON")
    for _ in range(8):
        place = {"ShardIterator": json.loads(kinesis.get_records(**place))["NextShardIterator"]}


def test_a_dry_run_checks_and_stores_nothing(kinesis, make_stream, iterator, refusal):
    shard = make_stream().shards[0]
    record = {"PartitionKey": "k", "Data": b"x"}
    place = iterator()
    for action, parameters in [
        (kinesis.put_record, {"StreamName": "votes", **record}),
        (kinesis.put_records, {"StreamName": "votes", "Records": [record]}),
        (kinesis.get_records, place),
        (
            kinesis.get_shard_iterator,
            {"StreamName": "votes", "ShardId": "0", "ShardIteratorType": "LATEST"},
        ),
    ]:
        assert refusal(action, DryRun=True, **parameters)[0] == "DryRunOperationException"
    assert shard.position("LATEST") == 0
    one(kinesis, MIB - 1)
    assert refusal(one, kinesis=kinesis, size=100, DryRun=True) == THROTTLED


def test_a_dry_run_names_what_would_be_refused(kinesis, make_stream, refusal):
    make_stream()
    for parameters in [
        {"StreamName": "absent", "Data": b"x", "PartitionKey": "k"},
        {"StreamName": "votes", "Data": bytes(MIB + 1), "PartitionKey": "k"},
        {"StreamName": "votes", "Data": b"x", "PartitionKey": "k", "ExplicitHashKey": str(1 << 128)},
        {"StreamName": "votes", "Data": b"x", "PartitionKey": "k", "SequenceNumberForOrdering": "5"},
    ]:
        refused = refusal(kinesis.put_record, **parameters)
        assert refusal(kinesis.put_record, DryRun=True, **parameters) == refused
        assert refused[0] != "DryRunOperationException"
