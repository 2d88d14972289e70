"""Read a table with a row for each criterion: provinces as columns, or one province's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Cell, Grid
from parstudy.releases.spec import Column, ReleaseSpec, TableSpec
from parstudy.releases.tables._cells import date_for_code, figure_of_cell, is_date
from parstudy.releases.tables._columns_of_figures import column_figures, read_figures
from parstudy.releases.tables._headers import (
    check_headers,
    check_years,
    first_row,
    folded_row,
    last_row,
)
from parstudy.releases.tables._reading import Reading, emit
from parstudy.releases.tables._units import Line, line_of
from parstudy.releases.tables.roles import turned
from parstudy.releases.words import (
    SCORING,
    coded_name,
    fold,
    is_numbering,
)


def provinces_as_columns(grid: Grid, spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    """Read a table with a column for each province and a row for each criterion."""
    assert spec.unit_row is not None
    units = _units(grid, spec, into)
    rows = _criteria_rows(grid, spec, {folded_row(grid, spec.unit_row)}, list(units), into)
    for row, column in rows:
        if column.measure == "score":
            _component_of_row(grid, row, column, spec, release, into)
    read_figures(grid, units, rows, spec, release, into, across=True)


def one_province_sheet(grid: Grid, spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    """One province's own sheet: a row per criterion, columns of what was claimed and granted.

    A sub-criterion is scored by appraisal or by survey. Where two columns of one measure are
    filled, as in the row of an area, neither is the score, and their sum is not printed.
    """
    check_headers(grid, spec, spec.columns)
    check_years(grid, spec, release, spec.columns)
    headers = spec.header_rows
    titles = {folded_row(grid, r) for r in range(headers[0], headers[1] + 1)} if headers else set()
    rows: list[tuple[int, Column]] = []
    columns_read = [c.column for c in spec.columns]
    for row, component in _criteria_rows(grid, spec, titles, columns_read, into):
        if component.measure != "score":
            _own_label(grid, row, component, spec, release, into)
            continue
        _component_of_row(grid, row, component, spec, release, into)
        rows.append((row, component))
    for measure, year in dict.fromkeys((c.measure, c.year) for c in spec.columns):
        columns = [c for c in spec.columns if (c.measure, c.year) == (measure, year)]
        read = [
            column_figures(grid, spec, column, release, [(r, column.column) for r, _ in rows])
            for column in columns
        ]
        for (row, component), *found in zip(rows, *read, strict=True):
            there = [one for one in found if one is not None]
            if len(there) == 1:
                mapped = replace(component, measure=measure, year=year)
                emit(there[0], spec.unit, "", mapped, spec, release, into)
            elif there:
                printed = " and ".join(one.text for one in there)
                into.notes.append(
                    f"{grid.row_place(row)}: {component.component} has {printed} in columns of "
                    "one measure, not read"
                )


def _criteria_rows(
    grid: Grid,
    spec: TableSpec,
    headers: set[tuple[str, ...]],
    columns: Sequence[int],
    into: Reading,
) -> list[tuple[int, Column]]:
    """Rows of the body with the component that each is of, each component and measure once."""
    labels = {fold(c.label): c for c in spec.labels}
    seen: dict[str, int] = {}
    found: list[tuple[int, Column]] = []

    # the points of an area may stand in a row of their own under its criteria
    def has_figures(row: int) -> bool:
        return any(not numbers.is_blank(grid.cell(row, c).text) for c in columns)

    for row in range(first_row(spec), last_row(grid, spec) + 1):
        if not any(c.text.strip() for c in grid.rows[row]) or folded_row(grid, row) in headers:
            continue
        column = _row_component(grid, row, spec, labels, columns, into)
        if column is None:
            continue
        key = f"{column.component} {column.measure} {column.year or ''}"
        if key in seen and has_figures(seen[key]) and has_figures(row):
            raise _code_twice(grid, row, column, seen[key])
        seen[key] = max(seen.get(key, row), row, key=lambda r: (has_figures(r), -r))
        found.append((row, column))
    return found


def _own_label(
    grid: Grid, row: int, label: Column, spec: TableSpec, release: ReleaseSpec, into: Reading
) -> None:
    """A row such as "Xếp hạng 23": one figure, in whatever column of this year it stands."""
    found = [
        one
        for c in spec.columns
        if c.year is None and (one := figure_of_cell(grid, row, c.column, spec, label)) is not None
    ]
    if len(found) == 1:
        emit(found[0], spec.unit, "", label, spec, release, into)
    elif found:
        printed = " and ".join(one.text for one in found)
        into.notes.append(f"{grid.row_place(row)}: {label.label!r} has {printed}, not read")


def _code_twice(grid: Grid, row: int, column: Column, other: int) -> ReleaseError:
    return ReleaseError(
        "code_twice",
        f"two rows give {column.component} {column.measure}",
        place=grid.row_place(row),
        found=repr(column.label or column.component),
        expected=f"each once; the other is {grid.row_place(other)}",
        advice="A spreadsheet turns 1.10 into 1.1: store codes as text",
    )


def _units(grid: Grid, spec: TableSpec, into: Reading) -> dict[int, Line]:
    """Columns of provinces, and those of means and the like; the others are told."""
    assert spec.unit_row is not None
    view = turned(grid)
    found: dict[int, Line] = {}
    body = range(first_row(spec), last_row(grid, spec) + 1)
    for c in _columns_of_units(grid, spec):
        # each province has several columns, the name spans them all
        if spec.under_unit and fold(grid.cell(spec.unit_row + 1, c).text) != fold(spec.under_unit):
            continue
        filled = sum(any(ch.isdigit() for ch in grid.cell(r, c).text) for r in body)
        line = line_of(view, c, spec.unit_row, None, filled, spec)
        note = line.note or ("maxima" if line.role == "maxima" else "")
        if note:
            into.notes.append(f"{grid.column_place(c)}: {note}, not read")
        if line.role == "unit":
            found[c] = line
    if not found:
        raise ReleaseError(
            "no_units",
            "the row of provinces holds none",
            place=grid.row_place(spec.unit_row),
            expected="names of provinces",
        )
    return found


def _columns_of_units(grid: Grid, spec: TableSpec) -> range:
    """Columns between which the provinces are: as told, or right of all that is told."""
    if spec.unit_columns is not None:
        first, final = spec.unit_columns
        if final >= grid.width:
            raise ReleaseError(
                "missing_column",
                "the table has fewer columns than named",
                place=f"{grid.file} {grid.where}".strip(),
                found=f"{grid.width} columns",
                expected=f"provinces up to {grid.column_place(final).split()[-1]}",
            )
        return range(first, final + 1)
    told = (
        spec.code_column,
        spec.name_column,
        spec.max_column,
        spec.scoring_column,
        spec.department_column,
        spec.number_column,
    )
    return range(max((c for c in told if c is not None), default=-1) + 1, grid.width)


def _row_component(
    grid: Grid,
    row: int,
    spec: TableSpec,
    labels: dict[str, Column],
    columns: Sequence[int],
    into: Reading,
) -> Column | None:
    code_cell = Cell() if spec.code_column is None else grid.cell(row, spec.code_column)
    name_cell = Cell() if spec.name_column is None else grid.cell(row, spec.name_column)
    label = labels.get(fold(name_cell.text)) or labels.get(fold(code_cell.text))
    if label is not None:
        return label
    filled = [
        c
        for c in columns
        if any(ch.isdigit() for ch in grid.cell(row, c).text) and not grid.cell(row, c).covered
    ]
    if is_date(code_cell):
        raise date_for_code(grid, row, spec.code_column or 0)
    code, name = ("", "") if code_cell.covered else coded_name(code_cell.text)
    texts = [c.words for c in grid.rows[row] if c.words]
    if is_numbering(texts):
        return None
    if code:
        name = name or name_cell.words
        return Column(column=-1, component=code, measure=spec.measure, name=name)
    if filled:
        if fold(name_cell.text) in map(fold, spec.left_out):
            into.notes.append(f"{grid.row_place(row)}: {name_cell.words[:60]!r}, not read")
            return None
        column = spec.code_column if spec.code_column is not None else spec.name_column
        raise ReleaseError(
            "unknown_row",
            "figures stand in a row whose component is not known",
            place=grid.place(row, column or 0),
            found=repr(" ".join(w for w in (code_cell.words, name_cell.words) if w)),
            expected="a code such as 1.2.3, or a label named in release.toml",
        )
    text = " ".join(dict.fromkeys(c.words for c in grid.rows[row] if c.words))
    into.notes.append(f"{grid.row_place(row)}: text {text[:60]!r}, not read")
    return None


def _component_of_row(
    grid: Grid, row: int, column: Column, spec: TableSpec, release: ReleaseSpec, into: Reading
) -> None:
    known: dict[str, Any] = {"code": column.component, "name": column.name, "parent": column.parent}
    place = grid.row_place(row)
    if spec.code_column is not None:
        place = grid.place(row, spec.code_column)
    if spec.max_column is not None:
        found = figure_of_cell(grid, row, spec.max_column, spec, column)
        if found is not None:
            known["max_score"] = found.value
            place = found.place
    if spec.scoring_column is not None:
        text = fold(grid.cell(row, spec.scoring_column).text)
        if text and text not in SCORING:
            into.notes.append(
                f"{grid.place(row, spec.scoring_column)}: {text!r} does not say how the component "
                "is scored"
            )
        known["scoring"] = SCORING.get(text, "")
    if spec.department_column is not None:
        known["lead_department"] = grid.cell(row, spec.department_column).words
    into.add_component(release, **known, locator=place)
