"""Where a table has its provinces and its header, by the roles of its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

from parstudy.facts import provinces
from parstudy.releases.formats.grid import Grid, column_letters
from parstudy.releases.headings import has_role, lettered, measure_in
from parstudy.releases.tables.roles import (
    HEADING,
    Named,
    codes_in,
    n_figures,
    name_in,
    roles_of_rows,
    says,
)
from parstudy.releases.words import (
    aggregate_of,
    component_of,
    fold,
    is_ministry,
    is_region,
    unit_name,
)

T = TypeVar("T")
_FEW_UNITS = 30
_OVER_NAMES = ("unit", "names", "number")
_BELOW = re.compile(
    r"thành phố thuộc tỉnh|đơn vị cấp (?:huyện|xã)|(?:ubnd|của) (?:các )?(?:huyện|xã(?! hội))\b"
)
OF_BODIES = re.compile(
    r"\b(?:bhxh|bảo hiểm|công an|cục|chi cục|kho bạc|tòa án|viện kiểm sát|hải quan|sở|chi nhánh)\b"
)
# "II. Các sở, ban, ngành", "B. UBND các huyện, thành phố": a group of the units of one province
_GROUP_BELOW = re.compile(
    r"(?:^|[.)]\s|\b(?:các|khối|cấp|ubnd) )(?:sở|huyện|quận|thị xã|phường|xã)\b"
)
_LONG_LINE = 80
_WITH_PROVINCES = re.compile(r"\btỉnh(?! *[,/]? *$)|\bprovince", re.I)


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
        Headings over each column, from the widest to the lowest, with their Vietnamese letters.
    printed : dict
        The same as they are printed.
    """

    unit: int
    scheme: str
    body: tuple[int, ...]
    head: int | None
    top: int
    roles: tuple[str, ...]
    heads: dict[int, list[str]]
    printed: dict[int, list[str]]

    def row(self, role: str) -> int | None:
        """First row of a role within the header or right under it."""
        rows = range(min(self.body, default=0))
        return next((r for r in rows if self.roles[r] == role), None)


@dataclass(frozen=True)
class Half(Grid):
    """One of several tables side by side; ``over`` are rows with a text over it alone."""

    over: tuple[int, ...] = ()


@once
def rows_of(grid: Grid) -> Rows | None:
    """Where the provinces of a table are, and its header; nothing for a table without them."""
    unit, scheme, body = unit_column(grid), "", list[int]()
    if unit is None:
        unit, scheme, body = _coded_units(grid)
    if unit is None:
        return None
    roles = roles_of_rows(grid, unit, provinces.is_unit)
    body = body or [r for r, role in enumerate(roles) if role in ("unit", "ministry")]
    if not body or (len(body) < 2 and not isinstance(grid, Named)):
        return None
    over = grid.over if isinstance(grid, Half) else ()
    header = [r for r in range(body[0]) if roles[r] in HEADING or r in over]
    head = min(header, default=None)
    top = body[0] if head is None else max(header) + 1
    printed = {c: headings_over(grid, c, header) for c in range(grid.width)}
    heads = {c: list(map(lettered, over)) for c, over in printed.items()}
    return Rows(unit, scheme, tuple(body), head, top, roles, heads, printed)


def headings_over(grid: Grid, column: int, header: Sequence[int]) -> list[str]:
    """Texts over a column in some rows as printed, from above; no text twice in a row."""
    found: list[str] = []
    for r in header:
        text = grid.cell(r, column).words
        if says_something(grid, r, column) and (not found or found[-1] != text):
            found.append(text)
    return found


def says_something(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell has a word, a year or a sign of a change in it."""
    return says(grid.cell(row, column).words)


def _coded_units(grid: Grid) -> tuple[int | None, str, list[int]]:
    """Column of codes of provinces, their scheme, and their rows."""
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
    if isinstance(grid, Named):
        return grid.width - 1
    best: tuple[tuple[int, int], int] | None = None
    for c in range(grid.width):
        cells = [grid.cell(r, c) for r in named_rows(grid, c)]
        names = {fold(cell.text) for cell in cells if not cell.covered}
        if len(names) < 2:
            continue
        # in a long table components may be more than provinces
        told = (sum(provinces.is_unit(unit_name(n)) for n in names), len(names))
        if best is None or told > best[0]:
            best = (told, c)
    return None if best is None else best[1]


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


def of_others(line: str) -> bool:
    """Whether a line over a group of units says that they are districts or offices."""
    text = fold(line)
    return bool(_GROUP_BELOW.search(text) or _BELOW.search(text)) and len(text) < _LONG_LINE


@once
def other_units(grid: Grid) -> str:
    """Heading over the names, or line of a title, that makes them no provinces; else nothing.

    Towns bear the names of their provinces, and so do football clubs.
    """
    rows = rows_of(grid)
    if rows is None:
        return ""
    heads = rows.heads[rows.unit]
    below = next((h for h in heads if has_role([h], "below") and not _WITH_PROVINCES.search(h)), "")
    below = below or next((h for h in heads if OF_BODIES.search(fold(h))), "")
    titles = [c.words for row in grid.rows[: rows.top] for c in row if _BELOW.search(fold(c.words))]
    named = any(has_role([h], role) for h in heads for role in _OVER_NAMES)
    known = {
        t for r in rows.body if provinces.is_unit(t := unit_name(grid.cell(r, rows.unit).text))
    }
    # what stands in a corner names the rows of the header: "Lĩnh vực", "Điểm tối đa"
    corner = all(has_role([h], "name") or fold(h).startswith("điểm") for h in heads)
    strange = not corner and not named and len(known) < _FEW_UNITS
    return below or next(iter(titles), "") or (" / ".join(heads) if strange else "")


def other_names(grid: Grid) -> list[str]:
    """Names that have figures beside them, if most are of no province: districts, offices."""
    names = [n for n in names_beside_figures(grid) if not is_region([], n)]
    names = [n for n in names if not is_ministry(n) and not aggregate_of(fold(n))]
    known = sum(provinces.is_unit(n) and not provinces.is_town(n) for n in names)
    return names if 2 * known < len(names) else []


@once
def names_beside_figures(grid: Grid) -> list[str]:
    """Names of a table's rows of figures."""
    unit = unit_column(grid)
    return (
        [] if unit is None else [unit_name(grid.cell(r, unit).text) for r in named_rows(grid, unit)]
    )


def named_rows(grid: Grid, column: int) -> list[int]:
    """Rows with figures and a name in a column."""
    rows = range(len(grid.rows))
    return [r for r in rows if name_in(grid, r, column) and n_figures(grid, r, column)]
