"""Plans of splits and merges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.region.errors import AwsError
from helpers.region.kinesis.hashing import LAST_HASH_KEY, even_ranges
from helpers.region.kinesis.resharding import Birth, check_target, merge, split, uniform


def open_after(ranges: list, plan: list[Birth]) -> list[tuple[int, int]]:
    """What is open once the plan is carried out; checks that each birth is a proper split or merge on its way."""
    family = list(ranges)
    is_open = [True] * len(family)
    halves: dict[int, list] = {}
    for birth in plan:
        family.append((birth.start, birth.end))
        is_open.append(True)
        if len(birth.parents) == 2:
            lower, upper = birth.parents
            assert is_open[lower]
            assert is_open[upper]
            assert family[lower][1] + 1 == family[upper][0]
            assert (birth.start, birth.end) == (family[lower][0], family[upper][1])
        else:
            halves.setdefault(birth.parents[0], []).append((birth.start, birth.end))
        for parent in birth.parents:
            is_open[parent] = False
    for parent, children in halves.items():
        (first, second) = children
        assert (first[0], second[1]) == family[parent]
        assert first[1] + 1 == second[0]
    return sorted(hash_range for hash_range, alive in zip(family, is_open, strict=True) if alive)


def test_a_split_gives_two_children_that_cover_the_parent():
    assert split(3, (10, 99), 50) == [Birth((3,), 10, 49), Birth((3,), 50, 99)]


def test_a_merge_gives_one_child_of_two_parents():
    assert merge((0, 1), ((0, 9), (10, 99))) == [Birth((0, 1), 0, 99)]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 100])
def test_doubling_splits_each_shard_in_its_middle_and_nothing_more(count):
    plan = uniform(even_ranges(count), 2 * count)
    assert [birth.parents for birth in plan] == [(place,) for place in range(count) for _ in range(2)]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 100])
def test_halving_merges_neighbours_and_nothing_more(count):
    plan = uniform(even_ranges(2 * count), count)
    assert [birth.parents for birth in plan] == [(place, place + 1) for place in range(0, 2 * count, 2)]


def test_two_to_three_goes_through_four():
    # as moto's authors saw it on AWS
    assert [birth.parents for birth in uniform(even_ranges(2), 3)] == [(0,), (0,), (1,), (1,), (3, 4)]


@given(st.integers(1, 40), st.lists(st.integers(1, 80), min_size=1, max_size=4))
def test_any_scaling_ends_in_even_ranges(count, targets):
    ranges = even_ranges(count)
    for target in targets:
        ranges = open_after(ranges, uniform(ranges, target))
        assert len(ranges) == target
        assert (ranges[0][0], ranges[-1][1]) == (0, LAST_HASH_KEY)
        sizes = [end - start for start, end in ranges]
        assert max(sizes) - min(sizes) < 1 << 40  # as good as even: of 2**128 / 80


@given(st.lists(st.integers(2, LAST_HASH_KEY - 2), min_size=1, max_size=12, unique=True), st.integers(1, 20))
def test_uneven_ranges_end_even_too(cuts, target):
    starts = sorted({0, *cuts})
    ranges = list(zip(starts, [start - 1 for start in starts[1:]] + [LAST_HASH_KEY], strict=True))
    assert len(open_after(ranges, uniform(ranges, target))) == target


@pytest.mark.parametrize(
    ("current", "target", "code", "message"),
    [
        (
            2,
            6,
            "LimitExceededException",
            "UpdateShardCount cannot scale up over double your current open shard count. "
            "Current open shard count: 2, Target shard count: 6",
        ),
        (
            5,
            2,
            "LimitExceededException",
            "UpdateShardCount cannot scale down below half your current open shard count. "
            "Current open shard count: 5, Target shard count: 2",
        ),
        (6000, 10_001, "LimitExceededException", "10000"),
        (3, 3, "InvalidArgumentException", "target shard count already"),
    ],
)
def test_a_target_beyond_the_limits_is_refused(current, target, code, message):
    with pytest.raises(AwsError) as refused:
        check_target(current, target)
    assert refused.value.code == code
    assert message in refused.value.message


@pytest.mark.parametrize(("current", "target"), [(1, 2), (2, 4), (4, 2), (5, 3), (3, 2), (5000, 10_000)])
def test_a_target_within_the_limits_passes(current, target):
    check_target(current, target)
