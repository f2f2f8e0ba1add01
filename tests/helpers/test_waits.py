"""Waiting: the kernel stays free, the answer comes back, and a wait ends."""

import asyncio
import threading

import pytest

from helpers.waits import WaitError, call, until


def test_returns_the_first_true_answer():
    answers = iter([None, [], "ready"])
    assert asyncio.run(until(lambda: next(answers), what="it", every=0)) == "ready"


def test_may_await_an_async_condition():
    async def ready():
        return "ready"

    assert asyncio.run(until(ready, what="it")) == "ready"


def test_a_plain_true_is_not_echoed_by_the_cell():
    assert asyncio.run(until(lambda: True, what="it")) is None


def test_other_tasks_go_on_while_the_condition_blocks():
    async def wait_for_each_other():
        moved = threading.Event()
        waiting = asyncio.create_task(until(lambda: moved.wait(30) and "moved", what="the other task"))
        asyncio.get_running_loop().call_later(0.01, moved.set)
        return await waiting

    assert asyncio.run(wait_for_each_other()) == "moved"


def test_gives_up_with_what_it_waited_for_and_the_last_answer():
    with pytest.raises(WaitError, match=r"this has not happened: the stream\. The last answer was 0"):
        asyncio.run(until(lambda: 0, what="the stream", timeout=0))


def test_what_the_condition_raises_is_raised_at_once():
    def broken():
        raise LookupError("no stream")

    with pytest.raises(LookupError, match="no stream"):
        asyncio.run(until(broken, what="it"))


def test_a_plain_function_is_called_in_another_thread():
    assert asyncio.run(call(threading.get_ident)) != threading.get_ident()
