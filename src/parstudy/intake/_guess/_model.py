"""What was taken for what in a table, and what stayed in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    """

    grid: Grid
    entry: dict[str, Any]
    meanings: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[str, ...] = ()
