"""The checks of lesson 8, on real resources: each wrong answer is told apart, the right one praised."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import boto3
import pytest

from helpers.checks import CheckFailed, lesson_08
from helpers.names import Names

LESSON = SimpleNamespace(names=Names("f1-vote"))


@pytest.fixture
def table(local):
    """count("VER", 3) → three more votes in the lesson's table."""
    boto3.client("dynamodb").create_table(
        TableName=LESSON.names.table,
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table = boto3.resource("dynamodb").Table(LESSON.names.table)

    def count(code: str, votes: int) -> None:
        table.update_item(
            Key={"option_id": code},
            UpdateExpression="ADD votes :n",
            ExpressionAttributeValues={":n": votes},
        )

    return count


def test_what_was_counted_since_the_start_must_be_what_was_sent(table):
    table("VER", 5)
    table("ALO", 2)
    before = {"VER": 5, "ALO": 2}
    table("VER", 3)
    table("NOR", 1)
    assert "4 votes sent, 4 counted" in lesson_08.final_tally(LESSON, before, Counter(VER=3, NOR=1, LEC=0))


@pytest.mark.parametrize(
    ("counted", "sent", "codes", "hint"),
    [
        ({"VER": 2}, {"VER": 3}, "VER", "still to be counted"),
        ({"VER": 4}, {"VER": 3}, "VER", "voted on the page meanwhile"),
        ({"VER": 2, "NOR": 1}, {"VER": 3}, "NOR, VER", "still to be counted"),
        ({"XYZ": 1, "VER": 3}, {"VER": 3}, "XYZ", "voted on the page meanwhile"),
    ],
)
def test_a_tally_that_does_not_match_names_whose_votes_differ(table, counted, sent, codes, hint):
    for code, votes in counted.items():
        table(code, votes)
    with pytest.raises(CheckFailed, match=f"These do not match: {codes}") as failed:
        lesson_08.final_tally(LESSON, {}, sent)
    assert hint in failed.value.hints_at(1)[0]


@pytest.fixture
def invoked(local):
    """Metrics as after four invocations of the consumer, one of which failed, and two of the producer."""
    cloudwatch = boto3.client("cloudwatch")
    for function, invocations, errors in ((LESSON.names.consumer, 4, 1), (LESSON.names.producer, 2, 0)):
        for name, value in (("Invocations", invocations), ("Errors", errors)):
            cloudwatch.put_metric_data(
                Namespace="AWS/Lambda",
                MetricData=[
                    {
                        "MetricName": name,
                        "Dimensions": [{"Name": "FunctionName", "Value": function}],
                        "Value": value,
                    }
                ],
            )


RATES = {LESSON.names.consumer: 25.0, LESSON.names.producer: 0.0}


def test_the_right_percentage_is_praised(invoked):
    assert "percentage" in lesson_08.error_rate(LESSON, lambda name: RATES.get(name, 0))


def divided_by_nothing(name: str) -> float:
    if name in RATES:
        return RATES[name]
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda name: ..., "still returns"),
        (lambda name: RATES.get(name, 0) / 100, "says 0.25, and CloudWatch says 25.00 %"),
        (lambda name: 25.0, "producer the function says 25.0, and CloudWatch says 0.00 %"),
        (lambda name: None, "says None"),
        (lambda name: "25 %", "says 25 %"),
        (divided_by_nothing, "f1-vote-nobody, which was never invoked"),
    ],
)
def test_a_wrong_percentage_is_told_apart(invoked, function, says):
    with pytest.raises(CheckFailed, match=says):
        lesson_08.error_rate(LESSON, function)


@pytest.fixture
def stage(local):
    """stage(limits) → the API's stage `class` with them."""
    apigateway = boto3.client("apigatewayv2")
    api_id = apigateway.create_api(Name=LESSON.names.api, ProtocolType="HTTP")["ApiId"]
    apigateway.create_stage(ApiId=api_id, StageName="class", AutoDeploy=True)
    return lambda limits: apigateway.update_stage(
        ApiId=api_id, StageName="class", DefaultRouteSettings=limits
    )


def test_a_limited_stage_is_praised(stage):
    answer = stage({"ThrottlingRateLimit": 20, "ThrottlingBurstLimit": 20})
    assert "20 a second" in lesson_08.limited_stage(LESSON, answer)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({}, "no limits"),
        ({"ThrottlingRateLimit": 20}, "20.0, None"),
        ({"ThrottlingRateLimit": 20, "ThrottlingBurstLimit": 200}, "20.0, 200"),
    ],
)
def test_a_stage_without_the_limit_is_told_how_it_stands(stage, limits, says):
    answer = stage(limits)
    with pytest.raises(CheckFailed, match=says):
        lesson_08.limited_stage(LESSON, answer)


def test_the_answer_must_be_kept(stage):
    stage({"ThrottlingRateLimit": 20, "ThrottlingBurstLimit": 20})
    with pytest.raises(CheckFailed, match="limited_stage"):
        lesson_08.limited_stage(LESSON, None)
