"""Spreadsheets and CSV files as they are sent round: every figure as written, or a refusal."""

from __future__ import annotations

import csv
import datetime
import io
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from build_corpus import NAMES, Case, Key, comma, t_codes, t_criteria
from test_corpus import compare
from test_forms import expected, ranked

from parstudy.cli import main
from parstudy.errors import ReleaseError
from parstudy.facts import provinces
from parstudy.intake import ReadRelease, read_release

TITLE = "SYNTHETIC. Chỉ số cải cách hành chính năm 2021"
HEAD = ["STT", "Tỉnh, thành phố", "Chỉ số (%)", "Xếp hạng"]
ROWS = ranked(51)


def body(change: Callable[[int, list[Any]], list[Any]] | None = None) -> list[list[Any]]:
    """Rows of the plain table; ``change`` alters one of them."""
    rows: list[list[Any]] = [[n, *row] for n, row in enumerate(ROWS, 1)]
    return rows if change is None else [change(n, r) for n, r in enumerate(rows, 1)]


def cell(row: int, column: int, value: Any) -> Callable[[int, list[Any]], list[Any]]:
    return lambda n, r: [value if (n, c) == (row, column) else x for c, x in enumerate(r)]


def workbook(
    path: Path,
    rows: Sequence[Sequence[Any]],
    change: Callable[[Any], None] | None = None,
    sheet: str = "PL1",
) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    if change is not None:
        change(book)
    book.save(path)
    return path


def table(rows: Sequence[Sequence[Any]], separator: str = ";") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue()


def same(path: Path, expect: dict[Key, float], **said: Any) -> ReadRelease:
    read = read_release(path, **said)
    problems = compare(Case(path.name, path.name, expect), read)
    assert not problems, "\n".join(problems[:10])
    return read


def office(path: Path, suffix: str) -> Path:
    """The file as LibreOffice saves it in another format."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    home = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", suffix, "--outdir", path.parent, path],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return path.with_suffix(f".{suffix}")


@pytest.mark.parametrize(
    "shape", ["0.00%", "0%", "[Red]0.00%", '0.00"%"', "0.00\\%", "0.00_%", "0.00_);(0.00)"]
)
def test_only_a_percent_sign_that_counts_multiplies(shape: str, tmp_path: Path) -> None:
    """ "0.00\\%" and '0.00"%"' print a sign behind points; they multiply nothing."""
    share = shape in ("0.00%", "0%", "[Red]0.00%")

    def shaped(book: Any) -> None:
        for one in book.active["C"][2:]:
            one.value, one.number_format = one.value / 100 if share else one.value, shape

    same(workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *body()], shaped), expected(ROWS))


@pytest.mark.parametrize("text", ["0", "-3", "2,5", "12/5", "5/12"])
def test_what_is_no_rank_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table([[TITLE], HEAD, *body(cell(7, 3, text))]), encoding="utf-8")
    with pytest.raises(ReleaseError) as caught:
        read_release(path)
    assert caught.value.code in ("not_a_rank", "mixed_rankings")
    assert caught.value.place.endswith("row 9 column 4")


@pytest.mark.parametrize("text", ["x", "Không đánh giá", "KĐG", "NaN", "chưa có số liệu"])
def test_words_for_no_figure_are_told(text: str, tmp_path: Path) -> None:
    rows = body(lambda n, r: [*r[:3], text] if n in (7, 9) else r)
    lost = {(ROWS[n][0], "total", "rank") for n in (6, 8)}
    expect = {k: v for k, v in expected(ROWS).items() if k not in lost}
    read = same(workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *rows]), expect)
    told = f"a.xlsx sheet 'PL1' row 9: {text!r} was taken for no figure, here and in 1 other cells"
    assert told in read.release.notes


@pytest.mark.parametrize("heading", ["Chỉ số (%)", "Tổng điểm"])
def test_shares_are_no_points_and_no_percent(heading: str, tmp_path: Path) -> None:
    rows = body(lambda n, r: [*r[:2], f"{r[2] / 100:.4f}", r[3]])
    path = tmp_path / "a.csv"
    path.write_text(table([[TITLE], [*HEAD[:2], heading, HEAD[3]], *rows]), encoding="utf-8")
    with pytest.raises(ReleaseError, match="shares between 0 and 1"):
        read_release(path)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table([[TITLE], HEAD, *body()], "\t").encode(codec))
    same(path, expected(ROWS))


def test_three_decimals_that_can_be_no_thousands(tmp_path: Path) -> None:
    rows = ranked(52)
    path = tmp_path / "a.csv"
    lines = [[n, name, f"{v:.2f}7", r] for n, (name, v, r) in enumerate(rows, 1)]
    path.write_text(table([[TITLE], HEAD, *lines]), encoding="utf-8")
    read = read_release(path)
    found = read.figures[read.figures["measure"].eq("percent")]
    assert list(found["value"]) == [float(f"{v:.2f}7") for _, v, _ in rows]


def test_a_group_over_many_rows(tmp_path: Path) -> None:
    """ "Nhóm A" in one cell beside all provinces of the group; a figure may not stand so."""
    lines = [[r[0], "Nhóm A" if n == 1 else None, *r[1:]] for n, r in enumerate(body(), 1)]
    path = workbook(
        tmp_path / "a.xlsx",
        [[TITLE], ["STT", "Nhóm", *HEAD[1:]], *lines],
        lambda book: book.active.merge_cells("B3:B65"),
    )
    groups = {(name, "total", "group"): float("nan") for name in NAMES}
    read = read_release(path)
    assert read.figures["text"].eq("Nhóm A").sum() == len(groups)
    problems = compare(Case("", "", expected(ROWS)), read)
    assert all("'group'" in p for p in problems)


def ods(path: Path, rows: Sequence[str]) -> Path:
    """An ODS file of rows of cells in XML."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} {calc}><office:body>'
        f'<office:spreadsheet><table:table table:name="PL1">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            "</manifest:manifest>",
        )
        archive.writestr("content.xml", content)
    return path


