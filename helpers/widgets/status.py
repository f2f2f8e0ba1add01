"""The line under a widget that says what happened, errors included."""

from __future__ import annotations

import html

from ipywidgets import HTML

from helpers import style


class Status(HTML):
    """A line that screen readers announce: `say` in the learner's words, `fail` with what went wrong."""

    def say(self, text: str) -> None:
        self.value = (
            f"<div role='status' aria-live='polite' style='font:15px/1.4 {style.FONT};min-height:1.5em'>"
            f"{html.escape(text)}</div>"
        )

    def fail(self, error: Exception) -> None:
        self.value = style.panel("bad", f"{type(error).__name__}: {error}")
