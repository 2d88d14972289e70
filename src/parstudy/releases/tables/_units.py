"""Lines of a table that name a unit, and what the others are; the same either way round."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from parstudy.errors import ReleaseError
from parstudy.releases.formats.grid import Grid
from parstudy.releases.spec import TableSpec
from parstudy.releases.tables.roles import Turned, name_of_row, role_of_row
from parstudy.releases.words import aggregate_of, fold, is_name, unit_name

# programs write 1.0 where a column has a blank cell
_WHOLE = re.compile(r"[0-9]{1,3}(?:\.0?)?")
_FOOTNOTE = re.compile(r"(\*|\(|[⁰¹²³⁴-⁹]|ghi chú|chú thích|chú ý|nguồn|note|source)", re.I)


@dataclass(frozen=True)
class Line:
    """A row of the body; a column where provinces stand in columns.

    Attributes
    ----------
    role : str
        ``unit``, ``maxima``, or nothing where it is passed over.
    name : str
        Name of the unit, or what else the running numbers count.
    measure : str
        What it prints over all units, for a mean and the like.
    note : str
        Why it is passed over, if that is to be told.
    """

    role: str = ""
    name: str = ""
    measure: str = ""
    note: str = ""


def line_of(
    grid: Grid, row: int, unit: int, number: int | None, filled: int, spec: TableSpec
) -> Line:
    """What a row of the body is, by its role; figures without a name are refused.

    Parameters
    ----------
    grid : Grid
        The table, turned if provinces stand in columns.
    row, unit : int
        The row, and the column of the units' names.
    number : int or None
        Column of running numbers.
    filled : int
        How many of its cells of figures hold something.
    spec : TableSpec
        What ``release.toml`` says of the table.

    Raises
    ------
    ReleaseError
        ``number_without_unit``, ``merged_unit``, ``bad_row_number``.
    """
    name = unit_name(grid.cell(row, unit).text)
    left = () if number is None else (number,)
    coded = bool(spec.unit_scheme and name) and not is_name(name)
    role = "unit" if coded else role_of_row(grid, row, unit, left=left)
    label = name_of_row(grid, row, unit, left)
    if role in ("blank", "numbering"):
        return Line()
    if role == "maxima":
        return Line(role)
    if role == "aggregate" and filled:
        return Line("unit", label, aggregate_of(fold(label)))
    if role in ("aggregate", "sum", "region", "ministry") or fold(label) in map(
        fold, spec.left_out
    ):
        kind = "group" if fold(label).startswith(("nhóm", "cụm", "group")) else role
        said = f"{kind} {label!r}" if role in ("region", "ministry") else repr(label)
        told = said + (f" with {filled} figures" if filled else "")
        return Line(name=label if role == "ministry" else "", note=told)
    line = _unit(grid, row, unit, number, filled, name, spec, coded=coded)
    # a code says which unit only together with the scheme that it belongs to
    scheme = f"{spec.unit_scheme}:" if spec.unit_scheme and line.role else ""
    return replace(line, name=scheme + line.name)


def _unit(
    grid: Grid,
    row: int,
    unit: int,
    number: int | None,
    filled: int,
    name: str,
    spec: TableSpec,
    *,
    coded: bool,
) -> Line:
    """A row that names a unit and has figures, or is refused; a text is passed over."""
    cell = grid.cell(row, unit)
    printed = "" if number is None else grid.cell(row, number).words
    own = [c.words for c in grid.rows[row] if c.words and not c.covered]
    if not filled or (not name and len(own) == 1 and is_name(own[0])):
        if name and not cell.covered and (isinstance(grid, Turned) or _WHOLE.fullmatch(printed)):
            return Line(note=f"{name!r} has no figure")
        text = " ".join(dict.fromkeys(c.words for c in grid.rows[row] if c.words))
        return Line(note="" if isinstance(grid, Turned) else f"text {text[:60]!r}")
    beside = grid.cell(row, unit - 1)
    # one label over number and name: "Tỉnh cao nhất"; over two rows both cells are covered
    sideways = cell.covered and not beside.covered and beside.words == cell.words
    if sideways or (is_name(printed) and not is_name(name) and not cell.covered):
        return Line(note=f"{(name if sideways else printed)[:60]!r} with {filled} figures")
    line = "column" if isinstance(grid, Turned) else "row"
    if not is_name(name) and not coded:
        raise ReleaseError(
            "number_without_unit",
            f"figures stand in a {line} that names no province",
            place=grid.place(row, unit),
            found=repr(name) if name else "an empty cell",
            expected="a name",
        )
    # each province may have several columns or rows, and its name spans them all
    if cell.covered and not spec.under_unit and not spec.where:
        raise ReleaseError(
            "merged_unit",
            f"one merged cell names the province of two {line}s with figures",
            place=grid.place(row, unit),
            found=repr(name),
            expected=f"a name in each {line}",
        )
    if printed and not _WHOLE.fullmatch(printed):
        if _FOOTNOTE.match(printed) and filled < 2:
            return Line(note=f"text {printed[:60]!r}")
        raise ReleaseError(
            "bad_row_number",
            "the row's number is none",
            place=grid.place(row, number or 0),
            found=repr(printed),
            expected="1, 2, 3 ...",
        )
    return Line("unit", name)
