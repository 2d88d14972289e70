"""The common ground of all file formats: a table as rows of cells that know where they stand."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from parstudy import budget
from parstudy.releases.numbers import clean
from parstudy.releases.words import is_caption


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text : str
        As printed.
    number : float or None
        The number, where the file stores one (spreadsheets).
    kind : str
        ``text``, ``number``, ``percent`` (a number shown with a percent sign; ``number`` is the
        share), ``date``, ``bool``, ``error``, ``formula`` (one whose value the file lacks),
        ``crossed`` (text of the next cell runs into this one) or ``masked`` (a number that the
        sheet shows as another one).
    covered : bool
        Part of a merged cell and not its first: repeats the text, not a figure of its own.
    anchor : bool
        First cell of a merged range.
    wide : bool
        Part of a merged range of several columns, its first cell or not.
    date : datetime or None
        The day, where the file stores one (spreadsheets).
    shows : str
        Of a day, which parts the sheet shows, of "d", "m" and "y"; of a number, what it shows in
        its place. Empty where that is not known, or is the number.
    """

    text: str = ""
    number: float | None = None
    kind: str = "text"
    covered: bool = False
    anchor: bool = False
    wide: bool = False
    date: datetime.datetime | None = None
    shows: str = ""

    @property
    def words(self) -> str:
        """The text, cleaned, on one line."""
        return clean(self.text)


EMPTY = Cell()
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile("[A-Za-z]")
HIDDEN = " is hidden and was read"
# "12. Hà Nam ........ 86,31"
_LEADER = re.compile(
    r"[^\W\d][^\n.…_]{0,40}?\s*(?:\.{4,}|…{2,}|(?:\. ){4,}|_{4,}|·{4,})[\s.…_·]*"
    r"[0-9]+(?:[.,][0-9]+)?"
)
_FEW_LEADERS = 3
# "23²¹"
_RAISED = re.compile("[+-]?[0-9]+ ?([⁰¹²³⁴⁵⁶⁷⁸⁹]+)%?")
_FEW_MARKS = 4
MOST_TEXT = 600
"""Characters of the text above or below a table that are looked at."""


@dataclass(frozen=True)
class Grid:
    """A rectangular table.

    Attributes
    ----------
    file : str
        File name.
    where : str
        ``"sheet 'PL1'"``, ``"page 3 table 1"``, or nothing for a CSV file.
    rows : tuple of tuple of Cell
        All rows have the same length.
    places : tuple of str
        Place of each row within the file; for sheets the row number.
    sheet : bool
        Whether places are written the way spreadsheets do (``'PL1'!F12``).
    notes : tuple of str
        What the reader saw and that somebody should know (hidden rows, a converted encoding).
    context : str
        Text above the table, as far as the format has such.
    below : str
        Text below the table, up to the next one, and notes at the foot of the page.
    doubt : str
        Why the headings may stand over the wrong columns; nothing may be guessed from them then.
    blocks : tuple of (int, tuple of str)
        For a table whose columns go on on other pages: from which column on, and the places of
        the rows there.
    """

    file: str
    where: str
    rows: tuple[tuple[Cell, ...], ...]
    places: tuple[str, ...]
    sheet: bool = False
    notes: tuple[str, ...] = ()
    context: str = ""
    below: str = ""
    doubt: str = ""
    blocks: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def name(self) -> str:
        """Name of the sheet; empty for a table that has none."""
        return self.where.removeprefix("sheet ")[1:-1] if self.sheet else ""

    @property
    def hidden(self) -> bool:
        """Whether somebody who opens the file sees nothing of it."""
        return any(note.endswith(HIDDEN) for note in self.notes)

    @cached_property
    def figures(self) -> tuple[frozenset[int], ...]:
        """Columns of each row that hold a number and no word."""
        return tuple(
            frozenset(
                c
                for c, cell in enumerate(row)
                if cell.text and not cell.covered and _is_figure(cell.words)
            )
            for row in self.rows
        )

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def cell(self, row: int, column: int) -> Cell:
        """The cell, or an empty one outside of the table."""
        if 0 <= row < len(self.rows):
            cells = self.rows[row]
            if 0 <= column < len(cells):
                return cells[column]
        return EMPTY

    def row_place(self, row: int) -> str:
        """Place of a row, for messages."""
        if not 0 <= row < len(self.rows):
            return f"{self.file} {self.where} row {row + 1}".replace("  ", " ")
        if self.sheet:
            return f"{self.file} {self.where} row {self.places[row]}"
        return f"{self.file} {self.places[row]}"

    def place(self, row: int, column: int) -> str:
        """Place of a cell, for locators and messages."""
        if self.sheet and 0 <= row < len(self.rows):
            return f"{self.file} {self.where}!{column_letters(column)}{self.places[row]}"
        for first, places in reversed(self.blocks):
            if column >= first and 0 <= row < len(places):
                return f"{self.file} {places[row]} column {column - first + 1}"
        return f"{self.row_place(row)} column {column + 1}"

    def without_file(self, place: str) -> str:
        """A place within the file, for a message that names the file already."""
        return place.removeprefix(f"{self.file} ")

    def row_name(self, row: int) -> str:
        """How a row is called within its table: the number that a sheet prints beside it."""
        place = self.places[row] if row < len(self.places) else ""
        # pages of a document begin anew
        return place.removeprefix("row ") if self.sheet or place[:4] == "row " else str(row + 1)

    def column_name(self, column: int) -> str:
        """How a column is called within its table."""
        return column_letters(column) if self.sheet else str(column + 1)

    def column_place(self, column: int) -> str:
        """Place of a column, for messages."""
        name = f"column {self.column_name(column)}"
        return " ".join(p for p in (self.file, self.where, name) if p)


