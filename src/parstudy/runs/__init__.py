"""What to run, running it, and running many: notebook and parameters in, reports out."""

from __future__ import annotations

from parstudy.runs.batch import run_batch
from parstudy.runs.execute import Made, execute
from parstudy.runs.outcomes import BatchResult, Limits, Outcome
from parstudy.runs.plan import Run, plan
from parstudy.runs.present import is_current

__all__ = [
    "BatchResult",
    "Limits",
    "Made",
    "Outcome",
    "Run",
    "execute",
    "is_current",
    "plan",
    "run_batch",
]
