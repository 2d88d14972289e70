"""What stands above and below a table of a page: its titles and notes, not the page's own frame.

Menus, the way to a page ("Trang chủ » Tin tức"), the page's head, foot and margins say nothing of a
table. Each block is a line of its own; a list of links is no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from parstudy.releases.formats.grid import MOST_TEXT

_NEAR = 3  # pieces of text above and below a table that may be of it
_BLOCK = re.compile(
    r"address|article|aside|blockquote|caption|center|dd|details|div|dl|dt|fieldset|figcaption"
    r"|figure|footer|form|h[1-6]|header|hr|legend|li|main|nav|ol|p|pre|section|summary|table|t[dhr]"
    r"|ul"
)
_SILENT = ("script", "style", "template", "noscript", "select", "button")
# of the page, unless an article has its own
_OF_PAGE, _ARTICLE = ("header", "footer", "aside"), ("article", "main")
_FRAME_ROLES = ("navigation", "banner", "contentinfo", "search", "menu", "menubar")
# classes and names of elements, whole: "main-menu", but not "menu-content"
_FRAME_NAMES = re.compile(
    r"(?:^|\s)(?:[\w-]*bread-?crumbs?[\w-]*|(?:(?:main|top|side|left|right)[-_]?)?"
    r"(?:menu|nav(?:bar|igation)?)|author|byline|share)(?:$|\s)",
    re.I,
)


def before(table: Any, titles: list[str]) -> str:
    """Titles of the page, then what stands between the table before and this one, nearest last."""
    near: list[str] = []
    pieces = 0
    for node in (table, *table.iterancestors()):
        for other in node.itersiblings(preceding=True):
            tail = _spaced(other.tail or "")
            near[:0] = [tail] if tail else []
            if not isinstance(other.tag, str):
                continue
            # what stands above another table is that table's
            if pieces >= _NEAR or next(other.iter("table"), None) is not None:
                break
            if other.tag != "caption":
                lines = told(other)
                near[:0] = lines
                pieces += bool(lines)
        else:
            parent = node.getparent()
            first = "" if parent is None or _is_frame(parent) else _spaced(parent.text or "")
            near[:0] = [first] if first else []
            continue
        break
    caption = [line for c in table.iter("caption") for line in told(c)]
    return "\n".join([*titles, *near, *caption])[-MOST_TEXT:]


def after(table: Any) -> list[str]:
    """What stands between this table and the next, or the next heading."""
    near: list[str] = []
    pieces = 0
    for node in (table, *table.iterancestors()):
        tail = _spaced(node.tail or "")
        near += [tail] if tail else []
        for other in node.itersiblings():
            if isinstance(other.tag, str):
                if pieces >= _NEAR or other.tag in ("table", "h1", "h2", "h3", "h4", "footer"):
                    return near
                if next(other.iter("table"), None) is not None:
                    return near
                lines = told(other)
                near += lines
                pieces += bool(lines)
            tail = _spaced(other.tail or "")
            near += [tail] if tail else []
    return near


def told(element: Any) -> list[str]:
    """Lines of an element: a block each, without the page's frame and without lists of links."""
    found = [line for line in _lines(element) if line.text]
    # of links in a row each may stand in a block of its own
    linked = [False, *(line.is_links for line in found), False]
    return [
        line.text
        for n, line in enumerate(found, 1)
        if not (linked[n] and (found[n - 1].is_list or linked[n - 1] or linked[n + 1]))
    ]


@dataclass
class _Line:
    """The text of one block, what of it is outside links, and whether it is one of a list."""

    text: str = ""
    plain: str = ""
    n_links: int = 0
    listed: bool = False

    @property
    def is_links(self) -> bool:
        return self.n_links > 0 and not any(map(str.isalpha, self.plain))

    @property
    def is_list(self) -> bool:
        return self.listed or self.n_links > 1


def _lines(element: Any) -> Iterator[_Line]:
    """Text of each block of an element."""
    from lxml import etree

    line, items, links = _Line(), 0, 0
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        begins, tag = event == "start", str(node.tag)
        silent = event not in ("start", "end") or tag in _SILENT or _is_frame(node)
        if _BLOCK.fullmatch(tag) or (tag == "br" and begins):
            if tag != "br":
                yield replace(line, text=" ".join(line.text.split()))
                line = _Line()
            line.text += " "
        items += (tag == "li") * (1 if begins else -1)
        links += (tag == "a") * (1 if begins else -1)
        line.n_links += begins and tag == "a"
        line.listed |= items > 0
        said = node.tail if not begins and node is not element else ""
        if begins and silent:
            walk.skip_subtree()
        elif begins:
            said = node.text
        line.text += said or ""
        line.plain += "" if links else said or ""
    yield replace(line, text=" ".join(line.text.split()))


def _is_frame(node: Any) -> bool:
    """Whether an element is the page's: a menu, its head and foot, its margin."""
    if node.tag == "nav" or node.get("role") in _FRAME_ROLES:
        return True
    if node.tag in _OF_PAGE:
        return next(node.iterancestors(*_ARTICLE), None) is None
    if node.tag in ("body", "html"):
        return False
    return any(_FRAME_NAMES.search(node.get(name) or "") for name in ("class", "id"))


def _spaced(text: str) -> str:
    return " ".join(text.split())
