"""Marks of Quarto, Pandoc and MyST that Jupyter shows as text: boxes, spans, short codes, notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup

_CODE = re.compile(
    r"(^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?P<ticks>`+)(?:(?!(?P=ticks)).)+(?P=ticks))",
    re.DOTALL | re.MULTILINE,
)
_FENCE = re.compile(r" {0,3}:{3,}[ \t]*(?:\{(?P<kind>[^{}]*)\}|(?P<word>[\w-]+))?(?P<rest>.*)$")
_BOX = re.compile(r"\.?(?:callout-)?(note|tip|warning|important|caution|admonition)\b")
_TITLE = re.compile(r"""title=["']([^"']*)["']""")
_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*$")
_SPAN = re.compile(r"(?<!!)\[([^\[\]]+)\]\{(?:[.#]|style=)[^{}]*\}")
_KEY = re.compile(r"\{\{<\s*kbd\s+([^>]+?)\s*>\}\}")
_SHORT = re.compile(r"\{\{<[^>]*>\}\}")
_NOTE = re.compile(r"\^\[([^\[\]]+)\]")
_LABEL = re.compile(r"(\$\$)[ \t]*\{#eq-[\w-]+\}")
_REFERENCE = re.compile(r"(?<![\w@.])@(?:fig|tbl|eq|sec)-[\w-]+")


def without_marks(source: str, tell: Callable[[str], None]) -> str:
    r"""Markdown as Jupyter reads it.

    Parameters
    ----------
    source : str
        Markdown; what stands in code is left.
    tell : callable
        Takes a remark for the author.

    Examples
    --------
    >>> print(without_marks('::: {.callout-note title="So"}\n[a]{.b}\n:::', print).strip())
    <blockquote class="ps-callout">
    <BLANKLINE>
    **So**
    <BLANKLINE>
    a
    <BLANKLINE>
    </blockquote>
    """
    if not re.search(r":::|\]\{|\{\{<|\^\[|\{#eq-|@\w", source):
        return source
    code: list[str] = []

    def kept(found: re.Match[str]) -> str:
        code.append(found[0])
        return f"\0{len(code) - 1}\0"

    text = _CODE.sub(kept, source)
    if names := _REFERENCE.findall(text):
        tell(f"references that Quarto numbers stay as text: {', '.join(dict.fromkeys(names))}")
    text = _SHORT.sub("", _KEY.sub(r"<kbd>\1</kbd>", _LABEL.sub(r"\1", _SPAN.sub(r"\1", text))))
    text = "\n".join(_without_fences(_with_notes(text).split("\n")))
    return re.sub(r"\0(\d+)\0", lambda found: code[int(found[1])], text)


def _with_notes(text: str) -> str:
    notes: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        notes.append(found[1])
        return f"[^within-{len(notes)}]"

    text = _NOTE.sub(numbered, text)
    said = [f"[^within-{number}]: {note}" for number, note in enumerate(notes, 1)]
    return "\n\n".join([text, *said])


def _without_fences(lines: list[str]) -> Iterator[str]:
    """Boxes as quotations; of other divisions only what is in them."""
    open_: list[bool] = []
    title = False
    for line in lines:
        found = _FENCE.match(line)
        if found and (found["kind"] or found["word"]):
            box = bool(_BOX.search(found["kind"] or found["word"]))
            named = _TITLE.search(found["kind"] or "")
            said = named[1] if named else found["rest"].strip()
            open_.append(box)
            title = box and not said
            yield '\n<blockquote class="ps-callout">\n' if box else ""
            if said and box:
                yield f"**{Markup.escape(said)}**\n"
        elif found and open_ and not found["rest"].strip():
            yield "\n</blockquote>\n" if open_.pop() else ""
            title = False
        elif title and (heading := _HEADING.match(line)):
            title = False
            yield f"**{heading[1]}**\n"
        else:
            title = title and not line.strip()
            yield line
    yield from ("\n</blockquote>" for box in open_ if box)
