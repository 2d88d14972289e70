"""Where a table has its provinces and its header, by the roles of its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

from parstudy.errors import ReleaseError
from parstudy.facts import provinces
from parstudy.releases.formats.grid import Grid, column_letters
from parstudy.releases.headings import has_role, measure_in
from parstudy.releases.tables import date_for_code, is_date
from parstudy.releases.tables.roles import (
    HEADING,
    Named,
    codes_in,
    in_tree_order,
    n_figures,
    name_in,
    roles_of_rows,
    says,
)
from parstudy.releases.words import (
    CODE,
    aggregate_of,
    component_of,
    fold,
    is_ministry,
    is_numbering,
    is_region,
    unit_name,
)

T = TypeVar("T")
_FEW_CODES, _FEW_UNITS = 6, 30
_PART = re.compile(r"[1-9][0-9]?")
_OVER_NAMES = ("unit", "names", "number")
_BELOW = re.compile(
    r"thành phố thuộc tỉnh|đơn vị cấp (?:huyện|xã)|(?:ubnd|của) (?:các )?(?:huyện|xã(?! hội))\b"
)
_OF_BODIES = re.compile(
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
    unit, scheme, body = unit_column(grid), "", list[int]()
    if unit is None:
        unit, scheme, body = _coded_units(grid)
    if unit is None:
        return None
    roles = roles_of_rows(grid, unit, provinces.is_unit)
    body = body or [r for r, role in enumerate(roles) if role in ("unit", "ministry")]
    if not body or (len(body) < 2 and not isinstance(grid, Named)):
        return None
    header = [r for r in range(body[0]) if roles[r] in HEADING]
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


def no_broken_codes(grid: Grid) -> None:
    """Refuse a column of codes that a spreadsheet has broken: 1.10 is 1.1, 1.3.2 a day.

    Raises
    ------
    ReleaseError
        ``code_twice``, ``date_for_number``.
    """
    for c in range(min(4, grid.width)):
        cells = [(r, cell) for r, row in enumerate(grid.rows) if (cell := row[c]).words]
        codes = [r for r, cell in cells if CODE.fullmatch(cell.words)]
        areas = [r for r, cell in cells if component_of(cell.words) and r not in codes]
        dates = [r for r, cell in cells if is_date(cell)]
        known = len(codes) + len(areas)
        if known < 2 or known + len(dates) < max(_FEW_CODES, len(cells) / 2):
            continue
        texts = [grid.cell(r, c).words for r in codes]
        again = [r for n, r in enumerate(codes) if texts[n] in texts[:n]]
        if not in_tree_order(list(dict.fromkeys(texts))):
            continue
        if dates:
            raise date_for_code(grid, dates[0], c)
        if again and 4 * len(again) < len(codes):
            raise ReleaseError(
                "code_twice",
                "a code stands twice in the column of codes",
                place=grid.place(again[0], c),
                found=repr(grid.cell(again[0], c).words),
                expected="each code once",
                advice="A spreadsheet turns 1.10 into 1.1: store codes as text",
            )


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
    below = below or next((h for h in heads if _OF_BODIES.search(fold(h))), "")
    titles = [c.words for row in grid.rows[: rows.top] for c in row if _BELOW.search(fold(c.words))]
    named = any(has_role([h], role) for h in heads for role in _OVER_NAMES)
    known = {
        t for r in rows.body if provinces.is_unit(t := unit_name(grid.cell(r, rows.unit).text))
    }
    strange = bool(heads) and not named and len(known) < _FEW_UNITS
    return below or next(iter(titles), "") or (" / ".join(heads) if strange else "")


def crowded_cell(grid: Grid) -> tuple[int, int] | None:
    """A cell that holds the names of several provinces, line by line; nothing if there is none."""
    names = [fold(unit.name_vi) for unit in provinces.units("63")]
    for r, row in enumerate(grid.rows):
        for c, cell in enumerate(row):
            if len(cell.text) > 24 and not cell.covered:
                text = fold(cell.text)
                if sum(name in text for name in names) > 3 and len(text) < 14 * len(names):
                    return r, c
    return None


def other_names(grid: Grid) -> list[str]:
    """Names that have figures beside them, if most are of no province: districts, offices."""
    names = [n for n in names_beside_figures(grid) if not is_region([], n)]
    names = [n for n in names if not is_ministry(n) and not aggregate_of(fold(n))]
    known = sum(provinces.is_unit(n) and not provinces.is_town(n) for n in names)
    return names if 2 * known < len(names) else []


def spread_code(grid: Grid) -> str:
    """Two or three codes whose numbers stand in columns of their own: "1 | 3 | 2" for 1.3.2."""
    for first in range(2):
        for wide in (3, 2):
            told: list[str] = []
            last = [""] * wide
            shown: list[str] = []
            for r in range(len(grid.rows)):
                cells = [grid.cell(r, first + k).words.strip(".") for k in range(wide)]
                at = max((k for k, t in enumerate(cells) if _PART.fullmatch(t)), default=None)
                if at is None or any(t and not _PART.fullmatch(t) for t in cells):
                    continue
                last = [cells[k] or (last[k] if k < at else "") for k in range(wide)]
                told.append(".".join(t for t in last if t))
                shown.append(" | ".join(cells))
            codes = [f"A{t}" if "." not in t else t for t in told]
            deep = sum(t.count(".") == wide - 1 for t in told)
            if len(told) >= _FEW_CODES and deep > 2 and in_tree_order(codes):
                return ", ".join(
                    f"{a} for {b}" for a, b in list(zip(shown, told, strict=True))[1:3]
                )
    return ""


def only_numbered(grid: Grid) -> bool:
    """Whether rows of figures have running numbers and no names, as a second page may have."""
    texts = [row[0].words.rstrip(".") for row in grid.rows if row[0].words]
    counted = texts and is_numbering([t for t in texts if t.isdigit()])
    return bool(counted) and unit_column(grid) is None


def criteria_without_codes(grid: Grid) -> str:
    """Heading over the names of criteria in a table without a column of codes; else nothing."""
    rows = rows_of(grid)
    heads = [] if rows is None or code_column(grid) is not None else rows.heads[rows.unit]
    return next((h for h in heads if has_role([h], "name")), "")


def criteria_not_understood(grid: Grid) -> str:
    """Headings of a table with a column of codes of criteria, one province's own perhaps."""
    code = code_column(grid)
    if code is None:
        return ""
    first = min(codes_in(grid, code))
    top = max((r for r in range(first) if len({c.words for c in grid.rows[r]}) > 2), default=0)
    return ", ".join(dict.fromkeys(c.words for c in grid.rows[top] if c.words))


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
