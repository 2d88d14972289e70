"""A table of figures, either way round: a row per province, or provinces as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parstudy.errors import ReleaseError
from parstudy.releases.formats.grid import Grid
from parstudy.releases.spec import ReleaseSpec, TableSpec
from parstudy.releases.tables._cells import date_for_code, is_date
from parstudy.releases.tables._in_columns import one_province_sheet, provinces_as_columns
from parstudy.releases.tables._in_rows import provinces_as_rows
from parstudy.releases.tables._reading import Reading, iter_notes
from parstudy.releases.tables.roles import named

__all__ = ["Reading", "date_for_code", "is_date", "iter_notes", "read"]


def read(grids: Sequence[Grid], spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    """Read tables of one shape by what ``release.toml`` says of them."""
    if not grids:
        raise ReleaseError(
            "no_table",
            "no table is there",
            place=f"{release.place} {spec.place}",
            expected="a sheet or table as named",
        )
    before = len(into.figures)
    for grid in grids:
        into.notes += grid.notes
        if spec.orientation == "provinces_in_rows" and spec.unit:
            own = replace(spec, unit_column=grid.width)
            provinces_as_rows(named(grid, spec.unit), own, release, into)
        elif spec.orientation == "provinces_in_rows":
            provinces_as_rows(grid, spec, release, into)
        elif spec.orientation == "one_province":
            one_province_sheet(grid, spec, release, into)
        else:
            provinces_as_columns(grid, spec, release, into)
    if len(into.figures) == before and not into.components:
        raise ReleaseError(
            "no_figures",
            "none of the rows and columns that are read holds a figure",
            place=f"{grids[0].file} {grids[0].where}".strip(),
            expected="at least one",
            advice="Say in release.toml which column holds what: docs/release-toml.md",
        )
