"""Least squares with its diagnostics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.drivers._covariance import (
    CLUSTER_FACTORS,
    HETEROSKEDASTIC,
    Covariance,
    clustered,
    heteroskedastic,
    inverse_gram,
    standard_errors,
)
from parstudy.statistics.result import (
    LEVERAGE_LIMIT,
    Floats,
    Result,
    adjust_pvalues,
    check_share,
    choice,
    complete,
    dependent_columns,
    drops,
    is_constant,
    matched,
    numeric_frame,
    numeric_series,
    some,
)

CONSTANT = "const"
_WORST_CONDITION = 1e9
Drop = tuple[str, object, str, str]


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
        used), ``n_clusters``.
    """

    outcome: str
    model: Any
    covariance: pd.DataFrame
    errors: Covariance
    influence: pd.DataFrame
    diagnostics: pd.Series[Any]
    confidence: float

    @property
    def cov_type(self) -> str:
        """Name of the covariance with its small-sample factor."""
        return self.errors.name

    @property
    def r_squared(self) -> float:
        """Share of the outcome's variance that the regressors account for."""
        return float(self.diagnostics["r_squared"])

    @property
    def condition_number(self) -> float:
        """Condition number of the columns scaled to unit length, constant included."""
        return float(self.diagnostics["condition_number"])


def checked_columns(
    frame: pd.DataFrame, rows: list[Drop], absorbed: Floats | None = None
) -> pd.DataFrame:
    """Leave out columns that do not vary or repeat others, noting why."""
    constant = [c for c in frame.columns if is_constant(frame[c].to_numpy())]
    rows += [("column", c, "constant", f"{frame[c].iloc[0]:g} in every row") for c in constant]
    frame = frame.drop(columns=constant)
    if absorbed is not None and absorbed.shape[1]:
        given = pd.DataFrame(absorbed, index=frame.index).add_prefix("fixed effect ")
        repeats = dependent_columns(pd.concat([given, frame], axis=1))
        repeats = {k: v for k, v in repeats.items() if k in set(frame.columns)}
    else:
        repeats = dependent_columns(frame)
    rows += [("column", c, "collinear", some(with_)) for c, with_ in repeats.items()]
    return frame.drop(columns=list(repeats))


def vif(frame: pd.DataFrame) -> pd.Series[Any]:
    """Variance inflation factors of regressors (a constant is in the model).

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        Complete rows, no constant, not perfectly collinear.

    Returns
    -------
    Series of float, index = column
    """
    x = frame.to_numpy() - frame.to_numpy().mean(axis=0)
    x = x / np.linalg.norm(x, axis=0)
    inverse = np.linalg.inv(x.T @ x)
    return pd.Series(np.diag(inverse).copy(), index=frame.columns, name="vif")


def condition_number(frame: pd.DataFrame, standardise: bool = False) -> float:
    """Condition number of the design, free of units.

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        Regressors without the constant.
    standardise : bool
        False: columns and constant scaled to unit length (Belsley, Kuh and Welsch 1980). True:
        centred and scaled columns, no constant.
    """
    x = frame.to_numpy(dtype=float)
    x = x - x.mean(axis=0) if standardise else np.column_stack([np.ones(len(x)), x])
    if not x.shape[1]:
        return float("nan")
    return float(np.linalg.cond(x / np.linalg.norm(x, axis=0)))


