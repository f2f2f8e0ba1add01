"""Kinesis Data Streams: a stream is a set of shards, a shard is a log of records that nobody can change.

A record's partition key is hashed into a number; the open shard whose range holds that number takes the record and
gives it the next sequence number. Splitting and merging close shards and open children; readers drain the parent,
then its children. `Kinesis` is the service; the rules stand beside it (hashing, sequence, quota, resharding).
"""

from .service import Kinesis
from .shard import Record, Shard, Slice
from .stream import Stream

__all__ = ["Kinesis", "Record", "Shard", "Slice", "Stream"]
