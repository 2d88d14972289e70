"""The outputs of a cell as readers see them: each a piece of HTML."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from parstudy.display.chart import figure_html
from parstudy.display.figure_words import METADATA, words_of_figure
from parstudy.display.page import MIME
from parstudy.display.words import Language
from parstudy.errors import RunError
from parstudy.publish.cleaning import Cleaner
from parstudy.publish.hiding import prints_markdown
from parstudy.publish.prose import LARGEST, Prose, Tell, is_formula, too_large
from parstudy.publish.widgets import VIEW
from parstudy.publish.wording import Wording, announced

PRINTED = 100_000
"""Characters that a cell may print into a report."""

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_ORDER = ("text/html", "text/markdown", *_PICTURES, "text/latex", "text/plain")
_MOVING = (  # what only a script can show, by its MIME type
    ("application/vnd.plotly", "Plotly"),
    ("application/vnd.vega", "Vega-Altair"),
    ("application/vnd.bokehjs_exec", "Bokeh"),
    ("application/vnd.holoviews", "HoloViews"),
    (VIEW, "ipywidgets"),
)
_SCRIPT = "application/javascript"
_STRUCTURED = ("application/json", "application/geo+json")
_NAMELESS = re.compile(r"<[\w.]+ object>")
_SILENT = ("application/vnd.bokehjs_load", "application/vnd.holoviews_load")
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BACK = re.compile(r"^[^\n]*\r(?=[^\n])", re.MULTILINE)
# what drawing functions give back, and what a bar of progress is without its script
_NOISE = re.compile(
    r"\s*(?:[\[(]*<(?:matplotlib|seaborn|sympy\.plotting|Axes|Figure|mpl_toolkits|BarContainer)\b.*"
    r"|(?:array\()?\[+<(?:Axes|matplotlib).*|(?:Text|Text3D)\(.*\)"
    r"|\(?array\(.*<(?:BarContainer|a list of).*|<Figure size .*>)\s*",
    re.DOTALL,
)
_BARE_SVG = re.compile(r"(<svg\b)(?![^>]*\bxmlns=)")
_PROGRESS = re.compile(r"\s*(?:HBox|FloatProgress|IntProgress|(?:.*: )? *\d+%\||(?:.*: )?0it)")
_UNFOLDED = "xr-text-repr-fallback"  # of xarray, whose rows open by buttons
_LIBRARIES = ("HTML", "Plotly", "Lets-Plot", "Vega-Altair", "Bokeh", "Leaflet", "ECharts",
              "Highcharts", "vis-network", "DataTables")  # fmt: skip
# a library that makes itself ready shows nothing yet
_READY = re.compile(r"data-lets-plot-script=.library|init_notebook_mode|PlotlyConfig")
_SHOWS = re.compile(r"<table\b|<img\b|plotly-graph-div|data-lets-plot-script=.plot")
_LIBRARY = re.compile(
    r"(plotly)|(lets-?plot)|(vega)|(bokeh)|(leaflet|folium)|(echarts)|(highcharts)|(vis-network)"
    r"|(itables|DataTable)",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"<(script|iframe|object|embed|canvas|video|audio)\b", re.IGNORECASE)
_APART = re.compile(r"<(video|audio|iframe|canvas)\b|class=\"(animation)\"", re.IGNORECASE)
# of matplotlib, whose animations are a script
_FRAME = re.compile(r'frames\[0\] = "data:image/png;base64,([^"]+)"')
_UNTRUSTED = "Make this Notebook Trusted to load map: File -&gt; Trust Notebook"  # of folium
_DOTS = {"pt": 96 / 72, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "px": 1, "": 1}


@dataclass
class Shower:
    """Turns outputs into HTML, for one page.

    Parameters
    ----------
    language : Language
        Language of what is said in place of what cannot be shown.
    prose : Prose
        Markdown and formulas.
    cleaner : Cleaner, optional
        Takes out of others' HTML what a report may not hold; without one, it is left as it is, and
        a page that holds such things is refused as a whole.
    """

    language: Language
    prose: Prose
    cleaner: Cleaner | None = None
    heading: str = ""
    """The heading below which the next output stands."""

    def prose_of(self, cell: Any, tell: Tell) -> str:
        """HTML of a markdown cell."""
        html = self.prose.html(cell.source, tell, cell.get("attachments"))
        return self._cleaned(html, tell) or ""

    def raw_of(self, cell: Any, tell: Tell) -> str:
        """HTML of a raw cell, if that is what it is made for; else nothing, and that is told."""
        kind = cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or ""
        if self.cleaner is None or not cell.source.strip():
            return ""
        if kind in {"text/html", "html"}:
            return self._cleaned(cell.source, tell) or ""
        if kind in {"text/markdown", "markdown"}:
            return self.prose_of(cell, tell)
        tell(f"a raw cell is left out{f' ({kind})' if kind else ''}")
        return ""

    def unnamed(self) -> str:
        """What stands for a picture of which nothing is known but where it stands."""
        if self.heading:
            return self.language.text("Picture below “{heading}”", heading=self.heading)
        return self.language.text("Picture without a description")

    def _cleaned(self, html: str, tell: Tell, *, typeset: bool = False) -> str | None:
        if self.cleaner is None:
            return html
        return self.cleaner.clean(html, tell, self.unnamed, typeset=typeset)

    def shown(self, cell: Any, tell: Tell, place: str) -> list[str]:
        """Pieces of HTML for the outputs of a code cell.

        Raises
        ------
        RunError
            ``picture_without_alt``, ``picture_too_large``.
        """
        words = Wording.of(cell, self.language)
        drawn = any(set(_PICTURES) & set(o.get("data", ())) for o in cell.outputs)
        pieces = []
        asis = prints_markdown(cell)
        for output in cell.outputs:
            if drawn and _is_noise(output):
                continue
            if asis and output.output_type == "stream":
                output = type(output)(
                    output_type="display_data", data={"text/markdown": output.text}, metadata={}
                )
            piece = self._output(output, words, tell, place)
            if piece:
                pieces.append(piece)
        return pieces

    def folded(self, pieces: list[str]) -> str:
        """Outputs that the author wants shut until a reader opens them."""
        opens = Markup("<summary>{}</summary>").format(self.language.text("Output"))
        return f'<details class="ps-folded">{opens}{"".join(pieces)}</details>'

    def _output(self, output: Any, words: Wording, tell: Tell, place: str) -> str | None:
        if output.output_type == "stream":
            return self._printed(output.text, tell) if output.name == "stdout" else None
        if output.output_type == "error":
            said = _plain(f"{output.ename}: {output.evalue}")
            return str(Markup('<pre class="ps-stdout">{}</pre>').format(said))
        if frame := _FRAME.search(_joined(output.data.get("text/html", ""))):
            tell("an animation is shown as its first picture")
            output = type(output)(data={"image/png": frame[1].replace("\\\n", "")}, metadata={})
        data = output.data
        if MIME in data:
            if caption := announced(output).get("caption"):
                words.add(caption, self.language)
                return None
            return _joined(data.get("text/html", ""))
        if any(kind.startswith(_SILENT) for kind in data):
            return None
        best = self._best(data)
        if best in _PICTURES and (formula := self._formula(data)):
            return formula
        moving = _moving(data)
        if moving and best not in _PICTURES:
            return self._left_out(moving, data, tell)
        if best is None or (best == "text/plain" and _SCRIPT in data):
            if data:
                tell(f"nothing that a report can show: {', '.join(sorted(data))}")
            return None
        if best in _PICTURES:
            return self._picture(output, best, words, tell, place)
        return self._text(best, _joined(data[best]), words, tell)

    def _best(self, data: Mapping[str, Any]) -> str | None:
        """The richest form that a report can show; a still picture of what moves."""
        order = (*_PICTURES, *_ORDER) if _moving(data) else _ORDER
        best = next((kind for kind in order if kind in data), None)
        if best == "text/html" and _UNFOLDED in _joined(data[best]) and "text/plain" in data:
            return "text/plain"
        if best == "text/plain" and _NAMELESS.match(_joined(data[best])):
            return next((kind for kind in _STRUCTURED if kind in data), best)
        return best

    def _formula(self, data: Mapping[str, Any]) -> str:
        """The formula of which an object gives a picture as well, if it can be set."""
        latex = _joined(data.get("text/latex", ""))
        unset: list[str] = []
        html = self.prose.latex(latex, unset.append) if latex and is_formula(latex) else ""
        return "" if unset else html

    def _text(self, kind: str, text: str, words: Wording, tell: Tell) -> str | None:
        if kind == "text/html":
            return self._html(text, words, tell)
        if kind == "text/markdown":
            cleaned = self._cleaned(self.prose.html(text, tell), tell)
            return cleaned and f'<div class="ps-markdown">{cleaned}</div>'
        if kind == "text/latex" and is_formula(text):
            return self.prose.latex(text, tell)
        if kind in _STRUCTURED:
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        return self._printed(text, tell)

    def _html(self, html: str, words: Wording, tell: Tell) -> str | None:
        if self.cleaner is None:
            return html
        if _READY.search(html) and not _SHOWS.search(html):
            return None
        cleaned = self._cleaned(html, tell, typeset=True)
        if cleaned is None:
            return self._in_place_of(_named(html), {}) if _draws(html) else None
        if (named := _named(html)) != "HTML":
            cleaned = cleaned.replace(_UNTRUSTED, "") + self._in_place_of(named, {})
        if "<table" in cleaned and "<caption" not in cleaned and (caption := words.of_table()):
            mark = str(Markup("<caption>{}</caption>").format(caption))
            cleaned = re.sub(r"(<table\b[^>]*>)", lambda m: m[0] + mark, cleaned, count=1)
        return cleaned

    def _printed(self, text: str, tell: Tell) -> str | None:
        text = _plain(text)
        if not text.strip():
            return None
        rest = len(text) - PRINTED
        if rest > 0:
            tell(f"printed {len(text)} characters, of which a report shows {PRINTED}")
            cut = self.language.text(
                "… {n} characters more are left out.", n=self.language.number(rest, 0)
            )
            note = Markup('<p class="ps-note">{}</p>').format(cut)
            return str(Markup('<pre class="ps-stdout">{}</pre>{}').format(text[:PRINTED], note))
        return str(Markup('<pre class="ps-stdout">{}</pre>').format(text))

    def _picture(
        self, output: Any, kind: str, words: Wording, tell: Tell, place: str
    ) -> str | None:
        data = _bytes(kind, output.data[kind])
        if len(data) > LARGEST:
            raise too_large(len(data), "", place)
        if not data:
            tell("an empty picture is left out")
            return None
        size = _size(kind, data)
        if not size:
            tell("a picture that cannot be drawn is left out")
            return None
        about = {**output.metadata, **output.metadata.get(kind, {})}
        caption, alt = words.of_picture()
        alt = str(about.get("alt") or alt) or self._made(output, about, caption, tell, place)
        wide, high = about.get("width"), about.get("height")
        if isinstance(wide, (int, float)) and isinstance(high, (int, float)):
            size = round(wide), round(high)
        source = f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
        return str(figure_html(source, alt, *size, "", caption))

    def _made(
        self, output: Any, about: Mapping[str, Any], caption: str, tell: Tell, place: str
    ) -> str:
        """A text alternative where the author has given none."""
        facts = (about.get(METADATA) or {}).get("figure") or _facts(output.data)
        alt = words_of_figure(facts, self.language) if facts else ""
        if self.cleaner is None and not alt:
            raise RunError(
                "picture_without_alt",
                "a picture without alternative text",
                place=place,
                expected="page.figure(fig, alt='what it shows'), a comment  # alt: what it shows"
                "  in the cell, or a Chart, which says in words what it shows",
            )
        tell(
            "a picture without alternative text has got one made from what it shows; yours would "
            "say more:  # alt: what the picture shows"
        )
        return alt or caption or self.unnamed()

    def _left_out(self, what: str, data: Mapping[str, Any], tell: Tell) -> str | None:
        if what == "ipywidgets":
            what = _joined(data.get("text/plain", "")).partition("(")[0].strip() or what
            if _PROGRESS.match(_joined(data.get("text/plain", ""))):
                return None
        tell(
            f"{what} needs a script, which a report may not hold; it says so in its place. "
            "Show it as a picture (Plotly: fig.show('png'), Altair: "
            "alt.renderers.enable('png')) or as a table"
        )
        return self._in_place_of(what, data)

    def _in_place_of(self, what: str, data: Mapping[str, Any]) -> str:
        said = self.language.text(
            "Here the notebook shows something interactive ({what}), which a report cannot hold.",
            what=what,
        )
        facts = _facts(data)
        said = " ".join(filter(None, (said, words_of_figure(facts, self.language))))
        return str(Markup('<p class="ps-note">{}</p>').format(said))


def _named(html: str) -> str:
    """What a report cannot hold of a piece of HTML."""
    found = _APART.search(html)
    if library := _LIBRARY.search(html) if "<script" in html else None:
        return _LIBRARIES[library.lastindex or 0]
    return (found[1] or found[2]).lower() if found else "HTML"


def _draws(html: str) -> bool:
    """Whether a script has a place to draw into: one alone makes a library ready."""
    alone = re.sub(r"(?is)<(script|style|noscript)\b.*?</\1>|<(?:link|meta)\b[^>]*>", "", html)
    return bool(_ACTIVE.search(html) and re.search(r"<\w", alone)) or bool(_APART.search(html))


def _moving(data: Mapping[str, Any]) -> str:
    """Name of the library whose output only a script can show; empty if there is none."""
    for start, name in _MOVING:
        if any(kind.startswith(start) for kind in data):
            return name
    return ""


def _is_noise(output: Any) -> bool:
    data = output.get("data", {})
    return set(data) == {"text/plain"} and bool(_NOISE.fullmatch(_joined(data["text/plain"])))


def _plain(text: str) -> str:
    """Text as it stands at the end: colours out, lines that were written over once."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    if "\r" in text:
        text = _BACK.sub("", text).replace("\r", "")
    if "\b" in text:
        text = _struck(text)
    return _CONTROL.sub("", text)


