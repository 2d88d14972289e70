"""Tables with a row for each criterion: provinces as columns, or the sheet of one province.

They are the tables of :mod:`._in_rows` turned: the row of names is the unit column there, the
column of codes the row of codes, and the columns left of the figures have the roles of its
header rows. Where no column names a province, the sheet is of the one that its title names, and
its columns are measures.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.facts import provinces
from parstudy.intake._guess._headings import (
    Meaning,
    are_ranks,
    coded_measure,
    dated,
    explained_by_sheet,
    is_maximum,
    meaning_of_headings,
    number_in,
    unexplained,
)
from parstudy.intake._guess._model import Guess, Line, roles_told
from parstudy.intake._guess._part import adds_up_exactly, adds_up_to, one_area, sums
from parstudy.intake._guess._province import named_province
from parstudy.intake._guess._rows import (
    code_column,
    column_name,
    decimal_mark,
    headings_over,
    numbers_below,
)
from parstudy.intake._guess._subject import titles_over
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import YEAR, is_bare, is_plain, lettered, measure_in, role_of
from parstudy.releases.tables.roles import codes_in, role_of_row, turned
from parstudy.releases.words import (
    aggregate_of,
    family,
    fold,
    is_name,
    is_scoring,
    unit_name,
)

_FINAL = re.compile(
    r"(đạt được|điểm đạt|tổng điểm|^tổng$|kết quả|công nhận|duyệt|chấm|final|total)"
)
_PARTLY = re.compile(r"(thẩm định|điều tra|xhh|xã hội học|khảo sát|apprais|survey)")
_CHANGE = re.compile(r"^(?:chênh lệch|so (?:sánh )?với|tăng|giảm|xếp (?:hạng|thứ))")
_GRANTED = re.compile(r"(thẩm định|hội đồng|bộ nội vụ|apprais|granted)")
_BOTH = re.compile(r"thẩm định|đạt|công nhận|\bvà\b|[,/]")
_ROUND = re.compile(r"\blần (?:thứ )?([1-9]|hai|cuối)\b")
_ROUNDED, _FEW_SUMS = 0.0151, 3
_ROLES = ("name", "max", "scoring", "department")


@dataclass
class Criteria:
    """A table of criteria as it is understood, step by step.

    Attributes
    ----------
    grid, index, year : Grid, str, int
        The table, and what is to be read.
    code : int or None
        Column of codes.
    first : int
        First row of a criterion.
    row : int
        Row of the provinces' names, or the lowest row of headings.
    units : list of int
        Columns of figures.
    entry : dict
        Keys of ``release.toml``.
    roles : dict
        Column of each role: ``name``, ``max``, ``scoring``, ``department``.
    meanings, doubts : list
        What was taken for what, and what was not understood.
    """

    grid: Grid
    index: str
    year: int
    code: int | None
    first: int
    row: int
    units: list[int]
    entry: dict[str, Any] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    meanings: list[tuple[str, str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def place(self, column: int) -> str:
        """Place of a column without the file's name."""
        return self.grid.without_file(self.grid.column_place(column))

    def row_place(self, row: int) -> str:
        """Place of a row without the file's name."""
        return self.grid.without_file(self.grid.row_place(row))

    def codes(self) -> dict[int, str]:
        """Rows with a code, and the component of each."""
        if self.code is None:
            return {}
        return codes_in(self.grid, self.code)

    def mean(self, place: str, heading: str, what: str) -> None:
        """Say what a line was taken for."""
        self.meanings.append((place, heading, what))

    def columns_of_roles(self) -> dict[str, str | int]:
        """Columns of the roles that ``release.toml`` has a key for."""
        roles = self.roles.items()
        return {f"{r}_column": column_name(self.grid, c) for r, c in roles if r in _ROLES}

    def name_of(self, row: int) -> str:
        """What an uncoded row is called."""
        column = self.roles.get("name", self.code or 0)
        return self.grid.cell(row, column).words or self.grid.cell(row, self.code or 0).words


