"""Robust covariance matrices of least squares, each with its name and degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics._least_squares import effects_of_rows, inverse_gram
from parstudy.statistics.inputs import choice, some
from parstudy.statistics.result import Floats

HETEROSKEDASTIC = ("classical", "HC0", "HC1", "HC2", "HC3", "HC4")
LEVERAGE_LIMIT = 1 - 1e-9
"""Leverage from which a row counts as alone deciding a coefficient."""
_NOISE = 1e-18  # of the classical variance
DEGREES = ("satterthwaite", "residual")
CLUSTER_FACTORS = {
    "stata": "cluster, factor G/(G-1)·(n-1)/(n-k)",
    "G": "cluster, factor G/(G-1)",
    "none": "cluster, no small-sample factor",
    "CR2": "cluster, CR2",
    "CR3": "cluster, CR3",
}


@dataclass(frozen=True, eq=False)
class Covariance:
    """A covariance matrix of estimates and how to test with it.

    Attributes
    ----------
    matrix : ndarray, shape (k, k)
    df : ndarray, shape (k,)
        Degrees of freedom of Student's t, per coefficient.
    kind : str
        ``classical``, ``HC0`` to ``HC4``, or ``cluster``.
    small_sample : str
        Factor of clustered errors, one of ``CLUSTER_FACTORS``; else empty.
    satterthwaite : bool
        Degrees of freedom match the spread of the variance estimate.
    n_clusters : int or None
    form : (ndarray, ndarray, ndarray) or None
        Of clustered errors with Satterthwaite's degrees of freedom, what the products of scores
        are made of (:func:`_products`).
    """

    matrix: Floats
    df: Floats
    kind: str
    small_sample: str = ""
    satterthwaite: bool = False
    n_clusters: int | None = None
    form: tuple[Floats, Floats, Floats] | None = None

    @property
    def name(self) -> str:
        """What it is, on one line: ``HC3``, ``cluster, CR2``, and so on."""
        base = CLUSTER_FACTORS[self.small_sample] if self.kind == "cluster" else self.kind
        return base + (" with Satterthwaite degrees of freedom" if self.satterthwaite else "")


def check_kind(cov_type: str, clusters: Any, small_sample: str) -> None:
    """Check the options of a covariance.

    Raises
    ------
    StatisticsError
        ``unknown_method``, ``no_clusters``, ``unused_argument``.
    """
    choice(cov_type, (*HETEROSKEDASTIC, "cluster"), "covariance")
    choice(small_sample, CLUSTER_FACTORS, "small-sample factor")
    if cov_type == "cluster" and clusters is None:
        raise StatisticsError(
            "no_clusters", "cluster-robust errors need clusters", advice="Pass clusters="
        )
    if cov_type != "cluster" and clusters is not None:
        raise StatisticsError(
            "unused_argument",
            "clusters are given and the covariance does not use them",
            found=f"cov_type={cov_type!r}",
            advice='Pass cov_type="cluster", or no clusters',
        )


def heteroskedastic(
    x: Floats, residuals: Floats, kind: str = "HC3", degrees: str | None = None
) -> Covariance:
    """Classical and White-type covariances.

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Design with its constant, full rank.
    residuals : ndarray, shape (n,)
    kind : {"classical", "HC0", "HC1", "HC2", "HC3", "HC4"}
        White (1980); MacKinnon and White (1985); HC4 after Cribari-Neto (2004), *Asymptotic
        inference under heteroskedasticity of unknown form*.
    degrees : {"residual", "satterthwaite"}, optional
        n − k (also without it), or those that match the spread of the variance estimate when
        errors are alike (Bell and McCaffrey 2002; Imbens and Kolesár 2016, *Robust standard
        errors in small samples: some practical advice*). Classical errors always have n − k.

    Returns
    -------
    Covariance
        NaN for HC2 to HC4 when one row decides a coefficient
        (leverage 1).
    """
    choice(kind, HETEROSKEDASTIC, "covariance")
    n, k = x.shape
    bread, effect = inverse_gram(x), effects_of_rows(x)
    df = np.full(k, float(n - k))
    squares = residuals**2
    if kind == "classical":
        return Covariance(bread * float(squares.sum()) / (n - k), df, kind)
    leverage = np.einsum("ij,ij->i", effect, x)
    if kind in {"HC2", "HC3", "HC4"} and leverage.max() > LEVERAGE_LIMIT:
        return Covariance(np.full((k, k), np.nan), df, kind)
    weight: dict[str, Callable[[], Any]] = {
        "HC0": lambda: 1.0,
        "HC1": lambda: n / (n - k),
        "HC2": lambda: 1 / (1 - leverage),
        "HC3": lambda: 1 / (1 - leverage) ** 2,
        "HC4": lambda: (1 - leverage) ** -np.minimum(4, n * leverage / k),
    }
    scale = np.broadcast_to(weight[kind](), n)
    matched = choice(degrees or "residual", DEGREES, "degrees of freedom") == "satterthwaite"
    if matched:
        df = _matched(x, bread, leverage, scale)
    matrix = (effect * (squares * scale)[:, None]).T @ effect
    return Covariance(matrix, df, kind, satterthwaite=matched)


def _matched(x: Floats, bread: Floats, leverage: Floats, scale: Floats) -> Floats:
    """Degrees of freedom of each diagonal element under independent, equally variable errors.

    The element is Σ w²e² with residuals e; its mean is Σ w²(1 − h) and its variance twice
    Σᵢⱼ wᵢ²wⱼ²(I − H)ᵢⱼ², both in units of the error variance.
    """
    root = np.linalg.cholesky(bread)
    turned = x @ root  # H = turned @ turned.T
    out = np.empty(x.shape[1])
    for j in range(x.shape[1]):
        weight = (x @ bread[:, j]) ** 2 * scale
        weight = weight / weight.max()  # free of units: squares of squares stay finite
        crossed = (turned * weight[:, None]).T @ turned
        spread = float((weight**2 * (1 - 2 * leverage)).sum() + (crossed**2).sum())
        out[j] = float((weight * (1 - leverage)).sum()) ** 2 / spread if spread > 0 else np.nan
    return out


def standard_errors(matrix: Floats, classical: Floats) -> Floats:
    """Square roots of the variances; NaN where there is none but float noise.

    Where the residuals of every cluster cancel (two clusters and their dummy, say) the variance
    is 0 in theory and 1e-30 in the computer, and every p-value would be 0.
    """
    variance = np.diag(matrix)
    out: Floats = np.sqrt(np.where(variance > _NOISE * classical, variance, np.nan))
    return out


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
    degrees: str | None = None,
    first: int | None = None,
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
    degrees : {"residual", "satterthwaite"}, optional
        G − 1, or Satterthwaite's; without it the latter for CR2 only.
    first : int, optional
        Coefficients whose degrees of freedom are wanted; all without it.

    Returns
    -------
    Covariance
    """
    choice(small_sample, CLUSTER_FACTORS, "small-sample factor")
    n, k = x.shape
    codes, n_clusters = cluster_codes(clusters, n)
    bread, effect = inverse_gram(x), effects_of_rows(x)
    wanted = k if first is None else first
    df = np.full(wanted, float(n_clusters - 1))
    members = [np.flatnonzero(codes == g) for g in range(n_clusters)]
    if degrees is None:
        degrees = "satterthwaite" if small_sample == "CR2" else "residual"
    factor = 1.0
    adjusted = (
        _adjusted(x, effect, members, small_sample)
        if small_sample in {"CR2", "CR3"}
        else [effect[rows].T for rows in members]
    )
    scores = np.array([a @ residuals[rows] for a, rows in zip(adjusted, members, strict=True)])
    matched = choice(degrees, DEGREES, "degrees of freedom") == "satterthwaite"
    form = None
    if matched:
        df = _satterthwaite(x, bread, adjusted, members, wanted)
        form = _products(x, bread, adjusted, members, wanted)
    if small_sample not in {"CR2", "CR3"}:
        g = n_clusters / (n_clusters - 1)
        counted = k if n_parameters is None else n_parameters
        factor = {"none": 1.0, "G": g, "stata": g * (n - 1) / (n - counted)}[small_sample]
    matrix = factor * (scores.T @ scores)
    return Covariance(matrix, df, "cluster", small_sample, matched, n_clusters, form)


