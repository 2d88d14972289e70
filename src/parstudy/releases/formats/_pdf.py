"""PDF with a text layer, by pdfplumber: ruled tables by their lines, others by their columns."""

from __future__ import annotations

import bisect
import logging
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid, rectangular
from parstudy.releases.numbers import superscript
from parstudy.releases.words import is_caption, is_name, is_region

# a page with fewer numbers holds no table of a ranking
_FEWEST_NUMBERS = 6
_SNAP = 2.0
# in smaller type two digits can share a rounded place
_SMALL = 3.0
_DECIMAL = re.compile(r"[0-9][.,][0-9]")
_YEAR = re.compile(r"(?:năm |year )?20[0-9]{2}")
# numbers of columns: (1), (6)=(3)+(4)+(5)
_NUMBER = re.compile(r"\([0-9]{1,2}\)")
_MATRIX = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class _Piece:
    """The part of a table that stands on one page."""

    page: int
    number: int
    columns: tuple[tuple[float, float], ...]
    rows: tuple[tuple[Cell, ...], ...]
    context: str
    tops: tuple[float, ...]  # where each row begins
    certain: bool = True  # headings stand over their columns beyond doubt


def grids(path: Path, pages: tuple[int, int] | None = None) -> list[Grid]:
    """All tables of a PDF; one that runs over several pages is one table.

    Parameters
    ----------
    path : Path
        The file.
    pages : (int, int), optional
        First and last page, counted from 1.

    Raises
    ------
    ReleaseError
        ``wrong_format``, ``damaged_file``, ``encrypted_file``, ``scanned_pdf``, ``no_table``,
        ``missing_page``, ``unmapped_text``.
    """
    wanted = _pages_with_numbers(path, pages)
    import pdfplumber

    pieces: list[_Piece] = []
    logger, losses = logging.getLogger("pdfminer"), _Losses()
    logger.addHandler(losses)
    try:
        # opened here: pdfplumber leaves a damaged file open
        with path.open("rb") as stream, pdfplumber.open(stream) as document:
            for number in wanted:
                page = document.pages[number - 1]
                pieces += _page(page, number, path.name)
                # pdfplumber keeps what it has seen of each page: a gigabyte for 500 pages
                page.close()
                if losses.told:
                    raise ReleaseError(
                        "damaged_file",
                        "part of the page is lost",
                        place=f"{path.name} page {number}",
                        found=losses.told[0],
                        expected="a whole PDF file",
                    )
    except ReleaseError:
        raise
    except Exception as error:
        raise _damaged(path, error) from None
    finally:
        logger.removeHandler(losses)
    found = _joined(pieces, path.name)
    if not found:
        raise ReleaseError(
            "no_table",
            "no page holds a table with figures",
            place=path.name,
            expected="a table with a row per province or per criterion",
        )
    return found


