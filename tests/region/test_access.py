"""What a role's session may do, as a function sees it: requests through boto3, refused in each service's words."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from helpers.region.access import Access
from helpers.region.clock import ManualClock
from helpers.region.errors import AwsError

ACCOUNT = "123456789012"
STREAM = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/votes"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/results"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/f"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/producer"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:failed"
QUEUE_URL = f"http://127.0.0.1/{ACCOUNT}/failed"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/producer/f"
KEY = {"option_id": {"S": "VER"}}


def trust(principal: dict) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


LAMBDA = trust({"Service": "lambda.amazonaws.com"})


def statement(effect: str, action: str | list[str], resource: str | list[str] = "*", **more) -> dict:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


@pytest.fixture
def function_of(region, aws):
    """function_of([statement, …]) → clients as the function "f" has them, whose role says exactly that."""

    def function_of(statements: list[dict], role: str = "producer"):
        iam = aws("iam")
        arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=LAMBDA)["Role"]["Arn"]
        if statements:
            write_policy(iam, role, statements)
        session = region.identity.credentials(arn, "f")
        return lambda service: aws(service, session=session)

    return function_of


def write_policy(iam, role: str, statements: list[dict]) -> None:
    document = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=json.dumps(document))


# service, method, parameters, permission as IAM names it, resource; code, status, permission as the refusal names it,
# resource as the refusal names it; then what the call comes to once it is allowed (None: it succeeds).
CALLS = [
    pytest.param(
        "kinesis",
        "put_record",
        {"StreamName": "votes", "Data": b"{}", "PartitionKey": "k"},
        ("kinesis:PutRecord", STREAM),
        ("AccessDeniedException", 400, "kinesis:PutRecord", STREAM),
        "ResourceNotFoundException",
        id="kinesis",
    ),
    pytest.param(
        "dynamodb",
        "update_item",
        {"TableName": "results", "Key": KEY},
        ("dynamodb:UpdateItem", TABLE),
        ("AccessDeniedException", 400, "dynamodb:UpdateItem", TABLE),
        "ResourceNotFoundException",
        id="dynamodb",
    ),
    pytest.param(
        "dynamodb",
        "query",
        {"TableName": "results", "IndexName": "by-team", "KeyConditionExpression": "team = :t"},
        ("dynamodb:Query", TABLE + "/index/by-team"),
        ("AccessDeniedException", 400, "dynamodb:Query", TABLE + "/index/by-team"),
        "ResourceNotFoundException",
        id="dynamodb-index",
    ),
    pytest.param(
        "dynamodb",
        "batch_write_item",
        {"RequestItems": {"results": [{"PutRequest": {"Item": KEY}}]}},
        ("dynamodb:BatchWriteItem", TABLE),
        ("AccessDeniedException", 400, "dynamodb:BatchWriteItem", TABLE),
        "ResourceNotFoundException",
        id="dynamodb-batch",
    ),
    pytest.param(
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": "results", "Item": KEY}}]},
        ("dynamodb:PutItem", TABLE),
        ("AccessDeniedException", 400, "dynamodb:PutItem", TABLE),
        "ResourceNotFoundException",
        id="dynamodb-transaction",
    ),
    pytest.param(
        "logs",
        "create_log_group",
        {"logGroupName": "/aws/lambda/f"},
        ("logs:CreateLogGroup", GROUP + ":*"),
        ("AccessDeniedException", 400, "logs:CreateLogGroup", GROUP + ":log-stream:"),
        None,
        id="logs",
    ),
    pytest.param(
        "logs",
        "put_log_events",
        {
            "logGroupName": "/aws/lambda/f",
            "logStreamName": "today/1",
            "logEvents": [{"timestamp": 1, "message": "m"}],
        },
        ("logs:PutLogEvents", GROUP + ":*"),
        ("AccessDeniedException", 400, "logs:PutLogEvents", GROUP + ":log-stream:today/1"),
        "ResourceNotFoundException",
        id="logs-stream",
    ),
    pytest.param(
        "sqs",
        "send_message",
        {"QueueUrl": QUEUE_URL, "MessageBody": "m"},
        ("sqs:SendMessage", TOPIC.replace("sns", "sqs")),
        ("AccessDenied", 403, "sqs:sendmessage", TOPIC.replace("sns", "sqs")),
        "AWS.SimpleQueueService.NonExistentQueue",
        id="sqs",
    ),
    pytest.param(
        "sqs",
        "send_message_batch",
        {"QueueUrl": QUEUE_URL, "Entries": [{"Id": "1", "MessageBody": "m"}]},
        ("sqs:SendMessage", TOPIC.replace("sns", "sqs")),
        ("AccessDenied", 403, "sqs:sendmessage", TOPIC.replace("sns", "sqs")),
        "AWS.SimpleQueueService.NonExistentQueue",
        id="sqs-batch",
    ),
    pytest.param(
        "sns",
        "publish",
        {"TopicArn": TOPIC, "Message": "m"},
        ("sns:Publish", TOPIC),
        ("AuthorizationError", 403, "SNS:Publish", TOPIC),
        "NotFound",
        id="sns",
    ),
    pytest.param(
        "lambda",
        "invoke",
        {"FunctionName": "f"},
        ("lambda:InvokeFunction", FUNCTION),
        ("AccessDeniedException", 403, "lambda:InvokeFunction", FUNCTION),
        "ResourceNotFoundException",
        id="lambda",
    ),
    pytest.param(
        "iam",
        "get_role",
        {"RoleName": "other"},
        ("iam:GetRole", OTHER_ROLE),
        ("AccessDenied", 403, "iam:GetRole", OTHER_ROLE),
        "NoSuchEntity",
        id="iam",
    ),
    pytest.param(
        "s3",
        "put_object",
        {"Bucket": "votes", "Key": "a/b", "Body": b"x"},
        ("s3:PutObject", "arn:aws:s3:::votes/*"),
        ("AccessDenied", 403, "s3:PutObject", '"arn:aws:s3:::votes/a/b"'),
        "NoSuchBucket",
        id="s3",
    ),
    pytest.param(
        "cloudwatch",
        "put_metric_data",
        {"Namespace": "Votes", "MetricData": [{"MetricName": "Cast", "Value": 1}]},
        ("cloudwatch:PutMetricData", "*"),
        ("AccessDenied", 403, "cloudwatch:PutMetricData", "*"),
        None,
        id="cloudwatch",
    ),
]


@pytest.mark.parametrize(("service", "method", "parameters", "permission", "refusal", "outcome"), CALLS)
class TestACall:
    def test_without_a_permission(
        self, function_of, service, method, parameters, permission, refusal, outcome
    ):
        code, status, action, resource = refusal
        clients = function_of([statement("Allow", "ec2:*")])
        assert refused(clients(service), method, parameters) == (
            code,
            status,
            f"User: {SESSION} is not authorized to perform: {action} on resource: {resource} "
            f"because no identity-based policy allows the {action} action",
        )

    def test_with_an_explicit_deny(
        self, function_of, service, method, parameters, permission, refusal, outcome
    ):
        code, status, action, resource = refusal
        clients = function_of([statement("Allow", "*"), statement("Deny", *permission)])
        assert refused(clients(service), method, parameters) == (
            code,
            status,
            f"User: {SESSION} is not authorized to perform: {action} on resource: {resource} "
            "with an explicit deny in an identity-based policy",
        )

    def test_with_just_this_permission(
        self, function_of, service, method, parameters, permission, refusal, outcome
    ):
        clients = function_of([statement("Allow", *permission)])
        if outcome is None:
            getattr(clients(service), method)(**parameters)
        else:
            assert refused(clients(service), method, parameters)[0] == outcome

    def test_of_the_learner(self, aws, service, method, parameters, permission, refusal, outcome):
        if outcome is None:
            getattr(aws(service), method)(**parameters)
        else:
            assert refused(aws(service), method, parameters)[0] == outcome


def refused(client, method: str, parameters: dict) -> tuple[str, int, str]:
    """How boto3 shows the refusal: code, HTTP status, message."""
    with pytest.raises(ClientError) as raised:
        getattr(client, method)(**parameters)
    response = raised.value.response
    return (
        response["Error"]["Code"],
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Message"],
    )


def test_anyone_may_ask_who_they_are(function_of):
    assert function_of([statement("Deny", "*")])("sts").get_caller_identity()["Arn"] == SESSION


def test_permissions_given_and_taken_count_at_once(function_of, aws):
    kinesis = function_of([statement("Allow", "kinesis:*", STREAM)])("kinesis")
    call = {"StreamName": "votes"}
    assert refused(kinesis, "describe_stream", call)[0] == "ResourceNotFoundException"
    write_policy(aws("iam"), "producer", [statement("Allow", "kinesis:PutRecord", STREAM)])
    assert refused(kinesis, "describe_stream", call)[0] == "AccessDeniedException"
    aws("iam").attach_role_policy(
        RoleName="producer",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole",
    )
    assert refused(kinesis, "describe_stream", call)[0] == "ResourceNotFoundException"


def test_a_role_that_is_gone_may_do_nothing(function_of, aws):
    kinesis = function_of([statement("Allow", "*")])("kinesis")
    aws("iam").delete_role_policy(RoleName="producer", PolicyName="inline")
    aws("iam").delete_role(RoleName="producer")
    assert refused(kinesis, "list_streams", {})[0] == "AccessDeniedException"


def test_every_table_of_a_transaction_must_be_allowed(function_of):
    dynamodb = function_of([statement("Allow", ["dynamodb:UpdateItem", "dynamodb:PutItem"], TABLE)])(
        "dynamodb"
    )
    update = {"TableName": "results", "Key": KEY, "UpdateExpression": "SET a = b"}
    items = [{"Update": update}, {"Put": {"TableName": "seen", "Item": KEY}}]
    message = refused(dynamodb, "transact_write_items", {"TransactItems": items})[2]
    assert "dynamodb:PutItem on resource: " + TABLE.replace("results", "seen") in message


def test_whoever_gives_a_function_a_role_needs_to_pass_it(function_of):
    clients = function_of([statement("Allow", "lambda:*")])
    code = {"ZipFile": b"zip"}
    call = {"FunctionName": "f", "Role": OTHER_ROLE, "Code": code, "Runtime": "python3.13", "Handler": "a.b"}
    code, status, message = refused(clients("lambda"), "create_function", call)
    assert (code, status) == ("AccessDeniedException", 403)
    assert f"iam:PassRole on resource: {OTHER_ROLE} because" in message


def test_an_iterator_is_of_the_stream_it_came_from(function_of, aws):
    for name in ("mine", "yours"):
        aws("kinesis").create_stream(StreamName=name, ShardCount=1)
        aws("kinesis").get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 0.05})
    kinesis = function_of([statement("Allow", "kinesis:GetRecords", STREAM.replace("votes", "mine"))])(
        "kinesis"
    )

    def iterator(stream: str) -> dict:
        kind = {"ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
        answer = aws("kinesis").get_shard_iterator(StreamName=stream, **kind)
        return {"ShardIterator": answer["ShardIterator"]}

    assert kinesis.get_records(**iterator("mine"))["Records"] == []
    _, _, message = refused(kinesis, "get_records", iterator("yours"))
    assert f"kinesis:GetRecords on resource: {STREAM.replace('votes', 'yours')} because" in message


# -- assuming a role -------------------------------------------------------------------------------------

ASSUME = {"RoleArn": OTHER_ROLE, "RoleSessionName": "s1"}


def test_a_role_is_assumed_by_whom_it_trusts_and_who_may(function_of, aws):
    aws("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust({"AWS": ROLE}))
    sts = function_of([statement("Allow", "sts:AssumeRole", OTHER_ROLE)])("sts")
    assert sts.assume_role(**ASSUME)["AssumedRoleUser"]["Arn"].endswith(":assumed-role/other/s1")


@pytest.mark.parametrize(
    ("trusted", "statements"),
    [
        pytest.param({"Service": "lambda.amazonaws.com"}, [statement("Allow", "*")], id="not trusted"),
        pytest.param({"AWS": OTHER_ROLE}, [statement("Allow", "*")], id="another is trusted"),
        pytest.param({"AWS": ACCOUNT}, [], id="trusted with the account, not allowed"),
    ],
)
def test_assuming_is_refused_without_a_because(function_of, aws, trusted, statements):
    aws("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust(trusted))
    assert refused(function_of(statements)("sts"), "assume_role", ASSUME) == (
        "AccessDenied",
        403,
        f"User: {SESSION} is not authorized to perform: sts:AssumeRole on resource: {OTHER_ROLE}",
    )


def test_a_role_that_trusts_only_lambda_is_not_the_learners_to_assume(region, aws):
    aws("iam").create_role(RoleName="other", AssumeRolePolicyDocument=LAMBDA)
    with pytest.raises(AwsError, match="sts:AssumeRole on resource"):
        region.access.authorize(region.identity.learner, "sts", "AssumeRole", ASSUME)


# -- what AWS does in a role's name ----------------------------------------------------------------------


@pytest.fixture
def producer_role(aws):
    aws("iam").create_role(RoleName="producer", AssumeRolePolicyDocument=LAMBDA)
    write_policy(aws("iam"), "producer", [statement("Allow", "sqs:SendMessage", TOPIC.replace("sns", "sqs"))])
    return ROLE


def test_an_act_in_a_roles_name_is_refused_in_the_services_words(region, producer_role):
    with pytest.raises(AwsError) as raised:
        region.access.check(producer_role, "f", "sns:Publish", TOPIC)
    assert (raised.value.code, raised.value.status) == ("AuthorizationError", 403)
    assert raised.value.message == (
        f"User: {SESSION} is not authorized to perform: SNS:Publish on resource: {TOPIC} "
        "because no identity-based policy allows the SNS:Publish action"
    )


def test_an_act_that_is_allowed_passes(region, producer_role):
    region.access.check(producer_role, "f", "sqs:SendMessage", TOPIC.replace("sns", "sqs"))


@pytest.mark.parametrize(
    ("role", "action", "resource", "allowed"),
    [
        (ROLE, "sqs:SendMessage", TOPIC.replace("sns", "sqs"), True),
        (ROLE, "sqs:SendMessage", TOPIC.replace("sns", "sqs") + "-2", False),
        (OTHER_ROLE, "sqs:SendMessage", TOPIC.replace("sns", "sqs"), False),
    ],
)
def test_allows(region, producer_role, role, action, resource, allowed):
    assert region.access.allows(role, action, resource) is allowed


@pytest.mark.parametrize(
    ("role", "service", "age", "assumable"),
    [
        pytest.param(ROLE, "lambda.amazonaws.com", 2.0, True, id="trusted and old enough"),
        pytest.param(ROLE, "lambda.amazonaws.com", 1.9, False, id="too new"),
        pytest.param(ROLE, "apigateway.amazonaws.com", 2.0, False, id="not trusted"),
        pytest.param(OTHER_ROLE, "lambda.amazonaws.com", 2.0, False, id="no such role"),
    ],
)
def test_a_service_assumes_a_role_that_trusts_it_and_is_known(
    region, producer_role, role, service, age, assumable
):
    clock = ManualClock(region.moto.role(producer_role).created + age)
    access = Access(region.moto, clock, replace(region.settings, role_seconds=2.0))
    assert access.assumable(role, service) is assumable


def test_the_callers_role_and_region_are_known_to_conditions(function_of):
    conditions = {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/prod*"},
        "StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:PrincipalAccount": ACCOUNT},
    }
    kinesis = function_of([statement("Allow", "kinesis:ListStreams", Condition=conditions)])("kinesis")
    assert kinesis.list_streams()["StreamNames"] == []


def test_what_is_not_judged_is_logged_once(function_of, caplog):
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    kinesis = function_of([statement("Allow", "kinesis:*", Sid="Office", Condition=condition)])("kinesis")
    with caplog.at_level(logging.WARNING, "helpers.region.access"):
        for _ in range(2):
            assert refused(kinesis, "list_streams", {})[0] == "AccessDeniedException"
    assert [record.getMessage() for record in caplog.records] == [
        f"{ROLE}: The Allow statement Office is not judged as on AWS: its condition operator IpAddress is not in this "
        "region."
    ]
