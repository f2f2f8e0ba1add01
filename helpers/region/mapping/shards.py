"""Where a mapping stands in its stream: a position a lane, and which shards may be read now.

A child shard is read only after its parents are read to their end, which keeps the order of a key over a resharding.
"""

from __future__ import annotations

from dataclasses import dataclass

from .window import Window

Positions = dict[tuple[str, int], "Position"]
"""(shard id, lane number) → where that lane is."""


@dataclass
class Position:
    """offset: the first record of the shard's log not yet done with. drained: the shard is closed and all done."""

    offset: int
    drained: bool = False
    window: Window | None = None


def readable(shards, positions: Positions) -> list:
    """The shards to read now: not read to their end, and no parent of theirs still to be read."""
    unread = {shard.shard_id for shard in shards} - _drained(positions)
    return [s for s in shards if s.shard_id in unread and not unread.intersection(s.parents)]


def regrouped(positions: Positions, lanes: int) -> Positions:
    """The positions for another number of lanes: each starts where the one furthest back was (at least once)."""
    return {
        (shard_id, lane): Position(
            min(p.offset for (other, _), p in positions.items() if other == shard_id),
            shard_id in _drained(positions),
        )
        for shard_id in {shard_id for shard_id, _ in positions}
        for lane in range(lanes)
    }


def _drained(positions: Positions) -> set[str]:
    still_read = {shard_id for (shard_id, _), position in positions.items() if not position.drained}
    return {shard_id for shard_id, _ in positions} - still_read
