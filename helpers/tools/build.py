"""Writes the notebooks from the lessons' sources, or says which are out of step.

notebooks/{es,en}/ is the learner's build, committed and without outputs; build/solved/{es,en}/ is the solved
one, not committed.
"""

from collections.abc import Callable
from pathlib import Path

import nbformat

from helpers.glossary import data_file, glossary_cells
from helpers.notebooks import LOCALES, WORKBOOK, Cell, learner_cells, lesson_slugs, solved_cells

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def build(workbook: Path = WORKBOOK) -> list[Path]:
    """Writes both builds of every lesson; returns the files that changed."""
    changed = []
    for path, text in (learner_build(workbook) | solved_build(workbook)).items():
        if _text_in(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def stale(workbook: Path = WORKBOOK) -> list[Path]:
    """The committed notebooks that differ from their source, are missing, or have no source."""
    expected = learner_build(workbook)
    found = {
        path for locale in LOCALES for path in learner_folder(locale, workbook).glob("[0-9][0-9]_*.ipynb")
    }
    return sorted(path for path in found | set(expected) if _text_in(path) != expected.get(path))


def learner_folder(locale: str, workbook: Path = WORKBOOK) -> Path:
    return workbook / "notebooks" / locale


def solved_folder(locale: str, workbook: Path = WORKBOOK) -> Path:
    return workbook / "build" / "solved" / locale


def learner_build(workbook: Path = WORKBOOK) -> dict[Path, str]:
    """File → text of the notebooks that learners open."""
    return _notebooks(learner_cells, learner_folder, workbook) | _glossaries(workbook)


def solved_build(workbook: Path = WORKBOOK) -> dict[Path, str]:
    """File → text of the notebooks that run from top to bottom."""
    return _notebooks(solved_cells, solved_folder, workbook)


def _notebooks(cells: Callable, folder: Callable, workbook: Path) -> dict[Path, str]:
    return {
        folder(locale, workbook) / f"{slug}.ipynb": notebook_text(cells(slug, locale, workbook))
        for slug in lesson_slugs(workbook)
        for locale in LOCALES
    }


def _glossaries(workbook: Path) -> dict[Path, str]:
    if not data_file(workbook).exists():
        return {}
    return {
        learner_folder(locale, workbook) / "glossary.ipynb": notebook_text(glossary_cells(locale, workbook))
        for locale in LOCALES
    }


def notebook_text(cells: list[Cell]) -> str:
    """The .ipynb of these cells: valid, without outputs, the same bytes on every system."""
    notebook = nbformat.v4.new_notebook(
        cells=[_notebook_cell(cell) for cell in cells],
        metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}},
    )
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _notebook_cell(cell: Cell) -> nbformat.NotebookNode:
    new_cell = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
    return new_cell(cell.source, id=cell.id, metadata=cell.metadata)


def _text_in(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8") if path.exists() else None
