"""Where an asynchronous event goes in the end: its function's OnSuccess or OnFailure destination, and its DLQ.

The function's role must allow the delivery. Source: lambda-runtime.md §7 (messages recorded on AWS).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from ..access import Access
from ..clock import Clock, iso
from ..errors import AwsError, not_in_this_region
from ..metrics import Metrics
from ..moto_services import Moto
from .asynchronous import QueuedEvent
from .ending import error_member

ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
_LOG = logging.getLogger(__name__)


def message(event: QueuedEvent, condition: str, now: float) -> dict:
    """What a destination receives. now: epoch seconds. Of an event that never ran there is no response."""
    told = {
        "version": "1.0",
        "timestamp": iso(now),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": f"{event.function.arn}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": event.invocations,
        },
        "requestPayload": json.loads(event.payload),
    }
    if event.last is not None:
        error = event.last.function_error
        told["responseContext"] = {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            **({"functionError": error} if error else {}),
        }
        told["responsePayload"] = json.loads(event.last.payload)
    return told


def dead_letter_attributes(event: QueuedEvent) -> dict[str, tuple[str, str]]:
    """The message attributes of a DLQ's message, name → (type, value); its body is the event alone."""
    code, text = "429", "Rate Exceeded."
    if event.last is not None:
        code, text = "200", error_member(event.last.payload, "errorMessage")
    attributes = {"RequestID": ("String", event.request_id), "ErrorCode": ("Number", code)}
    return {**attributes, "ErrorMessage": ("String", text)} if text else attributes


def service_of(arn: str) -> str:
    """The service of a destination's ARN: sqs, sns or lambda. Raises AwsError for the others that AWS has."""
    parts = arn.split(":")
    service = parts[2] if len(parts) > 5 else arn
    if service not in ACTIONS:
        raise not_in_this_region(f"The destination {arn}")
    return service


class Destinations:
    """invoke(arn, payload) puts an event in the queue of another function."""

    def __init__(
        self,
        clock: Clock,
        moto: Moto,
        access: Access,
        metrics: Metrics,
        invoke: Callable[[str, bytes], None],
    ):
        self._clock = clock
        self._moto = moto
        self._access = access
        self._metrics = metrics
        self._invoke = invoke

    def deliver(self, event: QueuedEvent, condition: str) -> None:
        """Tell whoever wants to know how the event ended; what cannot be told is counted, as on AWS."""
        wanted = "OnSuccess" if condition == "Success" else "OnFailure"
        config = (event.function.event_invoke or {}).get("DestinationConfig", {})
        destination = config.get(wanted, {}).get("Destination")
        if destination:
            told = json.dumps(message(event, condition, self._clock.now()), ensure_ascii=False)
            self._send(event, destination, told, {}, "DestinationDeliveryFailures")
        if condition != "Success" and event.function.latest.dead_letter:
            body, attributes = event.payload.decode(), dead_letter_attributes(event)
            self._send(event, event.function.latest.dead_letter, body, attributes, "DeadLetterErrors")

    def _send(self, event: QueuedEvent, arn: str, body: str, attributes: dict, failures: str) -> None:
        function = event.function
        service = service_of(arn)
        try:
            self._access.check(function.role, function.name, ACTIONS[service], arn)
            if service == "sqs":
                self._moto.send_message(arn, body, attributes)
            elif service == "sns":
                self._moto.publish(arn, body, attributes)
            else:
                self._invoke(arn, body.encode())
        except AwsError as error:
            _LOG.warning("%s: nothing delivered to %s: %s", function.name, arn, error)
            self._metrics.add("AWS/Lambda", failures, 1, "Count", FunctionName=function.name)
