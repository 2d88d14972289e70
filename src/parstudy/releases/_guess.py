"""What a table probably is: which way round, which column holds what, of which index and year.

A guess is a proposal for ``release.toml`` and nothing more: it is shown to somebody before it is
kept, it is read by the same strict reader, and what has no meaning here stays unread and is named.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from parstudy import criteria, provinces
from parstudy.errors import ReleaseError
from parstudy.releases import _long, _numbers
from parstudy.releases._grid import EMPTY, Grid
from parstudy.releases._spec import column_letters, column_number
from parstudy.releases._table import (
    aggregate_of,
    component_of,
    family,
    fold,
    is_caption,
    is_ministry,
    is_name,
    is_region,
    is_scoring,
)

_YEAR = re.compile(r"(?<![0-9/.-])(20[0-4][0-9])(?![0-9])")
_NAMED_YEAR = re.compile(r"(?:năm|index year|year|index|sipas)\s*(20[0-4][0-9])(?![0-9])")
_NOT_ABOUT = re.compile(
    r"(?:công bố|ban hành|phát hành|announced|published|released)(?: (?:vào|trong|in))?"
    r"\s*(?:năm\s*)?20[0-9]{2}"
    r"|(?:tháng|month)\s*[0-9]{1,2}\s*(?:,|năm)?\s*20[0-9]{2}"
    r"|(?:so với|so sánh với|compared (?:with|to)|than)(?: cùng kỳ| kết quả| chỉ số)?"
    r"(?:\s*(?:năm|in))?\s*20[0-9]{2}"
    r"|giai đoạn\s*20[0-9]{2}\s*[-–]\s*20[0-9]{2}|20[0-9]{2}\s*[-–]\s*20[0-9]{2}"
)
_INDICES = (
    ("PAR_INDEX", r"par[ -]?index|chỉ số cải cách hành chính|\bcchc\b"),
    ("SIPAS", r"sipas|chỉ số hài lòng"),
    ("PAPI", r"\bpapi\b|hiệu quả quản trị và hành chính công"),
    ("PCI", r"\bpci\b|năng lực cạnh tranh cấp tỉnh"),
    ("DTI", r"\bdti\b|chuyển đổi số cấp tỉnh|mức độ chuyển đổi số"),
)
_DOTTED = re.compile(r"[1-9][0-9]?(\.[1-9][0-9]?){1,3}\.?")
# "1.2", "TC 1.2", "1.2. Chế độ báo cáo"
_CODED = re.compile(
    r"(?:(?:tiêu chí(?: thành phần)?|tctp|tc|mục|(?:sub-?)?criteri(?:on|a))\s*)?"
    r"([1-9][0-9]?(?:\.[1-9][0-9]?){1,3})\.?(?:[\s:)–-]+[^\W\d].*)?"
)
# an area of PAR INDEX has less than twenty points; what is beyond is a percentage
_MOST_AREA_POINTS = 20.0
_MOST_UNITS = 63
# "Chỉ số 1: Tham gia của người dân"
_DIMENSION = re.compile(
    r"^(?:chỉ số|nội dung|trục nội dung|trục|dimension)[^:.–-]{0,12}(\d)\s*[:.–-]\s*"
)
# names of offices and of papers, in which words of areas stand
_OFFICE = re.compile(r"ban chỉ đạo|^(?:cục|vụ|phòng|sở)\b|kèm theo|ban hành|quyết định|công văn")
_PART_NUMBER = re.compile(
    r"(?:lĩnh vực|chỉ số thành phần|(?:chỉ số |trục )?nội dung|dimension|lv|cstp)"
    r"\s*(?:số\s*)?([1-9])\b"
)
_SATISFACTION = re.compile(r"^(?:(?:chỉ số|mức độ) )?(?:hài lòng )?(?:về |đối với |yếu tố )?")
_ONLY_YEAR = re.compile(r"(?:(?:năm|year)\s*)?(?:20[0-4][0-9])")
_ROLES = ("number", "unit", "max", "code", "scoring", "department", "name", "note")
# a wider heading and a narrower one that both fit: the narrower one is meant
_NARROWER: dict[tuple[str, str], str] = {
    ("survey_leaders", "survey"): "survey_leaders",
    ("sipas", "survey"): "sipas",
    ("A8", "socioeconomic"): "A8",
    ("access", "service"): "access",
    ("results", "service"): "results",
    ("results", "procedures"): "results",
    ("staff", "procedures"): "staff",
    ("staff", "service"): "staff",
    ("feedback", "procedures"): "feedback",
    ("feedback", "service"): "feedback",
}
_SOURCES_OF_TOTAL = ("appraisal", "survey", "survey_leaders", "sipas", "socioeconomic")
# a heading that names the index means the whole of it, whatever the title of the table
_NAMES_INDEX = re.compile(r"par[ -]?index|cchc|cải cách hành chính|sipas|papi|\bpci\b|\bdti\b")
# "lĩnh vực cải cách thể chế và Chỉ số CCHC": of a part and of the whole
_AND_INDEX = re.compile(rf"\b(?:và|and)\b[^.:;]{{0,20}}(?:{_NAMES_INDEX.pattern})")
# one part of an index, not "các lĩnh vực" or "8 lĩnh vực"
_ONE_PART = re.compile(
    r"(?<!các )(?<!từng )(?<!theo )(?<!những )(?<![0-9] )"
    r"\b(?:lĩnh vực|chỉ số thành phần|yếu tố|component index|area|factor)\b(.{4,120})"
)
_MINISTRIES = re.compile(r"(bộ,|các bộ|bộ/|\bbộ\b.*cơ quan|cơ quan ngang bộ|ministr)")


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
def _headings() -> tuple[tuple[str, str, str, str, re.Pattern[str]], ...]:
    text = files(__package__).joinpath("headings.csv").read_text(encoding="utf-8")
    return tuple(
        (row["role"], row["index"], row["component"], row["measure"], re.compile(row["pattern"]))
        for row in csv.DictReader(text.splitlines())
    )


@cache
def _named_components(index: str) -> tuple[tuple[str, str], ...]:
    """Names of the parts of an index and their codes, where no pattern tells them."""
    if any(r == "component" and i == index for r, i, *_ in _headings()):
        return ()
    known = criteria.components()
    known = known[known["index"].eq(index) & ~known["level"].eq("total")]
    found = {
        (fold(str(name)), str(row["code"]))
        for row in known.to_dict("records")
        for name in (row["name_vi"], row["name_en"])
        if name and name == name
    }
    return tuple(sorted(found, key=lambda f: (-len(f[0]), f)))


def index_and_year(file: str, grids: Sequence[Grid]) -> tuple[str, int | None]:
    """Index and index year as the file's name, its titles and its headings say; else nothing."""
    titles, heads = [file], list[str]()
    for grid in grids:
        titles.append(grid.context)
        for row in grid.rows[:8]:
            texts = [c.words for c in row if c.words and not c.covered]
            (titles if len(texts) < 3 else heads).extend(texts)
    body = fold(" . ".join([*titles, *heads]))
    body = re.sub(r"[_]+", " ", body)
    index = ""
    for code, pattern in _INDICES:
        # the satisfaction index is one part of the reform index, hence the order
        if re.search(pattern, body):
            index = code
            break
    for text in (" . ".join(titles), " . ".join([*titles, *heads])):
        found = _years(re.sub(r"[_]+", " ", fold(text)))
        if len(found) == 1:
            return index, found[0]
        if found:
            # two years side by side, each with columns of its own: the later one is the release's
            own = {y for h in heads for y in _years(fold(h))}
            pair = len(found) == 2 and found[1] == found[0] + 1
            return index, found[1] if pair and own >= set(found) else None
    return index, None


