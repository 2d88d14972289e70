"""Tables without lines: columns are what stays blank between them in all rows of figures."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from parstudy.releases.formats._pdf._characters import Word, is_figure, lines_of, words_of
from parstudy.releases.formats._pdf._piece import Piece
from parstudy.releases.formats.grid import MOST_TEXT, Cell, between
from parstudy.releases.words import is_name, is_region

_DECIMAL = re.compile(r"[0-9][.,][0-9]")
_YEAR = re.compile(r"(?:năm |year )?20[0-9]{2}")
_EDGE = 1.5
# numbers of columns: (1), (6)=(3)+(4)+(5)
_NUMBER = re.compile(r"\([0-9]{1,2}\)")
_CLOCK = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")


def unruled(chars: Sequence[dict[str, Any]], page: int) -> Piece | None:
    """The table of a page without lines, or nothing if there are no three rows of figures.

    Parameters
    ----------
    chars : sequence of dict
        Characters that stand upright.
    page : int
        Number of the page.
    """
    lines = [w for w in (words_of(line) for line in lines_of(chars)) if w]
    figures = [n for n, ws in enumerate(lines) if _has_figures(ws)]
    if len(figures) < 3:
        return None
    tops = [lines[n][0].top for n in figures]
    pitch = statistics.median([b - a for a, b in pairwise(tops)])
    bands = _bands([w for n in figures for w in lines[n]], 3.5)
    foot = _foot(lines, figures, pitch, bands)
    lines, under = lines[:foot], lines[foot:]
    if len(bands) < 3:
        return None
    head = _first_heading(lines, figures[0], bands, pitch)
    headings = [n for n in range(head, figures[0]) if not _between(lines[n])]
    groups, wide = _heading_columns([lines[n] for n in headings], bands)
    certain = bool(groups) or not headings
    rows: list[list[str]] = []
    spans: dict[tuple[int, int], _Wide] = {}
    for n in range(head, len(lines)):
        over = [w for w in wide if n in headings and w.line == headings.index(n)]
        rows.append(_row(lines[n], groups if n in headings and groups else bands, over))
        spans |= {(len(rows) - 1, c): o for o in over for c in range(o.first, o.last + 1)}
    if groups:
        # the first half of a name is nearer to its figures than headings are
        edge = lines[figures[0]][0].top - 0.75 * pitch
        _put_together(rows, [n - head for n in headings if lines[n][0].top < edge], wide)
    filled = [r for r, row in enumerate(rows) if any(row)]
    spans = {(filled.index(r), c): o for (r, c), o in spans.items()}
    places = [(lines[head + r][0].top, lines[head + r][0].bottom) for r in filled]
    merged, kept = _two_line_names([rows[r] for r in filled], places, pitch)
    above = "\n".join(" ".join(w.text for w in line) for line in lines[:head])[-MOST_TEXT:]
    below = between((" ".join(w.text for w in line) for line in under), last=True)
    cells = tuple(
        tuple(_cell(text, spans.get((n, c)), c) for c, text in enumerate(row))
        for n, row in zip(kept, merged, strict=True)
    )
    top = tuple(places[n][0] for n in kept)
    return Piece(page, 1, tuple(bands), cells, above, top, certain, below)


def goes_on(chars: Sequence[dict[str, Any]], page: int, before: Piece) -> Piece | None:
    """The last one or two rows of a table without lines, on a page of their own.

    Each of their figures stands under one column of the page before, and no word under two.
    """
    lines = [w for w in (words_of(line) for line in lines_of(chars)) if w]
    rows = [ws for ws in lines if _has_figures(ws)]
    bands = before.columns
    under = [(w, _spanned((w.x0, w.x1), bands)) for ws in rows for w in ws]
    # a name may be longer than those above
    fits = all(n == 1 if is_figure(w.text) else n < 2 for w, n in under)
    if not rows or not fits or before.page != page - 1:
        return None
    cells = tuple(tuple(Cell(t) for t in _row(ws, bands)) for ws in rows)
    return Piece(page, 1, bands, cells, "", tuple(ws[0].top for ws in rows), before.certain)


def untold(chars: Sequence[dict[str, Any]], boxes: Sequence[tuple[float, ...]]) -> list[str]:
    """Lines of figures that stand in none of the tables of a page, by the boxes of these."""
    outside = [
        c
        for c in chars
        if not any(
            b[0] <= (c["x0"] + c["x1"]) / 2 <= b[2] and b[1] <= (c["top"] + c["bottom"]) / 2 <= b[3]
            for b in boxes
        )
    ]
    found = [w for w in (words_of(line) for line in lines_of(outside)) if w and _has_figures(w)]
    return [" ".join(w.text for w in ws)[:60] for ws in found]


def _foot(
    lines: Sequence[Sequence[Word]],
    figures: Sequence[int],
    pitch: float,
    bands: Sequence[tuple[float, float]],
) -> int:
    """Number of the first line of the foot of the page, which stands apart under the table."""
    last = figures[-1]
    for n in range(last + 1, len(lines)):
        below = (lines[n][0].top - lines[n - 1][0].top) / pitch
        # a second line of a name is nearer than the next row
        worded = below > 0.95 and not any(c.isdigit() for w in lines[n] for c in w.text)
        apart = below > 1.4 or worded or (below > 0.95 and _is_sentence(lines[n], bands))
        if apart and not any(_DECIMAL.search(w.text) for line in lines[n:] for w in line):
            return n
    return len(lines)


def _is_sentence(line: Sequence[Word], bands: Sequence[tuple[float, float]]) -> bool:
    """Whether a line is running text over several columns; justified text has wider blanks."""
    gaps = sorted(b.x0 - a.x1 for a, b in pairwise(sorted(line, key=lambda w: w.x0)))
    even = len(gaps) > 4 and gaps[-1] < min(1.6 * gaps[0], 3 * _space(line))
    one = even or len(_bands(line, _space(line))) == 1
    return one and len(line) > 3 and _spanned((line[0].x0, line[-1].x1), bands) > 1


def _first_heading(
    lines: Sequence[Sequence[Word]],
    first: int,
    bands: Sequence[tuple[float, float]],
    pitch: float,
) -> int:
    """Number of the line where the headings above the first row of figures begin."""
    head = first
    while head > 0:
        phrases = _bands(lines[head - 1], _space(lines[head - 1]))
        # headings of several lines may stand in a higher row
        above = lines[max(head - 3, 0) : head]
        block = [w for line in above for w in line if lines[head - 1][0].top - w.top < pitch]
        near = 2.5 if 2 * len(_bands(block, _space(block))) > len(bands) else 1.4
        if lines[head][0].top - lines[head - 1][0].top > near * pitch:
            break
        # one phrase over many columns is the title
        one = len(phrases) == 1 and _spanned(phrases[0], bands) > 1
        if one or _is_sentence(lines[head - 1], bands):
            break
        head -= 1
    # the end of a sentence above
    rest = head < first and head > 0 and _is_sentence(lines[head - 1], bands)
    rest = rest and abs(lines[head][0].x0 - lines[head - 1][0].x0) < _EDGE
    return head + (rest and lines[head][-1].text.endswith("."))


def _cell(text: str, over: _Wide | None, column: int) -> Cell:
    """A cell; one of a heading over several columns repeats it, the first holds it."""
    if over is None:
        return Cell(text)
    return Cell(text, covered=over.first < column, anchor=over.first == column)


def _has_figures(line: Sequence[Word]) -> bool:
    """Whether a line is one of a table: figures, and not those of a sentence."""
    figures = sum(is_figure(w.text) and not _NUMBER.match(w.text) for w in line)
    words = [w.text.casefold() for w in line if w.text[:1].isalpha()]
    dated = any(one == "ngày" and "tháng" in words[n:] for n, one in enumerate(words))
    dated = dated or any(_CLOCK.fullmatch(w.text) for w in line)
    return figures >= 2 and len(words) <= 4 * figures and not dated


@dataclass(frozen=True)
class _Wide:
    """A heading over several columns."""

    line: int
    phrase: tuple[float, float]
    first: int
    last: int


def _heading_columns(
    lines: Sequence[Sequence[Word]], bands: Sequence[tuple[float, float]]
) -> tuple[list[tuple[float, float]], list[_Wide]]:
    """Where the headings of the columns stand, and headings over several; nothing if in doubt.

    Headings that stand above others and close the gap between them are those over several. Each
    must begin where its columns do, or stand over their middle.
    """
    words = [w for line in lines for w in line]
    if not words:
        return [], []
    gap = _space(words)
    groups = _bands(words, gap)
    if len(groups) == len(bands):
        return (groups, []) if _fit(groups, bands, lines) else ([], [])
    aligned = _right_aligned(words, bands) if len(lines) == 1 else []
    if aligned and _fit(aligned, bands, lines):
        return aligned, []
    rest = [(n, p) for n, line in enumerate(lines) for p in _bands(line, gap)]
    over: list[tuple[int, tuple[float, float]]] = []
    while len(groups) < len(bands) and len(rest) > 1:
        tried = [(_gathered([*rest[:k], *rest[k + 1 :]], gap), k) for k in range(len(rest) - 1)]
        most, k = max(tried, key=lambda one: len(one[0]))
        if len(most) <= len(groups):
            return [], []
        groups = most
        over.append(rest.pop(k))
    if len(groups) != len(bands) or not _fit(groups, bands, lines):
        return [], []
    wide = []
    for line, phrase in over:
        under = [
            k
            for k, g in enumerate(groups)
            if min(g[1], phrase[1]) - max(g[0], phrase[0]) > 0.2 * (g[1] - g[0])
        ]
        own = {
            k: [n for n, p in rest if groups[k][0] <= p[0] < groups[k][1]]
            for k in range(len(groups))
        }
        if len(under) < 2 or not all(n > line for k in under for n in own[k]):
            return [], []
        first, last = under[0], under[-1]
        left, right = groups[first][0], groups[last][1]
        begins = abs(phrase[0] - left) <= 3
        centred = abs(sum(phrase) - left - right) / 2 <= 0.1 * (right - left)
        # a neighbour of one short line below may belong under it as well
        doubtful = [
            k for k in (first - 1, last + 1)
            if 0 <= k < len(groups) and len(own[k]) == 1 and own[k][0] > line
            and len([w for w in lines[own[k][0]] if groups[k][0] <= w.x0 < groups[k][1]]) <= 2
        ]  # fmt: skip
        if not (begins or centred) or (begins and last + 1 in doubtful) or len(doubtful) == 2:
            return [], []
        wide.append(_Wide(line, phrase, first, last))
    return groups, wide


def _right_aligned(
    words: Sequence[Word], bands: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Headings of one line that end where their figures end, each of them; nothing otherwise.

    Blanks between two headings may be as narrow as those between two words of one.
    """
    own: list[list[Word]] = [[] for _ in bands]
    name = bands[0][1]
    for word in sorted(words, key=lambda w: w.x0):
        over = (k for k, b in enumerate(bands) if k and word.x1 <= b[1] + _EDGE)
        # the heading over the names may be wider than they are
        n = 0 if word.x0 <= name else next(over, 0)
        own[n].append(word)
        name = max(name, word.x1 + _space(words)) if n == 0 else name
    if not all(own):
        return []
    groups = [(min(w.x0 for w in ws), max(w.x1 for w in ws)) for ws in own]
    ends = all(abs(g[1] - b[1]) <= _EDGE for g, b in zip(groups[1:], bands[1:], strict=True))
    return groups if ends and all(a[1] < b[0] for a, b in pairwise(groups)) else []


