"""What CloudWatch Logs shows of a function: the platform's own lines, and what the function printed.

The formats are pure. `Frames` cuts the bytes of a runtime's output into events, `Journal` gathers an environment's
events until they are written. Source of the formats: lambda-runtime.md §6.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from ..clock import Clock

TAIL_BYTES = 4096  # of LogResult
EVENT_CHARACTERS = 256 * 1024  # a longer message is cut into several events
EVENTS_HELD = 1000  # a function that prints without end is written down before it ends

# -- the platform's lines ---------------------------------------------------------------------------------------------


def stream_name(now: float, identifier: str) -> str:
    """now: epoch seconds, when the environment was made; identifier: its 32 hexadecimal digits."""
    return f"{datetime.fromtimestamp(now, UTC):%Y/%m/%d}/[$LATEST]{identifier}"


def init_start(version: str, version_arn: str) -> str:
    return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {version_arn}\n"


def init_report(milliseconds: float, phase: str, status: str, error_type: str = "") -> str:
    """Only a failed init is reported. phase: "init" or "invoke"; status: "error" or "timeout"."""
    return f"INIT_REPORT Init Duration: {milliseconds:.2f} ms\tPhase: {phase}{_status(status, error_type)}\n"


def start(request_id: str) -> str:
    return f"START RequestId: {request_id} Version: $LATEST\n"


def end(request_id: str) -> str:
    return f"END RequestId: {request_id}\n"


def report(
    request_id: str,
    duration: float,
    memory_size: int,
    memory_used: int,
    init_duration: float | None = None,
    status: str = "",
    error_type: str = "",
) -> str:
    """Durations in ms (init_duration: on a cold start only), memory in MB. status: "", "error" or "timeout".

    Since August 2025 a cold start's init is billed with the invocation.
    """
    billed = math.ceil(round(duration + (init_duration or 0.0), 2))
    line = f"REPORT RequestId: {request_id}\tDuration: {duration:.2f} ms\tBilled Duration: {billed} ms"
    line += f"\tMemory Size: {memory_size} MB\tMax Memory Used: {memory_used} MB"
    if init_duration is not None:
        line += f"\tInit Duration: {init_duration:.2f} ms"
    return line + (_status(status, error_type) or "\t") + "\n"


def _status(status: str, error_type: str) -> str:
    if not status:
        return ""
    return f"\tStatus: {status}" + (f"\tError Type: {error_type}" if error_type else "")


def as_on_aws(text: str, places: list[tuple[str, str]]) -> str:
    """`text` with this machine's folders shown as AWS has them. places: (folder here, folder on AWS)."""
    for here, there in places:
        text = _windows_path(text, here, there) if "\\" in here else text.replace(here, there)
    return text


def _windows_path(text: str, here: str, there: str) -> str:
    doubled = here.replace("\\", "\\\\")  # as JSON writes it
    path = re.compile(
        f"(?:{re.escape(doubled)}|{re.escape(here)})" + r'((?:[^"\n\\]|\\+(?!["\\]))*)', re.IGNORECASE
    )
    return path.sub(lambda match: there + re.sub(r"\\+", "/", match[1]), text)


# -- the function's output --------------------------------------------------------------------------------------------

MARK = 0xFF  # our bootstrap's own frame: what was printed before it belongs to the request that it names
_MAGIC = b"\xa5\x5a\x00"
_HEADER_BYTES = 16
_LEVELS = frozenset({0x02, 0x03, 0x0A, 0x0B, 0x0E, 0x0F, 0x12, 0x13, 0x16, 0x17, 0x1A, 0x1B, MARK})
_LONGEST_FRAME = 16 * 1024 * 1024


class Mark(NamedTuple):
    """Everything that the runtime wrote before answering `request_id` ("": its init) has been read."""

    request_id: str


class Frames:
    """A runtime's output as events: a line each, or a whole frame of awslambdaric's telemetry protocol.

    A frame is 4 bytes type, 4 bytes length, 8 bytes time, then the message: so a traceback stays one event.
    Source: awslambdaric/bootstrap.py, FramedTelemetryLogSink.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[str | Mark]:
        self._buffer += data
        while self._buffer:
            newline = self._buffer.find(b"\n")
            frame = self._buffer.find(_MAGIC, 0, newline if newline >= 0 else len(self._buffer))
            if frame == 0:
                size = _frame_size(self._buffer)
                if size is None or size > len(self._buffer):
                    return
                yield self._frame(self._take(size)) if size else _text(self._take(len(_MAGIC)))
            elif frame > 0:
                yield _text(self._take(frame))
            elif newline >= 0:
                yield _text(self._take(newline + 1))
            elif len(self._buffer) > EVENT_CHARACTERS:
                yield _text(self._take(EVENT_CHARACTERS))
            else:
                return

    def rest(self) -> str:
        """What was printed without an end of line before the runtime ended."""
        return _text(self._take(len(self._buffer)))

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    @staticmethod
    def _frame(frame: bytes) -> str | Mark:
        message = _text(frame[_HEADER_BYTES:])
        return Mark(message) if frame[3] == MARK else message


def _frame_size(buffer: bytearray) -> int | None:
    """The size of the frame at the beginning of `buffer`: None if that cannot be told yet, 0 if it is no frame."""
    if len(buffer) < _HEADER_BYTES:
        return None if len(buffer) < 4 or buffer[3] in _LEVELS else 0
    length = int.from_bytes(buffer[4:8], "big")
    return _HEADER_BYTES + length if buffer[3] in _LEVELS and length <= _LONGEST_FRAME else 0


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


class Journal:
    """The events of one environment, (epoch ms, message), until `write` takes them; and the last invocation's tail.

    Filled by the thread that invokes and by the one that reads the runtime's output.
    """

    def __init__(self, clock: Clock, write: Callable[[list[tuple[int, str]]], None]):
        self._clock = clock
        self._write = write
        self._lock = threading.Lock()
        self._events: list[tuple[int, str]] = []
        self._tail = b""

    def begin(self, line: str) -> None:
        """The START line: the tail begins with it."""
        with self._lock:
            self._tail = b""
        self.add(line)

    def add(self, message: str) -> None:
        at = int(self._clock.now() * 1000)
        with self._lock:
            for cut in range(0, len(message), EVENT_CHARACTERS):
                self._events.append((at, message[cut : cut + EVENT_CHARACTERS]))
            self._tail = (self._tail + message[-TAIL_BYTES:].encode())[-TAIL_BYTES:]
            full = len(self._events) >= EVENTS_HELD
        if full:
            self.flush()

    @property
    def tail(self) -> bytes:
        """The last 4 KB of the log since `begin`, UTF-8."""
        return self._tail

    def flush(self) -> None:
        with self._lock:
            events, self._events = self._events, []
        if events:
            self._write(events)
