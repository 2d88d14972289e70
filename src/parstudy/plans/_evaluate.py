"""Did it work? What changed after a plan, against all provinces, and how sure that is.

One province carries out one plan once. What can be said honestly:

- *Naive*: targeted criteria against the others, before and after. Criteria are chosen because
  they were low, and what is low by chance rises by itself (regression to the mean).
- *Difference in differences*: the same change in all provinces is taken away. Its standard error
  is the spread of that difference over the other provinces.
- *Matched*: each criterion's change is compared with the provinces that had the nearest score in
  it the year before, which takes the regression to the mean away as well.

For each, every other province gets a made-up plan with as many criteria and the like starting
scores; the share of them with a difference as large is the placebo p-value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.plans import _compare
from parstudy.plans._compare import NoComparisonError
from parstudy.plans._model import Plan
from parstudy.plans._path import path_of, standing
from parstudy.studies.safe_places import Sample
from parstudy.studies.sampling import COLUMNS, sampling


@dataclass(frozen=True)
class Evaluation:
    """What the figures say of a plan.

    Attributes
    ----------
    province_id : str
        Whose plan.
    before, after : int
        Index year the plan was made from and the first it could change.
    level : str
        Level of the criteria compared; empty where none can be.
    why_not : str
        Why there is no comparison of criteria: ``no_targets``, ``no_scores_before``,
        ``no_scores_after``, ``other_set`` (the criteria set changed), ``few_provinces``,
        ``nothing_untargeted``; empty where there is one.
    criteria : DataFrame
        One row for each criterion with both years: ``component, targeted, score_before,
        score_after, max_score`` (points), ``change`` (percentage points of the maximum),
        ``change_others`` (mean of all other provinces), ``change_matched`` (mean of those with
        the nearest score before), ``n_others``.
    estimates : DataFrame
        One row for each method (``change``, ``naive``, ``did``, ``matched``): ``estimate,
        standard_error`` (percentage points of the maximum), ``points`` (the estimate on the
        maxima of the targets), ``placebo_mean``, ``p_placebo``, ``n_placebo``. NaN where it does
        not apply.
    placebo : DataFrame
        ``province_id, did, matched``: the same for each other province with a made-up plan.
    path : DataFrame
        One row for each index and year: ``index, year, score, rank, rank_low, rank_high,
        n_ranked, rank_implied, change_score, change_rank`` (published), ``mean`` (published
        national mean, else that of a complete year), ``distance`` (score minus mean), ``margin``
        (change on the year before that sampling alone exceeds one time in twenty), ``break``
        (not comparable with the year before), ``score_source_id, rank_source_id,
        mean_source_id``.
    standing : DataFrame
        One row for each index with a score and a mean in both years: ``index, change,
        change_mean, change_distance, rank_before, rank_after, n_others`` (provinces known in both
        years), ``n_worse`` (of them, how many lost more against the mean), ``margin`` (as of the
        path, from the first year to the second), ``break``.
    n_targets : int
        Criteria that the plan wants to raise.
    samples : mapping of int to Sample
        How many people SIPAS asked, by year; the margins take them as spread evenly.
    """

    province_id: str
    before: int
    after: int
    level: str
    why_not: str
    criteria: pd.DataFrame
    estimates: pd.DataFrame
    placebo: pd.DataFrame
    path: pd.DataFrame
    standing: pd.DataFrame
    n_targets: int
    samples: Mapping[int, Sample] = field(default_factory=dict)

    @property
    def compared(self) -> bool:
        """Whether criteria could be compared."""
        return not self.why_not

    def estimate(self, method: str) -> pd.Series[Any]:
        """Row of one method."""
        return self.estimates[self.estimates["method"].eq(method)].iloc[0]


def evaluate(plan: Plan, ds: Dataset, *, after: int | None = None) -> Evaluation:
    """Ask what changed after a plan.

    Parameters
    ----------
    plan : Plan
        With ``province`` and ``year``; ``raise`` rows are its targets.
    ds : Dataset
        Open dataset.
    after : int, optional
        Index year to compare with; by default the one after the plan's.

    Returns
    -------
    Evaluation
        Where figures are missing its tables are empty and ``why_not`` says why.

    Notes
    -----
    One treated unit: the standard error and the p-value describe how much such a difference
    varies between provinces without the plan, not what the plan caused. A province that makes a
    plan differs from others in more than the plan.
    """
    means = at(ds.aggregates, unit_level="national", component="total", measure="mean")
    later = at(ds.scores, province_id=plan.province, index_id="SIPAS", component="total")["year"]
    asked = sampling(ds, plan.province, sorted(y for y in set(later) if y >= plan.year - 1))
    found = evaluate_tables(
        targets=plan.raised,
        province_id=plan.province,
        before=plan.year,
        after=plan.year + 1 if after is None else after,
        scores=ds.scores,
        components=ds.components,
        means=means,
        errors=asked.errors,
    )
    return replace(found, samples=asked.samples)


def evaluate_tables(
    *,
    targets: list[str],
    province_id: str,
    before: int,
    after: int,
    scores: pd.DataFrame,
    components: pd.DataFrame,
    means: pd.DataFrame,
    errors: pd.DataFrame | None = None,
) -> Evaluation:
    """The same from tables.

    Parameters
    ----------
    targets : list of str
        Codes that the plan wants to raise.
    province_id : str
        Slug.
    before, after : int
        Index years.
    scores, components : DataFrame
        Tables of the dataset.
    means : DataFrame
        National means: ``index_id, year, value, source_id``.
    errors : DataFrame, optional
        Standard errors of the province's scores: ``index_id, year, std_error``.
    """
    errors = pd.DataFrame(columns=list(COLUMNS)) if errors is None else errors
    try:
        found = _compare.panel(targets, province_id, before, after, scores, components)
    except NoComparisonError as none:
        level, why_not = none.level, none.why
        columns = (_compare.CRITERIA, _compare.ESTIMATES, _compare.PLACEBO)
        compared, estimates, placebo = (pd.DataFrame(columns=list(c)) for c in columns)
    else:
        level, why_not = found.level, ""
        compared, estimates, placebo = _compare.compare(
            found.first, found.second, found.tops, targets, province_id
        )
    path = path_of(scores, means, province_id, before, errors)
    return Evaluation(
        province_id=province_id,
        before=before,
        after=after,
        level=level,
        why_not=why_not,
        criteria=compared,
        estimates=estimates,
        placebo=placebo,
        path=path,
        standing=standing(scores, path, province_id, before, after, errors),
        n_targets=len(targets),
    )
