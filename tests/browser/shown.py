"""What is wrong with what a lesson shows: another language, a key instead of its text, a control without a name.

in_other_words(shown, "es")    pieces of English texts in what a Spanish lesson showed
keys(shown)                    keys of texts, shown as they are
nameless(notebook)             controls and pictures without a name
charts_without_table(notebook)
"""

import re
from functools import cache
from string import Formatter

from playwright.sync_api import Locator

from helpers.notebooks import LOCALES, WORKBOOK
from helpers.translate import entries

LONG = 15  # characters that make a piece of text telling
KEY_OF_A_LESSON = re.compile(r"\blesson_\d\d\.\w+(?:\.\w+)*")


def in_other_words(shown: str, locale: str) -> list[str]:
    """The pieces of texts of the other languages in `shown`, but for what the lessons' functions answer anybody."""
    shown = _spaced(shown)
    return sorted(piece for piece in _foreign_pieces(locale) if piece in shown)


def keys(shown: str) -> list[str]:
    """Keys of texts in `shown`: of those that exist, and of lessons' that may not."""
    known = {key for key in entries() if re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.])", shown)}
    return sorted(known | set(KEY_OF_A_LESSON.findall(shown)))


@cache
def _foreign_pieces(locale: str) -> frozenset[str]:
    functions = [path.read_text(encoding="utf-8") for path in (WORKBOOK / "lambdas").glob("*/*.py")]
    own = "\n".join(map(_spaced, functions + [entry[locale] for entry in entries().values()]))
    others = (entry[other] for entry in entries().values() for other in LOCALES if other != locale)
    return frozenset(piece for text in others for piece in _pieces(text) if piece not in own)


def _pieces(template: str) -> list[str]:
    """The long stretches between a text's {placeholders}."""
    stretches = (_spaced(literal).strip() for literal, *_ in Formatter().parse(template))
    return [stretch for stretch in stretches if len(stretch) >= LONG]


def _spaced(text: str) -> str:
    """One space for each run of them, and no backquotes, which a page shows as code."""
    return " ".join(text.replace("`", "").split())


# --- a notebook in JupyterLab ----------------------------------------------------------------------------------

OUTPUT = ".jp-OutputArea-output"
SAID = """notebook => Array.from(notebook.querySelectorAll(
    '.jp-OutputArea-output, .jp-OutputArea-output :is([title], [aria-label], [alt], [placeholder])'
)).filter(element => !element.matches('.jp-RenderedMarkdown, .jp-RenderedMarkdown *')
).map(element => element.matches('.jp-OutputArea-output')
    ? element.innerText
    : ['title', 'aria-label', 'alt', 'placeholder'].map(name => element.getAttribute(name) ?? '').join(' ')
).join('\\n')"""
CHARTS_ARE_PICTURES = """notebook => notebook.querySelectorAll('.js-plotly-plot').forEach(
    chart => chart.setAttribute('aria-hidden', 'true'))"""
WITHOUT_TABLE = """notebook => {
    const cells = Array.from(notebook.querySelectorAll('.jp-CodeCell'));
    return cells.filter((cell, position) => cell.querySelector('.js-plotly-plot .main-svg')
        && ![cell, cells[position + 1]].some(beside => beside?.querySelector('.jp-OutputArea-output table'))
    ).map(cell => cell.querySelector('.cm-content').innerText);
}"""
NAMELESS = re.compile(  # but sliders: ipywidgets gives their handles no name, only a label before them
    r"^\s*- ((?:button|checkbox|combobox|img|link|progressbar|radio|spinbutton|switch|textbox)"
    r"(?: \[.*\])?):?$",
    re.MULTILINE,
)
UNTITLED_FRAMES = f"{OUTPUT} iframe:not([title])"


def said(notebook: Locator) -> str:
    """All that the notebook's outputs say, in sight or to a screen reader, but the functions' code that they show."""
    return notebook.evaluate(SAID)


def nameless(notebook: Locator) -> list[str]:
    """The roles of controls, pictures and frames that screen readers could not name. Charts have a table instead."""
    notebook.evaluate(CHARTS_ARE_PICTURES)
    shown = notebook.locator(f"{OUTPUT}, .jp-MarkdownOutput")
    found = [role for part in shown.all() for role in NAMELESS.findall(part.aria_snapshot())]
    return found + ["iframe"] * notebook.locator(UNTITLED_FRAMES).count()


def charts_without_table(notebook: Locator) -> list[str]:
    """The cells with a chart whose numbers stand in no table, in the cell or in the next."""
    return notebook.evaluate(WITHOUT_TABLE)
