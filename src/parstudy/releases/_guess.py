"""What a table probably is: which way round, which column holds what, of which index and year.

A guess is a proposal for ``release.toml`` and nothing more: it is shown to somebody before it is
kept, it is read by the same strict reader, and what has no meaning here stays unread and is named.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from parstudy.releases import _numbers
from parstudy.releases._grid import Grid
from parstudy.releases._spec import column_letters
from parstudy.releases._table import (
    aggregate_of,
    component_of,
    family,
    fold,
    is_name,
    is_region,
    is_scoring,
)

_YEAR = re.compile(r"(?<![0-9/.-])(20[0-4][0-9])(?![0-9])")
_NAMED_YEAR = re.compile(r"(?:năm|index year|year|index|sipas)\s*(20[0-4][0-9])(?![0-9])")
_DOTTED = re.compile(r"[1-9][0-9]?(\.[1-9][0-9]?){1,3}\.?")
# an area of PAR INDEX has less than twenty points; what is beyond is a percentage
_MOST_AREA_POINTS = 20.0


@dataclass(frozen=True)
class Guess:
    """One table as it would be read.

    Attributes
    ----------
    grid : Grid
        The table.
    entry : dict
        Keys of a ``[[files]]`` entry, without the path.
    meanings : tuple of (str, str, str)
        Place, heading and meaning of each column or row, for people.
    doubts : tuple of str
        What was not understood.
    """

    grid: Grid
    entry: dict[str, Any]
    meanings: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass
class _Meaning:
    component: str = ""
    measure: str = ""
    year: int | None = None
    why: list[str] = field(default_factory=list)


@cache
def _headings() -> tuple[tuple[str, str, str, re.Pattern[str]], ...]:
    text = files(__package__).joinpath("headings.csv").read_text(encoding="utf-8")
    return tuple(
        (row["role"], row["component"], row["measure"], re.compile(row["pattern"]))
        for row in csv.DictReader(text.splitlines())
    )


def index_and_year(file: str, grids: Sequence[Grid]) -> tuple[str, int | None]:
    """Index and index year as the file's name, its titles and its headings say; else nothing."""
    titles = [re.sub(r"[_-]+", " ", file)]
    for grid in grids:
        titles.append(grid.context)
        titles += [c.words for row in grid.rows[:6] for c in row if not c.covered]
    body = fold(" . ".join(titles))
    index = ""
    par = re.search(r"par[ -]?index|chỉ số cải cách hành chính|\bcchc\b", body)
    sipas = re.search(r"sipas|chỉ số hài lòng", body)
    if par:
        # the satisfaction index is one part of the reform index
        index = "PAR_INDEX"
    elif sipas:
        index = "SIPAS"
    for pattern in (_NAMED_YEAR, _YEAR):
        years = sorted({int(y) for y in pattern.findall(body)})
        if len(years) == 1:
            return index, years[0]
        if years:
            return index, None
    return index, None


def guess(grid: Grid, index: str, year: int) -> Guess | None:
    """The most likely reading of a table, or nothing if it holds no figures of provinces."""
    if len(grid.rows) < 3 or grid.width < 2:
        return None
    column = _code_column(grid)
    if column is not None:
        found = _provinces_in_columns(grid, column, index, year)
        if found is not None:
            return found
    return _provinces_in_rows(grid, index, year)


# ------------------------------------------------------------------ provinces in rows


