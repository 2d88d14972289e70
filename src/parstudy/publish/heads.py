"""Tables that others have made, as a screen reader needs them and an eye reads them."""

from __future__ import annotations

import re
from typing import Any

from parstudy.text import whole

_NUMBER = re.compile(
    r"[<>≤≥≈±+−-]?\s*[\d.,\u00a0\u202f]*\d[\d.,]*(?:[eE][+−-]?\d+)?\s*(?:%|\*{1,3})?"
)
_NOTHING = {"", "–", "-", "…", "...", "nan", "NaN", "<NA>", "NaT", "None", "inf"}
_OURS = "ps-table"
_LINE = 60
"""Letters from which on a cell holds a text; it may be one long word."""


def complete_heads(body: Any) -> None:
    """Give each head of a table its scope, and stand numbers below each other."""
    for table in body.iter("table"):
        if _OURS in (table.get("class") or "").split():
            continue
        for name in ("border", "cellpadding", "cellspacing", "align", "width", "bgcolor"):
            table.attrib.pop(name, None)
        rows = [row for row in table.iter("tr") if _table_of(row) is table]
        for position, row in enumerate(rows):
            _row(row, position)
        if not any(True for _ in table.iter("th")):
            _first_row(rows)


def _row(row: Any, position: int) -> None:
    cells = [cell for cell in row if cell.tag in ("th", "td")]
    in_head = row.getparent().tag == "thead"
    columns = in_head or (position == 0 and not any(c.tag == "td" and _text(c) for c in cells))
    for cell in cells:
        if cell.tag == "th":
            if not _text(cell) and not any(True for _ in cell):
                cell.tag = "td"  # an empty head heads nothing
                cell.attrib.pop("scope", None)
            elif not cell.get("scope"):
                span = cell.get("colspan" if columns else "rowspan", "1")
                many = (whole(span) or 0) > 1
                cell.set("scope", ("col" if columns else "row") + ("group" if many else ""))
        elif _NUMBER.fullmatch(_text(cell)) or _text(cell) in _NOTHING:
            cell.set("class", f"{cell.get('class') or ''} ps-num".strip())
        elif len(_text(cell)) > _LINE and cell.find(".//pre") is None:
            cell.set("class", f"{cell.get('class') or ''} ps-text".strip())


def _first_row(rows: list[Any]) -> None:
    """A table without any head: its first row is one if it alone is made of words."""
    if len(rows) < 2:
        return
    first, rest = rows[0], rows[1:]
    words = [c for c in first if _text(c) and not _NUMBER.fullmatch(_text(c))]
    numbers = any(_NUMBER.fullmatch(_text(c)) for row in rest for c in row)
    if len(words) == len(first) and numbers:
        for cell in first:
            cell.tag = "th"
            cell.set("scope", "col")


def _table_of(row: Any) -> Any:
    return next(row.iterancestors("table"), None)


def _text(cell: Any) -> str:
    return " ".join(cell.text_content().split())
