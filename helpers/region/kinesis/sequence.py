"""Sequence numbers: 56 digits that say when the shard was opened, which of its records this is, and when it came.

In hexadecimal: 2, nine digits of the shard's opening second, one of its index, sixteen of the counter, 00, nine of
the arrival second, eight of the shard's index, 2 (decoded from AWS's own by mhart/kinesalite, db/index.js). So a
number tells its shard, grows within it, and a child's numbers are above its parents'.
"""

from __future__ import annotations

from typing import NamedTuple

LAST_COUNTER = (1 << 63) - 1
"""The counter in a closed shard's EndingSequenceNumber."""


class Sequence(NamedTuple):
    opened: int
    """Epoch second that the shard was opened in."""
    shard: int
    """The shard's index: 5 for shardId-000000000005."""
    counter: int
    """0 for the shard's StartingSequenceNumber, then 1, 2, 3 … for its records."""
    arrival: int
    """Epoch second."""

    def __int__(self) -> int:
        return (
            2 << 184
            | self.opened << 148
            | (self.shard & 15) << 144
            | self.counter << 80
            | self.arrival << 36
            | self.shard << 4
            | 2
        )

    def __str__(self) -> str:
        return str(int(self))


def parse(number: int) -> Sequence | None:
    """What a sequence number tells; None if no shard can have given it."""
    sequence = Sequence(
        opened=number >> 148 & (1 << 36) - 1,
        shard=number >> 4 & (1 << 32) - 1,
        counter=number >> 80 & (1 << 64) - 1,
        arrival=number >> 36 & (1 << 36) - 1,
    )
    return sequence if int(sequence) == number else None