def criteria_in_rows(grid: Grid, index: str, year: int) -> Guess | None:
    """Interpret a table with a row for each criterion; nothing for another table.

    Its rows are known by their codes; without codes by their names, under provinces only.
    """
    code = code_column(grid)
    filled = [r for r, row in enumerate(grid.rows) if any(c.text for c in row)]
    first = filled[0] + 12 if code is None else min(codes_in(grid, code))
    row, units = _unit_row(grid, code, min(first, len(grid.rows)))
    spread, under = _under_units(grid, code or 0, min(first, len(grid.rows)), year)
    if spread is not None:
        row = spread
        units = [c for c in range(grid.width) if grid.cell(row + 1, c).words == under]
    provincial = row is not None and any(
        provinces.is_unit(unit_name(grid.cell(row, c).words)) for c in units
    )
    if code is not None and not provincial:
        return _one_province(grid, code, first, index, year)
    if row is None or len(units) < 2 or not provincial:
        return None
    table = Criteria(grid, index, year, code, row + 1 if code is None else first, row, units)
    table.entry = {
        "orientation": "provinces_in_columns",
        "decimal": decimal_mark(grid),
        "unit_row": row + 1,
    }
    if filled[-1] < len(grid.rows) - 1:
        table.entry["last_row"] = filled[-1] + 1
    ends = [grid.cell(row, c).words for c in (units[0], units[-1])]
    table.mean(table.row_place(row), " … ".join(ends), f"names of {len(units)} units")
    if code is not None:
        table.entry["code_column"] = column_name(grid, code)
    for c in range(grid.width):
        if c != code and c not in units:
            header = range(first_heading(grid, row), table.first)
            _role_of_column(table, c, list(map(lettered, headings_over(grid, c, header))))
    if code is None and "name" not in table.roles:
        _role_by_names(table)
    table.entry |= table.columns_of_roles()
    _columns_of_units(table, under)
    cells = [grid.cell(r, c).words for r in table.codes() for c in units]
    kind = coded_measure(index, cells)
    if kind != "score":
        table.entry["measure"] = kind
    _uncoded_rows(table)
    _ranks_by_title(table, cells or _cells_of(table))
    return _guessed(table) if code is not None or "labels" in table.entry else None


def _cells_of(table: Criteria) -> list[str]:
    """Figures of the provinces."""
    below = range(table.row + 1, len(table.grid.rows))
    cells = (table.grid.cell(r, c).words for r in below for c in table.units)
    return [t for t in cells if any(ch.isdigit() for ch in t)]


def _ranks_by_title(table: Criteria, cells: list[str]) -> None:
    """Whole numbers under a title of ranks are ranks: "Xếp hạng các lĩnh vực"."""
    if not are_ranks(cells, titles_over(table.grid)):
        return
    if table.code is not None:
        table.entry["measure"] = "rank"
    for label in table.entry.get("labels", ()):
        label["measure"] = "rank"


def _columns_of_units(table: Criteria, under: str) -> None:
    """Say between which columns the provinces are, and which of these are none."""
    grid, units = table.grid, table.units
    left = max([table.code or 0, *(c for c in table.roles.values() if c < units[0])])
    if under or table.code is None or units != list(range(left + 1, grid.width)):
        ends = [str(column_name(grid, c)) for c in (units[0], units[-1])]
        table.entry["unit_columns"] = ":".join(ends)
    if under:
        table.entry["under_unit"] = under
        below = range(units[0], grid.width)
        others = [repr(t) for c in below if (t := grid.cell(table.row + 1, c).words) and t != under]
        told = f"the columns beside {under!r} under each province are not read"
        told += f" ({', '.join(dict.fromkeys(others))})" if others else ""
        table.doubts.append(f"{table.row_place(table.row + 1)}: {told}")
        return
    for c in range(units[0], grid.width):
        if c not in units and numbers_below(grid, table.row, c) and c not in table.roles.values():
            name = grid.cell(table.row, c).words
            if measure_in(fold(name)):
                told = f"{table.place(c)} {name!r}: a measure beside columns of provinces, not read"
                table.doubts.append(told)
            else:
                table.doubts.append(f"{table.place(c)} {name!r}: no province, not read")
            table.entry["left_out"] = [*table.entry.get("left_out", []), name]


