"""PDF pages: what is printed twice is read once, and what nobody sees is left out and told."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from fpdf import FPDF
from fpdf.enums import TextMode
from matplotlib import get_data_path
from PIL import Image
from test_forms import expected, plain, ranked
from test_spreadsheets import plain_name, same

from parstudy.errors import ReleaseError
from parstudy.intake import read_release
from parstudy.releases.formats._pdf._joined import joined
from parstudy.releases.formats._pdf._opening import same_figures
from parstudy.releases.formats._pdf._piece import Piece
from parstudy.releases.formats.grid import Cell

ROWS = ranked(81)
EDGES = (10, 24, 84, 114, 144)
HEAD = ["STT", "Tỉnh, thành phố", "Chỉ số (%)", "Xếp hạng"]
TITLE = "SYNTHETIC. Chỉ số cải cách hành chính năm 2021"
Draw = Callable[[FPDF, float, float, str], None]


def sheet(size: float = 9) -> FPDF:
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.add_font("DejaVu", fname=str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")))
    pdf.set_font("DejaVu", size=size)
    return pdf


def table(
    path: Path,
    put: Draw = lambda pdf, x, y, text: pdf.text(x, y, text),
    extra: Callable[[FPDF], None] = lambda pdf: None,
    before: Callable[[FPDF], None] = lambda pdf: None,
    size: float = 9,
    ruled: bool = True,
) -> Path:
    """A table of two pages; ``put`` prints the figures, ``extra`` whatever lies over the page."""
    pdf = sheet(size)
    body = plain(ROWS)
    for part in (body[:32], body[32:]):
        pdf.add_page()
        pdf.set_font("DejaVu", size=size)
        before(pdf)
        pdf.text(10, 12, TITLE)
        for n, texts in enumerate([HEAD, *part]):
            y = 15.0 + 8 * n
            for c, (text, (left, right)) in enumerate(zip(texts, pairwise(EDGES), strict=True)):
                if ruled:
                    pdf.rect(left, y, right - left, 8)
                if n and c > 1:
                    put(pdf, left + 2, y + 5.3, text)
                else:
                    pdf.text(left + 2, y + 5.3, text)
        extra(pdf)
    pdf.output(str(path))
    return path


POINT = 25.4 / 72


@pytest.mark.parametrize("size", [6, 9, 11, 14])
@pytest.mark.parametrize(
    "apart",
    [(0.2, 0), (0.5, 0), (0.65, 0), (0.8, 0.3), (1.0, 0.1), (0, 0.4), (1.1, 1.1), (-0.6, 0.2)],
)
def test_figures_printed_twice_are_read_once(
    apart: tuple[float, float], size: float, tmp_path: Path
) -> None:
    """Bold and shades are made so; where a digit stands on the page must not matter."""

    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        pdf.text(x, y, text)
        pdf.text(x + apart[0] * size / 11 * POINT, y + apart[1] * size / 11 * POINT, text)

    same(table(tmp_path / "a.pdf", put, size=size), expected(ROWS))


def test_figures_printed_three_times_by_digits_are_read_once(tmp_path: Path) -> None:
    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        for digit in text:
            for n in range(3):
                pdf.text(x + 0.3 * n * POINT, y, digit)
            x += pdf.get_string_width(digit)

    same(table(tmp_path / "a.pdf", put), expected(ROWS))


def column(pdf: FPDF) -> None:
    """A fifth column that is no part of the table that is seen."""
    for n in range(33):
        pdf.text(150, 20.3 + 8 * n, "9,99" if n else "Tổng điểm")


def white(pdf: FPDF) -> None:
    pdf.set_text_color(255, 255, 255)
    column(pdf)
    pdf.set_text_color(0, 0, 0)


def pale(pdf: FPDF) -> None:
    pdf.set_text_color(252, 252, 252)
    column(pdf)
    pdf.set_text_color(0, 0, 0)


def invisible(pdf: FPDF) -> None:
    with pdf.local_context(text_mode=TextMode.INVISIBLE):
        column(pdf)


def transparent(pdf: FPDF) -> None:
    with pdf.local_context(fill_opacity=0, stroke_opacity=0):
        column(pdf)


def covered(pdf: FPDF) -> None:
    column(pdf)
    pdf.set_fill_color(255, 255, 255)
    pdf.rect(147, 10, 40, 280, style="F")


def under_a_picture(pdf: FPDF) -> None:
    column(pdf)
    pdf.image(Image.new("RGB", (8, 8), "white"), 147, 10, 40, 280)


def clipped(pdf: FPDF) -> None:
    with pdf.rect_clip(0, 0, 10, 10):
        column(pdf)


def told(path: Path) -> None:
    notes = same(path, expected(ROWS)).release.notes
    for page in (1, 2):
        place = f"a.pdf page {page}: text that the page does not show is not read: "
        assert any(n.startswith(place) and "'9,99'" in n for n in notes), notes


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize(
    "hidden", [white, pale, invisible, transparent, covered, under_a_picture, clipped]
)
def test_a_column_that_nobody_sees_is_left_out_and_told(
    hidden: Callable[[FPDF], None], ruled: bool, tmp_path: Path
) -> None:
    told(table(tmp_path / "a.pdf", extra=hidden, ruled=ruled))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_text_beyond_the_crop_box_is_left_out_and_told(turn: int, tmp_path: Path) -> None:
    table(tmp_path / "whole.pdf", extra=column)
    with pypdfium2.PdfDocument(tmp_path / "whole.pdf") as document:
        for page in document:
            page.set_mediabox(0, 0, *page.get_size())
            page.set_cropbox(10, 20, 147 / POINT, page.get_height())
            page.set_rotation(turn)
        document.save(tmp_path / "a.pdf")
    told(tmp_path / "a.pdf")


def test_white_text_on_a_dark_ground_is_read(tmp_path: Path) -> None:
    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        pdf.set_fill_color(0, 51, 102)
        pdf.rect(x - 1, y - 4, 20, 5.5, style="F")
        pdf.set_text_color(255, 255, 255)
        pdf.text(x, y, text)
        pdf.set_text_color(0, 0, 0)

    read = same(table(tmp_path / "a.pdf", put), expected(ROWS))
    assert not any("does not show" in note for note in read.release.notes)


def test_grey_figures_over_a_picture_are_read(tmp_path: Path) -> None:
    def ground(pdf: FPDF) -> None:
        pdf.image(Image.new("RGB", (8, 8), (235, 240, 250)), 0, 0, 210, 297)

    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        pdf.set_text_color(150, 150, 150)
        pdf.text(x, y, text)
        pdf.set_text_color(0, 0, 0)

    same(table(tmp_path / "a.pdf", put, before=ground), expected(ROWS))


@pytest.mark.parametrize("way", ["invisible", "under"])
def test_a_recognised_layer_takes_the_way_of_a_scan(way: str, tmp_path: Path) -> None:
    """The page is a picture; its text is what a machine made of it, and is not seen."""
    table(tmp_path / "seen.pdf")
    pdf = sheet()
    with pypdfium2.PdfDocument(tmp_path / "seen.pdf") as document:
        for page in document:
            buffer = io.BytesIO()
            page.render(scale=2).to_pil().save(buffer, "PNG")
            picture = Image.open(buffer)
            pdf.add_page()
            if way != "under":
                pdf.image(picture, 0, 0, 210, 297)
            mode = TextMode.INVISIBLE if way == "invisible" else TextMode.FILL
            with pdf.local_context(text_mode=mode):
                for n, texts in enumerate([HEAD, *plain(ROWS)[:32]]):
                    for text, left in zip(texts, EDGES, strict=False):
                        pdf.text(left + 2, 20.3 + 8 * n, text)
            if way == "under":
                pdf.image(picture, 0, 0, 210, 297)
    pdf.output(str(tmp_path / "a.pdf"))
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.pdf", "PAR_INDEX", 2021)
    assert (caught.value.code, caught.value.place) == ("scanned_pdf", "a.pdf page 1")
    assert "recognised by a machine" in caught.value.message
    assert "Ask for the original file" in caught.value.advice


def test_a_figure_that_is_half_covered_is_refused(tmp_path: Path) -> None:
    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        pdf.text(x, y, text)
        if text == plain(ROWS)[4][2]:
            pdf.set_fill_color(255, 255, 255)
            pdf.rect(x - 0.3, y - 3.4, pdf.get_string_width(text[:2]) + 0.2, 4, style="F")

    with pytest.raises(ReleaseError) as caught:
        read_release(table(tmp_path / "a.pdf", put))
    assert caught.value.code == "not_a_number"
    assert caught.value.place.endswith("page 1 table 1 row 6 column 3")


# ------------------------------------------------------------------ watermarks, notes


def slanted(pdf: FPDF) -> None:
    pdf.set_font("DejaVu", size=72)
    pdf.set_text_color(220, 220, 220)
    with pdf.rotation(45, 60, 200):
        pdf.text(20, 200, "DỰ THẢO 2021")


def small_and_many(pdf: FPDF) -> None:
    pdf.set_text_color(200, 200, 200)
    for n in range(8):
        with pdf.rotation(30, 60, 30 + 30 * n):
            pdf.text(60, 30 + 30 * n, "Bản sao 17")


def large(pdf: FPDF) -> None:
    pdf.set_font("DejaVu", size=60)
    pdf.set_text_color(225, 225, 225)
    pdf.text(15, 150, "DRAFT 2")


@pytest.mark.parametrize("order", ["extra", "before"])
@pytest.mark.parametrize("mark", [slanted, small_and_many, large])
def test_watermarks_are_left_out_and_told(
    mark: Callable[[FPDF], None], order: str, tmp_path: Path
) -> None:
    def put(pdf: FPDF) -> None:
        mark(pdf)
        pdf.set_font("DejaVu", size=9)
        pdf.set_text_color(0, 0, 0)

    more: dict[str, Any] = {order: put}
    notes = same(table(tmp_path / "a.pdf", **more), expected(ROWS)).release.notes
    assert any("large or slanted text over the page is not read" in note for note in notes)


def test_a_large_title_is_no_watermark(tmp_path: Path) -> None:
    def title(pdf: FPDF) -> None:
        pdf.set_font("DejaVu", size=28)
        pdf.text(10, 7, "SYNTHETIC")
        pdf.set_font("DejaVu", size=9)

    notes = same(table(tmp_path / "a.pdf", before=title), expected(ROWS)).release.notes
    assert not any("over the page" in note for note in notes)


def test_figures_written_in_notes_over_the_page_are_told(tmp_path: Path) -> None:
    """Text boxes are seen like the page beneath; their places in the table are not read."""

    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        if "," in text:
            pdf.text(x, y, text)
        else:
            boxes.append((pdf.page_no(), x, y, text))

    boxes: list[tuple[int, float, float, str]] = []
    table(tmp_path / "page.pdf", put)
    with_notes(tmp_path / "page.pdf", tmp_path / "a.pdf", boxes)
    shares = {key: v for key, v in expected(ROWS).items() if key[2] == "percent"}
    notes = same(tmp_path / "a.pdf", shares).release.notes
    first = ", ".join(f"'{rank}'" for _, _, rank in ROWS[:6])
    place = "a.pdf page 1: notes or fields over the page are not read"
    assert f"{place}: {first} and 26 more" in notes


def with_notes(source: Path, target: Path, boxes: list[tuple[int, float, float, str]]) -> None:
    """Add text boxes with the look of plain Helvetica, by an update at the end of the file."""
    data = source.read_bytes()
    with pypdfium2.PdfDocument(data) as document:
        document.save(target)
    raw = Parts(target.read_bytes())
    font = raw.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, page in enumerate(raw.pages(), 1):
        made = []
        for _, x, y, text in (b for b in boxes if b[0] == number):
            left, low = x / POINT, (297 - y) / POINT
            look = f"BT /F {9} Tf 1 2 Td ({text}) Tj ET".encode()
            form = raw.add(
                f"<< /Type /XObject /Subtype /Form /BBox [0 0 40 12] /Resources << /Font << /F "
                f"{font} 0 R >> >> /Length {len(look)} >>\nstream\n{look.decode()}\nendstream"
            )
            made.append(
                raw.add(
                    f"<< /Type /Annot /Subtype /FreeText /F 4 /Contents ({text}) /DA (/F 9 Tf) "
                    f"/Rect [{left:.2f} {low - 2:.2f} {left + 40:.2f} {low + 10:.2f}] "
                    f"/AP << /N {form} 0 R >> >>"
                )
            )
        raw.extend(page, "/Annots [" + " ".join(f"{n} 0 R" for n in made) + "]")
    target.write_bytes(raw.whole())


class Parts:
    """Objects of a PDF that pdfium wrote, to be changed and added to."""

    def __init__(self, data: bytes) -> None:
        import re

        self.objects = {
            int(m[1]): m[2].strip()
            for m in re.finditer(rb"(?:^|\n|\r)(\d+) 0 obj\r?\n?(.*?)endobj", data, re.S)
        }
        match = re.search(rb"/Root (\d+) 0 R", data)
        assert match is not None
        self.root = int(match[1])

    def add(self, text: str) -> int:
        number = max(self.objects) + 1
        self.objects[number] = text.encode("latin-1")
        return number

    def pages(self) -> list[int]:
        import re

        kids = next(o for o in self.objects.values() if b"/Kids" in o)
        match = re.search(rb"/Kids\s*\[([^\]]*)\]", kids)
        assert match is not None
        return [int(n) for n in re.findall(rb"(\d+) 0 R", match[1])]

    def extend(self, number: int, more: str) -> None:
        body = self.objects[number]
        end = body.rindex(b">>")
        self.objects[number] = body[:end] + more.encode("latin-1") + body[end:]

    def whole(self) -> bytes:
        out, places = io.BytesIO(), {}
        out.write(b"%PDF-1.7\n")
        for number, body in sorted(self.objects.items()):
            places[number] = out.tell()
            out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
        start = out.tell()
        out.write(b"xref\n0 1\n0000000000 65535 f \n")
        for number, place in places.items():
            out.write(b"%d 1\n%010d 00000 n \n" % (number, place))
        size = max(places) + 1
        out.write(
            b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (size, self.root, start)
        )
        return out.getvalue()


# ------------------------------------------------------------------ layers


def layered(path: Path, *, shown: bool) -> Path:
    """A page with a column in a layer that is off or on, as drawing programs make them."""
    rows = [["No", "Province", "PAR INDEX", "Rank"]]
    rows += [[r[0], plain_name(r[1]), *r[2:]] for r in plain(ROWS)]
    lines = ["BT /F 9 Tf 40 820 Td (SYNTHETIC PAR INDEX 2021) Tj ET"]
    layer = []
    for n, texts in enumerate(rows):
        y = 800 - 12 * n
        for left, text in zip((40, 80, 240, 320), texts, strict=True):
            lines.append(f"BT /F 9 Tf {left} {y} Td ({text}) Tj ET")
        layer.append(f"BT /F 9 Tf 400 {y} Td ({'66,99' if n else 'Total score'}) Tj ET")
    content = "\n".join([*lines, "/OC /L BDC", *layer, "EMC"])
    raw = Parts(b"\n1 0 obj\n<< /Type /Catalog >>\nendobj\n /Root 1 0 R")
    state = "ON" if shown else "OFF"
    raw.objects |= {
        1: f"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R] /D << /{state} [6 0 R] "
        ">> >> >>".encode(),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << "
        b"/Font << /F 4 0 R >> /Properties << /L 6 0 R >> >> >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        5: f"<< /Length {len(content)} >>\nstream\n{content}\nendstream".encode("latin-1"),
        6: b"<< /Type /OCG /Name (Draft) >>",
    }
    path.write_bytes(raw.whole())
    return path


def test_a_layer_that_is_off_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [(plain_name(name), value, rank) for name, value, rank in ROWS]
    notes = same(layered(tmp_path / "a.pdf", shown=False), expected(rows)).release.notes
    assert any("does not show is not read" in note and "'66,99'" in note for note in notes)


def test_a_layer_that_is_on_is_read(tmp_path: Path) -> None:
    read = read_release(layered(tmp_path / "a.pdf", shown=True), "PAR_INDEX", 2021)
    assert (read.figures["text"] == "66,99").sum() == len(ROWS)


def test_headings_that_nearly_touch_belong_where_their_figures_end(tmp_path: Path) -> None:
    """Blanks between two headings as narrow as between two words: the right edges tell."""
    pdf = sheet(7)
    pdf.add_page()
    pdf.text(10, 12, TITLE)
    names = ("Chỉ đạo điều hành", "Thể chế", "Tài chính công", "Chính quyền số", "Tổng điểm")
    ends = [46.0]
    for name in names:
        ends.append(ends[-1] + pdf.get_string_width(name) + 0.7)
    body = [(unit, [f"{7 + n % 3},{10 + n}" for n in range(4)]) for unit, *_ in ROWS[:20]]
    lines = [("Tỉnh, thành phố", names), *((u, [*f, f"8{len(u) % 9},50"]) for u, f in body)]
    for row, (unit, texts) in enumerate(lines):
        pdf.text(10, 20 + 4 * row, plain_name(unit) if row else unit)
        for text, end in zip(texts, ends[1:], strict=True):
            pdf.text(end - pdf.get_string_width(text), 20 + 4 * row, text)
    pdf.output(str(tmp_path / "a.pdf"))
    read = read_release(tmp_path / "a.pdf", "PAR_INDEX", 2021)
    found = read.figures.set_index("component")["text"]
    assert set(found["A6"]) == {"9,12"}
    assert set(found["A7"]) == {"7,13"}
    assert set(found.index) == {"A1", "A2", "A6", "A7", "total"}


def test_a_page_on_which_figures_are_struck_out_is_refused(tmp_path: Path) -> None:
    def strike(pdf: FPDF) -> None:
        if pdf.page_no() == 1:
            pdf.add_text_markup_annotation(
                "StrikeOut",
                "",
                [x * pdf.k for x in (86, 297 - 28, 110, 297 - 28, 86, 297 - 23, 110, 297 - 23)],
            )

    with pytest.raises(ReleaseError) as caught:
        read_release(table(tmp_path / "a.pdf", extra=strike), "PAR_INDEX", 2021)
    assert (caught.value.code, caught.value.place) == ("struck_out", "a.pdf page 1")


def through(kind: str) -> Draw:
    """The third row's percentage, with a line through or under it."""

    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        pdf.text(x, y, text)
        if text != plain(ROWS)[2][2]:
            return
        right, middle = x + pdf.get_string_width(text), y - 1.1
        if kind == "line":
            pdf.line(x - 0.3, middle, right + 0.3, middle)
        elif kind == "box":
            pdf.rect(x, middle, right - x, 0.2, style="F")
        elif kind == "cross":
            pdf.line(x, y, right, y - 2.4)
            pdf.line(x, y - 2.4, right, y)
        elif kind == "row":
            pdf.line(EDGES[0] + 1, middle, EDGES[-1] - 1, middle)
        elif kind == "short":
            pdf.line(x, middle, x + pdf.get_string_width(text[:1]), middle)
        elif kind == "under":
            pdf.line(x, y + 0.4, right, y + 0.4)
        elif kind == "frame":
            pdf.rect(x - 0.5, y - 3, right - x + 1, 3.6)

    return put


