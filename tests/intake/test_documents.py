"""Documents around their tables: headers, comments, hidden rows, one table for each area."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from figures_read import figures_read
from layouts import AREA_NAMES, NAMES, ROMAN, vi
from openpyxl import Workbook

from parstudy.errors import ReleaseError
from parstudy.intake import read_release

TITLE = "Kết quả Chỉ số cải cách hành chính năm 2022 của các tỉnh, thành phố"
HEAD = ["STT", "Tỉnh, thành phố", "Chỉ số CCHC (%)", "Xếp hạng"]
FEW = NAMES[:12]
RANKED = [[k, name, round(91.37 - k * 0.61, 2), k] for k, name in enumerate(FEW, 1)]
PRINTED = [[str(k), name, vi(value), str(rank)] for k, name, value, rank in RANKED]
TRUTH = {
    (name, "total", measure, 2022): value
    for _, name, percent, rank in RANKED
    for measure, value in (("percent", percent), ("rank", rank))
}
WATERMARK = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape type="#t136">'
    '<v:textpath string="DỰ THẢO"/></v:shape></w:pict></w:r>'
)


def document(path: Path, *parts: str | list[list[str]], change: Any = None) -> Path:
    """A Word document of paragraphs and tables."""
    made = docx.Document()
    for part in parts:
        if isinstance(part, str):
            made.add_paragraph(part)
            continue
        table = made.add_table(len(part), len(part[0]))
        for row, texts in zip(table.rows, part, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    if change is not None:
        change(made)
    made.save(str(path))
    return path


def workbook(path: Path, rows: list[list[Any]], change: Callable[[Any], None]) -> Path:
    """A workbook of one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(path)
    return path


def in_header(text: str) -> Callable[[Any], None]:
    """Write a text into the header of a document."""
    return lambda made: made.sections[0].header.paragraphs[0].add_run(text)


def across_the_page(made: Any) -> None:
    """Put a watermark on the pages of a document."""
    made.sections[0].header.paragraphs[0]._p.append(parse_xml(WATERMARK))


@pytest.mark.parametrize(
    "change", [in_header("DỰ THẢO LẦN 2"), across_the_page], ids=["header", "watermark"]
)
def test_a_document_that_calls_itself_a_draft_on_its_margin_is_refused(
    change: Any, tmp_path: Path
) -> None:
    path = document(tmp_path / "a.docx", TITLE, [HEAD, *PRINTED], change=change)
    with pytest.raises(ReleaseError) as refused:
        read_release(path, "PAR_INDEX", 2022)
    assert refused.value.code == "no_results"
    assert "dự thảo" in refused.value.found


def test_what_else_stands_on_the_margin_of_a_document_changes_nothing(tmp_path: Path) -> None:
    change = in_header("Báo cáo Chỉ số CCHC năm 2022 - Vụ Cải cách hành chính")
    path = document(tmp_path / "a.docx", TITLE, [HEAD, *PRINTED], change=change)
    assert figures_read(read_release(path, "PAR_INDEX", 2022)) == TRUTH


def test_a_sheet_that_prints_draft_over_its_pages_is_refused(tmp_path: Path) -> None:
    def printed(sheet: Any) -> None:
        sheet.oddHeader.center.text = '&"Arial,Bold"&14DỰ THẢO'

    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *RANKED], printed)
    with pytest.raises(ReleaseError) as refused:
        read_release(path, "PAR_INDEX", 2022)
    assert "dự thảo" in refused.value.found


def test_a_hidden_row_that_gives_a_province_another_figure_is_named_as_hidden(
    tmp_path: Path,
) -> None:
    def hidden(sheet: Any) -> None:
        sheet.append([None, FEW[0], 70.25, 40])
        sheet.row_dimensions[sheet.max_row].hidden = True

    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *RANKED], hidden)
    with pytest.raises(ReleaseError) as refused:
        read_release(path, "PAR_INDEX", 2022)
    assert refused.value.code == "unit_twice"
    assert "hides the row" in refused.value.advice


def tables_of_areas(province: str, shift: float) -> tuple[list[str | list[list[str]]], Any]:
    """A document's part on one province: a table for each area; and its truth."""
    parts: list[str | list[list[str]]] = [
        f"TỈNH {province.upper()}",
        "BẢNG TỰ CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022",
    ]
    truth = {}
    for n, name in enumerate(AREA_NAMES[:4], 1):
        rows = [(str(n), name, 8, 6 + shift)]
        rows += [(f"{n}.{k}", f"Tiêu chí {k}", 4, 3 + shift / 2) for k in (1, 2)]
        head = ["STT", "Tiêu chí", "Điểm tối đa", "Điểm tự chấm"]
        parts += [
            f"{ROMAN[n - 1]}. {name}",
            [head, *[[code, said, str(most), vi(v)] for code, said, most, v in rows]],
        ]
        for code, _, _, value in rows:
            component = code if "." in code else f"A{code}"
            truth[province, component, "self_assessed", 2022] = value
    return parts, truth


def test_tables_of_areas_are_of_the_province_that_the_document_names_before_them(
    tmp_path: Path,
) -> None:
    one, first = tables_of_areas("Lạng Sơn", 0.5)
    other, second = tables_of_areas("Cao Bằng", 1.0)
    path = document(tmp_path / "a.docx", *one, *other)
    assert figures_read(read_release(path, "PAR_INDEX", 2022)) == first | second


