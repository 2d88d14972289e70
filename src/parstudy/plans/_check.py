"""Whether a plan fits the criteria set, the figures and the departments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.errors import ProvinceError
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.plans import _departments, _values
from parstudy.plans._model import Plan, Problem
from parstudy.plans._read import read
from parstudy.text import nearest

_INDEX = "PAR_INDEX"
_NOISE = 1e-9
_PRINTED = 5e-4  # scores are printed to thousandths
_WELL_FORMED = re.compile(r"[1-9]\d?(\.[1-9]\d?){1,2}")


@dataclass(frozen=True)
class Checked:
    """A plan and everything that was found about it.

    Attributes
    ----------
    plan : Plan
        As read; all rows with a code of their own.
    problems : tuple of Problem
        From reading and from checking, in the order of the plan.
    """

    plan: Plan
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that must be mended."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def valid_rows(self) -> pd.DataFrame:
        """Rows without an error."""
        wrong = {p.criterion for p in self.errors}
        rows = self.plan.rows
        return rows[~rows["code"].isin(wrong)].reset_index(drop=True)

    def lines(self) -> list[str]:
        """One line a problem, then the count."""
        warned = len(self.problems) - len(self.errors)
        return [
            *(p.line() for p in self.problems),
            f"{len(self.plan.rows)} rows read, {len(self.valid_rows)} without error; "
            f"{len(self.errors)} errors, {warned} warnings",
        ]


def check(plan: Plan | str | Path, ds: Dataset) -> Checked:
    """Check a plan against what the dataset knows.

    Parameters
    ----------
    plan : Plan, str or Path
        A plan or its file.
    ds : Dataset
        Open dataset.

    Returns
    -------
    Checked

    Raises
    ------
    PlanError
        If the file cannot be read at all.
    """
    given = plan if isinstance(plan, Plan) else read(plan)
    components = tree(ds, given)
    found = [
        *_head(given),
        *_codes(given, components),
        *_targets(given, ds, components),
        *_units(given),
    ]
    order = {code: n for n, code in enumerate(given.rows["code"])}
    found.sort(key=lambda p: order.get(p.criterion, -1))
    return Checked(given, (*given.problems, *found))


def tree(ds: Dataset, plan: Plan) -> pd.DataFrame:
    """Components of the plan's criteria set; of its year's set where it names none."""
    name = plan.criteria_set or set_of(ds, plan.year)
    known = ds.components
    return at(known, index_id=_INDEX, criteria_set=name)


def set_of(ds: Dataset, year: int) -> str:
    """Criteria set of PAR INDEX in a year, as its release or the reference data has it."""
    own = at(ds.releases, index_id=_INDEX, year=year)
    named = [name for name in own["criteria_set"] if name]
    return str(named[0]) if named else criteria.criteria_set_of(_INDEX, year)


def _head(plan: Plan) -> Iterator[Problem]:
    """Whose plan: without it no target is compared with a score."""
    place = plan.title or "plan"
    if not plan.province:
        message = "it is not said whose plan this is; targets are not compared with scores"
        yield Problem(
            "no_province", message, "warning", place, "", "province at the head of the plan"
        )
        return
    try:
        resolve(plan.province, criteria.geography_of(plan.year))
    except ProvinceError as error:
        yield Problem(
            "unknown_province", error.message, "error", place, plan.province, error.expected
        )


def _codes(plan: Plan, components: pd.DataFrame) -> Iterator[Problem]:
    known = set(components["code"])
    deep = components["level"].isin(["criterion", "subcriterion"]).any()
    name = components["criteria_set"].iloc[0] if len(components) else ""
    if not known:
        yield Problem(
            "unknown_set", "the criteria set is not known, so that no code can be checked",
            "warning", plan.title or "plan", plan.criteria_set or str(plan.year or ""),
            "province, year and criteria set at the head of the plan",
        )  # fmt: skip
        return
    for code in plan.rows["code"]:
        if code in known and code != "total":
            continue
        place = plan.place(code, "code")
        area = f"A{code.split('.')[0]}"
        if not deep and area in known and _WELL_FORMED.fullmatch(code):
            yield Problem(
                "unchecked_code", f"of {name} only the areas are known; the code cannot be checked",
                "warning", place, code, f"a criterion of {area}", "",
            )  # fmt: skip
            continue
        close = nearest(code, sorted(known - {"total"}), at_least=0.5)
        expected = f"a code of {name}" + (f", perhaps {close}" if close else "")
        yield Problem(
            "unknown_code", "a code that the criteria set does not have", "error", place, code,
            expected, code,
        )  # fmt: skip


def _targets(plan: Plan, ds: Dataset, components: pd.DataFrame) -> Iterator[Problem]:
    own = ds.scores
    own = at(own, index_id=_INDEX, year=plan.year, province_id=plan.province).set_index("component")
    tops = components.set_index("code")["max_score"]
    for row in plan.rows.to_dict("records"):
        code, target = row["code"], row["target_score"]
        # what the dataset says comes first; the plan's own figures fill what it does not know
        top = _first(tops.get(code), row["maximum"])
        now = _first(own["score"].get(code), row["score"])
        for name, message, wrong, expected in (
            ("negative_target", "a target below 0", target < 0, "points"),
            ("target_above_maximum", "a target above the maximum", target > top + _NOISE,
             f"at most {top:g}"),
            ("target_below_score", "a target below the score of the year", target < now - _NOISE,
             f"at least {now:g}"),
        ):  # fmt: skip
            if wrong:
                place = plan.place(code, "target_score")
                yield Problem(name, message, "error", place, f"{target:g}", expected, code)
                break
        for column, known in (("maximum", tops.get(code)), ("score", own["score"].get(code))):
            if known is not None and abs(row[column] - known) > _PRINTED:
                yield Problem(
                    f"changed_{column}", f"the {column} is not the data's", "warning",
                    plan.place(code, column), f"{row[column]:g}", f"{known:g}", code,
                )  # fmt: skip


def _first(*values: Any) -> Any:
    return next((v for v in values if v is not None and pd.notna(v)), float("nan"))


def _units(plan: Plan) -> Iterator[Problem]:
    carried_out = plan.year + 1 if plan.year else 0
    for row in plan.rows.to_dict("records"):
        if not (row["due"] or carried_out):
            continue
        day = _values.last_day(row["due"], carried_out)
        for column in ("lead_department", "partners"):
            for name, unit in _departments.named_in(row[column]):
                yield from _unit(plan, row["code"], column, name, unit, day)


def _unit(
    plan: Plan, code: str, column: str, name: str, unit: _departments.Department | None, day: str
) -> Iterator[Problem]:
    place = plan.place(code, column)
    if unit is None:
        if column == "lead_department":
            near = _departments.nearest(name)
            yield Problem(
                "unknown_department", "a department that is not in the list; it is kept", "warning",
                place, name, f"perhaps {near}" if near else "", code,
            )  # fmt: skip
    elif unit.valid_to and unit.valid_to < day:
        yield Problem(
            "department_gone", f"a department that ended on {unit.valid_to}", "error", place, name,
            f"its successor, {_departments.in_force(name, day)}", code,
        )  # fmt: skip
    elif unit.valid_from and unit.valid_from > day:
        yield Problem(
            "department_not_yet", f"a department that began on {unit.valid_from} only", "warning",
            place, name, "the department in charge at that time", code,
        )  # fmt: skip
