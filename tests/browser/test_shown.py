"""The judges of what a lesson shows find what they look for, and nothing in what is right."""

import pytest

from helpers.translate import text
from tests.browser.shown import charts_without_table, in_other_words, keys, nameless, said

CHART = "<div class='js-plotly-plot'><svg class='main-svg'></svg></div>"


@pytest.mark.parametrize(
    "shown, locale, pieces",
    [
        (text("lesson.finished", "es"), "es", []),
        (text("lesson.finished", "es"), "en", ["Lección terminada: todo ha funcionado."]),
        ("✓ " + text("catchup.built", "en", what="la tabla", lesson="04"), "es", []),
        (
            "Gráfico detenido.\n  Votos contados: 7",
            "en",
            ["Gráfico detenido. Votos contados:", "Votos contados:"],
        ),
        (
            text("check.still_empty", "en", name="x").replace("`", ""),
            "es",
            ["” is still ...: fill in the exercise's cell, run it and check again."],
        ),
        ('{"message": "The vote is missing or not on the ballot"}', "es", []),
        ("stream PROVISIONED 2 shards", "en", []),
    ],
)
def test_pieces_of_the_other_language_are_found_and_what_is_common_is_not(shown, locale, pieces):
    assert in_other_words(shown, locale) == pieces


@pytest.mark.parametrize(
    "shown, found",
    [
        ("lesson_05.score", ["lesson_05.score"]),
        ("lesson_99.not.written", ["lesson_99.not.written"]),
        ("chart.title: 3", ["chart.title"]),
        ("my.chart.title and chart.titles", []),
        ("lesson_05", []),
    ],
)
def test_keys_are_found_where_a_text_should_stand(shown, found):
    assert keys(shown) == found


@pytest.fixture(scope="module")
def notebook(browser):
    page = browser.new_page()

    def notebook(*outputs: str):
        cells = "".join(
            "<div class='jp-CodeCell'><div class='cm-content'>cell</div>"
            f"<div class='jp-OutputArea-output'>{output}</div></div>"
            for output in outputs
        )
        page.set_content(f"<div class='jp-Notebook'>{cells}<button></button></div>")
        return page.locator(".jp-Notebook")

    yield notebook
    page.close()


@pytest.mark.parametrize(
    "output, roles",
    [
        ("<button></button><button>go</button>", ["button"]),
        ("<img src=''><img alt='a map' src=''>", ["img"]),
        ("<svg role='img'></svg><svg role='img'><title>a way</title></svg>", ["img"]),
        ("<input><label>key <input></label><input type=checkbox>", ["textbox", "checkbox"]),
        ("<select><option>1</option></select>", ["combobox"]),
        ("<iframe srcdoc=''></iframe><iframe srcdoc='' title='a page'></iframe>", ["iframe"]),
        (CHART.replace("</svg>", "<image></image></svg>"), []),
    ],
)
def test_what_has_no_name_is_found(notebook, output, roles):
    assert [role.split()[0] for role in nameless(notebook(output))] == roles


@pytest.mark.parametrize(
    "outputs, without",
    [
        ([CHART], 1),
        ([CHART, "<table></table>"], 0),
        ([CHART + "<table hidden></table>"], 0),
        ([CHART, "words", "<table></table>"], 1),
    ],
)
def test_a_chart_has_a_table_in_its_cell_or_the_next(notebook, outputs, without):
    assert len(charts_without_table(notebook(*outputs))) == without


def test_all_that_is_said_is_text_and_names_but_not_shown_code(notebook):
    shown = said(notebook("<b title='tip'>word</b>", "<div><i aria-label='name'></i></div>"))
    assert {"word", "tip", "name"} <= set(shown.split())
    code = (
        "<pre>None</pre></div><div class='jp-OutputArea-output jp-RenderedMarkdown'><i title='None'>None</i>"
    )
    assert said(notebook(code)).split() == ["None"]
