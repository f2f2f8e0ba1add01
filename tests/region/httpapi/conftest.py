"""One region, three functions, and APIs over them, for the tests that go the whole way."""

from __future__ import annotations

import functools

import pytest

from tests.local_region import client
from tests.region.deployment import allow, trust, zipped
from tests.region.httpapi.support import FUNCTION, PRIVATE, SLOW, permit

HANDLER = '''
import json, os, time

def lambda_handler(event, context):
    """Do what the body asks for; without one, say what came."""
    asked = json.loads(event["body"]) if event.get("body") and not event["isBase64Encoded"] else {}
    if "raise" in asked:
        raise ValueError(asked["raise"])
    while "until" in asked and not os.path.exists(asked["until"]):
        time.sleep(0.01)
    if "print" in asked:
        print(asked["print"])
    if "exit" in asked:
        os._exit(asked["exit"])
    if "return" in asked:
        return asked["return"]
    return {"statusCode": 200, "body": json.dumps(event)} if event["version"] == "1.0" else event
'''


@pytest.fixture(scope="module")
def clients(shared_region):
    """clients("lambda") → boto3's client. One region serves the whole module, and is emptied at its end."""
    yield functools.cache(functools.partial(client, shared_region))
    shared_region.reset()


@pytest.fixture(scope="module")
def gateway(clients):
    return clients("apigatewayv2")


@pytest.fixture(scope="module")
def deploy(clients):
    """deploy("name") → the ARN of a new, active function that does what it is asked."""
    iam, awslambda = clients("iam"), clients("lambda")
    role = iam.create_role(RoleName="echo", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    iam.put_role_policy(RoleName="echo", PolicyName="logs", PolicyDocument=allow("logs:*"))

    def deployed(name):
        arn = awslambda.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=role,
            Handler="lambda_function.lambda_handler",
            Code={"ZipFile": zipped(HANDLER)},
            Timeout=20,
        )["FunctionArn"]
        awslambda.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05})
        return arn

    return deployed


@pytest.fixture(scope="module")
def functions(clients, deploy):
    """name → ARN. Every API may call `echo` and `slow`, none may call `private`."""
    arns = {name: deploy(name) for name in (FUNCTION, SLOW, PRIVATE)}
    for name in (FUNCTION, SLOW):
        permit(clients, name, "arn:aws:execute-api:us-east-1:123456789012:*")
    return arns


@pytest.fixture
def quick(gateway, functions):
    """A quick-created API over the echo function, as CreateApi answered."""
    return gateway.create_api(Name="quick", ProtocolType="HTTP", Target=functions[FUNCTION])


@pytest.fixture
def make(gateway, functions):
    """make("POST /a", version="1.0", …) → (API id, its URL): routes to one integration, a `$default` stage."""

    def made(
        *keys, version="2.0", function=FUNCTION, stage="$default", cors=None, settings=None, **integration
    ):
        given = {} if cors is None else {"CorsConfiguration": cors}
        api = gateway.create_api(Name="made", ProtocolType="HTTP", **given)
        integration_id = gateway.create_integration(
            ApiId=api["ApiId"],
            IntegrationType="AWS_PROXY",
            IntegrationUri=functions[function],
            PayloadFormatVersion=version,
            **integration,
        )["IntegrationId"]
        for key in keys:
            gateway.create_route(ApiId=api["ApiId"], RouteKey=key, Target=f"integrations/{integration_id}")
        gateway.create_stage(ApiId=api["ApiId"], StageName=stage, AutoDeploy=True, **(settings or {}))
        return api["ApiId"], api["ApiEndpoint"]

    return made
