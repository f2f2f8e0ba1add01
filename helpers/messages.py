"""How the workbook speaks to a learner: a panel on the page, or an error without a traceback.

`show` displays a panel (HTML in Jupyter, plain text elsewhere). `Friendly` is the base of every error whose text
tells the learner what to do next: IPython prints that text alone, and Run All and papermill still stop at it.
"""

from __future__ import annotations

from IPython.display import display

from helpers import style


class Friendly(Exception):
    """An error that a learner can act on; shown without traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{style.KINDS['bad'][2]} {self}"]


class Page:
    """Something to display: HTML where it can be shown, plain text where not."""

    def __init__(self, as_html: str, plain: str):
        self.html, self.plain = as_html, plain

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain


def show(kind: str, title: str, *paragraphs: str, body: str = "") -> None:
    """Displays a panel; see `style.panel`."""
    plain = "\n".join([f"{style.KINDS[kind][2]} {title}", *paragraphs])
    display(Page(style.panel(kind, title, *paragraphs, body=body), plain))
