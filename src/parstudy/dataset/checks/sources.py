"""Several sources for one quantity: they must give one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parstudy.dataset.checks.findings import INFO, WARNING, Finding, Kind, named
from parstudy.dataset.checks.tables import Row, Tables, rows
from parstudy.text import defer

_CONFLICTS = {
    "score": defer("Sources contradict each other on the score."),
    "percent": defer("Sources contradict each other on the percentage."),
    "rank": defer("Sources contradict each other on the rank."),
    "change_score": defer("Sources contradict each other on the change of the score."),
    "change_rank": defer("Sources contradict each other on the change of the rank."),
    "group": defer("Sources contradict each other on the group."),
    "mean": defer("Sources contradict each other on the mean."),
    "min": defer("Sources contradict each other on the lowest score."),
    "max": defer("Sources contradict each other on the highest score."),
    "n": defer("Sources contradict each other on a count."),
    "": defer("Sources contradict each other."),
}
_ROUNDINGS = {
    "score": defer("Sources print the same score with different precision."),
    "mean": defer("Sources print the same mean with different precision."),
    "": defer("Sources print the same number with different precision."),
}
FAMILIES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "conflict_": (WARNING, _CONFLICTS),
    "rounding_": (INFO, _ROUNDINGS),
}
"""Kinds of a code for each quantity, by how the code begins: severity, sentences by quantity."""


def _kind(family: str, quantity: str) -> Kind:
    severity, sentences = FAMILIES[family]
    return Kind(f"{family}{quantity}", severity, sentences.get(quantity, sentences[""]))


def conflicts(t: Tables) -> Iterator[Finding]:
    """Sources that contradict each other beyond rounding."""
    for row in rows(t.values[t.values["conflict"]]):
        yield t.find(
            _kind("conflict_", row["quantity"]),
            row,
            f"sources contradict each other on {named(row['quantity'])}",
            found=f"{row['text']} ({row['source_id']}) ≠ {row['others']}",
            figures=t.claims(row),
        )


def rounding(t: Tables) -> Iterator[Finding]:
    """Sources that agree but print different precision (not a contradiction)."""
    for row in rows(t.values[t.values["rounding"] & t.values["others"].ne("")]):
        if _other_numbers(row):
            yield t.find(
                _kind("rounding_", row["quantity"]),
                row,
                "sources print the same number with different precision",
                found=f"{row['text']} ({row['source_id']}) ≈ {row['others']}",
                figures=t.claims(row),
            )


def _other_numbers(row: Row) -> bool:
    """Whether a text not chosen is another number; a trailing zero left out makes none."""
    texts = [other.split(" (")[0] for other in row["others"].split("; ")]
    return any(_number(text) != row["value"] for text in texts)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ".").rstrip(" %"))
    except ValueError:
        return float("nan")
