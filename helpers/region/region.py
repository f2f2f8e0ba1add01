"""The region put together: its services, and the two listeners that face a client."""

from __future__ import annotations

import os
import threading
import time

import psutil

from .access import Access
from .awslambda import Lambda
from .clock import Clock
from .conditions import conditions
from .control_plane import ControlPlane
from .httpapi import HttpApi
from .identity import Identity
from .kinesis import Kinesis
from .mapping import EventSourceMappings
from .metrics import Metrics
from .moto_services import Moto
from .permissions import Place
from .server import Request, Response, Server
from .settings import Settings
from .tagging import LambdaTags

FRONT_DOOR_HEADER_BYTES = 16 * 1024  # roomier than API Gateway's own limits, which httpapi words as AWS does
FRONT_DOOR_BODY_BYTES = 12 * 1024 * 1024
FRONT_DOOR_CONNECTIONS = 100  # of one phone: a browser opens six
LOOPBACK = "127.0.0.1"


class Region:
    """A local AWS region of one account.

    control_port, front_port: 0 for free ones. lan: the address of this machine that the HTTP APIs listen on, for the
    phones of a class; "" for loopback, where the control plane always is. stop is set when the region was asked to
    stop, or was idle too long.
    """

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        settings: Settings | None = None,
        clock: Clock | None = None,
        *,
        control_port: int = 0,
        front_port: int = 0,
        lan: str = "",
    ):
        self.settings = settings = settings or Settings()
        self.clock = clock = clock or Clock()
        self.stop = threading.Event()
        self.last_request = time.monotonic()
        self.moto = Moto(settings)
        self.identity = Identity(clock, self.moto, access_key, secret_key)
        self.access = Access(self.moto, clock, settings, self._conditions)
        self.metrics = Metrics(self.moto, clock)
        self.kinesis = Kinesis(clock, settings, self.metrics)
        self.functions = Lambda(
            clock, settings, self.moto, self.identity, self.access, self.metrics, lambda: self.control.url
        )
        self.mappings = EventSourceMappings(
            clock, settings, self.kinesis, self.functions, self.access, self.moto, self.metrics
        )
        self.apis = HttpApi(
            clock, settings, self.functions, self.access, self.metrics, lambda: self.front_door.url
        )
        tags = LambdaTags(self.functions.registry.find, self.mappings.tagged)
        rooms = {
            "kinesis": [self.kinesis],
            "lambda": [self.functions, self.mappings, tags],
            "apigatewayv2": [self.apis],
        }
        self.plane = ControlPlane(self.identity, self.access, self.moto, self.metrics, rooms, self.manage)
        self.control = Server(self._control, port=control_port, name="control-plane")
        self.lan = lan
        self.front_door = Server(
            self._front,
            lan or LOOPBACK,
            front_port,
            name="front-door",
            header_bytes=FRONT_DOOR_HEADER_BYTES,
            body_bytes=FRONT_DOOR_BODY_BYTES,
            client_connections=FRONT_DOOR_CONNECTIONS,
        )

    def start(self) -> Region:
        self.functions.start()
        self.control.start()
        self.front_door.start()
        return self

    def close(self) -> None:
        """End every listener, poller and function."""
        self.front_door.close()
        self.mappings.close()
        self.functions.close()
        self.apis.close()
        self.plane.close()
        self.control.close()

    def reset(self) -> None:
        """Empty the account: every resource of every service goes."""
        for service in (self.apis, self.mappings, self.functions, self.kinesis, self.metrics, self.moto):
            service.reset()
        self.identity.reset()

    def manage(self, word: str) -> dict:
        """The region's own requests: status, reset, stop."""
        if word == "status":
            return self.status()
        if word == "reset":
            self.reset()
            return {"reset": True}
        if word == "stop":
            self.stop.set()
            return {"stopping": True}
        return {"error": f"no such request: {word!r}"}

    def status(self) -> dict:
        """What runs: streams, functions and their environments, mappings with their position, memory in bytes."""
        process = psutil.Process()
        return {
            "pid": os.getpid(),
            "endpoint": self.control.url,
            "front_door": self.front_door.url,
            "lan": self.lan,
            "memory_bytes": process.memory_info().rss,
            "children": len(process.children(recursive=True)),
            "streams": self.kinesis.describe(),
            "functions": self.functions.describe(),
            "mappings": self.mappings.describe(),
            "apis": self.apis.describe(),
        }

    def _conditions(self, service: str, operation: str, params: dict) -> dict[str, str]:
        return conditions(
            service,
            operation,
            params,
            Place(self.settings.account, self.settings.region),
            lambda api_id: self.apis.get_api(ApiId=api_id).get("Tags", {}),
            lambda uuid: self.mappings.get_event_source_mapping(UUID=uuid)["FunctionArn"],
        )

    def idle_seconds(self) -> float:
        """Seconds since the last request to either listener."""
        return time.monotonic() - self.last_request

    def _control(self, request: Request) -> Response:
        self.last_request = time.monotonic()
        return self.plane.handle(request)

    def _front(self, request: Request) -> Response:
        self.last_request = time.monotonic()
        if not is_addressed(request.header("host"), self.lan):
            return Response(403, [("Content-Type", "application/json")], b'{"message":"Forbidden"}')
        return self.apis.handle(request)


def is_addressed(host: str, lan: str) -> bool:
    """Whether a request's Host is the front door's own address. A name that a web page made point here is not."""
    return host.partition(":")[0] in {LOOPBACK, "localhost", lan} - {""}
