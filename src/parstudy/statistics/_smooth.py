"""A local linear smoother, for main effects that need not be straight lines."""

from __future__ import annotations

import numpy as np

from parstudy.statistics.result import Floats

_BANDWIDTHS = 24


def hat_matrix(x: Floats, at: Floats, bandwidth: float) -> Floats:
    """Weights of the observations in a local linear fit (Gaussian kernel).

    Parameters
    ----------
    x : ndarray, shape (n,)
    at : ndarray, shape (m,)
        Where to fit.
    bandwidth : float
        Standard deviation of the kernel; infinite gives the straight line.

    Returns
    -------
    ndarray, shape (m, n)
    """
    gap = x[None, :] - at[:, None]
    if np.isinf(bandwidth):
        weight = np.ones_like(gap)
    else:
        # far from all data the nearest ones still count
        power = -0.5 * (gap / bandwidth) ** 2
        weight = np.exp(power - power.max(axis=1, keepdims=True))
    s0 = weight.sum(axis=1)
    s1 = (weight * gap).sum(axis=1)
    s2 = (weight * gap**2).sum(axis=1)
    spread = s0 * s2 - s1**2
    # only one value of x in reach: fit its mean instead of a line
    flat = spread <= 1e-10 * s0 * np.maximum(s2, 1e-300)
    line = weight * (s2[:, None] - s1[:, None] * gap) / np.where(flat, 1.0, spread)[:, None]
    out: Floats = np.where(flat[:, None], weight / s0[:, None], line)
    return out


def choose_bandwidth(x: Floats, y: Floats) -> float:
    """Bandwidth with the smallest leave-one-out error; infinite when a line does best."""
    spread = float(np.ptp(x))
    grid = [*np.geomspace(spread / 40, spread, _BANDWIDTHS), np.inf]
    best, chosen = np.inf, np.inf
    for bandwidth in grid:
        hat = hat_matrix(x, x, float(bandwidth))
        own = np.diag(hat)
        if own.max() > 1 - 1e-6:
            # a unit alone in its window would have to predict itself
            continue
        error = float((((y - hat @ y) / (1 - own)) ** 2).mean())
        if error < best * (1 - 1e-12):
            best, chosen = error, float(bandwidth)
    return chosen


def explained(x: Floats, y: Floats, bandwidth: float) -> float:
    """Variance of the fitted curve over the variance of y."""
    fitted = hat_matrix(x, x, bandwidth) @ y
    return float(min(fitted.var() / y.var(), 1.0))
