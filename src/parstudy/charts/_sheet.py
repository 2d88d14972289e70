"""A picture as a stack of blocks, measured in inches: legend, panels, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians, sin
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._panel import Panel
from parstudy.display.chart import GREY, NORMAL, RED, SMALL, WIDTH, Chart
from parstudy.display.lettering import Words

_INVENTED, _TURNED = "SYNTHETIC · GIẢ ĐỊNH", 20
LINE = 0.165
"""Height of a line of small text in inches."""


@dataclass(frozen=True)
class Key:
    """One entry of a legend: artists' properties and a text."""

    label: str
    line: dict[str, Any] | None = None
    patch: dict[str, Any] | None = None


class Sheet:
    """Stacks a legend, panels and notes; nothing overlaps since every height is known.

    Parameters
    ----------
    width : float
        Width in inches.
    """

    def __init__(self, width: float = WIDTH) -> None:
        self.width = width
        self.figure = Figure(figsize=(width, 1.0))
        self._blocks: list[tuple[Axes, float, float, float, float]] = []
        self._top = 0.06
        self._to_figure = Affine2D()  # known when the height is
        # inches from the top left; words outside of panels need no axes, which are slow to make
        self._inches = self._to_figure + self.figure.transFigure

    def panel(
        self,
        height: float,
        *,
        left: float = 0.1,
        right: float = 0.1,
        top: float = 0.0,
        bottom: float = 0.3,
        title: str = "",
    ) -> Axes:
        """Add axes of ``height`` inches with margins in inches, below what is there."""
        if title:
            self.heading(title)
        return self.beside(height, left=left, right=right, top=top, move_on=bottom)

    def heading(self, title: str) -> None:
        """Add a bold title."""
        lines = wrapped(title, self.width - 0.1, NORMAL, "bold")
        for position, line in enumerate(lines):
            self._write(0.05, 0.1 + position * 0.2, line, size=NORMAL, weight="bold")
        self._top += len(lines) * 0.2

    def beside(
        self,
        height: float,
        *,
        left: float,
        right: float,
        top: float = 0.0,
        move_on: float | None = None,
    ) -> Axes:
        """Add axes; the next block comes beside them unless ``move_on`` gives a bottom margin."""
        label = f"panel {len(self._blocks)}"
        axes = self.figure.add_axes((0, 0, 1, 1), label=label, axes_class=Panel)
        self._blocks.append((axes, self._top + top, height, left, right))
        if move_on is not None:
            self._top += top + height + move_on
        return axes

    def legend(self, keys: Sequence[Key]) -> None:
        """Add a legend that flows over as many lines as it needs."""
        handle, gap = 0.32, 0.2
        rows: list[list[tuple[float, Key, list[str]]]] = [[]]
        x = 0.05
        for key in keys:
            lines = wrapped(key.label, self.width - 0.1 - handle)
            wide = handle + max(text_width(line) for line in lines)
            if rows[-1] and x + wide > self.width - 0.05:
                rows.append([])
                x = 0.05
            rows[-1].append((x, key, lines))
            x += wide + gap
        heights = [max(len(lines) for _, _, lines in row) * LINE + 0.035 for row in rows]
        y = 0.0
        for row, height in zip(rows, heights, strict=True):
            for x, key, lines in row:
                self._draw(key, x, y + LINE / 2)
                for position, line in enumerate(lines):
                    self._write(x + handle, y + (position + 0.5) * LINE, line)
            y += height
        self._top += sum(heights) + 0.05

    def _draw(self, key: Key, x: float, middle: float) -> None:
        """Draw what a key shows."""
        y = self._top + middle
        if key.patch is not None:
            corner = (x + 0.03, y - 0.055)
            patch = Rectangle(corner, 0.2, 0.11, transform=self._inches, **key.patch)
            self.figure.add_artist(patch)
        if key.line is not None:
            look = {"transform": self._inches, **key.line}
            marker = look.pop("marker", None)
            # what has no dot is a line, as it is in the picture
            if look.get("linestyle", "-" if marker is None else "None") != "None":
                self.figure.add_artist(Line2D([x + 0.02, x + 0.24], [y, y], **look))
            if marker is not None:
                look["linestyle"] = "None"
                self.figure.add_artist(Line2D([x + 0.13], [y], marker=marker, **look))

    def note(self, *texts: str) -> None:
        """Add small grey text, each note on lines of its own."""
        lines = [line for text in texts if text for line in wrapped(text, self.width - 0.1)]
        if not lines:
            return
        for position, line in enumerate(lines):
            self._write(0.05, 0.02 + LINE * (position + 0.5), line, color=GREY)
        self._top += len(lines) * LINE + 0.04

    def _write(self, x: float, y: float, text: str, size: float = SMALL, **look: Any) -> None:
        """Write a line, ``y`` inches below what is there."""
        look = {"size": size, "va": "center", "transform": self._inches, **look}
        words = Words(x, self._top + y, text, **look)
        words.set_figure(self.figure)
        self.figure.texts.append(words)

    def chart(
        self,
        id: str,
        alt: str,
        caption: str | Markup,
        notes: Sequence[str] = (),
        *,
        synthetic: bool = False,
    ) -> Chart:
        """Finish the picture.

        Parameters
        ----------
        id : str
            HTML id.
        alt : str
            What the picture shows, with its numbers.
        caption : str or Markup
            Text below the picture.
        notes : sequence of str
            Written below what is drawn, and told behind ``alt``; empty ones are left out.
        synthetic : bool
            Whether to mark the picture as made of invented figures.

        Returns
        -------
        Chart
        """
        told = [note for note in notes if note]
        self.note(*told)
        total = self._top + 0.06
        self.figure.set_size_inches(self.width, total)
        self._to_figure.scale(1 / self.width, -1 / total).translate(0, 1)
        for axes, top, height, left, right in self._blocks:
            axes.set_position(
                (
                    left / self.width,
                    1 - (top + height) / total,
                    (self.width - left - right) / self.width,
                    height / total,
                )
            )
        if synthetic:
            # as large as the picture is wide, or high where it is low; one point is 1.4/72 high
            across = text_width(_INVENTED, 1.0, "bold")
            room = total / (across * sin(radians(_TURNED)) + 1.4 / 72)
            self.figure.text(
                0.5, 0.5, _INVENTED, size=min(26 * self.width / WIDTH, room), weight="bold",
                color=RED, alpha=0.16, rotation=_TURNED, ha="center", va="center",
            )  # fmt: skip
        return Chart(id, self.figure, " ".join([alt, *told]), caption)


def invented(*frames: pd.DataFrame) -> bool:
    """Whether one of the tables holds synthetic figures, by its column ``synthetic``."""
    return any("synthetic" in f and bool(f["synthetic"].fillna(False).any()) for f in frames)


def bare(axes: Axes, *, x: bool = True, y: bool = False) -> None:
    """Take away the frame; keep an axis where asked for."""
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(side == "bottom" and x)
    axes.xaxis.set_visible(x)
    axes.yaxis.set_visible(y)
    if y:
        axes.tick_params(length=3)
