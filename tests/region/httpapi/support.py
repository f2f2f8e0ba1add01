"""What the tests that go the whole way share: the functions' names, a client of the front door, who may call what."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

FUNCTION, SLOW, PRIVATE = "echo", "slow", "private"


@dataclass
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name):
        values = [value for key, value in self.headers if key.lower() == name]
        return ",".join(values) if values else None

    def json(self):
        return json.loads(self.body)


def send(url, method="GET", path="/", body=None, headers=()):
    """One request over a socket of its own, as it stands: no redirects, no default headers but Host."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        connection.putrequest(method, parts.path + path, skip_accept_encoding=True)
        given = [*dict(headers).items()] if isinstance(headers, dict) else list(headers)
        if body is not None:
            given.append(("Content-Length", str(len(body))))
        for name, value in given:
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        return Reply(reply.status, reply.getheaders(), reply.read())
    finally:
        connection.close()


def ask(url, program, path="/", method="POST", headers=(), **more):
    """Have the function do as `program` says."""
    headers = [("Content-Type", "application/json"), *headers]
    return send(url, method, path, json.dumps({**program, **more}).encode(), headers)


def error(reply):
    return reply.status, reply.body, reply.header("content-type")


def permit(clients, name, source_arn, sid="api"):
    clients("lambda").add_permission(
        FunctionName=name,
        StatementId=sid,
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=source_arn,
    )
