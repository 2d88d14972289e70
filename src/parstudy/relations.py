"""What there is to relate, and how far an answer hangs on who is in the data. Tables in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from parstudy import coverage, drivers, importance
from parstudy._statistics import adjust_pvalues, fisher_interval
from parstudy.errors import StatisticsError
from parstudy.ranking import rank, survey_standard_errors

FEWEST = 8
"""Fewest provinces for which anything is computed."""
WIDE = 20
"""Components from which a level counts as wide: searched, not regressed at once."""
THIRDS = ("first", "middle", "last")
_PARTS_OF_OUTCOME = "sipas"
_SAME = 0.999


# --- one index and its components ---------------------------------------------------------------


@dataclass(frozen=True)
class Study:
    """Everything that a study of one index, year and level starts from.

    Attributes
    ----------
    index, year, level : str, int, str
        What is studied.
    frame : DataFrame
        Index ``province_id``; a column per component and ``total``; complete provinces only.
    pooled : DataFrame
        ``province_id, year, total`` and the components, for all years up to this one under the
        same criteria set in which at least `FEWEST` provinces are complete.
    n_units : int
        Provinces that the index ranks in the year (63, or 34 since 2025).
    absent : tuple of str
        Provinces that are not in ``frame``.
    places : Series
        Known places of the provinces in ``frame``; index ``province_id``.
    thirds : DataFrame
        Index `THIRDS` of the national ranking: ``n`` (provinces in ``frame`` there), ``of``
        (places in that third); provinces without a known place are in none.
    maxima : Series
        Maximum points of each component, NaN where unknown.
    groups : Series
        Group letter of each province in ``frame`` (published, else computed), empty if unknown.
    criteria_set : str
        Name of the criteria set.
    """

    index: str
    year: int
    level: str
    frame: pd.DataFrame
    pooled: pd.DataFrame
    n_units: int
    absent: tuple[str, ...]
    places: pd.Series[Any]
    thirds: pd.DataFrame
    maxima: pd.Series[Any]
    groups: pd.Series[Any]
    criteria_set: str

    @property
    def parts(self) -> pd.DataFrame:
        """Components, without the total."""
        return self.frame.drop(columns="total")

    @property
    def total(self) -> pd.Series[Any]:
        """Published total of the index."""
        return self.frame["total"]

    @property
    def enough(self) -> bool:
        """Whether there are provinces enough to relate anything."""
        return len(self.frame) >= FEWEST and self.frame.shape[1] > 2

    @property
    def wide(self) -> bool:
        """Whether there are too many components to be regressed at once."""
        return self.frame.shape[1] - 1 >= WIDE

    @property
    def years(self) -> list[int]:
        """Years that can be pooled."""
        return sorted(int(year) for year in self.pooled["year"].unique())

    @property
    def weights(self) -> pd.Series[Any] | None:
        """Maximum points of the components, None unless all are known."""
        known = self.maxima.notna().all() and len(self.maxima) > 0
        return self.maxima if known else None


def study(
    scores: pd.DataFrame,
    components: pd.DataFrame,
    provinces: pd.DataFrame,
    *,
    index: str,
    year: int,
    level: str,
) -> Study:
    """Collect what one study starts from, and say who is in it.

    Parameters
    ----------
    scores, components : DataFrame
        Tables of the dataset.
    provinces : DataFrame
        Units of the geography of that year.
    index, year, level : str, int, str
        Which release, and which level of components.

    Returns
    -------
    Study
    """
    frame = coverage.component_frame(scores, components, index=index, year=year, level=level)
    own = scores[scores["index"].eq(index) & scores["year"].eq(year)]
    totals = own[own["component"].eq("total")].set_index("province_id")
    set_name = str(own["criteria_set"].iloc[0]) if len(own) else ""
    n_units = len(provinces)
    places = known_places(totals).reindex(frame.index).dropna()
    codes = list(frame.columns.drop("total"))
    tree = components[components["criteria_set"].eq(set_name)].drop_duplicates("code")
    maxima = tree.set_index("code")["max_score"].astype(float).reindex(codes)
    if len(own):  # what a release prints counts where the criteria set is silent
        printed = own.groupby("component")["max_score"].max().reindex(codes)
        maxima = maxima.fillna(printed)
    letters = pd.Series("", index=frame.index, dtype=object)
    if len(frame):
        rows = totals.reindex(frame.index)
        letters = rows["group_published"].where(
            rows["group_published"].fillna("").ne(""), rows["group_computed"]
        )
    return Study(
        index=index,
        year=year,
        level=level,
        frame=frame,
        pooled=_pooled(scores, components, index, year, level, set_name, codes),
        n_units=n_units,
        absent=tuple(sorted(set(provinces["province_id"]) - set(frame.index))),
        places=places,
        thirds=thirds(places, n_units),
        maxima=maxima,
        groups=letters.fillna("").astype("str"),
        criteria_set=set_name,
    )


def _pooled(
    scores: pd.DataFrame,
    components: pd.DataFrame,
    index: str,
    year: int,
    level: str,
    set_name: str,
    codes: Sequence[str],
) -> pd.DataFrame:
    part = scores[scores["index"].eq(index) & scores["year"].le(year)]
    part = part[part["criteria_set"].eq(set_name)]
    frames = []
    for other in sorted(int(y) for y in part["year"].unique()):
        wide = coverage.component_frame(part, components, index=index, year=other, level=level)
        if len(wide) >= FEWEST and set(codes) <= set(wide.columns):
            frames.append(wide.reset_index().assign(year=other))
    columns = ["province_id", "year", "total", *codes]
    if not frames:
        return pd.DataFrame({c: pd.Series(dtype=float) for c in columns})
    return pd.concat(frames, ignore_index=True)[columns]


def known_places(totals: pd.DataFrame) -> pd.Series[Any]:
    """Place of each unit: published, or the only one its bounds allow, or from a complete year."""
    exact = totals["rank_low"].where(totals["rank_low"].eq(totals["rank_high"]))
    found = totals["rank_published"].fillna(exact).fillna(totals["rank_computed"])
    return found.astype("Float64").astype(float).rename("place")


def thirds(places: pd.Series[Any], n_units: int) -> pd.DataFrame:
    """Count known places in each third of a ranking of ``n_units``."""
    edges = [0, *(round(n_units * k / 3) for k in (1, 2)), n_units]
    which = pd.cut(places, edges, labels=list(THIRDS))
    counted = which.value_counts().reindex(list(THIRDS)).fillna(0).astype(int)
    return pd.DataFrame({"n": counted, "of": np.diff(edges)}, index=pd.Index(THIRDS, name="third"))


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
        Of a :class:`parstudy.drivers.RankRegression`; its regressions of one component at a
        time say which unit is the most influential.

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


def regressions(
    what: Study,
) -> tuple[drivers.RankRegression | None, drivers.RankRegression | None]:
    """Regress rank and score on the components: of the year, and of all years that pool.

    Returns
    -------
    (RankRegression or None, RankRegression or None)
        Of the one year, and of several years; None where there are too few rows or years. A wide
        level with several years is only pooled: one year of it says less and costs as much.
    """
    names = list(what.parts.columns)
    several = None
    if len(what.years) > 1:
        several = drivers.rank_regression(what.pooled, "total", names)
    if what.wide and several is not None:
        return None, several
    try:
        return drivers.rank_regression(what.frame, "total", names), several
    except StatisticsError as error:
        if error.code not in {"too_few_rows", "constant_outcome"}:
            raise
        return None, several


def within(what: Study, wild_draws: int = 199) -> pd.DataFrame | None:
    """Ask whether a province's place moves with its own points on a component.

    The outcome is the place by the total of all other components, so that nothing holds by
    construction; one component at a time, province and year effects, clusters by province.

    Parameters
    ----------
    what : Study
    wild_draws : int
        Draws of the wild cluster bootstrap.

    Returns
    -------
    DataFrame or None
        Index ``part``: ``places`` won per point, ``low, high, p_wild, n, n_units, reason``, and
        ``p_wild_bh``. None where fewer than two years pool, or the level is wide.
    """
    if len(what.years) < 2 or what.wide:
        return None
    rows: dict[str, dict[str, Any]] = {}
    for part in what.parts.columns:
        rest = what.pooled["total"] - what.pooled[part]
        place = rest.groupby(what.pooled["year"]).rank(ascending=False, method="min")
        frame = what.pooled[["province_id", "year", part]].assign(place=place)
        try:
            fit = drivers.panel(frame, "place", [part], wild_draws=wild_draws)
        except StatisticsError as error:
            rows[part] = {"reason": error.code}
            continue
        row = fit.table.iloc[0]
        rows[part] = {
            "places": -row["estimate"], "low": -row["ci_high"], "high": -row["ci_low"],
            "p_wild": row["p_wild"], "n": fit.n, "n_units": fit.n_units, "reason": "",
        }  # fmt: skip
    columns = ["places", "low", "high", "p_wild", "n", "n_units", "reason"]
    out = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)
    known = out["p_wild"].notna().any()
    out["p_wild_bh"] = adjust_pvalues(out["p_wild"].astype(float), "BH") if known else np.nan
    return out.rename_axis("part")


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


def grouped(what: Study) -> Groups:
    """Model the groups (A, B, C, D) by one component at a time.

    Thin groups at either end are merged with their neighbour first; with fewer than two groups
    of five units left there is no model.
    """
    letters = what.groups[what.groups.ne("")]
    counts = letters.value_counts()
    counts = counts.reindex(sorted(counts.index, key=_GROUP_ORDER.index))
    label = {str(letter): str(letter) for letter in counts.index}
    order = [str(letter) for letter in counts.index]
    sizes = [int(n) for n in counts]
    while len(order) > 2 and min(sizes) < _THIN:
        at = sizes.index(min(sizes))
        near = at - 1 if at == len(order) - 1 or (at and sizes[at - 1] < sizes[at + 1]) else at
        joined = "+".join(sorted(f"{order[near]}+{order[near + 1]}".split("+")))
        for letter, name in label.items():
            if name in {order[near], order[near + 1]}:
                label[letter] = joined
        order[near : near + 2] = [joined]
        sizes[near : near + 2] = [sizes[near] + sizes[near + 1]]
    merged = tuple(name for name in order if "+" in name)
    found = pd.Series(sizes, index=order, dtype="int64")
    if what.wide or len(order) < 2 or min(sizes) < _THIN or len(letters) < WIDE:
        return Groups(found, merged, pd.DataFrame(), None)
    group = letters.map(label)
    rows: dict[str, dict[str, Any]] = {}
    best: tuple[float, drivers.GroupModel] | None = None
    for part in what.parts.columns:
        values = what.parts.loc[group.index, part]
        spread = float(values.std())
        try:
            fit = drivers.group_model(values.to_frame(), group, [part], order=order)
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
    return Groups(found, merged, table.rename_axis("part"), best[1] if best else None)


# --- outcomes outside the sum -------------------------------------------------------------------


@dataclass(frozen=True)
class Outside:
    """An outcome that is not part of an index.

    Attributes
    ----------
    name, year : str, int
        Index code and index year of the outcome.
    values : Series
        Score (high is good), or place where ``is_rank``.
    is_rank : bool
    contained : Series or None
        Points of the outcome inside the index that is studied.
    contained_in : str or None
        Component that holds these points.
    drop : tuple of str
        Components that are the outcome itself.
    """

    name: str
    year: int
    values: pd.Series[Any]
    is_rank: bool = False
    contained: pd.Series[Any] | None = None
    contained_in: str | None = None
    drop: tuple[str, ...] = ()


def outcomes(scores: pd.DataFrame, components: pd.DataFrame, what: Study) -> list[Outside]:
    """Outcomes that enough provinces of a study have: other indices, and next year's place.

    Parameters
    ----------
    scores, components : DataFrame
        Tables of the dataset.
    what : Study
        The study; its provinces count.

    Returns
    -------
    list of Outside
        Other indices of the same year first, then the place of the index one year later.
    """
    found = []
    totals = scores[scores["component"].eq("total")]
    for name in sorted(set(totals["index"]) - {what.index}, key=_order_of(totals)):
        own = totals[totals["index"].eq(name) & totals["year"].eq(what.year)]
        values = own.set_index("province_id")["score"].dropna()
        values = values[values.index.isin(what.frame.index)]
        if len(values) < FEWEST or values.nunique() < 2:
            continue
        outside = Outside(name, what.year, values.rename(name))
        if {what.index, name} == {"PAR_INDEX", "SIPAS"}:
            inner = _contained(scores, components, what, outside)
            if inner is None:
                continue
            outside = inner
        found.append(outside)
    later = totals[totals["index"].eq(what.index) & totals["year"].eq(what.year + 1)]
    places = known_places(later.set_index("province_id")).dropna()
    places = places[places.index.isin(what.frame.index)]
    if len(places) >= FEWEST and places.nunique() > 1:
        found.append(Outside(what.index, what.year + 1, places, is_rank=True))
    return found


def _order_of(totals: pd.DataFrame) -> Any:
    order = {"PAR_INDEX": 0, "SIPAS": 1, "PAPI": 2, "PCI": 3, "DTI": 4}
    return lambda name: (order.get(str(name), 9), str(name))


def sipas_points(
    scores: pd.DataFrame, components: pd.DataFrame, year: int
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Points that SIPAS gives inside PAR INDEX.

    Returns
    -------
    (Series, Series)
        Points by province, and whether they are published (True) or computed from the SIPAS
        percentage and the known maximum (False). Both empty where neither is possible.
    """
    part = scores[scores["year"].eq(year)]
    own = part[part["index"].eq("PAR_INDEX")]
    published = own[own["component"].eq(_PARTS_OF_OUTCOME)].set_index("province_id")["score"]
    published = published.dropna()
    computed = pd.Series(dtype=float)
    names = set(own["criteria_set"])
    tree = components[
        components["criteria_set"].isin(names) & components["code"].eq(_PARTS_OF_OUTCOME)
    ]["max_score"].dropna()
    if len(tree):
        sipas = part[part["index"].eq("SIPAS") & part["component"].eq("total")]
        percent = sipas.set_index("province_id")["score"].dropna()
        computed = percent * float(tree.iloc[0]) / 100
    points = published.combine_first(computed).rename(_PARTS_OF_OUTCOME)
    told = pd.Series(points.index.isin(published.index), index=points.index, dtype=bool)
    return points, told


