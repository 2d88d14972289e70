"""What a page's own style sheets hide, and what they put before and after a text.

Only rules that hold for every screen count. Selectors are turned into XPath; one that is not
understood and hides something is told, so that somebody can look.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parstudy import budget

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.S)
_PART = re.compile(
    r"(?P<tag>[a-zA-Z][\w-]*|\*)?(?P<rest>(?:[.#][\w-]+|\[[^\]]+\]|:{1,2}[\w-]+(?:\([^()]*\))?)*)"
)
_PIECE = re.compile(r"[.#][\w-]+|\[[^\]]+\]|:{1,2}[\w-]+(?:\([^()]*\))?")
_ATTRIBUTE = re.compile(r"""\[\s*([\w-]+)\s*(?:(=|~=|\^=|\*=|\$=)\s*["']?([^"'\]]*)["']?\s*)?\]""")
_NTH = re.compile(r"(?:([+-]?\d*)n)?\s*([+-]?\s*\d+)?")
_MATCHING = {
    "=": "@{0}='{1}'",
    "~=": "contains(concat(' ',normalize-space(@{0}),' '),' {1} ')",
    "^=": "starts-with(@{0},'{1}')",
    "*=": "contains(@{0},'{1}')",
    "$=": "substring(@{0},string-length(@{0})-string-length('{1}')+1)='{1}'",
}
_PLACING = ("position", "left", "top", "text-indent", "clip", "clip-path", "transform", "filter")
_SIZES = ("width", "max-width", "height", "max-height")
_COLOURS = ("color", "background-color", "background")
_LOOKS = (
    *("display", "visibility", "content-visibility", "opacity", "font-size", "content", "overflow"),
    *("text-decoration", "text-decoration-line", "vertical-align"),
    *(*_PLACING, *_SIZES, *_COLOURS),
)
_FAR = re.compile(r"-\d{3,}(?:\.\d+)?[a-z]+|\d{4,}(?:\.\d+)?px|\d{3,}(?:\.\d+)?v[wh]")
_WHITE = re.compile(
    r"white|#f{3}|#f{4}|#f{6}|#f{8}|rgba?\((?:255[\s,]*){3}(?:[,/\s]*1(?:\.0+)?)?\)"
)
_CLEAR = re.compile(r"transparent|#[0-9a-f]{3}0|#[0-9a-f]{6}00|rgba\(.*[,/]\s*0(?:\.0+)?%?\s*\)")
_CLIPPED = re.compile(
    r"rect\((?:[01](?:px)?[\s,]*){4}\)|inset\((?:50|100)%[^)]*\)|(?:scale|opacity)\(0[^)]*\)"
)
_LONGEST = 1_000  # characters of a selector that is understood
# siblings that are looked at for all rules of a page
_MOST_STEPS = 20_000_000
# states that a page at rest does not have
_AT_REST = (":hover", ":focus", ":active", ":checked", ":target", ":visited")

# important, of the selector, in the order of the rules
_Weight = tuple[int, int, int]


@dataclass
class Styles:
    """Declarations that win for each element of a page.

    Attributes
    ----------
    unknown : list of str
        Selectors of rules that hide something and are not understood.
    elsewhere : bool
        Whether the page has style sheets that are not in the file: grounds are not known then.
    """

    unknown: list[str] = field(default_factory=list)
    elsewhere: bool = False
    _won: dict[Any, dict[tuple[str, str], tuple[_Weight, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any) -> Styles:
        """The styles of a page: those of its sheets, and those of the elements themselves."""
        found = cls(elsewhere=bool(root.xpath("//link[contains(@rel, 'stylesheet')]")))
        order = steps = 0
        # to look from each element at those beside it takes the square of their number
        sizes = [len(element) for element in root.iter()]
        many, pairs = len(sizes), sum(size * size for size in sizes)
        for selector, said in _rules(root):
            order += 1
            declared = _declared(said)
            path, weight, where = _xpath(selector)
            budget.look_at_the_clock()
            steps += (pairs if "sibling" in path else many) * path.count("/")
            if not path or steps > _MOST_STEPS:
                if _hides({name: value for name, (value, _) in declared.items()}):
                    found.unknown.append(selector)
                continue
            for element in root.xpath(path):
                for name, (value, important) in declared.items():
                    found._put(element, where, name, value, (important, weight, order))
        for element in root.iter():
            if isinstance(element.tag, str) and element.get("style"):
                for name, (value, important) in _declared(element.get("style")).items():
                    found._put(element, "", name, value, (important, 1000, order + 1))
        return found

    def _put(self, element: Any, where: str, name: str, value: str, weight: _Weight) -> None:
        own = self._won.setdefault(element, {})
        if (where, name) not in own or own[where, name][0] <= weight:
            own[where, name] = (weight, value)

    def _value(self, element: Any, name: str, where: str = "") -> str:
        own = self._won.get(element)
        return own[where, name][1] if own and (where, name) in own else ""

    def absent(self, element: Any) -> bool:
        """Whether an element takes no place on the page (``display: none``)."""
        display = self._value(element, "display")
        if element.get("hidden") is not None and not display:
            return True
        collapsed = self._value(element, "visibility") == "collapse"
        return display == "none" or (collapsed and element.tag in ("tr", "col", "colgroup"))

    def blank(self, element: Any) -> bool:
        """Whether an element keeps its place and shows nothing."""
        plain = element.tag != "details" and element.get("color") is None
        if plain and element not in self._won:
            return False
        looks = {name: self._value(element, name) for name in _LOOKS if name != "display"}
        folded = element.tag == "details" and element.get("open") is None
        return (
            folded or _hides(looks) or _away(looks) or self._of_its_ground(element, looks["color"])
        )

    def _of_its_ground(self, element: Any, colour: str) -> bool:
        """Whether text is white on white, as long as nothing around it says another ground."""
        colour = colour or (element.get("color") or "").casefold()
        if not _WHITE.fullmatch(colour) or self.elsewhere:
            return bool(_CLEAR.fullmatch(colour))
        grounds = (
            self._value(e, name) or (e.get("bgcolor") or "").casefold()
            for e in (element, *element.iterancestors())
            for name in ("background-color", "background")
        )
        ground = next(
            (g for g in grounds if g and not _CLEAR.fullmatch(g) and g != "none"), "white"
        )
        return bool(_WHITE.fullmatch(ground))

    def struck(self, element: Any) -> bool:
        """Whether the text of an element is struck out."""
        said = (self._value(element, n) for n in ("text-decoration", "text-decoration-line"))
        return any("line-through" in value for value in said)

    def raised(self, element: Any) -> bool:
        """Whether an element is raised over the line, as footnote marks are."""
        return self._value(element, "vertical-align") == "super"

    def shown_again(self, element: Any) -> bool:
        """Whether an element is seen within one that is not."""
        return self._value(element, "visibility") == "visible" or element.tag == "summary"

    def around(self, element: Any) -> tuple[str, str]:
        """What the style sheets print before and after the text of an element."""
        if element not in self._won:
            return "", ""
        before, after = (
            _content(self._value(element, "content", side), element) for side in ("before", "after")
        )
        return before, after


def _rules(root: Any) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the style sheets in the page, in their order."""
    for sheet in root.iter("style"):
        if (sheet.get("media") or "all").strip().casefold() not in ("all", "screen"):
            continue
        for selectors, said in _blocks(
            _without_conditions(_without_comments(sheet.text_content()))
        ):
            if any(name in said for name in _LOOKS):
                for selector in selectors.split(","):
                    yield selector.strip(), said


