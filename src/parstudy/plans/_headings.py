"""Which column of a table holds what, as departments name, rename and split the columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from parstudy.facts import table
from parstudy.plans._model import ORDER, Problem, label
from parstudy.plans._values import folded, without_brackets
from parstudy.releases.formats.grid import Cell, Grid, column_letters
from parstudy.text import nearest, unmarked

_LOOK_FOR_HEADER = 30
_ORDINALS = {"stt", "tt", "số tt", "no", "số thứ tự"}
_CODE = re.compile(r"A\d|\d{1,2}(\.\d{1,2}){1,2}\.?")


@dataclass(frozen=True)
class Header:
    """The rows of a table that name its columns.

    Attributes
    ----------
    row : int
        Position of the first of them.
    body : int
        Position of the first row below them.
    columns : Mapping
        Column of a plan to its position.
    places : Mapping
        Column of a plan to its place, for messages: ``"column C (Mã)"``.
    problems : tuple of Problem
        Columns that were renamed, stand twice or are not known.
    """

    row: int
    body: int
    columns: Mapping[str, int]
    places: Mapping[str, str]
    problems: tuple[Problem, ...]


# --- names ---------------------------------------------------------------------------------------


@cache
def _known() -> Mapping[str, str]:
    found: dict[str, str] = {ORDER: ORDER, folded(ORDER): ORDER}
    rows = table("plan_columns").to_dict("records")
    # a column's own names first: another's synonym must not take them
    for names in (("column", "label_vi", "label_en"), ("also",)):
        for row in rows:
            for text in (text for name in names for text in str(row[name]).split("|") if text):
                found.setdefault(folded(text), str(row["column"]))
    return found


@cache
def _known_unmarked() -> Mapping[str, str]:
    """Names typed without their marks, as far as that leaves no doubt."""
    found: dict[str, set[str]] = {}
    for text, column in _known().items():
        found.setdefault(unmarked(text), set()).add(column)
    return {text: next(iter(columns)) for text, columns in found.items() if len(columns) == 1}


@lru_cache(maxsize=4096)
def column_of(text: str) -> str:
    """Column of a plan that a heading names; empty if it names none."""
    whole, bare = folded(text), folded(without_brackets(text))
    return _known().get(whole) or _known().get(bare) or _known_unmarked().get(unmarked(bare), "")


def nearest_column(text: str) -> str:
    """Column whose name looks most like a heading that names none; empty if none does."""
    close = nearest(folded(text), _known())
    return _known()[close] if close else ""


# --- where they stand ----------------------------------------------------------------------------


def header_of(grid: Grid) -> int | None:
    """Position of the row that names the columns: the one with most known names and a code."""
    best, most = None, 1
    for position, row in enumerate(grid.rows[:_LOOK_FOR_HEADER]):
        named = _named(row)
        if "code" in named and len(named) > most:
            best, most = position, len(named)
    return best


def guessed_header_of(grid: Grid) -> tuple[int, int] | None:
    """Header, and the column of the codes where that column has a name of its own."""
    for header, row in enumerate(grid.rows[:_LOOK_FOR_HEADER]):
        if len(_named(row)) < 2:
            continue
        for position, cell in enumerate(row):
            if not cell.text or column_of(cell.text):
                continue
            below = (cells[position] for cells in grid.rows[header + 1 :])
            told = [cell.text for cell in filled(below)]
            if told and sum(bool(_CODE.fullmatch(text)) for text in told) > len(told) / 2:
                return header, position
    return None


def filled(cells: Iterable[Cell]) -> list[Cell]:
    """Cells with a text of their own: not those that repeat a merged cell."""
    return [cell for cell in cells if cell.text and not cell.covered]


def _named(cells: Sequence[Cell]) -> set[str]:
    return {column_of(cell.text) for cell in filled(cells)} - {""}


def header_at(
    grid: Grid, row: int, codes: int | None = None, stood: Mapping[int, str] = MappingProxyType({})
) -> Header:
    """What the columns below a row of names hold.

    Parameters
    ----------
    grid : Grid
        The table.
    row : int
        Position of the row.
    codes : int, optional
        Position of the column of codes, where its name does not say it.
    stood : Mapping, optional
        Number of a column to the column of a plan that stood there when the file was written.
    """
    below = _second_row(grid, row)
    found: dict[str, int] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    unknown: dict[int, str] = {}
    texts = _texts(grid.rows[row], below)
    about = {
        at: f"column {column_letters(at)} ({text})" if grid.sheet else f"column {text!r}"
        for at, text in texts.items()
    }
    for at, text in texts.items():
        column = "code" if at == codes else column_of(text)
        place = f"{grid.row_place(row)} {about[at]}"
        if at == codes:
            message = f"a column of codes under another name; read as {label('code')!r}"
            problems.append(
                Problem("renamed_column", message, "warning", place, text, label("code"))
            )
        if not column:
            unknown[at] = text
        elif column in found:
            message = f"a second column for {column!r}; the first is read"
            problems.append(
                Problem("duplicate_column", message, "error", place, text, "one column")
            )
        else:
            found[column], places[column] = at, about[at]
    for at, text in unknown.items():
        column = stood.get(at + 1, "")
        place = f"{grid.row_place(row)} {about[at]}"
        if column and column not in found:
            found[column], places[column] = at, about[at]
            message = f"a renamed column; read as {column!r}, which stood there"
            problems.append(
                Problem("renamed_column", message, "warning", place, text, label(column))
            )
        else:
            close = nearest_column(text)
            message = "a column that a plan does not have; it is not read"
            expected = f"perhaps {label(close)!r}" if close else ""
            problems.append(Problem("unknown_column", message, "warning", place, text, expected))
    return Header(row, row + (2 if below else 1), found, places, tuple(problems))


def _texts(row: Sequence[Cell], below: Mapping[int, str]) -> dict[int, str]:
    """Name of each column that has one, by its position."""
    found = {}
    for at, cell in enumerate(row):
        spanned = at not in below and (cell.covered or (cell.wide and below))
        text = below.get(at, cell.text)
        if text and not spanned and folded(text) not in _ORDINALS:
            found[at] = text
    return found


def _second_row(grid: Grid, header: int) -> dict[int, str]:
    """Names in a second row of the header: those below a name that spans several columns."""
    if header + 1 >= len(grid.rows):
        return {}
    pairs = list(zip(grid.rows[header], grid.rows[header + 1], strict=True))
    if any(column_of(above.text) == "code" and filled([below]) for above, below in pairs):
        return {}  # a row with a code of its own is a row of the plan
    return {
        position: below.text
        for position, (above, below) in enumerate(pairs)
        if (above.wide or not above.text) and not below.covered and column_of(below.text)
    }
