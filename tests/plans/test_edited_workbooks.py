"""The annex as departments give it back: sorted, moved, renamed, with rows added and taken away."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from parstudy.plans import Plan, read, write
from parstudy.plans import _model as model

Edit = Callable[[Callable[[Worksheet], None]], Plan]
HEAD = 8


def made() -> Plan:
    rows: list[dict[str, Any]] = [
        {"code": "1.1", "kind": "raise", "name": "Kế hoạch", "maximum": 1.0, "score": 0.75,
         "lost": 0.25, "lead_department": "Sở Nội vụ", "target_score": 1.0, "source": "s1"},
        {"code": "1.10", "kind": "hold", "maximum": 0.5, "score": 0.5, "lost": 0.0,
         "lead_department": "Sở Nội vụ", "action": "=1+1", "due": "2022-12-31"},
        {"code": "2.1", "kind": "raise", "lead_department": "Sở Tư pháp", "due": "2022-Q4",
         "status": "in_progress", "action": "hai\ndòng"},
        {"code": "3.1", "due": "continuous"},
    ]  # fmt: skip
    return Plan(model.frame(rows), province="lang-son", year=2021, title="Nhiệm vụ năm 2022")


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    def edited(change: Callable[[Worksheet], None]) -> Plan:
        file = write(made(), tmp_path / "plan.xlsx")
        book = openpyxl.load_workbook(file)
        change(book["Phụ lục"])
        book.save(file)
        return read(file)

    return edited


def column(sheet: Worksheet, name: str) -> int:
    return next(c.column for c in sheet[HEAD] if c.value == name)


def row(sheet: Worksheet, code: str) -> int:
    at = column(sheet, "Mã")
    return next(r for r in range(HEAD, sheet.max_row + 1) if sheet.cell(r, at).value == code)


def test_nothing_edited(edit: Edit) -> None:
    plan = edit(lambda sheet: None)
    assert plan.equals(made())
    assert not plan.problems


def test_a_cell_filled_in(edit: Edit) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.cell(row(sheet, "1.1"), column(sheet, "Thời hạn")).value = "Tháng 11/2022"
        sheet.cell(row(sheet, "1.1"), column(sheet, "Tình trạng")).value = "Đã hoàn thành"

    plan = edit(fill)
    assert not plan.problems
    expected = made().rows
    expected.loc[0, ["due", "status"]] = ["2022-11", "done"]
    assert plan.rows.equals(expected)


@pytest.mark.parametrize(
    ("shown_as", "expected"),
    [
        ("mmm-yy", "2022-12"),
        ("mm/yyyy", "2022-12"),
        ('[$-42A]"Tháng "mm/yyyy', "2022-12"),
        ('yyyy"d"-mm;@', "2022-12"),
        ("dd/mm/yyyy", "2022-12-01"),
        ("d-mmm", "2022-12-01"),
        ("General", "2022-12-01"),
    ],
)
def test_a_month_that_the_program_has_turned_into_a_day(
    edit: Edit, shown_as: str, expected: str
) -> None:
    def fill(sheet: Worksheet) -> None:
        cell = sheet.cell(row(sheet, "1.1"), column(sheet, "Thời hạn"))
        cell.value = datetime.datetime(2022, 12, 1)
        cell.number_format = shown_as
        if shown_as == "General":
            cell.value = (cell.value - datetime.datetime(1899, 12, 30)).days

    plan = edit(fill)
    assert not plan.problems
    assert plan.rows.set_index("code").loc["1.1", "due"] == expected


def test_rows_swapped_come_back_in_their_order(edit: Edit) -> None:
    def swap(sheet: Worksheet) -> None:
        first, second = row(sheet, "1.1"), row(sheet, "1.10")
        for at in range(1, sheet.max_column + 1):
            one, two = sheet.cell(first, at), sheet.cell(second, at)
            one.value, two.value = two.value, one.value
            for cell in (one, two):
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # "=1+1" is a text here

    plan = edit(swap)
    assert not plan.problems
    assert plan.equals(made())


def test_a_column_put_in_and_one_renamed(edit: Edit) -> None:
    def rename(sheet: Worksheet) -> None:
        sheet.cell(HEAD, column(sheet, "Nhiệm vụ, giải pháp")).value = "Phần việc cụ thể"
        sheet.cell(HEAD, sheet.max_column + 1).value = "Ghi chú"

    plan = edit(rename)
    assert plan.rows.equals(made().rows)
    assert [(p.code, p.severity) for p in plan.problems] == [
        ("renamed_column", "warning"),
        ("unknown_column", "warning"),
    ]


def test_the_column_of_codes_renamed(edit: Edit) -> None:
    def rename(sheet: Worksheet) -> None:
        sheet.cell(HEAD, column(sheet, "Mã")).value = "Ký tự"

    plan = edit(rename)
    assert plan.rows.equals(made().rows)
    assert [p.code for p in plan.problems] == ["renamed_column"]


def test_a_row_added_below_a_department_belongs_to_it(edit: Edit) -> None:
    def add(sheet: Worksheet) -> None:
        at = row(sheet, "2.1") + 1
        below = [str(m) for m in sheet.merged_cells.ranges if m.min_row >= at]
        for area in below:
            sheet.unmerge_cells(area)
        sheet.insert_rows(at)
        for area in below:
            moved = CellRange(area)
            moved.shift(row_shift=1)
            sheet.merge_cells(moved.coord)
        sheet.cell(at, column(sheet, "Mã")).value = "2.2"
        sheet.cell(at, column(sheet, "Nhiệm vụ, giải pháp")).value = "thêm"

    plan = edit(add)
    added = plan.rows.set_index("code").loc["2.2"]
    assert added["action"] == "thêm"
    assert added["lead_department"] == "Sở Tư pháp"
    assert set(plan.rows["code"]) == {"1.1", "1.10", "2.1", "2.2", "3.1"}


def test_hidden_sheet_and_columns_taken_away(edit: Edit) -> None:
    def strip(sheet: Worksheet) -> None:
        del sheet.parent["parstudy"]
        first = column(sheet, "Tài liệu kiểm chứng") + 1
        sheet.delete_cols(first, sheet.max_column - first + 1)

    plan = edit(strip)
    assert not plan.problems
    kept = ["code", "kind", "action", "lead_department", "due", "target_score", "status"]
    assert plan.rows[kept].equals(made().rows[kept])
    assert plan.province == ""


def test_three_mistakes_are_told_at_once_with_their_cells(edit: Edit) -> None:
    places: dict[str, str] = {}

    def spoil(sheet: Worksheet) -> None:
        for code, name, value in (
            ("1.1", "Thời hạn", "31/02/2022"),
            ("1.10", "Tình trạng", "gần xong"),
            ("2.1", "Điểm phấn đấu", "nhiều"),
        ):
            cell = sheet.cell(row(sheet, code), column(sheet, name))
            cell.value = value
            place = f"row {cell.row} column {cell.column_letter} ({name})"
            places[code] = f"plan.xlsx sheet 'Phụ lục' {place}"

    plan = edit(spoil)
    assert {p.criterion: p.place for p in plan.problems} == places
    assert list(plan.rows["code"]) == list(made().rows["code"])
    assert plan.rows["action"].equals(made().rows["action"])
