"""Actions on integrations and routes: which function answers what."""

from __future__ import annotations

from dataclasses import replace

from ..errors import AwsError
from .api import Api, Integration, Route, fields_of, function_arn, members, new_id
from .routing import parse_route_key
from .store import Store, find, only, page, refuse_duplicate, refuse_one_more


class Routes(Store):
    def create_integration(
        self,
        *,
        ApiId,
        IntegrationType,
        IntegrationUri=None,
        PayloadFormatVersion=None,
        TimeoutInMillis=None,
        CredentialsArn=None,
        Description=None,
        IntegrationMethod=None,
        ConnectionType=None,
    ):
        _check_integration(
            IntegrationType, IntegrationUri, PayloadFormatVersion, IntegrationMethod, ConnectionType
        )
        if IntegrationUri is None:
            raise AwsError("BadRequestException", "IntegrationUri is a required parameter for integration")
        if PayloadFormatVersion is None:
            raise AwsError(
                "BadRequestException", "PayloadFormatVersion is a required parameter for integration"
            )
        with self._lock:
            api = self._api(ApiId)
            refuse_one_more(api, "integrations")
            integration = Integration(
                new_id(7),
                IntegrationUri,
                PayloadFormatVersion,
                **fields_of(
                    TimeoutInMillis=TimeoutInMillis, CredentialsArn=CredentialsArn, Description=Description
                ),
            )
            api.integrations[integration.integration_id] = integration
            self._auto_deploy(api)
            return members(integration)

    def get_integration(self, *, ApiId, IntegrationId):
        with self._lock:
            return members(find(self._api(ApiId).integrations, "Integration", IntegrationId))

    def get_integrations(self, *, ApiId, MaxResults=None, NextToken=None):
        with self._lock:
            items = [members(integration) for integration in self._api(ApiId).integrations.values()]
        return page(items, MaxResults, NextToken)

    def update_integration(
        self,
        *,
        ApiId,
        IntegrationId,
        IntegrationType=None,
        IntegrationUri=None,
        PayloadFormatVersion=None,
        TimeoutInMillis=None,
        CredentialsArn=None,
        Description=None,
        IntegrationMethod=None,
        ConnectionType=None,
    ):
        _check_integration(
            IntegrationType, IntegrationUri, PayloadFormatVersion, IntegrationMethod, ConnectionType
        )
        given = fields_of(
            IntegrationUri=IntegrationUri,
            PayloadFormatVersion=PayloadFormatVersion,
            TimeoutInMillis=TimeoutInMillis,
            CredentialsArn=CredentialsArn,
            Description=Description,
        )
        with self._lock:
            api = self._api(ApiId)
            integration = replace(find(api.integrations, "Integration", IntegrationId), **given)
            api.integrations[IntegrationId] = integration
            self._auto_deploy(api)
            return members(integration)

    def delete_integration(self, *, ApiId, IntegrationId):
        with self._lock:
            api = self._api(ApiId)
            integration = find(api.integrations, "Integration", IntegrationId)
            if integration.api_gateway_managed:
                raise AwsError(
                    "BadRequestException", "An integration managed by API Gateway cannot be deleted"
                )
            target = f"integrations/{IntegrationId}"
            users = [route.key.text for route in api.routes.values() if route.target == target]
            if users:
                raise AwsError(
                    "ConflictException",
                    f"Cannot delete integration {IntegrationId}: used by route {', '.join(users)}",
                    409,
                )
            del api.integrations[IntegrationId]
            self._auto_deploy(api)

    def create_route(
        self, *, ApiId, RouteKey, Target=None, OperationName=None, AuthorizationType=None, ApiKeyRequired=None
    ):
        only(AuthorizationType=(AuthorizationType, "NONE"), ApiKeyRequired=(ApiKeyRequired, False))
        with self._lock:
            api = self._api(ApiId)
            key = parse_route_key(RouteKey)
            refuse_duplicate(api, key)
            refuse_one_more(api, "routes")
            _check_target(api, Target)
            route = Route(new_id(7), key, Target, OperationName)
            api.routes[route.route_id] = route
            self._auto_deploy(api)
            return route.output()

    def get_route(self, *, ApiId, RouteId):
        with self._lock:
            return find(self._api(ApiId).routes, "Route", RouteId).output()

    def get_routes(self, *, ApiId, MaxResults=None, NextToken=None):
        with self._lock:
            items = [route.output() for route in self._api(ApiId).routes.values()]
        return page(items, MaxResults, NextToken)

    def update_route(
        self,
        *,
        ApiId,
        RouteId,
        RouteKey=None,
        Target=None,
        OperationName=None,
        AuthorizationType=None,
        ApiKeyRequired=None,
    ):
        only(AuthorizationType=(AuthorizationType, "NONE"), ApiKeyRequired=(ApiKeyRequired, False))
        with self._lock:
            api = self._api(ApiId)
            route = find(api.routes, "Route", RouteId)
            if RouteKey is not None and RouteKey != route.key.text:
                if route.api_gateway_managed:
                    # "You can't modify the $default route key": botocore's model; update_api can.
                    raise AwsError(
                        "BadRequestException", "The key of a route managed by API Gateway cannot be modified"
                    )
                key = parse_route_key(RouteKey)
                refuse_duplicate(api, key, RouteId)
                route = replace(route, key=key)
            _check_target(api, Target)
            route = replace(route, **fields_of(Target=Target, OperationName=OperationName))
            api.routes[RouteId] = route
            self._auto_deploy(api)
            return route.output()

    def delete_route(self, *, ApiId, RouteId):
        with self._lock:
            api = self._api(ApiId)
            find(api.routes, "Route", RouteId)
            del api.routes[RouteId]
            self._auto_deploy(api)


def _check_integration(kind, uri, payload_format_version, method, connection_type) -> None:
    """Raises AwsError for what an integration with a Lambda function cannot be; None stands for not given."""
    only(IntegrationType=(kind, "AWS_PROXY"), ConnectionType=(connection_type, "INTERNET"))
    if uri is not None:
        function_arn(uri)
    if payload_format_version not in (None, "1.0", "2.0"):
        raise AwsError(
            "BadRequestException", f"PayloadFormatVersion {payload_format_version} must be 1.0 or 2.0"
        )
    if method not in (None, "POST"):
        raise AwsError("BadRequestException", "IntegrationMethod must be POST for a Lambda function")


def _check_target(api: Api, target: str | None) -> None:
    if target is None:
        return
    prefix, _, integration_id = target.partition("/")
    if prefix != "integrations" or not integration_id:
        raise AwsError("BadRequestException", f"Invalid Target {target}: write integrations/<IntegrationId>")
    find(api.integrations, "Integration", integration_id)
