"""What differs between Linux, macOS and Windows: detached processes, file locks, private files. All of it is here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psutil

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


def hold(path: Path) -> BinaryIO | None:
    """Hold `path`, with our process id in it, until the file is closed or this process ends; None: another does."""
    file = path.open("a+b")
    try:
        _lock_at_once(file)
    except OSError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()).encode())
    file.flush()
    return file


def holder(path: Path) -> int | None:
    """The id of the process that holds `path`."""
    with path.open("a+b") as file:
        try:
            _lock_at_once(file)
        except OSError:
            file.seek(0)
            text = file.read()
            return int(text) if text.isdigit() else None
    return None


def _lock_at_once(file: BinaryIO) -> None:
    """Raises OSError where another process has the lock."""
    if WINDOWS:
        import msvcrt

        file.seek(1 << 30)  # beyond the text, which others read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def private_folder(path: Path) -> None:
    """Make a folder that only this user reads. Raises OSError."""
    path.mkdir(parents=True, exist_ok=True)
    if not WINDOWS:  # there the user's profile folder is private already
        path.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only this user reads it. Raises OSError."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def raise_file_limit(wanted: int) -> None:
    """Let this process open `wanted` files and sockets, or as many as it may; some systems begin with 256."""
    if WINDOWS:
        return  # sockets and files are handles there, which are many
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def spawn_child(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen:
    """Start a child in a group of its own (the terminal's Ctrl-C is not for it), its stdin and output being pipes."""
    options: dict = {"creationflags": subprocess.CREATE_NO_WINDOW} if WINDOWS else {"start_new_session": True}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        cwd=folder,
        env=environment,
        **options,
    )


def kill_tree(process: subprocess.Popen) -> int:
    """End a child of spawn_child and whatever it started; its return code."""
    if WINDOWS:
        try:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        except psutil.NoSuchProcess:
            pass  # it ended by itself
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # nothing of its group is left (macOS: nothing but a zombie)
    return process.wait()


def child_environment() -> dict[str, str]:
    """What Python itself wants of a child's environment on this system."""
    if not WINDOWS:
        return {}
    wanted = (
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE",
    )
    system = {name: os.environ[name] for name in wanted if name in os.environ}
    folders = (
        sys.base_prefix,
        rf"{sys.base_prefix}\Library\bin",
        rf"{system.get('SYSTEMROOT', '')}\System32",
    )
    return {
        **system,
        "PATH": os.pathsep.join(folders),
        "TZ": "UTC",
    }  # conda has OpenSSL's DLLs in Library\bin


def signal_name(returncode: int) -> str | None:
    """The signal that ended a process, as Linux describes it ("killed", "segmentation fault"); None if it exited."""
    if returncode >= 0:
        return None
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"
    return _SIGNALS.get(name, name)


_SIGNALS = {
    "SIGHUP": "hangup",
    "SIGINT": "interrupt",
    "SIGQUIT": "quit",
    "SIGILL": "illegal instruction",
    "SIGTRAP": "trace/breakpoint trap",
    "SIGABRT": "aborted",
    "SIGBUS": "bus error",
    "SIGFPE": "floating point exception",
    "SIGKILL": "killed",
    "SIGSEGV": "segmentation fault",
    "SIGPIPE": "broken pipe",
    "SIGALRM": "alarm clock",
    "SIGTERM": "terminated",
}
