"""The small picture of a first screen: the places of one province among those of all."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from parstudy.charts._drawn import Caption, drawn, nothing_known
from parstudy.charts._marks import Look
from parstudy.charts._scales import scale_beside
from parstudy.charts._series import (
    _COLUMNS,
    _DOUBTFUL,
    _IMPLIED,
    _PUBLISHED,
    _draw_places,
    _draw_ranges,
    _Series,
    _series,
    _words,
    _write_places,
    finding,
    years_below,
)
from parstudy.charts._sheet import Key, Sheet, invented
from parstudy.display.chart import LIGHT, PALE, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language

_WIDTH, _HEIGHT, _LEFT, _RIGHT = 3.6, 1.9, 0.34, 0.2  # inches
_OTHERS: Look = {"edgecolor": "#ccd5de", "facecolor": "none", "capstyle": "round"}


@drawn
def rank_glance(
    own: pd.DataFrame,
    others: pd.DataFrame,
    language: Language,
    *,
    index: str,
    broken: Collection[int] = (),
    name: str = "",
    highlight_year: int | None = None,
    id: str = "rank-glance",
    caption: Caption = None,
) -> Chart:
    """Draw the places of one province over the years, those of the others faint behind it.

    Parameters
    ----------
    own : DataFrame
        Rows of ``scores`` of the province: the columns of :func:`rank_path`.
    others : DataFrame
        ``province_id, year, rank`` of the other provinces; years that follow each other are
        joined.
    index : str
        Index that the places are of.
    broken : collection of int
        Years that are not comparable with the year before.
    highlight_year : int, optional
        Year to stress.

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``.
    """
    require_columns(own, _COLUMNS, f"chart {id}")
    require_columns(others, ("province_id", "year", "rank"), f"chart {id}")
    series = _series(index, own)
    if not series.years:
        raise nothing_known(id, "no year with a known place")
    known = [*series.years, *(() if highlight_year is None else (highlight_year,))]
    years = range(min(known), max(known) + 1)
    name = name or language.text("the province")
    sheet = Sheet(_WIDTH)
    sheet.legend(_keys(series, language, name))
    axes = sheet.panel(_HEIGHT, left=_LEFT, right=_RIGHT, top=0.06, bottom=0.3)
    _scale(axes, series.worst, years)
    if highlight_year is not None:
        axes.axvspan(highlight_year - 0.4, highlight_year + 0.4, color=PALE, zorder=0, lw=0)
    _draw_others(axes, others[others["year"].between(years[0], years[-1])])
    _draw_ranges(axes, series, language)
    _draw_places(axes, series, set(broken))
    _write_places(axes, series.places, language)
    found = finding(series, highlight_year, language)
    grey = language.text("Grey: all other provinces.")
    return sheet.chart(
        id,
        language.text(
            "Ranks of {name} by index year. {series}",
            name=name,
            series=_words(series, years, language),
        ),
        caption or f"{found} {grey}",
        synthetic=invented(own, others),
    )


def _keys(series: _Series, language: Language, name: str) -> list[Key]:
    implied = any(place.implied for place in series.places)
    own = Key(name, line={**_PUBLISHED, "linestyle": "-"})
    hollow = Key(language.text("implied"), line=dict(_IMPLIED))
    rest = Key(language.text("other provinces"), line={"color": LIGHT, "linestyle": "-"})
    doubtful = [Key(language.text("derived or doubtful"), line=dict(_DOUBTFUL))]
    doubtful *= any(place.doubtful for place in series.places)
    return [own, *([hollow] if implied else []), *doubtful, rest]


def _scale(axes: Axes, worst: int, years: range) -> None:
    """Place 1 on top; years below."""
    axes.set_ylim(worst + worst * 0.09, 1 - worst * 0.09)
    places = [1, *range(20, worst - 9, 20), worst]
    scale_beside(axes, places, [str(place) for place in places], length=3.0)
    years_below(axes, years, _WIDTH - _LEFT - _RIGHT, gap=0.08)


def _draw_others(axes: Axes, others: pd.DataFrame) -> None:
    """All other provinces as two faint drawings: lines of years in a row, dots of single years."""
    runs: list[list[tuple[float, float]]] = []
    columns = (others["province_id"], others["year"].astype(int), others["rank"].astype(float))
    before: tuple[str, int] | None = None
    for unit, year, rank in sorted(zip(*(c.tolist() for c in columns), strict=True)):
        if before != (unit, year - 1):
            runs.append([])
        runs[-1].append((year, rank))
        before = (unit, year)
    for width, found in (
        (0.8, [run for run in runs if len(run) > 1]),
        (2.2, [run * 2 for run in runs if len(run) == 1]),  # a line of no length is a dot
    ):
        if not found:
            continue
        codes = [Path.LINETO if i else Path.MOVETO for run in found for i in range(len(run))]
        path = Path([point for run in found for point in run], codes)
        path.should_simplify = False  # else dots would go
        axes.add_patch(PathPatch(path, zorder=1, gid="others", linewidth=width, **_OTHERS))
