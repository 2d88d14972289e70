"""Outputs that are the same each time: no clock, no random id, no address in memory."""

from __future__ import annotations

import re
from typing import Any

from parstudy.display.foreign import without_clock
from parstudy.publish.widgets import VIEW

_GREAT = re.compile(r'<div id="([a-z]{10})"(?=[^>]*>\s*<style>)')
# names that libraries draw by lot; an address of the web that holds such a one is another's
_DRAWN_BY_LOT = re.compile(
    r"https?://[^\s\"'<>]*|(?P<styler>\bT_[0-9a-f]{5,32}(?=[_\"'\s{]))"
    r"|(?P<uuid>(?<![0-9a-f])[0-9a-f]{8}(?P<dash>[-_])[0-9a-f]{4}(?P=dash)4[0-9a-f]{3}(?P=dash)"
    r"[89ab][0-9a-f]{3}(?P=dash)[0-9a-f]{12}(?![0-9a-f]))|(?P<hex>(?<=-)[0-9a-f]{32}\b)"
)
_STEADY = {
    "styler": "T_{:d}",
    "uuid": "00000000-0000-4000-8000-{:012d}",
    "hex": "{:032d}",
}
_MARKS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[a-z][^>]*>", re.DOTALL | re.IGNORECASE)
_LETS_PLOT = re.compile(r'<div id="(\w{6})" ?></div>\s*<script[^>]* data-lets-plot')
_ADDRESS = re.compile(r"(?:(?<=\bat )|(?<=\bid: ))0x[0-9a-fA-F]{6,16}\b")
_CLOCK = re.compile(
    r"(?:\bDate:[ \t]+(?:\w{3}, (?:\d\d \w{3}|\w{3} \d\d) \d{4}|\d{4}-\d\d-\d\d \d\d:\d\d)"
    r"|^Time:[ \t]+\d\d:\d\d:\d\d)",
    re.MULTILINE,
)
# what %time and %timeit print
_TIMED = re.compile(
    r"^(?:CPU times: .*|Wall time: .*|Compiler +: [\d.]+ .?s"
    r"|[ \t]*[\d.]+ (?:[nμµm]?s|min) ± .* per loop \(mean ± .*\))\n?",
    re.MULTILINE,
)
_LATEX_CLOCK = re.compile(
    r"((?:Date|Time):\}?\s*&\s*)"
    r"(?:\w{3}, [\w ]+ \d{4}|\d{4}-\d\d-\d\d \d\d:\d\d|\d\d:\d\d:\d\d)"
)
_DRAWN_ON = re.compile(r"<dc:date>[^<]*</dc:date>")
_SVG_ID = re.compile(r'\bid="([^"]+)"')
_SVG_USE = re.compile(r'(?<=url\(#)[^)]+|(?<=href="#)[^"]+')


def make_steady(nb: Any) -> None:
    """Take out of the outputs of a notebook what differs between two runs of the same thing.

    Parameters
    ----------
    nb : NotebookNode
        Executed notebook, changed in place.
    """
    names: dict[str, str] = {}
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output["text"] = _text(output.text)
            data = output.get("data", {})
            if isinstance(data.get("text/plain"), str):
                data["text/plain"] = _text(data["text/plain"])
            if isinstance(latex := data.get("text/latex"), str):
                data["text/latex"] = _LATEX_CLOCK.sub(r"\1", latex)
            if isinstance(html := data.get("text/html"), str):
                data["text/html"] = _html(html, names)
            if isinstance(svg := data.get("image/svg+xml"), str):
                data["image/svg+xml"] = _svg(svg)
            if isinstance(data.get(VIEW), dict) and "model_id" in data[VIEW]:
                model = str(data[VIEW]["model_id"])
                data[VIEW]["model_id"] = names.setdefault(model, f"{len(names) + 1:032d}")


def _text(text: str) -> str:
    text = _TIMED.sub("", _ADDRESS.sub("0x…", text))
    return _CLOCK.sub(lambda found: " " * len(found[0]), text)


def _html(html: str, names: dict[str, str]) -> str:
    if "simpletable" in html:
        html = without_clock(html)
    if "gt_table" in html:
        for own in _GREAT.findall(html):
            html = re.sub(rf"\b{own}\b", names.setdefault(own, f"gt-{len(names) + 1}"), html)
    for own in _LETS_PLOT.findall(html):
        html = re.sub(rf"\b{own}\b", names.setdefault(own, f"lets-plot-{len(names) + 1}"), html)
    if any(
        found["styler"] or found["uuid"] or found["hex"] for found in _DRAWN_BY_LOT.finditer(html)
    ):

        def numbered(found: re.Match[str]) -> str:
            kind = next((kind for kind in _STEADY if found[kind]), "")
            new = _STEADY[kind].format(len(names) + 1) if kind else found[0]
            return names.setdefault(found[0], new) if kind else new

        # in marks only: what a reader sees is nobody's name
        html = _MARKS.sub(lambda mark: _DRAWN_BY_LOT.sub(numbered, mark[0]), html)
    return _ADDRESS.sub("0x…", html)


def _svg(svg: str) -> str:
    """A drawing with its ids numbered; each stands by itself."""
    numbers: dict[str, str] = {}
    for own in _SVG_ID.findall(svg):
        numbers.setdefault(own, f"p{len(numbers) + 1}")
    svg = _SVG_ID.sub(lambda found: f'id="{numbers[found[1]]}"', svg)
    svg = _SVG_USE.sub(lambda found: numbers.get(found[0], found[0]), svg)
    return _DRAWN_ON.sub("", svg)
