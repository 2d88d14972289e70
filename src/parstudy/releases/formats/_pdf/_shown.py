"""What a page shows of its text: not white, hidden, cut off or covered, and everything once.

The library gives every character that a page holds. Whether one is seen is asked of the page's
picture: with all text taken away, it changes where text was seen, and only there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import text_recognition
from parstudy.releases.formats._pdf._characters import turn_of, unit_of

if TYPE_CHECKING:
    import numpy as np

Char = dict[str, Any]
_PIXELS_A_POINT = 1.5
_MOST_PIXELS = 8_000_000
_LONGEST_SIDE = 20_000
# of 255: fainter than that nobody reads
_FAINT = 24
# in smaller type two digits can share a place
_SMALL = 3.0
# characters nearer than that share of their size are one character, printed again to look bold
_SAME_PLACE = 0.35
_ON_TOP = 0.2
# of its size: the width of a comma and more, of a digit less
_NARROW = 0.4
_SLANT = 0.1
# points
_CELL = 12.0
_MOST_SQUARES = 10_000
# of the size of most characters of the page
_LARGE = 2.5


@dataclass(frozen=True)
class Sight:
    """Where the picture of a page changes when its text is taken away.

    Attributes
    ----------
    changed : ndarray of bool, shape (height, width)
        Pixels.
    left, top : float
        Upper left corner of what is seen of the page, in the coordinates of its characters.
    across, down : float
        Pixels a point.
    """

    changed: np.ndarray[Any, Any]
    left: float
    top: float
    across: float
    down: float

    @classmethod
    def of(cls, drawn: Any, page: Any) -> Sight:
        """Draw a page twice.

        Parameters
        ----------
        drawn : pypdfium2.PdfPage
            The page; it loses its text.
        page : pdfplumber.page.Page
            The same page, for its boxes.
        """
        import numpy as np

        width, height = drawn.get_size()
        scale = min(
            _PIXELS_A_POINT * unit_of(page),
            math.sqrt(_MOST_PIXELS / max(1.0, width * height)),
            _LONGEST_SIDE / max(1.0, width, height),
        )
        pictures = []
        for bare in (False, True):
            if bare:
                _without_text(drawn)
            picture = drawn.render(scale=scale, grayscale=True).to_numpy()
            pictures.append(picture.reshape(picture.shape[:2]).copy())
        changed = np.maximum(*pictures) - np.minimum(*pictures) >= _FAINT
        left, top, right, bottom = _visible(page)
        rows, columns = changed.shape
        return cls(changed, left, top, columns / (right - left), rows / (bottom - top))

    def boxes(self, chars: Sequence[Char]) -> np.ndarray[Any, Any]:
        """Pixels of characters, a little above and below them as well.

        Returns
        -------
        ndarray of int, shape (n, 4)
            Top, bottom, left and right of each, within the picture.
        """
        import numpy as np

        sides = np.array([(c["top"], c["bottom"], c["x0"], c["x1"]) for c in chars], dtype=float)
        more = 0.15 * (sides[:, 1] - sides[:, 0])
        sides[:, 0] -= more
        sides[:, 1] += more
        sides -= (self.top, self.top, self.left, self.left)
        sides *= (self.down, self.down, self.across, self.across)
        sides[:, ::2], sides[:, 1::2] = np.floor(sides[:, ::2]), np.ceil(sides[:, 1::2])
        rows, columns = self.changed.shape
        within = np.clip(sides, 0, (rows, rows, columns, columns))
        return np.asarray(within, dtype=int)

    def shows(self, boxes: np.ndarray[Any, Any]) -> list[bool]:
        """Whether anything is seen within each box."""
        seen = self.changed
        return [bool(seen[t:b, left:right].any()) for t, b, left, right in boxes.tolist()]

    def is_sure(self, boxes: np.ndarray[Any, Any]) -> bool:
        """Whether characters stand where the library says: all that changed is theirs."""
        rest = self.changed.copy()
        for top, bottom, left, right in boxes.tolist():
            rest[top:bottom, left:right] = False
        return bool(rest.sum() <= 0.2 * max(1, self.changed.sum()))


def _without_text(page: Any) -> None:
    """Take all text off a page of pdfium, in memory."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    def clear(owner: Any, count: Any, get: Any, remove: Any) -> None:
        for n in reversed(range(count(owner))):
            item = get(owner, n)
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                remove(owner, item)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM:
                clear(
                    item,
                    pdfium.FPDFFormObj_CountObjects,
                    pdfium.FPDFFormObj_GetObject,
                    pdfium.FPDFFormObj_RemoveObject,
                )

    clear(
        page.raw,
        pdfium.FPDFPage_CountObjects,
        pdfium.FPDFPage_GetObject,
        pdfium.FPDFPage_RemoveObject,
    )