def _statsmodels(model: Any, cov_type: str, codes: Any, small_sample: str) -> Any:
    if cov_type in {"HC0", "HC1", "HC2", "HC3"}:
        return model.get_robustcov_results(cov_type, use_t=True)
    if cov_type == "cluster" and small_sample in {"stata", "none"}:
        return model.get_robustcov_results(
            "cluster",
            groups=codes,
            use_t=True,
            use_correction=small_sample == "stata",
            df_correction=True,
        )
    return model


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
    constant: bool = True,
) -> Regression:
    """Fit complete, checked columns; ``effects`` (dummies) are fitted but not in the table."""
    import statsmodels.api as sm
    from scipy.stats import chi2
    from scipy.stats import f as f_distribution
    from scipy.stats import t as student

    names = [str(c) for c in x.columns]
    design = pd.concat([x, effects], axis=1)
    design.columns = [*names, *map(str, effects.columns)]
    if constant:
        if CONSTANT in design.columns:
            raise StatisticsError(
                "reserved_name",
                "a regressor is named like the constant",
                found=repr(CONSTANT),
                advice="Give it another name",
            )
        design.insert(0, CONSTANT, 1.0)
    n, k = design.shape
    if n <= k:
        raise StatisticsError(
            "too_few_rows",
            "more parameters than rows can carry",
            found=f"{n} complete rows, {k} parameters ({some(names)})",
            expected=f"at least {k + 1} rows",
            advice="Take fewer columns, one at a time, or pool years",
        )
    conditioned = condition_number(design.drop(columns=CONSTANT, errors="ignore"))
    if constant and conditioned > _WORST_CONDITION:
        small = (x.std() / x.abs().max()).sort_values()
        raise StatisticsError(
            "ill_conditioned",
            "columns differ too little, beside their size, for the digits of the computer",
            found=f"condition number {conditioned:.2g}, most of it from {some(small.index[:3])}",
            advice="Take a constant away from them, or leave out columns that nearly repeat others",
        )
    fit = sm.OLS(y, design).fit()
    matrix = design.to_numpy()
    residuals = np.asarray(fit.resid)
    used: Covariance
    if cov_type == "cluster":
        used = clustered(matrix, residuals, clusters, small_sample, degrees=degrees)
    else:
        used = heteroskedastic(matrix, residuals, cov_type, degrees)
    codes = (
        pd.factorize(pd.Series(np.asarray(clusters, dtype=object)))[0]
        if (cov_type == "cluster")
        else None
    )
    bread_leverage = np.einsum("ij,jk,ik->i", matrix, inverse_gram(matrix), matrix)
    spiked = bread_leverage > LEVERAGE_LIMIT
    model = fit if spiked.any() else _statsmodels(fit, cov_type, codes, small_sample)

    estimate = np.asarray(fit.params)
    error = standard_errors(used.matrix, np.asarray(fit.bse) ** 2)
    if not spiked.any():
        for name in design.columns[np.isnan(error)].intersection(names):
            rows.append(("warning", name, "no_standard_error", "residuals cancel in each cluster"))
    statistic = estimate / error
    half = student.ppf((1 + confidence) / 2, used.df) * error
    table = pd.DataFrame(
        {
            "estimate": estimate,
            "std_error": error,
            "statistic": statistic,
            "df": used.df,
            "p_value": 2 * student.sf(np.abs(statistic), used.df),
            "p_bh": np.nan,
            "p_holm": np.nan,
            "ci_low": estimate - half,
            "ci_high": estimate + half,
            "standardised": np.nan,
            "vif": np.nan,
        },
        index=pd.Index(design.columns, name="term"),
    )
    spread = float(y.std())
    table.loc[names, "standardised"] = (
        table.loc[names, "estimate"].to_numpy() * x.std().to_numpy() / spread
    )
    inflation = vif(design.drop(columns=CONSTANT, errors="ignore")) if constant else None
    if inflation is not None:
        table.loc[names, "vif"] = inflation[names]
    table.loc[names, "p_bh"] = adjust_pvalues(table.loc[names, "p_value"], "BH")
    table.loc[names, "p_holm"] = adjust_pvalues(table.loc[names, "p_value"], "holm")

    slopes = np.flatnonzero(design.columns.isin(names))
    joint_f = joint_p = joint_chi2_p = np.nan
    if len(slopes) and np.isfinite(used.matrix).all():
        block = used.matrix[np.ix_(slopes, slopes)]
        if np.linalg.matrix_rank(block) == len(slopes):
            b = estimate[slopes]
            joint_f = float(b @ np.linalg.solve(block, b)) / len(slopes)
            joint_p = float(f_distribution.sf(joint_f, len(slopes), float(np.min(used.df))))
            joint_chi2_p = float(chi2.sf(joint_f * len(slopes), len(slopes)))
    diagnostics = pd.Series(
        {
            "r_squared": float(fit.rsquared),
            "adj_r_squared": float(fit.rsquared_adj),
            "sigma": float(np.sqrt(fit.scale)),
            "log_likelihood": float(fit.llf),
            "aic": float(-2 * fit.llf + 2 * (k + 1)),
            "bic": float(-2 * fit.llf + np.log(n) * (k + 1)),
            "df_residual": float(fit.df_resid),
            "condition_number": conditioned,
            "condition_number_standardised": condition_number(x, standardise=True),
            "largest_vif": float(table.loc[names, "vif"].max()) if constant and names else np.nan,
            **_specification(fit, matrix, residuals, constant),
            "joint_f": joint_f,
            "joint_p": joint_p,
            "joint_chi2": joint_f * len(slopes),
            "joint_chi2_p": joint_chi2_p,
            "n_clusters": float(used.n_clusters or np.nan),
        }
    )
    for unit in y.index[spiked]:
        rows.append(("warning", unit, "leverage_one", "one unit alone decides a coefficient"))
    few = used.n_clusters is not None and used.n_clusters < 20
    return Regression(
        table=table.loc[[c for c in table.index if c in {CONSTANT, *names}]],
        n=n,
        dropped=drops(rows),
        assumptions=(
            "linear",
            *(
                (
                    "independent_clusters",
                    *(("few_clusters",) if few else ()),
                )
                if cov_type == "cluster"
                else ("independent_units",)
            ),
        ),
        outcome=str(y.name),
        model=model,
        covariance=pd.DataFrame(used.matrix, index=design.columns, columns=design.columns),
        errors=used,
        influence=_influence(design, np.asarray(fit.fittedvalues), residuals, bread_leverage),
        diagnostics=diagnostics,
        confidence=confidence,
    )


