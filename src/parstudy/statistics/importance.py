"""How much each part counts in a total, and where points are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parstudy.errors import StatisticsError
from parstudy.statistics import _shapley, _smooth, inputs
from parstudy.statistics._composite import (
    Composite,
    CronbachAlpha,
    EffectiveWeights,
    LeaveOneOut,
    composite,
    cronbach_alpha,
    effective_weights,
    leave_one_out,
    normalise,
)
from parstudy.statistics._least_squares import coefficients
from parstudy.statistics.inference import quantile_band
from parstudy.statistics.ranking import rank, rank_numbers
from parstudy.statistics.result import Drop, Floats, Result, drops

__all__ = [
    "REST",
    "Composite",
    "CronbachAlpha",
    "EffectiveWeights",
    "GapDecomposition",
    "LeaveOneOut",
    "MainEffects",
    "Shapley",
    "VarianceShares",
    "composite",
    "cronbach_alpha",
    "effective_weights",
    "gap_decomposition",
    "leave_one_out",
    "main_effects",
    "normalise",
    "shapley",
    "variance_shares",
]

_SHARE_NOISE = 5e-13
REST = "(rest)"
"""Name of the row that holds what the parts do not explain of the total."""


@dataclass(frozen=True, eq=False, kw_only=True)
class VarianceShares(Result):
    """Covariance shares of the parts in the variance of their total.

    Attributes
    ----------
    table : DataFrame
        Index ``part``; ``share`` (cov(part, total) / var(total), sums to 1), ``nominal_share``
        (share of the maximum, NaN where the maxima are not known), ``mean``, ``sd``,
        ``correlation`` with the total, ``n_at_top`` (units at the highest value seen),
        ``constant``.
    total_sd : float
        Standard deviation of the total, in its unit.
    """

    total_sd: float


def variance_shares(parts: Any, total: Any = None, *, max_scores: Any = None) -> VarianceShares:
    """Split the variance of a total among its parts; the shares sum to 1.

    The share of a part is cov(part, total) / var(total): the covariances with the other parts
    are split in halves. It can be negative for a part that runs against the rest.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
        One row per unit, one column per part, in points.
    total : Series, shape (n,), optional
        The total; without it, the sum of the parts. What the parts do not add up to stands in a
        row ``(rest)``.
    max_scores : mapping or Series, optional
        Highest possible points per part, for the nominal share beside the real one.

    Returns
    -------
    VarianceShares

    Raises
    ------
    StatisticsError
        ``constant_total``, ``too_few_rows`` and what the input checks say.

    Examples
    --------
    >>> parts = pd.DataFrame({"A1": [6.0, 7, 9, 8], "A2": [3.0, 5, 4, 6]})
    >>> variance_shares(parts).table["share"].round(2).to_dict()
    {'A1': 0.5, 'A2': 0.5}
    """
    frame, series = inputs.aligned(parts, total)
    inputs.reserved(frame.columns, REST)
    frame, series, rows = inputs.complete(frame, series)
    inputs.need_rows(len(frame), 2, "variance shares")
    y = series.to_numpy() - series.mean()
    variance = float(y @ y)
    if inputs.is_constant(series.to_numpy()):
        raise StatisticsError("constant_total", "the total is the same for all units")
    centred = frame - frame.mean()
    table = pd.DataFrame(
        {
            "share": centred.to_numpy().T @ y / variance,
            "nominal_share": np.nan,
            "mean": frame.mean(),
            "sd": frame.std(),
            "correlation": np.nan,
            "n_at_top": frame.eq(frame.max()).sum(),
            "constant": [inputs.is_constant(frame[name].to_numpy()) for name in frame.columns],
        },
        index=pd.Index(frame.columns, name="part"),
    )
    table.loc[table["constant"], "share"] = 0.0
    varying = table.index[~table["constant"]]
    scale = np.sqrt((centred[varying] ** 2).sum().to_numpy() * variance)
    table.loc[varying, "correlation"] = centred[varying].to_numpy().T @ y / scale
    if max_scores is not None:
        maxima = inputs.by_column(max_scores, frame.columns, "max_scores")
        table["nominal_share"] = maxima / maxima.sum(skipna=False)
    rest = series - frame.sum(axis=1)
    left = 1.0 - float(table["share"].sum())
    if abs(left) > _SHARE_NOISE:
        apart = rest.to_numpy() - rest.mean()
        table.loc[REST] = {
            "share": left,
            "nominal_share": np.nan,
            "mean": float(rest.mean()),
            "sd": float(rest.std()),
            "correlation": float(apart @ y) / np.sqrt(float(apart @ apart) * variance)
            if apart.any()
            else np.nan,
            "n_at_top": 0,
            "constant": False,
        }
    return VarianceShares(
        table=table,
        n=len(frame),
        dropped=drops(rows),
        assumptions=("shares_are_no_effects",),
        total_sd=float(series.std()),
    )


# --- main effects -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class MainEffects(Result):
    """How much of the total's variance each part explains alone.

    Attributes
    ----------
    table : DataFrame
        Index ``part``; ``effect`` (S = Var(E[total | part]) / Var(total), 0 to 1; they need not
        sum to 1), ``low, high`` (bootstrap band), ``linear_r2, spearman2, covariance_share``,
        ``nominal_weight`` and ``effect_share`` (effect over the sum of effects, to be laid
        beside it), ``bandwidth`` (of the smoother; infinite is a straight line), ``reason``.
    method : {"linear", "smooth"}
    confidence : float
    """

    method: str
    confidence: float


def main_effects(
    parts: Any,
    total: Any = None,
    method: str = "linear",
    *,
    weights: Any = None,
    draws: int = 200,
    confidence: float = 0.95,
    seed: int = 0,
) -> MainEffects:
    """Effective importance of each part: the correlation ratio with the total.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
    total : Series, shape (n,), optional
        Without it, the sum of the parts.
    method : {"linear", "smooth"}
        R² of a straight line, or of a local linear smoother whose bandwidth is chosen by
        leave-one-out.
    weights : mapping or Series, optional
        Nominal weights or maximum points, shown beside the effects as shares.
    draws : int
        Bootstrap draws of the band (units drawn again, bandwidth kept); 0 for no band.
    confidence : float
    seed : int

    Returns
    -------
    MainEffects

    Notes
    -----
    Paruolo, Saisana and Saltelli (2013), *Ratings and rankings: voodoo or science?*, JRSS A
    176(3).

    Examples
    --------
    >>> parts = pd.DataFrame({"A1": [6.0, 7, 9, 8], "A2": [3.0, 5, 4, 6]})
    >>> main_effects(parts, draws=0).table["effect"].round(2).to_dict()
    {'A1': 0.7, 'A2': 0.7}
    """
    inputs.choice(method, ("linear", "smooth"), "method")
    inputs.check_options(draws=draws, confidence=confidence, seed=seed)
    frame, series = inputs.aligned(parts, total)
    frame, series, rows = inputs.complete(frame, series)
    inputs.need_rows(len(frame), 4, "main effects")
    y = series.to_numpy()
    if inputs.is_constant(y):
        raise StatisticsError("constant_total", "the total is the same for all units")
    rng = np.random.default_rng(seed)
    samples = rng.integers(0, len(y), size=(draws, len(y)))
    flat = inputs.constant_columns(frame, rows)
    records = {
        name: {"reason": "constant"}
        if name in flat
        else _main_effect(frame[name].to_numpy(), y, method, samples, confidence)
        for name in frame.columns
    }
    table = pd.DataFrame.from_dict(records, orient="index").rename_axis("part")
    table = table.reindex(columns=list(_EFFECT_COLUMNS))
    table["effect_share"] = table["effect"] / table["effect"].sum()
    if weights is not None:
        nominal = inputs.by_column(weights, frame.columns, "weights")
        table["nominal_weight"] = nominal / nominal.sum(skipna=False)
    return MainEffects(
        table=table,
        n=len(frame),
        dropped=drops(rows),
        assumptions=("parts_overlap", "band_by_resampling"),
        method=method,
        confidence=confidence,
    )


_EFFECT_COLUMNS = (
    "effect", "low", "high", "linear_r2", "spearman2", "covariance_share", "effect_share",
    "nominal_weight", "bandwidth", "reason",
)  # fmt: skip


def _main_effect(
    x: Floats, y: Floats, method: str, samples: Floats, confidence: float
) -> dict[str, Any]:
    """Figures of one part that varies."""
    bandwidth = _smooth.choose_bandwidth(x, y) if method == "smooth" else np.inf
    xs, ys = x[samples], y[samples]
    both = _vary(xs) & _vary(ys)
    if np.isinf(bandwidth):
        band = _squared_correlations(xs[both], ys[both]).tolist()
    else:
        band = [_effect(*draw, bandwidth) for draw in zip(xs[both], ys[both], strict=True)]
    low, high = quantile_band(band, confidence)
    return {
        "effect": _effect(x, y, bandwidth),
        "low": low,
        "high": high,
        "linear_r2": float(np.corrcoef(x, y)[0, 1] ** 2),
        "spearman2": float(rank_numbers(x).corr(rank_numbers(y)) ** 2),
        "covariance_share": float(np.cov(x, y)[0, 1] / y.var(ddof=1)),
        "bandwidth": bandwidth,
        "reason": "",
    }


def _vary(draws: Floats) -> NDArray[np.bool_]:
    """Which rows are not constant, see `is_constant`."""
    vary: NDArray[np.bool_] = np.ptp(draws, axis=1) > 1e-12 * np.abs(draws).max(axis=1)
    return vary


def _squared_correlations(xs: Floats, ys: Floats) -> Floats:
    """Of each row with the same row of the other."""
    dx, dy = (v - v.mean(axis=1, keepdims=True) for v in (xs, ys))
    out: Floats = (dx * dy).sum(axis=1) ** 2 / ((dx**2).sum(axis=1) * (dy**2).sum(axis=1))
    return out


def _effect(x: Floats, y: Floats, bandwidth: float) -> float:
    if np.isinf(bandwidth):
        return float(np.corrcoef(x, y)[0, 1] ** 2)
    return _smooth.explained(x, y, bandwidth)


# --- Shapley ------------------------------------------------------------------------------------

_EXACT = 20
_CALLED = 14


@dataclass(frozen=True, eq=False, kw_only=True)
class Shapley(Result):
    """A share of R² for each regressor, averaged over all orders of entry.

    Attributes
    ----------
    table : DataFrame
        Index ``regressor`` (or group); ``lmg`` (sums to ``explained``), ``share`` (of
        ``explained``), ``mc_error`` (Monte Carlo standard error, 0 when exact), ``first`` (alone),
        ``last`` (beyond all others); without groups also ``betasq, pratt, genizi, car``. With
        ``bootstrap`` also ``low, high`` (interval of ``lmg``; from 0 where the regressor is not
        told from none), ``place`` and ``place_low, place_high`` (of the largest share first).
    explained : float
        What is decomposed: R², or what it gains beyond the regressors always in.
    r_squared : float
        Of the full model.
    exact : bool
        All subsets, or random orders.
    measure : str
        ``r2`` or ``mcfadden``.
    average_coefficients : DataFrame
        Mean coefficient of each regressor by size of the model; only up to 12 regressors and
        without groups, else empty.
    ahead : DataFrame
        Regressors × regressors: share of bootstrap draws in which the row has the larger share;
        empty without ``bootstrap``.
    confidence : float
        Of the intervals.
    """

    explained: float
    r_squared: float
    exact: bool
    measure: str
    average_coefficients: pd.DataFrame
    ahead: pd.DataFrame
    confidence: float


def shapley(
    parts: Any,
    outcome: Any = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    always: Sequence[str] = (),
    measure: str = "r2",
    exact_up_to: int = _EXACT,
    draws: int = 1000,
    bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
) -> Shapley:
    """Share R² out over the regressors, averaged over all orders of entry (LMG).

    Parameters
    ----------
    parts : DataFrame, shape (n, k), or a fitted model
        Regressors; or a :class:`parstudy.statistics.drivers.Regression` or statsmodels result,
        whose regressors and outcome are used.
    outcome : Series, shape (n,), optional
        Without it, the sum of the parts: an identity, where R² is 1 and the shares say how the
        variance of the total is made up.
    groups : mapping, optional
        Name → columns that enter together.
    always : sequence of str
        Columns that are in every model; only what comes beyond them is shared out.
    measure : {"r2", "mcfadden"}
        R² of least squares, or McFadden's of a logit for an outcome of 0 and 1.
    exact_up_to : int
        Largest number of regressors or groups for which all subsets are gone through.
    draws, seed : int
        Pairs of random orders (each with its reverse) beyond that.
    bootstrap : int
        Samples of the units, drawn again with their regressors, for intervals of the shares and
        of their order (percentiles, as relaimpo's ``boot.relimp`` has them); 0 for none. Up to 12
        regressors or groups.
    confidence : float
        Level of these intervals.

    Returns
    -------
    Shapley

    Raises
    ------
    StatisticsError
        ``too_few_rows`` (n ≤ regressors + 1), ``constant_outcome``, ``unknown_column``,
        ``too_many_parts``.

    Notes
    -----
    Lindeman, Merenda and Gold (1980); Groemping (2006), *Relative Importance for Linear
    Regression in R: The Package relaimpo*, JSS 17(1). Genizi (1993) and the CAR scores of Zuber
    and Strimmer (2011) for comparison.

    Examples
    --------
    >>> parts = pd.DataFrame({"A1": [6.0, 7, 9, 8, 5], "A2": [3.0, 5, 4, 6, 2]})
    >>> shapley(parts).table["share"].round(2).to_dict()
    {'A1': 0.5, 'A2': 0.5}
    """
    inputs.choice(measure, ("r2", "mcfadden"), "measure")
    inputs.check_options(exact_up_to=exact_up_to, confidence=confidence, seed=seed)
    inputs.whole_number(bootstrap, "bootstrap")
    inputs.whole_number(draws, "draws", 2)
    parts, outcome = _of_model(parts, outcome)
    frame, y = inputs.aligned(parts, outcome)
    frame, y, rows = inputs.complete(frame, y)
    inputs.need_rows(len(frame), 3, "Shapley shares")
    players, fixed = _players(frame, groups, always, rows)
    used = [c for cols in players.values() for c in cols]
    if inputs.is_constant(y.to_numpy()):
        raise StatisticsError("constant_outcome", "the outcome is the same in all rows")
    inputs.need_rows(len(frame), len(used) + len(fixed) + 2, "Shapley shares")
    correlation = _base_correlation(frame[[*fixed, *used]].to_numpy(), y.to_numpy(), len(fixed))
    if measure == "mcfadden":
        worth = _logit_worth(frame, y, list(players.values()), fixed, rows)
    else:
        worth = _linear_worth(correlation, _places_of(players), exact_up_to, draws, seed)
    table, ahead = _shares(worth, list(players)), pd.DataFrame()
    if bootstrap:
        _check_bootstrap(bootstrap, measure, len(players))
        drawn = _bootstrapped(frame[[*fixed, *used]], y, players, len(fixed), bootstrap, seed)
        table, ahead = _with_intervals(table, drawn, confidence)
        nothing = _of_nothing(worth, players, len(frame) - 1 - len(fixed), confidence)
        table.loc[nothing, "low"] = 0.0
    plain = measure == "r2" and groups is None
    if plain:
        table = table.join(_comparisons(correlation, used, genizi=not fixed))
        if table["betasq"].isna().all():
            detail = "no betasq, pratt, genizi and car where regressors repeat each other"
            rows.append(("warning", "comparisons", "collinear", detail))
    return Shapley(
        table=table,
        n=len(frame),
        dropped=drops(rows),
        assumptions=("linear", "overlap_is_shared_out"),
        explained=worth.explained,
        r_squared=worth.whole,
        exact=len(worth.values) > 0,
        measure=measure,
        average_coefficients=_average_coefficients(frame, y, used, fixed)
        if plain and len(players) <= 12
        else pd.DataFrame(),
        ahead=ahead,
        confidence=confidence,
    )


_BOOTSTRAPPED = 12


def _check_bootstrap(bootstrap: int, measure: str, k: int) -> None:
    """Refuse intervals that would take forever or mean nothing."""
    inputs.whole_number(bootstrap, "bootstrap", 50)
    if measure != "r2":
        raise StatisticsError(
            "unused_argument", "the bootstrap is for shares of R²", found=f"measure={measure!r}"
        )
    if k > _BOOTSTRAPPED:
        raise StatisticsError(
            "too_many_parts",
            "too many parts for a bootstrap of their shares",
            found=str(k),
            expected=f"at most {_BOOTSTRAPPED}",
            advice="Put them in groups",
        )


def _bootstrapped(
    x: pd.DataFrame,
    y: pd.Series[Any],
    players: dict[str, list[Any]],
    fixed: int,
    draws: int,
    seed: int,
) -> Floats:
    """Shares of R² of samples of the units, NaN where a column did not vary; (draws, k)."""
    rng = np.random.default_rng(seed)
    regressors, outcome, columns = x.to_numpy(), y.to_numpy(), _places_of(players)
    out = np.full((draws, len(players)), np.nan)
    for draw in range(draws):
        chosen = rng.integers(len(x), size=len(x))
        again, y_again = regressors[chosen], outcome[chosen]
        if (np.ptp(again, axis=0) > 0).all() and not inputs.is_constant(y_again):
            correlation = _base_correlation(again, y_again, fixed)
            out[draw] = _linear_worth(correlation, columns, len(players), 2, 0).lmg
    return out


def _places_of(players: dict[str, list[Any]]) -> list[list[int]]:
    """Numbers of each player's columns, which stand in the order of the players."""
    ends = np.cumsum([0, *(len(columns) for columns in players.values())]).tolist()
    return [list(range(low, high)) for low, high in pairwise(ends)]


def _of_nothing(
    worth: _Worth, players: dict[str, list[Any]], spare: int, confidence: float
) -> Floats:
    """Which players neither alone nor beyond all others explain more than chance.

    A share is never below 0, so no percentile of resampled shares reaches the 0 of a regressor
    that has no part in the outcome: F tests of both (Bonferroni) say whether 0 is ruled out.
    """
    from scipy.stats import f as f_distribution

    sizes = np.array([len(columns) for columns in players.values()])
    left = 1 + worth.explained - worth.whole - worth.values  # unexplained, for each set
    every = len(worth.values) - 1
    out = np.empty(len(sizes), dtype=bool)
    for player, size in enumerate(sizes):
        mask = 1 << player
        p = []
        for without, with_, used in ((0, mask, size), (every ^ mask, every, sizes.sum())):
            noise = max(left[with_], 1e-300) / (spare - used)
            gain = (left[without] - left[with_]) / size
            p.append(float(f_distribution.sf(gain / noise, size, spare - used)))
        out[player] = min(p) > (1 - confidence) / 2
    return out


def _with_intervals(
    table: pd.DataFrame, drawn: Floats, confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table with intervals of shares and places, and who is ahead of whom how often."""
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    places = (-drawn).argsort(axis=1, kind="stable").argsort(axis=1) + 1
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(drawn, ends, axis=0)
    first, last = np.quantile(places, ends, axis=0, method="inverted_cdf")
    more = {"low": low, "high": high, "place": rank(table["lmg"]).astype(int)}
    table = table.assign(**more, place_low=first.astype(int), place_high=last.astype(int))
    ahead = (drawn[:, :, None] > drawn[:, None, :]).mean(axis=0)
    np.fill_diagonal(ahead, np.nan)
    return table, pd.DataFrame(ahead, index=table.index, columns=table.index)


@dataclass(frozen=True)
class _Worth:
    """What the players are worth together and each, and each set of them where it is known."""

    explained: float  # what is shared out
    whole: float  # with what is always in
    lmg: Floats
    errors: Floats
    values: Floats  # bit i of the position says whether player i is in; empty when sampled


def _linear_worth(
    matrix: Floats,
    columns: list[list[int]],
    exact_up_to: int,
    draws: int,
    seed: int,
) -> _Worth:
    """R² beyond what is always in, of all sets of players or in random orders."""
    start, k = float(matrix[-1, -1]), len(columns)
    if k > exact_up_to:
        lmg, errors = _shapley.sampled(matrix, columns, draws, seed)
        explained = float(lmg.sum())
        return _Worth(explained, 1 - start + explained, lmg, errors, np.empty(0))
    values = start - _shapley.unexplained(matrix, columns)
    explained = float(values[-1])
    lmg = _shapley.exact(values, k)
    return _Worth(explained, 1 - start + explained, lmg, np.zeros(k), values)


def _logit_worth(
    frame: pd.DataFrame,
    y: pd.Series[Any],
    players: list[list[Any]],
    fixed: list[Any],
    rows: list[Drop],
) -> _Worth:
    """McFadden's R² of the logit of each set of players."""
    k = len(players)
    if k > _CALLED:
        raise StatisticsError(
            "too_many_parts",
            "too many parts for a logit of each subset",
            found=str(k),
            expected=f"at most {_CALLED}",
            advice="Put them in groups",
        )
    values = _shapley.enumerate_worth(_mcfadden(frame, y, players, fixed), k)
    if values[-1] == 1.0:
        detail = "all regressors together tell 0 and 1 apart perfectly"
        rows.append(("warning", y.name or "outcome", "separation", detail))
    explained = float(values[-1] - values[0])
    return _Worth(explained, float(values[-1]), _shapley.exact(values, k), np.zeros(k), values)


def _shares(worth: _Worth, names: list[str]) -> pd.DataFrame:
    """Table of the players, with what each brings alone and beyond all others where known."""
    table = pd.DataFrame(
        {
            "lmg": worth.lmg,
            "share": worth.lmg / worth.explained if worth.explained > 0 else np.nan,
            "mc_error": worth.errors,
        },
        index=pd.Index(names, name="regressor"),
    )
    values, players = worth.values, range(len(names))
    if len(values):
        everyone = len(values) - 1
        table["first"] = [values[1 << i] - values[0] for i in players]
        table["last"] = [values[everyone] - values[everyone ^ (1 << i)] for i in players]
    return table


def _of_model(parts: Any, outcome: Any) -> tuple[Any, Any]:
    model = getattr(parts, "model", None)
    if isinstance(parts, pd.DataFrame) or model is None:
        return parts, outcome
    inner = getattr(model, "model", model)  # a Regression holds a statsmodels result
    names = list(inner.exog_names)
    exog = pd.DataFrame(np.asarray(inner.exog), columns=names)
    exog = exog[[c for c in names if not inputs.is_constant(exog[c].to_numpy())]]
    return exog, pd.Series(np.asarray(inner.endog), name=str(inner.endog_names))


def _players(
    frame: pd.DataFrame,
    groups: Mapping[str, Sequence[str]] | None,
    always: Sequence[str],
    rows: list[Drop],
) -> tuple[dict[str, list[Any]], list[Any]]:
    """Who enters together, and who is always in; columns that do not vary are left out."""
    fixed = inputs.names_of(always, "always")
    players = inputs.one_group_each(groups, frame.columns.difference(pd.Index(fixed), sort=False))
    absent = [c for c in fixed if c not in frame.columns]
    inputs.refuse(
        "unknown_column",
        "columns that are always in are not there",
        absent,
        expected=inputs.some(frame.columns),
    )
    taken = {*fixed, *(c for cols in players.values() for c in cols)}
    players |= {str(c): [c] for c in frame.columns if c not in taken}
    flat = inputs.constant_columns(frame, rows)
    players = {
        name: kept for name, cols in players.items() if (kept := [c for c in cols if c not in flat])
    }
    if not players:
        raise StatisticsError("no_regressor", "no regressor is left", found=inputs.some(flat))
    return players, [c for c in fixed if c not in flat]


def _base_correlation(x: Floats, y: Floats, fixed: int) -> Floats:
    """Correlations of regressors and outcome, what is always in taken out of both.

    The outcome keeps the scale on which its whole variance is 1.
    """
    matrix = np.column_stack([x, y])
    matrix = matrix - matrix.mean(axis=0)
    matrix = matrix / np.linalg.norm(matrix, axis=0)
    if fixed:
        basis, size = np.linalg.qr(matrix[:, :fixed])
        basis = basis[:, np.abs(np.diag(size)) > 1e-10]
        matrix = matrix[:, fixed:]
        matrix = matrix - basis @ (basis.T @ matrix)
        norm = np.linalg.norm(matrix[:, :-1], axis=0)
        gone = norm < 1e-8
        matrix[:, :-1] = np.where(gone, 0.0, matrix[:, :-1] / np.where(gone, 1.0, norm))
    out: Floats = matrix.T @ matrix
    return out


def _comparisons(correlation: Floats, names: list[Any], genizi: bool) -> pd.DataFrame:
    """Other measures of relative importance, for contrast."""
    r, ry = correlation[:-1, :-1], correlation[:-1, -1]
    out = pd.DataFrame(index=pd.Index([str(n) for n in names], name="regressor"))
    values, vectors = np.linalg.eigh(r)
    if values.min() < 1e-10:
        return out.assign(betasq=np.nan, pratt=np.nan, genizi=np.nan, car=np.nan)
    beta = np.linalg.solve(r, ry)
    out["betasq"], out["pratt"] = beta**2, beta * ry
    if genizi:
        root = (vectors * np.sqrt(values)) @ vectors.T
        white = (vectors / np.sqrt(values)) @ vectors.T @ ry
        out["genizi"] = (root**2) @ white**2
        out["car"] = white**2
    return out


def _mcfadden(
    frame: pd.DataFrame, y: pd.Series[Any], players: list[list[Any]], fixed: list[Any]
) -> Callable[[list[int]], float]:
    import warnings

    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    if set(np.unique(y)) != {0.0, 1.0}:
        raise StatisticsError("not_binary", "the outcome of a logit must be 0 or 1")
    scaled = (frame - frame.mean()) / frame.std()
    share = float(y.mean())
    null = len(y) * (share * np.log(share) + (1 - share) * np.log(1 - share))

    def worth(chosen: list[int]) -> float:
        """McFadden's R² with these players."""
        columns = [*fixed, *(c for i in chosen for c in players[i])]
        if not columns:
            return 0.0
        logit = sm.Logit(y, sm.add_constant(scaled[columns]))
        try:
            with warnings.catch_warnings():
                for kind in (ConvergenceWarning, PerfectSeparationWarning, RuntimeWarning):
                    warnings.simplefilter("error", kind)
                fit = logit.fit(disp=0, maxiter=200, tol=1e-12)
        except (
            ConvergenceWarning, PerfectSeparationWarning, RuntimeWarning, np.linalg.LinAlgError,
        ) as reason:  # fmt: skip
            if _told_apart(logit.exog, y.to_numpy()):
                return 1.0  # the likelihood climbs to 1 as slopes go to infinity
            raise StatisticsError(
                "separation",
                "the logit has no finite estimate: some units are told apart perfectly",
                found=inputs.some(columns),
            ) from reason
        return float(1 - fit.llf / null)

    return worth


def _told_apart(x: Floats, y: Floats) -> bool:
    """Whether a plane lies between the units with 0 and those with 1."""
    from scipy.optimize import linprog

    side = (2 * y - 1)[:, None] * x
    found = linprog(np.zeros(x.shape[1]), A_ub=-side, b_ub=-np.ones(len(y)), bounds=(None, None))
    return bool(found.status == 0)


def _average_coefficients(
    frame: pd.DataFrame, y: pd.Series[Any], used: list[Any], fixed: list[Any]
) -> pd.DataFrame:
    """Mean coefficient of each regressor over all models of one size."""
    k = len(used)
    total = np.zeros((k, k))
    count = np.zeros((k, k))
    x = frame - frame.mean()
    target = (y - y.mean()).to_numpy()
    for mask in range(1, 2**k):
        chosen = [i for i in range(k) if mask >> i & 1]
        columns = [*fixed, *(used[i] for i in chosen)]
        beta = coefficients(x[columns].to_numpy(), target)[len(fixed) :]
        total[chosen, len(chosen) - 1] += beta
        count[chosen, len(chosen) - 1] += 1
    return pd.DataFrame(
        total / count,
        index=pd.Index([str(c) for c in used], name="regressor"),
        columns=[size + 1 for size in range(k)],
    )


# --- where the points are lost ------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class GapDecomposition(Result):
    """Which parts the distance to a reference is made of.

    Attributes
    ----------
    table : DataFrame
        Index ``part``; ``points, reference, gap`` (points − reference, below 0 where points were
        lost), ``share`` (of the whole gap, NaN when it is 0), ``max_score, to_maximum``,
        ``reason``. Sorted: most lost first. What the parts do not cover stands in ``(rest)``.
    gap : float
        Of the totals, in points.
    name, reference_name : str
    """

    gap: float
    name: str
    reference_name: str


def gap_decomposition(
    province: Any,
    reference: Any,
    *,
    max_scores: Any = None,
    province_total: float | None = None,
    reference_total: float | None = None,
) -> GapDecomposition:
    """Say on which parts points were lost against a leader, a mean or an earlier year.

    Parameters
    ----------
    province : Series, index = part
        Points of one unit.
    reference : Series, or DataFrame with one row per unit
        Points to compare with; of a table (a region, say) the means.
    max_scores : mapping or Series, optional
        Highest possible points per part.
    province_total, reference_total : float, optional
        Published totals; the difference that the parts do not cover gets a row of its own.

    Returns
    -------
    GapDecomposition

    Raises
    ------
    StatisticsError
        ``index_mismatch`` when no part is known for both.

    Examples
    --------
    >>> own, best = pd.Series({"A1": 6.0, "A2": 3.0}), pd.Series({"A1": 9.0, "A2": 4.0})
    >>> found = gap_decomposition(own, best)
    >>> found.gap, found.table["gap"].to_dict()
    (-4.0, {'A1': -3.0, 'A2': -1.0})
    """
    totals = {"province_total": province_total, "reference_total": reference_total}
    for name, value in totals.items():
        if value is not None:
            inputs.check_number(value, name)
    if (province_total is None) != (reference_total is None):
        raise StatisticsError(
            "one_of_two",
            "one total alone says nothing of the gap",
            found=next(name for name, value in totals.items() if value is not None),
            advice="Give both or none",
        )
    own = inputs.numeric_series(_by_part(province), "province")
    if isinstance(reference, pd.DataFrame):
        other = inputs.numeric_frame(reference, "reference").mean().rename("mean")
    else:
        other = inputs.numeric_series(_by_part(reference), "reference")
    table = _gaps(own, other)
    names = table.index
    table["max_score"] = np.nan
    if max_scores is not None:
        table["max_score"] = inputs.by_column(max_scores, names, "max_scores")
    missing = names[table["gap"].isna()]
    whole = covered = float(table["gap"].sum())
    if province_total is not None and reference_total is not None:
        whole = float(province_total) - float(reference_total)
        if abs(whole - covered) > 1e-9:
            known = table.drop(index=missing)  # a part known for one only is in the rest
            row = {
                "points": float(province_total) - float(known["points"].sum()),
                "reference": float(reference_total) - float(known["reference"].sum()),
                "gap": whole - covered,
                "reason": "",
                "max_score": np.nan,
            }
            rest = pd.DataFrame(row, index=pd.Index([REST], name="part"))
            table = pd.concat([table, rest])
    table["share"] = table["gap"] / whole if abs(whole) > 1e-9 else np.nan
    table["to_maximum"] = table["max_score"] - table["points"]
    table = table.sort_values("gap", kind="stable")
    columns = ["points", "reference", "gap", "share", "max_score", "to_maximum", "reason"]
    return GapDecomposition(
        table=table[columns],
        n=int(table["gap"].notna().sum()),
        dropped=drops([("column", part, "missing", "") for part in missing]),
        assumptions=("points_worth_the_same",),
        gap=whole,
        name=str(own.name or ""),
        reference_name=str(other.name or "reference"),
    )


def _by_part(points: Any) -> Any:
    """A mapping of parts to points as a Series; refused where parts have no single name."""
    if isinstance(points, Mapping):
        points = pd.Series(dict(points), dtype=None if points else float)
    if isinstance(points, pd.Series) and points.index.nlevels > 1:
        raise StatisticsError(
            "not_a_name",
            "parts have names of several levels",
            found=inputs.some(points.index, 3),
            advice="Take the row of one unit",
        )
    return points


def _gaps(own: pd.Series[Any], other: pd.Series[Any]) -> pd.DataFrame:
    """Points of both sides and their difference, part by part."""
    for what, series in (("province", own), ("reference", other)):
        inputs.reserved(series.index, REST)
        inputs.refuse(
            "duplicate_column", f"{what}: a part appears twice", inputs.doubles(series.index)
        )
    names = own.index.append(other.index.difference(own.index, sort=False))
    table = pd.DataFrame({"points": own.reindex(names), "reference": other.reindex(names)})
    table["gap"] = table["points"] - table["reference"]
    if table["gap"].isna().all():
        raise StatisticsError(
            "index_mismatch",
            "no part is known for both",
            found=f"{inputs.some(own.index, 3)} / {inputs.some(other.index, 3)}",
        )
    table["reason"] = np.where(table["gap"].isna(), "missing", "")
    return table.rename_axis("part")