def in_tabs(path: Path, parts: list[str | list[list[str]]], first: str) -> Path:
    """The same tables on sheets of their own, their province named on one in front."""
    book = Workbook()
    book.active.append([first])
    lines = [part for part in parts[2:] if isinstance(part, str)]
    for n, rows in enumerate(part for part in parts if not isinstance(part, str)):
        sheet = book.create_sheet(f"LV{n + 1}")
        for row in ([lines[n]], *rows):
            sheet.append(row)
    book.save(path)
    return path


def test_sheets_of_areas_are_of_the_one_province_that_the_workbook_names(tmp_path: Path) -> None:
    parts, truth = tables_of_areas("Lạng Sơn", 0.5)
    title = "TỈNH LẠNG SƠN: BẢNG TỰ CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022"
    path = in_tabs(tmp_path / "a.xlsx", parts, title)
    assert figures_read(read_release(path, "PAR_INDEX", 2022)) == truth
    # two provinces: whose each sheet is, nobody can say
    path = in_tabs(tmp_path / "b.xlsx", parts, f"{title} (SO VỚI TỈNH CAO BẰNG)")
    with pytest.raises(ReleaseError) as refused:
        read_release(path, "PAR_INDEX", 2022)
    assert refused.value.code == "no_units"


def test_a_province_whose_name_is_broken_over_two_lines_of_the_title_is_known(
    tmp_path: Path,
) -> None:
    parts, truth = tables_of_areas("Thái Bình", 0.5)
    titled = ["BẢNG TỰ CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022 (của UBND tỉnh Thái", "Bình)"]
    path = document(tmp_path / "a.docx", *titled, *parts[2:])
    assert figures_read(read_release(path, "PAR_INDEX", 2022)) == truth


def test_lines_of_comments_around_a_text_file_are_its_title_and_its_notes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    body = [f"{name},{value},{rank}" for _, name, value, rank in RANKED]
    lines = ["# PAR INDEX 2022, provinces, Viet Nam", "# source: moha.gov.vn, retrieved 2023-05-01"]
    path.write_text("\n".join([*lines, "province,PAR INDEX,Rank", *body, "# n = 12"]), "utf-8")
    assert figures_read(read_release(path)) == TRUTH
    path.write_text(
        "\n".join(["# preliminary, not final", *lines[:1], "province,PAR INDEX,Rank", *body]),
        "utf-8",
    )
    with pytest.raises(ReleaseError, match="preliminary"):
        read_release(path)


def test_a_sheet_of_which_no_row_has_one_score_is_refused(tmp_path: Path) -> None:
    rows = [
        ["CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"],
        ["STT", "Tiêu chí", "Điểm tối đa", "Điểm thẩm định", "Điểm ĐTXHH"],
        ["1", AREA_NAMES[0], 9.5, 5.5, 3.5],
        ["1.1", "Kế hoạch", 4, 2.5, 1],
        ["1.2", "Báo cáo", 5.5, 3, 2.5],
    ]
    with pytest.raises(ReleaseError) as refused:
        read_release(workbook(tmp_path / "a.xlsx", rows, lambda sheet: None), "PAR_INDEX", 2022)
    assert refused.value.code == "no_figures"
    assert "5.5 and 3.5" in refused.value.found


def test_a_figure_of_many_decimals_is_not_above_itself(tmp_path: Path) -> None:
    draw = random.Random(5)
    rows = [[k, n, value + draw.uniform(0, 0.3), rank] for k, n, value, rank in RANKED]
    rows[5][2], rows[5][3] = rows[4][2], rows[4][3]
    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *rows], lambda sheet: None)
    found = read_release(path, "PAR_INDEX", 2022).findings
    assert "error" not in set(found["severity"])


def test_headings_of_several_lines_stand_over_a_table_without_lines_in_a_higher_row(
    tmp_path: Path,
) -> None:
    from fpdf import FPDF
    from matplotlib import get_data_path

    pdf = FPDF(format="A4", unit="mm")
    pdf.add_font("DejaVu", fname=str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")))
    pdf.add_page()
    pdf.set_font("DejaVu", size=8)
    pdf.text(12, 18, TITLE)
    edges = (12, 24, 80, 110, 150)
    heads = (
        ("STT",),
        ("Tỉnh, thành phố",),
        ("Điểm", "thẩm định"),
        ("Chỉ số", "CCHC", "(%)"),
        ("Hạng",),
    )
    for x, lines in zip(edges, heads, strict=True):
        for n, line in enumerate(lines):
            pdf.text(x, 32 - 1.7 * len(lines) + 3.4 * n, line)
    for k, (number, name, value, rank) in enumerate(PRINTED):
        for x, text in zip(edges, (number, name, "55,25", value, rank), strict=True):
            pdf.text(x, 42 + 5.2 * k, text)
    pdf.output(str(tmp_path / "a.pdf"))
    appraisal = {(name, "appraisal", "score", 2022): 55.25 for name in FEW}
    assert figures_read(read_release(tmp_path / "a.pdf", "PAR_INDEX", 2022)) == TRUTH | appraisal
