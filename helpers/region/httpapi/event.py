"""The event a function gets for a request, in payload format 2.0 or 1.0.

Format 2.0 says nothing about what is absent; format 1.0 says null. Where a real API speaks of its public address
and of TLS, the local front door says what is true here: the Host it was asked for, port and `http`.
Source: awsdocs/amazon-api-gateway-developer-guide, http-api-develop-integrations-lambda.md.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from ..server import Request
from .routing import RouteKey

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CONNECTION_HEADERS = frozenset(
    (
        "connection",
        "expect",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
GATEWAY_HEADERS = frozenset(
    ("content-length", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto")
)
V1_IDENTITY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAmr",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)


@dataclass(frozen=True)
class Context:
    """What the gateway knows of a request beside its bytes. raw_path: decoded, with a named stage's prefix
    (API Gateway decodes the path of HTTP APIs, although it calls it raw). now: epoch seconds."""

    account: str
    api_id: str
    stage: str
    route_key: RouteKey
    raw_path: str
    request_id: str
    trace_id: str
    now: float
    path_parameters: dict[str, str] = field(default_factory=dict)
    stage_variables: dict[str, str] = field(default_factory=dict)


def event(version: str, request: Request, context: Context) -> dict:
    """version: the integration's PayloadFormatVersion, "1.0" or "2.0"."""
    return format_1(request, context) if version == "1.0" else format_2(request, context)


def format_2(request: Request, context: Context) -> dict:
    headers: dict[str, list[str]] = {}
    cookies = []
    for name, value in incoming_headers(request, context):
        if name.lower() == "cookie":
            cookies += [cookie.strip() for cookie in value.split(";") if cookie.strip()]
        else:
            headers.setdefault(name.lower(), []).append(value)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    body, is_base64 = body_text(request)
    optional = {
        "cookies": cookies,
        "queryStringParameters": {name: ",".join(values) for name, values in query.items()},
        "pathParameters": context.path_parameters,
        "stageVariables": context.stage_variables,
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": context.route_key.text,
        "rawPath": context.raw_path,
        "rawQueryString": request.query,
        "headers": {name: ",".join(values) for name, values in headers.items()},
        "requestContext": {
            "accountId": context.account,
            "apiId": context.api_id,
            "domainName": request.header("host"),
            # On AWS the first label of the domain, which is the API's id.
            "domainPrefix": context.api_id,
            "http": {
                "method": request.method,
                "path": context.raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.client[0],
                "userAgent": request.header("user-agent"),
            },
            "requestId": context.request_id,
            "routeKey": context.route_key.text,
            "stage": context.stage,
            "time": log_time(context.now),
            "timeEpoch": int(context.now * 1000),
        },
        **{name: value for name, value in optional.items() if value},
        "isBase64Encoded": is_base64,
    }


def format_1(request: Request, context: Context) -> dict:
    headers: dict[str, list[str]] = {}
    for name, value in incoming_headers(request, context):
        headers.setdefault(name, []).append(value)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    body, is_base64 = body_text(request)
    return {
        "version": "1.0",
        "resource": context.route_key.path,
        "path": context.raw_path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": {
            "accountId": context.account,
            "apiId": context.api_id,
            "domainName": request.header("host"),
            "domainPrefix": context.api_id,
            "extendedRequestId": context.request_id,
            "httpMethod": request.method,
            "identity": {
                **dict.fromkeys(V1_IDENTITY),
                "sourceIp": request.client[0],
                "userAgent": request.header("user-agent"),
            },
            "path": context.raw_path,
            "protocol": "HTTP/1.1",
            "requestId": context.request_id,
            "requestTime": log_time(context.now),
            "requestTimeEpoch": int(context.now * 1000),
            "resourceId": context.route_key.text,
            "resourcePath": context.route_key.path,
            "stage": context.stage,
        },
        "pathParameters": context.path_parameters or None,
        "stageVariables": context.stage_variables or None,
        "body": body or None,
        "isBase64Encoded": is_base64,
    }


def incoming_headers(request: Request, context: Context) -> list[tuple[str, str]]:
    """The client's headers, without those that concern only the connection, and the gateway's own."""
    _, _, port = request.header("host").partition(":")
    forwarded = ", ".join(filter(None, (request.header("x-forwarded-for"), request.client[0])))
    kept = [
        (name, value)
        for name, value in request.headers
        if name.lower() not in CONNECTION_HEADERS | GATEWAY_HEADERS
    ]
    return [
        ("Content-Length", str(len(request.body))),
        *kept,
        ("X-Amzn-Trace-Id", request.header("x-amzn-trace-id") or context.trace_id),
        ("X-Forwarded-For", forwarded),
        ("X-Forwarded-Port", port or "80"),
        ("X-Forwarded-Proto", "http"),
    ]


def body_text(request: Request) -> tuple[str, bool]:
    """(body, isBase64Encoded). Text, JSON, XML and JavaScript stay text; all else, a form too, goes as base64."""
    if not request.body:
        return "", False
    if is_text(request.header("content-type")):
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass  # it said text and is not
    return base64.b64encode(request.body).decode("ascii"), True


def is_text(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    kind, _, subtype = media_type.partition("/")
    return kind == "text" or (
        kind == "application" and subtype.rpartition("+")[2] in ("json", "xml", "javascript")
    )


def log_time(now: float) -> str:
    """`12/Mar/2020:19:03:58 +0000`, whatever the locale."""
    utc = time.gmtime(now)
    return f"{utc.tm_mday:02}/{MONTHS[utc.tm_mon - 1]}/{utc.tm_year}:{time.strftime('%H:%M:%S', utc)} +0000"
