"""One look for everything the workbook draws: colours, letters, panels, and the charts' template.

The colours are told apart by colour-blind eyes (Okabe and Ito's palette, darkened for text on white) and every
colour comes with a sign or a word. The sizes are meant for a projector.
"""

from __future__ import annotations

import html

INK, PAPER, QUIET, LINE = "#1f2933", "#ffffff", "#52606d", "#cbd2d9"
BLUE, GREEN, ORANGE, RED = "#0b5fa5", "#00704f", "#9a4a00", "#b3261e"
# Families without quotes: they stand in style='…' attributes.
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Ubuntu, Noto Sans, sans-serif"
MONO = "ui-monospace, SF Mono, Consolas, DejaVu Sans Mono, monospace"

KINDS = {  # kind of panel: its colour, its background, its sign
    "info": (BLUE, "#eef5fb", "ℹ"),
    "good": (GREEN, "#ebf7f1", "✓"),
    "hint": (ORANGE, "#fdf4e7", "→"),
    "bad": (RED, "#fdeeed", "✗"),
}


def panel(kind: str, title: str, *paragraphs: str, body: str = "") -> str:
    """HTML of a framed message. `title` and `paragraphs` are plain text; `body` is HTML."""
    colour, background, sign = KINDS[kind]
    lines = "".join(f"<p style='margin:.3em 0 0'>{escape(line)}</p>" for line in paragraphs)
    return (
        f"<div role='{'alert' if kind == 'bad' else 'status'}' style='font:15px/1.45 {FONT};color:{INK};"
        f"background:{background};border:1px solid {colour};border-left-width:6px;border-radius:4px;"
        f"padding:.6em .9em;margin:.3em 0;max-width:60em'>"
        f"<strong style='color:{colour}'><span aria-hidden='true'>{sign}</span> {escape(title)}</strong>"
        f"{lines}{body}</div>"
    )


def escape(plain: str) -> str:
    """Plain text as HTML, with `code` between backquotes."""
    parts = html.escape(plain).split("`")
    if len(parts) % 2 == 0:  # an odd backquote is a backquote
        return html.escape(plain)
    code = f"<code style='font-family:{MONO};background:rgba(0,0,0,.07);color:{INK};padding:0 .2em'>"
    return "".join(f"{code}{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))


def table(headings: list[str], rows: list[list[str]]) -> str:
    """HTML of a small table whose first column names the row."""
    cell = f"padding:.15em .8em;text-align:left;border-bottom:1px solid {LINE}"
    head = "".join(f"<th scope='col' style='{cell}'>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        f"<tr><th scope='row' style='{cell};font-weight:600'>{escape(first)}</th>"
        + "".join(f"<td style='{cell}'>{escape(value)}</td>" for value in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f"<table style='font:15px/1.4 {FONT};color:{INK};background:{PAPER};border-collapse:collapse'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def ink_on(background: str) -> str:
    """The legible ink (black or white) on "#rrggbb": at least 4.5 by WCAG's contrast, whatever the colour."""
    return max(("#000000", PAPER), key=lambda ink: contrast(ink, background))


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two "#rrggbb" colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def chart_template():
    """The plotly template of every chart (plotly is imported here: the region's start does without it)."""
    import plotly.graph_objects as go

    axis = {"gridcolor": LINE, "linecolor": QUIET, "zerolinecolor": QUIET, "title": {"font": {"size": 16}}}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 16, "color": INK},
            "title": {"font": {"size": 20}, "x": 0, "xref": "paper"},
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "colorway": [BLUE, "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"],
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 60, "r": 20, "t": 60, "b": 60},
        }
    )
