"""Several indices: whose ranks are known in each, and how far their orders agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.errors import StatisticsError
from parstudy.facts import criteria
from parstudy.records import records
from parstudy.statistics import drivers
from parstudy.statistics.inference import adjust_pvalues, fisher_interval
from parstudy.statistics.ranking import rank
from parstudy.studies import coverage
from parstudy.studies.one_index import (
    FEWEST,
    SIPAS_PART,
    THIRDS,
    known_ranks,
    order_of,
    sipas_points,
    thirds,
)

FEWEST_FOR_A_PAIR = 5
"""Fewest provinces for which a rank correlation is given."""
_FEWEST_FOR_A_SLOPE = 10
LARGE = 30
"""Fewest units for which errors that hold for large samples give a p-value."""
_PROCEDURES = "D5"
"""Dimension of PAPI: public administrative procedures."""


def ranks_of(scores: pd.DataFrame, year: int) -> pd.DataFrame:
    """Known ranks of a year: index ``province_id``, one column per index with any."""
    part = at(scores, year=year, component="total")
    columns = {}
    for name in sorted(part["index_id"].unique(), key=order_of):
        found = known_ranks(part[part["index_id"].eq(name)].set_index("province_id")).dropna()
        if len(found):
            columns[str(name)] = found
    return pd.DataFrame(columns).sort_index().rename_axis("province_id")


def n_ranked(scores: pd.DataFrame, year: int) -> dict[str, int]:
    """Units that each index ranks in a year: fewer than all in a pilot or where some are absent."""
    part = at(scores, year=year, component="total")
    return {str(i): int(n) for i, n in part.groupby("index_id")["n_ranked"].max().dropna().items()}


def pair(x: pd.Series[Any], y: pd.Series[Any]) -> dict[str, Any]:
    """Spearman's rho of two columns of ranks, with Fisher's interval.

    Returns
    -------
    dict
        ``n, spearman, low, high, p, reason`` (``too_few_rows`` below 5, ``constant``).
    """
    from scipy.stats import spearmanr

    both = pd.concat([x, y], axis=1, keys=["x", "y"]).dropna()
    out: dict[str, Any] = {
        "n": len(both), "spearman": np.nan, "low": np.nan, "high": np.nan, "p": np.nan,
        "reason": "",
    }  # fmt: skip
    if len(both) < FEWEST_FOR_A_PAIR:
        return out | {"reason": "too_few_rows"}
    if both["x"].nunique() < 2 or both["y"].nunique() < 2:
        return out | {"reason": "constant"}
    found = spearmanr(both["x"], both["y"])
    low, high = fisher_interval(float(found.statistic), len(both), "spearman", 0.95)
    return out | {
        "spearman": float(found.statistic), "low": low, "high": high, "p": float(found.pvalue),
    }  # fmt: skip


def smallest_clear(n: int, level: float = 0.05, power: float = 0.8) -> tuple[float, float]:
    """Rank correlations that ``n`` units can tell from none.

    Parameters
    ----------
    n : int
        Units with both figures, at least `FEWEST_FOR_A_PAIR`.
    level, power : float
        Two-sided level of the test; how often the second correlation shall be found.

    Returns
    -------
    (float, float)
        The smallest correlation in the figures that is clear, and the correlation in truth that
        is found with probability ``power`` (Fisher's z with Fieller's variance 1.06 / (n - 3)).
    """
    from scipy.stats import norm, t

    critical = float(t.ppf(1 - level / 2, n - 2))
    least = critical / np.sqrt(n - 2 + critical**2)
    shift = float(norm.ppf(1 - level / 2) + norm.ppf(power))
    return float(least), float(np.tanh(shift * np.sqrt(1.06 / (n - 3))))


def matrix(ranks: pd.DataFrame) -> pd.DataFrame:
    """All pairs of columns of ranks: ``x, y`` and what `pair` gives, p corrected over the pairs.

    Returns
    -------
    DataFrame
        One row per pair, ``p_bh`` after Benjamini and Hochberg.
    """
    rows = [{"x": x, "y": y, **pair(ranks[x], ranks[y])} for x, y in combinations(ranks, 2)]
    out = pd.DataFrame(rows, columns=["x", "y", "n", "spearman", "low", "high", "p", "reason"])
    out["p_bh"] = adjust_pvalues(out["p"], "BH") if out["p"].notna().any() else np.nan
    return out


def by_year(scores: pd.DataFrame) -> pd.DataFrame:
    """The relation of every pair of indices, year by year.

    Parameters
    ----------
    scores : DataFrame
        Table of the dataset.

    Returns
    -------
    DataFrame
        ``year, x, y`` and what `pair` gives; ``broken``: one of the two changed its method or
        criteria that year. Years without a province in both are left out.
    """
    breaks = criteria.all_breaks()
    broken = set(zip(breaks["index_id"], breaks["year"], strict=True))
    rows = []
    for year in sorted(int(y) for y in scores["year"].unique()):
        for row in records(matrix(ranks_of(scores, year))):
            if row["n"]:
                changed = (row["x"], year) in broken or (row["y"], year) in broken
                rows.append({"year": year, **row, "broken": changed})
    columns = ["year", "x", "y", "n", "spearman", "low", "high", "p", "reason", "broken"]
    return pd.DataFrame(rows, columns=columns).sort_values(["x", "y", "year"], ignore_index=True)


def selection(x: pd.Series[Any], y: pd.Series[Any], n_units: int) -> dict[str, Any]:
    """How far a rank correlation hangs on which ranks are known.

    Parameters
    ----------
    x, y : Series
        Known ranks of two indices.
    n_units : int
        Units that are ranked.

    Returns
    -------
    dict
        ``thirds`` (table as of `thirds`, by ``x``), ``spearman`` as it is, ``balanced`` (each
        third of the ranking by ``x`` weighs a third; NaN if one is empty), ``n_balanced_min``
        (provinces in the thinnest third), ``upper, n_upper`` and ``lower, n_lower`` (within the
        better and the worse half by ``x``; NaN below 5).
    """
    both = pd.concat([x, y], axis=1, keys=["x", "y"]).dropna()
    counted = thirds(both["x"], n_units)
    edges = [0, *counted["of"].cumsum()]
    which = pd.cut(both["x"], edges, labels=list(THIRDS)).astype(str)
    weight = which.map(counted["of"] / counted["n"].replace(0, np.nan)).astype(float)
    thinnest = int(counted["n"].min())
    halves = {
        name: both[mask]
        for name, mask in (
            ("upper", both["x"].le(n_units / 2)),
            ("lower", both["x"].gt(n_units / 2)),
        )
    }
    return {
        "thirds": counted,
        "n": len(both),
        "spearman": pair(both["x"], both["y"])["spearman"],
        "balanced": _weighted(both, weight) if thinnest > 0 else float("nan"),
        "n_balanced_min": thinnest,
        **{name: pair(half["x"], half["y"])["spearman"] for name, half in halves.items()},
        **{f"n_{name}": len(half) for name, half in halves.items()},
    }


def _weighted(both: pd.DataFrame, weight: pd.Series[Any]) -> float:
    """Weighted correlation of ranks: they are those of all units already."""
    w = weight.to_numpy() / weight.sum()
    centred = both - (both.mul(w, axis=0)).sum()
    cov = (centred["x"] * centred["y"] * w).sum()
    scale = np.sqrt((centred["x"] ** 2 * w).sum() * (centred["y"] ** 2 * w).sum())
    return float(cov / scale) if scale > 0 else float("nan")


def tau_bounds(
    x_low: pd.Series[Any], x_high: pd.Series[Any], y_low: pd.Series[Any], y_high: pd.Series[Any]
) -> dict[str, float]:
    """Bounds of Kendall's tau when ranks are known up to bounds only.

    Parameters
    ----------
    x_low, x_high, y_low, y_high : Series, index = unit
        Best and worst possible rank on both sides; all units, also those of whom nothing is
        known (1 to n then).

    Returns
    -------
    dict
        ``low, high`` and ``settled`` (share of the pairs of units whose order is known on both
        sides). A pair that is not settled counts −1 in the lower and +1 in the upper bound;
        such bounds hold for every completion of the data, and may be wider than need be.
    """
    signs, told = [], []
    for low, high in ((x_low, x_high), (y_low, y_high)):
        a, b = low.to_numpy(dtype=float), high.to_numpy(dtype=float)
        sign = (a[:, None] > b[None, :]).astype(int) - (b[:, None] < a[None, :]).astype(int)
        exact = a == b
        tied = exact[:, None] & exact[None, :] & (a[:, None] == a[None, :])
        signs.append(sign)
        told.append((sign != 0) | tied)
    upper = np.triu_indices(len(x_low), 1)
    product = (signs[0] * signs[1])[upper]
    known = (told[0] & told[1])[upper]
    n = len(product)
    if not n:
        return {"low": np.nan, "high": np.nan, "settled": np.nan}
    total, open_ = float(product[known].sum()), float((~known).sum())
    return {"low": (total - open_) / n, "high": (total + open_) / n, "settled": 1 - open_ / n}


def rank_bounds(scores: pd.DataFrame, index: str, year: int, units: Sequence[str]) -> pd.DataFrame:
    """Best and worst possible rank of every unit: ``low, high``; 1 to n where nothing is known."""
    part = at(scores, index_id=index, year=year)
    own = part[part["component"].eq("total")].set_index("province_id")
    exact = known_ranks(own)
    low = exact.fillna(own["rank_low"].astype("Float64").astype(float)).reindex(list(units))
    high = exact.fillna(own["rank_high"].astype("Float64").astype(float)).reindex(list(units))
    return pd.DataFrame({"low": low.fillna(1.0), "high": high.fillna(float(len(units)))})


def selections(ds: Dataset, ranks: pd.DataFrame, year: int) -> pd.DataFrame:
    """How far the relation of each pair of indices hangs on which ranks are known.

    Parameters
    ----------
    ds : Dataset
        Its ``scores`` and ``units(year)``.
    ranks : DataFrame
        Ranks of the year, as of `ranks_of`.
    year : int
        Index year.

    Returns
    -------
    DataFrame
        One row per pair with at least `FEWEST_FOR_A_PAIR` provinces: ``x, y``, what `selection`
        gives (``thirds`` as counts, first to last), ``tau_low, tau_high, settled`` of
        `tau_bounds`.
    """
    of = n_ranked(ds.scores, year)
    units = sorted(ds.units(year)["province_id"])
    bounds = {str(name): rank_bounds(ds.scores, str(name), year, units) for name in ranks}
    rows = []
    for x, y in combinations(bounds, 2):
        if len(ranks[[x, y]].dropna()) < FEWEST_FOR_A_PAIR:
            continue
        found = selection(ranks[x], ranks[y], of[x])
        tau = tau_bounds(bounds[x]["low"], bounds[x]["high"], bounds[y]["low"], bounds[y]["high"])
        counts = "/".join(str(n) for n in found["thirds"]["n"])
        taus = {"tau_low": tau["low"], "tau_high": tau["high"], "settled": tau["settled"]}
        rows.append({"x": x, "y": y, **found, "thirds": counts, **taus})
    return pd.DataFrame(rows)


def partial(ranks: pd.DataFrame, x: str, y: str, given: pd.Series[Any]) -> dict[str, Any]:
    """Slope of the rank of y on the rank of x, with and without a third thing held fixed.

    Parameters
    ----------
    ranks : DataFrame
        One column per index.
    x, y : str
        Columns.
    given : Series
        Score that is held fixed; ranked first. The same units are used with and without it.

    Returns
    -------
    dict
        ``n, slope, slope_low, slope_high, given_slope, given_low, given_high, reason``.
    """
    both = ranks[[x, y]].join(given.rename("given"), how="inner").dropna()
    names = ("slope", "slope_low", "slope_high", "given_slope", "given_low", "given_high")
    out: dict[str, Any] = dict.fromkeys(names, np.nan)
    out |= {"n": len(both), "reason": ""}
    if len(both) < _FEWEST_FOR_A_SLOPE:
        return out | {"reason": "too_few_rows"}
    fixed = rank(both["given"], "average").astype(float).rename("given") / len(both)
    try:
        plain = drivers.rank_rank(both[x], both[y], ascending=True).table
        held = drivers.rank_rank(both[x], both[y], fixed.to_frame(), ascending=True).table
    except StatisticsError as error:
        return out | {"reason": error.code}
    figures = [
        float(table[column][f"rank({x})"])
        for table in (plain, held)
        for column in ("estimate", "ci_low", "ci_high")
    ]
    return out | dict(zip(names, figures, strict=True))


def fits(ranks: pd.DataFrame, **options: Any) -> dict[tuple[str, str], drivers.RankRank]:
    """Regress the rank of one index on that of another, for all pairs with ten units or more.

    Parameters
    ----------
    ranks : DataFrame
        One column per index, as of `ranks_of`.
    **options
        Of :func:`parstudy.statistics.drivers.rank_rank`; ties take the mean rank (``omega=0.5``)
        unless they say other. ``covariates``: a frame of what is held fixed, one row a unit.

    Returns
    -------
    dict
        Pair → regression of the rank of its second index on that of its first.
    """
    found = {}
    held = options.pop("covariates", None)
    for x, y in combinations([str(name) for name in ranks], 2):
        both = ranks[[x, y]].dropna()
        if held is not None:
            both = both[both.index.isin(held.dropna().index)]
        if len(both) < _FEWEST_FOR_A_SLOPE or both[x].nunique() < 3 or both[y].nunique() < 3:
            continue
        given = None if held is None else held.loc[both.index]
        found[x, y] = drivers.rank_rank(
            both[x], both[y], given, **{"omega": 0.5, "ascending": True, **options}
        )
    return found


def slopes(found: Mapping[tuple[str, str], drivers.RankRank]) -> pd.DataFrame:
    """Slopes of all pairs, as of `fits`, with valid standard errors.

    Returns
    -------
    DataFrame
        ``x, y, n, slope, low, high, p, naive_se, std_error`` and ``p_bh``: the rank of y on the
        rank of x. No p-value below `LARGE` units: the errors hold for large samples, and the
        correlation of the same ranks is tested exactly.
    """
    rows = []
    for (x, y), fit in found.items():
        row = fit.table.loc[fit.rank_term]
        rows.append(
            {
                "x": x, "y": y, "n": fit.n, "slope": row["estimate"], "low": row["ci_low"],
                "high": row["ci_high"],
                "p": row["p_value"] if fit.n >= LARGE else np.nan, "naive_se": row["naive_se"],
                "std_error": row["std_error"],
            }
        )  # fmt: skip
    columns = ["x", "y", "n", "slope", "low", "high", "p", "naive_se", "std_error"]
    out = pd.DataFrame(rows, columns=columns)
    return out.assign(p_bh=adjust_pvalues(out["p"], "BH") if out["p"].notna().any() else np.nan)


@dataclass(frozen=True)
class Shared:
    """PAR INDEX against SIPAS, with what they share by construction taken out.

    Attributes
    ----------
    result : External
        The relation, and what taking the points out changed.
    published : int
        Provinces whose SIPAS points in PAR INDEX are published; for the others they are computed
        from the SIPAS percentage.
    maximum : float
        Points that SIPAS can give.
    assumed : bool
        The maximum of that year is not known; the largest of any criteria set is taken.
    """

    result: drivers.External
    published: int
    maximum: float
    assumed: bool


def shared_points(ds: Dataset, year: int, draws: int = 499) -> Shared | None:
    """PAR INDEX against SIPAS with the points that SIPAS gives in PAR INDEX taken out.

    Parameters
    ----------
    ds : Dataset
        Its ``scores`` and ``components``.
    year, draws : int
        Index year; draws of the bootstrap.

    Returns
    -------
    Shared or None
        None where fewer than `FEWEST` provinces have both scores, or no maximum is known.
    """
    totals = at(ds.scores, year=year, component="total")
    wide = totals.pivot(index="province_id", columns="index_id", values="score")
    if not {"PAR_INDEX", "SIPAS"} <= set(wide.columns):
        return None
    tree = at(ds.components, index_id="PAR_INDEX", code=SIPAS_PART).set_index("criteria_set")
    maxima = tree["max_score"]
    own = set(at(ds.scores, index_id="PAR_INDEX", year=year)["criteria_set"])
    known = maxima[maxima.index.isin(own)].dropna()
    maximum = float((known if len(known) else maxima).max())
    if not maximum > 0:
        return None
    points, told = sipas_points(ds, year)
    points = points.combine_first(wide["SIPAS"] * maximum / 100).rename(SIPAS_PART)
    both = wide[["PAR_INDEX", "SIPAS"]].join(points, how="inner").dropna()
    if len(both) < FEWEST or both["SIPAS"].nunique() < 2:
        return None
    rest = (both["PAR_INDEX"] - both[SIPAS_PART]).rename("rest").to_frame()
    found = drivers.external(
        rest,
        both["SIPAS"],
        total=both["PAR_INDEX"],
        contained=both[SIPAS_PART],
        draws=draws,
    )
    published = int(told.reindex(both.index).fillna(False).astype(bool).sum())
    return Shared(found, published, maximum, not len(known))


def parts_against(
    ds: Dataset, *, index: str, year: int, level: str, outcome: str, outcome_year: int
) -> drivers.External | None:
    """Parts of one index against the known ranks in another.

    Parameters
    ----------
    ds : Dataset
        Its ``scores`` and ``components``.
    index, year, level : str, int, str
        Whose parts.
    outcome, outcome_year : str, int
        Whose ranks, of which year.

    Returns
    -------
    External or None
        None where fewer than `FEWEST` provinces have both.
    """
    frame = coverage.component_frame(ds.scores, ds.components, index=index, year=year, level=level)
    ranks = ranks_of(ds.scores, outcome_year)
    if outcome not in ranks or frame.empty:
        return None
    known = ranks[outcome].dropna()
    known = known[known.index.isin(frame.index)]
    if len(known) < FEWEST or known.nunique() < 2:
        return None
    frame = frame.loc[known.index]
    return drivers.external(
        frame.drop(columns="total"), known, total=frame["total"], outcome_is_rank=True, draws=0
    )


def papi_parts(ds: Dataset, year: int) -> list[tuple[str, str, int, drivers.External | None]]:
    """Dimensions and sub-dimensions of PAPI against PAR INDEX, SIPAS and next year's PAR INDEX.

    Parameters
    ----------
    ds : Dataset
        Its ``scores`` and ``components``.
    year : int
        Index year of PAPI.

    Returns
    -------
    list of (level, index, year of the ranks, External or None)
    """
    return [
        (
            level,
            index,
            when,
            parts_against(
                ds, index="PAPI", year=year, level=level, outcome=index, outcome_year=when
            ),
        )
        for index, when in (("PAR_INDEX", year), ("SIPAS", year), ("PAR_INDEX", year + 1))
        for level in ("area", "criterion")
    ]


def procedures_fixed(
    scores: pd.DataFrame, ranks: pd.DataFrame, year: int
) -> dict[tuple[str, str], dict[str, Any]]:
    """Every pair of indices but PAPI with PAPI's administrative procedures held fixed.

    Parameters
    ----------
    scores : DataFrame
        Table of the dataset.
    ranks : DataFrame
        Ranks of the year, as of `ranks_of`.
    year : int
        Index year.

    Returns
    -------
    dict
        Pair → what `partial` gives; empty where that dimension is not known.
    """
    part = at(scores, index_id="PAPI", year=year, component=_PROCEDURES)
    known = part.set_index("province_id")["score"].dropna()
    if known.empty:
        return {}
    names = [str(name) for name in ranks if name != "PAPI"]
    return {(x, y): partial(ranks, x, y, known) for x, y in combinations(names, 2)}
