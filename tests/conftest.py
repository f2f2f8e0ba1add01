"""What tests of several rooms share."""

import shutil
from pathlib import Path

import pytest

from tests.browser.lab import chromium
from tests.local_region import aws, manual_clock, quick_settings, region, shared_region

__all__ = ["aws", "manual_clock", "quick_settings", "region", "shared_region"]  # fixtures


@pytest.fixture
def small_workbook(tmp_path) -> Path:
    """A workbook of two small lessons that need no region, sources only, to build and run tools on."""
    shutil.copytree(Path(__file__).parent / "workbook", tmp_path / "workbook")
    return tmp_path / "workbook"


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium. A module's: Playwright's event loop should not outlive the tests that need it."""
    with chromium() as browser:
        yield browser
