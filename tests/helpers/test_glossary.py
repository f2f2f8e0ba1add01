"""The glossary: both languages, known lessons, and every link to it finds its term; the map of lesson 0 in step."""

import re

import pytest

from helpers.course import COURSE
from helpers.glossary import glossary_cells, terms
from helpers.notebooks import LOCALES, learner_cells, lesson_slugs

TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
MINUTES = re.compile(r"\*\*(\d+) min\*\* \((\d+) [^+]+\+ (\d+) ")


def texts(slug: str, locale: str) -> str:
    return "\n".join(cell.source for cell in learner_cells(slug, locale) if cell.kind == "markdown")


def test_every_term_has_both_names_one_sentence_in_each_language_and_a_lesson():
    for term in terms():
        for locale in LOCALES:
            assert term.name[locale] == term.name[locale].strip() != ""
            assert term.meaning[locale].endswith(".") and len(term.meaning[locale]) < 200
        assert term.lesson in COURSE


def test_no_two_terms_share_a_cell():
    ids = [term.cell_id for term in terms()]
    assert len(ids) == len(set(ids)) >= 40
    assert all(re.fullmatch("[a-z0-9-]{1,64}", cell_id) for cell_id in ids)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_notebook_has_a_heading_for_each_term_in_alphabetical_order(locale):
    title, *entries = glossary_cells(locale)
    headings = [entry.source.split("\n")[0].removeprefix("### ") for entry in entries]
    assert sorted(headings) == sorted(term.name[locale] for term in terms())
    linked = re.findall(r"\(#cell-id=([^)]+)\)", title.source)
    assert linked == [entry.id for entry in entries]
    first = {"es": "API HTTP", "en": "ARN"}[locale]
    assert headings[0] == first and headings.index("hash") < headings.index("LATEST")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("slug", lesson_slugs())
def test_what_a_lesson_links_to_is_in_the_glossary(slug, locale):
    links = re.findall(r"glossary\.ipynb#([^)\s]+)", texts(slug, locale))
    assert {f"#{link}" for link in links} <= {term.fragment for term in terms()}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("slug", lesson_slugs())
def test_the_map_in_lesson_0_says_title_and_minutes_as_the_lesson_does(slug, locale):
    lesson = texts(slug, locale)
    title = TITLE.search(lesson)[1]
    minutes, walking, exercises = map(int, MINUTES.search(lesson).groups())
    assert minutes == walking + exercises
    link = title if slug == "00_start" else f"[{title}]({slug}.ipynb)"
    assert f"| {link} | {minutes} |" in texts("00_start", locale)
