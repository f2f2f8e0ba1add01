"""The actions: what each makes, refuses and deploys (http-api.md §1)."""

from __future__ import annotations

import re

import pytest

from helpers.region.errors import AwsError
from helpers.region.httpapi import HttpApi
from helpers.region.settings import Settings

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f1-vote-producer"
INVOCATIONS = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
URL = "http://127.0.0.1:8000"


@pytest.fixture
def service(manual_clock):
    """The actions alone: no function runs here, so nothing that runs one is given."""
    return HttpApi(manual_clock, Settings(), None, None, None, lambda: URL)


@pytest.fixture
def api(service):
    return service.create_api(Name="votes", ProtocolType="HTTP")["ApiId"]


@pytest.fixture
def integration(service, api):
    return service.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=FUNCTION, PayloadFormatVersion="2.0"
    )["IntegrationId"]


@pytest.fixture
def quick(service):
    return service.create_api(Name="votes", ProtocolType="HTTP", Target=FUNCTION)["ApiId"]


def refused(code, text, action, **members):
    with pytest.raises(AwsError) as refusal:
        action(**members)
    assert refusal.value.code == code
    assert re.search(text, refusal.value.message), refusal.value.message
    return refusal.value


def keys(service, api):
    return [route["RouteKey"] for route in service.get_routes(ApiId=api)["Items"]]


def served_keys(service, api, path="/"):
    served = service.served(api, path)
    return None if served is None else [route.key.text for route in served.deployment.routes]


def test_create_api_answers_as_aws_does(service, manual_clock):
    got = service.create_api(
        Name="votes", ProtocolType="HTTP", Tags={"team": "a"}, Description="d", Version="1"
    )
    assert re.fullmatch(r"[a-z0-9]{10}", got["ApiId"])
    assert got == {
        "ApiEndpoint": f"{URL}/{got['ApiId']}",
        "ApiId": got["ApiId"],
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "CreatedDate": manual_clock.now(),
        "Description": "d",
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
        "Name": "votes",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": "$request.method $request.path",
        "Tags": {"team": "a"},
        "Version": "1",
    }
    assert service.get_api(ApiId=got["ApiId"]) == got
    for kind in (service.get_integrations, service.get_routes, service.get_stages, service.get_deployments):
        assert kind(ApiId=got["ApiId"]) == {"Items": []}


@pytest.mark.parametrize(("route_key", "made"), [(None, "$default"), ("POST /orders", "POST /orders")])
def test_quick_create_makes_integration_route_and_stage(service, route_key, made):
    given = {} if route_key is None else {"RouteKey": route_key}
    api = service.create_api(Name="votes", ProtocolType="HTTP", Target=FUNCTION, **given)["ApiId"]
    [integration] = service.get_integrations(ApiId=api)["Items"]
    assert re.fullmatch(r"[a-z0-9]{7}", integration.pop("IntegrationId"))
    assert integration == {
        "ApiGatewayManaged": True,
        "ConnectionType": "INTERNET",
        "IntegrationMethod": "POST",
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": FUNCTION,
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": 30000,
    }
    [route] = service.get_routes(ApiId=api)["Items"]
    assert route == {
        "ApiGatewayManaged": True,
        "ApiKeyRequired": False,
        "AuthorizationType": "NONE",
        "RouteId": route["RouteId"],
        "RouteKey": made,
        "Target": "integrations/" + service.get_integrations(ApiId=api)["Items"][0]["IntegrationId"],
    }
    [stage] = service.get_stages(ApiId=api)["Items"]
    deployment = stage["DeploymentId"]
    assert (
        stage["LastDeploymentStatusMessage"]
        == f"Successfully deployed stage with deployment ID '{deployment}'"
    )
    assert (stage["StageName"], stage["AutoDeploy"], stage["ApiGatewayManaged"]) == ("$default", True, True)
    assert stage["DefaultRouteSettings"] == {"DetailedMetricsEnabled": False}
    assert stage["RouteSettings"] == stage["StageVariables"] == stage["Tags"] == {}
    [made_deployment] = service.get_deployments(ApiId=api)["Items"]
    assert made_deployment["DeploymentId"] == deployment
    assert (made_deployment["AutoDeployed"], made_deployment["DeploymentStatus"]) == (True, "DEPLOYED")


