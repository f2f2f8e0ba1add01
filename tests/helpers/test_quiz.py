"""The quiz: feedback in words for each answer, nothing scored."""

import pytest

from helpers import translate
from helpers.widgets.quiz import Question, Quiz, questions

TEXTS = {
    "lesson_42.quiz.key": "What does the key choose?",
    "lesson_42.quiz.key.a": "the record",
    "lesson_42.quiz.key.b": "the shard",
    "lesson_42.quiz.key.hint": "think of the hash",
    "lesson_42.quiz.key.why": "its MD5 falls in a range",
}


@pytest.fixture(autouse=True)
def texts(monkeypatch):
    entries = {key: {"es": text, "en": text} for key, text in TEXTS.items()}
    everything = translate.entries() | entries
    monkeypatch.setattr(translate, "entries", lambda: everything)


@pytest.mark.parametrize(
    "letter, kind, paragraph",
    [(None, "info", ""), ("a", "hint", "think of the hash"), ("b", "good", "its MD5 falls in a range")],
)
def test_each_answer_has_its_feedback(letter, kind, paragraph):
    (question,) = questions("lesson_42", {"key": "b"})
    assert question.options == ["a", "b"]
    shown_kind, _, shown = question.feedback(letter)
    assert (shown_kind, shown) == (kind, paragraph)


def test_the_widget_answers_as_a_learner_would():
    quiz = Quiz([Question("lesson_42.quiz.key", "b")])
    assert quiz.answer(0, "a") == "think of the hash"
    assert quiz.answer(0, "b") == "its MD5 falls in a range"


def test_a_right_option_without_text_is_an_error():
    with pytest.raises(ValueError, match=r"lesson_42\.quiz\.key"):
        questions("lesson_42", {"key": "c"})
