"""What is known of every province, small enough to stand inside the pages that list and compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.display import terms
from parstudy.display.words import LANGUAGES, Language, defer, is_missing
from parstudy.facts import criteria
from parstudy.studies.contradictions import contradictions

MARKS = {
    "implied": defer("† follows from other published figures"),
    "conflict": defer("‡ other figures contradict it; the report of the province says how"),
}
"""What the marks of standings say."""
_RELEASE = ["index_id", "year", "unit_id"]


@dataclass(frozen=True)
class Standing:
    """Where a province stands in one index and year; None is not known.

    Attributes
    ----------
    score : float or None
        Points or percent, as published or implied.
    decimals : int
        Decimals to print.
    low, high : int or None
        The rank lies within; equal where it is known.
    n : int or None
        Units ranked.
    mark : str
        ``implied`` (follows from other figures), ``conflict`` (other figures contradict it) or
        empty.
    unit : str
        What follows the score: ``%`` or nothing.
    """

    score: float | None
    decimals: int
    low: int | None
    high: int | None
    n: int | None
    mark: str
    unit: str = ""

    @property
    def rank(self) -> int | None:
        """The rank, where it is known exactly."""
        return self.low if self.low == self.high else None


class Known:
    """Standings and area scores of all provinces.

    Parameters
    ----------
    dataset : Dataset, optional
        Its ``scores``; without one nothing is known.
    """

    def __init__(self, dataset: Dataset | None = None) -> None:
        self.standings: dict[str, dict[str, dict[int, Standing]]] = {}
        self.areas: dict[str, dict[str, dict[int, dict[str, list[float | None]]]]] = {}
        if dataset is None:
            return
        scores = dataset.scores
        touched = contradictions(dataset, component="total").touched
        contested = set(touched[_RELEASE].itertuples(index=False, name=None))
        for row in scores[scores["component"].eq("total")].to_dict("records"):
            key = (row["index_id"], row["year"], row["province_id"])
            standing = _standing(row, contested=key in contested)
            if standing is not None:
                of_index = self.standings.setdefault(str(row["index_id"]), {})
                of_index.setdefault(str(row["province_id"]), {})[int(row["year"])] = standing
        for area in _areas(scores, dataset.components) if self.standings else ():
            of_province = self.areas.setdefault(str(area["index_id"]), {}).setdefault(
                str(area["province_id"]), {}
            )
            pair = [_number(area["score"]), _number(area["max_score"])]
            of_province.setdefault(int(area["year"]), {})[str(area["component"])] = pair

    @property
    def indices(self) -> list[str]:
        """Indices with a figure, in the order of the table of indices."""
        return [code for code in criteria.indices() if code in self.standings]

    def years(self, index: str) -> list[int]:
        """Years with a figure of the index."""
        return sorted({year for known in self.standings.get(index, {}).values() for year in known})

    def best_year(self, index: str) -> int | None:
        """The year in which most ranks are known, the newest of several."""
        counts: dict[int, int] = {}
        for known in self.standings.get(index, {}).values():
            for year, standing in known.items():
                counts[year] = counts.get(year, 0) + (standing.rank is not None)
        return max(counts, key=lambda year: (counts[year], year)) if counts else None

    def latest(self, index: str, province: str) -> tuple[int, Standing] | None:
        """The newest standing of a province, and its year."""
        known = self.standings.get(index, {}).get(province, {})
        return (max(known), known[max(known)]) if known else None

    def as_data(self) -> dict[str, Any]:
        """Everything for a script: lists, texts and numbers only."""
        return {
            "indices": [_index_data(code, self.years(code)) for code in self.indices],
            "standings": {
                index: {
                    province: {
                        str(year): [s.score, s.decimals, s.low, s.high, s.n, s.mark[:1]]
                        for year, s in sorted(known.items())
                    }
                    for province, known in sorted(provinces.items())
                }
                for index, provinces in self.standings.items()
            },
        }

    def areas_as_data(self) -> dict[str, Any]:
        """Scores of areas, and the areas' names, for a script."""
        return {
            "names": {index: _area_names(index, self.years(index)) for index in self.areas},
            "scores": {
                index: {
                    province: {
                        str(year): dict(sorted(found.items()))
                        for year, found in sorted(known.items())
                    }
                    for province, known in sorted(provinces.items())
                }
                for index, provinces in self.areas.items()
            },
        }


def _standing(row: Mapping[Any, Any], *, contested: bool) -> Standing | None:
    """One row of ``scores``: what was published, else what follows from other figures."""
    score, low, high = row["score"], row["rank_low"], row["rank_high"]
    implied = row["certainty"] == "derived"
    if is_missing(score) and not is_missing(row["score_implied"]):
        score, implied = row["score_implied"], True
    if (is_missing(low) or low != high) and not is_missing(row["rank_implied"]):
        low, high, implied = row["rank_implied"], row["rank_implied"], True
    if is_missing(score) and is_missing(low):
        return None
    index = str(row["index_id"])
    return Standing(
        score=_number(score),
        decimals=terms.digits(row["decimals"], index),
        low=_whole(low),
        high=_whole(high),
        n=_whole(row["n_ranked"]),
        mark="conflict" if contested else "implied" if implied else "",
        unit="" if terms.in_points(index) else "%",
    )


def _areas(scores: pd.DataFrame, components: pd.DataFrame) -> Iterable[dict[str, Any]]:
    areas = components[components["level"].eq("area")][["criteria_set", "code"]]
    known = scores[scores["score"].notna()].merge(
        areas, left_on=["criteria_set", "component"], right_on=["criteria_set", "code"]
    )
    return [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]


def _area_names(index: str, years: Iterable[int]) -> dict[str, dict[str, list[str]]]:
    """Names of the areas, year by year."""
    tree = criteria.components()
    found = {}
    for year in years:
        own = tree[
            tree["criteria_set"].eq(criteria.criteria_set_of(index, year))
            & tree["level"].eq("area")
        ]
        found[str(year)] = {
            str(row["code"]): [Language(code).name(row) for code in LANGUAGES]
            for row in own.to_dict("records")
        }
    return found


def _index_data(code: str, years: list[int]) -> dict[str, Any]:
    index = criteria.index(code)
    breaks = criteria.breaks(code)
    return {
        "code": code,
        "short": index.short,
        "percent": index.unit == "percent",
        "years": years,
        "breaks": {
            str(row["year"]): [Language(lang).name(row, "label") for lang in LANGUAGES]
            for row in breaks.to_dict("records")
        },
    }


def _whole(value: Any) -> int | None:
    return None if is_missing(value) else int(value)


def _number(value: Any) -> float | None:
    return None if is_missing(value) else float(value)
