"""What each call needs, as a table: the action and the ARN that AWS's AccessDenied names."""

from __future__ import annotations

import pytest

from helpers.region.errors import AwsError
from helpers.region.kinesis.iterator import Seal, ShardIterator
from helpers.region.permissions import Place, required

PLACE = Place("123456789012", "us-east-1")
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/votes"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/results"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed"
TOPIC = "arn:aws:sns:us-east-1:123456789012:failed"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
GATEWAY = "arn:aws:apigateway:us-east-1::"
ROLE = "arn:aws:iam::123456789012:role/producer"
SEAL = Seal()
ITERATOR = SEAL.iterator(ShardIterator(STREAM, 0.0, "shardId-000000000000", 0), now=0.0)
TOKEN = SEAL.token("ListShards", [STREAM, 0.0, "shardId-000000000000", None], now=0.0)
QUEUE_URL = "http://127.0.0.1:4566/123456789012/failed"


@pytest.mark.parametrize(
    ("service", "operation", "params", "permissions"),
    [
        ("kinesis", "PutRecord", {"StreamName": "votes"}, [("kinesis:PutRecord", STREAM)]),
        ("kinesis", "PutRecords", {"StreamARN": STREAM}, [("kinesis:PutRecords", STREAM)]),
        (
            "kinesis",
            "SubscribeToShard",
            {"ConsumerARN": STREAM + "/consumer/c:1"},
            [("kinesis:SubscribeToShard", STREAM + "/consumer/c:1")],
        ),
        ("kinesis", "GetRecords", {"ShardIterator": ITERATOR}, [("kinesis:GetRecords", STREAM)]),
        (
            "kinesis",
            "GetRecords",
            {"ShardIterator": ITERATOR, "StreamARN": STREAM + "-of-mine"},
            [("kinesis:GetRecords", STREAM)],
        ),
        ("kinesis", "GetRecords", {"ShardIterator": "AAAAnonsense"}, [("kinesis:GetRecords", "*")]),
        ("kinesis", "ListShards", {"NextToken": TOKEN}, [("kinesis:ListShards", STREAM)]),
        ("kinesis", "ListStreams", {"Limit": 10}, [("kinesis:ListStreams", "*")]),
        (
            "kinesis",
            "CreateStream",
            {"StreamName": "votes", "Tags": {"project": "x"}},
            [("kinesis:CreateStream", STREAM), ("kinesis:AddTagsToStream", STREAM)],
        ),
        (
            "iam",
            "CreateRole",
            {"RoleName": "producer", "Tags": [{"Key": "project", "Value": "x"}]},
            [("iam:CreateRole", ROLE), ("iam:TagRole", ROLE)],
        ),
        ("sqs", "CreateQueue", {"QueueName": "failed", "tags": {}}, [("sqs:CreateQueue", QUEUE)]),
        ("apigatewayv2", "CreateApi", {"Name": "votes"}, [("apigateway:POST", GATEWAY + "/apis")]),
        ("apigatewayv2", "GetApis", {}, [("apigateway:GET", GATEWAY + "/apis")]),
        ("apigatewayv2", "DeleteApi", {"ApiId": "a1"}, [("apigateway:DELETE", GATEWAY + "/apis/a1")]),
        (
            "apigatewayv2",
            "UpdateRoute",
            {"ApiId": "a1", "RouteId": "r1", "Target": "x"},
            [("apigateway:PATCH", GATEWAY + "/apis/a1/routes/r1")],
        ),
        (
            "apigatewayv2",
            "TagResource",
            {"ResourceArn": GATEWAY + "/apis/a1", "Tags": {}},
            [("apigateway:POST", GATEWAY + "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fa1")],
        ),
        ("dynamodb", "UpdateItem", {"TableName": "results"}, [("dynamodb:UpdateItem", TABLE)]),
        ("dynamodb", "GetItem", {"TableName": TABLE}, [("dynamodb:GetItem", TABLE)]),
        (
            "dynamodb",
            "Query",
            {"TableName": "results", "IndexName": "by-team"},
            [("dynamodb:Query", TABLE + "/index/by-team")],
        ),
        ("dynamodb", "Scan", {"TableName": "results"}, [("dynamodb:Scan", TABLE)]),
        ("dynamodb", "TagResource", {"ResourceArn": TABLE}, [("dynamodb:TagResource", TABLE)]),
        ("dynamodb", "ListTables", {}, [("dynamodb:ListTables", TABLE.replace("results", "*"))]),
        ("dynamodb", "DescribeLimits", {}, [("dynamodb:DescribeLimits", "*")]),
        (
            "dynamodb",
            "BatchWriteItem",
            {"RequestItems": {"results": [], "seen": []}},
            [
                ("dynamodb:BatchWriteItem", TABLE),
                ("dynamodb:BatchWriteItem", TABLE.replace("results", "seen")),
            ],
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"TableName": "seen"}},
                    {"Update": {"TableName": "results"}},
                    {"Update": {"TableName": "results"}},
                    {"Delete": {"TableName": "results"}},
                    {"ConditionCheck": {"TableName": "results"}},
                ]
            },
            [
                ("dynamodb:PutItem", TABLE.replace("results", "seen")),
                ("dynamodb:UpdateItem", TABLE),
                ("dynamodb:DeleteItem", TABLE),
                ("dynamodb:ConditionCheckItem", TABLE),
            ],
        ),
        (
            "dynamodb",
            "TransactGetItems",
            {"TransactItems": [{"Get": {"TableName": "results"}}]},
            [("dynamodb:GetItem", TABLE)],
        ),
        (
            "logs",
            "CreateLogGroup",
            {"logGroupName": "/aws/lambda/f"},
            [("logs:CreateLogGroup", GROUP + ":log-stream:")],
        ),
        (
            "logs",
            "PutLogEvents",
            {"logGroupName": "/aws/lambda/f", "logStreamName": "2026/01/01/[$LATEST]ab"},
            [("logs:PutLogEvents", GROUP + ":log-stream:2026/01/01/[$LATEST]ab")],
        ),
        (
            "logs",
            "FilterLogEvents",
            {"logGroupIdentifier": GROUP + ":*"},
            [("logs:FilterLogEvents", GROUP + ":log-stream:")],
        ),
        (
            "logs",
            "StartQuery",
            {"logGroupNames": ["/aws/lambda/f", "/aws/lambda/g"]},
            [
                ("logs:StartQuery", GROUP + ":log-stream:"),
                ("logs:StartQuery", GROUP[:-1] + "g:log-stream:"),
            ],
        ),
        (
            "logs",
            "DescribeLogGroups",
            {},
            [("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:123456789012:log-group::log-stream:")],
        ),
        ("logs", "GetQueryResults", {"queryId": "1"}, [("logs:GetQueryResults", "*")]),
        ("logs", "TagResource", {"resourceArn": GROUP}, [("logs:TagResource", GROUP)]),
        ("sqs", "SendMessage", {"QueueUrl": QUEUE_URL}, [("sqs:SendMessage", QUEUE)]),
        ("sqs", "SendMessageBatch", {"QueueUrl": QUEUE_URL}, [("sqs:SendMessage", QUEUE)]),
        ("sqs", "CreateQueue", {"QueueName": "failed"}, [("sqs:CreateQueue", QUEUE)]),
        ("sqs", "StartMessageMoveTask", {"SourceArn": QUEUE}, [("sqs:StartMessageMoveTask", QUEUE)]),
        ("sqs", "ListQueues", {}, [("sqs:ListQueues", "*")]),
        ("sns", "Publish", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "PublishBatch", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "Publish", {"PhoneNumber": "+15550100"}, [("sns:Publish", "+15550100")]),
        ("sns", "CreateTopic", {"Name": "failed"}, [("sns:CreateTopic", TOPIC)]),
        ("sns", "Unsubscribe", {"SubscriptionArn": TOPIC + ":1-2-3"}, [("sns:Unsubscribe", TOPIC)]),
        ("sns", "ListTopics", {}, [("sns:ListTopics", TOPIC.replace("failed", "*"))]),
        ("lambda", "Invoke", {"FunctionName": "f"}, [("lambda:InvokeFunction", FUNCTION)]),
        ("lambda", "Invoke", {"FunctionName": FUNCTION}, [("lambda:InvokeFunction", FUNCTION)]),
        ("lambda", "Invoke", {"FunctionName": "f:live"}, [("lambda:InvokeFunction", FUNCTION + ":live")]),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "123456789012:function:f", "Qualifier": "$LATEST"},
            [("lambda:InvokeFunction", FUNCTION + ":$LATEST")],
        ),
        ("lambda", "GetFunction", {"FunctionName": "f"}, [("lambda:GetFunction", FUNCTION)]),
        ("lambda", "ListFunctions", {}, [("lambda:ListFunctions", "*")]),
        ("lambda", "TagResource", {"Resource": FUNCTION}, [("lambda:TagResource", FUNCTION)]),
        (
            "lambda",
            "CreateFunction",
            {"FunctionName": "f", "Role": ROLE},
            [("lambda:CreateFunction", FUNCTION), ("iam:PassRole", ROLE)],
        ),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            {"FunctionName": "f", "Timeout": 5},
            [("lambda:UpdateFunctionConfiguration", FUNCTION)],
        ),
        (
            "lambda",
            "CreateEventSourceMapping",
            {"FunctionName": "f", "EventSourceArn": STREAM},
            [("lambda:CreateEventSourceMapping", "*")],
        ),
        (
            "lambda",
            "CreateEventSourceMapping",
            {"FunctionName": "f", "EventSourceArn": STREAM, "Tags": {"project": "x"}},
            [
                ("lambda:CreateEventSourceMapping", "*"),
                ("lambda:TagResource", FUNCTION.replace("function:f", "event-source-mapping:*")),
            ],
        ),
        (
            "lambda",
            "UpdateEventSourceMapping",
            {"UUID": "1-2", "FunctionName": "f"},
            [
                (
                    "lambda:UpdateEventSourceMapping",
                    "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:1-2",
                )
            ],
        ),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k/1"}, [("s3:GetObject", "arn:aws:s3:::b/k/1")]),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, [("s3:GetObject", "arn:aws:s3:::b/k")]),
        ("s3", "UploadPart", {"Bucket": "b", "Key": "k"}, [("s3:PutObject", "arn:aws:s3:::b/k")]),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
        ("s3", "ListBuckets", {}, [("s3:ListAllMyBuckets", "*")]),
        (
            "s3",
            "DeleteObjects",
            {"Bucket": "b", "Delete": {"Objects": [{"Key": "1"}, {"Key": "2"}]}},
            [("s3:DeleteObject", "arn:aws:s3:::b/1"), ("s3:DeleteObject", "arn:aws:s3:::b/2")],
        ),
        ("cloudwatch", "PutMetricData", {"Namespace": "N"}, [("cloudwatch:PutMetricData", "*")]),
        (
            "cloudwatch",
            "PutMetricAlarm",
            {"AlarmName": "late"},
            [("cloudwatch:PutMetricAlarm", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:late")],
        ),
        (
            "cloudwatch",
            "DescribeAlarms",
            {},
            [("cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*")],
        ),
        ("iam", "CreateRole", {"RoleName": "producer", "Path": "/"}, [("iam:CreateRole", ROLE)]),
        (
            "iam",
            "CreateRole",
            {"RoleName": "producer", "Path": "/votes/"},
            [("iam:CreateRole", "arn:aws:iam::123456789012:role/votes/producer")],
        ),
        (
            "iam",
            "AttachRolePolicy",
            {"RoleName": "producer", "PolicyArn": "arn:aws:iam::aws:policy/P"},
            [("iam:AttachRolePolicy", ROLE)],
        ),
        (
            "iam",
            "GetPolicy",
            {"PolicyArn": "arn:aws:iam::aws:policy/P"},
            [("iam:GetPolicy", "arn:aws:iam::aws:policy/P")],
        ),
        (
            "iam",
            "CreatePolicy",
            {"PolicyName": "P"},
            [("iam:CreatePolicy", "arn:aws:iam::123456789012:policy/P")],
        ),
        ("iam", "ListRoles", {}, [("iam:ListRoles", "arn:aws:iam::123456789012:role/")]),
        ("iam", "ListPolicies", {}, [("iam:ListPolicies", "*")]),
        ("sts", "GetCallerIdentity", {}, []),
        ("sts", "AssumeRole", {"RoleArn": ROLE}, [("sts:AssumeRole", ROLE)]),
    ],
)
def test_a_call_needs(service, operation, params, permissions):
    assert required(service, operation, params, PLACE) == permissions


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("events", "PutRule", {"Name": "x"}),
        ("dynamodb", "ExecuteStatement", {"Statement": 'SELECT * FROM "results"'}),
        ("s3", "PutBucketPolicy", {"Bucket": "b", "Policy": "{}"}),
    ],
)
def test_a_call_whose_permissions_are_not_known_is_refused_by_name(service, operation, params):
    with pytest.raises(AwsError) as refused:
        required(service, operation, params, PLACE)
    assert refused.value.code == "NotInThisRegion"
    assert operation in refused.value.message or service in refused.value.message
