"""The widgets in JupyterLab, while a cell awaits a crowd: clicks and keys work, the chart moves, a reload keeps it."""

import pytest

from helpers.notebooks import Cell
from helpers.tools.build import notebook_text
from tests.browser.lab import LabPage, LabServer, chromium

CELLS = [
    """
from collections import Counter
from helpers import Crowd, LiveChart, VoteButtons, VoteForm
votes = Counter()
def cast_vote(code):
    if code == "HAM":
        raise RuntimeError("the stream is gone")
    votes[code] += 1
LiveChart(lambda: votes, every=0.2).start()
""",
    "VoteButtons(cast_vote)",
    "VoteForm(lambda code: (200, {'message': f'recibido {code}'}))",
    """
crowd = Crowd(lambda code: None, voters=1000, seconds=36000)
display(crowd)
tally = await crowd.run()
tally.sent.total() < 1000
""",
]
BARS = "() => Array.from(document.querySelector('.js-plotly-plot').data[0].y)"
SUM_IS = "total => document.querySelector('.js-plotly-plot').data[0].y.reduce((a, b) => a + b, 0) === total"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def lab(browser, tmp_path):
    cells = [Cell("code", source.strip(), f"cell-{position}", {}) for position, source in enumerate(CELLS)]
    (tmp_path / "widgets.ipynb").write_text(notebook_text(cells), encoding="utf-8")
    with LabServer(tmp_path, "es") as server, LabPage(browser, server) as page:
        yield page


def test_clicks_and_keys_work_and_the_chart_moves_while_a_cell_awaits(lab):
    lab.open("widgets.ipynb")
    page = lab.page
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    page.get_by_role("button", name="Parar").wait_for()

    page.get_by_role("button", name="VER · Max Verstappen").click()
    page.wait_for_function(SUM_IS, arg=1)
    page.get_by_role("button", name="VER · Max Verstappen").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(SUM_IS, arg=2)
    page.get_by_text("enviados: 2", exact=True).wait_for()

    page.get_by_role("button", name="HAM").click()
    page.get_by_text("RuntimeError: the stream is gone").wait_for()

    page.get_by_label("Piloto").select_option(label="NOR · Lando Norris (McLaren)")
    page.get_by_role("button", name="Enviar voto").click()
    page.get_by_text("recibido NOR").wait_for()

    page.get_by_role("button", name="Parar").click()
    page.locator(".jp-OutputArea-executeResult", has_text="True").wait_for()

    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    lab.open("widgets.ipynb")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    assert sum(page.evaluate(BARS)) == 2
    assert lab.complaints == []
    assert lab.outside == []
