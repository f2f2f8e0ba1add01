"""Lesson 09 on accounts as lessons leave them: all of one prefix goes, nothing else does, and no error is lost."""

from __future__ import annotations

from uuid import uuid4

from helpers.checks import CheckFailed
from helpers.names import Names
from tests.notebooks.leftovers import contents, leave

KINDS = ("mapping", "function", "API", "stream", "table", "queue", "topic", "log group", "role")


def deny(*actions: str) -> dict:
    may = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return {"Statement": [may, {"Effect": "Deny", "Action": list(actions), "Resource": "*"}]}


def test_all_of_a_prefix_goes_and_what_another_prefix_has_stays(account, clean_up):
    theirs = leave(account.client, account.id, "f1-vote")  # every name of theirs starts with "f1-" too
    ours = leave(account.client, account.id, "f1")
    assert contents(account.client) == ours | theirs

    ran = clean_up("f1")
    assert ran.error is None, ran.text
    assert contents(account.client) == theirs
    assert "The service 'tagging' is not in this local region" in ran.text

    bill = ran.names["bill"]
    assert any(
        name == "f1-stream" and what.endswith(" shard-hours") and cost > 0 for name, what, cost in bill
    )
    assert any(
        name == "f1-on-demand" and what.endswith(" stream-hours") and cost > 0 for name, what, cost in bill
    )
    assert any(name == "f1-producer" and what.startswith("1 invocations, ") for name, what, _ in bill)

    again = clean_up("f1")
    assert again.error is None, again.text
    assert [kind for kind in KINDS if f"✓ {kind}: there was nothing to delete" not in again.text] == []
    assert contents(account.client) == theirs


def test_a_failure_half_way_is_shown_and_the_next_run_goes_on(account, clean_up):
    names = Names("f1-vote")
    leave(account.client, account.id, names.prefix)
    ran = clean_up(
        names.prefix, account.session(deny("kinesis:DeleteStream", "lambda:DeleteEventSourceMapping"))
    )
    assert isinstance(ran.error, CheckFailed)
    assert "5 errors, and 5 resources of yours remain" in str(ran.error)
    refused = "is not authorized to perform: kinesis:DeleteStream on resource"
    assert sum(line.startswith("✗") and refused in line for line in ran.text.splitlines()) == 3
    streams = {names.stream, "f1-vote-keys", "f1-vote-on-demand"}
    mappings = {f"{names.consumer} reads {stream}" for stream in (names.stream, "f1-vote-keys")}
    assert (
        contents(account.client) == streams | mappings
    )  # all the rest did go, and the mappings are orphans now

    ran = clean_up(names.prefix, account.session(deny("s3:*")))
    assert ran.error is None, ran.text
    assert contents(account.client) == set()


def test_what_could_not_be_listed_is_not_called_gone(account, clean_up):
    account.client("kinesis").create_stream(
        StreamName="f1-vote-stream", Tags=Names("f1-vote").tags, ShardCount=1
    )
    ran = clean_up("f1-vote", account.session(deny("kinesis:ListStreams")))
    assert isinstance(ran.error, CheckFailed)
    assert "✗ my_streams An error occurred (AccessDeniedException)" in ran.text
    assert "✗ stream: could not be listed" in ran.text
    assert contents(account.client) == {"f1-vote-stream"}


def test_the_last_check_finds_by_name_what_carries_no_tag(account, clean_up):
    account.client("kinesis").create_stream(StreamName="f1-vote-stream", ShardCount=1)
    ran = clean_up("f1-vote")
    assert isinstance(ran.error, CheckFailed) and "AWS still knows: f1-vote-stream" in str(ran.error)
    assert contents(account.client) == {"f1-vote-stream"}


def test_what_is_listed_and_exists_no_more_counts_as_gone(account, clean_up):
    names = clean_up("f1-vote").names
    mapping = {
        "EventSourceMappingArn": f"arn:aws:lambda:us-east-1:{account.id}:event-source-mapping:{uuid4()}"
    }
    things = {"queue_tags": f"{account.endpoint}/{account.id}/f1-vote-gone", "mapping_tags": mapping}
    for tags_of in (
        f"{kind}_tags" for kind in ("stream", "table", "function", "role", "queue", "topic", "mapping")
    ):
        thing = things.get(tags_of, "f1-vote-gone")
        assert names["tags_if_there"](names[tags_of], thing) is None, tags_of
    assert not names["mine"](names["log_group_tags"], "/aws/lambda/f1-vote-gone")
