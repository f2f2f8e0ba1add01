"""What moto is given of a request: what was judged, and nothing else of it.

moto looks for the operation and its parameters in one place after another: headers, the query, a form, and any body
that has an "&" in it. A second operation hidden in one of them, or a voter's text, would be carried out unjudged.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

from .errors import AwsError, not_in_this_region
from .server import Request

FORM = "application/x-www-form-urlencoded"
_KEPT = ("host", "authorization", "x-amzn-query-mode")
_KEPT_BY_S3 = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-md5")
_KEPT_BY_S3 += ("content-type", "date", "expires", "range", "if-match", "if-none-match", "if-modified-since")
_KEPT_BY_S3 += ("if-unmodified-since",)
_FORMS = (FORM, "multipart/form-data")


def forwarded(protocol: str, target: str, content_type: str, request: Request, **changed: object) -> Request:
    """`request` as moto reads it in one way only. Raises AwsError for what cannot be.

    protocol: botocore's name. target: the value of X-Amz-Target. changed: members to replace, for json and query.
    """
    if protocol == "rest-xml":
        return _s3(request)
    headers = [(name, value) for name, value in request.headers if name.lower() in _KEPT]
    if protocol == "query":
        fields: dict[str, object] = {}
        for name, value in parse_qsl(_text(request.body), keep_blank_values=True):
            fields.setdefault(name, value)
        body = urlencode({**fields, **changed}).encode()
        content_type = FORM
    else:
        headers.append(("X-Amz-Target", target))
        body = json.dumps({**json.loads(request.body), **changed}).encode() if changed else request.body
        body = body.replace(b"&", b"\\u0026")  # within JSON an "&" stands in strings only
    headers.append(("Content-Type", content_type))
    return Request("POST", "/", "", headers, body, request.client)


def _s3(request: Request) -> Request:
    content_type = request.header("content-type").lower()
    if content_type.startswith(_FORMS):
        raise not_in_this_region(f"An S3 request with the Content-Type {content_type}")
    for name, _ in parse_qsl(request.query, keep_blank_values=True):
        if name.lower() == "action":
            raise not_in_this_region(f"{name} in an S3 address")
    headers = [
        (name, value)
        for name, value in request.headers
        if name.lower() in (*_KEPT, *_KEPT_BY_S3) or (name.lower().startswith("x-amz-") and "_" not in name)
    ]
    return Request(request.method, request.path, request.query, headers, request.body, request.client)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise AwsError("MalformedQueryString", "The request is not UTF-8.") from None
