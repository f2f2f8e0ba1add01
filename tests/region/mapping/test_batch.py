"""What becomes of a batch after an attempt: partial answers, retries, halving, ages, backoff, lanes."""

import json

import pytest

from helpers.region.kinesis.shard import Record
from helpers.region.mapping.batch import (
    Batch,
    Gathering,
    Item,
    Outcome,
    after,
    backoff,
    expired,
    lane_of,
    outcome,
)


def items(count: int, first: int = 0, arrival: float = 100.0) -> tuple[Item, ...]:
    return tuple(
        Item(n, Record(f"seq-{n}", "key", b"data", arrival + n), f'{{"n":{n}}}')
        for n in range(first, first + count)
    )


def offsets(batch: Batch | None) -> list[int]:
    return [item.offset for item in batch.items] if batch else []


def failures(*identifiers) -> dict:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in identifiers]}


SUCCESS = [b'""', b"[]", b"null", b"{}", b'{"batchItemFailures":[]}', b'{"batchItemFailures":null}', b""]
WHOLE_BATCH_FAILED = [
    failures(""),
    failures(None),
    failures(123),
    failures("unknown"),
    {"batchItemFailures": [{"foo": "seq-1"}]},
    failures("seq-1", "unknown"),
    failures(["seq-1"]),
    {"batchItemFailures": "seq-1"},
    {"batchItemFailures": ["seq-1"]},
    "done",
    [1],
    17,
]


@pytest.mark.parametrize("payload", SUCCESS)
def test_an_empty_report_is_full_success(payload):
    assert outcome(items(3), payload, None, reports=True, keeps_state=False) == Outcome(3)


@pytest.mark.parametrize("answer", WHOLE_BATCH_FAILED, ids=json.dumps)
def test_a_report_that_names_no_record_of_the_batch_fails_all_of_it(answer):
    payload = json.dumps(answer).encode()
    assert outcome(items(3), payload, None, reports=True, keeps_state=False) == Outcome(0)


def test_an_answer_that_is_not_json_fails_the_whole_batch():
    assert outcome(items(3), b"{nonsense", None, reports=True, keeps_state=False) == Outcome(0)


@pytest.mark.parametrize("named, done", [(["seq-2"], 2), (["seq-2", "seq-1"], 1), (["seq-0"], 0)])
def test_records_before_the_lowest_one_reported_succeeded(named, done):
    payload = json.dumps(failures(*named)).encode()
    result = outcome(items(3), payload, None, reports=True, keeps_state=False)
    assert result == Outcome(done, reported=True)


def test_without_report_batch_item_failures_the_answer_is_ignored():
    payload = json.dumps(failures("seq-1")).encode()
    assert outcome(items(3), payload, None, reports=False, keeps_state=False) == Outcome(3)


@pytest.mark.parametrize("reports", [True, False])
def test_a_function_error_fails_the_whole_batch(reports):
    assert outcome(items(3), b'{"errorMessage":"no"}', "Unhandled", reports, keeps_state=False) == Outcome(0)


@pytest.mark.parametrize(
    "payload, done",
    [(b'{"state":{"a":1}}', 2), (b"{}", 0), (b"null", 0), (b'{"state":3}', 0), (b'{"state":{},"more":1}', 2)],
)
def test_in_a_tumbling_window_an_answer_without_state_is_a_failure(payload, done):
    assert outcome(items(2), payload, None, reports=True, keeps_state=True).done == done


@pytest.mark.parametrize(
    "count, attempts, result, most_retries, bisect, tried_next, given_up",
    [
        # all done
        (3, 0, Outcome(3), 0, True, [], []),
        # n retries are n + 1 invocations
        (3, 0, Outcome(0), 0, False, [], [0, 1, 2]),
        (3, 0, Outcome(0), 1, False, [([0, 1, 2], 1)], []),
        (3, 1, Outcome(0), 1, False, [], [0, 1, 2]),
        (3, 3, Outcome(0), 3, False, [], [0, 1, 2]),
        (3, 99, Outcome(0), -1, False, [([0, 1, 2], 100)], []),
        # progress starts the count again
        (3, 2, Outcome(2, True), 2, False, [([2], 0)], []),
        (3, 0, Outcome(0, True), 1, False, [([0, 1, 2], 1)], []),
        # a halving takes no retry, first half first
        (4, 0, Outcome(0), 0, True, [([0, 1], 0), ([2, 3], 0)], []),
        (3, 0, Outcome(0), 0, True, [([0], 0), ([1, 2], 0)], []),
        (1, 0, Outcome(0), 1, True, [([0], 1)], []),
        (1, 1, Outcome(0), 1, True, [], [0]),
        # with a report, the batch is split at the record reported, not in halves
        (4, 0, Outcome(1, True), 0, True, [([1, 2, 3], 0)], []),
        (4, 0, Outcome(0, True), 1, True, [([0, 1, 2, 3], 1)], []),
    ],
)
def test_what_is_tried_next_and_what_is_given_up(
    count, attempts, result, most_retries, bisect, tried_next, given_up
):
    left, dead = after(Batch(items(count), attempts), result, most_retries, bisect)
    assert [(offsets(batch), batch.attempts) for batch in left] == tried_next
    assert offsets(dead) == given_up


