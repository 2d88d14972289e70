"""Plans as departments give them back: XLSX, CSV or TOML, with whatever Excel did to them.

Every problem is told in one go, with sheet, row and column. A doubtful cell is left empty, its
row stays; only a row that cannot be told from another (no code, a code twice) is left out.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parstudy.errors import ParstudyError, ProvinceError, ReleaseError
from parstudy.facts import criteria, table
from parstudy.facts.provinces import resolve
from parstudy.plans import _departments, _model
from parstudy.plans._model import META, Plan, Problem, clean, key
from parstudy.releases.formats._xlsx import check_zip, has_formulas
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.grid import column_letters
from parstudy.text import nearest, unmarked

MACHINE_SHEET = "parstudy"
ORDER = "parstudy_row"
_FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".toml": "toml"
}  # fmt: skip
_SHEETS = (".xls", ".xlsb", ".ods", ".et")
_LOOK_FOR_HEADER = 30
_ORDINALS = {"stt", "tt", "số tt", "no", "số thứ tự"}
_MOST_ROWS, _MOST_COLUMNS = 20_000, 200  # a stray cell at the edge of a sheet is not walked to
_CODE = re.compile(r"A\d|\d{1,2}(\.\d{1,2}){1,2}\.?")
# what a spreadsheet makes of 1.3.2 when it writes a CSV file
_CODE_AS_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?")
_CODE_AS_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?: 00:00(?::00)?)?")
_ORDINAL = re.compile(r"[IVXLC]+|\d+|[a-z]\)|-")
_INJECTED = re.compile(r"^'+[=+\-@\t]")


class PlanError(ParstudyError):
    """A file that cannot be read as a plan at all."""


@dataclass(frozen=True)
class _Cell:
    value: Any = None
    covered: bool = False  # part of a merged cell and not its first
    heading: bool = False  # first of a cell merged over several columns
    month: bool = False  # a date that the sheet shows without its day
    percent: bool = False  # a number that the sheet shows as a percentage
    short: bool = False  # a date that the sheet shows without its year

    @property
    def text(self) -> str:
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return clean(str(self.value))


@dataclass(frozen=True)
class _Grid:
    place: str
    rows: list[tuple[int, list[_Cell]]]
    letters: bool = False
    meta: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[int, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def row_place(self, number: int) -> str:
        return f"{self.place} row {number}"


def read(path: str | Path) -> Plan:
    """Read a plan.

    Parameters
    ----------
    path : str or Path
        XLSX, CSV or TOML.

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
    form = _FORMATS.get(file.suffix.lower())
    if not file.is_file():
        raise PlanError("no_file", "there is no such plan", place=str(path))
    if form is None:
        raise PlanError(
            "wrong_format",
            "a plan is not read from this kind of file",
            place=file.name,
            found=file.suffix or "no suffix",
            expected=".xlsx, .csv or .toml",
            advice="Save it as an Excel workbook (.xlsx)"
            if file.suffix.lower() in _SHEETS
            else "A plan exported as DOCX or HTML is for reading; edit the XLSX",
        )
    try:
        if form == "toml":
            return _read_toml(file)
        grids = _xlsx(file) if form == "xlsx" else [_csv(file)]
    except ReleaseError as error:
        raise PlanError(
            error.code, error.message, place=error.place, found=error.found,
            expected=error.expected, advice=error.advice,
        ) from None  # fmt: skip
    except RecursionError:
        raise PlanError("damaged_file", "the file is nested too deeply", place=file.name) from None
    return _from_grids(grids, file)


# --- files to cells ------------------------------------------------------------------------------


def _csv(file: Path) -> _Grid:
    text = decode(file.read_bytes(), file.name)
    separator = _separator(text)
    meta: dict[str, str] = {}
    rows: list[tuple[int, list[_Cell]]] = []
    problems: tuple[Problem, ...] = ()
    try:
        lines = _lines(text, separator)
    except csv.Error:
        # a quotation mark that nobody closed swallows the lines below it
        lines = _lines(text, separator, quoted=False)
        message = "a quotation mark is not closed; all of them are read as they stand"
        problems = (Problem("open_quote", message, "error", file.name),)
    for number, cells in lines:
        # a spreadsheet would compute a text that begins with =; writing puts ' before it
        plain = [c[1:] if _INJECTED.match(c) else c for c in cells]
        if not rows and cells and cells[0].lstrip().startswith("#"):
            name, _, inline = cells[0].strip().lstrip("# ").partition(":")
            meta[name.strip()] = clean(plain[1] if len(cells) > 1 else inline)
            continue
        rows.append((number, [_Cell(c or None) for c in plain]))
    return _Grid(file.name, rows, meta=meta, problems=problems)


