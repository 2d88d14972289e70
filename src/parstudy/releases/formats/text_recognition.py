"""Scanned PDF: pages to pictures to text, by Tesseract with Vietnamese; always to be reviewed.

What comes out is a proposal of the machine. It is written down as a CSV file beside the scan, so
that the same release reads the same everywhere afterwards, and every figure of it is doubtful.
"""

from __future__ import annotations

import csv
import io
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parstudy import budget
from parstudy.errors import ReleaseError

if TYPE_CHECKING:
    import numpy as np

_DPI = 300
# darker than this is ink; a run of ink longer than this share of the page is a ruled line
_INK = 160
_RULE = 0.04
_MOST_PAGES = 60


@dataclass(frozen=True)
class OcrCell:
    """One recognised cell.

    Attributes
    ----------
    row, column : int
        In the CSV file, counted from 1.
    text : str
        As recognised.
    confidence : float
        Of its least certain word, in percent.
    page : int
        Page of the scan.
    box : tuple of float
        Left, top, right and bottom on the page, in points from its upper left corner.
    """

    row: int
    column: int
    text: str
    confidence: float
    page: int
    box: tuple[float, float, float, float]

    def __str__(self) -> str:
        place = ", ".join(f"{v:.0f}" for v in self.box)
        return (
            f"row {self.row} column {self.column}: {self.text!r}, {self.confidence:.0f} % sure "
            f"(page {self.page}, box {place})"
        )


def available() -> bool:
    """Whether the extra and the program are installed, with Vietnamese."""
    try:
        import pytesseract
    except ImportError:
        return False
    if shutil.which("tesseract") is None:
        return False
    return "vie" in pytesseract.get_languages()


def advice() -> str:
    """What to do with a scan here."""
    if available():
        return (
            "Ask for the original file; or look at what text recognition makes of it with "
            "`parstudy add FILE`, and keep that with --accept-ocr"
        )
    return (
        "Ask for the original file; or install the extra parstudy[ocr] and the programs "
        "tesseract-ocr and tesseract-ocr-vie, then see what text recognition makes of it"
    )


def recognise(path: Path) -> tuple[str, tuple[OcrCell, ...]]:
    """Text of the tables of a scan as CSV, and every cell with its confidence and place.

    Raises
    ------
    ReleaseError
        ``no_ocr`` without Tesseract, ``too_many_pages``, ``no_table``.
    """
    if not available():
        raise ReleaseError(
            "no_ocr", "text recognition is not installed", place=path.name, advice=advice()
        )
    import pypdfium2  # type: ignore[import-untyped]

    lines: list[list[tuple[str, float, tuple[float, float, float, float]]]] = []
    pages: list[int] = []
    document = pypdfium2.PdfDocument(path)
    try:
        if len(document) > _MOST_PAGES:
            raise ReleaseError(
                "too_many_pages",
                "too many pages for text recognition",
                place=path.name,
                found=f"{len(document)} pages",
                expected=f"at most {_MOST_PAGES}: cut the annex out of the report",
            )
        for number in range(len(document)):
            width, height = document.get_page_size(number)
            dots = int(width * height * (_DPI / 72) ** 2)
            budget.spend("pixels", dots, f"{path.name} page {number + 1}")
        for number in range(len(document)):
            budget.earn()
            picture = document[number].render(scale=_DPI / 72, grayscale=True).to_numpy()
            found = _page(picture.reshape(picture.shape[0], picture.shape[1]))
            lines += found
            pages += [number + 1] * len(found)
    finally:
        document.close()
    width = max((len(line) for line in lines), default=0)
    if width < 3:
        raise ReleaseError(
            "no_table",
            "text recognition finds no table",
            place=path.name,
            expected="a table with a row per province",
        )
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    cells = []
    for row, (line, page) in enumerate(zip(lines, pages, strict=True), 1):
        writer.writerow([text for text, _, _ in line] + [""] * (width - len(line)))
        for column, (text, confidence, box) in enumerate(line, 1):
            if text:
                cells.append(OcrCell(row, column, text, confidence, page, box))
    return buffer.getvalue(), tuple(cells)


def without(text: str, row: int, column: int) -> str:
    """The CSV text with one cell left empty; both are counted from 1."""
    lines = list(csv.reader(io.StringIO(text)))
    lines[row - 1][column - 1] = ""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


_Cell = tuple[str, float, tuple[float, float, float, float]]


