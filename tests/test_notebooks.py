"""Every notebook runs under plain papermill, from any folder, and says what it must."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from parstudy.cli import main
from parstudy.dataset import Dataset, open_dataset
from parstudy.demo import generate
from parstudy.statistics import drivers, importance
from parstudy.studies import coverage, one_index, safe_places

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


SHIPPED = (
    "data_audit", "drivers", "improvement_plan", "index_relations", "national_overview",
    "plan_evaluation", "province_report", "robustness",
)  # fmt: skip


def _papermill(
    notebook: Path, folder: Path, project: Path, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    """Run papermill's own command in an unrelated folder; give the outputs."""
    out = folder / "out.ipynb"
    words = [w for k, v in parameters.items() for w in ("-p", k, str(v))]
    subprocess.run(
        [sys.executable, "-m", "papermill", "--no-progress-bar", str(notebook), str(out), *words],
        check=True,
        cwd=folder,
        env={**ENVIRONMENT, "PARSTUDY_PROJECT": str(project)},
        capture_output=True,
    )
    cells = json.loads(out.read_text(encoding="utf-8"))["cells"]
    return [o for c in cells for o in c.get("outputs", [])]


def _html(outputs: list[dict[str, Any]]) -> str:
    assert not [o for o in outputs if o["output_type"] == "stream"], "nothing but findings"
    return "\n".join("".join(o["data"].get("text/html", "")) for o in outputs if "data" in o)


def _changed(notebook: Path, folder: Path, *changes: tuple[str, str]) -> Path:
    """Copy of a notebook in which a researcher has changed some calls."""
    read = json.loads(notebook.read_text(encoding="utf-8"))
    for old, new in changes:
        cells = [c for c in read["cells"] if c["cell_type"] == "code"]
        (cell,) = [cell for cell in cells if old in "".join(cell["source"])]
        cell["source"] = "".join(cell["source"]).replace(old, new)
    copied = folder / notebook.name
    copied.write_text(json.dumps(read), encoding="utf-8")
    return copied