@pytest.mark.parametrize("kind", ["line", "box", "cross", "row"])
def test_figures_with_a_line_through_them_are_left_out_and_told(kind: str, tmp_path: Path) -> None:
    expect = expected(ROWS)
    name, struck, _ = plain(ROWS)[2][1:]
    for measure in ("percent", "rank") if kind == "row" else ("percent",):
        del expect[name, "total", measure]
    notes = same(table(tmp_path / "a.pdf", through(kind)), expect).release.notes
    assert any("struck out is not read" in n and repr(struck) in n for n in notes)


def test_what_is_cut_off_is_left_out_though_other_text_stands_there(tmp_path: Path) -> None:
    """A title that runs beyond its cell lies, cut off there, on what the next page repeats."""

    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        with pdf.rect_clip(x - 15, y - 5, 14, 7):
            pdf.text(x, y, "43,21")
        pdf.text(x, y, text)

    notes = same(table(tmp_path / "a.pdf", put), expected(ROWS)).release.notes
    assert any("does not show is not read: '43,21'" in note for note in notes)


@pytest.mark.parametrize("kind", ["under", "frame"])
def test_lines_under_and_around_figures_strike_nothing(kind: str, tmp_path: Path) -> None:
    notes = same(table(tmp_path / "a.pdf", through(kind)), expected(ROWS)).release.notes
    assert not any("struck" in note for note in notes)


