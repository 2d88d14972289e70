"""Figures of the nation and of regions against those of the provinces."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from parstudy.dataset.checks.findings import WARNING, Finding, Kind, named
from parstudy.dataset.checks.tables import SLACK, Row, Tables, grouped, half, rows
from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.facts.provinces import NATION_ID, registry
from parstudy.text import defer

_RELEASE = ["index_id", "year"]
_FULL = 63  # units ranked where no release says how many
_ROUNDED_PARTS = 0.015  # a range of two rounded numbers is off by this at most

GROUPS_DO_NOT_ADD_UP = Kind(
    "groups_do_not_add_up", WARNING, defer("The numbers of units in the groups do not add up.")
)
GROUP_TOO_SMALL = Kind(
    "group_too_small", WARNING, defer("More units are known to be in a group than are counted.")
)


def _totals(t: Tables) -> pd.DataFrame:
    """Chosen figures of the nation, of the whole index."""
    return at(t.values, unit_level="national", component="total")


def group_counts(t: Tables) -> Iterator[Finding]:
    """Counts of groups add up to the number of units and are not below what is known."""
    counts = _totals(t)
    counts = counts[counts["quantity"].str.startswith("n_group_")]
    for (index, year), part in grouped(counts, _RELEASE):
        own, total = rows(part), part["value"].sum()
        n = t.n_ranked.get((index, year), _FULL)
        letters = [row["quantity"].removeprefix("n_group_") for row in own]
        stated = set(criteria.thresholds(index, year)["group"])
        if total > n or (stated and stated == set(letters) and total != n):
            yield t.find(
                GROUPS_DO_NOT_ADD_UP,
                own[0],
                "numbers of units in the groups do not add up",
                found=f"{total:g}",
                expected=str(n),
                figures=[*t.claims(own[0]), *own],
            )
        known = at(t.scores, index_id=index, year=year, component="total")
        published, computed = known["group_published"], known["group_computed"]
        group = published.where(published.ne(""), computed)
        for row, letter in zip(own, letters, strict=True):
            members = int(group.eq(letter).sum())
            if members > row["value"]:
                yield t.find(
                    GROUP_TOO_SMALL,
                    row,
                    f"more units are known to be in group {letter} than are counted",
                    found=row["text"],
                    expected=f"≥ {members}",
                    figures=t.claims(row),
                )


GROUP_DISAGREES = Kind(
    "group_disagrees",
    WARNING,
    defer("The group does not follow from the score and the thresholds."),
)


def groups(t: Tables) -> Iterator[Finding]:
    """Published group against the score and the year's thresholds."""
    both = t.scores[t.scores["group_published"].ne("") & t.scores["group_computed"].ne("")]
    for row in rows(both[both["group_published"].ne(both["group_computed"])]):
        yield t.find(
            GROUP_DISAGREES,
            row,
            "published group does not follow from the score and the year's thresholds",
            found=f"{row['group_published']} ({row['score']:g})",
            expected=row["group_computed"],
            figures=[t.cell(row, "group"), t.cell(row, "score")],
        )


COUNTS_EXCEED_UNITS = Kind(
    "counts_exceed_units",
    WARNING,
    defer("Counts of rises and falls exceed the number of units."),
)


def directions(t: Tables) -> Iterator[Finding]:
    """How many rose and fell cannot exceed the number of units."""
    for names in (("n_rose", "n_fell"), ("n_rank_up", "n_rank_same", "n_rank_down")):
        nation = _totals(t)
        for (index, year), part in grouped(nation[nation["quantity"].isin(names)], _RELEASE):
            own, n = rows(part), t.n_ranked.get((index, year), _FULL)
            if part["value"].sum() > n:
                yield t.find(
                    COUNTS_EXCEED_UNITS,
                    own[0],
                    f"{' + '.join(names)} exceed the number of units",
                    found=f"{part['value'].sum():g}",
                    expected=f"≤ {n}",
                    figures=[*t.claims(own[0]), *own],
                )


BEYOND_EXTREME = Kind(
    "beyond_extreme",
    WARNING,
    defer("A score lies beyond the nation's printed extreme."),
    misread=True,
)
EXTREME_DISAGREES = Kind(
    "extreme_disagrees",
    WARNING,
    defer("The first or last rank does not have the printed extreme score."),
    misread=True,
)