def _cells_of(notebook: Path) -> list[dict[str, Any]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def _rows_of(html: str, id: str) -> list[list[str]]:
    """Texts of the cells of a table, row by row, without the head."""
    found = re.search(rf'<table[^>]*id="{id}".*?</table>', html, re.DOTALL)
    assert found is not None, id
    body = ElementTree.fromstring(found[0]).find("tbody")
    assert body is not None
    return [["".join(cell.itertext()).strip() for cell in row] for row in body]


def test_province_report(root: Path, shipped: Dataset, tmp_path: Path) -> None:
    html = _html(
        _papermill(
            root / "notebooks/province_report.ipynb",
            tmp_path,
            shipped.project.root,
            {"province": "lang-son", "year": 2021, "lang": "vi"},
        )
    )
    for piece in ("87,11", "23/63", "87,07%", "31/63", "36 → 23", "39 → 31", "nhóm B", "+13", "+8"):
        assert piece in html, piece
    assert "Kế hoạch số 156/KH-UBND" in html
    # what is implied by a change of the year after has its source too
    history = _rows_of(html, "history-table")
    assert any(row[3].endswith("†") for row in history)
    assert all(row[-1].startswith("[") for row in history), history


def test_province_without_a_figure_says_so(root: Path, shipped: Dataset, tmp_path: Path) -> None:
    html = _html(
        _papermill(
            root / "notebooks/province_report.ipynb",
            tmp_path,
            shipped.project.root,
            {"province": "binh-dinh", "year": 2023, "lang": "en"},
        )
    )
    assert "No source in the data has a figure of Binh Dinh for index year 2023." in html


def test_national_overview(root: Path, shipped: Dataset, tmp_path: Path) -> None:
    html = _html(
        _papermill(
            root / "notebooks/national_overview.ipynb",
            tmp_path,
            shipped.project.root,
            {"index": "SIPAS", "year": 2022, "lang": "en"},
        )
    )
    assert "80.08" in html
    assert "59" in html
    assert "Quang Ninh leads SIPAS 2022." in html


def test_data_audit(root: Path, shipped: Dataset, tmp_path: Path) -> None:
    html = _html(
        _papermill(
            root / "notebooks/data_audit.ipynb", tmp_path, shipped.project.root, {"lang": "vi"}
        )
    )
    assert "2.908" in html
    assert 'id="contradictions"' in html
    assert "số liệu nêu trước là số được chọn" in html
    found = [row[2] for row in _rows_of(html, "contradictions")]
    assert any(text.startswith("−") for text in found)
    assert not any(re.search(r"(?<!\d)-\d", text) for text in found), "a minus, not a hyphen"
    assert "cỡ mẫu" in html
    assert "Quảng Ninh" in html


def test_drivers_says_what_the_figures_do_not_allow(
    root: Path, shipped: Dataset, tmp_path: Path
) -> None:
    html = _html(
        _papermill(
            root / "notebooks/drivers.ipynb",
            tmp_path,
            shipped.project.root,
            {"index": "PAR_INDEX", "year": 2023, "level": "area", "lang": "en"},
        )
    )
    assert "nothing can be related to the rank" in html


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("demo") / "project"
    assert main(["demo", str(folder)]) == 0
    return open_dataset(folder)


def test_demo_has_no_contradiction_and_says_synthetic(demo: Dataset) -> None:
    assert demo.synthetic
    assert not demo.findings["severity"].isin(["error", "warning"]).any()
    assert demo.scores["synthetic"].all()


def test_drivers_recover_the_known_order_of_effects_on_the_demo(demo: Dataset) -> None:
    truth = generate()
    frame = coverage.component_frame(
        demo.scores, demo.components, index="PAR_INDEX", year=2023, level="area"
    )
    assert len(frame) == 63
    parts, total = frame.drop(columns="total"), frame["total"]
    assert drivers.identity_check(parts, total).is_identity
    rest = drivers.item_rest(parts, total).table["spearman"]
    found = list(rest.sort_values(ascending=False).index)
    assert found == list(truth.order_of_areas)
    shares = importance.variance_shares(parts, total).table["share"]
    assert shares.sum() == pytest.approx(1, abs=1e-9)


def test_drivers_notebook_on_the_demo(root: Path, demo: Dataset, tmp_path: Path) -> None:
    html = _html(
        _papermill(
            root / "notebooks/drivers.ipynb",
            tmp_path,
            demo.project.root,
            {"index": "PAR_INDEX", "year": 2023, "level": "subcriterion", "lang": "vi"},
        )
    )
    assert "SYNTHETIC · SỐ LIỆU GIẢ ĐỊNH" in html
    # a level as wide as this is pooled over the years, searched, and set against SIPAS
    for id in ("shares-table", "item-rest-table", "pooled-table", "selection-sipas-2023"):
        assert f'id="{id}"' in html, id


def test_robustness_says_how_sure_the_places_are(root: Path, demo: Dataset, tmp_path: Path) -> None:
    parameters = {"index": "PAR_INDEX", "year": 2023, "level": "score_source", "lang": "en"}
    html = _html(
        _papermill(root / "notebooks/robustness.ipynb", tmp_path, demo.project.root, parameters)
    )
    assert 'id="shares-of-choices"' in html
    assert "half of the 63 provinces would keep within" in html
    assert "other ways of adding up, and one part left out)" in html
    objections = re.search(r"Objections and answers</h2>.*?<ul>(.*?)</ul>", html, re.DOTALL)
    assert objections is not None
    assert objections[1].count("<li>") == 3
    study = one_index.study(demo, "PAR_INDEX", 2023, "score_source")
    kept = safe_places.safe_places(demo, study, leave_out=False, share_draws=0).found
    width = safe_places.half_within(kept)
    assert f"With all parts kept, half of the provinces keep within {width} places" in html
    assert (safe_places.widths(kept) <= width).mean() >= 0.5
    assert (safe_places.widths(kept) < width).mean() < 0.5
    found = safe_places.of_province(demo, "PAR_INDEX", 2023, "lang-son")
    assert found is not None
    row = found[0].found.table.loc["lang-son"]
    assert row["lower"] <= row["rank"] <= row["upper"]


def test_what_a_page_says_of_a_method_is_what_the_cell_computed(
    root: Path, demo: Dataset, tmp_path: Path
) -> None:
    notebook = _changed(
        root / "notebooks/drivers.ipynb",
        tmp_path,
        ("sources = {}", 'sources = {"log_grdp": "Statistical Yearbook"}'),
        (
            'drivers.rank_regression(data, "total", parts, covariates=[], cov_type="HC3")',
            'drivers.rank_regression(data.assign(log_grdp=range(len(data)), size=data["A1"] % 0.7)'
            ', "total", parts, covariates=["log_grdp", "size"], cov_type="HC1", confidence=0.9)',
        ),
    )
    given = {"index": "PAR_INDEX", "year": 2023, "level": "area", "lang": "en"}
    html = _html(_papermill(notebook, tmp_path, demo.project.root, given))
    figure = re.search(r'<figure[^>]*id="coefficients".*?</figure>', html, re.DOTALL)
    table = re.search(r'id="regression-table".*?id="together-table"', html, re.DOTALL)
    assert figure is not None
    assert table is not None
    for shown in (figure[0], table[0]):
        assert "robust to unequal variances (HC1)" in shown
        assert (
            "Held fixed: log_grdp (Statistical Yearbook) and size (the notebook names no source)."
            in shown
        )
        assert "90%" in shown
        assert "HC3" not in shown
        assert "95%" not in shown


def test_an_outcome_that_is_no_sum_is_not_spoken_of_as_one(
    root: Path, demo: Dataset, tmp_path: Path
) -> None:
    notebook = _changed(
        root / "notebooks/drivers.ipynb",
        tmp_path,
        ("without=[]", 'without=["ha-noi", "Lạng Sơn"]'),
        (
            'drivers.rank_regression(data, "total", parts, covariates=[], cov_type="HC3")',
            'drivers.rank_regression(data.assign(other=data["A1"] % 0.7), "other", parts)',
        ),
    )
    given = {"index": "PAR_INDEX", "year": 2023, "level": "area", "lang": "en"}
    html = _html(_papermill(notebook, tmp_path, demo.project.root, given))
    assert "The outcome is the rank by other." in html
    assert "The rank is made of these components" not in html
    assert "every slope is 1" not in html
    assert "Left out of this analysis on purpose: Ha Noi and Lang Son." in html
    assert "n = 61 provinces." in html


def test_models_stand_in_the_cells_and_the_formula_gives_the_same_figures(
    demo: Dataset, root: Path
) -> None:
    import statsmodels.formula.api as smf

    from parstudy.studies import one_index

    cells = _cells_of(root / "notebooks/drivers.ipynb")
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    for call in (
        'drivers.rank_regression(data, "total", parts, covariates=[], cov_type="HC3")',
        "model = one.model",
        "smf.ols(formula, data=written)",
        'formula = "place ~ part"',
        "drivers.external(",
        "drivers.item_rest(",
        "importance.variance_shares(",
        "sns.regplot(",
    ):
        assert call in code, call
    study = one_index.study(demo, "PAR_INDEX", 2023, "area")
    one = drivers.rank_regression(study.frame, "total", list(study.parts), cov_type="HC3")
    place = (study.total - study.frame["A1"]).rank(ascending=False, method="min")
    written = study.frame.rename(columns={"A1": "part"}).assign(place=place)
    model = smf.ols("place ~ part", data=written).fit(cov_type="HC3")
    own = one.fits["single", "rank", "A1"].table.loc["A1"]
    assert model.params["part"] == pytest.approx(own["estimate"])
    assert model.bse["part"] == pytest.approx(own["std_error"])


@pytest.mark.parametrize("name", SHIPPED)
def test_a_notebook_teaches(root: Path, name: str) -> None:
    """First what is asked and which knob is where, then why before how, in every language."""
    cells = _cells_of(root / f"notebooks/{name}.ipynb")
    first = cells[0]
    assert first["cell_type"] == "markdown"
    assert first["metadata"]["tags"] == ["lab-only"]
    assert "To change | Cell" in first["source"]
    assert "Muốn đổi | Ở ô" in first["source"]
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    # a call that the table of knobs promises is there
    for call in re.findall(r"`([a-z_]+\.[a-z_]+)\(", first["source"]):
        assert call in code or call.startswith("scenarios."), call
    why = [cell for cell in cells[1:] if cell["cell_type"] == "markdown"]
    assert len(why) >= 2
    assert all("lab-only" in c["metadata"].get("tags", ()) or c["metadata"]["lang"] for c in why)


def test_cells_run_twice_in_a_live_kernel_publish_what_a_batch_publishes(
    root: Path, shipped: Dataset, tmp_path: Path
) -> None:
    """Of all notebooks, one after the other in one kernel, with the parameters that they have."""
    from parstudy.publish import export
    from parstudy.runs import Run, plan, run_batch
    from parstudy.runs.parameters import declared

    paths = {name: root / f"notebooks/{name}.ipynb" for name in SHIPPED}
    sources = {name: _cells_of(path) for name, path in paths.items()}
    runs = [
        (name, way, place)
        for name, cells in sources.items()
        for place, cell in enumerate(cells)
        if cell["cell_type"] == "code"
        for way in ("first", "second")
    ]
    cells = [
        {**sources[name][place], "id": f"c{i}", "metadata": {}}
        for i, (name, _, place) in enumerate(runs)
    ]
    whole = json.loads(paths["drivers"].read_text(encoding="utf-8"))
    path = tmp_path / "whole.ipynb"
    path.write_text(json.dumps({**whole, "cells": cells}), encoding="utf-8")
    _papermill(path, tmp_path, shipped.project.root, {})
    for (name, way, place), ran in zip(runs, _cells_of(tmp_path / "out.ipynb"), strict=True):
        cell = sources[name][place]
        if way == "second":
            # of two runs of a cell JupyterLab shows the second
            assert _shown(ran) == _shown(cell), f"{name}, cell {place}"
        cell["outputs"] = ran["outputs"]

    def planned(name: str) -> Run:
        values = {key: one.default for key, one in declared(paths[name]).items() if key != "lang"}
        of = {"reports": tmp_path / "made", "fingerprint": shipped.fingerprint}
        (run,) = plan(shipped.project.root, paths[name], [values], languages=["vi"], **of)
        return run

    batch = run_batch([planned(name) for name in SHIPPED], jobs=2)
    assert batch.exit_code == 0, batch.summary()
    for name, outcome in zip(SHIPPED, batch.outcomes, strict=True):
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps({**whole, "cells": sources[name]}), encoding="utf-8")
        report = export(path, tmp_path / f"{name}.html", index_href=outcome.run.index_href)
        made = outcome.run.html_path.read_text(encoding="utf-8")
        assert len(made) > 50_000
        assert _but_parameters(report.html) == _but_parameters(made), name