def test_a_line_through_one_digit_or_through_all_figures_is_refused(tmp_path: Path) -> None:
    def all_of_them(pdf: FPDF, x: float, y: float, text: str) -> None:
        pdf.text(x, y, text)
        pdf.line(x, y - 1.1, x + pdf.get_string_width(text), y - 1.1)

    for put, said in ((through("short"), "a part of a figure"), (all_of_them, "most of the")):
        with pytest.raises(ReleaseError, match=said) as caught:
            read_release(table(tmp_path / "a.pdf", put), "PAR_INDEX", 2021)
        assert (caught.value.code, caught.value.place) == ("struck_out", "a.pdf page 1")


def piece(page: int, rows: list[list[str]]) -> Piece:
    cells = tuple(tuple(Cell(text) for text in row) for row in rows)
    columns = tuple((30.0 * n, 30.0 * n + 30) for n in range(len(rows[0])))
    return Piece(page, 1, columns, cells, "", tuple(12.0 * n for n in range(len(rows))))


def test_text_in_which_a_digit_stands_for_another_is_refused() -> None:
    """The file's table of characters lies; the running numbers of the page prove it."""
    swapped = str.maketrans("38", "83")
    rows = [[n.translate(swapped), name, v, r] for n, name, v, r in plain(ROWS)]
    with pytest.raises(ReleaseError, match="8 for 3, 3 for 8") as caught:
        joined([piece(1, [HEAD, *rows[:40]]), piece(2, rows[40:])], "a.pdf", {})
    assert (caught.value.code, caught.value.place) == ("unmapped_text", "a.pdf page 1 table 1")
    # rows that are only out of order prove nothing
    moved = [rows[n] for n in (1, 0, *range(2, 63))]
    assert len(joined([piece(1, [HEAD, *moved])], "a.pdf", {})) == 1


