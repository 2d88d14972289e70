"""Charts of one province over the years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawn import drawn
from parstudy.charts._fit import text_width
from parstudy.charts._sheet import Key, Sheet, invented
from parstudy.display import terms
from parstudy.display.chart import BLUE, GREY, INK, LIGHT, PALE, SKY, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

    from parstudy.display.words import Language

Break = tuple[str, int, str]
"""Index, first year under the new method, label."""

_LEFT, _RIGHT = 0.42, 0.25
_PUBLISHED: dict[str, Any] = {"marker": "o", "markersize": 6.5, "color": BLUE}
_IMPLIED: dict[str, Any] = {**_PUBLISHED, "markerfacecolor": "white", "markeredgewidth": 1.4}
_SOLID: dict[str, Any] = {"color": BLUE, "linewidth": 1.6, "linestyle": "-"}
_DOTTED: dict[str, Any] = {"color": BLUE, "linewidth": 1.1, "linestyle": (0, (1, 2))}
_BREAK: dict[str, Any] = {"color": GREY, "linewidth": 0.9, "linestyle": (0, (4, 3))}
_BOUND: dict[str, Any] = {"color": SKY, "linewidth": 5, "solid_capstyle": "butt"}


@dataclass(frozen=True)
class _Point:
    year: int
    value: float
    implied: bool


def _points(frame: pd.DataFrame, published: str, implied: str) -> list[_Point]:
    points = []
    for row in frame.sort_values("year").to_dict("records"):
        if pd.notna(row[published]):
            points.append(_Point(int(row["year"]), float(row[published]), implied=False))
        elif pd.notna(row[implied]):
            points.append(_Point(int(row["year"]), float(row[implied]), implied=True))
    return points


def _bounds(frame: pd.DataFrame) -> list[tuple[int, int, int]]:
    """Years in which the place is only bounded: year, best and worst place possible."""
    rows = frame[frame["rank_published"].isna() & frame["rank_low"].notna()]
    rows = rows[rows["rank_high"].notna() & rows["rank_implied"].isna()].sort_values("year")
    found = []
    for row in rows.to_dict("records"):
        low, high = int(row["rank_low"]), int(row["rank_high"])
        everything = low == 1 and pd.notna(row["n_ranked"]) and high >= int(row["n_ranked"])
        if not everything:
            found.append((int(row["year"]), low, high))
    return found


def _checked(
    series: Mapping[str, pd.DataFrame], columns: Sequence[str], place: str
) -> dict[str, pd.DataFrame]:
    if not series:
        raise ParstudyError(
            "nothing_to_show",
            "no rows to show",
            place=place,
            advice="Say in words that there is nothing to show",
        )
    # a series of one province may have its years as index
    series = {
        index: frame.reset_index() if frame.index.name == "year" else frame
        for index, frame in series.items()
    }
    for index, frame in series.items():
        if not frame.empty:
            require_columns(frame, columns, f"{place} {index}")
            if frame["year"].duplicated().any():
                raise ParstudyError("mixed_rows", "two rows for one year", place=f"{place} {index}")
    return {index: frame for index, frame in series.items() if not frame.empty}


def _year_axis(axes: Axes, years: Sequence[int]) -> None:
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    room = (WIDTH - _LEFT - _RIGHT) / len(years)
    step = 1
    while room * step < text_width("2024") + 0.04:
        step += 1
    axes.set_xticks([year for year in years if (years[-1] - year) % step == 0])
    axes.tick_params(axis="x", length=3)


def _connect(axes: Axes, points: Sequence[_Point], broken: set[int]) -> None:
    """Join years that follow each other, by dots across a break; a missing year is a gap."""
    for one, two in pairwise(points):
        if two.year - one.year != 1:
            continue
        doubtful = one.implied or two.implied or two.year in broken
        look = _DOTTED if doubtful else _SOLID
        axes.plot([one.year, two.year], [one.value, two.value], zorder=2, **look)


def _draw_breaks(axes: Axes, breaks: Sequence[tuple[int, str, str]], years: Sequence[int]) -> None:
    from matplotlib.transforms import blended_transform_factory

    place = blended_transform_factory(axes.transData, axes.transAxes)
    for year, letter, _ in breaks:
        if years[0] < year <= years[-1]:
            axes.axvline(year - 0.5, zorder=1, gid=f"break-{year}", **_BREAK)
            axes.text(
                year - 0.5, 1.0, letter, transform=place, size=SMALL, color=GREY,
                ha="center", va="bottom",
            )  # fmt: skip


def _lettered(
    breaks: Iterable[Break], indices: Sequence[str], years: Sequence[int]
) -> dict[str, list[tuple[int, str, str]]]:
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    wanted = {index: position for position, index in enumerate(indices)}
    found: dict[str, list[tuple[int, str, str]]] = {index: [] for index in indices}
    inside = [b for b in breaks if b[0] in wanted and years[0] < b[1] <= years[-1]]
    for index, year, label in sorted(inside, key=lambda b: (wanted[b[0]], b[1])):
        found[index].append((int(year), next(letters), label))
    return found


def _break_note(breaks: Mapping[str, list[tuple[int, str, str]]], language: Language) -> str:
    entries = [
        language.text("{letter}: {what}", letter=letter, what=label)
        for found in breaks.values()
        for _, letter, label in found
    ]
    if not entries:
        return ""
    return language.text(
        "Not comparable across the dashed lines. {breaks}", breaks="; ".join(entries)
    )


def _labels(
    axes: Axes,
    points: Sequence[_Point],
    texts: Sequence[str],
    height: float,
    *,
    down: bool,
    avoid: Mapping[int, float] | None = None,
) -> None:
    """Write values beside their points, away from the line and from the marks to ``avoid``."""
    from matplotlib.patheffects import withStroke

    low, high = sorted(axes.get_ylim())
    unit = (high - low) / height  # data units per inch
    for position, (point, text) in enumerate(zip(points, texts, strict=True)):
        near = [p.value for p in points[max(0, position - 1) : position + 2] if p != point]
        mean = sum(near) / len(near) if near else point.value
        higher_on_page = point.value <= mean if down else point.value >= mean
        mark = (avoid or {}).get(point.year, float("nan"))
        if abs(point.value - mark) < 0.35 * unit:
            higher_on_page = point.value >= mark
        if (point.value - low if down else high - point.value) < 0.2 * unit:
            higher_on_page = False
        if (high - point.value if down else point.value - low) < 0.2 * unit:
            higher_on_page = True
        offset = 6.5 if higher_on_page else -6.5
        axes.annotate(
            text, (point.year, point.value), (0, offset), textcoords="offset points",
            ha="center", va="bottom" if higher_on_page else "top", size=SMALL,
            color=GREY if point.implied else INK, zorder=5,
            style="italic" if point.implied else "normal",
            path_effects=[withStroke(linewidth=2, foreground="white")],
        )  # fmt: skip


@drawn
def rank_path(
    series_by_index: Mapping[str, pd.DataFrame],
    language: Language,
    breaks: Iterable[Break] = (),
    *,
    name: str = "",
    highlight_year: int | None = None,
    id: str = "rank-path",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the places of one province over the index years, one panel per index.

    Published places are filled, places implied by the next year's published change are hollow,
    a place that is only bounded is a range. A year without any knowledge is a gap.

    Parameters
    ----------
    series_by_index : mapping of str to DataFrame
        By index: rows of ``scores`` of one province and component, with ``year, rank_published,
        rank_low, rank_high, rank_implied, n_ranked`` (``year`` may be the index). Panels follow
        the order of the mapping; an index without any place is left out.
    language : Language
        Language of the picture.
    breaks : iterable of (index, year, label)
        First years that are not comparable with the year before.
    name : str
        Name of the province.
    highlight_year : int, optional
        Year to stress; the axis reaches as far as it.
    id : str
        HTML id.
    caption : str, optional
        Instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``mixed_rows``.
    """
    columns = ["year", "rank_published", "rank_low", "rank_high", "rank_implied", "n_ranked"]
    series = _checked(series_by_index, columns, f"chart {id}")
    points = {i: _points(f, "rank_published", "rank_implied") for i, f in series.items()}
    ranges = {i: _bounds(f) for i, f in series.items()}
    shown = [i for i in series if points[i] or ranges[i]]
    told_years = [p.year for i in shown for p in points[i]]
    told_years += [year for i in shown for year, _, _ in ranges[i]]
    years = _all_years(told_years, highlight_year, id)
    lettered = _lettered(breaks, shown, years)

    sheet = Sheet()
    keys = [Key(language.text("published place"), line={**_SOLID, **_PUBLISHED})]
    if any(p.implied for i in shown for p in points[i]):
        text = language.text("implied by the change published for the next year")
        keys.append(Key(text, line={**_DOTTED, **_IMPLIED}))
    if any(ranges[i] for i in shown):
        keys.append(Key(language.text("only a range is known"), line={**_BOUND, "linestyle": "-"}))
    keys += _highlight_key(highlight_year, language)
    sheet.legend(keys)
    for position, index in enumerate(shown):
        height = 1.9
        axes = sheet.panel(
            height, left=_LEFT, right=_RIGHT, top=0.16,
            bottom=0.42 if position < len(shown) - 1 else 0.32,
            title=language.text("{index}: place among the provinces", index=terms.short(index)),
        )  # fmt: skip
        last = _worst(series[index], points[index], ranges[index])
        axes.set_ylim(last + last * 0.07, 1 - last * 0.07)
        axes.set_yticks([1, *range(10, last - 4, 10), last])
        axes.grid(axis="y")
        _year_axis(axes, years)
        if highlight_year is not None:
            axes.axvspan(highlight_year - 0.4, highlight_year + 0.4, color=PALE, zorder=0, lw=0)
        _draw_breaks(axes, lettered[index], years)
        for year, low, high in ranges[index]:
            axes.plot([year, year], [low - 0.5, high + 0.5], gid=f"range-{year}", **_BOUND)
            middle_up = low > last / 2
            axes.annotate(
                language.rank_range(low, high), (year, low if middle_up else high),
                (0, 4 if middle_up else -4), textcoords="offset points", ha="center",
                va="bottom" if middle_up else "top", size=SMALL, color=GREY,
            )  # fmt: skip
        _connect(axes, points[index], {y for y, _, _ in lettered[index]})
        for point in points[index]:
            look = _IMPLIED if point.implied else _PUBLISHED
            axes.plot([point.year], [point.value], linestyle="None", zorder=4, **look)
        texts = [language.number(p.value, 0) for p in points[index]]
        _labels(axes, points[index], texts, height, down=True)
    sheet.note(_break_note(lettered, language))
    told = [_rank_words(i, series[i], points[i], ranges[i], years, language) for i in shown]
    return sheet.chart(
        id=id,
        synthetic=invented(*series.values()),
        alt=language.text(
            "Places of {name} by index year. {series}",
            name=name or language.text("the province"),
            series=" ".join(told),
        ),
        caption=caption
        if caption is not None
        else language.text(
            "Places of {name} by index year; 1 is best. A year without a mark is one for which no "
            "place was found.",
            name=name or language.text("the province"),
        ),
    )