def _provinces_in_rows(grid: Grid, index: str, year: int) -> Guess | None:
    unit = _unit_column(grid)
    if unit is None:
        return None
    body = [
        r
        for r in range(len(grid.rows))
        if _name_in(grid, r, unit) and _figures(grid, r, unit) and not _special(grid, r, unit)
    ]
    if len(body) < 2:
        return None
    first = body[0]
    head = _header(grid, unit, first)
    entry: dict[str, Any] = {"orientation": "provinces_in_rows", "decimal": _decimal(grid)}
    top = first if head is None else _body_top(grid, unit, head, first)
    heads = {c: _heads(grid, c, head, top) for c in range(grid.width)}
    number = next((c for c in range(grid.width) if _has_role(heads[c], "number")), None)
    if number is None:
        number = next((c for c in range(unit) if _counts(grid, c, body)), None)
    codes = _code_row(grid, head, first, unit)
    if head is not None and (codes is None or head < first):
        entry["header_rows"] = f"{head + 1}-{top}" if top - head > 1 else head + 1
    entry["unit_column"] = _named(grid, unit)
    if number is not None and number != unit:
        entry["number_column"] = _named(grid, number)
    columns, meanings, doubts = [], [], []
    taken: dict[tuple[str, str, int | None], int] = {}
    for c in range(grid.width):
        cells = [grid.cell(r, c).words for r in body]
        filled = [t for t in cells if not _numbers.is_blank(t)]
        if c in (unit, number) or not filled:
            continue
        place = grid.column_place(c).removeprefix(f"{grid.file} ")
        title = " / ".join(heads[c])
        if codes is not None and component_of(grid.cell(codes, c).text):
            continue
        if _has_role(heads[c], "note"):
            doubts.append(f"{place} {title!r}: not read (a note)")
            continue
        meaning = _meaning(heads[c], filled, index, year)
        if not meaning.component:
            if any(ch.isdigit() for t in filled for ch in t):
                doubts.append(f"{place} {title!r}: not understood, not read")
            continue
        key = (meaning.component, meaning.measure, meaning.year)
        if key in taken:
            doubts.append(
                f"{place} {title!r}: looks like {meaning.component} {meaning.measure} once more, "
                "not read"
            )
            continue
        taken[key] = c
        mapped: dict[str, Any] = {
            "column": _named(grid, c),
            "component": meaning.component,
            "measure": meaning.measure,
        }
        if heads[c]:
            mapped["header"] = heads[c][-1]
        if meaning.year is not None and meaning.year != year:
            mapped["year"] = meaning.year
        columns.append(mapped)
        why = f" ({'; '.join(meaning.why)})" if meaning.why else ""
        of = f" of {meaning.year}" if "year" in mapped else ""
        meanings.append((place, title, f"{meaning.component} {meaning.measure}{of}{why}"))
    if codes is not None:
        entry["code_row"] = codes + 1
        meanings.append((grid.row_place(codes), "codes", "components by their codes, score"))
        for r in range(head or 0, first):
            if r != codes and sum(is_name(grid.cell(r, c).words) for c in range(grid.width)) > 3:
                entry["name_row"] = r + 1
    if columns:
        entry["columns"] = columns
    if not columns and codes is None:
        return None
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


def _unit_column(grid: Grid) -> int | None:
    best: tuple[int, int] | None = None
    for c in range(grid.width):
        names = {
            fold(grid.cell(r, c).text)
            for r in range(len(grid.rows))
            if _name_in(grid, r, c) and _figures(grid, r, c) and not grid.cell(r, c).covered
        }
        if len(names) >= 2 and (best is None or len(names) > best[0]):
            best = (len(names), c)
    return None if best is None else best[1]


def _name_in(grid: Grid, row: int, column: int) -> bool:
    text = grid.cell(row, column).words
    return is_name(text) and len(text) <= 60 and not any(ch.isdigit() for ch in text)


def _figures(grid: Grid, row: int, but: int) -> int:
    found = 0
    for c, cell in enumerate(grid.rows[row]):
        text = cell.words
        if c != but and not cell.covered and text[:1] and not any(ch.isalpha() for ch in text):
            found += any(ch.isdigit() for ch in text)
    return found


def _special(grid: Grid, row: int, unit: int) -> bool:
    words = fold(grid.cell(row, unit).text)
    left = [grid.cell(row, c).words for c in range(unit)]
    return bool(aggregate_of(words) or _role_of(words) in ("max", "unit") or is_region(left, words))


def _header(grid: Grid, unit: int, first: int) -> int | None:
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