def _adjusted(
    x: Floats, effect: Floats, members: list[np.ndarray[Any, Any]], kind: str
) -> list[Floats]:
    """For each cluster the transpose of its effects on the estimates, times its adjustment.

    Of shape (k, n_g); clusters of one size are worked out together.
    """
    out: dict[int, Floats] = {}
    sizes = np.array([len(rows) for rows in members])
    for size in np.unique(sizes):
        alike = np.flatnonzero(sizes == size)
        rows = np.array([members[g] for g in alike])
        own, effects = x[rows], effect[rows].transpose(0, 2, 1)
        left = np.eye(size) - own @ effects
        values, vectors = np.linalg.eigh((left + left.transpose(0, 2, 1)) / 2)
        # a unit effect inside its own cluster makes this singular: generalised inverse
        power = np.zeros_like(values)
        large = values > 1e-10
        power[large] = values[large] ** (-0.5 if kind == "CR2" else -1.0)
        turned = (vectors * power[:, None, :]) @ vectors.transpose(0, 2, 1)
        out |= dict(zip(alike.tolist(), effects @ turned, strict=True))
    return [out[g] for g in range(len(members))]


def _satterthwaite(
    x: Floats,
    bread: Floats,
    adjusted: list[Floats],
    members: list[np.ndarray[Any, Any]],
    wanted: int,
) -> Floats:
    """Degrees of freedom under independent, equally variable errors; one per coefficient.

    The variance estimate is a sum of squares of v_g'e, v_g = A_g X_g (X'X)^-1 c, with residuals
    e = (I − H)ε; as I − H is idempotent, the products are v_g'(I − H)v_h.
    """
    out = np.empty(wanted)
    vectors = [a.T[:, :wanted] for a in adjusted]  # (n_g, wanted) each
    own = np.array([(v**2).sum(axis=0) for v in vectors])
    through = np.array([x[rows].T @ v for v, rows in zip(vectors, members, strict=True)])
    for j in range(wanted):
        form = np.diag(own[:, j]) - through[:, :, j] @ bread @ through[:, :, j].T
        form = form / (np.abs(form).max() or 1.0)  # free of units
        square = float((form * form).sum())
        out[j] = float(np.trace(form)) ** 2 / square if square > 0 else np.nan
    return out


