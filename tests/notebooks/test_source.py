"""The rules of a lesson's source, and what the two builds make of it."""

import jupytext
import pytest

from helpers.notebooks import (
    LessonError,
    exercise_part,
    learner_cells,
    lesson_slugs,
    localise,
    parse,
    solved_cells,
    source_folder,
)

PARAMETERS = '# %% tags=["parameters"]\nlocale: str = "{{locale}}"\n\n'
SPANISH = '# %% [markdown] lang="es"\n# # Hola\n#\n# uno\n\n'
ENGLISH = '# %% [markdown] lang="en"\n# # Hello\n#\n# one\n\n'
EXERCISE = '# %% tags=["exercise"]\n# stub\n# x = ...\n# solution\nx = 2\n# end\n'


def cells(text, locale):
    return [(cell.kind, cell.source) for cell in localise(parse(text, "01_x.py"), locale)]


@pytest.mark.parametrize(
    "locale, title", [("es", "# Hola\n\nuno"), ("en", "# Hello\n\none")], ids=["spanish", "english"]
)
def test_a_language_gets_its_texts_and_the_shared_code(locale, title):
    assert cells(SPANISH + ENGLISH + PARAMETERS, locale) == [
        ("markdown", title),
        ("code", f'locale: str = "{locale}"'),
    ]


@pytest.mark.parametrize(
    "text, message",
    [
        (PARAMETERS + SPANISH, "01_x.py:4: this text has no English right after it."),
        (PARAMETERS + ENGLISH, "01_x.py:4: this text has no Spanish right before it."),
        (SPANISH + PARAMETERS + ENGLISH, "01_x.py:1: this text has no English right after it."),
        (SPANISH + SPANISH + ENGLISH + PARAMETERS, "01_x.py:1: this text has no English right after it."),
        (SPANISH + ENGLISH + ENGLISH + PARAMETERS, "01_x.py:11: this text has no Spanish right before it."),
        ("# %% [markdown]\n# Hola\n", '01_x.py:1: a markdown cell says lang="es" or lang="en".'),
        ('# %% [markdown] lang="fr"\n# Salut\n', '01_x.py:1: a markdown cell says lang="es" or lang="en".'),
        ('# %% lang="es"\nx = 1\n', "01_x.py:1: code is shared by the languages; it says no lang."),
        ('# %% [markdown] lang="es"\nHola\n', "01_x.py:2: a line of a markdown cell starts with `# `."),
        (
            "# %% tags=[builds]\nx = 1\n",
            "01_x.py:1: write a cell's metadata as key=JSON; this is not: tags=[",
        ),
        ("# %% title\nx = 1\n", "01_x.py:1: write a cell's metadata as key=JSON; this is not: title"),
        (
            '# %% tags=["bilds"]\nx = 1\n',
            "01_x.py:1: unknown tag bilds; known: builds, exercise, first",
        ),
        ('# %% bilds="x"\nx = 1\n', "01_x.py:1: unknown metadata bilds; known: builds, jupyter"),
        ('# %% builds="stream"\nx = 1\n', '01_x.py:1: a cell with builds="stream" is also tagged "builds".'),
        ("# %%time\nx = 1\n", "01_x.py:1: not a cell: `# %%` or `# %% [markdown]`, and no magics."),
        ("import os\n# %%\n", "01_x.py:1: code before the first `# %%`."),
        (SPANISH + ENGLISH, '01_x.py: one cell is tagged "parameters", not 0.'),
        (PARAMETERS + PARAMETERS, '01_x.py: one cell is tagged "parameters", not 2.'),
        (
            SPANISH.replace('"es"', '"es" tags=["first"]') + ENGLISH + PARAMETERS,
            "01_x.py:6: the two languages of a text have the same metadata.",
        ),
        (PARAMETERS + "# %%\n# stub\n# x = 1\n", '01_x.py:4: a cell with `# stub` is tagged "exercise".'),
        (
            PARAMETERS + EXERCISE.replace("# end\n", ""),
            "01_x.py:4: an exercise holds `# stub`, `# solution` and `# end`, in that order.",
        ),
        (
            PARAMETERS + EXERCISE.replace("# stub\n", "").replace("# end", "# stub"),
            "01_x.py:4: an exercise holds `# stub`, `# solution` and `# end`, in that order.",
        ),
        (
            PARAMETERS + '# %% tags=["exercise"]\nx = 1\n',
            "01_x.py:4: an exercise holds `# stub`, `# solution` and `# end`, in that order.",
        ),
        (
            PARAMETERS + EXERCISE.replace("# x", "x"),
            "01_x.py:4: the lines of a stub are comments; this is not: x = ...",
        ),
        (PARAMETERS + EXERCISE.replace("# x = ...\n", ""), "01_x.py:4: an exercise needs both a stub and a"),
        (PARAMETERS + EXERCISE.replace("x = 2\n", ""), "01_x.py:4: an exercise needs both a stub and a"),
    ],
)
def test_a_broken_source_is_refused_with_its_line(text, message):
    with pytest.raises(LessonError) as refused:
        parse(text, "01_x.py")
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    "source, stub, solution",
    [
        ("# stub\n# x = ...\n# solution\nx = 2\n# end", "x = ...", "x = 2"),
        (
            "a = 1\n# stub\n# # hint\n# x = ...\n# solution\nx = a\n# end\nx",
            "a = 1\n# hint\nx = ...\nx",
            "a = 1\nx = a\nx",
        ),
        (
            "for i in a:\n    # stub\n    # pass\n    # solution\n    f(i)\n    g(i)\n    # end",
            "for i in a:\n    pass",
            "for i in a:\n    f(i)\n    g(i)",
        ),
        (
            "# stub\n# if ...:\n#     pass\n#\n# y = ...\n# solution\ny = 1\n# end",
            "if ...:\n    pass\n\ny = ...",
            "y = 1",
        ),
        (
            "# stub\n# x = ...\n# solution\nx = 1\n# end\nm = 0\n# stub\n# y = ...\n# solution\ny = 2\n# end",
            "x = ...\nm = 0\ny = ...",
            "x = 1\nm = 0\ny = 2",
        ),
    ],
)
def test_an_exercise_becomes_its_stub_or_its_solution(source, stub, solution):
    assert exercise_part(source, "stub") == stub
    assert exercise_part(source, "solution") == solution


