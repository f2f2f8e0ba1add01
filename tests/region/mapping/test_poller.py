"""The driver on a clock that is advanced: ages, windows and long waits that no test could sit through.

The stream is the real one; a plain callable stands where the function's process would be (test_conformance.py has
real ones).
"""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from helpers.region.awslambda.refusals import SYNCHRONOUS_BYTES, refuse_too_large
from helpers.region.errors import AwsError
from helpers.region.kinesis import Kinesis
from helpers.region.mapping import EventSourceMappings

ARN = "arn:aws:lambda:us-east-1:123456789012:function:count"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed"
PATIENCE = 20.0


@dataclass
class Answer:
    payload: bytes = b"null"
    function_error: str | None = None
    request_id: str = "an-id"
    executed_version: str = "$LATEST"


FAILED = Answer(b'{"errorMessage":"no"}', "Unhandled")


@dataclass
class Callable:
    """A function and the service that invokes it: `answer(event)` gives an Answer or raises AwsError."""

    answer: object = lambda event: Answer()
    name: str = "count"
    arn: str = ARN
    role: str = "arn:aws:iam::123456789012:role/consumer"
    events: list[dict] = field(default_factory=list)

    def function(self, name_or_arn):
        return self

    def invoke_function(self, name_or_arn, payload):
        refuse_too_large(payload, SYNCHRONOUS_BYTES)
        event = json.loads(payload)
        self.events.append(event)
        return self.answer(event)

    @property
    def batches(self) -> list[list[str]]:
        return [data(event) for event in self.events]


class Surroundings:
    """Permission for everything, and a note of what is measured and sent."""

    def __init__(self):
        self.sent: list[dict] = []
        self.measured: list[tuple] = []

    def check(self, *permission):
        pass

    def allows(self, *permission):
        return True

    assumable = allows

    def send_message(self, queue_arn, body):
        self.sent.append(json.loads(body))

    def add(self, namespace, name, value, unit, **dimensions):
        self.measured.append((namespace, name, value, unit, dimensions))


class World:
    def __init__(self, clock, settings):
        self.clock = clock
        self.around = Surroundings()
        self.kinesis = Kinesis(clock, settings, self.around)
        self.function = Callable()
        self.mappings = EventSourceMappings(
            clock, settings, self.kinesis, self.function, self.around, self.around, self.around
        )
        self.kinesis.create_stream(StreamName="votes", ShardCount=1)
        clock.advance(settings.stream_seconds)
        self.stream = self.kinesis.stream("votes")

    def put(self, *texts: str, key: str = "key") -> None:
        for text in texts:
            self.kinesis.put_record(StreamName="votes", Data=text.encode(), PartitionKey=key)

    def map(self, **asked) -> str:
        asked = {"StartingPosition": "TRIM_HORIZON", **asked}
        created = self.mappings.create_event_source_mapping(
            FunctionName="count", EventSourceArn=self.stream.arn, **asked
        )
        self.settle(created["UUID"], "Enabled" if asked.get("Enabled", True) else "Disabled")
        return created["UUID"]

    def never(self, happens) -> None:
        """Look for a while: that nothing happens has no event to wait for."""
        until = time.monotonic() + 0.15
        while time.monotonic() < until:
            assert not happens()
            time.sleep(0.01)

    def settle(self, mapping: str, state: str) -> None:
        self.until(lambda: self.shown(mapping)["State"] == state, step=0.1)

    def shown(self, mapping: str) -> dict:
        return self.mappings.get_event_source_mapping(UUID=mapping)

    def until(self, reached, step: float = 0.0) -> None:
        """Wait for `reached`, the clock moving on by `step` seconds at each look."""
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < deadline, "not reached in time"
            self.clock.advance(step)
            time.sleep(0.01)


def data(event: dict) -> list[str]:
    return [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]


@pytest.fixture
def world(manual_clock, quick_settings):
    world = World(manual_clock, quick_settings)
    yield world
    world.mappings.close()