def _fit(
    groups: Sequence[tuple[float, float]],
    bands: Sequence[tuple[float, float]],
    lines: Sequence[Sequence[Word]],
) -> bool:
    """Whether no heading reaches over figures of another column."""
    crossed = any(
        min(g[1], b[1]) - max(g[0], b[0]) > 1
        for k, g in enumerate(groups)
        for j, b in enumerate(bands)
        if j != k
    )
    return not crossed and not _year_over_one(lines, groups)


def _year_over_one(lines: Sequence[Sequence[Word]], groups: Sequence[tuple[float, float]]) -> bool:
    """Whether a year stands over a column whose neighbour may belong under it as well."""
    said = [
        [" ".join(w.text for w in line if x0 <= w.x0 < x1) for line in lines] for x0, x1 in groups
    ]
    for own, after in pairwise(said):
        for n, text in enumerate(own[:-1]):
            under = any(own[n + 1 :]) and any(after[n + 1 :])
            if _YEAR.fullmatch(text.casefold()) and under and not any(after[: n + 1]):
                return True
    return False


def _gathered(
    phrases: Sequence[tuple[int, tuple[float, float]]], gap: float
) -> list[tuple[float, float]]:
    bands: list[tuple[float, float]] = []
    for x0, x1 in sorted(p for _, p in phrases):
        if bands and x0 <= bands[-1][1] + gap:
            bands[-1] = (bands[-1][0], max(bands[-1][1], x1))
        else:
            bands.append((x0, x1))
    return bands


