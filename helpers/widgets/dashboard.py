"""The live dashboard: gauges from the learner's metrics, votes counted per second, votes per driver.

The counts and the gauges are read apart, each in its own rhythm: a slow CloudWatch holds no chart back. An error is
shown where it belongs and kept, and the dashboard goes on asking.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import plotly.graph_objects as go
from ipywidgets import HTML, VBox
from plotly.subplots import make_subplots

from helpers import style
from helpers.charts import LiveFigure, StillFigure
from helpers.translate import t
from helpers.waits import call
from helpers.widgets import background, errors
from helpers.widgets.gauges import Gauge, gauges_html
from helpers.widgets.live_chart import LiveChart
from helpers.widgets.status import Status

SHOWN = 120.0  # seconds of the past on the line
WINDOW = 3.0  # seconds that a rate is measured over


class Rate:
    """Votes per second, from how many there were when: `note` each total, read `points`."""

    def __init__(self):
        self._totals: deque[tuple[float, int]] = deque()
        self._rates: deque[tuple[float, float]] = deque()

    def note(self, now: float, total: int) -> None:
        """now: seconds, of any clock. A total smaller than the last (an emptied table) begins anew."""
        if self._totals and total < self._totals[-1][1]:
            self._totals.clear()
        while len(self._totals) > 1 and self._totals[1][0] <= now - WINDOW:
            self._totals.popleft()
        self._totals.append((now, total))
        began, first = self._totals[0]
        self._rates.append((now, (total - first) / (now - began) if now > began else 0.0))
        while self._rates[0][0] < now - SHOWN:
            self._rates.popleft()

    def points(self) -> tuple[list[float], list[float]]:
        """(seconds from the last note, votes per second), oldest first."""
        last = self._rates[-1][0] if self._rates else 0.0
        return [round(when - last, 1) for when, _ in self._rates], [round(rate, 1) for _, rate in self._rates]


class Dashboard(VBox):
    """Dashboard(read_counts, read_gauges).start()

    read_counts() returns {"VER": 3, …}, asked every `every` seconds; read_gauges() a list of Gauge, every
    `gauges_every`. A dashboard made again replaces the one before. `chart` is its LiveChart, `gauges` the last ones
    read.
    """

    def __init__(
        self,
        read_counts: Callable[[], Mapping[str, int]],
        read_gauges: Callable[[], Sequence[Gauge]],
        *,
        every: float = 1.0,
        gauges_every: float = 5.0,
    ):
        self._owner = "Dashboard"
        background.stop(self._owner)
        errors.forget(self._owner)
        self._read_counts, self._read_gauges, self._gauges_every = read_counts, read_gauges, gauges_every
        self._loop = asyncio.get_running_loop()
        self._rate = Rate()
        self.gauges: list[Gauge] = []
        self._tiles, self._status = HTML(), Status()
        self.line = LiveFigure(_line())
        self.chart = LiveChart(self._measured_counts, every=every, name="dashboard")
        self.chart.figure.layout.height = 340
        super().__init__([self._tiles, self._status, self.line, self.chart])

    def start(self) -> Dashboard:
        """Keeps everything moving in the background until `stop`."""
        self.chart.start()
        background.start_alone(self._owner, self._run, self._loop)
        return self

    def stop(self) -> None:
        self.chart.stop()
        background.stop(self._owner)
        self._status.say(t("dashboard.stopped"))

    async def refresh(self) -> None:
        """Reads and draws everything once."""
        await self.chart.refresh()
        await self._refresh_gauges()

    def snapshot(self) -> StillFigure:
        """Both charts as they are now, still: what a saved notebook and its HTML show."""
        titles = (self.chart.figure.layout.title.text, self.line.layout.title.text)
        figure = make_subplots(rows=1, cols=2, column_widths=[0.62, 0.38], subplot_titles=titles)
        figure.add_trace(self.chart.snapshot().data[0], row=1, col=1)
        figure.add_trace(go.Figure(self.line.to_dict()).data[0], row=1, col=2)
        figure.update_layout(template=style.chart_template(), height=400, showlegend=False)
        figure.update_xaxes(title_text=t("dashboard.ago"), row=1, col=2)
        figure.update_yaxes(rangemode="tozero")
        return StillFigure(figure, *self.chart.in_words())

    async def _measured_counts(self) -> Mapping[str, int]:
        counts = await call(self._read_counts)
        self._rate.note(self._loop.time(), sum(counts.values()))
        ago, rates = self._rate.points()
        with self.line.batch_update():
            self.line.data[0].update(x=ago, y=rates)
        self.line._repr_mimebundle_()  # as in LiveChart: what a page's reload shows
        return counts

    async def _refresh_gauges(self) -> None:
        self.gauges = list(await call(self._read_gauges))
        self._tiles.value = gauges_html(self.gauges)
        self._status.say(t("dashboard.read", time=f"{datetime.now():%H:%M:%S}"))

    async def _run(self) -> None:
        while True:
            try:
                await self._refresh_gauges()
            except Exception as error:
                self._status.fail(error)
                errors.keep(self._owner, error)
            await asyncio.sleep(self._gauges_every)


def _line() -> go.Figure:
    return go.Figure(
        go.Scatter(x=[], y=[], mode="lines", line={"color": style.BLUE, "width": 3}, fill="tozeroy"),
        layout={
            "title": {"text": t("dashboard.rate")},
            "template": style.chart_template(),
            "height": 230,
            "margin": {"l": 60, "r": 20, "t": 45, "b": 50},
            "showlegend": False,
            "xaxis": {"title": {"text": t("dashboard.ago")}, "range": [-SHOWN, 0]},
            "yaxis": {"rangemode": "tozero"},
        },
    )
