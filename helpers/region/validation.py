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
    """Raises AwsError ValidationException naming every constraint that `params` break, as AWS words them.

    shape: the operation's input, None if it takes none.
    """
    problems = _check_of(service, shape)(params) if shape is not None else ()
    if not problems:
        return
    for path, _, rule in problems:
        if rule is WRONG_TYPE:
            raise AwsError("SerializationException", f"{path or 'The request'} is not of the expected type.")
    raise AwsError(CODES.get(service, "ValidationException"), detected(*problems))


# -- checks: a shape's constraints as a function of the value, made once --------------------------------------------
# A check returns its problems: (path within the value, the value there, the rule broken). None costs next to nothing.

Problems = Sequence[tuple[str, object, str]]
Check = Callable[[object], Problems]
WRONG_TYPE = "wrong type"
HIDDEN = object()
"""What AWS shows of a sensitive value: nothing."""
_CHECKS: dict[tuple[str, str], Check] = {}


def _check_of(service: str, shape) -> Check:
    key = (service, shape.name)
    if key not in _CHECKS:
        _CHECKS[key] = lambda value: _CHECKS[key](value)  # for a shape that contains itself
        rules = _rules_of(service, shape)
        make = _MAKERS.get(shape.type_name)
        check = make(service, shape, rules) if make else lambda value: ()
        if rules.get("sensitive"):
            _CHECKS[key] = lambda value: [(path, HIDDEN, rule) for path, _, rule in check(value)]
        else:
            _CHECKS[key] = check
    return _CHECKS[key]


def _rules_of(service: str, shape) -> dict:
    return {**shape.metadata, **CORRECTIONS.get(service, {}).get(shape.name, {})}


def _structure(service: str, shape, rules: dict) -> Check:
    if getattr(shape, "is_document_type", False):
        return lambda value: ()
    required = tuple(shape.required_members)
    checks = {name: _check_of(service, member) for name, member in shape.members.items()}

    def check(value: object) -> Problems:
        if not isinstance(value, dict):
            return [("", value, WRONG_TYPE)]
        problems = [(_lower(name), None, NOT_NULL) for name in required if value.get(name) is None]
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
    """AWS tells of a map's keys and plain values together, with all that they must; of what lies deeper, one by one."""
    length = _length(rules)
    check_key, check_value = _check_of(service, shape.key), _check_of(service, shape.value)
    keys_must, values_must = (
        f"Map {what} must satisfy constraint: [{', '.join(_all_rules(_rules_of(service, of)))}]"
        for what, of in (("keys", shape.key), ("value", shape.value))
    )

    def check(value: object) -> Problems:
        if not isinstance(value, dict):
            return [("", value, WRONG_TYPE)]
        problems = list(length(value, value))
        if any(map(check_key, value)):
            problems.append(("", value, keys_must))
        for key, member in value.items():
            for path, shown, rule in check_value(member):
                if path or rule is WRONG_TYPE:
                    problems += _within(f"{key}.member", [(path, shown, rule)])
                elif ("", value, values_must) not in problems:
                    problems.append(("", value, values_must))
        return problems

    return check


def _number(service: str, shape, rules: dict) -> Check:
    low, high = _bounds(rules)

    def check(value: object) -> Problems:
        if low <= value <= high:
            return ()
        rule = f"less than or equal to {high}" if value > high else f"greater than or equal to {low}"
        return [("", value, f"Member must have value {rule}")]

    return check


def _string(service: str, shape, rules: dict) -> Check:
    length = _length(rules)
    pattern, enum = rules.get("pattern"), rules.get("enum") or ()
    matches = compiled(pattern).fullmatch if pattern else None
    longest = min(
        4096, max(512, _bounds(rules)[1])
    )  # some patterns take the cube of a length, and the GIL with it
    values = frozenset(enum)

    def check(value: object) -> Problems:
        if not isinstance(value, str):
            return [("", value, WRONG_TYPE)]
        problems = length(value, value)
        if matches and len(value) <= longest and not matches(value):
            problems = [*problems, ("", value, _follow(pattern))]
        if values and value not in values:
            problems = [*problems, ("", value, _one_of(enum))]
        return problems

    return check


def _blob(service: str, shape, rules: dict) -> Check:
    length = _length(rules)
    return lambda value: length(value, value)


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
    """(value, what AWS shows of it) → its problems with the shape's length."""
    low, high = _bounds(rules)

    def check(value: Sized, shown: object) -> Problems:
        if low <= len(value) <= high:
            return ()
        return [("", shown, at_most(high) if len(value) > high else _at_least(low))]

    return check


def _bounds(rules: dict) -> tuple[float, float]:
    low, high = rules.get("min"), rules.get("max")
    return (-math.inf if low is None else low), (math.inf if high is None else high)


# -- how AWS words a rule, and shows what broke it --------------------------------------------------------------------

NOT_NULL = "Member must not be null"


def detected(*problems: tuple[str, object, str]) -> str:
    """AWS's message about (path, value, rule broken): "1 validation error detected: …"."""
    noun = "error" if len(problems) == 1 else "errors"
    return f"{len(problems)} validation {noun} detected: {'; '.join(_sentence(*each) for each in problems)}"


def at_most(length: float) -> str:
    return f"Member must have length less than or equal to {length}"


def _at_least(length: float) -> str:
    return f"Member must have length greater than or equal to {length}"


def _follow(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"


def _one_of(enum: Sequence[str]) -> str:
    return f"Member must satisfy enum value set: [{', '.join(enum)}]"


def _all_rules(rules: dict) -> list[str]:
    """Every rule of a shape, in AWS's order."""
    words = (("max", at_most), ("min", _at_least), ("pattern", _follow), ("enum", _one_of))
    return [word(rules[name]) for name, word in words if rules.get(name) is not None]


def _sentence(path: str, value: object, rule: str) -> str:
    shown = "null" if value is None else f"'{_shown(value)}'"
    what = f"Value at '{path}'" if value is HIDDEN else f"Value {shown} at '{path}'"
    return f"{what} failed to satisfy constraint: {rule}"


def _shown(value: object) -> str:
    """A value as Java prints it, which is how AWS shows one."""
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}={_shown(member)}' for name, member in value.items())}}}"
    return str(value)


def _within(name: str, problems: Problems) -> Problems:
    return [(f"{name}.{path}" if path else name, value, rule) for path, value, rule in problems]


@functools.cache
def compiled(pattern: str) -> re.Pattern:
    """A Java pattern as Python's `re` takes it; one that it cannot read constrains nothing."""
    for java, python in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", r"\s")):
        pattern = pattern.replace(java, python)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # AWS's "[[" means a bracket, as it does here still
        try:
            return re.compile(pattern)
        except re.error:
            return re.compile(".*", re.DOTALL)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
