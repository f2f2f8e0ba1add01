"""Checks of lesson 1: a key that lands on a given shard, and the share of the hottest one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import boto3

from helpers.checks import CheckFailed
from helpers.hash_space import LONGEST_KEY
from helpers.translate import number, t

QUIZ = {"same_key": "b", "hot": "c", "failed": "a"}

CASES = [  # records per shard, the hottest one's share
    ({"shardId-000000000000": 5}, 1.0),
    ({"shardId-000000000000": 1, "shardId-000000000001": 3}, 0.75),
    ({"shardId-000000000000": 50, "shardId-000000000001": 25, "shardId-000000000002": 25}, 0.5),
]


def key_for_shard(lesson, my_key: str, shard: str, stream: str) -> str:
    """Puts one record with the key, and looks where Kinesis says it went."""
    if not isinstance(my_key, str) or not 1 <= len(my_key) <= LONGEST_KEY:
        raise CheckFailed(t("lesson_01.key_for_shard.no_key"), t("lesson_01.key_for_shard.hint"))
    receipt = boto3.client("kinesis").put_record(StreamName=stream, Data=b"{}", PartitionKey=my_key)
    if receipt["ShardId"] != shard:
        raise CheckFailed(
            t("lesson_01.key_for_shard.elsewhere", key=my_key, found=receipt["ShardId"], wanted=shard),
            t("lesson_01.key_for_shard.hint"),
            t("lesson_01.key_for_shard.hint_2"),
        )
    return t("lesson_01.key_for_shard.good", key=my_key, shard=shard)


def hottest_share(lesson, function: Callable[[Mapping[str, int]], float]) -> str:
    for counts, expected in CASES:
        answer = function(dict(counts))
        if answer is ...:
            raise CheckFailed(t("lesson_01.hottest_share.empty"), t("lesson_01.hottest_share.hint"))
        if not isinstance(answer, int | float) or abs(answer - expected) > 1e-9:
            raise CheckFailed(
                t(
                    "lesson_01.hottest_share.wrong",
                    counts=", ".join(map(str, counts.values())),
                    expected=number(expected, 2),
                    answer=number(answer, 2) if isinstance(answer, int | float) else repr(answer),
                ),
                t("lesson_01.hottest_share.hint"),
                t("lesson_01.hottest_share.hint_2"),
            )
    return t("lesson_01.hottest_share.good")
