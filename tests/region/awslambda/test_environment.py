"""Functions run for real: how they answer, fail, time out and die, and what an environment keeps between events."""

from __future__ import annotations

import json
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from helpers.region.awslambda import environment, pool

POSIX = sys.platform != "win32"
COUNTS = """
count = 0
def lambda_handler(event, context):
    global count
    count += 1
    return count
"""


def handler(body: str, top: str = "") -> str:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"{top}\ndef lambda_handler(event, context):\n{lines}\n"


# -- answers and failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        ("return event", {"vote": "VER"}),
        ("pass", None),
        ("return 'ñ'", "ñ"),
        ("from decimal import Decimal\nreturn {'n': Decimal('3'), 'x': Decimal('1.5')}", {"n": 3, "x": 1.5}),
        ("return context.function_name + context.function_version", "votes$LATEST"),
        ("return 0 < context.get_remaining_time_in_millis() <= 3000", True),
        ("import os\nreturn os.getcwd() == os.environ['LAMBDA_TASK_ROOT']", True),
    ],
)
def test_a_handler_answers(deploy, body, payload):
    outcome = deploy(handler(body)).invoke({"vote": "VER"})
    assert (outcome.error, outcome.payload) == (None, payload)


@pytest.mark.parametrize(
    ("source", "configuration", "kind", "message"),
    [
        (handler("raise ValueError('no such candidate')"), {}, "ValueError", "no such candidate"),
        (
            handler("return {1, 2}"),
            {},
            "Runtime.MarshalError",
            "Unable to marshal response: Object of type set is not JSON serializable",
        ),
        (
            handler("pass", top="import requests"),
            {},
            "Runtime.ImportModuleError",
            "Unable to import module 'lambda_function': No module named 'requests'",
        ),
        (
            handler("pass", top="import helpers"),
            {},
            "Runtime.ImportModuleError",
            "Unable to import module 'lambda_function': No module named 'helpers'",
        ),
        (
            handler("pass"),
            {"Handler": "missing.lambda_handler"},
            "Runtime.ImportModuleError",
            "Unable to import module 'missing': No module named 'missing'",
        ),
        (
            handler("pass"),
            {"Handler": "lambda_function.nope"},
            "Runtime.HandlerNotFound",
            "Handler 'nope' missing on module 'lambda_function'",
        ),
        (
            handler("pass"),
            {"Handler": "nodot"},
            "Runtime.MalformedHandlerName",
            "Bad handler 'nodot': not enough values to unpack (expected 2, got 1)",
        ),
        (
            handler("pass"),
            {"Handler": "sys.exit"},
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module sys as a handler module",
        ),
        (
            "def lambda_handler(event, context)\n    pass\n",
            {},
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'lambda_function': expected ':' (lambda_function.py, line 1)",
        ),
        ("raise RuntimeError('at import')\n", {}, "RuntimeError", "at import"),
        (handler("import pandas"), {}, "ModuleNotFoundError", "No module named 'pandas'"),
    ],
)
def test_an_error_is_told_as_awslambdaric_tells_it(deploy, source, configuration, kind, message):
    outcome = deploy(source, **configuration).invoke({})
    assert outcome.error == "Unhandled"
    assert (outcome.payload["errorType"], outcome.payload["errorMessage"]) == (kind, message)
    assert list(outcome.payload) == ["errorMessage", "errorType", "requestId", "stackTrace"]


def test_a_stack_trace_is_shown_under_var_task(deploy):
    function = deploy(handler("raise ValueError('x')"))
    outcome = function.invoke({})
    assert outcome.payload["stackTrace"] == [
        "  File \"/var/task/lambda_function.py\", line 3, in lambda_handler\n    raise ValueError('x')\n"
    ]
    assert 'File "/var/task/lambda_function.py", line 3' in outcome.log


