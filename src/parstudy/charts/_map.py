"""The map: every province within its boundaries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from parstudy.charts._drawn import drawn
from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._shades import Shades
from parstudy.charts._sheet import Sheet, invented
from parstudy.charts._tiles import short_name
from parstudy.display.chart import GREY, INK, LIGHT, ORANGE, WIDTH, Chart
from parstudy.display.words import defer
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from parstudy.dataset.boundaries import Boundaries
    from parstudy.display.words import Language

_Points = NDArray[np.float64]

_TALL = 8.6  # inches: a screen and a half; lower, and the smallest provinces are specks on a phone
_GRID = 1 / 240  # inches; finer is not seen, and neighbours rounded alike still fit together
_STRAIGHT = 0.004  # inches that a point may be off the line it is left out of
_DOT = 0.03  # inches; smaller islands in a box of islands become dots
_NUMBER = 7.0
_LABEL = 7.6
_BOX = 1.72  # width of a box of islands in inches
_ENLARGEMENTS = (3.4, 2.8, 2.3, 1.8)  # the first that finds room
_AT_ONCE = 4.85  # inches that a phone shows without scrolling: islands are to be seen there
_BELOW = 0.8  # inches that a box of islands may reach below the land
_FAR = 0.5  # degrees outside the box of the mainland
_MARGIN = 0.07
# what the far islands of a province are called; the source of boundaries names the province only
_ARCHIPELAGOS = {"da-nang": defer("Hoang Sa"), "khanh-hoa": defer("Truong Sa")}


@dataclass(frozen=True)
class _View:
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
    def of(cls, points: _Points, scale: float, narrowing: float, pad: float = 0.0) -> _View:
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

    def on_sheet(self, ring: _Points) -> _Points:
        x = (ring[:, 0] - self.west) * self.narrowing * self.scale
        y = (self.north - ring[:, 1]) * self.scale
        return np.column_stack([x + self.x, y + self.y])


@drawn
def province_map(
    values: pd.DataFrame | pd.Series[Any],
    provinces: pd.DataFrame,
    boundaries: Boundaries,
    language: Language,
    *,
    kind: Literal["rank", "score"] = "rank",
    label: str = "",
    n_ranked: int | None = None,
    highlight: str | None = None,
    id: str = "province-map",
    caption: str | Markup | None = None,
    cite: str | Markup = "",
) -> Chart:
    """Draw every province within its boundaries, in the colours of the tile map.

    Far islands, and provinces too small for their number, are drawn in boxes at other scales.

    Parameters
    ----------
    values, provinces, language, kind, label, n_ranked, highlight, id
        As for `tile_map`.
    boundaries : Boundaries
        Of the same geography as ``provinces``.
    caption : str, optional
        Text instead of what hatching means. Whose boundaries these are is always said behind it.
    cite : str or Markup
        Reference to the source of the boundaries.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no value is known, ``missing_column``, ``mixed_rows``,
        ``other_geography``.
    """
    shades = Shades(values, provinces, language, kind, n_ranked, id)
    if set(shades.names) != set(boundaries.rings):
        raise ParstudyError(
            "other_geography",
            "boundaries of other provinces than those of the table",
            place=f"chart {id}",
            found=f"boundaries of the {boundaries.geography}, {len(shades.names)} provinces",
        )
    near, far = _apart(boundaries.rings)
    land = np.concatenate([ring for rings in near.values() for ring in rings])
    narrowing = math.cos(math.radians(float(land[:, 1].min() + land[:, 1].max()) / 2))
    spare = 0.3 * bool(far)
    (west, south), (east, north) = land.min(axis=0), land.max(axis=0)
    room = (WIDTH - 0.1) * (1 - spare)
    scale = min(room / ((east - west) * narrowing), _TALL / (north - south))
    main = _View.of(land, scale, narrowing)

    # the middle and the radius of the widest circle within each province
    inside = {slug: _widest(main.on_sheet(_largest(rings))) for slug, rings in near.items()}
    small = [s for s, (_, radius) in inside.items() if radius < _reach("00")]
    boxes = _Boxes(main, near)
    for slug, rings in far.items():
        points = np.concatenate(rings)
        extent = _View.of(points, 1.0, narrowing)
        fits = min(scale, (_BOX - 0.2) / extent.width)
        name = language.text(_ARCHIPELAGOS[slug]) if slug in _ARCHIPELAGOS else ""
        title = f"{name} ({shades.names[slug]})" if name else shades.names[slug]
        boxes.place(_View.of(points, fits, narrowing, 0.1), {slug: rings}, title)
    for group in _groups(small, provinces, near):
        points = np.concatenate([_largest(near[s]) for s in group])
        views = (_View.of(points, scale * times, narrowing, 0.06) for times in _ENLARGEMENTS)
        any(boxes.place(view, near, "") for view in views)

    sheet = Sheet()
    if label:
        sheet.heading(label)
    sheet.legend(shades.keys())
    height = max([main.height, *(b.view.y + b.view.height for b in boxes.placed)])
    height = math.ceil(height * 100) / 100
    axes = sheet.panel(height + 0.04, left=0.05, right=0.05, bottom=0.05)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH - 0.1)
    axes.set_ylim(height + 0.02, -0.02)
    _draw(axes, main, near, shades, highlight)
    for slug, (middle, radius) in inside.items():
        shade = shades.of(slug)
        if shade.known:  # hatching says the rest
            _write(axes, middle, radius, [shade.value], shade.ink)
    for box in boxes.placed:
        _draw_box(axes, box, shades, highlight)
    if kind == "rank":
        alt = language.text("Map of places, best first: {list}.", list=shades.listed())
    else:
        alt = language.text("Map of scores, highest first: {list}.", list=shades.listed())
    words = _caption(boundaries, boxes, language)
    first = caption or language.text("Hatched: not found in any source.")
    text = Markup(" ").join([first, *words, *([cite] if cite else [])])
    return sheet.chart(id, alt, text, [shades.note()], synthetic=invented(shades.frame))


def _caption(boundaries: Boundaries, boxes: _Boxes, language: Language) -> list[str]:
    found = []
    far = [box.title for box in boxes.placed if box.title]
    if len(far) < len(boxes.placed):
        found.append(language.text("Boxes without a name enlarge small provinces."))
    if far:
        found.append(
            language.text(
                "Islands far from the coast are in boxes of their own scale, as the file of "
                "boundaries has them: {units}.",
                units=", ".join(far),
            )
        )
    source = boundaries.source
    return [
        *found,
        language.text(
            "Boundaries: {publisher}; licence: {licence}.",
            publisher=source["publisher"] or source["title"],
            licence=source["licence"] or language.missing,
        ),
    ]


# --- which lands and which boxes -----------------------------------------------------------------


def _largest(rings: Sequence[_Points]) -> _Points:
    return max(rings, key=_extent)


def _extent(ring: _Points) -> float:
    x, y = (ring - ring[0]).T
    return float(abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))


def _apart(
    rings: Mapping[str, Sequence[_Points]],
) -> tuple[dict[str, list[_Points]], dict[str, list[_Points]]]:
    """Rings of each province near the mainland, and those far from it."""
    mainland = np.concatenate([_largest(own) for own in rings.values()])
    low, high = mainland.min(axis=0) - _FAR, mainland.max(axis=0) + _FAR
    near: dict[str, list[_Points]] = {}
    far: dict[str, list[_Points]] = {}
    for slug, own in rings.items():
        for ring in own:
            away = (ring.min(axis=0) > high).any() or (ring.max(axis=0) < low).any()
            (far if away else near).setdefault(slug, []).append(ring)
    north = {slug: max(r[:, 1].max() for r in own) for slug, own in far.items()}
    return near, {slug: far[slug] for slug in sorted(far, key=lambda s: (-north[s], s))}


def _groups(
    small: Sequence[str], provinces: pd.DataFrame, near: Mapping[str, Sequence[_Points]]
) -> list[list[str]]:
    """Small provinces that lie together: by region, those of no region left out."""
    region = dict(zip(provinces["province_id"], provinces["region_id"], strict=True))
    groups: dict[str, list[str]] = {}
    for slug in small:
        if region[slug]:
            groups.setdefault(region[slug], []).append(slug)
    return list(groups.values())


@dataclass(frozen=True)
class _Box:
    view: _View
    rings: Mapping[str, Sequence[_Points]]
    title: str


class _Boxes:
    """Places boxes where neither land nor another box is, as near their true place as can be."""

    def __init__(self, main: _View, near: Mapping[str, Sequence[_Points]]) -> None:
        self._main = main
        self.placed: list[_Box] = []
        # per row of the sheet: from where to where there is land
        n = math.ceil(main.height / _MARGIN) + 1
        self._from, self._to = np.full(n, np.inf), np.full(n, -np.inf)
        for rings in near.values():
            for ring in rings:
                points = _dense(main.on_sheet(ring), _MARGIN / 2)
                rows = (points[:, 1] / _MARGIN).astype(int)
                np.minimum.at(self._from, rows, points[:, 0])
                np.maximum.at(self._to, rows, points[:, 0])

    def place(self, view: _View, rings: Mapping[str, Sequence[_Points]], title: str) -> bool:
        """Place a box; one without a title only where there is room for it."""
        if title:
            view = replace(view, width=max(view.width, min(_BOX, text_width(title, _LABEL) + 0.1)))
            lines = wrapped(title, view.width - 0.08, _LABEL)
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
        self.placed.append(_Box(replace(view, x=place[0], y=place[1]), rings, title))
        return True

    def _nearest(
        self, view: _View, wanted: _Points, room: float, *, sea: bool = False
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

    def _across(self, x: float, y: float, view: _View, east: bool) -> bool:
        """Whether a view lies on the other side of the land beside it."""
        rows = slice(int(y / _MARGIN), int((y + view.height) / _MARGIN) + 1)
        low, high = self._from[rows], self._to[rows]
        beyond = low > x if east else high < x
        return bool((beyond & (low <= high)).any())

    def _free(self, x: float, y: float, view: _View) -> bool:
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


def _dense(ring: _Points, step: float) -> _Points:
    """Points along a ring at most a step apart."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    extra = np.arange(0.0, length[-1], step)
    along = np.column_stack([np.interp(extra, length, ring[:, i]) for i in (0, 1)])
    return np.concatenate([ring, along])


