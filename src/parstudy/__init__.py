"""parstudy: how Viet Nam's provinces do on PAR INDEX and SIPAS, reproducibly.

``import parstudy as ps`` is cheap; what is behind a name is loaded when the name is first used.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what editors and mypy see; a test keeps it in step with the names below
    from parstudy import charts as charts
    from parstudy import dataset as dataset
    from parstudy import demo as demo
    from parstudy import display as display
    from parstudy import errors as errors
    from parstudy import facts as facts
    from parstudy import fetch as fetch
    from parstudy import intake as intake
    from parstudy import pages as pages
    from parstudy import plans as plans
    from parstudy import project as project
    from parstudy import publish as publish
    from parstudy import releases as releases
    from parstudy import runs as runs
    from parstudy import starter as starter
    from parstudy import statistics as statistics
    from parstudy import studies as studies
    from parstudy.dataset import Dataset as Dataset
    from parstudy.dataset import geography as geography
    from parstudy.dataset import open_dataset as open_dataset
    from parstudy.display import Language as Language
    from parstudy.display import Page as Page
    from parstudy.display.captions import caption as caption
    from parstudy.errors import DataError as DataError
    from parstudy.errors import FetchError as FetchError
    from parstudy.errors import ParstudyError as ParstudyError
    from parstudy.errors import ProjectError as ProjectError
    from parstudy.errors import ProvinceError as ProvinceError
    from parstudy.errors import ReleaseError as ReleaseError
    from parstudy.errors import RunError as RunError
    from parstudy.errors import StatisticsError as StatisticsError
    from parstudy.facts import criteria as criteria
    from parstudy.facts import provinces as provinces
    from parstudy.facts.provinces import resolve as resolve
    from parstudy.facts.provinces import resolve_column as resolve_column
    from parstudy.inputs import input as input
    from parstudy.intake import read_release as read_release
    from parstudy.project import Project as Project
    from parstudy.statistics import change as change
    from parstudy.statistics import drivers as drivers
    from parstudy.statistics import importance as importance
    from parstudy.statistics import ranking as ranking
    from parstudy.statistics import uncertainty as uncertainty
    from parstudy.statistics import weights as weights
    from parstudy.studies import agreement as agreement
    from parstudy.studies import coverage as coverage
    from parstudy.studies import first_look as first_look
    from parstudy.studies import gaps as gaps
    from parstudy.studies import improvement as improvement
    from parstudy.studies import one_index as one_index
    from parstudy.studies import overview as overview
    from parstudy.studies import profiles as profiles
    from parstudy.studies import relations as relations
    from parstudy.studies import safe_places as safe_places

    scenarios = improvement

__version__ = "0.1.0"

_OBJECTS = {
    "Dataset": "parstudy.dataset",
    "open_dataset": "parstudy.dataset",
    "Project": "parstudy.project",
    "input": "parstudy.inputs",
    "read_release": "parstudy.intake",
    "resolve": "parstudy.facts.provinces",
    "resolve_column": "parstudy.facts.provinces",
    "Language": "parstudy.display",
    "Page": "parstudy.display",
    "caption": "parstudy.display.captions",
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
    "first_look": "parstudy.studies.first_look",
    "profiles": "parstudy.studies.profiles",
    "project": "parstudy.project",
    "provinces": "parstudy.facts.provinces",
    "publish": "parstudy.publish",
    "ranking": "parstudy.statistics.ranking",
    "relations": "parstudy.studies.relations",
    "releases": "parstudy.releases",
    "runs": "parstudy.runs",
    "safe_places": "parstudy.studies.safe_places",
    "scenarios": "parstudy.studies.improvement",
    "starter": "parstudy.starter",
    "statistics": "parstudy.statistics",
    "studies": "parstudy.studies",
    "uncertainty": "parstudy.statistics.uncertainty",
    "weights": "parstudy.statistics.weights",
}
"""Modules by the names that a user knows, wherever they stand in the house."""

__all__ = ["__version__", *sorted(_OBJECTS), *_MODULES]


def _load(name: str) -> Any:
    """What stands behind a name, loaded when it is first asked for."""
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


if not TYPE_CHECKING:  # to editors, a name that is not there is a mistake
    __getattr__ = _load


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
    return _load("charts").draw(result, _load("Language")(lang))


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
    return " ".join(_load("charts").sentences(result, _load("Language")(lang)))
