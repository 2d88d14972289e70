"""Plans as departments give them back, with whatever Excel or Word did to them.

Every problem is told in one go, with sheet, row and column. A doubtful cell is left empty, its
row stays; only a row that cannot be told from another (no code, a code twice) is left out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.plans import _departments, _headings, _model, _opened
from parstudy.plans._codes import reading
from parstudy.plans._headings import Header
from parstudy.plans._model import Plan, PlanError, Problem, label
from parstudy.plans._opened import Candidate, value_of
from parstudy.plans._rows import Row, Rows, shown, without_code
from parstudy.plans._values import clean
from parstudy.releases.formats import by_name
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.grid import EMPTY, Cell
from parstudy.text import NotToml, from_toml, nearest

_ORDINAL = re.compile(r"[IVXLC]+|\d+|[a-z]\)|-")
_LEAD = re.compile(r"(?<![IVXLC\d])[IVXLC\d]+[.)]\s*")


def read(path: str | Path, limits: budget.Limits = budget.USUAL) -> Plan:
    """Read a plan.

    Parameters
    ----------
    path : str or Path
        XLSX, XLS, ODS, CSV, DOCX, HTML or TOML. A document or a page holds what its tables show:
        whose plan it is, and of which kind its rows are, stands in none of them.
    limits : Limits, optional
        What reading the file may take.

    Returns
    -------
    Plan
        Its ``problems`` tell what reading found. The criteria set is not asked: see
        :func:`parstudy.plans.check`.

    Raises
    ------
    PlanError
        ``no_file``, ``wrong_format``, ``no_header``, ``damaged_file``: nothing can be read.
    """
    file = Path(path)
    form = "toml" if file.suffix.lower() == ".toml" else by_name(file)
    if not file.is_file():
        raise PlanError("no_file", "there is no such plan", place=str(path))
    if form not in (*_opened.FORMATS, "toml"):
        raise PlanError(
            "wrong_format",
            "a plan is not read from this kind of file",
            place=file.name,
            found=file.suffix or "no suffix",
            expected=", ".join(f".{form}" for form in (*_opened.FORMATS, "toml")),
            advice="Save it as an Excel workbook (.xlsx)",
        )
    try:
        # what others send may eat the machine: it is read apart, where the system can do that
        plan: Plan = budget.kept(_within, file, form, limits, file=file.name, limits=limits)
        return plan
    except ReleaseError as error:
        raise PlanError.of(error) from None
    except RecursionError:
        raise PlanError("damaged_file", "the file is nested too deeply", place=file.name) from None
    except MemoryError:
        raise PlanError.of(budget.too_much_memory(limits, file.name)) from None
    except OSError as error:
        raise PlanError(
            "damaged_file",
            "the file cannot be read",
            place=file.name,
            found=error.strerror or str(error),
        ) from None


def _within(file: Path, form: str, limits: budget.Limits) -> Plan:
    with budget.of(file.name, limits):
        if form == "toml":
            return _of_toml(file)
        return _of_candidates(_opened.candidates(file, form), file)


# --- tables --------------------------------------------------------------------------------------


def _of_candidates(tables: Sequence[Candidate], file: Path) -> Plan:
    found: Sequence[tuple[Candidate, int, int | None]] = [
        (table, row, None)
        for table in tables
        if (row := _headings.header_of(table.grid)) is not None
    ]
    if not found:
        guessed = ((table, _headings.guessed_header_of(table.grid)) for table in tables)
        found = [(table, *at) for table, at in guessed if at is not None][:1]
    if not found:
        places = [_place(table) for table in tables]
        labels = ", ".join(repr(label(c)) for c in ("code", "action", "lead_department", "due"))
        raise PlanError(
            "no_header",
            "no row names the columns of a plan",
            place=file.name,
            found="; ".join(places) if len(places) > 1 else "",
            expected=f"a row with {labels} …",
            advice="The column of codes must be called 'Mã' or 'code'",
        )
    first = found[0][0]
    collected = Rows(_place(first))
    for table, row, codes in found:
        _take(collected, table, _headings.header_at(table.grid, row, codes, table.columns))
    return collected.plan(first.meta)


def _place(table: Candidate) -> str:
    return f"{table.grid.file} {table.grid.where}".strip()


def _take(collected: Rows, table: Candidate, header: Header) -> None:
    """Take the rows of a table; a further sheet, say one for each department, goes on below."""
    if collected.waiting:
        about = _further(collected.waiting, table, header)
        collected.problems.append(about)
        if about.severity == "error":
            return
    collected.problems += [*table.problems, *header.problems]
    department = ""
    for number, cells in enumerate(table.grid.rows[header.body :], header.body):
        told = _headings.filled(cells)
        named = {column: cells[position] for column, position in header.columns.items()}
        code = named.get("code", EMPTY)
        given = {column: _given(column, cell) for column, cell in named.items()}
        row = Row(table.grid.row_place(number), given, header.places)
        if code.covered and not code.wide and (told or code.text):
            collected.problems.append(_merged(row, code, told))
        elif _is_numbering(told):
            continue
        elif code.text and not code.wide:
            if not named.get("lead_department", EMPTY).text:
                given["lead_department"] = department
            collected.waiting.append(row)
        elif said := [cell for cell in told if not _ORDINAL.fullmatch(cell.text)]:
            named_here = _department_in(said)
            if all(cell.wide for cell in said) or (len(said) == 1 and named_here):
                # a numbered heading without a department ends the group before
                numbered = len(said) < len(told) or any(_LEAD.match(cell.text) for cell in said)
                department = named_here or ("" if numbered else department)
            elif _is_edited(named):
                collected.problems.append(without_code(row, [cell.text for cell in told]))


def _further(before: Sequence[Row], table: Candidate, header: Header) -> Problem:
    """What to say of a further table: a list of criteria or a copy adds nothing to a plan."""
    place = table.grid.row_place(header.row)
    at = header.columns.get("code")
    below = [] if at is None else [cells[at] for cells in table.grid.rows[header.row + 1 :]]
    codes = {reading(value_of(cell)).code for cell in _headings.filled(below)}
    known = {reading(row.given["code"]).code for row in before}
    is_edited = not _model.edited().isdisjoint(header.columns)
    if is_edited and not codes <= known:
        message = "a further table of the plan; its rows are added"
        return Problem("further_sheet", message, "warning", place)
    message = "a second table with codes that stand in the plan already; it is not read"
    if not is_edited:
        message = "a second table without a column that is edited; it is not read"
    expected = f"all rows in {before[0].place}"
    return Problem("second_sheet", message, "error", place, expected=expected)


def _given(column: str, cell: Cell) -> Any:
    """What a cell holds, of a day no more than the sheet shows."""
    if cell.date is None or not cell.shows:
        return value_of(cell)
    # a spreadsheet program makes the first day of a month of 12/2022, and a day of 2.5
    if column == "due" and cell.date.day == 1 and "d" not in cell.shows and "y" in cell.shows:
        return f"{cell.date:%m/%Y}"
    if column == "code" and "d" in cell.shows and "y" not in cell.shows:
        return f"{cell.date:%d/%m}"
    return cell.date


def _merged(row: Row, code: Cell, told: Sequence[Cell]) -> Problem:
    message = "the cell of the code is merged with the row above; this row is not read"
    others = " | ".join(cell.text for cell in told)
    found = f"{code.text}: {others}" if others else code.text
    return row.problem("merged_cells", message, "code", found, "a code in each row")


def _is_numbering(told: Sequence[Cell]) -> bool:
    # the row "(1) (2) (3)" below the header of official tables
    return bool(told) and all(re.fullmatch(r"\(\d+\)", c.text) for c in told)


def _is_edited(named: Mapping[str, Cell]) -> bool:
    """Whether a row without a code says anything in a column that is edited."""
    return any(c.text and not c.wide for column, c in named.items() if column in _model.edited())


def _department_in(said: Sequence[Cell]) -> str:
    """Department that a heading names; empty if it names none."""
    for cell in said:
        name = re.split(r"\s[–—:(]|\s-\s(?=\d)", _LEAD.sub("", cell.text, count=1))[0]
        if unit := _departments.find(name):
            return unit.name_vi
    return ""


# --- TOML ----------------------------------------------------------------------------------------


def _of_toml(file: Path) -> Plan:
    budget.spend("bytes", file.stat().st_size, file.name)
    text = decode(file.read_bytes(), file.name)
    try:
        content = from_toml(text)
    except NotToml as error:
        raise PlanError(
            "damaged_file", "the TOML file cannot be read", place=file.name, found=str(error)
        ) from None
    rows, meta = content.get("rows", []), content.get("plan", {})
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise PlanError(
            "no_header", "no rows", place=file.name, expected="tables [[rows]] with a code each"
        )
    if not isinstance(meta, dict):
        raise PlanError(
            "no_header",
            "what is said of the plan is no table",
            place=file.name,
            found=f"plan = {meta!r}",
            expected="[plan] and [[rows]]",
        )
    collected = Rows(file.name)
    heads = {column: f"key {column!r}" for column in _model.columns()}
    for number, keys in enumerate(rows, 1):
        place = f"{file.name} [[rows]] {number}"
        row = Row(place, _known_keys(place, keys, collected.problems), heads)
        if clean(str(row.given.get("code", ""))):
            collected.waiting.append(row)
        else:
            collected.problems.append(without_code(row, map(shown, row.given.values())))
    said = {k: "yes" if v is True else str(v) for k, v in meta.items() if v is not False}
    return collected.plan(said)


def _known_keys(place: str, row: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Keys of a row that are columns of a plan; the others are problems."""
    known: dict[str, Any] = {}
    for key, value in row.items():
        column = key if key in _model.columns() else _headings.column_of(key)
        if column and column not in known and isinstance(value, (str, int, float, datetime.date)):
            known[column] = value
            continue
        close = nearest(key, _model.columns(), at_least=0.5)
        problems.append(
            Problem(
                "unknown_column",
                "a key that a plan does not have; it is not read",
                "warning",
                f"{place} key {key!r}",
                str(value),
                f"perhaps {close!r}" if close else "",
            )
        )
    return known
