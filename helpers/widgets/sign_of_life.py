"""Are the page and Python talking? A line that the page itself turns green, and a slider that moves a bar.

The page's answer takes the whole way that every widget needs: Python → page → Python → page.
"""

from __future__ import annotations

import anywidget
import plotly.graph_objects as go
from ipywidgets import IntSlider, Layout, VBox
from traitlets import Bool, Unicode

from helpers import style
from helpers.charts import LiveFigure
from helpers.translate import number, t

ESM = """
export default {
  render({ model, el }) {
    const show = () => { el.innerHTML = model.get("panel"); };
    model.on("change:panel", show);
    show();
    model.set("answered", true);
    model.save_changes();
  },
};
"""


class PageAnswer(anywidget.AnyWidget):
    """`answered` becomes true when a page has drawn it."""

    _esm = ESM
    answered = Bool(False).tag(sync=True)
    panel = Unicode().tag(sync=True)

    def __init__(self):
        super().__init__(panel=style.panel("hint", t("sign_of_life.waiting")))
        self.observe(self._greet, "answered")

    def _greet(self, _change: object) -> None:
        self.panel = style.panel("good", t("sign_of_life.answered"))


class SignOfLife(VBox):
    """SignOfLife(): show it as a cell's last expression. Where widgets are dead its plain text says so."""

    def __init__(self, value: int = 3):
        self.answer = PageAnswer()
        self.figure = LiveFigure(
            go.Bar(x=[t("sign_of_life.bar")], y=[value], text=[number(value)], marker={"color": style.BLUE}),
            layout={
                "template": style.chart_template(),
                "height": 260,
                "width": 420,
                "margin": {"l": 50, "r": 20, "t": 20, "b": 40},
                "yaxis": {"range": [0, 10]},
            },
        )
        self.slider = IntSlider(
            value=value, min=0, max=10, description=t("sign_of_life.slider"), layout=Layout(width="24em")
        )
        self.slider.observe(self._move, "value")
        super().__init__([self.answer, self.slider, self.figure])

    def _move(self, change: dict) -> None:
        with self.figure.batch_update():
            self.figure.data[0].update({"y": [change["new"]], "text": [number(change["new"])]})

    def __repr__(self) -> str:
        return t("sign_of_life.dead")
