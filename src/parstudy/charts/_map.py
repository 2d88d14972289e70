"""The map: every province within its boundaries."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from parstudy.charts._drawn import Caption, drawn
from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._insets import LABEL, Box, Land, Layout, View, laid_out
from parstudy.charts._outlines import Points, largest, thinned, widest
from parstudy.charts._shades import Shades
from parstudy.charts._sheet import Sheet, invented
from parstudy.charts._tiles import short_name
from parstudy.display.chart import GREY, INK, LIGHT, OWN, WIDTH, Chart
from parstudy.display.words import Language, defer
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from parstudy.dataset.boundaries import Boundaries

_DOT = 0.03  # inches; smaller islands in a box of islands become dots
_NUMBER = 7.0  # points
# what the far islands of a province are called; the source of boundaries names the province only
_ARCHIPELAGOS = {"da-nang": defer("Hoang Sa"), "khanh-hoa": defer("Truong Sa")}


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
    marked: Collection[str] = (),
    id: str = "province-map",
    caption: Caption = None,
    cite: str | Markup = "",
) -> Chart:
    """Draw every province within its boundaries, in the colours of the tile map.

    Far islands, and provinces too small for their number, are drawn in boxes at other scales.

    Parameters
    ----------
    values, provinces, kind, label, n_ranked, marked
        As for :func:`tile_map`.
    boundaries : Boundaries
        Of the same geography as ``provinces``.
    highlight : str, optional
        Province to frame.
    caption : str or Markup, optional
        Text instead of what hatching means. Whose boundaries these are is always said behind it.
    cite : str or Markup
        Reference to the source of the boundaries.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no value is known, ``missing_column``, ``mixed_rows``,
        ``other_geography``.
    """
    shades = Shades(values, provinces, language, kind, n_ranked, id, marked)
    if set(shades.names) != set(boundaries.rings):
        raise ParstudyError(
            "other_geography",
            "boundaries of other provinces than those of the table",
            place=f"chart {id}",
            found=f"boundaries of the {boundaries.geography}, {len(shades.names)} provinces",
        )
    titles = {slug: _islands(slug, name, language) for slug, name in shades.names.items()}
    layout = laid_out(boundaries.rings, provinces, titles, _reach("00"))
    sheet = Sheet()
    if label:
        sheet.heading(label)
    sheet.legend(shades.keys())
    axes = sheet.panel(layout.height + 0.04, left=0.05, right=0.05, bottom=0.05)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH - 0.1)
    axes.set_ylim(layout.height + 0.02, -0.02)
    _draw(axes, layout.main, layout.near, shades, highlight)
    for slug, (middle, radius) in layout.inside.items():
        shade = shades.of(slug)
        if shade.known:  # hatching says the rest
            _write(axes, middle, radius, [shade.value], shade.ink)
    for box in layout.boxes:
        _draw_box(axes, box, shades, highlight)
    alt = language.text("Map of scores, highest first: {list}.", list=shades.listed())
    if kind == "rank":
        alt = language.text("Map of ranks, best first: {list}.", list=shades.listed())
    words = [
        caption or language.text("Hatched: not found in any source."),
        *_about_boxes(layout, language),
        _about_source(boundaries, language),
        *([cite] if cite else []),
    ]
    return sheet.chart(
        id, alt, Markup(" ").join(words), [shades.note()], synthetic=invented(shades.frame)
    )


def _islands(slug: str, province: str, language: Language) -> str:
    """What the far islands of a province are called."""
    if slug not in _ARCHIPELAGOS:
        return province
    return f"{language.text(_ARCHIPELAGOS[slug])} ({province})"


def _about_boxes(layout: Layout, language: Language) -> Iterator[str]:
    far = [box.title for box in layout.boxes if box.title]
    if len(far) < len(layout.boxes):
        yield language.text("Boxes without a name enlarge small provinces.")
    if far:
        yield language.text(
            "Islands far from the coast are in boxes of their own scale, as the file of "
            "boundaries has them: {units}.",
            units=", ".join(far),
        )


def _about_source(boundaries: Boundaries, language: Language) -> str:
    source = boundaries.source
    return language.text(
        "Boundaries: {publisher}; licence: {licence}.",
        publisher=source["publisher"] or source["title"],
        licence=source["licence"] or language.missing,
    )


def _draw(
    axes: Axes,
    view: View,
    rings: Land,
    shades: Shades,
    highlight: str | None,
    *,
    clip: bool = False,
    dots: bool = False,
) -> None:
    """Draw provinces within a view; what is too small for a shape becomes a dot if asked for."""
    frame = (view.x, view.y, view.x + view.width, view.y + view.height)
    for slug, own in rings.items():
        shade = shades.of(slug)
        vertices: list[Points] = []
        codes: list[int] = []
        specks: dict[tuple[int, int], Points] = {}
        for ring in own:
            shape = view.on_sheet(ring)
            low, high = shape.min(axis=0), shape.max(axis=0)
            if clip and ((high < frame[:2]).any() or (low > frame[2:]).any()):
                continue
            shape = thinned(shape)
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
                more = {"fill": False, "edgecolor": OWN, "lw": 1.8, "zorder": 4}
                patches.append(PathPatch(path, gid="highlight", joinstyle="round", **more))
            for patch in patches:
                axes.add_patch(patch)
                if clip:
                    patch.set_clip_path(_rectangle(axes, frame))
        if specks and dots:
            xs, ys = np.array([specks[key] for key in sorted(specks)]).T
            edge = OWN if slug == highlight else GREY
            fill = shade.look["facecolor"]
            axes.plot(xs, ys, "o", ms=2.0, mfc=fill, mec=edge, mew=0.4, gid="islands")


def _rectangle(axes: Axes, frame: tuple[float, float, float, float]) -> Any:
    west, north, east, south = frame
    return Rectangle((west, north), east - west, south - north, transform=axes.transData)


def _draw_box(axes: Axes, box: Box, shades: Shades, highlight: str | None) -> None:
    view = box.view
    frame = (view.x, view.y, view.x + view.width, view.y + view.height)
    edge = _rectangle(axes, frame)
    edge.set(fill=False, edgecolor=GREY, lw=0.7, zorder=4.5)
    axes.add_patch(edge)
    if box.title:
        lines = wrapped(box.title, view.width - 0.08, LABEL)
        for position, line in enumerate(lines):
            y = view.y + 0.09 + 0.13 * position
            axes.text(view.x + 0.05, y, line, size=LABEL, va="center", color=INK)
        lower = replace(view, y=view.y + 0.15 * len(lines))
        _draw(axes, lower, box.rings, shades, highlight, dots=True)
        return
    _draw(axes, view, box.rings, shades, highlight, clip=True)
    for slug, own in box.rings.items():
        shape = view.on_sheet(largest(own))
        low, high = shape.min(axis=0), shape.max(axis=0)
        if (high < frame[:2]).any() or (low > frame[2:]).any():
            continue
        middle, radius = widest(shape)
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


def _write(axes: Axes, middle: Points, room: float, lines: Sequence[str], ink: str) -> bool:
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