def _body_top(grid: Grid, unit: int, head: int, first: int) -> int:
    """First row under the header: one of maxima, of column numbers, of a region or a province."""
    for r in range(head + 1, first):
        texts = [c.words for c in grid.rows[r] if c.words and not c.covered]
        numbering = len(texts) > 2 and not any(map(is_name, texts))
        cell = grid.cell(r, unit)
        left = [grid.cell(r, c).words for c in range(unit)]
        if numbering or (not cell.covered and is_region(left, cell.words)):
            return r
        if not cell.covered and _role_of(fold(cell.text)) == "max":
            return r
    return first


def _heads(grid: Grid, column: int, head: int | None, first: int) -> list[str]:
    if head is None:
        return []
    found: list[str] = []
    for r in range(head, first):
        text = grid.cell(r, column).words
        if any(ch.isalpha() for ch in text) and (not found or found[-1] != text):
            found.append(text)
    return found


def _counts(grid: Grid, column: int, body: Sequence[int]) -> bool:
    values = [grid.cell(r, column).words.rstrip(".") for r in body]
    return values == [str(n) for n in range(1, len(values) + 1)]


def _code_row(grid: Grid, head: int | None, first: int, unit: int) -> int | None:
    for r in range(head if head is not None else 0, first):
        dotted = [
            c for c in range(unit + 1, grid.width) if _DOTTED.fullmatch(grid.cell(r, c).words)
        ]
        if len(dotted) >= 2:
            return r
    return None


def _meaning(heads: Sequence[str], cells: Sequence[str], index: str, year: int) -> _Meaning:
    found = _Meaning()
    folded = [fold(h) for h in heads]
    joined = " / ".join(folded)
    years = sorted({int(y) for y in _YEAR.findall(joined)})
    # a heading broken over lines is whole again in the last of these
    for part in [*reversed(folded), " ".join(folded)]:
        code = component_of(part) if _DOTTED.fullmatch(part) else ""
        if code:
            found.component = code
        for role, component, measure, pattern in _headings():
            if role == "measure" and not found.measure and pattern.search(part):
                found.measure = measure
            if role == "component" and not found.component and pattern.search(part):
                found.component, found.measure = component, found.measure or measure
    if not found.component and found.measure:
        found.component = "total"
    if found.component == "sipas" and index == "SIPAS":
        found.component = "total"
    if not found.component:
        return found
    if len(years) == 1 and years[0] != year and not found.measure.startswith("change"):
        found.year = years[0]
    signed = any("%" in t for t in cells)
    if not found.measure or found.measure == "percent":
        found.measure = found.measure or "score"
        if signed or index == "SIPAS":
            found.measure = "percent"
        elif found.measure == "score" and family(found.component)[1] == "area":
            values = [v for v in map(_value, cells) if v is not None]
            if values and min(values) > _MOST_AREA_POINTS:
                found.measure = "percent"
                found.why.append(f"all above {_MOST_AREA_POINTS:g}, more than an area's points")
    return found


def _value(text: str) -> float | None:
    try:
        return _numbers.parse(text, ",").value
    except _numbers.UnreadableNumber:
        return None


# ------------------------------------------------------------------ provinces in columns


def _code_column(grid: Grid) -> int | None:
    """Column of codes: each once, and nearly each with its parent, as no column of scores has."""
    for c in range(min(4, grid.width)):
        texts = [t for r in range(len(grid.rows)) if (t := grid.cell(r, c).words)]
        codes = [k for t in texts if (k := component_of(t))]
        dotted = [k for k in codes if "." in k]
        if len(dotted) < 2 or len(set(codes)) < len(codes) or len(codes) < 0.5 * len(texts):
            continue
        with_parent = sum(family(k)[0] in codes for k in dotted)
        if with_parent >= 0.8 * len(dotted):
            return c
    return None


