"""The pipeline's picture: sound SVG, told in words, today's parts lit, committed files in step."""

import xml.etree.ElementTree as ET

import pytest

from helpers.course import COURSE, EVERY_PART
from helpers.notebooks import LOCALES
from helpers.pictures.pipeline import PLACES, files, pipeline_svg
from helpers.translate import text

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("slug", COURSE)
def test_every_lesson_has_a_picture_with_its_parts_lit(slug, locale):
    lit = COURSE[slug].lit
    picture = ET.fromstring(pipeline_svg(lit, locale))
    labels = [element.text for element in picture.iter(f"{SVG}text")]
    assert all(text(f"picture.{part}", locale) in labels for part in PLACES)
    marked = sum(text("picture.lit", locale) in label for label in labels)
    assert marked == (0 if lit == EVERY_PART else len(lit))
    described = picture.find(f"{SVG}desc").text
    assert all(text(f"picture.{part}", locale) in described for part in lit)


def test_the_text_alternative_is_what_the_picture_points_to():
    picture = ET.fromstring(pipeline_svg(("stream",), "es"))
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert picture.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert picture.get("role") == "img"


def test_an_unknown_part_is_an_error():
    with pytest.raises(ValueError, match="steam"):
        pipeline_svg(("steam",), "es")


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_the_committed_pictures_are_in_step(path):
    assert path.read_text(encoding="utf-8") == files()[path], "run: python -m helpers.pictures.pipeline"
