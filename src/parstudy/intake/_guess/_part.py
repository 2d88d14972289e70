"""Which part of the index a table is of, where it prints that part's total only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from parstudy.intake._guess._headings import (
    MOST_AREA_POINTS,
    NAMES_INDEX,
    PART_NUMBER,
    SOURCES,
    Meaning,
    component_in,
    number_in,
    numbers_of_parts,
    parts_of,
)
from parstudy.intake._guess._model import Line
from parstudy.intake._guess._subject import titles_over
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import known_headings
from parstudy.releases.words import family, fold, is_caption

# names of offices and of papers, in which words of areas stand
_OFFICE = re.compile(
    r"ban chỉ đạo|chỉ đạo(?!,? ?điều hành)|^(?:cục|vụ|phòng|sở)\b|kèm theo|ban hành|quyết định"
    r"|công văn"
)
_SATISFACTION = re.compile(r"^(?:(?:chỉ số|mức độ) )?(?:hài lòng )?(?:về |đối với |yếu tố )?")
# "lĩnh vực cải cách thể chế và Chỉ số CCHC": of a part and of the whole
_AND_INDEX = re.compile(rf"\b(?:và|and)\b[^.:;]{{0,20}}(?:{NAMES_INDEX.pattern})")
# one part of an index, not "các lĩnh vực" or "8 lĩnh vực"
_ONE_PART = re.compile(
    r"(?<!các )(?<!từng )(?<!theo )(?<!những )(?<![0-9] )"
    r"\b(?:lĩnh vực|chỉ số thành phần|yếu tố|component index|area|factor)\b(.{4,120})"
)


def _part_of_title(grid: Grid, index: str, year: int) -> str:
    """The one part of the index that the titles over a table name; nothing if none or several.

    Names of several parts in one title say what its columns are.
    """
    parts = parts_of(index, year)
    known = {code for _, code in parts}
    found: set[str] = set()
    for text in re.split(r"[:;.\n\u201c\u201d\"()]| [-\u2013\u2014] ", fold(titles_over(grid))):
        words = text.strip()
        if len(words) < 4 or _OFFICE.search(words):
            continue
        if PART_NUMBER.match(words):
            number = numbers_of_parts(words)[0]
            found |= {c for c in (f"A{number}", f"D{number}") if c in known}
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
                for role, of, component, _, pattern in known_headings()
                if role == "component" and of == index and pattern.search(words)
                if component in known and not named
            ]
        if len(set(named)) > 1:
            return ""
        found |= set(named)
    return found.pop() if len(found) == 1 else ""


def part_of_totals(
    grid: Grid,
    index: str,
    year: int,
    lines: Sequence[Line],
    coded: Mapping[int, str],
    body: Sequence[int],
) -> str:
    """Part of the index whose total a table prints, if it is not the total of the whole index.

    A table of the criteria of one area has a "Tổng điểm" of that area: the figures show it, or
    the title. A table without parts says in its title what it is of.
    """
    known = [line for line in lines if line.meaning.component and line.meaning.year is None]
    totals = {line.meaning.measure: line for line in known if line.meaning.component == "total"}
    if not totals:
        return ""
    figures = {
        code: [number_in(grid.cell(r, c).words) for r in body] for c, code in coded.items()
    } | {
        line.meaning.component: line.values
        for line in known
        if line.meaning.measure == "score"
        and family(line.meaning.component)[1] in ("criterion", "area")
    }
    titled = _part_of_title(grid, index, year) or _titled_part(grid, index)
    area = one_area(figures)
    if area:
        parts = [values for code, values in figures.items() if family(code)[1] == "criterion"]
        whole = {measure: line.values for measure, line in totals.items()}
        points = [v for v in whole.get("score", ()) if v is not None]
        proven = adds_up_to(parts, whole) or (
            titled == area and max(points, default=0.0) <= MOST_AREA_POINTS
        )
        return area if proven and area not in figures else ""
    if figures or any(line.meaning.component not in ("total", *SOURCES) for line in known):
        return ""
    named = any(NAMES_INDEX.search(fold(h)) for line in totals.values() for h in line.heads)
    return "" if named and _AND_INDEX.search(fold(titles_over(grid))) else titled


def one_area(codes: Iterable[str]) -> str:
    """The area that all codes belong to, if it is one."""
    areas = {code.split(".")[0].removeprefix("A") for code in codes}
    return f"A{areas.pop()}" if len(areas) == 1 else ""


def sums(
    parts: Sequence[Sequence[float | None]], whole: Sequence[float | None], *, partly: bool = False
) -> list[tuple[float, float]]:
    """Sum of its parts and the printed total, of each unit that has all (``partly``: some)."""
    there = [[v for v in row if v is not None] for row in zip(*parts, strict=True)]
    return [
        (sum(row), total)
        for row, total in zip(there, whole, strict=False)
        if total is not None and row and (partly or len(row) == len(parts))
    ]


def adds_up_to(
    parts: Sequence[Sequence[float | None]], whole: Mapping[str, Sequence[float | None]]
) -> bool:
    """Whether printed totals are those of these parts: by points, else by percent, else by rank."""
    for measure in ("score", "percent", "rank"):
        pairs = sums(parts, whole.get(measure, ()))
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


def adds_up_exactly(parts: Sequence[Sequence[float | None]], whole: Sequence[float | None]) -> bool:
    """Whether parts add up to each total that is printed, of the units that have all parts."""
    pairs = sums(parts, whole)
    slack = 0.005 * (len(parts) + 1) + 1e-9
    return bool(pairs) and all(abs(s - w) <= slack for s, w in pairs)


def _titled_part(grid: Grid, index: str) -> str:
    """Part of an index that a table's title says it is of: "lĩnh vực cải cách thể chế"."""
    lines = [t for t in re.split(r"\n| \. ", titles_over(grid)) if t.strip()]
    begins = [n for n, line in enumerate(lines) if is_caption(line)]
    title = fold(" ".join(lines[begins[-1] if begins else -3 :]))
    for said in _ONE_PART.finditer(title):
        known = component_in(said[1].strip(" :.,-–“”\"'"), index)
        if known is not None and known[0] not in ("", "total", *SOURCES):
            return known[0]
    return ""


def of_part(part: str, lines: Sequence[Line]) -> None:
    """Put a part in the place of the total; its sources of points are no parts of the index."""
    for line in lines if part else ():
        if line.meaning.component == "total" and not NAMES_INDEX.search(line.said):
            line.meaning.component = part
        elif line.meaning.component == "total":
            # the whole index, or the part called by it: neither is proven
            line.doubt = f"{line.place} {line.title!r}: not read, the title is of {part}"
            line.meaning = Meaning()
        elif line.meaning.component in SOURCES:
            line.drop(f"of {part} only")
