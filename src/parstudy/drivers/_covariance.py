"""Robust covariance matrices of least squares, each with its name and degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy._statistics import LEVERAGE_LIMIT, Floats, choice, some
from parstudy.errors import StatisticsError

HETEROSKEDASTIC = ("classical", "HC0", "HC1", "HC2", "HC3", "HC4")
CLUSTER_FACTORS = ("stata", "G", "none", "CR2", "CR3")


@dataclass(frozen=True, eq=False)
class Covariance:
    """A covariance matrix of estimates and how to test with it.

    Attributes
    ----------
    matrix : ndarray, shape (k, k)
    df : ndarray, shape (k,)
        Degrees of freedom of Student's t, per coefficient.
    name : str
        What it is, for the reader: ``HC3``, ``cluster, factor G/(G-1)·(n-1)/(n-k)`` …
    n_clusters : int or None
    """

    matrix: Floats
    df: Floats
    name: str
    n_clusters: int | None = None


_FACTOR_NAMES = {
    "none": "cluster, no small-sample factor",
    "G": "cluster, factor G/(G-1)",
    "stata": "cluster, factor G/(G-1)·(n-1)/(n-k)",
    "CR2": "cluster, CR2 with Satterthwaite degrees of freedom",
    "CR3": "cluster, CR3",
}


def inverse_gram(x: Floats) -> Floats:
    """Inverse of X'X through QR, which keeps twice the digits of forming X'X."""
    root = np.linalg.inv(np.linalg.qr(x, mode="r"))
    out: Floats = root @ root.T
    return out


def heteroskedastic(x: Floats, residuals: Floats, kind: str = "HC3") -> Covariance:
    """Classical and White-type covariances.

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Design with its constant, full rank.
    residuals : ndarray, shape (n,)
    kind : {"classical", "HC0", "HC1", "HC2", "HC3", "HC4"}
        White (1980); MacKinnon and White (1985); HC4 after Cribari-Neto (2004), *Asymptotic
        inference under heteroskedasticity of unknown form*.

    Returns
    -------
    Covariance
        With n − k degrees of freedom. NaN for HC2 to HC4 when one row decides a coefficient
        (leverage 1).
    """
    choice(kind, HETEROSKEDASTIC, "covariance")
    n, k = x.shape
    bread = inverse_gram(x)
    df = np.full(k, float(n - k))
    squares = residuals**2
    if kind == "classical":
        return Covariance(bread * float(squares.sum()) / (n - k), df, kind)
    leverage = np.einsum("ij,jk,ik->i", x, bread, x)
    if kind in {"HC2", "HC3", "HC4"} and leverage.max() > LEVERAGE_LIMIT:
        return Covariance(np.full((k, k), np.nan), df, kind)
    weight: dict[str, Callable[[], Any]] = {
        "HC0": lambda: 1.0,
        "HC1": lambda: n / (n - k),
        "HC2": lambda: 1 / (1 - leverage),
        "HC3": lambda: 1 / (1 - leverage) ** 2,
        "HC4": lambda: (1 - leverage) ** -np.minimum(4, n * leverage / k),
    }
    middle = (x * (squares * weight[kind]())[:, None]).T @ x
    return Covariance(bread @ middle @ bread, df, kind)


def cluster_codes(clusters: Any, n: int) -> tuple[np.ndarray[Any, Any], int]:
    """Number the clusters; refuse one cluster or a missing label.

    Raises
    ------
    StatisticsError
        ``one_cluster``, ``length_mismatch`` or ``missing_cluster``.
    """
    labels = pd.Series(np.asarray(clusters, dtype=object))
    if len(labels) != n:
        raise StatisticsError(
            "length_mismatch", "clusters: wrong length", found=str(len(labels)), expected=str(n)
        )
    codes, names = pd.factorize(labels)
    if (codes < 0).any():
        raise StatisticsError(
            "missing_cluster", "rows without a cluster", found=f"{int((codes < 0).sum())} rows"
        )
    if len(names) < 2:
        raise StatisticsError(
            "one_cluster",
            "cluster-robust errors need at least two clusters",
            found=some(names) or "none",
        )
    return codes, len(names)


def clustered(
    x: Floats,
    residuals: Floats,
    clusters: Any,
    small_sample: str = "stata",
    n_parameters: int | None = None,
) -> Covariance:
    """Cluster-robust covariance.

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Design with its constant, full rank.
    residuals : ndarray, shape (n,)
    clusters : array of labels, shape (n,)
    small_sample : {"stata", "G", "none", "CR2", "CR3"}
        Factor on the variance, see the names on the result. CR2 and CR3 are the bias-reduced
        and jackknife forms (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018, *Small-sample
        methods for cluster-robust variance estimation*).
    n_parameters : int, optional
        Parameters that ``"stata"`` counts; without it k.

    Returns
    -------
    Covariance
        With G − 1 degrees of freedom, CR2 with Satterthwaite's.
    """
    choice(small_sample, CLUSTER_FACTORS, "small-sample factor")
    n, k = x.shape
    codes, n_clusters = cluster_codes(clusters, n)
    bread = inverse_gram(x)
    df = np.full(k, float(n_clusters - 1))
    members = [np.flatnonzero(codes == g) for g in range(n_clusters)]
    if small_sample in {"CR2", "CR3"}:
        adjusted = [_adjusted(x[rows], bread, small_sample) for rows in members]
        scores = np.array([a @ residuals[rows] for a, rows in zip(adjusted, members, strict=True)])
        if small_sample == "CR2":
            df = _satterthwaite(x, bread, adjusted, members)
        factor = 1.0
    else:
        scores = np.array([x[rows].T @ residuals[rows] for rows in members])
        g = n_clusters / (n_clusters - 1)
        counted = k if n_parameters is None else n_parameters
        factor = {"none": 1.0, "G": g, "stata": g * (n - 1) / (n - counted)}[small_sample]
    return Covariance(
        factor * bread @ (scores.T @ scores) @ bread, df, _FACTOR_NAMES[small_sample], n_clusters
    )


def _adjusted(rows: Floats, bread: Floats, kind: str) -> Floats:
    """Transpose of a cluster's design, times its adjustment matrix; shape (k, n_g)."""
    left = np.eye(len(rows)) - rows @ bread @ rows.T
    values, vectors = np.linalg.eigh((left + left.T) / 2)
    # a unit effect inside its own cluster makes this singular: generalised inverse
    power = np.zeros_like(values)
    large = values > 1e-10
    power[large] = values[large] ** (-0.5 if kind == "CR2" else -1.0)
    out: Floats = rows.T @ ((vectors * power) @ vectors.T)
    return out


def _satterthwaite(
    x: Floats, bread: Floats, adjusted: list[Floats], members: list[np.ndarray[Any, Any]]
) -> Floats:
    """Degrees of freedom under independent, equally variable errors; one per coefficient."""
    k = x.shape[1]
    out = np.empty(k)
    # column g of the form: (I − H)[:, g] A_g X_g (X'X)^-1 c
    directions = []
    for a, rows in zip(adjusted, members, strict=True):
        inner = a.T @ bread  # (n_g, k)
        full = -x @ (bread @ (x[rows].T @ inner))
        full[rows] += inner
        directions.append(full)
    stacked = np.stack(directions, axis=1)  # (n, G, k)
    for j in range(k):
        form = stacked[:, :, j].T @ stacked[:, :, j]
        square = float((form * form).sum())
        out[j] = float(np.trace(form)) ** 2 / square if square > 0 else np.nan
    return out