def _visible(page: Any) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the crop box, in the coordinates of characters."""
    own = page.page_obj
    x0, y0, x1, y1 = own.mediabox
    crop = own.cropbox
    cx0, cy0 = max(x0, min(crop[0], crop[2])), max(y0, min(crop[1], crop[3]))
    cx1, cy1 = min(x1, max(crop[0], crop[2])), min(y1, max(crop[1], crop[3]))
    if cx1 <= cx0 or cy1 <= cy0:
        cx0, cy0, cx1, cy1 = x0, y0, x1, y1
    corners = {
        90: (cy0 - y0, x1 - cx1, cy1 - y0, x1 - cx0),
        180: (x1 - cx1, y1 - cy1, x1 - cx0, y1 - cy0),
        270: (y1 - cy1, cx0 - x0, y1 - cy0, cx1 - x0),
    }.get(own.rotate, (cx0 - x0, cy0 - y0, cx1 - x0, cy1 - y0))
    unit = unit_of(page)
    left, lower = page.mediabox[:2]
    height = float(page.height)
    return (
        unit * (corners[0] + left),
        unit * (height - corners[3] + lower),
        unit * (corners[2] + left),
        unit * (height - corners[1] + lower),
    )


def seen(
    chars: Sequence[Char], pictures: Sequence[Char], sight: Sight, place: str
) -> tuple[list[Char], list[str]]:
    """Characters that the page shows, each once, and what is to be told of the others.

    Parameters
    ----------
    chars : sequence of dict
        All characters of the page, in the order in which they are printed.
    pictures : sequence of dict
        Boxes of its pictures.
    sight : Sight
        What is seen of its text.
    place : str
        File and page, for messages.

    Raises
    ------
    ReleaseError
        ``scanned_pdf`` where the text is a recognition under or over the picture of a page,
        ``damaged_file`` where digits stand on top of each other.
    """
    chars = [c for c in chars if c["text"] != "\x00"]
    lost = [c for c in chars if c.get("cut") and c["text"].strip()]
    lost += _unseen([c for c in chars if not c.get("cut")], sight)
    _refuse_recognition(chars, lost, pictures, place)
    told = []
    if lost:
        told.append(f"{place}: text that the page does not show is not read: {words_in(lost)}")
    gone = {id(c) for c in lost}
    kept = once([c for c in chars if id(c) not in gone])
    over = _laid_over(kept)
    if over:
        told.append(f"{place}: large or slanted text over the page is not read: {words_in(over)}")
        gone = {id(c) for c in over}
        kept = [c for c in kept if id(c) not in gone]
    _refuse_on_top(kept, place)
    return kept, told


def _unseen(chars: Sequence[Char], sight: Sight) -> list[Char]:
    """Words of which nothing is seen, and digits that are not seen of others.

    A letter alone may be one that is only not drawn here, for want of its font.
    """
    if not chars:
        return []
    boxes = sight.boxes(chars)
    shown = dict(zip(map(id, chars), sight.shows(boxes), strict=True))
    blank = (c for c in chars if not c["text"].strip())
    shown |= {id(c): True for c in blank}
    if all(shown.values()) or not sight.is_sure(boxes):
        return []
    lost: list[Char] = []
    for word in printed_words(chars):
        some = any(shown[id(c)] for c in word)
        lost += [c for c in word if not shown[id(c)] and (not some or c["text"].isdigit())]
    return lost


def printed_words(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Runs of characters without a blank between, in the order of printing."""
    word: list[Char] = []
    for char in chars:
        blank = not char["text"].strip()
        far = bool(word) and not _follows(word[-1], char)
        if word and (blank or far):
            yield word
            word = []
        if not blank:
            word.append(char)
    if word:
        yield word


