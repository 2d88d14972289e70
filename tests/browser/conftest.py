"""Chromium, and things for it to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from made_up import stand_in
from nbformat.v4 import new_code_cell, new_notebook

from parstudy.dataset import Dataset
from parstudy.facts.provinces import units
from parstudy.publish import write_compare, write_index

ROOT = Path(__file__).resolve().parents[2]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# a page with everything a page can hold, on data made up here
SMALL = [
    """\
    from types import SimpleNamespace

    import pandas as pd
    from matplotlib.figure import Figure

    from parstudy.display import Chart, Column, Page, build_table

    source = {
        "source_id": "a", "url": "https://example.vn/a", "title": "<script>alert(1)</script>",
        "publisher": "Bộ Nội vụ", "kind": "press", "published_on": "2022-05-25",
        "retrieved_on": "2025-11-01", "licence": "",
    }
    data = SimpleNamespace(sources=pd.DataFrame([source]), synthetic=True, fingerprint="f00d")
    given = {"lang": lang, "province": province, "year": year}
    page = Page(lang, "province_report", given, data)""",
    """\
    page.title(f"{province} {year}: Thứ hạng 23/63", "Điểm số 87,11%, tăng 13 bậc so với 2020.")""",
    """\
    page.heading("Thứ hạng")
    figure = Figure(figsize=(7, 3))
    figure.add_subplot().plot([2019, 2020, 2021], [40, 36, 23])
    chart = Chart(id="rank-path", figure=figure, alt="Rank: 40, 36, 23", caption="Thứ hạng")
    page.show(chart)""",
    """\
    page.heading("Điểm số")
    frame = pd.DataFrame([{f"column {n}": 87.11 for n in range(14)}] * 8)
    columns = [Column(f"Cột dài số {n}", f"column {n}", kind="number") for n in range(14)]
    page.show(build_table("scores", "Điểm số", frame, columns, page.language))
    page.say("Một đoạn văn dài. " * 30, page.cite("a"))
    page.say("một-từ-rất-dài-không-có-chỗ-ngắt" * 8)""",
    """\
    page.finish()""",
]
PARAMETERS = 'lang: str = "vi"\nprovince: str = "lang-son"\nyear: int = 2021'


def chromium() -> str | None:
    """Path of a Chromium or Chrome."""
    named = os.environ.get("PARSTUDY_CHROMIUM")
    names = (named,) if named else ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, filter(None, names))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium; where it must be there and is not, a failure."""
    path = chromium()
    if path is None:
        reason = "no Chromium; tools/install-chromium.sh installs it"
        if os.environ.get("CI", "").lower() in {"true", "1"}:
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def library(shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list and the comparison of the figures that ship, over a report of every province."""
    folder = tmp_path_factory.mktemp("library")
    for geography, years in {"63": (2021, 2023), "34": (2025,)}.items():
        for unit in units(geography):
            for year in years:
                name = f"{unit.province_id}-{year}"
                about = {"province": unit.province_id, "year": year}
                stand_in(folder, "vi", "province_report", name, f"{unit.name_vi} {year}", **about)
                stand_in(folder, "en", "province_report", name, f"{unit.name_en} {year}", **about)
    for index in ("PAR_INDEX", "SIPAS"):
        for year in (2021, 2023):
            about = {"index": index, "year": year}
            for lang, title in (("vi", f"{index} {year}: cả nước"), ("en", f"{index} {year}")):
                stand_in(folder, lang, "national_overview", f"{index}-{year}", title, **about)
    write_index(folder, shipped)
    assert write_compare(folder, shipped)
    return folder


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with one small notebook, ``province_report``."""
    from textwrap import dedent

    root = tmp_path_factory.mktemp("project")
    (root / "notebooks").mkdir()
    (root / "data" / "raw").mkdir(parents=True)
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(dedent(source)) for source in SMALL]
    nb = new_notebook(cells=cells)
    nb.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(nb, root / "notebooks" / "province_report.ipynb")
    return root


@pytest.fixture(scope="session")
def reports(small_project: Path) -> Path:
    """Reports made from the small notebook, and their index page."""
    from parstudy.publish import Exporter, write_index
    from parstudy.runs import execute, plan

    given = [{"province": p, "year": y} for p, y in [("lang-son", 2021), ("da-nang", 2023)]]
    exporter = Exporter()
    for run in plan(small_project, "province_report", given, fingerprint="f00d"):
        execute(run, exporter)
    write_index(small_project / "reports")
    return small_project / "reports"
