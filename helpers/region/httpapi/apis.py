"""Actions on APIs as a whole: quick create and its updates, CORS, tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from ..errors import AwsError, not_in_this_region
from . import cors
from .api import Api, Integration, Route, Stage, fields_of, function_arn, new_id
from .routing import DEFAULT, parse_route_key
from .store import Store, find, not_found, only, page, refuse_duplicate

TAGGED = re.compile(r"arn:aws:apigateway:[\w-]+::/apis/(\w+)(?:/stages/([^/]+))?")


class Apis(Store):
    _front_door_url: Callable[[], str]

    def create_api(
        self,
        *,
        Name,
        ProtocolType,
        Target=None,
        RouteKey=None,
        CredentialsArn=None,
        CorsConfiguration=None,
        Description=None,
        Version=None,
        Tags=None,
        RouteSelectionExpression=None,
        ApiKeySelectionExpression=None,
        DisableExecuteApiEndpoint=None,
        IpAddressType=None,
    ):
        """With Target this is quick create: integration, route and an auto-deployed `$default` stage come with it.
        The permission to invoke the function does not."""
        if ProtocolType != "HTTP":
            raise not_in_this_region(f"ProtocolType {ProtocolType}")
        _check_fixed(
            RouteSelectionExpression, ApiKeySelectionExpression, DisableExecuteApiEndpoint, IpAddressType
        )
        if Target is None and (RouteKey is not None or CredentialsArn is not None):
            raise AwsError("BadRequestException", "RouteKey and CredentialsArn need a Target")
        with self._lock:
            api = Api(
                new_id(10),
                Name,
                self._clock.now(),
                description=Description,
                version=Version,
                cors=None if CorsConfiguration is None else cors.check(CorsConfiguration),
                tags=dict(Tags or {}),
            )
            if Target is not None:
                self._quick_create(api, Target, RouteKey or DEFAULT, CredentialsArn)
            self._apis[api.api_id] = api
            return api.output(self._front_door_url())

    def get_api(self, *, ApiId):
        with self._lock:
            return self._api(ApiId).output(self._front_door_url())

    def get_apis(self, *, MaxResults=None, NextToken=None):
        with self._lock:
            items = [api.output(self._front_door_url()) for api in self._apis.values()]
        return page(items, MaxResults, NextToken)

    def update_api(
        self,
        *,
        ApiId,
        Name=None,
        Target=None,
        RouteKey=None,
        CredentialsArn=None,
        CorsConfiguration=None,
        Description=None,
        Version=None,
        RouteSelectionExpression=None,
        ApiKeySelectionExpression=None,
        DisableExecuteApiEndpoint=None,
        IpAddressType=None,
    ):
        """Target, RouteKey and CredentialsArn change what quick create made. A CorsConfiguration replaces the whole
        former one."""
        _check_fixed(
            RouteSelectionExpression, ApiKeySelectionExpression, DisableExecuteApiEndpoint, IpAddressType
        )
        with self._lock:
            api = self._api(ApiId)
            new_cors = api.cors if CorsConfiguration is None else cors.check(CorsConfiguration)
            if Target is not None or RouteKey is not None or CredentialsArn is not None:
                self._update_quick_created(api, Target, RouteKey, CredentialsArn)
            api.cors = new_cors
            for name, value in fields_of(Name=Name, Description=Description, Version=Version).items():
                setattr(api, name, value)
            self._auto_deploy(api)
            return api.output(self._front_door_url())

    def delete_api(self, *, ApiId):
        with self._lock:
            self._api(ApiId)
            del self._apis[ApiId]

    def delete_cors_configuration(self, *, ApiId):
        with self._lock:
            api = self._api(ApiId)
            api.cors = None
            self._auto_deploy(api)

    def get_tags(self, *, ResourceArn):
        with self._lock:
            api, stage = self._tagged(ResourceArn)
            return {"Tags": (stage or api).tags}

    def tag_resource(self, *, ResourceArn, Tags=None):
        self._change_tags(ResourceArn, lambda tags: {**tags, **(Tags or {})})
        return {}

    def untag_resource(self, *, ResourceArn, TagKeys):
        self._change_tags(
            ResourceArn, lambda tags: {key: value for key, value in tags.items() if key not in TagKeys}
        )

    def _tagged(self, arn: str) -> tuple[Api, Stage | None]:
        """The API that an ARN names, and the stage if it names one."""
        found = TAGGED.fullmatch(unquote(arn))
        if not found:
            raise not_found("Invalid resource ARN specified")
        api = self._api(found[1])
        return api, find(api.stages, "Stage", found[2]) if found[2] else None

    def _change_tags(self, arn: str, change: Callable[[dict], dict]) -> None:
        with self._lock:
            api, stage = self._tagged(arn)
            if stage is None:
                api.tags = change(api.tags)
            else:
                api.stages[stage.stage_name] = replace(stage, tags=change(stage.tags))

    def _quick_create(self, api: Api, target: str, route_key: str, credentials_arn: str | None) -> None:
        function_arn(target)
        integration = Integration(
            new_id(7), target, "2.0", credentials_arn=credentials_arn, api_gateway_managed=True
        )
        route = Route(
            new_id(7),
            parse_route_key(route_key),
            f"integrations/{integration.integration_id}",
            api_gateway_managed=True,
        )
        now = self._clock.now()
        api.integrations[integration.integration_id] = integration
        api.routes[route.route_id] = route
        api.stages[DEFAULT] = Stage(DEFAULT, now, now, auto_deploy=True, api_gateway_managed=True)
        self._auto_deploy(api)

    def _update_quick_created(self, api: Api, target, route_key, credentials_arn) -> None:
        integration = _managed(api.integrations)
        route = _managed(api.routes)
        if target is not None:
            function_arn(target)
        if route_key is not None:
            key = parse_route_key(route_key)
            refuse_duplicate(api, key, route.route_id)
            api.routes[route.route_id] = replace(route, key=key)
        given = fields_of(IntegrationUri=target, CredentialsArn=credentials_arn)
        api.integrations[integration.integration_id] = replace(integration, **given)


def _check_fixed(route_expression, key_expression, disabled, ip_address_type) -> None:
    """What an HTTP API has one value for, or the region one."""
    only(
        RouteSelectionExpression=(route_expression, "$request.method $request.path"),
        ApiKeySelectionExpression=(key_expression, "$request.header.x-api-key"),
        DisableExecuteApiEndpoint=(disabled, False),
        IpAddressType=(ip_address_type, "ipv4"),
    )


def _managed(records: dict):
    """The one that quick create made."""
    for record in records.values():
        if record.api_gateway_managed:
            return record
    raise AwsError(
        "BadRequestException", "Target, RouteKey and CredentialsArn update an API made by quick create"
    )
