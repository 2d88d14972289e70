"""Boundaries and population: no index, kept under ``data/fetched`` and read by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from parstudy.dataset import boundaries, population
from parstudy.errors import DataError, ReleaseError
from parstudy.fetch._model import Prepared, Provenance
from parstudy.text import to_toml

# another hand's table than the boundaries, so another source
_POPULATION_SOURCE = {
    "url": "https://github.com/amezaikupan/VN_population_dashboard",
    "title": "Population of the provinces, 2011-2024 (five tables joined)",
    "publisher": "National Statistics Office (PX-Web V02); compiled by amezaikupan",
    "licence": "none stated; for the user's own analysis",
}


def prepare(files: Mapping[str, Path], provenance: Provenance) -> list[Prepared]:
    """Make a folder of the boundaries and one of the population.

    Parameters
    ----------
    files : mapping of str to Path
        By key: GeoJSON and TopoJSON files, and `parstudy.dataset.population.FILE`; others are
        passed over.
    provenance : Provenance
        Where the files come from.

    Returns
    -------
    list of Prepared

    Raises
    ------
    ReleaseError
        One of `parstudy.dataset.boundaries.parse` or `parstudy.dataset.population.parse`: a file is
        not what its name says.
    """
    names = {Path(key).name: key for key in sorted(files)}
    found = []
    shapes = {n: k for n, k in names.items() if n.endswith(boundaries.SUFFIXES)}
    for key in shapes.values():
        _check(boundaries.parse, files[key])
    if shapes:
        found.append(
            Prepared(
                index="",
                folder_name=boundaries.FOLDER,
                toml=_source(provenance, shapes, "boundaries"),
                files={name: files[key] for name, key in shapes.items()},
            )
        )
    if population.FILE in names:
        key = names[population.FILE]
        _check(population.parse, files[key])
        found.append(
            Prepared(
                index="",
                folder_name=population.FOLDER,
                toml=_source(
                    provenance, {population.FILE: key}, "population", **_POPULATION_SOURCE
                ),
                files={population.FILE: files[key]},
            )
        )
    return found


def _source(provenance: Provenance, keys: Mapping[str, str], what: str, **other: str) -> str:
    first = next(iter(keys.values()))
    listed = [
        {
            "path": name,
            "url": provenance.origins[key].url,
            "sha256": provenance.origins[key].sha256,
        }
        for name, key in keys.items()
    ]
    source = {**provenance.source(first, what), **other}
    return to_toml({"source": source, "files": listed})


def _check(parse: Callable[[Path], object], path: Path) -> None:
    try:
        parse(path)
    except DataError as error:
        raise ReleaseError(
            error.code,
            error.message,
            place=error.place,
            found=error.found,
            expected=error.expected,
            advice=error.advice,
        ) from None
