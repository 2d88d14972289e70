"""Boundaries of the provinces, where `parstudy fetch geo` has brought them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parstudy import reads
from parstudy.errors import DataError, ProvinceError
from parstudy.facts import provinces
from parstudy.project import Project
from parstudy.text import from_toml

FOLDER = "boundaries"
SUFFIXES = (".geojson", ".topojson")
SOURCE_FILE = "source.toml"
# properties that hold a unit's name; codes are not looked at, the 34 units reuse those of others
_NAMES = ("name_vi", "ten_tinh", "name")

Ring = NDArray[np.float64]
"""Closed line of longitudes and latitudes, one point a row, the last like the first."""


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Boundaries of all units of one geography.

    Attributes
    ----------
    geography : str
        ``"63"`` or ``"34"``.
    rings : mapping of str to tuple of Ring
        By slug, every unit of the geography; outer rings run counter-clockwise, holes clockwise.
    source : mapping of str to str
        Row as in the table ``sources``.
    """

    geography: str
    rings: Mapping[str, tuple[Ring, ...]]
    source: Mapping[str, str]


def read(project: Project, geography: str) -> Boundaries | None:
    """Read the boundaries of the 63 provinces or of the 34 units.

    Parameters
    ----------
    project : Project
        With ``data/fetched/boundaries``.
    geography : {"63", "34"}
        Which.

    Returns
    -------
    Boundaries or None
        None where they were not fetched.

    Raises
    ------
    DataError
        A file is not what its name says; see `parse`. ``no_source`` without its ``source.toml``.
    """
    folder = project.root / "data" / "fetched" / FOLDER
    reads.tell_files(project.root, f"data/fetched/{FOLDER}")
    for path in files(folder):
        found, rings = parse(path)
        if found == geography:
            return Boundaries(geography, rings, _source(folder / SOURCE_FILE))
    return None


def files(folder: Path) -> list[Path]:
    """Files of boundaries in a folder, by name."""
    return sorted(p for p in folder.glob("*") if p.suffix in SUFFIXES and p.is_file())


def parse(path: Path) -> tuple[str, dict[str, tuple[Ring, ...]]]:
    """Read a file of boundaries: a GeoJSON FeatureCollection or a TopoJSON Topology.

    Parameters
    ----------
    path : Path
        Its features have a unit's name as ``name_vi``, ``ten_tinh`` or ``name``, and polygons in
        degrees.

    Returns
    -------
    geography : str
        ``"63"`` or ``"34"``, known by the names.
    rings : dict of str to tuple of Ring
        As in `Boundaries`.

    Raises
    ------
    DataError
        ``not_boundaries``, ``damaged_boundaries``, ``unknown_province``, ``province_twice``,
        ``incomplete_boundaries``.
    """
    named = list(_features(path))
    names = [name for name, _ in named]
    # only the 63 have names that are none of the 34
    old = any(_resolves(n, "63") and not _resolves(n, "34") for n in names)
    geography = "63" if old else "34"
    rings: dict[str, tuple[Ring, ...]] = {}
    for name, own in named:
        try:
            unit = provinces.resolve(name, geography)
        except ProvinceError as error:
            raise DataError(
                "unknown_province",
                f"a name that is none of the {geography}",
                place=path.name,
                found=repr(name),
                advice=error.advice,
            ) from None
        if unit.province_id in rings:
            raise DataError(
                "province_twice", "one province twice", place=path.name, found=unit.name_vi
            )
        rings[unit.province_id] = own
    lacking = [u.name_vi for u in provinces.units(geography) if u.province_id not in rings]
    if lacking:
        raise DataError(
            "incomplete_boundaries",
            "boundaries of some provinces are lacking",
            place=path.name,
            found=f"{len(rings)} of {geography}, without {', '.join(lacking[:5])}"
            + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""),
            expected=f"all {geography}",
        )
    return geography, rings


