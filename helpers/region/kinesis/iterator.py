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

LIFETIME = 300
"""Seconds."""

PREFIX = b"\0\0\0\0\0\0\0\1"
"""AWS's iterators begin with these bytes, "AAAAAAAAAAE"."""


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
        return self.token("ShardIterator", list(place), now)

    def read_iterator(self, text: str, now: float) -> ShardIterator:
        """Raises AwsError InvalidArgumentException or ExpiredIteratorException."""
        place, given = self._read("ShardIterator", text, "Invalid ShardIterator.")
        if now - given > LIFETIME:
            raise AwsError(
                "ExpiredIteratorException",
                f"Iterator expired. The iterator was created at time {utc(given)} while right now it is {utc(now)} "
                f"which is further in the future than the tolerated delay of {LIFETIME}000 milliseconds.",
            )
        return ShardIterator(*place)

    def token(self, operation: str, place: list, now: float) -> str:
        """A NextToken of `operation`."""
        content = json.dumps([operation, now, place], separators=(",", ":")).encode()
        return base64.b64encode(PREFIX + self._signature(content) + content).decode()

    def read_token(self, operation: str, text: str, now: float) -> list:
        """Raises AwsError InvalidArgumentException or ExpiredNextTokenException; AWS's texts are not known."""
        place, given = self._read(operation, text, "Invalid NextToken.")
        if now - given > LIFETIME:
            raise AwsError("ExpiredNextTokenException", f"A NextToken is valid for {LIFETIME} seconds.")
        return place

    def _read(self, operation: str, text: str, invalid: str) -> tuple[list, float]:
        """The place, and when it was given out."""
        try:
            sealed = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            sealed = b""
        signature, content = sealed[8:24], sealed[24:]
        if hmac.compare_digest(signature, self._signature(content)):
            written_for, given, place = json.loads(content)
            if written_for == operation:
                return place, given
        raise AwsError("InvalidArgumentException", invalid)

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)[:16]


def utc(seconds: float) -> str:
    """Epoch seconds as AWS's messages write them: Thu Jan 22 01:22:02 UTC 2015."""
    weekday, month, day, clock, year = time.asctime(time.gmtime(seconds)).split()
    return f"{weekday} {month} {day:0>2} {clock} UTC {year}"
