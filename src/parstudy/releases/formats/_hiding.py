"""Whether declarations hide a text, or may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from parstudy.releases.formats._style_sheets import with_short_numbers

_PIXELS = {
    **{"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78},
    **{"em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "%": 10.0},
    **dict.fromkeys(("vw", "vh", "vmin", "vmax", "dvw", "dvh", "svw", "svh"), 20.0),
}
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e\d+)?)([a-z%]*)")
_LENGTHS = re.compile(r"(?<![\w.#-])[+-]?(?:\d+\.?\d*|\.\d+)[a-z%]*")
_NOTHING = r"\(\s*0*\.?0*%?\s*[,)]"
_CUT = re.compile(
    r"rect\((?:[01](?:px)?[\s,]*){4}\)|inset\((?:50|100)%[^)]*\)|circle\(0[a-z%]*\b.*"
    rf"|.*scale[xyz3d]*{_NOTHING}.*|0(?:\.0+)?%?"
)
_SEEN_THROUGH = re.compile(rf"opacity{_NOTHING}")
_MOVED = re.compile(r"translate[xyz3d]*\(([^()]*)\)")
_OFFSETS = ("left", "right", "top", "bottom", "inset", "inset-inline-start", "inset-inline-end")
_SIZES = ("width", "max-width", "height", "max-height", "inline-size", "block-size")
_OFF_LEFT, _OFF_RIGHT, _OFF_MARGIN = -100, 2000, -500
_SMALL = 40
# "inherit" and its like give back what the page has elsewhere
_USUAL = frozenset(
    (
        *("none", "normal", "auto", "visible", "static", "relative", "sticky", "ltr"),
        *("row", "column", "horizontal-tb", "isolate", "embed", "plaintext", "0", "1"),
        *("100%", "inherit", "initial", "unset", "revert", "revert-layer", "border-box"),
        *("padding-box", "content-box", "currentcolor", "both", "clear"),
    )
)
# judged by what they say together, or with the elements around
_ELSEWHERE = frozenset(
    (
        *("display", "visibility", "color", "background", "background-color", "font"),
        "background-image",
        *("font-size", "content", "text-decoration", "text-decoration-line"),
        *("vertical-align", "text-fill-color", "text-indent", "opacity", "overflow"),
        *("overflow-x", "overflow-y", "clear", "line-height", "letter-spacing", "flex"),
        *("grid", "columns", "column-count"),
    )
)


def pixels(length: str) -> float | None:
    """A length in pixels, roughly; nothing for a text that is none.

    >>> pixels("1.5em"), pixels("calc(1px + 1em)")
    (24.0, None)
    """
    match = _LENGTH.fullmatch(length.strip())
    unit = _PIXELS.get(match[2]) if match else None
    return float(match[1]) * unit if match and unit is not None else None


def hidden(looks: Mapping[str, str]) -> bool:
    """Whether a text that looks so is nowhere to be seen, whatever is said of what it holds."""
    opacity = pixels(looks.get("opacity", ""))
    cut = (looks.get(name, "") for name in ("clip", "clip-path", "transform", "scale"))
    clipped = any(
        looks.get(n) in ("hidden", "clip") for n in ("overflow", "overflow-x", "overflow-y")
    )
    return (
        (opacity is not None and opacity <= (1 if "%" in looks["opacity"] else 0.1))
        or _SEEN_THROUGH.search(looks.get("filter", "")) is not None
        or looks.get("content-visibility") == "hidden"
        or looks.get("text-security", "none") != "none"
        or any(map(_CUT.fullmatch, cut))
        or (clipped and any(size <= 1 for size in _sizes(looks)))
        or _is_away(looks)
    )


def _sizes(looks: Mapping[str, str]) -> list[float]:
    return [size for name in _SIZES if (size := pixels(looks.get(name, ""))) is not None]


def _is_away(looks: Mapping[str, str]) -> bool:
    """Whether a text is put beyond the edges of the page."""
    margins = [value for name, value in looks.items() if name.startswith("margin")]
    said = [looks.get("text-indent", "")]
    if looks.get("position", "static") != "static":
        said += [looks.get(name, "") for name in _OFFSETS]
    said += [*_MOVED.findall(looks.get("transform", "")), looks.get("translate", "")]
    lengths = [length for value in said for length in _all(value)]
    return any(one <= _OFF_LEFT or one >= _OFF_RIGHT for one in lengths) or any(
        _least(value) <= _OFF_MARGIN for value in margins
    )


def doubts(looks: Mapping[str, str]) -> list[str]:
    """Properties that may hide or move a text, or that are not understood."""
    found = [
        name
        for name, value in looks.items()
        if name not in _ELSEWHERE
        and name not in _SIZES
        and name not in _OFFSETS
        and not name.startswith(("--", "margin"))
        and value not in _USUAL
    ]
    found += [n for n, v in looks.items() if n.startswith("margin") and _least(v) < -2]
    if looks.get("position") in ("relative", "sticky"):
        found += [n for n in _OFFSETS if any(abs(x) > 8 for x in _all(looks.get(n, "")))]
    clipped = {looks.get(n) for n in ("overflow", "overflow-x", "overflow-y")} - {None, "visible"}
    if clipped and any(size < _SMALL for size in _sizes(looks)):
        found.append("overflow")
    spacing, line = pixels(looks.get("letter-spacing", "")), looks.get("line-height", "")
    found += ["letter-spacing"] if spacing is not None and spacing < -4 else []
    found += ["line-height"] if pixels(line) is not None and (pixels(line) or 0) < 0.5 else []
    faint = pixels(looks.get("opacity", ""))
    if faint is not None and faint < (3.5 if "%" in looks["opacity"] else 0.35):
        found.append("opacity")
    found += ["order"] if looks.get("order") == "1" else []
    return found + (["display"] if "var(" in looks.get("display", "") else [])


def _all(value: str) -> list[float]:
    return [pixels(one) or 0 for one in _LENGTHS.findall(value)]


def _least(value: str) -> float:
    return min(_all(value), default=0)


# ------------------------------------------------------------------ colours and sizes


def size_of(looks: Mapping[str, str]) -> float | None:
    """The size of letters in pixels, where it is said; the share of that around is none."""
    said = looks.get("font-size", "")
    if not said and looks.get("font"):
        said = next((one.split("/")[0] for one in looks["font"].split() if _is_size(one)), "")
    return pixels(said)


def _is_size(word: str) -> bool:
    return pixels(word.split("/")[0]) is not None and not re.fullmatch("[1-9]00", word)


@lru_cache(maxsize=4096)
def colour(said: str) -> tuple[float, float, float, float] | None:
    """Red, green, blue and opacity of a colour, from 0 to 1; nothing for a text that is none.

    >>> colour("white"), colour("#000")
    ((1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0))
    """
    from tinycss2 import color4

    found = color4.parse_color(with_short_numbers(said))
    try:
        red, green, blue, alpha = found.to("srgb")
    except (AttributeError, NotImplementedError):
        return None
    return float(red), float(green), float(blue), float(alpha)


_COLOUR_FUNCTIONS = frozenset(
    ("rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color")
)


def ground(said: str) -> tuple[float, float, float] | str:
    """The colour of a ``background``; ``none``, or ``unknown`` as behind a picture."""
    if not _COLOUR_FUNCTIONS.issuperset(re.findall(r"(?<![\w-])([\w-]+)\(", said)):
        return "unknown"
    for word in re.findall(r"(?<![\w-])[a-z-]+\([^()]*\)|#?[\w-]+", said):
        found = colour(word)
        if found is not None:
            return "none" if found[3] < 0.1 else found[:3] if found[3] > 0.5 else "unknown"
    return "none"


def contrast(text: tuple[float, float, float, float], behind: tuple[float, float, float]) -> float:
    """The contrast of a text and its ground, from 1 (the same) to 21, as WCAG reckons it."""
    mixed = [t * text[3] + b * (1 - text[3]) for t, b in zip(text[:3], behind, strict=True)]
    one, other = sorted((_luminance(mixed), _luminance(list(behind))))
    return (other + 0.05) / (one + 0.05)


def _luminance(colour: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
