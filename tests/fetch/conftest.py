"""A hub, a cache and projects for the tests of fetching; no test leaves this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_server import Hub

from parstudy.project import Project


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PARSTUDY_MIRROR", "HF_ENDPOINT", "HF_TOKEN", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("PARSTUDY_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    yield server
    server.stop()


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Project:
    """The shipped raw releases in a folder of its own."""
    shutil.copytree(root / "data" / "raw", tmp_path / "project" / "data" / "raw")
    return Project.find(tmp_path / "project")


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    """A project without any release."""
    (tmp_path / "empty" / "data" / "raw").mkdir(parents=True)
    return Project.find(tmp_path / "empty")
