"""Metrics per minute, read back from the region's CloudWatch; the minutes pass on a clock of the test's own."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime

import pytest

from helpers.region import metrics as module
from helpers.region.clock import ManualClock
from helpers.region.metrics import Metrics

NOON = 1_767_268_800  # 2026-01-01 12:00 UTC


@pytest.fixture
def clock():
    return ManualClock(NOON)


@pytest.fixture
def metrics(region, clock):
    return Metrics(region.moto, clock)


@pytest.fixture
def read(aws, metrics):
    """read(name, StreamName="votes") → [(seconds since noon, count, sum, minimum, maximum, unit)] in minutes."""

    def read(name: str, namespace: str = "AWS/Kinesis", **dimensions: str) -> list[tuple]:
        metrics.flush()
        answer = aws("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=datetime.fromtimestamp(NOON - 600, UTC),
            EndTime=datetime.fromtimestamp(NOON + 3600, UTC),
            Period=60,
            Statistics=["SampleCount", "Sum", "Minimum", "Maximum"],
        )
        return sorted(
            (
                point["Timestamp"].timestamp() - NOON,
                *(point[name] for name in ("SampleCount", "Sum", "Minimum", "Maximum", "Unit")),
            )
            for point in answer["Datapoints"]
        )

    return read


def test_values_of_a_minute_are_one_statistic_set(metrics, clock, read):
    for value in (3, 5, 1):
        metrics.add("AWS/Kinesis", "IncomingRecords", value, "Count", StreamName="votes")
        clock.advance(10)
    assert read("IncomingRecords", StreamName="votes") == [(0, 3, 9, 1, 5, "Count")]


def test_the_next_minute_is_another_set(metrics, clock, read):
    metrics.add("AWS/Kinesis", "IncomingRecords", 3, "Count", StreamName="votes")
    clock.advance(59.9)
    metrics.add("AWS/Kinesis", "IncomingRecords", 4, "Count", StreamName="votes")
    clock.advance(0.2)
    metrics.add("AWS/Kinesis", "IncomingRecords", 5, "Count", StreamName="votes")
    assert read("IncomingRecords", StreamName="votes") == [
        (0, 2, 7, 3, 4, "Count"),
        (60, 1, 5, 5, 5, "Count"),
    ]


def test_reading_within_a_minute_loses_and_doubles_nothing(metrics, clock, read):
    for value in (2, 8):
        metrics.add("AWS/Kinesis", "IncomingRecords", value, "Count", StreamName="votes")
        clock.advance(5)
        read("IncomingRecords", StreamName="votes")
    assert read("IncomingRecords", StreamName="votes") == [(0, 2, 10, 2, 8, "Count")]


def test_dimensions_and_namespaces_keep_metrics_apart(metrics, read):
    metrics.add("AWS/Lambda", "Errors", 1, "Count", FunctionName="producer")
    metrics.add("AWS/Lambda", "Errors", 2, "Count", FunctionName="consumer")
    metrics.add("AWS/Elsewhere", "Errors", 4, "Count", FunctionName="consumer")
    assert read("Errors", "AWS/Lambda", FunctionName="producer") == [(0, 1, 1, 1, 1, "Count")]
    assert read("Errors", "AWS/Lambda", FunctionName="consumer") == [(0, 1, 2, 2, 2, "Count")]


def test_a_metric_has_dimensions_and_is_not_found_without(metrics, read):
    metrics.add("AWS/Kinesis", "IncomingRecords", 1, "Count", StreamName="votes")
    assert read("IncomingRecords") == []
    for function in ("producer", "consumer"):
        metrics.add("AWS/Lambda", "Errors", 1, "Count", FunctionName=function)
    assert read("Errors", "AWS/Lambda") == [(0, 2, 2, 1, 1, "Count")]


def test_the_order_of_dimensions_does_not_matter(metrics, read):
    metrics.add("AWS/ApiGateway", "Count", 1, "Count", ApiId="a", Stage="$default")
    metrics.add("AWS/ApiGateway", "Count", 1, "Count", Stage="$default", ApiId="a")
    assert read("Count", "AWS/ApiGateway", ApiId="a", Stage="$default") == [(0, 2, 2, 1, 1, "Count")]


def test_zero_and_negative_values_count(metrics, read):
    metrics.add("AWS/Lambda", "IteratorAge", 0, "Milliseconds", FunctionName="f")
    metrics.add("AWS/Lambda", "IteratorAge", -2.5, "Milliseconds", FunctionName="f")
    assert read("IteratorAge", "AWS/Lambda", FunctionName="f") == [(0, 2, -2.5, -2.5, 0, "Milliseconds")]


@pytest.fixture
def eager_threads():
    """The interpreter changes threads as often as it can: what is not guarded goes wrong."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_threads_lose_nothing(metrics, read, eager_threads):
    def count():
        for _ in range(2_000):
            metrics.add("AWS/Kinesis", "IncomingRecords", 1, "Count", StreamName="votes")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        metrics.flush()
    assert read("IncomingRecords", StreamName="votes") == [(0, 8_000, 8_000, 1, 1, "Count")]


def test_what_nobody_reads_is_bounded_and_the_newest_stays(metrics, clock, read, monkeypatch):
    monkeypatch.setattr(module, "MOST_SETS", 10)
    for _ in range(15):
        metrics.add("AWS/Kinesis", "IncomingRecords", 1, "Count", StreamName="votes")
        clock.advance(60)
    assert [at for at, *_ in read("IncomingRecords", StreamName="votes")] == [60 * n for n in range(5, 15)]


def test_reset_forgets(metrics, read):
    metrics.add("AWS/Kinesis", "IncomingRecords", 1, "Count", StreamName="votes")
    metrics.reset()
    assert read("IncomingRecords", StreamName="votes") == []


def test_any_cloudwatch_request_finds_what_was_just_added(region, aws):
    region.metrics.add("AWS/Kinesis", "IncomingRecords", 1, "Count", StreamName="votes")
    listed = aws("cloudwatch").list_metrics(Namespace="AWS/Kinesis")["Metrics"]
    assert [(metric["MetricName"], metric["Dimensions"]) for metric in listed] == [
        ("IncomingRecords", [{"Name": "StreamName", "Value": "votes"}])
    ]
