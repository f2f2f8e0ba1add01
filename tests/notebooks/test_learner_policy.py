"""The policy for a learner on AWS: enough for the lessons through the "aws" target, and nothing of another prefix."""

from __future__ import annotations

import asyncio
import json
import os

from botocore.exceptions import ClientError

from helpers.lesson import begin
from helpers.names import Names
from helpers.notebooks import WORKBOOK
from tests.aws_proxy import aws_proxy
from tests.notebooks.conftest import run_cells
from tests.notebooks.leftovers import contents, leave

TEMPLATE = (WORKBOOK / "notebooks" / "aws-learner-policy.json").read_text(encoding="utf-8")
MANAGED_POLICY_CHARACTERS = 6144  # IAM counts no white space
ARN = "arn:aws:{}:us-east-1:123456789012:{}".format
MINE, THEIRS = Names("team-1"), Names("team-2")
ROLE = "arn:aws:iam::123456789012:role/"
ZIP = {"Runtime": "python3.11", "Handler": "f.f", "Code": {"ZipFile": b"x"}}


def policy(prefix: str) -> dict:
    return json.loads(TEMPLATE.replace("${prefix}", prefix))


def test_it_fits_and_names_every_action():
    compact = json.dumps(policy("p" * 30), separators=(",", ":"))
    assert len(compact) <= MANAGED_POLICY_CHARACTERS and "${" not in compact
    for statement in policy("team-1")["Statement"]:
        assert statement["Effect"] == "Allow" and not [a for a in statement["Action"] if "*" in a]
        wide = (
            statement["Resource"] == "*" and statement["Sid"] != "Mappings"
        )  # a mapping's name is its function's
        assert wide == (statement["Sid"] == "Lists")


def test_the_lessons_are_built_and_cleaned_up_on_aws_with_it_alone(account, tmp_path, capsys):
    key = account.session(policy("team-1"))
    with aws_proxy(account.endpoint, key, tmp_path) as proxy:
        learners = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        os.environ.clear()
        os.environ.update(learners, AWS_CONFIG_FILE=os.devnull, STREAMING_WORKBOOK_ACCOUNT=account.id)
        os.environ.update(proxy.environment)
        asyncio.run(begin("00_start", target="aws", prefix="team-1", locale="en"))
        said = capsys.readouterr().out
        cleaned = run_cells("09_cleanup", target="aws", prefix="team-1")
    assert "billed to this account" in said and f"Account {account.id} · region us-east-1" in said
    assert "0.015 USD per shard-hour" in said
    built = {kind: len(names) for kind, names in cleaned.names["found"].items() if names}
    assert built == {"mapping": 1, "function": 2, "api": 1, "stream": 1, "table": 1, "role": 2}
    assert cleaned.error is None, cleaned.text
    assert contents(account.client) == set()
    assert {"kinesis.us-east-1.amazonaws.com", "iam.amazonaws.com"} <= set(proxy.asked)


REFUSED = [  # service, method, parameters; API and MAPPING are the other team's
    ("kinesis", "put_record", {"StreamName": THEIRS.stream, "Data": b"{}", "PartitionKey": "k"}),
    ("kinesis", "list_tags_for_stream", {"StreamName": THEIRS.stream}),
    ("kinesis", "delete_stream", {"StreamName": THEIRS.stream}),
    ("kinesis", "create_stream", {"StreamName": "votes", "ShardCount": 1}),
    ("dynamodb", "scan", {"TableName": THEIRS.table}),
    ("dynamodb", "delete_table", {"TableName": THEIRS.table}),
    ("lambda", "invoke", {"FunctionName": THEIRS.producer}),
    ("lambda", "get_function", {"FunctionName": THEIRS.producer}),
    ("lambda", "delete_function", {"FunctionName": THEIRS.producer}),
    (
        "lambda",
        "create_function",
        {"FunctionName": MINE.producer, "Role": ROLE + THEIRS.producer_role, **ZIP},
    ),
    ("lambda", "create_function", {"FunctionName": MINE.producer, "Role": ROLE + "admin", **ZIP}),
    ("lambda", "get_event_source_mapping", {"UUID": "MAPPING"}),
    ("lambda", "update_event_source_mapping", {"UUID": "MAPPING", "FunctionName": MINE.consumer}),
    ("lambda", "delete_event_source_mapping", {"UUID": "MAPPING"}),
    (
        "lambda",
        "create_event_source_mapping",
        {"FunctionName": THEIRS.consumer, "EventSourceArn": ARN("kinesis", f"stream/{MINE.stream}")},
    ),
    ("iam", "put_role_policy", {"RoleName": THEIRS.producer_role, "PolicyName": "x", "PolicyDocument": "{}"}),
    ("iam", "delete_role", {"RoleName": THEIRS.producer_role}),
    (
        "iam",
        "attach_role_policy",
        {"RoleName": MINE.producer_role, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    ("iam", "create_user", {"UserName": "team-1-friend"}),
    ("apigatewayv2", "create_api", {"Name": "x", "ProtocolType": "HTTP"}),
    ("apigatewayv2", "create_api", {"Name": "x", "ProtocolType": "HTTP", "Tags": THEIRS.tags}),
    ("apigatewayv2", "get_routes", {"ApiId": "API"}),
    ("apigatewayv2", "update_api", {"ApiId": "API", "Name": "x"}),
    ("apigatewayv2", "delete_api", {"ApiId": "API"}),
    ("logs", "filter_log_events", {"logGroupName": f"/aws/lambda/{THEIRS.producer}"}),
    ("logs", "delete_log_group", {"logGroupName": f"/aws/lambda/{THEIRS.producer}"}),
    ("sqs", "get_queue_url", {"QueueName": THEIRS.queue}),
    ("sqs", "create_queue", {"QueueName": "votes"}),
    ("sns", "publish", {"TopicArn": ARN("sns", "team-2-alerts"), "Message": "x"}),
    ("sns", "delete_topic", {"TopicArn": ARN("sns", "team-2-alerts")}),
    ("s3", "list_buckets", {}),
    ("cloudwatch", "put_metric_data", {"Namespace": "x", "MetricData": [{"MetricName": "x", "Value": 1.0}]}),
]


def test_another_prefix_is_out_of_reach(account):
    theirs = leave(account.client, account.id, THEIRS.prefix)
    key = account.session(policy(MINE.prefix))
    api = account.client("apigatewayv2").get_apis()["Items"][0]["ApiId"]
    mapping = account.client("lambda").list_event_source_mappings()["EventSourceMappings"][0]["UUID"]
    reached = []
    for service, method, parameters in REFUSED:
        given = {
            name: {"API": api, "MAPPING": mapping}.get(str(value), value)
            for name, value in parameters.items()
        }
        try:
            getattr(account.client(service, key), method)(**given)
            reached.append((method, parameters))
        except ClientError as error:
            if not error.response["Error"]["Code"].startswith(("AccessDenied", "AuthorizationError")):
                reached.append((method, str(error)))
    assert reached == []
    assert contents(account.client) == theirs
