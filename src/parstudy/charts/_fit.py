"""Text that fits: how wide a line is, where it breaks, how labels stand apart."""

from __future__ import annotations

from collections.abc import Sequence

from parstudy.display.chart import SMALL
from parstudy.display.lettering import SIZE, measured


def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Width of a line of text in inches."""
    if not text.strip():
        return 0.0
    # a raster picture hints glyphs to whole pixels, which makes text a little wider
    return measured(text, weight)[0] * size / SIZE / 72 * 1.04


def wrapped(text: str, width: float, size: float = SMALL, weight: str = "normal") -> list[str]:
    """Break text into lines no wider than ``width`` inches."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def spread(centres: Sequence[float], widths: Sequence[float], total: float) -> list[float]:
    """Move labels along a line as little as needed so that none overlaps another.

    Parameters
    ----------
    centres : sequence of float
        Wanted positions, ascending.
    widths : sequence of float
        Widths with their gaps; their sum must not exceed ``total``.
    total : float
        Length of the line; labels stay within 0 and ``total``.

    Returns
    -------
    list of float
        Positions in the same order.
    """
    # Subtract the room that the labels before take, then the positions need only not descend:
    # neighbours that do are pooled at their mean.
    before = [sum(widths[:i]) + widths[i] / 2 for i in range(len(widths))]
    pools: list[list[float]] = []
    for wanted in (c - b for c, b in zip(centres, before, strict=True)):
        pools.append([wanted])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    slack = max(0.0, total - sum(widths))
    free = [min(max(_mean(pool), 0.0), slack) for pool in pools for _ in pool]
    return [f + b for f, b in zip(free, before, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
