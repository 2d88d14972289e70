"""How large words are in a picture: measured once, to lay them out and to draw them."""

from __future__ import annotations

import io
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.text import Text
from matplotlib.transforms import Bbox

FAMILY = "DejaVu Sans"
"""Font of all pictures; matplotlib brings it along."""

SIZE = 100.0
"""Points at which letters are measured."""


@lru_cache(maxsize=4096)
def measured(text: str, weight: str | int = "normal") -> tuple[float, float, float]:
    """Width, height and depth below the line of one line of text, in points.

    Parameters
    ----------
    text : str
        The line.
    weight : str or int
        As matplotlib has it.

    Returns
    -------
    tuple of float
        For letters of 100 points that are not hinted, as matplotlib measures for SVG.
    """
    font = _font(weight)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    width, height = font.get_width_height()
    return width / 64.0, height / 64.0, font.get_descent() / 64.0


@cache
def _font(weight: str | int) -> FT2Font:
    path = findfont(FontProperties(family=[FAMILY], weight=weight))
    # held in memory: of its file ten pieces are read, one by one, for each letter
    font = FT2Font(io.BytesIO(Path(path).read_bytes()))
    font.set_size(SIZE, 72)
    return font


class Words(Text):
    """One line of level words; where it stands is worked out without the rest that words can be."""

    def _get_layout(self, renderer: Any) -> Any:
        words = self.get_text()
        usual = self._linespacing == "normal" and not (self.get_wrap() or self.get_parse_math())  # type: ignore[attr-defined]
        if not isinstance(renderer, _Renderer) or "\n" in words or self.get_rotation() or not usual:
            return super()._get_layout(renderer)  # type: ignore[misc]
        prop = self.get_fontproperties()
        width, height, depth = renderer.get_text_width_height_descent(words, prop, False)
        above, below, _ = renderer._get_font_height_metrics(prop)
        if above is None or below is None:
            return super()._get_layout(renderer)  # type: ignore[misc]
        above, below = max(height - depth, above), max(depth, below)
        low = -above - below
        x = {"left": 0.0, "right": width}.get(self.get_horizontalalignment(), width / 2)
        y = {
            "bottom": low, "top": 0.0, "center": low / 2, "baseline": low + below,
        }.get(self.get_verticalalignment(), -above / 2)  # fmt: skip
        box = Bbox.from_bounds(-x, low - y, width, -low)
        told = [(words, (width, above, below), (-x, -above - y))]
        return box, told, ((-x, low - y), (width, -low))


class _Renderer(RendererSVG):
    """matplotlib's, which looks up what was measured already."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """As matplotlib gives it."""
        usual = prop.get_style() == prop.get_stretch() == prop.get_variant() == "normal"
        if ismath or not usual or prop.get_family() != [FAMILY]:
            return self._text2path.get_text_width_height_descent(s, prop, ismath)
        scale = prop.get_size_in_points() / SIZE
        width, height, depth = measured(s, prop.get_weight())
        return width * scale, height * scale, depth * scale

    def _get_font_height_metrics(
        self, prop: FontProperties
    ) -> tuple[float | None, float | None, float | None]:
        # matplotlib asks before it reads them from a font, which it does for each text
        if prop.get_family() != [FAMILY]:
            return None, None, None
        units, above, below, between = _heights(prop.get_weight())
        scale = 1 / units * prop.get_size_in_points()
        return above * scale, below * scale, between * scale


@cache
def _heights(weight: str | int) -> tuple[int, int, int, int]:
    """Units of a letter's size; in these, the room above, below and between lines."""
    font = _font(weight)
    head, sizes = font.get_sfnt_table("head"), font.get_sfnt_table("OS/2")
    assert head is not None
    assert sizes is not None
    below = -sizes["sTypoDescender"]
    return head["unitsPerEm"], sizes["sTypoAscender"], below, sizes["sTypoLineGap"]


class FigureCanvas(FigureCanvasSVG):
    """Where `Figure.savefig` draws that is given this module as its back end."""

    def print_svg(self, filename: Any, *, metadata: Any = None, **_: Any) -> None:
        """Write a figure to a stream of text."""
        figure = self.figure
        width, height = figure.get_size_inches()
        dpi, figure.dpi = figure.dpi, self.fixed_dpi
        kind: Any = _Renderer  # which has no types; no artist of ours is a raster
        renderer = kind(width * 72, height * 72, filename, image_dpi=dpi, metadata=metadata)
        figure.draw(renderer)
        renderer.finalize()
