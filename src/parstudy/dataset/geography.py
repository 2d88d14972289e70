"""Years of 63 provinces on the 34 units of today: stated as what it is, an approximation.

The score of a merged unit was never measured. The mean of its members, weighted by population or
not, is a stand-in that is flagged in every row; a unit of one member keeps its score and is no
approximation. Years that were measured for the 34 pass as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
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
_RELEASE = ["index_id", "year", "component"]
_UNIT = [*_RELEASE, "successor_id"]
_NAMED = ["criteria_set", "score_source_id"]
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
    """Years of the 63 provinces, member by member brought to the 34 units."""
    frame = _weighed(_members(scores, provinces), population, weights)
    out = _merged(frame)
    out = out.join(_means(frame, out))
    out["approximation"] = out["n_members"].gt(1)
    out["weights"] = np.where(out["approximation"], weights, "")
    out["reason"] = _reasons(out)
    out["certainty"] = out["certainty"].mask(out["approximation"], "derived").fillna("derived")
    out[_NAMED] = out[_NAMED].fillna("")
    out["synthetic"] = out["synthetic"].eq(True)
    # without the members' weights a ranking would be one of the units that never merged
    weighable = out["reason"].ne("population_unknown").groupby(level=_RELEASE)
    out["_complete"] &= weighable.transform("all").astype(bool)
    out = out.reset_index().rename(columns={"successor_id": "province_id"})
    out["n_ranked"] = out["province_id"].groupby([out[c] for c in _RELEASE]).transform("size")
    out = out.assign(**dict.fromkeys(_NUMBERS_OF_63, np.nan), **dict.fromkeys(_TEXTS_OF_63, ""))
    return out.astype(_types(scores, out))


def _members(scores: pd.DataFrame, provinces: pd.DataFrame) -> pd.DataFrame:
    """Every province of the 63 in each release, with its successor and, if known, its figures."""
    old = at(provinces, geography="63")[["province_id", "successor_id"]]
    known = scores[scores["score"].notna()]
    grouped = known.groupby(_RELEASE)
    complete = grouped["score"].size().ge(grouped["n_ranked"].max()).rename("_complete")
    grid = complete.reset_index().merge(old, how="cross")
    # left, so that a member without a row counts as a member without a figure
    return grid.merge(known, on=[*_RELEASE, "province_id"], how="left", validate="one_to_one")


def _weighed(frame: pd.DataFrame, population: pd.DataFrame | None, weights: str) -> pd.DataFrame:
    """Members with what each of them weighs, and whether figure and weight are known."""
    if population is None or weights == "equal":
        frame = frame.assign(_weight=1.0)
    else:
        people = population.rename(columns={"population": "_weight"})
        people = people[["year", "province_id", "_weight"]]
        key = ["year", "province_id"]
        frame = frame.merge(people, on=key, how="left", validate="many_to_one")
    # a unit of one member needs no weight
    alone = frame.groupby(_UNIT)["province_id"].transform("size").eq(1)
    weight = frame["_weight"].mask(alone, 1.0)
    return frame.assign(_weight=weight, _known=frame["score"].notna(), _weighed=weight.notna())


def _merged(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a unit: how many members there are and are known, and what they have in common."""
    out = frame.groupby(_UNIT).agg(
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
    out["conflict"] = frame["conflict"].eq(True).groupby([frame[c] for c in _UNIT]).any()
    lacking = frame[~(frame["_known"] & frame["_weighed"])]
    names = lacking.groupby(_UNIT)["province_id"].agg(lambda s: " ".join(sorted(s)))
    out["missing_members"] = names.reindex(out.index).fillna("")
    return out


def _means(frame: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    """Weighted means of the members, only where all of them have a figure and a weight."""
    grouped, unit = frame.groupby(_UNIT), [frame[c] for c in _UNIT]
    usable = out["n_members_known"].eq(out["n_members"]) & out["_weighed"]
    means = {}
    for column in _MEANS:
        product = (frame[column] * frame["_weight"]).groupby(unit).sum(min_count=1)
        full = frame[column].notna().groupby(unit).all()
        # the score of a unit of one member is its own, not one that went through a division
        own = grouped[column].first()
        mean = (product / grouped["_weight"].sum()).where(out["n_members"].gt(1), own)
        means[column] = mean.where(usable & full)
    return pd.DataFrame(means)


def _reasons(out: pd.DataFrame) -> Any:
    """Why a unit has no score; empty where it has one."""
    lacking = [out["n_members_known"].lt(out["n_members"]), ~out["_weighed"]]
    return np.select(lacking, ["members_unknown", "population_unknown"], "")


def _types(scores: pd.DataFrame, out: pd.DataFrame) -> dict[str, Any]:
    """Types of the columns of ``scores``, with room for gaps where there are some."""
    types: dict[str, Any] = {}
    for column in scores.columns:
        gap = scores[column].dtype.kind == "i" and out[column].isna().any()
        types[column] = "float64" if gap else scores[column].dtype
    return types


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
    return frame.assign(rank_among_34=place, n_among_34=count).drop(columns="_complete")
