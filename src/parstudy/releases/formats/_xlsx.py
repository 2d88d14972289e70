"""XLSX straight from its XML: what is stored, how it is shown, what is merged and what is hidden.

Programs that write XLSX make styles, comments and drawings that a library refuses and Excel opens.
Only what a table needs is looked at: the cells, their number formats, and what of them is seen.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import _package
from parstudy.releases.formats._sheets import (
    LOWEST,
    NARROWEST,
    TINY,
    hidden_notes,
    is_faint,
    sheet_grid,
    stored_notes,
    struck_note,
    unseen_note,
)
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import (
    EMPTY,
    Cell,
    Grid,
    column_letters,
    column_number,
    with_unread,
)
from parstudy.releases.formats.number_formats import date_cell, day_cell, is_away, number_cell
from parstudy.releases.numbers import superscript

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# cells without a value: whole rows and columns may be formatted, down to the last of the sheet
_BLANK = re.compile(rb"<((?:\w+:)?c)\s[^<>]*(?:/>|>\s*</\1>)")
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r=)[\w:]+=\"[^\"]*\")*\s*/?>")
_LONGEST_FORMAT = 255  # of Excel
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_STRUCK = "\x00"
_WHITE, _BLACK = "FFFFFF", "000000"
_THEME = {"0": _WHITE, "1": _BLACK}
_INDEXED = {"0": _BLACK, "1": _WHITE, "8": _BLACK, "9": _WHITE, "64": _BLACK}
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def grids(path: Path) -> list[Grid]:
    """All sheets that hold anything, in their order.

    Raises
    ------
    ReleaseError
        ``zip_bomb``, ``damaged_file``, ``empty_file``, ``wrong_format``.
    """
    package = _package.opened(path, "XLSX")
    try:
        book = _Book.of(package)
        found = [g for name, part, hidden in book.sheets if (g := _grid(book, name, part, hidden))]
    except ReleaseError:
        raise
    except Exception as error:
        raise _package.damaged(path.name, error, "XLSX") from None
    if not found:
        raise ReleaseError("empty_file", "the workbook holds no cells", place=path.name)
    return found


# of headers and footers: where their parts begin, and fonts, sizes, numbers of pages
_PLACE, _CODE = re.compile("&[LCR]"), re.compile('&(?:"[^"]*"|[0-9]+|[A-Z])')


@dataclass(frozen=True)
class _Style:
    """What a cell's style says of what is seen of it."""

    shape: str = "General"
    date: bool = False
    duration: bool = False
    unseen: bool = False
    struck: bool = False


@dataclass(frozen=True)
class _Book:
    """What the sheets of a workbook share."""

    package: _package.Package
    sheets: list[tuple[str, str, bool]]
    strings: list[str]
    styles: list[_Style]
    conditional: list[bool]
    epoch: datetime.datetime

    @classmethod
    def of(cls, package: _package.Package) -> _Book:
        """Everything but the sheets themselves."""
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

        root = package.tree(package.main)
        parts = {r.id: r.target for r in package.related(package.main) if r.kind == "worksheet"}
        sheets = [
            (one.get("name", ""), parts[one.get(f"{_R}id", "")], one.get("state") in _AWAY)
            for one in root.iter(f"{_S}sheet")
            if one.get(f"{_R}id", "") in parts
        ]
        gone = next((name for name, part, _ in sheets if not package.has(part)), None)
        if gone is not None:
            raise ReleaseError(
                "damaged_file",
                "the workbook names a sheet that is not in the file",
                place=package.file,
                found=f"sheet {gone!r}",
                expected="a whole XLSX file",
                advice="Open it in an office program, and save it anew",
            )
        shown = package.beside(package.main, "styles")
        settings = root.find(f"{_S}workbookPr")
        mac = settings is not None and settings.get("date1904") in ("1", "true")
        return cls(
            package,
            sheets,
            _strings(package.beside(package.main, "sharedStrings")),
            _styles(shown),
            [] if shown is None else [_changes(d) for d in shown.iterfind(f"{_S}dxfs/{_S}dxf")],
            MAC_EPOCH if mac else WINDOWS_EPOCH,
        )


