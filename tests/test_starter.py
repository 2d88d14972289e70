"""A project of one's own: from an installed wheel in an empty folder to published reports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from parstudy.cli import main
from parstudy.dataset import Dataset
from parstudy.errors import ProjectError
from parstudy.project import Project
from parstudy.starter import write_notebook, write_project


def refused(call: Callable[[], object]) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        call()
    return caught.value


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


WRITTEN = [".gitignore", "README.md", "data", "notebooks", "parstudy.toml"]


def test_a_new_project_has_notebooks_and_the_figures_that_ship(root: Path, tmp_path: Path) -> None:
    project = write_project(tmp_path / "of mine")
    assert names(project.root) == WRITTEN
    assert names(project.notebooks) == sorted(p.name for p in (root / "notebooks").glob("*.ipynb"))
    shipped = (root / "data" / "raw" / "SIPAS" / "2021" / "figures.csv").read_bytes()
    assert (project.raw / "SIPAS" / "2021" / "figures.csv").read_bytes() == shipped
    plan = project.root / "data" / "plans" / "lang-son-2022.csv"
    assert plan.read_bytes() == (root / "data" / "plans" / plan.name).read_bytes()
    assert Project.find(project.root) == project


def test_a_new_project_can_be_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "new"), "--empty"]) == 0
    assert "parstudy add FILE" in capsys.readouterr().out
    assert names(tmp_path / "new" / "data" / "raw") == []


def test_the_folder_one_stands_in_becomes_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_text("mine")
    write_project(".")
    assert names(tmp_path) == sorted([".git", *WRITTEN])
    assert (tmp_path / "README.md").read_text() == "mine"


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "mine.ipynb").write_text("mine")
    error = refused(lambda: write_project(tmp_path))
    assert error.code == "not_empty"
    assert error.found == "notebooks"
    assert names(tmp_path) == ["notebooks"]
    (tmp_path / "file").write_text("")
    assert refused(lambda: write_project(tmp_path / "file")).code == "not_a_folder"


def test_a_folder_without_a_project_advises_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--project", str(tmp_path), "check"]) == 2
    assert "parstudy init DIR" in capsys.readouterr().err
    assert not names(tmp_path)


# --- a notebook to begin with --------------------------------------------------------------------


@pytest.mark.parametrize("parameters", ["region,year", "province", "year,index,limit:float", ""])
def test_a_new_notebook_is_one_as_committed_ones_are(tmp_path: Path, parameters: str) -> None:
    path = write_notebook(Project(tmp_path), "mine", parameters.split(","))
    nb = nbformat.read(path, as_version=4)
    nbformat.validate(nb)
    for cell in nb.cells:
        if cell.cell_type == "code":
            compile(cell.source, "cell", "exec")
            assert not cell.outputs
    for part in ("sns.regplot", "smf.ols", 'cov_type="HC3"'):
        assert any(part in cell.source for cell in nb.cells)


@pytest.mark.parametrize(
    ("name", "parameters", "code"),
    [
        ("../mine", ["year"], "bad_name"),
        ("mine", ["for"], "bad_parameter"),
        ("mine", ["lang"], "bad_parameter"),
        ("mine", ["limit:number"], "bad_parameter"),
    ],
)
def test_names_that_cannot_be(tmp_path: Path, name: str, parameters: list[str], code: str) -> None:
    assert refused(lambda: write_notebook(Project(tmp_path), name, parameters)).code == code
    assert not names(tmp_path)


def test_a_notebook_is_never_written_over(tmp_path: Path) -> None:
    path = write_notebook(Project(tmp_path), "mine", [])
    path.write_text("changed")
    assert refused(lambda: write_notebook(Project(tmp_path), "mine", [])).code == "exists"
    assert path.read_text() == "changed"


def test_a_new_notebook_is_published_in_both_languages(
    shipped: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path
    shutil.copytree(shipped.project.root / "data", root / "data")
    where = ["--project", str(root)]
    assert main([*where, "new", "region_report", "--parameters", "region,year"]) == 0
    words = ["-p", "region", "Tây Nguyên", "--year", "2021"]
    assert main([*where, "report", "--notebook", "region_report", *words]) == 0
    for lang, says in (("vi", "Tây Nguyên, 2021"), ("en", "Central Highlands, 2021")):
        name = root / "reports" / lang / "region_report" / "central-highlands-2021.html"
        page = name.read_text(encoding="utf-8")
        # fixed spaces hold its phrases together
        assert f"<h1>{says}</h1>" in page.replace("\N{NO-BREAK SPACE}", " ")
        assert 'id="ranks"' in page
        assert "outcome ~ other" in page
        assert "HC3" in page
        assert 'class="ps-sources"' in page


# --- from a wheel --------------------------------------------------------------------------------


@pytest.mark.slow
def test_from_a_wheel_in_an_empty_folder(root: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "wheel", *options, "-w", str(tmp_path), str(root)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    options = ["--no-deps", "--no-index", "--target", str(installed)]
    subprocess.run([*pip, "install", *options, str(wheel)], check=True)
    here = tmp_path / "an empty folder"
    here.mkdir()
    left_out = ("PARSTUDY_PROJECT", "PYTHONPATH")
    env = {k: v for k, v in os.environ.items() if k not in left_out}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "parstudy", *words],
            cwd=here,
            # as on a PC in Viet Nam
            env={**env, "PYTHONPATH": str(installed), "PYTHONIOENCODING": "cp1258"},
            capture_output=True,
            encoding="cp1258",
        )
        assert done.returncode == 0, done.stderr
        return unicodedata.normalize("NFC", done.stdout)

    run("init", ".")
    assert "releases" in run("build")
    run("report", "--province", "lang-son", "--year", "2021", "--lang", "vi")
    run("batch", "--provinces", "ha-noi", "--years", "2020", "--lang", "en")
    run("reports", "--notebook", "data_audit")
    run("new", "mine")
    run(
        "report",
        "--notebook",
        "mine",
        "--year",
        "2021",
        "--lang",
        "vi",
        "-p",
        "region",
        "Tây Nguyên",
    )
    assert "  mine\n" in run("list", "notebooks")
    assert "lang-son: Lang Son" in run("list", "provinces")
    assert "0 made, 5 up to date" in run("refresh")
    assert "nothing to remove" in run("prune")
    (here / "notebooks" / "mine.ipynb").unlink()
    assert "vi/mine/central-highlands-2021: its notebook is gone" in run("refresh")
    assert "3 files removed" in run("prune", "--yes")
    assert "; all links hold;" in run("publish", "out")
    assert "0 errors, " in run("check")
    run("plan", "new", "--province", "Lạng Sơn", "--year", "2021", "--out", "kế hoạch.xlsx")
    assert "0 errors" in run("plan", "check", "kế hoạch.xlsx")
    assert "kế hoạch.docx" in run("plan", "export", "kế hoạch.xlsx", "--format", "docx")
    assert "jupyter" in run("lab", "--help").lower()
    made = sorted(p.relative_to(here).as_posix() for p in (here / "reports").rglob("*.html"))
    assert made == [
        "reports/compare.html",
        "reports/en/data_audit/data-audit.html",
        "reports/en/province_report/ha-noi-2020.html",
        "reports/index.html",
        "reports/vi/data_audit/data-audit.html",
        "reports/vi/province_report/lang-son-2021.html",
    ]
