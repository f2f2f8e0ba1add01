"""Every lesson, run from top to bottom against a real local region of its own."""

from pathlib import Path

import nbformat
import pytest

from helpers.notebooks import Cell, learner_cells, lesson_slugs, solved_cells
from helpers.region import process
from helpers.region.state import STATE_VARIABLE
from helpers.tools.build import learner_folder, notebook_text
from helpers.tools.run import LessonFailed, run_lesson

LESSONS = lesson_slugs()
WITH_EXERCISES = [
    slug for slug in LESSONS if any("exercise" in cell.tags for cell in solved_cells(slug, "es"))
]


@pytest.fixture(scope="module")
def courses_region(tmp_path_factory):
    """One region for the whole course, empty before its first lesson."""
    yield from _region_in(tmp_path_factory.mktemp("course"))


@pytest.fixture
def empty_region(tmp_path):
    """A region that no lesson has touched."""
    yield from _region_in(tmp_path / "region")


def _region_in(folder: Path):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(STATE_VARIABLE, str(folder))
        yield
        process.stop()


def run(slug: str, locale: str, cells: list[Cell], folder: Path, **parameters: str) -> None:
    notebook = folder / f"{slug}.ipynb"
    notebook.write_text(notebook_text(cells), encoding="utf-8")
    run_lesson(notebook, folder / "out" / slug, learner_folder(locale), parameters)


@pytest.mark.parametrize("slug", LESSONS)
def test_the_lessons_run_one_after_the_other(slug, courses_region, tmp_path):
    run(slug, "es", solved_cells(slug, "es"), tmp_path)


@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_opened_first_catches_up(slug, empty_region, tmp_path):
    run(slug, "en", solved_cells(slug, "en"), tmp_path, prefix="team-7")


@pytest.mark.parametrize("slug", WITH_EXERCISES)
def test_a_learner_who_ran_all_without_solving_gets_a_hint_at_the_first_check(slug, empty_region, tmp_path):
    with pytest.raises(LessonFailed) as stopped:
        run(slug, "es", learner_cells(slug, "es"), tmp_path)
    assert stopped.value.error == "CheckFailed", stopped.value
    executed = nbformat.read(tmp_path / "out" / f"{slug}.ipynb", as_version=4)
    (checking,) = [cell for cell in executed.cells if _errors(cell)]
    assert "lesson.check(" in checking.source
    (error,) = _errors(checking)
    assert len(error.traceback) == 1
    assert error.evalue in error.traceback[0]


def _errors(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for output in cell.get("outputs", ()) if output.output_type == "error"]
