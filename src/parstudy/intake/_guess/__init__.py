"""What a table probably is: which way round, which column holds what, of which index and year.

A guess is a proposal for ``release.toml`` and nothing more: it is shown to somebody before it is
kept, it is read by the same strict reader, and what has no meaning here stays unread and is named.

The way of a table: each row and column gets a role (:mod:`parstudy.releases.tables.roles`), the
headings over a column are parsed into component, measure and year with every word explained
(``_headings``, ``_part``), and where a line can be two things each reading is made and its proofs
decide (``_branch``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parstudy.intake._guess import _long
from parstudy.intake._guess._branch import Branch, Question, Reading, readings, undecided
from parstudy.intake._guess._criteria import criteria_in_rows
from parstudy.intake._guess._headings import component_in
from parstudy.intake._guess._in_rows import provinces_in_rows
from parstudy.intake._guess._long import years_in_rows
from parstudy.intake._guess._model import Guess, told_once
from parstudy.intake._guess._province import of_one_document, with_province
from parstudy.intake._guess._rows import (
    of_ministries,
    other_names,
    other_units,
    rows_of,
)
from parstudy.intake._guess._several import (
    bands_of_provinces,
    blocks_of_years,
    long_parts,
    spread,
    tables_below,
    tables_beside,
    without_others,
    without_questions,
)
from parstudy.intake._guess._subject import (
    index_and_year,
    index_and_year_over,
    index_of,
    mentions,
    named_in,
    other_subject,
    said_over,
    title_lines,
    title_rows,
    titles_over,
    years_named,
)
from parstudy.intake._guess._titles import Said, said_by_titles
from parstudy.releases.formats.grid import Grid
from parstudy.releases.tables.roles import Named
from parstudy.releases.words import fold

__all__ = [
    "Branch",
    "Guess",
    "Question",
    "Reading",
    "guess",
    "headings_beside_names",
    "index_and_year",
    "mentions",
    "of_one_document",
    "other_subject",
    "parts_named",
    "readings",
    "title_lines",
    "told_once",
    "undecided",
    "years_in_rows",
    "years_named",
]


def guess(grid: Grid, index: str, year: int, branch: Branch) -> list[Guess]:
    """One reading of a table; nothing if it holds no figures of provinces.

    One sheet may hold several tables, one below or beside the other: one guess for each. Where
    none of its columns is read, the guess has no entry and says why.
    """
    if len(grid.rows) < 3 or grid.width < 2:
        return []
    own, about = index_and_year_over(grid)
    parts = tables_below(grid)
    named = mentions(grid, index) or any(named_in(titles_over(p), index) for p in parts[1:])
    if own not in ("", index) and not named:
        return []
    if not _is_foreign(own, grid, index):
        found = _tables_of_criteria(grid, index, year, about)
        if found is not None:
            return found
    guesses, left = list[Guess](), list[str]()
    tables: list[tuple[str, int | None, Grid]]
    tables = [("", said, part) for said, part in blocks_of_years(grid)]
    tables = tables or [(*said_over(part), part) for part in parts]
    for titled, said, part in tables:
        if len(tables) > 1:
            own, about = titled or own, said or about
        titles = said_by_titles(part, index, year)
        if titles.wrong:
            left.append(f"a table whose title says {titles.wrong!r} of its figures, not read")
            continue
        part, others = without_others(part)
        part, asked = without_questions(part, index)
        left += [*others, *asked]
        for one in tables_beside(part):
            foreign = _is_foreign(own, part, index) or _is_headed_by_other(one, part, index)
            beside = spread(with_province(one, year), branch)
            long: Sequence[_long.Part | None] = long_parts(beside, index, year)
            # each row of one province's table is of something else
            for rows in long or ([] if isinstance(beside, Named) else [None]):
                said_so = rows and (rows.is_of(year) or not isinstance(beside, Named))
                of = None if said_so or about == year else about
                read_so = provinces_in_rows(beside, index, year, branch, of, rows, foreign=foreign)
                if read_so is not None:
                    guesses.append(_titled(read_so, grid, titles))
    read = [g for g in guesses if g.entry]
    if not read:
        return guesses[:1]
    left += [d for g in guesses if not g.entry for d in g.doubts]
    return [replace(read[0], doubts=(*read[0].doubts, *left)), *read[1:]]


def _is_foreign(own: str, table: Grid, index: str) -> bool:
    """Whether a table is of another index; it may have a column of this one."""
    return own not in ("", index) and not named_in(titles_over(table), index)


def _is_headed_by_other(beside: Grid, part: Grid, index: str) -> bool:
    """Whether one of the tables side by side has another index in the line over it alone."""
    own = [t for t in title_rows(beside) if t not in title_rows(part)]
    return any(i not in ("", index) for i in map(index_of, map(fold, own[-1:])))


def _tables_of_criteria(grid: Grid, index: str, year: int, about: int | None) -> list[Guess] | None:
    """Tables with a row for each criterion; nothing for a sheet without."""
    bands = bands_of_provinces(grid) or [grid]
    found = [one for band in bands if (one := criteria_in_rows(band, index, year))]
    if not found:
        return None
    # under a title of another year only headings say which year is meant
    if about not in (None, year):
        found = [one for one in found if _all_dated(one, year)]
    titles = said_by_titles(grid, index, year, sheet=True)
    return [_titled(one, grid, titles) for one in found if not titles.wrong]


def _titled(read: Guess, grid: Grid, titles: Said) -> Guess:
    """A table as it would be read, with what its titles say that is not understood."""
    doubts = [*read.doubts]
    if titles.strange and read.entry:
        doubts.append(f"the sheet's name is not understood ({titles.strange}), its title is")
    return replace(read, grid=grid, unknown=titles.unknown, doubts=tuple(doubts))


def _all_dated(one: Guess, year: int) -> bool:
    """Whether the heading of every column that is read names this year."""
    columns = one.entry.get("columns", ())
    return bool(columns) and all(str(year) in c["header"] for c in columns)


def headings_beside_names(grid: Grid) -> list[str]:
    """Headings of the columns with figures of a table of provinces; nothing for another table."""
    rows = rows_of(grid)
    if rows is None:
        return []
    if other_units(grid) or (not rows.scheme and (other_names(grid) or of_ministries(grid))):
        return []
    return [
        " / ".join(rows.printed[c]) or "no heading"
        for c in range(grid.width)
        if c != rows.unit and any(ch.isdigit() for r in rows.body for ch in grid.cell(r, c).text)
    ]


def parts_named(grid: Grid, index: str) -> set[str]:
    """Parts of an index that the headings of a table of provinces name."""
    named = (component_in(fold(h), index) for h in headings_beside_names(grid))
    return {one[0] for one in named if one and one[0] not in ("", "total")}
