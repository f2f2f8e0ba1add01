"""The response a client gets for what a function returned.

Format 2.0 infers: without a statusCode, whatever the function returned is the body of a 200. Format 1.0 wants the
exact object. What fits neither is the client's 500 Internal Server Error, with the reason in the region's log.
Source: awsdocs/amazon-api-gateway-developer-guide, http-api-develop-integrations-lambda.md; localstack's recordings
of function URLs, which share the format.
"""

from __future__ import annotations

import base64
import binascii
import json
import re

from ..server import Response

JSON_TYPE = ("content-type", "application/json")
TEXT_TYPE = ("content-type", "text/plain; charset=utf-8")
FORMAT_1_MEMBERS = frozenset(("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"))
CONNECTION_HEADERS = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Malformed(Exception):
    """The function's return value is not a response; says why."""


def message(status: int, text: str) -> Response:
    """The gateway's own answer, `{"message":"Not Found"}`."""
    return Response(status, [JSON_TYPE], json.dumps({"message": text}, separators=(",", ":")).encode())


def response(version: str, payload: bytes) -> Response:
    """payload: the function's answer, JSON. version: the integration's PayloadFormatVersion. Raises Malformed."""
    try:
        returned = json.loads(payload, parse_constant=_refuse_constant)
    except ValueError as wrong:
        raise Malformed(f"the function's answer is not JSON: {wrong}") from None
    if version == "1.0":
        return exact(returned)
    if isinstance(returned, dict) and "statusCode" in returned:
        return stated(returned)
    return inferred(returned)


def inferred(returned) -> Response:
    """A string stands for itself, anything else (None too: AWS is not recorded there) for its compact JSON."""
    compact = json.dumps(returned, ensure_ascii=False, separators=(",", ":"))
    return Response(200, [JSON_TYPE], (returned if isinstance(returned, str) else compact).encode())


def exact(returned) -> Response:
    if not isinstance(returned, dict) or "statusCode" not in returned or returned.keys() - FORMAT_1_MEMBERS:
        raise Malformed(
            "payload format 1.0 wants an object of statusCode, headers, multiValueHeaders and body"
        )
    return stated(returned)


def stated(returned: dict) -> Response:
    """A response whose function says the status. Each cookie is a set-cookie header of its own."""
    headers = []
    for name, value in _object(returned, "headers").items():
        headers.append(_header(name, value))
    for name, values in _object(returned, "multiValueHeaders").items():
        for value in _list(values, "multiValueHeaders"):
            headers.append(_header(name, value))
    for cookie in _list(returned.get("cookies") or [], "cookies"):
        headers.append(_header("set-cookie", cookie))
    headers = [header for header in headers if header[0] not in CONNECTION_HEADERS]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(TEXT_TYPE)
    return Response(_status(returned["statusCode"]), headers, _body(returned))


def _status(value) -> int:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[2-5]\d\d", text, re.ASCII):
        raise Malformed(f"statusCode {value!r} is not a status from 200 to 599")
    return int(text)


def _body(returned: dict) -> bytes:
    body, is_base64 = returned.get("body"), returned.get("isBase64Encoded") or False
    if body is None:
        return b""
    if not isinstance(body, str):
        # The sample server of SAM turns it into a string; AWS is not recorded. A body that fails here works there.
        raise Malformed(f"body must be a string, not {type(body).__name__}: use json.dumps")
    if not isinstance(is_base64, bool):
        raise Malformed("isBase64Encoded must be true or false")
    if not is_base64:
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("isBase64Encoded is true, but body is not base64") from None


def _header(name: str, value) -> tuple[str, str]:
    """Lower-cased, as the gateway sends it; the value's UTF-8 bytes as the server writes them, one character each."""
    if not isinstance(value, (str, int, float)):
        raise Malformed(f"header {name} must be a string")
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    if not HEADER_NAME.fullmatch(name) or re.search(r"[\r\n\0]", text):
        raise Malformed(f"header {name!r} is not a header that HTTP allows")
    return name.lower(), text.encode("utf-8", "replace").decode("latin-1")


def _object(returned: dict, name: str) -> dict:
    value = returned.get(name) or {}
    if not isinstance(value, dict):
        raise Malformed(f"{name} must be an object")
    return value


def _list(value, name: str) -> list:
    if not isinstance(value, list):
        raise Malformed(f"{name} must hold a list")
    return value


def _refuse_constant(text: str):
    raise ValueError(f"{text} is not JSON")
