"""A lesson's checks: functions that look at what the learner really made, and answer with a hint.

helpers/checks/lesson_02.py holds lesson 02's: `def shard_count(lesson, **given)` inspects AWS through boto3 and returns
a sentence of praise, or raises CheckFailed(what is wrong, hint, stronger hint). QUIZ there says which option of each
question is right; the questions' texts are translations.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from types import ModuleType

from botocore.exceptions import ClientError

from helpers.messages import Friendly
from helpers.translate import t
from helpers.waits import call


class CheckFailed(Friendly):
    """What was made is not yet right. One more of `hints` is shown at each attempt."""

    def __init__(self, message: str, *hints: str):
        super().__init__(message)
        self.hints = hints

    def hints_at(self, attempt: int) -> list[str]:
        """The hints to show at the 1st, 2nd, … attempt; once all are out, a word about the folded solution."""
        shown = list(self.hints[:attempt])
        if attempt > len(self.hints):
            shown.append(t("check.see_solution"))
        return shown


async def run(lesson, name: str, given: dict[str, object]) -> str:
    """The praise of the check `name` for what was `given`. Raises CheckFailed."""
    function = find(lesson.slug, name)
    empty = [given_name for given_name, value in given.items() if value is ...]
    if empty:
        raise CheckFailed(t("check.still_empty", name=empty[0]))
    try:
        return await call(function, lesson, **given)
    except ClientError as error:
        raise CheckFailed(t("check.aws_says", reason=str(error))) from error


def find(slug: str, name: str) -> Callable:
    """The function of that check; LookupError names the ones there are."""
    module = module_of(slug)
    functions = {
        found: function
        for found, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and found[0] != "_"
    }
    if name not in functions:
        raise LookupError(f"Lesson {slug} has no check {name!r}; it has: {', '.join(functions) or 'none'}.")
    return functions[name]


def module_of(slug: str) -> ModuleType:
    """lesson_02 for "02_stream"."""
    return importlib.import_module(f"helpers.checks.lesson_{slug[:2]}")
