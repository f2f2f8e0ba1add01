"""A soak: votes through the whole pipeline for a while, and whether the region is afterwards what it was before.

HTTP API → producer → stream → mapping → consumer → table, with the workbook's own functions, in a region of its own.
By hand only, never in CI: `python -m helpers soak --minutes 30`.
"""

import http.client
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from urllib.parse import urlsplit

import boto3
import psutil
from botocore.config import Config
from botocore.exceptions import ClientError

from helpers.packaging import package
from helpers.region import process, state
from helpers.tools import Failure

VOTERS = 4
SHARDS = 2
ROWS = 30
SHORTEST_PAUSE = 2.0
BYTES_A_VOTE = 1000
"""What a vote may add to the region's memory: its record is kept for 24 hours, some 400 bytes; the rest is not."""
ENOUGH_VOTES = 10_000
"""Before so many the log, which is cut at 20,000 events, still fills."""
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Sample:
    """The region at one moment. seconds: since the start; votes: posted until then; memory in bytes, its own."""

    seconds: float
    votes: int
    counted: int
    waiting: int
    threads: int
    handles: int
    children: int
    memory: int


HEADER = " time   posted  counted waiting threads handles children   memory"


def row(sample: Sample) -> str:
    minutes, seconds = divmod(int(sample.seconds), 60)
    _, votes, counted, waiting, threads, handles, children, memory = astuple(sample)
    return (
        f"{minutes:2}:{seconds:02} {votes:8} {counted:8} {waiting:7} {threads:7} {handles:7} {children:8} "
        f"{memory / 1e6:5.0f} MB"
    )


def verdict(samples: list[Sample], posted: int, failed: int, counted: int) -> list[str]:
    """What does not hold; nothing if all does. The second quarter of the samples is set against the last."""
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    problems = []
    for name, spare in (("threads", 4), ("handles", 8), ("children", 1)):
        before, after = (statistics.median(getattr(s, name) for s in part) for part in (early, late))
        if after > before + spare:
            problems.append(f"{name} grew from {before:g} to {after:g}")
    votes = late[-1].votes - early[0].votes
    grown = late[-1].memory - early[0].memory
    if votes >= ENOUGH_VOTES and grown / votes > BYTES_A_VOTE:
        problems.append(f"memory grew by {grown / votes:.0f} bytes a vote, more than {BYTES_A_VOTE}")
    if failed:
        problems.append(f"{failed} of {posted + failed} votes were refused")
    if counted != posted:
        problems.append(f"{posted} votes were posted and {counted} counted")
    return problems


