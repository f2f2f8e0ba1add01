"""Opens JupyterLab on the lessons, with the settings of helpers/tools/jupyter and none written at the user's home.

open_lab("es", ["--no-browser"])    does not return: it is the server from then on
"""

import locale as system
import os
import sys
from pathlib import Path

from helpers.notebooks import LOCALES, WORKBOOK, lesson_slugs

SETTINGS = Path(__file__).parent / "jupyter"
OPENED_FROM = "STREAMING_WORKBOOK_LAB"  # tells kernels which environment JupyterLab runs in


def open_lab(locale: str, arguments: list[str]) -> None:
    """Becomes a JupyterLab server on a free port from 8888 up; `arguments` are Jupyter's own.

    It runs in this process, so that Ctrl-C reaches it and it ends its kernels.
    """
    from jupyterlab.labapp import LabApp

    os.environ.update(environment(locale))
    LabApp.launch_instance(lab_arguments(locale, arguments))


def lab_arguments(locale: str, arguments: list[str]) -> list[str]:
    """`arguments` after ours (the notebooks' folder, the first lesson, a quiet log), less those given there too."""
    first = f"/{locale}/{lesson_slugs()[0]}.ipynb" if lesson_slugs() else ""
    ours = [
        f"--ServerApp.root_dir={WORKBOOK / 'notebooks'}",
        f"--LabApp.default_url=/lab/tree{first}",
        "--KernelManager.transport_encryption=auto",
        "--log-level=WARN",
        "--LabApp.log_level=WARN",
    ]
    given = {argument.split("=")[0] for argument in arguments}
    return [argument for argument in ours if argument.split("=")[0] not in given] + arguments


def environment(locale: str) -> dict[str, str]:
    """JupyterLab finds the workbook's settings first, then the user's own; kernels come from this environment."""
    folders = [str(SETTINGS / locale), str(SETTINGS / "common"), os.environ.get("JUPYTER_CONFIG_PATH")]
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, folders)),
        "JUPYTER_PREFER_ENV_PATH": "1",
        OPENED_FROM: sys.prefix,
    }


def system_locale() -> str:
    """The language of the lessons that fits the user's system: Spanish or else English."""
    language = (system.getlocale()[0] or "")[:2].lower()
    return language if language in LOCALES else "en"
