"""How much is allowed in how long."""

import pytest

from helpers.region.kinesis.quota import DAY, MIB, PerDay, PerSecond, ShardQuota


@pytest.mark.parametrize(
    ("rate", "uses", "admitted"),
    [
        # uses: (at, amount)
        (2, [(0.0, 1), (0.1, 1), (0.2, 1)], [True, True, False]),
        (2, [(0.0, 1), (0.5, 1), (1.0, 1)], [True, True, True]),
        (2, [(0.0, 2), (0.99, 1), (1.0, 2), (1.5, 1)], [True, False, True, False]),
        (10, [(0.0, 6), (0.0, 5), (0.0, 4)], [True, False, True]),  # what is refused is not charged
        (10, [(0.0, 100), (5.0, 1), (9.9, 1), (10.0, 1)], [True, False, False, True]),  # worked off
        (10, [(0.0, 1), (0.1, 11), (1.0, 11)], [True, False, True]),  # above the rate only if unused
        (10, [(5.0, 10), (1.0, 10)], [True, True]),  # a clock set back does not close the quota
    ],
)
def test_a_second_admits_its_rate(rate, uses, admitted):
    quota = PerSecond(rate)
    answers = []
    for at, amount in uses:
        answers.append(quota.admits(1000 + at, amount))
        if answers[-1]:
            quota.charge(amount)
    assert answers == admitted


def test_a_day_admits_its_limit_and_rolls():
    quota = PerDay(2)
    for at, admitted in [(0, True), (DAY / 2, True), (DAY - 1, False), (DAY, True), (DAY + 1, False)]:
        assert quota.admits(at) is admitted, at
        if admitted:
            quota.charge(at)


def test_a_shard_takes_a_thousand_records_or_a_mebibyte_a_second():
    records, size = ShardQuota(), ShardQuota()
    assert [_write(records, 0.0, 10) for _ in range(1001)].count(True) == 1000
    assert [_write(size, 0.0, MIB // 4) for _ in range(5)] == [True] * 4 + [False]
    assert _write(records, 1.0, 10)
    assert _write(size, 1.0, MIB)


def test_a_shard_is_read_five_times_and_two_mebibytes_a_second():
    calls, size = ShardQuota(), ShardQuota()
    assert [calls.takes_read(0.1 * n) for n in range(6)] == [True] * 5 + [False]
    assert calls.takes_read(1.0)
    assert size.takes_read(0.0)
    size.charge_bytes_read(10 * MIB)
    assert [size.takes_read(at) for at in (0.5, 2.0, 4.9, 5.0)] == [False, False, False, True]


def _write(quota: ShardQuota, now: float, size: int) -> bool:
    admitted = quota.admits_write(now, size)
    if admitted:
        quota.charge_write(size)
    return admitted
