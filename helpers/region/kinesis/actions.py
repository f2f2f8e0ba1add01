"""What every group of actions stands on: the account's streams, time, settings, metrics and the seal of iterators."""

from __future__ import annotations

from ..clock import Clock
from ..metrics import Metrics
from ..settings import Settings
from .iterator import Seal
from .registry import Registry


class Actions:
    def __init__(self, clock: Clock, settings: Settings, metrics: Metrics):
        self._clock = clock
        self._settings = settings
        self._metrics = metrics
        self._seal = Seal()
        self._registry = Registry(clock, settings)