def test_a_trace_through_boto3_names_no_folder_of_this_machine(deploy):
    body = "import boto3\nboto3.client('kinesis').describe_stream(StreamName='none')"
    outcome = deploy(handler(body)).invoke({})
    paths = re.findall(r'File "([^"]+)"', json.dumps(outcome.payload).replace('\\"', '"'))
    assert {path.split("/")[1] for path in paths} == {"var"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import sys\nsys.exit(0)", "Runtime exited without providing a reason"),
        ("import os\nos._exit(3)", "Runtime exited with error: exit status 3"),
        pytest.param(
            "import os\nos.abort()",
            "Runtime exited with error: signal: aborted",
            marks=pytest.mark.skipif(not POSIX, reason="Windows has no signals"),
        ),
        pytest.param(
            "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
            "Runtime exited with error: signal: segmentation fault",
            marks=pytest.mark.skipif(not POSIX, reason="Windows has no signals"),
        ),
    ],
)
def test_a_runtime_that_dies(deploy, body, reason):
    outcome = deploy(handler(f"print('last words')\n{body}")).invoke({})
    request_id = re.search(r"START RequestId: (\S+)", outcome.log)[1]
    assert outcome.error == "Unhandled"
    assert outcome.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {request_id} Error: {reason}",
    }
    assert "last words\n" in outcome.log
    assert outcome.log.endswith("\tStatus: error\tError Type: Runtime.ExitError\n")


def test_a_response_that_is_too_large(deploy):
    source = handler("if event['large']:\n    return 'x' * 6291600\nreturn 'y' * 6291550")
    function = deploy(source, MemorySize=512)
    assert function.invoke({"large": True}).payload == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert len(function.invoke({"large": False}).payload) == 6291550


def test_a_function_that_takes_more_memory_than_it_has_is_killed(deploy):
    body = "held = []\nwhile True:\n    held.append(bytearray(b'x') * 5_000_000)"
    outcome = deploy(handler(body), Timeout=30).invoke({})
    assert outcome.payload["errorType"] == "Runtime.ExitError"
    assert outcome.payload["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert "Max Memory Used: 128 MB" in outcome.log


def test_an_init_that_fails_is_tried_again_in_the_invocation(deploy):
    function = deploy("print('importing')\nimport requests\n")
    assert function.invoke({}).payload["requestId"] == ""
    events = function.log_events()
    kinds = [re.split(r"[ \t:\n]", event)[0] for event in events]
    attempt = ["importing", "[WARNING]", "[ERROR]", "INIT_REPORT"]
    assert kinds == ["INIT_START", *attempt, *attempt, "START", "END", "REPORT"]
    ends = [event.split("\t", 1)[1] for event in events if event.startswith("INIT_REPORT")]
    failed = "Status: error\tError Type: Runtime.ImportModuleError\n"
    assert ends == [f"Phase: init\t{failed}", f"Phase: invoke\t{failed}"]
    assert events[-1].endswith(failed)


def test_the_timeout_is_the_invocations_and_not_the_inits(deploy):
    function = deploy(handler("return 'ready'", top="import time\ntime.sleep(1.2)"), Timeout=1)
    outcome = function.invoke({})
    assert (outcome.error, outcome.payload) == (None, "ready")
    assert float(re.search(r"Init Duration: (\d+\.\d\d) ms", outcome.log)[1]) >= 1200


def test_an_init_that_takes_too_long_is_run_again_in_the_invocation(deploy, monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "INIT_SECONDS", 0.5)
    marker = tmp_path / "tried"
    source = f"""
    import os, time
    if not os.path.exists({str(marker)!r}):
        open({str(marker)!r}, "w").close()
        time.sleep(60)
    def lambda_handler(event, context):
        return "ready"
    """
    function = deploy(source, Timeout=20)
    outcome = function.invoke({})
    assert (outcome.error, outcome.payload) == (None, "ready")
    assert "Init Duration" not in outcome.log
    events = function.log_events()
    assert re.fullmatch(r"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout\n", events[1])
    assert [event.split()[0] for event in events] == ["INIT_START", "INIT_REPORT", "START", "END", "REPORT"]


# -- what an environment keeps -------------------------------------------------------------------------------


def test_a_warm_environment_keeps_globals_and_stream(deploy):
    function = deploy(COUNTS)
    outcomes = [function.invoke({}) for _ in range(3)]
    assert [outcome.payload for outcome in outcomes] == [1, 2, 3]
    assert ["Init Duration" in outcome.log for outcome in outcomes] == [True, False, False]
    assert len(function.streams()) == 1


def test_a_handled_exception_does_not_reset_the_environment(deploy):
    function = deploy(COUNTS.replace("return count", "assert not event\n    return count"))
    assert function.invoke({}).payload == 1
    assert function.invoke({"raise": True}).error == "Unhandled"
    assert function.invoke({}).payload == 3


def test_a_timeout_loses_globals_and_keeps_temporary_files(deploy):
    source = """
    import os, tempfile, time
    count = 0
    def lambda_handler(event, context):
        global count
        count += 1
        kept = os.path.join(tempfile.gettempdir(), "kept")
        open(kept, "a").write("x")
        if event["hang"]:
            print("waiting")
            time.sleep(60)
        return [count, os.path.getsize(kept)]
    """
    function = deploy(source, Timeout=1)
    assert function.invoke({"hang": False}).payload == [1, 1]
    timed_out = function.invoke({"hang": True})
    request_id = re.search(r"START RequestId: (\S+)", timed_out.log)[1]
    assert timed_out.error == "Unhandled"
    assert timed_out.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 1.00 seconds",
    }
    assert "waiting\n" in timed_out.log
    assert "\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t" in timed_out.log
    assert timed_out.log.endswith("\tStatus: timeout\n")
    assert "Task timed out" not in timed_out.log
    after = function.invoke({"hang": False})
    assert after.payload == [1, 3]
    assert "Init Duration" not in after.log  # a suppressed init, inside the invocation
    assert len(function.streams()) == 1