_AWAY = ("hidden", "veryHidden")


def _strings(root: Any) -> list[str]:
    return [] if root is None else [_rich(one) for one in root.iterchildren(f"{_S}si")]


def _rich(item: Any) -> str:
    """Text of a string with its runs; raised digits stay raised, struck ones are marked."""
    parts = []
    lights: set[bool] = set()
    for piece in item:
        if piece.tag == f"{_S}t":
            parts.append(piece.text or "")
        elif piece.tag == f"{_S}r":
            text = "".join(t.text or "" for t in piece.iterchildren(f"{_S}t"))
            raised = piece.find(f"{_S}rPr/{_S}vertAlign")
            if _is_on(piece.find(f"{_S}rPr/{_S}strike")):
                # text has no control characters
                text = _STRUCK if text.strip() else ""
            away = raised is not None and raised.get("val") in ("superscript", "subscript")
            if any(ch.isdigit() for ch in text):
                lights.add(_is_faint(piece.find(f"{_S}rPr")))
            parts.append(superscript(text) if away else text)
    text = _unescaped("".join(parts))
    return with_unread(text, ["white or tiny letters"]) if len(lights) > 1 else text


def _is_on(flag: Any) -> bool:
    return flag is not None and flag.get("val", "1") not in ("0", "false", "none")


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)


def _styles(root: Any) -> list[_Style]:
    """Styles of cells in the order in which cells name them."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    if root is None:
        return []
    shapes = dict(BUILTIN_FORMATS)
    for one in root.iter(f"{_S}numFmt"):
        if one.getparent().tag == f"{_S}numFmts":
            shapes[int(one.get("numFmtId"))] = one.get("formatCode", "")[:_LONGEST_FORMAT]
    fonts = list(root.iterfind(f"{_S}fonts/{_S}font"))
    struck = [_is_on(one.find(f"{_S}strike")) for one in fonts]
    grounds = [_ground(one) for one in root.iterfind(f"{_S}fills/{_S}fill")]
    found = []
    for one in root.iterfind(f"{_S}cellXfs/{_S}xf"):
        budget.look_at_the_clock()
        shape = shapes.get(int(one.get("numFmtId") or 0), "General")
        font, fill = int(one.get("fontId") or 0), int(one.get("fillId") or 0)
        ground = grounds[fill] if fill < len(grounds) else _WHITE
        pale = font < len(fonts) and _is_faint(fonts[font], ground)
        found.append(
            _Style(
                shape,
                is_date_format(shape),
                is_timedelta_format(shape),
                pale or is_away(shape),
                font < len(struck) and struck[font],
            )
        )
    return found


def _is_faint(font: Any, ground: str = _WHITE) -> bool:
    """Whether letters are too small to be seen, or of the colour of their ground."""
    if font is None:
        return False
    size, colour = font.find(f"{_S}sz"), _colour(font.find(f"{_S}color"))
    if size is not None and float(size.get("val") or 11) < TINY:
        return True
    return is_faint(colour, ground)


def _colour(element: Any) -> str:
    """Six digits of a colour; nothing for one that is not known."""
    if element is None:
        return ""
    rgb = str(element.get("rgb") or "")[-6:].upper()
    if re.fullmatch("[0-9A-F]{6}", rgb):
        return rgb
    if abs(float(element.get("tint") or 0)) > 0.05:
        return ""
    known = _THEME if element.get("theme") else _INDEXED
    return known.get(element.get("theme") or element.get("indexed"), "")


def _ground(fill: Any) -> str:
    """The colour that a fill gives the sheet; nothing where it is not known."""
    pattern = fill.find(f"{_S}patternFill")
    if pattern is None:
        return "" if len(fill) else _WHITE
    kind = str(pattern.get("patternType", "none"))
    return _WHITE if kind == "none" else _colour(pattern.find(f"{_S}fgColor"))


def _changes(style: Any) -> bool:
    """Whether a conditional style hides or strikes a number, or shows another one instead."""
    shape = style.find(f"{_S}numFmt")
    if shape is not None:
        code = shape.get("formatCode", "")
        if is_away(code) or number_cell(57.25, code).kind == "masked":
            return True
    if _is_on(style.find(f"{_S}font/{_S}strike")):
        return True
    fill = style.find(f"{_S}fill")
    # the ground of a conditional fill stands behind, not in front
    back = None if fill is None else fill.find(f"{_S}patternFill/{_S}bgColor")
    return _is_faint(style.find(f"{_S}font"), _WHITE if fill is None else _colour(back))


# ------------------------------------------------------------------ one sheet


@dataclass
class _Sheet:
    """Filled cells of a sheet and what of it is hidden; rows and columns are counted from 0."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unseen: list[tuple[int, int]] = field(default_factory=list)
    struck: list[tuple[int, int]] = field(default_factory=list)
    perhaps: list[str] = field(default_factory=list)
    no_zeros: bool = False


