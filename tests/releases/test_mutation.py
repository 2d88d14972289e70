"""Random damage to tables: read right, or refused, or shown by the checks; never silently wrong.

A damage changes one cell of a table in a known way. A number that differs from what the damaged
cell still says is a silent misreading. What the damage itself made unknowable (a digit typed
wrong) is no misreading: the cell then says so.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import build_corpus
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parstudy.errors import ReleaseError
from parstudy.intake import ReadRelease, read_release

ROUNDS = int(os.environ.get("PARSTUDY_MUTATIONS", "300"))
NOISE = "OolIS¹²*%.,;-– \u00a0\u200b/()'\"#"
counts: Counter[str] = Counter()


def still_says(text: str) -> float | None:
    """The number that a careful person reads: by plain rules, apart from those under test."""
    for mark in "¹²*\u200b":
        text = text.rstrip(mark) if mark != "\u200b" else text.replace(mark, "")
    text = text.replace("\u00a0", " ").strip()
    for mark in "¹²*":
        text = text.rstrip(mark)
    text = text.strip()
    if text[:1] in "-–" and text[1:2].isdigit():
        rest = still_says(text[1:])
        return None if rest is None else -rest
    whole, mark, part = text.partition("," if "," in text else ".")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 3:
        return None
    if mark and (not part.isascii() or not part.isdigit()):
        return None
    return float(f"{whole}.{part or 0}")


@st.composite
def damages(draw: st.DrawFn) -> tuple[int, int, str]:
    """Row, column and new text of one cell of a table of ten provinces."""
    row = draw(st.integers(1, 10))
    column = draw(st.sampled_from([2, 2, 2, 3]))
    one, _ = build_corpus.t_small()
    text = one.rows[row][column]
    kind = draw(st.sampled_from(["insert", "replace", "delete", "double", "swap"]))
    at = draw(st.integers(0, len(text)))
    mark = draw(st.sampled_from(NOISE))
    if kind == "insert":
        text = text[:at] + mark + text[at:]
    elif kind == "replace":
        text = text[:at] + mark + text[at + 1 :]
    elif kind == "delete":
        text = text[:at] + text[at + 1 :]
    elif kind == "double":
        text = f"{text} {text}"
    else:
        text = text.replace(",", ".") if "," in text else text + "/63"
    return row, column, text


@settings(
    max_examples=ROUNDS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(damages(), st.sampled_from(["csv", "html", "docx", "xlsx"]))
def check(folder: Path, damage: tuple[int, int, str], suffix: str) -> None:
    row, column, text = damage
    one, expect = build_corpus.t_small()
    expect[build_corpus.NAMES[4], "total", "score"] = 87.11
    one.rows[row][column] = text
    path = folder / f"damaged.{suffix}"
    if suffix == "csv":
        path.write_text(build_corpus.csv_text(one, ";"), encoding="utf-8")
    elif suffix == "html":
        path.write_text(build_corpus.html_text(one), encoding="utf-8")
    elif suffix == "docx":
        build_corpus.write_docx(path, [one])
    else:
        build_corpus.write_xlsx(path, [one])
    try:
        read = read_release(path, index="PAR_INDEX", year=2021)
    except ReleaseError as error:
        counts["refused"] += 1
        named = error.code and error.place
    else:
        named = True
        compare(read, damage, expect)
    assert named, "a refusal names its reason and its place"


def compare(
    read: ReadRelease, damage: tuple[int, int, str], expect: dict[build_corpus.Key, float]
) -> None:
    row, column, text = damage
    name = build_corpus.NAMES[row - 1]
    measure = "score" if column == 2 else "rank"
    found = {
        (f["unit_text"], f["component"], f["measure"]): f["value"]
        for f in read.figures.to_dict("records")
    }
    key = (name, "total", measure)
    for other, value in expect.items():
        if other[:1] != key[:1] or other[2] != measure:
            assert found.get(other) == value, f"{text!r}: another cell changed: {other}"
    got, says = found.get(key), still_says(text.removesuffix("/63"))
    if got is None:
        counts["left out"] += 1
        assert not any(c.isdigit() for c in text), f"{text!r} was lost"
    elif got == expect[key]:
        counts["read right in spite of it"] += 1
    else:
        # the cell itself says another number now; then that number must come out
        counts["read as the cell says"] += 1
        assert got == says, f"{text!r} was read as {got}"


def test_no_damage_is_misread_silently(tmp_path: Path) -> None:
    counts.clear()
    check(tmp_path)  # type: ignore[call-arg]
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    assert sum(counts.values()) >= ROUNDS * 0.9
    assert counts["refused"] > 0
