"""Layouts that nobody has seen before are read exactly, told unread, or refused; never misread."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import drawn_layouts
import pytest
from figures_read import figures_read

from parstudy.errors import ReleaseError
from parstudy.intake import read_release

HONEST_EVERYWHERE = ("two_meanings", "unnamed_row")


def verdict(layout: drawn_layouts.Layout, folder: Path) -> tuple[str, str]:
    """What becomes of a layout: ``exact``, ``told``, ``refused``, or a fault with its reason."""
    path = layout.write(folder)
    try:
        read = read_release(path, layout.index, layout.year)
    except ReleaseError as error:
        honest = error.code in (*layout.codes, *HONEST_EVERYWHERE)
        return ("refused" if honest else "misleading"), str(error)
    known = {**layout.may, **layout.must}
    got = {}
    for (name, component, measure, year), value in figures_read(read).items():
        key = (name, component, measure)
        # a total of 100 points is a percentage at once
        twin = (name, "total", "score" if measure == "percent" else "percent")
        key = key if key in known or component != "total" else twin
        if year != layout.year or key not in known or abs(known[key] - value) > 1e-6:
            return "misread", f"{key} {year} = {value}"
        got[key] = value
    gone = {key[1:] for key in layout.must if key not in got}
    said = " ".join([*read.layout.doubts, *read.release.notes]).casefold()
    untold = [k for k in gone if layout.words[k].casefold() not in said]
    if untold:
        return "untold", f"{untold[:3]}; {said[:300]}"
    return ("told", f"{sorted(gone)[:5]}") if gone else ("exact", "")


@pytest.mark.parametrize(
    "kind", ["ranking", "blocks", "criteria_rows", "own_sheet", "satisfaction"]
)
def test_nothing_is_misread(kind: str, tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    faults = []
    for seed in range(16):
        layout = getattr(drawn_layouts, kind)(seed)
        one, why = verdict(layout, tmp_path)
        found[one] += 1
        if one in ("misread", "untold", "misleading"):
            faults.append(f"{layout.name}: {one}: {why}")
    assert not faults, "\n".join(faults)
    assert found["exact"] >= 12, found
