"""JupyterLab as a learner sees it: `python -m helpers lab` on a free port, driven in the system's Chromium.

    with chromium() as browser, LabServer(folder, "es") as server, LabPage(browser, server) as lab:
        lab.open("es/01_squares.ipynb")
        assert lab.run_all()
        assert lab.output(3) == "1\n"

What leaves this machine is refused and kept in `outside`; what the page complains of is kept in `complaints`.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from helpers.notebooks import WORKBOOK

SECONDS = 60
SCREEN = {"viewport": {"width": 1200, "height": 1100}, "locale": "en-US"}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless. Without one the test is skipped, but fails where CI=true."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing = f"No Chromium here (looked for {', '.join(NAMES)}): the lessons are not tried in a browser."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class LabServer:
    """A JupyterLab on the notebooks of `folder`, with the workbook's settings and none of the user's."""

    def __init__(self, folder: Path, locale: str, arguments: Sequence[str] = ()):
        self.home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.log: list[str] = []
        self.url = self.token = ""
        self._told = threading.Event()
        own = dict.fromkeys(("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"), self.home.name)
        own["JUPYTER_CONFIG_PATH"] = str(Path(__file__).parent / "jupyter")
        lab = [sys.executable, "-m", "helpers", "lab", "--locale", locale, "--no-browser", "--"]
        self._process = subprocess.Popen(
            [
                *lab,
                "--allow-root",
                f"--ServerApp.root_dir={folder}",
                "--LabApp.expose_app_in_browser=True",
                *arguments,
            ],
            cwd=WORKBOOK,
            env=os.environ | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "LabServer":
        self._told.wait(SECONDS)
        if not self.url:
            self.close()
            pytest.fail("JupyterLab did not start:\n" + "".join(self.log))
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        self.home.cleanup()

    def _read(self) -> None:
        """Keeps what the server prints, and finds its address and token in it."""
        for line in self._process.stdout:
            self.log.append(line)
            address = re.search(r"(http://127\.0\.0\.1:\d+)/\S*\?token=(\w+)", line)
            if address:
                self.url, self.token = address.groups()
                self._told.set()
        self._told.set()


class OfflinePage:
    """A page of the browser that may talk to this machine only. options: the browser's, such as `locale`.

    `here`: what this machine is called.
    """

    def __init__(self, browser: Browser, **options):
        self.here = {"127.0.0.1", "localhost"}
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self._context = browser.new_context(**(SCREEN | options))
        self._context.route("**/*", self._route)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self._context.close()

    def chart(self, number: int = 0) -> list:
        """The y values of the first trace of the page's `number`th Plotly chart, as drawn."""
        chart = self.page.locator(".js-plotly-plot:has(.main-svg)").nth(number)
        return chart.evaluate("chart => Array.from(chart.data[0].y)")

    def _route(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in self.here:
            self.outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()


class LabPage(OfflinePage):
    """A notebook open in JupyterLab."""

    def __init__(self, browser: Browser, server: LabServer):
        super().__init__(browser)
        self.server = server

    def __exit__(self, *exception) -> None:
        self.page.evaluate("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()")
        super().__exit__(*exception)

    def open(self, notebook: str) -> None:
        """Opens a notebook of the served folder in a workspace of its own, its kernel ready."""
        workspace = f"auto-{secrets.token_hex(4)}"
        self.page.goto(
            f"{self.server.url}/lab/workspaces/{workspace}/tree/{notebook}?reset&token={self.server.token}"
        )
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")
        self.wait_idle()

    def wait_idle(self) -> None:
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )

    def run_all(self, seconds: float = SECONDS, command: str = "notebook:run-all-cells") -> bool:
        """Runs every cell and waits for the last; False if one failed, where the run stopped.

        command: JupyterLab's; "notebook:run-all-below" runs from the cell in use on.
        """
        self.page.evaluate(
            """command => {
                window.ranAll = null;
                window.jupyterapp.commands.execute(command).then(
                    ran => { window.ranAll = {ran} }, () => { window.ranAll = {ran: false} })
            }""",
            command,
        )
        result = self.page.wait_for_function("() => window.ranAll", timeout=seconds * 1000)
        self.wait_idle()
        return bool(result.json_value()["ran"])

    def output(self, number: int) -> str:
        """The text of the outputs of the notebook's `number`th cell, counted from 0."""
        outputs = self.page.locator(".jp-NotebookPanel .jp-Cell").nth(number).locator(".jp-Cell-outputArea")
        return outputs.text_content() if outputs.count() else ""
