"""connect: which variables each target leaves, what is refused, and a process that ends up disconnected on failure."""

import os
import socket

import boto3
import pytest
from botocore.exceptions import BotoCoreError
from moto.server import ThreadedMotoServer

from helpers import connection
from helpers.connection import (
    DISCONNECTED,
    ConnectError,
    Connection,
    aws_variables,
    checked_url,
    confirmed,
    connect,
    url_variables,
)
from helpers.region.proxies import without_proxy

LEARNER = {
    "AWS_ACCESS_KEY_ID": "AKIALEARNER",
    "AWS_SECRET_ACCESS_KEY": "learners-secret",
    "AWS_SESSION_TOKEN": "learners-token",
    "AWS_PROFILE": "class",
    "AWS_REGION": "eu-south-2",
    "AWS_CA_BUNDLE": "/certificates.pem",
    "AWS_ENDPOINT_URL": "http://elsewhere",
    "AWS_ENDPOINT_URL_KINESIS": "http://elsewhere-too",
}


@pytest.fixture
def compatible_server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def aws_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


# --- the rules ----------------------------------------------------------------------------------------------------


def test_aws_has_all_that_the_learner_brought_but_endpoints():
    variables = aws_variables(LEARNER)
    assert variables["AWS_PROFILE"] == "class" and variables["AWS_ACCESS_KEY_ID"] == "AKIALEARNER"
    assert variables["AWS_DEFAULT_REGION"] == "eu-south-2"
    assert not any(name.startswith("AWS_ENDPOINT_URL") for name in variables)
    assert variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "true"


def test_a_url_has_the_learners_key_and_certificates_and_no_profile():
    variables = url_variables("http://server", LEARNER)
    assert variables["AWS_ENDPOINT_URL"] == "http://server"
    assert variables["AWS_SECRET_ACCESS_KEY"] == "learners-secret"
    assert variables["AWS_SESSION_TOKEN"] == "learners-token"
    assert variables["AWS_CA_BUNDLE"] == "/certificates.pem"
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert "AWS_PROFILE" not in variables and "AWS_ENDPOINT_URL_KINESIS" not in variables


@pytest.mark.parametrize(
    "learner", [{}, {"AWS_ACCESS_KEY_ID": "half a pair"}, {"AWS_SESSION_TOKEN": "alone"}]
)
def test_a_url_has_a_dummy_key_where_the_learner_has_no_pair(learner):
    variables = url_variables("http://server", learner)
    assert (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) == ("test", "test")
    assert "AWS_SESSION_TOKEN" not in variables


@pytest.mark.parametrize(
    "target",
    [
        "",
        "Local",
        "locl",
        "127.0.0.1:4566",
        "http://",
        "ftp://server",
        "http://server:99999",
        "http://server:port",
        "http://user:secret@server",
        "http://server?x=1",
        "http://server#x",
        "http://ser ver",
        "http://[::1",
    ],
)
def test_what_is_no_target_is_refused_with_the_three_there_are(target):
    with pytest.raises(ConnectError, match=r'"local".*"aws".*http://127') as refusal:
        connect(target)
    assert refusal.value._render_traceback_() == [f"✗ {refusal.value}"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "https://server.example/aws", "http://[::1]:8080"])
def test_an_address_loses_its_last_slash(url):
    assert checked_url(url) == checked_url(url + "/") == url


@pytest.mark.parametrize(
    "listed, expected",
    [
        ("", "127.0.0.1,localhost,::1"),
        ("intranet, localhost", "intranet,localhost,127.0.0.1,::1"),
        ("127.0.0.1,localhost,::1", "127.0.0.1,localhost,::1"),
    ],
)
def test_this_machine_is_never_behind_a_proxy(listed, expected):
    assert without_proxy(listed) == expected


@pytest.mark.parametrize(
    "account, says", [("", "belong to account 111"), ("222", "Account 222 was expected")]
)
def test_another_account_than_the_one_meant_is_refused(account, says):
    found = Connection("aws", "https://sts.amazonaws.com", "111", "us-east-1")
    with pytest.raises(ConnectError, match=says):
        confirmed(found, account)
    assert confirmed(found, "111") is found


def test_only_aws_costs():
    assert "0.015 USD" in Connection("aws", "https://sts.amazonaws.com", "111", "us-east-1")._repr_html_()
    assert "USD" not in str(Connection("local", "http://127.0.0.1:1", "111", "us-east-1"))


# --- real servers -------------------------------------------------------------------------------------------------


def test_a_compatible_server_gets_the_next_client_whatever_was_inherited(compatible_server, monkeypatch):
    boto3.setup_default_session(region_name="sa-east-1")
    for name, value in LEARNER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CA_BUNDLE")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    found = connect(compatible_server)
    assert (found.endpoint, found.region) == (compatible_server, "eu-south-2")
    kinesis = boto3.client("kinesis")
    assert kinesis.meta.endpoint_url == compatible_server
    assert kinesis.list_streams()["StreamNames"] == []


def test_a_failure_leaves_the_process_disconnected(compatible_server, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALEARNER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "learners-secret")
    connect(compatible_server)
    with pytest.raises(ConnectError):
        connect("nowhere")
    assert aws_environment() == DISCONNECTED
    with pytest.raises(BotoCoreError):
        boto3.client("kinesis").list_streams()


def test_nobody_listening_is_said():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ConnectError, match="Nobody answers"):
        connect(f"http://127.0.0.1:{port}")


def test_a_server_that_accepts_and_never_answers_does_not_hang(monkeypatch):
    monkeypatch.setitem(connection.PATIENCE, "url", 0.3)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(ConnectError, match="Nobody answers"),
    ):
        connect(f"http://127.0.0.1:{server.getsockname()[1]}")


def test_a_profile_that_does_not_exist_is_said(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(ConnectError, match="no-such-profile"):
        connect("aws", account="111122223333")
    assert aws_environment() == DISCONNECTED


def test_aws_without_a_region_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConnectError, match="AWS_DEFAULT_REGION"):
        connect("aws", account="111122223333")


# --- the local region ---------------------------------------------------------------------------------------------


def test_local_is_where_the_next_client_goes(local, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/no/such/file")
    assert connect("local") == local
    assert boto3.client("sts").get_caller_identity()["Account"] == local.account
    assert boto3.client("kinesis").meta.endpoint_url == local.endpoint


def test_away_and_back_in_one_process(local, compatible_server, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert connect(compatible_server).endpoint == compatible_server
    with pytest.raises(ConnectError, match="no-such-profile"):
        connect("aws", account="111122223333")  # what the learner brought is there again
    assert connect("local") == local
