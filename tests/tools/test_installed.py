"""Whether this environment is the workbook's."""

import sys
from importlib.metadata import version

import pytest

from helpers.tools import Failure, installed
from helpers.tools.installed import compare, pins, require_installed


def test_the_environment_of_the_tests_is_the_workbooks():
    assert compare(pins()) == ([], [])


def test_missing_and_different_packages_are_told_apart():
    wanted = {"pytest": version("pytest"), "no-such-package-here": "1", "ruff": "0.0.1"}
    assert compare(wanted) == (["no-such-package-here"], [f"ruff {version('ruff')} instead of 0.0.1"])


def test_a_missing_package_is_refused_with_what_to_do(monkeypatch):
    names = {f"no-such-package-{n}": "1" for n in range(7)}
    monkeypatch.setattr(installed, "pins", lambda: names)
    with pytest.raises(Failure) as refused:
        require_installed()
    assert "no-such-package-4 and 2 more.\nInstall the workbook:  make install\n" in str(refused.value)


def test_another_version_is_a_warning(monkeypatch, capsys):
    monkeypatch.setattr(installed, "pins", lambda: {"ruff": "0.0.1"})
    require_installed()
    assert "Not the versions of requirements.lock: ruff" in capsys.readouterr().err


def test_an_old_python_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(Failure, match=r"The workbook needs Python 3\.11 to 3\.14; this is "):
        require_installed()
