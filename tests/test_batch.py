"""Batches over any parameters: which values there are, and what is refused before anything runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from own_notebooks import code, notebook

from parstudy.cli import main
from parstudy.dataset import Dataset
from parstudy.errors import ParstudyError
from parstudy.facts import provinces
from parstudy.runs import selection
from parstudy.runs.selection import Typed

REGIONS = """\
from typing import Optional
lang: str = "vi"
region: str = "south-east"  # a region
year: int = 2021
note: str = "none"
limit: Optional[float] = None
parts: list[int] = [1, 2]
draft: bool = False
"""


def write(path: Path, parameters: str, *cells: str) -> Path:
    nb = notebook(code(parameters, "parameters"), *map(code, cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)
    return path


def every(dataset: Dataset, notebook: Path, **typed: str) -> list[dict[str, Any]]:
    values = {name: [*map(Typed, text.split())] for name, text in typed.items()}
    return selection.every(dataset, notebook, values)


def test_all_regions_and_some_years(shipped: Dataset, tmp_path: Path) -> None:
    notebook = write(tmp_path / "region_report.ipynb", REGIONS)
    found = every(shipped, notebook, region="all", year="2021 2022")
    regions = list(provinces.regions()["region_id"])
    assert found == [{"year": y, "region": r} for y in (2021, 2022) for r in regions]
    assert every(shipped, notebook, region="tay-nguyen", year="2021") == [
        {"year": 2021, "region": "central-highlands"}
    ]


def test_all_provinces_are_those_of_the_year(shipped: Dataset, root: Path) -> None:
    notebook = root / "notebooks" / "province_report.ipynb"
    assert len(every(shipped, notebook, year="2021")) == 63
    assert every(shipped, notebook, year="2021 2021", province="hue hue") == [
        {"year": 2021, "province": "thua-thien-hue"}
    ]


def test_all_years_are_those_of_the_index(shipped: Dataset, root: Path) -> None:
    notebook = root / "notebooks" / "national_overview.ipynb"
    found = every(shipped, notebook, index="SIPAS", year="all")
    assert [f["year"] for f in found] == [2015, *range(2017, 2025)]
    both = every(shipped, notebook, index="all", year="all")
    assert {f["index"] for f in both} == {"PAR_INDEX", "SIPAS"}
    assert {"index": "SIPAS", "year": 2012} not in both
    assert {"index": "PAR_INDEX", "year": 2012} in both
    drivers = root / "notebooks" / "drivers.ipynb"
    levels = every(shipped, drivers, index="PAR_INDEX", year="all", level="all")
    assert {f["level"] for f in levels} <= {"score_source", "area", "criterion", "subcriterion"}


def test_what_was_typed_is_what_the_notebook_declares(shipped: Dataset, tmp_path: Path) -> None:
    notebook = write(tmp_path / "region_report.ipynb", REGIONS)
    typed = {"note": "2021", "limit": "2.5", "parts": "[3]", "draft": "yes"}
    (found,) = every(shipped, notebook, **typed)
    assert found == {"note": "2021", "limit": 2.5, "parts": [3], "draft": True}
    (found,) = every(shipped, notebook, limit="None", parts="3,4")
    assert found == {"limit": None, "parts": [3, 4]}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"limit": "2,5"}, "found '2,5'; expected float or None"),
        ({"limit": "nan"}, "found 'nan'"),
        ({"draft": "maybe"}, "expected bool"),
        ({"parts": "a,b"}, "expected list of int"),
        ({"year": "20x1"}, "expected int"),
        ({"year": "1999"}, "2012, 2013"),
        ({"region": "tay-nguen"}, "Tây Nguyên"),
        ({"regoin": "all"}, "Did you mean region?"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(
    shipped: Dataset, tmp_path: Path, typed: dict[str, str], says: str
) -> None:
    notebook = write(tmp_path / "region_report.ipynb", REGIONS)
    with pytest.raises(ParstudyError, match="; expected ") as caught:
        every(shipped, notebook, **typed)
    assert says in str(caught.value)


@pytest.fixture(scope="module")
def project(root: Path, shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("batch")
    shutil.copytree(shipped.project.root / "data", folder / "data")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    return folder


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--provinces", "lang-son"], "--year VALUE"),
        (["--notebook", "national_overview", "--year", "2021"], "--index VALUE"),
        (["--notebook", "national_overview", "--index", "PAR_INDX", "--year", "2021"], "PAR_INDEX"),
        (["--notebook", "province_report", "--years", "2021", "-p", "level"], "'level'"),
        (["--notebook", "provinc_report", "--years", "2021"], "province_report"),
    ],
)
def test_what_a_batch_lacks_is_said_with_the_option_that_gives_it(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert main(["--project", str(project), "batch", *words]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not (project / "reports").exists()


SHOWN = """\
import parstudy as ps
ds = ps.open_dataset()
page = ps.Page(lang, "by_region", {"region": region, "note": note, "lang": lang}, ds)
page.title(f"{region}: {note!r}")
page.finish()
"""


def test_an_own_notebook_in_a_batch(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parameters = 'region: str = "south-east"\nnote: str = "x"\nlang: str = "vi"'
    write(project / "notebooks" / "by_region.ipynb", parameters, SHOWN)
    words = ["--notebook", "by_region", "--lang", "en", "-p", "region", "all", "-p", "note", "2021"]
    assert main(["--project", str(project), "batch", *words]) == 0
    assert "6 made" in capsys.readouterr().out
    made = sorted(p.name for p in (project / "reports" / "en" / "by_region").glob("*.html"))
    assert made == [f"{r}-2021.html" for r in sorted(provinces.regions()["region_id"])]
    page = project / "reports" / "en" / "by_region" / "central-highlands-2021.html"
    assert "central-highlands: '2021'" in page.read_text(encoding="utf-8").replace("&#39;", "'")


def test_a_notebook_that_reads_back_what_it_writes_never_reads_that_of_another_run(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = write(
        project / "notebooks" / "handed_on.ipynb",
        "n: int = 0",
        "import time\nfrom pathlib import Path",
        "Path('handed.txt').write_text(str(n))\ntime.sleep(0.5)",
        "print(f'{n} is', Path('handed.txt').read_text())",
    )
    words = ["batch", "--notebook", str(notebook), "-p", "n", "1", "2", "3", "--jobs", "2"]
    assert main(["--project", str(project), *words, "--lang", "en"]) == 0
    assert "one run after the other: handed.txt" in capsys.readouterr().err
    reports = sorted((project / "reports" / "en" / "handed_on").glob("*.html"))
    made = " ".join(path.read_text(encoding="utf-8") for path in reports)
    assert all(f"{n} is {n}" in made for n in (1, 2, 3))
