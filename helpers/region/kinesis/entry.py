"""One record as a producer puts it, checked: it has a partition key, a hash key in range, and is not too big."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import AwsError
from .hashing import LAST_HASH_KEY, hash_key


class Entry(NamedTuple):
    hash_key: int
    partition_key: str
    data: bytes
    size: int
    """Bytes that count: data and partition key, before base64."""


def entry(record: dict, max_size: int, path: str = "") -> Entry:
    """An Entry of PutRecord's parameters, or of one of PutRecords' Records.

    max_size: the stream's record limit in bytes. path: how AWS names the record in a message, "records.1.member.".
    Raises AwsError.
    """
    key, data, explicit = record.get("PartitionKey"), record["Data"], record.get("ExplicitHashKey")
    if key is None:
        raise _invalid(f"Value null at '{path}partitionKey'", "not be null")
    if len(data) > max_size:
        shown = f"java.nio.HeapByteBuffer[pos=0 lim={len(data)} cap={len(data)}]"
        raise _invalid(f"Value '{shown}' at '{path}data'", f"have length less than or equal to {max_size}")
    size = len(data) + len(key.encode("utf-8", "replace"))
    if size > max_size:
        # AWS counts the key as well; its text for data that alone would fit is not known.
        shown = f"data and partition key, {size} bytes,"
        raise _invalid(f"Value '{shown}' at '{path}data'", f"have length less than or equal to {max_size}")
    if explicit is None:
        return Entry(hash_key(key), key, data, size)
    if int(explicit) > LAST_HASH_KEY:
        raise AwsError(
            "InvalidArgumentException",
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
            f"Specified value was {explicit}",
        )
    return Entry(int(explicit), key, data, size)


def _invalid(value: str, rule: str) -> AwsError:
    text = f"1 validation error detected: {value} failed to satisfy constraint: Member must {rule}"
    return AwsError("ValidationException", text)
