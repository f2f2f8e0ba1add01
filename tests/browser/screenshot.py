"""Takes README's picture of the live chart, in both languages, from the real lesson in JupyterLab.

python -m tests.browser.screenshot    writes docs/images/live-chart.{es,en}.png
"""

import os
import tempfile

from helpers.notebooks import LOCALES, WORKBOOK
from helpers.region import process
from helpers.region.state import STATE_VARIABLE
from helpers.tools.build import build, solved_folder
from tests.browser.lab import LabPage, LabServer, chromium

LESSON = "05_trigger"
CHART = ".jp-OutputArea-output:has(.js-plotly-plot .main-svg)"
PICTURES = WORKBOOK / "docs" / "images"


def take_screenshots() -> None:
    build()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        os.environ[STATE_VARIABLE] = folder
        try:
            for locale in LOCALES:
                with LabServer(solved_folder(locale), locale) as server, LabPage(browser, server) as lab:
                    take_screenshot(lab, locale)
        finally:
            process.stop()


def take_screenshot(lab: LabPage, locale: str) -> None:
    """Runs the lesson and takes its voting buttons and chart as they stand at its end."""
    lab.open(f"{LESSON}.ipynb")
    if not lab.run_all(seconds=600):
        raise SystemExit(f"{LESSON} ({locale}) failed in JupyterLab.")
    chart = lab.page.locator(CHART).first
    chart.scroll_into_view_if_needed()
    path = PICTURES / f"live-chart.{locale}.png"
    chart.screenshot(path=path)
    print(f"wrote {path.relative_to(WORKBOOK).as_posix()}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    take_screenshots()
