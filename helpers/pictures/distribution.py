"""Where the votes ended: bars for each shard and for what AWS rejected, one colour for each choice of key."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from helpers import style
from helpers.charts import StillFigure
from helpers.messages import Page
from helpers.translate import number, t

PATTERNS = ("", "/", "x")  # told apart without colours


def chart(votes: Mapping[str, Mapping[str, int]]) -> StillFigure:
    """votes: {"one key": {"shard 0": 12, …, "rejected": 3}, …}, the same bars in each."""
    bars = [
        go.Bar(
            name=name,
            x=list(counted),
            y=list(counted.values()),
            text=[number(count) for count in counted.values()],
            textposition="outside",
            cliponaxis=False,
            marker={"pattern": {"shape": pattern}},
        )
        for (name, counted), pattern in zip(votes.items(), PATTERNS, strict=False)
    ]
    figure = go.Figure(
        bars,
        layout={
            "title": {"text": t("distribution.title")},
            "template": style.chart_template(),
            "barmode": "group",
            "height": 440,
            "margin": {"l": 90, "r": 20, "t": 60, "b": 60},
            "legend": {"orientation": "h", "y": -0.15},
            "yaxis": {"title": {"text": t("chart.votes")}, "rangemode": "tozero", "tickformat": ",d"},
            "separators": ",\N{NARROW NO-BREAK SPACE}" if number(0.5, 1) == "0,5" else ".,",
        },
    )
    return StillFigure(figure)


def table(votes: Mapping[str, Mapping[str, int]]) -> Page:
    """The same figures in words: a row for each choice of key."""
    places = list(next(iter(votes.values())))
    rows = [[name, *(number(count) for count in counted.values())] for name, counted in votes.items()]
    return Page(
        style.table([t("distribution.key"), *places], rows), "\n".join(" · ".join(row) for row in rows)
    )
