"""Which values the parameters of a run, or of many, have: typed text, names, ``all``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parstudy.dataset import Dataset
from parstudy.errors import RunError
from parstudy.facts import criteria, provinces
from parstudy.runs.parameters import Declared, check_type, declared, from_text, refuse_unknown
from parstudy.studies import coverage
from parstudy.text import suggest

ALL = "all"
LEVELS = ("score_source", "area", "criterion", "subcriterion", "part")
ENOUGH = 8
"""So many complete provinces make a level, or a pair of indices, worth a report."""

_FIRST = ("index", "year", "region", "level", "province")
"""Values depend on those before them: provinces on the year, years on the index."""


@dataclass(frozen=True)
class Typed:
    """A value as somebody typed it; the notebook's types say what it stands for."""

    text: str


def one(dataset: Dataset, notebook: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of one run, names and years known.

    Parameters
    ----------
    dataset : Dataset
        Says which years there are.
    notebook : Path
        Its parameters say what a `Typed` value stands for.
    values : mapping
        Values by name of parameter.

    Raises
    ------
    ProvinceError, RunError
        ``unknown_parameter``, ``wrong_type``, ``unknown_index``, ``no_data`` and those of names.
    """
    known = declared(notebook)
    refuse_unknown(values, known, notebook.name)
    found: dict[str, Any] = {}
    for name in _in_order(values):
        found[name] = _value(dataset, name, values[name], known[name], found, notebook.name)
    return {name: found[name] for name in values}


def every(
    dataset: Dataset, notebook: Path, values: Mapping[str, Sequence[Any]]
) -> list[dict[str, Any]]:
    """Every combination of values, each once, those of one index and year together.

    Parameters
    ----------
    dataset, notebook
        As for `one`.
    values : mapping
        Values by name of parameter, ``all`` among them.

    Raises
    ------
    ProvinceError, RunError
        As for `one`.
    """
    known = declared(notebook)
    if "province" in known and not known["province"].empty_by_default:
        values = {"province": [ALL], **values}
    refuse_unknown(values, known, notebook.name)
    found: list[dict[str, Any]] = [{}]
    for name in _in_order(values):
        found = [
            {**others, name: value}
            for others in found
            for given in values[name]
            for value in _values(dataset, name, given, known[name], others, notebook.name)
        ]
    return list({json.dumps(f, sort_keys=True, default=str): f for f in found}.values())


def _in_order(names: Mapping[str, Any]) -> list[str]:
    return [*(n for n in _FIRST if n in names), *(n for n in names if n not in _FIRST)]


def _values(
    dataset: Dataset,
    name: str,
    given: Any,
    parameter: Declared,
    others: Mapping[str, Any],
    notebook: str,
) -> Sequence[Any]:
    text = given.text if isinstance(given, Typed) else given
    if text == ALL and name in _EVERY:
        return _EVERY[name](dataset, others)
    return [_value(dataset, name, given, parameter, others, notebook)]


def _value(
    dataset: Dataset,
    name: str,
    given: Any,
    parameter: Declared,
    others: Mapping[str, Any],
    notebook: str,
) -> Any:
    """One value, with the name by which the tables know it."""
    value = from_text(given.text, parameter, notebook) if isinstance(given, Typed) else given
    check_type(value, parameter, notebook)
    if value == parameter.default and parameter.empty_by_default:
        return value
    if name == "index":
        _known_index(value, notebook)
    elif name == "year":
        known_years(dataset, [value], others.get("index"))
    elif name == "province":
        geography = criteria.geography_of(others.get("year") or 0)
        return provinces.resolve(value, geography).province_id
    elif name == "region":
        return provinces.resolve_region(value).region_id
    return value


def _known_index(value: Any, notebook: str) -> None:
    if value not in criteria.indices():
        raise RunError(
            "unknown_index",
            "no such index",
            place=notebook,
            found=repr(value),
            expected=suggest(str(value), criteria.indices()),
        )


def known_years(dataset: Dataset, years: Sequence[int], index: str | None = None) -> None:
    """Refuse a year for which no release is in the data.

    Raises
    ------
    RunError
        ``no_data`` with the years that there are.
    """
    known = _years(dataset, index)
    for year in years:
        if year not in known:
            raise RunError(
                "no_data",
                "no release of this index year is in the data",
                found=f"{index} {year}" if index else str(year),
                expected=", ".join(map(str, known)),
                advice="Add the release below data/raw, see docs/add-a-release.md",
            )


def _years(dataset: Dataset, index: str | None) -> list[int]:
    releases = dataset.releases
    if index is not None:
        releases = releases[releases["index_id"].eq(index)]
    return sorted({int(y) for y in releases["year"]})


def _newest(dataset: Dataset, others: Mapping[str, Any]) -> int:
    """The year of which units are meant where a notebook has no year: the newest."""
    return int(others.get("year") or max(_years(dataset, None)))


def _levels(dataset: Dataset, others: Mapping[str, Any]) -> list[str]:
    index = others.get("index", "PAR_INDEX")
    years = [others["year"]] if "year" in others else dataset.years(index)
    return complete_levels(dataset, index, years)


_EVERY: Mapping[str, Callable[[Dataset, Mapping[str, Any]], Sequence[Any]]] = {
    "index": lambda dataset, others: [c for c in criteria.indices() if dataset.years(c)],
    "year": lambda dataset, others: _years(dataset, others.get("index")),
    "region": lambda dataset, others: list(provinces.regions()["region_id"]),
    "level": _levels,
    "province": lambda dataset, others: slugs(dataset, _newest(dataset, others)),
}
"""What ``all`` stands for, by name of parameter."""


# --- what there is in the data ---


def slugs(dataset: Dataset, year: int) -> list[str]:
    """Slugs of all provinces that there were in an index year, sorted."""
    return sorted(dataset.units(year)["province_id"])


def complete_levels(dataset: Dataset, index: str, years: Iterable[int]) -> list[str]:
    """Levels of which enough provinces are complete in one of the years.

    Parameters
    ----------
    dataset : Dataset
        The tables.
    index : str
        Code of the index.
    years : iterable of int
        Index years.
    """
    years = list(years)
    return [
        level
        for level in LEVELS
        if any(complete(dataset, index, year, level) >= ENOUGH for year in years)
    ]


def complete(dataset: Dataset, index: str, year: int, level: str) -> int:
    """How many provinces have all components of a level of an index in a year."""
    frame = coverage.component_frame(
        dataset.scores, dataset.components, index=index, year=year, level=level
    )
    return len(frame)
