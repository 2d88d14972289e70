"""What a page shows is read, and what it does not show is left out or told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pytest
from build_corpus import comma
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from test_forms import expected, plain, ranked
from test_spreadsheets import same, workbook

from parstudy.errors import ReleaseError
from parstudy.intake import read_release

ROWS = ranked(71)
HEAD = ["STT", "Tỉnh, thành phố", "Chỉ số (%)", "Xếp hạng"]
TITLE = "SYNTHETIC. Chỉ số cải cách hành chính năm 2021"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p>{run(text, properties)}</w:p>"


def word(
    path: Path,
    cell: Callable[[int, int, str], str] = lambda r, c, text: paragraph(text),
    row: Callable[[int, str], str] = lambda r, cells: f"<w:tr>{cells}</w:tr>",
    rows: Sequence[Sequence[str]] = (),
    styles: str = "",
) -> Path:
    """A document of one table; ``cell`` writes what is in a cell, ``row`` what is around cells."""
    lines = [
        row(r, "".join(f"<w:tc>{cell(r, c, t)}</w:tc>" for c, t in enumerate(line)))
        for r, line in enumerate(rows or [HEAD, *plain(ROWS)])
    ]
    spaces = f'xmlns:w="{W}" xmlns:m="{M}" xmlns:mc="{MC}"'
    body = f"{paragraph(TITLE)}<w:tbl>{''.join(lines)}</w:tbl>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
        )
        if styles:
            archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{W}">{styles}</w:styles>')
            archive.writestr(
                "word/_rels/document.xml.rels",
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
                'officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
            )
    return path


MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def around(name: str) -> Callable[[int, int, str], str]:
    """The figures of a column within one of Word's wrappers."""
    wrapped = {
        "control around a paragraph": "<w:sdt><w:sdtContent>{p}</w:sdtContent></w:sdt>",
        "control around a run": "<w:p><w:sdt><w:sdtContent>{r}</w:sdtContent></w:sdt></w:p>",
        "two controls": "<w:sdt><w:sdtContent><w:sdt><w:sdtContent>{p}</w:sdtContent></w:sdt>"
        "</w:sdtContent></w:sdt>",
        "custom xml": '<w:customXml w:element="x">{p}</w:customXml>',
        "custom xml in a line": '<w:p><w:customXml w:element="x">{r}</w:customXml></w:p>',
        "smart tag": '<w:p><w:smartTag w:element="x">{r}</w:smartTag></w:p>',
        "insertion": '<w:p><w:ins w:id="1">{r}</w:ins></w:p>',
        "link": "<w:p><w:hyperlink>{r}</w:hyperlink></w:p>",
        "simple field": '<w:p><w:fldSimple w:instr="=1">{r}</w:fldSimple></w:p>',
        "field": "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>=1"
        "</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>{r}"
        "<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>",
        "moved": '<w:p><w:moveFrom w:id="1"><w:r><w:t>9</w:t></w:r></w:moveFrom>'
        '<w:moveTo w:id="2">{r}</w:moveTo></w:p>',
        "deletion before": '<w:p><w:del w:id="1"><w:r><w:delText>9</w:delText></w:r></w:del>{r}'
        "</w:p>",
        "alternatives": "<w:p><mc:AlternateContent><mc:Choice Requires='x'>{r}</mc:Choice>"
        "<mc:Fallback>{r}</mc:Fallback></mc:AlternateContent></w:p>",
        "equation": "<w:p><m:oMathPara><m:oMath><m:r><m:t>{t}</m:t></m:r></m:oMath></m:oMathPara>"
        "</w:p>",
        "table of one cell": "<w:tbl><w:tr><w:tc>{p}</w:tc></w:tr></w:tbl><w:p/>",
        "drop-down of an old form": "<w:p><w:r><w:fldChar w:fldCharType='begin'><w:ffData>"
        "<w:ddList><w:result w:val='1'/><w:listEntry w:val='9'/><w:listEntry w:val='{t}'/>"
        "</w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMDROPDOWN </w:instrText>"
        "</w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>",
    }[name]

    def cell(r: int, c: int, text: str) -> str:
        if r and c == 2:
            return wrapped.format(p=paragraph(text), r=run(text), t=text)
        return paragraph(text)

    return cell


WRAPPERS = (
    *("control around a paragraph", "control around a run", "two controls", "custom xml"),
    *("custom xml in a line", "smart tag", "insertion", "link", "simple field", "field", "moved"),
    *("deletion before", "alternatives", "equation", "table of one cell"),
    "drop-down of an old form",
)


@pytest.mark.parametrize("name", WRAPPERS)
def test_figures_in_wrappers_of_word_are_read(name: str, tmp_path: Path) -> None:
    same(word(tmp_path / "a.docx", around(name)), expected(ROWS))


