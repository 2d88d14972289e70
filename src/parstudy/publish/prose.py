"""Markdown of a notebook as HTML: formulas as MathML, pictures inside the page."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from mistune.plugins import import_plugin
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
    MathInlineParser,
)

from parstudy.errors import RunError
from parstudy.publish.formulas import LONG, MACROS, as_known, with_references
from parstudy.publish.pandoc import without_marks
from parstudy.publish.pipe_tables import with_even_tables

Tell = Callable[[str], None]
"""Takes a remark for the author."""

LARGEST = 10_000_000
"""Bytes that a picture may have: a report is sent by e-mail."""

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
_SVG = re.compile(rb"\s*+(?:<\?xml[^>]*>\s*+)?(?:(?><!--.*?-->|<!DOCTYPE[^>]*>)\s*+)*+<svg\b", re.S)
_ENTITY = re.compile(r"&(?!lt;|gt;|amp;|quot;|#)(\w+;)")
_ATTRIBUTES = re.compile(r"\s*\{[-#.][^{}]*\}\s*$")
# the same behind a picture: "![x](x.png){width=50%}"
_SIZED = re.compile(r"(<img [^>]*>)\{[^{}<>\n]*\}")
_PLUGINS = [import_plugin(name) for name in ("strikethrough", "table", "url", "task_lists",
                                             "def_list", "footnotes",
                                             "mistune.plugins.table.table_in_list",
                                             "mistune.plugins.table.table_in_quote")]  # fmt: skip
_DELIMITERS = (("$$", "$$", True), (r"\[", r"\]", True), (r"\(", r"\)", False), ("$", "$", False))
_NO_FORMULA = r"\$\d[^$]*\s\$|\$[\d.,]+\s+[^\W\d_]{2,}|(?<=\d)\$\s|\$[^$]*`[^$]*\$"
_ENVIRONMENT = re.compile(r"\\begin\{([a-zA-Z]+\*?)\}.*\\end\{\1\}", re.DOTALL)
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


class Prose:
    """Turns the Markdown and the formulas of one notebook into HTML.

    Parameters
    ----------
    folder : Path, optional
        Where the notebook lies: pictures beside it are taken into the page.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        # one for the whole notebook: a command that one cell defines is known to the next
        self._math = LatexToMathML(
            fancy_error=False, global_group=True, id_prefix="ps-formula-", macros=MACROS
        )

    def html(self, source: str, tell: Tell, attachments: Mapping[str, Any] | None = None) -> str:
        """Write Markdown as HTML; what it holds that a report may not is still in it."""
        renderer = _Renderer(self, tell, attachments or {})
        markdown = MarkdownWithMath(renderer=renderer, inline=_Inline(), plugins=_PLUGINS)
        source = with_references(without_marks(source, tell))
        html = str(markdown.render(with_even_tables(source)))
        return _SIZED.sub(r"\1", html)

    def latex(self, source: str, tell: Tell) -> str:
        """Write what an object calls its LaTeX: a formula, with or without its delimiters."""
        source = source.strip()
        for start, end, block in _DELIMITERS:
            if source.startswith(start) and source.endswith(end) and len(source) > len(start):
                return self.formula(source[len(start) : -len(end)], tell, block=block)
        return self.formula(source, tell, block=True)

    def formula(self, latex: str, tell: Tell, *, block: bool) -> str:
        """Write a formula as MathML; one that cannot be set stands as text, and that is told."""
        latex = latex.strip().removeprefix(r"\displaystyle").strip()
        try:
            math = self._math.convert_with_global_state(as_known(latex), displaystyle=block)
        except LatexError as error:
            reason = " ".join(str(error).split())
            tell(f"a formula cannot be set and stands as text: {_short(latex)} ({reason})")
            return str(Markup('<code class="ps-formula">{}</code>').format(latex))
        # names of characters that not every parser knows
        math = _ENTITY.sub(lambda found: str(Markup(found[0]).unescape()), math)
        if not block:
            # a long one scrolls by itself where the page is narrow
            return f'<span class="ps-formula">{math}</span>' if len(latex) > LONG else math
        return f'<div class="ps-formula">{math}</div>'

    def picture(self, source: str, tell: Tell) -> str | None:
        """Data URI of a picture that lies beside the notebook; None if it is not to be had."""
        if _ELSEWHERE.match(source):
            tell(f"a picture from elsewhere is left out: {_short(source)}")
            return None
        path = unquote(source.partition("#")[0].partition("?")[0])
        if self._folder is None or not path or Path(path).is_absolute():
            tell(f"a picture is not to be found: {_short(source)}")
            return None
        try:
            data = (self._folder / path).read_bytes()
        except (OSError, ValueError):
            tell(f"a picture is not to be found beside the notebook: {_short(source)}")
            return None
        return self.data_uri(data, source, tell)

    def data_uri(self, data: bytes, name: str, tell: Tell) -> str | None:
        """Write the bytes of a picture into an address; None if they are no picture.

        Raises
        ------
        RunError
            ``picture_too_large``.
        """
        if len(data) > LARGEST:
            raise too_large(len(data), name)
        kind = picture_kind(data)
        if kind is None:
            tell(f"not a picture that a report can show: {_short(name)}")
            return None
        return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


