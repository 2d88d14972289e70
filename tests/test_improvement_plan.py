"""The notebook improvement_plan: real figures, no figures, a complete SYNTHETIC year."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from test_scenarios import YEAR, tables

import parstudy
from parstudy import charts, cli, demo, plans
from parstudy.dataset import Dataset, build
from parstudy.display import Language, Page
from parstudy.errors import ParstudyError
from parstudy.plans._model import frame
from parstudy.project import Project
from parstudy.studies import improvement


class Notebook:
    """Runs the cells of the notebook here and keeps what they show."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        cells = json.loads((root / "notebooks/improvement_plan.ipynb").read_text(encoding="utf-8"))
        self._code = [
            c["source"] if isinstance(c["source"], str) else "".join(c["source"])
            for c in cells["cells"]
            if c["cell_type"] == "code" and "parameters" not in c["metadata"].get("tags", [])
        ]
        self._patch = monkeypatch

    def __call__(self, ds: Any, **parameters: Any) -> str:
        shown: list[dict[str, Any]] = []

        class Kept(Page):
            def __init__(self, *given: Any) -> None:
                super().__init__(*given, out=shown.append)

        self._patch.setenv("PARSTUDY_STRICT_TEXTS", "1")
        self._patch.setattr(parstudy, "open_dataset", lambda: ds, raising=False)
        self._patch.setattr(parstudy, "Page", Kept, raising=False)
        space: dict[str, Any] = {"target_rank": 0, **parameters}
        for code in self._code:
            exec(code, space)
        return "\n".join(bundle["text/html"] for bundle in shown)


@pytest.fixture
def notebook(root: Path, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    return Notebook(root, monkeypatch)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = demo.generate()
    base = tables(made.scores, made.components)
    claimed = made.self_assessed.rename(
        columns={"province_id": "unit_id", "self_assessed": "value"}
    ).assign(index_id="PAR_INDEX", quantity="self_assessed")
    source = {"source_id": "src", "url": "", "title": "SYNTHETIC", "publisher": "parstudy demo"}
    source |= {"kind": "synthetic", "published_on": "2024", "retrieved_on": "", "licence": ""}
    return SimpleNamespace(
        **vars(base),
        values=claimed,
        sources=pd.DataFrame([source]),
        synthetic=True,
        fingerprint="0" * 64,
        project=SimpleNamespace(root=tmp_path_factory.mktemp("project")),
    )


def test_lang_son_2021(notebook: Notebook, shipped: Dataset) -> None:
    html = notebook(shipped, province="lang-son", year=2021, lang="vi")
    for piece in ("87,11", "23/63", "13–14/63", "6–8/63", "4/63", "0,71–1,24", "Yên Bái"):
        assert piece in html, piece
    assert 'id="rank-ladder"' in html
    # what cannot be known is said, not computed
    assert "không nói được tỉnh mất điểm ở đâu" in html
    assert 'id="gains-table"' not in html
    assert 'id="rank-outlook"' not in html
    english = notebook(shipped, province="lang-son", year=2021, lang="en")
    assert "Rank 13, 10 places better, was 0.71–1.24 points away." in english
    assert "data/raw/PAR_INDEX/2021" in english


def test_a_province_without_a_figure_gets_what_is_missing(
    notebook: Notebook, shipped: Dataset
) -> None:
    html = notebook(shipped, province="binh-dinh", year=2023, lang="en")
    assert "has a score or a rank of Binh Dinh in PAR INDEX 2023" in html
    assert "<h2>What is missing</h2>" in html
    assert "<table" not in html
    assert "<img" not in html


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    ("province", "year"),
    [
        ("hai-phong", 2021),  # first
        ("kien-giang", 2021),  # last
        ("thai-nguyen", 2021),  # a rank, no score
        ("dong-nai", 2021),  # neither, but other figures
        ("lang-son", 2024),  # bounds of the rank only
        ("quang-ninh", 2022),
        ("ha-nam", 2012),
    ],
)
def test_any_province_and_year_runs(
    notebook: Notebook, shipped: Dataset, province: str, year: int, lang: str
) -> None:
    html = notebook(shipped, province=province, year=year, lang=lang)
    assert "{" not in html.replace("{}", "").split("<h1>")[1].split("</h1>")[0]
    assert "nan" not in html.lower().split('class="ps-sources-heading"')[0].split()


def test_a_complete_year_has_everything(notebook: Notebook, synthetic: Any) -> None:
    html = notebook(synthetic, province="lang-son", year=YEAR, lang="en")
    for id in (
        "rank-ladder", "ladder-table", "points-table", "lost-by-department", "departments-table",
        "gains-table", "maximum-table", "claims-table", "way-to-rank", "sets-table",
        "rank-outlook", "chances-table", "passed-table", "gained-table",
    ):  # fmt: skip
        assert f'id="{id}"' in html, id
    assert "SYNTHETIC · SỐ LIỆU GIẢ ĐỊNH" in html
    assert "Exact: the scores of all 63 provinces are known." in html


def test_a_target_of_ones_own(notebook: Notebook, synthetic: Any) -> None:
    html = notebook(synthetic, province="lang-son", year=YEAR, lang="en", target_rank=5)
    assert "To rank 5/63 it takes" in html
    with pytest.raises(ParstudyError):
        notebook(synthetic, province="lang-son", year=YEAR, lang="en", target_rank=64)


