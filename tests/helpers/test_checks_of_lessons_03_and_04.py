"""What lessons 3 and 4 say to right and wrong answers, on the resources that their own cells build."""

import asyncio
import base64
import json

import boto3
import pytest

from helpers.catchup import catch_up
from helpers.checks import CheckFailed, lesson_03, lesson_04
from helpers.lesson import Lesson
from helpers.names import Names
from helpers.waits import until

NAMES = Names("check")


@pytest.fixture
def lesson(local):
    return Lesson("04_consumer", NAMES, local)


@pytest.fixture
def built(lesson):
    """Builds what a lesson finds, with the earlier lessons' cells; returns the resources built, in order."""

    def build(slug: str) -> list[str]:
        resources = []
        given = {"lesson": lesson, "target": "local", "prefix": NAMES.prefix, "locale": "en"}
        asyncio.run(catch_up(slug, NAMES, given, lambda built: resources.append(built.resource)))
        return resources

    return build


def wait(condition) -> None:
    asyncio.run(until(condition, every=0.05, what="the region"))


def counts() -> dict[str, int]:
    rows = boto3.client("dynamodb").scan(TableName=NAMES.table, ConsistentRead=True)["Items"]
    return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows}


def event(options: list[str]) -> dict:
    votes = [json.dumps({"vote": option}).encode() for option in options]
    return {
        "Records": [
            {"kinesis": {"sequenceNumber": "1", "data": base64.b64encode(vote).decode()}} for vote in votes
        ]
    }


def configure(**changes) -> dict:
    client = boto3.client("lambda")
    answer = client.update_function_configuration(FunctionName=NAMES.producer, **changes)

    def is_ready() -> bool:
        found = client.get_function_configuration(FunctionName=NAMES.producer)
        return found["LastUpdateStatus"] == "Successful"

    wait(is_ready)
    return answer


def vote(voter: str) -> None:
    body = json.dumps({"vote": "PER", "voter": voter})
    boto3.client("lambda").invoke(FunctionName=NAMES.producer, Payload=json.dumps({"body": body}))


def test_lesson_03(lesson, built):
    assert built("04_consumer") == ["stream", "producer_role", "producer", "api_permission", "api"]
    assert built("04_consumer") == []

    with pytest.raises(CheckFailed, match="timeout is 5 seconds, and we ask for 15"):
        lesson_03.longer_timeout(lesson, {"Timeout": 15})
    configured = configure(Timeout=15)
    with pytest.raises(CheckFailed, match="is not what that call answered"):
        lesson_03.longer_timeout(lesson, "done")
    assert "15 seconds" in lesson_03.longer_timeout(lesson, configured)
    configured = configure(Timeout=15, Environment={"Variables": {}})
    with pytest.raises(CheckFailed, match="has lost its variable KINESIS_STREAM_NAME"):
        lesson_03.longer_timeout(lesson, configured)
    configure(Environment={"Variables": {"KINESIS_STREAM_NAME": NAMES.stream}})

    boto3.client("kinesis").put_record(StreamName=NAMES.stream, Data=b"[no vote", PartitionKey="marta")
    vote("marta")
    with pytest.raises(CheckFailed, match="holds 1 votes of `marta`"):
        lesson_03.same_shard(lesson, set())
    vote("marta")
    receipt = boto3.client("kinesis").put_record(StreamName=NAMES.stream, Data=b"{}", PartitionKey="marta")
    shard = receipt["ShardId"]
    for wrong in (set(), {shard, "shardId-000000000009"}):
        with pytest.raises(CheckFailed, match="that is not where the votes"):
            lesson_03.same_shard(lesson, wrong)
    with pytest.raises(CheckFailed, match="has to be a set"):
        lesson_03.same_shard(lesson, 1)
    assert f"2 votes of `marta`, all in {shard}" in lesson_03.same_shard(lesson, {shard})


def test_an_api_that_pages_of_any_origin_cannot_use_is_mended(built):
    built("04_consumer")
    apis = boto3.client("apigatewayv2")
    [api] = apis.get_apis()["Items"]
    apis.delete_cors_configuration(ApiId=api["ApiId"])
    assert built("04_consumer") == ["api"]
    assert [mended["ApiId"] for mended in apis.get_apis()["Items"]] == [api["ApiId"]]


def test_an_api_made_anew_is_permitted_anew(built):
    built("04_consumer")
    apis = boto3.client("apigatewayv2")
    apis.delete_api(ApiId=apis.get_apis()["Items"][0]["ApiId"])
    assert built("04_consumer") == ["api_permission", "api"]


def test_lesson_04(lesson, built):
    assert built("05_trigger")[-3:] == ["table", "consumer_role", "consumer"]
    hand_made = event(["COL"] * 5 + ["PER"] * 2)

    for wrong, said in [
        (lambda event: ..., "still returns"),
        (lambda event: {}, "the function says {}"),
        (lambda event: event["records"], "KeyError: 'records'"),
    ]:
        with pytest.raises(CheckFailed, match=said):
            lesson_04.count_votes(lesson, wrong)
    assert counts() == {}
    known = [{"VER": 2, "NOR": 1}, {"HAM": 1}, {"SAI": 3, "ALO": 2, "RUS": 1}]
    assert "ALO 2, RUS 1, SAI 3" in lesson_04.count_votes(lesson, lambda event: known.pop(0))
    assert counts() == {"SAI": 3, "ALO": 2, "RUS": 1}

    for wrong, said in [
        ({}, "is not a Kinesis event"),
        (event(["COL"]), "carries COL 1, and we ask for COL 5, PER 2"),
        (hand_made, "has no votes for COL or PER"),
    ]:
        with pytest.raises(CheckFailed, match=said):
            lesson_04.two_more(lesson, wrong)

    def send() -> None:
        boto3.client("lambda").invoke(FunctionName=NAMES.consumer, Payload=json.dumps(hand_made))

    send()
    assert "COL 5, PER 2" in lesson_04.two_more(lesson, hand_made)
    send()
    with pytest.raises(CheckFailed, match="says COL 10, PER 4"):
        lesson_04.two_more(lesson, hand_made)
