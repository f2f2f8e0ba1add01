"""The check of lesson 0: a driver's code, and a vote for that driver counted in the table."""

from __future__ import annotations

import boto3

from helpers.candidates import ballot
from helpers.checks import CheckFailed
from helpers.translate import t

QUIZ = {"region": "c", "restart": "b", "failed": "a"}


def favourite(lesson, favourite: str) -> str:
    known = {candidate.code: candidate for candidate in ballot()}
    if favourite not in known:
        raise CheckFailed(
            t("lesson_00.favourite.unknown", code=favourite),
            t("lesson_00.favourite.hint"),
            t("lesson_00.favourite.hint_2", codes=", ".join(known)),
        )
    row = boto3.client("dynamodb").get_item(
        TableName=lesson.names.table, Key={"option_id": {"S": favourite}}, ConsistentRead=True
    )
    votes = int(row["Item"]["votes"]["N"]) if "Item" in row else 0
    if votes == 0:
        raise CheckFailed(
            t("lesson_00.favourite.no_vote", name=known[favourite].name), t("lesson_00.favourite.vote_hint")
        )
    return t("lesson_00.favourite.good", name=known[favourite].name, votes=votes)
