"""Checks of lesson 4: a batch counted by hand and by the consumer, and a hand-made event in the table."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable

import boto3

from helpers.checks import CheckFailed
from helpers.translate import t

QUIZ = {"base64": "b", "twice": "c", "poison": "a"}

BATCHES = [["VER", "VER", "NOR"], ["HAM"], ["SAI", "ALO", "SAI", "RUS", "ALO", "SAI"]]
WANTED = {"COL": 5, "PER": 2}


def count_votes(lesson, function: Callable[[dict], dict]) -> str:
    """Compares `function` with known batches, and the last of them with what the consumer adds to the table."""
    hints = t("lesson_04.count_votes.hint"), t("lesson_04.count_votes.hint_2")
    for options in BATCHES:
        try:
            answer = function(_event(options))
        except Exception as error:
            wrong = t("lesson_04.count_votes.raised", error=f"{type(error).__name__}: {error}")
            raise CheckFailed(wrong, *hints) from error
        if answer is ...:
            raise CheckFailed(t("lesson_04.count_votes.empty"), *hints)
        if answer != Counter(options):
            wrong = t("lesson_04.count_votes.wrong", votes=", ".join(options), answer=repr(answer))
            raise CheckFailed(wrong, *hints)
    before = _counts(lesson.names.table)
    _invoke(lesson.names.consumer, _event(BATCHES[-1]))
    gained = Counter(_counts(lesson.names.table)) - Counter(before)
    if gained != Counter(BATCHES[-1]):
        raise CheckFailed(t("lesson_04.count_votes.table", gained=_listed(gained)))
    return t("lesson_04.count_votes.good", gained=_listed(gained))


def two_more(lesson, extra_votes: dict) -> str:
    """Looks at the event and at the table that the consumer made of it."""
    hint = t("lesson_04.two_more.hint")
    try:
        sent = Counter(_option(record) for record in extra_votes["Records"])
    except (KeyError, TypeError, ValueError):
        raise CheckFailed(t("lesson_04.two_more.no_event"), hint) from None
    if sent != WANTED:
        wrong = t("lesson_04.two_more.other_votes", sent=_listed(sent), wanted=_listed(WANTED))
        raise CheckFailed(wrong, hint)
    counts = _counts(lesson.names.table)
    found = {option: counts.get(option, 0) for option in WANTED}
    if not any(found.values()):
        raise CheckFailed(t("lesson_04.two_more.not_invoked"), t("lesson_04.two_more.invoke_hint"))
    if found != WANTED:
        wrong = t("lesson_04.two_more.table", found=_listed(found), wanted=_listed(WANTED))
        raise CheckFailed(wrong, t("lesson_04.two_more.once_hint"))
    return t("lesson_04.two_more.good", found=_listed(found))


def _event(options: list[str]) -> dict:
    """What the consumer reads of a Kinesis event."""
    return {
        "Records": [
            {"kinesis": {"sequenceNumber": str(position), "data": _encoded({"vote": option})}}
            for position, option in enumerate(options, start=1)
        ]
    }


def _encoded(vote: dict) -> str:
    return base64.b64encode(json.dumps(vote).encode()).decode()


def _option(record: dict) -> str:
    return json.loads(base64.b64decode(record["kinesis"]["data"]))["vote"]


def _invoke(function: str, event: dict) -> None:
    answer = boto3.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    if "FunctionError" in answer:
        raise CheckFailed(t("lesson_04.consumer_failed", reason=answer["Payload"].read().decode()))


def _counts(table: str) -> dict[str, int]:
    rows = boto3.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows}


def _listed(counts: dict[str, int]) -> str:
    """ "COL 5, PER 2"."""
    return ", ".join(f"{option} {number}" for option, number in sorted(counts.items())) or "∅"
