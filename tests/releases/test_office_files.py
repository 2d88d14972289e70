"""Files that office programs open and a library may refuse; files under another's name."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable, Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

import build_corpus
import pytest
from build_corpus import Table
from test_forms import expected, plain, ranked
from test_shown import HEAD, TITLE, page, word
from test_spreadsheets import body, ods, ods_rows, same, table, workbook

from parstudy.errors import ReleaseError
from parstudy.intake import read_release

ROWS = ranked(51)
SHOWN = ranked(71)  # what the tables of test_shown hold
Change = Callable[[dict[str, bytes]], None]


def book(path: Path, change: Change, made: Callable[[Any], None] | None = None) -> Path:
    """A workbook whose parts were changed after it was written."""
    return repacked(workbook(path, [[TITLE], HEAD, *body()], made), change)


def repacked(path: Path, change: Change) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def put(name: str, old: str, new: str) -> Change:
    """Replace text of a part; the test must not pass because nothing was replaced."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts[name].decode()
        assert re.search(old, text), old
        parts[name] = re.sub(old, new, text, count=1).encode()

    return change


def strict(parts: dict[str, bytes]) -> None:
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            parts[name] = re.sub(
                rb"http://schemas\.openxmlformats\.org/(spreadsheetml|wordprocessingml"
                rb"|officeDocument|drawingml)/2006/",
                rb"http://purl.oclc.org/ooxml/\1/",
                data,
            )


def renamed(old: str, new: str) -> Change:
    """Give a part another name, there and where it is named."""

    def change(parts: dict[str, bytes]) -> None:
        parts[new] = parts.pop(old)
        for name, data in parts.items():
            parts[name] = data.replace(old.encode(), new.encode())
            if name.endswith(".rels"):
                short = old.rpartition("/")[2].encode(), new.rpartition("/")[2].encode()
                parts[name] = parts[name].replace(*short)
        rels = f"{old.rpartition('/')[0]}/_rels/{old.rpartition('/')[2]}.rels"
        if rels in parts:
            parts[f"{new.rpartition('/')[0]}/_rels/{new.rpartition('/')[2]}.rels"] = parts.pop(rels)

    return change


def backslashes(parts: dict[str, bytes]) -> None:
    for name in list(parts):
        parts[name.replace("/", "\\")] = parts.pop(name)


def without(*names: str) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        for name in names:
            del parts[name]

    return change


def in_utf_16(parts: dict[str, bytes]) -> None:
    text = parts[SHEET].decode()
    parts[SHEET] = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def shared(name: str) -> Change:
    """Strings in a part of their own, as Excel keeps them; openpyxl may write them in place."""

    def change(parts: dict[str, bytes]) -> None:
        if "xl/sharedStrings.xml" in parts:
            parts[name] = parts.pop("xl/sharedStrings.xml")
            return
        texts: list[str] = []

        def moved(match: re.Match[str]) -> str:
            texts.append(match[2])
            return f'<c r="{match[1]}" t="s"><v>{len(texts) - 1}</v></c>'

        inline = r'<c r="([A-Z0-9]+)"[^>]* t="inlineStr"><is>(.*?)</is></c>'
        parts[SHEET] = re.sub(inline, moved, parts[SHEET].decode(), flags=re.S).encode()
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        items = "".join(f"<si>{text}</si>" for text in texts)
        parts[name] = f'<sst xmlns="{space}">{items}</sst>'.encode()
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
        put(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f'<Relationship Id="s9" Type="{kind}" Target="SharedStrings.xml"/></Relationships>',
        )(parts)

    return change


def unplaced(parts: dict[str, bytes]) -> None:
    """Cells and rows that do not say where they stand."""
    parts[SHEET] = re.sub(rb'(<(?:c|row)) r="[A-Z]*[0-9]+"', rb"\1", parts[SHEET])


