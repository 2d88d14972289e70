"""Where things stand in a grid: names, codes, headings, the first row of figures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from parstudy.facts import provinces
from parstudy.intake._guess._headings import role_of
from parstudy.intake._guess._subject import YEAR
from parstudy.releases.formats.grid import Grid, column_letters
from parstudy.releases.words import (
    aggregate_of,
    component_of,
    family,
    fold,
    is_ministry,
    is_name,
    is_region,
)

MOST_AREAS = 8
_DOTTED = re.compile(r"[1-9][0-9]?(\.[1-9][0-9]?){1,3}\.?")


def says_something(grid: Grid, row: int, column: int) -> bool:
    text = grid.cell(row, column).words
    return any(ch.isalpha() for ch in text) or bool(YEAR.fullmatch(text))


def rows_of_units(grid: Grid) -> tuple[int | None, str, list[int]]:
    """Column of the provinces, the scheme of its codes if it holds codes, and their rows."""
    unit = unit_column(grid)
    if unit is not None:
        return (
            unit,
            "",
            [r for r in named_rows(grid, unit) if not _special(grid, r, unit)],
        )
    for scheme in provinces.code_schemes():
        for c in range(min(grid.width, 6)):
            rows = [
                r for r in range(len(grid.rows)) if provinces.is_code(scheme, grid.cell(r, c).words)
            ]
            filled = sum(bool(row[c].words) for row in grid.rows)
            if len(rows) >= 3 and filled - len(rows) <= 5:
                return c, scheme, rows
    return None, "", []


def named_rows(grid: Grid, column: int) -> list[int]:
    """Rows with a name in a column and figures beside it."""
    return [
        r for r in range(len(grid.rows)) if name_in(grid, r, column) and n_figures(grid, r, column)
    ]


def header_of(grid: Grid, unit: int, first: int) -> tuple[int | None, int, dict[int, list[str]]]:
    """First row of the header, first row under it, and the headings of each column."""
    head = header_row(grid, unit, first)
    top = first if head is None else body_top(grid, unit, head, first)
    return head, top, {c: headings_over(grid, c, head, top) for c in range(grid.width)}


def unit_column(grid: Grid) -> int | None:
    best: tuple[tuple[int, int], int] | None = None
    for c in range(grid.width):
        names = {
            fold(grid.cell(r, c).text)
            for r in range(len(grid.rows))
            if name_in(grid, r, c) and n_figures(grid, r, c) and not grid.cell(r, c).covered
        }
        if len(names) < 2:
            continue
        # in a long table components may be more than provinces
        told = (sum(map(provinces.is_unit, names)), len(names))
        if best is None or told > best[0]:
            best = (told, c)
    return None if best is None else best[1]


def name_in(grid: Grid, row: int, column: int) -> bool:
    text = grid.cell(row, column).words
    return is_name(text) and len(text) <= 60 and not any(ch.isdigit() for ch in text)


def n_figures(grid: Grid, row: int, but: int) -> int:
    found = 0
    for c, cell in enumerate(grid.rows[row]):
        text = cell.words
        if c != but and not cell.covered and text[:1] and not any(ch.isalpha() for ch in text):
            found += any(ch.isdigit() for ch in text)
    return found


def _special(grid: Grid, row: int, unit: int) -> bool:
    words = fold(grid.cell(row, unit).text)
    left = [grid.cell(row, c).words for c in range(unit)]
    role = role_of(words)
    # "Tỉnh Lạng Sơn" has a word of headings and is none
    heading = role == "max" or (role == "unit" and not provinces.is_unit(words))
    return bool(aggregate_of(words) or heading or is_region(left, words))


def header_row(grid: Grid, unit: int, first: int) -> int | None:
    """First row of the header: upwards from the body to a blank row or to a title."""
    top = None
    for r in range(first - 1, -1, -1):
        texts = {c.words for c in grid.rows[r] if c.words}
        if is_region([grid.cell(r, c).words for c in range(unit)], grid.cell(r, unit).words):
            continue
        title = len(texts) == 1 and (len(max(texts)) > 40 or any(c.covered for c in grid.rows[r]))
        if not texts or title:
            break
        top = r
    return top


def body_top(grid: Grid, unit: int, head: int, first: int) -> int:
    """First row under the header: one of maxima, of column numbers, of a region or a province."""
    for r in range(head + 1, first):
        texts = [c.words for c in grid.rows[r] if c.words and not c.covered]
        years = all(map(YEAR.fullmatch, texts))
        numbering = len(texts) > 2 and not years and not any(map(is_name, texts))
        cell = grid.cell(r, unit)
        left = [grid.cell(r, c).words for c in range(unit)]
        if numbering or (not cell.covered and is_region(left, cell.words)):
            return r
        if is_of_all(grid, r, unit):
            return r
    return first


def is_of_all(grid: Grid, row: int, unit: int) -> bool:
    """Whether a row says left of its figures that it holds maxima, means or extremes."""
    texts = {fold(grid.cell(row, c).text) for c in range(unit + 1)}
    return any(role_of(t) == "max" or aggregate_of(t) for t in texts if t)


def headings_over(grid: Grid, column: int, head: int | None, first: int) -> list[str]:
    if head is None:
        return []
    found: list[str] = []
    for r in range(head, first):
        text = grid.cell(r, column).words
        if says_something(grid, r, column) and (not found or found[-1] != text):
            found.append(text)
    return found


def counts_up(grid: Grid, column: int, body: Sequence[int]) -> bool:
    values = [grid.cell(r, column).words.rstrip(".") for r in body]
    return values == [str(n) for n in range(1, len(values) + 1)]


def code_row(grid: Grid, head: int | None, first: int, unit: int) -> int | None:
    for r in range(head if head is not None else 0, first):
        texts = [grid.cell(r, c).words for c in range(unit + 1, grid.width)]
        if sum(bool(_DOTTED.fullmatch(t)) for t in texts) < 2 or is_of_all(grid, r, unit):
            continue
        left = [grid.cell(r, c).words for c in range(unit)]
        if is_region(left, grid.cell(r, unit).words):
            continue
        if in_tree_order([code for t in texts if (code := component_of(t))]):
            return r
    return None


def in_tree_order(codes: Sequence[str]) -> bool:
    """Whether codes are those of a criteria set: areas 1 to 8, each code once, in their order.

    What a row of maxima or means holds (9.5, 10, 13, 10.5) is not. A parent stands before its
    parts or after them.
    """
    places = [tuple(int(n) for n in code.removeprefix("A").split(".")) for code in codes]
    if len(set(places)) < len(places) or not all(1 <= p[0] <= MOST_AREAS for p in places):
        return False
    return all(
        one < other or one[: len(other)] == other for one, other in itertools.pairwise(places)
    )


def code_column(grid: Grid) -> int | None:
    """Column of codes: each once, and nearly each with its parent, as no column of scores has."""
    for c in range(min(4, grid.width)):
        texts = [t for r in range(len(grid.rows)) if (t := grid.cell(r, c).words)]
        codes = [k for t in texts if (k := component_of(t))]
        dotted = [k for k in codes if "." in k]
        if len(dotted) < 2 or not in_tree_order(codes) or len(codes) < 0.5 * len(texts):
            continue
        with_parent = sum(bool(ancestors(k) & set(codes)) for k in dotted)
        if with_parent >= 0.8 * len(dotted):
            return c
    return None


def ancestors(code: str) -> set[str]:
    """All components above one, as far as its code tells: of 1.2.3 they are 1.2 and A1."""
    found = set()
    while (code := family(code)[0]) not in ("", "total"):
        found.add(code)
    return found


def numbers_below(grid: Grid, row: int, column: int) -> bool:
    return any(
        any(ch.isdigit() for ch in grid.cell(r, column).text)
        for r in range(row + 1, len(grid.rows))
    )


def column_name(grid: Grid, column: int) -> str | int:
    return column_letters(column) if grid.sheet else column + 1


def decimal_mark(grid: Grid) -> str:
    """Decimal mark that the table's own texts show."""
    marks = {",": 0, ".": 0}
    for row in grid.rows:
        for cell in row:
            match = re.fullmatch(r"[-–+]?[0-9]{1,3}([.,])([0-9]{1,2}|[0-9]{4,})\s?%?", cell.words)
            if match and cell.kind == "text" and not component_of(cell.words):
                marks[match[1]] += 1
    if marks[","] == marks["."] == 0:
        return _mark_of_thousandths(grid)
    return "," if marks[","] >= marks["."] else "."


def _mark_of_thousandths(grid: Grid) -> str:
    """Decimal mark of figures that all have three decimals, if they cannot be thousands.

    No index goes beyond 100 points: a column of 76.082 and the like holds no thousands.
    """
    found: dict[str, int] = {}
    for c in range(grid.width):
        texts = [row[c].words for row in grid.rows if row[c].kind == "text"]
        cut = [m for t in texts if (m := re.fullmatch(r"[1-9][0-9]?([.,])[0-9]{3}\s?%?", t))]
        if len(cut) >= 5 and len({m[0] for m in cut}) > 1:
            for match in cut:
                found[match[1]] = found.get(match[1], 0) + 1
    return next(iter(found)) if len(found) == 1 else ""


def of_ministries(grid: Grid) -> bool:
    """Whether a table is about ministries, which parstudy does not hold."""
    unit = unit_column(grid)
    if unit is None:
        return False
    names = [grid.cell(r, unit).words for r in named_rows(grid, unit)]
    return 2 * sum(map(is_ministry, names)) > len(names)
