"""How the reports of a project were made, as their executed notebooks say in their metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parstudy.archive import is_saved_since
from parstudy.errors import RunError
from parstudy.facts.languages import languages
from parstudy.folders import is_made
from parstudy.project import Project
from parstudy.publish import word
from parstudy.publish.notebook import read_notebook
from parstudy.runs.plan import Run

MADE = "parstudy"
"""Key in the metadata of an executed notebook: from what it was made."""

_SUFFIXES = (".html", ".ipynb", ".xlsx", ".docx", ".error.txt")


def made_from(run: Run, nb: Any, *, saved: bool = False) -> dict[str, Any]:
    """What an executed notebook keeps of the run that made it.

    Parameters
    ----------
    run : Run
        The run.
    nb : NotebookNode
        The executed notebook, as it will be written.
    saved : bool
        Whether it was not run, but published as it was.
    """
    inside = run.notebook.is_relative_to(run.project)
    return {
        "notebook": run.notebook.relative_to(run.project).as_posix() if inside else "",
        "parameters": dict(run.parameters),
        "cells": _digest(nb),
        **({"saved": True} if saved else {}),
    }


def is_edited(path: Path) -> bool:
    """Whether an executed notebook is not as it was made, or is none of ours.

    Parameters
    ----------
    path : Path
        The notebook, which is there.
    """
    try:
        nb = read_notebook(path)
    except RunError:
        return True
    made = nb.metadata.get(MADE)
    return not isinstance(made, Mapping) or made.get("cells") != _digest(nb)


def _digest(nb: Any) -> str:
    cells = [[c.cell_type, c.source, c.get("outputs", [])] for c in nb.cells]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Report:
    """A report that is there, by its executed notebook.

    Attributes
    ----------
    path : Path
        The executed notebook.
    lang : str
        Language.
    notebook : Path
        What made it; it may be gone.
    parameters : Mapping
        With these values, the language left out.
    edited : bool
        Whether somebody has changed the executed notebook since.
    """

    path: Path
    lang: str
    notebook: Path
    parameters: Mapping[str, Any]
    edited: bool

    @property
    def name(self) -> str:
        """Short name for messages: ``vi/province_report/lang-son-2021``."""
        name = self.path.name.removesuffix(".ipynb")
        return f"{self.lang}/{self.path.parent.name}/{name}"

    @property
    def files(self) -> list[Path]:
        """The report and what lies beside it under its name, and nobody has worked on."""
        name = self.path.name.removesuffix(".ipynb")
        files = [f for s in _SUFFIXES if (f := self.path.with_name(f"{name}{s}")).is_file()]
        edited = {".docx": word.is_edited, ".xlsx": is_saved_since}
        return [f for f in files if f.suffix not in edited or not edited[f.suffix](f)]


def reports(project: Project) -> Iterator[Report]:
    """All reports whose executed notebooks say how they were made; others are nobody's business.

    Parameters
    ----------
    project : Project
        Where.
    """
    for lang in languages():
        for path in sorted((project.reports / lang).glob("*/*.ipynb")):
            if not is_made(path):
                continue
            try:
                nb = read_notebook(path)
            except RunError:
                continue
            made = nb.metadata.get(MADE)
            if not isinstance(made, Mapping) or not made.get("notebook") or made.get("saved"):
                continue  # what was published as it was saved cannot be made again by a run
            values = {k: v for k, v in dict(made.get("parameters", {})).items() if k != "lang"}
            yield Report(
                path=path,
                lang=lang,
                notebook=project.root / str(made["notebook"]),
                parameters=values,
                edited=made.get("cells") != _digest(nb),
            )