def test_only_the_expired_record_is_reported_and_the_rest_delivered(world):
    world.put("old")
    world.clock.advance(100)
    world.put("a", "b", "c", "d", "e")
    world.map(
        MaximumRecordAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": QUEUE}},
    )
    world.until(lambda: world.function.events, step=0.1)
    assert world.function.batches == [["a", "b", "c", "d", "e"]]
    (told,) = world.around.sent
    assert told["requestContext"]["condition"] == "RecordAgeExceeded"
    assert told["requestContext"]["approximateInvokeCount"] == 1
    assert told["requestContext"]["requestId"]
    assert told["KinesisBatchInfo"]["batchSize"] == 1


def test_a_record_that_grows_too_old_while_retried_is_given_up(world):
    world.function.answer = lambda event: Answer() if data(event) == ["next"] else FAILED
    world.put("poison")
    world.map(
        MaximumRecordAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": QUEUE}},
    )
    world.until(lambda: len(world.function.events) >= 3, step=0.1)
    world.clock.advance(120)
    world.until(lambda: world.around.sent)
    attempts = len(world.function.events)
    assert world.around.sent[0]["requestContext"]["approximateInvokeCount"] == attempts + 1
    world.put("next")
    world.until(lambda: world.function.batches[-1] == ["next"], step=0.1)
    assert len(world.around.sent) == 1


def test_a_poison_record_blocks_its_shard_until_it_leaves_the_stream(world):
    world.function.answer = lambda event: FAILED if "poison" in data(event) else Answer()
    world.put("poison")
    mapping = world.map()
    world.until(lambda: len(world.function.events) >= 2, step=0.1)
    world.put("next")
    world.until(lambda: len(world.function.events) >= 3, step=0.1)
    assert world.function.batches == [["poison"]] * len(world.function.events)
    assert world.shown(mapping)["LastProcessingResult"] == "PROBLEM: Function call failed"
    world.clock.advance(24 * 3600 - 10)
    world.put("last")
    world.clock.advance(20)
    world.until(lambda: "last" in world.function.batches[-1], step=0.1)
    world.until(lambda: world.shown(mapping)["LastProcessingResult"] == "OK", step=0.1)


def test_a_batch_waits_for_its_window(world):
    world.map(MaximumBatchingWindowInSeconds=300)
    world.put("a")
    world.clock.advance(100)
    world.put("b")
    world.clock.advance(100)
    world.never(lambda: world.function.events)
    world.clock.advance(100.5)
    world.until(lambda: world.function.events)
    assert world.function.batches == [["a", "b"]]


def test_a_window_without_records_is_followed_by_another(world):
    world.map(MaximumBatchingWindowInSeconds=300)
    for _ in range(4):
        world.clock.advance(75.5)
        world.never(lambda: world.function.events)
    world.put("a")
    world.clock.advance(200)
    world.never(lambda: world.function.events)
    world.put("b")
    world.clock.advance(100)
    world.until(lambda: world.function.events)
    assert world.function.batches == [["a", "b"]]


def test_a_closed_shard_does_not_wait_for_its_window(world):
    world.map(MaximumBatchingWindowInSeconds=300)
    world.put("a")
    world.kinesis.split_shard(
        StreamName="votes", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
    )
    closed = world.clock.now()
    world.until(lambda: world.function.events, step=0.02)
    assert world.function.batches == [["a"]]
    assert world.clock.now() < closed + 100


def test_records_that_come_between_two_polls_are_one_batch(world):
    world.map()
    world.put("a")
    world.until(lambda: world.function.events, step=0.02)
    world.never(lambda: world.put("more") or len(world.function.events) > 1)
    world.until(lambda: len(world.function.events) > 1, step=0.02)
    assert len(world.function.batches[1]) > 1


def test_a_full_batch_does_not_wait_for_its_window(world):
    world.map(MaximumBatchingWindowInSeconds=300, BatchSize=2)
    world.put("a", "b", "c")
    world.until(lambda: world.function.events, step=0.02)
    assert world.function.batches == [["a", "b"]]


