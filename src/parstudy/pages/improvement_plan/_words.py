"""What the findings of an improvement plan share: names, levels, ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column
from parstudy.display.words import Language, defer, is_missing
from parstudy.plans import department_name
from parstudy.studies.improvement import Improvement

ROWS = 20
"""Rows of a table of components or provinces."""
LEVELS = {
    "subcriterion": defer("sub-criteria"),
    "criterion": defer("criteria"),
    "area": defer("areas"),
    "score_source": defer("ways of scoring"),
    "part": defer("parts"),
}
_SAME = 0.005


def index_and_year(improvement: Improvement) -> dict[str, Any]:
    """Words for the index and its year."""
    return {"index": terms.short(improvement.index), "year": improvement.year}


def label(language: Language, improvement: Improvement, code: str) -> str:
    """Name of a component with its code, as the data have it, else the criteria set."""
    rows = improvement.gains.table
    if code not in rows.index:
        return terms.component_label(language, code, improvement.index, improvement.year)
    return terms.component_name(language, {"component": code, **rows.loc[code].to_dict()})


def labels(language: Language, improvement: Improvement, codes: Iterable[str]) -> list[str]:
    """Names of components in a sentence; those without one together, by the area they are in."""
    told: dict[str, list[str]] = {}
    for code in codes:
        name = label(language, improvement, code)
        told.setdefault(name.removeprefix(code) if name.endswith(")") else name, []).append(code)
    return [
        label(language, improvement, found[0])
        if len(found) == 1
        else f"{language.names(found)}{rest}"
        for rest, found in told.items()
    ]


def lead_department(page: Page, *, header: bool = False) -> Column:
    """Column of the department that leads, by its name in the language of the page."""
    language = page.language
    return Column(
        language.text("Lead department"),
        "lead_department",
        format=lambda row: department_name(row["lead_department"], language.code) or None,
        row_header=header,
    )


def total_decimals(improvement: Improvement) -> int:
    """Decimals with which the province's total is published."""
    rows = improvement.ladder.table
    own = rows[rows["province_id"].eq(improvement.province_id)]
    return terms.digits(own["decimals"].iloc[0], improvement.index) if len(own) else terms.MOST


def points_range(language: Language, low: float, high: float) -> str:
    """Points between two bounds; one number where both print alike."""
    if is_missing(low) or abs(high - low) < _SAME:
        return language.number(high)
    return f"{language.number(low)}–{language.number(high)}"


def cause(language: Language, row: Mapping[str, Any]) -> Cell:
    """What the figures alone say of why points were lost; the rest is for the department."""
    _ = language.text
    if not is_missing(row["not_granted"]) and row["not_granted"] > 0:
        return _("claimed, not granted")
    if row["scoring"] == "survey":
        return _("opinion of those asked")
    if not is_missing(row["claimed"]) and row["claimed"] <= row["score"]:
        return _("not claimed by the province itself")
    if not is_missing(row["easy"]) and row["easy"]:
        return _("most similar provinces have it")
    return None


def ranked(improvement: Improvement) -> bool:
    """Whether anything is known of the place of the province."""
    return improvement.ladder.rank_low > 0


def known(improvement: Improvement) -> bool:
    """Whether points of any component are known."""
    return not improvement.gains.table.empty
