"""Titles over one same table: results are read, what is something else is refused or asked about.

``titles.csv`` holds titles of real kinds (newspapers, decisions, reports of provinces, yearbooks,
slides) and of other figures, written without looking at the words that the reader knows, and what
becomes of a table below each.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl
import pytest
from fpdf import FPDF
from matplotlib import get_data_path

from parstudy import ReleaseError, read_release
from parstudy.intake import _guess
from parstudy.intake.add import propose
from parstudy.releases.formats import open_tables
from parstudy.releases.spec import TableSpec

NAMES = [
    "Hà Nội",
    "Hải Phòng",
    "Lạng Sơn",
    "Cao Bằng",
    "Thừa Thiên Huế",
    "Đà Nẵng",
    "Cần Thơ",
    "An Giang",
]
SCORES = ["91,25", "90,11", "89,40", "88,02", "87,77", "86,30", "85,15", "84,90"]
HEAD = "STT;Tỉnh, thành phố;Tổng điểm;Xếp hạng"


def table(path: Path, title: str, head: str = HEAD, below: str = "") -> Path:
    """A table of eight provinces under a title; its lines are parted by bars."""
    body = [f"{n};{u};{s};{n}" for n, (u, s) in enumerate(zip(NAMES, SCORES, strict=True), 1)]
    lines = [f'"{line}";;;' for line in title.split(" | ")]
    text = "\n".join([*lines, head, *body, *([f'"{below}";;;'] if below else [])])
    path.write_text(text, encoding="utf-8")
    return path


def outcome(path: Path) -> str:
    """What becomes of a table: ``read`` as the index's own, ``asked`` about, ``refused``, ..."""
    (grid,) = open_tables(path, TableSpec(path=path.name, place="", format="csv"))
    found = [g for g in _guess.guess(grid, "PAR_INDEX", 2024, _guess.Branch()) if g.entry]
    if not found:
        return "refused"
    if found[0].unknown:
        return "asked"
    columns = {(c["component"], c["measure"]) for c in found[0].entry["columns"]}
    whole = any(c == "total" and m != "self_assessed" for c, m in columns)
    return "read" if whole else "/".join(sorted({m if c == "total" else c for c, m in columns}))


def test_titles_of_results_are_read_and_none_of_other_figures_is_taken_silently(
    tmp_path: Path,
) -> None:
    expected, found = defaultdict(list), defaultdict(list)
    with (Path(__file__).parent / "titles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            expected[row["of"], row["outcome"]].append(row["title"])
            made = outcome(table(tmp_path / "a.csv", row["title"]))
            found[row["of"], made].append(row["title"])
    assert found == expected
    assert not found["others", "read"]
    n_real = len(found["results", "read"]) + len(found["results", "asked"])
    assert len(found["results", "asked"]) <= 0.02 * n_real


TITLE = "KẾT QUẢ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2024"


def test_a_word_of_a_title_that_is_not_known_is_asked_about_and_taken_when_somebody_says_so(
    tmp_path: Path,
) -> None:
    path = table(tmp_path / "a.csv", f"{TITLE} CỦA SỞ TƯ PHÁP CÁC TỈNH, THÀNH PHỐ")
    with pytest.raises(ReleaseError) as refused:
        read_release(path)
    assert refused.value.code == "title_not_understood"
    assert "sở tư pháp" in refused.value.found
    taken = propose(path, tmp_path, accepted=["title_not_understood"])
    assert len(taken.read.figures) == 2 * len(NAMES)
    assert "sở tư pháp" in taken.read.layout.toml
    assert taken.read.figures["note"].str.contains("sở tư pháp").all()


@pytest.mark.parametrize(
    ("title", "below", "word"),
    [
        (f"DỰ THẢO | {TITLE}", "", "dự thảo"),
        (f"{TITLE} (Bộ Nội vụ chưa thẩm định)", "", "chưa"),
        (TITLE, "Ghi chú: số liệu minh họa, không dùng để trích dẫn", "minh họa"),
        (f"{TITLE} | (Kèm theo Công văn số 12/SNV ngày 1/2/2025 về lấy ý kiến)", "", "lấy ý kiến"),
        ("DU THAO KET QUA PAR INDEX 2024", "", "du thao"),
        ("Simulated PAR INDEX 2024", "", "simulated"),
    ],
)
def test_a_table_that_says_of_itself_that_it_holds_no_results_is_refused_with_its_word(
    title: str, below: str, word: str, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError) as refused:
        read_release(table(tmp_path / "a.csv", title, below=below), index="PAR_INDEX", year=2024)
    assert refused.value.code == "no_results"
    assert word in refused.value.found


TABLE = [
    HEAD.split(";"),
    *([str(n), u, s, str(n)] for n, (u, s) in enumerate(zip(NAMES, SCORES, strict=True), 1)),
]


def in_html(path: Path, above: Sequence[str], below: str) -> None:
    cells = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in TABLE)
    text = "".join(f"<p>{line}</p>" for line in above)
    path.write_text(
        f"<html><meta charset=utf-8><body>{text}<div><table>{cells}</table></div>"
        f"<div><p>{below}</p></div><footer>Báo điện tử</footer></body></html>",
        encoding="utf-8",
    )