def _struck(text: str) -> str:
    """Text in which each backspace has taken the character before it."""
    kept: list[str] = []
    for character in text:
        if character != "\b":
            kept.append(character)
        elif kept and kept[-1] != "\n":
            kept.pop()
    return "".join(kept)


def _joined(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _bytes(kind: str, value: Any) -> bytes:
    text = _joined(value)
    if kind == "image/svg+xml" and text.lstrip().startswith("<"):
        # a browser draws a file of its own only where it says that it is SVG
        return _BARE_SVG.sub(r'\1 xmlns="http://www.w3.org/2000/svg"', text, 1).encode("utf-8")
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _size(kind: str, data: bytes) -> tuple[int, int] | None:
    """Width and height of a picture in pixels; none where a browser would show that it failed."""
    if kind == "image/svg+xml":
        return _size_of_svg(data)
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return int(picture.width), int(picture.height)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _size_of_svg(data: bytes) -> tuple[int, int] | None:
    from lxml import etree

    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    if etree.QName(root).localname != "svg":
        return None
    width, height = (_pixels(root.get(side, "")) for side in ("width", "height"))
    return (width, height) if width and height else (640, 480)


def _pixels(length: str) -> int:
    found = re.fullmatch(r"([\d.]+)(pt|px|in|cm|mm|)", length)
    return round(float(found[1]) * _DOTS[found[2]]) if found else 0


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the description of an interactive picture says: title, names of the axes, marks."""
    for kind, value in data.items():
        if not kind.startswith(("application/vnd.plotly", "application/vnd.vega")):
            continue
        told = value if isinstance(value, Mapping) else json.loads(_joined(value))
        if "plotly" in kind:
            layout = told.get("layout", {})
            names = [str(trace.get("name") or "") for trace in told.get("data", ())]
            axes = [_title(layout.get(axis, {}).get("title")) for axis in ("xaxis", "yaxis")]
            title = _title(layout.get("title"))
        else:
            encoding = told.get("encoding", {})
            axes = [
                _title(encoding.get(axis, {}).get("title") or encoding.get(axis, {}).get("field"))
                for axis in ("x", "y")
            ]
            names, title = [], _title(told.get("title"))
        legend = [name for name in names if name] if len(names) > 1 else []
        part = {"title": "", "x": axes[0], "y": axes[1], "along": [], "legend": legend, "marks": []}
        return {"title": title, "axes": [part]}
    return {}


def _title(given: Any) -> str:
    if isinstance(given, Mapping):
        given = given.get("text", "")
    return " ".join(Markup(given or "").striptags().split())
