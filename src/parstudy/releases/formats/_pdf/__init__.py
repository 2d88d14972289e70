"""PDF with a text layer, by pdfplumber: ruled tables by their lines, others by their columns."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats._pdf import _measured, _opening, _shown
from parstudy.releases.formats._pdf._characters import (
    is_figure,
    objects,
    text_of,
    turn_of,
    turned,
    unit_of,
)
from parstudy.releases.formats._pdf._joined import joined, running_numbers
from parstudy.releases.formats._pdf._piece import Piece
from parstudy.releases.formats._pdf._ruled import Ruling, crowded, ruled, rulings
from parstudy.releases.formats._pdf._struck import struck
from parstudy.releases.formats._pdf._unruled import goes_on, unruled, untold
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import MOST_TEXT, Grid, between, listed
from parstudy.releases.words import is_name


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
    data = _opening.read_bytes(path)
    _measured.unpacked(data, path.name)
    pieces: list[Piece] = []
    notes: dict[int, list[str]] = {}
    with closing(_opening.opened(data, path.name)) as drawn:
        if not _measured.drawn(data, path.name, pages):
            data = _opening.rebuilt(drawn)
            _measured.unpacked(data, path.name)
            _measured.drawn(data, path.name, pages)
        texts, empty = _opening.pages_with_numbers(drawn, path.name, pages)
        for number, page in _pages(data, path.name, list(texts)):
            last = pieces[-1] if pieces else None
            place = f"{path.name} page {number}"
            found, notes[number] = _tables_of(page, drawn[number - 1], number, path.name, last)
            _opening.same_figures(texts[number], found, place)
            pieces += found
            budget.look_at_the_clock(place)
            if found:
                budget.earn()
        attached = "" if pieces else _opening.attached(drawn)
    if empty and notes:
        some = ", ".join(map(str, empty[:8])) + (" ..." if len(empty) > 8 else "")
        said = f"{path.name}: no text on page {some}: a picture, which is not read"
        notes[min(notes)].append(said)
    tables = joined(pieces, path.name, notes)
    if not tables:
        raise _no_table("\n".join(texts.values()).replace("\r", ""), attached, path.name)
    return tables


def _no_table(text: str, attached: str, file: str) -> ReleaseError:
    """The refusal of a file without a table, with what it has instead."""
    dots = listed(text)
    rows = [line for line in text.split("\n") if _ROW.match(line)]
    expected = "a table with a row per province or per criterion"
    if dots:
        message, found = "the figures stand in a list with leaders of dots", repr(dots)
        advice = "Write the list into a spreadsheet, a row for each province"
    elif len(rows) >= _MANY_ROWS:
        message = "nothing tells the columns of the table apart: no lines, and no blanks throughout"
        found = f"{len(rows)} lines such as {rows[0][:60]!r}"
        advice = (
            "Print the sheet with lines around its cells, all columns on one page; or add the "
            "spreadsheet itself"
        )
    else:
        message, found = "no page holds a table with figures", attached
        advice = "Save the attached file that holds the table, and add that" if attached else ""
    return ReleaseError(
        "no_table", message, place=file, found=found, expected=expected, advice=advice
    )


def _pages(data: bytes, file: str, wanted: Sequence[int]) -> Iterator[tuple[int, Any]]:
    """The pages by pdfplumber; whatever it stumbles over is a damaged file."""
    import pdfplumber

    with _losses() as losses:
        try:
            with pdfplumber.open(io.BytesIO(data)) as document:
                for number in wanted:
                    page = document.pages[number - 1]
                    yield number, page
                    # pdfplumber keeps what it has seen of each page: a gigabyte for 500 pages
                    page.close()
                    if losses:
                        raise ReleaseError(
                            "damaged_file",
                            "part of the page is lost",
                            place=f"{file} page {number}",
                            found=losses[0],
                            expected="a whole PDF file",
                            advice="Fetch it again",
                        )
        except ReleaseError:
            raise
        except Exception as error:
            raise _opening.damaged(file, error) from None


class _Losses(logging.Handler):
    """What the library underneath says of data that it could not unpack: it only warns."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is said of losses."""
        text = record.getMessage()
        if "oss" in text or "orrupt" in text:
            self.told.append(text)


@contextmanager
def _losses() -> Iterator[list[str]]:
    logger, losses = logging.getLogger("pdfminer"), _Losses()
    logger.addHandler(losses)
    try:
        yield losses.told
    finally:
        logger.removeHandler(losses)


