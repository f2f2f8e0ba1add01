"""A stream's life, and what resharding does to its records."""

import json

import pytest

from helpers.region.kinesis.entry import entry
from helpers.region.kinesis.hashing import LAST_HASH_KEY, even_ranges

DAY = 24 * 3600


def put(kinesis, hash_key: int, data: bytes = b"x") -> dict:
    reply = kinesis.put_record(StreamName="votes", PartitionKey="k", ExplicitHashKey=str(hash_key), Data=data)
    return json.loads(reply)


def ids(shards) -> list[int]:
    return [shard.index for shard in shards]


def test_a_stream_is_created_then_active(kinesis, manual_clock):
    kinesis.create_stream(StreamName="votes", ShardCount=2)
    stream = kinesis.stream("votes")
    assert (stream.status, stream.shards) == ("CREATING", ())
    manual_clock.advance(0.5)
    assert stream.status == "ACTIVE"
    assert [(shard.start, shard.end) for shard in stream.shards] == even_ranges(2)


def test_five_streams_are_created_at_once_and_five_in_a_second(kinesis, manual_clock, refusal):
    def create(name):
        kinesis.create_stream(StreamName=name, ShardCount=1)

    for number in range(4):
        create(f"early-{number}")
    manual_clock.advance(0.4)
    create("late")
    assert refusal(create, name="sixth") == (
        "LimitExceededException",
        "At most 5 streams may be CREATING at once.",
    )
    manual_clock.advance(0.2)  # four are ACTIVE, but it is still the second that saw five requests
    assert refusal(create, name="sixth") == (
        "LimitExceededException",
        "At most 5 CreateStream requests are taken in a second.",
    )
    manual_clock.advance(0.5)
    create("sixth")


def test_a_deleted_stream_is_deleting_then_gone(kinesis, make_stream, manual_clock, refusal):
    stream = make_stream()
    kinesis.delete_stream(StreamName="votes")
    assert stream.status == "DELETING"
    assert put(kinesis, 0)  # AWS may go on taking records until it is gone
    manual_clock.advance(0.5)
    assert refusal(kinesis.stream, name_or_arn="votes") == (
        "ResourceNotFoundException",
        "Stream votes under account 123456789012 not found.",
    )
    assert kinesis.list_streams()["StreamNames"] == []
    assert stream.shards == ()
    assert refusal(stream.put, entries=[entry({"PartitionKey": "k", "Data": b"late"}, 100)])[1].endswith(
        "not found."
    )
    assert make_stream().status == "ACTIVE"


def test_a_stream_is_found_by_its_arn(kinesis, make_stream):
    stream = make_stream()
    assert kinesis.stream(stream.arn) is stream
    assert stream.arn == "arn:aws:kinesis:us-east-1:123456789012:stream/votes"


@pytest.mark.parametrize("shards", [1, 2, 3, 7])
def test_both_ends_of_each_range_belong_to_its_shard(kinesis, make_stream, shards):
    make_stream(shards=shards)
    for index, (start, end) in enumerate(even_ranges(shards)):
        for hash_key in (start, end):
            assert put(kinesis, hash_key)["ShardId"] == f"shardId-{index:012}"


