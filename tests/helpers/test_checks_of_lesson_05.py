"""What lesson 5 builds for later lessons, and what its checks say, on real resources."""

import asyncio
import json
import time

import boto3
import pytest

from helpers.catchup import catch_up
from helpers.checks import CheckFailed, lesson_05
from helpers.lesson import Lesson
from helpers.names import Names
from helpers.waits import until

NAMES = Names("check")


@pytest.fixture
def lesson(local):
    return Lesson("05_trigger", NAMES, local)


@pytest.fixture
def built(lesson):
    """Builds what lesson 6 finds, with the earlier lessons' cells; returns the resources built, in order."""

    def build() -> list[str]:
        resources = []
        given = {"lesson": lesson, "target": "local", "prefix": NAMES.prefix, "locale": "en"}
        asyncio.run(catch_up("06_logs", NAMES, given, lambda built: resources.append(built.resource)))
        return resources

    return build


def wait(condition) -> None:
    asyncio.run(until(condition, every=0.05, timeout=30, what="the region"))


def triggers() -> list[dict]:
    found = boto3.client("lambda").list_event_source_mappings(FunctionName=NAMES.consumer)
    return found["EventSourceMappings"]


def trigger() -> dict:
    [only] = triggers()
    return only


def update(state: str, **changes) -> None:
    """Changes the trigger and waits for the state it ends in."""
    boto3.client("lambda").update_event_source_mapping(UUID=trigger()["UUID"], **changes)
    wait(lambda: trigger()["State"] == state)


def put_votes(votes: int) -> int:
    """Votes into one shard; returns the epoch milliseconds before."""
    since = round(time.time() * 1000)
    records = [{"Data": json.dumps({"vote": "PER"}), "PartitionKey": "marta"}] * votes
    boto3.client("kinesis").put_records(StreamName=NAMES.stream, Records=records)
    return since


def counted() -> int:
    rows = boto3.client("dynamodb").scan(TableName=NAMES.table, ConsistentRead=True)["Items"]
    return sum(int(row["votes"]["N"]) for row in rows)


def test_the_trigger_counts_from_its_opening_on_and_is_enabled_again_if_it_was_left_disabled(built):
    assert built()[-1] == "trigger"
    assert trigger()["BatchSize"] == 100
    assert boto3.client("lambda").list_tags(Resource=trigger()["EventSourceMappingArn"])["Tags"] == NAMES.tags
    put_votes(3)
    wait(lambda: counted() == 3)
    assert built() == []

    update("Disabled", Enabled=False)
    put_votes(2)
    assert built() == ["trigger"]
    wait(lambda: counted() == 5)


def test_the_checks(built, lesson):
    built()
    with pytest.raises(CheckFailed, match="The trigger is Enabled: it is still reading"):
        lesson_05.paused(lesson, {})
    update("Disabled", Enabled=False)
    assert "the trigger is Disabled" in lesson_05.paused(lesson, {})
    with pytest.raises(CheckFailed, match="The trigger is Disabled: it does not read yet"):
        lesson_05.resumed(lesson, {})
    update("Enabled", Enabled=True, BatchSize=1)
    assert "the trigger is Enabled" in lesson_05.resumed(lesson, {})

    since = put_votes(7)
    wait(lambda: counted() == 7)
    wait(lambda: sum(lesson_05._batches(NAMES.consumer, since)) == 7)
    with pytest.raises(
        CheckFailed, match=r"7 invocations and we want 6 at most.* BatchSize 1 and a window of 0"
    ):
        lesson_05.fewer_invocations(lesson, since, 7)
    with pytest.raises(CheckFailed, match="only 7 of the 8 votes"):
        lesson_05.fewer_invocations(lesson, since, 8)
    update("Enabled", BatchSize=100)
    since = put_votes(7)
    wait(lambda: counted() == 14)
    wait(lambda: sum(lesson_05._batches(NAMES.consumer, since)) == 7)
    assert "BatchSize 100 and a window of 0 s" in lesson_05.fewer_invocations(lesson, since, 7)

    boto3.client("lambda").delete_event_source_mapping(UUID=trigger()["UUID"])
    wait(lambda: not triggers())
    with pytest.raises(CheckFailed, match="There is no trigger"):
        lesson_05.paused(lesson, {})