def _contained(
    scores: pd.DataFrame, components: pd.DataFrame, what: Study, outside: Outside
) -> Outside | None:
    """Say where the points of SIPAS sit in PAR INDEX; None where they cannot be taken out."""
    if what.index == "SIPAS":  # the outcome holds the regressor: take it out of the outcome
        points, _ = sipas_points(scores, components, what.year)
        rest = (outside.values - points.reindex(outside.values.index)).dropna()
        if len(points) and len(rest) >= FEWEST:
            return Outside(outside.name, outside.year, rest.rename(outside.name))
        return outside if _before_sipas(components, scores, what.year) else None
    points, _ = sipas_points(scores, components, what.year)
    points = points.reindex(what.frame.index)
    if points.notna().sum() < FEWEST:
        return outside if _before_sipas(components, scores, what.year) else None
    values = outside.values[outside.values.index.isin(points.dropna().index)]
    if len(values) < FEWEST:
        return None
    if _PARTS_OF_OUTCOME in what.frame:
        return Outside(outside.name, outside.year, values, False, points, None, ())
    same = [
        str(c)
        for c in what.parts.columns
        if what.parts[c].nunique() > 1
        and abs(float(np.corrcoef(what.parts.loc[values.index, c], points[values.index])[0, 1]))
        > _SAME
    ]
    inside = "A8" if "A8" in what.frame and not same else None
    return Outside(outside.name, outside.year, values, False, points, inside, tuple(same))


