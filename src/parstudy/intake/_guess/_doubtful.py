"""Columns that are not what their headings seem to say: dropped, each with its reason.

Headings are not enough: a rank may be one among some units, a total the sum of some areas, a
change without a sign no change that can be read. The figures themselves show it, or the title.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from statistics import median

from parstudy.facts import criteria
from parstudy.intake._guess import _long
from parstudy.intake._guess._headings import (
    MOST_AREA_POINTS,
    NAMES_INDEX,
    SOURCES,
    number_in,
    parts_of,
    without_maximum,
)
from parstudy.intake._guess._model import Line
from parstudy.intake._guess._part import adds_up_to
from parstudy.intake._guess._ranks import drop_with_rank
from parstudy.intake._guess._rows import Rows
from parstudy.intake._guess._subject import named_in, title_lines
from parstudy.intake._guess._titles import said_by_titles
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import SHARE, YEAR, measure_in
from parstudy.releases.words import family, fold

# what a change is a change of, and which way is better: a lower rank, a higher score
_CHANGE_OF = {"change_rank": (("rank", -1),), "change_score": (("score", 1), ("percent", 1))}
_ROUNDED = 0.0151
# so many units never all rise
_MANY = 30
_FEW_RISES = 5
_SIGN = re.compile(r"[^\d.,%\s]")
_FALL = re.compile(r"giảm|\b(?:down|decrease)")
_RISE = re.compile(r"tăng|\b(?:up|increase)")
# one answer of those who were asked beside the others
_ANSWER = re.compile(r"\brất\b|bình thường|trung lập|không hài lòng|\b(?:very|neutral|dis)")
_ONE_ANSWER = re.compile(
    r"(?:^|[-–:/|>]\s*)(?:(?:tỷ|tỉ) lệ )?(?:hài lòng|satisfied)\s*(?:\(?%\)?)?$"
)
# no province has so few percent of the index, nor so few points by appraisal or by survey
_SMALL = 15.0
# an own maximum of the total that is smaller is that of a part of the points
_LEAST_MAXIMUM = 95.0
_GRANTED = re.compile(r"thẩm định|bộ nội vụ|\bbnv\b|hội đồng|công nhận|duyệt")
_POINTS = re.compile(r"điểm|point|score")
_OF_WHOLE = re.compile(r"tổng|chỉ số|cchc|sipas|index|total")


def drop_changes(
    grid: Grid, lines: Sequence[Line], rows: Rows, part: _long.Part | None, year: int
) -> None:
    """Drop changes whose direction is not shown, and figures that were computed anew."""
    _reversed_changes(lines, year)
    _no_changes_without_signs(grid, lines, rows.body, year)
    _no_other_changes(grid, lines, rows.body)
    _no_years_of_other_units(lines, year)
    for line in lines if part and part.said else ():
        if line.meaning.measure == "rank" and line.meaning.component in SOURCES:
            line.drop(f"a rank beside {line.meaning.component}: of it, or of the total")
    _own_maxima(lines)
    _shares_of_no_points(lines)


def drop_by_title_and_sums(
    grid: Grid, lines: Sequence[Line], coded: Collection[int], index: str, year: int
) -> None:
    """Drop points and ranks that are of one source or of some areas only, by title or by sums."""
    said = said_by_titles(grid, index, year)
    for line in lines:
        if line.meaning.year in said.years:
            line.drop(f"the title says of {line.meaning.year} that it is otherwise computed")
    _of_one_source(lines, said.sources)
    _of_one_index(grid, lines, index)
    _no_shares_of_claims(lines)
    _no_short_names(lines)
    _only_zeros(lines)
    if not coded and index == "PAR_INDEX":
        _survey_beside_sipas(lines)
        _sums_of_some(lines, index, year)


def drop_by_size(grid: Grid, rows: Rows, lines: Sequence[Line], index: str) -> None:
    """Drop what is too small for the whole, counts among points, and shares of one answer."""
    if index == "PAR_INDEX":
        _no_small_maximum(grid, rows, lines)
        _no_small_parts(lines)
        _no_counts(lines)
    elif index == "SIPAS":
        _no_single_answers(lines)


def _reversed_changes(lines: Sequence[Line], year: int) -> None:
    """Drop a change that is printed with the sign turned: a gain in places or points as minus."""
    at = {line.key: line.values for line in lines if line.meaning.component}
    for line in lines:
        component, measure, _ = line.key
        for base, better in _CHANGE_OF.get(measure, ()):
            now, last = at.get((component, base, None)), at.get((component, base, year - 1))
            if now is None or last is None:
                continue
            moved = [
                (better * (a - b), c)
                for a, b, c in zip(now, last, line.values, strict=True)
                if a is not None and b is not None and c
            ]
            if moved and all(abs(c + gained) < _ROUNDED for gained, c in moved):
                line.drop(
                    "the change is printed with its sign turned: what became better has a minus"
                )
                break


def _no_changes_without_signs(
    grid: Grid, lines: Sequence[Line], body: Sequence[int], year: int
) -> None:
    """Drop changes of many units that show no sign: a fall can't be told from a rise.

    Where last year's figures stand beside them, these show it.
    """
    known = {line.key for line in lines}
    for line in lines:
        component, measure, _ = line.key
        moved = [v for v in line.values if v]
        if measure not in _CHANGE_OF or not moved or min(moved) < 0:
            continue
        proven = any((component, base, year - 1) in known for base, _ in _CHANGE_OF[measure])
        heads = " ".join(map(fold, line.heads))
        fall, rise = bool(_FALL.search(heads)), bool(_RISE.search(heads))
        few = _FEW_RISES if measure == "change_rank" or fall else _MANY
        if proven or any(_SIGN.search(grid.cell(r, line.at).words) for r in body):
            continue
        if fall and not rise:
            line.drop("a fall is printed without a minus")
        elif len(moved) >= few and (fall or not rise):
            line.drop("changes without any sign: what fell can't be told from what rose")


def _no_other_changes(grid: Grid, lines: Sequence[Line], body: Sequence[int]) -> None:
    """Drop what is no change of points on last year: of places, or of granted on claimed points."""
    at = {line.key: line.values for line in lines}
    for line in lines:
        component, measure, year = line.key
        if measure != "change_score":
            continue
        claimed, granted = (at.get((component, m, year), ()) for m in ("self_assessed", "score"))
        told = [row for row in zip(line.values, claimed, granted, strict=False) if None not in row]
        apart = [abs(abs(c) - abs(g - o)) for c, o, g in told]  # type: ignore[arg-type, operator]
        if apart and max(apart) < _ROUNDED and not any(map(YEAR.search, line.heads)):
            line.drop("granted points against those claimed, no change on last year")
            continue
        texts = [t for r in body if any(map(str.isdigit, t := grid.cell(r, line.at).words))]
        cut = any(
            v % 1 for m in ("score", "percent") for v in at.get((component, m, year), ()) if v
        )
        said = _POINTS.search(line.said)
        if (
            cut
            and not said
            and len(texts) >= _FEW_RISES
            and not any(re.search("[.,%]", t) for t in texts)
        ):
            line.drop("whole numbers, where the points have decimals: a change in places, perhaps")


def _no_years_of_other_units(lines: Sequence[Line], year: int) -> None:
    """Drop figures of a year that had other units: they were computed anew for those of now."""
    for line in lines:
        of = line.meaning.year
        if of is not None and criteria.geography_of(of) != criteria.geography_of(year):
            line.drop(f"{of} had {criteria.geography_of(of)} units, so it is computed anew")


def _own_maxima(lines: Sequence[Line]) -> None:
    """Drop points of the total that are out of a maximum of each unit's own: 84, 97, 100."""
    own = [
        line
        for line in lines
        if any(re.search("tối đa|maximum", without_maximum(fold(h))) for h in line.heads)
        and not any(measure_in(fold(h)) == "percent" for h in line.heads)
        if len({v for v in line.values if v is not None}) > 1
    ]
    for line in lines if own else ():
        if line.key == ("total", "score", None):
            line.drop(f"out of a maximum of each unit's own ({own[0].title!r})")


