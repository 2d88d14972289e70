"""Pictures of a page as part of it: their words are text, in one font that the page brings along.

A picture that parstudy has drawn comes from the notebook as an image, which every viewer of
notebooks shows. In the report it stands as drawing, so that its words are found, copied and read;
the letters that the drawings of the page need come with it, and with each picture taken along.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

_DRAWN = re.compile(
    r'(<figure class="ps-figure ps-drawn" id="([a-z][a-z0-9-]*)">\s*)<img alt="([^"]*)" [^>]*?'
    r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"[^>]*>'
)
_KEPT = {
    "svg": {"viewBox"}, "g": {"clip-path", "transform"}, "defs": set(),
    "path": {"d", "clip-path", "transform"}, "use": {"x", "y", "href"},
    "text": {"x", "y", "transform"}, "clipPath": set(),
    "rect": {"x", "y", "width", "height", "fill"},
    "pattern": {"x", "y", "width", "height", "patternUnits"},
}  # fmt: skip
_ALWAYS = {"style", "id"}
_TURNED = re.compile(r"rotate\(-?0 [^)]*\)\s*")
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LETTERS = re.compile(r"<text([^>]*)>([^<]*)</text>")
FACES = (("400", "DejaVuSans.ttf"), ("700", "DejaVuSans-Bold.ttf"))
"""Weights that pictures are written in, and their fonts."""
# what Vietnamese and English pages are written with; a page takes its letters from these
_USUAL = (
    *range(0x20, 0x7F), *range(0xA0, 0x180), 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA),
    *range(0x2010, 0x2030), *map(ord, "←→↑↓−×≤≥≈±●○◆△▲▼✓ρτβ"),
)  # fmt: skip


def with_drawings(html: str) -> str:
    """Put the pictures that parstudy has drawn into a page as drawings, with their font.

    Parameters
    ----------
    html : str
        The finished document.

    Returns
    -------
    str
        The document; a picture that holds anything else than a plain drawing stays an image.
    """
    drawn: list[str] = []

    def inside(found: re.Match[str]) -> str:
        """The drawing of one figure."""
        try:
            data = base64.b64decode(found[4])
        except binascii.Error:
            return found[0]
        svg = _drawing(data, found[2], found[3])
        if svg is None:
            return found[0]
        drawn.append(svg)
        return f"{found[1]}{svg}"

    text = _DRAWN.sub(inside, html)
    if not drawn:
        return html
    return text.replace("</head>", f'<style id="ps-font">{font_face(drawn)}</style>\n</head>', 1)


def _drawing(data: bytes, id: str, alt: str) -> str | None:
    """The picture without all that a page does not need; None if it is more than a drawing.

    Parameters
    ----------
    data : bytes
        SVG.
    id : str
        Id of its figure, before its own ids.
    alt : str
        Text alternative, escaped.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    etree.strip_elements(root, "{*}metadata", "{*}style", with_tail=False)
    used = set(re.findall(rb'(?:href="#|url\(#)([^")]+)', data))
    names: dict[str, str] = {}
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2]
        if tag not in _KEPT:
            return None
        element.tag = tag
        for name in list(element.attrib):
            value = element.attrib.pop(name)
            plain = name.rpartition("}")[2]
            if plain == "id":
                if value.encode() in used:
                    names.setdefault(value, f"{id}-{len(names) + 1}")
                    element.set("id", value)
            elif plain in _KEPT[tag] or plain in _ALWAYS:
                element.set(plain, value)
    for element in list(root.iter()):
        if not _tidied(element, names):
            return None
    etree.cleanup_namespaces(root)
    inner = "".join(etree.tostring(child, encoding="unicode") for child in root)
    return (
        f'<svg role="img" aria-label="{alt}" viewBox="{root.get("viewBox")}" '
        "style=\"font:9px 'DejaVu Sans',Verdana,sans-serif;fill:#222;stroke-linejoin:round\">"
        f"{inner}</svg>"
    )


