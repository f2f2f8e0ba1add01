"""The region's HTTP APIs and what its actions share: finding, refusing, deploying. The lock is held for these alone,
never while a function runs.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from ..clock import Clock
from ..errors import AwsError, not_in_this_region
from ..settings import Settings
from .api import Api, Deployment, Stage, new_id
from .routing import RouteKey, choose_stage

LIMITS = {"routes": 300, "integrations": 300, "stages": 10}
AUTO_DEPLOYED = "Automatic deployment triggered by changes to the Api configuration"
NO_ROUTES = "Unable to deploy API because no routes exist in this API"


@dataclass(frozen=True)
class Served:
    """What a stage serves for one request. route_path: the path that its routes see, without a named stage."""

    api_id: str
    stage: Stage
    deployment: Deployment
    route_path: str


class Store:
    def __init__(self, clock: Clock, settings: Settings):
        self._clock = clock
        self._settings = settings
        self._lock = threading.RLock()
        self._apis: dict[str, Api] = {}

    def served(self, api_id: str, path: str) -> Served | None:
        """The stage that answers `path`, decoded; None if no API, no stage or nothing deployed on it is there."""
        with self._lock:
            api = self._apis.get(api_id)
            chosen = choose_stage(path, api.stages) if api else None
            if chosen is None:
                return None
            stage = api.stages[chosen[0]]
            deployment = api.deployments.get(stage.deployment_id)
            return Served(api_id, stage, deployment, chosen[1]) if deployment else None

    def _api(self, api_id: str) -> Api:
        if api_id not in self._apis:
            account = self._settings.account
            raise not_found(f"Invalid API identifier specified {account}:{api_id}")
        return self._apis[api_id]

    def _deploy(self, api: Api, *, auto: bool, description: str | None) -> Deployment:
        """Raises AwsError BadRequestException for an API without routes."""
        if not api.routes:
            raise AwsError("BadRequestException", NO_ROUTES)
        deployment = Deployment(
            new_id(6),
            self._clock.now(),
            tuple(api.routes.values()),
            dict(api.integrations),
            api.cors,
            auto_deployed=auto,
            description=description,
        )
        api.deployments[deployment.deployment_id] = deployment
        return deployment

    def _auto_deploy(self, api: Api) -> None:
        """After a change: a new deployment for the stages that asked for it. An API whose last route went keeps
        serving its last deployment, and says why."""
        stages = [stage for stage in api.stages.values() if stage.auto_deploy]
        if not stages:
            return
        if not api.routes:
            for stage in stages:
                failed = f"Deployment attempt failed: {NO_ROUTES}"
                api.stages[stage.stage_name] = replace(stage, last_deployment_status_message=failed)
            return
        former = {stage.deployment_id for stage in stages}
        deployment = self._deploy(api, auto=True, description=AUTO_DEPLOYED)
        for stage in stages:
            self._serve(api, stage, deployment)
        in_use = {stage.deployment_id for stage in api.stages.values()}
        for deployment_id in former - in_use - {None}:
            if api.deployments[deployment_id].auto_deployed:
                del api.deployments[deployment_id]

    def _serve(self, api: Api, stage: Stage, deployment: Deployment) -> Stage:
        """The stage, from now on serving this deployment."""
        message = f"Successfully deployed stage with deployment ID '{deployment.deployment_id}'"
        api.stages[stage.stage_name] = replace(
            stage,
            deployment_id=deployment.deployment_id,
            last_deployment_status_message=message,
            last_updated_date=self._clock.now(),
        )
        return api.stages[stage.stage_name]


def not_found(message: str) -> AwsError:
    return AwsError("NotFoundException", message, 404)


def find(records: dict, kind: str, key: str):
    """Raises AwsError NotFoundException."""
    if key not in records:
        raise not_found(f"Invalid {kind} identifier specified {key}")
    return records[key]


def refuse_one_more(api: Api, kind: str) -> None:
    """Raises AwsError TooManyRequestsException, which is how API Gateway says that a quota of things is used up."""
    if len(getattr(api, kind)) >= LIMITS[kind]:
        message = f"The maximum number of {kind} for this API is {LIMITS[kind]}"
        raise AwsError("TooManyRequestsException", message, 429, limitType=kind)


def refuse_duplicate(api: Api, key: RouteKey, route_id: str | None = None) -> None:
    """Another route than `route_id` has the key: ConflictException."""
    for route in api.routes.values():
        if route.key.text == key.text and route.route_id != route_id:
            raise AwsError("ConflictException", f"Route with key {key.text} already exists for this API", 409)


def only(**given) -> None:
    """Parameters of which the region carries out one value: name=(given, that value)."""
    for name, (value, carried_out) in given.items():
        if value is not None and value != carried_out:
            raise not_in_this_region(f"{name} {value}")


def page(items: list[dict], max_results: str | None, next_token: str | None) -> dict:
    """One page of a list. MaxResults is a string for API Gateway; NextToken is the place of the next item."""
    try:
        start, size = int(next_token or 0), int(max_results or len(items) or 1)
    except ValueError:
        raise AwsError("BadRequestException", "Invalid value for MaxResults or NextToken") from None
    if start < 0 or size < 1:
        raise AwsError("BadRequestException", "Invalid value for MaxResults or NextToken")
    following = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return {"Items": items[start : start + size], **following}