def extremes(t: Tables) -> Iterator[Finding]:
    """A province beyond the nation's printed highest or lowest score, or none that has it."""
    nation = _totals(t)
    for row in rows(nation[nation["quantity"].isin(["min", "max"])]):
        part = at(t.scores, index_id=row["index_id"], year=row["year"], component="total")
        part = part[part["score"].notna()]
        highest = row["quantity"] == "max"
        gap = part["score"] - row["value"] if highest else row["value"] - part["score"]
        beyond = gap.gt(half(row))
        for other in rows(part[beyond]):
            yield t.find(
                BEYOND_EXTREME,
                other,
                f"score beyond {named(row['quantity'])} printed for the nation",
                found=f"{other['score']:g}",
                expected=f"{'≤' if highest else '≥'} {row['text']}",
                figures=[t.cell(other, "score"), row],
            )
        rank = 1 if highest else part["n_ranked"].max()
        for other in rows(part[part["rank_published"].eq(rank) & ~beyond]):
            if abs(other["score"] - row["value"]) > half(row) + half(other) + SLACK:
                yield t.find(
                    EXTREME_DISAGREES,
                    other,
                    f"rank {rank} does not have {named(row['quantity'])} printed for the nation",
                    found=f"{other['score']:g}",
                    expected=row["text"],
                    figures=[t.cell(other, "score"), t.cell(other, "rank"), row],
                )


RANGE_DISAGREES = Kind(
    "range_disagrees", WARNING, defer("The printed range is not highest minus lowest.")
)


def ranges(t: Tables) -> Iterator[Finding]:
    """Printed range against highest minus lowest."""
    for row in rows(at(t.values, unit_level="national", quantity="range")):
        high, low = t.cell(row, "max"), t.cell(row, "min")
        if high is None or low is None:
            continue
        computed = high["value"] - low["value"]
        if abs(computed - row["value"]) > _ROUNDED_PARTS:
            yield t.find(
                RANGE_DISAGREES,
                row,
                "printed range is not highest minus lowest",
                found=f"{row['value']:g}",
                expected=f"{computed:.2f} ({high['value']:g} − {low['value']:g})",
                figures=[*t.claims(row), high, low],
            )


MEAN_DISAGREES = Kind(
    "mean_disagrees", WARNING, defer("A printed mean is not the mean of its units."), misread=True
)


def regional_means(t: Tables) -> Iterator[Finding]:
    """Means of the six regions against the nation's mean, and against complete members."""
    provinces = registry("63")
    members = {str(r): list(p["province_id"]) for r, p in provinces.groupby("region_id")}
    everyone = {**members, NATION_ID: list(provinces["province_id"])}
    for (index, year), part in grouped(at(t.values, quantity="mean", component="total"), _RELEASE):
        of_year = at(t.scores, index_id=index, year=year, component="total")
        scores = of_year.set_index("unit_id")["score"].dropna()
        printed = {row["unit_id"]: row for row in rows(part)}
        for unit, row in printed.items():
            units = everyone.get(unit, [])
            if units and scores.index.isin(units).sum() == len(units):
                computed = float(scores[units].mean())
                if abs(computed - row["value"]) > half(row) + 0.01:
                    message = "printed mean is not the mean of the units"
                    yield _mean(t, row, message, computed, t.claims(row))
        nation = printed.get(NATION_ID)
        if nation is not None and printed.keys() >= members.keys():
            weighed = sum(printed[region]["value"] * len(own) for region, own in members.items())
            computed = float(weighed / len(provinces))
            if abs(computed - nation["value"]) > 0.1:
                message = (
                    "the six regional means, weighted by their provinces, do not give the nation's "
                    "mean"
                )
                behind = [*t.claims(nation), *printed.values()]
                yield _mean(t, nation, message, computed, behind)


def _mean(t: Tables, row: Row, message: str, computed: float, behind: list[Row]) -> Finding:
    return t.find(MEAN_DISAGREES, row, message, row["text"], f"{computed:.2f}", behind)
