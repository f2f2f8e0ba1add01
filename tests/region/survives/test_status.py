"""`python -m helpers.region status` tells what runs: streams, functions, mappings and where they stand, memory."""

from __future__ import annotations

import re

from tests.region.survives.test_killed import Counter
from tests.region.workbook import until


def test_the_status_tells_what_runs_and_where_it_stands(workbook, tmp_path):
    counter = Counter(tmp_path / "counted")
    assert workbook.command("status").stdout.startswith("No region is running.")
    workbook.start()
    workbook.deploy("f", counter.source, Timeout=60)
    workbook.connect("f", BatchSize=10)
    workbook.vote(0, 5)
    until(lambda: len(counter.votes) == 5, "five votes are counted")
    until(lambda: workbook.status()["mappings"][0]["LastProcessingResult"] == "OK", "the batch is done")
    counter.hold.touch()
    workbook.vote(5, 8)
    counter.held()
    said = workbook.command("status").stdout
    counter.hold.unlink()
    for told in (
        r"The local region runs at http://127\.0\.0\.1:\d+, its HTTP APIs at http://127\.0\.0\.1:\d+\.",
        r"Process \d+, \d+ MB, [12] function processes\.",
        "stream votes: ACTIVE, PROVISIONED, 1 open shard, 8 records",
        r"function f: Active, 1 environment, [1-9]\d* MB, 1 at work",
        "mapping votes → f: Enabled, OK",
        r"  shardId-000000000000: after record 5, 3 records waiting, the first for \d+\.\d s",
    ):
        assert re.search(f"^{told}$", said, re.MULTILINE), (told, said)
