"""How sure the places of an index are: other ways to make it, sampling error, change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at, columns_of
from parstudy.records import records
from parstudy.statistics.change import RankChanges, ScoreChanges, rank_changes, score_changes
from parstudy.statistics.inputs import is_constant
from parstudy.statistics.uncertainty import IndexUncertainty, index_uncertainty
from parstudy.statistics.weights import (
    CorrelationAudit,
    WeightSystems,
    correlation_audit,
    weight_systems,
)
from parstudy.studies import coverage
from parstudy.studies.one_index import SIPAS_PART, Study, assumed_standard_errors

DESIGN_EFFECT = 2.0
"""Assumed of the SIPAS sample: people of one commune answer alike."""
TOP = 10
"""Places that count as the first ones."""
_NEARLY = 0.9
"""Share of the provinces that counts as all of them."""
_FEWEST_ROWS = 5
_LEVELS = ("score_source", "area")
"""Levels at which a province report asks, in order."""


_SAMPLES = ("sample", "sample_issued", "sample_planned")
"""Counts of people that a release may state, the one that answered first."""


@dataclass(frozen=True)
class Sample:
    """How many people a year of SIPAS is known to have asked.

    Attributes
    ----------
    asked : float
        People in the country.
    count : {"sample", "sample_issued", "sample_planned"}
        What ``asked`` counts: answers, forms handed out, forms planned.
    certain : bool
        Whether the source is sure of it.
    """

    asked: float
    count: str
    certain: bool


def sample(dataset: Dataset, year: int) -> Sample | None:
    """Sample of SIPAS in a year; None where no source states it.

    Parameters
    ----------
    dataset : Dataset
        Its ``aggregates``.
    year : int
    """
    told = columns_of(
        at(dataset.aggregates, index_id="SIPAS", year=year, measure="n"),
        ["component", "value", "certainty"],
    )
    sizes = {row["component"]: row for row in reversed(records(told.dropna(subset=["value"])))}
    count = next((count for count in _SAMPLES if count in sizes), None)
    if count is None:
        return None
    said = sizes[count]
    return Sample(float(said["value"]), count, said["certainty"] != "doubtful")


@dataclass(frozen=True)
class Survey:
    """Errors of SIPAS under an assumption on its sample.

    Attributes
    ----------
    errors : Series
        Standard errors in percentage points; index ``province_id``.
    asked : float
        People asked in the country.
    size : float
        People asked in one province, were they spread evenly.
    count : {"sample", "sample_issued", "sample_planned"}
        What ``asked`` counts: answers, forms handed out, forms planned.
    certain : bool
        Whether the source is sure of it.
    """

    errors: pd.Series[Any]
    asked: float
    size: float
    count: str
    certain: bool


def survey(dataset: Dataset, year: int, n_units: int) -> Survey | None:
    """Errors of SIPAS in a year; None where its sample or all of its scores are not known.

    Parameters
    ----------
    dataset : Dataset
        Its ``aggregates`` and ``scores``.
    year, n_units : int
        Year, and provinces among which the sample is spread.
    """
    asked = sample(dataset, year)
    if asked is None:
        return None
    totals = at(dataset.scores, index_id="SIPAS", year=year, component="total")
    percent = totals.set_index("province_id")["score"].dropna()
    if percent.empty:
        return None
    errors, size = assumed_standard_errors(percent, asked.asked, n_units, DESIGN_EFFECT)
    return Survey(errors, asked.asked, size, asked.count, asked.certain)


@dataclass(frozen=True)
class SafePlaces:
    """What an index may give when it is made in other ways.

    Attributes
    ----------
    found : IndexUncertainty
    survey : Survey or None
        Errors that entered, where a part is a survey of known size.
    maxima : bool
        Whether the maxima of all parts are known, so that means of percents can be taken.
    constant : tuple of str
        Parts that do not vary and say nothing of places.
    """

    found: IndexUncertainty
    survey: Survey | None
    maxima: bool
    constant: tuple[str, ...]


def safe_places(
    dataset: Dataset,
    study: Study,
    *,
    concentration: float | None = 100.0,
    leave_out: bool = True,
    draws: int = 10_000,
    share_draws: int = 1_000,
    seed: int = 0,
) -> SafePlaces:
    """Make an index again in other ways, with the errors of its survey where they are known.

    Parameters
    ----------
    dataset : Dataset
        Its ``aggregates`` and ``scores``, for the sample of SIPAS.
    study : Study
        Index, year and level; its parts in points of the total.
    concentration, leave_out, draws, share_draws, seed
        As in :func:`parstudy.statistics.uncertainty.index_uncertainty`.

    Returns
    -------
    SafePlaces
        Without the maxima of the parts, scores are compared as they are, by sums and by pairs.
    """
    flat = tuple(str(c) for c in study.parts if is_constant(study.parts[c].to_numpy()))
    parts = study.parts.drop(columns=list(flat))
    maxima = study.maxima.reindex(parts.columns)
    known = bool(maxima.gt(0).all())
    errors, asked = None, None
    if SIPAS_PART in parts.columns and known:
        asked = survey(dataset, study.year, study.n_units)
    if asked is not None:
        share = asked.errors.reindex(parts.index) / 100
        errors = pd.DataFrame({SIPAS_PART: share * float(maxima[SIPAS_PART])})
    found = index_uncertainty(
        parts,
        max_scores=maxima if known else None,
        scales=("points", "minmax", "zscore"),
        aggregations=("arithmetic", "geometric", "harmonic", "copeland")
        if known
        else ("arithmetic", "copeland"),
        concentration=concentration,
        leave_out=leave_out and parts.shape[1] > 2,
        standard_errors=errors,
        top=TOP,
        draws=draws,
        share_draws=share_draws,
        seed=seed,
    )
    return SafePlaces(found, asked, known, flat)


@dataclass(frozen=True)
class Changes:
    """Changes of SIPAS since the year before, beside its errors.

    Attributes
    ----------
    before, after : int
        Years.
    scores : ScoreChanges
        Of the provinces whose scores of both years are known.
    ranks : RankChanges or None
        Where that is nearly all of them: places among few say little.
    surveys : mapping of int to Survey
        Errors of both years.
    n_units : int
        Provinces there are.
    """

    before: int
    after: int
    scores: ScoreChanges
    ranks: RankChanges | None
    surveys: dict[int, Survey]
    n_units: int


def changes(dataset: Dataset, year: int) -> Changes | None:
    """Changes of SIPAS since the year before, where both samples are known and compare.

    Parameters
    ----------
    dataset : Dataset
    year : int

    Returns
    -------
    Changes or None
        None where `comparable` says that they do not.
    """
    pair = _pair(dataset, year)
    if pair is None:
        return None
    errors = [found.errors for found in pair.surveys.values()]
    scores = [table["score"].reindex(pair.both).astype(float) for table in pair.totals]
    tested = (*scores, *(error.reindex(pair.both) for error in errors))
    most = len(pair.both) >= _NEARLY * pair.n_units
    return Changes(
        before=year - 1,
        after=year,
        scores=score_changes(*tested),
        ranks=rank_changes(*tested, draws=500) if most else None,
        surveys=pair.surveys,
        n_units=pair.n_units,
    )


def comparable(dataset: Dataset, year: int) -> bool:
    """Whether SIPAS can be compared with the year before, provinces' samples counted.

    Parameters
    ----------
    dataset : Dataset
    year : int

    Returns
    -------
    bool
        False across a change of criteria set or of provinces, or where a sample or all scores of
        a year are not known.
    """
    return _pair(dataset, year) is not None


class _Pair(NamedTuple):
    """Two years that compare: scores and samples, provinces that both have."""

    totals: list[pd.DataFrame]
    surveys: dict[int, Survey]
    both: list[str]
    n_units: int


def _pair(dataset: Dataset, year: int) -> _Pair | None:
    years = (year - 1, year)
    units = [set(dataset.units(when)["province_id"]) for when in years]
    own = [
        at(dataset.scores, index_id="SIPAS", year=when, component="total").set_index("province_id")
        for when in years
    ]
    asked = {when: survey(dataset, when, len(units[1])) for when in years}
    surveys = {when: found for when, found in asked.items() if found is not None}
    sets = {str(name) for table in own for name in table["criteria_set"].unique()}
    if len(surveys) < 2 or len(sets) != 1 or units[0] != units[1]:
        return None
    both = sorted(set.intersection(*(set(found.errors.index) for found in surveys.values())))
    return _Pair(own, surveys, both, len(units[1])) if both else None


def weights_of(
    dataset: Dataset, study: Study
) -> tuple[WeightSystems | None, CorrelationAudit | None]:
    """Weights that the parts suggest, and an audit of their groups where a level has some.

    Parameters
    ----------
    dataset : Dataset
        Its ``components``.
    study : Study

    Returns
    -------
    (WeightSystems or None, CorrelationAudit or None)
        None where fewer than two parts vary, or where no part of the tree holds two of them.
    """
    parts = study.parts.dropna()
    parts = parts[[c for c in parts if not is_constant(parts[c].to_numpy())]]
    if parts.shape[1] < 2 or len(parts) < _FEWEST_ROWS:
        return None, None
    groups = groups_of(dataset, study)
    kept = {name: [c for c in own if c in parts] for name, own in groups.items()}
    kept = {name: own for name, own in kept.items() if own}
    audit = correlation_audit(parts, kept) if len(kept) > 1 else None
    return weight_systems(parts), audit


def groups_of(dataset: Dataset, study: Study) -> dict[str, list[str]]:
    """Parts of a study by the part that holds them; empty where none holds two.

    Parameters
    ----------
    dataset : Dataset
        Its ``components``.
    study : Study
    """
    tree = dataset.components
    tree = tree[tree["criteria_set"].eq(study.criteria_set)].drop_duplicates("code")
    parent = tree.set_index("code")["parent"].reindex(study.parts.columns)
    if parent.isna().any() or parent.nunique() < 2 or not parent.duplicated().any():
        return {}
    return {str(name): list(own.index) for name, own in parent.groupby(parent, sort=True)}


def of_province(
    dataset: Dataset, index: str, year: int, province_id: str
) -> tuple[SafePlaces, str] | None:
    """How sure the places of a year are for a province report, and at which level of parts.

    Parameters
    ----------
    dataset : Dataset
    index, year, province_id : str, int, str

    Returns
    -------
    (SafePlaces, str) or None
        None where no level has all parts of this province and of most others.
    """
    from parstudy.studies import one_index

    if index not in coverage.with_parts(dataset.scores, province_id, year):
        return None
    for level in _LEVELS:
        frame = coverage.component_frame(
            dataset.scores, dataset.components, index=index, year=year, level=level
        )
        if province_id not in frame.index or frame.shape[1] < 3:
            continue
        study = one_index.study(dataset, index, year, level, alone=True)
        if study.enough and len(study.frame) >= _NEARLY * study.n_units:
            return safe_places(dataset, study, draws=2_000, share_draws=0), level
    return None


def widths(found: IndexUncertainty) -> pd.Series[Any]:
    """Places that each province may have, as a count."""
    out: pd.Series[Any] = found.table["upper"] - found.table["lower"] + 1
    return out.astype(int)


def half_within(found: IndexUncertainty) -> int:
    """Places within which at least half of the provinces keep."""
    return int(np.quantile(widths(found), 0.5, method="inverted_cdf"))


def surely_ahead(found: IndexUncertainty) -> np.ndarray[Any, Any]:
    """How many others each province is surely ahead of."""
    ahead = found.ahead.to_numpy() >= found.confidence
    np.fill_diagonal(ahead, False)
    out: np.ndarray[Any, Any] = ahead.sum(axis=1)
    return out
