"""Figures one by one: units, sources and measures that exist, numbers in their range, said once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import pandas as pd

from parstudy.dataset._reconcile import KEY, quantity
from parstudy.dataset.checks.findings import ERROR, INFO, WARNING, Finding, Kind
from parstudy.dataset.checks.tables import SLACK, Row, Tables, agree, grouped, half, rows
from parstudy.dataset.rows import at
from parstudy.errors import ProvinceError
from parstudy.facts import criteria, provinces, table
from parstudy.releases.model import CERTAINTIES
from parstudy.text import defer

_ROUNDED = 0.11  # figures of one decimal may miss the sum that is printed

_LETTERS = frozenset({"A", "B", "C", "D", "1", "2", "3", "4", "good", "fair", "moderate", "low"})
_ENOUGH = 10  # units from which a column is told from a few low values

UNKNOWN_UNIT = Kind("unknown_unit", ERROR, defer("A name that no province or region has."))


def unknown_units(t: Tables) -> Iterator[Finding]:
    """A unit whose name is none of the provinces and regions of its time."""
    geography = dict(zip(t.releases["release_id"], t.releases["geography"], strict=True))
    key = ["release_id", "unit_level", "unit_id"]
    for row in rows(t.figures[key].drop_duplicates()):
        try:
            provinces.resolve_unit(row["unit_level"], row["unit_id"], geography[row["release_id"]])
        except ProvinceError as error:
            same = rows(at(t.figures, **row))
            names = [n for n in re.split(r"\s*[,;/&+\n]\s*|\s+(?:và|-|–)\s+", row["unit_id"]) if n]
            if len(names) > 1 and all(map(provinces.is_unit, names)):
                message = "several provinces in one cell"
                wanted = "a row for each of them"
            else:
                message, wanted = error.message, error.expected or error.advice
            yield t.find(UNKNOWN_UNIT, same[0], message, row["unit_id"], wanted, same)


UNKNOWN_SOURCE = Kind(
    "unknown_source", ERROR, defer("A figure names a source that is not in the list of sources.")
)


def unknown_sources(t: Tables) -> Iterator[Finding]:
    """A figure whose source is not in the list of sources."""
    for row in rows(t.figures[~t.figures["source_id"].isin(set(t.sources["source_id"]))]):
        yield t.find(
            UNKNOWN_SOURCE,
            row,
            f"source {row['source_id']!r} is not in the list of sources",
            expected="a source_id of sources.csv",
            figures=[row],
        )


UNKNOWN_MEASURE = Kind("unknown_measure", ERROR, defer("A measure that does not exist."))
UNKNOWN_CERTAINTY = Kind("unknown_certainty", ERROR, defer("A certainty that does not exist."))
UNKNOWN_GROUP = Kind("unknown_group", ERROR, defer("A group that does not exist."))
NOT_A_NUMBER = Kind("not_a_number", ERROR, defer("A figure that is no number."))
NOT_WHOLE = Kind("not_whole", ERROR, defer("A rank or a count that is no whole number."))
OUT_OF_RANGE = Kind("out_of_range", ERROR, defer("A number that its measure cannot have."))
RANK_OUT_OF_RANGE = Kind(
    "rank_out_of_range", ERROR, defer("A rank beyond the number of ranked units.")
)


def measures(t: Tables) -> Iterator[Finding]:
    """Figures that break the rule of their measure in ``facts/measures.csv``."""
    frame = t.figures
    name = frame["measure"].where(~frame["measure"].str.startswith("n_"), "n")
    kind, value = name.map(_rules()["kind"]), frame["value"]
    number = kind.isin(["number", "whole"])
    low, high = _bounds(t, name)
    rank = name.str.startswith("rank")
    outside = number & value.notna() & ~value.between(low, high)
    broken = kind.eq("whole") & value.notna() & value.ne(value.round())
    letter = kind.eq("letter") & ~frame["text"].isin(_LETTERS)
    uncertain = ~frame["certainty"].isin(CERTAINTIES)
    known = ", ".join(CERTAINTIES)
    # what is found, where, in words, the column that shows it, what would be right
    for one, mask, message, shown, wanted in (
        (UNKNOWN_MEASURE, kind.isna(), "unknown measure", "measure", "a known measure"),
        (UNKNOWN_CERTAINTY, uncertain, "unknown certainty", "certainty", known),
        (UNKNOWN_GROUP, letter, "unknown group", "text", "A, B, C or D"),
        (NOT_A_NUMBER, number & value.isna(), "not a number", "text", "a number"),
        (NOT_WHOLE, broken, "not a whole number", "text", "a whole number"),
        (OUT_OF_RANGE, outside & ~rank, "out of range", "text", ""),
        (RANK_OUT_OF_RANGE, outside & rank, "out of range", "text", ""),
    ):
        if not mask.any():
            continue
        ends = zip(low[mask], high[mask], strict=True)
        for row, (least, most) in zip(rows(frame[mask]), ends, strict=True):
            between = f"{least:g} to {most:g}" if most < float("inf") else f"{least:g} or more"
            expected = wanted or between
            text = f"{row['measure']}: {message}"
            yield t.find(one, row, text, str(row[shown]), expected, [row])


@cache
def _rules() -> pd.DataFrame:
    """Kind, lowest and highest value of each measure."""
    rules = table("measures").set_index("measure")
    for column, none in (("lowest", float("-inf")), ("highest", float("inf"))):
        rules[column] = pd.to_numeric(rules[column].replace("", None)).fillna(none)
    return rules


def _bounds(t: Tables, name: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Lowest and highest value that the measure of each figure can have."""
    frame = t.figures
    low, high = (name.map(_rules()[c]) for c in ("lowest", "highest"))
    release = t.releases.set_index("release_id")
    ranked = frame["release_id"].map(release["n_ranked"])
    # ranks of another year are among the provinces of that year: 40/63 beside 12/34
    other = frame["year"].ne(frame["release_id"].map(release["year"]))
    known = {y: len(provinces.units(criteria.geography_of(int(y)))) for y in set(frame["year"])}
    ranked = ranked.mask(other, ranked.combine(frame["year"].map(known), max))
    full = frame["index_id"].map({i: criteria.index(i).max_score for i in set(frame["index_id"])})
    ranks = frame["unit_level"].eq("province") & name.str.startswith("rank")
    high = high.mask(ranks, ranked)
    # no part has more points than the whole
    return low, high.mask(name.isin(["score", "self_assessed"]), full)


