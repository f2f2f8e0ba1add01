"""What the READMEs and the instructor's notes say is there: commands, files, lessons, the same in both languages."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from helpers.course import COURSE
from helpers.notebooks import LOCALES, WORKBOOK, lesson_slugs, parse, source_folder
from helpers.region.__main__ import main as region_command
from helpers.tools import cli

PAGES = {"README.md": "en", "README.es.md": "es", "INSTRUCTOR.md": "en", "INSTRUCTOR.es.md": "es"}
READMES = ("README.md", "README.es.md")
PAIRS = (READMES, ("INSTRUCTOR.md", "INSTRUCTOR.es.md"))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MADE_BY_COMMANDS = ("build", ".venv")


def page(name: str) -> str:
    return (WORKBOOK / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[tuple[str, str]]:
    """(language, lines) of each block of code."""
    return BLOCK.findall(page(name))


def in_backquotes(name: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", page(name)))


def commands(name: str) -> list[str]:
    lines = [line.strip() for _, block in blocks(name) for line in block.splitlines()]
    return lines + in_backquotes(name)


# --- commands --------------------------------------------------------------------------------------------------------

PYTHON_COMMAND = re.compile(r"python -m (helpers(?:\.region)?)((?: [^|)`\"…]+)?)")
THROUGH_MAKE = re.compile(r"^make( [A-Za-z][\w= -]*)?$")


def python_commands() -> list[tuple[str, str]]:
    """(module, arguments) of every `python -m helpers…` that a page shows."""
    found = {match for name in PAGES for line in commands(name) for match in PYTHON_COMMAND.findall(line)}
    return sorted((module, arguments.strip()) for module, arguments in found)


def test_the_pages_show_the_commands_of_both_modules():
    assert {module for module, _ in python_commands()} == {"helpers", "helpers.region"}


@pytest.mark.parametrize(("module", "arguments"), python_commands())
def test_every_command_shown_is_understood(module, arguments, capsys):
    own = shlex.split(arguments.split(" -- ")[0])
    if module == "helpers":
        if own:
            cli.parser().parse_args(own)
        return
    with pytest.raises(SystemExit) as ended:
        region_command([*own, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in own), "an option or a command that the help does not name"


@pytest.mark.parametrize("command", ["lab", "run", "test", "build", "lock"])
def test_every_command_is_in_the_readmes(command):
    for name in READMES:
        assert f"make {command}" in page(name) or f"python -m helpers {command}" in page(name)


def test_every_command_of_the_region_is_in_the_readmes(capsys):
    with pytest.raises(SystemExit):
        region_command(["--help"])
    listed = re.findall(r"^    (\w+) ", capsys.readouterr().out, re.MULTILINE)
    assert set(listed) >= {"start", "stop"}
    for name in READMES:
        shown = " ".join(commands(name))
        assert [word for word in listed if f"python -m helpers.region {word}" not in shown] == []


def make_commands() -> list[str]:
    return sorted({line for name in PAGES for line in commands(name) if THROUGH_MAKE.match(line)})


@pytest.mark.parametrize("line", make_commands())
def test_every_make_target_and_variable_shown_is_in_the_makefile(line):
    makefile = page("Makefile")
    for word in line.split()[1:]:
        variable, equals, _ = word.partition("=")
        wanted = rf"^{variable} =" if equals else rf"^{word}:"
        assert re.search(wanted, makefile, re.MULTILINE), f"{word} is not in the Makefile"


def test_make_is_shown():
    assert {"make lab", "make run", "make test"} <= set(make_commands())


# --- files and links -------------------------------------------------------------------------------------------------


def links(name: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", page(name))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file_or_a_heading(name):
    anchors = {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for _, title in headings(name)}
    for link in links(name):
        path, _, anchor = link.partition("#")
        if path.startswith("http"):
            continue
        assert not path or (WORKBOOK / path).is_file(), f"{link}: no such file"
        assert not anchor or path or anchor in anchors, f"{link}: no such heading"


@pytest.mark.parametrize("name", PAGES)
def test_every_file_and_folder_named_exists(name):
    top = {path.name for path in WORKBOOK.iterdir()} - {".git"}
    for word in in_backquotes(name):
        if "NN" in word or word.startswith(MADE_BY_COMMANDS) or re.search(r"\s", word):
            continue
        first = Path(word).parts[0] if Path(word).parts else ""
        if first in top or re.search(r"\.(py|md|yml|json|toml|lock)$", word):
            assert (WORKBOOK / word).exists(), f"{word}: not here"


@pytest.mark.parametrize("name", READMES)
def test_the_pictures_are_small_and_say_what_they_show(name):
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page(name))
    assert len(pictures) == 2
    for words, path in pictures:
        assert len(words) > 20
        assert (WORKBOOK / path).stat().st_size < 200_000


def test_what_others_read_is_sound():
    lines = (WORKBOOK / ".binder" / "requirements.txt").read_text(encoding="utf-8").split()
    assert lines[0] == "-r"
    assert (WORKBOOK / ".binder" / lines[1]).resolve() == WORKBOOK / "requirements.lock"
    container = json.loads(page(".devcontainer/devcontainer.json"))
    assert re.search(rf"^{container['postCreateCommand'].split()[1]}:", page("Makefile"), re.MULTILINE)
    jobs = yaml.safe_load(page(".github/workflows/tests.yml"))["jobs"].values()
    systems = {
        system for job in jobs for system in [job["runs-on"], *job["strategy"]["matrix"].get("os", [])]
    }
    assert {"ubuntu-latest", "macos-latest", "windows-latest"} <= systems
    steps = " ".join(step.get("run", "") for job in jobs for step in job["steps"])
    assert "make test" in steps
    assert "python -m helpers test" in steps


# --- the lessons -----------------------------------------------------------------------------------------------------


def title_and_minutes(slug: str, locale: str) -> tuple[str, str]:
    """From the lesson's first text: `# 2 · Create the stream` and `**30 min**`."""
    first = parse((source_folder() / f"{slug}.py").read_text(encoding="utf-8"), slug)[0].by_locale[locale]
    return re.search(r"^# (.*)$", first, re.MULTILINE)[1], re.search(r"\*\*(\d+) min\*\*", first)[1]