def soak(minutes: float, rate: float, show: Callable[[str], None] = print) -> None:
    """Runs for `minutes` at `rate` votes a second; prints a row now and then. Raises Failure where it does not hold."""
    with _region() as found:
        client = _clients(found)
        api = _pipeline(client)
        crowd = Crowd(api, rate)
        table = client("dynamodb")
        samples: list[Sample] = []
        began, seconds = time.monotonic(), minutes * 60
        show(HEADER)
        while (elapsed := time.monotonic() - began) < seconds:
            time.sleep(min(max(SHORTEST_PAUSE, seconds / ROWS), seconds - elapsed))
            samples.append(_sample(found, time.monotonic() - began, crowd.posted, _counted(table)))
            show(row(samples[-1]))
        crowd.stop()
        _wait_for(lambda: _counted(table) >= crowd.posted, "the last votes to be counted")
        time.sleep(2)  # time for one that would be counted twice
        problems = verdict(samples, crowd.posted, crowd.failed, _counted(table))
        rest = samples[-1].memory - samples[len(samples) // 4].memory
        votes = max(1, samples[-1].votes - samples[len(samples) // 4].votes)
        show(f"{crowd.posted} votes in {minutes:g} minutes; memory grew by {rest / votes:.0f} bytes a vote.")
    if problems:
        raise Failure("It does not hold: " + "; ".join(problems))
    show("It holds: no thread, handle or process too many, and every vote counted once.")


class Crowd:
    """Voters who post `rate` votes a second together, each over a connection of its own."""

    def __init__(self, url: str, rate: float):
        self.posted = self.failed = 0
        self._url, self._pause = urlsplit(url), VOTERS / rate
        self._lock, self._over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._vote, daemon=True) for _ in range(VOTERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _vote(self) -> None:
        connection = http.client.HTTPConnection(self._url.hostname, self._url.port, timeout=60)
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due = max(due + self._pause, time.monotonic() - 1)
            path, headers = self._url.path + "/vote", {"Content-Type": "application/json"}
            connection.request("POST", path, b'{"vote": "VER"}', headers)
            answer = connection.getresponse()
            answer.read()
            with self._lock:
                self.posted += answer.status == 200
                self.failed += answer.status != 200


@contextmanager
def _region() -> Iterator[state.State]:
    """A region in a folder of its own, stopped and forgotten at the end."""
    kept = os.environ.get(state.STATE_VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[state.STATE_VARIABLE] = folder
        try:
            yield process.ensure_started()
        finally:
            process.stop()
            os.environ.pop(state.STATE_VARIABLE)
            if kept is not None:
                os.environ[state.STATE_VARIABLE] = kept


def _clients(found: state.State):
    return lambda service: boto3.client(
        service,
        endpoint_url=found.endpoint_url,
        region_name=found.region,
        aws_access_key_id=found.access_key,
        aws_secret_access_key=found.secret_key,
        config=Config(proxies={}),
    )


def _pipeline(client) -> str:
    """The lessons' pipeline; its API's address."""
    iam, kinesis, functions, gateway = (client(name) for name in ("iam", "kinesis", "lambda", "apigatewayv2"))
    document = {"Version": "2012-10-17", "Statement": [TRUST]}
    role = iam.create_role(RoleName="soak", AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
    document = {"Version": "2012-10-17", "Statement": [EVERYTHING]}
    iam.put_role_policy(RoleName="soak", PolicyName="all", PolicyDocument=json.dumps(document))
    kinesis.create_stream(StreamName="soak", ShardCount=SHARDS)
    client("dynamodb").create_table(
        TableName="soak",
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    variables = {"KINESIS_STREAM_NAME": "soak", "DYNAMODB_TABLE_NAME": "soak"}
    for name in ("producer", "consumer"):
        asked = {"FunctionName": name, "Runtime": "python3.13", "Handler": "lambda_function.lambda_handler"}
        asked |= {"Role": role, "Timeout": 30, "MemorySize": 256, "Environment": {"Variables": variables}}
        asked["Code"] = {"ZipFile": package(name)}
        _wait_for(lambda asked=asked: _made(functions, asked), "the role to be believed")
        functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    stream = kinesis.describe_stream_summary(StreamName="soak")["StreamDescriptionSummary"]["StreamARN"]
    mapping = functions.create_event_source_mapping(
        EventSourceArn=stream, FunctionName="consumer", StartingPosition="TRIM_HORIZON", BatchSize=100
    )["UUID"]
    _wait_for(lambda: functions.get_event_source_mapping(UUID=mapping)["State"] == "Enabled", "the mapping")
    target = functions.get_function(FunctionName="producer")["Configuration"]["FunctionArn"]
    functions.add_permission(
        FunctionName="producer",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    made = gateway.create_api(Name="soak", ProtocolType="HTTP", Target=target, RouteKey="POST /vote")
    return made["ApiEndpoint"]


def _made(functions, asked: dict) -> bool:
    try:
        functions.create_function(**asked)
        return True
    except ClientError as refused:
        if "cannot be assumed" not in str(refused):
            raise
        return False


def _counted(table) -> int:
    item = table.get_item(TableName="soak", Key={"option_id": {"S": "VER"}}).get("Item")
    return int(item["votes"]["N"]) if item else 0


def _sample(found: state.State, seconds: float, votes: int, counted: int) -> Sample:
    region = psutil.Process(found.pid)
    status = process.ask(found, "status", timeout=30)
    return Sample(
        seconds,
        votes,
        counted,
        sum(shard["Waiting"] for mapping in status["mappings"] for shard in mapping["Shards"]),
        region.num_threads(),
        region.num_fds() if hasattr(region, "num_fds") else region.num_handles(),
        len(region.children(recursive=True)),
        region.memory_info().rss,
    )


def _wait_for(condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise Failure(f"Waited {seconds:g} s for {what}.")
        time.sleep(0.2)
