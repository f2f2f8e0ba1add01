"""Every text that code shows, in the learner's language.

The texts live in `translations/*.json`, one file per area: {"key": {"es": "…", "en": "…"}}. A key or a placeholder
that does not exist is an error that names it: a lesson never shows half a sentence.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from string import Formatter

from helpers.notebooks import LOCALES

TRANSLATIONS = Path(__file__).parent / "translations"

_locale = "es"


class TranslationError(Exception):
    """A text, a placeholder or a language that does not exist."""


def t(key: str, /, **values: object) -> str:
    """The text of `key` in the current language, with its {placeholders} filled in."""
    return text(key, _locale, **values)


def set_locale(locale: str) -> None:
    """Makes `locale` ("es" or "en") the language of everything shown from now on."""
    global _locale
    if locale not in LOCALES:
        raise TranslationError(f"There is no language {locale!r}: choose one of {', '.join(LOCALES)}.")
    _locale = locale


def get_locale() -> str:
    return _locale


def text(key: str, locale: str, /, **values: object) -> str:
    """The text of `key` in `locale`; its placeholders and `values` must be the same names."""
    entry = entries().get(key)
    if entry is None:
        raise TranslationError(f"There is no text {key!r} in {TRANSLATIONS.name}/*.json.")
    if locale not in entry:
        raise TranslationError(f"The text {key!r} has no {locale!r} version.")
    template = entry[locale]
    wanted = placeholders(template)
    if missing := wanted - values.keys():
        raise TranslationError(f"The text {key!r} needs a value for {_names(missing)}.")
    if unknown := values.keys() - wanted:
        raise TranslationError(f"The text {key!r} has no placeholder for {_names(unknown)}.")
    return template.format(**values)


def exists(key: str) -> bool:
    return key in entries()


def number(value: int | float, decimals: int = 0) -> str:
    """A number as the current language writes it: 10,000.5 in English, 10 000,5 in Spanish."""
    written = f"{value:,.{decimals}f}"
    if _locale == "es":
        return written.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
    return written


def placeholders(template: str) -> set[str]:
    """{"status"} for "It is {status}."."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@cache
def entries() -> dict[str, dict[str, str]]:
    """Every text of every area, by key. A key in two files is an error."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(TRANSLATIONS.glob("*.json")):
        area = json.loads(path.read_text(encoding="utf-8"))
        if twice := found.keys() & area.keys():
            raise TranslationError(f"{path.name} repeats {_names(twice)}, which another file has.")
        found.update(area)
    return found


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names))