def _separator(text: str) -> str:
    # commas stand in the texts of any plan: the line that names the columns tells
    def named(line: str, mark: str) -> int:
        return len({_head_of(c.strip().strip('"')) for c in line.split(mark)} - {""})

    lines = text.splitlines()[:60]
    known = {mark: max((named(x, mark) for x in lines), default=0) for mark in ",;\t"}
    return max(",;\t", key=lambda mark: (known[mark], text[:4000].count(mark)))


def _lines(text: str, separator: str, *, quoted: bool = True) -> list[tuple[int, list[str]]]:
    """Rows of a CSV text, each with the number of the line that it begins on."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        strict=quoted,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    found, begin = [], 1
    for cells in reader:
        found.append((begin, cells))
        begin = reader.line_num + 1
    return found


def _xlsx(file: Path) -> list[_Grid]:
    check_zip(file, "xl/workbook.xml", "XLSX")
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, data_only=True)
    except Exception as error:
        raise PlanError(
            "damaged_file", "the workbook cannot be opened", place=file.name,
            found=f"{type(error).__name__}: {error}", expected="an XLSX file",
        ) from None  # fmt: skip
    meta, mapped = _machine(book)
    uncomputed = _uncomputed(file, book)
    grids = []
    for sheet in book.worksheets:
        if sheet.title == MACHINE_SHEET:
            continue
        height, width = min(sheet.max_row, _MOST_ROWS), min(sheet.max_column, _MOST_COLUMNS)
        cells_of = sheet.iter_rows(max_row=height, max_col=width)
        rows = [(number, [_cell(c) for c in cells]) for number, cells in enumerate(cells_of, 1)]
        for area in sheet.merged_cells.ranges:
            if area.min_row > height or area.min_col > width:
                continue
            first = rows[area.min_row - 1][1][area.min_col - 1]
            for row in range(area.min_row, min(area.max_row, height) + 1):
                for column in range(area.min_col, min(area.max_col, width) + 1):
                    covered = (row, column) != (area.min_row, area.min_col)
                    heading = area.max_col > area.min_col
                    rows[row - 1][1][column - 1] = replace(first, covered=covered, heading=heading)
        place = f"{file.name} sheet {sheet.title!r}"
        problems = tuple(
            Problem(
                "no_value",
                "a formula whose value the file does not hold; it is read as empty",
                "error",
                f"{place} row {cell.row} column {cell.column_letter}",
                str(cell.value),
                "a value; open the file in Excel and save it",
            )
            for cell in uncomputed.get(sheet.title, ())
        )
        grids.append(_Grid(place, rows, True, meta, mapped, problems))
    return grids


def _cell(cell: Any) -> _Cell:
    # what stands in quotation marks or brackets, or after a backslash, is no part of the format
    shown = re.sub(r'"[^"]*"|\[[^]]*\]|\\.', "", str(cell.number_format).split(";")[0]).lower()
    value = cell.value
    if isinstance(value, datetime.datetime):
        # a spreadsheet program makes the first day of a month of 12/2022
        month = value.day == 1 and "d" not in shown and "y" in shown
        return _Cell(value, month=month, short="d" in shown and "y" not in shown)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return _Cell(value, percent=number and "%" in shown)


def _uncomputed(file: Path, book: Any) -> dict[str, list[Any]]:
    """Formulas without a value, by sheet."""
    if not has_formulas(file):
        return {}
    import openpyxl

    told = openpyxl.load_workbook(file)
    return {
        sheet.title: [
            cell
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f" and book[sheet.title][cell.coordinate].value is None
        ]
        for sheet in told.worksheets
        if sheet.title != MACHINE_SHEET
    }


def _machine(book: Any) -> tuple[dict[str, str], dict[int, str]]:
    meta: dict[str, str] = {}
    mapped: dict[int, str] = {}
    if MACHINE_SHEET in book.sheetnames:
        for first, second, *_ in book[MACHINE_SHEET].iter_rows(values_only=True, min_col=1,
                                                               max_col=2):  # fmt: skip
            name = str(first or "")
            if name.startswith("column ") and name[7:].isdigit():
                mapped[int(name[7:])] = str(second or "")
            elif name:
                meta[name] = clean(str(second or ""))
    return meta, mapped


# --- the header ----------------------------------------------------------------------------------


@cache
def _known_heads() -> Mapping[str, str]:
    found: dict[str, str] = {ORDER: ORDER, key(ORDER): ORDER}
    known = table("plan_columns").to_dict("records")
    # a column's own names first: another's synonym must not take them
    for names in (("column", "label_vi", "label_en"), ("also",)):
        for row in known:
            for name in names:
                for text in str(row[name]).split("|"):
                    if text:
                        found.setdefault(key(text), str(row["column"]))
    return MappingProxyType(found)


def _head_of(text: str) -> str:
    # units and remarks in brackets do not change what a column is
    bare = re.sub(r"\([^)]*\)", " ", text)
    return (
        _known_heads().get(key(text))
        or _known_heads().get(key(bare))
        or _unmarked_heads().get(unmarked(key(bare)), "")
    )


@cache
def _unmarked_heads() -> Mapping[str, str]:
    """Names typed without their marks, as far as that leaves no doubt."""
    found: dict[str, set[str]] = {}
    for text, column in _known_heads().items():
        found.setdefault(unmarked(text), set()).add(column)
    return MappingProxyType({t: next(iter(c)) for t, c in found.items() if len(c) == 1})


def _header(grid: _Grid) -> int | None:
    """Position of the row that names the columns: the one with most known names and a code."""
    best, most = None, 1
    for position, (_, cells) in enumerate(grid.rows[:_LOOK_FOR_HEADER]):
        known = {_head_of(c.text) for c in cells if c.text and not c.covered} - {""}
        if "code" in known and len(known) > most:
            best, most = position, len(known)
    return best


def _guessed_header(grid: _Grid) -> tuple[int, int] | None:
    """Header and column of the codes where that column has a name of its own."""
    for header, (_, cells) in enumerate(grid.rows[:_LOOK_FOR_HEADER]):
        known = {_head_of(c.text) for c in cells if c.text and not c.covered} - {""}
        if len(known) < 2:
            continue
        for position, cell in enumerate(cells):
            if not cell.text or _head_of(cell.text):
                continue
            below = [row[position] for _, row in grid.rows[header + 1 :] if position < len(row)]
            told = [c.text for c in below if c.text and not c.covered]
            if told and sum(bool(_CODE.fullmatch(text)) for text in told) > len(told) / 2:
                return header, position
    return None


def _below(grid: _Grid, header: int) -> dict[int, str]:
    """Names in a second row of the header: those below a name that spans several columns."""
    if header + 1 >= len(grid.rows):
        return {}
    above, below = grid.rows[header][1], grid.rows[header + 1][1]
    pairs = list(zip(above, below, strict=False))
    if any(_head_of(a.text) == "code" and b.text and not b.covered for a, b in pairs):
        return {}  # a row with a code of its own is a row of the plan
    return {
        position: b.text
        for position, (a, b) in enumerate(pairs)
        if (a.heading or not a.text) and not b.covered and _head_of(b.text)
    }


def _columns(
    grid: _Grid, header: int, codes: int | None, below: Mapping[int, str]
) -> tuple[dict[int, str], list[Problem]]:
    number, cells = grid.rows[header]
    found: dict[int, str] = {}
    problems: list[Problem] = []
    unknown: list[tuple[int, str]] = []
    for position, cell in enumerate(cells):
        text = below.get(position, cell.text)
        spanned = position not in below and (cell.covered or (cell.heading and below))
        if not text or spanned or key(text) in _ORDINALS:
            continue
        name = "code" if position == codes else _head_of(text)
        if position == codes:
            problems.append(
                Problem(
                    "renamed_column",
                    f"a column of codes under another name; read as {_label('code')!r}",
                    "warning",
                    f"{grid.row_place(number)} {_column_place(grid, position, text)}",
                    text,
                    _label("code"),
                )
            )
        if not name:
            unknown.append((position, text))
        elif name in found.values():
            problems.append(
                Problem(
                    "duplicate_column",
                    f"a second column for {name!r}; the first is read",
                    place=f"{grid.row_place(number)} {_column_place(grid, position, text)}",
                    found=text,
                    expected="one column",
                )
            )
        else:
            found[position] = name
    for position, text in unknown:
        place = f"{grid.row_place(number)} {_column_place(grid, position, text)}"
        before = grid.columns.get(position + 1, "")
        if before and before not in found.values():
            found[position] = before
            message = f"a renamed column; read as {before!r}, which stood there"
            problems.append(
                Problem("renamed_column", message, "warning", place, text, _label(before))
            )
            continue
        close = nearest(key(text), _known_heads())
        message = "a column that a plan does not have; it is not read"
        expected = f"perhaps {_label(_known_heads()[close])!r}" if close else ""
        problems.append(Problem("unknown_column", message, "warning", place, text, expected))
    return found, problems


def _label(column: str) -> str:
    known = table("plan_columns").set_index("column")
    return str(known.loc[column, "label_vi"]) if column in known.index else column


def _column_place(grid: _Grid, position: int, text: str) -> str:
    return f"column {column_letters(position)} ({text})" if grid.letters else f"column {text!r}"


# --- rows ----------------------------------------------------------------------------------------


def _from_grids(grids: Sequence[_Grid], file: Path) -> Plan:
    headed = [(grid, header) for grid in grids if (header := _header(grid)) is not None]
    if headed:
        collected = _Rows(headed[0][0].place)
        for grid, header in headed:
            _take(collected, grid, header)
        return collected.plan(headed[0][0].meta)
    for grid in grids:
        guessed = _guessed_header(grid)
        if guessed is not None:
            collected = _Rows(grid.place)
            _take(collected, grid, *guessed)
            return collected.plan(grid.meta)
    labels = ", ".join(repr(_label(c)) for c in ("code", "action", "lead_department", "due"))
    raise PlanError(
        "no_header",
        "no row names the columns of a plan",
        place=file.name,
        found="; ".join(g.place for g in grids) if len(grids) > 1 else "",
        expected=f"a row with {labels} …",
        advice="The column of codes must be called 'Mã' or 'code'",
    )


def _take(collected: _Rows, grid: _Grid, header: int, codes: int | None = None) -> None:
    """Take the rows of a table; a further sheet, say one for each department, goes on below."""
    below = _below(grid, header)
    at, problems = _columns(grid, header, codes, below)
    named = {name: position for position, name in at.items()}
    heads = {
        name: _column_place(
            grid, position, below.get(position, grid.rows[header][1][position].text)
        )
        for name, position in named.items()
    }
    if collected.waiting:
        place = grid.row_place(grid.rows[header][0])
        about = _further(collected.waiting, named, grid, header)
        collected.problems.append(replace(about, place=place))
        if about.severity == "error":
            return
    collected.heads = heads
    collected.problems += [*grid.problems, *problems]
    department = ""
    for number, cells in grid.rows[header + (2 if below else 1) :]:
        told = [c for c in cells if c.text and not c.covered]
        place = grid.row_place(number)
        values = {
            name: cells[position] for name, position in named.items() if position < len(cells)
        }
        code = values["code"] if "code" in values else _Cell()
        if code.covered and not code.heading and (told or code.text):
            collected.merged(place, code.text, told)
            continue
        if not code.text or code.heading:
            said = [c for c in told if not _ORDINAL.fullmatch(c.text)]
            if said and (
                all(c.heading for c in said)
                or (len(said) == 1 and _heading_department(said, "") != "")
            ):
                numbered = len(said) < len(told)
                department = _heading_department(said, "" if numbered else department)
            elif said and not _numbering(told) and _edited_told(values):
                collected.without_code(place, told)
            continue
        if _numbering(told):
            continue
        row = {name: _told(cell) for name, cell in values.items()}
        if code.short:
            row["code"] = f"{code.value:%d/%m}"
        if "due" in values and values["due"].month:
            row["due"] = f"{values['due'].value:%m/%Y}"
        if not values.get("lead_department", _Cell()).text:
            row["lead_department"] = department
        collected.add(place, row)


def _further(
    before: Sequence[_Waiting], named: Mapping[str, int], grid: _Grid, header: int
) -> Problem:
    """What to say of a further table: a list of criteria or a copy adds nothing to a plan."""
    at = named["code"]
    cells = [cells[at] for _, cells in grid.rows[header + 1 :] if at < len(cells)]
    codes = {_readings(c.value)[0][0] for c in cells if c.text and not c.covered}
    known = {_readings(row.given["code"])[0][0] for row in before}
    if not _edited().intersection(named) or codes <= known:
        message = "a second table with codes that stand in the plan already; it is not read"
        if not _edited().intersection(named):
            message = "a second table without a column that is edited; it is not read"
        return Problem("second_sheet", message, expected=f"all rows in {before[0].place}")
    return Problem("further_sheet", "a further table of the plan; its rows are added", "warning")


def _told(cell: _Cell) -> Any:
    # 1 shown as 100% is a share, not a point
    return f"{100 * cell.value:g}%" if cell.percent else cell.value


def _edited_told(values: Mapping[str, _Cell]) -> bool:
    """Whether a row without a code says anything in a column that is edited."""
    return any(c.text and not c.heading for name, c in values.items() if name in _edited())


@cache
def _edited() -> frozenset[str]:
    known = table("plan_columns")
    return frozenset(known.loc[known["editable"].eq("1"), "column"]) - {"code"}


def _numbering(told: Sequence[_Cell]) -> bool:
    # the row "(1) (2) (3)" below the header of official tables
    return bool(told) and all(re.fullmatch(r"\(\d+\)", c.text) for c in told)


def _heading_department(told: Sequence[_Cell], before: str) -> str:
    """Department that a heading names; a numbered heading without one ends the group before."""
    for cell in told:
        bare = re.sub(r"^[IVXLC\d]+[.)]\s*", "", cell.text)
        name = re.split(r"\s[–—:(]|\s-\s(?=\d)", bare)[0]
        if unit := _departments.find(name):
            return unit.name_vi
        if bare != cell.text:
            before = ""
    return before


@dataclass(frozen=True)
class _Waiting:
    place: str
    given: Mapping[str, Any]
    heads: Mapping[str, str]


class _Rows:
    """Rows on their way to a plan, and the problems met."""

    def __init__(self, place: str, heads: Mapping[str, str] = MappingProxyType({})) -> None:
        self.heads = heads
        self.waiting: list[_Waiting] = []
        self._place = place
        self._named: dict[str, str] = {}
        self._rows: list[dict[str, Any]] = []
        self._places: dict[str, str] = {}
        self._order: list[float] = []
        self.problems: list[Problem] = []

    def add(self, place: str, given: Mapping[str, Any]) -> None:
        """Take a row; which code it has is decided when all are there."""
        self.waiting.append(_Waiting(place, given, self.heads))

    def _settle(self) -> None:
        codes = _codes([row.given["code"] for row in self.waiting])
        for row, (code, others) in zip(self.waiting, codes, strict=True):
            self.heads = row.heads
            if code:
                self._add(row.place, row.given, code, others)
            else:  # dots only
                told = [_Cell(v) for v in row.given.values() if v is not None]
                self.without_code(row.place, told)

    def _add(
        self, place: str, given: Mapping[str, Any], code: str, others: Sequence[str] | None
    ) -> None:
        if others is not None:
            self._doubtful(place, given["code"], code, others)
        if code in self._places:
            self._problem(
                "duplicate_code", "a code that stands in the plan already; the first row counts",
                place, "code", code, f"one row; the first is {self._places[code]}", "",
            )  # fmt: skip
            return
        row: dict[str, Any] = {"code": code}
        for name, value in given.items():
            if name not in ("code", ORDER) and value is not None and clean(str(value)):
                if name == "target_score" and _model.is_maximum(value):
                    continue
                row[name] = self._value(place, name, value, code)
        target = given.get("target_score")
        if _model.is_maximum(target):
            if (top := row.get("maximum")) is None:
                self._problem(
                    "not_a_number", "a target at the maximum, and the row does not tell the "
                    "maximum", place, "target_score", _shown(target), "points, for example 0,75",
                    code,
                )  # fmt: skip
            row["target_score"] = top
        self._rows.append(row)
        self._places[code] = place
        for name, head in self.heads.items():
            if self._named.setdefault(name, head) != head:
                self._named[f"{code} {name}"] = head
        self._order.append(_order(given.get(ORDER)))

    def _value(self, place: str, name: str, value: Any, code: str) -> Any:
        shown = _shown(value)
        try:
            if name in _model.numbers():
                return _model.number_of(value)
            if name == "due":
                return _model.due_of(value)
        except (ValueError, OverflowError):
            kind = "date" if name == "due" else "number"
            expected = (
                "31/12/2022, Quý IV/2022, Tháng 12/2022, 2022 or Thường xuyên"
                if kind == "date"
                else "points, for example 0,75"
            )
            if kind == "date" and _month_first(shown):
                expected += "; this one has the month first: the others of the column may have too"
            self._problem(f"not_a_{kind}", f"not a {kind}", place, name, shown, expected, code)
            return None
        if name in ("status", "kind"):
            word = _model.word_of(name, shown)
            if not word:
                expected = ", ".join(_model.labels(name))
                self._problem(
                    f"unknown_{name}", f"a {name} that is not known", place, name, shown,
                    f"one of: {expected}", code,
                )  # fmt: skip
            return word
        return value if isinstance(value, str) else shown

    def _doubtful(self, place: str, value: Any, code: str, others: Sequence[str]) -> None:
        if isinstance(value, float):
            both = " and ".join(sorted((code, *others)))
            message = f"a code stored as a number, the same for {both}; read as {code}"
        else:
            message = f"a code that a spreadsheet has turned into a date; read as {code}"
            message += f" (it may have been {others[0]})" if others else ""
        where = f"{place} {self.heads.get('code', '')}"
        self.problems.append(
            Problem("code_not_text", message, "warning", where, _shown(value), "a text", code)
        )

    def merged(self, place: str, code: str, told: Sequence[_Cell]) -> None:
        shown = " | ".join(c.text for c in told)
        self._problem(
            "merged_cells", "the cell of the code is merged with the row above; this row is not "
            "read", place, "code", code + (f": {shown}" if shown else ""), "a code in each row",
            "",
        )  # fmt: skip

    def without_code(self, place: str, told: Sequence[_Cell]) -> None:
        shown = " | ".join(c.text for c in told)
        self._problem("no_code", "a row without a code; it is not read", place, "code", shown,
                      "a code such as 1.3.2", "")  # fmt: skip

    def _problem(
        self, code: str, message: str, place: str, column: str, found: str, expected: str, row: str
    ) -> None:
        where = f"{place} {self.heads.get(column, f'column {column!r}')}"
        self.problems.append(Problem(code, message, "error", where, found, expected, row))

    def plan(self, meta: Mapping[str, str]) -> Plan:
        self._settle()
        # Python's sort is stable: rows without a number of their own come last, as they stand
        order = sorted(range(len(self._rows)), key=lambda n: self._order[n])
        if not self._rows:
            message = "the plan has no row with a code"
            self.problems.append(Problem("no_rows", message, place=self._place))
        return Plan(
            _model.frame(self._rows[n] for n in order),
            tuple(self.problems),
            places=MappingProxyType(self._places),
            heads=MappingProxyType(self._named),
            **_meta(meta),
        )


def _codes(values: Sequence[Any]) -> list[tuple[str, Sequence[str] | None]]:
    """Codes of all rows; where one may have been another, what else it may have been."""
    read = [_readings(value) for value in values]
    taken = {own[0] for own, sure in read if sure}
    found: list[tuple[str, Sequence[str] | None]] = []
    for position, (own, sure) in enumerate(read):
        if sure:
            found.append((own[0], None))
            continue
        free = [code for code in own if code not in taken] or own
        after = read[position + 1][0] if position + 1 < len(read) else ()
        # the one that goes on from the row above, or before the row below
        best = [code for code in free if found and _follows(found[-1][0], code)]
        best += [code for code in free if any(_follows(code, other) for other in after)]
        code = (best or free)[0]
        taken.add(code)
        found.append((code, [other for other in own if other != code]))
    return found


def _follows(before: str, after: str) -> bool:
    first, second = before.split("."), after.split(".")
    numbers = (first[-1], second[-1])
    return (
        first[:-1] == second[:-1]
        and all(n.isdigit() for n in numbers)
        and int(numbers[0]) + 1 == int(numbers[1])
    )


def _readings(value: Any) -> tuple[list[str], bool]:
    """What a cell may mean as a code, the likeliest first, and whether it is sure."""
    if isinstance(value, float):
        # Excel turns 1.3 into a number, and 1.10 as well
        code = repr(value).removesuffix(".0")
        return ([code, f"{code}0"], False) if re.fullmatch(r"\d+\.1", code) else ([code], True)
    if isinstance(value, datetime.date):  # a datetime is one too
        parts = (value.day, value.month, value.year % 100)
    else:
        # 4.1 typed in a Vietnamese Excel may come as 4,1
        text = unicodedata.normalize("NFKC", clean(str(value))).rstrip(".").replace(",", ".")
        text = re.sub(r"(?<=\d)\s*\.\s*(?=\d)", ".", text)
        day = _CODE_AS_DAY.fullmatch(text) or _CODE_AS_ISO_DAY.fullmatch(text)
        if day is None:
            return [text], True
        told = {name: int(n) for name, n in day.groupdict().items() if n}
        year = (told["year"] % 100,) if "year" in told else ()
        parts = (told["day"], told["month"], *year)
    # day first as in Viet Nam, or month first as in an American Excel
    codes = dict.fromkeys([parts, (parts[1], parts[0], *parts[2:])])
    return [".".join(str(n) for n in code) for code in codes], False


def _month_first(text: str) -> bool:
    # a CSV file from a spreadsheet program in American English
    try:
        datetime.datetime.strptime(text, "%m/%d/%Y")
    except ValueError:
        return False
    return True


def _order(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("inf")  # a row that somebody added


def _shown(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))


def _meta(given: Mapping[str, str]) -> dict[str, Any]:
    known: dict[str, Any] = {name: clean(str(given.get(name, ""))) for name in META}
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", known["year"])
    known["year"] = int(years[0]) if len(years) == 1 else 0
    if known["province"]:
        with contextlib.suppress(ProvinceError):  # check tells of a name that is none
            unit = resolve(known["province"], criteria.geography_of(known["year"]))
            known["province"] = unit.province_id
    known["synthetic"] = known["synthetic"] == "yes"
    return known


# --- TOML ----------------------------------------------------------------------------------------


def _read_toml(file: Path) -> Plan:
    text = decode(file.read_bytes(), file.name)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanError(
            "damaged_file", "the TOML file cannot be read", place=file.name, found=str(error)
        ) from None
    rows = content.get("rows", [])
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise PlanError(
            "no_header", "no rows", place=file.name, expected="tables [[rows]] with a code each"
        )
    meta = content.get("plan", {})
    if not isinstance(meta, dict):
        raise PlanError(
            "no_header",
            "what is said of the plan is no table",
            place=file.name,
            found=f"plan = {meta!r}",
            expected="[plan] and [[rows]]",
        )
    given = {k: ("yes" if v is True else str(v)) for k, v in meta.items() if v is not False}
    collected = _Rows(file.name, {c: f"key {c!r}" for c in _model.columns()})
    for number, row in enumerate(rows, 1):
        place = f"{file.name} [[rows]] {number}"
        known, problems = _toml_keys(place, row)
        collected.problems += problems
        if not clean(str(known.get("code", ""))):
            collected.without_code(place, [_Cell(v) for v in known.values()])
        else:
            collected.add(place, known)
    return collected.plan(given)


def _toml_keys(place: str, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    known: dict[str, Any] = {}
    problems = []
    for name, value in row.items():
        column = name if name in _model.columns() else _head_of(name)
        if column and column not in known and isinstance(value, (str, int, float, datetime.date)):
            known[column] = value
            continue
        close = nearest(name, _model.columns(), at_least=0.5)
        problems.append(
            Problem(
                "unknown_column",
                "a key that a plan does not have; it is not read",
                "warning",
                f"{place} key {name!r}",
                str(value),
                f"perhaps {close!r}" if close else "",
            )
        )
    return known, problems
