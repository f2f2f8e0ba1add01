"""Waiting without freezing the notebook.

`time.sleep` and boto3's waiters hold the kernel: charts stop and buttons do not answer. `until` asks in another thread
and sleeps in asyncio, shows how long it has been waiting, and gives up with a message.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from IPython.display import display

from helpers import style
from helpers.messages import Friendly, Page
from helpers.translate import number, t

T = TypeVar("T")


class WaitError(Friendly):
    """What was awaited did not happen in time."""


async def until(
    condition: Callable[[], T | Awaitable[T]], *, what: str, timeout: float = 60.0, every: float = 0.5
) -> T | None:
    """Awaits until condition() is true and returns what it returned; None for a plain True, which a cell would echo.

    condition: a function without arguments, called in another thread (so boto3 calls are fine), or an async function.
    what: what the learner is waiting for, shown while waiting. timeout, every: seconds.
    Raises WaitError after `timeout`, with the last answer; what `condition` raises is raised at once.
    """
    began = time.monotonic()
    line = display(_line("wait.going", what, 0.0), display_id=True)
    while True:
        answer = await call(condition)
        passed = time.monotonic() - began
        if answer:
            _show(line, _line("wait.done", what, passed))
            return None if answer is True else answer
        if passed >= timeout:
            _show(line, _line("wait.late", what, passed))
            raise WaitError(t("wait.error", what=what, seconds=number(timeout), answer=repr(answer)))
        _show(line, _line("wait.going", what, passed))
        await asyncio.sleep(every)


async def call(function: Callable, /, *arguments, executor: Executor | None = None, **named):
    """What a learner's function returns, without holding the kernel: a plain one runs in another thread."""
    if inspect.iscoroutinefunction(function):
        return await function(*arguments, **named)
    context = partial(contextvars.copy_context().run, function, *arguments, **named)
    return await asyncio.get_running_loop().run_in_executor(executor, context)


def _line(key: str, what: str, seconds: float) -> Page:
    plain = t(key, what=what, seconds=number(seconds, 1))
    return Page(f"<div role='status' style='font:15px {style.FONT}'>{style.escape(plain)}</div>", plain)


def _show(line, page: Page) -> None:
    if line is not None:  # None outside IPython: there is no page to update
        line.update(page)
