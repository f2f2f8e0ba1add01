"""The control plane: every AWS request of the learner and of the functions comes in here.

Who calls, which service and operation, is it allowed, then the room that carries it out: one of ours, or moto. It
answers only signed requests from programs on this machine: none from a web page, whatever name it came by.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable

from botocore import xform_name

from .access import Access
from .errors import AwsError, not_in_this_region
from .identity import Identity
from .metrics import Metrics
from .moto_services import SERVICES, Moto, refuse_unsupported
from .protocol import AWS_SERVICES, Protocol
from .server import Request, Response
from .validation import validate

LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
REGION_SERVICE = "region"  # the signing name of the region's own requests: status, reset, stop
JUDGED_FOR_ALL = ("sts", "sns", "logs", "s3")  # moto would accept some of their requests that the region refuses
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
            return protocol(_known(service)).error(error)

    def _manage(self, caller, request: Request) -> Response:
        if caller.role_arn is not None:
            return _plain(403, "Only the learner's own key manages the region.")
        answer = self.manage(request.path.strip("/"))
        return Response(200, [("Content-Type", "application/json")], json.dumps(answer).encode())

    def _own(self, service: str, request: Request, caller) -> Response:
        wire = protocol(service)
        operation, address = wire.operation(request)
        params = wire.parse(request, operation, address)
        action = self._action(service, operation.name)
        validate(service, operation.input_shape, params)
        self.access.authorize(caller, service, operation.name, params)
        refuse_unknown(action, operation.name, params)
        return wire.result(operation, action(**params))

    def _motos(self, service: str, request: Request, caller) -> Response:
        wire = protocol(service)
        operation, address = wire.operation(request)
        if caller.role_arn is not None or service in JUDGED_FOR_ALL:
            params = wire.parse(request, operation, address)
            self.access.authorize(caller, service, operation.name, params)
            refuse_unsupported(service, operation.name, params)
        if service == "cloudwatch":
            self.metrics.flush()
        return self.moto.answer(service, request)

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


@functools.cache
def protocol(service: str) -> Protocol:
    return Protocol(service)


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
