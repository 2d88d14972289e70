"""Ranks, groups and how sure a rank is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.result import Floats, Result, drops

__all__ = [
    "RankSets",
    "fractional_rank",
    "groups",
    "rank",
    "rank_confidence_sets",
    "rank_numbers",
    "survey_standard_errors",
    "value_levels",
]

_TIES = ("min", "max", "average", "dense", "first")
_NOISE = 1e-12
_EXACT = 2.0**52  # floats hold whole numbers below it, and others between them
_NO_TOP = 1e50


def value_levels(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Number the distinct values upward; values that differ by float noise are one level.

    Neighbours within noise of each other that together spread farther are no tie: large figures
    with small differences are told apart.

    Examples
    --------
    >>> value_levels(np.array([0.1 + 0.2, 0.3, 0.5])).tolist()
    [0, 0, 1]
    """
    if not len(values):
        return np.empty(0, dtype=np.int64)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    size = np.abs(ordered)
    floor = min(1.0, float(size.max()))
    steps = np.diff(ordered)
    # sums taken in another order differ in the last bits
    noise = _NOISE * np.maximum(np.maximum(size[1:], size[:-1]), floor)
    if size.max() < _EXACT and (ordered == np.round(ordered)).all():
        noise = np.zeros_like(noise)  # whole numbers hold none
    level = np.concatenate([[0], np.cumsum(steps > noise)])
    starts = np.flatnonzero(np.diff(level, prepend=-1))
    width = ordered[np.append(starts[1:], len(ordered)) - 1] - ordered[starts]
    wide = width > _NOISE * np.maximum(size[starts], floor) * 2
    if wide.any():
        level = np.concatenate([[0], np.cumsum(steps > np.where(wide[level[1:]], 0.0, noise))])
    out = np.empty(len(values), dtype=np.int64)
    out[order] = level
    return out


def rank(values: Any, ties: str = "min", ascending: bool = False) -> pd.Series[Any]:
    """Rank units, 1 for the best.

    Parameters
    ----------
    values : Series or sequence of float, shape (n,)
        Scores at full precision. Missing ones stay unranked and do not count. Values that differ
        by float noise only (about 1e-10 for scores up to 100) are tied; whole numbers below
        4.5e15 are told apart.
    ties : {"min", "max", "average", "dense", "first"}
        ``"min"`` gives tied units the lowest rank of their block ("1224").
    ascending : bool
        True when a small value is the best.

    Returns
    -------
    Series
        Int64 with NA where unranked; Float64 for ``ties="average"``. Index as in ``values``.

    Raises
    ------
    StatisticsError
        ``infinite_value``, ``not_a_number``, ``unknown_method``.

    Examples
    --------
    >>> rank([70.0, 90.0, 90.0, None]).tolist()
    [3, 1, 1, <NA>]
    """
    inputs.choice(ties, _TIES, "tie rule")
    inputs.check_options(ascending=ascending)
    series = inputs.numeric_series(values, "values")
    given = series.to_numpy()
    missing = np.isnan(given)
    level = value_levels(given[~missing])
    ranks: Any = np.ones(len(given), dtype=np.float64 if ties == "average" else np.int64)
    ranks[~missing] = _ranked(level if ascending else level.max(initial=0) - level, ties)
    masked = pd.arrays.FloatingArray if ties == "average" else pd.arrays.IntegerArray
    return pd.Series(masked(ranks, missing), index=series.index, name="rank")


def _ranked(level: np.ndarray[Any, Any], ties: str) -> np.ndarray[Any, Any]:
    """Ranks of levels that are numbered from 0 upward, the lowest first."""
    if ties == "dense":
        return level + 1
    if ties == "first":
        places = np.empty_like(level)
        places[np.argsort(level, kind="stable")] = np.arange(1, len(level) + 1)
        return places
    last = np.cumsum(np.bincount(level))
    first = np.concatenate([[1], last[:-1] + 1])
    found = {"min": first, "max": last, "average": (first + last) / 2}[ties]
    return found[level] if len(level) else np.empty(0)