class _Losses(logging.Handler):
    """What the library underneath says of data that it could not unpack: it only warns."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if "oss" in text or "orrupt" in text:
            self.told.append(text)


def _damaged(path: Path, error: Exception) -> ReleaseError:
    return ReleaseError(
        "damaged_file",
        "the PDF cannot be opened",
        place=path.name,
        found=f"{type(error).__name__}: {error}".strip(": "),
        expected="a whole PDF file",
    )


def _pages_with_numbers(path: Path, pages: tuple[int, int] | None) -> list[int]:
    """Numbers of the pages worth a closer look; also finds out what is no readable PDF."""
    head = path.read_bytes()[:1024]
    if not head:
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    if b"%PDF-" not in head:
        raise ReleaseError(
            "wrong_format",
            "the file is not PDF, whatever its name says",
            place=path.name,
            found=f"it begins with {head[:8]!r}",
            expected="%PDF-",
        )
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise ReleaseError(
                "encrypted_file",
                "the file is protected by a password",
                place=path.name,
                expected="a PDF without a password",
                advice="Open it with its password and print it to a new PDF",
            ) from None
        raise _damaged(path, error) from None
    try:
        count = len(document)
        if pages is not None and pages[1] > count:
            raise ReleaseError(
                "missing_page",
                "the file has fewer pages",
                place=path.name,
                found=f"{count} pages",
                expected=f"page {pages[1]}",
            )
        first, last = pages or (1, count)
        wanted, empty = [], []
        for number in range(first, last + 1):
            text = document[number - 1].get_textpage().get_text_bounded()
            if not text.strip():
                empty.append(number)
            elif sum(any(c.isdigit() for c in w) for w in text.split()) >= _FEWEST_NUMBERS:
                wanted.append(number)
    finally:
        document.close()
    from parstudy.releases.formats import text_recognition

    if empty and (not wanted or any(wanted[0] < n < wanted[-1] for n in empty)):
        some = ", ".join(map(str, empty[:8])) + (" ..." if len(empty) > 8 else "")
        raise ReleaseError(
            "scanned_pdf",
            "pages without a text layer: pictures of pages",
            place=f"{path.name} page {empty[0]}",
            found=f"no text on {len(empty)} of {last - first + 1} pages ({some})",
            expected="a PDF with text",
            advice=text_recognition.advice(),
        )
    return wanted


@dataclass(frozen=True)
class _Ruling:
    """The lines of one table, as boxes of cells."""

    cells: tuple[tuple[float, float, float, float], ...]
    bbox: tuple[float, float, float, float]


def _page(page: Any, number: int, file: str) -> list[_Piece]:
    # bold by printing twice: the same character at the same place counts once
    found, edges = _objects(page)
    once = {(c["text"], round(c["x0"]), round(c["top"])): c for c in found if c["text"] != "\x00"}
    chars = list(once.values())
    _apart(chars, number, file)
    rulings = _rulings(edges)
    # a page that lies on its side, whatever its /Rotate says: most figures stand that way
    turns = [_turn(c) for c in chars if c["text"].isdigit()]
    turn = max(set(turns), key=turns.count) if turns else 0
    if turn:
        size = (float(page.width), float(page.height))
        chars = [_turned(c, turn, size) for c in chars]
        rulings = [
            _Ruling(tuple(_box(c, turn, size) for c in t.cells), _box(t.bbox, turn, size))
            for t in rulings
        ]
        rulings.sort(key=lambda t: (t.bbox[1], t.bbox[0]))
    pieces = []
    taken: list[tuple[float, float, float, float]] = []
    for n, table in enumerate(rulings, 1):
        piece = _ruled(table, chars, number, n, _above(chars, table.bbox[1], taken), turn)
        if piece is not None:
            taken.append(table.bbox)
            pieces.append(piece)
    if not pieces:
        level = [c for c in chars if _turn(c) == turn]
        piece = _unruled(level, number)
        pieces = [piece] if piece is not None else []
    for piece in pieces:
        for row, cells in enumerate(piece.rows, 1):
            for column, cell in enumerate(cells, 1):
                if "(cid:" in cell.text or "\ufffd" in cell.text:
                    raise ReleaseError(
                        "unmapped_text",
                        "the PDF does not say which characters its glyphs are",
                        place=f"{file} page {number} table {piece.number} row {row} "
                        f"column {column}",
                        found=repr(cell.text[:40]),
                        expected="text that can be copied out",
                    )
    return pieces


def _apart(chars: Sequence[dict[str, Any]], number: int, file: str) -> None:
    """Refuse different digits at one place: a font that has lost the widths of its glyphs.

    Equal ones among them would have passed for one that is printed twice.
    """
    places: dict[tuple[int, int], str] = {}
    for char in chars:
        if char["text"].isdigit():
            other = places.setdefault((round(char["x0"]), round(char["top"])), char["text"])
            if other != char["text"] and char["size"] > _SMALL:
                raise ReleaseError(
                    "damaged_file",
                    "digits stand on top of each other",
                    place=f"{file} page {number}",
                    found=f"{other!r} and {char['text']!r} at one place",
                    expected="digits side by side",
                    advice="The PDF or one of its fonts is damaged: fetch it again",
                )


def _objects(page: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Characters and edges of a page: those few properties that are used, which is faster."""
    from pdfminer import layout
    from pdfplumber.utils import geometry

    left, lower = page.mediabox[:2]
    height = page.height

    def box(item: Any) -> dict[str, Any]:
        return {
            "x0": item.x0 + left,
            "x1": item.x1 + left,
            "top": height - item.y1 + lower,
            "bottom": height - item.y0 + lower,
        }

    chars: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []

    def walk(items: Iterable[Any]) -> None:
        for item in items:
            if isinstance(item, layout.LTChar):
                chars.append(
                    box(item) | {"text": item.get_text(), "size": item.size, "matrix": item.matrix}
                )
            elif isinstance(item, layout.LTCurve):
                kind = {layout.LTLine: "line", layout.LTRect: "rect"}.get(type(item), "curve")
                one = box(item)
                one |= {"object_type": kind, "y0": item.y0, "y1": item.y1, "doctop": one["top"]}
                one |= {"width": item.width, "height": item.height}
                one["pts"] = [(left + x, lower + height - y) for x, y in item.pts]
                edges.extend(geometry.obj_to_edges(one))
            elif isinstance(item, layout.LTContainer):
                walk(item)

    walk(page.layout)
    return chars, edges


