"""Text of old Excel files whose characters have fonts of their own: raised, or struck out.

[MS-XLS] 2.4.265 (SST), 2.5.293 (XLUnicodeRichExtendedString) and 2.4.122 (Font); a library that
reads cells gives their characters alone, so that a raised mark would be a digit of its figure.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from parstudy.releases.numbers import superscript


@dataclass(frozen=True)
class Font:
    """What of a font changes what its characters mean."""

    raised: bool
    struck: bool

    @classmethod
    def of(cls, record: bytes) -> Font:
        """Of a record FONT."""
        _, options, _, _, script = struct.unpack_from("<HHHHH", record)
        return cls(script == 1, bool(options & 8))


class Fonts(list[Font]):
    """Fonts of a workbook; there is none of number 4."""

    def numbered(self, number: int) -> Font:
        """The font that a record means by a number; a plain one if there is none such."""
        place = number - (number > 4)
        return self[place] if 0 <= place < len(self) else Font(raised=False, struck=False)

    def matter(self) -> bool:
        """Whether any changes what its characters mean."""
        return any(font.raised or font.struck for font in self)


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


def shared_texts(pieces: Sequence[bytes], fonts: Fonts) -> dict[int, tuple[str, bool]]:
    """Texts of the table of strings with characters that are raised or struck out.

    Parameters
    ----------
    pieces : sequence of bytes
        The record SST and those that go on with it.
    fonts : Fonts
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
        shown, struck = _shown(text, starts, fonts)
        if struck or shown != text:
            found[number] = (shown, struck)
    return found


def _shown(text: str, starts: Sequence[tuple[int, int]], fonts: Fonts) -> tuple[str, bool]:
    """A text as its runs of characters show it, and whether one is struck out."""
    ends = [start for start, _ in starts[1:]] + [len(text)]
    shown, any_struck = text[: starts[0][0]] if starts else text, False
    for (start, number), end in zip(starts, ends, strict=bool(starts)):
        font, part = fonts.numbered(number), text[start:end]
        any_struck |= font.struck and bool(part.strip())
        shown += "" if font.struck else superscript(part) if font.raised else part
    return shown, any_struck
