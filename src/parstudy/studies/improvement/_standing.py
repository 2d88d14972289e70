"""Where a province stands in a year, and what the figures prove of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
from parstudy.errors import ParstudyError
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.records import records
from parstudy.statistics.result import Floats

LEVELS = ("subcriterion", "criterion", "area", "score_source", "part")
# sums and differences of printed points differ in the last bits of a float
EXACT = 8


class Tables(Protocol):
    """What a scenario needs of a dataset; any object with these tables will do."""

    @property
    def scores(self) -> pd.DataFrame:
        """Table ``scores``."""

    @property
    def components(self) -> pd.DataFrame:
        """Table ``components``."""

    @property
    def provinces(self) -> pd.DataFrame:
        """Table ``provinces``."""

    @property
    def aggregates(self) -> pd.DataFrame:
        """Table ``aggregates``."""


class Prepared:
    """Tables of one index that remember where a province stood; several scenarios share them."""

    def __init__(self, tables: Tables, index: str) -> None:
        self.scores = at(tables.scores, index_id=index)
        self.components = tables.components
        self.provinces = tables.provinces
        self.aggregates = tables.aggregates
        self.values: pd.DataFrame | None = getattr(tables, "values", None)
        self.standings: dict[tuple[str, int, str], Standing] = {}


def crossed(year: int) -> bool:
    """Whether provinces were merged between a year and the one before."""
    return criteria.geography_of(year - 1) != criteria.geography_of(year)


@dataclass(frozen=True, eq=False)
class Standing:
    """One province among all units of one year.

    Attributes
    ----------
    index, year, province_id : str, int, str
        Which index, when, who.
    n : int
        Units ranked.
    totals : DataFrame
        Rows of ``scores`` (totals), one per unit with a row, index ``province_id``; with ``rank``
        (published, else computed) added.
    parts : DataFrame
        Rows of ``scores`` of the components of the year, all units.
    tree : DataFrame
        Criteria set of the year, index ``code``.
    low, high : array, shape (n,)
        Bounds of the score at each place, best place first: what known scores, ranks, extremes and
        sizes of groups prove. Equal where the score at the place is known exactly.
    """

    index: str
    year: int
    province_id: str
    n: int
    totals: pd.DataFrame
    parts: pd.DataFrame
    tree: pd.DataFrame
    low: Floats
    high: Floats

    @property
    def complete(self) -> bool:
        """Whether the totals of all ranked units are known."""
        return int(self.totals["score"].notna().sum()) >= self.n

    @property
    def score(self) -> float:
        """Total of the province; NaN where it is not known."""
        if self.province_id not in self.totals.index:
            return float("nan")
        return float(self.totals["score"].loc[self.province_id])

    @property
    def own_bounds(self) -> tuple[float, float]:
        """What is proven of the total of the province; (NaN, NaN) if nothing."""
        if not np.isnan(self.score):
            half = self.half(self.province_id)
            return self.score - half, self.score + half
        low, high = self.rank_bounds
        if low == 0:
            return float("nan"), float("nan")
        return float(self.low[high - 1]), float(self.high[low - 1])

    @property
    def rank_bounds(self) -> tuple[int, int]:
        """Best and worst place that the figures allow; (0, 0) if they say nothing."""
        if self.province_id not in self.totals.index:
            return 0, 0
        row: Any = self.totals.loc[self.province_id]
        if pd.notna(row["rank"]):
            return int(row["rank"]), int(row["rank"])
        if pd.notna(row["rank_low"]):
            return int(row["rank_low"]), int(row["rank_high"])
        if not np.isnan(self.score):
            return self.rank_of(*self.own_bounds, shifted=False)
        return 0, 0

    @property
    def others(self) -> Floats:
        """Known totals of the other units, best first."""
        values = self.totals["score"].drop(self.province_id, errors="ignore").dropna()
        return np.sort(values.to_numpy(dtype=float))[::-1]

    def half(self, province_id: str) -> float:
        """Half a unit of the last printed decimal; 0 in a complete year, taken as printed."""
        if self.complete:
            return 0.0
        return _half(self.totals.loc[province_id, "decimals"])

    def rank_of(self, low: float, high: float, *, shifted: bool = True) -> tuple[int, int]:
        """Best and worst place of a total between ``low`` and ``high``, the others as they are.

        Ties share the best place. ``shifted``: it is the province's own total after a change, so
        that its own place of before is free.
        """
        if self.complete:
            others = np.round(self.others, EXACT)
            best = 1 + int((others > np.round(high, EXACT)).sum())
            worst = 1 + int((others > np.round(low, EXACT)).sum())
            return best, worst
        least, most = self.low, self.high
        rank = self.totals["rank"].get(self.province_id, pd.NA)
        free = shifted and pd.notna(rank)
        if free:
            least, most = np.delete(least, int(rank) - 1), np.delete(most, int(rank) - 1)
        known = self.totals.drop(self.province_id, errors="ignore")
        known = known[known["score"].notna()]
        halves = np.array([_half(d) for d in known["decimals"]])
        values = known["score"].to_numpy(dtype=float)
        above = max(int((least > high).sum()), int((values - halves > high).sum()))
        if not free and not np.isnan(self.score):
            # the own total of before may be one of the places counted
            own_low = self.own_bounds[0]
            above = max(above - int(own_low > high), int((values - halves > high).sum()))
        below = int((values + halves <= low).sum())
        maybe = min(int((most > low).sum()), self.n - 1 - below)
        return 1 + above, 1 + max(above, maybe)

    def rank_with(self, total: float) -> int:
        """Place with another printed total, the others as they are; 0 where that is not decided."""
        half = self.half(self.province_id)
        best, worst = self.rank_of(total - half, total + half)
        return best if best == worst else 0

    def moved(self, more: float) -> tuple[int, int]:
        """Best and worst place with so many points more (or fewer), the others as they are.

        (0, 0) if the figures say nothing of where the province stands.
        """
        low, high = self.own_bounds
        best, worst = self.rank_bounds
        if best == 0 or np.isnan(low) or more == 0:
            return best, worst
        new_best, new_worst = self.rank_of(low + more, high + more)
        # more points never cost a place and fewer never win one, whatever is not known of others
        if more > 0:
            return min(new_best, best), min(new_worst, worst)
        return max(new_best, best), max(new_worst, worst)


def _half(decimals: Any) -> float:
    places = 2 if pd.isna(decimals) else int(decimals)
    return float(0.5 * 10.0**-places)


def standing_of(tables: Tables, province: str, year: int, index: str) -> Standing:
    """Collect where a province stands in a year.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province : str
        Slug, name or any known spelling.
    year : int
        Index year.
    index : str
        For example ``PAR_INDEX``.

    Raises
    ------
    ProvinceError
        If the name is none of the units of that year.
    ParstudyError
        ``unknown_index``.
    """
    if isinstance(tables, Prepared):
        key = (province, year, index)
        if key not in tables.standings:
            tables.standings[key] = _standing_of(tables, province, year, index)
        return tables.standings[key]
    return _standing_of(tables, province, year, index)


def _standing_of(tables: Tables, province: str, year: int, index: str) -> Standing:
    criteria.index(index)
    unit = resolve(province, criteria.geography_of(year)).province_id
    scores = tables.scores
    rows = at(scores, index_id=index, year=year)
    totals = rows[rows["component"].eq("total")].set_index("province_id").sort_index()
    totals = totals.assign(rank=totals["rank_published"].fillna(totals["rank_computed"]))
    n = int(totals["n_ranked"].max()) if len(totals) else _units(tables, year)
    names = set(rows["criteria_set"])
    tree = tables.components
    tree = tree[tree["criteria_set"].isin(names)].drop_duplicates("code").set_index("code")
    low, high = _order(totals, n, index, year, tables.aggregates)
    parts = rows[rows["component"].ne("total")]
    return Standing(index, year, unit, n, totals, parts, tree, low, high)


def _units(tables: Tables, year: int) -> int:
    geography = criteria.geography_of(year)
    return int(tables.provinces["geography"].eq(geography).sum())


def _order(
    totals: pd.DataFrame, n: int, index: str, year: int, aggregates: pd.DataFrame
) -> tuple[Floats, Floats]:
    """Bounds of the score at each place. A worse place has no higher score, whoever holds it."""
    low, high = np.zeros(n), np.full(n, criteria.index(index).max_score)
    known = totals[totals["score"].notna()]
    if len(known) >= n:
        values = np.sort(known["score"].to_numpy(dtype=float))[::-1][:n]
        return values, values.copy()
    ranked = known[known["rank"].notna()]
    for row in records(ranked):
        at_rank, half = int(row["rank"]) - 1, _half(row["decimals"])
        if 0 <= at_rank < n:
            low[at_rank] = max(low[at_rank], row["score"] - half)
            high[at_rank] = min(high[at_rank], row["score"] + half)
    own = at(
        aggregates, index_id=index, year=year, unit_level="national", component="total"
    ).drop_duplicates("measure")
    told: dict[str, Any] = {str(row["measure"]): row for row in records(own)}
    if "max" in told:
        high[0] = min(high[0], told["max"]["value"] + _half(told["max"]["decimals"]))
    if "min" in told:
        low[-1] = max(low[-1], told["min"]["value"] - _half(told["min"]["decimals"]))
    better = 0
    for bound in records(criteria.thresholds(index, year)):
        measure = f"n_group_{bound['group']}"
        if measure not in told:
            break
        better += int(told[measure]["value"])
        if 0 < better <= n:
            low[better - 1] = max(low[better - 1], bound["from_percent"])
        if better < n:
            high[better] = min(high[better], bound["from_percent"])
    # from the worst place up nothing is lower, from the best place down nothing is higher
    low = np.maximum.accumulate(low[::-1])[::-1]
    high = np.minimum.accumulate(high)
    return low, high


# --- levels --------------------------------------------------------------------------------------


def known_levels(
    tables: Tables, province: str, year: int, index: str = "PAR_INDEX"
) -> pd.DataFrame:
    """What is known of the components of a province, by level.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, when, which index.

    Returns
    -------
    DataFrame
        Index ``level``, the finest first; ``known`` (components with a score and a maximum),
        ``total`` (components of the level in the criteria set), ``complete``.
    """
    return _known_levels(standing_of(tables, province, year, index))


def _known_levels(standing: Standing) -> pd.DataFrame:
    own = own_parts(standing)
    told = set(own.index[own["score"].notna() & own["max_score"].notna()])
    rows = []
    for level in LEVELS:
        codes = criteria.cut(standing.tree, level)
        known = len(told.intersection(codes))
        rows.append((level, known, len(codes), bool(codes) and known == len(codes)))
    frame = pd.DataFrame(rows, columns=["level", "known", "total", "complete"])
    return frame.set_index("level")


def best_level(tables: Tables, province: str, year: int, index: str = "PAR_INDEX") -> str:
    """Finest level at which the points of a province are known.

    Parameters
    ----------
    tables, province, year, index : Tables, str, int, str
        As in :func:`known_levels`.

    Returns
    -------
    str
        The finest level of which every component is known; if none is complete, the level with
        the most known; empty if no component is known.
    """
    return level_of(standing_of(tables, province, year, index))


def level_of(standing: Standing) -> str:
    """:func:`best_level` of a standing."""
    found = _known_levels(standing)
    whole = found.index[found["complete"]]
    if len(whole):
        return str(whole[0])
    partly = found[found["known"].gt(0)]
    return str(partly["known"].idxmax()) if len(partly) else ""


def own_parts(standing: Standing) -> pd.DataFrame:
    """Component rows of the province, index ``component``."""
    rows = standing.parts[standing.parts["province_id"].eq(standing.province_id)]
    return rows.drop_duplicates("component").set_index("component")


def known_parts(standing: Standing, level: str) -> pd.DataFrame:
    """Components of a level with score and maximum, in the order of the criteria set.

    Index ``code``; ``parent, level, name_vi, name_en, scoring, lead_department, score, max_score,
    lost, decimals, source_id``; ``best`` (highest score of any province in the year) and
    ``attainable`` (that minus the own score).
    """
    own = own_parts(standing)
    codes = [c for c in criteria.cut(standing.tree, level) if c in own.index]
    rows = own.loc[codes]
    rows = rows[rows["score"].notna() & rows["max_score"].notna()]
    names = standing.tree.loc[rows.index]
    frame = names[["parent", "level", "name_vi", "name_en", "scoring", "lead_department"]].copy()
    frame["score"] = rows["score"]
    frame["max_score"] = rows["max_score"]
    frame["lost"] = (rows["max_score"] - rows["score"]).clip(lower=0).round(EXACT)
    frame["decimals"] = rows["decimals"]
    frame["source_id"] = rows["score_source_id"]
    # nobody answers "fully satisfied" everywhere: a survey's best is what some province reached
    seen = standing.parts[standing.parts["component"].isin(rows.index)]
    best = seen.groupby("component")["score"].max().reindex(rows.index)
    frame["best"] = best.clip(upper=rows["max_score"])
    frame["attainable"] = (frame["best"] - rows["score"]).clip(lower=0).round(EXACT)
    for column in ("lead_department", "scoring"):
        frame[column] = frame[column].fillna("").astype("str")
    return frame.rename_axis("code")


def refuse(code: str, message: str, standing: Standing, **details: str) -> ParstudyError:
    """Error about one province in one year."""
    where = f"{standing.province_id} {standing.index} {standing.year}"
    return ParstudyError(code, message, place=where, **details)
