"""Selectors of style sheets as XPath.

What of a selector is not understood is left out of the path, which then finds more elements than
the selector does; ``sure`` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARGUMENT = r"\((?:[^()]|\([^()]*\))*\)"
_NAME = r"(?:[\w-]|\\.)+"
_SIMPLE = rf"[.#]{_NAME}|\[[^\]]+\]|:{{1,2}}[\w-]+(?:{_ARGUMENT})?"
_PIECE = re.compile(_SIMPLE)
_PART = re.compile(rf"(?P<tag>[a-zA-Z][\w-]*|\*)?(?P<rest>(?:{_SIMPLE})*)")
_TOKEN = re.compile(rf"\s*[>+~]\s*|\s+|(?:\[[^\]]*\]|{_ARGUMENT}|\\.|[^\s>+~\[(])+")
_ATTRIBUTE = re.compile(
    r"""\[\s*([\w-]+)\s*(?:(=|~=|\^=|\*=|\$=|\|=)\s*["']?([^"'\]]*)["']?\s*)?\]"""
)
_NTH = re.compile(r"(?:([+-]?\d*)n)?\s*([+-]?\s*\d+)?")
_MATCHING = {
    "=": "@{0}='{1}'",
    "~=": "contains(concat(' ',normalize-space(@{0}),' '),' {1} ')",
    "^=": "starts-with(@{0},'{1}')",
    "*=": "contains(@{0},'{1}')",
    "$=": "substring(@{0},string-length(@{0})-string-length('{1}')+1)='{1}'",
    "|=": "(@{0}='{1}' or starts-with(@{0},'{1}-'))",
}
# states that a page at rest does not have
_AT_REST = frozenset(
    (
        *(":hover", ":focus", ":focus-within", ":focus-visible", ":active", ":checked"),
        *(":target", ":visited", ":fullscreen", ":modal", ":popover-open"),
        *(":user-invalid", ":user-valid"),
    )
)
_ALWAYS = {
    ":root": "not(parent::*)",
    ":empty": "not(node())",
    ":link": "@href",
    ":any-link": "@href",
    ":disabled": "@disabled",
    ":only-child": "count(preceding-sibling::*)+count(following-sibling::*)=0",
}
_SAME = {
    ":first-child": ":nth-child(1)",
    ":last-child": ":nth-last-child(1)",
    ":first-of-type": ":nth-of-type(1)",
    ":last-of-type": ":nth-last-of-type(1)",
}
_LISTS = (":is", ":where", ":matches", ":not", ":-webkit-any", ":-moz-any")
_AROUND = ("before", "after")
_WITHIN = ("first-letter", "first-line")
_LONGEST = 1_000  # characters of a selector that is understood


@dataclass(frozen=True)
class Selected:
    """What a selector finds.

    Attributes
    ----------
    path : str
        XPath of the elements.
    weight : int
        How much its declarations weigh against others.
    where : str
        ``before``, ``after``, ``part`` (of the text), ``elsewhere``, or empty for the element.
    sure : bool
        Whether the path finds no other elements than the selector.
    """

    path: str
    weight: int = 0
    where: str = ""
    sure: bool = True


@dataclass(frozen=True)
class _Step:
    tag: str
    conditions: str = ""
    weight: int = 0
    where: str = ""
    sure: bool = True


def selected(selector: str) -> Selected:
    """XPath of a selector.

    Examples
    --------
    >>> selected("td.x").path
    "//td[contains(concat(' ',normalize-space(@class),' '),' x ')]"
    >>> selected("td:nth-col(2)")
    Selected(path='//td', weight=11, where='', sure=False)
    """
    path, weight, where, axis, sure = "", 0, "", "//", True
    if len(selector) > _LONGEST:
        return Selected("//*", sure=False)
    for token in _TOKEN.findall(selector):
        mark = token.strip()
        if mark in (">", "+", "~", ""):
            axis = {">": "/", "": "//", "~": "/following-sibling::"}.get(mark, "/+")
            continue
        step = _step(mark)
        if axis == "/+":
            path += f"/following-sibling::*[1]/self::{step.tag}{step.conditions}"
        else:
            path += f"{axis}{step.tag}{step.conditions}"
        weight, where, sure = weight + step.weight, step.where, sure and step.sure
        axis = "//"
    return Selected(path or "//*", weight, where, sure and bool(path))


def _step(part: str) -> _Step:
    match = _PART.fullmatch(part)
    if match is None:
        return _Step("*", sure=False)
    tag, found, where, sure = (match["tag"] or "*").lower(), "", "", True
    weight = int(tag != "*")
    for piece in _PIECE.findall(match["rest"]):
        name = piece.lstrip(":")
        if name in _AROUND or name in _WITHIN or piece.startswith("::"):
            where = name if name in _AROUND else "part" if name in _WITHIN else "elsewhere"
            continue
        condition = _condition(piece, tag)
        sure = sure and bool(condition)
        found += f"[{condition}]" if condition else ""
        weight += 100 if piece[0] == "#" else 0 if piece.startswith(":where(") else 10
    return _Step(tag, found, weight, where, sure)


def _condition(piece: str, tag: str) -> str:
    """Condition of a class, an id, an attribute, a list or a place; empty if not understood."""
    if piece[0] in ".#":
        name = "class" if piece[0] == "." else "id"
        return _MATCHING["~=" if name == "class" else "="].format(name, piece[1:].replace("\\", ""))
    if piece[0] == "[":
        match = _ATTRIBUTE.fullmatch(piece)
        if match is None or "'" in (match[3] or ""):
            return ""
        name = match[1].lower()
        return f"@{name}" if not match[2] else _MATCHING[match[2]].format(name, match[3])
    word, _, argument = piece.partition("(")
    word = word.casefold()
    if word in _AT_REST:
        return "false()"
    if word in _LISTS or word == ":has":
        return _of_list(word, argument.removesuffix(")"))
    return _ALWAYS.get(word) or _place(_SAME.get(word, piece.casefold()), tag)


def _of_list(word: str, argument: str) -> str:
    """Condition of ``:is(a, b)``, ``:not(a, b)`` and ``:has(a, b)``; of simple selectors only."""
    found = []
    for one in top_level(argument):
        axis = ("child::" if one[:1] == ">" else "descendant::") if word == ":has" else "self::"
        step = _step(one.removeprefix(">").strip() if word == ":has" else one)
        if not one or not step.sure or step.where:
            return ""
        found.append(f"{axis}{step.tag}{step.conditions}")
    condition = " or ".join(found)
    return f"not({condition})" if word == ":not" else f"({condition})"


def top_level(text: str) -> list[str]:
    """Selectors of a list, which commas part outside of brackets."""
    return [one.strip() for one in re.findall(rf"(?:\[[^\]]*\]|{_ARGUMENT}|\\.|[^,])+", text)]


def _place(place: str, tag: str) -> str:
    match = re.fullmatch(r":nth-(last-)?(child|of-type)\(\s*([^()]*?)\s*\)", place)
    if match is None:
        return ""
    side = "following" if match[1] else "preceding"
    kind = "*" if match[2] == "child" else tag
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
