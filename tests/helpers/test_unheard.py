"""Unheard code: its prints and displays are not shown, those of others are, and the kernel keeps its publisher."""

import asyncio
import contextvars
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from helpers import unheard as module
from helpers.unheard import unheard
from helpers.waits import call


def test_tasks_and_threads_of_the_unheard_are_not_shown_and_others_are(capsys):
    async def speak(word):
        print(word)
        print(word, file=sys.stderr)
        await call(print, f"{word} in a thread")

    async def both():
        others = asyncio.create_task(speak("heard"), context=contextvars.copy_context())
        with unheard():
            await speak("hushed")
            await asyncio.create_task(speak("hushed"))
            await others
        print("after")

    asyncio.run(both())
    shown = capsys.readouterr()
    assert shown.out == "heard\nheard in a thread\nafter\n"
    assert shown.err == "heard\n"


def test_what_is_raised_comes_out_and_all_is_heard_again(capsys):
    with pytest.raises(RuntimeError, match="broken"), unheard():
        print("hushed")
        raise RuntimeError("broken")
    print("heard")
    assert capsys.readouterr().out == "heard\n"


def test_displays_are_filtered_by_the_kernels_own_publisher(monkeypatch):
    shell = InteractiveShell.instance()
    try:
        monkeypatch.setattr(module, "get_ipython", lambda: shell)
        published = []
        publisher = shell.display_pub
        monkeypatch.setattr(
            publisher, "publish", lambda **named: published.append(named["data"]["text/plain"])
        )
        others = contextvars.copy_context()
        with unheard():
            assert shell.display_pub is publisher
            display("hushed")
            others.run(display, "heard")
        display("after")
        assert published == ["'heard'", "'after'"]
    finally:
        InteractiveShell.clear_instance()