def _specification(fit: Any, x: Floats, residuals: Floats, constant: bool) -> dict[str, float]:
    """Breusch–Pagan (Koenker's and their own) and RESET (powers 2 and 3), classical F."""
    pagan = [f"breusch_pagan{end}" for end in ("", "_p", "_original", "_original_p")]
    blank = dict.fromkeys([*pagan, "reset_f", "reset_p"], np.nan)
    n, k = x.shape
    tss = float(fit.centered_tss if constant else fit.uncentered_tss)
    if not constant or k < 2 or n - k < 4 or float(residuals @ residuals) <= 1e-18 * tss:
        return blank
    from scipy.stats import chi2
    from scipy.stats import f as f_distribution

    squares = residuals**2
    level = float(squares.mean())
    squares = squares - level
    left = squares - x @ np.linalg.lstsq(x, squares, rcond=None)[0]
    bp = n * (1 - float(left @ left) / float(squares @ squares))
    original = float(squares @ squares - left @ left) / (2 * level**2)
    blank |= {
        "breusch_pagan": bp,
        "breusch_pagan_p": float(chi2.sf(bp, k - 1)),
        "breusch_pagan_original": original,
        "breusch_pagan_original_p": float(chi2.sf(original, k - 1)),
    }
    fitted = np.asarray(fit.fittedvalues)
    if is_constant(fitted):
        return blank  # slopes of exactly 0: there are no powers to add
    fitted = (fitted - fitted.mean()) / fitted.std()
    wide = np.column_stack([x, fitted**2, fitted**3])
    if np.linalg.matrix_rank(wide) == k + 2:
        y = residuals + np.asarray(fit.fittedvalues)
        left = y - wide @ np.linalg.lstsq(wide, y, rcond=None)[0]
        inner = float(left @ left)
        reset = (float(residuals @ residuals) - inner) / 2 / (inner / (n - k - 2))
        blank |= {"reset_f": reset, "reset_p": float(f_distribution.sf(reset, 2, n - k - 2))}
    return blank


def _influence(
    design: pd.DataFrame, fitted: Floats, residuals: Floats, leverage: Floats
) -> pd.DataFrame:
    """Leverage, Cook's distance, studentised residuals, DFFITS and DFBETAS by unit."""
    from scipy.stats import t as student

    x = design.to_numpy()
    n, k = x.shape
    inverse = inverse_gram(x)
    leverage = np.where(leverage > LEVERAGE_LIMIT, np.nan, leverage)
    sse = float(residuals @ residuals)
    scale = sse / (n - k)
    out = pd.DataFrame(
        {"fitted": fitted, "residual": residuals, "leverage": leverage}, index=design.index
    )
    blank = scale <= 0 or n - k < 2
    inside = residuals / np.sqrt(scale * (1 - leverage)) if not blank else np.full(n, np.nan)
    # variance without the unit itself; rounding can push it below zero in a perfect fit
    others = np.maximum(sse - residuals**2 / (1 - leverage), 0) / max(n - k - 1, 1)
    others = np.where(others > 0, others, np.nan)
    outside = residuals / np.sqrt(others * (1 - leverage)) if not blank else np.full(n, np.nan)
    out["cooks_distance"] = inside**2 * leverage / (1 - leverage) / k
    out["studentized_internal"] = inside
    out["studentized_external"] = outside
    out["outlier_p"] = 2 * student.sf(np.abs(outside), max(n - k - 1, 1))
    out["outlier_p_bonferroni"] = np.minimum(out["outlier_p"] * n, 1.0)
    out["dffits"] = outside * np.sqrt(leverage / (1 - leverage))
    shift = (x @ inverse) * (residuals / (1 - leverage))[:, None]
    betas = shift / (np.sqrt(others)[:, None] * np.sqrt(np.diag(inverse)))
    names = [f"dfbetas_{name}" for name in design.columns]
    # side by side by position: several years give a unit several rows
    return pd.concat([out, pd.DataFrame(betas, index=out.index, columns=names)], axis=1)


