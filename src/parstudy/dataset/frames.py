"""Scores in the shapes that pandas users expect: a row a province, a panel, rows with names.

All numbers are floats and what is not known is NaN, so that scipy, statsmodels and seaborn take
the frames as they are. What a frame holds stands in its ``attrs``.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
from parstudy.errors import DataError
from parstudy.facts import criteria, provinces
from parstudy.facts.fields import fields
from parstudy.text import suggest

if TYPE_CHECKING:
    from parstudy.dataset import Dataset

_NAMES = ["name_vi", "name_en", "region_id"]
_TOTALS = ["score", "percent", "rank", "group"]
_LEVELS = ("area", "criterion", "subcriterion", "part", "score_source")
_NUMBERS = ("score", "maximum", "percent", "rank", "number", "places")
MEASURES = ("rank", *(f.name for f in fields("scores") if f.type in _NUMBERS))
"""What a frame can hold of each component: ``rank`` and the numbers of the table ``scores``."""


def known_ranks(totals: pd.DataFrame) -> pd.Series[Any]:
    """Rank of each row: published, or the only one its bounds allow, or from a complete year."""
    exact = totals["rank_low"].where(totals["rank_low"].eq(totals["rank_high"]))
    found = totals["rank_published"].fillna(exact).fillna(totals["rank_computed"])
    return found.astype("Float64").astype(float).rename("rank")


def frame(
    ds: Dataset, index: str, year: int, *, level: str | None = None, measure: str = "score"
) -> pd.DataFrame:
    """One row a province of one index year; see `parstudy.dataset.Dataset.frame`."""
    _known_measure(measure)
    scores = _of_years(ds, index, [year])
    codes = _codes(ds, index, scores, level)
    out = _units(ds, year)
    out = out.join(_totals(scores).droplevel("year"), on="province_id")
    out = out.join(_parts(scores, codes, measure).droplevel("year"), on="province_id")
    out.attrs = {**_about(ds, index, scores, codes, measure), "year": int(year)}
    return out


def panel(
    ds: Dataset,
    index: str,
    *,
    level: str | None = None,
    measure: str = "score",
    years: Sequence[int] | None = None,
    geography: str | None = None,
    long: bool = False,
) -> pd.DataFrame:
    """Provinces by years of one index; see `parstudy.dataset.Dataset.panel`."""
    _known_measure(measure)
    known, division = _years(ds, index, years, geography)
    scores = _of_years(ds, index, known)
    codes = _codes(ds, index, scores, level)
    rows = _units(ds, known[0]).merge(pd.DataFrame({"year": known}), how="cross")
    rows = rows.merge(_of_year(index, known, scores), on="year")
    wide = rows.set_index(["province_id", "year"]).sort_index()
    wide = wide.join(_totals(scores)).join(_parts(scores, codes, measure))
    about = {**_about(ds, index, scores, codes, measure), "geography": division}
    out = _long(wide, ["total", *codes], scores, measure) if long else wide
    out.attrs = {**about, "years": tuple(known)}
    return out


def named(rows: pd.DataFrame, year: int | None = None) -> pd.DataFrame:
    """Rows with the names and the region of their province; see `Dataset.named`."""
    if "province_id" not in rows:
        raise DataError(
            "missing_column",
            "the frame has no column province_id",
            found=", ".join(map(str, rows.columns)),
            expected="province_id",
            advice="ps.resolve_column makes it from names",
        )
    if year is not None:
        division = pd.Series(criteria.geography_of(year), index=rows.index)
    elif "geography" in rows:
        division = rows["geography"].astype(str)
    elif "year" in rows:
        division = rows["year"].map(criteria.geography_of)
    else:
        raise DataError(
            "no_year",
            "the frame does not say whether its provinces are of the 63 or of the 34",
            found=", ".join(map(str, rows.columns)),
            expected="a column year, or year=",
        )
    known = provinces.registry().set_index(["geography", "province_id"])[_NAMES]
    units = pd.MultiIndex.from_arrays([division, rows["province_id"]])
    strange = sorted(
        {f"{unit} ({g})" for g, unit in units.unique() if (g, unit) not in known.index}
    )
    if strange:
        raise DataError(
            "unknown_province",
            "no such unit among the 63 or the 34 of its year",
            found=", ".join(map(str, strange[:10])),
            expected="a province_id as in ds.units(year)",
        )
    found = known.reindex(units).set_index(rows.index)
    kept = rows.drop(columns=[c for c in _NAMES if c in rows])
    place = list(kept.columns).index("province_id") + 1
    return pd.concat([kept.iloc[:, :place], found, kept.iloc[:, place:]], axis=1)


# --- inside --------------------------------------------------------------------------------------


def _known_measure(measure: str) -> None:
    if measure not in MEASURES:
        raise DataError(
            "unknown_measure",
            "no such measure of a component",
            found=repr(measure),
            expected=suggest(measure, MEASURES),
        )


def _years(
    ds: Dataset, index: str, wanted: Sequence[int] | None, geography: str | None
) -> tuple[list[int], str]:
    """Years of one geography; those of the other are other units and cannot stand beside them."""
    known = ds.years(index)
    years = known if wanted is None else sorted({int(y) for y in wanted})
    absent = [y for y in years if y not in known]
    if absent or not years:
        raise _no_data(index, absent, known)
    divisions = list(dict.fromkeys(criteria.geography_of(y) for y in years))
    division = geography or divisions[0]
    kept = [y for y in years if criteria.geography_of(y) == division]
    if not kept:
        raise DataError(
            "wrong_geography",
            f"{index} has no year of this division into provinces",
            found=repr(division),
            expected=" or ".join(repr(d) for d in divisions),
        )
    if geography is None and len(kept) < len(years):
        left = ", ".join(str(y) for y in years if y not in kept)
        warnings.warn(
            f"panel of the {division} units: {left} left out, whose units are others; "
            "say geography= to choose, ds.scores_on brings older years to the 34 units",
            stacklevel=4,
        )
    return kept, division


def _no_data(index: str, absent: Sequence[int], known: Sequence[int]) -> DataError:
    return DataError(
        "no_data",
        f"no figure of {index} for this year",
        found=", ".join(map(str, absent)) or "no year",
        expected=", ".join(map(str, known)) or "a release below data/raw",
    )


def _of_years(ds: Dataset, index: str, years: Sequence[int]) -> pd.DataFrame:
    known = ds.years(index)
    if absent := [y for y in years if y not in known]:
        raise _no_data(index, absent, known)
    return pd.DataFrame(at(ds.scores, index_id=index, year=list(years)))


def _codes(ds: Dataset, index: str, scores: pd.DataFrame, level: str | None) -> list[str]:
    """Components of a level in the order of the newest set, then those of older sets."""
    sets = list(dict.fromkeys(scores.sort_values("year", ascending=False)["criteria_set"]))
    own = at(ds.components, criteria_set=sets)
    known = [name for name in _LEVELS if own["level"].eq(name).any()]
    chosen = (known or ["total"])[0] if level is None else level
    if chosen == "total":
        return []
    if chosen not in known:
        raise DataError(
            "unknown_level",
            f"{index} has no components of this level in these years",
            found=repr(level),
            expected=suggest(chosen, ["total", *known]),
        )
    trees = (own[own["criteria_set"].eq(name)].set_index("code") for name in sets)
    return list(dict.fromkeys(code for tree in trees for code in criteria.cut(tree, chosen)))


def _units(ds: Dataset, year: int) -> pd.DataFrame:
    """Provinces of a year with their names; a region that is not one is NaN."""
    units = pd.DataFrame(ds.units(year)[["province_id", *_NAMES]]).reset_index(drop=True)
    return units.assign(region_id=units["region_id"].replace("", np.nan))


def _totals(scores: pd.DataFrame) -> pd.DataFrame:
    own = at(scores, component="total").set_index(["province_id", "year"])
    group = own["group_published"].where(own["group_published"].ne(""), own["group_computed"])
    return own.assign(rank=known_ranks(own), group=group.replace("", np.nan))[_TOTALS]


def _parts(scores: pd.DataFrame, codes: list[str], measure: str) -> pd.DataFrame:
    """One column a component; all of them, also those without any figure."""
    own = scores[scores["component"].isin(codes)]
    if measure == "rank":
        own = own.assign(rank=known_ranks(own))
    wide = own.pivot(index=["province_id", "year"], columns="component", values=measure)
    return wide.reindex(columns=codes).astype(float).rename_axis(columns=None)


def _of_year(index: str, years: Sequence[int], scores: pd.DataFrame) -> pd.DataFrame:
    """Whether a year breaks with the one before, and which stretch without a break it lies in."""
    breaks = set(criteria.breaks(index)["year"])
    stretch = [sum(1 for b in breaks if years[0] < b <= year) for year in years]
    sets = scores.drop_duplicates("year").set_index("year")["criteria_set"]
    return pd.DataFrame(
        {
            "year": list(years),
            "criteria_set": list(sets.reindex(list(years)).fillna("")),
            "is_break": [year in breaks for year in years],
            "stretch": stretch,
        }
    )


def _long(wide: pd.DataFrame, codes: list[str], scores: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row a province, year and component; figures of the total stand under ``total``."""
    total = _parts(scores, ["total"], measure)
    parts = wide[codes[1:]].join(total)[codes].rename_axis(columns="component")
    long = pd.Series(parts.stack(future_stack=True), name=measure)
    about = wide[[*_NAMES, "criteria_set", "is_break", "stretch"]]
    return about.join(long, how="right")[[*about.columns, measure]]


