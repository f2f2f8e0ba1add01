"""Votes per driver, live: a bar chart that asks the learner's own function again and again.

The function runs in another thread; an error is shown under the chart and kept, and the chart goes on asking. A table
beside it says the same in words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import plotly.graph_objects as go
from ipywidgets import HTML, Accordion, VBox

from helpers import style
from helpers.candidates import Candidate, ballot
from helpers.charts import LiveFigure, StillFigure
from helpers.translate import number, t
from helpers.waits import WaitError, call
from helpers.widgets import background, errors
from helpers.widgets.status import Status


class LiveChart(VBox):
    """LiveChart(read_counts).start(): `read_counts()` returns {"VER": 3, …}, asked every `every` seconds.

    A chart of the same `name` that still runs is stopped, so a cell may be run again. `counts` are the last ones read.
    """

    def __init__(
        self,
        read_counts: Callable[[], Mapping[str, int]],
        title: str = "",
        *,
        every: float = 1.0,
        name: str = "votes",
    ):
        self._owner = f"LiveChart {name}"
        background.stop(self._owner)
        errors.forget(self._owner)
        self._read_counts, self._every, self._loop = read_counts, every, asyncio.get_running_loop()
        self.counts: dict[str, int] = {}
        self.figure = LiveFigure(_figure(title or t("chart.title")))
        self._table, self._status = HTML(), Status()
        words = Accordion([self._table], titles=(t("chart.as_table"),), selected_index=None)
        super().__init__([self.figure, self._status, words])
        self.show({})

    def start(self) -> LiveChart:
        """Keeps the chart moving in the background until `stop`."""
        background.start_alone(self._owner, self._run, self._loop)
        return self

    def stop(self) -> None:
        background.stop(self._owner)
        self._status.say(t("chart.stopped", total=number(sum(self.counts.values()))))

    async def show_until(
        self, condition: Callable[[Mapping[str, int]], bool], *, timeout: float = 60.0
    ) -> dict[str, int]:
        """Awaits, the chart moving, until condition(counts) is true; returns the counts. Raises WaitError.

        What `read_counts` raises is raised here at once.
        """
        deadline = self._loop.time() + timeout
        while True:
            await self.refresh()
            if condition(self.counts):
                return self.counts
            if self._loop.time() >= deadline:
                raise WaitError(t("chart.late", seconds=number(timeout), counts=self.counts))
            await asyncio.sleep(self._every)

    async def refresh(self) -> None:
        """Reads and draws once."""
        self.show(await call(self._read_counts))

    def show(self, counts: Mapping[str, int]) -> None:
        """Draws `counts`; codes that are not on the ballot come last, in grey."""
        self.counts = {code: int(votes) for code, votes in counts.items()}
        bars = with_strangers(ballot(), self.counts)
        votes = [self.counts.get(bar.code, 0) for bar in bars]
        trace = self.figure.data[0]
        if tuple(trace.y) != tuple(votes):
            with self.figure.batch_update():
                trace.update(_trace(bars, votes))
            self.figure._repr_mimebundle_()  # puts the new bars into the saved state, which a page's reload shows
        self._table.value = style.table(*self.in_words())
        self._status.say(t("chart.total", total=number(sum(votes))))

    def snapshot(self) -> StillFigure:
        """The chart as it is now, still: what a saved notebook and its HTML show."""
        return StillFigure(self.figure.to_dict(), *self.in_words())

    def in_words(self) -> tuple[list[str], list[list[str]]]:
        """The headings and rows of the table that says what the chart shows."""
        rows = [
            [bar.code, bar.name, number(self.counts.get(bar.code, 0))]
            for bar in with_strangers(ballot(), self.counts)
        ]
        return [t("chart.code"), t("chart.driver"), t("chart.votes")], rows

    async def _run(self) -> None:
        while True:
            try:
                await self.refresh()
            except Exception as error:
                self._status.fail(error)
                errors.keep(self._owner, error)
            await asyncio.sleep(self._every)


def with_strangers(candidates: tuple[Candidate, ...], counts: Mapping[str, int]) -> list[Candidate]:
    """The ballot's candidates, then whatever else was counted: an option that nobody validated shows."""
    known = {candidate.code for candidate in candidates}
    strangers = sorted(code for code in counts if code not in known)
    return [*candidates, *(Candidate(code, t("chart.stranger"), "", style.QUIET) for code in strangers)]


def _figure(title: str) -> go.Figure:
    bars = list(ballot())
    return go.Figure(
        go.Bar(_trace(bars, [0] * len(bars))),
        layout={
            "title": {"text": title},
            "template": style.chart_template(),
            "height": 420,
            "showlegend": False,
            "yaxis": {
                "title": {"text": t("chart.votes")},
                "rangemode": "tozero",
                "tickformat": ",d",
                "autorangeoptions": {"include": 5},  # ticks at whole votes, however few there are
            },
            "xaxis": {"type": "category"},
        },
    )


def _trace(bars: list[Candidate], votes: list[int]) -> dict:
    return {
        "x": [bar.code for bar in bars],
        "y": votes,
        "text": [number(count) for count in votes],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [f"{bar.name} · {bar.team}" for bar in bars],
        "hoverinfo": "text+y",
        "marker": {"color": [bar.colour for bar in bars], "line": {"color": style.INK, "width": 1}},
    }
