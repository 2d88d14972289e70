"""The finished document: title first, headings in order, contents, nothing from the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from parstudy.errors import RunError
from parstudy.publish.breaks import (
    keep_phrases,
    narrowest,
    tell_cells_of_sources,
    widen_narrow_heads,
)
from parstudy.publish.heads import complete_heads
from parstudy.publish.notebook import PageInfo
from parstudy.text import slug, whole

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LOADING = {"src", "srcset", "poster", "background", "data", "action", "formaction", "xlink:href"}
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|#|(?![a-z][a-z0-9+.-]*:))", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s*['\"]?(?!data:|#)|@import", re.IGNORECASE)
_WIDE_PICTURE = 480  # px
_HALF = 70  # letters that go into one of two columns of a printed page
_WORDY = 20
_REFUSED = ("script", "iframe", "object", "embed", "frame", "base", "applet", "form")


@dataclass(frozen=True)
class Labels:
    """Words of the template, in the language of the page."""

    skip: str
    contents: str
    code: str
    reports: str
    synthetic: str


def parsed(html: str) -> Any:
    """The root of a page, as lxml has it."""
    from lxml import html as lxml_html

    # a picture inside the page can be longer than the 10 MB that the parser takes by default
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    return lxml_html.document_fromstring(html.encode("utf-8"), parser=parser)


def finish_document(html: str, page: PageInfo, labels: Labels, place: str) -> str:
    """Turn what the template gave into the document that is published.

    Parameters
    ----------
    html : str
        Whole document, with ``header.ps-head``, ``nav.ps-toc`` and ``div.ps-body``.
    page : PageInfo
        What the page says about itself.
    labels : Labels
        Words.
    place : str
        What to call the page in an error.

    Returns
    -------
    str
        The document.

    Raises
    ------
    RunError
        ``missing_figure``, ``missing_table``, ``duplicate_id``, ``picture_without_alt``,
        ``active_content``, ``loads_from_network``.
    """
    from lxml import html as lxml_html

    root = parsed(html)
    body = root.find("body")
    _refuse_foreign(root, place)
    _check_contents(body, page, place)
    _title_first(body, page)
    _banner_once(body, page)
    _merge_code(body, labels)
    _order_headings(body, sections=not page.promises)
    _fill_contents(body, labels, place)
    complete_heads(body)
    if not page.promises:
        _open_anchors(body)
    _box_tables(body)
    _reach_printed(body)
    _box_pictures(body)
    keep_phrases(body, page.lang)
    widen_narrow_heads(body)
    tell_cells_of_sources(body)
    _tell_broad(body)
    _tell_regions_apart(body)
    text = lxml_html.tostring(root, encoding="unicode", method="html", doctype="<!DOCTYPE html>")
    return str(text).rstrip("\n") + "\n"


def _refuse_foreign(root: Any, place: str) -> None:
    for element in root.iter():
        tag = element.tag
        if not isinstance(tag, str):  # comments
            continue
        if tag in _REFUSED:
            raise RunError("active_content", f"a report may not hold <{tag}>", place=place)
        if tag == "style" and _CSS_URL.search(element.text or ""):
            raise RunError("loads_from_network", "a style loads a file", place=place)
        for name, value in element.attrib.items():
            name = name.lower()
            if name.startswith("on") or (
                name == "href" and tag in {"a", "area"} and not _SAFE_LINK.match(value.strip())
            ):
                raise RunError(
                    "active_content",
                    "a report may not run scripts",
                    place=place,
                    found=f'<{tag} {name}="{value[:60]}">',
                )
            loads = name in _LOADING or (tag == "link" and name == "href")
            inside = value.strip().startswith(("data:", "#"))
            # rel=alternate only names another page
            if (loads and not inside and element.get("rel") != "alternate") or (
                name == "style" and _CSS_URL.search(value)
            ):
                raise RunError(
                    "loads_from_network",
                    "a report must hold all that it shows",
                    place=place,
                    found=f'<{tag} {name}="{value[:60]}">',
                )


def _check_contents(body: Any, page: PageInfo, place: str) -> None:
    by_id: dict[str, Any] = {}
    for element in body.iter():
        identifier = element.get("id") if isinstance(element.tag, str) else None
        if identifier:
            if identifier in by_id:
                raise RunError(
                    "duplicate_id", "one id twice on the page", place=place, found=repr(identifier)
                )
            by_id[identifier] = element
    for picture in body.iter("img"):
        if not (picture.get("alt") or "").strip():
            raise RunError("picture_without_alt", "a picture without alternative text", place=place)
    for kind, ids, full in (
        ("figure", page.figures, _has_picture),
        ("table", page.tables, _has_cells),
    ):
        for identifier in ids:
            element = by_id.get(identifier)
            if element is None or not full(element):
                what = "is not in the output" if element is None else "is empty"
                raise RunError(
                    f"missing_{kind}",
                    f"{kind} {identifier!r} {what}",
                    place=place,
                    expected=f"every {kind} that the page has shown",
                )


def _has_picture(figure: Any) -> bool:
    if any(len(svg) for svg in figure.iter("svg")):
        return True
    # "data:image/svg+xml;base64," alone is no picture
    return any(len((img.get("src") or "").partition(",")[2]) > 40 for img in figure.iter("img"))


def _has_cells(table: Any) -> bool:
    return any(True for _ in table.iter("td", "th"))


def _title_first(body: Any, page: PageInfo) -> None:
    """Lift the title into the head of the page, before all code."""
    head = body.find(".//header[@class='ps-head']")
    levels = ("h1",) if page.promises else _HEADINGS
    found = list(_content(body).iter(*levels))
    title = found[0] if found else None
    if page.promises:  # a heading in a markdown cell is no title beside that of the page
        title = next((own for own in found if _words(own) == page.title), title)
    if title is None or not (page.promises or _words(title) == page.title):
        title = head.makeelement("h1", {})
        title.text = page.title
        head.append(title)
    elif page.promises:
        _lift_block(title, head)
    else:  # only the heading: what follows it in its cell stays in its place
        lifted = deepcopy(title)
        lifted.tag, lifted.tail = "h1", None
        head.append(lifted)
        parent = title.getparent()
        title.drop_tree()
        _drop_if_empty(parent)


def _lift_block(title: Any, head: Any) -> None:
    """Lift the whole output with the title: the finding belongs to it."""
    block = title
    while block.getparent() is not None and "ps-output" not in block.get("class", ""):
        block = block.getparent()
    if "ps-output" in block.get("class", ""):
        parent = block.getparent()
        head.append(block)
        _drop_if_empty(parent)
    else:
        head.append(title)


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _content(body: Any) -> Any:
    return body.find(".//div[@class='ps-body']")


def _drop_if_empty(element: Any) -> None:
    if len(element) == 0 and not (element.text or "").strip():
        element.drop_tree()


def _banner_once(body: Any, page: PageInfo) -> None:
    """Keep one SYNTHETIC banner, at the very top; the template has put it there."""
    keep = body.find("p[@class='ps-synthetic']")
    for banner in list(body.iter("p")):
        if banner.get("class") == "ps-synthetic" and banner is not keep:
            block = banner.getparent()
            banner.drop_tree()
            while block is not body and len(block) == 0 and not (block.text or "").strip():
                parent = block.getparent()
                block.drop_tree()
                block = parent
    # the mark of the start of the page has no content of its own
    for mark in list(body.iter("div")):
        if mark.get("class") == "ps-page" and len(mark) == 0 and not (mark.text or "").strip():
            block = mark.getparent()
            mark.drop_tree()
            _drop_if_empty(block)


def _merge_code(body: Any, labels: Labels) -> None:
    """Fold runs of code cells with nothing to see between them into one."""
    for folded in list(body.iter("details")):
        if folded.get("class") != "ps-code":
            continue
        before = folded.getprevious()
        if before is not None and before.get("class") == "ps-code":
            for child in list(folded):
                if child.tag != "summary":
                    before.append(child)
            folded.drop_tree()


def _order_headings(body: Any, *, sections: bool) -> None:
    """One h1, and no level left out: a screen reader walks the page by them.

    Where headings of the first level are ``sections``, those of the second stand below them.
    """
    above: list[int] = []
    for heading in list(body.iter(*_HEADINGS)):
        level = int(heading.tag[1])
        if not _words(heading) and heading.find(".//img") is None:
            heading.drop_tree()
            continue
        if sections and heading.getparent().get("class") == "ps-colophon":
            level = 1  # how the page was made is no part of its last section
        if not above:
            above.append(0)
            heading.tag = "h1"
            continue
        level = level if sections else max(level, 2)
        while len(above) > 1 and above[-1] >= level:
            above.pop()
        above.append(level)
        heading.tag = f"h{min(len(above), 6)}"


def _open_anchors(body: Any) -> None:
    """A link within the page leads to the heading that it names, or is no link."""
    known = set(_identifiers(body))
    for link in list(body.iter("a")):
        href = link.get("href") or ""
        if not href.startswith("#") or href[1:] in known:
            continue
        wanted = slug(unquote(href[1:]).replace("-", " "))
        if wanted in known:
            link.set("href", f"#{wanted}")
        else:
            link.drop_tag()


def _identifiers(body: Any) -> Iterator[str]:
    for element in body.iter():
        if isinstance(element.tag, str) and element.get("id"):
            yield element.get("id")


def _fill_contents(body: Any, labels: Labels, place: str) -> None:
    taken = set(_identifiers(body))
    entries: list[tuple[int, str, str]] = []
    for heading in _content(body).iter("h2", "h3", "h4"):
        text = _words(heading)
        identifier = heading.get("id")
        if not identifier:
            base = slug(text) or "section"
            identifier, n = base, 1
            while identifier in taken:
                n += 1
                identifier = f"{base}-{n}"
            heading.set("id", identifier)
            taken.add(identifier)
        if heading.tag != "h4":
            entries.append((int(heading.tag[1]), identifier, text))
    contents = body.find(".//nav[@class='ps-toc']")
    if len(entries) < 2:
        contents.drop_tree()
        return
    top = contents.makeelement("ol", {})
    contents.append(top)
    below: Any = None
    for level, identifier, text in entries:
        item = contents.makeelement("li", {})
        link = contents.makeelement("a", {"href": f"#{identifier}"})
        link.text = text
        item.append(link)
        if level == 3 and len(top):
            if below is None:
                below = contents.makeelement("ol", {})
                top[-1].append(below)
            below.append(item)
        else:
            top.append(item)
            below = None


def _box_tables(body: Any) -> None:
    """Wide tables scroll inside their own box, also those that no Table has made."""
    for table in list(body.iter("table")):
        if not _is_boxed(table):
            _box(table, table.find("caption"))


def _reach_printed(body: Any) -> None:
    """Printed lines wider than the page scroll in their box, also by keyboard."""
    for printed in _content(body).iter("pre"):
        if "highlight" not in (printed.getparent().get("class") or ""):
            printed.set("class", f"{printed.get('class', '')} ps-wide".strip())
            printed.set("tabindex", "0")


def _box_pictures(body: Any) -> None:
    """A wide picture scrolls on a phone, since its words could not be read if it shrank.

    Those that parstudy has drawn are read at the width of a phone.
    """
    for figure in list(body.iter("figure")):
        if "ps-drawn" in (figure.get("class") or ""):
            continue
        for picture in list(figure.iter("img")):
            width = whole(picture.get("width") or "") or 0
            if width >= _WIDE_PICTURE and not _is_boxed(picture):
                _box(picture, figure.find("figcaption"))


def _tell_broad(body: Any) -> None:
    """In print, a table too wide for one of two columns goes over both, with its heading."""
    for table in body.iter("table"):
        output = next((e for e in table.iterancestors() if _is_output(e)), None)
        if _letters(table) <= _HALF or (output is not None and output.find_class("ps-paper")):
            continue
        while output is not None:
            output.classes.add("ps-broad")
            output = output.getprevious()
            while output is not None and output.tag == "details":
                output = output.getprevious()
            if output is None or output[-1:] == [] or output[-1].tag not in _HEADINGS:
                break


def _letters(table: Any) -> int:
    """How many letters wide a table is when its text is broken where it may be."""
    widths: list[int] = []
    for row in table.iter("tr"):
        widths += [0] * (len(row) - len(widths))
        for i, cell in enumerate(row):
            text = _words(cell)
            word = max(map(len, text.split()), default=0)
            if "ps-num" not in (cell.get("class") or ""):
                lines = min(len(text), _WORDY)
            elif row.getparent().tag == "thead":
                word += word // 7  # bold
                lines = len(text) // 4
            else:  # what is bound stays whole
                lines = narrowest(cell.text_content().strip().split(" "), 2)
            widths[i] = max(widths[i], word, lines)
    return sum(widths) + 4 * (len(widths) - 1)


def _is_output(element: Any) -> bool:
    return "ps-output" in (element.get("class") or "").split()


def _tell_regions_apart(body: Any) -> None:
    """No two regions with one name: a reader of the list of regions could not tell them apart."""
    seen: dict[str, int] = {}
    for region in body.iter("div"):
        label = region.get("aria-label")
        if label and region.get("role") == "region":
            seen[label] = seen.get(label, 0) + 1
            if seen[label] > 1:
                region.set("aria-label", f"{label} ({seen[label]})")


def _is_boxed(element: Any) -> bool:
    return any("ps-scroll" in (above.get("class") or "") for above in element.iterancestors())


def _box(element: Any, caption: Any) -> None:
    parent = element.getparent()
    # reachable by keyboard; a region must have a name
    box = element.makeelement("div", {"class": "ps-scroll", "tabindex": "0"})
    label = "" if caption is None else " ".join(caption.text_content().split())
    if label:
        box.set("role", "region")
        box.set("aria-label", label)
    box.tail, element.tail = element.tail, None
    parent.insert(parent.index(element), box)
    box.append(element)
