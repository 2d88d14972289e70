"""Lists, and reports that are made again or taken away."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from parstudy.cli import main
from parstudy.dataset import Dataset
from parstudy.project import Project
from parstudy.starter import write_notebook

SETS = """\
[[notebooks]]
name = "region_report"
title = { vi = "Các vùng", en = "The regions" }
parameters = [{ region = "south-east", year = 2017 }]
"""


@pytest.fixture
def project(shipped: Dataset, root: Path, tmp_path: Path) -> Project:
    shutil.copytree(shipped.project.root / "data", tmp_path / "data")
    project = Project(tmp_path)
    write_notebook(project, "region_report", ["region", "year"])
    return project


def run(project: Project, *words: str) -> int:
    return main(["--project", str(project.root), *words])


def report(project: Project, region: str, *more: str) -> None:
    words = ["--notebook", "region_report", "-p", "region", region, "--year", "2017", *more]
    assert run(project, "report", *words) == 0


def there(project: Project) -> list[str]:
    return sorted(
        path.relative_to(project.reports).as_posix()
        for path in project.reports.glob("*/*/*")
        if path.is_file()
    )


def test_list_names_what_there_is(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "parstudy.toml").write_text(SETS, encoding="utf-8")
    (project.notebooks / "broken.ipynb").write_text("{}")
    assert run(project, "list") == 0
    out = capsys.readouterr().out
    for line in (
        "  region_report: The regions",
        "    year: int = 2021  # index year: what is measured, not when it was announced",
        "  SIPAS: 2015, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024",
        "  mekong-river-delta: Mekong River Delta",
        "    lang-son: Lang Son",
    ):
        assert line in out.splitlines()
    assert "not a Jupyter notebook" in out
    assert run(project, "list", "years") == 0
    assert capsys.readouterr().out.splitlines()[0] == "years:"


def test_refresh_makes_again_what_is_out_of_date(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    report(project, "south-east", "--lang", "vi")
    report(project, "central-highlands", "--lang", "vi")
    before = there(project)
    capsys.readouterr()
    assert run(project, "refresh") == 0
    assert "0 made, 2 up to date" in capsys.readouterr().out
    path = project.notebooks / "region_report.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("Too few", "Far too few"))
    assert run(project, "refresh", "--jobs", "2") == 0
    assert "2 made, 0 up to date" in capsys.readouterr().out
    # in the languages in which they were there
    assert there(project) == before
    path.unlink()
    assert run(project, "refresh") == 0
    captured = capsys.readouterr()
    assert "0 made, 0 up to date" in captured.out
    assert "vi/region_report/south-east-2017: its notebook is gone" in captured.out
    assert there(project) == before


def test_prune_shows_first_and_never_takes_what_others_made(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for region in ("south-east", "central-highlands", "red-river-delta"):
        report(project, region, "--lang", "vi")
    folder = project.reports / "vi" / "region_report"
    # somebody has worked in one, and put something beside it
    edited = folder / "red-river-delta-2017.ipynb"
    nb = nbformat.read(edited, as_version=4)
    nb.cells[0].source += "\nMy own words."
    nbformat.write(nb, edited)
    (folder / "notes.docx").write_bytes(b"mine")
    (folder / "mine.html").write_text("<p>mine</p>")
    (project.root / "parstudy.toml").write_text(SETS, encoding="utf-8")
    before = there(project)
    capsys.readouterr()

    assert run(project, "prune") == 0
    out = capsys.readouterr().out
    assert "vi/region_report/central-highlands-2017: no parameter set names it" in out
    assert "red-river-delta-2017: kept, its notebook was edited" in out
    assert "south-east" not in out
    assert "--yes" in out
    assert there(project) == before

    assert run(project, "prune", "--yes") == 0
    gone = set(before) - set(there(project))
    assert gone == {
        "vi/region_report/central-highlands-2017.html",
        "vi/region_report/central-highlands-2017.ipynb",
    }
    assert "central-highlands" not in (project.reports / "index.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(project, "prune", "--yes") == 0
    assert "nothing to remove" in capsys.readouterr().out


def test_reports_of_a_language_that_is_left_out_are_pruned(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    report(project, "south-east")
    (project.root / "parstudy.toml").write_text('[reports]\nlanguages = ["vi"]\n')
    assert run(project, "prune", "--yes") == 0
    assert {name.partition("/")[0] for name in there(project)} == {"vi"}