def test_events_at_once_have_an_environment_each(deploy, tmp_path):
    source = """
    import os, time
    started = os.getpid()
    def lambda_handler(event, context):
        folder, wanted = event["folder"], event["wanted"]
        open(os.path.join(folder, str(started)), "w").close()
        while len(os.listdir(folder)) < wanted:
            time.sleep(0.01)
        return started
    """
    function = deploy(source, Timeout=20)
    with ThreadPoolExecutor(3) as callers:
        outcomes = list(callers.map(function.invoke, [{"folder": str(tmp_path), "wanted": 3}] * 3))
    assert len({outcome.payload for outcome in outcomes}) == 3
    assert len(function.streams()) == 3


def test_functions_that_wait_for_functions_get_environments_in_the_end(deploy, monkeypatch, region):
    monkeypatch.setattr(pool, "ENVIRONMENTS", 2)
    deploy("def lambda_handler(event, context):\n    return 'inner'\n", name="inner")
    source = """
    import boto3, json
    def lambda_handler(event, context):
        return json.load(boto3.client("lambda").invoke(FunctionName="inner")["Payload"])
    """
    function = deploy(source, name="outer", Timeout=30)
    with ThreadPoolExecutor(4) as callers:
        outcomes = list(callers.map(function.invoke, [{}] * 4))
    assert [outcome.payload for outcome in outcomes] == ["inner"] * 4
    assert len(region.functions.pool.environments(region.functions.function("outer"))) <= 2


def test_the_environment_used_longest_ago_makes_room(deploy, monkeypatch, region):
    monkeypatch.setattr(pool, "ENVIRONMENTS", 2)
    functions = [deploy(COUNTS, name=name) for name in ("a", "b", "c")]
    assert [function.invoke({}).payload for function in functions] == [1, 1, 1]
    assert {one["name"]: one["environments"] for one in region.functions.describe()} == {
        "a": 0,
        "b": 1,
        "c": 1,
    }
    assert [function.invoke({}).payload for function in functions[1:]] == [2, 2]


