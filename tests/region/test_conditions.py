"""Which condition keys a request brings, as a table, and that they decide who may touch an API or a mapping."""

from __future__ import annotations

import pytest

from helpers.region.conditions import conditions
from helpers.region.errors import AwsError
from helpers.region.permissions import Place

PLACE = Place("123456789012", "us-east-1")
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
API = "arn:aws:apigateway:us-east-1::/apis/a1"


def tags_of_api(api_id):
    if api_id != "a1":
        raise AwsError("NotFoundException", "no such API", 404)
    return {"prefix": "team-1"}


def function_of_mapping(uuid):
    if uuid != "m1":
        raise AwsError("ResourceNotFoundException", "no such mapping", 404)
    return FUNCTION + "team-1-consumer"


@pytest.mark.parametrize(
    ("service", "operation", "params", "keys"),
    [
        (
            "apigatewayv2",
            "CreateApi",
            {"Name": "x", "Tags": {"prefix": "team-1"}},
            {"aws:RequestTag/prefix": "team-1"},
        ),
        ("apigatewayv2", "CreateApi", {"Name": "x"}, {}),
        ("apigatewayv2", "DeleteApi", {"ApiId": "a1"}, {"aws:ResourceTag/prefix": "team-1"}),
        ("apigatewayv2", "GetRoutes", {"ApiId": "a1"}, {"aws:ResourceTag/prefix": "team-1"}),
        ("apigatewayv2", "DeleteApi", {"ApiId": "gone"}, {}),
        (
            "apigatewayv2",
            "TagResource",
            {"ResourceArn": API, "Tags": {"prefix": "team-2"}},
            {"aws:RequestTag/prefix": "team-2", "aws:ResourceTag/prefix": "team-1"},
        ),
        (
            "apigatewayv2",
            "GetTags",
            {"ResourceArn": API + "/stages/$default"},
            {"aws:ResourceTag/prefix": "team-1"},
        ),
        (
            "lambda",
            "CreateEventSourceMapping",
            {"FunctionName": "team-1-consumer"},
            {"lambda:FunctionArn": FUNCTION + "team-1-consumer"},
        ),
        (
            "lambda",
            "UpdateEventSourceMapping",
            {"UUID": "m1", "FunctionName": "mine"},
            {"lambda:FunctionArn": FUNCTION + "team-1-consumer"},
        ),
        ("lambda", "DeleteEventSourceMapping", {"UUID": "gone"}, {}),
        (
            "lambda",
            "CreateFunction",
            {"FunctionName": "f", "Role": "r"},
            {"iam:PassedToService": "lambda.amazonaws.com"},
        ),
        ("lambda", "Invoke", {"FunctionName": "f"}, {}),
        ("iam", "AttachRolePolicy", {"RoleName": "r", "PolicyArn": "p"}, {"iam:PolicyARN": "p"}),
        ("iam", "CreateRole", {"RoleName": "r"}, {}),
        ("kinesis", "PutRecord", {"StreamName": "s"}, {}),
    ],
)
def test_what_a_request_brings(service, operation, params, keys):
    assert conditions(service, operation, params, PLACE, tags_of_api, function_of_mapping) == keys
