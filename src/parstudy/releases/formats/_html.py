"""Tables of HTML pages, spans spread out, by lxml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid, rectangular
from parstudy.releases.numbers import superscript

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_-]+)""", re.I)
_KNOWN = {"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "windows-1258": "windows-1258"}
_WIDEST = 2000


def grids(path: Path) -> list[Grid]:
    """All tables with at least two rows and two columns, in their order.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``damaged_file``, ``unknown_encoding``, ``no_table``.
    """
    from lxml import etree, html

    data = path.read_bytes()
    if not data.strip():
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    charset = _CHARSET.search(data[:4096])
    named = _KNOWN.get(charset[1].decode("ascii").lower(), "") if charset else ""
    text = decode(data, path.name, "" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else named)
    # the text is decoded already: a declaration would be believed once more
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReleaseError(
            "damaged_file", "the page cannot be read", place=path.name, found=str(error)
        ) from None
    found: list[Grid] = []
    for table in root.iter("table"):
        rows = _rows(table)
        if len(rows) < 2 or max(len(r) for r in rows) < 2:
            continue
        number = len(found) + 1
        found.append(
            Grid(
                file=path.name,
                where=f"table {number}",
                rows=rectangular(rows),
                places=tuple(f"table {number} row {n}" for n in range(1, len(rows) + 1)),
                context=_before(table, root),
            )
        )
    if not found:
        raise ReleaseError("no_table", "the page has no table", place=path.name)
    return found


def _rows(table: Any) -> list[list[Cell]]:
    lines = [r for r in table.iter("tr") if next(r.iterancestors("table")) is table]
    placed: list[dict[int, Cell]] = [{} for _ in lines]
    for r, line in enumerate(lines):
        column = 0
        for entry in line.iterchildren("td", "th"):
            while column in placed[r]:
                column += 1
            text = _text(entry)
            down = min(_span(entry, "rowspan"), len(lines) - r)
            across = min(_span(entry, "colspan"), _WIDEST)
            for i in range(down):
                for j in range(across):
                    placed[r + i][column + j] = Cell(
                        text, covered=bool(i or j), anchor=down > 1 or across > 1
                    )
            column += across
    return [[row.get(c, Cell()) for c in range(max(row, default=-1) + 1)] for row in placed if row]


def _span(entry: Any, name: str) -> int:
    value = str(entry.get(name) or "1").strip()
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _text(element: Any) -> str:
    """Visible text, without that of tables inside; raised characters stay raised."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "table"):
            return
        if node is not element and _hidden(node):
            return
        if node.tag in ("br", "p", "div", "li"):
            parts.append(" ")
        raised = node.tag == "sup"
        if node.text:
            parts.append(superscript(node.text) if raised else node.text)
        for child in node:
            walk(child)
            if child.tail:
                parts.append(superscript(child.tail) if raised else child.tail)

    walk(element)
    return _spaced("".join(parts))


def _spaced(text: str) -> str:
    """One space between words; in TCVN3 the soft hyphen is a letter, so nothing else is mended."""
    return " ".join(text.split())


def _hidden(node: Any) -> bool:
    """Whether an element is not shown: keys for sorting, texts for small screens."""
    style = "".join(str(node.get("style") or "").casefold().split())
    shown = "display:none" not in style and "visibility:hidden" not in style
    return node.get("hidden") is not None or not shown


def _before(table: Any, root: Any) -> str:
    """Titles of the page, then what stands between the table before and this one, nearest last."""
    titles = [_spaced(t.text_content()) for t in root.iter("title", "h1")]
    near: list[str] = []
    for node in (table, *table.iterancestors()):
        for other in node.itersiblings(preceding=True):
            if not isinstance(other.tag, str):
                continue
            # what stands above another table is that table's
            if (
                len(near) >= 3
                or other.tag == "table"
                or next(other.iter("table"), None) is not None
            ):
                break
            if other.tag not in ("script", "style", "title", "head", "caption", "thead"):
                near.insert(0, _spaced(other.text_content()))
        else:
            continue
        break
    caption = [_spaced(c.text_content()) for c in table.iter("caption")]
    return "\n".join(t for t in [*titles, *near, *caption] if t)[-600:]


FORMAT = Format("html", (".html", ".htm"), ("table",), lambda path, _: grids(path))