def _grid(book: _Book, name: str, part: str, hidden: bool) -> Grid | None:
    budget.spend("tables", 1, f"sheet {name!r}")
    sheet = _Sheet()
    data = book.package.read(part)
    if not _UNPLACED.search(data):
        data = _BLANK.sub(b"", data)
    root = _package.parsed(data)
    for at, raw in _placed(root):
        cell, style = _cell(raw, book), _style(raw, book)
        all_struck = style is not None and style.struck
        if cell.text and (all_struck or _STRUCK in cell.text):
            sheet.struck.append(at)
            text = "" if all_struck else " ".join(cell.text.split(_STRUCK)).strip()
            cell = EMPTY if all_struck else replace(cell, text=text)
        if cell.text.strip():
            if len(sheet.cells) % 1000 == 0:
                budget.look_at_the_clock(book.package.file)
            sheet.cells[at] = cell
            if style is not None and style.unseen:
                sheet.unseen.append(at)
    if not sheet.cells:
        return None
    _look(root, sheet, book.conditional)
    place = f"{book.package.file} sheet {name!r}"
    height = 1 + max(r for r, _ in sheet.cells)
    width = 1 + max(c for _, c in sheet.cells)
    most = budget.limits().cells
    if height * width > most:
        (row, column), far = max(sheet.cells.items(), key=lambda one: one[0][0] * one[0][1])
        raise ReleaseError(
            "zip_bomb",
            "the sheet is larger than any release",
            place=place,
            found=f"{height} rows x {width} columns, for {far.text[:20]!r} stands in "
            f"{column_letters(column)}{row + 1}",
            expected=f"at most {most:,} cells",
            advice="Delete what stands far away from the table, and save the workbook",
        )
    budget.spend("cells", height * width, place)
    rows = [[sheet.cells.get((r, c), EMPTY) for c in range(width)] for r in range(height)]
    notes = hidden_notes(place, rows, sheet.hidden_rows, sheet.hidden_columns, hidden=hidden)
    notes += unseen_note(place, sheet.unseen, sheet.perhaps)
    notes += struck_note(place, sheet.struck)
    notes += stored_notes(place, rows, no_zeros=sheet.no_zeros)
    grid = sheet_grid(book.package.file, name, rows, sheet.merged, notes)
    return None if grid is None else replace(grid, below=_margins(root))


def _margins(root: Any) -> str:
    """What is printed over and under each page of a sheet, without its codes."""
    margins = (one.text or "" for one in root.iterfind(f"{_S}headerFooter/*"))
    lines = (_CODE.sub("", line).strip() for text in margins for line in _PLACE.split(text))
    return "\n".join(line for line in dict.fromkeys(lines) if line)


def _placed(root: Any) -> Iterator[tuple[tuple[int, int], Any]]:
    """Cells with row and column; those that do not say where they stand follow those before."""
    row = -1
    for line in root.iterfind(f"{_S}sheetData/{_S}row"):
        row = int(line.get("r")) - 1 if line.get("r") else row + 1
        if row < 0:
            raise ValueError(f"a row of the number {row + 1}")
        column = -1
        for raw in line.iterchildren(f"{_S}c"):
            address = _ADDRESS.fullmatch(raw.get("r") or "")
            column = column_number(address[1]) if address else column + 1
            row = int(address[2]) - 1 if address else row
            yield (row, column), raw


