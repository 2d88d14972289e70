"""What a matplotlib figure shows, in words: for who cannot see a picture that has no text yet.

Two steps, since a picture is looked at where it is drawn and its words are in the language of the
page: :func:`facts_of_figure` gives plain facts, :func:`words_of_figure` says them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parstudy.display.words import Language

METADATA = "parstudy"
"""Key in the metadata of an output below which the facts of a picture stand."""

_NAMED = 12  # bars and lines that are named one by one
_ALONG = 24  # names on the axes
_PARTS = 6  # of a picture with many small ones
_UNNAMED = "_"  # labels that matplotlib makes up begin with it


def facts_of_figure(figure: Any) -> dict[str, Any]:
    """Look at a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    dict
        Plain values: ``title``, and for each of ``axes`` its ``title``, ``x``, ``y``, ``legend``
        and ``marks``.
    """
    title = figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""
    seen = [a for a in figure.axes if a.get_visible() and a.get_label() != "<colorbar>"]
    return {"title": _line(title), "axes": [_axes(axes) for axes in seen]}


def words_of_figure(facts: Mapping[str, Any], language: Language) -> str:
    """Say what a figure shows.

    Parameters
    ----------
    facts : Mapping
        From :func:`facts_of_figure`.
    language : Language
        Language of the text.

    Returns
    -------
    str
        Sentences; empty if there is nothing to say.
    """
    said = [said for axes in facts.get("axes", ()) if (said := _axes_said(axes, language))]
    parts = said[:_PARTS]
    if len(said) > 1:
        parts = [
            language.text("Part {n} of {total}: {text}", n=n, total=len(said), text=text)
            for n, text in enumerate(parts, start=1)
        ]
    if len(said) > _PARTS:
        parts.append("…")
    title = str(facts.get("title", ""))
    return " ".join([_sentence(title), *parts] if title else parts)


# --- looking -------------------------------------------------------------------------------------


def _axes(axes: Any) -> dict[str, Any]:
    titles = [axes.get_title(loc) for loc in ("left", "center", "right")]
    legend = axes.get_legend()
    marks = [
        *_lines(axes),
        *_points(axes),
        *_bars(axes),
        *_cells(axes),
        *_wedges(axes),
    ]
    return {
        "title": _line(" ".join(t for t in titles if t)),
        "x": _line(axes.get_xlabel()),
        "y": _line(axes.get_ylabel()),
        "along": [] if any(m.get("names") for m in marks) else _along(axes),
        "legend": [] if legend is None else [_line(t.get_text()) for t in legend.get_texts()],
        "marks": marks,
    }


def _along(axes: Any) -> list[str]:
    """Names on an axis that no mark has said."""
    names = dict.fromkeys(name for a in (axes.xaxis, axes.yaxis) for _, name in _names(a))
    return list(names)[:_ALONG]


def _lines(axes: Any) -> Iterator[dict[str, Any]]:
    for line in axes.lines:
        values = _finite(line.get_ydata(orig=False))
        # a rule across the picture, and the whiskers of boxes, are no series
        if len(values) < 3 or not line.get_visible():
            continue
        yield {
            "kind": "line",
            "name": _label(line),
            "n": len(values),
            "first": values[0],
            "last": values[-1],
            "low": min(values),
            "high": max(values),
        }


def _points(axes: Any) -> list[dict[str, Any]]:
    from matplotlib.collections import PathCollection

    found = []
    for points in axes.collections:
        if not isinstance(points, PathCollection) or not points.get_visible():
            continue
        places: Any = points.get_offsets()
        offsets = [(float(x), float(y)) for x, y in places]
        x, y = (_finite(value) for value in zip(*offsets, strict=True)) if offsets else ([], [])
        if x and y:
            found.append({"kind": "points", "name": _label(points), "n": len(offsets)})
            found[-1] |= {"x": _ends(x, axes.xaxis), "y": _ends(y, axes.yaxis)}
    return found


def _bars(axes: Any) -> list[dict[str, Any]]:
    from matplotlib.container import BarContainer
    from matplotlib.patches import Rectangle

    found: list[dict[str, Any]] = []
    for container in axes.containers:
        if not isinstance(container, BarContainer):
            continue
        bars = [bar for bar in container.patches if isinstance(bar, Rectangle)]
        upright = getattr(container, "orientation", "vertical") != "horizontal"
        axis = axes.xaxis if upright else axes.yaxis
        sizes = [float(bar.get_height() if upright else bar.get_width()) for bar in bars]
        starts = [bar.get_x() if upright else bar.get_y() for bar in bars]
        widths = [bar.get_width() if upright else bar.get_height() for bar in bars]
        middles = [float(a) + float(w) / 2 for a, w in zip(starts, widths, strict=True)]
        known = [i for i, size in enumerate(sizes) if math.isfinite(size)]
        if known:
            names = _categories(axis, [middles[i] for i in known])
            found.append(
                {
                    "kind": "bars",
                    "name": _label(container),
                    "names": names,
                    "values": [sizes[i] for i in known],
                }
            )
    return _joined(found)


def _joined(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bars that are drawn one container each, as seaborn does with colours, are one row."""
    joined: list[dict[str, Any]] = []
    for mark in found:
        before = joined[-1] if joined else None
        alone = len(mark["values"]) == 1 and not mark["name"] and mark["names"]
        if before and alone and not before["name"] and before["names"]:
            before["names"] += mark["names"]
            before["values"] += mark["values"]
        else:
            joined.append(mark)
    return joined