def _under_units(grid: Grid, code: int, first: int, year: int) -> tuple[int | None, str]:
    """Row of provinces that each span several columns, and the heading of the granted points.

    Raises
    ------
    ReleaseError
        ``merged_unit``, if the headings under the names do not say which these are.
    """
    for r in range(first):
        names = [
            c
            for c in range(code + 1, grid.width)
            if not grid.cell(r, c).covered and provinces.is_unit(grid.cell(r, c).words)
        ]
        wide = [c for c in names if grid.cell(r, c + 1).covered]
        # a file without merged cells leaves those right of a name empty
        bare = [c for c in names if not grid.cell(r, c + 1).words]
        below = [grid.cell(r + 1, c).words for c in range(min(names, default=0), grid.width)]
        often = (
            len(names) > 1 and len(set(below)) > 1 and set(Counter(below).values()) == {len(names)}
        )
        # one province beside the best, the lowest and the mean
        alone = bool(wide) and any(aggregate_of(fold(c.text)) for c in grid.rows[r])
        if len(wide) > 1 or alone or (often and bare == names and all(below)):
            granted = _granted_of({t for t in below if t}, year)
            if wide and granted and r + 1 < len(grid.rows):
                return r, granted
            raise ReleaseError(
                "merged_unit",
                "each province has several columns under its name",
                place=grid.place(r, names[0]),
                found=f"{grid.cell(r, names[0]).words!r} over {', '.join(dict.fromkeys(below))}",
                expected="one column a province",
                advice="Copy the columns of each measure into a sheet of their own",
            )
    return None, ""


def _granted_of(heads: set[str], year: int) -> str:
    """The one heading of several that says the points of the year; nothing without one."""
    choices = (
        [t for t in heads if _is_granted(fold(t))],
        [t for t in heads if is_plain(fold(t)) and not measure_in(fold(t)) and not YEAR.search(t)],
        [t for t in heads if is_plain(fold(t)) and YEAR.findall(t) == [str(year)]],
    )
    return next((found[0] for found in choices if len(found) == 1), "")


def _is_granted(text: str) -> bool:
    """Whether a heading says the points that count in the end, not claimed ones nor a part."""
    said = bool(_GRANTED.search(text) or _FINAL.search(text)) and "xhh" not in text
    return said and measure_in(text) == "" and not text.startswith("tự")


def _unit_row(grid: Grid, code: int | None, below: int) -> tuple[int | None, list[int]]:
    """Row with the most names over columns of numbers, and those columns.

    Without codes the names are those of provinces, or of figures of all of them.
    """
    view = turned(grid)
    best: int | None = None
    units: list[int] = []
    for r in range(below - 1, -1, -1):
        texts = {c: grid.cell(r, c).words for c in range((code or 0) + 1, grid.width)}
        meant = is_name if code is not None else _is_of_provinces
        named = [
            c
            for c, text in texts.items()
            if meant(text)
            and not grid.cell(r, c).covered
            and numbers_below(grid, r, c)
            and role_of_row(view, c, r, provinces.is_unit) in ("unit", "aggregate", "region")
            and not _CHANGE.search(fold(text))
        ]
        if code is None:
            between = range(named[0], named[-1]) if len(named) > 2 else range(0)
            named = named if between and all(texts[c] for c in between) else []
        if len(named) > len(units):
            best, units = r, named
    return best, units


def _is_of_provinces(name: str) -> bool:
    return provinces.is_unit(unit_name(name)) or bool(aggregate_of(fold(name)))


