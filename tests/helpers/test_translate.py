"""Texts: every one in both languages, the same placeholders, no half sentence."""

import pytest

from helpers import translate
from helpers.translate import LOCALES, TranslationError, entries, number, placeholders, t, text


@pytest.mark.parametrize("key", entries())
def test_every_text_is_in_both_languages_with_the_same_placeholders(key):
    assert set(entries()[key]) == set(LOCALES)
    assert placeholders(entries()[key]["es"]) == placeholders(entries()[key]["en"])
    assert all(entries()[key][locale].strip() for locale in LOCALES)


def test_says_it_in_the_language_set():
    said = {}
    for locale in LOCALES:
        translate.set_locale(locale)
        said[locale] = t("quiz.right")
    assert said == {"es": "Correcto.", "en": "Right."}


@pytest.mark.parametrize(
    "key, values, named",
    [
        ("no.such.text", {}, "no.such.text"),
        ("votes.count", {}, "count"),
        ("votes.count", {"count": 1, "counts": 2}, "counts"),
    ],
)
def test_a_missing_key_or_placeholder_is_an_error_that_names_it(key, values, named):
    with pytest.raises(TranslationError, match=named):
        t(key, **values)


def test_an_unknown_language_is_an_error():
    with pytest.raises(TranslationError, match="fr"):
        translate.set_locale("fr")


def test_a_key_in_two_files_is_an_error(tmp_path, monkeypatch):
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text('{"twice": {"es": "dos", "en": "two"}}', encoding="utf-8")
    monkeypatch.setattr(translate, "TRANSLATIONS", tmp_path)
    with pytest.raises(TranslationError, match="twice"):
        entries.__wrapped__()


@pytest.mark.parametrize(
    "value, decimals, english, spanish",
    [(7, 0, "7", "7"), (10000, 0, "10,000", "10\u202f000"), (1234.5, 1, "1,234.5", "1\u202f234,5")],
)
def test_numbers_are_written_as_the_language_does(value, decimals, english, spanish):
    assert number(value, decimals) == english
    translate.set_locale("es")
    assert number(value, decimals) == spanish


def test_a_text_may_be_asked_for_in_a_given_language():
    assert text("picture.voter", "es") == "Votante"
