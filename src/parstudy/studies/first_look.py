"""What a reader asks first of a province: how it stands, better or worse, why, and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at, columns_of
from parstudy.facts import criteria
from parstudy.studies.overview import COVERAGE, FEWEST
from parstudy.studies.profiles import Profile, profile
from parstudy.studies.sampling import sampling

_STATED = ("stated", "listed")
_FIGURES = ("score", "rank_low", "rank_computed", "score_implied", "rank_implied")
INDICES = ("PAR_INDEX", "SIPAS")
"""Indices whose national means are told where a province has no figure."""
_CUTS = ("area", "score_source", "criterion")
"""Levels at which the largest loss is looked for; of those equally known the first is taken."""


@dataclass(frozen=True)
class FirstLook:
    """What the first screen of a province report states.

    Attributes
    ----------
    profile : Profile
        Of the year that leads: the year asked for, else the latest with a figure.
    asked : int
        Year asked for.
    standings : DataFrame
        Rows of the headline with a figure, indexed by index, and with them ``mean, mean_decimals,
        mean_from`` (published, computed or empty), ``n_sources``, ``contested``, ``certainty``,
        ``margin`` (change on the year before that sampling alone exceeds one time in twenty).
    losses : DataFrame
        Rows of ``profile.parts`` of PAR INDEX at the cut known best, the largest loss first;
        empty where nothing is known of what was lost where.
    also : DataFrame
        The same of another cut, where the best known one is known in part and less was lost on it.
    fine : DataFrame
        The same of the sub-criteria, where at least half of them are known.
    areas : DataFrame
        Rows of ``profile.parts`` of the areas of PAR INDEX with a rank, the worst rank first.
    places : DataFrame
        ``index_id, province_id, year, rank`` of all provinces in all years.
    region : DataFrame
        Provinces of its region with a figure in the year asked for; see `Profile.peers`.
    nation : DataFrame
        ``mean, mean_decimals, mean_from`` of the year asked for, indexed by index.
    """

    profile: Profile
    asked: int
    standings: pd.DataFrame
    losses: pd.DataFrame
    also: pd.DataFrame
    fine: pd.DataFrame
    areas: pd.DataFrame
    places: pd.DataFrame
    region: pd.DataFrame
    nation: pd.DataFrame

    @property
    def empty(self) -> bool:
        """Whether no figure of the province is known in any year."""
        return self.standings.empty


def first_look(ds: Dataset, own: Profile) -> FirstLook:
    """Collect what a reader asks first.

    Parameters
    ----------
    ds : Dataset
        Its ``scores``, ``aggregates``, ``values``, ``figures``, ``components``, ``findings`` and
        ``units(year)``.
    own : Profile
        Of the province and year that are asked for.

    Returns
    -------
    FirstLook
    """
    leading = own if len(_known(own.headline)) else _latest(ds, own)
    totals = at(ds.scores, component="total")
    units = set(ds.units(own.year)["province_id"])
    ranks = columns_of(totals, ["index_id", "province_id", "year", "rank_published"])
    told = ranks["rank_published"].notna() & ranks["province_id"].isin(units)
    places = ranks[told].rename(columns={"rank_published": "rank"})
    peers = own.peers[own.peers["rank_low"].notna() | own.peers["score"].notna()]
    losses = _losses(leading.parts, _CUTS)
    return FirstLook(
        profile=leading,
        asked=own.year,
        standings=_standings(ds, totals, leading),
        losses=losses,
        also=_also(leading.parts, losses),
        fine=_losses(leading.parts, ("subcriterion",), share=COVERAGE),
        areas=_ranked_areas(leading.parts),
        places=places.reset_index(drop=True),
        region=peers,
        nation=_means(ds, totals, [*INDICES], own.year),
    )


def _known(headline: pd.DataFrame) -> pd.DataFrame:
    """Rows with a figure: a change by itself is none."""
    told = headline[list(_FIGURES)].notna().any(axis=1) | headline["group_from"].eq("published")
    return headline[told]


def _latest(ds: Dataset, own: Profile) -> Profile:
    """Profile of the latest year with a figure that has the same units, else the one given."""
    rows = own.history
    told = rows[list(_FIGURES)].notna().any(axis=1) | rows["group_published"].ne("")
    same = rows["year"].map(criteria.geography_of).eq(criteria.geography_of(own.year))
    years = rows.loc[told & same, "year"]
    return profile(ds, own.province_id, int(years.max())) if len(years) else own


def _standings(ds: Dataset, totals: pd.DataFrame, own: Profile) -> pd.DataFrame:
    """Rows of the headline that have a figure, with the national mean and what stands behind."""
    known = _known(own.headline)
    certainty = at(own.history, year=own.year).set_index("index_id")["certainty"]
    named = at(own.figures, component="total") if len(own.figures) else own.figures
    asked = sampling(ds, own.province_id, (own.year - 1, own.year))
    sources = named[~named["measure"].str.startswith("change")].groupby("index_id")["source_id"]
    return known.assign(
        **_means(ds, totals, list(known.index), own.year),
        n_sources=sources.nunique().reindex(known.index).fillna(0).astype(int),
        contested=[index in own.contested for index in known.index],
        certainty=certainty.reindex(known.index).fillna(""),
        margin=[asked.margin(str(index), own.year - 1, own.year) for index in known.index],
    )


def _means(ds: Dataset, totals: pd.DataFrame, indices: list[str], year: int) -> pd.DataFrame:
    rows = [_mean(ds, totals, index, year) for index in indices]
    columns = ["mean", "mean_decimals", "mean_from"]
    return pd.DataFrame(rows, index=pd.Index(indices, name="index_id"), columns=columns)


def _mean(ds: Dataset, totals: pd.DataFrame, index: str, year: int) -> tuple[Any, Any, str]:
    """National mean as published, else of the provinces known where these can stand for all."""
    stated = at(
        ds.aggregates, index_id=index, year=year, component="total", unit_level="national",
        measure="mean",
    )  # fmt: skip
    stated = stated[stated["certainty"].isin(_STATED)]
    if len(stated):
        return float(stated["value"].iloc[0]), stated["decimals"].iloc[0], "published"
    scores = at(totals, index_id=index, year=year)["score"].dropna()
    if len(scores) >= max(FEWEST, COVERAGE * len(ds.units(year))):
        return float(scores.mean()), 2, "computed"
    return float("nan"), pd.NA, ""


def _losses(parts: pd.DataFrame, cuts: tuple[str, ...], share: float = 0.0) -> pd.DataFrame:
    """Parts of PAR INDEX at the cut of which most is known, the largest loss first."""
    rows = parts[parts["index_id"].eq("PAR_INDEX") & parts["lost"].notna()]
    found = [rows[rows["level"].eq(cut)] for cut in cuts]
    found = [cut for cut in found if len(cut) and len(cut) >= share * cut["n_parts"].iloc[0]]
    if not found:
        return rows.head(0)
    best = max(found, key=lambda cut: float(len(cut) / cut["n_parts"].iloc[0]))
    return best.sort_values(["lost", "component"], ascending=[False, True]).reset_index(drop=True)


def _also(parts: pd.DataFrame, losses: pd.DataFrame) -> pd.DataFrame:
    """Losses of another cut that are larger than those of a cut that is known in part."""
    if losses.empty or len(losses) >= losses["n_parts"].iloc[0]:
        return losses.head(0)
    others = tuple(cut for cut in _CUTS if cut != losses["level"].iloc[0])
    found = _losses(parts, others)
    larger = len(found) and found["lost"].iloc[0] > losses["lost"].iloc[0]
    return found if larger else found.head(0)


def _ranked_areas(parts: pd.DataFrame) -> pd.DataFrame:
    """Areas of PAR INDEX of which the rank is known, the worst first."""
    rows = parts[parts["index_id"].eq("PAR_INDEX") & parts["level"].eq("area")]
    ranked = rows[rows["rank_published"].notna()]
    order = ranked.sort_values(["rank_published", "component"], ascending=[False, True])
    return order.reset_index(drop=True)
