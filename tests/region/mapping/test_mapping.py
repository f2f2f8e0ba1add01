"""A mapping's states and parameters, and which shards may be read."""

from dataclasses import dataclass, replace

import pytest

from helpers.region.errors import AwsError
from helpers.region.mapping.mapping import (
    CREATING,
    DISABLED,
    ENABLED,
    Configuration,
    Mapping,
    check_source,
    check_start,
    configured,
    deleting,
    described,
    settled,
    updating,
)
from helpers.region.mapping.shards import Position, readable, regrouped

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/votes"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:count"


def mapping(state=CREATING, **asked) -> Mapping:
    return Mapping(
        "the-uuid", STREAM, "the-arn", "LATEST", None, Configuration(FUNCTION, **asked), state, 1.0, 3.0
    )


def test_a_new_mapping_is_shown_as_aws_shows_it():
    assert described(mapping(), "No records processed") == {
        "UUID": "the-uuid",
        "StartingPosition": "LATEST",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 0,
        "ParallelizationFactor": 1,
        "EventSourceArn": STREAM,
        "EventSourceMappingArn": "the-arn",
        "FunctionArn": FUNCTION,
        "LastModified": 1.0,
        "LastProcessingResult": "No records processed",
        "State": "Creating",
        "StateTransitionReason": "User action",
        "DestinationConfig": {"OnFailure": {}},
        "MaximumRecordAgeInSeconds": -1,
        "BisectBatchOnFunctionError": False,
        "MaximumRetryAttempts": -1,
        "TumblingWindowInSeconds": 0,
        "FunctionResponseTypes": [],
    }


@pytest.mark.parametrize("enabled, state", [(True, "Enabled"), (False, "Disabled")])
def test_a_new_mapping_settles_as_asked(enabled, state):
    assert settled(mapping(Enabled=enabled), 9.0).state == state


@pytest.mark.parametrize(
    "was, enable, passing, then",
    [
        (ENABLED, True, "Updating", "Enabled"),
        (ENABLED, False, "Disabling", "Disabled"),
        (DISABLED, True, "Enabling", "Enabled"),
        (DISABLED, False, "Updating", "Disabled"),
    ],
)
def test_an_update_passes_through_a_state_with_the_old_values(was, enable, passing, then):
    before = mapping(was, Enabled=was == ENABLED)
    during = updating(before, replace(before.configuration, Enabled=enable, BatchSize=7), 10.0, 2.0)
    shown = described(during, "OK")
    assert (shown["State"], shown["BatchSize"], shown["LastModified"], during.settles_at) == (
        passing,
        100,
        10.0,
        12.0,
    )
    shown = described(settled(during, 12.0), "OK")
    assert (shown["State"], shown["BatchSize"], shown["LastModified"]) == (then, 7, 12.0)


def test_a_delete_passes_through_deleting():
    during = deleting(mapping(ENABLED), 10.0, 2.0)
    assert (during.state, settled(during, 12.0).state) == ("Deleting", "Deleted")


def test_parameters_are_shown_when_set_and_cleared_when_emptied():
    queue = "arn:aws:sqs:us-east-1:123456789012:failed"
    asked = configured(
        Configuration(FUNCTION),
        BatchSize=5,
        Enabled=None,
        DestinationConfig={"OnFailure": {"Destination": queue}},
        FilterCriteria={"Filters": [{"Pattern": '{"partitionKey":["1"]}'}]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    shown = described(replace(mapping(), configuration=asked), "OK")
    assert shown["BatchSize"] == 5
    assert shown["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert shown["FilterCriteria"] == {"Filters": [{"Pattern": '{"partitionKey":["1"]}'}]}
    assert shown["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    cleared = configured(
        asked, DestinationConfig={"OnFailure": {}}, FilterCriteria={"Filters": []}, FunctionResponseTypes=[]
    )
    assert cleared == Configuration(FUNCTION, BatchSize=5)


AGE = "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)"


@pytest.mark.parametrize(
    "asked, code, message",
    [
        ({"MaximumRecordAgeInSeconds": 59}, "InvalidParameterValueException", AGE),
        ({"MaximumRecordAgeInSeconds": 0}, "InvalidParameterValueException", AGE),
        (
            {"FilterCriteria": {"Filters": [{"Pattern": "nonsense"}]}},
            "InvalidParameterValueException",
            "Invalid filter pattern definition.",
        ),
        (
            {"FilterCriteria": {"Filters": [{}]}},
            "InvalidParameterValueException",
            "Invalid filter pattern definition.",
        ),
        (
            {"FilterCriteria": {"Filters": [{"Pattern": '{"a":[1]}'}] * 6}},
            "InvalidParameterValueException",
            "FilterCriteria has 6 filters; 5 at most.",
        ),
        (
            {"DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:123456789012:q"}}},
            "InvalidParameterValueException",
            "Unsupported DestinationConfig parameter for given event source mapping type.",
        ),
        (
            {
                "DestinationConfig": {
                    "OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:q.fifo"}
                }
            },
            "InvalidParameterValueException",
            "The on-failure destination arn:aws:sqs:us-east-1:123456789012:q.fifo must be a standard queue or topic, "
            "not a FIFO one.",
        ),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "kafka://topic"}}},
            "NotInThisRegion",
            "The on-failure destination kafka://topic (SQS, SNS and S3 are) is not in this local region (it exists on "
            "AWS).",
        ),
    ],
)
def test_a_parameter_is_refused(asked, code, message):
    with pytest.raises(AwsError) as refused:
        configured(Configuration(FUNCTION), **asked)
    assert (refused.value.code, refused.value.message) == (code, message)


