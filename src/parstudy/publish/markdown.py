"""Markdown cells in several languages, of which a report shows its own."""

from __future__ import annotations

from typing import Any

from parstudy.facts.languages import best, languages

LANG = "lang"
"""Key in the metadata of a markdown cell: the language that its text is in."""


def in_language(cells: list[Any], lang: str) -> list[Any]:
    """Leave out markdown cells in other languages than that of a report.

    Cells that follow each other and name a language say the same in several: of them those in the
    language of the report stay, else those in the language that stands in for it. Cells that name
    none always stay.

    Parameters
    ----------
    cells : list of NotebookNode
        Cells of a notebook.
    lang : str
        Language of the report.

    Returns
    -------
    list of NotebookNode
    """
    kept: list[Any] = []
    said: list[Any] = []
    for cell in [*cells, None]:
        if cell is not None and _language(cell):
            said.append(cell)
            continue
        wanted = best({_language(own): _language(own) for own in said}, lang)
        kept += [own for own in said if _language(own) == wanted]
        said = []
        if cell is not None:
            kept.append(cell)
    return kept


def _language(cell: Any) -> str:
    """Language that a markdown cell names; empty if it names none that is known."""
    named = str(cell.metadata.get(LANG, "")) if cell.cell_type == "markdown" else ""
    return named if named in languages() else ""
