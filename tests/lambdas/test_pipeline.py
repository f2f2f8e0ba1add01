"""Both functions in their place: votes posted to the HTTP API become counts in the table, none lost, none twice."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import Counter

from tests.lambdas.conftest import SOON

ACCOUNT_ARN = "us-east-1:123456789012"
STREAM_ARN = f"arn:aws:kinesis:{ACCOUNT_ARN}:stream/votes"
READ = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"]
VOTES = ["VER"] * 20 + ["ALO"] * 15 + ["COL"] * 5


def test_every_vote_posted_is_counted_once(account):
    build(account)
    url = expose(account)
    statuses = Counter(post(url, option) for option in VOTES)
    assert statuses == {200: len(VOTES)}

    def counts() -> dict[str, int]:
        rows = account.aws("dynamodb").scan(TableName="results", ConsistentRead=True)["Items"]
        return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows}

    pause = threading.Event()
    for _ in range(600):
        if sum(counts().values()) >= len(VOTES):
            break
        pause.wait(0.05)
    assert counts() == {"VER": 20, "ALO": 15, "COL": 5}


def build(account) -> None:
    """Stream, table, functions and the mapping between them, as the lessons make them."""
    account.aws("kinesis").create_stream(StreamName="votes", ShardCount=2)
    account.aws("kinesis").get_waiter("stream_exists").wait(StreamName="votes", WaiterConfig=SOON)
    account.aws("dynamodb").create_table(
        TableName="results",
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    put = {"Effect": "Allow", "Action": "kinesis:PutRecord", "Resource": STREAM_ARN}
    account.deploy("producer", {"KINESIS_STREAM_NAME": "votes"}, [put])
    read = {"Effect": "Allow", "Action": [f"kinesis:{action}" for action in READ], "Resource": STREAM_ARN}
    find = {"Effect": "Allow", "Action": "kinesis:ListStreams", "Resource": "*"}
    table = f"arn:aws:dynamodb:{ACCOUNT_ARN}:table/results"
    count = {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": table}
    account.deploy("consumer", {"DYNAMODB_TABLE_NAME": "results"}, [read, find, count])
    account.aws("lambda").create_event_source_mapping(
        EventSourceArn=STREAM_ARN, FunctionName="consumer", StartingPosition="TRIM_HORIZON", BatchSize=10
    )


def expose(account) -> str:
    """An HTTP API in front of the producer; its address."""
    target = f"arn:aws:lambda:{ACCOUNT_ARN}:function:producer"
    api = account.aws("apigatewayv2").create_api(Name="votes", ProtocolType="HTTP", Target=target)
    account.aws("lambda").add_permission(
        FunctionName="producer",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{ACCOUNT_ARN}:{api['ApiId']}/*",
    )
    return api["ApiEndpoint"]


def post(url: str, option: str) -> int:
    body = json.dumps({"vote": option}).encode()
    request = urllib.request.Request(f"{url}/vote", body, {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return answer.status