def test_quick_create_with_a_role_and_cors(service):
    cors = {"AllowOrigins": ["*"], "AllowMethods": ["POST"]}
    got = service.create_api(
        Name="votes",
        ProtocolType="HTTP",
        Target=INVOCATIONS,
        CredentialsArn="arn:aws:iam::123456789012:role/r",
        CorsConfiguration=cors,
    )
    [integration] = service.get_integrations(ApiId=got["ApiId"])["Items"]
    assert integration["CredentialsArn"] == "arn:aws:iam::123456789012:role/r"
    assert got["CorsConfiguration"] == cors


NOT_HERE = "NotInThisRegion"


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({"ProtocolType": "WEBSOCKET"}, NOT_HERE, "ProtocolType WEBSOCKET"),
        ({"Target": "https://example.com"}, NOT_HERE, "HTTP_PROXY"),
        (
            {"Target": "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.f}"},
            NOT_HERE,
            "variable",
        ),
        ({"Target": "f1-vote-producer"}, "BadRequestException", "Invalid function ARN"),
        ({"Target": FUNCTION, "RouteKey": "nonsense"}, "BadRequestException", "route key"),
        ({"RouteKey": "POST /x"}, "BadRequestException", "Target"),
        ({"DisableExecuteApiEndpoint": True}, NOT_HERE, "DisableExecuteApiEndpoint"),
        ({"IpAddressType": "dualstack"}, NOT_HERE, "IpAddressType dualstack"),
        ({"RouteSelectionExpression": "$request.body.action"}, NOT_HERE, "RouteSelectionExpression"),
        (
            {"CorsConfiguration": {"AllowOrigins": ["*"], "AllowCredentials": True}},
            "BadRequestException",
            "allow-credentials is not supported",
        ),
    ],
)
def test_create_api_refuses(service, members, code, text):
    refused(code, text, service.create_api, **{"Name": "votes", "ProtocolType": "HTTP", **members})
    assert service.get_apis() == {"Items": []}


def test_create_api_takes_the_values_that_an_http_api_has_anyway(service):
    service.create_api(
        Name="votes",
        ProtocolType="HTTP",
        RouteSelectionExpression="$request.method $request.path",
        ApiKeySelectionExpression="$request.header.x-api-key",
        DisableExecuteApiEndpoint=False,
        IpAddressType="ipv4",
    )


def test_update_api_changes_what_is_given(service, quick):
    cors = {"AllowOrigins": ["https://a.example"], "MaxAge": 5}
    service.update_api(ApiId=quick, CorsConfiguration=cors)
    service.update_api(ApiId=quick, CorsConfiguration={"AllowOrigins": ["*"]}, Description="new")
    got = service.update_api(ApiId=quick, Name="renamed")
    assert (got["Name"], got["Description"]) == ("renamed", "new")
    assert got["CorsConfiguration"] == {"AllowOrigins": ["*"]}
    service.delete_cors_configuration(ApiId=quick)
    assert "CorsConfiguration" not in service.get_api(ApiId=quick)


def test_update_api_changes_what_quick_create_made(service, quick):
    service.update_api(
        ApiId=quick, Target=INVOCATIONS, RouteKey="POST /votes", CredentialsArn="arn:aws:iam::1:role/r"
    )
    [integration] = service.get_integrations(ApiId=quick)["Items"]
    assert integration["IntegrationUri"] == INVOCATIONS
    assert integration["CredentialsArn"] == "arn:aws:iam::1:role/r"
    assert keys(service, quick) == served_keys(service, quick) == ["POST /votes"]


def test_update_api_may_repeat_its_route_key_but_not_take_anothers(service, quick):
    service.update_api(ApiId=quick, RouteKey="$default")
    service.create_route(ApiId=quick, RouteKey="POST /votes")
    said = "Route with key POST /votes already exists"
    refused("ConflictException", said, service.update_api, ApiId=quick, RouteKey="POST /votes")
    assert keys(service, quick) == ["$default", "POST /votes"]


def test_update_api_needs_quick_create_for_that(service, api):
    refused("BadRequestException", "quick create", service.update_api, ApiId=api, Target=FUNCTION)


def test_a_missing_api_is_named_with_the_account(service):
    missing = "Invalid API identifier specified 123456789012:zzz"
    calls = [
        (service.get_api, {}),
        (service.update_api, {"Name": "x"}),
        (service.delete_api, {}),
        (service.delete_cors_configuration, {}),
        (service.get_routes, {}),
        (service.create_route, {"RouteKey": "GET /"}),
        (service.get_integrations, {}),
        (service.get_stages, {}),
        (service.create_stage, {"StageName": "dev"}),
        (service.create_deployment, {}),
    ]
    for action, members in calls:
        error = refused("NotFoundException", f"^{missing}$", action, ApiId="zzz", **members)
        assert error.status == 404


