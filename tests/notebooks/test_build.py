"""The notebooks as files: in step with their sources, without outputs, the same code in both languages."""

import re

import nbformat
import papermill
import pytest

from helpers.notebooks import LOCALES, learner_cells, lesson_slugs
from helpers.tools.build import build, learner_build, learner_folder, solved_folder, stale

LESSONS = [(slug, locale) for slug in lesson_slugs() for locale in LOCALES]


def test_build_writes_both_builds_once(small_workbook):
    written = build(small_workbook)
    assert len(written) == 8
    assert {path.parent for path in written} == {
        folder(locale, small_workbook) for folder in (learner_folder, solved_folder) for locale in LOCALES
    }
    assert build(small_workbook) == []
    assert stale(small_workbook) == []


def test_stale_names_the_edited_the_missing_and_the_orphan(small_workbook):
    build(small_workbook)
    spanish = learner_folder("es", small_workbook)
    edited, missing, orphan = (
        spanish / name for name in ("01_squares.ipynb", "02_sum.ipynb", "03_gone.ipynb")
    )
    edited.write_bytes(edited.read_bytes().replace(b"Cuadrados", b"Cubos"))
    missing.rename(orphan)
    assert stale(small_workbook) == [edited, missing, orphan]


def test_a_learners_own_notebook_is_left_alone(small_workbook):
    own = learner_folder("es", small_workbook) / "mine.ipynb"
    own.parent.mkdir()
    own.write_text("{}")
    build(small_workbook)
    assert stale(small_workbook) == []
    assert own.read_text() == "{}"


def test_lines_end_in_newline_only(small_workbook):
    build(small_workbook)
    for path in small_workbook.rglob("*.ipynb"):
        assert b"\r" not in path.read_bytes()
        assert path.read_bytes().endswith(b"}\n")


def test_the_committed_notebooks_are_in_step_with_their_sources():
    assert [path.name for path in stale()] == []


@pytest.mark.parametrize("slug, locale", LESSONS)
def test_a_committed_notebook_is_clean(slug, locale):
    path = learner_folder(locale) / f"{slug}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert "widgets" not in notebook.metadata
    parameters = papermill.inspect_notebook(path)
    assert {"target", "prefix", "locale"} <= set(parameters)
    assert all(parameter["help"] for parameter in parameters.values())
    assert parameters["locale"]["default"].strip('"') == locale


@pytest.mark.parametrize("slug, locale", LESSONS)
def test_the_pictures_that_a_text_shows_are_there(slug, locale):
    texts = [cell.source for cell in learner_cells(slug, locale) if cell.kind == "markdown"]
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)|<img[^>]*src=\"([^\"]+)", "\n".join(texts))
    for name in map("".join, pictures):
        assert (learner_folder(locale) / name).is_file(), name


@pytest.mark.parametrize("slug", lesson_slugs())
def test_both_languages_have_the_same_code(slug):
    texts = learner_build()
    spanish, english = (
        [
            (cell.id, cell.source.replace(f'"{locale}"', ""))
            for cell in nbformat.reads(texts[learner_folder(locale) / f"{slug}.ipynb"], as_version=4).cells
            if cell.cell_type == "code"
        ]
        for locale in LOCALES
    )
    assert spanish == english
