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

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.plans._model import Plan

if TYPE_CHECKING:
    from parstudy.dataset import Dataset

_Floats = Any
NEIGHBOURS = 10
"""Provinces with the nearest score the year before that a change is compared with."""
FEWEST = 12
"""Other provinces with figures of both years below which no comparison is made."""
_LEVELS = ("subcriterion", "criterion", "area", "score_source")


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
        national mean, else that of a complete year), ``distance`` (score minus mean), ``break``
        (not comparable with the year before), ``score_source_id, rank_source_id,
        mean_source_id``.
    standing : DataFrame
        One row for each index with a score and a mean in both years: ``index, change,
        change_mean, change_distance, rank_before, rank_after, n_others`` (provinces known in both
        years), ``n_worse`` (of them, how many lost more against the mean), ``break``.
    n_targets : int
        Criteria that the plan wants to raise.
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
    later = plan.year + 1 if after is None else after
    means = ds.aggregates
    means = at(means, unit_level="national", component="total", measure="mean")
    return evaluate_tables(
        targets=plan.raised,
        province_id=plan.province,
        before=plan.year,
        after=later,
        scores=ds.scores,
        components=ds.components,
        means=means,
    )


def evaluate_tables(
    *,
    targets: list[str],
    province_id: str,
    before: int,
    after: int,
    scores: pd.DataFrame,
    components: pd.DataFrame,
    means: pd.DataFrame,
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
        National means: ``index, year, value, source_id``.
    """
    path = _path(scores, means, province_id, before)
    common: dict[str, Any] = {
        "province_id": province_id,
        "before": before,
        "after": after,
        "path": path,
        "standing": _standing(scores, path, province_id, before, after),
        "n_targets": len(targets),
    }
    try:
        panel = _panel(targets, province_id, before, after, scores, components)
    except _NoComparisonError as none:
        return Evaluation(
            level=none.level, why_not=none.why, criteria=_criteria_frame([]),
            estimates=_estimate_frame([]),
            placebo=pd.DataFrame(columns=["province_id", "did", "matched"]), **common,
        )  # fmt: skip
    compared, estimates, placebo = compare(
        panel.first, panel.second, panel.tops, targets, province_id
    )
    return Evaluation(
        level=panel.level, why_not="", criteria=compared, estimates=estimates, placebo=placebo,
        **common,
    )  # fmt: skip


# --- targeted against untargeted -----------------------------------------------------------------


@dataclass(frozen=True)
class _Panel:
    """Criteria of one level that can be compared, provinces × criteria, without gaps.

    ``first`` and ``second`` are shares of the maximum in percent in the two years, ``tops`` the
    maxima in points.
    """

    level: str
    first: pd.DataFrame
    second: pd.DataFrame
    tops: pd.Series[Any]


class _NoComparisonError(Exception):
    """Criteria cannot be compared: ``why``, and at which ``level`` if that is known."""

    def __init__(self, why: str, level: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.level = level


def _panel(
    targets: list[str], province_id: str, before: int, after: int, scores: pd.DataFrame,
    components: pd.DataFrame,
) -> _Panel:  # fmt: skip
    """Criteria of the finest level that the province and enough others have in both years."""
    if not targets:
        raise _NoComparisonError("no_targets")
    known = scores[scores["index"].eq("PAR_INDEX") & scores["percent"].notna()]
    years = [known[known["year"].eq(year)] for year in (before, after)]
    own = [rows[rows["province_id"].eq(province_id)] for rows in years]
    level, codes = _common_level(targets, own, _tree(components, own[0]))
    own = [rows[rows["component"].isin(codes)] for rows in own]
    # a code of another set is the same criterion only by chance
    if len({tuple(sorted(set(rows["criteria_set"]))) for rows in own}) > 1:
        raise _NoComparisonError("other_set", level)
    first, second = (
        rows[rows["component"].isin(codes)].pivot(
            index="province_id", columns="component", values="percent"
        )
        for rows in years
    )
    told = (first.loc[province_id] + second.loc[province_id]).dropna()
    both = [code for code in first.columns if code in told]
    units = first.index.intersection(second.index)
    first, second = first.loc[units, both], second.loc[units, both]
    whole = (first + second).notna().all(axis=1)
    first, second = first[whole], second[whole]
    for why, holds in (
        ("no_scores_after", set(both).isdisjoint(targets)),
        ("nothing_untargeted", set(both) <= set(targets)),
        ("few_provinces", len(first) - 1 < FEWEST),
    ):
        if holds:
            raise _NoComparisonError(why, level)
    tops = own[0].set_index("component")["max_score"].reindex(both)
    return _Panel(level, first, second, tops)


def _common_level(
    targets: list[str], own: list[pd.DataFrame], tree: pd.DataFrame
) -> tuple[str, list[str]]:
    """Finest level with a target that has a score in both years, and the codes of the level."""
    why = "no_scores_before"
    for level in _LEVELS:
        codes = criteria.cut(tree, level)
        wanted = set(codes) & set(targets)
        known = [not wanted.isdisjoint(rows["component"]) for rows in own]
        if all(known):
            return level, codes
        if known[0]:
            why = "no_scores_after"
    raise _NoComparisonError(why)


def _tree(components: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Criteria set of the rows, index code; all that is given if they do not name the set."""
    own = components[components["criteria_set"].isin(set(rows["criteria_set"]))]
    tree = (components if own.empty else own).drop_duplicates("code").set_index("code")
    return tree if "parent" in tree else tree.assign(parent="")


def compare(
    first: pd.DataFrame,
    second: pd.DataFrame,
    tops: pd.Series[Any],
    targets: list[str],
    province_id: str,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Compare targeted with other criteria before and after.

    Parameters
    ----------
    first, second : DataFrame, shape (provinces, criteria)
        Shares of the maximum in percent, without gaps.
    tops : Series, index = criterion
        Maxima in points; NaN where unknown.
    targets : list of str
        Criteria of the plan.
    province_id : str
        Row of the province with the plan.

    Returns
    -------
    criteria, estimates, placebo : DataFrame
        As in :class:`Evaluation`.
    """
    codes = list(first.columns)
    wanted = np.array([c in set(targets) for c in codes])
    start, change = first.to_numpy(), (second - first).to_numpy()
    own = first.index.get_loc(province_id)
    others = np.arange(len(first)) != own
    expected = nearest_change(start, change)
    left = change - expected
    # the plain difference: what all other provinces did, without regard to where they started
    total = change.sum(axis=0)
    plain = change - (total - change) / (len(change) - 1)

    plans = np.array(
        [
            wanted if unit == own else alike(start[own][wanted], start[unit])
            for unit in range(len(start))
        ]
    )
    same = np.tile(wanted, (len(start), 1))
    placebo = pd.DataFrame(
        {
            "province_id": list(first.index[others]),
            "did": _gap(plain, plans)[others],
            "matched": _gap(left, plans)[others],
        }
    )
    naive = _gap(change, same)
    did = _gap(plain, same)
    matched = _gap(left, plans)
    made_up = _gap(change, plans)
    weight = float(tops[wanted].sum()) if tops[wanted].notna().all() else float("nan")
    rows = [
        _estimate("change", float(change[own][wanted].mean()), weight),
        _estimate("naive", naive[own], weight, None, made_up[others]),
        _estimate("did", did[own], weight, naive[others], _gap(plain, plans)[others]),
        _estimate("matched", matched[own], weight, matched[others], matched[others]),
    ]
    compared = _criteria_frame(
        {
            "component": code,
            "targeted": bool(wanted[n]),
            "score_before": start[own, n] * tops.iloc[n] / 100,
            "score_after": (start + change)[own, n] * tops.iloc[n] / 100,
            "max_score": tops.iloc[n],
            "percent_before": start[own, n],
            "change": change[own, n],
            "change_others": change[others, n].mean(),
            "change_matched": expected[own, n],
            "n_others": int(others.sum()),
        }
        for n, code in enumerate(codes)
    )
    return compared, _estimate_frame(rows), placebo


def nearest_change(start: _Floats, change: _Floats, k: int = NEIGHBOURS) -> _Floats:
    """Mean change of the provinces with the nearest score before, criterion by criterion.

    Parameters
    ----------
    start, change : array, shape (provinces, criteria)
        Score before and change after.
    k : int
        Neighbours; all provinces as near as the last of them count as well, so that ties at the
        maximum are not broken by the order of the alphabet.

    Returns
    -------
    array, shape (provinces, criteria)
        For each cell the mean change of its neighbours without itself.
    """
    n = len(start)
    k = min(k, n - 1)
    result = np.empty_like(change)
    for column in range(start.shape[1]):
        gap = np.abs(start[:, column][:, None] - start[:, column][None, :])
        np.fill_diagonal(gap, np.inf)
        reach = np.partition(gap, k - 1, axis=1)[:, k - 1]
        near = gap <= reach[:, None] + 1e-9
        result[:, column] = near @ change[:, column] / near.sum(axis=1)
    return result


def alike(wanted: _Floats, start: _Floats) -> _Floats:
    """A made-up plan: as many criteria of another province, with starting scores as alike.

    Parameters
    ----------
    wanted : array, shape (targets,)
        Starting scores of the real targets.
    start : array, shape (criteria,)
        Starting scores of the other province.

    Returns
    -------
    array of bool, shape (criteria,)
        The chosen criteria. The lowest target picks first: low scores are the scarce ones.
    """
    chosen = np.zeros(len(start), dtype=bool)
    for value in np.sort(wanted):
        distance = np.where(chosen, np.inf, np.abs(start - value))
        chosen[int(np.argmin(distance))] = True
    return chosen


def _gap(values: _Floats, plans: _Floats) -> _Floats:
    """Mean over a province's targets minus mean over its other criteria, for each province."""
    inside = (values * plans).sum(axis=1) / plans.sum(axis=1)
    return inside - (values * ~plans).sum(axis=1) / (~plans).sum(axis=1)


def _estimate(
    method: str, value: float, weight: float, spread: Any = None, placebo: Any = None
) -> dict[str, Any]:
    row: dict[str, Any] = {"method": method, "estimate": value, "points": value * weight / 100}
    if spread is not None:
        n = len(spread)
        # the mean of the others is an estimate too: hence 1 + 1/n
        row["standard_error"] = float(np.std(spread, ddof=1) * np.sqrt(1 + 1 / n))
    if placebo is not None:
        row["placebo_mean"] = float(placebo.mean())
        row["n_placebo"] = len(placebo)
        # centred on what made-up plans give: with a naive comparison that is not 0
        extreme = np.abs(placebo - placebo.mean()) >= abs(value - placebo.mean()) - 1e-12
        row["p_placebo"] = (1 + int(extreme.sum())) / (1 + len(placebo))
    return row


def _estimate_frame(rows: Any) -> pd.DataFrame:
    columns = ["method", "estimate", "standard_error", "points", "placebo_mean", "p_placebo"]
    return pd.DataFrame(list(rows), columns=[*columns, "n_placebo"])


def _criteria_frame(rows: Any) -> pd.DataFrame:
    columns = ["component", "targeted", "score_before", "score_after", "max_score"]
    columns += ["percent_before", "change", "change_others", "change_matched", "n_others"]
    return pd.DataFrame(list(rows), columns=columns)


# --- the path of the whole index -----------------------------------------------------------------


_PUBLISHED = {
    "score": "score",
    "decimals": "decimals",
    "rank": "rank_published",
    "rank_low": "rank_low",
    "rank_high": "rank_high",
    "n_ranked": "n_ranked",
    "rank_implied": "rank_implied",
    "change_score": "change_score_published",
    "change_rank": "change_rank_published",
}
"""Columns of the path that are columns of the scores."""


def _path(scores: pd.DataFrame, means: pd.DataFrame, province_id: str, before: int) -> pd.DataFrame:
    totals = scores[scores["component"].eq("total") & scores["index"].isin(["PAR_INDEX", "SIPAS"])]
    own = totals[totals["province_id"].eq(province_id)].set_index(["index", "year"])
    known = means.drop_duplicates(["index", "year"]).set_index(["index", "year"])
    rows: list[dict[str, Any]] = []
    for index in ("PAR_INDEX", "SIPAS"):
        broken = set(criteria.breaks(index)["year"])
        years = totals.loc[totals["index"].eq(index) & totals["year"].ge(before - 1), "year"]
        for year in sorted({int(y) for y in years}):
            told = own.loc[(index, year)] if (index, year) in own.index else None
            mean, mean_source = _mean(totals, known, index, year)
            row = {name: _get(told, column) for name, column in _PUBLISHED.items()}
            rows.append(
                {
                    "index": index,
                    "year": year,
                    **row,
                    "mean": mean,
                    "distance": row["score"] - mean if pd.notna(row["score"]) else float("nan"),
                    "break": year in broken and _get(told, "synthetic") is not True,
                    "score_source_id": _text(told, "score_source_id"),
                    "rank_source_id": _text(told, "rank_source_id"),
                    "mean_source_id": mean_source,
                    "synthetic": _get(told, "synthetic") is True,
                }
            )
    columns = ["index", "year", *_PUBLISHED, "mean", "distance", "break", "score_source_id"]
    return pd.DataFrame(rows, columns=[*columns, "rank_source_id", "mean_source_id", "synthetic"])


def _get(row: Any, name: str) -> Any:
    # tables made by hand need not have every column
    value = float("nan") if row is None else row.get(name, float("nan"))
    return bool(value) if isinstance(value, (bool, np.bool_)) else value


def _text(row: Any, name: str) -> str:
    value = _get(row, name)
    return "" if pd.isna(value) else str(value)


def _mean(totals: pd.DataFrame, known: pd.DataFrame, index: str, year: int) -> tuple[float, str]:
    if (index, year) in known.index:
        row: Any = known.loc[(index, year)]
        return float(row["value"]), str(row["source_id"])
    part = at(totals, index=index, year=year)
    ranked = part["n_ranked"].max()
    told = part["score"].dropna()
    # a mean over those that happen to be known is no national mean
    whole = pd.notna(ranked) and len(told) == ranked
    return (float(told.mean()) if whole else float("nan")), ""


def _standing(
    scores: pd.DataFrame, path: pd.DataFrame, province_id: str, before: int, after: int
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for index, own in path.groupby("index", sort=True):
        of_year = own.set_index("year")
        if before not in of_year.index or after not in of_year.index:
            continue
        old, new = of_year.loc[before], of_year.loc[after]
        change = new["score"] - old["score"]
        change_mean = new["mean"] - old["mean"]
        if pd.isna(change) or pd.isna(change_mean):
            continue
        part = at(scores, index=index, component="total")
        wide = part.pivot(index="province_id", columns="year", values="score")
        others = (wide[after] - wide[before]).drop(province_id).dropna()
        rows.append(
            {
                "index": index,
                "change": change,
                "change_mean": change_mean,
                "change_distance": change - change_mean,
                "rank_before": old["rank"],
                "rank_after": new["rank"],
                "n_ranked": new["n_ranked"],
                "n_others": len(others),
                "n_worse": int((others < change).sum()),
                "break": bool(of_year.loc[before + 1 : after, "break"].any()),
            }
        )
    columns = ["index", "change", "change_mean", "change_distance", "rank_before", "rank_after"]
    columns += ["n_ranked", "n_others", "n_worse", "break"]
    return pd.DataFrame(rows, columns=columns)
