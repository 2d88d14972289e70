"""Headings, codes and maxima over the figures, held against release.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parstudy.errors import ReleaseError
from parstudy.releases.formats.grid import Grid
from parstudy.releases.spec import Column, Condition, ReleaseSpec, TableSpec
from parstudy.releases.tables._cells import date_for_code, figure_of_cell, is_date
from parstudy.releases.tables._reading import Reading
from parstudy.releases.words import CODE, component_of, family, fold, is_of_maxima

_YEAR = re.compile(r"(?<![0-9])20[0-4][0-9](?![0-9])")


def last_row(grid: Grid, spec: TableSpec) -> int:
    """Last row of the body, counted from 0."""
    last = len(grid.rows) - 1
    return last if spec.last_row is None else min(last, spec.last_row)


def first_row(spec: TableSpec) -> int:
    """First row of the body: as told, or below all rows that are told."""
    if spec.first_row is not None:
        return spec.first_row
    ends = [
        spec.header_rows[1] if spec.header_rows else -1,
        *(r for r in (spec.code_row, spec.max_row, spec.name_row, spec.unit_row) if r is not None),
    ]
    return max(ends) + 1


def coded_columns(grid: Grid, spec: TableSpec) -> list[Column]:
    """Columns whose component stands in the row of codes."""
    if spec.code_row is None:
        return []
    mapped = {c.column for c in spec.columns} | {spec.unit_column, spec.number_column}
    found: dict[str, int] = {}
    columns = []
    for c in range(grid.width):
        cell = grid.cell(spec.code_row, c)
        code = component_of(cell.text)
        if c in mapped or cell.covered:
            continue
        if is_date(cell):
            raise date_for_code(grid, spec.code_row, c)
        if not code:
            continue
        if code in found:
            raise ReleaseError(
                "code_twice",
                f"two columns have the code {code}",
                place=grid.place(spec.code_row, c),
                found=repr(cell.text),
                expected=f"each code once; the other is {grid.place(spec.code_row, found[code])}",
                advice="A spreadsheet turns 1.10 into 1.1: store codes as text",
            )
        found[code] = c
        name = "" if spec.name_row is None else grid.cell(spec.name_row, c).words
        columns.append(Column(column=c, component=code, measure=spec.measure, name=name))
    if not columns:
        raise ReleaseError(
            "no_codes",
            "the row of codes holds none",
            place=grid.row_place(spec.code_row),
            found=" | ".join(c.words for c in grid.rows[spec.code_row][:8])
            if spec.code_row < len(grid.rows)
            else "no such row",
            expected="codes such as 1, 1.1, 1.1.2",
        )
    return columns


def header_text(grid: Grid, spec: TableSpec, column: int) -> str:
    """Headings over a column, from above, with " / " between them."""
    if spec.header_rows is None:
        return ""
    texts: list[str] = []
    for row in range(spec.header_rows[0], spec.header_rows[1] + 1):
        words = grid.cell(row, column).words
        if words and (not texts or texts[-1] != words):
            texts.append(words)
    return " / ".join(texts)


def check_headers(grid: Grid, spec: TableSpec, columns: Sequence[Column | Condition]) -> None:
    """Refuse a column that is headed otherwise than ``release.toml`` says."""
    needed = max(spec.unit_column or 0, *(c.column for c in columns))
    if needed >= grid.width:
        raise ReleaseError(
            "missing_column",
            "the table has fewer columns than named",
            place=f"{grid.file} {grid.where}".strip(),
            found=f"{grid.width} columns",
            expected=f"at least {needed + 1}",
        )
    for column in columns:
        if not column.header:
            continue
        if spec.header_rows is None:
            raise ReleaseError(
                "missing_key",
                "a header is named, but not the rows in which headers stand",
                place=spec.place,
                expected="'header_rows'",
            )
        found = header_text(grid, spec, column.column)
        parts = {fold(p) for p in found.split(" / ")} | {fold(found)}
        if fold(column.header) not in parts:
            raise ReleaseError(
                "wrong_column",
                "the column is headed otherwise",
                place=grid.column_place(column.column),
                found=repr(found),
                expected=repr(column.header),
            )


def check_years(
    grid: Grid, spec: TableSpec, release: ReleaseSpec, columns: Sequence[Column]
) -> None:
    """Refuse a column that is headed by another year than it is read for."""
    for column in columns:
        # a change is of two years; the name of a criterion may have one
        if column.measure.startswith("change") or CODE.fullmatch(column.component):
            continue
        texts = header_text(grid, spec, column.column).split(" / ")
        years = next((set(y) for t in reversed(texts) if (y := _YEAR.findall(t))), set())
        meant = column.year or release.year
        if len(years) == 1 and years != {str(meant)}:
            raise ReleaseError(
                "wrong_year",
                "the column is headed by another year",
                place=grid.column_place(column.column),
                found=repr(" / ".join(texts)),
                expected=str(meant),
                advice="Say year = ... for the column in release.toml",
            )


def read_maxima(
    grid: Grid, spec: TableSpec, release: ReleaseSpec, columns: Sequence[Column], into: Reading
) -> None:
    """Note the maxima that stand in ``release.toml`` or in a row of the header."""
    for column in columns:
        if column.measure != "score":
            continue
        if column.max_score is not None:
            into.add_component(
                release,
                code=column.component,
                parent=column.parent,
                name=column.name,
                max_score=float(column.max_score),
                locator=f"{release.place} {spec.place}",
            )
        if spec.max_row is not None:
            one_maximum(grid, spec.max_row, column, spec, release, into)


def one_maximum(
    grid: Grid, row: int, column: Column, spec: TableSpec, release: ReleaseSpec, into: Reading
) -> None:
    """Note the maximum of one column."""
    # the row's name may stand over a column of figures
    cell, at = grid.cell(row, column.column), column.column
    if is_of_maxima(cell.text):
        return
    if cell.wide:
        # merged over the columns of one part: its own, and not that of a source of its points
        while at > 0 and grid.cell(row, at).covered:
            at -= 1
        below = (c.component for c in spec.columns if _covers(grid, row, at, c.column))
        parts = {code for code in below if family(code)[1] != "score_source"}
        if column.component not in parts:
            return
        at = at if len(parts) == 1 else column.column
    found = figure_of_cell(grid, row, at, spec, replace(column, measure="score"))
    if found is not None:
        into.add_component(
            release,
            code=column.component,
            parent=column.parent,
            name=column.name,
            max_score=found.value,
            locator=found.place,
        )


def _covers(grid: Grid, row: int, first: int, column: int) -> bool:
    """Whether a merged cell that begins in a column reaches another."""
    return column >= first and all(grid.cell(row, c).covered for c in range(first + 1, column + 1))


def folded_row(grid: Grid, row: int) -> tuple[str, ...]:
    """Texts of a row for comparing it with another one."""
    return tuple(fold(c.text) for c in grid.rows[row])