def _before_sipas(components: pd.DataFrame, scores: pd.DataFrame, year: int) -> bool:
    """Whether the criteria set of PAR INDEX in that year had no SIPAS in it."""
    own = scores[scores["index"].eq("PAR_INDEX") & scores["year"].eq(year)]
    names = set(own["criteria_set"]) - {""}
    codes = components.loc[components["criteria_set"].isin(names), "code"]
    return bool(names) and not codes.eq(_PARTS_OF_OUTCOME).any() and year < 2017


def against(what: Study, outside: Outside, draws: int = 299) -> drivers.External:
    """Relate the components of a study to an outcome outside the index.

    Raises
    ------
    StatisticsError
        What :func:`parstudy.drivers.external` raises.
    """
    units = outside.values.index
    parts = what.parts.loc[units].drop(columns=list(outside.drop))
    if outside.contained is not None and _PARTS_OF_OUTCOME in parts:
        parts = parts.drop(columns=_PARTS_OF_OUTCOME)
    contained = None if outside.contained is None else outside.contained.loc[units]
    return drivers.external(
        parts,
        outside.values,
        total=what.total.loc[units],
        contained=contained,
        contained_in=outside.contained_in,
        outcome_is_rank=outside.is_rank,
        draws=draws,
    )


def searches(
    what: Study, found: Sequence[Outside], pairs: int = 25
) -> list[tuple[Outside, drivers.Selection]]:
    """Search a wide level for parts that keep turning up against outcomes outside the sum.

    Parameters
    ----------
    what : Study
        Nothing is searched unless its level is wide.
    found : sequence of Outside
        Outcomes, as of `outcomes`.
    pairs : int
        Pairs of half-samples.

    Returns
    -------
    list of (Outside, Selection)
        For each outcome that enough provinces have.
    """
    out: list[tuple[Outside, drivers.Selection]] = []
    if not what.wide:
        return out
    for outside in found:
        parts = what.parts.loc[outside.values.index].drop(columns=list(outside.drop))
        values = -outside.values if outside.is_rank else outside.values
        try:
            out.append((outside, drivers.select(parts, values, pairs=pairs)))
        except StatisticsError as error:
            if error.code not in {"too_few_rows", "constant_outcome", "identity"}:
                raise
    return out


