"""The service alone, on a clock that the test advances."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from helpers.region.errors import AwsError
from helpers.region.kinesis import Kinesis, Stream
from helpers.region.metrics import Metrics
from helpers.region.settings import Settings


@pytest.fixture
def kinesis(manual_clock) -> Kinesis:
    return Kinesis(manual_clock, Settings(), Metrics(None, manual_clock))


@pytest.fixture
def make_stream(kinesis, manual_clock) -> Callable[..., Stream]:
    """make_stream(shards=2) → an ACTIVE stream named votes."""

    def make(name: str = "votes", shards: int | None = 1, **parameters) -> Stream:
        kinesis.create_stream(StreamName=name, ShardCount=shards, **parameters)
        manual_clock.advance(1)
        return kinesis.stream(name)

    return make


@pytest.fixture
def refusal() -> Callable[..., tuple[str, str]]:
    """refusal(action, **parameters) → the code and message that the action is refused with."""

    def refuse(action: Callable, **parameters) -> tuple[str, str]:
        with pytest.raises(AwsError) as caught:
            action(**parameters)
        return caught.value.code, caught.value.message

    return refuse