class _Inline(MathInlineParser):
    """nbconvert's formulas within text, but for money and for code.

    "From $5 to $10": no formula that begins with a number ends in a blank, or goes on in words.
    """

    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathInlineParser.SPECIFICATION,
        "inline_math_tex": rf"(?!{_NO_FORMULA}){MathInlineParser.INLINE_MATH_TEX}",
    }


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, but for formulas and pictures."""

    def __init__(self, prose: Prose, tell: Tell, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=dict(attachments))
        self._prose = prose
        self._tell = tell

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        # what pandoc takes for attributes: "Results {-}", "Results {#results .unnumbered}"
        return str(super().heading(_ATTRIBUTES.sub("", text), level, **attrs))

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

    def block_math(self, body: str) -> str:
        return self._prose.formula(body, self._tell, block=True)

    def inline_math(self, body: str) -> str:
        return self._prose.formula(body, self._tell, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        latex = rf"\begin{{{name}}}{body}\end{{{name}}}"
        return self._prose.formula(latex, self._tell, block=True)

    def block_mermaidjs(self, code: str) -> str:
        self._tell("a mermaid diagram is drawn by a script; its text is shown")
        return str(Markup("<pre><code>{}</code></pre>").format(code.strip()))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        source: str | None = url
        if url.startswith("attachment:"):
            source = self._attached(unquote(url.removeprefix("attachment:")))
        elif not url.startswith("data:"):
            source = self._prose.picture(url, self._tell)
        if source is None:
            return str(Markup("<em>[{}]</em>").format(text or url))
        return str(
            Markup('<img src="{}" alt="{}"{}>').format(
                source, text, Markup(' title="{}"').format(title) if title else ""
            )
        )

    def _attached(self, name: str) -> str | None:
        for kind, data in sorted(dict(self.attachments.get(name, {})).items()):
            if str(kind).startswith("image/"):
                raw = _decoded(data)
                return self._prose.data_uri(raw, name, self._tell)
        self._tell(f"an attachment is missing in the cell: {_short(name)}")
        return None


def _decoded(data: Any) -> bytes:
    text = data if isinstance(data, str) else "".join(data)
    if text.lstrip().startswith("<"):
        return text.encode("utf-8")
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def picture_kind(data: bytes) -> str | None:
    """MIME type of a picture, by its first bytes."""
    for start, kind in _KINDS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/svg+xml" if _SVG.match(data[:4000]) else None


def too_large(size: int, name: str, place: str = "") -> RunError:
    """Error of a picture that is too large to be sent round."""
    return RunError(
        "picture_too_large",
        "a picture is too large for a report",
        place=place,
        found=f"{size / 1e6:.0f} MB" + (f" ({name})" if name else ""),
        expected=f"{LARGEST / 1e6:.0f} MB at most",
        advice="Draw it with fewer dots per inch (dpi), or as PNG instead of SVG",
    )


def is_formula(latex: str) -> bool:
    """Whether LaTeX is a formula, and not a table or a text."""
    found = _ENVIRONMENT.search(latex)
    return not (found and found[1].startswith(("tabular", "table", "longtable", "figure")))


def _short(text: str, length: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
