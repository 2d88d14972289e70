"""What the drivers notebook shows: how components go with the overall rank, and the limits."""

from __future__ import annotations

from parstudy.display.terms import Names
from parstudy.pages.drivers._opening import (
    cited,
    data,
    enough,
    labels,
    limits,
    question,
    sources,
    title,
    too_few,
)
from parstudy.pages.drivers._outcomes import external_table, groups, outside, overlap
from parstudy.pages.drivers._relations import pooled, regression, rest
from parstudy.pages.drivers._robustness import robust, search, uncertainty
from parstudy.pages.drivers._shares import effects, identity, orders, shares, without

__all__ = [
    "Names",
    "cited",
    "data",
    "effects",
    "enough",
    "external_table",
    "groups",
    "identity",
    "labels",
    "limits",
    "orders",
    "outside",
    "overlap",
    "pooled",
    "question",
    "regression",
    "rest",
    "robust",
    "search",
    "shares",
    "sources",
    "title",
    "too_few",
    "uncertainty",
    "without",
]
