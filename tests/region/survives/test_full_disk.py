"""A disk that takes nothing more: said clearly before a region starts, and outlived by one that runs.

RLIMIT_FSIZE makes the system itself refuse a process's writes, as it does on a full disk.
"""

from __future__ import annotations

import io
import zipfile

import psutil
import pytest
from botocore.exceptions import ClientError

from helpers.region import state

resource = pytest.importorskip("resource", reason="RLIMIT_FSIZE is POSIX")

BIG = "x = '''\n" + "a line of a large module\n" * 4000 + "'''\n"
HANDLER = "import os\ndef h(event, context):\n    print('said')\n    return os.getpid()\n"


def zipped(source: str) -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("h.py", source)
    return code.getvalue()


def nothing_more() -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))


def test_a_start_on_a_full_disk_says_what_to_do(workbook):
    said = workbook.command("start", preexec_fn=nothing_more)
    assert said.returncode == 1
    assert said.stderr.startswith("The region cannot keep its state in ")
    assert "Make room there" in said.stderr and state.STATE_VARIABLE in said.stderr
    assert "Traceback" not in said.stderr
    assert workbook.start().pid, "and once there is room, it starts"


@pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="limits of another process are Linux's")
def test_a_region_outlives_a_full_disk(workbook):
    workbook.start()
    workbook.deploy("f", HANDLER)
    functions, logs = workbook.client("lambda"), workbook.client("logs")
    first = functions.invoke(FunctionName="f")["Payload"].read()
    limits = workbook.region.rlimit(psutil.RLIMIT_FSIZE)
    workbook.region.rlimit(psutil.RLIMIT_FSIZE, (0, limits[1]))
    with pytest.raises(ClientError) as refused:
        functions.update_function_code(FunctionName="f", ZipFile=zipped(BIG))
    assert refused.value.response["Error"]["Code"] == "ServiceException"
    assert "File too large" in refused.value.response["Error"]["Message"]
    for _ in range(3):
        assert functions.invoke(FunctionName="f")["Payload"].read() == first, "the environment is warm still"
        # What the region would write to its log now goes nowhere, and stops nothing.
        with pytest.raises(ClientError, match=r"\(InternalFailure\)"):
            workbook.client("dynamodb").execute_statement(Statement="no such thing")
    assert logs.filter_log_events(logGroupName="/aws/lambda/f", filterPattern="said")["events"]
    workbook.region.rlimit(psutil.RLIMIT_FSIZE, limits)
    functions.update_function_code(FunctionName="f", ZipFile=zipped(BIG + HANDLER))
    functions.get_waiter("function_updated_v2").wait(
        FunctionName="f", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    assert functions.invoke(FunctionName="f")["Payload"].read() != first
