"""The region as a process: found again, started once however many ask, stopped with all it started."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import psutil
import urllib3

from . import state as states
from .errors import RegionError
from .state import State
from .system import holder, locked, spawn_detached

START_SECONDS = 60
STOP_SECONDS = 15
CONTROL = "region"  # the signing name of status, reset and stop


def ensure_started(lan: str = "") -> State:
    """The running region's state; starts one where there is none. Raises RegionError.

    lan: the address of this machine that a region started here opens its front door on; "" for loopback. One that
    runs already stays as it is: its state's `lan` says how. But one of older code, after an update of the workbook,
    is replaced; the lessons build what it held again.
    """
    code = states.code()
    running = find()
    if running and running.code == code:
        return running
    with locked(states.ensure_folder() / "start.lock"):
        running = find()
        if running and running.code == code:
            return running
        if running:
            stop()
            lan = lan or running.lan
        return _start(lan)


def find() -> State | None:
    """The state of this workbook's region if it runs and answers."""
    found = _answering()
    return found[0] if found else None


def stop() -> bool:
    """Stop the region and all it started; False where none ran. Its key and ports are kept for the next one."""
    state = states.load()
    process = _process(state) if state else None
    if process is None:
        return False
    try:
        ask(state, "stop", timeout=5)
        stopping = True
    except RegionError:
        stopping = False
    if not (stopping and _ends(process)):
        kill(process)
    states.save(state.stopped())
    return True


def reset() -> State:
    """Empty the running region: every resource goes. Raises RegionError where none runs."""
    state = find()
    if state is None:
        raise RegionError("No region is running. Start one: python -m helpers.region start")
    ask(state, "reset", timeout=60)
    return state


def status() -> dict | None:
    """What runs in the region; None where none does."""
    found = _answering()
    return found[1] if found else None


def _answering() -> tuple[State, dict] | None:
    """The state of the region that runs, and its status."""
    state = states.load()
    if state is None or not _process(state):
        return None
    try:
        return state, ask(state, "status", timeout=10)
    except RegionError:
        return None


def kill(process: psutil.Process) -> None:
    """End a region that does not answer, and the functions it started."""
    try:
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    for member in family:
        _ends(member)


def ask(state: State, word: str, timeout: float) -> dict:
    """One of the region's own requests (status, reset, stop), signed with the learner's key. Raises RegionError."""
    request = botocore.awsrequest.AWSRequest("POST", f"{state.endpoint_url}/{word}", data=b"")
    credentials = botocore.credentials.Credentials(state.access_key, state.secret_key)
    botocore.auth.SigV4Auth(credentials, CONTROL, state.region).add_auth(request)
    try:
        with urllib3.PoolManager() as pool:
            response = pool.request(
                "POST", request.url, headers=dict(request.headers), timeout=timeout, retries=False
            )
    except urllib3.exceptions.HTTPError as error:
        raise RegionError(f"The region does not answer at {state.endpoint_url} ({error}).") from error
    if response.status == 500:
        raise RegionError(f"The region could not do this: {word}. Its log: {states.log_file()}")
    if response.status != 200:
        raise RegionError(f"What answers at {state.endpoint_url} is not this workbook's region.")
    try:
        return json.loads(response.data)
    except ValueError as error:
        raise RegionError(f"What answers at {state.endpoint_url} is not a region.") from error


def _process(state: State) -> psutil.Process | None:
    """The region's process, if it lives and is the one that wrote the state."""
    try:
        process = psutil.Process(state.pid) if state.pid > 0 else None
        lives = process and abs(process.create_time() - state.started) < 2 and not _over(process)
        return process if lives else None
    except psutil.Error:
        return None


def _ends(process: psutil.Process) -> bool:
    """Whether the process ends within STOP_SECONDS."""
    until = time.monotonic() + STOP_SECONDS
    while not _over(process):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _over(process: psutil.Process) -> bool:
    """A zombie has ended too: in a container without an init nobody buries it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _serving() -> psutil.Process | None:
    """The process that is a region of this workbook, whatever the state file says."""
    try:
        pid = holder(states.serving_file())
        return psutil.Process(pid) if pid else None
    except psutil.NoSuchProcess:
        return None


def _start(lan: str) -> State:
    state = states.load() or states.new_state()
    for old in (_process(state), _serving()):
        if old:
            kill(old)  # it lives, but does not answer, or whoever started it was killed before it could
    states.save(state.stopped())
    log = states.log_file()
    size = log.stat().st_size if log.exists() else 0
    opened = ["--lan", lan] if lan else []
    child = spawn_detached([sys.executable, "-m", "helpers.region", "serve", *opened], log, _environment())
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        fresh = states.load()
        # Not always child.pid: on Windows a virtual environment's python is a launcher.
        if fresh and fresh.pid:
            ask(fresh, "status", timeout=START_SECONDS)
            return fresh
        # If one serves although the child has ended, a killed kernel had started it, and it was quicker.
        if child.poll() is not None and not _serving():
            raise RegionError(f"The local region could not start:\n{_tail(log, size)}\nIts log: {log}")
        time.sleep(0.02)
    kill(psutil.Process(child.pid))
    raise RegionError(f"The local region was not ready after {START_SECONDS} s. Its log: {log}")


def _environment() -> dict[str, str]:
    """The region's own environment: nothing of AWS or moto from the learner's shell."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MOTO_"))}
    environment["PYTHONPATH"] = str(states.WORKBOOK)
    environment[states.STATE_VARIABLE] = str(states.folder())
    return environment


def _tail(log: Path, start: int) -> str:
    """The last lines that this start wrote."""
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-15:])
