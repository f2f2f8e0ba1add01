"""Running lessons: what papermill lets pass fails here, and what failed is said in two lines."""

import nbformat
import pytest

from helpers.notebooks import localise, parse
from helpers.tools import Failure, run
from helpers.tools.build import notebook_text
from helpers.tools.run import LessonFailed, judge, lessons_named, run_folder, run_lesson, run_lessons

PARAMETERS = '# %% tags=["parameters"]\nprefix: str = "f1-vote"\n\n'


def run_source(source, folder, **parameters):
    notebook = folder / "01_x.ipynb"
    notebook.write_text(
        notebook_text(localise(parse(PARAMETERS + source, "01_x.py"), "es")), encoding="utf-8"
    )
    return run_lesson(notebook, folder / "out" / "01_x", folder, parameters)


@pytest.mark.parametrize(
    "source, message, error",
    [
        (
            "# %%\nx = 0\n1 / x\n",
            "01_x, cell [2]: x = 0\n  ZeroDivisionError: division by zero",
            "ZeroDivisionError",
        ),
        (
            "# %%\nraise SystemExit\n\n# %%\nx = 1\n",
            "01_x, cell [2]: raise SystemExit\n  the cell ended the lesson: SystemExit",
            "SystemExit",
        ),
        (
            "# %%\nfrom threading import Thread\n\nt = Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\n",
            "01_x, cell [2]: from threading import Thread\n  error output: ZeroDivisionError: division by zero",
            "",
        ),
        ("# %%\nimport os\n\nos._exit(1)\n", "01_x, cell [*]: import os\n  its kernel died", ""),
    ],
    ids=["raises", "exits", "error in a thread", "dead kernel"],
)
def test_a_lesson_that_goes_wrong_fails(source, message, error, tmp_path):
    with pytest.raises(LessonFailed) as failed:
        run_source(source, tmp_path)
    assert str(failed.value) == message
    assert failed.value.error == error
    assert (tmp_path / "out" / "01_x.html").exists()


def test_a_cell_that_was_passed_over_fails():
    cells = [
        nbformat.v4.new_code_cell(source, execution_count=count)
        for source, count in (("x = 1", 1), ("x", None))
    ]
    with pytest.raises(LessonFailed) as failed:
        judge("01_x", nbformat.v4.new_notebook(cells=cells))
    assert str(failed.value) == "01_x, cell [ ]: x\n  the cell did not run: one before it ended the kernel"


def test_a_cell_that_does_not_end_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "CELL_SECONDS", 1)
    with pytest.raises(LessonFailed) as failed:
        run_source("# %%\nwhile True:\n    pass\n", tmp_path)
    assert str(failed.value) == "01_x, cell [*]: while True:\n  the cell did not end within 1 s"


def test_a_parameter_that_the_lesson_does_not_have_fails(tmp_path):
    with pytest.raises(LessonFailed, match="01_x, parameters\n  the lesson does not know colour, shape"):
        run_source("", tmp_path, prefix="x", shape="y", colour="z")


def test_a_page_says_where_a_widget_is_instead_of_its_text_form(tmp_path):
    run_source("# %%\nfrom ipywidgets import Button\n\nButton(description='Vote')\n", tmp_path)
    page = (tmp_path / "out" / "01_x.html").read_text(encoding="utf-8")
    assert "<em>widget</em> · JupyterLab" in page
    assert "ButtonStyle" not in page


def test_lessons_run_in_order_with_their_parameters_and_leave_reports(small_workbook, capsys):
    assert run_lessons(["01_squares", "02_sum"], "en", {"prefix": "team-7"}, workbook=small_workbook) == []
    assert capsys.readouterr().out == "ran 01_squares\nran 02_sum\n"
    folder = run_folder("en", small_workbook)
    assert sorted(path.name for path in folder.iterdir()) == [
        "01_squares.html",
        "01_squares.ipynb",
        "02_sum.html",
        "02_sum.ipynb",
    ]
    printed = [
        output.text
        for cell in nbformat.read(folder / "01_squares.ipynb", as_version=4).cells
        for output in cell.get("outputs", ())
        if output.output_type == "stream"
    ]
    assert printed == ["team-7 en [1, 4, 9]\n"]


@pytest.mark.parametrize("stop, ran", [(False, ["00_broken", "02_sum"]), (True, ["00_broken"])])
def test_a_failure_is_told_and_stops_the_rest_only_when_asked(stop, ran, small_workbook, capsys):
    broken = small_workbook / "notebooks" / "source" / "00_broken.py"
    broken.write_text(PARAMETERS + '# %%\nraise ValueError("no\\nway")\n', encoding="utf-8")
    failures = run_lessons(["00_broken", "02_sum"], "es", {}, stop_on_failure=stop, workbook=small_workbook)
    page = run_folder("es", small_workbook) / "00_broken.html"
    assert [str(failure) for failure in failures] == [
        '00_broken, cell [2]: raise ValueError("no\\nway")\n  ValueError: no'
    ]
    assert f"FAILED {failures[0]}\n  See {page}\n" in capsys.readouterr().out
    assert [path.stem for path in sorted(page.parent.glob("*.html"))] == ran


@pytest.mark.parametrize(
    "names, slugs",
    [
        ([], ["01_squares", "02_sum"]),
        (["02"], ["02_sum"]),
        (["02_sum", "01"], ["01_squares", "02_sum"]),
        (["0"], ["01_squares", "02_sum"]),
    ],
)
def test_a_lesson_is_named_by_how_its_name_starts(names, slugs, small_workbook):
    assert lessons_named(names, small_workbook) == slugs


def test_an_unknown_lesson_is_refused_with_the_known_ones(small_workbook):
    with pytest.raises(Failure, match=r"No lesson starts with '07'\. The lessons are: 01_squares, 02_sum\."):
        lessons_named(["01", "07"], small_workbook)


def test_a_workbook_without_lessons_is_refused(tmp_path):
    with pytest.raises(Failure, match="There is no lesson in notebooks/source"):
        lessons_named([], tmp_path)
