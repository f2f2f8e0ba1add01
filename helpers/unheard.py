"""Code that runs unheard: what it prints or displays is not shown, while everybody else is heard as ever.

    with unheard():
        await something()      # what its own tasks and threads say is not shown either

IPython's capture_output takes away the kernel's own output for as long as a cell awaits; the kernel then fails at
whatever the page sends meanwhile, such as a moved slider.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from contextvars import ContextVar
from typing import TextIO

from IPython import get_ipython

_hushed: ContextVar[bool] = ContextVar("hushed", default=False)


@contextmanager
def unheard() -> Iterator[None]:
    """Hushes this task and whatever inherits its context, threads of `waits.call` included."""
    with redirect_stdout(_Filter(sys.stdout)), redirect_stderr(_Filter(sys.stderr)), _displays_filtered():
        token = _hushed.set(True)
        try:
            yield
        finally:
            _hushed.reset(token)


class _Filter:
    """A stream that writes nothing for those who are hushed; in all else the stream it stands for."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        return len(text) if _hushed.get() else self._stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def _displays_filtered() -> Iterator[None]:
    shell = get_ipython()
    if shell is None:
        yield
        return
    publisher = shell.display_pub
    publish = publisher.publish
    publisher.publish = lambda *given, **named: None if _hushed.get() else publish(*given, **named)
    try:
        yield
    finally:
        publisher.publish = publish
