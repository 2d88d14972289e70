"""All tables of a report as one workbook: a sheet a table, numbers as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parstudy.archive import saved
from parstudy.publish.document import parsed
from parstudy.text import inert, whole

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_NUMBER = {
    True: re.compile(r"[-+−]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?%?"),
    False: re.compile(r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?"),
}
"""Numbers as they are printed, with a decimal comma and without."""
_SHEET_NAME = 31
_WIDEST = 60  # characters


def workbook(html: str, lang: str) -> bytes | None:
    """Tables of a published report as an XLSX file.

    Parameters
    ----------
    html : str
        The report.
    lang : str
        Its language, which says what the decimal mark is.

    Returns
    -------
    bytes or None
        The same for the same report; None where it has no table.
    """
    body = parsed(html).find(".//div[@class='ps-body']")
    tables = [] if body is None else list(body.iter("table"))
    if not tables:
        return None
    return saved(_book(tables, lang))


def _book(tables: list[Any], lang: str) -> Workbook:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    names: set[str] = set()
    for number, table in enumerate(tables, start=1):
        sheet = book.create_sheet(_sheet_name(table.get("id") or f"table-{number}", names))
        rows = list(_rows(table))
        for column, width in enumerate(_widths(rows)):
            sheet.column_dimensions[_letter(column)].width = width
        caption = table.find("caption")
        if caption is not None:
            sheet.append([inert(_text(caption) or " ")])
        comma = lang == "vi" and "ps-table" in (table.get("class") or "")
        for row in rows:
            sheet.append([_value(cell, comma, sheet) for cell in row])
    return book


@dataclass(frozen=True)
class _Cell:
    text: str
    number: bool = False


def _rows(table: Any) -> Iterator[list[_Cell]]:
    # tables of parstudy say which columns hold numbers; those of other libraries do not
    own = "ps-table" in (table.get("class") or "")
    for row in table.iter("tr"):
        cells: list[_Cell] = []
        for cell in row.iter("th", "td"):
            number = cell.tag == "td" and (not own or "ps-num" in (cell.get("class") or ""))
            span = whole(cell.get("colspan") or "1") or 1
            cells.append(_Cell(_text(cell), number))
            cells += [_Cell("")] * (min(span, 50) - 1)
        yield cells


def _text(element: Any) -> str:
    """Text without marks of sources and of what is not known."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        if "ps-missing" not in (node.get("class") or "") and "ps-cite" not in (
            node.get("class") or ""
        ):
            parts.append(node.text or "")
            for child in node:
                if isinstance(child.tag, str):
                    walk(child)
                parts.append(child.tail or "")

    walk(element)
    return " ".join("".join(parts).split())


def _value(cell: _Cell, comma: bool, sheet: Any) -> Any:
    """A number where the column holds numbers and the text is one; else text, never a formula."""
    from openpyxl.cell import WriteOnlyCell

    if not cell.text:
        return None
    if not cell.number or not _NUMBER[comma].fullmatch(cell.text):
        return inert(cell.text)
    thousands, decimal = (".", ",") if comma else (",", ".")
    plain = cell.text.replace(thousands, "").replace(decimal, ".").replace("−", "-")
    digits = len(plain.rstrip("%").partition(".")[2])
    found = WriteOnlyCell(sheet, float(plain.rstrip("%")))
    found.number_format = ("0." + "0" * digits if digits else "0") + ('"%"' if "%" in plain else "")
    return found


def _sheet_name(name: str, taken: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\]", "-", name)[:_SHEET_NAME]
    found, n = base, 1
    while found in taken:
        n += 1
        found = f"{base[: _SHEET_NAME - 4]}-{n}"
    taken.add(found)
    return found


def _widths(rows: list[list[_Cell]]) -> list[int]:
    n = max(map(len, rows), default=0)
    return [
        min(_WIDEST, 2 + max((len(row[k].text) for row in rows if k < len(row)), default=8))
        for k in range(n)
    ]


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column + 1))