DUPLICATE_ROW = Kind("duplicate_row", ERROR, defer("One figure stands twice for one source."))
TWO_VALUES = Kind(
    "two_values_one_source", ERROR, defer("One source gives two values for one figure.")
)


def repeated(figures: pd.DataFrame) -> Iterator[list[Row]]:
    """Figures of one quantity that one source of one release gives more than once."""
    key = [*KEY, "measure", "source_id", "release_id"]
    frame = figures
    if "quantity" not in figures:
        frame = figures.assign(quantity=quantity(figures))
    frame = frame[frame.duplicated(key, keep=False)]
    for _, part in frame.groupby(key, sort=True):
        yield rows(part)


def repeated_rows(t: Tables) -> Iterator[Finding]:
    """The same number twice from one source, or two different numbers from one source."""
    for same in repeated(t.figures):
        *_, last = same
        texts = list(dict.fromkeys(row["text"] for row in same))
        # a release prints its totals in several tables; that is no repetition
        tables = t.reading or any("!" in row["locator"] for row in same)
        if len(texts) == 1 and not tables:
            kind, message, one = DUPLICATE_ROW, "one unit stands twice for one source (first", "row"
        elif not all(agree(same[0], row) for row in same):
            kind, message, one = TWO_VALUES, "one source gives two values (the other", "value"
        else:
            continue
        yield t.find(
            kind,
            same[0],
            f"{message} in {same[0]['locator']})",
            found=" and ".join(texts),
            expected=f"one {one}",
            figures=[last, *same],
        )


OTHER_SCALE = Kind("other_scale", ERROR, defer("A share of one where points or percent belong."))


def other_scale(t: Tables) -> Iterator[Finding]:
    """Shares of 1 where points or percent belong: 0.8712 for 87.12."""
    frame = at(t.figures, unit_level="province")
    if not (frame["measure"].isin(("percent", "score")) & frame["value"].le(1)).any():
        return
    frame = frame[shares_of_one(frame)]
    for _, part in grouped(frame, ["release_id", "index_id", "year", "component"]):
        same = rows(part)
        yield t.find(
            OTHER_SCALE,
            same[0],
            f"{same[0]['measure']} on another scale ({len(same)} figures of at most 1)",
            found=same[0]["text"],
            expected="points or percent such as 87.12",
            figures=same,
        )


def shares_of_one(figures: pd.DataFrame) -> pd.Series:
    """Figures of provinces on another scale than their index's: 0.8712 for 87.12.

    Parameters
    ----------
    figures : DataFrame
        ``index_id, year, component, measure, value``, of any releases.

    Returns
    -------
    Series of bool
        No province's total is one point of a hundred, so a single one tells. One part at zero or
        one percent may be right: there the whole column of a year tells, and only by its decimals.
    """
    most = figures["index_id"].map(
        {i: criteria.index(i).max_score for i in set(figures["index_id"])}
    )
    percent, total = figures["measure"].eq("percent"), figures["component"].eq("total")
    points = figures["measure"].eq("score") & most.gt(1)
    of = [figures[c] for c in ("index_id", "year", "component", "measure")]
    values = figures["value"].groupby(of)
    column = (
        percent
        & values.transform("max").le(1)
        & values.transform("size").ge(_ENOUGH)
        & figures["value"].mod(1).ne(0).groupby(of).transform("any")
    )
    return (total & (percent | points) & figures["value"].le(1)) | (~total & column)


