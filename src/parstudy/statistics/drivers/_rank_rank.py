"""Regressions with ranks whose errors know that the ranks are estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics._least_squares import Design
from parstudy.statistics.drivers._ols import CONSTANT
from parstudy.statistics.inference import estimate_table
from parstudy.statistics.ranking import fractional_rank, value_levels
from parstudy.statistics.result import Drop, Floats, Result, drops

_NOISE = 1e-24  # of the variance that a coefficient has where nothing is explained


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
    ascending: bool = False,
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
        True: the smallest value has the smallest rank; False: the largest has it, 1 is best.
        Of the estimates only the constant and the sides that are not ranked depend on it.
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

    Examples
    --------
    >>> x = pd.Series([1.0, 2, 3, 4, 5], name="income")
    >>> found = rank_rank(x, pd.Series([2.0, 1, 4, 3, 5]))
    >>> found.table["estimate"].round(2).to_dict()
    {'const': 0.12, 'rank(income)': 0.8}
    """
    inputs.check_options(
        rank_x=rank_x, rank_y=rank_y, constant=constant, omega=omega, ascending=ascending,
        confidence=confidence,
    )  # fmt: skip
    rows: list[Drop] = []
    sample = _complete_rows(x, y, covariates, groups, rows)
    ry = _side(sample.y, rank_y, omega, ascending)
    rx = None if sample.x is None else _side(sample.x, rank_x, omega, ascending)
    design, slot = _design(sample, rx, rank_x, constant, rows)
    z, names = design.to_numpy(), list(design.columns)

    import statsmodels.api as sm

    fit = sm.OLS(pd.Series(ry, name=str(sample.y.name or "y")), design).fit(method="qr")
    theta = np.asarray(fit.params)
    residual = ry - z @ theta
    score = z * residual[:, None]
    if rank_y:
        score = score + _moved_ranks(sample.y, z, ry, omega, ascending)
    if sample.x is not None and rx is not None and rank_x:
        # through the fitted value, and through the design itself
        weights = slot * residual[:, None] - z * (slot @ theta)[:, None]
        score = score + _moved_ranks(sample.x, weights, rx, omega, ascending)
    n, gram = len(z), Design(z).inverse_gram
    influence = score @ gram
    covariance = influence.T @ influence
    spread = ry - ry.mean() if constant or sample.groups is not None else ry
    # a rank regressed on itself has no error but float noise
    noise = _NOISE * float(spread @ spread) / n * np.diag(gram)
    error = np.sqrt(np.where(np.diag(covariance) > noise, np.diag(covariance), np.nan))
    for name, none in zip(names, np.isnan(error), strict=True):
        if none:
            rows.append(("warning", name, "no_standard_error", "the fit is perfect"))
    naive = np.sqrt(np.diag(gram) * float(residual @ residual) / (n - len(names)))
    return RankRank(
        table=estimate_table(names, theta, error, confidence).assign(naive_se=naive),
        n=n,
        dropped=drops(rows),
        assumptions=("large_sample",),
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        r_squared=1 - float(residual @ residual) / float(spread @ spread),
        omega=omega,
        model=fit,
        rank_term=sample.ranked if rank_x else "",
        confidence=confidence,
    )


@dataclass(frozen=True)
class _Sample:
    """Complete rows of what enters the regression."""

    y: pd.Series[Any]
    x: pd.Series[Any] | None
    covariates: pd.DataFrame
    groups: Floats | None

    @property
    def ranked(self) -> str:
        """Name of the rank of x, empty without x."""
        return "" if self.x is None else f"rank({self.x.name})"