def _follows(one: Char, other: Char) -> bool:
    """Whether two characters stand side by side in a word."""
    size = float(max(one["size"], other["size"]))
    if turn_of(one) or _is_slanted(one):
        across = one["x0"] + one["x1"] - other["x0"] - other["x1"]
        down = one["top"] + one["bottom"] - other["top"] - other["bottom"]
        return math.hypot(across, down) <= 2.4 * size
    gap, step = abs(other["x0"] - one["x1"]), abs(other["bottom"] - one["bottom"])
    return bool(max(gap, step) <= 0.5 * size)


def _refuse_recognition(
    chars: Sequence[Char], lost: Sequence[Char], pictures: Sequence[Char], place: str
) -> None:
    digits = sum(c["text"].isdigit() for c in chars)
    unseen = [c for c in lost if c["text"].isdigit()]
    within = sum(any(_inside(c, p) for p in pictures) for c in unseen)
    if unseen and 2 * len(unseen) >= digits and 2 * within >= len(unseen):
        raise ReleaseError(
            "scanned_pdf",
            "a picture of a page; its text is not seen and was recognised by a machine",
            place=place,
            found=f"{len(unseen)} of {digits} digits that the page does not show",
            expected="a PDF with text that is shown",
            advice=text_recognition.advice(),
        )


def _inside(char: Char, box: Char) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box["x0"] <= x <= box["x1"] and box["top"] <= y <= box["bottom"])


def words_in(chars: Sequence[Char]) -> str:
    """The first words that characters make, for messages."""
    words = ["".join(c["text"] for c in word) for word in printed_words(chars)]
    more = f" and {len(words) - 6} more" if len(words) > 6 else ""
    return ", ".join(map(repr, words[:6])) + more


# ------------------------------------------------------------------ printed twice


