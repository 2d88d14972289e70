"""Word documents (DOCX): tables straight from the XML, merged cells and raised digits included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import _package, _symbols
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import (
    EMPTY,
    MOST_TEXT,
    Cell,
    Grid,
    between,
    listed,
    rectangular,
    with_unread,
)
from parstudy.releases.numbers import superscript
from parstudy.releases.words import is_caption
from parstudy.text import whole

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ANCHOR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}anchor"
_SHAPE = "{urn:schemas-microsoft-com:vml}shape"
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
_AROUND = ("footnotes", "endnotes", "header", "footer")
_WIDEST = 1000
# elements that only wrap what stands in a document
_WRAPPERS = tuple(
    f"{_W}{name}"
    for name in (
        *("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink"),
        *("fldSimple", "dir", "bdo"),
    )
)
_DELETED = (f"{_W}del", f"{_W}moveFrom", f"{_W}sdtPr", f"{_W}sdtEndPr", f"{_W}customXmlPr")
# an equation of nothing else is a line of characters
_LINE_OF_MATHS = {f"{_M}{name}" for name in ("r", "t", "rPr", "sty", "nor", "lit", "oMath")}
_FRACTION = {f"{_M}{name}" for name in ("f", "fPr", "type", "num", "den", "ctrlPr")}
_PICTURES = (f"{_W}drawing", f"{_W}pict", f"{_W}object")
_WHITE = re.compile("F[A-F0-9]F[A-F0-9]F[A-F0-9]", re.I)
_PAPER = ("background1", "light1")
_TINY = 4  # half points
_PROPERTIES = {f"{_W}p": f"{_W}pPr", f"{_W}tc": f"{_W}tcPr", f"{_W}tbl": f"{_W}tblPr"}
_SILENT_FIELDS = ("XE", "TC", "TA", "SET", "RD", "ASK", "PRIVATE", "ADVANCE", "FORMTEXT", "")


def grids(path: Path) -> list[Grid]:
    """All tables of the document's body, in their order.

    Raises
    ------
    ReleaseError
        ``zip_bomb``, ``damaged_file``, ``no_table``.
    """
    package = _package.opened(path, "DOCX")
    try:
        body = package.tree(package.main)
        styles = _styles(package.beside(package.main, "styles"))
    except _package.BROKEN as error:
        raise _package.damaged(path.name, error, "DOCX") from None
    asked = _without_prompts(body)
    changed = _unwrapped(body)
    boxes, guides = _without_boxes(body), _without_guides(body)
    found: list[Grid] = []
    before: list[str] = []
    texts = [before]
    for element in body.iter(f"{_W}p", f"{_W}tbl"):
        inside = next(element.iterancestors(f"{_W}tbl"), None)
        if element.tag == f"{_W}p":
            if inside is None:
                before.append(_Text(styles).of(element).strip())
            continue
        where = f"table {len(found) + 1}"
        budget.spend("tables", 1, where)
        seen = _Text(styles)
        rows = _rows(element, seen)
        if not rows:
            continue
        notes = [f"{path.name} {where}: {note}" for note in seen.notes()]
        if asked and not found:
            notes.append(f"{path.name}: fields that nobody filled in are not read: {_some(asked)}")
        if boxes and not found:
            notes.append(
                f"{path.name}: boxes that float over the table are not read: {_some(boxes)}"
            )
        if guides and not found:
            notes.append(f"{path.name}: small letters over others are not read: {_some(guides)}")
        if changed and not found:
            notes.append(f"{path.name}: tracked changes are read as if they were accepted")
        found.append(
            Grid(
                file=path.name,
                where=where,
                rows=rectangular(rows),
                places=tuple(f"{where} row {n}" for n in range(1, len(rows) + 1)),
                context="\n".join(t for t in before if t)[-MOST_TEXT:],
                notes=tuple(notes),
            )
        )
        texts.append(before := [])
    if not found:
        raise _no_table(body, package, listed("\n".join(before)))
    foot = _around(package, styles)
    return [
        replace(one, below=between([*foot, *texts[n]], last=n == len(found)))
        for n, one in enumerate(found, 1)
    ]


def _around(package: _package.Package, styles: dict[str, _Style]) -> list[str]:
    """Foot- and endnotes of the document, and what stands on the margin or across each page."""
    found: list[str] = []
    for one in package.related(package.main):
        if one.kind in _AROUND and package.has(one.target):
            part = package.tree(one.target)
            found += [_Text(styles).of(paragraph).strip() for paragraph in part.iter(f"{_W}p")]
            found += [shape.get("string", "") for shape in part.iter(_WORD_ART)]
    # a title that is repeated on each page ends no table
    return [text for text in dict.fromkeys(found) if not is_caption(text)]


def _no_table(body: Any, package: _package.Package, dots: str) -> ReleaseError:
    """The refusal of a document without a table, with what it has instead."""
    if body.find(f".//{_W}altChunk") is not None:
        return ReleaseError(
            "no_table",
            "the document only wraps a page of another format, which Word takes in on opening",
            place=package.file,
            expected="tables of Word's own",
            advice="Open it in Word, and save it anew",
        )
    inside = [name for name in package.names() if "/embeddings/" in name]
    return ReleaseError(
        "no_table",
        "the figures stand in a list with leaders of dots" if dots else "the document has no table",
        place=package.file,
        found=repr(dots)
        if dots
        else f"an embedded file: {', '.join(inside[:3])}"
        if inside
        else "",
        expected="a table with a row per province or per criterion",
        advice="Open the embedded table in Word, and save it as a file of its own"
        if inside
        else "A table that is a picture, or text with tabs, must be made a table of Word's",
    )


# ------------------------------------------------------------------ unwrapping


def _without_prompts(root: Any) -> list[str]:
    """Take what content controls ask for out of those that nobody has filled in."""
    asked = []
    for mark in list(root.iter(f"{_W}showingPlcHdr")):
        control = mark.getparent().getparent()
        if _on(mark) and control.tag == f"{_W}sdt":
            texts = list(control.iter(f"{_W}t"))
            asked.append("".join(t.text or "" for t in texts))
            for text in texts:
                text.text = ""
    return [text for text in asked if text.strip()]


def _without_boxes(root: Any) -> list[str]:
    """Take out boxes that float over a table, tied to a cell that has text of its own."""
    found = []
    for box in list(root.iter(f"{_W}txbxContent")):
        cell = next(box.iterancestors(f"{_W}tc"), None)
        floats = next(box.iterancestors(_ANCHOR), None) is not None or any(
            "position:absolute" in (up.get("style") or "") for up in box.iterancestors(_SHAPE)
        )
        if cell is None or not floats or next(box.iter(f"{_W}tbl"), None) is not None:
            continue
        text = "".join(t.text or "" for t in box.iter(f"{_W}t"))
        if text.strip() != "".join(t.text or "" for t in cell.iter(f"{_W}t")).strip():
            found.append(text)
            _replace(next(box.iterancestors(*_PICTURES)), [])
    return [text for text in found if text.strip()]


def _without_guides(root: Any) -> list[str]:
    """Take out the small letters that stand over others to say how these are spoken."""
    guides = list(root.iter(f"{_W}rt"))
    found = ["".join(t.text or "" for t in guide.iter(f"{_W}t")) for guide in guides]
    for guide in guides:
        _replace(guide, [])
    return [text for text in found if text.strip()]


def _unwrapped(root: Any) -> bool:
    """Take content out of what wraps it, and deletions out of the content.

    Content controls, repeating sections, custom XML, smart tags, links, simple fields, tracked
    insertions and alternatives may stand around runs, paragraphs, cells and rows alike; without
    them there is one shape of a table to read.

    Returns
    -------
    bool
        Whether there were tracked changes.
    """
    # a marked row: its mark stands in its properties
    for mark in list(root.iter(f"{_W}del")):
        if mark.getparent().tag == f"{_W}trPr":
            _replace(mark.getparent().getparent(), [])
    changed = False
    for element in list(root.iter(*_DELETED)):
        changed = changed or element.tag in _DELETED[:2]
        _replace(element, [])
    for element in reversed(list(root.iter(f"{_MC}AlternateContent"))):
        chosen = element.find(f"{_MC}Choice")
        chosen = element.find(f"{_MC}Fallback") if chosen is None else chosen
        _replace(element, [] if chosen is None else list(chosen))
    for element in reversed(list(root.iter(*_WRAPPERS))):
        changed = changed or element.tag in (f"{_W}ins", f"{_W}moveTo")
        _replace(element, list(element))
    return changed


def _replace(element: Any, content: list[Any]) -> None:
    parent = element.getparent()
    if parent is not None:
        # by place among its siblings it would take the square of their number
        for child in reversed(content):
            element.addnext(child)
        parent.remove(element)


# ------------------------------------------------------------------ rows and cells


def _rows(table: Any, seen: _Text) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for line in table.iterchildren(f"{_W}tr"):
        if _on(line.find(f"{_W}trPr/{_W}hidden")):
            seen.hidden.append(f"row {len(rows) + 1}")
            continue
        place = f"row {len(rows) + 1}"
        before = _count(line.find(f"{_W}trPr/{_W}gridBefore"), 0)
        budget.spend("cells", before, place)
        cells: list[Cell] = [EMPTY] * before
        for entry in line.iterchildren(f"{_W}tc"):
            span = _count(entry.find(f"{_W}tcPr/{_W}gridSpan"), 1)
            budget.spend("cells", span, place)
            merge = entry.find(f"{_W}tcPr/{_W}vMerge")
            aside = entry.find(f"{_W}tcPr/{_W}hMerge")
            seen.place = f"{place} column {len(cells) + 1}"
            text = _cell_text(entry, seen)
            # a vertical merge without "restart" goes on with the cell above
            covered = merge is not None and _value(merge) != "restart"
            if covered and rows and len(cells) < len(rows[-1]):
                text = rows[-1][len(cells)].text
            wide = span > 1 or aside is not None
            if aside is not None and _value(aside) != "restart" and cells:
                covered, text = True, cells[-1].text
            cells.append(Cell(text, covered=covered, anchor=wide or merge is not None, wide=wide))
            cells += [Cell(text, covered=True, wide=True)] * (span - 1)
        rows.append(cells)
    return rows


def _cell_text(entry: Any, seen: _Text) -> str:
    seen.unread = []
    parts = []
    for child in entry:
        if child.tag == f"{_W}p":
            parts.append(seen.of(child).strip())
        elif child.tag == f"{_W}tbl":
            inner = list(child.iter(f"{_W}tc"))
            if len(inner) == 1:
                parts += [seen.of(p).strip() for p in inner[0].iterchildren(f"{_W}p")]
            else:
                seen.unread.append("table")
    return with_unread("\n".join(parts).strip(), seen.unread)


def _some(texts: list[str]) -> str:
    return ", ".join(map(repr, texts[:4])) + (f" and {len(texts) - 4} more" if texts[4:] else "")


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{_W}val") or "")


def _count(element: Any, otherwise: int) -> int:
    value = _value(element)
    if not (value.isascii() and value.isdigit()):
        return otherwise
    return _WIDEST if len(value) > 9 else min(int(value), _WIDEST)


def _on(element: Any) -> bool:
    return element is not None and _value(element) not in ("0", "false", "off")


# ------------------------------------------------------------------ text


@dataclass(frozen=True)
class _Style:
    """What a style says of text; None where it leaves that to the style that it is based on."""

    hidden: bool | None = None
    raised: bool | None = None
    faint: bool | None = None
    struck: bool | None = None

    def over(self, under: _Style) -> _Style:
        """What is said here, and where nothing is said, what is said underneath."""
        own, other = astuple(self), astuple(under)
        return _Style(*(b if a is None else a for a, b in zip(own, other, strict=True)))


def _styles(root: Any) -> dict[str, _Style]:
    if root is None:
        return {}
    own = {one.get(f"{_W}styleId", ""): one for one in root.iterchildren(f"{_W}style")}

    def resolved(name: str, depth: int = 0) -> _Style:
        if name not in own or depth > 20:
            return _Style()
        based = resolved(_value(own[name].find(f"{_W}basedOn")), depth + 1)
        return _said(own[name].find(f"{_W}rPr")).over(based)

    return {name: resolved(name) for name in own}


def _said(properties: Any) -> _Style:
    if properties is None:
        return _Style()
    vanish = properties.find(f"{_W}vanish")
    raised = _value(properties.find(f"{_W}vertAlign"))
    lifted = re.fullmatch(r"-?[1-9]\d*", _value(properties.find(f"{_W}position")))
    lines = [properties.find(f"{_W}{name}") for name in ("strike", "dstrike")]
    struck = [_on(line) for line in lines if line is not None]
    return _Style(
        None if vanish is None else _on(vanish),
        raised in ("superscript", "subscript") or bool(lifted) if raised or lifted else None,
        _faint(properties),
        any(struck) if struck else None,
    )


def _faint(properties: Any) -> bool | None:
    """Whether letters are white, without a colour or too small to be seen; nothing if not said."""
    colour, size = _value(properties.find(f"{_W}color")), _value(properties.find(f"{_W}sz"))
    fill, theme = properties.find("{*}textFill"), properties.find(f"{_W}color[@{_W}themeColor]")
    if (half_points := whole(size)) is not None and half_points <= _TINY:
        return True
    if fill is not None and fill.find("{*}noFill") is not None:
        return True
    # the colour of a theme goes before the one that is written beside it
    if theme is not None and theme.get(f"{_W}themeColor") in _PAPER:
        return theme.get(f"{_W}themeShade") is None
    return _WHITE.fullmatch(colour) is not None if colour else None


@dataclass
class _Text:
    """Text of paragraphs as it is shown, and what of it is not shown or not understood.

    Attributes
    ----------
    styles : dict
        Styles of the document by their id.
    place : str
        Row and column of the cell that is read.
    unread : list of str
        What stands in this cell and is no text.
    hidden, white, struck : list of str
        Places of what nobody sees, of white text on no ground, and of text that is struck out.
    """

    styles: dict[str, _Style]
    place: str = ""
    unread: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    white: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def notes(self) -> Iterator[str]:
        """What somebody should know of the table."""
        for places, said in (
            (self.hidden, "hidden text is not read"),
            (self.struck, "text that is struck out is not read"),
            (self.white, "white text was read like any other"),
        ):
            if places:
                places = list(dict.fromkeys(places))
                more = f" and {len(places) - 6} more" if len(places) > 6 else ""
                yield f"{said}: {', '.join(places[:6])}{more}"

    def of(self, paragraph: Any) -> str:
        """Text of a paragraph; raised characters stay raised."""
        default = self.styles.get(_value(paragraph.find(f"{_W}pPr/{_W}pStyle")), _Style())
        parts: list[tuple[str, bool]] = []
        fields: list[_Field] = []
        for item in paragraph.iter(f"{_W}r", f"{_M}oMath"):
            if item.tag == f"{_M}oMath":
                parts.append((self._equation(item), False))
                continue
            if next(item.iterancestors(f"{_M}oMath"), None) is not None:
                continue
            whites = len(self.white)
            text = self._run(item, default, fields)
            if text and not any(one.in_code for one in fields):
                parts.append((text, len(self.white) > whites))
                for one in fields:
                    one.shown = True
        dark = "".join(text for text, white in parts if not white)
        if dark.strip() and any(white for _, white in parts):
            # beside text that is seen it is a leftover
            self.hidden.append(self.place)
            self.white = self.white[: -sum(white for _, white in parts)]
            return dark
        return "".join(text for text, _ in parts)

    def _run(self, run: Any, default: _Style, fields: list[_Field]) -> str:
        properties = run.find(f"{_W}rPr")
        if properties is not None:
            named = self.styles.get(_value(properties.find(f"{_W}rStyle")), _Style())
            default = _said(properties).over(named).over(default)
        text = "".join(self._piece(piece, run, fields) for piece in run)
        if default.hidden or default.struck:
            if text.strip():
                (self.hidden if default.hidden else self.struck).append(self.place)
            return ""
        if default.faint and text.strip() and not _is_on_a_ground(run, properties):
            self.white.append(self.place)
        return superscript(text) if default.raised else text

    def _piece(self, piece: Any, run: Any, fields: list[_Field]) -> str:
        if piece.tag == f"{_W}t":
            return self._letters(piece.text or "", run)
        if piece.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}ptab"):
            return " "
        if piece.tag == f"{_W}noBreakHyphen":
            return "-"
        if piece.tag == f"{_W}sym":
            return self._symbol(piece.get(f"{_W}char") or "", piece.get(f"{_W}font") or "")
        if piece.tag in _PICTURES and next(piece.iter(f"{_W}txbxContent"), None) is None:
            self.unread.append("picture")
        elif piece.tag == f"{_W}instrText" and fields:
            fields[-1].code += piece.text or ""
        elif piece.tag == f"{_W}fldChar":
            return self._field(piece, fields)
        return ""

    def _letters(self, text: str, run: Any) -> str:
        """Text of a run; in a symbol font its letters are pictures."""
        fonts = run.find(f"{_W}rPr/{_W}rFonts")
        font = (
            "" if fonts is None else str(fonts.get(f"{_W}ascii") or fonts.get(f"{_W}hAnsi") or "")
        )
        if not _symbols.is_symbol_font(font) and not any("\uf000" <= c <= "\uf0ff" for c in text):
            return text
        font = font if _symbols.is_symbol_font(font) else "Symbol"
        return "".join(c if c.isspace() else self._symbol(f"{ord(c):04X}", font) for c in text)

    def _symbol(self, code: str, font: str) -> str:
        try:
            text = _symbols.shown(int(code, 16), font)
        except ValueError:
            text = ""
        if not text:
            self.unread.append(f"symbol {code} of {font}".strip())
        return text

    def _field(self, mark: Any, fields: list[_Field]) -> str:
        kind = mark.get(f"{_W}fldCharType")
        if kind == "begin":
            fields.append(_Field(mark.find(f"{_W}ffData")))
        elif kind == "separate" and fields:
            fields[-1].in_code = False
        elif kind == "end" and fields:
            one = fields.pop()
            chosen = one.chosen()
            name = (one.code.split() or [""])[0].upper()
            within = any(outer.in_code for outer in fields)
            if chosen is None and not (one.shown or within) and name not in _SILENT_FIELDS:
                self.unread.append(f"field {name}")
            return chosen or ""
        return ""

    def _equation(self, maths: Any) -> str:
        inside = {e.tag for e in maths.iter() if isinstance(e.tag, str) and e.tag.startswith(_M)}
        if [one.tag for one in maths] == [f"{_M}f"] and not inside - _LINE_OF_MATHS - _FRACTION:
            # a rank of so many, points of so many; blanks part it from what stands beside
            above, below = (
                "".join(t.text or "" for t in maths[0].iterfind(f"{_M}{part}//{_M}t"))
                for part in ("num", "den")
            )
            if above and below:
                return f" {above}/{below} "
        if inside - _LINE_OF_MATHS:
            self.unread.append("equation")
            return ""
        return "".join(t.text or "" for t in maths.iter(f"{_M}t", f"{_W}t"))


@dataclass
class _Field:
    """A field that is open: its code, whether its result has begun, whether that shows anything."""

    form: Any = None
    code: str = ""
    in_code: bool = True
    shown: bool = False

    def chosen(self) -> str | None:
        """What a drop-down list of an old form shows."""
        choices = None if self.form is None else self.form.find(f"{_W}ddList")
        if choices is None:
            return None
        entries = [_value(e) for e in choices.iterchildren(f"{_W}listEntry")]
        number = _value(choices.find(f"{_W}result")) or _value(choices.find(f"{_W}default")) or "0"
        known = number.isdigit() and len(number) < 9 and int(number) < len(entries)
        return entries[int(number)] if known else None


def _is_on_a_ground(run: Any, properties: Any) -> bool:
    """Whether something says, or may say, that the ground of a text is not white."""
    if properties is not None and any(
        properties.find(f"{_W}{name}") is not None for name in ("shd", "highlight")
    ):
        return True
    for up in run.iterancestors(*_PROPERTIES):
        own = up.find(_PROPERTIES[up.tag])
        if own is not None and own.find(f"{_W}shd") is not None:
            return True
        if up.tag == f"{_W}tbl":
            style = "" if own is None else _value(own.find(f"{_W}tblStyle"))
            return style not in ("", "TableGrid", "TableNormal")
    return True


FORMAT = Format("docx", (".docx",), ("table",), lambda path, _: grids(path))
