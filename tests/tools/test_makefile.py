"""The Makefile hands over to `python -m helpers`, and the shell's environment does not reach it."""

import os
import shutil
import subprocess

import pytest

from helpers.notebooks import WORKBOOK

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")


def make(*arguments, cwd=WORKBOOK, **environment):
    """Runs make as a shell does, though these tests may have been started by make."""
    shell = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }
    return subprocess.run(
        ["make", *arguments], cwd=cwd, env=shell | environment, capture_output=True, encoding="utf-8"
    )


@pytest.mark.parametrize(
    "arguments, command",
    [
        (["lab"], "lab"),
        (["lab", "LOCALE=es"], "lab --locale es"),
        (["run"], "run"),
        (
            ["run", "LESSON=05", "LOCALE=es", "TARGET=local", "PREFIX=x"],
            "run --lesson 05 --locale es --target local --prefix x",
        ),
        (["test"], "test"),
        (["build"], "build"),
        (["lock"], "lock"),
    ],
)
def test_make_calls_the_command_with_what_was_given_and_nothing_else(arguments, command):
    leaks = dict.fromkeys(("LESSON", "LOCALE", "TARGET", "PREFIX", "PYTHON"), "leak")
    said = make("-n", *arguments, **leaks).stdout
    last = said[said.rindex("-m helpers") :].replace("\\\n", "")
    assert last.split() == ["-m", "helpers", *command.split()]
    assert "leak" not in said


def test_make_alone_helps():
    assert make().stdout.startswith("make install ")


def test_an_old_python_is_refused_with_what_to_do(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(WORKBOOK / name, tmp_path)
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    done = make("install", f"PYTHON={old}", cwd=tmp_path)
    assert done.returncode != 0
    assert f"needs Python 3.11 to 3.14; '{old}' is Python 3.9.2" in done.stderr
    assert "make install PYTHON=python3.12" in done.stderr
    assert not (tmp_path / ".venv").exists()
