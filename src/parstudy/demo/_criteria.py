"""The made-up criteria sets: PAR INDEX down to sub-criteria, and the parts of SIPAS."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from parstudy.facts import table

CRITERIA_SET: Final = "SYNTHETIC-DEMO"
SIPAS_SET: Final = "SYNTHETIC-DEMO-SIPAS"
SIPAS_PARTS: Final = ("access", "procedures", "staff", "results", "feedback")
SOURCES: Final = ("appraisal", "survey_leaders", "sipas", "socioeconomic")
"""Sources of points; every sub-criterion belongs to one."""
MILLI: Final = 1000
"""Points are kept in thousandths: sums are exact."""
HEADER: Final = (
    "code", "parent", "level", "name_vi", "name_en", "max_score", "scoring", "lead_department",
)  # fmt: skip
"""Columns of a release's ``components.csv``."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the criteria set with its strength; NaN where it has none.

    Attributes
    ----------
    max_score : float
        Maximum in points.
    saturation : float
        Expected share of provinces at the maximum in the first year.
    loading, loading_on_quality : float
        Bond of an area with quality, or of a sub-criterion with its area; bond with quality.
    """

    code: str
    parent: str
    level: str
    name_vi: str
    name_en: str
    max_score: float
    scoring: str
    score_source: str
    lead_department: str
    saturation: float
    loading: float
    loading_on_quality: float

    @property
    def top(self) -> int:
        """Maximum in thousandths."""
        return round(self.max_score * MILLI)

    @property
    def area(self) -> str:
        """Code of the area that it belongs to."""
        return self.code if self.level == "area" else _area_of(self.code)


def _area_of(code: str) -> str:
    return f"A{code.partition('.')[0]}"


@cache
def parts() -> tuple[Part, ...]:
    """The whole set, in the order of ``facts/demo_criteria.csv``."""
    rows = table("demo_criteria").to_dict("records")
    strength = {str(r["code"]): _number(r["loading"]) for r in rows if r["level"] == "area"}
    found = []
    for row in rows:
        loading = _number(row["loading"])
        of_area = strength[_area_of(row["code"])] if row["level"] == "subcriterion" else 1.0
        known = {str(k): v for k, v in row.items()} | {
            "max_score": _number(row["max_score"]),
            "saturation": _number(row["saturation"]),
            "loading": loading,
            "loading_on_quality": loading * of_area,
        }
        found.append(Part(**known))
    return tuple(found)


def of_level(*levels: str) -> tuple[Part, ...]:
    """Rows of some levels, in the order of the set."""
    return tuple(p for p in parts() if p.level in levels)


def strongest_first(chosen: Iterable[Part]) -> tuple[str, ...]:
    """Codes from the strongest bond with quality down."""
    return tuple(p.code for p in sorted(chosen, key=lambda p: -p.loading_on_quality))


def _number(text: str) -> float:
    return float(text) if text else math.nan


def par_components() -> list[list[str]]:
    """Rows of ``components.csv`` of PAR INDEX: the tree, then the sources of points."""
    rows = [[cell_text(getattr(p, k)) for k in HEADER] for p in parts()]
    known = table("criteria_components").drop_duplicates("code").set_index("code")
    for source in SOURCES:
        own = [p for p in of_level("subcriterion") if p.score_source == source]
        names = [str(known.loc[source, name]) for name in ("name_vi", "name_en")]
        top = cell_text(sum(p.max_score for p in own))
        rows.append([source, "total", "score_source", *names, top, own[0].scoring, ""])
    return rows


def sipas_components() -> list[list[str]]:
    """Rows of ``components.csv`` of SIPAS, named as in its first national set."""
    known = table("criteria_components")
    known = known[known["criteria_set"].eq("SIPAS-2017")]
    return [list(map(str, row)) for row in known[list(HEADER)].itertuples(index=False)]


def sipas_names() -> dict[str, str]:
    """Vietnamese name of each part of SIPAS."""
    return {row[HEADER.index("code")]: row[HEADER.index("name_vi")] for row in sipas_components()}


def cell_text(value: Any) -> str:
    """A value as it stands in a CSV file; nothing for NaN."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:g}"
    return str(value)
