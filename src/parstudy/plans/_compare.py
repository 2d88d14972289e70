"""Criteria that a plan targets against those that it does not, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
from parstudy.facts import criteria

_Floats = Any
NEIGHBOURS = 10
"""Provinces with the nearest score the year before that a change is compared with."""
FEWEST = 12
"""Other provinces with figures of both years below which no comparison is made."""
CRITERIA = (
    "component", "targeted", "score_before", "score_after", "max_score", "percent_before",
    "change", "change_others", "change_matched", "n_others",
)  # fmt: skip
ESTIMATES = (
    "method", "estimate", "standard_error", "points", "placebo_mean", "p_placebo", "n_placebo",
)  # fmt: skip
PLACEBO = ("province_id", "did", "matched")
_LEVELS = ("subcriterion", "criterion", "area", "score_source")


@dataclass(frozen=True)
class Panel:
    """Criteria of one level that can be compared, provinces × criteria, without gaps.

    ``first`` and ``second`` are shares of the maximum in percent in the two years, ``tops`` the
    maxima in points.
    """

    level: str
    first: pd.DataFrame
    second: pd.DataFrame
    tops: pd.Series[Any]


class NoComparisonError(Exception):
    """Criteria cannot be compared: ``why``, and at which ``level`` if that is known."""

    def __init__(self, why: str, level: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.level = level


def panel(
    targets: list[str], province_id: str, before: int, after: int, scores: pd.DataFrame,
    components: pd.DataFrame,
) -> Panel:  # fmt: skip
    """Criteria of the finest level that the province and enough others have in both years.

    Parameters
    ----------
    targets : list of str
        Codes that the plan wants to raise.
    province_id : str
        Slug of the province with the plan.
    before, after : int
        Index years.
    scores, components : DataFrame
        Tables of the dataset.

    Raises
    ------
    NoComparisonError
        ``no_targets``, ``no_scores_before``, ``no_scores_after``, ``other_set``,
        ``nothing_untargeted``, ``few_provinces``.
    """
    if not targets:
        raise NoComparisonError("no_targets")
    known = at(scores, index_id="PAR_INDEX")
    known = known[known["percent"].notna()]
    years = [known[known["year"].eq(year)] for year in (before, after)]
    own = [rows[rows["province_id"].eq(province_id)] for rows in years]
    level, codes = _common_level(targets, own, _tree(components, own[0]))
    own = [rows[rows["component"].isin(codes)] for rows in own]
    # a code of another set is the same criterion only by chance
    if len({tuple(sorted(set(rows["criteria_set"]))) for rows in own}) > 1:
        raise NoComparisonError("other_set", level)
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
            raise NoComparisonError(why, level)
    tops = own[0].set_index("component")["max_score"].reindex(both)
    return Panel(level, first, second, tops)


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
    raise NoComparisonError(why)


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
    points = tops.to_numpy()
    compared = pd.DataFrame(
        {
            "component": codes,
            "targeted": wanted,
            "score_before": start[own] * points / 100,
            "score_after": (start + change)[own] * points / 100,
            "max_score": points,
            "percent_before": start[own],
            "change": change[own],
            "change_others": change[others].mean(axis=0),
            "change_matched": expected[own],
            "n_others": int(others.sum()),
        },
        columns=list(CRITERIA),
    )
    return compared, pd.DataFrame(rows, columns=list(ESTIMATES)), placebo


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
