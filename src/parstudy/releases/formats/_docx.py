"""Word documents (DOCX): tables straight from the XML, merged cells and raised digits included."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases.formats._xlsx import check_zip
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid, rectangular
from parstudy.releases.numbers import superscript

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def grids(path: Path) -> list[Grid]:
    """All tables of the document's body, in their order.

    Raises
    ------
    ReleaseError
        ``encrypted_file``, ``zip_bomb``, ``damaged_file``, ``wrong_format``, ``no_table``.
    """
    check_zip(path, "word/document.xml", "DOCX")
    from lxml import etree

    try:
        with zipfile.ZipFile(path) as archive:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            body = etree.fromstring(archive.read("word/document.xml"), parser)
    except (etree.XMLSyntaxError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise ReleaseError(
            "damaged_file",
            "the document cannot be opened",
            place=path.name,
            found=f"{type(error).__name__}: {error}",
            expected="a DOCX file",
        ) from None
    found: list[Grid] = []
    before: list[str] = []
    for element in body.iter(f"{_W}p", f"{_W}tbl"):
        inside = next(element.iterancestors(f"{_W}tbl"), None)
        if element.tag == f"{_W}p":
            if inside is None:
                before.append(_text(element))
            continue
        rows = _rows(element)
        if not rows:
            continue
        number = len(found) + 1
        found.append(
            Grid(
                file=path.name,
                where=f"table {number}",
                rows=rectangular(rows),
                places=tuple(f"table {number} row {n}" for n in range(1, len(rows) + 1)),
                context="\n".join(t for t in before if t)[-600:],
            )
        )
        before = []
    if not found:
        raise ReleaseError("no_table", "the document has no table", place=path.name)
    return found


def _rows(table: Any) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for line in table.iterchildren(f"{_W}tr", f"{_W}sdt"):
        if line.tag == f"{_W}sdt":
            line = next(line.iter(f"{_W}tr"), None)
            if line is None:
                continue
        cells: list[Cell] = []
        cells += [Cell()] * int(_value(line.find(f"{_W}trPr/{_W}gridBefore")) or 0)
        for entry in line.iterchildren(f"{_W}tc", f"{_W}sdt"):
            if entry.tag == f"{_W}sdt":
                entry = next(entry.iter(f"{_W}tc"), None)
                if entry is None:
                    continue
            properties = entry.find(f"{_W}tcPr")
            span, merge = 1, None
            if properties is not None:
                span = int(_value(properties.find(f"{_W}gridSpan")) or 1)
                merge = properties.find(f"{_W}vMerge")
            text = "\n".join(_text(p) for p in entry.iterchildren(f"{_W}p")).strip()
            # a vertical merge without "restart" goes on with the cell above
            covered = merge is not None and _value(merge) != "restart"
            if covered and rows and len(cells) < len(rows[-1]):
                text = rows[-1][len(cells)].text
            cells.append(Cell(text, covered=covered, anchor=span > 1 or merge is not None))
            cells += [Cell(text, covered=True)] * (min(span, 1000) - 1)
        rows.append(cells)
    return rows


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{_W}val") or "")


def _text(paragraph: Any) -> str:
    """Text of a paragraph as it is shown: deletions left out, raised characters kept raised."""
    parts = []
    for run in paragraph.iter(f"{_W}r"):
        if any(a.tag in (f"{_W}del", f"{_W}moveFrom") for a in run.iterancestors()):
            continue
        text = ""
        for piece in run:
            if piece.tag == f"{_W}t":
                text += piece.text or ""
            elif piece.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
                text += " "
            elif piece.tag == f"{_W}noBreakHyphen":
                text += "-"
        if _value(run.find(f"{_W}rPr/{_W}vertAlign")) == "superscript":
            text = superscript(text)
        parts.append(text)
    return "".join(parts).strip()


FORMAT = Format("docx", (".docx",), ("table",), lambda path, _: grids(path))
