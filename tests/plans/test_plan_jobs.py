"""What ``parstudy plan`` does, on the figures that ship."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from parstudy import plans
from parstudy.dataset import Dataset
from parstudy.errors import ProvinceError
from parstudy.plans import PlanError, jobs


def test_new_then_check_then_export(shipped: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    outcome = jobs.new(shipped, "Lạng Sơn", 2021, file)
    assert outcome.ok
    assert outcome.path == file
    assert "no score of a component is known for lang-son in 2021" in "\n".join(outcome.lines())
    checked = jobs.check_file(file, shipped)
    assert checked.ok
    assert checked.exit_code == 0
    written = jobs.export_file(file)
    assert written.path == tmp_path / "plan.docx"
    assert written.path.read_bytes()[:2] == b"PK"


def test_a_plan_that_departments_filled_in_is_not_replaced(
    shipped: Dataset, tmp_path: Path
) -> None:
    file = tmp_path / "plan.csv"
    jobs.new(shipped, "lang-son", 2021, file)
    file.write_text("filled in", encoding="utf-8")
    with pytest.raises(PlanError, match="already"):
        jobs.new(shipped, "lang-son", 2021, file)
    assert file.read_text(encoding="utf-8") == "filled in"
    jobs.new(shipped, "lang-son", 2021, file, force=True)
    with pytest.raises(PlanError, match="over the file that it is read from"):
        jobs.export_file(file, "csv", force=True)


def test_check_says_what_is_wrong_and_exits_with_2(shipped: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    text = '[plan]\nprovince = "lang-son"\nyear = 2021\n[[rows]]\ncode = "A9"\ndue = "soon"\n'
    file.write_text(text, encoding="utf-8")
    outcome = jobs.check_file(file, shipped)
    assert outcome.exit_code == 2
    lines = "\n".join(outcome.lines())
    assert "plan.toml [[rows]] 1 key 'due': not a date; found 'soon'" in lines
    assert "plan.toml [[rows]] 1 key 'code': a code that the criteria set does not have" in lines


def test_export_tells_what_it_left_out_and_still_writes(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("Mã,Nhiệm vụ,Thời hạn\n1.1,a,soon\n1.2,b,2022\n", encoding="utf-8")
    outcome = jobs.export_file(file, "html", tmp_path / "out" / "annex.html")
    assert not outcome.ok
    assert "plan.csv row 2 column 'Thời hạn': not a date" in outcome.lines()[0]
    page = (tmp_path / "out" / "annex.html").read_text(encoding="utf-8")
    assert "<td>a</td>" in page
    assert "<td>b</td>" in page


def test_unknown_format_and_province(shipped: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    plans.write(plans.draft(shipped, "lang-son", 2021), file)
    with pytest.raises(PlanError, match="expected xlsx, csv, toml, docx, html"):
        jobs.export_file(file, "pdf")
    with pytest.raises(ProvinceError):
        jobs.new(shipped, "Lang Xuan", 2021, tmp_path / "x.xlsx")


@pytest.mark.parametrize("form", ["xlsx", "docx", "html", "csv", "toml"])
def test_the_same_plan_gives_the_same_bytes(shipped: Dataset, form: str) -> None:
    plan = plans.draft(shipped, "lang-son", 2021)
    assert plans.as_bytes(plan, form) == plans.as_bytes(replace(plan), form)


@pytest.mark.parametrize("form", ["xlsx", "csv", "toml"])
def test_the_plan_that_ships_goes_through_every_form(root: Path, tmp_path: Path, form: str) -> None:
    plan = plans.read(root / "data" / "plans" / "lang-son-2022.csv")
    assert plan.raised == ["1.1", "1.3.2", "4.1.2", "5.3.1", "5.5.2", "5.7.2"]
    assert plans.read(plans.write(plan, tmp_path / f"plan.{form}")).equals(plan)


@pytest.mark.parametrize(
    ("province", "code"), [("lang-sonn", "unknown_province"), ("", "no_province")]
)
def test_a_plan_of_nobody_is_not_checked_in_silence(
    shipped: Dataset, province: str, code: str
) -> None:
    plan = replace(plans.draft(shipped, "lang-son", 2021), province=province)
    assert [p.code for p in plans.check(plan, shipped).problems] == [code]


def test_whose_plan_it_is_may_be_said_where_the_file_does_not(
    synthetic: Dataset, tmp_path: Path
) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("Mã;Điểm phấn đấu\n1.1.1;9\n", encoding="utf-8-sig")
    silent = jobs.check_file(file, synthetic)
    assert "it is not said whose plan this is" in silent.text[0]
    told = jobs.check_file(file, synthetic, province="Lạng Sơn", year=2022)
    assert "a target above the maximum; found '9'" in told.text[0]
    assert not told.ok
    file.write_text("# province;Cà Mau\nMã;Điểm phấn đấu\n1.1.1;1\n", encoding="utf-8-sig")
    with pytest.raises(PlanError, match="found ca-mau; expected lang-son"):
        jobs.check_file(file, synthetic, province="lang-son", year=2022)


def test_a_code_deeper_than_any_set_is_not_accepted(shipped: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("# province,lang-son\n# year,2021\nMã,Nhiệm vụ\n1.3.2,a\n1.3.2.1,b\n")
    problems = plans.check(file, shipped).problems
    assert [(p.code, p.criterion) for p in problems] == [
        ("unchecked_code", ""),
        ("unknown_code", "1.3.2.1"),
    ]
