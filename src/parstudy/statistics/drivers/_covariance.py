"""Robust covariance matrices of least squares, each with its name and degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics._least_squares import Design
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
        With Satterthwaite's degrees of freedom what the products of scores are made of
        (:func:`_products`): the Q of the design, adjusted effects of rows, clusters of rows.
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
    design: Design, residuals: Floats, kind: str = "HC3", degrees: str | None = None
) -> Covariance:
    """Classical and White-type covariances.

    Parameters
    ----------
    design : Design, shape (n, k)
        With its constant.
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
    n, k = design.x.shape
    df = np.full(k, float(n - k))
    squares = residuals**2
    if kind == "classical":
        return Covariance(design.inverse_gram * float(squares.sum()) / (n - k), df, kind)
    effect, leverage = design.effects, design.leverages
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
    form = None
    if matched:
        adjusted = effect * np.sqrt(scale)[:, None]
        df = _matched(design.q, adjusted, leverage)
        form = (design.q, adjusted, np.arange(n))
    matrix = (effect * (squares * scale)[:, None]).T @ effect
    return Covariance(matrix, df, kind, satterthwaite=matched, form=form)


def _matched(q: Floats, adjusted: Floats, leverage: Floats) -> Floats:
    """Degrees of freedom of each diagonal element under independent, equally variable errors.

    The element is Σ w²e² with residuals e; its mean is Σ w²(1 − h) and its variance twice
    Σᵢⱼ wᵢ²wⱼ²(I − H)ᵢⱼ², both in units of the error variance; H = QQ'.
    """
    out = np.empty(adjusted.shape[1])
    for j, weight in enumerate(adjusted.T**2):
        weight = weight / weight.max()  # free of units: squares of squares stay finite
        crossed = (q * weight[:, None]).T @ q
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
    design: Design,
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
    design : Design, shape (n, k)
        With its constant.
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
    n, k = design.x.shape
    codes, n_clusters = cluster_codes(clusters, n)
    wanted = k if first is None else first
    df = np.full(wanted, float(n_clusters - 1))
    members = [np.flatnonzero(codes == g) for g in range(n_clusters)]
    if degrees is None:
        degrees = "satterthwaite" if small_sample == "CR2" else "residual"
    factor = 1.0
    adjusted = design.effects
    if small_sample in {"CR2", "CR3"}:
        adjusted = _adjusted(design, members, small_sample)
    scores = np.array([residuals[rows] @ adjusted[rows] for rows in members])
    matched = choice(degrees, DEGREES, "degrees of freedom") == "satterthwaite"
    form = None
    if matched:
        df = _satterthwaite(design.q, adjusted[:, :wanted], members)
        form = (design.q, adjusted[:, :wanted], codes)
    if small_sample not in {"CR2", "CR3"}:
        g = n_clusters / (n_clusters - 1)
        counted = k if n_parameters is None else n_parameters
        factor = {"none": 1.0, "G": g, "stata": g * (n - 1) / (n - counted)}[small_sample]
    matrix = factor * (scores.T @ scores)
    return Covariance(matrix, df, "cluster", small_sample, matched, n_clusters, form)


def _adjusted(design: Design, members: list[np.ndarray[Any, Any]], kind: str) -> Floats:
    """Effects of rows on the estimates, those of each cluster times its adjustment; (n, k).

    Clusters of one size are worked out together.
    """
    out = np.empty_like(design.effects)
    sizes = np.array([len(rows) for rows in members])
    for size in np.unique(sizes):
        rows = np.array([members[g] for g in np.flatnonzero(sizes == size)])
        effects = design.effects[rows]
        left = np.eye(size) - design.x[rows] @ effects.transpose(0, 2, 1)
        values, vectors = np.linalg.eigh((left + left.transpose(0, 2, 1)) / 2)
        # a unit effect inside its own cluster makes this singular: generalised inverse
        power = np.zeros_like(values)
        large = values > 1e-10
        power[large] = values[large] ** (-0.5 if kind == "CR2" else -1.0)
        out[rows] = (vectors * power[:, None, :]) @ vectors.transpose(0, 2, 1) @ effects
    return out


def _satterthwaite(q: Floats, adjusted: Floats, members: list[np.ndarray[Any, Any]]) -> Floats:
    """Degrees of freedom under independent, equally variable errors; one per coefficient.

    The variance estimate is a sum of squares of v_g'e, v_g = A_g X_g (X'X)^-1 c, with residuals
    e = (I − H)ε; as I − H is idempotent, the products are v_g'(I − H)v_h, and H = QQ'.
    """
    out = np.empty(adjusted.shape[1])
    own = np.array([(adjusted[g] ** 2).sum(axis=0) for g in members])
    through = np.array([q[g].T @ adjusted[g] for g in members])
    for j in range(len(out)):
        form = np.diag(own[:, j]) - through[:, :, j] @ through[:, :, j].T
        form = form / (np.abs(form).max() or 1.0)  # free of units
        square = float((form * form).sum())
        out[j] = float(np.trace(form)) ** 2 / square if square > 0 else np.nan
    return out


def _products(q: Floats, adjusted: Floats, codes: np.ndarray[Any, Any]) -> tuple[Floats, Floats]:
    """Own products of clusters D, (G, q, q), and what H takes from all: T, (G, k, q).

    The scores of coefficients s and t in clusters g and h go together as D[g, s, t] where g = h,
    less T[g, :, s]'T[h, :, t], under independent, equally variable errors.
    """
    members = [np.flatnonzero(codes == g) for g in range(int(codes.max()) + 1)]
    own = np.array([adjusted[g].T @ adjusted[g] for g in members])
    return own, np.array([q[g].T @ adjusted[g] for g in members])


def joint_test(errors: Covariance, estimate: Floats, at: list[int]) -> tuple[float, float, float]:
    """Test that coefficients are all 0: Wald's statistic, F and its p-value.

    Errors with Satterthwaite's degrees of freedom have the approximate Hotelling test of
    Pustejovsky and Tipton (2018), each row a cluster where there are none; others F with the
    degrees of freedom of the errors. NaN where the covariance has not as many dimensions, or
    there are no fewer clusters than coefficients.

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
        df, share = float(errors.df[0]), 1.0  # the same for all
    else:
        turned, adjusted, codes = errors.form
        spread = _hotelling(*_products(turned, adjusted[:, at], codes))
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
    through = through @ turn.T
    taken = through.transpose(0, 2, 1) @ through
    flat = through.reshape(len(through), -1)
    mixed = (flat.T @ flat).reshape(*through.shape[1:], *through.shape[1:])
    each = np.einsum("gss->gs", own)
    lost = np.einsum("gss->gs", taken)
    squares = float(each.sum(axis=1) @ (each - 2 * lost).sum(axis=1) + (mixed**2).sum())
    crossed = float((own * (own - 2 * taken)).sum() + np.einsum("kslt,lskt->", mixed, mixed))
    return float(q * (q + 1) / (squares + crossed))
