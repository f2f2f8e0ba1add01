"""A poller: the thread that takes one mapping through its states and keeps a lane running on each readable shard.

Where the mapping stands in the stream outlives its lanes: disabling stops them, enabling starts others from there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from ..awslambda.function import parse_name
from ..errors import AwsError
from .lane import Lane, Room
from .mapping import DELETED, DELETING, ENABLED, IN_TRANSITION, Mapping, described, settled
from .shards import Position, Positions, readable, regrouped

LOG = logging.getLogger(__name__)
NOTHING_YET = "No records processed"


class Poller:
    """Polls for `mapping`. forget(uuid) is called when a deleted mapping is gone."""

    def __init__(
        self, room: Room, mapping: Mapping, forget: Callable[[str], None], tags: dict[str, str] | None = None
    ):
        self.mapping = mapping
        self.tags = tags or {}
        self.last_processing_result = NOTHING_YET
        self._room, self._forget = room, forget
        self._stream = None
        self._positions: Positions = {}
        self._lanes: list[Lane] = []
        self._closing, self._woken = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mapping {mapping.UUID[:8]}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def change(self, mapping: Mapping) -> None:
        """Follow `mapping`, which is in transition: its lanes stop now, and it settles in its time."""
        self.mapping = mapping
        self._stop_lanes()
        self._woken.set()

    def signal_close(self) -> None:
        self._closing.set()
        self._woken.set()
        self._stop_lanes()

    def join(self, until: float) -> None:
        """Wait for the threads to end, by time.monotonic() at most `until`.

        A lane whose function is still running ends when it returns.
        """
        self._thread.join(max(0, until - time.monotonic()))
        for lane in self._lanes:
            lane.join(max(0, until - time.monotonic()))

    def described(self) -> dict:
        """The mapping as AWS shows it."""
        return described(self.mapping, self.last_processing_result)

    def status(self) -> dict:
        """The mapping in short, with where it stands."""
        return {
            "UUID": self.mapping.UUID,
            "State": self.mapping.state,
            "Stream": self.mapping.EventSourceArn.rpartition("/")[2],
            "Function": parse_name(self.mapping.configuration.FunctionArn)[0],
            "LastProcessingResult": self.last_processing_result,
            "Shards": self.shards(),
        }

    def shards(self) -> list[dict]:
        """Where the mapping stands, lane by lane.

        Each: ShardId, Lane, Checkpoint (offset in the shard's log), Waiting (records after it, of every lane),
        AgeMilliseconds (of the first of them, 0 if none), Drained.
        """
        if self._stream is None:
            return []
        by_id = {shard.shard_id: shard for shard in self._stream.shards}
        return [
            _standing(by_id[shard_id], lane, position, self._room.clock.now())
            for (shard_id, lane), position in sorted(dict(self._positions).items())
            if shard_id in by_id
        ]

    def _run(self) -> None:
        while not self._closing.is_set() and self.mapping.state != DELETED:
            self._woken.clear()
            pause = self._room.settings.poll_seconds
            try:
                pause = min(pause, self._step())
            except AwsError as refusal:
                self._report(f"PROBLEM: {refusal.message}")
            except Exception as error:
                self._report(f"PROBLEM: {type(error).__name__}: {error}")
                LOG.exception("%s", self._thread.name)
            if not self._closing.is_set():
                self._room.clock.wait(self._woken, pause)
        self._stop_lanes()

    def _step(self) -> float:
        """Do what the state asks for; how many seconds until there may be more to do."""
        mapping = self.mapping
        self._lanes = [lane for lane in self._lanes if lane.alive]
        if mapping.state in IN_TRANSITION:
            self._stop_lanes()
            left = mapping.settles_at - self._room.clock.now()
            if left > 0:
                return left
            if mapping.state == DELETING or not self._lanes:
                self._settle(mapping)
                return 0
        elif mapping.state == ENABLED:
            self._start_lanes()
        return self._room.settings.poll_seconds

    def _settle(self, mapping: Mapping) -> None:
        now_is = settled(mapping, self._room.clock.now())
        asked, was = now_is.configuration, mapping.configuration
        if asked.ParallelizationFactor != was.ParallelizationFactor:
            self._positions = regrouped(self._positions, asked.ParallelizationFactor)
        if asked.TumblingWindowInSeconds != was.TumblingWindowInSeconds:
            for position in self._positions.values():
                position.window = None
        try:
            if now_is.state == ENABLED:
                self._follow_stream(now_is)
        finally:
            self.mapping = now_is
            if now_is.state == DELETED:
                self._forget(now_is.UUID)

    def _follow_stream(self, mapping: Mapping) -> None:
        """Take up the stream and any shard of it not seen before.

        The first time, its shards are read from the StartingPosition, so LATEST means: from now, when the mapping
        turns Enabled. A shard that appears later is a child, read from its beginning, as is every shard of another
        stream made under the same name.
        """
        try:
            stream = self._room.kinesis.stream(mapping.EventSourceArn)
        except AwsError:
            self._stop_lanes()
            raise
        kind, timestamp = "TRIM_HORIZON", None
        if self._stream is None:
            kind, timestamp = mapping.StartingPosition, mapping.StartingPositionTimestamp
        elif stream is not self._stream:
            self._stop_lanes()
            self._positions = {}
        for shard in stream.shards:
            for number in range(mapping.configuration.ParallelizationFactor):
                if (shard.shard_id, number) not in self._positions:
                    offset = shard.position(kind, timestamp=timestamp)
                    self._positions[shard.shard_id, number] = Position(offset)
        self._stream = stream

    def _start_lanes(self) -> None:
        self._follow_stream(self.mapping)
        running = {(lane.shard.shard_id, lane.number) for lane in self._lanes if lane.alive}
        for shard in readable(self._stream.shards, self._positions):
            for number in range(self.mapping.configuration.ParallelizationFactor):
                position = self._positions[shard.shard_id, number]
                if (shard.shard_id, number) not in running and not position.drained:
                    self._start_lane(shard, number, position)

    def _start_lane(self, shard, number: int, position: Position) -> None:
        lane = Lane(
            self._room,
            self.mapping,
            shard,
            number,
            position,
            report=self._report,
            on_end=self._woken.set,
            closing=self._closing,
        )
        self._lanes.append(lane)
        lane.start()

    def _stop_lanes(self) -> None:
        for lane in self._lanes:
            lane.stop()

    def _report(self, result: str) -> None:
        self.last_processing_result = result


def _standing(shard, lane: int, position: Position, now: float) -> dict:
    waiting = shard.position("LATEST") - position.offset
    oldest = shard.read(position.offset, 1).records if waiting > 0 else []
    return {
        "ShardId": shard.shard_id,
        "Lane": lane,
        "Checkpoint": position.offset,
        "Waiting": max(0, waiting),
        "AgeMilliseconds": round(1000 * (now - oldest[0].arrival)) if oldest else 0,
        "Drained": position.drained,
    }