def test_the_plan_of_lang_son_names_its_six(
    notebook: Notebook, shipped: Dataset, root: Path
) -> None:
    ds = replace(shipped, project=Project(root))
    html = notebook(ds, province="lang-son", year=2021, lang="vi")
    assert "156/KH-UBND" in html
    # no source names them: the area stands in
    assert "nêu 6 tiêu chí cần nâng điểm: 1.1 và 1.3.2 (thuộc A1 Công tác chỉ đạo" in html
    assert "5.3.1, 5.5.2 và 5.7.2 (thuộc A5 Xây dựng và nâng cao chất lượng" in html
    assert "còn thiếu bao nhiêu thì chưa rõ" in html


def test_a_plan_of_the_province_is_quoted(
    notebook: Notebook, shipped: Dataset, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "plans"
    folder.mkdir(parents=True)
    rows = frame(
        [
            {
                "code": "1.3.2",
                "kind": "raise",
                "lead_department": "Sở Nội vụ",
                "source": "s038c697c",
            },
            {"code": "A2", "kind": "hold", "lead_department": "Sở Tư pháp"},
        ]
    )
    plan = plans.Plan(rows, province="lang-son", year=2021, title="Kế hoạch")
    plans.write(plan, folder / "lang-son-2022.xlsx")
    html = notebook(
        replace(shipped, project=Project(tmp_path)), province="lang-son", year=2021, lang="en"
    )
    assert "names 1 component to be raised: 1.3.2" in html
    assert "by how much is not known" in html
    assert 'id="plan-table"' in html


def test_pictures_say_their_numbers_and_come_out_the_same(synthetic: Any) -> None:
    study = improvement.improvement(synthetic, "lang-son", YEAR, draws=500)
    language = Language("en")
    assert study.reach is not None
    assert study.what_if.outlook is not None
    made = [
        (
            charts.department_bars(study.gains, language),
            charts.way_to_rank(study.reach, study.gains.table, language),
            charts.rank_ladder(study.ladder, str.title, language),
            charts.rank_outlook(study.what_if.outlook, 21, 63, language, planned=True),
        )
        for _ in range(2)
    ]
    for first, second in zip(*made, strict=True):
        assert first.svg() == second.svg()
    bars, way, rungs, outlook = made[0]
    for name, lost in study.gains.departments["lost"].items():
        called = plans.department_name(str(name), "en")
        assert f"{called}: {language.number(lost)} points" in bars.alt
    assert language.number(study.reach.total) in way.alt
    assert len([p for p in rungs.figure.axes[-1].lines if p.get_gid() == "known"]) == len(
        study.ladder.table
    )
    heights = [p.get_height() for p in outlook.figure.axes[-1].patches if p.get_gid() == "with"]
    assert sum(heights) == pytest.approx(100)


def test_a_province_s_own_sheet_lights_up_its_page_and_its_plan(
    notebook: Notebook, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    rows: list[list[Any]] = [
        ["SYNTHETIC. Bảng điểm Chỉ số cải cách hành chính năm 2021 tỉnh Lạng Sơn"],
        ["STT", "Tiêu chí", "Điểm tối đa", "Tự đánh giá", "Thẩm định", "Điều tra XHH"],
        ["1", "Chỉ đạo, điều hành", 3, 2.75, 1.5, 0.6],
        ["1.1", "Kế hoạch", 2, 1.75, 1.5, None],
        ["1.1.1", "Ban hành kế hoạch", 1, 1, 1, None],
        ["1.1.2", "Thực hiện kế hoạch", 1, 0.75, 0.5, None],
        ["1.2", "Tác động", 1, None, None, 0.6],
        ["1.2.1", "Tác động của chỉ đạo", 1, None, None, 0.6],
        ["", "Tổng điểm", 100, 92, None, 87.5],
    ]
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "diem.xlsx")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    project = ["--project", str(tmp_path)]
    assert cli.main([*project, "add", str(tmp_path / "diem.xlsx"), "--yes"]) == 0
    ds = build(Project.find(tmp_path))
    assert ds.synthetic
    plan = plans.draft(ds, "lang-son", 2021).rows.set_index("code")
    # claimed 0.75, granted 0.5; what is surveyed is claimed by nobody
    assert plan.loc["1.1.2", ["score", "claimed", "gap", "lost"]].tolist() == [0.5, 0.75, 0.25, 0.5]
    assert plan.loc["1.1.1", "kind"] == "hold"
    assert plan.loc["1.2.1", "score"] == 0.6
    assert pd.isna(plan.loc["1.2.1", "claimed"])
    page = notebook(ds, province="lang-son", year=2021, lang="en")
    assert "claimed, not granted" in page
    # nothing is said of others, as none is known
    assert "The points of no other province are known by component" in page
    assert "The points of no similar province are known by component" in page
    assert "Who has the maximum" not in page
    assert "SYNTHETIC" in page

    # without its total nothing is said of places, and the lost points stay
    sheet.delete_rows(len(rows))
    book.save(tmp_path / "diem.xlsx")
    shutil.rmtree(tmp_path / "data" / "raw" / "PAR_INDEX")
    assert cli.main([*project, "add", str(tmp_path / "diem.xlsx"), "--yes"]) == 0
    page = notebook(build(Project.find(tmp_path)), province="lang-son", year=2021, lang="en")
    assert "0.90 points were lost in the components that are known" in page
    assert "claimed, not granted" in page
    assert "The ladder" not in page
