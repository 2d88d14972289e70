"""Each row and each column of a table has exactly one role.

Roles of rows, from a table's unit column (the one with the names of provinces):

=============  ====================================================================
``title``      one text alone, above the header
``header``     headings, down to the first row of figures
``measures``   units of measure under the headings: (điểm), (%)
``numbering``  the numbers of the columns: (1) (2) (3)
``codes``      codes of the criteria set, each once, in the order of the tree
``maxima``     what each column can reach at most
``figures``    numbers above the first unit without a word of what they are
``aggregate``  mean, extremes or spread over all units
``region``     a region or a group, perhaps with its mean
``ministry``   a body of the central government
``unit``       a province with figures
``note``       text below the header
``blank``      nothing
=============  ====================================================================

Provinces in columns are the same table turned (:class:`Turned`): there the columns of the sheet
get these roles, with the row of province names as unit column.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar

from parstudy.facts import provinces
from parstudy.intake._guess._headings import has_role, measure_in, role_of
from parstudy.intake._guess._subject import YEAR
from parstudy.releases.formats.grid import Grid, column_letters
from parstudy.releases.words import (
    CODE,
    aggregate_of,
    coded_name,
    component_of,
    family,
    fold,
    is_ministry,
    is_name,
    is_numbering,
    is_region,
    unit_name,
)

T = TypeVar("T")
MOST_AREAS = 8
_MEASURE = re.compile(
    r"\(?(?:đơn vị(?: tính)?|đvt|điểm|%|thứ|(?:thứ |xếp )?hạng|bậc|points?|score|rank)\)?"
)
_HEADING = ("header", "codes", "measures")
# what may be a heading as long as its place has not told
_ABOVE = ("text", "codes", "measures", "numbering", "maxima", "aggregate", "figures")


def once(asked: Callable[[Grid], T]) -> Callable[[Grid], T]:
    """Answer a question of a table once: its readings and its parts ask it again and again."""

    @wraps(asked)
    def answered(grid: Grid) -> T:
        known = vars(grid).setdefault("_answers", {})
        if asked not in known:
            known[asked] = asked(grid)
        answer: T = known[asked]
        return answer

    return answered


@dataclass(frozen=True)
class Turned(Grid):
    """A table whose rows are the columns of another one; places are those of the other."""

    original: Grid = field(default=Grid("", "", (), ()))

    def row_place(self, row: int) -> str:
        """Place of a row, which is a column of the sheet."""
        return self.original.column_place(row)

    def column_place(self, column: int) -> str:
        """Place of a column, which is a row of the sheet."""
        return self.original.row_place(column)

    def place(self, row: int, column: int) -> str:
        """Place of a cell."""
        return self.original.place(column, row)


def turned(grid: Grid) -> Turned:
    """The table with rows and columns exchanged."""
    rows = tuple(zip(*grid.rows, strict=True))
    return Turned(grid.file, grid.where, rows, (), grid.sheet, original=grid)


def role_of_row(grid: Grid, row: int, unit: int) -> str:
    """Role of a row by what stands in it; ``text`` for what its place must tell.

    Parameters
    ----------
    grid : Grid
        The table, or the turned one.
    row, unit : int
        The row, and the column of the units' names; counted from 0.
    """
    cells = grid.rows[row]
    words = [c.words for c in cells if c.words]
    if not words:
        return "blank"
    if len(set(words)) == 1 and (len(words[0]) > 40 or any(c.covered for c in cells)):
        return "title"
    own = [c.words for c in cells if c.words and not c.covered]
    if sum(bool(CODE.fullmatch(w.rstrip("."))) for w in own) >= 2 and _are_codes(grid, row, unit):
        return "codes"
    figures = n_figures(grid, row, unit)
    named = [w for w in own if any(ch.isalpha() for ch in w)]
    if figures and _of_all(grid, row, unit, named):
        return _of_all(grid, row, unit, named)
    if is_region([c.words for c in cells[:unit]], cells[unit].words) and not cells[unit].covered:
        return "region"
    if not any(map(is_name, own)) and not all(map(YEAR.fullmatch, own)):
        if is_numbering(own):
            return "numbering"
        if any(_MEASURE.fullmatch(fold(w)) for w in named):
            return "measures"
        return "figures" if figures > 1 else "text"
    if len(named) > 2 and all(_MEASURE.fullmatch(fold(w)) for w in named):
        return "measures"
    if not (name_in(grid, row, unit) and figures):
        return "text"
    return "ministry" if is_ministry(cells[unit].words) else _unit_or_text(grid, row, unit)


def _unit_or_text(grid: Grid, row: int, unit: int) -> str:
    """A row with a name and figures, unless the name is a heading: "Tỉnh, thành phố"."""
    words = unit_name(grid.cell(row, unit).text).casefold()
    # "Tỉnh Lạng Sơn" has a word of headings and is none
    heading = role_of(words) == "unit" and not provinces.is_unit(words)
    return "text" if heading else "unit"


def _of_all(grid: Grid, row: int, unit: int, named: Sequence[str]) -> str:
    """Maxima or an aggregate by a word left of the figures, or by the row's only word."""
    left = [fold(grid.cell(row, c).text) for c in range(unit + 1)]
    alone = [fold(named[0])] if len(set(named)) == 1 else []
    for text in filter(None, [*left, *alone]):
        if role_of(text) == "max":
            return "maxima"
        if aggregate_of(text):
            return "aggregate"
    return ""


