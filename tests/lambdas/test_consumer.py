"""The consumer, deployed: batches as the mapping sends them, and what the table then says."""

from __future__ import annotations

import base64
import json

import pytest

TABLE = "f1-vote-results"
UPDATE = {
    "Effect": "Allow",
    "Action": "dynamodb:UpdateItem",
    "Resource": f"arn:aws:dynamodb:us-east-1:123456789012:table/{TABLE}",
}


@pytest.fixture(scope="module")
def deployed(account):
    account.aws("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    account.deploy("consumer", {"DYNAMODB_TABLE_NAME": TABLE}, [UPDATE])
    return account


@pytest.fixture
def counts(deployed):
    """counts() → {option: votes}, of a table that is empty when the test begins."""
    dynamodb = deployed.aws("dynamodb")

    def rows() -> list[dict]:
        return dynamodb.scan(TableName=TABLE, ConsistentRead=True)["Items"]

    for row in rows():
        dynamodb.delete_item(TableName=TABLE, Key={"option_id": row["option_id"]})
    return lambda: {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows()}


@pytest.fixture
def consume(deployed):
    """consume([data, …]) → the consumer's answer to a batch of records of these bytes."""

    def consume(datas: list[bytes]):
        records = [
            {"kinesis": {"sequenceNumber": f"4957{number}", "data": base64.b64encode(data).decode()}}
            for number, data in enumerate(datas)
        ]
        return deployed.invoke("consumer", {"Records": records})

    return consume


def vote(option: object) -> bytes:
    return json.dumps({"vote": option, "vote_id": "1", "cast_at": "2026-01-01T12:00:00+00:00"}).encode()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(["VER"], {"VER": 1}, id="one vote"),
        pytest.param(["VER", "NOR", "VER"], {"VER": 2, "NOR": 1}, id="several options"),
        pytest.param(["ALO"] * 100, {"ALO": 100}, id="a full batch"),
        pytest.param([], {}, id="an empty batch"),
    ],
)
def test_a_batch_is_counted(consume, counts, options, expected):
    answer = consume([vote(option) for option in options])
    assert answer.error is None
    assert counts() == expected


def test_batches_add_up(consume, counts):
    consume([vote("VER"), vote("NOR")])
    consume([vote("VER")])
    assert counts() == {"VER": 2, "NOR": 1}


def test_a_vote_of_the_tutorial_counts_too(consume, counts):
    consume([b'{"vote": "VER"}'])
    assert counts() == {"VER": 1}


def test_the_log_says_what_was_counted(consume):
    assert "Counted 3 votes: {'VER': 2, 'NOR': 1}" in consume([vote("VER"), vote("NOR"), vote("VER")]).log


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"VER", id="no JSON"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'"VER"', id="a string"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="no vote"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(vote(7), id="a number"),
        pytest.param(vote(["VER"]), id="a list"),
    ],
)
def test_a_record_that_is_no_vote_fails_the_batch_by_its_number_and_counts_nothing(consume, counts, data):
    answer = consume([vote("VER"), data, vote("NOR")])
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "ValueError"
    assert answer.payload["errorMessage"].startswith("Record 49571 is not a vote: ")
    assert counts() == {}


def test_a_table_that_refuses_fails_the_batch(deployed, consume, counts):
    deployed.permit("consumer", [UPDATE | {"Effect": "Deny"}])
    try:
        answer = consume([vote("VER")])
        assert answer.payload["errorType"] == "ClientError"
        assert "dynamodb:UpdateItem" in answer.payload["errorMessage"]
    finally:
        deployed.permit("consumer", [UPDATE])
    consume([vote("VER")])
    assert counts() == {"VER": 1}