def _but_parameters(html: str) -> str:
    """A report without what papermill puts in: the cell that gives the parameters their values."""
    given = r'<div class=" highlight hl-ipython3"><pre><span></span><span class="c1"># Parameters<'
    html = re.sub(given + ".*?</pre></div>", "", html, flags=re.DOTALL)
    html = re.sub(
        r"(?<=<meta name=\"parstudy:parameters\" content=')[^']*",
        lambda found: json.dumps(json.loads(unescape(found[0])), sort_keys=True),
        html,
    )
    return re.sub(r"\n\s*", "\n", html)


def _shown(cell: dict[str, Any]) -> str:
    outputs = cell["outputs"]
    return "\n".join("".join(o["data"].get("text/html", "")) for o in outputs if "data" in o)


def test_markdown_is_published_in_the_language_of_the_report(
    root: Path, demo: Dataset, tmp_path: Path
) -> None:
    from parstudy.publish import export

    for lang, said, other in (
        ("vi", "PAR INDEX do Bộ Nội vụ thẩm định", "is appraised by the Ministry"),
        ("en", "PAR INDEX is appraised by the Ministry", "do Bộ Nội vụ thẩm định"),
    ):
        given = {"year": 2023, "lang": lang}
        _papermill(root / "notebooks/index_relations.ipynb", tmp_path, demo.project.root, given)
        html = export(tmp_path / "out.ipynb", tmp_path / "out.html").html
        assert said in html
        assert other not in html
        # what is for who edits the notebook is not for readers
        assert "lab-only" not in html
        assert "smf.ols" not in html