def _categories(axis: Any, places: Sequence[float]) -> list[str]:
    """Names of the places on an axis, where the axis has names and not numbers."""
    names = dict(_names(axis))
    found = [names.get(round(place, 3), "") for place in places]
    return found if all(found) else []


def _names(axis: Any) -> list[tuple[float, str]]:
    """Places with a name of their own on an axis."""
    from matplotlib.category import StrCategoryLocator
    from matplotlib.ticker import FixedLocator

    if not isinstance(axis.get_major_locator(), (FixedLocator, StrCategoryLocator)):
        return []
    places = [float(place) for place in axis.get_ticklocs()]
    names = [_line(name) for name in axis.get_major_formatter().format_ticks(places)]
    if not any(any(c.isalpha() for c in name) for name in names):  # numbers set by hand
        return []
    return [(round(p, 3), name) for p, name in zip(places, names, strict=True) if name]


def _cells(axes: Any) -> Iterator[dict[str, Any]]:
    from matplotlib.collections import QuadMesh

    for shown in (*axes.images, *(c for c in axes.collections if isinstance(c, QuadMesh))):
        array = shown.get_array()
        if array is None or array.ndim < 2:
            continue
        values = _finite(array.ravel()) if array.ndim == 2 else []
        kind = {"kind": "cells", "rows": array.shape[0], "columns": array.shape[1]}
        yield kind | ({"low": min(values), "high": max(values)} if values else {})


def _wedges(axes: Any) -> list[dict[str, Any]]:
    from matplotlib.patches import Wedge

    wedges = [patch for patch in axes.patches if isinstance(patch, Wedge)]
    if not wedges:
        return []
    names = [_label(wedge) for wedge in wedges]
    shares = [float(w.theta2 - w.theta1) / 360 * 100 for w in wedges]
    return [{"kind": "shares", "names": names, "values": shares}]


def _finite(values: Any) -> list[float]:
    found = []
    for value in values:
        try:
            number = float(value)
        except (TypeError, ValueError):
            continue
        if math.isfinite(number):
            found.append(number)
    return found


def _ends(values: Sequence[float], axis: Any) -> list[float | str] | None:
    """Lowest and highest; as dates on an axis of dates, nothing where places have names."""
    from matplotlib.dates import AutoDateFormatter, ConciseDateFormatter, DateFormatter, num2date

    formatter = axis.get_major_formatter()
    if _names(axis):
        return None
    low, high = min(values), max(values)
    if isinstance(formatter, (AutoDateFormatter, ConciseDateFormatter, DateFormatter)):
        dates: Any = [num2date(end) for end in (low, high)]  # type: ignore[no-untyped-call]
        return [date.date().isoformat() for date in dates]
    return [low, high]


