"""Which shard takes a record."""

import hashlib
from itertools import pairwise

import pytest

from helpers.region.kinesis.hashing import HASH_SPACE, LAST_HASH_KEY, even_ranges, hash_key


@pytest.mark.parametrize("key", ["VER", "a", "ñandú", "🏎️", "x" * 256])
def test_a_partition_key_hashes_to_the_md5_of_its_utf8(key):
    assert hash_key(key) == int(hashlib.md5(key.encode()).hexdigest(), 16)


def test_a_lone_surrogate_hashes_as_java_writes_it():
    assert hash_key("\ud800") == hash_key("?")


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100, 10_000])
def test_even_ranges_cover_the_space_once(count):
    ranges = even_ranges(count)
    assert len(ranges) == count
    assert ranges[0][0] == 0
    assert ranges[-1][1] == LAST_HASH_KEY == HASH_SPACE - 1
    assert all(before[1] + 1 == after[0] for before, after in pairwise(ranges))
    sizes = [end - start for start, end in ranges]
    assert max(sizes) - min(sizes) < count


def test_three_shards_have_the_ranges_that_aws_gives_them():
    # kinesalite, test/mergeShards.js, recorded on AWS
    assert even_ranges(3) == [
        (0, 113427455640312821154458202477256070484),
        (113427455640312821154458202477256070485, 226854911280625642308916404954512140969),
        (226854911280625642308916404954512140970, 340282366920938463463374607431768211455),
    ]
