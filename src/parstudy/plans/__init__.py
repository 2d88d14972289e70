"""Plans to raise the index: draft, read, check, write, and ask afterwards whether they helped.

>>> from parstudy import plans
>>> plan = plans.draft(ds, "lang-son", 2021)  # doctest: +SKIP
>>> plans.write(plan, "plan.xlsx")  # doctest: +SKIP
>>> plans.check("plan.xlsx", ds).lines()  # doctest: +SKIP
"""

from __future__ import annotations

from parstudy.plans._check import Checked, check, tree
from parstudy.plans._compare import compare
from parstudy.plans._departments import department_name
from parstudy.plans._draft import comparable, draft
from parstudy.plans._evaluate import Evaluation, evaluate, evaluate_tables
from parstudy.plans._model import Plan, PlanError, Problem, columns
from parstudy.plans._read import read
from parstudy.plans._shelf import answering, folder_of, kept, of
from parstudy.plans._values import due_label, due_of
from parstudy.plans._write import as_bytes, write

__all__ = [
    "Checked",
    "Evaluation",
    "Plan",
    "PlanError",
    "Problem",
    "answering",
    "as_bytes",
    "check",
    "columns",
    "comparable",
    "compare",
    "department_name",
    "draft",
    "due_label",
    "due_of",
    "evaluate",
    "evaluate_tables",
    "folder_of",
    "kept",
    "of",
    "read",
    "tree",
    "write",
]
