"""What an executed notebook says about its page, and which of its outputs are for readers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.display.page import MIME
from parstudy.errors import RunError
from parstudy.publish.markdown import in_language
from parstudy.publish.quick import quick_import

LAB_ONLY = "lab-only"
"""Tag of cells for who works in JupyterLab; they are not published."""

SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")
"""MIME types that a report can show, best first. Scripts and widgets are not among them."""

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


@dataclass(frozen=True)
class PageInfo:
    """What the page says about itself.

    Attributes
    ----------
    lang, notebook, parameters, synthetic, fingerprint, version
        As the notebook announced them at the start of the page.
    title, summary : str
        Title of the page and its finding, plain text.
    figures, tables : tuple of str
        Ids of everything the page showed.
    """

    lang: str
    notebook: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False
    fingerprint: str = ""
    version: str = ""
    title: str = ""
    summary: str = ""
    figures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def read_notebook(path: Path) -> Any:
    """Read a notebook file.

    Raises
    ------
    RunError
        ``no_notebook``, ``bad_notebook``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RunError("no_notebook", "no such notebook", place=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RunError("bad_notebook", f"cannot be read: {error}", place=str(path)) from error
    nbformat = quick_import("nbformat")
    try:
        return nbformat.reads(text, as_version=4)
    # nbformat raises whatever its parts raise; each means that this is no notebook
    except Exception as error:
        raise RunError(
            "bad_notebook",
            "not a Jupyter notebook",
            place=str(path),
            found=type(error).__name__,
            expected="a file that JupyterLab can open",
        ) from error


def source_cells(nb: Any) -> Iterator[tuple[str, Any]]:
    """Cells of an executed notebook, named as whoever wrote it counts them: ``cell 3``.

    Parameters
    ----------
    nb : NotebookNode
        The cell of parameters that papermill has put in is none of the author's.
    """
    number = 0
    for cell in nb.cells:
        if "injected-parameters" in cell.metadata.get("tags", ()):
            yield "the cell of parameters", cell
            continue
        number += 1
        yield f"cell {number}", cell


def page_info(nb: Any, place: str) -> PageInfo:
    """Read the page's own words from the outputs.

    Parameters
    ----------
    nb : NotebookNode
        Executed notebook.
    place : str
        What to call the notebook in an error.

    Raises
    ------
    RunError
        ``notebook_stopped`` (a cell ended in an error, also a clean exit), ``no_page``,
        ``unfinished_page``.
    """
    events: dict[str, Mapping[str, Any]] = {}
    for name, cell in source_cells(nb):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                raise RunError(
                    "notebook_stopped",
                    f"{name} stopped with {output.ename}",
                    place=place,
                    found=str(output.evalue),
                )
            bundle = output.get("data", {}).get(MIME)
            if bundle:
                events.update(bundle if isinstance(bundle, Mapping) else json.loads(bundle))
    if "start" not in events:
        raise RunError(
            "no_page",
            "the notebook shows no page",
            place=place,
            expected="an executed notebook with a Page, from its first cell to Page.finish()",
        )
    if "finish" not in events:
        raise RunError(
            "unfinished_page",
            "the page is not finished",
            place=place,
            expected="Page.finish() in the last cell",
        )
    start, title, finish = events["start"], events.get("title", {}), events["finish"]
    return PageInfo(
        lang=str(start["lang"]),
        notebook=str(start["notebook"]),
        parameters=dict(start.get("parameters", {})),
        synthetic=bool(start.get("synthetic", False)),
        fingerprint=str(start.get("fingerprint", "")),
        version=str(start.get("version", "")),
        title=str(title.get("title", "")) or str(start["notebook"]),
        summary=str(title.get("summary", "")),
        figures=tuple(finish.get("figures", ())),
        tables=tuple(finish.get("tables", ())),
    )


def for_readers(nb: Any, place: str, lang: str) -> Any:
    """Copy of a notebook with what a report shows, and nothing else.

    Left out: cells for JupyterLab users, empty cells, text in other languages than ``lang``, what
    was written to stderr, scripts and widgets, and outputs that only carry data for the publisher.

    Raises
    ------
    RunError
        ``picture_without_alt``: a bare picture, which a blind reader cannot read.
    """
    from copy import deepcopy

    nb = deepcopy(nb)
    shown = [
        cell
        for cell in nb.cells
        if LAB_ONLY not in cell.metadata.get("tags", ()) and cell.source.strip()
    ]
    nb.cells = in_language(shown, lang)
    for position, cell in enumerate(nb.cells, start=1):
        if cell.cell_type == "code":
            cell.outputs = [
                kept
                for output in cell.outputs
                if (kept := _shown(output, f"{place}, cell {position}")) is not None
            ]
    return nb


def _shown(output: Any, place: str) -> Any | None:
    if output.output_type == "stream":
        return output if output.name == "stdout" and output.text.strip() else None
    announced = MIME in output.data
    output.data = {kind: output.data[kind] for kind in SHOWN if kind in output.data}
    best = next(iter(output.data), None)
    if best is None or (announced and best != "text/html"):
        return None
    if best in _PICTURES and not output.metadata.get(best, {}).get("alt"):
        raise RunError(
            "picture_without_alt",
            "a picture without alternative text",
            place=place,
            expected="a Chart, which says in words what it shows",
        )
    output.data = {best: output.data[best]}
    return output