def _shares_of_no_points(lines: Sequence[Line]) -> None:
    """Drop a bare share of the maximum that is not one of the points of the whole beside it."""
    at = {line.key: line.values for line in lines}
    for line in lines:
        named = _OF_WHOLE.search(line.said) or not SHARE.search(line.said)
        if line.key[:2] != ("total", "percent") or named:
            continue
        points = at.get(("total", "score", line.key[2]), ())
        pairs = [(p, s) for p, s in zip(line.values, points, strict=False) if p and s]
        times = median(s / p for p, s in pairs) if pairs else 0.0
        # points are rounded to hundredths, shares perhaps to tenths
        if not pairs or any(abs(p * times - s) > 0.0051 * times + 0.051 for p, s in pairs):
            line.drop("a share of a maximum, and the points of which it is are not beside it")


def _of_one_source(lines: Sequence[Line], said: Collection[str]) -> None:
    """Take points under a title of one source for that source's only.

    What the provinces gave themselves is called so; points of the appraisal or of the survey alone
    are dropped, unless a column is of another source: then the total is the whole.
    """
    if any(line.meaning.component in SOURCES for line in lines):
        return
    if len(said) > 1 and not any(line.meaning.measure == "self_assessed" for line in lines):
        for line in lines:
            if line.key[0] == "total" and line.key[1] in ("score", "percent", "rank"):
                line.drop(f"the title is of several sources of points ({', '.join(sorted(said))})")
    if len(said) != 1:
        return
    (source,) = said
    # the columns say which is which
    claimed = any(measure_in(fold(h)) == "self_assessed" for line in lines for h in line.heads)
    if source == "claimed" and claimed:
        return
    for line in lines:
        component, measure, _ = line.key
        if _GRANTED.search(line.said) and source == "claimed":
            continue
        if component and source == "claimed" and measure == "score":
            line.meaning.measure = "self_assessed"
            line.meaning.why.append("by the title")
        elif component and source == "claimed" and measure in ("percent", "rank"):
            line.drop("by the title of the points that the provinces gave themselves")
        elif component and source != "claimed" and measure in ("score", "percent", "rank"):
            line.drop(f"the title is of one source of points ({source})")