def _provinces_in_columns(grid: Grid, code: int, index: str, year: int) -> Guess | None:
    first = next(r for r in range(len(grid.rows)) if component_of(grid.cell(r, code).text))
    entry: dict[str, Any] = {"orientation": "provinces_in_columns", "decimal": _decimal(grid)}
    unit_row: int | None = None
    units: list[int] = []
    for r in range(first - 1, -1, -1):
        named = [
            c
            for c in range(code + 1, grid.width)
            if is_name(grid.cell(r, c).words)
            and not grid.cell(r, c).covered
            and not _role_of(fold(grid.cell(r, c).text), but=("unit",))
            and _numbers_below(grid, r, c)
        ]
        if len(named) > len(units):
            unit_row, units = r, named
    if unit_row is None or len(units) < 2:
        return None
    entry["unit_row"] = unit_row + 1
    entry["code_column"] = _named(grid, code)
    meanings = [(grid.row_place(unit_row), f"{len(units)} names", "provinces")]
    roles: dict[str, int] = {}
    for c in range(grid.width):
        if c == code or c in units:
            continue
        texts = [fold(grid.cell(r, c).text) for r in range(first)]
        role = next((p for t in reversed(texts) if t and (p := _role_of(t))), "")
        cells = [grid.cell(r, c).words for r in range(first, len(grid.rows))]
        if not role and c < units[0]:
            if sum(is_scoring(t) for t in cells) >= 2:
                role = "scoring"
            elif sum(is_name(t) for t in cells) > len(cells) / 2 and "name" not in roles:
                role = "name"
        if role in ("name", "max", "scoring", "department") and role not in roles:
            roles[role] = c
            entry[f"{role}_column"] = _named(grid, c)
            place = grid.column_place(c).removeprefix(f"{grid.file} ")
            meanings.append((place, next((t for t in texts if t), ""), role))
    left = max([code, *roles.values()])
    if (
        units[0] != left + 1
        or units[-1] != grid.width - 1
        or len(units) != units[-1] - units[0] + 1
    ):
        ends = (units[0], units[-1])
        if grid.sheet:
            entry["unit_columns"] = ":".join(column_letters(c) for c in ends)
        else:
            entry["unit_columns"] = ":".join(str(c + 1) for c in ends)
    labels, doubts = [], []
    known: set[tuple[str, str]] = set()
    for r in range(unit_row + 1, len(grid.rows)):
        text = grid.cell(r, roles.get("name", code)).words or grid.cell(r, code).words
        filled = [grid.cell(r, c).words for c in units if grid.cell(r, c).words]
        if component_of(grid.cell(r, code).text) or not any(
            ch.isdigit() for t in filled for ch in t
        ):
            continue
        meaning = _meaning([text], filled, index, year)
        if not meaning.component or (meaning.component, meaning.measure) in known:
            doubts.append(f"{grid.row_place(r)} {text!r}: not understood")
            continue
        known.add((meaning.component, meaning.measure))
        labels.append({"label": text, "component": meaning.component, "measure": meaning.measure})
        meanings.append((grid.row_place(r), text, f"{meaning.component} {meaning.measure}"))
    if labels:
        entry["labels"] = labels
        if "name" not in roles:
            entry["name_column"] = _named(grid, code)
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


def _numbers_below(grid: Grid, row: int, column: int) -> bool:
    return any(
        any(ch.isdigit() for ch in grid.cell(r, column).text)
        for r in range(row + 1, len(grid.rows))
    )


# ------------------------------------------------------------------ small things


def _role_of(text: str, but: Iterable[str] = ()) -> str:
    for role, _, _, pattern in _headings():
        if role not in ("measure", "component") and role not in but and pattern.search(text):
            return role
    return ""


def _has_role(heads: Sequence[str], role: str) -> bool:
    patterns = [p for r, _, _, p in _headings() if r == role]
    return any(p.search(fold(h)) for h in heads for p in patterns)


def _named(grid: Grid, column: int) -> str | int:
    return column_letters(column) if grid.sheet else column + 1


def _decimal(grid: Grid) -> str:
    """Decimal mark that the table's own texts show."""
    marks = {",": 0, ".": 0}
    for row in grid.rows:
        for cell in row:
            match = re.fullmatch(r"[-–+]?[0-9]{1,3}([.,])([0-9]{1,2}|[0-9]{4,})\s?%?", cell.words)
            if match and cell.kind == "text" and not component_of(cell.words):
                marks[match[1]] += 1
    if marks[","] == marks["."] == 0:
        return ""
    return "," if marks[","] >= marks["."] else "."
