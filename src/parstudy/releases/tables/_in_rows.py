"""Read a table with a row for each province."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parstudy.errors import ReleaseError
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Cell, Grid
from parstudy.releases.spec import Column, ReleaseSpec, TableSpec
from parstudy.releases.tables._columns_of_figures import column_figures
from parstudy.releases.tables._headers import (
    check_headers,
    check_years,
    coded_columns,
    first_row,
    folded_row,
    header_text,
    one_maximum,
    read_maxima,
)
from parstudy.releases.tables._reading import Reading, count_unit, emit, note_words
from parstudy.releases.words import (
    LEFT_OUT,
    NUMBERING,
    aggregate_of,
    fold,
    is_ministry,
    is_name,
    is_of_maxima,
    is_region,
    unit_name,
)

_WHOLE = re.compile(r"[0-9]{1,3}\.?")
_FOOTNOTE = re.compile(r"(\*|\(|[⁰¹²³⁴-⁹]|ghi chú|chú thích|chú ý|nguồn|note|source)", re.I)


def provinces_as_rows(grid: Grid, spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    """Read a table with a row for each province, as ``release.toml`` says which column is what."""
    columns = [*spec.columns, *coded_columns(grid, spec)]
    check_headers(grid, spec, [*columns, *spec.where])
    check_years(grid, spec, release, columns)
    read_maxima(grid, spec, release, columns, into)
    start = first_row(spec)
    last = len(grid.rows) - 1 if spec.last_row is None else spec.last_row
    meant = _rows_meant(grid, spec, start, last, into)
    headers = (
        {folded_row(grid, r) for r in range(start) if _heads(grid, r)}
        if start <= len(grid.rows)
        else set()
    )
    cells: dict[int, list[tuple[int, Cell]]] = {n: [] for n in range(len(columns))}
    known = {c.column for c in columns} | {spec.unit_column, spec.number_column}
    known |= {c.column for c in spec.where}
    unread: dict[int, int] = {}
    units: list[tuple[int, str, str]] = []
    for row in meant:
        kind, unit, measure = _row_kind(grid, row, spec, columns, headers)
        if kind == "skip":
            if measure:
                into.notes.append(f"{grid.row_place(row)}: {measure}, not read")
            if unit and spec.number_column is not None:
                count_unit(grid, row, spec, "", into)
            continue
        if kind == "maxima":
            for column in columns:
                if column.measure == "score":
                    one_maximum(grid, row, column, spec, release, into)
            continue
        units.append((row, unit, measure))
        if spec.number_column is not None and not measure:
            count_unit(grid, row, spec, unit, into)
        for n, column in enumerate(columns):
            cells[n].append((row, grid.cell(row, column.column)))
        for c in range(grid.width):
            if c not in known and any(ch.isdigit() for ch in grid.rows[row][c].text):
                unread[c] = unread.get(c, 0) + 1
    note_words(grid, [cell for column in cells.values() for cell in column], into)
    for c in sorted(unread):
        head = header_text(grid, spec, c)
        into.notes.append(f"{grid.column_place(c)} {head!r}: {unread[c]} cells, not read")
    read_cells = {
        n: column_figures(grid, spec, columns[n], release, cells[n]) for n in range(len(columns))
    }
    for position, (_row, unit, measure) in enumerate(units):
        for n, column in enumerate(columns):
            found = read_cells[n][position]
            if found is None:
                continue
            # a mean of the score and one of the percent would be one figure twice
            twice = column.measure == "percent" and any(
                c.component == column.component and c.measure == "score" for c in columns
            )
            if not (measure and twice):
                emit(found, unit, measure, column, spec, release, into)


def _heads(grid: Grid, row: int) -> bool:
    """Whether a row above the body is a heading, or a line of one: it is passed over below too."""
    texts = [c.words for c in grid.rows[row] if c.words and not c.covered]
    return len(texts) > 1 or any(not any(ch.isdigit() for ch in t) for t in texts)


def _rows_meant(grid: Grid, spec: TableSpec, start: int, last: int, into: Reading) -> Sequence[int]:
    """Rows of the body that meet the conditions ``where``; all of them if there are none."""
    body = range(start, min(last + 1, len(grid.rows)))
    if not spec.where:
        return body
    wanted = [(c.column, {fold(text) for text in c.equals}) for c in spec.where]
    meant = [r for r in body if all(fold(grid.cell(r, c).text) in texts for c, texts in wanted)]
    told = ", ".join(f"{c.header} = {' or '.join(c.equals)}" for c in spec.where)
    if not meant:
        raise ReleaseError(
            "no_rows",
            "no row meets the conditions",
            place=f"{grid.file} {grid.where}".strip(),
            found=f"{len(body)} other rows",
            expected=told,
        )
    others = sum(any(c.text.strip() for c in grid.rows[r]) for r in body) - len(meant)
    if others:
        into.notes.append(f"{grid.file}: {others} rows without {told}, not read")
    return meant


def _row_kind(
    grid: Grid,
    row: int,
    spec: TableSpec,
    columns: Sequence[Column],
    headers: set[tuple[str, ...]],
) -> tuple[str, str, str]:
    """What a row is: ``unit`` (name, measure of an aggregate or nothing) or ``skip`` (why).

    A row that is skipped has a name only where the running numbers count it.
    """
    cells = grid.rows[row]
    if not any(c.text.strip() for c in cells):
        return "skip", "", ""
    if folded_row(grid, row) in headers:
        return "skip", "", ""
    assert spec.unit_column is not None
    name_cell = grid.cell(row, spec.unit_column)
    number = "" if spec.number_column is None else grid.cell(row, spec.number_column).words
    unit = unit_name(name_cell.text)
    filled = [
        c
        for c in columns
        if not numbers.is_blank(grid.cell(row, c.column).text)
        and not grid.cell(row, c.column).covered
    ]
    label = unit if any(ch.isalpha() for ch in unit) else number
    if name_cell.covered and label == number and filled:
        label = unit = number
    words = fold(label)
    # "(1) (2) (3)": the numbers of the columns
    texts = [c.words for c in cells if c.words]
    numbered = sum(bool(NUMBERING.fullmatch(t)) for t in texts)
    if NUMBERING.fullmatch(unit) and 2 * numbered > len(texts) > 2 and not is_name(unit):
        return "skip", "", ""
    if is_region([number], label):
        what = f"region {label!r}"
        return "skip", "", what + (f" with {len(filled)} figures" if filled else "")
    if is_ministry(label):
        what = f"ministry {label!r}"
        return "skip", label, what + (f" with {len(filled)} figures" if filled else "")
    measure = aggregate_of(words)
    if measure and not _WHOLE.fullmatch(number):
        return "unit", label, measure
    if is_of_maxima(label):
        return "maxima", "", ""
    if LEFT_OUT.match(words):
        return "skip", "", f"{label!r}" + (f" with {len(filled)} figures" if filled else "")
    return _unit_row(grid, row, spec, unit, number, len(filled))


def _unit_row(
    grid: Grid, row: int, spec: TableSpec, unit: str, number: str, filled: int
) -> tuple[str, str, str]:
    """A row that names a province, or is refused: figures without a name, a merged name.

    Raises
    ------
    ReleaseError
        ``number_without_unit``, ``merged_unit``, ``bad_row_number``.
    """
    assert spec.unit_column is not None
    cells, name_cell = grid.rows[row], grid.cell(row, spec.unit_column)
    if not filled:
        text = " ".join(dict.fromkeys(c.words for c in cells if c.words))
        if _WHOLE.fullmatch(number) and unit and not name_cell.covered:
            return "skip", "", f"{unit!r} has no figure"
        return "skip", "", f"text {text[:60]!r}"
    if is_name(number) and not is_name(unit) and not name_cell.covered:
        return "skip", "", f"{number[:60]!r} with {filled} figures"
    if not is_name(unit) and not spec.unit_scheme:
        raise ReleaseError(
            "number_without_unit",
            "figures stand in a row that names no province",
            place=grid.place(row, spec.unit_column),
            found=repr(unit) if unit else "an empty cell",
            expected="a name",
        )
    if name_cell.covered:
        raise ReleaseError(
            "merged_unit",
            "one merged cell names the province of two rows with figures",
            place=grid.place(row, spec.unit_column),
            found=repr(unit),
            expected="a name in each row",
        )
    if number and not _WHOLE.fullmatch(number):
        if _FOOTNOTE.match(number) and filled < 2:
            return "skip", "", f"text {number[:60]!r}"
        raise ReleaseError(
            "bad_row_number",
            "the row's number is none",
            place=grid.place(row, spec.number_column or 0),
            found=repr(number),
            expected="1, 2, 3 ...",
        )
    # a code says which unit only together with the scheme that it belongs to
    return "unit", f"{spec.unit_scheme}:{unit}" if spec.unit_scheme else unit, ""
