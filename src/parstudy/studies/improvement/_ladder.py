"""Neighbours in rank, and what a few points more would have meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.records import records
from parstudy.studies.improvement._standing import EXACT, Standing, Tables, refuse, standing_of


@dataclass(frozen=True, eq=False)
class Ladder:
    """Places around a province.

    Attributes
    ----------
    index, year, province_id : str, int, str
        Of what.
    rank_low, rank_high, n : int
        Place of the province (bounds; 0 if nothing is known), units ranked.
    table : DataFrame
        One row per rung: ``rank, province_id`` (empty: who stands there is not known), ``score,
        score_low, score_high`` (bounds that ranks and scores of others prove), ``decimals, gap``
        (score minus the province's own; NaN where one is not known), ``gap_low, gap_high``,
        ``source_id``.
    complete : bool
        Whether all totals of the year are known.
    unknown : tuple of int
        Places shown whose holder is not known.
    """

    index: str
    year: int
    province_id: str
    rank_low: int
    rank_high: int
    n: int
    table: pd.DataFrame
    complete: bool
    unknown: tuple[int, ...]


def ladder(
    tables: Tables,
    province: str,
    year: int,
    *,
    around: int = 5,
    up_to: int = 0,
    index: str = "PAR_INDEX",
) -> Ladder:
    """List the neighbours in rank with the points between them.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, in which year, which index.
    around : int
        Places to each side.
    up_to : int
        A better place up to which the ladder goes at least.

    Returns
    -------
    Ladder
        Without rows where the place of the province is not known at all.

    Raises
    ------
    ProvinceError
        If the name is none of the units of that year.
    """
    standing = standing_of(tables, province, year, index)
    low, high = standing.rank_bounds
    rows: list[dict[str, Any]] = []
    if low:
        first, last = max(1, low - around), min(standing.n, high + around)
        first = min(first, up_to) if up_to > 0 else first
        rows = _rungs(standing, first, last)
    columns = ["rank", "province_id", "score", "score_low", "score_high", "decimals", "gap"]
    columns += ["gap_low", "gap_high", "source_id"]
    table = pd.DataFrame(rows, columns=columns)
    table["decimals"] = table["decimals"].astype(float)
    unknown = tuple(int(r["rank"]) for r in rows if not r["province_id"])
    return Ladder(
        index, year, standing.province_id, low, high, standing.n, table, standing.complete, unknown
    )


def _rungs(standing: Standing, first: int, last: int) -> list[dict[str, Any]]:
    totals = standing.totals[standing.totals["rank"].notna()].sort_index()
    own_low, own_high = standing.own_bounds
    rows = []
    taken_to = 0
    for rank in range(1, last + 1):
        holders = totals[totals["rank"].eq(rank)]
        if len(holders):
            taken_to = rank + len(holders) - 1  # a tie takes the places after it as well
        if rank < first or (holders.empty and rank <= taken_to):
            continue
        low, high = float(standing.low[rank - 1]), float(standing.high[rank - 1])
        for held in records(holders.reset_index()):
            score = float(held["score"])
            rows.append(
                {
                    "rank": rank,
                    "province_id": str(held["province_id"]),
                    "score": score,
                    "score_low": low if np.isnan(score) else score,
                    "score_high": high if np.isnan(score) else score,
                    "decimals": held["decimals"],
                    "gap": round(score - standing.score, EXACT),
                    "source_id": held["score_source_id"] or held["rank_source_id"],
                }
            )
        if holders.empty:
            rows.append(
                {
                    "rank": rank, "province_id": "", "score": np.nan, "score_low": low,
                    "score_high": high, "decimals": np.nan, "gap": np.nan, "source_id": "",
                }
            )  # fmt: skip
    for row in rows:
        known = not np.isnan(row["gap"])
        own = row["province_id"] == standing.province_id
        # rounding of the printed scores is left aside where both are printed
        row["gap_low"] = row["gap"] if known else round(row["score_low"] - own_high, EXACT)
        row["gap_high"] = row["gap"] if known else round(row["score_high"] - own_low, EXACT)
        if own:
            row["gap_low"] = row["gap_high"] = 0.0
    return rows


@dataclass(frozen=True, eq=False)
class PointValues:
    """What a few points more would have meant, the others as they were.

    Attributes
    ----------
    index, year, province_id : str, int, str
        Of what.
    total, rank_low, rank_high, n : float, int, int, int
        Where the province stands.
    table : DataFrame
        Index ``points``; ``total`` (NaN where the own total is not known), ``rank_low,
        rank_high`` (best and worst place that the published figures allow), ``places_low,
        places_high`` (places gained, fewest and most), ``exact``.
    exact : bool
        Whether all totals of the year are known.
    n_known : int
        Other units with a known total.
    reason : str
        ``nothing_known`` if neither score nor rank of the province is known, else empty.
    sources : tuple of str
        Sources of the scores and ranks that decide.
    """

    index: str
    year: int
    province_id: str
    total: float
    rank_low: int
    rank_high: int
    n: int
    table: pd.DataFrame
    exact: bool
    n_known: int
    reason: str
    sources: tuple[str, ...]


def value_of_points(
    tables: Tables,
    province: str,
    year: int,
    points: Sequence[float] = (1, 2, 3),
    *,
    index: str = "PAR_INDEX",
) -> PointValues:
    """Say what so many points more would have meant in places.

    Exact where the totals of all units are known (as printed; ties share the best place). Else
    bounds: a unit with a better rank has no lower score, printed scores are right to half a unit
    of their last decimal, and the sizes of the groups and the extremes hold. No place outside of
    the bounds is possible; within them the figures do not decide.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, in which year, which index.
    points : sequence of float
        Points more (or fewer, if negative).

    Returns
    -------
    PointValues

    Raises
    ------
    ParstudyError
        ``bad_points`` for what is no finite number.
    ProvinceError
        If the name is none of the units of that year.
    """
    standing = standing_of(tables, province, year, index)
    for more in points:
        if isinstance(more, bool) or not np.isfinite(more):
            raise refuse("bad_points", "points", standing, found=repr(more), expected="a number")
    best, worst = standing.rank_bounds
    rows = []
    if best and not np.isnan(standing.own_bounds[0]):
        for more in points:
            new_best, new_worst = standing.moved(more)
            rows.append(
                {
                    "points": float(more),
                    "total": round(standing.score + more, EXACT),
                    "rank_low": new_best,
                    "rank_high": new_worst,
                    # where the own place is a range, the ends alone would let points cost places
                    "places_low": best - new_worst if more < 0 else max(best - new_worst, 0),
                    "places_high": worst - new_best if more > 0 else min(worst - new_best, 0),
                    "exact": new_best == new_worst,
                }
            )
    columns = ["points", "total", "rank_low", "rank_high", "places_low", "places_high", "exact"]
    table = pd.DataFrame(rows, columns=columns).set_index("points")
    return PointValues(
        index=index,
        year=year,
        province_id=standing.province_id,
        total=standing.score,
        rank_low=best,
        rank_high=worst,
        n=standing.n,
        table=table,
        exact=standing.complete,
        n_known=len(standing.others),
        reason="" if rows else "nothing_known",
        sources=_deciding(standing, table),
    )


def _deciding(standing: Standing, table: pd.DataFrame) -> tuple[str, ...]:
    """Sources of the ranks between the place held and the best place reached, and one beyond."""
    if table.empty:
        return ()
    low = min(int(table["rank_low"].min()), standing.rank_bounds[0])
    high = max(int(table["rank_high"].max()), standing.rank_bounds[1])
    ranks = standing.totals[standing.totals["rank"].notna()]
    near = ranks[ranks["rank"].between(low, high)]
    beyond = ranks[ranks["rank"].lt(low)].sort_values("rank").tail(1)
    used = pd.concat([beyond, near]).sort_values("rank")
    ids = [i for row in used[["score_source_id", "rank_source_id"]].to_numpy() for i in row]
    return tuple(dict.fromkeys(str(i) for i in ids if i))
