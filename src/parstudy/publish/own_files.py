"""Files of the project's own in a report's list of sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from parstudy.display.page import link
from parstudy.display.words import Language

_DIGEST_SHOWN = 12
_BEFORE = '<section class="ps-colophon">'


@dataclass(frozen=True)
class OwnFile:
    """A file that a report depends on, and what ``parstudy.toml`` says of it.

    Attributes
    ----------
    name : str
        Its name.
    sha256 : str
        Hash of its content.
    module : bool
        Whether it is code beside the notebook.
    title, publisher, url, published_on : str
        What is known of it; empty where nothing is.
    """

    name: str
    sha256: str
    module: bool = False
    title: str = ""
    publisher: str = ""
    url: str = ""
    published_on: str = ""


def with_own_files(html: str, files: Sequence[OwnFile], lang: str) -> str:
    """The page with the files listed under its sources; unchanged if there are none.

    Parameters
    ----------
    html : str
        A finished report.
    files : sequence of OwnFile
        In the order in which to list them.
    lang : str
        Language of the page.
    """
    if not files:
        return html
    language = Language(lang)
    level = 3 if 'class="ps-sources-heading"' in html else 2
    entries = Markup("\n").join(Markup("<li>{}</li>").format(_entry(f, language)) for f in files)
    block = Markup('<h{0}>{1}</h{0}>\n<ul class="ps-own-files">\n{2}\n</ul>\n').format(
        level, language.text("Files of the project's own"), entries
    )
    return html.replace(_BEFORE, f"{block}{_BEFORE}", 1)


def _entry(file: OwnFile, language: Language) -> Markup:
    parts = [link(file.url, file.title or file.name)]
    if file.title:
        parts.append(Markup("<code>{}</code>").format(file.name))
    if file.module:
        parts.append(escape(language.text("code beside the notebook")))
    if file.publisher:
        parts.append(escape(file.publisher))
    if file.published_on:
        date = language.date(file.published_on)
        parts.append(escape(language.text("published {date}", date=date)))
    digest = Markup('SHA-256 <code title="{}">{}</code>').format(
        file.sha256, file.sha256[:_DIGEST_SHOWN]
    )
    return Markup(" · ").join([*parts, digest])
