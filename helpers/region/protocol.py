"""One AWS service's wire protocol, from botocore's own description of the service.

A request becomes an operation and its parameters; a result, or an AwsError, becomes a response. moto's parser and
serialiser do the work for each protocol (json, query, rest-json, rest-xml); the shapes are botocore's. Only JSON is
read here (json_shapes.py): moto's way would take longer than all the rest of a PutRecords.
"""

from __future__ import annotations

import json
import re
import uuid
from functools import cached_property, lru_cache
from urllib.parse import parse_qs, parse_qsl, unquote
from xml.sax.saxutils import escape

import botocore.loaders
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.serialize import SerializationContext, get_serializer_class
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from .errors import AwsError
from .forwarding import FORM, forwarded
from .json_shapes import epoch, reader
from .server import Request, Response

_LOADER = botocore.loaders.Loader()
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
AWS_SERVICES = frozenset(_LOADER.list_available_services("service-2"))


def new_request_id() -> str:
    return str(uuid.uuid4())


def protocol_of(service: str, request: Request) -> Protocol:
    """How `service` is spoken to by this request: CloudWatch is by some clients in forms still."""
    return _protocol(service, request.header("content-type").startswith(FORM))


@lru_cache(maxsize=24)  # a model is megabytes, and whose name is in a signature nobody has checked yet
def _protocol(service: str, form: bool) -> Protocol:
    return Protocol(service, form)


class Protocol:
    """The protocol of `service`, named as boto3 names it ("kinesis", "lambda", "apigatewayv2", …).

    form: speak "query", if the service does.
    """

    def __init__(self, service: str, form: bool = False):
        self.service = service
        self.model = ServiceModel(_LOADER.load_service_model(service, "service-2"), service)
        both = form and "query" in self.model.metadata.get("protocols", ())
        self.name = "query" if both else self.model.resolved_protocol

    def operation(self, request: Request) -> tuple[OperationModel, dict]:
        """The operation asked for, and the parameters that its address carries. Raises AwsError."""
        if self.name in ("query", "json") and request.query:
            raise AwsError("MalformedQueryString", f"{self.service} takes its parameters in the body.")
        if self.name == "json":
            return self._named(request.header("x-amz-target").rpartition(".")[2]), {}
        if self.name == "query":
            action = parse_qs(request.body.decode("utf-8", "replace")).get("Action", [""])[0]
            return self._named(action), {}
        return self._routed(request)

    def forwarded(self, operation: OperationModel, request: Request, **changed: object) -> Request:
        """What moto is given of the request; see forwarding.py."""
        target = f"{self.model.metadata.get('targetPrefix')}.{operation.name}"
        return forwarded(self.name, target, self._json_type, request, **changed)

    def parse(self, request: Request, operation: OperationModel, address: dict) -> dict:
        """The request's parameters by AWS's member names: blobs as bytes, timestamps as epoch seconds."""
        members = _json_members(self.name, request.body, operation)
        try:
            if self.name == "json":
                return reader(operation.input_shape)(members) if operation.input_shape else {}
            return self._parsed(request, operation, address) or {}
        except RecursionError:
            raise AwsError("SerializationException", "The request is nested too deeply.") from None
        except (AttributeError, KeyError, TypeError, ValueError, RequestParserError) as wrong:
            raise AwsError("SerializationException", f"The request could not be read: {wrong}") from None

    def _parsed(self, request: Request, operation: OperationModel, address: dict) -> dict:
        form = request.body.decode("utf-8", "replace") if self.name == "query" else request.query
        parser = PROTOCOL_PARSERS[self.name](operation, timestamp_parser=epoch)
        return parser.parse(
            {
                "body": request.body,
                "headers": Headers(request.headers),
                "method": request.method,
                "url_params": address,
                "url_path": request.path,
                "values": MultiDict(parse_qsl(form, keep_blank_values=True)),
            }
        )

    def result(self, operation: OperationModel, result: dict | bytes | None) -> Response:
        """What an action returned, as the service answers it; bytes are a JSON body written already."""
        request_id = new_request_id()
        if isinstance(result, dict) and "ResponseMetadata" in result:
            request_id = result["ResponseMetadata"]["RequestId"]  # an invocation's is the one in its log
        if isinstance(result, bytes):
            headers = [("Content-Type", self._json_type), ("x-amzn-RequestId", request_id)]
            return Response(200, headers, result)
        serializer = get_serializer_class(self.service, self.name)
        written = serializer(operation, context=SerializationContext(request_id)).serialize(result or {})
        body = written["body"]
        headers = [*written["headers"].items(), ("x-amzn-RequestId", request_id)]
        status = _status(operation, result or {}) or written["status_code"]
        return Response(status, headers, body.encode() if isinstance(body, str) else body)

    def error(self, error: AwsError) -> Response:
        """An AwsError in the service's own shape."""
        request_id = new_request_id()
        if self.name in ("json", "rest-json"):
            member = "Message" if self.service in ("kinesis", "logs", "lambda") else "message"
            body = {"__type": error.code, member: error.message, **error.members}
            headers = [("Content-Type", self._json_type), ("x-amzn-ErrorType", error.code)]
            content = json.dumps(body).encode()
        else:
            message = _NOT_XML.sub("\ufffd", error.message)
            detail = f"<Code>{escape(error.code)}</Code><Message>{escape(message)}</Message>"
            if self.name == "query":
                inner = f"<Error><Type>Sender</Type>{detail}</Error><RequestId>{request_id}</RequestId>"
                content = f"<ErrorResponse>{inner}</ErrorResponse>".encode()
            elif self.name == "ec2":
                content = f"<Response><Errors><Error>{detail}</Error></Errors></Response>".encode()
            else:
                content = f"<Error>{detail}<RequestId>{request_id}</RequestId></Error>".encode()
            headers = [("Content-Type", "text/xml")]
        return Response(error.status, [*headers, ("x-amzn-RequestId", request_id)], content)

    @property
    def _json_type(self) -> str:
        version = self.model.metadata.get("jsonVersion")
        return f"application/x-amz-json-{version}" if self.name == "json" and version else "application/json"

    def _named(self, name: str) -> OperationModel:
        if name not in self.model.operation_names:
            raise AwsError("UnknownOperationException", f"{self.service} has no operation {name!r}.", 404)
        return self.model.operation_model(name)

    def _routed(self, request: Request) -> tuple[OperationModel, dict]:
        """A rest service's operation: method and path, and the query words that only some operations want."""
        adapter = self._routes.bind("region", path_info=request.path, default_method=request.method)
        try:
            candidates, address = adapter.match()
        except HTTPException:
            raise AwsError(
                "UnknownOperationException", f"{self.service} has no {request.method} {request.path}.", 404
            ) from None
        given = dict(parse_qsl(request.query, keep_blank_values=True))
        fitting = [
            operation
            for operation in map(self.model.operation_model, candidates)
            if all(given.get(k) == v for k, v in operation.http_trait.query_args.items())
            and _has_required(operation, request, given)
        ]
        if not fitting:
            raise AwsError("UnknownOperationException", f"{self.service} has no {request.path}.", 404)
        chosen = max(fitting, key=_specificity)
        return chosen, {name.replace("__", "-"): unquote(value) for name, value in address.items()}

    @cached_property
    def _routes(self) -> Map:
        by_rule: dict[tuple[str, str], list[str]] = {}
        for name in self.model.operation_names:
            http = self.model.operation_model(name).http_trait
            rule = re.sub(r"\{([^}+]+)(\+?)\}", _converter, http.path)
            by_rule.setdefault((http.method, rule), []).append(name)
        rules = [
            Rule(rule, methods=[method], endpoint=tuple(names), strict_slashes=False)
            for (method, rule), names in by_rule.items()
        ]
        return Map(rules, strict_slashes=False, merge_slashes=False)


