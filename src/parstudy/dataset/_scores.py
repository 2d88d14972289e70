"""Reconciled values -> the wide tables that everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from parstudy.facts import criteria, table
from parstudy.facts.fields import columns
from parstudy.statistics.ranking import rank

KEY = ["index_id", "year", "province_id", "component"]
COLUMNS = columns("scores")
AGGREGATE_COLUMNS = columns("aggregates")
_WHOLE = [
    *("rank_published", "rank_low", "rank_high", "rank_computed", "rank_implied", "n_ranked"),
    *("change_rank_published", "change_rank_computed", "n_sources"),
]
_FULL = 63  # units ranked where no release says how many
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
        ``index_id, year, criteria_set, n_ranked, geography, synthetic``.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``.
    """
    chosen = _Chosen(values)
    out = pd.DataFrame(index=chosen.index)
    _scales(out, chosen, components, releases)
    _ranks(out, chosen, releases)
    _changes(out, chosen)
    _implied(out)
    out["group_published"] = _groups(chosen)
    out["group_computed"] = _computed_groups(out)
    _origins(out, chosen)
    out["synthetic"] = bool(releases["synthetic"].any()) if len(releases) else False
    out[_WHOLE] = out[_WHOLE].astype("Int64")
    return out.reset_index().sort_values(KEY).reset_index(drop=True)[list(COLUMNS)]


class _Chosen:
    """Chosen figures of provinces, by quantity, on the rows of the table to be made.

    Attributes
    ----------
    rows : DataFrame
        Reconciled values of provinces, with ``province_id``.
    index : MultiIndex
        ``KEY`` of every row, those that only a neighbouring year tells of included.
    """

    def __init__(self, values: pd.DataFrame) -> None:
        rows = values[values["unit_level"].eq("province")]
        self.rows = rows.rename(columns={"unit_id": "province_id"})
        wide = self.rows.pivot(index=KEY, columns="quantity", values="value")
        self.index = _with_implied_rows(wide)
        self._parts = {q: part.set_index(KEY) for q, part in self.rows.groupby("quantity")}

    def column(self, quantity: str, name: str = "value") -> pd.Series:
        """One column of the chosen figures of a quantity; empty where there is none."""
        if quantity not in self._parts:
            return pd.Series(np.nan, index=self.index, dtype=object)
        return self._parts[quantity][name].reindex(self.index)

    def number(self, quantity: str) -> pd.Series:
        """Values of a quantity; NaN where there is none."""
        return self.column(quantity).astype(float)

    def first(self, name: str, *quantities: str) -> pd.Series:
        """One column of the first of several quantities that is there."""
        found = self.column(quantities[0], name)
        for quantity in quantities[1:]:
            found = found.fillna(self.column(quantity, name))
        return found

    @property
    def total(self) -> Any:
        """Which rows are of a whole index."""
        return self.index.get_level_values("component") == "total"

    def of_release(self) -> pd.MultiIndex:
        """Index and year of every row."""
        return pd.MultiIndex.from_arrays([self.index.get_level_values(n) for n in KEY[:2]])


def _scales(
    out: pd.DataFrame, chosen: _Chosen, components: pd.DataFrame, releases: pd.DataFrame
) -> None:
    """Score, its maximum by the criteria set in force, and its share of that."""
    named = releases.drop_duplicates(["index_id", "year"]).set_index(["index_id", "year"])
    out["criteria_set"] = _criteria_sets(chosen.of_release(), named)
    out["score"] = chosen.number("score")
    out["max_score"] = _maxima(out, components).fillna(chosen.number("max"))
    code = out.index.get_level_values("index_id")
    hundred = code.isin([i.code for i in criteria.indices().values() if i.in_percent])
    own_scale = pd.Series((chosen.total | (code == "SIPAS")) & hundred, index=out.index)
    out["percent"] = chosen.number("percent").fillna(out["score"] / out["max_score"] * 100)
    out["percent"] = out["percent"].mask(own_scale, out["score"])
    out["decimals"] = _shown_decimals(chosen.column("score", "decimals").astype("Int64"))


