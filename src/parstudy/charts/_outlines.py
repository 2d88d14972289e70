"""Outlines of provinces: what of them can be seen, and where there is room inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""A line of points, shape (n, 2); in degrees or in inches on the sheet."""

_GRID = 1 / 240  # inches; finer is not seen, and neighbours rounded alike still fit together
_STRAIGHT = 0.004  # inches that a point may be off the line it is left out of


def largest(rings: Sequence[Points]) -> Points:
    """Ring with the largest area."""
    return max(rings, key=_extent)


def _extent(ring: Points) -> float:
    x, y = (ring - ring[0]).T
    return float(abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))


def dense(ring: Points, step: float) -> Points:
    """Points along a ring at most a step apart."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    extra = np.arange(0.0, length[-1], step)
    along = np.column_stack([np.interp(extra, length, ring[:, i]) for i in (0, 1)])
    return np.concatenate([ring, along])


def thinned(ring: Points) -> Points:
    """Ring without what cannot be seen: rounded, and without points on a straight line.

    Whether a point goes depends on the two beside it only, in whichever order, so two neighbours
    lose the same points of their common border.
    """
    shape = np.round(ring / _GRID)
    shape = shape[np.concatenate([[True], (np.diff(shape, axis=0) != 0).any(axis=1)])] * _GRID
    for _ in range(8):
        points = shape[:-1]
        if len(points) < 4:
            break
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        (ax, ay), (bx, by) = (points - before).T, (after - before).T
        base = np.hypot(bx, by)
        off = np.where(base > 0, abs(ax * by - ay * bx) / np.maximum(base, 1e-12), np.inf)
        # of two neighbours only one goes; the place breaks ties
        order = off + 1e-6 * np.modf(points @ np.array([61.8, 41.4]))[0]
        least = (order < np.roll(order, 1)) & (order < np.roll(order, -1))
        keep = ~((off < _STRAIGHT) & least)
        if keep.all():
            break
        points = points[keep]
        shape = np.concatenate([points, points[:1]])
    return shape


def widest(ring: Points) -> tuple[Points, float]:
    """Middle and radius of the widest circle inside a ring, as far as a grid finds it."""
    ring = thinned(ring)
    path = Path(ring)
    low, high = ring.min(axis=0), ring.max(axis=0)
    best, radius = (low + high) / 2, 0.0
    step = (high - low) / 2
    for _ in range(3):
        xs, ys = (np.linspace(best[i] - step[i], best[i] + step[i], 13) for i in (0, 1))
        points = np.column_stack([g.ravel() for g in np.meshgrid(xs, ys)])
        points = points[path.contains_points(points)]
        if not len(points):
            break
        away = _distance(points, ring)
        if away.max() > radius:
            best, radius = points[int(away.argmax())], float(away.max())
        step = step / 5
    return best, radius


def _distance(points: Points, ring: Points) -> Points:
    """Distance of each point from the line."""
    start, run = ring[:-1], np.diff(ring, axis=0)
    length = np.maximum((run**2).sum(axis=1), 1e-18)
    away = points[:, None, :] - start
    along = np.clip((away * run).sum(axis=2) / length, 0.0, 1.0)
    gap = away - along[:, :, None] * run
    return np.asarray(np.sqrt((gap**2).sum(axis=2)).min(axis=1))