# --- several indices ----------------------------------------------------------------------------


def places(scores: pd.DataFrame, year: int) -> pd.DataFrame:
    """Known places of a year: index ``province_id``, one column per index with any."""
    part = scores[scores["year"].eq(year) & scores["component"].eq("total")]
    columns = {}
    for name in sorted(part["index"].unique(), key=_order_of(part)):
        found = known_places(part[part["index"].eq(name)].set_index("province_id")).dropna()
        if len(found):
            columns[str(name)] = found
    return pd.DataFrame(columns).sort_index().rename_axis("province_id")


def pair(x: pd.Series[Any], y: pd.Series[Any]) -> dict[str, Any]:
    """Spearman's rho of two columns of places, with Fisher's interval.

    Returns
    -------
    dict
        ``n, spearman, low, high, p, reason`` (``too_few_rows`` below 5, ``constant``).
    """
    from scipy.stats import spearmanr

    both = pd.concat([x, y], axis=1, keys=["x", "y"]).dropna()
    out: dict[str, Any] = {
        "n": len(both), "spearman": np.nan, "low": np.nan, "high": np.nan, "p": np.nan,
        "reason": "",
    }  # fmt: skip
    if len(both) < 5:
        return out | {"reason": "too_few_rows"}
    if both["x"].nunique() < 2 or both["y"].nunique() < 2:
        return out | {"reason": "constant"}
    found = spearmanr(both["x"], both["y"])
    low, high = fisher_interval(float(found.statistic), len(both), "spearman", 0.95)
    return out | {
        "spearman": float(found.statistic), "low": low, "high": high, "p": float(found.pvalue),
    }  # fmt: skip