def _label(artist: Any) -> str:
    label = str(artist.get_label() or "")
    return "" if label.startswith(_UNNAMED) else _line(label)


def _line(text: Any) -> str:
    return " ".join(str(text).split())


# --- saying --------------------------------------------------------------------------------------


def _axes_said(axes: Mapping[str, Any], language: Language) -> str:
    said = [_sentence(axes["title"])] if axes["title"] else []
    x, y = axes["x"], axes["y"]
    if x and y:
        said.append(language.text("Horizontal axis: {x}; vertical axis: {y}.", x=x, y=y))
    elif x:
        said.append(language.text("Horizontal axis: {x}.", x=x))
    elif y:
        said.append(language.text("Vertical axis: {y}.", y=y))
    if axes["along"]:
        said.append(language.text("Along the axes: {names}.", names="; ".join(axes["along"])))
    said += [_mark_said(mark, language) for mark in axes["marks"][:_NAMED]]
    rest = len(axes["marks"]) - _NAMED
    if rest > 0:
        said.append(language.ntext("And {n} more.", "And {n} more.", rest))
    if axes["legend"]:
        said.append(language.text("Legend: {names}.", names="; ".join(axes["legend"])))
    return " ".join(said)


def _mark_said(mark: Mapping[str, Any], language: Language) -> str:
    if mark["kind"] == "line":
        said = language.ntext(
            "A line of {n} point from {first} to {last}, lowest {low}, highest {high}.",
            "A line of {n} points from {first} to {last}, lowest {low}, highest {high}.",
            mark["n"],
            **{end: _short(mark[end], language) for end in ("first", "last", "low", "high")},
        )
    elif mark["kind"] == "points":
        said = language.ntext("{n} point", "{n} points", mark["n"])
        if mark["x"] is not None:
            low, high = (_short(end, language) for end in mark["x"])
            said += ", " + language.text("horizontally from {low} to {high}", low=low, high=high)
        if mark["y"] is not None:
            low, high = (_short(end, language) for end in mark["y"])
            said += ", " + language.text("vertically from {low} to {high}", low=low, high=high)
        said += "."
    elif mark["kind"] == "cells":
        said = language.text(
            "A grid of {rows} rows and {columns} columns.",
            rows=mark["rows"],
            columns=mark["columns"],
        )
        if "low" in mark:
            said += " " + _between(mark["low"], mark["high"], language)
    else:
        said = _bars_said(mark, language)
    return f"{mark['name']}: {said}" if mark.get("name") else said


def _bars_said(mark: Mapping[str, Any], language: Language) -> str:
    names, values = mark["names"], mark["values"]
    write = _short if mark["kind"] == "bars" else _share
    if names and len(values) <= _NAMED:
        pairs = zip(names, values, strict=True)
        return "; ".join(f"{name} {write(value, language)}" for name, value in pairs) + "."
    count = language.ntext("{n} bar.", "{n} bars.", len(values))
    return f"{count} {_between(min(values), max(values), language)}"


def _between(low: float, high: float, language: Language) -> str:
    ends = {"low": _short(low, language), "high": _short(high, language)}
    return language.text("Values from {low} to {high}.", **ends)


def _share(value: float, language: Language) -> str:
    return language.percent(value, 1)


def _short(value: float | str, language: Language) -> str:
    """A number with four figures that count, without noughts at its end; a date as a date."""
    if isinstance(value, str):
        return language.date(value)
    if value == 0:
        return "0"
    decimals = max(0, min(8, 3 - math.floor(math.log10(abs(value)))))
    while decimals and round(value, decimals) == round(value, decimals - 1):
        decimals -= 1
    return language.number(value, decimals)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
