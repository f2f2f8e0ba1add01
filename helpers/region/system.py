"""What differs between Linux, macOS and Windows: detached processes, file locks, private files. All of it is here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WINDOWS = os.name == "nt"


def spawn_detached(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen:
    """Start a process that outlives this one and its terminal, writing to `log`."""
    options: dict = {}
    if WINDOWS:
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        options["creationflags"] = flags | subprocess.CREATE_BREAKAWAY_FROM_JOB
    else:
        options["start_new_session"] = True
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            close_fds=True,
            **options,
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system releases by itself should this process die; waits for whoever holds it."""
    with path.open("a+b") as file:
        if WINDOWS:
            import msvcrt

            file.seek(0)
            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # tries for 10 seconds, then OSError
                    break
                except OSError:
                    continue
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
            yield  # closing the file releases it


def private_folder(path: Path) -> None:
    """Make a folder that only this user reads. Raises OSError."""
    path.mkdir(parents=True, exist_ok=True)
    if not WINDOWS:  # there the user's profile folder is private already
        path.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only this user reads it. Raises OSError."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(fresh, path)


def python() -> str:
    """The interpreter to start children with."""
    return sys.executable
