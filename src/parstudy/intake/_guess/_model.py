"""What was taken for what in a table, and what stayed in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from parstudy.intake._guess._headings import Meaning
from parstudy.releases.formats.grid import Grid


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
    """

    grid: Grid
    entry: dict[str, Any]
    meanings: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()


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
        Its headings, from the widest to the lowest.
    values : list of float or None
        Its figures, unit by unit.
    doubt : str
        Why it is not read.
    """

    at: int
    place: str
    title: str
    meaning: Meaning
    heads: list[str]
    values: list[float | None]
    doubt: str = ""

    @property
    def key(self) -> tuple[str, str, int | None]:
        """Component, measure and year."""
        return self.meaning.component, self.meaning.measure, self.meaning.year

    def drop(self, why: str) -> None:
        """Leave it unread, and say why."""
        self.doubt = f"{self.place} {self.title!r}: {why}, not read"
        self.meaning = Meaning()


def roles_told(grid: Grid, roles: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Rows by role, neighbours together: ``("rows 5-67", "unit")``."""
    found: list[tuple[int, int, str]] = []
    for r, role in enumerate(roles):
        if found and found[-1][2] == role:
            found[-1] = (found[-1][0], r, role)
        else:
            found.append((r, r, role))
    return tuple(
        (
            grid.row_place(a) if a == b else f"{grid.row_place(a)} to {grid.row_place(b)}",
            role,
        )
        for a, b, role in found
        if role != "blank"
    )
