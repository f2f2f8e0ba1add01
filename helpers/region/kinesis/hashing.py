"""Which shard takes a record: MD5 turns its partition key into a number below 2**128; each shard owns a range of them.

Ranges are inclusive at both ends, and the open shards' ranges cover the whole space once.
"""

from __future__ import annotations

import hashlib

HASH_SPACE = 1 << 128
LAST_HASH_KEY = HASH_SPACE - 1


def hash_key(partition_key: str) -> int:
    """The partition key's place in the hash space. A lone surrogate hashes as Java writes it, "?"."""
    return int.from_bytes(
        hashlib.md5(partition_key.encode("utf-8", "replace"), usedforsecurity=False).digest(), "big"
    )


def even_ranges(count: int) -> list[tuple[int, int]]:
    """The hash space in `count` even ranges, as CreateStream deals them: the last takes the division's rest."""
    step = HASH_SPACE // count
    starts = [number * step for number in range(count)]
    return list(zip(starts, [start - 1 for start in starts[1:]] + [LAST_HASH_KEY], strict=True))