def in_word(path: Path, above: Sequence[str], below: str) -> None:
    document = docx.Document()
    for line in above:
        document.add_paragraph(line)
    made = document.add_table(len(TABLE), 4)
    for row, texts in zip(made.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph(below)
    document.save(str(path))


def in_pdf(path: Path, above: Sequence[str], below: str) -> None:
    pdf = FPDF()
    pdf.add_font("DejaVu", fname=str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")))
    pdf.add_page()
    pdf.set_font("DejaVu", size=9)
    for line in above:
        pdf.multi_cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    for row in TABLE:
        for text in row:
            pdf.cell(45, 8, text, border=int("ruled" in path.name))
        pdf.ln()
    pdf.ln(4)
    pdf.multi_cell(0, 6, below)
    pdf.output(str(path))


def in_sheet(path: Path, above: Sequence[str], below: str) -> None:
    book = openpyxl.Workbook()
    for row in [*([line] for line in above), *TABLE, [], [below]]:
        book.active.append(row)
    book.save(path)


WRITERS = {
    "a.xlsx": in_sheet,
    "a.docx": in_word,
    "a.html": in_html,
    "ruled.pdf": in_pdf,
    "plain.pdf": in_pdf,
}
PROSE = (
    "Dưới đây là số liệu dự thảo mà cơ quan thường trực gửi các sở, ngành nghiên cứu trước khi "
    "báo cáo cấp có thẩm quyền."
)


@pytest.mark.parametrize("name", sorted(WRITERS))
@pytest.mark.parametrize(
    ("above", "below", "code", "word"),
    [
        ([], "Số liệu là dự thảo", "no_results", "dự thảo"),
        ([PROSE], "", "no_results", "dự thảo"),
        ([], "Ghi chú: điểm chưa gồm điểm thưởng", "title_not_understood", "chưa gồm"),
        ([], "Số liệu năm 2021", "title_not_understood", "2021"),
        ([], "Lưu ý: đây là kết quả tự chấm của các địa phương", "title_not_understood", "tự chấm"),
        ([], "Kết quả nêu trên là 6 tháng đầu năm.", "title_not_understood", "6 tháng"),
        ([], "Ghi chú: tỉnh Cao Bằng chưa tính điểm tiêu chí 2.3", "", ""),
        ([], "Nguồn: Bộ Nội vụ. So với năm 2021, 5 tỉnh tăng hạng; điểm làm tròn 2 số.", "", ""),
        (["Năm qua, tỉnh đã ban hành kế hoạch; kết quả không phụ lòng người dân cả nước, với "
          "nhiều chuyển biến."], "", "", ""),
    ],
)  # fmt: skip
def test_what_stands_around_a_table_is_heard_in_every_format(
    name: str, above: list[str], below: str, code: str, word: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    WRITERS[name](path, [TITLE, *above], below)
    if not code:
        assert len(read_release(path, index="PAR_INDEX", year=2024).figures) == 16
        return
    with pytest.raises(ReleaseError) as refused:
        read_release(path, index="PAR_INDEX", year=2024)
    assert (refused.value.code, word in refused.value.found) == (code, True)


def test_a_note_that_speaks_of_some_provinces_only_says_nothing_of_the_figures(
    tmp_path: Path,
) -> None:
    note = "Ghi chú: tỉnh Lạng Sơn có chênh lệch lớn so với mục tiêu của tỉnh"
    assert len(read_release(table(tmp_path / "a.csv", TITLE, below=note)).figures) == 16


def test_a_total_without_a_name_is_not_read_where_the_title_names_several_indices(
    tmp_path: Path,
) -> None:
    title = "XẾP HẠNG TỔNG HỢP PAR INDEX VÀ PAPI NĂM 2024"
    with pytest.raises(ReleaseError) as refused:
        read_release(table(tmp_path / "a.csv", title), index="PAR_INDEX")
    assert "several indices" in refused.value.found
    head = "STT;Tỉnh, thành phố;Chỉ số CCHC;Xếp hạng"
    read = read_release(table(tmp_path / "b.csv", title, head), index="PAR_INDEX")
    assert set(read.figures["measure"]) == {"percent", "rank"}


def test_a_rank_beside_points_that_provinces_gave_themselves_is_none_of_the_index(
    tmp_path: Path,
) -> None:
    title = "TỔNG HỢP ĐIỂM TỰ CHẤM CHỈ SỐ CCHC NĂM 2024 CỦA CÁC TỈNH"
    read = read_release(table(tmp_path / "a.csv", title))
    assert set(read.figures["measure"]) == {"self_assessed"}
    assert any("gave themselves" in doubt for doubt in read.layout.doubts)


def test_the_title_of_the_next_slide_is_no_rest_of_a_name(tmp_path: Path) -> None:
    pdf = FPDF("landscape", format=(120, 200))
    pdf.add_font("DejaVu", fname=str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")))
    slides = (("TOP 4 PAR INDEX 2024", TABLE[1:5]), ("4 tỉnh sau cùng PAR INDEX 2024", TABLE[5:]))
    for title, rows in slides:
        pdf.add_page()
        pdf.set_font("DejaVu", size=12)
        for text in (["", title, ""], ["Hạng", "Tỉnh", "Điểm"], *([r[0], *r[1:3]] for r in rows)):
            for width, cell in zip((20, 110, 30), text, strict=True):
                pdf.cell(width, 10, cell, border=1)
            pdf.ln()
    pdf.output(str(tmp_path / "a.pdf"))
    read = read_release(tmp_path / "a.pdf", index="PAR_INDEX", year=2024)
    assert set(read.figures["unit_text"]) == set(NAMES)


MENU = "<ul><li><a href=/>Trang chủ</a></li><li><a href=/dt>Lấy ý kiến dự thảo</a></li></ul>"
LINE = "<p>Chỉ số CCHC năm 2024 của các tỉnh, thành phố</p>"
FRAMED = {
    "a list of links": f"<div>{MENU}</div>{LINE}",
    "links in a row": f"<div><a>Giới thiệu</a> | <a>Dự thảo</a></div>{LINE}",
    "a link in each block": f"<b><div><a>Tin</a></div><div><a>Dự thảo</a></div></b>{LINE}",
    "nav": f"<nav>Giới thiệu<span>Dự thảo</span></nav>{LINE}",
    "header": f"<header>Kho bạc tỉnh</header>{LINE}",
    "aside": f"<aside>Thời tiết: nắng</aside>{LINE}",
    "the way to the page": f'<div class="page-breadcrumb"><a>Tin</a> » Bản đồ số</div>{LINE}',
    "date and views": f"<h1>{TITLE}</h1><p>Thứ tư, 17/04/2024 09:30 (GMT+7) | Lượt xem: 2.345</p>",
    "words of two blocks": f"<div><b>BỘ NỘI VỤ</b><div>Phụ lục 1</div>{LINE}</div>",
}


def page(path: Path, above: str) -> Path:
    """A page with a table below some text."""
    cells = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in TABLE)
    path.write_text(
        f"<html><meta charset=utf-8><body>{above}<table>{cells}</table></body></html>",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("above", FRAMED.values(), ids=FRAMED)
def test_the_frame_of_a_page_is_no_title(above: str, tmp_path: Path) -> None:
    assert len(read_release(page(tmp_path / "a.html", above), index="PAR_INDEX").figures) == 16


@pytest.mark.parametrize(
    "above",
    [
        f"{LINE}Số liệu dự thảo<br>",
        f"{LINE}<ul><li>Dự thảo</li><li>Nguồn: <a>Bộ Nội vụ</a></li></ul>",
        f"{LINE}<p>Dự thảo, xem <a>tại đây</a> và <a>ở đây</a></p>",
        f"<article><header><p>Dự thảo</p>{LINE}</header>",
        f"<h2><a>Dự thảo kết quả</a></h2>{LINE}",
        f'<div class="menu-content"><p>Dự thảo</p>{LINE}</div>',
    ],
)
def test_a_warning_in_the_text_above_a_table_of_a_page_is_heard(above: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as refused:
        read_release(page(tmp_path / "a.html", above), index="PAR_INDEX")
    assert (refused.value.code, "dự thảo" in refused.value.found) == ("no_results", True)


def book(path: Path, sheet: str, title: str = TITLE) -> Path:
    """A workbook of one sheet by a name."""
    made = openpyxl.Workbook()
    made.active.title = sheet
    for row in [[title], *TABLE]:
        made.active.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("sheet", "title", "below", "where"),
    [
        ("KQ", f"Dự thảo {TITLE}", "", "by its title"),
        ("Dự thảo", TITLE, "", "by the name of its sheet"),
        ("KQ", TITLE, "Số liệu là dự thảo", "by a note"),
    ],
)
def test_where_it_is_said_that_figures_are_no_results_is_told(
    sheet: str, title: str, below: str, where: str, tmp_path: Path
) -> None:
    path = book(tmp_path / "a.xlsx", sheet, title)
    made = openpyxl.load_workbook(path)
    made.active.append([below])
    made.save(path)
    with pytest.raises(ReleaseError, match=f"{where}.* holds other figures") as refused:
        read_release(path)
    assert (refused.value.code, refused.value.found) == ("no_results", "'dự thảo'")


@pytest.mark.parametrize("sheet", ["XH", "Sheet ghép", "du_lieu_sach", "TDMNPB", "ĐNB"])
def test_a_name_of_a_sheet_that_says_nothing_is_told_where_its_title_is_clear(
    sheet: str, tmp_path: Path
) -> None:
    read = read_release(book(tmp_path / "a.xlsx", sheet))
    # ranks under the name of a region may be those within it
    is_region = sheet.endswith("B")
    assert len(read.figures) == (8 if is_region else 16)
    told = [d for d in read.layout.doubts if "sheet's name" in d and sheet in d]
    assert bool(told) is not is_region


@pytest.mark.parametrize(
    ("sheet", "title", "code"),
    [
        ("Dự thảo", TITLE, "no_results"),
        ("Nháp 2", TITLE, "no_results"),
        ("Kịch bản B", TITLE, "no_results"),
        ("trước giải trình", TITLE, "title_not_understood"),
        ("PAR INDEX Hoa", TITLE, "title_not_understood"),
        ("PCI 2024", TITLE, "title_not_understood"),
        ("Xếp hạng 2021", TITLE, "title_not_understood"),
        ("KH 2025", TITLE, "title_not_understood"),
        ("Sở Tài chính", TITLE, "title_not_understood"),
        ("Điểm mong muốn", TITLE, "title_not_understood"),
        ("theo giá so sánh", TITLE, "title_not_understood"),
        ("XH", f"{TITLE} lộn ngược", "title_not_understood"),
    ],
)
def test_a_name_of_a_sheet_that_says_what_its_figures_are_is_heard_under_a_clear_title(
    sheet: str, title: str, code: str, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError) as refused:
        read_release(book(tmp_path / "a.xlsx", sheet, title))
    assert refused.value.code == code


def test_an_index_in_its_first_year_is_a_pilot_and_satisfaction_is_what_it_measures(
    tmp_path: Path,
) -> None:
    for year, more in ((2015, "THÍ ĐIỂM "), (2019, "")):
        title = f"TỶ LỆ HÀI LÒNG {more}(SIPAS) NĂM {year}"
        assert len(read_release(table(tmp_path / "a.csv", title), index="SIPAS").figures) == 16
    for title, index in ((f"{TITLE}: TỶ LỆ HÀI LÒNG", None), ("SIPAS 2019 THÍ ĐIỂM", "SIPAS")):
        with pytest.raises(ReleaseError) as refused:
            read_release(table(tmp_path / "b.csv", title), index=index)
        assert refused.value.code == "no_results"


def test_an_explanation_in_brackets_says_nothing_of_the_whole_table(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", f"{TITLE} (trong ngoặc: tăng, giảm so với năm 2023)")
    assert len(read_release(path).figures) == 16


@pytest.mark.parametrize(
    ("title", "is_news"),
    [
        ("PAR INDEX 2024: Hải Phòng hóa rồng", True),
        ("Cao Bằng hụt hơi trong bảng xếp hạng PAR INDEX 2024", True),
        ("Chỉ số CCHC năm 2024 - tỉnh An Giang “lội ngược dòng”", True),
        ("PAR INDEX 2024: Hải Phòng tự tính", False),
        ("PAR INDEX 2024 (Hải Phòng hóa rồng)", False),
        ("PAR INDEX 2024: bản in thử của Hải Phòng", False),
        ("PAR INDEX 2024: UBND tỉnh An Giang hóa rồng", False),
        ("PAR INDEX 2024: HẢI PHÒNG HÓA RỒNG", False),
    ],
)
def test_what_a_headline_says_that_a_province_did_needs_no_explaining(
    title: str, is_news: bool, tmp_path: Path
) -> None:
    made = outcome(table(tmp_path / "a.csv", title))
    assert made == ("read" if is_news else "asked")


@pytest.mark.parametrize(
    ("below", "word"),
    [
        ("Ghi chu: so lieu gia dinh", "gia dinh"),
        ("Ghi chu: so lieu tam tinh", "tam tinh"),
        ("Ghi chu: so lieu chua chinh thuc", "chua chinh thuc"),
        ("So lieu chua qua tham dinh", "chua qua tham dinh"),
    ],
)
def test_a_note_without_vietnamese_letters_is_heard(below: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as refused:
        read_release(table(tmp_path / "a.csv", TITLE, below=below), "PAR_INDEX", 2024)
    assert word in refused.value.found


@pytest.mark.parametrize(
    ("title", "head", "kept"),
    [
        ("KẾT QUẢ TỰ CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2024", "Chỉ số CCHC (%);Xếp hạng", set()),
        ("TỔNG HỢP NĂM 2024", "Điểm tự chấm;Tỷ lệ (%)", {"self_assessed"}),
    ],
)
def test_a_share_of_claimed_points_is_no_result(
    title: str, head: str, kept: set[str], tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", title, head=f"STT;Tỉnh, thành phố;{head}")
    if kept:
        read = read_release(path, "PAR_INDEX", 2024)
        assert set(read.figures["measure"]) == kept
        return
    with pytest.raises(ReleaseError) as refused:
        read_release(path, "PAR_INDEX", 2024)
    assert "gave themselves" in refused.value.found


def test_the_paper_that_a_sheet_is_attached_to_does_not_say_whose_it_is(tmp_path: Path) -> None:
    attached = "(Kèm theo Công văn số 788/SNV-CCHC ngày 12/5/2025 của Sở Nội vụ tỉnh Lạng Sơn)"
    lines = [
        "KẾT QUẢ CHỈ SỐ CCHC NĂM 2024 TỈNH LẠNG SƠN;;;",
        f"{attached};;;",
        "Mã;Tiêu chí;Điểm tối đa;Điểm đạt",
        "1;Chỉ đạo điều hành cải cách hành chính;9,5;8,75",
        "1.1;Kế hoạch cải cách hành chính;2;2",
        "1.2;Thực hiện chế độ báo cáo;7,5;6,75",
        "2;Cải cách thể chế;10;8,5",
        "2.1;Theo dõi thi hành pháp luật;6;5",
        "2.2;Rà soát văn bản quy phạm pháp luật;4;3,5",
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert set(read_release(path, "PAR_INDEX", 2024).figures["unit_text"]) == {"Lạng Sơn"}
