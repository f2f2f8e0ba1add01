"""Amazon API Gateway's HTTP APIs (boto3's `apigatewayv2`): the actions that make an API, and the front door that
answers its clients. A stage serves a deployment, a frozen copy of the API; with AutoDeploy every change makes one.
"""

from __future__ import annotations

from collections.abc import Callable

from ..clock import Clock
from ..server import Request, Response
from ..settings import Settings
from .apis import Apis
from .front_door import FrontDoor
from .routes import Routes
from .stages import Stages


class HttpApi(Apis, Routes, Stages):
    """functions: the Lambda service; access: Access; metrics: Metrics. front_door_url() = where `handle` listens,
    from which ApiEndpoint is made."""

    def __init__(
        self, clock: Clock, settings: Settings, functions, access, metrics, front_door_url: Callable[[], str]
    ):
        super().__init__(clock, settings)
        self._front_door_url = front_door_url
        self._front_door = FrontDoor(self, clock, settings, functions, access, metrics)

    def handle(self, request: Request) -> Response:
        """The response to a client's request, `/<api id>/path`."""
        return self._front_door.handle(request)

    def describe(self) -> list[dict]:
        """What `region status` shows of each API."""
        with self._lock:
            return [
                {
                    "id": api.api_id,
                    "name": api.name,
                    "endpoint": f"{self._front_door_url()}/{api.api_id}",
                    "routes": [route.key.text for route in api.routes.values()],
                    "stages": list(api.stages),
                }
                for api in self._apis.values()
            ]

    def reset(self) -> None:
        with self._lock:
            self._apis.clear()
        self._front_door.reset()

    def close(self) -> None:
        self._front_door.close()