def matrix(table: pd.DataFrame) -> pd.DataFrame:
    """All pairs of columns of places: ``x, y`` and what `pair` gives, p corrected over the pairs.

    Returns
    -------
    DataFrame
        One row per pair, ``p_bh`` after Benjamini and Hochberg.
    """
    rows = [{"x": x, "y": y, **pair(table[x], table[y])} for x, y in combinations(table, 2)]
    out = pd.DataFrame(rows, columns=["x", "y", "n", "spearman", "low", "high", "p", "reason"])
    out["p_bh"] = adjust_pvalues(out["p"], "BH") if out["p"].notna().any() else np.nan
    return out


def by_year(scores: pd.DataFrame, breaks: pd.DataFrame) -> pd.DataFrame:
    """The relation of every pair of indices, year by year.

    Parameters
    ----------
    scores : DataFrame
        Table of the dataset.
    breaks : DataFrame
        ``index, year`` from which an index is not comparable with the year before.

    Returns
    -------
    DataFrame
        ``year, x, y`` and what `pair` gives; ``broken``: one of the two changed its method or
        criteria that year. Years without a province in both are left out.
    """
    broken = set(zip(breaks["index"], breaks["year"], strict=True))
    rows = []
    for year in sorted(int(y) for y in scores["year"].unique()):
        for row in matrix(places(scores, year)).to_dict("records"):
            if row["n"]:
                changed = (row["x"], year) in broken or (row["y"], year) in broken
                rows.append({"year": year, **row, "broken": changed})
    columns = ["year", "x", "y", "n", "spearman", "low", "high", "p", "reason", "broken"]
    return pd.DataFrame(rows, columns=columns).sort_values(["x", "y", "year"], ignore_index=True)


def selection(x: pd.Series[Any], y: pd.Series[Any], n_units: int) -> dict[str, Any]:
    """How far a rank correlation hangs on which places are known.

    Parameters
    ----------
    x, y : Series
        Known places of two indices.
    n_units : int
        Units that are ranked.

    Returns
    -------
    dict
        ``thirds`` (table as of `thirds`, by ``x``), ``spearman`` as it is, ``balanced`` (each
        third of the ranking by ``x`` weighs a third; NaN if one is empty), ``n_balanced_min``
        (provinces in the thinnest third), ``upper, n_upper`` and ``lower, n_lower`` (within the
        better and the worse half by ``x``; NaN below 5).
    """
    both = pd.concat([x, y], axis=1, keys=["x", "y"]).dropna()
    counted = thirds(both["x"], n_units)
    edges = [0, *counted["of"].cumsum()]
    which = pd.cut(both["x"], edges, labels=list(THIRDS)).astype(str)
    weight = which.map(counted["of"] / counted["n"].replace(0, np.nan)).astype(float)
    thinnest = int(counted["n"].min())
    halves = {
        name: both[mask]
        for name, mask in (
            ("upper", both["x"].le(n_units / 2)),
            ("lower", both["x"].gt(n_units / 2)),
        )
    }
    return {
        "thirds": counted,
        "n": len(both),
        "spearman": pair(both["x"], both["y"])["spearman"],
        "balanced": _weighted(both, weight) if thinnest > 0 else float("nan"),
        "n_balanced_min": thinnest,
        **{name: pair(half["x"], half["y"])["spearman"] for name, half in halves.items()},
        **{f"n_{name}": len(half) for name, half in halves.items()},
    }


