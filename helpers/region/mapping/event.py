"""The event that a function receives: a batch of records as JSON, members in the order AWS writes them."""

from __future__ import annotations

import base64
import json

ENVELOPE = 1024
"""Bytes kept for what stands around the records."""


def event_record(record, shard_id: str, stream_arn: str, role_arn: str, region: str) -> dict:
    """One member of the event's Records, from a record of a shard."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": record.sequence_number,
            "data": base64.b64encode(record.data).decode(),
            "approximateArrivalTimestamp": round(record.arrival, 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{record.sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role_arn,
        "awsRegion": region,
        "eventSourceARN": stream_arn,
    }


def written(value) -> str:
    """Compact JSON in ASCII, so that its length in characters is its length in bytes."""
    return json.dumps(value, separators=(",", ":"))


def event(records: list[str], around: dict | None = None) -> bytes:
    """The event of records already written; `around` holds what a tumbling window adds."""
    more = f",{written(around)[1:-1]}" if around else ""
    return f'{{"Records":[{",".join(records)}]{more}}}'.encode()