def test_delete_api_once(service, quick):
    service.delete_api(ApiId=quick)
    assert service.get_apis() == {"Items": []}
    refused("NotFoundException", quick, service.delete_api, ApiId=quick)
    assert service.served(quick, "/") is None


def test_lists_come_in_pages(service):
    for number in range(5):
        service.create_api(Name=f"api-{number}", ProtocolType="HTTP")
    names, token, pages = [], None, 0
    while pages == 0 or token:
        got = service.get_apis(MaxResults="2", NextToken=token)
        names += [each["Name"] for each in got["Items"]]
        token, pages = got.get("NextToken"), pages + 1
    assert (names, pages) == ([f"api-{number}" for number in range(5)], 3)
    for members in ({"MaxResults": "x"}, {"MaxResults": "0"}, {"NextToken": "x"}, {"NextToken": "-1"}):
        refused("BadRequestException", "MaxResults", service.get_apis, **members)


@pytest.mark.parametrize("uri", [FUNCTION, FUNCTION + ":live", INVOCATIONS])
def test_create_integration_takes_both_forms_of_a_function(service, api, uri):
    got = service.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=uri,
        PayloadFormatVersion="1.0",
        TimeoutInMillis=50,
    )
    assert got == {
        "IntegrationId": got["IntegrationId"],
        "ConnectionType": "INTERNET",
        "IntegrationMethod": "POST",
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": uri,
        "PayloadFormatVersion": "1.0",
        "TimeoutInMillis": 50,
    }
    assert service.get_integration(ApiId=api, IntegrationId=got["IntegrationId"]) == got


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({"IntegrationType": "HTTP_PROXY"}, NOT_HERE, "IntegrationType HTTP_PROXY"),
        ({"IntegrationType": "MOCK"}, NOT_HERE, "IntegrationType MOCK"),
        ({"ConnectionType": "VPC_LINK"}, NOT_HERE, "ConnectionType VPC_LINK"),
        ({"IntegrationUri": None}, "BadRequestException", "IntegrationUri"),
        ({"IntegrationUri": "https://example.com"}, NOT_HERE, "HTTP_PROXY"),
        ({"IntegrationUri": "arn:aws:lambda:nowhere"}, "BadRequestException", "Invalid function ARN"),
        (
            {"PayloadFormatVersion": None},
            "BadRequestException",
            "PayloadFormatVersion is a required parameter",
        ),
        ({"PayloadFormatVersion": "3.0"}, "BadRequestException", "PayloadFormatVersion"),
        ({"IntegrationMethod": "GET"}, "BadRequestException", "POST"),
    ],
)
def test_create_integration_refuses(service, api, members, code, text):
    good = {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "2.0"}
    refused(code, text, service.create_integration, ApiId=api, **{**good, **members})
    assert service.get_integrations(ApiId=api) == {"Items": []}


def test_update_integration_changes_what_is_given(service, api, integration):
    got = service.update_integration(
        ApiId=api, IntegrationId=integration, TimeoutInMillis=100, Description="d"
    )
    assert (got["TimeoutInMillis"], got["Description"], got["IntegrationUri"]) == (100, "d", FUNCTION)
    refused(
        NOT_HERE,
        "HTTP_PROXY",
        service.update_integration,
        ApiId=api,
        IntegrationId=integration,
        IntegrationType="HTTP_PROXY",
    )


def test_an_integration_in_use_or_managed_cannot_be_deleted(service, api, integration, quick):
    route = service.create_route(ApiId=api, RouteKey="POST /votes", Target=f"integrations/{integration}")
    error = refused(
        "ConflictException", "POST /votes", service.delete_integration, ApiId=api, IntegrationId=integration
    )
    assert error.status == 409
    service.delete_route(ApiId=api, RouteId=route["RouteId"])
    service.delete_integration(ApiId=api, IntegrationId=integration)
    refused("NotFoundException", integration, service.get_integration, ApiId=api, IntegrationId=integration)
    [managed] = service.get_integrations(ApiId=quick)["Items"]
    refused(
        "BadRequestException",
        "managed",
        service.delete_integration,
        ApiId=quick,
        IntegrationId=managed["IntegrationId"],
    )


