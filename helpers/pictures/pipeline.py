"""The whole pipeline in one picture, with today's parts lit.

python -m helpers.pictures.pipeline    writes notebooks/pictures/pipeline.{es,en}.svg, which README shows
"""

from __future__ import annotations

import html
from collections.abc import Collection
from itertools import pairwise

from helpers import style
from helpers.notebooks import LOCALES, WORKBOOK
from helpers.translate import text

FOLDER = WORKBOOK / "notebooks" / "pictures"
WIDTH, HEIGHT = 960, 300
BOX_WIDTH, BOX_HEIGHT = 138, 66
COLUMNS = [10 + 160 * column for column in range(6)]
ROWS = [30, 172]

PLACES = {  # part: (column, row)
    "voter": (0, 0),
    "api": (1, 0),
    "producer": (2, 0),
    "stream": (3, 0),
    "trigger": (4, 0),
    "logs": (1, 1),
    "chart": (2, 1),
    "table": (3, 1),
    "consumer": (4, 1),
    "queue": (5, 1),
}
LIT = (style.BLUE, style.INK, 3, style.PAPER)  # fill, stroke, stroke width, ink
UNLIT = ("#f5f7fa", style.QUIET, 1.5, style.INK)
VOTES_GO = ["voter", "api", "producer", "stream", "trigger", "consumer", "table", "chart"]


def pipeline_svg(lit: Collection[str], locale: str) -> str:
    """An SVG of the pipeline whose parts in `lit` stand out, by colour, by frame and by a word."""
    if unknown := set(lit) - PLACES.keys():
        raise ValueError(f"The picture has no {', '.join(sorted(unknown))}; it has {', '.join(PLACES)}.")
    identity = f"pipeline-{locale}-{'-'.join(lit)}"
    parts = [
        f"<title id='{identity}-title'>{_text('picture.title', locale)}</title>",
        f"<desc id='{identity}-desc'>{_description(lit, locale)}</desc>",
        _arrow_heads(identity),
        f"<rect width='{WIDTH}' height='{HEIGHT}' rx='8' fill='{style.PAPER}'/>",
        *_arrows(identity),
        *(_box(part, part in lit and len(lit) < len(PLACES), locale) for part in PLACES),
    ]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='100%' "
        f"style='max-width:{WIDTH}px' role='img' aria-labelledby='{identity}-title {identity}-desc' "
        f'font-family="{style.FONT}">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _description(lit: Collection[str], locale: str) -> str:
    described = _text("picture.description", locale)
    if not lit:
        return described
    names = ", ".join(text(f"picture.{part}", locale) for part in lit)
    return f"{described} {html.escape(text('picture.today', locale, parts=names))}"


def _box(part: str, is_lit: bool, locale: str) -> str:
    column, row = PLACES[part]
    x, y = COLUMNS[column], ROWS[row]
    fill, stroke, width, ink = LIT if is_lit else UNLIT
    name, service = text(f"picture.{part}", locale), text(f"picture.{part}.service", locale)
    lines = [
        f"<rect x='{x}' y='{y}' width='{BOX_WIDTH}' height='{BOX_HEIGHT}' rx='8' fill='{fill}' stroke='{stroke}' "
        f"stroke-width='{width}'/>",
        _words(_middle(part), y + 29, name, ink, size=16, weight=600),
        _words(_middle(part), y + 51, service, ink, size=13),
    ]
    if is_lit:
        today = f"▼ {text('picture.lit', locale)}"
        lines.append(_words(x + 28, y - 8, today, style.BLUE, size=14, weight=700))  # beside the arrows
    return f"<g>{''.join(lines)}</g>"


def _words(x: float, y: float, words: str, ink: str, size: int, weight: int = 400) -> str:
    return (
        f"<text x='{x}' y='{y}' text-anchor='middle' font-size='{size}' font-weight='{weight}' fill='{ink}'>"
        f"{html.escape(words)}</text>"
    )


# --- arrows -------------------------------------------------------------------------------------------------------


def _arrows(identity: str) -> list[str]:
    """The votes' way, solid; logs and failed batches, dashed."""
    votes = [_arrow(_straight(one, other), identity) for one, other in pairwise(VOTES_GO)]
    between = (ROWS[0] + BOX_HEIGHT + ROWS[1]) / 2 - 8
    under = ROWS[1] + BOX_HEIGHT + 28
    producer, logs = _middle("producer"), _middle("logs")
    consumer, trigger_right, queue = _middle("consumer"), COLUMNS[4] + BOX_WIDTH, _middle("queue")
    top, bottom = ROWS[0] + BOX_HEIGHT, ROWS[1] + BOX_HEIGHT
    dashed = [
        f"M{producer} {top}V{between}H{logs + 45}V{ROWS[1] - 4}",
        f"M{consumer} {bottom}V{under}H{logs}V{bottom + 4}",
        f"M{trigger_right} {ROWS[0] + BOX_HEIGHT / 2}H{queue}V{ROWS[1] - 4}",
    ]
    return votes + [_arrow(path, identity, dashed=True) for path in dashed]


def _straight(one: str, other: str) -> str:
    (column, row), (to_column, to_row) = PLACES[one], PLACES[other]
    if column == to_column:
        return f"M{_middle(one)} {ROWS[row] + BOX_HEIGHT}V{ROWS[to_row] - 4}"
    y = ROWS[row] + BOX_HEIGHT / 2
    if to_column > column:
        return f"M{COLUMNS[column] + BOX_WIDTH} {y}H{COLUMNS[to_column] - 4}"
    return f"M{COLUMNS[column]} {y}H{COLUMNS[to_column] + BOX_WIDTH + 4}"


def _arrow(path: str, identity: str, dashed: bool = False) -> str:
    look = (
        f"stroke='{style.QUIET}' stroke-dasharray='6 5' stroke-width='1.5'"
        if dashed
        else (f"stroke='{style.INK}' stroke-width='2.5'")
    )
    return f"<path d='{path}' fill='none' {look} marker-end='url(#{identity}-head)'/>"


def _arrow_heads(identity: str) -> str:
    return (
        f"<marker id='{identity}-head' viewBox='0 0 10 10' refX='8' refY='5' markerWidth='12' markerHeight='12' "
        f"markerUnits='userSpaceOnUse' orient='auto'><path d='M0 0L10 5L0 10z' fill='{style.INK}'/></marker>"
    )


def _middle(part: str) -> float:
    return COLUMNS[PLACES[part][0]] + BOX_WIDTH / 2


def _text(key: str, locale: str) -> str:
    return html.escape(text(key, locale))


def files() -> dict:
    """Path → SVG of the committed pictures."""
    return {FOLDER / f"pipeline.{locale}.svg": pipeline_svg((), locale) for locale in LOCALES}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, svg in files().items():
        path.write_text(svg, encoding="utf-8", newline="\n")
