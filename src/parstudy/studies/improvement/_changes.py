"""Planned changes: read strictly, refused with a reason before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy.errors import ParstudyError
from parstudy.studies.improvement._standing import EXACT, LEVELS, Standing, own_parts, refuse
from parstudy.text import nearest

_MAX = "max"
_SOURCE_LEVELS = ("score_source",)


def read_changes(standing: Standing, changes: Mapping[str, str | float]) -> pd.DataFrame:
    """Turn planned changes into points.

    Parameters
    ----------
    standing : Standing
        Whose.
    changes : mapping
        Code to ``"max"``, to a change in points (``+0.25``), or to ``"=0.75"`` (new points).

    Returns
    -------
    DataFrame
        Index ``code``, in the order given; ``name_vi, name_en, lead_department, score, change,
        new_score, max_score, source_id``.

    Raises
    ------
    ParstudyError
        ``unknown_code``, ``not_known``, ``above_maximum``, ``below_zero``, ``bad_change``,
        ``overlapping_codes``.
    """
    own = own_parts(standing)
    rows = []
    for code, wanted in changes.items():
        _known_code(standing, code, own)
        row: Any = own.loc[code]
        score, top = float(row["score"]), float(row["max_score"])
        change = _change(standing, code, wanted, score, top)
        rows.append(
            {
                "code": code,
                "name_vi": _text(standing.tree, code, "name_vi"),
                "name_en": _text(standing.tree, code, "name_en"),
                "lead_department": _text(standing.tree, code, "lead_department"),
                "score": score,
                "change": change,
                "new_score": round(score + change, EXACT),
                "max_score": top,
                "source_id": row["score_source_id"],
            }
        )
    _no_overlap(standing, list(changes))
    columns = ["code", "name_vi", "name_en", "lead_department", "score", "change", "new_score"]
    columns += ["max_score", "source_id"]
    return pd.DataFrame(rows, columns=columns).set_index("code")


def _text(tree: pd.DataFrame, code: str, column: str) -> str:
    value: Any = tree.loc[code, column] if code in tree.index else ""
    return "" if pd.isna(value) else str(value)


def _known_code(standing: Standing, code: str, own: pd.DataFrame) -> None:
    codes = [c for c in standing.tree.index if standing.tree.loc[c, "level"] in LEVELS]
    if code not in codes:
        near = nearest(str(code), codes, at_least=0.0)
        raise refuse(
            "unknown_code",
            "a code that the criteria set does not have",
            standing,
            found=repr(code),
            expected=f"for example {near}" if near else "no component of this year is known",
        )
    if code not in own.index or pd.isna(own["score"].loc[code]):
        level = str(standing.tree.loc[code, "level"])
        raise refuse(
            "not_known",
            f"the points of {code} are not known, so a change of them cannot be added up",
            standing,
            found=f"no score at the level {level}",
            advice="Add a release with these scores, or plan at a level that is known",
        )
    if pd.isna(own["max_score"].loc[code]):
        raise refuse("not_known", f"the maximum of {code} is not known", standing)


def _change(standing: Standing, code: str, wanted: object, score: float, top: float) -> float:
    if wanted == _MAX:
        return round(top - score, EXACT)
    try:
        if isinstance(wanted, bool):
            raise ValueError
        if isinstance(wanted, str) and wanted.startswith("="):
            change = float(wanted[1:]) - score
        elif isinstance(wanted, str):
            raise ValueError
        else:
            change = float(wanted)  # type: ignore[arg-type]
        if not math.isfinite(change):
            raise ValueError
    except (TypeError, ValueError):
        raise refuse(
            "bad_change",
            f"a change of {code} that cannot be read",
            standing,
            found=repr(wanted),
            expected='"max", a number of points such as 0.25, or "=0.75" for the new points',
        ) from None
    new = round(score + change, EXACT)
    if new > top:
        raise refuse(
            "above_maximum",
            f"{code} would rise above its maximum",
            standing,
            found=f"{score:g} {change:+g} = {new:g}",
            expected=f"at most {top:g}",
        )
    if new < 0:
        raise refuse(
            "below_zero",
            f"{code} would fall below 0",
            standing,
            found=f"{score:g} {change:+g} = {new:g}",
            expected="0 or more",
        )
    return round(change, EXACT)


def _no_overlap(standing: Standing, codes: list[str]) -> None:
    """Refuse a component beside one that holds it, and areas beside sources of points."""

    def error(found: str, advice: str) -> ParstudyError:
        """The same points twice, and what to change."""
        return refuse(
            "overlapping_codes", "the same points are changed twice", standing, found=found,
            advice=advice,
        )  # fmt: skip

    chosen = set(codes)
    for code in codes:
        parent = str(standing.tree.loc[code, "parent"])
        seen = {code}
        while parent in standing.tree.index and parent not in seen:
            if parent in chosen:
                raise error(f"{code} and {parent}, which holds it", "Change one of the two")
            seen.add(parent)
            parent = str(standing.tree.loc[parent, "parent"])
    by_source = [c for c in codes if standing.tree.loc[c, "level"] in _SOURCE_LEVELS]
    by_area = [c for c in codes if c not in by_source]
    if by_source and by_area:
        raise error(
            f"{by_source[0]} and {by_area[0]}",
            "The total is cut by area or by source of points; change in one of the two",
        )
