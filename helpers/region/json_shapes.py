"""AWS's JSON as Python values, by botocore's shapes: blobs as bytes, timestamps as epoch seconds.

A shape becomes a function once, since the busiest request, PutRecords, holds five hundred records. Members that the
shape does not have are left out, as AWS leaves them.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable

from botocore.utils import parse_timestamp

Reader = Callable[[object], object]
_READERS: dict[tuple[int, str], Reader] = {}


def reader(shape) -> Reader:
    """The function that reads a value of this shape. It raises TypeError or ValueError on a value of another type."""
    key = (id(shape._shape_resolver), shape.name)
    if key not in _READERS:
        _READERS[key] = lambda value: _READERS[key](value)  # for a shape that contains itself
        _READERS[key] = _MAKERS.get(shape.type_name, _as_it_is)(shape)
    return _READERS[key]


def epoch(value: str | float) -> float:
    """A timestamp as seconds since the epoch, from the number or the text that stands in a request."""
    return float(value) if isinstance(value, (int, float)) else parse_timestamp(value).timestamp()


def _structure(shape) -> Reader:
    if getattr(shape, "is_document_type", False):
        return _as_it_is(shape)
    members = {
        member.serialization.get("name", name): (name, reader(member))
        for name, member in shape.members.items()
    }

    def read(value: object) -> dict:
        if not isinstance(value, dict):
            raise TypeError(f"{shape.name} is not a structure")
        found = {}
        for key, member in value.items():
            known = members.get(key)
            if known and member is not None:
                found[known[0]] = known[1](member)
        return found

    return read


def _list(shape) -> Reader:
    member = reader(shape.member)

    def read(value: object) -> list:
        if not isinstance(value, list):
            raise TypeError(f"{shape.name} is not a list")
        return [member(each) for each in value]

    return read


def _map(shape) -> Reader:
    member = reader(shape.value)

    def read(value: object) -> dict:
        if not isinstance(value, dict):
            raise TypeError(f"{shape.name} is not a map")
        return {key: member(each) for key, each in value.items()}

    return read


def _number(kind: type) -> Callable[[object], Reader]:
    def make(shape) -> Reader:
        def read(value: object) -> float:
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                raise TypeError(f"{shape.name} is not a number")
            return kind(value)

        return read

    return make


def _boolean(shape) -> Reader:
    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise TypeError(f"{shape.name} is neither true nor false")
        return value

    return read


def _as_it_is(shape) -> Reader:
    return lambda value: value


_MAKERS: dict[str, Callable[[object], Reader]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "integer": _number(int),
    "long": _number(int),
    "float": _number(float),
    "double": _number(float),
    "boolean": _boolean,
    "blob": lambda shape: binascii.a2b_base64,
    "timestamp": lambda shape: epoch,
}
