"""Old Excel (XLS), binary Excel (XLSB) and OpenDocument spreadsheets, by python-calamine."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import _xml2003
from parstudy.releases.formats._looks import Looks, looks
from parstudy.releases.formats._sheets import (
    hidden_notes,
    sheet_grid,
    stored_notes,
    struck_note,
    unseen_note,
)
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid
from parstudy.releases.formats.number_formats import compared, date_cell, number_cell


def grids(path: Path) -> list[Grid]:
    """All sheets that hold anything, in their order.

    How cells are shown is read beside it: a percentage is stored as a share. Of XLSB it is not
    known, and that is told.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``encrypted_file``, ``damaged_file``.
    """
    # first of all: calamine makes a row of every one that is repeated, and every cell between
    shown = looks(path)
    book = _book(path)
    found = [
        grid for name in book.sheet_names if (grid := _grid(path.name, name, book, shown.get(name)))
    ]
    if not found:
        raise ReleaseError("empty_file", "the workbook holds no cells", place=path.name)
    return found


def _book(path: Path) -> Any:
    # of bytes: of a path, the suffix would be believed
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    except Exception as error:
        text = str(error)
        protected = "assword" in text or "ncrypt" in text
        raise ReleaseError(
            "encrypted_file" if protected else "damaged_file",
            "the file is protected by a password" if protected else "the workbook cannot be opened",
            place=path.name,
            found=text,
            expected="a spreadsheet without a password",
            advice="Open it in a spreadsheet program, and save it as XLSX without a password",
        ) from None


def _grid(file: str, name: str, book: Any, known: Looks | None) -> Grid | None:
    budget.spend("tables", 1, f"sheet {name!r}")
    look = known or Looks()
    sheet = book.get_sheet_by_name(name)
    place = f"{file} sheet {name!r}"
    try:
        values = sheet.to_python(skip_empty_area=False)
    except Exception as error:
        raise ReleaseError(
            "damaged_file", "the sheet cannot be read", place=place, found=str(error),
            advice="Open it in a spreadsheet program, and save it as XLSX",
        ) from None  # fmt: skip
    rows = [[_cell(v, look, (r, c)) for c, v in enumerate(line)] for r, line in enumerate(values)]
    told = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    notes = hidden_notes(place, rows, look.hidden_rows, look.hidden_columns, hidden=look.hidden)
    filled = {
        (r, c) for r, c in look.unseen if r < len(rows) and c < len(rows[r]) and rows[r][c].text
    }
    notes += unseen_note(place, filled, look.perhaps)
    notes += struck_note(place, look.struck) + stored_notes(place, rows)
    if known is None:
        notes += (
            f"{place}: which cells are shown as percentages, merged or hidden is not known of this "
            "kind of file; save it as XLSX to be sure",
        )
    return sheet_grid(file, name, rows, told or look.merged, notes)


def _cell(value: Any, look: Looks, place: tuple[int, int]) -> Cell:
    if place in look.errors:
        return Cell(look.errors[place], kind="error")
    if place in look.struck or (place in look.texts and isinstance(value, str)):
        return Cell(look.texts[place])
    if isinstance(value, bool):
        return Cell(str(value).upper(), kind="bool")
    if isinstance(value, (int, float)):
        cell = number_cell(float(value), look.formats.get(place, ""))
        return compared(cell, look.shown[place]) if place in look.shown else cell
    if isinstance(value, datetime.date):
        return date_cell(value, look.formats.get(place, ""))
    if isinstance(value, (datetime.time, datetime.timedelta)):
        return Cell(str(value), kind="date")
    text = str(value)
    return Cell(text, kind="error" if text.startswith("#") and text.isupper() else "text")


def _any_xls(path: Path) -> list[Grid]:
    """Of ``.xls``, which is XML Spreadsheet 2003 from some portals."""
    with path.open("rb") as stream:
        binary = stream.read(2) in (b"PK", b"\xd0\xcf")
    return grids(path) if binary else _xml2003.grids(path)


XLS = Format("xls", (".xls", ".xlsb"), ("sheet",), lambda path, _: _any_xls(path))
ODS = Format("ods", (".ods",), ("sheet",), lambda path, _: grids(path))