def test_drivers_of_several_years_contradict_themselves_nowhere(
    root: Path, demo: Dataset, tmp_path: Path
) -> None:
    html = _html(
        _papermill(
            root / "notebooks/drivers.ipynb",
            tmp_path,
            demo.project.root,
            {"index": "PAR_INDEX", "year": 2023, "level": "area", "lang": "en"},
        )
    )
    # rows are not provinces
    assert "n = 378 rows, a row for each of 63 provinces and year." in html
    assert "n = 378 provinces" not in html
    # points won and places won have one sign
    together = _rows_of(html, "together-table")
    assert len(together) == 8
    for _name, places, slope, *_more in together:
        assert places[0] == slope[0] == "+", (places, slope)
    # inflation factors near 1 and a condition number that warns would contradict each other
    assert max(float(row[3]) for row in together) < 5
    told = re.search(r"Condition number of the standardised parts (\d+);", html)
    assert told is not None
    assert int(told[1]) < 30
    # groups that are not known are counted, not passed over
    assert "The groups of 2 provinces are not known; they are left out here." in html
    # a bootstrap of 199 draws shows no smaller p-value than 1 in 200
    wild = [row[3] for row in _rows_of(html, "within-table")]
    assert wild
    assert all(float(p) >= 0.005 for p in wild)
    # the part that holds the points of the outcome says that these are out
    assert "(without the points of SIPAS)" in html
    assert "Among provinces, " in html
    # every figure has its source: those of the years pooled and those of the outcome
    sources = html[html.index('class="ps-sources"') :]
    for year in range(2018, 2024):
        assert f"PAR INDEX {year}" in sources, year
    assert "SIPAS 2023" in sources