def column(data: pd.DataFrame, what: Any, name: str) -> pd.Series[Any]:
    """Take a column of the table by its name, or a vector as it is."""
    if isinstance(what, str):
        if what not in data.columns:
            raise StatisticsError(
                "unknown_column",
                f"{name}: no such column",
                found=repr(what),
                expected=some(data.columns),
            )
        return data[what]
    return vector(what, data.index, name)


def vector(what: Any, index: pd.Index, name: str) -> pd.Series[Any]:
    """Bring a vector to an index: a Series by its labels, anything else by its length."""
    if isinstance(what, pd.DataFrame) and what.shape[1] == 1:
        what = what.iloc[:, 0]
    if isinstance(what, pd.Series):
        found: pd.Series[Any] = matched(what, index, name)
        return found
    values = np.asarray(what)
    if values.shape != (len(index),):
        raise StatisticsError(
            "length_mismatch",
            f"{name}: wrong length",
            found=str(values.shape if values.ndim != 1 else len(values)),
            expected=str(len(index)),
        )
    return pd.Series(values, index=index, name=name)


def covariates_of(what: Any, index: pd.Index) -> pd.DataFrame | None:
    """Covariates as numbers on an index; None where there are none."""
    if what is None or np.shape(what)[1:] == (0,):
        return None
    frame = numeric_frame(what, "covariates")
    if not isinstance(what, (pd.DataFrame, pd.Series)) and len(frame) == len(index):
        frame = frame.set_axis(index)
    found: pd.DataFrame = matched(frame, index, "covariates")
    return found


def columns_of(data: pd.DataFrame, names: Sequence[Any], what: str) -> pd.DataFrame:
    names = [names] if isinstance(names, str) else list(names)
    absent = [n for n in names if n not in data.columns]
    if absent:
        raise StatisticsError(
            "unknown_column",
            f"{what}: no such columns",
            found=some(absent),
            expected=some(data.columns),
        )
    return numeric_frame(data[list(names)], what)


def check_cov(cov_type: str, clusters: Any, small_sample: str) -> None:
    choice(cov_type, (*HETEROSKEDASTIC, "cluster"), "covariance")
    choice(small_sample, CLUSTER_FACTORS, "small-sample factor")
    if cov_type == "cluster" and clusters is None:
        raise StatisticsError(
            "no_clusters", "cluster-robust errors need clusters", advice="Pass clusters="
        )


def regression(
    data: pd.DataFrame,
    outcome: Any,
    regressors: Sequence[Any],
    *,
    cov_type: str = "HC3",
    clusters: Any = None,
    small_sample: str = "stata",
    degrees: str | None = None,
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
        Column name or labels, for ``cov_type="cluster"``.
    small_sample : {"stata", "G", "none", "CR2", "CR3"}
        Small-sample factor of clustered errors.
    degrees : {"residual", "satterthwaite"}, optional
        Degrees of freedom: n − k, or G − 1 with clusters, as R and statsmodels have it; or
        matched to the spread of the variance estimate, which small p-values need
        (:func:`parstudy.statistics.drivers.rank_regression` uses them). Without it the former, and
        the latter for CR2.
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
    """
    check_share(confidence, "confidence")
    check_cov(cov_type, clusters, small_sample)
    x = columns_of(data, regressors, "regressors")
    y = numeric_series(column(data, outcome, "outcome"), "outcome")
    groups = None if clusters is None else column(data, clusters, "clusters")
    keep = ~(x.isna().any(axis=1) | y.isna()).to_numpy()
    x, y, rows = complete(x, y)
    if groups is not None:
        groups = groups[keep]
    if not len(x):
        raise StatisticsError("too_few_rows", "no complete row", found=some(regressors))
    if is_constant(y.to_numpy()):
        raise StatisticsError(
            "constant_outcome", "the outcome is the same in all rows", found=str(y.name)
        )
    x = checked_columns(x, rows)
    if not x.shape[1]:
        raise StatisticsError(
            "no_regressor",
            "no regressor is left",
            found=some(r[1] for r in rows if r[0] == "column"),
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
