"""Names: the tutorial's, after the learner's prefix."""

import pytest

from helpers.names import Names, PrefixError


def test_the_tutorials_names_with_the_usual_prefix():
    names = Names("f1-vote")
    assert names.stream == "f1-vote-stream" and names.table == "f1-vote-results"
    assert (names.producer, names.consumer) == ("f1-vote-producer", "f1-vote-consumer")
    assert names.consumer_role == "f1-vote-consumer-role" and names.api == "f1-vote-api"
    assert names.tag_list == [
        {"Key": "project", "Value": "streaming-workbook"},
        {"Key": "prefix", "Value": "f1-vote"},
    ]


@pytest.mark.parametrize("prefix", ["", "F1", "1st", "a_b", "a-", "-a", "a--b", "ñandú", "a" * 31])
def test_a_prefix_that_aws_would_refuse_is_refused(prefix):
    with pytest.raises(PrefixError, match="prefix"):
        Names(prefix)