def _ranks(out: pd.DataFrame, chosen: _Chosen, releases: pd.DataFrame) -> None:
    """Ranks as published, what bounds leave of them, and ranks from complete scores."""
    named = releases.drop_duplicates(["index_id", "year"]).set_index(["index_id", "year"])[
        "n_ranked"
    ]
    of_release = named.reindex(chosen.of_release()).to_numpy(float)
    ranked = chosen.number("of").fillna(pd.Series(of_release, index=out.index)).fillna(_FULL)
    # of a part more units can be known than have a total; they are ranked among themselves
    known = out["score"].groupby(level=["index_id", "year", "component"]).transform("count")
    out["n_ranked"] = ranked.where((ranked >= known) | chosen.total, known)
    out["rank_published"] = chosen.number("rank")
    low = out["rank_published"].fillna(chosen.number("rank_at_least"))
    high = out["rank_published"].fillna(chosen.number("rank_at_most"))
    bounded = low.notna() | high.notna()
    out["rank_low"] = low.mask(bounded & low.isna(), 1)
    out["rank_high"] = high.mask(bounded & high.isna(), out["n_ranked"])
    out["rank_computed"] = _computed_ranks(out)


def _changes(out: pd.DataFrame, chosen: _Chosen) -> None:
    """Changes as published, and this year minus last year where the two compare."""
    out["change_score_published"] = chosen.number("change_score")
    out["change_rank_published"] = chosen.number("change_rank")
    # merged units are others, and a code or the scale of a total has a meaning within its set
    same_units = _same_units(out)
    same_scale = out["criteria_set"].eq(_shift(out["criteria_set"], -1)) | (
        chosen.total & out["max_score"].eq(_shift(out["max_score"], -1))
    )
    points = out["score"] - _shift(out["score"], -1)
    places = _shift(out["rank_published"], -1) - out["rank_published"]
    out["change_score_computed"] = points.where(same_units & same_scale)
    out["change_rank_computed"] = places.where(same_units)


def _implied(out: pd.DataFrame) -> None:
    """What next year's published change says of this year, or this year's of last year's value."""
    rank, moved = out["rank_published"], out["change_rank_published"]
    told = (_shift(rank, +1) + _shift(moved, +1)).fillna(_shift(rank, -1) - moved)
    out["rank_implied"] = told.where(told.between(1, out["n_ranked"]))
    score, gained = out["score"], out["change_score_published"]
    told = (_shift(score, +1) - _shift(gained, +1)).fillna(_shift(score, -1) + gained)
    out["score_implied"] = told.round(6)


def _origins(out: pd.DataFrame, chosen: _Chosen) -> None:
    """How many sources there are, whether they contradict, and where score and rank come from."""
    grouped = chosen.rows.groupby(KEY)
    out["n_sources"] = grouped["n_sources"].max().reindex(out.index).fillna(0)
    out["conflict"] = grouped["conflict"].any().reindex(out.index, fill_value=False)
    certainty = chosen.first("certainty", "score", "rank", "percent")
    certainty = certainty.fillna(grouped["certainty"].first().reindex(out.index))
    out["certainty"] = certainty.fillna("derived").astype("str")
    source = chosen.first("source_id", "score", "percent")
    out["score_source_id"] = source.fillna("").astype("str")
    source = chosen.first("source_id", "rank", "rank_at_least", "rank_at_most")
    out["rank_source_id"] = source.fillna("").astype("str")


def _with_implied_rows(wide: pd.DataFrame) -> pd.MultiIndex:
    """Keys of all rows, with province-years that only the change of a neighbouring year tells."""
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
    if additions:
        index = index.union(pd.MultiIndex.from_tuples(additions, names=KEY))
    return cast("pd.MultiIndex", index)


def _first_year(code: str) -> int:
    frame = table("indices")
    known = dict(zip(frame["index_id"], frame["first_year"], strict=True))
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
    code = decimals.index.get_level_values("index_id")
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
    for places in out.groupby(level=["index_id", "year", "component"]).indices.values():
        known = places[~np.isnan(score[places])]
        if len(known) and len(known) == ranked[places].max():
            result[known] = rank(score[known]).to_numpy(float)
    return pd.Series(result, index=out.index)


def _groups(chosen: _Chosen) -> pd.Series:
    """Groups as published: as a letter, or by a count that names its members."""
    rows, index = chosen.rows, chosen.index
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
