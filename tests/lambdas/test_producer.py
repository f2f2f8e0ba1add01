"""The producer, deployed: what it answers to good and bad votes, and what then stands in the stream."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import datetime

import pytest

STREAM = "f1-vote-stream"
STREAM_ARN = f"arn:aws:kinesis:us-east-1:123456789012:stream/{STREAM}"
PUT = {"Effect": "Allow", "Action": "kinesis:PutRecord", "Resource": STREAM_ARN}


@pytest.fixture(scope="module")
def deployed(account):
    kinesis = account.aws("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(
        StreamName=STREAM, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )
    account.deploy("producer", {"KINESIS_STREAM_NAME": STREAM}, [PUT])
    return account


@pytest.fixture
def post(deployed):
    """post(body) → the producer's answer to an HTTP API's event."""

    def post(body: str | None, **members) -> dict:
        event = {"version": "2.0", "requestContext": {"http": {"method": "POST", "path": "/vote"}}}
        event |= {} if body is None else {"body": body, "isBase64Encoded": False}
        answer = deployed.invoke("producer", event | members)
        assert answer.error is None, answer
        return answer.payload

    return post


@pytest.fixture
def new_records(deployed):
    """new_records() → the records that the test put into the stream so far, with their votes decoded."""
    (shard,) = deployed.region.kinesis.stream(
        STREAM
    ).shards  # not GetRecords, which may be called five times a second
    start = shard.position("LATEST")

    def new_records() -> list[dict]:
        records = shard.read(start, 100).records
        return [{"PartitionKey": record.partition_key, "Vote": json.loads(record.data)} for record in records]

    return new_records


@pytest.mark.parametrize(
    ("body", "voter"),
    [
        pytest.param('{"vote":"VER"}', None, id="a vote"),
        pytest.param(' {\n"vote" : "VER" } ', None, id="spaces"),
        pytest.param('{"vote":"VER","voter":"phone-7"}', "phone-7", id="a voter"),
        pytest.param('{"vote":"VER","voter":"José Ñandú"}', "José Ñandú", id="a voter beyond ASCII"),
        pytest.param(json.dumps({"vote": "VER", "voter": "x" * 100}), "x" * 100, id="the longest voter"),
        pytest.param('{"vote":"VER","voter":null}', None, id="voter null"),
        pytest.param('{"vote":"VER","voter":""}', None, id="voter empty"),
        pytest.param('{"vote":"VER","colour":"red","vote_id":"mine"}', None, id="more than was asked"),
        pytest.param('{"vote":"NOR","vote":"VER"}', None, id="a key twice"),
    ],
)
def test_a_good_vote_is_one_record(post, new_records, body, voter):
    answer = post(body)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"message": "Vote received"})
    (record,) = new_records()
    vote = record["Vote"]
    assert vote["vote"] == "VER"
    assert vote.get("voter") == voter
    assert set(vote) == {"vote", "vote_id", "cast_at"} | ({"voter"} if voter else set())
    assert str(uuid.UUID(vote["vote_id"])) == vote["vote_id"]
    assert datetime.fromisoformat(vote["cast_at"]).utcoffset().total_seconds() == 0
    assert record["PartitionKey"] == (voter or vote["vote_id"])


NO_JSON, NO_OPTION = "The body is not JSON", "The vote is missing or not on the ballot"
NO_VOTER = "The voter is not a text of at most 100 characters"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(None, "The body is empty", id="no body"),
        pytest.param("", "The body is empty", id="an empty body"),
        pytest.param("vote=VER", NO_JSON, id="a form"),
        pytest.param('{"vote":', NO_JSON, id="broken off"),
        pytest.param("{'vote': 'VER'}", NO_JSON, id="Python, not JSON"),
        pytest.param("[" * 100_000, NO_JSON, id="too deep"),
        pytest.param("null", NO_OPTION, id="null"),
        pytest.param('"VER"', NO_OPTION, id="a string"),
        pytest.param('["VER"]', NO_OPTION, id="a list"),
        pytest.param("{}", NO_OPTION, id="no vote"),
        pytest.param('{"vote":null}', NO_OPTION, id="vote null"),
        pytest.param('{"vote":""}', NO_OPTION, id="vote empty"),
        pytest.param('{"vote":"ver"}', NO_OPTION, id="lower case"),
        pytest.param('{"vote":"XXX"}', NO_OPTION, id="nobody on the ballot"),
        pytest.param('{"vote":["VER"]}', NO_OPTION, id="a list of votes"),
        pytest.param('{"vote":{"code":"VER"}}', NO_OPTION, id="an object"),
        pytest.param('{"vote":33}', NO_OPTION, id="a number"),
        pytest.param('{"vote":"VER","voter":7}', NO_VOTER, id="voter a number"),
        pytest.param('{"vote":"VER","voter":["me"]}', NO_VOTER, id="voter a list"),
        pytest.param(json.dumps({"vote": "VER", "voter": "x" * 101}), NO_VOTER, id="a voter too long"),
    ],
)
def test_a_bad_vote_is_a_400_that_says_why_and_no_record(post, new_records, body, message):
    answer = post(body)
    assert (answer["statusCode"], json.loads(answer["body"])) == (400, {"message": message})
    assert new_records() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(base64.b64encode(b'{"vote":"VER"}').decode(), 200, id="a vote"),
        pytest.param(base64.b64encode(b"\xff\xfe\xfd").decode(), 400, id="no text"),
        pytest.param("AAA", 400, id="no Base64"),
        pytest.param("", 400, id="empty"),
    ],
)
def test_a_body_in_base64_is_decoded(post, new_records, body, status):
    assert post(body, isBase64Encoded=True)["statusCode"] == status
    assert len(new_records()) == (1 if status == 200 else 0)


def test_a_preflight_is_answered_without_a_body(post, new_records):
    answer = post(None, requestContext={"http": {"method": "OPTIONS", "path": "/vote"}})
    assert answer["statusCode"] == 204
    assert "body" not in answer
    assert new_records() == []


@pytest.mark.parametrize("body", ['{"vote":"VER"}', "", "nonsense"])
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_every_answer_lets_other_origins_read_it(post, method, body):
    headers = post(body, requestContext={"http": {"method": method}})["headers"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Allow-Methods"] == "POST,OPTIONS"
    assert headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("event", [{"body": '{"vote":"VER"}'}, {"body": {"vote": "VER"}}, {}])
def test_an_event_made_by_hand_needs_no_http_around_it(deployed, event):
    answer = deployed.invoke("producer", event)
    assert answer.error is None
    assert answer.payload["statusCode"] == (200 if event.get("body") == '{"vote":"VER"}' else 400)


def test_a_voters_votes_share_a_key_and_others_do_not(post, new_records):
    for voter in ("ana", "ana", None, None):
        post(json.dumps({"vote": "ALO", "voter": voter}))
    first, second, third, fourth = (record["PartitionKey"] for record in new_records())
    assert first == second == "ana"
    assert len({first, third, fourth}) == 3


def test_a_failure_is_a_500_without_internals_and_a_traceback_in_the_log(deployed, post, new_records):
    deployed.permit("producer", [PUT | {"Effect": "Deny"}])
    try:
        event = {"body": '{"vote":"VER"}'}
        answer = deployed.invoke("producer", event)
        assert (answer.payload["statusCode"], json.loads(answer.payload["body"])) == (
            500,
            {"message": "The vote could not be recorded"},
        )
        assert answer.payload["headers"]["Access-Control-Allow-Origin"] == "*"
        assert "Traceback (most recent call last)" in answer.log
        assert "kinesis:PutRecord on resource: " + STREAM_ARN in answer.log
        assert new_records() == []
    finally:
        deployed.permit("producer", [PUT])
    assert post('{"vote":"VER"}')["statusCode"] == 200
