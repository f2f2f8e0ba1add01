"""Asynchronous invocation: the queue of events, their retries, and where they go in the end.

`after` is the rule: what one attempt's outcome means for an event. The queue carries it out by the region's clock.
Source: lambda-runtime.md §7; https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..clock import Clock
from ..errors import AwsError
from .environment import Invocation
from .function import Function

LOG = logging.getLogger(__name__)
RETRY_SECONDS = (60.0, 120.0)  # after a function error: before the second and the third attempt
LONGEST_BACKOFF = 300.0
MAXIMUM_AGE = 21_600
MAXIMUM_RETRIES = 2
WORKERS = 16


@dataclass
class QueuedEvent:
    """arn: as the caller named the function. accepted: epoch seconds.

    invocations: attempts that ran. refusals: attempts that were throttled or failed.
    """

    function: Function
    request_id: str
    payload: bytes
    client_context: str
    arn: str
    accepted: float
    invocations: int = 0
    refusals: int = 0
    last: Invocation | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Retry:
    seconds: float


@dataclass(frozen=True)
class Done:
    """condition: Success, RetriesExhausted, EventAgeExceeded or ZeroReservedConcurrency."""

    condition: str


def after(event: QueuedEvent, refusal: AwsError | None, now: float) -> Retry | Done:
    """What follows an attempt: `event.last` is its invocation, unless a `refusal` kept the function from running."""
    config = event.function.event_invoke or {}
    if refusal is not None:
        if event.function.reserved == 0:
            return Done("ZeroReservedConcurrency")
        wait = min(LONGEST_BACKOFF, 2.0 ** (event.refusals - 1))
    elif event.last.function_error is None:
        return Done("Success")
    elif event.invocations > config.get("MaximumRetryAttempts", MAXIMUM_RETRIES):
        return Done("RetriesExhausted")
    else:
        wait = RETRY_SECONDS[event.invocations - 1]
    if now + wait - event.accepted > config.get("MaximumEventAgeInSeconds", MAXIMUM_AGE):
        return Done("EventAgeExceeded")
    return Retry(wait)


class EventQueue:
    """invoke(event) → Invocation, or raises AwsError. finished(event, condition) when there is nothing more to try."""

    def __init__(
        self,
        clock: Clock,
        invoke: Callable[[QueuedEvent], Invocation],
        finished: Callable[[QueuedEvent, str], None],
    ):
        self._clock = clock
        self._invoke = invoke
        self._finished = finished
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, int, QueuedEvent]] = []
        self._order = itertools.count()
        self._changed = threading.Event()
        self._closed = False
        self._workers = ThreadPoolExecutor(WORKERS, "asynchronous")
        self._thread = threading.Thread(target=self._run, name="event-queue", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Forget what waits; what runs must have been ended by now."""
        self._closed = True
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join()
        self._workers.shutdown(cancel_futures=True)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def put(self, event: QueuedEvent, seconds: float = 0.0) -> None:
        with self._lock:
            heapq.heappush(self._waiting, (self._clock.now() + seconds, next(self._order), event))
        self._changed.set()

    def __len__(self) -> int:
        return len(self._waiting)

    def _run(self) -> None:
        while not self._closed:
            self._changed.clear()
            due, wait = self._due()
            for event in due:
                self._workers.submit(self._attempt, event)
            self._clock.wait(self._changed, wait)

    def _due(self) -> tuple[list[QueuedEvent], float]:
        """The events whose time has come, and the seconds until the next one's."""
        due, now = [], self._clock.now()
        with self._lock:
            while self._waiting and self._waiting[0][0] <= now:
                due.append(heapq.heappop(self._waiting)[2])
            return due, self._waiting[0][0] - now if self._waiting else LONGEST_BACKOFF

    def _attempt(self, event: QueuedEvent) -> None:
        try:
            self._try(event)
        except Exception:
            # Nobody waits for a worker's outcome: the region's log is where it can be seen.
            LOG.exception("An asynchronous event of %s is lost", event.function.name)

    def _try(self, event: QueuedEvent) -> None:
        if event.function.deleted or self._closed:
            return
        refusal = None
        try:
            event.last = self._invoke(event)
            event.invocations += 1
        except AwsError as error:
            event.refusals += 1
            refusal = error
        if event.function.deleted or self._closed:
            return
        step = after(event, refusal, self._clock.now())
        if isinstance(step, Retry):
            self.put(event, step.seconds)
        else:
            self._finished(event, step.condition)
