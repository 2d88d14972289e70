"""What planned changes would do to the total and the rank, now and with everybody moving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parstudy.errors import StatisticsError
from parstudy.facts import criteria
from parstudy.records import records
from parstudy.statistics.inputs import choice
from parstudy.statistics.result import Floats
from parstudy.studies.improvement._changes import read_changes
from parstudy.studies.improvement._standing import EXACT, Standing, Tables, crossed, standing_of

_OWN = ("noise", "fixed")
_FEWEST_UNITS = 20
_NEAR = 21


@dataclass(frozen=True, eq=False)
class Outlook:
    """Where the province would stand some years on, if all move as they did in past years.

    Attributes
    ----------
    ranks : Series
        Index rank (1 to n), chance of each, 0 to 1.
    chances : DataFrame
        Index place (10, 20, 30); ``with_plan, without_plan``: chance to be among the first so
        many.
    groups : DataFrame
        Index group; ``with_plan, without_plan``: chance by the thresholds of the base year. The
        row ``""`` is what these thresholds leave open. Empty where they were not seen.
    quantiles : DataFrame
        Index share (0.05, 0.25, 0.5, 0.75, 0.95); ``rank``, ``rank_without``, ``total``,
        ``total_without``.
    pairs : tuple of (int, int)
        Pairs of years whose changes were drawn from.
    n_changes : int
        Yearly changes of provinces in these pairs.
    persistence : float
        Part of a lead over the mean that is kept from one year to the next.
    draws, seed, horizon, own : int, int, int, str
        As asked for.
    """

    ranks: pd.Series[float]
    ranks_without: pd.Series[float]
    chances: pd.DataFrame
    groups: pd.DataFrame
    quantiles: pd.DataFrame
    pairs: tuple[tuple[int, int], ...]
    n_changes: int
    persistence: float
    draws: int
    seed: int
    horizon: int
    own: str


@dataclass(frozen=True, eq=False)
class WhatIf:
    """A planned change and what it would do.

    Attributes
    ----------
    index, year, province_id : str, int, str
        Which index, when, who.
    changes : DataFrame
        Index ``code``; ``name_vi, name_en, lead_department, score, change, new_score, max_score,
        source_id``.
    change : float
        Sum of the changes, in points.
    total, new_total : float
        NaN where the total is not known.
    rank_low, rank_high : int
        Best and worst place that the figures allow now (equal where it is known, 0 if nothing is).
    new_rank_low, new_rank_high : int
        The same after the change, all others unchanged.
    n : int
        Units ranked.
    group, new_group : str
        By the thresholds of the year; empty where they do not say.
    outlook : Outlook or None
        With the others moving as well.
    reason : str
        Why there is no outlook: ``total_not_known``, ``incomplete_year``, ``too_few_years``;
        empty where there is one.
    """

    index: str
    year: int
    province_id: str
    changes: pd.DataFrame
    change: float
    total: float
    new_total: float
    rank_low: int
    rank_high: int
    new_rank_low: int
    new_rank_high: int
    n: int
    group: str
    new_group: str
    outlook: Outlook | None
    reason: str


def what_if(
    tables: Tables,
    province: str,
    year: int,
    changes: Mapping[str, str | float],
    *,
    index: str = "PAR_INDEX",
    horizon: int = 1,
    own: str = "noise",
    tops: Sequence[int] = (10, 20, 30),
    at_least: int = 3,
    draws: int = 4000,
    seed: int = 0,
) -> WhatIf:
    """Compute what planned changes of components would do to total, rank and group.

    With the others fixed, ranks follow from the printed totals; ties share the best place. With
    the others moving, the past is drawn from: for each year ahead a pair of past years is drawn
    (its national change is common to all), and each province is given the change of a province
    drawn from that pair, the vector of all components at once, so that components go on moving
    together. It is drawn from the 21 that stood nearest to where the province stands: those near
    the ceiling have less room. Before the draw the part of a change that standing explains is
    taken out (a lead over the mean is not kept whole) and put back for the province it is given
    to. ``benchmarks/calibration.py`` checks the chances on known processes.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, in which base year, which index.
    changes : mapping
        Code to ``"max"``, a change in points, or ``"=0.75"`` for new points. May be empty: then
        the outlook is that without a plan.
    horizon : int
        Years ahead, 1 to 5.
    own : {"noise", "fixed"}
        Whether the components of the province that are not planned move as in past years too, or
        stay. The planned ones come out as planned either way.
    tops : sequence of int
        Places to give the chance of.
    at_least : int
        Pairs of past years that are needed. Only pairs count that end in the base year or before,
        within the criteria set of the base year.
    draws, seed : int
        Draws and where they start.

    Returns
    -------
    WhatIf

    Raises
    ------
    ParstudyError
        ``unknown_code`` (with the nearest), ``not_known``, ``above_maximum``, ``below_zero``,
        ``bad_change``, ``overlapping_codes``, ``unknown_index``.
    ProvinceError
        If the name is none of the units of that year.
    StatisticsError
        ``bad_horizon``, ``too_few_draws``, ``unknown_method``.
    """
    choice(own, _OWN, "own movement")
    if not 1 <= horizon <= 5:
        raise StatisticsError("bad_horizon", "horizon", found=str(horizon), expected="1 to 5")
    if draws < 100:
        raise StatisticsError("too_few_draws", "draws", found=str(draws), expected="100 or more")
    standing = standing_of(tables, province, year, index)
    planned = read_changes(standing, changes)
    change = round(float(planned["change"].sum()), EXACT)
    total = standing.score
    rank_low, rank_high = standing.rank_bounds
    new_low, new_high = standing.moved(change)
    new_total = round(total + change, EXACT)
    outlook: Outlook | None = None
    reason = ""
    if np.isnan(total):
        reason = "total_not_known"
    elif not standing.complete:
        reason = "incomplete_year"
    else:
        pairs = _pairs(tables.scores, standing, list(planned.index))
        if len(pairs) < at_least:
            reason = "too_few_years"
        else:
            outlook = _outlook(standing, pairs, change, horizon, own, tops, draws, seed)
    return WhatIf(
        index=index,
        year=year,
        province_id=standing.province_id,
        changes=planned,
        change=change,
        total=total,
        new_total=new_total,
        rank_low=rank_low,
        rank_high=rank_high,
        new_rank_low=new_low,
        new_rank_high=new_high,
        n=standing.n,
        group=_group(standing, total),
        new_group=_group(standing, new_total),
        outlook=outlook,
        reason=reason,
    )


def _group(standing: Standing, total: float) -> str:
    return "" if np.isnan(total) else criteria.group_of(standing.index, standing.year, total)


# --- the past ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Pair:
    """Changes of all provinces between two years of one criteria set."""

    years: tuple[int, int]
    lead: Floats  # total over the mean in the first year
    total: Floats  # change of the total
    rest: Floats  # change of what is not planned


def _pairs(scores: pd.DataFrame, standing: Standing, codes: list[str]) -> list[_Pair]:
    """Pairs of neighbouring years up to the base year, all within its criteria set."""
    names = set(standing.totals["criteria_set"])
    rows = scores[
        scores["index_id"].eq(standing.index)
        & scores["year"].le(standing.year)
        & scores["criteria_set"].isin(names)
        & scores["component"].isin(["total", *codes])
        & scores["score"].notna()
    ]
    by_year = {
        int(year): rows[rows["year"].eq(year)].pivot(
            index="province_id", columns="component", values="score"
        )
        for year in rows["year"].unique()
    }
    pairs = []
    for year in sorted(by_year):
        if year + 1 not in by_year or crossed(year + 1):
            continue
        before, after = by_year[year], by_year[year + 1]
        known = before.reindex(columns=["total", *codes]).dropna().index
        known = known.intersection(after.reindex(columns=["total", *codes]).dropna().index)
        if len(known) < _FEWEST_UNITS:
            continue
        change = after.loc[known] - before.loc[known]
        lead = before.loc[known, "total"] - before.loc[known, "total"].mean()
        total = change["total"].to_numpy(dtype=float)
        rest = total - change[codes].sum(axis=1).to_numpy(dtype=float)
        pairs.append(_Pair((year, year + 1), lead.to_numpy(dtype=float), total, rest))
    return pairs


def _slope(pairs: Sequence[_Pair], column: str) -> float:
    """Common slope of the changes on the lead, each pair with its own mean."""
    over = sum(
        float(pair.lead @ (getattr(pair, column) - getattr(pair, column).mean())) for pair in pairs
    )
    under = sum(float(pair.lead @ pair.lead) for pair in pairs)
    return over / under if under else 0.0


# --- the years ahead -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Past:
    """Changes of past years, parted into what standing explains and what is left to be drawn."""

    pairs: Sequence[_Pair]
    slope: float  # change of the total for one point of lead over the mean
    slope_rest: float  # the same of what is not planned
    left: Sequence[Floats]  # of each pair, change of the total without its mean and slope
    left_rest: Sequence[Floats]

    @classmethod
    def of(cls, pairs: Sequence[_Pair]) -> _Past:
        """Take out of the changes what standing explains."""
        slope, slope_rest = _slope(pairs, "total"), _slope(pairs, "rest")
        return cls(
            pairs=pairs,
            slope=slope,
            slope_rest=slope_rest,
            left=[p.total - p.total.mean() - slope * p.lead for p in pairs],
            left_rest=[p.rest - p.rest.mean() - slope_rest * p.lead for p in pairs],
        )


def _futures(
    standing: Standing, past: _Past, horizon: int, own: str, draws: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Draw the years ahead.

    Returns
    -------
    (array, array, array)
        Totals of the others, shape (draws, n - 1); of the province without its plan, and with the
        planned components held still, shape (draws,).
    """
    rng = np.random.default_rng(seed)
    top = criteria.index(standing.index).max_score
    others = np.tile(standing.others, (draws, 1))
    free = np.full(draws, standing.score)
    kept = np.full(draws, standing.score)
    for _ in range(horizon):
        which = rng.integers(len(past.pairs), size=draws)
        mean = (others.sum(axis=1) + free) / (others.shape[1] + 1)
        lead, own_lead = others - mean[:, None], free - mean
        for at, pair in enumerate(past.pairs):
            rows = np.flatnonzero(which == at)
            giver = _givers(rng, pair.lead, lead[rows])
            others[rows] += pair.total.mean() + past.slope * lead[rows] + past.left[at][giver]
            giver = _givers(rng, pair.lead, own_lead[rows])
            free[rows] += pair.total.mean() + past.slope * own_lead[rows] + past.left[at][giver]
            if own == "noise":
                expected = pair.rest.mean() + past.slope_rest * own_lead[rows]
                kept[rows] += expected + past.left_rest[at][giver]
        np.clip(others, 0, top, out=others)
        np.clip(free, 0, top, out=free)
    return others, free, kept


