"""What somebody has worked on in the folder of reports, tried in the ways offices lose work."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest
from measured import Taken, killed_at, run
from nbformat.v4 import new_code_cell, new_notebook

# as any notebook of somebody's own; what a file beside the notebooks says happens meanwhile
CELLS = (
    'lang: str = "vi"  # language\nyear: int = 2021  # index year',
    "import pathlib\nmeanwhile = pathlib.Path('../meanwhile.py')\n"
    "if meanwhile.exists():\n    exec(meanwhile.read_text())",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': [year, 4]})",
)


def report(folder: Path, *more: str, **options: object) -> Taken:
    command = ("report", "--notebook", "mine", "--lang", "vi", "--year", "2021", *more)
    return run(["--project", str(folder), *command], **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a notebook of its own, and its report."""
    folder = tmp_path_factory.mktemp("office") / "project"
    for name in ("PAR_INDEX/2021", "PAR_INDEX/2022"):
        shutil.copytree(root / "data" / "raw" / name, folder / "data" / "raw" / name)
    shutil.copy(root / "data" / "raw" / "sources.csv", folder / "data" / "raw")
    nb = new_notebook(cells=[new_code_cell(text) for text in CELLS])
    nb.cells[0].metadata["tags"] = ["parameters"]
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for number, cell in enumerate(nb.cells):
        cell["id"] = f"c{number}"
    (folder / "notebooks").mkdir()
    nbformat.write(nb, folder / "notebooks" / "mine.ipynb")
    said = report(folder)
    assert said.code == 0, said.text
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "project")
    return tmp_path / "project"


def beside(folder: Path, suffix: str) -> Path:
    return folder / "reports" / "vi" / "mine" / f"2021{suffix}"


