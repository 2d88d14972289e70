"""What a change would be worth: scenarios, cheapest ways to a rank, lost points, neighbours.

Everything here reads the tables of a dataset and gives frozen results. What the figures do not
prove is given as a range, or not at all with the reason; nothing is guessed.
"""

from __future__ import annotations

from parstudy.studies.improvement._gains import Gains, Overtakers, max_gain, overtakers
from parstudy.studies.improvement._improvement import Improvement, improvement
from parstudy.studies.improvement._ladder import Ladder, PointValues, ladder, value_of_points
from parstudy.studies.improvement._reach import Reach, points_to_rank, usual_target
from parstudy.studies.improvement._standing import Tables, best_level, known_levels
from parstudy.studies.improvement._what_if import Outlook, WhatIf, what_if

__all__ = [
    "Gains",
    "Improvement",
    "Ladder",
    "Outlook",
    "Overtakers",
    "PointValues",
    "Reach",
    "Tables",
    "WhatIf",
    "best_level",
    "improvement",
    "known_levels",
    "ladder",
    "max_gain",
    "overtakers",
    "points_to_rank",
    "usual_target",
    "value_of_points",
    "what_if",
]
