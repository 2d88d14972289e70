"""Marks in a row: what each takes from its row, how it looks, what the legend says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from matplotlib.axes import Axes

from parstudy.charts._sheet import Key
from parstudy.display.chart import BLUE, INK, SKY
from parstudy.display.words import Language, is_missing

Data = Mapping[Any, Any]
"""What is drawn in one row, by column, in units of the axis."""
Look = Mapping[str, Any]
"""Properties of an artist, as matplotlib names them."""

DOT: Look = {"marker": "o", "markersize": 7.5, "color": BLUE, "linestyle": "None"}
HOLLOW: Look = {**DOT, "markerfacecolor": "white", "markeredgewidth": 1.5}
DIAMOND: Look = {
    "marker": "D", "markersize": 7, "color": INK, "markerfacecolor": "white",
    "markeredgewidth": 1.3, "linestyle": "None",
}  # fmt: skip
THICK: Look = {"color": SKY, "linestyle": "-", "linewidth": 6}


class Mark(Protocol):
    """What is drawn in each row of which its columns are known."""

    def legend(self) -> Sequence[Key]:
        """Entries of the legend."""

    def ends(self, data: Data) -> Sequence[float]:
        """Values that the axis must reach."""

    def draw(self, axes: Axes, data: Data, y: float) -> None:
        """Draw the mark in a row whose middle is ``y``, in inches from the top."""


def legend(marks: Iterable[Mark]) -> list[Key]:
    """Entries of several marks."""
    return [key for mark in marks for key in mark.legend()]


def known(data: Data, *columns: str) -> list[float]:
    """Values of the columns, of those that are there and not missing."""
    return [float(data[column]) for column in columns if not is_missing(data.get(column))]


@dataclass(frozen=True)
class Dot:
    """A dot at a value.

    Parameters
    ----------
    at : str
        Column of the value.
    label : str
        Text of the legend; a mark without one is not in it.
    look : mapping
        How the dot looks, in the legend as well.
    more : mapping
        Further properties, in the row only.
    gid : str, optional
        What the artist is called in the picture.
    """

    at: str
    label: str = ""
    look: Look = field(default_factory=lambda: DOT)
    more: Look = field(default_factory=dict)
    gid: str | None = "known"

    def legend(self) -> Sequence[Key]:
        """Entry of the legend: the dot."""
        return [Key(self.label, line=dict(self.look))] if self.label else []

    def ends(self, data: Data) -> Sequence[float]:
        """The value."""
        return known(data, self.at)

    def draw(self, axes: Axes, data: Data, y: float) -> None:
        """Draw the dot."""
        for value in known(data, self.at):
            axes.plot([value], [y], gid=self.gid, **{**self.look, **self.more})


@dataclass(frozen=True)
class Dots(Dot):
    """A dot at each value of a column that holds several."""

    def ends(self, data: Data) -> Sequence[float]:
        """All values."""
        return [float(value) for value in data[self.at]]

    def draw(self, axes: Axes, data: Data, y: float) -> None:
        """Draw the dots."""
        values = self.ends(data)
        axes.plot(values, [y] * len(values), gid=self.gid, **{**self.look, **self.more})


@dataclass(frozen=True)
class Bar:
    """A bar, from zero or from another value.

    Parameters
    ----------
    width : str
        Column of what it counts.
    colour : str
        Of the bar.
    label : str
        Text of the legend; a mark without one is not in it.
    start : str, optional
        Column where the bar begins.
    height : float
        Inches.
    shift : float
        Inches from the middle of the row down.
    gid : str
        What the artist is called in the picture.
    hollow : bool
        Whether it has a white middle.
    """

    width: str
    colour: str
    label: str = ""
    start: str = ""
    height: float = 0.15
    shift: float = 0.0
    gid: str = "known"
    hollow: bool = False

    @property
    def _look(self) -> dict[str, Any]:
        if self.hollow:
            return {"facecolor": "white", "edgecolor": self.colour, "linewidth": 1.4}
        return {"facecolor": self.colour, "edgecolor": "none"}

    def legend(self) -> Sequence[Key]:
        """Entry of the legend: a patch."""
        return [Key(self.label, patch=self._look)] if self.label else []

    def ends(self, data: Data) -> Sequence[float]:
        """Where the bar ends, and where it begins if that is not zero."""
        begins = known(data, self.start) if self.start else []
        return [*begins, *(width + sum(begins) for width in known(data, self.width))]

    def draw(self, axes: Axes, data: Data, y: float) -> None:
        """Draw the bar."""
        start = float(data[self.start]) if self.start else 0.0
        for width in known(data, self.width):
            axes.barh(
                [y + self.shift], [width], left=start, height=self.height, gid=self.gid,
                **self._look,
            )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line between two values, where both are known.

    Parameters
    ----------
    low, high : str
        Columns of its ends.
    label, look, more, gid
        As of a :class:`Dot`.
    shift : float
        Inches from the middle of the row down.
    """

    low: str
    high: str
    label: str = ""
    look: Look = field(default_factory=lambda: THICK)
    more: Look = field(default_factory=dict)
    gid: str | None = "known"
    shift: float = 0.0

    def legend(self) -> Sequence[Key]:
        """Entry of the legend: the line."""
        return [Key(self.label, line=dict(self.look))] if self.label else []

    def ends(self, data: Data) -> Sequence[float]:
        """Both ends, of those that are known."""
        return known(data, self.low, self.high)

    def draw(self, axes: Axes, data: Data, y: float) -> None:
        """Draw the line."""
        ends = self.ends(data)
        if len(ends) == 2:
            axes.plot(ends, [y + self.shift] * 2, gid=self.gid, **{**self.look, **self.more})


