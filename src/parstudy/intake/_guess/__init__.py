"""What a table probably is: which way round, which column holds what, of which index and year.

A guess is a proposal for ``release.toml`` and nothing more: it is shown to somebody before it is
kept, it is read by the same strict reader, and what has no meaning here stays unread and is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parstudy.facts import provinces
from parstudy.intake._guess import _long
from parstudy.intake._guess._in_columns import labelled_rows, provinces_in_columns
from parstudy.intake._guess._in_rows import provinces_in_rows
from parstudy.intake._guess._long import years_in_rows
from parstudy.intake._guess._model import Guess
from parstudy.intake._guess._places import (
    code_column,
    header_row,
    headings_over,
    of_ministries,
    rows_of_units,
)
from parstudy.intake._guess._several import long_parts, spread, tables_below, tables_beside
from parstudy.intake._guess._subject import (
    index_and_year,
    index_and_year_over,
    mentions,
    named_in,
    other_subject,
    titles_over,
    year_over,
)
from parstudy.releases.formats.grid import Grid

__all__ = [
    "Guess",
    "guess",
    "headings_beside_names",
    "index_and_year",
    "of_ministries",
    "other_subject",
    "years_in_rows",
]


def guess(grid: Grid, index: str, year: int) -> list[Guess]:
    """The most likely reading of a table; nothing if it holds no figures of provinces.

    One sheet may hold several tables, one below or beside the other: one guess for each.
    """
    if len(grid.rows) < 3 or grid.width < 2:
        return []
    own, about = index_and_year_over(grid)
    if own and own != index and not mentions(grid, index):
        return []
    own_year = about if about is not None and about != year else None
    # a table of another index may have a column of this one
    foreign = bool(own and own != index) and not named_in(titles_over(grid), index)
    column = None if foreign else code_column(grid)
    if column is not None and own_year is not None:
        return []
    if column is not None:
        found = provinces_in_columns(grid, column, index, year)
        if found is not None:
            return [found]
    labelled = column is None and own_year is None and not foreign
    found = labelled_rows(grid, index, year) if labelled else None
    if found is not None:
        return [found]
    guesses = []
    stacked = tables_below(grid)
    for part in stacked:
        if len(stacked) > 1:
            about = year_over(part) or about
            own_year = about if about is not None and about != year else None
        for beside in map(spread, tables_beside(part)):
            long: Sequence[_long.Part | None] = long_parts(beside, index, year)
            for rows in long or [None]:
                one = provinces_in_rows(
                    beside, index, year, None if rows else own_year, rows, foreign=foreign
                )
                if one is not None:
                    guesses.append(replace(one, grid=grid))
    return guesses


def headings_beside_names(grid: Grid) -> list[str]:
    """Headings of the columns with figures of a table of provinces; nothing for another table."""
    unit, scheme, body = rows_of_units(grid)
    if unit is None or len(body) < 2:
        return []
    if not scheme and not any(provinces.is_unit(grid.cell(r, unit).words) for r in body):
        return []
    head = header_row(grid, unit, body[0])
    return [
        " / ".join(headings_over(grid, c, head, body[0])) or "no heading"
        for c in range(grid.width)
        if c != unit and any(ch.isdigit() for r in body for ch in grid.cell(r, c).text)
    ]
