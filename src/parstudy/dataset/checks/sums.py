"""Wholes and their parts: they must add up."""

from __future__ import annotations

from collections.abc import Iterator

from parstudy.dataset.checks.findings import INFO, WARNING, Finding, Kind
from parstudy.dataset.checks.tables import SLACK, Cell, Row, Tables, half, rows
from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.text import defer

_LAST = "socioeconomic"
# the two ways to cut a total by who gave the points; never added across. Each of them with the
# points of the economy, or without: older tables have none, others have them in the appraisal
_CUTS = (("appraisal", "survey_leaders", "sipas"), ("appraisal", "survey"))
_MANY_UNITS = 5
_MOST_OF_LAST = 10.0
"""No criteria set gives the economy more points; where its maximum is known, that counts."""
_ROUNDED = 0.01
"""Printed sums miss their parts by a hundredth even where every part has two decimals."""
_MISPRINTED = 0.5
"""Printed maxima of parts miss that of the whole by half a point."""
_NEAR = 0.1
"""Points of SIPAS are not its percentage to the last digit: published pairs are 0.06 apart."""

PARTS_DO_NOT_ADD_UP = Kind(
    "parts_do_not_add_up", WARNING, defer("The parts do not add up to the whole."), misread=True
)


SOURCE_NOT_THERE = Kind(
    "source_not_there",
    WARNING,
    defer("All sources of points that are there fall short of the total: one is missing."),
)


def sources_there(t: Tables) -> Iterator[Finding]:
    """Sources that fall short of the total in every row, for the points of one are not there."""
    for year, units in _years(t).items():
        for known in _by_sources(t, *year, units):
            if _falls_short(t, known):
                whole, *parts = known[0]
                names = ", ".join(part["component"] for part in parts)
                message = f"{names} fall short of the total in all {len(known)} rows"
                found = f"{_gap(known[0]):g} points less in the first row, and no {_LAST}"
                yield t.find(SOURCE_NOT_THERE, {**whole, "unit_id": ""}, message, found)


def parts_add_up(t: Tables) -> Iterator[Finding]:
    """Wholes against the sums of their parts, where all parts are known."""
    for whole, *parts in families(t):
        if _adds_up([whole, *parts]):
            continue
        summed = sum(float(part["value"]) for part in parts)
        if whole["component"] == "total":
            names = ", ".join(part["component"] for part in parts)
            points = " + ".join(f"{part['value']:g}" for part in parts)
            message = f"{names} do not add up to the total"
            found, figures = f"{points} = {summed:g}", [whole, *parts]
        else:
            message = f"the {len(parts)} parts of {whole['component']} do not add up to it"
            found, figures = f"{summed:g}", [whole]
        yield t.find(PARTS_DO_NOT_ADD_UP, whole, message, found, f"{whole['value']:g}", figures)


def families(t: Tables) -> list[list[Row]]:
    """Score of a whole and scores of all its parts, unit by unit, where all of them are known."""
    if "_families" not in vars(t):
        vars(t)["_families"] = list(_families(t))
    found: list[list[Row]] = vars(t)["_families"]
    return found


def _families(t: Tables) -> Iterator[list[Row]]:
    for year, units in _years(t).items():
        for codes in _tree(t, *year):
            yield from _known(units, codes)
        for known in _by_sources(t, *year, units):
            yield from [] if _falls_short(t, known) else known


def _years(t: Tables) -> dict[tuple[str, int], list[dict[str, Cell]]]:
    """Cells of each unit by component, by index and year."""
    years: dict[tuple[str, int], list[dict[str, Cell]]] = {}
    for (index, year, _), cells in t.units.items():
        years.setdefault((index, year), []).append(cells)
    return years


def _known(units: list[dict[str, Cell]], codes: tuple[str, ...]) -> list[list[Row]]:
    """Scores of a whole and of its parts, of each unit that has them all."""
    return [
        [cells[c]["score"] for c in codes]
        for cells in units
        if all("score" in cells.get(c, {}) for c in codes)
    ]


