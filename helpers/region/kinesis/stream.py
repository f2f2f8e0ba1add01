"""A stream: its shards in the order of their birth, the open ones in the order of their hash ranges, and its status.

What AWS does in the background (creating, resharding, deleting) is a change that falls due: whoever next looks at
the stream carries it out first, so no timer is needed and a test advances a clock.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable

from ..clock import Clock
from ..errors import AwsError
from ..settings import Settings
from . import sequence
from .entry import Entry
from .hashing import even_ranges
from .quota import PerDay
from .resharding import Birth
from .shard import Shard, shard_id

PROVISIONED, ON_DEMAND = "PROVISIONED", "ON_DEMAND"
HOUR = 3600


class Stream:
    """One stream; `lock` guards it and its shards.

    where: "stream NAME under account ID", as AWS's messages say it. mode, retention_hours, max_record_kib and tags
    are as somebody last found the stream (Kinesis.stream, status, shards).
    """

    def __init__(self, name: str, mode: str, shard_count: int, clock: Clock, settings: Settings):
        self.name = name
        self.arn = f"arn:aws:kinesis:{settings.region}:{settings.account}:stream/{name}"
        self.where = f"stream {name} under account {settings.account}"
        self.lock = threading.RLock()
        self.created = clock.now()
        self.mode = mode
        self.retention_hours = 24
        self.max_record_kib = 1024
        self.tags: dict[str, str] = {}
        self.scalings = PerDay(10)
        self.mode_switches = PerDay(2)
        self._clock = clock
        self._settings = settings
        self._shards: dict[int, Shard] = {}
        self._open: list[Shard] = []  # by hash range
        self._starts: list[int] = []  # their first hash keys
        self._born = 0
        self._status = "CREATING"
        self._deleted = False
        self._due = self.created + settings.stream_seconds
        first = [Birth((), start, end) for start, end in even_ranges(shard_count)]
        self._change: Callable[[float], None] | None = lambda at: self._bear(first, at)
        self._shards_asked_for = shard_count

    def __str__(self) -> str:
        """As AWS's messages name it: Stream NAME under account ID."""
        return f"Stream {self.where.removeprefix('stream ')}"

    # What a reader sees.

    @property
    def status(self) -> str:
        """CREATING, ACTIVE, UPDATING or DELETING."""
        with self.lock:
            self.settle()
            return self._status

    @property
    def deleted(self) -> bool:
        with self.lock:
            self.settle()
            return self._deleted

    @property
    def shards(self) -> tuple[Shard, ...]:
        """All shards, open and closed, in the order of their ids, but those whose last record has expired."""
        with self.lock:
            self._forget(self.settle())
            return tuple(self._shards.values())

    @property
    def open_shards(self) -> tuple[Shard, ...]:
        """The open shards in the order of their hash ranges."""
        with self.lock:
            self.settle()
            return tuple(self._open)

    @property
    def retention_seconds(self) -> int:
        return self.retention_hours * HOUR

    @property
    def max_record_bytes(self) -> int:
        return self.max_record_kib * 1024

    @property
    def shard_count(self) -> int:
        """Open shards; those asked for while the stream is being created."""
        return len(self.open_shards) or self._shards_asked_for

    def shard_index(self, given_id: str) -> int:
        """5 for shardId-000000000005: as on AWS, only the digits after the dash count. Raises AwsError."""
        digits = given_id.split("-")[1] if "-" in given_id else given_id
        if not (digits.isascii() and digits.isdigit() and int(digits) < 1 << 31):
            raise self.no_such_shard(given_id)
        return int(digits)

    def shard(self, given_id: str) -> Shard:
        """Raises AwsError ResourceNotFoundException."""
        index = self.shard_index(given_id)
        with self.lock:
            self._forget(self.settle())
            shard = self._shards.get(index)
        if shard is None:
            raise AwsError(
                "ResourceNotFoundException", f"Shard {shard_id(index)} in {self.where} does not exist"
            )
        return shard

    def children(self, parent: Shard) -> list[Shard]:
        return [shard for shard in self.shards if parent.shard_id in shard.parents]

    # What a producer does.

    def put(self, entries: list[Entry]) -> list[tuple[str, str | None]]:
        """Appends each to its shard: shard id and sequence number, None for a record above the shard's quota.

        All entries under one lock, so that a resharding falls before or after all of them. Raises AwsError
        ResourceNotFoundException while the stream is being created, and once it is deleted.
        """
        quotas = self._settings.quotas
        results: list[tuple[str, str | None]] = []
        with self.lock:
            now = self.settle()
            for entry in entries:
                shard = self._route(entry.hash_key)
                if quotas:
                    if not shard.quota.admits_write(now, entry.size):
                        results.append((shard.shard_id, None))
                        continue
                    shard.quota.charge_write(entry.size)
                results.append((shard.shard_id, shard.append(entry.partition_key, entry.data, now)))
        return results

    def check_put(self, *entries: Entry) -> None:
        """What `put` would refuse of these entries, each on its own, without putting them. Raises AwsError."""
        with self.lock:
            now = self.settle()
            for entry in entries:
                shard = self._route(entry.hash_key)
                if self._settings.quotas and not shard.quota.admits_write(now, entry.size):
                    raise self.rate_exceeded(shard.shard_id)

    def check_ordering(self, number: str) -> None:
        """SequenceNumberForOrdering: a number that this stream has given, so that the next one is above it.

        Numbers of one shard grow, and a child's are above its parents', so for one partition key the promise is kept.
        Raises AwsError.
        """
        parts = sequence.parse(int(number))
        with self.lock:
            now = self.settle()
            shard = self._shards.get(parts.shard) if parts else None
            given = parts and parts.arrival <= now and parts.shard < self._born
            if not given or (shard and not shard.has_given(parts)):
                raise AwsError(
                    "InvalidArgumentException",
                    f"ExclusiveMinimumSequenceNumber {number} used in PutRecord on {self.where} is invalid.",
                )

    # What an administrator does: each leaves the stream UPDATING (or DELETING) until it falls due.

    def update(self, **attributes) -> None:
        """UPDATING, then these attributes and ACTIVE. Raises AwsError ResourceInUseException unless ACTIVE now."""
        with self.lock:
            self.check_status("ACTIVE")
            self._begin("UPDATING", lambda at: vars(self).update(attributes))

    def reshard(self, plan: list[Birth]) -> None:
        """UPDATING, then the plan's shards. Places in the plan are those of `open_shards`. Raises AwsError."""
        with self.lock:
            self.check_status("ACTIVE")
            self._begin("UPDATING", lambda at: self._bear(plan, at))

    def delete(self) -> None:
        """DELETING, still read and written, then gone. A change under way is dropped."""
        with self.lock:
            self.settle()
            if self._status != "DELETING":
                self._begin("DELETING", self._end)

    def check_status(self, *wanted: str) -> None:
        """Raises AwsError ResourceInUseException."""
        if self.status not in wanted:
            text = f"{self} not ACTIVE, instead in state {self._status}"
            raise AwsError("ResourceInUseException", text)

    def settle(self) -> float:
        """Carries out a change that has fallen due; the time now. The caller holds the lock."""
        now = self._clock.now()
        if self._change and now >= self._due:
            change, self._change = self._change, None
            self._status = "ACTIVE"
            change(self._due)
        return now

    # AWS's refusals that several actions share.

    def not_found(self) -> AwsError:
        return AwsError("ResourceNotFoundException", f"{self} not found.")

    def no_such_shard(self, given_id: str) -> AwsError:
        return AwsError("ResourceNotFoundException", f"Could not find shard {given_id} in {self.where}.")

    def rate_exceeded(self, shard_id: str) -> AwsError:
        text = f"Rate exceeded for shard {shard_id} in {self.where}."
        return AwsError("ProvisionedThroughputExceededException", text)

    def _begin(self, status: str, change: Callable[[float], None]) -> None:
        self._status = status
        self._due = self._clock.now() + self._settings.stream_seconds
        self._change = change

    def _end(self, at: float) -> None:
        self._status, self._deleted = "DELETING", True
        self._shards, self._open, self._starts = {}, [], []

    def _bear(self, plan: list[Birth], at: float) -> None:
        family = list(self._open)
        for birth in plan:
            parents = tuple(family[place] for place in birth.parents)
            for parent in parents:
                parent.close(at)
            child = Shard(self, self._born, birth.start, birth.end, at, parents)
            self._shards[self._born] = child
            self._born += 1
            family.append(child)
        self._open = sorted(
            (shard for shard in family if shard.closed_at is None), key=lambda shard: shard.start
        )
        self._starts = [shard.start for shard in self._open]

    def _route(self, hash_key: int) -> Shard:
        if not self._open:
            raise self.not_found()
        return self._open[bisect_right(self._starts, hash_key) - 1]

    def _forget(self, now: float) -> None:
        for index in [index for index, shard in self._shards.items() if shard.expired(now)]:
            del self._shards[index]
