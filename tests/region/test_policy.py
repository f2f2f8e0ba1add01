"""IAM's rules, as tables: AWS's documented examples, and each mistake that moto's matcher makes (iam.md §3)."""

from __future__ import annotations

import pytest

from helpers.region.policy import Decision, decide, matches, resource_policy_allows, trusts, unjudged

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/f1-vote-stream"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/f1-vote-results"
LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f1-vote-producer"
ALLOWED, IMPLICIT, EXPLICIT = Decision.ALLOWED, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return allow(action, resource, **more) | {"Effect": "Deny"}


@pytest.mark.parametrize(
    ("statement", "action", "resource", "decision"),
    [
        pytest.param(
            allow("kinesis:PutRecord", STREAM), "kinesis:PutRecord", STREAM, ALLOWED, id="the very thing"
        ),
        pytest.param(
            allow("kinesis:PutRecord", STREAM), "kinesis:PutRecords", STREAM, IMPLICIT, id="another action"
        ),
        pytest.param(
            allow("kinesis:PutRecord", STREAM),
            "kinesis:PutRecord",
            STREAM + "-2",
            IMPLICIT,
            id="a longer name",
        ),
        pytest.param(
            allow("kinesis:PutRecord", STREAM), "dynamodb:PutRecord", STREAM, IMPLICIT, id="another service"
        ),
        pytest.param(
            allow("KINESIS:putrecord"), "kinesis:PutRecord", STREAM, ALLOWED, id="actions in any case"
        ),
        pytest.param(allow("kinesis:*"), "kinesis:PutRecord", STREAM, ALLOWED, id="star in an action"),
        pytest.param(allow("*"), "kinesis:PutRecord", STREAM, ALLOWED, id="any action"),
        pytest.param(
            allow("kinesis:*Record*"), "kinesis:PutRecords", STREAM, ALLOWED, id="stars in an action"
        ),
        pytest.param(allow("kinesis:PutRecord?"), "kinesis:PutRecords", STREAM, ALLOWED, id="question mark"),
        pytest.param(
            allow("kinesis:PutRecord?"), "kinesis:PutRecord", STREAM, IMPLICIT, id="question mark needs one"
        ),
        pytest.param(allow("kinesis.PutRecord"), "kinesis:PutRecord", STREAM, IMPLICIT, id="a dot is a dot"),
        pytest.param(
            allow("kinesis:Put[RS]ecord"), "kinesis:PutRecord", STREAM, IMPLICIT, id="brackets are brackets"
        ),
        pytest.param(
            allow(["sqs:*", "kinesis:PutRecord"]),
            "kinesis:PutRecord",
            STREAM,
            ALLOWED,
            id="a list of actions",
        ),
        pytest.param(
            allow("kinesis:*", STREAM.upper()),
            "kinesis:PutRecord",
            STREAM,
            IMPLICIT,
            id="resources in this case",
        ),
        pytest.param(
            allow("kinesis:*", "arn:aws:kinesis:*"),
            "kinesis:PutRecord",
            STREAM,
            ALLOWED,
            id="star spans colons",
        ),
        pytest.param(
            allow("logs:*", LOG_GROUP + ":*"),
            "logs:PutLogEvents",
            LOG_GROUP + ":log-stream:a/b",
            ALLOWED,
            id="star spans slashes",
        ),
        pytest.param(
            allow("logs:*", LOG_GROUP),
            "logs:PutLogEvents",
            LOG_GROUP + ":log-stream:a",
            IMPLICIT,
            id="a group without its streams",
        ),
        pytest.param(
            allow("kinesis:*", [TABLE, STREAM]),
            "kinesis:PutRecord",
            STREAM,
            ALLOWED,
            id="a list of resources",
        ),
        pytest.param(
            allow("kinesis:ListStreams", STREAM),
            "kinesis:ListStreams",
            "*",
            IMPLICIT,
            id="no resource needs a star",
        ),
        pytest.param(
            allow("kinesis:ListStreams"), "kinesis:ListStreams", "*", ALLOWED, id="no resource, a star"
        ),
        pytest.param(deny("kinesis:PutRecord", STREAM), "kinesis:PutRecord", STREAM, EXPLICIT, id="denied"),
        pytest.param(
            {"Effect": "Deny", "Action": "kinesis:*"},
            "kinesis:PutRecord",
            STREAM,
            EXPLICIT,
            id="a Deny without Resource denies",
        ),
        pytest.param(
            {"Effect": "Allow", "Action": "kinesis:*"},
            "kinesis:PutRecord",
            STREAM,
            IMPLICIT,
            id="an Allow without Resource gives nothing",
        ),
        pytest.param(
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            "kinesis:PutRecord",
            STREAM,
            ALLOWED,
            id="NotAction",
        ),
        pytest.param(
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            "IAM:CreateRole",
            "*",
            IMPLICIT,
            id="NotAction excludes",
        ),
        pytest.param(
            {"Effect": "Allow", "Action": "*", "NotResource": STREAM},
            "kinesis:PutRecord",
            STREAM,
            IMPLICIT,
            id="NotResource excludes",
        ),
        pytest.param(
            {"Effect": "Allow", "Action": "*", "NotResource": [STREAM]},
            "dynamodb:GetItem",
            TABLE,
            ALLOWED,
            id="NotResource allows the rest",
        ),
        pytest.param(
            {"Effect": "Deny", "Action": "*", "NotResource": STREAM},
            "dynamodb:GetItem",
            TABLE,
            EXPLICIT,
            id="Deny but on this",
        ),
        pytest.param(
            {"Effect": "Allow", "Resource": "*"}, "kinesis:PutRecord", STREAM, IMPLICIT, id="no action at all"
        ),
    ],
)
def test_a_statement(statement, action, resource, decision):
    assert decide([{"Version": "2012-10-17", "Statement": [statement]}], action, resource) is decision


