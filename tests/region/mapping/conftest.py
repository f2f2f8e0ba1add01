"""A pipeline in the real region: stream, function in a process of its own, role, queue, all made through boto3."""

from __future__ import annotations

import base64
import json
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.region.deployment import allow, trust, zipped

PATIENCE = 30.0
RECORDER = """
import base64, json, os

def remember(event):
    with open(os.environ["SEEN"], "a", encoding="utf-8") as seen:
        seen.write(json.dumps(event) + "\\n")

def texts(event):
    return [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]

"""


class Pipeline:
    def __init__(self, aws, folder: Path):
        self.kinesis, self.functions = aws("kinesis"), aws("lambda")
        self.iam, self.sqs, self.aws = aws("iam"), aws("sqs"), aws
        self._folder = folder

    def stream(self, name: str = "votes", shards: int = 1) -> str:
        self.kinesis.create_stream(StreamName=name, ShardCount=shards)
        self.until(lambda: self.summary(name)["StreamStatus"] == "ACTIVE")
        return self.summary(name)["StreamARN"]

    def summary(self, name: str = "votes") -> dict:
        return self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]

    def role(self, name: str, *actions: str) -> str:
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
        self.allow(name, *actions)
        return arn

    def allow(self, role: str, *actions: str) -> None:
        document = allow("logs:*", *actions)
        self.iam.put_role_policy(RoleName=role, PolicyName="all-of-it", PolicyDocument=document)

    def function(self, body: str, name: str = "count", *actions: str, timeout: int = 10) -> str:
        """A function of its own role whose handler is `body`; the events it received are in `seen(name)`."""
        role = self.role(f"{name}-role", "kinesis:*", *actions)
        self.functions.create_function(
            FunctionName=name,
            Runtime=f"python3.{sys.version_info.minor}",
            Role=role,
            Handler="lambda_function.lambda_handler",
            Code={"ZipFile": self.code(body)},
            Timeout=timeout,
            Environment={"Variables": {"SEEN": str(self._folder / name)}},
        )
        self.until(
            lambda: self.functions.get_function(FunctionName=name)["Configuration"]["State"] == "Active"
        )
        return self.functions.get_function(FunctionName=name)["Configuration"]["FunctionArn"]

    def code(self, body: str) -> bytes:
        indented = textwrap.indent(body.strip(), "    ")
        return zipped(f"{RECORDER}def lambda_handler(event, context):\n    remember(event)\n{indented}\n")

    def map(self, stream_arn: str, function: str = "count", state: str = "Enabled", **asked) -> str:
        asked = {"StartingPosition": "TRIM_HORIZON", **asked}
        mapping = self.functions.create_event_source_mapping(
            EventSourceArn=stream_arn, FunctionName=function, **asked
        )["UUID"]
        self.settle(mapping, state)
        return mapping

    def settle(self, mapping: str, state: str) -> None:
        self.until(lambda: self.shown(mapping)["State"] == state)

    def shown(self, mapping: str) -> dict:
        shown = self.functions.get_event_source_mapping(UUID=mapping)
        del shown["ResponseMetadata"]
        return shown

    def put(self, *texts: str, key: str = "key", stream: str = "votes") -> list[str]:
        """Puts each text under `key`, in order; their sequence numbers."""
        return [
            self.kinesis.put_record(StreamName=stream, Data=text.encode(), PartitionKey=key)["SequenceNumber"]
            for text in texts
        ]

    def queue(self, name: str = "failed") -> str:
        """The ARN of a new queue."""
        url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]

    def messages(self, queue_arn: str) -> list[dict]:
        """Takes what the queue holds now."""
        url = self.sqs.get_queue_url(QueueName=queue_arn.rpartition(":")[2])["QueueUrl"]
        taken = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                taken.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def message(self, queue_arn: str) -> dict:
        """The one message that comes to the queue."""
        taken: list[dict] = []
        self.until(lambda: taken.extend(self.messages(queue_arn)) or taken)
        (message,) = taken
        return message

    def seen(self, function: str = "count") -> list[dict]:
        """The events that the function received, as it read them."""
        path = self._folder / function
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def batches(self, function: str = "count") -> list[list[str]]:
        return [texts(event) for event in self.seen(function)]

    def records(self, function: str = "count") -> list[str]:
        return [text for batch in self.batches(function) for text in batch]

    def until(self, reached) -> None:
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < deadline, "not reached in time"
            time.sleep(0.02)


def texts(event: dict) -> list[str]:
    return [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]


@pytest.fixture
def pipeline(aws, tmp_path) -> Pipeline:
    return Pipeline(aws, tmp_path)