def ods_cell(value: Any, kind: str = "float", more: str = "") -> str:
    if isinstance(value, str):
        return (
            f'<table:table-cell office:value-type="string" {more}>'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}" {more}/>'


def ods_rows(change: Callable[[int, list[Any]], list[Any]] | None = None) -> list[str]:
    rows = [[TITLE], HEAD, *body(change)]
    return [
        "".join(
            x
            if isinstance(x, str) and x.startswith("<")
            else ods_cell(x / 100, "percentage")
            if isinstance(x, float)
            else ods_cell(x)
            for x in row
        )
        for row in rows
    ]


def test_ods_percentages_are_read_as_shown(tmp_path: Path) -> None:
    same(ods(tmp_path / "a.ods", ods_rows()), expected(ROWS))


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" '
            'office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>'
            "</table:table-cell>",
            "spreadsheet_error",
        ),
        (ods_cell(0.87, "percentage", 'table:number-columns-spanned="2"'), "merged_number"),
    ],
)
def test_ods_errors_and_merged_figures_are_refused(bad: str, code: str, tmp_path: Path) -> None:
    merged = "spanned" in bad

    def change(n: int, row: list[Any]) -> list[Any]:
        if n != 7:
            return row
        return [*row[:2], bad, "<table:covered-table-cell/>" if merged else row[3]]

    with pytest.raises(ReleaseError) as caught:
        read_release(ods(tmp_path / "a.ods", ods_rows(change)))
    assert caught.value.code == code
    assert "'PL1'!" in caught.value.place


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_what_office_saves_of_errors_and_hidden_rows(suffix: str, tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[8].hidden = True
        book.active.column_dimensions["D"].hidden = True

    path = office(workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *body()], hide), suffix)
    notes = same(path, expected(ROWS)).release.notes
    assert [n.split(": ")[1] for n in notes] == [
        "hidden rows 8 were treated like the others",
        "hidden columns D were treated like the others",
    ]
    rows = [[TITLE], HEAD, *body(cell(7, 2, "=1/0"))]
    with pytest.raises(ReleaseError, match="#DIV/0!"):
        read_release(office(workbook(tmp_path / "b.xlsx", rows), suffix))


