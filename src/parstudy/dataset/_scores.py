"""Reconciled values -> the wide tables that everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from parstudy.facts import criteria, table
from parstudy.facts.fields import columns
from parstudy.statistics.ranking import rank

KEY = ["index", "year", "province_id", "component"]
COLUMNS = columns("scores")
AGGREGATE_COLUMNS = columns("aggregates")
_WHOLE = ["rank_published", "rank_low", "rank_high", "rank_computed", "rank_implied", "n_ranked"]
_MEMBERSHIP = "n_group_"


def aggregates(values: pd.DataFrame) -> pd.DataFrame:
    """Means, extremes, counts and samples of the nation and of regions."""
    rows = values[values["unit_level"].ne("province")].rename(columns={"quantity": "measure"})
    return rows[list(AGGREGATE_COLUMNS)].reset_index(drop=True)


def scores(
    values: pd.DataFrame,
    components: pd.DataFrame,
    releases: pd.DataFrame,
) -> pd.DataFrame:
    """One row per index × year × province × component.

    Parameters
    ----------
    values : DataFrame
        Reconciled values.
    components : DataFrame
        Table ``components``: maxima by criteria set and code.
    releases : DataFrame
        ``index, year, criteria_set, n_ranked, geography, synthetic``.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``.
    """
    rows = values[values["unit_level"].eq("province")].rename(columns={"unit_id": "province_id"})
    wide = rows.pivot(index=KEY, columns="quantity", values="value")
    frame = _with_implied_rows(wide)
    pick = {q: part.set_index(KEY) for q, part in rows.groupby("quantity")}

    def column(quantity: str, name: str = "value") -> pd.Series:
        if quantity not in pick:
            return pd.Series(np.nan, index=frame.index, dtype=object)
        return pick[quantity][name].reindex(frame.index)

    def number(quantity: str) -> pd.Series:
        return column(quantity).astype(float)

    out = pd.DataFrame(index=frame.index)
    per_release = releases.drop_duplicates(["index", "year"]).set_index(["index", "year"])
    of_release = pd.MultiIndex.from_arrays(
        [frame.index.get_level_values("index"), frame.index.get_level_values("year")]
    )
    out["criteria_set"] = _criteria_sets(of_release, per_release)
    out["score"] = number("score")
    out["max_score"] = _maxima(out, components).fillna(number("max"))
    total = frame.index.get_level_values("component") == "total"
    code = frame.index.get_level_values("index")
    hundred = code.isin([i.code for i in criteria.indices().values() if i.in_percent])
    own_scale = (total | (code == "SIPAS")) & hundred
    out["percent"] = number("percent").fillna(out["score"] / out["max_score"] * 100)
    out["percent"] = out["percent"].mask(pd.Series(own_scale, index=frame.index), out["score"])
    out["decimals"] = _shown_decimals(column("score", "decimals").astype("Int64"))
    out["n_ranked"] = number("of").fillna(
        pd.Series(per_release["n_ranked"].reindex(of_release).to_numpy(float), index=frame.index)
    )
    out["n_ranked"] = out["n_ranked"].fillna(63)
    # of a part more units can be known than have a total; they are ranked among themselves
    known = out["score"].groupby(level=["index", "year", "component"]).transform("count")
    out["n_ranked"] = out["n_ranked"].where((out["n_ranked"] >= known) | total, known)
    out["rank_published"] = number("rank")
    out["rank_low"] = out["rank_published"].fillna(number("rank_at_least"))
    out["rank_high"] = out["rank_published"].fillna(number("rank_at_most"))
    bounded = out["rank_low"].notna() | out["rank_high"].notna()
    out["rank_low"] = out["rank_low"].mask(bounded & out["rank_low"].isna(), 1)
    out["rank_high"] = out["rank_high"].mask(bounded & out["rank_high"].isna(), out["n_ranked"])
    out["rank_computed"] = _computed_ranks(out)
    out["change_score_published"] = number("change_score")
    out["change_rank_published"] = number("change_rank")
    # merged units are others, and a code or the scale of a total has a meaning within its set
    same_units = _same_units(out)
    same_scale = out["criteria_set"].eq(_shift(out["criteria_set"], -1)) | (
        total & out["max_score"].eq(_shift(out["max_score"], -1))
    )
    change = (out["score"] - _shift(out["score"], -1)).where(same_units & same_scale)
    out["change_score_computed"] = change
    places = _shift(out["rank_published"], -1) - out["rank_published"]
    out["change_rank_computed"] = places.where(same_units)
    # what the published change of next year says of this year, or this year's of last year's value
    out["rank_implied"] = (
        _shift(out["rank_published"], +1) + _shift(out["change_rank_published"], +1)
    ).fillna(_shift(out["rank_published"], -1) - out["change_rank_published"])
    inside = out["rank_implied"].between(1, out["n_ranked"])
    out["rank_implied"] = out["rank_implied"].where(inside)
    out["score_implied"] = (
        _shift(out["score"], +1) - _shift(out["change_score_published"], +1)
    ).fillna(_shift(out["score"], -1) + out["change_score_published"])
    out["score_implied"] = out["score_implied"].round(6)
    out["group_published"] = _groups(rows, frame.index)
    out["group_computed"] = _computed_groups(out)
    grouped = rows.groupby(KEY)
    out["n_sources"] = grouped["n_sources"].max().reindex(frame.index).fillna(0)
    out["conflict"] = grouped["conflict"].any().reindex(frame.index, fill_value=False)
    out["certainty"] = (
        column("score", "certainty")
        .fillna(column("rank", "certainty"))
        .fillna(column("percent", "certainty"))
        .fillna(grouped["certainty"].first().reindex(frame.index))
    )
    out["certainty"] = out["certainty"].fillna("derived").astype("str")
    out["score_source_id"] = column("score", "source_id").fillna("").astype("str")
    out["rank_source_id"] = (
        column("rank", "source_id")
        .fillna(column("rank_at_least", "source_id"))
        .fillna(column("rank_at_most", "source_id"))
        .fillna("")
        .astype("str")
    )
    out["synthetic"] = bool(releases["synthetic"].any()) if len(releases) else False
    out[_WHOLE] = out[_WHOLE].astype("Int64")
    out[["change_rank_published", "change_rank_computed", "n_sources"]] = out[
        ["change_rank_published", "change_rank_computed", "n_sources"]
    ].astype("Int64")
    return out.reset_index().sort_values(KEY).reset_index(drop=True)[list(COLUMNS)]


def _with_implied_rows(wide: pd.DataFrame) -> pd.DataFrame:
    """Add the province-years of which only a change against a neighbouring year tells."""
    index = wide.index
    additions = []
    for measure, base in (("change_rank", "rank"), ("change_score", "score")):
        if measure in wide and base in wide:
            told = wide[wide[measure].notna() & wide[base].notna()]
            for key in told.index:
                before = (key[0], key[1] - 1, key[2], key[3])
                additions.append(before)
    # a year before the index began is no year of it
    first = {code: _first_year(code) for code in index.get_level_values(0).unique()}
    additions = sorted({k for k in additions if k[1] >= first[k[0]]})
    union = index.union(pd.MultiIndex.from_tuples(additions, names=KEY)) if additions else index
    return wide.reindex(union)


def _first_year(code: str) -> int:
    frame = table("indices")
    known = dict(zip(frame["index"], frame["first_year"], strict=True))
    return int(known.get(code, 0))


def _criteria_sets(of_release: pd.MultiIndex, per_release: pd.DataFrame) -> list[str]:
    named: Mapping[Any, str] = dict(per_release["criteria_set"].items())
    cache: dict[tuple[str, int], str] = {}
    for key in of_release.unique():
        cache[key] = named.get(key, "") or criteria.criteria_set_of(*key)
    return [cache[k] for k in of_release]


def _maxima(out: pd.DataFrame, components: pd.DataFrame) -> pd.Series:
    known = components.set_index(["criteria_set", "code"])["max_score"]
    keys = pd.MultiIndex.from_arrays([out["criteria_set"], out.index.get_level_values("component")])
    return pd.Series(known.reindex(keys).to_numpy(float), index=out.index)


def _shown_decimals(decimals: pd.Series) -> pd.Series:
    """Decimals as printed, but no more than pages show of an index."""
    most = {i.code: i.shown_decimals for i in criteria.indices().values()}
    code = decimals.index.get_level_values("index")
    shown = pd.Series([most.get(c) for c in code], index=decimals.index, dtype="Int64")
    return decimals.where(shown.isna() | decimals.isna() | decimals.le(shown.fillna(0)), shown)


def _same_units(out: pd.DataFrame) -> pd.Series:
    """Whether the year before had the same units: 63 provinces, or 34 since 2025."""
    years = out.index.get_level_values("year")
    same = [criteria.geography_of(int(y)) == criteria.geography_of(int(y) - 1) for y in years]
    return pd.Series(same, index=out.index)


def _shift(series: pd.Series, years: int) -> pd.Series:
    """Value of ``year + years`` on the row of ``year``."""
    keys = series.index.to_frame(index=False)
    keys["year"] -= years
    moved = pd.Series(series.to_numpy(), index=pd.MultiIndex.from_frame(keys))
    return moved.reindex(series.index)


def _computed_ranks(out: pd.DataFrame) -> pd.Series:
    """Ranks from scores, only where every ranked unit has a score of one year."""
    result = np.full(len(out), np.nan)
    score, ranked = out["score"].to_numpy(float), out["n_ranked"].to_numpy(float)
    # positions, not labels: a look-up in an index of four levels costs more than the ranking
    for places in out.groupby(level=["index", "year", "component"]).indices.values():
        known = places[~np.isnan(score[places])]
        if len(known) and len(known) == ranked[places].max():
            result[known] = rank(score[known]).to_numpy(float)
    return pd.Series(result, index=out.index)


def _groups(rows: pd.DataFrame, index: pd.Index[Any]) -> pd.Series:
    letters = rows[rows["quantity"].eq("group")].set_index(KEY)["text"]
    named = rows[rows["quantity"].str.startswith(_MEMBERSHIP)]
    members = named.set_index(KEY)["quantity"].str.removeprefix(_MEMBERSHIP)
    members = members[~members.index.duplicated()]
    return letters.reindex(index).fillna(members.reindex(index)).fillna("").astype("str")


def _computed_groups(out: pd.DataFrame) -> pd.Series:
    letters = [
        criteria.group_of(index, year, percent)
        if component == "total" and not np.isnan(percent)
        else ""
        for (index, year, _, component), percent in zip(
            out.index.to_list(), out["score"], strict=True
        )
    ]
    return pd.Series(letters, index=out.index, dtype="str")
