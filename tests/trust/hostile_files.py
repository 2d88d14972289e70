"""Files made to eat a machine: small on disk, without end when they are unfolded.

    python tests/trust/hostile_files.py DIR

Every format that releases and plans are read from, with each of its ways to say "and so on" driven
to the edge: spans, repeats, nesting, packing, entities, loops, numbers, long cells.
"""

from __future__ import annotations

import io
import itertools
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

NAMES = ("Lạng Sơn", "Cao Bằng", "Bắc Kạn", "Hà Giang")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MANY = (1_000, 1_000_000, 4_000_000_000, 10**60)
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]>"
)
LONG = ("<!DOCTYPE x [<!ENTITY a '" + "A" * 200_000 + "'>]>", "&a;" * 20_000)
CHARACTERS = " 0179.,-−+()[]{}/\\|:;*%'\"<>=&#@_^~!?aZđI²…\t\u00a0\u2003\u0301"


@dataclass(frozen=True)
class Hostile:
    """A file: its name, what makes its bytes, and whether it is quick to make and to refuse."""

    name: str
    make: Callable[[], bytes]
    quick: bool = True


def packed(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


# --- Word ----------------------------------------------------------------------------------------


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


PROVINCES = "".join(row(cell(n), cell("8,1"), cell("1")) for n in NAMES)
TABLE = f"<w:tbl>{row(cell('Tỉnh'), cell('Điểm'), cell('Xếp hạng'))}{PROVINCES}</w:tbl>"


def docx(body: str, head: str = "", **parts: str) -> bytes:
    document = f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return packed({"word/document.xml": document, **parts})


def of_word() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for many in MANY:
        before, span = f'<w:gridBefore w:val="{many}"/>', f'<w:gridSpan w:val="{many}"/>'
        for rows in (3, 30_000):
            lines = row(cell("1"), cell("2"), properties=before) * rows
            yield f"grid_before_{many:.0e}_{rows}", lambda x=lines: docx(f"<w:tbl>{x}</w:tbl>")
            wide = row(cell("1", span), cell("2")) * rows
            yield f"grid_span_{many:.0e}_{rows}", lambda x=wide: docx(f"<w:tbl>{x}</w:tbl>")
    deep = "<w:tbl><w:tr><w:tc>"
    for depth in (50, 400, 5_000):
        end = "</w:tc></w:tr></w:tbl>" * depth
        yield (
            f"tables_within_tables_{depth}",
            lambda d=depth, e=end: docx(TABLE + deep * d + "<w:p/>" + e),
        )
    yield "many_tables", lambda: docx(TABLE * 5_000)
    yield "many_rows", lambda: docx(f"<w:tbl>{PROVINCES * 100_000}</w:tbl>")
    for tag in ("ins", "sdt", "smartTag", "del", "hyperlink"):
        runs = f"<w:{tag}><w:r><w:t>1</w:t></w:r></w:{tag}>" * 150_000
        yield f"wrappers_{tag}", lambda x=runs: docx(TABLE + f"<w:p>{x}</w:p>")
    yield "wrappers_deep", lambda: docx(TABLE + "<w:ins>" * 100_000 + "</w:ins>" * 100_000)
    yield "one_paragraph", lambda: docx(TABLE + "<w:p><w:r><w:t>" + "a" * 30_000_000)
    yield (
        "fields",
        lambda: docx(
            TABLE + "<w:p>" + "<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * 20_000 + "</w:p>"
        ),
    )
    styles = "".join(
        f"<w:style w:styleId='s{n}'><w:basedOn w:val='s{n + 1}'/></w:style>" for n in range(50_000)
    )
    yield (
        "styles",
        lambda: docx(
            TABLE,
            **{
                "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org'
                f'/package/2006/relationships"><Relationship Id="a" Type="{R}/styles" '
                'Target="styles.xml"/></Relationships>',
                "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
            },
        ),
    )
    yield "laughs", lambda: docx(TABLE.replace("8,1", "&a11;"), LAUGHS)
    yield "long_entity", lambda: docx(TABLE.replace("8,1", LONG[1]), LONG[0])
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    yield "outside_entity", lambda: docx(TABLE.replace("8,1", "&a;"), outside)
    yield "bomb", lambda: docx(" " * 400_000_000)
    yield "bomb_beside", lambda: docx(TABLE, **{"word/media/a.png": "0" * 300_000_000})
    yield "deep_xml", lambda: docx(TABLE + "<w:x>" * 200_000)
    yield "digits", lambda: docx(TABLE.replace("8,1", "9" * 100_000))
    yield "no_main_part", lambda: packed({"word/other.xml": "<a/>", "_rels/.rels": "<a/>"})
    merged = row(cell("", "<w:vMerge/>"), cell("1", "<w:vMerge/>"))
    yield "merged_down", lambda: docx(f"<w:tbl>{merged * 60_000}</w:tbl>")
    sym = "<w:sym w:font='Symbol' w:char='" + "F" * 5_000 + "'/>"
    symbol = row(f"<w:tc><w:p><w:r>{sym}</w:r></w:p></w:tc>")
    yield "symbols", lambda: docx(f"<w:tbl>{symbol}</w:tbl>")


# --- Excel ---------------------------------------------------------------------------------------

SHEET = "".join(
    f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{name}</t></is></c><c r="B{n}"><v>8.{n}</v></c>'
    f'<c r="C{n}"><v>{n}</v></c></row>'
    for n, name in enumerate(("Tỉnh", *NAMES), 1)
)
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'


def xlsx(data: str, after: str = "", head: str = "", sheets: int = 1, **parts: str) -> bytes:
    book = "".join(f'<sheet name="s{n}" sheetId="{n + 1}" r:id="r0"/>' for n in range(sheets))
    related = f'<Relationship Id="r0" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/>'
    for name in parts:
        kind = name.rsplit("/", 1)[-1].removesuffix(".xml")
        target = name.removeprefix("xl/")
        related += f'<Relationship Id="{kind}" Type="{R}/{kind}" Target="{target}"/>'
    return packed(
        {
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets>{book}</sheets>'
            "</workbook>",
            "xl/_rels/workbook.xml.rels": f"{_RELATIONS}{related}</Relationships>",
            "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{S}"><sheetData>{data}'
            f"</sheetData>{after}</worksheet>",
            **parts,
        }
    )


def numbers_in(rows: int, columns: int) -> str:
    # no two alike, so that they are not refused for being packed too well
    value = itertools.count(1)
    lines = (
        "".join(f"<c><v>{next(value) * 7919 % 99991}</v></c>" for _ in range(columns))
        for _ in range(rows)
    )
    return SHEET + "".join(f"<row>{line}</row>" for line in lines)


def of_excel() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for area in ("A1:XFD1048576", "A1:XFD1", "A1:A1048576", "A1:ZZZ9999999"):
        for many in (1, 5_000):
            one = f'<mergeCell ref="{area}"/>'
            merges = f"<mergeCells>{one * many}</mergeCells>"
            yield f"merge_{area.replace(':', '_')}_{many}", lambda m=merges: xlsx(SHEET, m)
    big = numbers_in(600, 600)
    merges = "<mergeCells>" + '<mergeCell ref="A1:WB600"/>' * 3_000 + "</mergeCells>"
    yield "merges_over_cells", lambda: xlsx(big, merges)
    for place in ("XFD1048576", "B1048576", "XFD7", "ZZZ9999999", "AB20000"):
        number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        far = f'<row r="{number}"><c r="{place}"><v>1</v></c></row>'
        yield f"far_{place}", lambda f=far: xlsx(SHEET + f)
    for rows, columns in ((1_900, 1_000), (40_000, 100), (1_000_000, 1), (9, 16_384)):
        yield f"cells_{rows}_{columns}", lambda r=rows, c=columns: xlsx(numbers_in(r, c))
    for row_number in ("0", "-5", "9" * 5_000, "1e9", "x"):
        yield (
            f"row_{row_number[:5]}",
            lambda n=row_number: xlsx(SHEET + f'<row r="{n}"><c><v>1</v></c></row>'),
        )
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(6, 400_000))
    yield "blank_and_unplaced", lambda: xlsx(SHEET + blank + "<row><c/></row>")
    yield "many_sheets", lambda: xlsx(numbers_in(300, 300), sheets=500)
    yield "very_many_sheets", lambda: xlsx(SHEET, sheets=50_000)
    strings = f'<sst xmlns="{S}">' + "<si><t>a</t></si>" * 1_500_000 + "</sst>"
    yield "strings", lambda: xlsx(SHEET, **{"xl/sharedStrings.xml": strings})
    for number in ("99999999", "-1", "9" * 5_000):
        bad = f'<row r="7"><c t="s"><v>{number}</v></c></row>'
        yield f"string_{number[:5]}", lambda b=bad: xlsx(SHEET + b)
    for n, shape in enumerate(("[" * 500_000, '"' * 500_001, "\\" * 500_000, "0" * 500_000, "d[")):
        styles = (
            f'<styleSheet xmlns="{S}"><numFmts><numFmt numFmtId="200" formatCode='
            f"'{shape}'/></numFmts><cellXfs>"
            + '<xf numFmtId="200"/>' * 3_000
            + "</cellXfs></styleSheet>"
        )
        data = SHEET + '<row r="7"><c s="0"><v>44000</v></c></row>'
        yield f"format_{n}", lambda d=data, s=styles: xlsx(d, **{"xl/styles.xml": s})
    for value in ("9" * 100_000, "1e999", "nan", "-1e308", "0." + "1" * 100_000, "1_0"):
        data = SHEET.replace("8.2", value)
        yield f"value_{value[:5]}", lambda d=data: xlsx(d)
    columns = '<cols><col min="1" max="4000000000" hidden="1"/></cols>'
    yield "hidden_columns", lambda: xlsx(SHEET, columns)
    yield "laughs", lambda: xlsx(SHEET.replace("<v>8.2", "<v>&a11;"), head=LAUGHS)
    yield "long_entity", lambda: xlsx(SHEET.replace("<v>8.2", f"<v>{LONG[1]}"), head=LONG[0])
    yield "bomb", lambda: xlsx(" " * 500_000_000)
    yield "bomb_of_rows", lambda: xlsx(SHEET + "<row/>" * 30_000_000)
    yield "deep_xml", lambda: xlsx(SHEET + "<x>" * 300_000)
    yield "text", lambda: xlsx(SHEET.replace("Cao Bằng", "x" * 40_000_000))
    yield "address", lambda: xlsx(SHEET + f'<row><c r="{"A" * 5_000}1"><v>1</v></c></row>')
    yield "days", lambda: xlsx(SHEET + '<row><c t="d"><v>' + "9" * 100_000 + "</v></c></row>")


