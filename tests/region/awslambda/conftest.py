"""Functions deployed for the tests: through boto3 into the tests' region, or into a Lambda whose clock is held."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

import pytest

from helpers.region.awslambda import Lambda
from tests.region.deployment import allow, trust, zipped

LOGS = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@pytest.fixture(name="zipped")
def _zipped():
    return zipped


@pytest.fixture
def make_role(aws):
    """make_role(name, action, …) → the ARN of a role that Lambda may assume and that may do these actions and log."""

    def make(name: str, *actions: str, logs: bool = True) -> str:
        iam = aws("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
        if logs:
            iam.attach_role_policy(RoleName=name, PolicyArn=LOGS)
        if actions:
            iam.put_role_policy(RoleName=name, PolicyName="more", PolicyDocument=allow(*actions))
        return arn

    return make


@pytest.fixture
def role(make_role) -> str:
    return make_role("function-role", "sqs:*", "sns:*", "lambda:*")


@dataclass
class Outcome:
    """What Invoke answered. payload: parsed. log: LogResult as text."""

    payload: object
    error: str | None
    log: str


class Deployed:
    """A function in the tests' region."""

    def __init__(self, aws, name: str):
        self.aws = aws
        self.client = aws("lambda")
        self.name = name

    def invoke(self, event: object = None) -> Outcome:
        answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(event), LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        return Outcome(json.loads(answer["Payload"].read()), answer.get("FunctionError"), log)

    def log_events(self) -> list[str]:
        """Every event of the function's log group, oldest first."""
        logs, group = self.aws("logs"), f"/aws/lambda/{self.name}"
        return [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]

    def streams(self) -> list[str]:
        streams = self.aws("logs").describe_log_streams(logGroupName=f"/aws/lambda/{self.name}")["logStreams"]
        return [stream["logStreamName"] for stream in streams]

    def wait(self) -> None:
        self.client.get_waiter("function_updated_v2").wait(
            FunctionName=self.name, WaiterConfig={"Delay": 0.02, "MaxAttempts": 100}
        )


@pytest.fixture
def deploy(aws, role):
    """deploy(source, **configuration) → Deployed: handler `lambda_function.lambda_handler`, active."""

    def make(source: str, name: str = "votes", **configuration) -> Deployed:
        configuration = {"Handler": "lambda_function.lambda_handler", "Role": role, **configuration}
        deployed = Deployed(aws, name)
        deployed.client.create_function(
            FunctionName=name, Runtime="python3.13", Code={"ZipFile": zipped(source)}, **configuration
        )
        deployed.client.get_waiter("function_active_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 0.02, "MaxAttempts": 100}
        )
        return deployed

    return make


@pytest.fixture
def held(region, role, manual_clock, quick_settings):
    """A Lambda whose time stands still, over the tests' region."""
    lambdas = Lambda(
        manual_clock,
        quick_settings,
        region.moto,
        region.identity,
        region.access,
        region.metrics,
        lambda: region.control.url,
    )
    lambdas.start()
    yield lambdas
    lambdas.close()


@pytest.fixture
def deploy_held(held, role, manual_clock):
    """deploy_held(source, **configuration): the same into `held`; the function's name."""

    def make(source: str, name: str = "votes", **configuration) -> str:
        held.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler="lambda_function.lambda_handler",
            Code={"ZipFile": zipped(source)},
            **configuration,
        )
        manual_clock.advance(1.0)
        return name

    return make
