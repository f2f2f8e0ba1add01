"""How much is tried: few examples, always the same ones; STREAMING_WORKBOOK_FUZZ=5000 for that many, all new."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

ASKED = int(os.environ.get("STREAMING_WORKBOOK_FUZZ", "0"))


def profile(examples: int):
    """A test's settings: `examples` of them in CI."""
    return settings(
        max_examples=ASKED or examples,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def fuzzed(shared_region):
    """The tests' region, emptied once the module's tests have had their way with it."""
    yield shared_region
    shared_region.reset()
