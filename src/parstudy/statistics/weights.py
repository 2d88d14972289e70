"""Weights of an index: those on paper, those that data suggest, and whether the tree holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.result import Drop, Floats, Result, drops

__all__ = [
    "CorrelationAudit", "WeightSystems", "correlation_audit", "weight_systems",
]  # fmt: skip

_CANCEL = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightSystems(Result):
    """Weights of the parts under several rules; those of standardised parts add up to 1.

    Attributes
    ----------
    table : DataFrame
        Index ``part``; ``nominal`` (given, share of all), and as weights of standardised parts
        ``implied`` (nominal times standard deviation: what the nominal weights are then),
        ``pca`` (loadings of the first principal component, whose sizes add up to 1),
        ``equal_correlation`` (all parts correlate alike with the total); ``covariance_share``
        and ``correlation`` with the nominal total.
    explained : float
        Share of variance of the first component.
    reached : float
        Correlation of all parts with the total of ``equal_correlation``; NaN where no weights
        above 0 make them equal (``dropped`` says so, and the nearest weights are given).
    """

    explained: float
    reached: float


def weight_systems(parts: Any, nominal: Any = None) -> WeightSystems:
    """Lay the weights on paper beside weights that the data suggest.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
        On the scale on which the index adds them up.
    nominal : mapping or Series, optional
        Weights with which they are added; 1 each without it.

    Returns
    -------
    WeightSystems

    Raises
    ------
    StatisticsError
        ``too_few_parts``, ``too_few_rows``, ``constant_column`` and what the checks say.

    Notes
    -----
    Becker, Saisana, Paruolo and Vandecasteele (2017), *Weights and importance in composite
    indicators: closing the gap*, Ecological Indicators 80. Equal correlations are solved exactly:
    weights of standardised parts in proportion to the row sums of the inverse correlation matrix.

    Examples
    --------
    >>> parts = pd.DataFrame({"A": [1.0, 2, 3, 5], "B": [2.0, 1, 4, 4], "C": [1.0, 0, 0, 1]})
    >>> weight_systems(parts).table["equal_correlation"].round(2).to_dict()
    {'A': 0.29, 'B': 0.25, 'C': 0.46}
    """
    frame = inputs.numeric_frame(parts, "parts")
    frame, _, rows = inputs.complete(frame, pd.Series(0.0, index=frame.index))
    k = frame.shape[1]
    if k < 2:
        raise StatisticsError("too_few_parts", "weights need at least two parts", found="1")
    inputs.need_rows(len(frame), 3, "weights")
    flat = inputs.constant_columns(frame, [])
    inputs.refuse("constant_column", "parts that do not vary", flat)
    given = np.ones(k)
    if nominal is not None:
        series = inputs.by_column(nominal, frame.columns, "nominal")
        low = series.index[~(series >= 0)]
        if len(low) or not series.any():
            raise StatisticsError(
                "bad_structure",
                "nominal weights missing or below 0",
                found=inputs.some(low) or "all 0",
            )
        given = series.to_numpy()
    frame = frame - frame.mean()  # what adds up as it goes loses digits of large figures
    sd = frame.std().to_numpy()
    r = frame.corr().to_numpy()
    total = frame.to_numpy() @ given
    apart = total - total.mean()
    covariance = (frame - frame.mean()).to_numpy().T @ apart
    values, vectors = np.linalg.eigh(r)
    first = vectors[:, -1]
    # loadings that cancel have no side of their own: then the first part gives it
    first = first * np.sign(first.sum() if abs(first.sum()) > _CANCEL else first[0])
    if (first < 0).any():
        detail = "the first component runs against it"
        rows += [("warning", c, "negative_weight", detail) for c in frame.columns[first < 0]]
    equal, reached = _equal_correlations(r, frame.columns, rows)
    scale = np.sqrt(float(apart @ apart) * ((frame - frame.mean()) ** 2).sum().to_numpy())
    table = pd.DataFrame(
        {
            "nominal": given / given.sum(),
            "implied": given * sd / (given * sd).sum(),
            "pca": first / np.abs(first).sum(),
            "equal_correlation": equal,
            "covariance_share": given * covariance / float(apart @ apart),
            "correlation": covariance / scale,
        },
        index=pd.Index(frame.columns, name="part"),
    )
    return WeightSystems(
        table=table,
        n=len(frame),
        dropped=drops(rows),
        assumptions=("weights_on_paper", "shares_are_no_effects"),
        explained=float(values[-1] / k),
        reached=reached,
    )


def _equal_correlations(r: Floats, names: pd.Index, rows: list[Drop]) -> tuple[Floats, float]:
    """Weights of standardised parts that correlate alike with their total, and that correlation."""
    if np.linalg.cond(r) < 1e10:
        exact = np.linalg.solve(r, np.ones(len(r)))
        if (exact > 0).all():
            return exact / exact.sum(), float(1 / np.sqrt(exact.sum()))
    from scipy.optimize import minimize

    k = len(r)

    def spread(w: Floats) -> tuple[float, Floats]:
        """Variance of the correlations with the total, and its gradient."""
        size = np.sqrt(w @ r @ w)
        c = r @ w / size
        apart = c - c.mean()
        return float(apart @ apart) / k, 2 / k * (r @ apart - (apart @ c) * c) / size

    found = minimize(spread, np.full(k, 1 / k), jac=True, method="L-BFGS-B", bounds=[(0, 1)] * k,
                     options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-10})  # fmt: skip
    w = found.x
    detail = "no weights above 0 make all correlations equal; the nearest are given"
    rows.append(("warning", inputs.some(names, 3), "no_equal_weights", detail))
    return w / w.sum(), float("nan")


@dataclass(frozen=True, eq=False, kw_only=True)
class CorrelationAudit(Result):
    """Whether the parts of a tree go with their own group.

    Attributes
    ----------
    table : DataFrame
        Index ``part``; ``group``, ``own`` (correlation with the sum of the others of its group),
        ``other`` (largest correlation with the sum of another group) and ``other_group``,
        ``total`` (with the sum of all others), ``reason``: ``against_own`` (own below 0),
        ``closer_to_another`` (other above own), ``alone`` (the only one of its group),
        ``constant``, or empty.
    within, across : Series
        Per group: mean correlation of pairs inside it, and of its parts with those of others.
    pairs : DataFrame
        ``a, b, group_a, group_b, r``: all pairs, strongest first.
    """

    within: pd.Series[Any]
    across: pd.Series[Any]
    pairs: pd.DataFrame


def correlation_audit(parts: Any, groups: Mapping[str, Sequence[str]]) -> CorrelationAudit:
    """Audit the correlations of an index inside and across its groups.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
    groups : mapping
        Group → its parts; every part stands in one.

    Returns
    -------
    CorrelationAudit

    Raises
    ------
    StatisticsError
        ``unknown_column``, ``duplicate_column``, ``too_few_parts``, ``too_few_rows``.

    Examples
    --------
    >>> parts = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4], "c": [4.0, 3, 2, 1]})
    >>> correlation_audit(parts, {"x": ["a", "b"], "y": ["c"]}).table["reason"].to_dict()
    {'a': '', 'b': '', 'c': 'alone'}
    """
    frame = inputs.numeric_frame(parts, "parts")
    members = inputs.one_group_each(groups, frame.columns)
    without = [c for c in frame.columns if c not in {m for ms in members.values() for m in ms}]
    inputs.refuse("unknown_column", "parts without a group", without)
    if frame.shape[1] < 2:
        raise StatisticsError("too_few_parts", "an audit needs at least two parts", found="1")
    frame, _, rows = inputs.complete(frame, pd.Series(0.0, index=frame.index))
    inputs.need_rows(len(frame), 4, "correlation audit")
    flat = inputs.constant_columns(frame, rows)
    frame = frame - frame.mean()  # what adds up as it goes loses digits of large figures
    frame[flat] = 0.0
    sums = pd.DataFrame({g: frame[m].sum(axis=1) for g, m in members.items()})
    records = {c: _fit_of(frame, sums, members, c, c in flat) for c in frame.columns}
    table = pd.DataFrame.from_dict(records, orient="index").rename_axis("part")
    group = {c: g for g, m in members.items() for c in m}
    r = frame.drop(columns=flat).corr()
    upper = np.triu_indices(len(r), 1)
    pairs = pd.DataFrame({"a": r.index[upper[0]], "b": r.index[upper[1]], "r": r.to_numpy()[upper]})
    pairs.insert(2, "group_a", pairs["a"].map(group))
    pairs.insert(3, "group_b", pairs["b"].map(group))
    same = pairs["group_a"].eq(pairs["group_b"])
    apart = pairs[~same]
    both = pd.concat([apart.assign(group=apart["group_a"]), apart.assign(group=apart["group_b"])])
    return CorrelationAudit(
        table=table,
        n=len(frame),
        dropped=drops(rows),
        assumptions=("independent_units",),
        within=pairs[same]
        .groupby("group_a")["r"]
        .mean()
        .reindex(list(members))
        .rename_axis("group"),
        across=both.groupby("group")["r"].mean().reindex(list(members)),
        pairs=pairs.sort_values("r", key=np.abs, ascending=False, ignore_index=True, kind="stable"),
    )


def _fit_of(
    frame: pd.DataFrame, sums: pd.DataFrame, members: dict[str, list[Any]], part: Any, flat: bool
) -> dict[str, Any]:
    """How one part goes with its own group, the others and the total."""
    own_group = next(g for g, m in members.items() if part in m)
    blank = {"own": np.nan, "other": np.nan, "other_group": "", "total": np.nan}
    if flat:
        return {"group": own_group, **blank, "reason": "constant"}
    x = frame[part]
    alone = len(members[own_group]) == 1

    def with_(other: pd.Series[Any]) -> float:
        """Correlation, missing where the other side does not vary."""
        return float(x.corr(other)) if other.std() > 0 else float("nan")

    own = float("nan") if alone else with_(sums[own_group] - x)
    others = {g: with_(sums[g]) for g in sums if g != own_group}
    known = {g: v for g, v in others.items() if not np.isnan(v)}
    best = max(known, key=lambda g: known[g]) if known else ""
    other = known.get(best, float("nan"))
    reason = "alone" if alone else "against_own" if own < 0 else ""
    if not reason and other > own:
        reason = "closer_to_another"
    return {
        "group": own_group, "own": own, "other": other, "other_group": best,
        "total": with_(sums.sum(axis=1) - x), "reason": reason,
    }  # fmt: skip
