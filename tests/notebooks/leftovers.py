"""What lessons 01 to 08 may leave in an account, made at once, and what an account holds, asked without tags."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from helpers.names import Names
from helpers.packaging import package


def leave(client: Callable, account: str, prefix: str) -> set[str]:
    """Makes it all for `prefix`, tagged as the lessons do; returns what `contents` will call it."""
    names = Names(prefix)
    roles = (names.producer_role, names.consumer_role, f"{prefix}-page-role")
    functions = (names.producer, names.consumer, f"{prefix}-page")
    streams = (names.stream, f"{prefix}-keys", f"{prefix}-on-demand")
    for role in roles:
        _role(client("iam"), role, names)
    _streams(client("kinesis"), streams, names)
    _table(client("dynamodb"), names)
    for function, role in zip(functions, roles, strict=True):
        _function(client("lambda"), function, f"arn:aws:iam::{account}:role/{role}", names)
    _wait_for(lambda: _active(client("kinesis"), streams))
    for stream in streams[:2]:
        client("lambda").create_event_source_mapping(
            FunctionName=names.consumer,
            EventSourceArn=f"arn:aws:kinesis:us-east-1:{account}:stream/{stream}",
            StartingPosition="LATEST",
            Tags=names.tags if stream == names.stream else {},
        )
    client("lambda").invoke(FunctionName=names.producer, Payload=b'{"body": "{}"}')  # makes a log group
    client("apigatewayv2").create_api(Name=names.api, ProtocolType="HTTP", Tags=names.tags)
    client("sqs").create_queue(QueueName=names.queue, tags=names.tags)
    client("sns").create_topic(Name=f"{prefix}-alerts", Tags=names.tag_list)
    mappings = {f"{names.consumer} reads {stream}" for stream in streams[:2]}
    log_groups = {f"/aws/lambda/{names.producer}"}
    return {
        *roles,
        *functions,
        *streams,
        *mappings,
        *log_groups,
        names.table,
        names.api,
        names.queue,
        f"{prefix}-alerts",
    }


def contents(client: Callable) -> set[str]:
    """Everything in the account, whoever's."""

    def listed(service: str, operation: str, what: str) -> set[str]:
        return set(client(service).get_paginator(operation).paginate().search(what)) - {None}

    mappings = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return (
        {f"{m['FunctionArn'].split(':')[6]} reads {m['EventSourceArn'].split('/')[1]}" for m in mappings}
        | listed("lambda", "list_functions", "Functions[].FunctionName")
        | listed("kinesis", "list_streams", "StreamNames[]")
        | listed("dynamodb", "list_tables", "TableNames[]")
        | listed("apigatewayv2", "get_apis", "Items[].Name")
        | {url.rpartition("/")[2] for url in listed("sqs", "list_queues", "QueueUrls[]")}
        | {arn.rpartition(":")[2] for arn in listed("sns", "list_topics", "Topics[].TopicArn")}
        | listed("logs", "describe_log_groups", "logGroups[].logGroupName")
        | {name for name in listed("iam", "list_roles", "Roles[].RoleName") if name != "learner"}
    )


def document(statement: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _role(iam, name: str, names: Names) -> None:
    service = {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), Tags=names.tag_list)
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(may))
    iam.attach_role_policy(
        RoleName=name, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    )


def _streams(kinesis, streams: tuple[str, ...], names: Names) -> None:
    for stream in streams[:-1]:
        kinesis.create_stream(StreamName=stream, ShardCount=2, Tags=names.tags)
    on_demand = {"StreamMode": "ON_DEMAND"}
    kinesis.create_stream(StreamName=streams[-1], StreamModeDetails=on_demand, Tags=names.tags)


def _table(dynamodb, names: Names) -> None:
    dynamodb.create_table(
        TableName=names.table,
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=names.tag_list,
    )


def _function(functions, name: str, role: str, names: Names) -> None:
    def created() -> bool:
        try:
            functions.create_function(
                FunctionName=name,
                Runtime=f"python3.{sys.version_info.minor}",
                Handler="lambda_function.lambda_handler",
                Role=role,
                Code={"ZipFile": package("producer")},
                Tags=names.tags,
            )
        except functions.exceptions.InvalidParameterValueException:
            return False  # IAM takes its time to be believed
        return True

    _wait_for(created)
    _wait_for(lambda: functions.get_function_configuration(FunctionName=name)["State"] == "Active")


def _active(kinesis, streams: tuple[str, ...]) -> bool:
    summaries = [kinesis.describe_stream_summary(StreamName=stream) for stream in streams]
    return all(found["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE" for found in summaries)


def _wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)
