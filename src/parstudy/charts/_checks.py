"""Charts of what was checked or made again: identities, scales, composite indices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawing import Sheet, drawn, nothing_known
from parstudy.charts._rows import (
    DOT,
    SHOWN,
    labelled_rows,
    n_words,
    named_part,
    noted_chart,
    number_axis,
    row_sentences,
    with_room,
)
from parstudy.display.chart import SKY, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes


def _units_left(rest: int, language: Language) -> str:
    if rest <= 0:
        return ""
    return language.ntext("{n} more unit is not drawn.", "{n} more units are not drawn.", rest)


def _rows_from_zero(
    sheet: Sheet,
    labels: Sequence[str],
    values: Sequence[str],
    ends: Sequence[float],
    axis: str,
    language: Language,
) -> tuple[Axes, list[float]]:
    axes, middles = labelled_rows(sheet, labels, values, line_at=0)
    axes.set_xlim(*with_room(ends))
    number_axis(axes, language)
    axes.set_xlabel(axis)
    return axes, middles


@drawn
def identity_check(
    check: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "identity-check",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw by how much the total and the sum of its parts differ, unit by unit.

    Parameters
    ----------
    check : IdentityCheck or DataFrame
        Table with ``difference``, index unit.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the units in that language.
    limit : int
        At most so many units are drawn, those with the largest differences.
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
    table: pd.DataFrame = getattr(check, "table", check)
    require_columns(table, ["difference"], f"chart {id}")
    known = table["difference"].dropna()
    if known.empty:
        raise nothing_known(id, "no unit with a total")
    size = known.abs().to_numpy()
    shown = known.iloc[(-size).argsort(kind="stable")[:limit]]
    labels = [named_part(unit, names) for unit in shown.index]
    values = [language.signed(value, 3) for value in shown]
    sheet = Sheet()
    axes, middles = _rows_from_zero(
        sheet,
        labels,
        values,
        [0.0, *shown],
        language.text("total minus sum of the parts"),
        language,
    )
    for value, middle in zip(shown, middles, strict=True):
        axes.plot([value], [middle], **DOT, gid="known")
    told = row_sentences(labels, values, language)
    alt = language.text(
        "Difference between the total and the sum of its parts. {values}", values=told
    )
    if caption is None:
        caption = language.text(
            "Total minus sum of the parts for the units where they differ most; on the line both "
            "are equal."
        )
    notes = [n_words(check, language), _units_left(len(known) - len(shown), language)]
    return noted_chart(id, sheet, table, alt, notes, caption)


@drawn
def cronbach_alpha(
    alpha: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "cronbach-alpha",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how each item goes with the sum of the others.

    Parameters
    ----------
    alpha : CronbachAlpha or DataFrame
        Table with ``corrected_item_total_r``, index item.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the items in that language.
    limit : int
        At most so many items are drawn, those with the smallest correlations.
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
    table: pd.DataFrame = getattr(alpha, "table", alpha)
    require_columns(table, ["corrected_item_total_r"], f"chart {id}")
    known = table["corrected_item_total_r"].dropna().sort_values(kind="stable")
    if known.empty:
        raise nothing_known(id, "no item with a correlation")
    shown = known.iloc[:limit]
    labels = [named_part(item, names) for item in shown.index]
    values = [language.signed(value, 2) for value in shown]
    sheet = Sheet()
    axes, middles = _rows_from_zero(
        sheet,
        labels,
        values,
        [0.0, 1.0, *shown],
        language.text("correlation with the sum of the others"),
        language,
    )
    for value, middle in zip(shown, middles, strict=True):
        axes.plot([value], [middle], **DOT, gid="known")
    told = row_sentences(labels, values, language)
    alt = language.text(
        "Correlation of each part with the sum of the others. {values}", values=told
    )
    if caption is None:
        caption = language.text(
            "How each part goes with the sum of the others; parts that measure one thing stand far "
            "to the right."
        )
    rest = len(known) - len(shown)
    more = (
        language.ntext("{n} more part is not drawn.", "{n} more parts are not drawn.", rest)
        if rest
        else ""
    )
    return noted_chart(id, sheet, table, alt, [n_words(alpha, language), more], caption)


@drawn
def composite(
    index: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "composite",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the scores of an index that was made again, best first.

    Parameters
    ----------
    index : Composite
        The index.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the units in that language.
    limit : int
        At most so many units are drawn, the best.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``.
    """
    scores = index.table[index.top].dropna().sort_values(ascending=False, kind="stable")
    if scores.empty:
        raise nothing_known(id, "no unit with a score")
    shown = scores.iloc[:limit]
    places = index.ranks[index.top]
    labels = [
        f"{language.number(places[unit], 0)} · {named_part(unit, names)}" for unit in shown.index
    ]
    values = [language.number(value, 2) for value in shown]
    sheet = Sheet()
    axes, middles = _rows_from_zero(sheet, labels, values, [0.0, *shown], str(index.top), language)
    for value, middle in zip(shown, middles, strict=True):
        axes.barh([middle], [value], height=0.15, color=SKY, gid="known")
    told = row_sentences(labels, values, language)
    alt = language.text("Rank and score of the units. {values}", values=told)
    if caption is None:
        caption = language.text(
            "{index} made again from {k} indicators: rank and score, best first.",
            index=index.top,
            k=language.number(index.normalised.shape[1], 0),
        )
    notes = [n_words(index, language), _units_left(len(scores) - len(shown), language)]
    return noted_chart(id, sheet, index.table, alt, notes, caption)
