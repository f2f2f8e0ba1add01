"""A lesson's source: one file, two languages, two builds.

notebooks/source/NN_slug.py (jupytext's percent format) holds each code cell once and each text twice, in
Spanish and then in English. From it come the learner's cells, with stubs to fill in, and the solved cells.

    solved_cells("02_stream", "es")    the cells that catch-up and the headless run execute
    learner_cells("02_stream", "es")   the cells of notebooks/es/02_stream.ipynb
    lesson_slugs()                     every lesson, in order
"""

import json
import re
import textwrap
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

WORKBOOK = Path(__file__).resolve().parents[1]
LOCALES = ("es", "en")
TAGS = {"parameters", "first", "builds", "exercise"}
METADATA = {"tags", "builds", "jupyter", "slideshow"}
FOLDED = {"es": "Ver la solución", "en": "See the solution"}


class LessonError(ValueError):
    """The source of a lesson breaks a rule; the message gives file, line and rule."""


@dataclass(frozen=True)
class Cell:
    """One notebook cell. `id` is the same in both languages and stays when cells around it come or go."""

    kind: str  # "code" or "markdown"
    source: str
    id: str
    metadata: dict

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self.metadata.get("tags", ()))


def lesson_slugs(workbook: Path = WORKBOOK) -> list[str]:
    return sorted(path.stem for path in source_folder(workbook).glob("[0-9][0-9]_*.py"))


def source_folder(workbook: Path = WORKBOOK) -> Path:
    return workbook / "notebooks" / "source"


def learner_cells(slug: str, locale: str, workbook: Path = WORKBOOK) -> list[Cell]:
    """The lesson with stubs in its exercises, each followed by its folded solution."""
    cells = []
    for cell in _cells(slug, locale, workbook):
        if "exercise" in cell.tags:
            cells.append(replace(cell, source=exercise_part(cell.source, "stub")))
            cells.append(_folded_solution(cell, locale))
        else:
            cells.append(cell)
    return cells


def solved_cells(slug: str, locale: str, workbook: Path = WORKBOOK) -> list[Cell]:
    """The lesson with its exercises solved, straight from the source; no file is written."""
    return [
        replace(cell, source=exercise_part(cell.source, "solution")) if "exercise" in cell.tags else cell
        for cell in _cells(slug, locale, workbook)
    ]


def _cells(slug: str, locale: str, workbook: Path) -> list[Cell]:
    path = source_folder(workbook) / f"{slug}.py"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LessonError(f"There is no lesson {slug!r}: {path} does not exist.") from None
    return localise(parse(text, path.name), locale)


# --- exercises ---------------------------------------------------------------------------------------------

MARKERS = {"# stub": "stub", "# solution": "solution", "# end": None}


def exercise_part(source: str, part: str) -> str:
    """The cell with only `part` ("stub" or "solution") of each `# stub … # solution … # end` left."""
    lines = []
    for line, belongs_to in _marked(source):
        if belongs_to == part == "stub":
            line = re.sub(r"^(\s*)# ?", r"\1", line)
        if belongs_to in (None, part):
            lines.append(line)
    return "\n".join(lines).strip("\n")


def _folded_solution(cell: Cell, locale: str) -> Cell:
    blocks: list[list[str]] = []
    previous = None
    for line, belongs_to in _marked(cell.source):
        if belongs_to == "solution":
            if previous != "solution":
                blocks.append([])
            blocks[-1].append(line)
        previous = belongs_to
    code = "\n\n".join(textwrap.dedent("\n".join(block)).strip("\n") for block in blocks)
    text = f"<details><summary>{FOLDED[locale]}</summary>\n\n```python\n{code}\n```\n\n</details>"
    return Cell("markdown", text, _cell_id("solution of", cell.id), {"tags": ["solution"]})


def _marked(source: str):
    """Pairs (line, the part of the exercise it belongs to or None), without the markers."""
    part = None
    for line in source.split("\n"):
        if line.strip() in MARKERS:
            part = MARKERS[line.strip()]
        else:
            yield line, part


# --- one language ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A markdown cell in every language."""

    by_locale: dict
    metadata: dict


@dataclass(frozen=True)
class Code:
    source: str
    metadata: dict


def localise(parts: tuple["Text | Code", ...], locale: str) -> list[Cell]:
    """The cells of one language, with {{locale}} filled in and ids that do not depend on the language."""
    if locale not in LOCALES:
        raise LessonError(f"There is no locale {locale!r}: the lessons are in {' and '.join(LOCALES)}.")
    cells, seen = [], {}
    for part in parts:
        kind = "code" if isinstance(part, Code) else "markdown"
        neutral = part.source if isinstance(part, Code) else part.by_locale[LOCALES[0]]
        local = part.source if isinstance(part, Code) else part.by_locale[locale]
        again = seen[kind, neutral] = seen.get((kind, neutral), -1) + 1
        id_ = _cell_id(kind, neutral, str(again))
        cells.append(Cell(kind, local.replace("{{locale}}", locale), id_, part.metadata))
    return cells


def _cell_id(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:12]


# --- reading the source ------------------------------------------------------------------------------------

