"""Gauges: single figures with a name, large enough for a projector; one that is out of bounds says so in a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers import style
from helpers.translate import number, t


@dataclass(frozen=True)
class Gauge:
    """Gauge("Errors", 3, alarm=1). value: None where there is no data. alarm: from this value on it is one.

    `print` shows a gauge as a line.
    """

    label: str
    value: float | None
    unit: str = ""
    alarm: float | None = None
    decimals: int = 0

    @property
    def is_alarm(self) -> bool:
        return self.value is not None and self.alarm is not None and self.value >= self.alarm

    @property
    def reading(self) -> str:
        if self.value is None:
            return t("gauge.nothing")
        return f"{number(self.value, self.decimals)} {self.unit}".rstrip()

    def __str__(self) -> str:
        alarm = f" {style.KINDS['bad'][2]} {t('gauge.alarm')}" if self.is_alarm else ""
        return f"{self.label}: {self.reading}{alarm}"


def gauges_html(gauges: Sequence[Gauge]) -> str:
    """The gauges as tiles in a row that wraps."""
    tiles = "".join(_tile(gauge) for gauge in gauges)
    return f"<div style='display:flex;flex-wrap:wrap;gap:.5em;font:15px/1.3 {style.FONT}'>{tiles}</div>"


def _tile(gauge: Gauge) -> str:
    colour, background, sign = style.KINDS["bad" if gauge.is_alarm else "info"]
    alarm = (
        f"<strong style='color:{colour}'>{sign} {t('gauge.alarm')}</strong>" if gauge.is_alarm else "&nbsp;"
    )
    return (
        f"<div style='flex:1 1 9em;max-width:16em;padding:.4em .7em;color:{style.INK};background:{background};"
        f"border:1px solid {colour};border-top-width:5px;border-radius:4px'>"
        f"<div>{style.escape(gauge.label)}</div>"
        f"<div style='font-size:26px;font-weight:600;line-height:1.2'>{style.escape(gauge.reading)}</div>"
        f"<div>{alarm}</div></div>"
    )
