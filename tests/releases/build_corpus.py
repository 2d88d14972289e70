"""Build the corpus of SYNTHETIC release files: each format, each trap, with what must come out.

    python tests/releases/build_corpus.py DIR

Tables are made once as text; emitters write them as XLSX, CSV, HTML, DOCX and PDF. With LibreOffice
on the machine, real XLS, ODS, DOCX and PDF files are made from them as well.
"""

from __future__ import annotations

import csv
import datetime
import io
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as xml

from parstudy.facts import table
from parstudy.releases.formats import _legacy

NAMES = [str(n) for n in table("provinces_63")["name_vi"]]
REGIONS = {0: "Đồng bằng sông Hồng", 20: "Trung du và miền núi phía Bắc", 40: "Vùng Đông Nam Bộ"}
AREAS = (
    "Công tác chỉ đạo, điều hành CCHC",
    "Xây dựng và tổ chức thực hiện thể chế",
    "Cải cách thủ tục hành chính",
    "Cải cách tổ chức bộ máy",
    "Cải cách chế độ công vụ",
    "Cải cách tài chính công",
    "Xây dựng chính quyền điện tử, chính quyền số",
    "Tác động của CCHC",
)
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Table:
    """A table as printed. Cells are text; merges are (top, left, bottom, right)."""

    rows: list[list[str]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    title: str = "SYNTHETIC - SỐ LIỆU GIẢ ĐỊNH. Chỉ số cải cách hành chính (PAR INDEX) năm 2021"
    header: int = 1  # rows that are repeated on every page
    wide: bool = False


@dataclass(frozen=True)
class Case:
    """A file and what must become of it."""

    name: str
    file: str
    expect: dict[Key, float] | None = None
    code: str = ""
    place: str = ""
    convert: str = ""  # made by LibreOffice of this file

    @property
    def index(self) -> str | None:
        """Index to be named; nothing for the file that must be asked back about."""
        if self.code == "unknown_index":
            return None
        return "SIPAS" if "sipas" in self.name else "PAR_INDEX"


def comma(value: float, decimals: int = 2) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def numbers(seed: int) -> Callable[[], float]:
    """A fixed stream of numbers in [0, 1): the same on every machine and version."""
    state = [seed]

    def draw() -> float:
        state[0] = (state[0] * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state[0] >> 33) / 2**31

    return draw


def totals(seed: int = 1, n: int = 63) -> list[dict[str, float]]:
    draw = numbers(seed)
    rows = []
    for _ in range(n):
        row = {
            "appraisal": 50 + int(draw() * 48) / 4,
            "survey_leaders": round(14 + draw() * 8, 2),
            "sipas": round(7.5 + draw() * 2, 2),
        }
        row["total"] = round(sum(row.values()), 2)
        rows.append(row)
    for row in rows:
        row["rank"] = 1 + sum(r["total"] > row["total"] for r in rows)
    return rows


# ------------------------------------------------------------------ tables


def t_totals(
    *, percent_sign: bool = True, of: bool = True, regions: bool = True, seed: int = 1
) -> tuple[Table, dict[Key, float]]:
    """STT | tỉnh | thẩm định | điều tra (lãnh đạo, SIPAS) | tổng | chỉ số | xếp hạng."""
    head = [
        [
            "STT",
            "Tỉnh, thành phố",
            "Điểm thẩm định",
            "Điểm điều tra XHH",
            "",
            "Tổng điểm",
            "Chỉ số (%)" if not percent_sign else "Chỉ số",
            "Xếp hạng",
        ],
        ["", "", "", "Lãnh đạo", "SIPAS", "", "", ""],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)=(3)+(4)+(5)", "(7)", "(8)"],
    ]
    merges = [(0, 3, 0, 4), *((0, c, 1, c) for c in (0, 1, 2, 5, 6, 7))]
    body: list[list[str]] = []
    expect: dict[Key, float] = {}
    data = totals(seed)
    for n, (name, row) in enumerate(zip(NAMES, data, strict=True)):
        if regions and n in REGIONS:
            number = "I" * (list(REGIONS).index(n) + 1)
            body.append([number, REGIONS[n], "", "", "", "", "", ""])
        rank = f"{row['rank']:.0f}/63" if of else f"{row['rank']:.0f}"
        sign = "%" if percent_sign else ""
        body.append(
            [
                str(n + 1),
                name,
                comma(row["appraisal"]),
                comma(row["survey_leaders"]),
                comma(row["sipas"]),
                comma(row["total"]),
                comma(row["total"]) + sign,
                rank,
            ]
        )
        for part in ("appraisal", "survey_leaders", "sipas", "total"):
            expect[name, part, "score"] = row[part]
        expect[name, "total", "percent"] = row["total"]
        expect[name, "total", "rank"] = row["rank"]
        if of:
            expect[name, "total", "of"] = 63
    means = {p: round(sum(r[p] for r in data) / 63, 2) for p in data[0] if p != "rank"}
    body.append(
        [
            "",
            "Trung bình cả nước",
            comma(means["appraisal"]),
            comma(means["survey_leaders"]),
            comma(means["sipas"]),
            comma(means["total"]),
            comma(means["total"]) + ("%" if percent_sign else ""),
            "",
        ]
    )
    for part, value in means.items():
        expect["Việt Nam", part, "mean"] = value
    foot = "Ghi chú: SYNTHETIC, số liệu giả định; 63 tỉnh, thành phố"
    body.append([foot, "", "", "", "", "", "", ""])
    last = len(head) + len(body) - 1
    return Table(head + body, [*merges, (last, 0, last, 7)], header=3), expect


