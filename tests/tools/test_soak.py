"""What a soak's verdict goes by; the soak itself is run by hand."""

from dataclasses import replace

import pytest

from helpers.tools.soak import BYTES_A_VOTE, ENOUGH_VOTES, Sample, row, verdict

STEADY = [
    Sample(
        float(n),
        n * ENOUGH_VOTES,
        n * ENOUGH_VOTES,
        0,
        threads=30,
        handles=40,
        children=5,
        memory=100_000_000,
    )
    for n in range(1, 13)
]
LAST = STEADY[-1].votes


def grown(**by: int) -> list[Sample]:
    """Samples of which some number grows by so much with every sample."""
    name, step = next(iter(by.items()))
    return [replace(sample, **{name: getattr(sample, name) + n * step}) for n, sample in enumerate(STEADY)]


def test_a_region_that_stays_what_it_was_holds():
    assert verdict(STEADY, LAST, 0, LAST) == []
    assert verdict(grown(memory=ENOUGH_VOTES * BYTES_A_VOTE // 2), LAST, 0, LAST) == []


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        (grown(threads=1), "threads grew from 34 to 40"),
        (grown(handles=3), "handles grew from 52 to 70"),
        (grown(children=1), "children grew from 9 to 15"),
        (grown(memory=ENOUGH_VOTES * BYTES_A_VOTE * 2), f"memory grew by {2 * BYTES_A_VOTE} bytes a vote"),
    ],
)
def test_what_grows_is_named(samples, told):
    (problem,) = verdict(samples, LAST, 0, LAST)
    assert problem.startswith(told)


def test_a_vote_lost_counted_twice_or_refused_is_told():
    assert verdict(STEADY, LAST, 0, LAST - 1) == [f"{LAST} votes were posted and {LAST - 1} counted"]
    assert verdict(STEADY, LAST, 0, LAST + 1) == [f"{LAST} votes were posted and {LAST + 1} counted"]
    assert verdict(STEADY, LAST, 3, LAST) == [f"3 of {LAST + 3} votes were refused"]


def test_a_row_lines_up_with_the_header():
    assert row(STEADY[0]) == " 0:01    10000    10000       0      30      40        5   100 MB"
