"""Components of one index against its rank: one at a time, together, over the years, by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import drivers
from parstudy.statistics.inference import adjust_pvalues
from parstudy.statistics.ranking import rank, survey_standard_errors
from parstudy.studies.one_index._study import WIDE, Study


def singles(*results: drivers.RankRegression | None) -> dict[Any, Any]:
    """Regressions of one component at a time of the first result that there is."""
    found = next((result for result in results if result is not None), None)
    if found is None:
        return {}
    return {key: fit for key, fit in found.fits.items() if key[:2] == ("single", "rank")}


def robustness(
    parts: pd.DataFrame, total: pd.Series[Any], fits: Mapping[Any, Any]
) -> tuple[pd.DataFrame, str]:
    """Ask the item–rest relations again in three other ways.

    Parameters
    ----------
    parts, total : DataFrame, Series
        Components and total, complete.
    fits : mapping
        Of a :class:`parstudy.statistics.drivers.RankRegression`; its regressions of one component
        at a time say which unit is the most influential.

    Returns
    -------
    (DataFrame, str)
        Index ``part``: ``spearman``, ``spearman_without`` (the most influential unit),
        ``kendall``, ``places`` and ``places_other_ties`` (places won per point with ties at the
        best and at the mean place); and the unit that was left out.
    """
    distance: dict[str, float] = {}
    for key, fit in fits.items():
        if key[:2] == ("single", "rank"):
            for unit, value in fit.influence["cooks_distance"].items():
                distance[str(unit)] = distance.get(str(unit), 0.0) + float(value)
    unit = min(distance, key=lambda u: (-distance[u], u)) if distance else ""
    full = drivers.item_rest(parts, total).table
    left = parts.drop(index=unit) if unit in parts.index else parts
    other = drivers.item_rest(left, total.loc[left.index]).table
    rows = {}
    for part in parts.columns:
        rest = total - parts[part]
        rows[part] = {
            "spearman": full.loc[part, "spearman"],
            "spearman_without": other.loc[part, "spearman"],
            "kendall": full.loc[part, "kendall"],
            "places": _places_per_point(parts[part], rest, "min"),
            "places_other_ties": _places_per_point(parts[part], rest, "average"),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("part"), unit


def _places_per_point(part: pd.Series[Any], rest: pd.Series[Any], ties: str) -> float:
    spread = float(part.var())
    if not spread > 1e-12:
        return float("nan")
    place = rank(rest, ties).astype(float)
    return -float(np.cov(part, place)[0, 1]) / spread


def assumed_standard_errors(
    percent: pd.Series[Any], respondents: float, n_units: int, design_effect: float
) -> tuple[pd.Series[Any], float]:
    """Standard errors of SIPAS if the known national sample were spread evenly.

    Parameters
    ----------
    percent : Series
        Satisfaction in percent.
    respondents : float
        People asked in the whole country.
    n_units : int
        Provinces among which they are spread.
    design_effect : float
        Variance relative to simple random sampling; an assumption.

    Returns
    -------
    (Series, float)
        Standard errors in percentage points, and the assumed sample of one province.
    """
    size = respondents / n_units
    return survey_standard_errors(percent, size, design_effect=design_effect), size


@dataclass(frozen=True)
class Within:
    """Whether a province's place moves with its own points on a component.

    Attributes
    ----------
    table : DataFrame
        Index ``part``: ``places`` won per point, ``low, high``, ``p_wild`` (never below
        ``1 / (draws + 1)``), ``n, n_units, reason``, and ``p_wild_bh``.
    fits : dict of str to Panel
        Regression of each component that moves within provinces.
    draws : int
        Draws of the wild cluster bootstrap.
    """

    table: pd.DataFrame
    fits: dict[str, drivers.Panel]
    draws: int


def within(study: Study, *, wild_draws: int = 199, **panel: Any) -> Within | None:
    """Ask whether a province's place moves with its own points on a component.

    The outcome is the place by the total of all other components, so that nothing holds by
    construction; one component at a time, province and year effects, clusters by province.

    Parameters
    ----------
    study : Study
        Its years are pooled.
    wild_draws : int
        Draws of the wild cluster bootstrap.
    **panel
        Further options of :func:`parstudy.statistics.drivers.panel`.

    Returns
    -------
    Within or None
        None where fewer than two years pool, or the level is wide.
    """
    if len(study.years) < 2 or study.wide:
        return None
    rows: dict[str, dict[str, Any]] = {}
    fits: dict[str, drivers.Panel] = {}
    for part in study.parts.columns:
        rest = study.pooled["total"] - study.pooled[part]
        place = rest.groupby(study.pooled["year"]).rank(ascending=False, method="min")
        frame = study.pooled[["province_id", "year", part]].assign(place=place)
        try:
            fit = drivers.panel(frame, "place", [part], wild_draws=wild_draws, **panel)
        except StatisticsError as error:
            rows[part] = {"reason": error.code}
            continue
        fits[part] = fit
        row = fit.table.iloc[0]
        rows[part] = {
            "places": -row["estimate"], "low": -row["ci_high"], "high": -row["ci_low"],
            # the figures themselves count as one draw, else a p-value could be 0
            "p_wild": (wild_draws * row["p_wild"] + 1) / (wild_draws + 1),
            "n": fit.n, "n_units": fit.n_units, "reason": "",
        }  # fmt: skip
    columns = ["places", "low", "high", "p_wild", "n", "n_units", "reason"]
    out = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)
    known = out["p_wild"].notna().any()
    out["p_wild_bh"] = adjust_pvalues(out["p_wild"].astype(float), "BH") if known else np.nan
    return Within(out.rename_axis("part"), fits, wild_draws)


@dataclass(frozen=True)
class Groups:
    """Groups of an index against its components, one at a time.

    Attributes
    ----------
    counts : Series
        Units per group, worst first, after groups that are too thin were merged.
    merged : tuple of str
        Groups that were merged, as ``A+B``.
    table : DataFrame
        Index ``part``: ``odds_ratio`` of a better group for one standard deviation more,
        ``low, high``, ``mcfadden_r2``, ``reason``. Empty where a model makes no sense.
    strongest : GroupModel or None
        Model of the component that tells most.
    """

    counts: pd.Series[Any]
    merged: tuple[str, ...]
    table: pd.DataFrame
    strongest: drivers.GroupModel | None


_THIN = 5
_GROUP_ORDER = ("D", "C", "B", "A", "low", "moderate", "fair", "good")  # worst first


def grouped(study: Study) -> Groups:
    """Model the groups (A, B, C, D) by one component at a time.

    Thin groups at either end are merged with their neighbour first; with fewer than two groups
    of five units left there is no model.
    """
    letters = study.groups[study.groups.ne("")]
    counts, label = _without_thin(letters)
    merged = tuple(name for name in counts.index if "+" in name)
    too_few = len(counts) < 2 or counts.min() < _THIN or len(letters) < WIDE
    if study.wide or too_few:
        return Groups(counts, merged, pd.DataFrame(), None)
    group = letters.map(label)
    rows: dict[str, dict[str, Any]] = {}
    best: tuple[float, drivers.GroupModel] | None = None
    for part in study.parts.columns:
        values = study.parts.loc[group.index, part]
        spread = float(values.std())
        try:
            fit = drivers.group_model(values.to_frame(), group, [part], order=list(counts.index))
        except StatisticsError as error:
            rows[part] = {"reason": error.code}
            continue
        row = fit.table.iloc[0]
        rows[part] = {
            "odds_ratio": float(np.exp(row["estimate"] * spread)),
            "low": float(np.exp(row["ci_low"] * spread)),
            "high": float(np.exp(row["ci_high"] * spread)),
            "mcfadden_r2": float(fit.fit["mcfadden_r2"]),
            "reason": "",
        }
        if best is None or fit.fit["mcfadden_r2"] > best[0]:
            best = (float(fit.fit["mcfadden_r2"]), fit)
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(
        columns=["odds_ratio", "low", "high", "mcfadden_r2", "reason"]
    )
    return Groups(counts, merged, table.rename_axis("part"), best[1] if best else None)


def _without_thin(letters: pd.Series[Any]) -> tuple[pd.Series[Any], dict[str, str]]:
    """Merge groups that are too thin with their neighbour.

    Returns
    -------
    (Series, dict)
        Units per group, worst first; and the name after merging of each group.
    """
    counts = letters.value_counts()
    counts = counts.reindex(sorted(counts.index, key=_GROUP_ORDER.index))
    order, sizes = [str(letter) for letter in counts.index], [int(n) for n in counts]
    label = {letter: letter for letter in order}
    while len(order) > 2 and min(sizes) < _THIN:
        thin = sizes.index(min(sizes))
        last = thin == len(order) - 1
        near = thin - 1 if last or (thin and sizes[thin - 1] < sizes[thin + 1]) else thin
        joined = "+".join(sorted(f"{order[near]}+{order[near + 1]}".split("+")))
        for letter, name in label.items():
            if name in {order[near], order[near + 1]}:
                label[letter] = joined
        order[near : near + 2] = [joined]
        sizes[near : near + 2] = [sizes[near] + sizes[near + 1]]
    return pd.Series(sizes, index=order, dtype="int64"), label