def test_create_route_answers_and_keeps(service, api, integration):
    got = service.create_route(
        ApiId=api,
        RouteKey="POST /votes/{driver}",
        Target=f"integrations/{integration}",
        OperationName="vote",
        AuthorizationType="NONE",
        ApiKeyRequired=False,
    )
    assert re.fullmatch(r"[a-z0-9]{7}", got["RouteId"])
    assert got == {
        "ApiKeyRequired": False,
        "AuthorizationType": "NONE",
        "OperationName": "vote",
        "RouteId": got["RouteId"],
        "RouteKey": "POST /votes/{driver}",
        "Target": f"integrations/{integration}",
    }
    assert service.get_route(ApiId=api, RouteId=got["RouteId"]) == got


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({"RouteKey": "nonsense"}, "BadRequestException", "not formatted properly for HTTP protocol"),
        ({"AuthorizationType": "JWT"}, NOT_HERE, "AuthorizationType JWT"),
        ({"AuthorizationType": "AWS_IAM"}, NOT_HERE, "AuthorizationType AWS_IAM"),
        ({"ApiKeyRequired": True}, NOT_HERE, "ApiKeyRequired"),
        ({"Target": "integrations/zzz"}, "NotFoundException", "zzz"),
        ({"Target": "zzz"}, "BadRequestException", "integrations/<IntegrationId>"),
    ],
)
def test_create_route_refuses(service, api, members, code, text):
    refused(code, text, service.create_route, **{"ApiId": api, "RouteKey": "POST /x", **members})
    assert keys(service, api) == []


def test_a_route_key_is_taken_once(service, api):
    taken = service.create_route(ApiId=api, RouteKey="POST /x")
    other = service.create_route(ApiId=api, RouteKey="GET /x")
    said = "^Route with key POST /x already exists for this API$"
    assert (
        refused("ConflictException", said, service.create_route, ApiId=api, RouteKey="POST /x").status == 409
    )
    refused(
        "ConflictException",
        said,
        service.update_route,
        ApiId=api,
        RouteId=other["RouteId"],
        RouteKey="POST /x",
    )
    service.update_route(ApiId=api, RouteId=taken["RouteId"], RouteKey="POST /x")
    service.update_route(ApiId=api, RouteId=taken["RouteId"], RouteKey="PUT /x", OperationName="put")
    refused(
        "NotFoundException",
        "zzz",
        service.update_route,
        ApiId=api,
        RouteId=taken["RouteId"],
        Target="integrations/zzz",
    )
    assert keys(service, api) == ["PUT /x", "GET /x"]


def test_the_key_of_a_managed_route_stays(service, quick):
    [route] = service.get_routes(ApiId=quick)["Items"]
    refused(
        "BadRequestException",
        "managed",
        service.update_route,
        ApiId=quick,
        RouteId=route["RouteId"],
        RouteKey="GET /",
    )


def test_what_is_missing_is_named(service, api):
    for action, member, kind in (
        (service.get_integration, "IntegrationId", "Integration"),
        (service.update_integration, "IntegrationId", "Integration"),
        (service.delete_integration, "IntegrationId", "Integration"),
        (service.get_route, "RouteId", "Route"),
        (service.update_route, "RouteId", "Route"),
        (service.delete_route, "RouteId", "Route"),
        (service.get_stage, "StageName", "Stage"),
        (service.update_stage, "StageName", "Stage"),
        (service.delete_stage, "StageName", "Stage"),
        (service.get_deployment, "DeploymentId", "Deployment"),
    ):
        message = f"^Invalid {kind} identifier specified zzz$"
        refused("NotFoundException", message, action, ApiId=api, **{member: "zzz"})