def _without_comments(text: str) -> str:
    closed = text.rfind("*/") + 2  # one that is never closed would be looked for again and again
    return _COMMENT.sub(" ", text[:closed]) + text[closed:] if closed > 1 else text


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """What stands before and within each innermost pair of braces."""
    for block in text.split("}")[:-1]:
        before, brace, said = block.rpartition("{")
        selectors = before.rpartition("{")[2]
        if brace and selectors:
            yield selectors, said


def _without_conditions(text: str) -> str:
    """Without the blocks that hold only for some screens; those for all screens are opened."""
    kept, at = "", 0
    for match in re.finditer(r"@([\w-]++)([^{};@]*+)(\{|;)", text):
        if match.start() < at:
            continue
        kept += text[at : match.start()]
        at = match.end()
        if match[3] == ";":
            continue
        depth = 1
        while at < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        if match[1] == "media" and match[2].strip().casefold() in ("all", "screen"):
            kept += text[match.end() : at - 1]
    return kept + text[at:]


def _declared(said: str) -> dict[str, tuple[str, int]]:
    """Value of each property that counts here, and whether it is important."""
    found = {}
    for one in said.split(";"):
        name, _, value = one.partition(":")
        name, important = name.strip().casefold(), "!important" in value.casefold()
        if name in _LOOKS:
            value = re.sub(r"!\s*important", "", value, flags=re.I).strip()
            found[name] = (value if name == "content" else value.casefold(), int(important))
    return found


def _hides(looks: dict[str, str]) -> bool:
    nothing = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%)?|1(?:px|pt)|0?\.[0-9]+(?:px|pt)")
    return (
        looks.get("display") == "none"
        or looks.get("visibility") in ("hidden", "collapse")
        or looks.get("content-visibility") == "hidden"
        or any(nothing.fullmatch(looks.get(name, "")) for name in ("opacity", "font-size"))
    )