def _by_sources(
    t: Tables, index: str, year: int, units: list[dict[str, Cell]]
) -> list[list[list[Row]]]:
    """The total and its sources of each unit: of each cut those sources that most often add up."""
    found = []
    for cut in _CUTS if index == "PAR_INDEX" else ():
        sets = [(*cut, _LAST), cut]
        if not t.reading and "sipas" in cut:
            sets.pop()  # the files of a build may all leave the economy out
        ways = [_known(units, ("total", *parts)) for parts in sets]
        found.append(max(ways, key=lambda known: (sum(map(_adds_up, known)), len(known) > 0)))
    return found


def _falls_short(t: Tables, known: list[list[Row]]) -> bool:
    """Whether sources without those of the economy lack what that can give, in every row."""
    if len(known) < _MANY_UNITS or known[0][-1]["component"] == _LAST:
        return False
    whole = known[0][0]
    most = t.maximum(whole["index_id"], whole["year"], _LAST) or _MOST_OF_LAST
    return all(0 < _gap(family) <= most and not _adds_up(family) for family in known)


def _gap(family: list[Row]) -> float:
    """What the parts of a whole lack."""
    whole, *parts = family
    return float(whole["value"]) - sum(float(part["value"]) for part in parts)


def _adds_up(family: list[Row]) -> bool:
    return abs(_gap(family)) <= max(_ROUNDED, sum(map(half, family))) + SLACK


def _tree(t: Tables, index: str, year: int) -> list[tuple[str, ...]]:
    """Wholes of a criteria set, each with its parts behind it."""
    own = at(t.components, criteria_set=t.criteria_set(index, year))
    own = own[own["level"].isin(["area", "criterion", "subcriterion"])]
    parts = own.groupby("parent", sort=False)["code"].agg(tuple)
    # some areas of eight are no whole
    most = dict(zip(own["code"], own["max_score"], strict=True))
    few = [
        (whole == "total" and len(p) < 7 and p[0] in criteria.AREAS)
        or _lacks_parts(str(whole), p, most)
        for whole, p in parts.items()
    ]
    found = [(str(whole), *p) for (whole, p), no in zip(parts.items(), few, strict=True) if not no]
    return [*found, *criteria.identities(t.criteria_set(index, year))]


def _lacks_parts(whole: str, parts: tuple[str, ...], most: dict[str, float]) -> bool:
    """Whether some parts are not printed, as in a list of what lost points.

    Their numbers leave some out, or their maxima are less than that of the whole.
    """
    numbers = [int(p.rpartition(".")[2]) for p in parts if "." in p]
    gap = most.get(whole, float("nan")) - sum(most[p] for p in parts)
    return max(numbers, default=0) > len(parts) or gap > _MISPRINTED


SIPAS_POINTS_DISAGREE = Kind(
    "sipas_points_disagree",
    WARNING,
    defer("The SIPAS points in PAR INDEX are not the SIPAS percentage of the maximum."),
)
SIPAS_POINTS_NEAR = Kind(
    "sipas_points_near",
    INFO,
    defer("The SIPAS points in PAR INDEX are not quite the SIPAS percentage of the maximum."),
)


def sipas_in_par_index(t: Tables) -> Iterator[Finding]:
    """SIPAS points inside PAR INDEX against the SIPAS percentage of the same year."""
    points = at(t.scores, index_id="PAR_INDEX", component="sipas")
    for row in rows(points[points["max_score"].notna()]):
        score, most = t.cell(row, "score"), row["max_score"]
        percent = t.cell({**row, "index_id": "SIPAS", "component": "total"}, "score")
        if score is None or percent is None:
            continue
        computed = float(percent["value"]) / 100 * most
        apart = abs(score["value"] - computed)
        if apart > half(score) + half(percent) / 100 * most + SLACK:
            yield t.find(
                SIPAS_POINTS_NEAR if apart <= _NEAR else SIPAS_POINTS_DISAGREE,
                row,
                "SIPAS points in PAR INDEX are not the SIPAS percentage of the maximum",
                found=f"{score['value']:g}",
                expected=f"{computed:.3f} ({percent['value']:g}% × {most:g})",
                figures=[score],
            )
