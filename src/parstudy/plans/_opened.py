"""Files of plans as tables of cells, by the readers that releases have."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.plans import _headings
from parstudy.plans._model import MACHINE_SHEET, Problem
from parstudy.plans._values import clean
from parstudy.releases.formats import open_tables
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.grid import Cell, Grid, column_letters, rectangular
from parstudy.releases.formats.separated import most_cells, records
from parstudy.releases.spec import TableSpec
from parstudy.text import as_written

FORMATS = ("xlsx", "xls", "ods", "csv", "docx", "html")
"""Formats of releases that plans are read from; the tables of a PDF are not sure enough."""
_MOST_ROWS, _MOST_COLUMNS = 20_000, 200  # a stray cell at the edge of a sheet is not walked to
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Candidate:
    """A table that may hold a plan, and what its file says beside it.

    Attributes
    ----------
    grid : Grid
        The cells, with cleaned texts.
    meta : Mapping
        What the file says of the plan as a whole.
    columns : Mapping
        Number of a column to the column of a plan that stood there when the file was written.
    problems : tuple of Problem
        What opening the file found.
    """

    grid: Grid
    meta: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[int, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def candidates(file: Path, form: str) -> list[Candidate]:
    """All tables of a file of one of the :data:`FORMATS`, but for the sheet of the machine.

    Raises
    ------
    ReleaseError
        If the file cannot be opened.
    """
    if form == "csv":
        return [_separated(file)]
    grids = open_tables(file, TableSpec(path=file.name, place="", format=form))
    meta, columns = _machine_sheet(grids)
    return [
        Candidate(_cleaned(grid), meta, columns, tuple(_uncomputed(grid)))
        for grid in grids
        if grid.name != MACHINE_SHEET
    ]


def value_of(cell: Cell) -> str | float | datetime.datetime | None:
    """What a cell holds: a text, a number, a day; nothing if it is empty.

    1 shown as 100% is a share and no point: it is the text "100%".
    """
    if cell.kind == "number":
        return cell.number
    return cell.date or cell.text or None


def _machine_sheet(grids: Sequence[Grid]) -> tuple[dict[str, str], dict[int, str]]:
    """Whose plan it is, and which column stood where, as the machine's sheet has them."""
    meta: dict[str, str] = {}
    columns: dict[int, str] = {}
    for grid in grids:
        for row in grid.rows if grid.name == MACHINE_SHEET else ():
            name, text = (clean(cell.text) for cell in (*row, Cell())[:2])
            if name.startswith("column ") and name[7:].isdigit():
                columns[int(name[7:])] = text
            elif name:
                meta[name] = text
    return meta, columns


def _cleaned(grid: Grid) -> Grid:
    rows = [
        tuple(_without_formula(cell) for cell in row[:_MOST_COLUMNS])
        for row in grid.rows[:_MOST_ROWS]
    ]
    return replace(grid, rows=tuple(rows))


def _without_formula(cell: Cell) -> Cell:
    return replace(cell, text="" if cell.kind == "formula" else clean(cell.text))


def _uncomputed(grid: Grid) -> Iterator[Problem]:
    """Formulas whose value the file does not hold."""
    for number, row in enumerate(grid.rows):
        for position, cell in enumerate(row):
            if cell.kind == "formula":
                yield Problem(
                    "no_value",
                    "a formula whose value the file does not hold; it is read as empty",
                    "error",
                    f"{grid.row_place(number)} column {column_letters(position)}",
                    cell.text,
                    "a value; open the file in Excel and save it",
                )


# --- separated text ------------------------------------------------------------------------------


def _separated(file: Path) -> Candidate:
    budget.spend("bytes", file.stat().st_size, file.name)
    text = decode(file.read_bytes(), file.name)
    budget.spend("cells", most_cells(text, _SEPARATORS), file.name)
    separator = _separator(text)
    problems: tuple[Problem, ...] = ()
    try:
        lines = records(text, file.name, separator)
    except ReleaseError:
        # a quotation mark that nobody closed swallows the lines below it
        lines = records(text, file.name, separator, quoted=False)
        message = "a quotation mark is not closed; all of them are read as they stand"
        problems = (Problem("open_quote", message, "error", file.name),)
    # a spreadsheet would compute a text that begins with =; writing puts ' before it
    rows = [(n, [as_written(c) for c in cells]) for n, cells in lines]
    meta: dict[str, str] = {}
    while rows and rows[0][1] and rows[0][1][0].lstrip().startswith("#"):
        first, *others = rows.pop(0)[1]
        name, _, inline = first.strip().lstrip("# ").partition(":")
        meta[name.strip()] = clean(others[0] if others else inline)
    grid = Grid(
        file=file.name,
        where="",
        rows=rectangular([[Cell(clean(c)) for c in cells] for _, cells in rows]),
        places=tuple(f"row {number}" for number, _ in rows),
    )
    return Candidate(grid, meta, problems=problems)


def _separator(text: str) -> str:
    """The mark that cuts a line into most names of columns: commas stand in the texts of plans."""
    lines = text.splitlines()[:60]
    named = {mark: max((_named(x, mark) for x in lines), default=0) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: (named[mark], text[:4000].count(mark)))


def _named(line: str, mark: str) -> int:
    columns = {_headings.column_of(cell.strip().strip('"')) for cell in line.split(mark)}
    return len(columns - {""})
