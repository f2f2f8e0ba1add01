"""Actions on stages and deployments: what is served, under which name, how fast."""

from __future__ import annotations

from dataclasses import replace

from ..errors import AwsError, not_in_this_region
from .api import Api, Stage, fields_of
from .routing import DEFAULT, STAGE_NAME
from .store import Store, find, not_found, page, refuse_one_more


class Stages(Store):
    def create_stage(
        self,
        *,
        ApiId,
        StageName,
        AutoDeploy=None,
        DeploymentId=None,
        Description=None,
        StageVariables=None,
        DefaultRouteSettings=None,
        RouteSettings=None,
        Tags=None,
    ):
        if not STAGE_NAME.fullmatch(StageName):
            raise AwsError("BadRequestException", f"Stage name only allows a-zA-Z0-9_- or {DEFAULT}")
        with self._lock:
            api = self._api(ApiId)
            if StageName in api.stages:
                raise AwsError("ConflictException", "Stage already exists", 409)
            refuse_one_more(api, "stages")
            now = self._clock.now()
            stage = Stage(StageName, now, now, tags=dict(Tags or {}))
            given = fields_of(AutoDeploy=AutoDeploy, Description=Description)
            maps = (StageVariables or {}, DefaultRouteSettings or {}, RouteSettings or {})
            return self._change_stage(api, replace(stage, **given), DeploymentId, *maps)

    def get_stage(self, *, ApiId, StageName):
        with self._lock:
            return find(self._api(ApiId).stages, "Stage", StageName).output()

    def get_stages(self, *, ApiId, MaxResults=None, NextToken=None):
        with self._lock:
            items = [stage.output() for stage in self._api(ApiId).stages.values()]
        return page(items, MaxResults, NextToken)

    def update_stage(
        self,
        *,
        ApiId,
        StageName,
        AutoDeploy=None,
        DeploymentId=None,
        Description=None,
        StageVariables=None,
        DefaultRouteSettings=None,
        RouteSettings=None,
    ):
        with self._lock:
            api = self._api(ApiId)
            stage = find(api.stages, "Stage", StageName)
            if stage.api_gateway_managed:
                # "You can't modify the $default stage": botocore's model, of a quick-created one.
                raise AwsError("BadRequestException", "A stage managed by API Gateway cannot be modified")
            given = fields_of(AutoDeploy=AutoDeploy, Description=Description)
            maps = (StageVariables or {}, DefaultRouteSettings or {}, RouteSettings or {})
            return self._change_stage(api, replace(stage, **given), DeploymentId, *maps)

    def delete_stage(self, *, ApiId, StageName):
        with self._lock:
            api = self._api(ApiId)
            find(api.stages, "Stage", StageName)
            del api.stages[StageName]

    def delete_route_settings(self, *, ApiId, StageName, RouteKey):
        """The one way to take a route's settings away: update_stage only adds to them."""
        with self._lock:
            api = self._api(ApiId)
            stage = find(api.stages, "Stage", StageName)
            if RouteKey not in stage.route_settings:
                raise _no_such_route(RouteKey)
            kept = {key: value for key, value in stage.route_settings.items() if key != RouteKey}
            api.stages[StageName] = replace(stage, route_settings=kept)

    def create_deployment(self, *, ApiId, StageName=None, Description=None):
        with self._lock:
            api = self._api(ApiId)
            stage = None if StageName is None else find(api.stages, "Stage", StageName)
            deployment = self._deploy(api, auto=False, description=Description)
            if stage is not None:
                self._serve(api, stage, deployment)
            return deployment.output()

    def get_deployment(self, *, ApiId, DeploymentId):
        with self._lock:
            return find(self._api(ApiId).deployments, "Deployment", DeploymentId).output()

    def get_deployments(self, *, ApiId, MaxResults=None, NextToken=None):
        with self._lock:
            items = [deployment.output() for deployment in self._api(ApiId).deployments.values()]
        return page(items, MaxResults, NextToken)

    def _change_stage(
        self,
        api: Api,
        stage: Stage,
        deployment_id: str | None,
        variables: dict,
        defaults: dict,
        by_route: dict,
    ) -> dict:
        """What create and update have in common. Nothing changes if any of it is refused."""
        settings = {**stage.route_settings, **by_route}
        for each in (defaults, *settings.values()):
            _check_settings(each)
        known = {route.key.text for route in api.routes.values()}
        for route_key in settings:
            # Over the settings of a route that went since, an update fails, as on AWS.
            if route_key not in known:
                raise _no_such_route(route_key)
        stage = replace(
            stage,
            default_route_settings={**stage.default_route_settings, **defaults},
            route_settings=settings,
            stage_variables=_merged(stage.stage_variables, variables),
            last_updated_date=self._clock.now(),
        )
        if deployment_id is not None:
            if stage.auto_deploy:
                raise AwsError(
                    "BadRequestException", "Deployment ID cannot be set on stage when AutoDeploy is enabled"
                )
            stage = self._serve(api, stage, find(api.deployments, "Deployment", deployment_id))
        api.stages[stage.stage_name] = stage
        if stage.auto_deploy:
            self._auto_deploy(api)
        return api.stages[stage.stage_name].output()


def _check_settings(settings: dict) -> None:
    """Raises AwsError. Of metrics there are the API's own, not those of each route."""
    for name in ("DataTraceEnabled", "DetailedMetricsEnabled", "LoggingLevel"):
        if settings.get(name):
            raise not_in_this_region(f"RouteSettings.{name}")
    for name in ("ThrottlingBurstLimit", "ThrottlingRateLimit"):
        if settings.get(name, 0) < 0:
            raise AwsError("BadRequestException", f"{name} cannot be negative")


def _merged(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """How stage variables are updated: name by name, the empty string takes one away."""
    return {name: value for name, value in {**old, **new}.items() if value != ""}


def _no_such_route(route_key: str) -> AwsError:
    return not_found(f"Unable to find Route by key {route_key} within the provided RouteSettings")