def test_text_numbers_with_both_marks(tmp_path: Path) -> None:
    rows = body(lambda n, r: [str(n), r[1], comma(r[2]) if n % 2 else f"{r[2]:.2f}", str(r[3])])
    same(workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *rows]), expected(ROWS))


@pytest.mark.parametrize(
    ("title", "sheet", "component"),
    [
        (f"{TITLE} - Cải cách thủ tục hành chính", "PL1", "A3"),
        ("SYNTHETIC Kết quả lĩnh vực cải cách TTHC trong Chỉ số CCHC năm 2021", "PL1", "A3"),
        (TITLE, "Cải cách chế độ công vụ", "A5"),
        (TITLE, "Lĩnh vực 3", "A3"),
        ("SYNTHETIC PAPI 2021. Chỉ số nội dung 5: Thủ tục hành chính công", "Data", "D5"),
        ("SYNTHETIC PAPI 2021. Hiệu quả quản trị và hành chính công cấp tỉnh", "Data", "total"),
        ("SYNTHETIC PCI 2021. Gia nhập thị trường", "Data", "entry"),
    ],
)
def test_a_table_of_one_area_is_no_table_of_totals(
    title: str, sheet: str, component: str, tmp_path: Path
) -> None:
    rows = [[n, name, round(v / 10, 2), r] for n, (name, v, r) in enumerate(ROWS, 1)]
    head = [*HEAD[:2], "Điểm", "Xếp hạng"]
    path = workbook(tmp_path / "a.xlsx", [[title], head, *rows], sheet=sheet)
    expect = {(str(name), component, "score"): float(v) for _, name, v, _ in rows}
    expect |= {(str(name), component, "rank"): float(r) for _, name, _, r in rows}
    same(path, expect)


def test_an_office_in_the_title_is_no_area(tmp_path: Path) -> None:
    title = f"{TITLE} của Ban Chỉ đạo cải cách hành chính"
    head = [*HEAD[:2], "Điểm", "Xếp hạng"]
    expect = {(str(name), "total", "score"): float(v) for _, name, v, _ in body()}
    expect |= {(str(name), "total", "rank"): float(r) for _, name, _, r in body()}
    same(workbook(tmp_path / "a.xlsx", [[title], head, *body()]), expect)
    # a total of 100 points is never that small: of which area is it?
    small = body(lambda n, r: [n, r[1], round(r[2] / 10, 2), r[3]])
    with pytest.raises(ReleaseError, match=r'component = "A1".* or .*component = "A8"') as caught:
        read_release(workbook(tmp_path / "b.xlsx", [[title], head, *small]))
    assert caught.value.code == "unknown_area"


def test_a_heading_of_the_whole_under_the_title_of_an_area_is_not_read(tmp_path: Path) -> None:
    head = [*HEAD[:2], "Chỉ số CCHC", "Xếp hạng"]
    title = f"{TITLE} - Cải cách thủ tục hành chính"
    read = read_release(workbook(tmp_path / "a.xlsx", [[title], head, *body()]))
    assert set(read.figures["component"]) == {"A3"}
    assert "not read, the title is of A3" in read.layout.doubts[0]


YEARS = {year: ranked(60 + year % 10) for year in (2019, 2020, 2021)}


def write(path: Path, rows: Sequence[Sequence[Any]], separator: str = ",") -> Path:
    path.write_text(table(rows, separator), encoding="utf-8")
    return path