def test_a_page_that_begins_with_the_rest_of_a_cell_goes_on_with_the_table() -> None:
    """The last cell of a row broke over two pages, and has more names than the names' column."""
    proofs = ["Báo cáo số 12/BC-UBND", "Kế hoạch số 3/KH-UBND", "Công văn số 5", "Quyết định số 6"]
    first = [["STT", "Tiêu chí", "Điểm tối đa", "Tài liệu kiểm chứng"]]
    first += [[f"1.{n}", f"Nội dung {'ab'[n % 2]}", "1,50", ""] for n in range(1, 8)]
    rest = [["", "", "", "UBND ngày 15/3/2022"]]
    rest += [[f"1.{n + 8}", "Nội dung c", "2,00", proof] for n, proof in enumerate(proofs)]
    found = joined([piece(1, first), piece(2, rest)], "a.pdf", {})
    assert [len(grid.rows) for grid in found] == [13]


def test_rows_without_lines_and_blanks_are_no_table_and_said_to_be_rows(tmp_path: Path) -> None:
    pdf = sheet()
    pdf.add_page()
    pdf.text(10, 10, TITLE)
    for n, (number, name, value, _) in enumerate(plain(ROWS)[:30]):
        pdf.text(10, 20 + 7 * n, f"{number}{name} {value}")
    pdf.output(str(tmp_path / "a.pdf"))
    with pytest.raises(ReleaseError, match="nothing tells the columns") as caught:
        read_release(tmp_path / "a.pdf", "PAR_INDEX", 2021)
    assert caught.value.code == "no_table"
    assert ROWS[0][0] in caught.value.found


