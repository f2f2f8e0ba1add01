"""Token buckets by the region's clock (http-api.md §8)."""

from __future__ import annotations

import threading

from helpers.region.httpapi.throttling import Buckets


def taken(buckets, times, rate=2.0, burst=3, key="a"):
    return [buckets.take(key, rate, burst) for _ in range(times)]


def test_a_burst_then_the_rate(manual_clock):
    buckets = Buckets(manual_clock)
    assert taken(buckets, 4) == [True, True, True, False]
    manual_clock.advance(0.5)
    assert taken(buckets, 2) == [True, False]
    manual_clock.advance(60)
    assert taken(buckets, 4) == [True, True, True, False]


def test_each_key_has_its_own_bucket_and_clearing_fills_them(manual_clock):
    buckets = Buckets(manual_clock)
    assert taken(buckets, 4) == [True, True, True, False]
    assert taken(buckets, 1, key="b") == [True]
    buckets.clear()
    assert taken(buckets, 1) == [True]


def test_a_burst_of_none_lets_nothing_through(manual_clock):
    assert taken(Buckets(manual_clock), 2, burst=0) == [False, False]


def test_threads_share_a_bucket_exactly(manual_clock):
    buckets = Buckets(manual_clock)
    granted = []
    threads = [
        threading.Thread(target=lambda: granted.extend(taken(buckets, 50, burst=120))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert granted.count(True) == 120
