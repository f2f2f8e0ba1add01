"""A lane: the thread that reads one shard for one mapping and calls the function, batch after batch, in order.

A shard has ParallelizationFactor lanes, each with the keys that are its own and a position of its own, so that no
lane waits for another. The rules are in batch, filter, window and destination; here is what waits and calls.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ..errors import AwsError
from .batch import Batch, Gathering, Item, Outcome, after, backoff, expired, lane_of, outcome, state_in
from .destination import RETRIES_EXHAUSTED, TOO_OLD, message, object_key, send
from .event import event, event_record, written
from .filter import Pattern, filterable
from .mapping import NO_LIMIT, Mapping
from .shards import Position
from .window import Window, window_start

if TYPE_CHECKING:
    from ..access import Access
    from ..awslambda import Lambda
    from ..clock import Clock
    from ..kinesis import Kinesis
    from ..metrics import Metrics
    from ..moto_services import Moto
    from ..settings import Settings

LOG = logging.getLogger(__name__)
CALL_FAILED = "PROBLEM: Function call failed"


@dataclass(frozen=True)
class Room:
    """What pollers and lanes work with."""

    clock: Clock
    settings: Settings
    kinesis: Kinesis
    functions: Lambda
    access: Access
    moto: Moto
    metrics: Metrics


class Lane:
    """Reads `shard` from `position` on until told to stop or the closed shard is done.

    report(text) takes the LastProcessingResult, on_end() is called last. `closing` is set when the region ends: what
    an invocation still under way answers after that is of no interest.
    """

    def __init__(
        self,
        room: Room,
        mapping: Mapping,
        shard,
        number: int,
        position: Position,
        *,
        report: Callable[[str], None],
        on_end: Callable[[], None],
        closing: threading.Event,
    ):
        self.room, self.mapping = room, mapping
        self.shard, self.number, self.position = shard, number, position
        self._asked = mapping.configuration
        self._stream_name = mapping.EventSourceArn.rpartition("/")[2]
        self._patterns = [Pattern(text) for text in self._asked.Filters]
        self._report, self._on_end, self._closing = report, on_end, closing
        self.alive = True
        self._stopping = threading.Event()
        self._next_poll = 0.0
        self._last_request = ""
        self._gathering = self._new_gathering()
        name = f"mapping {mapping.UUID[:8]} {shard.shard_id} lane {number}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the lane to end; one whose function is running ends when it returns."""
        self._stopping.set()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        failures = 0
        while not (self._stopping.is_set() or self.position.drained):
            try:
                self._turn()
                failures = 0
            except AwsError as refusal:
                # The function is gone or its role may not read: that may be put right at any time.
                self._trouble(refusal)
                self._pause(self.room.settings.poll_seconds)
            except Exception as error:
                failures += 1
                self._trouble(error)
                self._gathering = self._new_gathering()
                self._pause(self._backoff(failures))
        self.alive = False
        self._on_end()

    def _turn(self) -> None:
        """One poll, and the batch if it is due."""
        seconds = self._next_poll - self.room.clock.now()
        if self._pause(min(seconds, self.room.settings.poll_seconds)):  # a computer's clock may be set back
            return
        function = self.room.functions.function(self._asked.FunctionArn)
        self._permit(function, "kinesis:GetRecords", self.mapping.EventSourceArn)
        now = self.room.clock.now()
        self._gathering.opened = min(self._gathering.opened, now)
        ended = self._poll(function.role, now)
        if self._stopping.is_set():
            return
        if self._window_is_over(now) and not self._end_window(function):
            return
        if self._due(now, ended):
            self._deliver(function)
        elif not self._gathering.items:
            self.position.offset = self._gathering.offset
            if now >= self._gathering.opened + self._asked.MaximumBatchingWindowInSeconds:
                self._gathering.opened = now
            if ended:
                self.position.drained = self._end_window(function)

    # Gathering a batch

    def _new_gathering(self) -> Gathering:
        gathering = Gathering(self._asked.BatchSize, self.position.offset, self.room.clock.now())
        if self.position.window:
            gathering.room -= len(written(self.position.window.state))
        return gathering

    def _poll(self, role_arn: str, now: float) -> bool:
        """Read until the batch is full or there is no more for now; True if there never will be more."""
        gathering = self._gathering
        while not (gathering.full or self._stopping.is_set()):
            read = self.shard.read(gathering.offset, self._asked.BatchSize)
            first = read.next_offset - len(read.records)
            if self.number == 0:  # every lane reads the shard for itself; AWS reads it once for all
                self.room.kinesis.count_read(self._stream_name, read)
            if not self._take(enumerate(read.records, first), role_arn):
                break
            gathering.offset = read.next_offset
            if read.ended or read.millis_behind == 0:
                self._next_poll = now + self.room.settings.poll_seconds
                return read.ended
        self._next_poll = 0.0
        return False

    def _take(self, numbered, role_arn: str) -> bool:
        """Take records into the batch; False when it is full, with `offset` at the first one left."""
        gathering, seconds = self._gathering, self._asked.TumblingWindowInSeconds
        for offset, record in numbered:
            if gathering.full:
                gathering.offset = offset
                return False
            if lane_of(record.partition_key, self._asked.ParallelizationFactor) != self.number:
                continue
            entry = event_record(
                record, self.shard.shard_id, self.mapping.EventSourceArn, role_arn, self.room.settings.region
            )
            if self._patterns and not self._wanted(entry):
                continue
            if seconds and gathering.items:
                gathering.full = self._window_start() != window_start(record.arrival, seconds)
            if gathering.full or not gathering.take(Item(offset, record, written(entry))):
                gathering.offset = offset
                return False
        return True

    def _wanted(self, entry: dict) -> bool:
        seen = filterable(entry)
        return any(pattern.matches(seen) for pattern in self._patterns)

    def _due(self, now: float, ended: bool) -> bool:
        gathering, asked = self._gathering, self._asked
        if not gathering.items:
            return False
        window_over = (
            asked.TumblingWindowInSeconds and now >= self._window_start() + asked.TumblingWindowInSeconds
        )
        waited = now >= gathering.opened + asked.MaximumBatchingWindowInSeconds
        return bool(gathering.full or ended or window_over or waited)

    # Delivering it

    def _deliver(self, function) -> None:
        """Invoke the function with the batch, and again with what is left of it, until all of it is done with."""
        asked, end = self._asked, self._gathering.offset
        waiting, refusals = [Batch(tuple(self._gathering.items))], 0
        while True:
            waiting = self._without_expired(waiting, function)
            self._reach(waiting, end)
            if not waiting:
                break
            batch = waiting[0]
            invocation = self._invoke(function, self._event(batch), batch)
            if invocation is None:
                refusals += 1
                if self._pause(self._backoff(refusals)):
                    return
                continue
            refusals = 0
            result = self._judge(batch, invocation, function)
            left, given_up = after(
                batch, result, asked.MaximumRetryAttempts, asked.BisectBatchOnFunctionError
            )
            waiting[:1] = left
            if given_up:
                answer = (invocation.executed_version, invocation.function_error)
                self._discard(given_up, RETRIES_EXHAUSTED, function, answer)
            self._reach(waiting, end)
            if self._pause(self._backoff(left[0].attempts or 1) if left else 0):
                return
        self._gathering = self._new_gathering()

    def _without_expired(self, waiting: list[Batch], function) -> list[Batch]:
        """The batches without the records that grew too old, which go to the destination."""
        now, horizon = self.room.clock.now(), self.shard.position("TRIM_HORIZON")
        still_young = []
        for batch in waiting:
            dead, live = expired(batch, now, self._asked.MaximumRecordAgeInSeconds, horizon)
            if dead:
                self._discard(dead, TOO_OLD, function)
            if live:
                still_young.append(live)
        return still_young

    def _judge(self, batch: Batch, invocation, function) -> Outcome:
        reports = "ReportBatchItemFailures" in self._asked.FunctionResponseTypes
        windowed = bool(self._asked.TumblingWindowInSeconds)
        result = outcome(batch.items, invocation.payload, invocation.function_error, reports, windowed)
        succeeded = result.done == len(batch.items)
        self._report("OK" if succeeded else CALL_FAILED)
        if windowed and (succeeded or result.reported):
            self.position.window = replace(self.position.window, state=state_in(invocation.payload))
            if self.position.window.overflows:
                self._end_window(function)
        return result

    def _invoke(self, function, payload: bytes, batch: Batch | None = None):
        """The function's answer; None if the call was refused, which is not an attempt, or the region is closing.

        Refused: throttled, too large, function deleted or not ready.
        """
        if batch:
            age = self.room.clock.now() - batch.items[-1].record.arrival
            self._measure("IteratorAge", age * 1000, function)
        try:
            invocation = self.room.functions.invoke_function(self._asked.FunctionArn, payload)
        except AwsError as refusal:
            self._trouble(refusal)
            return None
        self._last_request = invocation.request_id
        return None if self._closing.is_set() else invocation

    def _discard(self, batch: Batch, condition: str, function, answer: tuple | None = None) -> None:
        """Tell the on-failure destination of a batch given up. If that fails the batch is gone all the same."""
        arn = self._asked.DestinationArn
        if not arn:
            return
        now = self.room.clock.now()
        told = message(
            batch,
            condition,
            request_id=self._last_request if batch.attempts else str(uuid.uuid4()),
            function_arn=function.arn,
            stream_arn=self.mapping.EventSourceArn,
            shard_id=self.shard.shard_id,
            now=now,
            answer=answer,
        )
        key = object_key(self.mapping.UUID, self.shard.shard_id, now)
        try:
            send(self.room.moto, partial(self._permit, function), arn, told, batch, key)
        except Exception as error:
            self._measure("DestinationDeliveryFailures", 1, function)
            self._trouble(error)

    def _reach(self, waiting: list[Batch], end: int) -> None:
        """Move the checkpoint to the first record that is not done with."""
        self.position.offset = waiting[0].items[0].offset if waiting else end

    # Tumbling windows

    def _window_start(self) -> float:
        return window_start(self._gathering.items[0].record.arrival, self._asked.TumblingWindowInSeconds)

    def _window_is_over(self, now: float) -> bool:
        window = self.position.window
        if window is None:
            return False
        if self._gathering.items:
            return self._window_start() != window.start
        return now >= window.end

    def _event(self, batch: Batch) -> bytes:
        texts = [item.text for item in batch.items]
        if not self._asked.TumblingWindowInSeconds:
            return event(texts)
        if self.position.window is None:
            self.position.window = Window(self._window_start(), self._asked.TumblingWindowInSeconds)
        return event(texts, self.position.window.members(self.shard.shard_id, self.mapping.EventSourceArn))

    def _end_window(self, function) -> bool:
        """Invoke the function a last time for the open window, if there is one, and forget its state.

        False if told to stop before that was done.
        """
        window, attempts, refusals = self.position.window, 0, 0
        while window:
            around = window.members(self.shard.shard_id, self.mapping.EventSourceArn, final=True)
            invocation = self._invoke(function, event([], around))
            if invocation is None:
                refusals += 1
            elif not invocation.function_error:
                break
            else:
                attempts += 1
                self._report(CALL_FAILED)
                if NO_LIMIT != self._asked.MaximumRetryAttempts < attempts:
                    break
            if self._pause(self._backoff(attempts + refusals)):
                return False
        self.position.window = None
        return True

    # Waiting, permission and news

    def _pause(self, seconds: float) -> bool:
        """Wait; True if told to stop."""
        return self.room.clock.wait(self._stopping, seconds)

    def _backoff(self, failures: int) -> float:
        return backoff(failures, self.room.settings.retry_base_seconds)

    def _permit(self, function, action: str, resource: str) -> None:
        self.room.access.check(function.role, function.name, action, resource)

    def _trouble(self, error: Exception) -> None:
        if isinstance(error, AwsError):
            self._report(f"PROBLEM: {error.message}")
        else:
            self._report(f"PROBLEM: {type(error).__name__}: {error}")
            LOG.error("%s", self._thread.name, exc_info=error)

    def _measure(self, name: str, value: float, function) -> None:
        unit = "Milliseconds" if name == "IteratorAge" else "Count"
        self.room.metrics.add("AWS/Lambda", name, value, unit, FunctionName=function.name)
