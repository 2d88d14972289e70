"""The command: what is refused before anything runs, and the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parstudy.cli import main
from parstudy.dataset import Dataset


@pytest.fixture(scope="module")
def project(root: Path, shipped: Dataset) -> Path:
    shutil.copytree(root / "notebooks", shipped.project.root / "notebooks")
    return shipped.project.root


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["report", "--province", "Lạng Sen", "--year", "2021"], "Lạng Sơn"),
        (["report", "--province", "lang-son", "--year", "1999"], "2012, 2013"),
        (["report", "--province", '"; import os', "--year", "2021"], "import os"),
        (["report", "--province", "lang-son"], "year"),
        (["report", "--year", "2021"], "province"),
        (["report", "--notebook", "provinces_report", "--year", "2021"], "province_report"),
        (
            ["report", "--notebook", "national_overview", "--year", "2021", "--level", "area"],
            "level",
        ),
        (["batch", "--provinces", "lang-son", "xyz", "--years", "2021"], "xyz"),
        (["batch", "--provinces", "all", "--years", "2021", "2031"], "2031"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_runs(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert main(["--project", str(project), *words]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not (project / "reports").exists()


def test_a_folder_that_is_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--project", str(tmp_path), "build"]) == 2
    assert "data/raw" in capsys.readouterr().err


def test_each_kind_of_report_twice_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    kinds = [
        ["--province", "lang-son", "--year", "2021", "--lang", "vi"],
        ["--notebook", "national_overview", "--index", "SIPAS", "--year", "2023", "--lang", "en"],
        ["--notebook", "data_audit", "--lang", "vi"],
        ["--notebook", "drivers", "--index", "PAR_INDEX", "--year", "2012",
         "--level", "score_source", "--lang", "en"],
    ]  # fmt: skip
    places = [
        {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
    ]
    seen = []
    for number, place in enumerate(places):
        own = tmp_path / str(number)
        for part in ("data", "notebooks"):
            shutil.copytree(project / part, own / part)
        commands = [["--project", str(own), "report", *kind] for kind in kinds]
        script = f"from parstudy.cli import main; print([main(c) for c in {commands!r}])"
        made = subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **place},
            text=True,
        )
        assert made.stdout.endswith(f"{[0] * len(kinds)}\n")
        found = (own / "reports").rglob("*")
        files = sorted(p for p in found if p.suffix in (".html", ".ipynb", ".xlsx"))
        seen.append(
            {
                p.relative_to(own).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
                for p in files
            }
        )
    # page, notebook and tables of each, the index, the comparison
    assert len(seen[0]) == 3 * len(kinds) + 2
    assert seen[0] == seen[1]
