"""Checks of lesson 9: what forgetting costs, whose a resource is, and that AWS knows nothing of ours any more."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import boto3
from botocore.exceptions import ClientError

from helpers.catchup import NOT_THERE
from helpers.checks import CheckFailed
from helpers.names import PROJECT
from helpers.translate import number, t

QUIZ = {"order": "c", "tags": "a", "idle": "b"}

COSTS = [  # mode, shards, days, USD
    ("PROVISIONED", 1, 1, 0.36),
    ("PROVISIONED", 2, 1, 0.72),
    ("PROVISIONED", 4, 30, 43.20),
    ("ON_DEMAND", 4, 30, 28.80),
]

OWNERS = [  # tags, whose
    ({"project": PROJECT, "prefix": "f1-vote"}, "f1-vote"),
    ({"project": PROJECT, "prefix": "f1"}, "f1"),
    ({"project": "payroll", "prefix": "f1"}, None),
    ({"prefix": "f1"}, None),
    ({}, None),
]


def forgotten_cost(lesson, function: Callable[[str, int, float], float]) -> str:
    for mode, shards, days, expected in COSTS:
        answer = function(mode, shards, days)
        if answer is ... or answer is None:
            raise CheckFailed(t("lesson_09.forgotten_cost.empty"), t("lesson_09.forgotten_cost.hint"))
        if not isinstance(answer, (int, float)) or not math.isclose(answer, expected):
            raise CheckFailed(
                t(
                    "lesson_09.forgotten_cost.wrong",
                    mode=mode,
                    shards=shards,
                    days=days,
                    expected=number(expected, 2),
                    answer=number(answer, 2) if isinstance(answer, (int, float)) else repr(answer),
                ),
                t("lesson_09.forgotten_cost.hint"),
                t(f"lesson_09.forgotten_cost.hint_{mode.lower()}"),
            )
    return t("lesson_09.forgotten_cost.good")


def owner(lesson, function: Callable[[dict[str, str]], str | None]) -> str:
    for tags, expected in OWNERS:
        try:
            answer = function(dict(tags))
        except KeyError as error:
            raise CheckFailed(
                t("lesson_09.owner.key", tags=tags, key=error), t("lesson_09.owner.hint")
            ) from error
        if answer is ...:
            raise CheckFailed(t("lesson_09.owner.empty"), t("lesson_09.owner.hint"))
        if answer != expected:
            wrong = t("lesson_09.owner.wrong", tags=tags, expected=repr(expected), answer=repr(answer))
            raise CheckFailed(wrong, t("lesson_09.owner.hint"), t("lesson_09.owner.hint_2"))
    return t("lesson_09.owner.good")


def nothing_left(lesson) -> str:
    """Asks by name, where the lesson listed by tag."""
    there = list(_still_there(lesson.names))
    if there:
        raise CheckFailed(
            t("lesson_09.nothing_left.found", names=", ".join(there)), t("lesson_09.nothing_left.hint")
        )
    return t("lesson_09.nothing_left.good")


def _still_there(names) -> Iterator[str]:
    kinesis, functions, iam = boto3.client("kinesis"), boto3.client("lambda"), boto3.client("iam")
    logs, sqs = boto3.client("logs"), boto3.client("sqs")
    asked = [
        (names.stream, kinesis.describe_stream_summary, {"StreamName": names.stream}),
        (names.table, boto3.client("dynamodb").describe_table, {"TableName": names.table}),
        (names.producer, functions.get_function_configuration, {"FunctionName": names.producer}),
        (names.consumer, functions.get_function_configuration, {"FunctionName": names.consumer}),
        (names.producer_role, iam.get_role, {"RoleName": names.producer_role}),
        (names.consumer_role, iam.get_role, {"RoleName": names.consumer_role}),
        (names.queue, sqs.get_queue_url, {"QueueName": names.queue}),
    ]
    yield from (name for name, call, parameters in asked if _is_there(call, parameters))
    for api in boto3.client("apigatewayv2").get_paginator("get_apis").paginate().search("Items[].Name"):
        if api == names.api:
            yield api
    for name in (names.producer, names.consumer):
        group = f"/aws/lambda/{name}"
        found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        yield from (g["logGroupName"] for g in found if g["logGroupName"] == group)


def _is_there(call: Callable, parameters: dict[str, str]) -> bool:
    try:
        call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_THERE:
            return False
        raise
    return True
