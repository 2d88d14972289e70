"""A notebook to begin with: it runs, publishes in each language, draws and estimates."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parstudy.errors import ProjectError
from parstudy.project import Project
from parstudy.text import suggest

_TEMPLATES = Path(__file__).parent / "template"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_EMPTY = {"str": '""', "int": "0", "float": "0.0", "bool": "False", "list": "[]"}
_YEAR = 2021
_KNOWN = {
    "province": ('str = "lang-son"', "slug or name of the province"),
    "region": ('str = "northern-midlands-and-mountains"', "slug or name of the region"),
    "year": (f"int = {_YEAR}", "index year: what is measured, not when it was announced"),
    "index": ('str = "PAR_INDEX"', "which index: PAR_INDEX, SIPAS, PAPI, …"),
    "level": ('str = "area"', "area, criterion, subcriterion, score_source or part"),
}


@dataclass(frozen=True)
class _Parameter:
    name: str
    declaration: str
    comment: str


def write_notebook(project: Project, name: str, parameters: Sequence[str]) -> Path:
    """Write a notebook that runs and can be published as it is.

    Parameters
    ----------
    project : Project
        Its folder ``notebooks`` gets the file.
    name : str
        Name of the notebook: letters, digits, dashes, underscores.
    parameters : sequence of str
        ``province``, ``region``, ``year``, ``index``, ``level``, or names of one's own, with their
        types where they are not text: ``limit:float``.

    Returns
    -------
    Path
        The notebook.

    Raises
    ------
    ProjectError
        ``bad_name``, ``bad_parameter``, ``exists``, ``not_writable``.
    """
    name = name.removesuffix(".ipynb")
    if not _NAME.fullmatch(name):
        raise ProjectError(
            "bad_name",
            "no name for a notebook",
            found=repr(name),
            expected="letters, digits, dashes and underscores, such as region_report",
        )
    path = project.notebooks / f"{name}.ipynb"
    declared = [_parameter(text.strip()) for text in dict.fromkeys(parameters) if text.strip()]
    if path.exists():
        raise ProjectError("exists", "a notebook of this name is there already", place=str(path))
    text = json.dumps(_notebook(name, declared), ensure_ascii=False, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ProjectError(
            "not_writable", f"cannot be written: {error.strerror}", place=str(path)
        ) from None
    return path


def _parameter(text: str) -> _Parameter:
    name, _, kind = (part.strip() for part in text.partition(":"))
    if not name.isidentifier() or keyword.iskeyword(name) or name == "lang":
        raise ProjectError(
            "bad_parameter",
            "no name for a parameter",
            found=repr(name),
            expected="a Python name; lang is there by itself",
        )
    if name in _KNOWN and not kind:
        declared, comment = _KNOWN[name]
        return _Parameter(name, f"{name}: {declared}", comment)
    kind = kind or "str"
    if kind not in _EMPTY:
        raise ProjectError(
            "bad_parameter",
            f"no type for the parameter {name!r}",
            found=repr(kind),
            expected=suggest(kind, _EMPTY),
        )
    return _Parameter(name, f"{name}: {kind} = {_EMPTY[kind]}", f"say here what {name} is")


def _notebook(name: str, parameters: Sequence[_Parameter]) -> dict[str, Any]:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=False, keep_trailing_newline=True
    )
    given = [f"--{p.name} …" if p.name in _KNOWN else f"-p {p.name} …" for p in parameters]
    text = environment.get_template("notebook.py.j2").render(
        name=name,
        parameters=parameters,
        names=[p.name for p in parameters],
        year=_YEAR,
        command=" ".join([f"parstudy report --notebook {name}", *given]).replace(
            "--region", "-p region"
        ),
    )
    cells = [_cell(n, part) for n, part in enumerate(re.split(r"^# %%", text, flags=re.M)[1:])]
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(number: int, text: str) -> dict[str, Any]:
    """A cell of the template: what it is stands in its first line."""
    words, _, source = text.partition("\n")
    kind, *tags = words.split() or ["code"]
    if kind == "parameters":
        kind, tags = "code", ["parameters"]
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {"tags": tags} if tags else {},
        "source": source.strip("\n").splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
