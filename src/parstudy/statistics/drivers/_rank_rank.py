"""Regressions with ranks whose errors know that the ranks are estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.drivers._ols import CONSTANT, covariates_of, vector
from parstudy.statistics.ranking import fractional_rank, value_levels
from parstudy.statistics.result import (
    Floats,
    Result,
    check_share,
    dependent_columns,
    drops,
    is_constant,
    matched,
    numeric_series,
    some,
)

_NOISE = 1e-24  # variances of coefficients of ranks between 0 and 1


@dataclass(frozen=True, eq=False, kw_only=True)
class RankRank(Result):
    """A regression with ranks on one or both sides.

    Attributes
    ----------
    table : DataFrame
        Index ``term`` (``const``, ``rank(<x>)``, covariates; with groups ``term:group``):
        ``estimate, std_error, statistic, p_value, ci_low, ci_high`` (normal distribution, no
        small-sample factor), and ``naive_se``, what ordinary least squares would print.
    covariance : DataFrame
        Covariance matrix of the estimates.
    r_squared : float
    omega : float
        Tie rule of the ranks.
    model : statsmodels results
        The ordinary regression of the ranks: same estimates, wrong errors.
    """

    covariance: pd.DataFrame
    r_squared: float
    omega: float
    model: Any
    rank_term: str
    confidence: float


def _sums_above(values: Floats, weights: Floats, omega: float, ascending: bool) -> Floats:
    """For each j the sum of weights over i with v_j < v_i; ties count omega."""
    level = value_levels(values if ascending else -values)
    sums = np.zeros((int(level.max()) + 1, weights.shape[1]))
    np.add.at(sums, level, weights)
    above = sums[::-1].cumsum(axis=0)[::-1] - sums
    out: Floats = (above + omega * sums)[level]
    return out


def rank_rank(
    x: Any,
    y: Any,
    covariates: Any = None,
    *,
    rank_x: bool = True,
    rank_y: bool = True,
    groups: Any = None,
    constant: bool = True,
    omega: float = 1.0,
    ascending: bool = True,
    confidence: float = 0.95,
) -> RankRank:
    """Regress the rank of y on the rank of x, with valid standard errors.

    Parameters
    ----------
    x : Series, shape (n,), or None
        Regressor that is ranked; None when only ``y`` is.
    y : Series, shape (n,)
        Outcome.
    covariates : DataFrame or Series, optional
        Further regressors, not ranked.
    rank_x, rank_y : bool
        Rank this side; with False it enters as it is and the errors still account for the other.
    groups : Series, optional
        Own coefficients per group; ranks stay those among all units.
    constant : bool
        With a constant (per group).
    omega : float
        Tie rule, 0 to 1: see :func:`parstudy.statistics.ranking.fractional_rank`. It changes the
        errors even without ties.
    ascending : bool
        Largest value, largest rank (1); False: largest value, smallest rank.
    confidence : float

    Returns
    -------
    RankRank

    Raises
    ------
    StatisticsError
        ``constant_outcome``, ``no_regressor``, ``too_few_rows`` and what the checks say.

    Notes
    -----
    Chetverikov and Wilhelm (2023), *Inference for Rank-Rank Regressions*, arXiv 2310.15512: the
    influence function of the estimate, with the terms that come from estimating the ranks; p
    from the normal distribution. Ties are allowed.
    """
    check_share(confidence, "confidence")
    if not 0 <= omega <= 1:
        raise StatisticsError("bad_tie_rule", "omega outside 0 to 1", found=repr(omega))
    outcome = numeric_series(y, "y")
    index = outcome.index
    columns: dict[str, Any] = {"y": outcome}
    x_name = ""
    if x is not None:
        source = matched(numeric_series(x, "x", index), index, "x")
        x_name = str(source.name if source.name is not None else "x")
        columns["x"] = source
    w_names: list[str] = []
    extra = covariates_of(covariates, index)
    if extra is not None:
        w_names = [str(c) for c in extra.columns]
        columns |= {f"w {c}": extra.iloc[:, i] for i, c in enumerate(w_names)}
    frame = pd.DataFrame({k: np.asarray(v) for k, v in columns.items()}, index=index)
    label: Any = None
    blank = frame.isna().any(axis=1)
    if groups is not None:
        label = vector(groups, index, "groups")
        blank |= label.isna()
        label = label[~blank].astype(str).to_numpy()
    rows: list[tuple[str, object, str, str]] = [
        ("row", unit, "missing", "") for unit in index[blank]
    ]
    frame = frame[~blank]
    n = len(frame)
    if n < 3:
        raise StatisticsError(
            "too_few_rows", "rank regression: too few complete rows", found=str(n)
        )
    for side in frame.columns[:2] if x is not None else ["y"]:
        if is_constant(frame[side].to_numpy()):
            raise StatisticsError(
                "constant_outcome" if side == "y" else "no_regressor",
                f"{side} is the same for all units",
            )
    flat = [c for c in w_names if is_constant(frame[f"w {c}"].to_numpy())]
    rows += [("column", c, "constant", "") for c in flat]
    w_names = [c for c in w_names if c not in flat]

    ry = frame["y"].to_numpy()
    if rank_y:
        ry = fractional_rank(frame["y"], omega, ascending)["frank"].to_numpy()
    base: list[tuple[str, Floats]] = []
    if constant or label is not None:
        base.append((CONSTANT, np.ones(n)))
    if x is not None:
        rx = frame["x"].to_numpy()
        if rank_x:
            rx = fractional_rank(frame["x"], omega, ascending)["frank"].to_numpy()
        base.append((f"rank({x_name})" if rank_x else x_name, rx))
    base += [(c, frame[f"w {c}"].to_numpy()) for c in w_names]
    varying = pd.DataFrame({c: v for c, v in base if c != CONSTANT})
    for name, with_ in (dependent_columns(varying) if len(varying.columns) else {}).items():
        rows.append(("column", name, "collinear", some(with_)))
        base = [(c, v) for c, v in base if c != name]
    names, design, slot = [], [], []
    ranked = f"rank({x_name})" if x is not None and rank_x else ""
    for name, values in base:
        for group in np.unique(label) if label is not None else [None]:
            inside = np.ones(n) if group is None else (label == group).astype(float)
            names.append(name if group is None else f"{name}:{group}")
            design.append(values * inside)
            # derivative of the design with respect to the rank of x
            slot.append(inside if name == ranked else np.zeros(n))
    z, d = np.column_stack(design), np.column_stack(slot)
    k = z.shape[1]
    if n <= k or np.linalg.matrix_rank(z) < k:
        raise StatisticsError(
            "too_few_rows",
            "more coefficients than the rows can tell apart",
            found=f"{n} rows, {k} coefficients ({some(names)})",
        )
    import statsmodels.api as sm
    from scipy.stats import norm

    fit = sm.OLS(pd.Series(ry, name=str(outcome.name or "y")), pd.DataFrame(z, columns=names)).fit()
    theta = np.asarray(fit.params)
    residual = ry - z @ theta
    score = z * residual[:, None]
    if rank_y:
        ones = _sums_above(frame["y"].to_numpy(), z, omega, ascending) / n
        score = score + ones - (z * ry[:, None]).mean(axis=0)
    if ranked:
        own = d @ theta
        # through the fitted value, and through the design itself
        weights = d * residual[:, None] - z * own[:, None]
        moved = _sums_above(frame["x"].to_numpy(), weights, omega, ascending) / n
        score = score + moved - (weights * rx[:, None]).mean(axis=0)
    bread = np.linalg.inv(z.T @ z / n)
    influence = score @ bread
    covariance = influence.T @ influence / n**2
    # a rank regressed on itself has no error but float noise
    error = np.sqrt(np.where(np.diag(covariance) > _NOISE, np.diag(covariance), np.nan))
    for name, none in zip(names, np.isnan(error), strict=True):
        if none:
            rows.append(("warning", name, "no_standard_error", "the fit is perfect"))
    statistic = theta / error
    half = float(norm.ppf((1 + confidence) / 2)) * error
    table = pd.DataFrame(
        {
            "estimate": theta,
            "std_error": error,
            "statistic": statistic,
            "p_value": 2 * norm.sf(np.abs(statistic)),
            "ci_low": theta - half,
            "ci_high": theta + half,
            "naive_se": np.asarray(fit.bse),
        },
        index=pd.Index(names, name="term"),
    )
    spread = ry - ry.mean() if constant or label is not None else ry
    return RankRank(
        table=table,
        n=n,
        dropped=drops(rows),
        assumptions=("large_sample",),
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        r_squared=1 - float(residual @ residual) / float(spread @ spread),
        omega=omega,
        model=fit,
        rank_term=ranked,
        confidence=confidence,
    )
