"""What an improvement plan shows: one function for each finding."""

from __future__ import annotations

from parstudy.display.terms import Names
from parstudy.pages.improvement_plan._aims import outlook, planned, ways_up
from parstudy.pages.improvement_plan._losses import claims, departments, easy, lost, worth
from parstudy.pages.improvement_plan._standing import missing, neighbours, others, passed, title
from parstudy.pages.improvement_plan._words import known, ranked

__all__ = [
    "Names",
    "claims",
    "departments",
    "easy",
    "known",
    "lost",
    "missing",
    "neighbours",
    "others",
    "outlook",
    "passed",
    "planned",
    "ranked",
    "title",
    "ways_up",
    "worth",
]
