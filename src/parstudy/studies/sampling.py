"""How much of a change of one province may come from who happened to be asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.records import records
from parstudy.statistics.ranking import survey_standard_errors
from parstudy.studies.one_index import SIPAS_PART
from parstudy.studies.safe_places import DESIGN_EFFECT, Sample, sample

Z = 1.959964
"""Standard errors on each side of the interval that holds 95 % of what chance makes."""
COLUMNS = ("index_id", "year", "std_error")


@dataclass(frozen=True)
class Sampling:
    """Errors of the scores of one province that rest on people who were asked.

    Attributes
    ----------
    errors : DataFrame
        ``index_id, year, std_error`` on the index's own scale. Of SIPAS the whole; of PAR INDEX
        what SIPAS brings into it, for the samples of its other surveys are in no source.
    samples : mapping of int to Sample
        How many people were asked in each year; they are taken as spread evenly.
    """

    errors: pd.DataFrame
    samples: dict[int, Sample]

    def margin(self, index: str, before: int, after: int) -> float:
        """Change that chance alone exceeds one time in twenty; NaN where an error is not known."""
        return margin(self.errors, index, before, after)


def sampling(dataset: Dataset, province_id: str, years: Iterable[int]) -> Sampling:
    """Errors of a province's SIPAS, and of the part of PAR INDEX that is SIPAS.

    Parameters
    ----------
    dataset : Dataset
        Its ``aggregates``, ``scores``, ``components`` and ``units(year)``.
    province_id : str
        Slug.
    years : iterable of int

    Returns
    -------
    Sampling
        Without the years whose sample is in no source, or of which the SIPAS of the province is
        neither published nor implied.
    """
    tree = at(dataset.components, index_id="PAR_INDEX", code=SIPAS_PART)
    maxima = {row["criteria_set"]: float(row["max_score"]) for row in records(tree)}
    own = at(dataset.scores, index_id="SIPAS", component="total", province_id=province_id)
    percent = {row["year"]: _percent(row) for row in records(own)}
    known = {year: share for year in years if not math.isnan(share := percent.get(year, math.nan))}
    samples = {year: asked for year in known if (asked := sample(dataset, year)) is not None}
    if not samples:
        return Sampling(pd.DataFrame(columns=list(COLUMNS)), samples)
    errors = survey_standard_errors(
        [known[year] for year in samples],
        pd.Series([asked.asked / len(dataset.units(year)) for year, asked in samples.items()]),
        design_effect=DESIGN_EFFECT,
    )
    rows = [("SIPAS", year, error) for year, error in zip(samples, errors, strict=True)]
    for _, year, error in tuple(rows):
        top = maxima.get(criteria.criteria_set_of("PAR_INDEX", year), math.nan)
        if not math.isnan(top):
            rows.append(("PAR_INDEX", year, error * top / 100))
    return Sampling(pd.DataFrame(rows, columns=list(COLUMNS)), samples)


def _percent(row: Mapping[str, Any]) -> float:
    """SIPAS of a row of ``scores``: as published, else as implied, else NaN."""
    score = row["score"]
    return float(row["score_implied"] if pd.isna(score) else score)


def margin(errors: pd.DataFrame, index: str, before: int, after: int) -> float:
    """Change of an index that chance alone exceeds one time in twenty.

    Parameters
    ----------
    errors : DataFrame
        ``errors`` of a :class:`Sampling`.
    index, before, after : str, int, int
        Whose change, from which year to which.

    Returns
    -------
    float
        NaN where the error of a year is not known.
    """
    own = errors[errors["index_id"].eq(index)]
    known = dict(zip(own["year"], own["std_error"], strict=True))
    return Z * math.hypot(known.get(before, math.nan), known.get(after, math.nan))