def test_a_last_page_that_is_a_picture_is_told(tmp_path: Path) -> None:
    def scan(pdf: FPDF) -> None:
        if pdf.page_no() == 2:
            pdf.add_page()
            pdf.image(Image.new("RGB", (80, 80), (235, 240, 250)), 20, 20, 170, 200)

    notes = same(table(tmp_path / "a.pdf", extra=scan), expected(ROWS)).release.notes
    assert "a.pdf: no text on page 3: a picture, which is not read" in notes


def pages(path: Path, parts: list[list[list[str]]], lines_at: int = 0) -> Path:
    """A table without lines, a page for each part; or with a line under every so many rows."""
    pdf = sheet()
    for n, part in enumerate(parts):
        pdf.add_page()
        rows = [HEAD, *part] if not n or lines_at else part
        if not n:
            pdf.text(10, 10, TITLE)
        for k, texts in enumerate(rows):
            for c, text in enumerate(texts):
                pdf.text(EDGES[c] + 2, 20.3 + 7 * k, text)
        for k in [*range(1, len(rows), lines_at), len(rows)] if lines_at else ():
            pdf.line(EDGES[0], 15 + 7 * k, EDGES[-1], 15 + 7 * k)
        for x in EDGES if lines_at else ():
            pdf.line(x, 15, x, 15 + 7 * len(rows))
        if lines_at:
            pdf.line(EDGES[0], 15, EDGES[-1], 15)
    pdf.output(str(path))
    return path


