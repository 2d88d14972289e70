"""XML Spreadsheet 2003, which portals send under the name of ``.xls``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import _package
from parstudy.releases.formats._sheets import hidden_notes, sheet_grid, stored_notes
from parstudy.releases.formats.grid import EMPTY, Cell, Grid
from parstudy.releases.formats.number_formats import day_cell, number_cell
from parstudy.releases.numbers import superscript
from parstudy.text import whole

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_HTML = "{http://www.w3.org/TR/REC-html40}"
_WIDEST = 2000
_MOST_ROWS = 100_000


def grids(path: Path) -> list[Grid]:
    """All sheets that hold anything, in their order.

    Raises
    ------
    ReleaseError
        ``damaged_file``, ``empty_file``.
    """
    from lxml import etree

    try:
        root = _package.parsed(path.read_bytes())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _package.damaged(path.name, error, "XML Spreadsheet 2003") from None
    shapes = {
        style.get(f"{_SS}ID", ""): str(one.get(f"{_SS}Format") or "")
        for style in root.iter(f"{_SS}Style")
        for one in style.iterchildren(f"{_SS}NumberFormat")
    }
    found = [g for one in root.iter(f"{_SS}Worksheet") if (g := _grid(path.name, one, shapes))]
    if not found:
        raise ReleaseError("empty_file", "the workbook holds no cells", place=path.name)
    return found


def _grid(file: str, sheet: Any, shapes: dict[str, str]) -> Grid | None:
    name = sheet.get(f"{_SS}Name", "")
    budget.spend("tables", 1, f"sheet {name!r}")
    rows: list[list[Cell]] = []
    merged: list[tuple[int, int, int, int]] = []
    hidden_rows: set[int] = set()
    for line in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        at = _number(line, "Index", len(rows) + 1) - 1
        if at > _MOST_ROWS:
            break
        budget.spend("cells", max(0, at - len(rows)), name)
        rows += [[] for _ in range(at - len(rows))]
        if _is_hidden(line, "Height"):
            hidden_rows.add(len(rows))
        rows.append(_row(line, len(rows), shapes, merged))
        # rows that repeat an empty one
        more = min(_number(line, "Span", 0), _MOST_ROWS)
        budget.spend("cells", more, name)
        rows += [[] for _ in range(more)]
    hidden_columns: set[int] = set()
    column = 0
    for one in sheet.iterfind(f"{_SS}Table/{_SS}Column"):
        column = _number(one, "Index", column + 1) - 1
        many = 1 + min(_number(one, "Span", 0), _WIDEST)
        if _is_hidden(one, "Width"):
            hidden_columns.update(range(column, column + many))
        column += many
    away = sheet.findtext(f"{_X}WorksheetOptions/{_X}Visible") is not None
    place = f"{file} sheet {name!r}"
    notes = hidden_notes(place, rows, hidden_rows, hidden_columns, hidden=away)
    notes += stored_notes(place, rows)
    return sheet_grid(file, name, rows, merged, notes)


def _row(
    line: Any, row: int, shapes: dict[str, str], merged: list[tuple[int, int, int, int]]
) -> list[Cell]:
    cells: list[Cell] = []
    for one in line.iterchildren(f"{_SS}Cell"):
        at = min(_number(one, "Index", len(cells) + 1) - 1, _WIDEST)
        cells += [EMPTY] * (at - len(cells))
        across = min(_number(one, "MergeAcross", 0), _WIDEST)
        down = min(_number(one, "MergeDown", 0), _MOST_ROWS)
        if across or down:
            merged.append((row, len(cells), row + down, len(cells) + across))
        cells.append(_cell(one, shapes.get(one.get(f"{_SS}StyleID", ""), "")))
        cells += [EMPTY] * across
        if len(cells) > _WIDEST:
            raise ValueError(f"a row of more than {_WIDEST} cells")
    budget.spend("cells", len(cells), f"row {row + 1}")
    return cells


def _is_hidden(one: Any, size: str) -> bool:
    """Whether a row or a column is hidden, or has no size."""
    return one.get(f"{_SS}Hidden") == "1" or float(one.get(f"{_SS}{size}") or 9) < 1


def _number(element: Any, name: str, otherwise: int) -> int:
    value = str(element.get(f"{_SS}{name}") or "")
    # of one with more digits than these the first are too many as well
    found = whole(value[:15])
    return otherwise if found is None else found


def _cell(one: Any, shape: str) -> Cell:
    data = one.find(f"{_SS}Data")
    if data is None:
        formula = one.get(f"{_SS}Formula")
        return Cell(formula, kind="formula") if formula else Cell()
    text, kind = _text(data), data.get(f"{_SS}Type", "String")
    if kind == "Number":
        return number_cell(float(text), {"Percent": "0.00%", "Fixed": "0.00"}.get(shape, shape))
    if kind == "Boolean":
        return Cell("TRUE" if text.strip() == "1" else "FALSE", kind="bool")
    if kind == "DateTime":
        return day_cell(text, shape)
    return Cell(text, kind="error" if kind == "Error" else "text")


def _text(node: Any) -> str:
    """Text with its runs in HTML; raised digits stay raised."""
    raised = node.tag == f"{_HTML}Sup"
    own = (superscript(node.text) if raised else node.text) if node.text else ""
    return own + "".join(_text(child) + (child.tail or "") for child in node)