@pytest.mark.parametrize(
    "change",
    [
        put("xl/styles.xml", "<fill>.*?</fill>", "<fill/>"),
        put("xl/styles.xml", 'theme="1"', 'rgb="nonsense"'),
        put(
            "xl/styles.xml",
            "<borders.*</borders>",
            "<borders><border><left style='x'/></border></borders>",
        ),
        put("xl/styles.xml", "<cellStyleXfs.*</cellStyleXfs>", ""),
        put("xl/styles.xml", "<cellStyles.*</cellStyles>", "<cellStyles><cellStyle/></cellStyles>"),
        put(
            "docProps/core.xml",
            "<dcterms:created.*</dcterms:created>",
            "<dcterms:created>gestern</dcterms:created>",
        ),
        put(
            "xl/workbook.xml",
            "</sheets>",
            "</sheets><definedNames><definedName name='_xlnm.Print_Titles' "
            "localSheetId='9'>#REF!</definedName></definedNames>",
        ),
        put(
            SHEET,
            "</sheetData>",
            "</sheetData><legacyDrawing xmlns:r='http://schemas.openxmlformats.org/"
            "officeDocument/2006/relationships' r:id='rId9'/>",
        ),
        put(
            SHEET,
            "</sheetData>",
            "</sheetData><conditionalFormatting sqref='A1'><cfRule type='x' priority='z'/>"
            "</conditionalFormatting>",
        ),
        put(
            SHEET,
            "</sheetData>",
            "</sheetData><dataValidations><dataValidation type='?' sqref='?'/></dataValidations>",
        ),
        put(SHEET, "<dimension[^>]*>", "<dimension ref='A1:XFD1048576'/>"),
        put("xl/_rels/workbook.xml.rels", 'Target="/xl/', 'Target="'),
        put("[Content_Types].xml", "<Override[^>]*styles[^>]*>", ""),
        without("docProps/core.xml", "docProps/app.xml", "xl/theme/theme1.xml"),
        without("_rels/.rels"),
        renamed("xl/workbook.xml", "xl/workbook2.xml"),
        renamed("xl/worksheets/sheet1.xml", "xl/worksheets/Sheet 1.xml"),
        shared("xl/SharedStrings.xml"),
        shared("xl/sharedstrings.xml"),
        backslashes,
        in_utf_16,
        unplaced,
        strict,
    ],
    ids=lambda change: getattr(change, "__name__", ""),
)
def test_workbooks_that_excel_opens_are_read(change: Change, tmp_path: Path) -> None:
    same(book(tmp_path / "a.xlsx", change), expected(ROWS))


def test_blank_lines_that_a_portal_sends_before_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *body()])
    path.write_bytes(b"\r\n\r\n" + path.read_bytes())
    same(path, expected(ROWS))


