"""Plotly's figures as the workbook shows them: without plotly's toolbar, and a still one with its numbers in words.

The toolbar speaks English only, links to the internet, and offers to send the chart there.
"""

from __future__ import annotations

import plotly.graph_objects as go
import plotly.io
from IPython.display import display

from helpers import style
from helpers.messages import Page
from helpers.translate import t

NO_TOOLBAR = {"displayModeBar": False}


class LiveFigure(go.FigureWidget):
    """A go.FigureWidget: what is drawn may change."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self._config = self._config | NO_TOOLBAR


class StillFigure(go.Figure):
    """A go.Figure, with `rows` under `headings` folded below it: the same figures as a table."""

    def __init__(self, figure: go.Figure | dict, headings: list[str] = (), rows: list[list[str]] = ()):
        super().__init__(figure)
        self._headings, self._rows = list(headings), list(rows)

    def _ipython_display_(self) -> None:
        plotly.io.show(self, config=NO_TOOLBAR)
        if self._rows:
            table = style.table(self._headings, self._rows)
            folded = f"<details><summary>{style.escape(t('chart.as_table'))}</summary>{table}</details>"
            display(Page(folded, "\n".join(" · ".join(row) for row in self._rows)))
