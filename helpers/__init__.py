"""What the notebooks import. Each name is loaded when it is first asked for: the region starts without plotly."""

from __future__ import annotations

import importlib

_HOMES = {
    "begin": "helpers.lesson",
    "connect": "helpers.connection",
    "Names": "helpers.names",
    "CheckFailed": "helpers.checks",
    "t": "helpers.translate",
    "number": "helpers.translate",
    "until": "helpers.waits",
    "package": "helpers.packaging",
    "ballot": "helpers.candidates",
    "VoteButtons": "helpers.widgets.vote_buttons",
    "VoteForm": "helpers.widgets.vote_form",
    "Crowd": "helpers.widgets.crowd",
    "LiveChart": "helpers.widgets.live_chart",
    "Dashboard": "helpers.widgets.dashboard",
    "Gauge": "helpers.widgets.gauges",
    "qr_code": "helpers.pictures.qr",
    "ShardMap": "helpers.widgets.shard_map",
    "Prediction": "helpers.widgets.prediction",
    "SignOfLife": "helpers.widgets.sign_of_life",
    "check_installation": "helpers.installation",
}

__all__ = list(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}; it has {', '.join(_HOMES)}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