def _are_codes(grid: Grid, row: int, unit: int) -> bool:
    """Whether the numbers right of the names are codes of a criteria set, and no figures."""
    left = [grid.cell(row, c).words for c in range(unit + 1)]
    if any(role_of(fold(t)) == "max" or aggregate_of(fold(t)) for t in left):
        return False
    if is_region(left[:-1], left[-1]):
        return False
    texts = [grid.cell(row, c).words for c in range(unit + 1, grid.width)]
    return in_tree_order([code for t in texts if (code := component_of(t))])


def roles_of_rows(grid: Grid, unit: int) -> tuple[str, ...]:
    """Role of each row of a table, each exactly one: see the table above."""
    found = [role_of_row(grid, r, unit) for r in range(len(grid.rows))]
    first = next((r for r, role in enumerate(found) if role == "unit"), len(found))
    # blank rows and rows of one text may stand between the figures, the header and its levels
    top = next((r for r in range(first) if found[r] in _ABOVE and _is_wide(grid, r)), first)
    while top and found[top - 1] in _ABOVE and not _is_line_of_title(grid, top - 1, unit):
        top -= 1
    for r in range(first):
        if found[r] == "text":
            found[r] = "header" if r >= top else "title"
        elif r < top and found[r] in _HEADING:
            found[r] = "title"
    return tuple(
        "note" if r > first and role in ("text", "title") else role for r, role in enumerate(found)
    )


def _is_wide(grid: Grid, row: int) -> bool:
    """Whether a row says something of most columns, and not the same of all of them."""
    texts = [c.words for c in grid.rows[row] if c.words]
    return len(set(texts)) > 2 and 2 * len(texts) > grid.width


def _is_line_of_title(grid: Grid, row: int, unit: int) -> bool:
    """Whether a row is one text that stands at the left: over the table, not over a column."""
    places = [c for c, cell in enumerate(grid.rows[row]) if cell.words and not cell.covered]
    return len(places) == 1 and places[0] <= unit and len(grid.cell(row, places[0]).words) > 12


@dataclass(frozen=True)
class Rows:
    """Rows of a table by their roles.

    Attributes
    ----------
    unit : int
        Column of the units' names or codes.
    scheme : str
        Scheme of codes of provinces, where the column holds codes.
    body : tuple of int
        Rows of provinces.
    head : int or None
        First row of the header; nothing without one.
    top : int
        First row under the header.
    roles : tuple of str
        Role of each row.
    heads : dict
        Headings over each column, from the widest to the lowest.
    """

    unit: int
    scheme: str
    body: tuple[int, ...]
    head: int | None
    top: int
    roles: tuple[str, ...]
    heads: dict[int, list[str]]

    def row(self, role: str) -> int | None:
        """First row of a role within the header or right under it."""
        rows = range(min(self.body, default=0))
        return next((r for r in rows if self.roles[r] == role), None)


@once
def rows_of(grid: Grid) -> Rows | None:
    """Where the provinces of a table are, and its header; nothing for a table without them."""
    unit, scheme, body = rows_of_units(grid)
    if unit is None or len(body) < 2:
        return None
    roles = roles_of_rows(grid, unit)
    header = [r for r in range(body[0]) if roles[r] in _HEADING]
    head = min(header, default=None)
    top = body[0] if head is None else max(header) + 1
    heads = {c: headings_over(grid, c, header) for c in range(grid.width)}
    return Rows(unit, scheme, tuple(body), head, top, roles, heads)


def headings_over(grid: Grid, column: int, header: Sequence[int]) -> list[str]:
    """Texts over a column in some rows, from above; no text twice in a row."""
    found: list[str] = []
    for r in header:
        text = grid.cell(r, column).words
        if says_something(grid, r, column) and (not found or found[-1] != text):
            found.append(text)
    return found