def _page(picture: np.ndarray[Any, Any]) -> list[list[_Cell]]:
    import pytesseract
    from PIL import Image

    across, clean = _without_rules(picture)
    try:
        data = pytesseract.image_to_data(
            Image.fromarray(clean),
            lang="vie",
            config="--psm 6 -c preserve_interword_spaces=1",
            output_type=pytesseract.Output.DICT,
        )
    except (pytesseract.TesseractError, OSError) as error:
        raise ReleaseError(
            "no_ocr",
            "text recognition cannot take a page",
            found=str(error)[:120],
            advice="Print the scan to a new PDF with pages of A4 or A3",
        ) from None
    words = [
        (
            str(text).strip(),
            float(data["conf"][n]),
            int(data["left"][n]),
            int(data["top"][n]),
            int(data["left"][n]) + int(data["width"][n]),
            int(data["top"][n]) + int(data["height"][n]),
        )
        for n, text in enumerate(data["text"])
        if str(text).strip(" |_-—") and float(data["conf"][n]) >= 0
    ]
    if not words:
        return []
    rows = _lines(words)
    # the number of the page
    while rows and len(rows[-1]) == 1 and rows[-1][0][0].strip("-–./ ").isdigit():
        rows.pop()
    edges = across if len(across) >= 4 else _gaps(rows)
    found = []
    for row in rows:
        if len(edges) < 4:
            found.append([_joined(row)])
            continue
        # a line that runs over the borders of columns is a title or a note
        crossing = sum(w[2] < e - 4 and w[4] > e + 4 for w in row for e in edges)
        inside = sum(edges[0] <= (w[2] + w[4]) / 2 <= edges[-1] for w in row)
        if crossing or inside < len(row):
            phrases = _phrases(row)
            whole = len(phrases) != len(edges) - 1
            found.append([_joined(row)] if whole else [_joined(p) for p in phrases])
            continue
        cells: list[_Cell] = []
        for left, right in pairwise(edges):
            part = [w for w in row if left <= (w[2] + w[4]) / 2 < right]
            cells.append(_joined(part) if part else ("", 100.0, (0.0, 0.0, 0.0, 0.0)))
        found.append(cells)
    return found


_Word = tuple[str, float, int, int, int, int]


def _joined(words: Sequence[_Word]) -> _Cell:
    scale = 72 / _DPI
    box = (
        scale * min(w[2] for w in words),
        scale * min(w[3] for w in words),
        scale * max(w[4] for w in words),
        scale * max(w[5] for w in words),
    )
    text = " ".join(w[0] for w in sorted(words, key=lambda w: w[2]))
    return text, min(w[1] for w in words), box


def _phrases(row: Sequence[_Word]) -> list[list[_Word]]:
    """Words of a line, cut where the blank is wider than between two words."""
    found: list[list[_Word]] = []
    height = statistics.median(w[5] - w[3] for w in row)
    for word in sorted(row, key=lambda w: w[2]):
        if found and word[2] - found[-1][-1][4] < 0.8 * height:
            found[-1].append(word)
        else:
            found.append([word])
    return found


def _lines(words: Sequence[_Word]) -> list[list[_Word]]:
    height = statistics.median(w[5] - w[3] for w in words)
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: (w[3] + w[5]) / 2):
        middle = (word[3] + word[5]) / 2
        if rows:
            last = statistics.mean((w[3] + w[5]) / 2 for w in rows[-1])
            if abs(middle - last) < 0.6 * height:
                rows[-1].append(word)
                continue
        rows.append([word])
    return rows


def _gaps(rows: Sequence[Sequence[_Word]]) -> list[float]:
    """Borders of columns: what stays blank in all rows that hold figures."""
    full = [r for r in rows if sum(any(c.isdigit() for c in w[0]) for w in r) >= 2]
    spans: list[list[float]] = []
    for word in sorted((w for r in full for w in r), key=lambda w: w[2]):
        if spans and word[2] <= spans[-1][1] + 14:
            spans[-1][1] = max(spans[-1][1], float(word[4]))
        else:
            spans.append([float(word[2]), float(word[4])])
    if len(spans) < 3:
        return []
    inner = [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]
    return [spans[0][0] - 20, *inner, spans[-1][1] + 20]


def _without_rules(
    picture: np.ndarray[Any, Any],
) -> tuple[list[float], np.ndarray[Any, Any]]:
    """Places of vertical ruled lines, and the picture without any ruled lines."""
    import numpy as np

    clean = picture.copy()
    ink = picture < _INK
    edges: list[float] = []
    for axis in (0, 1):
        dark = ink if axis == 0 else ink.T
        least = int(_RULE * dark.shape[0]) if axis == 0 else int(2 * _RULE * dark.shape[0])
        target = clean if axis == 0 else clean.T
        for line in np.flatnonzero(dark.sum(axis=0) >= least):
            column = dark[:, line]
            ends = np.flatnonzero(np.diff(np.concatenate(([0], column.astype(np.int8), [0]))))
            runs = ends.reshape(-1, 2)
            long = runs[(runs[:, 1] - runs[:, 0]) >= least]
            for start, stop in long:
                target[start:stop, max(0, line - 1) : line + 2] = 255
            if axis == 0 and len(long):
                if edges and line - edges[-1] <= 12:
                    edges[-1] = float(line)
                else:
                    edges.append(float(line))
    return edges, clean
