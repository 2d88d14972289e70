"""Which published figures the checks contradict, whichever side of a finding they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.contradicted import WHAT, contradicted, findings_of
from parstudy.dataset.rows import at


@dataclass(frozen=True)
class Contradictions:
    """Contradictions among some figures.

    Parameters
    ----------
    rows : DataFrame
        Rows of the table ``contradicted``.

    Attributes
    ----------
    findings : DataFrame
        Rows of the table ``findings`` that are more than a remark and touch one of the figures.
    touched : DataFrame
        ``index_id, year, unit_id, component`` of every figure that one of them touches: both sides
        of a contradiction, not only the unit that it is filed under.
    """

    rows: pd.DataFrame

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Findings, each once."""
        return findings_of(self.rows)

    @cached_property
    def touched(self) -> pd.DataFrame:
        """Figures, each once."""
        return self.rows[list(WHAT)].drop_duplicates().reset_index(drop=True)

    @cached_property
    def units(self) -> frozenset[str]:
        """Units with a figure of the whole index that is contradicted."""
        return frozenset(at(self.touched, component="total")["unit_id"])

    @cached_property
    def releases(self) -> frozenset[tuple[str, int]]:
        """Index and year of the totals that are contradicted."""
        rows = at(self.touched, component="total")
        return frozenset(zip(rows["index_id"], rows["year"].astype(int), strict=True))


def contradictions(ds: Dataset, **cells: Any) -> Contradictions:
    """Collect what the checks say against some figures.

    Parameters
    ----------
    ds : Dataset
        Its ``findings`` and ``figures``; or, with the same content, ``contradicted``.
    **cells : str, int
        Which figures: ``index_id``, ``year``, ``unit_id``, ``component``.

    Returns
    -------
    Contradictions
    """
    known = getattr(ds, "contradicted", None)
    rows = contradicted(ds.findings, ds.figures) if known is None else known
    return Contradictions(at(rows, **cells) if cells else rows)
