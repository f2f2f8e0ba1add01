"""Route keys, and the stage and route that answer a path (http-api.md §1, §2, §6)."""

from __future__ import annotations

import pytest

from helpers.region.errors import AwsError
from helpers.region.httpapi.routing import choose_route, choose_stage, parse_route_key

BAD_FORMAT = (
    "The provided route key is not formatted properly for HTTP protocol. "
    'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
)
BAD_PART = "One or more path parts appear to be invalid"


@pytest.mark.parametrize(
    "text",
    [
        "$default",
        "GET /",
        "ANY /{proxy+}",
        "POST /orders/{id}",
        "PATCH /a/{b}/c/{d+}",
        "OPTIONS /a/",
        "GET /a.json",
    ],
)
def test_a_good_route_key_is_taken(text):
    assert parse_route_key(text).text == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", BAD_FORMAT),
        ("nonsense", BAD_FORMAT),
        ("POST/orders", BAD_FORMAT),
        ("POST orders", BAD_FORMAT),
        ("post /orders", BAD_FORMAT),
        ("TRACE /orders", BAD_FORMAT),
        ("$connect", BAD_FORMAT),
        ("GET  /orders", BAD_FORMAT),
        ("GET /{proxy+}/more", BAD_PART),
        ("GET /{id}.json", BAD_PART),
        ("GET /{}", BAD_PART),
        ("GET /{a", BAD_PART),
        ("GET /{a}/{a}", BAD_PART),
        ("GET /two words", BAD_PART),
    ],
)
def test_a_bad_route_key_is_refused(text, message):
    with pytest.raises(AwsError) as refusal:
        parse_route_key(text)
    assert (refusal.value.code, refusal.value.status) == ("BadRequestException", 400)
    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("path", "stages", "chosen"),
    [
        ("/orders", ["$default"], ("$default", "/orders")),
        ("/", ["$default", "dev"], ("$default", "/")),
        ("/dev/orders/7", ["$default", "dev"], ("dev", "/orders/7")),
        ("/dev/", ["dev"], ("dev", "/")),
        ("/dev", ["dev"], ("dev", "/")),
        ("/device/orders", ["dev", "$default"], ("$default", "/device/orders")),
        ("/orders", ["dev"], None),
        ("/$default/orders", ["$default"], ("$default", "/$default/orders")),
        ("/orders", [], None),
    ],
)
def test_the_first_segment_chooses_the_stage(path, stages, chosen):
    assert choose_stage(path, stages) == chosen


# The developer guide's own example, http-api-develop-routes.md, and what it leaves open.
GUIDE = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"]


@pytest.mark.parametrize(
    ("keys", "method", "path", "chosen", "parameters"),
    [
        (GUIDE, "GET", "/pets/dog/1", "GET /pets/dog/1", {}),
        (GUIDE, "GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
        (GUIDE, "GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
        (GUIDE, "POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
        (GUIDE, "GET", "/", "$default", {}),
        (["ANY /x", "POST /x"], "POST", "/x", "POST /x", {}),
        (["ANY /x", "POST /x"], "GET", "/x", "ANY /x", {}),
        (["ANY /x", "POST /{proxy+}"], "POST", "/x", "ANY /x", {}),
        (["GET /a/{y}", "GET /{x}/b"], "GET", "/a/b", "GET /a/{y}", {"y": "b"}),
        (["GET /{x}/{y}", "GET /a/{proxy+}"], "GET", "/a/b", "GET /{x}/{y}", {"x": "a", "y": "b"}),
        (["POST /pets/1", "GET /pets/{id}"], "GET", "/pets/1", "GET /pets/{id}", {"id": "1"}),
        (
            ["GET /a/{proxy+}", "GET /a/{x}/{proxy+}"],
            "GET",
            "/a/b/c",
            "GET /a/{x}/{proxy+}",
            {"x": "b", "proxy": "c"},
        ),
        (["GET /a/"], "GET", "/a/", "GET /a/", {}),
    ],
)
def test_the_most_specific_route_is_chosen(keys, method, path, chosen, parameters):
    routes = [parse_route_key(key) for key in keys]
    for order in (routes, routes[::-1]):
        key, found = choose_route(order, method, path)
        assert (key.text, found) == (chosen, parameters)


@pytest.mark.parametrize(
    ("keys", "method", "path"),
    [
        (["POST /votes"], "GET", "/votes"),
        (["GET /votes"], "HEAD", "/votes"),
        (["POST /votes"], "POST", "/vote"),
        (["POST /votes"], "POST", "/votes/"),
        (["POST /votes"], "POST", "/Votes"),
        (["POST /votes"], "POST", "/dev/votes"),
        (["ANY /{proxy+}"], "GET", "/"),
        (["GET /pets/{id}"], "GET", "/pets/"),
        (["GET /pets/{id}"], "GET", "/pets/1/2"),
        (["GET /pets/{proxy+}"], "GET", "/pets"),
        ([], "GET", "/"),
    ],
)
def test_without_a_fitting_route_there_is_none(keys, method, path):
    assert choose_route(map(parse_route_key, keys), method, path) is None


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("POST /orders", "POST/orders"),
        ("ANY /x/{y}", "*/x/{y}"),
        ("$default", "$default"),
    ],
)
def test_a_route_reads_so_in_the_arn_of_the_permission(text, suffix):
    assert parse_route_key(text).arn_suffix() == suffix
