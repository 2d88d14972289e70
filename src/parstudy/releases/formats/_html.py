"""Tables of HTML pages, spans spread out, by lxml; what the page does not show is left out."""

from __future__ import annotations

import email
import email.policy
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import _html_cells
from parstudy.releases.formats._around import after, before, told
from parstudy.releases.formats._styles import LIT, Light, Styles
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import (
    EMPTY,
    HIDDEN,
    Cell,
    Grid,
    between,
    rectangular,
    with_unread,
)
from parstudy.releases.numbers import superscript

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_-]+)""", re.I)
_KNOWN = {"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "windows-1258": "windows-1258"}
_BEHIND = "//table[(ancestor::noscript or ancestor::dialog[not(@open)])][not(ancestor::template)]"
# "Hiển thị 1 đến 10 của 63 mục"
_PART = re.compile(
    r"\b([0-9]{1,4}) ?(?:đến|tới|to|-|–) ?([0-9]{1,4})"
    r" (?:của|trong|trên|of)(?: tổng số)? ([0-9]{1,4})\b"
)
_WRITTEN = re.compile(r"<table[\s>]", re.I)
_DIGIT = re.compile(r"\d")
_WIDEST = 2000
_NUMBER = re.compile(r"[0-9.,]*[0-9][0-9.,]*")
_SILENT = frozenset(
    (
        *("script", "style", "template", "noscript", "datalist", "head", "rp", "noembed"),
        *("noframes", "title", "desc", "defs", "metadata", "symbol"),
    )
)
_PICTURES = frozenset(
    (
        *("img", "svg", "canvas", "object", "embed", "iframe", "video", "audio", "meter"),
        *("progress",),
    )
)
# styles by which the pieces of a text stand in another order than in the file
_ORDER = {"float", "order", "flex-direction", "flex-flow", "direction", "writing-mode", "grid-area"}
_TURNED = {"unicode-bidi", "bdo"}
_ROWS = ("tr", "td", "th", "thead", "tbody", "tfoot")
_PARTS = ("table", "thead", "tbody", "tfoot")
# a formula of nothing else is a line of characters
_LINE_OF_MATHS = {"math", "mrow", "mn", "mo", "mi", "mtext", "mstyle", "mspace"}
# by these classes the style sheets in common use hide things
_CLASSES = {"d-none", "hidden", "hide", "invisible", "is-hidden", "sr-only", "visually-hidden"}


def grids(path: Path) -> list[Grid]:
    """All tables with at least two rows and two columns, in their order.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``damaged_file``, ``unknown_encoding``, ``no_table``.
    """
    root = _root(path)
    styles = Styles.of(root)
    titles = [" ".join(told(t)) for t in root.iter("title", "h1")]
    found: list[Grid] = []
    every = list(root.iter("table"))
    shown = [table for table in every if not _is_never_shown(table)]
    away = [] if len(shown) == len(every) else root.xpath(_BEHIND)
    heads: _Heads | None = None
    for table in shown or away:
        page, rows = _read(table, styles)
        if found_heads := heads and heads.of(rows):
            rows = page.headed(rows, heads.rows)
        context = before(heads.table if heads and found_heads else table, titles)
        heads = _Heads(table, rows) if table.find(".//td") is None else None
        if len(rows) < 2 or max(len(r) for r in rows) < 2:
            continue
        budget.spend("tables", 1, path.name)
        number = len(found) + 1
        notes = [f"{path.name} table {number}{note}" for note in page.notes()]
        if shown and away and not found:
            notes.append(
                f"{path.name}: {len(away)} tables that the page never shows (for browsers without "
                "scripts, in a closed dialog) are not read"
            )
        below = between(after(table), last=table is every[-1])
        if (part := _PART.search(below)) and int(part[2]) < int(part[3]):
            notes.append(
                f"{path.name} table {number}: the page says that it shows rows {part[1]} to "
                f"{part[2]} of {part[3]}; the others are not in the file"
            )
        found.append(
            Grid(
                file=path.name,
                where=f"table {number}",
                rows=rectangular(rows),
                places=tuple(f"table {number} row {n}" for n in range(1, len(rows) + 1)),
                context=context,
                below=below,
                notes=tuple(notes),
            )
        )
    if not found:
        raise _no_table(root, path.name, styles)
    if root.find(".//script") is not None:
        _filled(found, path.name)
    return found


def _filled(found: list[Grid], file: str) -> None:
    """Refuse tables that have no figure before a script has run."""
    if not any(c.text for g in found for row in g.rows for c in row if _DIGIT.search(c.text)):
        raise ReleaseError(
            "no_table",
            "the tables of the page have headings and no figures: a script fills them",
            place=file,
            expected="a table with a row per province or per criterion",
            advice="Open the page in a browser, and save it whole when the table is shown",
        )


def _is_never_shown(table: Any) -> bool:
    """Whether a table is there for programs, for browsers without scripts, or in a closed box."""
    return any(
        up.tag != "dialog" or up.get("open") is None
        for up in table.iterancestors("template", "noscript", "dialog")
    )


def _no_table(root: Any, file: str, styles: Styles) -> ReleaseError:
    """The refusal of a page without a table, with what it has instead."""
    frames = root.find(".//frame") is not None or root.find(".//iframe") is not None
    silent = any(_WRITTEN.search(str(one.text)) for one in root.xpath("//comment()"))
    return ReleaseError(
        "no_table",
        "the page has no table",
        place=file,
        found="frames that show other files"
        if frames
        else "a table in a comment, which no browser shows"
        if silent
        else "a table written out as text"
        if _WRITTEN.search(root.text_content())
        else "rows and cells that styles make of other elements"
        if styles.makes_tables
        else "headings of a table without rows: a script fills it"
        if root.find(".//tr") is not None and root.find(".//script") is not None
        else "",
        expected="a table with a row per province or per criterion",
        advice="Open the page in a browser, and save it whole when the table is shown",
    )


def _root(path: Path) -> Any:
    """The page as a tree: of HTML, or of the page within a file "saved as one" (MHTML)."""
    data = path.read_bytes()
    if not data.strip():
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    charset = _CHARSET.search(data[:4096])
    if re.match(rb"[\w-]+:", data) and b"MIME-Version" in data[:4096]:
        message = email.message_from_bytes(data, policy=email.policy.default)
        pages = [p for p in message.walk() if p.get_content_type() == "text/html"]
        bodies = [p.get_payload(decode=True) for p in pages]
        # a workbook is a frame and a page for each sheet
        data = max((b for b in bodies if isinstance(b, bytes)), key=_tables, default=b"<p></p>")
        charset = _CHARSET.search(data[:4096])
    named = _KNOWN.get(charset[1].decode("ascii").lower(), "") if charset else ""
    text = decode(data, path.name, "" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else named)
    # the text is decoded already: a declaration would be believed once more
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    # what follows the end of a page is of the page
    text = re.sub(r"</(?:body|html)\s*>", "", text, flags=re.I)
    budget.spend("elements", text.count("<") // 2, path.name)
    root = _parsed(text, path.name)
    cells = _html_cells.placed(root)
    if cells != _html_cells.written(text):
        text, expected = _html_cells.in_order(text)
        if cells != expected:
            root = _parsed(text, path.name)
            cells = _html_cells.placed(root)
        if cells != expected:
            raise ReleaseError(
                "damaged_file",
                "the tags of the page are not in order, and cells of its tables are lost",
                place=path.name,
                found=f"{cells} cells",
                expected=f"{expected} cells",
                advice="Copy the table from a browser into a spreadsheet, and add that",
            )
    return root


def _parsed(text: str, file: str) -> Any:
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReleaseError(
            "damaged_file", "the page cannot be read", place=file, found=str(error)
        ) from None
    # what lies deeper is left out by the library, without a word
    lost = next((e.message for e in parser.error_log if "epth" in e.message), "")
    if lost:
        raise ReleaseError(
            "damaged_file",
            "elements lie too deep within each other",
            place=file,
            found=lost.strip(),
            expected="at most 2,048 elements around a cell",
            advice="Copy the table into a spreadsheet, and add that",
        )
    return root


def _tables(page: bytes) -> int:
    return page.lower().count(b"<tr")


# ------------------------------------------------------------------ rows and cells


@dataclass(frozen=True)
class _Heads:
    """A table of nothing but headings: those of the next one, whose rows move beneath them."""

    table: Any
    rows: list[list[Cell]]

    def of(self, rows: list[list[Cell]]) -> bool:
        """Whether a table has as many rows of headings, as wide, and they are not seen."""
        own = rows[: len(self.rows)]
        return len(rows) > len(own) and all(
            len(one) == len(head) and not any(cell.text for cell in one)
            for one, head in zip(own, self.rows, strict=False)
        )


@dataclass
class _Page:
    """What of one table is seen, and what is to be told of it."""

    styles: Styles
    table: Any
    light: Light = LIT
    is_hidden: bool = False
    unread: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    perhaps: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)

    def notes(self) -> list[str]:
        """What somebody should know, to be put behind the place of the table."""
        found = [HIDDEN] if self.is_hidden else []
        for texts, said in (
            (self.hidden, "what the page does not show is not read"),
            (self.struck, "text that is struck out is not read"),
        ):
            if texts:
                more = f" and {len(texts) - 4} more" if len(texts) > 4 else ""
                found.append(f": {said}: {', '.join(map(repr, texts[:4]))}{more}")
        if unknown := [*self.styles.unknown, *sorted(self.doubtful)]:
            some = ", ".join(unknown[:4])
            found.append(
                f": styles that may hide or move text are not understood; it was read like any "
                f"other: {some}"
            )
        if self.perhaps and self.styles.elsewhere:
            some = ", ".join(sorted(self.perhaps))
            found.append(
                f": classes ({some}) say that something is hidden, by a style sheet that is not in "
                "the file; it was read like the others"
            )
        return found

    def headed(self, rows: list[list[Cell]], heads: list[list[Cell]]) -> list[list[Cell]]:
        """Rows with headings that the page shows above them, in place of those that it hides."""
        shown = {cell.text[:40] for row in heads for cell in row}
        self.hidden = [text for text in self.hidden if text not in shown]
        return [*heads, *rows[len(heads) :]]

    def sees(self, element: Any) -> bool:
        """Whether an element takes its place in the table; what is hidden of it is kept in mind."""
        if element.tag in ("tr", "td", "th"):
            self.perhaps |= _CLASSES & set(str(element.get("class") or "").split())
        if not self.styles.absent(element):
            return True
        self._miss(element)
        return False

    def _miss(self, element: Any) -> None:
        text = _spaced(element.text_content())
        if text:
            self.hidden.append(text[:40])

    def text(self, element: Any) -> str:
        """Visible text, without that of tables inside; raised characters stay raised."""
        self.unread = []
        if self.styles.crossed(element):
            self._strike(element)
            return ""
        pieces: list[_Piece] = []
        light = self.light
        up = takewhile(lambda one: one is not self.table, _up(element))
        for around in reversed([one for one in up if one.tag in _ROWS]):
            light = self.styles.light(around, light)
        self._walk(element, pieces, light)
        text = "".join(said for said, _ in pieces)
        if any(doubts for _, doubts in pieces):
            self._doubt(text, pieces)
        return with_unread(_spaced(text), self.unread)

    def _strike(self, element: Any) -> None:
        text = _spaced(element.text_content())
        if text:
            self.struck.append(text[:40])

    def _walk(self, node: Any, pieces: list[_Piece], light: Light) -> None:
        raised = node.tag in ("sup", "sub", "rt") or (
            node.tag not in _ROWS and self.styles.raised(node)
        )
        folded = node.tag == "details" and node.get("open") is None
        doubts = light.doubts
        if node.tag == "bdo" and node.get("dir"):
            doubts |= {"bdo"}

        def put(text: str | None) -> None:
            if text and (folded or light.dark):
                self.hidden += [_spaced(text)[:40]] if text.strip() else []
            elif text:
                pieces.append((superscript(text) if raised else text, doubts))

        space = " " if node.tag == "br" or self.styles.breaks(node) else ""
        before, after = self.styles.around(node)
        put(space + before)
        put(self._told(node) if node.tag in _TELLING else node.text)
        for child in [] if node.tag in _TELLING else node:
            if self._is_read(child):
                inside = self.styles.light(child, replace(light, doubts=doubts))
                self._walk(child, pieces, inside)
            put(child.tail)
        put(after + space)

    def _doubt(self, text: str, pieces: list[_Piece]) -> None:
        """Keep in mind what may hide or move figures; one that is of several pieces is refused."""
        ends = list(accumulate(len(said) for said, _ in pieces))
        for number in _NUMBER.finditer(text):
            first, last = bisect_right(ends, number.start()), bisect_left(ends, number.end())
            own = [doubts for said, doubts in pieces[first : last + 1] if said.strip()]
            every = frozenset().union(*own)
            parted = len(set(own)) > 1 or (len(own) > 1 and every & _ORDER)
            if parted or (every & _TURNED and sum(c.isdigit() for c in number[0]) > 1):
                self.unread.append(f"text that may be hidden or moved: {', '.join(sorted(every))}")
            else:
                self.doubtful |= every

    def _is_read(self, node: Any) -> bool:
        """Whether what stands in an element is text of the cell."""
        if not isinstance(node.tag, str) or node.tag in _SILENT:
            return False
        if self.styles.absent(node) or (node.tag == "dialog" and node.get("open") is None):
            self._miss(node)
            return False
        if self.styles.struck(node):
            self._strike(node)
            return False
        if (
            node.tag == "table"
            and sum(bool(_spaced(c.text_content())) for c in node.iter("td", "th")) > 1
        ):
            # its text is told as a table of its own
            self.unread += ["table"] if _spaced(node.text_content()) else []
            return False
        if node.tag in _PICTURES and not any(_spaced(one.text_content()) for one in _drawn(node)):
            seen = node.get("width") != "1" and not self.styles.blank(node)
            self.unread += ["picture"] if seen else []
            return False
        if node.tag == "math" and {e.tag for e in node.iter()} - _LINE_OF_MATHS:
            self.unread.append("equation")
            return False
        return True

    def _told(self, node: Any) -> str:
        """What a field of a form shows."""
        if node.tag == "textarea":
            return str(node.text_content())
        if node.tag == "select":
            options = list(node.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            return " ".join(str(o.text_content()) for o in chosen)
        kind = str(node.get("type") or "text").casefold()
        if kind in ("checkbox", "radio"):
            self.unread.append(kind)
        silent = ("hidden", "password", "checkbox", "radio", "image", "file", "range", "color")
        return "" if kind in silent else str(node.get("value") or "")


_TELLING = ("input", "textarea", "select")


def _drawn(picture: Any) -> list[Any]:
    """The texts of a drawing; what else stands within a picture is for programs without any."""
    return list(picture.iter("text", "foreignobject")) if picture.tag == "svg" else []


# a text, and what may hide or move it
_Piece = tuple[str, frozenset[str]]


def _up(element: Any) -> list[Any]:
    return [element, *element.iterancestors()]


def _read(table: Any, styles: Styles) -> tuple[_Page, list[list[Cell]]]:
    """What is seen of a table; of one of which nothing is seen, what would be."""
    light = LIT
    for around in reversed(_up(table)):
        light = styles.light(around, light)
    if not light.gone and not any(map(styles.absent, _up(table))):
        page = _Page(styles, table, replace(light, doubts=LIT.doubts))
        rows = _rows(table, page)
        if not light.dark or any(cell.text for row in rows for cell in row):
            return page, rows
    page = _Page(styles, table, is_hidden=True)
    return page, _rows(table, page)


def _rows(table: Any, page: _Page) -> list[list[Cell]]:
    own = [r for r in table.iter("tr") if next(r.iterancestors("table")) is table]
    lines = [r for r in own if page.sees(r) and not _section_away(r, page)]
    away = _hidden_columns(table, page)
    parts = [next(one.iterancestors(*_PARTS)) for one in lines]
    left = [1] * len(lines)
    for r in reversed(range(1, len(lines))):
        left[r - 1] += left[r] if parts[r] is parts[r - 1] else 0
    placed: list[dict[int, Cell]] = [{} for _ in lines]
    for r, line in enumerate(lines):
        column = 0
        budget.spend("cells", len(line), f"row {r + 1}")
        for entry in line.iterchildren("td", "th"):
            while column in placed[r]:
                column += 1
            if not page.sees(entry):
                continue
            text = page.text(entry)
            # down to the end of its part of the table at most
            down = left[r]
            if str(entry.get("rowspan")).strip() != "0":
                down = min(_span(entry, "rowspan"), down)
            across = min(_span(entry, "colspan"), _WIDEST)
            if more := down * across - 1:
                budget.spend("cells", more, f"row {r + 1}")
            if column in away and across == 1:
                page.hidden += [text[:40]] if text else []
                text = ""
            spread = down > 1 or across > 1
            first = Cell(text, anchor=spread, wide=across > 1)
            covered = Cell(text, covered=True, anchor=spread, wide=across > 1)
            for i in range(down):
                for j in range(across):
                    placed[r + i][column + j] = covered if i or j else first
            column += across
    return [[row.get(c, EMPTY) for c in range(max(row, default=-1) + 1)] for row in placed if row]


def _section_away(line: Any, page: _Page) -> bool:
    """Whether a row stands in a part of the table that is not shown."""
    section = line.getparent()
    return section.tag in ("tbody", "thead", "tfoot") and not page.sees(section)


def _hidden_columns(table: Any, page: _Page) -> set[int]:
    """Columns whose ``col`` says that they are not shown."""
    found: set[int] = set()
    column = 0
    for one in table.iter("col", "colgroup"):
        if next(one.iterancestors("table")) is not table:
            continue
        if one.tag == "colgroup" and one.find("col") is not None:
            continue
        many = min(_span(one, "span"), _WIDEST)
        if any(page.styles.absent(e) for e in (one, one.getparent()) if e.tag != "table"):
            found.update(range(column, column + many))
        column += many
    return found


def _span(entry: Any, name: str) -> int:
    value = str(entry.get(name) or "1").strip()
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _spaced(text: str) -> str:
    """One space between words; in TCVN3 the soft hyphen is a letter, so nothing else is mended."""
    return " ".join(text.split())


FORMAT = Format("html", (".html", ".htm"), ("table",), lambda path, _: grids(path))
