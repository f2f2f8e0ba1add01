"""Another AWS-compatible server, ministack, in an environment of its own: the lessons seen from outside.

It needs the package index once, so it is not part of `test` but of `test --foreign`.
"""

import subprocess
import sys
import venv
from pathlib import Path

from helpers.notebooks import WORKBOOK
from helpers.region.system import locked
from helpers.tools import Failure

PACKAGES = ("ministack==1.5.33", "boto3==1.43.106")  # boto3: what a function on AWS finds there
VARIABLE = "STREAMING_WORKBOOK_MINISTACK"
"""Where the tests look for its command."""


def ministack(folder: Path = WORKBOOK / "build" / "ministack") -> Path:
    """Its command, installed in `folder` if it is not there. Raises Failure."""
    windows = sys.platform == "win32"
    programs, ending = (folder / "Scripts", ".exe") if windows else (folder / "bin", "")
    command = programs / f"ministack{ending}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):  # two commands may ask for it at once
        if not command.exists():
            venv.create(folder, with_pip=True, clear=True)
            pip = [str(programs / f"python{ending}"), "-m", "pip", "install", "--disable-pip-version-check"]
            if subprocess.run([*pip, "--quiet", *PACKAGES]).returncode:
                raise Failure(f"{' and '.join(PACKAGES)} could not be installed in {folder}: see above.")
    return command
