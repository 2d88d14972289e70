"""The ranking as bars, and its groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawn import drawn, nothing_known
from parstudy.charts._fit import text_width
from parstudy.charts._sheet import Key, Sheet, bare, invented
from parstudy.charts._units import (
    known_words,
)
from parstudy.display.chart import BLUE, INK, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns

if TYPE_CHECKING:
    from markupsafe import Markup

    from parstudy.display.words import Language


@drawn
def groups_bar(
    groups: pd.DataFrame,
    language: Language,
    *,
    n_ranked: int | None = None,
    id: str = "groups",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how many provinces are in each group, as published and as counted in the data.

    Parameters
    ----------
    groups : DataFrame
        ``group, n_published, n_known`` and, if known, ``from_percent`` and ``name`` (of the
        group, in that language), best group first.
    language : Language
        Language of the picture.
    n_ranked : int, optional
        How many provinces the release ranks.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no group has a number, ``missing_column``.
    """
    place = f"chart {id}"
    require_columns(groups, ["group", "n_published", "n_known"], place)
    rows = groups[groups["n_published"].notna() | groups["n_known"].fillna(0).gt(0)]
    if rows.empty:
        raise nothing_known(id, "no group with a known number")
    sheet = Sheet()
    published: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "lw": 1.2}
    counted: dict[str, Any] = {"facecolor": BLUE, "edgecolor": BLUE, "lw": 1.2}
    sheet.legend(
        [
            Key(language.text("number as published"), patch=published),
            Key(language.text("found in the data"), patch=counted),
        ]
    )
    labels = [_group_label(row, language) for row in rows.to_dict("records")]
    left, right, row_height = max(map(text_width, labels)) + 0.2, 0.4, 0.62
    axes = sheet.panel(row_height * len(rows), left=left, right=right, bottom=0.1)
    # max() of Python would let NaN through: a year may have no published count at all
    most = max(rows["n_published"].fillna(0).max(), rows["n_known"].fillna(0).max(), 1)
    axes.set_xlim(0, float(most))
    axes.set_ylim(row_height * len(rows), 0)
    bare(axes, x=False)
    axes.spines["left"].set_visible(True)
    width = WIDTH - left - right
    told = []
    for position, (label, row) in enumerate(zip(labels, rows.to_dict("records"), strict=True)):
        middle = row_height * (position + 0.5)
        axes.text(-0.08 / width * float(most), middle, label, size=SMALL, ha="right", va="center")
        pairs = ((row["n_published"], -0.125, published), (row["n_known"], 0.125, counted))
        for value, dy, look in pairs:
            if pd.notna(value):
                axes.barh([middle + dy], [float(value)], height=0.21, gid="bar", **look)
            text = language.number(value, 0)
            start = 0.0 if pd.isna(value) else float(value)
            axes.text(
                start + 0.06 / width * float(most), middle + dy, text, size=SMALL, va="center"
            )
        told.append(
            language.text(
                "{group}: {published} published, {counted} found.",
                group=label,
                published=language.number(row["n_published"], 0),
                counted=language.number(row["n_known"], 0),
            )
        )
    if caption is None:
        caption = language.text(
            "Provinces by group. Where fewer are found than were published, the others' scores are "
            "not in the data."
        )
    counted_all = int(rows["n_known"].fillna(0).sum())
    note = "" if n_ranked is None else known_words(counted_all, n_ranked, language)
    alt = language.text("Number of provinces by group. {groups}", groups=" ".join(told))
    return sheet.chart(id, alt, caption, [note], synthetic=invented(groups))


def _group_label(row: Mapping[Any, Any], language: Language) -> str:
    name = str(row.get("name") or row["group"])
    start = row.get("from_percent")
    if start is None or pd.isna(start):
        return name
    places = 0 if float(start).is_integer() else 2
    return language.text("{name} (from {start})", name=name, start=language.number(start, places))
