"""Shard iterators and paging tokens: a place to go on from, sealed so that only the region can have written it.

Both are text for the caller to hand back: what they say, when they were given (they live five minutes), and a
signature over it. Whoever makes one up, or keeps one over a restart, is told that it is invalid.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from typing import NamedTuple

from ..errors import AwsError

LIFETIME_MS = 300_000


class ShardIterator(NamedTuple):
    stream_arn: str
    created: float
    """The stream's creation, so that an iterator does not outlive it into the next stream of that name."""
    shard_id: str
    offset: int


class Seal:
    """Writes and reads iterators and tokens with one key, new at every start of the region."""

    def __init__(self):
        self._key = secrets.token_bytes(32)

    def iterator(self, place: ShardIterator, now: float) -> str:
        return self._write("iterator", list(place), now)

    def read_iterator(self, text: str, now: float) -> ShardIterator:
        """Raises AwsError InvalidArgumentException or ExpiredIteratorException."""
        read = self._read("iterator", text)
        if read is None:
            raise AwsError("InvalidArgumentException", "Invalid ShardIterator.")
        place, given_ms = read
        if now * 1000 - given_ms > LIFETIME_MS:
            raise AwsError(
                "ExpiredIteratorException",
                f"Iterator expired. The iterator was created at time {utc(given_ms / 1000)} while right now it is "
                f"{utc(now)} which is further in the future than the tolerated delay of {LIFETIME_MS} milliseconds.",
            )
        return ShardIterator(*place)

    def token(self, operation: str, place: list, now: float) -> str:
        """A NextToken of `operation`."""
        return self._write(operation, place, now)

    def read_token(self, operation: str, text: str, now: float) -> list:
        """Raises AwsError InvalidArgumentException or ExpiredNextTokenException (their texts are not known)."""
        read = self._read(operation, text)
        if read is None:
            raise AwsError("InvalidArgumentException", "Invalid NextToken.")
        place, given_ms = read
        if now * 1000 - given_ms > LIFETIME_MS:
            raise AwsError("ExpiredNextTokenException", "NextToken expired: it is valid for 300 seconds.")
        return place

    def _write(self, kind: str, place: list, now: float) -> str:
        content = json.dumps([kind, int(now * 1000), place], separators=(",", ":")).encode()
        # AWS's iterators begin with these eight bytes ("AAAAAAAAAAE…").
        return base64.b64encode(b"\0\0\0\0\0\0\0\1" + self._signature(content) + content).decode()

    def _read(self, kind: str, text: str) -> tuple[list, int] | None:
        try:
            sealed = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None
        signature, content = sealed[8:24], sealed[24:]
        if not hmac.compare_digest(signature, self._signature(content)):
            return None
        written_kind, given_ms, place = json.loads(content)
        return (place, given_ms) if written_kind == kind else None

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)[:16]


def utc(seconds: float) -> str:
    """Epoch seconds as AWS's messages write them: Thu Jan 22 01:22:02 UTC 2015."""
    weekday, month, day, clock, year = time.asctime(time.gmtime(seconds)).split()
    return f"{weekday} {month} {day:0>2} {clock} UTC {year}"
