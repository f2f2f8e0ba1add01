"""The functions as they run: zipped, deployed with a role of least privilege, invoked in the region."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

import pytest

from helpers.packaging import package
from tests.local_region import client

ACCOUNT = "123456789012"
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
SOON = {"Delay": 0.05, "MaxAttempts": 200}


@dataclass
class Answer:
    """What an invocation came to: its payload, the error's kind or None, the end of its log."""

    payload: dict | str | None
    error: str | None
    log: str


class Account:
    """The learner's account, with what a function needs around it."""

    def __init__(self, region):
        self.region = region

    def aws(self, service: str):
        return client(self.region, service)

    def deploy(self, name: str, environment: dict[str, str], permissions: list[dict]) -> None:
        """Make the function lambdas/NAME and its role."""
        arn = self.aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document([TRUST]))["Role"][
            "Arn"
        ]
        self.permit(name, permissions)
        self.aws("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="lambda_function.lambda_handler",
            Role=arn,
            Code={"ZipFile": package(name)},
            Environment={"Variables": environment},
            Timeout=30,
        )
        self.aws("lambda").get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=SOON)

    def permit(self, name: str, permissions: list[dict]) -> None:
        self.aws("iam").put_role_policy(
            RoleName=name, PolicyName="least", PolicyDocument=document(permissions)
        )

    def invoke(self, name: str, event: object) -> Answer:
        answer = self.aws("lambda").invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
        payload = json.loads(answer["Payload"].read() or "null")
        return Answer(payload, answer.get("FunctionError"), base64.b64decode(answer["LogResult"]).decode())


def document(statements: list[dict]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(scope="module")
def account(shared_region):
    """A region that the tests of one file share: deploying a function costs more than invoking it."""
    shared_region.reset()
    yield Account(shared_region)
    shared_region.reset()
