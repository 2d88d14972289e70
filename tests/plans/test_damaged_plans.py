"""Plans as Excel and people damage them: told with sheet, row and column; valid rows are kept."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from parstudy.plans import Plan, PlanError, read

HEAD = ["Mã", "Nhiệm vụ, giải pháp", "Cơ quan chủ trì", "Thời hạn"]
Book = Callable[..., Plan]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def made(
        rows: Sequence[Sequence[Any]],
        merged: Sequence[str] = (),
        second: Sequence[Sequence[Any]] = (),
    ) -> Plan:
        workbook = openpyxl.Workbook()
        sheet = workbook.worksheets[0]
        sheet.title = "Phụ lục"
        for row in rows:
            sheet.append(list(row))
        for area in merged:
            sheet.merge_cells(area)
        if second:
            other = workbook.create_sheet("Phụ lục II")
            for row in second:
                other.append(list(row))
        file = tmp_path / "plan.xlsx"
        workbook.save(file)
        return read(file)

    return made


def codes(plan: Plan) -> list[str]:
    return list(plan.rows["code"])


def found(plan: Plan) -> list[tuple[str, str]]:
    return [(p.code, p.place) for p in plan.problems]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (datetime.datetime(2022, 12, 31, 17, 30), "2022-12-31"),
        (44926, "2022-12-31"),
        (44926.75, "2022-12-31"),
        ("ngày 31 tháng 12 năm 2022", "2022-12-31"),
        ("Trước ngày 31/12/2022", "2022-12-31"),
        ("Quí IV/2022", "2022-Q4"),
        ("Q4/2022", "2022-Q4"),
        ("quý 4 năm 2022", "2022-Q4"),
        ("tháng 12 năm 2022", "2022-12"),
        ("Hàng năm", "continuous"),
        ("Thường xuyên, liên tục", "continuous"),
        ("chậm nhất là ngày 31/12/2022.", "2022-12-31"),
        ("31/12/2022 00:00:00", "2022-12-31"),
        ("T12/2022", "2022-12"),
        ("Cả năm 2022", "2022"),
    ],
)
def test_dates_as_officials_write_them(book: Book, written: Any, read_as: str) -> None:
    plan = book([HEAD, ["1.1", "a", "Sở Nội vụ", written]])
    assert not plan.problems
    assert plan.rows["due"][0] == read_as


@pytest.mark.parametrize(
    "written",
    ["31/02/2022", "31/12/22", "Tháng 13/2022", "Quý V/2022", "sớm", "31/12", True, 1e300],
)
def test_what_is_no_date_is_told_and_its_row_kept(book: Book, written: Any) -> None:
    plan = book([HEAD, ["1.1", "a", "Sở Nội vụ", "2022"], ["1.2", "b", "Sở Nội vụ", written]])
    assert found(plan) == [("not_a_date", "plan.xlsx sheet 'Phụ lục' row 3 column D (Thời hạn)")]
    assert codes(plan) == ["1.1", "1.2"]
    assert list(plan.rows["action"]) == ["a", "b"]
    assert list(plan.rows["due"]) == ["2022", ""]


def test_codes_that_excel_changed(book: Book) -> None:
    day = datetime.datetime(2002, 3, 1)
    plan = book([HEAD, *([c, "x"] for c in (1.3, "1,4", "1. 5.1", "１.6", day, 1.1, "7.2."))])
    assert codes(plan) == ["1.3", "1.4", "1.5.1", "1.6", "1.3.2", "1.1", "7.2"]
    # 1.1 may have been 1.10, and a date may have been anything: say so
    assert [(p.code, p.severity, p.criterion) for p in plan.problems] == [
        ("code_not_text", "warning", "1.3.2"),
        ("code_not_text", "warning", "1.1"),
    ]


@pytest.mark.parametrize(
    ("written", "read_as", "warned"),
    [
        # 1.3.2 by day and month, 1.3.2 by month and day: the row above tells
        (["1.3.1", datetime.datetime(2002, 3, 1)], ["1.3.1", "1.3.2"], 1),
        (["1.3.1", datetime.datetime(2002, 1, 3)], ["1.3.1", "1.3.2"], 1),
        # 3.1.2 stands below, so the date is not that one
        ([datetime.datetime(2002, 1, 3), "3.1.2"], ["1.3.2", "3.1.2"], 1),
        ([1.8, 1.9, 1.1, 1.11], ["1.8", "1.9", "1.10", "1.11"], 1),
        ([1.1, 1.2, 1.1], ["1.1", "1.2", "1.10"], 2),
        (["1.1", 1.1], ["1.1", "1.10"], 1),
        (["2.10", 2.1], ["2.10", "2.1"], 1),
    ],
)
def test_a_code_that_may_have_been_two_is_told_by_its_neighbours(
    book: Book, written: list[Any], read_as: list[str], warned: int
) -> None:
    plan = book([HEAD, *([code, "x"] for code in written)])
    assert codes(plan) == read_as
    assert [p.code for p in plan.problems] == ["code_not_text"] * warned


def test_dates_in_the_codes_of_a_csv(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    text = "Mã;Nhiệm vụ\n1.3.1;a\n01/03/2002;b\n2002-03-03;c\n"
    file.write_text(text, encoding="utf-8-sig")
    plan = read(file)
    assert codes(plan) == ["1.3.1", "1.3.2", "3.3.2"]
    assert [(p.code, p.place) for p in plan.problems] == [
        ("code_not_text", "plan.csv row 3 column 'Mã'"),
        ("code_not_text", "plan.csv row 4 column 'Mã'"),
    ]
    assert "may have been 3.1.2" in plan.problems[0].message


def test_a_date_without_its_year_is_a_criterion(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in (HEAD, ["2.4", "x"], [datetime.datetime(2026, 5, 2), "y"]):
        sheet.append(row)
    sheet["A3"].number_format = "d-mmm"
    workbook.save(tmp_path / "plan.xlsx")
    assert codes(read(tmp_path / "plan.xlsx")) == ["2.4", "2.5"]


def test_targets_in_words_and_shares(tmp_path: Path) -> None:
    """At the maximum is a number where the row tells the maximum; another share is none."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    head = ["Mã", "Điểm tối đa", "Điểm phấn đấu"]
    for row in (head, ["1.1", 2, "Tối đa"], ["1.2", 1.5, "100%"], ["1.3", 2, 1], ["1.4", 2, 0.5],
                ["1.5", None, "tối đa"], ["1.6", 2, "75%"], ["1.7", 2, 1]):  # fmt: skip
        sheet.append(row)
    sheet["C4"].number_format = sheet["C5"].number_format = "0%"
    workbook.save(tmp_path / "plan.xlsx")
    plan = read(tmp_path / "plan.xlsx")
    assert plan.rows["target_score"].fillna(-1).tolist() == [2, 1.5, 2, -1, -1, -1, 1]
    assert [(p.code, p.found, p.place.split("' ")[-1]) for p in plan.problems] == [
        ("not_a_number", "50%", "row 5 column C (Điểm phấn đấu)"),
        ("not_a_number", "tối đa", "row 6 column C (Điểm phấn đấu)"),
        ("not_a_number", "75%", "row 7 column C (Điểm phấn đấu)"),
    ]


