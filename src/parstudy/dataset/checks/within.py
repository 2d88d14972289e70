"""Whether a table is read right: what the figures of one release say about each other.

These are proofs of reading, not of substance: a row that adds up, whose rank follows from its
scores and whose mean is the printed mean was not misread. Names are compared as printed, but one
that no province has is told. Sums, ranks, changes, ranges and doubles are the checks of a build;
here stand those that only the rows and columns of one file allow.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from parstudy.dataset.checks import changes, figures, ranks, sums
from parstudy.dataset.checks.figures import UNKNOWN_COMPONENT, UNKNOWN_UNIT
from parstudy.dataset.checks.findings import INFO, WARNING, Finding, Kind, named, to_frame
from parstudy.dataset.checks.nation import BEYOND_EXTREME, EXTREME_DISAGREES, MEAN_DISAGREES
from parstudy.dataset.checks.ranks import WRONG_NUMBER_OF_UNITS
from parstudy.dataset.checks.tables import SLACK, Row, Tables, agree, half, rows
from parstudy.dataset.checks.ties import TieRule, tie_rule
from parstudy.dataset.rows import at
from parstudy.errors import ProvinceError
from parstudy.facts import criteria, provinces
from parstudy.releases.model import RawRelease
from parstudy.text import defer

__all__ = ["TieRule", "prove", "tie_rule", "two_values"]

_BETWEEN = " | "  # places have blanks in them


def prove(release: RawRelease) -> pd.DataFrame:
    """Findings of misreading in one release.

    Parameters
    ----------
    release : RawRelease
        As read.

    Returns
    -------
    DataFrame
        Columns of the table ``findings``, in the order of the checks. ``unit_id`` is the name as
        printed, ``figure_ids`` are the places.
    """
    t = _tables(release)
    own = at(t.figures, year=release.year, unit_level="province")
    found = [
        *figures.unknown_units(t),
        *_units(t, release, own),
        *_running(t, release),
        *_gaps(t, release, own),
        *figures.measures(t),
        *figures.above_maximum(t),
        *figures.other_scale(t),
        *sums.parts_add_up(t),
        *sums.sources_there(t),
        *ranks.ranks_against_scores(t),
        *_ties(t, release),
        *changes.changes(t),
        *_columns(t, release, own),
        *figures.repeated_rows(t),
        *_unknown_codes(t, release),
    ]
    return to_frame([*found, *_unproven(t, release, own, found)], _BETWEEN)


def _tables(release: RawRelease) -> Tables:
    """The tables of a release, which is asked several things: made once."""
    made: Tables = vars(release).setdefault("_tables", None) or Tables.of_release(release)
    vars(release)["_tables"] = made
    return made


def two_values(release: RawRelease) -> list[tuple[Row, Row]]:
    """Figures that another table of the release gives otherwise, each with the other one."""
    same = figures.repeated(_tables(release).figures)
    return [(row, first) for first, *more in same for row in more if not agree(row, first)]


def _about(release: RawRelease, unit: str = "", component: str = "") -> dict[str, Any]:
    return {
        "index_id": release.index,
        "year": release.year,
        "unit_id": unit,
        "component": component,
    }


UNIT_ABSENT = Kind("unit_absent", INFO, defer("A province that is not in the file."))


def _units(t: Tables, release: RawRelease, own: pd.DataFrame) -> Iterator[Finding]:
    """Provinces that are not there, and how many there are."""
    names, known = list(dict.fromkeys(own["unit_id"])), set()
    for name in filter(provinces.is_town, names):
        message = "the town that bears the name, not the province"
        same = rows(at(own, unit_id=name))
        yield t.find(UNKNOWN_UNIT, same[0], message, name, "a province", same)
    for name in names:
        with contextlib.suppress(ProvinceError):
            known.add(provinces.resolve(name, release.geography).province_id)
    units = provinces.units(release.geography)
    absent = [unit.name_vi for unit in units if unit.province_id not in known]
    blank = [name for name in absent if any(f"{name!r} has no figure" in n for n in release.notes)]
    absent = [name for name in absent if name not in blank]
    # a table of nearly all: who is not in it should be seen
    if 0 < len(absent) <= len(units) // 10:
        yield t.find(
            UNIT_ABSENT,
            _about(release),
            f"not in the file: {', '.join(absent)}",
            found=str(len(known)),
            expected=f"{len(units)}, if the file should have all",
        )
    # one province's own sheet counts none
    if len(names) not in (1, release.n_ranked):
        yield t.find(
            WRONG_NUMBER_OF_UNITS,
            _about(release),
            f"another number of provinces than are ranked; without a figure: {', '.join(blank)}"
            if blank
            else "another number of provinces than are ranked",
            found=str(len(names)),
            expected=str(release.n_ranked),
        )


NUMBER_REPEATED = Kind(
    "number_repeated", WARNING, defer("A running number that stands on two rows.")
)
NUMBER_GAP = Kind("number_gap", WARNING, defer("A running number that is left out."))
NUMBER_ORDER = Kind("number_order", WARNING, defer("A running number that goes back."))


def _running(t: Tables, release: RawRelease) -> list[Finding]:
    """Running numbers: each one more than the one before, or 1 where a group begins."""
    found = []
    before: dict[str, int] = {}
    kinds = {
        0: (NUMBER_REPEATED, "repeats"),
        1: (NUMBER_GAP, "leaves out a number after"),
        -1: (NUMBER_ORDER, "goes back after"),
    }
    for table, place, unit, number in release.running:
        # a table that goes on beside or on another sheet counts on
        if table not in before and number - 1 in before.values():
            before[table] = number
            continue
        last = before.get(table, 0)
        if number not in (last + 1, 1) or (number == 1 and last == 1):
            kind, words = kinds[(number > last) - (number < last)]
            found.append(
                t.find(
                    kind,
                    _about(release, unit),
                    f"the running number {words} {last}: a row may be missing, doubled or out of "
                    "place",
                    found=str(number),
                    expected=str(last + 1),
                    figures=[{"figure_id": place}],
                )
            )
        before[table] = number
    # a column that is no running number at all is said once
    if len(found) > 10 and len(found) > 0.3 * len(release.running):
        message = "the column of running numbers does not count the rows"
        first = found[0]
        return [t.find(NUMBER_ORDER, _about(release), message, first.found, first.expected)]
    return found


NO_FIGURE = Kind("no_figure", WARNING, defer("A unit without a figure where others have one."))


def _gaps(t: Tables, release: RawRelease, own: pd.DataFrame) -> Iterator[Finding]:
    """Units without a figure where nearly all others have one: left blank, or lost."""
    names = dict.fromkeys(own["unit_id"])
    for (component, measure), part in own.groupby(["component", "measure"], sort=False):
        if str(measure) == "of" or str(measure).startswith("change"):
            continue
        have = set(part["unit_id"])
        gone = [name for name in names if name not in have]
        if len(gone) <= max(1, len(names) // 5):
            message = f"no {measure} of {component} where {len(have)} others have one"
            for name in gone:
                yield t.find(NO_FIGURE, _about(release, name, str(component)), message)


TIE_RULE = Kind(
    "tie_rule", WARNING, defer("Equal scores are ranked otherwise than the release says.")
)


def _ties(t: Tables, release: RawRelease) -> Iterator[Finding]:
    """How the release ranks equal scores, and whether its ``ties`` says so."""
    rule = tie_rule(release)
    against = bool(rule.rule) and rule.rule != release.ties
    if rule.of and (against or (rule.equal and not rule.rule)):
        about = _about(release, component="total")
        yield t.find(TIE_RULE, about, f"ties: {rule}", rule.rule or "not shown", release.ties)


def _columns(t: Tables, release: RawRelease, own: pd.DataFrame) -> Iterator[Finding]:
    """A printed mean, maximum or minimum against the column above it, where it is complete."""
    printed = at(t.figures, year=release.year, unit_level="national")
    printed = printed[printed["measure"].isin(["mean", "max", "min"])]
    columns = dict(list(own.groupby(["component", "measure"]))) if len(printed) else {}
    for row in rows(printed):
        percent = "percent" in row["note"] or (row["component"], "score") not in columns
        column = columns.get((row["component"], "percent" if percent else "score"), own[:0])
        column = column.drop_duplicates("unit_id")
        if len(column) < release.n_ranked:
            continue
        value = float(column["value"].agg(row["measure"]))
        gap = value - row["value"]
        if abs(gap) > half(row) + max(map(half, rows(column))) + SLACK:
            kind = MEAN_DISAGREES
            if row["measure"] != "mean":
                outside = gap > 0 if row["measure"] == "max" else gap < 0
                kind = BEYOND_EXTREME if outside else EXTREME_DISAGREES
            message = f"not {named(row['measure'])} of the column"
            yield t.find(kind, row, message, row["text"], f"{value:.4f}", [row])


def _unknown_codes(t: Tables, release: RawRelease) -> Iterator[Finding]:
    """Codes that the criteria set in force does not have, where the set is known in full."""
    known = at(criteria.components(), criteria_set=release.criteria_set, index_id=release.index)
    # who gave the points is a cut of every set, whichever sources a set names
    levels = set(known["level"]) - {"score_source"}
    printed = release.components[release.components["level"].isin(levels)]
    for row in rows(printed[~printed["code"].isin(set(known["code"]))]):
        yield t.find(
            UNKNOWN_COMPONENT,
            _about(release, component=row["code"]),
            f"the criteria set {release.criteria_set} does not know the code",
            found=row["name_vi"],
            figures=[{"figure_id": row["locator"]}],
        )


UNPROVEN = Kind("unproven", INFO, defer("Figures that no sum, rank or mean confirms."))


def _unproven(
    t: Tables, release: RawRelease, own: pd.DataFrame, found: list[Finding]
) -> Iterator[Finding]:
    """Which figures no sum, rank or mean confirms: they may be right, but nothing shows it.

    Of a scan, whose digits were recognised, that is a warning.
    """
    frame = at(t.figures, year=release.year)
    scan = frame["note"].str.contains("OCR").any()
    kind = replace(UNPROVEN, severity=WARNING) if scan else UNPROVEN
    numbers = own[own["value"].notna() & own["measure"].isin(["score", "percent"])]
    sure = _sure(t, frame, found)
    columns: dict[str, list[Row]] = {}
    for row in rows(numbers.drop_duplicates(["component", "unit_id"])):
        columns.setdefault(row["component"], []).append(row)
    unsure = {
        component: [row for row in column if (row["unit_id"], component) not in sure]
        for component, column in sorted(columns.items())
    }
    whole = [
        component for component, left in unsure.items() if len(left) == len(columns[component])
    ]
    groups = [whole, *([component] for component in unsure if component not in whole)]
    for group in groups:
        left = [row for component in group for row in unsure[component]]
        if not left:
            continue
        units = ", ".join(row["unit_id"] for row in left[:5]) + (" ..." if len(left) > 5 else "")
        finding = t.find(
            kind,
            _about(release, component=group[0] if len(group) == 1 else ""),
            f"{len(left)} of {sum(len(columns[component]) for component in group)} figures of "
            f"{', '.join(group)} are confirmed by no sum, rank or mean: "
            f"{'all rows' if group is whole else units}",
            found=str(len(left)),
            expected="0",
        )
        yield replace(finding, figure_ids=tuple(row["locator"] for row in left))


def _sure(t: Tables, frame: pd.DataFrame, found: list[Finding]) -> set[tuple[str, str]]:
    """Unit and component of the figures that a rank, a sum or a mean confirms."""
    wrong = {(f.unit_id, f.component) for f in found if f.severity == "error"}
    ranked = at(frame, unit_level="province", measure="rank")
    sure = set(zip(ranked["unit_id"], ranked["component"], strict=True)) - wrong
    for whole, *parts in sums.families(t):
        if (whole["unit_id"], whole["component"]) not in wrong:
            sure |= {(row["unit_id"], row["component"]) for row in (whole, *parts)}
    means = at(frame, unit_level="national", measure="mean")
    proven = set(zip(means["unit_id"], means["component"], strict=True)) - wrong
    columns = {component for _, component in proven}
    own = at(frame, unit_level="province") if columns else frame[:0]
    pairs = zip(own["unit_id"], own["component"], strict=True)
    return sure | {(unit, component) for unit, component in pairs if component in columns}
