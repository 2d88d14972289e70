"""Layouts of others: every figure read is right, and what is not read is said.

The layouts were written from descriptions, without looking at how tables are read.
"""

from __future__ import annotations

import math
from pathlib import Path

import combined_layouts  # noqa: F401  (adds its layouts to the list)
import grouped_layouts  # noqa: F401
import headed_layouts  # noqa: F401
import met_layouts  # noqa: F401
import more_layouts  # noqa: F401
import own_layouts  # noqa: F401
import pytest
import ranked_layouts  # noqa: F401
import tidy_layouts  # noqa: F401
import titled_layouts  # noqa: F401
import told_layouts  # noqa: F401
from figures_read import figures_read
from layouts import LAYOUTS, Key, Layout

from parstudy.errors import ReleaseError
from parstudy.intake import read_release


def _same(key: Key, made: Layout) -> float | None:
    """What the truth says of a figure; the total of PAR INDEX is points and percent alike."""
    truth = made.may | made.must
    names = {key}
    if key[1] == "total" and made.index == "PAR_INDEX":
        names |= {
            (key[0], key[1], m, key[3])
            for m in ("score", "percent")
            if key[2] in ("score", "percent")
        }
    for name in names:
        if name in truth:
            return truth[name]
    return None


def _wrong(found: dict[Key, float], made: Layout) -> list[str]:
    out = []
    for key, value in found.items():
        right = _same(key, made)
        if right is None:
            out.append(f"{key} = {value}: stands for nothing in the file")
        elif not math.isnan(right) and abs(right - value) > 1e-6:
            out.append(f"{key} = {value}, printed {right}")
    return out


def test_a_table_of_one_province_is_of_the_year_that_its_title_names(tmp_path: Path) -> None:
    made = LAYOUTS["areas_of_one_province_with_points_share_and_rank"]()
    with pytest.raises(ReleaseError) as caught:
        read_release(made.write(tmp_path / "own"), index="PAR_INDEX", year=2021)
    assert caught.value.code == "other_year"


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_a_foreign_layout_is_read_exactly_or_the_reader_says_what_it_leaves_out(
    name: str, tmp_path: Path
) -> None:
    made = LAYOUTS[name]()
    path = made.write(tmp_path / name)
    refusal: ReleaseError | None = None
    try:
        read = read_release(path, index=made.index, year=made.year)
    except ReleaseError as error:
        refusal = error
    if refusal is not None:
        assert made.aside, f"refused, but nothing in the file is open: {refusal}"
        assert refusal.place
        assert refusal.found or refusal.expected
        return
    found = figures_read(read)
    assert not _wrong(found, made)[:5]
    printed = {
        c.code: c.max_score
        for c in read.release.components.itertuples()
        if c.max_score == c.max_score
    }
    assert not {c: m for c, m in printed.items() if made.maxima.get(c) != m}
    twin = {"score": "percent", "percent": "score"}
    missing = [
        key for key in made.must
        if key not in found and (key[0], key[1], twin.get(key[2], ""), key[3]) not in found
    ]  # fmt: skip
    assert not missing or read.layout.doubts or read.release.notes, (
        f"silently missing: {missing[:5]}"
    )
    assert not missing or made.aside, f"not read: {missing[:5]}"
