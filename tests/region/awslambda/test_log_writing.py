"""What a function prints, as CloudWatch Logs shows it by the time Invoke has returned."""

from __future__ import annotations

import re

import pytest


def lines(function) -> list[str]:
    """The log between START and END."""
    events = function.log_events()
    return events[events.index(next(e for e in events if e.startswith("START"))) + 1 : -2]


@pytest.mark.parametrize(
    ("body", "events"),
    [
        ("print('one')\nprint('two')", ["one\n", "two\n"]),
        ("print('one\\ntwo')", ["one\n", "two\n"]),
        ("print('a\\rb')", ["a\rb\n"]),
        ("print('ñ', end='')", ["ñ"]),
        ("import sys\nprint('err', file=sys.stderr)", ["err\n"]),
        ("import sys\nsys.stdout.buffer.write(b'\\xff\\x00\\xfe\\n')", ["\ufffd\0\ufffd\n"]),
        ("import os\nos.write(1, b'raw\\n')", ["raw\n"]),
        ("import logging\nlogging.getLogger().info('hidden')", []),
    ],
)
def test_prints(deploy, body, events):
    function = deploy(
        f"def lambda_handler(event, context):\n{''.join(f'    {line}{chr(10)}' for line in body.splitlines())}"
    )
    function.invoke({})
    assert lines(function) == events


def test_prints_and_log_lines_keep_their_order(deploy):
    function = deploy(
        """
        import logging
        logging.getLogger().setLevel("INFO")
        def lambda_handler(event, context):
            print("before")
            logging.info("logged\\nin two lines")
            print("between")
            raise ValueError("bad thing")
        """
    )
    outcome = function.invoke({})
    before, logged, between, error = lines(function)
    request_id = outcome.payload["requestId"]
    assert (before, between) == ("before\n", "between\n")
    assert re.fullmatch(
        rf"\[INFO\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{request_id}\tlogged\nin two lines\n", logged
    )
    assert error == (
        "[ERROR] ValueError: bad thing\nTraceback (most recent call last):\n"
        '\u00a0\u00a0File "/var/task/lambda_function.py", line 8, in lambda_handler\n'
        '\u00a0\u00a0\u00a0\u00a0raise ValueError("bad thing")'
    )


def test_an_invocations_log_from_its_cold_start(deploy):
    function = deploy("print('import')\ndef lambda_handler(event, context):\n    print('run')\n")
    log = function.invoke({}).log
    events = function.log_events()
    assert re.fullmatch(
        r"INIT_START Runtime Version: python:3\.\d+\.v\d+\tRuntime Version ARN: "
        r"arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n",
        events[0],
    )
    assert events[1] == "import\n"
    assert "".join(events[2:]) == log
    start, run, end, report = events[2:]
    request_id = re.fullmatch(r"START RequestId: ([0-9a-f-]{36}) Version: \$LATEST\n", start)[1]
    assert (run, end) == ("run\n", f"END RequestId: {request_id}\n")
    assert re.fullmatch(
        rf"REPORT RequestId: {request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB"
        r"\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t\n",
        report,
    )
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", function.streams()[0])


def test_a_role_that_may_not_write_logs_has_a_function_without(deploy, make_role, aws):
    function = deploy(
        "def lambda_handler(event, context):\n    print('unheard')\n    return 1\n",
        Role=make_role("silent", logs=False),
    )
    outcome = function.invoke({})
    assert outcome.payload == 1
    assert "unheard" in outcome.log
    assert aws("logs").describe_log_groups()["logGroups"] == []


def test_a_log_group_of_its_own(deploy, aws):
    function = deploy(
        "def lambda_handler(event, context):\n    print('here')\n", LoggingConfig={"LogGroup": "votes/all"}
    )
    function.invoke({})
    messages = [e["message"] for e in aws("logs").filter_log_events(logGroupName="votes/all")["events"]]
    assert "here\n" in messages


def test_the_log_outlives_the_function(deploy):
    function = deploy("def lambda_handler(event, context):\n    print('here')\n")
    function.invoke({})
    function.client.delete_function(FunctionName="votes")
    assert "here\n" in function.log_events()


def test_a_flood_of_output_reaches_the_log_whole(deploy):
    function = deploy(
        "def lambda_handler(event, context):\n    for n in range(5000):\n        print(n)\n", Timeout=30
    )
    function.invoke({})
    logs = function.aws("logs")
    events, token = [], {}
    while True:
        page = logs.filter_log_events(logGroupName="/aws/lambda/votes", **token)
        events += [event["message"] for event in page["events"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert [event for event in events if event[0].isdigit()] == [f"{n}\n" for n in range(5000)]
