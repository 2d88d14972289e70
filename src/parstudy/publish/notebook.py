"""What an executed notebook says about its page, and which of its outputs are for readers."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.errors import RunError
from parstudy.kernels import MAY_FAIL
from parstudy.publish.hiding import hiding
from parstudy.publish.markdown import in_language
from parstudy.publish.quick import quick_import
from parstudy.publish.wording import announced

_OLDER = {"pyout": "execute_result", "pyerr": "error"}
_METADATA = {
    "kernelspec": dict, "language_info": dict, "papermill": dict, "jupyter": dict, "tags": list,
    "title": str,
}  # fmt: skip
_SCRIPTS = (".py", ".md", ".Rmd", ".qmd", ".R", ".r")
_TO_NOTEBOOK = "Make a notebook of it: jupytext --to notebook FILE, or quarto convert FILE"


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
    promises : bool
        Whether the notebook has a :class:`parstudy.Page`, which says what it shows.
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
    promises: bool = False


def read_notebook(path: Path) -> Any:
    """Read a notebook file.

    Raises
    ------
    RunError
        ``no_notebook``, ``bad_notebook``.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RunError("no_notebook", "no such notebook", place=str(path)) from None
    except UnicodeDecodeError as error:
        raise RunError(
            "bad_notebook",
            "not a Jupyter notebook",
            place=str(path),
            found=f"text that is no UTF-8 at byte {error.start + 1}",
            expected="UTF-8, as JupyterLab writes it",
        ) from error
    except OSError as error:
        raise RunError("bad_notebook", f"cannot be read: {error}", place=str(path)) from error
    nbformat = quick_import("nbformat")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ids that are missing or double, and are mended
            try:
                nb = nbformat.reads(text, as_version=4)
            except Exception:
                nb = nbformat.reads(_as_said(text), as_version=4)
        # an old notebook comes back as the classes of its own version
        return _with_text(_with_known_metadata(nbformat.from_dict(nb)))
    # nbformat raises whatever its parts raise; each means that this is no notebook
    except Exception as error:
        raise RunError(
            "bad_notebook",
            "not a Jupyter notebook",
            place=str(path),
            found=_what_is_wrong(text, path, error),
            expected="a file that JupyterLab can open",
            advice=_TO_NOTEBOOK if path.suffix in _SCRIPTS else "",
        ) from error


def _with_known_metadata(nb: Any) -> Any:
    """A notebook whose metadata are what their names promise, whoever wrote them.

    JupyterLab opens one with ``"tags": null`` or ``"kernelspec": null`` as if they were not there.
    """
    for owner in (nb, *nb.cells):
        if isinstance(tags := owner.metadata.get("tags"), str):
            owner.metadata["tags"] = [tags]
        for name, value in [*owner.metadata.items()]:
            if value is None or not isinstance(value, _METADATA.get(name, object)):
                del owner.metadata[name]
    for cell in nb.cells:
        if "tags" in cell.metadata:
            cell.metadata["tags"] = [tag for tag in cell.metadata["tags"] if isinstance(tag, str)]
    return nb


def _with_text(nb: Any) -> Any:
    """A notebook in which text that Databricks has in cells of code is text."""
    for cell in nb.cells:
        if cell.cell_type == "code" and (text := re.match(r"%md(?:-sandbox)?\s", cell.source)):
            cell.update(cell_type="markdown", source=cell.source[text.end() :])
            for name in ("outputs", "execution_count"):
                cell.pop(name, None)
    return nb


def _as_said(text: str) -> str:
    """A notebook that says version 4, without what is of older ones, as JupyterLab opens it."""
    nb = json.loads(text)
    nb.setdefault("metadata", {})
    for cell in nb["cells"]:
        if cell["cell_type"] == "heading":
            marks = "#" * int(cell.pop("level", 1))
            cell.update(cell_type="markdown", source=f"{marks} {''.join(cell['source'])}")
        cell["metadata"] = dict(cell.get("metadata") or {})
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
            for output in cell.setdefault("outputs", []):
                kind = _OLDER.get(output["output_type"], output["output_type"])
                output["output_type"] = kind
                if kind == "execute_result":
                    output["execution_count"] = None
    return json.dumps(nb)


def _what_is_wrong(text: str, path: Path, error: Exception) -> str:
    """Why a file is no notebook, with the line where there is one."""
    if conflict := re.search(r"^ *\"?(<{7} |={7}$|>{7} )", text, re.MULTILINE):
        return f"marks of a conflict of git in line {text.count(chr(10), 0, conflict.start()) + 1}"
    if path.suffix != ".ipynb":
        return f"a file of the kind {path.suffix or path.name}"
    if not text.strip():
        return "an empty file"
    try:
        if not isinstance(json.loads(text), dict):
            return "JSON, but not of a notebook"
    except json.JSONDecodeError as wrong:
        if wrong.pos >= len(text.rstrip()) or wrong.msg.startswith("Unterminated"):
            return f"the file ends in line {wrong.lineno}, in the middle of something"
        return f"no JSON in line {wrong.lineno}"
    if isinstance(error, (AttributeError, KeyError, TypeError)):
        return "JSON, but not of a notebook"
    return str(error).partition("\n")[0]


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


def page_info(nb: Any, place: str) -> PageInfo | None:
    """Read the page's own words from the outputs.

    Parameters
    ----------
    nb : NotebookNode
        Executed notebook.
    place : str
        What to call the notebook in an error.

    Returns
    -------
    PageInfo or None
        None if no :class:`parstudy.Page` was begun: it is an ordinary notebook.

    Raises
    ------
    RunError
        ``notebook_stopped`` (a cell ended in an error, also a clean exit), ``unfinished_page``.
    """
    events: dict[str, Mapping[str, Any]] = {}
    for name, cell in source_cells(nb):
        may_fail = MAY_FAIL in cell.metadata.get("tags", ())
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and not may_fail:
                raise RunError(
                    "notebook_stopped",
                    f"{name} stopped with {output.ename}",
                    place=place,
                    found=str(output.evalue),
                )
            events.update(announced(output))
    if "start" not in events:
        return None
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
        fingerprint=str(finish.get("fingerprint", start.get("fingerprint", ""))),
        version=str(start.get("version", "")),
        title=str(title.get("title", "")) or str(start["notebook"]),
        summary=str(title.get("summary", "")),
        figures=tuple(finish.get("figures", ())),
        tables=tuple(finish.get("tables", ())),
        promises=True,
    )


def for_readers(nb: Any, lang: str) -> list[tuple[str, Any]]:
    """Cells that are published in a language, with their names for the author.

    Left out are those for who works in JupyterLab, empty ones and text in other languages; of a
    page that was finished more than once, all endings but the last.
    """
    shown = [
        (name, cell)
        for name, cell in source_cells(nb)
        if not hiding(cell).whole and cell.source.strip()
    ]
    in_lang = in_language([cell for _, cell in shown], lang)
    kept = [(name, cell) for name, cell in shown if any(cell is other for other in in_lang)]
    endings = [
        output
        for _, cell in kept
        for output in cell.get("outputs", ())
        if "finish" in announced(output)
    ]
    for _, cell in kept:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if not any(o is e for e in endings[:-1])]
    return kept
