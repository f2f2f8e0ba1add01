"""Actions on records: put them, and get them from a shard. Their replies are JSON in bytes, since they are many."""

from __future__ import annotations

import base64
import json

from ..errors import AwsError
from .actions import Actions
from .entry import Entry, entry
from .iterator import ShardIterator
from .quota import MIB
from .shard import MOST_RECORDS_READ, Shard, Slice
from .stream import Stream

MOST_BYTES_PUT = 10 * MIB
UNITS = {"Bytes": "Bytes", "IncomingBytes": "Bytes", "IteratorAgeMilliseconds": "Milliseconds"}
BY_SEQUENCE = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")


class RecordActions(Actions):
    def put_record(
        self,
        *,
        Data,
        PartitionKey=None,
        ExplicitHashKey=None,
        SequenceNumberForOrdering=None,
        StreamName=None,
        StreamARN=None,
        DryRun=False,
    ):
        stream = self._registry.find(StreamName, StreamARN)
        record = {"Data": Data, "PartitionKey": PartitionKey, "ExplicitHashKey": ExplicitHashKey}
        checked = entry(record, stream.max_record_bytes)
        if SequenceNumberForOrdering is not None:
            stream.check_ordering(SequenceNumberForOrdering)
        if DryRun:
            stream.check_put(checked)
            raise _dry_run()
        ((shard_id, number),) = stream.put([checked])
        self._count_put("PutRecord", stream, [checked], [number])
        if number is None:
            raise stream.rate_exceeded(shard_id)
        return json.dumps({"ShardId": shard_id, "SequenceNumber": number}).encode()

    def put_records(self, *, Records, StreamName=None, StreamARN=None, DryRun=False):
        """Each record on its own: what its shard's quota refuses is told in its place, and the request succeeds."""
        stream = self._registry.find(StreamName, StreamARN)
        most = stream.max_record_bytes
        entries = [entry(record, most, f"records.{n}.member.") for n, record in enumerate(Records, 1)]
        if sum(one.size for one in entries) > MOST_BYTES_PUT:
            # The limit was 5 MB until October 2025; the new text is not known.
            raise AwsError("InvalidArgumentException", "Records size exceeds 10 MB limit")
        if DryRun:
            stream.check_put(*entries)
            raise _dry_run()
        results = stream.put(entries)
        self._count_put("PutRecords", stream, entries, [number for _, number in results])
        told = [
            {"ShardId": shard_id, "SequenceNumber": number}
            if number is not None
            else {
                "ErrorCode": "ProvisionedThroughputExceededException",
                "ErrorMessage": stream.rate_exceeded(shard_id).message,
            }
            for shard_id, number in results
        ]
        failed = sum(number is None for _, number in results)
        return json.dumps({"FailedRecordCount": failed, "Records": told}).encode()

    def get_shard_iterator(
        self,
        *,
        ShardId,
        ShardIteratorType,
        StartingSequenceNumber=None,
        Timestamp=None,
        StreamName=None,
        StreamARN=None,
        DryRun=False,
    ):
        stream = self._registry.find(StreamName, StreamARN)
        shard = stream.shard(ShardId)
        _check_start(ShardIteratorType, StartingSequenceNumber, Timestamp)
        sequence = None if StartingSequenceNumber is None else int(StartingSequenceNumber)
        offset = shard.position(ShardIteratorType, sequence=sequence, timestamp=Timestamp)
        if DryRun:
            raise _dry_run()
        with stream.lock:
            now = stream.settle()
            if self._settings.quotas and not shard.quota.takes_iterator(now):
                raise stream.rate_exceeded(shard.shard_id)
        return {"ShardIterator": self._iterator(stream, shard, offset, now)}

    def get_records(self, *, ShardIterator, Limit=MOST_RECORDS_READ, StreamARN=None, DryRun=False):
        """At most `Limit` records and 10 MiB. At the end of a closed shard: no further iterator, but its children."""
        now = self._clock.now()
        place = self._seal.read_iterator(ShardIterator, now)
        stream = self._registry.find(None, place.stream_arn)
        if stream.created != place.created:
            raise stream.not_found()
        if StreamARN is not None and StreamARN != stream.arn:
            raise AwsError("InvalidArgumentException", f"The ShardIterator is not of the stream {StreamARN}.")
        shard = stream.shard(place.shard_id)
        if DryRun:
            raise _dry_run()
        self._take_read(stream, shard)
        found = shard.read(place.offset, Limit)
        with stream.lock:
            shard.quota.charge_bytes_read(found.size)
        self.count_read(stream.name, found)
        told = {
            "Records": [
                {
                    "SequenceNumber": record.sequence_number,
                    "ApproximateArrivalTimestamp": record.arrival,
                    "Data": base64.b64encode(record.data).decode(),
                    "PartitionKey": record.partition_key,
                }
                for record in found.records
            ],
            "MillisBehindLatest": found.millis_behind,
        }
        if found.ended:
            told["ChildShards"] = [
                {"ShardId": child.shard_id, "ParentShards": child.parents, **child.hash_key_range()}
                for child in stream.children(shard)
            ]
        else:
            told["NextShardIterator"] = self._iterator(stream, shard, found.next_offset, now)
        return json.dumps(told).encode()

    def count_read(self, stream_name: str, found: Slice) -> None:
        """CloudWatch's GetRecords.…; IteratorAgeMilliseconds is the age of the last record read."""
        age = self._clock.now() - found.records[-1].arrival if found.records else 0.0
        counted = {"Bytes": found.size, "Records": len(found.records), "Success": 1}
        counted["IteratorAgeMilliseconds"] = max(0, int(age * 1000))
        self._count(stream_name, "GetRecords.", counted)

    def _iterator(self, stream: Stream, shard: Shard, offset: int, now: float) -> str:
        return self._seal.iterator(ShardIterator(stream.arn, stream.created, shard.shard_id, offset), now)

    def _take_read(self, stream: Stream, shard: Shard) -> None:
        with stream.lock:
            taken = not self._settings.quotas or shard.quota.takes_read(stream.settle())
        self._count(stream.name, "", {"ReadProvisionedThroughputExceeded": int(not taken)})
        if not taken:
            raise stream.rate_exceeded(shard.shard_id)

    def _count_put(
        self, action: str, stream: Stream, entries: list[Entry], numbers: list[str | None]
    ) -> None:
        size = sum(one.size for one, number in zip(entries, numbers, strict=True) if number is not None)
        throttled = numbers.count(None)
        taken = len(numbers) - throttled
        counted = {"Bytes": size, "Success": int(taken > 0)}
        if action == "PutRecords":
            counted |= {"TotalRecords": len(numbers), "SuccessfulRecords": taken}
            counted |= {"ThrottledRecords": throttled, "FailedRecords": 0}
        self._count(stream.name, f"{action}.", counted)
        incoming = {"IncomingBytes": size, "IncomingRecords": taken}
        self._count(stream.name, "", {**incoming, "WriteProvisionedThroughputExceeded": throttled})

    def _count(self, stream_name: str, prefix: str, values: dict[str, float]) -> None:
        for name, value in values.items():
            unit = UNITS.get(name, "Count")
            self._metrics.add("AWS/Kinesis", prefix + name, value, unit, StreamName=stream_name)


def _check_start(kind: str, sequence: str | None, timestamp: float | None) -> None:
    """A sequence number goes with two kinds of iterator, a timestamp with one. Raises AwsError."""
    if kind == "AT_TIMESTAMP" and timestamp is None:
        text = "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
        raise AwsError("InvalidArgumentException", text + "timestamp parameter.")
    if kind != "AT_TIMESTAMP" and timestamp is not None:
        # What AWS makes of it is not known; here nothing is ignored.
        raise AwsError("InvalidArgumentException", f"An iterator of type {kind} has no timestamp parameter.")
    if (kind in BY_SEQUENCE) == (sequence is not None):
        return
    given = "and no StartingSequenceNumber" if sequence is None else "and also a StartingSequenceNumber"
    raise AwsError(
        "InvalidArgumentException",
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
        f"(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} {given}.",
    )


def _dry_run() -> AwsError:
    """DryRun's good news: all checks passed, nothing was done (AWS's text is not known)."""
    text = "The request would have succeeded, but the DryRun parameter was specified."
    return AwsError("DryRunOperationException", text)
