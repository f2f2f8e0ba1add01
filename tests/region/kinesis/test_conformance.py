"""Kinesis through boto3, against what is written of AWS: one case per row of aws-behaviour/kinesis.md.

Rules that need a clock to be advanced (quotas, expiry, retention, 24-hour limits) are in the tests beside this one;
what no test covers is listed, with the reason, at the end.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "account 123456789012"
ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/votes"
LAST = (1 << 128) - 1
MIB = 1 << 20
ANY = object()  # in a table: the message is not AWS's known text


@pytest.fixture
def kinesis(aws):
    return aws("kinesis")


@pytest.fixture
def stream(kinesis):
    """stream(shards=2) → an ACTIVE stream named votes; stream(None) → on demand."""

    def make(shards: int | None = 1, name: str = "votes", **parameters) -> str:
        count = {} if shards is None else {"ShardCount": shards}
        kinesis.create_stream(StreamName=name, **count, **parameters)
        settled(kinesis, name)
        return name

    return make


def settled(kinesis, name: str = "votes") -> None:
    kinesis.get_waiter("stream_exists").wait(
        StreamName=name, WaiterConfig={"Delay": 0.02, "MaxAttempts": 100}
    )


def refusal(kinesis, action: str, **parameters) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        getattr(kinesis, action)(**parameters)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def check(refused: tuple[str, str], code: str, message) -> None:
    assert refused[0] == code
    assert message is ANY or refused[1] == message


def shards(kinesis) -> list[dict]:
    return kinesis.list_shards(StreamName="votes")["Shards"]


def iterator(kinesis, shard: int = 0, kind: str = "TRIM_HORIZON", **more) -> str:
    return kinesis.get_shard_iterator(
        StreamName="votes", ShardId=f"shardId-{shard:012}", ShardIteratorType=kind, **more
    )["ShardIterator"]


def put(kinesis, data: bytes = b"x", key: str = "k", **more) -> dict:
    return kinesis.put_record(StreamName="votes", Data=data, PartitionKey=key, **more)


# 1. Streams


def test_create_stream_answers_nothing_then_creating_then_active(kinesis):
    answer = kinesis.create_stream(StreamName="votes", ShardCount=1)
    assert set(answer) == {"ResponseMetadata"}
    described = kinesis.describe_stream(StreamName="votes")["StreamDescription"]
    assert (described["StreamStatus"], described["Shards"]) == ("CREATING", [])
    settled(kinesis)
    described = kinesis.describe_stream(StreamName="votes")["StreamDescription"]
    assert described["StreamStatus"] == "ACTIVE"
    assert described["StreamARN"] == ARN
    assert described["RetentionPeriodHours"] == 24
    assert described["EncryptionType"] == "NONE"
    assert described["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    assert abs(datetime.now(UTC) - described["StreamCreationTimestamp"]) < timedelta(seconds=60)


@pytest.mark.parametrize(
    ("parameters", "open_shards", "mode"),
    [
        ({"ShardCount": 3}, 3, "PROVISIONED"),
        ({}, 4, "ON_DEMAND"),
        ({"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, 4, "ON_DEMAND"),
        ({"StreamModeDetails": {"StreamMode": "PROVISIONED"}, "ShardCount": 2}, 2, "PROVISIONED"),
    ],
)
def test_create_stream_modes(kinesis, parameters, open_shards, mode):
    kinesis.create_stream(StreamName="votes", **parameters)
    settled(kinesis)
    summary = kinesis.describe_stream_summary(StreamName="votes")["StreamDescriptionSummary"]
    assert (summary["OpenShardCount"], summary["StreamModeDetails"]["StreamMode"]) == (open_shards, mode)


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        (
            {"StreamName": "bad name!", "ShardCount": 1},
            "ValidationException",
            "1 validation error detected: Value 'bad name!' at 'streamName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        ({"StreamName": "v" * 129, "ShardCount": 1}, "ValidationException", ANY),
        (
            {"StreamName": "other", "StreamModeDetails": {"StreamMode": "PROVISIONED"}},
            "ValidationException",
            ANY,
        ),
        (
            {"StreamName": "votes", "ShardCount": 1},
            "ResourceInUseException",
            f"Stream votes under {ACCOUNT} already exists.",
        ),
        (
            {"StreamName": "other", "ShardCount": 20_000},
            "LimitExceededException",
            "This request would exceed the shard limit for the account 123456789012 in us-east-1. Current shard "
            "count for the account: 1. Limit: 20000. Number of additional shards that would have resulted from this "
            "request: 20000. Refer to the AWS Service Limits page "
            "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to "
            "request higher limits.",
        ),
        (
            {"StreamName": "other", "ShardCount": 1, "WarmThroughputMiBps": 100},
            "NotInThisRegion",
            ANY,
        ),
    ],
)
def test_create_stream_refusals(kinesis, stream, parameters, code, message):
    stream()
    check(refusal(kinesis, "create_stream", **parameters), code, message)


def test_create_stream_five_times_at_once(kinesis):
    for number in range(5):
        kinesis.create_stream(StreamName=f"votes-{number}", ShardCount=1)
    refused = refusal(kinesis, "create_stream", StreamName="votes-5", ShardCount=1)
    check(refused, "LimitExceededException", ANY)


def test_while_creating(kinesis):
    kinesis.create_stream(StreamName="votes", ShardCount=2)
    not_active = f"Stream votes under {ACCOUNT} not ACTIVE, instead in state CREATING"
    not_found = f"Stream votes under {ACCOUNT} not found."
    no_shard = f"Shard shardId-000000000000 in stream votes under {ACCOUNT} does not exist"
    record = {"Data": b"x", "PartitionKey": "k"}
    shard, other = "shardId-000000000000", "shardId-000000000001"
    for action, parameters, code, message in [
        ("put_record", record, "ResourceNotFoundException", not_found),
        ("put_records", {"Records": [record]}, "ResourceNotFoundException", not_found),
        (
            "get_shard_iterator",
            {"ShardId": shard, "ShardIteratorType": "LATEST"},
            "ResourceNotFoundException",
            no_shard,
        ),
        (
            "split_shard",
            {"ShardToSplit": shard, "NewStartingHashKey": "9"},
            "ResourceInUseException",
            not_active,
        ),
        (
            "merge_shards",
            {"ShardToMerge": shard, "AdjacentShardToMerge": other},
            "ResourceInUseException",
            not_active,
        ),
        ("list_shards", {}, "ResourceInUseException", ANY),
    ]:
        check(refusal(kinesis, action, StreamName="votes", **parameters), code, message)


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("describe_stream", {}),
        ("describe_stream_summary", {}),
        ("delete_stream", {}),
        ("list_shards", {}),
        ("put_record", {"Data": b"x", "PartitionKey": "k"}),
        ("put_records", {"Records": [{"Data": b"x", "PartitionKey": "k"}]}),
        ("get_shard_iterator", {"ShardId": "shardId-000000000000", "ShardIteratorType": "LATEST"}),
        ("split_shard", {"ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "9"}),
        (
            "merge_shards",
            {"ShardToMerge": "shardId-000000000000", "AdjacentShardToMerge": "shardId-000000000001"},
        ),
        ("update_shard_count", {"TargetShardCount": 2, "ScalingType": "UNIFORM_SCALING"}),
        ("increase_stream_retention_period", {"RetentionPeriodHours": 48}),
        ("decrease_stream_retention_period", {"RetentionPeriodHours": 24}),
        ("add_tags_to_stream", {"Tags": {"a": "b"}}),
        ("remove_tags_from_stream", {"TagKeys": ["a"]}),
        ("list_tags_for_stream", {}),
    ],
)
@pytest.mark.parametrize("named", [{"StreamName": "votes"}, {"StreamARN": ARN}])
def test_a_missing_stream(kinesis, action, parameters, named):
    message = f"Stream votes under {ACCOUNT} not found."
    check(refusal(kinesis, action, **named, **parameters), "ResourceNotFoundException", message)


def test_delete_stream_and_its_waiter(kinesis, stream):
    stream()
    kinesis.delete_stream(StreamName="votes", EnforceConsumerDeletion=True)
    assert kinesis.describe_stream(StreamName="votes")["StreamDescription"]["StreamStatus"] == "DELETING"
    waiting = {"Delay": 0.02, "MaxAttempts": 100}
    kinesis.get_waiter("stream_not_exists").wait(StreamName="votes", WaiterConfig=waiting)
    assert kinesis.list_streams()["StreamNames"] == []


def test_list_streams_pages(kinesis, stream):
    for name in ("c", "a", "b"):
        stream(name=name)
    first = kinesis.list_streams(Limit=2)
    assert (first["StreamNames"], first["HasMoreStreams"]) == (["a", "b"], True)
    assert first["StreamSummaries"][0]["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    for following in ({"NextToken": first["NextToken"]}, {"ExclusiveStartStreamName": "b"}):
        rest = kinesis.list_streams(**following)
        assert (rest["StreamNames"], rest["HasMoreStreams"]) == (["c"], False)


def test_every_call_takes_name_or_arn_or_both(kinesis, stream):
    stream()
    for named in ({"StreamName": "votes"}, {"StreamARN": ARN}, {"StreamName": "votes", "StreamARN": ARN}):
        kinesis.put_record(Data=b"x", PartitionKey="k", **named)
        got = kinesis.get_shard_iterator(
            ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON", **named
        )
        assert kinesis.get_records(ShardIterator=got["ShardIterator"])["Records"]
    check(refusal(kinesis, "describe_stream"), "InvalidArgumentException", ANY)
    other = {"StreamName": "other", "StreamARN": ARN}
    check(refusal(kinesis, "describe_stream", **other), "InvalidArgumentException", ANY)


# 2. Shards


@pytest.mark.parametrize("count", [1, 2, 3])
def test_shards_have_ids_and_even_inclusive_ranges(kinesis, stream, count):
    stream(count)
    described = shards(kinesis)
    assert [shard["ShardId"] for shard in described] == [f"shardId-{n:012}" for n in range(count)]
    step = (1 << 128) // count
    assert [int(shard["HashKeyRange"]["StartingHashKey"]) for shard in described] == [
        n * step for n in range(count)
    ]
    assert described[-1]["HashKeyRange"]["EndingHashKey"] == "340282366920938463463374607431768211455"
    for shard in described:
        assert list(shard["SequenceNumberRange"]) == ["StartingSequenceNumber"]
        assert "ParentShardId" not in shard


def test_a_key_goes_where_its_md5_says(kinesis, stream):
    stream(4)
    for key in ("VER", "HAM", "LEC", "ñandú", "🏎️"):
        expected = int(hashlib.md5(key.encode()).hexdigest(), 16) >> 126
        assert put(kinesis, key=key)["ShardId"] == f"shardId-{expected:012}"


@pytest.mark.parametrize(("explicit", "shard"), [(0, 0), ((1 << 127) - 1, 0), (1 << 127, 1), (LAST, 1)])
def test_an_explicit_hash_key_replaces_the_md5(kinesis, stream, explicit, shard):
    stream(2)
    assert put(kinesis, ExplicitHashKey=str(explicit))["ShardId"] == f"shardId-{shard:012}"


def test_describe_stream_pages(kinesis, stream):
    stream(3)
    first = kinesis.describe_stream(StreamName="votes", Limit=2)["StreamDescription"]
    assert ([s["ShardId"][-1] for s in first["Shards"]], first["HasMoreShards"]) == (["0", "1"], True)
    rest = kinesis.describe_stream(StreamName="votes", ExclusiveStartShardId=first["Shards"][-1]["ShardId"])
    assert [s["ShardId"][-1] for s in rest["StreamDescription"]["Shards"]] == ["2"]
    assert not rest["StreamDescription"]["HasMoreShards"]


# 3. PutRecord, PutRecords


def test_put_record_answers_shard_and_sequence_number(kinesis, stream):
    stream()
    answer = put(kinesis)
    assert set(answer) == {"ShardId", "SequenceNumber", "ResponseMetadata"}
    assert len(answer["SequenceNumber"]) == 56
    assert answer["SequenceNumber"].startswith("49")


def test_put_records_answers_in_order(kinesis, stream):
    stream(2)
    records = [{"Data": b"%d" % n, "PartitionKey": f"key-{n}"} for n in range(500)]
    answer = kinesis.put_records(StreamName="votes", Records=records)
    assert answer["FailedRecordCount"] == 0
    assert len(answer["Records"]) == 500
    for record, told in zip(records, answer["Records"], strict=True):
        expected = int(hashlib.md5(record["PartitionKey"].encode()).hexdigest(), 16) >> 127
        assert told["ShardId"] == f"shardId-{expected:012}"
    assert len({told["SequenceNumber"] for told in answer["Records"]}) == 500


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        (
            {"Data": bytes(MIB + 1), "PartitionKey": "k"},
            "ValidationException",
            "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048577 cap=1048577]' at 'data' "
            "failed to satisfy constraint: Member must have length less than or equal to 1048576",
        ),
        ({"Data": bytes(MIB), "PartitionKey": "k"}, "ValidationException", ANY),  # the key counts
        ({"Data": b"x"}, "ValidationException", ANY),
        (
            {"Data": b"x", "PartitionKey": "k" * 257},
            "ValidationException",
            f"1 validation error detected: Value '{'k' * 257}' at 'partitionKey' failed to satisfy constraint: "
            "Member must have length less than or equal to 256",
        ),
        (
            {"Data": b"x", "PartitionKey": "k", "ExplicitHashKey": str(LAST + 1)},
            "InvalidArgumentException",
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
            f"Specified value was {LAST + 1}",
        ),
        ({"Data": b"x", "PartitionKey": "k", "ExplicitHashKey": "-1"}, "ValidationException", ANY),
        (
            {"Data": b"x", "PartitionKey": "k", "SequenceNumberForOrdering": "5"},
            "InvalidArgumentException",
            f"ExclusiveMinimumSequenceNumber 5 used in PutRecord on stream votes under {ACCOUNT} is invalid.",
        ),
        ({"Data": b"x", "PartitionKey": "k", "DryRun": True}, "DryRunOperationException", ANY),
    ],
)
def test_put_record_refusals_store_nothing(kinesis, stream, parameters, code, message):
    stream()
    check(refusal(kinesis, "put_record", StreamName="votes", **parameters), code, message)
    assert kinesis.get_records(ShardIterator=iterator(kinesis))["Records"] == []


@pytest.mark.parametrize("key", ["k" * 256, "ñ" * 256, "🏎" * 256])
def test_a_partition_key_has_at_most_256_characters(kinesis, stream, key):
    stream()
    put(kinesis, key=key)
    (record,) = kinesis.get_records(ShardIterator=iterator(kinesis))["Records"]
    assert record["PartitionKey"] == key


GOOD = {"Data": b"x", "PartitionKey": "k"}


@pytest.mark.parametrize(
    ("records", "code", "message"),
    [
        (
            [GOOD, {"Data": bytes(MIB + 1), "PartitionKey": "k"}],
            "ValidationException",
            "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048577 cap=1048577]' at "
            "'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to "
            "1048576",
        ),
        ([{"Data": b"x"}], "ValidationException", ANY),
        ([{**GOOD, "ExplicitHashKey": str(LAST + 1)}], "InvalidArgumentException", ANY),
        ([{"Data": bytes(MIB - 1), "PartitionKey": "kk"}] * 10 + [GOOD], "ValidationException", ANY),
        ([{"Data": bytes(MIB - 1), "PartitionKey": "k"}] * 10 + [GOOD], "InvalidArgumentException", ANY),
    ],
)
def test_put_records_refusals_store_nothing(kinesis, stream, records, code, message):
    stream()
    check(refusal(kinesis, "put_records", StreamName="votes", Records=records), code, message)
    assert kinesis.get_records(ShardIterator=iterator(kinesis))["Records"] == []


def test_501_records_are_refused(kinesis, stream):
    stream()
    code, message = refusal(kinesis, "put_records", StreamName="votes", Records=[GOOD] * 501)
    assert code == "ValidationException"
    assert message.endswith(
        "at 'records' failed to satisfy constraint: Member must have length less than or equal to 500"
    )


def test_a_partial_failure_is_told_in_its_place(kinesis, stream):
    stream()
    records = [{"Data": bytes(MIB - 1), "PartitionKey": "k"}] * 3
    answer = kinesis.put_records(StreamName="votes", Records=records)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["FailedRecordCount"] == 2
    assert set(answer["Records"][0]) == {"ShardId", "SequenceNumber"}
    assert (
        answer["Records"][1:]
        == [
            {
                "ErrorCode": "ProvisionedThroughputExceededException",
                "ErrorMessage": f"Rate exceeded for shard shardId-000000000000 in stream votes under {ACCOUNT}.",
            }
        ]
        * 2
    )


def test_a_request_all_of_whose_records_are_throttled_succeeds(kinesis, stream):
    stream()
    put(kinesis, bytes(MIB - 1))
    answer = kinesis.put_records(StreamName="votes", Records=[GOOD] * 3)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["FailedRecordCount"] == 3
    assert {told["ErrorCode"] for told in answer["Records"]} == {"ProvisionedThroughputExceededException"}


def test_one_key_never_exceeds_one_shard_on_demand_either(kinesis, stream):
    stream(None)
    put(kinesis, bytes(MIB - 1))
    code, _ = refusal(kinesis, "put_record", StreamName="votes", Data=b"x", PartitionKey="k")
    assert code == "ProvisionedThroughputExceededException"
    others = [{"Data": b"x", "PartitionKey": key} for key in ("VER", "HAM", "LEC", "NOR", "k")]
    answer = kinesis.put_records(StreamName="votes", Records=others)
    assert "ErrorCode" in answer["Records"][-1]
    assert answer["FailedRecordCount"] < len(others)


def test_put_record_throttled(kinesis, stream):
    stream()
    put(kinesis, bytes(MIB - 1))
    check(
        refusal(kinesis, "put_record", StreamName="votes", Data=bytes(MIB - 1), PartitionKey="k"),
        "ProvisionedThroughputExceededException",
        f"Rate exceeded for shard shardId-000000000000 in stream votes under {ACCOUNT}.",
    )


def test_sequence_numbers_for_ordering_grow(kinesis, stream):
    stream()
    numbers = [put(kinesis)["SequenceNumber"]]
    for _ in range(10):
        numbers.append(put(kinesis, SequenceNumberForOrdering=numbers[-1])["SequenceNumber"])
    assert numbers == sorted(set(numbers), key=int)
    future = str(int(numbers[-1]) + (1000 << 36))  # the same record, a thousand seconds later
    check(
        refusal(kinesis, "put_record", StreamName="votes", **GOOD, SequenceNumberForOrdering=future),
        "InvalidArgumentException",
        f"ExclusiveMinimumSequenceNumber {future} used in PutRecord on stream votes under {ACCOUNT} is invalid.",
    )


def test_the_same_counter_in_two_shards_is_not_the_same_number(kinesis, stream):
    stream(2)
    numbers = {put(kinesis, ExplicitHashKey=str(key))["SequenceNumber"] for key in (0, LAST)}
    assert len(numbers) == 2


# 4. Reading


def test_a_record_comes_back_as_it_was_put(kinesis, stream):
    stream()
    data = bytes(range(256))
    answer = put(kinesis, data, "ñ")
    (record,) = kinesis.get_records(ShardIterator=iterator(kinesis))["Records"]
    arrival = record.pop("ApproximateArrivalTimestamp")
    assert record == {"SequenceNumber": answer["SequenceNumber"], "Data": data, "PartitionKey": "ñ"}
    assert abs(datetime.now(UTC) - arrival) < timedelta(seconds=60)


@pytest.mark.parametrize(
    ("kind", "more", "read"),
    [
        ("TRIM_HORIZON", lambda numbers: {}, "abc"),
        ("LATEST", lambda numbers: {}, ""),
        ("AT_SEQUENCE_NUMBER", lambda numbers: {"StartingSequenceNumber": numbers[1]}, "bc"),
        ("AFTER_SEQUENCE_NUMBER", lambda numbers: {"StartingSequenceNumber": numbers[1]}, "c"),
        ("AT_TIMESTAMP", lambda numbers: {"Timestamp": datetime(2020, 1, 1, tzinfo=UTC)}, "abc"),
        ("AT_TIMESTAMP", lambda numbers: {"Timestamp": time.time() - 60}, "abc"),
    ],
)
def test_iterator_types(kinesis, stream, kind, more, read):
    stream()
    numbers = [put(kinesis, data)["SequenceNumber"] for data in (b"a", b"b", b"c")]
    start = iterator(kinesis, kind=kind, **more(numbers))
    answer = kinesis.get_records(ShardIterator=start)
    assert "".join(record["Data"].decode() for record in answer["Records"]) == read
    put(kinesis, b"d")
    later = kinesis.get_records(ShardIterator=answer["NextShardIterator"])
    assert [record["Data"] for record in later["Records"]] == [b"d"]


def test_an_iterator_is_opaque_and_each_read_gives_a_new_one(kinesis, stream):
    stream()
    first = iterator(kinesis)
    assert first.startswith("AAAAAAAAAA")
    assert len(first) <= 512
    put(kinesis)
    assert kinesis.get_records(ShardIterator=first)["NextShardIterator"] != first


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        (
            {"ShardIteratorType": "AT_SEQUENCE_NUMBER"},
            "InvalidArgumentException",
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
            "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no "
            "StartingSequenceNumber.",
        ),
        (
            {"ShardIteratorType": "LATEST", "StartingSequenceNumber": "1"},
            "InvalidArgumentException",
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
            "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified LATEST and also a "
            "StartingSequenceNumber.",
        ),
        (
            {"ShardIteratorType": "AT_TIMESTAMP"},
            "InvalidArgumentException",
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
            "timestamp parameter.",
        ),
        (
            {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 1.0, "StartingSequenceNumber": "1"},
            "InvalidArgumentException",
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
            "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified AT_TIMESTAMP and also a "
            "StartingSequenceNumber.",
        ),
        ({"ShardIteratorType": "LATEST", "Timestamp": 1.0}, "InvalidArgumentException", ANY),
        (
            {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "5"},
            "InvalidArgumentException",
            "StartingSequenceNumber 5 used in GetShardIterator on shard shardId-000000000000 in stream votes under "
            f"{ACCOUNT} is invalid.",
        ),
        ({"ShardIteratorType": "SOON"}, "ValidationException", ANY),
        (
            {"ShardIteratorType": "LATEST", "ShardId": "shardId-000000000009"},
            "ResourceNotFoundException",
            f"Shard shardId-000000000009 in stream votes under {ACCOUNT} does not exist",
        ),
        (
            {"ShardIteratorType": "LATEST", "ShardId": "first"},
            "ResourceNotFoundException",
            f"Could not find shard first in stream votes under {ACCOUNT}.",
        ),
    ],
)
def test_get_shard_iterator_refusals(kinesis, stream, parameters, code, message):
    stream(2)
    parameters = {"StreamName": "votes", "ShardId": "shardId-000000000000", **parameters}
    check(refusal(kinesis, "get_shard_iterator", **parameters), code, message)


def test_another_shards_sequence_number_is_refused(kinesis, stream):
    stream(2)
    number = put(kinesis, ExplicitHashKey=str(LAST))["SequenceNumber"]
    parameters = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": number}
    check(
        refusal(
            kinesis, "get_shard_iterator", StreamName="votes", ShardId="shardId-000000000000", **parameters
        ),
        "InvalidArgumentException",
        "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard "
        "with shardId-000000000000",
    )


def test_a_timestamp_in_the_future_is_refused(kinesis, stream):
    stream()
    code, message = refusal(
        kinesis,
        "get_shard_iterator",
        StreamName="votes",
        ShardId="shardId-000000000000",
        ShardIteratorType="AT_TIMESTAMP",
        Timestamp=datetime.now(UTC) + timedelta(hours=1),
    )
    assert code == "InvalidArgumentException"
    assert message.startswith(
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: "
    )


@pytest.mark.parametrize("garbage", ["garbage", base64.b64encode(b"votes:shardId-000000000000:0").decode()])
def test_a_garbage_iterator_is_refused(kinesis, stream, garbage):
    stream()
    check(
        refusal(kinesis, "get_records", ShardIterator=garbage),
        "InvalidArgumentException",
        "Invalid ShardIterator.",
    )


def test_limit(kinesis, stream):
    stream()
    for _ in range(3):
        put(kinesis)
    answer = kinesis.get_records(ShardIterator=iterator(kinesis), Limit=2)
    assert len(answer["Records"]) == 2
    assert answer["MillisBehindLatest"] > 0
    answer = kinesis.get_records(ShardIterator=answer["NextShardIterator"], Limit=2)
    assert (len(answer["Records"]), answer["MillisBehindLatest"]) == (1, 0)
    check(
        refusal(kinesis, "get_records", ShardIterator=iterator(kinesis), Limit=10001),
        "ValidationException",
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value "
        "less than or equal to 10000",
    )


def test_a_throttled_read(kinesis, stream):
    stream()
    start = iterator(kinesis)
    for _ in range(5):
        kinesis.get_records(ShardIterator=start)
    check(
        refusal(kinesis, "get_records", ShardIterator=start),
        "ProvisionedThroughputExceededException",
        f"Rate exceeded for shard shardId-000000000000 in stream votes under {ACCOUNT}.",
    )


def test_a_closed_shard_read_to_its_end_names_its_children(kinesis, stream):
    stream()
    put(kinesis)
    kinesis.split_shard(StreamName="votes", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    settled(kinesis)
    put(kinesis)
    answer = kinesis.get_records(ShardIterator=iterator(kinesis))
    assert len(answer["Records"]) == 1
    assert "NextShardIterator" not in answer
    assert answer["ChildShards"] == [
        {
            "ShardId": "shardId-000000000001",
            "ParentShards": ["shardId-000000000000"],
            "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "999"},
        },
        {
            "ShardId": "shardId-000000000002",
            "ParentShards": ["shardId-000000000000"],
            "HashKeyRange": {"StartingHashKey": "1000", "EndingHashKey": str(LAST)},
        },
    ]


def test_list_shards_pages_and_filters(kinesis, stream):
    stream(3)
    first = kinesis.list_shards(StreamName="votes", MaxResults=2)
    assert [shard["ShardId"][-1] for shard in first["Shards"]] == ["0", "1"]
    rest = kinesis.list_shards(NextToken=first["NextToken"])
    assert [shard["ShardId"][-1] for shard in rest["Shards"]] == ["2"]
    assert "NextToken" not in rest
    check(
        refusal(kinesis, "list_shards", NextToken=first["NextToken"], StreamName="votes"),
        "InvalidArgumentException",
        "NextToken and StreamName cannot be provided together.",
    )
    after = {"Type": "AFTER_SHARD_ID", "ShardId": "shardId-000000000001"}
    filtered = kinesis.list_shards(StreamName="votes", ShardFilter=after)["Shards"]
    assert [shard["ShardId"][-1] for shard in filtered] == ["2"]
    kinesis.merge_shards(
        StreamName="votes", ShardToMerge="shardId-000000000000", AdjacentShardToMerge="shardId-000000000001"
    )
    settled(kinesis)
    for kind, listed in [("AT_LATEST", "23"), ("FROM_TRIM_HORIZON", "0123"), ("AT_TRIM_HORIZON", "012")]:
        filtered = kinesis.list_shards(StreamName="votes", ShardFilter={"Type": kind})["Shards"]
        assert "".join(shard["ShardId"][-1] for shard in filtered) == listed, kind


# 5. Resharding


def test_split(kinesis, stream):
    stream(2)
    kinesis.split_shard(
        StreamName="votes", ShardToSplit="shardId-000000000001", NewStartingHashKey=str(3 << 126)
    )
    assert kinesis.describe_stream(StreamName="votes")["StreamDescription"]["StreamStatus"] == "UPDATING"
    settled(kinesis)
    described = shards(kinesis)
    assert [shard.get("ParentShardId") for shard in described] == [None, None] + ["shardId-000000000001"] * 2
    assert "EndingSequenceNumber" in described[1]["SequenceNumberRange"]
    assert [shard["HashKeyRange"] for shard in described[2:]] == [
        {"StartingHashKey": str(1 << 127), "EndingHashKey": str((3 << 126) - 1)},
        {"StartingHashKey": str(3 << 126), "EndingHashKey": str(LAST)},
    ]
    assert put(kinesis, ExplicitHashKey=str(LAST))["ShardId"] == "shardId-000000000003"
    summary = kinesis.describe_stream_summary(StreamName="votes")["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == 3
    assert kinesis.describe_limits()["OpenShardCount"] == 3


def test_merge(kinesis, stream):
    stream(2)
    put(kinesis, b"before", ExplicitHashKey="0")
    kinesis.merge_shards(
        StreamName="votes", ShardToMerge="shardId-000000000000", AdjacentShardToMerge="shardId-000000000001"
    )
    settled(kinesis)
    child = shards(kinesis)[2]
    assert child["ParentShardId"] == "shardId-000000000000"
    assert child["AdjacentParentShardId"] == "shardId-000000000001"
    assert put(kinesis, b"after", ExplicitHashKey="0")["ShardId"] == "shardId-000000000002"
    read = [kinesis.get_records(ShardIterator=iterator(kinesis, n))["Records"] for n in range(3)]
    assert [[record["Data"] for record in records] for records in read] == [[b"before"], [], [b"after"]]


@pytest.mark.parametrize(
    ("action", "parameters", "code", "message"),
    [
        (
            "split_shard",
            {"ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "1"},
            "InvalidArgumentException",
            "NewStartingHashKey 1 used in SplitShard() on shard shardId-000000000000 in stream votes under "
            f"{ACCOUNT} is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's "
            f"EndingHashKey {(1 << 128) // 3 - 1}.",
        ),
        (
            "split_shard",
            {"ShardToSplit": "shardId-000000000009", "NewStartingHashKey": "9"},
            "ResourceNotFoundException",
            f"Could not find shard shardId-000000000009 in stream votes under {ACCOUNT}.",
        ),
        (
            "merge_shards",
            {"ShardToMerge": "shardId-000000000000", "AdjacentShardToMerge": "shardId-000000000002"},
            "InvalidArgumentException",
            f"Shards shardId-000000000000 and shardId-000000000002 in stream votes under {ACCOUNT} are not an "
            "adjacent pair of shards eligible for merging",
        ),
        (
            "merge_shards",
            {"ShardToMerge": "shardId-000000000001", "AdjacentShardToMerge": "shardId-000000000000"},
            "InvalidArgumentException",
            f"Shards shardId-000000000001 and shardId-000000000000 in stream votes under {ACCOUNT} are not an "
            "adjacent pair of shards eligible for merging",
        ),
        (
            "update_shard_count",
            {"TargetShardCount": 8, "ScalingType": "UNIFORM_SCALING"},
            "LimitExceededException",
            "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: "
            "3, Target shard count: 8",
        ),
        (
            "update_shard_count",
            {"TargetShardCount": 1, "ScalingType": "UNIFORM_SCALING"},
            "LimitExceededException",
            "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: "
            "3, Target shard count: 1",
        ),
        ("update_shard_count", {"TargetShardCount": 3, "ScalingType": "UNIFORM_SCALING"}, ANY, ANY),
    ],
)
def test_resharding_refusals(kinesis, stream, action, parameters, code, message):
    stream(3)
    refused = refusal(kinesis, action, StreamName="votes", **parameters)
    check(refused, refused[0] if code is ANY else code, message)
    assert kinesis.describe_stream(StreamName="votes")["StreamDescription"]["StreamStatus"] == "ACTIVE"


def test_a_split_shard_splits_no_more(kinesis, stream):
    stream()
    kinesis.split_shard(StreamName="votes", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    settled(kinesis)
    check(
        refusal(
            kinesis,
            "split_shard",
            StreamName="votes",
            ShardToSplit="shardId-000000000000",
            NewStartingHashKey="2000",
        ),
        "InvalidArgumentException",
        f"Shard shardId-000000000000 in stream votes under {ACCOUNT} has already been merged or split, and thus is "
        "not eligible for merging or splitting.",
    )


def test_update_shard_count_doubles(kinesis, stream):
    stream(2)
    answer = kinesis.update_shard_count(StreamName="votes", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    del answer["ResponseMetadata"]
    assert answer == {
        "StreamName": "votes",
        "StreamARN": ARN,
        "CurrentShardCount": 2,
        "TargetShardCount": 4,
    }
    settled(kinesis)
    described = shards(kinesis)
    assert [shard["ShardId"][-1] for shard in described] == list("012345")
    assert [shard.get("ParentShardId", "")[-1:] for shard in described] == ["", "", "0", "0", "1", "1"]
    assert [int(shard["HashKeyRange"]["StartingHashKey"]) for shard in described[2:]] == [
        n << 126 for n in range(4)
    ]


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("split_shard", {"ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "9"}),
        (
            "merge_shards",
            {"ShardToMerge": "shardId-000000000000", "AdjacentShardToMerge": "shardId-000000000001"},
        ),
        ("update_shard_count", {"TargetShardCount": 8, "ScalingType": "UNIFORM_SCALING"}),
    ],
)
def test_a_stream_on_demand_is_not_resharded_by_hand(kinesis, stream, action, parameters):
    stream(None)
    check(
        refusal(kinesis, action, StreamName="votes", **parameters),
        "ValidationException",
        f"Request is invalid. Stream votes under {ACCOUNT} is in On-Demand mode.",
    )


def test_update_stream_mode_keeps_the_shards(kinesis, stream):
    stream(3)
    kinesis.update_stream_mode(StreamARN=ARN, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    settled(kinesis)
    summary = kinesis.describe_stream_summary(StreamName="votes")["StreamDescriptionSummary"]
    assert (summary["StreamModeDetails"]["StreamMode"], summary["OpenShardCount"]) == ("ON_DEMAND", 3)
    limits = kinesis.describe_limits()
    assert (limits["OnDemandStreamCount"], limits["OnDemandStreamCountLimit"]) == (1, 50)
    assert limits["ShardLimit"] == 20_000


# 6. Retention and the rest


@pytest.mark.parametrize(
    ("action", "hours", "message"),
    [
        (
            "increase",
            23,
            "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
        ),
        (
            "decrease",
            23,
            "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
        ),
        ("increase", 8761, ANY),
        (
            "increase",
            24,
            "Requested retention period (24 hours) for stream votes can not be shorter than existing retention "
            "period (48 hours). Use DecreaseRetentionPeriod API.",
        ),
        (
            "decrease",
            72,
            "Requested retention period (72 hours) for stream votes can not be longer than existing retention "
            "period (48 hours). Use IncreaseRetentionPeriod API.",
        ),
    ],
)
def test_retention_refusals(kinesis, stream, action, hours, message):
    stream()
    kinesis.increase_stream_retention_period(StreamName="votes", RetentionPeriodHours=48)
    settled(kinesis)
    parameters = {"StreamName": "votes", "RetentionPeriodHours": hours}
    refused = refusal(kinesis, f"{action}_stream_retention_period", **parameters)
    check(refused, "InvalidArgumentException", message)


def test_retention_goes_up_and_down(kinesis, stream):
    stream()
    for action, hours in [("increase", 8760), ("decrease", 24)]:
        getattr(kinesis, f"{action}_stream_retention_period")(StreamName="votes", RetentionPeriodHours=hours)
        settled(kinesis)
        described = kinesis.describe_stream(StreamName="votes")["StreamDescription"]
        assert described["RetentionPeriodHours"] == hours


def test_a_stream_may_be_made_for_large_records(kinesis, stream):
    stream(MaxRecordSizeInKiB=10240)
    put(kinesis, bytes(10 * MIB - 1))
    refused = refusal(kinesis, "create_stream", StreamName="other", ShardCount=1, MaxRecordSizeInKiB=10241)
    check(refused, "ValidationException", ANY)


def test_update_max_record_size(kinesis, stream):
    stream()
    kinesis.update_max_record_size(StreamARN=ARN, MaxRecordSizeInKiB=2048)
    settled(kinesis)
    summary = kinesis.describe_stream_summary(StreamName="votes")["StreamDescriptionSummary"]
    assert summary["MaxRecordSizeInKiB"] == 2048
    put(kinesis, bytes(2 * MIB - 1))
    check(
        refusal(kinesis, "put_record", StreamName="votes", Data=bytes(2 * MIB + 1), PartitionKey="k"),
        *OVER_2_MIB,
    )
    refused = refusal(kinesis, "update_max_record_size", StreamARN=ARN, MaxRecordSizeInKiB=10241)
    check(refused, "ValidationException", ANY)


OVER_2_MIB = (
    "ValidationException",
    "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=2097153 cap=2097153]' at 'data' failed to "
    "satisfy constraint: Member must have length less than or equal to 2097152",
)


def test_tags_by_both_names(kinesis, stream):
    stream(Tags={"course": "f1"})
    kinesis.add_tags_to_stream(StreamName="votes", Tags={"b": "2", "a": "1"})
    kinesis.tag_resource(ResourceARN=ARN, Tags={"c": "", "a": "one"})
    tags = [{"Key": k, "Value": v} for k, v in [("a", "one"), ("b", "2"), ("c", ""), ("course", "f1")]]
    assert kinesis.list_tags_for_resource(ResourceARN=ARN)["Tags"] == tags
    listed = kinesis.list_tags_for_stream(StreamName="votes", Limit=2, ExclusiveStartTagKey="a")
    assert (listed["Tags"], listed["HasMoreTags"]) == (tags[1:3], True)
    kinesis.remove_tags_from_stream(StreamName="votes", TagKeys=["a", "absent"])
    kinesis.untag_resource(ResourceARN=ARN, TagKeys=["b", "c"])
    assert kinesis.list_tags_for_stream(StreamName="votes")["Tags"] == tags[3:]


@pytest.mark.parametrize(
    ("tags", "code", "message"),
    [
        ({f"key-{n}": "x" for n in range(51)}, "InvalidArgumentException", ANY),
        ({"bad*key": "x"}, "InvalidArgumentException", ANY),
        ({"key": "bad{value"}, "InvalidArgumentException", ANY),
        (
            {"k" * 129: "x"},
            "ValidationException",
            f"1 validation error detected: Value '{{{'k' * 129}=x}}' at 'tags' failed to satisfy constraint: Map keys "
            "must satisfy constraint: [Member must have length less than or equal to 128, Member must have length "
            "greater than or equal to 1]",
        ),
    ],
)
def test_tags_refused(kinesis, stream, tags, code, message):
    stream()
    check(refusal(kinesis, "add_tags_to_stream", StreamName="votes", Tags=tags), code, message)


def test_cloudwatch_metrics(kinesis, stream, aws):
    stream()
    put(kinesis, b"xxxx")
    kinesis.put_records(StreamName="votes", Records=[{"Data": bytes(MIB - 1), "PartitionKey": "k"}, GOOD])
    start = iterator(kinesis)
    for _ in range(5):
        kinesis.get_records(ShardIterator=start)
    refusal(kinesis, "get_records", ShardIterator=start)
    cloudwatch = aws("cloudwatch")

    def total(name: str, statistic: str = "Sum") -> float:
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/Kinesis",
            MetricName=name,
            Dimensions=[{"Name": "StreamName", "Value": "votes"}],
            StartTime=datetime.now(UTC) - timedelta(minutes=5),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=[statistic],
        )["Datapoints"]
        return sum(point[statistic] for point in points)

    assert total("GetRecords.IteratorAgeMilliseconds", "SampleCount") == 5
    expected = {
        "IncomingRecords": 2,
        "IncomingBytes": 5 + 2,
        "PutRecord.Success": 1,
        "PutRecord.Bytes": 5,
        "PutRecords.Success": 1,
        "PutRecords.TotalRecords": 2,
        "PutRecords.SuccessfulRecords": 1,
        "PutRecords.ThrottledRecords": 1,
        "PutRecords.FailedRecords": 0,
        "WriteProvisionedThroughputExceeded": 1,
        "GetRecords.Success": 5,
        "GetRecords.Records": 10,
        "GetRecords.Bytes": 5 * 7,
        "ReadProvisionedThroughputExceeded": 1,
    }
    assert {name: total(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("register_stream_consumer", {"StreamARN": ARN, "ConsumerName": "fast"}),
        ("list_stream_consumers", {"StreamARN": ARN}),
        (
            "start_stream_encryption",
            {"StreamName": "votes", "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
        ),
        ("enable_enhanced_monitoring", {"StreamName": "votes", "ShardLevelMetrics": ["ALL"]}),
        (
            "update_stream_record_distribution_strategy",
            {"StreamARN": ARN, "RecordDistributionStrategy": "AUTO"},
        ),
        ("update_stream_warm_throughput", {"StreamARN": ARN, "WarmThroughputMiBps": 10}),
        ("put_resource_policy", {"ResourceARN": ARN, "Policy": json.dumps({})}),
    ],
)
def test_what_is_not_in_this_region_is_refused_by_name(kinesis, stream, action, parameters):
    stream()
    check(refusal(kinesis, action, **parameters), "NotInThisRegion", ANY)


# Rows of aws-behaviour/kinesis.md that neither this file nor its neighbours hold, and why:
# - On-demand scaling (capacity from the last 30 days, a hot shard split within 15 minutes, the MB/s maxima): a stream
#   on demand keeps its shards here; a lesson is over before AWS would scale, and does not put 500 KB/s on a shard.
# - On-demand Advantage, service-managed keys, enhanced fan-out, encryption, enhanced monitoring, resource policies,
#   channels and queues: refused by name (test_refused_by_name.py).
# - Put-to-get latency of about 200 ms: records are readable at once.
# - Burst credit: one record above the shard's rate is taken and worked off; how AWS saves credit up is not documented.
# - Sequence counters shared by groups of five shards: each shard counts for itself; no promise to a caller differs.
# - Rates of control-plane calls other than CreateStream and GetShardIterator (split and merge 5, scaling and describe
#   10 a second): a stream is UPDATING meanwhile, and describing is how a lesson waits.
# - PutRecord.Latency and its like: they would measure this process, not AWS.
# - AWS's texts marked (?) in the page: the region's own words stand in, and only their code is checked (ANY).
# - IAM: the tests of access hold it for all services.
# - boto3's own retries: the SDK's behaviour; the tests' clients do not retry.
