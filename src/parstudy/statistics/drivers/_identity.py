"""Is the outcome the sum of its regressors, and what is left once a part is taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.statistics import inputs
from parstudy.statistics._least_squares import Design, coefficients, is_perfect
from parstudy.statistics.drivers._covariance import DEGREES, heteroskedastic
from parstudy.statistics.inference import add_corrections, fisher_interval
from parstudy.statistics.ranking import value_levels
from parstudy.statistics.result import Drop, Floats, Result, drops

_MOST_DECIMALS = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class IdentityCheck(Result):
    """Whether a total is made of its parts by construction.

    Attributes
    ----------
    kind : {"exact", "rounding", "weighted", "rank", "none"}
        The plain sum; the plain sum to the printed decimals; another exact linear combination;
        the rank of the plain sum; or none of these.
    is_identity : bool
        ``kind != "none"``.
    largest_difference : float
        Largest difference of total and sum of parts, without sign, over the units.
    tolerance : float
        What rounding of the printed figures can explain.
    r_squared : float
        Of the total on all its parts.
    table : DataFrame
        Index unit: ``total, sum_of_parts, difference``.
    """

    kind: str
    is_identity: bool
    largest_difference: float
    tolerance: float
    r_squared: float


def _rounding(values: Floats) -> float:
    """Half a unit of the last decimal with which values were printed; 0 at full precision."""
    for places in range(_MOST_DECIMALS + 1):
        if np.allclose(values, np.round(values, places), rtol=0, atol=10.0 ** -(places + 3)):
            return 0.5 * 10.0**-places
    return 0.0


def _fit(frame: Floats, y: Floats) -> float:
    """R² of y on a constant and the columns."""
    centred = y - y.mean()
    whole = float(centred @ centred)
    if whole == 0:
        return float("nan")
    x = frame - frame.mean(axis=0)
    size = np.linalg.norm(x, axis=0)
    x = x[:, size > 0] / size[size > 0]
    if not x.shape[1]:
        return 0.0
    left = centred - x @ np.linalg.lstsq(x, centred, rcond=None)[0]
    return 1.0 - float(left @ left) / whole


def identity_check(parts: Any, total: Any, tolerance: float | None = None) -> IdentityCheck:
    """Ask whether the outcome is the sum of the regressors, exactly or to rounding.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
        Regressors, one column each, in points.
    total : Series, shape (n,)
        Outcome: a total in points, or the ranks of it.
    tolerance : float, optional
        Largest difference that still counts as rounding. Without it, half a unit of the last
        printed decimal for each of the k + 1 figures.

    Returns
    -------
    IdentityCheck

    Notes
    -----
    A linear combination counts as an identity only where the rows leave room to deny it
    (n > k + 2).

    Examples
    --------
    >>> parts = pd.DataFrame({"A1": [6.0, 7, 9], "A2": [3.0, 5, 4]})
    >>> identity_check(parts, parts.sum(axis=1)).kind
    'exact'
    """
    if tolerance is not None:
        inputs.check_number(tolerance, "tolerance", 0)
    frame, series = inputs.aligned(parts, total)
    frame, series, rows = inputs.complete(frame, series)
    inputs.need_rows(len(frame), 2, "identity check")
    x, y = frame.to_numpy(), series.to_numpy()
    added = x.sum(axis=1)
    difference = y - added
    exact = 1e-9 * max(1.0, float(np.abs(x).max()), float(np.abs(y).max()))
    if tolerance is None:
        # every printed figure is off by up to half a unit of its last decimal
        tolerance = exact + sum(_rounding(column) for column in (*x.T, y))
        # whole numbers need not be rounded ones: the difference must be small beside the spread
        if float(difference.std()) > 0.05 * float(y.std()):
            tolerance = exact
    largest = float(np.abs(difference).max())
    r_squared = _fit(x, y)
    n, k = x.shape
    kind = "none"
    if largest <= exact:
        kind = "exact"
    elif largest <= tolerance:
        kind = "rounding"
    elif n > k + 2 and r_squared > 1 - 1e-9:
        kind = "weighted"
    elif not inputs.is_constant(y) and _ranks_of(added, y, _tie_of_sums(x, exact)):
        kind = "rank"
    return IdentityCheck(
        table=pd.DataFrame(
            {"total": y, "sum_of_parts": added, "difference": difference}, index=frame.index
        ),
        n=n,
        dropped=drops(rows),
        kind=kind,
        is_identity=kind != "none",
        largest_difference=largest,
        tolerance=float(tolerance),
        r_squared=r_squared,
    )


def _tie_of_sums(x: Floats, exact: float) -> float:
    """How far two sums that are ranked may be off by the rounding of their parts."""
    off = exact + 2 * sum(_rounding(column) for column in x.T)
    return exact if off > 0.05 * float(x.sum(axis=1).std()) else off


def _ranks_of(added: Floats, y: Floats, tolerance: float) -> bool:
    """Whether y holds places 1 to n that follow the order of the sums, rounding aside."""
    n = len(y)
    if n < 4 or not np.allclose(y * 2, np.round(y * 2)) or y.min() < 1:
        return False
    if y.max() > 4 * n or len(np.unique(y)) < n / 2:
        return False
    for sign in (1.0, -1.0):
        order = np.argsort(sign * y, kind="stable")
        sums = added[order]
        better = np.diff(sign * y[order]) > 0
        # a step to a worse place must never come with a higher sum
        if (np.diff(sums)[better] <= tolerance).all() or (
            np.diff(sums)[better] >= -tolerance
        ).all():
            return True
    return False


@dataclass(frozen=True, eq=False, kw_only=True)
class ItemRest(Result):
    """Each part against the total of all others.

    Attributes
    ----------
    table : DataFrame
        Index ``part``. ``spearman``, ``spearman_low``, ``spearman_high``, ``spearman_p``,
        ``spearman_p_bh``, ``spearman_p_holm``; the same for ``kendall`` (tau-b) and ``slope``
        (points of the rest per point of the part, HC3); ``pearson``; ``n``, ``n_at_top`` (units
        at the highest value seen), ``reason`` (why figures are missing, else empty:
        ``too_few_rows``, ``constant``, ``constant_rest``; for the slope's errors alone
        ``leverage_one``, one unit decides the slope, and ``perfect``).
    confidence : float
        Of the intervals.
    """

    confidence: float


def item_rest(
    parts: Any, total: Any = None, *, confidence: float = 0.95, degrees: str = "satterthwaite"
) -> ItemRest:
    """Relate each part to the total of all other parts, so that nothing holds by construction.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
        One row per unit, one column per part, in points.
    total : Series, shape (n,), optional
        Total from which each part is taken away in turn; without it, the sum of the parts.
    confidence : float
        Level of the intervals.
    degrees : {"satterthwaite", "residual"}
        Degrees of freedom of the slope's p-value and interval: matched to the spread of the HC3
        variance, or n − 2.

    Returns
    -------
    ItemRest
        P-values are corrected over the parts (Benjamini–Hochberg and Holm). Spearman's p comes
        from Student's t with n − 2 degrees of freedom, Kendall's as scipy gives it.

    Notes
    -----
    Rows with a missing total are left out; a part with missing cells is related on its own rows
    (column ``n``), since the total is known there.

    Examples
    --------
    >>> parts = pd.DataFrame({"A1": [6.0, 7, 9, 8, 5, 9], "A2": [3.0, 5, 4, 6, 3, 5]})
    >>> item_rest(parts).table["spearman"].round(2).to_dict()
    {'A1': 0.58, 'A2': 0.58}
    """
    inputs.check_options(confidence=confidence)
    inputs.choice(degrees, DEGREES, "degrees of freedom")
    frame, series = inputs.aligned(parts, total)
    keep = series.notna()
    if not keep.any():
        inputs.complete(frame, series)  # says which column has no figure
    rows: list[Drop] = [("row", name, "missing", "total") for name in series.index[~keep]]
    frame, series = frame[keep], series[keep]
    inputs.need_rows(len(frame), 5, "item–rest relations")
    records = []
    for name in frame.columns:
        x = frame[name].dropna()
        rest = series[frame[name].notna()] - x
        size = float(series.abs().max())
        reason = _no_relation(x.to_numpy(), rest.to_numpy(), size)
        relation = {} if reason else _relation(x.to_numpy(), rest.to_numpy(), confidence, degrees)
        if reason:
            rows.append(("column", name, reason, ""))
        top = int((x == x.max()).sum())
        records.append({"part": name, "n": len(x), "n_at_top": top, "reason": reason} | relation)
    columns = ["n", "n_at_top", "pearson"]
    for kind in _KINDS:
        columns += [f"{kind}{end}" for end in ("", "_low", "_high", "_p", "_p_bh", "_p_holm")]
    table = pd.DataFrame(records).set_index("part").reindex(columns=[*columns, "reason"])
    for kind in _KINDS:
        add_corrections(table, f"{kind}_p", f"{kind}_p", table.index)
    return ItemRest(
        table=table,
        n=len(frame),
        dropped=drops(rows),
        assumptions=("independent_units", "rest_is_no_effect"),
        confidence=confidence,
    )


_KINDS = ("spearman", "kendall", "slope")


def _no_relation(x: Floats, rest: Floats, size: float) -> str:
    """Why a part has no relation with the rest; empty where it has one."""
    if len(x) < 5:
        return "too_few_rows"
    if inputs.is_constant(x):
        return "constant"
    return "constant_rest" if inputs.is_constant(rest, size) else ""


def _relation(x: Floats, rest: Floats, confidence: float, degrees: str) -> dict[str, Any]:
    """Figures of one row of the table."""
    from scipy.stats import kendalltau, pearsonr, spearmanr

    # taking a part away leaves float noise that would break ties
    levels = value_levels(x), value_levels(rest)
    pearson = float(pearsonr(x, rest).statistic)
    found: dict[str, Any] = {"pearson": pearson}
    for kind, test in (("spearman", spearmanr), ("kendall", kendalltau)):
        said = test(*levels)
        value = float(said.statistic)
        low, high = fisher_interval(value, len(x), kind, confidence)
        found |= {kind: value, f"{kind}_low": low, f"{kind}_high": high}
        found[f"{kind}_p"] = float(said.pvalue)
    found |= _slope(x, rest, confidence, degrees)
    if "slope_p" not in found:
        found["reason"] = "leverage_one" if abs(pearson) < 1 - 1e-9 else "perfect"
    return found


def _slope(x: Floats, y: Floats, confidence: float, degrees: str) -> dict[str, float]:
    from scipy.stats import t as student

    # centred: the slope and its error are the same and keep more digits
    y = y - y.mean()
    design = np.column_stack([np.ones(len(x)), x - x.mean()])
    estimate = coefficients(design, y)
    found = heteroskedastic(Design(design), y - design @ estimate, "HC3", degrees)
    slope, variance = float(estimate[1]), float(found.matrix[1, 1])
    perfect = is_perfect(y - design @ estimate, y, slope * x)
    if not variance > 0 or perfect:
        # one unit alone decides the slope, or the fit is perfect: no error to be had
        return {"slope": slope}
    error = variance**0.5
    half = float(student.ppf((1 + confidence) / 2, found.df[1])) * error
    return {
        "slope": slope,
        "slope_low": slope - half,
        "slope_high": slope + half,
        "slope_p": float(2 * student.sf(abs(slope) / error, found.df[1])),
    }
