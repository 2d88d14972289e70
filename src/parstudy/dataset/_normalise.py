"""Raw figures of all releases -> the table ``figures``: one vocabulary of units and measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.dataset.checks.findings import Finding
from parstudy.errors import ProvinceError
from parstudy.facts import criteria, provinces, table
from parstudy.facts.fields import columns
from parstudy.releases.model import CERTAINTIES

if TYPE_CHECKING:
    from parstudy.releases import RawRelease

COLUMNS = columns("figures")
_LETTERS = frozenset({"A", "B", "C", "D", "1", "2", "3", "4", "good", "fair", "moderate", "low"})


def normalise(releases: Sequence[RawRelease]) -> tuple[pd.DataFrame, list[Finding]]:
    """Bring the figures of all releases into one vocabulary.

    Parameters
    ----------
    releases : sequence of RawRelease
        As the readers return them.

    Returns
    -------
    figures : DataFrame
        Columns ``COLUMNS``; rows whose unit is unknown are left out and reported.
    findings : list of Finding
        Rows that cannot be placed or that break the range of their measure.
    """
    frames, findings = [], []
    for release in releases:
        frame, found = _one(release)
        frames.append(frame)
        findings += found
    if not frames:
        return pd.DataFrame(columns=list(COLUMNS)), findings
    return pd.concat(frames, ignore_index=True), findings


def decimals(text: str) -> int:
    """Digits after the decimal mark of a printed number (``"87,11 %"`` has 2)."""
    _, _, tail = text.replace(",", ".").partition(".")
    digits = 0
    for character in tail:
        if not character.isdigit():
            break
        digits += 1
    return digits


def _one(release: RawRelease) -> tuple[pd.DataFrame, list[Finding]]:
    raw = release.figures.reset_index(drop=True)
    frame = raw.assign(
        release_id=release.release_id,
        figure_id=[f"{release.release_id}#{n:05d}" for n in range(1, len(raw) + 1)],
        decimals=pd.array([decimals(t) for t in raw["text"]], dtype="Int64"),
    )
    units = {
        key: _unit(*key, geography=release.geography)
        for key in dict.fromkeys(zip(raw["unit_level"], raw["unit_text"], strict=True))
    }
    frame["unit_id"] = [units[k][0] for k in zip(raw["unit_level"], raw["unit_text"], strict=True)]
    findings = [
        _finding("unknown_unit", row, problem, row["unit_text"], "")
        for row in frame[frame["unit_id"].eq("")].to_dict("records")
        for problem in [units[row["unit_level"], row["unit_text"]][1]]
    ]
    highest = criteria.index(release.index).max_score
    findings += _measure_findings(frame, release.n_ranked, highest)
    kept = frame[frame["unit_id"].ne("")]
    kept = kept.astype({"year": "int64", "value": "float64"})
    return kept[list(COLUMNS)], findings


def _unit(level: str, text: str, geography: str) -> tuple[str, str]:
    try:
        return provinces.resolve_unit(level, text, geography), ""
    except ProvinceError as error:
        return "", str(error)


def _measure_findings(frame: pd.DataFrame, n_ranked: int, full: float) -> list[Finding]:
    rules = table("measures").set_index("measure")
    name = frame["measure"].where(~frame["measure"].str.startswith("n_"), "n")
    kind = name.map(rules["kind"])
    lowest = pd.to_numeric(name.map(rules["lowest"]).replace("", None)).fillna(float("-inf"))
    highest = pd.to_numeric(name.map(rules["highest"]).replace("", None)).fillna(float("inf"))
    province_rank = frame["unit_level"].eq("province") & name.str.startswith("rank")
    highest = highest.mask(province_rank, n_ranked)
    highest = highest.mask(name.eq("score") & frame["component"].eq("total"), full)
    value, number = frame["value"], kind.isin(["number", "whole"])
    outside = number & value.notna() & ~value.between(lowest, highest)
    problems = {
        "unknown_measure": (kind.isna(), "unknown measure", "a known measure"),
        "unknown_certainty": (
            ~frame["certainty"].isin(CERTAINTIES),
            "unknown certainty",
            ", ".join(CERTAINTIES),
        ),
        "unknown_group": (
            kind.eq("letter") & ~frame["text"].isin(_LETTERS),
            "unknown group",
            "A, B, C or D",
        ),
        "not_a_number": (number & value.isna(), "not a number", "a number"),
        "not_whole": (
            kind.eq("whole") & value.notna() & value.ne(value.round()),
            "not a whole number",
            "a whole number",
        ),
        "out_of_range": (outside, "out of range", ""),
    }
    found = []
    for code, (mask, message, expected) in problems.items():
        for position in frame.index[mask]:
            row = frame.loc[position].to_dict()
            measure = str(row["measure"])
            shown = measure if code == "unknown_measure" else str(row["text"])
            if code == "unknown_certainty":
                shown = str(row["certainty"])
            wanted, reason, words = expected, code, f"{measure}: {message}"
            if code == "out_of_range":
                low, high = lowest[position], highest[position]
                wanted = f"{low:g} to {high:g}" if high < float("inf") else f"{low:g} or more"
                reason = "rank_out_of_range" if measure.startswith("rank") else code
            found.append(_finding(reason, row, words, shown, wanted))
    return found


def _finding(code: str, row: Mapping[Any, Any], message: str, found: str, expected: str) -> Finding:
    return Finding(
        code=code,
        severity="error",
        index=str(row["index"]),
        year=int(row["year"]),
        unit_id=str(row["unit_id"] or row["unit_text"]),
        component=str(row["component"]),
        message=f"{row['locator']}: {message}",
        found=found,
        expected=expected,
        figure_ids=(str(row["figure_id"]),),
        source_ids=(str(row["source_id"]),),
    )
