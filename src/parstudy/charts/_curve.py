"""The picture of one estimate under many choices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._drawn import Caption, Names, drawn, nothing_known
from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._marks import DOT, HOLLOW
from parstudy.charts._rows import around, plain_number
from parstudy.charts._scales import round_numbers
from parstudy.charts._sheet import LINE, Key, Sheet, bare
from parstudy.display.chart import BLUE, GREY, INK, PALE, SMALL, WIDTH, Chart
from parstudy.display.words import Language

_LABEL = 1.7
Choice = tuple[str, "pd.Series[bool]"]


@drawn
def specification_curve(
    curve: Any,
    language: Language,
    *,
    names: Names = None,
    id: str = "specification-curve",
    caption: Caption = None,
) -> Chart:
    """Draw one slope under every choice: estimates above, below them what was chosen.

    Parameters
    ----------
    curve : SpecificationCurve
        From :func:`parstudy.statistics.drivers.specification_curve`.
    names : mapping of str to str, optional
        Names of outcomes, controls and samples in that language.
    """
    table = curve.table.dropna(subset=["estimate"]).reset_index(drop=True)
    if table.empty:
        raise nothing_known(id, "no specification with an estimate")
    choices = _choices(table, names or {}, language)
    lines = {label: wrapped(label, _LABEL) for label, _ in choices}
    left = max([text_width(line) for label in lines.values() for line in label], default=0.3)
    left = max(left + 0.2, 0.6)
    clear = table["p_value"].lt(1 - curve.confidence)
    sheet = Sheet()
    sheet.legend(
        [
            Key(language.text("clear"), line={**DOT, "linestyle": "-", "linewidth": 2}),
            Key(language.text("not clear"), line={**HOLLOW, "linestyle": "-", "linewidth": 2}),
        ]
    )
    above = sheet.panel(2.0, left=left, right=0.15, top=0.05, bottom=0.08)
    _estimates(above, table, clear, language)
    heights = [len(lines[label]) * LINE + 0.05 for label, _ in choices]
    if choices:
        below = sheet.panel(sum(heights), left=left, right=0.15, bottom=0.1)
        _chosen(below, choices, heights, lines, WIDTH - left - 0.15)
    return sheet.chart(
        id,
        said(curve, language),
        caption
        or language.text(
            "The slope of {focus} in every specification, smallest first, with {confidence} "
            "intervals; dots below say what each one holds.",
            focus=(names or {}).get(str(curve.focus), str(curve.focus)),
            confidence=language.percent(100 * curve.confidence, 0),
        ),
    )


def _choices(table: pd.DataFrame, names: Any, language: Language) -> list[Choice]:
    """What a specification may hold, and which do; what all share is not told."""
    held = table["controls"].str.split(" + ", regex=False).map(set)
    controls = list(dict.fromkeys(c for own in held for c in sorted(own) if c))
    rows: list[Choice] = []
    if table["outcome"].nunique() > 1:
        rows += [(str(o), table["outcome"].eq(o)) for o in sorted(table["outcome"].unique())]
    rows += [(c, held.map(lambda own, c=c: c in own)) for c in controls]
    if table["sample"].nunique() > 1:
        rows += [(str(s), table["sample"].eq(s)) for s in sorted(table["sample"].unique())]
    everyone = {"all": language.text("all rows")}
    return [(names.get(label, everyone.get(label, label)), own) for label, own in rows]


def _estimates(axes: Axes, table: pd.DataFrame, clear: Any, language: Language) -> None:
    """Slopes with their intervals, smallest first."""
    across = np.arange(len(table))
    size = float(np.clip(250 / len(table), 1.5, 6))
    axes.axhline(0, color=GREY, lw=1, zorder=1)
    axes.vlines(across, table["ci_low"], table["ci_high"], color=PALE if len(table) > 60 else BLUE,
                lw=min(2.0, size / 2), zorder=2, gid="interval")  # fmt: skip
    for own, look in ((clear, DOT), (~clear, HOLLOW)):
        axes.plot(across[own], table["estimate"][own], gid="known", zorder=3,
                  **{**look, "markersize": size})  # fmt: skip
    axes.set_xlim(-1, len(table))
    ends = around([0.0, float(table["ci_low"].min()), float(table["ci_high"].max())])
    axes.set_ylim(*ends)
    values = round_numbers(ends, 5)
    axes.set_yticks(values, [plain_number(value, language) for value in values])
    bare(axes, x=False, y=True)


def _chosen(
    axes: Axes, choices: list[Choice], heights: list[float], lines: Any, width: float
) -> None:
    """A row for each choice with a dot where a specification holds it."""
    axes.set_xlim(-1, len(choices[0][1]))
    axes.set_ylim(sum(heights), 0)
    bare(axes, x=False)
    size = float(np.clip(250 / len(choices[0][1]), 1.2, 5))
    top = 0.0
    for (label, own), height in zip(choices, heights, strict=True):
        middle = top + height / 2
        first = middle - LINE * (len(lines[label]) - 1) / 2
        for place, line in enumerate(lines[label]):
            axes.text(-0.1 / width, first + LINE * place, line, ha="right", va="center",
                      transform=axes.get_yaxis_transform(), size=SMALL)  # fmt: skip
        at = np.flatnonzero(own.to_numpy())
        axes.plot(at, [middle] * len(at), marker="o", linestyle="None", color=INK, markersize=size,
                  gid="choice")  # fmt: skip
        top += height


def said(curve: Any, language: Language) -> str:
    """Say how far the slope depends on the choices."""
    known = curve.table.dropna(subset=["estimate"])
    return language.text(
        "Of {n} specifications, {same} give the slope of {focus} the sign of the median, {clear} "
        "do so clearly; slopes run from {low} to {high}.",
        n=language.number(len(known), 0),
        same=language.percent(100 * curve.same_sign, 0),
        clear=language.percent(100 * curve.clear, 0),
        focus=str(curve.focus),
        low=language.signed(known["estimate"].min(), 2),
        high=language.signed(known["estimate"].max(), 2),
    )