def _space(words: Sequence[Word]) -> float:
    """A blank wider than that between two words of one heading."""
    return 0.4 * statistics.median([w.bottom - w.top for w in words])


def _between(line: Sequence[Word]) -> bool:
    """Whether a line above the figures is no heading: a region's name, numbers of columns."""
    texts = [w.text for w in line]
    return is_region(texts[:1], " ".join(texts)) or not any(is_name(t) for t in texts)


def _bands(words: Sequence[Word], gap: float) -> list[tuple[float, float]]:
    bands: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda w: w.x0):
        if bands and word.x0 <= bands[-1][1] + gap:
            bands[-1] = (bands[-1][0], max(bands[-1][1], word.x1))
        else:
            bands.append((word.x0, word.x1))
    return bands


def _band(word: Word, bands: Sequence[tuple[float, float]]) -> int:
    middle = (word.x0 + word.x1) / 2

    def distance(n: int) -> tuple[float, float]:
        x0, x1 = bands[n]
        overlap = min(word.x1, x1) - max(word.x0, x0)
        return (-max(0.0, overlap), abs(middle - (x0 + x1) / 2))

    return min(range(len(bands)), key=distance)


def _spanned(phrase: tuple[float, float], bands: Sequence[tuple[float, float]]) -> int:
    return sum(min(phrase[1], b[1]) > max(phrase[0], b[0]) for b in bands)


