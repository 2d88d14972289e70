"""Estimates with errors: which changes are beyond chance, and what scores are worth once shrunk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.inference import estimate_table
from parstudy.statistics.ranking import RankSets, rank, rank_confidence_sets
from parstudy.statistics.result import Drop, Floats, Result, drops

__all__ = [
    "RankChanges",
    "ScoreChanges",
    "Shrinkage",
    "rank_changes",
    "rank_sets_of_counts",
    "score_changes",
    "shrink",
]

_KINDS = ("marginal", "simultaneous")


def _estimates(
    scores: Any, standard_errors: Any, what: str
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Scores and their standard errors, one per unit."""
    x = inputs.numeric_series(scores, what)
    inputs.need_unique(x.index, what)
    name = f"standard errors of {what}"
    if inputs.is_scalar(standard_errors, name):
        inputs.check_number(standard_errors, name, 0)
        standard_errors = pd.Series(float(standard_errors), index=x.index)
    if isinstance(standard_errors, Mapping):
        standard_errors = pd.Series(dict(standard_errors), dtype=None if standard_errors else float)
    se = inputs.matched(inputs.numeric_series(standard_errors, name, x.index), x.index, name)
    wrong = x.index[x.notna() & ~(se > 0)]
    inputs.refuse("bad_standard_error", f"{name}: missing or not above 0", wrong)
    return x, se


def _both(
    before: Any, after: Any, se_before: Any, se_after: Any, at_least: int
) -> tuple[pd.DataFrame, list[Drop]]:
    """Both times of the units that have both."""
    old, old_error = _estimates(before, se_before, "before")
    new, new_error = _estimates(after, se_after, "after")
    if not set(old.index) & set(new.index):
        raise StatisticsError(
            "index_mismatch",
            "no unit is known at both times",
            found=inputs.some(new.index, 3),
            expected=inputs.some(old.index, 3),
        )
    columns = {"before": old, "se_before": old_error, "after": new, "se_after": new_error}
    table = pd.concat(columns, axis=1)
    known = table[["before", "after"]].notna()
    whole = known.all(axis=1)
    rows: list[Drop] = [
        ("row", unit, "missing", "after" if before else "before")
        for unit, before in known.loc[~whole, "before"].items()
    ]
    inputs.need_rows(int(whole.sum()), at_least, "changes")
    return table[whole], rows


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoreChanges(Result):
    """Changes of scores between two times, and which are beyond chance.

    Attributes
    ----------
    table : DataFrame
        Index unit; ``before, after``, ``estimate`` (after − before), ``std_error, statistic,
        p_value, p_bh, p_holm, ci_low, ci_high``, ``beyond_chance`` (p_bh below 1 − confidence).
    confidence : float
    """

    confidence: float


