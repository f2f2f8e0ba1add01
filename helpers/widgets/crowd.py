"""A simulated class: many voters, each casting one vote with the learner's own function, spread over some seconds.

Who votes for whom is drawn from a seed, so two runs cast the same votes. A vote that fails is counted with its reason,
not raised: how many failed is what some lessons are about.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ipywidgets import Button, HBox, IntProgress, Layout, VBox

from helpers import style
from helpers.candidates import ballot
from helpers.translate import number, t
from helpers.waits import call
from helpers.widgets.status import Status


@dataclass
class Tally:
    """What a crowd did. `sent` and `failed` count votes by driver's code, `reasons` failures by their text."""

    sent: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        facts = {"sent": number(self.sent.total()), "failed": number(self.failed.total())}
        return t("crowd.tally", **facts, seconds=number(self.seconds, 1))

    def _repr_html_(self) -> str:
        codes = [each.code for each in ballot() if self.sent[each.code] or self.failed[each.code]]
        rows = [[code, number(self.sent[code]), number(self.failed[code])] for code in codes]
        body = style.table([t("chart.code"), t("crowd.sent"), t("crowd.failed")], rows)
        reasons = [f"{number(times)} × {reason}" for reason, times in self.reasons.most_common(5)]
        return style.panel("bad" if self.failed else "good", str(self), *reasons, body=body)


class Crowd(VBox):
    """Crowd(cast_vote, voters=200, seconds=10): display it, then `tally = await crowd.run()`.

    cast_vote: called with a driver's code, in threads of the crowd's own, `at_once` at a time.
    seconds: how long the votes are spread over; 0 sends them as fast as they go.
    """

    def __init__(
        self,
        cast_vote: Callable[[str], object],
        voters: int = 200,
        seconds: float = 10.0,
        *,
        at_once: int = 8,
        seed: int = 7,
    ):
        self.tally = Tally()
        self._votes = draw([each.code for each in ballot()], voters, seed)
        self._cast_vote, self._seconds, self._at_once = cast_vote, seconds, at_once
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._bar = IntProgress(max=voters, description=t("crowd.voting"), layout=Layout(width="32em"))
        cancel = Button(description=t("crowd.cancel"), icon="stop")
        cancel.on_click(lambda _: self.cancel())
        self._status = Status()
        super().__init__([HBox([self._bar, cancel]), self._status])

    async def run(self) -> Tally:
        """Casts the votes and returns the tally, which counts what was done if the crowd is cancelled."""
        self.tally, self._began = Tally(), self._loop.time()
        self._stop.clear()
        votes = zip(due_times(len(self._votes), self._seconds, self._began), self._votes, strict=True)
        pool = ThreadPoolExecutor(self._at_once, thread_name_prefix="voter")
        progress = asyncio.create_task(self._show_progress())
        try:
            await asyncio.gather(*(self._voter(votes, pool) for _ in range(self._at_once)))
        finally:
            progress.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
            self._show()
        return self.tally

    def cancel(self) -> None:
        """No new vote is cast; the ones under way end. From any thread."""
        self._loop.call_soon_threadsafe(self._stop.set)

    async def _voter(self, votes: Iterator[tuple[float, str]], pool: ThreadPoolExecutor) -> None:
        for due, code in votes:
            if await self._stopped_before(due):
                return
            try:
                await call(self._cast_vote, code, executor=pool)
                self.tally.sent[code] += 1
            except Exception as error:
                self.tally.failed[code] += 1
                self.tally.reasons[f"{type(error).__name__}: {error}"] += 1

    async def _stopped_before(self, due: float) -> bool:
        try:
            await asyncio.wait_for(self._stop.wait(), max(0.0, due - self._loop.time()))
        except TimeoutError:
            pass
        return self._stop.is_set()

    async def _show_progress(self) -> None:
        while True:
            self._show()
            await asyncio.sleep(0.2)

    def _show(self) -> None:
        self.tally.seconds = self._loop.time() - self._began
        self._bar.value = self.tally.sent.total() + self.tally.failed.total()
        self._bar.bar_style = "danger" if self.tally.failed else ""
        self._status.say(str(self.tally))


def draw(codes: list[str], voters: int, seed: int) -> list[str]:
    """`voters` codes, some drivers more loved than others; the same seed draws the same votes."""
    chance = random.Random(seed)
    love = [chance.uniform(1, 10) for _ in codes]
    return chance.choices(codes, love, k=voters)


def due_times(votes: int, seconds: float, began: float) -> list[float]:
    """When each vote is due: evenly from `began` over `seconds`."""
    return [began + seconds * position / votes for position in range(votes)]
