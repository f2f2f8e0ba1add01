"""Tumbling windows: spans of time, laid end to end, over which a function carries a state from batch to batch."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..clock import iso
from .event import written

STATE_LIMIT = 1024 * 1024
"""Bytes of state; a window that exceeds it ends early."""


@dataclass(frozen=True)
class Window:
    """A window of a shard that is open. start: seconds since the epoch."""

    start: float
    seconds: int
    state: dict = field(default_factory=dict)

    @property
    def end(self) -> float:
        return self.start + self.seconds

    @property
    def overflows(self) -> bool:
        return len(written(self.state)) > STATE_LIMIT

    def members(self, shard_id: str, stream_arn: str, *, final: bool = False) -> dict:
        """What the window adds to an event, in the order AWS writes it."""
        return {
            "window": {"start": iso(self.start, "seconds"), "end": iso(self.end, "seconds")},
            "state": self.state,
            "shardId": shard_id,
            "eventSourceARN": stream_arn,
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": final and self.overflows,
        }


def window_start(arrival: float, seconds: int) -> float:
    """The start of the window that a record belongs to, by its arrival."""
    return arrival // seconds * seconds
