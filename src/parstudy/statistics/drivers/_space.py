"""Neighbours: do they resemble each other, and errors that allow for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics._least_squares import Design, is_perfect
from parstudy.statistics.drivers._ols import Regression
from parstudy.statistics.inference import estimate_table
from parstudy.statistics.result import Drop, Floats, Result, drops

_EARTH = 6371.0088
_NOISE = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class Moran(Result):
    """Moran's I: how much neighbours resemble each other.

    Attributes
    ----------
    table : DataFrame
        Index unit; ``value``, ``neighbours_mean``, ``n_neighbours``, ``local`` (the unit's share
        in I times n).
    statistic, expected : float
        I and what it is on average where places do not matter, −1/(n − 1).
    std_error, z, p_value : float
        Under random arrangement of the values seen (Cliff and Ord), two-sided.
    p_permutation : float
        From arrangements drawn, two-sided.
    constants : Series
        ``s0, s1, s2`` of the weights.
    """

    statistic: float
    expected: float
    std_error: float
    z: float
    p_value: float
    p_permutation: float
    constants: pd.Series[Any]


def moran(
    values: Any, neighbours: Any, *, standardise: bool = True, draws: int = 999, seed: int = 0
) -> Moran:
    """Ask whether neighbours have like values.

    Parameters
    ----------
    values : Series, index = unit
        Missing ones are left out.
    neighbours : mapping or DataFrame
        Unit → its neighbours, or a table of weights, units × units (0: none).
    standardise : bool
        Weights of each unit's neighbours add up to 1. Units without a neighbour are left out.
    draws, seed : int
        Arrangements drawn.

    Returns
    -------
    Moran

    Raises
    ------
    StatisticsError
        ``unknown_unit``, ``constant_column``, ``too_few_rows`` and what the checks say.

    Notes
    -----
    Moran (1950); Cliff and Ord (1981), *Spatial Processes*.

    Examples
    --------
    >>> row = pd.Series([1.0, 2, 3, 4, 5], index=list("abcde"))
    >>> beside = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "e"], "e": ["d"]}
    >>> round(moran(row, beside).statistic, 2)
    0.6
    """
    inputs.check_options(standardise=standardise, draws=draws, seed=seed)
    x = inputs.numeric_series(values, "values")
    inputs.need_unique(x.index, "values")
    rows: list[Drop] = [("row", unit, "missing", "value") for unit in x.index[x.isna()]]
    x = x.dropna()
    weights = _weights(neighbours, x.index)
    alone = weights.sum(axis=1) == 0
    rows += [("row", unit, "no_neighbour", "") for unit in x.index[alone]]
    x, weights = x[~alone], weights[~alone][:, ~alone]
    if len(x):
        # whoever is left alone once others are gone keeps weights of 0
        sums = weights.sum(axis=1, keepdims=True)
        weights = weights / np.where(sums > 0, sums, 1.0) if standardise else weights
    inputs.need_rows(len(x), 4, "Moran's I")
    if inputs.is_constant(x.to_numpy()):
        raise StatisticsError("constant_column", "values that do not vary", found=str(x.name))
    z = x.to_numpy() - x.mean()
    n, s0 = len(z), float(weights.sum())
    s1 = float(((weights + weights.T) ** 2).sum()) / 2
    s2 = float(((weights.sum(axis=0) + weights.sum(axis=1)) ** 2).sum())
    found = float(z @ weights @ z) / float(z @ z) * n / s0
    expected = -1 / (n - 1)
    kurtosis = n * float((z**4).sum()) / float((z**2).sum()) ** 2
    squares = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) - kurtosis * (
        (n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2
    )
    variance = squares / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    error = float(np.sqrt(variance)) if variance > 0 else float("nan")
    from scipy.stats import norm

    rng = np.random.default_rng(seed)
    drawn = np.array([_spread(rng.permutation(z), weights) for _ in range(draws)]) * n / s0
    further = int((np.abs(drawn - expected) >= abs(found - expected) * (1 - 1e-12)).sum())
    lag = weights @ x.to_numpy()
    return Moran(
        table=pd.DataFrame(
            {
                "value": x,
                "neighbours_mean": lag if standardise else lag / weights.sum(axis=1),
                "n_neighbours": (weights > 0).sum(axis=1),
                "local": z * (weights @ z) / float(z @ z) * n,
            },
            index=x.index,
        ),
        n=n,
        dropped=drops(rows),
        assumptions=("large_sample",),
        statistic=found,
        expected=expected,
        std_error=error,
        z=(found - expected) / error,
        p_value=float(2 * norm.sf(abs(found - expected) / error)),
        p_permutation=(1 + further) / (1 + draws) if draws else float("nan"),
        constants=pd.Series({"s0": s0, "s1": s1, "s2": s2}),
    )


def _spread(z: Floats, weights: Floats) -> float:
    return float(z @ weights @ z) / float(z @ z)


def _weights(neighbours: Any, index: pd.Index) -> Floats:
    """Weights between units, none with itself; units that are not there do not count."""
    if isinstance(neighbours, pd.DataFrame):
        table = inputs.numeric_frame(neighbours, "neighbours")
        for side in (table.index, table.columns):
            inputs.need_unique(side, "neighbours")
            lacking = [unit for unit in index if unit not in side]
            inputs.refuse("unknown_unit", "units without a row and column of weights", lacking)
        weights = table.loc[index, index].to_numpy().copy()
        if not (weights >= 0).all():
            raise StatisticsError("bad_weights", "weights that are missing or below 0")
        np.fill_diagonal(weights, 0.0)
        return weights
    if not isinstance(neighbours, Mapping):
        raise StatisticsError(
            "not_a_table", "neighbours are no mapping and no table",
            found=type(neighbours).__name__,
        )  # fmt: skip
    known = set(neighbours)
    lacking = [unit for unit in index if unit not in known]
    inputs.refuse("unknown_unit", "units whose neighbours are not given", lacking)
    weights = np.zeros((len(index), len(index)))
    for place, unit in enumerate(index):
        beside = neighbours[unit]
        given = [beside] if isinstance(beside, str) else list(beside)
        unknown = [other for other in given if other not in known]
        inputs.refuse("unknown_unit", f"neighbours of {unit} that are no units", unknown)
        spots = index.get_indexer(pd.Index(given, dtype=object)) if given else np.empty(0, int)
        weights[place, spots[spots >= 0]] = 1.0
        weights[place, place] = 0.0
    return weights


def conley_errors(
    fit: Regression, coordinates: Any, cutoff: float, *, latlon: bool = True
) -> pd.DataFrame:
    """Table of a regression with errors that allow units near each other to depend.

    Parameters
    ----------
    fit : Regression
        One row per unit.
    coordinates : DataFrame, index = unit
        Two columns: latitude and longitude in degrees, or x and y.
    cutoff : float
        Distance up to which units depend (km, or units of x and y); every pair within it counts
        fully, so 0 gives HC0.
    latlon : bool
        Great-circle distances in km, or straight lines.

    Returns
    -------
    DataFrame
        As the table of the regression: ``estimate, std_error, statistic, p_value, ci_low,
        ci_high`` (normal distribution).

    Raises
    ------
    StatisticsError
        ``bad_coordinates``, ``index_mismatch``, ``no_standard_error`` and what the checks say.

    Notes
    -----
    Conley (1999), *GMM estimation with cross sectional dependence*, Journal of Econometrics 92;
    uniform kernel. With few units far from each other it is near HC0, which is too small.

    Examples
    --------
    >>> from parstudy.statistics.drivers import regression
    >>> rows = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "y": [2.1, 3.9, 6.2, 7.8, 10.1]})
    >>> at = pd.DataFrame({"lat": [10.0, 11, 12, 13, 14], "lon": 105.0})
    >>> fit = regression(rows, "y", ["x"])
    >>> float(conley_errors(fit, at, 0.0).loc["x", "std_error"].round(3))
    0.034
    """
    if not isinstance(fit, Regression):
        raise StatisticsError("not_a_model", "no regression", found=type(fit).__name__)
    inputs.check_options(standardise=latlon)
    inputs.check_number(cutoff, "cutoff", 0)
    index = pd.Index(fit.model.model.data.row_labels)
    inputs.need_unique(index, "the regression")
    at = inputs.matched(inputs.numeric_frame(coordinates, "coordinates"), index, "coordinates")
    if at.shape[1] != 2 or at.isna().any(axis=None):
        lacking = at.index[at.isna().any(axis=1)]
        raise StatisticsError(
            "bad_coordinates", "coordinates are not two for each unit",
            found=inputs.some(lacking) or inputs.some(at.columns),
        )  # fmt: skip
    if latlon and (at.iloc[:, 0].abs().max() > 90 or at.iloc[:, 1].abs().max() > 360):
        raise StatisticsError(
            "bad_coordinates",
            "no latitudes and longitudes in degrees",
            found=inputs.some(at.columns),
        )
    near = _distances(at.to_numpy(), latlon) <= cutoff
    model = fit.model.model
    x, left = np.asarray(model.exog), np.asarray(fit.model.resid)
    if is_perfect(left, np.asarray(model.endog), *(x * np.asarray(fit.model.params)).T):
        raise StatisticsError("no_standard_error", "the fit is perfect", found=fit.outcome)
    scores = Design(x).effects * left[:, None]
    matrix = scores.T @ near @ scores
    variance = np.diag(matrix)[: len(fit.table)]
    # where every pair is near, scores add up to nothing but float noise
    if not (variance > _NOISE * (scores**2).sum(axis=0)[: len(variance)]).all():
        raise StatisticsError(
            "no_standard_error", "this cutoff gives no variance above 0", found=f"{cutoff:g}",
            advice="Take a smaller one",
        )  # fmt: skip
    estimate = fit.table["estimate"].to_numpy()
    return estimate_table(fit.table.index, estimate, np.sqrt(variance), fit.confidence)


def _distances(at: Floats, latlon: bool) -> Floats:
    if not latlon:
        out: Floats = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
        return out
    lat, lon = np.radians(at).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    out = 2 * _EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return out


def nearest(coordinates: Any, k: int = 4) -> dict[Any, list[Any]]:
    """Each unit's k nearest others, by latitude and longitude.

    Parameters
    ----------
    coordinates : DataFrame, index = unit
        Latitude and longitude in degrees.
    k : int

    Returns
    -------
    dict
        For :func:`moran`.

    Examples
    --------
    >>> at = pd.DataFrame({"lat": [21.0, 20.9, 10.8], "lon": [105.8, 106.7, 106.7]}, list("abc"))
    >>> nearest(at, 1)
    {'a': ['b'], 'b': ['a'], 'c': ['b']}
    """
    inputs.whole_number(k, "k", 1)
    at = inputs.numeric_frame(coordinates, "coordinates")
    inputs.need_unique(at.index, "coordinates")
    if at.shape[1] != 2 or at.isna().any(axis=None):
        raise StatisticsError(
            "bad_coordinates",
            "coordinates are not two for each unit",
            found=inputs.some(at.columns),
        )
    inputs.need_rows(len(at), k + 1, "nearest units")
    apart = _distances(at.to_numpy(), latlon=True)
    np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart, axis=1, kind="stable")[:, :k]
    return {unit: at.index[row].tolist() for unit, row in zip(at.index, order, strict=True)}
