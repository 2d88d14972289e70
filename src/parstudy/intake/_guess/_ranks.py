"""Of what a rank is: of the whole index, of a part of it, or of some units only.

"Xếp hạng" alone does not say it. The figures beside it do, and the title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from parstudy.facts import criteria
from parstudy.facts import rows as rows_of_facts
from parstudy.intake._guess import _long
from parstudy.intake._guess._branch import Branch, Question
from parstudy.intake._guess._headings import SOURCES
from parstudy.intake._guess._model import Line
from parstudy.intake._guess._part import sums
from parstudy.intake._guess._rows import Rows, column_name
from parstudy.intake._guess._subject import named_in, titles_over
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import YEAR, is_bare
from parstudy.releases.words import fold

_POINTS = re.compile(r"điểm|point|score")
_OF_INDEX = re.compile(r"(?:chỉ số|index)[^.:;]{0,30}(?:cchc|cải cách|par|hài lòng|sipas)")
_WHOLE = re.compile(r"\btổng\b|chỉ số|total|index")
# a title of some units, and one of the first of all
_SOME = re.compile(
    r"\b(?:vùng|khu vực|miền|cụm|giữa|trong số|among)\b"
    r"|\b[0-9]+ (?:tỉnh|thành phố|địa phương|đơn vị|provinces|cities)\b"
)
_ALL = re.compile(
    r"(?:giữa |trong (?:số )?)?\b(?:63|34) (?:tỉnh|thành phố|địa phương|đơn vị|provinces)"
)
_FIRST = re.compile(r"\b(?:tốp|top|dẫn đầu|đứng đầu|đầu bảng|nhóm đầu|cao nhất|highest|best)\b")
_FEW, _MOST_FIT = 3, 0.8
_FIGURES = ("score", "percent", "self_assessed")


def ranks_of_what(
    grid: Grid,
    lines: Sequence[Line],
    rows: Rows,
    part: _long.Part | None,
    year: int,
    branch: Branch,
) -> None:
    """Give bare ranks to the part whose order they have; drop those among some units only."""
    _no_ranks_anew(lines, rows, part)
    _no_ranks_among_some(grid, lines, year)
    # what is not understood may be the total
    if any(_WHOLE.search(line.said) for line in lines if line.doubt):
        return
    figures = [o for o in lines if o.key[1] in _FIGURES and o.key[2] is None]
    known = {line.key[0] for line in figures}
    if not known or "total" in known:
        return
    for line in lines:
        if len(known) == 1 and line.key[0] == "total" and _is_bare(line):
            _of_part_or_total(grid, line, next(iter(known)), branch)
        elif len(known) > 1 and _is_bare_rank(line):
            _of_one_of_several(line, figures)


def drop_ranks_of_none(grid: Grid, lines: Sequence[Line], index: str, *, coded: bool) -> None:
    """Drop bare ranks beside which no figure stands of which they may be."""
    _no_ranks_of_claims(lines)
    if not coded:
        _no_ranks_of_others(grid, lines, index)


def drop_with_rank(lines: Sequence[Line], line: Line, why: str) -> None:
    """Drop a total, and the bare rank that has its order."""
    for one in lines:
        if one.key == ("total", "rank", None) and _nearly(one.values, line.values):
            one.drop(why)
    line.drop(why)


def _is_bare(line: Line) -> bool:
    return all(is_bare(fold(h)) for h in line.heads)


def _is_bare_rank(line: Line) -> bool:
    """Whether it is taken for this year's rank by the whole, and no heading says so."""
    return line.key == ("total", "rank", None) and _is_bare(line)


def _order(ranks: Sequence[float | None], values: Sequence[float | None]) -> float:
    """How far ranks are in the order of some figures, the highest first: 1 where they all are."""
    pairs = [(-v, r) for r, v in zip(ranks, values, strict=True) if r is not None and v is not None]
    if len({v for v, _ in pairs}) < _FEW:
        return 0.0
    fits = [a[1] <= b[1] for a, b in pairwise(sorted(pairs))]
    return sum(fits) / len(fits)


def _nearly(ranks: Sequence[float | None], values: Sequence[float | None]) -> bool:
    """Whether ranks are in the order of some figures, but for a few that may be misprinted."""
    return _order(ranks, values) >= _MOST_FIT


