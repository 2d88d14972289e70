"""An executed notebook becomes one self-contained HTML file."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from parstudy.display.terms import INVENTED
from parstudy.display.words import Language
from parstudy.errors import RunError
from parstudy.facts import languages
from parstudy.leavings import mark
from parstudy.publish import ordinary
from parstudy.publish.document import Labels, finish_document
from parstudy.publish.drawings import with_drawings
from parstudy.publish.hiding import hiding, without_options
from parstudy.publish.notebook import PageInfo, for_readers, page_info, read_notebook
from parstudy.publish.ordinary import Given
from parstudy.publish.quick import quick_import
from parstudy.publish.steady import make_steady
from parstudy.publish.widgets import show_widgets
from parstudy.publish.workbook import workbook

TEMPLATES = Path(__file__).parent / "template"


@dataclass(frozen=True)
class Report:
    """A rendered page.

    Attributes
    ----------
    html : str
        The whole document.
    page : PageInfo
        What the page says about itself.
    notes : tuple of str
        Remarks for the author: what was left out, and what would make the page better.
    """

    html: str
    page: PageInfo
    notes: tuple[str, ...] = ()


class Exporter:
    """Renders executed notebooks; make one and use it again, the first page costs most.

    Nothing a report shows comes from elsewhere: no script, no font, no picture, no style.
    """

    def __init__(self) -> None:
        exporters = quick_import("nbconvert.exporters")
        highlight = quick_import("nbconvert.filters.highlight")
        self._html = exporters.HTMLExporter(
            extra_template_basedirs=[str(TEMPLATES)],
            template_name="parstudy",
            exclude_anchor_links=True,
            # what they do is done before, or would read the working directory
            default_preprocessors=[],
        )
        self._prose = quick_import("parstudy.publish.prose")
        self._cleaning = quick_import("parstudy.publish.cleaning")
        self._shown = quick_import("parstudy.publish.shown")
        coloured = highlight.Highlight2HTML(pygments_lexer="ipython3", parent=self._html)

        @lru_cache(maxsize=256)  # the reports of a batch have their code in common
        def in_colour(source: str, magics: str | None) -> str:
            return str(coloured(source, metadata={"magics_language": magics} if magics else None))

        def highlight_code(source: str, metadata: Mapping[str, Any]) -> str:
            return in_colour(source, metadata.get("magics_language"))

        self._html.register_filter("highlight_code", highlight_code)

    def render(
        self,
        notebook: Any,
        *,
        alternates: Mapping[str, str] | None = None,
        index_href: str = "",
        place: str = "",
        given: Given | None = None,
        steady: bool = False,
    ) -> Report:
        """Render an executed notebook.

        Parameters
        ----------
        notebook : NotebookNode or path
            Executed notebook. One that shows a :class:`parstudy.Page` must keep what the page
            promises; any other is shown as it is, without what a report may not hold.
        alternates : Mapping, optional
            Language code -> relative link to the same report in that language.
        index_href : str, optional
            Relative link to the page that lists all reports.
        place : str, optional
            What to call the notebook in an error.
        given : Given, optional
            What is known of a notebook without a page: its language, name, parameters.
        steady : bool
            Whether :func:`parstudy.publish.steady.make_steady` has been over the notebook.

        Returns
        -------
        Report

        Raises
        ------
        RunError
            When the notebook is no finished page, shows less than it says, or would load or run
            something: ``no_notebook``, ``bad_notebook``, ``notebook_stopped``, ``no_page``,
            ``unfinished_page``, ``missing_figure``, ``missing_table``, ``duplicate_id``,
            ``picture_without_alt``, ``picture_too_large``, ``active_content``,
            ``loads_from_network``.
        """
        base = quick_import("nbconvert.exporters.templateexporter").TemplateExporter
        given = given or Given()
        if isinstance(notebook, (str, os.PathLike)):
            place = place or os.fspath(notebook)
            given = replace(given, folder=given.folder or Path(notebook).parent)
            notebook = read_notebook(Path(notebook))
        else:
            notebook = deepcopy(notebook)
        place = place or "notebook"
        if not steady:
            show_widgets(notebook)
            make_steady(notebook)
        page, notes = self._prepared(notebook, given, place)
        labels = _labels(page.lang)
        others = {code: href for code, href in sorted((alternates or {}).items()) if href}
        others.pop(page.lang, None)
        resources = {
            "ps": {
                "page": page,
                "labels": labels,
                "css": _css() + _running_head(page.title),
                "script_hash": script_hash(_script()),
                "meta": _meta(page),
                "alternates": [
                    {"lang": code, "href": href, "name": languages.name(code)}
                    for code, href in others.items()
                ],
                "index_href": index_href,
                "ending": "" if page.promises else ordinary.ending(page, given),
            }
        }
        # HTMLExporter's own method parses the document a second time, to write a stock excuse
        # where a picture has no alternative text; here such a picture is an error
        html, _ = base.from_notebook_node(self._html, notebook, resources)
        text = with_drawings(finish_document(html, page, labels, place))
        text = _with_script(text, page.lang)
        return Report(text, page, tuple(notes))

    def _prepared(self, nb: Any, given: Given, place: str) -> tuple[PageInfo, list[str]]:
        """Put what readers see into the metadata of the cells, and drop the rest."""
        told = page_info(nb, place)
        page = told or ordinary.ordinary_page(nb, given, place)
        prose = self._prose.Prose(given.folder)
        cleaner = None if told else self._cleaning.Cleaner(prose)
        shower = self._shown.Shower(Language(page.lang), prose, cleaner)
        notes: list[str] = []
        cells = for_readers(nb, page.lang)
        for where, cell in cells:

            def tell(remark: str, where: str = where) -> None:
                notes.append(f"{where}: {remark}")

            if cell.cell_type == "markdown":
                shown = [shower.prose_of(cell, tell)]
                shower.heading = ordinary.last_heading(shown[0]) or shower.heading
            elif cell.cell_type == "code":
                hidden = hiding(cell)
                if hidden.outputs:
                    cell.outputs = []
                shown = shower.shown(cell, tell, f"{place}, {where}")
                if hidden.folded and shown:
                    shown = [shower.folded(shown)]
                cell.metadata["with_code"] = not hidden.code
                cell.source = without_options(cell.source)
                cell.outputs = []
            else:
                shown = [piece] if (piece := shower.raw_of(cell, tell)) else []
            cell.metadata["shown"] = shown
        nb.cells = [cell for _, cell in cells]
        if told is None:
            if not any(cell.metadata["shown"] for cell in nb.cells):
                raise ordinary.nothing_shown(place)
            written = [c.metadata["shown"][0] for c in nb.cells if c.cell_type == "markdown"]
            page = ordinary.with_title(page, written)
        return page, list(dict.fromkeys(notes))

    def export(
        self,
        notebook: Any,
        html_path: str | os.PathLike[str],
        *,
        alternates: Mapping[str, str] | None = None,
        index_href: str = "",
        place: str = "",
        given: Given | None = None,
    ) -> Report:
        """Render an executed notebook and write the report, whole or not at all.

        Its tables stand beside it as a workbook.

        Parameters and errors are those of :meth:`render`; ``html_path`` is the file to write.
        """
        report = self.render(
            notebook,
            alternates=alternates,
            index_href=index_href,
            place=place,
            given=given,
        )
        path = Path(html_path)
        write_tables(path, report.html, report.page.lang)
        write_whole(path, report.html)
        return report


def export(
    notebook: Any,
    html_path: str | os.PathLike[str],
    *,
    alternates: Mapping[str, str] | None = None,
    index_href: str = "",
    given: Given | None = None,
) -> Report:
    """Publish one executed notebook; see :meth:`Exporter.export`."""
    return Exporter().export(
        notebook, html_path, alternates=alternates, index_href=index_href, given=given
    )


def part_of(path: Path) -> Path:
    """Name that a file has while this process writes it."""
    return path.with_name(f".{path.name}{mark()}.part")


def write_tables(path: Path, html: str, lang: str) -> None:
    """Write the workbook of a report's tables beside it; without tables there is none.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    put(path.with_suffix(".xlsx"), workbook(html, lang))