def _outlook(
    standing: Standing,
    pairs: list[_Pair],
    change: float,
    horizon: int,
    own: str,
    tops: Sequence[int],
    draws: int,
    seed: int,
) -> Outlook:
    """Say where the province stands in the years drawn, with its plan and without."""
    past = _Past.of(pairs)
    others, free, kept = _futures(standing, past, horizon, own, draws, seed)
    planned = np.clip(kept + change, 0, criteria.index(standing.index).max_score)
    rank, rank_without = (
        1 + (others > own_total[:, None]).sum(axis=1) for own_total in (planned, free)
    )
    chances = {
        "with_plan": [float((rank <= k).mean()) for k in tops],
        "without_plan": [float((rank_without <= k).mean()) for k in tops],
    }
    return Outlook(
        ranks=_distribution(rank, standing.n),
        ranks_without=_distribution(rank_without, standing.n),
        chances=pd.DataFrame(chances, index=pd.Index(list(tops), name="place")),
        groups=_group_chances(standing, planned, free),
        quantiles=_quantiles(rank, rank_without, planned, free),
        pairs=tuple(p.years for p in pairs),
        n_changes=sum(len(p.total) for p in pairs),
        persistence=1 + past.slope,
        draws=draws,
        seed=seed,
        horizon=horizon,
        own=own,
    )


