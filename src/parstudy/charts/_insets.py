"""Where on the sheet land is drawn: the country, and boxes for what is too far or too small."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._outlines import Points, dense, largest, widest
from parstudy.display.chart import WIDTH

Land = Mapping[str, Sequence[Points]]
"""Rings of provinces, in degrees, by province."""

LABEL = 7.6
"""Size of the name of a box in points."""
_TALL = 8.6  # inches: a screen and a half; lower, and the smallest provinces are specks on a phone
_BOX = 1.72  # width of a box of islands in inches
_ENLARGEMENTS = (3.4, 2.8, 2.3, 1.8)  # the first that finds room
_AT_ONCE = 4.85  # inches that a phone shows without scrolling: islands are to be seen there
_BELOW = 0.8  # inches that a box of islands may reach below the land
_FAR = 0.5  # degrees outside the box of the mainland
_MARGIN = 0.07


@dataclass(frozen=True)
class View:
    """A part of the country on the sheet: corner in degrees, inches for a degree, place."""

    west: float
    north: float
    scale: float
    narrowing: float  # cosine of the latitude
    width: float  # inches
    height: float
    x: float = 0.0
    y: float = 0.0

    @classmethod
    def of(cls, points: Points, scale: float, narrowing: float, pad: float = 0.0) -> View:
        """View of all points, with ``pad`` inches around them."""
        west, south = points.min(axis=0)
        east, north = points.max(axis=0)
        return cls(
            west - pad / scale / narrowing,
            north + pad / scale,
            scale,
            narrowing,
            (east - west) * narrowing * scale + 2 * pad,
            (north - south) * scale + 2 * pad,
        )

    def on_sheet(self, ring: Points) -> Points:
        """Inches from the top left of the sheet for points in degrees."""
        x = (ring[:, 0] - self.west) * self.narrowing * self.scale
        y = (self.north - ring[:, 1]) * self.scale
        return np.column_stack([x + self.x, y + self.y])


@dataclass(frozen=True)
class Box:
    """A view in a frame, with the provinces that are in it; one of islands has a title."""

    view: View
    rings: Land
    title: str


class Boxes:
    """Places boxes where neither land nor another box is, as near their true place as can be."""

    def __init__(self, main: View, near: Land) -> None:
        self._main = main
        self.placed: list[Box] = []
        # per row of the sheet: from where to where there is land
        n = math.ceil(main.height / _MARGIN) + 1
        self._from, self._to = np.full(n, np.inf), np.full(n, -np.inf)
        for rings in near.values():
            for ring in rings:
                points = dense(main.on_sheet(ring), _MARGIN / 2)
                rows = (points[:, 1] / _MARGIN).astype(int)
                np.minimum.at(self._from, rows, points[:, 0])
                np.maximum.at(self._to, rows, points[:, 0])

    def place(self, view: View, rings: Land, title: str) -> bool:
        """Place a box; one without a title only where there is room for it."""
        if title:
            view = replace(view, width=max(view.width, min(_BOX, text_width(title, LABEL) + 0.1)))
            lines = wrapped(title, view.width - 0.08, LABEL)
            view = replace(view, height=view.height + 0.15 * len(lines))
        # the middle of its true place on the main map
        degrees = view.width / view.scale / view.narrowing, view.height / view.scale
        middle = np.array([[view.west + degrees[0] / 2, view.north - degrees[1] / 2]])
        wanted = self._main.on_sheet(middle)[0]
        whole = WIDTH - 0.1
        if title:
            tried = (self._nearest(view, wanted, room, sea=True) for room in (_AT_ONCE, whole))
            place = next(filter(None, tried), None)
        else:
            place = self._nearest(view, wanted, whole)
        if place is None:
            if not title:
                return False
            bottoms = [b.view.y + b.view.height for b in self.placed]
            place = (0.0, max([self._main.height, *bottoms]) + _MARGIN)
        self.placed.append(Box(replace(view, x=place[0], y=place[1]), rings, title))
        return True

    def _nearest(
        self, view: View, wanted: Points, room: float, *, sea: bool = False
    ) -> tuple[float, float] | None:
        """Free place of a view that is nearest to where it belongs.

        With ``sea`` on the side of the land where it belongs, and a little below the land at most.
        """
        half = view.width / 2, view.height / 2
        bottom = self._main.height - view.height + (_BELOW if sea else 0.0)
        east = wanted[0] > self._main.width / 2
        free = [
            (round(math.hypot(x + half[0] - wanted[0], y + half[1] - wanted[1]), 6), y, x)
            for y in np.arange(0.0, bottom + 1e-9, _MARGIN)
            for x in np.arange(0.0, room - view.width + 1e-9, _MARGIN)
            if self._free(x, y, view) and not (sea and self._across(x, y, view, east))
        ]
        if not free:
            return None
        _, y, x = min(free)
        return float(x), float(y)

    def _across(self, x: float, y: float, view: View, east: bool) -> bool:
        """Whether a view lies on the other side of the land beside it."""
        rows = slice(int(y / _MARGIN), int((y + view.height) / _MARGIN) + 1)
        low, high = self._from[rows], self._to[rows]
        beyond = low > x if east else high < x
        return bool((beyond & (low <= high)).any())

    def _free(self, x: float, y: float, view: View) -> bool:
        first = max(0, int((y - _MARGIN) / _MARGIN))
        rows = slice(first, int((y + view.height + _MARGIN) / _MARGIN) + 1)
        left, right = x - _MARGIN, x + view.width + _MARGIN
        if ((self._from[rows] < right) & (self._to[rows] > left)).any():
            return False
        return all(
            right <= b.view.x
            or left >= b.view.x + b.view.width
            or y + view.height + _MARGIN <= b.view.y
            or y - _MARGIN >= b.view.y + b.view.height
            for b in self.placed
        )


def _apart(
    rings: Land,
) -> tuple[dict[str, list[Points]], dict[str, list[Points]]]:
    """Rings of each province near the mainland, and those far from it."""
    mainland = np.concatenate([largest(own) for own in rings.values()])
    low, high = mainland.min(axis=0) - _FAR, mainland.max(axis=0) + _FAR
    near: dict[str, list[Points]] = {}
    far: dict[str, list[Points]] = {}
    for slug, own in rings.items():
        for ring in own:
            away = (ring.min(axis=0) > high).any() or (ring.max(axis=0) < low).any()
            (far if away else near).setdefault(slug, []).append(ring)
    north = {slug: max(r[:, 1].max() for r in own) for slug, own in far.items()}
    return near, {slug: far[slug] for slug in sorted(far, key=lambda s: (-north[s], s))}


def _groups(small: Sequence[str], provinces: pd.DataFrame) -> list[list[str]]:
    """Small provinces that lie together: by region, those of no region left out."""
    region = dict(zip(provinces["province_id"], provinces["region_id"], strict=True))
    groups: dict[str, list[str]] = {}
    for slug in small:
        if region[slug]:
            groups.setdefault(region[slug], []).append(slug)
    return list(groups.values())


@dataclass(frozen=True)
class Layout:
    """Where everything is drawn.

    Parameters
    ----------
    main : View
        The country.
    near : mapping of str to sequence of Points
        Land near the mainland, by province.
    inside : mapping of str to (Points, float)
        Middle and radius in inches of the widest circle within each province.
    boxes : sequence of Box
        Far islands, and enlargements of small provinces.
    """

    main: View
    near: Land
    inside: Mapping[str, tuple[Points, float]]
    boxes: Sequence[Box]

    @property
    def height(self) -> float:
        """Height of it all in inches, rounded up."""
        bottoms = (box.view.y + box.view.height for box in self.boxes)
        return math.ceil(max([self.main.height, *bottoms]) * 100) / 100


def laid_out(
    rings: Land, provinces: pd.DataFrame, titles: Mapping[str, str], radius: float
) -> Layout:
    """Lay out the country, its far islands and its small provinces.

    Parameters
    ----------
    rings : mapping of str to sequence of Points
        Boundaries by province, in degrees.
    provinces : DataFrame
        ``province_id, region_id``.
    titles : mapping of str to str
        What the far islands of a province are called.
    radius : float
        Inches; a province with a smaller circle inside is enlarged in a box.

    Returns
    -------
    Layout
    """
    near, far = _apart(rings)
    land = np.concatenate([ring for own in near.values() for ring in own])
    narrowing = math.cos(math.radians(float(land[:, 1].min() + land[:, 1].max()) / 2))
    (west, south), (east, north) = land.min(axis=0), land.max(axis=0)
    room = (WIDTH - 0.1) * (1 - 0.3 * bool(far))
    scale = min(room / ((east - west) * narrowing), _TALL / (north - south))
    main = View.of(land, scale, narrowing)
    inside = {slug: widest(main.on_sheet(largest(own))) for slug, own in near.items()}
    boxes = Boxes(main, near)
    for slug, own in far.items():
        points = np.concatenate(own)
        fits = min(scale, (_BOX - 0.2) / View.of(points, 1.0, narrowing).width)
        boxes.place(View.of(points, fits, narrowing, 0.1), {slug: own}, titles[slug])
    small = [slug for slug, (_, reach) in inside.items() if reach < radius]
    for group in _groups(small, provinces):
        points = np.concatenate([largest(near[slug]) for slug in group])
        views = (View.of(points, scale * times, narrowing, 0.06) for times in _ENLARGEMENTS)
        any(boxes.place(view, near, "") for view in views)
    return Layout(main, near, inside, boxes.placed)
