"""A first draft of a plan, from the figures alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.plans import _departments, _model
from parstudy.plans._check import set_of
from parstudy.plans._model import Plan
from parstudy.studies import profiles

_INDEX = "PAR_INDEX"
_LEVELS = ("subcriterion", "criterion", "area", "score_source")
_COMPARABLE = 15
_TITLE = "Nhiệm vụ nâng cao Chỉ số cải cách hành chính"
_NOISE = 1e-9
CLAIMED = "self_assessed"
"""Measure under which a release carries the points that provinces claimed for themselves."""


def draft(ds: Dataset, province: str, year: int, *, claims: pd.DataFrame | None = None) -> Plan:
    """Draft a plan from the figures of one index year.

    Everything below its maximum is to be raised, everything at its maximum to be held, and what
    is not known stays blank. The finest level of which scores are known is taken; where none is
    known the plan holds the areas and nothing else.

    Parameters
    ----------
    ds : Dataset
        Open dataset.
    province : str
        Slug, name or any known spelling.
    year : int
        Index year.
    claims : DataFrame, optional
        Points that provinces claimed for themselves: ``year, province_id, component,
        self_assessed``. By default what the releases hold under the measure ``self_assessed``.

    Returns
    -------
    Plan
        ``priority`` orders what is to be raised by worth times feasibility: points lost times the
        share of comparable provinces with more than this province. Comparable are the 15 with
        the nearest totals, or all that are known where its total is not. ``target_score`` is the
        maximum where half of them have it, else the median of those with more.

    Raises
    ------
    ProvinceError
        If the name is none of the units of that year.
    """
    unit = resolve(province, criteria.geography_of(year))
    scores = at(ds.scores, index_id=_INDEX, year=year)
    name = set_of(ds, year)
    tree = at(ds.components, index_id=_INDEX, criteria_set=name)
    own = profiles.parts(scores, ds.components, unit.province_id, year)
    own = own[own["index_id"].eq(_INDEX)].set_index("component")
    level = _level(own)
    listed = tree[tree["code"].isin(criteria.cut(tree.set_index("code"), level or "area"))]
    others = scores[
        scores["component"].isin(listed["code"]) & scores["province_id"].ne(unit.province_id)
    ]
    near = comparable(scores, unit.province_id)
    others = others[others["province_id"].isin(near)] if near else others
    claimed = _claims(ds, claims, unit.province_id, year)
    leads = tree.set_index("code")[["parent", "lead_department"]]
    rows = [
        _row(row, own, others, claimed, _lead(str(row["code"]), leads, year))
        for row in listed.to_dict("records")
    ]
    made = _model.frame(_with_priority(rows))
    return Plan(
        made,
        province=unit.province_id,
        year=year,
        criteria_set=name,
        level=level,
        title=f"{_TITLE} năm {year + 1} của {_kind_of(unit.name_vi)}",
        authority=f"Ủy ban nhân dân {_kind_of(unit.name_vi)}",
        synthetic=ds.synthetic,
    )


def _kind_of(name: str) -> str:
    # five cities were equal to provinces, Huế is the sixth since 2025
    cities = {"Hà Nội", "TP. Hồ Chí Minh", "Hồ Chí Minh", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Huế"}
    bare = name.removeprefix("Thành phố ").removeprefix("TP. ")
    return f"thành phố {bare}" if name in cities or bare in cities else f"tỉnh {name}"


def _level(own: pd.DataFrame) -> str:
    told = own[own["score"].notna() | own["percent"].notna()]
    return next((level for level in _LEVELS if told["level"].eq(level).any()), "")


def comparable(scores: pd.DataFrame, province_id: str, n: int = _COMPARABLE) -> list[str]:
    """Provinces with the totals nearest to a province's; none where its total is not known.

    Parameters
    ----------
    scores : DataFrame
        Rows of one index and year.
    province_id : str
        Slug.
    n : int
        How many.
    """
    totals = scores[scores["component"].eq("total")].set_index("province_id")["score"].dropna()
    if province_id not in totals.index:
        return []
    gap = (totals.drop(province_id) - totals[province_id]).abs()
    ordered = gap.reset_index(name="gap").sort_values(["gap", "province_id"])
    return list(ordered["province_id"].head(n))


def _claims(
    ds: Dataset, claims: pd.DataFrame | None, province_id: str, year: int
) -> dict[str, float]:
    if claims is None:
        held = at(ds.values, index_id=_INDEX, quantity=CLAIMED, unit_id=province_id, year=year)
        own = held.rename(columns={"value": CLAIMED})
    else:
        own = at(claims, year=year, province_id=province_id)
    return {str(r["component"]): float(r[CLAIMED]) for r in own.to_dict("records")}


def _lead(code: str, leads: pd.DataFrame, year: int) -> str:
    """Lead department of a component or of what it belongs to, as it is called a year later."""
    while code in leads.index and code != "total":
        name = str(leads.loc[code, "lead_department"])
        if name:
            return _departments.in_force(name, f"{year + 1}-12-31")
        code = str(leads.loc[code, "parent"])
    return ""


def _row(
    row: dict[Any, Any],
    own: pd.DataFrame,
    others: pd.DataFrame,
    claimed: dict[str, float],
    lead: str,
) -> dict[str, Any]:
    code = str(row["code"])
    told = own.loc[code] if code in own.index else None
    score = told["score"] if told is not None else float("nan")
    percent = told["percent"] if told is not None else float("nan")
    top = row["max_score"]
    if pd.isna(top) and told is not None:
        top = told["max_score"]
    theirs = others.loc[others["component"].eq(code), "percent"].dropna().to_numpy()
    kind, reached, above, target = "", "", float("nan"), float("nan")
    if pd.notna(percent):
        kind = "hold" if percent >= 100 - 1e-6 else "raise"
        n = len(theirs)
        if n:
            reached = f"{int((theirs >= 100 - 1e-6).sum())}/{n}"
            above = ((theirs > percent + _NOISE).sum() + 0.5) / (n + 1)
        target = _target(percent, theirs, kind) * top / 100
    granted = score if pd.notna(score) else percent * top / 100
    claim = claimed.get(code, float("nan"))
    lost = max(0.0, top - granted) if pd.notna(top) and pd.notna(granted) else float("nan")
    return {
        "code": code,
        "kind": kind,
        "name": row["name_vi"] or row["name_en"],
        "maximum": top,
        "score": _tidy(granted),
        "lost": _tidy(lost),
        "claimed": claim,
        "gap": _tidy(max(0.0, claim - granted)) if claim > granted + _NOISE else float("nan"),
        "reached": reached,
        "lead_department": lead,
        "target_score": _tidy(target),
        "source": str(told["source_id"]) if told is not None else "",
        # what is lost where the maximum is not known: the share stands for the points
        "_worth": (lost if pd.notna(lost) else 100 - percent) * (above if above == above else 0.5),
    }


def _target(percent: float, theirs: np.ndarray[Any, Any], kind: str) -> float:
    better = theirs[theirs > percent + _NOISE]
    if kind == "hold" or not len(theirs) or (theirs >= 100 - 1e-6).mean() >= 0.5:
        return 100.0
    return float(np.median(better)) if len(better) else 100.0


def _tidy(points: float) -> float:
    # points are published to thousandths at the finest
    return round(float(points), 3)


def _with_priority(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = [r for r in rows if r["kind"] == "raise"]
    ordered = sorted(wanted, key=lambda r: (-r["_worth"], r["code"]))
    place = {r["code"]: float(n) for n, r in enumerate(ordered, 1)}
    return [{**r, "priority": place.get(r["code"], float("nan"))} for r in rows]
