"""What is measured: each function drives one server through boto3 and returns one number."""

import http.client
import io
import json
import statistics
import threading
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from helpers.tools import Failure
from helpers.tools.bench.servers import Server

VOTES = [{"Data": b'{"vote": "VER"}', "PartitionKey": str(key)} for key in range(500)]
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
WAIT_SECONDS = 120

NO_OP = "def handler(event, context):\n    return event\n"
WITH_CLIENT = "import boto3\nkinesis = boto3.client('kinesis')\n" + NO_OP
COUNT_EACH = """
import base64, json, os, boto3
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
def handler(event, context):
    for record in event["Records"]:
        option = json.loads(base64.b64decode(record["kinesis"]["data"]))["vote"]
        table.update_item(Key={"option_id": option}, UpdateExpression="ADD votes :n",
                          ExpressionAttributeValues={":n": 1})
"""
COUNT_BATCH = """
import base64, json, os, boto3
from collections import Counter
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
def handler(event, context):
    votes = Counter(json.loads(base64.b64decode(r["kinesis"]["data"]))["vote"] for r in event["Records"])
    for option, number in votes.items():
        table.update_item(Key={"option_id": option}, UpdateExpression="ADD votes :n",
                          ExpressionAttributeValues={":n": number})
"""
PRODUCER = """
import os, boto3
kinesis = boto3.client("kinesis")
def handler(event, context):
    kinesis.put_record(StreamName=os.environ["STREAM"], Data=event["body"],
                       PartitionKey=event["requestContext"]["requestId"])
    return {"statusCode": 200, "body": "ok"}
"""


@dataclass(frozen=True)
class Line:
    """One row of the table. ours_only: a property of our region that a peer does not offer to measure alike."""

    name: str
    unit: str
    measure: Callable[[Server], float]
    ours_only: bool = False


# -- Lambda ------------------------------------------------------------------------------------------------------


def warm_invoke(server: Server) -> float:
    function = deploy(server, NO_OP)
    return median_ms(lambda: invoke(server, function), times=200, first=3)


def cold_invoke(server: Server) -> float:
    functions = [deploy(server, WITH_CLIENT) for _ in range(5)]
    return statistics.median(elapsed_ms(lambda f=function: invoke(server, f)) for function in functions)


# -- Kinesis -----------------------------------------------------------------------------------------------------


def put_record(server: Server) -> float:
    kinesis, stream = server.client("kinesis"), create_stream(server, 1)
    number = 1000
    seconds = (
        elapsed_ms(lambda: [kinesis.put_record(StreamName=stream, **VOTES[0]) for _ in range(number)]) / 1000
    )
    return number / seconds


def put_records(server: Server) -> float:
    return put_rate(server, create_stream(server, 4), calls=40)


def put_records_after_a_million(server: Server) -> float:
    stream = create_stream(server, 4)
    put_rate(server, stream, calls=2000)
    return put_rate(server, stream, calls=40)


def put_rate(server: Server, stream: str, calls: int) -> float:
    kinesis = server.client("kinesis")
    ms = elapsed_ms(lambda: [kinesis.put_records(StreamName=stream, Records=VOTES) for _ in range(calls)])
    return calls * len(VOTES) / ms * 1000


def growth(server: Server, what: Callable[[Server, str], float]) -> float:
    """How many times dearer `what` is on a stream of 64 shards and a million records than on a young one."""
    young, old = create_stream(server, 64), create_stream(server, 64)
    put_rate(server, old, calls=2000)
    what(server, young)
    return what(server, old) / what(server, young)


def put_cost(server: Server, stream: str) -> float:
    kinesis = server.client("kinesis")
    return median_ms(lambda: kinesis.put_record(StreamName=stream, **VOTES[0]), times=300, first=20)


def get_cost(server: Server, stream: str) -> float:
    """Of reading one record at the tip of a shard."""
    kinesis = server.client("kinesis")
    put = kinesis.put_record(StreamName=stream, **VOTES[0])

    def get() -> None:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream, ShardId=put["ShardId"], ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=put["SequenceNumber"],
        )["ShardIterator"]  # fmt: skip
        kinesis.get_records(ShardIterator=iterator, Limit=1)

    return median_ms(get, times=200, first=20)


# -- the pipeline ------------------------------------------------------------------------------------------------


