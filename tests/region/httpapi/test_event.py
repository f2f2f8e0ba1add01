"""The event a function gets, formats 2.0 and 1.0 (http-api.md §3)."""

from __future__ import annotations

import json

import pytest

from helpers.region.httpapi.event import Context, event, log_time
from helpers.region.httpapi.routing import parse_route_key
from helpers.region.server import Request

NOW = 1_583_348_638.390  # the developer guide's example: timeEpoch 1583348638390


def request(method="POST", query="", headers=(), body=b""):
    standard = [("Host", "127.0.0.1:8000"), ("User-Agent", "curl/8")]
    return Request(method, "/a1/orders/7", query, [*standard, *headers], body, ("192.0.2.1", 50123))


def context(route_key="POST /orders/{id}", **more):
    return Context(
        account="123456789012",
        api_id="a1",
        stage=more.pop("stage", "$default"),
        route_key=parse_route_key(route_key),
        raw_path=more.pop("raw_path", "/orders/7"),
        request_id="JKJaXmPLvHcESHA=",
        trace_id="Root=1-5e5fff5e-0123456789abcdef01234567",
        now=NOW,
        **more,
    )


def test_format_2_in_full():
    got = event(
        "2.0",
        request(
            query="a=1&a=2&b=x%20y",
            headers=[("Content-Type", "application/json"), ("Accept", "*/*"), ("Cookie", "c1=v1; c2=v2")],
            body=b'{"x":1}',
        ),
        context(path_parameters={"id": "7"}, stage_variables={"mode": "race"}),
    )
    assert got == {
        "version": "2.0",
        "routeKey": "POST /orders/{id}",
        "rawPath": "/orders/7",
        "rawQueryString": "a=1&a=2&b=x%20y",
        "cookies": ["c1=v1", "c2=v2"],
        "headers": {
            "content-length": "7",
            "host": "127.0.0.1:8000",
            "user-agent": "curl/8",
            "content-type": "application/json",
            "accept": "*/*",
            "x-amzn-trace-id": "Root=1-5e5fff5e-0123456789abcdef01234567",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "8000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"a": "1,2", "b": "x y"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1",
            "domainName": "127.0.0.1:8000",
            "domainPrefix": "a1",
            "http": {
                "method": "POST",
                "path": "/orders/7",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /orders/{id}",
            "stage": "$default",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "pathParameters": {"id": "7"},
        "stageVariables": {"mode": "race"},
        "body": '{"x":1}',
        "isBase64Encoded": False,
    }


def test_format_2_leaves_out_what_has_nothing_to_say():
    got = event("2.0", request("GET"), context("$default"))
    assert not got.keys() & {"cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"}
    assert got["rawQueryString"] == ""
    assert got["isBase64Encoded"] is False
    assert got["headers"]["content-length"] == "0"


def test_format_2_joins_repeated_headers_and_keeps_the_connection_to_itself():
    headers = [("X-Tag", "a"), ("x-tag", "b"), ("Connection", "close"), ("Transfer-Encoding", "chunked")]
    got = event("2.0", request(headers=headers), context())["headers"]
    assert got["x-tag"] == "a,b"
    assert not got.keys() & {"connection", "transfer-encoding", "X-Tag"}


def test_a_proxy_before_the_front_door_stays_in_x_forwarded_for_and_its_trace_id_is_kept():
    headers = [("X-Forwarded-For", "198.51.100.9"), ("X-Amzn-Trace-Id", "Root=1-2-3")]
    got = event("2.0", request(headers=headers), context())["headers"]
    assert (got["x-forwarded-for"], got["x-amzn-trace-id"]) == ("198.51.100.9, 192.0.2.1", "Root=1-2-3")


def test_format_1_in_full():
    got = event(
        "1.0",
        request(query="a=1&a=2", headers=[("X-Tag", "x"), ("X-Tag", "y"), ("Cookie", "c1=v1")], body=b""),
        context(path_parameters={"id": "7"}),
    )
    headers = {
        "Content-Length": ["0"],
        "Host": ["127.0.0.1:8000"],
        "User-Agent": ["curl/8"],
        "X-Tag": ["x", "y"],
        "Cookie": ["c1=v1"],
        "X-Amzn-Trace-Id": ["Root=1-5e5fff5e-0123456789abcdef01234567"],
        "X-Forwarded-For": ["192.0.2.1"],
        "X-Forwarded-Port": ["8000"],
        "X-Forwarded-Proto": ["http"],
    }
    identity = got["requestContext"].pop("identity")
    assert (identity.pop("sourceIp"), identity.pop("userAgent")) == ("192.0.2.1", "curl/8")
    assert set(identity.values()) == {None}
    assert got == {
        "version": "1.0",
        "resource": "/orders/{id}",
        "path": "/orders/7",
        "httpMethod": "POST",
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {"a": "2"},
        "multiValueQueryStringParameters": {"a": ["1", "2"]},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1",
            "domainName": "127.0.0.1:8000",
            "domainPrefix": "a1",
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": "POST",
            "path": "/orders/7",
            "protocol": "HTTP/1.1",
            "requestId": "JKJaXmPLvHcESHA=",
            "requestTime": "04/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1583348638390,
            "resourceId": "POST /orders/{id}",
            "resourcePath": "/orders/{id}",
            "stage": "$default",
        },
        "pathParameters": {"id": "7"},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }


def test_format_1_says_null_where_there_is_nothing():
    got = event("1.0", request("GET"), context("$default"))
    absent = (
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
    )
    assert [got[name] for name in absent] == [None] * 5
    assert got["resource"] == "$default"


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize(
    ("content_type", "body", "text", "is_base64"),
    [
        ("application/json", b'{"x":"\xc3\xb1"}', '{"x":"ñ"}', False),
        ("application/json; charset=utf-8", b"{}", "{}", False),
        ("application/vnd.api+json", b"{}", "{}", False),
        ("text/plain", b"hola", "hola", False),
        ("text/csv", b"a,b", "a,b", False),
        ("application/xml", b"<a/>", "<a/>", False),
        ("image/svg+xml", b"<a/>", "PGEvPg==", True),
        ("application/javascript", b"1", "1", False),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ("multipart/form-data; boundary=b", b"--b", "LS1i", True),
        ("application/octet-stream", b"\x00\xff", "AP8=", True),
        ("text/plain", b"\xff\xfe", "//4=", True),
        ("", b"plain", "cGxhaW4=", True),
    ],
)
def test_text_stays_text_and_the_rest_goes_as_base64(version, content_type, body, text, is_base64):
    headers = [("Content-Type", content_type)] if content_type else []
    got = event(version, request(headers=headers, body=body), context())
    assert (got["body"], got["isBase64Encoded"]) == (text, is_base64)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("a=1", {"a": "1"}),
        ("a=&b", {"a": "", "b": ""}),
        ("a=1%2C2&a=3", {"a": "1,2,3"}),
        ("na%C3%AFve=caf%C3%A9+sol", {"naïve": "café sol"}),
    ],
)
def test_query_parameters_are_decoded_and_joined(query, parameters):
    got = event("2.0", request(query=query), context())
    assert (got["queryStringParameters"], got["rawQueryString"]) == (parameters, query)


def test_an_event_is_json():
    assert json.loads(json.dumps(event("2.0", request(), context())))["version"] == "2.0"


def test_the_time_reads_as_in_an_access_log():
    assert log_time(0) == "01/Jan/1970:00:00:00 +0000"
