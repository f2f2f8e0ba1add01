"""The servers that are measured: our region with its quotas lifted, and ministack in an environment of its own."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import boto3
import psutil
from botocore.config import Config

from helpers.notebooks import WORKBOOK
from helpers.tools import Failure
from helpers.tools.foreign import ministack

READY_SECONDS = 60


class Server:
    """A running server: `url` for every AWS call, `ready_seconds` from start to the first answer."""

    name = ""

    def __init__(self, command: list[str], environment: dict[str, str], keys: tuple[str, str]):
        began = time.perf_counter()
        self.keys = keys
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            cwd=WORKBOOK, env={**os.environ, **environment},
        )  # fmt: skip
        try:
            self.url = self.ready()
        except BaseException:
            self.close()
            raise
        self.ready_seconds = time.perf_counter() - began
        self.functions = self.client("lambda")

    def ready(self) -> str:
        """Waits for the server and returns its address."""
        raise NotImplementedError

    def vote_url(self, api: dict) -> str:
        """Where POST /vote of an HTTP API goes."""
        raise NotImplementedError

    def client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.keys[0],
            aws_secret_access_key=self.keys[1],
            config=Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=120),
        )

    def memory_bytes(self) -> int:
        """Of the server alone, without the functions it runs."""
        return psutil.Process(self.process.pid).memory_info().rss

    def cpu_seconds(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    def close(self) -> None:
        """End the server and whatever it started and left running, which would slow the next one down."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.ask_to_end()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(family, 20)

    def ask_to_end(self) -> None:
        self.process.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class OurRegion(Server):
    name = "this region"

    def __init__(self):
        keys = ("AKIABENCHBENCHBENCH0", "a-secret-of-the-benchmark")
        super().__init__([sys.executable, "-m", "helpers.tools.bench.quotaless", *keys], {}, keys)

    def ready(self) -> str:
        line = self.process.stdout.readline().strip()
        if not line:
            raise Failure("The region did not start; see what it says: python -m helpers.region serve")
        return line

    def vote_url(self, api: dict) -> str:
        return api["ApiEndpoint"] + "/vote"


class Ministack(Server):
    name = "ministack"
    port = 4599

    def __init__(self):
        environment = {
            "GATEWAY_PORT": str(self.port),
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_HOST": "127.0.0.1",
        }
        super().__init__([str(ministack())], environment, ("test", "test"))

    def ready(self) -> str:
        url = f"http://127.0.0.1:{self.port}"
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{url}/_ministack/health", timeout=1).read()
                return url
            except OSError:
                time.sleep(0.02)
        raise Failure(f"ministack did not answer at {url}.")

    def vote_url(self, api: dict) -> str:
        return f"{self.url}/_aws/execute-api/{api['ApiId']}/$default/vote"

    def ask_to_end(self) -> None:
        self.process.terminate()
