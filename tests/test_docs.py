"""The documentation: its code runs, the site builds without a warning, all that is public is in."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import parstudy
from parstudy.cli import main
from parstudy.dataset import Dataset

_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def tree(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the site is built from, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    made = shutil.ignore_patterns("_made", "_site", "reference", "__pycache__")
    for name in ("docs", "tools", "notebooks"):
        shutil.copytree(root / name, folder / name, ignore=made)
    shutil.copytree(root / "data" / "raw", folder / "data" / "raw")
    return folder


@pytest.fixture(scope="module")
def site(tree: Path, root: Path) -> Path:
    target = tree / "built"
    options = ["-W", "--keep-going", "-q", "-j", "2", "-d", str(tree / "read")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(tree / "docs"), str(target)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return target


def _links(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    return set(re.findall(r'(?:href|src|data)="([^"#]+)', text))


@pytest.mark.xdist_group("docs")
def test_the_site_needs_no_network_and_all_its_links_lead_somewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        loaded = re.findall(
            r'<(?:script|img|link)\b[^>]*(?:src|href)="(https?:[^"]+)', page.read_text()
        )
        assert not loaded, page
        for link in _links(page):
            if not re.match(r"[a-z]+:", link):
                assert (page.parent / link.split("?")[0]).exists(), (page, link)


@pytest.mark.xdist_group("docs")
def test_every_picture_of_the_site_was_made_by_the_build(site: Path, tree: Path) -> None:
    named = set()
    for page in (tree / "docs").rglob("*.md"):
        named |= set(re.findall(r"_made/([\w.-]+)\)", page.read_text(encoding="utf-8")))
    assert len(named) >= 5
    for name in named:
        assert (site / "_images" / name).stat().st_size > 5000


@pytest.mark.xdist_group("docs")
def test_every_public_function_and_class_is_in_the_reference(site: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as handle:
        known = InventoryFile.load(handle, "", lambda base, uri: uri)
    described = {name for domain, own in known.items() if domain.startswith("py:") for name in own}
    lacking = []
    for module in map(parstudy.__getattr__, parstudy._MODULES):
        names = getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")])
        for name in names:
            found = getattr(module, name)
            own = getattr(found, "__module__", "").startswith(module.__name__)
            if own and (inspect.isclass(found) or inspect.isfunction(found)):
                lacking += [f"{module.__name__}.{name}"]
    assert [name for name in lacking if name not in described] == []


@pytest.mark.xdist_group("docs")
def test_pages_in_vietnamese_say_so(site: Path) -> None:
    for page in (site / "vi").glob("*.html"):
        assert '<html class="no-js" lang="vi"' in page.read_text(encoding="utf-8")


@pytest.mark.xdist_group("docs")
def test_the_commands_of_the_tutorial_do_what_it_says(
    shipped: Dataset,
    tree: Path,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = tmp_path / "project"
    shutil.copytree(tree / "notebooks", project / "notebooks")
    shutil.copytree(root / "data" / "raw", project / "data" / "raw")
    monkeypatch.chdir(project)
    text = (root / "docs" / "tutorial.md").read_text(encoding="utf-8")
    lines = [line for block in _SHELL.findall(text) for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if line.split()[0].endswith("parstudy")]
    assert [c[0] for c in commands] == ["report", "new", "report"]
    for command in commands:
        assert main(command) == 0, command
    capsys.readouterr()
    made = {p.relative_to(project).as_posix() for p in (project / "reports" / "en").rglob("*.html")}
    assert made == {
        "reports/en/province_report/lang-son-2021.html",
        "reports/en/my_report/lang-son-2023.html",
    }
