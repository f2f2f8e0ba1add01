"""Any request that AWS's models can word, and many that they cannot: answered in the service's own shape, always.

Never a 500 from our services, a traceback, or an answer that boto3 cannot read. Each service's requests are drawn
from its botocore model; in a part of them some value is of another type, or the whole body is something else.
"""

from __future__ import annotations

import functools
import http.client
import inspect
import json
import string
from urllib.parse import quote

import botocore.parsers
import botocore.serialize
import botocore.session
import pytest
from botocore import xform_name
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from tests.local_region import ACCESS_KEY, QUICK, SECRET_KEY
from tests.region.closed.conftest import profile

OURS = ("kinesis", "lambda", "apigatewayv2")
MOTOS = ("dynamodb", "iam", "sts", "logs", "cloudwatch", "sqs", "sns", "s3")
DEPTH = 4
ARN = f"arn:aws:{{}}:{QUICK.region}:{QUICK.account}:{{}}"
NAMES = [
    "votes",
    "f",
    "q",
    "bucket",
    "$LATEST",
    "$default",
    "shardId-000000000000",
    "GET /votes",
    "python3.13",
    "h.h",
]
NAMES += [ARN.format("kinesis", "stream/votes"), ARN.format("lambda", "function:f"), ARN.format("sqs", "q")]
NAMES += [
    f"arn:aws:iam::{QUICK.account}:role/r",
    f"http://127.0.0.1/{QUICK.account}/q",
    "0",
    "1",
    "{}",
    "[]",
    "*",
]
TEXT = st.one_of(
    st.sampled_from(NAMES),
    st.text(string.ascii_letters + string.digits + "-_./:$&%<\"' ", max_size=40),
    st.text(max_size=20),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)


@functools.cache
def model(service: str):
    return botocore.session.get_session().get_service_model(service)


def value_of(shape, depth: int = 0) -> st.SearchStrategy:
    """Values of the shape's type, within its bounds or not."""
    kind = shape.type_name
    if kind == "structure":
        return structure(shape, depth)
    if kind == "list":
        return st.lists(value_of(shape.member, depth + 1), max_size=3) if depth < DEPTH else st.just([])
    if kind == "map":
        return (
            st.dictionaries(TEXT, value_of(shape.value, depth + 1), max_size=2)
            if depth < DEPTH
            else st.just({})
        )
    if kind in ("integer", "long"):
        low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 1000)
        return st.one_of(st.integers(low, max(low, high)), st.integers(-(2**40), 2**40))
    simple = {
        "boolean": st.booleans(),
        "float": st.floats(allow_nan=False, allow_infinity=False),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "timestamp": st.integers(0, 2**33),
        "blob": st.binary(max_size=40),
    }
    if kind in simple:
        return simple[kind]
    return st.one_of(st.sampled_from(shape.enum), TEXT) if shape.enum else TEXT


def structure(shape, depth: int) -> st.SearchStrategy:
    members = {
        name: st.deferred(lambda m=member: value_of(m, depth + 1)) for name, member in shape.members.items()
    }
    required = {name: members[name] for name in shape.required_members}
    if depth >= DEPTH:
        return st.fixed_dictionaries(required)
    optional = {name: member for name, member in members.items() if name not in required}
    chosen = st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True) if optional else st.just([])
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries({**required, **{n: optional[n] for n in names}})
    )


@st.composite
def requests(draw, service: str):
    """(operation, its request as botocore would write it)."""
    operation = model(service).operation_model(draw(st.sampled_from(model(service).operation_names)))
    params = draw(structure(operation.input_shape, 0)) if operation.input_shape else {}
    if service == "sqs":
        params.pop("WaitTimeSeconds", None)  # it would wait
    if params and draw(st.integers(0, 3)) == 0:
        params[draw(st.sampled_from(sorted(params)))] = draw(ANYTHING)
    protocol = model(service).resolved_protocol
    try:
        written = botocore.serialize.create_serializer(protocol, False).serialize_to_request(
            params, operation
        )
    except Exception:  # of another type than botocore can write
        written = {
            "method": operation.http["method"],
            "url_path": "/",
            "query_string": {},
            "headers": {},
            "body": b"",
        }
        written["body"] = json.dumps(params, default=str).encode()
    if draw(st.integers(0, 7)) == 0:
        written["body"] = draw(
            st.one_of(st.binary(max_size=60), ANYTHING.map(lambda v: json.dumps(v).encode()))
        )
    return operation, written


