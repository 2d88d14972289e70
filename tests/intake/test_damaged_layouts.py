"""Random damage to cells and bytes of drawn layouts: never a figure that the file does not say.

A damage changes one cell, drops a row or doubles it, or changes a byte of the file. What is
read then is the figure that stood there, or the one that the damaged cell says now; else the file
is refused, or an error of the checks stops it.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import combined_layouts  # noqa: F401  (adds its layouts to the list)
import drawn_layouts
import grouped_layouts  # noqa: F401
import met_layouts  # noqa: F401
import more_layouts  # noqa: F401
import own_layouts  # noqa: F401
import pytest
import ranked_layouts  # noqa: F401
import tidy_layouts  # noqa: F401
import titled_layouts  # noqa: F401
import told_layouts  # noqa: F401
from figures_read import figures_read
from layouts import LAYOUTS, Key

from parstudy.dataset import refusals
from parstudy.errors import ParstudyError, ReleaseError
from parstudy.intake import ReadRelease, read_release
from parstudy.releases.words import coded_name

KINDS = ("ranking", "blocks", "criteria_rows", "own_sheet", "satisfaction")
NOISE = "OolIS¹²*%.,;-– \u00a0\u200b/()'\"#a1579"
FEW, ALL = 20, int(os.environ.get("PARSTUDY_MUTATIONS", "800"))


@pytest.fixture(autouse=True)
def few_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve provinces show the same as all, in a fifth of the time."""
    monkeypatch.setattr(drawn_layouts, "UNITS", 12)


def damaged_text(draw: random.Random, text: str) -> str:
    """A text with one sign more, less or other; or twice, or none at all."""
    at, mark = draw.randrange(len(text) + 1), draw.choice(NOISE)
    return draw.choice(
        [
            text[:at] + mark + text[at:],
            text[:at] + mark + text[at + 1 :],
            text[:at] + text[at + 1 :],
            f"{text} {text}",
            "",
        ]
    )


def damage(draw: random.Random, rows: list[list[str]]) -> tuple[str, str]:
    """Damage a table; what was done, and the text that a cell has now."""
    filled = [(r, c) for r, row in enumerate(rows) for c, text in enumerate(row) if text]
    r, c = draw.choice(filled)
    kind = draw.choice(["text"] * 6 + ["drop row", "blank row", "double row", "next"])
    if kind == "text":
        before = rows[r][c]
        rows[r][c] = damaged_text(draw, before)
        return f"{before!r} is {rows[r][c]!r}", rows[r][c]
    if kind == "drop row":
        del rows[r]
    elif kind == "blank row":
        rows.insert(r, [""] * len(rows[r]))
    elif kind == "double row":
        rows.insert(r, list(rows[r]))
    elif c + 1 < len(rows[r]):
        # a figure that ran into its neighbour
        rows[r][c] = f"{rows[r][c]} {rows[r][c + 1]}".strip()
        rows[r][c + 1] = ""
    return f"{kind} at row {r + 1} column {c + 1}", ""


def says(text: str) -> float | None:
    """Number that a careful person reads in a damaged cell: by its digits and one mark."""
    kept = "".join(ch for ch in text if ch in "0123456789.,-–")
    kept = kept.strip(".,").replace(",", ".").replace("–", "-")
    try:
        return float(kept)
    except ValueError:
        return None


def wrong(read: ReadRelease, known: dict[Key, float], said: str) -> list[str]:
    """Figures that neither the whole table nor the damaged cell holds."""
    found = []
    for key, value in figures_read(read).items():
        name, component, measure, year = key
        twin = (name, "total", "score" if measure == "percent" else "percent", year)
        key = key if key in known or component != "total" or measure == "rank" else twin
        # a damaged code is the code of another component
        named = component in (said.strip(), coded_name(said)[0])
        fits = key in known and (abs(known[key] - value) < 1e-6 or known[key] != known[key])
        if not fits and not named and says(said) != value:
            found.append(f"{key} = {value}, stood there {known.get(key)}")
    return found


def outcome(layout: Any, known: dict[Key, float], path: Path, said: str) -> tuple[str, str]:
    """What becomes of a damaged file: ``right``, ``refused``, ``stopped`` or ``misread``."""
    try:
        read = read_release(path, layout.index, layout.year)
    except ReleaseError as error:
        return ("refused" if error.code and error.place else "misread"), str(error)
    try:
        found = wrong(read, known, said)
    except ParstudyError as error:  # a name of no province
        found = [str(error)]
    if not found:
        return "right", ""
    return ("stopped" if refusals(read.release) else "misread"), "; ".join(found[:3])


def tried(kind: str, rounds: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Damage drawn layouts of a kind; counts of outcomes, and what was misread."""
    counts: Counter[str] = Counter()
    faults = []
    for seed in range(rounds):
        draw = random.Random(f"{kind} {seed}")
        layout: drawn_layouts.Layout = getattr(drawn_layouts, kind)(seed % 40)
        done, said = "", ""
        if seed % 5:
            done, said = damage(draw, layout.rows)
        path = layout.write(folder)
        if not done:
            data = bytearray(path.read_bytes())
            at = draw.randrange(len(data))
            before = bytes(data[at : at + 1])
            data[at] = draw.randrange(256)
            done = f"byte {at}: {before!r} is {bytes(data[at : at + 1])!r}"
            said = data[max(0, at - 4) : at + 5].decode("utf-8", "replace")
            said = max(said.replace(";", " ").split(), key=len, default="")
            path.write_bytes(data)
        printed = {**layout.may, **layout.must}
        known = {(*key, layout.year): value for key, value in printed.items()}
        one, why = outcome(layout, known, path, said)
        counts[one] += 1
        if one == "misread":
            faults.append(f"{layout.name} ({seed}): {done}: {why}")
    return counts, faults


@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_is_misread(kind: str, tmp_path: Path) -> None:
    counts, faults = tried(kind, FEW, tmp_path)
    assert not faults, "\n".join(faults)
    assert counts["right"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_of_thousands_of_damages_none_is_misread(kind: str, tmp_path: Path) -> None:
    counts, faults = tried(kind, ALL, tmp_path)
    print(kind, dict(counts))
    assert not faults, "\n".join(faults)


@pytest.mark.slow
# where a title says that the figures are something else, a damage may take just that away
@pytest.mark.parametrize("name", sorted(n for n, make in LAYOUTS.items() if not make().aside))
def test_no_damage_to_a_layout_of_the_list_is_misread(name: str, tmp_path: Path) -> None:
    for seed in range(ALL // 40):
        draw, made = random.Random(f"{name} {seed}"), LAYOUTS[name]()
        sheet = draw.choice(list(made.sheets))
        width = max(map(len, made.sheets[sheet]))
        rows = [[*row, *[None] * (width - len(row))] for row in made.sheets[sheet]]
        texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
        # numbers that are not hit stay numbers
        cells = {str(cell): cell for row in rows for cell in row}
        done, said = damage(draw, texts)
        made.sheets[sheet] = [[cells.get(t, t) if t else None for t in row] for row in texts]
        made.merges = made.merges if len(texts) == len(rows) else {}
        path = made.write(tmp_path / f"{name}_{seed}")
        one, why = outcome(made, {**made.may, **made.must}, path, said)
        assert one != "misread", f"{seed}: {done}: {why}"
