"""The form of a picture with a row for each part: words above, marks below, on a common axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._drawn import SHOWN, Caption, Names, nothing_known
from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._marks import Data, Mark, legend
from parstudy.charts._parts import confidence_words, largest, n_words, named_part, result_table
from parstudy.charts._scales import round_numbers, scale_below
from parstudy.charts._sheet import LINE, Key, Sheet, bare, invented
from parstudy.display.chart import GREY, PALE, SMALL, WIDTH, Chart
from parstudy.display.words import Language
from parstudy.records import records

UNIT = "unit"
"""Column of the names of units; equal ones stay in the order of the table."""
_SIDE = 0.15
_TRACK = 0.2
_GAP = 0.09


@dataclass(frozen=True)
class Row:
    """One row of a picture.

    Parameters
    ----------
    label : str
        What the row is of; long ones are wrapped.
    value : str
        Written at the right.
    data : mapping
        What the marks draw, by column, in units of the axis.
    words : str
        What the text alternative says.
    """

    label: str
    value: str
    data: Data
    words: str


@dataclass(frozen=True)
class Axis:
    """The axis below the rows.

    Parameters
    ----------
    title : str
        What it counts.
    limits : (float, float) or callable
        Its ends, or what makes them of 0 and all values that the marks must reach.
    line_at : float, optional
        Value at which each row has a line.
    percent : bool
        Whether it counts percent.
    bins : int
        At most so many steps.
    """

    title: str = ""
    limits: tuple[float, float] | Callable[[Sequence[float]], tuple[float, float]] = field(
        default_factory=lambda: around
    )
    line_at: float | None = 0
    percent: bool = False
    bins: int = 6


class RowChart:
    """A picture with a row for each part: label and value in words, below them room for marks.

    Parameters
    ----------
    result : result or DataFrame
        What is drawn.
    language : Language
        Language of the picture.
    names, limit, id, caption, confidence
        As of every picture of a result.

    Examples
    --------
    >>> import pandas as pd
    >>> from parstudy.charts._marks import Bar
    >>> from parstudy.charts._rows import Axis, RowChart
    >>> from parstudy.display import Language
    >>> points = pd.DataFrame({"part": ["A1", "A2"], "lost": [0.25, 1.5]})
    >>> chart = RowChart(points, Language("en"), id="lost-points")
    >>> shown = chart.largest(chart.table("part", "lost"), "lost", none="no part with a loss")
    >>> chart.picture(
    ...     shown,
    ...     [Bar("lost", "orange")],
    ...     Axis("points lost"),
    ...     value=lambda row: f"{row['lost']:.1f}",
    ...     alt="Points lost. {values}",
    ...     caption="Points lost, most first.",
    ... ).alt
    'Points lost. A2: 1.5. A1: 0.2.'
    """

    def __init__(
        self,
        result: Any,
        language: Language,
        *,
        id: str = "",
        names: Names = None,
        limit: int = SHOWN,
        caption: Caption = None,
        confidence: float | None = None,
    ) -> None:
        self.result = result
        self.language = language
        self.id = id
        self.names = dict(names or {})
        self.limit = limit
        self.caption = caption
        self.confidence = confidence
        self.key = ""
        self.whole = pd.DataFrame()
        self.rest = pd.DataFrame()
        self.sorted = self.rising = False

    def table(self, key: str, *needed: str) -> pd.DataFrame:
        """Table of the result; its rows are called by ``key``.

        Parameters
        ----------
        key : str
            Column, or name of the index, with the codes of the parts.
        *needed : str
            Columns besides.

        Returns
        -------
        DataFrame

        Raises
        ------
        ParstudyError
            ``not_a_table``, ``missing_column``, ``nothing_to_show`` if it has no rows.
        """
        self.key = key
        self.whole = result_table(self.result, key, needed, self.id)
        return self.whole

    def units(self, *needed: str) -> pd.DataFrame:
        """Table of the result whose rows are units, called by its index.

        Parameters
        ----------
        *needed : str
            Columns that are needed.

        Returns
        -------
        DataFrame
            With a column ``unit``.

        Raises
        ------
        ParstudyError
            As :meth:`table`.
        """
        self.key = UNIT
        self.whole = result_table(self.result, "", needed, self.id)
        return self.whole.assign(**{UNIT: self.whole.index.to_numpy()})

    def largest(
        self,
        table: pd.DataFrame,
        by: str,
        *,
        none: str,
        size: bool = False,
        ascending: bool = False,
    ) -> pd.DataFrame:
        """Choose the rows to draw; the other known ones are then in ``rest``.

        Parameters
        ----------
        table : DataFrame
            All rows.
        by, size, ascending
            As of :func:`parstudy.charts._parts.largest`.
        none : str
            What there is none of where nothing is known.

        Returns
        -------
        DataFrame

        Raises
        ------
        ParstudyError
            ``nothing_to_show`` if ``by`` is known of no row.
        """
        ties = "" if self.key == UNIT else self.key
        shown, self.rest = largest(table, by, ties, self.limit, size=size, ascending=ascending)
        if shown.empty:
            raise nothing_known(self.id, none)
        self.sorted, self.rising = True, ascending
        return shown

    def n(self) -> str:
        """Note on how many provinces stand behind the result."""
        return n_words(self.result, self.language)

    def left(self, words: str = "") -> str:
        """Note on what is not drawn: ``words``, else how many parts; empty if all is drawn."""
        n = len(self.rest)
        usual = self.language.ntext(
            "{n} more part is not drawn.", "{n} more parts are not drawn.", n
        )
        return (words or usual) if n else ""

    def picture(
        self,
        shown: pd.DataFrame,
        marks: Sequence[Mark],
        axis: Axis,
        *,
        value: Callable[[Data], str],
        alt: str,
        caption: str = "",
        words: Callable[[str, Data], str] | None = None,
        label: Callable[[Data], str] | None = None,
        notes: Sequence[str] = (),
        keys: Sequence[Key] = (),
        track: float = _TRACK,
        synthetic: bool | None = None,
        holes: Mapping[str, str] | None = None,
        finding: str | None = None,
    ) -> Chart:
        """Draw the rows.

        Parameters
        ----------
        shown : DataFrame
            From the top down, columns in units of the axis.
        marks : sequence of Mark
            Drawn in each row where it has what they need, the last one on top.
        axis : Axis
            Below the rows.
        value, label : callable
            Give the text at the right of a row, and its name instead of the usual one.
        words : callable, optional
            ``words(value, row)`` gives what the text alternative says instead of the value.
        alt, caption : str
            Messages with the holes ``{values}``, ``{confidence}`` and those in ``holes``; the
            caption is not needed where the chart has one already.
        notes : sequence of str
            Below the picture; empty ones are left out.
        keys : sequence of Key
            The legend instead of that of the marks.
        track : float
            Inches for the marks of a row.
        synthetic : bool, optional
            Whether the figures are invented; by default the table says so.
        holes : mapping of str to str, optional
            What goes into the messages.
        finding : str, optional
            What the usual caption says first; by default the first row where the largest come
            first.

        Returns
        -------
        Chart
        """
        rows = []
        for row in records(shown):
            name = label(row) if label else named_part(row[self.key], self.names, row)
            text = value(row)
            rows.append(Row(name, text, row, words(text, row) if words else text))
        sheet = Sheet()
        keys = keys or legend(marks)
        if keys:
            sheet.legend(keys)
        _draw(sheet, rows, marks, axis, self.language, track)
        confidence = confidence_words(self.result, self.language, self.confidence)
        said = {
            "confidence": confidence,
            "values": _sentences(rows, self.language),
            **(holes or {}),
        }
        if finding is None:
            finding = _first(rows, self.language, self.rising) if self.sorted else ""
        usual = "" if self.caption else self.language.text(caption, **said)
        return sheet.chart(
            self.id,
            self.language.text(alt, **said),
            self.caption or f"{finding} {usual}".strip(),
            notes,
            synthetic=invented(self.whole) if synthetic is None else synthetic,
        )


def _sentences(rows: Sequence[Row], language: Language) -> str:
    """What rows show, a sentence for each, as the text alternative has it."""
    return " ".join(
        language.text("{name}: {value}.", name=row.label, value=row.words) for row in rows
    )


def _first(rows: Sequence[Row], language: Language, rising: bool) -> str:
    """The first row and those that read the same, each with its value; empty without any."""
    alike = [row for row in rows if row.value == rows[0].value]
    if not rows or len(alike) == len(rows) > 1:
        return ""
    names = language.names([f"{row.label} ({row.value})" for row in alike], 3)
    if rising:
        return language.text("Smallest: {names}.", names=names)
    return language.text("Largest: {names}.", names=names)


def _panel(sheet: Sheet, rows: Sequence[Row], axis: Axis, track: float) -> tuple[Axes, list[float]]:
    """Rows with their words; axes in inches from the top, and the middle of each row's room.

    Long names need the whole width on a phone, so they stand above their row, not beside it.
    """
    beside = max(text_width(row.value) for row in rows) + 0.15
    width = WIDTH - 2 * _SIDE
    lines = [wrapped(row.label, width - beside) or [""] for row in rows]
    tops, y = [], 0.0
    for text in lines:
        tops.append(y)
        y += len(text) * LINE + track + _GAP
    axes = sheet.panel(y, left=_SIDE, right=_SIDE, bottom=0.45 if axis.title else 0.28)
    axes.set_ylim(y, 0)
    bare(axes)
    across = axes.get_yaxis_transform()
    middles = []
    for row, top, text in zip(rows, tops, lines, strict=True):
        for position, line in enumerate(text):
            middle = top + LINE * (position + 0.5)
            axes.text(0, middle, line, transform=across, size=SMALL, va="center")
        axes.text(
            1, top + LINE / 2, row.value, transform=across, size=SMALL, ha="right", va="center",
            weight="bold",
        )  # fmt: skip
        middles.append(top + len(text) * LINE + track / 2 + 0.01)
    for middle in middles:
        axes.plot([0, 1], [middle, middle], transform=across, color=PALE, lw=0.8, zorder=0)
        if axis.line_at is not None:  # in the row only: it must not cross the words
            ends = [middle - track / 2 - 0.02, middle + track / 2 + 0.02]
            axes.plot([axis.line_at] * 2, ends, color=GREY, lw=1, zorder=1)
    return axes, middles


def _draw(
    sheet: Sheet,
    rows: Sequence[Row],
    marks: Sequence[Mark],
    axis: Axis,
    language: Language,
    track: float,
) -> None:
    axes, middles = _panel(sheet, rows, axis, track)
    limits = axis.limits
    if callable(limits):
        limits = limits([0.0, *(e for row in rows for mark in marks for e in mark.ends(row.data))])
    axes.set_xlim(*limits)
    number_axis(axes, language, axis.title, percent=axis.percent, bins=axis.bins)
    for row, middle in zip(rows, middles, strict=True):
        for mark in marks:
            mark.draw(axes, row.data, middle)


def number_axis(
    axes: Axes,
    language: Language,
    title: str = "",
    *,
    percent: bool = False,
    bins: int = 6,
    length: float = 3.0,
    lines: bool = False,
) -> None:
    """Round numbers below a panel, as the language writes them.

    Parameters
    ----------
    axes : Axes
        The panel; its horizontal limits must be known.
    language : Language
        Language of the picture.
    title : str
        What is counted.
    percent : bool
        Whether to write a percent sign.
    bins : int
        At most so many steps.
    length, lines
        As of :func:`parstudy.charts._scales.scale_below`.
    """
    values = round_numbers(axes.get_xlim(), bins)
    words = [plain_number(value, language, percent=percent) for value in values]
    scale_below(axes, values, words, title, length=length, lines=lines)


def plain_number(value: float, language: Language, *, percent: bool = False) -> str:
    """Write a number with as many decimals as it needs.

    >>> plain_number(2.5, Language("vi"))
    '2,5'
    """
    places = next((k for k in range(4) if abs(value - round(value, k)) < 1e-9), 4)
    return (language.percent if percent else language.number)(value, places)


def around(ends: Sequence[float], share: float = 0.04) -> tuple[float, float]:
    """Limits of an axis with room at both ends.

    >>> around([0.0, 100.0])
    (-4.0, 104.0)
    """
    low, high = min(ends), max(ends)
    pad = (high - low) * share or 1.0
    return low - pad, high + pad


def above(ends: Sequence[float], share: float = 0.04) -> tuple[float, float]:
    """Limits of an axis with room at its upper end, and at its lower end if that is below 0.

    >>> above([0.0, 100.0])
    (0.0, 104.0)
    """
    low, high = around(ends, share)
    return (low if min(ends) < 0 else min(ends)), high
