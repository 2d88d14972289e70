"""Open panels against independent publications.

A panel is complete but copied by a third hand. Figures that pages of ministries, of provinces and
the press print of the same quantity are independent of it, and so are a check of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from parstudy.dataset import Dataset, agree, quantity
from parstudy.dataset.rows import at
from parstudy.errors import ParstudyError
from parstudy.facts import criteria

PANEL = "open panel"
_MEASURES = ("score", "percent", "rank")
_QUANTITY = ["index_id", "year", "province_id", "component", "measure"]
_COLUMNS = [
    *_QUANTITY,
    "panel_value",
    "panel_text",
    "panel_source_id",
    "panel_certainty",
    "other_value",
    "other_text",
    "other_source_id",
    "other_certainty",
    "difference",
    "agrees",
    "last_digit",
]
_SLACK = 1e-9


@dataclass(frozen=True)
class Agreement:
    """Figures that stand both in an open panel and somewhere else.

    Attributes
    ----------
    table : DataFrame
        One row for each pair of a panel's figure and another source's: ``index, year,
        province_id, component, measure``, ``panel_value, panel_text, panel_source_id,
        panel_certainty``, the same with ``other_``, ``difference`` (panel minus other) and
        ``agrees``: equal when rounded to the coarser of the two as printed. A sum that the panel
        does not print (``panel_certainty`` ``derived``) may be off by one unit of the last digit,
        since publishers add rounded parts or cut digits off; ``last_digit`` marks those.
    by_year : DataFrame
        ``index_id, year, compared, agree, disagree, sources`` (other sources).
    n_panel : int
        Figures of provinces that the panels print, compared or not; sums are not counted.
    """

    table: pd.DataFrame
    by_year: pd.DataFrame
    n_panel: int

    @property
    def compared(self) -> int:
        """Number of pairs."""
        return len(self.table)

    @property
    def agree(self) -> int:
        """Number of pairs that agree."""
        return int(self.table["agrees"].sum())

    @property
    def last_digit(self) -> int:
        """Number of pairs that agree to one unit of the last digit only."""
        return int(self.table["last_digit"].sum())

    @property
    def disagreements(self) -> pd.DataFrame:
        """Rows of ``table`` that do not agree."""
        return self.table[~self.table["agrees"]].reset_index(drop=True)


def agreement(ds: Dataset, index: str | None = None) -> Agreement:
    """Compare figures of panels with figures of other sources.

    Parameters
    ----------
    ds : Dataset
        Its ``figures`` and ``sources``. Only provinces' scores, percentages and ranks are
        compared; a doubtful figure is no check of another and is left out.
    index : str, optional
        One index only.

    Returns
    -------
    Agreement
        With empty tables when there is no panel or nothing beside it.

    Raises
    ------
    ParstudyError
        ``unknown_index``; ``missing_column``.
    """
    figures = ds.figures if index is None else at(ds.figures, index_id=criteria.index(index).code)
    missing = {"figure_id", "decimals", "source_id"} - set(figures.columns)
    if missing:
        raise ParstudyError(
            "missing_column",
            "the table of figures lacks columns",
            found=", ".join(sorted(missing)),
            expected="a table figures",
        )
    pairs, n_panel = _pairs(figures, ds.sources)
    pairs = _compared(pairs)
    order = [*_QUANTITY, "other_source_id", "panel_source_id", "other_text"]
    pairs = pairs.sort_values(order, kind="stable").reset_index(drop=True)
    return Agreement(table=pairs, by_year=_by_year(pairs), n_panel=n_panel)


def _pairs(figures: pd.DataFrame, sources: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Each figure that a panel prints beside each that another source prints, and how many."""
    rows = figures.assign(measure=quantity(figures)).rename(columns={"unit_id": "province_id"})
    rows = rows[
        rows["unit_level"].eq("province")
        & rows["measure"].isin(_MEASURES)
        & rows["certainty"].ne("doubtful")
        & rows["value"].notna()
    ]
    kind = rows["source_id"].map(sources.set_index("source_id")["kind"])
    keep = [*_QUANTITY, "value", "text", "decimals", "source_id", "certainty"]
    panel, other = rows.loc[kind.eq(PANEL), keep], rows.loc[kind.ne(PANEL), keep]
    printed = int(panel["certainty"].ne("derived").sum())
    return panel.merge(other, on=_QUANTITY, suffixes=("_panel", "_other")), printed


def _compared(pairs: pd.DataFrame) -> pd.DataFrame:
    """Hold the two sides of each pair against each other."""
    same = agree(
        pairs["value_panel"],
        pairs["decimals_panel"],
        pairs["value_other"],
        pairs["decimals_other"],
    )
    pairs["difference"] = pairs["value_panel"] - pairs["value_other"]
    coarse = pairs[["decimals_panel", "decimals_other"]].astype(float).min(axis=1)
    near = pairs["difference"].abs().le(10.0**-coarse + _SLACK)
    pairs["last_digit"] = near & ~same & pairs["certainty_panel"].eq("derived")
    pairs["agrees"] = same | pairs["last_digit"]
    renamed = {
        f"{name}_{side}": f"{side}_{name}"
        for name in ("value", "text", "source_id", "certainty")
        for side in ("panel", "other")
    }
    return pairs.rename(columns=renamed)[_COLUMNS]


def _by_year(pairs: pd.DataFrame) -> pd.DataFrame:
    grouped = pairs.groupby(["index_id", "year"])
    frame = grouped.agg(
        compared=("agrees", "size"),
        agree=("agrees", "sum"),
        sources=("other_source_id", "nunique"),
    ).reset_index()
    frame["disagree"] = frame["compared"] - frame["agree"]
    columns = ["index_id", "year", "compared", "agree", "disagree", "sources"]
    return frame[columns].astype(dict.fromkeys(columns[1:], "int64"))
