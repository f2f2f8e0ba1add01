"""Where keys land: the rule, against AWS's own numbers and against the region's; and what lesson 1 says of it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.candidates import ballot
from helpers.hash_space import SIZE, land, ranges, shard_id
from helpers.region.kinesis.hashing import even_ranges, hash_key


def test_a_key_lands_where_its_md5_says():
    landing = land("ana", 4)
    assert landing.md5 == "276b6c4692e78d4799c12ada515bc3e4"
    assert landing.number == int(landing.md5, 16)
    assert (landing.shard, landing.range) == (0, (0, SIZE // 4 - 1))
    assert landing.share == pytest.approx(0.154, abs=0.001)


@given(st.text(min_size=1, max_size=256), st.integers(1, 8))
def test_a_key_lands_in_the_range_that_the_region_gives_its_hash(key, shards):
    landing = land(key, shards)
    assert landing.number == hash_key(key)
    assert ranges(shards) == even_ranges(shards)
    first, last = landing.range
    assert first <= landing.number <= last


def test_the_ranges_of_three_shards_leave_the_rest_to_the_last():
    step = SIZE // 3
    assert ranges(3) == [(0, step - 1), (step, 2 * step - 1), (2 * step, SIZE - 1)]


@pytest.mark.parametrize("key", ["", "x" * 257])
def test_a_key_that_aws_would_refuse_is_an_error(key):
    with pytest.raises(ValueError, match="1 to 256 characters"):
        land(key, 4)


def test_a_shard_is_called_as_aws_calls_it():
    assert shard_id(3) == "shardId-000000000003"


def test_lesson_1_says_where_the_drivers_land():
    landed = Counter(land(candidate.code, 4).shard for candidate in ballot())
    assert landed == {0: 6, 1: 3, 2: 3}, (
        "the ballot changed: lesson 1 says six in shard 0 and none in shard 3"
    )


def test_lesson_1_sends_voters_votes_that_no_shard_rejects():
    calls = [
        Counter(land(f"voter-{n}", 4).shard for n in range(start, start + 500))
        for start in range(0, 10_000, 500)
    ]
    in_a_second = [sum((calls[n] for n in range(first, first + 6)), Counter()) for first in range(15)]
    assert max(counted.most_common(1)[0][1] for counted in in_a_second) < 900
