"""What the findings of an improvement plan share: names, levels, ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parstudy.display import terms
from parstudy.display.tables import Cell
from parstudy.display.words import Language, defer, is_missing
from parstudy.studies.improvement import Improvement

ROWS = 20
LEVELS = {
    "subcriterion": defer("sub-criteria"),
    "criterion": defer("criteria"),
    "area": defer("areas"),
    "score_source": defer("sources of points"),
    "part": defer("parts"),
}


def index_and_year(study: Improvement) -> dict[str, Any]:
    return {"index": terms.short(study.index), "year": study.year}


def total_decimals(study: Improvement) -> int:
    rows = study.ladder.table
    own = rows[rows["province_id"].eq(study.province_id)]
    return terms.digits(own["decimals"].iloc[0]) if len(own) else 2


def points_range(language: Language, low: float, high: float) -> str:
    if is_missing(low) or abs(high - low) < 0.005:
        return language.number(high)
    return f"{language.number(low)}–{language.number(high)}"


def cause(language: Language, row: Mapping[str, Any]) -> Cell:
    """What the figures alone say of why points were lost; the rest is for the department."""
    _ = language.text
    if not is_missing(row["not_granted"]) and row["not_granted"] > 0:
        return _("claimed, not granted: evidence missing")
    if row["scoring"] == "survey":
        return _("opinion of those asked")
    if not is_missing(row["claimed"]) and row["claimed"] <= row["score"]:
        return _("not claimed: work to be done")
    if row["easy"] is True or row["easy"] == True:  # noqa: E712 (a nullable boolean)
        return _("most similar provinces have it")
    return None


def ranked(study: Improvement) -> bool:
    """Whether anything is known of the place of the province."""
    return study.ladder.rank_low > 0


def known(study: Improvement) -> bool:
    """Whether points of any component are known."""
    return not study.gains.table.empty
