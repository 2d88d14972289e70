"""Shared fixtures: the shipped project, read-only, and copies of it to damage."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from parstudy.dataset import Dataset, build
from parstudy.project import Project

ROOT = Path(__file__).resolve().parents[1]

# a text without a translation is an error in tests, English in a user's report
os.environ["PARSTUDY_STRICT_TEXTS"] = "1"


def _fetched(folder: str, names: list[str]) -> list[str]:
    """Folders that git ignores: what somebody fetched is not what ships."""
    return [name for name in names if (Path(folder) / name / ".gitignore").is_file()]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The dataset of the shipped raw releases, built in a folder of its own."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw", ignore=_fetched)
    return build(Project.find(folder))


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[], Project]:
    """Make a copy of the shipped raw releases that a test may damage."""

    def make() -> Project:
        shutil.copytree(ROOT / "data" / "raw", tmp_path / "data" / "raw", ignore=_fetched)
        return Project.find(tmp_path)

    return make


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with third-party data that is not part of the project."""
    named = os.environ.get("PARSTUDY_MIRROR")
    if not named:
        pytest.skip("PARSTUDY_MIRROR is not set: third-party data are not part of the project")
    return Path(named)
