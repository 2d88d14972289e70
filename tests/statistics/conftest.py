import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Small matrices: threads of the linear algebra would only wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def areas() -> pd.DataFrame:
    """63 made-up units with eight areas in points, correlated, one often at its top."""
    rng = np.random.default_rng(20)
    common = rng.normal(size=(63, 1))
    points = 8 + common + rng.normal(scale=[0.3, 0.5, 0.8, 1, 1.2, 0.6, 0.4, 1], size=(63, 8))
    frame = pd.DataFrame(points, columns=[f"A{i}" for i in range(1, 9)])
    frame["A8"] = frame["A8"].clip(upper=8.5)
    frame.index = pd.Index([f"unit-{i:02d}" for i in range(63)], name="province_id")
    return frame.round(4)


@pytest.fixture
def mirror() -> Path:
    """Folder with figures of other programs on real data; not part of this project."""
    path = os.environ.get("PARSTUDY_MIRROR", "")
    if not path:
        pytest.skip("PARSTUDY_MIRROR is not set: real inputs belong to others and are not copied")
    return Path(path) / "reference"
