"""One province against the leader, its region and its own last year, component by component."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.statistics import importance
from parstudy.studies import coverage


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
