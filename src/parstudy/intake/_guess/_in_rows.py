"""Tables with a row for each province."""

from __future__ import annotations

from typing import Any

from parstudy.errors import ReleaseError
from parstudy.intake._guess import _long
from parstudy.intake._guess._headings import (
    ONLY_YEAR,
    SOURCES,
    Meaning,
    are_ranks,
    coded_measure,
    has_role,
    in_places,
    is_bare,
    meaning_of_column,
    measure_in,
    parent_of,
    unexplained,
)
from parstudy.intake._guess._model import Guess
from parstudy.intake._guess._part import code_of_column, of_part, part_of_totals
from parstudy.intake._guess._places import (
    code_row,
    column_name,
    counts_up,
    decimal_mark,
    header_of,
    of_ministries,
    rows_of_units,
)
from parstudy.intake._guess._subject import YEAR, named_in, titles_over
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Grid, column_number
from parstudy.releases.words import component_of, family, fold, is_name


def provinces_in_rows(
    grid: Grid,
    index: str,
    year: int,
    own_year: int | None = None,
    part_of_rows: _long.Part | None = None,
    *,
    foreign: bool = False,
) -> Guess | None:
    unit, scheme, body = rows_of_units(grid)
    if unit is None or len(body) < 2 or of_ministries(grid):
        return None
    first = body[0]
    used, words = set[int](), list[str]()
    if part_of_rows is not None:
        body, used, words = list(part_of_rows.rows), part_of_rows.columns, [*part_of_rows.said]
    head, top, heads = header_of(grid, unit, first)
    entry: dict[str, Any] = {"orientation": "provinces_in_rows", "decimal": decimal_mark(grid)}
    filled_rows = [r for r, row in enumerate(grid.rows) if any(c.text for c in row)]
    if filled_rows[-1] < len(grid.rows) - 1:
        entry["last_row"] = filled_rows[-1] + 1
    number = next((c for c in range(grid.width) if has_role(heads[c], "number")), None)
    said = {c: any(measure_in(fold(h)) for h in heads[c]) for c in range(grid.width)}
    if number is None:
        number = next((c for c in range(unit) if counts_up(grid, c, body) and not said[c]), None)
    codes = None if foreign else code_row(grid, head, first, unit)
    if head is not None and (codes is None or head < first):
        entry["header_rows"] = f"{head + 1}-{top}" if top - head > 1 else head + 1
    entry["unit_column"] = column_name(grid, unit)
    if scheme:
        entry["unit_scheme"] = scheme
    if part_of_rows is not None:
        entry["where"] = [
            {
                "column": column_name(grid, c),
                "header": heads[c][-1],
                "equals": texts[0] if len(texts) == 1 else list(texts),
            }
            for c, texts in part_of_rows.where
        ]
        number = None
    if number is not None and number != unit:
        entry["number_column"] = column_name(grid, number)
    columns: list[dict[str, Any]] = []
    told: list[tuple[str, str, str]] = []
    doubts: list[str] = []
    taken: dict[tuple[str, str, int | None], int] = {}
    for c in range(grid.width):
        cells = [grid.cell(r, c).words for r in body]
        filled = [t for t in cells if not numbers.is_blank(t)]
        if c in (unit, number) or c in used or not filled:
            continue
        place = grid.column_place(c).removeprefix(f"{grid.file} ")
        title = " / ".join([*words, *heads[c]])
        if codes is not None and component_of(grid.cell(codes, c).text):
            continue
        if foreign and not named_in(title, index):
            doubts.append(f"{place} {title!r}: of another index, not read")
            continue
        if has_role(heads[c], "note"):
            doubts.append(f"{place} {title!r}: not read (a note)")
            continue
        wide = head is not None and any(
            grid.cell(r, c).covered or grid.cell(r, c + 1).covered
            for r in range(head, top - 1)
            if grid.cell(r, c).words and grid.cell(r, c).words != grid.cell(top - 1, c).words
        )
        if words and heads[c] and not is_bare(fold(heads[c][-1].replace("_", " "))):
            doubts.append(f"{place} {title!r}: not understood, not read")
            continue
        meaning = meaning_of_column(heads[c], words, filled, index, year, wide=wide)
        silent = bool(heads[c]) and all(ONLY_YEAR.fullmatch(fold(h)) for h in heads[c])
        if (
            silent
            and meaning.measure in ("score", "percent")
            and are_ranks(filled, titles_over(grid))
        ):
            meaning.measure = "rank"
        if meaning.measure == "change_score" and in_places(heads[c], filled, columns):
            meaning.measure = "change_rank"
        worded = sum(not any(ch.isdigit() for ch in t) for t in filled)
        if 2 * worded > len(filled) and meaning.measure not in ("group", "change_rank"):
            meaning = Meaning()
        if not meaning.component:
            if any(ch.isdigit() for t in filled for ch in t):
                why = "; ".join(meaning.why) or "not understood"
                doubts.append(f"{place} {title!r}: {why}, not read")
            continue
        if not words and (
            strange := unexplained(heads[c], index, meaning.component, meaning.measure)
        ):
            doubts.append(f"{place} {title!r}: not understood ({', '.join(strange)}), not read")
            continue
        years = {int(y) for h in heads[c] for y in YEAR.findall(h)}
        if own_year is not None and meaning.year is None and year not in years:
            meaning.year = own_year
        key = (meaning.component, meaning.measure, meaning.year)
        if key in taken:
            raise ReleaseError(
                "two_columns",
                f"two columns look like {meaning.component} {meaning.measure}",
                place=grid.column_place(c),
                found=f"{title!r} and {' / '.join(heads[taken[key]])!r} "
                f"({grid.column_place(taken[key]).split()[-1]})",
                expected="one column",
                advice="Say in release.toml which column holds what: docs/release-toml.md",
            )
        taken[key] = c
        mapped: dict[str, Any] = {
            "column": column_name(grid, c),
            "component": meaning.component,
            "measure": meaning.measure,
        }
        if heads[c]:
            mapped["header"] = heads[c][-1]
        parent = parent_of(index, year, meaning.component)
        if parent and parent != family(meaning.component)[0]:
            mapped["parent"] = parent
        if meaning.year is not None and meaning.year != year:
            mapped["year"] = meaning.year
        columns.append(mapped)
        why = f" ({'; '.join(meaning.why)})" if meaning.why else ""
        of = f" of {meaning.year}" if "year" in mapped else ""
        told.append((place, title, f"{of}{why}"))
    coded = [c for c in range(grid.width) if code_of_column(grid, codes, c)]
    part = part_of_totals(
        grid, index, year, heads, body, columns, {c: code_of_column(grid, codes, c) for c in coded}
    )
    if part:
        doubts += of_part(part, columns, told)
    doubts += _without_total(columns, told, heads)
    meanings = [
        (place, title, f"{mapped['component']} {mapped['measure']}{more}")
        for mapped, (place, title, more) in zip(columns, told, strict=True)
    ]
    if codes is not None:
        entry["code_row"] = codes + 1
        kind = coded_measure(index, [grid.cell(r, c).words for r in body for c in coded])
        if kind != "score":
            entry["measure"] = kind
        meanings.append((grid.row_place(codes), "codes", f"components by their codes, {kind}"))
        for r in range(head or 0, first):
            if r != codes and sum(is_name(grid.cell(r, c).words) for c in range(grid.width)) > 3:
                entry["name_row"] = r + 1
    if columns:
        entry["columns"] = columns
    if not columns and codes is None:
        return None
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


def _without_total(
    columns: list[dict[str, Any]], told: list[tuple[str, str, str]], heads: dict[int, list[str]]
) -> list[str]:
    """Take out a bare rank of a table with one source of points only: it may be of either."""
    figures = [c for c in columns if c["measure"] in ("score", "percent", "self_assessed")]
    sources = {c["component"] for c in figures}
    if len(sources) != 1 or not sources <= set(SOURCES):
        return []
    doubts = []
    for n in range(len(columns) - 1, -1, -1):
        bare = all(is_bare(fold(h)) for h in heads[column_number(columns[n]["column"])])
        if columns[n]["component"] == "total" and bare:
            place, title, _ = told[n]
            doubts.append(f"{place} {title!r}: of the total or of {sources.copy().pop()}, not read")
            del columns[n], told[n]
    return doubts[::-1]
