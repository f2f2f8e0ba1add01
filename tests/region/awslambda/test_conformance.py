"""Lambda through boto3, against what AWS was seen to answer: aws-behaviour's page lambda-runtime, row by row.

At the end: the rows that are not here, and why.
"""

from __future__ import annotations

import base64
import json
import re
from functools import partial

import boto3
import pytest
from botocore.exceptions import ClientError

from helpers.region.awslambda.function_actions import KNOWN_RUNTIMES
from tests.region.deployment import trust

ARN = "arn:aws:lambda:us-east-1:123456789012:function"
ECHO = "def lambda_handler(event, context):\n    return [event, context.invoked_function_arn]\n"


@pytest.fixture
def client(aws):
    return aws("lambda")


def refused(call) -> tuple[str, int, str]:
    """Code, HTTP status and message of the refusal that `call` meets."""
    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


# -- §5 Invoke ----------------------------------------------------------------------------------------------------


def test_invocation_types(deploy, client):
    deploy(ECHO)
    answer = client.invoke(FunctionName="votes", Payload=b'{"a":1}')
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert json.loads(answer["Payload"].read()) == [{"a": 1}, f"{ARN}:votes"]
    assert "LogResult" not in answer and "FunctionError" not in answer
    for kind in ("Event", "DryRun"):
        answer = client.invoke(FunctionName="votes", InvocationType=kind, Payload=b"{}", LogType="Tail")
        assert answer["Payload"].read() == b""
        assert "ExecutedVersion" not in answer and "LogResult" not in answer


@pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204)])
def test_status_of_an_invocation_without_a_result(deploy, client, kind, status):
    deploy(ECHO)
    answer = client.invoke(FunctionName="votes", InvocationType=kind)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    assert answer["StatusCode"] == status


@pytest.mark.parametrize(
    ("given", "event", "arn"),
    [
        ({"FunctionName": "votes"}, {}, f"{ARN}:votes"),
        ({"FunctionName": f"{ARN}:votes"}, {}, f"{ARN}:votes"),
        ({"FunctionName": "votes", "Qualifier": "$LATEST"}, {}, f"{ARN}:votes:$LATEST"),
        ({"FunctionName": "votes", "Payload": b"null"}, None, f"{ARN}:votes"),
        ({"FunctionName": "votes", "Payload": '"ñ"'.encode()}, "ñ", f"{ARN}:votes"),
    ],
)
def test_what_the_handler_is_given(deploy, client, given, event, arn):
    deploy(ECHO)
    assert json.loads(client.invoke(**given)["Payload"].read()) == [event, arn]


def test_client_context(deploy, client):
    deploy("def lambda_handler(event, context):\n    return context.client_context.custom\n")
    context = base64.b64encode(json.dumps({"custom": {"who": "ñ"}}).encode()).decode()
    answer = client.invoke(FunctionName="votes", ClientContext=context)
    assert json.loads(answer["Payload"].read()) == {"who": "ñ"}


