"""One index and its components: all that a study of it starts from and holds against it."""

from __future__ import annotations

from parstudy.dataset.frames import known_ranks
from parstudy.studies.one_index._outside import (
    Outside,
    holds_sipas,
    order_of,
    outcomes,
    searches,
    sipas_points,
)
from parstudy.studies.one_index._relations import (
    Groups,
    Within,
    assumed_standard_errors,
    grouped,
    robustness,
    singles,
    within,
)
from parstudy.studies.one_index._study import (
    FEWEST,
    SIPAS_PART,
    THIRDS,
    WIDE,
    Study,
    at_maximum,
    study,
    thirds,
)

__all__ = [
    "FEWEST",
    "SIPAS_PART",
    "THIRDS",
    "WIDE",
    "Groups",
    "Outside",
    "Study",
    "Within",
    "assumed_standard_errors",
    "at_maximum",
    "grouped",
    "holds_sipas",
    "known_ranks",
    "order_of",
    "outcomes",
    "robustness",
    "searches",
    "singles",
    "sipas_points",
    "study",
    "thirds",
    "within",
]