def _complete_rows(x: Any, y: Any, covariates: Any, groups: Any, rows: list[Drop]) -> _Sample:
    """Bring all sides to the units of y and keep the complete rows."""
    outcome = inputs.numeric_series(y, "y")
    if isinstance(y, (list, tuple, np.ndarray)) and isinstance(x, pd.Series):
        outcome = inputs.numeric_series(y, "y", x.index)
    index = outcome.index
    given = inputs.covariates_of(covariates, index)
    others = pd.DataFrame(index=index) if given is None else given.rename(columns=str)
    _check_names(x, others)
    blank = outcome.isna().to_numpy() | others.isna().any(axis=1).to_numpy()
    source = label = None
    if x is not None:
        source = inputs.matched(inputs.numeric_series(x, "x", index), index, "x")
        source = source.rename(str(source.name if source.name is not None else "x"))
        blank |= source.isna().to_numpy()
    if groups is not None:
        label = inputs.vector(groups, index, "groups")
        blank |= label.isna().to_numpy()
    rows += [("row", unit, "missing", "") for unit in index[blank]]
    inputs.need_rows(int((~blank).sum()), 3, "rank regression")
    for name, side in (("y", outcome), ("x", source)):
        if side is not None and inputs.is_constant(side[~blank].to_numpy()):
            raise StatisticsError(
                "constant_outcome" if name == "y" else "no_regressor",
                f"{name} is the same for all units",
            )
    others = others[~blank]
    return _Sample(
        y=outcome[~blank],
        x=None if source is None else source[~blank],
        covariates=others.drop(columns=inputs.constant_columns(others, rows)),
        groups=None if label is None else label[~blank].astype(str).to_numpy(),
    )


def _check_names(x: Any, others: pd.DataFrame) -> None:
    """Refuse covariates whose rows in the table would stand for something else."""
    own = getattr(x, "name", None)
    own = "x" if own is None else str(own)
    clash = [c for c in others.columns if c in {CONSTANT, own, f"rank({own})"}]
    if clash and (x is not None or CONSTANT in clash):
        raise StatisticsError(
            "reserved_name",
            "covariates are named like another term",
            found=inputs.some(clash),
            advice="Give them another name",
        )


def _side(values: pd.Series[Any], ranked: bool, omega: float, ascending: bool) -> Floats:
    """Ranks as fractions of n, or the values as they are."""
    if ranked:
        values = fractional_rank(values, omega, ascending)["frank"]
    out: Floats = values.to_numpy()
    return out


def _design(
    sample: _Sample, rx: Floats | None, rank_x: bool, constant: bool, rows: list[Drop]
) -> tuple[pd.DataFrame, Floats]:
    """Columns of the regression, and their derivatives with respect to the rank of x."""
    terms: dict[str, Floats] = {}
    if sample.x is not None and rx is not None:
        terms[sample.ranked if rank_x else str(sample.x.name)] = rx
    terms |= {c: sample.covariates[c].to_numpy() for c in sample.covariates.columns}
    if terms:
        for name, earlier in inputs.dependent_columns(pd.DataFrame(terms)).items():
            rows.append(("column", name, "collinear", inputs.some(earlier)))
            del terms[name]
    n = len(sample.y)
    if constant or sample.groups is not None:
        terms = {CONSTANT: np.ones(n), **terms}
    design, slot = {}, []
    for name, values in terms.items():
        for group in [None] if sample.groups is None else np.unique(sample.groups):
            inside = np.ones(n) if group is None else (sample.groups == group).astype(float)
            design[name if group is None else f"{name}:{group}"] = values * inside
            slot.append(inside if rank_x and name == sample.ranked else np.zeros(n))
    if not design:
        raise StatisticsError("no_regressor", "nothing to regress on")
    frame = pd.DataFrame(design)
    size = np.linalg.norm(frame, axis=0)
    free = frame / np.where(size > 0, size, 1.0)  # of units
    if n <= len(design) or np.linalg.matrix_rank(free) < len(design):
        raise StatisticsError(
            "too_few_rows",
            "more coefficients than the rows can tell apart",
            found=f"{n} rows, {len(design)} coefficients ({inputs.some(design)})",
        )
    return frame, np.column_stack(slot)


def _moved_ranks(
    values: pd.Series[Any], weights: Floats, ranks: Floats, omega: float, ascending: bool
) -> Floats:
    """What each unit adds to the score by moving the ranks of the others; (n, k)."""
    above = _sums_above(values.to_numpy(), weights, omega, ascending) / len(ranks)
    out: Floats = above - (weights * ranks[:, None]).mean(axis=0)
    return out
