"""The tile map: a square for each province."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import pandas as pd
from matplotlib.patches import Rectangle

from parstudy.charts._drawn import Caption, drawn
from parstudy.charts._fit import text_width
from parstudy.charts._shades import Shades
from parstudy.charts._sheet import Sheet, invented
from parstudy.display.chart import OWN, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language
from parstudy.records import records

_TILE_TEXT = 8.7


@drawn
def tile_map(
    values: pd.DataFrame | pd.Series[Any],
    provinces: pd.DataFrame,
    language: Language,
    *,
    kind: Literal["rank", "score"] = "rank",
    label: str = "",
    n_ranked: int | None = None,
    highlight: str | None = None,
    marked: Collection[str] = (),
    id: str = "tile-map",
    caption: Caption = None,
) -> Chart:
    """Draw one tile per province, roughly where it lies.

    Parameters
    ----------
    values : DataFrame or Series
        ``province_id, value`` and, for scores, ``decimals`` if known; or a Series with the slugs as
        index. A province that is absent or has no value is hatched.
    provinces : DataFrame
        Table ``provinces`` of one geography, with ``tile_row, tile_col``.
    kind : {"rank", "score"}
        What ``value`` is: with ranks, small is dark; with scores, high is dark.
    label : str
        Title of the picture.
    n_ranked : int, optional
        Last place of the colour scale; by default the number of provinces.
    highlight : str, optional
        Province to frame.
    marked : collection of str
        Provinces whose value other figures contradict.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no value is known, ``missing_column``, ``mixed_rows``.
    """
    require_columns(provinces, ["province_id", "tile_row", "tile_col"], f"chart {id}")
    shades = Shades(values, provinces, language, kind, n_ranked, id, marked)
    rows, cols = int(provinces["tile_row"].max()) + 1, int(provinces["tile_col"].max()) + 1
    wide, tall, gap = (WIDTH - 0.1) / cols, 0.43, 0.04

    sheet = Sheet()
    if label:
        sheet.heading(label)
    sheet.legend(shades.keys())
    axes = sheet.panel(rows * tall, left=0.05, right=0.05, bottom=0.05)
    axes.set_axis_off()
    axes.set_xlim(0, cols * wide)
    axes.set_ylim(rows * tall, 0)
    for unit in records(provinces):
        slug = unit["province_id"]
        x, y = int(unit["tile_col"]) * wide, int(unit["tile_row"]) * tall
        shade = shades.of(slug)
        corner, size = (x + gap / 2, y + gap / 2), (wide - gap, tall - gap)
        gid = "known" if shade.known else "missing"
        axes.add_patch(Rectangle(corner, *size, lw=0.7, gid=gid, **shade.look))
        if slug == highlight:
            frame = Rectangle(corner, *size, fill=False, lw=3, edgecolor=OWN, zorder=4)
            frame.set_gid("highlight")
            axes.add_patch(frame)
        box = None if shade.known else {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        for dy, text, weight, points in (
            (-0.075, short_name(shades.names[slug], wide - gap), "normal", _TILE_TEXT),
            (0.095, shade.value, "bold", SMALL),
        ):
            axes.text(
                x + wide / 2, y + tall / 2 + dy, text, size=points,
                color=shade.ink, weight=weight, ha="center", va="center", bbox=box, zorder=5,
            )  # fmt: skip
    alt = language.text("Tile map of scores, highest first: {list}.", list=shades.listed())
    if kind == "rank":
        alt = language.text("Tile map of ranks, best first: {list}.", list=shades.listed())
    complete = all(shades.of(p).known for p in provinces["province_id"])
    return sheet.chart(
        id,
        alt,
        caption or f"{shades.finding()} {_caption(complete, language)}",
        [shades.note()],
        synthetic=invented(shades.frame),
    )


def _caption(complete: bool, language: Language) -> str:
    if complete:
        return language.text("Each tile is a province, placed roughly where it lies.")
    return language.text(
        "Each tile is a province, placed roughly where it lies; hatched: not found in any source."
    )


def short_name(name: str, width: float, size: float = _TILE_TEXT) -> str:
    """Shorten a name that does not fit: ``BR-VT``, ``TP. HCM``, ``TT Huế``, ``T.Quang``.

    Parameters
    ----------
    name : str
        Full name.
    width : float
        Room in inches.
    size : float
        Size of the text in points.

    Returns
    -------
    str
    """
    if text_width(name, size) <= width:
        return name
    parts = [part.split() for part in name.replace("–", "-").split("-")]
    if len(parts) > 1:
        return "-".join("".join(word[0] for word in part) for part in parts)
    words = parts[0]
    if words[0].endswith("."):  # a title: TP. HCM
        return f"{words[0]} " + "".join(word[0] for word in words[1:])
    initials = "".join(word[0] for word in words[:-1])
    return f"{initials}{' ' if len(initials) > 1 else '.'}{words[-1]}"
