"""Which stage and which route answer a request: an exact path beats `{variables}`, those beat a greedy `{proxy+}`,
and `$default` takes what nobody else wants. There is no 405: a known path with another method is not found.

Source: awsdocs/amazon-api-gateway-developer-guide, http-api-develop-routes.md and http-api-stages.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..errors import AwsError

DEFAULT = "$default"
METHODS = frozenset(("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
STAGE_NAME = re.compile(r"[A-Za-z0-9_-]+|\$default")
SEGMENT = re.compile(r"\{[\w.:-]+\+?\}|[^{}\s]*")


@dataclass(frozen=True)
class RouteKey:
    """`text` as the learner wrote it; for `$default` the method is empty and there are no segments."""

    text: str
    method: str = ""
    segments: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The route's path, `/orders/{id}`; for `$default` that word itself."""
        return self.text.partition(" ")[2] or self.text

    def arn_suffix(self) -> str:
        """How the route reads in the ARN a function's policy is asked about: `POST/orders`, `*/x`, `$default`."""
        return re.sub("^ANY ", "*", self.text).replace(" ", "")


def parse_route_key(text: str) -> RouteKey:
    """`$default` or `METHOD /path`. Raises AwsError BadRequestException."""
    if text == DEFAULT:
        return RouteKey(text)
    method, _, path = text.partition(" ")
    if method not in METHODS or not path.startswith("/"):
        raise AwsError(
            "BadRequestException",
            "The provided route key is not formatted properly for HTTP protocol. "
            'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
        )
    segments = tuple(path.split("/")[1:])
    variables = [variable_name(segment) for segment in segments if is_variable(segment)]
    if (
        not all(SEGMENT.fullmatch(segment) for segment in segments)
        or any(is_greedy(segment) for segment in segments[:-1])
        or len(set(variables)) < len(variables)
    ):
        raise AwsError("BadRequestException", "One or more path parts appear to be invalid")
    return RouteKey(text, method, segments)


def choose_stage(path: str, stages: Collection[str]) -> tuple[str, str] | None:
    """(stage name, the path its routes see), or None if no stage answers."""
    first, slash, rest = path[1:].partition("/")
    if first in stages and first != DEFAULT:
        return first, slash + rest or "/"
    return (DEFAULT, path) if DEFAULT in stages else None


def choose_route(keys: Iterable[RouteKey], method: str, path: str) -> tuple[RouteKey, dict[str, str]] | None:
    """The most specific route for the request with its path parameters, or None. `path` is decoded."""
    wanted = path.split("/")[1:]
    matches = []
    for key in keys:
        if key.text == DEFAULT or key.method in (method, "ANY"):
            parameters = {} if key.text == DEFAULT else match(key.segments, wanted)
            if parameters is not None:
                matches.append((key, parameters))
    return min(matches, key=lambda found: specificity(found[0]), default=None)


def match(segments: tuple[str, ...], wanted: list[str]) -> dict[str, str] | None:
    """Path parameters if the segments fit. A variable never takes an empty piece, so `/{proxy+}` leaves out `/`."""
    greedy = bool(segments) and is_greedy(segments[-1])
    if len(wanted) < len(segments) if greedy else len(wanted) != len(segments):
        return None
    pieces = [*wanted[: len(segments) - 1], "/".join(wanted[len(segments) - 1 :])] if greedy else wanted
    parameters = {}
    for segment, piece in zip(segments, pieces, strict=True):
        if is_variable(segment):
            if not piece:
                return None
            parameters[variable_name(segment)] = piece
        elif segment != piece:
            return None
    return parameters


def specificity(key: RouteKey) -> tuple:
    """Sorts the most specific route first: full match, then greedy, then `$default`; within each, the earliest
    static segment wins, and a method beats ANY on the same path."""
    greedy = any(is_greedy(segment) for segment in key.segments)
    kinds = tuple(2 if is_greedy(segment) else int(is_variable(segment)) for segment in key.segments)
    return key.text == DEFAULT, greedy, kinds, key.method == "ANY"


def is_variable(segment: str) -> bool:
    return segment.startswith("{")


def is_greedy(segment: str) -> bool:
    return segment.endswith("+}")


def variable_name(segment: str) -> str:
    return segment.strip("{+}")
