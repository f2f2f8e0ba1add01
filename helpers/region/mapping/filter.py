"""Filter patterns: which records a mapping hands to its function; the others are dropped in silence.

`Pattern(text).matches(record)` speaks EventBridge's language as far as Lambda's page on filtering lists it: keys are
ANDed, the values of a list ORed. Numbers are compared as they were written, so 300 is not 300.0.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

MISSING = object()
COMPARISONS = {
    "=": lambda value, bound: value == bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}


class Pattern:
    """A filter's Pattern. Raises ValueError when AWS would refuse it."""

    def __init__(self, text: str):
        self._pattern = _load(text)
        _check(self._pattern)
        _require(isinstance(self._pattern.get("data", {}), dict))  # data is matched as JSON only

    def matches(self, record: dict) -> bool:
        """Does the record, in the form `filterable` gives it, match?"""
        if "data" in self._pattern and "data" not in record:
            return False
        return _matches_object(self._pattern, record)


@dataclass(frozen=True)
class Number:
    """A JSON number as it was written."""

    text: str


def filterable(record: dict) -> dict:
    """What a pattern looks at: an event's record, its `kinesis` members raised one level, its data decoded.

    Data that is not JSON is left out: AWS drops such a record when a pattern looks at `data`.
    """
    kinesis = record["kinesis"]
    seen = {**{name: value for name, value in record.items() if name != "kinesis"}, **kinesis}
    seen["approximateArrivalTimestamp"] = Number(repr(kinesis["approximateArrivalTimestamp"]))
    try:
        seen["data"] = _load(base64.b64decode(kinesis["data"]).decode())
    except ValueError:
        del seen["data"]
    return seen


def _load(text: str):
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse)


def _refuse(name: str):
    raise ValueError(f"{name} is not JSON")


def _matches_object(pattern: dict, value: dict) -> bool:
    return all(_matches_key(name, wanted, value) for name, wanted in pattern.items())


def _matches_key(name: str, wanted, value: dict) -> bool:
    if name == "$or":
        return any(_matches_object(choice, value) for choice in wanted)
    found = value.get(name, MISSING) if isinstance(value, dict) else MISSING
    candidates = found if isinstance(found, list) else [found]
    if isinstance(wanted, dict):
        return any(_matches_object(wanted, each if isinstance(each, dict) else {}) for each in candidates)
    leaves = [each for each in candidates if not isinstance(each, (dict, list))] or [MISSING]
    return any(_matches_value(rule, each) for rule in wanted for each in leaves)


def _matches_value(rule, value) -> bool:
    if not isinstance(rule, dict):
        return value is not MISSING and type(rule) is type(value) and rule == value
    ((operator, operand),) = rule.items()
    if operator == "exists":
        return (value is not MISSING) == operand
    if value is MISSING:
        return False
    if operator == "anything-but":
        refused = operand if isinstance(operand, list) else [operand]
        return not any(_matches_value(each, value) for each in refused)
    if operator == "numeric":
        return isinstance(value, Number) and all(
            COMPARISONS[sign](float(value.text), float(bound.text))
            for sign, bound in zip(operand[::2], operand[1::2], strict=True)
        )
    if not isinstance(value, str):
        return False
    if operator == "prefix":
        return value.startswith(operand)
    if operator == "suffix":
        return value.endswith(operand)
    return value.casefold() == operand.casefold()


def _check(pattern) -> None:
    """Raises ValueError unless `pattern` is an object of objects and lists of rules."""
    _require(isinstance(pattern, dict) and bool(pattern))
    for name, wanted in pattern.items():
        if name == "$or":
            _require(isinstance(wanted, list) and len(wanted) > 1)
            for choice in wanted:
                _check(choice)
        elif isinstance(wanted, dict):
            _check(wanted)
        else:
            _require(isinstance(wanted, list) and bool(wanted))
            for rule in wanted:
                _check_rule(rule)


def _check_rule(rule) -> None:
    _require(not isinstance(rule, list))
    if not isinstance(rule, dict):
        return
    _require(len(rule) == 1)
    ((operator, operand),) = rule.items()
    if operator == "exists":
        _require(isinstance(operand, bool))
    elif operator in ("prefix", "suffix", "equals-ignore-case"):
        _require(isinstance(operand, str))
    elif operator == "numeric":
        _require(isinstance(operand, list) and len(operand) in (2, 4))
        _require(all(sign in COMPARISONS for sign in operand[::2]))
        _require(all(isinstance(bound, Number) for bound in operand[1::2]))
    elif operator == "anything-but":
        refused = operand if isinstance(operand, list) else [operand]
        _require(bool(refused))
        for each in refused:
            _require(not isinstance(each, dict) or list(each) in (["prefix"], ["suffix"]))
            _check_rule(each)
    else:
        raise ValueError(f"unknown operator {operator}")


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("not a filter pattern")