class _Near:
    """Characters by place, to find those that stand close to another."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Char]] = {}

    def put(self, char: Char) -> None:
        """Keep a character in mind."""
        cell = (int(char["x0"] // _CELL), int(char["top"] // _CELL))
        self._cells.setdefault(cell, []).append(char)

    def at(self, char: Char, share: float) -> Iterator[Char]:
        """Characters nearer than that share of the character's own size, both ways."""
        x, y = char["x0"], char["top"]
        across = max(share * max(char["x1"] - x, _NARROW * char["size"]), 0.3)
        down = max(share * (char["bottom"] - y), 0.3)
        rows = range(int((y - down) // _CELL), int((y + down) // _CELL) + 1)
        for column in range(int((x - across) // _CELL), int((x + across) // _CELL) + 1):
            for row in rows:
                for other in self._cells.get((column, row), ()):
                    if abs(other["x0"] - x) <= across and abs(other["top"] - y) <= down:
                        yield other


def once(chars: Sequence[Char]) -> list[Char]:
    """The characters without those printed twice, a little apart, to look bold or to cast a shade.

    A digit that really follows its like stands a whole width away.
    """
    near, kept = _Near(), []
    for n, char in enumerate(chars):
        if n % 1000 == 0:
            budget.look_at_the_clock()
        twice = any(
            other["text"] == char["text"]
            and turn_of(other) == turn_of(char)
            and abs(other["size"] - char["size"]) <= 0.2 * char["size"]
            for other in near.at(char, _SAME_PLACE)
        )
        if not twice:
            near.put(char)
            kept.append(char)
    return kept


def _refuse_on_top(chars: Sequence[Char], place: str) -> None:
    """Refuse different digits at one place: a font that has lost the widths of its glyphs.

    Equal ones among them would have passed for one that is printed twice.
    """
    near = _Near()
    for char in chars:
        if not char["text"].isdigit() or char["size"] <= _SMALL:
            continue
        other = next((o for o in near.at(char, _ON_TOP) if o["text"] != char["text"]), None)
        if other is not None:
            raise ReleaseError(
                "damaged_file",
                "digits stand on top of each other",
                place=place,
                found=f"{other['text']!r} and {char['text']!r} at one place",
                expected="digits side by side",
                advice="One of them may be hidden (by a layer, a box, a stamp), or a font be lost: "
                "fetch the file again, or print it to a picture and see docs/add-a-release.md on "
                "scans",
            )
        near.put(char)


# ------------------------------------------------------------------ watermarks


def _laid_over(chars: Sequence[Char]) -> list[Char]:
    """Characters of watermarks: slanted or large ones, where they lie over the others.

    Slanted headings stand above the rows of figures and over nothing.
    """
    sizes = sorted(c["size"] for c in chars if c["text"].strip())
    if not sizes:
        return []
    usual = sizes[len(sizes) // 2]
    large = _LARGE * usual
    odd = [c for c in chars if c["size"] > large or _is_slanted(c)]
    if not odd:
        return []
    plain = {id(c) for c in odd}
    level = [c for c in chars if id(c) not in plain and c["text"].strip()]
    kinds: dict[tuple[str, int], list[Char]] = {}
    for char in odd:
        a, b = char["matrix"][:2]
        slanted = ("slanted", round(10 * math.atan2(b, a)))
        kind = slanted if _is_slanted(char) else ("large", round(char["size"]))
        kinds.setdefault(kind, []).append(char)
    rows = sorted({round(c["bottom"]) for c in level if c["text"].isdigit()})
    third = rows[2] if len(rows) > 2 else math.inf
    places = _Places(level)
    return [
        char
        for (kind, _), group in kinds.items()
        if any(_lies_over(g, o) for g in group for o in places.under(g))
        or (kind == "slanted" and any(third < g["top"] for g in group))
        for char in group
    ]


class _Places:
    """Characters by the squares of the page that they touch."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self._touching: dict[tuple[int, int], list[Char]] = {}
        self._large: list[Char] = []
        self._all = chars
        for char in chars:
            squares = _squares(char)
            self._large += [] if squares else [char]
            for square in squares:
                self._touching.setdefault(square, []).append(char)

    def under(self, char: Char) -> Iterator[Char]:
        """Those that another character may lie over; some come more than once."""
        squares = _squares(char)
        if not squares or len(squares) > len(self._touching):
            yield from self._all
            return
        yield from self._large
        for square in squares:
            yield from self._touching.get(square, ())


def _squares(char: Char) -> list[tuple[int, int]]:
    """Squares that a character touches; none for one that touches more than it should."""
    columns = range(int(char["x0"] // _CELL), int(char["x1"] // _CELL) + 1)
    rows = range(int(char["top"] // _CELL), int(char["bottom"] // _CELL) + 1)
    if len(columns) * len(rows) > _MOST_SQUARES:
        return []
    return [(column, row) for column in columns for row in rows]


def _is_slanted(char: Char) -> bool:
    a, b = char["matrix"][:2]
    if a == 0 or b == 0:
        return False
    return bool(min(abs(a), abs(b)) > _SLANT * math.hypot(a, b))


def _lies_over(one: Char, other: Char) -> bool:
    """Whether a character lies over another: a large one over half of it, for titles touch it."""
    share = 0.2 if _is_slanted(one) else 0.5
    across = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(
        one["text"].strip()
        and across > share * (other["x1"] - other["x0"])
        and down > share * (other["bottom"] - other["top"])
    )