HEADER = re.compile(r"# %%(?P<markdown> \[markdown\])?(?P<options>( .*)?)")


@lru_cache(maxsize=64)
def parse(text: str, name: str) -> tuple[Text | Code, ...]:
    """The parts of a lesson's source, every rule checked. Raises LessonError."""
    parts: list[Text | Code] = []
    spanish = None  # (where, text, metadata) of a Spanish text whose English is due
    for line, is_markdown, options, body in _raw_cells(text, name):
        where = f"{name}:{line}"
        metadata = _metadata(options, where)
        lang = metadata.pop("lang", None)
        _check_metadata(metadata, where)
        if not is_markdown and lang is not None:
            raise LessonError(f"{where}: code is shared by the languages; it says no lang.")
        if is_markdown and lang not in LOCALES:
            raise LessonError(f'{where}: a markdown cell says lang="es" or lang="en".')
        if spanish and lang != "en":
            raise LessonError(f"{spanish[0]}: this text has no English right after it.")
        if lang == "es":
            spanish = (where, _uncomment(body, line, name), metadata)
        elif lang == "en":
            if not spanish:
                raise LessonError(f"{where}: this text has no Spanish right before it.")
            if spanish[2] != metadata:
                raise LessonError(f"{where}: the two languages of a text have the same metadata.")
            parts.append(Text({"es": spanish[1], "en": _uncomment(body, line, name)}, metadata))
            spanish = None
        else:
            source = "\n".join(body).strip("\n")
            _check_code(source, metadata, where)
            parts.append(Code(source, metadata))
    if spanish:
        raise LessonError(f"{spanish[0]}: this text has no English right after it.")
    parameters = sum("parameters" in part.metadata.get("tags", ()) for part in parts)
    if parameters != 1:
        raise LessonError(f'{name}: one cell is tagged "parameters", not {parameters}.')
    return tuple(parts)


def _raw_cells(text: str, name: str):
    """Tuples (line number, is markdown, options, lines of the body), cut at the `# %%` lines."""
    cell = None
    for number, line in enumerate(text.split("\n"), start=1):
        header = HEADER.fullmatch(line)
        if header:
            if cell:
                yield cell
            cell = (number, bool(header["markdown"]), header["options"].strip(), [])
        elif line.startswith("# %"):
            raise LessonError(f"{name}:{number}: not a cell: `# %%` or `# %% [markdown]`, and no magics.")
        elif cell:
            cell[3].append(line)
        elif line and not line.startswith("#"):
            raise LessonError(f"{name}:{number}: code before the first `# %%`.")
    if cell:
        yield cell


def _metadata(options: str, where: str) -> dict:
    """`lang="es" tags=["builds"]` → {"lang": "es", "tags": ["builds"]}"""
    metadata, rest = {}, options
    while rest:
        key, equals, value = rest.partition("=")
        try:
            if not equals:
                raise ValueError
            metadata[key.strip()], end = json.JSONDecoder().raw_decode(value)
        except ValueError:
            raise LessonError(f"{where}: write a cell's metadata as key=JSON; this is not: {rest}") from None
        rest = value[end:].strip()
    return metadata


def _check_metadata(metadata: dict, where: str) -> None:
    for what, given, known in (
        ("metadata", set(metadata), METADATA),
        ("tag", set(metadata.get("tags", ())), TAGS),
    ):
        if given - known:
            unknown = ", ".join(sorted(given - known))
            raise LessonError(f"{where}: unknown {what} {unknown}; known: {', '.join(sorted(known))}.")
    if "builds" in metadata and "builds" not in metadata.get("tags", ()):
        raise LessonError(f'{where}: a cell with builds="{metadata["builds"]}" is also tagged "builds".')


def _uncomment(body: list[str], line: int, name: str) -> str:
    """The text of a markdown cell: each line less its `# `."""
    lines = []
    for number, commented in enumerate(body, start=line + 1):
        if commented and not re.match(r"#( |$)", commented):
            raise LessonError(f"{name}:{number}: a line of a markdown cell starts with `# `.")
        lines.append(commented[2:])
    return "\n".join(lines).strip("\n")


def _check_code(source: str, metadata: dict, where: str) -> None:
    """An exercise holds `# stub`, `# solution`, `# end` in that order, once or more; another cell none."""
    lines = source.split("\n")
    markers = [line.strip() for line in lines if line.strip() in MARKERS]
    if "exercise" not in metadata.get("tags", ()):
        if markers:
            raise LessonError(f'{where}: a cell with `{markers[0]}` is tagged "exercise".')
        return
    if not markers or markers != list(MARKERS) * (len(markers) // 3):
        raise LessonError(f"{where}: an exercise holds `# stub`, `# solution` and `# end`, in that order.")
    parts = list(_marked(source))
    for line, part in parts:
        if part == "stub" and line.strip() and not line.lstrip().startswith("#"):
            raise LessonError(f"{where}: the lines of a stub are comments; this is not: {line.strip()}")
    if not exercise_part(source, "stub").strip() or not any(part == "solution" for _, part in parts):
        raise LessonError(f"{where}: an exercise needs both a stub and a solution.")
