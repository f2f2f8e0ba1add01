"""The whole course laid out for JupyterLab, as learners have it and solved, and what a learner does in it.

lay_out(folder)                    es/, en/ (the learners' notebooks), solved-es/, solved-en/, pictures/
with LabServer(folder, "es") as server, Lesson(browser, server, "solved-es", "02_stream") as lesson:
    assert lesson.run_all()
    lesson.cell("stream_status()").run()
"""

import shutil
from pathlib import Path

from helpers.notebooks import WORKBOOK
from helpers.tools.build import learner_build, solved_build


def lay_out(folder: Path) -> None:
    """Writes both builds of every lesson and what they link to. The workbook's own files are left alone."""
    shutil.copytree(WORKBOOK / "notebooks" / "pictures", folder / "pictures")
    learners = learner_build()
    for path, text in learners.items():
        _write(folder / path.parent.name / path.name, text)
    for path, text in (learners | solved_build()).items():
        _write(folder / f"solved-{path.parent.name}" / path.name, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
