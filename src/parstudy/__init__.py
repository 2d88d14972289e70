"""parstudy: how Viet Nam's provinces do on PAR INDEX and SIPAS, reproducibly.

``import parstudy as ps`` is cheap; what is behind a name is loaded when the name is first used.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

__version__ = "0.1.0"

_OBJECTS = {
    "Dataset": "parstudy.dataset",
    "open_dataset": "parstudy.dataset",
    "Project": "parstudy.project",
    "read_release": "parstudy.intake",
    "resolve": "parstudy.facts.provinces",
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
_MODULES = {
    "agreement": "parstudy.studies.agreement",
    "change": "parstudy.statistics.change",
    "charts": "parstudy.charts",
    "coverage": "parstudy.studies.coverage",
    "criteria": "parstudy.facts.criteria",
    "dataset": "parstudy.dataset",
    "demo": "parstudy.demo",
    "display": "parstudy.display",
    "drivers": "parstudy.statistics.drivers",
    "errors": "parstudy.errors",
    "facts": "parstudy.facts",
    "fetch": "parstudy.fetch",
    "gaps": "parstudy.studies.gaps",
    "geography": "parstudy.dataset.geography",
    "importance": "parstudy.statistics.importance",
    "improvement": "parstudy.studies.improvement",
    "intake": "parstudy.intake",
    "one_index": "parstudy.studies.one_index",
    "overview": "parstudy.studies.overview",
    "pages": "parstudy.pages",
    "plans": "parstudy.plans",
    "profiles": "parstudy.studies.profiles",
    "project": "parstudy.project",
    "provinces": "parstudy.facts.provinces",
    "publish": "parstudy.publish",
    "ranking": "parstudy.statistics.ranking",
    "relations": "parstudy.studies.relations",
    "releases": "parstudy.releases",
    "runs": "parstudy.runs",
    "scenarios": "parstudy.studies.improvement",
    "starter": "parstudy.starter",
    "statistics": "parstudy.statistics",
    "studies": "parstudy.studies",
    "uncertainty": "parstudy.statistics.uncertainty",
    "weights": "parstudy.statistics.weights",
}
"""Modules by the names that a user knows, wherever they stand in the house."""

__all__ = ["__version__", *sorted(_OBJECTS), *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _OBJECTS:
        found = getattr(importlib.import_module(_OBJECTS[name]), name)
    elif name in _MODULES:
        found = importlib.import_module(_MODULES[name])
    else:
        raise AttributeError(f"module 'parstudy' has no attribute {name!r}")
    results = sys.modules.get("parstudy.statistics.result")
    if results is not None:
        for method, given in (("plot", _plot), ("summary_text", _summary_text)):
            setattr(results.Result, method, given)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)


# Results of the statistics hold figures only. Whoever comes through this door gets them with two
# methods more, which load words and pictures when they are called.


def _plot(result: Any, lang: str = "en") -> Any:
    """Draw a result; see :func:`parstudy.charts.draw`.

    Parameters
    ----------
    result : Result
        Of :mod:`parstudy.drivers` or :mod:`parstudy.importance`.
    lang : {"en", "vi"}
        Language of the picture.

    Returns
    -------
    parstudy.display.Chart
    """
    return __getattr__("charts").draw(result, __getattr__("Language")(lang))


def _summary_text(result: Any, lang: str = "en") -> str:
    """Say what a result found, left out and assumes; see :func:`parstudy.charts.sentences`.

    Parameters
    ----------
    result : Result
        Of :mod:`parstudy.drivers` or :mod:`parstudy.importance`.
    lang : {"en", "vi"}
        Language of the text.

    Returns
    -------
    str
    """
    return " ".join(__getattr__("charts").sentences(result, __getattr__("Language")(lang)))
