"""One index in one year, all provinces: distribution, ranking, regions, groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.errors import ParstudyError
from parstudy.facts import criteria
from parstudy.records import records
from parstudy.studies.contradictions import Contradictions, contradictions
from parstudy.studies.implied import implied_from

FEWEST = 3
"""Fewest units of which a mean is given."""
COVERAGE = 0.5
"""Least share of the units of a region that must be known for a mean of it."""


@dataclass(frozen=True)
class Overview:
    """What a national overview states, as tables.

    Attributes
    ----------
    index, year : str, int
        Which release.
    n_units : int
        Units that the release is about.
    n_ranked, n_scores, n_ranks : int
        Units in the release; how many scores and ranks are published in the data.
    ranks_computed : bool
        True where no rank is published, but every ranked unit has a score: ``rank`` is computed
        from the scores then, and a page must say so.
    ranking : DataFrame
        One row for every province with any figure: ``rank`` with its bounds (as published, or all
        computed), score, group, change; best first, then by the best place possible.
    nation : DataFrame
        Published figures of the nation: ``measure, value, decimals, source_id, conflict``.
    regions : DataFrame
        ``region_id, mean_published, mean_known, n_known, n_members, source_id``; no mean where
        too few of the region's provinces are known.
    fewest, coverage : int, float
        Least number of provinces known, and least share of a region's provinces, for a mean.
    groups : DataFrame
        ``group, from_percent, below_percent, n_published, n_known``.
    implied : DataFrame
        Rows of ``scores`` of the other provinces whose rank or score follows from the figure of
        a neighbouring year and a published change, with ``score_implied_from,
        rank_implied_from``: which year that is.
    contradictions : Contradictions
        What the checks say against figures of the release; rows of ``ranking``, ``nation`` and
        ``regions`` that they touch are ``contested``.
    """

    index: str
    year: int
    n_ranked: int
    n_units: int
    n_scores: int
    n_ranks: int
    ranks_computed: bool
    ranking: pd.DataFrame
    nation: pd.DataFrame
    regions: pd.DataFrame
    groups: pd.DataFrame
    implied: pd.DataFrame
    contradictions: Contradictions
    fewest: int = FEWEST
    coverage: float = COVERAGE


def overview(
    ds: Dataset, index: str, year: int, *, fewest: int = FEWEST, coverage: float = COVERAGE
) -> Overview:
    """Collect what is known of one index in one year.

    Parameters
    ----------
    ds : Dataset
        Its ``releases``, ``scores``, ``aggregates`` and ``units(year)``.
    index, year : str, int
        Which release.
    fewest, coverage : int, float
        Least number of provinces known, and least share of a region's provinces, for a mean.

    Returns
    -------
    Overview

    Raises
    ------
    ParstudyError
        ``no_release`` if the dataset has no figure of that index and year.
    """
    n_ranked = _n_ranked(ds, index, year)
    provinces = ds.units(year)
    part = at(ds.scores, index_id=index, year=year, component="total")
    told = part["score"].notna() | part["rank_low"].notna() | part["group_published"].ne("")
    implied = part[~told & (part["rank_implied"].notna() | part["score_implied"].notna())]
    part = part[told]
    bounded = part["rank_low"].notna().any() or part["rank_published"].notna().any()
    computed = bool(not bounded and part["rank_computed"].notna().any())
    nation = at(ds.aggregates, index_id=index, year=year, component="total")
    found = contradictions(ds, index_id=index, year=year)
    part = part.assign(contested=part["province_id"].isin(found.units))
    nation = nation.assign(contested=_contested(nation, ds, found))
    return Overview(
        index=index,
        year=year,
        n_ranked=n_ranked,
        # where nobody publishes ranks, those with a score are ranked: that says nothing of the rest
        n_units=len(provinces) if computed else n_ranked,
        n_scores=int(part["score"].notna().sum()),
        n_ranks=int(part["rank_published"].notna().sum()),
        ranks_computed=computed,
        ranking=_ranking(part, computed),
        nation=nation[nation["unit_level"].eq("national")].reset_index(drop=True),
        regions=_regions(part, nation, provinces, fewest, coverage),
        groups=_groups(part, nation, criteria.thresholds(index, year)),
        implied=_implied(ds, implied),
        contradictions=found,
        fewest=fewest,
        coverage=coverage,
    )


def _implied(ds: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of figures that follow from others, with the years of these."""
    if len(rows):
        index, year = rows["index_id"].iloc[0], int(rows["year"].iloc[0])
        after = at(ds.scores, index_id=index, year=year + 1, component="total")
        origins = {
            "score_implied_from": implied_from(rows, after, "score"),
            "rank_implied_from": implied_from(rows, after, "rank"),
        }
        rows = rows.assign(**origins)
    return rows.reset_index(drop=True)


