"""A SYNTHETIC project down to sub-criteria, and a plan drafted from it."""

from __future__ import annotations

import pytest

from parstudy import demo, plans
from parstudy.dataset import Dataset, build
from parstudy.plans import Plan
from parstudy.project import Project


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("plans") / "demo"
    demo.write_demo(folder, years=2)
    return build(Project.find(folder))


@pytest.fixture(scope="session")
def truth() -> demo.Demo:
    return demo.generate(years=2)


@pytest.fixture(scope="session")
def drafted(synthetic: Dataset, truth: demo.Demo) -> Plan:
    return plans.draft(synthetic, "lang-son", 2022, claims=truth.self_assessed)
