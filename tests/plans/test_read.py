"""Reading plans as departments give them back, and saying everything that is wrong at once."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest

from parstudy import plans
from parstudy.dataset import Dataset
from parstudy.plans import Plan, PlanError


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("31/12/2022", "2022-12-31"),
        ("1.3.2022", "2022-03-01"),
        ("2022-12-31", "2022-12-31"),
        ("2022-12-31 00:00:00", "2022-12-31"),
        (datetime.datetime(2022, 12, 31), "2022-12-31"),
        (44926, "2022-12-31"),
        (2022, "2022"),
        ("Quý IV/2022", "2022-Q4"),
        ("quý 4 năm 2022", "2022-Q4"),
        ("Tháng 12/2022", "2022-12"),
        ("12/2022", "2022-12"),
        ("Năm 2022", "2022"),
        ("Trước ngày 31/12/2022", "2022-12-31"),
        ("Thường xuyên", "continuous"),
        ("Trong tháng 6/2022", "2022-06"),
        ("Hết quý III/2022", "2022-Q3"),
    ],
)
def test_dates_as_officials_write_them(text: object, due: str) -> None:
    assert plans.due_of(text) == due
    # what is printed is read back as the same
    assert plans.due_of(plans.due_label(due)) == due


@pytest.mark.parametrize(
    "text", ["31/02/2022", "Quý V/2022", "Tháng 13/2022", "sớm", "31/12/22", "99/99/9999", 0.5]
)
def test_what_is_no_date_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        plans.due_of(text)


def workbook(path: Path, rows: list[list[object]], sheet: str = "Kế hoạch") -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_renamed_reordered_and_further_columns(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "tra-lai.xlsx",
        [
            ["ỦY BAN NHÂN DÂN"],
            [],
            ["STT", "Đơn vị chủ trì", "Giải pháp", "Mã tiêu chí", "Thời gian hoàn thành",
             "Điểm phấn đấu", "Ghi chú riêng", "Thời hạnn"],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
            [1, "Sở Nội vụ", "Họp giao ban", "1.3.2", datetime.datetime(2022, 12, 31), "0,75",
             "x", None],
            [None] * 8,
            [2, "Sở Tư pháp", "Rà soát văn bản", "2.1.1", "Quý IV/2022", 1, None, None],
        ],
    )  # fmt: skip
    plan = plans.read(path)
    rows = plan.rows.set_index("code")
    assert list(rows.index) == ["1.3.2", "2.1.1"]
    assert rows["due"].tolist() == ["2022-12-31", "2022-Q4"]
    assert rows["target_score"].tolist() == [0.75, 1.0]
    assert rows["lead_department"].tolist() == ["Sở Nội vụ", "Sở Tư pháp"]
    told = {p.found: p for p in plan.problems}
    assert set(told) == {"Ghi chú riêng", "Thời hạnn"}
    near = told["Thời hạnn"]
    assert near.severity == "warning"
    assert "Thời hạn" in near.expected
    assert near.place == "tra-lai.xlsx sheet 'Kế hoạch' row 3 column H (Thời hạnn)"


def test_everything_wrong_is_told_at_once_and_good_rows_stay(
    synthetic: Dataset, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "plan.xlsx",
        [
            ["Mã", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn", "Điểm phấn đấu", "Tình trạng"],
            ["1.1.1", "a", "Sở Nội vụ", "31/12/2023", 1, "Đang thực hiện"],
            ["1.1.9", "b", "Sở Nội vụ", "31/12/2023", 1, None],
            ["1.2.1", "c", "Sở Nội vụ", "31/12/2023", 7, None],
            ["1.2.2", "d", "Sở Nội vụ", "31/02/2023", 1, None],
            ["1.3.1", "e", "Sở Thông tin và Truyền thông", "31/12/2025", 1, None],
            ["1.1.1", "f", "Sở Nội vụ", None, None, None],
            ["1.4.1", "g", "Sở Nội vu", "Thường xuyên", "nhiều", "gần xong"],
            [None, "h", "Sở Nội vụ", None, 1, None],
            ["1.5.1", "i", "Sở Nội vụ", None, 0, None],
        ],
    )
    from dataclasses import replace

    plan = replace(plans.read(path), province="lang-son", year=2022)
    checked = plans.check(plan, synthetic)
    told = {(p.code, p.place.split(" row ")[1].split(" ")[0]) for p in checked.problems}
    assert told == {
        ("duplicate_code", "7"),
        ("no_code", "9"),
        ("not_a_date", "5"),
        ("not_a_number", "8"),
        ("unknown_status", "8"),
        ("unknown_code", "3"),
        ("target_above_maximum", "4"),
        ("department_gone", "6"),
        ("unknown_department", "8"),
        ("target_below_score", "10"),
    }
    assert len(plan.rows) == 7
    # the row with the bad date is there, without the date
    row = plan.rows.set_index("code").loc["1.2.2"]
    assert (row["action"], row["due"], row["target_score"]) == ("d", "", 1.0)
    assert list(checked.valid_rows["code"]) == ["1.1.1"]
    gone = next(p for p in checked.problems if p.code == "department_gone")
    assert "Sở Khoa học và Công nghệ" in gone.expected
    assert gone.place == "plan.xlsx sheet 'Kế hoạch' row 6 column C (Cơ quan chủ trì)"
    above = next(p for p in checked.problems if p.code == "target_above_maximum")
    assert (above.found, above.expected) == ("7", "at most 1")
    assert checked.lines()[-1] == "7 rows read, 1 without error; 9 errors, 1 warnings"


def test_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / "gop-o.xlsx"
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (
        ["Mã", "Nhiệm vụ", "Cơ quan chủ trì"],
        ["I. Sở Tư pháp (2 tiêu chí)", None, None],
        ["2.1.1", "a", None],
        ["2.1.2", "b", "Sở Nội vụ"],
        ["2.2.1", "c", None],
        [None, "d", None],
    ):
        page.append(row)
    page.merge_cells("A2:C2")
    page.merge_cells("C4:C5")
    page.merge_cells("A5:A6")
    book.save(path)
    plan = plans.read(path)
    lead = plan.rows.set_index("code")["lead_department"]
    assert lead.to_dict() == {"2.1.1": "Sở Tư pháp", "2.1.2": "Sở Nội vụ", "2.2.1": "Sở Nội vụ"}
    problem = plan.problems[0]
    assert problem.code == "merged_cells"
    assert " row 6 " in problem.place
    assert "d" in problem.found


def test_files_that_are_no_plan(tmp_path: Path) -> None:
    text = tmp_path / "plan.pdf"
    text.write_bytes(b"%PDF-")
    with pytest.raises(PlanError, match=r"found \.pdf; expected \.xlsx, .*\.docx, \.html, \.toml"):
        plans.read(text)
    with pytest.raises(PlanError, match="no such plan"):
        plans.read(tmp_path / "nothing.xlsx")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    with pytest.raises(PlanError, match="not XLSX"):
        plans.read(broken)
    empty = workbook(tmp_path / "empty.xlsx", [["a", "b"], [1, 2]])
    with pytest.raises(PlanError, match="no row names the columns"):
        plans.read(empty)
    toml = tmp_path / "plan.toml"
    toml.write_text("[plan", encoding="utf-8")
    with pytest.raises(PlanError, match="TOML file cannot be read"):
        plans.read(toml)


def test_a_code_that_excel_made_a_number(tmp_path: Path) -> None:
    path = workbook(tmp_path / "so.xlsx", [["Mã", "Nhiệm vụ"], [1.1, "a"], ["1,3", "b"]])
    assert list(plans.read(path).rows["code"]) == ["1.1", "1.3"]


def test_a_set_of_which_only_areas_are_known_does_not_condemn_a_code(shipped: Dataset) -> None:
    root = Path(__file__).resolve().parents[2]
    checked = plans.check(root / "data" / "plans" / "lang-son-2022.csv", shipped)
    assert checked.errors == ()
    assert {p.code for p in checked.problems} == {"unchecked_code"}
    assert len(checked.problems) == 6


def test_a_renamed_column_of_our_own_form_is_found_by_its_place(
    drafted: Plan, tmp_path: Path
) -> None:
    path = plans.write(drafted, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    page = book["Phụ lục"]
    cell = next(c for row in page.iter_rows() for c in row if c.value == "Nhiệm vụ, giải pháp")
    cell.value = "Việc cần làm của sở"
    book.save(path)
    again = plans.read(path)
    assert again.equals(drafted)
    assert [p.code for p in again.problems] == ["renamed_column"]


def test_a_semicolon_file_whose_texts_are_full_of_commas(tmp_path: Path) -> None:
    """What a Vietnamese Excel saves: semicolons, decimal commas, the province by its name."""
    text = "Rà soát, bổ sung, ban hành, công khai, báo cáo, kiểm tra"
    rows = [f"1.{n};{text};1,5;0,75;{text};Sở Nội vụ;31/12/2022" for n in range(1, 7)]
    head = "Mã;Nội dung;Điểm tối đa;Điểm đạt;Nhiệm vụ, giải pháp;Cơ quan chủ trì;Thời hạn"
    path = tmp_path / "ke-hoach.csv"
    path.write_text(
        "\n".join(["# province;Lạng Sơn", "# year;Năm 2021", head, *rows]), encoding="utf-8-sig"
    )
    plan = plans.read(path)
    assert [p.line() for p in plan.problems] == []
    assert (plan.province, plan.year) == ("lang-son", 2021)
    assert list(plan.rows["code"]) == [f"1.{n}" for n in range(1, 7)]
    assert set(plan.rows["maximum"]) == {1.5}
    assert set(plan.rows["action"]) == {text}
