"""Runs the solved lessons headless, in order, as strictly as a teacher would judge them.

Papermill lets several failures pass: an unknown parameter, a cell that ends the kernel, an error printed by a
thread or a forgotten task. Here they fail the lesson. What ran is kept in build/run/{es,en}/: the executed
notebook, and a page of it that opens without internet.
"""

import mimetypes
import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm
from traitlets.config import Config

from helpers.notebooks import WORKBOOK, lesson_slugs
from helpers.tools import Failure
from helpers.tools.build import build, learner_folder, solved_folder

CELL_SECONDS = 300
START_SECONDS = 60


class LessonFailed(Exception):
    """A lesson did not run as it should. `error`: the name of the exception its cell raised, if it did."""

    def __init__(self, slug: str, where: str, why: str, error: str = ""):
        super().__init__(f"{slug}, {where}\n  {why}")
        self.error = error


def run_lessons(
    slugs: list[str],
    locale: str,
    parameters: dict[str, str],
    stop_on_failure: bool = False,
    workbook: Path = WORKBOOK,
) -> list[LessonFailed]:
    """Runs these lessons into build/run/, showing how far it is; returns what failed."""
    build(workbook)
    failures = []
    with tqdm(slugs, unit="lesson", disable=None) as bar:
        for slug in bar:
            out = run_folder(locale, workbook) / slug
            try:
                run_lesson(
                    solved_folder(locale, workbook) / f"{slug}.ipynb",
                    out,
                    cwd=learner_folder(locale, workbook),
                    parameters=parameters,
                    progress_bar={"desc": slug, "position": 1, "leave": False, "disable": None},
                )
                tqdm.write(f"ran {slug}")
            except LessonFailed as failure:
                tqdm.write(f"FAILED {failure}\n  See {out.with_suffix('.html')}")
                failures.append(failure)
                if stop_on_failure:
                    break
    return failures


def run_folder(locale: str, workbook: Path = WORKBOOK) -> Path:
    return workbook / "build" / "run" / locale


def lessons_named(names: list[str], workbook: Path = WORKBOOK) -> list[str]:
    """The lessons whose slug starts with one of `names` ("05", "05_trigger"), in order; all if there is none."""
    slugs = lesson_slugs(workbook)
    if not slugs:
        raise Failure("There is no lesson in notebooks/source.")
    for name in names:
        if not any(slug.startswith(name) for slug in slugs):
            raise Failure(f"No lesson starts with {name!r}. The lessons are: {', '.join(slugs)}.")
    return [slug for slug in slugs if not names or slug.startswith(tuple(names))]


def run_lesson(
    notebook: Path,
    out: Path,
    cwd: Path,
    parameters: dict[str, str] | None = None,
    progress_bar: dict | bool = False,
) -> nbformat.NotebookNode:
    """Executes `notebook` in the folder `cwd` into `out`.ipynb and `out`.html; raises LessonFailed.

    progress_bar: tqdm's options for a bar of cells.
    """
    slug = notebook.stem
    unknown = set(parameters or ()) - set(papermill.inspect_notebook(notebook))
    if unknown:
        raise LessonFailed(slug, "parameters", f"the lesson does not know {', '.join(sorted(unknown))}")
    out.parent.mkdir(parents=True, exist_ok=True)
    executed = out.with_suffix(".ipynb")
    try:
        with _kernel_environment():
            papermill.execute_notebook(
                notebook,
                executed,
                parameters=parameters,
                cwd=cwd,
                progress_bar=progress_bar,
                start_timeout=START_SECONDS,
                execution_timeout=CELL_SECONDS,
                store_widget_state=False,
                config=Config({"KernelManager": {"transport_encryption": "auto"}}),
            )
        done = nbformat.read(executed, as_version=4)
        judge(slug, done)
    except PapermillExecutionError as error:
        why = f"{error.ename}: {_short(error.evalue)}"
        raise LessonFailed(slug, _where(error.exec_count, error.source), why, error.ename) from None
    except (CellTimeoutError, DeadKernelError) as error:
        started = [cell for cell in _code(nbformat.read(executed, as_version=4)) if _started(cell)]
        why = "its kernel died"
        if isinstance(error, CellTimeoutError):
            why = f"the cell did not end within {CELL_SECONDS} s"
        raise LessonFailed(slug, _where("*", started[-1].source if started else ""), why) from None
    finally:
        if executed.exists():
            write_report(executed, out.with_suffix(".html"), cwd)
    return done


def judge(slug: str, done: nbformat.NotebookNode) -> None:
    """Raises LessonFailed for what papermill is content with. done: an executed notebook."""
    for cell in _code(done):
        where = _where(cell.execution_count or " ", cell.source)
        if not cell.execution_count:
            raise LessonFailed(slug, where, "the cell did not run: one before it ended the kernel")
        for output in cell.outputs:
            if output.output_type == "error":  # papermill lets a SystemExit pass
                raise LessonFailed(slug, where, f"the cell ended the lesson: {output.ename}", output.ename)
        errors = "".join(output.text for output in cell.outputs if output.get("name") == "stderr").strip()
        if errors:
            raise LessonFailed(slug, where, f"error output: {_short(errors.splitlines()[-1])}")


def _code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _started(cell: nbformat.NotebookNode) -> bool:
    return bool(cell.metadata.get("papermill", {}).get("start_time"))


def _where(count: int | str, source: str) -> str:
    return f"cell [{count}]: {_short(source.strip())}"


def _short(text: str) -> str:
    """The first line, cut at 200 characters."""
    line = text.split("\n")[0]
    return line if len(line) <= 200 else line[:199] + "…"


@contextmanager
def _kernel_environment() -> Iterator[None]:
    """What a kernel inherits: plotly's figures also drawn in pages, the kernel of this environment."""
    wanted = {"PLOTLY_RENDERER": "plotly_mimetype+notebook", "JUPYTER_PREFER_ENV_PATH": "1"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


FETCHED_SCRIPT = re.compile(r'<script[^>]*\ssrc="https?://[^>]*>\s*</script>')
CODE_SHOWN_BY_A_CELL = (  # nbconvert gives it the letters of prose
    "<style>.jp-OutputArea-output .highlight pre { font-family: var(--jp-code-font-family) }</style>"
)
WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_IN_A_PAGE = (
    "<p>▣ <em>widget</em> · JupyterLab</p>"  # in every language; its text form says nothing to a reader
)
LOCAL_PICTURE = re.compile(r'(?<=<img )([^>]*?src=")([^":]+)(?=")')


def write_report(executed: Path, page: Path, pictures_from: Path) -> None:
    """A page of an executed notebook that needs no other file and no internet.

    pictures_from: the folder that the notebook's pictures are named from; the page holds them. The scripts that the
    page would fetch (RequireJS, MathJax) are left out.
    """

    def embedded(picture: re.Match) -> str:
        file = pictures_from / picture[2]
        if not file.is_file():
            return picture[0]
        kind = mimetypes.guess_type(file.name)[0]
        return f"{picture[1]}data:{kind};base64,{b64encode(file.read_bytes()).decode()}"

    notebook = nbformat.read(executed, as_version=4)
    for output in (output for cell in _code(notebook) for output in cell.outputs):
        if WIDGET in output.get("data", {}):
            output.data = {"text/html": WIDGET_IN_A_PAGE}
    body, _ = HTMLExporter().from_notebook_node(notebook)
    body = body.replace("</head>", f"{CODE_SHOWN_BY_A_CELL}</head>", 1)
    body = LOCAL_PICTURE.sub(embedded, FETCHED_SCRIPT.sub("", body))
    page.write_text(body, encoding="utf-8", newline="\n")
