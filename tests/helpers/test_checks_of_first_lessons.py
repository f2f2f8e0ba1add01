"""The checks of lessons 0 and 1 on real resources: praise for what is right, a hint for each wrong answer."""

import asyncio
import time

import boto3
import pytest

from helpers.checks import CheckFailed, lesson_00, lesson_01
from helpers.lesson import Lesson
from helpers.names import Names


@pytest.fixture
def lesson(local):
    return Lesson("00_start", Names("f1-vote"), local)


def check(lesson, name, **given):
    return asyncio.run(lesson.check(name, **given))


def test_a_favourite_needs_a_code_and_a_vote(lesson, capsys):
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName="f1-vote-results",
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(CheckFailed, match="“favourite” is still"):
        check(lesson, "favourite", favourite=...)
    for wrong in ("Verstappen", "ver", 7):
        with pytest.raises(CheckFailed, match="is not the code of any driver"):
            check(lesson, "favourite", favourite=wrong)
    with pytest.raises(CheckFailed, match="has no vote in the table"):
        check(lesson, "favourite", favourite="VER")
    dynamodb.put_item(TableName="f1-vote-results", Item={"option_id": {"S": "VER"}, "votes": {"N": "2"}})
    check(lesson, "favourite", favourite="VER")
    assert "votes for Max Verstappen in the table: 2" in capsys.readouterr().out


def test_a_key_is_judged_by_where_kinesis_puts_it(local):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName="keys", ShardCount=4)
    deadline = time.monotonic() + 30
    while kinesis.describe_stream_summary(StreamName="keys")["StreamDescriptionSummary"]["StreamStatus"] != (
        "ACTIVE"
    ):
        assert time.monotonic() < deadline
    last = {"shard": "shardId-000000000003", "stream": "keys"}
    with pytest.raises(CheckFailed, match="went to shardId-000000000000, not to shardId-000000000003"):
        lesson_01.key_for_shard(None, "ana", **last)
    assert "“hugo” goes to shardId-000000000003" in lesson_01.key_for_shard(None, "hugo", **last)


@pytest.mark.parametrize("key", ["", "x" * 257, 3, None])
def test_what_is_no_key_is_told_before_asking(key):
    with pytest.raises(CheckFailed, match="1 to 256 characters"):
        lesson_01.key_for_shard(None, key, "shardId-000000000003", "keys")


@pytest.mark.parametrize(
    "function, told",
    [
        (lambda counts: ..., "still returns"),
        (lambda counts: max(counts.values()), "takes 1.00 of the total; the function says 5.00"),
        (lambda counts: 1.0, "With 1, 3 records per shard, the busiest takes 0.75"),
        (lambda counts: "half", "the function says 'half'"),
    ],
)
def test_a_wrong_share_is_told_with_the_case_it_fails(function, told):
    with pytest.raises(CheckFailed, match=told):
        lesson_01.hottest_share(None, function)


def test_the_right_share_is_praised():
    assert lesson_01.hottest_share(None, lambda counts: max(counts.values()) / sum(counts.values()))


@pytest.mark.parametrize("module, slug", [(lesson_00, "00_start"), (lesson_01, "01_kinesis")])
def test_every_question_has_its_right_answer(module, slug):
    quiz = Lesson(slug, Names("f1-vote"), None).quiz()
    assert len(quiz.children) == 3
    for position, letter in enumerate(module.QUIZ.values()):
        right = quiz.answer(position, letter)
        wrong = {quiz.answer(position, other) for other in "abc" if other != letter}
        assert len(wrong) == 1 and right not in wrong
