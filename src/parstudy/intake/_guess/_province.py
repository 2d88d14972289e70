"""Whose table it is, where its title names one province and its lines name none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from parstudy.errors import ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.intake._guess._rows import code_column, of_ministries, other_names, rows_of
from parstudy.intake._guess._subject import index_of, titles_over
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

    A document names the province once, and has a table for each area: "I. ...", "II. ...".
    """
    said: dict[tuple[str, ...], list[str]] = {}
    found: list[Grid] = []
    for grid in tables:
        heads, own = tuple(c.words for c in grid.rows[0]), names_in(titles_over(grid), year)
        if own:
            lines = grid.context.split("\n")
            known = (index_of(fold(t)) or YEAR.search(t) or names_in(t, year) for t in lines)
            said[heads] = [t for t, one in zip(lines, known, strict=True) if one]
        elif heads in said and not grid.sheet and code_column(grid) is not None:
            grid = replace(grid, context="\n".join([*said[heads], grid.context]))
        found.append(grid)
    return found


def named_province(grid: Grid, year: int) -> str:
    """The one province that the titles over a table name.

    Raises
    ------
    ReleaseError
        ``no_units``, if it is none or more than one.
    """
    title = titles_over(grid)
    below = _BELOW.search(title) or _OF_OFFICE.search(title)
    for line in re.split(r"\n| \. ", title):
        if index_of(fold(line)) or YEAR.search(line):
            below = below or _TITLED_BELOW.search(line)
    if below is not None:
        raise ReleaseError(
            "no_units",
            "a sheet of a unit below the province, or of one of its offices",
            place=f"{grid.file} {grid.where}".strip(),
            found=numbers.clean(below[0]),
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
            found=", ".join(sorted(found)) or numbers.clean(title)[:80] or "no title",
            expected="one province in the title over the table",
            advice='Write its name there, or unit = "..." in release.toml: docs/release-toml.md',
        )
    return found.pop()


def names_in(title: str, year: int) -> set[str]:
    """Provinces that a title names."""
    words = _spaced(title)
    known = provinces.units(criteria.geography_of(year))
    names = {_spaced(unit.name_vi).removeprefix("tp. "): unit.name_vi for unit in known}
    inside = [name for name in names if re.search(rf"\b{re.escape(name)}\b", words)]
    # the town "thành phố Lạng Sơn" is not the province
    cities = {unit.name_vi for unit in known if provinces.is_city(unit)}
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