def rank_numbers(values: Any) -> pd.Series[Any]:
    """Ranks as floats for correlations: the largest has the largest, ties share the middle.

    Examples
    --------
    >>> rank_numbers([0.1 + 0.2, 0.3, 0.5]).tolist()
    [1.5, 1.5, 3.0]
    """
    return rank(values, ties="average", ascending=True).astype(float)


def groups(percent: Any, thresholds: Any) -> pd.Series[Any]:
    """Sort units into groups by their score.

    Parameters
    ----------
    percent : Series or sequence of float, shape (n,)
        Scores in percent of the maximum.
    thresholds : DataFrame or mapping
        Table ``group, from_percent, below_percent`` (:func:`parstudy.facts.criteria.thresholds`),
        or group → lowest percent. A lower bound belongs to its group, the upper bound to the next
        better one; the best group is closed at its top.

    Returns
    -------
    Series of ordered category
        Worst group first in the order of the categories; missing where the bounds do not say.

    Raises
    ------
    StatisticsError
        ``bad_thresholds`` when bounds overlap or are upside down.

    Examples
    --------
    >>> groups([95.0, 80.0, 60.0], {"A": 90, "B": 80, "C": 0}).tolist()
    ['A', 'B', 'C']
    """
    series = inputs.numeric_series(percent, "percent")
    bounds = _bounds(thresholds)
    low, top = bounds["from_percent"].to_numpy(), bounds["below_percent"].to_numpy()
    if not len(bounds) or (low >= top).any() or (top[:-1] > low[1:]).any():
        raise StatisticsError(
            "bad_thresholds",
            "group thresholds overlap or are upside down",
            found=inputs.some(bounds.itertuples(index=False, name=None)),
        )
    values = series.round(10).to_numpy()
    codes = np.full(len(values), -1)
    for position in range(len(bounds)):
        inside = (values >= low[position]) & (values < top[position])
        if position == len(bounds) - 1:
            inside |= values == top[position]
        codes[inside] = position
    names = pd.Index(bounds["group"].astype(str))
    labels = pd.Categorical.from_codes(codes.tolist(), categories=names, ordered=True)
    return pd.Series(labels, index=series.index, name="group")


def _bounds(thresholds: Any) -> pd.DataFrame:
    """Bounds of the groups, worst group first."""
    columns = ["group", "from_percent", "below_percent"]
    if isinstance(thresholds, Mapping):
        for name, low in thresholds.items():
            inputs.check_number(low, f"threshold of group {name}")
        lows = sorted(((float(low), str(name)) for name, low in thresholds.items()), reverse=True)
        if not lows:
            raise StatisticsError("bad_thresholds", "no group has a threshold", found="none")
        tops = [np.inf, *(low for low, _ in lows[:-1])]
        rows = [(name, low, top) for (low, name), top in zip(lows, tops, strict=True)]
        bounds = pd.DataFrame(rows, columns=columns)
    else:
        bounds = inputs.table_of(thresholds, "thresholds", "bad_thresholds")
        if not set(columns) <= set(bounds.columns):
            raise StatisticsError(
                "bad_thresholds",
                "the table of group thresholds lacks columns",
                found=inputs.some(bounds.columns),
                expected=", ".join(columns),
            )
    edges = inputs.numeric_frame(bounds[columns[1:]].replace(np.inf, _NO_TOP), "thresholds")
    bounds = edges.replace(_NO_TOP, np.inf).assign(group=bounds["group"])
    return bounds.sort_values("from_percent", ignore_index=True)


# --- how sure a rank is -------------------------------------------------------------------------

_KINDS = ("marginal", "simultaneous")
_SIDES = ("two-sided", "lower", "upper")
_METHODS = ("bootstrap", "bonferroni")


