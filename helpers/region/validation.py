"""A request's parameters against botocore's constraints, in the words of AWS's "1 validation error detected: …".

botocore describes what the newest kind of each service takes, which is not always what the service refuses: where
the two differ, CORRECTIONS says what AWS does.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Iterator

from .errors import AwsError

CORRECTIONS: dict[str, dict[str, dict]] = {
    # service → shape → what replaces botocore's metadata (None: no such constraint)
    "kinesis": {
        "Data": {"max": None},  # the stream's own record limit decides; see kinesis/service.py
    },
    "lambda": {
        "Timeout": {"max": 900},  # botocore: 5400, for managed instances
        "MemorySize": {"max": 10240},
        "Runtime": {"enum": None},  # refused as InvalidParameterValueException; see awslambda
        "EventSourcePosition": {"enum": ["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"]},
    },
}


def validate(service: str, shape, params: dict) -> None:
    """Raises AwsError ValidationException naming every constraint that `params` break, as AWS words them."""
    problems = list(_problems(CORRECTIONS.get(service, {}), shape, params, ""))
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        code = "BadRequestException" if service == "apigatewayv2" else "ValidationException"
        raise AwsError(code, f"{len(problems)} validation {noun} detected: " + "; ".join(problems))


def _problems(corrections: dict, shape, value, path: str) -> Iterator[str]:
    rules = {**shape.metadata, **corrections.get(shape.name, {})}
    if shape.type_name == "structure":
        yield from _structure(corrections, shape, value, path)
    elif shape.type_name == "list":
        _expect(value, list, path)
        yield from _length(rules, value, str(value), path)
        for number, member in enumerate(value, 1):
            yield from _problems(corrections, shape.member, member, f"{path}.{number}.member")
    elif shape.type_name == "map":
        _expect(value, dict, path)
        yield from _length(rules, value, str(value), path)
    elif shape.type_name in ("integer", "long"):
        if rules.get("max") is not None and value > rules["max"]:
            yield _problem(value, path, f"have value less than or equal to {rules['max']}")
        if rules.get("min") is not None and value < rules["min"]:
            yield _problem(value, path, f"have value greater than or equal to {rules['min']}")
    elif shape.type_name == "string":
        _expect(value, str, path)
        yield from _length(rules, value, value, path)
        if rules.get("pattern") and not _compiled(rules["pattern"]).fullmatch(value):
            yield _problem(value, path, f"satisfy regular expression pattern: {rules['pattern']}")
        if rules.get("enum") and value not in rules["enum"]:
            yield _problem(value, path, f"satisfy enum value set: [{', '.join(rules['enum'])}]")
    elif shape.type_name == "blob":
        yield from _length(
            rules, value, f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]", path
        )


def _structure(corrections: dict, shape, value, path: str) -> Iterator[str]:
    _expect(value, dict, path)
    dot = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{dot}{_lower(name)}' failed to satisfy constraint: Member must not be null"
    for name, member in value.items():
        if member is not None and not getattr(shape, "is_document_type", False):
            yield from _problems(corrections, shape.members[name], member, dot + _lower(name))


def _length(rules: dict, value, shown: str, path: str) -> Iterator[str]:
    if rules.get("max") is not None and len(value) > rules["max"]:
        yield _problem(shown, path, f"have length less than or equal to {rules['max']}")
    if rules.get("min") is not None and len(value) < rules["min"]:
        yield _problem(shown, path, f"have length greater than or equal to {rules['min']}")


def _problem(shown, path: str, rule: str) -> str:
    return f"Value '{shown}' at '{path}' failed to satisfy constraint: Member must {rule}"


def _expect(value, kind: type, path: str) -> None:
    if not isinstance(value, kind):
        raise AwsError("SerializationException", f"{path or 'The request'} is not of the expected type.")


@functools.cache
def _compiled(pattern: str) -> re.Pattern:
    """A Java pattern as Python's `re` takes it."""
    for java, python in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", r"\s")):
        pattern = pattern.replace(java, python)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # AWS's "[[" means a bracket, as it does here still
        return re.compile(pattern)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
