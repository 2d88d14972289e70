"""Years of 63 provinces on the 34 units of today: stated as what it is, an approximation.

The score of a merged unit was never measured. The mean of its members, weighted by population or
not, is a stand-in that is flagged in every row; a unit of one member keeps its score and is no
approximation. Years that were measured for the 34 pass as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.facts import criteria
from parstudy.statistics.ranking import rank

WEIGHTS = ("population", "equal")
COLUMNS = (
    "approximation",
    "weights",
    "n_members",
    "n_members_known",
    "missing_members",
    "reason",
    "rank_among_34",
    "n_among_34",
)
_MEANS = ("score", "percent")
_RELEASE = ["index", "year", "component"]
# what is said of a province of the 63 is not said of a unit of the 34
_NUMBERS_OF_63 = (
    "rank_published",
    "rank_low",
    "rank_high",
    "rank_computed",
    "rank_implied",
    "score_implied",
    "change_score_published",
    "change_rank_published",
    "change_score_computed",
    "change_rank_computed",
)
_TEXTS_OF_63 = ("group_published", "group_computed", "rank_source_id")


def scores_on_34(
    scores: pd.DataFrame,
    provinces: pd.DataFrame,
    population: pd.DataFrame | None = None,
    *,
    weights: str = "population",
) -> pd.DataFrame:
    """Bring all years to the 34 units.

    Parameters
    ----------
    scores : DataFrame
        Table ``scores``; the geography of a row follows from its year.
    provinces : DataFrame
        Table ``provinces`` with both geographies; members are found by ``successor_id``, never by
        a code.
    population : DataFrame, optional
        ``year, province_id, population`` of the 63; needed for ``weights="population"``. The
        population of the same year weighs.
    weights : {"population", "equal"}
        How the members of a merged unit are averaged.

    Returns
    -------
    DataFrame
        Columns of ``scores`` and `COLUMNS`; one row for each of the 34 units in each index, year
        and component of which some score is known. For a year of 63 provinces:

        ``score, percent`` means of the members, only where all of them have a figure;
        ``approximation`` true for a mean of two or more; ``weights`` how (empty: nothing to
        weigh); ``n_members, n_members_known``; ``missing_members`` slugs of the members without
        a figure or population; ``reason`` why there is no score (``members_unknown``,
        ``population_unknown``); ranks, groups and changes of the 63 are empty.

        ``rank_among_34`` is computed here from these scores, among the ``n_among_34`` units that
        have one, and only where every ranked province has a score and a weight. It is never a
        published rank.

    Raises
    ------
    StatisticsError
        ``unknown_method`` for other weights, ``no_population`` where it is needed and not given.
    """
    if weights not in WEIGHTS:
        raise StatisticsError(
            "unknown_method",
            "no such weights",
            found=repr(weights),
            expected=" or ".join(WEIGHTS),
        )
    if weights == "population" and population is None:
        raise StatisticsError(
            "no_population",
            "no population of the provinces is given",
            advice='Bring it with `parstudy fetch geo --from FOLDER`, or ask for weights="equal"',
        )
    new = scores["year"].map(criteria.geography_of).eq("34")
    parts = [_of_63(scores[~new], provinces, population, weights), _of_34(scores[new])]
    parts = [p for p in parts if len(p)] or parts[:1]
    frame = pd.concat(parts, ignore_index=True)
    frame = _ranked(frame)
    order = [*_RELEASE[:2], "province_id", "component"]
    return frame.sort_values(order).reset_index(drop=True)[[*scores.columns, *COLUMNS]]


def _of_34(scores: pd.DataFrame) -> pd.DataFrame:
    known = scores["score"].notna().groupby([scores[c] for c in _RELEASE]).transform("sum")
    return scores.assign(
        approximation=False,
        weights="",
        n_members=1,
        n_members_known=scores["score"].notna().astype("int64"),
        missing_members="",
        reason="",
        _complete=known.ge(scores["n_ranked"]),
    )


def _of_63(
    scores: pd.DataFrame,
    provinces: pd.DataFrame,
    population: pd.DataFrame | None,
    weights: str,
) -> pd.DataFrame:
    old = provinces[provinces["geography"].eq("63")][["province_id", "successor_id"]]
    known = scores[scores["score"].notna()]
    complete = known.groupby(_RELEASE)["score"].size().ge(known.groupby(_RELEASE)["n_ranked"].max())
    releases = complete.rename("_complete").reset_index()
    grid = releases.merge(old, how="cross")
    # left, so that a member without a row counts as a member without a figure
    frame = grid.merge(known, on=[*_RELEASE, "province_id"], how="left", validate="one_to_one")
    if population is None or weights == "equal":
        frame["_weight"] = 1.0
    else:
        weighed = population.rename(columns={"population": "_weight"})
        frame = frame.merge(
            weighed[["year", "province_id", "_weight"]],
            on=["year", "province_id"],
            how="left",
            validate="many_to_one",
        )
    key = [*_RELEASE, "successor_id"]
    size = frame.groupby(key)["province_id"].transform("size")
    alone = size.eq(1)
    # a unit of one member needs no weight
    frame["_weight"] = frame["_weight"].mask(alone, 1.0)
    frame["_known"] = frame["score"].notna()
    frame["_weighed"] = frame["_weight"].notna()
    lacking = frame[~(frame["_known"] & frame["_weighed"])]
    names = lacking.groupby(key)["province_id"].agg(lambda s: " ".join(sorted(s)))
    grouped = frame.groupby(key)
    out = grouped.agg(
        n_members=("province_id", "size"),
        n_members_known=("_known", "sum"),
        _weighed=("_weighed", "all"),
        _complete=("_complete", "first"),
        criteria_set=("criteria_set", "first"),
        max_score=("max_score", "first"),
        decimals=("decimals", "min"),
        n_sources=("n_sources", "min"),
        certainty=("certainty", "first"),
        score_source_id=("score_source_id", _one_source),
        synthetic=("synthetic", "first"),
    )
    out["conflict"] = frame["conflict"].eq(True).groupby([frame[c] for c in key]).any()
    all_known = out["n_members_known"].eq(out["n_members"])
    usable = all_known & out["_weighed"]
    total = grouped["_weight"].sum()
    for column in _MEANS:
        product = (
            (frame[column] * frame["_weight"]).groupby([frame[c] for c in key]).sum(min_count=1)
        )
        full = frame[column].notna().groupby([frame[c] for c in key]).all()
        single = grouped[column].first()
        # the score of a unit of one member is its own, not one that went through a division
        mean = (product / total).where(out["n_members"].gt(1), single)
        out[column] = mean.where(usable & full)
    out["approximation"] = out["n_members"].gt(1)
    out["weights"] = np.where(out["n_members"].gt(1), weights, "")
    out["missing_members"] = names.reindex(out.index).fillna("")
    out["reason"] = np.select(
        [~all_known, ~out["_weighed"]], ["members_unknown", "population_unknown"], ""
    )
    merged = out["n_members"].gt(1)
    out["certainty"] = out["certainty"].mask(merged, "derived").fillna("derived")
    out["score_source_id"] = out["score_source_id"].fillna("")
    out["criteria_set"] = out["criteria_set"].fillna("")
    out["synthetic"] = out["synthetic"].eq(True)
    # without the members' weights a ranking would be one of the units that never merged
    weighable = out["reason"].ne("population_unknown").groupby(level=_RELEASE)
    out["_complete"] &= weighable.transform("all").astype(bool)
    out = out.reset_index().rename(columns={"successor_id": "province_id"})
    out["n_ranked"] = out["province_id"].groupby([out[c] for c in _RELEASE]).transform("size")
    for column in _NUMBERS_OF_63:
        out[column] = np.nan
    for column in _TEXTS_OF_63:
        out[column] = ""
    types: dict[str, Any] = {}
    for column in scores.columns:
        gap = scores[column].dtype.kind == "i" and out[column].isna().any()
        types[column] = "Int64" if gap else scores[column].dtype
    return out.astype(types)


def _one_source(values: pd.Series) -> str:
    """The source of all members; several are left out, the members' own rows name them."""
    found = {v for v in values.dropna() if v}
    return found.pop() if len(found) == 1 else ""


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    place = np.full(len(frame), np.nan)
    count = np.zeros(len(frame), dtype="int64")
    score, complete = frame["score"].to_numpy(float), frame["_complete"].to_numpy(bool)
    for rows in frame.groupby(_RELEASE).indices.values():
        known = rows[~np.isnan(score[rows])]
        count[rows] = len(known)
        if len(known) and complete[rows].all():
            place[known] = rank(score[known]).to_numpy(float)
    return frame.assign(rank_among_34=pd.array(place, dtype="Int64"), n_among_34=count).drop(
        columns="_complete"
    )