def _no_shares_of_claims(lines: Sequence[Line]) -> None:
    """Drop a bare percentage where the only points of its part are claimed ones."""
    own = {line.key[:2] for line in lines if line.key[2] is None}
    for line in lines:
        component, measure, of = line.key
        claimed = (component, "self_assessed") in own and (component, "score") not in own
        if claimed and measure == "percent" and of is None and not NAMES_INDEX.search(line.said):
            line.drop("a share of the points that the provinces gave themselves")


def _of_one_index(grid: Grid, lines: Sequence[Line], index: str) -> None:
    """Drop a total without a name under titles that each name several indices."""
    named = [[i for i in criteria.indices() if named_in(t, i)] for t in title_lines(grid)]
    several = [n for n in named if index in n]
    if not several or any(len(n) == 1 for n in several):
        return
    own = [line for line in lines if line.key[0] == "total" and named_in(line.said, index)]
    for line in lines:
        ranked = line.key[1] == "rank" and any(o.key[1] != "rank" for o in own)
        if line.meaning.component == "total" and line not in own and not ranked:
            line.drop(f"the title names several indices ({', '.join(several[0])}), this none")


def _no_short_names(lines: Sequence[Line]) -> None:
    """Drop "TĐ" where no other source of points stands beside it: it may be the total."""
    if any(line.key[0] == "survey" or line.key[1] == "self_assessed" for line in lines):
        return
    for line in lines:
        if line.key[0] == "appraisal" and any(fold(h) == "tđ" for h in line.heads):
            line.drop("the appraisal, or the total (tổng điểm)")


def _only_zeros(lines: Sequence[Line]) -> None:
    """Drop a column of zeros: of a form that is not filled in, or whose formulas found nothing."""
    for line in lines:
        values = [v for v in line.values if v is not None]
        if line.key[1] in ("score", "percent") and len(values) > 2 and not any(values):
            line.drop("only zeros")


def _survey_beside_sipas(lines: Sequence[Line]) -> None:
    """Take the survey for that of leaders where all sources add up so; drop it if none does."""
    own = {line.key[0]: line for line in lines if line.key[1:] == ("score", None)}
    total = [o for o in lines if o.key in (("total", "score", None), ("total", "percent", None))]
    whole = {"score": total[0].values if total else ()}
    if "survey_leaders" in own or not {"survey", "sipas"} <= set(own):
        return
    survey, parts = own["survey"], [own[s] for s in SOURCES if s in own]
    if adds_up_to([line.values for line in parts], whole):
        survey.meaning.component = "survey_leaders"
        survey.meaning.why.append("by the sums")
    elif not adds_up_to([line.values for line in parts if line.key[0] != "sipas"], whole):
        survey.drop("beside SIPAS, the survey of leaders or of all")


