"""Least squares by a formula: factors, interactions, predictions and contrasts."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.drivers._covariance import DEGREES, check_kind
from parstudy.statistics.drivers._ols import CONSTANT, Regression, least_squares
from parstudy.statistics.inference import estimate_table
from parstudy.statistics.result import Drop, Floats, Result, drops

_INTERCEPT = "Intercept"
# what the expressions of a formula may raise when they are read or computed
_OF_FORMULAS = (
    ArithmeticError, AttributeError, ImportError, LookupError, NameError, SyntaxError, TypeError,
    ValueError,
)  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class FormulaRegression(Regression):
    """Ordinary least squares by a formula; terms are those that the formula makes.

    Attributes
    ----------
    formula : str
    spec : formulaic.ModelSpec
        Makes the same columns from other rows.
    """

    formula: str
    spec: Any


@dataclass(frozen=True, eq=False, kw_only=True)
class Predictions(Result):
    """What a regression says for given rows, or for the difference between two of them.

    Attributes
    ----------
    table : DataFrame
        One row per row given; ``estimate, std_error, statistic, df, p_value, ci_low, ci_high``
        (of the mean outcome, not of one unit's).
    confidence : float
    """

    confidence: float


def formula_regression(
    data: pd.DataFrame,
    formula: str,
    *,
    cov_type: str = "HC3",
    clusters: Any = None,
    small_sample: str = "CR2",
    degrees: str = "satterthwaite",
    confidence: float = 0.95,
) -> FormulaRegression:
    """Least squares with factors and interactions.

    Parameters
    ----------
    data : DataFrame
        One row per unit.
    formula : str
        As in R, by formulaic: ``"total ~ A1 + C(region)"``, ``"y ~ x * C(group)"``; a constant
        is always in the model. Text columns are factors, their first level the base.
    cov_type, clusters, small_sample, degrees, confidence
        As in :func:`regression`.

    Returns
    -------
    FormulaRegression

    Raises
    ------
    StatisticsError
        ``bad_formula``, ``too_few_rows``, ``constant_outcome``, ``no_regressor`` and what the
        input checks say.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6, 7], "g": list("ababaab")})
    >>> rows["y"] = 2 * rows["x"] + (rows["g"] == "b") + [0.1, -0.1, 0.2, 0.0, -0.2, 0.1, -0.1]
    >>> fit = formula_regression(rows, "y ~ x + g")
    >>> fit.table["estimate"].round(1).to_dict()
    {'const': 0.1, 'x': 2.0, 'g[T.b]': 0.9}
    """
    inputs.check_options(confidence=confidence)
    inputs.choice(degrees, DEGREES, "degrees of freedom")
    check_kind(cov_type, clusters, small_sample)
    inputs.need_table(data)
    plain = data.reset_index(drop=True)
    left, right, spec = _columns(plain, formula)
    groups = None if clusters is None else inputs.column(data, clusters, "clusters")
    y = inputs.numeric_series(left, "outcome")
    x = inputs.numeric_frame(right.drop(columns=_INTERCEPT), "regressors")
    inputs.refuse_itself(y.name, x)
    kept = np.asarray(right.index)
    gone = np.setdiff1d(np.arange(len(data)), kept)
    rows: list[Drop] = [("row", data.index[i], "missing", "") for i in gone]
    x, y = x.set_axis(data.index[kept]), y.set_axis(data.index[kept])
    inputs.need_rows(len(x), 3, "regression")
    if inputs.is_constant(y.to_numpy()):
        raise StatisticsError(
            "constant_outcome", "the outcome is the same in all rows", found=str(y.name)
        )
    used = inputs.checked_columns(x, rows)
    if not used.shape[1]:
        raise StatisticsError("no_regressor", "no regressor is left", found=inputs.some(x.columns))
    fit = least_squares(
        y,
        used,
        pd.DataFrame(index=used.index),
        cov_type=cov_type,
        clusters=None if groups is None else groups.iloc[kept],
        small_sample=small_sample,
        confidence=confidence,
        rows=rows,
        degrees=degrees,
    )
    return FormulaRegression(**vars_of(fit), formula=formula, spec=spec)


def vars_of(fit: Regression) -> dict[str, Any]:
    """Fields of a regression, to make another kind of it."""
    names = ("table", "n", "dropped", "assumptions", "outcome", "model", "errors", "confidence")
    return {name: getattr(fit, name) for name in names}


def _columns(data: pd.DataFrame, formula: Any) -> tuple[pd.DataFrame, pd.DataFrame, Any]:
    """Both sides of a formula as columns of the complete rows, and what makes them again."""
    import formulaic
    from formulaic.errors import FormulaicError

    if not isinstance(formula, str) or "~" not in formula:
        raise StatisticsError(
            "bad_formula", "no formula", found=repr(formula)[:60], expected='"outcome ~ regressors"'
        )
    try:
        made = formulaic.model_matrix(formula, data, context={})
        left, right = pd.DataFrame(made.lhs), pd.DataFrame(made.rhs)
    except (FormulaicError, *_OF_FORMULAS) as reason:
        said = str(reason).split("\n")[0]
        raise StatisticsError(
            "bad_formula",
            "the formula cannot be read with these columns",
            found=f"{formula!r} ({said})"[:160],
            expected=inputs.some(data.columns),
        ) from reason
    if left.shape[1] != 1:
        raise StatisticsError(
            "bad_formula",
            "the outcome is not one column",
            found=inputs.some(left.columns) or "none",
        )
    if _INTERCEPT not in right.columns or right.shape[1] < 2:
        raise StatisticsError(
            "bad_formula", "a model needs a constant and a regressor", found=repr(formula)
        )
    return left.iloc[:, 0].to_frame(), right, made.rhs.model_spec


def _design(fit: FormulaRegression, data: Any, what: str) -> tuple[Floats, pd.Index]:
    """Columns of the model for given rows."""
    from formulaic.errors import FormulaicError

    if not isinstance(fit, FormulaRegression):
        raise StatisticsError(
            "not_a_model", "no regression by a formula", found=type(fit).__name__,
            advice="Fit it with formula_regression",
        )  # fmt: skip
    inputs.need_table(data)
    used = fit.spec.required_variables
    absent = sorted(str(name) for name in used if name not in data.columns)
    inputs.refuse(
        "unknown_column", f"{what}: no such columns", absent, expected=inputs.some(data.columns)
    )
    if data[[*used]].isna().any(axis=None):
        raise StatisticsError("missing_value", f"{what}: missing figures", found=inputs.some(used))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a level that the model does not know
            made = pd.DataFrame(fit.spec.get_model_matrix(data.reset_index(drop=True), context={}))
    except (FormulaicError, TypeError, ValueError, Warning) as reason:
        raise StatisticsError(
            "bad_formula",
            f"{what}: rows that the model does not know",
            found=str(reason).split("\n")[0][:120],
        ) from reason
    made = made.rename(columns={_INTERCEPT: CONSTANT})
    columns = inputs.numeric_frame(made[list(fit.model.model.exog_names)], what)
    return columns.to_numpy(), data.index


def _said(fit: FormulaRegression, rows: Floats, names: pd.Index, confidence: float) -> Predictions:
    """Linear combinations of the estimates with their errors."""
    beta = np.asarray(fit.model.params)
    error = np.sqrt(np.einsum("ij,jk,ik->i", rows, fit.errors.matrix, rows))
    error = np.where(error > 0, error, np.nan)
    # the degrees of freedom of a combination are at least those of its least certain part
    df = np.full(len(rows), float(np.min(fit.errors.df)))
    table = estimate_table(names, rows @ beta, error, confidence, df=df)
    table.index = names
    return Predictions(
        table=table, n=fit.n, dropped=drops(), assumptions=fit.assumptions, confidence=confidence
    )


def predict(fit: FormulaRegression, data: pd.DataFrame, *, confidence: float = 0.95) -> Predictions:
    """Mean outcome that a regression says for given rows.

    Parameters
    ----------
    fit : FormulaRegression
    data : DataFrame
        Rows with the columns of the formula.
    confidence : float

    Returns
    -------
    Predictions

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "y": [2.1, 3.9, 6.2, 7.8, 10.1]})
    >>> fit = formula_regression(rows, "y ~ x")
    >>> predict(fit, pd.DataFrame({"x": [6.0]})).table["estimate"].round(2).tolist()
    [11.99]
    """
    inputs.check_options(confidence=confidence)
    rows, names = _design(fit, data, "data")
    return _said(fit, rows, names, confidence)


def contrast(
    fit: FormulaRegression, data: pd.DataFrame, base: pd.DataFrame, *, confidence: float = 0.95
) -> Predictions:
    """Difference between the outcomes that a regression says for rows and for others.

    Parameters
    ----------
    fit : FormulaRegression
    data, base : DataFrame
        Rows to compare, one by one; one row of ``base`` serves for all.
    confidence : float

    Returns
    -------
    Predictions

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "y": [2.1, 3.9, 6.2, 7.8, 10.1]})
    >>> fit = formula_regression(rows, "y ~ x")
    >>> two, one = pd.DataFrame({"x": [3.0]}), pd.DataFrame({"x": [1.0]})
    >>> contrast(fit, two, one).table["estimate"].round(2).tolist()
    [3.98]
    """
    inputs.check_options(confidence=confidence)
    rows, names = _design(fit, data, "data")
    others, _ = _design(fit, base, "base")
    if len(others) not in {1, len(rows)}:
        raise StatisticsError(
            "length_mismatch", "rows and base cannot be compared one by one",
            found=f"{len(rows)} and {len(others)} rows",
        )  # fmt: skip
    return _said(fit, rows - others, names, confidence)