def _about(
    ds: Dataset, index: str, scores: pd.DataFrame, codes: list[str], measure: str
) -> dict[Hashable, Any]:
    """What a frame holds, in plain values: they survive a copy and a file."""
    sets = list(dict.fromkeys(scores.sort_values("year", ascending=False)["criteria_set"]))
    own = at(ds.components, criteria_set=sets)
    newest_first = own.sort_values("criteria_set", key=lambda s: s.map(sets.index), kind="stable")
    names = (
        newest_first.drop_duplicates("code").set_index("code")[_NAMES[:2]].reindex(codes).fillna("")
    )
    breaks = criteria.breaks(index)
    years = scores["year"].unique() if len(scores) else np.array([0])
    within = breaks[breaks["year"].between(min(years), max(years))]
    return {
        "index_id": index,
        "measure": measure,
        "criteria_sets": tuple(str(s) for s in reversed(sets) if s),
        "components_vi": {c: str(names["name_vi"].loc[c]) for c in codes},
        "components_en": {c: str(names["name_en"].loc[c]) for c in codes},
        "breaks_vi": {int(r["year"]): str(r["label_vi"]) for r in within.to_dict("records")},
        "breaks_en": {int(r["year"]): str(r["label_en"]) for r in within.to_dict("records")},
        "synthetic": ds.synthetic,
    }
