"""Where words of headings and of tables break: between phrases, and over few lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from parstudy.facts.phrases import bound

_BOUND = "h1|h2|h3|h4|h5|h6|caption|nav[@class='ps-toc']//a"
_LINES = 3
"""Lines up to which a heading over a narrow column goes."""
_SIGN = re.compile(r" (?=\([+−±]\))")


def keep_phrases(body: Any, language: str) -> None:
    """Let headings and captions break between phrases only; heads of columns keep their signs."""
    for element in body.xpath("|".join(f".//{path}" for path in _BOUND.split("|"))):
        _change(element, lambda text: bound(text, language))
    for head in body.xpath(".//thead//th"):
        _change(head, lambda text: _SIGN.sub("\N{NO-BREAK SPACE}", text))


def _change(element: Any, change: Callable[[str], str]) -> None:
    """Change all text of an element."""
    for piece in element.iter():
        if isinstance(piece.tag, str) and piece.text:
            piece.text = change(piece.text)
        if piece is not element and piece.tail:
            piece.tail = change(piece.tail)


def tell_cells_of_sources(body: Any) -> None:
    """Mark cells in which nothing but sources stands: each needs room for a finger."""
    for cited in body.find_class("ps-cite"):
        cell = cited.getparent()
        alone = len(cell) == 1 and not ((cell.text or "") + (cited.tail or "")).strip()
        if alone and cell.tag in ("td", "th"):
            cell.classes.add("ps-cites")


def widen_narrow_heads(body: Any) -> None:
    """Give a heading over short figures so much room that it takes three lines at most."""
    for table in body.iter("table"):
        cells = _columns(table)
        for position, head in enumerate(table.xpath("./thead/tr[last()]/th")):
            label = " ".join(head.text_content().split(" "))
            needed = narrowest(label.split(" "), _LINES)
            below = max((len(text) for text in cells.get(position, ())), default=0)
            if needed > max(below, *map(len, label.split(" "))) and not head.get("style"):
                head.set("style", f"--letters:{needed}")


def narrowest(words: list[str], lines: int) -> int:
    """Letters to a line with which words take so many lines at most.

    Examples
    --------
    >>> narrowest(["published", "mean", "of", "all"], 2)
    11
    """
    width = max(map(len, words), default=0)
    while _lines(words, width) > lines:
        width += 1
    return width


def _lines(words: list[str], width: int) -> int:
    """How many lines words take."""
    taken, lines = -1, 1
    for word in words:
        taken += 1 + len(word)
        if taken > width:
            taken, lines = len(word), lines + 1
    return lines


def _columns(table: Any) -> dict[int, list[str]]:
    """What cannot be broken in the cells of each column."""
    found: dict[int, list[str]] = {}
    for row in table.xpath("./tbody/tr"):
        for position, cell in enumerate(row):
            found.setdefault(position, []).extend(cell.text_content().split())
    return found
