"""A shard: a log of records, appended at its end, read from any place, forgotten from its beginning.

A record's place is its offset from the first the shard ever took. The log keeps columns, not objects, since a stream
may hold a million records; putting and getting cost the same however long it is.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from ..errors import AwsError
from . import sequence
from .quota import MIB, ShardQuota
from .sequence import LAST_COUNTER, Sequence

if TYPE_CHECKING:
    from .stream import Stream

MOST_RECORDS_READ = 10_000
MOST_BYTES_READ = 10 * MIB


@dataclass(slots=True)
class Record:
    sequence_number: str
    partition_key: str
    data: bytes
    arrival: float
    """Epoch seconds, in whole milliseconds."""


@dataclass(slots=True)
class Slice:
    """What one read found."""

    records: list[Record]
    next_offset: int
    millis_behind: int
    """Age of the oldest record still unread, in milliseconds; 0: nothing is."""
    ended: bool
    """The shard is closed and read to its end: nothing will ever come after."""
    size: int
    """Bytes of data and partition keys."""


class Shard:
    """One shard of `stream`, under whose lock all its state changes.

    start, end: its first and last hash key. opened, closed_at: epoch seconds (closed_at None while open).
    """

    def __init__(
        self, stream: Stream, index: int, start: int, end: int, opened: float, parents: tuple[Shard, ...]
    ):
        self._stream = stream
        self.index = index
        self.shard_id = shard_id(index)
        self.parents = tuple(parent.shard_id for parent in parents)
        self.start = start
        self.end = end
        self.opened = opened
        self.closed_at: float | None = None
        self.quota = ShardQuota()
        # A second above its parents', as on AWS, so that a child's sequence numbers are above all of theirs.
        self._second = max([int(opened), *(parent._second + 1 for parent in parents)])
        self._keys: list[str] = []
        self._data: list[bytes] = []
        self._arrivals = array("q")  # epoch milliseconds
        self._base = 0  # offset of the columns' first element
        self._horizon = 0  # offset of the oldest record within retention

    @property
    def closed(self) -> bool:
        with self._stream.lock:
            self._stream.settle()
            return self.closed_at is not None

    def position(self, kind: str, *, sequence: int | None = None, timestamp: float | None = None) -> int:
        """The offset where a reader of that kind begins.

        kind: TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER (with `sequence`), AT_TIMESTAMP
        (with `timestamp`, epoch seconds). Raises AwsError InvalidArgumentException.
        """
        with self._stream.lock:
            now = self._stream.settle()
            horizon, tip = self._trim(now), self._tip
            if kind == "TRIM_HORIZON":
                return horizon
            if kind == "LATEST":
                return tip
            if kind == "AT_TIMESTAMP":
                return self._at_timestamp(round(timestamp * 1000), int(now * 1000))
            counter = self._own(sequence).counter
            # The record with counter 1 is at offset 0; what is trimmed already is read from the horizon.
            return min(max(counter if kind == "AFTER_SEQUENCE_NUMBER" else counter - 1, horizon), tip)

    def read(self, offset: int, limit: int = MOST_RECORDS_READ, max_bytes: int = MOST_BYTES_READ) -> Slice:
        """The records from `offset` on: at most `limit`, at most `max_bytes` of data and keys, but one if any."""
        with self._stream.lock:
            now = self._stream.settle()
            first = max(offset, self._trim(now))
            low = first - self._base
            high = min(low + limit, len(self._keys))
            keys, data, arrivals = self._keys[low:high], self._data[low:high], self._arrivals[low:high]
            count, size = _fitting(keys, data, max_bytes)
            after = first + count
            unread = after < self._tip
            behind = max(1, int(now * 1000) - self._arrivals[after - self._base]) if unread else 0
            ended = self.closed_at is not None and not unread
        columns = zip(keys, data, arrivals, strict=True)
        records = [
            Record(self.sequence_number(first + place + 1, arrival), key, content, arrival / 1000)
            for place, (key, content, arrival) in enumerate(islice(columns, count))
        ]
        return Slice(records, after, behind, ended, size)

    def sequence_number(self, counter: int, arrival_ms: int) -> str:
        return str(Sequence(self._second, self.index, counter, arrival_ms // 1000))

    # Below: for the stream, which holds its lock.

    def append(self, partition_key: str, data: bytes, now: float) -> str:
        """Takes a record; its sequence number."""
        arrival = int(now * 1000)
        if self._arrivals:
            arrival = max(arrival, self._arrivals[-1])  # a computer's clock may be set back
        self._keys.append(partition_key)
        self._data.append(data)
        self._arrivals.append(arrival)
        self._trim(now)
        return self.sequence_number(self._tip, arrival)

    def close(self, at: float) -> None:
        if self.closed_at is None:
            self.closed_at = at

    def expired(self, now: float) -> bool:
        """Closed for longer than the stream keeps records: AWS lists it no more."""
        return self.closed_at is not None and self.closed_at < now - self._stream.retention_seconds

    def open_at(self, instant: float) -> bool:
        return self.opened <= instant and (self.closed_at is None or self.closed_at >= instant)

    @property
    def hash_range(self) -> tuple[int, int]:
        return self.start, self.end

    def has_given(self, number: Sequence) -> bool:
        return number.opened == self._second and number.counter <= self._tip

    def description(self) -> dict:
        """The Shard shape of DescribeStream and ListShards."""
        numbers = {"StartingSequenceNumber": self.sequence_number(0, self._second * 1000)}
        if self.closed_at is not None:
            numbers["EndingSequenceNumber"] = self.sequence_number(LAST_COUNTER, int(self.closed_at * 1000))
        parents = dict(zip(("ParentShardId", "AdjacentParentShardId"), self.parents, strict=False))
        return {"ShardId": self.shard_id, **parents, **self.hash_key_range(), "SequenceNumberRange": numbers}

    def hash_key_range(self) -> dict:
        return {"HashKeyRange": {"StartingHashKey": str(self.start), "EndingHashKey": str(self.end)}}

    @property
    def _tip(self) -> int:
        return self._base + len(self._keys)

    def _trim(self, now: float) -> int:
        """Moves the horizon to the oldest record within retention, and returns its offset.

        What is behind it is freed once it is more than half of the log, so that each record is moved once on average.
        """
        oldest = int((now - self._stream.retention_seconds) * 1000)
        expired = bisect_left(self._arrivals, oldest, lo=self._horizon - self._base)
        self._horizon = self._base + expired
        if expired * 2 > len(self._arrivals):
            del self._keys[:expired], self._data[:expired], self._arrivals[:expired]
            self._base = self._horizon
        return self._horizon

    def _at_timestamp(self, timestamp_ms: int, now_ms: int) -> int:
        if timestamp_ms > now_ms:
            raise AwsError(
                "InvalidArgumentException",
                "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
                f"timestampInMillis: {timestamp_ms}, currentTimestampInMillis: {now_ms}",
            )
        return self._base + bisect_left(self._arrivals, timestamp_ms, lo=self._horizon - self._base)

    def _own(self, number: int) -> Sequence:
        """The sequence number's parts, if this shard may have given it. Texts: kinesalite's getShardIterator.js."""
        parts = sequence.parse(number)
        used = f"StartingSequenceNumber {number} used in GetShardIterator on shard {self.shard_id} in"
        if parts is None:
            raise AwsError("InvalidArgumentException", f"{used} {self._stream.where} is invalid.")
        if parts.shard != self.index:
            raise AwsError(
                "InvalidArgumentException",
                f"Invalid StartingSequenceNumber. It encodes {shard_id(parts.shard)}, while it was used in a call "
                f"to a shard with {self.shard_id}",
            )
        if parts.opened != self._second:
            raise AwsError(
                "InvalidArgumentException",
                f"{used} {self._stream.where} is invalid because it did not come from this stream.",
            )
        return parts


def shard_id(index: int) -> str:
    return f"shardId-{index:012}"


def _fitting(keys: list[str], data: list[bytes], max_bytes: int) -> tuple[int, int]:
    """How many of these records fit into `max_bytes` (the first always does), and their bytes."""
    size = 0
    for count, (key, content) in enumerate(zip(keys, data, strict=True)):
        more = len(content) + (len(key) if key.isascii() else len(key.encode("utf-8", "replace")))
        if count and size + more > max_bytes:
            return count, size
        size += more
    return len(keys), size