def t_areas() -> tuple[Table, dict[Key, float]]:
    """The eight component indices in percent, headed by their names."""
    draw = numbers(2)
    rows = [["TT", "Địa phương", *AREAS, "PAR INDEX 2021", "Xếp hạng"]]
    expect: dict[Key, float] = {}
    data = totals(3)
    for n, (name, row) in enumerate(zip(NAMES, data, strict=True)):
        values = [round(60 + draw() * 40, 2) for _ in AREAS]
        rows.append(
            [
                str(n + 1),
                name,
                *(comma(v) for v in values),
                comma(row["total"]),
                f"{row['rank']:.0f}",
            ]
        )
        for a, value in enumerate(values, 1):
            expect[name, f"A{a}", "percent"] = value
        expect[name, "total", "percent"] = row["total"]
        expect[name, "total", "rank"] = row["rank"]
    title = (
        "SYNTHETIC - SỐ LIỆU GIẢ ĐỊNH. Chỉ số thành phần của Chỉ số cải cách hành chính năm 2021"
    )
    return Table(rows, title=title, wide=True), expect


def tree(criteria: int = 2, parts: int = 2) -> list[tuple[str, str, float]]:
    """Codes, names and maxima; parents are the sums of their parts."""
    found: list[tuple[str, str, float]] = []
    for a, area in enumerate(AREAS, 1):
        inner: list[tuple[str, str, float]] = []
        for c in range(1, criteria + 1):
            leaves = [
                (f"{a}.{c}.{p}", f"Tiêu chí thành phần {a}.{c}.{p}", 0.5 * ((a + c + p) % 3 + 1))
                for p in range(1, parts + 1)
            ]
            inner.append((f"{a}.{c}", f"Tiêu chí {a}.{c}", sum(x[2] for x in leaves)))
            inner += leaves
        top = sum(x[2] for x in inner if x[0].count(".") == 1)
        found += [(str(a), area, top), *inner]
    return found


def graded(names: Sequence[str], seed: int = 5, **shape: int) -> dict[Key, float]:
    draw = numbers(seed)
    scores: dict[Key, float] = {}
    codes = tree(**shape)
    for name in names:
        for code, _, top in codes:
            if code.count(".") == 2:
                scores[name, code, "score"] = int(draw() * (4 * top + 1)) / 4
        for code, _, _ in codes:
            if code.count(".") == 1:
                parts = [
                    v
                    for (n, c, _), v in scores.items()
                    if n == name and c[: len(code) + 1] == f"{code}." and c.count(".") == 2
                ]
                scores[name, code, "score"] = sum(parts)
        for a in range(1, 9):
            parts = [
                v
                for (n, c, _), v in scores.items()
                if n == name and c.count(".") == 1 and c.startswith(f"{a}.")
            ]
            scores[name, f"A{a}", "score"] = sum(parts)
        scores[name, "total", "score"] = sum(scores[name, f"A{a}", "score"] for a in range(1, 9))
    for name in names:
        total = scores[name, "total", "score"]
        scores[name, "total", "rank"] = 1 + sum(scores[o, "total", "score"] > total for o in names)
    return scores


def t_criteria(names: Sequence[str] = NAMES, **shape: int) -> tuple[Table, dict[Key, float]]:
    """A row per criterion, provinces as columns."""
    scores = graded(names, **shape)
    rows = [["TT", "Lĩnh vực, tiêu chí, tiêu chí thành phần", "Điểm tối đa", *names]]
    for code, label, top in tree(**shape):
        key = code if "." in code else f"A{code}"
        rows.append([code, label, comma(top), *(comma(scores[n, key, "score"]) for n in names)])
    rows.append(["", "TỔNG ĐIỂM", "100,00", *(comma(scores[n, "total", "score"]) for n in names)])
    rows.append(["", "XẾP HẠNG", "", *(f"{scores[n, 'total', 'rank']:.0f}" for n in names)])
    return Table(rows, wide=True), scores


def t_codes(**shape: int) -> tuple[Table, dict[Key, float]]:
    """A row per province, a column per code; rows of names and maxima above."""
    scores = graded(NAMES, **shape)
    codes = tree(**shape)
    rows = [
        ["STT", "Tỉnh, thành phố", *(c for c, _, _ in codes), "Tổng điểm"],
        ["", "Điểm tối đa", *(comma(m) for _, _, m in codes), "100,00"],
    ]
    expect: dict[Key, float] = {}
    for n, name in enumerate(NAMES):
        values = [scores[name, c if "." in c else f"A{c}", "score"] for c, _, _ in codes]
        rows.append(
            [str(n + 1), name, *(comma(v) for v in values), comma(scores[name, "total", "score"])]
        )
    for (name, code, measure), value in scores.items():
        if measure == "score":
            expect[name, code, measure] = value
    return Table(rows, wide=True), expect