def test_a_sheet_that_is_named_and_not_there_is_named(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", without(SHEET))
    with pytest.raises(ReleaseError, match="names a sheet that is not in the file") as caught:
        read_release(path)
    assert caught.value.code == "damaged_file"
    assert "PL1" in caught.value.found


def test_percentages_keep_their_meaning_whatever_the_styles_are(tmp_path: Path) -> None:
    def shares(made: Any) -> None:
        for one in made.active["C"][2:]:
            one.value, one.number_format = one.value / 100, "0.00%"

    change = put("xl/styles.xml", "<fill>.*?</fill>", "<fill/>")
    same(book(tmp_path / "a.xlsx", change, shares), expected(ROWS))


@pytest.mark.parametrize("kept", [True, False])
def test_escaped_characters_are_no_text(kept: bool, tmp_path: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        name = "xl/sharedStrings.xml" if kept else SHEET
        if kept:
            shared(name)(parts)
        text = unescape(parts[name].decode())
        assert "Chỉ số (%)" in text
        text = text.replace("Chỉ số (%)", "Chỉ số_x000D_\n(%)").replace("Hà Nội", "Hà Nội_x000D_")
        parts[name] = text.encode()

    same(book(tmp_path / "a.xlsx", change), expected(ROWS))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576" s="0"/></row>',
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row>',
        '<row r="1048576" hidden="1"><c r="A1048576"></c></row>',
        "".join(
            f'<row r="{r}">' + "".join(f'<c r="{c}{r}" s="0"/>' for c in "ABCDEFGHIJ") + "</row>"
            for r in range(66, 60_000)
        ),
    ],
    ids=["style", "blank", "hidden", "rows"],
)
def test_a_sheet_formatted_to_its_edge_is_read_at_once(cells: str, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", put(SHEET, "</sheetData>", f"{cells}</sheetData>"))
    start = time.process_time()
    same(path, expected(ROWS))
    assert time.process_time() - start < 5


@pytest.mark.parametrize("area", ["A1:XFD1", "A1:D1048576", "F1:XFD1048576"])
def test_areas_merged_to_the_edge_are_read_at_once(area: str, tmp_path: Path) -> None:
    merged = f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'
    change = put(SHEET, "</sheetData>", f"</sheetData>{merged}")
    path = book(tmp_path / "a.xlsx", change)
    start = time.process_time()
    if area == "A1:D1048576":
        with pytest.raises(ReleaseError):
            read_release(path)
    else:
        same(path, expected(ROWS))
    assert time.process_time() - start < 5


def test_a_figure_far_away_is_named(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>'
    with pytest.raises(ReleaseError, match="'7' stands in XFD1048576") as caught:
        read_release(book(tmp_path / "a.xlsx", put(SHEET, "</sheetData>", f"{far}</sheetData>")))
    assert caught.value.code == "zip_bomb"
    assert "Delete what stands far away" in caught.value.advice


def test_columns_and_rows_of_no_size_are_hidden(tmp_path: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        put(SHEET, "<sheetData>", '<cols><col min="4" max="4" width="0"/></cols><sheetData>')(parts)
        put(SHEET, '<row r="9"', '<row r="9" ht="0" customHeight="1"')(parts)

    notes = same(book(tmp_path / "a.xlsx", change), expected(ROWS)).release.notes
    assert [n.split(": ")[1] for n in notes] == [
        "hidden rows 9 were treated like the others",
        "hidden columns D were treated like the others",
    ]


def test_an_array_formula_without_a_value_is_refused(tmp_path: Path) -> None:
    change = put(
        SHEET, r'<c r="C9"([^>]*)><v>[^<]*</v>', r'<c r="C9"><f t="array" ref="C9">1+1</f>'
    )
    with pytest.raises(ReleaseError) as caught:
        read_release(book(tmp_path / "a.xlsx", change))
    assert caught.value.code == "formula_without_value"
    assert caught.value.place.endswith("!C9")


# ------------------------------------------------------------------ Word


def whole_word(path: Path, main: str = "word/document.xml") -> Path:
    """A document by python-docx, with all the parts that Word writes."""
    import docx

    document = docx.Document()
    document.add_paragraph(TITLE)
    made = document.add_table(rows=0, cols=4)
    for row in [HEAD, *plain(ROWS)]:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    return (
        path if main == "word/document.xml" else repacked(path, renamed("word/document.xml", main))
    )


@pytest.mark.parametrize(
    "main", ["word/document.xml", "word/document2.xml", "word/document22.xml", "doc/main.xml"]
)
def test_the_main_part_of_a_document_is_found_by_its_relationship(
    main: str, tmp_path: Path
) -> None:
    same(whole_word(tmp_path / "a.docx", main), expected(ROWS))


@pytest.mark.parametrize("change", [strict, backslashes, without("word/styles.xml")])
def test_documents_that_word_opens_are_read(change: Change, tmp_path: Path) -> None:
    same(repacked(whole_word(tmp_path / "a.docx"), change), expected(ROWS))


# ------------------------------------------------------------------ names that lie


def xml_2003(path: Path, rows: Sequence[Sequence[Any]], extra: str = "") -> Path:
    """An XML Spreadsheet of 2003; a title over all columns, shares shown as percentages."""

    def cell(value: Any) -> str:
        if isinstance(value, str):
            return f'<Cell><Data ss:Type="String">{escape(value)}</Data></Cell>'
        style = ' ss:StyleID="s1"' if isinstance(value, float) else ""
        value = value / 100 if isinstance(value, float) else value
        return f'<Cell{style}><Data ss:Type="Number">{value!r}</Data></Cell>'

    lines = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="s1">'
        '<NumberFormat ss:Format="Percent"/></Style></Styles><Worksheet ss:Name="PL1"><Table>'
        f'{extra}<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">{TITLE}</Data></Cell></Row>'
        f'<Row ss:Index="3">{"".join(map(cell, HEAD))}</Row>{lines}</Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("suffix", ["xls", "xlsx", "xml"])
def test_xml_spreadsheets_are_read_under_any_name(suffix: str, tmp_path: Path) -> None:
    path = xml_2003(tmp_path / f"a.{suffix}", body())
    read = same(path, expected(ROWS))
    assert "!C4" in read.figures["locator"].iloc[0]


def test_hidden_columns_of_an_xml_spreadsheet_are_told(tmp_path: Path) -> None:
    path = xml_2003(tmp_path / "a.xls", body(), '<Column ss:Index="4" ss:Hidden="1"/>')
    notes = same(path, expected(ROWS)).release.notes
    assert "a.xls sheet 'PL1': hidden columns D were treated like the others" in notes


def mhtml(text: str) -> bytes:
    import base64

    packed = base64.encodebytes(text.encode()).decode()
    return (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<frameset></frameset>\r\n"
        "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{packed}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("suffix", ["xls", "xlsx", "csv", "doc", "pdf", "aspx", "ods"])
@pytest.mark.parametrize("kind", ["html", "mhtml", "docx", "xlsx", "ods", "tab"])
def test_files_are_read_by_what_is_in_them(kind: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    rows = SHOWN if kind in ("html", "mhtml", "docx") else ROWS
    if kind == "tab":
        if suffix in ("doc", "aspx"):
            pytest.skip("plain text says nothing of itself")
        path.write_text(table([[TITLE], HEAD, *body()], "\t"), encoding="utf-8")
    elif kind in ("html", "mhtml"):
        page(path)
        if kind == "mhtml":
            path.write_bytes(mhtml(path.read_text(encoding="utf-8")))
    elif kind == "docx":
        word(path)
    elif kind == "xlsx":
        workbook(tmp_path / "b.xlsx", [[TITLE], HEAD, *body()]).rename(path)
    else:
        ods(path, ods_rows())
    read = same(path, expected(rows))
    formats = {"mhtml": "html", "tab": "csv"}
    assert f'format = "{formats.get(kind, kind)}"' in read.layout.toml


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32", "cp1258"])
def test_text_that_is_named_a_workbook(codec: str, tmp_path: Path) -> None:
    """Portals send separated text as ``.xls``, Excel itself "Unicode text"."""
    text = table([[TITLE], HEAD, *body()], "\t")
    data = build_corpus.cp1258(text) if codec == "cp1258" else text.encode(codec)
    (tmp_path / "a.xls").write_bytes(data)
    same(tmp_path / "a.xls", expected(ROWS))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def entry(name: str, kind: bytes = b"") -> bytes:
    """An entry of a compound file; ``kind`` is how its identity begins."""
    return (name.encode("utf-16-le").ljust(80, b"\0") + kind).ljust(128, b"\0")


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "pdf", "docx", "html", "csv"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_of_cells_is_read_whatever_its_name(
    separator: str, suffix: str, tmp_path: Path
) -> None:
    """Cells with the mark in them stand within quotes."""
    head = ["STT", "Tỉnh, thành phố", "Chỉ số; tổng (%)", "Xếp hạng"]
    text = table([head, *plain(ROWS)], separator)
    (tmp_path / f"a.{suffix}").write_text(text, encoding="utf-8")
    same(tmp_path / f"a.{suffix}", expected(ROWS), index="PAR_INDEX", year=2021)


@pytest.mark.parametrize(
    ("data", "found", "advice"),
    [
        (b"{\\rtf1\\ansi x}", "Rich Text (RTF)", "save it as DOCX"),
        (OLE + "WordDocument".encode("utf-16-le"), "an old Word document (DOC)", "save it as DOCX"),
        (
            OLE + "WordDocument".encode("utf-16-le") + bytes(3) + "Bookmark".encode("utf-16-le"),
            "an old Word document (DOC)",
            "save it as DOCX",
        ),
        (
            OLE + entry("Root Entry", b"\x06\x09\x02") + entry("Workbook") + entry("WordDocument"),
            "an old Word document (DOC)",
            "save it as DOCX",
        ),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "presentation", "save it as PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "a picture (JPEG)", "Ask for the original file"),
        (b"Rar!\x1a\x07" + bytes(64), "a RAR archive", "Unpack it"),
        (b"\x1f\x8b\x08" + bytes(64), "a GZIP archive", "Unpack it"),
        (b'<?xml version="1.0"?><w:wordDocument xmlns:w="x"/>', "Word 2003 XML", "save it as XLSX"),
        (b'<?xml version="1.0"?><office:document xmlns:office="x"/>', "OpenDocument", "save it as"),
        (b'<?xml version="1.0"?><rss version="2.0"/>', "XML (rss)", "save it as"),
    ],
)
@pytest.mark.parametrize("suffix", ["xls", "xlsx", "docx", "pdf", "csv", "html", "bin"])
def test_what_is_not_read_is_named_with_what_to_do(
    data: bytes, found: str, advice: str, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(data)
    with pytest.raises(ReleaseError) as caught:
        read_release(path, "PAR_INDEX", 2021)
    assert caught.value.code == "wrong_format"
    assert found in caught.value.found
    assert advice in caught.value.advice
    assert caught.value.place == path.name


def test_an_archive_of_files_is_named(tmp_path: Path) -> None:
    one = Table([HEAD, *plain(ROWS)], title=TITLE)
    build_corpus.write_xlsx(tmp_path / "b.xlsx", [one])
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.write(tmp_path / "b.xlsx", "Phụ lục/PL1.xlsx")
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.xlsx")
    assert caught.value.code == "wrong_format"
    assert "Phụ lục/PL1.xlsx" in caught.value.found
    assert "Unpack it" in caught.value.advice


def test_a_worksheet_of_an_old_excel_is_refused_for_its_age(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"\x09\x00\x04\x00\x07\x00\x10\x00\x0a\x00\x00\x00")
    with pytest.raises(ReleaseError, match="Excel 4 or older") as caught:
        read_release(path, "PAR_INDEX", 2021)
    assert caught.value.code == "wrong_format"
