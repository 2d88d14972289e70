"""Round trips that lose nothing, the form of the annex, and bytes that do not change."""

from __future__ import annotations

import io
import math
import re
import string
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parstudy import plans
from parstudy.plans import Plan, PlanError
from parstudy.plans._model import frame
from parstudy.plans._write import FORMATS

_CHARS = st.sampled_from(string.printable + "ăâđêôơưẤạ–…'=+-@#;,\"\\€😀\u0301\u200b\u00a0")
_TEXT = st.text(_CHARS, max_size=24)
_POINTS = st.one_of(
    st.just(math.nan), st.floats(0, 100), st.sampled_from([0.1, 0.75, 1.0, 1 / 3, 9.999])
)
_DUE = st.one_of(
    st.sampled_from(["", "continuous", "2022", "2022-Q4", "2022-02", "2024-02-29"]),
    st.dates(min_value=__import__("datetime").date(1990, 1, 1),
             max_value=__import__("datetime").date(2100, 12, 31)).map(lambda d: d.isoformat()),
)  # fmt: skip
_STATUS = st.sampled_from(["", "not_started", "in_progress", "done", "late", "dropped"])
_KIND = st.sampled_from(["", "raise", "hold"])
_DEPARTMENTS = st.sampled_from(["", "Sở Nội vụ", "Sở Tư pháp", "Phòng Lạ", "=HYPERLINK(1)"])


@st.composite
def some_plan(draw: st.DrawFn) -> Plan:
    codes = draw(st.lists(st.sampled_from(["1.1", "1.10", "1.3.2", "A1", "8.2.3", "sipas"]),
                          unique=True, min_size=1, max_size=5))  # fmt: skip
    rows = [
        {
            "code": code,
            "kind": draw(_KIND),
            "name": draw(_TEXT),
            "maximum": draw(_POINTS),
            "score": draw(_POINTS),
            "lost": draw(_POINTS),
            "claimed": draw(_POINTS),
            "gap": draw(_POINTS),
            "reached": draw(st.sampled_from(["", "3/15", "0/1"])),
            "priority": draw(st.sampled_from([math.nan, 1.0, 12.0])),
            "action": draw(_TEXT),
            "lead_department": draw(_DEPARTMENTS),
            "partners": draw(_TEXT),
            "due": draw(_DUE),
            "target_score": draw(_POINTS),
            "status": draw(_STATUS),
            "evidence": draw(_TEXT),
            "source": draw(st.sampled_from(["", "s038c697c"])),
        }
        for code in codes
    ]
    return Plan(
        frame(rows), province="lang-son", year=draw(st.sampled_from([0, 2021])),
        criteria_set="1149/QĐ-BNV", title="Nhiệm vụ, giải pháp", synthetic=draw(st.booleans()),
    )  # fmt: skip


@pytest.mark.parametrize("form", ["xlsx", "csv", "toml"])
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=some_plan())
def test_a_round_trip_loses_nothing(form: str, plan: Plan, tmp_path: Path) -> None:
    path = plans.write(plan, tmp_path / f"plan.{form}")
    again = plans.read(path)
    assert again.problems == ()
    for column in plan.rows:
        assert again.rows[column].equals(plan.rows[column]), column
    assert again.equals(plan)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_plan_gives_the_same_bytes(form: str, drafted: Plan) -> None:
    assert plans.as_bytes(drafted, form) == plans.as_bytes(drafted, form)


def test_a_draft_comes_back_from_the_workbook(drafted: Plan, tmp_path: Path) -> None:
    again = plans.read(plans.write(drafted, tmp_path / "plan.xlsx"))
    assert again.problems == ()
    assert again.equals(drafted)


