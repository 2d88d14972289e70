"""One province in one index year: where it stands, how it moved, what it lost, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at, values_in
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.records import records
from parstudy.studies.contradictions import Contradictions, contradictions
from parstudy.studies.implied import Kind, implied_from

FEWEST = 3
"""Fewest provinces of which a mean is given."""
_KINDS: tuple[Kind, ...] = ("score", "rank")
_ROUNDING = 0.5 * 10.0**-1 + 0.5 * 10.0**-2 + 1e-4
"""A printed change may be rounded to one decimal, and what it is held against to two."""


@dataclass(frozen=True)
class Profile:
    """Everything that a province report states, as tables.

    Attributes
    ----------
    province_id, year : str, int
        Whose and when.
    headline : DataFrame
        One row per index (indexed by it): ``score, decimals, max_score, rank, rank_low,
        rank_high, n_ranked, group, group_from`` (published or computed), ``score_before,
        rank_before, before_from`` (published, implied or empty), ``change_score, change_rank``
        (published), ``change_score_computed, change_rank_computed``, ``score_implied,
        rank_implied`` (by the figure of a neighbouring year and a published change) with the year
        in ``score_implied_from, rank_implied_from`` and, for what is implied of the year before,
        in ``score_before_year, rank_before_year``, ``agrees`` (published and computed change
        agree, <NA> if one is unknown), ``score_source_id, rank_source_id,
        change_source_id, break`` (kind of the break if the year is not comparable with the year
        before, else empty).
    history : DataFrame
        Rows of ``scores`` (totals) of the province, all years and indices.
    neighbours : DataFrame
        Provinces next to it in PAR INDEX rank: ``province_id, rank_published, score``.
    peers : DataFrame
        Provinces of its region: ``index, province_id, rank_published, rank_low, rank_high,
        score, rank_implied, score_implied``.
    parts : DataFrame
        Components known in the year: ``index, component, level, name_vi, name_en, parent, score,
        max_score, percent, rank_published, lost, mean_percent, n_known, certainty, source_id``;
        ``n_parts`` that the criteria set has at the level.
    missing : DataFrame
        ``index_id, what, known, total``: what a full report would have and is not known.
    figures : DataFrame
        Every published figure behind the report, rows of ``figures``.
    contradictions : Contradictions
        What the checks say against figures of this province, in all years.
    contested_units : frozenset of (str, str)
        Index and unit of all totals of the year that a finding touches.
    """

    province_id: str
    year: int
    headline: pd.DataFrame
    history: pd.DataFrame
    neighbours: pd.DataFrame
    peers: pd.DataFrame
    parts: pd.DataFrame
    missing: pd.DataFrame
    figures: pd.DataFrame
    contradictions: Contradictions
    contested_units: frozenset[tuple[str, str]]

    @property
    def contested(self) -> frozenset[str]:
        """Indices whose figures of the year are contradicted."""
        return frozenset(index for index, year in self.contradictions.releases if year == self.year)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is published of the province in the year."""
        return self.figures.empty


def profile(ds: Dataset, province: str, year: int, around: int = 4) -> Profile:
    """Collect what is known of one province in one index year.

    Parameters
    ----------
    ds : Dataset
        Its ``scores``, ``values``, ``figures``, ``components``, ``findings`` and
        ``units(year)``.
    province : str
        Slug, name or any known spelling.
    year : int
        Index year.
    around : int
        How many places above and below it its neighbours in rank reach.

    Returns
    -------
    Profile

    Raises
    ------
    ProvinceError
        If the name is none of the units of that year, or not clear.
    """
    unit = resolve(province, criteria.geography_of(year)).province_id
    totals = at(ds.scores, component="total")
    own = at(totals, province_id=unit)
    return Profile(
        province_id=unit,
        year=year,
        headline=_headline(own, ds.values, unit, year),
        history=own.sort_values(["index_id", "year"]).reset_index(drop=True),
        neighbours=_neighbours(totals, unit, year, around),
        peers=_peers(totals, ds.units(year), unit, year),
        parts=parts(ds.scores, ds.components, unit, year),
        missing=_missing(ds.scores, ds.components, unit, year),
        figures=at(ds.figures, unit_id=unit, year=year).reset_index(drop=True),
        contradictions=contradictions(ds, unit_id=unit),
        contested_units=_contested_units(ds, year),
    )


