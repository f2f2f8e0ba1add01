from __future__ import annotations

import pytest

from tests.region.workbook import Workbook


@pytest.fixture
def workbook(tmp_path):
    """A workbook whose region is not running yet, and does not run afterwards."""
    made = Workbook(tmp_path / "state")
    yield made
    made.command("stop")
