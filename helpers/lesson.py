"""A lesson, from its first cell to its last.

    lesson = await begin("02_stream", target=target, prefix=prefix, locale=locale)
    await lesson.check("shard_count", shard_count=shard_count)
    lesson.quiz()
    lesson.finish()

`begin` connects, shows where you are, builds what earlier lessons should have left, and lights today's part of the
pipeline. It may be run again at any time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from IPython.display import display

from helpers import checks, course
from helpers.catchup import Built, catch_up
from helpers.connection import Connection, connect
from helpers.messages import Page, show
from helpers.names import Names
from helpers.pictures.pipeline import pipeline_svg
from helpers.translate import get_locale, set_locale, t
from helpers.widgets import background, errors


@dataclass
class Lesson:
    """What `begin` returns. `names` are the resources' names, `connection` where boto3 points."""

    slug: str
    names: Names
    connection: Connection
    _attempts: Counter[str] = field(default_factory=Counter)

    async def check(self, name: str, /, **given: object) -> None:
        """Checks what was made and shows praise; shows hints (one more each time) and raises CheckFailed if not."""
        try:
            praise = await checks.run(self, name, given)
        except checks.CheckFailed as failure:
            self._attempts[name] += 1
            show("hint", str(failure), *failure.hints_at(self._attempts[name]))
            raise
        show("good", praise)

    def quiz(self):
        """The lesson's questions as a widget."""
        from helpers.widgets.quiz import Quiz, questions

        return Quiz(questions(f"lesson_{self.slug[:2]}", checks.module_of(self.slug).QUIZ))

    def finish(self) -> None:
        """Raises an ExceptionGroup of the errors that widgets kept; else says what comes next."""
        errors.raise_kept()
        after = course.next_lesson(self.slug)
        show("good", t("lesson.finished"), t("lesson.next", slug=after) if after else t("lesson.last"))


async def begin(
    slug: str, *, target: str = "local", prefix: str = "f1-vote", locale: str = "es", account: str = ""
) -> Lesson:
    """Starts the lesson `slug` ("02_stream").

    target, account: see `connect`. prefix: the start of every resource's name. locale: "es" or "en".
    Raises ConnectError, PrefixError, CatchUpError, UnknownLesson; each says what to do.
    """
    set_locale(locale)
    background.stop_all()
    errors.forget()
    entry = course.entry(slug)
    names = Names(prefix)
    connection = await asyncio.to_thread(connect, target, account)
    display(connection)
    lesson = Lesson(slug, names, connection)
    await _catch_up(lesson, {"target": target, "prefix": prefix, "locale": locale})
    picture = pipeline_svg(entry.lit, get_locale())
    display(Page(picture, t("picture.today", parts=", ".join(t(f"picture.{part}") for part in entry.lit))))
    return lesson


async def _catch_up(lesson: Lesson, parameters: dict[str, str]) -> None:
    built: list[Built] = []

    def report(resource: Built) -> None:
        built.append(resource)
        print(resource)

    if course.entry(lesson.slug).needs:
        await catch_up(lesson.slug, lesson.names, {"lesson": lesson, **parameters}, report)
        if not built:
            print(t("catchup.nothing"))
