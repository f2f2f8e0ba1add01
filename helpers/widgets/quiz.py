"""Three questions at the end of a lesson: choose, check, and read why. Nothing is scored.

A lesson's checks module says QUIZ = {"shards": "b", …}: the right option of each question. The texts are translations:
lesson_02.quiz.shards (the question), .a .b .c … (the options), .hint (after a wrong answer) and .why (after the right
one).
"""

from __future__ import annotations

from dataclasses import dataclass

from ipywidgets import HTML, Button, Layout, RadioButtons, VBox

from helpers import style
from helpers.translate import exists, t


@dataclass(frozen=True)
class Question:
    """`key` is where its texts are, `right` the letter of the right option."""

    key: str
    right: str

    @property
    def options(self) -> list[str]:
        """The letters that have a text."""
        return [letter for letter in "abcdef" if exists(f"{self.key}.{letter}")]

    def feedback(self, letter: str | None) -> tuple[str, str, str]:
        """(kind of panel, title, paragraph) for an answer."""
        if letter is None:
            return "info", t("quiz.choose"), ""
        if letter == self.right:
            return "good", t("quiz.right"), t(f"{self.key}.why")
        return "hint", t("quiz.wrong"), t(f"{self.key}.hint")


def questions(lesson_key: str, right: dict[str, str]) -> list[Question]:
    """questions("lesson_02", {"shards": "b"}); ValueError if the right option has no text."""
    found = [Question(f"{lesson_key}.quiz.{name}", letter) for name, letter in right.items()]
    for question in found:
        if question.right not in question.options:
            raise ValueError(f"{question.key}: the right option {question.right!r} has no text.")
    return found


class Quiz(VBox):
    """The questions under one another; `answer(0, "b")` chooses and checks, as a learner would."""

    def __init__(self, asked: list[Question]):
        self._asked = [_Asked(position, question) for position, question in enumerate(asked, start=1)]
        super().__init__(self._asked)

    def answer(self, position: int, letter: str) -> str:
        """Answers the question at `position` (from 0) and returns the feedback's text."""
        return self._asked[position].answer(letter)


class _Asked(VBox):
    def __init__(self, position: int, question: Question):
        self._question = question
        title = style.escape(f"{position}. {t(question.key)}")
        options = [(t(f"{question.key}.{letter}"), letter) for letter in question.options]
        self._options = RadioButtons(options=options, value=None, layout=Layout(width="auto"))
        check = Button(description=t("quiz.check"), tooltip=t("quiz.check_tip", position=position))
        check.on_click(lambda _: self._show_feedback())
        self._feedback = HTML()
        heading = HTML(f"<div style='font:600 16px/1.4 {style.FONT};margin-top:.8em'>{title}</div>")
        super().__init__([heading, self._options, check, self._feedback])

    def answer(self, letter: str) -> str:
        self._options.value = letter
        return self._show_feedback()

    def _show_feedback(self) -> str:
        kind, title, paragraph = self._question.feedback(self._options.value)
        self._feedback.value = style.panel(kind, title, *filter(None, [paragraph]))
        return paragraph or title