@pytest.mark.parametrize("age", [-1, 60, 604800])
def test_an_age_is_accepted(age):
    assert configured(Configuration(FUNCTION), MaximumRecordAgeInSeconds=age).MaximumRecordAgeInSeconds == age


@pytest.mark.parametrize(
    "position, timestamp, message",
    [
        (
            None,
            None,
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
            "Member must not be null.",
        ),
        (
            "LATEST",
            5.0,
            "StartingPositionTimestamp is needed with StartingPosition AT_TIMESTAMP, and only with it.",
        ),
        (
            "AT_TIMESTAMP",
            None,
            "StartingPositionTimestamp is needed with StartingPosition AT_TIMESTAMP, and only with it.",
        ),
        ("AT_TIMESTAMP", 11.0, "StartingPositionTimestamp cannot be in the future."),
    ],
)
def test_a_starting_position_is_refused(position, timestamp, message):
    with pytest.raises(AwsError) as refused:
        check_start(position, timestamp, now=10.0)
    assert (refused.value.code, refused.value.message) == ("InvalidParameterValueException", message)


@pytest.mark.parametrize(
    "arn, code",
    [
        (None, "InvalidParameterValueException"),
        ("votes", "InvalidParameterValueException"),
        ("arn:aws:kinesis:us-east-1:123456789012:table/votes", "InvalidParameterValueException"),
        ("arn:aws:sqs:us-east-1:123456789012:queue", "NotInThisRegion"),
        (STREAM + "/consumer/fast:1", "NotInThisRegion"),
    ],
)
def test_an_event_source_is_refused(arn, code):
    with pytest.raises(AwsError) as refused:
        check_source(arn)
    assert refused.value.code == code


@dataclass
class Shard:
    shard_id: str
    parents: tuple[str, ...] = ()


FAMILY = [
    Shard("a"),
    Shard("b"),
    Shard("c", ("a",)),
    Shard("d", ("a", "b")),
    Shard("e", ("gone",)),
    Shard("f", ("d",)),
]


@pytest.mark.parametrize(
    "drained, read",
    [
        ([], ["a", "b", "e"]),
        (["a"], ["b", "c", "e"]),
        (["a", "b"], ["c", "d", "e"]),
        (["a", "b", "c", "d"], ["e", "f"]),
    ],
)
def test_a_child_is_read_after_all_its_parents(drained, read):
    positions = {(shard.shard_id, 0): Position(0, shard.shard_id in drained) for shard in FAMILY}
    assert [shard.shard_id for shard in readable(FAMILY, positions)] == read


def test_a_shard_is_drained_when_all_its_lanes_are():
    positions = {("a", 0): Position(5, True), ("a", 1): Position(5, False)}
    assert [shard.shard_id for shard in readable(FAMILY[:1], positions)] == ["a"]
    positions["a", 1].drained = True
    assert readable(FAMILY[:1], positions) == []


def test_another_number_of_lanes_starts_where_the_last_one_was():
    positions = {
        ("a", 0): Position(5),
        ("a", 1): Position(3),
        ("b", 0): Position(9, True),
        ("b", 1): Position(9, True),
    }
    assert regrouped(positions, 1) == {("a", 0): Position(3), ("b", 0): Position(9, True)}
    assert regrouped(regrouped(positions, 1), 2)["a", 1] == Position(3)