def _rulings(edges: Sequence[dict[str, Any]]) -> list[_Ruling]:
    """Tables whose cells have lines around them, by the geometry of pdfplumber."""
    from pdfplumber import table
    from pdfplumber.utils.geometry import filter_edges

    kept = [*filter_edges(edges, "v", min_length=1), *filter_edges(edges, "h", min_length=1)]
    merged = table.merge_edges(kept, 3, 3, 3, 3)
    merged = filter_edges(merged, min_length=3)
    crossings = table.edges_to_intersections(merged, 3, 3)
    found = []
    for cells in table.cells_to_tables(table.intersections_to_cells(crossings)):
        if len(cells) >= 6:
            x0, top, x1, bottom = zip(*cells, strict=True)
            found.append(_Ruling(tuple(cells), (min(x0), min(top), max(x1), max(bottom))))
    return found


def _turn(char: dict[str, Any]) -> int:
    """Direction in which a character is read: 0, 90 (upwards), 180 or 270 (downwards)."""
    a, b = char["matrix"][:2]
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 180
    return 90 if b > 0 else 270


def _box(
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


def _turned(char: dict[str, Any], turn: int, size: tuple[float, float]) -> dict[str, Any]:
    x0, top, x1, bottom = _box((char["x0"], char["top"], char["x1"], char["bottom"]), turn, size)
    own = _turn(char)
    tall = bottom - top if own == turn else char["size"]
    return char | {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "size": tall}


def _above(chars: Sequence[dict[str, Any]], top: float, taken: Sequence[tuple[float, ...]]) -> str:
    start = max((b[3] for b in taken), default=0.0)
    return _text([c for c in chars if start <= (c["top"] + c["bottom"]) / 2 < top])[-600:]


# ------------------------------------------------------------------ ruled tables


def _ruled(
    table: _Ruling,
    chars: Sequence[dict[str, Any]],
    page: int,
    number: int,
    context: str,
    turn: int = 0,
) -> _Piece | None:
    xs = _edges(v for c in table.cells for v in (c[0], c[2]))
    ys = _edges(v for c in table.cells for v in (c[1], c[3]))
    if len(xs) < 3 or len(ys) < 3:
        return None
    owner: dict[tuple[int, int], int] = {}
    for n, (x0, top, x1, bottom) in enumerate(table.cells):
        for r in range(_index(ys, top), _index(ys, bottom)):
            for c in range(_index(xs, x0), _index(xs, x1)):
                owner.setdefault((r, c), n)
    content: dict[int, list[dict[str, Any]]] = {}
    crossed: set[int] = set()
    before: tuple[int, dict[str, Any]] | None = None
    for char in chars:
        x = (char["x0"] + char["x1"]) / 2
        y = (char["top"] + char["bottom"]) / 2
        r, c = bisect.bisect_right(ys, y) - 1, bisect.bisect_right(xs, x) - 1
        n = owner.get((r, c), -1)
        if n >= 0:
            content.setdefault(n, []).append(char)
        upright = _turn(char) == turn
        if before is not None and before[0] not in (n, -1) and n >= 0 and upright:
            last = before[1]
            touching = -0.2 <= (char["x0"] - last["x1"]) / char["size"] <= 0.12
            if touching and abs(char["bottom"] - last["bottom"]) < 0.1 * char["size"]:
                crossed.add(n)
        before = (n, char)
    over = {n: owner.get((r - 1, c), n) for (r, c), n in owner.items()}
    _run_over(content, {n: m for n, m in over.items() if m != n}, chars)
    texts = {n: _cell_text(found, turn) for n, found in content.items()}
    rows, seen = [], set()
    for r in range(len(ys) - 1):
        cells = []
        for c in range(len(xs) - 1):
            n = owner.get((r, c), -1)
            kind = "crossed" if n in crossed else "text"
            cells.append(Cell(texts.get(n, ""), kind=kind, covered=n in seen))
            if n >= 0:
                seen.add(n)
        rows.append(tuple(cells))
    return _Piece(page, number, tuple(pairwise(xs)), tuple(rows), context, tuple(ys[:-1]))


def _run_over(
    content: dict[int, list[dict[str, Any]]],
    over: dict[int, int],
    chars: Sequence[dict[str, Any]],
) -> None:
    """Put text that runs over the foot of its cell, onto the text of the cell below, back.

    A header that is repeated on a page may be lower there than its words. They were written right
    after those of their cell, and lie on what belongs to the cell below.
    """
    order = {id(char): n for n, char in enumerate(chars)}
    for n, found in list(content.items()):
        above = content.get(over.get(n, -1), [])
        runs: list[list[dict[str, Any]]] = []
        for char in found:
            if runs and order[id(char)] == order[id(runs[-1][-1])] + 1:
                runs[-1].append(char)
            else:
                runs.append([char])
        if len(runs) < 2 or not above:
            continue
        run = next((r for r in runs if order[id(r[0])] == order[id(above[-1])] + 1), None)
        rest = [c for r in runs if r is not run for c in r]
        if run is not None and any(_lies_on(a, b) for a in run for b in rest):
            above += run
            content[n] = rest


def _lies_on(one: dict[str, Any], other: dict[str, Any]) -> bool:
    across = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(across > 0.5 and down > 0.3 * min(float(one["size"]), float(other["size"])))


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SNAP:
            edges.append(value)
    return edges


def _index(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _cell_text(chars: Sequence[dict[str, Any]], turn: int) -> str:
    """Text of a cell, also of one whose heading stands on its side."""
    found = []
    for own in sorted({_turn(c) for c in chars if c["text"].strip()}, key=lambda t: t != turn):
        same = [c for c in chars if _turn(c) == own]
        if own != turn:
            # the box is turned back by what it is turned more than the page
            same = [_turned(c | {"matrix": _MATRIX}, (own - turn) % 360, (0, 0)) for c in same]
            same = [c | {"size": c["bottom"] - c["top"]} for c in same]
        found.append(_text(same))
    return " ".join(found)


def _text(chars: Sequence[dict[str, Any]]) -> str:
    """Characters in reading order; raised small digits stay raised."""
    lines = _lines(chars)
    return "\n".join(" ".join(w.text for w in _words(line)) for line in lines).strip()


def _lines(chars: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Characters by lines of text: those whose middles lie within half a height."""
    lines: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda c: ((c["top"] + c["bottom"]) / 2, c["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        if lines:
            big = max(lines[-1], key=lambda c: float(c["size"]))
            if abs(middle - (big["top"] + big["bottom"]) / 2) <= 0.5 * max(
                float(big["size"]), float(char["size"])
            ):
                lines[-1].append(char)
                continue
        lines.append([char])
    return [sorted(line, key=lambda c: c["x0"]) for line in lines]


@dataclass(frozen=True)
class _Word:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float


def _words(line: Sequence[dict[str, Any]]) -> list[_Word]:
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
            if float(c["size"]) < 0.8 * size and base - c["bottom"] > 0.12 * size
            else c["text"]
            for c in word
        )
        found.append(
            _Word(
                text,
                min(c["x0"] for c in word),
                max(c["x1"] for c in word),
                min(c["top"] for c in word),
                max(c["bottom"] for c in word),
            )
        )
    return found


# ------------------------------------------------------------------ tables without lines


def _is_figure(text: str) -> bool:
    # a bare year belongs to a heading more often than to a row of figures
    said = text.strip(",.;:()")
    year = len(said) == 4 and said.isdigit() and said.startswith("20")
    return any(c.isdigit() for c in text) and not any(c.isalpha() for c in text) and not year


def _has_figures(line: Sequence[_Word]) -> bool:
    """Whether a line is one of a table: figures, and not those of a sentence."""
    figures = sum(_is_figure(w.text) and not _NUMBER.match(w.text) for w in line)
    words = [w.text.casefold() for w in line if w.text[:1].isalpha()]
    dated = any(one == "ngày" and "tháng" in words[n:] for n, one in enumerate(words))
    return figures >= 2 and len(words) <= 4 * figures and not dated


@dataclass(frozen=True)
class _Wide:
    """A heading over several columns."""

    line: int
    phrase: tuple[float, float]
    first: int
    last: int


def _heading_columns(
    lines: Sequence[Sequence[_Word]], bands: Sequence[tuple[float, float]]
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


def _fit(
    groups: Sequence[tuple[float, float]],
    bands: Sequence[tuple[float, float]],
    lines: Sequence[Sequence[_Word]],
) -> bool:
    """Whether no heading reaches over figures of another column."""
    crossed = any(
        min(g[1], b[1]) - max(g[0], b[0]) > 1
        for k, g in enumerate(groups)
        for j, b in enumerate(bands)
        if j != k
    )
    return not crossed and not _year_over_one(lines, groups)


def _year_over_one(lines: Sequence[Sequence[_Word]], groups: Sequence[tuple[float, float]]) -> bool:
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


def _unruled(chars: Sequence[dict[str, Any]], page: int) -> _Piece | None:
    """Columns are what stays blank between them in all rows of figures."""
    lines = [w for w in (_words(line) for line in _lines(chars)) if w]
    figures = [n for n, ws in enumerate(lines) if _has_figures(ws)]
    if len(figures) < 3:
        return None
    tops = [lines[n][0].top for n in figures]
    pitch = statistics.median([b - a for a, b in pairwise(tops)])
    # the foot of the page stands apart, under the table
    for n in range(figures[-1] + 1, len(lines)):
        below = (lines[n][0].top - lines[n - 1][0].top) / pitch
        # a second line of a name is nearer than the next row
        worded = below > 0.95 and not any(c.isdigit() for w in lines[n] for c in w.text)
        if (below > 1.4 or worded) and not any(
            _DECIMAL.search(w.text) for line in lines[n:] for w in line
        ):
            del lines[n:]
            break
    bands = _bands([w for n in figures for w in lines[n]], 3.5)
    if len(bands) < 3:
        return None
    first = figures[0]
    head = first
    while head > 0 and lines[head][0].top - lines[head - 1][0].top <= 1.4 * pitch:
        phrases = _bands(lines[head - 1], _space(lines[head - 1]))
        # one phrase over many columns is the title
        if len(phrases) == 1 and _spanned(phrases[0], bands) > 1:
            break
        head -= 1
    headings = [n for n in range(head, first) if not _between(lines[n])]
    groups, wide = _heading_columns([lines[n] for n in headings], bands)
    certain = bool(groups) or not headings
    rows: list[list[str]] = []
    spans: dict[tuple[int, int], _Wide] = {}
    for n in range(head, len(lines)):
        over = [w for w in wide if n in headings and w.line == headings.index(n)]
        rows.append(_row(lines[n], groups if n in headings and groups else bands, over))
        spans |= {(len(rows) - 1, c): o for o in over for c in range(o.first, o.last + 1)}
    _put_together(rows, [n - head for n in headings], wide)
    filled = [r for r, row in enumerate(rows) if any(row)]
    rows = [rows[r] for r in filled]
    spans = {(filled.index(r), c): o for (r, c), o in spans.items()}
    places = [(lines[head + r][0].top, lines[head + r][0].bottom) for r in filled]
    merged, kept = _two_line_names(rows, places, pitch)
    context = "\n".join(" ".join(w.text for w in line) for line in lines[:head])[-600:]
    cells = tuple(
        tuple(
            Cell(
                t,
                covered=one is not None and one.first < c,
                anchor=one is not None and one.first == c,
            )
            for c, t in enumerate(r)
            for one in [spans.get((n, c))]
        )
        for n, r in zip(kept, merged, strict=True)
    )
    tops = [places[n][0] for n in kept]
    return _Piece(page, 1, tuple(bands), cells, context, tuple(tops), certain)


def _space(words: Sequence[_Word]) -> float:
    """A blank wider than that between two words of one heading."""
    return 0.4 * statistics.median([w.bottom - w.top for w in words])


def _between(line: Sequence[_Word]) -> bool:
    """Whether a line above the figures is no heading: a region's name, numbers of columns."""
    texts = [w.text for w in line]
    return is_region(texts[:1], " ".join(texts)) or not any(is_name(t) for t in texts)


def _bands(words: Sequence[_Word], gap: float) -> list[tuple[float, float]]:
    bands: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda w: w.x0):
        if bands and word.x0 <= bands[-1][1] + gap:
            bands[-1] = (bands[-1][0], max(bands[-1][1], word.x1))
        else:
            bands.append((word.x0, word.x1))
    return bands


def _band(word: _Word, bands: Sequence[tuple[float, float]]) -> int:
    middle = (word.x0 + word.x1) / 2

    def distance(n: int) -> tuple[float, float]:
        x0, x1 = bands[n]
        overlap = min(word.x1, x1) - max(word.x0, x0)
        return (-max(0.0, overlap), abs(middle - (x0 + x1) / 2))

    return min(range(len(bands)), key=distance)


def _spanned(phrase: tuple[float, float], bands: Sequence[tuple[float, float]]) -> int:
    return sum(min(phrase[1], b[1]) > max(phrase[0], b[0]) for b in bands)


def _row(
    line: Sequence[_Word], bands: Sequence[tuple[float, float]], over: Sequence[_Wide] = ()
) -> list[str]:
    cells = [""] * len(bands)
    for word in line:
        one = next((o for o in over if o.phrase[0] <= word.x0 < o.phrase[1]), None)
        n = _band(word, bands)
        for c in [n] if one is None else range(one.first, one.last + 1):
            cells[c] = f"{cells[c]} {word.text}".strip()
    return cells


def _put_together(rows: list[list[str]], headings: Sequence[int], wide: Sequence[_Wide]) -> None:
    """Make one heading of the lines under a heading over several columns."""
    for c, line in {c: o.line for o in wide for c in range(o.first, o.last + 1)}.items():
        below = [r for r in headings[line + 1 :] if rows[r][c]]
        text = "\n".join(rows[r][c] for r in below)
        for r in below:
            rows[r][c] = text if r == below[0] else ""


def _two_line_names(
    rows: list[list[str]], tops: Sequence[tuple[float, float]], pitch: float
) -> tuple[list[list[str]], list[int]]:
    """Put the halves of a name together: around the figures, or the second half below them."""
    names = [
        sum(len(r[c]) for r in rows if any(ch.isalpha() for ch in r[c]))
        for c in range(len(rows[0]))
    ]
    column = names.index(max(names))
    figures = [sum(_is_figure(t) for n, t in enumerate(r) if n != column) for r in rows]
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


# ------------------------------------------------------------------ pages together


def _joined(pieces: Sequence[_Piece], file: str) -> list[Grid]:
    runs: list[list[_Piece]] = []
    for piece in pieces:
        if runs and _continues(runs[-1], piece):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    found = []
    for block in _side_by_side(runs):
        grid = _grid(block, file)
        if any(ch.isdigit() for row in grid.rows for c in row for ch in c.text):
            found.append(grid)
    return found


def _side_by_side(runs: Sequence[list[_Piece]]) -> list[list[list[_Piece]]]:
    """Runs of pages that hold further columns of the same rows, together."""
    blocks: list[list[list[_Piece]]] = []
    for run in runs:
        if blocks and _goes_on_right(blocks[-1], run):
            blocks[-1].append(run)
        else:
            blocks.append([run])
    return blocks


def _goes_on_right(block: Sequence[Sequence[_Piece]], run: Sequence[_Piece]) -> bool:
    """Whether a run shows other columns of the very rows before: page by page, row by row."""
    first, before = block[0], block[-1]
    if run[0].page != before[-1].page + 1 or len(run) != len(first):
        return False
    for a, b in zip(first, run, strict=True):
        if len(a.tops) != len(b.tops):
            return False
        if any(abs(x - y) > _SNAP for x, y in zip(a.tops, b.tops, strict=True)):
            return False
    # pages with names of their own stand for themselves
    rows = [row for piece in run for row in piece.rows]
    return not any(
        2 * len({row[c].text for row in rows if is_name(row[c].text)}) >= len(rows)
        for c in range(len(run[0].columns))
    )


def _grid(block: Sequence[Sequence[_Piece]], file: str) -> Grid:
    first = block[0]
    block = [_unbroken(run) for run in block] if len(block) == 1 else block
    wide: list[list[Cell]] = [[] for piece in first for _ in piece.rows]
    blocks = []
    for run in block:
        blocks.append((len(wide[0]), _places(run)))
        rows = [row for piece in run for row in piece.rows]
        for target, row in zip(wide, rows, strict=True):
            target += row
    last = block[-1][-1].page
    pages = f"page {first[0].page}" + (f"-{last}" if last != first[0].page else "")
    doubt = "the table has no lines, and its headings do not stand clearly over columns"
    return Grid(
        file=file,
        where=f"{pages} table {first[0].number}",
        rows=rectangular(wide),
        places=blocks[0][1],
        context=first[0].context,
        doubt="" if all(p.certain for run in block for p in run) else doubt,
        blocks=tuple(blocks),
    )


def _unbroken(run: Sequence[_Piece]) -> list[_Piece]:
    """A run whose rows are whole: the rest of a name on the next page goes back to its row."""
    found = list(run)
    for n in range(1, len(found)):
        piece, before = found[n], found[n - 1]
        column = _names(before)
        at = next((r for r in range(len(piece.rows)) if not _repeats(run[0], piece.rows[r])), None)
        if column is None or at is None:
            continue
        rest, row = piece.rows[at], before.rows[-1]
        alone = rest[column].text and not any(
            c.text for k, c in enumerate(rest) if k != column and not c.covered
        )
        whole = is_name(row[column].text) and sum(_is_figure(c.text) for c in row) >= 2
        if not (alone and whole) or rest[column].covered or is_region([], rest[column].text):
            continue
        name = f"{row[column].text} {rest[column].text}"
        mended = (*row[:column], replace(row[column], text=name), *row[column + 1 :])
        found[n - 1] = replace(before, rows=(*before.rows[:-1], mended))
        blank = tuple(replace(c, text="") for c in rest)
        found[n] = replace(piece, rows=(*piece.rows[:at], blank, *piece.rows[at + 1 :]))
    return found


def _repeats(piece: _Piece, row: Sequence[Cell]) -> bool:
    """Whether a row stands above the figures of the first page too."""
    words = tuple(" ".join(c.text.split()).casefold() for c in row)
    for r, above in enumerate(piece.rows):
        if words == _line(piece, r):
            return True
        if sum(_is_figure(c.text) for c in above) >= max(2, len(above) // 3):
            return False
    return False


def _places(run: Sequence[_Piece]) -> tuple[str, ...]:
    return tuple(
        f"page {piece.page} table {piece.number} row {n}"
        for piece in run
        for n in range(1, len(piece.rows) + 1)
    )


def _continues(run: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether a table goes on here: the next page, the same columns, the same or no header."""
    before = run[-1]
    if piece.page != before.page + 1 or piece.number != 1:
        return False
    if len(piece.columns) != len(before.columns):
        return False
    repeated = _line(run[0], 0) == _line(piece, 0)
    if _titled_anew(run, piece):
        return False
    # where rows break over pages, a header is not repeated on every page
    if len(run) > 1 and _line(run[0], 0) == _line(run[1], 0) and not repeated:
        return _counts_on(before, piece) and _same_columns(before, piece)
    names = _names(run[0])
    # further columns of the same rows look alike but name no province
    if not repeated and (names is None or names != _names(piece)):
        return False
    head, first = _head(run[0]), _head(piece)
    if first:
        # another header over as many columns is another table
        return first == head
    return _same_columns(before, piece)


def _same_columns(before: _Piece, piece: _Piece) -> bool:
    return all(
        min(a[1], b[1]) - max(a[0], b[0]) > 0.5 * min(a[1] - a[0], b[1] - b[0])
        for a, b in zip(piece.columns, before.columns, strict=True)
    )


def _numbers(piece: _Piece) -> list[int]:
    """Running numbers of the rows of figures, as the first column prints them."""
    texts = [
        row[0].text.strip().rstrip(".")
        for row in piece.rows
        if sum(_is_figure(c.text) for c in row[1:]) and any(is_name(c.text) for c in row)
    ]
    return [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 4]


def _counts_on(before: _Piece, piece: _Piece) -> bool:
    last, first = _numbers(before), _numbers(piece)
    return bool(last and first and first[0] == last[-1] + 1)


def _titled_anew(run: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether another table begins here, of the same shape: a title of its own, a count from 1."""
    seen = {_said(line) for p in run for line in p.context.split("\n")}
    new = [line for line in piece.context.split("\n") if is_name(line) and _said(line) not in seen]
    before, first = [n for p in run for n in _numbers(p)], _numbers(piece)
    if not new or first[:1] not in ([], [1]):
        return False
    if any("tiếp" in line.casefold() or "continued" in line.casefold() for line in new):
        return False
    return any(is_caption(line) for line in new) or bool(first and max(before, default=0) > 1)


def _said(line: str) -> str:
    """A line as it is compared; numbers of pages differ, those of tables and years count."""
    if is_caption(line):
        return "".join(line.casefold().split())
    return "".join(re.findall(r"[^\W\d_]|20[0-9]{2}", line.casefold()))


def _line(piece: _Piece, row: int) -> tuple[str, ...]:
    return tuple(" ".join(c.text.split()).casefold() for c in piece.rows[row])


def _names(piece: _Piece) -> int | None:
    """Column that holds a name in most rows."""
    counts = [sum(is_name(row[c].text) for row in piece.rows) for c in range(len(piece.columns))]
    most = max(counts)
    return counts.index(most) if 2 * most >= len(piece.rows) else None


def _head(piece: _Piece) -> tuple[tuple[str, ...], ...]:
    """Rows above the first row of figures."""
    found = []
    for row in piece.rows:
        if sum(_is_figure(c.text) for c in row) >= max(2, len(row) // 3):
            break
        if sum(bool(c.text) for c in row) >= max(2, len(row) // 2):
            found.append(tuple(" ".join(c.text.split()).casefold() for c in row))
    return tuple(found)


FORMAT = Format("pdf", (".pdf",), ("table", "pages"), lambda path, spec: grids(path, spec.pages))