def says_something(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell has a word or a year in it."""
    text = grid.cell(row, column).words
    return any(ch.isalpha() for ch in text) or bool(YEAR.fullmatch(text))


def rows_of_units(grid: Grid) -> tuple[int | None, str, list[int]]:
    """Column of the provinces, the scheme of its codes if it holds codes, and their rows."""
    unit = unit_column(grid)
    if unit is not None:
        rows = range(len(grid.rows))
        return unit, "", [r for r in rows if role_of_row(grid, r, unit) in ("unit", "ministry")]
    for scheme in provinces.code_schemes():
        for c in range(min(grid.width, 6)):
            rows_ = [
                r for r in range(len(grid.rows)) if provinces.is_code(scheme, grid.cell(r, c).words)
            ]
            filled = sum(bool(row[c].words) for row in grid.rows)
            if len(rows_) >= 3 and filled - len(rows_) <= 5:
                return c, scheme, rows_
    return None, "", []


@once
def unit_column(grid: Grid) -> int | None:
    """Column with the most provinces' names that have figures beside them, else with most names."""
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
        told = (sum(provinces.is_unit(unit_name(n)) for n in names), len(names))
        if best is None or told > best[0]:
            best = (told, c)
    return None if best is None else best[1]


def name_in(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell may hold a name: words, no digit, not a sentence."""
    text = unit_name(grid.cell(row, column).text)
    return is_name(text) and len(text) <= 60 and not any(ch.isdigit() for ch in text)


def n_figures(grid: Grid, row: int, but: int) -> int:
    """Number of cells of a row that hold a number and no word, but for one column."""
    found = grid.figures[row]
    return len(found) - (but in found)


def number_column(grid: Grid, rows: Rows) -> int | None:
    """Column of running numbers: headed so, or counting up left of the names."""
    headed = next((c for c in range(grid.width) if has_role(rows.heads[c], "number")), None)
    if headed is not None:
        return headed
    for c in range(rows.unit):
        # ranks in the order of the ranks count up as well
        if any(measure_in(fold(h)) for h in rows.heads[c]):
            continue
        values = [grid.cell(r, c).words.rstrip(".") for r in rows.body]
        if values == [str(n) for n in range(1, len(values) + 1)]:
            return c
    return None


def code_column(grid: Grid) -> int | None:
    """Column of codes, alone or before the names of what they are."""
    return next((c for c in range(min(4, grid.width)) if codes_in(grid, c)), None)


def codes_in(grid: Grid, column: int) -> dict[int, str]:
    """Rows with a code in a column, and the component of each; nothing for another column.

    Each code stands once, in the order of the tree, and nearly each under its area. Codes alone
    count if they are all; else those before a name do as well: "1.2. Chế độ báo cáo".
    """
    texts = {r: t for r in range(len(grid.rows)) if (t := code_text(grid, r, column))}
    alone = {r: code for r, t in texts.items() if (code := component_of(t))}
    named = {r: code for r, t in texts.items() if (code := coded_name(t)[0])}
    # steps of scoring stand between them: "a)", "- Đạt 100%: 2"
    return next((c for c in (alone, named) if _are_of_a_tree(c) and 4 * len(c) >= len(texts)), {})


def _are_of_a_tree(found: Mapping[int, str]) -> bool:
    codes = list(found.values())
    dotted = [k for k in codes if "." in k]
    with_parent = sum(bool(ancestors(k) & set(codes)) for k in dotted)
    return len(dotted) > 1 and in_tree_order(codes) and with_parent >= 0.8 * len(dotted)


def code_text(grid: Grid, row: int, column: int) -> str:
    """Text of a cell of codes; nothing in the row with the numbers of the columns."""
    texts = [c.words for c in grid.rows[row] if c.words and not c.covered]
    return "" if is_numbering(texts) else grid.cell(row, column).words


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


def ancestors(code: str) -> set[str]:
    """All components above one, as far as its code tells: of 1.2.3 they are 1.2 and A1."""
    found = set()
    while (code := family(code)[0]) not in ("", "total"):
        found.add(code)
    return found


def numbers_below(grid: Grid, row: int, column: int) -> bool:
    """Whether a column has a digit below a row."""
    return any(
        any(ch.isdigit() for ch in grid.cell(r, column).text)
        for r in range(row + 1, len(grid.rows))
    )


def column_name(grid: Grid, column: int) -> str | int:
    """A column as ``release.toml`` writes it."""
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
    names = names_beside_figures(grid)
    return 2 * sum(map(is_ministry, names)) > len(names)


def other_names(grid: Grid) -> list[str]:
    """Names that have figures beside them, if most are of no province: districts, offices."""
    names = [n for n in names_beside_figures(grid) if not is_region([], n)]
    names = [n for n in names if not is_ministry(n) and not aggregate_of(fold(n))]
    known = sum(provinces.is_unit(n) for n in names)
    return names if 2 * known < len(names) else []


@once
def names_beside_figures(grid: Grid) -> list[str]:
    """Names of a table's rows of figures."""
    unit = unit_column(grid)
    if unit is None:
        return []
    return [
        unit_name(grid.cell(r, unit).text)
        for r in range(len(grid.rows))
        if name_in(grid, r, unit) and n_figures(grid, r, unit)
    ]