# --- drawing -------------------------------------------------------------------------------------


def _draw(
    axes: Axes,
    view: _View,
    rings: Mapping[str, Sequence[_Points]],
    shades: Shades,
    highlight: str | None,
    *,
    clip: bool = False,
    dots: bool = False,
) -> None:
    """Draw provinces within a view; what is too small for a shape becomes a dot if asked for."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    frame = (view.x, view.y, view.x + view.width, view.y + view.height)
    for slug, own in rings.items():
        shade = shades.of(slug)
        vertices: list[_Points] = []
        codes: list[int] = []
        specks: dict[tuple[int, int], _Points] = {}
        for ring in own:
            shape = view.on_sheet(ring)
            low, high = shape.min(axis=0), shape.max(axis=0)
            if clip and ((high < frame[:2]).any() or (low > frame[2:]).any()):
                continue
            shape = _thinned(shape)
            if len(shape) < 4 or (dots and (high - low).max() < _DOT):
                middle = (low + high) / 2
                column, row = (middle / 0.035).astype(int)
                specks.setdefault((int(column), int(row)), middle)
                continue
            vertices.append(shape)
            codes += [1, *[2] * (len(shape) - 2), 79]  # move, lines, close
        if vertices:
            path = Path(np.concatenate(vertices), np.array(codes, dtype=np.uint8))
            gid = "known" if shade.known else "missing"
            look = {**shade.look, "edgecolor": LIGHT, "lw": 0.5, "joinstyle": "round"}
            patches = [PathPatch(path, gid=gid, **look)]
            if slug == highlight:
                more = {"fill": False, "edgecolor": ORANGE, "lw": 1.8, "zorder": 4}
                patches.append(PathPatch(path, gid="highlight", joinstyle="round", **more))
            for patch in patches:
                axes.add_patch(patch)
                if clip:
                    patch.set_clip_path(_rectangle(axes, frame))
        if specks and dots:
            xs, ys = np.array([specks[key] for key in sorted(specks)]).T
            edge = ORANGE if slug == highlight else GREY
            fill = shade.look["facecolor"]
            axes.plot(xs, ys, "o", ms=2.0, mfc=fill, mec=edge, mew=0.4, gid="islands")


def _rectangle(axes: Axes, frame: tuple[float, float, float, float]) -> Any:
    from matplotlib.patches import Rectangle

    west, north, east, south = frame
    return Rectangle((west, north), east - west, south - north, transform=axes.transData)


def _draw_box(axes: Axes, box: _Box, shades: Shades, highlight: str | None) -> None:
    view = box.view
    frame = (view.x, view.y, view.x + view.width, view.y + view.height)
    edge = _rectangle(axes, frame)
    edge.set(fill=False, edgecolor=GREY, lw=0.7, zorder=4.5)
    axes.add_patch(edge)
    if box.title:
        lines = wrapped(box.title, view.width - 0.08, _LABEL)
        for position, line in enumerate(lines):
            y = view.y + 0.09 + 0.13 * position
            axes.text(view.x + 0.05, y, line, size=_LABEL, va="center", color=INK)
        lower = replace(view, y=view.y + 0.15 * len(lines))
        _draw(axes, lower, box.rings, shades, highlight, dots=True)
        return
    _draw(axes, view, box.rings, shades, highlight, clip=True)
    for slug, own in box.rings.items():
        shape = view.on_sheet(_largest(own))
        low, high = shape.min(axis=0), shape.max(axis=0)
        if (high < frame[:2]).any() or (low > frame[2:]).any():
            continue
        middle, radius = _widest(shape)
        # a circle that the frame cuts has less room
        room = min(
            radius,
            middle[0] - frame[0],
            frame[2] - middle[0],
            middle[1] - frame[1],
            frame[3] - middle[1],
        )
        shade = shades.of(slug)
        name = shades.names[slug]
        # of a name of one part, what is left when it is shortened is no name
        short = [short_name(name, 0.0)] if "-" in name or "." in name else []
        values = [shade.value] if shade.known else []
        labels = [[name, *values], *([n, *values] for n in short), values]
        any(_write(axes, middle, room, lines, shade.ink) for lines in labels)


def _write(axes: Axes, middle: _Points, room: float, lines: Sequence[str], ink: str) -> bool:
    """Write lines in the middle of a circle if they fit."""
    if not lines or room < _reach(*lines):
        return False
    for position, line in enumerate(lines):
        y = middle[1] + (position - (len(lines) - 1) / 2) * _NUMBER * 1.15 / 72
        axes.text(
            middle[0], y, line, size=_NUMBER, color=ink, weight=_weight(position, lines),
            ha="center", va="center", zorder=5,
        )  # fmt: skip
    return True


def _reach(*lines: str) -> float:
    """Radius of the circle that lines of text need; their corners may cross a border a little."""
    wide = max(text_width(line, _NUMBER, _weight(i, lines)) for i, line in enumerate(lines))
    return 0.75 * math.hypot(wide, len(lines) * _NUMBER / 72) / 2


def _weight(position: int, lines: Sequence[str]) -> str:
    """Names are thin, the value below is bold."""
    return "bold" if lines[position][:1].isdigit() else "normal"


def _thinned(ring: _Points) -> _Points:
    """Ring without what cannot be seen: rounded, and without points on a straight line.

    Whether a point goes depends on the two beside it only, in whichever order, so two neighbours
    lose the same points of their common border.
    """
    shape = np.round(ring / _GRID)
    shape = shape[np.concatenate([[True], (np.diff(shape, axis=0) != 0).any(axis=1)])] * _GRID
    for _ in range(8):
        points = shape[:-1]
        if len(points) < 4:
            break
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        (ax, ay), (bx, by) = (points - before).T, (after - before).T
        base = np.hypot(bx, by)
        off = np.where(base > 0, abs(ax * by - ay * bx) / np.maximum(base, 1e-12), np.inf)
        # of two neighbours only one goes; the place breaks ties
        order = off + 1e-6 * np.modf(points @ np.array([61.8, 41.4]))[0]
        least = (order < np.roll(order, 1)) & (order < np.roll(order, -1))
        keep = ~((off < _STRAIGHT) & least)
        if keep.all():
            break
        points = points[keep]
        shape = np.concatenate([points, points[:1]])
    return shape


def _widest(ring: _Points) -> tuple[_Points, float]:
    """Middle and radius of the widest circle inside a ring, as far as a grid finds it."""
    from matplotlib.path import Path

    ring = _thinned(ring)
    path = Path(ring)
    low, high = ring.min(axis=0), ring.max(axis=0)
    best, radius = (low + high) / 2, 0.0
    step = (high - low) / 2
    for _ in range(3):
        xs, ys = (np.linspace(best[i] - step[i], best[i] + step[i], 13) for i in (0, 1))
        points = np.column_stack([g.ravel() for g in np.meshgrid(xs, ys)])
        points = points[path.contains_points(points)]
        if not len(points):
            break
        away = _distance(points, ring)
        if away.max() > radius:
            best, radius = points[int(away.argmax())], float(away.max())
        step = step / 5
    return best, radius


def _distance(points: _Points, ring: _Points) -> _Points:
    """Distance of each point from the line."""
    start, run = ring[:-1], np.diff(ring, axis=0)
    length = np.maximum((run**2).sum(axis=1), 1e-18)
    away = points[:, None, :] - start
    along = np.clip((away * run).sum(axis=2) / length, 0.0, 1.0)
    gap = away - along[:, :, None] * run
    return np.asarray(np.sqrt((gap**2).sum(axis=2)).min(axis=1))
