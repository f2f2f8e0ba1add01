"""A stream as a log: two shards, records in order of arrival, each reader with a bookmark of its own.

python -m helpers.pictures.stream_log    writes notebooks/pictures/stream_log.{es,en}.svg, which lesson 1 shows
"""

from __future__ import annotations

import html

from helpers import style
from helpers.notebooks import LOCALES, WORKBOOK
from helpers.translate import text

FOLDER = WORKBOOK / "notebooks" / "pictures"
WIDTH, HEIGHT = 960, 345
LANES = (  # of each shard: (partition key, sequence number) in order of arrival
    (("ana", 11), ("eva", 14), ("ana", 15), ("eva", 19), ("ana", 22)),
    (("luis", 12), ("sara", 13), ("luis", 18), ("sara", 20)),
)
TOPS = (74, 224)
LEFT, STEP, BOX_WIDTH, BOX_HEIGHT = 130, 118, 104, 62
BOOKMARKS = (  # reader, shard, how many records it has read there
    ("a", 0, 4),
    ("b", 0, 1),
    ("a", 1, 4),
    ("b", 1, 2),
)
COLOURS = {"a": style.GREEN, "b": style.ORANGE}


def stream_log_svg(locale: str) -> str:
    identity = f"stream-log-{locale}"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='100%' "
        f"style='max-width:{WIDTH}px' role='img' aria-labelledby='{identity}-title {identity}-desc' "
        f'font-family="{style.FONT}">\n'
        + "\n".join(
            [
                f"<title id='{identity}-title'>{_text('title', locale)}</title>",
                f"<desc id='{identity}-desc'>{_text('description', locale)}</desc>",
                f"<rect width='{WIDTH}' height='{HEIGHT}' rx='8' fill='{style.PAPER}'/>",
                _words(LEFT, 30, f"← {_text('oldest', locale)}", "start"),
                _words(WIDTH - 20, 30, f"{_text('newest', locale)} →", "end"),
                *(_lane(shard, locale) for shard in range(len(LANES))),
                *(_bookmark(*bookmark, locale) for bookmark in BOOKMARKS),
            ]
        )
        + "\n</svg>\n"
    )


def _lane(shard: int, locale: str) -> str:
    top, records = TOPS[shard], LANES[shard]
    boxes = [_record(_x(place), top, key, str(number)) for place, (key, number) in enumerate(records)]
    return (
        _words(20, top + 38, f"shard {shard}", "start", weight=700, size=18)
        + f"<path d='M{LEFT - 14} {top - 8}H{WIDTH - 20}M{LEFT - 14} {top + BOX_HEIGHT + 8}H{WIDTH - 20}' "
        f"stroke='{style.LINE}' stroke-width='2'/>" + "".join(boxes) + _next(_x(len(records)), top, locale)
    )


def _record(x: float, top: int, key: str, number: str) -> str:
    return (
        f"<rect x='{x}' y='{top}' width='{BOX_WIDTH}' height='{BOX_HEIGHT}' rx='6' fill='#e3ecf5' "
        f"stroke='{style.BLUE}' stroke-width='1.5'/>"
        + _words(x + BOX_WIDTH / 2, top + 26, key, "middle", weight=600)
        + _words(x + BOX_WIDTH / 2, top + 49, number, "middle", size=15)
    )


def _next(x: float, top: int, locale: str) -> str:
    return (
        f"<rect x='{x}' y='{top}' width='{BOX_WIDTH}' height='{BOX_HEIGHT}' rx='6' fill='none' "
        f"stroke='{style.QUIET}' stroke-width='1.5' stroke-dasharray='6 5'/>"
        + _words(x + BOX_WIDTH / 2, top + 37, _text("next", locale), "middle", size=15)
    )


def _bookmark(reader: str, shard: int, read: int, locale: str) -> str:
    x, y = _x(read) - (STEP - BOX_WIDTH) / 2, TOPS[shard] + BOX_HEIGHT + 10
    colour = COLOURS[reader]
    return (
        f"<path d='M{x} {y}l9 16h-18z' fill='{colour}'/>"
        f"<path d='M{x} {y}V{TOPS[shard] - 8}' stroke='{colour}' stroke-width='2.5' stroke-dasharray='3 3'/>"
        + _words(x, y + 36, _text(f"reader_{reader}", locale), "middle", colour, weight=600)
    )


def _x(place: int) -> float:
    return LEFT + STEP * place


def _words(
    x: float, y: float, words: str, anchor: str, ink: str = style.INK, weight: int = 400, size: int = 16
) -> str:
    return (
        f"<text x='{x}' y='{y}' text-anchor='{anchor}' font-size='{size}' font-weight='{weight}' "
        f"fill='{ink}'>{words}</text>"
    )


def _text(name: str, locale: str) -> str:
    return html.escape(text(f"stream_log.{name}", locale))


def files() -> dict:
    """Path → SVG of the committed pictures."""
    return {FOLDER / f"stream_log.{locale}.svg": stream_log_svg(locale) for locale in LOCALES}


if __name__ == "__main__":
    for path, svg in files().items():
        path.write_text(svg, encoding="utf-8", newline="\n")
