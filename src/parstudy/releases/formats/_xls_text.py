"""Text of old Excel files whose characters have fonts of their own: raised, or struck out.

[MS-XLS] 2.4.265 (SST), 2.5.293 (XLUnicodeRichExtendedString) and 2.4.122 (Font); a library that
reads cells gives their characters alone, so that a raised mark would be a digit of its figure.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from parstudy.releases.formats._sheets import TINY, is_faint
from parstudy.releases.formats.grid import with_unread
from parstudy.releases.numbers import superscript

_TWIPS = 20  # of a point
_FIRST_OWN, _FIRST_SYSTEM, _XF = 8, 64, 20
_SYSTEM = {64: "000000", 65: "FFFFFF", 0x7FFF: "000000"}


@dataclass(frozen=True)
class Font:
    """What of a font changes what its characters mean."""

    raised: bool
    struck: bool
    tiny: bool = False
    colour: int = 0x7FFF

    @classmethod
    def of(cls, record: bytes) -> Font:
        """Of a record FONT."""
        height, options, colour, _, script = struct.unpack_from("<HHHHH", record)
        return cls(script == 1, bool(options & 8), height < TINY * _TWIPS, colour)


@dataclass
class Colours:
    """What the numbers of colours mean in a workbook: six digits, or nothing if not known."""

    _own: dict[int, str] = field(default_factory=dict)

    def change(self, record: bytes) -> None:
        """Take the colours of a record PALETTE."""
        for n in range(int.from_bytes(record[:2], "little")):
            self._own[_FIRST_OWN + n] = record[2 + 4 * n : 5 + 4 * n].hex().upper()

    def __getitem__(self, number: int) -> str:
        from openpyxl.styles.colors import COLOR_INDEX

        usual = COLOR_INDEX[number][-6:] if number < _FIRST_SYSTEM else _SYSTEM.get(number, "")
        return self._own.get(number, usual)

    def faint(self, font: Font, ground: str = "FFFFFF") -> bool:
        """Whether nobody sees letters of a font on their ground."""
        return font.tiny or is_faint(self[font.colour], ground)

    def ground(self, xf: bytes) -> str:
        """Colour behind a cell, by its record XF."""
        if len(xf) < _XF:  # of Excel 95
            return ""
        pattern, fore = struct.unpack_from("<I", xf, 14)[0] >> 26, xf[18] & 0x7F
        return "FFFFFF" if not pattern else self[fore] if pattern == 1 else ""


class Fonts(list[Font]):
    """Fonts of a workbook; there is none of number 4."""

    def numbered(self, number: int) -> Font:
        """The font that a record means by a number; a plain one if there is none such."""
        place = number - (number > 4)
        return self[place] if 0 <= place < len(self) else Font(raised=False, struck=False)

    def matter(self, colours: Colours) -> bool:
        """Whether any changes what its characters mean, or may not be seen."""
        return any(font.raised or font.struck or colours.faint(font) for font in self)


class _Pieces:
    """A record and those that go on with it, read one after the other."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = list(pieces)
        self._at, self._place = 0, 0

    def take(self, count: int) -> bytes:
        """So many bytes, also over the end of a record."""
        taken = b""
        while len(taken) < count:
            piece = self._pieces[self._at]
            part = piece[self._place : self._place + count - len(taken)]
            taken += part
            self._place += len(part)
            if self._place >= len(piece) and len(taken) < count:
                self._at, self._place = self._at + 1, 0
        return taken

    def characters(self, count: int, wide: int) -> str:
        """So many characters; each further record says anew how wide its own are."""
        text = ""
        while count:
            piece = self._pieces[self._at]
            if self._place >= len(piece):
                self._at, self._place = self._at + 1, 1
                piece = self._pieces[self._at]
                wide = piece[0] & 1
            step = min(count, (len(piece) - self._place) // (1 + wide))
            if not step:
                raise IndexError("a character that is cut in two")
            part = piece[self._place : self._place + step * (1 + wide)]
            text += part.decode("utf-16-le" if wide else "latin-1", "replace")
            self._place += len(part)
            count -= step
        return text


def shared_texts(
    pieces: Sequence[bytes], fonts: Fonts, colours: Colours
) -> dict[int, tuple[str, bool]]:
    """Texts of the table of strings with characters that are raised or struck out.

    Parameters
    ----------
    pieces : sequence of bytes
        The record SST and those that go on with it.
    fonts, colours : Fonts, Colours
        Of the workbook.

    Returns
    -------
    dict
        Number of the string -> the text that is shown, raised characters as such, and whether
        some of it was struck out.
    """
    found: dict[int, tuple[str, bool]] = {}
    reader = _Pieces(pieces)
    _, strings = struct.unpack("<II", reader.take(8))
    for number in range(strings):
        try:
            count, options = struct.unpack("<HB", reader.take(3))
            runs = struct.unpack("<H", reader.take(2))[0] if options & 8 else 0
            more = struct.unpack("<I", reader.take(4))[0] if options & 4 else 0
            text = reader.characters(count, options & 1)
            starts = list(struct.iter_unpack("<HH", reader.take(4 * runs)))
            reader.take(more)
        except IndexError:  # fewer than it says
            break
        shown, struck = _shown(text, starts, fonts, colours)
        if struck or shown != text:
            found[number] = (shown, struck)
    return found


def _shown(
    text: str, starts: Sequence[tuple[int, int]], fonts: Fonts, colours: Colours
) -> tuple[str, bool]:
    """A text as its runs of characters show it, and whether one is struck out."""
    ends = [start for start, _ in starts[1:]] + [len(text)]
    shown, any_struck = text[: starts[0][0]] if starts else text, False
    lights = {False} if any(ch.isdigit() for ch in shown) else set[bool]()
    for (start, number), end in zip(starts, ends, strict=bool(starts)):
        font, part = fonts.numbered(number), text[start:end]
        any_struck |= font.struck and bool(part.strip())
        if not font.struck and any(ch.isdigit() for ch in part):
            lights.add(colours.faint(font))
        shown += "" if font.struck else superscript(part) if font.raised else part
    shown = with_unread(shown, ["white or tiny letters"]) if len(lights) > 1 else shown
    return shown, any_struck
