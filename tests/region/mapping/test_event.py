"""The event that the function receives, and the message that the on-failure destination does, member by member."""

import json
import re

import pytest

from helpers.region.kinesis.shard import Record
from helpers.region.mapping.batch import Batch, Item
from helpers.region.mapping.destination import RETRIES_EXHAUSTED, TOO_OLD, message, object_key
from helpers.region.mapping.event import event, event_record, written
from helpers.region.mapping.window import STATE_LIMIT, Window, window_start

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/votes"
ROLE = "arn:aws:iam::123456789012:role/consumer"
SHARD = "shardId-000000000000"


def test_a_record_has_the_members_and_the_order_that_aws_writes():
    record = Record("4959", "test_0", b"hello", 1545084650.9874)
    assert written(event_record(record, SHARD, STREAM, ROLE, "us-east-1")) == (
        '{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"test_0","sequenceNumber":"4959",'
        '"data":"aGVsbG8=","approximateArrivalTimestamp":1545084650.987},"eventSource":"aws:kinesis",'
        '"eventVersion":"1.0","eventID":"shardId-000000000000:4959","eventName":"aws:kinesis:record",'
        f'"invokeIdentityArn":"{ROLE}","awsRegion":"us-east-1","eventSourceARN":"{STREAM}"}}'
    )


@pytest.mark.parametrize("data, encoded", [(b"", ""), (b"\x00\xff", "AP8="), ("año".encode(), "YcOxbw==")])
def test_data_is_the_raw_bytes_in_base64(data, encoded):
    assert event_record(Record("1", "k", data, 1.0), SHARD, STREAM, ROLE, "r")["kinesis"]["data"] == encoded


def test_a_key_in_any_script_counts_as_many_bytes_as_characters_of_the_written_record():
    text = written(event_record(Record("1", "añ🏎", b"", 1.0), SHARD, STREAM, ROLE, "r"))
    assert len(text) == len(text.encode()) and json.loads(text)["kinesis"]["partitionKey"] == "añ🏎"


def test_the_event_is_the_records_and_nothing_else():
    assert event(['{"a":1}', '{"b":2}']) == b'{"Records":[{"a":1},{"b":2}]}'


def test_a_tumbling_window_adds_its_members_in_order():
    window = Window(1607497440.0, 120, {"VER": 2})
    told = json.loads(event(['{"a":1}'], window.members(SHARD, STREAM)))
    assert told == {
        "Records": [{"a": 1}],
        "window": {"start": "2020-12-09T07:04:00Z", "end": "2020-12-09T07:06:00Z"},
        "state": {"VER": 2},
        "shardId": SHARD,
        "eventSourceARN": STREAM,
        "isFinalInvokeForWindow": False,
        "isWindowTerminatedEarly": False,
    }
    assert list(told)[1:] == [
        "window",
        "state",
        "shardId",
        "eventSourceARN",
        "isFinalInvokeForWindow",
        "isWindowTerminatedEarly",
    ]


def test_a_state_above_the_limit_ends_its_window_early():
    assert not Window(0.0, 60, {"a": "x" * 100}).members(SHARD, STREAM, final=True)["isWindowTerminatedEarly"]
    too_much = Window(0.0, 60, {"a": "x" * STATE_LIMIT})
    assert too_much.members(SHARD, STREAM, final=True)["isWindowTerminatedEarly"]


@pytest.mark.parametrize("arrival, start", [(0.0, 0.0), (59.999, 0.0), (60.0, 60.0), (150.5, 120.0)])
def test_windows_lie_end_to_end(arrival, start):
    assert window_start(arrival, 60) == start


def discarded(attempts: int) -> Batch:
    records = [Record("10", "a", b"x", 1764088529.5), Record("12", "b", b"y", 1764088530.1234)]
    return Batch(tuple(Item(n, record, f'{{"n":{n}}}') for n, record in enumerate(records)), attempts)


def told(condition, attempts, answer=None) -> dict:
    return message(
        discarded(attempts),
        condition,
        request_id="an-id",
        function_arn="arn:aws:lambda:us-east-1:123456789012:function:count",
        stream_arn=STREAM,
        shard_id=SHARD,
        now=1764088531.123,
        answer=answer,
    )


def test_a_batch_out_of_retries_is_told_as_aws_tells_it():
    assert written(told(RETRIES_EXHAUSTED, 2, ("$LATEST", "Unhandled"))) == (
        '{"requestContext":{"requestId":"an-id",'
        '"functionArn":"arn:aws:lambda:us-east-1:123456789012:function:count",'
        '"condition":"RetryAttemptsExhausted","approximateInvokeCount":2},'
        '"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},'
        '"version":"1.0","timestamp":"2025-11-25T16:35:31.123Z",'
        '"KinesisBatchInfo":{"shardId":"shardId-000000000000","startSequenceNumber":"10","endSequenceNumber":"12",'
        '"approximateArrivalOfFirstRecord":"2025-11-25T16:35:29.500Z",'
        '"approximateArrivalOfLastRecord":"2025-11-25T16:35:30.123Z",'
        f'"batchSize":2,"streamArn":"{STREAM}"}}}}'
    )


def test_partial_answers_that_run_out_leave_the_function_error_null():
    assert told(RETRIES_EXHAUSTED, 4, ("$LATEST", None))["responseContext"]["functionError"] is None


@pytest.mark.parametrize("attempts, count", [(0, 1), (7, 8)])
def test_a_record_too_old_has_no_response_and_expiry_counts(attempts, count):
    sent = told(TOO_OLD, attempts)
    assert "responseContext" not in sent
    assert sent["requestContext"]["approximateInvokeCount"] == count


def test_a_bucket_files_batches_by_mapping_shard_and_day():
    key = object_key("the-uuid", SHARD, 1764088531.123)
    assert re.fullmatch(
        rf"aws/lambda/the-uuid/{SHARD}/2025/11/25/2025-11-25T16\.35\.31-[0-9a-f]{{8}}-[0-9a-f-]{{27}}", key
    )
