"""Where a sheet shows another figure than it stores, that is told or the figure refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from build_corpus import comma
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, DataBarRule, IconSetRule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from test_forms import expected
from test_leftovers import ods, ods_cell
from test_office_files import xml_2003
from test_shown import HEAD, ROWS, TITLE
from test_spreadsheets import office, same, workbook

from parstudy.errors import ReleaseError
from parstudy.intake import read_release

BODY = [[n, *row] for n, row in enumerate(ROWS, 1)]


def sheet(path: Path, shape: str = "", times: float = 1, **more: Any) -> Path:
    """A workbook whose scores, multiplied, have one number format."""

    def change(book: Any) -> None:
        for cell in book.active["C"][2:]:
            cell.value = round(cell.value * times, 6)
            cell.number_format = shape or "General"
        for name, value in more.items():
            setattr(book.active["C7"], name, value)

    return workbook(path, [[TITLE], HEAD, *BODY], change)


@pytest.mark.parametrize(
    ("shape", "times"),
    [
        ("0.00", 1),
        ("#,##0.00", 1),
        ("0.0#", 1),
        ("0.00_);(0.00)", 1),
        ('0.00" điểm"', 1),
        ('0.00"/100"', 1),
        ('"Điểm: "0.00', 1),
        ('[<80]"▼ "0.00;"▲ "0.00', 1),
        ('_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', 1),
        ("0.00,", 1000),
        ("0.00%", 0.01),
        ('General" điểm"', 1),
        ('00","00', 100),
        ("00\\.00", 100),
    ],
)
def test_what_is_shown_as_it_is_stored_is_read(shape: str, times: float, tmp_path: Path) -> None:
    notes = same(sheet(tmp_path / "a.xlsx", shape, times), expected(ROWS)).release.notes
    assert not any("the sheet shows" in note for note in notes)


@pytest.mark.parametrize("shape", ["0", "0.0", '0" điểm"', "0;-0;0;@", "0.0%"])
def test_a_rounding_format_is_told_and_what_is_stored_is_read(shape: str, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", shape, 0.01 if "%" in shape else 1)
    notes = same(path, expected(ROWS)).release.notes
    assert any("the sheet shows" in n and "what is stored was read" in n for n in notes)


def test_a_rounding_format_of_an_xml_spreadsheet_is_told(tmp_path: Path) -> None:
    path = xml_2003(tmp_path / "a.xml", BODY)
    path.write_text(path.read_text(encoding="utf-8").replace('"Percent"', '"0%"'), encoding="utf-8")
    assert any("the sheet shows" in n for n in same(path, expected(ROWS)).release.notes)


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        ('"1"00.00', "1"),
        ('0.00"1"', "1"),
        ("\\90.00", "9"),
        ('[<100]"–";0.00', "–"),
        ('"không có"', "không có"),
        ('0.00,,"5"', "5"),
        ('"-"0.00', "-"),
        ("\\–0.00", "–"),
    ],
)
def test_a_format_that_shows_another_figure_is_refused(
    shape: str, shown: str, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError) as caught:
        read_release(sheet(tmp_path / "a.xlsx", shape))
    assert caught.value.code == "other_than_shown"
    assert caught.value.place.endswith("'PL1'!C3")
    assert shown in caught.value.found
    assert repr(comma(ROWS[0][1]).replace(",", "."))[1:-1].rstrip("0") in caught.value.found or (
        ",," in shape
    )


def test_zeros_that_a_format_shows_as_a_dash_are_zeros(tmp_path: Path) -> None:
    head, rows = [*HEAD, "Tăng/giảm (điểm)"], [[*r, float(r[0] % 3 - 1)] for r in BODY]

    def change(book: Any) -> None:
        for cell in book.active["E"][2:]:
            cell.number_format = '0.00;-0.00;"–"'

    changes = {(r[1], "total", "change_score"): r[4] for r in rows}
    path = workbook(tmp_path / "a.xlsx", [[TITLE], head, *rows], change)
    assert ZEROS in same(path, expected(ROWS) | changes).release.notes


ZEROS = "a.xlsx sheet 'PL1': zeros that the sheet does not show were read as 0"
ACCOUNTING = '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)'


@pytest.mark.parametrize("shape", ["0.00;;", '[=0]"–";0.00', ACCOUNTING, "#.##", "0.00;-0.00"])
def test_zeros_that_a_format_does_not_show_are_told(shape: str, tmp_path: Path) -> None:
    head = [*HEAD[:2], "Điểm thẩm định", "Điểm điều tra xã hội học"]
    rows = [[n, name, value / 2, 25.5 * (n % 2)] for n, name, value, _ in BODY]

    def change(book: Any) -> None:
        for cell in book.active["D"][2:]:
            cell.number_format = shape

    read = read_release(workbook(tmp_path / "a.xlsx", [[TITLE], head, *rows], change))
    survey = read.figures[read.figures["component"].eq("survey")]
    assert survey["value"].tolist() == [row[3] for row in rows]
    assert read.release.notes.count(ZEROS) == (shape != "0.00;-0.00")


CONDITIONS = {
    "no digits": DifferentialStyle(numFmt=NumberFormat(numFmtId=170, formatCode=";;;")),
    "another digit": DifferentialStyle(numFmt=NumberFormat(numFmtId=170, formatCode='"1"0.00')),
    "white": DifferentialStyle(font=Font(color="FFFFFFFF")),
    "struck": DifferentialStyle(font=Font(strike=True)),
    "blue on blue": DifferentialStyle(
        font=Font(color="FF0000FF"), fill=PatternFill(bgColor="FF0000FF")
    ),
}


@pytest.mark.parametrize("name", [*CONDITIONS, "icons", "bars"])
def test_conditions_that_may_hide_figures_are_told(name: str, tmp_path: Path) -> None:
    rule: Any = IconSetRule("3Arrows", "percent", [0, 33, 67], showValue=False)
    if name == "bars":
        rule = DataBarRule("min", 0, "max", 0, color="FF638EC6", showValue=False)
    if name in CONDITIONS:
        rule = CellIsRule("lessThan", ["80"])
        rule.dxf = CONDITIONS[name]

    def change(book: Any) -> None:
        book.active.conditional_formatting.add("C3:C65", rule)

    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *BODY], change)
    notes = same(path, expected(ROWS)).release.notes
    assert any(
        "conditional formatting may hide, strike or change figures in C3:C65" in n for n in notes
    )


def test_conditions_that_colour_figures_are_not_told(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        red, white = Font(color="FFC00000"), Font(color="FFFFFFFF")
        for font, fill in ((red, None), (white, PatternFill(bgColor="FF003366"))):
            rule = CellIsRule("lessThan", ["80"], font=font, fill=fill)
            book.active.conditional_formatting.add("C3:C65", rule)

    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *BODY], change)
    assert not any("conditional" in n for n in same(path, expected(ROWS)).release.notes)


@pytest.mark.parametrize(
    "more",
    [
        {"font": Font(color="FFFEFEFE")},
        {"font": Font(size=1)},
        {"font": Font(color="FF00B050"), "fill": PatternFill("solid", fgColor="FF00B050")},
    ],
)
def test_figures_in_the_colour_of_their_cell_are_told(more: Any, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", **more)
    notes = same(path, expected(ROWS)).release.notes
    assert any(note.endswith("were treated like the others: C7") for note in notes)


@pytest.mark.parametrize("font", [InlineFont(color="FFFFFFFF"), InlineFont(sz=1)])
def test_a_white_digit_within_a_cell_makes_the_cell_unreadable(
    font: InlineFont, tmp_path: Path
) -> None:
    value = CellRichText(comma(ROWS[4][1]), TextBlock(font, "4"))
    with pytest.raises(ReleaseError, match="white or tiny letters"):
        read_release(sheet(tmp_path / "a.xlsx", value=value))


def test_a_lowered_digit_within_a_cell_is_a_mark(tmp_path: Path) -> None:
    mark = TextBlock(InlineFont(vertAlign="subscript"), "1")
    path = sheet(tmp_path / "a.xlsx", value=CellRichText(comma(ROWS[4][1]), mark))
    same(path, expected(ROWS))


def test_zeros_that_a_sheet_does_not_show_are_told(tmp_path: Path) -> None:
    head, rows = [*HEAD, "Tăng/giảm (điểm)"], [[*r, float(r[0] % 3 - 1)] for r in BODY]

    def change(book: Any) -> None:
        book.active.sheet_view.showZeros = False

    changes = {(r[1], "total", "change_score"): r[4] for r in rows}
    path = workbook(tmp_path / "a.xlsx", [[TITLE], head, *rows], change)
    notes = same(path, expected(ROWS) | changes).release.notes
    assert any("zeros that the sheet does not show were read as 0" in note for note in notes)


def ods_file(path: Path, score: Any) -> Path:
    rows = [
        ods_cell(n) + ods_cell(name) + score(n, v) + ods_cell(rank)
        for n, (name, v, rank) in enumerate(ROWS, 1)
    ]
    return ods(path, [ods_cell(TITLE), "".join(map(ods_cell, HEAD)), *rows])


def stored(value: float, shown: str) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def test_an_ods_that_rounds_is_told(tmp_path: Path) -> None:
    path = ods_file(tmp_path / "a.ods", lambda n, v: stored(v, comma(v, 1)))
    notes = same(path, expected(ROWS)).release.notes
    assert any("the sheet shows" in n and "what is stored was read" in n for n in notes)


@pytest.mark.parametrize("shown", ["87,13", "1{}", "–", "nhóm A"])
def test_an_ods_that_shows_another_figure_is_refused(shown: str, tmp_path: Path) -> None:
    def score(n: int, value: float) -> str:
        return stored(value, shown.format(comma(value)) if n == 5 else f"{comma(value)} điểm")

    with pytest.raises(ReleaseError) as caught:
        read_release(ods_file(tmp_path / "a.ods", score))
    assert caught.value.code == "other_than_shown"
    assert caught.value.place.endswith("!C7")


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_old_and_open_spreadsheets_tell_the_same(suffix: str, tmp_path: Path) -> None:
    path = office(sheet(tmp_path / "a.xlsx", "0.0"), suffix)
    assert any("the sheet shows" in n for n in same(path, expected(ROWS)).release.notes)
    path = office(sheet(tmp_path / "b.xlsx", '"1"00.00'), suffix)
    with pytest.raises(ReleaseError, match="another figure than it stores"):
        read_release(path)


# ------------------------------------------------------------------ tables side by side


def halves(last: str) -> str:
    head = ["Tỉnh, thành phố", "Chỉ số (%)", "Xếp hạng"]
    cells = [[name, comma(value), str(rank)] for name, value, rank in ROWS]
    left, right = cells[:32], [*cells[32:], []]
    rows = [a + b for a, b in zip(left, right, strict=True)]
    lines = [";".join(row) for row in [head * 2, *rows]]
    return "\n".join([TITLE, *lines[:-1], lines[-1] + last])


def test_a_last_row_may_lack_the_whole_table_on_the_right(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(halves(""), encoding="utf-8")
    same(path, expected(ROWS))


@pytest.mark.parametrize("last", [";1", ";Hà Nội;87,1"])
def test_a_last_row_that_lacks_a_part_of_it_is_refused(last: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(halves(last), encoding="utf-8")
    with pytest.raises(ReleaseError, match="another number of cells"):
        read_release(path)
