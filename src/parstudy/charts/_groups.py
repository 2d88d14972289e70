"""How many provinces are in each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._drawn import Caption, drawn, nothing_known
from parstudy.charts._fit import text_width
from parstudy.charts._marks import Data
from parstudy.charts._sheet import Key, Sheet, bare, invented
from parstudy.charts._units import known_words
from parstudy.display.chart import BLUE, INK, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language
from parstudy.records import records

_ROW, _RIGHT = 0.62, 0.4  # inches
_PUBLISHED: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "lw": 1.2}
_COUNTED: dict[str, Any] = {"facecolor": BLUE, "edgecolor": BLUE, "lw": 1.2}


@drawn
def groups_bar(
    groups: pd.DataFrame,
    language: Language,
    *,
    n_ranked: int | None = None,
    id: str = "groups",
    caption: Caption = None,
) -> Chart:
    """Draw how many provinces are in each group, as published and as counted in the data.

    Parameters
    ----------
    groups : DataFrame
        ``group, n_published, n_known`` and, if known, ``from_percent`` and ``name`` (of the
        group, in that language), best group first.
    n_ranked : int, optional
        How many provinces the release ranks.
    """
    require_columns(groups, ["group", "n_published", "n_known"], f"chart {id}")
    shown = groups[groups["n_published"].notna() | groups["n_known"].fillna(0).gt(0)]
    if shown.empty:
        raise nothing_known(id, "no group with a known number")
    labels = [_label(row, language) for row in records(shown)]
    sheet = Sheet()
    sheet.legend(
        [
            Key(language.text("number as published"), patch=_PUBLISHED),
            Key(language.text("found in the data"), patch=_COUNTED),
        ]
    )
    left = max(map(text_width, labels)) + 0.2
    axes = sheet.panel(_ROW * len(shown), left=left, right=_RIGHT, bottom=0.1)
    _draw_bars(axes, shown, labels, WIDTH - left - _RIGHT, language)
    told = [
        language.text(
            "{group}: {published} published, {counted} found.",
            group=label,
            published=language.number(row["n_published"], 0),
            counted=language.number(row["n_known"], 0),
        )
        for label, row in zip(labels, records(shown), strict=True)
    ]
    sizes = "; ".join(
        f"{row.get('name') or row['group']} {_count(row, language)}" for row in records(shown)
    )
    found = language.text("Provinces by group: {sizes}.", sizes=sizes)
    usual = language.text(
        "Where fewer are found than were published, the others' scores are not in the data."
    )
    counted = int(shown["n_known"].fillna(0).sum())
    return sheet.chart(
        id,
        language.text("Number of provinces by group. {groups}", groups=" ".join(told)),
        caption or f"{found} {usual}",
        ["" if n_ranked is None else known_words(counted, n_ranked, language)],
        synthetic=invented(groups),
    )


def _count(row: Data, language: Language) -> str:
    """Provinces of a group: as published, else found."""
    published = pd.notna(row["n_published"])
    return language.number(row["n_published" if published else "n_known"], 0)


def _label(row: Data, language: Language) -> str:
    name = str(row.get("name") or row["group"])
    start = row.get("from_percent")
    if start is None or pd.isna(start):
        return name
    places = 0 if float(start).is_integer() else 2
    return language.text("{name} (from {start})", name=name, start=language.percent(start, places))


def _draw_bars(
    axes: Axes, shown: pd.DataFrame, labels: Sequence[str], width: float, language: Language
) -> None:
    """Two bars for each group, their numbers behind them; a count that is not known is a dash."""
    counts = shown[["n_published", "n_known"]].astype(float).fillna(0.0)
    most = max(float(counts.to_numpy().max()), 1.0)
    per_inch = most / width
    axes.set_xlim(0, most)
    axes.set_ylim(_ROW * len(shown), 0)
    bare(axes, x=False)
    axes.spines["left"].set_visible(True)
    for position, (label, row) in enumerate(zip(labels, records(shown), strict=True)):
        middle = _ROW * (position + 0.5)
        axes.text(-0.08 * per_inch, middle, label, size=SMALL, ha="right", va="center")
        for column, y, look in (
            ("n_published", middle - 0.125, _PUBLISHED),
            ("n_known", middle + 0.125, _COUNTED),
        ):
            known = pd.notna(row[column])
            if known:
                axes.barh([y], [float(row[column])], height=0.21, gid="bar", **look)
            end = float(row[column]) if known else 0.0
            text = language.number(row[column], 0)
            axes.text(end + 0.06 * per_inch, y, text, size=SMALL, va="center")
