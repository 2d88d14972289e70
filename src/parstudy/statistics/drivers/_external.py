"""An index against outcomes that are not part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.drivers._rank_rank import rank_rank
from parstudy.statistics.inference import add_corrections, fisher_interval, quantile_band
from parstudy.statistics.ranking import rank, value_levels
from parstudy.statistics.result import Drop, Floats, Result, drops

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
        (bootstrap interval of the difference), ``places_moved`` (by how many places the index
        moves on average), NaN where nothing was taken out.
    outcome : str
    contained : str
        Name of what was taken out, empty if nothing.
    covariates : tuple of str
        Columns that are held fixed in the rank regressions.
    """

    change: pd.Series[Any]
    outcome: str
    contained: str
    confidence: float
    covariates: tuple[str, ...] = ()

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

    Examples
    --------
    >>> parts = pd.DataFrame({"A1": [6.0, 7, 9, 8, 5, 9], "A2": [3.0, 5, 4, 6, 3, 5]})
    >>> outside = pd.Series([1.0, 3, 4, 5, 2, 6], name="PCI")
    >>> external(parts, outside).table["spearman"].round(2).to_dict()
    {'total': 0.93, 'A1': 0.84, 'A2': 0.79}
    """
    inputs.check_options(
        outcome_is_rank=outcome_is_rank, draws=draws, confidence=confidence, seed=seed
    )
    index = _taken_apart(parts, outcome, total, contained, contained_in)
    known = index.outcome.notna() & index.rest.notna()
    inputs.need_rows(int(known.sum()), 6, "external relations")
    if inputs.is_constant(index.outcome[known].to_numpy()):
        raise StatisticsError(
            "constant_outcome", "the outcome is the same for all units", found=str(index.name)
        )
    rows = _unknown(index, known)
    held = inputs.covariates_of(covariates, known.index)
    good = -index.outcome if outcome_is_rank else index.outcome
    records = []
    for term, values in index.terms().items():
        ok = known & values.notna()
        if held is not None:
            ok &= held.notna().all(axis=1)
        record = _relation(values[ok], good[ok], None if held is None else held[ok], confidence)
        if record["reason"] in {"too_few_rows", "constant"}:
            rows.append(("column", term, record["reason"], ""))
        records.append({"term": term, **record})
    table = pd.DataFrame(records).set_index("term").reindex(columns=list(_COLUMNS))
    add_corrections(table, "spearman_p", "spearman_p", [str(c) for c in index.components])
    change = [np.nan] * len(_CHANGE)
    if index.contained:
        sides = (index.whole[known].to_numpy(), index.rest[known].to_numpy())
        change = _change(*sides, good[known].to_numpy(), draws, confidence, seed)
    return External(
        table=table,
        n=int(known.sum()),
        dropped=drops(rows),
        assumptions=("independent_units", "common_cause"),
        change=pd.Series(change, index=list(_CHANGE)),
        outcome=str(index.name or "outcome"),
        contained=index.contained,
        confidence=confidence,
        covariates=() if held is None else tuple(str(c) for c in held.columns),
    )


_COLUMNS = (
    "n", "spearman", "spearman_low", "spearman_high", "spearman_p", "spearman_p_bh",
    "spearman_p_holm", "slope", "slope_se", "slope_low", "slope_high", "slope_p", "reason",
)  # fmt: skip
_CHANGE = (
    "spearman_with", "spearman_without", "difference", "low", "high", "places_moved",
)  # fmt: skip


@dataclass(frozen=True)
class _Index:
    """An index and an outcome, what it contains of the outcome taken out."""

    outcome: pd.Series[Any]
    whole: pd.Series[Any]
    rest: pd.Series[Any]
    components: pd.DataFrame
    contained: str

    @property
    def name(self) -> Any:
        """Name of the outcome."""
        return self.outcome.name

    def terms(self) -> dict[str, pd.Series[Any]]:
        """What is related to the outcome, each by its name in the table."""
        found = {_TOTAL: self.rest}
        found |= {str(c): self.components[c] for c in self.components.columns}
        return found | ({_WHOLE: self.whole} if self.contained else {})


def _taken_apart(
    parts: Any, outcome: Any, total: Any, contained: Any, contained_in: str | None
) -> _Index:
    frame = inputs.numeric_frame(parts, "parts")

    def side(what: Any, name: str) -> pd.Series[Any]:
        """One side as numbers on the units of the parts."""
        return inputs.numeric_series(inputs.column(frame, what, name), name, frame.index)

    y = side(outcome, "outcome")
    y.name = outcome if isinstance(outcome, str) else y.name
    whole = None if total is None else side(total, "total")
    named = [v for v in (outcome, total) if isinstance(v, str) and v != contained]
    components, whole = inputs.aligned(frame.drop(columns=named, errors="ignore"), whole)
    rest, name = whole, ""
    if contained is not None:
        inside = side(contained, "contained")
        name = contained if isinstance(contained, str) else str(inside.name or "contained")
        rest = whole - inside
        components = _lessened(components, inside, name, contained_in)
    taken = [c for c in components.columns if str(c) in {_TOTAL, _WHOLE}]
    inputs.refuse(
        "duplicate_column",
        "a component is named like the total",
        taken,
        advice="Name it in total=, or give it another name",
    )
    return _Index(y, whole, rest, components, name)


def _lessened(
    components: pd.DataFrame, inside: pd.Series[Any], name: str, contained_in: str | None
) -> pd.DataFrame:
    """Components without the points of the outcome."""
    if contained_in is not None:
        if contained_in not in components.columns:
            raise StatisticsError(
                "unknown_column",
                "contained_in: no such component",
                found=repr(contained_in),
                expected=inputs.some(components.columns),
            )
        less = components[contained_in] - inside
        components = components.assign(**{contained_in: less})
    return components.drop(columns=[name], errors="ignore")


def _unknown(index: _Index, known: pd.Series[Any]) -> list[Drop]:
    if not known.index.is_unique:
        return []
    blank = index.outcome.isna()
    return [
        ("row", unit, "missing", "outcome" if blank[unit] else "total")
        for unit in known.index[~known]
    ]


def _relation(
    values: pd.Series[Any], good: pd.Series[Any], held: pd.DataFrame | None, confidence: float
) -> dict[str, Any]:
    """Spearman and the slope of ranks of one term, or the reason why there are none."""
    from scipy.stats import spearmanr

    n = len(values)
    if n < 6:
        return {"n": n, "reason": "too_few_rows"}
    if inputs.is_constant(values.to_numpy()):
        return {"n": n, "reason": "constant"}
    rho = spearmanr(*(rank(v, "average").astype(float) for v in (values, good)))
    low, high = fisher_interval(float(rho.statistic), n, "spearman", confidence)
    fit = rank_rank(values.rename("x"), good, held, ascending=False, confidence=confidence)
    slope = fit.table.loc["rank(x)"]
    return {
        "n": n, "spearman": float(rho.statistic), "spearman_low": low, "spearman_high": high,
        "spearman_p": float(rho.pvalue), "slope": slope["estimate"],
        "slope_se": slope["std_error"], "slope_low": slope["ci_low"],
        "slope_high": slope["ci_high"], "slope_p": slope["p_value"],
        "reason": "perfect" if np.isnan(slope["std_error"]) else "",
    }  # fmt: skip


def _rho(a: Floats, b: Floats) -> float:
    from scipy.stats import rankdata

    if inputs.is_constant(a) or inputs.is_constant(b):
        return float("nan")
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def _change(
    whole: Floats, rest: Floats, y: Floats, draws: int, confidence: float, seed: int
) -> list[float]:
    """Spearman with and without, difference and its bootstrap interval, places moved."""
    moved = (rank(whole) - rank(rest)).astype(float).abs().mean()
    # taking a part away leaves float noise that would break ties
    whole, rest, y = value_levels(whole), value_levels(rest), value_levels(y)
    with_it, without = _rho(whole, y), _rho(rest, y)
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(draws):
        s = rng.integers(0, len(y), len(y))
        drawn.append(_rho(rest[s], y[s]) - _rho(whole[s], y[s]))
    low, high = quantile_band(drawn, confidence)
    return [with_it, without, without - with_it, low, high, float(moved)]