def test_long_table_of_years_is_read_year_by_year(tmp_path: Path) -> None:
    rows = [[y, n, v, r] for y, own in YEARS.items() for n, v, r in own]
    head = ["Năm", "Tỉnh", "Chỉ số CCHC", "Xếp hạng"]
    path = write(tmp_path / "SYNTHETIC par index.csv", [head, *rows])
    for year, own in YEARS.items():
        read = read_release(path, year=year)
        assert set(read.figures["year"]) == {year}
        told = dict(zip(read.figures["unit_text"], read.figures["locator"], strict=False))
        assert told["Hà Nội"].endswith(f"row {2 + 63 * (year - 2019)} column 4")
        problems = compare(Case("", "", expected(own, "" if year == 2021 else f" {year}")), read)
        assert not problems, problems[:5]
    with pytest.raises(ReleaseError) as caught:
        read_release(path)
    assert (caught.value.code, caught.value.found) == ("unknown_year", "2019, 2020, 2021")
    with pytest.raises(ReleaseError) as caught:
        read_release(path, year=2018)
    assert (caught.value.code, caught.value.expected) == ("no_rows", "2018")


def test_long_table_of_indices_and_kinds_of_units(tmp_path: Path) -> None:
    rows = [
        ["province", n, 2021, index, v]
        for index, own in (("SIPAS", YEARS[2019]), ("PAR INDEX", YEARS[2021]))
        for n, v, _ in own
    ]
    rows += [["ministry", "Ministry of Finance", 2021, "PAR INDEX", 91.5]]
    head = ["unit_type", "unit", "year", "index", "value"]
    path = write(tmp_path / "SYNTHETIC.csv", [head, *rows])
    for index, year in (("SIPAS", 2019), ("PAR_INDEX", 2021)):
        expect = {k: v for k, v in expected(YEARS[year]).items() if k[2] == "percent"}
        same(path, expect, index=index)


@pytest.mark.parametrize("coded", [True, False])
def test_long_table_of_components(coded: bool, tmp_path: Path) -> None:
    names = [
        "Công tác chỉ đạo, điều hành",
        "Cải cách thủ tục hành chính",
        "Cải cách tài chính công",
    ]
    codes = ["A1", "A3", "A6"] if not coded else ["1.1", "1.1.2", "3.2"]
    draw = iter(range(10_000))
    rows, expect = [], {}
    for said, code in zip(codes if coded else names, codes, strict=True):
        for name in NAMES:
            value = 1 + next(draw) / 100
            rows.append([name, 2021, said, value])
            expect[name, code, "score"] = value
    head = ["Tỉnh", "Năm", "Mã" if coded else "Tiêu chí", "Điểm"]
    same(write(tmp_path / "SYNTHETIC par index.csv", [head, *rows]), expect)


def plain_name(name: str) -> str:
    text = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return text.encode("ascii", "ignore").decode()


def test_open_panels_given_as_a_file(tmp_path: Path) -> None:
    """The columns of the open panels, in a plain CSV file."""
    head = "year,unit_type,unit_code,unit_name,par_index,par_rank,ranked,score_moha,score_survey"
    rows: list[list[Any]] = [head.split(",")]
    expect: dict[Key, float] = {}
    for year, own in YEARS.items():
        for n, (name, v, r) in enumerate(own, 1):
            part = round(v * 0.6, 2)
            values = (v, r, part, round(v - part, 2))
            rows.append([year, "province", n, plain_name(name), *values[:2], 1, *values[2:]])
            if year == 2021:
                measures = ("percent", "rank", "score", "score")
                components = ("total", "total", "appraisal", "survey")
                for c, m, value in zip(components, measures, values, strict=True):
                    expect[plain_name(name), c, m] = value
        rows.append([year, "ministry", "M1", "Ministry of Finance", 95.1, 1, 1, 60, 35.1])
    same(write(tmp_path / "SYNTHETIC.csv", rows), expect, index="PAR_INDEX", year=2021)

    head = "year,geo_code,geo_name,geo_short,geo_system,sipas_rank,sipas_index"
    rows = [head.split(",")]
    for year, own in YEARS.items():
        for n, (name, v, r) in enumerate(own, 1):
            short = plain_name(name)
            rows.append([year, n, short, short, "historical_63", r, v])
            rows += [[year, n, short, short, "units_34", 1, 50.0]] * (year == 2021 and n < 35)
    now = {(plain_name(n), c, m): v for (n, c, m), v in expected(YEARS[2021]).items()}
    same(write(tmp_path / "SYNTHETIC sipas.csv", rows), now, year=2021)

    head = "year,geo_name,dti_index,dti_rank,pillar_cqs,rank_cqs,pillar_kts,rank_kts"
    rows, expect = [head.split(",")], {}
    for name, v, r in YEARS[2021]:
        share = round(v / 100, 4)
        rows.append([2021, plain_name(name), share, r, share, r, share, r])
        for component in ("total", "cqs", "kts"):
            expect[plain_name(name), component, "score"] = share
            expect[plain_name(name), component, "rank"] = r
    same(write(tmp_path / "SYNTHETIC dti.csv", rows), expect)