def test_a_stage_without_auto_deploy_serves_its_deployment_only(service, api, integration):
    target = f"integrations/{integration}"
    service.create_route(ApiId=api, RouteKey="POST /votes", Target=target)
    stage = service.create_stage(ApiId=api, StageName="dev")
    assert "DeploymentId" not in stage and "AutoDeploy" not in stage
    assert served_keys(service, api, "/dev/votes") is None
    first = service.create_deployment(ApiId=api, StageName="dev", Description="one")
    assert (first["DeploymentStatus"], first["AutoDeployed"], first["Description"]) == (
        "DEPLOYED",
        False,
        "one",
    )
    assert service.get_deployment(ApiId=api, DeploymentId=first["DeploymentId"]) == first
    assert service.get_stage(ApiId=api, StageName="dev")["DeploymentId"] == first["DeploymentId"]

    service.create_route(ApiId=api, RouteKey="GET /votes", Target=target)
    service.update_integration(ApiId=api, IntegrationId=integration, TimeoutInMillis=50)
    service.update_api(ApiId=api, CorsConfiguration={"AllowOrigins": ["*"]})
    served = service.served(api, "/dev/votes").deployment
    assert [route.key.text for route in served.routes] == ["POST /votes"]
    assert (served.integrations[integration].timeout_in_millis, served.cors) == (30000, None)

    second = service.create_deployment(ApiId=api)
    assert served_keys(service, api, "/dev/votes") == ["POST /votes"]
    service.update_stage(ApiId=api, StageName="dev", DeploymentId=second["DeploymentId"])
    served = service.served(api, "/dev/votes").deployment
    assert [route.key.text for route in served.routes] == ["POST /votes", "GET /votes"]
    assert (served.integrations[integration].timeout_in_millis, served.cors) == (50, {"AllowOrigins": ["*"]})
    service.update_stage(ApiId=api, StageName="dev", DeploymentId=first["DeploymentId"])
    assert served_keys(service, api, "/dev/votes") == ["POST /votes"]


def test_a_stage_with_auto_deploy_follows_every_change(service, api, integration):
    service.create_route(ApiId=api, RouteKey="POST /votes", Target=f"integrations/{integration}")
    service.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    assert served_keys(service, api) == ["POST /votes"]
    route = service.create_route(ApiId=api, RouteKey="GET /votes")
    assert served_keys(service, api) == ["POST /votes", "GET /votes"]
    service.update_route(ApiId=api, RouteId=route["RouteId"], RouteKey="PUT /votes")
    assert served_keys(service, api) == ["POST /votes", "PUT /votes"]
    service.delete_route(ApiId=api, RouteId=route["RouteId"])
    assert served_keys(service, api) == ["POST /votes"]
    service.update_integration(ApiId=api, IntegrationId=integration, TimeoutInMillis=70)
    assert service.served(api, "/").deployment.integrations[integration].timeout_in_millis == 70
    service.update_api(ApiId=api, CorsConfiguration={"AllowOrigins": ["*"]})
    assert service.served(api, "/").deployment.cors == {"AllowOrigins": ["*"]}
    service.delete_cors_configuration(ApiId=api)
    assert service.served(api, "/").deployment.cors is None
    assert len(service.get_deployments(ApiId=api)["Items"]) == 1


def test_an_api_without_routes_cannot_be_deployed(service, api):
    service.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    said = "Unable to deploy API because no routes exist in this API"
    refused("BadRequestException", f"^{said}$", service.create_deployment, ApiId=api)
    message = service.get_stage(ApiId=api, StageName="$default")["LastDeploymentStatusMessage"]
    assert message == f"Deployment attempt failed: {said}"


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({"StageName": "dev"}, "ConflictException", "^Stage already exists$"),
        ({"StageName": "a b"}, "BadRequestException", "Stage name"),
        ({"StageName": "$other"}, "BadRequestException", "Stage name"),
        ({"DeploymentId": "zzz"}, "NotFoundException", "Deployment identifier"),
        ({"DefaultRouteSettings": {"LoggingLevel": "INFO"}}, NOT_HERE, "LoggingLevel"),
        ({"DefaultRouteSettings": {"DataTraceEnabled": True}}, NOT_HERE, "DataTraceEnabled"),
        ({"DefaultRouteSettings": {"DetailedMetricsEnabled": True}}, NOT_HERE, "DetailedMetricsEnabled"),
        ({"DefaultRouteSettings": {"ThrottlingRateLimit": -1.0}}, "BadRequestException", "negative"),
        (
            {"RouteSettings": {"GET /x": {"ThrottlingRateLimit": 1.0}}},
            "NotFoundException",
            "^Unable to find Route by key GET /x within the provided RouteSettings$",
        ),
    ],
)
def test_create_stage_refuses(service, api, members, code, text):
    service.create_stage(ApiId=api, StageName="dev")
    refused(code, text, service.create_stage, **{"ApiId": api, "StageName": "new", **members})
    assert [stage["StageName"] for stage in service.get_stages(ApiId=api)["Items"]] == ["dev"]


