"""How much is allowed in how long: the shards' quotas per second, and what a stream may do per day.

Pure rules over the time they are given. They count; whoever asks decides what a refusal means.
"""

from __future__ import annotations

from collections import deque

MIB = 1 << 20
DAY = 24 * 3600.0


class PerSecond:
    """At most `rate` units in a second that begins with the first use.

    One use may exceed the rate if the second was unused, and is then worked off: ten times the rate closes the
    quota for ten seconds. So a 10 MiB record goes through a 1 MiB/s shard, and a GetRecords of 10 MiB is followed
    by five seconds of throttling (AWS: service-sizes-and-limits.html, large-records.html).
    """

    __slots__ = ("_began", "_used", "rate")

    def __init__(self, rate: int):
        self.rate = rate
        self._began = 0.0
        self._used = 0

    def admits(self, now: float, amount: int = 1) -> bool:
        if not self._began <= now < self._began + max(1.0, self._used / self.rate):
            self._began, self._used = now, 0
        return self._used == 0 or self._used + amount <= self.rate

    def charge(self, amount: int = 1) -> None:
        self._used += amount


class PerDay:
    """At most `limit` uses in any 24 hours."""

    def __init__(self, limit: int):
        self.limit = limit
        self._used: deque[float] = deque()

    def admits(self, now: float) -> bool:
        while self._used and self._used[0] <= now - DAY:
            self._used.popleft()
        return len(self._used) < self.limit

    def charge(self, now: float) -> None:
        self._used.append(now)


class ShardQuota:
    """One shard's quotas: writes 1,000 records and 1 MiB a second; reads 5 GetRecords and 2 MiB a second."""

    __slots__ = ("_bytes_in", "_bytes_out", "_iterators", "_reads", "_records_in")

    def __init__(self):
        self._records_in = PerSecond(1000)
        self._bytes_in = PerSecond(MIB)
        self._reads = PerSecond(5)
        self._bytes_out = PerSecond(2 * MIB)
        self._iterators = PerSecond(5)

    def admits_write(self, now: float, size: int) -> bool:
        return self._records_in.admits(now) and self._bytes_in.admits(now, size)

    def charge_write(self, size: int) -> None:
        self._records_in.charge()
        self._bytes_in.charge(size)

    def takes_read(self, now: float) -> bool:
        """Whether one more GetRecords is admitted; if so it is charged, and what it reads when that is known."""
        admitted = self._reads.admits(now) and self._bytes_out.admits(now)
        self._reads.charge(int(admitted))
        return admitted

    def charge_bytes_read(self, size: int) -> None:
        self._bytes_out.charge(size)

    def takes_iterator(self, now: float) -> bool:
        admitted = self._iterators.admits(now)
        self._iterators.charge(int(admitted))
        return admitted