def _is_figure(text: str) -> bool:
    if text.isascii():
        # most cells of most tables are such
        return _DIGIT.search(text) is not None and _LETTER.search(text) is None
    return any(ch.isdigit() for ch in text) and not any(ch.isalpha() for ch in text)


def listed(text: str) -> str:
    """First line of a list with leaders of dots that stands in place of a table, if there is one.

    >>> listed("1. An Giang ..... 85,12 2. Hà Nội ..... 84,10 3. Huế ..... 83")
    'An Giang ..... 85,12'
    """
    found = _LEADER.findall(text)
    return found[0] if len(found) >= _FEW_LEADERS else ""


def rectangular(rows: list[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows filled up with empty cells to one length."""
    width = max((len(r) for r in rows), default=0)
    budget.spend("cells", sum(width - len(r) for r in rows))
    return tuple(tuple(r) + (EMPTY,) * (width - len(r)) for r in rows)


def between(lines: Iterable[str], *, last: bool) -> str:
    """Text below a table; the title of the next one (``last``: there is none) is none of it.

    >>> between(["Ghi chú: số liệu sơ bộ", "Bảng 2. Kết quả", "SIPAS"], last=False)
    'Ghi chú: số liệu sơ bộ'
    """
    told: list[str] = []
    for line in lines:
        if is_caption(line) and not last:
            break
        told += [line] if line else []
    return "\n".join(told)[:MOST_TEXT]


def with_unread(text: str, unread: Iterable[str]) -> str:
    """Text of a cell with what else stands in it and is not understood: ``"[picture]"``.

    A picture beside words is decoration; alone, or beside figures, it may be a figure or its sign,
    and then the cell must not pass for an empty one or for a number.
    """
    marks = " ".join(f"[{one}]" for one in dict.fromkeys(unread))
    return text if not marks or any(c.isalpha() for c in text) else f"{marks} {text}".strip()


def raised_told(grid: Grid) -> Grid:
    """The same table, with whole numbers no numbers where raised digits may be their decimals.

    Marks of notes stand at few figures of a column, or are few; digits that stand at most figures
    of it and differ are none.
    """
    at: list[tuple[int, int]] = []
    for c in range(grid.width):
        raised = {
            r: match[1]
            for r, row in enumerate(grid.rows)
            if not row[c].text.isascii() and (match := _RAISED.fullmatch(row[c].words))
        }
        if len(set(raised.values())) < _FEW_MARKS:
            continue
        figures = sum(_is_figure(row[c].words) for row in grid.rows)
        at += [(r, c) for r in raised] if len(raised) > figures / 2 else []
    if not at:
        return grid
    rows = [list(row) for row in grid.rows]
    for r, c in at:
        text = with_unread(rows[r][c].text, ["raised digits that may be decimals"])
        rows[r][c] = replace(rows[r][c], text=text, number=None, kind="text")
    return replace(grid, rows=tuple(map(tuple, rows)))


def column_number(text: str | int) -> int:
    """Column counted from 0, of ``"A"`` or of a number counted from 1."""
    if isinstance(text, int):
        return text - 1
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """Letters of a column counted from 0, as spreadsheets write them."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