def test_what_a_department_types_is_what_is_read(drafted: Plan, tmp_path: Path) -> None:
    path = plans.write(drafted, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    page = book["Phụ lục"]
    heads = {c.value: c.column for c in page[8]}
    row = next(r for r in range(9, page.max_row) if page.cell(r, heads["Mã"]).value == "2.1.2")
    page.cell(row, heads["Nhiệm vụ, giải pháp"]).value = "Rà soát văn bản"
    page.cell(row, heads["Tình trạng"]).value = "Đang thực hiện"
    page.cell(row, heads["Thời hạn"]).value = "Quý II/2023"
    page.cell(row, heads["Điểm phấn đấu"]).value = "0,9"
    book.save(path)
    rows = plans.read(path).rows.set_index("code")
    told = rows.loc["2.1.2", ["action", "status", "due", "target_score"]].tolist()
    assert told == ["Rà soát văn bản", "in_progress", "2023-Q2", 0.9]
    assert list(rows.index) == list(drafted.rows["code"])


def test_the_workbook_is_an_annex_that_can_be_printed_and_filled_in(drafted: Plan) -> None:
    book = openpyxl.load_workbook(io.BytesIO(plans.as_bytes(drafted, "xlsx")))
    page = book["Phụ lục"]
    texts = [str(c.value) for row in page.iter_rows() for c in row if c.value is not None]
    for wanted in ("ỦY BAN NHÂN DÂN TỈNH LẠNG SƠN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                   "PHỤ LỤC", "TM. ỦY BAN NHÂN DÂN"):  # fmt: skip
        assert wanted in texts
    assert page.page_setup.orientation == "landscape"
    assert int(page.page_setup.paperSize) == 9
    assert page.print_title_rows == "$8:$9"
    assert book["parstudy"].sheet_state == "hidden"
    lists = [v.formula1 for v in page.data_validations.dataValidation if v.type == "list"]
    assert any("Đang thực hiện" in text for text in lists)
    bands = [c.value for c in page["A"] if str(c.value).startswith("I. ")]
    assert len(bands) == 1
    assert "Sở Nội vụ" in bands[0]
    assert "tiêu chí cần nâng điểm" in bands[0]
    assert {c.font.name for row in page.iter_rows() for c in row if c.value} == {"Times New Roman"}


def test_no_text_becomes_a_formula() -> None:
    texts = ["=1+1", "+84 25", "-x", "@SUM(A1)"]
    rows = [
        {"code": f"1.{n}", "kind": "raise", "action": t, "lead_department": t}
        for n, t in enumerate(texts, 1)
    ]
    plan = Plan(frame(rows), title="=cmd|' /C calc'!A0", authority="=1")
    book = openpyxl.load_workbook(io.BytesIO(plans.as_bytes(plan, "xlsx")))
    for page in book.worksheets:
        assert all(c.data_type != "f" for row in page.iter_rows() for c in row)
    for line in plans.as_bytes(plan, "csv").decode("utf-8-sig").split("\r\n"):
        assert not re.search(r'(^|,)"?[=+\-@]', line), line
    assert "<script>" not in plans.as_bytes(
        Plan(frame([{"code": "1.1", "kind": "raise", "action": "<script>"}])), "html"
    ).decode().replace("<style>", "")


def test_the_document_repeats_its_head_and_parts_what_is_to_be_held(drafted: Plan) -> None:
    document = docx.Document(io.BytesIO(plans.as_bytes(drafted, "docx")))
    assert document.sections[0].page_width > document.sections[0].page_height
    titles = [p.text for p in document.paragraphs]
    assert "A. Tiêu chí cần nâng điểm" in titles
    assert "B. Tiêu chí đã đạt điểm tối đa, cần giữ điểm" in titles
    body = document.tables[1]
    assert "w:tblHeader" in body.rows[0]._tr.xml
    assert "w:gridSpan" in body.rows[1]._tr.xml  # the department across the whole table
    counted = {row.cells[1].text for table in document.tables[1:3] for row in table.rows}
    assert set(drafted.rows["code"]) <= counted


def test_unknown_format(drafted: Plan, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="expected xlsx, csv, toml, docx, html"):
        plans.write(drafted, tmp_path / "plan.pdf")
