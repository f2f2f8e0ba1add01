"""A real region for the tests of its services: in this process, on free ports, quick, emptied after each test."""

from __future__ import annotations

import os
from dataclasses import replace

import boto3
import pytest
from botocore.config import Config

from helpers.region.clock import ManualClock
from helpers.region.settings import Settings

QUICK = Settings(
    stream_seconds=0.05,
    function_seconds=0.02,
    mapping_seconds=0.05,
    poll_seconds=0.02,
    role_seconds=0.0,
    retry_base_seconds=0.02,
)
ACCESS_KEY, SECRET_KEY = "AKIATESTTESTTESTTEST", "the-learners-secret"


@pytest.fixture
def quick_settings() -> Settings:
    return QUICK


@pytest.fixture
def manual_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def shared_region():
    os.environ["MOTO_ACCOUNT_ID"] = QUICK.account
    from helpers.region.region import Region

    region = Region(ACCESS_KEY, SECRET_KEY, replace(QUICK)).start()
    yield region
    region.close()


@pytest.fixture
def region(shared_region):
    """A started Region, empty at the start of each test."""
    yield shared_region
    shared_region.reset()


@pytest.fixture
def aws(region):
    """aws("kinesis") → a boto3 client of the learner for the region; aws("sqs", session=…) → a role session's.

    The clients do not retry by themselves: a refusal is seen as the region gave it.
    """
    return lambda service, session=None: client(region, service, session)


def client(region, service: str, session=None):
    keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    if session is not None:
        keys = {
            "aws_access_key_id": session.access_key,
            "aws_secret_access_key": session.secret_key,
            "aws_session_token": session.session_token,
        }
    return boto3.client(
        service,
        endpoint_url=region.control.url,
        region_name=QUICK.region,
        config=Config(retries={"total_max_attempts": 1}, proxies={}, max_pool_connections=64),
        **keys,
    )
