"""Annexes as XLSX files: titles, headers over two rows, rows of figures; no clock inside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from parstudy.archive import saved
from parstudy.demo import _annexes
from parstudy.demo._annexes import HEAD_ROW, LEFT, MARK, ByProvince
from parstudy.demo._criteria import of_level
from parstudy.facts import provinces
from parstudy.text import roman

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from parstudy.demo._generate import Demo

_SCORING_VI: Final = {"appraisal": "Thẩm định", "survey": "Điều tra XHH", "mixed": "Kết hợp"}
_NOTE_VI: Final = f"Ghi chú: {MARK}; không phải số liệu công bố."
_DECIMALS: Final = {"score": 3, "percent": 2, "rank": 0}
_FORMATS: Final = ("0", "0.0", "0.00", "0.000")  # by number of decimals

_Values = Mapping[tuple[str, str], Mapping[str, float]]
"""(component, measure) -> province -> number, not rounded."""


def par_workbook(demo: Demo, year: int) -> bytes:
    """Totals and ranks, component indices, all criteria with their points; at last the claims."""
    points = _wide(demo.scores, year, "score")
    values = {(component, "score"): own for component, own in points.items()}
    values["total", "percent"] = points["total"]
    values["total", "rank"] = ranks = _ranks(demo.ranks, year)
    for area in of_level("area"):
        own = points[area.code]
        values[area.code, "percent"] = {p: 100 * x / area.max_score for p, x in own.items()}
    workbook = _workbook(f"PAR INDEX {year}")
    _by_province(workbook, _annexes.PAR_TOTALS, year, values, ranks)
    _by_province(workbook, _annexes.par_areas(), year, values, ranks)
    _criteria(workbook, year, points)
    if year == demo.years[-1]:
        _claims(workbook, year, _wide(demo.self_assessed, year, "self_assessed"))
    return saved(workbook)


def sipas_workbook(demo: Demo, year: int) -> bytes:
    """Parts, total and rank of SIPAS."""
    percents = _wide(demo.sipas, year, "percent")
    ranks = _ranks(demo.sipas_ranks, year)
    values = {(component, "percent"): own for component, own in percents.items()}
    workbook = _workbook(f"SIPAS {year}")
    _by_province(workbook, _annexes.sipas(), year, {**values, ("total", "rank"): ranks}, ranks)
    return saved(workbook)


# --- annexes -------------------------------------------------------------------------------------


def _by_province(
    workbook: Workbook, annex: ByProvince, year: int, values: _Values, ranks: Mapping[str, float]
) -> None:
    """One row for each province, the best one first."""
    width = len(LEFT) + len(annex.columns)
    sheet = _sheet(workbook, annex.sheet, annex.title.format(year=year), width)
    _header(sheet, LEFT, 1, span=2)
    first = len(LEFT) + 1
    for over, columns in groupby(annex.columns, key=lambda c: c.over):
        headers = [c.header for c in columns]
        if over:
            _group(sheet, over, headers, first)
        else:
            _header(sheet, headers, first, span=2)
        first += len(headers)
    if annex.numbered:
        sheet.append([f"({n})" for n in range(1, width + 1)])
    columns_of = [(values[c.component, c.measure], _DECIMALS[c.measure]) for c in annex.columns]
    names = _names()
    for n, province in enumerate(sorted(ranks, key=lambda p: (ranks[p], p)), 1):
        numbers = [(own[province], decimals) for own, decimals in columns_of]
        _row(sheet, [n, names[province]], numbers)
    if annex.means:
        means = [(_mean(own.values()), decimals) for own, decimals in columns_of if decimals]
        _row(sheet, ["", "Trung bình"], means)
    sheet.append([_NOTE_VI])


def _criteria(workbook: Workbook, year: int, points: Mapping[str, Mapping[str, float]]) -> None:
    """Points of all criteria, a column for each province."""
    title = f"PHỤ LỤC 3. ĐIỂM CÁC TIÊU CHÍ, TIÊU CHÍ THÀNH PHẦN NĂM {year}"
    head = [
        "Mã", "Lĩnh vực, tiêu chí, tiêu chí thành phần", "Điểm tối đa", "Hình thức đánh giá",
        "Cơ quan chủ trì",
    ]  # fmt: skip
    rows = []
    for part in of_level("area", "criterion", "subcriterion"):
        code = roman(int(part.code[1:])) if part.level == "area" else part.code
        scoring = _SCORING_VI[part.scoring]
        left = [code, part.name_vi, part.max_score, scoring, part.lead_department]
        rows.append((left, points[part.code]))
    rows.append((["", "TỔNG ĐIỂM", 100, "", ""], points["total"]))
    _by_criterion(workbook, "PL3", title, head, rows)


def _claims(workbook: Workbook, year: int, claimed: Mapping[str, Mapping[str, float]]) -> None:
    """Points that the provinces claimed for themselves."""
    title = f"PHỤ LỤC 4. ĐIỂM TỰ ĐÁNH GIÁ CỦA CÁC TỈNH, THÀNH PHỐ NĂM {year}"
    own = [part for part in of_level("subcriterion") if part.code in claimed]
    rows = [([part.code, part.name_vi], claimed[part.code]) for part in own]
    _by_criterion(workbook, "PL4", title, ["Mã", "Tiêu chí thành phần"], rows)


def _by_criterion(
    workbook: Workbook,
    name: str,
    title: str,
    head: Sequence[str],
    rows: Iterable[tuple[Sequence[Any], Mapping[str, float]]],
) -> None:
    names = _names()
    sheet = _sheet(workbook, name, title, 12)
    _header(sheet, [*head, *names.values()], 1)
    sheet.row_dimensions[HEAD_ROW + 1].height = None
    for texts, own in rows:
        _row(sheet, texts, [(own[province], _DECIMALS["score"]) for province in names])
    sheet.append([_NOTE_VI])
    sheet.freeze_panes = "C5"


# --- figures -------------------------------------------------------------------------------------


def _names() -> dict[str, str]:
    return {u.province_id: u.name_vi for u in provinces.units("63")}


def _wide(long: pd.DataFrame, year: int, value: str) -> dict[str, dict[str, float]]:
    """Component to province to value, of one year."""
    rows = long[long["year"].eq(year)]
    return {
        str(component): dict(zip(own["province_id"].tolist(), own[value].tolist(), strict=True))
        for component, own in rows.groupby("component", sort=False)
    }


def _ranks(long: pd.DataFrame, year: int) -> dict[str, float]:
    rows = long[long["year"].eq(year)]
    return dict(zip(rows["province_id"].tolist(), rows["rank"].tolist(), strict=True))


def _half_up(value: float, decimals: int) -> float:
    """Round as offices do, on the decimal number and not on its binary neighbour."""
    if not decimals:
        return value  # a rank
    scale: int = 10**decimals
    return math.floor(round(value * scale, 6) + 0.5) / scale


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return math.fsum(every) / len(every)


# --- sheets --------------------------------------------------------------------------------------


def _workbook(title: str) -> Workbook:
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = "parstudy demo"
    workbook.properties.title = f"{MARK}: {title}"
    return workbook


def _sheet(workbook: Workbook, name: str, title: str, width: int) -> Worksheet:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet: Worksheet = workbook.create_sheet(name)
    for row, text in enumerate((MARK, title), 1):
        sheet.append([text])
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        sheet.cell(row, 1).font = Font(bold=True, color="C00000" if row == 1 else "000000")
        sheet.cell(row, 1).alignment = Alignment(horizontal="center")
    sheet.column_dimensions["A"].width = 8
    sheet.column_dimensions["B"].width = 34
    for column in range(3, width + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 15
    for row in (HEAD_ROW, HEAD_ROW + 1):
        sheet.row_dimensions[row].height = 62
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _header(
    sheet: Worksheet, texts: Sequence[str], first: int, *, row: int = HEAD_ROW, span: int = 1
) -> None:
    """Header cells from a column on, each merged over ``span`` rows."""
    for column, text in enumerate(texts, first):
        _head_cell(sheet, row, column, text)
        if span > 1:
            sheet.merge_cells(
                start_row=row, end_row=row + span - 1, start_column=column, end_column=column
            )


def _group(sheet: Worksheet, text: str, below: Sequence[str], first: int) -> None:
    """One header merged over several columns, and the headers below it."""
    _head_cell(sheet, HEAD_ROW, first, text)
    last = first + len(below) - 1
    sheet.merge_cells(start_row=HEAD_ROW, end_row=HEAD_ROW, start_column=first, end_column=last)
    _header(sheet, below, first, row=HEAD_ROW + 1)


def _head_cell(sheet: Worksheet, row: int, column: int, text: str) -> None:
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, column, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _row(sheet: Worksheet, texts: Sequence[Any], numbers: Iterable[tuple[float, int]]) -> None:
    """Texts, then numbers with as many decimals as each is printed with."""
    row = sheet.max_row + 1
    for column, text in enumerate(texts, 1):
        if text != "":
            sheet.cell(row, column, text)
    for column, (number, decimals) in enumerate(numbers, len(texts) + 1):
        sheet.cell(row, column, _half_up(number, decimals)).number_format = _FORMATS[decimals]