def test_log_result(deploy, client):
    deploy("def lambda_handler(event, context):\n    print('counted')\n")
    answer = client.invoke(FunctionName="votes", LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    assert [line.split()[0] for line in log.splitlines()] == ["START", "counted", "END", "REPORT"]


def test_the_request_id_is_the_invocations(deploy, client):
    deploy("def lambda_handler(event, context):\n    return context.aws_request_id\n")
    answer = client.invoke(FunctionName="votes")
    assert json.loads(answer["Payload"].read()) == answer["ResponseMetadata"]["RequestId"]


def test_request_errors(deploy, client):
    deploy(ECHO)
    missing = f"Function not found: {ARN}:none"
    assert refused(lambda: client.invoke(FunctionName="none")) == (
        "ResourceNotFoundException",
        404,
        f"{missing}:$LATEST",
    )
    assert refused(lambda: client.get_function(FunctionName="none"))[2] == missing
    code, status, message = refused(lambda: client.invoke(FunctionName="votes", Payload=b"{'vote': 1}"))
    assert (code, status) == ("InvalidRequestContentException", 400)
    assert message.startswith("Could not parse request body into json: Could not parse payload into json: ")
    assert refused(lambda: client.invoke(FunctionName="votes", Payload=b"[NaN]"))[0] == code
    large = b'"%s"' % (b"x" * 6_291_456)
    assert refused(lambda: client.invoke(FunctionName="votes", Payload=large))[:2] == (
        "RequestTooLargeException",
        413,
    )
    large = b'"%s"' % (b"x" * 1_048_576)
    asynchronous = {"FunctionName": "votes", "InvocationType": "Event"}
    assert refused(lambda: client.invoke(**asynchronous, Payload=large))[0] == "RequestTooLargeException"
    assert refused(lambda: client.invoke(FunctionName="votes", Qualifier="live"))[0] == "NotInThisRegion"


def test_a_pending_function_is_not_invoked(held, deploy_held, role, zipped):
    held.create_function(
        FunctionName="new", Runtime="python3.13", Role=role, Handler="h.h", Code={"ZipFile": zipped("x = 1")}
    )
    for kind in ("RequestResponse", "Event"):
        with pytest.raises(Exception, match="currently in the following state: Pending") as pending:
            held.invoke(FunctionName="new", InvocationType=kind)
        assert (pending.value.code, pending.value.status) == ("ResourceConflictException", 409)


def test_reserved_concurrency(deploy, client, region):
    deploy(ECHO)
    client.put_function_concurrency(FunctionName="votes", ReservedConcurrentExecutions=1)
    environment = region.functions.pool.acquire(region.functions.function("votes"))
    with pytest.raises(ClientError) as throttled:
        client.invoke(FunctionName="votes")
    answer = throttled.value.response
    assert answer["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    region.functions.pool.release(environment)
    assert client.invoke(FunctionName="votes")["StatusCode"] == 200


def test_a_role_may_invoke_only_what_it_is_allowed(deploy, aws, make_role, region):
    deploy(ECHO)
    session = region.identity.credentials(make_role("caller"), "someone")
    code, status, message = refused(lambda: aws("lambda", session).invoke(FunctionName="votes"))
    assert (code, status) == ("AccessDeniedException", 403)
    assert message == (
        "User: arn:aws:sts::123456789012:assumed-role/caller/someone is not authorized to perform: "
        f"lambda:InvokeFunction on resource: {ARN}:votes because no identity-based policy allows the "
        "lambda:InvokeFunction action"
    )


# -- §8 create and update -----------------------------------------------------------------------------------------


def test_creation(client, role, zipped):
    code = zipped(ECHO)
    made = client.create_function(
        FunctionName="votes",
        Runtime="python3.13",
        Role=role,
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": code},
        Tags={"course": "kinesis"},
    )
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (made["State"], made["StateReasonCode"], made["CodeSize"]) == ("Pending", "Creating", len(code))
    client.get_waiter("function_active_v2").wait(FunctionName="votes", WaiterConfig={"Delay": 0.02})
    shown = client.get_function(FunctionName="votes")
    assert shown["Tags"] == {"course": "kinesis"}
    shown = shown["Configuration"]
    assert (shown["State"], shown["LastUpdateStatus"]) == ("Active", "Successful")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", shown["LastModified"])
    assert client.list_functions()["Functions"] == [shown]
    assert client.delete_function(FunctionName="votes")["ResponseMetadata"]["HTTPStatusCode"] in (200, 204)
    assert client.list_functions()["Functions"] == []


def test_list_functions_in_pages(client, deploy):
    for name in ("c", "a", "b"):
        deploy(ECHO, name=name)
    pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    assert [[f["FunctionName"] for f in page["Functions"]] for page in pages] == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"Role": "arn:aws:iam::123456789012:role/nobody"},
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        ),
        (
            {"Role": "r1"},
            "ValidationException",
            "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy "
            r"regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
        ),
        ({"FunctionName": "taken"}, "ResourceConflictException", "Function already exist: taken"),
        (
            {"Code": {"ZipFile": b"not a zip"}},
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (
            {"Timeout": 901},
            "ValidationException",
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: "
            "Member must have value less than or equal to 900",
        ),
        (
            {"MemorySize": 10241},
            "ValidationException",
            "1 validation error detected: Value '10241' at 'memorySize' failed to satisfy constraint: "
            "Member must have value less than or equal to 10240",
        ),
        (
            {"FunctionName": "x" * 65},
            "ValidationException",
            f"1 validation error detected: Value '{'x' * 65}' at 'functionName' failed to satisfy constraint: "
            "Member must have length less than or equal to 64",
        ),
        (
            {"Runtime": "python3.7"},
            "InvalidParameterValueException",
            "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions.",
        ),
        (
            {"Runtime": "python9"},
            "InvalidParameterValueException",
            f"Value python9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
            f"[{', '.join(KNOWN_RUNTIMES)}] or be a valid ARN",
        ),
        (
            {"Environment": {"Variables": {"my-stream": "votes"}}},
            "ValidationException",
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must "
            "satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
        ),
        (
            {"Environment": {"Variables": {"AWS_REGION": "eu-west-1"}}},
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            "this request: AWS_REGION",
        ),
        ({"Environment": {"Variables": {"AA": "x" * 4096}}}, "InvalidParameterValueException", None),
        (
            {"Code": {"ZipFile": b"x" * 52_428_801}},
            "RequestEntityTooLargeException",
            "Zipped size must be smaller than 52428800 bytes",
        ),
        ({"Code": {}}, "InvalidParameterValueException", "Please provide a source for function code."),
        ({"Code": {"ZipFile": b"x", "S3Bucket": "votes", "S3Key": "k"}}, "NotInThisRegion", None),
        ({"Runtime": "nodejs22.x"}, "NotInThisRegion", None),
        ({"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:l:1"]}, "NotInThisRegion", None),
        ({"VpcConfig": {"SubnetIds": ["subnet-0123456789abcdef0"]}}, "NotInThisRegion", None),
        ({"Code": {"ImageUri": "i"}, "PackageType": "Image"}, "NotInThisRegion", None),
        ({"LoggingConfig": {"LogFormat": "JSON"}}, "NotInThisRegion", None),
        ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "NotInThisRegion", None),
        (
            {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}, "Role": "powerless"},
            "InvalidParameterValueException",
            "The provided execution role does not have permissions to call SendMessage on SQS",
        ),
    ],
)
def test_functions_that_are_not_created(client, deploy, make_role, role, zipped, changes, code, message):
    deploy(ECHO, name="taken")
    if changes.get("Role") == "powerless":
        changes = {**changes, "Role": make_role("powerless")}
    given = {
        "FunctionName": "votes",
        "Runtime": "python3.13",
        "Role": role,
        "Handler": "lambda_function.lambda_handler",
        "Code": {"ZipFile": zipped(ECHO)},
        **changes,
    }
    seen = refused(lambda: client.create_function(**given))
    assert seen[0] == code
    assert message in (None, seen[2])
    assert [function["FunctionName"] for function in client.list_functions()["Functions"]] == ["taken"]


