"""The statements of a function's resource policy."""

from __future__ import annotations

import pytest

from helpers.region.awslambda.permissions import document, statement
from helpers.region.errors import AwsError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:votes"


def added(principal: str, source_arn: str | None = None, source_account: str | None = None) -> dict:
    return statement("sid", principal, "lambda:InvokeFunction", ARN, source_arn, source_account)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("apigateway.amazonaws.com", {"Service": "apigateway.amazonaws.com"}),
        ("123456789012", {"AWS": "arn:aws:iam::123456789012:root"}),
        ("arn:aws:iam::123456789012:role/r", {"AWS": "arn:aws:iam::123456789012:role/r"}),
        ("*", "*"),
    ],
)
def test_principals(given, shown):
    assert added(given) == {
        "Sid": "sid",
        "Effect": "Allow",
        "Principal": shown,
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
    }


@pytest.mark.parametrize("principal", ["nobody", "12345", "apigateway.example.com", "arn:aws:s3:::bucket"])
def test_who_is_no_principal(principal):
    with pytest.raises(AwsError, match="The provided principal was invalid"):
        added(principal)


@pytest.mark.parametrize(
    ("source", "condition"),
    [
        (("arn:aws:s3:::b", None), {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}}),
        ((None, "123456789012"), {"StringEquals": {"AWS:SourceAccount": "123456789012"}}),
        (
            ("arn:aws:s3:::b", "123456789012"),
            {
                "StringEquals": {"AWS:SourceAccount": "123456789012"},
                "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
            },
        ),
    ],
)
def test_conditions(source, condition):
    assert added("s3.amazonaws.com", *source)["Condition"] == condition


def test_the_document():
    assert document([{"Sid": "a"}]) == {"Version": "2012-10-17", "Id": "default", "Statement": [{"Sid": "a"}]}
