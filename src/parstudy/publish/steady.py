"""Outputs that are the same each time: no clock, no random id, no address in memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from parstudy.display.foreign import without_clock
from parstudy.publish.widgets import VIEW

_STYLER = re.compile(r"\bT_[0-9a-f]{5,32}(?=[_\"'\s{])")
_GREAT = re.compile(r'<div id="([a-z]{10})"(?=[^>]*>\s*<style>)')
_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}(?P<dash>[-_])[0-9a-f]{4}(?P=dash)4[0-9a-f]{3}(?P=dash)"
    r"[89ab][0-9a-f]{3}(?P=dash)[0-9a-f]{12}(?![0-9a-f])"
)
_HEX = re.compile(r"(?<=-)[0-9a-f]{32}\b")
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

    def named(pattern: str) -> Callable[[re.Match[str]], str]:
        return lambda found: names.setdefault(found[0], pattern.format(len(names) + 1))

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
                data["text/html"] = _html(html, named, names)
            if isinstance(svg := data.get("image/svg+xml"), str):
                data["image/svg+xml"] = _svg(svg)
            if isinstance(data.get(VIEW), dict) and "model_id" in data[VIEW]:
                model = str(data[VIEW]["model_id"])
                data[VIEW]["model_id"] = names.setdefault(model, f"{len(names) + 1:032d}")


def _text(text: str) -> str:
    text = _TIMED.sub("", _ADDRESS.sub("0x…", text))
    return _CLOCK.sub(lambda found: " " * len(found[0]), text)


def _html(
    html: str, named: Callable[[str], Callable[[re.Match[str]], str]], names: dict[str, str]
) -> str:
    if "simpletable" in html:
        html = without_clock(html)
    html = _STYLER.sub(named("T_{:d}"), html)
    if "gt_table" in html:
        for own in _GREAT.findall(html):
            html = re.sub(rf"\b{own}\b", names.setdefault(own, f"gt-{len(names) + 1}"), html)
    for own in _LETS_PLOT.findall(html):
        html = re.sub(rf"\b{own}\b", names.setdefault(own, f"lets-plot-{len(names) + 1}"), html)
    html = _UUID.sub(named("00000000-0000-4000-8000-{:012d}"), html)
    html = _HEX.sub(named("{:032d}"), html)
    return _ADDRESS.sub("0x…", html)


def _svg(svg: str) -> str:
    """A drawing with its ids numbered; each stands by itself."""
    numbers: dict[str, str] = {}
    for own in _SVG_ID.findall(svg):
        numbers.setdefault(own, f"p{len(numbers) + 1}")
    svg = _SVG_ID.sub(lambda found: f'id="{numbers[found[1]]}"', svg)
    svg = _SVG_USE.sub(lambda found: numbers.get(found[0], found[0]), svg)
    return _DRAWN_ON.sub("", svg)
