"""Constraints of botocore's models, in AWS's words."""

from __future__ import annotations

import pytest

from helpers.region.errors import AwsError
from helpers.region.protocol import Protocol
from helpers.region.validation import validate

CONSTRAINT = "failed to satisfy constraint: Member must"


def problem(service: str, operation: str, params: dict) -> AwsError | None:
    try:
        validate(service, Protocol(service).model.operation_model(operation).input_shape, params)
    except AwsError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("service", "operation", "params", "message"),
    [
        ("kinesis", "CreateStream", {}, f"Value null at 'streamName' {CONSTRAINT} not be null"),
        (
            "kinesis",
            "CreateStream",
            {"StreamName": "s", "ShardCount": 0, "StreamModeDetails": {}},
            f"2 validation errors detected: Value '0' at 'shardCount' {CONSTRAINT} have value greater than or",
        ),
        (
            "kinesis",
            "GetRecords",
            {"ShardIterator": "x", "Limit": 10001},
            f"Value '10001' at 'limit' {CONSTRAINT} have value less than or equal to 10000",
        ),
        (
            "kinesis",
            "PutRecords",
            {"StreamName": "s", "Records": [{"Data": b""}, {"Data": b"", "PartitionKey": "k" * 257}]},
            f"at 'records.2.member.partitionKey' {CONSTRAINT} have length less than or equal to 256",
        ),
        (
            "kinesis",
            "PutRecords",
            {"StreamName": "s", "Records": [{"Data": b"x"}] * 501},
            f"at 'records' {CONSTRAINT} have length less than or equal to 500",
        ),
        (
            "lambda",
            "CreateEventSourceMapping",
            {"FunctionName": "f", "StartingPosition": "invalid"},
            "satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
        ),
        (
            "lambda",
            "CreateFunction",
            {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {}, "Timeout": 901},
            f"Value '901' at 'timeout' {CONSTRAINT} have value less than or equal to 900",
        ),
    ],
)  # fmt: skip
def test_a_broken_constraint_is_worded_as_aws_does(service, operation, params, message):
    error = problem(service, operation, params)
    assert error is not None
    assert error.code == "ValidationException"
    assert message in error.message


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("kinesis", "CreateStream", {"StreamName": "s", "ShardCount": 1}),
        ("kinesis", "PutRecord", {"StreamName": "s", "Data": b"x" * 2_000_000, "PartitionKey": "k"}),
        ("kinesis", "PutRecords", {"StreamName": "s", "Records": [{"Data": b"", "PartitionKey": "ñ{}"}] * 500}),
        ("lambda", "TagResource", {"Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Tags": {"a": "b"}}),
    ],
)  # fmt: skip
def test_what_keeps_the_constraints_passes(service, operation, params):
    assert problem(service, operation, params) is None


ENVIRONMENT = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {}}


@pytest.mark.parametrize(
    ("service", "operation", "params", "message"),
    [
        (
            "lambda",
            "CreateFunction",
            {**ENVIRONMENT, "Environment": {"Variables": {"my-stream": "a secret"}}},
            f"1 validation error detected: Value at 'environment.variables' {CONSTRAINT.removesuffix(' Member must')} "
            "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: "
            "[a-zA-Z]([a-zA-Z0-9_])+]",
        ),
        (
            "kinesis",
            "AddTagsToStream",
            {"Tags": {"a": "x" * 257, "b": "y" * 257}},
            f"1 validation error detected: Value '{{a={'x' * 257}, b={'y' * 257}}}' at 'tags' failed to satisfy "
            "constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, "
            "Member must have length greater than or equal to 0]",
        ),
        (
            "apigatewayv2",
            "CreateStage",
            {"ApiId": "a", "StageName": "s", "RouteSettings": {"GET /": {"LoggingLevel": "LOUD"}}},
            f"1 validation error detected: Value 'LOUD' at 'routeSettings.GET /.member.loggingLevel' {CONSTRAINT} "
            "satisfy enum value set: [ERROR, INFO, OFF]",
        ),
        (
            "kinesis",
            "PutRecords",
            {"Records": [{"Data": bytes(9), "PartitionKey": "k"}] * 501},
            "1 validation error detected: Value '["
            + ", ".join(["{Data=java.nio.HeapByteBuffer[pos=0 lim=9 cap=9], PartitionKey=k}"] * 501)
            + f"]' at 'records' {CONSTRAINT} have length less than or equal to 500",
        ),
    ],
)
def test_maps_lists_and_bytes_are_shown_as_java_prints_them(service, operation, params, message):
    assert problem(service, operation, params).message == message


def test_braces_in_a_value_are_shown_as_they_are():
    assert (
        "Value 'a{0}\0' at 'streamName'"
        in problem("kinesis", "CreateStream", {"StreamName": "a{0}\0"}).message
    )


@pytest.mark.parametrize(
    "params",
    [
        {"StreamName": 5},
        {"StreamName": "s", "Tags": []},
        {"StreamName": ["s"]},
        {"StreamName": "s", "Tags": {"a": 5}},
    ],
)
def test_a_wrong_type_is_a_serialization_error(params):
    assert problem("kinesis", "CreateStream", params).code == "SerializationException"
