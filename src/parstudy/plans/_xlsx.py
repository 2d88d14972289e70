"""The annex as a workbook that departments fill in and give back."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.archive import saved
from parstudy.plans import _form, _model, _values
from parstudy.plans._model import MACHINE_SHEET, ORDER, Plan

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_SHOWN = (
    "code", "name", "kind", "maximum", "score", "lost", "gap", "reached", "priority",
    "action", "lead_department", "partners", "due", "target_score", "status", "evidence",
)  # fmt: skip
_WIDTHS = {
    "code": 7, "name": 27, "kind": 7, "maximum": 6.5, "score": 7, "lost": 7,
    "gap": 8, "reached": 7.5, "priority": 6, "action": 30, "lead_department": 14, "partners": 14,
    "due": 11.5, "target_score": 7.5, "status": 10.5, "evidence": 18,
}  # fmt: skip
_CENTRED = frozenset(
    {"code", "kind", "maximum", "score", "lost", "claimed", "gap", "reached", "priority", "due",
     "target_score", "status"}
)  # fmt: skip
_FIRST_WIDTH = 5
_FONT = "Times New Roman"
_HEAD = 8  # row of the column names; above it the head of the paper
_ROOM = 50  # empty rows below the last one that still have lists and dates


def as_xlsx(plan: Plan) -> bytes:
    """The workbook, the same bytes each time."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet: Worksheet = book.create_sheet("Phụ lục")
    columns = _form.used(plan, _SHOWN)
    rest = [c for c in _model.columns() if c not in columns]
    last = 1 + len(columns)
    _top(sheet, plan, columns)
    _names(sheet, columns, rest)
    first = _HEAD + 2
    row = first
    counter = 0
    for group in _form.groups(plan.rows):
        _band(sheet, row, group.title, last)
        row += 1
        for position, values in zip(group.rows.index, group.rows.to_dict("records"), strict=True):
            counter += 1
            _row(sheet, row, counter, values, columns, rest, int(position))
            row += 1
    _validation(sheet, columns, first, row + _ROOM)
    _bottom(sheet, row, _form.notes(columns, plan), last)
    _paper(sheet, columns, rest, last, row - 1)
    _machine(book, plan, columns, rest)
    book.properties.creator = "parstudy"
    book.properties.title = plan.title
    book.properties.created = datetime.datetime(2000, 1, 1)
    return saved(book)


def _put(
    sheet: Worksheet, row: int, column: int, value: Any, *, bold: bool = False,
    italic: bool = False, size: float = 11, centre: bool = False, until: int = 0,
    line: bool = False, colour: str = "000000",
) -> Any:  # fmt: skip
    from openpyxl.styles import Alignment, Border, Font, Side

    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        # a text that begins with = + - @ stays a text, in the file and on the screen
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
    cell.font = Font(name=_FONT, size=size, bold=bold, italic=italic, color=colour)
    cell.alignment = Alignment(
        horizontal="center" if centre else "left", vertical="center", wrap_text=True
    )
    cells = [cell]
    if until > column:
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=until)
        cells = [sheet.cell(row, n) for n in range(column, until + 1)]
    if line:
        side = Side(style="thin", color="7F7F7F")
        for one in cells:
            one.border = Border(left=side, right=side, top=side, bottom=side)
    return cell


def _half(columns: list[str]) -> int:
    """Last column of the left half of the paper, by width."""
    widths = [_FIRST_WIDTH, *(_WIDTHS[c] for c in columns)]
    sums = [sum(widths[: n + 1]) for n in range(len(widths) - 1)]
    return 1 + min(range(len(sums)), key=lambda n: abs(sums[n] - sum(widths) * 0.42))


def _top(sheet: Worksheet, plan: Plan, columns: list[str]) -> None:
    last = 1 + len(columns)
    half = _half(columns)
    _put(sheet, 1, 1, _form.issuer(plan), bold=True, size=12, centre=True, until=half)
    _put(sheet, 1, half + 1, _form.NATION, bold=True, size=12, centre=True, until=last)
    _put(sheet, 2, 1, "―――――――", centre=True, until=half)
    _put(sheet, 2, half + 1, _form.MOTTO, bold=True, size=12, centre=True, until=last)
    _put(sheet, 3, half + 1, "――――――――――――", centre=True, until=last)
    _put(sheet, 4, 1, _form.ANNEX, bold=True, size=13, centre=True, until=last)
    _put(sheet, 5, 1, plan.title or "…", bold=True, size=13, centre=True, until=last)
    _put(sheet, 6, 1, _form.annexed(plan), italic=True, size=12, centre=True, until=last)
    if plan.synthetic:
        _put(sheet, 7, 1, _form.SYNTHETIC, bold=True, centre=True, until=last, colour="C00000")
    for row, height in ((1, 20), (2, 18), (3, 16), (4, 20), (5, 22), (6, 20), (7, 20)):
        sheet.row_dimensions[row].height = height


def _names(sheet: Worksheet, columns: list[str], rest: list[str]) -> None:
    from openpyxl.styles import PatternFill

    heads = ["STT", *(_model.label(c) for c in columns)]
    fill = PatternFill("solid", start_color="D9E2F3")
    for column, text in enumerate(heads, 1):
        _put(sheet, _HEAD, column, text, bold=True, size=10, centre=True, line=True).fill = fill
        _put(sheet, _HEAD + 1, column, f"({column})", italic=True, size=8, centre=True, line=True)
    for column, name in enumerate([*rest, ORDER], len(heads) + 1):
        text = name if name == ORDER else _model.label(name)
        _put(sheet, _HEAD, column, text, size=8)
    sheet.row_dimensions[_HEAD].height = 58