def test_what_is_behind_is_cut_into_batches(world):
    world.put(*"abcdefg")
    world.map(BatchSize=3)
    world.until(lambda: len(world.function.events) == 3, step=0.02)
    assert world.function.batches == [["a", "b", "c"], ["d", "e", "f"], ["g"]]


def test_a_batch_holds_at_most_six_megabytes(world):
    for _ in range(8):
        world.put("x" * 900_000)
        world.clock.advance(1)
    world.map()
    world.until(lambda: sum(map(len, world.function.batches)) == 8, step=0.02)
    assert [len(batch) for batch in world.function.batches] == [5, 3]


def test_a_record_too_large_for_lambda_waits_until_it_is_too_old(world):
    world.kinesis.update_max_record_size(StreamARN=world.stream.arn, MaxRecordSizeInKiB=10240)
    world.clock.advance(1)
    world.put("x" * 5_000_000)
    mapping = world.map(MaximumRecordAgeInSeconds=60, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    world.until(lambda: "Request must be smaller" in world.shown(mapping)["LastProcessingResult"], step=0.02)
    world.clock.advance(180)
    world.until(lambda: world.around.sent)
    assert world.around.sent[0]["requestContext"]["condition"] == "RecordAgeExceeded"
    assert world.function.events == []


def test_a_throttled_call_is_not_an_attempt(world):
    refusals = iter([True, True, True])

    def answer(event):
        if next(refusals, False):
            raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429)
        return FAILED

    world.function.answer = answer
    world.put("a")
    world.map(MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    world.until(lambda: world.around.sent, step=0.02)
    assert len(world.function.events) == 5
    assert world.around.sent[0]["requestContext"]["approximateInvokeCount"] == 2


def throttled(event):
    raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429)


@pytest.mark.parametrize("answer", [throttled, lambda event: FAILED], ids=["throttled", "failed"])
def test_each_wait_is_twice_the_one_before(world, quick_settings, answer):
    called_at = []
    world.function.answer = lambda event: called_at.append(world.clock.now()) or answer(event)
    world.put("a")
    world.map()
    world.until(lambda: len(called_at) == 6, step=0.01)
    waits = [later - earlier for earlier, later in pairwise(called_at)]
    least = [quick_settings.retry_base_seconds * 2**n for n in range(5)]
    assert all(wait > shortest - 1e-6 for wait, shortest in zip(waits, least, strict=True))


def test_records_put_while_creating_are_lost_to_latest(world):
    world.put("before")
    created = world.mappings.create_event_source_mapping(
        FunctionName="count", EventSourceArn=world.stream.arn, StartingPosition="LATEST"
    )
    world.put("while creating")
    world.settle(created["UUID"], "Enabled")
    world.put("enabled")
    world.until(lambda: world.function.events, step=0.02)
    assert world.function.batches == [["enabled"]]


def test_at_timestamp_starts_with_the_first_record_of_that_time(world):
    world.put("before")
    world.clock.advance(10)
    at = world.clock.now()
    world.put("after")
    world.map(StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=at)
    world.until(lambda: world.function.events, step=0.02)
    assert world.function.batches == [["after"]]


def test_a_mapping_made_disabled_takes_latest_when_it_is_enabled(world):
    mapping = world.map(StartingPosition="LATEST", Enabled=False)
    world.put("while disabled")
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=True)
    world.settle(mapping, "Enabled")
    world.put("enabled")
    world.until(lambda: world.function.events, step=0.02)
    assert world.function.batches == [["enabled"]]


def test_an_invocation_under_way_ends_before_its_mapping_is_disabled(world):
    running, finish = threading.Event(), threading.Event()

    def answer(event):
        running.set()
        assert finish.wait(PATIENCE)
        return Answer()

    world.function.answer = answer
    world.put("a")
    mapping = world.map(BatchSize=1)
    world.put("b")
    world.until(running.is_set, step=0.02)
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=False)
    world.clock.advance(10)
    world.never(lambda: world.shown(mapping)["State"] != "Disabling")
    finish.set()
    world.settle(mapping, "Disabled")
    assert world.function.batches == [["a"]]
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=True)
    world.until(lambda: len(world.function.events) == 2, step=0.02)
    assert world.function.batches == [["a"], ["b"]]


