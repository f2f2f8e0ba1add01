"""Checks of lesson 5: fewer invocations by larger batches, and a pause that keeps its place in the stream."""

from __future__ import annotations

import boto3

from helpers.checks import CheckFailed
from helpers.translate import t

QUIZ = {"latest": "b", "recreated": "c", "batches": "a"}

MOST_INVOCATIONS = 6


def fewer_invocations(lesson, since: int, votes: int) -> str:
    """since: epoch milliseconds of when the class began to vote; votes: how many it sent."""
    trigger = _trigger(lesson)
    size, window = trigger["BatchSize"], trigger["MaximumBatchingWindowInSeconds"]
    batches = _batches(lesson.names.consumer, since)
    if sum(batches) < votes:
        raise CheckFailed(
            t("lesson_05.fewer.logs", logged=sum(batches), votes=votes), t("lesson_05.fewer.later")
        )
    if len(batches) > MOST_INVOCATIONS:
        raise CheckFailed(
            t(
                "lesson_05.fewer.many",
                invocations=len(batches),
                most=MOST_INVOCATIONS,
                size=size,
                window=window,
            ),
            t("lesson_05.fewer.hint"),
            t("lesson_05.fewer.hint_2"),
        )
    return t("lesson_05.fewer.good", invocations=len(batches), size=size, window=window)


def paused(lesson, paused: dict) -> str:
    state = _trigger(lesson)["State"]
    if state not in ("Disabling", "Disabled"):
        raise CheckFailed(t("lesson_05.paused.not_yet", state=state), t("lesson_05.paused.hint"))
    return t("lesson_05.paused.good", state=state)


def resumed(lesson, resumed: dict) -> str:
    state = _trigger(lesson)["State"]
    if state not in ("Enabling", "Enabled"):
        raise CheckFailed(t("lesson_05.resumed.not_yet", state=state), t("lesson_05.resumed.hint"))
    return t("lesson_05.resumed.good", state=state)


def _trigger(lesson) -> dict:
    found = boto3.client("lambda").list_event_source_mappings(FunctionName=lesson.names.consumer)
    for mapping in found["EventSourceMappings"]:
        if mapping["EventSourceArn"].endswith(f":stream/{lesson.names.stream}"):
            return mapping
    raise CheckFailed(t("lesson_05.no_trigger"), t("lesson_05.no_trigger.hint"))


def _batches(consumer: str, since: int) -> list[int]:
    """How many votes each invocation of the consumer counted, by its log."""
    pages = (
        boto3.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=f"/aws/lambda/{consumer}", startTime=since, filterPattern="Counted")
    )
    return [int(event["message"].split()[1]) for page in pages for event in page["events"]]
