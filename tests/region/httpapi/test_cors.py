"""CORS, configured and not (http-api.md §7)."""

from __future__ import annotations

import pytest

from helpers.region.errors import AwsError
from helpers.region.httpapi import cors
from helpers.region.server import Request, Response

PAGE, OTHER = "https://votes.example", "https://elsewhere.example"
FULL = {
    "AllowOrigins": [PAGE, "http://localhost:8888"],
    "AllowMethods": ["POST", "GET"],
    "AllowHeaders": ["content-type", "x-tag"],
    "ExposeHeaders": ["x-count", "date"],
    "AllowCredentials": True,
    "MaxAge": 300,
}


def request(method="POST", origin=None):
    return Request(method, "/a1/votes", "", [("Origin", origin)] if origin else [])


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ([PAGE], PAGE, PAGE),
        ([PAGE], OTHER, None),
        ([PAGE], PAGE + ":444", None),
        ([PAGE], "http://votes.example", None),
        (["*"], OTHER, "*"),
        (["*", PAGE], PAGE, "*"),
        (["https://*"], OTHER, OTHER),
        (["https://*"], "http://elsewhere.example", None),
        (["http://*", "https://*"], "http://elsewhere.example", "http://elsewhere.example"),
        ([OTHER, PAGE], PAGE, PAGE),
        (["https://*.example"], "https://a.example", None),
        ([], PAGE, None),
    ],
)
def test_the_origin_decides(origins, origin, allowed):
    configuration = {"AllowOrigins": origins, "AllowMethods": ["POST"]}
    assert cors.allow_origin(configuration, origin) == allowed
    preflight = cors.preflight(configuration, request("OPTIONS", origin))
    assert preflight.status == 204
    assert dict(preflight.headers).get("access-control-allow-origin") == allowed
    if allowed is None:
        assert preflight.headers == []
    answer = cors.apply(configuration, request("POST", origin), Response(200, []))
    assert dict(answer.headers).get("access-control-allow-origin") == allowed


def test_a_preflight_in_full():
    assert cors.preflight(FULL, request("OPTIONS", PAGE)).headers == [
        ("access-control-allow-origin", PAGE),
        ("access-control-allow-methods", "POST,GET"),
        ("access-control-allow-headers", "content-type,x-tag"),
        ("access-control-allow-credentials", "true"),
        ("access-control-max-age", "300"),
    ]


@pytest.mark.parametrize("seconds", [-1, 0, 86400])
def test_max_age_is_told_whatever_it_is(seconds):
    headers = cors.preflight({"AllowOrigins": ["*"], "MaxAge": seconds}, request("OPTIONS", PAGE)).headers
    assert ("access-control-max-age", str(seconds)) in headers


@pytest.mark.parametrize(
    ("method", "origin"), [("POST", PAGE), ("GET", PAGE), ("OPTIONS", None), ("POST", None)]
)
def test_what_is_no_preflight_goes_to_a_route(method, origin):
    assert cors.preflight(FULL, request(method, origin)) is None


def test_an_answer_in_full():
    written = [("Access-Control-Allow-Origin", "*"), ("access-control-max-age", "9"), ("x-count", "3")]
    answer = cors.apply(FULL, request("POST", PAGE), Response(201, written, b"ok"))
    assert (answer.status, answer.body) == (201, b"ok")
    assert answer.headers == [
        ("x-count", "3"),
        ("access-control-allow-origin", PAGE),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "x-count,date"),
    ]


@pytest.mark.parametrize("origin", [None, OTHER])
def test_the_functions_own_headers_go_even_if_the_gateway_adds_none(origin):
    answer = cors.apply(FULL, request("POST", origin), Response(200, [("access-control-allow-origin", "*")]))
    assert answer.headers == []


@pytest.mark.parametrize("origin", ["votes.example", "capacitor://localhost", "", "null"])
def test_an_origin_without_http_is_refused(origin):
    with pytest.raises(AwsError) as refusal:
        cors.check({"AllowOrigins": [PAGE, origin]})
    assert (refusal.value.code, refusal.value.message) == (
        "BadRequestException",
        f"Invalid format for origin {origin}",
    )


@pytest.mark.parametrize(
    ("configuration", "refused"),
    [
        ({"AllowOrigins": ["*"], "AllowCredentials": True}, True),
        ({"AllowOrigins": [PAGE, "*"], "AllowCredentials": True}, True),
        ({"AllowOrigins": ["*"], "AllowCredentials": False}, False),
        ({"AllowOrigins": ["*"]}, False),
        ({"AllowOrigins": ["https://*"], "AllowCredentials": True}, False),
        ({"AllowCredentials": True}, False),
        ({}, False),
    ],
)
def test_any_origin_with_credentials_is_refused(configuration, refused):
    if refused:
        with pytest.raises(AwsError) as refusal:
            cors.check(configuration)
        assert refusal.value.code == "BadRequestException"
    else:
        assert cors.check(configuration) == configuration
