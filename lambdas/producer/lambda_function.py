"""Producer: a vote that arrives over HTTP becomes a record of the Kinesis stream."""

import base64
import json
import logging
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

import boto3

STREAM_NAME = os.environ["KINESIS_STREAM_NAME"]
BALLOT = json.loads(Path(__file__).with_name("ballot.json").read_text(encoding="utf-8"))
OPTIONS = [candidate["code"] for candidate in BALLOT["candidates"]]
HEADERS = {
    "Content-Type": "application/json",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST,OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
}

kinesis = boto3.client("kinesis")


class BadVote(Exception):
    """What was sent is not a vote; the text says why."""


def lambda_handler(event, context):
    if event.get("requestContext", {}).get("http", {}).get("method") == "OPTIONS":
        return answer(204)
    try:
        send_to_stream(read_vote(event))
    except BadVote as problem:
        return answer(400, str(problem))
    except Exception:
        logging.exception("The vote was not recorded")
        return answer(500, "The vote could not be recorded")
    return answer(200, "Vote received")


def read_vote(event):
    paper = read_json(event.get("body") or "", event.get("isBase64Encoded"))
    if not isinstance(paper, dict) or paper.get("vote") not in OPTIONS:
        raise BadVote("The vote is missing or not on the ballot")
    vote = {"vote": paper["vote"], "vote_id": str(uuid.uuid4()), "cast_at": datetime.now(UTC).isoformat()}
    if voter := paper.get("voter"):
        if not isinstance(voter, str) or len(voter) > 100:
            raise BadVote("The voter is not a text of at most 100 characters")
        vote["voter"] = voter
    return vote


def read_json(body, is_base64):
    try:
        return json.loads(base64.b64decode(body) if is_base64 else body)
    except (ValueError, TypeError, RecursionError):
        raise BadVote("The body is not JSON" if body else "The body is empty") from None


def send_to_stream(vote):
    # A voter's votes share a shard and keep their order; votes without a voter spread over all shards.
    partition_key = vote.get("voter", vote["vote_id"])
    kinesis.put_record(StreamName=STREAM_NAME, Data=json.dumps(vote), PartitionKey=partition_key)


def answer(status, message=None):
    body = {} if message is None else {"body": json.dumps({"message": message})}
    return {"statusCode": status, "headers": HEADERS} | body
