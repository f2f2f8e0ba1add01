"""How fast the local region is, side by side with a peer: `python -m helpers bench`.

The same calls through boto3 against each server (servers.py), one measurement a line (lines.py), medians of several
runs. Write and read quotas are lifted: these are the server's own limits. The numbers go to the screen and to
build/bench.json.
"""

import json
import platform
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from helpers.notebooks import WORKBOOK
from helpers.tools.bench.lines import LINES, Line
from helpers.tools.bench.servers import OurRegion, Server

REPORT = WORKBOOK / "build" / "bench.json"


def bench(servers: list[Callable[[], Server]], runs: int, only: list[str], report: Path = REPORT) -> str:
    """Measures every line on every server `runs` times, in turn; returns the table and writes the report."""
    chosen = [line for line in LINES if not only or any(word in line.name for word in only)]
    values: dict[str, dict[str, list[float]]] = {line.name: {} for line in chosen}
    for run in range(1, runs + 1):
        for start in servers:
            with start() as server:
                for line in chosen:
                    if line.ours_only and not isinstance(server, OurRegion):
                        continue
                    print(f"run {run} of {runs}, {server.name}: {line.name}", file=sys.stderr, flush=True)
                    values[line.name].setdefault(server.name, []).append(line.measure(server))
    medians = {
        name: {server: statistics.median(measured) for server, measured in of_servers.items()}
        for name, of_servers in values.items()
    }
    _write(report, chosen, values, medians, runs)
    return table(chosen, medians)


def table(lines: list[Line], medians: dict[str, dict[str, float]]) -> str:
    """The medians as text, a line a row, a server a column."""
    servers = list(dict.fromkeys(server for of_servers in medians.values() for server in of_servers))
    rows = [["", "unit", *servers]]
    for line in lines:
        cells = [medians[line.name].get(server) for server in servers]
        rows.append([line.name, line.unit, *("–" if cell is None else f"{cell:,.2f}" for cell in cells)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _write(report: Path, lines: list[Line], values: dict, medians: dict, runs: int) -> None:
    report.parent.mkdir(parents=True, exist_ok=True)
    machine = {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    content = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "runs": runs,
        "lines": [
            {"name": line.name, "unit": line.unit, "medians": medians[line.name], "values": values[line.name]}
            for line in lines
        ],
    }
    report.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