def _tidied(element: Any, names: dict[str, str]) -> bool:
    """Shorten one element, and give what it refers to its new name; False if that is not here."""
    for name, value in list(element.attrib.items()):
        if name == "id":
            value = names[value]
        elif name == "href":
            if value[1:] not in names:
                return False
            value = f"#{names[value[1:]]}"
        elif "url(" in value:
            inside = _REFERENCE.findall(value)
            if len(inside) != value.count("url(") or not all(ref in names for ref in inside):
                return False
            value = _REFERENCE.sub(lambda ref: f"url(#{names[ref[1]]})", value)
        if name == "d":
            value = _path(value)
        elif name == "transform":
            value = _TURNED.sub("", value)
        if name == "style":
            value = _style(value, element.tag)
        elif name not in ("id", "href", "viewBox"):
            value = _shortened(value)
        if value:
            element.set(name, value)
        else:
            del element.attrib[name]
    if element.tag == "g" and not element.attrib and element.getparent() is not None:
        parent, at = element.getparent(), element.getparent().index(element)
        parent[at : at + 1] = list(element)
    return True


def _short(number: str) -> str:
    """A hundredth of a point is less than a screen shows.

    >>> [_short(number) for number in ("-0.456", "12.30", "0.004", "-0.001", "7.0")]
    ['-.46', '12.3', '0', '0', '7']
    """
    short = f"{abs(float(number)):.2f}".rstrip("0").rstrip(".")
    short = short.removeprefix("0") or "0"
    return f"-{short}" if number.startswith("-") and short != "0" else short


def _shortened(value: str) -> str:
    return _NUMBER.sub(lambda number: _short(number[0]), value)


def _path(value: str) -> str:
    return re.sub(r"\s*([MLQCzZ])\s*", r"\1", " ".join(value.split()))


@lru_cache(maxsize=1024)  # few of all styles of a picture differ
def _style(value: str, tag: str) -> str:
    """Declarations without blanks, colours in three digits, without what holds of all text."""
    kept = re.sub(r"\s*([:;])\s*", r"\1", value)
    kept = re.sub(r"#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3\b", r"#\1\2\3", kept)
    if tag == "text":
        kept = re.sub(r"font-family:[^;]*;?", "", kept)
        for usual in ("font-size:9px", "text-anchor:start", "fill:#222"):
            kept = ";".join(part for part in kept.split(";") if part != usual)
    return _shortened(kept.strip(";"))


# --- the font ------------------------------------------------------------------------------------


def font_face(drawings: Iterable[str]) -> str:
    """Rules that bring the letters of some drawings, DejaVu Sans as matplotlib measures with it.

    Parameters
    ----------
    drawings : iterable of str
        As they stand in a page.

    Returns
    -------
    str
        A rule for each weight in use, its font as WOFF in a data address; the same letters give
        the same bytes.
    """
    letters: dict[str, set[str]] = {}
    for svg in drawings:
        for style, text in _LETTERS.findall(svg):
            weight = "700" if "bold" in style or "font-weight:700" in style else "400"
            letters.setdefault(weight, set()).update(str(Markup(text).unescape()))
    return "".join(
        f"@font-face{{font-family:'DejaVu Sans';font-weight:{weight};src:url(data:font/woff;base64,"
        f"{base64.b64encode(_font(file, ''.join(sorted(letters[weight])))).decode('ascii')})}}"
        for weight, file in FACES
        if weight in letters
    )


@cache
def _font(file: str, letters: str) -> bytes:
    """The letters of a font that matplotlib brings along, compressed."""
    source = _usual(file) if all(ord(letter) in _USUAL for letter in letters) else _whole(file)
    return _subset(source, map(ord, letters), "woff")


@cache
def _usual(file: str) -> bytes:
    """Letters of Vietnamese and English: what a page takes its own from, twenty times smaller."""
    return _subset(_whole(file), _USUAL, None)


def _whole(file: str) -> bytes:
    return font_path(file).read_bytes()


def font_path(file: str) -> Path:
    """Where matplotlib has the font of a file's name, such as those of `FACES`."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / file


def _subset(source: bytes, letters: Iterable[int], flavor: str | None) -> bytes:
    """Leave of a font the letters alone, without hints, layout and names."""
    from fontTools import subset

    font = subset.load_font(io.BytesIO(source), options := subset.Options())
    options.hinting, options.layout_features, options.name_IDs = False, [], []
    options.drop_tables += ["FFTM", "GSUB", "GPOS", "GDEF", "kern"]
    options.recalc_timestamp = False
    options.flavor = flavor
    cut = subset.Subsetter(options)
    cut.populate(unicodes=letters)
    cut.subset(font)
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return out.getvalue()
