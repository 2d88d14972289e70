"""XLSX by openpyxl: what is stored, how it is shown, what is merged and what is hidden."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid, column_letters, rectangular
from parstudy.releases.numbers import superscript

# far beyond any table of 63 units; a file that unpacks to more is not a release
_MOST_BYTES = 200_000_000
_MOST_RATIO = 200
_MOST_CELLS = 2_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def grids(path: Path) -> list[Grid]:
    """All sheets that hold anything, in their order.

    Raises
    ------
    ReleaseError
        ``encrypted_file``, ``zip_bomb``, ``damaged_file``, ``empty_file``, ``wrong_format``.
    """
    check_zip(path, "xl/workbook.xml", "XLSX")
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # of bytes: openpyxl leaves a damaged file open
            data = path.read_bytes()
            shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
            formulas = has_formulas(path)
            told = openpyxl.load_workbook(io.BytesIO(data)) if formulas else None
    except Exception as error:
        raise ReleaseError(
            "damaged_file",
            "the workbook cannot be opened",
            place=path.name,
            found=f"{type(error).__name__}: {error}",
            expected="an XLSX file",
        ) from None
    found = []
    for sheet in shown.worksheets:
        if sheet.max_row * sheet.max_column > _MOST_CELLS:
            raise ReleaseError(
                "zip_bomb",
                "the sheet is larger than any release",
                place=f"{path.name} sheet {sheet.title!r}",
                found=f"{sheet.max_row} rows x {sheet.max_column} columns",
                expected=f"at most {_MOST_CELLS:,} cells",
            )
        grid = _grid(path.name, sheet, told[sheet.title] if told else None)
        if grid is not None:
            found.append(grid)
    if not found:
        raise ReleaseError("empty_file", "the workbook holds no cells", place=path.name)
    return found


def check_zip(path: Path, member: str, what: str) -> None:
    """Refuse what is no archive of that kind, and one that would unpack without measure."""
    head = path.read_bytes()[:8] if path.stat().st_size else b""
    if not head:
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    if head == _OLE:
        body = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in body:
            raise ReleaseError(
                "encrypted_file",
                "the file is protected by a password",
                place=path.name,
                expected=f"an {what} file without a password",
                advice="Open it with its password and save it without one",
            )
        raise ReleaseError(
            "wrong_format",
            f"the file is an old Office file, not {what}",
            place=path.name,
            expected=what,
            advice="Name it .xls, or save it in the new format",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {m.filename for m in members}
    except zipfile.BadZipFile as error:
        code = "damaged_file" if head[:2] == b"PK" else "wrong_format"
        raise ReleaseError(
            code,
            f"the file is not {what}" if code == "wrong_format" else "the file is cut or damaged",
            place=path.name,
            found=f"it begins with {head[:4]!r}" if code == "wrong_format" else str(error),
            expected=what,
        ) from None
    size = sum(m.file_size for m in members)
    packed = max(1, sum(m.compress_size for m in members))
    if size > _MOST_BYTES or (size > 20_000_000 and size / packed > _MOST_RATIO):
        raise ReleaseError(
            "zip_bomb",
            "the file unpacks to more than any release does",
            place=path.name,
            found=f"{size:,} bytes out of {packed:,}",
            expected=f"at most {_MOST_BYTES:,} bytes and {_MOST_RATIO} times the packed size",
        )
    if member not in names:
        raise ReleaseError(
            "wrong_format",
            f"the file is not {what}",
            place=path.name,
            found=f"an archive without {member}",
            expected=what,
        )


def has_formulas(path: Path) -> bool:
    """Whether a workbook computes anything."""
    with zipfile.ZipFile(path) as archive:
        return any(
            re.search(rb"<(?:\w+:)?f[ >/]", archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        )


def _grid(file: str, sheet: Any, told: Any) -> Grid | None:
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                merged[row, column] = (area.min_row, area.min_col)
    rows: list[list[Cell]] = []
    for number, line in enumerate(sheet.iter_rows(), 1):
        cells: list[Cell] = []
        for column, raw in enumerate(line, 1):
            first = merged.get((number, column))
            if first is not None and first != (number, column):
                anchor = rows[first[0] - 1] if first[0] < number else cells
                cells.append(Cell(anchor[first[1] - 1].text, kind="text", covered=True))
                continue
            cells.append(_cell(raw, told, anchor=first is not None))
        rows.append(cells)
    while rows and not any(c.text for c in rows[-1]):
        rows.pop()
    if not any(c.text for row in rows for c in row):
        return None
    where = f"sheet {sheet.title!r}"
    away = {n - 1 for n, d in sheet.row_dimensions.items() if d.hidden}
    columns = {
        c - 1
        for d in sheet.column_dimensions.values()
        if d.hidden
        for c in range(d.min or 0, min(d.max or 0, sheet.max_column) + 1)
    }
    notes = hidden_notes(
        f"{file} {where}", rows, away, columns, hidden=sheet.sheet_state != "visible"
    )
    return Grid(
        file=file,
        where=where,
        rows=rectangular(rows),
        places=tuple(str(n) for n in range(1, len(rows) + 1)),
        sheet=True,
        notes=notes,
    )


def hidden_notes(
    place: str,
    rows: list[list[Cell]],
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
    notes = [f"{place} is hidden and was read"] if hidden else []
    if lines:
        notes.append(f"{place}: hidden rows {_list(lines)} were read like the others")
    if letters:
        notes.append(f"{place}: hidden columns {_list(letters)} were read like the others")
    return tuple(notes)


def _list(items: list[Any]) -> str:
    shown = ", ".join(str(i) for i in items[:12])
    return shown + (f" and {len(items) - 12} more" if len(items) > 12 else "")


def _cell(raw: Any, told: Any, *, anchor: bool) -> Cell:
    value = raw.value
    if value is None:
        source = told[raw.coordinate].value if told is not None else None
        if isinstance(source, str) and source.startswith("="):
            return Cell(source, kind="formula", anchor=anchor)
        return Cell(anchor=anchor)
    if isinstance(value, bool):
        return Cell(str(value).upper(), kind="bool", anchor=anchor)
    if isinstance(value, (int, float)):
        return number_cell(float(value), str(raw.number_format or ""), anchor=anchor)
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return Cell(str(value), kind="date", anchor=anchor)
    if raw.data_type == "e":
        return Cell(str(value), kind="error", anchor=anchor)
    return Cell(_rich(value), anchor=anchor)


def _rich(value: Any) -> str:
    from openpyxl.cell.rich_text import CellRichText, TextBlock

    if not isinstance(value, CellRichText):
        return str(value)
    return "".join(
        superscript(part.text)
        if isinstance(part, TextBlock) and part.font.vertAlign == "superscript"
        else str(part)
        for part in value
    )


def number_cell(value: float, number_format: str = "", *, anchor: bool = False) -> Cell:
    """Cell of a stored number.

    The text is the number itself at full precision; zeros that the number format shows at the end
    are kept (87.1 shown as 87.10), a rounding by the format is not.
    """
    # what is quoted or escaped is printed and multiplies nothing: 0.00\\% shows 87.11 as 87.11%
    shown = re.sub(r'"[^"]*"|\\.|_.', "", number_format)
    percent = "%" in shown
    text = plain(value * 100 if percent else value)
    fixed = re.match(r"[#,]*0(?:\.(0+))?", shown)
    if fixed and len(text.partition(".")[2]) < len(fixed[1] or ""):
        text = f"{float(text):.{len(fixed[1])}f}"
    return Cell(
        f"{text}%" if percent else text, value, "percent" if percent else "number", anchor=anchor
    )


def plain(value: float) -> str:
    """A stored number in digits: no exponent, no noise of binary fractions."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"


FORMAT = Format("xlsx", (".xlsx", ".xlsm"), ("sheet",), lambda path, _: grids(path))
