"""Checks of lesson 3: the function's timeout, and a voter's votes in one shard."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3

from helpers.checks import CheckFailed
from helpers.translate import t

QUIZ = {"denied": "c", "cors": "a", "invalid": "b"}

SECONDS = 15
VOTER = "marta"


def longer_timeout(lesson, new_configuration: dict) -> str:
    """Looks at the function itself; `new_configuration` is what the learner's call answered."""
    found = boto3.client("lambda").get_function_configuration(FunctionName=lesson.names.producer)
    if found["Timeout"] != SECONDS:
        wrong = t("lesson_03.longer_timeout.wrong", expected=SECONDS, found=found["Timeout"])
        raise CheckFailed(wrong, t("lesson_03.longer_timeout.hint"), t("lesson_03.longer_timeout.hint_2"))
    variables = found.get("Environment", {}).get("Variables", {})
    if variables.get("KINESIS_STREAM_NAME") != lesson.names.stream:
        raise CheckFailed(
            t("lesson_03.longer_timeout.environment"), t("lesson_03.longer_timeout.environment_hint")
        )
    if not isinstance(new_configuration, dict) or new_configuration.get("Timeout") != SECONDS:
        raise CheckFailed(t("lesson_03.longer_timeout.answer"), t("lesson_03.longer_timeout.hint_2"))
    return t("lesson_03.longer_timeout.good")


def same_shard(lesson, marta_shards: set[str]) -> str:
    """Reads the stream's open shards for the voter's records."""
    found = [
        (shard_id, record)
        for shard_id, record in _records(lesson.names.stream)
        if record["PartitionKey"] == VOTER and _voter(record["Data"]) == VOTER
    ]
    hint = t("lesson_03.same_shard.hint")
    if len(found) < 2:
        raise CheckFailed(
            t("lesson_03.same_shard.few", found=len(found)), t("lesson_03.same_shard.vote_hint")
        )
    expected = {shard_id for shard_id, _ in found}
    try:
        given = {marta_shards} if isinstance(marta_shards, str) else set(marta_shards)
    except TypeError:
        raise CheckFailed(t("lesson_03.same_shard.not_a_set"), hint) from None
    if given != expected:
        wrong = t("lesson_03.same_shard.wrong", given=_listed(given), expected=len(expected))
        raise CheckFailed(wrong, hint, t("lesson_03.same_shard.hint_2"))
    return t("lesson_03.same_shard.good", votes=len(found), shard=_listed(expected))


def _records(stream: str) -> Iterator[tuple[str, dict]]:
    kinesis = boto3.client("kinesis")
    open_shards = kinesis.list_shards(StreamName=stream, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    for shard in open_shards:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        behind = 1
        while behind and iterator:
            answer = kinesis.get_records(ShardIterator=iterator)
            iterator, behind = answer.get("NextShardIterator"), answer["MillisBehindLatest"]
            yield from ((shard["ShardId"], record) for record in answer["Records"])


def _voter(data: bytes) -> str | None:
    """Whose vote a record is; None for a record that is not a vote."""
    try:
        return json.loads(data).get("voter")
    except (ValueError, AttributeError):
        return None


def _listed(names: set) -> str:
    return ", ".join(sorted(map(str, names))) or "∅"