def _quantiles(
    rank: Floats, rank_without: Floats, total: Floats, total_without: Floats
) -> pd.DataFrame:
    """Quantiles of ranks and totals; a rank is a whole number."""
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    columns = {
        "rank": np.quantile(rank, shares, method="inverted_cdf"),
        "rank_without": np.quantile(rank_without, shares, method="inverted_cdf"),
        "total": np.quantile(total, shares),
        "total_without": np.quantile(total_without, shares),
    }
    frame = pd.DataFrame(columns, index=pd.Index(shares, name="share"))
    return frame.astype({"rank": int, "rank_without": int})


def _givers(rng: np.random.Generator, past: Floats, lead: Floats) -> NDArray[np.int64]:
    """Draw a province for each lead, from those that stood nearest to it in the past year."""
    n, k = len(past), min(_NEAR, len(past))
    order = np.argsort(past, kind="stable")
    first = np.clip(np.searchsorted(past[order], lead) - k // 2, 0, n - k)
    givers: NDArray[np.int64] = order[first + rng.integers(k, size=lead.shape)]
    return givers


def _distribution(rank: Floats, n: int) -> pd.Series[float]:
    counts = np.bincount(rank.astype(int), minlength=n + 1)[1:]
    index = pd.RangeIndex(1, n + 1, name="rank")
    return pd.Series(counts / counts.sum(), index=index, name="chance")


def _group_chances(standing: Standing, planned: Floats, free: Floats) -> pd.DataFrame:
    bounds = criteria.thresholds(standing.index, standing.year)
    columns = ["with_plan", "without_plan"]
    if bounds.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="group"), dtype=float)
    highest = float(bounds["below_percent"].max())
    rows = {}
    for bound in records(bounds):
        low, high = bound["from_percent"], bound["below_percent"]
        closed = high == highest
        rows[str(bound["group"])] = [
            float(((x >= low) & ((x < high) | (closed & (x == high)))).mean())
            for x in (planned, free)
        ]
    left = [1 - sum(column) for column in zip(*rows.values(), strict=True)]
    if max(left) > 1e-9:
        rows[""] = [max(x, 0.0) for x in left]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.rename_axis("group")
