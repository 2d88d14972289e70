"""Files of the project agree with each other."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

NAME = re.compile(r"[A-Za-z0-9_.-]+")


def _requirement(text: str) -> tuple[str, str]:
    match = NAME.match(text)
    assert match
    return match[0].lower(), re.sub(r"\[.*?\]", "", text[match.end() :]).strip()


def _locked(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"([a-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;]+)", line)
        if match:
            found.setdefault(match[1], []).append(match[2])
    return found


def _project(root: Path) -> dict[str, object]:
    with (root / "pyproject.toml").open("rb") as handle:
        return tomllib.load(handle)["project"]  # type: ignore[no-any-return]


def test_conda_environment_agrees_with_pyproject(root: Path) -> None:
    text = (root / "environment.yml").read_text(encoding="utf-8")
    listed = dict(
        _requirement(line.strip().removeprefix("- "))
        for line in text.splitlines()
        # also what only PyPI has, in the list for pip
        if re.match(r"  (    )?- [a-z]", line) and not line.endswith(":")
    )
    project = _project(root)
    assert listed.pop("python") == project["requires-python"]
    del listed["pip"], listed["conda-forge"], listed["nodefaults"]
    extras: dict[str, list[str]] = project["optional-dependencies"]  # type: ignore[assignment]
    wanted = dict(map(_requirement, [*project["dependencies"], *extras["fetch"]]))  # type: ignore[misc]
    assert {name.replace("_", "-"): v for name, v in listed.items()} == wanted


def test_what_conda_hands_to_pip_is_what_pip_reads(root: Path) -> None:
    text = (root / "environment.yml").read_text(encoding="utf-8")
    # options of the command, such as --no-deps, are none of a requirements file
    handed = re.findall(r"^      - (.*)$", text, re.MULTILINE)
    assert [line for line in handed if not re.fullmatch(r"[a-z-]+>=[\d.]+", line)] == [
        "--editable ."
    ]


def test_binder_finds_what_it_runs(root: Path) -> None:
    script = root / "postBuild"
    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert os.name != "posix" or os.access(script, os.X_OK)
    assert not (root / "binder").exists()  # it would hide the files beside it


def test_lock_files_hold_every_dependency_and_no_address(root: Path) -> None:
    from packaging.specifiers import SpecifierSet

    project = _project(root)
    extras: dict[str, list[str]] = project["optional-dependencies"]  # type: ignore[assignment]
    dependencies = [*project["dependencies"], *extras["build"], *extras["fetch"]]  # type: ignore[misc]
    for name, wanted in (
        ("requirements.lock", dependencies),
        ("requirements-dev.lock", [*dependencies, *extras["dask"], *extras["ocr"], *extras["dev"]]),
    ):
        path = root / name
        locked = _locked(path)
        for package, specifier in map(_requirement, wanted):
            versions = locked.get(package.replace("_", "-"))
            assert versions, f"{package} is not in {name}"
            assert all(SpecifierSet(specifier).contains(v) for v in versions), package
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        assert text.count("--hash=sha256:") >= len(locked)


def test_both_lock_files_agree(root: Path) -> None:
    run, dev = _locked(root / "requirements.lock"), _locked(root / "requirements-dev.lock")
    assert {n: v for n, v in dev.items() if n in run} == run


def test_versions_agree(root: Path) -> None:
    import parstudy

    version = str(_project(root)["version"])
    assert parstudy.__version__ == version
    assert f"version: {version}" in (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {version}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_ci_runs_make_test_and_nothing_else(root: Path) -> None:
    lines = (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec make test"


NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs_and_explain_their_parameters(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    cells = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(not c["outputs"] and c["execution_count"] is None for c in cells)
    tagged = [c for c in cells if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    for line in "".join(tagged[0]["source"]).splitlines():
        assert re.fullmatch(r"\w+: (str|int|float|bool) = .+  # .+", line), line


def test_every_notebook_has_its_place_on_the_index_page_and_in_the_main_job() -> None:
    from parstudy.facts.notebooks import notebooks
    from parstudy.runs.main_job import RULES

    assert sorted(notebooks()) == [path.stem for path in NOTEBOOKS]
    assert {n.main_job for n in notebooks().values()} <= {*RULES, ""}


def test_hooks_ask_no_network_and_keep_the_ids_of_cells(root: Path) -> None:
    text = (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert "://" not in text
    assert "nbstripout --keep-id" in text
    assert text.count("- repo: local") == text.count("repo:")
    assert text.count("sh tools/in-env.sh") == text.count("language: system") == text.count("- id:")


def test_only_what_belongs_is_committed(root: Path) -> None:
    if not (root / ".git").exists():
        pytest.skip("no git checkout, so nothing is known of what is committed")
    files = subprocess.run(
        ["git", "ls-files"], cwd=root, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert not [f for f in files if f.startswith("reports/") and f != "reports/README.md"]
    assert not [
        f for f in files if f.startswith("data/processed/") and f != "data/processed/README.md"
    ]
    assert not [f for f in files if f.endswith((".geojson", ".topojson"))]
    assert "uv.lock" not in files