def _row(
    line: Sequence[Word], bands: Sequence[tuple[float, float]], over: Sequence[_Wide] = ()
) -> list[str]:
    cells = [""] * len(bands)
    for word in line:
        one = next((o for o in over if o.phrase[0] <= word.x0 < o.phrase[1]), None)
        n = _band(word, bands)
        for c in [n] if one is None else range(one.first, one.last + 1):
            cells[c] = f"{cells[c]} {word.text}".strip()
    return cells


def _put_together(rows: list[list[str]], headings: Sequence[int], wide: Sequence[_Wide]) -> None:
    """Make one heading of the lines over a column, or of those under one over several."""
    over = {c: o.line for o in wide for c in range(o.first, o.last + 1)}
    for c in range(len(rows[0])):
        line = over.get(c, -1)
        below = [r for r in headings[line + 1 :] if rows[r][c]]
        text = "\n".join(rows[r][c] for r in below)
        at = below[:1] if over else headings[-1:]
        for r in (*below, *at):
            rows[r][c] = text if r in at else ""


def _two_line_names(
    rows: list[list[str]], tops: Sequence[tuple[float, float]], pitch: float
) -> tuple[list[list[str]], list[int]]:
    """Put the halves of a name together: around the figures, or the second half below them."""
    names = [
        sum(len(r[c]) for r in rows if any(ch.isalpha() for ch in r[c]))
        for c in range(len(rows[0]))
    ]
    column = names.index(max(names))
    figures = [sum(is_figure(t) for n, t in enumerate(r) if n != column) for r in rows]
    alone = [bool(r[column]) and not any(t for n, t in enumerate(r) if n != column) for r in rows]
    gone = set()
    for n, row in enumerate(rows):
        if figures[n] < 2 or row[column] or not 0 < n < len(rows) - 1:
            continue
        between = alone[n - 1] and alone[n + 1] and n - 1 not in gone
        # nearer than lines of their own would be
        if between and tops[n][0] < tops[n - 1][1] and tops[n + 1][0] < tops[n][1]:
            row[column] = f"{rows[n - 1][column]} {rows[n + 1][column]}"
            gone |= {n - 1, n + 1}
    for n in range(1, len(rows)):
        above, near = rows[n - 1][column], tops[n][0] - tops[n - 1][0]
        below = tops[n + 1][0] - tops[n][0] if n + 1 < len(rows) else pitch
        half = alone[n] and n not in gone and bool(above) and figures[n - 1] >= 2
        # nearer to its figures than rows are, and than to those below
        if half and near < 0.75 * pitch and near < below:
            rows[n - 1][column] = f"{above} {rows[n][column]}"
            gone.add(n)
    kept = [n for n in range(len(rows)) if n not in gone]
    return [rows[n] for n in kept], kept
