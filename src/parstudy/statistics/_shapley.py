"""Shapley values: of any set function, and of R² without fitting a model for each subset.

Residual variances of all subsets of k regressors come from one pass of Schur complements: each
regressor in turn is either left out or swept out of the covariance matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb

import numpy as np

from parstudy.statistics.result import Floats

_DEPENDENT = 1e-11


def _sweep(stack: Floats, position: int, scale: float) -> Floats:
    """Take a variable out of each matrix of the stack, with its effect on the others.

    A variable that the ones before it give exactly changes nothing.
    """
    pivot = stack[:, position, position]
    gone = pivot <= _DEPENDENT * scale
    row = stack[:, position, :]
    factor = np.where(gone, 0.0, 1.0 / np.where(gone, 1.0, pivot))
    out: Floats = stack - row[:, :, None] * row[:, None, :] * factor[:, None, None]
    return out


def unexplained(correlation: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Residual variance of the last variable for every subset of players.

    Parameters
    ----------
    correlation : ndarray, shape (m + 1, m + 1)
        Correlation matrix, the outcome last.
    players : sequence of sequences of int
        Columns that enter together; a partition of the first m.

    Returns
    -------
    ndarray, shape (2**k,)
        Bit i of the position says whether player i is in.
    """
    order = [column for group in players for column in group]
    m = len(order)
    start = correlation[np.ix_([*order, len(correlation) - 1], [*order, len(correlation) - 1])]
    stack = start[None, :, :]
    # the first player is decided first, so it ends up as the highest bit: reverse at the end
    for group in players:
        swept = stack
        for step in range(len(group)):
            swept = _sweep(swept, step, 1.0)
        cut = len(group)
        stack = np.concatenate([stack[:, None, cut:, cut:], swept[:, None, cut:, cut:]], axis=1)
        stack = stack.reshape(-1, m + 1 - cut, m + 1 - cut)
        m -= cut
    left = np.maximum(stack[:, 0, 0], 0.0)
    k = len(players)
    out: Floats = left.reshape((2,) * k).transpose(range(k - 1, -1, -1)).ravel() if k else left
    return out


def exact(values: Floats, k: int) -> Floats:
    """Shapley values from the worth of every subset.

    Parameters
    ----------
    values : ndarray, shape (2**k,)
        Bit i of the position says whether player i is in.
    k : int

    Returns
    -------
    ndarray, shape (k,)
    """
    cube = values.reshape((2,) * k)  # axis 0 is the highest bit
    size = np.zeros((2,) * (k - 1), dtype=int)
    for axis in range(k - 1):
        shape = [1] * (k - 1)
        shape[axis] = 2
        size = size + np.arange(2).reshape(shape)
    weight = np.array([1.0 / (k * comb(k - 1, s)) for s in range(k)])[size]
    out = np.empty(k)
    for player in range(k):
        axis = k - 1 - player
        gain = np.take(cube, 1, axis=axis) - np.take(cube, 0, axis=axis)
        out[player] = float((gain * weight).sum())
    return out


def enumerate_worth(worth: Callable[[list[int]], float], k: int) -> Floats:
    """Worth of every subset, by calling a function 2**k times."""
    return np.array([worth([i for i in range(k) if mask >> i & 1]) for mask in range(2**k)])


def sampled(
    correlation: Floats, players: Sequence[Sequence[int]], draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Shapley values of R² from random orders of entry, each with its reverse.

    Parameters
    ----------
    correlation : ndarray, shape (m + 1, m + 1)
        Correlation matrix, the outcome last.
    players : sequence of sequences of int
    draws : int
        Pairs of orders.
    seed : int

    Returns
    -------
    values, errors : ndarray, shape (k,)
        Means, and their Monte Carlo standard errors.
    """
    rng = np.random.default_rng(seed)
    k = len(players)
    last = len(correlation) - 1
    total = np.zeros(k)
    squares = np.zeros(k)
    orders = np.array([rng.permutation(k) for _ in range(draws)])
    batch = max(1, 4_000_000 // (last + 1) ** 2)
    for start in range(0, draws, batch):
        chosen = orders[start : start + batch]
        pair = np.zeros((len(chosen), k))
        for some_order in (chosen, chosen[:, ::-1]):
            pair += _gains(correlation, players, some_order) / 2
        total += pair.sum(axis=0)
        squares += (pair**2).sum(axis=0)
    mean = total / draws
    variance = np.maximum(squares / draws - mean**2, 0) * draws / max(draws - 1, 1)
    return mean, np.sqrt(variance / draws)


def _gains(correlation: Floats, players: Sequence[Sequence[int]], orders: Floats) -> Floats:
    """Gain in R² of each player in each order of entry."""
    last = len(correlation) - 1
    columns = np.array(
        [[c for player in order for c in players[player]] + [last] for order in orders]
    )
    stack = correlation[columns[:, :, None], columns[:, None, :]]
    sizes = np.array([len(group) for group in players])[orders]
    ends = np.cumsum(sizes, axis=1)
    left = np.empty((len(orders), columns.shape[1]))
    left[:, 0] = stack[:, -1, -1]
    for step in range(columns.shape[1] - 1):
        stack = _sweep(stack, 0, 1.0)[:, 1:, 1:]
        left[:, step + 1] = stack[:, -1, -1]
    rows = np.arange(len(orders))[:, None]
    before = left[rows, ends - sizes]
    gains = before - left[rows, ends]
    out: Floats = np.empty_like(gains)
    out[rows, orders] = gains
    return out
