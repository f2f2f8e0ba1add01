"""What a client gets for what a function returned (http-api.md §4)."""

from __future__ import annotations

import json

import pytest

from helpers.region.httpapi.response import Malformed, response

JSON, TEXT = ("content-type", "application/json"), ("content-type", "text/plain; charset=utf-8")


def given(version, returned):
    answer = response(version, json.dumps(returned).encode())
    return answer.status, answer.headers, answer.body


@pytest.mark.parametrize(
    ("returned", "body"),
    [
        ("hello", b"hello"),
        ("", b""),
        ("señal", "señal".encode()),
        (["hello", 3, True], b'["hello",3,true]'),
        (3, b"3"),
        (3.1, b"3.1"),
        (True, b"true"),
        (None, b"null"),
        ({"counted": {"VER": 1}, "ok": "sí"}, '{"counted":{"VER":1},"ok":"sí"}'.encode()),
        ({"status": 404, "body": "x"}, b'{"status":404,"body":"x"}'),
    ],
)
def test_format_2_infers_a_200_from_anything_without_a_status(returned, body):
    assert given("2.0", returned) == (200, [JSON], body)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize(
    ("returned", "status", "headers", "body"),
    [
        ({"statusCode": 201}, 201, [TEXT], b""),
        ({"statusCode": "202", "body": "ok"}, 202, [TEXT], b"ok"),
        ({"statusCode": 200, "body": None, "headers": None}, 200, [TEXT], b""),
        (
            {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>"},
            200,
            [("content-type", "text/html")],
            b"<p>",
        ),
        (
            {"statusCode": 200, "headers": {"X-Count": 3, "X-Ok": True, "X-Name": "ñ"}},
            200,
            [("x-count", "3"), ("x-ok", "true"), ("x-name", "Ã±"), TEXT],
            b"",
        ),
        ({"statusCode": 200, "headers": {"Content-Length": "9", "Connection": "close"}}, 200, [TEXT], b""),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, [TEXT], b"\x00\xff"),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": False}, 200, [TEXT], b"AP8="),
        (
            {"statusCode": 200, "multiValueHeaders": {"X-Tag": ["a", "b"]}},
            200,
            [("x-tag", "a"), ("x-tag", "b"), TEXT],
            b"",
        ),
    ],
)
def test_a_stated_response_is_sent_as_it_says(version, returned, status, headers, body):
    assert given(version, returned) == (status, headers, body)


def test_each_cookie_is_a_header_of_its_own():
    got = given("2.0", {"statusCode": 200, "cookies": ["a=b; Secure", "c=d"]})
    assert got[1][:2] == [("set-cookie", "a=b; Secure"), ("set-cookie", "c=d")]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"body": {"a": 1}}, "json.dumps"),
        ({"body": 3}, "json.dumps"),
        ({"statusCode": "abc"}, "statusCode"),
        ({"statusCode": None}, "statusCode"),
        ({"statusCode": True}, "statusCode"),
        ({"statusCode": 99}, "statusCode"),
        ({"statusCode": 101}, "statusCode"),
        ({"statusCode": 600}, "statusCode"),
        ({"statusCode": 200.5}, "statusCode"),
        ({"headers": ["a"]}, "headers"),
        ({"headers": {"a": None}}, "header a"),
        ({"headers": {"a": ["b"]}}, "header a"),
        ({"headers": {"a": "b\r\nset-cookie: c"}}, "header 'a'"),
        ({"headers": {"a b": "c"}}, "header 'a b'"),
        ({"body": "%%%", "isBase64Encoded": True}, "base64"),
        ({"body": "AP8=", "isBase64Encoded": "true"}, "isBase64Encoded"),
        ({"multiValueHeaders": {"a": "b"}}, "multiValueHeaders"),
    ],
)
def test_a_malformed_response_says_what_is_wrong(version, wrong, said):
    with pytest.raises(Malformed, match=said):
        given(version, {"statusCode": 200, **wrong})


@pytest.mark.parametrize(
    "returned",
    [
        "hello",
        None,
        3,
        ["a"],
        {"body": "no status"},
        {"statusCode": 200, "more": 1},
        {"statusCode": 200, "cookies": []},
    ],
)
def test_format_1_infers_nothing(returned):
    with pytest.raises(Malformed):
        given("1.0", returned)


def test_cookies_must_be_a_list():
    with pytest.raises(Malformed, match="cookies"):
        given("2.0", {"statusCode": 200, "cookies": "a=b"})


@pytest.mark.parametrize("payload", [b"", b"not json", b"NaN", b'{"a":Infinity}', b"\xff"])
def test_what_is_not_json_is_malformed(payload):
    with pytest.raises(Malformed, match="not JSON"):
        response("2.0", payload)
