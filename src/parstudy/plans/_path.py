"""How the whole index went on after a plan: its path, and its standing among the provinces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.studies.sampling import margin

_PUBLISHED = {
    "score": "score",
    "decimals": "decimals",
    "rank": "rank_published",
    "rank_low": "rank_low",
    "rank_high": "rank_high",
    "n_ranked": "n_ranked",
    "rank_implied": "rank_implied",
    "change_score": "change_score_published",
    "change_rank": "change_rank_published",
}
"""Columns of the path that are columns of the scores."""


def path_of(
    scores: pd.DataFrame,
    means: pd.DataFrame,
    province_id: str,
    before: int,
    errors: pd.DataFrame,
) -> pd.DataFrame:
    """Scores and ranks of a province from the year before a plan on, one row an index and year.

    Parameters
    ----------
    scores, means : DataFrame
        The table of the dataset; national means: ``index_id, year, value, source_id``.
    province_id : str
        Slug.
    before : int
        Index year that the plan was made from.
    errors : DataFrame
        Standard errors of the province's scores: ``index_id, year, std_error``.

    Returns
    -------
    DataFrame
        ``path`` of an :class:`~parstudy.plans.Evaluation`.
    """
    totals = at(scores, component="total", index_id=["PAR_INDEX", "SIPAS"])
    own = totals[totals["province_id"].eq(province_id)].set_index(["index_id", "year"])
    known = means.drop_duplicates(["index_id", "year"]).set_index(["index_id", "year"])
    rows: list[dict[str, Any]] = []
    for index in ("PAR_INDEX", "SIPAS"):
        broken = set(criteria.breaks(index)["year"])
        years = totals.loc[totals["index_id"].eq(index) & totals["year"].ge(before - 1), "year"]
        for year in sorted({int(y) for y in years}):
            told = own.loc[(index, year)] if (index, year) in own.index else None
            mean, mean_source = _mean(totals, known, index, year)
            row = {name: _get(told, column) for name, column in _PUBLISHED.items()}
            rows.append(
                {
                    "index_id": index,
                    "year": year,
                    **row,
                    "mean": mean,
                    "distance": row["score"] - mean if pd.notna(row["score"]) else float("nan"),
                    "margin": margin(errors, index, year - 1, year),
                    "break": year in broken and _get(told, "synthetic") is not True,
                    "score_source_id": _text(told, "score_source_id"),
                    "rank_source_id": _text(told, "rank_source_id"),
                    "mean_source_id": mean_source,
                    "synthetic": _get(told, "synthetic") is True,
                }
            )
    columns = ["index_id", "year", *_PUBLISHED, "mean", "distance", "margin", "break"]
    sources = ["score_source_id", "rank_source_id", "mean_source_id"]
    return pd.DataFrame(rows, columns=[*columns, *sources, "synthetic"])


def _get(row: Any, name: str) -> Any:
    # tables made by hand need not have every column
    value = float("nan") if row is None else row.get(name, float("nan"))
    return bool(value) if isinstance(value, (bool, np.bool_)) else value


def _text(row: Any, name: str) -> str:
    value = _get(row, name)
    return "" if pd.isna(value) else str(value)


def _mean(totals: pd.DataFrame, known: pd.DataFrame, index: str, year: int) -> tuple[float, str]:
    if (index, year) in known.index:
        row: Any = known.loc[(index, year)]
        return float(row["value"]), str(row["source_id"])
    part = at(totals, index_id=index, year=year)
    ranked = part["n_ranked"].max()
    told = part["score"].dropna()
    # a mean over those that happen to be known is no national mean
    whole = pd.notna(ranked) and len(told) == ranked
    return (float(told.mean()) if whole else float("nan")), ""


def standing(
    scores: pd.DataFrame,
    path: pd.DataFrame,
    province_id: str,
    before: int,
    after: int,
    errors: pd.DataFrame,
) -> pd.DataFrame:
    """Change of a province against the national mean, and how many others did worse.

    Parameters
    ----------
    scores, path : DataFrame
        The table of the dataset; what :func:`path_of` gives.
    province_id : str
        Slug.
    before, after : int
        Index years.
    errors : DataFrame
        As of :func:`path_of`.

    Returns
    -------
    DataFrame
        ``standing`` of an :class:`~parstudy.plans.Evaluation`.
    """
    rows: list[dict[str, Any]] = []
    for index, own in path.groupby("index_id", sort=True):
        of_year = own.set_index("year")
        if before not in of_year.index or after not in of_year.index:
            continue
        old, new = of_year.loc[before], of_year.loc[after]
        change = new["score"] - old["score"]
        change_mean = new["mean"] - old["mean"]
        if pd.isna(change) or pd.isna(change_mean):
            continue
        part = at(scores, index_id=index, component="total")
        wide = part.pivot(index="province_id", columns="year", values="score")
        others = (wide[after] - wide[before]).drop(province_id).dropna()
        rows.append(
            {
                "index_id": index,
                "change": change,
                "change_mean": change_mean,
                "change_distance": change - change_mean,
                "rank_before": old["rank"],
                "rank_after": new["rank"],
                "n_ranked": new["n_ranked"],
                "n_others": len(others),
                "n_worse": int((others < change).sum()),
                "margin": margin(errors, str(index), before, after),
                "break": bool(of_year.loc[before + 1 : after, "break"].any()),
            }
        )
    columns = ["index_id", "change", "change_mean", "change_distance", "rank_before", "rank_after"]
    columns += ["n_ranked", "n_others", "n_worse", "margin", "break"]
    return pd.DataFrame(rows, columns=columns)
