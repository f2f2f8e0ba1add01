"""The lessons' texts: each in its own language, links that lead somewhere, pictures that say what they show."""

import re

import pytest

from helpers.notebooks import LOCALES, Cell, learner_cells, lesson_slugs
from helpers.tools.build import learner_folder

WORDS = {  # such that one language has them often and the other never
    "es": re.compile(r"\b(el|la|los|las|una|que|del|con|por|para|se|lo|al|su|más|cada|como|pero|si)\b", re.I),
    "en": re.compile(r"\b(the|of|and|to|is|it|that|for|with|in|what|as|are|which|from|this|its|by)\b", re.I),
}
LINK = re.compile(r"(?<!`)(!?)\[([^\]]*)\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`]*`|<code>.*?</code>|<pre>.*?</pre>|\]\([^)]*\)", re.DOTALL)
QUOTED = re.compile(r"«[^»]*»|\"[^\"]*\"|\*[^*]+\*")  # what AWS or the other language says, as it says it


def texts(slug: str, locale: str) -> list[Cell]:
    return [
        cell
        for cell in learner_cells(slug, locale)
        if cell.kind == "markdown" and "solution" not in cell.metadata.get("tags", ())
    ]


def paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n\s*\n", CODE.sub(" ", text)) if paragraph.strip()]


def words_of(locale: str, paragraph: str) -> int:
    return len(WORDS[locale].findall(QUOTED.sub(" ", paragraph)))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("slug", lesson_slugs())
def test_every_paragraph_is_in_its_language(slug, locale):
    (other,) = set(LOCALES) - {locale}
    stray = [
        paragraph
        for cell in texts(slug, locale)
        for paragraph in paragraphs(cell.source)
        if words_of(other, paragraph) > words_of(locale, paragraph)
    ]
    assert stray == []


def test_a_paragraph_of_the_other_language_is_noticed():
    assert words_of("es", "Lo que se lee no se borra.") > words_of("en", "Lo que se lee no se borra.")
    assert words_of("en", "What is read is not deleted.") > words_of("es", "What is read is not deleted.")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("slug", lesson_slugs())
def test_a_link_to_a_lesson_calls_it_as_it_calls_itself(slug, locale):
    for cell in texts(slug, locale):
        for _, words, target in LINK.findall(cell.source):
            linked = target.removesuffix(".ipynb")
            if linked in lesson_slugs() and " · " in words:
                title = texts(linked, locale)[0].source.partition("\n")[0].removeprefix("# ")
                number, name = words.split(" · ")
                assert title.startswith(f"{number} · ") and name.casefold() in title.casefold(), words


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("slug", lesson_slugs())
def test_links_lead_to_a_file_and_pictures_say_what_they_show(slug, locale):
    folder = learner_folder(locale)
    for cell in texts(slug, locale):
        for picture, words, target in LINK.findall(cell.source):
            assert words.strip(), f"nothing to read in {target}"
            if not target.startswith(("http://", "https://", "#")):
                assert (folder / target.partition("#")[0]).is_file(), f"{words} leads nowhere: {target}"
            if picture:
                assert len(words) > 10, f"{target} does not say what it shows"
