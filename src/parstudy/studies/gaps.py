"""One province against the leader, its region and its own last year, component by component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at, values_in
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
        Provinces behind a mean; for the leader, those whose components are known, itself included.
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
FEWEST = 3
"""Fewest provinces of which a mean is given."""
_LEVELS = ("area", "score_source", "part")


KINDS = ("leader", "region", "before")
"""Whom a province is compared with: the leader, the rest of its region, its own last year."""


def gaps(ds: Dataset, province_id: str, year: int, kinds: Sequence[str] = KINDS) -> list[Gap]:
    """Split a province's distance to the leader, its region and its own last year.

    Parameters
    ----------
    ds : Dataset
        Its ``scores``, ``components`` and ``units(year)``.
    province_id, year : str, int
        Whose and when.
    kinds : sequence of str
        Of `KINDS`, those wanted.

    Returns
    -------
    list of Gap
        For each index at the first level (area, score source, part) on which all components of
        the province are known; empty where nothing can be compared.
    """
    regions = ds.units(year).set_index("province_id")["region_id"]
    region = regions.get(province_id, "")
    peers = set(regions.index[regions.eq(region) & regions.ne("")]) - {province_id}
    found: list[Gap] = []
    for index in sorted(coverage.with_parts(ds.scores, province_id, year)):
        frames = ((level, _frame(ds, index, year, level)) for level in _LEVELS)
        level, frame = next((f for f in frames if province_id in f[1].index), ("", None))
        if frame is None:
            continue
        before = coverage.component_frame(
            at(ds.scores, province_id=province_id),
            ds.components,
            index=index,
            year=year - 1,
            level=level,
        )
        own = _row(frame, province_id)
        if abs(float(own.drop("total").sum()) - float(own["total"])) > _ROUNDING:
            continue  # the total is no plain sum of these parts (SIPAS, PCI)
        sets = {
            name
            for when in (year, year - 1)
            for name in values_in(at(ds.scores, index_id=index, year=when), "criteria_set")
        }
        for reference in _references(frame, before, province_id, peers):
            if reference.kind not in kinds:
                continue
            last_year = reference.kind == "before"
            result = importance.gap_decomposition(
                own.drop("total"),
                reference.row.drop("total"),
                province_total=float(own["total"]),
                reference_total=float(reference.row["total"]),
            )
            found.append(
                Gap(
                    index=index,
                    level=level,
                    year=year - last_year,
                    kind=reference.kind,
                    unit=reference.unit,
                    n=reference.n,
                    broken=last_year and len(sets) > 1,
                    result=result,
                )
            )
    return found


@dataclass(frozen=True)
class _Reference:
    """What a province is compared with: a unit, or the mean of ``n``."""

    kind: str
    unit: str
    n: int
    row: pd.Series[Any]


def _references(
    frame: pd.DataFrame, before: pd.DataFrame, province_id: str, peers: set[str]
) -> list[_Reference]:
    """The leader if it is another, the rest of the region, the last year if its parts are alike."""
    found = []
    others = frame.drop(index=province_id)
    if len(others) and others["total"].max() > frame.loc[province_id, "total"]:
        leader = str(others["total"].idxmax())
        found.append(_Reference("leader", leader, len(frame), _row(others, leader)))
    here = others[others.index.isin(peers)]
    if len(here) >= FEWEST:
        found.append(_Reference("region", "", len(here), here.mean()))
    if province_id in before.index and set(before.columns) == set(frame.columns):
        found.append(_Reference("before", "", 1, _row(before, province_id)))
    return found


def _row(frame: pd.DataFrame, unit: str) -> pd.Series[Any]:
    return pd.Series(frame.loc[unit], name=unit)


def _frame(ds: Dataset, index: str, year: int, level: str) -> pd.DataFrame:
    return coverage.component_frame(ds.scores, ds.components, index=index, year=year, level=level)
