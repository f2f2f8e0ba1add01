"""The workbook side's tests speak English and leave the process's environment and boto3 as they found them."""

from __future__ import annotations

import os

import boto3
import pytest

from helpers import connection, translate
from helpers.region import process
from helpers.region.state import STATE_VARIABLE
from helpers.widgets import background, errors


@pytest.fixture(autouse=True)
def as_found(monkeypatch):
    before = dict(os.environ)
    monkeypatch.setattr(connection, "_learner", {})
    monkeypatch.setattr(connection, "_ours", {})
    translate.set_locale("en")
    errors.forget()
    yield
    background.stop_all()
    os.environ.clear()
    os.environ.update(before)
    boto3.DEFAULT_SESSION = None


@pytest.fixture(scope="session")
def state_folder(tmp_path_factory):
    """The folder of a region process of these tests' own, stopped at the end."""
    folder = tmp_path_factory.mktemp("region")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATE_VARIABLE, str(folder))
        yield folder
        process.stop()


@pytest.fixture
def local(state_folder):
    """A connection to that region, emptied after the test."""
    yield connection.connect("local")
    process.reset()
