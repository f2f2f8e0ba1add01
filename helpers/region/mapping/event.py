"""The event that a function receives: a batch of records as JSON, members in the order AWS writes them."""

from __future__ import annotations

import base64
import json

from ..errors import AwsError

PAYLOAD_LIMIT = 6 * 1024 * 1024
"""Bytes of an event at most, base64 and metadata counted."""
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


def check_size(payload: bytes) -> None:
    """Raises AwsError RequestTooLargeException: one large record of a stream can be more than Lambda takes."""
    if len(payload) > PAYLOAD_LIMIT:
        message = f"Request must be smaller than {PAYLOAD_LIMIT} bytes for the InvokeFunction operation"
        raise AwsError("RequestTooLargeException", message, 413)