def put(path: Path, content: str | bytes | None) -> None:
    """Write a file whole, or remove it where there is nothing to write.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_whole(path, content)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that nobody ever sees half of it.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    part = part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        part.replace(path)
    except OSError as error:
        raise RunError(
            "not_writable", f"cannot be written: {error.strerror}", place=str(path)
        ) from error
    finally:
        with contextlib.suppress(OSError):  # where nothing can be written nothing is left either
            part.unlink(missing_ok=True)


def refuse_unwritable(folder: Path) -> None:
    """Refuse a folder of reports that cannot be written, before an hour's work is lost.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    probe = folder / ".can-be-written"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise RunError(
            "not_writable",
            f"reports cannot be written: {error.strerror}",
            place=str(folder),
            advice="Choose a project folder of your own, or ask who may write there",
        ) from None


def script_hash(script: str) -> str:
    """Hash of an inline script as a Content-Security-Policy wants it."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _css() -> str:
    return "\n".join(
        (TEMPLATES / name).read_text(encoding="utf-8").strip()
        for name in ("shared/base.css", "parstudy/report.css")
    )


@cache
def _script() -> str:
    own, shared = (
        (TEMPLATES / name).read_text(encoding="utf-8").strip()
        for name in ("parstudy/report.js", "shared/fold.js")
    )
    return own.replace('{% include "fold.js" %}', shared)


def _with_script(html: str, lang: str) -> str:
    """The document with the one script that its policy lets run, after all that could be refused.

    It takes tables and pictures along, folds the code and shortens the way of the tab key;
    everything is read without it.
    """
    language = Language(lang)
    said = {
        "table": language.text("download the table"),
        "picture": language.text("download the picture"),
        "code": language.text("Code"),
        "codes": language.text("show or hide the code of every section"),
        "along": language.text("← and → go to the next link here, Tab goes on"),
    }
    words = Markup("<script{}>").format(
        Markup("").join(Markup(' data-{}="{}"').format(*word) for word in said.items())
    )
    before, end, after = html.rpartition("</body>")
    return f"{before}{words}{_script()}</script>\n{end}{after}"


def _running_head(title: str) -> str:
    """Title and page numbers at the edge of printed pages."""
    text = "".join(c if c.isalnum() or c in " .,:-–" else f"\\{ord(c):x} " for c in title)
    edge = "font-size: 8pt; color: #555;"
    return (
        f'\n@media print {{ @page {{ @top-left {{ content: "{text}"; {edge} }} '
        f'@bottom-right {{ content: counter(page) " / " counter(pages); {edge} }} }} }}'
    )


@cache
def _labels(lang: str) -> Labels:
    language = Language(lang)
    return Labels(
        skip=language.text("Skip to the content"),
        contents=language.text("On this page"),
        code=language.text("Code"),
        reports=language.text("All reports"),
        synthetic=language.text(INVENTED),
    )


def _meta(page: PageInfo) -> list[tuple[str, str]]:
    """What the index page needs to know without reading the whole page."""
    return [
        ("parstudy:notebook", page.notebook),
        ("parstudy:lang", page.lang),
        ("parstudy:title", page.title),
        ("parstudy:parameters", json.dumps(dict(page.parameters), ensure_ascii=False)),
        ("parstudy:fingerprint", page.fingerprint),
        ("parstudy:version", page.version),
        ("parstudy:synthetic", "yes" if page.synthetic else "no"),
    ]
