"""Charts of what was checked or made again: identities, scales, composite indices."""

from __future__ import annotations

from typing import Any, Unpack

from parstudy.charts._drawn import Frame, pictures
from parstudy.charts._marks import Bar, Dot
from parstudy.charts._parts import named_part
from parstudy.charts._rows import UNIT, Axis, RowChart, above
from parstudy.display.chart import SKY, Chart
from parstudy.display.words import Language, defer


def _units_left(chart: RowChart) -> str:
    """Note on units that are not drawn."""
    n = len(chart.rest)
    return chart.left(
        chart.language.ntext("{n} more unit is not drawn.", "{n} more units are not drawn.", n)
    )


@pictures("identity-check")
def identity_check(check: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw by how much the total and the sum of its parts differ, unit by unit.

    Parameters
    ----------
    check : IdentityCheck or DataFrame
        Table with ``difference``, index unit.
    limit : int
        At most so many units are drawn, those with the largest differences.
    """
    chart = RowChart(check, language, **frame)
    table = chart.units("difference")
    table = table.assign(size=table["difference"].abs())
    return chart.picture(
        chart.largest(table, "size", none="no unit with a total"),
        [Dot("difference")],
        Axis(language.text("total minus sum of the parts"), above),
        value=lambda row: language.signed(row["difference"], 3),
        alt=defer("Difference between the total and the sum of its parts. {values}"),
        caption=defer(
            "Total minus sum of the parts for the units where they differ most; on the line both "
            "are equal."
        ),
        notes=[chart.n(), _units_left(chart)],
    )


@pictures("cronbach-alpha")
def cronbach_alpha(alpha: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how each item goes with the sum of the others.

    Parameters
    ----------
    alpha : CronbachAlpha or DataFrame
        Table with ``corrected_item_total_r``, index item.
    limit : int
        At most so many items are drawn, those with the smallest correlations.
    """
    chart = RowChart(alpha, language, **frame)
    table = chart.units("corrected_item_total_r").rename(columns={"corrected_item_total_r": "r"})
    return chart.picture(
        chart.largest(table, "r", ascending=True, none="no item with a correlation"),
        [Dot("r")],
        Axis(
            language.text("correlation with the sum of the others"),
            lambda ends: above([*ends, 1.0]),
        ),
        value=lambda row: language.signed(row["r"], 2),
        alt=defer("Correlation of each part with the sum of the others. {values}"),
        caption=defer(
            "How each part goes with the sum of the others; parts that measure one thing stand far "
            "to the right."
        ),
        notes=[chart.n(), chart.left()],
    )


@pictures("composite")
def composite(index: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw the scores of an index that was made again, best first.

    Parameters
    ----------
    index : Composite
        The index.
    limit : int
        At most so many units are drawn, the best.
    """
    chart = RowChart(index, language, **frame)
    table = chart.units(index.top)
    table = table.assign(score=table[index.top], place=index.ranks[index.top])
    return chart.picture(
        chart.largest(table, "score", none="no unit with a score"),
        [Bar("score", SKY)],
        Axis(str(index.top), above),
        value=lambda row: language.number(row["score"], 2),
        label=lambda row: (
            f"{language.number(row['place'], 0)} · {named_part(row[UNIT], chart.names)}"
        ),
        alt=defer("Rank and score of the units. {values}"),
        caption=defer("{index} made again from {k} indicators: rank and score, best first."),
        notes=[chart.n(), _units_left(chart)],
        holes={
            "index": str(index.top),
            "k": language.number(index.normalised.shape[1], 0),
        },
    )