def _weighted(both: pd.DataFrame, weight: pd.Series[Any]) -> float:
    """Weighted correlation of places: published places are ranks of all units already."""
    w = weight.to_numpy() / weight.sum()
    centred = both - (both.mul(w, axis=0)).sum()
    cov = (centred["x"] * centred["y"] * w).sum()
    scale = np.sqrt((centred["x"] ** 2 * w).sum() * (centred["y"] ** 2 * w).sum())
    return float(cov / scale) if scale > 0 else float("nan")


def tau_bounds(
    x_low: pd.Series[Any], x_high: pd.Series[Any], y_low: pd.Series[Any], y_high: pd.Series[Any]
) -> dict[str, float]:
    """Bounds of Kendall's tau when places are known up to bounds only.

    Parameters
    ----------
    x_low, x_high, y_low, y_high : Series, index = unit
        Best and worst possible place on both sides; all units, also those of whom nothing is
        known (1 to n then).

    Returns
    -------
    dict
        ``low, high`` and ``settled`` (share of the pairs of units whose order is known on both
        sides). A pair that is not settled counts −1 in the lower and +1 in the upper bound;
        such bounds hold for every completion of the data, and may be wider than need be.
    """
    signs, told = [], []
    for low, high in ((x_low, x_high), (y_low, y_high)):
        a, b = low.to_numpy(dtype=float), high.to_numpy(dtype=float)
        sign = (a[:, None] > b[None, :]).astype(int) - (b[:, None] < a[None, :]).astype(int)
        exact = a == b
        tied = exact[:, None] & exact[None, :] & (a[:, None] == a[None, :])
        signs.append(sign)
        told.append((sign != 0) | tied)
    upper = np.triu_indices(len(x_low), 1)
    product = (signs[0] * signs[1])[upper]
    known = (told[0] & told[1])[upper]
    n = len(product)
    if not n:
        return {"low": np.nan, "high": np.nan, "settled": np.nan}
    total, open_ = float(product[known].sum()), float((~known).sum())
    return {"low": (total - open_) / n, "high": (total + open_) / n, "settled": 1 - open_ / n}


def place_bounds(scores: pd.DataFrame, index: str, year: int, units: Sequence[str]) -> pd.DataFrame:
    """Best and worst possible place of every unit: ``low, high``; 1 to n where nothing is known."""
    part = scores[scores["index"].eq(index) & scores["year"].eq(year)]
    own = part[part["component"].eq("total")].set_index("province_id")
    exact = known_places(own)
    low = exact.fillna(own["rank_low"].astype("Float64").astype(float)).reindex(list(units))
    high = exact.fillna(own["rank_high"].astype("Float64").astype(float)).reindex(list(units))
    return pd.DataFrame({"low": low.fillna(1.0), "high": high.fillna(float(len(units)))})


def partial(table: pd.DataFrame, x: str, y: str, given: pd.Series[Any]) -> dict[str, Any]:
    """Slope of the rank of y on the rank of x, with and without a third thing held fixed.

    Parameters
    ----------
    table : DataFrame
        Places, one column per index.
    x, y : str
        Columns.
    given : Series
        Score that is held fixed; ranked first. The same units are used with and without it.

    Returns
    -------
    dict
        ``n, slope, slope_low, slope_high, given_slope, given_low, given_high, reason``.
    """
    both = table[[x, y]].join(given.rename("given"), how="inner").dropna()
    out: dict[str, Any] = dict.fromkeys(
        ("slope", "slope_low", "slope_high", "given_slope", "given_low", "given_high"), np.nan
    )
    out |= {"n": len(both), "reason": ""}
    if len(both) < 10:
        return out | {"reason": "too_few_rows"}
    fixed = rank(both["given"], "average").astype(float).rename("given") / len(both)
    try:
        plain = drivers.rank_rank(both[x], both[y]).table
        held = drivers.rank_rank(both[x], both[y], fixed.to_frame()).table
    except StatisticsError as error:
        return out | {"reason": error.code}
    term = f"rank({x})"
    out |= {
        name: float(plain[column][term])
        for name, column in
        (("slope", "estimate"), ("slope_low", "ci_low"), ("slope_high", "ci_high"))
    }  # fmt: skip
    out |= {
        name: float(held[column][term])
        for name, column in
        (("given_slope", "estimate"), ("given_low", "ci_low"), ("given_high", "ci_high"))
    }  # fmt: skip
    return out


