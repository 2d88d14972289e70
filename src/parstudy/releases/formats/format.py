"""What a file format says of itself; everything else knows it by that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.releases.formats.grid import Grid
from parstudy.releases.spec import TableSpec


@dataclass(frozen=True)
class Format:
    """A kind of file that tables are read from.

    Attributes
    ----------
    name : str
        As ``release.toml`` says it: ``format = "xlsx"``.
    suffixes : tuple of str
        Endings of file names, in lower case, with the dot.
    options : tuple of str
        Keys of ``[[files]]`` that it has and not every format: ``sheet``, ``table``, ``pages``,
        ``encoding``, ``separator``.
    grids : callable
        ``grids(path, spec)`` gives the tables of a file in their order, or raises a ReleaseError.
    begins : tuple of bytes
        How a file of this format begins, where that alone tells it, whatever the name says.
    """

    name: str
    suffixes: tuple[str, ...]
    options: tuple[str, ...]
    grids: Callable[[Path, TableSpec], list[Grid]] = field(repr=False)
    begins: tuple[bytes, ...] = ()

    def address(self, grid: Grid, number: int) -> dict[str, Any]:
        """The key of ``[[files]]`` that names one table of a file, its ``number``-th.

        Parameters
        ----------
        grid : Grid
            The table.
        number : int
            Its place among the tables of the file, counted from 1.
        """
        if "sheet" in self.options:
            return {"sheet": grid.name}
        return {"table": number} if "table" in self.options else {}
