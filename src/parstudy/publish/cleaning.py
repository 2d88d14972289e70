"""What others' HTML may bring into a report: no scripts, nothing from elsewhere, no foreign style.

What is taken out is told. The report's own policy (Content-Security-Policy) forbids the same to
the browser, and :mod:`parstudy.publish.document` looks once more at the whole page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from parstudy.publish.formulas import set_formulas
from parstudy.publish.prose import Prose, Tell

# with all that is in them
_GONE = {
    "script", "iframe", "object", "embed", "frame", "frameset", "noframes", "applet", "base",
    "meta", "link", "title", "noscript", "template", "portal", "audio", "video", "source", "track",
    "canvas", "input", "button", "select", "textarea", "dialog", "foreignobject", "animate", "set",
    "animatetransform", "animatemotion", "handler", "xml", "param",
}  # fmt: skip
_VOID = {"embed", "base", "meta", "link", "source", "track", "input", "frame", "param"}
# only the mark; what is in it stays
_OPENED = {"form", "html", "body", "head", "main", "header", "footer", "nav", "label", "fieldset",
           "legend", "center", "marquee", "blink", "font"}  # fmt: skip
_QUIET = {"html", "body", "head", "main", "header", "footer", "nav", "meta", "title", "center",
          "font", "label", "fieldset", "legend"}  # fmt: skip
_DROPPED = {
    "srcset", "poster", "background", "data", "action", "formaction", "ping", "srcdoc", "sizes",
    "contenteditable", "autofocus", "accesskey", "tabindex", "http-equiv", "is", "slot", "part",
    "loading", "decoding", "fetchpriority", "nonce", "integrity", "crossorigin", "referrerpolicy",
    "longdesc", "usemap", "ismap", "dynsrc", "lowsrc", "manifest", "classid", "codebase",
}  # fmt: skip
_OWN = {"ps-synthetic", "ps-page", "ps-skip", "ps-code", "ps-way", "ps-years", "ps-toc", "ps-head",
        "ps-body", "ps-sheet", "ps-bar", "ps-drawn"}  # fmt: skip
_DRAWN = {"image", "use", "feimage", "pattern", "textpath", "lineargradient", "radialgradient",
          "filter", "mpath"}  # fmt: skip
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml|avif);", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LOADS = re.compile(r"url\(|@import|expression\(|-moz-binding|behavior\s*:|image-set\(", re.I)
_PINNED = re.compile(r"position\s*:\s*(?:fixed|sticky)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|[;{\s])(?:background(?:-color)?|color)\s*:", re.IGNORECASE)
_INK = re.compile(r"(?<![\w-])color\s*:\s*#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_CONTRAST = 4.5
_NO_FORMULA = ("table", "div", "p", "img", "ul", "ol", "h1", "h2", "h3")
_SEEN = ("img", "svg", "table", "math", "hr")


@dataclass
class Cleaner:
    """Cleans the blocks of one page.

    Parameters
    ----------
    prose : Prose
        Takes pictures beside the notebook into the page.
    """

    prose: Prose
    _ids: set[str] = field(default_factory=set)
    _blocks: int = 0

    def clean(
        self, html: str, tell: Tell, unnamed: Callable[[], str], *, typeset: bool = False
    ) -> str | None:
        """Take out what a report may not hold.

        Parameters
        ----------
        html : str
            A block of others' HTML.
        tell : callable
            Takes a remark for the author.
        unnamed : callable
            Gives the text alternative of a picture that has none.
        typeset : bool
            Whether formulas between marks are set, as Jupyter does in outputs.

        Returns
        -------
        str or None
            The block; None if nothing is left to be seen.
        """
        from lxml import html as lxml_html

        self._blocks += 1
        text = _CONTROL.sub("", html)
        if not text.strip():
            return None
        parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True,
                                      remove_pis=True)  # fmt: skip
        wrapped = f"<!DOCTYPE html><body><div>{text}</div></body>"
        body = lxml_html.document_fromstring(wrapped.encode("utf-8"), parser=parser).find("body")
        if body is None:
            return None
        out: Counter[str] = Counter()
        for element in list(body.iter()):
            if element is not body and element.getparent() is not None:
                self._element(element, out, tell)
        for formula in list(body.iter("math")):
            if any(True for _ in formula.iter(*_NO_FORMULA)):
                formula.drop_tag()
        if typeset:
            set_formulas(body, partial(self.prose.formula, tell=tell))
        self._styles(body)
        if _is_coloured(body):
            body[0].set("class", f"{body[0].get('class', '')} ps-light".strip())
        _drop_empty_links(body)
        self._unique(body)
        _name_pictures(body, tell, unnamed)
        if out:
            named = ", ".join(f"{what} ({n})" if n > 1 else what for what, n in out.items())
            tell(f"taken out, since a report runs nothing and loads nothing: {named}")
        if not _seen(body):
            return None
        inner = lxml_html.tostring(body, encoding="unicode", method="html", with_tail=False)
        return str(inner).removeprefix("<body>").removesuffix("</body>")

    def _element(self, element: Any, out: Counter[str], tell: Tell) -> None:
        tag = str(element.tag).lower().rpartition(":")[2].rpartition("}")[2]
        if tag == "title" and any(True for _ in element.iterancestors("svg")):
            return  # the name of a part of a drawing
        if tag in _GONE:
            if tag not in _QUIET:
                out[f"<{tag}>"] += 1
            # the parser may have put into an element that holds nothing what follows it
            if tag in _VOID:
                element.drop_tag()
            else:
                element.drop_tree()
            return
        if tag in _OPENED:
            if tag not in _QUIET:
                out[f"<{tag}>"] += 1
            element.drop_tag()
            return
        for name in list(element.attrib):
            if name in element.attrib:
                self._attribute(element, tag, name, out)
        if tag == "img":
            self._image(element, tell)
        elif tag in _DRAWN:
            _inside_only(element, out)

    def _attribute(self, element: Any, tag: str, name: str, out: Counter[str]) -> None:
        value, plain = element.attrib[name], name.lower()
        if plain.startswith("on"):
            out[plain] += 1
            del element.attrib[name]
        elif plain in _DROPPED or plain.startswith("data-") or (plain == "src" and tag != "img"):
            del element.attrib[name]
        elif plain == "style":
            kept = _declarations(value)
            if kept:
                element.attrib[name] = kept
            else:
                del element.attrib[name]
        elif plain == "class":
            names = [word for word in value.split() if word not in _OWN]
            element.attrib[name] = " ".join(names)
        elif plain.endswith("href"):
            if tag in {"a", "area"}:
                _link(element, name, value, out)
            elif tag not in _DRAWN:  # of a formula, say
                del element.attrib[name]
        elif "url(" in value and _unwanted(value):
            del element.attrib[name]

    def _image(self, element: Any, tell: Tell) -> None:
        source = (element.get("src") or "").strip()
        if _PICTURE.match(source):
            return
        if not source:
            element.drop_tree()
            return
        found = None if source.lower().startswith("data:") else self.prose.picture(source, tell)
        if found is not None:
            element.set("src", found)
            return
        words = (element.get("alt") or "").strip()
        note = element.makeelement("em", {})
        note.text = f"[{words or '…'}]"
        note.tail = element.tail
        element.getparent().replace(element, note)

    def _styles(self, body: Any) -> None:
        """Styles hold inside their own block, not for the page."""
        styles = list(body.iter("style"))
        if not styles:
            return
        name = f"ps-own-{self._blocks}"
        for style in styles:
            text = style.text or ""
            pandas = style.get("scoped") is not None and ".dataframe" in text
            style.text = "" if pandas else _scoped(text, f".{name}")
            style.attrib.clear()
            if not style.text:
                style.drop_tree()
            else:
                body[0].set("class", name)

    def _unique(self, body: Any) -> None:
        """An id that the page has already gets a number, here and where it is referred to."""
        changed: dict[str, str] = {}
        for element in body.iter():
            own = element.get("id")
            if own is None:
                continue
            new, n = own, 1
            while not new or new in self._ids or new.startswith("ps-"):
                n += 1
                new = f"{own.removeprefix('ps-') or 'id'}-{n}"
            self._ids.add(new)
            if new != own:
                element.set("id", new)
                changed.setdefault(own, new)
        if not changed:
            return
        for element in body.iter():
            for name, value in list(element.attrib.items()):
                if name == "id":
                    continue
                if name in {"headers", "for", "aria-labelledby", "aria-describedby"}:
                    words = [changed.get(word, word) for word in value.split()]
                    element.set(name, " ".join(words))
                elif "#" in value:
                    element.set(name, _referring(value, changed))
            if element.tag == "style":
                element.text = _referring(element.text or "", changed)


def _is_coloured(body: Any) -> bool:
    """Whether a block brings colours of its own, which were chosen for light paper."""
    styles = (e.get("style") or (e.text if e.tag == "style" else "") for e in body.iter())
    return any(_COLOUR.search(style or "") for style in styles) or body.find(".//svg") is not None


def _drop_empty_links(body: Any) -> None:
    for link in list(body.iter("a")):
        named = link.get("aria-label") or link.get("title") or link.find(".//img") is not None
        if link.get("href") and not named and not link.text_content().strip():
            del link.attrib["href"]


def _seen(body: Any) -> bool:
    """Whether something is left that a reader sees: the text of a style is nothing of the kind."""
    if any(True for _ in body.iter(*_SEEN)):
        return True
    texts = (t for e in body.iter() for t in (e.tail, "" if e.tag == "style" else e.text))
    return any(text and text.strip() for text in texts)


def _name_pictures(body: Any, tell: Tell, unnamed: Callable[[], str]) -> None:
    found = 0
    for picture in body.iter("img", "svg"):
        if picture.tag == "img" and not (picture.get("alt") or "").strip():
            picture.set("alt", unnamed())
            found += 1
        elif picture.tag == "svg" and not any(True for _ in picture.iterancestors("svg")):
            if not picture.get("aria-label") and picture.find(".//title") is None:
                picture.set("aria-label", unnamed())
                found += 1
            picture.set("role", "img")
    if found:
        tell("a picture has no text alternative; give it one: ![what it shows](file), or alt=")


def _link(element: Any, name: str, value: str, out: Counter[str]) -> None:
    address = re.sub(r"[\x00-\x20]+", "", value) if _SCHEME.match(value.strip()) else value.strip()
    if address.startswith("#"):
        return
    if _WEB.match(address):
        element.set("rel", "noopener noreferrer")
        element.attrib.pop("target", None)
        return
    del element.attrib[name]
    scheme = _SCHEME.match(re.sub(r"[\x00-\x20]+", "", value))
    out[f"a link to {scheme[0]}…" if scheme else f"a link to the file {value.strip()[:60]}"] += 1


def _inside_only(element: Any, out: Counter[str]) -> None:
    for name in list(element.attrib):
        if name.lower().rpartition("}")[2].rpartition(":")[2] == "href":
            value = element.attrib[name].strip()
            if not value.startswith("#") and not _PICTURE.match(value):
                out[f"<{element.tag}> from elsewhere"] += 1
                del element.attrib[name]


def _declarations(style: str) -> str:
    """Declarations of a style that load nothing and stay in their place, its words readable."""
    kept = [
        part.strip()
        for part in re.split(r";(?![^(]*\))", style)
        if part.strip() and not _unwanted(part)
    ]
    return _readable("; ".join(kept))


def _readable(style: str) -> str:
    """A text whose colour hardly differs from its own ground is black or white instead.

    Shades of a scale come so from pandas and great-tables.
    """
    ink, ground = (
        found and _light(found[1]) for found in (_INK.search(style), _GROUND.search(style))
    )
    if ink is None or ground is None or _contrast(ink, ground) >= _CONTRAST:
        return style
    return _INK.sub(
        f"color: {'#fff' if _contrast(1, ground) > _contrast(0, ground) else '#000'}", style
    )


def _light(colour: str) -> float:
    """Relative luminance of a colour, as WCAG has it."""
    digits = colour if len(colour) == 6 else "".join(2 * c for c in colour)
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def _unwanted(declaration: str) -> bool:
    plain = re.sub(r"/\*.*?\*/|\\", "", declaration, flags=re.DOTALL)
    inside = re.sub(r"url\(\s*['\"]?(?:#|data:image/)", "", plain)
    return bool(_LOADS.search(inside) or _PINNED.search(plain))


def _scoped(css: str, scope: str) -> str:
    """Rules of a style sheet, each below a selector."""
    import tinycss2

    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "\n".join(filter(None, (_rule(rule, scope) for rule in rules)))


def _rule(rule: Any, scope: str) -> str:
    import tinycss2

    if rule.type == "qualified-rule":
        selectors = re.split(r",(?![^(\[]*[)\]])", tinycss2.serialize(rule.prelude))
        body = _declarations(tinycss2.serialize(rule.content))
        if "<" in body or not body:
            return ""
        return ", ".join(f"{scope} {s.strip()}" for s in selectors) + f" {{ {body} }}"
    if rule.type == "at-rule" and rule.lower_at_keyword in {"media", "supports"} and rule.content:
        inner = "\n".join(
            filter(None, (_rule(r, scope) for r in tinycss2.parse_blocks_contents(rule.content)))
        )
        prelude = tinycss2.serialize(rule.prelude).strip()
        return f"@{rule.lower_at_keyword} {prelude} {{\n{inner}\n}}" if inner else ""
    return ""


def _referring(text: str, changed: dict[str, str]) -> str:
    return re.sub(r"#([\w:.-]+)", lambda found: "#" + changed.get(found[1], found[1]), text)
