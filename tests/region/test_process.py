"""The region as a process: found again, started once, stopped with all it started, cured of a bad state file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import boto3
import psutil
import pytest

from helpers.region import process, state
from helpers.region.__main__ import environment, main, variable
from helpers.region.errors import RegionError
from helpers.region.lan import address_towards, choose, own_addresses
from helpers.region.region import is_addressed


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A state folder of its own, and no region left behind in it."""
    monkeypatch.setenv(state.STATE_VARIABLE, str(tmp_path / "state"))
    yield tmp_path / "state"
    process.stop()


def client(found: state.State, service: str):
    return boto3.client(
        service,
        endpoint_url=found.endpoint_url,
        region_name=found.region,
        aws_access_key_id=found.access_key,
        aws_secret_access_key=found.secret_key,
    )


def test_a_started_region_is_found_again_and_answers(home):
    started = process.ensure_started()
    assert process.ensure_started() == started
    assert client(started, "sts").get_caller_identity()["Account"] == started.account


def test_two_at_once_start_one(home):
    code = "from helpers.region import process; print(process.ensure_started().pid)"
    children = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    pids = {child.communicate(timeout=60)[0].strip() for child in children}
    assert len(pids) == 1


def test_a_region_of_older_code_is_replaced(home, monkeypatch):
    first = process.ensure_started()
    monkeypatch.setattr(state, "code", lambda: "another")
    second = process.ensure_started()
    assert second.pid != first.pid
    assert second.control_port == first.control_port


def test_key_and_ports_outlive_a_restart(home):
    first = process.ensure_started()
    assert process.stop()
    second = process.ensure_started()
    assert second.pid != first.pid
    assert (second.access_key, second.secret_key) == (first.access_key, first.secret_key)
    assert (second.control_port, second.front_port) == (first.control_port, first.front_port)


def test_a_taken_port_is_replaced(home):
    first = process.ensure_started()
    process.stop()
    with socket.create_server(("127.0.0.1", first.control_port)):
        second = process.ensure_started()
    assert second.control_port != first.control_port
    assert client(second, "kinesis").list_streams()["StreamNames"] == []


