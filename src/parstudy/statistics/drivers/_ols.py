"""Least squares with its diagnostics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics._least_squares import Design, is_perfect
from parstudy.statistics.drivers import _covariance
from parstudy.statistics.drivers._covariance import Covariance
from parstudy.statistics.inference import estimate_table
from parstudy.statistics.result import Assumption, Drop, Floats, Result, drops

CONSTANT = "const"
_WORST_CONDITION = 1e9
_FEW_CLUSTERS = 20


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression(Result):
    """Ordinary least squares.

    Attributes
    ----------
    table : DataFrame
        Index ``term`` (``const`` first): ``estimate, std_error, statistic, df, p_value, p_bh,
        p_holm, ci_low, ci_high, standardised, vif``. P-values are from Student's t; corrections
        run over the regressors, not the constant.
    outcome : str
    model : statsmodels results
        With the covariance of ``errors`` where statsmodels has it, else the classical.
    covariance : DataFrame
        Covariance matrix of the estimates that the table uses.
    errors : Covariance
        What kind of errors the table has, and with which degrees of freedom.
    influence : DataFrame
        Index unit: ``fitted, residual, leverage, cooks_distance, studentized_internal,
        studentized_external, dffits, dfbetas_<term>``; ``outlier_p`` of the external residual
        and ``outlier_p_bonferroni`` (times n, at most 1).
    diagnostics : Series
        ``r_squared, adj_r_squared, sigma, log_likelihood, aic, bic`` (the error variance counts
        as a parameter, as in R), ``df_residual, condition_number``
        (columns scaled to unit length, constant included), ``condition_number_standardised``,
        ``largest_vif, breusch_pagan, breusch_pagan_p`` (Koenker's studentised form),
        ``breusch_pagan_original, breusch_pagan_original_p``, ``reset_f, reset_p`` (powers 2 and
        3), ``joint_f, joint_p, joint_chi2, joint_chi2_p`` (all slopes, with the covariance
        used; errors with Satterthwaite's degrees of freedom have the approximate Hotelling test
        of Pustejovsky and Tipton 2018), ``n_clusters``.
    """

    outcome: str
    model: Any
    errors: Covariance
    confidence: float

    @property
    def covariance(self) -> pd.DataFrame:
        """Covariance matrix of the estimates that the table uses."""
        names = self.model.model.exog_names
        return pd.DataFrame(self.errors.matrix, index=names, columns=names)

    @property
    def cov_type(self) -> str:
        """Name of the covariance with its small-sample factor."""
        return self.errors.name

    @property
    def r_squared(self) -> float:
        """Share of the outcome's variance that the regressors account for."""
        return float(self.model.rsquared)

    @property
    def condition_number(self) -> float:
        """Condition number of the columns scaled to unit length, constant included."""
        return Design(self.model.model.exog).condition

    @cached_property
    def influence(self) -> pd.DataFrame:
        """What each unit does to the fit, one row per row of the data."""
        return _influence(self.model)

    @cached_property
    def diagnostics(self) -> pd.Series[Any]:
        """What a referee asks for, as one column of figures."""
        return _diagnostics(self)


def _complete_columns(frame: Any) -> pd.DataFrame:
    """Regressors as numbers; refused where a figure is missing."""
    x = inputs.numeric_frame(frame, "regressors")
    blank = x.columns[x.isna().any(axis=0)]
    inputs.refuse(
        "missing_value", "columns with missing figures", blank, advice="Keep the complete rows"
    )
    return x


def vif(frame: pd.DataFrame) -> pd.Series[Any]:
    """Variance inflation factors of regressors (a constant is in the model).

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        Complete rows, no constant, not perfectly collinear.

    Returns
    -------
    Series of float, index = column

    Raises
    ------
    StatisticsError
        ``constant_column``, ``too_few_rows``, ``collinear``, ``missing_value`` and what the input
        checks say.

    Examples
    --------
    >>> vif(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]})).round(2).to_dict()
    {'a': 1.56, 'b': 1.56}
    """
    x = _complete_columns(frame)
    inputs.need_rows(len(x), x.shape[1] + 1, "variance inflation")
    flat = inputs.constant_columns(x, [])
    inputs.refuse("constant_column", "columns that do not vary", flat)
    repeats = inputs.dependent_columns(x)
    inputs.refuse(
        "collinear",
        "columns that others give exactly: their variance inflation is infinite",
        [f"{name} by {inputs.some(others)}" for name, others in repeats.items()],
    )
    # statsmodels fits a regression for each column, and does not centre those with small units
    return pd.Series(_with_constant(x.to_numpy()).inflation[1:], index=x.columns, name="vif")


def _with_constant(x: Floats) -> Design:
    return Design(np.column_stack([np.ones(len(x)), x]))


def condition_number(frame: pd.DataFrame, standardise: bool = False) -> float:
    """Condition number of the design, free of units.

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        Regressors without the constant.
    standardise : bool
        False: columns and constant scaled to unit length (Belsley, Kuh and Welsch 1980). True:
        centred and scaled columns, no constant.

    Raises
    ------
    StatisticsError
        ``constant_column``, ``missing_value`` and what the input checks say.

    Examples
    --------
    >>> condition_number(pd.DataFrame({"a": [1.0, -1, 1, -1], "b": [1.0, 1, -1, -1]}))
    1.0
    """
    inputs.check_options(standardise=standardise)
    checked = _complete_columns(frame)
    flat = inputs.constant_columns(checked, [])
    inputs.refuse("constant_column", "columns that do not vary", flat)
    x = checked.to_numpy()
    return (_centred(x) if standardise else _with_constant(x)).condition


def _centred(x: Floats) -> Design:
    return Design(x - x.mean(axis=0))


def least_squares(
    y: pd.Series[Any],
    x: pd.DataFrame,
    effects: pd.DataFrame,
    *,
    cov_type: str,
    clusters: Any,
    small_sample: str,
    confidence: float,
    rows: list[Drop],
    degrees: str | None = None,
) -> Regression:
    """Fit complete, checked columns.

    Parameters
    ----------
    y : Series, shape (n,)
    x : DataFrame, shape (n, k)
        Regressors, without a constant.
    effects : DataFrame, shape (n, m)
        Dummies, which are fitted but not in the table.
    cov_type, clusters, small_sample, degrees, confidence
        As in :func:`regression`.
    rows : list of Drop
        What was left out before; warnings are added.

    Raises
    ------
    StatisticsError
        ``reserved_name``, ``too_few_rows``, ``ill_conditioned``.
    """
    import statsmodels.api as sm

    columns, design = _design(x, effects)
    # QR: the pseudo-inverse gives other slopes where a column is in đồng and another in points
    fit = sm.OLS(y, columns).fit(method="qr")
    residuals = np.asarray(fit.resid)
    errors = (
        _covariance.clustered(design, residuals, clusters, small_sample, degrees=degrees)
        if cov_type == "cluster"
        else _covariance.heteroskedastic(design, residuals, cov_type, degrees)
    )
    perfect = is_perfect(residuals, y.to_numpy(), *(design.x * np.asarray(fit.params)).T)
    if perfect:
        errors = replace(errors, matrix=np.full_like(errors.matrix, np.nan))
    table = _table(x, y, design, fit, errors, confidence)
    spiked = design.leverages > _covariance.LEVERAGE_LIMIT
    if perfect:
        detail = "the regressors give it exactly: there is no error to test with"
        rows += [("warning", y.name, "perfect_fit", detail)]
    elif spiked.any():
        detail = "one unit alone decides a coefficient"
        rows += [("warning", unit, "leverage_one", detail) for unit in y.index[spiked]]
    else:
        detail = "residuals cancel in each cluster"
        unsure = table.index[table["std_error"].isna()].drop(CONSTANT, errors="ignore")
        rows += [("warning", name, "no_standard_error", detail) for name in unsure]
        fit = _with_errors(fit, cov_type, clusters, small_sample)
    return Regression(
        table=table,
        n=len(y),
        dropped=drops(rows),
        assumptions=("linear", *_about_rows(errors)),
        outcome=str(y.name),
        model=fit,
        errors=errors,
        confidence=confidence,
    )


def _design(x: pd.DataFrame, effects: pd.DataFrame) -> tuple[pd.DataFrame, Design]:
    """Constant, regressors, effects; refused where they are more than the rows can carry."""
    columns = pd.concat([x, effects], axis=1)
    columns.columns = pd.Index([str(c) for c in columns.columns])
    if CONSTANT in columns.columns:
        raise StatisticsError(
            "reserved_name",
            "a regressor is named like the constant",
            found=repr(CONSTANT),
            advice="Give it another name",
        )
    n, k = len(columns), columns.shape[1] + 1
    if n <= k:
        raise StatisticsError(
            "too_few_rows",
            "more parameters than rows can carry",
            found=f"{n} complete rows, {k} parameters ({inputs.some(x.columns)})",
            expected=f"at least {k + 1} rows",
            advice="Take fewer columns, one at a time, or pool years",
        )
    columns.insert(0, CONSTANT, 1.0)
    design = Design(columns.to_numpy())
    conditioned = design.condition
    if conditioned > _WORST_CONDITION:
        small = (x.std() / x.abs().max()).sort_values()
        raise StatisticsError(
            "ill_conditioned",
            "columns differ too little, beside their size, for the digits of the computer",
            found=f"condition number {conditioned:.2g}, most of it from "
            f"{inputs.some(small.index[:3])}",
            advice="Take a constant away from them, or leave out columns that nearly repeat others",
        )
    return columns, design


def _table(
    x: pd.DataFrame,
    y: pd.Series[Any],
    design: Design,
    fit: Any,
    errors: Covariance,
    confidence: float,
) -> pd.DataFrame:
    """Estimates of constant and regressors, which come first in the design."""
    k = 1 + x.shape[1]
    names = pd.Index([str(c) for c in x.columns])
    shown = names.insert(0, CONSTANT)
    classical = np.diag(design.inverse_gram) * float(fit.scale)
    error = _covariance.standard_errors(errors.matrix, classical)
    table = estimate_table(
        shown, np.asarray(fit.params)[:k], error[:k], confidence, df=errors.df[:k], family=names
    )
    slopes = table["estimate"].to_numpy()[1:]
    table["standardised"] = [np.nan, *(slopes * x.std().to_numpy() / float(y.std()))]
    table["vif"] = [np.nan, *design.inflation[1:k]]
    return table


def _with_errors(fit: Any, cov_type: str, clusters: Any, small_sample: str) -> Any:
    """The statsmodels result with these errors where statsmodels has them, else as it is."""
    if cov_type in {"HC0", "HC1", "HC2", "HC3"}:
        return fit.get_robustcov_results(cov_type, use_t=True)
    if cov_type == "cluster" and small_sample in {"stata", "none"}:
        codes = pd.factorize(pd.Series(np.asarray(clusters, dtype=object)))[0]
        corrected = small_sample == "stata"
        return fit.get_robustcov_results(
            "cluster", groups=codes, use_t=True, use_correction=corrected, df_correction=True
        )
    return fit


def _about_rows(errors: Covariance) -> tuple[Assumption, ...]:
    """What the errors take the rows for."""
    if errors.n_clusters is None:
        return ("independent_units",)
    if errors.n_clusters < _FEW_CLUSTERS:
        return ("independent_clusters", "few_clusters")
    return ("independent_clusters",)


# --- diagnostics --------------------------------------------------------------------------------


def _diagnostics(result: Regression) -> pd.Series[Any]:
    fit = result.model
    n, k = fit.model.exog.shape
    slopes = result.table.index.drop(CONSTANT)
    # statsmodels does not count the error variance as a parameter
    return pd.Series(
        {
            "r_squared": result.r_squared,
            "adj_r_squared": float(fit.rsquared_adj),
            "sigma": float(np.sqrt(fit.scale)),
            "log_likelihood": float(fit.llf),
            "aic": float(-2 * fit.llf + 2 * (k + 1)),
            "bic": float(-2 * fit.llf + np.log(n) * (k + 1)),
            "df_residual": float(fit.df_resid),
            "condition_number": result.condition_number,
            "condition_number_standardised": _centred(_exog(fit)[slopes].to_numpy()).condition,
            "largest_vif": float(result.table["vif"].max()),
            **_specification(fit),
            **_all_slopes(result, slopes),
            "n_clusters": float(result.errors.n_clusters or np.nan),
        }
    )


def _exog(fit: Any) -> pd.DataFrame:
    inner = fit.model
    return pd.DataFrame(inner.exog, columns=inner.exog_names, index=inner.data.row_labels)


def _all_slopes(result: Regression, slopes: pd.Index) -> dict[str, float]:
    """F and chi-squared test of all slopes, with the covariance used."""
    from scipy.stats import chi2

    at = result.covariance.index.get_indexer(slopes).tolist()
    wald, f, p = _covariance.joint_test(result.errors, np.asarray(result.model.params), at)
    chi2_p = float(chi2.sf(wald, len(at)))
    return {"joint_f": f, "joint_p": p, "joint_chi2": wald, "joint_chi2_p": chi2_p}


def _specification(fit: Any) -> dict[str, float]:
    """Breusch–Pagan (Koenker's and their own) and RESET (powers 2 and 3), classical F."""
    import statsmodels.api as sm
    from statsmodels.stats.diagnostic import het_breuschpagan, linear_reset

    ends = ("", "_p", "_original", "_original_p")
    found = dict.fromkeys([*(f"breusch_pagan{end}" for end in ends), "reset_f", "reset_p"], np.nan)
    n, k = fit.model.exog.shape
    if k < 2 or n - k < 4 or float(fit.ssr) <= 1e-18 * float(fit.centered_tss):
        return found
    # the same space of columns, free of units: statsmodels squares them and takes a
    # pseudo-inverse, which leaves nothing of a column in the size of đồng
    x, y = fit.model.exog.copy(), fit.model.endog
    x[:, 1:] = (x[:, 1:] - x[:, 1:].mean(axis=0)) / x[:, 1:].std(axis=0)
    free = sm.OLS((y - y.mean()) / y.std(), x).fit()
    if not inputs.is_constant(free.resid**2 / free.mse_resid):
        for end, robust in (("", True), ("_original", False)):
            value, p = het_breuschpagan(free.resid, x, robust=robust)[:2]
            found |= {f"breusch_pagan{end}": float(value), f"breusch_pagan{end}_p": float(p)}
    powers = np.column_stack([x, free.fittedvalues**2, free.fittedvalues**3])
    # slopes of exactly 0, or dummies only: there are no powers to add
    if not inputs.is_constant(free.fittedvalues) and np.linalg.matrix_rank(powers) == k + 2:
        reset = linear_reset(free, power=3, use_f=True)
        found |= {"reset_f": float(reset.fvalue), "reset_p": float(reset.pvalue)}
    return found


def _influence(fit: Any) -> pd.DataFrame:
    """Leverage, Cook's distance, studentised residuals, DFFITS and DFBETAS by unit.

    Not statsmodels' ``OLSInfluence``: that fits the model again without each row in turn, a
    minute for a wide pooled level, where closed forms say the same.
    """
    from scipy.stats import t as student

    columns, residuals = _exog(fit), np.asarray(fit.resid)
    design = Design(columns.to_numpy())
    n, k = columns.shape
    leverage = np.where(design.leverages > _covariance.LEVERAGE_LIMIT, np.nan, design.leverages)
    scale = float(residuals @ residuals) / (n - k)
    if scale <= 0 or n - k < 2:
        scale = np.nan
    inside = residuals / np.sqrt(scale * (1 - leverage))
    # variance without the unit itself; rounding can push it below zero in a perfect fit
    others = np.maximum(scale * (n - k) - residuals**2 / (1 - leverage), 0) / max(n - k - 1, 1)
    others = np.where(others > 0, others, np.nan)
    outside = residuals / np.sqrt(others * (1 - leverage))
    outlier_p = 2 * student.sf(np.abs(outside), max(n - k - 1, 1))
    out = pd.DataFrame(
        {
            "fitted": np.asarray(fit.fittedvalues),
            "residual": residuals,
            "leverage": leverage,
            "cooks_distance": inside**2 * leverage / (1 - leverage) / k,
            "studentized_internal": inside,
            "studentized_external": outside,
            "outlier_p": outlier_p,
            "outlier_p_bonferroni": np.minimum(outlier_p * n, 1.0),
            "dffits": outside * np.sqrt(leverage / (1 - leverage)),
        },
        index=columns.index,
    )
    shift = design.effects * (residuals / (1 - leverage))[:, None]
    betas = shift / (np.sqrt(others)[:, None] * np.sqrt(np.diag(design.inverse_gram)))
    names = [f"dfbetas_{name}" for name in columns.columns]
    # side by side by position: several years give a unit several rows
    return pd.concat([out, pd.DataFrame(betas, index=out.index, columns=names)], axis=1)


def regression(
    data: pd.DataFrame,
    outcome: Any,
    regressors: Sequence[Any],
    *,
    cov_type: str = "HC3",
    clusters: Any = None,
    small_sample: str = "CR2",
    degrees: str = "satterthwaite",
    confidence: float = 0.95,
) -> Regression:
    """Ordinary least squares with robust errors and what a referee asks for.

    Parameters
    ----------
    data : DataFrame
        One row per unit (index = unit).
    outcome : str or Series
        Column name, or a vector on the index of ``data``.
    regressors : sequence of str
        Columns; a constant is added. Constant and perfectly collinear ones are left out and
        named in ``dropped``.
    cov_type : {"HC3", "HC0", "HC1", "HC2", "HC4", "classical", "cluster"}
        Covariance; p-values from Student's t.
    clusters : str or vector, optional
        Column name or labels, for ``cov_type="cluster"``; refused with another.
    small_sample : {"CR2", "CR3", "stata", "G", "none"}
        Small-sample correction of clustered errors.
    degrees : {"satterthwaite", "residual"}
        Degrees of freedom: matched to the spread of the variance estimate, which small p-values
        need (docs/validity.md); or n − k, and G − 1 with clusters, as R and statsmodels have it.
    confidence : float
        Level of the intervals.

    Returns
    -------
    Regression

    Raises
    ------
    StatisticsError
        ``too_few_rows`` (n ≤ parameters), ``no_regressor``, ``constant_outcome``,
        ``one_cluster`` and what the input checks say.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "y": [2.1, 3.9, 6.2, 7.8, 10.1]})
    >>> fit = regression(rows, "y", ["x"])
    >>> fit.table["estimate"].round(2).to_dict()
    {'const': 0.05, 'x': 1.99}
    >>> fit.cov_type
    'HC3 with Satterthwaite degrees of freedom'
    """
    inputs.check_options(confidence=confidence)
    inputs.choice(degrees, _covariance.DEGREES, "degrees of freedom")
    _covariance.check_kind(cov_type, clusters, small_sample)
    x = inputs.columns_of(data, regressors, "regressors")
    y = inputs.numeric_series(inputs.column(data, outcome, "outcome"), "outcome")
    groups = None if clusters is None else inputs.column(data, clusters, "clusters")
    inputs.refuse_itself(outcome, x)
    keep = ~(x.isna().any(axis=1) | y.isna()).to_numpy()
    x, y, rows = inputs.complete(x, y)
    if groups is not None:
        groups = groups[keep]
    if not len(x):
        raise StatisticsError("too_few_rows", "no complete row", found=inputs.some(regressors))
    if inputs.is_constant(y.to_numpy()):
        raise StatisticsError(
            "constant_outcome", "the outcome is the same in all rows", found=str(y.name)
        )
    x = inputs.checked_columns(x, rows)
    if not x.shape[1]:
        raise StatisticsError(
            "no_regressor",
            "no regressor is left",
            found=inputs.some(r[1] for r in rows if r[0] == "column"),
        )
    return least_squares(
        y,
        x,
        pd.DataFrame(index=x.index),
        cov_type=cov_type,
        clusters=groups,
        small_sample=small_sample,
        confidence=confidence,
        rows=rows,
        degrees=degrees,
    )
