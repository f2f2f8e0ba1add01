"""Lessons in this process: a region of their own, and the environment and boto3 left as they were found."""

from __future__ import annotations

import asyncio
import io
import json
import os
from contextlib import redirect_stdout
from dataclasses import dataclass

import boto3
import pytest
from botocore.credentials import Credentials

from helpers import connection, translate
from helpers.catchup import RUN_CODE
from helpers.notebooks import solved_cells
from helpers.region import process
from helpers.region.state import STATE_VARIABLE
from helpers.widgets import background, errors

VERSION = {"Version": "2012-10-17"}


@dataclass(frozen=True)
class Account:
    """The account of a local region, as its administrator has it."""

    endpoint: str
    id: str
    key: Credentials

    def client(self, service: str, key: Credentials | None = None):
        """A boto3 client of the administrator, or of whoever has `key`."""
        key = key or self.key
        return boto3.Session(key.access_key, key.secret_key, key.token, "us-east-1").client(
            service, endpoint_url=self.endpoint
        )

    def session(self, policy: dict, role: str = "learner") -> Credentials:
        """The key of a person who may do what `policy` says and nothing else."""
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": self.id}, "Action": "sts:AssumeRole"}
        try:
            iam.create_role(
                RoleName=role, AssumeRolePolicyDocument=json.dumps({**VERSION, "Statement": [trust]})
            )
        except iam.exceptions.EntityAlreadyExistsException:
            pass
        iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=json.dumps(VERSION | policy))
        arn = f"arn:aws:iam::{self.id}:role/{role}"
        key = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="ana")["Credentials"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


@pytest.fixture(scope="module")
def _state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(STATE_VARIABLE, str(tmp_path_factory.mktemp("region")))
        yield process.ensure_started()
        process.stop()


@pytest.fixture
def as_found(monkeypatch):
    """Afterwards this process is as it was: its environment, its connection, its language."""
    before, locale = dict(os.environ), translate.get_locale()
    monkeypatch.setattr(connection, "_learner", {})
    monkeypatch.setattr(connection, "_ours", {})
    yield
    background.stop_all()
    errors.forget()
    os.environ.clear()
    os.environ.update(before)
    boto3.DEFAULT_SESSION = None
    translate.set_locale(locale)


@pytest.fixture
def account(_state, as_found):
    """An empty account."""
    process.reset()
    return Account(_state.endpoint_url, _state.account, Credentials(_state.access_key, _state.secret_key))


@dataclass
class Ran:
    """What became of a lesson's cells: what they printed, their variables, the error that ended them, and its cell."""

    text: str
    names: dict
    error: Exception | None
    cell: str


def run_cells(slug: str, **parameters: str) -> Ran:
    """Runs a solved lesson from top to bottom in this process, without a kernel, up to the first error."""
    names = {"__name__": f"lesson_{slug}"}

    async def run() -> tuple[Exception | None, str]:
        for cell in solved_cells(slug, "en"):
            if cell.kind != "code":
                continue
            try:
                result = eval(compile(cell.source, f"<{cell.id}>", "exec", flags=RUN_CODE), names)
                if asyncio.iscoroutine(result):
                    await result
            except Exception as error:
                return error, cell.source
            if "parameters" in cell.tags:
                names.update(parameters)
        return None, ""

    with redirect_stdout(io.StringIO()) as out:
        error, cell = asyncio.run(run())
    return Ran(out.getvalue(), names, error, cell)


@pytest.fixture
def clean_up(account):
    """clean_up(prefix) runs lesson 09; clean_up(prefix, key) does so with that key, and no more than it allows."""

    def clean_up(prefix: str, key: Credentials | None = None) -> Ran:
        if key is None:
            return run_cells("09_cleanup", prefix=prefix)
        os.environ.update(AWS_ACCESS_KEY_ID=key.access_key, AWS_SECRET_ACCESS_KEY=key.secret_key)
        os.environ["AWS_SESSION_TOKEN"] = key.token
        return run_cells("09_cleanup", prefix=prefix, target=account.endpoint)

    return clean_up
