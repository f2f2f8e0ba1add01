"""The numbers 0 … 2¹²⁸ − 1 as a line cut into shards, and where a partition key's hash lands on it.

python -m helpers.pictures.shard_line    writes notebooks/pictures/shard_line.{es,en}.svg, which lesson 1 shows
"""

from __future__ import annotations

import html

from helpers import style
from helpers.hash_space import Landing, land
from helpers.notebooks import LOCALES, WORKBOOK
from helpers.translate import text

FOLDER = WORKBOOK / "notebooks" / "pictures"
WIDTH, HEIGHT = 960, 186
LEFT, RIGHT, TOP, BOTTOM = 20, 940, 70, 120
PALE = ("#e3ecf5", "#f5f7fa")  # neighbours differ
EXAMPLE_KEY, EXAMPLE_SHARDS = "ana", 4


def shard_line_svg(shards: int, landing: Landing | None, locale: str) -> str:
    """An SVG of the line. landing: the key to mark, or None for the shards alone."""
    drawn = [_segment(shard, shards, landing) for shard in range(shards)]
    marked = [_needle(landing)] if landing else []
    ends = [
        _words(LEFT, BOTTOM + 54, "0", "start"),
        _words(RIGHT, BOTTOM + 54, "2¹²⁸ − 1", "end"),
    ]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='100%' "
        f"style='max-width:{WIDTH}px' role='img' aria-label=\"{html.escape(describe(shards, landing, locale))}\" "
        f'font-family="{style.FONT}">\n'
        f"<rect width='{WIDTH}' height='{HEIGHT}' rx='8' fill='{style.PAPER}'/>\n"
        + "\n".join(drawn + marked + ends)
        + "\n</svg>\n"
    )


def describe(shards: int, landing: Landing | None, locale: str) -> str:
    """The picture in a sentence."""
    if landing is None:
        return text("shard_map.picture", locale, shards=shards)
    return text("shard_map.picture_key", locale, shards=shards, key=landing.key, shard=landing.shard)


def _segment(shard: int, shards: int, landing: Landing | None) -> str:
    width = (RIGHT - LEFT) / shards
    x = LEFT + width * shard
    is_lit = landing is not None and landing.shard == shard
    fill = style.BLUE if is_lit else PALE[shard % 2]
    ink, weight = (style.BLUE, 700) if is_lit else (style.INK, 400)
    name = _words(x + width / 2, BOTTOM + 26, f"shard {shard}", "middle", ink, weight)
    return (
        f"<rect x='{x:.1f}' y='{TOP}' width='{width:.1f}' height='{BOTTOM - TOP}' fill='{fill}' "
        f"stroke='{style.INK}' stroke-width='{2.5 if is_lit else 1}'/>{name}"
    )


def _needle(landing: Landing) -> str:
    x = LEFT + (RIGHT - LEFT) * landing.share
    anchor = "start" if x < 150 else "end" if x > WIDTH - 150 else "middle"
    key = landing.key if len(landing.key) <= 24 else landing.key[:23] + "…"
    return (
        f"<path d='M{x - 9:.1f} {TOP - 18}H{x + 9:.1f}L{x:.1f} {TOP - 2}z' fill='{style.RED}'/>"
        f"<path d='M{x:.1f} {TOP - 2}V{BOTTOM}' stroke='{style.PAPER}' stroke-width='7'/>"
        f"<path d='M{x:.1f} {TOP - 2}V{BOTTOM}' stroke='{style.RED}' stroke-width='3'/>"
        + _words(max(LEFT, min(RIGHT, x)), TOP - 28, key, anchor, style.INK, 600)
    )


def _words(
    x: float, y: float, words: str, anchor: str, ink: str = style.INK, weight: int = 400, size: int = 16
) -> str:
    return (
        f"<text x='{x:.1f}' y='{y}' text-anchor='{anchor}' font-size='{size}' font-weight='{weight}' "
        f"fill='{ink}'>{html.escape(words)}</text>"
    )


def files() -> dict:
    """Path → SVG of the committed pictures."""
    example = land(EXAMPLE_KEY, EXAMPLE_SHARDS)
    return {
        FOLDER / f"shard_line.{locale}.svg": shard_line_svg(EXAMPLE_SHARDS, example, locale)
        for locale in LOCALES
    }


if __name__ == "__main__":
    for path, svg in files().items():
        path.write_text(svg, encoding="utf-8", newline="\n")
