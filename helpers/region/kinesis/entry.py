"""One record as a producer puts it, checked: it has a partition key, a hash key in range, and is not too big."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import AwsError
from ..validation import NOT_NULL, at_most, detected
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
        raise _invalid(f"{path}partitionKey", None, NOT_NULL)
    size = len(data) + len(key.encode("utf-8", "replace"))
    if size > max_size:
        # AWS counts the key as well; its text for data that alone would fit is not known.
        shown = data if len(data) > max_size else f"data and partition key, {size} bytes,"
        raise _invalid(f"{path}data", shown, at_most(max_size))
    if explicit is None:
        return Entry(hash_key(key), key, data, size)
    if int(explicit) > LAST_HASH_KEY:
        raise AwsError(
            "InvalidArgumentException",
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
            f"Specified value was {explicit}",
        )
    return Entry(int(explicit), key, data, size)


def _invalid(path: str, value: object, rule: str) -> AwsError:
    return AwsError("ValidationException", detected((path, value, rule)))
