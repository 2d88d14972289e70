"""parstudy: how Viet Nam's provinces do on PAR INDEX and SIPAS, reproducibly.

``import parstudy as ps`` is cheap; what is behind a name is loaded when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_OBJECTS = {
    "Dataset": "parstudy.dataset",
    "open_dataset": "parstudy.dataset",
    "Project": "parstudy.project",
    "read_release": "parstudy.releases",
    "resolve": "parstudy.provinces",
    "Language": "parstudy.display",
    "Page": "parstudy.display",
    "ParstudyError": "parstudy.errors",
    "DataError": "parstudy.errors",
    "FetchError": "parstudy.errors",
    "ProjectError": "parstudy.errors",
    "ProvinceError": "parstudy.errors",
    "ReleaseError": "parstudy.errors",
    "RunError": "parstudy.errors",
    "StatisticsError": "parstudy.errors",
}
_ROOMS = (
    "agreement",
    "charts",
    "coverage",
    "criteria",
    "dataset",
    "demo",
    "display",
    "drivers",
    "errors",
    "fetch",
    "gaps",
    "geography",
    "importance",
    "overview",
    "pages",
    "plans",
    "profiles",
    "project",
    "provinces",
    "publish",
    "ranking",
    "relations",
    "releases",
    "runs",
    "scenarios",
    "studies",
)

__all__ = ["__version__", *sorted(_OBJECTS), *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _OBJECTS:
        return getattr(importlib.import_module(_OBJECTS[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"parstudy.{name}")
    raise AttributeError(f"module 'parstudy' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