def _of_one_of_several(rank: Line, figures: Sequence[Line]) -> None:
    """Give a rank to the one of several parts whose order it has; drop one of their sum."""
    owners = [line for line in figures if _order(rank.values, line.values) == 1]
    if len(owners) == 1:
        rank.meaning.component = owners[0].meaning.component
        rank.meaning.why.append("by its order")
        return
    like = [line for line in figures if _nearly(rank.values, line.values)]
    parts = [line for line in figures if line.key[1:] == ("score", None)]
    areas = {line.key[0] for line in parts}
    whole = set(criteria.AREAS) <= areas or areas & set(SOURCES)
    added = sums([line.values for line in parts], rank.values)
    if len(like) == 1:
        rank.drop(f"nearly in the order of {like[0].key[0]}: of it, or of the total")
    elif not whole and _nearly([r for _, r in added], [points for points, _ in added]):
        rank.drop(f"ranks by the sum of the {len(parts)} parts beside it only")


def _no_ranks_among_some(grid: Grid, lines: Sequence[Line], year: int) -> None:
    """Drop ranks 1 to n of n units under a title of some: of a region, of five cities."""
    title = _ALL.sub(" ", fold(titles_over(grid)))
    told = _SOME.search(title) or _regions().search(title)
    units = int(criteria.geography_of(year))
    if told is None or _FIRST.search(title):
        return
    for line in lines:
        ranks = sorted(v for v in line.values if v is not None)
        own = line.key[1] == "rank" and len(ranks) < units
        # one of them may be missing or misprinted
        if own and ranks and ranks[-1] <= len(line.values) + 2:
            line.drop(f"ranks among the {len(ranks)} units of the title ({told[0]})")


def _no_ranks_anew(lines: Sequence[Line], rows: Rows, part: _long.Part | None) -> None:
    """Drop ranks that begin anew in each group of units: they are none among all."""
    body = part.rows if part else rows.body
    own = [n for n, r in enumerate(body) if rows.roles[r] != "ministry"]
    for line in lines:
        ranks = [line.values[n] for n in own]
        first = [ranks.count(n) for n in (1.0, 2.0)]
        if line.key[:2] == ("total", "rank") and min(first) > 1:
            told = f"{first[0]} units have rank 1 and {first[1]} rank 2"
            line.drop(f"ranks that begin anew in each group ({told})")


def _no_ranks_of_claims(lines: Sequence[Line]) -> None:
    """Drop bare ranks where the only points of the whole are what provinces gave themselves."""
    whole = {line.key[1] for line in lines if line.key[0] == "total" and line.key[2] is None}
    if "self_assessed" not in whole or whole & {"score", "percent"}:
        return
    for line in lines:
        if _is_bare_rank(line):
            line.drop("a rank by the points that the provinces gave themselves")


def _no_ranks_of_others(grid: Grid, lines: Sequence[Line], index: str) -> None:
    """Drop bare ranks beside figures of which none is understood, or of another year only."""
    figures = [line for line in lines if any(v is not None for v in line.values)]
    scored = [line for line in figures if line.key[1] in _FIGURES]
    strange = [line for line in figures if not line.meaning.component]
    # points under a title of the index are its own, in whatever state
    points = strange and all(_POINTS.match(fold(h)) for line in strange for h in line.heads[-1:])
    known = [line for line in scored if line.meaning.year is None]
    if known or not (strange or scored) or (points and _OF_INDEX.search(fold(titles_over(grid)))):
        return
    for line in figures:
        # a year makes it a rank of its own, but for one in the order of what is not understood
        own = any(map(YEAR.search, line.heads))
        own = own and not any(_nearly(line.values, one.values) for one in strange)
        if _is_bare_rank(line) and not own and not named_in(line.said, index):
            line.drop("a rank, and no figure beside it is understood of which it may be")


def _of_part_or_total(grid: Grid, line: Line, part: str, branch: Branch) -> None:
    """Ask of which a bare figure is beside one part only: of it, or of the total."""
    measure = line.meaning.measure
    told = [line.toml(column_name(grid, line.at), c, measure) for c in (part, "total")]
    answer = branch.pick(
        Question(
            "two_meanings",
            line.place,
            repr(line.title),
            f"a {measure} of {part}, or of the total?",
            ((f"of {part}", told[0]), ("of the total", told[1])),
        )
    )
    line.meaning.component = "total" if answer else part


@cache
def _regions() -> re.Pattern[str]:
    names = {row[c] for row in rows_of_facts("regions") for c in ("name_vi", "name_en")}
    names |= {row["spelling"] for row in rows_of_facts("spellings") if row["kind"] == "region"}
    return re.compile(rf"\b(?:{'|'.join(re.escape(fold(n)) for n in sorted(names))})\b")
