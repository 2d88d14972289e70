"""No file eats the machine: each ends in a table or in one clear message."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import hostile_files
import pytest
from measured import run

from parstudy.plans import _opened
from parstudy.releases import formats
from parstudy.releases.formats.grid import Grid

FILES = list(hostile_files.release_files())
QUICK = ("word_grid_before_4e", "excel_merge_A1_XFD1048576_1.", "pages_both_4000000000_2.",
         "others_both_4e09", "compound_circle", "text_digits",
         "pdf_forms_30_2", "pdf_packed_300", "pdf_pages_10000",
         "excel_far_XFD10", "word_laughs", "text_commas", "text_open_quote")  # fmt: skip
PLANS = tuple(f".{form}" for form in _opened.FORMATS)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "data" / "raw").mkdir(parents=True)
    return tmp_path / "project"


def tried(one: hostile_files.Hostile, project: Path, *, plan: bool) -> list[str]:
    file = project.parent / one.name
    file.write_bytes(one.make())
    command = ["plan", "export", "--out", str(project / "out.csv")] if plan else ["add", "--yes"]
    if not plan:
        command += ["--index", "PAR_INDEX", "--year", "2021"]
    before = {p for p in project.rglob("*") if p.is_file()}
    taken = run(["--project", str(project), *command, str(file)])
    made = {p for p in project.rglob("*") if p.is_file()} - before
    file.unlink()
    problems = taken.problems
    if taken.code == 2 and made and not plan:
        problems.append(f"refused, and yet written: {made}")
    return [f"{one.name}: {problem}" for problem in problems]


@pytest.mark.parametrize(
    "one",
    [f for f in FILES if f.name.startswith(QUICK)],
    ids=lambda one: one.name,
)
def test_a_file_that_unfolds_without_end_is_refused_at_once(
    one: hostile_files.Hostile, project: Path
) -> None:
    assert tried(one, project, plan=False) == []


RELEASE = """\
[release]
index = "PAR_INDEX"
year = 2021
geography = "63"
n_ranked = 63

[source]
id = "s1"

[[files]]
path = "NAME"
reader = "table"
orientation = "provinces_in_rows"
header_rows = 1
unit_column = 1
columns = [{ column = 2, component = "total", measure = "score" }]
"""


def abort(path: Path, spec: object) -> list[Grid]:
    """What a library written in another language does where it breaks down."""
    os.abort()


@pytest.mark.parametrize("name", ["a.xlsx", "pages_both_4000000000_2", "excel_far_XFD10"])
def test_a_build_outlives_the_files_that_it_reads(name: str, project: Path) -> None:
    one = next((f for f in FILES if f.name.startswith(name)), None)
    folder = project / "data" / "raw" / "PAR_INDEX" / "2021"
    folder.mkdir(parents=True)
    file = folder / (one.name if one else name)
    file.write_bytes(one.make() if one else b"PK")
    (folder / "release.toml").write_text(RELEASE.replace("NAME", file.name), encoding="utf-8")

    def before() -> None:
        if one is None:
            formats.FORMATS["xlsx"] = replace(formats.FORMATS["xlsx"], grids=abort)

    taken = run(["--project", str(project), "build"], before)
    assert (taken.problems, taken.code) == ([], 2)
    assert file.name in taken.text
    assert not (project / "data" / "processed").exists()


@pytest.mark.slow
@pytest.mark.parametrize("one", FILES, ids=lambda one: one.name)
def test_no_file_eats_the_machine(one: hostile_files.Hostile, project: Path) -> None:
    problems = tried(one, project, plan=False)
    if one.name.endswith(PLANS):
        problems += tried(one, project, plan=True)
    assert problems == []


@pytest.mark.parametrize(("name", "text"), list(hostile_files.release_tomls()))
def test_a_strange_release_toml_is_one_message(name: str, text: str, project: Path) -> None:
    folder = project / "data" / "raw" / "PAR_INDEX" / name
    folder.mkdir(parents=True)
    (folder / "release.toml").write_text(text, encoding="utf-8")
    for command in (["add", "--check", str(folder)], ["build"]):
        taken = run(["--project", str(project), *command])
        assert taken.problems == []
        assert taken.code == 2
        assert "release.toml" in taken.text