def _role_of_column(table: Criteria, column: int, heads: list[str]) -> bool:
    """Give a column its role by its lowest heading, else by what stands in it; if it has one.

    A maximum is one under whichever heading says so: "Điểm tối đa / Tổng".
    """
    grid, leaf = table.grid, fold(heads[-1]) if heads else ""
    claimed = measure_in(leaf) == "self_assessed"
    role = "" if claimed else role_of(leaf, but=("unit", "number", "code"))
    maximum = any(map(is_maximum, heads))
    if maximum or role == "max":
        role = "max" if maximum and not any(_PARTLY.search(fold(h)) for h in heads) else ""
    if not role_of(leaf) and table.units and column < table.units[0]:
        cells = [grid.cell(r, column).words for r in range(table.first, len(grid.rows))]
        if sum(is_scoring(t) for t in cells) >= 2:
            role = "scoring"
        elif sum(is_name(t) for t in cells) > len(cells) / 2:
            role = "name"
    of_other_years = set(YEAR.findall(leaf)) - {str(table.year)}
    if not role or role in table.roles or (role == "max" and of_other_years):
        return False
    table.roles[role] = column
    if role in _ROLES:
        table.mean(table.place(column), " / ".join(heads[-1:]), role)
    return True


def _role_by_names(table: Criteria) -> None:
    """Take the column with most names left of the figures for that of the rows' names."""
    below = range(table.first, len(table.grid.rows))
    names = {
        c: sum(is_name(table.grid.cell(r, c).words) for r in below) for c in range(table.units[0])
    }
    if any(names.values()):
        table.roles["name"] = max(names, key=lambda c: names[c])


def _uncoded_rows(table: Criteria) -> None:
    """Rows without a code: what their names mean; those that mean nothing are left out."""
    grid, codes = table.grid, table.codes()
    labels: list[dict[str, str]] = []
    told: list[tuple[str, str, str]] = []
    unknown: list[str] = []
    known: set[tuple[str, str]] = set()
    below = range(table.row + 1, len(grid.rows))
    # "Xếp hạng" under each area: its name alone does not say of which
    often = Counter(fold(table.name_of(r)) for r in below if r not in codes)
    for r in below:
        text = table.name_of(r)
        filled = [grid.cell(r, c).words for c in table.units if grid.cell(r, c).words]
        if r in codes or not any(ch.isdigit() for t in filled for ch in t) or not is_name(text):
            continue
        meaning = meaning_of_headings([text], filled, table.index, table.year)
        component, measure = meaning.component, meaning.measure
        strange = unexplained([text], table.index, component, measure) if component else []
        # a total stands at an end; between criteria it is a step of scoring: "Đạt 100%"
        if component == "total" and codes and min(codes) < r < max(codes):
            component = ""
        again = (component, measure) in known or often[fold(text)] > 1
        if not component or strange or again:
            table.doubts.append(f"{table.row_place(r)} {text!r}: not understood, not read")
            # what stands in the column of codes and is none is for the strict reader to refuse
            in_codes = "" if table.code is None else grid.cell(r, table.code).words
            if in_codes == text or not any(ch.isdigit() for ch in in_codes):
                unknown.append(text)
            continue
        known.add((component, measure))
        labels.append({"label": text, "component": component, "measure": measure})
        told.append((table.row_place(r), text, f"{component} {measure}"))
    _total_of_area(table, labels, told)
    table.meanings += told
    if labels:
        table.entry["labels"] = labels
    # without codes the rows that are not understood may be most of the table
    if unknown and (table.code is not None or len(set(unknown)) < len(labels)):
        table.entry["left_out"] = list(dict.fromkeys([*table.entry.get("left_out", []), *unknown]))
    said = "labels" in table.entry or "left_out" in table.entry
    if said and "name" not in table.roles and table.code is not None:
        table.entry["name_column"] = column_name(grid, table.code)


