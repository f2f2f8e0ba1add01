"""The small workbook in JupyterLab, and its reports as pages: widgets live, and nothing leaves the machine."""

import shutil

import pytest

from helpers.tools.build import build, learner_folder, solved_folder
from helpers.tools.run import run_folder, run_lesson
from tests.browser.lab import LabPage, LabServer, OfflinePage, chromium


@pytest.fixture
def lab(browser, small_workbook):
    build(small_workbook)
    shutil.copytree(solved_folder("es", small_workbook), small_workbook / "notebooks" / "solved")
    with LabServer(small_workbook / "notebooks", "es") as server, LabPage(browser, server) as page:
        yield page


def test_a_solved_lesson_runs_in_jupyterlab_with_its_widgets_and_chart(lab):
    lab.open("solved/01_squares.ipynb")
    assert lab.run_all()
    assert lab.output(5) == "f1-vote es [1, 4, 9]\n"
    assert lab.page.locator(".jp-NotebookPanel .jp-Cell").nth(7).locator("input").input_value() == "2"
    assert lab.chart() == [1, 4, 9]
    lab.page.get_by_role("button", name="+1").click()
    lab.page.wait_for_function("() => document.querySelector('.widget-text input').value === '3'")
    assert lab.complaints == []
    assert lab.outside == []


def test_a_learner_sees_the_hint_the_folded_solution_and_a_spanish_interface(lab):
    lab.open("es/01_squares.ipynb")
    assert not lab.run_all()
    assert lab.output(7) == "CheckFailed: Falta la lista."
    folded = lab.page.locator("details")
    assert not folded.locator("code").is_visible()
    folded.locator("summary").click()
    assert folded.locator("code").text_content() == "squares = [number**2 for number in numbers]"
    assert lab.page.locator(".lm-MenuBar-itemLabel").first.text_content() == "Archivo"
    assert lab.complaints == []
    assert lab.outside == []


def test_a_report_opens_offline_with_its_chart_and_pictures(browser, small_workbook):
    build(small_workbook)
    out = run_folder("es", small_workbook) / "01_squares"
    notebook = solved_folder("es", small_workbook) / "01_squares.ipynb"
    run_lesson(notebook, out, cwd=learner_folder("es", small_workbook))
    with OfflinePage(browser) as report:
        report.page.goto(out.with_suffix(".html").as_uri())
        assert report.chart() == [1, 4, 9]
        assert report.page.get_by_role("img", name="Un cuadrado").evaluate("image => image.naturalWidth") > 0
        assert report.complaints == []
        assert report.outside == []


@pytest.mark.parametrize("ci, outcome", [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_a_browser_the_tests_skip_aloud_but_fail_in_ci(ci, outcome, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="No Chromium here"), chromium():
        pass