def _away(looks: dict[str, str]) -> bool:
    """Whether text is put beyond the page, cut off, of no size, or of the colour of its ground."""
    far = [looks["text-indent"]]
    far += [looks["left"], looks["top"]] if looks["position"] in ("absolute", "fixed") else []
    cut = (looks["clip"], looks["clip-path"], looks["transform"], looks["filter"])
    small = looks["overflow"] == "hidden" and any(
        re.fullmatch(r"0(?:px)?", looks[name]) for name in _SIZES
    )
    ground = looks["background-color"] or looks["background"]
    return (
        any(map(_FAR.fullmatch, far))
        or any(map(_CLIPPED.fullmatch, cut))
        or small
        or (looks["color"] != "" and looks["color"] == ground)
    )


def _content(value: str, element: Any) -> str:
    """Text of a ``content`` property: quoted strings and attributes."""
    found = ""
    for quoted, other, name in re.findall(r"\"([^\"]*)\"|'([^']*)'|attr\(\s*([\w-]+)", value):
        text = element.get(name) or "" if name else quoted or other
        found += re.sub(
            r"\\([0-9a-fA-F]{1,6})\s?", lambda m: chr(min(int(m[1], 16), 0x10FFFF)), text
        )
    return found


def _character(number: re.Match[str]) -> str:
    return chr(min(int(number[1], 16), sys.maxunicode))


# ------------------------------------------------------------------ selectors


def _xpath(selector: str) -> tuple[str, int, str]:
    """XPath of a selector, its weight, and ``before`` or ``after``; no path if not understood.

    Examples
    --------
    >>> _xpath("td.x")[0]
    "//td[contains(concat(' ',normalize-space(@class),' '),' x ')]"
    """
    path, weight, where, axis = "", 0, "", "//"
    if len(selector) > _LONGEST:
        return "", 0, ""
    for token in re.findall(r"\s*[>+~]\s*|\s+|(?:\[[^\]]*\]|\([^)]*\)|[^\s>+~\[(])+", selector):
        mark = token.strip()
        if mark in (">", "+", "~", ""):
            axis = {">": "/", "": "//", "~": "/following-sibling::"}.get(mark, "/+")
            continue
        step, own, where = _step(mark, sibling="sibling" in axis or axis == "/+")
        if not step:
            return "", 0, ""
        if axis == "/+":
            path += f"/following-sibling::*[1]/self::{step}"
        else:
            path += axis + step
        weight += own
        axis = "//"
    return path, weight, where


def _step(part: str, *, sibling: bool) -> tuple[str, int, str]:
    match = _PART.fullmatch(part)
    if match is None:
        return "", 0, ""
    step, where = (match["tag"] or "*").lower(), ""
    weight = int(step != "*")
    for piece in _PIECE.findall(match["rest"]):
        if piece.lstrip(":") in ("before", "after"):
            where = piece.lstrip(":")
            continue
        condition = _condition(piece, step)
        if not condition:
            return "", 0, ""
        step += f"[{condition}]"
        weight += 100 if piece[0] == "#" else 10
    return step, weight, where


def _condition(piece: str, step: str) -> str:
    """Condition of a class, an id, an attribute or a place among siblings; empty if not known."""
    if piece[0] in ".#":
        name = "class" if piece[0] == "." else "id"
        return _MATCHING["~=" if name == "class" else "="].format(name, piece[1:])
    if piece[0] == "[":
        match = _ATTRIBUTE.fullmatch(piece)
        if match is None or "'" in (match[3] or ""):
            return ""
        return f"@{match[1]}" if not match[2] else _MATCHING[match[2]].format(match[1], match[3])
    if piece in _AT_REST:
        return "false()"
    place = piece.casefold()
    place = {":first-child": ":nth-child(1)", ":last-child": ":nth-last-child(1)"}.get(place, place)
    place = {":first-of-type": ":nth-of-type(1)"}.get(place, place)
    match = re.fullmatch(r":nth-(last-)?(child|of-type)\(\s*([^()]*?)\s*\)", place)
    if match is None:
        return ""
    side = "following" if match[1] else "preceding"
    kind = "*" if match[2] == "child" else re.match(r"[\w*-]+", step)[0]  # type: ignore[index]
    return _nth(match[3], f"(count({side}-sibling::{kind})+1)")


def _nth(said: str, number: str) -> str:
    said = {"odd": "2n+1", "even": "2n"}.get(said, said)
    match = _NTH.fullmatch(said)
    if match is None or not said:
        return ""
    offset = int((match[2] or "0").replace(" ", ""))
    if match[1] is None:
        return f"{number}={offset}"
    step = int(match[1] + "1") if match[1] in ("", "+", "-") else int(match[1])
    if step == 0:
        return f"{number}={offset}"
    sign = ">=" if step > 0 else "<="
    return f"{number}{sign}{offset} and ({number}-{offset}) mod {abs(step)}=0"