def test_the_learner_gets_the_solution_folded_after_the_stub(small_workbook):
    spanish = learner_cells("01_squares", "es", small_workbook)
    english = learner_cells("01_squares", "en", small_workbook)
    at = next(n for n, cell in enumerate(spanish) if "exercise" in cell.tags)
    assert spanish[at].source.startswith("# one square per number\nsquares = ...")
    assert (
        spanish[at].metadata["builds"] if "builds" in spanish[at].metadata else "builds" in spanish[at].tags
    )
    assert spanish[at + 1].source == (
        "<details><summary>Ver la solución</summary>\n\n"
        "```python\nsquares = [number**2 for number in numbers]\n```\n\n</details>"
    )
    assert english[at + 1].source.startswith("<details><summary>See the solution</summary>")


def test_solved_cells_keep_what_catch_up_reads(small_workbook):
    cells = solved_cells("01_squares", "en", small_workbook)
    building = [(cell.source, cell.metadata) for cell in cells if "builds" in cell.tags]
    assert building == [
        ("numbers = [1, 2, 3]", {"tags": ["builds"], "builds": "numbers"}),
        (
            "squares = [number**2 for number in numbers]\nprint(prefix, locale, squares)",
            {"tags": ["exercise", "builds"]},
        ),
    ]


def test_ids_are_the_same_in_both_languages_and_stay_when_a_cell_is_added_before():
    text = SPANISH + ENGLISH + PARAMETERS + "# %%\nx = 1\n\n# %%\nx = 1\n"
    longer = text.replace(PARAMETERS, PARAMETERS + "# %%\nnew = 0\n\n")
    ids = [cell.id for cell in localise(parse(text, "01_x.py"), "es")]
    assert ids == [cell.id for cell in localise(parse(text, "01_x.py"), "en")]
    assert len(set(ids)) == len(ids)
    assert [cell.id for cell in localise(parse(longer, "01_x.py"), "es") if cell.source != "new = 0"] == ids


def test_an_unknown_lesson_or_locale_is_named(small_workbook):
    with pytest.raises(LessonError, match="There is no lesson '77_x'"):
        solved_cells("77_x", "es", small_workbook)
    with pytest.raises(LessonError, match="There is no locale 'fr': the lessons are in es and en"):
        solved_cells("01_squares", "fr", small_workbook)


def test_the_source_reads_as_jupytext_reads_it(small_workbook):
    paths = [*source_folder(small_workbook).glob("*.py"), *source_folder().glob("*.py")]
    for path in paths:
        text = path.read_text(encoding="utf-8")
        theirs = jupytext.reads(
            text, fmt={"extension": ".py", "format_name": "percent", "comment_magics": False}
        )
        expected = [
            (cell.cell_type, cell.source) for cell in theirs.cells if cell.metadata.get("lang", "es") == "es"
        ]
        ours = [
            (cell.kind, cell.source)
            for cell in localise(parse(text.replace("{{locale}}", "{{ locale }}"), path.name), "es")
        ]
        assert ours == [(kind, source.replace("{{locale}}", "{{ locale }}")) for kind, source in expected]


def test_lessons_come_in_order(small_workbook):
    assert lesson_slugs(small_workbook) == ["01_squares", "02_sum"]
