"""A notebook that shows no page of its own: what it is called, and in which language it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

import parstudy
from parstudy.display.colophon import colophon, command, plain
from parstudy.display.words import LANGUAGES, Language
from parstudy.errors import RunError
from parstudy.publish.notebook import PageInfo
from parstudy.publish.wording import chosen

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FRONT = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_SUMMARY = 300  # characters


@dataclass(frozen=True)
class Given:
    """What the run that executed a notebook knows of it.

    Attributes
    ----------
    lang : str
        Language of the page; by default what the notebook's metadata say, else the first one.
    notebook : str
        Name of the notebook, or its path, as the command takes it.
    parameters : Mapping
        Parameters of the run.
    synthetic : bool
        Whether the data of the project are invented.
    fingerprint : str
        Fingerprint of the data that the notebook opens; empty if it opens none.
    folder : Path, optional
        Where the notebook lies, with pictures beside it.
    saved : bool
        Whether nothing was run: what is shown is what the notebook had saved.
    """

    lang: str = ""
    notebook: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False
    fingerprint: str = ""
    folder: Path | None = None
    saved: bool = False


def ordinary_page(nb: Any, given: Given, place: str) -> PageInfo:
    """Say of an ordinary notebook what a page says of itself.

    Parameters
    ----------
    nb : NotebookNode
        Executed notebook.
    given : Given
        What is known of the run.
    place : str
        What to call the notebook where it has no name.

    Returns
    -------
    PageInfo
        Its title is empty unless the metadata of the notebook give one.
    """
    own = nb.metadata.get("parstudy", {})
    own = own if isinstance(own, Mapping) else {}
    papermill = nb.metadata.get("papermill", {})
    lang = given.lang or str(own.get("lang", ""))
    language = Language(lang if lang in LANGUAGES else LANGUAGES[0])
    parameters = given.parameters or papermill.get("parameters", {}) or {}
    title = own.get("title") or nb.metadata.get("title") or _front_matter(nb)
    return PageInfo(
        lang=language.code,
        notebook=Path(given.notebook or place).stem,
        parameters={str(name): plain(value) for name, value in parameters.items()},
        synthetic=given.synthetic,
        fingerprint=given.fingerprint,
        version=parstudy.__version__,
        title=chosen(title, language),
        summary=chosen(own.get("summary", ""), language),
    )


def _front_matter(nb: Any) -> str:
    """Title in what R Markdown and Quarto put in front of the text, which is taken out."""
    first = next((cell for cell in nb.cells[:1] if cell.cell_type != "code"), None)
    found = _FRONT.match(first.source) if first is not None else None
    if first is None or found is None:
        return ""
    first.source = first.source[found.end() :]
    title = re.search(r"^title:[ \t]*(['\"]?)(.+?)\1[ \t]*$", found[1], re.MULTILINE)
    return title[2] if title else ""


def with_title(page: PageInfo, prose: list[str]) -> PageInfo:
    """Take title and summary from the text of a notebook where its metadata give none.

    Parameters
    ----------
    page : PageInfo
        From `ordinary_page`.
    prose : list of str
        HTML of the markdown cells.
    """
    from lxml import html as lxml_html

    title, summary = page.title, page.summary
    first = True
    for html in prose:
        block = lxml_html.fragment_fromstring(html, create_parent="div")
        for element in block.iter(*_HEADINGS, "p"):
            text = " ".join(element.text_content().split())
            if element.tag in _HEADINGS and not title:
                # behind other text only one of the first level is more than that of a section
                if element.tag == "h1" or (first and _is_first(element, block)):
                    title = text
            elif element.tag == "p" and title and not summary:
                summary = text if len(text) <= _SUMMARY else f"{text[: _SUMMARY - 1]}…"
        if title:
            break
        first = first and not block.text_content().strip()
    return replace(page, title=title or page.notebook.replace("_", " "), summary=summary)


def _is_first(heading: Any, block: Any) -> bool:
    """Whether no text stands before a heading."""
    return " ".join(block.text_content().split()).startswith(
        " ".join(heading.text_content().split())
    )


def last_heading(html: str) -> str:
    """Text of the last heading in a piece of HTML; empty if there is none."""
    from lxml import html as lxml_html

    if "<h" not in html:
        return ""
    block = lxml_html.fragment_fromstring(html, create_parent="div")
    texts = [" ".join(element.text_content().split()) for element in block.iter(*_HEADINGS)]
    return texts[-1] if texts else ""


def ending(page: PageInfo, given: Given) -> str:
    """How the page was made: by a run, or by showing what the notebook had saved."""
    made = command(given.notebook or page.notebook, page.parameters)
    made += " --saved" if given.saved else ""
    language = Language(page.lang)
    end = colophon(
        language, page.notebook, page.parameters, page.fingerprint, made, title=page.title
    )
    if not given.saved:
        return str(end)
    said = language.text("What is shown was saved in the notebook; nothing was run for this page.")
    return str(Markup('<p class="ps-note">{}</p>\n{}').format(said, end))


def nothing_shown(place: str) -> RunError:
    """Error of a notebook that gives readers nothing to read."""
    return RunError(
        "no_page",
        "the notebook shows no page",
        place=place,
        found="neither text nor an output",
        expected="a markdown cell, a table, a picture or printed text; or a Page",
    )
