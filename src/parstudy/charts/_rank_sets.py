"""Charts of how sure ranks are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from parstudy.charts._drawn import Caption, Names, drawn
from parstudy.charts._fit import text_width
from parstudy.charts._marks import DOT, THICK
from parstudy.charts._rows import number_axis
from parstudy.charts._sheet import Key, Sheet, bare, invented
from parstudy.display.chart import PALE, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language, defer
from parstudy.records import records
from parstudy.statistics.change import Shrinkage
from parstudy.statistics.ranking import RankSets
from parstudy.statistics.uncertainty import IndexUncertainty

_ROW = 0.19


@drawn
def rank_sets(
    sets: Any,
    language: Language,
    *,
    names: Names = None,
    confidence: float | None = None,
    id: str = "rank-sets",
    caption: Caption = None,
) -> Chart:
    """Draw confidence sets of ranks: a bar from the best to the worst place not ruled out.

    Parameters
    ----------
    sets : RankSets, IndexUncertainty, Shrinkage or DataFrame
        From :func:`parstudy.statistics.ranking.rank_confidence_sets` or another result with
        places, or its table: index unit, ``lower, rank, upper``.
    confidence : float, optional
        That was asked for; a result knows it, a table is taken for 0.95.
    """
    made = isinstance(sets, IndexUncertainty)
    if isinstance(sets, (RankSets, IndexUncertainty, Shrinkage)):
        sets, confidence = sets.table, sets.confidence
    require_columns(sets, ["lower", "rank", "upper"], f"chart {id}")
    table = sets.dropna(subset=["lower", "upper"]).rename_axis("unit").reset_index()
    table = table.sort_values(["rank", "unit"], ignore_index=True)
    labels = [(names or {}).get(str(unit), str(unit)) for unit in table["unit"]]
    sheet = Sheet()
    sheet.legend(_keys(made, language))
    _bars(sheet, table, labels, language)
    told = [
        language.text(
            "{name}: {place} ({low} to {high}).",
            name=label,
            place=language.number(row["rank"], 0),
            low=language.number(row["lower"], 0),
            high=language.number(row["upper"], 0),
        )
        for row, label in zip(records(table), labels, strict=True)
    ]
    level = language.percent(100 * (confidence or 0.95), 0)
    said = defer("The bars hold the places that sampling error does not rule out, {level} sets.")
    if made:
        said = defer(
            "The bars hold where each province stands in {level} of the indices made in other ways."
        )
    return sheet.chart(
        id,
        language.text("Places in indices made in other ways. {values}", values=" ".join(told))
        if made
        else language.text("Confidence sets of ranks. {values}", values=" ".join(told)),
        caption or f"{_surest(table, labels, language)} {language.text(said, level=level)}",
        [language.ntext("n = {n} province.", "n = {n} provinces.", len(table))],
        synthetic=invented(sets),
    )


def _surest(table: pd.DataFrame, labels: list[str], language: Language) -> str:
    """Whose places are the most and whose are the least certain, with all that are as certain."""
    widths = (table["upper"] - table["lower"]).to_list()

    def of_width(width: float) -> str:
        """Names with their places."""
        told = [
            f"{label} ({language.rank_range(int(row['lower']), int(row['upper']))})"
            for row, label, own in zip(records(table), labels, widths, strict=True)
            if own == width
        ]
        return language.names(told, 3)

    if min(widths) == max(widths):
        return ""
    return language.text(
        "Surest places: {sure}; least sure: {loose}.",
        sure=of_width(min(widths)),
        loose=of_width(max(widths)),
    )


def _keys(made: bool, language: Language) -> list[Key]:
    """Legend: of indices made in other ways, or of estimates with errors."""
    place, bar = language.text("place by the estimate"), language.text("places not ruled out")
    if made:
        place = language.text("place in the index as it is")
        bar = language.text("places in indices made in other ways")
    return [Key(place, line=dict(DOT)), Key(bar, line=dict(THICK))]


def _bars(sheet: Sheet, table: pd.DataFrame, labels: list[str], language: Language) -> None:
    """A bar and a dot for each unit, its name at the left."""
    left = max(map(text_width, labels)) + 0.25
    height = _ROW * len(table) + 0.1
    axes = sheet.panel(height, left=left, right=0.25, bottom=0.45)
    axes.set_ylim(height, 0)
    bare(axes)
    across = axes.get_yaxis_transform()
    offset = -0.12 / (WIDTH - left - 0.25)
    for position, (row, label) in enumerate(zip(records(table), labels, strict=True)):
        y = 0.05 + _ROW * (position + 0.5)
        axes.text(offset, y, label, transform=across, size=SMALL, ha="right", va="center")
        axes.plot([0, 1], [y, y], transform=across, color=PALE, lw=0.8, zorder=0)
        ends = [int(row["lower"]) - 0.3, int(row["upper"]) + 0.3]
        axes.plot(ends, [y, y], solid_capstyle="butt", gid="interval", **THICK)
        axes.plot([int(row["rank"])], [y], zorder=3, gid="known", **{**DOT, "markersize": 5.5})
    axes.set_xlim(0, int(table["upper"].max()) + 1)
    number_axis(axes, language, language.text("place among the provinces drawn, 1 is best"))
