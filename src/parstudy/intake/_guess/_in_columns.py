"""Tables with a row for each criterion and provinces as columns, with codes or without."""

from __future__ import annotations

from typing import Any

from parstudy.facts import provinces
from parstudy.intake._guess._headings import coded_measure, number_in, role_of
from parstudy.intake._guess._labels import labels_of_rows
from parstudy.intake._guess._model import Guess
from parstudy.intake._guess._own_sheet import one_province
from parstudy.intake._guess._part import adds_up_to, one_area
from parstudy.intake._guess._places import column_name, decimal_mark, numbers_below
from parstudy.releases.formats.grid import Grid, column_letters
from parstudy.releases.words import component_of, family, fold, is_name, is_scoring


def provinces_in_columns(grid: Grid, code: int, index: str, year: int) -> Guess | None:
    first = next(r for r in range(len(grid.rows)) if component_of(grid.cell(r, code).text))
    entry: dict[str, Any] = {"orientation": "provinces_in_columns", "decimal": decimal_mark(grid)}
    unit_row: int | None = None
    units: list[int] = []
    for r in range(first - 1, -1, -1):
        named = [
            c
            for c in range(code + 1, grid.width)
            if is_name(grid.cell(r, c).words)
            and not grid.cell(r, c).covered
            and not role_of(fold(grid.cell(r, c).text), but=("unit",))
            and numbers_below(grid, r, c)
        ]
        if len(named) > len(units):
            unit_row, units = r, named
    if unit_row is not None and not any(
        provinces.is_unit(grid.cell(unit_row, c).words) for c in units
    ):
        return one_province(grid, code, first, index, year)
    if unit_row is None or len(units) < 2:
        return None
    entry["unit_row"] = unit_row + 1
    entry["code_column"] = column_name(grid, code)
    meanings = [(grid.row_place(unit_row), f"{len(units)} names", "provinces")]
    roles: dict[str, int] = {}
    for c in range(grid.width):
        if c == code or c in units:
            continue
        texts = [fold(grid.cell(r, c).text) for r in range(first)]
        role = next((p for t in reversed(texts) if t and (p := role_of(t))), "")
        cells = [grid.cell(r, c).words for r in range(first, len(grid.rows))]
        if not role and c < units[0]:
            if sum(is_scoring(t) for t in cells) >= 2:
                role = "scoring"
            elif sum(is_name(t) for t in cells) > len(cells) / 2 and "name" not in roles:
                role = "name"
        if role in ("name", "max", "scoring", "department") and role not in roles:
            roles[role] = c
            entry[f"{role}_column"] = column_name(grid, c)
            place = grid.column_place(c).removeprefix(f"{grid.file} ")
            meanings.append((place, next((t for t in texts if t), ""), role))
    left = max([code, *roles.values()])
    if (
        units[0] != left + 1
        or units[-1] != grid.width - 1
        or len(units) != units[-1] - units[0] + 1
    ):
        ends = (units[0], units[-1])
        if grid.sheet:
            entry["unit_columns"] = ":".join(column_letters(c) for c in ends)
        else:
            entry["unit_columns"] = ":".join(str(c + 1) for c in ends)
    coded = [r for r in range(len(grid.rows)) if component_of(grid.cell(r, code).text)]
    kind = coded_measure(index, [grid.cell(r, c).words for r in coded for c in units])
    if kind != "score":
        entry["measure"] = kind
    uncoded = [
        (r, grid.cell(r, roles.get("name", code)).words or grid.cell(r, code).words)
        for r in range(unit_row + 1, len(grid.rows))
        if not component_of(grid.cell(r, code).text)
    ]
    labels, told, doubts = labels_of_rows(grid, uncoded, units, index, year)
    codes = {r: component_of(grid.cell(r, code).text) for r in coded}
    area = one_area(codes.values())
    if area and area not in codes.values():
        parts = [
            [number_in(grid.cell(r, u).words) for u in units]
            for r, one in codes.items()
            if family(one)[1] == "criterion"
        ]
        whole = {
            label["measure"]: [number_in(grid.cell(r, u).words) for u in units]
            for r, text in uncoded
            for label in labels
            if label["label"] == text and label["component"] == "total"
        }
        if adds_up_to(parts, whole):
            for n, label in enumerate(labels):
                if label["component"] == "total":
                    label["component"] = area
                    told[n] = (*told[n][:2], f"{area} {label['measure']}")
    meanings += told
    if labels:
        entry["labels"] = labels
        if "name" not in roles:
            entry["name_column"] = column_name(grid, code)
    return Guess(grid, entry, tuple(meanings), tuple(doubts))


def labelled_rows(grid: Grid, index: str, year: int) -> Guess | None:
    """Provinces as columns over rows that are known by their names, without codes."""
    for r in range(min(12, len(grid.rows))):
        units = [
            c
            for c in range(1, grid.width)
            if provinces.is_unit(grid.cell(r, c).words)
            and not grid.cell(r, c).covered
            and numbers_below(grid, r, c)
        ]
        if len(units) >= 3 and units[-1] - units[0] + 1 == len(units):
            break
    else:
        return None
    below = range(r + 1, len(grid.rows))
    name = max(
        range(units[0]),
        key=lambda c: sum(is_name(grid.cell(b, c).words) for b in below),
    )
    labels, told, doubts = labels_of_rows(
        grid, [(b, grid.cell(b, name).words) for b in below], units, index, year
    )
    meanings = [(grid.row_place(r), f"{len(units)} names", "provinces"), *told]
    if not labels:
        return None
    entry: dict[str, Any] = {
        "orientation": "provinces_in_columns",
        "decimal": decimal_mark(grid),
        "unit_row": r + 1,
        "name_column": column_name(grid, name),
    }
    ends = [column_name(grid, c) for c in (units[0], units[-1])]
    entry["unit_columns"] = ":".join(str(e) for e in ends)
    entry["labels"] = labels
    return Guess(grid, entry, tuple(meanings), tuple(doubts))
