"""Is what the lessons need here? A table of ✓ and ✗, and for each ✗ what to do.

    check_installation("es")    the page that lesson 0 shows

It needs nothing but Python and what shows the page: it has to work where the rest does not.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from helpers import style
from helpers.messages import Page
from helpers.notebooks import WORKBOOK
from helpers.tools import Failure
from helpers.tools.installed import PYTHONS, compare, pins
from helpers.tools.lab import OPENED_FROM
from helpers.translate import set_locale, t

SIGNS = {True: "✓", False: "✗", None: "–"}  # None: nothing to check


@dataclass(frozen=True)
class Facts:
    """What was found. lab: the environment that JupyterLab runs in, "" if it was opened otherwise."""

    python: tuple[int, int, int]
    pins: int
    missing: list[str]
    different: list[str]
    unreadable: str
    has_page: bool
    lab: str
    environment: str
    in_workbook: bool


@dataclass(frozen=True)
class Finding:
    good: bool | None
    what: str
    found: str
    remedy: str = ""


def check_installation(locale: str) -> Page:
    """The table in that language, framed green if all is well."""
    set_locale(locale)
    return page(findings(look()))


def page(found: list[Finding]) -> Page:
    wrong = [finding for finding in found if finding.good is False]
    kind = "bad" if wrong else "good"
    title = t("installation.wrong", number=len(wrong)) if wrong else t("installation.right")
    rows = [[f"{SIGNS[each.good]} {each.what}", each.found, each.remedy] for each in found]
    headings = [t(f"installation.{name}") for name in ("what", "found", "remedy")]
    plain = [" · ".join(filter(None, row)) for row in rows]
    return Page(style.panel(kind, title, body=style.table(headings, rows)), "\n".join([title, *plain]))


def look() -> Facts:
    wanted, unreadable = {}, ""
    try:
        wanted = pins()
    except Failure as failure:
        unreadable = str(failure).splitlines()[0]
    missing, different = compare(wanted)
    return Facts(
        python=sys.version_info[:3],
        pins=len(wanted),
        missing=missing,
        different=different,
        unreadable=unreadable,
        has_page="JPY_SESSION_NAME" in os.environ,  # set by a Jupyter server, not by a run without a page
        lab=os.environ.get(OPENED_FROM, ""),
        environment=sys.prefix,
        in_workbook=Path.cwd().resolve().is_relative_to(WORKBOOK),
    )


def findings(facts: Facts) -> list[Finding]:
    """A row for each thing that lessons need."""
    return [_python(facts), _packages(facts), _lab(facts), _workbook(facts)]


def _python(facts: Facts) -> Finding:
    (_, oldest), (_, newest) = PYTHONS
    good = PYTHONS[0] <= facts.python[:2] <= PYTHONS[1]
    remedy = "" if good else t("installation.python.remedy", oldest=oldest, newest=newest)
    return Finding(good, t("installation.python"), ".".join(map(str, facts.python)), remedy)


def _packages(facts: Facts) -> Finding:
    what, remedy = t("installation.packages"), t("installation.packages.remedy")
    if facts.unreadable:
        return Finding(False, what, facts.unreadable, remedy)
    if facts.missing:
        return Finding(False, what, t("installation.packages.missing", names=_few(facts.missing)), remedy)
    if facts.different:
        return Finding(False, what, t("installation.packages.different", names=_few(facts.different)), remedy)
    return Finding(True, what, t("installation.packages.good", number=facts.pins))


def _lab(facts: Facts) -> Finding:
    what = t("installation.lab")
    if not facts.has_page:
        return Finding(None, what, t("installation.lab.no_page"))
    if not facts.lab:
        return Finding(False, what, t("installation.lab.otherwise"), t("installation.lab.remedy"))
    if Path(facts.lab).resolve() != Path(facts.environment).resolve():
        elsewhere = t("installation.lab.elsewhere", lab=facts.lab, kernel=facts.environment)
        return Finding(False, what, elsewhere, t("installation.lab.remedy"))
    return Finding(True, what, t("installation.lab.good"))


def _workbook(facts: Facts) -> Finding:
    what = t("installation.workbook")
    if facts.in_workbook:
        return Finding(True, what, t("installation.workbook.good"))
    return Finding(
        False, what, t("installation.workbook.other", folder=WORKBOOK), t("installation.workbook.remedy")
    )


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
