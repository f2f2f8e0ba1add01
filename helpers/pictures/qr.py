"""An address as a QR code for phones to read, with the address itself below it for everybody else."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno

from helpers import style
from helpers.messages import Page
from helpers.translate import t

MODULE, QUIET_ZONE = 10, 4  # pixels a module, modules around: ISO/IEC 18004 wants four
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def qr_code(url: str) -> Page:
    """Shows `url` as a QR code and as a link; says so where only this computer can open it. Raises ValueError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"not an address for phones: {url!r}")
    reach = t("qr.this_computer_only") if urlsplit(url).hostname in LOOPBACK else t("qr.phones")
    text = style.escape(url)
    link = f"<a href='{text}' target='_blank' rel='noopener' style='font-size:18px'>{text}</a>"
    lines = f"<p style='margin:.5em 0'>{link}</p><p style='margin:0'>{style.escape(reach)}</p>"
    body = f"<div style='font:15px/1.45 {style.FONT};color:{style.INK};max-width:40em'>{qr_svg(url)}{lines}</div>"
    return Page(body, f"{url}\n{reach}")


def qr_svg(url: str) -> str:
    """The code alone, as SVG with its text alternative."""
    code = segno.make_qr(url, error="m")
    return code.svg_inline(
        scale=MODULE, border=QUIET_ZONE, dark=style.INK, light=style.PAPER, title=t("qr.alt", url=url)
    ).replace("<svg ", "<svg role='img' ", 1)
