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
``sum``        a total, a deviation, or the mean of some units only
``region``     a region or a group, perhaps with its mean
``ministry``   a body of the central government
``unit``       a province with figures
``note``       text below the header
``blank``      nothing
=============  ====================================================================

Provinces in columns are the same table turned (:class:`Turned`): there the columns of the sheet
get these roles, with the row of province names as unit column. The proposal for a foreign file
and the reader that follows ``release.toml`` ask the same function.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from parstudy.releases.formats.grid import Cell, Grid
from parstudy.releases.headings import YEAR, measure_in, role_of
from parstudy.releases.words import (
    CODE,
    LEFT_OUT,
    NUMBERING,
    aggregate_of,
    coded_name,
    component_of,
    family,
    fold,
    is_ministry,
    is_name,
    is_numbering,
    is_of_maxima,
    is_region,
    unit_name,
)

HEADING = ("header", "codes", "measures")
_OF_CODES = ("code", "number")
_MOST_AREAS = 8
_MEASURE = re.compile(
    r"\(?(?:đơn vị(?: tính)?|đvt|điểm|%|thứ|(?:thứ |xếp )?hạng|bậc|points?|score|rank)\)?"
)
_WHOLE = re.compile(r"[0-9]{1,3}\.?")
_POINTS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?\s*(?:đ|điểm|points?)")
# what may be a heading as long as its place has not told
_ABOVE = ("text", "codes", "measures", "numbering", "maxima", "aggregate", "figures")


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


@dataclass(frozen=True)
class Named(Grid):
    """A table of one province, with its name in a last column beside each row of figures."""

    unit: str = ""


def named(grid: Grid, unit: str) -> Named:
    """A table whose title names its province; maxima and rows of years alone are not its own."""
    rows = tuple(
        (*row, Cell(unit if _is_of_unit(grid, r) else "")) for r, row in enumerate(grid.rows)
    )
    known = {one.name: getattr(grid, one.name) for one in fields(Grid)}
    return Named(**known | {"rows": rows, "unit": unit})


def _is_of_unit(grid: Grid, row: int) -> bool:
    texts = [c.words for c in grid.rows[row]]
    said = [texts[c] for c in grid.figures[row] if not YEAR.fullmatch(texts[c])]
    return (
        bool(said)
        and not is_numbering([t for t in texts if t])
        and not any(map(is_of_maxima, texts))
    )


def nobody(name: str) -> bool:
    """Whether a name is that of a unit, where no list of units is at hand."""
    return False


def role_of_row(
    grid: Grid,
    row: int,
    unit: int,
    known: Callable[[str], bool] = nobody,
    left: Sequence[int] | None = None,
) -> str:
    """Role of a row by what stands in it; ``text`` for what its place must tell.

    Parameters
    ----------
    grid : Grid
        The table, or the turned one.
    row, unit : int
        The row, and the column of the units' names; counted from 0.
    known : callable, optional
        Whether a name is that of a unit.
    left : sequence of int, optional
        Columns that may number or name the row in place of the unit column, for a row that is
        known to lie in the body; else they are all left of it, and a name alone makes no unit.
    """
    cells = grid.rows[row]
    own = [w for c in cells if (w := c.words) and not c.covered]
    if not own and not any(c.words for c in cells):
        return "blank"
    in_body = left is not None
    before = [cells[c].words for c in (range(unit) if left is None else left)]
    name = unit_name(cells[unit].text)
    label = name_of_row(grid, row, unit, left)
    if _is_one_text(grid, row) and not in_body:
        return "title"
    of_all = _of_all(before, label)
    if not of_all and _has_codes(grid, row, unit, own) and not known(name):
        return "codes"
    figures = in_body or n_figures(grid, row, unit) > 0
    alone = {w for w in own if any(ch.isalpha() for ch in w)}
    of_all = of_all or (_of_all((), alone.pop(), "sum") if len(alone) == 1 else "")
    # "9,5đ": maxima with their unit of measure
    worded = of_all == "maxima" and any(_POINTS.fullmatch(fold(w)) for w in own)
    if (figures or worded) and of_all:
        return of_all
    if is_region([] if any(map(_WHOLE.fullmatch, before)) else before, label) and not known(name):
        return "region"
    # a name that is merged over several rows names them all
    spanned = cells[unit].covered and known(name) and figures
    if not spanned and not any(map(is_name, own)) and not all(map(_heads, own)):
        return _of_numbers(own, cells[unit].words, n_figures(grid, row, unit))
    named = [w for w in own if any(ch.isalpha() for ch in w)]
    if len(named) > 2 and all(_MEASURE.fullmatch(fold(w)) for w in named):
        return "measures"
    if not figures or not (in_body or name_in(grid, row, unit)):
        return "text"
    if is_ministry(label):
        return "ministry"
    # "Tỉnh Lạng Sơn" has a word of headings and is none
    return "text" if role_of(fold(name)) and not known(name) else "unit"


