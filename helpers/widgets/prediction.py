"""Guess before you look: one number for each question, and afterwards what it really was beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ipywidgets import HTML, Layout, RadioButtons, VBox

from helpers import style
from helpers.messages import Page
from helpers.translate import t


class Prediction(VBox):
    """Prediction({"constant": "With one key?"}, [1, 2, 3, 4]): a row of radio buttons for each question.

    `guesses` is {"constant": 2}, with None where nothing was chosen. `compare({"constant": 1})` says how it went.
    """

    def __init__(self, questions: Mapping[str, str], options: Sequence[int]):
        self._questions = dict(questions)
        self._radios = {
            name: RadioButtons(
                options=list(options), value=None, orientation="horizontal", layout=Layout(width="auto")
            )
            for name in questions
        }
        super().__init__([part for name in questions for part in (self._heading(name), self._radios[name])])

    @property
    def guesses(self) -> dict[str, int | None]:
        return {name: radio.value for name, radio in self._radios.items()}

    def guess(self, name: str, option: int) -> None:
        """Chooses, as a learner would."""
        self._radios[name].value = option

    def compare(self, actual: Mapping[str, int]) -> Page:
        """A table of question, guess and what it was. `actual` answers every question."""
        rows = [
            [self._questions[name], told(guess), str(actual[name]), verdict(guess, actual[name])]
            for name, guess in self.guesses.items()
        ]
        headings = [t(f"prediction.{name}") for name in ("question", "guess", "actual", "verdict")]
        return Page(style.table(headings, rows), "\n".join(" · ".join(row) for row in rows))

    def _heading(self, name: str) -> HTML:
        return HTML(
            f"<div style='font:600 16px/1.4 {style.FONT};margin-top:.6em'>"
            f"{style.escape(self._questions[name])}</div>"
        )


def told(guess: int | None) -> str:
    return t("prediction.none") if guess is None else str(guess)


def verdict(guess: int | None, actual: int) -> str:
    if guess is None:
        return ""
    return t("prediction.right") if guess == actual else t("prediction.surprise")
