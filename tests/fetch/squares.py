"""Made-up boundaries: a square for each province, neighbours share their sides."""

from __future__ import annotations

import json
from typing import Any

from parstudy.facts import provinces

WEST, NORTH, SIDE = 102.0, 22.0, 0.5
SCALE = 0.0001


def corners(number: int) -> list[tuple[int, int]]:
    """Corners of a square as whole steps of a grid of squares, eight in a row."""
    column, row = number % 8, number // 8
    return [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]


def point(corner: tuple[int, int]) -> list[float]:
    return [WEST + SIDE * corner[0], NORTH - SIDE * corner[1]]


def geojson(geography: str, names: dict[str, str] | None = None) -> dict[str, Any]:
    """FeatureCollection; ``names`` replaces names by slug."""
    features = []
    for number, unit in enumerate(provinces.units(geography)):
        ring = [point(c) for c in corners(number)]
        name = (names or {}).get(unit.province_id, unit.name_vi)
        features.append(
            {
                "type": "Feature",
                "properties": {"name_vi": name, "code": unit.gso_code},
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def topojson(geography: str, islands: bool = False) -> dict[str, Any]:
    """Topology with a transform: each side is one arc, the second province runs it backwards.

    With ``islands`` Đà Nẵng and Khánh Hòa have two far off in the east.
    """
    arcs: list[list[list[int]]] = []
    known: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    step = round(SIDE / SCALE)

    def arc(a: tuple[int, int], b: tuple[int, int]) -> int:
        if (b, a) in known:
            return ~known[b, a]
        known[a, b] = len(arcs)
        # from the upper left corner of the grid; then the way to the next point
        start = [a[0] * step, -a[1] * step]
        half = [(b[0] - a[0]) * step // 2, (a[1] - b[1]) * step // 2]
        arcs.append([start, half, half])
        return known[a, b]

    geometries = []
    for number, unit in enumerate(provinces.units(geography)):
        four = corners(number)
        ring = [arc(a, b) for a, b in zip(four, [*four[1:], four[0]], strict=True)]
        shape: dict[str, Any] = {"type": "Polygon", "arcs": [ring]}
        if islands and unit.province_id in ("da-nang", "khanh-hoa"):
            polygons = [[ring]]
            for east in (80000, 82000):
                side = 1000 if east == 80000 else 20  # one a speck
                polygons.append([[len(arcs)]])
                arcs.append([[east, 0], [0, -side], [side, 0], [0, side], [-side, 0]])
            shape = {"type": "MultiPolygon", "arcs": polygons}
        shape["properties"] = {"ten_tinh": unit.name_vi, "code": "AD01"}
        geometries.append(shape)
    return {
        "type": "Topology",
        "transform": {"scale": [SCALE, SCALE], "translate": [WEST, NORTH]},
        "arcs": arcs,
        "objects": {"anything": {"type": "GeometryCollection", "geometries": geometries}},
    }


def as_bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
