"""Several sources for one number -> one chosen value, with the contradiction kept in sight.

The rule, in this order:

1. a doubtful figure never beats one that is not;
2. an official table wins;
3. a figure that other published figures rule out (the order of ranks and scores, a rank that
   another unit holds, a published change, a score beyond the nation's extreme) loses to one that
   they do not;
4. page of the ministry > page of the province > open panel > press;
5. newer > older.

Among the figures that agree with the winner to rounding, the most precise one is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from parstudy.facts import criteria, table
from parstudy.facts.fields import columns

KEY = ["index_id", "year", "unit_level", "unit_id", "component", "quantity"]
COLUMNS = columns("values")
_SLACK = 1e-9
_PREFERENCE = {
    "_doubtful": True,
    "_official": False,
    "_against": True,
    "_kind": True,
    "_date": False,
    "decimals": False,
    "source_id": True,
    "figure_id": True,
}
_ORDER = [*KEY, *_PREFERENCE]
_ASCENDING = [*[True] * len(KEY), *_PREFERENCE.values()]
_BASES = {"score": "change_score", "mean": "change_score", "rank": "change_rank"}


def quantity(frame: pd.DataFrame) -> pd.Series:
    """What a figure measures, with the names that mean the same brought together.

    The total of an index of 100 points is a score, whether a page prints points or percent; of the
    nation and of regions it is the mean.
    """
    measure = frame["measure"]
    whole = frame["component"].eq("total") | frame["index_id"].eq("SIPAS")
    whole &= frame["index_id"].isin([i.code for i in criteria.indices().values() if i.in_percent])
    level = measure.isin(["score", "percent"]) & whole
    province = frame["unit_level"].eq("province")
    return measure.mask(level & province, "score").mask(level & ~province, "mean")


def agree(a: pd.Series, a_decimals: pd.Series, b: pd.Series, b_decimals: pd.Series) -> pd.Series:
    """Whether two printed numbers can be the same number, rounded to the coarser of the two."""
    coarse = np.minimum(a_decimals.to_numpy(dtype=float), b_decimals.to_numpy(dtype=float))
    return (a - b).abs().le(0.5 * 10.0**-coarse + _SLACK)


def reconcile(figures: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Choose one value for each index × year × unit × component × quantity.

    Parameters
    ----------
    figures : DataFrame
        Table ``figures``.
    sources : DataFrame
        Table ``sources``: ``source_id, kind, published_on`` are used.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``. ``conflict``: a figure that does not agree to rounding with the
        chosen one. ``rounding``: figures that agree but are printed with different precision.
        ``others``: the texts not chosen, each with its source.
    """
    frame = figures.assign(quantity=quantity(figures))
    priority = table("source_kinds").set_index("kind")["priority"].astype(int)
    by_source = sources.set_index("source_id")
    frame["_doubtful"] = frame["certainty"].eq("doubtful")
    frame["_kind"] = (
        frame["source_id"].map(by_source["kind"].map(priority)).fillna(priority.max() + 1)
    )
    frame["_official"] = frame["_kind"].eq(priority.min())
    frame["_date"] = frame["source_id"].map(by_source["published_on"]).fillna("")
    frame["_value"] = frame["value"].where(frame["value"].notna(), _letter(frame["text"]))
    frame["_against"] = 0
    frame = frame.sort_values(_ORDER, ascending=_ASCENDING, kind="stable")
    frame["_against"] = _contradictions(frame)
    frame = frame.sort_values(_ORDER, ascending=_ASCENDING, kind="stable")
    winner = frame.drop_duplicates(KEY)[[*KEY, "_value", "decimals", "_doubtful"]]
    frame = frame.merge(winner, on=KEY, suffixes=("", "_win"), validate="many_to_one")
    frame["_agrees"] = agree(
        frame["_value"], frame["decimals"], frame["_value_win"], frame["decimals_win"]
    )
    # among those that agree with the winner the most precise is taken; order settles the rest
    frame["_candidate"] = frame["_agrees"] & frame["_doubtful"].eq(frame["_doubtful_win"])
    chosen = (
        frame[frame["_candidate"]]
        .sort_values([*KEY, "decimals"], ascending=[True] * len(KEY) + [False], kind="stable")
        .drop_duplicates(KEY)
    )
    grouped = frame.groupby(KEY, sort=False)
    facts = pd.DataFrame(
        {
            "n_figures": grouped.size(),
            "n_sources": grouped["source_id"].nunique(),
            "conflict": ~grouped["_agrees"].all(),
            "rounding": grouped["_agrees"].all() & grouped["decimals"].nunique().gt(1),
        }
    ).reset_index()
    result = chosen.merge(facts, on=KEY, validate="one_to_one")
    result["others"] = _others(frame, chosen)
    return result[list(COLUMNS)].reset_index(drop=True)