def test_disabling_keeps_the_progress_made_within_a_batch(world):
    def answer(event):
        records = event["Records"]
        if len(records) == 3:
            return Answer(failing(records[1]))
        return FAILED

    world.function.answer = answer
    world.put("a", "b", "c")
    mapping = world.map(FunctionResponseTypes=["ReportBatchItemFailures"])
    world.until(lambda: len(world.function.events) >= 2, step=0.02)
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=False)
    world.settle(mapping, "Disabled")
    world.function.answer = lambda event: Answer()
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=True)
    seen = len(world.function.events)
    world.until(lambda: len(world.function.events) > seen, step=0.02)
    assert world.function.batches[0] == ["a", "b", "c"]
    assert world.function.batches[-1] == ["b", "c"]


def failing(record: dict) -> bytes:
    report = {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
    return json.dumps(report).encode()


def test_filtered_records_cause_no_invocation_and_are_done_with(world):
    world.put('{"driver":"HAM"}', "not json")
    mapping = world.map(FilterCriteria={"Filters": [{"Pattern": '{"data":{"driver":["VER"]}}'}]})
    world.until(lambda: world.mappings.describe()[0]["Shards"][0]["Waiting"] == 0, step=0.02)
    world.put('{"driver":"VER"}')
    world.until(lambda: world.function.events, step=0.02)
    assert world.function.batches == [['{"driver":"VER"}']]
    assert world.shown(mapping)["LastProcessingResult"] == "OK"


def test_lanes_keep_the_order_of_each_key_and_do_not_wait_for_each_other(world):
    stuck = threading.Event()

    def answer(event):
        if event["Records"][0]["kinesis"]["partitionKey"] == "voter-0":
            assert stuck.wait(PATIENCE)
        return Answer()

    world.function.answer = answer
    world.map(ParallelizationFactor=4, BatchSize=1)
    for number in range(5):
        for voter in range(20):
            world.put(str(number), key=f"voter-{voter}")
    seen = lambda: [  # noqa: E731
        (event["Records"][0]["kinesis"]["partitionKey"], data(event)[0])
        for event in list(world.function.events)
    ]
    in_order = [str(number) for number in range(5)]
    by_voter = lambda voter: [number for key, number in seen() if key == voter]  # noqa: E731
    others = [f"voter-{n}" for n in range(20) if by_other_lane(f"voter-{n}")]
    assert len(others) > 5
    world.until(lambda: all(by_voter(voter) == in_order for voter in others), step=0.02)
    stuck.set()
    world.until(lambda: all(by_voter(f"voter-{n}") == in_order for n in range(20)), step=0.02)


def test_a_shard_has_as_many_invocations_at_once_as_lanes(world):
    running, most, finish = [], [], threading.Event()

    def answer(event):
        running.append(event)
        most.append(len(running))
        assert finish.wait(PATIENCE)
        running.remove(event)
        return Answer()

    world.function.answer = answer
    world.map(ParallelizationFactor=3, BatchSize=1)
    for voter in range(30):
        world.put("vote", key=f"voter-{voter}")
    world.until(lambda: len(running) == 3, step=0.02)
    world.never(lambda: len(running) > 3)
    finish.set()
    world.until(lambda: len(world.function.events) == 30, step=0.02)
    assert max(most) == 3


def by_other_lane(voter: str) -> bool:
    from helpers.region.mapping.batch import lane_of

    return lane_of(voter, 4) != lane_of("voter-0", 4)


def test_an_unexpected_error_is_reported_and_tried_again(world, caplog):
    errors = iter([RuntimeError("a bug")])

    def answer(event):
        for error in errors:
            raise error
        return Answer()

    world.function.answer = answer
    world.put("a")
    results = set()
    mapping = world.map()
    world.until(
        lambda: results.add(world.shown(mapping)["LastProcessingResult"]) or len(world.function.events) == 2,
        step=0.001,
    )
    assert "PROBLEM: RuntimeError: a bug" in results
    assert "Traceback" in caplog.text
    world.until(lambda: world.shown(mapping)["LastProcessingResult"] == "OK", step=0.02)


def test_an_unexpected_error_does_not_undo_progress(world):
    answers = iter(
        [lambda event: Answer(failing(event["Records"][1])), lambda event: 1 / 0, lambda event: Answer()]
    )
    world.function.answer = lambda event: next(answers)(event)
    world.put("a", "b", "c")
    world.map(FunctionResponseTypes=["ReportBatchItemFailures"])
    world.until(lambda: len(world.function.events) == 3, step=0.02)
    assert world.function.batches == [["a", "b", "c"], ["b", "c"], ["b", "c"]]


def test_a_failed_delivery_is_counted_and_the_batch_is_gone(world):
    def refuse(queue_arn, body):
        raise AwsError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")

    world.around.send_message = refuse
    world.function.answer = lambda event: FAILED if "poison" in data(event) else Answer()
    world.put("poison")
    mapping = world.map(MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    problem = "PROBLEM: The specified queue does not exist."
    world.until(lambda: world.shown(mapping)["LastProcessingResult"] == problem, step=0.02)
    world.put("next")
    world.until(lambda: world.function.batches == [["poison"], ["next"]], step=0.02)
    failures = [m for m in world.around.measured if m[1] == "DestinationDeliveryFailures"]
    assert failures == [("AWS/Lambda", "DestinationDeliveryFailures", 1, "Count", {"FunctionName": "count"})]


def test_the_age_of_each_batch_is_measured(world):
    world.put("a")
    world.clock.advance(7)
    world.map()
    world.until(lambda: world.function.events, step=0.02)
    (measured,) = [m for m in world.around.measured if m[1] == "IteratorAge"]
    assert measured[2] >= 7000
    assert (measured[0], *measured[3:]) == ("AWS/Lambda", "Milliseconds", {"FunctionName": "count"})


def test_status_tells_what_waits(world):
    world.function.answer = lambda event: FAILED
    world.put("a", "b")
    world.map(BatchSize=1)
    world.until(lambda: len(world.function.events) >= 2, step=0.02)
    (told,) = world.mappings.describe()
    (shard,) = told["Shards"]
    assert (told["State"], told["Stream"], told["Function"]) == ("Enabled", "votes", "count")
    assert (shard["ShardId"], shard["Waiting"], shard["Drained"]) == ("shardId-000000000000", 2, False)
    assert shard["AgeMilliseconds"] > 0


def test_a_stream_made_again_under_the_same_name_is_read_from_its_start(world):
    mapping = world.map()
    world.put("old")
    world.until(lambda: world.function.events, step=0.02)
    world.kinesis.delete_stream(StreamName="votes")
    world.until(lambda: "PROBLEM" in world.shown(mapping)["LastProcessingResult"], step=0.02)
    world.kinesis.create_stream(StreamName="votes", ShardCount=1)
    world.clock.advance(1)
    world.put("new")
    world.until(lambda: world.function.batches == [["old"], ["new"]], step=0.02)


def test_a_deleted_stream_is_not_read_any_more(world):
    world.function.answer = lambda event: FAILED
    mapping = world.map()
    world.put("a")
    world.until(lambda: len(world.function.events) >= 2, step=0.02)
    world.kinesis.delete_stream(StreamName="votes")
    missing = "PROBLEM: Stream votes under account 123456789012 not found."
    world.until(lambda: world.shown(mapping)["LastProcessingResult"] == missing, step=0.02)
    world.clock.advance(120)
    attempts = len(world.function.events)
    world.never(lambda: world.clock.advance(60) or len(world.function.events) > attempts)


def test_a_changed_parallelization_factor_goes_on_where_it_was(world):
    mapping = world.map(BatchSize=1)
    world.put(*"abc")
    world.until(lambda: len(world.function.events) == 3, step=0.02)
    world.mappings.update_event_source_mapping(UUID=mapping, ParallelizationFactor=3)
    world.settle(mapping, "Enabled")
    world.put("d")
    world.until(lambda: len(world.function.events) == 4, step=0.02)
    assert world.function.batches == [["a"], ["b"], ["c"], ["d"]]


def counting(event: dict) -> Answer:
    state = dict(event["state"])
    for text in data(event):
        state[text] = state.get(text, 0) + 1
    return Answer(json.dumps({"state": state}).encode())


def test_a_tumbling_window_carries_its_state_and_ends_once(world):
    world.function.answer = counting
    world.clock.advance(60 - world.clock.now() % 60)
    start = world.clock.now()
    world.map(TumblingWindowInSeconds=60, BatchSize=1)
    world.put("VER", "HAM", "VER")
    world.until(lambda: len(world.function.events) == 3, step=0.02)
    world.clock.advance(60)
    world.put("HAM")
    world.until(lambda: len(world.function.events) == 5, step=0.02)
    states = [(event["state"], event["isFinalInvokeForWindow"]) for event in world.function.events]
    assert states == [
        ({}, False),
        ({"VER": 1}, False),
        ({"VER": 1, "HAM": 1}, False),
        ({"VER": 2, "HAM": 1}, True),
        ({}, False),
    ]
    final = world.function.events[3]
    assert final["Records"] == []
    assert final["shardId"] == "shardId-000000000000"
    assert not final["isWindowTerminatedEarly"]
    assert final["window"]["start"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start))


def test_a_quiet_window_ends_by_the_clock(world):
    world.function.answer = counting
    world.map(TumblingWindowInSeconds=60)
    world.put("VER")
    world.until(lambda: world.function.events, step=0.02)
    world.clock.advance(61)
    world.until(lambda: len(world.function.events) == 2, step=0.02)
    assert world.function.events[1]["isFinalInvokeForWindow"]


def test_a_batch_never_spans_two_windows(world):
    world.function.answer = counting
    world.clock.advance(60 - world.clock.now() % 60)
    world.put("a", "b")
    world.clock.advance(60)
    world.put("c")
    world.map(TumblingWindowInSeconds=60)
    world.until(lambda: len(world.function.events) >= 3, step=0.02)
    assert world.function.batches[:3] == [["a", "b"], [], ["c"]]


def test_a_window_whose_state_grows_too_large_ends_early(world):
    big = {"state": {"text": "x" * 1024 * 1024}}
    world.function.answer = lambda event: Answer(
        b'{"state":{}}' if event["isFinalInvokeForWindow"] else json.dumps(big).encode()
    )
    world.map(TumblingWindowInSeconds=60)
    world.put("a")
    world.until(lambda: len(world.function.events) == 2, step=0.02)
    assert world.function.events[1]["isWindowTerminatedEarly"]


def test_a_window_without_state_in_the_answer_is_retried(world):
    answers = iter([Answer(b"{}"), Answer(b'{"state":{"n":1}}')])
    world.function.answer = lambda event: next(answers)
    mapping = world.map(TumblingWindowInSeconds=900)
    world.put("a")
    world.until(lambda: len(world.function.events) == 2, step=0.02)
    world.until(lambda: world.shown(mapping)["LastProcessingResult"] == "OK", step=0.02)
    assert world.function.batches == [["a"], ["a"]]


def test_a_tumbling_window_does_not_wait_for_the_batching_window(world):
    world.function.answer = counting
    world.map(TumblingWindowInSeconds=60, MaximumBatchingWindowInSeconds=300)
    world.put("VER")
    world.clock.advance(61)
    world.until(lambda: len(world.function.events) == 2, step=0.02)
    assert [event["isFinalInvokeForWindow"] for event in world.function.events] == [False, True]


def test_the_state_counts_among_the_bytes_of_a_batch(world):
    state = json.dumps({"state": {"text": "x" * 1_000_000}}).encode()
    world.function.answer = lambda event: Answer(state)
    world.map(TumblingWindowInSeconds=900, BatchSize=6)
    world.clock.advance(900 - world.clock.now() % 900)
    world.put("a")
    world.until(lambda: world.function.events, step=0.02)
    mapping = world.mappings.describe()[0]["UUID"]
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=False)
    world.settle(mapping, "Disabled")
    for _ in range(6):
        world.put("x" * 900_000)
        world.clock.advance(1)
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=True)
    world.until(lambda: len(world.function.events) == 3, step=0.02)
    assert [len(batch) for batch in world.function.batches] == [1, 4, 2]


