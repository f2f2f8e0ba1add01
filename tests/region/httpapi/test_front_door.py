"""The front door's own small rules: addresses, ARNs, sizes (http-api.md §2, §5, §6)."""

from __future__ import annotations

import pytest

from helpers.region.httpapi.event import Context
from helpers.region.httpapi.front_door import BODY_BYTES, HEAD_BYTES, request_arn, split_path, too_large
from helpers.region.httpapi.routing import parse_route_key
from helpers.region.server import Request
from helpers.region.settings import Settings


@pytest.mark.parametrize(
    ("path", "api_id", "decoded"),
    [
        ("/a1/orders/7", "a1", "/orders/7"),
        ("/a1", "a1", "/"),
        ("/a1/", "a1", "/"),
        ("/a1/orders/", "a1", "/orders/"),
        ("/a1//orders", "a1", "//orders"),
        ("/a1/caf%C3%A9%20sol", "a1", "/café sol"),
        ("/a1/%FF", "a1", "/\ufffd"),
        ("/", "", "/"),
    ],
)
def test_the_api_id_is_stripped_and_the_path_decoded(path, api_id, decoded):
    assert split_path(path) == (api_id, decoded)


@pytest.mark.parametrize(
    ("stage", "route_key", "end"),
    [
        ("$default", "POST /orders", "$default/POST/orders"),
        ("dev", "POST /orders", "dev/POST/orders"),
        ("dev", "ANY /x", "dev/*/x"),
        ("$default", "$default", "$default/$default"),
        ("dev", "GET /orders/{id}", "dev/GET/orders/{id}"),
    ],
)
def test_the_arn_that_the_functions_policy_is_asked_about(stage, route_key, end):
    context = Context(
        account="123456789012",
        api_id="a1",
        stage=stage,
        route_key=parse_route_key(route_key),
        raw_path="/",
        request_id="r",
        trace_id="t",
        now=0,
    )
    assert request_arn(Settings(), context) == f"arn:aws:execute-api:us-east-1:123456789012:a1/{end}"


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [(HEAD_BYTES, BODY_BYTES, None), (HEAD_BYTES + 1, 0, 431), (HEAD_BYTES, BODY_BYTES + 1, 413)],
)
def test_what_is_too_large(head, body, status):
    request = Request("POST", "/a1", "", [("X-Big", "x" * (head - 12))], b"x" * body)
    answer = too_large(request)
    assert (answer.status if answer else None) == status
