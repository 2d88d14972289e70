"""Tables that run over several pages, put together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from parstudy.errors import ReleaseError
from parstudy.releases.formats._pdf._characters import is_figure
from parstudy.releases.formats._pdf._piece import SNAP, Piece
from parstudy.releases.formats.grid import Cell, Grid, rectangular
from parstudy.releases.words import is_caption, is_name, is_region

_MANY_ROWS = 12  # rows whose numbers show which digit stands for which
_LONGEST_REST = 4  # words of a name that are on the next page


def joined(pieces: Sequence[Piece], file: str, notes: Mapping[int, Sequence[str]]) -> list[Grid]:
    """Tables of a file, of their parts on its pages.

    Parameters
    ----------
    pieces : sequence of Piece
        In the order of the pages.
    file : str
        Name of the file.
    notes : mapping of int to sequence of str
        What is to be told of each page.
    """
    runs: list[list[Piece]] = []
    for piece in pieces:
        if runs and _continues(runs[-1], piece):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    found = []
    for run in runs:
        _refuse_swapped(run, file)
    for block in _side_by_side(runs):
        grid = _grid(block, file, notes)
        if any(ch.isdigit() for row in grid.rows for c in row for ch in c.text):
            found.append(grid)
    return found


def _refuse_swapped(run: Sequence[Piece], file: str) -> None:
    """Refuse text in which one digit stands for another: 1, 2, 8, 4 are running numbers, then.

    What a page shows are the pictures of its digits; what is read is what the file says of them.
    """
    numbers = [n for piece in run for n in running_numbers(piece)]
    means: dict[str, str] = {}
    for place, number in enumerate(numbers, 1):
        pairs = list(zip(str(place), str(number), strict=False))
        if len(str(place)) != len(str(number)) or any(
            means.setdefault(a, b) != b for a, b in pairs
        ):
            return
    odd = [(a, b) for a, b in means.items() if a != b]
    if len(numbers) < _MANY_ROWS or not odd or len(set(means.values())) < len(means):
        return
    raise ReleaseError(
        "unmapped_text",
        "the text of the page has other digits than the page shows: its running numbers count the "
        "rows only if some digits stand for others",
        place=f"{file} page {run[0].page} table {run[0].number}",
        found=f"{', '.join(map(str, numbers[:10]))} ...: "
        + ", ".join(f"{b} for {a}" for a, b in odd),
        expected="text that says what the page shows",
        advice="Ask for the original file, or print the page to a picture and see "
        "docs/add-a-release.md on scans",
    )


def _side_by_side(runs: Sequence[list[Piece]]) -> list[list[list[Piece]]]:
    """Runs of pages that hold further columns of the same rows, together."""
    blocks: list[list[list[Piece]]] = []
    for run in runs:
        if blocks and _goes_on_right(blocks[-1], run):
            blocks[-1].append(run)
        else:
            blocks.append([run])
    return blocks


def _goes_on_right(block: Sequence[Sequence[Piece]], run: Sequence[Piece]) -> bool:
    """Whether a run shows other columns of the very rows before: page by page, row by row."""
    first, before = block[0], block[-1]
    if run[0].page != before[-1].page + 1 or len(run) != len(first):
        return False
    for a, b in zip(first, run, strict=True):
        if len(a.tops) != len(b.tops):
            return False
        if any(abs(x - y) > SNAP for x, y in zip(a.tops, b.tops, strict=True)):
            return False
    # pages with names of their own stand for themselves
    rows = [row for piece in run for row in piece.rows]
    return not any(
        2 * len({row[c].text for row in rows if is_name(row[c].text)}) >= len(rows)
        for c in range(len(run[0].columns))
    )


def _grid(block: Sequence[Sequence[Piece]], file: str, notes: Mapping[int, Sequence[str]]) -> Grid:
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
    numbers = [piece.page for run in block for piece in run]
    pages = f"page {first[0].page}" + (f"-{last}" if last != first[0].page else "")
    doubt = "the table has no lines, and its headings do not stand clearly over columns"
    return Grid(
        file=file,
        where=f"{pages} table {first[0].number}",
        rows=rectangular(wide),
        places=blocks[0][1],
        context=first[0].context,
        below=block[-1][-1].below,
        doubt="" if all(p.certain for run in block for p in run) else doubt,
        blocks=tuple(blocks),
        notes=tuple(n for p in dict.fromkeys(numbers) for n in notes.get(p, ())),
    )


def _unbroken(run: Sequence[Piece]) -> list[Piece]:
    """A run whose rows are whole: the rest of a name on the next page goes back to its row."""
    found = list(run)
    for n in range(1, len(found)):
        piece, before = found[n], found[n - 1]
        column = _names(before)
        at = next((r for r in range(len(piece.rows)) if not _repeats(run[0], piece.rows[r])), None)
        if column is None or at is None:
            continue
        rest, row = piece.rows[at], before.rows[-1]
        if _is_title(rest[column].text):
            continue
        alone = rest[column].text and not any(
            c.text for k, c in enumerate(rest) if k != column and not c.covered
        )
        whole = is_name(row[column].text) and sum(is_figure(c.text) for c in row) >= 2
        if not (alone and whole) or rest[column].covered or is_region([], rest[column].text):
            continue
        name = f"{row[column].text} {rest[column].text}"
        mended = (*row[:column], replace(row[column], text=name), *row[column + 1 :])
        found[n - 1] = replace(before, rows=(*before.rows[:-1], mended))
        blank = tuple(replace(c, text="") for c in rest)
        found[n] = replace(piece, rows=(*piece.rows[:at], blank, *piece.rows[at + 1 :]))
    return found


def _is_title(text: str) -> bool:
    """Whether a line is too long for the rest of a name, or has a number in it.

    The rest of a criterion's name is as long as may be; it does not begin with a capital.
    """
    long = len(text.split()) > _LONGEST_REST and not text.lstrip()[:1].islower()
    return long or any(ch.isdigit() for ch in text)


def _repeats(piece: Piece, row: Sequence[Cell]) -> bool:
    """Whether a row stands above the figures of the first page too."""
    words = tuple(" ".join(c.text.split()).casefold() for c in row)
    for r, above in enumerate(piece.rows):
        if words == _line(piece, r):
            return True
        if sum(is_figure(c.text) for c in above) >= max(2, len(above) // 3):
            return False
    return False


def _places(run: Sequence[Piece]) -> tuple[str, ...]:
    return tuple(
        f"page {piece.page} table {piece.number} row {n}"
        for piece in run
        for n in range(1, len(piece.rows) + 1)
    )


def _continues(run: Sequence[Piece], piece: Piece) -> bool:
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
    if not repeated and (names is None or not _is_named(piece, names)):
        return False
    head, first = _head(run[0]), _head(piece)
    if first:
        # another header over as many columns is another table
        return first == head
    return _same_columns(before, piece)


def _same_columns(before: Piece, piece: Piece) -> bool:
    return all(
        min(a[1], b[1]) - max(a[0], b[0]) > 0.5 * min(a[1] - a[0], b[1] - b[0])
        for a, b in zip(piece.columns, before.columns, strict=True)
    )


def running_numbers(piece: Piece) -> list[int]:
    """Running numbers of the rows of figures, as the first column prints them."""
    texts = [
        row[0].text.strip().rstrip(".")
        for row in piece.rows
        if sum(is_figure(c.text) for c in row[1:]) and any(is_name(c.text) for c in row)
    ]
    return [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 4]


def _counts_on(before: Piece, piece: Piece) -> bool:
    last, first = running_numbers(before), running_numbers(piece)
    return bool(last and first and first[0] == last[-1] + 1)


def _titled_anew(run: Sequence[Piece], piece: Piece) -> bool:
    """Whether another table begins here, of the same shape: a title of its own, a count from 1."""
    seen = {_said(line) for p in run for line in p.context.split("\n")}
    new = [line for line in piece.context.split("\n") if is_name(line) and _said(line) not in seen]
    before, first = [n for p in run for n in running_numbers(p)], running_numbers(piece)
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


def _line(piece: Piece, row: int) -> tuple[str, ...]:
    return tuple(" ".join(c.text.split()).casefold() for c in piece.rows[row])


def _names(piece: Piece) -> int | None:
    """Column that holds a name in most rows."""
    counts = [sum(is_name(row[c].text) for row in piece.rows) for c in range(len(piece.columns))]
    most = counts.index(max(counts))
    return most if _is_named(piece, most) else None


def _is_named(piece: Piece, column: int) -> bool:
    """Whether a column holds a name in most rows."""
    return 2 * sum(is_name(row[column].text) for row in piece.rows) >= len(piece.rows)


def _head(piece: Piece) -> tuple[tuple[str, ...], ...]:
    """Rows above the first row of figures."""
    found = []
    for row in piece.rows:
        if sum(is_figure(c.text) for c in row) >= max(2, len(row) // 3):
            break
        if sum(bool(c.text) for c in row) >= max(2, len(row) // 2):
            found.append(tuple(" ".join(c.text.split()).casefold() for c in row))
    return tuple(found)