def slopes(table: pd.DataFrame) -> pd.DataFrame:
    """Rank–rank slopes of all pairs with ten units or more, with valid standard errors.

    Returns
    -------
    DataFrame
        ``x, y, n, slope, low, high, p, naive_se, std_error`` and ``p_bh``: the rank of y on the
        rank of x.
    """
    rows = []
    for x, y in combinations([str(name) for name in table], 2):
        both = table[[x, y]].dropna()
        if len(both) < 10 or both[x].nunique() < 3 or both[y].nunique() < 3:
            continue
        fit = relation_of(both, x, y).table.loc[f"rank({x})"]
        rows.append(
            {
                "x": x, "y": y, "n": len(both), "slope": fit["estimate"], "low": fit["ci_low"],
                "high": fit["ci_high"], "p": fit["p_value"], "naive_se": fit["naive_se"],
                "std_error": fit["std_error"],
            }
        )  # fmt: skip
    columns = ["x", "y", "n", "slope", "low", "high", "p", "naive_se", "std_error"]
    out = pd.DataFrame(rows, columns=columns)
    return out.assign(p_bh=adjust_pvalues(out["p"], "BH") if len(out) else np.nan)


def relation_of(table: pd.DataFrame, x: str, y: str) -> drivers.RankRank:
    """Rank–rank regression of two columns of places; ties take the mean place."""
    both = table[[x, y]].dropna()
    return drivers.rank_rank(both[x], both[y], omega=0.5)


@dataclass(frozen=True)
class Shared:
    """PAR INDEX against SIPAS, with what they share by construction taken out.

    Attributes
    ----------
    result : External
        The relation, and what taking the points out changed.
    published : int
        Provinces whose SIPAS points in PAR INDEX are published; for the others they are computed
        from the SIPAS percentage.
    maximum : float
        Points that SIPAS can give.
    assumed : bool
        The maximum of that year is not known; the largest of any criteria set is taken.
    """

    result: drivers.External
    published: int
    maximum: float
    assumed: bool


def shared_points(
    scores: pd.DataFrame, components: pd.DataFrame, year: int, draws: int = 499
) -> Shared | None:
    """PAR INDEX against SIPAS with the points that SIPAS gives in PAR INDEX taken out.

    Returns
    -------
    Shared or None
        None where fewer than `FEWEST` provinces have both scores, or no maximum is known.
    """
    part = scores[scores["year"].eq(year)]
    totals = part[part["component"].eq("total")]
    wide = totals.pivot(index="province_id", columns="index", values="score")
    if not {"PAR_INDEX", "SIPAS"} <= set(wide.columns):
        return None
    tree = components[
        components["index"].eq("PAR_INDEX") & components["code"].eq(_PARTS_OF_OUTCOME)
    ].set_index("criteria_set")["max_score"]
    own = set(part.loc[part["index"].eq("PAR_INDEX"), "criteria_set"])
    known = tree[tree.index.isin(own)].dropna()
    maximum = float((known if len(known) else tree).max())
    points, told = sipas_points(scores, components, year)
    if not maximum > 0:
        return None
    points = points.combine_first(wide["SIPAS"] * maximum / 100).rename(_PARTS_OF_OUTCOME)
    both = wide[["PAR_INDEX", "SIPAS"]].join(points, how="inner").dropna()
    if len(both) < FEWEST or both["SIPAS"].nunique() < 2:
        return None
    rest = (both["PAR_INDEX"] - both[_PARTS_OF_OUTCOME]).rename("rest").to_frame()
    found = drivers.external(
        rest,
        both["SIPAS"],
        total=both["PAR_INDEX"],
        contained=both[_PARTS_OF_OUTCOME],
        draws=draws,
    )
    published = int(told.reindex(both.index).fillna(False).astype(bool).sum())
    return Shared(found, published, maximum, not len(known))


def parts_against(
    scores: pd.DataFrame,
    components: pd.DataFrame,
    *,
    index: str,
    year: int,
    level: str,
    outcome: str,
    outcome_year: int,
) -> drivers.External | None:
    """Parts of one index against the known places in another.

    Parameters
    ----------
    scores, components : DataFrame
        Tables of the dataset.
    index, year, level : str, int, str
        Whose parts.
    outcome, outcome_year : str, int
        Whose places, of which year.

    Returns
    -------
    External or None
        None where fewer than `FEWEST` provinces have both.
    """
    frame = coverage.component_frame(scores, components, index=index, year=year, level=level)
    later = places(scores, outcome_year)
    if outcome not in later or frame.empty:
        return None
    known = later[outcome].dropna()
    known = known[known.index.isin(frame.index)]
    if len(known) < FEWEST or known.nunique() < 2:
        return None
    frame = frame.loc[known.index]
    return drivers.external(
        frame.drop(columns="total"), known, total=frame["total"], outcome_is_rank=True, draws=0
    )


_PROCEDURES = "D5"