# --- pages ---------------------------------------------------------------------------------------

_HTML_ROWS = "".join(f"<tr><td>{n}</td><td>8,1</td><td>1</td></tr>" for n in NAMES)
HTML_TABLE = f"<table><tr><th>Tỉnh<th>Điểm<th>Xếp hạng</tr>{_HTML_ROWS}</table>"


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def of_pages() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for many in ("1000", "65535", "99999", "4000000000", "9" * 5_000):
        for rows in (2, 3_000):
            for name in ("colspan", "rowspan"):
                line = f"<tr><td {name}={many}>1</td><td>2</td></tr>" * rows
                yield f"{name}_{many[:10]}_{rows}", lambda x=line: page(f"<table>{x}</table>")
            both = f"<tr><td rowspan={many} colspan={many}>1</td></tr>" * rows
            yield f"both_{many[:10]}_{rows}", lambda x=both: page(f"<table>{x}</table>")
    yield "many_tables", lambda: page(HTML_TABLE * 20_000)
    yield "tables_of_layout", lambda: page("<table><tr><td>a</table>" * 100_000 + HTML_TABLE)
    for depth in (100, 240, 20_000):
        inner = "<table><tr><td>1</td><td>" * depth
        yield f"tables_within_tables_{depth}", lambda x=inner: page(x + HTML_TABLE)
        yield f"divs_{depth}", lambda d=depth: page("<div>" * d + HTML_TABLE)
        yield f"lists_{depth}", lambda d=depth: page("<b><i>" * d + HTML_TABLE)
    yield "cells", lambda: page("<table>" + ("<tr>" + "<td>1" * 1_000) * 2_000 + "</table>")
    yield "wide", lambda: page("<table><tr>" + "<td>1" * 900_000 + "<tr><td>1</table>")
    rules = "".join(f".c{n} div{{display:none}}" for n in range(20_000))
    yield "rules", lambda: page("<p>a</p>" * 20_000 + HTML_TABLE, f"<style>{rules}</style>")
    for n, selector in enumerate(
        ("p~p~p~p", "p+p+p+p", "* * * * * *", "p:nth-child(2n)", "p:nth-last-of-type(3n+1)")
    ):
        sheet = f"<style>{selector}{{display:none}}</style>"
        yield f"selector_{n}", lambda s=sheet: page("<p>a</p>" * 60_000 + HTML_TABLE, s)
    for n, said in enumerate(
        ("/*" * 500_000, "a{" * 300_000, "@media x{" * 200_000, "[" * 500_000, "(" * 500_000,
         ":" * 500_000, "a{content:'" + "\\0" * 300_000, "a" * 2_000_000, "@" * 500_000,
         "a{opacity:0." + "0" * 500_000 + "x}", "." * 500_000, "a,".join("b" * 100_000))
    ):  # fmt: skip
        yield f"sheet_{n}", lambda s=said: page(HTML_TABLE, f"<style>{s}</style>")
    said = "td::before{content:'" + "x" * 1_000 + "'}"
    yield (
        "printed_before",
        lambda: page("<table>" + "<tr><td>1<td>2" * 60_000 + "</table>", f"<style>{said}</style>"),
    )
    yield "comment", lambda: page("<!--" + "-" * 30_000_000 + HTML_TABLE)
    yield "attribute", lambda: page(f"<p title='{'a' * 30_000_000}'>" + HTML_TABLE)
    yield "text", lambda: page("a" * 60_000_000 + HTML_TABLE)
    yield "entities", lambda: page("&amp;" * 5_000_000 + HTML_TABLE)
    yield "digits", lambda: page(HTML_TABLE.replace("8,1", "9" * 100_000))
    yield "options", lambda: page(HTML_TABLE.replace("8,1", "<select>" + "<option>1" * 500_000))
    parts = "--b\r\nContent-Type: text/html\r\n\r\n<table><tr><td>1</table>\r\n" * 20_000
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    yield "mhtml_parts", lambda: (head + parts + "--b--").encode()
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(3_000)
    )
    yield "mhtml_nested", lambda: ("MIME-Version: 1.0\r\n" + nested).encode()