def _band(sheet: Worksheet, row: int, text: str, last: int) -> None:
    from openpyxl.styles import PatternFill

    cell = _put(sheet, row, 1, text, bold=True, until=last, line=True)
    cell.fill = PatternFill("solid", start_color="F2F2F2")
    sheet.row_dimensions[row].height = 20


def _row(
    sheet: Worksheet, row: int, counter: int, values: dict[Any, Any], columns: list[str],
    rest: list[str], position: int,
) -> None:  # fmt: skip
    _put(sheet, row, 1, counter, centre=True, line=True)
    lines = 1
    for at, column in enumerate(columns, 2):
        value, shape = _value(column, values[column])
        cell = _put(sheet, row, at, value, centre=column in _CENTRED, line=True)
        if shape:
            cell.number_format = shape
        if isinstance(value, str):
            lines = max(lines, _lines(value, _WIDTHS[column]))
    for at, column in enumerate(rest, len(columns) + 2):
        _put(sheet, row, at, _value(column, values[column])[0], size=8)
    _put(sheet, row, len(columns) + len(rest) + 2, position + 1, size=8)
    # Excel does not fit rows to wrapped text by itself when a file is made by a program
    sheet.row_dimensions[row].height = min(400.0, 5 + 14.5 * max(lines, 2))


def _lines(text: str, width: float) -> int:
    return sum(1 + int(len(line) * 1.1 / width) for line in text.split("\n"))


def _value(column: str, value: Any) -> tuple[Any, str]:
    if column in _model.numbers():
        if pd.isna(value):
            return None, ""
        return float(value), "0" if column == "priority" else "General"
    if not value:
        return None, ""
    if column == "due":
        if len(value) == 10 and value[4] == "-" and value[:4].isdigit():
            return datetime.date.fromisoformat(value), "dd/mm/yyyy"
        return _values.due_label(value), ""
    if column in ("status", "kind"):
        return _values.label_of(column, value), ""
    return value, "@"


def _validation(sheet: Worksheet, columns: list[str], first: int, last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    def letter(column: str) -> str:
        """Letters of a column of the plan in the sheet."""
        return str(get_column_letter(columns.index(column) + 2))

    def rule(column: str, **kwargs: Any) -> None:
        """Let the sheet check what is typed into a column."""
        validation = DataValidation(allow_blank=True, **kwargs)
        validation.add(f"{letter(column)}{first}:{letter(column)}{last}")
        sheet.add_data_validation(validation)

    for column in ("status", "kind"):
        words = _values.labels(column)
        rule(
            column, type="list", formula1='"' + ",".join(words) + '"', showErrorMessage=True,
            errorTitle=_model.label(column), error="Chọn một trong danh sách.",
        )  # fmt: skip
    due = f"{letter('due')}{first}"
    rule(
        "due",
        type="custom",
        formula1=f'OR(ISNUMBER({due}),LEFT({due},3)="Quý",LEFT({due},5)="Tháng",'
        f'{due}="Thường xuyên")',
        errorStyle="warning",
        showErrorMessage=True,
        errorTitle=_model.label("due"),
        error="Ghi 31/12/2022, Quý IV/2022, Tháng 12/2022 hoặc Thường xuyên.",
        showInputMessage=True,
        promptTitle=_model.label("due"),
        prompt="31/12/2022, Quý IV/2022, Tháng 12/2022 hoặc Thường xuyên",
    )
    rule(
        "target_score", type="decimal", operator="between", formula1="0", formula2="100",
        showErrorMessage=True, errorTitle=_model.label("target_score"),
        error="Ghi điểm bằng số, không vượt quá điểm tối đa.",
    )  # fmt: skip


def _bottom(sheet: Worksheet, row: int, notes: list[str], last: int) -> None:
    for text in notes:
        _put(sheet, row, 1, text, italic=True, size=9, until=last)
        row += 1
    row += 1
    middle = (last + 1) // 2
    for line, (left, right) in enumerate(zip(*_form.SIGNATURES, strict=True)):
        style = {"bold": line == 0, "italic": line == 1, "size": 12.0 - line, "centre": True}
        _put(sheet, row + line, 1, left, until=middle, **style)  # type: ignore[arg-type]
        _put(sheet, row + line, middle + 1, right, until=last, **style)  # type: ignore[arg-type]


def _paper(sheet: Worksheet, columns: list[str], rest: list[str], last: int, last_row: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.column_dimensions["A"].width = _FIRST_WIDTH
    for at, column in enumerate(columns, 2):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS[column]
    for at in range(last + 1, last + len(rest) + 2):
        sheet.column_dimensions[get_column_letter(at)].hidden = True
    sheet.freeze_panes = f"D{_HEAD + 2}"
    sheet.print_title_rows = f"{_HEAD}:{_HEAD + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 0.4, 0.3, 0.5, 0.6
    margins.header = margins.footer = 0.3
    sheet.print_options.horizontalCentered = True
    footer: Any = sheet.oddFooter
    footer.center.text, footer.center.font = "&P/&N", _FONT


def _machine(book: Workbook, plan: Plan, columns: list[str], rest: list[str]) -> None:
    """A hidden sheet: whose plan it is, and which column stood where when it was made."""
    sheet: Worksheet = book.create_sheet(MACHINE_SHEET)
    sheet.sheet_state = "hidden"
    pairs = [*plan.meta.items()]
    pairs += [(f"column {n}", c) for n, c in enumerate([*columns, *rest], 2)]
    for row, pair in enumerate(pairs, 1):
        for column, value in enumerate(pair, 1):
            if value:
                cell = sheet.cell(row, column, value)
                cell.data_type = "s"