def drain(server: Server, code: str, shards: int, votes: int) -> float:
    """Votes counted per second, from the first batch counted to the last."""
    table, stream = create_table(server), create_stream(server, shards)
    function = deploy(server, code, TABLE=table)
    kinesis, functions, dynamodb = (
        server.client("kinesis"),
        server.client("lambda"),
        server.client("dynamodb"),
    )
    for _ in range(votes // len(VOTES)):
        kinesis.put_records(StreamName=stream, Records=VOTES)
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
    mapping = functions.create_event_source_mapping(
        FunctionName=function, EventSourceArn=arn, StartingPosition="TRIM_HORIZON", BatchSize=100
    )

    def counted() -> int:
        item = dynamodb.get_item(TableName=table, Key={"option_id": {"S": "VER"}}, ConsistentRead=True).get(
            "Item"
        )
        return int(item["votes"]["N"]) if item else 0

    already = wait_for(counted, "the first vote to be counted")
    began = time.perf_counter()
    wait_for(lambda: counted() >= votes, "the last vote to be counted")
    rate = (votes - already) / (time.perf_counter() - began)
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    return rate


def post_vote(server: Server) -> float:
    address = producer_api(server)
    post = poster(address)
    return median_ms(post, times=200, first=5)


def post_votes_at_once(server: Server, clients: int = 200, each: int = 5) -> float:
    address = producer_api(server)
    poster(address)()
    failures: list[str] = []

    def vote() -> None:
        try:
            post = poster(address)
            for _ in range(each):
                post()
        except (OSError, http.client.HTTPException, Failure) as error:
            failures.append(repr(error))

    threads = [threading.Thread(target=vote) for _ in range(clients)]
    ms = elapsed_ms(lambda: ([thread.start() for thread in threads], [thread.join() for thread in threads]))
    if failures:
        raise Failure(f"{len(failures)} of {clients} clients failed, the first with {failures[0]}")
    return clients * each / ms * 1000


# -- the process -------------------------------------------------------------------------------------------------


def ready(server: Server) -> float:
    return server.ready_seconds


def idle_memory(server: Server) -> float:
    return server.memory_bytes() / 1e6


def idle_cpu(server: Server) -> float:
    """Percent of one core over five seconds in which nobody asks anything."""
    before = server.cpu_seconds()
    time.sleep(5)
    return (server.cpu_seconds() - before) / 5 * 100


LINES = [
    Line("ready", "s", ready),
    Line("idle memory", "MB", idle_memory),
    Line("idle CPU", "% of a core", idle_cpu),
    Line("warm Invoke", "ms", warm_invoke),
    Line("cold Invoke, a boto3 client", "ms", cold_invoke),
    Line("PutRecord, one client", "calls/s", put_record),
    Line("PutRecords of 500", "records/s", put_records),
    Line("PutRecords after 1,000,000 records", "records/s", put_records_after_a_million, ours_only=True),
    Line("put on a full stream / on an empty one", "ratio", lambda s: growth(s, put_cost), ours_only=True),
    Line("get on a full stream / on an empty one", "ratio", lambda s: growth(s, get_cost), ours_only=True),
    Line("drain, an UpdateItem a vote, 1 shard", "votes/s", lambda s: drain(s, COUNT_EACH, 1, 5000)),
    Line("drain, an UpdateItem a vote, 4 shards", "votes/s", lambda s: drain(s, COUNT_EACH, 4, 5000)),
    Line("drain, a write a batch, 1 shard", "votes/s", lambda s: drain(s, COUNT_BATCH, 1, 20000)),
    Line("drain, a write a batch, 4 shards", "votes/s", lambda s: drain(s, COUNT_BATCH, 4, 20000)),
    Line("POST of a vote, one client", "ms", post_vote),
    Line("POST of votes, 200 clients", "votes/s", post_votes_at_once),
]


# -- tools -------------------------------------------------------------------------------------------------------


def unique(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:8]}"


def elapsed_ms(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def median_ms(call: Callable[[], object], times: int, first: int) -> float:
    """The median duration of `times` calls, after `first` that do not count."""
    for _ in range(first):
        call()
    return statistics.median(elapsed_ms(call) for _ in range(times))


def wait_for(condition: Callable[[], object], what: str):
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise Failure(f"Waited {WAIT_SECONDS} s for {what}.")


def create_stream(server: Server, shards: int) -> str:
    kinesis, name = server.client("kinesis"), unique("stream")
    kinesis.create_stream(StreamName=name, ShardCount=shards)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    return name


def create_table(server: Server) -> str:
    name = unique("table")
    server.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def deploy(server: Server, code: str, **variables: str) -> str:
    """A function of this code, active, that may do everything; its name."""
    iam, functions, name = server.client("iam"), server.client("lambda"), unique("function")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy(ALL))
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("function.py", code)

    def created() -> bool:
        try:
            functions.create_function(
                FunctionName=name, Runtime="python3.13", Handler="function.handler", Role=role["Arn"],
                Code={"ZipFile": package.getvalue()}, Timeout=60, Environment={"Variables": variables},
            )  # fmt: skip
        except functions.exceptions.InvalidParameterValueException:
            return False  # the role is not believed yet
        return True

    wait_for(created, "the role to be believed")
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    return name


def policy(statement: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def invoke(server: Server, function: str) -> None:
    answer = server.functions.invoke(FunctionName=function, Payload=b"{}")
    if "FunctionError" in answer:
        raise Failure(f"The function failed: {answer['Payload'].read()[:500]}")


def producer_api(server: Server) -> str:
    """The address of POST /vote of an API whose function puts the vote into a stream."""
    stream = create_stream(server, 4)
    function, functions = deploy(server, PRODUCER, STREAM=stream), server.client("lambda")
    arn = functions.get_function_configuration(FunctionName=function)["FunctionArn"]
    gateway = server.client("apigatewayv2")
    api = gateway.create_api(
        Name=function, ProtocolType="HTTP"
    )  # no quick create: ministack ignores its Target
    integration = gateway.create_integration(
        ApiId=api["ApiId"], IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    gateway.create_route(ApiId=api["ApiId"], RouteKey="POST /vote", Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
    source = f"arn:aws:execute-api:us-east-1:{arn.split(':')[4]}:{api['ApiId']}/*/*"
    functions.add_permission(
        FunctionName=function, StatementId="api", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com", SourceArn=source,
    )  # fmt: skip
    return server.vote_url(api)


def poster(address: str) -> Callable[[], None]:
    """A client with a connection of its own that posts a vote at each call."""
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=WAIT_SECONDS)

    def post() -> None:
        connection.request("POST", url.path, b'{"vote": "VER"}', {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise Failure(f"POST answered {response.status}: {body[:200]!r}")

    return post
