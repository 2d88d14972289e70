"""From estimates and their errors to tests and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.inputs import choice, numeric_series, some
from parstudy.statistics.result import Floats

__all__ = [
    "CORRECTIONS",
    "add_corrections",
    "adjust_pvalues",
    "estimate_table",
    "fisher_interval",
    "quantile_band",
]

CORRECTIONS = ("BH", "BY", "holm", "bonferroni", "hochberg", "hommel")


def adjust_pvalues(p: Any, method: str = "BH") -> Any:
    """Correct a family of p-values; a missing one stays missing and does not count.

    Parameters
    ----------
    p : Series or array of float, shape (m,)
        P-values, NaN where there is none.
    method : {"BH", "BY", "holm", "bonferroni", "hochberg", "hommel"}
        Benjamini and Hochberg (1995), Benjamini and Yekutieli (2001), Holm (1979), …

    Returns
    -------
    Series or array of float, shape (m,)
        As the input.

    Raises
    ------
    StatisticsError
        ``unknown_method`` or ``not_a_probability``.

    Examples
    --------
    >>> adjust_pvalues([0.01, 0.04, 0.03], "holm").tolist()
    [0.03, 0.06, 0.06]
    """
    choice(method, CORRECTIONS, "correction")
    empty = isinstance(p, (list, tuple, np.ndarray, pd.Series)) and not len(p)
    values = np.empty(0) if empty else numeric_series(p, "p", smallest=0.0).to_numpy()
    seen = ~np.isnan(values)
    if ((values[seen] < 0) | (values[seen] > 1)).any():
        outside = values[seen & ((values < 0) | (values > 1))]
        raise StatisticsError(
            "not_a_probability", "p-values outside 0 to 1", found=some(outside.tolist(), 3)
        )
    out = _corrected(values, method)
    return pd.Series(out, index=p.index, name=p.name) if isinstance(p, pd.Series) else out


def _corrected(values: Floats, method: str) -> Floats:
    """Corrected p-values; a missing one stays missing and does not count."""
    seen = ~np.isnan(values)
    out = np.full_like(values, np.nan)
    if seen.any():
        out[seen] = _adjusted(values[seen], method)
    return out


def _adjusted(p: Floats, method: str) -> Floats:
    if method == "hommel":
        from statsmodels.stats.multitest import multipletests

        hommel: Floats = multipletests(p, method="hommel")[1]
        return hommel
    m = len(p)
    order = np.argsort(p, kind="stable")
    place = np.arange(1, m + 1)
    weight = {
        "BH": m / place,
        "BY": m / place * float((1 / place).sum()),
        "holm": m + 1.0 - place,
        "hochberg": m + 1.0 - place,
        "bonferroni": np.full(m, float(m)),
    }[method]
    adjusted = p[order] * weight
    if method == "holm":
        adjusted = np.maximum.accumulate(adjusted)
    elif method != "bonferroni":
        adjusted = np.minimum.accumulate(adjusted[::-1])[::-1]
    out = np.empty(m)
    out[order] = np.minimum(adjusted, 1.0)
    return out


def fisher_interval(r: float, n: int, kind: str, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for a correlation through Fisher's z.

    Variances: Pearson 1/(n-3); Spearman (1 + r²/2)/(n-3) and Kendall 0.437/(n-4), after Bonett
    and Wright (2000), *Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations*, Psychometrika 65.

    Examples
    --------
    >>> low, high = fisher_interval(0.5, 63, "pearson")
    >>> round(low, 2), round(high, 2)
    (0.29, 0.67)
    """
    from scipy.stats import norm

    spare = n - (4 if kind == "kendall" else 3)
    if spare <= 0 or not abs(r) < 1:
        return (r, r) if abs(r) == 1 else (np.nan, np.nan)
    variance = {"pearson": 1.0, "spearman": 1 + r * r / 2, "kendall": 0.437}[kind] / spare
    half = float(norm.ppf((1 + confidence) / 2)) * variance**0.5
    z = np.arctanh(r)
    return float(np.tanh(z - half)), float(np.tanh(z + half))


def estimate_table(
    names: Sequence[str] | pd.Index,
    estimate: Floats,
    error: Floats,
    confidence: float,
    *,
    df: Floats | None = None,
    family: Sequence[str] | pd.Index | None = None,
) -> pd.DataFrame:
    """Estimates with their tests and intervals.

    Parameters
    ----------
    names : sequence of str, length k
        Terms.
    estimate, error : ndarray, shape (k,)
        Estimates and their standard errors, NaN where there is none.
    confidence : float
        Level of the intervals.
    df : ndarray, shape (k,), optional
        Degrees of freedom of Student's t; without them the normal distribution.
    family : sequence of str, optional
        Terms whose p-values are corrected together; without it there are no such columns.

    Returns
    -------
    DataFrame
        Index ``term``; ``estimate, std_error, statistic``, with ``df`` that column, ``p_value``,
        with ``family`` also ``p_bh, p_holm``, then ``ci_low, ci_high``.
    """
    from scipy.stats import norm
    from scipy.stats import t as student

    law, of = (norm, ()) if df is None else (student, (df,))
    statistic = estimate / error
    half = law.ppf((1 + confidence) / 2, *of) * error
    columns: dict[str, Any] = {
        "estimate": estimate, "std_error": error, "statistic": statistic,
    }  # fmt: skip
    if df is not None:
        columns["df"] = df
    columns["p_value"] = 2 * law.sf(np.abs(statistic), *of)
    if family is not None:
        columns["p_bh"] = columns["p_holm"] = np.nan
    columns |= {"ci_low": estimate - half, "ci_high": estimate + half}
    table = pd.DataFrame(columns, index=pd.Index(names, name="term"))
    if family is not None:
        add_corrections(table, "p_value", "p", family)
    return table


def add_corrections(table: pd.DataFrame, column: str, name: str, family: Any) -> None:
    """Put the corrected p-values of a family into a table.

    Parameters
    ----------
    table : DataFrame
        Changed in place: ``<name>_bh`` (Benjamini–Hochberg) and ``<name>_holm``.
    column : str
        Column of the p-values.
    name : str
        What the new columns begin with.
    family : sequence or Index
        Labels of the rows that are corrected together.
    """
    rows = table.index.get_indexer_for(pd.Index(family))
    p = table[column].to_numpy(dtype=float)[rows]
    for end, method in (("bh", "BH"), ("holm", "holm")):
        kept = f"{name}_{end}"
        values = np.full(len(table), np.nan)
        if kept in table:
            values = table[kept].to_numpy(dtype=float, copy=True)
        values[rows] = _corrected(p, method)
        table[kept] = values


def quantile_band(draws: Sequence[float], confidence: float) -> tuple[float, float]:
    """Band that holds a share of bootstrap draws; missing ones do not count.

    Parameters
    ----------
    draws : sequence of float
        NaN where a draw gave nothing.
    confidence : float
        Share of the draws inside.

    Returns
    -------
    (float, float)
        NaN where no draw gave anything.

    Examples
    --------
    >>> quantile_band([1.0, 2.0, 3.0, 4.0, 5.0], 0.5)
    (2.0, 4.0)
    """
    seen = [v for v in draws if not np.isnan(v)]
    if not seen:
        return np.nan, np.nan
    low, high = np.quantile(seen, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