@pytest.mark.parametrize("name", READMES)
def test_the_table_lists_the_lessons_with_their_minutes(name):
    locale = PAGES[name]
    row = re.compile(rf"^\| \[([^\]]+)\]\(notebooks/{locale}/(\d\d_\w+)\.ipynb\) \| (\d+) \|", re.MULTILINE)
    listed = {slug: (title, minutes) for title, slug, minutes in row.findall(page(name))}
    assert listed == {slug: title_and_minutes(slug, locale) for slug in lesson_slugs()}
    assert list(listed) == lesson_slugs()


@pytest.mark.parametrize("name", READMES)
def test_the_lessons_in_preparation_are_those_of_the_course_that_are_not_there(name):
    missing = [slug for slug in COURSE if slug not in lesson_slugs()]
    (told,) = re.findall(r"^.*\b(?:in preparation|en preparación)\b.*$", page(name), re.MULTILINE) or [""]
    assert re.findall(r"\b(\d) \(", told) == [slug[1] for slug in missing]


# --- two languages ---------------------------------------------------------------------------------------------------


def headings(name: str) -> list[tuple[str, str]]:
    return re.findall(r"^(#+) (.+)$", BLOCK.sub("", page(name)), re.MULTILINE)


def skeleton(name: str) -> list[str]:
    """What stands on each line: a heading and its level, a row of so many columns, an item, a picture, a text."""
    kinds = []
    for line in BLOCK.sub("```", page(name)).splitlines():
        if line.startswith("|"):
            kinds.append(f"row of {line.count('|') - 1}")
        else:
            kinds.append(re.match(r"#+ |- |\d+\. |!\[|```|", line)[0] or ("text" if line else ""))
    return kinds


@pytest.mark.parametrize("pair", PAIRS)
def test_both_languages_have_the_same_structure_and_the_same_code(pair):
    english, spanish = pair
    assert skeleton(english) == skeleton(spanish)
    assert blocks(english) == blocks(spanish)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_and_opens_notebooks_of_its_own_language(name):
    other = next(locale for locale in LOCALES if locale != PAGES[name])
    assert not [link for link in links(name) if f"/{other}/" in link or f".{other}.svg" in link]


def test_the_pythons_named_are_those_the_project_takes():
    wanted = tomllib.loads(page("pyproject.toml"))["project"]["requires-python"]
    oldest, beyond = (int(number) for number in re.findall(r"3\.(\d+)", wanted))
    for name in READMES:
        named = re.findall(r"\b3\.(\d+)\b", page(name).split("## ")[1])
        assert [int(minor) for minor in named] == list(range(oldest, beyond))
