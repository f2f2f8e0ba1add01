"""Checks: praise, hints that grow, and errors that a learner can act on."""

import asyncio
import sys
from types import ModuleType

import pytest
from botocore.exceptions import ClientError

from helpers import checks
from helpers.checks import CheckFailed
from helpers.connection import Connection
from helpers.lesson import Lesson
from helpers.names import Names

SOURCE = """
from botocore.exceptions import ClientError
from helpers.checks import CheckFailed

def shards(lesson, shard_count):
    if shard_count != 2:
        raise CheckFailed(f"{lesson.names.stream} has {shard_count} shards", "look again", "count them")
    return "two shards"

async def denied(lesson):
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "PutRecord")

def _private(lesson):
    return "not a check"
"""


@pytest.fixture
def lesson(monkeypatch):
    module = ModuleType("helpers.checks.lesson_42")
    exec(SOURCE, module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return Lesson("42_answer", Names("f1-vote"), Connection("local", "http://127.0.0.1:1", "1", "us-east-1"))


def check(lesson, name, **given):
    return asyncio.run(lesson.check(name, **given))


def test_what_is_right_is_praised(lesson, capsys):
    check(lesson, "shards", shard_count=2)
    assert "✓ two shards" in capsys.readouterr().out


def test_each_attempt_shows_one_more_hint_and_then_the_way_to_the_solution(lesson, capsys):
    shown = []
    for _ in range(3):
        with pytest.raises(CheckFailed, match="f1-vote-stream has 1 shards"):
            check(lesson, "shards", shard_count=1)
        shown.append(capsys.readouterr().out)
    assert "look again" in shown[0] and "count them" not in shown[0]
    assert "count them" in shown[1] and "See the solution" not in shown[1]
    assert "See the solution" in shown[2]


def test_a_stub_left_as_it_was_is_said(lesson):
    with pytest.raises(CheckFailed, match=r"“shard_count” is still `\.\.\.`"):
        check(lesson, "shards", shard_count=...)


def test_what_aws_refuses_is_told_in_its_words(lesson):
    with pytest.raises(CheckFailed, match="not yours") as failure:
        check(lesson, "denied")
    assert isinstance(failure.value.__cause__, ClientError)


@pytest.mark.parametrize("name", ["shard", "_private", "CheckFailed", "ClientError"])
def test_an_unknown_check_is_refused_with_the_ones_there_are(lesson, name):
    with pytest.raises(LookupError, match="shards, denied"):
        check(lesson, name)


def test_a_failure_is_shown_without_traceback():
    assert CheckFailed("one shard", "a hint")._render_traceback_() == ["✗ one shard"]


def test_a_lesson_without_checks_is_an_error():
    with pytest.raises(ModuleNotFoundError, match="lesson_99"):
        checks.find("99_none", "any")
