"""How XLS and ODS files show their cells: what calamine leaves out, and a reader must know.

A percentage is stored as a share, an error comes as an empty cell, hidden rows come like others.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.releases.formats import _ods_styles, _package
from parstudy.releases.formats._ods_styles import Styles
from parstudy.releases.formats._sheets import LOWEST, NARROWEST
from parstudy.releases.formats._xls_text import Colours, Font, Fonts, shared_texts
from parstudy.releases.formats.number_formats import is_away

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_WORDS = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = _ods_styles.STYLE
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_BUILT_IN = {
    9: "0%", 10: "0.00%", 14: "d/m/yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    22: "d/m/yy h:mm", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
}  # fmt: skip
_MOST_ROWS = 1 << 20
# records with a value: NUMBER, RK, FORMULA, BOOLERR, LABEL, LABELSST, RSTRING, MULRK
_VALUES = (0x203, 0x27E, 0x06, 0x205, 0x204, 0xFD, 0xD6, 0xBD)


@dataclass
class Looks:
    """Of one sheet; rows and columns are counted from 0."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    # top, left, bottom, right; of ODS only, calamine knows those of XLS
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    # text with raised characters raised and without what is struck out, where there are such
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: set[tuple[int, int]] = field(default_factory=set)
    # filled cells whose text has the colour of its ground, no size, or a format that shows nothing
    unseen: set[tuple[int, int]] = field(default_factory=set)
    # of ODS only: areas whose figures a condition may hide; the text that is shown of a number
    perhaps: list[str] = field(default_factory=list)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)