def says(text: str) -> bool:
    """Whether a heading says something: in words, as a year, or as the sign of a change."""
    return any(ch.isalpha() for ch in text) or _heads(text)


def _heads(text: str) -> bool:
    return bool(YEAR.fullmatch(text)) or measure_in(fold(text)) == "change_score"


def name_of_row(grid: Grid, row: int, unit: int, left: Sequence[int] | None = None) -> str:
    """What a row is called: the name of its unit, or a word that stands left of it instead."""
    name = unit_name(grid.cell(row, unit).text)
    columns = () if any(ch.isalpha() for ch in name) else range(unit) if left is None else left
    before = [unit_name(grid.cell(row, c).text) for c in columns]
    return next((t for t in before if any(ch.isalpha() for ch in t)), name)


def _of_all(before: Sequence[str], label: str, but: str = "") -> str:
    """Maxima, a figure of all units, or a sum, by what a row is called; a unit is numbered."""
    words = fold(label)
    if is_of_maxima(words):
        return "maxima"
    if aggregate_of(words) and not any(map(_WHOLE.fullmatch, before)):
        return "aggregate"
    if role_of(words) == "max":
        return "maxima"
    return "sum" if LEFT_OUT.match(words) and but != "sum" else ""


def _of_numbers(own: Sequence[str], unit: str, figures: int) -> str:
    """A row without a word: the numbers of the columns, or figures of something."""
    counted = sum(bool(NUMBERING.fullmatch(t)) for t in own)
    if is_numbering(own) or (NUMBERING.fullmatch(unit) and 2 * counted > len(own) > 2):
        return "numbering"
    return "figures" if figures > 1 else "text"


def _is_one_text(grid: Grid, row: int) -> bool:
    """Whether a row is one text over all its columns."""
    found = {c.words for c in grid.rows[row]} - {""}
    if len(found) != 1:
        return False
    return len(found.pop()) > 40 or any(c.covered for c in grid.rows[row] if c.words)


def _has_codes(grid: Grid, row: int, unit: int, own: Sequence[str]) -> bool:
    """Whether the numbers right of the names are codes of a criteria set, and no figures."""
    if sum(bool(CODE.fullmatch(w.rstrip("."))) for w in own) < 2:
        return False
    left = [grid.cell(row, c).words for c in range(unit + 1)]
    if is_region(left[:-1], left[-1]):
        return False
    texts = [grid.cell(row, c).words for c in range(unit + 1, grid.width)]
    return in_tree_order([code for t in texts if (code := component_of(t))])


def roles_of_rows(grid: Grid, unit: int, known: Callable[[str], bool] = nobody) -> tuple[str, ...]:
    """Role of each row of a table, each exactly one: see the table above."""
    found = [role_of_row(grid, r, unit, known) for r in range(len(grid.rows))]
    named = next(
        (r for r, role in enumerate(found) if role == "unit" and _is(grid, r, unit, known)), 0
    )
    for r in range(named):
        headed = any(found[k] == "text" and _is_wide(grid, k) for k in range(r))
        # what is set above a table is no unit: "Năm | 2022"
        if found[r] == "unit" and not headed and "text" in found[r + 1 : named]:
            found[r] = "text" if _is_wide(grid, r) else "title"
    first = next((r for r, role in enumerate(found) if role == "unit"), len(found))
    # blank rows and rows of one text may stand between the figures, the header and its levels
    top = next((r for r in range(first) if found[r] in _ABOVE and _is_wide(grid, r)), first)
    while top and found[top - 1] in _ABOVE and not _is_line_of_title(grid, top - 1, unit):
        top -= 1
    for r in range(first):
        if found[r] == "text":
            found[r] = "header" if r >= top else "title"
        elif r < top and found[r] in HEADING:
            found[r] = "title"
    return tuple(
        "note" if r > first and role in ("text", "title") else role for r, role in enumerate(found)
    )