@pytest.mark.parametrize("year", [2011, 2016, 2018, 2019, 2024])
def test_papi_files_as_compiled(year: int, mirror: Path) -> None:
    """Units by code, sub-dimensions by code: SC11 of P01 is 1.1 of Hà Nội."""
    path = mirror / "papi" / f"{year}.csv"
    read = read_release(path, index="PAPI")
    with path.open(encoding="utf-8") as handle:
        head, *rows = csv.reader(handle)
    expect = {
        (f"PAPI:{row[0]}", f"{h[2]}.{h[3]}", "score"): float(x)
        for row in rows
        for h, x in zip(head[1:], row[1:], strict=True)
        if x
    }
    keys = zip(
        read.figures["unit_text"], read.figures["component"], read.figures["measure"], strict=True
    )
    assert dict(zip(keys, read.figures["value"], strict=True)) == expect
    assert set(read.release.components["parent"]) <= {f"D{n}" for n in range(1, 9)}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_headings_over_several_columns_that_are_not_merged(suffix: str, tmp_path: Path) -> None:
    head = [
        ["TT", "Tỉnh", "Năm 2020", "", "Năm 2021", "", ""],
        ["", "", "Chỉ số", "Xếp hạng", "Chỉ số", "Xếp hạng", "Ghi chú"],
    ]
    rows = [
        [n, name, *YEARS[2020][n - 1][1:], *YEARS[2021][n - 1][1:], ""]
        for n, name in enumerate(NAMES, 1)
    ]
    lines = [["SYNTHETIC PAR INDEX"], *head, *rows]
    path = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        write(path, lines, ";")
    else:
        workbook(path, lines)
    same(path, expected(YEARS[2020], " 2020") | expected(YEARS[2021]))


def test_names_of_other_parts_are_no_totals(tmp_path: Path) -> None:
    """ "papi_participation" names no total; "PAR INDEX" and "SIPAS" are two indices."""
    rows = [[n, v, 3.5, r] for n, v, r in YEARS[2021]]
    head = ["province", "papi_total", "papi_participation", "papi_rank"]
    path = write(tmp_path / "SYNTHETIC papi 2021.csv", [head, *rows])
    expect = {
        (n, c, "score" if m == "percent" else m): v
        for (n, c, m), v in expected(YEARS[2021]).items()
    }
    read = same(path, expect)
    assert "'papi_participation': not understood" in read.layout.doubts[0]


def test_a_row_that_stands_twice_in_a_long_table_is_named(tmp_path: Path) -> None:
    rows = [
        [n, 2021, c, v]
        for c in ("entry", "land")
        for n, v in ([*[r[:2] for r in YEARS[2021]], ("Vĩnh Phúc", 7.5)])
    ]
    path = write(tmp_path / "SYNTHETIC pci.csv", [["name", "year", "component", "value"], *rows])
    with pytest.raises(ReleaseError, match="Vĩnh Phúc has two figures for entry score") as caught:
        read_release(path)
    assert caught.value.place.endswith("row 65 column 4")


