"""An index against outcomes that are not part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.drivers._ols import column, covariates_of
from parstudy.statistics.drivers._rank_rank import rank_rank
from parstudy.statistics.ranking import rank
from parstudy.statistics.result import (
    Floats,
    Result,
    adjust_pvalues,
    aligned,
    check_share,
    drops,
    fisher_interval,
    is_constant,
    need_rows,
    numeric_frame,
    numeric_series,
    some,
)

_TOTAL = "total"
_WHOLE = "total with what it contains"


@dataclass(frozen=True, eq=False, kw_only=True)
class External(Result):
    """Components and total of an index against an outcome outside it.

    Attributes
    ----------
    table : DataFrame
        Index ``term``: ``total`` (what it contains of the outcome taken out), each component,
        and, for contrast, ``total with what it contains``. ``n, spearman, spearman_low,
        spearman_high, spearman_p, spearman_p_bh, spearman_p_holm`` (corrected over the
        components), ``slope`` (rank of the outcome on rank of the term, both with 1 best),
        ``slope_se, slope_low, slope_high, slope_p`` (errors valid for estimated ranks),
        ``reason``.
    change : Series
        What taking it out changed: ``spearman_with, spearman_without, difference, low, high``
        (bootstrap interval of the difference), ``places_moved`` (mean |change of rank| of the
        index), NaN where nothing was taken out.
    outcome : str
    contained : str
        Name of what was taken out, empty if nothing.
    """

    change: pd.Series[Any]
    outcome: str
    contained: str
    confidence: float

    @property
    def total(self) -> pd.Series[Any]:
        """Row of the index, what it contains of the outcome taken out."""
        return self.table.T[_TOTAL]

    @property
    def components(self) -> pd.DataFrame:
        """Rows of the components."""
        return self.table.drop([_TOTAL, _WHOLE], errors="ignore")


def external(
    parts: Any,
    outcome: Any,
    *,
    total: Any = None,
    contained: Any = None,
    contained_in: str | None = None,
    covariates: Any = None,
    outcome_is_rank: bool = False,
    draws: int = 999,
    confidence: float = 0.95,
    seed: int = 0,
) -> External:
    """Relate an index and its components to something that is not part of it.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
        Components in points, index = unit.
    outcome : Series or str
        Outcome (SIPAS, PAPI, PCI …), high is good; or a column of ``parts`` (not used as a part
        then).
    total : Series or str, optional
        Total of the index; without it, the sum of the parts.
    contained : Series or str, optional
        Points of the outcome inside the index (PAR INDEX contains SIPAS); taken out of the total
        first.
    contained_in : str, optional
        Component that holds these points; it is lessened by them too. Without it, a component
        of the name of ``contained`` is left out.
    covariates : DataFrame, optional
        Held fixed in the rank regressions (columns ``slope…``).
    outcome_is_rank : bool
        The outcome is a rank (next year's, say), 1 best.
    draws, seed : int
        Bootstrap of the difference that taking out makes (units drawn again, in pairs).
    confidence : float

    Returns
    -------
    External

    Raises
    ------
    StatisticsError
        ``too_few_rows``, ``constant_outcome``, ``unknown_column`` and what the checks say.
    """
    from scipy.stats import spearmanr

    check_share(confidence, "confidence")
    frame = numeric_frame(parts, "parts")
    named = {v for v in (outcome, total, contained) if isinstance(v, str)}
    y = numeric_series(column(frame, outcome, "outcome"), "outcome", frame.index)
    y.name = outcome if isinstance(outcome, str) else y.name
    whole = (
        None
        if total is None
        else numeric_series(column(frame, total, "total"), "total", frame.index)
    )
    inside = None
    name = ""
    if contained is not None:
        inside = numeric_series(column(frame, contained, "contained"), "contained", frame.index)
        name = contained if isinstance(contained, str) else str(inside.name or "contained")
    full = frame.drop(columns=[c for c in named if c in frame.columns and c != contained])
    full, whole = aligned(full, whole)
    used = full
    if inside is not None:
        if contained_in is not None:
            if contained_in not in used.columns:
                raise StatisticsError(
                    "unknown_column",
                    "contained_in: no such component",
                    found=repr(contained_in),
                    expected=some(used.columns),
                )
            used = used.assign(**{contained_in: used[contained_in] - inside})
        used = used.drop(columns=[c for c in [name] if c in used.columns])
    taken = [c for c in used.columns if str(c) in {_TOTAL, _WHOLE}]
    if taken:
        raise StatisticsError(
            "duplicate_column",
            "a component is named like the total",
            found=some(taken),
            advice="Name it in total=, or give it another name",
        )
    rest = whole if inside is None else whole - inside
    known = y.notna() & rest.notna()
    rows: list[tuple[str, object, str, str]] = (
        [
            ("row", unit, "missing", "outcome" if pd.isna(y[unit]) else "total")
            for unit in known.index[~known]
        ]
        if known.index.is_unique
        else []
    )
    need_rows(int(known.sum()), 6, "external relations")
    if is_constant(y[known].to_numpy()):
        raise StatisticsError(
            "constant_outcome", "the outcome is the same for all units", found=str(y.name)
        )
    held = covariates_of(covariates, frame.index)
    sign = -1.0 if outcome_is_rank else 1.0
    terms: dict[str, pd.Series[Any]] = {_TOTAL: rest}
    terms |= {str(c): used[c] for c in used.columns}
    if inside is not None:
        terms[_WHOLE] = whole
    records = []
    for term, values in terms.items():
        ok = known & values.notna()
        if held is not None:
            ok &= held.notna().all(axis=1)
        record: dict[str, Any] = {"term": term, "n": int(ok.sum()), "reason": ""}
        if record["n"] < 6:
            record["reason"] = "too_few_rows"
        elif is_constant(values[ok].to_numpy()):
            record["reason"] = "constant"
        if record["reason"]:
            rows.append(("column", term, record["reason"], ""))
        else:
            places = [rank(v, "average").astype(float) for v in (values[ok], sign * y[ok])]
            rho = spearmanr(*places)
            low, high = fisher_interval(float(rho.statistic), record["n"], "spearman", confidence)
            fit = rank_rank(
                values[ok].rename("x"),
                sign * y[ok],
                None if held is None else held[ok],
                ascending=False,
                confidence=confidence,
            ).table.loc["rank(x)"]
            record |= {
                "spearman": float(rho.statistic), "spearman_low": low, "spearman_high": high,
                "spearman_p": float(rho.pvalue), "slope": fit["estimate"],
                "slope_se": fit["std_error"], "slope_low": fit["ci_low"],
                "slope_high": fit["ci_high"], "slope_p": fit["p_value"],
                "reason": "perfect" if np.isnan(fit["std_error"]) else "",
            }  # fmt: skip
        records.append(record)
    columns = [
        "n", "spearman", "spearman_low", "spearman_high", "spearman_p", "spearman_p_bh",
        "spearman_p_holm", "slope", "slope_se", "slope_low", "slope_high", "slope_p", "reason",
    ]  # fmt: skip
    table = pd.DataFrame(records).set_index("term").reindex(columns=columns)
    family = [str(c) for c in used.columns]
    for method, end in (("BH", "bh"), ("holm", "holm")):
        p = table.loc[family, "spearman_p"].astype(float)
        table.loc[family, f"spearman_p_{end}"] = adjust_pvalues(p, method)
    found = [np.nan] * 6
    if inside is not None:
        found = _change(
            whole[known].to_numpy(), rest[known].to_numpy(), sign * y[known].to_numpy(),
            draws, confidence, seed,
        )  # fmt: skip
    return External(
        table=table,
        n=int(known.sum()),
        dropped=drops(rows),
        assumptions=(
            "independent_units",
            "common_cause",
        ),
        change=pd.Series(
            found,
            index=[
                "spearman_with",
                "spearman_without",
                "difference",
                "low",
                "high",
                "places_moved",
            ],
        ),
        outcome=str(y.name or "outcome"),
        contained=name,
        confidence=confidence,
    )


def _change(
    whole: Floats, rest: Floats, y: Floats, draws: int, confidence: float, seed: int
) -> list[float]:
    """Spearman with and without, difference and its bootstrap interval, places moved."""

    def rho(a: Floats, b: Floats) -> float:
        from scipy.stats import rankdata

        if is_constant(a) or is_constant(b):
            return float("nan")
        return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])

    with_it, without = rho(whole, y), rho(rest, y)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        s = rng.integers(0, len(y), len(y))
        if not (is_constant(y[s]) or is_constant(whole[s]) or is_constant(rest[s])):
            found.append(rho(rest[s], y[s]) - rho(whole[s], y[s]))
    low, high = (
        np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
        if found
        else (np.nan, np.nan)
    )
    moved = (rank(whole) - rank(rest)).astype(float).abs().mean()
    return [with_it, without, without - with_it, float(low), float(high), float(moved)]