def _contested_units(ds: Dataset, year: int) -> frozenset[tuple[str, str]]:
    rows = contradictions(ds, year=year, component="total").touched
    return frozenset(zip(rows["index_id"], rows["unit_id"], strict=True))


def _headline(own: pd.DataFrame, values: pd.DataFrame, province_id: str, year: int) -> pd.DataFrame:
    """Figures of the year beside those of the year before, one row an index."""
    origins = {f"{kind}_implied_from": implied_from(own, own, kind) for kind in _KINDS}
    totals = records(own.assign(**origins))
    now, before = ({r["index_id"]: r for r in totals if r["year"] == y} for y in (year, year - 1))
    breaks = {r["index_id"]: r["kind"] for r in records(criteria.all_breaks()) if r["year"] == year}
    rows: list[dict[str, Any]] = []
    for index in _in_order(r["index_id"] for r in totals):
        row, last = now.get(index), before.get(index)
        rows.append(
            {
                "index_id": index,
                **_now(row),
                **_before(last, row),
                "change_source_id": _change_source(values, index, year, province_id),
                "break": breaks.get(index, ""),
            }
        )
    # a province of which nothing is known has a frame without rows, but with all columns
    columns = ["index_id", *_now(None), *_before(None, None), "change_source_id", "break"]
    frame = pd.DataFrame(rows, columns=columns).set_index("index_id")
    frame["agrees"] = [_agrees(r) for r in records(frame)]
    return frame


def _in_order(codes: Iterable[str]) -> list[str]:
    """Indices that are there, in their order of display."""
    there = set(codes)
    return [code for code in criteria.indices() if code in there]


_NOW = {
    "score": "score",
    "decimals": "decimals",
    "max_score": "max_score",
    "rank": "rank_published",
    "rank_low": "rank_low",
    "rank_high": "rank_high",
    "rank_computed": "rank_computed",
    "n_ranked": "n_ranked",
    "change_score": "change_score_published",
    "change_rank": "change_rank_published",
    "change_score_computed": "change_score_computed",
    "change_rank_computed": "change_rank_computed",
    "score_implied": "score_implied",
    "rank_implied": "rank_implied",
    "score_implied_from": "score_implied_from",
    "rank_implied_from": "rank_implied_from",
}
"""Figures of a headline, and the columns of ``scores`` that they are."""
_SOURCES = ("score_source_id", "rank_source_id")


def _now(row: Any) -> dict[str, Any]:
    """Figures of the year; not known where there is no row."""
    if row is None:
        words = ("group", "group_from", *_SOURCES)
        return {**dict.fromkeys(_NOW, pd.NA), **dict.fromkeys(words, "")}
    published, computed = row["group_published"], row["group_computed"]
    return {
        **{figure: row[column] for figure, column in _NOW.items()},
        "group": published or computed,
        "group_from": "published" if published else ("computed" if computed else ""),
        **{source: row[source] for source in _SOURCES},
    }


def _before(last: Any, row: Any) -> dict[str, Any]:
    result = {
        "score_before": float("nan"),
        "rank_before": pd.NA,
        "score_before_from": "",
        "rank_before_from": "",
        "score_before_year": pd.NA,
        "rank_before_year": pd.NA,
    }
    if last is None:
        return result
    for name, published, implied in (
        ("score", "score", "score_implied"),
        ("rank", "rank_published", "rank_implied"),
    ):
        if pd.notna(last[published]):
            result[f"{name}_before"], result[f"{name}_before_from"] = last[published], "published"
        elif pd.notna(last[implied]) and row is not None:
            result[f"{name}_before"], result[f"{name}_before_from"] = last[implied], "implied"
            result[f"{name}_before_year"] = last[f"{implied}_from"]
    return result


