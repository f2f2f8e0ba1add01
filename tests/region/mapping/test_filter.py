"""Filter patterns: which records match, which patterns are refused."""

import base64
import json

import pytest

from helpers.region.mapping.filter import Pattern, filterable


def record(data, key: str = "1") -> dict:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": key,
        "sequenceNumber": "495",
        "data": base64.b64encode(raw).decode(),
        "approximateArrivalTimestamp": 1545084650.987,
    }
    return {"kinesis": kinesis, "eventSource": "aws:kinesis", "awsRegion": "us-east-1"}


DATA = {
    "driver": "VER",
    "lap": 12,
    "time": 91.25,
    "note": None,
    "blank": "",
    "pit": True,
    "tyres": ["soft", "hard"],
    "car": {"team": "Red", "number": 1},
    "stints": [{"laps": 3}, {"laps": 20}],
}


@pytest.mark.parametrize(
    "pattern, matches",
    [
        # values
        ({"data": {"driver": ["VER"]}}, True),
        ({"data": {"driver": ["HAM", "VER"]}}, True),
        ({"data": {"driver": ["HAM"]}}, False),
        ({"data": {"driver": ["VER"], "lap": [12]}}, True),
        ({"data": {"driver": ["VER"], "lap": [13]}}, False),
        ({"data": {"lap": ["12"]}}, False),
        ({"data": {"time": [91.25]}}, True),
        ({"data": {"note": [None]}}, True),
        ({"data": {"missing": [None]}}, False),
        ({"data": {"blank": [""]}}, True),
        ({"data": {"pit": [True]}}, True),
        ({"data": {"pit": [1]}}, False),
        ({"data": {"tyres": ["hard"]}}, True),
        ({"data": {"tyres": ["wet"]}}, False),
        # depth
        ({"data": {"car": {"team": ["Red"], "number": [1]}}}, True),
        ({"data": {"car": {"team": ["Blue"]}}}, False),
        ({"data": {"stints": {"laps": [20]}}}, True),
        ({"data": {"driver": {"code": ["VER"]}}}, False),
        # operators
        ({"data": {"driver": [{"prefix": "V"}]}}, True),
        ({"data": {"driver": [{"prefix": "v"}]}}, False),
        ({"data": {"lap": [{"prefix": "1"}]}}, False),
        ({"data": {"driver": [{"suffix": "ER"}]}}, True),
        ({"data": {"driver": [{"equals-ignore-case": "ver"}]}}, True),
        ({"data": {"driver": [{"anything-but": ["HAM"]}]}}, True),
        ({"data": {"driver": [{"anything-but": ["HAM", "VER"]}]}}, False),
        ({"data": {"driver": [{"anything-but": "VER"}]}}, False),
        ({"data": {"driver": [{"anything-but": {"prefix": "V"}}]}}, False),
        ({"data": {"missing": [{"anything-but": ["HAM"]}]}}, False),
        ({"data": {"lap": [{"numeric": [">", 10, "<=", 12]}]}}, True),
        ({"data": {"lap": [{"numeric": ["=", 12.0]}]}}, True),
        ({"data": {"lap": [{"numeric": ["<", 12]}]}}, False),
        ({"data": {"driver": [{"numeric": [">", 0]}]}}, False),
        ({"data": {"driver": [{"exists": True}]}}, True),
        ({"data": {"missing": [{"exists": False}]}}, True),
        ({"data": {"missing": [{"exists": True}]}}, False),
        ({"data": {"car": {"colour": [{"exists": False}]}}}, True),
        ({"data": {"$or": [{"driver": ["HAM"]}, {"lap": [12]}]}}, True),
        ({"data": {"$or": [{"driver": ["HAM"]}, {"lap": [13]}]}}, False),
        # metadata
        ({"partitionKey": ["1"]}, True),
        ({"partitionKey": ["2"]}, False),
        ({"eventSource": ["aws:kinesis"], "data": {"lap": [12]}}, True),
        ({"kinesis": {"partitionKey": ["1"]}}, False),
    ],
    ids=json.dumps,
)
def test_a_pattern_matches(pattern, matches):
    assert Pattern(json.dumps(pattern)).matches(filterable(record(DATA))) is matches


@pytest.mark.parametrize("written, wanted, matches", [("300", "300", True), ("300.0", "300", False)])
def test_numbers_are_compared_as_written(written, wanted, matches):
    seen = filterable(record(f'{{"n":{written}}}'.encode()))
    assert Pattern(f'{{"data":{{"n":[{wanted}]}}}}').matches(seen) is matches


@pytest.mark.parametrize("data", [b"plain text", b"\xff\xfe", b"{broken", b"NaN"])
def test_data_that_is_not_json_meets_metadata_filters_only(data):
    seen = filterable(record(data))
    assert Pattern('{"partitionKey":["1"]}').matches(seen)
    assert not Pattern('{"data":{"driver":["VER"]}}').matches(seen)
    assert not Pattern('{"data":{"driver":[{"exists":false}]}}').matches(seen)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        '"text"',
        "{}",
        '{"data":{}}',
        '{"data":[]}',
        '{"data":"VER"}',
        '{"data":["VER"]}',
        '{"data":7}',
        '{"data":{"a":[["nested"]]}}',
        '{"data":{"a":[{"exists":"yes"}]}}',
        '{"data":{"a":[{"prefix":1}]}}',
        '{"data":{"a":[{"suffix":["x"]}]}}',
        '{"data":{"a":[{"numeric":[">"]}]}}',
        '{"data":{"a":[{"numeric":["~",1]}]}}',
        '{"data":{"a":[{"numeric":[">","1"]}]}}',
        '{"data":{"a":[{"numeric":7}]}}',
        '{"data":{"a":[{"anything-but":[]}]}}',
        '{"data":{"a":[{"anything-but":[{"numeric":["=",1]}]}]}}',
        '{"data":{"a":[{"wildcard":"*"}]}}',
        '{"data":{"a":[{"prefix":"a","suffix":"b"}]}}',
        '{"data":{"a":[{}]}}',
        '{"$or":{"a":["b"]}}',
        '{"$or":[{"a":["b"]}]}',
        '{"data":{"a":[NaN]}}',
    ],
)
def test_a_pattern_is_refused(text):
    with pytest.raises(ValueError):
        Pattern(text)
