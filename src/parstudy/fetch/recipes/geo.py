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
    shapes = {n: k for n, k in names.items() if n.endswith(boundaries.SUFFIXES)}
    people = {n: k for n, k in names.items() if n == population.FILE}
    found = []
    if shapes:
        for key in shapes.values():
            _check(boundaries.parse, files[key])
        found.append(_prepared(boundaries.FOLDER, shapes, files, provenance))
    if people:
        _check(population.parse, files[people[population.FILE]])
        found.append(_prepared(population.FOLDER, people, files, provenance, **_POPULATION_SOURCE))
    return found


def _prepared(
    folder: str,
    keys: Mapping[str, str],
    files: Mapping[str, Path],
    provenance: Provenance,
    **source: str,
) -> Prepared:
    """A folder of some files, by their names in it; its source but for what another hand made."""
    origins = {name: provenance.origins[key] for name, key in keys.items()}
    listed = [{"path": n, "url": o.url, "sha256": o.sha256} for n, o in origins.items()]
    whole = provenance.source(next(iter(keys.values())), folder)
    return Prepared(
        index="",
        folder_name=folder,
        toml=to_toml({"source": {**whole, **source}, "files": listed}),
        files={name: files[key] for name, key in keys.items()},
    )


def _check(parse: Callable[[Path], object], path: Path) -> None:
    try:
        parse(path)
    except DataError as error:
        raise ReleaseError.of(error) from None
