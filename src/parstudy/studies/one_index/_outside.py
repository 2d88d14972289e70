"""Outcomes outside the sum of an index: which there are, and its components against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.frames import known_ranks
from parstudy.dataset.rows import at, values_in
from parstudy.errors import StatisticsError
from parstudy.facts import criteria
from parstudy.statistics import drivers
from parstudy.studies.one_index._study import FEWEST, SIPAS_PART, Study

_SAME = 0.999
"""Correlation with the points of the outcome from which a component is the outcome itself."""


@dataclass(frozen=True)
class Outside:
    """An outcome that is not part of an index.

    Attributes
    ----------
    name, year : str, int
        Index code and index year of the outcome.
    values : Series
        Score (high is good), or rank where ``is_rank``.
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

    def inputs(self, study: Study) -> dict[str, Any]:
        """Give what :func:`parstudy.statistics.drivers.external` takes: a study and this outcome.

        Provinces of the study that have the outcome; what is the outcome itself is left out of
        the components.
        """
        units = self.values.index
        parts = study.parts.loc[units].drop(columns=list(self.drop))
        if self.contained is not None:
            parts = parts.drop(columns=SIPAS_PART, errors="ignore")
        return {
            "parts": parts,
            "outcome": self.values,
            "total": study.total.loc[units],
            "contained": None if self.contained is None else self.contained.loc[units],
            "contained_in": self.contained_in,
            "outcome_is_rank": self.is_rank,
        }


def outcomes(ds: Dataset, study: Study) -> list[Outside]:
    """Outcomes that enough provinces of a study have: other indices, and next year's rank.

    Parameters
    ----------
    ds : Dataset
        Its ``scores`` and ``components``.
    study : Study
        The study; its provinces count.

    Returns
    -------
    list of Outside
        Other indices of the same year first, then the rank in the index one year later.
    """
    found = []
    totals = at(ds.scores, component="total")
    for name in sorted(set(values_in(totals, "index_id")) - {study.index}, key=order_of):
        own = at(totals, index_id=name, year=study.year)
        values = own.set_index("province_id")["score"].dropna()
        values = values[values.index.isin(study.frame.index)]
        if len(values) < FEWEST or values.nunique() < 2:
            continue
        outside: Outside | None = Outside(name, study.year, values.rename(name))
        if {study.index, name} == {"PAR_INDEX", "SIPAS"}:
            outside = _apart(ds, study, Outside(name, study.year, values.rename(name)))
        if outside is not None:
            found.append(outside)
    later = at(totals, index_id=study.index, year=study.year + 1)
    ranks = known_ranks(later.set_index("province_id")).dropna()
    ranks = ranks[ranks.index.isin(study.frame.index)]
    if len(ranks) >= FEWEST and ranks.nunique() > 1:
        found.append(Outside(study.index, study.year + 1, ranks, is_rank=True))
    return found


def order_of(name: str) -> int:
    """Position of an index among all that the package knows; the others after them."""
    known = list(criteria.indices())
    return known.index(name) if name in known else len(known)


def sipas_points(ds: Dataset, year: int) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Points that SIPAS gives inside PAR INDEX.

    Parameters
    ----------
    ds : Dataset
        Its ``scores`` and ``components``.
    year : int
        Index year.

    Returns
    -------
    (Series, Series)
        Points by province, and whether they are published (True) or computed from the SIPAS
        percentage and the known maximum (False). Both empty where neither is possible.
    """
    own = at(ds.scores, index_id="PAR_INDEX", year=year)
    published = at(own, component=SIPAS_PART).set_index("province_id")["score"].dropna()
    computed = pd.Series(dtype=float)
    tree = at(ds.components, code=SIPAS_PART)
    maximum = tree.loc[tree["criteria_set"].isin(set(own["criteria_set"])), "max_score"].dropna()
    if len(maximum):
        sipas = at(ds.scores, index_id="SIPAS", year=year, component="total")
        percent = sipas.set_index("province_id")["score"].dropna()
        computed = percent * float(maximum.iloc[0]) / 100
    points = published.combine_first(computed).rename(SIPAS_PART)
    told = pd.Series(points.index.isin(published.index), index=points.index, dtype=bool)
    return points, told


def _apart(ds: Dataset, study: Study, outside: Outside) -> Outside | None:
    """Keep SIPAS and PAR INDEX apart: the outcome without what both hold, or where that sits.

    None where the common points cannot be taken out.
    """
    points, _ = sipas_points(ds, study.year)
    if study.index == "SIPAS":  # the outcome holds the regressor: take it out of the outcome
        rest = (outside.values - points.reindex(outside.values.index)).dropna()
        if len(points) and len(rest) >= FEWEST:
            return replace(outside, values=rest.rename(outside.name))
        return None if holds_sipas(ds, study.year) else outside
    points = points.reindex(study.frame.index)
    if points.notna().sum() < FEWEST:
        return None if holds_sipas(ds, study.year) else outside
    values = outside.values[outside.values.index.isin(points.dropna().index)]
    if len(values) < FEWEST:
        return None
    outside = replace(outside, values=values, contained=points)
    if SIPAS_PART in study.frame:
        return outside
    same = tuple(
        str(code)
        for code, part in study.parts.items()
        if part.nunique() > 1
        and abs(float(np.corrcoef(part.loc[values.index], points[values.index])[0, 1])) > _SAME
    )
    inside = "A8" if "A8" in study.frame and not same else None
    return replace(outside, contained_in=inside, drop=same)


def holds_sipas(ds: Dataset, year: int) -> bool:
    """Whether PAR INDEX of a year contains points of SIPAS, as far as is known.

    Before SIPAS covered the whole country a criteria set that does not list it has none; since
    then such a set may only be seen in part.
    """
    breaks = criteria.breaks("SIPAS")
    everywhere = int(breaks.loc[breaks["kind"].eq("coverage"), "year"].max())
    own = at(ds.scores, index_id="PAR_INDEX", year=year)
    names = set(values_in(own, "criteria_set")) - {""}
    codes = at(ds.components, criteria_set=names)["code"]
    return not names or bool(codes.eq(SIPAS_PART).any()) or year >= everywhere


def searches(
    study: Study, found: Sequence[Outside], pairs: int = 25
) -> list[tuple[Outside, drivers.Selection]]:
    """Search a wide level for parts that keep turning up against outcomes outside the sum.

    Parameters
    ----------
    study : Study
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
    if not study.wide:
        return out
    for outside in found:
        parts = study.parts.loc[outside.values.index].drop(columns=list(outside.drop))
        values = -outside.values if outside.is_rank else outside.values
        try:
            out.append((outside, drivers.select(parts, values, pairs=pairs)))
        except StatisticsError as error:
            if error.code not in {"too_few_rows", "constant_outcome", "identity"}:
                raise
    return out