def test_until_a_split_is_done_the_parent_takes_the_records_and_then_its_children(
    kinesis, make_stream, manual_clock
):
    stream = make_stream()
    kinesis.split_shard(StreamName="votes", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    parent = stream.shards[0]
    assert stream.status == "UPDATING"
    assert put(kinesis, 999, b"before")["ShardId"] == "shardId-000000000000"
    assert not parent.read(1, 10).ended
    manual_clock.advance(0.5)
    assert stream.status == "ACTIVE"
    assert put(kinesis, 999)["ShardId"] == "shardId-000000000001"
    assert put(kinesis, 1000)["ShardId"] == "shardId-000000000002"
    assert parent.closed
    assert [child.parents for child in stream.shards[1:]] == [("shardId-000000000000",)] * 2
    assert [record.data for record in parent.read(0, 10).records] == [b"before"]
    assert parent.read(0, 10).ended
    assert not parent.read(0, 0).ended


def test_a_merge_has_two_parents_and_begins_empty(kinesis, make_stream, manual_clock):
    stream = make_stream(shards=2)
    put(kinesis, 0)
    kinesis.merge_shards(StreamName="votes", ShardToMerge="0", AdjacentShardToMerge="1")
    manual_clock.advance(0.5)
    child = stream.shards[2]
    assert child.parents == ("shardId-000000000000", "shardId-000000000001")
    assert (child.start, child.end) == (0, LAST_HASH_KEY)
    assert child.read(0, 10).records == []
    assert len(stream.shards[0].read(0, 10).records) == 1


def test_a_childs_numbers_are_above_all_of_its_parents(kinesis, make_stream, manual_clock):
    stream = make_stream(shards=1)
    numbers = [int(put(kinesis, 5)["SequenceNumber"])]
    for _ in range(6):  # faster than AWS could, all within a few seconds
        shard = stream.open_shards[0]
        kinesis.split_shard(
            StreamName="votes", ShardToSplit=shard.shard_id, NewStartingHashKey=str(shard.end // 2)
        )
        manual_clock.advance(0.5)
        numbers.append(int(put(kinesis, 5)["SequenceNumber"]))
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("start", "targets", "open_ids"),
    [
        (2, [4], [2, 3, 4, 5]),
        (2, [4, 2], [6, 7]),
        (1, [2, 4, 8], [7, 8, 9, 10, 11, 12, 13, 14]),
        (2, [3], [2, 6, 5]),
    ],
)
def test_scaling_ends_in_even_open_shards(kinesis, make_stream, manual_clock, start, targets, open_ids):
    stream = make_stream(shards=start)
    for target in targets:
        answer = kinesis.update_shard_count(
            StreamName="votes", TargetShardCount=target, ScalingType="UNIFORM_SCALING"
        )
        assert (answer["CurrentShardCount"], answer["TargetShardCount"]) == (len(stream.open_shards), target)
        manual_clock.advance(0.5)
    assert ids(stream.open_shards) == open_ids
    assert [(shard.start, shard.end) for shard in stream.open_shards] == even_ranges(targets[-1])


def test_an_update_that_is_under_way_refuses_the_next(kinesis, make_stream, refusal, manual_clock):
    stream = make_stream(shards=2)
    arn = stream.arn
    kinesis.increase_stream_retention_period(StreamName="votes", RetentionPeriodHours=48)
    in_use = (
        "ResourceInUseException",
        "Stream votes under account 123456789012 not ACTIVE, instead in state UPDATING",
    )
    for action, parameters in [
        (kinesis.split_shard, {"StreamName": "votes", "ShardToSplit": "0", "NewStartingHashKey": "9"}),
        (kinesis.merge_shards, {"StreamName": "votes", "ShardToMerge": "0", "AdjacentShardToMerge": "1"}),
        (
            kinesis.update_shard_count,
            {"StreamName": "votes", "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"},
        ),
        (kinesis.update_stream_mode, {"StreamARN": arn, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
        (kinesis.update_max_record_size, {"StreamARN": arn, "MaxRecordSizeInKiB": 2048}),
        (kinesis.increase_stream_retention_period, {"StreamName": "votes", "RetentionPeriodHours": 72}),
    ]:
        assert refusal(action, **parameters) == in_use
    manual_clock.advance(0.5)
    assert len(stream.open_shards) == 2
    assert stream.retention_hours == 48


def test_a_closed_shard_is_listed_until_its_last_record_has_expired(
    kinesis, make_stream, manual_clock, refusal
):
    stream = make_stream()
    kinesis.split_shard(StreamName="votes", ShardToSplit="0", NewStartingHashKey="1000")
    manual_clock.advance(DAY)
    assert ids(stream.shards) == [0, 1, 2]
    manual_clock.advance(1)
    assert ids(stream.shards) == [1, 2]
    assert refusal(stream.shard, given_id="shardId-000000000000") == (
        "ResourceNotFoundException",
        "Shard shardId-000000000000 in stream votes under account 123456789012 does not exist",
    )


@pytest.mark.parametrize(
    ("shard_filter", "listed"),
    [
        # shard 0 opened at second 0.5, split into 1 and 2 at 10.5; 2 split into 3 and 4 at 20.5; seen at 30
        (None, [0, 1, 2, 3, 4]),
        ({"Type": "FROM_TRIM_HORIZON"}, [0, 1, 2, 3, 4]),
        ({"Type": "AT_LATEST"}, [1, 3, 4]),
        ({"Type": "AT_TRIM_HORIZON"}, [0]),
        ({"Type": "AFTER_SHARD_ID", "ShardId": "shardId-000000000002"}, [3, 4]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 5}, [0]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 15}, [1, 2]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 25}, [1, 3, 4]),
        ({"Type": "FROM_TIMESTAMP", "Timestamp": 15}, [1, 2, 3, 4]),
        ({"Type": "FROM_TIMESTAMP", "Timestamp": 25}, [1, 3, 4]),
        ({"Type": "FROM_TIMESTAMP", "Timestamp": -1_700_000_000}, [0, 1, 2, 3, 4]),
    ],
)
def test_list_shards_filters(kinesis, manual_clock, shard_filter, listed):
    start = manual_clock.now()
    kinesis.create_stream(StreamName="votes", ShardCount=1)
    for second, shard, at in [(10, "0", "1000"), (20, "2", "100000")]:
        manual_clock.advance(start + second - manual_clock.now())
        kinesis.split_shard(StreamName="votes", ShardToSplit=shard, NewStartingHashKey=at)
    manual_clock.advance(10)
    if shard_filter and "Timestamp" in shard_filter:
        shard_filter = {**shard_filter, "Timestamp": start + shard_filter["Timestamp"]}
    shards = kinesis.list_shards(StreamName="votes", ShardFilter=shard_filter)["Shards"]
    assert [int(shard["ShardId"][-12:]) for shard in shards] == listed