def test_a_role_whose_trust_names_another_service(client, aws, zipped):
    document = trust("ec2.amazonaws.com")
    arn = aws("iam").create_role(RoleName="ec2", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    given = {
        "FunctionName": "f",
        "Runtime": "python3.13",
        "Handler": "h.h",
        "Code": {"ZipFile": zipped("x=1")},
    }
    assert refused(lambda: client.create_function(Role=arn, **given)) == (
        "InvalidParameterValueException",
        400,
        "The role defined for the function cannot be assumed by Lambda.",
    )


def test_a_role_that_is_gone_when_a_cold_start_needs_it(deploy, client, aws):
    deploy(ECHO)
    iam = aws("iam")
    iam.detach_role_policy(
        RoleName="function-role",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    )
    iam.delete_role_policy(RoleName="function-role", PolicyName="more")
    iam.delete_role(RoleName="function-role")
    code, _, message = refused(lambda: client.invoke(FunctionName="votes"))
    assert code == "AccessDeniedException"
    assert message == "The role defined for the function cannot be assumed by Lambda."


def test_updates(held, deploy_held, manual_clock, zipped):
    name = deploy_held(ECHO)
    shown = held.update_function_configuration(FunctionName=name, Timeout=9, Description="counts")
    assert (shown["Timeout"], shown["LastUpdateStatus"]) == (9, "InProgress")
    with pytest.raises(Exception, match="An update is in progress for resource") as refusal:
        held.update_function_code(FunctionName=name, ZipFile=zipped(ECHO))
    assert (refusal.value.code, refusal.value.status) == ("ResourceConflictException", 409)
    manual_clock.advance(1)
    assert held.get_function_configuration(FunctionName=name)["LastUpdateStatus"] == "Successful"
    with pytest.raises(Exception, match="does not match the latest Revision Id"):
        held.update_function_configuration(FunctionName=name, RevisionId="an-older-one")
    code = zipped("def lambda_handler(event, context):\n    return 'new'\n")
    assert held.update_function_code(FunctionName=name, ZipFile=code)["CodeSize"] == len(code)
    assert json.loads(held.invoke_function(name, b"{}").payload)[0] == {}  # until then the old code serves
    manual_clock.advance(1)
    assert held.invoke_function(name, b"{}").payload == b'"new"'


def test_tags(deploy, client):
    deploy(ECHO, Tags={"a": "1"})
    client.tag_resource(Resource=f"{ARN}:votes", Tags={"b": "2"})
    assert client.list_tags(Resource=f"{ARN}:votes")["Tags"] == {"a": "1", "b": "2"}
    client.untag_resource(Resource=f"{ARN}:votes", TagKeys=["a"])
    assert client.list_tags(Resource=f"{ARN}:votes")["Tags"] == {"b": "2"}


def test_concurrency_settings(deploy, client):
    deploy(ECHO)
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName="votes")
    assert refused(
        lambda: client.put_function_concurrency(FunctionName="votes", ReservedConcurrentExecutions=901)
    ) == (
        "InvalidParameterValueException",
        400,
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
        "below its minimum value of [100].",
    )
    client.put_function_concurrency(FunctionName="votes", ReservedConcurrentExecutions=900)
    assert client.get_function(FunctionName="votes")["Concurrency"] == {"ReservedConcurrentExecutions": 900}
    limits = client.get_account_settings()["AccountLimit"]
    assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (1000, 100)
    client.delete_function_concurrency(FunctionName="votes")
    assert "Concurrency" not in client.get_function(FunctionName="votes")
    missing = refused(
        lambda: client.put_function_concurrency(FunctionName="none", ReservedConcurrentExecutions=1)
    )
    assert missing == ("ResourceNotFoundException", 404, f"Function not found: {ARN}:none:$LATEST")


