"""The region's process from its first line to its last: ports, state file, waiting, the end."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import psutil

from . import state as states
from .errors import RegionError
from .settings import Settings
from .state import State
from .system import hold, holder, raise_file_limit

IDLE_CHECK_SECONDS = 60.0
FILES = 8192  # both listeners full, and every function with its pipes
LOG_BYTES = 20 * 1024 * 1024


def serve(lan: str = "") -> int:
    """Run a region until it is asked to stop, gets a signal, or is idle too long. Its exit status.

    lan: the address of this machine to open the front door on; "" for loopback.
    """
    states.ensure_folder()
    held = hold(states.serving_file())
    if held is None:
        other = holder(states.serving_file())
        raise RegionError(f"The region of this workbook runs already, as process {other}.")
    with held:
        return _serve(lan)


def _serve(lan: str) -> int:
    state = states.load() or states.new_state()
    code = states.code()
    os.environ["MOTO_ACCOUNT_ID"] = state.account  # moto reads it when it is imported
    from .region import Region

    settings = Settings(account=state.account, region=state.region)
    region = _on_ports(Region, state, settings, lan)
    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: region.stop.set())
    raise_file_limit(FILES)
    region.start()
    steady_collector()
    try:
        running = replace(
            state,
            control_port=region.control.port,
            front_port=region.front_door.port,
            pid=os.getpid(),
            started=psutil.Process().create_time(),
            lan=lan,
            code=code,
        )
        states.save(running)
        print(f"region: ready at {region.control.url}, HTTP APIs at {region.front_door.url}", flush=True)
        while not region.stop.wait(IDLE_CHECK_SECONDS):
            _keep_small(states.log_file())
            if region.idle_seconds() > settings.idle_stop_seconds:
                print("region: idle for too long, stopping", flush=True)
                break
    finally:
        region.close()
    print("region: stopped", flush=True)
    return 0


def steady_collector() -> None:
    """Look for garbage less often: a stream's records are many, long-lived, and no garbage."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _keep_small(log: Path) -> None:
    """Begin the log anew when it has grown large: a region may run for weeks."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        os.truncate(log, 0)


def _on_ports(make, state: State, settings: Settings, lan: str):
    """The region on the ports of last time, so that what points there still works; else on free ones."""
    try:
        return make(
            state.access_key,
            state.secret_key,
            settings,
            control_port=state.control_port,
            front_port=state.front_port,
            lan=lan,
        )
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        print("region: the ports of last time are taken by another program, using free ones", file=sys.stderr)
        return make(state.access_key, state.secret_key, settings, lan=lan)
