"""Rows without a code: what their labels mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parstudy.intake._guess._headings import meaning_of_headings, unexplained
from parstudy.releases.formats.grid import Grid


def labels_of_rows(
    grid: Grid, rows: Iterable[tuple[int, str]], units: Sequence[int], index: str, year: int
) -> tuple[list[dict[str, str]], list[tuple[str, str, str]], list[str]]:
    """Rows that are known by their text: entries of ``labels``, what they mean, doubts."""
    labels: list[dict[str, str]] = []
    meanings, doubts = [], []
    known: set[tuple[str, str]] = set()
    for r, text in rows:
        filled = [grid.cell(r, c).words for c in units if grid.cell(r, c).words]
        if not any(ch.isdigit() for t in filled for ch in t):
            continue
        meaning = meaning_of_headings([text], filled, index, year)
        if not meaning.component or (meaning.component, meaning.measure) in known:
            doubts.append(f"{grid.row_place(r)} {text!r}: not understood")
            continue
        strange = unexplained([text], index, meaning.component, meaning.measure)
        if strange:
            doubts.append(f"{grid.row_place(r)} {text!r}: not understood ({', '.join(strange)})")
            continue
        known.add((meaning.component, meaning.measure))
        labels.append({"label": text, "component": meaning.component, "measure": meaning.measure})
        meanings.append((grid.row_place(r), text, f"{meaning.component} {meaning.measure}"))
    return labels, meanings, doubts