def _all_years(found: Sequence[int], highlight: int | None, id: str) -> list[int]:
    if not found:
        raise ParstudyError(
            "nothing_to_show",
            "no year with a known value",
            place=f"chart {id}",
            advice="Say in words that there is nothing to show",
        )
    ends = [*found, *([] if highlight is None else [highlight])]
    return list(range(min(ends), max(ends) + 1))


def _highlight_key(year: int | None, language: Language) -> list[Key]:
    if year is None:
        return []
    text = language.text("index year {year}", year=year)
    return [Key(text, patch={"facecolor": PALE, "edgecolor": LIGHT, "lw": 0.5})]


def _worst(
    frame: pd.DataFrame, points: Sequence[_Point], ranges: Sequence[tuple[int, int, int]]
) -> int:
    ranked = frame["n_ranked"].dropna()
    places = [int(p.value) for p in points] + [high for _, _, high in ranges]
    return max([*places, int(ranked.max()) if len(ranked) else 0, 10])


def _rank_words(
    index: str,
    frame: pd.DataFrame,
    points: Sequence[_Point],
    ranges: Sequence[tuple[int, int, int]],
    years: Sequence[int],
    language: Language,
) -> str:
    of = dict(zip(frame["year"], frame["n_ranked"], strict=True))
    told = {}
    for point in points:
        place = language.rank(point.value, of[point.year])
        told[point.year] = (
            language.text("{year}: {value} (implied)", year=point.year, value=place)
            if point.implied
            else language.text("{year}: {value}", year=point.year, value=place)
        )
    for year, low, high in ranges:
        told[year] = language.text(
            "{year}: {value}", year=year, value=language.rank_range(low, high, of[year])
        )
    return _in_words(index, told, years, language)


def _in_words(index: str, told: Mapping[int, str], years: Sequence[int], language: Language) -> str:
    absent = [str(year) for year in years if year not in told]
    values = "; ".join(told[year] for year in sorted(told))
    if not absent:
        return language.text("{index}: {values}.", index=terms.short(index), values=values)
    return language.text(
        "{index}: {values}; not known for {years}.",
        index=terms.short(index),
        values=values,
        years=language.names(absent),
    )
