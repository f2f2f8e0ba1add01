"""The shard map, the prediction and the sign of life, called directly; lesson 1's pictures in step."""

import xml.etree.ElementTree as ET

import pytest

from helpers.hash_space import land
from helpers.notebooks import LOCALES
from helpers.pictures import distribution, shard_line, stream_log
from helpers.pictures.shard_line import shard_line_svg
from helpers.pictures.stream_log import stream_log_svg
from helpers.translate import set_locale
from helpers.widgets.prediction import Prediction
from helpers.widgets.shard_map import ShardMap
from helpers.widgets.sign_of_life import SignOfLife

SVG = "{http://www.w3.org/2000/svg}"


# --- shard map ----------------------------------------------------------------------------------------------------


def test_typing_a_key_moves_the_needle_and_the_words():
    shown = ShardMap("ana", shards=4)
    assert "lands on shard 0" in shown._picture.value and "shardId-000000000000" in shown._words.value
    shown._key.value = "anb"
    assert shown.landing == land("anb", 4)
    assert "lands on shard 3" in shown._picture.value and "shardId-000000000003" in shown._words.value


def test_more_shards_move_the_borders_and_not_the_hash():
    shown = ShardMap("anb", shards=4)
    number = shown.landing.number
    shown._shards.value = 8
    assert shown.landing.number == number and shown.landing.shards == 8
    shown._shards.value = 1
    assert shown.landing.shard == 0


@pytest.mark.parametrize("key", ["", "x" * 257])
def test_a_key_that_aws_would_refuse_leaves_the_shards_and_says_why(key):
    shown = ShardMap("ana")
    shown._key.value = key
    assert shown.landing is None and "1 to 256 characters" in shown._words.value
    assert "#b3261e" not in shown._picture.value and "cut into 4 shards." in shown._picture.value


@pytest.mark.parametrize("key", ["<script>alert(1)</script>", "a`b", "'\"&", "🏎" * 40])
def test_any_key_is_shown_as_text(key):
    shown = ShardMap(key)
    ET.fromstring(shown._picture.value)
    assert "<script>" not in shown._picture.value + shown._words.value


@pytest.mark.parametrize("locale", LOCALES)
def test_the_map_speaks_the_lessons_language(locale):
    set_locale(locale)
    said = {"es": "Escribe una clave", "en": "Type a key"}[locale]
    assert said in ShardMap("")._words.value


# --- pictures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shards", range(1, 9))
def test_the_line_shows_every_shard_and_lights_one(shards):
    picture = ET.fromstring(shard_line_svg(shards, land("luis", shards), "en"))
    labels = [text.text for text in picture.iter(f"{SVG}text")]
    assert [f"shard {shard}" for shard in range(shards)] == [label for label in labels if "shard " in label]
    assert sum(text.get("font-weight") == "700" for text in picture.iter(f"{SVG}text")) == 1
    assert f"shard {land('luis', shards).shard}" in picture.get("aria-label")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_log_has_its_text_alternative(locale):
    picture = ET.fromstring(stream_log_svg(locale))
    described = {picture.find(f"{SVG}title").get("id"), picture.find(f"{SVG}desc").get("id")}
    assert set(picture.get("aria-labelledby").split()) == described


def test_the_logs_sequence_numbers_grow_within_a_shard():
    for lane in stream_log.LANES:
        numbers = [number for _, number in lane]
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    "module, path",
    [(module, path) for module in (shard_line, stream_log) for path in module.files()],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_committed_pictures_are_in_step(module, path):
    drawn = module.files()[path]
    assert path.read_text(encoding="utf-8") == drawn, (
        f"run: python -m helpers.pictures.{path.name.split('.')[0]}"
    )


def test_the_distribution_says_the_same_in_bars_and_in_words():
    votes = {"one key": {"shard 0": 3000, "rejected": 7000}, "the voter": {"shard 0": 10000, "rejected": 0}}
    figure, table = distribution.chart(votes), distribution.table(votes)
    assert [(bar.name, list(bar.x), list(bar.y)) for bar in figure.data] == [
        ("one key", ["shard 0", "rejected"], [3000, 7000]),
        ("the voter", ["shard 0", "rejected"], [10000, 0]),
    ]
    assert repr(table) == "one key · 3,000 · 7,000\nthe voter · 10,000 · 0"


# --- prediction ---------------------------------------------------------------------------------------------------


def test_a_guess_is_compared_with_what_it_was():
    prediction = Prediction({"one": "With one key?", "many": "With many?", "none": "And?"}, [1, 2, 3, 4])
    prediction.guess("one", 1)
    prediction.guess("many", 2)
    assert prediction.guesses == {"one": 1, "many": 2, "none": None}
    assert repr(prediction.compare({"one": 1, "many": 4, "none": 3})).splitlines() == [
        "With one key? · 1 · 1 · ✓ you were right",
        "With many? · 2 · 4 · → a surprise",
        "And? · no guess · 3 · ",
    ]


# --- sign of life -------------------------------------------------------------------------------------------------


def test_a_page_that_draws_is_greeted_and_the_slider_moves_the_bar():
    sign = SignOfLife()
    assert "Waiting for the page" in sign.answer.panel
    sign.answer.answered = True
    assert "widgets work" in sign.answer.panel
    sign.slider.value = 8
    assert list(sign.figure.data[0].y) == [8]


def test_where_widgets_are_dead_the_plain_text_says_so_in_full():
    for locale in LOCALES:
        set_locale(locale)
        sign = SignOfLife()
        assert sign._repr_mimebundle_()["text/plain"] == repr(sign)
