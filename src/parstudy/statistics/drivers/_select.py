"""Which of many components keep turning up; exploratory, without p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.result import (
    Floats,
    Result,
    aligned,
    complete,
    drops,
    is_constant,
    need_rows,
    one_group_each,
    some,
    whole_number,
)

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
    """
    from parstudy.statistics.drivers._identity import identity_check

    frame, y = aligned(parts, outcome)
    frame, y, rows = complete(frame, y)
    need_rows(len(frame), 20, "stability selection")
    members_of = one_group_each(groups, frame.columns)
    whole_number(pairs, "pairs", 1)
    if q is not None:
        whole_number(q, "q", 1)
    if not 0 < l1_ratio <= 1:
        raise StatisticsError(
            "not_a_level", "l1_ratio outside 0 to 1", found=repr(l1_ratio),
            advice="0 alone would be a ridge, which takes in every column",
        )  # fmt: skip
    if not 0.5 < threshold <= 1:
        raise StatisticsError("not_a_level", "threshold outside 0.5 to 1", found=repr(threshold))
    if is_constant(y.to_numpy()):
        raise StatisticsError("constant_outcome", "the outcome is the same for all units")
    check = identity_check(frame, y)
    if check.is_identity:
        raise StatisticsError(
            "identity",
            "the outcome is made of these parts: all of them belong",
            advice="Ask about variance shares or an outcome outside the index",
        )
    flat = [c for c in frame.columns if is_constant(frame[c].to_numpy())]
    rows += [("column", c, "constant", f"{frame[c].iloc[0]:g} in every row") for c in flat]
    frame = frame.drop(columns=flat)
    p = frame.shape[1]
    if not p:
        raise StatisticsError("no_regressor", "no regressor is left", found=some(flat))
    if q is None:
        q = max(1, int(np.sqrt((2 * threshold - 1) * p)))
    q = min(q, p)
    chosen, sign, size = _stability(frame.to_numpy(), y.to_numpy(), q, l1_ratio, pairs, seed)
    frequency = chosen / (2 * pairs)
    label = pd.Series("all", index=frame.columns)
    for name, members in members_of.items():
        label[[c for c in members if c in frame.columns]] = name
    if groups:
        label[label.eq("all")] = "(others)"
    ridge, penalties, loo = _grouped_ridge(frame.to_numpy(), y.to_numpy(), label.to_numpy())
    fitted = pd.Series(ridge, index=frame.columns)
    standard = (frame - frame.mean()) / frame.std()
    whole = standard.to_numpy() @ ridge
    shares = {
        g: float(np.cov(standard.loc[:, label.eq(g)].to_numpy() @ fitted[label.eq(g)], whole)[0, 1])
        for g in penalties
    }
    variance = float(whole.var(ddof=1))
    with np.errstate(invalid="ignore"):
        agreement = np.where(
            chosen > 0, (np.abs(sign) + chosen) / 2 / np.maximum(chosen, 1), np.nan
        )
        mean = np.where(chosen > 0, size / np.maximum(chosen, 1), np.nan)
    table = pd.DataFrame(
        {
            "frequency": frequency,
            "sign_agreement": agreement,
            "coefficient": mean,
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
        assumptions=(
            "search_no_test",
            "one_for_all",
        ),
        q=q,
        threshold=threshold,
        expected_false=q**2 / ((2 * threshold - 1) * p),
        groups=pd.DataFrame(
            {
                "penalty": penalties,
                "share": {g: v / variance if variance > 0 else np.nan for g, v in shares.items()},
            }
        ).rename_axis("group"),
        ridge_loo_r2=loo,
    )


def _stability(
    x: Floats, y: Floats, q: int, l1_ratio: float, pairs: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """How often each column is among the first q on the path, its signs and sizes summed."""
    from sklearn.linear_model import enet_path

    rng = np.random.default_rng(seed)
    n, p = x.shape
    chosen, sign, size = np.zeros(p), np.zeros(p), np.zeros(p)
    for _ in range(pairs):
        order = rng.permutation(n)
        for half in (order[: n // 2], order[n // 2 : 2 * (n // 2)]):
            a, b = x[half] - x[half].mean(axis=0), y[half] - y[half].mean()
            spread = a.std(axis=0)
            live = spread > 1e-12
            if not live.any() or is_constant(b):
                continue
            z = np.zeros_like(a)
            z[:, live] = a[:, live] / spread[live]
            b = b / b.std()
            top = float(np.abs(z.T @ b).max()) / (len(half) * l1_ratio)
            # down the path step by step, until q columns are in
            start = np.zeros(p)
            entered: list[int] = []
            for alpha in top * np.geomspace(1, 0.02, _PATH):
                start = enet_path(
                    z, b, l1_ratio=l1_ratio, alphas=[alpha], coef_init=start, max_iter=50_000,
                    tol=1e-5,
                )[1][:, 0]  # fmt: skip
                fresh = [j for j in np.flatnonzero(start).tolist() if j not in entered]
                fresh.sort(key=lambda j: -abs(start[j]))
                entered += fresh
                if len(entered) >= q:
                    break
            taken = np.array(entered[:q], dtype=int)
            chosen[taken] += 1
            sign[taken] += np.sign(start[taken])
            size[taken] += start[taken]
    return chosen, sign, size


def _grouped_ridge(x: Floats, y: Floats, groups: Any) -> tuple[Floats, dict[str, float], float]:
    """Ridge with a penalty per group, chosen in turn by the leave-one-out error."""
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    b = (y - y.mean()) / y.std(ddof=1)
    names = sorted(set(groups))
    penalty = dict.fromkeys(names, 100.0)

    def loo(trial: dict[str, float]) -> float:
        scaled = z / np.sqrt([trial[g] for g in groups])
        gram = scaled @ scaled.T
        hat = gram @ np.linalg.inv(gram + np.eye(len(b))) + 1 / len(b)
        left = (b - hat @ b) / (1 - np.diag(hat))
        return float((left**2).mean())

    for _ in range(3):
        for name in names:
            errors = [loo({**penalty, name: float(v)}) for v in _PENALTIES]
            penalty[name] = float(_PENALTIES[int(np.argmin(errors))])
    scaled = z / np.sqrt([penalty[g] for g in groups])
    dual = np.linalg.solve(scaled @ scaled.T + np.eye(len(b)), b)
    beta: Floats = scaled.T @ dual / np.sqrt([penalty[g] for g in groups])
    return beta, penalty, 1 - loo(penalty) / float((b**2).mean())
