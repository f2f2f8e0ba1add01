"""CloudWatch's metrics, summed per minute before they are stored: a datapoint per vote would bury the region.

A service adds values; what a minute saw becomes a statistic set (sum, count, minimum, maximum) there.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import NamedTuple

from .clock import Clock
from .moto_services import Moto

MINUTE = 60
MOST_SETS = 20_000
"""Sets that wait for a reader. Past this the oldest go, as CloudWatch drops its minutes after 15 days."""


class Metric(NamedTuple):
    namespace: str
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]


class StatisticSet:
    __slots__ = ("count", "maximum", "minimum", "sum")

    def __init__(self, value: float):
        self.count, self.sum, self.minimum, self.maximum = 1, value, value, value

    def add(self, value: float) -> None:
        self.count += 1
        self.sum += value
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)


class Metrics:
    def __init__(self, moto: Moto, clock: Clock):
        self._moto = moto
        self._clock = clock
        self._lock = threading.Lock()
        self._sets: dict[tuple[Metric, int], StatisticSet] = {}

    def add(self, namespace: str, name: str, value: float, unit: str, **dimensions: str) -> None:
        """Add `value` to this minute's set. Safe from any thread, and cheap enough for every record.

        namespace: "AWS/Kinesis". unit: CloudWatch's ("Count", "Milliseconds"). dimensions: StreamName="…".
        """
        minute = int(self._clock.now()) // MINUTE * MINUTE
        key = (Metric(namespace, name, unit, tuple(dimensions.items())), minute)
        with self._lock:
            known = self._sets.get(key)
            if known is not None:
                known.add(value)
                return
            self._sets[key] = StatisticSet(value)
            if len(self._sets) > MOST_SETS:
                del self._sets[next(iter(self._sets))]

    def flush(self) -> None:
        """Hand everything added so far to CloudWatch; sets of one minute add up there."""
        with self._lock:
            sets, self._sets = self._sets, {}
        for namespace, rows in _by_namespace(sets).items():
            self._moto.put_metric_data(namespace, rows)

    def reset(self) -> None:
        with self._lock:
            self._sets = {}


def _by_namespace(sets: dict[tuple[Metric, int], StatisticSet]) -> dict[str, list[dict]]:
    """PutMetricData's rows for each namespace."""
    rows: dict[str, list[dict]] = {}
    for (metric, minute), values in sets.items():
        rows.setdefault(metric.namespace, []).append(
            {
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
                "Timestamp": datetime.fromtimestamp(minute, UTC),
                "StatisticValues": {
                    "SampleCount": values.count,
                    "Sum": values.sum,
                    "Minimum": values.minimum,
                    "Maximum": values.maximum,
                },
                "Unit": metric.unit,
            }
        )
    return rows
