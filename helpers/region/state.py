"""The region's state file: how kernels, shells and the next start find it.

It holds the learner's secret key, so only its owner reads it. Key, account and ports outlive the region: open
kernels, shells and QR codes go on working after a restart.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import string
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import platformdirs

from .errors import RegionError
from .settings import Settings
from .system import private_folder, write_private

WORKBOOK = Path(__file__).resolve().parents[2]
STATE_VARIABLE = "STREAMING_WORKBOOK_STATE"


@dataclass(frozen=True)
class State:
    """pid: 0 while the region is stopped; started: its process's creation time, epoch seconds.

    lan: the address that the front door faces a local network with, while it runs; "" on loopback. A stop forgets it:
    a laptop that is opened in another network opens no door there by itself. code: what the region was started from.
    """

    access_key: str
    secret_key: str
    account: str = Settings.account
    region: str = Settings.region
    control_port: int = 0
    front_port: int = 0
    pid: int = 0
    started: float = 0.0
    lan: str = ""
    code: str = ""

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.control_port}"

    @property
    def front_door_url(self) -> str:
        return f"http://{self.lan or '127.0.0.1'}:{self.front_port}"

    def stopped(self) -> State:
        return replace(self, pid=0, started=0.0, lan="")


def new_state() -> State:
    """A state with a key of its own."""
    letters = string.ascii_uppercase + "234567"
    key = "AKIA" + "".join(secrets.choice(letters) for _ in range(16))
    return State(key, secrets.token_urlsafe(30))


def code() -> str:
    """A fingerprint of the region's code as it is now: a region of older code does not do what the lessons expect."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def folder() -> Path:
    """Where this user keeps the state of this workbook's region; STREAMING_WORKBOOK_STATE names another place."""
    named = os.environ.get(STATE_VARIABLE)
    if named:
        return Path(named)
    workbook = hashlib.sha256(str(WORKBOOK).encode()).hexdigest()[:12]
    return platformdirs.user_state_path("streaming-workbook", appauthor=False) / workbook


def ensure_folder() -> Path:
    """The state folder, made if missing. Raises RegionError where it cannot be written."""
    path = folder()
    try:
        private_folder(path)
        probe = path / f"writable.{os.getpid()}"
        probe.write_bytes(bytes(4096))  # an empty file has room on a full disk too
        probe.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def state_file() -> Path:
    return folder() / "region.json"


def serving_file() -> Path:
    """Held by the region's process from its first line to its last."""
    return folder() / "serving.lock"


def log_file() -> Path:
    return folder() / "region.log"


def load() -> State | None:
    """The state as last written; None where there is none, or none that can be read.

    A corrupt file is put aside as region.json.broken: the next start makes a new key.
    """
    path = state_file()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return None
    try:
        fields = json.loads(text)
        known = {name: fields[name] for name in State.__dataclass_fields__ if name in fields}
        state = State(**known)
        expected = asdict(new_state())
        if any(not isinstance(value, type(expected[name])) for name, value in known.items()):
            raise TypeError
        return state
    except (ValueError, TypeError, KeyError):
        path.replace(path.with_name("region.json.broken"))
        return None


def save(state: State) -> None:
    """Raises RegionError where it cannot be written; what was there stays."""
    try:
        write_private(state_file(), json.dumps(asdict(state), indent=2) + "\n")
    except OSError as error:
        raise _unwritable(folder(), error) from error


def _unwritable(path: Path, error: OSError) -> RegionError:
    return RegionError(
        f"The region cannot keep its state in {path} ({error.strerror}). "
        f"Make room there, or name a folder that you may write to in the variable {STATE_VARIABLE}."
    )
