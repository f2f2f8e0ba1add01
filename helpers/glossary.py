"""The glossary: notebooks/source/glossary.json becomes notebooks/{es,en}/glossary.ipynb, a heading for each term.

    terms()                    every term
    glossary_cells("es")       the notebook's cells, in that language's alphabetical order

A lesson of either language links to a term by its cell, whose id is the English name in lower case with hyphens:
[lote](glossary.ipynb#cell-id=batch). JupyterLab finds cells, but not headings with accents; the first link clicked,
which opens the glossary, stops at its index.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from helpers.notebooks import WORKBOOK, Cell, lesson_slugs, source_folder
from helpers.translate import text


@dataclass(frozen=True)
class Term:
    """`name` and `meaning` by language; `lesson`: the slug of the one where it first matters."""

    name: dict[str, str]
    meaning: dict[str, str]
    lesson: str

    @property
    def cell_id(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name["en"].lower())

    @property
    def fragment(self) -> str:
        """What a link to the term ends in."""
        return f"#cell-id={self.cell_id}"


def data_file(workbook: Path = WORKBOOK) -> Path:
    return source_folder(workbook) / "glossary.json"


def terms(workbook: Path = WORKBOOK) -> list[Term]:
    listed = json.loads(data_file(workbook).read_text(encoding="utf-8"))
    return [
        Term(
            {"es": each["es"], "en": each["en"]},
            {"es": each["meaning_es"], "en": each["meaning_en"]},
            each["lesson"],
        )
        for each in listed
    ]


def glossary_cells(locale: str, workbook: Path = WORKBOOK) -> list[Cell]:
    """A cell with title and index, then a cell for each term."""
    ordered = sorted(terms(workbook), key=lambda term: _alphabetical(term.name[locale]))
    lessons = lesson_slugs(workbook)
    index = " · ".join(f"[{term.name[locale]}]({term.fragment})" for term in ordered)
    title = f"# {text('glossary.title', locale)}\n\n{text('glossary.intro', locale)}\n\n{index}"
    return [
        Cell("markdown", title, "glossary", {}),
        *(Cell("markdown", _entry(term, locale, lessons), term.cell_id, {}) for term in ordered),
    ]


def _entry(term: Term, locale: str, lessons: list[str]) -> str:
    other = {"es": "en", "en": "es"}[locale]
    number = str(int(term.lesson[:2]))
    link = f"[{number}]({term.lesson}.ipynb)" if term.lesson in lessons else number
    heads = text("glossary.other", locale, term=term.name[other]), text("glossary.lesson", locale, link=link)
    return f"### {term.name[locale]}\n\n{' · '.join(heads)}\n\n{term.meaning[locale]}"


def _alphabetical(name: str) -> str:
    """The order of a dictionary: capitals and accents do not count."""
    plain = unicodedata.normalize("NFD", name.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))