def changes_agree(row: Mapping[Any, Any]) -> dict[str, bool]:
    """Whether the published change is this year's figure minus last year's, where both are known.

    Parameters
    ----------
    row : Mapping
        Of a headline: ``change_score, change_rank`` and the same ``_computed``.

    Returns
    -------
    dict of str to bool
        By ``score`` and ``rank``.
    """
    apart = {
        what: abs(row[f"change_{what}"] - row[f"change_{what}_computed"])
        for what in ("score", "rank")
        if pd.notna(row[f"change_{what}"]) and pd.notna(row[f"change_{what}_computed"])
    }
    return {what: gap < (_ROUNDING if what == "score" else 1) for what, gap in apart.items()}


def _agrees(row: Mapping[Any, Any]) -> Any:
    verdicts = changes_agree(row)
    return all(verdicts.values()) if verdicts else pd.NA


def _change_source(values: pd.DataFrame, index: str, year: int, province_id: str) -> str:
    rows = at(values, index_id=index, year=year, unit_id=province_id, component="total")
    rows = rows[rows["quantity"].isin(["change_rank", "change_score"])]
    return str(rows["source_id"].iloc[0]) if len(rows) else ""


def _neighbours(totals: pd.DataFrame, province_id: str, year: int, around: int) -> pd.DataFrame:
    """Provinces next to it in rank, as far as their ranks are published."""
    columns = ["province_id", "rank_published", "score", "decimals", "rank_source_id"]
    part = at(totals, index_id="PAR_INDEX", year=year)[columns]
    part = part[part["rank_published"].notna()].sort_values(["rank_published", "province_id"])
    own = part[part["province_id"].eq(province_id)]
    if own.empty:
        return part.head(0)
    place = int(own["rank_published"].iloc[0])
    near = part["rank_published"].between(place - around, place + around)
    return part[near].reset_index(drop=True)


def _peers(
    totals: pd.DataFrame, provinces: pd.DataFrame, province_id: str, year: int
) -> pd.DataFrame:
    units = provinces.set_index("province_id")["region_id"]
    region = units.get(province_id, "")
    members = set(units.index[units.eq(region)])
    sources = [f"{kind}_source_id" for kind in ("score", "rank")]
    columns = ["index_id", "province_id", "rank_published", "rank_low", "rank_high", "score"]
    columns += ["decimals", *sources, "rank_implied", "score_implied", "rank_computed", "n_ranked"]
    columns += ["year", "component"]
    part = at(totals, year=year)[columns]
    part = part[part["province_id"].isin(members)]
    for kind in _KINDS:  # what is implied stands on the sources of a neighbouring year
        implied = part[f"{kind}_implied"].notna() & part[f"{kind}_source_id"].eq("")
        if implied.any():
            own = part[f"{kind}_source_id"].mask(implied, _implying(totals, part, kind))
            part = part.assign(**{f"{kind}_source_id": own})
    part = part.drop(columns=["year", "component"])
    return part.sort_values(["index_id", "rank_low", "province_id"]).reset_index(drop=True)


def _implying(totals: pd.DataFrame, part: pd.DataFrame, kind: Kind) -> pd.Series[Any]:
    """Sources of the figures that imply those of a year."""
    year = int(part["year"].iloc[0])
    needed = ["index_id", "province_id", "component", "year", "change_score_published"]
    needed += ["change_rank_published", "score", "rank_published", f"{kind}_source_id"]
    around = at(totals, year={year - 1, year + 1})[needed]
    origin = implied_from(part, around, kind)
    known = {
        (row["index_id"], row["province_id"], row["year"]): row[f"{kind}_source_id"]
        for row in records(around)
    }
    keys = zip(part["index_id"], part["province_id"], origin.fillna(0), strict=True)
    return pd.Series([known.get(key, "") for key in keys], index=part.index, dtype="str")


_OF_PARTS = [
    "index_id", "province_id", "component", "criteria_set", "score", "max_score", "percent",
    "decimals", "rank_published", "n_ranked", "certainty", "score_source_id", "rank_source_id",
]  # fmt: skip
_PARTS = [
    "index_id", "component", "level", "parent", "name_vi", "name_en", "score", "max_score",
    "percent", "decimals", "rank_published", "n_ranked", "lost", "mean_percent", "n_known",
    "n_parts", "certainty", "source_id",
]  # fmt: skip


