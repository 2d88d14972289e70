"""What spreadsheets of all formats share: merged cells, hidden parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from parstudy import budget
from parstudy.releases.formats._hiding import contrast
from parstudy.releases.formats.grid import EMPTY, HIDDEN, Cell, Grid, column_letters, rectangular

UNREADABLE = 1.15
"""Contrast of text that nobody sees on its ground."""
TINY = 2
"""Points of letters that nobody sees."""
LOWEST, NARROWEST = 2, 0.8
"""Height of rows in points, width of columns in characters, below which they show nothing."""


def sheet_grid(
    file: str,
    name: str,
    rows: list[list[Cell]],
    merged: Iterable[tuple[int, int, int, int]],
    notes: tuple[str, ...] = (),
) -> Grid | None:
    """The table of one sheet, or nothing if no cell holds anything.

    Parameters
    ----------
    file, name : str
        Of the file and of the sheet.
    rows : list of list of Cell
        From the first row and column on; they are changed.
    merged : iterable of (int, int, int, int)
        Merged areas: top, left, bottom, right, counted from 0. What they reach beyond the rows is
        left out.
    notes : tuple of str, optional
        What is to be told of the sheet.
    """
    width = max((len(row) for row in rows), default=0)
    for top, left, bottom, right in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        first = rows[top][left] = replace(rows[top][left], anchor=True, wide=right > left)
        covered = replace(first, number=None, kind="text", covered=True, anchor=False)
        bottom, right = min(bottom, len(rows) - 1), min(right, width - 1)
        budget.spend("cells", (bottom + 1 - top) * (right + 1 - left), f"{file} sheet {name!r}")
        for r in range(top, bottom + 1):
            rows[r] += [EMPTY] * (right + 1 - len(rows[r]))
            for c in range(left, right + 1):
                if (r, c) != (top, left):
                    rows[r][c] = covered
    while rows and not any(c.text for c in rows[-1]):
        rows.pop()
    if not rows:
        return None
    return Grid(
        file=file,
        where=f"sheet {name!r}",
        rows=rectangular(rows),
        places=tuple(str(n) for n in range(1, len(rows) + 1)),
        sheet=True,
        notes=notes,
    )


def hidden_notes(
    place: str,
    rows: Sequence[Sequence[Cell]],
    hidden_rows: set[int],
    hidden_columns: set[int],
    *,
    hidden: bool,
) -> tuple[str, ...]:
    """What of a sheet somebody does not see who opens it, and is read all the same."""
    lines = [n + 1 for n in sorted(hidden_rows) if n < len(rows) and any(c.text for c in rows[n])]
    letters = [
        column_letters(c)
        for c in sorted(hidden_columns)
        if any(c < len(row) and row[c].text for row in rows)
    ]
    notes = [place + HIDDEN] if hidden else []
    if lines:
        notes.append(f"{place}: hidden rows {_list(lines)} were treated like the others")
    if letters:
        notes.append(f"{place}: hidden columns {_list(letters)} were treated like the others")
    return tuple(notes)


def stored_notes(
    place: str, rows: Sequence[Sequence[Cell]], *, no_zeros: bool = False
) -> tuple[str, ...]:
    """What of the stored numbers a sheet does not show: it rounds them, or leaves out zeros.

    With ``no_zeros`` it leaves out all zeros, whatever their number formats say.
    """
    stored = [
        (f"{column_letters(c)}{r}", cell)
        for r, row in enumerate(rows, 1)
        for c, cell in enumerate(row)
        if cell.kind in ("number", "percent") and (cell.shows or no_zeros)
    ]
    zeros = any(cell.number == 0 for _, cell in stored)
    told = f"{place}: zeros that the sheet does not show were read as 0"
    notes = (told,) if zeros else ()
    cells = [(at, cell) for at, cell in stored if cell.number != 0 and cell.shows]
    if not cells:
        return notes
    first, cell = cells[0]
    more = f", and so on in {len(cells) - 1} other cells" if len(cells) > 1 else ""
    return (
        *notes,
        f"{place}: the sheet shows {cell.shows!r} where {cell.text} is stored ({first}{more}); "
        "what is stored was read",
    )


def struck_note(place: str, struck: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """What of a sheet is struck out, by row and column counted from 0."""
    cells = [f"{column_letters(c)}{r + 1}" for r, c in sorted(struck)]
    some = ", ".join(cells[:6]) + (" ..." if len(cells) > 6 else "")
    return (f"{place}: text that is struck out is not read: {some}",) if cells else ()


def unseen_note(
    place: str, unseen: Iterable[tuple[int, int]], perhaps: Iterable[str]
) -> tuple[str, ...]:
    """Cells that a sheet does not show, by row and column counted from 0, and what it may hide."""
    cells, notes = [f"{column_letters(c)}{r + 1}" for r, c in sorted(unseen)], tuple[str, ...]()
    if cells:
        some = ", ".join(cells[:6]) + (" ..." if len(cells) > 6 else "")
        notes += (
            f"{place}: {len(cells)} cells that the sheet does not show (white on white, or "
            f"a format without digits) were treated like the others: {some}",
        )
    areas = ", ".join(dict.fromkeys(perhaps))
    if areas:
        notes += (
            f"{place}: conditional formatting may hide, strike or change figures in {areas}; "
            "what is stored was read",
        )
    return notes


def is_faint(colour: str, ground: str) -> bool:
    """Whether letters have the colour of their ground: six digits each; nothing if not known."""
    if not colour or not ground:
        return False
    return contrast((*_parts(colour), 1.0), _parts(ground)) < UNREADABLE


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return red, green, blue


def _list(items: list[Any]) -> str:
    shown = ", ".join(str(i) for i in items[:12])
    return shown + (f" and {len(items) - 12} more" if len(items) > 12 else "")
