"""What the on-failure destination learns of a batch that was given up, and how it gets there.

A queue or topic receives where the records are, not the records; a bucket receives both.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from ..clock import iso
from .batch import Batch
from .event import written

RETRIES_EXHAUSTED, TOO_OLD = "RetryAttemptsExhausted", "RecordAgeExceeded"


def message(
    batch: Batch,
    condition: str,
    *,
    request_id: str,
    function_arn: str,
    stream_arn: str,
    shard_id: str,
    now: float,
    answer: tuple[str, str | None] | None = None,
) -> dict:
    """The message about `batch`.

    answer: the last invocation's executed version and FunctionError; not told of records that grew too old. Expiry
    counts as one more attempt (recorded on AWS: 1 for a record that the function never saw).
    """
    first, last = batch.items[0].record, batch.items[-1].record
    told: dict = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": batch.attempts + (condition == TOO_OLD),
        }
    }
    if answer:
        version, error = answer
        told["responseContext"] = {"statusCode": 200, "executedVersion": version, "functionError": error}
    told["version"] = "1.0"
    told["timestamp"] = iso(now)
    told["KinesisBatchInfo"] = {
        "shardId": shard_id,
        "startSequenceNumber": first.sequence_number,
        "endSequenceNumber": last.sequence_number,
        "approximateArrivalOfFirstRecord": iso(first.arrival),
        "approximateArrivalOfLastRecord": iso(last.arrival),
        "batchSize": len(batch.items),
        "streamArn": stream_arn,
    }
    return told


def object_key(mapping_uuid: str, shard_id: str, now: float) -> str:
    """The key of a discarded batch in a bucket."""
    at = datetime.fromtimestamp(now, UTC)
    return f"aws/lambda/{mapping_uuid}/{shard_id}/{at:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def send(moto, permit, destination_arn: str, told: dict, batch: Batch, key: str) -> None:
    """Deliver the message about `batch`. permit(action, resource) raises AwsError when the role may not."""
    service = destination_arn.split(":")[2]
    if service == "sqs":
        permit("sqs:SendMessage", destination_arn)
        moto.send_message(destination_arn, written(told))
    elif service == "sns":
        permit("sns:Publish", destination_arn)
        moto.publish(destination_arn, written(told))
    else:
        permit("s3:ListBucket", destination_arn)
        permit("s3:PutObject", f"{destination_arn}/{key}")
        records = ",".join(item.text for item in batch.items)
        body = f'{written(told)[:-1]},"payload":{{"Records":[{records}]}}}}'
        moto.put_object(destination_arn.rpartition(":")[2], key, body.encode())