def t_sipas() -> tuple[Table, dict[Key, float]]:
    draw = numbers(9)
    rows = [["STT", "Tỉnh/thành phố", "SIPAS 2021 (%)", "SIPAS 2020 (%)", "Xếp hạng 2021"]]
    values = [(round(78 + draw() * 15, 2), round(78 + draw() * 14, 2)) for _ in NAMES]
    expect: dict[Key, float] = {}
    for n, (name, (now, before)) in enumerate(zip(NAMES, values, strict=True)):
        rank = 1 + sum(v[0] > now for v in values)
        rows.append([str(n + 1), name, comma(now), comma(before), str(rank)])
        expect[name, "total", "percent"] = now
        expect[name, "total 2020", "percent"] = before
        expect[name, "total", "rank"] = rank
    title = "SYNTHETIC - SỐ LIỆU GIẢ ĐỊNH. Chỉ số hài lòng (SIPAS) năm 2021"
    return Table(rows, title=title), expect


def t_small(cell: str = "87,11", column: int = 2) -> tuple[Table, dict[Key, float]]:
    """Ten provinces, one of whose figures is replaced."""
    rows = [["STT", "Tỉnh, thành phố", "Tổng điểm", "Xếp hạng"]]
    expect: dict[Key, float] = {}
    for n, name in enumerate(NAMES[:10]):
        score = 95.31 - n
        rows.append([str(n + 1), name, comma(score), str(n + 1)])
        expect[name, "total", "score"] = round(score, 2)
        expect[name, "total", "rank"] = n + 1
    rows[5][column] = cell
    return Table(rows), expect


# ------------------------------------------------------------------ emitters


def write_xlsx(
    path: Path, tables: Sequence[Table], *, stored: bool = False, wrap: bool = True
) -> None:
    import openpyxl
    from openpyxl.styles import Alignment, Border, Side

    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, one in enumerate(tables, 1):
        sheet = book.create_sheet(f"PL{number}")
        sheet.cell(1, 1, one.title)
        side = Side(style="thin")
        for r, row in enumerate(one.rows, 3):
            # LibreOffice does not grow the rows of a file that another program wrote
            if wrap:
                sheet.row_dimensions[r].height = 62 if r - 3 < one.header else 30
            for c, text in enumerate(row, 1):
                cell = sheet.cell(r, c)
                cell.border = Border(left=side, right=side, top=side, bottom=side)
                if wrap and (r - 3 < one.header or c == 2):
                    cell.alignment = Alignment(wrap_text=True)
                if text:
                    _store(cell, text, stored and r - 3 >= one.header)
        for top, left, bottom, right in one.merges:
            sheet.merge_cells(
                start_row=top + 3, start_column=left + 1, end_row=bottom + 3, end_column=right + 1
            )
        sheet.print_title_rows = f"3:{2 + one.header}"
        sheet.page_setup.orientation = "landscape"
        sheet.column_dimensions["B"].width = 24
    book.save(path)


def _store(cell: Any, text: str, stored: bool) -> None:
    body = text.removesuffix("%").replace(",", ".")
    if stored and body.replace(".", "", 1).isdigit() and text.count(".") == 0:
        percent = text.endswith("%")
        cell.value = float(body) / 100 if percent else float(body)
        places = "0" * len(body.partition(".")[2])
        shape = "0." + places if places else "0"
        cell.number_format = shape + ("%" if percent else "")
    else:
        cell.value = text


def csv_text(one: Table, separator: str, *, title: bool = True) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    if title:
        writer.writerow([one.title, *[""] * (len(one.rows[0]) - 1)])
    writer.writerows(one.rows)
    return buffer.getvalue()


def cp1258(text: str) -> bytes:
    """Windows-1258 has tone marks apart: encode letter, then tone."""
    found = bytearray()
    for character in unicodedata.normalize("NFC", text):
        try:
            found += character.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", character)
            tones = "\u0300\u0301\u0303\u0309\u0323"
            base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
            found += base.encode("cp1258") + "".join(p for p in parts if p in tones).encode(
                "cp1258"
            )
    return bytes(found)


def tcvn3(text: str) -> str:
    back = {v: chr(k) for k, v in _legacy._TCVN3.items()}
    # capital letters of TCVN3 are small ones in a capital font
    small = "".join(c if ord(c) in back or c.isascii() else c.lower() for c in text)
    return small.translate(back)


def vni(text: str) -> str:
    back: dict[str, str] = {}
    for key, value in _legacy._VNI.items():
        back.setdefault(value, key)
    return "".join(back.get(c, c) for c in text)


