"""One index and its components: all that a study of it starts from and holds against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
from parstudy.errors import StatisticsError
from parstudy.facts import criteria
from parstudy.statistics import drivers
from parstudy.statistics.ranking import rank, survey_standard_errors
from parstudy.statistics.result import adjust_pvalues
from parstudy.studies import coverage

FEWEST = 8
"""Fewest provinces for which anything is computed."""
WIDE = 20
"""Components from which a level counts as wide: searched, not regressed at once."""
THIRDS = ("first", "middle", "last")
PARTS_OF_OUTCOME = "sipas"
_SAME = 0.999
_DIGITS_OF_WEIGHTS = 3
_WEIGHED = 1e-3  # points by which a total may differ from the weighted sum


@dataclass(frozen=True)
class Study:
    """Everything that a study of one index, year and level starts from.

    Attributes
    ----------
    index, year, level : str, int, str
        What is studied.
    frame : DataFrame
        Index ``province_id``; a column per component and ``total``; complete provinces only.
        Components are in points of the total: their own points times ``factors``.
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
        Maximum of each component in points of the total, NaN where unknown.
    groups : Series
        Group letter of each province in ``frame`` (published, else computed), empty if unknown.
    criteria_set : str
        Name of the criteria set.
    factors : Series
        Points of the total for one point of each component: 1 in a plain sum; the weights where
        the total is a weighted sum without remainder, as PCI is.
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
    factors: pd.Series[Any] = field(default_factory=lambda: pd.Series(dtype=float))

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
    own = at(scores, index=index, year=year)
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
    pooled = _pooled(scores, components, index, year, level, set_name, codes)
    factors = _factors(frame, pooled, codes)
    return Study(
        index=index,
        year=year,
        level=level,
        frame=frame.assign(**{c: frame[c] * factors[c] for c in codes}),
        factors=factors,
        pooled=pooled.assign(**{c: pooled[c] * factors[c] for c in codes}),
        n_units=n_units,
        absent=tuple(sorted(set(provinces["province_id"]) - set(frame.index))),
        places=places,
        thirds=thirds(places, n_units),
        maxima=maxima * factors,
        groups=letters.fillna("").astype("str"),
        criteria_set=set_name,
    )


def _factors(frame: pd.DataFrame, pooled: pd.DataFrame, codes: Sequence[str]) -> pd.Series[Any]:
    """Weights of the components in the total, where the figures leave no other; else 1.

    A part taken away from the total unweighted would leave some of itself there, and be related to
    the rest by construction.
    """
    plain = pd.Series(1.0, index=list(codes))
    # the year itself, else the newest year of the same set: one misprint hides the weights
    years = [pooled[pooled["year"].eq(y)] for y in sorted(set(pooled["year"]), reverse=True)]
    for rows in (frame, *years):
        if len(rows) < FEWEST or len(codes) < 2:
            continue
        check = drivers.identity_check(rows[list(codes)], rows["total"])
        if check.kind in ("exact", "rounding"):
            return plain
        if check.kind != "weighted":
            continue
        points, total = rows[list(codes)].to_numpy(), rows["total"].to_numpy()
        found = np.linalg.lstsq(points, total, rcond=None)[0]
        printed = found.round(_DIGITS_OF_WEIGHTS)
        if (printed > 0).all() and np.abs(points @ printed - total).max() < _WEIGHED:
            return pd.Series(printed, index=list(codes))
    return plain


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


def at_maximum(what: Study) -> pd.Series[Any]:
    """Count the provinces that have all points of a component.

    Returns
    -------
    Series
        Index ``part``, those components whose maximum is known.
    """
    known = what.maxima.dropna()
    reached = what.parts[list(known.index)].ge(known - 1e-9)
    return reached.sum().rename_axis("part").rename("n_at_maximum")


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
        Index ``part``: ``places`` won per point, ``low, high, p_wild`` (never below
        ``1 / (draws + 1)``), ``draws, n, n_units, reason``, and ``p_wild_bh``. None where fewer
        than two years pool, or the level is wide.
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
            # the figures themselves count as one draw, else a p-value could be 0
            "p_wild": (wild_draws * row["p_wild"] + 1) / (wild_draws + 1),
            "draws": wild_draws, "n": fit.n, "n_units": fit.n_units, "reason": "",
        }  # fmt: skip
    columns = ["places", "low", "high", "p_wild", "draws", "n", "n_units", "reason"]
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
    for name in sorted(set(totals["index"]) - {what.index}, key=order_of):
        own = at(totals, index=name, year=what.year)
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
    later = at(totals, index=what.index, year=what.year + 1)
    places = known_places(later.set_index("province_id")).dropna()
    places = places[places.index.isin(what.frame.index)]
    if len(places) >= FEWEST and places.nunique() > 1:
        found.append(Outside(what.index, what.year + 1, places, is_rank=True))
    return found


def order_of(name: str) -> int:
    """Position of an index among all that the package knows; the others after them."""
    known = list(criteria.indices())
    return known.index(name) if name in known else len(known)


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
    published = own[own["component"].eq(PARTS_OF_OUTCOME)].set_index("province_id")["score"]
    published = published.dropna()
    computed = pd.Series(dtype=float)
    names = set(own["criteria_set"])
    tree = components[
        components["criteria_set"].isin(names) & components["code"].eq(PARTS_OF_OUTCOME)
    ]["max_score"].dropna()
    if len(tree):
        sipas = at(part, index="SIPAS", component="total")
        percent = sipas.set_index("province_id")["score"].dropna()
        computed = percent * float(tree.iloc[0]) / 100
    points = published.combine_first(computed).rename(PARTS_OF_OUTCOME)
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
    if PARTS_OF_OUTCOME in what.frame:
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


def holds_sipas(scores: pd.DataFrame, components: pd.DataFrame, year: int) -> bool:
    """Whether PAR INDEX of a year contains points of SIPAS, as far as is known."""
    return not _before_sipas(components, scores, year)


def _before_sipas(components: pd.DataFrame, scores: pd.DataFrame, year: int) -> bool:
    """Whether the criteria set of PAR INDEX in that year had no SIPAS in it."""
    own = at(scores, index="PAR_INDEX", year=year)
    names = set(own["criteria_set"]) - {""}
    codes = components.loc[components["criteria_set"].isin(names), "code"]
    return bool(names) and not codes.eq(PARTS_OF_OUTCOME).any() and year < 2017


def against(what: Study, outside: Outside, draws: int = 299) -> drivers.External:
    """Relate the components of a study to an outcome outside the index.

    Raises
    ------
    StatisticsError
        What :func:`parstudy.statistics.drivers.external` raises.
    """
    units = outside.values.index
    parts = what.parts.loc[units].drop(columns=list(outside.drop))
    if outside.contained is not None and PARTS_OF_OUTCOME in parts:
        parts = parts.drop(columns=PARTS_OF_OUTCOME)
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
