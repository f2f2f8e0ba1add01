"""Style: text is legible on every colour, and what learners write stays text."""

import xml.etree.ElementTree as ET

import pytest

from helpers import style
from helpers.candidates import ballot


@pytest.mark.parametrize("one, other, ratio", [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_wcags(one, other, ratio):
    assert style.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert style.contrast(other, one) == style.contrast(one, other)


@pytest.mark.parametrize("candidate", ballot(), ids=lambda candidate: candidate.code)
def test_a_buttons_text_is_legible_on_its_teams_colour(candidate):
    assert style.contrast(style.ink_on(candidate.colour), candidate.colour) >= 4.5


@pytest.mark.parametrize("kind", style.KINDS)
def test_a_panels_title_is_legible_on_its_background(kind):
    colour, background, _ = style.KINDS[kind]
    assert style.contrast(colour, background) >= 4.5


@pytest.mark.parametrize(
    "plain, as_html",
    [
        ("<b>", "&lt;b&gt;"),
        ("a ` alone", "a ` alone"),
        ("say `<x>` twice", "&lt;x&gt;</code> twice"),
    ],
)
def test_plain_text_is_escaped_and_backquotes_are_code(plain, as_html):
    assert as_html in style.escape(plain)


@pytest.mark.parametrize("kind", style.KINDS)
def test_a_panel_is_sound_html_with_its_frame(kind):
    panel = ET.fromstring(style.panel(kind, "It's <here>", "say `x`", body=style.table(["a"], [["b"]])))
    assert f"border:1px solid {style.KINDS[kind][0]}" in panel.get("style")
    assert "It's <here>" in "".join(panel.itertext())


def test_a_table_names_its_rows():
    table = style.table(["Driver", "Votes"], [["VER", "3"], ["<x>", "0"]])
    assert "<th scope='row'" in table and "&lt;x&gt;" in table and table.count("<tr>") == 3
