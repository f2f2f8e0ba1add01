"""The dashboard and its parts: gauges that say their alarm, a rate from totals, an address as a QR code."""

import asyncio
import xml.etree.ElementTree as ET

import pytest

from helpers.pictures.qr import MODULE, QUIET_ZONE, qr_code, qr_svg
from helpers.translate import set_locale
from helpers.widgets import errors
from helpers.widgets.dashboard import SHOWN, Dashboard, Rate
from helpers.widgets.gauges import Gauge, gauges_html

# --- gauges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gauge", "line"),
    [
        (Gauge("Errors", 0, alarm=1), "Errors: 0"),
        (Gauge("Errors", 1, alarm=1), "Errors: 1 ✗ alarm"),
        (Gauge("Records", 12000), "Records: 12,000"),
        (Gauge("Age", 1.25, "s", alarm=30, decimals=1), "Age: 1.2 s"),
        (Gauge("Age", 30, "s", alarm=30), "Age: 30 s ✗ alarm"),
        (Gauge("Age", None, "s", alarm=30), "Age: no data"),
    ],
)
def test_a_gauge_says_its_reading_and_its_alarm(gauge, line):
    assert str(gauge) == line


def test_an_alarm_is_a_word_and_not_only_a_colour():
    assert "alarm" not in gauges_html([Gauge("Errors", 0, alarm=1)])
    html = gauges_html([Gauge("<Errors>", 5, alarm=1), Gauge("Age", None)])
    assert "✗ alarm" in html and "&lt;Errors&gt;" in html and "no data" in html


# --- votes per second -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("totals", "rate"),
    [
        ([(0, 100)], 0.0),
        ([(0, 100), (1, 110)], 10.0),
        ([(0, 0), (1, 10), (2, 20), (3, 30)], 10.0),
        ([(0, 0), (1, 300), (2, 300), (3, 300), (4, 300)], 0.0),
        ([(0, 0), (1, 0), (2, 0), (3, 30)], 10.0),
        ([(0, 500), (1, 500), (2, 8)], 0.0),
        ([(0, 500), (1, 3), (2, 8)], 5.0),
        ([(0, 5), (0, 7)], 0.0),
    ],
)
def test_the_rate_is_that_of_the_last_three_seconds(totals, rate):
    counter = Rate()
    for when, total in totals:
        counter.note(when, total)
    assert counter.points()[1][-1] == rate


def test_the_line_shows_two_minutes_and_ends_now():
    counter = Rate()
    for second in range(1000):
        counter.note(float(second), 2 * second)
    ago, rates = counter.points()
    assert (ago[0], ago[-1]) == (-SHOWN, 0.0)
    assert rates[-1] == 2.0


# --- the dashboard --------------------------------------------------------------------------------------------------


def test_it_shows_counts_rate_and_gauges_and_a_still_of_them():
    votes = {"VER": 3}

    async def scenario():
        dashboard = Dashboard(lambda: votes, lambda: [Gauge("Errors", 2, alarm=1)], every=0.01)
        dashboard.start()
        await dashboard.chart.show_until(lambda counts: counts == {"VER": 3}, timeout=10)
        votes["NOR"] = 4
        await dashboard.chart.show_until(lambda counts: sum(counts.values()) == 7, timeout=10)
        await dashboard.refresh()
        dashboard.stop()
        return dashboard

    dashboard = asyncio.run(scenario())
    assert "✗ alarm" in dashboard._tiles.value
    assert max(dashboard.line.data[0].y) > 0
    still = dashboard.snapshot()
    assert sum(still.data[0].y) == 7
    assert tuple(still.data[1].y) == tuple(dashboard.line.data[0].y)
    errors.raise_kept()


def test_an_error_of_either_is_kept_and_does_not_stop_the_other():
    def broken():
        raise RuntimeError("CloudWatch is gone")

    async def scenario():
        dashboard = Dashboard(lambda: {"VER": 1}, broken, every=0.01, gauges_every=0.01).start()
        await dashboard.chart.show_until(lambda counts: counts == {"VER": 1}, timeout=10)
        for _ in range(1000):
            if errors.kept():
                break
            await asyncio.sleep(0.01)
        dashboard.stop()
        return dashboard

    asyncio.run(scenario())
    assert [str(error) for error in errors.kept()] == ["CloudWatch is gone"]


# --- the QR code ----------------------------------------------------------------------------------------------------

URL = "http://192.168.1.20:40123/abcdef1234/class/"


def test_the_code_is_an_image_with_a_text_alternative_and_a_quiet_zone():
    svg = ET.fromstring(qr_svg(URL))
    assert svg.get("role") == "img"
    assert svg.find("{*}title").text == f"QR code of {URL}"
    size = int(svg.get("width")) // MODULE - 2 * QUIET_ZONE
    assert (size - 17) % 4 == 0  # a QR version's side: 17 + 4 · version
    assert svg.get("width") == svg.get("height")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (URL, "Point the phone's camera"),
        ("https://abcdef1234.execute-api.us-east-1.amazonaws.com/class/", "Point the phone's camera"),
        ("http://127.0.0.1:40123/abcdef1234/class/", "on this computer only"),
        ("http://localhost:40123/abcdef1234/class/", "on this computer only"),
    ],
)
def test_the_address_stands_as_text_with_who_can_open_it(url, said):
    shown = qr_code(url)
    assert repr(shown).startswith(url) and said in repr(shown)
    assert f"href='{url}'" in shown.html and f">{url}</a>" in shown.html


def test_it_speaks_spanish():
    set_locale("es")
    assert "Código QR de" in qr_svg(URL) and "cámara" in repr(qr_code(URL))


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "127.0.0.1:8000/x"])
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(ValueError, match="not an address"):
        qr_code(url)
