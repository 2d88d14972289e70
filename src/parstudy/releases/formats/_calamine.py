"""Old Excel (XLS) and OpenDocument spreadsheets, by python-calamine."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases.formats._looks import Looks, looks
from parstudy.releases.formats._xlsx import check_zip, hidden_notes, number_cell
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid, rectangular

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def grids(path: Path) -> list[Grid]:
    """All sheets that hold anything, in their order.

    How cells are shown is read beside it: a percentage is stored as a share.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``encrypted_file``, ``damaged_file``, ``wrong_format``.
    """
    head = path.read_bytes()[:8]
    if not head:
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    if head != _OLE and head[:2] != b"PK":
        raise ReleaseError(
            "wrong_format",
            "the file is no spreadsheet, whatever its name says",
            place=path.name,
            found=f"it begins with {head[:6]!r}",
            expected="XLS or ODS",
        )
    if head != _OLE:
        check_zip(path, "content.xml", "ODS")
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:
        text = str(error)
        protected = "assword" in text or "ncrypt" in text
        raise ReleaseError(
            "encrypted_file" if protected else "damaged_file",
            "the file is protected by a password" if protected else "the workbook cannot be opened",
            place=path.name,
            found=text,
            expected="a spreadsheet without a password",
        ) from None
    found = []
    shown = looks(path)
    for name in book.sheet_names:
        look = shown.get(name, Looks())
        sheet = book.get_sheet_by_name(name)
        try:
            values = sheet.to_python(skip_empty_area=False)
        except Exception as error:
            raise ReleaseError(
                "damaged_file",
                "the sheet cannot be read",
                place=f"{path.name} sheet {name!r}",
                found=str(error),
            ) from None
        rows = [
            [_cell(v, look, (r, c)) for c, v in enumerate(line)] for r, line in enumerate(values)
        ]
        told = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
        for top, left, bottom, right in told or look.merged:
            if top >= len(rows) or left >= len(rows[top]):
                continue
            for r in range(top, min(bottom, len(rows) - 1) + 1):
                for c in range(left, min(right, len(rows[r]) - 1) + 1):
                    if (r, c) != (top, left):
                        rows[r][c] = Cell(rows[top][left].text, covered=True)
        while rows and not any(c.text for c in rows[-1]):
            rows.pop()
        if rows:
            found.append(
                Grid(
                    file=path.name,
                    where=f"sheet {name!r}",
                    rows=rectangular(rows),
                    places=tuple(str(n) for n in range(1, len(rows) + 1)),
                    sheet=True,
                    notes=hidden_notes(
                        f"{path.name} sheet {name!r}",
                        rows,
                        look.hidden_rows,
                        look.hidden_columns,
                        hidden=look.hidden,
                    ),
                )
            )
    if not found:
        raise ReleaseError("empty_file", "the workbook holds no cells", place=path.name)
    return found


def _cell(value: Any, look: Looks, place: tuple[int, int]) -> Cell:
    if place in look.errors:
        return Cell(look.errors[place], kind="error")
    if isinstance(value, bool):
        return Cell(str(value).upper(), kind="bool")
    if isinstance(value, (int, float)):
        return number_cell(float(value), look.formats.get(place, ""))
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return Cell(str(value), kind="date")
    text = str(value)
    return Cell(text, kind="error" if text.startswith("#") and text.isupper() else "text")


XLS = Format("xls", (".xls",), ("sheet",), lambda path, _: grids(path))
ODS = Format("ods", (".ods",), ("sheet",), lambda path, _: grids(path))