ABOVE_MAXIMUM = Kind("above_maximum", ERROR, defer("A score above the component's maximum."))


def above_maximum(t: Tables) -> Iterator[Finding]:
    """A score above the component's maximum."""
    for (index, year, _), cells in t.units.items():
        for component, cell in cells.items():
            if component == "total" or "score" not in cell:
                continue
            score, printed = cell["score"], cell.get("max")
            most = _most(t, index, year, component, cells)
            if most is None and printed is not None:
                most = printed["value"]
            if most is not None and score["value"] > most + SLACK:
                limit = f"≤ {most:g}"
                if printed is not None and printed["value"] != most:
                    limit = f"≤ {most:g} by the criteria set; {printed['text']} is printed beside"
                yield t.find(
                    ABOVE_MAXIMUM,
                    score,
                    "score above the component's maximum",
                    found=f"{score['value']:g}",
                    expected=limit,
                    figures=[score, printed],
                )


def _most(
    t: Tables, index: str, year: int, component: str, cells: Mapping[str, Mapping[str, Row]]
) -> float | None:
    """Maximum of a component of a unit.

    Where appraisal and survey make up the total, the points of the socio-economic impact stand in
    the column of the appraisal.
    """
    most = t.maximum(index, year, component)
    rest = t.maximum(index, year, "socioeconomic")
    if component != "appraisal" or most is None or not rest or "socioeconomic" in cells:
        return most
    parts = [cells.get(c, {}).get("score") for c in ("appraisal", "survey")]
    total = cells.get("total", {})
    whole = total.get("score") or total.get("percent")
    if whole is None or None in parts:
        return most
    added = sum(p["value"] for p in parts if p)
    return most + rest if abs(added - whole["value"]) <= _ROUNDED else most


MAXIMUM_DISAGREES = Kind(
    "maximum_disagrees", WARNING, defer("A printed maximum differs from the criteria set's.")
)


def maxima(t: Tables) -> Iterator[Finding]:
    """A maximum printed beside a component against the criteria set's."""
    for row in rows(at(t.values, quantity="max", unit_level="province")):
        most = t.maximum(row["index_id"], row["year"], row["component"])
        if most is not None and row["value"] != most:
            yield t.find(
                MAXIMUM_DISAGREES,
                row,
                "printed maximum differs from the criteria set's",
                found=row["text"],
                expected=f"{most:g}",
                figures=t.claims(row),
            )


PERCENT_DISAGREES = Kind(
    "percent_disagrees", WARNING, defer("The printed percentage is not points over maximum.")
)


def percent_of_maximum(t: Tables) -> Iterator[Finding]:
    """Points over maximum against the percentage printed for the same component."""
    frame = t.scores[t.scores["component"].ne("total") & t.scores["index_id"].eq("PAR_INDEX")]
    for row in rows(frame[frame["max_score"].notna()]):
        percent, score, most = t.cell(row, "percent"), t.cell(row, "score"), row["max_score"]
        if percent is None or score is None:
            continue
        computed = score["value"] / most * 100
        if abs(computed - percent["value"]) > half(percent) + half(score) / most * 100 + SLACK:
            yield t.find(
                PERCENT_DISAGREES,
                row,
                "printed percentage is not points over maximum",
                found=percent["text"],
                expected=f"{computed:.2f} ({score['value']:g}/{most:g})",
                figures=[percent, score],
            )


UNKNOWN_COMPONENT = Kind(
    "unknown_component",
    INFO,
    defer("A component that the criteria set does not have; kept as printed."),
    misread=True,
)


def unknown_components(t: Tables) -> Iterator[Finding]:
    """A component that the criteria set of its year does not have."""
    known = set(zip(t.components["criteria_set"], t.components["code"], strict=True))
    keys = ["index_id", "year", "component"]
    for row in rows(t.scores[[*keys, "criteria_set"]].drop_duplicates()):
        name = row["criteria_set"]
        if (name, row["component"]) in known:
            continue
        same = rows(at(t.figures, **{key: row[key] for key in keys}))
        if not same:
            # what a change implies of another year is told at the change
            continue
        yield t.find(
            UNKNOWN_COMPONENT,
            same[0],
            f"component {row['component']!r} is not in criteria set {name or '(none)'}; kept as "
            "printed",
            figures=same,
        )


SYNTHETIC_MIXED = Kind(
    "synthetic_mixed", ERROR, defer("SYNTHETIC and real releases stand in one project.")
)


def synthetic_mix(t: Tables) -> Iterator[Finding]:
    """Synthetic and real releases in one project."""
    made = t.releases[t.releases["synthetic"]]
    if 0 < len(made) < len(t.releases):
        yield t.find(
            SYNTHETIC_MIXED,
            {**rows(made)[0], "unit_id": "", "component": ""},
            "SYNTHETIC and real releases stand in one project",
            found=f"{len(made)} synthetic, {len(t.releases) - len(made)} real",
            expected="one kind only",
        )