def test_no_event_is_lost_while_code_changes(deploy, zipped):
    function = deploy("def lambda_handler(event, context):\n    return 0\n")
    answers, done = [], threading.Event()

    def call():
        while not done.is_set():
            answers.append(function.invoke({}).payload)

    with ThreadPoolExecutor(3) as callers:
        calls = [callers.submit(call) for _ in range(3)]
        for number in (1, 2, 3):
            code = zipped(f"def lambda_handler(event, context):\n    return {number}\n")
            function.client.update_function_code(FunctionName="votes", ZipFile=code)
            while number not in answers:
                threading.Event().wait(0.01)
        done.set()
    assert [call.exception() for call in calls] == [None] * 3
    assert set(answers) <= {0, 1, 2, 3}


def test_new_code_and_new_configuration_start_a_new_environment(deploy, zipped):
    function = deploy(COUNTS)
    function.invoke({})
    function.client.update_function_code(FunctionName="votes", ZipFile=zipped(handler("return 'new'")))
    function.wait()
    assert function.invoke({}).payload == "new"
    function.client.update_function_configuration(
        FunctionName="votes", Environment={"Variables": {"STREAM": "s"}}
    )
    function.wait()
    function.client.update_function_code(
        FunctionName="votes", ZipFile=zipped(handler("import os\nreturn os.environ['STREAM']"))
    )
    function.wait()
    assert function.invoke({}).payload == "s"
    assert len(function.streams()) == 3


def test_code_that_nothing_runs_is_removed(deploy, zipped, region):
    function = deploy(COUNTS)
    function.invoke({})
    for _ in range(2):
        function.client.update_function_code(FunctionName="votes", ZipFile=zipped(COUNTS))
        function.wait()
        function.invoke({})
    assert len(list(region.functions.folder.glob("task-*"))) == 1
    function.client.delete_function(FunctionName="votes")
    assert list(region.functions.folder.iterdir()) == []


# -- its surroundings ----------------------------------------------------------------------------------------


