"""Which environment takes an event: the one used last, else a new one, within the function's reserved concurrency.

AWS starts as many environments as there are events at once. A laptop had better not: past ENVIRONMENTS an event waits
for one to be free, which looks like a slow cold start. When none has become free for a while it gets a new one all the
same, since the others may be waiting for it: functions that invoke functions.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable

from ..clock import Clock
from ..errors import AwsError
from ..settings import Settings
from .environment import Environment
from .function import Function, Revision
from .refusals import no_function

ENVIRONMENTS = max(8, 4 * (os.cpu_count() or 1))
MOST_ENVIRONMENTS = 8 * ENVIRONMENTS
PATIENCE_SECONDS = 1.0
EXPIRY_MARGIN = 60.0  # seconds that credentials must outlive an invocation's timeout
HOUSEKEEPING_SECONDS = 10.0
CLEAR_SECONDS = 5.0


class Pool:
    """make(function, revision) gives a cold environment. ended(function) is called after one of its has ended."""

    def __init__(
        self,
        make: Callable[[Function, Revision], Environment],
        ended: Callable[[Function], None],
        clock: Clock,
        settings: Settings,
    ):
        self._make = make
        self._ended = ended
        self._clock = clock
        self._settings = settings
        self._changed = threading.Condition()
        self._idle: list[Environment] = []  # of all functions, the one used last at the end
        self._busy: set[Environment] = set()
        self._starting = 0
        self._freed = 0.0  # when an environment last became free, by time.monotonic
        self._in_flight: Counter[str] = Counter()
        self._closed = False
        self._stop = threading.Event()
        self._housekeeper = threading.Thread(target=self._keep_house, name="environments", daemon=True)

    def start(self) -> None:
        self._housekeeper.start()

    def close(self) -> None:
        self._stop.set()
        with self._changed:
            self._closed = True
        self.clear()
        if self._housekeeper.is_alive():
            self._housekeeper.join()

    def clear(self) -> None:
        """End every environment, also those at work, whose invocations fail; return when these have."""
        with self._changed:
            ending = [*self._idle, *self._busy]
            self._idle.clear()
            self._changed.notify_all()
        self._end(ending)
        with self._changed:
            self._changed.wait_for(lambda: not self._in_flight, CLEAR_SECONDS)

    def acquire(self, function: Function) -> Environment:
        """An environment of the function, its caller's alone until `release`. Raises AwsError when throttled."""
        with self._changed:
            if function.reserved is not None and self._in_flight[function.name] >= function.reserved:
                reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
                raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429, Reason=reason, Type="User")
            self._in_flight[function.name] += 1
        try:
            while True:
                environment = self._warm(function) or self._cold(function)
                if environment is not None:
                    return environment
        except BaseException:
            self._leave(function)
            raise

    def release(self, environment: Environment) -> None:
        environment.used = self._clock.now()
        with self._changed:
            self._busy.discard(environment)
            self._freed = time.monotonic()
            keep = not self._closed and self._usable(environment) and self._live < ENVIRONMENTS
            if keep:
                self._idle.append(environment)
        if not keep:
            self._end([environment])
        self._leave(environment.function)

    def retire(self, function: Function | None = None) -> None:
        """End the idle environments (of `function`, or all) that cannot serve again, or have not for too long."""
        oldest = self._clock.now() - self._settings.environment_idle_seconds
        with self._changed:
            ending = [
                e
                for e in self._idle
                if function in (None, e.function) and (e.used <= oldest or not self._usable(e))
            ]
            self._idle = [e for e in self._idle if e not in ending]
            self._changed.notify(len(ending))
        self._end(ending)

    def in_flight(self, name: str) -> int:
        """Events of the function that are being served, or wait for an environment."""
        with self._changed:
            return self._in_flight[name]

    def environments(self, function: Function) -> list[Environment]:
        with self._changed:
            return [e for e in (*self._idle, *self._busy) if e.function is function]

    def _warm(self, function: Function) -> Environment | None:
        """An idle environment of the function; else None, once there is room for a new one, which is then counted."""
        evicted: list[Environment] = []
        with self._changed:
            came = time.monotonic()
            while True:
                if self._closed:
                    raise AwsError("ServiceException", "The region is stopping.", 500)
                for environment in reversed(self._idle):
                    if environment.function is function and self._usable(environment):
                        self._idle.remove(environment)
                        self._busy.add(environment)
                        return environment
                if self._live >= ENVIRONMENTS and self._idle:
                    evicted.append(self._idle.pop(0))
                stuck = time.monotonic() - max(came, self._freed) >= PATIENCE_SECONDS
                if self._live < (MOST_ENVIRONMENTS if stuck else ENVIRONMENTS):
                    break
                self._changed.wait(PATIENCE_SECONDS)
            self._starting += 1
        self._end(evicted)
        return None

    def _cold(self, function: Function) -> Environment | None:
        """A new environment, in the room that `_warm` found; None if what it would serve has just been replaced."""
        made = None
        try:
            made = self._make(function, function.serving)
        finally:
            with self._changed:
                self._starting -= 1
                usable = made is not None and not self._closed and self._usable(made)
                if usable:
                    self._busy.add(made)
        if usable:
            return made
        self._end([made])
        if function.deleted:
            raise no_function(f"{function.arn}:$LATEST")
        return None

    @property
    def _live(self) -> int:
        return len(self._idle) + len(self._busy) + self._starting

    def _usable(self, environment: Environment) -> bool:
        function, revision = environment.function, environment.revision
        until = self._clock.now() + revision.timeout + EXPIRY_MARGIN
        return not function.deleted and function.serving is revision and environment.expires > until

    def _leave(self, function: Function) -> None:
        with self._changed:
            self._in_flight[function.name] -= 1
            if not self._in_flight[function.name]:
                del self._in_flight[function.name]
            self._changed.notify()
            if not self._in_flight:
                self._changed.notify_all()

    def _end(self, environments: list[Environment]) -> None:
        for environment in environments:
            environment.close()
            self._ended(environment.function)

    def _keep_house(self) -> None:
        while not self._clock.wait(self._stop, HOUSEKEEPING_SECONDS):
            self.retire()
