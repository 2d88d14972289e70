"""What is read of a table, as it grows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Grid
from parstudy.releases.spec import Column, ReleaseSpec, TableSpec
from parstudy.releases.tables._cells import MARGIN, MOVED, Found, is_roman
from parstudy.releases.words import family, fold

_DASH_IS_ZERO = re.compile(
    r"(?:dấu|ký hiệu|kí hiệu|gạch)[^.;\n]{0,20}(?:[-–—]|gạch)[^.;\n\w]{0,5}\s?"
    r"(?:[:=]|là|nghĩa là|có nghĩa là|tương ứng(?: với)?)?\s?(?:0\b|không (?:có )?điểm|không đạt)"
)

_MOST_TOLD = 3
Place = tuple[str, str, int, int]
"""File, table, row and column of a cell."""
_HIDDEN_ROWS = re.compile(r": hidden rows ([0-9, ]+)")


@dataclass
class Reading:
    """What one or more tables gave, before it is put into frames."""

    figures: list[dict[str, Any]] = field(default_factory=list)
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    looked_at: set[Place] = field(default_factory=set)
    unread: dict[str, set[Place]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    running: list[tuple[str, str, str, int]] = field(default_factory=list)
    unmet: dict[tuple[str, str], tuple[frozenset[int], tuple[str, ...]]] = field(
        default_factory=dict
    )
    _seen: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)

    def add_component(self, release: ReleaseSpec, **known: Any) -> None:
        """Note a component; what two tables say of it must agree."""
        code = known["code"]
        name, lead = known.get("name", ""), known.get("lead_department", "")
        most, place = known.get("max_score", float("nan")), known.get("locator", "")
        before = self.components.get(code)
        if before is None:
            parent, level = family(code)
            self.components[code] = {
                "criteria_set": release.criteria_set,
                "index_id": release.index,
                "code": code,
                "parent": known.get("parent") or parent,
                "level": level,
                "name_vi": name,
                "name_en": "",
                "max_score": most,
                "scoring": known.get("scoring") or "unknown",
                "lead_department": lead,
                "locator": place,
            }
            return
        if before["max_score"] != before["max_score"]:
            before["max_score"] = most
        elif most == most and most != before["max_score"]:
            raise ReleaseError(
                "two_maxima",
                f"two maxima for component {code}",
                place=place,
                found=f"{most:g}",
                expected=f"{before['max_score']:g}, as at {before['locator']}",
            )
        before["name_vi"] = before["name_vi"] or name
        before["lead_department"] = before["lead_department"] or lead

    def add_figure(self, spec: TableSpec, release: ReleaseSpec, **figure: Any) -> None:
        """Note a figure; the same one twice in one table is a mistake."""
        row = {
            "index_id": release.index,
            "year": release.year,
            "unit_level": spec.unit_level,
            "certainty": spec.certainty,
            "source_id": spec.source_id or (release.source or {}).get("source_id", ""),
            "note": spec.note,
        } | figure
        key = (
            spec.place,
            *(str(row[k]) for k in ("year", "unit_level", "unit_text", "component", "measure")),
        )
        place = str(row["locator"])
        printed, other = self._seen.setdefault(key, (str(row["text"]), place))
        if other != place and printed == str(row["text"]):
            self.notes.append(f"{place}: {row['unit_text']} again, with the figure of {other}")
            return
        if other != place:
            hidden = self._hidden(place, other)
            raise ReleaseError(
                "unit_twice",
                f"{row['unit_text']} has two figures for {row['component']} {row['measure']}",
                place=place,
                found=repr(row["text"]),
                expected=f"one; the other stands at {other}",
                advice=f"The sheet hides the row of {hidden}: leave it out of a copy if a draft"
                if hidden
                else "",
            )
        self.figures.append(row)

    def _hidden(self, *places: str) -> str:
        """The first of some places that is in a row which the sheet hides; or nothing."""
        said = (m[1] for note in self.notes if (m := _HIDDEN_ROWS.search(note)))
        rows = {row for listed in said for row in re.findall(r"\d+", listed)}
        return next((p for p in places if re.sub(r".*![A-Z]+", "", p) in rows), "")


def note_words(grid: Grid, cells: Sequence[tuple[int, int]], into: Reading) -> None:
    """Tell of cells that say in words that there is no figure: "x", "không đánh giá"."""
    _no_dash_of_zero(grid, cells)
    said: dict[str, list[int]] = {}
    texts = [grid.cell(r, c).words for r, c in cells]
    moved = [r for (r, _), text in zip(cells, texts, strict=True) if MOVED.search(text)]
    if moved:
        told = f"how far the figure moved is not read, here and in {len(moved) - 1} other cells"
        into.notes.append(f"{grid.row_place(moved[0])}: {told}")
    margins = [r for (r, _), text in zip(cells, texts, strict=True) if MARGIN.search(text)]
    if margins:
        told = f"the margin of error is not read, here and in {len(margins) - 1} other cells"
        into.notes.append(f"{grid.row_place(margins[0])}: {told}")
    for (row, column), text in zip(cells, texts, strict=True):
        said_none = numbers.says_no_figure(text) and not is_roman(grid, row, column)
        if said_none and not grid.cell(row, column).covered:
            said.setdefault(text, []).append(row)
    for words, rows in said.items():
        more = f", here and in {len(rows) - 1} other cells" if len(rows) > 1 else ""
        into.notes.append(f"{grid.row_place(rows[0])}: {words!r} was taken for no figure{more}")


def _no_dash_of_zero(grid: Grid, cells: Sequence[tuple[int, int]]) -> None:
    """Refuse dashes for figures where the table says that a dash is 0."""
    dashes = [at for at in cells if grid.cell(*at).text and numbers.is_dash(grid.cell(*at).text)]
    if not dashes:
        return
    texts = [grid.context, *(c.words for row in grid.rows for c in row if len(c.text) > 8)]
    said = next((m[0] for t in texts if (m := _DASH_IS_ZERO.search(fold(t)))), "")
    if said:
        raise ReleaseError(
            "dash_or_zero",
            "the table says that a dash is 0, and a dash is read as no figure",
            place=grid.place(*dashes[0]),
            found=repr(said),
            expected="0 where 0 is meant",
            advice="Write 0 for the dashes in a copy, or take the note out if they mean no figure",
        )


def count_unit(grid: Grid, row: int, spec: TableSpec, unit: str, into: Reading) -> None:
    """Note the running number of a row and the unit that it counts."""
    assert spec.number_column is not None
    number = grid.cell(row, spec.number_column).words.removesuffix(".0").rstrip(".")
    if number.isdigit():
        place = grid.place(row, spec.number_column)
        into.running.append((f"{spec.place} {grid.where}", place, unit, int(number)))


def emit(
    found: Found,
    unit: str,
    aggregate: str,
    column: Column,
    spec: TableSpec,
    release: ReleaseSpec,
    into: Reading,
) -> None:
    """Note a figure of a unit, or of all units where the row is an aggregate."""
    extra: dict[str, Any] = {"unit_text": unit, "component": column.component}
    if column.year is not None:
        extra["year"] = column.year
    if aggregate:
        # a mean of ranks says nothing
        if column.measure not in ("score", "percent"):
            return
        extra |= {"unit_level": "national", "unit_text": "Việt Nam", "measure": aggregate}
        if column.measure == "percent" and column.component != "total":
            extra["note"] = f"{spec.note}; of percent".removeprefix("; ")
    else:
        extra["measure"] = column.measure
    if column.measure == "score" and not aggregate and (column.component != "total" or found.most):
        into.add_component(
            release,
            code=column.component,
            parent=column.parent,
            name=column.name,
            locator=found.place,
            **({"max_score": found.most.value} if found.most else {}),
        )
    into.add_figure(spec, release, **extra, text=found.text, value=found.value, locator=found.place)
    if found.of is not None and not aggregate:
        into.add_figure(
            spec,
            release,
            **(extra | {"measure": "of"}),
            text=str(found.of),
            value=float(found.of),
            locator=found.place,
        )


def iter_notes(reading: Reading) -> Iterator[str]:
    """Notes without repetition, in order; then columns with numbers that no table reads."""
    notes = list(reading.notes)
    for (file, _), (rows, conditions) in reading.unmet.items():
        told, others = " or ".join(dict.fromkeys(conditions[:_MOST_TOLD])), len(rows)
        told += " …" if len(conditions) > _MOST_TOLD else ""
        if others:
            notes.append(f"{file}: {others} rows without {told}, not read")
    yield from dict.fromkeys(notes)
    for column, cells in reading.unread.items():
        # one of two tables side by side reads what the other leaves
        if left := cells - reading.looked_at:
            yield f"{column}: {len(left)} cells, not read"
