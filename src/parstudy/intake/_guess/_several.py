"""One grid that holds several tables: one below the other, side by side, long."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from itertools import pairwise

from parstudy.errors import ProvinceError
from parstudy.facts.provinces import GEOGRAPHIES, is_unit, resolve
from parstudy.intake._guess import _long
from parstudy.intake._guess._branch import Branch, Question
from parstudy.intake._guess._rows import (
    Half,
    code_column,
    named_rows,
    of_others,
    rows_of,
    says_something,
    unit_column,
)
from parstudy.releases.formats.grid import EMPTY, Grid
from parstudy.releases.headings import YEAR, has_role, is_bare, role_of
from parstudy.releases.tables.roles import codes_in, n_figures
from parstudy.releases.words import fold, is_name, roman, unit_name

# "I. Năm 2020", "Chỉ số CCHC năm 2021", "2021"
_YEAR_LINE = re.compile(r"(?:[ivx0-9]{1,4}[.)]\s*)?[^0-9]{0,60}20[0-4][0-9][).:]?")
_LOOKED_AT = 80
_MINISTRIES = re.compile(r"(bộ,|các bộ|bộ/|\bbộ\b.*cơ quan|cơ quan ngang bộ|ministr)")


def spread(grid: Grid, branch: Branch) -> Grid:
    """The same table, where a heading over several columns stands over the first of them only.

    A CSV file has no merged cells: ``Năm 2020;;Năm 2021;`` over ``Điểm;Hạng;Điểm;Hạng``. The cells
    that the heading spans are made such as those of a merged cell are. Where the headings below
    have names of their own, the upper one may be theirs or the first line of the left one only.
    """
    found = rows_of(grid)
    # the formats of pages have lines, or headings whose words stand on several lines
    if found is None or found.head is None or not (grid.sheet or not grid.where):
        return grid
    rows, changed = [list(row) for row in grid.rows], False
    for r in range(found.head, found.top - 1):
        if found.roles[r] != "header" or any(c.covered or c.anchor for c in rows[r]):
            continue
        spans, open_ = _spans(grid, r, found.top)
        if open_:
            place = grid.row_place(r)
            told = " | ".join(grid.cell(r, c).words for c in sorted(set(open_.values())))
            answers = (("over all of them", "merge the cells in a copy"), ("over one", ""))
            question = "a heading over one column or over those beside it?"
            if not branch.pick(Question("uncertain_header", place, told, question, answers)):
                spans |= open_
        for c, anchor in spans.items():
            rows[r][c] = replace(rows[r][anchor], covered=True)
        changed = changed or bool(spans)
    return replace(grid, rows=tuple(map(tuple, rows))) if changed else grid


def _spans(grid: Grid, row: int, top: int) -> tuple[dict[int, int], dict[int, int]]:
    """Empty cells of a header row that a heading to the left spans: surely, and perhaps."""
    sure: dict[int, int] = {}
    perhaps: dict[int, int] = {}
    anchor: int | None = None
    bare = True
    for c in range(grid.width):
        lowest = next((b for b in range(top - 1, row, -1) if says_something(grid, b, c)), None)
        below = lowest is not None and is_bare(fold(grid.cell(lowest, c).text))
        if grid.cell(row, c).words:
            anchor = c if lowest is not None and says_something(grid, row, c) else None
            bare = below
        elif anchor is None or lowest is None:
            anchor = None
        elif bare and below:
            sure[c] = anchor
        elif not bare and not below:
            perhaps[c] = anchor
        else:
            anchor = None
    return sure, perhaps


def long_parts(grid: Grid, index: str, year: int) -> list[_long.Part]:
    """Parts of a long table, each with one row for each province; nothing for another table."""
    rows = rows_of(grid)
    if rows is None:
        return []
    return _long.parts(grid, rows.heads, rows.unit, rows.body, index, year)


def _number_columns(grid: Grid, row: int) -> list[int]:
    """Columns that a header row heads with "STT", each with a heading of units beside it."""
    if n_figures(grid, row, -1) > grid.width // 3:
        return []
    texts = [fold(c.text) if not c.covered else "" for c in grid.rows[row]]
    return [
        c
        for c, text in enumerate(texts)
        if text
        and role_of(text) == "number"
        and any(has_role([t], "unit") or _MINISTRIES.search(t) for t in texts[c + 1 : c + 3])
    ]


def _panels(grid: Grid, row: int) -> list[int]:
    """Columns where the headings of a row begin again, names of provinces among them.

    What stands before the first names, a running number, may stand there only.
    """
    texts = [fold(c.text) if not c.covered else "" for c in grid.rows[row]]
    first = next((c for c, text in enumerate(texts) if text), 0)
    units = [c for c, text in enumerate(texts) if text and has_role([text], "unit")]
    if len(units) < 2 or len({texts[c] for c in units}) > 1 or n_figures(grid, row, -1):
        return []
    for before in dict.fromkeys((units[0] - first, 0)):
        starts = [c - before for c in units]
        wide = starts[1] - starts[0]
        headed = [[t for t in texts[c : c + wide] if t] for c in starts]
        if len(headed[0]) > 1 and all(these == headed[0] for these in headed):
            return starts
    return []


def tables_below(grid: Grid) -> list[Grid]:
    """Tables one below the other, each with a header of its own; other rows blanked out."""
    starts = [r for r in range(len(grid.rows)) if _number_columns(grid, r)]
    before = [tuple(fold(c.text) for c in grid.rows[r]) for r in starts]
    # a header that is repeated on every page begins no new table, unless the names begin again
    cuts = [
        r
        for n, r in enumerate(starts)
        if n and (before[n] not in before[:n] or _begins_again(grid, r))
    ]
    if not cuts:
        return [grid]
    ends = []
    for cut in cuts:
        top = cut
        while top > 0 and not n_figures(grid, top - 1, -1):
            top -= 1
        ends.append(top)
    edges = [0, *ends, len(grid.rows)]
    return [_only(grid, range(first, last)) for first, last in pairwise(edges)]


def blocks_of_years(grid: Grid) -> list[tuple[int, Grid]]:
    """Blocks under one header, each under a line with its year; nothing for another table.

    Each block has the header, and the rows of the others are blank in it.
    """
    rows = rows_of(grid)
    if rows is None:
        return []
    lines = {
        r: int(years.pop())
        for r in range(rows.top, len(grid.rows))
        if len(texts := {c.words for c in grid.rows[r] if c.words}) == 1
        and len(years := set(YEAR.findall(text := texts.pop()))) == 1
        and _YEAR_LINE.fullmatch(fold(text))
    }
    if len(lines) < 2 or len(set(lines.values())) < len(lines):
        return []
    ends = [*lines, len(grid.rows)][1:]
    return [
        (year, _only(grid, [*range(rows.top), *range(first, end)]))
        for (first, year), end in zip(lines.items(), ends, strict=True)
    ]


def without_others(grid: Grid) -> tuple[Grid, list[str]]:
    """The table without groups of units that are no provinces by the line over them; and those."""
    rows = rows_of(grid)
    if not rows or not any(is_unit(unit_name(grid.cell(r, rows.unit).text)) for r in rows.body):
        return grid, []
    line, told, others = "", dict[str, None](), set[int]()
    for r in range(0 if rows.head is None else rows.head + 1, len(grid.rows)):
        left = grid.rows[r][: rows.unit + 1]
        names = {w for c in left if is_name(w := c.words) and not roman(w.rstrip("."))}
        if len(names) == 1 and not grid.figures[r]:
            (name,) = names
            if of_others(name):
                line = f"{grid.row_place(r)} {name!r}: units that are no provinces, not read"
            elif has_role([name], "unit"):
                line = ""
        if line:
            others.add(r)
            told |= {line: None} if grid.figures[r] else {}
    kept = set(range(len(grid.rows))) - others
    return (_only(grid, kept) if told else grid), [*map(grid.without_file, told)]


def without_questions(grid: Grid, index: str) -> tuple[Grid, list[str]]:
    """The table without the rows numbered 1.1 under those numbered 1, of an index without codes."""
    code = code_column(grid)
    if code is None or _long.part_numbered("1", index):
        return grid, []
    asked = [r for r, one in codes_in(grid, code).items() if "." in one]
    told = f"{grid.column_place(code)}: {len(asked)} rows numbered such as "
    told += f"{grid.cell(asked[0], code).words!r} under those of the factors, not read"
    kept = set(range(len(grid.rows))) - set(asked)
    return _only(grid, kept), [grid.without_file(told)]


def bands_of_provinces(grid: Grid) -> list[Grid]:
    """Tables of provinces in columns, one under another, each with other provinces."""
    named: dict[int, set[str]] = {}
    for r, row in enumerate(grid.rows):
        names = {fold(c.text) for c in row if c.words and not c.covered and is_unit(c.words)}
        if len(names) > 2 and not n_figures(grid, r, -1):
            named[r] = names
    apart = sum(map(len, named.values())) == len(set().union(*named.values()))
    if len(named) < 2 or not apart:
        return []
    starts = list(named)
    return [_only(grid, range(first, end)) for first, end in pairwise([*starts, len(grid.rows)])]


def _only(grid: Grid, kept: Collection[int]) -> Grid:
    """The table with all other rows blank."""
    empty, kept = (EMPTY,) * grid.width, frozenset(kept)
    rows = tuple(row if r in kept else empty for r, row in enumerate(grid.rows))
    return replace(grid, rows=rows)


def _begins_again(grid: Grid, header: int) -> bool:
    """Whether the first province under a repeated header has a row above it already."""
    unit = unit_column(grid)
    rows = (
        [] if unit is None else [(r, fold(grid.cell(r, unit).text)) for r in named_rows(grid, unit)]
    )
    above = {name for r, name in rows if r < header}
    below = [name for r, name in rows if r > header]
    return len(below) > 1 and below[0] in above and below[1] in above


def tables_beside(grid: Grid) -> list[Grid]:
    """Tables side by side, told by a second column of running numbers with names beside it.

    Or by a second heading of names, with the same headings left and right of it, or by a second
    column of names, of other provinces on each row.
    """
    rows = range(min(len(grid.rows), _LOOKED_AT))
    numbers = max((_number_columns(grid, r) for r in rows), key=len, default=[])
    if len(numbers) < 2:
        numbers = max((_panels(grid, r) for r in rows), key=len, default=[])
    if len(numbers) < 2:
        numbers = _names_begin_again(grid)
    if len(numbers) < 2:
        return [grid]
    edges = [0, *numbers[1:], grid.width]
    return [_half(grid, range(first, last)) for first, last in pairwise(edges)]


def _names_begin_again(grid: Grid) -> list[int]:
    """Where tables begin whose figures belong to other provinces than those at the left.

    What stands before the first names, a rank, stands before all of them if the tables are as wide
    as each other, or if it is headed alike.
    """
    rows = range(min(len(grid.rows), _LOOKED_AT))
    names = {c: one for c in range(grid.width) if (one := _names_in(grid, c, rows))}
    units = list(names)[:1]
    for c in names:
        if c > units[-1] and _are_others(names[units[-1]], names[c]):
            if not _has_figures(grid, range(units[-1] + 1, c), names[c]):
                continue
            units.append(c)
    if len(units) < 2 or not _has_figures(grid, range(units[-1] + 1, grid.width), names[units[-1]]):
        return []
    first = min(c for c in range(grid.width) if any(grid.cell(r, c).words for r in rows))
    last = max(c for c in range(grid.width) if _has_figures(grid, [c], names[units[-1]]))
    before = range(first, units[0])
    starts = [c - len(before) for c in units]
    even = len(units) * (units[1] - units[0]) == last + 1 - first
    top = range(min(names[units[0]]))
    heads = [[{fold(grid.cell(r, c + k).text) for r in top} for k in before] for c in starts]
    return starts if even or all(these == heads[0] for these in heads) else units


def _names_in(grid: Grid, column: int, rows: Iterable[int]) -> dict[int, str]:
    """Provinces of a column by row, where most of its cells from the first one on name one."""
    cells = {r: cell.words for r in rows if not (cell := grid.cell(r, column)).covered}
    names = {r: found for r, text in cells.items() if (found := _province(text))}
    below = [r for r, text in cells.items() if names and text and r >= min(names)]
    most = len(names) > 1 and 2 * len(names) > len(below)
    return names if most and len(set(names.values())) == len(names) else {}


def _province(text: str) -> str:
    """The province that a cell names, or nothing: "Hà Nội" and "TP Ha Noi" are one."""
    name = unit_name(text)
    for geography in GEOGRAPHIES if is_unit(name) and not name.isdigit() else ():
        with suppress(ProvinceError):
            return resolve(name, geography).province_id
    return ""


def _are_others(left: Mapping[int, str], right: Mapping[int, str]) -> bool:
    """Whether two columns name other provinces on nearly every row."""
    both = [r for r in right if r in left]
    return len(both) > 1 and sum(left[r] == right[r] for r in both) <= len(both) // 5


def _has_figures(grid: Grid, columns: Iterable[int], rows: Collection[int]) -> bool:
    """Whether a column has a digit on most of some rows."""
    return any(
        2 * sum(any(map(str.isdigit, grid.cell(r, c).text)) for r in rows) > len(rows)
        for c in columns
    )


def _half(grid: Grid, columns: range) -> Half:
    """The table with all other columns blank; what heads these alone is a heading of each."""
    rows = tuple(
        tuple(cell if c in columns else EMPTY for c, cell in enumerate(row)) for row in grid.rows
    )
    texts = [{c.words for c in row} - {""} for row in rows]
    shared = [{c.words for c in row} - {""} for row in grid.rows]
    over = tuple(r for r, own in enumerate(texts) if len(own) == 1 < len(shared[r]))
    known = {one.name: getattr(grid, one.name) for one in fields(Grid)}
    return Half(**known | {"rows": rows}, over=over)