@pytest.mark.parametrize("first", [0, 1, 30])
@pytest.mark.parametrize("wrapper", ["sdt", "sdt in sdt", "customXml", "ins"])
def test_rows_within_wrappers_are_all_read(first: int, wrapper: str, tmp_path: Path) -> None:
    """A repeating section may stand around one row, around some, or around all of the table."""
    starts = {
        "sdt": ("<w:sdt><w:sdtPr/><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        "sdt in sdt": (
            "<w:sdt><w:sdtContent><w:sdt><w:sdtContent>",
            "</w:sdtContent></w:sdt></w:sdtContent></w:sdt>",
        ),
        "customXml": ("<w:customXml>", "</w:customXml>"),
        "ins": ("<w:ins w:id='3'>", "</w:ins>"),
    }[wrapper]

    def row(r: int, cells: str) -> str:
        begin = starts[0] if r == first else ""
        return f"{begin}<w:tr>{cells}</w:tr>{starts[1] if r == 63 else ''}"

    same(word(tmp_path / "a.docx", row=row), expected(ROWS))


def test_cells_within_content_controls_are_all_read(tmp_path: Path) -> None:
    def row(r: int, cells: str) -> str:
        return f"<w:tr><w:sdt><w:sdtContent>{cells}</w:sdtContent></w:sdt></w:tr>"

    same(word(tmp_path / "a.docx", row=row), expected(ROWS))


def test_a_deleted_row_is_no_row(tmp_path: Path) -> None:
    def row(r: int, cells: str) -> str:
        again = f"<w:tr><w:trPr><w:del w:id='1'/></w:trPr>{cells}</w:tr>" if r == 5 else ""
        return f"{again}<w:tr>{cells}</w:tr>"

    read = same(word(tmp_path / "a.docx", row=row), expected(ROWS))
    assert "a.docx: tracked changes are read as if they were accepted" not in read.release.notes


def test_tracked_changes_are_told(tmp_path: Path) -> None:
    read = same(word(tmp_path / "a.docx", around("deletion before")), expected(ROWS))
    assert "a.docx: tracked changes are read as if they were accepted" in read.release.notes


CHANGES = {name: (n % 7 - 3) + 0.25 for n, (name, _, _) in enumerate(ROWS)}


@pytest.mark.parametrize(
    "sign",
    [
        '<w:sym w:font="Symbol" w:char="F02D"/>',
        '<w:sym w:font="Symbol" w:char="2D"/>',
        '<w:sym w:font="Cambria Math" w:char="2212"/>',
        '<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>\uf02d</w:t>',
        "<w:noBreakHyphen/>",
        '<w:sym w:font="Wingdings" w:char="F0E2"/>',
        '<w:sym w:font="Wingdings 3" w:char="F071"/>',
        '<w:rPr><w:rFonts w:hAnsi="Wingdings 3"/></w:rPr><w:t>q</w:t>',
        "<w:t>↓</w:t>",
    ],
)
def test_signs_of_symbol_fonts_are_signs(sign: str, tmp_path: Path) -> None:
    head = [*HEAD, "Tăng/giảm (điểm)"]
    rows = [[*r, comma(abs(CHANGES[r[1]]))] for r in plain(ROWS)]

    def cell(r: int, c: int, text: str) -> str:
        negative = r > 0 and c == 4 and CHANGES[ROWS[r - 1][0]] < 0
        before = f"<w:r>{sign}</w:r>" if negative else ""
        return f"<w:p>{before}{run(text)}</w:p>"

    changes = {(n, "total", "change_score"): v for n, v in CHANGES.items()}
    path = word(tmp_path / "a.docx", cell, rows=[head, *rows])
    same(path, expected(ROWS) | changes)


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ('<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>', "symbol F04A of Wingdings"),
        ("<w:r><w:drawing/></w:r>", "picture"),
        ("<w:r><w:object/></w:r>", "picture"),
        ("<m:oMath><m:f><m:num/><m:den/></m:f></m:oMath>", "equation"),
        (
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>=SUM(LEFT)"
            "</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
            "field =SUM(LEFT)",
        ),
    ],
)
@pytest.mark.parametrize("figure", ["", "7,5"])
def test_what_is_not_understood_in_a_cell_is_no_empty_cell(
    inside: str, found: str, figure: str, tmp_path: Path
) -> None:
    def cell(r: int, c: int, text: str) -> str:
        if (r, c) == (8, 2):
            return f"<w:p>{inside}{run(figure) if figure else ''}</w:p>"
        return paragraph(text)

    with pytest.raises(ReleaseError) as caught:
        read_release(word(tmp_path / "a.docx", cell))
    assert caught.value.code == "not_a_number"
    assert caught.value.place.endswith("row 9 column 3")
    assert f"[{found}]" in caught.value.found


