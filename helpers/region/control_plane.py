"""The control plane: every AWS request of the learner and of the functions comes in here.

Who calls, which service and operation, is it allowed, then the room that carries it out: one of ours, or moto. It
answers only signed requests from programs on this machine: none from a web page, whatever name it came by.
"""

from __future__ import annotations

import functools
import inspect
import json
import logging
import re
import threading
import zlib
from collections.abc import Callable
from dataclasses import replace

from botocore import xform_name

from .access import Access
from .errors import AwsError, not_in_this_region
from .identity import Identity
from .metrics import Metrics
from .moto_services import SERVICES, Moto, names_no_metric, refuse_unsupported
from .protocol import AWS_SERVICES, protocol_of
from .server import Request, Response
from .validation import validate

LOG = logging.getLogger(__name__)
LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
REGION_SERVICE = "region"  # the signing name of the region's own requests: status, reset, stop
RECEIVE_PAUSE = 0.05  # seconds between two looks into a queue
UNZIPPED_BYTES = 8 * 1024 * 1024
OWN_SERVICES = {
    "kinesis": "kinesis",
    "lambda": "lambda",
    "apigateway": "apigatewayv2",
}  # signing name → boto3's


class ControlPlane:
    """rooms: boto3's service name → the objects whose methods are its actions.

    manage(word) → dict carries out the region's own requests.
    """

    def __init__(
        self,
        identity: Identity,
        access: Access,
        moto: Moto,
        metrics: Metrics,
        rooms: dict[str, list[object]],
        manage: Callable[[str], dict],
    ):
        self.identity = identity
        self.access = access
        self.moto = moto
        self.metrics = metrics
        self.rooms = rooms
        self.manage = manage
        self.closing = threading.Event()

    def close(self) -> None:
        """Let go of whoever waits for a message."""
        self.closing.set()

    def handle(self, request: Request) -> Response:
        if request.header("origin") or not LOOPBACK_HOST.fullmatch(request.header("host")):
            return _plain(403, "The region's control plane answers programs on this machine, not web pages.")
        service = _service_of(request)
        try:
            caller, service = self.identity.authenticate(request)
            if service == REGION_SERVICE:
                return self._manage(caller, request)
            if service in OWN_SERVICES:
                return self._own(OWN_SERVICES[service], request, caller)
            if service in SERVICES:
                return self._motos(SERVICES[service], request, caller)
            raise not_in_this_region(f"The service {service!r}")
        except AwsError as error:
            return protocol_of(_known(service), request).error(error)
        except Exception:
            LOG.exception("%s: %s %s failed", service, request.method, request.path)
            failure = AwsError("InternalFailure", "Internal failure; see the region's log.", 500)
            return protocol_of(_known(service), request).error(failure)

    def _manage(self, caller, request: Request) -> Response:
        if caller.role_arn is not None:
            return _plain(403, "Only the learner's own key manages the region.")
        answer = self.manage(request.path.strip("/"))
        return Response(200, [("Content-Type", "application/json")], json.dumps(answer).encode())

    def _own(self, service: str, request: Request, caller) -> Response:
        wire = protocol_of(service, request)
        operation, address = wire.operation(request)
        params = wire.parse(request, operation, address)
        action = self._action(service, operation.name)
        validate(service, operation.input_shape, params)
        self.access.authorize(caller, service, operation.name, params)
        refuse_unknown(action, operation.name, params)
        return wire.result(operation, action(**params))

    def _motos(self, service: str, request: Request, caller) -> Response:
        request = unzipped(request)
        wire = protocol_of(service, request)
        operation, address = wire.operation(request)
        params = wire.parse(request, operation, address)
        validate(service, operation.input_shape, params)
        self.access.authorize(caller, service, operation.name, params)
        refuse_unsupported(service, operation.name, params)
        if service == "cloudwatch":
            self.metrics.flush()
            if names_no_metric(operation.name, params):
                return wire.result(operation, {"Label": params["MetricName"], "Datapoints": []})
        if (service, operation.name) == ("sqs", "ReceiveMessage"):
            return self._receive(params, wire.forwarded(operation, request, WaitTimeSeconds=0))
        return self.moto.answer(service, operation.name, wire.forwarded(operation, request))

    def _receive(self, params: dict, request: Request) -> Response:
        """ReceiveMessage asks again and again while it may wait: moto, waiting, would take no message in."""
        clock = self.identity.clock
        seconds = params.get("WaitTimeSeconds")
        until = clock.now() + (self.moto.receive_seconds(params["QueueUrl"]) if seconds is None else seconds)
        while True:
            answer = self.moto.answer("sqs", "ReceiveMessage", request)
            left = until - clock.now()
            if answer.status != 200 or b"ReceiptHandle" in answer.body or left <= 0:
                return answer
            clock.wait(self.closing, min(left, RECEIVE_PAUSE))

    def _action(self, service: str, operation: str) -> Callable:
        name = xform_name(operation)
        for room in self.rooms[service]:
            action = getattr(room, name, None)
            if action is not None:
                return action
        raise not_in_this_region(f"{service} {operation}")


def refuse_unknown(action: Callable, operation: str, params: dict) -> None:
    """An action's signature is what the region carries out: any other member given is refused by name."""
    accepted = _keywords(getattr(action, "__func__", action))
    for name, value in params.items():
        if name not in accepted and value not in (None, "", [], {}, False):
            raise not_in_this_region(f"{operation}'s parameter {name}")
    for name in [name for name in params if name not in accepted]:
        del params[name]


@functools.cache
def _keywords(action: Callable) -> frozenset[str]:
    parameters = inspect.signature(action).parameters.values()
    return frozenset(p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY)


def unzipped(request: Request) -> Request:
    """A body that came compressed, as boto3 sends many metrics, in plain. Raises AwsError."""
    if request.header("content-encoding") != "gzip" or request.method != "POST":
        return request
    unzip = zlib.decompressobj(wbits=31)
    try:
        body = unzip.decompress(request.body, UNZIPPED_BYTES)
    except zlib.error:
        raise AwsError("SerializationException", "The body is not what gzip makes.") from None
    if unzip.unconsumed_tail:
        raise AwsError("RequestEntityTooLarge", f"Unzipped, the body is over {UNZIPPED_BYTES} bytes.", 413)
    headers = [(name, value) for name, value in request.headers if name.lower() != "content-encoding"]
    return replace(request, headers=headers, body=body)


def _service_of(request: Request) -> str:
    """The signing name in the request's credential scope, before anybody believes it."""
    scope = re.search(r"Credential=[^/]*/\d+/[^/]*/([^/]+)/aws4_request", request.header("authorization"))
    return scope[1] if scope else ""


def _known(signing_name: str) -> str:
    """The service in whose shape to word an error: the one called, where AWS has it by that name."""
    name = OWN_SERVICES.get(signing_name) or SERVICES.get(signing_name) or signing_name
    return name if name in AWS_SERVICES else "kinesis"


def _plain(status: int, message: str) -> Response:
    return Response(status, [("Content-Type", "application/json")], json.dumps({"message": message}).encode())