def test_event_invoke_configuration(deploy, client):
    deploy(ECHO)
    nothing = refused(lambda: client.get_function_event_invoke_config(FunctionName="votes"))
    assert nothing[2] == f"The function {ARN}:votes:$LATEST doesn't have an EventInvokeConfig"
    queue = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:q"}}
    client.put_function_event_invoke_config(
        FunctionName="votes", MaximumRetryAttempts=1, DestinationConfig=queue
    )
    client.update_function_event_invoke_config(FunctionName="votes", MaximumEventAgeInSeconds=60)
    [config] = client.list_function_event_invoke_configs(FunctionName="votes")["FunctionEventInvokeConfigs"]
    assert config["FunctionArn"] == f"{ARN}:votes:$LATEST"
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (1, 60)
    assert config["DestinationConfig"]["OnFailure"] == queue["OnFailure"]
    client.put_function_event_invoke_config(FunctionName="votes", MaximumRetryAttempts=0)
    config = client.get_function_event_invoke_config(FunctionName="votes")
    assert (config["MaximumEventAgeInSeconds"], config["DestinationConfig"]["OnFailure"]) == (21600, {})
    for wrong, code, message in [
        ({"MaximumRetryAttempts": 3}, "ValidationException", "have value less than or equal to 2"),
        (
            {"MaximumEventAgeInSeconds": 21601},
            "ValidationException",
            "have value less than or equal to 21600",
        ),
        (
            {},
            "InvalidParameterValueException",
            "You must specify at least one of error handling or destination",
        ),
        (
            {"DestinationConfig": {"OnSuccess": {"Destination": f"{ARN}:votes"}}},
            "InvalidParameterValueException",
            "You can't specify the function as a destination for itself.",
        ),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::bucket"}}},
            "NotInThisRegion",
            "arn:aws:s3:::bucket",
        ),
    ]:
        refusal = refused(partial(client.put_function_event_invoke_config, FunctionName="votes", **wrong))
        assert refusal[0] == code and message in refusal[2]
    client.delete_function_event_invoke_config(FunctionName="votes")
    assert client.list_function_event_invoke_configs(FunctionName="votes")["FunctionEventInvokeConfigs"] == []


# -- §9 resource policy -------------------------------------------------------------------------------------------

SOURCE = "arn:aws:execute-api:us-east-1:123456789012:api/*"


def permission(**changes) -> dict:
    given = {"FunctionName": "votes", "StatementId": "s3", "Action": "lambda:InvokeFunction"}
    return {**given, "Principal": "apigateway.amazonaws.com", "SourceArn": SOURCE, **changes}


def test_permissions(deploy, client, region):
    deploy(ECHO)
    made = json.loads(client.add_permission(**permission())["Statement"])
    assert made == {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"{ARN}:votes",
        "Condition": {"ArnLike": {"AWS:SourceArn": SOURCE}},
    }
    policy = json.loads(client.get_policy(FunctionName="votes")["Policy"])
    assert policy == {"Version": "2012-10-17", "Id": "default", "Statement": [made]}
    asked = ("votes", "apigateway.amazonaws.com", "lambda:InvokeFunction")
    assert region.functions.permits(*asked, SOURCE.replace("*", "$default"))
    assert not region.functions.permits(*asked, SOURCE.replace("api/", "other/"))
    assert not region.functions.permits("votes", "s3.amazonaws.com", "lambda:InvokeFunction", SOURCE)
    assert refused(lambda: client.add_permission(**permission())) == (
        "ResourceConflictException",
        409,
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing "
        "statement.",
    )
    assert refused(lambda: client.add_permission(**permission(StatementId="x", Principal="nobody"))) == (
        "InvalidParameterValueException",
        400,
        "The provided principal was invalid. Please check the principal and try again.",
    )
    client.remove_permission(FunctionName="votes", StatementId="s3")
    assert not region.functions.permits(*asked, SOURCE)
    assert refused(lambda: client.get_policy(FunctionName="votes")) == (
        "ResourceNotFoundException",
        404,
        "The resource you requested does not exist.",
    )
    gone = refused(lambda: client.remove_permission(FunctionName="votes", StatementId="s3"))
    assert gone[2] == "No policy is associated with the given resource."