def run(batch: Batch, poison: set[int], most_retries: int, bisect: bool) -> tuple[list[list[int]], list[int]]:
    """Every invocation that a function failing on `poison` would see, and the records given up."""
    waiting, seen, lost = [batch], [], []
    while waiting:
        seen.append(offsets(waiting[0]))
        failed = poison.intersection(seen[-1])
        result = Outcome(0) if failed else Outcome(len(seen[-1]))
        left, dead = after(waiting[0], result, most_retries, bisect)
        waiting[:1] = left
        lost += offsets(dead)
    return seen, lost


def test_halving_goes_down_to_the_poison_record_and_keeps_the_order():
    seen, lost = run(Batch(items(4)), {2}, most_retries=1, bisect=True)
    assert seen == [[0, 1, 2, 3], [0, 1], [2, 3], [2], [2], [3]]
    assert lost == [2]


def test_without_halving_the_whole_batch_is_lost_with_the_poison_record():
    seen, lost = run(Batch(items(3)), {1}, most_retries=2, bisect=False)
    assert seen == [[0, 1, 2]] * 3
    assert lost == [0, 1, 2]


def test_the_last_of_three_failing_with_three_retries_is_seen_five_times():
    """Recorded on AWS: once in the batch, four times alone."""
    batch, seen = Batch(items(3)), 0
    left: tuple[Batch, ...] = (batch,)
    while left:
        seen += 1
        left, dead = after(left[0], Outcome(len(left[0].items) - 1, True), 3, bisect=False)
    assert (seen, dead.attempts, offsets(dead)) == (5, 4, [2])


@pytest.mark.parametrize(
    "now, oldest_age, horizon, dead, live",
    [
        (160.0, -1, 0, [], [0, 1, 2]),
        (160.0, 60, 0, [], [0, 1, 2]),
        (160.5, 60, 0, [0], [1, 2]),
        (161.5, 60, 0, [0, 1], [2]),
        (170.0, 60, 0, [0, 1, 2], []),
        (160.0, -1, 2, [0, 1], [2]),
    ],
)
def test_only_expired_records_are_cut_out(now, oldest_age, horizon, dead, live):
    """Records arrived at 100, 101 and 102."""
    gone, rest = expired(Batch(items(3), 5), now, oldest_age, horizon)
    assert (offsets(gone), offsets(rest)) == (dead, live)
    assert {batch.attempts for batch in (gone, rest) if batch} == {5}


def test_the_wait_doubles_up_to_a_minute():
    waits = [backoff(failures, 0.5) for failures in range(1, 10)]
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff(10_000, 0.5) == 60


def test_a_record_of_sixty_seconds_of_age_is_tried_seven_times():
    """Recorded on AWS: RecordAgeExceeded at approximateInvokeCount 8, of which expiry is one."""
    now, attempts = 0.0, 0
    while now <= 60:
        attempts += 1
        now += backoff(attempts, 0.5)
    assert attempts == 7


def test_a_key_keeps_its_lane_and_keys_spread_over_the_lanes():
    keys = [f"voter-{n}" for n in range(200)]
    assert [lane_of(key, 5) for key in keys] == [lane_of(key, 5) for key in keys]
    assert {lane_of(key, 5) for key in keys} == set(range(5))
    assert {lane_of(key, 1) for key in keys} == {0}
    assert lane_of("half a character: \ud83c", 5) in range(5)


@pytest.mark.parametrize(
    "size, room, lengths, taken",
    [
        (3, 1000, [10, 10, 10, 10], 3),  # BatchSize
        (9, 31, [10, 10, 10, 10], 2),  # bytes, a comma each
        (9, 32, [10, 10, 10, 10], 3),
        (9, 5, [10, 10], 1),  # a record too large goes alone
        (1, 1000, [10, 10], 1),
    ],
)
def test_a_batch_is_full_by_size_or_by_bytes(size, room, lengths, taken):
    gathering = Gathering(size, 0, 0.0, room=room)
    for offset, length in enumerate(lengths):
        if gathering.full or not gathering.take(Item(offset, None, "x" * length)):
            break
    assert (len(gathering.items), gathering.full) == (taken, True)
