"""Throttling by token buckets: a bucket holds `burst` requests and gains `rate` a second.

Source: awsdocs/amazon-api-gateway-developer-guide, http-api-throttling.md.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable

from ..clock import Clock

ACCOUNT_RATE, ACCOUNT_BURST = 10_000.0, 5_000


class Buckets:
    """One bucket for each key, full at first."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable, rate: float, burst: float) -> bool:
        """Take one request's token; False if there is none."""
        now = self._clock.now()
        with self._lock:
            level, at = self._levels.get(key, (burst, now))
            level = min(burst, level + max(0.0, now - at) * rate)
            granted = level >= 1
            self._levels[key] = (level - granted, now)
        return granted

    def clear(self) -> None:
        with self._lock:
            self._levels.clear()
