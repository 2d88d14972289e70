"""Wholes and their parts: they must add up."""

from __future__ import annotations

from collections.abc import Iterator

from parstudy.dataset.checks.findings import INFO, WARNING, Finding, Kind
from parstudy.dataset.checks.tables import SLACK, Row, Tables, half, rows
from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.text import defer

# the two ways to cut a total by who gave the points; never added across
_SOURCES = ("appraisal", "survey_leaders", "sipas", "socioeconomic")
_CUTS = (_SOURCES, ("appraisal", "survey"))
_ROUNDED = 0.01
"""Printed sums miss their parts by a hundredth even where every part has two decimals."""
_MISPRINTED = 0.5
"""Printed maxima of parts miss that of the whole by half a point."""
_NEAR = 0.1
"""Points of SIPAS are not its percentage to the last digit: published pairs are 0.06 apart."""

PARTS_DO_NOT_ADD_UP = Kind(
    "parts_do_not_add_up", WARNING, defer("The parts do not add up to the whole."), misread=True
)


def parts_add_up(t: Tables) -> Iterator[Finding]:
    """Wholes against the sums of their parts, where all parts are known."""
    for whole, *parts in families(t):
        summed = sum(float(part["value"]) for part in parts)
        slack = max(_ROUNDED, sum(map(half, (whole, *parts))))
        if abs(summed - float(whole["value"])) <= slack + SLACK:
            continue
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
    trees: dict[tuple[str, int], list[tuple[str, ...]]] = {}
    for (index, year, _), cells in t.units.items():
        key = (index, year)
        if key not in trees:
            trees[key] = _tree(t, index, year)
        for codes in trees[key]:
            known = [cells[c]["score"] for c in codes if "score" in cells.get(c, {})]
            if len(known) == len(codes):
                yield known


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
    cuts = [*_CUTS]
    if t.reading and not any("socioeconomic" in cells for cells in t.units.values()):
        cuts.append(_SOURCES[:-1])  # older tables print three sources
    found += criteria.identities(t.criteria_set(index, year))
    return [*found, *(("total", *cut) for cut in cuts)] if index == "PAR_INDEX" else found


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
