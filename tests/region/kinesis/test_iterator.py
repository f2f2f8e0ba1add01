"""Iterators and tokens are the region's own, and live five minutes."""

import base64

import pytest

from helpers.region.errors import AwsError
from helpers.region.kinesis.iterator import Seal, ShardIterator, utc

NOW = 1_421_889_722.0
PLACE = ShardIterator("arn:aws:kinesis:us-east-1:123456789012:stream/votes", NOW, "shardId-000000000000", 7)


def test_an_iterator_is_read_back_for_five_minutes():
    seal = Seal()
    text = seal.iterator(PLACE, NOW)
    assert text.startswith("AAAAAAAAAA")
    assert seal.read_iterator(text, NOW + 300) == PLACE
    with pytest.raises(AwsError) as expired:
        seal.read_iterator(text, NOW + 301)
    assert expired.value.code == "ExpiredIteratorException"
    assert expired.value.message == (
        "Iterator expired. The iterator was created at time Thu Jan 22 01:22:02 UTC 2015 while right now it is "
        "Thu Jan 22 01:27:03 UTC 2015 which is further in the future than the tolerated delay of 300000 milliseconds."
    )


def test_the_longest_iterator_fits_into_512_characters():
    place = PLACE._replace(stream_arn=PLACE.stream_arn + "x" * 123, offset=10**12)
    assert len(Seal().iterator(place, NOW)) <= 512


def _flipped(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[-3] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    "garbage",
    [
        lambda seal: "garbage",
        lambda seal: "AAAA",
        lambda seal: "ñ",
        lambda seal: base64.b64encode(bytes(200)).decode(),
        lambda seal: _flipped(seal.iterator(PLACE, NOW)),
        lambda seal: Seal().iterator(PLACE, NOW),  # of the region before it restarted
        lambda seal: seal.token("ListStreams", ["votes"], NOW),
    ],
)
def test_what_the_region_did_not_write_is_invalid(garbage):
    seal = Seal()
    with pytest.raises(AwsError) as invalid:
        seal.read_iterator(garbage(seal), NOW)
    assert (invalid.value.code, invalid.value.message) == (
        "InvalidArgumentException",
        "Invalid ShardIterator.",
    )


def test_a_token_is_for_its_operation_and_lives_300_seconds():
    seal = Seal()
    token = seal.token("ListShards", ["votes", 3], NOW)
    assert seal.read_token("ListShards", token, NOW + 300) == ["votes", 3]
    for operation, at, code in [
        ("ListShards", NOW + 301, "ExpiredNextTokenException"),
        ("ListStreams", NOW, "InvalidArgumentException"),
    ]:
        with pytest.raises(AwsError) as refused:
            seal.read_token(operation, token, at)
        assert refused.value.code == code


def test_times_are_written_as_java_writes_them():
    assert utc(1_420_156_805) == "Fri Jan 02 00:00:05 UTC 2015"