def test_a_draft_is_not_taken_for_a_plan_that_was_carried_out(
    root: Path, demo: Dataset, shipped: Dataset, tmp_path: Path
) -> None:
    given = {"province": "lang-son", "year": 2021, "lang": "en"}
    notebook = root / "notebooks/plan_evaluation.ipynb"
    html = _html(_papermill(notebook, tmp_path, demo.project.root, given))
    assert "did the plan" not in html
    assert "without a known plan</h1>" in html
    assert "so no plan that was carried out is evaluated here" in html
    # the demo has one method throughout: a new one is not spoken of
    assert "new method" not in html.lower()
    given["plan"] = str(root / "data/plans/lang-son-2022.csv")
    real = _html(_papermill(notebook, tmp_path, shipped.project.root, given))
    assert "did the plan made from index year 2021 help?" in real
    assert "A new method moves all provinces" in real
    assert "so this is no measure of the plan" in real


def test_index_relations_on_the_demo_take_sipas_out_first(
    root: Path, demo: Dataset, tmp_path: Path
) -> None:
    html = _html(
        _papermill(
            root / "notebooks/index_relations.ipynb",
            tmp_path,
            demo.project.root,
            {"year": 2023, "lang": "en"},
        )
    )
    assert (
        "63 provinces have both scores, and the SIPAS points in PAR INDEX are published for all "
        "of them." in html
    )
    assert "All places of these indices are known" in html


def test_real_and_synthetic_releases_do_not_mix(
    root: Path, demo: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    shutil.copytree(root / "data/raw/PAR_INDEX/2012", tmp_path / "data/raw/PAR_INDEX/2012")
    shutil.copy(root / "data/raw/sources.csv", tmp_path / "data/raw/sources.csv")
    shutil.copytree(demo.project.raw / "SIPAS", tmp_path / "data/raw/SIPAS")
    assert main(["--project", str(tmp_path), "build"]) == 2
    assert "SYNTHETIC and real releases" in capsys.readouterr().err
