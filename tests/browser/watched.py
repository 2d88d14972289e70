"""A page as a reader sees it: what it asks for, complains of, cuts off, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe

WIDE, PHONE = 1280, 390
VIEWS = [(width, scheme) for width in (WIDE, PHONE) for scheme in ("light", "dark")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# elements that stick out of the window, but for those inside a box that scrolls
_STICKING = """() => [...document.body.querySelectorAll("*")]
    .filter(e => !e.closest(".ps-scroll, pre, .ps-skip, thead")
        && e.getBoundingClientRect().width > 0
        && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))"""
# letters smaller than 9 px, or beyond the edge of their picture, and pictures beyond their box
_DRAWN = """() => [...document.querySelectorAll("figure svg, .ps-drawn > svg, svg.cp-path")]
    .filter(drawing => drawing.getClientRects().length).flatMap(drawing => {
    const box = drawing.getBoundingClientRect(), within = drawing.parentElement;
    const scale = box.width / drawing.viewBox.baseVal.width;
    const told = [...drawing.querySelectorAll("text")].flatMap(text => {
        const edge = text.getBoundingClientRect();
        const beyond = edge.left < box.left - 1 || edge.right > box.right + 1
            || edge.top < box.top - 1 || edge.bottom > box.bottom + 1;
        const small = parseFloat(getComputedStyle(text).fontSize) * scale < 9;
        return beyond || small ? [[within.id, text.textContent]] : [];
    });
    const room = within.getBoundingClientRect();
    return box.right > room.right + 1 || box.right > innerWidth ? [...told, [within.id]] : told;
})"""
# pictures wider than the box they stand in, and those of which nothing can be shown
_PICTURES = """() => [...document.querySelectorAll("body :is(img, svg, canvas)")]
    .filter(one => one.getClientRects().length && !one.parentElement.closest("svg"))
    .filter(one => {
        const room = one.parentElement, own = getComputedStyle(room);
        const inside = room.clientWidth
            ? room.clientWidth - parseFloat(own.paddingLeft) - parseFloat(own.paddingRight)
            : Infinity;
        const width = one.getBoundingClientRect().width;
        return width < 1 || (!one.closest(".ps-scroll, .ps-wide") && width > inside + 1)
            || (one.matches("img") && !(one.complete && one.naturalWidth));
    })
    .map(one => one.outerHTML.slice(0, 120))"""
# words outside the box that holds them, or outside a box that neither grows nor scrolls, and the
# word that a closed list of choices shows wider than the list
_WORDS = """() => {
    const found = [], styles = new Map();
    const style = e => styles.get(e) ?? styles.set(e, getComputedStyle(e)).get(e);
    const inline = e => ["inline", "inline flow", "contents"].includes(style(e).display);
    const block = e => { while (inline(e)) e = e.parentElement; return e; };
    const out = (a, b, slack) => a.left < b.left - 1 || a.right > b.right + 1
        || a.top < b.top - slack || a.bottom > b.bottom + slack;
    const does = (e, ...ways) => ["overflowX", "overflowY"].some(o => ways.includes(style(e)[o]));
    const sheet = { left: 0, right: document.documentElement.clientWidth, top: -1e9, bottom: 1e9 };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const words = document.createRange();
    for (let text; (text = texts.nextNode());) {
        const own = text.parentElement;
        if (!text.data.trim() || own.closest("svg, script, style, select, .ps-skip")) continue;
        words.selectNodeContents(text);
        const rects = [...words.getClientRects()].filter(r => r.width > 0);
        // a head may be there for those who listen only
        const heads = [own.closest("th"), own.closest("thead")].filter(Boolean);
        if (!rects.length || heads.some(head => style(head).clipPath !== "none")) continue;
        const boxes = [block(own).getBoundingClientRect()];
        let e = own;
        for (; e !== document.body && !does(e, "auto", "scroll"); e = e.parentElement)
            if (does(e, "hidden", "clip")) boxes.push(e.getBoundingClientRect());
        if (e === document.body) boxes.push(sheet);
        // marks of Vietnamese letters reach a little over the line that holds them
        if (rects.some(r => boxes.some(box => out(r, box, r.height / 3))))
            found.push([text.data.trim().slice(0, 60), block(own).outerHTML.slice(0, 100)]);
    }
    const pen = document.createElement("canvas").getContext("2d");
    for (const list of document.querySelectorAll("select")) {
        const own = style(list), arrow = 18;
        if (!list.getClientRects().length) continue;
        pen.font = own.font;
        const said = list.selectedOptions[0]?.textContent.trim() ?? "";
        const edges = parseFloat(own.paddingLeft) + parseFloat(own.paddingRight) + arrow;
        if (pen.measureText(said).width > list.clientWidth - edges + 1) found.push([said, list.id]);
    }
    return found;
}"""


def listened(page: Any) -> list[str]:
    """What the page asks of others and complains of from now on."""
    heard: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            heard.append(request.url)

    page.on("request", asked)
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@contextmanager
def opened(
    browser: Any, path: Path, width: int, fragment: str = "", **options: Any
) -> Iterator[Any]:
    """Open a file; on leaving, nothing may have been asked of the network or complained of."""
    viewport = {"width": width, "height": 844}
    context = browser.new_context(viewport=viewport, offline=True, **options)
    page = context.new_page()
    heard = listened(page)
    page.goto(path.as_uri() + fragment)
    yield page
    context.close()
    assert heard == []


def overflowing(page: Any) -> list[str]:
    """Elements that stick out of the window, but for those inside a box that scrolls."""
    found: list[str] = page.evaluate(_STICKING)
    return found


def cut(page: Any) -> list[Any]:
    """Whatever of a page a reader cannot see whole: pictures, words, words in pictures."""
    beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    wide = ["the page is wider than the window"] if beyond > 0 else []
    return [*wide, *(one for look in (_DRAWN, _PICTURES, _WORDS) for one in page.evaluate(look))]


def violations(page: Any) -> list[tuple[str, str]]:
    """Which rules for readers with a disability a page breaks, and where first."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:120]) for v in found]


@lru_cache(maxsize=64)
def _ids(path: Path, _changed: int) -> frozenset[str]:
    return frozenset(re.findall(r'\sid="([^"]+)"', path.read_text(encoding="utf-8")))


def broken_links(page: Any, path: Path) -> list[str]:
    """Links of a page that lead nowhere: to no file, to no place of a page, to no address."""
    links = page.evaluate(
        "[...new Set([...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')))]"
    )
    here = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
    broken = []
    for link in links:
        parts = urlsplit(link)
        if parts.scheme in ("http", "https"):
            held = "." in (parts.hostname or "")
        elif parts.scheme:
            held = parts.scheme == "mailto" and "@" in parts.path
        else:
            other = path.parent / unquote(parts.path) if parts.path else path
            held = other.is_file()
            # a fragment of a page with a script of its own says its state
            if held and parts.fragment and "&" not in parts.fragment:
                there = _ids(other, other.stat().st_mtime_ns) if parts.path else here
                held = unquote(parts.fragment) in there
        if not held:
            broken.append(link)
    return broken