def score_changes(
    before: Any,
    after: Any,
    se_before: Any,
    se_after: Any,
    *,
    confidence: float = 0.95,
) -> ScoreChanges:
    """Test the change of each unit's score; families corrected.

    Parameters
    ----------
    before, after : Series, index = unit
        Independent estimates of two times.
    se_before, se_after : Series, mapping or float
        Their standard errors (:func:`parstudy.statistics.ranking.survey_standard_errors`).
    confidence : float
        Of the intervals; 1 − confidence is the false discovery rate of ``beyond_chance``.

    Returns
    -------
    ScoreChanges

    Raises
    ------
    StatisticsError
        ``bad_standard_error``, ``index_mismatch``, ``duplicate_unit`` and what the checks say.

    Examples
    --------
    >>> old, new = pd.Series({"a": 80.0, "b": 70.0}), pd.Series({"a": 81.0, "b": 76.0})
    >>> score_changes(old, new, 1.0, 1.0).table["beyond_chance"].to_dict()
    {'a': False, 'b': True}
    """
    inputs.check_options(confidence=confidence)
    both, rows = _both(before, after, se_before, se_after, 1)
    error = np.hypot(both["se_before"].to_numpy(), both["se_after"].to_numpy())
    change = (both["after"] - both["before"]).to_numpy()
    table = estimate_table(both.index, change, error, confidence, family=both.index)
    table.index = both.index
    table.insert(0, "before", both["before"])
    table.insert(1, "after", both["after"])
    table["beyond_chance"] = table["p_bh"] < 1 - confidence
    return ScoreChanges(
        table=table,
        n=len(table),
        dropped=drops(rows),
        assumptions=("known_errors", "normal_errors"),
        confidence=confidence,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class RankChanges(Result):
    """Changes of rank between two times with confidence sets.

    Attributes
    ----------
    table : DataFrame
        Index unit; ``rank_before, rank_after, change_rank`` (above 0: moved up), ``lower, upper``
        (changes not ruled out), ``beyond_chance`` (0 is ruled out). Ranks are among the units
        known at both times.
    kind : {"marginal", "simultaneous"}
    confidence : float
    """

    kind: str
    confidence: float


def rank_changes(
    before: Any,
    after: Any,
    se_before: Any,
    se_after: Any,
    *,
    confidence: float = 0.95,
    kind: str = "marginal",
    draws: int = 1000,
    seed: int = 0,
) -> RankChanges:
    """Say how many places a unit may really have moved, given that scores are estimates.

    Parameters
    ----------
    before, after : Series, index = unit
        Independent estimates of two times, large is good.
    se_before, se_after : Series, mapping or float
        Their standard errors.
    confidence : float
        Probability with which a set holds the true change.
    kind : {"marginal", "simultaneous"}
        One unit at a time, or all at once.
    draws, seed : int
        As in :func:`parstudy.statistics.ranking.rank_confidence_sets`.

    Returns
    -------
    RankChanges

    Notes
    -----
    Both ranks lie in their own sets with probability 1 − (1 − confidence)/2 each, so that both do
    with ``confidence`` (Bonferroni); the set of the change is what these two leave. It is wide
    rather than wrong.

    Examples
    --------
    >>> old = pd.Series({"a": 90.0, "b": 80.0, "c": 70.0, "d": 60.0})
    >>> new = pd.Series({"a": 50.0, "b": 80.0, "c": 70.0, "d": 60.0})
    >>> found = rank_changes(old, new, 1.0, 1.0).table
    >>> found.loc["a", ["change_rank", "lower", "upper"]].tolist()
    [-3, -3, -3]
    """
    inputs.check_options(confidence=confidence, draws=draws, seed=seed)
    inputs.choice(kind, _KINDS, "kind of set")
    both, rows = _both(before, after, se_before, se_after, 2)
    sets = [
        rank_confidence_sets(
            both[time],
            standard_errors=both[f"se_{time}"],
            confidence=(1 + confidence) / 2,
            kind=kind,
            draws=draws,
            seed=seed + place,
        ).table.astype(int)
        for place, time in enumerate(("before", "after"))
    ]
    old, new = sets
    table = pd.DataFrame(
        {
            "rank_before": old["rank"],
            "rank_after": new["rank"],
            "change_rank": old["rank"] - new["rank"],
            "lower": old["lower"] - new["upper"],
            "upper": old["upper"] - new["lower"],
        }
    )
    table["beyond_chance"] = (table["lower"] > 0) | (table["upper"] < 0)
    return RankChanges(
        table=table,
        n=len(table),
        dropped=drops(rows),
        assumptions=("known_errors", "normal_errors"),
        kind=kind,
        confidence=confidence,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Shrinkage(Result):
    """Scores shrunk towards their mean as far as their errors ask for, with ranks of what is true.

    Attributes
    ----------
    table : DataFrame
        Index unit; ``score, std_error``, ``weight`` (of the own score, 0 to 1), ``shrunk``
        (posterior mean) and ``posterior_sd``, ``rank`` (of the scores), ``mean_rank`` (posterior),
        ``lower, upper`` (interval of the true rank), ``chance_top`` (of being among the first).
    mean, between_sd : float
        Of the true scores.
    reliability : float
        Share of the variance of scores that is no error.
    top : int
    confidence : float
    """

    mean: float
    between_sd: float
    reliability: float
    top: int
    confidence: float


def shrink(
    scores: Any,
    standard_errors: Any,
    *,
    top: int = 10,
    draws: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Shrinkage:
    """Empirical Bayes: what the true scores and ranks are likely to be.

    Parameters
    ----------
    scores : Series, index = unit
        Independent estimates, large is good; missing ones are left out.
    standard_errors : Series, mapping or float
    top : int
        For the chance of being among the first.
    draws, seed : int
        Draws from the posterior of all true scores.
    confidence : float
        Of the intervals of ranks.

    Returns
    -------
    Shrinkage

    Raises
    ------
    StatisticsError
        ``too_few_rows``, ``bad_standard_error`` and what the checks say.

    Notes
    -----
    The area model of Fay and Herriot (1979) without covariates: true scores are normal around one
    mean; the variance between units after Paule and Mandel (1982). Draws carry the error of the
    mean, not that of the variance. Ranks after Laird and Louis (1989).

    Examples
    --------
    >>> scores = pd.Series([60.0, 70.0, 72.0, 80.0, 90.0], index=list("abcde"))
    >>> found = shrink(scores, 5.0, top=1, draws=2000)
    >>> found.table[["weight", "shrunk"]].round(2).loc["e"].tolist()
    [0.8, 86.92]
    """
    inputs.check_options(top=top, confidence=confidence, seed=seed)
    inputs.whole_number(draws, "draws", 100)
    x, se = _estimates(scores, standard_errors, "scores")
    seen = x.notna()
    rows: list[Drop] = [("row", unit, "missing", "scores") for unit in x.index[~seen]]
    x, se = x[seen], se[seen]
    inputs.need_rows(len(x), 4, "shrinkage")
    y, noise = x.to_numpy(), se.to_numpy() ** 2
    between = _between(y, noise)
    precision = 1 / (between + noise)
    mean = float((precision * y).sum() / precision.sum())
    weight = between / (between + noise)
    own = weight * noise
    of_mean = float(1 / precision.sum())
    if not between > 0:
        rows.append(("warning", "scores", "no_variance", "their errors explain all differences"))
    rng = np.random.default_rng(seed)
    centre = mean + of_mean**0.5 * rng.standard_normal((draws, 1))
    jump = rng.standard_normal((draws, len(y)))
    # without a variance between units any order is as likely as any other
    true = centre + weight * (y - centre) + np.sqrt(own) * jump if between > 0 else jump
    places = np.argsort(np.argsort(-true, axis=1), axis=1) + 1
    ends = np.quantile(
        places, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0, method="inverted_cdf"
    )
    table = pd.DataFrame(
        {
            "score": x,
            "std_error": se,
            "weight": weight,
            "shrunk": mean + weight * (y - mean),
            "posterior_sd": np.sqrt(own + (1 - weight) ** 2 * of_mean),
            "rank": rank(x).astype(int),
            "mean_rank": places.mean(axis=0),
            "lower": ends[0].astype(int),
            "upper": ends[1].astype(int),
            "chance_top": (places <= top).mean(axis=0),
        },
        index=x.index,
    )
    return Shrinkage(
        table=table,
        n=len(table),
        dropped=drops(rows),
        assumptions=("one_normal_around_a_mean", "known_errors", "normal_errors"),
        mean=mean,
        between_sd=between**0.5,
        reliability=float(between / (between + noise.mean())),
        top=top,
        confidence=confidence,
    )


def _between(y: Floats, noise: Floats) -> float:
    """Variance between units for which the weighted squares are as many as their freedom."""
    from scipy.optimize import brentq

    def surplus(variance: float) -> float:
        """Weighted sum of squares beyond n − 1."""
        weight = 1 / (variance + noise)
        mean = (weight * y).sum() / weight.sum()
        return float((weight * (y - mean) ** 2).sum()) - (len(y) - 1)

    if surplus(0.0) <= 0:
        return 0.0
    top = float(y.var(ddof=1))
    while surplus(top) > 0:
        top *= 2
    return float(brentq(surplus, 0.0, top, xtol=1e-12 * top, rtol=1e-12))


def rank_sets_of_counts(
    counts: Any, *, confidence: float = 0.95, kind: str = "simultaneous"
) -> RankSets:
    """Ranks that categories of one survey question may have, from how many chose each.

    Parameters
    ----------
    counts : Series or mapping, category → people who chose it
        Of one sample in which everybody chose one category.
    confidence : float
        Probability with which the sets hold the true ranks.
    kind : {"simultaneous", "marginal"}
        All categories at once, or one at a time.

    Returns
    -------
    RankSets
        Without a critical value: tests are exact.

    Raises
    ------
    StatisticsError
        ``not_a_count``, ``too_few_parts``, ``duplicate_unit`` and what the checks say.

    Notes
    -----
    Bazylik, Mogstad, Romano, Shaikh and Wilhelm (2021), *Finite- and large-sample inference for
    ranks using multinomial data*, NBER 29519: of the people who chose one of two equally likely
    categories half choose either, so each pair has an exact binomial test; pairs corrected after
    Holm.

    Examples
    --------
    >>> rank_sets_of_counts({"late": 120, "rude": 60, "far": 55}).table["upper"].to_dict()
    {'late': 1, 'rude': 3, 'far': 3}
    """
    from scipy.stats import binom

    inputs.check_options(confidence=confidence)
    inputs.choice(kind, _KINDS, "kind of set")
    if isinstance(counts, Mapping):
        counts = pd.Series(dict(counts), dtype=None if counts else float)
    x = inputs.numeric_series(counts, "counts")
    inputs.need_unique(x.index, "counts")
    odd = x.index[~((x >= 0) & (x == x.round()))]
    inputs.refuse("not_a_count", "counts that are no whole numbers", odd)
    if len(x) < 2:
        raise StatisticsError("too_few_parts", "ranks need at least two categories", found="1")
    own = x.to_numpy()
    # row above column: as many or more of both, were they equally likely
    p = binom.sf(own[:, None] - 1, own[:, None] + own[None, :], 0.5)
    off = ~np.eye(len(x), dtype=bool)
    above = np.zeros_like(off)
    if kind == "simultaneous":
        above[off] = _holm(p[off], confidence)
        better, worse = above.sum(axis=0), above.sum(axis=1)
    else:
        better, worse = np.zeros(len(x), dtype=int), np.zeros(len(x), dtype=int)
        for j in range(len(x)):
            others = off[j]
            both = _holm(np.concatenate([p[others, j], p[j, others]]), confidence)
            better[j], worse[j] = both[: others.sum()].sum(), both[others.sum() :].sum()
    table = pd.DataFrame(
        {"lower": 1 + better, "rank": rank(x).astype(int), "upper": len(x) - worse}, index=x.index
    ).astype("Int64")
    return RankSets(
        table=table,
        n=len(x),
        assumptions=("one_sample_one_choice",),
        critical_value=np.nan,
        confidence=confidence,
        kind=kind,
        sides="two-sided",
        method="exact",
    )


def _holm(p: Floats, confidence: float) -> Floats:
    """Which are rejected by Holm's correction."""
    order = np.argsort(p, kind="stable")
    passed = p[order] <= (1 - confidence) / (len(p) - np.arange(len(p)))
    out = np.zeros(len(p), dtype=bool)
    out[order] = np.logical_and.accumulate(passed)
    return out
