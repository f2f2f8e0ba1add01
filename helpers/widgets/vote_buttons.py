"""A button for each driver: a click casts one vote with the learner's own function.

The function runs in another thread, so that a chart beside the buttons keeps moving while AWS answers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial

from ipywidgets import HTML, Box, Button, Layout, VBox

from helpers import style
from helpers.candidates import Candidate, ballot
from helpers.translate import number, t
from helpers.waits import call
from helpers.widgets import background, errors
from helpers.widgets.status import Status

OWNER = "VoteButtons"
FOCUS = "<style>.vote-button:focus-visible{outline:3px solid #1f2933;outline-offset:2px}</style>"


class VoteButtons(VBox):
    """VoteButtons(cast_vote): `cast_vote(code)` casts a vote for the driver with that code, e.g. "VER".

    `cast` counts the votes that were cast. `click("VER")` does what a click does; it may be awaited.
    """

    def __init__(self, cast_vote: Callable[[str], object]):
        errors.forget(OWNER)
        self.cast: Counter[str] = Counter()
        self._cast_vote, self._loop = cast_vote, asyncio.get_running_loop()
        self._buttons = {candidate.code: self._button(candidate) for candidate in ballot()}
        self._counts = {candidate.code: HTML() for candidate in ballot()}
        self._status = Status()
        self._status.say(t("votes.ready"))
        pairs = [VBox([self._buttons[code], self._counts[code]]) for code in self._buttons]
        grid = Box(pairs, layout=Layout(display="flex", flex_flow="row wrap"))
        super().__init__([HTML(FOCUS), grid, self._status])
        for code in self._buttons:
            self._show_count(code)

    def click(self, code: str) -> asyncio.Future:
        """Casts a vote for `code` in the background. An error is shown in the status line and kept."""
        if code not in self._buttons:
            raise KeyError(f"{code!r} is not on the ballot: {', '.join(self._buttons)}")
        return background.start(OWNER, partial(self._vote, code), self._loop)

    async def _vote(self, code: str) -> None:
        try:
            await call(self._cast_vote, code)
        except Exception as error:
            self._status.fail(error)
            raise
        self.cast[code] += 1
        self._show_count(code)
        self._status.say(t("votes.sent", code=code, total=number(self.cast.total())))

    def _button(self, candidate: Candidate) -> Button:
        button = Button(
            description=f"{candidate.code} · {candidate.name}",
            tooltip=t("votes.button", name=candidate.name, team=candidate.team),
            layout=Layout(width="16.5em", height="3em", padding="0 2px"),
            style={
                "button_color": candidate.colour,
                "text_color": style.ink_on(candidate.colour),
                "font_weight": "600",
                "font_size": "15px",
            },
        )
        button.add_class("vote-button")
        button.on_click(lambda _: self.click(candidate.code))
        return button

    def _show_count(self, code: str) -> None:
        text = t("votes.count", count=number(self.cast[code]))
        self._counts[code].value = f"<div style='font:14px {style.FONT};text-align:center'>{text}</div>"
