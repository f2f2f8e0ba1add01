"""What an HTTP API is made of: the API itself, its integrations, routes and stages, and the deployments that freeze
them. Integrations, routes, stages and deployments are values: a change makes a new one, so that a request keeps what
it began with.
"""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass, field, fields

from ..errors import AwsError, not_in_this_region
from .routing import RouteKey

ID_LETTERS = string.ascii_lowercase + string.digits
FUNCTION_ARN = re.compile(r"arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
INVOCATION_PATH = re.compile(r"arn:aws:apigateway:[\w-]+:lambda:path/2015-03-31/functions/(.+)/invocations")


@dataclass(frozen=True)
class Integration:
    """AWS_PROXY to a Lambda function. integration_uri as the learner gave it; function_arn is what it means."""

    integration_id: str
    integration_uri: str
    payload_format_version: str
    timeout_in_millis: int = 30_000
    credentials_arn: str | None = None
    description: str | None = None
    api_gateway_managed: bool | None = None
    integration_type: str = "AWS_PROXY"
    integration_method: str = "POST"
    connection_type: str = "INTERNET"

    @property
    def function_arn(self) -> str:
        return function_arn(self.integration_uri)


@dataclass(frozen=True)
class Route:
    route_id: str
    key: RouteKey
    target: str | None = None
    operation_name: str | None = None
    api_gateway_managed: bool | None = None

    def output(self) -> dict:
        return {
            **{name: value for name, value in members(self).items() if name != "Key"},
            "RouteKey": self.key.text,
            "ApiKeyRequired": False,
            "AuthorizationType": "NONE",
        }


@dataclass(frozen=True)
class Stage:
    """created_date, last_updated_date: epoch seconds. route_settings: by route key."""

    stage_name: str
    created_date: float
    last_updated_date: float
    auto_deploy: bool | None = None
    deployment_id: str | None = None
    description: str | None = None
    api_gateway_managed: bool | None = None
    last_deployment_status_message: str | None = None
    stage_variables: dict[str, str] = field(default_factory=dict)
    default_route_settings: dict = field(default_factory=dict)
    route_settings: dict[str, dict] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def output(self) -> dict:
        defaults = {"DetailedMetricsEnabled": False, **self.default_route_settings}
        return {**members(self), "DefaultRouteSettings": defaults}

    def settings_of(self, route_key: str) -> dict:
        """The route's settings over the stage's own."""
        return {**self.default_route_settings, **self.route_settings.get(route_key, {})}


@dataclass(frozen=True)
class Deployment:
    """The API's routes, integrations and CORS as they stood. AWS's text on what a deployment holds names routes and
    integrations; that CORS goes with them is our reading (with AutoDeploy it makes no difference)."""

    deployment_id: str
    created_date: float
    routes: tuple[Route, ...]
    integrations: dict[str, Integration]
    cors: dict | None
    auto_deployed: bool = False
    description: str | None = None

    def output(self) -> dict:
        shown = ("DeploymentId", "CreatedDate", "AutoDeployed", "Description")
        given = {name: value for name, value in members(self).items() if name in shown}
        return {**given, "DeploymentStatus": "DEPLOYED"}

    def integration_of(self, route: Route) -> Integration | None:
        return self.integrations.get((route.target or "").removeprefix("integrations/"))


@dataclass
class Api:
    """created: epoch seconds. cors: the CorsConfiguration as given, or None."""

    api_id: str
    name: str
    created: float
    description: str | None = None
    version: str | None = None
    cors: dict | None = None
    tags: dict[str, str] = field(default_factory=dict)
    integrations: dict[str, Integration] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)

    def output(self, front_door_url: str) -> dict:
        output = {
            "ApiEndpoint": f"{front_door_url}/{self.api_id}",
            "ApiId": self.api_id,
            "ApiKeySelectionExpression": "$request.header.x-api-key",
            "CorsConfiguration": self.cors,
            "CreatedDate": self.created,
            "Description": self.description,
            "DisableExecuteApiEndpoint": False,
            "IpAddressType": "ipv4",
            "Name": self.name,
            "ProtocolType": "HTTP",
            "RouteSelectionExpression": "$request.method $request.path",
            "Tags": self.tags,
            "Version": self.version,
        }
        return {name: value for name, value in output.items() if value is not None}


def members(record) -> dict:
    """A record's fields under AWS's names, without those that are not set: route_id → RouteId."""
    values = {
        "".join(map(str.capitalize, each.name.split("_"))): getattr(record, each.name)
        for each in fields(record)
    }
    return {name: value for name, value in values.items() if value is not None}


def fields_of(**given) -> dict:
    """The reverse of `members`, for what a request gives: RouteId → route_id; what it does not give is left out."""
    return {
        re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): value
        for name, value in given.items()
        if value is not None
    }


def new_id(length: int) -> str:
    """API ids have 10 characters, integrations and routes 7, deployments 6."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(length))


def function_arn(uri: str) -> str:
    """The function that an integration's URI names, plain or as an invocation path. Raises AwsError."""
    if uri.startswith(("http://", "https://")):
        raise not_in_this_region("IntegrationType HTTP_PROXY")
    if "${" in uri:
        raise not_in_this_region("A stage variable in IntegrationUri")
    path = INVOCATION_PATH.fullmatch(uri)
    arn = path[1] if path else uri
    if not FUNCTION_ARN.fullmatch(arn):
        raise AwsError("BadRequestException", f"Invalid function ARN or invocation URI: {uri}")
    return arn