def looks(path: Path) -> dict[str, Looks]:
    """Looks of the sheets of an ODS or XLS file, by name; nothing of other kinds of files."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".bin"):
                    budget.spend("cells", _xlsb_cells(archive.read(name)), f"{path.name} {name}")
        return _ods(path) if "content.xml" in names else {}
    return _xls(path.read_bytes())


# ------------------------------------------------------------------ ODS


def _ods(path: Path) -> dict[str, Looks]:
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml")
        common = archive.read("styles.xml") if "styles.xml" in archive.namelist() else b""
    found: dict[str, Looks] = {}
    body = _package.parsed(content)
    styles = Styles.of(body, *([_package.parsed(common)] if common else []))
    away = {
        style.get(f"{_STYLE}name", "")
        for style in body.iter(f"{_STYLE}style")
        for one in style.iter(f"{_STYLE}table-properties")
        if one.get(f"{_TABLE}display") == "false"
    }
    # calamine leaves tabs out
    days, typed = _day_formats(body), styles.matter() or b":tab/>" in content
    for table in body.iter(f"{_TABLE}table"):
        name = table.get(f"{_TABLE}name", "")
        budget.spend("cells", _ods_cells(table), f"{path.name} sheet {name!r}")
        one = found.setdefault(name, Looks())
        one.hidden = table.get(f"{_TABLE}style-name", "") in away
        one.perhaps = styles.conditions(table)
        position, usual = 0, dict[int, str]()
        for column in table.iter(f"{_TABLE}table-column"):
            many = int(column.get(f"{_TABLE}number-columns-repeated", 1))
            own = range(position, min(position + many, 1 << 10))
            usual |= dict.fromkeys(own, column.get(f"{_TABLE}default-cell-style-name", ""))
            if _is_away(column, styles):
                one.hidden_columns.update(own)
            position += many
        r = 0
        for row in table.iter(f"{_TABLE}table-row"):
            many = int(row.get(f"{_TABLE}number-rows-repeated", 1))
            cells, small = list(_ods_row(row, days)), _is_away(row, styles)
            rows = range(r, min(r + many, _MOST_ROWS) if cells else r)
            for c, many_cells, cell in _ods_styles.typed(row, styles, usual) if typed else ():
                at = {(n, k) for n in rows for k in range(c, c + many_cells)}
                one.texts |= dict.fromkeys(at, cell.text) if cell.changed else {}
                one.struck |= at if cell.struck else set()
                one.unseen |= at if cell.unseen else set()
            for c, down, right in _spans(row):
                one.merged.append((r, c, r + down - 1, c + right - 1))
            for n in rows:
                if small:
                    one.hidden_rows.add(n)
                for c, kind, text in cells:
                    if kind in ("percentage", "float", "currency") and text:
                        one.shown[n, c] = text
                    if kind == "percentage":
                        one.formats[n, c] = "General%"
                    elif kind == "date":
                        one.formats[n, c] = text
                    elif kind == "error":
                        one.errors[n, c] = text
            r += many
    return found


def _ods_cells(table: Any) -> int:
    """Cells of a sheet down and across to its last filled one, with repeated rows and columns."""
    height = width = row = 0
    for line in table.iter(f"{_TABLE}table-row"):
        column = filled = 0
        for cell in line:
            column += int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            if cell.get(f"{_OFFICE}value-type") or "".join(cell.itertext()).strip():
                filled = column
        row += int(line.get(f"{_TABLE}number-rows-repeated", 1))
        if filled:
            height, width = row, max(width, filled)
    return height * width


def _xlsb_cells(sheet: bytes) -> int:
    """Cells of a binary sheet down and across to its last filled one."""
    at = row = height = width = 0
    while at + 2 <= len(sheet):
        kind, at = sheet[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | (sheet[at] & 0x7F) << 7, at + 1
        size = shift = 0
        while at < len(sheet):
            size |= (sheet[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if not sheet[at - 1] & 0x80 or shift > 21:
                break
        number = int.from_bytes(sheet[at : at + 4], "little")
        if kind == 0:  # BrtRowHdr
            row = number
        elif 2 <= kind <= 11:  # cells with a value
            height, width = max(height, row + 1), max(width, number + 1)
        at += size
    return height * width


def _day_formats(body: Any) -> dict[str, str]:
    """Parts of a day that each style of cells shows: "dmy", "my"."""
    parts = {
        style.get(f"{_STYLE}name"): "".join(
            part for part, name in zip("dmy", ("day", "month", "year"), strict=True)
            if style.find(f"{_NUMBER}{name}") is not None
        )
        for style in body.iter(f"{_NUMBER}date-style")
    }  # fmt: skip
    return {
        style.get(f"{_STYLE}name", ""): parts[style.get(f"{_STYLE}data-style-name")]
        for style in body.iter(f"{_STYLE}style")
        if style.get(f"{_STYLE}data-style-name") in parts
    }


def _ods_row(row: object, days: Mapping[str, str]) -> Iterator[tuple[int, str, str]]:
    """Column, kind and text of the filled cells of a row; of a day, which parts are shown."""
    c = 0
    for cell in row:  # type: ignore[attr-defined]
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        many = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        kind = cell.get(f"{_OFFICE}value-type", "")
        text = "".join(cell.itertext())
        if kind in ("percentage", "float", "currency"):
            # without what is written beside the cell
            lines = cell.iterchildren(f"{_WORDS}p")
            text = " ".join("".join(line.itertext()) for line in lines)
        if cell.get(f"{_CALCEXT}value-type") == "error" or (
            cell.get(f"{_TABLE}formula") and re.fullmatch(r"#[A-Z/0!?]+|Err:[0-9]+", text)
        ):
            kind = "error"
        if kind == "date":
            text = days.get(cell.get(f"{_TABLE}style-name", ""), "")
        if kind:
            yield from ((n, kind, text) for n in range(c, c + many))
        c += many


def _is_away(line: Any, styles: Styles) -> bool:
    """Whether a row or column is hidden, or too small to show anything."""
    small = styles.size_of(line)
    return line.get(f"{_TABLE}visibility", "visible") != "visible" or (
        small is not None and small < LOWEST
    )


def _spans(row: object) -> Iterator[tuple[int, int, int]]:
    """Column of each merged cell that begins in a row, and how many rows and columns it has."""
    c = 0
    for cell in row:  # type: ignore[attr-defined]
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        down = int(cell.get(f"{_TABLE}number-rows-spanned", 1))
        right = int(cell.get(f"{_TABLE}number-columns-spanned", 1))
        if down > 1 or right > 1:
            yield c, down, right
        c += int(cell.get(f"{_TABLE}number-columns-repeated", 1))


# ------------------------------------------------------------------ XLS


def _xls(data: bytes) -> dict[str, Looks]:
    book, wide = _workbook(data)
    formats, xfs, sheets = dict(_BUILT_IN), list[bytes](), list[tuple[str, int, bool]]()
    fonts, strings, colours = Fonts(), list[bytes](), Colours()
    of_strings = False
    for kind, body in _records(book, 0):
        # SST, and CONTINUE behind it
        of_strings = kind == 0xFC or (of_strings and kind == 0x3C)
        if of_strings:
            strings.append(body)
        elif kind == 0x31:  # FONT
            fonts.append(Font.of(body))
        elif kind == 0x41E:  # FORMAT
            (number,) = struct.unpack_from("<H", body)
            formats[number] = _text(body[2:], 2) if wide else _narrow(body[2:])
        elif kind == 0xE0:  # XF
            xfs.append(body)
        elif kind == 0x92:  # PALETTE
            colours.change(body)
        elif kind == 0x85:  # BOUNDSHEET
            start, state = struct.unpack_from("<IB", body)
            name = _text(body[6:], 1) if wide else _narrow(body[6:])
            sheets.append((name, start, state & 3 != 0))
    kinds = [_Kind.of(xf, formats, fonts, colours) for xf in xfs]
    changed = wide and strings and fonts.matter(colours)
    texts = shared_texts(strings, fonts, colours) if changed else {}
    return {
        name: _xls_sheet(book, start, kinds, texts, hidden=hidden) for name, start, hidden in sheets
    }


@dataclass(frozen=True)
class _Kind:
    """What cells of one record XF look like."""

    shape: str = ""
    struck: bool = False
    unseen: bool = False

    @classmethod
    def of(cls, xf: bytes, formats: Mapping[int, str], fonts: Fonts, colours: Colours) -> _Kind:
        number, format_number = struct.unpack_from("<HH", xf)
        font, shape = fonts.numbered(number), formats.get(format_number, "")
        return cls(shape, font.struck, colours.faint(font, colours.ground(xf)) or is_away(shape))


def _xls_sheet(
    book: bytes,
    start: int,
    kinds: Sequence[_Kind],
    texts: Mapping[int, tuple[str, bool]],
    *,
    hidden: bool,
) -> Looks:
    """Looks of a sheet, from the kinds of its cells, and changed texts."""
    one = Looks(hidden=hidden)
    height = width = 0

    def put(row: int, column: int, xf: int) -> None:
        """Keep how a cell is shown, what is struck out, and what nobody sees."""
        kind = kinds[xf] if xf < len(kinds) else _Kind()
        if kind.shape and kind.shape != "General":
            one.formats[row, column] = kind.shape
        if kind.unseen and not kind.struck:
            one.unseen.add((row, column))
        if kind.struck:
            one.texts[row, column] = ""
            one.struck.add((row, column))

    for kind, body in _records(book, start):
        if kind in _VALUES:
            row, column = struct.unpack_from("<HH", body)
            # one that holds several ends with its last column
            column = int.from_bytes(body[-2:], "little") if kind == 0xBD else column
            height, width = max(height, row + 1), max(width, column + 1)
        if kind in (0x203, 0x27E, 0x06, 0x205):  # NUMBER, RK, FORMULA, BOOLERR
            row, column, xf = struct.unpack_from("<HHH", body)
            put(row, column, xf)
            if kind == 0x06 and body[12:14] == b"\xff\xff" and body[6] == 2:
                one.errors[row, column] = _ERRORS.get(body[8], "#ERROR!")
            if kind == 0x205 and body[7]:
                one.errors[row, column] = _ERRORS.get(body[6], "#ERROR!")
        elif kind == 0xFD:  # LABELSST
            row, column, xf, number = struct.unpack_from("<HHHI", body)
            if number in texts:
                one.texts[row, column], struck = texts[number]
                one.struck |= {(row, column)} if struck else set()
            put(row, column, xf)
        elif kind == 0xBD:  # MULRK
            row, first = struct.unpack_from("<HH", body)
            for n in range((len(body) - 6) // 6):
                put(row, first + n, struct.unpack_from("<H", body, 4 + 6 * n)[0])
        elif kind == 0x208 and (body[12] & 0x20 or 0 < _height(body) < LOWEST):  # ROW
            one.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == 0x7D and (body[8] & 1 or body[4] + 256 * body[5] < 256 * NARROWEST):  # COLINFO
            first, last = struct.unpack_from("<HH", body)
            one.hidden_columns.update(range(first, min(last, 255) + 1))
    budget.spend("cells", height * width, "the sheet")
    return one


def _height(row: bytes) -> float:
    """Height of a row in points, by its record."""
    height: int = struct.unpack_from("<H", row, 6)[0]
    return (height & 0x7FFF) / 20


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream, without those of charts inside it."""
    depth = 0
    while start + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, start)
        depth += kind == 0x809
        if depth == 1:
            yield kind, book[start + 4 : start + 4 + size]
        depth -= kind == 0x0A
        if depth <= 0:
            return
        start += 4 + size


