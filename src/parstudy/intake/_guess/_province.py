"""Whose table it is, where its title names one province and its lines name none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from parstudy.errors import ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.intake._guess._notes import is_name_cut
from parstudy.intake._guess._rows import code_column, of_ministries, other_names, rows_of
from parstudy.intake._guess._subject import index_of, title_rows, titles_over
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import YEAR
from parstudy.releases.tables.roles import named
from parstudy.releases.words import fold

# whose sheet it is, if it is no province's: "UBND huyện ...", "... của Sở Tư pháp"
_BELOW = re.compile(
    r"(?:^|\n|\. |ubnd\s|ủy ban nhân dân\s|của\s)\s*"
    r"(?:huyện|thị xã|quận|xã|phường|thị trấn|đặc khu|đơn vị hành chính cấp)\s+[^\W\d]+",
    re.I,
)
_OF_OFFICE = re.compile(r"\b(?:của|tại)\s+(?:sở|ban|phòng|chi cục|trung tâm)\s+[^\W\d]+", re.I)
# the same in the line of a title that names the index or the year
_TITLED_BELOW = re.compile(
    r"(?<!cấp )(?<!các )(?<!từng )\b(?:huyện|thị xã|quận|phường|thị trấn|đặc khu|xã(?! hội\b))\s+"
    r"(?!và\b|thuộc\b|hoặc\b|trong\b|trên\b)[^\W\d]+"
    r"|(?:[-–:(]|20[0-9]{2}|cchc|hành chính)\s+(?:sở|phòng|chi cục|trung tâm)\s+[^\W\d]+",
    re.I,
)
# a letterhead of the town that bears its province's name, and of offices: the Department of Home
# Affairs and the steering committee speak for the province, all others for themselves
_OF_TOWN = re.compile(r"(?:ubnd|(?:ủy|uỷ) ban nhân dân)\s+((?:thành phố|tp\.?)\s+[^,(–-]+)", re.I)
_ATTACHED = re.compile(r"\(?(?:ban hành )?\bkèm theo [^()\n]*\)?", re.I)
_LETTERHEAD = re.compile(
    r"(?:văn phòng (?!chính phủ)|trung tâm (?!thông tin)|thanh tra|công an|kho bạc|bảo hiểm|bhxh"
    r"|hải quan|cục|chi cục|ban (?!chỉ đạo|tổ chức)|sở (?!nội vụ))\b.*",
    re.I,
)
# figures of its parts taken together are none of the province's
_OF_ITS_PARTS = re.compile(
    r"\b(?:các|những|từng) (?:sở|ban|phòng|cơ quan|đơn vị|huyện|xã|phường|địa phương)\b"
    r"|\bsở, (?:ban|ngành)|\bcấp (?:sở|huyện|xã|cơ sở)\b|\b(?:departments|districts|communes)\b"
)


def with_province(grid: Grid, year: int) -> Grid:
    """The table with its province's name beside its figures, where only its title names it."""
    of_parts = _OF_ITS_PARTS.search(fold(titles_over(grid)))
    if of_parts or code_column(grid) is not None or of_ministries(grid):
        return grid
    if rows_of(grid) is None or other_names(grid):
        with suppress(ReleaseError):
            return named(grid, named_province(grid, year))
    return grid


def of_one_document(tables: Sequence[Grid], year: int) -> list[Grid]:
    """Tables of criteria under the same headings, each with the titles that last named a province.

    A document names the province once, and has a table for each area: "I. ...", "II. ...". So has
    a workbook, on sheets of their own, if all its titles name one province only.
    """
    said: dict[tuple[str, ...], list[str]] = {}
    found: list[Grid] = []
    named = [names_in(titles_over(grid), year) for grid in tables]
    one = len(set().union(*named)) == 1
    for grid, own in zip(tables, named, strict=True):
        heads = ("sheet",) if grid.sheet else tuple(c.words for c in grid.rows[0])
        if own:
            lines = grid.context.split("\n")
            lines = [*lines, *title_rows(grid)] if grid.sheet else lines
            cut = [False, *(is_name_cut(a, b) for a, b in pairwise(lines))]
            kept = (_says_whose(t, year) or rest for t, rest in zip(lines, cut, strict=True))
            said[heads] = [t for t, whose in zip(lines, kept, strict=True) if whose]
        elif (heads in said or (one and not grid.sheet)) and code_column(grid) is not None:
            before = said.get(heads) or next(reversed(said.values()), [])
            grid = replace(grid, context="\n".join([*before, grid.context]))
        found.append(grid)
    return found