@dataclass(frozen=True)
class Interval:
    """A dot with its interval.

    Parameters
    ----------
    label : str
        Text of the legend.
    at, low, high : str
        Columns of the value and of the ends of its interval.
    look : mapping
        How the dot looks; the line has its colour.
    shift : float
        Inches from the middle of the row down.
    """

    label: str = ""
    at: str = "estimate"
    low: str = "low"
    high: str = "high"
    look: Look = field(default_factory=lambda: DOT)
    shift: float = 0.0

    def legend(self) -> Sequence[Key]:
        """Entry of the legend: a dot on a line."""
        return [Key(self.label, line={**self.look, "linestyle": "-", "linewidth": 2})]

    def ends(self, data: Data) -> Sequence[float]:
        """The value and the ends, of those that are known."""
        return known(data, self.at, self.low, self.high)

    def draw(self, axes: Axes, data: Data, y: float) -> None:
        """Draw the interval, and the dot upon it."""
        at = y + self.shift
        ends = known(data, self.low, self.high)
        if len(ends) == 2:
            line = {"color": self.look["color"], "linewidth": 2, "zorder": 2}
            axes.plot(ends, [at] * 2, gid="interval", **line)
        for value in known(data, self.at):
            axes.plot([value], [at], zorder=3, gid="known", **self._dot(ends))

    def _dot(self, ends: Sequence[float]) -> Look:
        return self.look


@dataclass(frozen=True)
class Estimate(Interval):
    """An interval whose dot is hollow unless the interval is known and without zero.

    Parameters
    ----------
    label, hollow : str
        Texts of the legend for a full and for a hollow dot.
    """

    hollow: str = ""

    @classmethod
    def told(cls, language: Language) -> Estimate:
        """Give the mark with its legend in a language."""
        return cls(
            language.text("interval without zero"),
            hollow=language.text("interval with zero in it"),
        )

    def legend(self) -> Sequence[Key]:
        """Entries of the legend: a full and a hollow dot."""
        (full,) = super().legend()
        line = {**self._dot([]), "linestyle": "-", "linewidth": 2}
        return [full, Key(self.hollow, line=line)]

    def _dot(self, ends: Sequence[float]) -> Look:
        clear = len(ends) == 2 and (ends[0] > 0 or ends[1] < 0)
        face = self.look["color"] if clear else "white"
        return {**self.look, "markerfacecolor": face, "markeredgewidth": 1.5}
