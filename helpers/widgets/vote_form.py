"""A voter's form: choose a driver, send, and see the HTTP answer as it came."""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import Callable
from functools import partial

import anywidget
from ipywidgets import HTML, Button, Dropdown, HBox, Layout, VBox

from helpers import style
from helpers.candidates import ballot
from helpers.translate import t
from helpers.waits import call
from helpers.widgets import background, errors
from helpers.widgets.status import Status

OWNER = "VoteForm"


class VoteForm(VBox):
    """VoteForm(post_vote): `post_vote(code)` sends the vote over HTTP and returns (status, body).

    `answer` is the last pair. `send("VER")` does what the button does for that driver; it may be awaited.
    """

    def __init__(self, post_vote: Callable[[str], tuple[int, str | bytes | dict]]):
        errors.forget(OWNER)
        self.answer: tuple[int, object] | None = None
        self._post_vote, self._loop = post_vote, asyncio.get_running_loop()
        options = [(f"{each.code} · {each.name} ({each.team})", each.code) for each in ballot()]
        self._driver = Dropdown(options=options, description=t("form.driver"), layout=Layout(width="26em"))
        send = Button(description=t("form.send"), tooltip=t("form.send_tip"), button_style="primary")
        send.on_click(lambda _: self.send(self._driver.value))
        self._status, self._answer = Status(), HTML()
        super().__init__([HBox([self._driver, send]), self._status, self._answer, ListKeys()])

    def send(self, code: str) -> asyncio.Future:
        """Posts a vote for `code` in the background. An error is shown and kept; an HTTP error is an answer."""
        return background.start(OWNER, partial(self._send, code), self._loop)

    async def _send(self, code: str) -> None:
        self._status.say(t("form.sending", code=code))
        try:
            status, body = await call(self._post_vote, code)
        except Exception as error:
            self._status.fail(error)
            raise
        self.answer = (status, body)
        self._status.say(t("form.answered", code=code, status=status))
        self._answer.value = answer_html(status, body)


LIST_KEEPS_ITS_KEYS = """
export default {
  render({ el }) {
    el.style.display = "none";
    const keep = event => {
      if (event.target.matches(".widget-dropdown select") && !(event.ctrlKey || event.metaKey || event.altKey)) {
        event.stopPropagation();
      }
    };
    document.addEventListener("keydown", keep, true);
    return () => document.removeEventListener("keydown", keep, true);
  },
};
"""


class ListKeys(anywidget.AnyWidget):
    """Lets arrows and letters choose from a list: JupyterLab takes them for moving between cells and changing them."""

    _esm = LIST_KEEPS_ITS_KEYS


def answer_html(status: int, body: str | bytes | dict) -> str:
    """An HTTP answer as HTML: green for 2xx, red otherwise, JSON indented."""
    colour, background_colour, sign = style.KINDS["good" if 200 <= status < 300 else "bad"]
    return (
        f"<pre style='font:14px/1.4 {style.MONO};color:{style.INK};background:{background_colour};"
        f"border-left:6px solid {colour};padding:.5em;white-space:pre-wrap'>"
        f"<strong style='color:{colour}'>{sign} HTTP {status}</strong>\n{html.escape(readable(body))}</pre>"
    )


def readable(body: str | bytes | dict) -> str:
    """The body as text, indented if it is JSON."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        data = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text
    return json.dumps(data, ensure_ascii=False, indent=2)