def parts(
    scores: pd.DataFrame, components: pd.DataFrame, province_id: str, year: int
) -> pd.DataFrame:
    """Components known of one province in one year, with what was lost on each.

    Parameters
    ----------
    scores, components : DataFrame
        Tables of the dataset.
    province_id, year : str, int
        Whose and when.

    Returns
    -------
    DataFrame
        As `Profile.parts`; ``lost`` is maximum minus score in points (NaN where the maximum is
        unknown; from the share of the maximum where only that is printed), ``mean_percent`` the
        mean share of the maximum over the ``n_known`` provinces with a figure, if there are at
        least `FEWEST`.
    """
    part = at(scores, year=year)[_OF_PARTS]
    own = part[part["province_id"].eq(province_id) & part["component"].ne("total")]
    told = own["score"].notna() | own["percent"].notna() | own["rank_published"].notna()
    own = own[told]
    known = at(components, criteria_set=set(own["criteria_set"]))
    if own.empty:
        return own.reindex(columns=_PARTS)
    alike = part[part["component"].isin(own["component"]) & part["percent"].notna()]
    means = (
        alike.groupby(["index_id", "component"])["percent"]
        .agg(["mean", "size"])
        .rename(columns={"mean": "mean_percent", "size": "n_known"})
    )
    means["mean_percent"] = means["mean_percent"].where(means["n_known"].ge(FEWEST))
    own = own.join(means, on=["index_id", "component"])
    names = known.rename(columns={"code": "component"})
    names = names[["criteria_set", "component", "parent", "level", "name_vi", "name_en"]]
    own = own.merge(names, on=["criteria_set", "component"], how="left")
    counted = known.groupby(["criteria_set", "level"]).size().rename("n_parts")
    own = own.join(counted, on=["criteria_set", "level"])
    for column in ("parent", "level", "name_vi", "name_en"):
        own[column] = own[column].fillna("").astype("str")
    # of a part whose share of the maximum is printed without its points, these follow from it
    implied = (own["max_score"] * own["percent"] / 100).round(2)
    own["lost"] = (own["max_score"] - own["score"].fillna(implied)).clip(lower=0)
    own["source_id"] = own["score_source_id"].where(
        own["score_source_id"].ne(""), own["rank_source_id"]
    )
    return own[_PARTS].sort_values(["index_id", "component"]).reset_index(drop=True)


def _missing(
    scores: pd.DataFrame, components: pd.DataFrame, province_id: str, year: int
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    columns = ["index_id", "province_id", "component", "criteria_set", "score", "percent"]
    of_year = at(scores, year=year)[[*columns, "rank_published", "rank_computed"]]
    of_province = records(of_year[of_year["province_id"].eq(province_id)])
    for index in _in_order(values_in(scores, "index_id")):
        if year < criteria.index(index).first_year:
            continue  # nothing of an index is missing before its first year
        part = of_year[of_year["index_id"].eq(index)]
        own = {row["component"]: row for row in of_province if row["index_id"] == index}
        total = own.get("total")
        for what, column in (
            ("score", "score"),
            ("rank", "rank_published"),
        ):
            known = total is not None and pd.notna(total[column])
            # of an index that publishes no ranks none is missing
            if column == "rank_published" and total is not None:
                known = known or bool(
                    pd.notna(total["rank_computed"]) and part[column].isna().all()
                )
            if not known:
                rows.append({"index_id": index, "what": what, "known": 0, "total": 1})
        names = part["criteria_set"].iloc[0] if len(part) else ""
        tree = at(components, criteria_set=names)
        of_level: dict[str, list[str]] = {}
        for level, code in zip(tree["level"], tree["code"], strict=True):
            of_level.setdefault(level, []).append(code)
        told = {c for c, row in own.items() if pd.notna(row["score"]) or pd.notna(row["percent"])}
        for level in ("area", "score_source", "part", "criterion", "subcriterion"):
            codes = of_level.get(level, [])
            known_n = sum(code in told for code in codes)
            if known_n < len(codes):
                rows.append(
                    {"index_id": index, "what": level, "known": known_n, "total": len(codes)}
                )
    return pd.DataFrame(rows, columns=["index_id", "what", "known", "total"])
