"""Who can be voted for: lambdas/ballot.json, the one list that the functions, the widgets and the charts share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from helpers.notebooks import WORKBOOK

BALLOT = "ballot.json"


@dataclass(frozen=True)
class Candidate:
    """A driver on the ballot. `code` is what a vote carries ("VER"); `colour` is the team's, "#rrggbb"."""

    code: str
    name: str
    team: str
    colour: str


@cache
def ballot() -> tuple[Candidate, ...]:
    """The candidates in the ballot's order."""
    listed = json.loads((WORKBOOK / "lambdas" / BALLOT).read_text(encoding="utf-8"))
    return tuple(Candidate(**candidate) for candidate in listed["candidates"])


def candidate(code: str) -> Candidate:
    """Raises KeyError for a code that is not on the ballot."""
    return {candidate.code: candidate for candidate in ballot()}[code]