@pytest.mark.parametrize(
    ("kind", "member", "text"),
    [
        ("AFTER_SHARD_ID", {}, "ShardFilter AFTER_SHARD_ID must have a ShardId."),
        ("AT_TIMESTAMP", {}, "ShardFilter AT_TIMESTAMP must have a Timestamp."),
        ("FROM_TIMESTAMP", {}, "ShardFilter FROM_TIMESTAMP must have a Timestamp."),
        (
            "FROM_TIMESTAMP",
            {"ShardId": "0", "Timestamp": 1},
            "ShardFilter FROM_TIMESTAMP must not have a ShardId.",
        ),
        ("AT_LATEST", {"Timestamp": 1}, "ShardFilter AT_LATEST must not have a Timestamp."),
    ],
)
def test_a_filter_has_its_member_and_no_other(kinesis, make_stream, refusal, kind, member, text):
    make_stream()
    refused = refusal(kinesis.list_shards, StreamName="votes", ShardFilter={"Type": kind, **member})
    assert refused == ("InvalidArgumentException", text)


def test_list_shards_goes_on_from_its_token_with_its_filter(kinesis, make_stream, manual_clock, refusal):
    make_stream(shards=5)
    pages, parameters = [], {"StreamName": "votes", "ShardFilter": {"Type": "AT_LATEST"}}
    while True:
        answer = kinesis.list_shards(MaxResults=2, **parameters)
        pages.append([int(shard["ShardId"][-12:]) for shard in answer["Shards"]])
        if "NextToken" not in answer:
            break
        parameters = {"NextToken": answer["NextToken"]}
    assert pages == [[0, 1], [2, 3], [4]]
    manual_clock.advance(301)
    assert refusal(kinesis.list_shards, **parameters)[0] == "ExpiredNextTokenException"


def test_ten_scalings_in_24_hours(kinesis, make_stream, manual_clock, refusal):
    make_stream(shards=2)

    def scale(target, pause=1):
        kinesis.update_shard_count(StreamName="votes", TargetShardCount=target, ScalingType="UNIFORM_SCALING")
        manual_clock.advance(pause)

    for target in [3, 2] * 5:
        scale(target, pause=60)
    assert refusal(scale, target=3)[0] == "LimitExceededException"
    manual_clock.advance(DAY - 600)
    scale(3)
    assert refusal(scale, target=2)[0] == "LimitExceededException"


def test_an_account_has_fifty_streams_on_demand(kinesis, make_stream, manual_clock, refusal):
    for number in range(50):
        make_stream(f"on-demand-{number}", shards=None)
    text = "The account has its 50 streams in On-Demand mode already."
    assert refusal(make_stream, name="one-more", shards=None) == ("LimitExceededException", text)
    mode = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    provisioned = make_stream("provisioned").arn
    refused = refusal(kinesis.update_stream_mode, StreamARN=provisioned, **mode)
    assert refused == ("LimitExceededException", text)


def test_two_mode_switches_in_24_hours_and_the_shards_stay(kinesis, make_stream, manual_clock, refusal):
    stream = make_stream(shards=3)

    def switch(mode):
        kinesis.update_stream_mode(StreamARN=stream.arn, StreamModeDetails={"StreamMode": mode})
        manual_clock.advance(1)

    switch("ON_DEMAND")
    assert (ids(stream.open_shards), stream.mode) == ([0, 1, 2], "ON_DEMAND")
    assert refusal(switch, mode="ON_DEMAND")[0] == "ValidationException"
    switch("PROVISIONED")
    assert refusal(switch, mode="ON_DEMAND")[0] == "LimitExceededException"
    manual_clock.advance(DAY)
    switch("ON_DEMAND")


def test_an_iterator_does_not_outlive_its_stream(kinesis, make_stream, manual_clock, refusal):
    make_stream()
    iterator = kinesis.get_shard_iterator(StreamName="votes", ShardId="0", ShardIteratorType="LATEST")
    kinesis.delete_stream(StreamName="votes")
    manual_clock.advance(1)
    make_stream()
    assert refusal(kinesis.get_records, **iterator)[0] == "ResourceNotFoundException"


def test_an_iterator_expires_after_five_minutes(kinesis, make_stream, manual_clock, refusal):
    make_stream()
    iterator = kinesis.get_shard_iterator(StreamName="votes", ShardId="0", ShardIteratorType="LATEST")
    manual_clock.advance(300)
    later = json.loads(kinesis.get_records(**iterator))
    manual_clock.advance(1)
    code, message = refusal(kinesis.get_records, **iterator)
    assert code == "ExpiredIteratorException"
    assert message.startswith(
        "Iterator expired. The iterator was created at time Tue Nov 14 22:13:21 UTC 2023"
    )
    assert json.loads(kinesis.get_records(ShardIterator=later["NextShardIterator"]))["Records"] == []