# --- OpenDocument, Excel 97, XML of 2003 ---------------------------------------------------------


def ods(rows: str, head: str = "") -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'{head}<o:document-content xmlns:o="{space}:office:1.0" xmlns:t="{space}:table:1.0" '
        f'xmlns:x="{space}:text:1.0"><o:body><o:spreadsheet><t:table t:name="a">{rows}</t:table>'
        "</o:spreadsheet></o:body></o:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                   "content.xml": content,
                   "META-INF/manifest.xml": "<manifest/>"})  # fmt: skip


def ods_cell(value: str, said: str = "") -> str:
    return (
        f'<t:table-cell o:value-type="float" o:value="{value}" {said}><x:p>1</x:p></t:table-cell>'
    )


def of_others() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for many in MANY:
        columns = f't:number-columns-repeated="{many}"'
        rows = f't:number-rows-repeated="{many}"'
        spans = f't:number-columns-spanned="{many}" t:number-rows-spanned="{many}"'
        one = ods_cell("1")
        shapes = {
            "columns": f"<t:table-row>{ods_cell('1', columns)}</t:table-row>",
            "rows": f"<t:table-row {rows}>{one}{one}</t:table-row>",
            "both": f"<t:table-row {rows}>{ods_cell('1', columns)}</t:table-row>",
            "gap": f"<t:table-row><t:table-cell {columns}/>{one}</t:table-row>",
            "gap_of_rows": f"<t:table-row {rows}><t:table-cell/></t:table-row>"
            f"<t:table-row>{one}{one}</t:table-row>",
            "spans": f"<t:table-row>{ods_cell('1', spans)}{one}</t:table-row>" * 40,
            "declared": f"<t:table-column {columns} t:visibility='collapse'/>"
            f"<t:table-row>{one}{one}</t:table-row>",
        }
        for name, shape in shapes.items():
            yield f"{name}_{many:.0e}.ods", lambda s=shape: ods(s)
    yield (
        "laughs.ods",
        lambda: ods("<t:table-row><t:table-cell>&a11;</t:table-cell></t:table-row>", LAUGHS),
    )
    yield "digits.ods", lambda: ods(f"<t:table-row>{ods_cell('9' * 100_000)}</t:table-row>")
    yield "bomb.ods", lambda: ods(" " * 500_000_000)
    for name, line in {
        "across": '<Row><Cell ss:MergeAcross="4000000000"><Data ss:Type=N>1</Data></Cell></Row>',
        "down": '<Row><Cell ss:MergeDown="4000000000"><Data ss:Type=N>1</Data></Cell></Row>',
        "index": '<Row ss:Index="99999"><Cell ss:Index="4000000000"><Data>1</Data></Cell></Row>',
        "span": '<Row ss:Span="4000000000"><Cell><Data>1</Data></Cell></Row>' * 50,
        "digits": f'<Row><Cell><Data ss:Type="Number">{"9" * 100_000}</Data></Cell></Row>',
        "many": '<Row ss:Index="1"><Cell ss:Index="1999"><Data>1</Data></Cell></Row>' * 3_000,
        "deep": "<Row><Cell><Data>" + "<B>" * 50_000,
    }.items():
        said = line.replace("ss:Type=N", 'ss:Type="Number"')
        text = (
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
            'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
            f"{said * 2}</Table></Worksheet></Workbook>"
        )
        yield f"xml2003_{name}.xls", lambda t=text: t.encode()
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    for name, shift in (("sector_0", 0), ("sector_9", 9), ("sector_65535", 65_535)):
        body = struct.pack("<HHHHH", 62, 3, 0xFFFE, shift, 6) + b"\0" * 40 + b"\0\0\0\0" * 109
        book = "Workbook".encode("utf-16-le") + b"\0" * 4_000
        yield f"compound_{name}.xls", lambda b=body, k=book: head + b + k
    yield "compound_circle.xls", in_a_circle


