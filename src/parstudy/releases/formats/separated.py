"""CSV, TSV and other separated text."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid, rectangular

_MARKS = ",;\t|"
# headings behind the mark with which a file begins
_SECOND_FILE = re.compile(r"\n\ufeff([^0-9\n]+)(?=\n)")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{2,6}|#[xX][0-9A-Fa-f]{2,5});")
# a decimal point, a comma behind a comma
_NO_DECIMALS = re.compile(r"[0-9]\.[0-9]|[0-9],[0-9]+,[0-9]")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]*)?")
_COMMENT = re.compile(r"#+\s*\w")
_BESIDE_WORDS = re.compile(r"(?<![0-9]),|,(?![0-9])")


def records(
    text: str, file: str, separator: str = ",", *, quoted: bool = True
) -> list[tuple[int, list[str]]]:
    """Records of a CSV text, each with the number of the line where it begins.

    Parameters
    ----------
    text, file, separator : str
        The text, the name of its file for messages, what parts its cells.
    quoted : bool
        Whether double quotes hold a cell together; else they are characters like others.

    Raises
    ------
    ReleaseError
        ``damaged_csv``.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        strict=quoted,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for record in reader:
            found.append((line, record))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReleaseError(
            "damaged_csv",
            "the file cannot be cut into cells from here on",
            place=f"{file} row {line}",
            found=str(error),
            expected="cells in closed double quotes or without any",
        ) from None
    return found


def grid(path: Path, encoding: str = "", separator: str = "") -> Grid:
    """Read a separated text file as one table.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str, optional
        ``utf-8``, ``utf-16``, ``utf-32``, ``windows-1258``, ``tcvn3`` or ``vni``; found out when
        empty.
    separator : str, optional
        Comma, semicolon, tab or bar; found out when empty.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``damaged_file``, ``unknown_encoding``, ``unknown_separator``,
        ``damaged_csv``.
    """
    text = decode(path.read_bytes(), path.name, encoding)
    if not text.strip():
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    if second := _SECOND_FILE.search(text):
        raise ReleaseError(
            "damaged_csv",
            "two files were put together: another begins in the middle",
            place=f"{path.name} row {text.count(chr(10), 0, second.start()) + 2}",
            found=f"a byte order mark before {second[1][:60]!r}",
            expected="one table",
            advice="Take the files apart, and add each of them",
        )
    budget.spend("cells", most_cells(text, separator or _MARKS), path.name)
    mark = separator or _separator(text, path.name)
    rows = _without_edge(
        [(line, [_shown(c) for c in r]) for line, r in records(text, path.name, mark)]
    )
    rows = _with_comments(rows, mark)
    _even(rows, path.name, mark)
    if not text.endswith(("\n", "\r")):
        _whole(rows, path.name)
    return Grid(
        file=path.name,
        where="",
        rows=rectangular([[Cell(c) for c in record] for _, record in rows]),
        places=tuple(f"row {line}" for line, _ in rows),
    )


def _shown(text: str) -> str:
    """What a cell means: ``="57,10"`` is the text ``57,10``, ``H&agrave;`` is ``Hà``."""
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


