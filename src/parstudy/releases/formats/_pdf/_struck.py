"""Text of a page that lines strike out: by a thin line or box, or by two that cross."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats._pdf._characters import is_figure, turn_of
from parstudy.releases.formats._pdf._shown import printed_words

# of the height of a character, from its foot: lines under text and those of cells run outside
_LOWEST, _HIGHEST = 0.2, 0.68
# lines that lean are taken for a cross if they are hardly higher than the text
_LEANING = 2.0
# of the width of a character
_SHORTEST = 0.8
_ADVICE = "Look at the page, and write the figures that hold into a spreadsheet"


def struck(
    chars: Sequence[dict[str, Any]], edges: Sequence[dict[str, Any]], place: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Words through whose middle a line runs, as characters, and all the other lines.

    A line that runs through no figure strikes nothing: headings may lie on the lines of cells.

    Parameters
    ----------
    chars : sequence of dict
        Characters of the page.
    edges : sequence of dict
        Lines, and the sides of boxes.
    place : str
        File and page, for messages.

    Raises
    ------
    ReleaseError
        ``struck_out`` where that is most of the digits, or less than half of a figure: nobody knows
        what such lines mean.
    """
    over = _lines_over(chars, edges)
    words = list(printed_words(chars)) if over else []
    striking: set[int] = set()
    struck_digits = 0
    for word in words:
        text, part = "".join(c["text"] for c in word), [c for c in word if id(c) in over]
        if not part or not is_figure(text):
            continue
        if 2 * len(part) < len(word):
            raise ReleaseError(
                "struck_out",
                "a line runs through a part of a figure",
                place=place,
                found=repr(text),
                expected="lines through whole figures, which do not hold then",
                advice=_ADVICE,
            )
        striking.update(*(over[id(c)] for c in part))
        struck_digits += sum(c["text"].isdigit() for c in word)
    digits = sum(c["text"].isdigit() for c in chars)
    if 2 * struck_digits > digits:
        raise ReleaseError(
            "struck_out",
            "lines run through most of the figures",
            place=place,
            found=f"{struck_digits} of {digits} digits",
            expected="lines between the rows",
            advice=_ADVICE,
        )
    own = {at for at, lines in over.items() if lines & striking}
    gone = [c for w in words if 2 * sum(id(c) in own for c in w) >= len(w) for c in w]
    return gone, [e for n, e in enumerate(edges) if n not in striking]


def _lines_over(
    chars: Sequence[dict[str, Any]], edges: Sequence[dict[str, Any]]
) -> dict[int, set[int]]:
    """Numbers of the lines through the middle of a character, by the identity of that."""
    found: dict[int, set[int]] = {}
    for upright in (True, False):
        own = [c for c in chars if c["text"].strip() and (turn_of(c) in (0, 180)) is upright]
        sides = ("top", "bottom", "x0", "x1") if upright else ("x0", "x1", "top", "bottom")
        lines = sorted(
            ((e[sides[0]] + e[sides[1]]) / 2, n)
            for n, e in enumerate(edges if own else ())
            if e[sides[3]] > e[sides[2]]
        )
        middles = [middle for middle, _ in lines]
        for k, char in enumerate(own):
            if k % 1000 == 0:
                budget.look_at_the_clock()
            low, high = _middle(char, *sides[:2])
            near = lines[bisect.bisect_left(middles, low) : bisect.bisect_right(middles, high)]
            if over := {n for _, n in near if _runs_through(edges[n], char, sides)}:
                found[id(char)] = over
    return found


def _middle(char: dict[str, Any], start: str, end: str) -> tuple[float, float]:
    """From where to where a line is in the middle of a character, across its line of text."""
    tall = char[end] - char[start]
    if turn_of(char) in (0, 90):
        return char[end] - _HIGHEST * tall, char[end] - _LOWEST * tall
    return char[start] + _LOWEST * tall, char[start] + _HIGHEST * tall


def _runs_through(edge: dict[str, Any], char: dict[str, Any], sides: Sequence[str]) -> bool:
    start, end, left, right = sides
    middle = (char[left] + char[right]) / 2
    tall, wide = char[end] - char[start], char[right] - char[left]
    return bool(
        edge[left] <= middle <= edge[right]
        and edge[right] - edge[left] >= _SHORTEST * wide
        and edge[end] - edge[start] <= _LEANING * tall
    )
