"""Is the table read right? What the figures of one release say about each other.

These are proofs of reading, not of substance: a row that adds up, whose rank follows from its
scores and whose mean is the printed mean was not misread. Names are compared as printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from parstudy.releases._model import RawRelease

if TYPE_CHECKING:
    import pandas as pd

FINDING_COLUMNS = (
    "code",
    "severity",
    "index",
    "year",
    "unit_id",
    "component",
    "message",
    "found",
    "expected",
    "figure_ids",
    "source_ids",
)
# the two ways to cut the total; never added across
_SOURCES = (
    ("appraisal", "survey_leaders", "sipas", "socioeconomic"),
    ("appraisal", "survey_leaders", "sipas"),
    ("appraisal", "survey"),
)


def prove(release: RawRelease) -> pd.DataFrame:
    """Findings of misreading in one release.

    Parameters
    ----------
    release : RawRelease
        As read.

    Returns
    -------
    DataFrame
        ``code, severity, index, year, unit_id, component, message, found, expected, figure_ids,
        source_ids``. ``unit_id`` is the name as printed, ``figure_ids`` are the locators.
    """
    rows: list[dict[str, Any]] = []
    frame = release.figures[release.figures["year"].eq(release.year)]
    own = frame[frame["unit_level"].eq("province")]
    rows += _count(release, own)
    rows += _above_maximum(release, own)
    rows += _sums(release, own)
    rows += _ranks(release, own)
    rows += _means(release, frame, own)
    return _frame(rows)


def _frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    table = [tuple(r[c] for c in FINDING_COLUMNS) for r in rows]
    return pd.DataFrame(table, columns=list(FINDING_COLUMNS)).astype(
        {c: "int64" if c == "year" else "str" for c in FINDING_COLUMNS}
    )


def _row(
    release: RawRelease, code: str, severity: str, message: str, **more: Any
) -> dict[str, Any]:
    return {
        "code": code,
        "severity": severity,
        "index": release.index,
        "year": release.year,
        "unit_id": "",
        "component": "",
        "message": message,
        "found": "",
        "expected": "",
        "figure_ids": "",
        "source_ids": "",
    } | more


def _decimals(text: str) -> int:
    _, _, tail = text.replace(",", ".").partition(".")
    digits = 0
    for character in tail:
        if not character.isdigit():
            break
        digits += 1
    return digits


def _half_step(text: str) -> float:
    return 0.5 * 10.0 ** -_decimals(text)


def _count(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(own["unit_text"]))
    if len(names) == release.n_ranked:
        return []
    return [
        _row(
            release,
            "unit_count",
            "warning",
            "another number of provinces than are ranked",
            found=str(len(names)),
            expected=str(release.n_ranked),
        )
    ]


def _above_maximum(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    maxima = dict(zip(release.components["code"], release.components["max_score"], strict=True))
    found = []
    for row in own[own["measure"].eq("score")].to_dict("records"):
        top = maxima.get(row["component"], float("nan"))
        if row["value"] > top + 1e-9:
            found.append(_of(release, row, "above_maximum", "above the maximum", f"{top:g}"))
    return found


def _of(
    release: RawRelease, row: dict[Any, Any], code: str, message: str, expected: str
) -> dict[str, Any]:
    return _row(
        release,
        code,
        "error",
        f"{row['locator']}: {message}",
        unit_id=row["unit_text"],
        component=row["component"],
        found=row["text"],
        expected=expected,
        figure_ids=row["locator"],
        source_ids=row["source_id"],
    )


def _sums(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    """Parents against the sums of their parts, where all parts are printed."""
    scores = own[own["measure"].eq("score")].drop_duplicates(["unit_text", "component"])
    values = {(r["unit_text"], r["component"]): r for r in scores.to_dict("records")}
    present = set(scores["component"])
    units = list(scores["unit_text"].unique())
    families: list[tuple[str, tuple[str, ...]]] = []
    parents: dict[str, list[str]] = {}
    for row in release.components.to_dict("records"):
        if row["level"] in ("area", "criterion", "subcriterion"):
            parents.setdefault(row["parent"], []).append(row["code"])
    families += [(p, tuple(c)) for p, c in parents.items() if p in present and len(c) > 1]
    cut = next((s for s in _SOURCES if present.issuperset(s)), None)
    if cut and "total" in present:
        families.append(("total", cut))
    found = []
    for parent, parts in families:
        if parent == "total" and parts[0].startswith("A") and len(parts) < 7:
            continue
        for unit in units:
            whole = values.get((unit, parent))
            pieces = [values.get((unit, p)) for p in parts]
            known = [p for p in pieces if p is not None]
            if whole is None or len(known) < len(pieces):
                continue
            total = sum(p["value"] for p in known)
            slack = _half_step(whole["text"]) + sum(_half_step(p["text"]) for p in known)
            if abs(total - whole["value"]) > slack + 1e-9:
                found.append(
                    _of(
                        release,
                        whole,
                        "parts_do_not_add_up",
                        f"not the sum of its {len(parts)} parts",
                        f"{total:.4f}".rstrip("0").rstrip("."),
                    )
                )
    return found


def _ranks(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    """Printed ranks against the order of the printed scores."""
    found = []
    ranked = set(own.loc[own["measure"].eq("rank"), "component"])
    for component, part in own[own["component"].isin(ranked)].groupby("component", sort=True):
        ranks = part[part["measure"].eq("rank")].drop_duplicates("unit_text")
        scored = part[part["measure"].isin(("score", "percent"))]
        finest = scored.drop_duplicates("unit_text")
        if len(ranks) < 3 or finest.empty:
            continue
        known = {r["unit_text"]: (r["value"], r["text"]) for r in finest.to_dict("records")}
        for row in ranks.to_dict("records"):
            if row["unit_text"] not in known:
                continue
            value, text = known[row["unit_text"]]
            # units that are better beyond rounding, and those that may be
            step = 2 * _half_step(text)
            better = sum(v > value + step for v, _ in known.values())
            maybe = sum(v >= value - step for v, _ in known.values())
            if len(finest) < release.n_ranked:
                maybe += release.n_ranked - len(finest)
            if not better + 1 <= row["value"] <= maybe:
                expected = f"{better + 1}" if better + 1 == maybe else f"{better + 1} to {maybe}"
                found.append(
                    _of(
                        release,
                        row,
                        "rank_against_score",
                        f"the rank does not follow from the score of {component}",
                        expected,
                    )
                )
    return found


def _means(release: RawRelease, frame: pd.DataFrame, own: pd.DataFrame) -> list[dict[str, Any]]:
    """A printed mean, maximum or minimum against the column above it."""
    found = []
    printed = frame[
        frame["unit_level"].eq("national") & frame["measure"].isin(("mean", "max", "min"))
    ]
    for row in printed.to_dict("records"):
        kind = "percent" if "percent" in row["note"] else "score"
        column = own[own["component"].eq(row["component"])]
        column = column[column["measure"].eq(kind)]
        if column.empty:
            column = own[own["component"].eq(row["component"]) & own["measure"].eq("percent")]
        column = column.drop_duplicates("unit_text")
        if len(column) < release.n_ranked:
            continue
        value = float(getattr(column["value"], row["measure"])())
        slack = _half_step(row["text"]) + max(map(_half_step, column["text"]))
        if abs(value - row["value"]) > slack + 1e-9:
            found.append(
                _of(
                    release,
                    row,
                    f"{row['measure']}_differs",
                    f"not the {row['measure']} of the column",
                    f"{value:.4f}",
                )
            )
    return found