@cache
def _resolves(name: str, geography: str) -> bool:
    try:
        provinces.resolve(name, geography)
    except ProvinceError:
        return False
    return True


def _source(path: Path) -> dict[str, str]:
    try:
        told = from_toml(path.read_text(encoding="utf-8"))["source"]
        row = {**{k: str(v) for k, v in told.items()}, "source_id": str(told["id"])}
        return {"licence": "", "title": "", "publisher": "", **row}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DataError(
            "no_source",
            "nothing says where the boundaries come from",
            place=str(path),
            expected="a table [source] as `parstudy fetch geo` writes it",
            advice="Delete the folder and fetch it anew",
        ) from None


# --- the two formats -----------------------------------------------------------------------------


def _features(path: Path) -> Iterator[tuple[str, tuple[Ring, ...]]]:
    """Name and rings of each feature."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        kind = document["type"]
    except (ValueError, KeyError, TypeError, RecursionError):
        document, kind = {}, "no JSON object with a type"
    if kind not in ("FeatureCollection", "Topology"):
        raise DataError(
            "not_boundaries",
            "the file holds no boundaries",
            place=path.name,
            found=str(kind),
            expected="a GeoJSON FeatureCollection or a TopoJSON Topology",
        )
    name = ""
    try:
        if kind == "Topology":
            arcs = _arcs(document)
            objects = [g for o in document["objects"].values() for g in o["geometries"]]
        else:
            arcs, objects = None, document["features"]
        for number, one in enumerate(objects, start=1):
            name = f"feature {number}"
            told = one["properties"]
            name = next(told[k] for k in _NAMES if isinstance(told.get(k), str))
            geometry = one if arcs is not None else one["geometry"]
            parts = geometry["coordinates" if arcs is None else "arcs"]
            shapes = {"Polygon": [parts], "MultiPolygon": parts}[geometry["type"]]
            rings = [_ring(r, arcs, inner=i > 0) for shape in shapes for i, r in enumerate(shape)]
            if not rings:
                raise ValueError("no polygon")
            yield name, tuple(rings)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration) as error:
        raise DataError(
            "damaged_boundaries",
            "a boundary cannot be read",
            place=f"{path.name}{', ' if name else ''}{name}",
            found=str(error) or "no name",
            expected="a name and closed polygons in degrees",
            advice="Take the file from its source again, unchanged",
        ) from None


def _arcs(topology: Mapping[str, Any]) -> list[Ring]:
    arcs = [np.asarray(arc, dtype=np.float64) for arc in topology["arcs"]]
    if "transform" not in topology:
        return arcs
    scale = np.asarray(topology["transform"]["scale"], dtype=np.float64)
    start = np.asarray(topology["transform"]["translate"], dtype=np.float64)
    # quantised: whole steps from the point before
    return [np.cumsum(arc[:, :2], axis=0) * scale + start for arc in arcs]


def _ring(told: Sequence[Any], arcs: list[Ring] | None, *, inner: bool) -> Ring:
    if arcs is None:
        points = np.asarray(told, dtype=np.float64)[:, :2]
    else:
        # ~i is arc i from its end
        runs = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in told]
        if any(abs(a[-1] - b[0]).max() > 1e-6 for a, b in pairwise(runs)):
            raise ValueError("arcs that do not meet")
        points = np.concatenate([runs[0], *(run[1:] for run in runs[1:])])[:, :2]
    if len(points) < 4 or abs(points[0] - points[-1]).max() > 1e-6:
        raise ValueError("a ring that is not closed")
    if not (np.isfinite(points).all() and (abs(points) <= (180, 90)).all()):
        raise ValueError("numbers that are no degrees")
    return points[::-1] if (area(points) < 0) != inner else points


def area(ring: NDArray[np.float64]) -> float:
    """Area inside a ring in its own units; positive if it runs counter-clockwise."""
    x, y = (ring - ring[0]).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)
