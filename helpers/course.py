"""The lessons as a table: what each needs built before it starts, and which part of the pipeline it is about."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.messages import Friendly
from helpers.notebooks import lesson_slugs
from helpers.translate import t

PIPELINE = ("02_stream", "03_producer", "04_consumer", "05_trigger")
EVERY_PART = ("voter", "api", "producer", "stream", "trigger", "consumer", "table", "chart", "logs", "queue")


@dataclass(frozen=True)
class Entry:
    """needs: the lessons whose `builds` cells catch-up runs. lit: today's parts of the picture."""

    needs: tuple[str, ...]
    lit: tuple[str, ...]


COURSE = {
    "00_start": Entry(PIPELINE, ("voter", "chart")),
    "01_kinesis": Entry((), ("stream",)),
    "02_stream": Entry((), ("stream",)),
    "03_producer": Entry(PIPELINE[:1], ("voter", "api", "producer")),
    "04_consumer": Entry(PIPELINE[:2], ("consumer", "table")),
    "05_trigger": Entry(PIPELINE[:3], ("trigger", "chart")),
    "06_logs": Entry(PIPELINE, ("logs",)),
    "07_practices": Entry(PIPELINE, ("stream", "trigger", "consumer", "queue")),
    "08_dashboard": Entry(PIPELINE, EVERY_PART),
    "09_cleanup": Entry((), EVERY_PART),  # builds nothing: it would be made only to be deleted
}


class UnknownLesson(Friendly):
    """A lesson that the course does not have."""


def entry(slug: str) -> Entry:
    if slug not in COURSE:
        raise UnknownLesson(t("course.unknown", slug=slug, known=", ".join(COURSE)))
    return COURSE[slug]


def next_lesson(slug: str) -> str | None:
    later = [other for other in lesson_slugs() if other > slug]
    return later[0] if later else None
