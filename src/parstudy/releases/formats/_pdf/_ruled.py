"""Tables whose cells have lines around them."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from parstudy import budget
from parstudy.releases.formats._pdf._characters import (
    cell_text,
    is_figure,
    turn_of,
    turned_box,
)
from parstudy.releases.formats._pdf._piece import SNAP, Piece
from parstudy.releases.formats.grid import Cell

# pairs of lines that are looked at as fast as one element is made
_PAIRS = 10


@dataclass(frozen=True)
class Ruling:
    """The lines of one table, as boxes of cells."""

    cells: tuple[tuple[float, float, float, float], ...]
    bbox: tuple[float, float, float, float]

    def turned(self, turn: int, size: tuple[float, float]) -> Ruling:
        """The same lines on a page of that size, turned so that its text stands upright."""
        cells = tuple(turned_box(c, turn, size) for c in self.cells)
        return Ruling(cells, turned_box(self.bbox, turn, size))


def rulings(edges: Sequence[dict[str, Any]]) -> list[Ruling]:
    """Tables whose cells have lines around them, by the geometry of pdfplumber."""
    from pdfplumber import table
    from pdfplumber.utils.geometry import filter_edges

    kept = [*filter_edges(edges, "v", min_length=1), *filter_edges(edges, "h", min_length=1)]
    merged = table.merge_edges(kept, 3, 3, 3, 3)
    merged = filter_edges(merged, min_length=3)
    upright = sum(e["orientation"] == "v" for e in merged)
    budget.spend("elements", upright * (len(merged) - upright) // _PAIRS)
    crossings = table.edges_to_intersections(merged, 3, 3)
    found = []
    for cells in table.cells_to_tables(table.intersections_to_cells(crossings)):
        if len(cells) >= 6:
            x0, top, x1, bottom = zip(*cells, strict=True)
            found.append(Ruling(tuple(cells), (min(x0), min(top), max(x1), max(bottom))))
    return found


def ruled(
    table: Ruling,
    chars: Sequence[dict[str, Any]],
    page: int,
    number: int,
    context: str,
    turn: int = 0,
) -> Piece | None:
    """The table within lines, or nothing if they make no two rows and columns.

    Parameters
    ----------
    table : Ruling
        Its lines.
    chars : sequence of dict
        Characters of the page in the order in which they are printed.
    page, number : int
        Of the page, and of the table on it, counted from 1.
    context : str
        Text above the table.
    turn : int, optional
        Direction in which the page is read, in degrees.
    """
    xs = _edges(v for c in table.cells for v in (c[0], c[2]))
    ys = _edges(v for c in table.cells for v in (c[1], c[3]))
    if len(xs) < 3 or len(ys) < 3:
        return None
    budget.spend("cells", (len(xs) - 1) * (len(ys) - 1), f"page {page}")
    owner = _owners(table, xs, ys)
    content, crossed = _filled(owner, chars, xs, ys, turn)
    over = {n: owner.get((r - 1, c), n) for (r, c), n in owner.items()}
    _run_over(content, {n: m for n, m in over.items() if m != n}, chars)
    texts = {n: cell_text(found, turn) for n, found in content.items()}
    rows, seen = [], set()
    for r in range(len(ys) - 1):
        cells = []
        for c in range(len(xs) - 1):
            n = owner.get((r, c), -1)
            kind = "crossed" if n in crossed else "text"
            cells.append(Cell(texts.get(n, ""), kind=kind, covered=n in seen))
            if n >= 0:
                seen.add(n)
        rows.append(tuple(cells))
    return Piece(page, number, tuple(pairwise(xs)), tuple(rows), context, tuple(ys[:-1]))


def crowded(piece: Piece) -> bool:
    """Whether most cells of figures hold several, one below another: lines at every fifth row."""
    cells = [c.text.split("\n") for row in piece.rows for c in row if not c.covered]
    # "8,20" over "(12)" is one figure and what is told of it
    bare = [[t for t in lines if is_figure(t) and t[0] != "("] for lines in cells]
    figures = [found for found in bare if found]
    return 2 * sum(len(found) > 1 for found in figures) > len(figures) > 0


def _owners(table: Ruling, xs: Sequence[float], ys: Sequence[float]) -> dict[tuple[int, int], int]:
    """Number of the box that covers each row and column; a merged cell is one box over many."""
    owner: dict[tuple[int, int], int] = {}
    for n, (x0, top, x1, bottom) in enumerate(table.cells):
        for r in range(_index(ys, top), _index(ys, bottom)):
            for c in range(_index(xs, x0), _index(xs, x1)):
                owner.setdefault((r, c), n)
    return owner


def _filled(
    owner: dict[tuple[int, int], int],
    chars: Sequence[dict[str, Any]],
    xs: Sequence[float],
    ys: Sequence[float],
    turn: int,
) -> tuple[dict[int, list[dict[str, Any]]], set[int]]:
    """Characters of each box, and the boxes into which text of their neighbours runs."""
    content: dict[int, list[dict[str, Any]]] = {}
    crossed: set[int] = set()
    before: tuple[int, dict[str, Any]] | None = None
    for char in chars:
        x = (char["x0"] + char["x1"]) / 2
        y = (char["top"] + char["bottom"]) / 2
        r, c = bisect.bisect_right(ys, y) - 1, bisect.bisect_right(xs, x) - 1
        n = owner.get((r, c), -1)
        if n >= 0:
            content.setdefault(n, []).append(char)
        upright = turn_of(char) == turn
        if before is not None and before[0] not in (n, -1) and n >= 0 and upright:
            last = before[1]
            touching = -0.2 <= (char["x0"] - last["x1"]) / char["size"] <= 0.12
            if touching and abs(char["bottom"] - last["bottom"]) < 0.1 * char["size"]:
                crossed.add(n)
        before = (n, char)
    return content, crossed


def _run_over(
    content: dict[int, list[dict[str, Any]]],
    over: dict[int, int],
    chars: Sequence[dict[str, Any]],
) -> None:
    """Put text that runs over the foot of its cell, onto the text of the cell below, back.

    A header that is repeated on a page may be lower there than its words. They were written right
    after those of their cell, and lie on what belongs to the cell below.
    """
    order = {id(char): n for n, char in enumerate(chars)}
    for n, found in list(content.items()):
        above = content.get(over.get(n, -1), [])
        runs: list[list[dict[str, Any]]] = []
        for char in found:
            if runs and order[id(char)] == order[id(runs[-1][-1])] + 1:
                runs[-1].append(char)
            else:
                runs.append([char])
        if len(runs) < 2 or not above:
            continue
        run = next((r for r in runs if order[id(r[0])] == order[id(above[-1])] + 1), None)
        rest = [c for r in runs if r is not run for c in r]
        if run is not None and any(_lies_on(a, b) for a in run for b in rest):
            above += run
            content[n] = rest


def _lies_on(one: dict[str, Any], other: dict[str, Any]) -> bool:
    across = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(across > 0.5 and down > 0.3 * min(float(one["size"]), float(other["size"])))


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > SNAP:
            edges.append(value)
    return edges


def _index(edges: Sequence[float], value: float) -> int:
    """Number of the edge nearest to a place; edges go up."""
    right = min(bisect.bisect_left(edges, value), len(edges) - 1)
    left = max(0, right - 1)
    return left if value - edges[left] <= abs(edges[right] - value) else right