def test_a_shard_that_is_read_to_its_end_ends_its_window(world):
    world.function.answer = counting
    world.map(TumblingWindowInSeconds=900)
    world.put("VER")
    world.until(lambda: world.function.events, step=0.02)
    world.kinesis.split_shard(
        StreamName="votes", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
    )
    world.until(lambda: len(world.function.events) == 2, step=0.02)
    final = world.function.events[1]
    assert (final["isFinalInvokeForWindow"], final["state"]) == (True, {"VER": 1})


def test_a_window_that_cannot_be_ended_is_given_up_after_its_retries(world):
    world.function.answer = lambda event: FAILED if event["isFinalInvokeForWindow"] else counting(event)
    world.clock.advance(60 - world.clock.now() % 60)
    world.map(TumblingWindowInSeconds=60, MaximumRetryAttempts=1)
    world.put("VER")
    world.until(lambda: world.function.events, step=0.02)
    world.clock.advance(60)
    world.put("HAM")
    world.until(lambda: len(world.function.events) == 4, step=0.02)
    assert world.function.batches == [["VER"], [], [], ["HAM"]]
    assert world.function.events[3]["state"] == {}


def test_a_window_being_ended_is_ended_first_when_its_mapping_is_enabled_again(world):
    world.function.answer = lambda event: FAILED if event["isFinalInvokeForWindow"] else counting(event)
    world.clock.advance(60 - world.clock.now() % 60)
    mapping = world.map(TumblingWindowInSeconds=60)
    world.put("VER")
    world.until(lambda: world.function.events, step=0.02)
    world.clock.advance(60)
    world.put("HAM")
    world.until(lambda: len(world.function.events) >= 2, step=0.02)
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=False)
    world.settle(mapping, "Disabled")
    assert "HAM" not in [text for batch in world.function.batches for text in batch]
    world.function.answer = counting
    seen = len(world.function.events)
    world.mappings.update_event_source_mapping(UUID=mapping, Enabled=True)
    world.until(lambda: len(world.function.events) == seen + 2, step=0.02)
    ended, begun = world.function.events[seen:]
    assert (ended["isFinalInvokeForWindow"], ended["state"]) == (True, {"VER": 1})
    assert (data(begun), begun["state"]) == (["HAM"], {})


def test_changing_the_tumbling_window_drops_the_open_one(world):
    world.function.answer = counting
    mapping = world.map(TumblingWindowInSeconds=900)
    world.put("VER")
    world.until(lambda: world.function.events, step=0.02)
    world.mappings.update_event_source_mapping(UUID=mapping, TumblingWindowInSeconds=600)
    world.settle(mapping, "Enabled")
    world.put("HAM")
    world.until(lambda: len(world.function.events) == 2, step=0.02)
    assert world.function.events[1]["state"] == {}


def test_an_answer_that_comes_after_closing_is_of_no_interest(world):
    running, finish = threading.Event(), threading.Event()

    def answer(event):
        running.set()
        assert finish.wait(PATIENCE)
        return FAILED

    world.function.answer = answer
    world.put("a")
    world.map(MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    world.until(running.is_set, step=0.02)
    world.mappings.close()
    finish.set()
    world.until(lambda: not polling_threads())
    assert world.around.sent == []


def polling_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("mapping ")]


def test_closing_ends_every_thread(world):
    world.put("a")
    world.map(ParallelizationFactor=3)
    world.until(lambda: world.function.events, step=0.02)
    world.mappings.close()
    world.until(lambda: not polling_threads())
