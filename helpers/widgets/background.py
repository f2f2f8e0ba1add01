"""Work that goes on after a cell has ended: a click's call to AWS, a chart's loop.

JupyterLab delivers a click on a thread of its own (a kernel subshell), so everything starts on the event loop that made
the widget, from whatever thread. A task's error is kept; a task that is started again under its name replaces the old.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent import futures

from helpers.widgets import errors

Work = asyncio.Task | futures.Future

_running: set[Work] = set()
_named: dict[str, Work] = {}


def start(owner: str, work: Callable[[], Coroutine], loop: asyncio.AbstractEventLoop) -> Work:
    """Runs work() on `loop`, from any thread; what it returns may be awaited there. An error is kept for `owner`."""
    coroutine = _kept(owner, work)
    if _is_running_here(loop):
        future = loop.create_task(coroutine)
    else:
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    _running.add(future)
    future.add_done_callback(_running.discard)
    return future


def start_alone(name: str, work: Callable[[], Coroutine], loop: asyncio.AbstractEventLoop) -> None:
    """As `start`, after stopping what was started before under this name."""
    stop(name)
    _named[name] = start(name, work, loop)


def stop(name: str) -> None:
    if (future := _named.pop(name, None)) is not None:
        future.cancel()


def stop_all() -> None:
    """Ends whatever the last run of the notebook left alive."""
    for future in list(_running):
        future.cancel()
    _named.clear()


async def _kept(owner: str, work: Callable[[], Coroutine]):
    try:
        return await work()
    except Exception as error:
        errors.keep(owner, error)


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