# -- CloudWatch's metrics -----------------------------------------------------------------------------------------


def test_metrics(deploy, aws, client, region):
    function = deploy("def lambda_handler(event, context):\n    assert not event\n")
    for event in ({}, {"fail": 1}, {}):
        function.invoke(event)
    client.put_function_concurrency(FunctionName="votes", ReservedConcurrentExecutions=0)
    assert refused(lambda: client.invoke(FunctionName="votes"))[0] == "TooManyRequestsException"
    rows = aws("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": name.lower(),
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": name,
                        "Dimensions": [{"Name": "FunctionName", "Value": "votes"}],
                    },
                    "Period": 3600,
                    "Stat": stat,
                },
            }
            for name, stat in (
                ("Invocations", "Sum"),
                ("Errors", "Sum"),
                ("Throttles", "Sum"),
                ("Duration", "SampleCount"),
                ("ConcurrentExecutions", "Maximum"),
            )
        ],
        StartTime=region.clock.now() - 3600,
        EndTime=region.clock.now() + 3600,
    )["MetricDataResults"]
    assert {row["Id"]: sum(row["Values"]) for row in rows} == {
        "invocations": 3,
        "errors": 1,
        "throttles": 1,
        "duration": 3,
        "concurrentexecutions": 1,
    }


def test_a_region_answers_the_default_session_too(deploy, region, monkeypatch):
    """What a notebook does: the environment's address and key, and plain `boto3.client`."""
    deploy(ECHO)
    for name, value in {
        "AWS_ENDPOINT_URL": region.control.url,
        "AWS_ACCESS_KEY_ID": region.identity.access_key,
        "AWS_SECRET_ACCESS_KEY": region.identity.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    answer = boto3.session.Session().client("lambda").invoke(FunctionName="votes")
    assert answer["StatusCode"] == 200


# Rows of the page that are not covered, and why.
#
# §1 restore/next, restore/error: SnapStart, which is refused by name.
# §1 the 1 MiB X-Ray cause header: this region has no X-Ray; the bootstrap does not send it.
# §1 Lambda-Runtime-Cognito-Identity, -Aws-Tenant-Id, -Invocation-Id: there are no identity pools or tenants here
#    (Invoke's TenantId is refused by name), and awslambdaric asks for no invocation id.
# §3 AWS_LAMBDA_LOG_FORMAT and _LOG_LEVEL come with the JSON log format, which is refused by name.
# §2 Runtime.UnmarshalError: an event that is not JSON is refused by Invoke, so no handler can meet one.
# §3 LD_LIBRARY_PATH, PYTHONPATH=/var/runtime, SHLVL, AWS_XRAY_DAEMON_*: there are no such folders or daemon here.
#    LAMBDA_TASK_ROOT and PWD are the real folder, since the code reads its files there; only texts say /var/task.
# §4 a frozen environment: background threads go on running between events. Stopping the process would also stop
#    what ends it with the region.
# §4 a literal /tmp is the machine's, shared by all: a function's own is what `tempfile` names (TMPDIR).
# §4 environments are retired when idle or before their credentials expire, not "every few hours".
# §4 the 512 MB of /tmp are not measured; EphemeralStorage is refused by name.
# §5 ConcurrentInvocationLimitExceeded: past the machine's measure events wait for an environment instead.
# §5 the older payloads and log lines of a timeout ("… Task timed out after …"): the new style only.
# §6 JSON log format: refused by name. logs:CreateLogGroup is not asked for: the group is made by the service.
# §7 EventBridge and S3 destinations: refused by name.
# §8 Timeout 0 and MemorySize below 128: boto3 refuses them itself, before there is a request.
# §8 EphemeralStorage, TracingConfig, Architectures, KMSKeyArn, Code from S3, Publish: refused by name.
# §8 GetFunction's Code.Location: there is no address from which the zip could honestly be had.
