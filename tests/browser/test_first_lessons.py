"""What lessons 0 and 1 bring, in JupyterLab: the page answers, keys move the shard map, a link finds its term."""

import pytest

from helpers.glossary import glossary_cells
from helpers.notebooks import Cell
from helpers.tools.build import notebook_text
from tests.browser.lab import LabPage, LabServer

CODE = [
    "from helpers import check_installation, SignOfLife, ShardMap, Prediction\ncheck_installation('es')",
    "SignOfLife()",
    "ShardMap('ana', shards=4)",
    "prediction = Prediction({'one': '¿Cuántos?'}, [1, 2, 3, 4])\nprediction",
    "prediction.compare({'one': 3})",
]
LINK = "[número](glossary.ipynb#cell-id=sequence-number)"
IN_VIEW = """name => {
    const heading = document.querySelector(`h3[data-jupyter-id="${name}"]`)?.getBoundingClientRect();
    return heading && heading.top > 0 && heading.bottom < window.innerHeight;
}"""
BAR_IS = "height => document.querySelector('.js-plotly-plot').data[0].y[0] === height"


@pytest.fixture
def lab(browser, tmp_path):
    cells = [Cell("code", source, f"cell-{position}", {}) for position, source in enumerate(CODE)]
    cells.append(Cell("markdown", LINK, "link", {}))
    (tmp_path / "first.ipynb").write_text(notebook_text(cells), encoding="utf-8")
    (tmp_path / "glossary.ipynb").write_text(notebook_text(glossary_cells("es")), encoding="utf-8")
    with LabServer(tmp_path, "es") as server, LabPage(browser, server) as page:
        yield page


def test_the_page_answers_and_every_control_does_its_work(lab):
    lab.open("first.ipynb")
    assert lab.run_all()
    page = lab.page

    assert "JupyterLab y kernelen el mismo entorno" in lab.output(0)
    page.get_by_text("La página y Python se hablan: los widgets funcionan.").wait_for()
    page.wait_for_selector(".js-plotly-plot .main-svg")
    page.get_by_role("slider").nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(BAR_IS, arg=4)

    page.get_by_label("Partition key").fill("anb")
    page.get_by_role("img", name="La clave «anb» cae en el shard 3.").wait_for()
    page.get_by_role("slider").nth(1).focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("img", name="repartida entre 3 shards").wait_for()

    page.get_by_role("radio", name="3").check()
    page.evaluate(
        """() => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = 4;
            window.jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    page.get_by_text("✓ acertaste").wait_for()

    page.get_by_role("link", name="número", exact=True).click()
    page.get_by_role("heading", name="Glosario").wait_for()
    page.get_by_role("link", name="ventana de lotes").click()
    page.wait_for_function(IN_VIEW, arg="ventana-de-lotes")
    page.get_by_role("tab", name="first.ipynb").click()
    page.get_by_role("link", name="número", exact=True).click()
    page.wait_for_function(IN_VIEW, arg="número-de-secuencia")
    assert lab.complaints == []
    assert lab.outside == []
