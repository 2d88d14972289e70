"""Ordered groups (A, B, C, D) by ordered logit or probit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.inference import estimate_table
from parstudy.statistics.result import Drop, Floats, Result, drops


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupModel(Result):
    """Ordered logit or probit: logit P(group ≤ k) = threshold_k − x'slope.

    Attributes
    ----------
    table : DataFrame
        Index ``term``; ``estimate`` (above 0 pushes towards the last group), ``std_error,
        statistic, p_value, p_bh, p_holm, ci_low, ci_high, odds_ratio`` (NaN for probit).
    thresholds : DataFrame
        Index like ``D|C``; ``estimate, std_error`` (of the threshold itself, delta method).
    marginal_effects : DataFrame
        Average change of each group's probability per unit; index ``term``, one column per
        group; rows sum to 0.
    marginal_errors : DataFrame
        Standard errors of the marginal effects (delta method).
    probabilities : DataFrame
        Fitted, one column per group.
    counts : Series
        Units per group.
    fit : Series
        ``log_likelihood, null_log_likelihood, lr_chi2, lr_df, lr_p, mcfadden_r2, aic, bic,
        share_correct``.
    model : statsmodels OrderedResults
        Fitted to the standardised regressors; ``table`` is on their own scale.
    """

    thresholds: pd.DataFrame
    marginal_effects: pd.DataFrame
    marginal_errors: pd.DataFrame
    probabilities: pd.DataFrame
    counts: pd.Series[Any]
    fit: pd.Series[Any]
    model: Any
    link: str
    confidence: float


def _ordered(values: pd.Series[Any], order: Sequence[str] | None) -> pd.Series[Any]:
    if order is None:
        if not isinstance(values.dtype, pd.CategoricalDtype) or not values.cat.ordered:
            raise StatisticsError(
                "no_order",
                "the groups have no order",
                found=inputs.some(sorted(values.dropna().astype(str).unique())),
                advice="Pass order=, worst first, or an ordered category",
            )
        order = [str(c) for c in values.cat.categories]
    order = [str(c) for c in inputs.names_of(order, "order")]
    twice = [c for c in dict.fromkeys(order) if order.count(c) > 1]
    inputs.refuse("no_order", "the order names a group twice", twice)
    text = values.astype(object).where(values.notna(), None)
    unknown = sorted({str(v) for v in text.dropna()} - set(map(str, order)))
    inputs.refuse("unknown_group", "groups that the order lacks", unknown)
    codes = [order.index(str(v)) if v is not None and v == v else -1 for v in text]
    return pd.Series(
        pd.Categorical.from_codes(codes, categories=pd.Index(list(order)), ordered=True),
        index=values.index,
    )


def group_model(
    data: pd.DataFrame,
    outcome: Any,
    regressors: Sequence[Any],
    *,
    order: Sequence[str] | None = None,
    link: str = "logit",
    min_count: int = 5,
    confidence: float = 0.95,
) -> GroupModel:
    """Ordered logit or probit of groups.

    Parameters
    ----------
    data : DataFrame
        One row per unit.
    outcome : str or Series
        Group of each unit.
    regressors : sequence of str
    order : sequence of str, optional
        Groups, worst first; not needed for an ordered category
        (:func:`parstudy.statistics.ranking.groups`).
    link : {"logit", "probit"}
    min_count : int
        Units that every group must have.
    confidence : float

    Returns
    -------
    GroupModel

    Raises
    ------
    StatisticsError
        ``thin_category`` (a group with too few units), ``separation`` (a regressor or several
        tell the groups apart perfectly: no finite estimate), ``no_order``, ``too_few_rows``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = pd.Series(rng.normal(size=60), name="x")
    >>> group = pd.cut(x + rng.normal(size=60), [-9, -0.5, 0.5, 9], labels=["C", "B", "A"])
    >>> found = group_model(x.to_frame(), group, ["x"])
    >>> found.counts.to_dict(), bool(found.table.loc["x", "estimate"] > 0)
    ({'C': 21, 'B': 21, 'A': 18}, True)
    """
    inputs.check_options(min_count=min_count, confidence=confidence)
    inputs.choice(link, ("logit", "probit"), "link")
    rows: list[Drop] = []
    x, group, counts = _complete_rows(data, outcome, regressors, order, min_count, rows)
    result, scale = _fit(x, group, link)
    beta, cuts, covariance = _on_own_scale(result, x, scale)
    slopes, error = len(beta), np.sqrt(np.diag(covariance))
    terms = [str(c) for c in x.columns]
    levels = [str(c) for c in counts.index]
    table = estimate_table(terms, beta, error[:slopes], confidence, family=terms)
    with np.errstate(over="ignore"):  # per unit of a regressor that differs by thousandths
        table["odds_ratio"] = np.exp(beta) if link == "logit" else np.nan
    matrix = x.to_numpy()
    chance = _probabilities(matrix, beta, cuts, link)
    effects, effect_errors = _marginal(matrix, beta, cuts, covariance, link)
    return GroupModel(
        table=table,
        n=len(x),
        dropped=drops(rows),
        assumptions=("proportional_odds", "independent_units"),
        thresholds=pd.DataFrame(
            {"estimate": cuts, "std_error": error[slopes:]},
            index=pd.Index([f"{a}|{b}" for a, b in pairwise(levels)], name="threshold"),
        ),
        marginal_effects=pd.DataFrame(effects, index=table.index, columns=levels),
        marginal_errors=pd.DataFrame(effect_errors, index=table.index, columns=levels),
        probabilities=pd.DataFrame(chance, index=x.index, columns=levels),
        counts=counts,
        fit=_measures(float(result.llf), counts, slopes, chance, group),
        model=result,
        link=link,
        confidence=confidence,
    )


def _complete_rows(
    data: pd.DataFrame,
    outcome: Any,
    regressors: Sequence[Any],
    order: Sequence[str] | None,
    min_count: int,
    rows: list[Drop],
) -> tuple[pd.DataFrame, pd.Series[Any], pd.Series[Any]]:
    """Regressors, groups and units per group, where each group has enough of them."""
    x = inputs.columns_of(data, regressors, "regressors")
    group = _ordered(inputs.column(data, outcome, "outcome"), order)
    blank = (x.isna().any(axis=1) | group.isna()).to_numpy()
    rows += [("row", unit, "missing", "") for unit in x.index[blank]]
    x, group = x[~blank], group[~blank].cat.remove_unused_categories()
    inputs.need_rows(len(x), 3, "ordered model")
    counts = group.value_counts().reindex(group.cat.categories)
    thin = counts[counts < min_count]
    if len(counts) < 2 or len(thin):
        raise StatisticsError(
            "thin_category",
            "groups with too few units",
            found=inputs.some(f"{k}: {v}" for k, v in (thin if len(thin) else counts).items()),
            expected=f"at least two groups of {min_count} units",
            advice="Merge groups or ask about the score instead",
        )
    x = inputs.checked_columns(x, rows)
    if not x.shape[1]:
        raise StatisticsError("no_regressor", "no regressor is left", found=inputs.some(regressors))
    inputs.need_rows(len(x), x.shape[1] + len(counts) + 1, "ordered model")
    return x, group, counts


def _on_own_scale(result: Any, x: pd.DataFrame, scale: Floats) -> tuple[Floats, Floats, Floats]:
    """Slopes and thresholds for the regressors as they are, and their covariance.

    statsmodels gives the first threshold and the logs of the steps to the next ones, for
    standardised regressors.
    """
    params = np.asarray(result.params)
    slopes = x.shape[1]
    centre = x.mean().to_numpy()
    beta = params[:slopes] / scale
    steps = np.exp(params[slopes + 1 :])
    cuts = params[slopes] + np.concatenate([[0.0], np.cumsum(steps)]) + centre @ beta
    jacobian = np.zeros((slopes + len(cuts), len(params)))
    jacobian[:slopes, :slopes] = np.diag(1 / scale)
    jacobian[slopes:, :slopes] = centre / scale
    jacobian[slopes:, slopes] = 1.0
    for cut in range(1, len(cuts)):
        jacobian[slopes + cut, slopes + 1 : slopes + 1 + cut] = steps[:cut]
    return beta, cuts, jacobian @ np.asarray(result.cov_params()) @ jacobian.T


def _measures(
    llf: float, counts: pd.Series[Any], slopes: int, chance: Floats, group: pd.Series[Any]
) -> pd.Series[Any]:
    """How well the model fits, beside one without regressors."""
    from scipy.stats import chi2

    n = len(group)
    null = float((counts.to_numpy() * np.log(counts.to_numpy() / n)).sum())
    parameters = slopes + len(counts) - 1
    chi = 2 * (llf - null)
    return pd.Series(
        {
            "log_likelihood": llf,
            "null_log_likelihood": null,
            "lr_chi2": chi,
            "lr_df": float(slopes),
            "lr_p": float(chi2.sf(chi, slopes)),
            "mcfadden_r2": 1 - llf / null,
            "aic": -2 * llf + 2 * parameters,
            "bic": -2 * llf + np.log(n) * parameters,
            "share_correct": float((chance.argmax(axis=1) == group.cat.codes.to_numpy()).mean()),
        }
    )


def _fit(x: pd.DataFrame, group: pd.Series[Any], link: str) -> tuple[Any, Floats]:
    """Fit on standardised columns, where the optimiser is at home; refuse separation."""
    import warnings

    from statsmodels.miscmodels.ordinal_model import OrderedModel
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, HessianInversionWarning

    scale = x.std().to_numpy()
    standard = (x - x.mean()) / scale
    model = OrderedModel(group, standard, distr=link)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ConvergenceWarning)
            warnings.simplefilter("error", HessianInversionWarning)
            warnings.simplefilter("error", RuntimeWarning)
            start = model.fit(method="bfgs", disp=False, maxiter=500, gtol=1e-6)
            result = model.fit(
                start_params=start.params, method="newton", disp=False, maxiter=100, tol=1e-8
            )
            errors = np.asarray(result.bse)
    except (
        ConvergenceWarning,
        HessianInversionWarning,
        RuntimeWarning,
        np.linalg.LinAlgError,
    ) as reason:
        raise StatisticsError(
            "separation",
            "the model has no finite estimate: regressors tell the groups apart perfectly",
            found=inputs.some(x.columns),
        ) from reason
    slopes = np.abs(np.asarray(result.params)[: x.shape[1]])
    if not np.isfinite(errors).all() or slopes.max() > 25 or errors.max() > 100:
        worst = x.columns[int(slopes.argmax())]
        raise StatisticsError(
            "separation",
            "the model has no finite estimate: a regressor tells the groups apart perfectly",
            found=str(worst),
        )
    return result, scale


def _distribution(link: str) -> Any:
    from scipy.stats import logistic, norm

    return logistic if link == "logit" else norm


def _probabilities(x: Floats, beta: Floats, cuts: Floats, link: str) -> Floats:
    below = _distribution(link).cdf(cuts[None, :] - (x @ beta)[:, None])
    n = len(x)
    out: Floats = np.diff(np.column_stack([np.zeros(n), below, np.ones(n)]), axis=1)
    return out


def _marginal(
    x: Floats, beta: Floats, cuts: Floats, covariance: Floats, link: str
) -> tuple[Floats, Floats]:
    """Average marginal effects and their standard errors, shape (slopes, groups)."""
    n, slopes = len(x), len(beta)

    def effects(params: Floats) -> Floats:
        """Average change of each group's probability per unit."""
        density = _distribution(link).pdf(params[None, slopes:] - (x @ params[:slopes])[:, None])
        edges = np.column_stack([np.zeros(n), density, np.zeros(n)])
        out: Floats = params[:slopes, None] * -np.diff(edges, axis=1).mean(axis=0)[None, :]
        return out

    at = np.concatenate([beta, cuts])
    # delta method, derivatives by central differences
    columns = []
    for j in range(len(at)):
        step = np.zeros_like(at)
        step[j] = 1e-6 * max(1.0, abs(float(at[j])))
        columns.append((effects(at + step) - effects(at - step)).ravel() / (2 * step[j]))
    jacobian = np.column_stack(columns)
    variance = np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian)
    found = effects(at)
    return found, np.sqrt(np.maximum(variance, 0)).reshape(found.shape)
