"""Checks of lesson 8: what was sent is what was counted, the share of failures, and the limit at the door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import boto3

from helpers.checks import CheckFailed
from helpers.translate import number, t

QUIZ = {"origin": "b", "age": "a", "errors": "c"}

MINUTES = 15
STAGE, LIMIT = "class", 20


def final_tally(lesson, before: Mapping[str, int], sent: Mapping[str, int]) -> str:
    """Reads the table: since `before` it counted what was `sent`, driver by driver."""
    counted = Counter(_counts(lesson.names.table))
    counted.subtract(before)
    counted = {code: votes for code, votes in counted.items() if votes}
    expected = {code: votes for code, votes in sent.items() if votes}
    if counted != expected:
        differ = sorted(
            code for code in counted.keys() | expected.keys() if counted.get(code) != expected.get(code)
        )
        facts = {"sent": number(sum(expected.values())), "counted": number(sum(counted.values()))}
        more = sum(counted.values()) > sum(expected.values())
        raise CheckFailed(
            t("lesson_08.final_tally.wrong", codes=", ".join(differ), **facts),
            t("lesson_08.final_tally.more" if more else "lesson_08.final_tally.fewer"),
        )
    return t("lesson_08.final_tally.good", votes=number(sum(counted.values())))


def error_rate(lesson, function: Callable[[str], float]) -> str:
    """Asks CloudWatch for both functions of the lesson and for one that does not exist, before and after asking."""
    for name in (lesson.names.consumer, lesson.names.producer, f"{lesson.names.prefix}-nobody"):
        first = _rate(name)
        try:
            answer = function(name)
        except ZeroDivisionError:
            raise CheckFailed(
                t("lesson_08.error_rate.zero", name=name), t("lesson_08.error_rate.zero_hint")
            ) from None
        if answer is ...:
            raise CheckFailed(t("lesson_08.error_rate.empty"), t("lesson_08.error_rate.hint"))
        low, high = sorted((first, _rate(name)))
        if not _is_number(answer) or not low - 0.01 <= answer <= high + 0.01:
            wrong = t("lesson_08.error_rate.wrong", name=name, answer=answer, expected=number(high, 2))
            raise CheckFailed(wrong, t("lesson_08.error_rate.hint"), t("lesson_08.error_rate.hint_2"))
    return t("lesson_08.error_rate.good")


def limited_stage(lesson, stage: dict) -> str:
    """Looks at the stage itself; `stage` is what the learner's call answered."""
    apigateway = boto3.client("apigatewayv2")
    apis = apigateway.get_paginator("get_apis").paginate().search("Items[]")
    api_id = next(api["ApiId"] for api in apis if api["Name"] == lesson.names.api)
    settings = apigateway.get_stage(ApiId=api_id, StageName=STAGE).get("DefaultRouteSettings", {})
    rate, burst = settings.get("ThrottlingRateLimit"), settings.get("ThrottlingBurstLimit")
    if (rate, burst) != (LIMIT, LIMIT):
        found = t("lesson_08.limited_stage.none") if rate is None and burst is None else f"{rate}, {burst}"
        raise CheckFailed(
            t("lesson_08.limited_stage.wrong", found=found, limit=LIMIT),
            t("lesson_08.limited_stage.hint"),
            t("lesson_08.limited_stage.hint_2"),
        )
    if not isinstance(stage, dict) or stage.get("StageName") != STAGE:
        raise CheckFailed(t("lesson_08.limited_stage.answer"), t("lesson_08.limited_stage.hint_2"))
    return t("lesson_08.limited_stage.good", limit=LIMIT)


def _counts(table: str) -> dict[str, int]:
    rows = boto3.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows if "votes" in row}


def _rate(function: str) -> float:
    """The percentage of the function's invocations of the last 15 minutes that failed."""
    invocations, errors = _total("Invocations", function), _total("Errors", function)
    return 100 * errors / invocations if invocations else 0.0


def _total(metric: str, function: str) -> float:
    now = datetime.now(UTC)
    answer = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now - timedelta(minutes=MINUTES),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


def _is_number(answer: object) -> bool:
    return isinstance(answer, (int, float)) and not isinstance(answer, bool)
