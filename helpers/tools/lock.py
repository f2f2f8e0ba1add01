"""requirements.lock is compiled from the names in environment.yml: each name stands once there, each pin once here."""

import shutil
import subprocess
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers.notebooks import WORKBOOK
from helpers.tools import Failure

OLDEST_PYTHON = "3.11"


def compile_lock(upgrade: bool = False, workbook: Path = WORKBOOK) -> None:
    """Pins for every system and Python what environment.yml names and what that needs.

    Pins that stand stay, unless `upgrade`. The maintainer's uv does it; learners do not need uv.
    """
    uv = shutil.which("uv")
    if not uv:
        raise Failure(
            "Compiling the lock needs uv, which is not here. Install it (pip install uv) and try again."
        )
    command = [uv, "pip", "compile", "-", "--universal", "--python-version", OLDEST_PYTHON]
    command += [
        "--no-header",
        "--no-annotate",
        "--quiet",
        "--output-file",
        str(workbook / "requirements.lock"),
    ]
    names = "\n".join(str(requirement) for requirement in named(workbook))
    done = subprocess.run(command + ["--upgrade"] * upgrade, input=names, encoding="utf-8", cwd=workbook)
    if done.returncode:
        raise Failure("uv could not compile requirements.lock; what it said stands above.")


def unpinned(workbook: Path = WORKBOOK) -> list[str]:
    """The names of environment.yml that requirements.lock does not pin to one version."""
    pins = {canonicalize_name(pin.name) for pin in pinned(workbook)}
    return [wanted.name for wanted in named(workbook) if canonicalize_name(wanted.name) not in pins]


def named(workbook: Path = WORKBOOK) -> list[Requirement]:
    """The packages in the pip section of environment.yml; its options (-c, -e) are no packages."""
    environment = yaml.safe_load((workbook / "environment.yml").read_text(encoding="utf-8"))
    sections = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    return [Requirement(line) for section in sections for line in section if not line.startswith("-")]


def pinned(workbook: Path = WORKBOOK) -> list[Requirement]:
    """The pins of requirements.lock."""
    lines = (workbook / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return [pin for pin in pins if [part.operator for part in pin.specifier] == ["=="]]