def _without_edge(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The same without a separator at the end of the rows that the heading does not have."""
    most, _ = _usual([len(r) for _, r in rows if any(c.strip() for c in r)])
    wide = [r for _, r in rows if len(r) == most]
    if most < 3 or any(r[-1].strip() for r in wide) or all(len(r) >= most for _, r in rows):
        return rows
    return [(line, r[: most - 1] if len(r) == most else r) for line, r in rows]


def _with_comments(rows: list[tuple[int, list[str]]], mark: str) -> list[tuple[int, list[str]]]:
    """The same, where a line such as "# PAR INDEX, 2022" is one text; "#" alone is a heading."""
    return [(line, [mark.join(r)] if _COMMENT.match(r[0] if r else "") else r) for line, r in rows]


def most_cells(text: str, marks: str) -> int:
    """Number of cells that a text can be cut into by one of some separators."""
    return text.count("\n") + 1 + max(text.count(mark) for mark in marks)


def _even(rows: list[tuple[int, list[str]]], file: str, mark: str) -> None:
    """Refuse rows of another width than most: a decimal comma may have cut a number in two."""
    widths = [len(r) for _, r in rows if any(c.strip() for c in r)]
    most, _ = _usual(widths)
    figures = any(ch.isdigit() for _, row in rows for cell in row for ch in cell)
    begun = False
    for n, (line, row) in enumerate(rows):
        begun = begun or len(row) == most
        told = sum(bool(c.strip()) for c in row)
        last = n + 1 == len(rows) or len(rows[n + 1][1]) == most
        # lines of a title stand above the header, a note under the table; both are short
        odd = len(row) > most or (told > 1 and (begun or last))
        if len(row) != most and odd and figures:
            if begun and told < 3 and not any(c.strip().isdigit() for c in row):
                continue
            if _ends_with_block([row for _, row in rows], n, most):
                continue
            if mark == "," and (error := _comma_twice(rows, file)):
                raise error
            raise ReleaseError(
                "damaged_csv",
                "the row has another number of cells than most rows",
                place=f"{file} row {line}",
                found=f"{len(row)} cells",
                expected=f"{most} cells",
                advice=f"A cell with {mark!r} in it needs double quotes",
            )


def _whole(rows: Sequence[tuple[int, Sequence[str]]], file: str) -> None:
    """Refuse a file whose last number lacks decimals that all above it have: it may be cut."""
    line, last = rows[-1]
    figures = [row[-1].strip() for _, row in rows if row and len(row) == len(last)]
    *above, own = [f for f in figures if _NUMBER.fullmatch(f)] or [""]
    few = min((len(f.replace(",", ".").partition(".")[2]) for f in above), default=0)
    # zeros at the end are printed, so that one digit less is no shorter number
    kept = any(f.endswith("0") for f in above)
    if own == figures[-1] and kept and len(own.replace(",", ".").partition(".")[2]) < few:
        raise ReleaseError(
            "damaged_csv",
            "the file ends without the end of its last line, and the last number has fewer "
            "decimals than all above it: it may be cut",
            place=f"{file} row {line}",
            found=repr(own),
            expected=f"{few} decimals",
            advice="Fetch the file again; if the number is right, end its line",
        )


def _ends_with_block(rows: Sequence[Sequence[str]], last: int, most: int) -> bool:
    """Whether a last row ends where one of the tables side by side does: the next has no more."""
    head = [c.strip().casefold() for c in next(row for row in rows if len(row) == most)]
    size = next(
        (
            n
            for n in range(2, most // 2 + 1)
            if all(a == b for a, b in zip(head, head[n:], strict=False)) and any(head[:n])
        ),
        most,
    )
    whole = len(rows[last]) % size in (0, size - 1 if len(head) % size == size - 1 else 0)
    after = (sum(bool(c.strip()) for c in row) for row in rows[last + 1 :])
    return whole and len(rows[last]) < most and all(told < 2 for told in after)


def _comma_twice(rows: Sequence[tuple[int, list[str]]], file: str) -> ReleaseError | None:
    """The refusal of a file whose comma parts the cells and the decimals, which none can tell."""
    told = [(line, r) for line, r in rows if sum(bool(c.strip()) for c in r) > 2]
    if len(told) < 3 or any(re.search(r"\d\.\d", c) for _, r in rows for c in r):
        return None
    (_, head), *body = told
    longer = [(line, r) for line, r in body if len(r) > len(head)]
    if 2 * len(longer) < len(body) or any(c.strip().isdigit() for c in head):
        return None
    line, row = longer[0]
    return ReleaseError(
        "damaged_csv",
        "the comma parts the cells and is the decimal mark as well",
        place=f"{file} row {line}",
        found=f"{len(row)} cells: {','.join(row)[:60]!r}",
        expected=f"{len(head)} cells, as the headings are",
        advice="Export the table with semicolons between the cells, or with each cell in double "
        "quotes",
    )


def _usual(widths: list[int]) -> tuple[int, int]:
    """The width that most rows have, the wider one of two, and how many have it."""
    counted = Counter(widths)
    return max(counted.items(), key=lambda one: one[::-1], default=(1, 0))


def _separator(text: str, file: str) -> str:
    """The one separator that cuts the file into rows of equal width; else an error."""
    widths: dict[str, list[int]] = {}
    marks = _MARKS if _may_part(text) else _MARKS.replace(",", "")
    for mark in marks:
        try:
            cut = [len(r) for _, r in records(text, file, mark) if any(c.strip() for c in r)]
        except ReleaseError as broken:
            if "end of data" not in broken.found:
                continue
            # a quote that is never closed, in a file that this separator cuts but for that
            bare = records(text.replace('"', ""), file, mark, quoted=False)
            most, many = _usual([len(r) for _, r in bare])
            if most > 2 and many >= 0.8 * len(bare):
                raise
            continue
        most, many = _usual(cut)
        if most > 1:
            widths[mark] = [most, many, len(cut)]
    even = {m: w for m, w in widths.items() if w[1] == w[2]}
    candidates = even or {m: w for m, w in widths.items() if w[1] >= 0.8 * w[2]}
    # a decimal comma must not pass for a separator: a semicolon or tab that fits as well wins
    for mark in ("\t", ";", "|", ","):
        if mark in candidates:
            return mark
    with contextlib.suppress(csv.Error):
        bare = [] if '"' in text else records(text, file, quoted=False)
        if error := _comma_twice(bare, file):
            raise error
    raise ReleaseError(
        "unknown_separator",
        "no separator cuts the rows into equally many cells",
        place=file,
        expected="comma, semicolon, tab or |",
        advice='Say it in release.toml: separator = ";"',
    )


def _may_part(text: str) -> bool:
    """Whether commas can part cells: those between two digits only are decimal marks."""
    if _NO_DECIMALS.search(text):
        return True
    lines = [line for line in text.splitlines() if "," in line]
    return 2 * sum(bool(_BESIDE_WORDS.search(line)) for line in lines) >= len(lines)


FORMAT = Format(
    "csv",
    (".csv", ".tsv", ".txt"),
    ("encoding", "separator"),
    lambda path, spec: [grid(path, spec.encoding, spec.separator)],
)
