"""Checks of lesson 2: how many shards, and reading from a place in the stream."""

from __future__ import annotations

from collections.abc import Callable

from helpers.checks import CheckFailed
from helpers.translate import t

QUIZ = {"order": "b", "latest": "c", "ready": "a"}

CASES = [  # votes per second, bytes per vote, shards
    (900, 100, 1),
    (1001, 100, 2),
    (4500, 300, 5),
    (100, 50_000, 5),
]


def shards_needed(lesson, shards_needed: Callable[[int, int], int]) -> str:
    for votes, size, expected in CASES:
        answer = shards_needed(votes, size)
        if answer is ...:
            raise CheckFailed(t("lesson_02.shards_needed.empty"), t("lesson_02.shards_needed.hint"))
        if answer != expected:
            raise CheckFailed(
                t("lesson_02.shards_needed.wrong", votes=votes, size=size, expected=expected, answer=answer),
                t("lesson_02.shards_needed.hint"),
                t("lesson_02.shards_needed.hint_2"),
            )
    return t("lesson_02.shards_needed.good")


def last_votes(lesson, last_votes: list[dict], sequence_number: str) -> str:
    if not isinstance(last_votes, list) or not last_votes:
        raise CheckFailed(t("lesson_02.last_votes.none"), t("lesson_02.last_votes.hint"))
    first = last_votes[0]["SequenceNumber"]
    if int(first) < int(sequence_number):
        raise CheckFailed(t("lesson_02.last_votes.early"), t("lesson_02.last_votes.hint"))
    if int(first) > int(sequence_number):
        raise CheckFailed(t("lesson_02.last_votes.late"), t("lesson_02.last_votes.hint"))
    return t("lesson_02.last_votes.good")
