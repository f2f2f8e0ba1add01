"""Type a partition key and see which shard it lands on: the hash on a line, and the same in words beside it."""

from __future__ import annotations

from ipywidgets import HTML, HBox, IntSlider, Layout, Text, VBox

from helpers import style
from helpers.hash_space import LONGEST_KEY, Landing, land, shard_id
from helpers.pictures.shard_line import shard_line_svg
from helpers.translate import get_locale, number, t

MOST_SHARDS = 8


class ShardMap(VBox):
    """ShardMap("ana", shards=4): a text field and a slider (1 to 8 shards) above the picture.

    `landing` is where the present key lands, None while AWS would refuse the key.
    """

    def __init__(self, key: str = "", shards: int = 4):
        self.landing: Landing | None = None
        self._key = Text(
            value=key,
            description=t("shard_map.key"),
            placeholder=t("shard_map.placeholder"),
            layout=Layout(width="26em"),
            style={"description_width": "8em"},
        )
        self._shards = IntSlider(
            value=shards,
            min=1,
            max=MOST_SHARDS,
            description=t("shard_map.shards"),
            layout=Layout(width="22em"),
        )
        self._picture, self._words = HTML(layout=Layout(width="auto")), HTML()
        controls = HBox([self._key, self._shards], layout=Layout(flex_flow="row wrap"))
        super().__init__([controls, self._picture, self._words])
        self._key.observe(self._draw, "value")
        self._shards.observe(self._draw, "value")
        self._draw()

    def _draw(self, _change: object = None) -> None:
        key, shards = self._key.value, self._shards.value
        self.landing = land(key, shards) if 1 <= len(key) <= LONGEST_KEY else None
        self._picture.value = shard_line_svg(shards, self.landing, get_locale())
        self._words.value = words_html(self.landing)


def words_html(landing: Landing | None) -> str:
    """The landing as a small table that screen readers announce; without one, what AWS wants of a key."""
    if landing is None:
        told = style.escape(t("shard_map.no_key", most=LONGEST_KEY))
    else:
        told = style.table([t("shard_map.step"), t("shard_map.result")], rows(landing))
    return f"<div role='status' aria-live='polite' style='font:15px/1.4 {style.FONT}'>{told}</div>"


def rows(landing: Landing) -> list[list[str]]:
    first, last = landing.range
    return [
        [t("shard_map.key"), f"`{landing.key}`" if "`" not in landing.key else landing.key],
        [t("shard_map.md5"), f"`{landing.md5}`"],
        [t("shard_map.number"), f"`{landing.number}`"],
        [t("shard_map.share"), t("shard_map.percent", percent=number(100 * landing.share, 1))],
        [t("shard_map.shard"), f"`{shard_id(landing.shard)}`"],
        [t("shard_map.range"), f"`{first}` … `{last}`"],
    ]
