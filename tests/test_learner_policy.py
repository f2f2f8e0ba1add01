"""docs/learner-policy.json lets a learner do what the lessons do on AWS, on the learner's own names and no others."""

import ast
import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient

from helpers import catchup, connection, translate
from helpers.catchup import catch_up
from helpers.connection import connect
from helpers.lesson import Lesson
from helpers.names import Names
from helpers.notebooks import WORKBOOK, lesson_slugs, solved_cells
from helpers.region import process
from helpers.region.permissions import Permission, Place, required
from helpers.region.policy import Decision, decide
from helpers.region.state import STATE_VARIABLE

POLICY = json.loads((WORKBOOK / "docs" / "learner-policy.json").read_text(encoding="utf-8"))
PLACE = Place("123456789012", "us-east-1")
API = "arn:aws:apigateway:us-east-1::"
NAMED = [  # ARNs of what the lessons make, the prefix left open
    "arn:aws:kinesis:us-east-1:123456789012:stream/{}-stream",
    "arn:aws:dynamodb:us-east-1:123456789012:table/{}-results",
    "arn:aws:lambda:us-east-1:123456789012:function:{}-consumer",
    "arn:aws:sqs:us-east-1:123456789012:{}-failures",
    "arn:aws:sns:us-east-1:123456789012:{}-alerts",
    "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/{}-consumer:log-stream:",
    "arn:aws:iam::123456789012:role/{}-consumer-role",
]


def allows(permission: Permission, prefix: str = "f1-vote") -> bool:
    """With the context that the lessons' requests carry: their functions, their roles passed to Lambda."""
    context = {
        "lambda:FunctionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{prefix}-consumer",
        "iam:PassedToService": "lambda.amazonaws.com",
    }
    return decide([POLICY], permission.action, permission.resource, context) is Decision.ALLOWED


def permissions(service: str, operation: str, params: dict) -> list[Permission]:
    """What a call needs: by the region's rules, and here for the two services that it judges for nobody."""
    if service == "resourcegroupstaggingapi":
        return [Permission(f"tag:{operation}", "*")]
    if service != "apigatewayv2":
        return required(service, operation, params, PLACE)
    http = boto3.client(service, region_name="us-east-1").meta.service_model.operation_model(operation).http
    path = http["requestUri"].split("?")[0].replace("/v2", "", 1)
    return [Permission(f"apigateway:{http['method']}", API + path)]


# --- which AWS operations the code names --------------------------------------------------------------------------


def code_of_the_lessons() -> Iterator[tuple[str, str]]:
    for slug in lesson_slugs():
        cells = solved_cells(slug, "en")
        yield slug, "\n\n".join(cell.source for cell in cells if cell.kind == "code")
    for path in [*(WORKBOOK / "helpers" / "checks").glob("*.py"), Path(catchup.__file__)]:
        yield path.stem, path.read_text(encoding="utf-8")


LESSONS_CODE = dict(code_of_the_lessons())


def operations(code: str) -> set[tuple[str, str]]:
    """(service, operation) of every method that the code names of a client, as `client.put_record` or as a text
    beside the client, as in `pages(client, "list_streams")`."""
    tree = compile(code, "a lesson", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    clients = {
        target.id: node.value.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and service_of(node.value, {})
        for target in node.targets
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add((service_of(node.value, clients), node.attr))
        if isinstance(node, ast.Call):
            about = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            for service in filter(None, (service_of(part, clients) for part in about + node.args)):
                found |= {(service, part.value) for part in node.args if isinstance(part, ast.Constant)}
    return {
        (service, api_name)
        for service, method in found
        if service and (api_name := methods(service).get(method))
    }


def service_of(node: ast.AST, clients: dict[str, str]) -> str | None:
    """The service of `boto3.client("kinesis")`, or of a name that holds such a client."""
    if isinstance(node, ast.Name):
        return clients.get(node.id)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "boto3.client":
        return node.args[0].value
    return None


def methods(service: str) -> dict[str, str]:
    return boto3.client(service, region_name="us-east-1").meta.method_to_api_mapping


def test_the_reader_of_code_finds_both_ways_of_naming_an_operation():
    code = 'kinesis = boto3.client("kinesis")\nkinesis.put_record()\npages(kinesis, "list_streams")\n'
    code += 'boto3.client("sqs").get_paginator("list_queues")\nawait until(kinesis.meta)'
    assert operations(code) == {("kinesis", "PutRecord"), ("kinesis", "ListStreams"), ("sqs", "ListQueues")}


@pytest.mark.parametrize("where", LESSONS_CODE)
def test_every_operation_of_the_lessons_is_in_the_policy(where):
    resources = ["*", API + "/apis", API + "/apis/abc/routes", API + "/tags/abc"]
    resources += [arn.format("f1-vote") for arn in NAMED]
    missing = set()
    for service, operation in operations(LESSONS_CODE[where]):
        for permission in permissions(service, operation, {}):
            if not any(allows(permission._replace(resource=arn)) for arn in resources):
                missing.add(permission.action)
    assert not missing, f"{where} calls what docs/learner-policy.json does not allow"


# --- on which resources --------------------------------------------------------------------------------------------


@pytest.fixture
def local(tmp_path, monkeypatch):
    """A connection to a region process of this test's own."""
    for name in ("_learner", "_ours"):
        monkeypatch.setattr(connection, name, {})
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    translate.set_locale("en")
    yield connect("local")
    process.stop()
    connection._apply({})


def test_what_catch_up_builds_is_within_the_policy(local, monkeypatch):
    refused, asked = [], set()
    call = BaseClient._make_api_call

    def judge(client, operation, params):
        service = client.meta.service_model.service_name
        asked.add(service)
        refused.extend(p for p in permissions(service, operation, params) if not allows(p))
        return call(client, operation, params)

    monkeypatch.setattr(BaseClient, "_make_api_call", judge)
    names = Names("f1-vote")
    given = {
        "lesson": Lesson("08_dashboard", names, local),
        "target": "local",
        "prefix": "f1-vote",
        "locale": "en",
    }
    asyncio.run(catch_up("08_dashboard", names, given, lambda built: None))
    assert asked >= {"kinesis", "iam", "lambda", "apigatewayv2", "dynamodb"}
    assert refused == []


@pytest.mark.parametrize("arn", NAMED)
@pytest.mark.parametrize("stranger", ["ana", "f1"])
def test_nothing_of_another_prefix_is_within_the_policy(arn, stranger):
    actions = {action for statement in POLICY["Statement"] for action in listed(statement["Action"])}
    about_all = set(POLICY["Statement"][-1]["Action"])
    own = {
        action
        for action in actions - about_all
        if allows(Permission(action.replace("*", "Delete"), arn.format("f1-vote")), "ana")
    }
    assert own, "the test looks at what the policy allows on the learner's own"
    for action in own:
        assert not allows(Permission(action.replace("*", "Delete"), arn.format(stranger)), "ana")


def listed(one_or_many) -> list:
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]