def in_a_circle() -> bytes:
    """A compound file whose sectors follow each other for ever: two of the directory, one alone."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 2, 1, 3, *[0xFFFFFFFF] * 124)
    directory = b""
    for name, kind, child in (("Root Entry", 5, 1), ("Workbook", 2, 0xFFFFFFFF)):
        text = name.encode("utf-16-le") + b"\0\0"
        directory += text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
        directory += struct.pack("<3I", 0xFFFFFFFF, 0xFFFFFFFF, child) + b"\0" * 36
        directory += struct.pack("<IQ", 3, 2**31 - 1)
    directory = directory.ljust(512, b"\0")
    return head + table + directory * 2 + b"\x09\x08\x10\0\0\x06\x05\0".ljust(512, b"\x09")


# --- text ----------------------------------------------------------------------------------------

CSV = "Tỉnh,Điểm,Xếp hạng\n" + "".join(f"{n},8.{k}1,{k}\n" for k, n in enumerate(NAMES, 1))


def of_text() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for n, char in enumerate(CHARACTERS):
        quoted = '"' + char.replace('"', '""') * 1_000_000 + '"'
        for place, old in (("head", "Xếp hạng"), ("name", NAMES[1]), ("figure", "8.21")):
            yield f"{place}_{n}", lambda q=quoted, o=old: CSV.replace(o, q, 1).encode()
    yield "large", lambda: (CSV + "a,1,2\n" * 35_000_000).encode()
    yield "one_line", lambda: b"a" * 50_000_000
    yield "commas", lambda: b"," * 25_000_000
    yield "lines", lambda: b"\n" * 25_000_000
    yield "returns", lambda: b"1\r" * 10_000_000
    yield "quotes", lambda: b'"' * 25_000_001
    yield "open_quote", lambda: CSV.encode() + b',"' + b"a,b\n" * 5_000_000
    yield "columns", lambda: (CSV + ",".join(["1"] * 600_000) + "\n").encode()
    yield "widths", lambda: (CSV + "".join("1," * n + "\n" for n in range(900))).encode()
    yield "zeros", lambda: b"\0" * 20_000_000
    yield "zeros_within", lambda: CSV.encode("utf-16-le") * 100_000
    yield "surrogates", lambda: b"\xff\xfe" + b"\x00\xd8" * 5_000_000
    marks = "a" + "\u0323\u0301" * 500_000
    yield "marks", lambda: CSV.replace(NAMES[1], marks).encode()
    yield "digits", lambda: CSV.replace("8.21", "9" * 100_000).encode()
    yield "exponent", lambda: CSV.replace("8.21", "1e" + "9" * 1_000).encode()
    yield "separators", lambda: "\n".join([",;\t|" * 3_000] * 30).encode()


# --- PDF -----------------------------------------------------------------------------------------


def pdf(*objects: bytes) -> bytes:
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, 2)
    places = []
    for number, one in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def stream(body: bytes, said: bytes = b"", *, times: int = 1) -> bytes:
    for _ in range(times):
        body = zlib.compress(body, 9)
    filters = b"[" + b"/FlateDecode " * times + b"]"
    return b"<< /Length %d /Filter %s %s >>\nstream\n%s\nendstream" % (
        len(body),
        filters,
        said,
        body,
    )


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
WORDS = b"BT /F 9 Tf " + b"".join(
    b"1 0 0 1 50 %d Tm (Lang Son 8%d,1 12 3 4 5) Tj " % (700 - 12 * n, n) for n in range(9)
) + b"ET "  # fmt: skip


def one_page(
    content: bytes, *more: bytes, box: bytes = b"0 0 595 842", drawn: bytes = b"", times: int = 1
) -> bytes:
    return pdf(
        CATALOG,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F 5 0"
        b" R >> /XObject << %s >> >> >>" % (box, drawn),
        stream(content, times=times),
        FONT,
        *more,
    )


def pages(many: int, box: bytes = b"0 0 595 842", content: bytes = WORDS) -> bytes:
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(many))
    each = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 3 0 R /Resources << /Font << /F 4 0"
        b" R >> >> >>" % box
    )
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, many)
    return pdf(CATALOG, tree, stream(content), FONT, *[each] * many)


def forms(depth: int, times: int, *, loop: bool = False) -> bytes:
    more = []
    for n in range(depth):
        last = n == depth - 1 and not loop
        inner = 6 if n == depth - 1 else 7 + n
        body = WORDS if last else b"/X Do " * times
        said = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F 5 0 R"
        said += b" >> /XObject << /X %d 0 R >> >>" % inner
        more.append(stream(body, said))
    return one_page(WORDS + b"/X Do " * times, *more, drawn=b"/X 6 0 R")


def of_pdf() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for many in (600, 10_000, 60_000):
        yield f"pages_{many}", lambda m=many: pages(m)
    yield "a0_scans", lambda: pages(60, b"0 0 2384 3370", b"0 0 m 9 9 l S")
    for side in (20_000, 10**6, 10**9, 10**15):
        yield f"box_{side:.0e}", lambda s=side: one_page(WORDS, box=b"0 0 %d %d" % (s, s))
        yield f"strip_{side:.0e}", lambda s=side: one_page(WORDS, box=b"0 0 %d 9" % s)
    yield "box_none", lambda: one_page(WORDS, box=b"0 0 0 0")
    yield "box_turned", lambda: one_page(WORDS, box=b"595 842 0 0")
    yield "box_words", lambda: one_page(WORDS, box=b"/a /b (c) null")
    for megabytes in (50, 300, 1_000):
        blank = b" " * 1_000_000
        yield f"packed_{megabytes}", lambda m=megabytes, b=blank: one_page(WORDS + b * m)
    yield "packed_twice", lambda: one_page(WORDS + b" " * 900_000_000, times=2)
    yield "packed_thrice", lambda: one_page(WORDS + b" " * 300_000_000, times=3)
    for depth, times in ((5, 10), (12, 10), (30, 2), (60, 3), (200, 1)):
        yield f"forms_{depth}_{times}", lambda d=depth, t=times: forms(d, t)
    yield "forms_loop", lambda: forms(1, 5, loop=True)
    yield "forms_loops", lambda: forms(8, 3, loop=True)
    for name, part in {
        "lines": b"0 0 m 9 9 l S ",
        "boxes": b"1 1 5 5 re S ",
        "states": b"q ",
        "states_ended": b"Q ",
        "numbers": b"1 ",
        "arrays": b"[ ",
        "dictionaries": b"<< ",
        "strings": b"(",
        "texts": b"BT /F 9 Tf (12) Tj ET ",
        "names": b"/a ",
        "huge_numbers": b"9" * 400 + b" ",
        "curves": b"0 0 1 1 2 2 c S ",
    }.items():
        yield f"content_{name}", lambda p=part: one_page(WORDS + p * (12_000_000 // len(p)))
    yield (
        "text_at_one_place",
        lambda: one_page(
            b"BT /F 9 Tf "
            + b"".join(
                b"1 0 0 1 50 50 Tm (%c%d) Tj " % (65 + n % 26, n % 10) for n in range(100_000)
            )
            + b"ET"
        ),
    )
    yield (
        "text_in_one_line",
        lambda: one_page(b"BT /F 0.01 Tf 9 9 Td (" + b"1 " * 80_000 + b") Tj ET"),
    )
    slanted = b"BT /F 9 Tf " + b"".join(
        b"1 1 -1 1 %d %d Tm (12) Tj " % (n % 500, n // 500) for n in range(60_000)
    )
    yield "text_slanted", lambda: one_page(slanted + b"ET " + WORDS * 300)
    grid = b"".join(
        b"%d 0 m %d 842 l S 0 %d m 595 %d l S " % (n, n, n, n) for n in range(0, 595, 1)
    )
    yield "lines_crossing", lambda: one_page(WORDS + grid * 20)
    yield "tree_loop", lambda: pdf(CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>")
    yield "tree_count", lambda: pdf(CATALOG, b"<< /Type /Pages /Kids [] /Count 999999999 >>")
    yield "root_loop", lambda: pdf(b"1 0 R")
    yield "nested", lambda: pdf(CATALOG, b"[" * 200_000)
    yield "nested_dictionaries", lambda: pdf(CATALOG, b"<< /a " * 200_000)
    yield "length", lambda: pdf(CATALOG, b"<< /Length 9999999999999 >>\nstream\nabc\nendstream")
    yield "cross_reference", lambda: b"%PDF-1.7\nxref\n0 999999999\n" + b"0" * 100_000
    yield "no_end", lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 500_000
    yield (
        "startxref_loop",
        lambda: (
            b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer << /Prev 9 >>\nstartxref\n9\n%%EOF"
        ),
    )


# --- all of them ---------------------------------------------------------------------------------

_SLOW = ("large", "bomb", "packed_1", "packed_t", "_60000", "one_paragraph", "tables_of_layout")


def release_files() -> Iterator[Hostile]:
    """Files that somebody may hand to ``parstudy add``."""
    families = (
        (of_word, ".docx"), (of_excel, ".xlsx"), (of_pages, ".html"), (of_others, ""),
        (of_text, ".csv"), (of_pdf, ".pdf"),
    )  # fmt: skip
    for family, suffix in families:
        for name, make in family():
            full = f"{family.__name__.removeprefix('of_')}_{name}{suffix}".replace("+", "")
            yield Hostile(full, make, not any(word in name for word in _SLOW))


def release_tomls() -> Iterator[tuple[str, str]]:
    """Texts of ``release.toml`` that a stranger may send."""
    whole = '[release]\nindex = "PAR_INDEX"\nyear = 2021\n'
    yield "arrays", "a = " + "[" * 100_000
    yield "tables", "a = " + "{b=" * 100_000
    yield "dots", ".".join("a" * 30_000) + " = 1"
    yield "digits", whole.replace("2021", "9" * 5_000)
    yield "many_digits", whole.replace("2021", "9" * 1_000_000)
    yield "hex", whole.replace("2021", "0x" + "f" * 100_000)
    yield "fraction", whole.replace("2021", "1." + "1" * 1_000_000)
    yield "large", "#" * 50_000_000
    yield "list", "a = [" + "1," * 900_000 + "]"
    yield "heads", "\n".join(f"[a{n}]" for n in range(100_000))
    yield "date", whole.replace("2021", "9999-99-99")
    yield "infinite", whole.replace("2021", "inf")
    yield "text", 'a = "' + "\\n" * 500_000 + '"'
    yield "limits", whole + "[limits]\ncells = 1" + "0" * 200
    yield "key", "a" * 1_000_000


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for one in release_files():
        (folder / one.name).write_bytes(one.make())


if __name__ == "__main__":
    main()
