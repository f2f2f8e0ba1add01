"""begin and finish, against the local region's process."""

import asyncio

import boto3
import pytest

from helpers import begin
from helpers.course import COURSE, UnknownLesson, entry, next_lesson
from helpers.names import PrefixError
from helpers.notebooks import lesson_slugs
from helpers.translate import TranslationError
from helpers.widgets import errors
from helpers.widgets.live_chart import LiveChart


def test_begin_connects_says_where_and_shows_todays_part(local, capsys):
    lesson = asyncio.run(begin("02_stream", prefix="me", locale="es"))
    assert lesson.names.stream == "me-stream" and lesson.connection == local
    assert boto3.client("kinesis").meta.endpoint_url == local.endpoint
    shown = capsys.readouterr().out
    assert f"Cuenta {local.account}" in shown and "Lo de hoy: Stream" in shown


def test_begin_builds_what_the_lessons_before_should_have_left(local, capsys):
    asyncio.run(begin("03_producer", prefix="me", locale="en"))
    assert "✓ Built the Kinesis stream, from lesson 02_stream." in capsys.readouterr().out
    assert boto3.client("kinesis").list_streams()["StreamNames"] == ["me-stream"]
    asyncio.run(begin("03_producer", prefix="me", locale="en"))
    assert "already there" in capsys.readouterr().out


def test_begin_again_ends_what_the_last_run_left_and_forgets_its_errors(local):
    async def scenario():
        LiveChart(dict, every=0.05).start()
        errors.keep("a widget", RuntimeError("old"))
        before = len(asyncio.all_tasks())
        lesson = await begin("01_kinesis", locale="en")
        assert len(asyncio.all_tasks()) < before
        lesson.finish()

    asyncio.run(scenario())


def test_finish_says_what_comes_next(local, capsys):
    asyncio.run(begin("02_stream", locale="en")).finish()
    assert "The next one is 03_producer" in capsys.readouterr().out


def test_finish_raises_what_widgets_kept(local):
    lesson = asyncio.run(begin("02_stream", locale="en"))
    errors.keep("VoteButtons", RuntimeError("denied"))
    with pytest.raises(ExceptionGroup, match="VoteButtons"):
        lesson.finish()


@pytest.mark.parametrize(
    "slug, given, error",
    [
        ("2_streams", {}, UnknownLesson),
        ("02_stream", {"prefix": "F1 vote"}, PrefixError),
        ("02_stream", {"locale": "fr"}, TranslationError),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_touched(slug, given, error):
    with pytest.raises(error):
        asyncio.run(begin(slug, **given))


def test_every_lesson_with_a_source_is_in_the_course():
    assert set(lesson_slugs()) <= set(COURSE)


@pytest.mark.parametrize("slug", COURSE)
def test_no_lesson_of_the_pipeline_needs_a_later_one(slug):
    assert all(needed < slug for needed in entry(slug).needs) or slug == "00_start"


def test_the_lessons_follow_one_another():
    order = ["00_start"]
    while after := next_lesson(order[-1]):
        order.append(after)
    assert order == lesson_slugs()
