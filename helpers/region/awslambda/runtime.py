"""A function's runtime: one child process of the region, under awslambdaric.

The child gets an environment of its own, nothing of the learner's, and dies with the region. What it prints is read
into the environment's journal; what it answers comes as notices from the Runtime API.

It is no sandbox. Variables, open files and folder of the learner's are kept from it by construction, so that none is
used or leaks by accident; but it runs as the learner's user, on the learner's network. Code that means to can read
that user's files, the region's key in the state file among them, and on Linux the variables of the user's other
processes in /proc. Memory is watched, not limited; processor time and disk are neither.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import logging
import queue
import sys
import sysconfig
import threading
import time
from pathlib import Path

import psutil

from .. import system
from . import bootstrap
from .logs import Frames, Journal, Mark, as_on_aws
from .runtime_api import Event, Notice, RuntimeApi

LOG = logging.getLogger(__name__)
SAMPLE_SECONDS = 0.02
FAREWELL_SECONDS = 2.0  # for a runtime that is about to end by itself, and for its last output

EXITED, TIMEOUT, MEMORY = Notice("exited"), Notice("timeout"), Notice("memory")


class Runtime:
    """Starts the process; it asks for its first event once the function's module is imported.

    variables: its environment, without the Runtime API's address. memory: bytes it may hold.
    """

    def __init__(
        self, api: RuntimeApi, task_root: Path, variables: dict[str, str], memory: int, journal: Journal
    ):
        self._api = api
        self._channel = api.channel()
        self._memory = memory
        self._journal = journal
        self._marked: str | None = None
        self._ended = False
        self._places = places(task_root)
        self.peak = 0  # bytes held at most, as far as was seen
        variables = {**variables, "AWS_LAMBDA_RUNTIME_API": api.address(self._channel)}
        command = [sys.executable, "-S", "-X", "utf8", bootstrap.__file__, json.dumps(package_folders())]
        self._process = system.spawn_child(command, task_root, variables)
        self._reader = threading.Thread(target=self._read, name=f"output-{self._process.pid}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def initialised(self, until: float) -> Notice:
        """ready, init_error, or what came instead. until: time.perf_counter() at the latest."""
        return self._settled(self._notice(("ready", "init_error"), until), "")

    def run(self, event: Event, until: float) -> Notice:
        """Hand over `event`: response, error, too_large, or what came instead."""
        self._channel.give(event)
        notice = self._notice(("response", "error", "too_large"), until)
        return self._settled(notice, event.request_id)

    def end(self) -> int:
        """End the process, and what it started, and read its last words; its return code. Again: only the latter."""
        if not self._ended:
            self._ended = True
            system.kill_tree(self._process)
            self._api.forget(self._channel)
            self._reader.join(FAREWELL_SECONDS)
            self._process.stdin.close()
        return self._process.wait()

    def shown(self, text: str) -> str:
        """`text` with this machine's paths as AWS has them."""
        return as_on_aws(text, self._places)

    @functools.cached_property
    def _watched(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    def sample(self) -> int:
        """Bytes held now."""
        try:
            held = self._watched.memory_info().rss
        except psutil.NoSuchProcess:
            return 0
        self.peak = max(self.peak, held)
        return held

    def _notice(self, kinds: tuple[str, ...], until: float) -> Notice:
        while True:
            remaining = until - time.perf_counter()
            try:
                notice = self._channel.notices.get(timeout=max(0.0, min(SAMPLE_SECONDS, remaining)))
                if notice.kind in kinds:
                    return notice
                continue
            except queue.Empty:
                pass
            gone = not self.alive  # asked before the queue: what it posted before it ended is there
            if not self._channel.notices.empty():
                continue
            if gone:
                return EXITED
            if self.sample() > self._memory:
                return MEMORY
            if remaining <= 0:
                return TIMEOUT

    def _settled(self, notice: Notice, request_id: str) -> Notice:
        """The notice, once the output that preceded it is in the journal; of a failed runtime, once it has ended."""
        until = time.perf_counter() + FAREWELL_SECONDS
        if notice.kind in ("init_error", "too_large"):
            self._notice((), until)
        elif notice.kind in ("ready", "response", "error"):
            self.sample()
            while self._marked != request_id and self._notice(("marked",), until).kind == "marked":
                pass
        return notice

    def _read(self) -> None:
        frames = Frames()
        output = self._process.stdout
        with output:
            while data := output.read(1 << 16):
                self._take(frames.feed(data))
            rest = frames.rest()
            self._take([rest] if rest else [])

    def _take(self, events) -> None:
        for event in events:
            if isinstance(event, Mark):
                self._marked = event.request_id
                self._channel.notices.put(Notice("marked"))
                continue
            try:
                self._journal.add(self.shown(event))
            except Exception:
                # The function must not stop for that, nor its pipe fill up.
                LOG.exception("The output of a function could not be logged")


@functools.cache
def package_folders() -> list[str]:
    """Where the packages of AWS's runtime are installed here."""
    folders: dict[str, None] = {}
    for name in bootstrap.PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"{name}, which functions need, is not installed")
        origin = Path(spec.origin)
        folders[str(origin.parent.parent if spec.submodule_search_locations else origin.parent)] = None
    return list(folders)


def places(task_root: Path) -> list[tuple[str, str]]:
    """Where this machine's folders are on AWS: the function, AWS's packages, Python."""
    library = f"/var/lang/lib/python{sys.version_info.major}.{sys.version_info.minor}"
    standard = sysconfig.get_path("stdlib")
    return [
        (str(task_root), "/var/task"),
        *((folder, f"{library}/site-packages") for folder in package_folders()),
        (standard, library),
    ]