def _sums_of_some(lines: Sequence[Line], index: str, year: int) -> None:
    """Drop a total that is the sum of some areas only; and areas that make up one source."""
    scores = {line.meaning.component: line for line in lines if line.key[1:] == ("score", None)}
    _sums_of_some_sources(lines, scores)
    areas = [line for code, line in scores.items() if family(code)[1] == "area"]
    if len(areas) < 2:
        return
    parts = [line.values for line in areas]
    total = scores.get("total")
    some = {line.meaning.component for line in areas} < {c for _, c in parts_of(index, year)}
    # a column whose heading is not understood may be one of the areas
    strange = [o.values for o in lines if o.doubt and _may_be_an_area(o)]
    ways = [parts, *([[*parts, *strange]] if strange else [])]
    ways = [way for way in ways if len(way) < len(criteria.AREAS)]
    if total and some and any(adds_up_to(way, {"score": total.values}) for way in ways):
        drop_with_rank(lines, total, f"the sum of the {len(areas)} areas beside it only")
    for source in (scores[s] for s in SOURCES if s in scores):
        if adds_up_to(parts, {"score": source.values}):
            for line in areas:
                line.drop(f"the areas add up to {source.meaning.component}, not to the whole")


def _may_be_an_area(line: Line) -> bool:
    """Whether a column that is not read holds points as an area has them."""
    values = [v for v in line.values if v is not None]
    return bool(values) and min(values) >= 0 and max(values) <= MOST_AREA_POINTS


def _sums_of_some_sources(lines: Sequence[Line], scores: Mapping[str, Line]) -> None:
    """Drop a total that is the sum of some sources of points only: without the survey, or SIPAS."""
    own = [scores[s] for s in SOURCES if s in scores]
    names = {line.key[0] for line in own}
    whole = "appraisal" in names and ("survey" in names or {"sipas", "survey_leaders"} <= names)
    total = scores.get("total")
    if total is None or len(own) < 2 or whole:
        return
    if adds_up_to([line.values for line in own], {"score": total.values}):
        drop_with_rank(lines, total, f"the sum of the {len(own)} sources beside it only")


def _no_small_maximum(grid: Grid, rows: Rows, lines: Sequence[Line]) -> None:
    """Drop a total whose printed maximum is not that of the whole index."""
    maxima = rows.row("maxima")
    for line in lines if maxima is not None else ():
        most = number_in(grid.cell(maxima or 0, line.at).words)
        if line.key == ("total", "score", None) and most is not None and most < _LEAST_MAXIMUM:
            drop_with_rank(lines, line, f"its maximum is {most:g}, and that of the index is 100")


def _no_counts(lines: Sequence[Line]) -> None:
    """Drop whole numbers under the name of an area, where points have decimals."""
    points = [line for line in lines if line.key[1] == "score" and line.key[2] is None]
    areas = [line for line in points if family(line.meaning.component)[1] == "area"]

    def whole(line: Line) -> bool:
        return all(v is None or v == int(v) for v in line.values)

    if len(areas) == len(criteria.AREAS) or all(map(whole, points)):
        return
    for line in areas:
        if whole(line) and sum(v is not None for v in line.values) >= _FEW_RISES * 2:
            line.drop("whole numbers only, where the points have decimals")


def _no_single_answers(lines: Sequence[Line]) -> None:
    """Drop the share of one answer beside those of the others: "Hài lòng", "Rất hài lòng"."""
    if any(_ANSWER.search(fold(h)) for line in lines for h in line.heads[-1:]):
        for line in lines:
            if line.heads and _ONE_ANSWER.search(fold(line.heads[-1])):
                line.drop("a share of one answer only")


def _no_small_parts(lines: Sequence[Line]) -> None:
    """Drop a percentage of the total, and points of its sources, that only an area could have."""
    for line in lines:
        component, measure, _ = line.key
        values = [v for v in line.values if v is not None]
        whole = component in ("total", "appraisal", "survey")
        points = measure in ("score", "percent", "self_assessed")
        if whole and points and len(values) > 2 and 1 < max(values) <= _SMALL:
            line.drop(f"at most {max(values):g}: of one area, and nothing says of which")