def years_named(file: str, grids: Sequence[Grid]) -> list[int]:
    """All years that a file's name, titles and headings name, for people."""
    texts = [file, *(g.context for g in grids)]
    texts += [c.words for g in grids for row in g.rows[:8] for c in row]
    return sorted({int(y) for t in texts for y in _YEAR.findall(t)})


def _years(body: str) -> list[int]:
    """Years that a text is about: not those of a date or of a comparison."""
    body = _NOT_ABOUT.sub(" ", body)
    for pattern in (_NAMED_YEAR, _YEAR):
        years = sorted({int(y) for y in pattern.findall(body)})
        if years:
            return years
    return []


def _spread(grid: Grid) -> Grid:
    """The same table, where a heading over several columns stands over the first of them only.

    A CSV file has no merged cells: ``Năm 2020;;Năm 2021;`` over ``Điểm;Hạng;Điểm;Hạng``. The cells
    that the heading spans are made such as those of a merged cell are.
    """
    unit, _, body = _units(grid)
    head = _header(grid, unit, body[0]) if unit is not None and body else None
    # the formats of pages have lines, or headings whose words stand on several lines
    if unit is None or head is None or not (grid.sheet or not grid.where):
        return grid
    top = _body_top(grid, unit, head, body[0])
    rows = [list(row) for row in grid.rows]
    for r in range(head, top - 1):
        anchor: int | None = None
        if any(c.covered or c.anchor for c in rows[r]):
            continue
        for c in range(grid.width):
            lowest = next((b for b in range(top - 1, r, -1) if _said(grid, b, c)), None)
            below = lowest is not None and _is_bare(fold(grid.cell(lowest, c).text))
            if rows[r][c].words:
                anchor = c if below and _said(grid, r, c) else None
            elif anchor is not None and below:
                rows[r][c] = replace(rows[r][anchor], covered=True)
            else:
                anchor = None
    return replace(grid, rows=tuple(map(tuple, rows)))


def _said(grid: Grid, row: int, column: int) -> bool:
    text = grid.cell(row, column).words
    return any(ch.isalpha() for ch in text) or bool(_YEAR.fullmatch(text))


def guess(grid: Grid, index: str, year: int) -> list[Guess]:
    """The most likely reading of a table; nothing if it holds no figures of provinces.

    One sheet may hold several tables, one below or beside the other: one guess for each.
    """
    if len(grid.rows) < 3 or grid.width < 2:
        return []
    own, about = _subject(grid)
    if own and own != index and not _mentions(grid, index):
        return []
    own_year = about if about is not None and about != year else None
    # a table of another index may have a column of this one
    foreign = bool(own and own != index) and not _named_in(_titles(grid), index)
    column = None if foreign else _code_column(grid)
    if column is not None and own_year is not None:
        return []
    if column is not None:
        found = _provinces_in_columns(grid, column, index, year)
        if found is not None:
            return [found]
    labelled = column is None and own_year is None and not foreign
    found = _labelled_rows(grid, index, year) if labelled else None
    if found is not None:
        return [found]
    guesses = []
    stacked = _stacked(grid)
    for part in stacked:
        if len(stacked) > 1:
            about = _own_year(part) or about
            own_year = about if about is not None and about != year else None
        for beside in map(_spread, _beside(part)):
            long: Sequence[_long.Part | None] = _long_parts(beside, index, year)
            for rows in long or [None]:
                one = _provinces_in_rows(
                    beside, index, year, None if rows else own_year, rows, foreign=foreign
                )
                if one is not None:
                    guesses.append(replace(one, grid=grid))
    return guesses


def _long_parts(grid: Grid, index: str, year: int) -> list[_long.Part]:
    """Parts of a long table, each with one row for each province; nothing for another table."""
    unit, _, body = _units(grid)
    if unit is None or len(body) < 2:
        return []
    head = _header(grid, unit, body[0])
    top = body[0] if head is None else _body_top(grid, unit, head, body[0])
    heads = {c: _heads(grid, c, head, top) for c in range(grid.width)}
    return _long.parts(grid, heads, unit, body, index, year, _index_of)


years_in_rows = _long.years_in_rows


def _index_of(text: str) -> str:
    return next((code for code, pattern in _INDICES if re.search(pattern, text)), "")


def headings_beside_names(grid: Grid) -> list[str]:
    """Headings of the columns with figures of a table of provinces; nothing for another table."""
    unit, scheme, body = _units(grid)
    if unit is None or len(body) < 2:
        return []
    if not scheme and not any(provinces.is_unit(grid.cell(r, unit).words) for r in body):
        return []
    head = _header(grid, unit, body[0])
    return [
        " / ".join(_heads(grid, c, head, body[0])) or "no heading"
        for c in range(grid.width)
        if c != unit and any(ch.isdigit() for r in body for ch in grid.cell(r, c).text)
    ]


