"""Sequence numbers tell their shard, and grow."""

import pytest

from helpers.region.kinesis.sequence import LAST_COUNTER, Sequence, parse

NOW = 1_700_000_000


@pytest.mark.parametrize(
    "sequence",
    [
        Sequence(opened=NOW, shard=0, counter=0, arrival=NOW),
        Sequence(opened=NOW, shard=17, counter=1, arrival=NOW + 5),
        Sequence(opened=NOW, shard=19_999, counter=10**9, arrival=NOW + 86_400),
        Sequence(opened=NOW, shard=3, counter=LAST_COUNTER, arrival=NOW),
    ],
)
def test_a_number_has_56_digits_and_is_read_back(sequence):
    assert len(str(sequence)) == 56
    assert str(sequence).startswith("49")
    assert parse(int(str(sequence))) == sequence


@pytest.mark.parametrize("number", [0, 1, 12345, 10**55, 10**128, int(Sequence(NOW, 1, 1, NOW)) + 1])
def test_a_number_that_no_shard_gave_is_not_read(number):
    assert parse(number) is None


def test_a_number_decoded_from_aws_is_read():
    # botocore's own example of a sequence number (put_record)
    read = parse(49543463076548007577105092703039560359975228518395019266)
    assert read is not None
    assert read.shard == 0


def test_the_counter_decides_within_a_shard_and_the_opening_between_generations():
    earlier = Sequence(opened=NOW, shard=2, counter=5, arrival=NOW + 9)
    later = Sequence(opened=NOW, shard=2, counter=6, arrival=NOW + 9)
    child = Sequence(opened=NOW + 1, shard=0, counter=0, arrival=NOW)
    assert int(earlier) < int(later) < int(child)
    assert int(later._replace(counter=LAST_COUNTER)) < int(child)
