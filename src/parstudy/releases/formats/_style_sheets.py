"""Rules of the style sheets in a page: for which elements, what they say, and on which screens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from parstudy import budget
from parstudy.releases.formats._selectors import top_level

# of each property its value, and whether it is important
Declared = dict[str, tuple[str, int]]

# properties, or how their names begin, that neither hide nor move a text
_HARMLESS = re.compile(
    "mso|font-|padding|border|outline|list-style|page|break-|transition|scroll|gap|row-gap|caret"
    "|text-(?:align|decoration-|transform|justify|wrap|overflow|rendering|size-adjust|shadow"
    "|underline|autospace|emphasis|kashida|stroke)|column-(?:gap|rule)|align-|justify-|place-|box-"
    "|grid-(?:template|auto|gap)|flex-(?:grow|shrink|basis|wrap)|tab-|hyphens|word-|line-break"
    "|overflow-wrap|white-space|cursor|pointer-events|user-select|touch-action|will-change|contain"
    "|table-layout|caption-side|empty-cells|min-|color-scheme|accent-color|print-color-adjust"
    "|tap-highlight-color|overscroll|resize|appearance|quotes|orphans|widows|z-index|isolation"
    "|object-|image|counter-|size|layout-grid|punctuation-|interpolation-|fill|stroke|background-"
    "|aspect-ratio|hanging-|ruby-|speak|osx-font-smoothing"
)
_COUNT = frozenset(
    ("font-size", "background-color", "background-image", "background-clip", "text-decoration-line")
)
_MOST_DIGITS = 40
_DIGITS = re.compile(r"[0-9]+")
_VENDOR = re.compile(r"-(?:webkit|moz|ms|o|khtml)-")
# every desktop's screen is as wide as the first, none is wider than the second
_NARROWEST, _WIDEST = 1000, 2000
_WIDTH = re.compile(r"(min|max)-(?:device-)?width\s*:\s*([0-9.]+)(px|em|rem)")
_RANGE = re.compile(r"width\s*(<|>)=?\s*([0-9.]+)(px|em|rem)")
_FEATURES = {
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "prefers-contrast": "no-preference",
    "forced-colors": "none",
    "orientation": "landscape",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "-ms-high-contrast": "none",
}


@dataclass(frozen=True)
class Rule:
    """One selector and its declarations; not ``sure`` where it may hold for some screens only."""

    selector: str
    said: Declared
    sure: bool


def with_short_numbers(style: str) -> str:
    """A style in which no number has more digits than Python makes a number of."""
    return _DIGITS.sub(lambda found: found[0][:_MOST_DIGITS], style)


def rules(root: Any) -> Iterator[Rule]:
    """Rules of the style sheets in the page that can hide or move something, in their order."""
    import tinycss2

    for sheet in root.iter("style"):
        sure = media(sheet.get("media") or "all")
        if sure is not False:
            text = with_short_numbers(sheet.text_content())
            budget.look_at_the_clock()
            nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
            yield from _of_nodes(nodes, "", sure=sure is True)


def _of_nodes(nodes: Iterable[Any], around: str, *, sure: bool) -> Iterator[Rule]:
    import tinycss2

    for node in nodes:
        if node.type == "qualified-rule":
            inside = tinycss2.parse_blocks_contents(node.content, True, True)
            said = _counted(inside)
            nested = [one for one in inside if one.type in ("qualified-rule", "at-rule")]
            for one in top_level(tinycss2.serialize(node.prelude).strip()):
                selector = one.replace("&", around) if "&" in one else f"{around} {one}".strip()
                if said:
                    yield Rule(selector, said, sure)
                yield from _of_nodes(nested, selector, sure=sure)
        elif node.type == "at-rule" and node.content is not None:
            holds = _holds(node.lower_at_keyword, tinycss2.serialize(node.prelude))
            if holds is not False:
                inside = tinycss2.parse_blocks_contents(node.content, True, True)
                now = sure and holds is True
                if around and (said := _counted(inside)):
                    yield Rule(around, said, now)
                yield from _of_nodes(inside, around, sure=now)


def _holds(word: str, said: str) -> bool | None:
    """Whether the rules within a block of rules hold; nothing where that is not known."""
    if word == "media":
        return media(said)
    if word in ("supports", "layer"):
        return None if re.match(r"\s*not\b", said) else True
    return None if word in ("container", "scope", "document", "-moz-document") else False


def media(said: str) -> bool | None:
    """Whether a condition holds on the screen of a desktop; nothing where it does on some.

    >>> media("print"), media("screen and (min-width: 600px)"), media("(min-width: 1200px)")
    (False, True, None)
    """
    found = [_query(one.strip().casefold()) for one in said.split(",")]
    return True if True in found else None if None in found else False


def _query(said: str) -> bool | None:
    said = " ".join(said.split())
    turned = said.startswith("not ")
    parts = re.sub(r"^(?:not|only) ", "", said).split(" and ")
    found = [_feature(part.strip()) for part in parts]
    holds = False if False in found else None if None in found else True
    return holds if holds is None else holds is not turned


def _feature(said: str) -> bool | None:
    if said[:1] != "(":
        return said in ("all", "screen", "")
    inner = said.strip("() ")
    if width := _WIDTH.fullmatch(inner) or _RANGE.fullmatch(inner):
        pixels = float(width[2]) * (1 if width[3] == "px" else 16)
        least = width[1] in ("min", ">")
        sure, never = (_NARROWEST, _WIDEST) if least else (_WIDEST, _NARROWEST)
        sign = 1 if least else -1
        return (
            True
            if sign * pixels <= sign * sure
            else None
            if sign * pixels < sign * never
            else False
        )
    name, _, value = inner.partition(":")
    usual = _FEATURES.get(name.strip())
    return None if usual is None else value.strip() in ("", usual)


@lru_cache(maxsize=4096)
def declared(style: str) -> Declared:
    """What a ``style`` attribute says that can hide or move a text."""
    import tinycss2

    return _counted(tinycss2.parse_blocks_contents(with_short_numbers(style), True, True))


def _counted(nodes: Iterable[Any]) -> Declared:
    import tinycss2

    found: Declared = {}
    for one in nodes:
        if one.type != "declaration":
            continue
        name = one.name if one.name[:2] == "--" else _VENDOR.sub("", one.lower_name)
        if _HARMLESS.match(name) and name not in _COUNT:
            continue
        value = tinycss2.serialize(one.value).strip()
        said = (value if name == "content" else value.casefold(), int(one.important))
        if name not in found or found[name][1] <= said[1]:
            found[name] = said
    return found