def _says_whose(line: str, year: int) -> bool:
    """Whether a line of a title says of which index, year or province a table is."""
    return bool(index_of(fold(line)) or YEAR.search(line) or names_in(line, year))


def named_province(grid: Grid, year: int) -> str:
    """The one province that the titles over a table name.

    Raises
    ------
    ReleaseError
        ``no_units``, if it is none or more than one.
    """
    title = titles_over(grid)
    below = below_province(title, year)
    if below:
        raise ReleaseError(
            "no_units",
            "a sheet of a unit below the province, or of one of its offices",
            place=f"{grid.file} {grid.where}".strip(),
            found=below,
            expected="the sheet of a province",
            advice='If it is the province\'s own, say unit = "..." in release.toml: '
            "docs/release-toml.md",
        )
    found = names_in(title, year)
    if len(found) != 1:
        raise ReleaseError(
            "no_units",
            "a table of one province, and it is not said of which",
            place=f"{grid.file} {grid.where}".strip(),
            found=", ".join(sorted(found)) or numbers.clean(title).strip(" .")[:80] or "no title",
            expected="one province in the title over the table",
            advice='Write its name there, or unit = "..." in release.toml: docs/release-toml.md',
        )
    return found.pop()


def below_province(title: str, year: int) -> str:
    """Words of a title by which it is of a town, a district or an office; or nothing."""
    # whose paper it is attached to says nothing
    title = _ATTACHED.sub(" ", title)
    found = _BELOW.search(title) or _OF_OFFICE.search(title)
    said: list[str] = []
    told = False
    for line in filter(None, map(numbers.clean, re.split(r"\n| \. ", title))):
        town = _OF_TOWN.match(line)
        if town and provinces.is_town(town[1], criteria.geography_of(year)):
            said.append(line)
        if index_of(fold(line)) or YEAR.search(line):
            told, found = True, found or _TITLED_BELOW.search(line)
        # below the title they are headings of what each office has to do
        elif not told and _LETTERHEAD.fullmatch(line):
            said.append(line)
    return numbers.clean(found[0]) if found else next(iter(said), "")


def names_in(title: str, year: int) -> set[str]:
    """Provinces that a title names."""
    words = _spaced(title)
    geography = criteria.geography_of(year)
    known = provinces.units(geography)
    names = {_spaced(unit.name_vi).removeprefix("tp. "): unit.name_vi for unit in known}
    inside = [name for name in names if re.search(rf"\b{re.escape(name)}\b", words)]
    # the town "thành phố Lạng Sơn" is not the province
    cities = {unit.name_vi for unit in known if provinces.is_city(unit, geography)}
    inside = [n for n in inside if names[n] in cities or not _is_town(n, words)]
    # "Huế" stands in "Thừa Thiên Huế" too
    return {names[n] for n in inside if not any(n != o and n in o for o in inside)}


def _is_town(name: str, words: str) -> bool:
    """Whether a title names the town of a province, and not the province itself."""
    rest, town = re.subn(rf"(?:thành phố|tp\.?) {re.escape(name)}\b", " ", words)
    return town > 0 and not re.search(rf"\b{re.escape(name)}\b", rest)


def _spaced(text: str) -> str:
    """Text for finding a name in it, however its dashes and spaces are written."""
    return re.sub(r"[\s\u2010-\u2015-]+", " ", fold(text)).strip()
