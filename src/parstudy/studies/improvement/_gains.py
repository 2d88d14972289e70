"""Lost points and what each is worth; who overtook us and on what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.studies.improvement._standing import (
    EXACT,
    Standing,
    Tables,
    crossed,
    known_parts,
    level_of,
    standing_of,
)

_SIMILAR = 10
_AT_TOP = 1e-9


@dataclass(frozen=True, eq=False)
class Gains:
    """Lost points of one province, and what they are worth.

    Attributes
    ----------
    index, year, province_id, level : str, int, str, str
        Of what; ``level`` is empty if no component is known.
    table : DataFrame
        Index ``code``, the largest loss first; ``parent, level, name_vi, name_en, scoring,
        lead_department, score, max_score, lost, best, attainable`` (highest score of any
        province in the year, and how much that is above the own score); ``n_known, n_at_max,
        share_at_max`` (provinces with a figure, those at the maximum, their share 0 to 1);
        ``n_similar, n_similar_at_max`` (the ten nearest in total), ``n_region,
        n_region_at_max``, both without the province itself; ``easy`` (at least half of the
        similar ones are at the maximum, <NA> if none is known); ``places_low, places_high``
        (places gained if this alone rose to its maximum); ``claimed, not_granted`` (points that
        the province claimed for itself, and how many of them the appraisal did not grant; NaN
        where no self-assessment is known);
        ``decimals, source_id``.
    departments : DataFrame
        Index ``lead_department`` (empty: not known), the largest loss first; ``n_components,
        lost, share`` (of all lost points), ``places_low, places_high`` (if the department raised
        all its components to their maximum).
    known, total : int
        Components known, and in the criteria set at this level.
    """

    index: str
    year: int
    province_id: str
    level: str
    table: pd.DataFrame
    departments: pd.DataFrame
    known: int
    total: int


def max_gain(tables: Tables, province: str, year: int, *, index: str = "PAR_INDEX") -> Gains:
    """List every component's lost points with what they are worth in places.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, in which year, which index.

    Returns
    -------
    Gains

    Raises
    ------
    ProvinceError
        If the name is none of the units of that year.
    """
    standing = standing_of(tables, province, year, index)
    level = level_of(standing)
    if not level:
        return Gains(index, year, standing.province_id, "", _no_gains(), _no_departments(), 0, 0)
    frame = known_parts(standing, level)
    frame = frame.join(_at_maximum(standing, list(frame.index), tables.provinces))
    frame["share_at_max"] = frame["n_at_max"] / frame["n_known"]
    similar = frame["n_similar_at_max"].mul(2).ge(frame["n_similar"])
    frame["easy"] = similar.astype("boolean").mask(frame["n_similar"].eq(0))
    worth = [_worth(standing, lost) for lost in frame["lost"]]
    frame["places_low"], frame["places_high"] = _columns(worth, frame.index)
    frame["claimed"] = _claimed(tables, standing).reindex(frame.index).to_numpy(dtype=float)
    frame["not_granted"] = (frame["claimed"] - frame["score"]).round(EXACT)
    frame["_order"] = range(len(frame))
    frame = frame.sort_values(["lost", "_order"], ascending=[False, True]).drop(columns="_order")
    return Gains(
        index=index,
        year=year,
        province_id=standing.province_id,
        level=level,
        table=frame[_no_gains().columns],
        departments=_departments(standing, frame),
        known=len(frame),
        total=len(criteria.cut(standing.tree, level)),
    )


def _no_gains() -> pd.DataFrame:
    columns = ["parent", "level", "name_vi", "name_en", "scoring", "lead_department", "score"]
    columns += [
        "max_score",
        "lost",
        "best",
        "attainable",
        "n_known",
        "n_at_max",
        "share_at_max",
        "n_similar",
    ]
    columns += ["n_similar_at_max", "n_region", "n_region_at_max", "easy", "places_low"]
    columns += ["places_high", "claimed", "not_granted", "decimals", "source_id"]
    return pd.DataFrame(columns=columns, index=pd.Index([], name="code", dtype="str"))


def _no_departments() -> pd.DataFrame:
    columns = ["n_components", "lost", "share", "places_low", "places_high"]
    return pd.DataFrame(columns=columns, index=pd.Index([], name="lead_department", dtype="str"))


def _worth(standing: Standing, points: float) -> tuple[Any, Any]:
    """Places gained with so many points more: fewest and most that the figures allow."""
    low, high = standing.own_bounds
    best, worst = standing.rank_bounds
    if best == 0 or best != worst or pd.isna(low):
        return pd.NA, pd.NA
    if points <= 0:
        return 0, 0
    new_best, new_worst = standing.rank_of(low + points, high + points)
    return max(0, best - new_worst), max(0, best - new_best)


def _columns(pairs: list[tuple[Any, Any]], index: pd.Index) -> tuple[Any, Any]:
    first, second = ([p[i] for p in pairs] for i in (0, 1))
    low, high = (pd.Series(own, index, dtype="Int64").astype(float) for own in (first, second))
    return low, high


def _at_maximum(standing: Standing, codes: list[str], provinces: pd.DataFrame) -> pd.DataFrame:
    """How many provinces are at the maximum of each component: all, similar, same region."""
    rows = standing.parts[standing.parts["component"].isin(codes)]
    rows = rows[rows["score"].notna() & rows["max_score"].notna()]
    rows = rows.assign(top=rows["score"] >= rows["max_score"] - _AT_TOP)
    wide = rows.pivot(index="province_id", columns="component", values="top").reindex(columns=codes)
    others = wide.drop(index=standing.province_id, errors="ignore")
    similar = others.reindex(_similar(standing))
    regions = provinces.drop_duplicates("province_id", keep="first").set_index("province_id")
    own_region = regions["region_id"].get(standing.province_id, "")
    members = set(regions.index[regions["region_id"].eq(own_region)])
    region = others[others.index.isin(members)]
    frame = pd.DataFrame(index=pd.Index(codes, name="code"))
    for name, part in (("", wide), ("similar_", similar), ("region_", region)):
        known = part.notna()
        frame["n_known" if not name else f"n_{name[:-1]}"] = known.sum().astype(int)
        frame[f"n_{name}at_max"] = part.fillna(False).astype(bool).sum().astype(int)
    return frame


def _similar(standing: Standing) -> list[str]:
    """The ten nearest in total, whoever they are."""
    totals = standing.totals["score"].drop(standing.province_id, errors="ignore").dropna()
    if pd.isna(standing.score) or totals.empty:
        return []
    gap = (totals - standing.score).abs().round(EXACT)
    order = gap.reset_index().sort_values(["score", "province_id"])
    return list(order["province_id"].head(_SIMILAR))


def _claimed(tables: Tables, standing: Standing) -> pd.Series[float]:
    """Points that the province claimed for itself, index component."""
    values = getattr(tables, "values", None)
    if values is None:
        return pd.Series(dtype=float)
    own = at(
        values,
        quantity="self_assessed",
        index_id=standing.index,
        year=standing.year,
        unit_id=standing.province_id,
    ).drop_duplicates("component")
    claimed: pd.Series[float] = own.set_index("component")["value"].astype(float)
    return claimed


def _departments(standing: Standing, frame: pd.DataFrame) -> pd.DataFrame:
    losing = frame[frame["lost"].gt(0)]
    if losing.empty:
        return _no_departments()
    table = losing.groupby("lead_department")["lost"].agg(["size", "sum"])
    table.columns = pd.Index(["n_components", "lost"])
    table["lost"] = table["lost"].round(EXACT)
    table["share"] = table["lost"] / table["lost"].sum()
    worth = [_worth(standing, lost) for lost in table["lost"]]
    table["places_low"], table["places_high"] = _columns(worth, table.index)
    table = table.reset_index().sort_values(["lost", "lead_department"], ascending=[False, True])
    return table.set_index("lead_department")


# --- overtakers ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Overtakers:
    """Provinces that passed us since the year before, or that we passed.

    Attributes
    ----------
    index, year, province_id : str, int, str
        Of what.
    rank_before, rank : int or <NA>
        Of the province itself; <NA> where it is not known, and then nothing can be said.
    before_from : str
        ``published``, ``computed`` or ``implied`` (by the published change of rank).
    table : DataFrame
        Index ``province_id``; ``way`` (``overtook`` us or was ``overtaken``), ``rank_before, rank,
        change`` (of score), ``gained`` (that change minus ours; NaN where a score is not known),
        ``source_id``.
    parts : DataFrame
        Those who overtook, by component: ``province_id, code, name_vi, name_en, change,
        own_change, gained`` (points gained on us).
    by_component : DataFrame
        Index ``code``; ``name_vi, name_en, gained`` (mean over those who overtook), ``n``,
        ``own_change``, the largest gain first.
    level : str
        Level of the components; empty where they are not known for both years.
    n_unknown : int
        Other units whose rank is not known in one of the years.
    comparable : bool
        Whether both years have one criteria set.
    merged : bool
        Whether provinces were merged between the two years, so that nothing can be compared.
    """

    index: str
    year: int
    province_id: str
    rank_before: Any
    rank: Any
    before_from: str
    table: pd.DataFrame
    parts: pd.DataFrame
    by_component: pd.DataFrame
    level: str
    n_unknown: int
    comparable: bool
    merged: bool


def overtakers(tables: Tables, province: str, year: int, *, index: str = "PAR_INDEX") -> Overtakers:
    """Find who overtook a province since last year, and on which components they gained.

    Parameters
    ----------
    tables : Tables
        A dataset.
    province, year, index : str, int, str
        Whose, in which year (against the year before), which index.

    Returns
    -------
    Overtakers

    Raises
    ------
    ProvinceError
        If the name is none of the units of that year.
    """
    now = standing_of(tables, province, year, index)
    before = standing_of(tables, province, year - 1, index)
    us = now.province_id
    ranks = pd.DataFrame(
        {
            "rank": now.totals["rank"],
            "rank_before": before.totals["rank"].fillna(before.totals["rank_implied"]),
            "score": now.totals["score"],
            "score_before": before.totals["score"].fillna(before.totals["score_implied"]),
            "source_id": now.totals["rank_source_id"],
        }
    )
    merged = crossed(year)
    if merged:  # a rank among 63 is no rank among 34, and a merged unit is another one
        ranks[["rank_before", "score_before"]] = float("nan")
    own = ranks.loc[us] if us in ranks.index else None
    known = ranks.drop(us, errors="ignore").dropna(subset=["rank", "rank_before"])
    table = _no_overtakers()
    if own is not None and pd.notna(own["rank"]) and pd.notna(own["rank_before"]):
        was_behind = known["rank_before"].gt(own["rank_before"])
        was_ahead = known["rank_before"].lt(own["rank_before"])
        over = known[was_behind & known["rank"].lt(own["rank"])].assign(way="overtook")
        under = known[was_ahead & known["rank"].gt(own["rank"])].assign(way="overtaken")
        table = pd.concat([over, under])
        table["change"] = table["score"] - table["score_before"]
        table["gained"] = (table["change"] - (own["score"] - own["score_before"])).round(EXACT)
        table = table.reset_index(names="province_id").sort_values(["way", "rank", "province_id"])
        table = table.sort_values("way", key=lambda w: w.ne("overtook"), kind="stable")
        table = table.set_index("province_id")[_no_overtakers().columns]
    same = not merged
    same &= set(now.totals["criteria_set"]) == set(before.totals["criteria_set"])
    level, parts = "", _no_parts()
    if same and len(table):
        ids = list(table.index[table["way"].eq("overtook")])
        level, parts = _gained(now, before, ids)
    return Overtakers(
        index=index,
        year=year,
        province_id=us,
        rank_before=pd.NA if own is None else own["rank_before"],
        rank=pd.NA if own is None else own["rank"],
        before_from="" if merged else _rank_from(before, us),
        table=table,
        parts=parts,
        by_component=_by_component(parts),
        level=level,
        n_unknown=max(now.n - 1 - len(known), 0),
        comparable=same,
        merged=merged,
    )


def _rank_from(before: Standing, us: str) -> str:
    if us not in before.totals.index:
        return ""
    row = before.totals.loc[us]
    for column, name in (
        ("rank_published", "published"), ("rank_computed", "computed"), ("rank_implied", "implied"),
    ):  # fmt: skip
        if pd.notna(row[column]):
            return name
    return ""


def _no_overtakers() -> pd.DataFrame:
    columns = ["way", "rank_before", "rank", "change", "gained", "source_id"]
    return pd.DataFrame(columns=columns, index=pd.Index([], name="province_id", dtype="str"))


def _no_parts() -> pd.DataFrame:
    columns = ["province_id", "code", "name_vi", "name_en", "change", "own_change", "gained"]
    return pd.DataFrame(columns=columns)


def _gained(now: Standing, before: Standing, ids: list[str]) -> tuple[str, pd.DataFrame]:
    """Level at which components are known, and what each of the others gained on them."""
    level = level_of(now)
    codes = criteria.cut(now.tree, level) if level else []
    if not codes or not ids:
        return "", _no_parts()

    def wide(standing: Standing) -> pd.DataFrame:
        """Points of the province and the others by component."""
        rows = standing.parts[standing.parts["component"].isin(codes)]
        return rows.pivot(index="province_id", columns="component", values="score").reindex(
            index=[now.province_id, *ids], columns=codes
        )

    change = (wide(now) - wide(before)).round(EXACT)
    if change.loc[now.province_id].isna().all():
        return "", _no_parts()
    theirs = change.loc[ids].rename_axis(index="province_id").reset_index()
    frame = theirs.melt(id_vars="province_id", var_name="code", value_name="change")
    ours = dict(change.loc[now.province_id].items())
    frame["own_change"] = frame["code"].map(ours)
    frame["gained"] = (frame["change"] - frame["own_change"]).round(EXACT)
    frame = frame[frame["gained"].notna()]
    for column in ("name_vi", "name_en"):
        frame[column] = frame["code"].map(now.tree[column]).fillna("")
    return level, frame[_no_parts().columns].reset_index(drop=True)


def _by_component(parts: pd.DataFrame) -> pd.DataFrame:
    columns = ["name_vi", "name_en", "gained", "n", "own_change"]
    if parts.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="code", dtype="str"))
    table = parts.groupby("code", sort=False).agg(
        name_vi=("name_vi", "first"),
        name_en=("name_en", "first"),
        gained=("gained", "mean"),
        n=("gained", "size"),
        own_change=("own_change", "first"),
    )
    table["gained"] = table["gained"].round(EXACT)
    return table.sort_values("gained", ascending=False, kind="stable")
