"""Characters of a page: where they stand, which way they are read, and the words they make."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from parstudy.releases.numbers import bracketed, superscript

_MOST_POINTS = 1_000
_MATRIX = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Objects:
    """What stands on a page, each as a dict with its box (``x0``, ``x1``, ``top``, ``bottom``).

    Attributes
    ----------
    chars : list of dict
        Characters in the order in which they are printed, with ``text``, ``size``, ``matrix``.
    edges : list of dict
        Lines, and the sides of boxes, as pdfplumber knows them.
    pictures : list of dict
        Pictures.
    """

    chars: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    pictures: list[dict[str, Any]]


def objects(page: Any) -> Objects:
    """What stands on a page: those few properties that are used, which is faster."""
    from pdfminer import layout
    from pdfplumber.utils import geometry

    from parstudy.releases.formats._pdf._drawing import drawn, is_cut_off

    unit = unit_of(page)
    left, lower = page.mediabox[:2]
    height = page.height
    found = Objects([], [], [])

    def box(item: Any) -> dict[str, Any]:
        return {
            "x0": unit * (item.x0 + left),
            "x1": unit * (item.x1 + left),
            "top": unit * (height - item.y1 + lower),
            "bottom": unit * (height - item.y0 + lower),
        }

    def edges(item: Any) -> list[dict[str, Any]]:
        kind = {layout.LTLine: "line", layout.LTRect: "rect"}.get(type(item), "curve")
        one = box(item)
        one |= {"object_type": kind, "y0": unit * item.y0, "y1": unit * item.y1}
        one |= {"width": unit * item.width, "height": unit * item.height, "doctop": one["top"]}
        one["pts"] = [(unit * (left + x), unit * (lower + height - y)) for x, y in item.pts]
        return list(geometry.obj_to_edges(one))

    def walk(items: Iterable[Any]) -> None:
        for item in items:
            if isinstance(item, layout.LTChar):
                char = box(item)
                char["text"], char["matrix"] = item.get_text(), item.matrix
                char["size"] = unit * item.size
                char["cut"] = is_cut_off(item)
                if item.adv < 0:  # of a negative size, which turns what the matrix has turned
                    char["matrix"] = tuple(-one for one in item.matrix)
                found.chars.append(char)
            elif isinstance(item, layout.LTCurve):
                found.edges.extend(edges(item))
            elif isinstance(item, layout.LTImage):
                found.pictures.append(box(item))
            elif isinstance(item, layout.LTContainer):
                walk(item)

    walk(drawn(page))
    return found


def unit_of(page: Any) -> float:
    """Points that a unit of a page has: more than one on large drawings."""
    unit = page.page_obj.attrs.get("UserUnit")
    return float(unit) if isinstance(unit, (int, float)) and 0 < unit < _MOST_POINTS else 1.0


def turn_of(char: dict[str, Any]) -> int:
    """Direction in which a character is read: 0, 90 (upwards), 180 or 270 (downwards)."""
    a, b = char["matrix"][:2]
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 180
    return 90 if b > 0 else 270


def turned_box(
    box: tuple[float, float, float, float], turn: int, size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Left, top, right and bottom after turning, so that text of that direction stands upright."""
    x0, top, x1, bottom = box
    width, height = size
    if turn == 90:
        return height - bottom, x0, height - top, x1
    if turn == 270:
        return top, width - x1, bottom, width - x0
    return width - x1, height - bottom, width - x0, height - top


def turned(char: dict[str, Any], turn: int, size: tuple[float, float]) -> dict[str, Any]:
    """A character of a page turned so that text of that direction stands upright."""
    x0, top, x1, bottom = turned_box(
        (char["x0"], char["top"], char["x1"], char["bottom"]), turn, size
    )
    own = turn_of(char)
    tall = bottom - top if own == turn else char["size"]
    return char | {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "size": tall}


def cell_text(chars: Sequence[dict[str, Any]], turn: int) -> str:
    """Text of a cell, also of one whose heading stands on its side."""
    found = []
    for own in sorted({turn_of(c) for c in chars if c["text"].strip()}, key=lambda t: t != turn):
        same = [c for c in chars if turn_of(c) == own]
        if own != turn:
            # the box is turned back by what it is turned more than the page
            same = [turned(c | {"matrix": _MATRIX}, (own - turn) % 360, (0, 0)) for c in same]
            same = [c | {"size": c["bottom"] - c["top"]} for c in same]
        found.append(text_of(same))
    return " ".join(found)


def text_of(chars: Sequence[dict[str, Any]]) -> str:
    """Characters in reading order; small digits that are raised or lowered are raised ones."""
    lines = lines_of(chars)
    return "\n".join(" ".join(w.text for w in words_of(line)) for line in lines).strip()


def lines_of(chars: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Characters by lines of text: those whose middles lie within half a height."""
    lines: list[list[dict[str, Any]]] = []
    big: dict[str, Any] = {}
    for char in sorted(chars, key=lambda c: ((c["top"] + c["bottom"]) / 2, c["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        if lines and abs(middle - (big["top"] + big["bottom"]) / 2) <= 0.5 * max(
            float(big["size"]), float(char["size"])
        ):
            lines[-1].append(char)
            if float(char["size"]) > float(big["size"]):
                big = char
            continue
        lines.append([char])
        big = char
    return [sorted(line, key=lambda c: c["x0"]) for line in lines]


@dataclass(frozen=True)
class Word:
    """A word and its box, in points from the upper left corner of the page."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float


def words_of(line: Sequence[dict[str, Any]]) -> list[Word]:
    """Words of a line: characters with no more than a narrow gap between them."""
    size = statistics.median_high([float(c["size"]) for c in line if c["text"].strip()] or [10.0])
    size = max(size, *(float(c["size"]) for c in line)) if line else size
    base = statistics.median([c["bottom"] for c in line if float(c["size"]) > 0.8 * size] or [0.0])
    words: list[list[dict[str, Any]]] = []
    open_ = False
    for char in line:
        if not char["text"].strip():
            open_ = False
            continue
        if open_ and char["x0"] - words[-1][-1]["x1"] <= 0.22 * size:
            words[-1].append(char)
        else:
            words.append([char])
        open_ = True
    found = []
    for word in words:
        text = "".join(
            superscript(c["text"])
            if float(c["size"]) < 0.8 * size and abs(base - c["bottom"]) > 0.12 * size
            else c["text"]
            for c in word
        )
        found.append(
            Word(
                bracketed(text),
                min(c["x0"] for c in word),
                max(c["x1"] for c in word),
                min(c["top"] for c in word),
                max(c["bottom"] for c in word),
            )
        )
    return found


def is_figure(text: str) -> bool:
    """Whether a text has digits and no letters, and is no year."""
    # a bare year belongs to a heading more often than to a row of figures
    said = text.strip(",.;:()")
    year = len(said) == 4 and said.isdigit() and said.startswith("20")
    return any(c.isdigit() for c in text) and not any(c.isalpha() for c in text) and not year