def _contradictions(frame: pd.DataFrame) -> pd.Series:
    """For figures in conflict: how many other published figures rule each of them out."""
    disputed = frame.groupby(KEY)["_value"].transform("nunique").gt(1)
    about = ["index_id", "component"]
    named = frame.loc[disputed, about].drop_duplicates()
    first = frame.drop_duplicates(KEY).merge(named, on=about)
    cells = dict(zip(zip(*(first[k] for k in KEY), strict=True), first["_value"], strict=True))
    known = first[first["unit_level"].eq("province") & first["quantity"].isin(["score", "rank"])]
    places = {
        key: part.pivot(index="unit_id", columns="quantity", values="_value")
        for key, part in known.groupby(["index_id", "year", "component"])
    }
    counts = np.zeros(len(frame), dtype=int)
    for position in np.flatnonzero(disputed.to_numpy()):
        row = frame.iloc[position]
        counts[position] = (
            _against_change(row, cells)
            + _against_order(row, cells, places)
            + _against_extreme(row, places)
        )
    return pd.Series(counts, index=frame.index)


def _against_change(row: pd.Series, cells: Mapping[tuple[Any, ...], float]) -> int:
    index, year, level, unit, component, name = (row[k] for k in KEY)

    def cell(when: int, what: str) -> float:
        return cells.get((index, when, level, unit, component, what), np.nan)

    triples: list[tuple[float, float, float, bool]] = []  # before, now, change, of ranks
    value = row["_value"]
    if name in _BASES:
        change, ranked = _BASES[name], name == "rank"
        triples = [
            (cell(year - 1, name), value, cell(year, change), ranked),
            (value, cell(year + 1, name), cell(year + 1, change), ranked),
        ]
    elif name in _BASES.values():
        ranked = name == "change_rank"
        base = "rank" if ranked else ("score" if level == "province" else "mean")
        triples = [(cell(year - 1, base), cell(year, base), value, ranked)]
    slack = {True: 0.0, False: 0.015}
    return sum(
        abs((before - now if ranked else now - before) - change) > slack[ranked] + _SLACK
        for before, now, change, ranked in triples
    )


def _against_order(
    row: pd.Series,
    cells: Mapping[tuple[Any, ...], float],
    places: Mapping[Any, pd.DataFrame],
) -> int:
    index, year, level, unit, component, name = (row[k] for k in KEY)
    peers = places.get((index, year, component))
    if level != "province" or name not in ("score", "rank") or peers is None:
        return 0
    others = peers.drop(index=unit, errors="ignore")
    own = {
        what: row["_value"] if what == name else cells.get((*[row[k] for k in KEY[:-1]], what))
        for what in ("score", "rank")
    }
    held = int(others["rank"].eq(own["rank"]).sum()) if name == "rank" and "rank" in others else 0
    if own["score"] is None or own["rank"] is None or not {"score", "rank"} <= set(others):
        return held
    gap = others["score"] - own["score"]
    worse = (others["rank"] - own["rank"]) * gap > 0
    return held + int((worse & gap.abs().gt(0.01 + _SLACK)).sum())


def _against_extreme(row: pd.Series, places: Mapping[Any, pd.DataFrame]) -> int:
    peers = places.get((row["index_id"], row["year"], row["component"]))
    if row["unit_level"] != "national" or peers is None or "score" not in peers:
        return 0
    half = 0.5 * 10.0 ** -int(row["decimals"])
    beyond = {
        "min": peers["score"] < row["_value"] - half,
        "max": peers["score"] > row["_value"] + half,
    }
    return int(beyond[row["quantity"]].sum()) if row["quantity"] in beyond else 0


def _letter(text: pd.Series) -> pd.Series:
    # letters are compared like numbers: equal or not
    return text.map({t: float(i) for i, t in enumerate(sorted(set(text)))})


def _others(frame: pd.DataFrame, chosen: pd.DataFrame) -> list[str]:
    left = frame[~frame["figure_id"].isin(chosen["figure_id"])]
    merged = left.merge(
        chosen[[*KEY, "text"]], on=KEY, suffixes=("", "_chosen"), validate="many_to_one"
    )
    merged = merged[merged["text"].ne(merged["text_chosen"])]
    texts = (merged["text"] + " (" + merged["source_id"] + ")").groupby(
        [merged[k] for k in KEY], sort=False
    )
    joined = texts.agg(lambda s: "; ".join(dict.fromkeys(s)))
    keys = pd.MultiIndex.from_frame(chosen[KEY])
    return list(joined.reindex(keys).fillna("")) if len(joined) else [""] * len(chosen)