def html_text(one: Table, *, charset: str = "utf-8") -> str:
    covered = set()
    spans = {}
    for top, left, bottom, right in one.merges:
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        covered.discard((top, left))
    lines = [
        f"<html><head><meta charset='{charset}'><title>{escape(one.title)}</title></head>",
        "<body><table class='layout'><tr><td>",
        f"<h2>{escape(one.title)}</h2>",
        "<table border=1>",
    ]
    for r, row in enumerate(one.rows):
        lines.append("<tr>")
        for c, text in enumerate(row):
            if (r, c) in covered:
                continue
            down, across = spans.get((r, c), (1, 1))
            mark = "".join(
                f" {k}='{v}'" for k, v in (("rowspan", down), ("colspan", across)) if v > 1
            )
            tag = "th" if r < one.header else "td"
            body = text if text.startswith("<raw>") else escape(text)
            lines.append(f"<{tag}{mark}>{body.removeprefix('<raw>')}</{tag}>")
        lines.append("</tr>")
    return "\n".join([*lines, "</table></td></tr></table></body></html>"])


def write_docx(path: Path, tables: Sequence[Table], raised: dict[str, str] | None = None) -> None:
    """A DOCX with plain XML: merged cells, and raised runs for texts in ``raised``."""
    raised = raised or {}
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = []
    for one in tables:
        body.append(f"<w:p><w:r><w:t>{xml(one.title)}</w:t></w:r></w:p><w:tbl>")
        across = {(t, left): r - left + 1 for t, left, _, r in one.merges}
        below = {(r, left): "continue" for t, left, b, _ in one.merges for r in range(t + 1, b + 1)}
        below |= {(t, left): "restart" for t, left, b, _ in one.merges if b > t}
        for r, row in enumerate(one.rows):
            body.append("<w:tr>")
            c = 0
            while c < len(row):
                span = across.get((r, c), 1)
                mark = f"<w:gridSpan w:val='{span}'/>" if span > 1 else ""
                if (r, c) in below:
                    kind = below[r, c]
                    mark += "<w:vMerge w:val='restart'/>" if kind == "restart" else "<w:vMerge/>"
                runs = f"<w:r><w:t xml:space='preserve'>{xml(row[c])}</w:t></w:r>"
                if row[c] in raised:
                    runs += (
                        "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
                        f"<w:t>{raised[row[c]]}</w:t></w:r>"
                    )
                body.append(f"<w:tc><w:tcPr>{mark}</w:tcPr><w:p>{runs}</w:p></w:tc>")
                c += span
            body.append("</w:tr>")
        body.append("</w:tbl>")
    document = f"<?xml version='1.0'?><w:document xmlns:w='{w}'><w:body>{''.join(body)}</w:body>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document + "</w:document>")


