"""An event source mapping: what was asked for, and the states it passes through.

A Mapping never changes; each transition returns another one. What an update asks for waits in `pending` until the
mapping settles, so that AWS's answer to the update still shows the old values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..awslambda.refusals import invalid
from ..errors import not_in_this_region
from ..validation import NOT_NULL, detected
from .filter import Pattern

CREATING, ENABLING, ENABLED = "Creating", "Enabling", "Enabled"
DISABLING, DISABLED = "Disabling", "Disabled"
UPDATING, DELETING, DELETED = "Updating", "Deleting", "Deleted"
IN_TRANSITION = (CREATING, ENABLING, DISABLING, UPDATING, DELETING)
NO_LIMIT = -1
MOST_FILTERS = 5


@dataclass(frozen=True)
class Configuration:
    """What an update may change, under AWS's own names. Times in seconds, -1 for no limit."""

    FunctionArn: str
    Enabled: bool = True
    BatchSize: int = 100
    MaximumBatchingWindowInSeconds: int = 0
    ParallelizationFactor: int = 1
    DestinationArn: str | None = None
    MaximumRecordAgeInSeconds: int = NO_LIMIT
    BisectBatchOnFunctionError: bool = False
    MaximumRetryAttempts: int = NO_LIMIT
    TumblingWindowInSeconds: int = 0
    FunctionResponseTypes: tuple[str, ...] = ()
    Filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """One mapping. Times in seconds since the epoch."""

    UUID: str
    EventSourceArn: str
    EventSourceMappingArn: str
    StartingPosition: str
    StartingPositionTimestamp: float | None
    configuration: Configuration
    state: str
    last_modified: float
    settles_at: float
    pending: Configuration | None = None


def updating(mapping: Mapping, configuration: Configuration, now: float, seconds: float) -> Mapping:
    """The mapping while `configuration` is being applied, which takes `seconds`."""
    was, will_be = mapping.configuration.Enabled, configuration.Enabled
    state = UPDATING if was == will_be else ENABLING if will_be else DISABLING
    return replace(mapping, state=state, pending=configuration, last_modified=now, settles_at=now + seconds)


def deleting(mapping: Mapping, now: float, seconds: float) -> Mapping:
    return replace(mapping, state=DELETING, last_modified=now, settles_at=now + seconds)


def settled(mapping: Mapping, now: float) -> Mapping:
    """What a mapping in transition becomes when its time has come."""
    if mapping.state == DELETING:
        return replace(mapping, state=DELETED)
    configuration = mapping.pending or mapping.configuration
    state = ENABLED if configuration.Enabled else DISABLED
    return replace(mapping, state=state, configuration=configuration, pending=None, last_modified=now)


def described(mapping: Mapping, last_processing_result: str) -> dict:
    """The mapping as AWS shows it, members in the order AWS was recorded to write them."""
    asked = mapping.configuration
    shown = {
        "UUID": mapping.UUID,
        "StartingPosition": mapping.StartingPosition,
        "StartingPositionTimestamp": mapping.StartingPositionTimestamp,
        "BatchSize": asked.BatchSize,
        "MaximumBatchingWindowInSeconds": asked.MaximumBatchingWindowInSeconds,
        "ParallelizationFactor": asked.ParallelizationFactor,
        "EventSourceArn": mapping.EventSourceArn,
        "EventSourceMappingArn": mapping.EventSourceMappingArn,
        "FilterCriteria": {"Filters": [{"Pattern": text} for text in asked.Filters]}
        if asked.Filters
        else None,
        "FunctionArn": asked.FunctionArn,
        "LastModified": mapping.last_modified,
        "LastProcessingResult": last_processing_result,
        "State": mapping.state,
        "StateTransitionReason": "User action",
        "DestinationConfig": {
            "OnFailure": {"Destination": asked.DestinationArn} if asked.DestinationArn else {}
        },
        "MaximumRecordAgeInSeconds": asked.MaximumRecordAgeInSeconds,
        "BisectBatchOnFunctionError": asked.BisectBatchOnFunctionError,
        "MaximumRetryAttempts": asked.MaximumRetryAttempts,
        "TumblingWindowInSeconds": asked.TumblingWindowInSeconds,
        "FunctionResponseTypes": list(asked.FunctionResponseTypes),
    }
    return {name: value for name, value in shown.items() if value is not None}


def configured(base: Configuration, **asked: object) -> Configuration:
    """`base` with the parameters of a create or an update; those that are None stay. Raises AwsError."""
    given = {name: value for name, value in asked.items() if value is not None}
    if "DestinationConfig" in given:
        given["DestinationArn"] = _destination(given.pop("DestinationConfig"))
    if "FilterCriteria" in given:
        given["Filters"] = _filters(given.pop("FilterCriteria"))
    if "FunctionResponseTypes" in given:
        given["FunctionResponseTypes"] = tuple(given["FunctionResponseTypes"])
    age = given.get("MaximumRecordAgeInSeconds", NO_LIMIT)
    if age != NO_LIMIT and age < 60:
        raise invalid(
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)"
        )
    return replace(base, **given)


def check_start(position: str | None, timestamp: float | None, now: float) -> None:
    """Raises AwsError when a stream's StartingPosition is missing or its timestamp cannot be used."""
    if position is None:
        raise invalid(detected(("startingPosition", None, NOT_NULL)) + ".")  # with a full stop, as recorded
    if (position == "AT_TIMESTAMP") != (timestamp is not None):
        raise invalid(
            "StartingPositionTimestamp is needed with StartingPosition AT_TIMESTAMP, and only with it."
        )
    if timestamp is not None and timestamp > now:
        raise invalid("StartingPositionTimestamp cannot be in the future.")


def check_source(arn: str | None) -> None:
    """Raises AwsError unless `arn` names a Kinesis stream."""
    parts = (arn or "").split(":", 5)
    if len(parts) < 6:
        raise invalid("Unrecognized event source.")
    if parts[2] != "kinesis":
        raise not_in_this_region(f"An event source mapping of {parts[2]}")
    if "/consumer/" in parts[5]:
        raise not_in_this_region("An event source mapping of an enhanced fan-out consumer")
    if not parts[5].startswith("stream/"):
        raise invalid("Unrecognized event source.")


def _destination(config: dict) -> str | None:
    if config.get("OnSuccess", {}).get("Destination"):
        raise invalid("Unsupported DestinationConfig parameter for given event source mapping type.")
    arn = config.get("OnFailure", {}).get("Destination") or None
    if arn is None:
        return None
    parts = arn.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6 or parts[2] not in ("sqs", "sns", "s3"):
        raise not_in_this_region(f"The on-failure destination {arn} (SQS, SNS and S3 are)")
    if arn.endswith(".fifo"):
        raise invalid(f"The on-failure destination {arn} must be a standard queue or topic, not a FIFO one.")
    return arn


def _filters(criteria: dict) -> tuple[str, ...]:
    texts = tuple(filter_.get("Pattern", "") for filter_ in criteria.get("Filters") or [])
    if len(texts) > MOST_FILTERS:
        raise invalid(f"FilterCriteria has {len(texts)} filters; {MOST_FILTERS} at most.")
    for text in texts:
        try:
            Pattern(text)
        except ValueError:
            raise invalid("Invalid filter pattern definition.") from None
    return texts
