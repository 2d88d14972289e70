"""A data set in which everything is known: SYNTHETIC, two years."""

from __future__ import annotations

import pytest

from parstudy import demo
from parstudy.dataset import Dataset, build
from parstudy.project import Project


@pytest.fixture(scope="session")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("frames") / "demo"
    demo.write_demo(folder, years=2)
    return build(Project.find(folder))