def test_a_function_sees_an_environment_of_its_own(deploy, monkeypatch, region):
    function = deploy(
        handler("import os\nreturn dict(os.environ)"),
        Environment={"Variables": {"STREAM": "votes", "TZ": "CET"}},
    )
    learners = {
        "LEARNERS_SECRET": "x",
        "AWS_PROFILE": "p",
        "PYTHONPATH": "/p",
        "HTTPS_PROXY": "http://proxy:1",
    }
    with monkeypatch.context() as learner:
        for name, value in learners.items():
            learner.setenv(name, value)
        seen = function.invoke({}).payload
    expected = {
        "AWS_LAMBDA_FUNCTION_NAME": "votes",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/votes",
        "AWS_LAMBDA_LOG_STREAM_NAME": function.streams()[0],
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "_HANDLER": "lambda_function.lambda_handler",
        "AWS_ENDPOINT_URL": region.control.url,
        "STREAM": "votes",
        "TZ": "CET",
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert {"HOME", *learners}.isdisjoint(seen)
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert not any("TELEMETRY" in name for name in seen)


def test_a_function_is_its_role(deploy):
    body = "import boto3\nreturn boto3.client('sts').get_caller_identity()['Arn']"
    arn = deploy(handler(body)).invoke({}).payload
    assert arn == "arn:aws:sts::123456789012:assumed-role/function-role/votes"


def test_a_module_in_the_zip_is_found_before_awss(deploy, aws, zipped, role):
    lambdas = aws("lambda")
    code = zipped(lambda_function=handler("return six.mine", top="import six"), six="mine = 1")
    lambdas.create_function(
        FunctionName="own",
        Runtime="python3.13",
        Role=role,
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": code},
    )
    lambdas.get_waiter("function_active_v2").wait(FunctionName="own", WaiterConfig={"Delay": 0.02})
    assert lambdas.invoke(FunctionName="own")["Payload"].read() == b"1"


def test_temporary_folders_are_an_environments_own_and_go_with_it(deploy):
    function = deploy(handler("import tempfile\nreturn tempfile.gettempdir()"))
    folder = Path(function.invoke({}).payload)
    assert folder.is_dir()
    function.client.delete_function(FunctionName="votes")
    assert not folder.exists()


def test_deleting_a_function_ends_its_processes(deploy):
    function = deploy(handler("import os\nreturn os.getpid()"))
    pid = function.invoke({}).payload
    assert psutil.pid_exists(pid)
    function.client.delete_function(FunctionName="votes")
    assert not psutil.pid_exists(pid)


@pytest.mark.skipif(not POSIX, reason="the child is started with a POSIX command")
def test_what_a_function_started_ends_with_it(deploy):
    body = "import subprocess\nreturn subprocess.Popen(['sleep', '600']).pid"
    function = deploy(handler(body))
    pid = function.invoke({}).payload
    function.client.delete_function(FunctionName="votes")
    child = psutil.Process(pid) if psutil.pid_exists(pid) else None
    assert child is None or child.status() == psutil.STATUS_ZOMBIE or child.wait(5) is None


def test_an_answer_that_comes_after_the_end_is_nobodys(deploy):
    source = """
    import http.client, json, os
    def lambda_handler(event, context):
        address = os.environ["AWS_LAMBDA_RUNTIME_API"]
        host, token = address.split("/")
        answers = []
        for path in (token, "0" * 32):
            connection = http.client.HTTPConnection(host)
            connection.request("POST", f"/{path}/2018-06-01/runtime/invocation/other-id/response", b"1")
            response = connection.getresponse()
            answers.append([response.status, json.loads(response.read())["errorType"]])
        return answers
    """
    assert deploy(source).invoke({}).payload == [[400, "InvalidRequestID"], [403, "AccessDenied"]]


def test_idle_environments_are_retired(held, deploy_held, manual_clock):
    name = deploy_held(COUNTS)
    held.invoke_function(name, b"{}")
    [environment] = held.pool.environments(held.function(name))
    manual_clock.advance(held.settings.environment_idle_seconds - 1)
    held.pool.retire()
    assert psutil.pid_exists(environment.pid)
    manual_clock.advance(2)
    held.pool.retire()
    assert held.pool.environments(held.function(name)) == []
    assert not psutil.pid_exists(environment.pid)


def test_an_environment_is_retired_before_its_credentials_expire(held, deploy_held, manual_clock):
    name = deploy_held(COUNTS)
    assert held.invoke_function(name, b"{}").payload == b"1"
    [environment] = held.pool.environments(held.function(name))
    environment.expires = manual_clock.now() + 60
    assert held.invoke_function(name, b"{}").payload == b"1"


def test_closing_ends_a_function_at_work_and_every_thread(request, tmp_path):
    before = set(threading.enumerate())
    held, deploy_held = request.getfixturevalue("held"), request.getfixturevalue("deploy_held")
    started = tmp_path / "started"
    name = deploy_held(
        handler(
            f"open({str(started)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)", top="import os, time"
        ),
        Timeout=900,
    )
    answers = []
    caller = threading.Thread(target=lambda: answers.append(held.invoke_function(name, b"{}")))
    caller.start()
    while not started.exists() or not started.read_text():
        threading.Event().wait(0.01)
    held.close()
    caller.join(10)
    assert b"Runtime.ExitError" in answers[0].payload
    assert not psutil.pid_exists(int(started.read_text()))
    assert not held.folder.exists()
    for thread in set(threading.enumerate()) - before:
        if not thread.name.startswith("control-plane"):  # the region's, for this test's own boto3 client
            thread.join(10)
            assert not thread.is_alive(), thread
