"""A request's parameters against botocore's constraints, in the words of AWS's "1 validation error detected: …".

botocore describes what the newest kind of each service takes, which is not always what the service refuses: where
the two differ, CORRECTIONS says what AWS does.
"""

from __future__ import annotations

import functools
import math
import re
import warnings
from collections.abc import Callable, Sequence, Sized

from .errors import AwsError

CODES = {
    "apigatewayv2": "BadRequestException",
    "iam": "ValidationError",
    "sts": "ValidationError",
    "sns": "InvalidParameter",
    "logs": "InvalidParameterException",
}
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
    problems = _check_of(service, shape)(params)
    if not problems:
        return
    for path, _, rule in problems:
        if rule is WRONG_TYPE:
            raise AwsError("SerializationException", f"{path or 'The request'} is not of the expected type.")
    noun = "error" if len(problems) == 1 else "errors"
    code = CODES.get(service, "ValidationException")
    texts = "; ".join(_sentence(*problem) for problem in problems)
    raise AwsError(code, f"{len(problems)} validation {noun} detected: {texts}")


# -- checks: a shape's constraints as a function of the value, made once --------------------------------------------
# A check returns its problems: (path within the value, the value there, the rule broken). None costs next to nothing.

Problems = Sequence[tuple[str, object, str]]
Check = Callable[[object], Problems]
WRONG_TYPE = "wrong type"
_CHECKS: dict[tuple[str, str], Check] = {}


def _check_of(service: str, shape) -> Check:
    key = (service, shape.name)
    if key not in _CHECKS:
        _CHECKS[key] = lambda value: _CHECKS[key](value)  # for a shape that contains itself
        rules = {**shape.metadata, **CORRECTIONS.get(service, {}).get(shape.name, {})}
        make = _MAKERS.get(shape.type_name)
        _CHECKS[key] = make(service, shape, rules) if make else lambda value: ()
    return _CHECKS[key]


def _structure(service: str, shape, rules: dict) -> Check:
    if getattr(shape, "is_document_type", False):
        return lambda value: ()
    required = tuple(shape.required_members)
    checks = {name: _check_of(service, member) for name, member in shape.members.items()}

    def check(value: object) -> Problems:
        if not isinstance(value, dict):
            return [("", value, WRONG_TYPE)]
        problems = [(_lower(name), None, "not be null") for name in required if value.get(name) is None]
        for name, member in value.items():
            if member is not None and (found := checks[name](member)):
                problems += _within(_lower(name), found)
        return problems

    return check


def _list(service: str, shape, rules: dict) -> Check:
    member_check, length = _check_of(service, shape.member), _length(rules)

    def check(value: object) -> Problems:
        if not isinstance(value, list):
            return [("", value, WRONG_TYPE)]
        problems = list(length(value, value))
        for number, member in enumerate(value, 1):
            if found := member_check(member):
                problems += _within(f"{number}.member", found)
        return problems

    return check


def _map(service: str, shape, rules: dict) -> Check:
    length = _length(rules)
    return lambda value: length(value, value) if isinstance(value, dict) else [("", value, WRONG_TYPE)]


def _number(service: str, shape, rules: dict) -> Check:
    low, high = _bounds(rules)

    def check(value: object) -> Problems:
        if low <= value <= high:
            return ()
        rule = f"less than or equal to {high}" if value > high else f"greater than or equal to {low}"
        return [("", value, f"have value {rule}")]

    return check


def _string(service: str, shape, rules: dict) -> Check:
    length = _length(rules)
    pattern, enum = rules.get("pattern"), rules.get("enum") or ()
    matches = _compiled(pattern).fullmatch if pattern else None
    values = frozenset(enum)

    def check(value: object) -> Problems:
        if not isinstance(value, str):
            return [("", value, WRONG_TYPE)]
        problems = length(value, value)
        if matches and not matches(value):
            problems = [*problems, ("", value, f"satisfy regular expression pattern: {pattern}")]
        if values and value not in values:
            problems = [*problems, ("", value, f"satisfy enum value set: [{', '.join(enum)}]")]
        return problems

    return check


def _blob(service: str, shape, rules: dict) -> Check:
    length = _length(rules)
    return lambda value: length(value, f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]")


_MAKERS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "integer": _number,
    "long": _number,
    "string": _string,
    "blob": _blob,
}


def _length(rules: dict) -> Callable[[Sized, object], Problems]:
    """(value, how AWS shows it) → its problems with the shape's length."""
    low, high = _bounds(rules)

    def check(value: Sized, shown: object) -> Problems:
        if low <= len(value) <= high:
            return ()
        rule = f"less than or equal to {high}" if len(value) > high else f"greater than or equal to {low}"
        return [("", shown, f"have length {rule}")]

    return check


def _bounds(rules: dict) -> tuple[float, float]:
    low, high = rules.get("min"), rules.get("max")
    return (-math.inf if low is None else low), (math.inf if high is None else high)


def _sentence(path: str, value: object, rule: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: Member must {rule}"


def _within(name: str, problems: Problems) -> Problems:
    return [(f"{name}.{path}" if path else name, value, rule) for path, value, rule in problems]


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