def of_ministries(grid: Grid) -> bool:
    """Whether a table is about ministries, which parstudy does not hold."""
    unit = _unit_column(grid)
    if unit is None:
        return False
    names = [
        grid.cell(r, unit).words
        for r in range(len(grid.rows))
        if _name_in(grid, r, unit) and _figures(grid, r, unit)
    ]
    return 2 * sum(map(is_ministry, names)) > len(names)


def _number_columns(grid: Grid, row: int) -> list[int]:
    """Columns that a header row heads with "STT", each with a heading of units beside it."""
    if _figures(grid, row, -1) > grid.width // 3:
        return []
    texts = [fold(c.text) if not c.covered else "" for c in grid.rows[row]]
    return [
        c
        for c, text in enumerate(texts)
        if text
        and _role_of(text) == "number"
        and any(_has_role([t], "unit") or _MINISTRIES.search(t) for t in texts[c + 1 : c + 3])
    ]


def _stacked(grid: Grid) -> list[Grid]:
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
        while top > 0 and not _figures(grid, top - 1, -1):
            top -= 1
        ends.append(top)
    edges = [0, *ends, len(grid.rows)]
    empty = (EMPTY,) * grid.width
    return [
        replace(
            grid,
            rows=tuple(row if first <= r < last else empty for r, row in enumerate(grid.rows)),
        )
        for first, last in pairwise(edges)
    ]


def _begins_again(grid: Grid, header: int) -> bool:
    """Whether the first province under a repeated header has a row above it already."""
    unit = _unit_column(grid)
    if unit is None:
        return False
    named = [
        r for r in range(len(grid.rows)) if _name_in(grid, r, unit) and _figures(grid, r, unit)
    ]
    above = {fold(grid.cell(r, unit).text) for r in named if r < header}
    below = [fold(grid.cell(r, unit).text) for r in named if r > header]
    return len(below) > 1 and below[0] in above and below[1] in above


def _own_year(part: Grid) -> int | None:
    """Year that stands over one of several tables of a sheet."""
    rows = tuple(row for row in part.rows if any(c.text for c in row))
    return index_and_year("", [replace(part, rows=rows, context="")])[1]


def _beside(grid: Grid) -> list[Grid]:
    """Tables side by side, told by a second column of running numbers with names beside it."""
    rows = range(min(len(grid.rows), 80))
    numbers = max((_number_columns(grid, r) for r in rows), key=len, default=[])
    if len(numbers) < 2:
        return [grid]
    edges = [0, *numbers[1:], grid.width]
    return [
        replace(
            grid,
            rows=tuple(
                tuple(x if first <= c < last else EMPTY for c, x in enumerate(row))
                for row in grid.rows
            ),
        )
        for first, last in pairwise(edges)
    ]


# ------------------------------------------------------------------ provinces in rows


def other_subject(grid: Grid, index: str, year: int) -> str:
    """Another index or year that a table says it is of, for people; else nothing."""
    own, about = _subject(grid)
    if own and own != index and not _named_in(_titles(grid), index):
        return own
    return str(about) if about is not None and about != year else ""


def _subject(grid: Grid) -> tuple[str, int | None]:
    """Index and year of one table by its own titles; a column "SIPAS" makes no other index."""
    index, _ = index_and_year(_titles(grid), [])
    return index, index_and_year("", [replace(grid, context=f"{grid.context} {_sheet(grid)}")])[1]


def _titles(grid: Grid) -> str:
    """What stands over a table: the text above it, its sheet's name, rows of one text."""
    titles = [grid.context, _sheet(grid)]
    for row in grid.rows[:8]:
        texts = {c.words for c in row if c.words}
        if len(texts) > 2:
            break
        titles += [t for t in texts if len(texts) == 1]
    return " . ".join(titles)


def _part_of_title(grid: Grid, index: str, year: int) -> str:
    """The one part of the index that the titles over a table name; nothing if none or several.

    Names of several parts in one title say what its columns are.
    """
    parts = _parts(index, year)
    known = {code for _, code in parts}
    found: set[str] = set()
    for text in re.split(r"[:;.\n\u201c\u201d\"()]| [-\u2013\u2014] ", fold(_titles(grid))):
        words = text.strip()
        if len(words) < 4 or _OFFICE.search(words):
            continue
        numbered = _PART_NUMBER.match(words)
        if numbered:
            found |= {c for c in (f"A{numbered[1]}", f"D{numbered[1]}") if c in known}
            continue
        if index == "SIPAS":
            # "thủ tục hành chính" is a part of it and what all of it is about
            about = _SATISFACTION.sub("", words)
            named = [c for name, c in parts if re.sub(r" năm 20..$", "", about) == name]
        else:
            named = [c for name, c in parts if name in words]
            # the name of a sheet has room for 31 letters
            named += [c for name, c in parts if len(words) >= 12 and name.startswith(words)]
            named += [
                component
                for role, of, component, _, pattern in _headings()
                if role == "component" and of == index and pattern.search(words)
                if component in known and not named
            ]
        if len(set(named)) > 1:
            return ""
        found |= set(named)
    return found.pop() if len(found) == 1 else ""


@cache
def _parts(index: str, year: int) -> tuple[tuple[str, str], ...]:
    """Names and codes of the areas of an index, or of its parts where it has no areas."""
    known = criteria.components()
    known = known[known["index"].eq(index)]
    level = next((n for n in ("area", "part") if known["level"].eq(n).any()), "area")
    own = known[known["criteria_set"].eq(criteria.criteria_set_of(index, year))]
    codes = set(own.loc[own["level"].eq(level), "code"])
    known = known[known["code"].isin(codes)] if codes else known
    return tuple(
        sorted(
            {
                (fold(str(name)), str(row["code"]))
                for row in known[known["level"].eq(level)].to_dict("records")
                for name in (row["name_vi"], row["name_en"])
                if name and name == name
            }
        )
    )


def _mentions(grid: Grid, index: str) -> bool:
    """Whether a table's titles and headings name an index, beside others perhaps."""
    texts = [grid.context, _sheet(grid)]
    texts += [c.words for row in grid.rows[:8] for c in row if not c.covered]
    return _named_in(" . ".join(texts), index)


def _named_in(text: str, index: str) -> bool:
    """Whether a text names an index."""
    pattern = dict(_INDICES).get(index, index)
    return bool(re.search(pattern, re.sub(r"_+", " ", fold(text))))


