"""Where the errors of widgets and background tasks are kept.

Jupyter shows no exception of a button's callback or of an un-awaited task, and a headless run passes over it. Each
widget shows its own on screen and keeps it here; the lesson's last cell raises what was kept.
"""

from __future__ import annotations

_kept: dict[str, list[Exception]] = {}


def keep(owner: str, error: Exception) -> None:
    """Keeps an error of the widget called `owner`; one that repeats is kept once."""
    errors = _kept.setdefault(owner, [])
    if not any(type(old) is type(error) and str(old) == str(error) for old in errors):
        errors.append(error)


def forget(owner: str | None = None) -> None:
    """Forgets what one widget kept (it was made anew), or everything (the lesson begins)."""
    if owner is None:
        _kept.clear()
    else:
        _kept.pop(owner, None)


def kept() -> list[Exception]:
    return [error for errors in _kept.values() for error in errors]


def raise_kept() -> None:
    """Raises an ExceptionGroup of what was kept, if anything was."""
    owners = ", ".join(owner for owner, errors in _kept.items() if errors)
    if owners:
        raise ExceptionGroup(owners, kept())
