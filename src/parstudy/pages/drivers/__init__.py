"""What the drivers notebook shows: how components go with the overall rank, and the limits."""

from __future__ import annotations

from parstudy.display.terms import Names
from parstudy.pages.drivers._opening import (
    data,
    labels,
    limits,
    question,
    sources,
    title,
    too_few,
)
from parstudy.pages.drivers._outcomes import groups, outcome_table, outside_outcomes
from parstudy.pages.drivers._relations import against_rest, pooled, regression
from parstudy.pages.drivers._robustness import robustness, search, uncertainty
from parstudy.pages.drivers._shares import (
    effects,
    identity,
    orders_of_entry,
    rank_shifts,
    shares,
)

__all__ = [
    "Names",
    "against_rest",
    "data",
    "effects",
    "groups",
    "identity",
    "labels",
    "limits",
    "orders_of_entry",
    "outcome_table",
    "outside_outcomes",
    "pooled",
    "question",
    "rank_shifts",
    "regression",
    "robustness",
    "search",
    "shares",
    "sources",
    "title",
    "too_few",
    "uncertainty",
]
