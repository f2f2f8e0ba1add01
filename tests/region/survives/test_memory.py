"""A region may run for weeks: what it drops is gone."""

from __future__ import annotations

import gc
import time

from helpers.region import moto_services


def test_log_events_that_are_cut_are_in_nobodys_hands(region, monkeypatch):
    monkeypatch.setattr(moto_services, "LOG_EVENTS_KEPT", 50)
    now = int(time.time() * 1000)  # Logs takes nothing that is older than 14 days
    for batch in range(10):
        region.moto.put_log_events("group", "stream", [(now + batch, "said")] * 100)
    gc.collect()
    events = [one for one in gc.get_objects() if type(one).__name__ == "LogEvent" and one.message == "said"]
    assert len(events) == 50
