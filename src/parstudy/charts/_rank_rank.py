"""The picture of ranks against ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from parstudy.charts._drawn import Caption, drawn, nothing_known
from parstudy.charts._parts import confidence_words, n_words, ranged
from parstudy.charts._rows import number_axis, plain_number
from parstudy.charts._scales import round_numbers
from parstudy.charts._sheet import Sheet
from parstudy.display.chart import BLUE, INK, PALE, Chart
from parstudy.display.words import Language

_Numbers = NDArray[np.float64]


@drawn
def rank_rank(
    relation: Any,
    language: Language,
    *,
    x: str = "",
    y: str = "",
    id: str = "rank-rank",
    caption: Caption = None,
) -> Chart:
    """Draw ranks against ranks with the fitted line and its interval.

    Parameters
    ----------
    relation : RankRank
        With a ranked regressor. Where there are covariates, both sides are drawn with the
        covariates taken out; with groups, a line per group and no interval.
    x, y : str
        What is ranked, for the axes.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` where no regressor is ranked.
    """
    slopes = _slopes(relation)
    if slopes.empty:
        raise nothing_known(id, "no ranked regressor")
    cloud = _cloud(relation, slopes)
    x = x or str(slopes.index[0])[5:-1].split("):")[0]
    y = y or str(relation.model.model.endog_names)
    sheet = Sheet()
    axes = sheet.panel(3.4, left=0.75, right=0.2, top=0.08, bottom=0.55)
    axes.scatter(
        cloud.x, cloud.y, s=30, color=BLUE, alpha=0.75, linewidths=0, zorder=3, gid="known"
    )
    if len(slopes) == 1:
        _line(axes, cloud, float(slopes["estimate"].iloc[0]), float(slopes["ci_high"].iloc[0]))
    else:
        _lines(axes, cloud, relation)
    _scales(axes, cloud, x, y, language)
    told = []
    for name, row in slopes.iterrows():
        group = str(name).split("):")[-1] if len(slopes) > 1 else language.text("Slope")
        signed = (language.signed(row[c]) for c in ("estimate", "ci_low", "ci_high"))
        told.append(language.text("{name}: {value}.", name=group, value=ranged(language, *signed)))
    if cloud.covariates:
        told.append(language.text("Covariates are taken out of both sides."))
    first = told[0] if len(slopes) == 1 else ""
    usual = language.text(
        "A slope of 1 means the same order, 0 no relation, −1 the reverse order. The grey band "
        "turns the line within the {confidence} interval of its slope, whose error knows that "
        "ranks are estimated.",
        confidence=confidence_words(relation, language),
    )
    return sheet.chart(
        id,
        language.text("Rank of {y} against rank of {x}, a dot for each province.", x=x, y=y),
        caption or f"{first} {usual}".strip(),
        [n_words(relation, language), *told],
    )


def _slopes(relation: Any) -> pd.DataFrame:
    """Rows of the table that are slopes of the ranked regressor, one or one per group."""
    term = getattr(relation, "rank_term", "")
    table: pd.DataFrame = getattr(relation, "table", pd.DataFrame())
    names = table.index.map(str)
    return table[[bool(term) and (n == term or n.startswith(f"{term}:")) for n in names]]


@dataclass(frozen=True)
class _Cloud:
    """What is drawn: both sides, the column of the design of each slope, whether adjusted."""

    x: _Numbers
    y: _Numbers
    design: _Numbers
    covariates: bool


def _cloud(relation: Any, slopes: pd.DataFrame) -> _Cloud:
    design = np.asarray(relation.model.model.exog, dtype=float)
    y = np.asarray(relation.model.model.endog, dtype=float)
    names = relation.table.index.map(str)
    own = names.isin(slopes.index.map(str))
    x = design[:, own].sum(axis=1)
    others = ~own & (names != "const")
    covariates = bool(others.any()) and len(slopes) == 1
    if covariates:  # Frisch, Waugh and Lovell: the slope stays the same
        taken = np.column_stack([np.ones(len(y)), design[:, others]])
        x, y = (v - taken @ np.linalg.lstsq(taken, v, rcond=None)[0] + v.mean() for v in (x, y))
    return _Cloud(x, y, design[:, own], covariates)


def _line(axes: Axes, cloud: _Cloud, slope: float, steepest: float) -> None:
    """The fitted line, and the band between the lines of the ends of the slope's interval."""
    grid = np.linspace(float(cloud.x.min()), float(cloud.x.max()), 50)
    away = grid - float(cloud.x.mean())
    fit = float(cloud.y.mean()) + slope * away
    axes.plot(grid, fit, color=INK, lw=1.6, zorder=4, gid="line")
    # the interval of the slope, turned about the mean: what the table prints
    reach = (steepest - slope) * np.abs(away)
    axes.fill_between(
        grid, fit - reach, fit + reach, color=PALE, alpha=0.8, lw=0, zorder=1, gid="interval"
    )


def _lines(axes: Axes, cloud: _Cloud, relation: Any) -> None:
    """A fitted line for each group."""
    fitted = np.asarray(relation.model.fittedvalues, dtype=float)
    for column in cloud.design.T:
        x, fit = cloud.x[column != 0], fitted[column != 0]
        ends = [int(x.argmin()), int(x.argmax())]
        axes.plot(x[ends], fit[ends], lw=1.6, gid="line")


def _scales(axes: Axes, cloud: _Cloud, x: str, y: str, language: Language) -> None:
    pad = 0.04
    axes.set_xlim(float(cloud.x.min()) - pad, float(cloud.x.max()) + pad)
    axes.set_ylim(float(cloud.y.min()) - pad, float(cloud.y.max()) + pad)
    title = language.text("{name}: rank as a share of the units", name=x)
    number_axis(axes, language, title, length=3.5, lines=True)
    values = round_numbers(axes.get_ylim(), 6)
    axes.set_yticks(values, [plain_number(value, language) for value in values])
    axes.grid(axis="y")
    axes.set_ylabel(language.text("{name}: rank as a share of the units", name=y))
