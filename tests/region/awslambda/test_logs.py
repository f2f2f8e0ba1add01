"""The lines that the platform writes, and how a runtime's output is cut into events."""

from __future__ import annotations

import random

import pytest

from helpers.region.awslambda import logs
from helpers.region.clock import ManualClock

ID = "5c3a0b1e-6a1f-4d0c-9a55-2f0c4d1d9a11"


def frame(message: str, level: int = 0x03) -> bytes:
    body = message.encode()
    return b"\xa5\x5a\x00" + bytes([level]) + len(body).to_bytes(4, "big") + b"\0\6\x30\x0a\x0d\0\0\1" + body


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            (3.01, 128, 36, None),
            "Duration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t\n",
        ),
        (
            (3016.78, 128, 36, 84.0),
            "Duration: 3016.78 ms\tBilled Duration: 3101 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB"
            "\tInit Duration: 84.00 ms\t\n",
        ),
        (
            (3000.0, 128, 36, None, "timeout"),
            "Duration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB"
            "\tStatus: timeout\n",
        ),
        (
            (9.5, 256, 40, 84.0, "error", "Runtime.ExitError"),
            "Duration: 9.50 ms\tBilled Duration: 94 ms\tMemory Size: 256 MB\tMax Memory Used: 40 MB"
            "\tInit Duration: 84.00 ms\tStatus: error\tError Type: Runtime.ExitError\n",
        ),
    ],
)
def test_report_line(given, line):
    assert logs.report(ID, *given) == f"REPORT RequestId: {ID}\t{line}"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (logs.start(ID), f"START RequestId: {ID} Version: $LATEST\n"),
        (logs.end(ID), f"END RequestId: {ID}\n"),
        (
            logs.init_start("python:3.13.v1", "arn:aws:lambda:us-east-1::runtime:ab"),
            "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:ab\n",
        ),
        (
            logs.init_report(12.345, "init", "error", "Runtime.ImportModuleError"),
            "INIT_REPORT Init Duration: 12.35 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n",
        ),
        (
            logs.init_report(10_000, "init", "timeout"),
            "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n",
        ),
        (logs.stream_name(1_700_000_000, "0" * 32), "2023/11/14/[$LATEST]" + "0" * 32),
    ],
)
def test_other_lines_of_the_platform(line, text):
    assert line == text


@pytest.mark.parametrize(
    ("output", "events"),
    [
        (b"one\ntwo\n", ["one\n", "two\n"]),
        (b"\n", ["\n"]),
        (b"a\rb\n", ["a\rb\n"]),
        ("ñandú\n".encode(), ["ñandú\n"]),
        (b"\xff\xfe\n", ["\ufffd\ufffd\n"]),
        (frame("[ERROR] E: x\nTraceback\n\u00a0here"), ["[ERROR] E: x\nTraceback\n\u00a0here"]),
        (
            b"print\n" + frame("[INFO]\tlogged\n", 0x0A) + b"print\n",
            ["print\n", "[INFO]\tlogged\n", "print\n"],
        ),
        (b"no end of line" + frame("log"), ["no end of line", "log"]),
        (b"early\n" + frame(ID, logs.MARK) + b"late\n", ["early\n", logs.Mark(ID), "late\n"]),
        (b"rest" + frame("", logs.MARK), ["rest", logs.Mark("")]),
        (b"\xa5\x5a\x00\x7fnot a frame\n", ["\ufffdZ\0", "\x7fnot a frame\n"]),
        (frame("x" * 10), ["x" * 10]),  # a length whose byte is a line feed
    ],
)
def test_output_is_cut_into_events(output, events):
    assert list(logs.Frames().feed(output)) == events


def test_events_do_not_depend_on_how_the_bytes_arrive():
    output = (
        b"one\n" + frame("two\nlines") + b"three\nfour" + frame("five", 0x17) + frame(ID, logs.MARK) + b"\n"
    )
    whole = list(logs.Frames().feed(output))
    for seed in range(50):
        rng, frames, position, events = random.Random(seed), logs.Frames(), 0, []
        while position < len(output):
            size = rng.randint(1, 9)
            events += frames.feed(output[position : position + size])
            position += size
        assert events == whole


def test_a_line_without_end_is_not_held_in_memory():
    frames = logs.Frames()
    assert [len(event) for event in frames.feed(b"x" * (logs.EVENT_CHARACTERS + 10))] == [
        logs.EVENT_CHARACTERS
    ]
    assert frames.rest() == "x" * 10


@pytest.mark.parametrize(
    ("text", "here", "shown"),
    [
        ('File "/tmp/t-1/h.py", line 2', "/tmp/t-1", 'File "/var/task/h.py", line 2'),
        (r'File "C:\Users\a\t-1\sub\h.py", line 2', r"C:\Users\a\t-1", 'File "/var/task/sub/h.py", line 2'),
        (
            r'"  File \"C:\\Users\\a\\t-1\\sub\\h.py\", line 2\n"',
            r"C:\Users\a\t-1",
            r'"  File \"/var/task/sub/h.py\", line 2\n"',
        ),
        ("nothing of this machine", "/tmp/t-1", "nothing of this machine"),
    ],
)
def test_paths_are_shown_as_on_aws(text, here, shown):
    assert logs.as_on_aws(text, [(here, "/var/task")]) == shown


def test_the_tail_is_the_last_four_kilobytes_since_start():
    journal = logs.Journal(ManualClock(), lambda events: None)
    journal.add("an earlier invocation\n")
    journal.begin("START\n")
    assert journal.tail == b"START\n"
    for _ in range(100):
        journal.add("á" * 50 + "\n")
    assert len(journal.tail) == logs.TAIL_BYTES
    assert journal.tail.endswith("á\n".encode())


def test_a_flood_is_written_before_the_invocation_ends():
    written = []
    journal = logs.Journal(ManualClock(1.5), written.append)
    for _ in range(logs.EVENTS_HELD):
        journal.add("line\n")
    assert written == [[(1500, "line\n")] * logs.EVENTS_HELD]


def test_a_long_message_becomes_several_events():
    written = []
    journal = logs.Journal(ManualClock(), written.extend)
    journal.add("x" * (logs.EVENT_CHARACTERS + 1))
    journal.flush()
    assert [len(message) for _, message in written] == [logs.EVENT_CHARACTERS, 1]
