"""Charts of changes between two years: which of them are beyond chance."""

from __future__ import annotations

from typing import Any, Unpack

from parstudy.charts._drawn import Frame, pictures
from parstudy.charts._marks import DOT, HOLLOW, Data, Interval, Look
from parstudy.charts._parts import ranged
from parstudy.charts._rows import Axis, RowChart
from parstudy.display.chart import Chart
from parstudy.display.words import Language, defer


@pictures("score-changes")
def score_changes(
    changes: Any, language: Language, *, unit: str = "", **frame: Unpack[Frame]
) -> Chart:
    """Draw changes of scores with their intervals; full dots are beyond chance.

    Parameters
    ----------
    changes : ScoreChanges or DataFrame
        Table with ``estimate, ci_low, ci_high, beyond_chance``, index unit.
    unit : str
        What the scores are counted in, for the axis.
    limit : int
        At most so many units are drawn, those that changed most.

    Examples
    --------
    >>> import pandas as pd
    >>> from parstudy import charts
    >>> from parstudy.display import Language
    >>> from parstudy.statistics.change import score_changes
    >>> old, new = pd.Series({"a": 80.0, "b": 70.0}), pd.Series({"a": 81.0, "b": 76.0})
    >>> charts.score_changes(score_changes(old, new, 1.0, 1.0), Language("en")).alt
    '1 of 2 changes is beyond chance. b: +6.0 (+3.2 to +8.8). a: +1.0 (−1.8 to +3.8). n = 2 provinces.'
    """  # noqa: E501
    return _changes(
        RowChart(changes, language, **frame),
        ("estimate", "ci_low", "ci_high"),
        language.text("change of the score, {unit}", unit=unit)
        if unit
        else language.text("change of the score"),
        decimals=1,
        caption=defer(
            "Changes of scores with {confidence} intervals. A dot is full where the change is "
            "beyond chance, all of them tested together (false discovery rate)."
        ),
    )


@pictures("rank-changes")
def rank_changes(changes: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw changes of place with those that are not ruled out; full dots are beyond chance.

    Parameters
    ----------
    changes : RankChanges or DataFrame
        Table with ``change_rank, lower, upper, beyond_chance``, index unit.
    limit : int
        At most so many units are drawn, those that moved most.
    """
    return _changes(
        RowChart(changes, language, **frame),
        ("change_rank", "lower", "upper"),
        language.text("places won (right) or lost (left)"),
        decimals=0,
        caption=defer(
            "Places won or lost, with the changes that the errors of both years do not rule out "
            "({confidence} sets). A dot is full where staying in place is ruled out."
        ),
    )


def _changes(
    chart: RowChart, columns: tuple[str, str, str], title: str, *, decimals: int, caption: str
) -> Chart:
    """A row for each change, in one of two looks."""
    language = chart.language
    at, low, high = columns
    table = chart.units(*columns, "beyond_chance")
    sure = table["beyond_chance"].astype(bool)
    for kind, own in (("sure", sure), ("open", ~sure)):
        table = table.assign(**{f"{kind} {c}": table[c].astype(float).where(own) for c in columns})
    shown = chart.largest(table, at, size=True, none="no change is known")
    left = language.ntext(
        "{n} more change is not drawn.", "{n} more changes are not drawn.", len(chart.rest)
    )
    clear, known = int(sure.sum()), language.number(table[at].notna().sum(), 0)
    found = language.ntext(
        "{n} of {all} changes is beyond chance.",
        "{n} of {all} changes are beyond chance.",
        clear,
        none=defer("None of {all} changes is beyond chance."),
        all=known,
    )

    def words(value: str, row: Data) -> str:
        """The change with the ends of its interval."""
        return ranged(
            language, value, *(language.signed(row[end], decimals) for end in (low, high))
        )

    return chart.picture(
        shown,
        [
            _mark("sure", columns, language.text("beyond chance"), DOT),
            _mark("open", columns, language.text("may be chance"), HOLLOW),
        ],
        Axis(title),
        value=lambda row: language.signed(row[at], decimals),
        words=words,
        alt=defer("{found} {values}"),
        caption=caption,
        notes=[chart.n(), chart.left(left)],
        holes={"found": found},
        finding=found,
    )


def _mark(kind: str, columns: tuple[str, str, str], label: str, look: Look) -> Interval:
    """Dot and interval of the changes of one kind."""
    at, low, high = (f"{kind} {c}" for c in columns)
    return Interval(label, at, low, high, look)