def _total_of_area(
    table: Criteria, labels: list[dict[str, str]], told: list[tuple[str, str, str]]
) -> None:
    """A total under the criteria of one area is the area's, where they add up to it.

    Where they do not, it may be that of the whole as well: it is left out.
    """
    grid, codes = table.grid, table.codes()
    area = one_area(codes.values())
    if not area or area in codes.values():
        return
    parts = [
        [number_in(grid.cell(r, u).words) for u in table.units]
        for r, one in codes.items()
        if family(one)[1] == "criterion"
    ]
    rows = {table.name_of(r): r for r in range(table.row + 1, len(grid.rows)) if r not in codes}
    totals = [label for label in labels if label["component"] == "total"]
    whole = {
        one["measure"]: [number_in(grid.cell(rows[one["label"]], u).words) for u in table.units]
        for one in totals
    }
    # of one province alone every column has to add up
    few = len(table.units) < _FEW_SUMS and adds_up_exactly(parts, whole.get("score", ()))
    proven = few or adds_up_to(parts, whole)
    for label in totals:
        n = labels.index(label)
        if proven:
            label["component"] = area
            told[n] = (*told[n][:2], f"{area} {label['measure']}")
        else:
            del labels[n], told[n]
            left = table.entry.setdefault("left_out", [])
            left.append(label["label"])
            table.doubts.append(
                f"{table.row_place(rows[label['label']])} {label['label']!r}: of {area} or of "
                "all, not read"
            )


def _one_province(grid: Grid, code: int, first: int, index: str, year: int) -> Guess | None:
    """A province's own sheet: maxima, what it claimed, what was granted, for each criterion."""
    top = first_heading(grid, first)
    table = Criteria(grid, index, year, code, first, first - 1, [])
    printed = {c: headings_over(grid, c, range(top, first)) for c in range(grid.width)}
    heads = {c: list(map(lettered, over)) for c, over in printed.items()}
    lines = [
        line
        for c, over in heads.items()
        if c != code and over and not _role_of_column(table, c, over)
        if (line := _own_line(table, c, over, " / ".join(printed[c])))
    ]
    _final_score(lines)
    read = [line for line in lines if line.meaning.measure]
    if not read or not any(is_maximum(h) for over in heads.values() for h in over):
        return None
    title = fold(titles_over(grid))
    measures = {line.meaning.measure for line in read}
    others = {fold(t) for over in heads.values() for t in over}
    granted = any(map(_PARTLY.search, others)) or _GRANTED.search(title)
    if "self_assessed" not in measures and measure_in(title) == "self_assessed" and not granted:
        for line in read:
            if line.meaning.measure == "score" and not _GRANTED.search(line.said):
                line.meaning.measure = "self_assessed"
    _no_shares_of_claims(read)
    table.doubts += [line.doubt for line in lines if line.doubt]
    lines = [line for line in lines if line.meaning.measure]
    table.entry = {
        "orientation": "one_province",
        "decimal": decimal_mark(grid),
        "unit": named_province(grid, year),
        "header_rows": f"{top + 1}-{first}" if first - top > 1 else first,
        "code_column": column_name(grid, code),
    }
    table.entry |= table.columns_of_roles()
    table.entry["columns"] = []
    for line in lines:
        _, measure, of = line.key
        column = {"column": column_name(grid, line.at), "header": line.title, "measure": measure}
        table.entry["columns"].append(column if of is None else column | {"year": of})
        table.mean(line.place, line.title, measure + (f" of {of}" if of else ""))
    table.units = [line.at for line in lines]
    _uncoded_rows(table)
    # "Tổng cộng" stands under columns of several measures: they say which
    for label in table.entry.get("labels", []):
        if label["measure"] == "percent" and "score" in measures:
            label["measure"] = measure_in(fold(label["label"])) or "score"
    return _guessed(table)


def _no_shares_of_claims(lines: list[Line]) -> None:
    """Drop percentages beside claimed points only: they are those of the claims."""
    measures = {line.meaning.measure for line in lines}
    for line in lines if "self_assessed" in measures and "score" not in measures else ():
        if line.meaning.measure == "percent":
            line.drop("a share of the points that the provinces gave themselves")


def first_heading(grid: Grid, row: int) -> int:
    """First row of the headings that end above a row; what stands over them is a title."""
    filled = [len({c.words for c in cells if c.words}) for cells in grid.rows[:row]]
    while row > 0 and (filled[row - 1] > 2 or (row > 1 and filled[row - 1] == 2 < filled[row - 2])):
        row -= 1
    return row


