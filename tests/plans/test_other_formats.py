"""Plans out of old Excel, OpenDocument, Word and web pages: the readers of releases read them."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest

from parstudy import plans
from parstudy.plans import Plan, PlanError
from parstudy.plans._model import frame

SHOWN = ["code", "name", "maximum", "score", "action", "partners", "due", "target_score"]


def made() -> Plan:
    rows = [
        {"code": "1.1", "kind": "raise", "name": "Kế hoạch", "maximum": 1.0, "score": 0.75,
         "lead_department": "Sở Nội vụ", "action": "Rà soát, bổ sung", "due": "2022-Q4",
         "target_score": 1.0, "status": "in_progress"},
        {"code": "1.3.2", "kind": "raise", "name": "Báo cáo", "maximum": 1.5, "score": 0.813,
         "lead_department": "Sở Nội vụ", "action": "Họp", "due": "2022-12-31",
         "target_score": 1.25},
        {"code": "2.1", "kind": "raise", "name": "Văn bản", "maximum": 0.5, "score": 0.25,
         "lead_department": "Sở Tư pháp", "partners": "Sở Y tế", "due": "continuous"},
    ]  # fmt: skip
    return Plan(frame(rows), province="lang-son", year=2021, title="Nhiệm vụ năm 2022")


@pytest.mark.parametrize("form", ["docx", "html"])
def test_an_annex_comes_back_with_what_it_shows(form: str, tmp_path: Path) -> None:
    again = plans.read(plans.write(made(), tmp_path / f"plan.{form}"))
    assert again.problems == ()
    assert again.rows[SHOWN].equals(made().rows[SHOWN])
    # the department stands in a line across the table, above its rows
    assert list(again.rows["lead_department"]) == ["Sở Nội vụ", "Sở Nội vụ", "Sở Tư pháp"]
    assert list(again.rows["status"]) == ["in_progress", "", ""]
    assert (again.province, again.year, again.raised) == ("", 0, [])


def test_tables_of_an_annex_that_follow_each_other_are_one_plan(
    drafted: Plan, tmp_path: Path
) -> None:
    again = plans.read(plans.write(drafted, tmp_path / "plan.docx"))
    assert set(again.rows["code"]) == set(drafted.rows["code"])
    assert {p.code for p in again.problems} <= {"further_sheet"}


def test_a_document_as_departments_write_it(tmp_path: Path) -> None:
    rows = [
        ["TT", "Mã", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"],
        ["1", "1.1", "Họp", "Sở Nội vụ", "Quý IV/2022"],
        ["2", "1.2", "Rà soát", "", "sớm"],
    ]
    document = docx.Document()
    document.add_paragraph("PHỤ LỤC")
    table = document.add_table(rows=0, cols=5)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    table.cell(1, 3).merge(table.cell(2, 3))
    file = tmp_path / "plan.docx"
    document.save(str(file))
    plan = plans.read(file)
    assert plan.rows["lead_department"].tolist() == ["Sở Nội vụ", "Sở Nội vụ"]
    assert plan.rows["due"].tolist() == ["2022-Q4", ""]
    problems = [(p.code, p.place) for p in plan.problems]
    assert problems == [("not_a_date", "plan.docx table 1 row 3 column 'Thời hạn'")]


def ods(path: Path, rows: list[list[str]]) -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    spaces += ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    months = (
        '<office:automatic-styles><number:date-style style:name="N1"><number:month/>'
        '<number:text>/</number:text><number:year number:style="long"/></number:date-style>'
        '<style:style style:name="month" style:family="table-cell" style:data-style-name="N1"/>'
        "</office:automatic-styles>"
    )
    lines = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry '
            'manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            "</manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}>{months}<office:body>'
            f'<office:spreadsheet><table:table table:name="Phụ lục">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def cell(value: object, kind: str = "string", style: str = "") -> str:
    if kind == "string":
        inside = f"<text:p>{value}</text:p>"
        return f'<table:table-cell office:value-type="string">{inside}</table:table-cell>'
    name = "date-value" if kind == "date" else "value"
    kind += f'" table:style-name="{style}' if style else ""
    return f'<table:table-cell office:value-type="{kind}" office:{name}="{value}"/>'


def test_an_opendocument_spreadsheet(tmp_path: Path) -> None:
    head = ["Mã", "Điểm tối đa", "Điểm phấn đấu", "Thời hạn"]
    plan = plans.read(
        ods(
            tmp_path / "plan.ods",
            [
                [cell(text) for text in head],
                [cell("1.1"), cell(2, "float"), cell(1, "percentage"), cell("2022-12-31", "date")],
                [cell(1.3, "float"), cell(2, "float"), cell("0,5"), cell("Tháng 12/2022")],
                [cell("1.4"), cell(2, "float"), cell(""), cell("2022-11-01", "date", "month")],
                [cell("2002-03-01", "date"), cell(2, "float"), cell(0.5, "percentage"), cell("")],
            ],
        )
    )
    assert plan.rows["code"].tolist() == ["1.1", "1.3", "1.4", "1.3.2"]
    assert plan.rows["due"].tolist() == ["2022-12-31", "2022-12", "2022-11", ""]
    assert plan.rows["target_score"].fillna(-1).tolist() == [2.0, 0.5, -1.0, -1.0]
    assert [(p.code, p.found) for p in plan.problems] == [
        ("code_not_text", "2002-03-01 00:00:00"),
        ("not_a_number", "50%"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_what_another_office_program_saves_is_read_without_loss(
    suffix: str, tmp_path: Path
) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    file = plans.write(made(), tmp_path / "plan.xlsx")
    home = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", suffix, "--outdir", tmp_path, file],
        check=True,
        capture_output=True,
        timeout=180,
    )
    again = plans.read(file.with_suffix(f".{suffix}"))
    assert again.problems == ()
    assert again.equals(made())


def test_a_page_without_a_plan_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text("<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>")
    with pytest.raises(PlanError, match="no row names the columns"):
        plans.read(file)
