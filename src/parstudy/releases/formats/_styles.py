"""What a page's own style sheets hide, and what they put before and after a text.

Rules count that hold on the screen of a desktop. One that may hide something, and of which it is
not sure for which elements or on which screens it holds, makes what it may stand for doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from parstudy import budget
from parstudy.releases.formats import _hiding
from parstudy.releases.formats._selectors import selected
from parstudy.releases.formats._style_sheets import Declared, declared, rules

# siblings that are looked at for all rules of a page
_MOST_STEPS = 20_000_000
_UNREADABLE = 1.15  # contrast of text that nobody sees on its ground
_TOO_SMALL, _SMALL = 2, 5  # pixels
_WHITE = (1.0, 1.0, 1.0)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_BREAKING = frozenset(
    (
        *("p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5"),
        *("h6", "table", "pre", "blockquote", "center", "section", "article", "details"),
        *("summary", "form", "fieldset", "hr", "address", "figure"),
    )
)
_STRUCK = ("del", "s", "strike")
_BREAKS = re.compile(r"(?:block|flex|grid|table|list-item|flow-root)\b.*")


@dataclass(frozen=True)
class Light:
    """How a text is seen: what its element and those around it make of it.

    Attributes
    ----------
    gone, unseen, pale, tiny : bool
        Why it is not seen: whatever the elements within it say, by ``visibility``, by its colour,
        by its size; what is within may be seen again.
    doubts : frozenset of str
        What may hide or move it, and is not understood.
    """

    gone: bool = False
    unseen: bool = False
    pale: bool = False
    tiny: bool = False
    doubts: frozenset[str] = frozenset()

    @property
    def dark(self) -> bool:
        """Whether nobody sees the text."""
        return self.gone or self.unseen or self.pale or self.tiny


LIT = Light()


@dataclass
class Styles:
    """Declarations that win for each element of a page.

    Attributes
    ----------
    unknown : list of str
        Selectors of rules that may hide something, and may hold for others than they seem to.
    elsewhere : bool
        Whether the page has style sheets that are not in the file.
    """

    unknown: list[str] = field(default_factory=list)
    elsewhere: bool = False
    _won: dict[Any, dict[tuple[str, str], tuple[tuple[int, int, int], str]]] = field(
        default_factory=dict
    )
    _doubted: dict[Any, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any) -> Styles:
        """The styles of a page: those of its sheets, and those of the elements themselves."""
        found = cls(elsewhere=bool(root.xpath("//link[contains(@rel, 'stylesheet')]")))
        order = steps = 0
        # to look from each element at those beside it takes the square of their number
        sizes = [len(element) for element in root.iter()]
        many, pairs = len(sizes), sum(size * size for size in sizes)
        for rule in rules(root):
            order += 1
            one = selected(rule.selector)
            sure = rule.sure and one.sure and one.where != "part"
            if one.where == "elsewhere" or not (sure or _may_hide(rule.said)):
                continue
            budget.look_at_the_clock()
            steps += (pairs if "sibling" in one.path else many) * one.path.count("/")
            elements = root.xpath(one.path) if steps <= _MOST_STEPS else []
            if sure and steps <= _MOST_STEPS:
                found._put(elements, one.where, rule.said, one.weight, order)
            elif _may_hide(rule.said):
                found.unknown += [] if rule.selector in found.unknown else [rule.selector]
                for element in elements:
                    before = found._doubted.get(element, frozenset())
                    found._doubted[element] = before | {rule.selector[:40]}
        for element in root.iter():
            if isinstance(element.tag, str) and element.get("style"):
                found._put([element], "", declared(element.get("style")), 1000, order + 1)
        return found

    def _put(self, elements: Any, where: str, said: Declared, weight: int, order: int) -> None:
        for element in elements:
            won = self._won.setdefault(element, {})
            for name, (value, important) in said.items():
                key, now = (where, name), (important, weight, order)
                if key not in won or won[key][0] <= now:
                    won[key] = (now, value)

    def _value(self, element: Any, name: str, where: str = "") -> str:
        won = self._won.get(element)
        value = won[where, name][1] if won and (where, name) in won else ""
        return self._resolved(element, value) if "var(" in value else value

    def _resolved(self, element: Any, value: str) -> str:
        """A value with the variables of the page put in, as far as they are known."""

        def said(match: re.Match[str]) -> str:
            up = (self._won.get(e, {}).get(("", match[1])) for e in _up(element))
            return next((one[1] for one in up if one), match[2] or match[0])

        for _ in range(5):
            value, before = _VARIABLE.sub(said, value), value
            if value == before or len(value) > 1000:
                break
        return value.strip().casefold()

    def _looks(self, element: Any) -> dict[str, str]:
        names = (name for where, name in self._won.get(element, ()) if not where)
        return {name: self._value(element, name) for name in names}

    # -------------------------------------------------------------- what is seen

    def absent(self, element: Any) -> bool:
        """Whether an element takes no place on the page (``display: none``)."""
        display = self._value(element, "display")
        away = element.get("hidden") is not None or element.get("popover") is not None
        if (away and not display) or _is_folded(element):
            return True
        collapsed = self._value(element, "visibility") == "collapse"
        return display == "none" or (collapsed and element.tag in ("tr", "col", "colgroup"))

    @property
    def makes_tables(self) -> bool:
        """Whether elements that are no table are shown as one."""
        return any(self._value(element, "display") == "table-cell" for element in self._won)

    def light(self, element: Any, above: Light = LIT) -> Light:
        """How the text of an element is seen, from how that around it is."""
        doubted = self._doubted.get(element)
        if doubted:
            above = replace(above, doubts=above.doubts | doubted)
        coloured = element.tag == "font" or element.get("bgcolor") is not None
        if element not in self._won and not coloured:
            return above
        looks = self._looks(element)
        doubts = set(_hiding.doubts(looks))
        size, visibility, pale = _hiding.size_of(looks), looks.get("visibility", ""), above.pale
        if coloured or not _COLOURS.isdisjoint(looks):
            contrast = self._contrast(element)
            pale = contrast is not None and contrast < _UNREADABLE
            doubts |= {"color"} if contrast is None else set()
        tiny, relative = above.tiny, str(looks.get("font-size", "")).endswith(("em", "%"))
        if size is not None and not (tiny and relative and "rem" not in looks.get("font-size", "")):
            tiny = size <= _TOO_SMALL
            doubts |= {"font-size"} if size < _SMALL else set()
        return Light(
            above.gone or _hiding.hidden(looks),
            visibility in ("hidden", "collapse") if visibility else above.unseen,
            pale,
            tiny,
            above.doubts | doubts,
        )

    def blank(self, element: Any) -> bool:
        """Whether an element keeps its place and shows nothing."""
        return self.light(element).dark

    def _contrast(self, element: Any) -> float | None:
        """Contrast of the text of an element and its ground; nothing where that is not known."""
        text = next((c for e in _up(element) if (c := self._colour(e))), None)
        if text is None:
            return 21.0
        if text == "unknown":
            return None
        behind = next((g for e in _up(element) if (g := self._ground(e)) != "none"), _WHITE)
        if behind == "unknown" or (self.elsewhere and behind is _WHITE):
            # on white it is read in any case, or it is light, and meant for a dark ground
            return None if _hiding.contrast(text, _WHITE) < _UNREADABLE else 21.0
        return _hiding.contrast(text, behind)

    def _colour(self, element: Any) -> Any:
        said = self._value(element, "text-fill-color") or self._value(element, "color")
        if not said:
            said = {"font": element.get("color"), "body": element.get("text")}.get(
                element.tag
            ) or ""
        found = _hiding.colour(_with_mark(said)) if said else None
        return "unknown" if not found and "(" in said else found

    def _ground(self, element: Any) -> Any:
        said = [self._value(element, name) for name in _GROUNDS]
        if any(said):
            found = _hiding.ground(" ".join(one for one in said if one))
            if found != "none":
                return found
        if element.get("background"):
            return "unknown"
        return _hiding.ground(_with_mark(element.get("bgcolor") or ""))

    def struck(self, element: Any) -> bool:
        """Whether an element strikes its text out."""
        said = (self._value(element, n) for n in ("text-decoration", "text-decoration-line"))
        return element.tag in _STRUCK or any("line-through" in value for value in said)

    def crossed(self, element: Any) -> bool:
        """Whether an element or one around it strikes its text out, whatever else they say."""
        for around in _up(element):
            if self.struck(around):
                return True
            if (
                self._value(around, "display").startswith("inline-")
                or self._value(around, "float") in ("left", "right")
                or self._value(around, "position") in ("absolute", "fixed")
            ):
                # the line of those around it does not reach it
                return False
        return False

    def raised(self, element: Any) -> bool:
        """Whether an element is raised over the line or lowered under it, as marks are."""
        said = self._value(element, "vertical-align")
        return said in ("super", "sub") or bool(_hiding.pixels(said) if said else 0)

    def breaks(self, element: Any) -> bool:
        """Whether an element begins and ends a line."""
        display = self._value(element, "display")
        return _BREAKS.fullmatch(display) is not None if display else element.tag in _BREAKING

    def around(self, element: Any) -> tuple[str, str]:
        """What the style sheets print before and after the text of an element."""
        if element not in self._won:
            return "", ""
        before, after = (
            _content(self._value(element, "content", side), element) for side in ("before", "after")
        )
        return before, after


_GROUNDS = ("background-color", "background-image", "background")
_COLOURS = frozenset((*_GROUNDS, "color", "text-fill-color"))


def _may_hide(said: Declared) -> bool:
    """Whether declarations hide or may hide an element on a white page."""
    looks = {name: value for name, (value, _) in said.items()}
    colour = _hiding.colour(looks.get("text-fill-color") or looks.get("color") or "black")
    size = _hiding.size_of(looks)
    return (
        looks.get("display") == "none"
        or looks.get("visibility") in ("hidden", "collapse")
        or (size is not None and size < _SMALL)
        or (colour is not None and _hiding.contrast(colour, _WHITE) < _UNREADABLE)
        or "line-through" in looks.get("text-decoration", "")
        or "line-through" in looks.get("text-decoration-line", "")
        or _hiding.hidden(looks)
        or bool(_hiding.doubts(looks))
    )


def _is_folded(element: Any) -> bool:
    """Whether an element stands in ``details`` that are closed, beside what they show."""
    around = element.getparent()
    return (
        around is not None
        and around.tag == "details"
        and around.get("open") is None
        and element is not around.find("summary")
    )


def _with_mark(said: str | None) -> str:
    """A colour of an attribute, which may lack the mark before its digits."""
    said = (said or "").strip().casefold()
    return f"#{said}" if re.fullmatch(r"[0-9a-f]{6}", said) else said


def _up(element: Any) -> list[Any]:
    return [element, *element.iterancestors()]


def _content(value: str, element: Any) -> str:
    """Text of a ``content`` property: quoted strings and attributes."""
    found = ""
    for quoted, other, name in re.findall(r"\"([^\"]*)\"|'([^']*)'|attr\(\s*([\w-]+)", value):
        text = element.get(name) or "" if name else quoted or other
        found += re.sub(
            r"\\([0-9a-fA-F]{1,6})\s?", lambda m: chr(min(int(m[1], 16), 0x10FFFF)), text
        )
    return found