def test_the_last_row_alone_on_a_page_without_lines_is_read(tmp_path: Path) -> None:
    body = plain(ROWS)[:31]
    path = pages(tmp_path / "a.pdf", [body[:30], body[30:]])
    own = {name for _, name, *_ in body}
    found = read_release(path, "PAR_INDEX", 2021).figures
    assert set(found["unit_text"]) == own
    assert found["measure"].value_counts().to_dict() == {"percent": 31, "rank": 31}


def test_a_row_that_stands_in_no_table_of_its_page_is_told(tmp_path: Path) -> None:
    def extra(pdf: FPDF) -> None:
        pdf.text(30, 292, "Thuận 55,84 82,79 17")

    read = read_release(table(tmp_path / "a.pdf", extra=extra), "PAR_INDEX", 2021)
    told = [note for note in read.release.notes if "stand in no table" in note]
    assert any("Thuận 55,84 82,79 17" in note for note in told)


def test_lines_at_every_fifth_row_make_no_cells(tmp_path: Path) -> None:
    body = plain(ROWS)
    same(pages(tmp_path / "a.pdf", [body[:32], body[32:]], lines_at=5), expected(ROWS))


def test_a_list_with_leaders_is_no_table_and_said_to_be_one(tmp_path: Path) -> None:
    pdf = sheet()
    pdf.add_page()
    for n, (_, name, value, _) in enumerate(plain(ROWS)[:30]):
        pdf.text(10, 20 + 7 * n, f"{n + 1}. {name} {'.' * 40} {value}")
    pdf.output(str(tmp_path / "a.pdf"))
    with pytest.raises(ReleaseError, match="list with leaders of dots") as caught:
        read_release(tmp_path / "a.pdf", "PAR_INDEX", 2021)
    assert caught.value.code == "no_table"
    assert "...." in caught.value.found


