"""Which of many components keep turning up; exploratory, without p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.drivers._identity import identity_check
from parstudy.statistics.result import Floats, Result, drops

_PATH = 60
_PENALTIES = np.geomspace(1e-3, 1e4, 15)


@dataclass(frozen=True, eq=False, kw_only=True)
class Selection(Result):
    """Stability selection with an elastic net, and a grouped ridge beside it.

    Attributes
    ----------
    table : DataFrame
        Index ``regressor``; ``frequency`` (share of half-samples in which it is among the first
        ``q``), ``sign_agreement`` (of those, share with the commoner sign), ``coefficient``
        (mean where chosen, per standard deviation), ``stable`` (frequency ≥ ``threshold``),
        ``group``, ``ridge`` (coefficient of the grouped ridge, per standard deviations).
    q : int
        Regressors taken per half-sample.
    threshold : float
    expected_false : float
        Bound on the expected number of wrongly stable ones, q² / ((2·threshold − 1)·p)
        (Meinshausen and Bühlmann 2010).
    groups : DataFrame
        Index ``group``; ``penalty`` of the ridge and ``share`` of the fitted variance.
    ridge_loo_r2 : float
        R² of the grouped ridge when each unit is predicted without itself.
    """

    q: int
    threshold: float
    expected_false: float
    groups: pd.DataFrame
    ridge_loo_r2: float


def select(
    parts: Any,
    outcome: Any,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    q: int | None = None,
    threshold: float = 0.75,
    l1_ratio: float = 0.8,
    pairs: int = 50,
    seed: int = 0,
) -> Selection:
    """Look for components that keep turning up, in sets wider than the data can carry.

    Parameters
    ----------
    parts : DataFrame, shape (n, p)
    outcome : Series, shape (n,)
        Not the sum of the parts: against that, all of them belong.
    groups : mapping, optional
        Name → columns that share a penalty in the ridge (areas, say); one group without it.
    q : int, optional
        Regressors to take per half-sample; without it such that at most one is expected to be
        wrong.
    threshold : float
        Frequency from which a regressor counts as stable, above 0.5.
    l1_ratio : float
        Of the elastic net; 1 is the lasso.
    pairs, seed : int
        Complementary pairs of half-samples (Shah and Samworth 2013).

    Returns
    -------
    Selection

    Raises
    ------
    StatisticsError
        ``too_few_rows``, ``identity``, ``constant_outcome``, ``no_regressor``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> parts = pd.DataFrame(rng.normal(size=(40, 6)), columns=list("abcdef"))
    >>> found = select(parts, parts["c"] + rng.normal(size=40), pairs=5)
    >>> found.table.index[0]
    'c'
    """
    inputs.check_options(pairs=pairs, seed=seed)
    _check_options(l1_ratio, threshold, q)
    frame, y = inputs.aligned(parts, outcome)
    frame, y, rows = inputs.complete(frame, y)
    inputs.need_rows(len(frame), 20, "stability selection")
    members = inputs.one_group_each(groups, frame.columns)
    _check_outcome(frame, y)
    flat = inputs.constant_columns(frame, rows)
    frame = frame.drop(columns=flat)
    p = frame.shape[1]
    if not p:
        raise StatisticsError("no_regressor", "no regressor is left", found=inputs.some(flat))
    if q is None:
        q = max(1, int(np.sqrt((2 * threshold - 1) * p)))
    q = min(q, p)
    chosen, sign, size = _stability(frame.to_numpy(), y.to_numpy(), q, l1_ratio, pairs, seed)
    label = pd.Series("(others)" if groups else "all", index=frame.columns)
    for name, columns in members.items():
        label[[c for c in columns if c in frame.columns]] = name
    ridge, penalties, loo = _grouped_ridge(frame.to_numpy(), y.to_numpy(), label.to_numpy())
    frequency = chosen / (2 * pairs)
    seen = np.where(chosen > 0, chosen, np.nan)
    table = pd.DataFrame(
        {
            "frequency": frequency,
            "sign_agreement": (np.abs(sign) + chosen) / 2 / seen,
            "coefficient": size / seen,
            "stable": frequency >= threshold,
            "group": label.to_numpy(),
            "ridge": ridge,
        },
        index=pd.Index([str(c) for c in frame.columns], name="regressor"),
    ).sort_values("frequency", ascending=False, kind="stable")
    return Selection(
        table=table,
        n=len(frame),
        dropped=drops(rows),
        assumptions=("search_no_test", "one_for_all"),
        q=q,
        threshold=threshold,
        expected_false=q**2 / ((2 * threshold - 1) * p),
        groups=_shares_of_groups(frame, ridge, label, penalties),
        ridge_loo_r2=loo,
    )


def _check_options(l1_ratio: float, threshold: float, q: int | None) -> None:
    if q is not None:
        inputs.whole_number(q, "q", 1)
    inputs.check_number(l1_ratio, "l1_ratio")
    inputs.check_number(threshold, "threshold")
    if not 0 < l1_ratio <= 1:
        raise StatisticsError(
            "not_a_level",
            "l1_ratio outside 0 to 1",
            found=repr(l1_ratio),
            advice="0 alone would be a ridge, which takes in every column",
        )
    if not 0.5 < threshold <= 1:
        raise StatisticsError("not_a_level", "threshold outside 0.5 to 1", found=repr(threshold))


def _check_outcome(frame: pd.DataFrame, y: pd.Series[Any]) -> None:
    """Refuse an outcome that does not vary or is made of the parts."""
    if inputs.is_constant(y.to_numpy()):
        raise StatisticsError("constant_outcome", "the outcome is the same for all units")
    if identity_check(frame, y).is_identity:
        raise StatisticsError(
            "identity",
            "the outcome is made of these parts: all of them belong",
            advice="Ask about variance shares or an outcome outside the index",
        )


def _shares_of_groups(
    frame: pd.DataFrame, ridge: Floats, label: pd.Series[Any], penalties: dict[str, float]
) -> pd.DataFrame:
    """Penalty of each group and its covariance share in the variance of the fitted values."""
    effects = (frame - frame.mean()) / frame.std() * ridge
    whole = effects.sum(axis=1)
    variance = float(whole.var())
    shares = {
        g: effects.loc[:, label.eq(g)].sum(axis=1).cov(whole) / variance if variance > 0 else np.nan
        for g in penalties
    }
    return pd.DataFrame({"penalty": penalties, "share": shares}).rename_axis("group")


def _stability(
    x: Floats, y: Floats, q: int, l1_ratio: float, pairs: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """How often each column is among the first q on the path, its signs and sizes summed."""
    rng = np.random.default_rng(seed)
    n, p = x.shape
    chosen, sign, size = np.zeros(p), np.zeros(p), np.zeros(p)
    for _ in range(pairs):
        order = rng.permutation(n)
        for half in (order[: n // 2], order[n // 2 : 2 * (n // 2)]):
            a, b = x[half] - x[half].mean(axis=0), y[half] - y[half].mean()
            spread = a.std(axis=0)
            live = spread > 1e-12 * np.abs(x).max(axis=0)
            if not live.any() or inputs.is_constant(b):
                continue
            z = np.zeros_like(a)
            z[:, live] = a[:, live] / spread[live]
            taken, slopes = _first_on_path(z, b / b.std(), q, l1_ratio)
            chosen[taken] += 1
            sign[taken] += np.sign(slopes[taken])
            size[taken] += slopes[taken]
    return chosen, sign, size


def _first_on_path(z: Floats, y: Floats, q: int, l1_ratio: float) -> tuple[Floats, Floats]:
    """Columns that enter an elastic net first, and the slopes when q of them are in."""
    from sklearn import config_context
    from sklearn.linear_model import enet_path

    top = float(np.abs(z.T @ y).max()) / (len(y) * l1_ratio)
    slopes = np.zeros(z.shape[1])
    entered: list[int] = []
    for alpha in top * np.geomspace(1, 0.02, _PATH):
        # a half is asked many times: what is given is known to be numbers and within its range
        with config_context(assume_finite=True, skip_parameter_validation=True):
            slopes = enet_path(
                z, y, l1_ratio=l1_ratio, alphas=[alpha], coef_init=slopes, max_iter=50_000, tol=1e-5
            )[1][:, 0]
        fresh = [j for j in np.flatnonzero(slopes).tolist() if j not in entered]
        entered += sorted(fresh, key=lambda j: -abs(slopes[j]))
        if len(entered) >= q:
            break
    return np.array(entered[:q], dtype=int), slopes


def _grouped_ridge(x: Floats, y: Floats, groups: Any) -> tuple[Floats, dict[str, float], float]:
    """Ridge with a penalty per group, chosen in turn by the leave-one-out error."""
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    b = (y - y.mean()) / y.std(ddof=1)
    penalty = dict.fromkeys(sorted(set(groups)), 100.0)
    for _ in range(3):
        for name in penalty:
            errors = [_left_out(z, b, groups, {**penalty, name: float(v)}) for v in _PENALTIES]
            penalty[name] = float(_PENALTIES[int(np.argmin(errors))])
    root = np.sqrt([penalty[g] for g in groups])
    scaled = z / root
    beta: Floats = scaled.T @ np.linalg.solve(scaled @ scaled.T + np.eye(len(b)), b) / root
    return beta, penalty, 1 - _left_out(z, b, groups, penalty) / float((b**2).mean())


def _left_out(z: Floats, y: Floats, groups: Any, penalty: dict[str, float]) -> float:
    """Mean squared error when each unit is predicted without itself."""
    scaled = z / np.sqrt([penalty[g] for g in groups])
    gram = scaled @ scaled.T
    hat = gram @ np.linalg.inv(gram + np.eye(len(y))) + 1 / len(y)
    return float((((y - hat @ y) / (1 - np.diag(hat))) ** 2).mean())