def _own_line(table: Criteria, column: int, heads: list[str], title: str) -> Line | None:
    """A column of figures of a province's own sheet, with its measure and its year."""
    grid = table.grid
    cells = {r: grid.cell(r, column).words for r in range(table.first, len(grid.rows))}
    if not any(ch.isdigit() for t in cells.values() for ch in t):
        return None
    values = [number_in(cells[r]) for r in table.codes()]
    line = Line(column, table.place(column), title, Meaning(), heads, values)
    heads = [dated(h, table.year) for h in heads]
    text = fold(heads[-1])
    claimed = any(
        measure_in(t) == "self_assessed" and not _BOTH.search(t) for t in map(fold, heads)
    )
    if any(map(is_maximum, heads)):
        line.drop("a maximum of a part" if _PARTLY.search(line.said) else "another maximum")
        return line
    measure = measure_in(text) or ("self_assessed" if claimed else "")
    years = next((y for h in reversed(heads) if (y := set(YEAR.findall(h)))), set())
    if measure not in ("self_assessed", "percent"):
        final = bool(_FINAL.search(text) or _PARTLY.search(text) or (years and is_bare(text)))
        measure = "score" if final and not measure else ""
    strange = explained_by_sheet([_ROUND.sub(" ", fold(h)) for h in heads], table.index)
    if not measure or strange or len(years) > 1:
        line.drop(
            f"not understood ({', '.join(strange)})" if strange and measure else "not understood"
        )
    else:
        of = {int(y) for y in years} - {table.year}
        line.meaning = Meaning("", measure, of.pop() if of else None)
    return line


def _final_score(lines: list[Line]) -> None:
    """Where one column is the final score, the others of its year are parts of it."""
    given = [line for line in lines if line.meaning.measure in ("score", "self_assessed")]
    for key in {line.key[1:] for line in given}:
        scores = [line for line in lines if line.key[1:] == key]
        final = [line for line in scores if not _PARTLY.search(line.said)]
        rounds = {m[1]: line for line in scores if (m := _ROUND.search(line.said))}
        parts, told = [line for line in scores if line not in final], "a part of the score"
        if len(rounds) == len(scores) == 1 and "1" in rounds:
            parts, told = scores, "the first round of scoring only"
        elif len(rounds) == len(scores) > 1:
            last = rounds[max(rounds)]
            parts, told = [one for one in scores if one is not last], "an earlier round of scoring"
        elif len(final) != 1:
            continue
        elif parts and not _are_parts(parts, final[0]):
            parts, told = scores, "two columns look like the score"
        for line in parts:
            line.drop(told)


def _are_parts(parts: list[Line], whole: Line) -> bool:
    """Whether the points of some columns add up to those of another one, in nearly all rows."""
    pairs = sums([line.values for line in parts], whole.values, partly=True)
    fit = sum(abs(s - w) < _ROUNDED for s, w in pairs)
    return len(pairs) < _FEW_SUMS or fit >= 0.8 * len(pairs)


def _guessed(table: Criteria) -> Guess:
    """The table as understood, with the role of each of its rows and columns."""
    grid, labels = table.grid, {one["label"]: one for one in table.entry.get("labels", ())}
    columns = {c: role for role, c in table.roles.items()} | dict.fromkeys(table.units, "figures")
    if table.code is not None:
        columns[table.code] = "codes"
    codes, rows = table.codes(), dict[int, str]()
    for r in range(len(grid.rows)):
        said = labels.get(table.name_of(r), {}) if r > table.row else {}
        if r <= table.row:
            filled = len({c.words for c in grid.rows[r] if c.words})
            rows[r] = "blank" if not filled else "title" if filled == 1 else "header"
        elif r in codes:
            rows[r] = "criterion"
        elif said:
            rows[r] = f"{said['component']} {said['measure']}"
        else:
            rows[r] = "not read" if any(c.words for c in grid.rows[r]) else "blank"
    told = roles_told(grid, rows, columns)
    return Guess(grid, table.entry, tuple(table.meanings), tuple(table.doubts), told)
