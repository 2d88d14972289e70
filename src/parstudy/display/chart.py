"""A finished picture, and how all pictures look, whatever the session has set."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from parstudy.display.tables import capital, check_id
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 4.8
"""Width of every chart in inches: at 390 px on a phone, 9 pt is still read."""
SMALL, NORMAL = 9.0, 10.0

# Okabe and Ito's palette keeps apart for the colour-blind; greys for what is context
BLUE, ORANGE, GREEN, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00"
OWN = RED
"""The province that a picture is about, in every picture."""
INK, GREY, LIGHT, PALE = "#222222", "#6b6b6b", "#bdbdbd", "#ececec"

_STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": NORMAL,
    "axes.titlesize": NORMAL,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": SMALL,
    "axes.labelcolor": INK,
    "axes.edgecolor": LIGHT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "svg.fonttype": "none",  # words are text; who publishes brings the font
    "svg.hashsalt": "parstudy",
}
HALO = "halo"
"""What a text is called (``gid``) that has a white edge, since it may stand on a line."""
_HALO = re.compile(r'(<g id="halo">\s*)(<text style=")')
_GLOW = "paint-order: stroke; stroke: #ffffff; stroke-width: 2px; "
_FAMILY, _FAMILIES = "'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif"  # equally wide
# Not a user's to lose: these belong to the session, not to the picture
_SESSION = ("backend", "interactive", "toolbar", "webagg.", "tk.", "macosx.", "date.epoch")


@contextmanager
def style() -> Iterator[None]:
    """Draw with this package's settings whatever the session has set, then give them back."""
    import matplotlib as mpl

    # as rc_context does, which looks at each of 300 settings again
    params: Any = mpl.rcParams
    settings = _settings()
    before = {key: params._get(key) for key in settings}
    try:
        _set(params, settings)
        yield
    finally:
        _set(params, before)


def _set(params: Any, settings: Mapping[str, Any]) -> None:
    for key, value in settings.items():
        params._set(key, value)


@cache
def _settings() -> dict[str, Any]:
    """Settings of all pictures, as matplotlib keeps them."""
    import matplotlib as mpl

    params: Any = mpl.rcParamsDefault.copy()
    params.update(_STYLE)
    return {key: params._get(key) for key in params if not key.startswith(_SESSION)}


@dataclass(frozen=True, eq=False)
class Chart:
    """A finished picture.

    Parameters
    ----------
    id : str
        HTML id: lower-case letters, digits and hyphens.
    figure : matplotlib.figure.Figure
        The picture; made without pyplot, so that it is shown nowhere by itself.
    alt : str
        What the picture shows, with its numbers, for who cannot see it.
    caption : str or Markup
        Text below the picture.

    Raises
    ------
    ParstudyError
        ``bad_id`` or ``no_alternative_text``.
    """

    id: str
    figure: Figure
    alt: str
    caption: str | Markup

    def __post_init__(self) -> None:
        check_id(self.id)
        if not self.alt.strip():
            raise ParstudyError(
                "no_alternative_text", "chart without alternative text", place=f"chart {self.id}"
            )
        object.__setattr__(self, "caption", capital(self.caption))

    def svg(self) -> bytes:
        """Give the picture as SVG, the same bytes each time; its words are text."""
        out = io.StringIO()
        with style():
            self.figure.savefig(
                out,
                format="svg",
                backend="module://parstudy.display.lettering",
                metadata={"Date": None, "Creator": "parstudy"},
            )
        text = out.getvalue().replace(_FAMILY, _FAMILIES)
        return _HALO.sub(r"\1\2" + _GLOW, text).encode()

    def png(self, dpi: float = 150) -> bytes:
        """Give the picture as PNG, the same bytes each time."""
        from matplotlib.patheffects import withStroke

        out = io.BytesIO()
        glowing: Any = self.figure.findobj(lambda artist: artist.get_gid() == HALO)
        with style():
            for text in glowing:
                text.set_path_effects([withStroke(linewidth=2, foreground="white")])
            self.figure.savefig(out, format="png", dpi=dpi, metadata={"Software": "parstudy"})
        for text in glowing:
            text.set_path_effects([])
        return out.getvalue()

    def _repr_html_(self) -> str:
        width, height = (round(float(side) * 96) for side in self.figure.get_size_inches())
        data = base64.b64encode(self.svg()).decode("ascii")
        source = f"data:image/svg+xml;base64,{data}"
        return figure_html(
            source, self.alt, width, height, self.id, self.caption, kind="ps-figure ps-drawn"
        )


def figure_html(
    source: str,
    alt: str,
    width: int,
    height: int,
    id: str = "",
    caption: str | Markup = "",
    *,
    kind: str = "ps-figure",
) -> Markup:
    """Write a picture with its caption; ``source`` is a data URI."""
    # the size keeps the page from jumping; the style keeps a phone from scrolling sideways
    return Markup(
        '<figure class="{kind}"{id}><img alt="{alt}" width="{width}" '
        'height="{height}" style="max-width:100%;height:auto" '
        'src="{source}">{caption}</figure>'
    ).format(
        id=Markup(' id="{}"').format(id) if id else "",
        kind=kind,
        alt=alt,
        width=width,
        height=height,
        source=source,
        caption=Markup("<figcaption>{}</figcaption>").format(caption) if caption else "",
    )
