"""The ballot: enough to choose from, and colours that can be told apart on a light and on a dark page."""

from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path

import pytest

BALLOT = Path(__file__).parents[2] / "lambdas" / "ballot.json"
CANDIDATES = json.loads(BALLOT.read_text(encoding="utf-8"))["candidates"]
COLOURS = {candidate["code"]: candidate["colour"] for candidate in CANDIDATES}


def test_a_class_has_enough_to_choose_from():
    assert 10 <= len(CANDIDATES) <= 20


def test_every_candidate_is_complete_and_unlike_the_others():
    for candidate in CANDIDATES:
        assert set(candidate) == {"code", "name", "team", "colour"} and all(candidate.values())
        assert re.fullmatch("[A-Z]{3}", candidate["code"])
        assert re.fullmatch("#[0-9A-F]{6}", candidate["colour"])
    for member in ("code", "name", "colour"):
        assert len({candidate[member] for candidate in CANDIDATES}) == len(CANDIDATES)


@pytest.mark.parametrize("paper", ["#FFFFFF", "#111111"])
@pytest.mark.parametrize("code", COLOURS)
def test_a_colour_stands_out_from_the_page(code, paper):
    lighter, darker = sorted((luminance(COLOURS[code]), luminance(paper)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.1, 1.4.11: graphical objects


def test_two_colours_can_be_told_apart():
    pairs = itertools.combinations(COLOURS, 2)
    alike = [pair for pair in pairs if math.dist(*(oklab(COLOURS[code]) for code in pair)) < 0.1]
    assert not alike  # 0.1 is about five times what the eye just notices


def linear(colour: str) -> list[float]:
    """Red, green and blue as amounts of light, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def oklab(colour: str) -> list[float]:
    """Oklab, in which distance is difference as the eye sees it (https://bottosson.github.io/posts/oklab/)."""
    to_cones = [
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    ]
    to_lab = [
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    ]
    cones = [sum(map(math.prod, zip(row, linear(colour), strict=True))) ** (1 / 3) for row in to_cones]
    return [sum(map(math.prod, zip(row, cones, strict=True))) for row in to_lab]
