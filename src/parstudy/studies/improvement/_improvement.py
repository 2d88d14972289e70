"""Everything that an improvement plan of one province starts from, collected once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parstudy.studies.improvement._gains import Gains, Overtakers, max_gain, overtakers
from parstudy.studies.improvement._ladder import Ladder, PointValues, ladder, value_of_points
from parstudy.studies.improvement._reach import Reach, points_to_rank, usual_target
from parstudy.studies.improvement._standing import Prepared, Tables, known_levels, standing_of
from parstudy.studies.improvement._what_if import WhatIf, what_if


@dataclass(frozen=True, eq=False)
class Improvement:
    """What an improvement plan starts from.

    Attributes
    ----------
    index, year, province_id : str, int, str
        Of what.
    target, target_group : int, str
        Rank to be reached (0: the rank held is not known, or it is the first already) and the
        group that begins there, if that is why.
    ladder, values, gains, overtakers : Ladder, PointValues, Gains, Overtakers
        See there.
    reach : Reach or None
        None without a target.
    chosen : Mapping of str to str
        Changes of the set that the scenario is computed for: the fewest components, each raised
        as far as ``reach.up_to`` says.
    what_if : WhatIf
        With these changes; without any where no set is known.
    levels : DataFrame
        See `parstudy.studies.improvement.known_levels`.
    rank_implied : int or NA
        Rank that follows from the figure of the year after and its published change.
    """

    index: str
    year: int
    province_id: str
    target: int
    target_group: str
    ladder: Ladder
    values: PointValues
    gains: Gains
    overtakers: Overtakers
    reach: Reach | None
    chosen: Mapping[str, str]
    what_if: WhatIf
    levels: Any
    rank_implied: Any = None


def improvement(
    tables: Tables,
    province: str,
    year: int,
    target_rank: int = 0,
    *,
    index: str = "PAR_INDEX",
    draws: int = 4000,
    seed: int = 0,
) -> Improvement:
    """Collect what an improvement plan of one province starts from.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, in which year, which index.
    target_rank : int
        Rank to be reached; 0: see :func:`parstudy.studies.improvement.usual_target`.
    draws, seed : int
        Of the scenario.

    Returns
    -------
    Improvement

    Raises
    ------
    ParstudyError
        ``bad_target``.
    ProvinceError
        If the name is none of the units of that year.
    """
    unit = standing_of(tables, province, year, index).province_id
    tables = Prepared(tables, index)
    standing = standing_of(tables, unit, year, index)
    target, group = (target_rank, "")
    if target == 0:
        target, group = usual_target(tables, unit, year, index)
        if target and standing.rank_bounds[1] <= target:
            target, group = 0, ""
    reach = points_to_rank(tables, unit, year, target, index=index) if target else None
    chosen: dict[str, str] = {}
    if reach is not None and len(reach.sets):
        fewest = reach.sets[reach.sets["aim"].eq("components")].iloc[0]
        own = standing.parts[standing.parts["province_id"].eq(unit)].set_index("component")["score"]
        chosen = {c: f"={own[c] + reach.gains[c]:.8g}" for c in fewest["codes"]}
    return Improvement(
        index=index,
        year=year,
        province_id=unit,
        target=target,
        target_group=group,
        ladder=ladder(tables, unit, year, up_to=target, index=index),
        values=value_of_points(tables, unit, year, index=index),
        gains=max_gain(tables, unit, year, index=index),
        overtakers=overtakers(tables, unit, year, index=index),
        reach=reach,
        chosen=chosen,
        what_if=what_if(tables, unit, year, chosen, index=index, draws=draws, seed=seed),
        levels=known_levels(tables, unit, year, index),
        rank_implied=standing.totals["rank_implied"].get(unit),
    )
