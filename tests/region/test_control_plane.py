"""Who gets in: signatures, keys, web pages; and what is refused by name."""

from __future__ import annotations

import datetime
import http.client
import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from botocore.exceptions import ClientError

from tests.local_region import ACCESS_KEY, QUICK, SECRET_KEY


def refusal(call) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def signed(region, service="kinesis", secret=SECRET_KEY, key=ACCESS_KEY, body=b"{}", headers=None, shift=0.0):
    """A signed ListStreams request, as (headers, body)."""
    request = botocore.awsrequest.AWSRequest(
        "POST", region.control.url + "/", data=body, headers={"X-Amz-Target": "Kinesis_20131202.ListStreams"}
    )
    credentials = botocore.credentials.Credentials(key, secret)
    signer = botocore.auth.SigV4Auth(credentials, service, QUICK.region)
    signer.add_auth(request)
    return {**dict(request.headers), **(headers or {})}, body


def post(region, headers, body=b"{}", path="/") -> tuple[int, dict]:
    connection = http.client.HTTPConnection(region.control.host, region.control.port, timeout=10)
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_the_learners_signature_is_answered(region):
    headers, body = signed(region)
    assert post(region, headers, body) == (
        200,
        {"StreamNames": [], "HasMoreStreams": False, "StreamSummaries": []},
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"secret": "another"}, "InvalidSignatureException"),
        ({"key": "AKIANOBODYNOBODYNOBO"}, "UnrecognizedClientException"),
        ({"headers": {"X-Amz-Date": "20200101T000000Z"}}, "InvalidSignatureException"),
        ({"headers": {"Authorization": ""}}, "MissingAuthenticationTokenException"),
        ({"headers": {"Authorization": "Basic bGVhcm5lcjo="}}, "MissingAuthenticationTokenException"),
    ],
)
def test_a_request_without_the_learners_signature_is_refused(region, changed, code):
    headers, body = signed(region, **changed)
    status, answer = post(region, headers, body)
    assert status in (400, 403)
    assert answer["__type"] == code


def test_a_body_changed_on_the_way_is_refused(region):
    headers, _ = signed(region)
    _, answer = post(region, headers, b'{"Limit": 1}')
    assert answer["__type"] == "InvalidSignatureException"


def test_an_old_request_cannot_be_replayed(region, monkeypatch):
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=10)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: past)
    headers, body = signed(region)
    status, answer = post(region, headers, body)
    assert (status, answer["__type"]) == (403, "InvalidSignatureException")


@pytest.mark.parametrize(
    "header", [{"Origin": "http://127.0.0.1"}, {"Origin": "null"}, {"Host": "evil.example"}]
)
def test_a_web_page_is_refused_even_with_a_good_signature(region, header):
    headers, body = signed(region)
    status, _ = post(region, {**headers, **header}, body)
    assert status == 403


def test_motos_own_pages_are_closed(region):
    connection = http.client.HTTPConnection(region.control.host, region.control.port, timeout=10)
    connection.request("GET", "/moto-api/data.json")
    assert connection.getresponse().status == 403


def test_the_caller_is_the_learner(aws):
    identity = aws("sts").get_caller_identity()
    assert identity["Account"] == QUICK.account
    assert identity["Arn"] == f"arn:aws:iam::{QUICK.account}:user/learner"


CONSUMER = {"StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s", "ConsumerName": "c"}
TOPIC = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Protocol": "lambda"}
FILTER = {"logGroupName": "g", "filterName": "f", "filterPattern": ""}
FILTER["destinationArn"] = "arn:aws:lambda:us-east-1:123456789012:function:f"
WARM = {"StreamName": "s", "ShardCount": 1, "WarmThroughputMiBps": 5}

METRIC = {"Namespace": "AWS/Lambda", "MetricName": "Duration"}
SPAN = {"StartTime": 0, "EndTime": 60}
PERCENTILE = {**METRIC, **SPAN, "Period": 60, "ExtendedStatistics": ["p99"]}
ALARM = {"AlarmName": "a", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}


def queried(**query) -> dict:
    return {"MetricDataQueries": [{"Id": "a", **query}], **SPAN}


@pytest.mark.parametrize(
    ("service", "operation", "params", "named"),
    [
        ("ec2", "describe_instances", {}, "ec2"),
        ("kinesis", "create_stream", WARM, "WarmThroughputMiBps"),
        ("kinesis", "register_stream_consumer", CONSUMER, "RegisterStreamConsumer"),
        ("lambda", "list_layers", {}, "ListLayers"),
        ("apigatewayv2", "get_vpc_links", {}, "GetVpcLinks"),
        ("sns", "subscribe", TOPIC, "Subscribe"),
        ("logs", "put_subscription_filter", FILTER, "PutSubscriptionFilter"),
        ("cloudwatch", "put_metric_alarm", ALARM, "PutMetricAlarm"),
        (
            "cloudwatch",
            "get_metric_statistics",
            {**METRIC, **SPAN, "Period": 60, "ExtendedStatistics": ["p99"]},
            "ExtendedStatistics",
        ),
        (
            "cloudwatch",
            "get_metric_data",
            queried(MetricStat={"Metric": METRIC, "Period": 60, "Stat": "p99"}),
            "p99",
        ),
        ("cloudwatch", "get_metric_data", queried(Expression="RATE(b)"), "RATE(b)"),
    ],
)
def test_what_the_region_lacks_is_refused_by_name(aws, service, operation, params, named):
    code, message = refusal(lambda: getattr(aws(service), operation)(**params))
    assert code == "NotInThisRegion"
    assert named in message


def test_a_broken_body_is_a_serialization_error(region):
    for body in (b"{", b"[]", b'"text"', b'{"ExclusiveStartStreamName": {"not": "text"}}', b'{"Limit": "x"}'):
        headers, _ = signed(region, body=body)
        status, answer = post(region, headers, body)
        assert (status, answer["__type"]) == (400, "SerializationException"), body


def test_constraints_are_reported_in_awss_words(aws):
    code, message = refusal(lambda: aws("kinesis").create_stream(StreamName="bad name!", ShardCount=1))
    assert code == "ValidationException"
    assert message == (
        "1 validation error detected: Value 'bad name!' at 'streamName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    )
