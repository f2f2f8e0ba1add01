"""What a function may be, what it is called, and its states: the rules, without a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.region.awslambda.function import (
    Function,
    Revision,
    checked_code,
    checked_log_group,
    checked_name,
    checked_runtime,
    checked_variables,
    configuration,
    parse_name,
)
from helpers.region.awslambda.function_actions import KNOWN_RUNTIMES
from helpers.region.awslambda.package import Package
from helpers.region.errors import AwsError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:votes"
OLD, NEW = Package(Path("old"), 1, "a"), Package(Path("new"), 2, "b")


def made(**changes) -> Function:
    revision = Revision("python3.13", "arn:role", "h.h", OLD, 1000.0, "/aws/lambda/votes", **changes)
    return Function("votes", ARN, revision, 1000.3, packages=[OLD])


@pytest.mark.parametrize(
    ("given", "qualifier", "name"),
    [
        ("votes", None, ("votes", None)),
        ("votes:$LATEST", None, ("votes", "$LATEST")),
        ("votes", "$LATEST", ("votes", "$LATEST")),
        ("123456789012:function:votes", None, ("votes", None)),
        ("function:votes", None, ("votes", None)),
        (ARN, None, ("votes", None)),
        (f"{ARN}:$LATEST", None, ("votes", "$LATEST")),
    ],
)
def test_names(given, qualifier, name):
    assert parse_name(given, qualifier) == name


@pytest.mark.parametrize(
    ("given", "qualifier", "code"),
    [
        ("votes:live", None, "NotInThisRegion"),
        ("votes", "7", "NotInThisRegion"),
        (f"{ARN}:1", None, "NotInThisRegion"),
        ("votes:1", "2", "InvalidParameterValueException"),
        ("a b", None, "InvalidParameterValueException"),
        ("arn:aws:kinesis:us-east-1:123456789012:stream/votes", None, "InvalidParameterValueException"),
    ],
)
def test_names_refused(given, qualifier, code):
    with pytest.raises(AwsError) as refused:
        parse_name(given, qualifier)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("check", "code", "message"),
    [
        (lambda: checked_name("x" * 65), "ValidationException", "length less than or equal to 64"),
        (
            lambda: checked_runtime("python3.7", KNOWN_RUNTIMES),
            "InvalidParameterValueException",
            "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda "
            "functions. We recommend you use a supported runtime while creating or updating functions.",
        ),
        (lambda: checked_runtime("nodejs20.x", KNOWN_RUNTIMES), "NotInThisRegion", "The runtime nodejs20.x"),
        (
            lambda: checked_runtime("python9", ["nodejs20.x", "python3.14"]),
            "InvalidParameterValueException",
            "Value python9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
            "[nodejs20.x, python3.14] or be a valid ARN",
        ),
        (
            lambda: checked_variables({"Variables": {"AWS_REGION": "x", "_HANDLER": "y", "MINE": "z"}}),
            "InvalidParameterValueException",
            "Reserved keys used in this request: AWS_REGION, _HANDLER",
        ),
        (
            lambda: checked_variables({"Variables": {"A": "x" * 4090}}),
            "InvalidParameterValueException",
            "exceeded the 4KB limit",
        ),
        (
            lambda: checked_code({}),
            "InvalidParameterValueException",
            "Please provide a source for function code.",
        ),
        (lambda: checked_code({"S3Bucket": "b", "S3Key": "k"}), "NotInThisRegion", "Code.S3Bucket"),
        (lambda: checked_log_group({"LogFormat": "JSON"}, "f"), "NotInThisRegion", "LogFormat JSON"),
        (
            lambda: checked_log_group({"ApplicationLogLevel": "INFO"}, "f"),
            "NotInThisRegion",
            "ApplicationLogLevel",
        ),
    ],
)
def test_what_a_function_may_not_be(check, code, message):
    with pytest.raises(AwsError) as refused:
        check()
    assert refused.value.code == code
    assert message in refused.value.message


def test_what_a_function_may_be():
    assert checked_name("x" * 64) == "x" * 64
    assert [checked_runtime(f"python3.{minor}", KNOWN_RUNTIMES) for minor in range(10, 15)]
    assert checked_variables({"Variables": {"A": "x" * 4088}}) == {"A": "x" * 4088}  # {"A":"…"} is 4096 bytes
    assert checked_log_group({}, "f") == "/aws/lambda/f"
    assert checked_log_group({"LogFormat": "Text", "LogGroup": "mine"}, "f") == "mine"


def test_a_new_function_is_pending_then_active():
    function = made()
    shown = configuration(function, "arn:version")
    assert (shown["State"], shown["StateReason"], shown["StateReasonCode"]) == (
        "Pending",
        "The function is being created.",
        "Creating",
    )
    assert "LastUpdateStatus" not in shown
    assert not function.settle(1000.2)
    assert function.settle(1000.3)
    shown = configuration(function, "arn:version")
    assert (shown["State"], shown["LastUpdateStatus"]) == ("Active", "Successful")
    assert "StateReason" not in shown


def test_an_update_shows_at_once_and_serves_later():
    function = made()
    function.settle(1001)
    before = function.serving
    function.update(function.latest.changed(1002.0, timeout=9), 1002.3)
    shown = configuration(function, "arn:version")
    assert (shown["Timeout"], shown["State"], shown["LastUpdateStatus"]) == (9, "Active", "InProgress")
    assert shown["LastUpdateStatusReasonCode"] == "Creating"
    assert shown["RevisionId"] != before.identifier
    assert function.serving is before
    function.settle(1002.3)
    assert function.serving.timeout == 9


@pytest.mark.parametrize(
    ("settled", "message"),
    [
        (False, "The function is currently in the following state: Pending"),
        (True, f"An update is in progress for resource: {ARN}"),
    ],
)
def test_no_update_while_another_is_under_way(settled, message):
    function = made()
    if settled:
        function.settle(1001)
        function.update(function.latest.changed(1001.0), 1002)
    with pytest.raises(AwsError) as refused:
        function.update(function.latest.changed(1001.0), 1003)
    assert (refused.value.code, refused.value.status) == ("ResourceConflictException", 409)
    assert refused.value.message == f"The operation cannot be performed at this time. {message}"


def test_old_code_is_kept_while_it_runs():
    function = made()
    function.settle(1001)
    function.update(function.latest.changed(1002.0, package=NEW), 1002)
    assert function.unused(set()) == []  # the old code serves until the update is done
    function.settle(1002)
    assert function.unused({OLD}) == []
    assert function.unused(set()) == [OLD]
    function.deleted = True
    assert function.unused({NEW}) == []
    assert function.unused(set()) == [NEW]


def test_defaults_are_aws_defaults():
    shown = configuration(made(), "arn:version")
    assert {
        key: shown[key] for key in ("Timeout", "MemorySize", "Version", "PackageType", "Architectures")
    } == {
        "Timeout": 3,
        "MemorySize": 128,
        "Version": "$LATEST",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
    }
    assert shown["EphemeralStorage"] == {"Size": 512}
    assert shown["TracingConfig"] == {"Mode": "PassThrough"}
    assert shown["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}
    assert shown["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/votes"}
    assert shown["LastModified"] == "1970-01-01T00:16:40.000+0000"
    assert "Environment" not in shown
    assert configuration(made(variables={}), "v")["Environment"] == {"Variables": {}}
