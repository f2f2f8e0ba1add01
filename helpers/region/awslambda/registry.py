"""The account's functions by name, and what every action needs of them. Holds the room's only lock over records."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..clock import Clock
from ..settings import Settings
from .function import Function, parse_name
from .refusals import conflict, no_function


class Registry:
    """settled(function): called, outside the lock, once an update of the function has begun to serve."""

    def __init__(self, clock: Clock, settings: Settings, settled: Callable[[Function], None]):
        self.lock = threading.RLock()
        self._clock = clock
        self._settings = settings
        self._settled = settled
        self._functions: dict[str, Function] = {}

    def arn(self, name: str) -> str:
        return f"arn:aws:lambda:{self._settings.region}:{self._settings.account}:function:{name}"

    def find(self, name_or_arn: str, qualifier: str | None = None, *, suffix: str = "") -> Function:
        """The function, its state as of now. Raises AwsError; `suffix` ends the ARN that the refusal shows."""
        name, _ = parse_name(name_or_arn, qualifier)
        arn = self.arn(name)
        if name_or_arn.startswith("arn:") and name_or_arn.removesuffix(":$LATEST") != arn:
            raise no_function(name_or_arn)
        with self.lock:
            function = self._functions.get(name)
            if function is None:
                raise no_function(arn + suffix)
            settled = function.settle(self._clock.now())
        if settled:
            self._settled(function)
        return function

    def all(self) -> list[Function]:
        """Every function by name, its state as of now."""
        with self.lock:
            names = sorted(self._functions)
        return [self.find(name) for name in names]

    def add(self, function: Function) -> None:
        """Raises AwsError where the name is taken."""
        with self.lock:
            if function.name in self._functions:
                raise conflict(f"Function already exist: {function.name}")
            self._functions[function.name] = function

    def remove(self, function: Function) -> None:
        with self.lock:
            function.deleted = True
            self._functions.pop(function.name, None)
