"""A shard's log: append, position, read, forget."""

import json

import pytest

HOUR, DAY = 3600, 24 * 3600
STREAM = "votes"


@pytest.fixture
def put(kinesis, make_stream):
    """put("a", "b") → their sequence numbers, in a stream with one shard."""
    make_stream(STREAM)

    def put(*votes: str) -> list[int]:
        answers = [kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=v.encode()) for v in votes]
        return [int(json.loads(answer)["SequenceNumber"]) for answer in answers]

    return put


@pytest.fixture
def shard(put, kinesis):
    return kinesis.stream(STREAM).shards[0]


def votes(shard, offset: int = 0, **limits) -> str:
    return "".join(record.data.decode() for record in shard.read(offset, **{"limit": 100, **limits}).records)


def test_records_come_back_in_their_order_with_growing_numbers(put, shard):
    numbers = put(*"abcde")
    assert numbers == sorted(set(numbers))
    assert votes(shard) == "abcde"
    assert [int(record.sequence_number) for record in shard.read(0, 100).records] == numbers


@pytest.mark.parametrize(
    ("kind", "of", "read"),
    [
        ("TRIM_HORIZON", None, "abcde"),
        ("LATEST", None, ""),
        ("AT_SEQUENCE_NUMBER", 2, "cde"),
        ("AFTER_SEQUENCE_NUMBER", 2, "de"),
        ("AFTER_SEQUENCE_NUMBER", 4, ""),
    ],
)
def test_a_position_is_where_a_reader_begins(put, shard, kind, of, read):
    numbers = put(*"abcde")
    assert votes(shard, shard.position(kind, sequence=None if of is None else numbers[of])) == read


def test_the_shards_own_first_and_last_numbers_are_positions(kinesis, put, shard, manual_clock):
    put(*"abc")
    kinesis.split_shard(StreamName=STREAM, ShardToSplit="0", NewStartingHashKey="100")
    manual_clock.advance(1)
    assert shard.closed
    numbers = shard.description()["SequenceNumberRange"]
    first, last = int(numbers["StartingSequenceNumber"]), int(numbers["EndingSequenceNumber"])
    assert votes(shard, shard.position("AT_SEQUENCE_NUMBER", sequence=first)) == "abc"
    assert votes(shard, shard.position("AFTER_SEQUENCE_NUMBER", sequence=first)) == "abc"
    assert shard.read(shard.position("AFTER_SEQUENCE_NUMBER", sequence=last), 1).ended


def test_at_timestamp_is_the_first_record_not_older(put, shard, manual_clock):
    start = manual_clock.now()
    for vote in "abc":
        put(vote)
        manual_clock.advance(10)
    for seconds, read in [(-100, "abc"), (0, "abc"), (0.001, "bc"), (10, "bc"), (20, "c"), (21, "")]:
        assert votes(shard, shard.position("AT_TIMESTAMP", timestamp=start + seconds)) == read, seconds


def test_a_records_own_arrival_finds_it_again(put, shard, manual_clock):
    manual_clock.advance(0.1234567)
    put("a")
    (record,) = shard.read(0, 1).records
    assert votes(shard, shard.position("AT_TIMESTAMP", timestamp=record.arrival)) == "a"


def test_a_read_stops_at_its_limits_but_gives_one_record(put, shard):
    put("aaaa", "bbbb", "cccc")
    assert votes(shard, limit=2) == "aaaabbbb"
    assert votes(shard, max_bytes=10) == "aaaabbbb"  # 4 bytes of data and 1 of key each
    assert votes(shard, max_bytes=9) == "aaaa"
    assert votes(shard, max_bytes=1) == "aaaa"
    assert shard.read(0, 2).size == 10


def test_millis_behind_is_the_age_of_what_is_still_unread(put, shard, manual_clock):
    put("a")
    manual_clock.advance(2)
    put("b")
    manual_clock.advance(3)
    assert shard.read(0, 1).millis_behind == 3000
    assert shard.read(0, 2).millis_behind == 0
    put("c")
    assert shard.read(0, 2).millis_behind == 1  # never 0 while something is unread


def test_records_are_forgotten_after_retention(put, shard, manual_clock):
    old = put("a")
    manual_clock.advance(DAY - 10)
    put("b")
    manual_clock.advance(5)
    assert votes(shard) == "ab"
    manual_clock.advance(6)
    assert votes(shard) == "b"
    assert shard.position("TRIM_HORIZON") == 1
    # a checkpoint older than the horizon goes on from the horizon
    assert votes(shard, shard.position("AFTER_SEQUENCE_NUMBER", sequence=old[0])) == "b"
    assert votes(shard, shard.position("AT_TIMESTAMP", timestamp=manual_clock.now() - 2 * DAY)) == "b"
    manual_clock.advance(DAY)
    assert votes(shard) == ""
    assert put("c")
    assert votes(shard) == "c"


def test_offsets_and_numbers_survive_forgetting(put, shard, manual_clock):
    written = []
    for day in range(30):
        written += put(*[chr(97 + day % 26)] * 40)
        manual_clock.advance(DAY / 5)
        read = shard.read(0, 10_000)
        assert [int(record.sequence_number) for record in read.records] == written[-len(read.records) :]
        assert read.next_offset == len(written)
        assert len(read.records) <= 6 * 40


def test_a_longer_retention_does_not_bring_forgotten_records_back(kinesis, put, shard, manual_clock):
    put("a")
    manual_clock.advance(DAY + 1)
    put("b")
    kinesis.increase_stream_retention_period(StreamName=STREAM, RetentionPeriodHours=48)
    manual_clock.advance(1)
    assert votes(shard) == "b"
    manual_clock.advance(DAY + HOUR)
    assert votes(shard) == "b"


def test_a_shorter_retention_forgets_at_once(kinesis, put, shard, manual_clock):
    kinesis.increase_stream_retention_period(StreamName=STREAM, RetentionPeriodHours=48)
    manual_clock.advance(1)
    put("a")
    manual_clock.advance(DAY + HOUR)
    assert votes(shard) == "a"
    kinesis.decrease_stream_retention_period(StreamName=STREAM, RetentionPeriodHours=24)
    manual_clock.advance(1)
    assert votes(shard) == ""


def test_a_clock_set_back_keeps_the_order_of_arrivals(put, shard, manual_clock):
    put("a")
    manual_clock.advance(-50)
    put("b")
    first, second = shard.read(0, 2).records
    assert second.arrival == first.arrival
    assert int(second.sequence_number) > int(first.sequence_number)