def test_a_killed_region_is_replaced(home):
    first = process.ensure_started()
    psutil.Process(first.pid).kill()
    psutil.wait_procs([psutil.Process(first.pid)] if psutil.pid_exists(first.pid) else [], timeout=10)
    assert process.ensure_started().pid != first.pid


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be stopped in place there")
def test_a_hanging_region_is_replaced(home, monkeypatch):
    first = process.ensure_started()
    psutil.Process(first.pid).suspend()
    real = process.ask
    monkeypatch.setattr(process, "ask", lambda found, word, timeout: real(found, word, min(timeout, 1)))
    assert process.ensure_started().pid != first.pid
    assert not psutil.pid_exists(first.pid) or psutil.Process(first.pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("text", ["", "{", "[]", '{"access_key": 5}', '{"access_key": "a"}', '{"pid": "x"}'])
def test_a_corrupt_state_file_is_put_aside(home, text):
    home.mkdir()
    state.state_file().write_text(text)
    assert process.find() is None
    assert (home / "region.json.broken").exists()
    assert process.ensure_started().pid


def test_a_state_that_names_a_strangers_process_is_stale(home):
    home.mkdir()
    state.save(state.State("AKIA", "secret", control_port=1, pid=os.getpid(), started=1.0))
    assert process.find() is None
    assert not process.stop()


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_only_the_learner_reads_the_secret(home):
    process.ensure_started()
    assert state.state_file().stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(state.STATE_VARIABLE, str(tmp_path / "file" / "state"))
    with pytest.raises(RegionError, match=state.STATE_VARIABLE):
        process.ensure_started()


def test_a_region_that_cannot_start_says_why(home, monkeypatch):
    monkeypatch.setattr(
        process, "_environment", lambda: {**os.environ, "PYTHONPATH": "", "PYTHONHOME": "nowhere"}
    )
    with pytest.raises(RegionError, match="could not start"):
        process.ensure_started()


def test_the_commands_say_what_they_did(home, capsys):
    assert main(["status"]) == 1
    assert "No region is running" in capsys.readouterr().out
    assert main(["reset"]) == 1
    assert "python -m helpers.region start" in capsys.readouterr().err
    assert main(["start"]) == 0
    assert "http://127.0.0.1:" in capsys.readouterr().out
    assert main(["status"]) == 0
    assert main(["reset"]) == 0
    assert main(["stop"]) == 0
    assert main(["stop"]) == 0
    assert "No region was running" in capsys.readouterr().out


def test_reset_empties_the_account(home):
    found = process.ensure_started()
    client(found, "sqs").create_queue(QueueName="q")
    client(found, "kinesis").create_stream(StreamName="s", ShardCount=1)
    process.reset()
    assert client(found, "sqs").list_queues().get("QueueUrls", []) == []
    assert client(found, "kinesis").list_streams()["StreamNames"] == []
    assert client(found, "sts").get_caller_identity()["Arn"].endswith("user/learner")


def test_env_points_any_client_at_the_region(home):
    found = process.ensure_started()
    assert environment(found)["AWS_ENDPOINT_URL"] == found.endpoint_url
    assert "127.0.0.1" in environment(found)["NO_PROXY"].split(",")
    assert variable("sh", "A", "b") == "export A='b'"
    assert variable("powershell", "A", "b") == "$env:A = 'b'"
    assert variable("cmd", "A", "b") == "set A=b"


def test_the_front_door_leads_nowhere_but_to_apis(home):
    found = process.ensure_started()
    with pytest.raises(urllib.request.HTTPError) as refused:
        urllib.request.urlopen(found.front_door_url + "/status", timeout=10)
    assert refused.value.code == 404


def test_a_stop_ends_the_process(home):
    started = process.ensure_started()
    watched = psutil.Process(started.pid)
    ended = threading.Event()
    threading.Thread(
        target=lambda: (psutil.wait_procs([watched], timeout=20), ended.set()), daemon=True
    ).start()
    assert process.stop()
    assert ended.wait(20)
    assert not watched.is_running() or watched.status() == psutil.STATUS_ZOMBIE


# --- the front door and the local network -------------------------------------------------------------------------


@pytest.fixture
def lan() -> str:
    """Another address of this machine than loopback."""
    found = own_addresses()
    if not found:
        pytest.skip("This machine has no address but loopback: the open front door is not tried.")
    return found[0]


def get(url: str, **headers: str) -> tuple[int, bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_region_keeps_to_this_machine_by_itself(home, lan):
    found = process.ensure_started()
    for port in (found.front_port, found.control_port):
        with pytest.raises(OSError):
            socket.create_connection((lan, port), timeout=5)


def test_a_door_opened_to_the_network_shows_the_apis_and_nothing_else(home, lan, capsys):
    assert main(["start", "--lan", lan]) == 0
    said = capsys.readouterr().out
    assert "WARNING: anybody on" in said and f"http://{lan}:" in said
    found = process.find()
    assert found.lan == lan
    api = client(found, "apigatewayv2").create_api(Name="votes", ProtocolType="HTTP")
    assert api["ApiEndpoint"] == f"http://{lan}:{found.front_port}/{api['ApiId']}"
    assert get(api["ApiEndpoint"]) == (404, b'{"message":"Not Found"}')
    with pytest.raises(OSError):
        socket.create_connection((lan, found.control_port), timeout=5)


def test_the_front_door_answers_to_no_name_that_a_web_page_could_choose(home):
    found = process.ensure_started()
    assert get(found.front_door_url, Host=f"evil.example:{found.front_port}")[0] == 403
    assert get(found.front_door_url, Host=f"localhost:{found.front_port}")[0] == 404


def test_an_open_door_is_closed_by_the_next_start(home, lan, capsys):
    assert main(["start", "--lan", lan]) == 0
    capsys.readouterr()
    assert main(["start"]) == 0
    assert "To close the door: python -m helpers.region stop" in capsys.readouterr().out
    assert main(["stop"]) == 0
    assert main(["start"]) == 0
    assert "WARNING" not in capsys.readouterr().out
    assert process.find().front_door_url.startswith("http://127.0.0.1:")


def test_a_region_that_runs_is_not_opened_behind_anybodys_back(home, lan, capsys):
    main(["start"])
    assert main(["start", "--lan", lan]) == 1
    assert "python -m helpers.region stop" in capsys.readouterr().err
    assert process.find().lan == ""


@pytest.mark.parametrize(
    ("named", "own", "leading_out", "chosen"),
    [
        ("", ["192.168.1.20"], "192.168.1.20", "192.168.1.20"),
        ("", ["172.17.0.1", "192.168.1.20"], "192.168.1.20", "192.168.1.20"),
        ("", ["192.168.1.20"], "", "192.168.1.20"),
        ("", ["8.8.4.4", "10.0.0.5"], "8.8.4.4", "10.0.0.5"),
        ("172.17.0.1", ["172.17.0.1", "192.168.1.20"], "192.168.1.20", "172.17.0.1"),
        ("8.8.4.4", ["8.8.4.4"], "8.8.4.4", "8.8.4.4"),
    ],
)
def test_the_address_to_open_is_the_one_that_leads_out_or_the_one_named(named, own, leading_out, chosen):
    assert choose(named, own, leading_out) == chosen


@pytest.mark.parametrize(
    ("named", "own", "says"),
    [
        ("10.0.0.9", ["192.168.1.20"], "10.0.0.9 is not an address of this machine. It has 192.168.1.20."),
        ("127.0.0.1", ["192.168.1.20"], "127.0.0.1 is not an address"),
        ("", ["10.0.0.5", "192.168.1.20"], "Name one: start --lan 10.0.0.5"),
        ("", ["8.8.4.4"], "no local network that could be opened by itself; it has 8.8.4.4"),
        ("", [], "it has none but loopback"),
    ],
)
def test_an_address_that_cannot_be_opened_or_told_apart_is_a_clear_error(named, own, says):
    with pytest.raises(RegionError, match=says):
        choose(named, own, "")


def test_the_address_towards_this_machine_is_loopback():
    assert address_towards(("127.0.0.1", 9)) == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "lan", "addressed"),
    [
        ("127.0.0.1:4000", "", True),
        ("localhost:4000", "", True),
        ("localhost", "", True),
        ("192.168.1.20:4000", "192.168.1.20", True),
        ("127.0.0.1:4000", "192.168.1.20", True),
        ("192.168.1.20:4000", "", False),
        ("evil.example:4000", "192.168.1.20", False),
        ("127.0.0.1.evil.example:4000", "", False),
        ("", "", False),
        (":4000", "", False),
    ],
)
def test_which_host_a_request_may_name(host, lan, addressed):
    assert is_addressed(host, lan) is addressed