def _tables_of(
    page: Any, drawn: Any, number: int, file: str, last: Piece | None
) -> tuple[list[Piece], list[str]]:
    """Tables of one page, and what is to be told of it; ``drawn`` is the page by pdfium.

    ``last`` is the last table of the pages before.
    """
    try:
        found = objects(page)
        place = f"{file} page {number}"
        _opening.no_struck_figures(drawn, place)
        over = _opening.texts_over(drawn)
        sight = _shown.Sight.of(drawn, page)
        chars, told = _shown.seen(found.chars, found.pictures, sight, place)
        gone, lines = struck(chars, found.edges, place)
        if gone:
            told.append(f"{place}: text that is struck out is not read: {_shown.words_in(gone)}")
            taken = {id(c) for c in gone}
            chars = [c for c in chars if id(c) not in taken]
        _refuse_thin(chars, place)
        if over:
            more = f" and {len(over) - 6} more" if len(over) > 6 else ""
            said = ", ".join(map(repr, over[:6])) + more
            told.append(f"{place}: notes or fields over the page are not read: {said}")
        pieces, left = _pieces(chars, rulings(lines), page, number, last)
        for piece in pieces[-1:]:
            _refuse_lost_row(piece, left, place)
        if left:
            said = "; ".join(map(repr, left[:3])) + (" ..." if len(left) > 3 else "")
            told.append(f"{place}: {len(left)} lines with figures stand in no table: {said}")
    except ReleaseError:
        raise
    except Exception as error:
        raise _opening.damaged(file, error) from None
    for piece in pieces:
        _refuse_unmapped(piece, file)
    return pieces, told


def _pieces(
    chars: Sequence[dict[str, Any]],
    tables: Sequence[Ruling],
    page: Any,
    number: int,
    last: Piece | None,
) -> tuple[list[Piece], list[str]]:
    """Tables of a page, and its lines of figures that are in none of them."""
    # a page that lies on its side, whatever its /Rotate says: most figures stand that way
    turns = [turn_of(c) for c in chars if c["text"].isdigit()]
    turn = max(set(turns), key=turns.count) if turns else 0
    if turn:
        unit = unit_of(page)
        size = (unit * float(page.width), unit * float(page.height))
        chars = [turned(c, turn, size) for c in chars]
        tables = sorted((t.turned(turn, size) for t in tables), key=lambda t: t.bbox[1::-1])
    pieces = []
    taken: list[tuple[float, float, float, float]] = []
    for n, table in enumerate(tables, 1):
        piece = ruled(table, chars, number, n, _above(chars, table.bbox[1], taken), turn)
        if piece is not None and not crowded(piece):
            taken.append(table.bbox)
            end = min((t.bbox[1] for t in tables if t.bbox[1] >= table.bbox[3]), default=_DEEP)
            pieces.append(replace(piece, below=_under(chars, table.bbox[3], end)))
    upright = [c for c in chars if turn_of(c) == turn]
    if pieces:
        return pieces, untold(upright, taken)
    one = unruled(upright, number) or (goes_on(upright, number, last) if last else None)
    return ([one], []) if one is not None else ([], untold(upright, []))


def _refuse_thin(chars: Sequence[dict[str, Any]], place: str) -> None:
    """Refuse a page some of whose digits are pressed together until nobody can read them."""
    digits = [c for c in chars if c["text"].isdigit()]
    thin = [c for c in digits if min(c["x1"] - c["x0"], c["bottom"] - c["top"]) < _THIN * c["size"]]
    if thin and 2 * len(thin) < len(digits):
        raise ReleaseError(
            "thin_digits",
            "digits are pressed together so that nobody can read them",
            place=place,
            found=f"{len(thin)} of {len(digits)} digits, such as {thin[0]['text']!r}",
            expected="digits that are wider than a line",
            advice="Look at the page, and type the table into a spreadsheet",
        )


def _refuse_lost_row(piece: Piece, lines: Sequence[str], place: str) -> None:
    """Refuse a page one of whose lines has the next running number, and stands in no table."""
    numbers = running_numbers(piece)
    for line in lines if numbers else ():
        first, *rest = line.split()
        figures = sum(map(is_figure, rest))
        next_to = first.rstrip(".") in (str(numbers[-1] + 1), str(numbers[0] - 1))
        if next_to and figures > 1 and any(map(is_name, rest)):
            raise ReleaseError(
                "row_outside",
                "a row of the table stands outside of its lines: it is broken over two pages, or "
                "a line is missing",
                place=place,
                found=repr(line),
                expected="each row within the lines of its table",
                advice="Copy the table into a spreadsheet, mend the row there, and add that",
            )


def _above(chars: Sequence[dict[str, Any]], top: float, taken: Sequence[tuple[float, ...]]) -> str:
    start = max((b[3] for b in taken), default=0.0)
    return text_of([c for c in chars if start <= (c["top"] + c["bottom"]) / 2 < top])[-MOST_TEXT:]


def _under(chars: Sequence[dict[str, Any]], bottom: float, end: float) -> str:
    """Text from the foot of a table to the next, or to the foot of the page."""
    text = text_of([c for c in chars if bottom <= (c["top"] + c["bottom"]) / 2 < end])
    return between(text.split("\n"), last=end == _DEEP)


def _refuse_unmapped(piece: Piece, file: str) -> None:
    for row, cells in enumerate(piece.rows, 1):
        for column, cell in enumerate(cells, 1):
            if "(cid:" in cell.text or "\ufffd" in cell.text:
                place = f"{file} page {piece.page} table {piece.number} row {row} column {column}"
                raise _opening.unmapped(place, cell.text[:40])


# a number, a name, a figure with decimals
_ROW = re.compile(r"\s*[0-9]{0,3}[.\s]*[^\W\d_][^\n]{0,60}?[0-9][.,][0-9]")
_MANY_ROWS = 10
_THIN = 0.1  # width of a digit, of its size
_DEEP = float("inf")
FORMAT = Format("pdf", (".pdf",), ("table", "pages"), lambda path, spec: grids(path, spec.pages))
