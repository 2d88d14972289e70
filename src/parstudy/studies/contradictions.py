"""Which published figures the checks contradict, whichever side of a finding they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.dataset.rows import at

if TYPE_CHECKING:
    from parstudy.dataset import Dataset

_WHAT = ["index_id", "year", "unit_id", "component"]


@dataclass(frozen=True)
class Contradictions:
    """Contradictions among some figures.

    Attributes
    ----------
    findings : DataFrame
        Rows of the table ``findings`` that are more than a remark and touch one of the figures.
    touched : DataFrame
        ``index_id, year, unit_id, component`` of every figure that one of them touches: both sides
        of a contradiction, not only the unit that it is filed under.
    """

    findings: pd.DataFrame
    touched: pd.DataFrame

    @property
    def units(self) -> frozenset[str]:
        """Units with a figure of the whole index that is contradicted."""
        return frozenset(at(self.touched, component="total")["unit_id"])

    @property
    def releases(self) -> frozenset[tuple[str, int]]:
        """Index and year of the totals that are contradicted."""
        rows = at(self.touched, component="total")
        return frozenset(zip(rows["index_id"], rows["year"].astype(int), strict=True))


def contradictions(ds: Dataset, **cells: Any) -> Contradictions:
    """Collect what the checks say against some figures.

    Parameters
    ----------
    ds : Dataset
        Its ``findings`` and ``figures``.
    **cells : str, int
        Which figures: ``index_id``, ``year``, ``unit_id``, ``component``.

    Returns
    -------
    Contradictions
    """
    findings = ds.findings[ds.findings["severity"].ne("info")].reset_index(drop=True)
    named = findings["figure_ids"].str.split().explode().rename("figure_id").rename_axis("finding")
    figures = ds.figures.loc[ds.figures["figure_id"].isin(set(named)), ["figure_id", *_WHAT]]
    sides = named.reset_index().merge(figures, on="figure_id")[["finding", *_WHAT]]
    # what a finding is filed under, also where it names no figure
    filed = findings[_WHAT].rename_axis("finding").reset_index()
    touched = pd.concat([filed, sides], ignore_index=True)
    if cells:
        touched = at(touched, **cells)
    found = findings.loc[sorted(set(touched["finding"]))].reset_index(drop=True)
    return Contradictions(found, touched[_WHAT].drop_duplicates().reset_index(drop=True))
