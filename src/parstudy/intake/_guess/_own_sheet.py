"""A province's own score sheet: a row for each criterion, measures as columns."""

from __future__ import annotations

import re
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.intake._guess._headings import ONLY_YEAR, measure_in, role_of
from parstudy.intake._guess._labels import labels_of_rows
from parstudy.intake._guess._model import Guess
from parstudy.intake._guess._places import column_name, decimal_mark, headings_over
from parstudy.intake._guess._subject import titles_over
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Grid
from parstudy.releases.words import component_of, fold

_FINAL = re.compile(r"(đạt được|điểm đạt|tổng điểm|kết quả|công nhận|final|total)")
_PARTLY = re.compile(r"(thẩm định|điều tra|xhh|xã hội học|khảo sát|apprais|survey)")


def one_province(grid: Grid, code: int, first: int, index: str, year: int) -> Guess | None:
    """A province's own sheet: maxima, what it claimed, what was granted, for each criterion."""
    top = first
    while top > 0 and len({c.words for c in grid.rows[top - 1] if c.words}) > 2:
        top -= 1
    heads = {c: " / ".join(headings_over(grid, c, top, first)) for c in range(grid.width)}
    named: dict[str, int] = {}
    measures: dict[int, str] = {}
    years: dict[int, int] = {}
    meanings, doubts = [], []
    for c in range(grid.width):
        text = fold(grid.cell(first - 1, c).words) or fold(heads[c])
        if c == code or not text:
            continue
        place = grid.column_place(c).removeprefix(f"{grid.file} ")
        cells = [grid.cell(r, c).words for r in range(first, len(grid.rows))]
        role = role_of(text, but=("unit", "number", "code"))
        measure = measure_in(text)
        if role and role not in named and measure != "self_assessed":
            named[role] = c
            if role != "note":
                meanings.append((place, heads[c], role))
        elif not any(ch.isdigit() for t in cells for ch in t):
            continue
        elif ONLY_YEAR.fullmatch(text):
            measures[c] = "score"
            if int(text[-4:]) != year:
                years[c] = int(text[-4:])
        elif measure in ("self_assessed", "percent"):
            measures[c] = measure
        elif not measure and (_FINAL.search(text) or _PARTLY.search(text)):
            measures[c] = "score"
        else:
            doubts.append(f"{place} {heads[c]!r}: not understood, not read")
    scores = [c for c, m in measures.items() if m == "score" and not years]
    final = [c for c in scores if not _PARTLY.search(fold(heads[c]))]
    if len(final) == 1:
        for c in set(scores) - set(final):
            del measures[c]
            doubts.append(f"{grid.column_place(c)} {heads[c]!r}: a part of the score, not read")
    if not measures or "max" not in named:
        return None
    title = titles_over(grid)
    if "self_assessed" not in measures.values() and measure_in(fold(title)) == "self_assessed":
        measures = {c: "self_assessed" if m == "score" else m for c, m in measures.items()}
    entry: dict[str, Any] = {
        "orientation": "one_province",
        "decimal": decimal_mark(grid),
        "unit": _named_province(grid, title, year),
        "header_rows": f"{top + 1}-{first}" if first - top > 1 else first,
        "code_column": column_name(grid, code),
    }
    for role in ("name", "max", "scoring", "department"):
        if role in named:
            entry[f"{role}_column"] = column_name(grid, named[role])
    entry["columns"] = [
        {"column": column_name(grid, c), "header": heads[c], "measure": m}
        | ({"year": years[c]} if c in years else {})
        for c, m in measures.items()
    ]
    meanings += [
        (grid.column_place(c).removeprefix(f"{grid.file} "), heads[c], m)
        for c, m in measures.items()
    ]
    uncoded = [
        (r, grid.cell(r, named.get("name", code)).words or grid.cell(r, code).words)
        for r in range(first, len(grid.rows))
        if not component_of(grid.cell(r, code).text)
    ]
    labels, told, more = labels_of_rows(grid, uncoded, list(measures), index, year)
    # "Tổng cộng" stands under columns of several measures: they say which
    for label in labels:
        if label["measure"] == "percent" and "score" in measures.values():
            label["measure"] = measure_in(fold(label["label"])) or "score"
    meanings += told
    doubts += more
    if labels:
        entry["labels"] = labels
        entry.setdefault("name_column", column_name(grid, code))
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


def _named_province(grid: Grid, title: str, year: int) -> str:
    """The one province that the titles over a table name.

    Raises
    ------
    ReleaseError
        ``no_units``, if it is none or more than one.
    """
    words = _spaced(title)
    names = {
        _spaced(unit.name_vi).removeprefix("tp. "): unit.name_vi
        for unit in provinces.units(criteria.geography_of(year))
    }
    inside = [name for name in names if re.search(rf"\b{re.escape(name)}\b", words)]
    # "Huế" stands in "Thừa Thiên Huế" too
    found = {names[n] for n in inside if not any(n != o and n in o for o in inside)}
    if len(found) != 1:
        raise ReleaseError(
            "no_units",
            "a table of one province, and it is not said of which",
            place=f"{grid.file} {grid.where}".strip(),
            found=", ".join(sorted(found)) or numbers.clean(title)[:80] or "no title",
            expected="one province in the title over the table",
            advice='Write its name there, or unit = "..." in release.toml: docs/release-toml.md',
        )
    return found.pop()


def _spaced(text: str) -> str:
    """Text for finding a name in it, however its dashes and spaces are written."""
    return re.sub(r"[\s\u2010-\u2015-]+", " ", fold(text)).strip()