def _is(grid: Grid, row: int, unit: int, known: Callable[[str], bool]) -> bool:
    return known(unit_name(grid.cell(row, unit).text))


def _is_wide(grid: Grid, row: int) -> bool:
    """Whether a row says something of most columns, and not the same of all of them."""
    texts = [c.words for c in grid.rows[row] if c.words]
    return len(set(texts)) > 2 and 2 * len(texts) > grid.width


def _is_line_of_title(grid: Grid, row: int, unit: int) -> bool:
    """Whether a row is one text that stands at the left: over the table, not over a column."""
    places = [c for c, cell in enumerate(grid.rows[row]) if cell.words and not cell.covered]
    return len(places) == 1 and places[0] <= unit and len(grid.cell(row, places[0]).words) > 12


def name_in(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell may hold a name: words, no digit, not a sentence."""
    text = unit_name(grid.cell(row, column).text)
    return is_name(text) and len(text) <= 60 and not any(ch.isdigit() for ch in text)


def n_figures(grid: Grid, row: int, but: int) -> int:
    """Number of cells of a row that hold a number and no word, but for one column."""
    found = grid.figures[row]
    return len(found) - (but in found)


def codes_in(grid: Grid, column: int) -> dict[int, str]:
    """Rows with a code in a column, and the component of each; nothing for another column.

    Each code stands once, in the order of the tree, and nearly each under its area, or some are
    such as no figure is: 1.2.3. Codes alone count if they are all; else those before a name do as
    well: "1.2. Chế độ báo cáo".
    """
    texts = {r: t for r in range(len(grid.rows)) if (t := code_text(grid, r, column))}
    alone = {r: code for r, t in texts.items() if (code := component_of(t))}
    named = {r: code for r, t in texts.items() if (code := coded_name(t)[0])}
    headed = any(
        role_of(fold(t)) in _OF_CODES for r, t in texts.items() if r < min(alone, default=0)
    )
    # steps of scoring stand between them: "a)", "- Đạt 100%: 2"
    able = (c for c, said in ((alone, headed), (named, False)) if _are_of_a_tree(c, headed=said))
    return next((c for c in able if 4 * len(c) >= len(texts)), {})


def _are_of_a_tree(found: Mapping[int, str], *, headed: bool) -> bool:
    codes = list(found.values())
    dotted = [k for k in codes if "." in k]
    # of one area alone its criteria are the top, where they count up: 3.1, 3.2, 3.3
    tops = [k for k in dotted if k.count(".") == 1]
    counted = len(tops) > 2 and [k.split(".")[1] for k in tops] == [
        str(n) for n in range(1, len(tops) + 1)
    ]
    alone = counted and len({k.split(".")[0] for k in dotted}) == 1
    known = {*codes, f"A{dotted[0].split('.')[0]}"} if alone else set(codes)
    with_parent = sum(bool(ancestors(k) & known) for k in dotted)
    # a list of what lost points has no areas; no figure has two dots
    deep = sum(k.count(".") > 1 for k in dotted)
    leaves = deep > 2 or (headed and deep > 0)
    under = leaves or with_parent >= 0.8 * len(dotted)
    return len(dotted) > 1 and in_tree_order(codes) and under


def code_text(grid: Grid, row: int, column: int) -> str:
    """Text of a cell of codes; nothing in the row with the numbers of the columns."""
    cell = grid.cell(row, column)
    if not cell.covered and not NUMBERING.fullmatch(cell.words):
        return cell.words
    texts = [w for c in grid.rows[row] if (w := c.words) and not c.covered]
    return "" if is_numbering(texts) else cell.words


def in_tree_order(codes: Sequence[str]) -> bool:
    """Whether codes are those of a criteria set: areas 1 to 8, each code once, in their order.

    What a row of maxima or means holds (9.5, 10, 13, 10.5) is not. A parent stands before its
    parts or after them.
    """
    places = [tuple(int(n) for n in code.removeprefix("A").split(".")) for code in codes]
    if len(set(places)) < len(places) or not all(1 <= p[0] <= _MOST_AREAS for p in places):
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