@pytest.mark.parametrize("where", ["run", "style of the run", "style of the paragraph", "row"])
def test_hidden_text_of_word_is_left_out_and_told(where: str, tmp_path: Path) -> None:
    styles = "<w:style w:styleId='base'><w:rPr><w:vanish/></w:rPr></w:style>"
    styles += "<w:style w:styleId='away'><w:basedOn w:val='base'/></w:style>"
    head, rows = [*HEAD, "Tổng điểm"], [[*r, "9,99"] for r in plain(ROWS)]

    def cell(r: int, c: int, text: str) -> str:
        if c < 4 or where == "row":
            return paragraph(text)
        if where == "run":
            return paragraph(text, "<w:vanish/>")
        if where == "style of the run":
            return paragraph(text, "<w:rStyle w:val='away'/>")
        return f"<w:p><w:pPr><w:pStyle w:val='away'/></w:pPr>{run(text)}</w:p>"

    def row(r: int, cells: str) -> str:
        hidden = "<w:trPr><w:hidden/></w:trPr>" if where == "row" and r == 64 else ""
        return f"<w:tr>{hidden}{cells}</w:tr>"

    if where == "row":
        head, rows = HEAD, [*plain(ROWS), ["64", "Hà Nội", "1,00", "64"]]
    read = same(word(tmp_path / "a.docx", cell, row, [head, *rows], styles), expected(ROWS))
    assert any("hidden text is not read: row" in note for note in read.release.notes)


