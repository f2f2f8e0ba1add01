"""Where the next boto3 client goes: the local region, the learner's AWS account, or any AWS-compatible server.

`connect` sets this process's AWS_* variables, so that a notebook's cell then says `boto3.client("kinesis")` exactly
as on AWS. It asks the other side who we are before it returns, and whenever it fails it leaves the process
disconnected, so that no later cell can reach an account by accident.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from helpers import style
from helpers.messages import Friendly
from helpers.region.proxies import without_proxy
from helpers.translate import number, t

ACCOUNT_VARIABLE = "STREAMING_WORKBOOK_ACCOUNT"
DEFAULT_REGION = "us-east-1"
PATIENCE = {"local": 10.0, "aws": 30.0, "url": 10.0}  # seconds until the other side must have said who we are

# USD in us-east-1, price list of September 2026: what costs while nothing happens is a stream, nothing else here.
SHARD_HOUR, ON_DEMAND_HOUR = 0.015, 0.04

# Keeps boto3 from the learner's shared configuration and from a cloud machine's own role.
DISCONNECTED = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# A lesson run in one go meets Kinesis's quotas (5 reads a second per shard): boto3 tries again, a little longer than
# it would by itself.
PATIENT = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "8"}

_learner: dict[str, str] = {}  # the AWS_* variables that the learner brought
_ours: dict[str, str] = {}  # the AWS_* variables that the last connect set


class ConnectError(Friendly):
    """The target cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Connection:
    """Where boto3 points now. `kind` is "local", "aws" or "url"."""

    kind: str
    endpoint: str
    account: str
    region: str

    @property
    def cost(self) -> str:
        """What an hour costs, on AWS; empty elsewhere."""
        if self.kind != "aws":
            return ""
        return t("connect.cost", shard=number(SHARD_HOUR, 3), on_demand=number(ON_DEMAND_HOUR, 2))

    def __str__(self) -> str:
        facts = t("connect.facts", account=self.account, region=self.region, endpoint=self.endpoint)
        return "\n".join(filter(None, [t(f"connect.to_{self.kind}"), facts, self.cost]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title, *paragraphs = str(self).splitlines()
        return style.panel("hint" if self.cost else "info", title, *paragraphs)


def connect(target: str = "local", account: str = "") -> Connection:
    """Points boto3 at `target` and returns where that is.

    target: "local" (this machine's region, started if absent), "aws" (the learner's own credentials), or the http(s)
    URL of an AWS-compatible server.
    account: for "aws", the 12 digits of the account that is meant, or else the variable STREAMING_WORKBOOK_ACCOUNT; it
    must be the one that the credentials belong to. Raises ConnectError.
    """
    _remember_learner()
    _apply(DISCONNECTED)
    try:
        if target == "local":
            return _to_local()
        if target == "aws":
            return _to_aws(account or os.environ.get(ACCOUNT_VARIABLE, ""))
        return _to_url(checked_url(target))
    except BaseException:
        _apply(DISCONNECTED)
        raise


def _to_local() -> Connection:
    from helpers.region.errors import RegionError
    from helpers.region.process import ensure_started

    try:
        state = ensure_started()
    except RegionError as error:
        raise ConnectError(t("connect.region_failed", reason=_reason(error))) from error
    _apply(local_variables(state.endpoint_url, state.access_key, state.secret_key, state.region))
    if state.lan:
        _spare_proxy(state.lan)
    return confirmed(_verified("local", state.endpoint_url), state.account)


def _to_url(url: str) -> Connection:
    _apply(url_variables(url, _learner))
    return _verified("url", url)


def _to_aws(account: str) -> Connection:
    _apply(aws_variables(_learner))
    return confirmed(_verified("aws", "AWS"), account)


# --- the variables of each target -------------------------------------------------------------------------------


def local_variables(endpoint: str, key: str, secret: str, region: str) -> dict[str, str]:
    return {
        **DISCONNECTED,
        **PATIENT,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
    }


def url_variables(url: str, learner: Mapping[str, str]) -> dict[str, str]:
    """The learner's key, if the environment has one, else a dummy; never what the shared configuration holds."""
    region = learner.get("AWS_DEFAULT_REGION") or learner.get("AWS_REGION") or DEFAULT_REGION
    variables = local_variables(url, "test", "test", region)
    if "AWS_ACCESS_KEY_ID" in learner and "AWS_SECRET_ACCESS_KEY" in learner:
        own = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        variables |= {name: learner[name] for name in own if name in learner}
    if "AWS_CA_BUNDLE" in learner:
        variables["AWS_CA_BUNDLE"] = learner["AWS_CA_BUNDLE"]
    return variables


def aws_variables(learner: Mapping[str, str]) -> dict[str, str]:
    """What the learner brought, but for endpoints: "aws" means AWS, wherever another tool pointed."""
    variables = {name: value for name, value in learner.items() if not name.startswith("AWS_ENDPOINT_URL")}
    if "AWS_REGION" in variables:
        variables.setdefault("AWS_DEFAULT_REGION", variables["AWS_REGION"])
    return {**PATIENT, **variables, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}


def checked_url(target: str) -> str:
    """`target` as an address without a trailing slash; ConnectError if it is none."""
    try:
        url = urlsplit(target)
        sound = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        sound = False
    if not sound or url.username or url.query or url.fragment or any(c.isspace() for c in target):
        raise ConnectError(t("connect.bad_target", target=target))
    return target.rstrip("/")


# --- the process and the other side -----------------------------------------------------------------------------


def _remember_learner() -> None:
    """An AWS_* variable that is not as the last connect left it was set by the learner, and kept for "aws"."""
    now = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    _learner.update({name: value for name, value in now.items() if _ours.get(name) != value})


def _apply(variables: Mapping[str, str]) -> None:
    """Makes `variables` the process's only AWS_* variables and forgets boto3's default session."""
    global _ours
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(variables)
    _ours = dict(variables)
    _spare_proxy()
    boto3.DEFAULT_SESSION = None


def _spare_proxy(*also: str) -> None:
    """What this machine answers by itself never goes through a proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = without_proxy(os.environ.get(name, ""), *also)


def _verified(kind: str, endpoint: str) -> Connection:
    """The connection, once STS said who we are, at the address that is meant ("AWS" or a URL)."""
    try:
        found = _within(PATIENCE[kind], partial(_who_am_i, kind))
    except (TimeoutError, NoConnection, HTTPClientError) as error:
        raise ConnectError(t("connect.silent", endpoint=endpoint, reason=_reason(error))) from error
    except (BotoCoreError, ClientError, ResponseParserError, KeyError) as error:
        raise ConnectError(t(f"connect.refused_{kind}", endpoint=endpoint, reason=_reason(error))) from error
    if found.endpoint != endpoint and not (kind == "aws" and _is_aws(found.endpoint)):
        raise ConnectError(t("connect.elsewhere", found=found.endpoint))
    return found


def confirmed(connection: Connection, account: str) -> Connection:
    """`connection`, if `account` is its account. Raises ConnectError, also when no account was named."""
    if not account:
        raise ConnectError(t("connect.account_wanted", found=connection.account, variable=ACCOUNT_VARIABLE))
    if connection.account != account:
        raise ConnectError(t("connect.other_account", expected=account, found=connection.account))
    return connection


def _who_am_i(kind: str) -> Connection:
    session = boto3.Session()
    if not session.region_name:
        raise ConnectError(t("connect.no_region"))
    once = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
    sts = session.client("sts", config=once)
    answer = sts.get_caller_identity()
    return Connection(kind, sts.meta.endpoint_url, answer["Account"], session.region_name)


def _is_aws(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def _within(seconds: float, call: Callable[[], Connection]) -> Connection:
    """call()'s result, or TimeoutError: a name server or a server may keep a socket waiting for minutes."""
    result: Future[Connection] = Future()

    def run() -> None:
        try:
            result.set_result(call())
        except BaseException as error:
            result.set_exception(error)

    threading.Thread(target=run, name="connect", daemon=True).start()
    return result.result(timeout=seconds)


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__).rstrip(".")
