"""Lesson 0's look at the installation: each fault is seen, and comes with what to do."""

from dataclasses import replace

import pytest

from helpers import installation
from helpers.installation import Facts, check_installation, findings, look, page
from helpers.tools import Failure
from helpers.tools.installed import compare, pins
from helpers.tools.lab import OPENED_FROM

SOUND = Facts(
    python=(3, 12, 1),
    pins=130,
    missing=[],
    different=[],
    unreadable="",
    has_page=True,
    lab="/env",
    environment="/env",
    in_workbook=True,
)


def test_a_sound_installation_has_nothing_to_put_right():
    found = findings(SOUND)
    assert [finding.good for finding in found] == [True] * 4
    assert not any(finding.remedy for finding in found)
    assert repr(page(found)).startswith("Everything is in place.")


@pytest.mark.parametrize(
    "fault, told, remedy",
    [
        ({"python": (3, 10, 13)}, "3.10.13", "between 3.11 and 3.14"),
        ({"python": (3, 15, 0)}, "3.15.0", "make install PYTHON="),
        ({"missing": ["moto", "flask"]}, "missing: moto, flask", "%pip install --no-deps -r"),
        ({"missing": [f"p{n}" for n in range(7)]}, "p4 …", "restart the kernel"),
        ({"different": ["plotly 6 instead of 7"]}, "plotly 6 instead of 7", "%pip install"),
        ({"unreadable": "Not installed: yaml"}, "Not installed: yaml", "%pip install"),
        ({"lab": ""}, "not opened with the workbook's command", "make lab"),
        ({"lab": "/other"}, "JupyterLab is in /other and the kernel in /env", "make lab"),
        ({"in_workbook": False}, "another copy of the workbook", "Open that copy's lessons"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_fault_is_told_with_its_remedy(fault, told, remedy):
    wrong = [finding for finding in findings(replace(SOUND, **fault)) if finding.good is False]
    (finding,) = wrong
    assert told in finding.found
    assert remedy in finding.remedy
    shown = page(findings(replace(SOUND, **fault)))
    assert "Things to put right: 1" in repr(shown) and "role='alert'" in shown.html


def test_without_a_page_there_is_no_jupyterlab_to_judge():
    (_, _, lab, _) = findings(replace(SOUND, has_page=False, lab=""))
    assert lab.good is None and not lab.remedy


def test_what_is_here_is_found(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "x")
    monkeypatch.setenv(OPENED_FROM, "/elsewhere")
    facts = look()
    assert (facts.has_page, facts.lab, facts.in_workbook) == (True, "/elsewhere", True)
    assert (facts.missing, facts.different) == compare(pins())


def test_a_kernel_started_in_another_folder_is_noticed(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert not look().in_workbook


def test_an_environment_too_bare_to_read_the_lock_is_told(monkeypatch):
    def bare():
        raise Failure("Not installed for /usr/bin/python3: yaml, at least.\nInstall the workbook")

    monkeypatch.setattr(installation, "pins", bare)
    assert look().unreadable == "Not installed for /usr/bin/python3: yaml, at least."


def test_a_package_of_another_version_is_seen_in_spanish(monkeypatch):
    monkeypatch.setattr(installation, "pins", lambda: {"pytest": "0.0.1", "no-such-package-here": "1"})
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    shown = repr(check_installation("es"))
    assert shown.startswith("Cosas que arreglar: 1\n") and "faltan no-such-package-here" in shown