class Caller:
    """Sends requests over one connection, signed by the learner."""

    def __init__(self, region):
        self.region = region
        self.connection = http.client.HTTPConnection(region.control.host, region.control.port, timeout=30)

    def ask(self, service: str, written: dict) -> tuple[int, dict[str, str], bytes]:
        body = written["body"]
        if isinstance(body, dict):
            body = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in body.items())
        body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        url = self.region.control.url + _path(written["url_path"])
        query = written.get("query_string") or {}
        if isinstance(query, dict):
            query = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in query.items())
        request = AWSRequest(written["method"], url + (f"?{query}" if query else ""), data=body)
        for name, value in written["headers"].items():
            request.headers[name] = "".join(c for c in str(value) if " " <= c <= "~")
        signing = model(service).signing_name
        keys = Credentials(ACCESS_KEY, SECRET_KEY)
        (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, signing, QUICK.region).add_auth(request)
        target = request.url.removeprefix(self.region.control.url)
        self.connection.request(written["method"], target, body, dict(request.headers))
        answer = self.connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def _quoted(value: object) -> str:
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


def _path(path: str) -> str:
    return quote(path.encode("utf-8", "surrogatepass"), safe="/%~:")


def check(service: str, operation, answer: tuple[int, dict[str, str], bytes], may_fail: bool) -> None:
    status, headers, body = answer
    assert b"Traceback" not in body and b'File "' not in body and b"<html" not in body.lower()
    streams = operation.has_streaming_output or operation.has_event_stream_output
    if streams or operation.http["method"] == "HEAD":
        assert status < 500 or may_fail
        return
    parser = botocore.parsers.create_parser(model(service).resolved_protocol)
    told = {"status_code": status, "headers": botocore.compat.HTTPHeaders.from_dict(headers), "body": body}
    parsed = parser.parse(told, operation.output_shape)
    if status >= 300:
        code = parsed["Error"]["Code"]
        assert code and not code.isdigit(), answer
        assert status < 500 or (may_fail and code in ("InternalFailure", "InternalError")), answer


@pytest.fixture(scope="module")
def caller(fuzzed):
    made = Caller(fuzzed)
    for client, create, params in (
        ("kinesis", "CreateStream", {"StreamName": "votes", "ShardCount": 2}),
        ("sqs", "CreateQueue", {"QueueName": "q"}),
    ):
        operation = model(client).operation_model(create)
        serializer = botocore.serialize.create_serializer(model(client).resolved_protocol)
        assert made.ask(client, serializer.serialize_to_request(params, operation))[0] == 200
    yield made
    made.connection.close()


@pytest.mark.parametrize("service", OURS)
def test_our_services_answer_anything_without_failing(caller, service):
    @profile(200)
    @given(requests(service))
    def anything(request):
        operation, written = request
        check(service, operation, caller.ask(service, written), may_fail=False)

    anything()


@pytest.mark.parametrize("service", MOTOS)
def test_motos_services_answer_anything_in_their_own_shape(caller, service):
    @profile(60)
    @given(requests(service))
    def anything(request):
        operation, written = request
        check(service, operation, caller.ask(service, written), may_fail=True)

    anything()


@pytest.mark.parametrize("text", ["a", "1", "a-", "arn:aws:", "a/", "a.a:"])
def test_no_value_is_so_long_that_judging_it_stops_the_region(caller, text):
    """Python's `re` holds every thread: S3Bucket's pattern takes the cube of a name's length."""
    params = {"TableArn": (text * 60_000)[:60_000] + "\0", "S3Bucket": (text * 60_000)[:60_000] + "\0"}
    operation = model("dynamodb").operation_model("ExportTableToPointInTime")
    written = botocore.serialize.create_serializer("json", False).serialize_to_request(params, operation)
    assert caller.ask("dynamodb", written)[0] == 400


@pytest.mark.parametrize("service", OURS)
def test_no_action_needs_a_parameter_that_aws_does_not(fuzzed, service):
    """Else a request that AWS's model allows would fail in the call itself."""
    needed = {}
    for operation in map(model(service).operation_model, model(service).operation_names):
        for room in fuzzed.plane.rooms[service]:
            if action := getattr(room, xform_name(operation.name), None):
                parameters = inspect.signature(action).parameters.values()
                required = operation.input_shape.required_members if operation.input_shape else []
                names = {p.name for p in parameters if p.default is p.empty} - set(required)
                needed |= {operation.name: names} if names else {}
    assert needed == {}