def test_text_that_is_struck_out_is_left_out_and_told(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        if (r, c) == (3, 2):
            return f"<w:p>{run('99,99', '<w:strike/>')}{run(text)}</w:p>"
        return paragraph(text)

    read = same(word(tmp_path / "a.docx", cell), expected(ROWS))
    assert (
        "a.docx table 1: text that is struck out is not read: row 4 column 3" in read.release.notes
    )


@pytest.mark.parametrize("line", ["strike", "dstrike"])
@pytest.mark.parametrize("where", ["run", "paragraph"])
def test_text_that_a_style_strikes_out_is_left_out_and_told(
    where: str, line: str, tmp_path: Path
) -> None:
    styles = f"<w:style w:styleId='base'><w:rPr><w:{line}/></w:rPr></w:style>"
    styles += "<w:style w:styleId='old'><w:basedOn w:val='base'/></w:style>"

    def cell(r: int, c: int, text: str) -> str:
        if (r, c) not in ((3, 2), (5, 2)):
            return paragraph(text)
        again = f"<w:{line} w:val='0'/>" if r == 5 else ""
        if where == "run":
            return paragraph(text, f"<w:rStyle w:val='old'/>{again}")
        return f"<w:p><w:pPr><w:pStyle w:val='old'/></w:pPr>{run(text, again)}</w:p>"

    expect = expected(ROWS)
    del expect[ROWS[2][0], "total", "percent"]
    read = same(word(tmp_path / "a.docx", cell, styles=styles), expect)
    assert (
        "a.docx table 1: text that is struck out is not read: row 4 column 3" in read.release.notes
    )


def test_letters_over_a_figure_are_no_digits_of_it(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        if (r, c) != (3, 2):
            return paragraph(text)
        over = f"<w:rt>{run('1')}</w:rt><w:rubyBase>{run(text)}</w:rubyBase>"
        return f"<w:p><w:r><w:ruby>{over}</w:ruby></w:r></w:p>"

    read = same(word(tmp_path / "a.docx", cell), expected(ROWS))
    assert "a.docx: small letters over others are not read: '1'" in read.release.notes


def test_cells_merged_as_old_files_have_it_hold_no_figure_of_their_own(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        kind = {2: "<w:hMerge w:val='restart'/>", 3: "<w:hMerge/>"}.get(c, "") if r == 3 else ""
        return f"<w:tcPr>{kind}</w:tcPr>{paragraph(text)}"

    with pytest.raises(ReleaseError) as caught:
        read_release(word(tmp_path / "a.docx", cell))
    assert caught.value.code == "merged_number"
    assert caught.value.place.endswith("row 4 column 4")


def test_the_colour_of_the_paper_is_white_whatever_stands_beside_it(tmp_path: Path) -> None:
    white = '<w:color w:val="000000" w:themeColor="background1"/>'

    def cell(r: int, c: int, text: str) -> str:
        return f"<w:p>{run(text)}{run('9', white) if (r, c) == (3, 2) else ''}</w:p>"

    read = same(word(tmp_path / "a.docx", cell), expected(ROWS))
    assert "a.docx table 1: hidden text is not read: row 4 column 3" in read.release.notes


def test_a_field_within_the_code_of_another_shows_nothing(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f"<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>"

    code = "<w:r><w:instrText>{}</w:instrText></w:r>"

    def cell(r: int, c: int, text: str) -> str:
        if (r, c) != (3, 2):
            return paragraph(text)
        within = f"{mark('begin')}{code.format('REF x')}{mark('separate')}{run('7')}{mark('end')}"
        before = f"{mark('begin')}{code.format('IF ')}{within}{code.format('= 7')}"
        return f"<w:p>{before}{mark('separate')}{run(text)}{mark('end')}</w:p>"

    same(word(tmp_path / "a.docx", cell), expected(ROWS))


def test_digits_that_are_raised_by_hand_are_marks(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        raised = '<w:position w:val="8"/><w:sz w:val="12"/>'
        return f"<w:p>{run(text)}{run('1', raised) if (r, c) == (3, 2) else ''}</w:p>"

    same(word(tmp_path / "a.docx", cell), expected(ROWS))


def test_white_text_of_word_is_told(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return paragraph(text, '<w:color w:val="FFFFFF"/>' if (r, c) == (3, 3) else "")

    read = same(word(tmp_path / "a.docx", cell), expected(ROWS))
    assert (
        "a.docx table 1: white text was read like any other: row 4 column 4" in read.release.notes
    )


# ------------------------------------------------------------------ HTML


def page(
    path: Path,
    cell: Callable[[int, int, str], str] = lambda r, c, text: f"<td>{escape(text)}</td>",
    css: str = "",
    row: Callable[[int, str], str] = lambda r, cells: f"<tr>{cells}</tr>",
    rows: Sequence[Sequence[str]] = (),
    before: str = "",
) -> Path:
    """A page of one table, with a style sheet."""
    lines = [
        row(r, "".join(cell(r, c, t) for c, t in enumerate(line)))
        for r, line in enumerate(rows or [HEAD, *plain(ROWS)])
    ]
    path.write_text(
        f"<!doctype html><html><head><title>{TITLE}</title><meta charset='utf-8'>"
        f"<style>{css}</style></head><body><table>{before}{''.join(lines)}</table></body></html>",
        encoding="utf-8",
    )
    return path


EXTRA = [[*HEAD[:3], "Tổng điểm", HEAD[3]], *([*r[:3], "9,99", r[3]] for r in plain(ROWS))]


@pytest.mark.parametrize(
    ("mark", "css"),
    [
        ("style='display:none'", ""),
        ("style='DISPLAY : NONE !important'", ""),
        ("hidden", ""),
        ("class='x'", ".x { display: none }"),
        ("class='a x'", "table td.x, table .x { display: none !important; }"),
        ("class='x'", "/* .x{} */ @media screen { .x { display:none } }"),
        ("class='x'", "@import url(a.css); .x{display:none} .x{color:red}"),
        ("data-k='3'", "[data-k='3'] { display: none }"),
        ("", "tr > *:nth-child(4) { display: none }"),
        ("", "td:nth-of-type(4) { display: none }"),
        ("", "td:nth-last-child(2) { display: none }"),
        ("", "td + td + td + td:not(:last-child) {} tr :nth-child(4) { display:none }"),
    ],
)
def test_columns_that_a_page_does_not_show_are_left_out(
    mark: str, css: str, tmp_path: Path
) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<td {mark if c == 3 else ''}>{escape(text)}</td>"

    read = same(page(tmp_path / "a.html", cell, css, rows=EXTRA), expected(ROWS))
    assert any("does not show is not read: 'Tổng điểm', '9,99'" in n for n in read.release.notes)


@pytest.mark.parametrize(
    ("mark", "css"),
    [
        ("class='x'", "@media print { .x { display: none } }"),
        ("class='x'", "@media (max-width: 600px) { .x { display: none } }"),
        ("class='x'", ".x { display: none } td.x { display: table-cell }"),
        ("class='x'", ".x { display: table-cell !important } td.x { display: none }"),
        ("class='x' style='display:table-cell'", ".x { display: none }"),
        ("class='x'", ".x:hover { display: none } .y { display: none }"),
        ("style='color: #fff; background: #036'", ""),
        ("style='color: white'", "table { background: navy }"),
        ("bgcolor='#003366' style='color: white'", ""),
    ],
)
def test_columns_that_a_page_shows_are_read(mark: str, css: str, tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<td {mark if c == 3 else ''}>{escape(text)}</td>"

    read = same(page(tmp_path / "a.html", cell, css), expected(ROWS))
    assert not any("does not show" in note for note in read.release.notes)


@pytest.mark.parametrize(
    ("mark", "css"),
    [
        ("style='visibility: hidden'", ""),
        ("class='x'", ".x { visibility:hidden }"),
        ("class='x'", ".x { opacity: 0 }"),
        ("class='x'", ".x { font-size: 0px }"),
        ("style='position: absolute; left: -9999px'", ""),
        ("class='x'", ".x { position: fixed; clip: rect(0, 0, 0, 0) }"),
        ("class='x'", ".x { clip-path: inset(50%) }"),
        ("style='text-indent: -999em'", ""),
        ("style='max-width: 0; overflow: hidden'", ""),
        ("style='color: #eee; background: #eee'", ""),
        ("class='x'", ".x { transform: scale(0) }"),
        ("style='color: white'", ""),
        ("style='color: rgb(255, 255, 255)'", "td { background: none }"),
        ("style='color: #ffff'", "table { background-color: #fff }"),
        ("style='color: transparent'", ""),
        ("style='color: rgba(0, 0, 0, 0)'", "td { background: #036 }"),
        ("class='x'", ".x { filter: opacity(0) }"),
        ("class='x'", ".x { content-visibility: hidden }"),
        ("class='x'", ".x { font-size: 1px }"),
        ("style='position: fixed; left: 200vw'", ""),
    ],
)
def test_cells_that_keep_their_place_and_show_nothing(mark: str, css: str, tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<td {mark if c == 3 else ''}>{escape(text)}</td>"

    read = same(page(tmp_path / "a.html", cell, css, rows=EXTRA), expected(ROWS))
    assert any("does not show is not read: 'Tổng điểm', '9,99'" in n for n in read.release.notes)


@pytest.mark.parametrize(
    "col", ["<col span=3><col style='visibility:collapse'>", "<col><col><col><col hidden>"]
)
def test_columns_hidden_by_col(col: str, tmp_path: Path) -> None:
    read = same(page(tmp_path / "a.html", rows=EXTRA, before=col), expected(ROWS))
    assert any("does not show is not read" in note for note in read.release.notes)


@pytest.mark.parametrize("mark", ["hidden", "class=x"])
@pytest.mark.parametrize("part", ["tr", "tbody"])
def test_rows_that_a_page_does_not_show_are_left_out(part: str, mark: str, tmp_path: Path) -> None:
    def row(r: int, cells: str) -> str:
        if r < 64:
            return f"<tr>{cells}</tr>"
        return (
            f"<tbody {mark}><tr>{cells}</tr></tbody>" if part == "tbody" else f"<tr {mark}>{cells}"
        )

    rows = [HEAD, *plain(ROWS), ["64", "Hà Nội", "1,00", "64"]]
    path = page(tmp_path / "a.html", css=".x{display:none}", row=row, rows=rows)
    read = same(path, expected(ROWS))
    assert any("does not show is not read" in note for note in read.release.notes)


@pytest.mark.parametrize(
    ("css", "told"),
    [
        ("td:nth-col(4) { display: none }", "td:nth-col(4)"),
        ("@media (min-width: 1500px) { td { display: none } }", "td"),
        ("td { display: var(--shown) }", "display"),
        ("td { rotate: 3d 1 1 1 90deg }", "rotate"),
        ("td::first-letter { font-size: 0 }", "td::first-letter"),
    ],
)
def test_a_style_that_may_hide_and_is_not_understood_is_told(
    css: str, told: str, tmp_path: Path
) -> None:
    notes = same(page(tmp_path / "a.html", css=css), expected(ROWS)).release.notes
    assert any(f"are not understood; it was read like any other: {told}" in n for n in notes)


@pytest.mark.parametrize(
    "field",
    [
        "<input value='{}'>",
        "<input type=number readonly value='{}'>",
        "<select><option>9<option selected>{}</select>",
        "<textarea>{}</textarea>",
        "<b>{}</b><input type=hidden value='9'>",
        "<math><mrow><mn>{}</mn></mrow></math>",
        "<svg><text>{}</text></svg>",
    ],
)
def test_what_a_form_shows_is_read(field: str, tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<td>{field.format(text) if r and c == 2 else text}</td>"

    same(page(tmp_path / "a.html", cell), expected(ROWS))


def test_signs_that_a_style_sheet_prints_are_read(tmp_path: Path) -> None:
    head, rows = [*HEAD, "Tăng/giảm (điểm)"], [[*r, comma(abs(CHANGES[r[1]]))] for r in plain(ROWS)]

    def cell(r: int, c: int, text: str) -> str:
        down = r > 0 and c == 4 and CHANGES[ROWS[r - 1][0]] < 0
        return f"<td class='{'down' if down else ''}'>{text}</td>"

    changes = {(n, "total", "change_score"): v for n, v in CHANGES.items()}
    css = ".down::before { content: '\\2212'; color: red }"
    same(page(tmp_path / "a.html", cell, css, rows=[head, *rows]), expected(ROWS) | changes)


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<img src='a.png' alt='87,11'>", "picture"),
        ("<canvas></canvas>7,5", "picture"),
        ("<math><msup><mn>8</mn><mn>2</mn></msup></math>", "equation"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "table"),
        ("<input type=checkbox checked>", "checkbox"),
    ],
)
def test_what_is_not_understood_in_a_cell_of_a_page(
    inside: str, found: str, tmp_path: Path
) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<td>{inside if (r, c) == (8, 2) else text}</td>"

    with pytest.raises(ReleaseError) as caught:
        read_release(page(tmp_path / "a.html", cell))
    assert caught.value.place.endswith("row 9 column 3")
    assert f"[{found}]" in caught.value.found


def test_a_cell_that_spans_the_rest_of_its_part_of_the_page(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        if c == 0 and r > 0:
            return "<td rowspan='0'>Vùng</td>" if r == 1 else ""
        return f"<td>{escape(text)}</td>"

    def row(r: int, cells: str) -> str:
        return f"{'<tbody>' if r == 1 else ''}<tr>{cells}</tr>"

    rows = [["Vùng", *HEAD[1:]], *plain(ROWS)]
    same(page(tmp_path / "a.html", cell, row=row, rows=rows), expected(ROWS))


def test_what_a_style_strikes_out_or_raises_is_no_figure(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        old = "<span class='old'>99,99</span> " if (r, c) == (3, 2) else ""
        mark = "<span style='vertical-align: super'>1</span>" if (r, c) == (5, 2) else ""
        return f"<td>{old}{escape(text)}{mark}</td>"

    css = ".old { text-decoration: line-through }"
    notes = same(page(tmp_path / "a.html", cell, css), expected(ROWS)).release.notes
    assert "a.html table 1: text that is struck out is not read: '99,99'" in notes


LINE = "text-decoration: underline line-through 2px red"


@pytest.mark.parametrize(
    ("mark", "css"),
    [
        (f"style='{LINE}'", ""),
        ("style='text-decoration-line: line-through'", ""),
        ("class='old'", f".old {{ {LINE} }} .old td {{ text-decoration: none }}"),
        ("class='old'", f".old > * {{ {LINE} }}"),
        ("class='old'", f"@media screen {{ tr.old, .old tr {{ {LINE} }} }}"),
    ],
)
@pytest.mark.parametrize("part", ["tr", "tbody"])
def test_a_row_that_is_struck_out_is_left_out_and_told(
    part: str, mark: str, css: str, tmp_path: Path
) -> None:
    """A browser draws the line through whatever stands within."""

    def row(r: int, cells: str) -> str:
        if r < 64:
            return f"<tr>{cells}</tr>"
        return f"<{part} {mark}>{'<tr>' if part == 'tbody' else ''}{cells}</{part}>"

    rows = [HEAD, *plain(ROWS), ["64", "Hà Nội", "1,00", "64"]]
    read = same(page(tmp_path / "a.html", css=css, row=row, rows=rows), expected(ROWS))
    told = "text that is struck out is not read: '64', 'Hà Nội', '1,00', '64'"
    assert f"a.html table 1: {told}" in read.release.notes


@pytest.mark.parametrize(
    ("mark", "css"),
    [(f"style='{LINE}'", ""), ("class='old'", f"td.old {{ {LINE} }}")],
)
def test_a_cell_that_is_struck_out_has_no_figure(mark: str, css: str, tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<td {mark if (r, c) == (5, 2) else ''}><b>{escape(text)}</b></td>"

    path = page(tmp_path / "a.html", cell, css)
    read = read_release(path, "PAR_INDEX", 2021)
    struck = plain(ROWS)[4][2]
    assert f"a.html table 1: text that is struck out is not read: {struck!r}" in read.release.notes
    figures = read.release.figures
    assert (figures["measure"] == "percent").sum() == 62
    assert (figures["measure"] == "rank").sum() == 63


def test_a_line_does_not_reach_what_stands_apart(tmp_path: Path) -> None:
    def row(r: int, cells: str) -> str:
        return f"<tr>{cells}</tr>"

    path = page(tmp_path / "a.html", row=row, css="table { display: inline-table }")
    text = path.read_text("utf-8").replace("<body>", f"<body style='{LINE}'>")
    path.write_text(text, encoding="utf-8")
    same(path, expected(ROWS))


@pytest.mark.parametrize(
    ("mark", "css"),
    [
        ("hidden", ""),
        ("class='tab'", ".tab { display: none }"),
        ("class='tab'", ".tab { visibility: hidden }"),
        ("style='opacity: 0'", ""),
        ("style='color: #fff'", "td { font-weight: bold }"),
    ],
)
def test_a_table_that_a_page_does_not_show_is_read_where_there_is_no_other(
    mark: str, css: str, tmp_path: Path
) -> None:
    """A draft in another tab; its title is the same."""
    path = page(tmp_path / "a.html", css=css)
    whole = path.read_text("utf-8")
    table = whole[whole.index("<table") : whole.index("</body>")]
    draft = table.replace(plain(ROWS)[4][2], "1,00")
    alone = whole.replace(table, f"<div {mark}>{table}</div>")
    path.write_text(alone, encoding="utf-8")
    assert "a.html table 1 is hidden and was read" in same(path, expected(ROWS)).release.notes
    for both in (f"<div {mark}>{draft}</div>{table}", f"{table}<div {mark}>{draft}</div>"):
        path.write_text(whole.replace(table, both), encoding="utf-8")
        read = same(path, expected(ROWS))
        assert any("a hidden table, not read" in doubt for doubt in read.layout.doubts)


def test_cells_that_are_seen_in_a_table_that_is_not_are_read(tmp_path: Path) -> None:
    css = "table { visibility: hidden; color: white } td { visibility: visible; background: navy }"
    read = same(page(tmp_path / "a.html", css=css), expected(ROWS))
    assert not any("hidden" in note for note in read.release.notes)


# ------------------------------------------------------------------ raised decimals


def raised_page(path: Path, shape: str) -> Path:
    def cell(r: int, c: int, text: str) -> str:
        whole, mark, part = text.partition(",")
        return f"<td>{shape.format(whole, part) if r and mark else escape(text)}</td>"

    return page(path, cell)


def raised_word(path: Path, shape: str) -> Path:
    def cell(r: int, c: int, text: str) -> str:
        whole, mark, part = text.partition(",")
        if not r or not mark:
            return paragraph(text)
        raised = run(part, "<w:vertAlign w:val='superscript'/>")
        return f"<w:p>{run(whole)}{raised}</w:p>"

    return word(path, cell)


def raised_sheet(path: Path, shape: str) -> Path:
    def change(book: Any) -> None:
        for cells in book.active.iter_rows():
            for cell in cells:
                whole, mark, part = str(cell.value or "").partition(",")
                if mark and part.isdigit():
                    up = TextBlock(InlineFont(vertAlign="superscript"), part)
                    cell.value = CellRichText(whole, up)

    workbook(path, [[TITLE], HEAD, *plain(ROWS)], change)
    return path


@pytest.mark.parametrize(
    ("make", "name", "shape"),
    [
        (raised_page, "a.html", "{}<sup>{}</sup>"),
        (raised_page, "a.html", "{} <span style='vertical-align: 4px'>{}</span>"),
        (raised_word, "a.docx", ""),
        (raised_sheet, "a.xlsx", ""),
    ],
)
def test_decimals_that_are_raised_are_no_marks_of_notes(
    make: Callable[[Path, str], Path], name: str, shape: str, tmp_path: Path
) -> None:
    """Prices are written so; without them the figures would be whole numbers."""
    with pytest.raises(ReleaseError, match="raised digits that may be decimals") as caught:
        read_release(make(tmp_path / name, shape), "PAR_INDEX", 2021)
    assert caught.value.code == "not_a_number"


def test_marks_of_notes_at_every_figure_are_marks(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<td>{escape(text)}{f'<sup>{r % 3 + 1}</sup>' if r and c > 1 else ''}</td>"

    same(page(tmp_path / "a.html", cell), expected(ROWS))


def test_a_table_around_one_figure_is_its_frame(tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        framed = f"<table><tr><td></td><td>{text}</td></tr></table>"
        return f"<td>{framed if (r, c) == (3, 2) else escape(text)}</td>"

    same(page(tmp_path / "a.html", cell), expected(ROWS))


def test_a_page_that_a_script_fills_is_told_so(tmp_path: Path) -> None:
    lines = [HEAD, ["Đang tải dữ liệu", "", "", ""]]
    script = "<script>rows = [[1, 'Hà Nội', 87.11, 5]]</script>"
    with pytest.raises(ReleaseError, match="a script fills them"):
        read_release(page(tmp_path / "a.html", rows=lines, before=script), "PAR_INDEX", 2021)


@pytest.mark.parametrize(
    ("body", "css", "found"),
    [
        (f"<table><tr><th>{'<th>'.join(HEAD)}</table><script>fill()</script>", "", "a script"),
        ("<div><p>STT<p>Tỉnh</div>", "p { display: table-cell }", "that styles make"),
        ("<div><p>STT<p>Tỉnh</div>", "", ""),
    ],
)
def test_what_a_page_has_instead_of_a_table_is_told(
    body: str, css: str, found: str, tmp_path: Path
) -> None:
    text = f"<!doctype html><meta charset=utf-8><style>{css}</style><body>{body}"
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match="the page has no table") as caught:
        read_release(tmp_path / "a.html", "PAR_INDEX", 2021)
    assert found in caught.value.found
    assert bool(found) == bool(caught.value.found)


@pytest.mark.parametrize("above", [1, 2])
def test_headings_of_a_table_whose_rows_move_beneath_them(above: int, tmp_path: Path) -> None:
    """They are a table of their own, and hidden in that of the rows."""
    extra = f"<tr><th colspan={len(HEAD)}>Kết quả</th></tr>" if above > 1 else ""
    heads = f"{extra}<tr>{''.join(f'<th>{text}</th>' for text in HEAD)}</tr>"
    away = "<div style='height: 0; overflow: hidden'>"
    own = heads.replace("<th>", f"<th>{away}").replace("Kết quả", f"{away}Kết quả")

    def row(r: int, cells: str) -> str:
        return f"<tr>{cells}</tr>" if r else own

    path = page(tmp_path / "a.html", row=row)
    text = path.read_text("utf-8").replace("<body>", f"<body><table>{heads}</table>")
    path.write_text(text, encoding="utf-8")
    read = same(path, expected(ROWS))
    assert not any("does not show" in note for note in read.release.notes)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Hiển thị 1 đến 63 của 63 mục", ""),
        ("Hiển thị 1 đến 63 của 100 mục", "rows 1 to 63 of 100"),
        ("Showing 1 to 63 of 64 entries", "rows 1 to 63 of 64"),
        ("1-63 trong tổng số 80", "rows 1 to 63 of 80"),
    ],
)
def test_a_page_that_shows_some_rows_only_is_told(said: str, told: str, tmp_path: Path) -> None:
    path = page(tmp_path / "a.html")
    text = path.read_text("utf-8").replace("</table>", f"</table><div>{said}</div>")
    path.write_text(text, encoding="utf-8")
    notes = same(path, expected(ROWS)).release.notes
    assert any("the page says that it shows" in note for note in notes) == bool(told)
    assert not told or any(told in note for note in notes)


# ------------------------------------------------------------------ spreadsheets


def test_what_a_sheet_strikes_out_is_left_out_and_told(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book.active
        old = TextBlock(InlineFont(strike=True), "99,99 ")
        sheet["C5"] = CellRichText(old, f"{ROWS[2][1]:.2f}".replace(".", ","))
        sheet["E4"], sheet["E4"].font = 99.99, Font(strike=True)

    rows = [[n, *row] for n, row in enumerate(ROWS, 1)]
    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *rows], change)
    notes = same(path, expected(ROWS)).release.notes
    assert "a.xlsx sheet 'PL1': text that is struck out is not read: E4, C5" in notes


def test_what_a_sheet_does_not_show_is_told(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book.active
        sheet.column_dimensions["D"].hidden = True
        sheet.row_dimensions[9].hidden = True
        sheet["C12"].font = Font(color="FFFFFFFF")
        sheet["C13"].number_format = ";;;"
        for cell in sheet[2]:  # white on blue is seen
            cell.font, cell.fill = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF003366")

    rows = [[n, *row] for n, row in enumerate(ROWS, 1)]
    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *rows], change)
    notes = same(path, expected(ROWS)).release.notes
    place = "a.xlsx sheet 'PL1'"
    assert f"{place}: hidden rows 9 were treated like the others" in notes
    assert f"{place}: hidden columns D were treated like the others" in notes
    assert any(note.endswith("were treated like the others: C12, C13") for note in notes)


def test_a_hidden_sheet_is_told(tmp_path: Path) -> None:
    rows = [[n, *row] for n, row in enumerate(ROWS, 1)]

    def change(book: Any) -> None:
        book.active.sheet_state = "veryHidden"
        book.create_sheet("Bìa")["A1"] = "SYNTHETIC"

    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *rows], change)
    assert "a.xlsx sheet 'PL1' is hidden and was read" in same(path, expected(ROWS)).release.notes


WHITE = "<w:color w:val='FFFFFF'/>"


@pytest.mark.parametrize(
    "properties",
    [
        WHITE,
        "<w:color w:val='FEFEFE'/>",
        "<w:sz w:val='2'/>",
        "<w:rStyle w:val='away'/>",
        "<w14:textFill xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml'>"
        "<w14:noFill/></w14:textFill>",
    ],
)
def test_a_digit_of_word_that_nobody_sees_is_left_out_and_told(
    properties: str, tmp_path: Path
) -> None:
    styles = f"<w:style w:styleId='away'><w:rPr>{WHITE}</w:rPr></w:style>"

    def cell(r: int, c: int, text: str) -> str:
        return f"<w:p>{run(text)}{run('4', properties) if r and c == 2 else ''}</w:p>"

    notes = same(word(tmp_path / "a.docx", cell, styles=styles), expected(ROWS)).release.notes
    assert any("hidden text is not read: row 2 column 3" in note for note in notes)


@pytest.mark.parametrize(
    "properties", ["<w:vertAlign w:val='subscript'/>", "<w:position w:val='-6'/>"]
)
def test_digits_that_are_lowered_are_marks(properties: str, tmp_path: Path) -> None:
    def cell(r: int, c: int, text: str) -> str:
        return f"<w:p>{run(text)}{run('1', properties) if (r, c) == (3, 2) else ''}</w:p>"

    same(word(tmp_path / "a.docx", cell), expected(ROWS))
