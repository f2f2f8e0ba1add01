"""Time, in one place: quotas, expiry, retries and windows are tested by advancing a clock, never by sleeping."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class Clock:
    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for `event`, at most `seconds`; True if it was set."""
        return event.wait(max(0.0, seconds))


def iso(seconds: float, timespec: str = "milliseconds") -> str:
    """Epoch seconds as AWS's messages write them: 2025-11-25T16:35:30.123Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


class ManualClock(Clock):
    """A clock that moves only when told to. Waiters look at it every few milliseconds of real time."""

    def __init__(self, now: float = 1_700_000_000.0):
        self._now = now
        self._moved = threading.Condition()

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        with self._moved:
            self._now += seconds
            self._moved.notify_all()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        until = self._now + seconds
        while not event.is_set() and self._now < until:
            with self._moved:
                self._moved.wait(0.005)
        return event.is_set()
