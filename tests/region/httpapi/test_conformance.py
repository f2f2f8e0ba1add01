"""The rows of http-api.md, as a learner meets them: boto3 for the control plane, a socket for the front door, and a
real function behind. What is not covered, and why, is listed at the end.
"""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from helpers.region.httpapi import HttpApi, front_door
from helpers.region.server import Server
from tests.local_region import QUICK
from tests.region.deployment import allow, trust
from tests.region.httpapi.support import FUNCTION, PRIVATE, SLOW, ask, error, permit, send

PAGE = "https://votes.example"


INTERNAL = (500, b'{"message":"Internal Server Error"}', "application/json")
UNAVAILABLE = (503, b'{"message":"Service Unavailable"}', "application/json")
NOT_FOUND = (404, b'{"message":"Not Found"}', "application/json")


# §1 Control plane


def test_quick_create_answers_as_it_stands(gateway, quick):
    assert quick["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert quick["CreatedDate"].tzinfo is not None
    assert quick["Tags"] == {}
    reply = send(quick["ApiEndpoint"], path="/any/path")
    assert (reply.status, reply.json()["routeKey"]) == (200, "$default")


def test_quick_create_gives_no_permission(clients, gateway, functions):
    api = gateway.create_api(Name="q", ProtocolType="HTTP", Target=functions[PRIVATE])
    assert error(send(api["ApiEndpoint"])) == INTERNAL
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        clients("lambda").get_policy(FunctionName=PRIVATE)


def test_the_lists_show_what_was_made(gateway, quick):
    [integration] = gateway.get_integrations(ApiId=quick["ApiId"])["Items"]
    [route] = gateway.get_routes(ApiId=quick["ApiId"])["Items"]
    [stage] = gateway.get_stages(ApiId=quick["ApiId"])["Items"]
    [deployment] = gateway.get_deployments(ApiId=quick["ApiId"])["Items"]
    assert route["Target"] == f"integrations/{integration['IntegrationId']}"
    assert stage["DeploymentId"] == deployment["DeploymentId"]
    assert quick["ApiId"] in [api["ApiId"] for api in gateway.get_apis()["Items"]]


@pytest.mark.parametrize(
    ("operation", "members", "code", "status", "text"),
    [
        (
            "get_api",
            {"ApiId": "zzz"},
            "NotFoundException",
            404,
            "Invalid API identifier specified 123456789012:zzz",
        ),
        (
            "create_route",
            {"RouteKey": "nonsense"},
            "BadRequestException",
            400,
            "The provided route key is not formatted properly for HTTP protocol.",
        ),
        (
            "create_route",
            {"RouteKey": "$default"},
            "ConflictException",
            409,
            "Route with key $default already exists for this API",
        ),
        ("create_stage", {"StageName": "$default"}, "ConflictException", 409, "Stage already exists"),
        ("create_authorizer", {"AuthorizerType": "JWT"}, "NotInThisRegion", 400, "CreateAuthorizer"),
        ("import_api", {"Body": "{}", "ApiId": None}, "NotInThisRegion", 400, "ImportApi"),
        ("get_vpc_links", {"ApiId": None}, "NotInThisRegion", 400, "GetVpcLinks"),
        (
            "create_stage",
            {"StageName": "x", "AccessLogSettings": {"Format": "x"}},
            "NotInThisRegion",
            400,
            "AccessLogSettings",
        ),
        (
            "create_integration",
            {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "Kinesis-PutRecord"},
            "NotInThisRegion",
            400,
            "IntegrationSubtype",
        ),
        (
            "create_integration",
            {"IntegrationType": "AWS_PROXY", "TimeoutInMillis": 30001},
            "BadRequestException",
            400,
            "30000",
        ),
    ],
)
def test_refusals_reach_the_learner(gateway, quick, operation, members, code, status, text):
    if operation == "create_authorizer":
        members = {**members, "Name": "a", "IdentitySource": ["$request.header.Authorization"]}
    given = {"ApiId": quick["ApiId"], **members}
    with pytest.raises(ClientError) as refusal:
        getattr(gateway, operation)(**{name: value for name, value in given.items() if value is not None})
    said = refusal.value.response
    assert (said["Error"]["Code"], said["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert text in said["Error"]["Message"]


def test_an_api_is_changed_and_deleted(gateway, quick):
    api, url = quick["ApiId"], quick["ApiEndpoint"]
    gateway.update_api(ApiId=api, RouteKey="GET /only")
    assert error(send(url)) == NOT_FOUND
    assert send(url, path="/only").status == 200
    gateway.delete_api(ApiId=api)
    assert error(send(url, path="/only")) == NOT_FOUND


def test_without_auto_deploy_a_change_waits_for_its_deployment(gateway, functions):
    api = gateway.create_api(Name="d", ProtocolType="HTTP")
    integration = gateway.create_integration(
        ApiId=api["ApiId"],
        IntegrationType="AWS_PROXY",
        IntegrationUri=functions[FUNCTION],
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    target = f"integrations/{integration}"
    gateway.create_stage(ApiId=api["ApiId"], StageName="$default")
    gateway.create_route(ApiId=api["ApiId"], RouteKey="GET /a", Target=target)
    assert error(send(api["ApiEndpoint"], path="/a")) == NOT_FOUND
    gateway.create_deployment(ApiId=api["ApiId"], StageName="$default")
    gateway.create_route(ApiId=api["ApiId"], RouteKey="GET /b", Target=target)
    assert [send(api["ApiEndpoint"], path=path).status for path in ("/a", "/b")] == [200, 404]


def test_tags(gateway, quick):
    arn = f"arn:aws:apigateway:us-east-1::/apis/{quick['ApiId']}"
    gateway.tag_resource(ResourceArn=arn, Tags={"team": "red", "x": "y"})
    gateway.untag_resource(ResourceArn=arn, TagKeys=["x"])
    assert gateway.get_tags(ResourceArn=arn)["Tags"] == {"team": "red"}


def test_route_settings_are_deleted_by_their_key(gateway, make):
    api, _ = make("POST /votes")
    settings = {"POST /votes": {"ThrottlingBurstLimit": 1, "ThrottlingRateLimit": 1.0}}
    gateway.update_stage(ApiId=api, StageName="$default", RouteSettings=settings)
    assert gateway.get_stage(ApiId=api, StageName="$default")["RouteSettings"] == settings
    gateway.delete_route_settings(ApiId=api, StageName="$default", RouteKey="POST /votes")
    assert gateway.get_stage(ApiId=api, StageName="$default")["RouteSettings"] == {}


def test_the_regions_status_lists_the_apis(shared_region, quick):
    assert {
        "id": quick["ApiId"],
        "name": "quick",
        "endpoint": quick["ApiEndpoint"],
        "routes": ["$default"],
        "stages": ["$default"],
    } in shared_region.status()["apis"]


# §2 URL and routing


def test_a_named_stage_is_part_of_the_path(make):
    _, url = make("GET /orders/{id}", stage="dev", settings={"StageVariables": {"mode": "race"}})
    event = send(url, path="/dev/orders/7").json()
    assert (event["rawPath"], event["requestContext"]["http"]["path"]) == ("/dev/orders/7", "/dev/orders/7")
    assert (event["requestContext"]["stage"], event["pathParameters"]) == ("dev", {"id": "7"})
    assert event["stageVariables"] == {"mode": "race"}
    assert error(send(url, path="/orders/7")) == NOT_FOUND


def test_routes_by_their_precedence(make):
    _, url = make("GET /pets/dog", "GET /pets/{name}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default")
    served = {
        ("GET", "/pets/dog"): "GET /pets/dog",
        ("GET", "/pets/cat"): "GET /pets/{name}",
        ("GET", "/pets/cat/1"): "GET /pets/{proxy+}",
        ("PUT", "/pets/dog"): "ANY /{proxy+}",
        ("PUT", "/"): "$default",
    }
    got = {asked: send(url, *asked).json()["routeKey"] for asked in served}
    assert got == served


def test_no_route_is_404_and_a_wrong_method_too(make):
    _, url = make("POST /votes")
    for method, path in (("GET", "/votes"), ("POST", "/"), ("POST", "/votes/"), ("HEAD", "/votes")):
        reply = send(url, method, path)
        assert reply.status == 404
        assert reply.body == (b"" if method == "HEAD" else NOT_FOUND[1])


def test_an_unknown_api_is_404(quick):
    url = quick["ApiEndpoint"].replace(quick["ApiId"], "zzzzzzzzzz")
    assert error(send(url)) == NOT_FOUND


# §3 Event


def test_the_event_format_2(make):
    api, url = make("POST /orders/{id}")
    reply = send(
        url,
        "POST",
        "/orders/caf%C3%A9?a=1&a=2&b=x%20y",
        b'{"x":1}',
        [("Content-Type", "application/json"), ("X-Tag", "1"), ("X-TAG", "2"), ("Cookie", "c1=v1; c2=v2")],
    )
    event = reply.json()
    host = urlsplit(url).netloc
    trace = event["headers"].pop("x-amzn-trace-id")
    context = event.pop("requestContext")
    assert trace.startswith("Root=1-")
    assert event == {
        "version": "2.0",
        "routeKey": "POST /orders/{id}",
        "rawPath": "/orders/café",
        "rawQueryString": "a=1&a=2&b=x%20y",
        "cookies": ["c1=v1", "c2=v2"],
        "headers": {
            "content-length": "7",
            "content-type": "application/json",
            "host": host,
            "x-tag": "1,2",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": host.partition(":")[2],
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"a": "1,2", "b": "x y"},
        "pathParameters": {"id": "café"},
        "body": '{"x":1}',
        "isBase64Encoded": False,
    }
    assert context["http"]["sourceIp"] == "127.0.0.1"
    assert (context["apiId"], context["domainName"], context["stage"]) == (api, host, "$default")
    assert context["requestId"] == reply.header("apigw-requestid")


def test_the_event_format_1(make):
    _, url = make("GET /{proxy+}", version="1.0")
    event = send(url, path="/a/b?x=1&x=2", headers=[("X-Tag", "1"), ("X-Tag", "2")]).json()
    assert (event["version"], event["resource"], event["path"]) == ("1.0", "/{proxy+}", "/a/b")
    assert (event["httpMethod"], event["pathParameters"]) == ("GET", {"proxy": "a/b"})
    assert (event["headers"]["X-Tag"], event["multiValueHeaders"]["X-Tag"]) == ("2", ["1", "2"])
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert (event["body"], event["stageVariables"], event["isBase64Encoded"]) == (None, None, False)
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"


def test_a_form_is_base64(quick):
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    event = send(quick["ApiEndpoint"], "POST", "/", b"a=1", form).json()
    assert (event["body"], event["isBase64Encoded"]) == ("YT0x", True)


# §4 Response


def test_a_stated_response(quick):
    program = {"statusCode": 201, "headers": {"X-Count": 3}, "cookies": ["a=b", "c=d"], "body": "hola, señal"}
    reply = ask(quick["ApiEndpoint"], {"return": program})
    assert (reply.status, reply.body.decode()) == (201, "hola, señal")
    assert reply.header("x-count") == "3"
    assert [value for name, value in reply.headers if name.lower() == "set-cookie"] == ["a=b", "c=d"]
    assert reply.header("content-type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("returned", "body"),
    [
        ("hello", b"hello"),
        (["hello", 3, True], b'["hello",3,true]'),
        (3.1, b"3.1"),
        (None, b"null"),
        ({"count": 1}, b'{"count":1}'),
    ],
)
def test_an_inferred_response(quick, returned, body):
    reply = ask(quick["ApiEndpoint"], {"return": returned})
    assert (reply.status, reply.body, reply.header("content-type")) == (200, body, "application/json")


def test_bytes_come_as_base64(quick):
    program = {
        "statusCode": 200,
        "headers": {"content-type": "image/png"},
        "body": "iVBORw==",
        "isBase64Encoded": True,
    }
    reply = ask(quick["ApiEndpoint"], {"return": program})
    assert (reply.body, reply.header("content-type")) == (b"\x89PNG", "image/png")


@pytest.mark.parametrize(
    "returned",
    [{"statusCode": 200, "body": {"a": 1}}, {"statusCode": "x"}, {"statusCode": 200, "headers": 3}],
)
def test_a_malformed_response_is_500(quick, returned):
    assert error(ask(quick["ApiEndpoint"], {"return": returned})) == INTERNAL


@pytest.mark.parametrize("returned", ["hello", {"count": 1}, None])
def test_format_1_infers_nothing(make, returned):
    _, url = make("POST /x", version="1.0")
    assert error(ask(url, {"return": returned}, "/x")) == INTERNAL


def test_every_reply_has_a_request_id_of_its_own(quick):
    url = quick["ApiEndpoint"]
    replies = [send(url), ask(url, {"raise": "x"}), send(url.replace(quick["ApiId"], "zzz")), send(url)]
    ids = [reply.header("apigw-requestid") for reply in replies]
    assert len(set(ids)) == 4
    assert all(len(each) == 16 and each.endswith("=") for each in ids)


# §5 Errors the client sees


@pytest.mark.parametrize("program", [{"raise": "oh"}, {"exit": 1}])
def test_a_function_that_fails_is_500(quick, program, caplog):
    assert error(ask(quick["ApiEndpoint"], program)) == INTERNAL
    assert "the function failed" in caplog.text


def test_a_function_that_went_is_500(gateway, clients, deploy):
    arn = deploy("short-lived")
    api = gateway.create_api(Name="q", ProtocolType="HTTP", Target=arn)
    permit(clients, "short-lived", "arn:aws:execute-api:us-east-1:123456789012:*")
    assert send(api["ApiEndpoint"]).status == 200
    clients("lambda").delete_function(FunctionName="short-lived")
    assert error(send(api["ApiEndpoint"])) == INTERNAL


def test_a_slow_function_is_503_and_goes_on(make, clients, tmp_path):
    _, url = make("POST /x", function=SLOW, TimeoutInMillis=50)
    name = tmp_path.name + uuid.uuid4().hex
    reply = ask(url, {"until": str(tmp_path / "go"), "print": name}, "/x")
    assert error(reply) == UNAVAILABLE
    (tmp_path / "go").touch()
    assert went_on(clients("logs"), f"/aws/lambda/{SLOW}", name)


def test_as_many_functions_run_as_there_are_places(shared_region, functions, tmp_path, monkeypatch):
    monkeypatch.setattr(front_door, "RUNNING", 1)
    region = shared_region
    apis = HttpApi(region.clock, QUICK, region.functions, region.access, region.metrics, lambda: server.url)
    server = Server(apis.handle).start()
    try:
        impatient, patient = (
            apis.create_api(Name="a", ProtocolType="HTTP", Target=functions[SLOW]) for _ in range(2)
        )
        [integration] = apis.get_integrations(ApiId=impatient["ApiId"])["Items"]
        apis.update_integration(
            ApiId=impatient["ApiId"], IntegrationId=integration["IntegrationId"], TimeoutInMillis=50
        )
        assert error(ask(impatient["ApiEndpoint"], {"until": str(tmp_path / "go")})) == UNAVAILABLE
        assert error(send(patient["ApiEndpoint"])) == UNAVAILABLE
        (tmp_path / "go").touch()
        deadline = time.monotonic() + 20
        while (reply := send(patient["ApiEndpoint"])).status == 503 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert reply.status == 200
    finally:
        (tmp_path / "go").touch()
        server.close()


def test_clients_are_answered_side_by_side(quick):
    with ThreadPoolExecutor(4) as pool:
        replies = pool.map(lambda number: ask(quick["ApiEndpoint"], {"return": number}).json(), range(40))
        assert list(replies) == list(range(40))


def went_on(logs, group, name):
    """Wait for the function's last words: it runs in a process that nobody waits for any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if logs.filter_log_events(logGroupName=group, filterPattern=f'"{name}"')["events"]:
                return True
        except logs.exceptions.ResourceNotFoundException:
            pass  # its first log: the group is still to be made
        time.sleep(0.05)
    return False


def test_a_throttled_function_is_500(make, clients):
    _, url = make("GET /", function=SLOW)
    clients("lambda").put_function_concurrency(FunctionName=SLOW, ReservedConcurrentExecutions=0)
    try:
        assert error(send(url)) == INTERNAL
    finally:
        clients("lambda").delete_function_concurrency(FunctionName=SLOW)


@pytest.fixture
def roomy_door(shared_region):
    """The front door's handler behind a listener that takes more than API Gateway does, so that its own limits show."""
    server = Server(shared_region.apis.handle).start()
    yield server.url
    server.close()


@pytest.mark.parametrize(
    ("header", "body", "status", "text"),
    [
        (100, 10 * 1024 * 1024 + 1, 413, "Request Entity Too Large"),
        (100, 6 * 1024 * 1024, 413, "Request Entity Too Large"),  # more than Lambda takes
        (10_240, 1, 431, "Request Header Fields Too Large"),
    ],
)
def test_a_request_may_be_so_large(quick, roomy_door, header, body, status, text):
    reply = send(f"{roomy_door}/{quick['ApiId']}", "POST", "/", b"x" * body, [("X-Big", "x" * header)])
    assert (reply.status, reply.json()) == (status, {"message": text})
    assert reply.header("apigw-requestid")


# §6 Permission


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("{api}/*", 200),
        ("{api}/*/*", 200),
        ("{api}/*/*/orders", 200),
        ("{api}/*/POST/orders", 200),
        ("{api}/$default/POST/orders", 200),
        ("{api}/dev/POST/orders", 500),
        ("{api}/*/GET/orders", 500),
        ("{api}/$default/$default", 500),
        ("zzz/*", 500),
    ],
)
def test_the_source_arn_of_a_permission(make, clients, source, status, caplog):
    api, url = make("POST /orders", function=PRIVATE)
    permit(clients, PRIVATE, f"arn:aws:execute-api:us-east-1:123456789012:{source.format(api=api)}")
    try:
        assert ask(url, {"return": "ok"}, "/orders").status == status
    finally:
        clients("lambda").remove_permission(FunctionName=PRIVATE, StatementId="api")
    denied = "doesn't have permissions to call the integration" in caplog.text
    assert denied == (status == 500)


def test_the_default_route_in_the_default_stage(make, clients):
    api, url = make("$default", "ANY /any", function=PRIVATE)
    permit(clients, PRIVATE, f"arn:aws:execute-api:us-east-1:123456789012:{api}/$default/$default")
    try:
        assert send(url).status == 200
        assert error(send(url, path="/any")) == INTERNAL
    finally:
        clients("lambda").remove_permission(FunctionName=PRIVATE, StatementId="api")


@pytest.mark.parametrize(
    ("trusted", "action", "status"),
    [
        ("apigateway.amazonaws.com", "lambda:InvokeFunction", 200),
        ("apigateway.amazonaws.com", "lambda:GetFunction", 500),
        ("lambda.amazonaws.com", "lambda:InvokeFunction", 500),
    ],
)
def test_a_role_instead_of_a_permission(make, clients, functions, trusted, action, status):
    iam = clients("iam")
    role = iam.create_role(RoleName="caller", AssumeRolePolicyDocument=trust(trusted))["Role"]["Arn"]
    document = allow(action, resource=functions[PRIVATE])
    iam.put_role_policy(RoleName="caller", PolicyName="invoke", PolicyDocument=document)
    try:
        _, url = make("POST /orders", function=PRIVATE, CredentialsArn=role)
        assert ask(url, {"return": "ok"}, "/orders").status == status
    finally:
        iam.delete_role_policy(RoleName="caller", PolicyName="invoke")
        iam.delete_role(RoleName="caller")


# §7 CORS

CORS = {
    "AllowOrigins": [PAGE],
    "AllowMethods": ["POST"],
    "AllowHeaders": ["content-type"],
    "ExposeHeaders": ["x-count"],
    "MaxAge": 300,
}
PREFLIGHT = [("Origin", PAGE), ("Access-Control-Request-Method", "POST")]


def cors_headers(reply):
    return {
        name.lower(): value for name, value in reply.headers if name.lower().startswith("access-control-")
    }


def test_the_gateway_answers_a_preflight(make):
    _, url = make("POST /votes", cors=CORS)
    reply = send(url, "OPTIONS", "/votes", headers=PREFLIGHT)
    assert (reply.status, reply.body) == (204, b"")
    assert cors_headers(reply) == {
        "access-control-allow-origin": PAGE,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "300",
    }
    reply = send(url, "OPTIONS", "/votes", headers=[("Origin", "https://elsewhere.example")])
    assert (reply.status, cors_headers(reply)) == (204, {})


def test_the_functions_cors_headers_give_way_to_the_gateways(make):
    _, url = make("POST /votes", cors=CORS)
    program = {"return": {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}}
    with_origin = ask(url, program, "/votes", headers=[("Origin", PAGE)])
    assert cors_headers(with_origin) == {
        "access-control-allow-origin": PAGE,
        "access-control-expose-headers": "x-count",
    }
    assert cors_headers(ask(url, program, "/votes")) == {}
    assert cors_headers(ask(url, program, "/votes", headers=[("Origin", "https://elsewhere.example")])) == {}


def test_a_page_can_read_the_errors_too(make):
    _, url = make("POST /votes", cors=CORS)
    for program, path in (({"raise": "x"}, "/votes"), ({}, "/nowhere")):
        reply = ask(url, program, path, headers=[("Origin", PAGE)])
        assert reply.status in (404, 500)
        assert cors_headers(reply)["access-control-allow-origin"] == PAGE


def test_without_cors_the_function_is_on_its_own(make):
    _, url = make("POST /votes", "ANY /any")
    assert error(send(url, "OPTIONS", "/votes", headers=PREFLIGHT)) == NOT_FOUND
    event = send(url, "OPTIONS", "/any", headers=PREFLIGHT).json()
    assert event["requestContext"]["http"]["method"] == "OPTIONS"
    program = {"return": {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}}
    reply = ask(url, program, "/votes", headers=[("Origin", PAGE)])
    assert cors_headers(reply) == {"access-control-allow-origin": "*"}


def test_cors_of_any_origin_with_credentials_is_refused(gateway):
    with pytest.raises(ClientError) as refusal:
        gateway.create_api(
            Name="c", ProtocolType="HTTP", CorsConfiguration={"AllowOrigins": ["*"], "AllowCredentials": True}
        )
    assert refusal.value.response["Error"] == {
        "Code": "BadRequestException",
        "Message": "allow-credentials is not supported if 'allow-origin' is *",
    }


# §8 Throttling and metrics


def test_a_stage_or_a_route_is_throttled(make):
    slow = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
    fast = {"GET /fast": {"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 100}}
    _, url = make("GET /slow", "GET /fast", "GET /", settings={"DefaultRouteSettings": slow})
    assert [send(url, path=path).status for path in ("/slow", "/slow", "/")] == [200, 429, 200]
    assert error(send(url, path="/slow")) == (429, b'{"message":"Too Many Requests"}', "application/json")
    _, url = make("GET /fast", settings={"DefaultRouteSettings": slow, "RouteSettings": fast})
    assert [send(url, path="/fast").status for _ in range(3)] == [200, 200, 200]


def test_metrics_of_an_api(make, clients):
    api, url = make("POST /x")
    for program, path in (({"return": "a"}, "/x"), ({"raise": "a"}, "/x"), ({}, "/nowhere")):
        ask(url, program, path)
    sums = {}
    for name in ("Count", "4xx", "5xx", "Latency", "IntegrationLatency", "DataProcessed"):
        sums[name] = statistic(clients, name, ApiId=api)
    assert (sums["Count"]["Sum"], sums["4xx"]["Sum"], sums["5xx"]["Sum"]) == (3, 1, 1)
    assert sums["Latency"]["SampleCount"] == 3
    assert sums["IntegrationLatency"]["SampleCount"] == 2
    assert sums["Latency"]["Sum"] >= sums["IntegrationLatency"]["Sum"] > 0
    assert sums["DataProcessed"]["Sum"] > 0


def statistic(clients, name, **dimensions):
    """Sum and SampleCount of the last half hour, in however many minutes they fell."""
    now = datetime.now(UTC)
    points = clients("cloudwatch").get_metric_statistics(
        Namespace="AWS/ApiGateway",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(minutes=30),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    return {key: sum(point[key] for point in points) for key in ("Sum", "SampleCount")}


# Not covered here
#
# §2 TLS: the front door is plain HTTP on loopback; x-forwarded-proto says so.
# §3 the `authorizer` key of an event, §5 401 and 403 of JWT and IAM routes, §7 `OPTIONS /{proxy+}` beside an
#    authorizer: authorizers are refused by name.
# §5 `$context.integrationErrorMessage`: AccessLogSettings is refused by name; the reason of a 500 is in the region's
#    log (test_a_function_that_fails_is_500, test_the_source_arn_of_a_permission).
# §8 the account's 10,000 requests a second: test_throttling.py holds the bucket's rule; a laptop does not reach it.
#    Metrics by Stage and Route: DetailedMetricsEnabled is refused by name, and moto's statistics add up every metric
#    whose dimensions include those asked for, so that a second set would count each request twice.
# §9 REST APIs: boto3's `apigateway` is not one of the region's services.
# §10 is moto's own behaviour, of which nothing is left.
