"""Read a table with a row for each province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from parstudy.errors import ReleaseError
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import role_of
from parstudy.releases.spec import Column, ReleaseSpec, TableSpec
from parstudy.releases.tables import _headers
from parstudy.releases.tables._cells import figure_of_cell
from parstudy.releases.tables._columns_of_figures import read_figures
from parstudy.releases.tables._reading import Reading, count_unit
from parstudy.releases.tables._units import Line, line_of
from parstudy.releases.tables.roles import role_of_row
from parstudy.releases.words import fold


def provinces_as_rows(grid: Grid, spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    """Read a table with a row for each province, as ``release.toml`` says which column is what."""
    columns = [*spec.columns, *_headers.coded_columns(grid, spec)]
    _headers.check_headers(grid, spec, [*columns, *spec.where])
    _headers.check_years(grid, spec, release, columns)
    _headers.read_maxima(grid, spec, release, columns, into)
    units = _units(grid, spec, columns, into)
    for row in [r for r, line in units.items() if line.role == "maxima"]:
        del units[row]
        if _above_ministries(grid, row, spec):
            into.notes.append(f"{grid.row_place(row)}: maxima of ministries, not read")
            continue
        for column in columns:
            if column.measure == "score":
                _headers.one_maximum(grid, row, column, spec, release, into)
    if spec.max_column is not None:
        for column in (c for c in columns if c.measure == "score" and c.year is None):
            at = replace(column, column=spec.max_column)
            for row in units:
                _headers.one_maximum(grid, row, at, spec, release, into)
    _tell_unread(grid, spec, columns, units, into)
    read_figures(grid, units, [(c.column, c) for c in columns], spec, release, into)


def _above_ministries(grid: Grid, row: int, spec: TableSpec) -> bool:
    """Whether the first name below a row of maxima is that of a ministry."""
    assert spec.unit_column is not None
    left = () if spec.number_column is None else (spec.number_column,)
    below = range(row + 1, min(row + 4, len(grid.rows)))
    roles = (role_of_row(grid, r, spec.unit_column, left=left) for r in below)
    return next((role for role in roles if role in ("unit", "ministry")), "") == "ministry"


def _units(
    grid: Grid, spec: TableSpec, columns: Sequence[Column], into: Reading
) -> dict[int, Line]:
    """Rows of the body that name a unit or print maxima; the others are told."""
    assert spec.unit_column is not None
    start = _headers.first_row(spec)
    above = range(min(start, len(grid.rows)))
    # above the second heading of a table stand the provinces under the first
    roles = {r: role_of_row(grid, r, spec.unit_column) for r in above if _heads(grid, r)}
    headers = {_headers.folded_row(grid, r) for r, role in roles.items() if role != "unit"}
    found: dict[int, Line] = {}
    for row in _rows_meant(grid, spec, start, into):
        if _headers.folded_row(grid, row) in headers:
            continue
        cells = [grid.cell(row, c.column) for c in columns]
        filled = sum(not numbers.is_blank(c.text) and not c.covered for c in cells)
        line = line_of(grid, row, spec.unit_column, spec.number_column, filled, spec)
        if line.note and not filled and spec.where == ():
            for column, cell in zip(columns, cells, strict=True):
                if cell.covered and not grid.cell(row, spec.unit_column).covered:
                    figure_of_cell(grid, row, column.column, spec, column)
        if line.note:
            into.notes.append(f"{grid.row_place(row)}: {line.note}, not read")
        # the running numbers count ministries as well
        if spec.number_column is not None and line.name and not line.measure:
            count_unit(grid, row, spec, line.name if line.role else "", into)
        if line.role:
            found[row] = line
    _of_groups(grid, found, into)
    return found


def _of_groups(grid: Grid, found: dict[int, Line], into: Reading) -> None:
    """Take out means and extremes that stand more than once: they are of groups, not of all."""
    many = Counter(line.measure for line in found.values() if line.measure)
    for row in [r for r, line in found.items() if many[line.measure] > 1]:
        into.notes.append(f"{grid.row_place(row)}: {found.pop(row).name!r} of a group, not read")


def _tell_unread(
    grid: Grid,
    spec: TableSpec,
    columns: Sequence[Column],
    units: dict[int, Line],
    into: Reading,
) -> None:
    """Note the columns with numbers that nothing is read from."""
    known = {c.column for c in columns} | {c.column for c in spec.where}
    others = (spec.unit_column, spec.number_column, spec.max_column)
    known |= {c for c in others if c is not None}
    for c in range(grid.width):
        cells = {(grid.file, grid.where, r, c) for r in units}
        if c in known:
            into.looked_at |= cells
        elif unread := {at for at in cells if any(map(str.isdigit, grid.rows[at[2]][c].text))}:
            head = _headers.header_text(grid, spec, c)
            # rows of components are counted as rows of provinces are
            if role_of(fold(head)) == "number" and all(
                grid.rows[r][c].words.rstrip(".").isdigit() for *_, r, c in unread
            ):
                continue
            into.unread.setdefault(f"{grid.column_place(c)} {head!r}", set()).update(unread)


def _heads(grid: Grid, row: int) -> bool:
    """Whether a row above the body is a heading, or a line of one: it is passed over below too."""
    texts = [c.words for c in grid.rows[row] if c.words and not c.covered]
    return len(texts) > 1 or any(not any(ch.isdigit() for ch in t) for t in texts)


def _rows_meant(grid: Grid, spec: TableSpec, start: int, into: Reading) -> Sequence[int]:
    """Rows of the body that meet the conditions ``where``; all of them if there are none."""
    body = range(start, _headers.last_row(grid, spec) + 1)
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
    # what another entry for the same table reads is not left out
    others = frozenset(r for r in body if any(c.text.strip() for c in grid.rows[r])) - {*meant}
    left, conditions = into.unmet.get((grid.file, grid.where), (others, ()))
    into.unmet[grid.file, grid.where] = left & others, (*conditions, told)
    return meant