def _has_required(operation: OperationModel, request: Request, given: dict) -> bool:
    shape = operation.input_shape
    if shape is None:
        return True
    return all(name in given for name in shape.required_query_args) and all(
        request.header(name) for name in shape.required_headers
    )


def _specificity(operation: OperationModel) -> int:
    shape = operation.input_shape
    asked = len(shape.required_query_args) + len(shape.required_headers) if shape else 0
    return len(operation.http_trait.query_args) + asked


def _status(operation: OperationModel, result: dict) -> int | None:
    """The HTTP status, where a member of the result is it (Lambda's Invoke); moto's serialiser does not look."""
    members = operation.output_shape.members if operation.output_shape else {}
    return next(
        (result.get(name) for name, m in members.items() if m.serialization.get("location") == "statusCode"),
        None,
    )


def _converter(label: re.Match) -> str:
    name = label[1].replace("-", "__")
    return f"<path:{name}>" if label[2] else f"<{name}>"


def _json_members(protocol: str, body: bytes, operation: OperationModel) -> dict:
    """A JSON body's members. moto's parser takes what is not JSON for a message; AWS refuses it."""
    shape = operation.input_shape
    if not body or shape is None or protocol not in ("json", "rest-json") or "payload" in shape.serialization:
        return {}
    try:
        value = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise AwsError("SerializationException", "The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise AwsError("SerializationException", "Start of structure or map expected.")
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
