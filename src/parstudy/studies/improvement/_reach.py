"""Points to a rank, and the cheapest sets of components that give them, exactly."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from parstudy.facts import criteria
from parstudy.statistics.inputs import choice
from parstudy.studies.improvement._standing import (
    EXACT,
    Standing,
    Tables,
    known_parts,
    level_of,
    refuse,
    standing_of,
)

AIMS = ("points", "components", "departments")
_UP_TO = {"best": "attainable", "max": "lost"}
_FEASIBLE = {"": True, "held": True, "out_of_reach": False}
_SCALE = 10_000
_PLACES_UP = 10


@dataclass(frozen=True, eq=False)
class Reach:
    """What it takes to reach a rank, the others unchanged.

    Attributes
    ----------
    index, year, province_id, target : str, int, str, int
        What was asked.
    total, rank_low, rank_high, n : float, int, int, int
        Where the province stands.
    needed_low, needed_high : float
        Points needed: bounds, equal where the figures decide; 0 where the rank is held already,
        NaN where nothing can be said. A tie is enough: it shares the better place.
    level : str
        Level at which the points of the province are known; empty if at none.
    up_to : str
        How far a component is raised: ``best`` or ``max``.
    sets : DataFrame
        The cheapest sets, each component raised as far as ``up_to`` says: ``aim`` (``points``,
        ``components`` or ``departments``: what is fewest), ``place`` (1 for the best), ``codes``
        (tuple), ``points``, ``n_components``, ``departments`` (tuple), ``n_departments``,
        ``total``, ``rank`` (reached). Order: the aim, then the fewest of the others (components,
        then points), then the codes in the order of the criteria set.
    gains : Series
        Index ``code``; points that a component can bring at most under ``up_to``.
    feasible : bool or None
        Whether all known components together are enough; None where that cannot be said.
    most : float
        Highest total with every known component raised; NaN if no component is known.
    best_rank : int
        Best place with that total; 0 if it cannot be said.
    reason : str
        Why there are no sets: ``held`` (the rank is held already), ``not_ranked``,
        ``no_components``, ``rank_not_certain``, ``out_of_reach``; empty where there are.
    """

    index: str
    year: int
    province_id: str
    target: int
    total: float
    rank_low: int
    rank_high: int
    n: int
    needed_low: float
    needed_high: float
    level: str
    up_to: str
    gains: pd.Series[float]
    sets: pd.DataFrame
    feasible: bool | None
    most: float
    best_rank: int
    reason: str


def usual_target(
    tables: Tables, province: str, year: int, index: str = "PAR_INDEX"
) -> tuple[int, str]:
    """Give the rank that a plan would aim at next.

    Ten places up, or the place at which the next better group begins if that is nearer; the first
    place for the first ten without a better group.

    Parameters
    ----------
    tables, province, year, index : Tables, str, int, str
        Whose, when, which index.

    Returns
    -------
    tuple of (int, str)
        The rank and the group that begins there (empty if it is ten places up); ``(0, "")`` where
        the rank is not known.
    """
    standing = standing_of(tables, province, year, index)
    low, high = standing.rank_bounds
    if high == 0:
        return 0, ""
    tens = max(1, low - _PLACES_UP) if low == high else max(1, high - _PLACES_UP)
    bounds = criteria.thresholds(index, year)
    if np.isnan(standing.score) or bounds.empty:
        return tens, ""
    better = bounds[bounds["from_percent"] > standing.score].sort_values("from_percent")
    if better.empty:
        return tens, ""
    first = better.iloc[0]
    line = float(first["from_percent"])
    nearest, farthest = standing.rank_of(line, line)
    if nearest == farthest and tens < nearest < low:
        return nearest, str(first["group"])
    return tens, ""


def points_to_rank(
    tables: Tables,
    province: str,
    year: int,
    target: int,
    *,
    index: str = "PAR_INDEX",
    up_to: str = "best",
    n_sets: int = 5,
) -> Reach:
    """Find the points that a rank takes, and the cheapest sets of components to get them.

    Every subset of the components is considered: reachable sums are counted through, so that the
    best sets are the best and not merely good ones.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, in which year, which index.
    target : int
        Rank wanted, 1 is best.
    up_to : {"best", "max"}
        Raise a component to the best score of any province in the year (the maximum where some
        province reached it), or to its maximum whether anybody reached it or not.
    n_sets : int
        At most so many sets for each aim.

    Returns
    -------
    Reach

    Raises
    ------
    ParstudyError
        ``bad_target`` outside 1 to the number of units; ``unknown_index``.
    StatisticsError
        ``unknown_method`` for another ``up_to``.
    ProvinceError
        If the name is none of the units of that year.
    """
    choice(up_to, tuple(_UP_TO), "limit")
    standing = standing_of(tables, province, year, index)
    if isinstance(target, bool) or not 1 <= target <= standing.n:
        raise refuse(
            "bad_target", "no such rank", standing, found=str(target), expected=f"1 to {standing.n}"
        )
    level = level_of(standing)
    parts = known_parts(standing, level) if level else pd.DataFrame()
    gains = pd.Series(dtype=float) if parts.empty else parts[_UP_TO[up_to]]
    gained = round(float(gains.sum()), EXACT) if len(gains) else float("nan")
    most = round(standing.score + gained, EXACT)
    low, high = _needed(standing, target)
    reason = _obstacle(standing, gained, low, high)
    rank_low, rank_high = standing.rank_bounds
    return Reach(
        index=index,
        year=year,
        province_id=standing.province_id,
        target=target,
        total=standing.score,
        rank_low=rank_low,
        rank_high=rank_high,
        n=standing.n,
        needed_low=low,
        needed_high=high,
        level=level,
        up_to=up_to,
        gains=gains.rename("gain"),
        sets=_no_sets() if reason else _sets(standing, parts, gains, low, n_sets),
        feasible=_FEASIBLE.get(reason),
        most=most,
        best_rank=0 if math.isnan(most) else standing.rank_with(most),
        reason=reason,
    )


def _obstacle(standing: Standing, gained: float, low: float, high: float) -> str:
    """Why there are no sets: the ``reason`` of a `Reach`; empty where nothing is in the way.

    ``gained`` are the points that all known components can bring together, NaN if none is known;
    ``low, high`` bound the points that are needed.
    """
    if standing.rank_bounds[1] == 0:
        return "not_ranked"
    if high <= 0:
        return "held"
    if math.isnan(gained):
        return "no_components"
    if low != high:
        return "rank_not_certain"
    return "" if gained >= low else "out_of_reach"


def _needed(standing: Standing, target: int) -> tuple[float, float]:
    """Points to a rank: at most ``target - 1`` others may have more."""
    own_low, own_high = standing.own_bounds
    if np.isnan(own_low):
        return float("nan"), float("nan")
    if standing.rank_bounds[1] <= target:
        return 0.0, 0.0
    if standing.complete:
        goal = float(standing.others[target - 1]) if target <= len(standing.others) else 0.0
        need = round(max(0.0, goal - standing.score), EXACT)
        return need, need
    # the places before the own one are the others'
    if standing.rank_bounds[0] > target:
        low, high = standing.low[target - 1] - own_high, standing.high[target - 1] - own_low
        return round(max(0.0, float(low)), EXACT), round(max(0.0, float(high)), EXACT)
    high = float(standing.high[target - 1]) - own_low
    return 0.0, round(max(0.0, high), EXACT)


def _no_sets() -> pd.DataFrame:
    columns = ["aim", "place", "codes", "points", "n_components", "departments", "n_departments"]
    return pd.DataFrame(columns=[*columns, "total", "rank"])


# --- the sets ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    points: int
    members: tuple[int, ...]


def _sets(
    standing: Standing, parts: pd.DataFrame, gains: pd.Series[float], need: float, n_sets: int
) -> pd.DataFrame:
    raising = parts.assign(gain=gains)[gains.gt(0)]
    codes = [str(c) for c in raising.index]
    departments = [str(d) for d in raising["lead_department"]]
    weights = [round(float(x) * _SCALE) for x in raising["gain"]]
    goal = math.ceil(round(need * _SCALE, 4))
    shrink = math.gcd(*weights, goal)
    weights, goal = [w // shrink for w in weights], goal // shrink
    every = tuple(range(len(weights)))
    found = {
        "points": list(itertools.islice(_by_points(weights, every, goal), n_sets)),
        "components": list(itertools.islice(_by_count(weights, every, goal), n_sets)),
        # without departments for all, the fewest of them cannot be told
        "departments": _by_department(weights, departments, goal, n_sets)
        if all(departments)
        else [],
    }
    rows = []
    for aim in AIMS:
        for number, one in enumerate(found[aim], 1):
            leads = tuple(dict.fromkeys(departments[i] for i in one.members if departments[i]))
            points = round(float(raising["gain"].iloc[list(one.members)].sum()), EXACT)
            total = round(standing.score + points, EXACT)
            rows.append(
                {
                    "aim": aim,
                    "place": number,
                    "codes": tuple(codes[i] for i in one.members),
                    "points": points,
                    "n_components": len(one.members),
                    "departments": leads,
                    "n_departments": len(leads),
                    "total": total,
                    "rank": standing.rank_with(total) or pd.NA,
                }
            )
    if not rows:
        return _no_sets()
    return pd.DataFrame(rows, columns=list(_no_sets().columns))


class _Sums:
    """Which sums some of the items can have, by how many are taken; bits of a whole number."""

    def __init__(self, weights: Sequence[int], items: Sequence[int], most: int) -> None:
        self.weights, self.items = weights, tuple(items)
        # after[i][k]: sums of k items out of the items from i on
        after = [[1] + [0] * most]
        for item in reversed(self.items):
            last = after[-1]
            after.append(
                [last[0], *(last[k] | last[k - 1] << weights[item] for k in range(1, most + 1))]
            )
        self.after = after[::-1]

    def sums(self, count: int, least: int) -> Iterator[int]:
        """Sums of ``count`` items from ``least`` up, ascending."""
        bits = self.after[0][count] >> least
        while bits:
            step = (bits & -bits).bit_length() - 1
            yield least + step
            least, bits = least + step + 1, bits >> (step + 1)

    def members(self, count: int, total: int, start: int = 0) -> Iterator[tuple[int, ...]]:
        """Sets of ``count`` items with this sum, in the order of the items."""
        if count == 0:
            if total == 0:
                yield ()
            return
        for at in range(start, len(self.items) - count + 1):
            item = self.items[at]
            left = total - self.weights[item]
            if left >= 0 and self.after[at + 1][count - 1] >> left & 1:
                for rest in self.members(count - 1, left, at + 1):
                    yield (item, *rest)


def _by_count(weights: Sequence[int], items: Sequence[int], goal: int) -> Iterator[_Found]:
    """Fewest components, then fewest points, then in the order of the components."""
    heaviest = sorted((weights[i] for i in items), reverse=True)
    sums = _Sums(weights, items, len(items))
    for count in range(len(items) + 1):
        if sum(heaviest[:count]) < goal:
            continue
        for total in sums.sums(count, goal):
            for members in sums.members(count, total):
                yield _Found(total, members)


def _by_points(weights: Sequence[int], items: Sequence[int], goal: int) -> Iterator[_Found]:
    """Fewest points, then fewest components, then in the order of the components."""
    sums = _Sums(weights, items, len(items))
    reachable = [sums.after[0][count] >> goal for count in range(len(items) + 1)]
    bits = 0
    for one in reachable:
        bits |= one
    total = goal
    while bits:
        step = (bits & -bits).bit_length() - 1
        total, bits = total + step, bits >> (step + 1)
        for count, one in enumerate(reachable):
            if one >> (total - goal) & 1:
                for members in sums.members(count, total):
                    yield _Found(total, members)
        total += 1


def _by_department(
    weights: Sequence[int], departments: Sequence[str], goal: int, n_sets: int
) -> list[_Found]:
    """Fewest departments, then fewest components, fewest points, order of the components."""
    members = {d: [i for i, own in enumerate(departments) if own == d] for d in departments}
    whole = {d: sum(weights[i] for i in items) for d, items in members.items()}
    for size in range(1, len(members) + 1):
        enough = [
            group
            for group in itertools.combinations(members, size)
            if sum(whole[d] for d in group) >= goal
        ]
        if not enough:
            continue
        found: dict[tuple[int, ...], _Found] = {}
        for group in enough:
            items = sorted(i for d in group for i in members[d])
            for one in itertools.islice(_by_count(weights, items, goal), n_sets):
                found[one.members] = one
        ordered = sorted(found.values(), key=lambda o: (len(o.members), o.points, o.members))
        return ordered[:n_sets]
    return []