def papi_parts(
    scores: pd.DataFrame, components: pd.DataFrame, year: int
) -> list[tuple[str, str, int, drivers.External | None]]:
    """Dimensions and sub-dimensions of PAPI against PAR INDEX, SIPAS and next year's PAR INDEX.

    Returns
    -------
    list of (level, index, year of the places, External or None)
    """
    return [
        (
            level,
            index,
            when,
            parts_against(
                scores,
                components,
                index="PAPI",
                year=year,
                level=level,
                outcome=index,
                outcome_year=when,
            ),
        )
        for index, when in (("PAR_INDEX", year), ("SIPAS", year), ("PAR_INDEX", year + 1))
        for level in ("area", "criterion")
    ]


def given_procedures(
    scores: pd.DataFrame, table: pd.DataFrame, year: int
) -> dict[tuple[str, str], dict[str, Any]]:
    """Every pair of indices but PAPI with PAPI's administrative procedures held fixed.

    Parameters
    ----------
    scores : DataFrame
        Table of the dataset.
    table : DataFrame
        Places of the year, as of `places`.
    year : int
        Index year.

    Returns
    -------
    dict
        Pair → what `partial` gives; empty where that dimension is not known.
    """
    part = scores[
        scores["index"].eq("PAPI")
        & scores["year"].eq(year)
        & scores["component"].eq(_PROCEDURES)
        & scores["score"].notna()
    ].set_index("province_id")["score"]
    if part.empty:
        return {}
    names = [str(name) for name in table if name != "PAPI"]
    return {(x, y): partial(table, x, y, part) for x, y in combinations(names, 2)}


# --- one province against others ----------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """The distance of a province to one reference, part by part.

    Attributes
    ----------
    index, level, year : str, str, int
        What is compared; ``year`` is that of the reference.
    kind : {"leader", "region", "before"}
    unit : str
        The leader; empty for a mean.
    n : int
        Provinces behind a mean.
    broken : bool
        The criteria set of the reference is another one.
    result : GapDecomposition
    """

    index: str
    level: str
    year: int
    kind: str
    unit: str
    n: int
    broken: bool
    result: importance.GapDecomposition


_ROUNDING = 0.15


def _row(frame: pd.DataFrame, unit: str) -> pd.Series[Any]:
    return pd.Series(frame.loc[unit], name=unit)


def gaps(
    scores: pd.DataFrame,
    components: pd.DataFrame,
    provinces: pd.DataFrame,
    *,
    province_id: str,
    year: int,
) -> list[Gap]:
    """Split a province's distance to the leader, its region and its own last year.

    Parameters
    ----------
    scores, components : DataFrame
        Tables of the dataset.
    provinces : DataFrame
        Units of the geography of the year.
    province_id, year : str, int
        Whose and when.

    Returns
    -------
    list of Gap
        For each index at the first level (area, score source, part) on which all components of
        the province are known; empty where nothing can be compared.
    """
    region_of = provinces.set_index("province_id")["region_id"]
    region = region_of.get(province_id, "")
    peers = [u for u, r in region_of.items() if r == region and region and u != province_id]
    sets = scores.groupby(["index", "year"])["criteria_set"].first()
    found: list[Gap] = []
    for index in sorted(set(scores["index"])):
        frames = {
            level: coverage.component_frame(
                scores, components, index=str(index), year=year, level=level
            )
            for level in ("area", "score_source", "part")
        }
        level = next((k for k, f in frames.items() if province_id in f.index), None)
        if level is None:
            continue
        frame = frames[level]
        own = _row(frame, province_id)
        parts, total = own.drop("total"), float(own["total"])
        if abs(float(parts.sum()) - total) > _ROUNDING:
            continue  # the total is no plain sum of these parts (SIPAS, PCI)
        others = frame.drop(index=province_id)
        here = others[others.index.isin(peers)]
        before = coverage.component_frame(
            scores, components, index=str(index), year=year - 1, level=level
        )
        references: list[tuple[str, int, str, int, pd.Series[Any]]] = []
        if len(others):
            leader = str(others["total"].idxmax())
            if float(others["total"].max()) > total:
                references.append(("leader", year, leader, 1, _row(others, leader)))
        if len(here):
            references.append(("region", year, "", len(here), here.mean()))
        if province_id in before.index and set(before.columns) == set(frame.columns):
            references.append(("before", year - 1, "", 1, _row(before, province_id)))
        for kind, when, unit, n, other in references:
            result = importance.gap_decomposition(
                parts,
                other.drop("total"),
                province_total=total,
                reference_total=float(other["total"]),
            )
            broken = when != year and sets.get((index, when)) != sets.get((index, year))
            found.append(Gap(str(index), level, when, kind, unit, n, bool(broken), result))
    return found