def test_a_cell_formatted_at_the_edge_of_the_sheet(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(HEAD)
    sheet.append(["1.1", "x"])
    sheet["XFD1048576"].number_format = "0.00"
    workbook.save(tmp_path / "plan.xlsx")
    assert codes(read(tmp_path / "plan.xlsx")) == ["1.1"]


def test_two_rows_of_column_names(book: Book) -> None:
    plan = book(
        [
            ["PHỤ LỤC", None, None, None, None],
            ["STT", "Mã", "Thực hiện", None, "Thời hạn"],
            [None, None, "Cơ quan chủ trì", "Cơ quan phối hợp", None],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            [1, "1.1", "Sở Nội vụ", "Sở Tài chính", "2022"],
        ],
        merged=["A1:E1", "C2:D2", "A2:A3", "B2:B3", "E2:E3"],
    )
    assert not plan.problems
    assert plan.rows.loc[0, ["code", "lead_department", "partners", "due"]].tolist() == [
        "1.1", "Sở Nội vụ", "Sở Tài chính", "2022",
    ]  # fmt: skip


@pytest.mark.parametrize("merged", [(), ("B2:D2", "B4:D4")])
def test_departments_as_headings(book: Book, merged: Sequence[str]) -> None:
    plan = book(
        [
            ["STT", "Mã", "Nhiệm vụ", "Thời hạn"],
            ["I", "Sở Nội vụ", None, None] if merged else ["I", None, "Sở Nội vụ", None],
            [1, "1.1", "a", "2022"],
            ["II", "SỞ TƯ PHÁP", None, None] if merged else ["II", None, "SỞ TƯ PHÁP", None],
            [2, "2.1", "b", "2022"],
        ],
        merged=merged,
    )
    assert not plan.problems
    assert list(plan.rows["lead_department"]) == ["Sở Nội vụ", "Sở Tư pháp"]


def test_a_line_continued_below_without_a_code_is_told(book: Book) -> None:
    plan = book([HEAD, ["1.1", "a", "", ""], [None, "việc thứ hai"], ["1.2", "b"]])
    assert found(plan) == [("no_code", "plan.xlsx sheet 'Phụ lục' row 3 column A (Mã)")]
    assert plan.problems[0].found == "việc thứ hai"
    assert codes(plan) == ["1.1", "1.2"]


def test_a_number_beyond_all_numbers_is_told(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(
        "[[rows]]\ncode = '1.1'\naction = 'x'\ntarget_score = inf\nmaximum = 1e12\n",
        encoding="utf-8",
    )
    plan = read(file)
    assert list(plan.rows["action"]) == ["x"]
    assert [(p.code, p.found) for p in plan.problems] == [
        ("not_a_number", "inf"),
        ("not_a_number", "1000000000000"),
    ]


def test_dots_are_no_code(book: Book) -> None:
    plan = book([HEAD, ["1.1", "x"], ["…", "y"]])
    assert codes(plan) == ["1.1"]
    assert found(plan) == [("no_code", "plan.xlsx sheet 'Phụ lục' row 3 column A (Mã)")]


def test_one_department_merged_over_rows_counts_for_each(book: Book) -> None:
    rows = [HEAD, ["1.1", "a", "Sở Nội vụ", ""], ["1.2", "b"], ["1.3", "c", "Sở Tư pháp"]]
    plan = book(rows, merged=["C2:C3"])
    assert not plan.problems
    assert list(plan.rows["lead_department"]) == ["Sở Nội vụ", "Sở Nội vụ", "Sở Tư pháp"]


def test_codes_under_a_name_of_their_own(book: Book) -> None:
    plan = book([["Ký tự", "Nhiem vu", "Đơn vị  chủ trì (sở)"], ["1.3.2", "a", "Sở Nội vụ"]])
    assert found(plan) == [("renamed_column", "plan.xlsx sheet 'Phụ lục' row 1 column A (Ký tự)")]
    assert plan.rows.loc[0, ["code", "action", "lead_department"]].tolist() == [
        "1.3.2", "a", "Sở Nội vụ",
    ]  # fmt: skip


def test_a_second_sheet_is_not_lost_in_silence(book: Book) -> None:
    plan = book([HEAD, ["1.1", "a"]], second=[HEAD, ["2.1", "b"]])
    assert codes(plan) == ["1.1", "2.1"]
    assert found(plan) == [("further_sheet", "plan.xlsx sheet 'Phụ lục II' row 1")]
    assert plan.problems[0].severity == "warning"


def test_each_department_on_a_sheet_with_columns_of_its_own(book: Book) -> None:
    other = [HEAD[0], "Thời hạn", "Đơn vị chủ trì"]
    plan = book([HEAD, ["1.1", "a", "Sở Nội vụ", "sớm"]], second=[other, ["2.1", "sau", "Sở Y tế"]])
    assert list(plan.rows["lead_department"]) == ["Sở Nội vụ", "Sở Y tế"]
    assert found(plan)[1:] == [
        ("not_a_date", "plan.xlsx sheet 'Phụ lục' row 2 column D (Thời hạn)"),
        ("not_a_date", "plan.xlsx sheet 'Phụ lục II' row 2 column B (Thời hạn)"),
    ]
    assert plan.place("1.1", "due").endswith("column D (Thời hạn)")
    assert plan.place("2.1", "due").endswith("column B (Thời hạn)")
    assert plan.place("2.1", "lead_department").endswith("column C (Đơn vị chủ trì)")


@pytest.mark.parametrize(
    "second",
    [
        [HEAD, ["1.1", "an older draft"]],
        [["Mã", "Tên tiêu chí", "Điểm tối đa"], ["1.1", "x", 1], ["7.1", "y", 1]],
    ],
)
def test_a_copy_or_a_list_of_criteria_is_no_part_of_the_plan(
    book: Book, second: Sequence[Sequence[Any]]
) -> None:
    plan = book([HEAD, ["1.1", "a"]], second=second)
    assert list(plan.rows["action"]) == ["a"]
    assert found(plan) == [("second_sheet", "plan.xlsx sheet 'Phụ lục II' row 1")]


@pytest.mark.parametrize(
    ("name", "encoding", "mark"),
    [("plan.csv", "cp1258", ";"), ("plan.txt", "utf-16", "\t"), ("plan.tsv", "utf-8", "\t")],
)
def test_text_files_as_excel_saves_them(
    tmp_path: Path, name: str, encoding: str, mark: str
) -> None:
    # Windows-1258 has the tones as letters of their own
    rows = [["Mã", "Nhiệm vụ", "Cơ quan chủ trì"], ["1.1", "Rà soát, bổ sung", "Sở Nội vụ"]]
    text = "\r\n".join(mark.join(row) for row in rows)
    if encoding == "cp1258":
        text = _tones_apart(text)
    (tmp_path / name).write_bytes(text.encode(encoding))
    plan = read(tmp_path / name)
    assert plan.rows.loc[0, ["action", "lead_department"]].tolist() == rows[1][1:]
    assert not plan.problems


def _tones_apart(text: str) -> str:
    """Letters with their tones behind them, as Windows-1258 writes them."""
    made = ""
    for letter in text:
        apart = unicodedata.normalize("NFD", letter)
        tones = "".join(c for c in apart if c in "\u0300\u0301\u0303\u0309\u0323")
        made += unicodedata.normalize("NFC", "".join(c for c in apart if c not in tones)) + tones
    return made


def test_formulas_without_a_value(book: Book) -> None:
    plan = book([HEAD, ["1.1", '=HYPERLINK("http://example.org","x")'], ["1.2", "b"]])
    assert found(plan) == [("no_value", "plan.xlsx sheet 'Phụ lục' row 2 column B")]
    assert codes(plan) == ["1.1", "1.2"]


def test_status_and_points_in_other_words(book: Book) -> None:
    head = ["Mã", "Điểm phấn đấu", "Trạng thái"]
    plan = book([head, ["1.1", "0,5 điểm", "Đã hoàn thành (100%)"], ["1.2", "1/2", "xong rồi"]])
    assert list(plan.rows["status"]) == ["done", ""]
    assert plan.rows["target_score"][0] == 0.5
    assert found(plan) == [
        ("not_a_number", "plan.xlsx sheet 'Phụ lục' row 3 column B (Điểm phấn đấu)"),
        ("unknown_status", "plan.xlsx sheet 'Phụ lục' row 3 column C (Trạng thái)"),
    ]


def test_an_open_quotation_mark_swallows_no_row(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text('Mã;Nhiệm vụ\n1.1;"abc\n1.2;x\n1.3;y\n', encoding="utf-8-sig")
    plan = read(file)
    assert codes(plan) == ["1.1", "1.2", "1.3"]
    assert found(plan) == [("open_quote", "plan.csv")]


def test_rows_of_a_csv_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text('code,action,due\n1.1,"two\nlines",2022\n1.2,b,soon\n', encoding="utf-8")
    assert found(read(file)) == [("not_a_date", "plan.csv row 4 column 'due'")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.xlsx", b"", "empty_file"),
        ("plan.xlsx", "Mã,Nhiệm vụ\n1.1,a\n".encode(), "wrong_format"),
        ("plan.pdf", b"%PDF-1.7", "wrong_format"),
        ("plan.docx", b"PK\x03\x04", "damaged_file"),
        ("plan.csv", b"PK\x03\x04\x00\x00", "damaged_file"),
        ("plan.csv", b"a,b\n1,2\n", "no_header"),
        ("plan.toml", b"[plan\n", "damaged_file"),
        ("plan.toml", b"plan = 3\n[[rows]]\ncode = '1.1'\n", "no_header"),
        ("plan.toml", b"[rows]\ncode = '1.1'\n", "no_header"),
    ],
)
def test_what_is_no_plan_at_all(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(PlanError) as error:
        read(file)
    assert error.value.code == code
    assert name in str(error.value)