def test_a_deployment_is_not_chosen_for_a_stage_that_deploys_itself(service, api):
    service.create_route(ApiId=api, RouteKey="GET /")
    deployment = service.create_deployment(ApiId=api)["DeploymentId"]
    service.create_stage(ApiId=api, StageName="dev", AutoDeploy=True)
    refused(
        "BadRequestException",
        "AutoDeploy",
        service.update_stage,
        ApiId=api,
        StageName="dev",
        DeploymentId=deployment,
    )


def test_route_settings_add_up_until_deleted(service, api):
    for key in ("GET /a", "GET /b"):
        service.create_route(ApiId=api, RouteKey=key)
    service.create_stage(ApiId=api, StageName="dev", RouteSettings={"GET /a": {"ThrottlingBurstLimit": 1}})
    service.update_stage(
        ApiId=api,
        StageName="dev",
        RouteSettings={"GET /b": {"ThrottlingBurstLimit": 2}},
        DefaultRouteSettings={"ThrottlingRateLimit": 5.0},
    )
    got = service.get_stage(ApiId=api, StageName="dev")
    assert got["RouteSettings"] == {
        "GET /a": {"ThrottlingBurstLimit": 1},
        "GET /b": {"ThrottlingBurstLimit": 2},
    }
    assert got["DefaultRouteSettings"] == {"DetailedMetricsEnabled": False, "ThrottlingRateLimit": 5.0}
    [a, _] = service.get_routes(ApiId=api)["Items"]
    service.delete_route(ApiId=api, RouteId=a["RouteId"])
    refused("NotFoundException", "GET /a", service.update_stage, ApiId=api, StageName="dev", Description="d")
    service.delete_route_settings(ApiId=api, StageName="dev", RouteKey="GET /a")
    service.update_stage(ApiId=api, StageName="dev", Description="d")
    refused(
        "NotFoundException",
        "GET /a",
        service.delete_route_settings,
        ApiId=api,
        StageName="dev",
        RouteKey="GET /a",
    )


def test_stage_variables_are_updated_one_by_one(service, api):
    service.create_stage(ApiId=api, StageName="dev", StageVariables={"a": "1", "b": "2"})
    got = service.update_stage(ApiId=api, StageName="dev", StageVariables={"b": "", "c": "3"})
    assert got["StageVariables"] == {"a": "1", "c": "3"}


def test_a_managed_stage_is_not_modified(service, quick):
    refused(
        "BadRequestException",
        "managed",
        service.update_stage,
        ApiId=quick,
        StageName="$default",
        AutoDeploy=False,
    )


def test_delete_stage(service, quick):
    service.delete_stage(ApiId=quick, StageName="$default")
    assert served_keys(service, quick) is None


@pytest.mark.parametrize("stage", ["", "/stages/dev", "/stages/%24default"])
def test_tags_of_an_api_or_a_stage(service, api, stage):
    for name in ("dev", "$default"):
        service.create_stage(ApiId=api, StageName=name, Tags={"kept": "yes"})
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api}{stage}"
    service.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    service.untag_resource(ResourceArn=arn, TagKeys=["a", "zzz"])
    kept = {"kept": "yes"} if stage else {}
    assert service.get_tags(ResourceArn=arn) == {"Tags": {**kept, "b": "2"}}
    if not stage:
        assert service.get_api(ApiId=api)["Tags"] == {"b": "2"}


def test_tags_of_what_is_not_there(service, api):
    for arn in ("arn:aws:s3:::bucket", "arn:aws:apigateway:us-east-1::/apis/zzz"):
        refused("NotFoundException", "specified", service.get_tags, ResourceArn=arn)
    refused(
        "NotFoundException",
        "Stage",
        service.get_tags,
        ResourceArn=f"arn:aws:apigateway:us-east-1::/apis/{api}/stages/zzz",
    )


def test_an_api_has_so_many_stages_routes_and_integrations(service, api):
    for number in range(10):
        service.create_stage(ApiId=api, StageName=f"s{number}")
    error = refused(
        "TooManyRequestsException", "stages.* 10$", service.create_stage, ApiId=api, StageName="more"
    )
    assert error.status == 429
    for number in range(300):
        service.create_route(ApiId=api, RouteKey=f"GET /{number}")
    refused("TooManyRequestsException", "routes.* 300$", service.create_route, ApiId=api, RouteKey="GET /")


def test_reset_empties_it(service, quick):
    service.reset()
    assert service.get_apis() == {"Items": []}
    assert service.describe() == []
