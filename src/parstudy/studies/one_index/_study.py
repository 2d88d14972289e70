"""What a study of one index, year and level starts from: its provinces, parts and years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.frames import known_ranks
from parstudy.dataset.rows import at, values_in
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.statistics import drivers
from parstudy.studies import coverage

FEWEST = 8
"""Fewest provinces for which anything is computed."""
WIDE = 20
"""Components from which a level counts as wide: searched, not regressed at once."""
THIRDS = ("first", "middle", "last")
"""Thirds of a ranking."""
SIPAS_PART = "sipas"
"""Component of PAR INDEX that holds the points of SIPAS."""
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
    ranks : Series
        Known ranks of the provinces in ``frame``; index ``province_id``.
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
    left_out : tuple of str
        Provinces that have all components and are left out on purpose.
    """

    index: str
    year: int
    level: str
    frame: pd.DataFrame
    pooled: pd.DataFrame
    n_units: int
    absent: tuple[str, ...]
    ranks: pd.Series[Any]
    thirds: pd.DataFrame
    maxima: pd.Series[Any]
    groups: pd.Series[Any]
    criteria_set: str
    factors: pd.Series[Any] = field(default_factory=lambda: pd.Series(dtype=float))
    left_out: tuple[str, ...] = ()

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
    def pooled_only(self) -> bool:
        """Whether one year says less than several do together: a wide level with other years."""
        return self.wide and len(self.years) > 1

    @property
    def weights(self) -> pd.Series[Any] | None:
        """Maximum points of the components, None unless all are known."""
        known = self.maxima.notna().all() and len(self.maxima) > 0
        return self.maxima if known else None


def study(
    ds: Dataset,
    index: str,
    year: int,
    level: str,
    without: Sequence[str] = (),
    *,
    alone: bool = False,
) -> Study:
    """Collect what one study starts from, and say who is in it.

    Parameters
    ----------
    ds : Dataset
        Its ``scores``, ``components`` and ``units(year)``.
    index, year, level : str, int, str
        Which release, and which level of components.
    without : sequence of str
        Provinces to be left out, in every year; slugs or any known spelling.
    alone : bool
        Leave the years that could be pooled with this one unread; ``pooled`` is empty.

    Returns
    -------
    Study

    Raises
    ------
    ProvinceError
        If a name is none of the units of that year, or not clear.
    """
    gone = {resolve(name, criteria.geography_of(year)).province_id for name in without}
    frame = coverage.component_frame(ds.scores, ds.components, index=index, year=year, level=level)
    left_out = tuple(sorted(gone & set(frame.index)))
    frame = frame.drop(index=list(left_out))
    codes = list(frame.columns.drop("total"))
    own = at(ds.scores, index_id=index, year=year)
    totals = own[own["component"].eq("total")].set_index("province_id")
    units = ds.units(year)
    ranks = known_ranks(totals).reindex(frame.index).dropna()
    set_name = str(own["criteria_set"].iloc[0]) if len(own) else ""
    # newest year first; a year is read when it is wanted
    years = (
        rows[~rows["province_id"].isin(gone)]
        for rows in _poolable(ds, index, year, level, set_name, codes)
    )
    kept: list[pd.DataFrame] = [] if alone else list(years)
    factors = _factors(frame, years if alone else kept, codes)
    pooled = _stacked(kept, codes)
    return Study(
        index=index,
        year=year,
        level=level,
        frame=frame.assign(**{c: frame[c] * factors[c] for c in codes}),
        factors=factors,
        pooled=pooled.assign(**{c: pooled[c] * factors[c] for c in codes}),
        n_units=len(units),
        absent=tuple(sorted(set(units["province_id"]) - set(frame.index) - set(left_out))),
        left_out=left_out,
        ranks=ranks,
        thirds=thirds(ranks, len(units)),
        maxima=_maxima(own, at(ds.components, criteria_set=set_name), codes) * factors,
        groups=_groups(totals.reindex(frame.index)),
        criteria_set=set_name,
    )


def _maxima(own: pd.DataFrame, tree: pd.DataFrame, codes: Sequence[str]) -> pd.Series[Any]:
    """Maximum of each component; what a release prints counts where the set is silent."""
    maxima = tree.drop_duplicates("code").set_index("code")["max_score"].astype(float)
    printed = own.groupby("component")["max_score"].max()
    return maxima.reindex(list(codes)).fillna(printed.reindex(list(codes)))


def _groups(totals: pd.DataFrame) -> pd.Series[Any]:
    """Group of each province: published, else computed, empty if unknown."""
    published, computed = totals["group_published"].fillna(""), totals["group_computed"].fillna("")
    return published.where(published.ne(""), computed).astype("str")


def _factors(
    frame: pd.DataFrame, others: Iterable[pd.DataFrame], codes: Sequence[str]
) -> pd.Series[Any]:
    """Weights of the components in the total, where the figures leave no other; else 1.

    A part taken away from the total unweighted would leave some of itself there, and be related to
    the rest by construction.
    """
    plain = pd.Series(1.0, index=list(codes))
    # the year itself, else the newest year of the same set: one misprint hides the weights
    for rows in chain([frame], others):
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


def _poolable(
    ds: Dataset, index: str, year: int, level: str, set_name: str, codes: Sequence[str]
) -> Iterator[pd.DataFrame]:
    """Complete provinces of the years up to this one under the same criteria set, newest first."""
    scores = at(ds.scores, criteria_set=set_name)
    years = [int(y) for y in values_in(at(scores, index_id=index), "year") if y <= year]
    for other in sorted(years, reverse=True):
        wide = coverage.component_frame(scores, ds.components, index=index, year=other, level=level)
        if len(wide) >= FEWEST and set(codes) <= set(wide.columns):
            yield wide.reset_index().assign(year=other)


def _stacked(years: Sequence[pd.DataFrame], codes: Sequence[str]) -> pd.DataFrame:
    """All years below one another, the oldest first."""
    columns = ["province_id", "year", "total", *codes]
    if not years:
        return pd.DataFrame({c: pd.Series(dtype=float) for c in columns})
    return pd.concat(list(years)[::-1], ignore_index=True)[columns]


def thirds(ranks: pd.Series[Any], n_units: int) -> pd.DataFrame:
    """Count known ranks in each third of a ranking of ``n_units``."""
    edges = [0, *(round(n_units * k / 3) for k in (1, 2)), n_units]
    which = pd.cut(ranks, edges, labels=list(THIRDS))
    counted = which.value_counts().reindex(list(THIRDS)).fillna(0).astype(int)
    return pd.DataFrame({"n": counted, "of": np.diff(edges)}, index=pd.Index(THIRDS, name="third"))


def at_maximum(study: Study) -> pd.Series[Any]:
    """Count the provinces that have all points of a component.

    Returns
    -------
    Series
        Index ``part``, those components whose maximum is known.
    """
    known = study.maxima.dropna()
    reached = study.parts[list(known.index)].ge(known - 1e-9)
    return reached.sum().rename_axis("part").rename("n_at_maximum")