def _coded_measure(index: str, cells: Iterable[str]) -> str:
    """Percent or points, for figures under codes: no sub-criterion has twenty points."""
    values = sorted(v for v in map(_value, cells) if v is not None)
    middle = values[len(values) // 2] if values else 0.0
    return "percent" if index == "PAR_INDEX" and middle > _MOST_AREA_POINTS else "score"


def _sheet(grid: Grid) -> str:
    return grid.where.removeprefix("sheet ").strip("'\"") if grid.sheet else ""


def _units(grid: Grid) -> tuple[int | None, str, list[int]]:
    """Column of the provinces, the scheme of its codes if it holds codes, and their rows."""
    unit = _unit_column(grid)
    if unit is not None:
        return (
            unit,
            "",
            [
                r
                for r in range(len(grid.rows))
                if _name_in(grid, r, unit)
                and _figures(grid, r, unit)
                and not _special(grid, r, unit)
            ],
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


def _provinces_in_rows(
    grid: Grid,
    index: str,
    year: int,
    own_year: int | None = None,
    part_of_rows: _long.Part | None = None,
    *,
    foreign: bool = False,
) -> Guess | None:
    unit, scheme, body = _units(grid)
    if unit is None or len(body) < 2 or of_ministries(grid):
        return None
    first = body[0]
    used, words = set[int](), list[str]()
    if part_of_rows is not None:
        body, used, words = list(part_of_rows.rows), part_of_rows.columns, [*part_of_rows.said]
    head = _header(grid, unit, first)
    entry: dict[str, Any] = {"orientation": "provinces_in_rows", "decimal": _decimal(grid)}
    filled_rows = [r for r, row in enumerate(grid.rows) if any(c.text for c in row)]
    if filled_rows[-1] < len(grid.rows) - 1:
        entry["last_row"] = filled_rows[-1] + 1
    top = first if head is None else _body_top(grid, unit, head, first)
    heads = {c: _heads(grid, c, head, top) for c in range(grid.width)}
    number = next((c for c in range(grid.width) if _has_role(heads[c], "number")), None)
    said = {c: any(_measure_in(fold(h)) for h in heads[c]) for c in range(grid.width)}
    if number is None:
        number = next((c for c in range(unit) if _counts(grid, c, body) and not said[c]), None)
    codes = None if foreign else _code_row(grid, head, first, unit)
    if head is not None and (codes is None or head < first):
        entry["header_rows"] = f"{head + 1}-{top}" if top - head > 1 else head + 1
    entry["unit_column"] = _named(grid, unit)
    if scheme:
        entry["unit_scheme"] = scheme
    if part_of_rows is not None:
        entry["where"] = [
            {
                "column": _named(grid, c),
                "header": heads[c][-1],
                "equals": texts[0] if len(texts) == 1 else list(texts),
            }
            for c, texts in part_of_rows.where
        ]
        number = None
    if number is not None and number != unit:
        entry["number_column"] = _named(grid, number)
    columns: list[dict[str, Any]] = []
    told: list[tuple[str, str, str]] = []
    doubts: list[str] = []
    taken: dict[tuple[str, str, int | None], int] = {}
    for c in range(grid.width):
        cells = [grid.cell(r, c).words for r in body]
        filled = [t for t in cells if not _numbers.is_blank(t)]
        if c in (unit, number) or c in used or not filled:
            continue
        place = grid.column_place(c).removeprefix(f"{grid.file} ")
        title = " / ".join([*words, *heads[c]])
        if codes is not None and component_of(grid.cell(codes, c).text):
            continue
        if foreign and not _named_in(title, index):
            doubts.append(f"{place} {title!r}: of another index, not read")
            continue
        if _has_role(heads[c], "note"):
            doubts.append(f"{place} {title!r}: not read (a note)")
            continue
        wide = head is not None and any(
            grid.cell(r, c).covered or grid.cell(r, c + 1).covered
            for r in range(head, top - 1)
            if grid.cell(r, c).words and grid.cell(r, c).words != grid.cell(top - 1, c).words
        )
        if words and heads[c] and not _is_bare(fold(heads[c][-1].replace("_", " "))):
            doubts.append(f"{place} {title!r}: not understood, not read")
            continue
        meaning = _meaning_of(heads[c], words, filled, index, year, wide=wide)
        silent = bool(heads[c]) and all(_ONLY_YEAR.fullmatch(fold(h)) for h in heads[c])
        if silent and meaning.measure in ("score", "percent") and _ranks(filled, _titles(grid)):
            meaning.measure = "rank"
        if meaning.measure == "change_score" and _in_places(heads[c], filled, columns):
            meaning.measure = "change_rank"
        worded = sum(not any(ch.isdigit() for ch in t) for t in filled)
        if 2 * worded > len(filled) and meaning.measure not in ("group", "change_rank"):
            meaning = _Meaning()
        if not meaning.component:
            if any(ch.isdigit() for t in filled for ch in t):
                doubts.append(f"{place} {title!r}: not understood, not read")
            continue
        years = {int(y) for h in heads[c] for y in _YEAR.findall(h)}
        if own_year is not None and meaning.year is None and year not in years:
            meaning.year = own_year
        key = (meaning.component, meaning.measure, meaning.year)
        if key in taken:
            raise ReleaseError(
                "two_columns",
                f"two columns look like {meaning.component} {meaning.measure}",
                place=grid.column_place(c),
                found=f"{title!r} and {' / '.join(heads[taken[key]])!r} "
                f"({grid.column_place(taken[key]).split()[-1]})",
                expected="one column",
                advice="Say in release.toml which column holds what: docs/release-toml.md",
            )
        taken[key] = c
        mapped: dict[str, Any] = {
            "column": _named(grid, c),
            "component": meaning.component,
            "measure": meaning.measure,
        }
        if heads[c]:
            mapped["header"] = heads[c][-1]
        parent = _parent(index, year, meaning.component)
        if parent and parent != family(meaning.component)[0]:
            mapped["parent"] = parent
        if meaning.year is not None and meaning.year != year:
            mapped["year"] = meaning.year
        columns.append(mapped)
        why = f" ({'; '.join(meaning.why)})" if meaning.why else ""
        of = f" of {meaning.year}" if "year" in mapped else ""
        told.append((place, title, f"{of}{why}"))
    coded = [c for c in range(grid.width) if _coded(grid, codes, c)]
    part = _part_of_totals(
        grid, index, year, heads, body, columns, {c: _coded(grid, codes, c) for c in coded}
    )
    if part:
        doubts += _of_part(part, columns, told)
    meanings = [
        (place, title, f"{mapped['component']} {mapped['measure']}{more}")
        for mapped, (place, title, more) in zip(columns, told, strict=True)
    ]
    if codes is not None:
        entry["code_row"] = codes + 1
        kind = _coded_measure(index, [grid.cell(r, c).words for r in body for c in coded])
        if kind != "score":
            entry["measure"] = kind
        meanings.append((grid.row_place(codes), "codes", f"components by their codes, {kind}"))
        for r in range(head or 0, first):
            if r != codes and sum(is_name(grid.cell(r, c).words) for c in range(grid.width)) > 3:
                entry["name_row"] = r + 1
    if columns:
        entry["columns"] = columns
    if not columns and codes is None:
        return None
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


def _coded(grid: Grid, codes: int | None, column: int) -> str:
    """Component of a column by its code, if the table has a row of codes."""
    return "" if codes is None else component_of(grid.cell(codes, column).text)


def _part_of_totals(
    grid: Grid,
    index: str,
    year: int,
    heads: dict[int, list[str]],
    body: Sequence[int],
    columns: Sequence[dict[str, Any]],
    coded: dict[int, str],
) -> str:
    """Part of the index whose total a table prints, if it is not the total of the whole index.

    A table of the criteria of one area has a "Tổng điểm" of that area: the figures show it, or
    the title. A table without parts says in its title what it is of.
    """
    at = {column_number(c["column"]): c for c in columns if "year" not in c}
    totals = {m: c for c, x in at.items() if x["component"] == "total" for m in [x["measure"]]}
    if not totals:
        return ""
    codes = coded | {
        c: x["component"]
        for c, x in at.items()
        if x["measure"] == "score" and family(x["component"])[1] in ("criterion", "area")
    }
    figures = {c: [_value(grid.cell(r, c).words) for r in body] for c in {*codes, *totals.values()}}
    titled = _part_of_title(grid, index, year) or _titled_part(grid, index)
    area = _one_area(codes.values())
    if area:
        parts = [figures[c] for c, code in codes.items() if family(code)[1] == "criterion"]
        whole = {m: figures[c] for m, c in totals.items()}
        points = [v for v in whole.get("score", ()) if v is not None]
        proven = _adds_up_to(parts, whole) or (
            titled == area and max(points, default=0.0) <= _MOST_AREA_POINTS
        )
        return area if proven and area not in codes.values() else ""
    if codes or any(x["component"] not in ("total", *_SOURCES_OF_TOTAL) for x in at.values()):
        return ""
    named = any(_NAMES_INDEX.search(fold(h)) for c in totals.values() for h in heads[c])
    return "" if named and _AND_INDEX.search(fold(_titles(grid))) else titled


def _one_area(codes: Iterable[str]) -> str:
    """The area that all codes belong to, if it is one."""
    areas = {code.split(".")[0].removeprefix("A") for code in codes}
    return f"A{areas.pop()}" if len(areas) == 1 else ""


def _adds_up_to(
    parts: Sequence[Sequence[float | None]], whole: Mapping[str, Sequence[float | None]]
) -> bool:
    """Whether printed totals are those of these parts: by points, else by percent, else by rank."""
    sums = [
        None if any(v is None for v in row) else sum(v for v in row if v is not None)
        for row in zip(*parts, strict=True)
    ]
    for measure in ("score", "percent", "rank"):
        pairs = [
            (s, w)
            for s, w in zip(sums, whole.get(measure, ()), strict=False)
            if s is not None and w is not None
        ]
        if len(pairs) < 3:
            continue
        if measure == "score":
            slack = 0.005 * (len(parts) + 1) + 1e-9
            fit = sum(abs(s - w) <= slack for s, w in pairs)
        elif measure == "percent":
            rates = sorted(w / s for s, w in pairs if s)
            middle = rates[len(rates) // 2] if rates else 0.0
            fit = sum(abs(r - middle) <= 0.02 * middle for r in rates)
        else:
            fit = sum(w == 1 + sum(o > s + 1e-9 for o, _ in pairs) for s, w in pairs)
        return bool(fit >= 0.8 * len(pairs))
    return False


def _titled_part(grid: Grid, index: str) -> str:
    """Part of an index that a table's title says it is of: "lĩnh vực cải cách thể chế"."""
    lines = [t for t in re.split(r"\n| \. ", _titles(grid)) if t.strip()]
    begins = [n for n, line in enumerate(lines) if is_caption(line)]
    title = fold(" ".join(lines[begins[-1] if begins else -3 :]))
    for said in _ONE_PART.finditer(title):
        known = _component_in(said[1].strip(" :.,-–“”\"'"), index)
        if known is not None and known[0] not in ("", "total", *_SOURCES_OF_TOTAL):
            return known[0]
    return ""


def _of_part(
    part: str, columns: list[dict[str, Any]], told: list[tuple[str, str, str]]
) -> list[str]:
    """Put a part in the place of the total; its sources of points are no parts of the index."""
    doubts = []
    for n in range(len(columns) - 1, -1, -1):
        if columns[n]["component"] == "total" and not _NAMES_INDEX.search(fold(told[n][1])):
            columns[n]["component"] = part
        elif columns[n]["component"] == "total":
            # the whole index, or the part called by it: neither is proven
            doubts.append(f"{told[n][0]} {told[n][1]!r}: not read, the title is of {part}")
            del columns[n], told[n]
        elif columns[n]["component"] in _SOURCES_OF_TOTAL:
            doubts.append(f"{told[n][0]} {told[n][1]!r}: of {part} only, not read")
            del columns[n], told[n]
    return doubts[::-1]


def _named_index(name: str, index: str) -> bool:
    """Whether a name begins with an index, as ``papi_participation`` does."""
    return fold(name).startswith((f"{index.casefold()}_", f"{index.casefold().split('_')[0]}_"))


@cache
def _parent(index: str, year: int, component: str) -> str:
    """Parent of a component in the criteria set of a year, where it is known."""
    known = criteria.components()
    own = known[known["criteria_set"].eq(criteria.criteria_set_of(index, year))]
    parents = own.loc[own["code"].eq(component), "parent"]
    return str(parents.iloc[0]) if len(parents) and parents.iloc[0] else ""


def _meaning_of(
    heads: Sequence[str],
    words: Sequence[str],
    cells: Sequence[str],
    index: str,
    year: int,
    *,
    wide: bool,
) -> _Meaning:
    """What a column holds by its headings, or by the words that its rows say of themselves."""
    leaf = heads[-1] if heads else ""
    codes = [c for w in (words or [leaf]) if (c := _long.component_named(w, index))]
    if not codes and not words and _long.unknown_part(leaf, index) and _named_index(leaf, index):
        return _Meaning()
    if len(codes) != 1:
        return _meaning([*words, *heads], cells, index, year, wide=wide and not words)
    measured = [m for t in [*words, leaf] if (m := _measure_in(fold(t.replace("_", " "))))]
    kind = measured[-1] if measured else _coded_measure(index, cells)
    found = _Meaning(codes[0], kind)
    if kind == "score" and index == "SIPAS":
        found.measure = "percent"
    return found


def _unit_column(grid: Grid) -> int | None:
    best: tuple[tuple[int, int], int] | None = None
    for c in range(grid.width):
        names = {
            fold(grid.cell(r, c).text)
            for r in range(len(grid.rows))
            if _name_in(grid, r, c) and _figures(grid, r, c) and not grid.cell(r, c).covered
        }
        if len(names) < 2:
            continue
        # in a long table components may be more than provinces
        told = (sum(map(provinces.is_unit, names)), len(names))
        if best is None or told > best[0]:
            best = (told, c)
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
    role = _role_of(words)
    # "Tỉnh Lạng Sơn" has a word of headings and is none
    heading = role == "max" or (role == "unit" and not provinces.is_unit(words))
    return bool(aggregate_of(words) or heading or is_region(left, words))


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
        said = any(ch.isalpha() for ch in text) or _YEAR.fullmatch(text)
        if said and (not found or found[-1] != text):
            found.append(text)
    return found


def _ranks(cells: Sequence[str], title: str) -> bool:
    """Whether figures under headings that are nothing but years are ranks.

    Whole numbers that count places: each is one more than the number of smaller ones. Where
    units are left out they cannot, and the title has to say so.
    """
    values = [_value(t) for t in cells]
    if any(v is None or v != int(v) or v < 1 for v in values) or len(values) < 3:
        return False
    numbers = [int(v) for v in values if v is not None]
    if all(1 + sum(o < n for o in numbers) == n for n in numbers) and len(set(numbers)) > 2:
        return True
    return _measure_in(fold(title)) == "rank" and max(numbers) <= _MOST_UNITS


def _counts(grid: Grid, column: int, body: Sequence[int]) -> bool:
    values = [grid.cell(r, column).words.rstrip(".") for r in body]
    return values == [str(n) for n in range(1, len(values) + 1)]


def _in_places(heads: Sequence[str], filled: Sequence[str], columns: Sequence[Any]) -> bool:
    """Whether a bare "up or down" beside a rank counts places: whole numbers, no word of points."""
    said = fold(" ".join(heads))
    if re.search(r"điểm|%|phần trăm|score|point", said):
        return False
    whole = all(re.fullmatch(r"[-+\u2212\u2013]?\s?\d+", t.strip()) for t in filled)
    return whole and any(column["measure"] == "rank" for column in columns)


def _code_row(grid: Grid, head: int | None, first: int, unit: int) -> int | None:
    for r in range(head if head is not None else 0, first):
        if _role_of(fold(grid.cell(r, unit).text)) == "max":  # 9.5 and 10.5 are no codes
            continue
        dotted = [
            c for c in range(unit + 1, grid.width) if _DOTTED.fullmatch(grid.cell(r, c).words)
        ]
        if len(dotted) >= 2:
            return r
    return None


def _meaning(
    heads: Sequence[str], cells: Sequence[str], index: str, year: int, *, wide: bool = False
) -> _Meaning:
    """What a column holds by its headings, from the widest to the one right above the figures.

    The lowest heading decides. One that only says "score", "rank" or a year takes its component
    from those above it; one that says something not understood takes nothing from a heading that
    spans other columns as well (``wide``).
    """
    found = _Meaning()
    folded = [fold(h.replace("_", " ")) for h in heads]
    if not folded:
        return found
    # what a criterion is called says nothing of its figures: "1.2. Tỷ lệ hồ sơ của năm 2022"
    code = next((c for f in reversed(folded) if (c := _code_at(f))), "")
    if code:
        coded = max(n for n, f in enumerate(folded) if _code_at(f))
        below = folded[coded + 1 :]
        if not all(_is_bare(f) for f in below):
            return found
        found.component = code
        found.measure = next((m for f in reversed(below) if (m := _measure_in(f))), "")
        _year_said(found, below, year)
        if not found.measure or found.measure == "percent":
            told = bool(found.measure)
            found.measure = found.measure or "score"
            _percent_or_points(found, cells, index, told=told)
        return found
    # a heading broken over lines is whole again when the lines are put together
    leaf = folded[-1] if wide else " ".join(folded)
    known = _component_in(leaf, index)
    found.measure = _measure_in(folded[-1]) or _measure_in(leaf)
    above = found.measure or _is_plain(folded[-1])
    if known is None and above:
        for part in reversed(folded[:-1]):
            known = known or _component_in(part, index)
            found.measure = found.measure or _measure_in(part)
    if known is None:
        whole = not wide and any(
            p.fullmatch(leaf) for r, *_, p in _headings() if r in ("plain", "measure")
        )
        if not above or not (whole or all(map(_is_bare, folded))):
            found.measure = ""
            return found
        share = re.search(r"chỉ số|giá trị|index|value", " ".join(folded))
        known = ("total", "percent" if share and index == "PAR_INDEX" else "")
    if not known[0]:
        return found
    found.component, measure = known
    if not found.measure:
        for part in reversed(folded[:-1]):
            found.measure = found.measure or _measure_in(part)
    found.measure = found.measure or measure
    _year_said(found, folded, year)
    if not found.measure or found.measure == "percent":
        told = bool(found.measure) and found.component != "total"
        found.measure = found.measure or "score"
        _percent_or_points(found, cells, index, told=told)
    values = [v for v in map(_value, cells) if v is not None]
    if index == "SIPAS" and found.measure == "percent" and 1 < max(values, default=0) <= 15:
        # satisfaction as points of the reform index; shares of one are a finding of the checks
        return _Meaning()
    # the satisfaction index itself is another index
    points = found.measure == "score" and max(values, default=0) <= 15
    if index == "PAR_INDEX" and found.component == "sipas" and not points:
        return _Meaning()
    return found


def _year_said(found: _Meaning, folded: Sequence[str], year: int) -> None:
    """Another year that the headings name, the lowest first; a change is of two years."""
    years = [
        sorted({int(y) for y in _YEAR.findall(part)})
        for part in [*reversed(folded), " ".join(folded)]
    ]
    said = next((y for y in years if y), [])
    if len(said) == 1 and said[0] != year and not found.measure.startswith("change"):
        found.year = said[0]


def _percent_or_points(found: _Meaning, cells: Sequence[str], index: str, *, told: bool) -> None:
    if any("%" in t for t in cells) or index == "SIPAS" or told:
        found.measure = "percent"
        return
    levels = ("area", "criterion", "subcriterion")
    if found.measure != "score" or family(found.component)[1] not in levels:
        return
    values = [v for v in map(_value, cells) if v is not None]
    beyond = sum(v > _MOST_AREA_POINTS for v in values)
    if index == "PAR_INDEX" and values and beyond >= 0.8 * len(values):
        found.measure = "percent"
        found.why.append(f"above {_MOST_AREA_POINTS:g}, more than an area's points")


def _code_at(text: str) -> str:
    """Component whose code a heading is or begins with."""
    match = _CODED.fullmatch(text)
    return component_of(match[1]) if match else ""


def _component_in(text: str, index: str) -> tuple[str, str] | None:
    """Component and measure that a heading names; ``("", "")`` if it names more than one."""
    alone = _PART_NUMBER.fullmatch(text)
    code = _code_at(text) or (_long.part_numbered(alone[1], index) if alone else "")
    if code:
        return code, ""
    found = [
        component
        for role, of, component, _, pattern in _headings()
        if role == "component" and of == index and pattern.search(text)
    ]
    named = [c for name, c in _named_components(index) if name in text]
    # a name may be printed short: "Proactivity"
    numbered = _DIMENSION.match(text)
    short = text[numbered.end() :] if numbered else text
    begun = [c for name, c in _named_components(index) if len(short) > 4 and name.startswith(short)]
    if numbered:
        begun = [c for c in begun if c == f"D{numbered[1]}"]
    # the beginning of two names says neither
    named += begun if len(set(begun)) == 1 else []
    found += named[:1]
    found = list(dict.fromkeys(found))
    for pair, narrower in _NARROWER.items():
        if set(pair) <= set(found):
            found = [c for c in found if c not in pair or c == narrower]
    if found:
        return (found[0] if len(found) == 1 else ""), ""
    for role, of, component, measure, pattern in _headings():
        if role == "total" and of in ("", index) and pattern.search(text):
            return component, measure
    # what is named is another index
    if any(code != index and re.search(pattern, text) for code, pattern in _INDICES):
        return "", ""
    return None


def _measure_in(text: str) -> str:
    return next((m for role, _, _, m, p in _headings() if role == "measure" and p.search(text)), "")


def _is_plain(text: str) -> bool:
    return any(role == "plain" and p.search(text) for role, _, _, _, p in _headings())


def _is_bare(text: str) -> bool:
    """Whether a heading names no component of its own: "score", "rank in 2021", "result"."""
    return _is_plain(text) or bool(_measure_in(text))


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
    if unit_row is not None and not any(
        provinces.is_unit(grid.cell(unit_row, c).words) for c in units
    ):
        return _one_province(grid, code, first, index, year)
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
    coded = [r for r in range(len(grid.rows)) if component_of(grid.cell(r, code).text)]
    kind = _coded_measure(index, [grid.cell(r, c).words for r in coded for c in units])
    if kind != "score":
        entry["measure"] = kind
    uncoded = [
        (r, grid.cell(r, roles.get("name", code)).words or grid.cell(r, code).words)
        for r in range(unit_row + 1, len(grid.rows))
        if not component_of(grid.cell(r, code).text)
    ]
    labels, told, doubts = _labels(grid, uncoded, units, index, year)
    codes = {r: component_of(grid.cell(r, code).text) for r in coded}
    area = _one_area(codes.values())
    if area and area not in codes.values():
        parts = [
            [_value(grid.cell(r, u).words) for u in units]
            for r, one in codes.items()
            if family(one)[1] == "criterion"
        ]
        whole = {
            label["measure"]: [_value(grid.cell(r, u).words) for u in units]
            for r, text in uncoded
            for label in labels
            if label["label"] == text and label["component"] == "total"
        }
        if _adds_up_to(parts, whole):
            for n, label in enumerate(labels):
                if label["component"] == "total":
                    label["component"] = area
                    told[n] = (*told[n][:2], f"{area} {label['measure']}")
    meanings += told
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


def _labels(
    grid: Grid, rows: Iterable[tuple[int, str]], units: Sequence[int], index: str, year: int
) -> tuple[list[dict[str, str]], list[tuple[str, str, str]], list[str]]:
    """Rows that are known by their text: entries of ``labels``, what they mean, doubts."""
    labels: list[dict[str, str]] = []
    meanings, doubts = [], []
    known: set[tuple[str, str]] = set()
    for r, text in rows:
        filled = [grid.cell(r, c).words for c in units if grid.cell(r, c).words]
        if not any(ch.isdigit() for t in filled for ch in t):
            continue
        meaning = _meaning([text], filled, index, year)
        if not meaning.component or (meaning.component, meaning.measure) in known:
            doubts.append(f"{grid.row_place(r)} {text!r}: not understood")
            continue
        known.add((meaning.component, meaning.measure))
        labels.append({"label": text, "component": meaning.component, "measure": meaning.measure})
        meanings.append((grid.row_place(r), text, f"{meaning.component} {meaning.measure}"))
    return labels, meanings, doubts


def _labelled_rows(grid: Grid, index: str, year: int) -> Guess | None:
    """Provinces as columns over rows that are known by their names, without codes."""
    for r in range(min(12, len(grid.rows))):
        units = [
            c
            for c in range(1, grid.width)
            if provinces.is_unit(grid.cell(r, c).words)
            and not grid.cell(r, c).covered
            and _numbers_below(grid, r, c)
        ]
        if len(units) >= 3 and units[-1] - units[0] + 1 == len(units):
            break
    else:
        return None
    below = range(r + 1, len(grid.rows))
    name = max(
        range(units[0]),
        key=lambda c: sum(is_name(grid.cell(b, c).words) for b in below),
    )
    labels, told, doubts = _labels(
        grid, [(b, grid.cell(b, name).words) for b in below], units, index, year
    )
    meanings = [(grid.row_place(r), f"{len(units)} names", "provinces"), *told]
    if not labels:
        return None
    entry: dict[str, Any] = {
        "orientation": "provinces_in_columns",
        "decimal": _decimal(grid),
        "unit_row": r + 1,
        "name_column": _named(grid, name),
    }
    ends = [_named(grid, c) for c in (units[0], units[-1])]
    entry["unit_columns"] = ":".join(str(e) for e in ends)
    entry["labels"] = labels
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


_FINAL = re.compile(r"(đạt được|điểm đạt|tổng điểm|kết quả|công nhận|final|total)")
_PARTLY = re.compile(r"(thẩm định|điều tra|xhh|xã hội học|khảo sát|apprais|survey)")


def _one_province(grid: Grid, code: int, first: int, index: str, year: int) -> Guess | None:
    """A province's own sheet: maxima, what it claimed, what was granted, for each criterion."""
    top = first
    while top > 0 and len({c.words for c in grid.rows[top - 1] if c.words}) > 2:
        top -= 1
    heads = {c: " / ".join(_heads(grid, c, top, first)) for c in range(grid.width)}
    named: dict[str, int] = {}
    measures: dict[int, str] = {}
    years: dict[int, int] = {}
    meanings, doubts = [], []
    for c in range(grid.width):
        text = fold(grid.cell(first - 1, c).words) or fold(heads[c])
        if c == code or not text:
            continue
        place = grid.column_place(c).removeprefix(f"{grid.file} ")
        cells = [grid.cell(r, c).words for r in range(first, len(grid.rows))]
        role = _role_of(text, but=("unit", "number", "code"))
        measure = _measure_in(text)
        if role and role not in named and measure != "self_assessed":
            named[role] = c
            if role != "note":
                meanings.append((place, heads[c], role))
        elif not any(ch.isdigit() for t in cells for ch in t):
            continue
        elif _ONLY_YEAR.fullmatch(text):
            measures[c] = "score"
            if int(text[-4:]) != year:
                years[c] = int(text[-4:])
        elif measure in ("self_assessed", "percent"):
            measures[c] = measure
        elif not measure and (_FINAL.search(text) or _PARTLY.search(text)):
            measures[c] = "score"
        else:
            doubts.append(f"{place} {heads[c]!r}: not understood, not read")
    scores = [c for c, m in measures.items() if m == "score" and not years]
    final = [c for c in scores if not _PARTLY.search(fold(heads[c]))]
    if len(final) == 1:
        for c in set(scores) - set(final):
            del measures[c]
            doubts.append(f"{grid.column_place(c)} {heads[c]!r}: a part of the score, not read")
    if not measures or "max" not in named:
        return None
    title = _titles(grid)
    if "self_assessed" not in measures.values() and _measure_in(fold(title)) == "self_assessed":
        measures = {c: "self_assessed" if m == "score" else m for c, m in measures.items()}
    entry: dict[str, Any] = {
        "orientation": "one_province",
        "decimal": _decimal(grid),
        "unit": _named_province(grid, title, year),
        "header_rows": f"{top + 1}-{first}" if first - top > 1 else first,
        "code_column": _named(grid, code),
    }
    for role in ("name", "max", "scoring", "department"):
        if role in named:
            entry[f"{role}_column"] = _named(grid, named[role])
    entry["columns"] = [
        {"column": _named(grid, c), "header": heads[c], "measure": m}
        | ({"year": years[c]} if c in years else {})
        for c, m in measures.items()
    ]
    meanings += [
        (grid.column_place(c).removeprefix(f"{grid.file} "), heads[c], m)
        for c, m in measures.items()
    ]
    uncoded = [
        (r, grid.cell(r, named.get("name", code)).words or grid.cell(r, code).words)
        for r in range(first, len(grid.rows))
        if not component_of(grid.cell(r, code).text)
    ]
    labels, told, more = _labels(grid, uncoded, list(measures), index, year)
    # "Tổng cộng" stands under columns of several measures: they say which
    for label in labels:
        if label["measure"] == "percent" and "score" in measures.values():
            label["measure"] = _measure_in(fold(label["label"])) or "score"
    meanings += told
    doubts += more
    if labels:
        entry["labels"] = labels
        entry.setdefault("name_column", _named(grid, code))
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


def _named_province(grid: Grid, title: str, year: int) -> str:
    """The one province that the titles over a table name.

    Raises
    ------
    ReleaseError
        ``no_units``, if it is none or more than one.
    """
    words = _spaced(title)
    names = {
        _spaced(unit.name_vi).removeprefix("tp. "): unit.name_vi
        for unit in provinces.units(criteria.geography_of(year))
    }
    inside = [name for name in names if re.search(rf"\b{re.escape(name)}\b", words)]
    # "Huế" stands in "Thừa Thiên Huế" too
    found = {names[n] for n in inside if not any(n != o and n in o for o in inside)}
    if len(found) != 1:
        raise ReleaseError(
            "no_units",
            "a table of one province, and it is not said of which",
            place=f"{grid.file} {grid.where}".strip(),
            found=", ".join(sorted(found)) or _numbers.clean(title)[:80] or "no title",
            expected="one province in the title over the table",
            advice='Write its name there, or unit = "..." in release.toml: docs/release-toml.md',
        )
    return found.pop()


def _spaced(text: str) -> str:
    """Text for finding a name in it, however its dashes and spaces are written."""
    return re.sub(r"[\s\u2010-\u2015-]+", " ", fold(text)).strip()


def _role_of(text: str, but: Iterable[str] = ()) -> str:
    for role, _, _, _, pattern in _headings():
        if role in _ROLES and role not in but and pattern.search(text):
            return role
    return ""


def _has_role(heads: Sequence[str], role: str) -> bool:
    patterns = [p for r, _, _, _, p in _headings() if r == role]
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
