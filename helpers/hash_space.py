"""Where a partition key lands: MD5 makes it a number below 2¹²⁸, and each shard owns a range of those numbers.

    land("ana", shards=4).shard    0

The rule of AWS's PutRecord, for a stream as CreateStream makes it: even ranges, the last takes the division's rest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

SIZE = 1 << 128
LONGEST_KEY = 256  # characters, as PutRecord takes them


@dataclass(frozen=True)
class Landing:
    """`md5`: 32 hexadecimal digits. `number`: the same as an integer. `shard`: from 0, of `shards`."""

    key: str
    md5: str
    number: int
    shard: int
    shards: int

    @property
    def range(self) -> tuple[int, int]:
        """First and last number that the shard owns."""
        return ranges(self.shards)[self.shard]

    @property
    def share(self) -> float:
        """How far along the line the key lands, 0 to 1."""
        return self.number / SIZE


def land(key: str, shards: int) -> Landing:
    """Raises ValueError for a key that AWS would refuse: empty, or longer than 256 characters."""
    if not 1 <= len(key) <= LONGEST_KEY:
        raise ValueError(f"A partition key has 1 to {LONGEST_KEY} characters, not {len(key)}.")
    md5 = hashlib.md5(key.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    number = int(md5, 16)
    shard = min(number // (SIZE // shards), shards - 1)
    return Landing(key, md5, number, shard, shards)


def ranges(shards: int) -> list[tuple[int, int]]:
    """First and last number of each shard, both inclusive."""
    step = SIZE // shards
    starts = [step * shard for shard in range(shards)]
    return list(zip(starts, [start - 1 for start in starts[1:]] + [SIZE - 1], strict=True))


def shard_id(shard: int) -> str:
    """What AWS calls it."""
    return f"shardId-{shard:012}"
