"""Splits and merges as plans: which shards are born, in which order, of which parents.

A plan is a list of births. Parents are places in the family: first the open shards in the order of their ranges,
then the born in the order of the plan. Pure: ranges in, births out; the stream carries the plan out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from ..errors import AwsError
from .hashing import even_ranges

Range = tuple[int, int]
"""First and last hash key, inclusive."""

ROUNDING = 1 << 32
"""Boundaries nearer than this are the same one, differently rounded (2**128 / 6 * 2 is not 2**128 / 3)."""


class Birth(NamedTuple):
    parents: tuple[int, ...]
    start: int
    end: int


def split(place: int, hash_range: Range, at: int) -> list[Birth]:
    """One shard becomes two, the second starting with hash key `at`."""
    return [Birth((place,), hash_range[0], at - 1), Birth((place,), at, hash_range[1])]


def merge(places: tuple[int, int], ranges: tuple[Range, Range]) -> list[Birth]:
    """Two neighbours, the lower first, become one."""
    return [Birth(places, ranges[0][0], ranges[1][1])]


def uniform(open_ranges: list[Range], target: int) -> list[Birth]:
    """UpdateShardCount: `target` even ranges, by splits at the new boundaries, then merges across the old ones.

    The shards in between are born closed, as AWS documents ("short-lived shards"): 2 → 3 goes through 4.
    """
    births: list[Birth] = []
    cuts = _boundaries(open_ranges, target)

    def add(new: list[Birth]) -> list[int]:
        births.extend(new)
        return list(range(len(open_ranges) + len(births) - len(new), len(open_ranges) + len(births)))

    pieces: list[tuple[int, Range]] = []
    for place, (start, end) in enumerate(open_ranges):
        for cut in cuts[bisect_right(cuts, start) : bisect_right(cuts, end)]:
            left, place = add(split(place, (start, end), cut))
            pieces.append((left, (start, cut - 1)))
            start = cut
        pieces.append((place, (start, end)))

    joined, joined_range = pieces[0]
    kept = set(cuts)
    for place, piece in pieces[1:]:
        if piece[0] in kept:
            joined, joined_range = place, piece
        else:
            (joined,) = add(merge((joined, place), (joined_range, piece)))
            joined_range = (joined_range[0], piece[1])
    return births


def _boundaries(open_ranges: list[Range], target: int) -> list[int]:
    """Where the even ranges begin, each on the present boundary that it only rounds differently."""
    present = [start for start, _ in open_ranges]
    cuts = []
    for start, _ in even_ranges(target):
        place = bisect_left(present, start)
        nearest = min(present[max(0, place - 1) : place + 1], key=lambda boundary: abs(boundary - start))
        cuts.append(nearest if abs(nearest - start) < ROUNDING else start)
    return cuts


def check_split(shard_id: str, where: str, hash_range: Range, at: int) -> None:
    """A split leaves something to both children. where: stream and account, in AWS's words. Raises AwsError."""
    start, end = hash_range
    if not start + 1 < at < end:
        raise AwsError(
            "InvalidArgumentException",
            f"NewStartingHashKey {at} used in SplitShard() on shard {shard_id} in {where} is not both greater than "
            f"one plus the shard's StartingHashKey {start} and less than the shard's EndingHashKey {end}.",
        )


def check_merge(shard_ids: tuple[str, str], where: str, ranges: tuple[Range, Range]) -> None:
    """Only neighbours merge, the lower named first (so on AWS: kinesalite's test/mergeShards.js). Raises AwsError."""
    if ranges[0][1] + 1 != ranges[1][0]:
        raise AwsError(
            "InvalidArgumentException",
            f"Shards {shard_ids[0]} and {shard_ids[1]} in {where} are not an adjacent pair of shards eligible for "
            "merging",
        )


def check_target(current: int, target: int) -> None:
    """UpdateShardCount's limits: at most double, at least half, at most 10,000. Raises AwsError."""
    counts = f"Current open shard count: {current}, Target shard count: {target}"
    if target > 2 * current:
        raise AwsError(
            "LimitExceededException",
            f"UpdateShardCount cannot scale up over double your current open shard count. {counts}",
        )
    if 2 * target < current:
        raise AwsError(
            "LimitExceededException",
            f"UpdateShardCount cannot scale down below half your current open shard count. {counts}",
        )
    if target > 10_000:
        raise AwsError(
            "LimitExceededException", f"UpdateShardCount cannot scale up over 10000 shards. {counts}"
        )
    if target == current:
        # AWS's answer is not known; refusing says plainly that nothing would change.
        raise AwsError("InvalidArgumentException", f"The stream has the target shard count already. {counts}")
