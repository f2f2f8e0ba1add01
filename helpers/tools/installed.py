"""Is this environment the workbook's? Asked before a command starts, so that a half-made one is told at once."""

import sys
from importlib.metadata import PackageNotFoundError, version

from helpers.notebooks import WORKBOOK
from helpers.tools import Failure

PYTHONS = ((3, 11), (3, 14))
HOW = (
    "Install the workbook:  make install\n"
    "or, without make:      python -m pip install --no-deps -r requirements.lock\n"
    "                       python -m pip install --no-deps -e ."
)


def require_installed() -> None:
    """Raises Failure if the Python is too old or new, or a package is missing; says so if a version differs."""
    oldest, newest = PYTHONS
    if not oldest <= sys.version_info[:2] <= newest:
        raise Failure(
            f"The workbook needs Python 3.{oldest[1]} to 3.{newest[1]}; this is {sys.version.split()[0]}."
        )
    missing, different = compare(pins())
    if missing:
        raise Failure(f"Not installed for {sys.executable}: {_few(missing)}.\n{HOW}")
    if different:
        print(f"Not the versions of requirements.lock: {_few(different)}.\n{HOW}", file=sys.stderr)


def pins() -> dict[str, str]:
    """Name → version of what requirements.lock asks for on this system and Python."""
    try:
        from helpers.tools.lock import pinned
    except ModuleNotFoundError as error:
        raise Failure(f"Not installed for {sys.executable}: {error.name}, at least.\n{HOW}") from None
    wanted = [pin for pin in pinned(WORKBOOK) if pin.marker is None or pin.marker.evaluate()]
    return {pin.name: next(iter(pin.specifier)).version for pin in wanted}


def compare(wanted: dict[str, str]) -> tuple[list[str], list[str]]:
    """What is missing, and what is there in another version ("ruff 0.1 instead of 0.2")."""
    missing, different = [], []
    for name, pin in wanted.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            missing.append(name)
        else:
            if found != pin:
                different.append(f"{name} {found} instead of {pin}")
    return missing, different


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