def survey_standard_errors(
    percent: Any, sample_size: Any, *, design_effect: float = 1.0
) -> pd.Series[Any]:
    """Standard errors of shares from a survey of known size; an assumption, not a measurement.

    Parameters
    ----------
    percent : Series or sequence of float, shape (n,)
        Shares in percent, as SIPAS gives them.
    sample_size : Series, sequence or int
        People asked, per unit or for all.
    design_effect : float
        Variance relative to simple random sampling; clustered samples lie well above 1.

    Returns
    -------
    Series of float
        sqrt(design_effect · p (100 − p) / size), in percentage points.

    Raises
    ------
    StatisticsError
        ``not_a_percentage`` or ``bad_sample_size``.

    Examples
    --------
    >>> survey_standard_errors([50.0], 400).tolist()
    [2.5]
    """
    inputs.check_number(design_effect, "design_effect")
    share = inputs.numeric_series(percent, "percent")
    outside = share.index[(share < 0) | (share > 100)]
    inputs.refuse("not_a_percentage", "shares outside 0 to 100", outside)
    if 0 < share.max() <= 1:
        raise StatisticsError(
            "not_a_percentage",
            "no share is above 1",
            found=f"largest {share.max():g}",
            expected="percent, 0 to 100",
            advice="Multiply fractions by 100",
        )
    if inputs.is_scalar(sample_size, "sample_size"):
        inputs.check_number(sample_size, "sample_size")
        sample_size = pd.Series(float(sample_size), index=share.index)
    size: pd.Series[Any] = inputs.matched(
        inputs.numeric_series(sample_size, "sample_size", share.index), share.index, "sample_size"
    )
    if (size <= 0).any() or size.isna().any() or not design_effect > 0:
        raise StatisticsError("bad_sample_size", "sample size and design effect must be above 0")
    return ((design_effect * share * (100 - share) / size) ** 0.5).rename("standard_error")


def _errors_of(x: pd.Series[Any], covariance: Any, standard_errors: Any) -> tuple[Any, Any]:
    """Variances and, where there is one, the covariance matrix of the estimates."""
    if (covariance is None) == (standard_errors is None):
        raise StatisticsError(
            "one_of_two",
            "give either covariance or standard_errors",
            found="both" if covariance is not None else "neither",
        )
    p = len(x)
    if standard_errors is not None:
        if isinstance(standard_errors, Mapping):
            standard_errors = pd.Series(dict(standard_errors))
        elif inputs.is_scalar(standard_errors, "standard_errors"):
            inputs.check_number(standard_errors, "standard_errors", 0)
            standard_errors = pd.Series(standard_errors, index=x.index)
        se = inputs.matched(
            inputs.numeric_series(standard_errors, "standard_errors", x.index),
            x.index,
            "standard_errors",
        )
        wrong = x.index[x.notna() & (se.isna() | (se < 0))]
        inputs.refuse("bad_standard_error", "standard errors missing or below 0", wrong)
        return se.to_numpy() ** 2, None
    if isinstance(covariance, pd.DataFrame):
        covariance = _labelled(covariance, x.index)
    try:
        matrix = np.asarray(covariance, dtype=float)
    except (TypeError, ValueError) as reason:
        raise StatisticsError(
            "not_a_covariance", "the covariance is not a matrix of numbers"
        ) from reason
    if matrix.shape != (p, p):
        raise StatisticsError(
            "not_a_covariance",
            "the covariance is not a matrix of the right size",
            found=f"shape {matrix.shape}",
            expected=f"({p}, {p})",
            advice="A vector of standard errors goes into standard_errors"
            if matrix.ndim == 1
            else "",
        )
    seen = x.notna().to_numpy()
    broken = ~np.isfinite(matrix) & seen[:, None] & seen[None, :]
    if broken.any():
        rows = x.index[broken.any(axis=1)]
        raise StatisticsError(
            "not_a_covariance", "missing or infinite covariances", found=inputs.some(rows)
        )
    variance = np.diag(matrix).copy()
    known = matrix[np.ix_(seen, seen)]
    if (np.diag(known) >= 0).all() and np.count_nonzero(known - np.diag(np.diag(known))) == 0:
        return variance, None  # independent estimates: the same draws as from standard errors
    return variance, matrix


