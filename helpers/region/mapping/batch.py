"""A batch: records of one shard, in order, and what becomes of it after each attempt.

An attempt has an Outcome; `after` says which batches are tried next and what is given up. Nothing here waits, calls
or keeps time.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field

from ..awslambda.refusals import SYNCHRONOUS_BYTES
from .event import ENVELOPE
from .mapping import NO_LIMIT

LONGEST_WAIT = 60.0


@dataclass(frozen=True)
class Item:
    """A record on its way: `offset` is its place in the shard's log, `text` its JSON in the event."""

    offset: int
    record: object
    text: str


@dataclass(frozen=True)
class Batch:
    items: tuple[Item, ...]
    attempts: int = 0
    """Invocations that failed with these records, no others, in one batch."""


@dataclass(frozen=True)
class Outcome:
    """done: how many leading records succeeded. reported: the function itself named the first failed one."""

    done: int
    reported: bool = False


@dataclass
class Gathering:
    """A batch being gathered since `opened`; `offset` is where to read on."""

    size: int
    offset: int
    opened: float
    items: list[Item] = field(default_factory=list)
    room: int = SYNCHRONOUS_BYTES - ENVELOPE
    full: bool = False

    def take(self, item: Item) -> bool:
        """Add the item, or find the batch full without it. A batch takes its first record whatever its size."""
        if self.items and len(item.text) > self.room:
            self.full = True
            return False
        self.items.append(item)
        self.room -= len(item.text) + 1
        self.full = len(self.items) >= self.size
        return True


def outcome(
    items: tuple[Item, ...], payload: bytes, function_error: str | None, reports: bool, keeps_state: bool
) -> Outcome:
    """How an invocation went. reports: ReportBatchItemFailures is on. keeps_state: a tumbling window is on."""
    if function_error:
        return Outcome(0)
    response = _loaded(payload)
    if keeps_state and not (isinstance(response, dict) and isinstance(response.get("state"), dict)):
        return Outcome(0)
    if not reports or not response:
        return Outcome(len(items))
    failures = response.get("batchItemFailures") if isinstance(response, dict) else MALFORMED
    if failures is None or failures == []:
        return Outcome(len(items))
    places = {item.record.sequence_number: place for place, item in enumerate(items)}
    try:
        return Outcome(min(places[failure["itemIdentifier"]] for failure in failures), reported=True)
    except (KeyError, TypeError):
        return Outcome(0)


MALFORMED = object()
"""An answer in no form that could name failures: the whole batch failed."""


def state_in(payload: bytes) -> dict:
    """The state that a successful invocation of a tumbling window returned."""
    return _loaded(payload)["state"]


def after(
    batch: Batch, outcome: Outcome, most_retries: int, bisect: bool
) -> tuple[tuple[Batch, ...], Batch | None]:
    """The batches to try next, in order, and the batch given up.

    Progress starts the count of attempts again, and so does splitting (it "does not use up the retry quota").
    """
    items = batch.items[outcome.done :]
    if not items:
        return (), None
    if outcome.done:
        return (Batch(items),), None
    if bisect and len(items) > 1 and not outcome.reported:
        middle = len(items) // 2
        return (Batch(items[:middle]), Batch(items[middle:])), None
    failed = Batch(items, batch.attempts + 1)
    if most_retries != NO_LIMIT and failed.attempts > most_retries:
        return (), failed
    return (failed,), None


def expired(batch: Batch, now: float, oldest_age: float, horizon: int) -> tuple[Batch | None, Batch | None]:
    """The batch's records that are too old or have left the stream, and the rest of it.

    oldest_age: MaximumRecordAgeInSeconds. horizon: the offset of the oldest record that the stream retains.
    """

    def too_old(item: Item) -> bool:
        return item.offset < horizon or (oldest_age != NO_LIMIT and now - item.record.arrival > oldest_age)

    dead = tuple(item for item in batch.items if too_old(item))
    live = tuple(item for item in batch.items if not too_old(item))
    return (
        Batch(dead, batch.attempts) if dead else None,
        Batch(live, batch.attempts) if live else None,
    )


def backoff(failures: int, base: float) -> float:
    """Seconds to wait after so many failures in a row.

    AWS does not document it; recorded there, a record of 60 s of age is tried seven times, which doubling from 0.5 s
    gives.
    """
    return min(LONGEST_WAIT, base * 2 ** min(failures - 1, 32))


def lane_of(partition_key: str, lanes: int) -> int:
    """Which of a shard's concurrent lanes a key belongs to: the same one always, so that its order is kept."""
    return zlib.crc32(partition_key.encode("utf-8", "replace")) % lanes


def _loaded(payload: bytes):
    try:
        return json.loads(payload) if payload else None
    except ValueError:
        return MALFORMED
