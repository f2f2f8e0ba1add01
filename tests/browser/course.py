"""The whole course laid out for JupyterLab, and what a learner does in a lesson. Cells are named by words of theirs.

lay_out(folder)        es/, en/ (the learners' notebooks), solved-es/, solved-en/, pictures/
with LessonPage(browser, server) as page:
    page.open("es/02_stream.ipynb")
    page.write("def shards_needed", "def shards_needed(votes, size): ...")
    page.run("def shards_needed")
"""

import shutil
from pathlib import Path

from playwright.sync_api import Locator

from helpers.notebooks import WORKBOOK
from helpers.tools.build import learner_build, solved_build
from tests.browser.lab import LabPage

FIND_CELLS = """source => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, position) =>
    cell.model.type === 'code' && cell.model.sharedModel.getSource().includes(source) ? [position] : [])"""
COUNT_OF_RUNS = """position =>
    window.jupyterapp.shell.currentWidget.content.widgets[position].model.executionCount"""
VOTES = "plot => plot.data[0].y.reduce((sum, votes) => sum + votes, 0)"
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap(cell =>
    cell.model.type !== 'code' ? [] : cell.model.outputs.toJSON().filter(output =>
        output.output_type === 'error' || output.name === 'stderr'
    ).map(output => output.evalue ?? output.text))"""


def lay_out(folder: Path) -> None:
    """Writes both builds of every lesson and what they link to. The workbook's own files are left alone."""
    shutil.copytree(WORKBOOK / "notebooks" / "pictures", folder / "pictures")
    learners = learner_build()
    for path, text in learners.items():
        _write(folder / path.parent.name / path.name, text)
    for path, text in (learners | solved_build()).items():
        _write(folder / f"solved-{path.parent.name}" / path.name, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


class VoteChart:
    """A chart of votes, as drawn."""

    def __init__(self, plot: Locator):
        self._plot = plot

    def votes(self) -> int:
        self._plot.locator(".main-svg").first.wait_for()
        return self._plot.evaluate(VOTES)

    def wait_for(self, total: int) -> None:
        """Waits until it shows `total` votes or more."""
        drawn = [self._plot.element_handle(), total]
        self._plot.page.wait_for_function(f"([plot, total]) => ({VOTES})(plot) >= total", arg=drawn)


class LessonPage(LabPage):
    """A lesson open in JupyterLab."""

    @property
    def notebook(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel .jp-Notebook")

    def cell(self, words: str) -> Locator:
        """The only code cell whose source has `words`."""
        return self.notebook.locator(".jp-Cell").nth(self._position(words))

    def outputs(self, words: str) -> Locator:
        return self.cell(words).locator(".jp-Cell-outputArea")

    def run(self, words: str) -> None:
        """Runs one cell from the keyboard, to its end."""
        position = self._position(words)
        before = self.page.evaluate(COUNT_OF_RUNS, position)
        self.cell(words).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            f"([position, before]) => ![before, null].includes(({COUNT_OF_RUNS})(position))",
            arg=[position, before],
        )

    def write(self, words: str, source: str) -> None:
        """Replaces the cell's source, as one who types."""
        self.cell(words).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def run_from(self, words: str, seconds: float) -> bool:
        """Runs this cell and all below it; False if one failed."""
        self.cell(words).locator(".cm-content").click()
        return self.run_all(seconds, "notebook:run-all-below")

    def errors(self) -> list[str]:
        """What the cells raised or wrote to standard error."""
        return self.page.evaluate(ERRORS)

    def _position(self, words: str) -> int:
        found = self.page.evaluate(FIND_CELLS, words)
        assert len(found) == 1, f"{len(found)} cells have {words!r}"
        return found[0]
