"""Catch-up, with cells as lessons write them, against the local region's process."""

import asyncio
import json
import sys

import boto3
import pytest
from botocore.exceptions import ClientError

from helpers.catchup import PROBES, CatchUpError, is_ready, run_builds, run_cell
from helpers.names import Names
from helpers.notebooks import Cell
from helpers.packaging import package
from helpers.translate import exists
from helpers.waits import until

NAMES = Names("catch-up")

CLIENTS = """
import boto3
kinesis = boto3.client("kinesis")
print("a learner sees nothing of this")
"""
CREATE = """
try:
    kinesis.create_stream(StreamName=f"{prefix}-stream", ShardCount=1)
except kinesis.exceptions.ResourceInUseException as error:
    print(error)
"""
WAIT = """
from helpers import until
def status():
    return kinesis.describe_stream_summary(StreamName=f"{prefix}-stream")["StreamDescriptionSummary"]["StreamStatus"]
await until(lambda: status() == "ACTIVE", what="the stream", every=0.05)
"""


def cell(source: str, *tags: str, **metadata) -> Cell:
    return Cell("code", source, "an-id", {"tags": list(tags), **metadata})


LESSON = [
    Cell("markdown", "# Title", "an-id", {}),
    cell(CLIENTS, "builds"),
    cell("1 / 0"),
    cell(CREATE, "builds", builds="stream"),
    cell(WAIT, "builds", builds="stream"),
]


def build(cells: list[Cell]) -> list[str]:
    reported = []
    asyncio.run(
        run_builds("02_stream", cells, NAMES, {"prefix": NAMES.prefix}, lambda b: reported.append(str(b)))
    )
    return reported


def test_what_is_missing_is_built_once_and_said_once(local, capsys):
    assert not is_ready("stream", NAMES)
    assert build(LESSON) == ["✓ Built the Kinesis stream, from lesson 02_stream."]
    assert is_ready("stream", NAMES)
    assert build(LESSON) == []
    assert capsys.readouterr().out == ""


def test_a_resource_half_made_is_waited_for(local):
    boto3.client("kinesis").create_stream(StreamName=NAMES.stream, ShardCount=1)
    assert len(build(LESSON)) == 1
    assert is_ready("stream", NAMES)


def test_a_failure_names_the_lesson_the_cell_and_what_it_builds(local):
    broken = [
        *LESSON[:2],
        cell("kinesis.create_stream(StreamName='a b', ShardCount=1)", "builds", builds="stream"),
    ]
    with pytest.raises(
        CatchUpError, match=r"cell 3 of lesson 02_stream failed \(the Kinesis stream\).*streamName"
    ):
        build(broken)


def test_the_traceback_shows_the_cells_own_line(local):
    with pytest.raises(CatchUpError) as failure:
        build([cell("x = 1\nx.append(2)", "builds")])
    frame = failure.value.__cause__.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    assert (frame.tb_frame.f_code.co_filename, frame.tb_lineno) == ("<02_stream, cell 1>", 2)


def test_a_cell_that_builds_what_no_probe_knows_is_an_error(local):
    with pytest.raises(CatchUpError, match="'steam'"):
        build([cell("pass", "builds", builds="steam")])


def test_cells_of_a_lesson_share_their_variables():
    async def scenario():
        namespace = {"prefix": "f1"}
        await run_cell("import asyncio\nname = await asyncio.sleep(0, prefix)", "<cell 1>", namespace)
        await run_cell("twice = name * 2", "<cell 2>", namespace)
        return namespace["twice"]

    assert asyncio.run(scenario()) == "f1f1"


@pytest.mark.parametrize("resource", PROBES)
def test_every_resource_has_a_name_for_learners_and_is_not_there_at_first(resource, local):
    assert exists(f"resource.{resource}")
    assert is_ready(resource, NAMES) is False


def test_what_aws_refuses_is_not_taken_for_missing(local, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not the learner's")
    boto3.DEFAULT_SESSION = None
    with pytest.raises(ClientError):
        is_ready("stream", NAMES)


def test_the_probes_see_a_finished_pipeline(local):
    make_pipeline()
    waits = [until(lambda r=resource: is_ready(r, NAMES), what=resource, every=0.05) for resource in PROBES]

    async def all_of_them():
        await asyncio.gather(*waits)

    asyncio.run(all_of_them())


def make_pipeline() -> None:
    """Each of the pipeline's resources, as a lesson would leave it."""
    kinesis, functions, sqs = (boto3.client(service) for service in ("kinesis", "lambda", "sqs"))
    kinesis.create_stream(StreamName=NAMES.stream, ShardCount=1)
    stream = kinesis.describe_stream_summary(StreamName=NAMES.stream)["StreamDescriptionSummary"]["StreamARN"]
    boto3.client("dynamodb").create_table(
        TableName=NAMES.table,
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    sqs.create_queue(QueueName=NAMES.queue)
    roles = {NAMES.producer: make_role(NAMES.producer_role), NAMES.consumer: make_role(NAMES.consumer_role)}
    for name, role in roles.items():
        make_function(functions, name, role)
    producer = functions.get_function_configuration(FunctionName=NAMES.producer)["FunctionArn"]
    api = boto3.client("apigatewayv2").create_api(
        Name=NAMES.api, ProtocolType="HTTP", Target=producer, CorsConfiguration={"AllowOrigins": ["*"]}
    )
    functions.add_permission(
        FunctionName=NAMES.producer,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{api['ApiId']}/*",
    )
    functions.create_event_source_mapping(
        EventSourceArn=stream, FunctionName=NAMES.consumer, StartingPosition="LATEST"
    )


def make_role(name: str) -> str:
    """The ARN of a role that Lambda may take and that may use all the pipeline."""
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": ["kinesis:*", "dynamodb:*", "logs:*"], "Resource": "*"}
    document = {"Version": "2012-10-17"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document | {"Statement": trust}))
    iam.put_role_policy(
        RoleName=name, PolicyName="pipeline", PolicyDocument=json.dumps(document | {"Statement": allowed})
    )
    return arn["Role"]["Arn"]


def make_function(functions, name: str, role: str) -> None:
    """Creates it as soon as Lambda believes the new role."""

    def created():
        try:
            return functions.create_function(
                FunctionName=name,
                Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
                Role=role,
                Handler="lambda_function.lambda_handler",
                Code={"ZipFile": package(name.rsplit("-", 1)[1])},
            )
        except functions.exceptions.InvalidParameterValueException as error:
            if "cannot be assumed" not in str(error):
                raise

    asyncio.run(until(created, what=name, every=0.1))
