"""How sure the places of an index are: other ways to make it, survey error, change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parstudy.dataset.rows import at
from parstudy.statistics.change import RankChanges, ScoreChanges, rank_changes, score_changes
from parstudy.statistics.inputs import is_constant
from parstudy.statistics.uncertainty import IndexUncertainty, index_uncertainty
from parstudy.studies import coverage
from parstudy.studies.one_index import FEWEST, SIPAS_PART, Study, assumed_standard_errors

if TYPE_CHECKING:
    from parstudy.dataset import Dataset

DESIGN_EFFECT = 2.0
"""Assumed of the SIPAS sample: people of one commune answer alike."""
TOP = 10
"""Places that count as the first ones."""
_LEVELS = ("score_source", "area")
"""Levels at which a province report asks, in order."""


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
    """

    errors: pd.Series[Any]
    asked: float
    size: float


def survey(dataset: Dataset, year: int, n_units: int) -> Survey | None:
    """Errors of SIPAS in a year; None where its sample or its scores are not known.

    Parameters
    ----------
    dataset : Dataset
        Its ``aggregates`` and ``scores``.
    year, n_units : int
        Year, and provinces among which the sample is spread.
    """
    release = {"index_id": "SIPAS", "year": year}
    sizes = at(dataset.aggregates, **release, measure="n")["value"].dropna()
    totals = at(dataset.scores, **release, component="total").set_index("province_id")
    percent = totals["score"].dropna()
    if sizes.empty or len(percent) < FEWEST:
        return None
    asked = float(sizes.iloc[0])
    errors, size = assumed_standard_errors(percent, asked, n_units, DESIGN_EFFECT)
    return Survey(errors, asked, size)


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
    ranks : RankChanges
    survey : Survey
        Errors of the later year.
    """

    before: int
    after: int
    scores: ScoreChanges
    ranks: RankChanges
    survey: Survey


def changes(dataset: Dataset, year: int) -> Changes | None:
    """Changes of SIPAS since the year before, where both samples are known and compare.

    Parameters
    ----------
    dataset : Dataset
    year : int

    Returns
    -------
    Changes or None
        None across a change of criteria set, of provinces, or where a sample is not known.
    """
    sides = []
    for when in (year - 1, year):
        own = at(dataset.scores, index_id="SIPAS", year=when, component="total")
        asked = survey(dataset, when, len(dataset.units(when)))
        if asked is None or own.empty:
            return None
        sides.append((own, asked))
    (old, before), (new, after) = sides
    sets = {str(name) for own in (old, new) for name in own["criteria_set"].unique()}
    both = sorted(set(before.errors.index) & set(after.errors.index))
    if len(sets) != 1 or len(both) < FEWEST:
        return None
    scores = [
        own.set_index("province_id")["score"].reindex(both).astype(float) for own in (old, new)
    ]
    errors = [asked.errors.reindex(both) for asked in (before, after)]
    return Changes(
        before=year - 1,
        after=year,
        scores=score_changes(*scores, *errors),
        ranks=rank_changes(*scores, *errors, draws=500),
        survey=after,
    )


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

    for level in _LEVELS:
        frame = coverage.component_frame(
            dataset.scores, dataset.components, index=index, year=year, level=level
        )
        if province_id not in frame.index or frame.shape[1] < 3:
            continue
        study = one_index.study(dataset, index, year, level)
        if study.enough and len(study.frame) >= 0.9 * study.n_units:
            return safe_places(dataset, study, draws=2_000, share_draws=0), level
    return None


def widths(found: IndexUncertainty) -> pd.Series[Any]:
    """Places that each province may have, as a count."""
    out: pd.Series[Any] = found.table["upper"] - found.table["lower"] + 1
    return out.astype(int)


def surely_ahead(found: IndexUncertainty) -> np.ndarray[Any, Any]:
    """How many others each province is surely ahead of."""
    ahead = found.ahead.to_numpy() >= found.confidence
    np.fill_diagonal(ahead, False)
    out: np.ndarray[Any, Any] = ahead.sum(axis=1)
    return out