def broken_over_pages(path: Path, number: str, figures: bool) -> Path:
    """A table whose 33rd row begins below the lines of the first page."""
    pdf = sheet()
    body = plain(ROWS)
    for first, last in ((0, 32), (33, 63)):
        pdf.add_page()
        pdf.text(10, 12, TITLE)
        for n, texts in enumerate([HEAD, *body[first:last]]):
            for text, (left, right) in zip(texts, pairwise(EDGES), strict=True):
                pdf.rect(left, 15.0 + 7 * n, right - left, 7)
                pdf.text(left + 2, 20.0 + 7 * n, text)
        if first == 0:
            row = [number, body[32][1], *(body[32][2:] if figures else ["", ""])]
            for text, left in zip(row, EDGES[:-1], strict=True):
                pdf.text(left + 2, 20.0 + 7 * 33, text)
    pdf.output(str(path))
    return path


def test_a_row_outside_of_the_lines_of_its_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as caught:
        read_release(broken_over_pages(tmp_path / "a.pdf", "33", True))
    assert caught.value.code == "row_outside"
    assert caught.value.place == "a.pdf page 1"
    assert ROWS[32][0] in caught.value.found


def test_a_line_under_a_table_that_is_no_row_of_it_is_no_reason_to_refuse(tmp_path: Path) -> None:
    for name, number, figures in (("a", "(33)", True), ("b", "33", False)):
        read_release(broken_over_pages(tmp_path / f"{name}.pdf", number, figures))