def _products(
    x: Floats,
    bread: Floats,
    adjusted: list[Floats],
    members: list[np.ndarray[Any, Any]],
    wanted: int,
) -> tuple[Floats, Floats, Floats]:
    """Own products of clusters D, (G, q, q), and what H takes from all: T, (G, k, q), and bread.

    The scores of coefficients s and t in clusters g and h go together as D[g, s, t] where g = h,
    less T[g, :, s]'(X'X)^-1 T[h, :, t], under independent, equally variable errors.
    """
    vectors = [a.T[:, :wanted] for a in adjusted]
    own = np.array([v.T @ v for v in vectors])
    return own, np.array([x[g].T @ v for v, g in zip(vectors, members, strict=True)]), bread


def joint_test(errors: Covariance, estimate: Floats, at: list[int]) -> tuple[float, float, float]:
    """Test that coefficients are all 0: Wald's statistic, F and its p-value.

    Clustered errors with Satterthwaite's degrees of freedom have the approximate Hotelling test
    of Pustejovsky and Tipton (2018); others F with the degrees of freedom of the errors. NaN
    where the covariance has not as many dimensions, or there are no fewer clusters than
    coefficients.

    Parameters
    ----------
    errors : Covariance
    estimate : ndarray, shape (k,)
    at : list of int
        Positions of the q coefficients.
    """
    from scipy.stats import f as f_distribution

    nothing = (float("nan"),) * 3
    q, block = len(at), errors.matrix[np.ix_(at, at)]
    size = np.sqrt(np.diag(block))
    if not q or not (size > 0).all() or q >= (errors.n_clusters or np.inf):
        return nothing
    scaled = block / np.outer(size, size)  # free of units
    if np.linalg.matrix_rank(scaled) < q:
        return nothing
    t = estimate[at] / size
    wald = float(t @ np.linalg.solve(scaled, t))
    if errors.form is None:
        df, share = float(np.min(errors.df)), 1.0
    else:
        own, taken, bread = errors.form
        taken = np.linalg.cholesky(bread).T @ taken[:, :, at]
        spread = _hotelling(own[:, at][:, :, at], taken)
        df, share = spread - q + 1, (spread - q + 1) / spread
    if not df > 0:
        return wald, float("nan"), float("nan")
    joint = share * wald / q
    return wald, joint, float(f_distribution.sf(joint, q, df))


def _hotelling(own: Floats, through: Floats) -> float:
    """Degrees of freedom of the whole matrix: q(q + 1) over the summed variances of its cells.

    Cells are those of the matrix brought to the unit matrix on average; with one coefficient
    they are Satterthwaite's.
    """
    q = own.shape[1]
    mean = own.sum(axis=0) - np.einsum("gks,gkt->st", through, through)
    size = np.sqrt(np.diag(mean))
    values, vectors = np.linalg.eigh(mean / np.outer(size, size))
    turn = (vectors / np.sqrt(values)) @ vectors.T / size  # to the unit matrix
    own = np.einsum("sa,gab,tb->gst", turn, own, turn)
    through = np.einsum("sa,gka->gks", turn, through)
    taken = np.einsum("gks,gkt->gst", through, through)
    mixed = np.einsum("gks,glt->stkl", through, through)
    each = np.einsum("gss->gs", own)
    lost = np.einsum("gss->gs", taken)
    squares = float(each.sum(axis=1) @ (each - 2 * lost).sum(axis=1) + (mixed**2).sum())
    crossed = float((own * (own - 2 * taken)).sum() + np.einsum("stkl,stlk->", mixed, mixed))
    return float(q * (q + 1) / (squares + crossed))