def _text(body: bytes, length: int) -> str:
    count = int.from_bytes(body[:length], "little")
    wide = body[length] & 1
    text = body[length + 1 : length + 1 + count * (1 + wide)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def _narrow(body: bytes) -> str:
    return body[1 : 1 + body[0]].decode("cp1252", "replace")


def _workbook(data: bytes) -> tuple[bytes, bool]:
    """The stream of the workbook in a compound file, and whether it is of Excel 97 or later."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    small = 1 << struct.unpack_from("<H", data, 32)[0]
    tables, root, _, cutoff, first_small, _, more, _ = struct.unpack_from("<II4sIIIII", data, 44)
    end = 0xFFFFFFFA

    def at(number: int) -> bytes:
        return data[(number + 1) * sector : (number + 2) * sector]

    places = list(struct.unpack_from("<109I", data, 76))
    while more < end and len(places) < len(data) // sector + 110:
        *next_places, more = struct.unpack(f"<{sector // 4}I", at(more))
        places += next_places
    fat: list[int] = []
    for place in places[:tables]:
        fat += struct.unpack(f"<{sector // 4}I", at(place))

    def chain(number: int, links: list[int]) -> Iterator[int]:
        for _ in range(len(links)):
            if number >= end:
                return
            yield number
            number = links[number]

    entries = b"".join(at(n) for n in chain(root, fat))
    streams = {}
    for place in range(0, len(entries) - 127, 128):
        count, kind = struct.unpack_from("<HB", entries, place + 64)
        name = entries[place : place + max(0, count - 2)].decode("utf-16-le", "replace")
        if kind in (2, 5):
            streams["root" if kind == 5 else name] = struct.unpack_from("<II", entries, place + 116)
    name = "Workbook" if "Workbook" in streams else "Book"
    first, size = streams[name]
    if size >= cutoff:
        return b"".join(at(n) for n in chain(first, fat))[:size], name == "Workbook"
    links: list[int] = []
    for n in chain(first_small, fat):
        links += struct.unpack(f"<{sector // 4}I", at(n))
    pool = b"".join(at(n) for n in chain(streams["root"][0], fat))
    body = b"".join(pool[n * small : (n + 1) * small] for n in chain(first, links))
    return body[:size], name == "Workbook"