def edited_workbook(folder: Path) -> bytes:
    """Somebody writes a remark into the workbook of the tables."""
    path = beside(folder, ".xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["H9"] = "my remark"
    book.save(path)
    return path.read_bytes()


def edited_notebook(folder: Path) -> bytes:
    path = beside(folder, ".ipynb")
    nb = nbformat.read(path, as_version=4)
    nb.cells[-1].source += "\n# my remark"
    nbformat.write(nb, path)
    return path.read_bytes()


def all_of(folder: Path) -> set[bytes]:
    return {p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_edited_workbook_is_kept_under_another_name(project: Path) -> None:
    first = beside(project, ".xlsx").read_bytes()
    for name in (".edited.xlsx", ".edited-2.xlsx"):
        mine = edited_workbook(project)
        said = report(project, "--force")
        assert said.code == 0
        assert f"2021{name}" in said.text
        assert beside(project, name).read_bytes() == mine
        assert beside(project, ".xlsx").read_bytes() == first


def test_a_report_changed_by_hand_is_kept_and_is_no_report_of_its_own(project: Path) -> None:
    page = beside(project, ".html")
    first = page.read_bytes()
    page.write_bytes(mine := first.replace(b"</h1>", b" (my words)</h1>", 1))
    assert mine != first
    said = report(project)
    assert "2021.edited.html" in said.text
    assert beside(project, ".edited.html").read_bytes() == mine
    assert page.read_bytes() == first
    assert "edited" not in (project / "reports" / "index.html").read_text(encoding="utf-8")


def test_what_somebody_has_edited_is_not_handed_out(project: Path, tmp_path: Path) -> None:
    edited_workbook(project)
    edited_notebook(project)
    assert report(project, "--force").code == 0
    said = run(["--project", str(project), "publish", str(tmp_path / "out"), "--notebooks"])
    assert said.code == 0, said.text
    names = {p.name for p in (tmp_path / "out").rglob("*")}
    assert {"2021.html", "2021.xlsx", "2021.ipynb"} <= names
    assert not [name for name in names if "edited" in name]


def test_prune_leaves_what_is_of_somebody(project: Path) -> None:
    kept = {beside(project, ".xlsx"): edited_workbook(project)}
    for name in ("notes.txt", "2021.docx", "2021.pdf", "mine/2021.html"):
        path = beside(project, ".html").with_name("of-mine") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"mine")
        kept[path] = b"mine"
    beside(project, ".docx").write_bytes(b"my document")
    kept[beside(project, ".docx")] = b"my document"
    (project / "notebooks" / "mine.ipynb").unlink()
    said = run(["--project", str(project), "prune", "--yes"])
    assert said.code == 0, said.text
    assert not beside(project, ".html").exists()
    assert {path: path.read_bytes() for path in kept} == kept


@pytest.mark.parametrize("suffix", [".ipynb", ".xlsx"])
def test_what_is_edited_while_the_run_is_at_work_is_kept(project: Path, suffix: str) -> None:
    """Somebody saves the file between the beginning of a run and its end."""
    mine = (edited_notebook if suffix == ".ipynb" else edited_workbook)(project)
    beside(project, suffix).rename(project / "mine")
    shutil.copy(project / "mine", beside(project, suffix))
    (project / "meanwhile.py").write_text(
        f"import shutil; shutil.copy('../mine', '../reports/vi/mine/2021{suffix}')"
    )
    beside(project, suffix).unlink()
    assert report(project, "--force").code == 0
    assert beside(project, f".edited{suffix}").read_bytes() == mine


def test_a_notebook_saved_while_it_runs_stays_and_is_run_again(project: Path) -> None:
    source = project / "notebooks" / "mine.ipynb"
    nb = nbformat.read(source, as_version=4)
    nb.cells[-1].source = nb.cells[-1].source.replace("4]", "5]")
    nbformat.write(nb, project / "mine")
    mine = (project / "mine").read_bytes()
    (project / "meanwhile.py").write_text("import shutil; shutil.copy('../mine', 'mine.ipynb')")
    assert report(project, "--force").code == 0
    assert source.read_bytes() == mine
    (project / "meanwhile.py").unlink()
    assert "1 made" in report(project).text
    assert source.read_bytes() == mine


def test_a_failing_run_touches_nothing_that_is_edited(project: Path) -> None:
    kept = {
        edited_workbook(project),
        edited_notebook(project),
        beside(project, ".html").read_bytes(),
    }
    (project / "meanwhile.py").write_text("1 / 0")
    assert report(project, "--force").code == 1
    assert kept <= all_of(project / "reports")
    assert not list(project.rglob("*.edited*"))


@pytest.mark.parametrize("size", [0, 1_000, 30_000])
def test_a_report_on_a_full_disk_leaves_the_edited_and_the_old(project: Path, size: int) -> None:
    kept = {edited_workbook(project), edited_notebook(project)}
    old = beside(project, ".html").read_bytes()

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    said = report(project, "--force", before=fill)
    assert "Traceback" not in said.text
    assert kept <= all_of(project / "reports")
    assert beside(project, ".html").read_bytes() == old
    assert said.code != 0
    assert report(project, "--force").code == 0
    assert kept <= all_of(project / "reports")


@pytest.mark.parametrize("step", [0, 2, 5, pytest.param(-1, marks=pytest.mark.slow)])
def test_a_report_killed_at_a_step_loses_nothing_that_is_edited(project: Path, step: int) -> None:
    for n in range(60) if step < 0 else [step]:
        kept = {edited_workbook(project), edited_notebook(project)}
        said = report(project, "--force", "--jobs", "1", before=killed_at(n))
        assert kept <= all_of(project / "reports")
        assert report(project).code == 0
        assert kept <= all_of(project / "reports")
        if said.code == 0:
            break


def test_reports_behind_a_link_stay_there(project: Path, tmp_path: Path) -> None:
    (project / "reports").rename(tmp_path / "share")
    (project / "reports").symlink_to(tmp_path / "share")
    mine = edited_notebook(project)
    assert report(project, "--force").code == 0
    assert (project / "reports").is_symlink()
    assert (tmp_path / "share" / "vi" / "mine" / "2021.edited.ipynb").read_bytes() == mine


def test_a_clock_that_goes_wrong_hides_no_change(project: Path) -> None:
    """What is made is told by what it holds, never by its time."""
    for path in (p for p in project.rglob("*") if p.is_file()):
        os.utime(path, (time.time() + 9e6,) * 2)
    source = project / "notebooks" / "mine.ipynb"
    source.write_text(source.read_text(encoding="utf-8").replace("4]", "5]"), encoding="utf-8")
    os.utime(source, (1e9, 1e9))
    mine = edited_notebook(project)
    os.utime(beside(project, ".ipynb"), (1e9, 1e9))
    assert "1 made" in report(project).text
    assert beside(project, ".edited.ipynb").read_bytes() == mine


def test_a_project_folder_that_is_renamed_goes_on(project: Path, tmp_path: Path) -> None:
    kept = {edited_notebook(project)}
    page = beside(project, ".html").read_bytes()
    moved = project.rename(tmp_path / "dự án 2026 (mới)")
    assert report(moved, "--force").code == 0
    assert beside(moved, ".html").read_bytes() == page
    assert kept <= all_of(moved / "reports")


def test_two_reports_at_once_keep_what_is_edited(project: Path) -> None:
    kept = {edited_notebook(project), edited_workbook(project)}
    command = [sys.executable, "-m", "parstudy", "--project", str(project), "report", "--notebook"]
    jobs = [
        subprocess.Popen(
            [*command, "mine", "--lang", "vi", "--year", "2021", "--force"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    assert [job.wait() for job in jobs] == [0, 0]
    assert kept <= all_of(project / "reports")
    assert report(project).text.count("1 up to date")


@pytest.mark.parametrize("step", [0, 2, 5, pytest.param(-1, marks=pytest.mark.slow)])
def test_an_add_killed_at_a_step_takes_nothing_and_works_again(
    project: Path, tmp_path: Path, step: int
) -> None:
    file = tmp_path / "scores.csv"
    rows = [f"{n};{name};{90 - n},5;{n}" for n, name in enumerate(("Hà Nội", "Huế", "Cà Mau"), 1)]
    file.write_text("\n".join(["STT;Tỉnh;Tổng điểm;Xếp hạng", *rows]), encoding="utf-8")
    raw = {p: p.read_bytes() for p in (project / "data" / "raw").rglob("*") if p.is_file()}
    added = project / "data" / "raw" / "PAR_INDEX" / "2019-scores"
    command = ["--project", str(project), "add", "--yes", "--index", "PAR_INDEX", "--year", "2019"]
    for n in range(40) if step < 0 else [step]:
        said = run([*command, str(file)], before=killed_at(n))
        assert {path: path.read_bytes() for path in raw} == raw
        whole = added.exists()
        again = run([*command, str(file)])
        assert again.code == (2 if whole else 0), again.text
        assert run(["--project", str(project), "build"]).code == 0
        assert (added / file.name).read_bytes() == file.read_bytes()
        scores = pd.read_csv(project / "data" / "processed" / "scores.csv")
        assert sorted(scores.loc[scores["year"].eq(2019), "score"]) == [87.5, 88.5, 89.5]
        assert not list((project / "data").rglob(".adding*"))
        if said.code >= 0:
            assert said.code == 0, said.text
            break
        shutil.rmtree(added)
