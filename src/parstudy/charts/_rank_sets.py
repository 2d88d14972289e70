"""Charts of how sure ranks are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from parstudy.charts._drawing import Key, Sheet, bare, drawn, text_width
from parstudy.charts._rows import DOT, noted_chart, number_axis
from parstudy.display.chart import PALE, SKY, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language

if TYPE_CHECKING:
    from markupsafe import Markup

_ROW = 0.19


@drawn
def rank_sets(
    sets: pd.DataFrame,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    coverage: float = 0.95,
    id: str = "rank-sets",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw confidence sets of ranks: a bar from the best to the worst place not ruled out.

    Parameters
    ----------
    sets : DataFrame
        As :func:`parstudy.statistics.ranking.rank_confidence_sets` gives it: index unit, ``lower,
        rank, upper``.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the units in that language.
    coverage : float
        Coverage that was asked for.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``.
    """
    require_columns(sets, ["lower", "rank", "upper"], f"chart {id}")
    table = sets.rename_axis("unit").reset_index()
    table = table.sort_values(["rank", "unit"], ignore_index=True)
    labels = [(names or {}).get(str(unit), str(unit)) for unit in table["unit"]]
    left = max(map(text_width, labels)) + 0.25
    height = _ROW * len(table) + 0.1
    sheet = Sheet()
    sheet.legend(
        [
            Key(language.text("place by the estimate"), line=DOT),
            Key(
                language.text("places not ruled out"),
                line={"color": SKY, "linestyle": "-", "linewidth": 6},
            ),
        ]
    )
    axes = sheet.panel(height, left=left, right=0.25, bottom=0.45)
    axes.set_ylim(height, 0)
    bare(axes)
    across = axes.get_yaxis_transform()
    told = []
    for position, (row, label) in enumerate(zip(table.to_dict("records"), labels, strict=True)):
        y = 0.05 + _ROW * (position + 0.5)
        offset = -0.12 / (WIDTH - left - 0.25)
        axes.text(offset, y, label, transform=across, size=SMALL, ha="right", va="center")
        axes.plot([0, 1], [y, y], transform=across, color=PALE, lw=0.8, zorder=0)
        low, high = int(row["lower"]), int(row["upper"])
        axes.plot(
            [low - 0.3, high + 0.3], [y, y], color=SKY, lw=6, solid_capstyle="butt", gid="interval"
        )
        axes.plot([int(row["rank"])], [y], zorder=3, gid="known", **{**DOT, "markersize": 5.5})
        told.append(
            language.text(
                "{name}: {place} ({low} to {high}).",
                name=label,
                place=language.number(row["rank"], 0),
                low=language.number(low, 0),
                high=language.number(high, 0),
            )
        )
    axes.set_xlim(0, int(table["upper"].max()) + 1)
    number_axis(axes, language)
    axes.set_xlabel(language.text("place among the provinces drawn, 1 is best"))
    notes = [language.ntext("n = {n} province.", "n = {n} provinces.", len(table))]
    alt = language.text("Confidence sets of ranks. {values}", values=" ".join(told))
    if caption is None:
        caption = language.text(
            "Places that the sampling error does not rule out, with a coverage of {coverage}.",
            coverage=language.percent(100 * coverage, 0),
        )
    return noted_chart(id, sheet, sets, alt, notes, caption)
