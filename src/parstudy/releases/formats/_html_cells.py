"""The tables of a page as browsers build them, where its tags are not in order.

HTML says what becomes of a cell without a row, of a form between rows, or of a page that goes on
behind its end; the parser in use does not know it, and loses such cells. Where it lost some, the
page is written anew with all tags of its tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from parstudy import budget

_CELL = re.compile(r"<t[dh][\s/>]", re.I)
_MARKUP = re.compile("<[a-zA-Z!/?]")
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
_NO_TAG = re.compile(
    r"<!---?>|<!--.*?--!?>|<!(?!--)[^>]*+>|<\?[^>]*+>|</[^a-zA-Z][^>]*+>|</>", re.S
)
# what they hold is text, or no part of the page
_RAW = frozenset(
    (
        *("script", "style", "template", "textarea", "title", "xmp", "iframe", "noembed"),
        "noframes",
    )
)
_SECTIONS = ("tbody", "thead", "tfoot")
_PARENTS = {
    **dict.fromkeys(("td", "th"), ("tr",)),
    **{"tr": ("table", *_SECTIONS), "col": ("table", "colgroup")},
    **dict.fromkeys((*_SECTIONS, "caption", "colgroup"), ("table",)),
}
_PARTS = frozenset(_PARENTS)
_ONCE = ("html", "head", "body")


def placed(root: Any) -> int:
    """Number of cells of a tree; -1 if parts of a table, or texts, stand where none can."""
    cells = 0
    for part in root.iter(*_PARENTS):
        around = part.getparent()
        if around is None or around.tag not in _PARENTS[part.tag] or _says(part.tail):
            return -1
        if part.tag in ("td", "th"):
            cells += 1
        elif part.tag != "caption" and _says(part.text):
            return -1
    return -1 if any(_says(table.text) for table in root.iter("table")) else cells


def _says(text: str | None) -> bool:
    return text is not None and not text.isspace() and text != ""


def written(source: str) -> int:
    """Number of tags of cells in a source, those in comments and scripts among them."""
    return len(_CELL.findall(source))


def in_order(source: str) -> tuple[str, int]:
    """A source with all tags of its tables in order, and the number of their cells.

    >>> in_order("<table><form><td>1<tr><p>Bảng</p><th>2</table>")[0]
    '<p>Bảng</p><table><tbody><tr><td>1</td></tr><tr><th>2</th></tr></tbody></table>'
    """
    writer, at = _Writer(), 0
    while at < len(source):
        markup = _MARKUP.search(source, at)
        start = markup.start() if markup else len(source)
        writer.text(source[at:start])
        tag, other = _TAG.match(source, start), _NO_TAG.match(source, start)
        if not tag:
            # a tag or a comment without its end is as long as the page
            at = other.end() if other else len(source)
            continue
        at, name = tag.end(), tag[2].lower()
        if name in _RAW and not tag[1]:
            at = _end_of(name, source, at)
            writer.raw(name, source[tag.start() : at] + f"</{name}>")
            close = _TAG.match(source, at)
            at = close.end() if close else len(source)
            continue
        writer.tag(name, tag[0], is_end=bool(tag[1]))
    while writer.tables:
        writer.close_table()
    return "".join(writer.out), writer.cells


def _end_of(name: str, source: str, at: int) -> int:
    """Where the end tag of an element stands; of a template, that of the outermost."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}[\s/>]", re.I).finditer(source, at):
        depth = depth - 1 if tag[1] else depth + (name == "template")
        if not depth:
            return tag.start()
    return len(source)


@dataclass
class _Table:
    """What is open of a table: tags, or nothing; what stands between its cells stands before it."""

    at: int
    section: str = ""
    row: bool = False
    cell: str = ""
    before: list[str] = field(default_factory=list)


@dataclass
class _Writer:
    """Writes tags and texts in the order in which a browser takes them."""

    out: list[str] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    cells: int = 0
    seen: set[str] = field(default_factory=set)

    def text(self, text: str) -> None:
        """Write a text, before the table where it stands in no cell."""
        table = self.tables[-1] if self.tables else None
        if table and not table.cell and text.strip():
            table.before.append(text)
        else:
            self.out.append(text)

    def raw(self, name: str, text: str) -> None:
        """Write an element whose content is no markup; a template is no part of the page."""
        if name in ("script", "style"):
            self.out.append(text)
        elif name != "template":
            self.text(text)

    def tag(self, name: str, tag: str, *, is_end: bool) -> None:
        """Write a tag where it belongs, and those that are missing before it."""
        budget.look_at_the_clock()
        table = self.tables[-1] if self.tables else None
        if name in _PARTS or name == "table":
            # "<td/>" begins a cell and does not end it, which the parser does not know
            tag = tag.replace("/>", ">")
        if name in _ONCE:
            if not is_end and name not in self.seen and not table:
                self.seen.add(name)
                self.out.append(tag)
        elif name == "table":
            if table and (is_end or not table.cell):
                self.close_table()
            if not is_end:
                self.tables.append(_Table(len(self.out)))
                self.out.append(tag)
        elif name in _PARTS:
            if table and is_end:
                self._end(table, name)
            elif table:
                self._start(table, name, tag)
        elif not table or (table.cell != "caption" and (table.cell or name != "form")):
            # the parser does not end a caption before what is open in it
            self.text(tag)

    def _start(self, table: _Table, name: str, tag: str) -> None:
        self._close_cell(table)
        if name in ("td", "th"):
            if not table.row:
                self._start(table, "tr", "<tr>")
            table.cell = name
            self.cells += 1
        elif name == "tr":
            self._close_row(table)
            if not table.section:
                self._start(table, "tbody", "<tbody>")
            table.row = True
        else:
            self._close_section(table)
            table.section = name if name in _SECTIONS else ""
            table.cell = name if name == "caption" else ""
        self.out.append(tag)

    def _end(self, table: _Table, name: str) -> None:
        if table.cell == "caption" and name != "caption":
            return
        if name == table.cell:
            self._close_cell(table)
        elif name == "tr":
            self._close_cell(table)
            self._close_row(table)
        elif name in _SECTIONS and name == table.section:
            self._close_section(table)

    def _close_cell(self, table: _Table) -> None:
        self.out += [f"</{table.cell}>"] if table.cell else []
        table.cell = ""

    def _close_row(self, table: _Table) -> None:
        self._close_cell(table)
        self.out += ["</tr>"] if table.row else []
        table.row = False

    def _close_section(self, table: _Table) -> None:
        self._close_row(table)
        self.out += [f"</{table.section}>"] if table.section else []
        table.section = ""

    def close_table(self) -> None:
        """Close the innermost table with all that is open of it."""
        table = self.tables.pop()
        self._close_section(table)
        self.out[table.at] = "".join(table.before) + self.out[table.at]
        self.out.append("</table>")
