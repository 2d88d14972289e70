"""SYNTHETIC projects: complete national releases with known truth.

No figure made here is real. The generator stands for what a full release looks like, down to
sub-criteria, so that every page can be seen and every method tried against a known answer:

- Each province has a latent quality that drifts from year to year.
- Each area follows quality with its own strength (``loading`` of the area), each sub-criterion
  follows its area with its own (``loading`` of the sub-criterion); their product is what the
  sub-criterion owes to quality. Within each year the latent parts are made exactly uncorrelated,
  so that the order of strengths is in the data and not only in the expectation.
- Appraised sub-criteria are scored in steps of a quarter point and mostly saturated; surveyed
  ones are continuous; the satisfaction part is a tenth of the SIPAS percentage.

Names, maxima, strengths and saturation stand in ``facts/demo_criteria.csv``.
"""

from __future__ import annotations

from parstudy.demo._criteria import CRITERIA_SET, SIPAS_SET
from parstudy.demo._generate import LAST_YEAR, SEED, Demo, generate
from parstudy.demo._project import write_demo

__all__ = [
    "CRITERIA_SET",
    "LAST_YEAR",
    "SEED",
    "SIPAS_SET",
    "Demo",
    "generate",
    "write_demo",
]