def write_pdf(
    path: Path,
    one: Table,
    *,
    ruled: bool = True,
    per_page: int = 24,
    columns: int = 0,
    raised: dict[tuple[int, int], str] | None = None,
    repeat: bool = True,
    two_lines: int = 0,
    rotated: bool = False,
    password: str = "",
) -> None:
    """A PDF page by page, with the header repeated; columns may go on on later pages."""
    from fpdf import FPDF
    from matplotlib import get_data_path

    raised = raised or {}
    covered = {
        (r, c): (t, left)
        for t, left, b, right in one.merges
        for r in range(t, b + 1)
        for c in range(left, right + 1)
    }
    total = len(one.rows[0])
    fixed = 3 if total > 2 and one.rows[0][2] == "Điểm tối đa" else 2
    rest = list(range(fixed, total))
    groups = [list(range(total))]
    if columns:
        groups = [[*range(fixed), *rest[i : i + columns]] for i in range(0, len(rest), columns)]
    pdf = FPDF(orientation="landscape" if one.wide else "portrait", unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime.datetime(2022, 5, 25, tzinfo=datetime.UTC))
    pdf.add_font("DejaVu", fname=str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")))
    pdf.set_line_width(0.2)
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    body = list(range(one.header, len(one.rows)))
    for group in groups:
        weights = [0.6 if c == 0 else 3.0 if c == 1 else 1.0 for c in group]
        for start in range(0, len(body), per_page):
            pdf.add_page()
            rows = body[start : start + per_page]
            if repeat or start == 0:
                rows = [*range(one.header), *rows]
            if start == 0:
                _put(pdf, 12, 12, one.title, 7)
            scale = (pdf.w - 24) / sum(weights)
            xs = [12.0]
            for weight in weights:
                xs.append(xs[-1] + weight * scale)
            step = (pdf.h - 30) / (per_page + one.header + 1)
            size = 6.5 if scale > 12 else 5.0
            for i, r in enumerate(rows):
                top = 18 + i * step
                for j, c in enumerate(group):
                    if covered.get((r, c), (r, c)) == (r, c):
                        lines = 2 if two_lines and c == 1 and len(one.rows[r][c]) > two_lines else 1
                        _pdf_cell(
                            pdf,
                            one.rows[r][c],
                            xs[j],
                            xs[j + 1],
                            top,
                            step,
                            size,
                            raised.get((r, c), ""),
                            lines,
                            numeric=c > 1,
                        )
                    if ruled:
                        _pdf_lines(pdf, covered, r, c, xs[j], xs[j + 1], top, step)
    pdf.output(str(path))


def _put(pdf: Any, x: float, y: float, text: str, size: float, *, right: bool = False) -> None:
    pdf.set_font("DejaVu", size=size)
    pdf.text(x - pdf.get_string_width(text) if right else x, y, text)


def _pdf_cell(
    pdf: Any,
    text: str,
    left: float,
    right: float,
    top: float,
    step: float,
    size: float,
    mark: str,
    lines: int,
    *,
    numeric: bool,
) -> None:
    base = top + 0.65 * step
    if not text:
        return
    if numeric and any(ch.isdigit() for ch in text) and not any(ch.isalpha() for ch in text):
        _put(pdf, right - 2.0, base, text, size, right=True)
        if mark:
            _put(pdf, right - 2.0, base - 0.9, mark, 0.55 * size)
        return
    if lines == 2 and " " in text:
        cut = text.rfind(" ", 0, len(text) // 2 + 2)
        cut = cut if cut > 0 else text.find(" ")
        _put(pdf, left + 0.8, base - 1.3, text[:cut], size)
        _put(pdf, left + 0.8, base + 1.3, text[cut + 1 :], size)
        return
    pdf.set_font("DejaVu", size=size)
    while pdf.get_string_width(text) > 3 * (right - left - 1) and size > 3:
        size -= 0.5
        pdf.set_font("DejaVu", size=size)
    parts = [""]
    for word in text.split(" "):
        longer = f"{parts[-1]} {word}".strip()
        if parts[-1] and pdf.get_string_width(longer) > right - left - 1.2:
            parts.append(word)
        else:
            parts[-1] = longer
    small = min(size, 2.2 * step / len(parts))
    for n, part in enumerate(parts):
        _put(pdf, left + 0.6, base + (n - (len(parts) - 1) / 2) * small * 0.38, part, small)


def _pdf_lines(
    pdf: Any,
    covered: dict[tuple[int, int], tuple[int, int]],
    r: int,
    c: int,
    left: float,
    right: float,
    top: float,
    step: float,
) -> None:
    def same(a: tuple[int, int], b: tuple[int, int]) -> bool:
        return a in covered and covered.get(a) == covered.get(b)

    if not same((r, c), (r - 1, c)):
        pdf.line(left, top, right, top)
    if not same((r, c), (r + 1, c)):
        pdf.line(left, top + step, right, top + step)
    if not same((r, c), (r, c - 1)):
        pdf.line(left, top, left, top + step)
    if not same((r, c), (r, c + 1)):
        pdf.line(right, top, right, top + step)


# ------------------------------------------------------------------ cases


def _good(folder: Path) -> list[Case]:
    """Each table in each format."""
    found: list[Case] = []
    totals_, areas, criteria_ = t_totals(), t_areas(), t_criteria()
    plain, codes, sipas = t_totals(percent_sign=False, of=False), t_codes(), t_sipas()
    nfd = replace(
        totals_[0],
        rows=[[unicodedata.normalize("NFD", c) for c in r] for r in totals_[0].rows],
    )
    named = {
        "totals": totals_,
        "areas": areas,
        "criteria": criteria_,
        "codes": codes,
        "sipas": sipas,
        "nfd": (nfd, totals_[1]),
    }
    for name, (one, expect) in named.items():
        write_xlsx(folder / f"{name}.xlsx", [one])
        found.append(Case(f"xlsx {name}", f"{name}.xlsx", expect))
        write_xlsx(folder / f"{name}-numbers.xlsx", [one], stored=True)
        found.append(Case(f"xlsx {name} numbers", f"{name}-numbers.xlsx", expect))
        (folder / f"{name}.html").write_text(html_text(one), encoding="utf-8")
        found.append(Case(f"html {name}", f"{name}.html", expect))
        write_docx(folder / f"{name}.docx", [one])
        found.append(Case(f"docx {name}", f"{name}.docx", expect))
        (folder / f"{name}.csv").write_bytes(csv_text(one, ",").encode())
        found.append(Case(f"csv {name}", f"{name}.csv", expect))
    for name, (one, expect) in {"totals": totals_, "areas": areas, "plain": plain}.items():
        text = csv_text(one, ";")
        for encoding, data in {
            "bom": text.encode("utf-8-sig"),
            "utf16": csv_text(one, "\t").encode("utf-16"),
            "cp1258": cp1258(text),
        }.items():
            (folder / f"{name}-{encoding}.csv").write_bytes(data)
            found.append(Case(f"csv {name} {encoding}", f"{name}-{encoding}.csv", expect))
    for old, convert in (("tcvn3", tcvn3), ("vni", vni)):
        one, expect = plain
        rows = [[convert(c) for c in r] for r in one.rows]
        data = csv_text(replace(one, rows=rows, title=convert(one.title)), ";").encode("cp1252")
        (folder / f"{old}.csv").write_bytes(data)
        # headings lose their capitals in TCVN3, names do not
        found.append(Case(f"csv {old}", f"{old}.csv", expect))
        write_docx(folder / f"{old}.docx", [replace(one, rows=rows, title=convert(one.title))])
        found.append(Case(f"docx {old}", f"{old}.docx", expect))
    for name, (one, expect) in {"totals": totals_, "plain": plain, "areas": areas}.items():
        write_pdf(folder / f"{name}.pdf", one)
        found.append(Case(f"pdf {name}", f"{name}.pdf", expect))
    write_pdf(folder / "sipas-unruled.pdf", sipas[0], ruled=False)
    found.append(Case("pdf sipas unruled", "sipas-unruled.pdf", sipas[1]))
    write_pdf(folder / "areas-unruled.pdf", areas[0], ruled=False)
    found.append(Case("pdf areas unruled", "areas-unruled.pdf", areas[1]))
    write_pdf(folder / "no-repeat.pdf", plain[0], repeat=False)
    found.append(Case("pdf header once", "no-repeat.pdf", plain[1]))
    write_pdf(folder / "two-lines.pdf", sipas[0], two_lines=9)
    found.append(Case("pdf sipas two-line names", "two-lines.pdf", sipas[1]))
    two_levels = t_totals()
    write_pdf(folder / "totals-unruled.pdf", two_levels[0], ruled=False)
    found.append(Case("pdf totals two-level header unruled", "totals-unruled.pdf", two_levels[1]))
    dated = replace(
        two_levels[0],
        title=f"{two_levels[0].title} kèm theo Quyết định số 264 ngày 16 tháng 4 năm 2022",
    )
    write_pdf(folder / "dated-unruled.pdf", dated, ruled=False)
    found.append(Case("pdf title with a date unruled", "dated-unruled.pdf", two_levels[1]))
    write_pdf(folder / "two-lines-unruled.pdf", sipas[0], two_lines=9, ruled=False)
    found.append(Case("pdf sipas two-line names unruled", "two-lines-unruled.pdf", sipas[1]))
    write_pdf(folder / "criteria.pdf", criteria_[0], columns=9, per_page=30)
    found.append(Case("pdf criteria over page groups", "criteria.pdf", criteria_[1]))
    write_pdf(folder / "areas-wide.pdf", areas[0], columns=5)
    found.append(Case("pdf columns go on later pages", "areas-wide.pdf", areas[1]))
    halves = {k: v for k, v in criteria_[1].items() if k[2] != "rank"}
    unranked = replace(criteria_[0], rows=criteria_[0].rows[:-1])
    write_xlsx(folder / "sheets.xlsx", [_cut(unranked, 0, 30), _cut(unranked, 30, 63)])
    found.append(Case("xlsx provinces on two sheets", "sheets.xlsx", halves))
    return found


def _cut(one: Table, first: int, last: int) -> Table:
    return replace(one, rows=[[*r[:3], *r[3 + first : 3 + last]] for r in one.rows])


# a cell, and what it must become: a number, or a reason code
CELLS: dict[str, float | str] = {
    "91,31": 91.31,
    "91.31": 91.31,
    "91,31¹": 91.31,
    "91,31*": 91.31,
    " 91,31 ": 91.31,
    "\u00a091,31": 91.31,
    "–1,50": -1.5,
    "−1,50": -1.5,
    "1.234,5": 1234.5,
    "91": 91.0,
    "9131": "lost_decimal_mark",
    "91,O1": "not_a_number",
    "9l,31": "not_a_number",
    "91,31 23": "not_a_number",
    "91, 31": "not_a_number",
    "91,,31": "not_a_number",
    "1.234": "ambiguous_number",
    "91,311": "odd_decimals",
    "91,31%": "mixed_units",
    "91–92": "not_a_number",
    "23/63": "not_a_number",
    "1e2": "not_a_number",
    "٩١,٣١": "not_a_number",
    "n.a.": "not_a_number",
    "#REF!": "not_a_number",
}


def _traps(folder: Path) -> list[Case]:
    """One damaged or doubtful thing per file."""
    found: list[Case] = []
    for number, (cell, outcome) in enumerate(CELLS.items()):
        one, expect = t_small(cell)
        for suffix in ("csv", "xlsx", "html", "docx"):
            file = f"cell-{number:02d}.{suffix}"
            if suffix == "csv":
                (folder / file).write_text(csv_text(one, ";"), encoding="utf-8")
            elif suffix == "xlsx":
                write_xlsx(folder / file, [one])
            elif suffix == "html":
                (folder / file).write_text(html_text(one), encoding="utf-8")
            else:
                write_docx(folder / file, [one])
            name = f"{suffix} cell {cell!r}"
            if isinstance(outcome, float):
                right = expect | {(NAMES[4], "total", "score"): outcome}
                found.append(Case(name, file, right))
            else:
                place = {
                    "csv": "row 7 column 3",
                    "xlsx": "!C8",
                    "html": "table 1 row 6 column 3",
                    "docx": "table 1 row 6 column 3",
                }[suffix]
                shown = suffix == "xlsx" and cell == "#REF!"
                code = "spreadsheet_error" if shown else str(outcome)
                found.append(Case(name, file, None, code, place))
    one, expect = t_small()
    expect |= {(NAMES[4], "total", "score"): 87.11}
    write_docx(folder / "raised.docx", [one], {"87,11": "1"})
    found.append(Case("docx raised footnote digit", "raised.docx", expect))
    rows = [[("<raw>87,11<sup>1</sup>" if c == "87,11" else c) for c in r] for r in one.rows]
    (folder / "raised.html").write_text(html_text(replace(one, rows=rows)), encoding="utf-8")
    found.append(Case("html raised footnote digit", "raised.html", expect))
    write_pdf(folder / "raised.pdf", one, raised={(5, 2): "1"})
    found.append(Case("pdf raised footnote digit", "raised.pdf", expect))
    _xlsx_traps(folder, found, one, expect)
    _file_traps(folder, found)
    return found


def _xlsx_traps(folder: Path, found: list[Case], one: Table, expect: dict[Key, float]) -> None:
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    def changed(name: str, change: Callable[[Any], None], **outcome: object) -> None:
        file = f"{name.replace(' ', '-')}.xlsx"
        write_xlsx(folder / file, [one], stored=True)
        book = openpyxl.load_workbook(folder / file)
        change(book["PL1"])
        book.save(folder / file)
        found.append(Case(f"xlsx {name}", file, **outcome))  # type: ignore[arg-type]

    def put(place: str, value: object, shape: str = "") -> Callable[[Any], None]:
        def change(sheet: Any) -> None:
            sheet[place].value = value
            if shape:
                sheet[place].number_format = shape

        return change

    at = {"code": "", "place": "!C8"}
    changed("date", put("C8", datetime.date(2021, 8, 7)), **(at | {"code": "date_for_number"}))
    changed("formula", put("C8", "=C7-1"), **(at | {"code": "formula_without_value"}))
    changed("error", put("C8", "#DIV/0!"), **(at | {"code": "spreadsheet_error"}))
    changed("boolean", put("C8", True), **(at | {"code": "not_a_number"}))
    changed("text number", put("C8", "87,11"), expect=expect)
    changed("one percent", put("C8", 0.8711, "0.00%"), **(at | {"code": "mixed_units"}))
    changed("lost comma", put("C8", 8711), **(at | {"code": "lost_decimal_mark"}))
    changed("noise", put("C8", 87.11000000000001), expect=expect)
    raised = CellRichText("87,11", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    changed("rich raised", put("C8", raised), expect=expect)

    def merge(sheet: Any) -> None:
        sheet.merge_cells("C7:C8")

    changed("merged figures", merge, code="merged_number", place="!C8")
    lost = {k: v for k, v in expect.items() if k != (NAMES[4], "total", "score")}
    changed("blank", put("C8", None), expect=lost)
    changed("dash", put("C8", "–"), expect=lost)

    def hide(sheet: Any) -> None:
        sheet.row_dimensions[8].hidden = True

    changed("hidden row", hide, expect=expect)
    changed("twice", put("B9", NAMES[4]), code="unit_twice", place="!C9")
    changed("no name", put("B8", None), code="number_without_unit", place="!B8")
    changed("bad number", put("A8", "5a"), code="bad_row_number", place="!A8")


def _file_traps(folder: Path, found: list[Case]) -> None:
    one, _ = t_small()
    write_xlsx(folder / "whole.xlsx", [one])
    whole = (folder / "whole.xlsx").read_bytes()
    (folder / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    found.append(Case("xlsx cut", "cut.xlsx", code="damaged_file", place="cut.xlsx"))
    (folder / "empty.xlsx").write_bytes(b"")
    found.append(Case("xlsx empty", "empty.xlsx", code="empty_file", place="empty.xlsx"))
    png = b"\x89PNG\r\n\x1a\n" + bytes(64)
    for suffix in ("xlsx", "pdf", "docx", "xls"):
        (folder / f"picture.{suffix}").write_bytes(png)
        found.append(
            Case(f"{suffix} picture", f"picture.{suffix}", code="wrong_format", place="picture")
        )
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(300):
                member.write(bytes(1_000_000))
    found.append(Case("xlsx bomb", "bomb.xlsx", code="zip_bomb", place="bomb.xlsx"))
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    locked += "EncryptedPackage".encode("utf-16-le")
    for suffix in ("xlsx", "docx"):
        (folder / f"locked.{suffix}").write_bytes(locked)
        found.append(
            Case(
                f"{suffix} locked",
                f"locked.{suffix}",
                code="encrypted_file",
                place=f"locked.{suffix}",
            )
        )
    for name, data in {
        "blank": b"",
        "spaces": b"\r\n  \r\n",
    }.items():
        (folder / f"{name}.csv").write_bytes(data)
        found.append(Case(f"csv {name}", f"{name}.csv", code="empty_file", place=name))
    (folder / "zeros.csv").write_bytes(b"a;b\r\n1;\x00\r\n")
    found.append(Case("csv zero bytes", "zeros.csv", code="damaged_file", place="row 2"))
    latin = "STT;Tỉnh\r\n".encode() + b"1;\xff\xfe\x81\r\n"
    (folder / "latin.csv").write_bytes(latin)
    found.append(Case("csv odd bytes", "latin.csv", code="unknown_encoding", place="row 2"))
    text = csv_text(one, ",").replace("95,31", "95,31").replace('"Tỉnh, thành phố"', '"Tỉnh')
    (folder / "quotes.csv").write_text(text, encoding="utf-8")
    found.append(Case("csv open quotes", "quotes.csv", code="unknown_separator", place="quotes"))
    prose = "<html><body><p>PAR INDEX năm 2021: 87,11</p></body></html>"
    (folder / "prose.html").write_text(prose, encoding="utf-8")
    found.append(Case("html no table", "prose.html", code="no_table", place="prose.html"))
    write_pdf(folder / "good.pdf", one)
    data = (folder / "good.pdf").read_bytes()
    (folder / "cut.pdf").write_bytes(data[: len(data) // 3])
    found.append(Case("pdf cut", "cut.pdf", code="damaged_file", place="cut.pdf"))
    (folder / "empty.pdf").write_bytes(b"")
    found.append(Case("pdf empty", "empty.pdf", code="empty_file", place="empty.pdf"))
    write_pdf(folder / "locked.pdf", one, password="secret")
    found.append(Case("pdf locked", "locked.pdf", code="encrypted_file", place="locked.pdf"))
    _scan(folder / "scan.pdf")
    found.append(Case("pdf scan", "scan.pdf", code="scanned_pdf", place="page 1"))
    prose_page = Table([["", ""], ["", ""]], title="PAR INDEX 2021: 1 2 3 4 5 6 7 8 9")
    write_pdf(folder / "prose.pdf", prose_page, ruled=False)
    found.append(Case("pdf no table", "prose.pdf", code="no_table", place="prose.pdf"))
    other = replace(one, title="SYNTHETIC", rows=[r[:] for r in one.rows])
    write_xlsx(folder / "nameless.xlsx", [other])
    found.append(Case("xlsx no index", "nameless.xlsx", code="unknown_index", place="nameless"))


def _scan(path: Path) -> None:
    import matplotlib as mpl
    import numpy as np
    from matplotlib.figure import Figure

    with mpl.rc_context({"pdf.fonttype": 42}):
        figure = Figure(figsize=(4, 4))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.imshow(np.arange(64).reshape(8, 8))
        figure.savefig(path, format="pdf")


def _office(folder: Path) -> list[Case]:
    """Files that LibreOffice makes of others: the real thing."""
    found = []
    for target in ("pdf", "xls", "ods"):
        for name, expect in {
            "totals-numbers": t_totals()[1],
            "areas-numbers": t_areas()[1],
            "sipas-numbers": t_sipas()[1],
            "codes-numbers": t_codes()[1],
            "criteria-numbers": t_criteria()[1],
        }.items():
            found.append(
                Case(
                    f"office {target} {name}",
                    f"office-{name}.{target}",
                    expect,
                    convert=f"{name}.xlsx",
                )
            )
    write_xlsx(folder / "clipped.xlsx", [t_criteria()[0]], stored=True, wrap=False)
    found.append(
        Case(
            "office pdf clipped text",
            "office-clipped.pdf",
            None,
            "crossed_text",
            "column 3",
            convert="clipped.xlsx",
        )
    )
    for name, expect in {
        "totals": t_totals()[1],
        "areas": t_areas()[1],
        "nfd": t_totals()[1],
    }.items():
        for target in ("docx", "pdf"):
            found.append(
                Case(
                    f"office {target} of html {name}",
                    f"office-{name}.{target}",
                    expect,
                    convert=f"{name}.html",
                )
            )
    return found


def convert(folder: Path, cases: Sequence[Case]) -> None:
    """Run LibreOffice once per kind of source and target."""
    jobs: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        suffix = Path(case.file).suffix[1:]
        jobs.setdefault((Path(case.convert).suffix, suffix), []).append(case)
    with tempfile.TemporaryDirectory() as profile:
        for (source, suffix), wanted in jobs.items():
            out = folder / f"out{source}-{suffix}"
            target = suffix
            if source == ".html":
                target = (
                    "docx:MS Word 2007 XML" if suffix == "docx" else "pdf:writer_web_pdf_Export"
                )
            subprocess.run(
                [
                    "soffice",
                    f"-env:UserInstallation=file://{profile}",
                    "--headless",
                    *(["--infilter=HTML (StarWriter)"] if suffix == "docx" else []),
                    "--convert-to",
                    target,
                    "--outdir",
                    str(out),
                    *(str(folder / c.convert) for c in wanted),
                ],
                check=True,
                capture_output=True,
                timeout=300,
            )
            for case in wanted:
                made = out / (Path(case.convert).stem + "." + suffix)
                shutil.move(made, folder / case.file)


def build(folder: Path, *, office: bool = False) -> list[Case]:
    """Write all files and return the cases."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = [*_good(folder), *_traps(folder)]
    if office:
        extra = _office(folder)
        convert(folder, extra)
        cases += extra
    return cases


if __name__ == "__main__":
    made = build(Path(sys.argv[1]), office=shutil.which("soffice") is not None)
    print(f"{len(made)} cases in {sys.argv[1]}")