def after(draw: Callable[[FPDF, float, float], None]) -> Draw:
    """Something behind each figure with decimals."""

    def put(pdf: FPDF, x: float, y: float, text: str) -> None:
        pdf.text(x, y, text)
        if "," in text:
            draw(pdf, x + pdf.get_string_width(text), y)

    return put


def test_small_digits_below_the_line_are_no_digits_of_the_figure(tmp_path: Path) -> None:
    def lowered(pdf: FPDF, x: float, y: float) -> None:
        pdf.set_font_size(5)
        pdf.text(x, y + 1, "1")
        pdf.set_font_size(9)

    with pytest.raises(ReleaseError, match="60,88"):
        read_release(table(tmp_path / "a.pdf", after(lowered)))


def test_digits_that_are_pressed_together_are_refused(tmp_path: Path) -> None:
    def pressed(pdf: FPDF, x: float, y: float) -> None:
        pdf.set_stretching(1)
        pdf.text(x, y, "4")
        pdf.set_stretching(100)

    with pytest.raises(ReleaseError) as caught:
        read_release(table(tmp_path / "a.pdf", after(pressed)))
    assert caught.value.code == "thin_digits"
    assert "63 of" in caught.value.found or "32 of" in caught.value.found


def test_a_reader_that_breaks_the_text_otherwise_finds_the_same_figures() -> None:
    """Of pages that a browser prints pdfium gives a letter a line, or cells run together."""
    rows = plain(ROWS)
    read = [piece(1, [HEAD, *rows])]
    letters = [letter for row in rows for text in row for letter in text]
    for between in ("\r\n", "", " "):
        same_figures(between.join(letters), read, "a.pdf page 1")
    # other figures are refused, and the same ones on other rows
    lies = [[n, name, f"{float(v.replace(',', '.')) - 7.31:.2f}", r] for n, name, v, r in rows]
    swapped = [[n, name, rows[~k][2], r] for k, (n, name, _, r) in enumerate(rows)]
    for other in (lies, swapped):
        text = "".join(t.replace(".", ",") for row in other for t in row)
        with pytest.raises(ReleaseError, match="two readers find different figures") as caught:
            same_figures(text, read, "a.pdf page 1")
        assert (caught.value.code, caught.value.place) == ("damaged_file", "a.pdf page 1")


def test_the_rest_of_the_name_of_a_criterion_on_the_next_page_goes_back_to_its_row() -> None:
    head = ["TT", "Tiêu chí", "Điểm tối đa", "Hà Nội"]
    first = [[f"1.{n}", "Thực hiện kế hoạch", "2,00", f"1,{n}5"] for n in range(1, 8)]
    last = ["1.8", "Xử lý kết quả theo", "1,00", "0,97"]
    more = [[f"2.{n}", "Rà soát văn bản", "2,00", f"1,{n}5"] for n in range(1, 8)]
    rest = ["", "dõi thi hành pháp luật của các sở, ngành", "", ""]
    title = ["", "Kết quả chấm điểm của các sở, ngành", "", ""]
    for line, name in ((rest, f"{last[1]} {rest[1]}"), (title, last[1])):
        (grid,) = joined([piece(1, [head, *first, last]), piece(2, [line, *more])], "a.pdf", {})
        assert grid.rows[8][1].text == name