def test_dimensions_by_their_number_alone(tmp_path: Path) -> None:
    rows = [[n, *(round(v / 10 - k, 2) for k in range(3))] for n, v, _ in YEARS[2021]]
    head = ["Tỉnh/Thành phố", *(f"Nội dung {k}" for k in (1, 2, 3))]
    expect = {(str(row[0]), f"D{k}", "score"): float(row[k]) for row in rows for k in (1, 2, 3)}
    same(workbook(tmp_path / "a.xlsx", [["SYNTHETIC PAPI 2021"], head, *rows]), expect)


def test_headings_that_say_nothing_are_named(tmp_path: Path) -> None:
    rows = [[n, v, r] for n, v, r in YEARS[2021]]
    path = write(tmp_path / "papi 2021.csv", [["Tỉnh", "papi_openness", "Alpha"], *rows])
    with pytest.raises(ReleaseError) as caught:
        read_release(path)
    assert (caught.value.code, caught.value.found) == ("no_columns", "papi_openness, Alpha")


def test_what_no_build_can_take_is_not_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of the 63 provinces in a table of 2025 would stop the build of all releases."""
    title = "SYNTHETIC. Chỉ số cải cách hành chính năm 2025"
    path = workbook(tmp_path / "a.xlsx", [[title], HEAD, *body()])
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    assert main(["--project", str(tmp_path), "add", str(path), "--yes"]) == 2
    told = capsys.readouterr().err
    assert "errors, nothing was written" in told
    assert "Hà Giang is a province of the 63, not one of the 34 units" in told
    assert not list(raw.iterdir())
    path = workbook(tmp_path / "b.xlsx", [[TITLE], HEAD, *body()])
    assert main(["--project", str(tmp_path), "add", str(path), "--yes"]) == 0
    assert main(["--project", str(tmp_path), "build"]) == 0


def test_a_title_of_another_year_than_was_said_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *body()])
    with pytest.raises(ReleaseError) as caught:
        read_release(path, year=2020)
    assert (caught.value.code, caught.value.found) == ("other_year", "2021")


def test_the_year_of_announcement_is_not_the_index_year(tmp_path: Path) -> None:
    title = "SYNTHETIC PAR INDEX 2021, công bố năm 2022"
    same(workbook(tmp_path / "a.xlsx", [[title], HEAD, *body()]), expected(ROWS))


@pytest.mark.parametrize(
    "text", ["2002-03-01", "01/03/2002", "1-Mar-02", datetime.date(2002, 3, 1)]
)
@pytest.mark.parametrize("across", [True, False])
def test_a_code_that_became_a_date_is_refused(text: Any, across: bool, tmp_path: Path) -> None:
    """1.3.2 is 2002-03-01 to a spreadsheet: a column or a row must not fall out for it."""
    made = t_codes()[0] if across else t_criteria()[0]
    row, column = (0, 5) if across else (6, 0)
    rows: list[list[Any]] = [list(r) for r in made.rows]
    rows[row][column] = text
    if not across:  # a name such as "Tiêu chí thành phần 1.2.1" would tell the code as well
        rows[row][1] = "Chế độ báo cáo"
    with pytest.raises(ReleaseError) as caught:
        read_release(workbook(tmp_path / "a.xlsx", [[made.title], *rows]))
    assert caught.value.code == "date_for_number"
    assert caught.value.place.endswith("!F2" if across else "!A8")


def test_two_years_one_below_the_other(tmp_path: Path) -> None:
    """The same header twice, under "Năm 2020" and under "Năm 2021"."""
    tables = [
        [[f"Năm {y}"], HEAD, *[[n, *r] for n, r in enumerate(YEARS[y], 1)], []]
        for y in (2020, 2021)
    ]
    path = workbook(tmp_path / "a.xlsx", [["SYNTHETIC PAR INDEX"], *tables[0], *tables[1]])
    same(path, expected(YEARS[2020], " 2020") | expected(YEARS[2021]), index="PAR_INDEX", year=2021)


@pytest.mark.parametrize("blank", [1, 3])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_blank_rows_between_headings_and_figures(suffix: str, blank: int, tmp_path: Path) -> None:
    lines = [[TITLE, "", "", ""], HEAD, *[[""] * 4] * blank, *body()]
    path = tmp_path / f"a.{suffix}"
    same(write(path, lines, ";") if suffix == "csv" else workbook(path, lines), expected(ROWS))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_known_heading_over_empty_cells_is_told(suffix: str, tmp_path: Path) -> None:
    lines = [[TITLE, "", "", "", "", ""], [*HEAD, "Tổng điểm", "Ghi chú"]]
    lines += [[*row, "", ""] for row in body()]
    path = tmp_path / f"a.{suffix}"
    path = write(path, lines, ";") if suffix == "csv" else workbook(path, lines)
    told = "'Tổng điểm': 63 cells under a known heading are empty, nothing is read"
    doubts = same(path, expected(ROWS)).layout.doubts
    assert [told in d for d in doubts] == [True]


def test_a_separator_behind_each_row_of_figures_is_no_column(tmp_path: Path) -> None:
    rows = [[TITLE], HEAD, *([*row[:2], comma(row[2]), row[3], ""] for row in body())]
    (tmp_path / "a.csv").write_text(table(rows), encoding="utf-8")
    same(tmp_path / "a.csv", expected(ROWS))


def test_figures_that_are_kept_from_a_spreadsheet_by_formulas_of_text(tmp_path: Path) -> None:
    lines = [f'{n};{name};="{comma(v)}";="{rank}"' for n, (name, v, rank) in enumerate(ROWS, 1)]
    text = "\n".join(["sep=;", TITLE, ";".join(HEAD), *lines])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    same(tmp_path / "a.csv", expected(ROWS))


def test_a_file_that_ends_within_its_last_number_is_refused(tmp_path: Path) -> None:
    head = ["TT", "Tỉnh", "Xếp hạng", "Chỉ số (%)"]
    lines = [f"{n};{name};{r};{v:.2f}" for n, (name, v, r) in enumerate(ROWS, 1)]
    text = "\n".join([TITLE, ";".join(head), *lines])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    same(tmp_path / "a.csv", expected(ROWS))
    (tmp_path / "a.csv").write_text(text[:-1], encoding="utf-8")
    with pytest.raises(ReleaseError, match="it may be cut") as caught:
        read_release(tmp_path / "a.csv")
    assert (caught.value.code, caught.value.place) == ("damaged_csv", "a.csv row 65")
    # a program that drops zeros ends with a shorter number now and then
    bare = [f"{n};{name};{r};{v:g}" for n, (name, v, r) in enumerate(ROWS, 1)]
    bare[-1] = bare[-1].rpartition(";")[0] + f";{ROWS[-1][1]:.1f}"
    text = "\n".join([TITLE, ";".join(head), *bare])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    read_release(tmp_path / "a.csv")


def test_running_numbers_that_a_program_wrote_with_a_decimal(tmp_path: Path) -> None:
    rows = [[TITLE], HEAD, *([float(n), name, comma(v), r] for n, name, v, r in body())]
    (tmp_path / "a.csv").write_text(table(rows), encoding="utf-8")
    assert len(same(tmp_path / "a.csv", expected(ROWS)).release.running) == 63


@pytest.mark.parametrize("share", [1, 100])
def test_parts_beyond_the_whole_have_lost_their_mark(share: int, tmp_path: Path) -> None:
    head = ["STT", "Tỉnh, thành phố", "Điểm thẩm định", "Điểm điều tra xã hội học"]
    rows = [[n, name, 50 + v / 10, round(v / 4 * share)] for n, name, v, _ in body()]
    path = workbook(tmp_path / "a.xlsx", [[TITLE], head, *rows])
    if share == 1:
        assert len(read_release(path).figures) == 126
        return
    with pytest.raises(ReleaseError, match="beyond the 100 of the whole") as caught:
        read_release(path)
    assert caught.value.code == "lost_decimal_mark"
    assert caught.value.place.endswith("'PL1'!D3")


def test_rows_that_come_again_under_a_second_heading_are_no_headings(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[TITLE], HEAD, *body(), HEAD, *body()[:30]])
    same(path, expected(ROWS))


@pytest.mark.parametrize("bare", [0, 1])
def test_a_comma_that_parts_cells_and_decimals_is_named(bare: int, tmp_path: Path) -> None:
    rows = [f"{n},{name},{comma(v) if n > bare else 87},{r}" for n, (name, v, r) in enumerate(ROWS)]
    (tmp_path / "a.csv").write_text("\n".join([",".join(HEAD[1:]), *rows]), encoding="utf-8")
    with pytest.raises(ReleaseError, match="is the decimal mark as well") as caught:
        read_release(tmp_path / "a.csv", "PAR_INDEX", 2021)
    assert caught.value.code == "damaged_csv"


def test_the_34_units_are_no_provinces_of_a_year_of_63(tmp_path: Path) -> None:
    names = [unit.name_vi for unit in provinces.units("34")]
    rows = [[k, name, 90 - k / 4, k] for k, name in enumerate(names, 1)]
    path = workbook(tmp_path / "a.xlsx", [["SYNTHETIC. PAR INDEX năm 2024"], HEAD, *rows])
    with pytest.raises(ReleaseError) as caught:
        read_release(path)
    assert caught.value.code == "wrong_geography"


def test_changes_that_show_no_sign_are_not_read(tmp_path: Path) -> None:
    head = [*HEAD, "Tăng, giảm so với năm 2020 (điểm)"]
    rows = [[*row, f"{row[0] % 7 + 1},25"] for row in body()]
    read = same(workbook(tmp_path / "a.xlsx", [[TITLE], head, *rows]), expected(ROWS))
    assert any("can't be told" in doubt for doubt in read.layout.doubts)


def criteria(codes: Sequence[Any]) -> list[list[Any]]:
    return [["Mã", "Tên", "Điểm tối đa", "Điểm đạt"], *([c, "Kế hoạch", 1, 0.5] for c in codes)]


@pytest.mark.parametrize(
    ("codes", "code", "place"),
    [
        ([*(f"3.{n}" for n in range(1, 10)), "3.1", "3.11"], "code_twice", "A11"),
        (["1", *[datetime.date(2023, 1, n) for n in range(1, 8)], "2"], "date_for_number", "A3"),
    ],
)
def test_codes_that_a_spreadsheet_has_broken_are_named(
    codes: Sequence[Any], code: str, place: str, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError) as caught:
        read_release(workbook(tmp_path / "a.xlsx", criteria(codes)), "PAR_INDEX", 2022)
    assert (caught.value.code, caught.value.place) == (code, f"a.xlsx sheet 'PL1'!{place}")


def test_provinces_that_share_one_cell_are_named(tmp_path: Path) -> None:
    rows = [HEAD, [1, "\n".join(NAMES[:8]), "87,11\n86,02", "1\n2"], [2, "x", "y", "z"]]
    with pytest.raises(ReleaseError, match="the names of several provinces in one cell"):
        read_release(workbook(tmp_path / "a.xlsx", rows), "PAR_INDEX", 2021)


def test_a_misspelt_first_name_is_named_whatever_stands_below_it(tmp_path: Path) -> None:
    rows = body(cell(1, 1, "Hà Nộj"))
    lines = [[TITLE], HEAD, rows[0], ["Các tỉnh còn lại"], *rows[1:]]
    read = read_release(workbook(tmp_path / "a.xlsx", lines), "PAR_INDEX", 2021)
    wrong = read.findings[read.findings["code"].eq("unknown_unit")]
    assert wrong["unit_id"].to_list() == ["Hà Nộj"]
