"""What the styles of an ODS file make of a text: raised, struck out, or unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from parstudy.releases.formats import _hiding
from parstudy.releases.formats._sheets import TINY, UNREADABLE
from parstudy.releases.formats.grid import with_unread
from parstudy.releases.numbers import superscript

STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_WHITE = (1.0, 1.0, 1.0)
_PIXELS_OF_A_POINT = 4 / 3


@dataclass(frozen=True)
class Look:
    """What a style says of a text; nothing of what it leaves to the style around."""

    raised: bool | None = None
    struck: bool | None = None
    hidden: bool | None = None
    colour: str | None = None
    ground: str | None = None
    size: str | None = None

    def within(self, around: Look) -> Look:
        """With what the style around says of the rest."""
        own = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
        return replace(around, **own)

    @property
    def unseen(self) -> bool:
        """Whether nobody sees a text that looks so."""
        size = _hiding.pixels(self.size or "")
        tiny = size is not None and "%" not in (self.size or "")
        if self.hidden or (tiny and (size or 0) < TINY * _PIXELS_OF_A_POINT):
            return True
        colour = _hiding.colour(self.colour) if self.colour else None
        behind = _hiding.ground(self.ground or "")
        behind = _WHITE if behind == "none" else behind
        return (
            colour is not None
            and not isinstance(behind, str)
            and _hiding.contrast(colour, behind) < UNREADABLE
        )


_PLAIN = Look()


@dataclass(frozen=True)
class Typed:
    """The text of a cell as it is shown."""

    text: str
    changed: bool
    struck: bool
    unseen: bool


@dataclass
class Styles:
    """The styles of a file by family and name."""

    _own: dict[tuple[str, str], Look] = field(default_factory=dict)
    _sizes: dict[str, float] = field(default_factory=dict)
    _conditional: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, *bodies: Any) -> Styles:
        """Styles of the parts of a file."""
        found = cls()
        said: dict[tuple[str, str], tuple[Look, str]] = {}
        for body in bodies:
            for style in body.iter(f"{STYLE}style", f"{STYLE}default-style"):
                family, name = style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")
                said[family, name] = _said(style), style.get(f"{STYLE}parent-style-name", "")
                for kind, side in (("row", "height"), ("column", "width")):
                    one = style.find(f"{STYLE}table-{kind}-properties")
                    size = (
                        None
                        if one is None
                        else _hiding.pixels(one.get(f"{STYLE}{kind}-{side}", ""))
                    )
                    if size is not None:
                        found._sizes[name] = size / _PIXELS_OF_A_POINT
        for family, name in said:
            look, key, steps = _PLAIN, (family, name), 0
            while key in said and steps < 20:
                own, parent = said[key]
                look, steps = look.within(own), steps + 1
                key = (family, parent if key[1] else "none")
            found._own[family, name] = look
        for body in bodies:
            for one in body.iter(f"{STYLE}map"):
                name = one.getparent().get(f"{STYLE}name", "")
                applied = found.cell(one.get(f"{STYLE}apply-style-name", ""))
                found._conditional[name] = found._conditional.get(name, False) or applied.unseen
        return found

    def cell(self, name: str) -> Look:
        """How the text of a cell of this style looks."""
        default = self._own.get(("table-cell", ""), _PLAIN)
        own = self._own.get(("table-cell", name)) or self._own.get(("table-cell", "Default"))
        # a file may leave the family out
        return (own or self._own.get(("", name), _PLAIN)).within(default)

    def inside(self, name: str, around: Look) -> Look:
        """How a part of a text looks."""
        own = self._own.get(("text", name)) or self._own.get(("paragraph", name))
        return (own or self._own.get(("", name), _PLAIN)).within(around)

    def matter(self) -> bool:
        """Whether any changes how a text is read or seen."""
        return any(
            one.raised or one.struck or one.hidden or one.colour or one.size
            for one in self._own.values()
        )

    def size_of(self, line: Any) -> float | None:
        """Height of a row or width of a column in points, where it is said."""
        return self._sizes.get(line.get(f"{_TABLE}style-name", ""))

    def conditions(self, table: Any) -> list[str]:
        """Areas of a sheet whose figures a condition may hide."""
        found = [
            area.get(f"{_CALCEXT}target-range-address", "").replace(
                f"{table.get(f'{_TABLE}name')}.", ""
            )
            for area in table.iter(f"{_CALCEXT}conditional-format")
            if any(
                self.cell(one.get(f"{_CALCEXT}apply-style-name", "")).unseen
                for one in area.iter(f"{_CALCEXT}condition")
            )
        ]
        if found:
            return found
        mapped = {name for name, away in self._conditional.items() if away}
        styled = (c.get(f"{_TABLE}style-name") for c in table.iter(f"{_TABLE}table-cell"))
        return ["some cells"] if mapped and not mapped.isdisjoint(styled) else []


def _said(style: Any) -> Look:
    """What one style says itself."""
    text, cell = (style.find(f"{STYLE}{kind}-properties") for kind in ("text", "table-cell"))
    ground = None if cell is None else cell.get(f"{_FO}background-color")
    if text is None:
        return Look(ground=ground)
    position = text.get(f"{STYLE}text-position")
    lines = [text.get(f"{STYLE}text-line-through-{kind}") for kind in ("style", "type")]
    automatic = text.get(f"{STYLE}use-window-font-color") == "true"
    display, behind = text.get(f"{_TEXT}display"), text.get(f"{_FO}background-color")
    return Look(
        None if position is None else position.startswith(("super", *"123456789")),
        None if lines == [None, None] else any(one not in (None, "none") for one in lines),
        None if display is None else display == "none",
        "#000000" if automatic else text.get(f"{_FO}color"),
        ground or (behind if behind != "transparent" else None),
        text.get(f"{_FO}font-size"),
    )


def typed(row: Any, styles: Styles, usual: Mapping[int, str]) -> Iterator[tuple[int, int, Typed]]:
    """Column, repetition and text of the filled cells of a row.

    ``usual`` is the style of the cells of a column that have none of their own.
    """
    c = 0
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        many = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if len(cell):
            name = cell.get(f"{_TABLE}style-name") or row.get(f"{_TABLE}default-cell-style-name")
            look = styles.cell(name or usual.get(c, ""))
            pieces = [_Piece("", look)]
            for n, line in enumerate(cell.iterchildren(f"{_TEXT}p", f"{_TEXT}h")):
                pieces += [_Piece("\n", look)] if n else []
                pieces += _pieces(line, styles, look, whole=True)
            yield c, many, _typed(pieces, look, any(True for _ in cell.iter(f"{_TEXT}tab")))
        c += many


@dataclass(frozen=True)
class _Piece:
    text: str
    look: Look


def _typed(pieces: list[_Piece], look: Look, tabs: bool) -> Typed:
    """The text of a cell from its pieces."""
    filled = [p for p in pieces if p.text.strip()]
    struck = any(p.look.struck for p in filled)
    raised = any(p.look.raised for p in filled)
    kept = [p for p in filled if not p.look.struck]
    digits = {p.look.unseen for p in kept if any(ch.isdigit() for ch in p.text)}
    text = "".join(
        superscript(p.text) if p.look.raised else p.text for p in pieces if not p.look.struck
    )
    mixed = len(digits) > 1
    text = with_unread(text, ["white or tiny letters"]) if mixed else text
    text = "" if look.struck else text
    unseen = bool(kept) and all(p.look.unseen for p in kept)
    return Typed(text, tabs or struck or raised or mixed, struck, unseen)


def _pieces(node: Any, styles: Styles, around: Look, *, whole: bool = False) -> list[_Piece]:
    """Pieces of a paragraph or a part of it, with its blanks."""
    if node.tag == f"{_TEXT}s":
        return [_Piece(" " * min(int(node.get(f"{_TEXT}c", 1)), 100), around)]
    if node.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
        return [_Piece(" ", around)]
    if not isinstance(node.tag, str) or node.tag == f"{_OFFICE}annotation":
        return []
    name = node.get(f"{_TEXT}style-name", "")
    look = styles.inside(name, around) if name else around
    found = [_Piece(node.text or "", look)]
    for child in node:
        found += [*_pieces(child, styles, look), _Piece(child.tail or "", look)]
    return found
