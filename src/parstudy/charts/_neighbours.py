"""The picture of units beside their neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from parstudy.charts._drawn import Caption, drawn
from parstudy.charts._parts import n_words
from parstudy.charts._rows import around, number_axis, plain_number
from parstudy.charts._scales import round_numbers
from parstudy.charts._sheet import Sheet
from parstudy.display.chart import BLUE, GREY, INK, Chart
from parstudy.display.words import Language

_ALPHA = 0.05


@drawn
def moran(
    relation: Any,
    language: Language,
    *,
    x: str = "",
    id: str = "moran",
    caption: Caption = None,
) -> Chart:
    """Draw each unit's value against the mean of its neighbours (Moran's scatter).

    Parameters
    ----------
    relation : Moran
        From :func:`parstudy.statistics.drivers.moran`.
    x : str
        What the values are, for the axes.

    Examples
    --------
    >>> import pandas as pd
    >>> from parstudy import charts
    >>> from parstudy.display import Language
    >>> from parstudy.statistics.drivers import moran
    >>> row = pd.Series([1.0, 2, 3, 4, 5], index=list("abcde"))
    >>> beside = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "e"], "e": ["d"]}
    >>> print(charts.moran(moran(row, beside), Language("en")).alt)
    Whether neighbours are alike cannot be told from chance. Moran's I is +0.60, −0.25 were \
places of no matter (p = 0.067). n = 5 provinces.
    """
    x = x or language.text("value")
    table = relation.table
    own, beside = (table[c].to_numpy(dtype=float) for c in ("value", "neighbours_mean"))
    sheet = Sheet()
    axes = sheet.panel(3.2, left=0.75, right=0.2, top=0.08, bottom=0.55)
    axes.axvline(own.mean(), color=GREY, lw=0.8, zorder=1)
    axes.axhline(own.mean(), color=GREY, lw=0.8, zorder=1)
    axes.scatter(own, beside, s=30, color=BLUE, alpha=0.75, linewidths=0, zorder=3, gid="known")
    _line(axes, own, beside)
    axes.set_xlim(*around([own.min(), own.max()]))
    axes.set_ylim(*around([beside.min(), beside.max()]))
    number_axis(axes, language, x, length=3.5, lines=True)
    values = round_numbers(axes.get_ylim(), 6)
    axes.set_yticks(values, [plain_number(value, language) for value in values])
    axes.grid(axis="y")
    axes.set_ylabel(language.text("{name}: mean of the neighbours", name=x))
    return sheet.chart(
        id,
        " ".join([alike(relation, language), figures(relation, language)]),
        caption
        or language.text(
            "A dot for each province: its own value, and the mean of its neighbours. The line "
            "rises where neighbours are alike; grey lines stand at the mean."
        ),
        [n_words(relation, language)],
    )


def _line(axes: Axes, own: np.ndarray[Any, Any], beside: np.ndarray[Any, Any]) -> None:
    """Least squares of the neighbours' mean on the own value; its slope is I."""
    slope = float(np.cov(own, beside)[0, 1] / own.var(ddof=1))
    ends = np.array([own.min(), own.max()])
    axes.plot(ends, beside.mean() + slope * (ends - own.mean()), color=INK, lw=1.6, gid="line")


def alike(relation: Any, language: Language) -> str:
    """Say whether neighbours are alike, by the arrangements drawn where there are some."""
    if not _p(relation) < _ALPHA:
        return language.text("Whether neighbours are alike cannot be told from chance.")
    if relation.statistic > relation.expected:
        return language.text("Neighbours are alike more than chance would have it.")
    return language.text("Neighbours differ more than chance would have it.")


def figures(relation: Any, language: Language) -> str:
    """Moran's I, what chance gives, and the p-value."""
    return language.text(
        "Moran's I is {found}, {expected} were places of no matter (p = {p}).",
        found=language.signed(relation.statistic, 2),
        expected=language.signed(relation.expected, 2),
        p=language.number(_p(relation), 3),
    )


def _p(relation: Any) -> float:
    drawn_p = float(relation.p_permutation)
    return float(relation.p_value) if np.isnan(drawn_p) else drawn_p