def _contested(nation: pd.DataFrame, ds: Dataset, found: Contradictions) -> pd.Series[Any]:
    """Whether a finding touches a figure of the nation or a region: that measure, not its unit."""
    ids = set(found.findings["figure_ids"].str.split().explode().dropna())
    touched = at(ds.figures, figure_id=ids)
    pairs = set(zip(touched["unit_id"], touched["measure"], strict=True))
    told = [pair in pairs for pair in zip(nation["unit_id"], nation["measure"], strict=True)]
    return pd.Series(told, index=nation.index, dtype=bool)


def _n_ranked(ds: Dataset, index: str, year: int) -> int:
    """How many units the release ranks."""
    rows = at(ds.releases, index_id=index, year=year)
    if rows.empty:
        years = ", ".join(map(str, ds.years(index)))
        raise ParstudyError(
            "no_release",
            "no figures of this year",
            found=f"{index} {year}",
            expected=years,
            advice="" if years else "`parstudy fetch` brings the companion indices",
        )
    return int(rows["n_ranked"].iloc[0])


def _ranking(part: pd.DataFrame, computed: bool) -> pd.DataFrame:
    """Provinces, best first, then by the best rank possible; with ``rank``."""
    part = part.assign(rank=part["rank_computed" if computed else "rank_published"])
    if computed:
        part = part.assign(rank_low=part["rank"], rank_high=part["rank"])
    order = part.assign(_low=part["rank_low"].astype("Float64").fillna(10**6))
    ranking = order.sort_values(
        ["_low", "rank_high", "score", "province_id"], ascending=[True, True, False, True]
    )
    return ranking.drop(columns="_low").reset_index(drop=True)


def _regions(
    part: pd.DataFrame, nation: pd.DataFrame, provinces: pd.DataFrame, fewest: int, share: float
) -> pd.DataFrame:
    """Means of the regions; of the provinces known only where these can stand for the region."""
    rows: list[dict[str, Any]] = []
    means = nation[nation["measure"].eq("mean")]
    published = {row["unit_id"]: row for row in records(means)}
    score = part.set_index("province_id")["score"]
    for region, members in provinces.groupby("region_id")["province_id"]:
        known = score.reindex(members).dropna()
        told = published.get(region, {})
        enough = len(known) >= fewest and len(known) >= share * len(members)
        rows.append(
            {
                "region_id": region,
                "mean_published": told.get("value", float("nan")),
                "mean_known": known.mean() if enough else float("nan"),
                "n_known": len(known),
                "n_members": len(members),
                "source_id": told.get("source_id", ""),
                "contested": bool(told.get("contested", False)),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.sort_values(
        ["mean_published", "region_id"], ascending=[False, True], na_position="last"
    ).reset_index(drop=True)


def _groups(part: pd.DataFrame, nation: pd.DataFrame, thresholds: pd.DataFrame) -> pd.DataFrame:
    counts = nation[
        nation["unit_level"].eq("national") & nation["measure"].str.startswith("n_group_")
    ]
    published = dict(
        zip(counts["measure"].str.removeprefix("n_group_"), counts["value"], strict=True)
    )
    sources = dict(
        zip(counts["measure"].str.removeprefix("n_group_"), counts["source_id"], strict=True)
    )
    own = part["group_published"].where(part["group_published"].ne(""), part["group_computed"])
    names = list(dict.fromkeys([*thresholds["group"], *sorted(published), *sorted(set(own))]))
    bounds = thresholds.set_index("group")
    rows = [
        {
            "group": name,
            "from_percent": bounds["from_percent"].get(name, float("nan")),
            "below_percent": bounds["below_percent"].get(name, float("nan")),
            "n_published": published.get(name, float("nan")),
            "n_known": int(own.eq(name).sum()),
            "source_id": sources.get(name, ""),
        }
        for name in names
        if name
    ]
    columns = ["group", "from_percent", "below_percent", "n_published", "n_known", "source_id"]
    return pd.DataFrame(rows, columns=columns)
