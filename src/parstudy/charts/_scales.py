"""Scales of a panel: numbers below and beside it, and lines that lead to them.

Matplotlib's own make five artists for every number, shown or not, which takes longer than all
else in most pictures. Where these are drawn they look the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.markers import TICKDOWN, TICKLEFT
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation, Transform

from parstudy.display.chart import GREY, INK, PALE, SMALL

_PAD = 3.5  # points between a mark and its number
_HIGH = SMALL + 4.0  # points from the top of a number to that of the title below it
_BELOW = 0.5  # zorder of what lies under all that is drawn


def round_numbers(
    ends: tuple[float, float], most: int, steps: Sequence[float] = (1, 2, 2.5, 5, 10)
) -> list[float]:
    """Round numbers within the ends of a scale, its ends among them.

    Parameters
    ----------
    ends : (float, float)
        Least and largest value.
    most : int
        At most so many steps.
    steps : sequence of float
        What a step may be, times a power of ten.

    Returns
    -------
    list of float

    Examples
    --------
    >>> round_numbers((-4.0, 104.0), 6)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    low, high = sorted(ends)
    slack = (high - low) * 1e-10
    found = MaxNLocator(nbins=most, steps=list(steps)).tick_values(low, high)
    return [float(value) for value in found if low - slack <= value <= high + slack]


def scale_below(
    axes: Axes,
    values: Sequence[float],
    words: Sequence[str],
    title: str = "",
    *,
    length: float = 3.0,
    lines: bool = False,
) -> None:
    """Write numbers below a panel, in place of the axis that matplotlib would draw.

    Parameters
    ----------
    axes : Axes
        The panel; its horizontal limits must be known.
    values, words : sequence
        Where, and what.
    title : str
        Below the numbers.
    length : float
        Points of the marks.
    lines : bool
        Whether a line leads up from each.
    """
    axes.xaxis.set_visible(False)
    place = axes.get_xaxis_transform()
    if lines:
        axes.vlines(values, 0, 1, transform=place, color=PALE, lw=0.8, zorder=_BELOW)
    _marks(axes, list(values), [0.0] * len(values), TICKDOWN, length, place)
    inch = axes.figure.dpi_scale_trans
    under = place + ScaledTranslation(0, -(length + _PAD) / 72, inch)
    for value, text in zip(values, words, strict=True):
        axes.text(
            value, 0, text, transform=under, size=SMALL, color=INK, ha="center", va="top",
            zorder=_BELOW,
        )  # fmt: skip
    if title:
        under = axes.transAxes + ScaledTranslation(0, -(length + _PAD + _HIGH) / 72, inch)
        axes.text(
            0.5, 0, title, transform=under, size=SMALL, color=INK, ha="center", va="top",
            zorder=_BELOW,
        )  # fmt: skip


def scale_beside(
    axes: Axes,
    values: Sequence[float],
    words: Sequence[str],
    *,
    length: float = 3.5,
    lines: bool = False,
) -> None:
    """Write numbers at the left of a panel, in place of the axis that matplotlib would draw.

    Parameters
    ----------
    axes, values, words, length, lines
        As of :func:`scale_below`; a line leads to the right.
    """
    axes.yaxis.set_visible(False)
    place = axes.get_yaxis_transform()
    if lines:
        axes.hlines(values, 0, 1, transform=place, color=PALE, lw=0.8, zorder=_BELOW)
    _marks(axes, [0.0] * len(values), list(values), TICKLEFT, length, place)
    left = place + ScaledTranslation(-(length + _PAD) / 72, 0, axes.figure.dpi_scale_trans)
    for value, text in zip(values, words, strict=True):
        axes.text(
            0, value, text, transform=left, size=SMALL, color=INK, ha="right",
            va="center_baseline", zorder=_BELOW,
        )  # fmt: skip


def _marks(
    axes: Axes, xs: list[float], ys: list[float], marker: int, length: float, place: Transform
) -> None:
    axes.plot(
        xs, ys, marker=marker, markersize=length, markeredgewidth=0.8, color=GREY,
        linestyle="None", transform=place, clip_on=False, zorder=_BELOW,
    )  # fmt: skip