def _look(root: Any, sheet: _Sheet, conditional: list[bool]) -> None:
    """Merged cells, hidden rows and columns, what conditions may change."""
    sheet.no_zeros = root.find(f"{_S}sheetViews/{_S}sheetView[@showZeros='0']") is not None
    for rule in (
        r for part in root if part.tag != f"{_S}sheetData" for r in part.iter("{*}cfRule")
    ):
        number = int(rule.get("dxfId") or -1)
        own = rule.find("{*}dxf")
        if (
            (0 <= number < len(conditional) and conditional[number])
            or (own is not None and _changes(own))
            or any(one.get("showValue") in ("0", "false") for one in rule)
        ):
            around = rule.getparent()
            sheet.perhaps.append(around.get("sqref") or around.findtext("{*}sqref") or "some cells")
    for area in root.iterfind(f"{_S}mergeCells/{_S}mergeCell"):
        corners = [_ADDRESS.fullmatch(x) for x in (area.get("ref") or "").split(":")]
        if len(corners) == 2 and corners[0] and corners[1]:
            (left, top), (right, bottom) = corners[0].groups(), corners[1].groups()
            sheet.merged.append(
                (int(top) - 1, column_number(left), int(bottom) - 1, column_number(right))
            )
    for line in root.iterfind(f"{_S}sheetData/{_S}row"):
        if line.get("r") and (
            line.get("hidden") in ("1", "true") or _below(line.get("ht"), LOWEST)
        ):
            sheet.hidden_rows.add(int(line.get("r")) - 1)
    most = 1 + max(c for _, c in sheet.cells)
    for one in root.iterfind(f"{_S}cols/{_S}col"):
        if one.get("hidden") in ("1", "true") or _below(one.get("width"), NARROWEST):
            sheet.hidden_columns.update(
                range(int(one.get("min")) - 1, min(int(one.get("max")), most))
            )


def _below(size: str | None, least: float) -> bool:
    return size is not None and float(size or 0) < least


def _style(raw: Any, book: _Book) -> _Style | None:
    number = int(raw.get("s") or 0)
    return book.styles[number] if number < len(book.styles) else None


def _cell(raw: Any, book: _Book) -> Cell:
    kind, value = raw.get("t", "n"), raw.findtext(f"{_S}v")
    if kind == "inlineStr":
        inside = raw.find(f"{_S}is")
        return Cell("" if inside is None else _rich(inside))
    if value is None or (value == "" and kind != "str"):
        formula = raw.find(f"{_S}f")
        return Cell() if formula is None else Cell(f"={formula.text or ''}", kind="formula")
    if kind == "s":
        if not 0 <= int(value) < len(book.strings):
            found = f"string {value} of {len(book.strings)} in cell {raw.get('r')}"
            raise ValueError(f"{found}, which the workbook does not have")
        return Cell(book.strings[int(value)])
    if kind == "b":
        return Cell("TRUE" if value in ("1", "true") else "FALSE", kind="bool")
    if kind == "e":
        return Cell(value, kind="error")
    if kind == "d":
        return day_cell(value, (_style(raw, book) or _Style()).shape)
    if kind != "n":
        return Cell(_unescaped(value))
    return _number(float(value), _style(raw, book) or _Style(), book)


def _number(value: float, style: _Style, book: _Book) -> Cell:
    """A stored number; a day or a time if the sheet shows it as one."""
    if not style.date:
        return number_cell(value, style.shape)
    from openpyxl.utils.datetime import from_excel

    try:
        day = from_excel(value, book.epoch, timedelta=style.duration)
    except (OverflowError, ValueError):
        return Cell("#VALUE!", kind="error")
    if isinstance(day, datetime.date):
        return date_cell(day, style.shape)
    return Cell(str(day), kind="date")


FORMAT = Format("xlsx", (".xlsx", ".xlsm"), ("sheet",), lambda path, _: grids(path))
