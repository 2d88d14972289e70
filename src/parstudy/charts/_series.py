"""The places of one province over the years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._drawn import Caption, drawn, nothing_known
from parstudy.charts._fit import text_width
from parstudy.charts._marks import Look
from parstudy.charts._scales import scale_below, scale_beside
from parstudy.charts._sheet import Key, Sheet, invented
from parstudy.display import terms
from parstudy.display.chart import GREY, HALO, INK, LIGHT, OWN, PALE, SKY, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language
from parstudy.errors import ParstudyError
from parstudy.facts import criteria
from parstudy.records import records

Break = tuple[str, int, str]
"""Index, first year under the new method, label."""

_COLUMNS = ("year", "rank_published", "rank_low", "rank_high", "rank_implied", "n_ranked")
_LEFT, _RIGHT, _HEIGHT = 0.42, 0.25, 1.9  # inches
_PUBLISHED: Look = {"marker": "o", "markersize": 6.5, "color": OWN}
_IMPLIED: Look = {**_PUBLISHED, "markerfacecolor": "white", "markeredgewidth": 1.4}
_DOUBTFUL: Look = {**_IMPLIED, "marker": "s", "markersize": 6}
_SOLID: Look = {"color": OWN, "linewidth": 1.6, "linestyle": "-"}
_DOTTED: Look = {"color": OWN, "linewidth": 1.1, "linestyle": (0, (1, 2))}
_ACROSS: Look = {"color": GREY, "linewidth": 0.8, "linestyle": "-"}
_BREAK: Look = {"color": GREY, "linewidth": 0.9, "linestyle": (0, (4, 3))}
_BOUND: Look = {"color": SKY, "linewidth": 5, "solid_capstyle": "butt"}


@dataclass(frozen=True)
class _Place:
    """The place of a year: published, perhaps as doubtful, or implied by a change."""

    year: int
    value: float
    implied: bool
    doubtful: bool = False


@dataclass(frozen=True)
class _Series:
    """What is known of the places of one index: places, and ranges (year, best, worst)."""

    index: str
    frame: pd.DataFrame
    places: list[_Place]
    ranges: list[tuple[int, int, int]]

    @property
    def years(self) -> list[int]:
        """Years of which something is known."""
        return [place.year for place in self.places] + [year for year, _, _ in self.ranges]

    @property
    def worst(self) -> int:
        """Last place of the axis."""
        ranked = self.frame["n_ranked"].dropna()
        known = [int(p.value) for p in self.places] + [high for _, _, high in self.ranges]
        return max([*known, int(ranked.max()) if len(ranked) else 0, 10])


@drawn
def rank_path(
    series_by_index: Mapping[str, pd.DataFrame],
    language: Language,
    breaks: Iterable[Break] = (),
    *,
    name: str = "",
    highlight_year: int | None = None,
    id: str = "rank-path",
    caption: Caption = None,
) -> Chart:
    """Draw the places of one province over the index years, one panel per index.

    Published places are filled, places implied by a published change are hollow,
    a place that is only bounded is a range. A year without any knowledge is a gap.

    Parameters
    ----------
    series_by_index : mapping of str to DataFrame
        By index: rows of ``scores`` of one province and component, with ``year, rank_published,
        rank_low, rank_high, rank_implied, n_ranked`` (``year`` may be the index). Panels follow
        the order of the mapping; an index without any place is left out.
    breaks : iterable of (index, year, label)
        First years that are not comparable with the year before.
    highlight_year : int, optional
        Year to stress; the axis reaches as far as it.

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``mixed_rows``.
    """
    frames = _frames(series_by_index, f"chart {id}")
    shown = [s for s in (_series(index, frame) for index, frame in frames.items()) if s.years]
    if not shown:
        raise nothing_known(id, "no year with a known value")
    ends = [year for s in shown for year in s.years]
    ends += [] if highlight_year is None else [highlight_year]
    years = range(min(ends), max(ends) + 1)
    broken = _inside(breaks, [s.index for s in shown], years)
    sheet = Sheet()
    sheet.legend(_keys(shown, highlight_year, language))
    for one in shown:
        axes = sheet.panel(
            _HEIGHT, left=_LEFT, right=_RIGHT, top=0.16, bottom=0.32 if one is shown[-1] else 0.42,
            title=language.text("{index}: rank among the provinces", index=terms.short(one.index)),
        )  # fmt: skip
        _scale(axes, one.worst, years)
        if highlight_year is not None:
            axes.axvspan(highlight_year - 0.4, highlight_year + 0.4, color=PALE, zorder=0, lw=0)
        _draw_breaks(axes, broken[one.index])
        _draw_ranges(axes, one, language)
        _draw_places(axes, one, set(broken[one.index]))
        _write_places(axes, one.places, language)
    sheet.note(_break_note(broken, language))
    name = name or language.text("the province")
    told = [_words(one, years, language) for one in shown]
    found = " ".join(finding(one, highlight_year, language) for one in shown)
    usual = language.text(
        "Ranks of {name} by index year; 1 is best. A year without a mark is one for which no "
        "rank was found.",
        name=name,
    )
    series = language.text(
        "Ranks of {name} by index year. {series}", name=name, series=" ".join(told)
    )
    return sheet.chart(
        id,
        f"{found} {series}",
        caption or f"{found} {usual}",
        synthetic=invented(*frames.values()),
    )


# --- what is known -------------------------------------------------------------------------------


def _frames(series: Mapping[str, pd.DataFrame], place: str) -> dict[str, pd.DataFrame]:
    """Series that have rows, with the year as a column."""
    if not series:
        raise ParstudyError(
            "nothing_to_show",
            "no rows to show",
            place=place,
            advice="Say in words that there is nothing to show",
        )
    found = {}
    for index, given in series.items():
        # a series of one province may have its years as index
        frame = given.reset_index() if given.index.name == "year" else given
        if frame.empty:
            continue
        require_columns(frame, _COLUMNS, f"{place} {index}")
        if frame["year"].duplicated().any():
            raise ParstudyError("mixed_rows", "two rows for one year", place=f"{place} {index}")
        found[index] = frame
    return found


def _series(index: str, frame: pd.DataFrame) -> _Series:
    places, ranges = [], []
    for row in records(frame.sort_values("year")):
        year = int(row["year"])
        if pd.notna(row["rank_published"]):
            doubtful = row.get("certainty") in ("derived", "doubtful")
            places.append(_Place(year, float(row["rank_published"]), False, doubtful))
        elif pd.notna(row["rank_implied"]):
            places.append(_Place(year, float(row["rank_implied"]), implied=True))
        elif pd.notna(row["rank_low"]) and pd.notna(row["rank_high"]):
            low, high = int(row["rank_low"]), int(row["rank_high"])
            everything = low == 1 and pd.notna(row["n_ranked"]) and high >= int(row["n_ranked"])
            if not everything:
                ranges.append((year, low, high))
    return _Series(index, frame, places, ranges)


def _inside(
    breaks: Iterable[Break], indices: Sequence[str], years: range
) -> dict[str, dict[int, str]]:
    """Breaks inside of the years by index: what is new, by its first year."""
    found: dict[str, dict[int, str]] = {index: {} for index in indices}
    for index, year, label in sorted(breaks):
        if index in found and year in years[1:]:
            found[index][int(year)] = label
    return found


# --- drawing -------------------------------------------------------------------------------------


def _keys(shown: Sequence[_Series], highlight: int | None, language: Language) -> list[Key]:
    keys = [Key(language.text("published rank"), line={**_SOLID, **_PUBLISHED})]
    if any(place.implied for one in shown for place in one.places):
        text = language.text("implied by a published change")
        keys.append(Key(text, line={**_DOTTED, **_IMPLIED}))
    if any(place.doubtful for one in shown for place in one.places):
        keys.append(Key(language.text("derived or doubtful"), line=dict(_DOUBTFUL)))
    if any(one.ranges for one in shown):
        keys.append(Key(language.text("only a range is known"), line={**_BOUND, "linestyle": "-"}))
    if highlight is not None:
        text = language.text("index year {year}", year=highlight)
        keys.append(Key(text, patch={"facecolor": PALE, "edgecolor": LIGHT, "lw": 0.5}))
    return keys


def _scale(axes: Axes, worst: int, years: range) -> None:
    """Place 1 on top; years below."""
    axes.set_ylim(worst + worst * 0.07, 1 - worst * 0.07)
    places = [1, *range(10, worst - 4, 10), worst]
    scale_beside(axes, places, [str(place) for place in places], lines=True)
    years_below(axes, years, WIDTH - _LEFT - _RIGHT)


def years_below(axes: Axes, years: range, width: float, gap: float = 0.04) -> None:
    """Write as many years below a panel as there is room for, the last one among them.

    Parameters
    ----------
    axes : Axes
        The panel.
    years : range
        All years, each with as much room.
    width, gap : float
        Inches of the panel, and between two numbers.
    """
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    step = 1
    while width / len(years) * step < text_width("2024") + gap:
        step += 1
    shown = [year for year in years if (years[-1] - year) % step == 0]
    scale_below(axes, shown, [str(year) for year in shown])


def _draw_breaks(axes: Axes, years: Iterable[int]) -> None:
    for year in years:
        axes.axvline(year - 0.5, zorder=1, gid=f"break-{year}", **_BREAK)


def _draw_ranges(axes: Axes, series: _Series, language: Language) -> None:
    for year, low, high in series.ranges:
        axes.plot([year, year], [low - 0.5, high + 0.5], gid=f"range-{year}", **_BOUND)
        above = low > series.worst / 2
        axes.annotate(
            language.rank_range(low, high), (year, low if above else high), (0, 4 if above else -4),
            textcoords="offset points", ha="center", va="bottom" if above else "top", size=SMALL,
            color=GREY,
        )  # fmt: skip


def _draw_places(axes: Axes, series: _Series, broken: set[int]) -> None:
    """Places; years in a row are joined, by dots where one is not sure, in grey over a break."""
    for one, two in pairwise(series.places):
        if two.year - one.year == 1:
            unsure = any(place.implied or place.doubtful for place in (one, two))
            look = _ACROSS if two.year in broken else _DOTTED if unsure else _SOLID
            axes.plot([one.year, two.year], [one.value, two.value], zorder=2, **look)
    for place in series.places:
        look = _IMPLIED if place.implied else _DOUBTFUL if place.doubtful else _PUBLISHED
        axes.plot([place.year], [place.value], linestyle="None", zorder=4, **look)


def _write_places(axes: Axes, places: Sequence[_Place], language: Language) -> None:
    """Numbers beside their places, away from the line and within the panel."""
    low, high = sorted(axes.get_ylim())
    edge = 0.2 * (high - low) / _HEIGHT
    for position, place in enumerate(places):
        near = [p.value for p in places[max(0, position - 1) : position + 2] if p != place]
        above = place.value <= (sum(near) / len(near) if near else place.value)
        if place.value - low < edge:
            above = False
        if high - place.value < edge:
            above = True
        axes.annotate(
            language.number(place.value, 0), (place.year, place.value), (0, 6.5 if above else -6.5),
            textcoords="offset points", ha="center", va="bottom" if above else "top", size=SMALL,
            color=GREY if place.implied else INK, zorder=5,
            style="italic" if place.implied else "normal",
            gid=HALO,
        )  # fmt: skip


# --- words ---------------------------------------------------------------------------------------


def finding(series: _Series, year: int | None, language: Language) -> str:
    """The place of a year, else of the latest one known, and how far the places known reach."""
    index = terms.short(series.index)
    ranked = {
        int(year): int(n)
        for year, n in series.frame[["year", "n_ranked"]].dropna().itertuples(index=False)
    }
    places = [p for p in series.places if p.year == year] or series.places[-1:]
    ranges = [r for r in series.ranges if r[0] == year] or sorted(series.ranges)[-1:]
    # a range of a later year is nearer to what is known now than an older place
    if not places or (ranges and places[0].year != year and ranges[0][0] > places[0].year):
        last, low, high = ranges[0]
        rank = language.rank_range(low, high, ranked.get(last))
        return language.text("{index}: rank {rank} in {year}.", index=index, year=last, rank=rank)
    now = places[0]
    n = ranked.get(now.year)
    # a place of ten stands not beside those of sixty-three
    alike = [place for place in series.places if ranked.get(place.year) == n]
    values = [place.value for place in alike]
    bounds = [(low, high) for year, low, high in series.ranges if ranked.get(year) == n]
    rank = language.rank(now.value, n)
    if now.implied:
        rank = language.text("{value} (implied)", value=rank)
    elif now.doubtful:
        rank = language.text("{value} (derived or doubtful)", value=rank)
    words = {"index": index, "rank": rank, "year": now.year}
    # the best and the worst known lie between these, where of a year only a range is known
    best = (min([*values, *(low for low, _ in bounds)]), min([*values, *(h for _, h in bounds)]))
    worst = (max([*values, *(low for low, _ in bounds)]), max([*values, *(h for _, h in bounds)]))
    if best[0] == worst[1]:
        return language.text("{index}: rank {rank} in {year}.", **words)
    first = [p.year for p in alike] + [y for y, *_ends in series.ranges if ranked.get(y) == n]
    return language.text(
        "{index}: rank {rank} in {year}; ranks known since {first}: from {best} to {worst}.",
        **words,
        first=min(first),
        best=language.rank_range(*best),
        worst=language.rank_range(*worst),
    )


def _break_note(breaks: Mapping[str, Mapping[int, str]], language: Language) -> str:
    """What the dashed lines are, by index: what is new, with all its years."""
    told = []
    for index, found in breaks.items():
        years: dict[str, list[str]] = {}
        for year, label in found.items():
            bare = criteria.without_year(label, year)
            years.setdefault(bare, []).append(str(year))
        news = [f"{what} {language.names(when)}" for what, when in years.items()]
        if news:
            told.append(f"{terms.short(index)}: {'; '.join(news)}.")
    if not told:
        return ""
    return language.text("Not comparable across the dashed lines. {breaks}", breaks=" ".join(told))


def _words(series: _Series, years: range, language: Language) -> str:
    """Places of one index year by year, and the years of which none is known."""
    of = dict(zip(series.frame["year"], series.frame["n_ranked"], strict=True))
    told = {}
    for place in series.places:
        value = language.rank(place.value, of[place.year])
        told[place.year] = language.text("{year}: {value}", year=place.year, value=value)
        if place.implied:
            told[place.year] = language.text(
                "{year}: {value} (implied)", year=place.year, value=value
            )
        elif place.doubtful:
            told[place.year] = language.text(
                "{year}: {value} (derived or doubtful)", year=place.year, value=value
            )
    for year, low, high in series.ranges:
        value = language.rank_range(low, high, of[year])
        told[year] = language.text("{year}: {value}", year=year, value=value)
    absent = [str(year) for year in years if year not in told]
    values = "; ".join(told[year] for year in sorted(told))
    index = terms.short(series.index)
    if not absent:
        return language.text("{index}: {values}.", index=index, values=values)
    return language.text(
        "{index}: {values}; not known for {years}.",
        index=index,
        values=values,
        years=language.names(absent),
    )
