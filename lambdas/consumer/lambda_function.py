"""Consumer: a batch of records from the Kinesis stream becomes counts in the DynamoDB table."""

import base64
import json
import os
from collections import Counter

import boto3

table = boto3.resource("dynamodb").Table(os.environ["DYNAMODB_TABLE_NAME"])


def lambda_handler(event, context):
    votes = Counter(read_option(record["kinesis"]) for record in event["Records"])
    for option, number in votes.items():
        add_votes(option, number)
    print(f"Counted {votes.total()} votes: {dict(votes)}")


def read_option(record):
    try:
        option = json.loads(base64.b64decode(record["data"]))["vote"]
        if not isinstance(option, str):
            raise TypeError(f"{option!r} is not the code of an option")
        return option
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"Record {record['sequenceNumber']} is not a vote: {error!r}") from error


def add_votes(option, number):
    table.update_item(
        Key={"option_id": option},
        UpdateExpression="ADD votes :n",
        ExpressionAttributeValues={":n": number},
    )
