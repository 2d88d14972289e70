"""The part of a table that stands on one page."""

from __future__ import annotations

from dataclasses import dataclass

from parstudy.releases.formats.grid import Cell

# edges and rows nearer than that are one
SNAP = 2.0


@dataclass(frozen=True)
class Piece:
    """The part of a table that stands on one page."""

    page: int
    number: int
    columns: tuple[tuple[float, float], ...]
    rows: tuple[tuple[Cell, ...], ...]
    context: str
    tops: tuple[float, ...]  # where each row begins
    certain: bool = True  # headings stand over their columns beyond doubt
    below: str = ""
