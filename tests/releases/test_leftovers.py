"""Drafts, prompts, stamps and marks that stay in a file: they are no figures of the table."""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
import test_shown_pages
from build_corpus import comma
from fpdf import FPDF
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from test_forms import expected, plain, ranked
from test_office_files import Change, put, repacked
from test_shown import HEAD, ROWS, TITLE, page, paragraph, run, word
from test_shown_pages import POINT
from test_shown_pages import table as pdf_table
from test_spreadsheets import ods, ods_cell, same, table, workbook

from parstudy.errors import ReleaseError
from parstudy.intake import read_release

PDF_ROWS = test_shown_pages.ROWS


def refused(path: Path, code: str, *said: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        read_release(path, "PAR_INDEX", 2021)
    assert caught.value.code == code
    for one in said:
        assert one in str(caught.value)


# ------------------------------------------------------------------ PDF


def test_of_a_revised_pdf_without_its_list_of_objects_the_last_version_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(test_shown_pages, "ROWS", ranked(82))
        draft = pdf_table(tmp_path / "draft.pdf").read_bytes()
    valid = pdf_table(tmp_path / "valid.pdf").read_bytes()
    (tmp_path / "a.pdf").write_bytes(draft + valid.partition(b"\n")[2])
    same(tmp_path / "a.pdf", expected(PDF_ROWS))


def helvetica(pdf: FPDF, x: float, y: float, text: str, way: str) -> None:
    """Figures in a font whose comma is narrow."""
    pdf.set_font("helvetica", size=9)
    left, low = x / POINT, (297 - y) / POINT
    if way == "negative size":
        pdf.text(x, y, " ")  # the page must know the font
        pdf._out(
            f"BT /F{pdf.current_font.i} -9 Tf -1 0 0 -1 {left:.2f} {low:.2f} Tm ({text}) Tj ET"
        )
    else:
        pdf.text(x + 0.9 * POINT, y + 0.9 * POINT, text)
        pdf.text(x, y, text)
    pdf.set_font("DejaVu", size=9)


@pytest.mark.parametrize("way", ["negative size", "shade"])
def test_figures_of_a_negative_size_and_with_a_shade(way: str, tmp_path: Path) -> None:
    path = pdf_table(tmp_path / "a.pdf", lambda *place: helvetica(*place, way))
    same(path, expected(PDF_ROWS))


def test_a_page_that_counts_in_larger_units(tmp_path: Path) -> None:
    def before(pdf: FPDF) -> None:
        pdf._out("0.05 0 0 0.05 0 0 cm")

    path = pdf_table(tmp_path / "a.pdf", before=before)
    data = path.read_bytes()
    assert data.count(b"/MediaBox [0 0 595.28 841.89]")
    data = data.replace(b"/MediaBox [0 0 595.28 841.89]", b"/MediaBox [0 0 29.764 42.0945]")
    path.write_bytes(re.sub(rb"/Type /Page\b", b"/Type /Page /UserUnit 20", data))
    same(path, expected(PDF_ROWS))


def test_lines_that_part_groups_of_rows_are_decoration(tmp_path: Path) -> None:
    def lines(pdf: FPDF) -> None:
        for n in range(0, 35, 4):
            pdf.line(10, 14.5 + 8 * n, 144, 14.5 + 8 * n)
        for x in (84, 114, 144):
            pdf.line(x, 14.5, x, 14.5 + 8 * 32)

    same(pdf_table(tmp_path / "a.pdf", before=lines, ruled=False), expected(PDF_ROWS))


def test_digits_of_private_use_are_no_missing_table(tmp_path: Path) -> None:
    path = pdf_table(tmp_path / "a.pdf", before=lambda pdf: pdf.set_compression(False))
    data = path.read_bytes()
    for digit in range(0x30, 0x3A):
        data = data.replace(b"<%04X>" % digit, b"<F0%02X>" % digit)
    path.write_bytes(data)
    refused(path, "unmapped_text", "page 1")


def test_a_letter_with_the_table_attached_names_it(tmp_path: Path) -> None:
    pdf = test_shown_pages.sheet()
    pdf.add_page()
    pdf.text(10, 20, "Kính gửi các tỉnh, thành phố: phụ lục kèm theo")
    pdf.embed_file(basename="PL1.xlsx", bytes=b"PK")
    pdf.output(str(tmp_path / "a.pdf"))
    refused(tmp_path / "a.pdf", "no_table", "PL1.xlsx")


# ------------------------------------------------------------------ Word

WPS = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
BOX = "<w:txbxContent>{}</w:txbxContent>"


@pytest.mark.parametrize(
    "around",
    [
        f"<w:drawing {WPS}><wp:anchor>{BOX}</wp:anchor></w:drawing>",
        f"<w:pict {WPS}><v:shape style='position:absolute;left:9pt'>{BOX}</v:shape></w:pict>",
    ],
)
def test_a_stamp_in_a_floating_box_is_no_part_of_its_cell(around: str, tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        stamp = f"<w:r>{around.format(paragraph('1'))}</w:r>" if (r, c) == (4, 2) else ""
        return f"<w:p>{stamp}{run(text)}</w:p>"

    read = same(word(tmp_path / "a.docx", cell), expected(ROWS))
    assert "a.docx: boxes that float over the table are not read: '1'" in read.release.notes


def test_what_a_form_asks_for_is_no_answer(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        if (r, c) != (4, 3):
            return paragraph(text)
        mark = "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
        return f"<w:sdt>{mark}<w:sdtContent>{paragraph('63')}</w:sdtContent></w:sdt><w:p/>"

    expect = expected(ROWS)
    del expect[next(k for k in expect if ROWS[3][0] in k and "rank" in k)]
    read = same(word(tmp_path / "a.docx", cell), expect)
    assert "a.docx: fields that nobody filled in are not read: '63'" in read.release.notes


def test_white_figures_before_those_that_are_seen_are_left_out(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        white = run("9", '<w:color w:val="FFFFFF"/>') if (r, c) == (4, 3) else ""
        return f"<w:p>{white}{run(text)}</w:p>"

    read = same(word(tmp_path / "a.docx", cell), expected(ROWS))
    assert "a.docx table 1: hidden text is not read: row 5 column 4" in read.release.notes


def test_ranks_written_as_fractions(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        if r == 0 or c != 3:
            return paragraph(text)
        rank, of = (f"<m:r><m:t>{n}</m:t></m:r>" for n in (text.partition("/")[0], "63"))
        parts = f"<m:num>{rank}</m:num><m:den>{of}</m:den>"
        return f"<w:p><m:oMath><m:f>{parts}</m:f></m:oMath></w:p>"

    read = read_release(word(tmp_path / "a.docx", cell))
    ranks = read.figures[read.figures["measure"] == "rank"]
    assert ranks["value"].tolist() == [rank for _, _, rank in ROWS]


# ------------------------------------------------------------------ HTML


def test_a_table_far_down_in_other_elements(tmp_path: Path) -> None:
    def deep(n: int, rows: list[list[str]]) -> Path:
        path = page(tmp_path / "a.html", rows=rows)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("<table>", "<div>" * n + "<table>"), encoding="utf-8")
        return path

    same(deep(300, [HEAD, *plain(ROWS)]), expected(ROWS))
    refused(deep(3000, [HEAD, ["1", "Hà Nội", "87,11", "1"]]), "damaged_file", "too deep")


def test_elements_that_are_never_closed(tmp_path: Path) -> None:
    path = page(
        tmp_path / "a.html",
        lambda r, c, text: f"<td><i>{escape(text)}",
        row=lambda r, cells: f"<tr>{cells}",
    )
    same(path, expected(ROWS))


@pytest.mark.parametrize("element", ["noscript", "dialog"])
def test_tables_that_no_reader_of_the_page_sees(element: str, tmp_path: Path) -> None:
    draft = page(tmp_path / "draft.html", rows=[HEAD, *plain(ranked(72))]).read_text("utf-8")
    draft = draft[draft.index("<table>") : draft.index("</body>")]
    path = page(tmp_path / "a.html")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<body>", f"<body><{element}>{draft}</{element}>"), "utf-8")
    read = same(path, expected(ROWS))
    assert any("a.html: 1 tables that the page never shows" in n for n in read.release.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (escape, "written out as text"),
        ("<textarea>{}</textarea>".format, "written out as text"),
        ("<p>x</p><!-- {} -->".format, "in a comment"),
    ],
)
def test_a_table_that_is_none_to_a_browser(
    change: Callable[[str], str], said: str, tmp_path: Path
) -> None:
    text = page(tmp_path / "a.html").read_text(encoding="utf-8")
    whole = text[text.index("<table>") : text.index("</body>")]
    (tmp_path / "a.html").write_text(text.replace(whole, change(whole)), encoding="utf-8")
    refused(tmp_path / "a.html", "no_table", said)


# ------------------------------------------------------------------ CSV


def lines(*more: str) -> list[str]:
    return [TITLE, *table([HEAD, *plain(ROWS)]).splitlines(), *more]


def broken(kind: str) -> bytes:
    if kind == "quote":
        return "\n".join(lines()).replace(f";{ROWS[40][0]}", f';"{ROWS[40][0]}').encode()
    if kind == "widths":
        return "\n".join(line.replace(";", "   ") for line in lines()).encode()
    if kind == "byte":
        return b"\xef\xbb\xbf" + "\n".join(lines()).encode() + b"\n\xa0"
    second = ["\ufeff" + ";".join(HEAD[1:]), *(f"{n};{comma(v)};{r}" for n, v, r in ROWS[:9])]
    return "\n".join(lines(*second)).encode("utf-8-sig")


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("quote", "damaged_csv", "row 43"),
        ("widths", "unknown_separator", "no separator"),
        ("joined", "damaged_csv", "two files were put together"),
        ("byte", "unknown_encoding", "byte 0xA0"),
    ],
)
def test_texts_that_are_no_table_of_cells(kind: str, code: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(broken(kind))
    refused(tmp_path / "a.csv", code, said)


def test_entities_and_full_width_digits_are_the_characters_they_stand_for(tmp_path: Path) -> None:
    wide = str.maketrans("0123456789,", "０１２３４５６７８９，")
    rows = [
        [n, name.encode("ascii", "xmlcharrefreplace").decode(), figure.translate(wide), rank]
        for n, name, figure, rank in plain(ROWS)
    ]
    (tmp_path / "a.csv").write_text(table([[TITLE], HEAD, *rows]), encoding="utf-8")
    same(tmp_path / "a.csv", expected(ROWS))


# ------------------------------------------------------------------ spreadsheets


def test_raised_and_struck_text_of_an_ods_is_no_digit(tmp_path: Path) -> None:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("style", "text", "table", "office")
    )
    styles = (
        '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/>'
        '</style:style><style:style style:name="T2"><style:text-properties '
        'style:text-line-through-style="solid"/></style:style>'
    )

    def typed(n: int, text: str) -> str:
        old = '<text:span text:style-name="T2">11,11</text:span>' if n == 5 else ""
        mark = '<text:span text:style-name="T1">1</text:span>' if n == 4 else ""
        return (
            f'<table:table-cell office:value-type="string"><text:p>{old}{text[:3]}'
            f"<text:span>{text[3:]}</text:span>{mark}</text:p></table:table-cell>"
        )

    heads = [ods_cell(h) for h in HEAD]
    heads[1] = heads[1].replace("Tỉnh, thành", "Tỉnh,<text:tab/>thành")
    body = [
        ods_cell(n) + ods_cell(name) + typed(n, comma(v)) + ods_cell(rank)
        for n, (name, v, rank) in enumerate(ROWS, 1)
    ]
    path = ods(tmp_path / "a.ods", [ods_cell(TITLE), "".join(heads), *body])

    def styled(parts: dict[str, bytes]) -> None:
        parts["content.xml"] = parts["content.xml"].replace(
            b"<office:body>", f"<x {spaces}>{styles}</x><office:body>".encode()
        )

    read = same(repacked(path, styled), expected(ROWS))
    assert "a.ods sheet 'PL1': text that is struck out is not read: C7" in read.release.notes


STYLES = """
<style:style style:name="blue" style:family="table-cell">
  <style:table-cell-properties fo:background-color="#003366"/></style:style>
<style:style style:name="head" style:family="table-cell" style:parent-style-name="blue">
  <style:text-properties fo:color="#ffffff"/></style:style>
<style:style style:name="white" style:family="table-cell">
  <style:text-properties fo:color="#fefefe"/></style:style>
<style:style style:name="automatic" style:family="table-cell" style:parent-style-name="white">
  <style:text-properties style:use-window-font-color="true"/></style:style>
<style:style style:name="tiny" style:family="table-cell" style:parent-style-name="Default">
  <style:text-properties fo:font-size="1pt"/></style:style>
<style:style style:name="on" style:family="table-cell" style:parent-style-name="Default">
  <style:table-cell-properties fo:background-color="#000000"/></style:style>
<style:style style:name="T1" style:family="text">
  <style:text-properties fo:color="#ffffff"/></style:style>
<style:style style:name="T2" style:family="text">
  <style:text-properties text:display="none"/></style:style>
"""


def styled_ods(path: Path, cells: dict[int, tuple[str, str]]) -> Path:
    """An ODS file whose scores have styles of cells and of text, by their row."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{of}:1.0"'
        for name, of in (
            *((one, one) for one in ("style", "text", "table", "office")),
            ("fo", "xsl-fo-compatible"),
        )
    )

    def score(n: int, value: float) -> str:
        style, text = cells.get(n, ("automatic", "{}"))
        return (
            f'<table:table-cell office:value-type="string" table:style-name="{style}"><text:p>'
            f"{text.format(comma(value))}</text:p></table:table-cell>"
        )

    heads = [ods_cell(h, more='table:style-name="head"') for h in HEAD]
    body = [
        ods_cell(n) + ods_cell(name) + score(n, v) + ods_cell(rank)
        for n, (name, v, rank) in enumerate(ROWS, 1)
    ]
    ods(path, [ods_cell(TITLE), "".join(heads), *body])

    def styled(parts: dict[str, bytes]) -> None:
        parts["content.xml"] = parts["content.xml"].replace(
            b"<office:body>", f"<x {spaces}>{STYLES}</x><office:body>".encode()
        )

    return repacked(path, styled)


def test_what_an_ods_does_not_show_is_told(tmp_path: Path) -> None:
    white, away = (f'<text:span text:style-name="T{n}">{{}}</text:span>' for n in (1, 2))
    cells = {
        **{3: ("white", "{}"), 5: ("tiny", "{}"), 7: ("on", "{}"), 9: ("", white)},
        **{11: ("", away), 13: ("on", white), 15: ("automatic", "{}")},
    }
    notes = same(styled_ods(tmp_path / "a.ods", cells), expected(ROWS)).release.notes
    told = "a.ods sheet 'PL1': 4 cells that the sheet does not show (white on white, or a format "
    ending = "without digits) were treated like the others: C5, C7, C11, C13"
    assert told + ending in notes
    path = styled_ods(tmp_path / "b.ods", {3: ("", "{}" + white.format(7))})
    with pytest.raises(ReleaseError, match="white or tiny letters"):
        read_release(path)


def test_an_ods_with_a_password_is_refused_for_it(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", [ods_cell(TITLE)])
    change: Change = put("META-INF/manifest.xml", "/></manifest:manifest>", "><manifest:"
                         "encryption-data/></manifest:file-entry></manifest:manifest>")  # fmt: skip
    refused(repacked(path, change), "encrypted_file")


def test_years_of_headings_that_are_days_are_read_as_they_are_shown(tmp_path: Path) -> None:
    days = [datetime.datetime(year, 12, 31) for year in (2020, 2021)]
    rows = [[n, name, v - 1, v] for n, (name, v, _) in enumerate(ROWS, 1)]

    def shown(book: Any) -> None:
        for column, shape in (("C", "yyyy"), ("D", '"Năm "yyyy')):
            book.active[f"{column}3"].number_format = shape
        for area in ("A2:A3", "B2:B3", "C2:D2"):
            book.active.merge_cells(area)

    heads = [[*HEAD[:3], None], [None, None, *days]]
    path = workbook(tmp_path / "a.xlsx", [["SYNTHETIC. PAR INDEX"], *heads, *rows], shown)
    read = read_release(path, "PAR_INDEX", 2021)
    found = read.figures[(read.figures["year"] == 2021) & (read.figures["component"] == "total")]
    assert found["value"].tolist() == [v for _, v, _ in ROWS]


def test_a_raised_mark_in_brackets_is_no_part_of_a_name(tmp_path: Path) -> None:
    mark = TextBlock(InlineFont(vertAlign="superscript"), "(*)")
    rows = [[n, name, v, rank] for n, (name, v, rank) in enumerate(ROWS, 1)]
    rows[3][1] = CellRichText(ROWS[3][0], mark)
    same(workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *rows]), expected(ROWS))


# ------------------------------------------------------------------ old Excel


def xls(path: Path, rows: list[list[Any]], *, cut: int = 0) -> Path:
    """An XLS file as Excel 97 writes it: cells are texts, or lists of texts and their fonts.

    Fonts: 0 plain, 1 raised, 2 struck out, 3 white, 5 tiny. Styles of cells: those of the fonts,
    4 white on blue, 6 a format that shows nothing. The table of strings goes on in a further record
    after ``cut`` bytes, which lie within the characters of its first string.
    """

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    fonts, formats = b"", record(0x41E, struct.pack("<HHB", 170, 3, 0) + b";;;")
    for size, options, colour, script in (
        *((200, 0, 0x7FFF, 0), (200, 0, 0x7FFF, 1), (200, 8, 0x7FFF, 0)),
        *((200, 0, 9, 0), (20, 0, 0x7FFF, 0)),  # there is no font of number 4
    ):
        font = struct.pack("<HHHHHBBBB", size, options, colour, 400, script, 0, 0, 0, 0)
        fonts += record(0x31, font + b"\5\0Arial")
    for number, shape, ground in (
        *((n, 0, 0) for n in range(4)),
        (3, 0, 12),
        (5, 0, 0),
        (0, 170, 0),
    ):
        fill = struct.pack("<8xIH", (1 << 26) if ground else 0, ground)
        formats += record(0xE0, struct.pack("<HHH", number, shape, 1) + fill)
    strings, cells = b"", b""
    for r, line in enumerate(rows):
        for c, value in enumerate(line):
            parts = value if isinstance(value, list) else [(str(value), 0)]
            text = "".join(part for part, _ in parts)
            starts = [len("".join(p for p, _ in parts[:n])) for n in range(len(parts))]
            runs = b"".join(
                struct.pack("<HH", start, font)
                for start, (_, font) in zip(starts, parts, strict=True)
                if len(parts) > 1
            )
            head = struct.pack("<HB", len(text), 9 if runs else 1)
            head += struct.pack("<H", len(runs) // 4) if runs else b""
            strings += head + text.encode("utf-16-le") + runs
            number = sum(len(one) for one in rows[:r]) + c
            style = parts[0][1] if len(parts) == 1 else 0
            cells += record(0xFD, struct.pack("<HHHI", r, c, style, number))
    many = sum(map(len, rows))
    table = struct.pack("<II", many, many) + strings
    shared = record(0xFC, table[: cut or None])
    shared += record(0x3C, b"\1" + table[cut:]) if cut else b""
    begin = struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0, 6)
    front = record(0x809, begin) + record(0x42, b"\xb0\4") + fonts + formats
    start = len(front) + 4 + 11 + len(shared) + 4
    sheet = record(0x85, struct.pack("<IHBB", start, 0, 3, 0) + b"PL1")
    book = front + sheet + shared + record(0x0A, b"")
    begin = begin[:2] + b"\x10\0" + begin[4:]
    book += record(0x809, begin) + cells + record(0x0A, b"")
    path.write_bytes(compound(book.ljust(4096, b"\0")))
    return path


def compound(stream: bytes) -> bytes:
    """A compound file that holds the stream of a workbook."""
    stream += b"\0" * (-len(stream) % 512)
    many, last, none = len(stream) // 512, 0xFFFFFFFE, 0xFFFFFFFF
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6x", 62, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, last, 0, last, 0)
    head += struct.pack("<109I", 0, *[none] * 108)
    links = [0xFFFFFFFD, last, *range(3, many + 2), last]
    entries = b""
    for name, kind, child, first, size in (
        ("Root Entry", 5, 1, last, 0),
        ("Workbook", 2, none, 2, len(stream)),
    ):
        text = name.encode("utf-16-le") + b"\0\0"
        entries += text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
        entries += struct.pack("<3I36xIQ", none, none, child, first, size)
    links += [none] * (128 - len(links))
    return head + struct.pack("<128I", *links) + entries.ljust(512, b"\0") + stream


@pytest.mark.parametrize("cut", [0, 8 + 3 + 2 * 10])
def test_raised_marks_and_struck_figures_of_old_excel(tmp_path: Path, cut: int) -> None:
    rows: list[list[Any]] = [[TITLE], list(HEAD)]
    for number, (name, score, rank) in enumerate(ROWS, 1):
        figure = comma(score)
        shown: dict[int, Any] = {
            1: [(figure, 0), ("2", 1)],
            2: [("70,01", 2), (f" {figure}", 0)],
        }
        rows.append([str(number), name, shown.get(number % 3, figure), str(rank)])
    rows[3][1] = [(ROWS[1][0], 0), ("1", 1)]
    read = same(xls(tmp_path / "a.xls", rows, cut=cut), expected(ROWS))
    assert any("struck out is not read: C4, C7" in note for note in read.release.notes)


def test_a_cell_of_old_excel_that_is_struck_out_holds_nothing(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[TITLE], list(HEAD)]
    rows += plain(ROWS)
    rows[4][2] = [(rows[4][2], 2)]
    known = expected(ROWS)
    del known[ROWS[2][0], "total", "percent"]
    read = same(xls(tmp_path / "a.xls", rows), known)
    assert any("struck out is not read: C5" in note for note in read.release.notes)


def test_what_old_excel_does_not_show_is_told(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[TITLE], [[(head, 4)] for head in HEAD], *plain(ROWS)]
    for row, style in ((4, 3), (6, 5), (8, 6)):
        rows[row][2] = [(rows[row][2], style)]
    notes = same(xls(tmp_path / "a.xls", rows), expected(ROWS)).release.notes
    assert any(note.endswith("were treated like the others: C5, C7, C9") for note in notes)
    rows[10][2] = [(rows[10][2], 0), ("7", 3)]
    with pytest.raises(ReleaseError, match="white or tiny letters"):
        read_release(xls(tmp_path / "b.xls", rows))