def _labelled(covariance: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Bring a covariance table into the order of the estimates, by its labels."""
    p = len(covariance)
    if covariance.index.equals(index) and covariance.columns.equals(index):
        return covariance
    plain = pd.RangeIndex(p)
    if covariance.index.equals(plain) and covariance.columns.equals(plain):
        return covariance  # no labels: the order is that of the estimates
    for side in (covariance.index, covariance.columns):
        unknown = [name for name in index if name not in side]
        if unknown or not side.is_unique:
            raise StatisticsError(
                "index_mismatch",
                "the covariance does not name the same units as the estimates",
                found=inputs.some(side),
                expected=inputs.some(index),
            )
    return covariance.reindex(index=index, columns=index)


def _check_covariance(matrix: Any, names: pd.Index) -> None:
    size = float(np.abs(matrix).max())
    if not np.allclose(matrix, matrix.T, rtol=0, atol=1e-8 * size):
        raise StatisticsError("not_a_covariance", "the covariance is not symmetric")
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -1e-8 * size:
        worst = names[np.argsort(-np.abs(vectors[:, 0]))[:3]]
        raise StatisticsError(
            "not_a_covariance",
            "the covariance is not positive semi-definite",
            found=f"smallest eigenvalue {values[0]:.3g}, most of it from {inputs.some(worst)}",
        )


def _positions(units: Any, index: pd.Index) -> Any:
    if units is None:
        return np.arange(len(index))
    wanted = [units] if isinstance(units, str) or not np.iterable(units) else list(units)
    absent = [unit for unit in wanted if unit not in index]
    if absent or not wanted:
        raise StatisticsError(
            "unknown_unit",
            "units without an estimate",
            found=inputs.some(absent) or "no unit at all",
        )
    return index.get_indexer(pd.Index(dict.fromkeys(wanted)))


@dataclass(frozen=True, eq=False, kw_only=True)
class RankSets(Result):
    """Places that each unit may really have.

    Attributes
    ----------
    table : DataFrame
        Index unit; ``lower`` (best place), ``rank`` (ties share the lowest), ``upper`` (worst
        place), Int64; empty for units without an estimate.
    critical_value : Series or float
        Before stepping down; of marginal sets one per unit.
    confidence : float
    kind : {"marginal", "simultaneous"}
    sides : {"two-sided", "lower", "upper"}
    method : {"bootstrap", "bonferroni"}
    """

    critical_value: pd.Series[Any] | float
    confidence: float
    kind: str
    sides: str
    method: str


def rank_confidence_sets(
    estimates: Any,
    covariance: Any = None,
    standard_errors: Any = None,
    *,
    confidence: float = 0.95,
    kind: str = "marginal",
    sides: str = "two-sided",
    stepdown: bool = True,
    method: str = "bootstrap",
    draws: int = 1000,
    seed: int = 0,
    units: Any = None,
    ascending: bool = False,
) -> RankSets:
    """Say which ranks a unit may really have, given that its score is an estimate.

    Parameters
    ----------
    estimates : Series, shape (p,)
        Scores, index = unit. Missing ones are left out: p shrinks and their row is empty.
    covariance : DataFrame or array, shape (p, p), optional
        Covariance matrix of the estimates.
    standard_errors : Series, sequence or float, optional
        Standard errors of independent estimates; either this or ``covariance``.
    confidence : float
        Probability with which the sets hold the true ranks.
    kind : {"marginal", "simultaneous"}
        One unit at a time, or all units of ``units`` together.
    sides : {"two-sided", "lower", "upper"}
        ``"lower"``: only the best possible place says something; ``"upper"``: only the worst.
    stepdown : bool
        Take out what is decided and test the rest again: smaller sets, same coverage.
    method : {"bootstrap", "bonferroni"}
        Critical values from draws of the normal distribution, or by counting comparisons
        (no simulation, wider sets; Holm's with ``stepdown``).
    draws, seed : int
        Draws of the bootstrap and where they start.
    units : sequence, optional
        Units wanted; the simultaneous set then covers these only.
    ascending : bool
        True when a small value is the best.

    Returns
    -------
    RankSets

    Raises
    ------
    StatisticsError
        ``not_a_covariance``, ``bad_standard_error``, ``no_uncertainty`` (two units known
        exactly), ``unknown_unit`` and what the input checks say.

    Notes
    -----
    Mogstad, Romano, Shaikh and Wilhelm (2024), *Inference for Ranks with Applications to Mobility
    across Neighbourhoods and Academic Achievement across Countries*, Review of Economic Studies
    91(1). Units with equal scores are never told apart.

    A unit may be among the first k, with probability ``confidence`` for all such units at once, if
    ``lower`` of the simultaneous sets with ``sides="lower"`` is k or less; among the last k, if
    ``upper`` with ``sides="upper"`` is above n − k.

    Marginal sets of independent estimates take time p² and memory p · draws; simultaneous sets
    memory p².

    Examples
    --------
    >>> scores = pd.Series([80.0, 70.0, 69.0], index=["a", "b", "c"])
    >>> sets = rank_confidence_sets(scores, standard_errors=1.0).table
    >>> sets["lower"].tolist(), sets["upper"].tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    inputs.check_options(
        confidence=confidence, stepdown=stepdown, draws=draws, seed=seed, ascending=ascending
    )
    _check_kinds(kind, sides, method, draws)
    x = inputs.numeric_series(estimates, "estimates")
    inputs.need_unique(x.index, "estimates")
    variance, matrix = _errors_of(x, covariance, standard_errors)
    wanted = _positions(units, x.index)
    seen = x.notna().to_numpy()
    if matrix is not None:
        matrix = matrix[np.ix_(seen, seen)]
        _check_covariance(matrix, x.index[seen])
    p = int(seen.sum())
    asked = np.array([w for w in wanted if seen[w]], dtype=int)
    lower, upper = np.full(len(x), np.nan), np.full(len(x), np.nan)
    critical: Any = np.nan
    if len(asked):
        _check_uncertainty(variance[seen], matrix, x.index[seen])
        rows = (np.cumsum(seen) - 1)[asked]  # of the units asked for, among those ranked
        how = (rows, kind, confidence, sides, stepdown)
        better, worse, critical = _decided(
            x[seen].to_numpy() * (-1.0 if ascending else 1.0), variance[seen], matrix, how,
            None if method == "bonferroni" else (draws, seed),
        )  # fmt: skip
        lower[asked], upper[asked] = 1 + np.asarray(better), p - np.asarray(worse)
    places = {"lower": lower, "rank": rank(x, ascending=ascending).array, "upper": upper}
    table = pd.DataFrame(places, index=x.index).astype("Int64")
    if kind == "marginal":
        critical = _of_each(critical, asked, x.index).iloc[wanted]
    return RankSets(
        table=table.iloc[wanted] if units is not None else table,
        n=p,
        dropped=drops([("row", unit, "missing", "estimate") for unit in x.index[~seen]]),
        assumptions=("known_errors", "normal_errors"),
        critical_value=critical,
        confidence=confidence,
        kind=kind,
        sides=sides,
        method=method,
    )


def _check_kinds(kind: str, sides: str, method: str, draws: int) -> None:
    """Refuse words that name no set, and draws too few for a quantile."""
    inputs.choice(kind, _KINDS, "kind of set")
    inputs.choice(sides, _SIDES, "side")
    inputs.choice(method, _METHODS, "method")
    if draws < 50 and method == "bootstrap":
        raise StatisticsError(
            "too_few_draws", "too few draws for a quantile", found=str(draws), expected="50 or more"
        )


def _of_each(critical: Any, asked: Floats, index: pd.Index) -> pd.Series[Any]:
    """Critical values of the units asked for."""
    out = pd.Series(np.nan, index=index, name="critical_value")
    out.iloc[asked] = critical
    return out


def _decided(
    x: Floats,
    variance: Floats,
    matrix: Any,
    how: tuple[Floats, str, float, str, bool],
    bootstrap: tuple[int, int] | None,
) -> tuple[Any, Any, Any]:
    """Numbers of units surely better and surely worse than those asked for, critical values."""
    if len(x) == 1:
        return 0, 0, np.nan
    if bootstrap is None:
        return _bonferroni(x, variance, matrix, *how)
    draws, seed = bootstrap
    return _bootstrap(x, variance, matrix, *how, draws, seed)


def _bootstrap(
    x: Floats,
    variance: Floats,
    matrix: Floats | None,
    asked: Floats,
    kind: str,
    confidence: float,
    sides: str,
    stepdown: bool,
    draws: int,
    seed: int,
) -> tuple[Any, Any, Any]:
    """Numbers of units surely better and surely worse, critical values from draws."""
    from parstudy.statistics._rank_sets import Comparisons

    engine = Comparisons(x, variance, matrix, draws, seed)
    if kind == "simultaneous":
        return engine.simultaneous(asked, confidence, sides, stepdown)
    found = [engine.marginal(int(j), confidence, sides, stepdown) for j in asked]
    better, worse, critical = (list(column) for column in zip(*found, strict=True))
    return better, worse, critical


def _check_uncertainty(variance: Any, matrix: Any, names: pd.Index) -> None:
    """Refuse two units whose difference has no error: no test can be made of it."""
    if matrix is None:
        exact = names[variance <= 0]
        if len(exact) > 1:
            raise StatisticsError(
                "no_uncertainty",
                "more than one unit has a standard error of 0",
                found=inputs.some(exact),
                advice="Ranks known exactly need no confidence set",
            )
        return
    gap = variance[:, None] + variance[None, :] - 2 * matrix
    gap[np.diag_indices_from(gap)] = np.inf
    bad = np.argwhere(gap <= 1e-14 * max(float(variance.max()), 1e-300))
    if len(bad):
        j, k = bad[0]
        raise StatisticsError(
            "no_uncertainty",
            "the difference of two units has no variance",
            found=f"{names[j]} and {names[k]}",
        )


def _bonferroni(
    x: Floats,
    variance: Floats,
    matrix: Floats | None,
    asked: Floats,
    kind: str,
    confidence: float,
    sides: str,
    stepdown: bool,
) -> tuple[Any, Any, Any]:
    """Bonferroni's or, stepping down, Holm's correction of all one-sided comparisons."""
    from scipy.stats import norm

    up, down = sides != "upper", sides != "lower"
    p, n = len(x), len(asked)
    gap = variance[asked][:, None] + variance[None, :]
    if matrix is not None:
        gap = gap - 2 * matrix[asked]
    gap[np.arange(n), asked] = np.inf
    t = (x[None, :] - x[asked][:, None]) / np.sqrt(gap)
    others = np.isfinite(gap)
    # "k above j" with both among the units asked for is "j below k" as well: count it once
    once = others.copy()
    if kind == "simultaneous" and up:
        once[:, asked] = False
    better, worse = np.zeros((n, p), dtype=bool), np.zeros((n, p), dtype=bool)
    rows = [slice(None)] if kind == "simultaneous" else [slice(j, j + 1) for j in range(n)]
    first = 0.0
    for row in rows:
        total = int(up) * int(others[row].sum()) + int(down) * int(once[row].sum())
        left = total
        while left > 0:
            critical = float(norm.isf((1 - confidence) / left))
            first = critical if left == total else first
            new_better = others[row] & up & (t[row] > critical)
            new_worse = others[row] & down & (-t[row] > critical)
            size = int(new_better.sum()) + int((new_worse & once[row]).sum())
            settled = size == total - left
            better[row], worse[row] = new_better, new_worse
            if settled or not stepdown:
                break
            left = total - size
    return better.sum(axis=1), worse.sum(axis=1), first


def fractional_rank(values: Any, omega: float = 1.0, ascending: bool = False) -> pd.DataFrame:
    """Ranks as numbers and as fractions of n, with a choice for ties.

    Parameters
    ----------
    values : Series or sequence of float, shape (n,)
        Missing ones stay unranked and do not count.
    omega : float
        0: tied units share the lowest rank, 1: the highest, 0.5: the middle.
    ascending : bool
        As in :func:`rank`: False gives the largest value rank 1, True the smallest.

    Returns
    -------
    DataFrame
        ``irank`` (1 to n) and ``frank`` (irank / n), float.

    Examples
    --------
    >>> fractional_rank([1.0, 2.0, 2.0, 4.0], ascending=True)["frank"].tolist()
    [0.25, 0.75, 0.75, 1.0]
    """
    inputs.check_options(omega=omega, ascending=ascending)
    low = rank(values, ties="min", ascending=ascending).astype("Float64")
    high = rank(values, ties="max", ascending=ascending).astype("Float64")
    place = (omega * high + (1 - omega) * low).astype(float)
    return pd.DataFrame({"irank": place, "frank": place / place.notna().sum()})