@pytest.mark.parametrize(
    ("documents", "decision"),
    [
        pytest.param([], IMPLICIT, id="no document"),
        pytest.param([{}], IMPLICIT, id="an empty document"),
        pytest.param([{"Statement": []}], IMPLICIT, id="no statement"),
        pytest.param([{"Statement": allow("kinesis:*")}], ALLOWED, id="a statement that is no list"),
        pytest.param(
            [{"Id": "x", "Colour": "red", "Statement": allow("kinesis:*")}],
            ALLOWED,
            id="unknown keys ignored",
        ),
        pytest.param(
            [{"Statement": [allow("kinesis:*"), deny("kinesis:PutRecord")]}], EXPLICIT, id="Deny over Allow"
        ),
        pytest.param(
            [{"Statement": [deny("kinesis:PutRecord"), allow("*")]}], EXPLICIT, id="in either order"
        ),
        pytest.param(
            [{"Statement": deny("kinesis:Put*")}, {"Statement": allow("*")}], EXPLICIT, id="over documents"
        ),
        pytest.param(
            [{"Statement": deny("kinesis:Get*")}, {"Statement": allow("*")}],
            ALLOWED,
            id="a Deny of something else",
        ),
    ],
)
def test_documents_together(documents, decision):
    assert decide(documents, "kinesis:PutRecord", STREAM) is decision


API = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3"
PRINCIPAL = {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/votes/producer"}


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        pytest.param(
            {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
            {"aws:RequestedRegion": "us-east-1"},
            True,
            id="equal",
        ),
        pytest.param(
            {"StringEquals": {"aws:RequestedRegion": "us-*"}},
            {"aws:RequestedRegion": "us-east-1"},
            False,
            id="StringEquals has no wildcards",
        ),
        pytest.param(
            {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
            {"aws:RequestedRegion": "us-east-1"},
            True,
            id="one of the values",
        ),
        pytest.param(
            {"StringEquals": {"AWS:requestedregion": "us-east-1"}},
            {"aws:RequestedRegion": "us-east-1"},
            True,
            id="keys in any case",
        ),
        pytest.param(
            {"StringEquals": {"aws:RequestedRegion": "US-EAST-1"}},
            {"aws:RequestedRegion": "us-east-1"},
            False,
            id="values in this case",
        ),
        pytest.param({"StringEquals": {"aws:SourceAccount": "1"}}, {}, False, id="a key that is not there"),
        pytest.param(
            {"StringEqualsIfExists": {"aws:SourceAccount": "1"}},
            {},
            True,
            id="IfExists forgives a missing key",
        ),
        pytest.param(
            {"StringEqualsIfExists": {"aws:SourceAccount": "1"}},
            {"aws:SourceAccount": "2"},
            False,
            id="IfExists still compares",
        ),
        pytest.param(
            {"StringLike": {"aws:RequestedRegion": "us-*-?"}},
            {"aws:RequestedRegion": "us-east-1"},
            True,
            id="StringLike",
        ),
        pytest.param({"StringEquals": {"a": "1", "b": "2"}}, {"a": "1", "b": "3"}, False, id="every key"),
        pytest.param(
            {"StringEquals": {"a": "1"}, "StringLike": {"b": "2*"}},
            {"a": "1", "b": "3"},
            False,
            id="every operator",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": API + "/*/POST/vote"}},
            {"aws:SourceArn": API + "/$default/POST/vote"},
            True,
            id="ArnLike over slashes",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": API + "/*"}},
            {"aws:SourceArn": API + "/prod/POST/vote"},
            True,
            id="everything of an API",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": API + "/*/GET/vote"}},
            {"aws:SourceArn": API + "/$default/POST/vote"},
            False,
            id="another method",
        ),
        pytest.param(
            {"ArnEquals": {"aws:SourceArn": API + "/*"}},
            {"aws:SourceArn": API + "/prod/POST/vote"},
            True,
            id="ArnEquals is ArnLike",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:execute-api:*:a1b2c3/*"}},
            {"aws:SourceArn": API + "/p/GET/x"},
            False,
            id="a star within one part",
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceArn": "arn:aws:execute-api:*:*:a1b2c3/*"}},
            {"aws:SourceArn": API + "/p/GET/x"},
            True,
            id="a star for each part",
        ),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/votes/*"}},
            PRINCIPAL,
            True,
            id="the caller's role",
        ),
        pytest.param(
            {"Bool": {"aws:SecureTransport": "false"}},
            {"aws:SecureTransport": "false"},
            False,
            id="an operator not in the region",
        ),
        pytest.param({}, {}, True, id="no condition"),
    ],
)
def test_a_condition_lets_its_statement_count(condition, context, holds):
    for statement, decision in (
        (allow("*", Condition=condition), ALLOWED),
        (deny("*", Condition=condition), EXPLICIT),
    ):
        expected = decision if holds else IMPLICIT
        assert decide([{"Statement": statement}], "kinesis:PutRecord", STREAM, context) is expected


@pytest.mark.parametrize(
    ("statement", "warning"),
    [
        (allow("*", Sid="Here", Condition={"StringLike": {"aws:RequestedRegion": "us-*"}}), None),
        (
            allow("*", Sid="Office", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            "statement Office is not judged as on AWS: its condition operator IpAddress",
        ),
        (
            deny("*", Sid="Rows", Condition={"StringEquals": {"dynamodb:LeadingKeys": "x"}}),
            "statement Rows is not judged as on AWS: its condition key dynamodb:LeadingKeys",
        ),
        (
            allow("*", Condition={"ForAnyValue:StringLike": {"a": "b"}}),
            "statement without a Sid is not judged as on AWS: its condition operator ForAnyValue:StringLike",
        ),
        (
            allow("*", TABLE + "/${aws:PrincipalTag/team}", Sid="Own"),
            "statement Own is not judged as on AWS: its policy variable ${aws:PrincipalTag/team}",
        ),
    ],
)
def test_what_is_not_judged_is_named(statement, warning):
    found = list(unjudged([{"Statement": statement}], statement["Action"], {"aws:RequestedRegion"}))
    assert (warning is None and not found) or (len(found) == 1 and warning in found[0])


@pytest.mark.parametrize(
    ("principal", "action", "trusted"),
    [
        ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole", True),
        (
            {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
            ["sts:AssumeRole", "sts:TagSession"],
            True,
        ),
        ({"Service": "lambda.amazonaws.com"}, "sts:*", True),
        ("*", "sts:AssumeRole", True),
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole", False),
        ({"AWS": "lambda.amazonaws.com"}, "sts:AssumeRole", False),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "sts:AssumeRole", False),
        ({"Service": "lambda.amazonaws.com"}, "sts:TagSession", False),
        ({"Service": "*.amazonaws.com"}, "sts:AssumeRole", False),
        (None, "sts:AssumeRole", False),
    ],
)
def test_a_role_trusts_a_service(principal, action, trusted):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    assert trusts({"Version": "2012-10-17", "Statement": [statement]}, "lambda.amazonaws.com") is trusted


def test_a_trust_policy_may_deny_or_be_empty():
    lambdas = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    assert not trusts(
        {"Statement": [lambdas | {"Effect": "Allow"}, lambdas | {"Effect": "Deny"}]}, "lambda.amazonaws.com"
    )
    assert not trusts({}, "lambda.amazonaws.com")


SESSION = "arn:aws:sts::123456789012:assumed-role/teacher/class"


@pytest.mark.parametrize(
    ("named", "allowed"),
    [
        (SESSION, True),
        ("arn:aws:iam::123456789012:role/teacher", True),
        ("arn:aws:iam::123456789012:root", True),
        ("123456789012", True),
        ("*", True),
        ("arn:aws:sts::123456789012:assumed-role/teacher/another", False),
        ("arn:aws:iam::123456789012:role/student", False),
        ("arn:aws:iam::999999999999:root", False),
    ],
)
def test_a_role_trusts_a_principal_by_any_of_its_names(named, allowed):
    document = {"Statement": {"Effect": "Allow", "Principal": {"AWS": named}, "Action": "sts:AssumeRole"}}
    assert (
        resource_policy_allows(document, SESSION, "sts:AssumeRole", "arn:aws:iam::123456789012:role/x")
        is allowed
    )


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f1-vote-producer"


@pytest.mark.parametrize(
    ("principal", "action", "resource", "source", "allowed"),
    [
        ("apigateway.amazonaws.com", "lambda:InvokeFunction", FUNCTION, API + "/$default/POST/vote", True),
        ("events.amazonaws.com", "lambda:InvokeFunction", FUNCTION, API + "/$default/POST/vote", False),
        ("apigateway.amazonaws.com", "lambda:GetFunction", FUNCTION, API + "/$default/POST/vote", False),
        (
            "apigateway.amazonaws.com",
            "lambda:InvokeFunction",
            FUNCTION + "-2",
            API + "/$default/POST/vote",
            False,
        ),
        ("apigateway.amazonaws.com", "lambda:InvokeFunction", FUNCTION, API + "/$default/GET/vote", False),
        (
            "apigateway.amazonaws.com",
            "lambda:InvokeFunction",
            FUNCTION,
            API[:-1] + "9/$default/POST/vote",
            False,
        ),
    ],
)
def test_a_functions_policy_as_add_permission_writes_it(principal, action, resource, source, allowed):
    document = {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [
            {
                "Sid": "api",
                "Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Resource": FUNCTION,
                "Condition": {"ArnLike": {"AWS:SourceArn": API + "/*/POST/vote"}},
            }
        ],
    }
    assert resource_policy_allows(document, principal, action, resource, {"aws:SourceArn": source}) is allowed


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a*b", "ab", True),
        ("a*b", "a-b-b", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("*ab*ab*", "abab", True),
        ("*ab*ab*", "aba", False),
        ("**", "", True),
        ("a**?", "a", False),
        ("?*?", "ab", True),
        ("a*", "a\nb", True),
        ("a*" * 30 + "z", "a" * 300, False),
    ],
)
def test_wildcards(pattern, text, fits):
    assert matches(pattern, text) is fits
