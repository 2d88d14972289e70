"""What was taken for what in a table, and what stayed in doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parstudy.intake._guess._headings import Meaning
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import lettered
from parstudy.releases.words import fold

# a column in the row that says what its figures are of
_IN_ROW = re.compile(r"(.*?column \S+) '(.*) / ([^']+)': (.*)")
_SHOWN = 3


@dataclass(frozen=True)
class Guess:
    """One table as it would be read.

    Attributes
    ----------
    grid : Grid
        The table.
    entry : dict
        Keys of a ``[[files]]`` entry, without the path.
    meanings : tuple of (str, str, str)
        Place, heading and meaning of each column or row, for people.
    doubts : tuple of str
        What was not understood.
    roles : tuple of (str, str)
        Places and the role that each of them has, for people.
    unknown : str
        Words of the titles over the table that are not understood.
    """

    grid: Grid
    entry: dict[str, Any]
    meanings: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    unknown: str = ""


@dataclass
class Line:
    """A column of figures, or a row of them where provinces are columns.

    Attributes
    ----------
    at : int
        Its column or row, counted from 0.
    place, title : str
        Where it is, and its headings.
    meaning : Meaning
        What it holds; without a component it is not read.
    heads : list of str
        Its headings, from the widest to the lowest, with their Vietnamese letters.
    values : list of float or None
        Its figures, unit by unit.
    printed : str
        The lowest heading as it is printed.
    doubt : str
        Why it is not read.
    """

    at: int
    place: str
    title: str
    meaning: Meaning
    heads: list[str]
    values: list[float | None]
    printed: str = ""
    doubt: str = ""

    @property
    def key(self) -> tuple[str, str, int | None]:
        """Component, measure and year."""
        return self.meaning.component, self.meaning.measure, self.meaning.year

    @property
    def said(self) -> str:
        """Its headings, and what its rows say, as one text to search in."""
        return fold(" / ".join(map(lettered, self.title.split(" / "))).replace("_", " "))

    @staticmethod
    def toml(column: str | int, component: str, measure: str) -> str:
        """What ``release.toml`` says under ``columns`` for a column of this meaning."""
        told = f'"{column}"' if isinstance(column, str) else column
        return f'{{ column = {told}, component = "{component}", measure = "{measure}" }}'

    def drop(self, why: str) -> None:
        """Leave it unread, and say why."""
        self.doubt = f"{self.place} {self.title!r}: {why}, not read"
        self.meaning = Meaning()


def told_once(doubts: Iterable[str]) -> list[str]:
    """Doubts in their order; those of one column, of one cause in many rows, as one.

    >>> told_once(["column D 'I / Lý do': not read", "column D 'II / Lý do': not read"])
    ["column D 'Lý do', 2 rows ('I', 'II'): not read"]
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for doubt in doubts:
        match = _IN_ROW.fullmatch(doubt)
        place, said, head, why = match.groups() if match else (doubt, "", "", "")
        groups.setdefault((place, head, why), []).append(said)
    found = []
    for (place, head, why), said in groups.items():
        rows = list(dict.fromkeys(said))
        shown = ", ".join(repr(t) for t in rows[:_SHOWN]) + (", …" if len(rows) > _SHOWN else "")
        if len(rows) > 1:
            found.append(f"{place} {head!r}, {len(rows)} rows ({shown}): {why}")
        else:
            found.append(f"{place} {f'{said[0]} / {head}'!r}: {why}" if head else place)
    return found


def roles_told(
    grid: Grid, rows: Mapping[int, str], columns: Mapping[int, str]
) -> tuple[tuple[str, str], ...]:
    """The role of each row, then of each column, in the sheet's own coordinates.

    Whichever way round the provinces stand: ``("row 5", "maxima")``, ``("rows 6 to 68",
    "unit")``, ``("column C", "A1 score")``. Neighbours of one role are told together, blank lines
    not at all.
    """
    axes = (("row", rows, grid.row_name), ("column", columns, grid.column_name))
    found: list[tuple[str, str]] = []
    for axis, roles, name in axes:
        spans: list[tuple[int, int, str]] = []
        for n, role in sorted(roles.items()):
            if spans and spans[-1][1:] == (n - 1, role):
                spans[-1] = (spans[-1][0], n, role)
            elif role != "blank":
                spans.append((n, n, role))
        for first, last, role in spans:
            place = f"{axis} {name(first)}"
            found.append(
                (place if first == last else f"{axis}s {name(first)} to {name(last)}", role)
            )
    return tuple(found)
