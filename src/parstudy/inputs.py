"""Files of a project's own, in ``data/own``: tables that a notebook reads beside the figures."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parstudy import reads
from parstudy.errors import ProjectError
from parstudy.project import Project
from parstudy.text import suggest

if TYPE_CHECKING:
    import pandas as pd

_EXCEL = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_TEXT = {".csv", ".tsv", ".txt"}
_KINDS = (*sorted(_TEXT), *sorted(_EXCEL), ".parquet", ".json")
_NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")


def folder(project: Project) -> Path:
    """Where the files lie."""
    return project.root / "data" / "own"


def files(project: Project) -> list[Path]:
    """All files there, sorted; hidden ones and folders left out."""
    own = folder(project)
    return sorted(
        path
        for path in own.rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "~$")) for part in path.relative_to(own).parts)
    )


def find(name: str, project: Project) -> Path:
    """Find a file by its name, with or without its ending.

    Parameters
    ----------
    name : str
        Such as ``grdp.csv``, ``grdp`` or ``2021/grdp.csv``.
    project : Project
        Where.

    Raises
    ------
    ProjectError
        ``no_input``, ``two_inputs``, ``outside``.
    """
    own = folder(project)
    path = own / name
    if not path.resolve().is_relative_to(own.resolve()):
        raise ProjectError(
            "outside", "own files lie in data/own", found=repr(name), expected="a name in there"
        )
    if path.is_file():
        return path
    known = {file.relative_to(own).as_posix(): file for file in files(project)}
    named = [key for key, file in known.items() if key.removesuffix(file.suffix) == name]
    if len(named) > 1:
        raise ProjectError(
            "two_inputs",
            "more than one file has this name",
            place=str(own),
            found=", ".join(named),
            expected="a name with its ending",
        )
    if not named:
        raise ProjectError(
            "no_input",
            "no such file of your own",
            place=str(own),
            found=repr(name),
            expected=suggest(name, _names(known, name)) if known else "a file in this folder",
        )
    return known[named[0]]


def _names(known: Mapping[str, Path], like: str) -> list[str]:
    """Names of the files as somebody writes them: with their endings or without."""
    with_ending = bool(Path(like).suffix)
    return [key if with_ending else key.removesuffix(path.suffix) for key, path in known.items()]


def input(
    name: str, *, decimal: str = ".", project: Project | None = None, **options: Any
) -> pd.DataFrame:
    """Read a table of one's own from ``data/own``.

    A report depends on the files that its notebook names so: it is made again when one changes,
    and lists them under its sources.

    Parameters
    ----------
    name : str
        File: CSV, Excel, ODS, Parquet or JSON; the ending may be left out.
    decimal : {".", ","}
        Decimal mark of the file. With a comma, points between groups of three digits are left
        out: ``"1.234,5"`` is 1234.5.
    project : Project, optional
        Where; found if not given.
    **options
        For the function of pandas that reads the file: ``sheet_name``, ``skiprows``, ``dtype`` …

    Returns
    -------
    DataFrame

    Raises
    ------
    ProjectError
        ``no_input``, ``two_inputs``, ``outside``, ``unknown_kind``, ``bad_input``,
        ``wrong_decimal``.
    """
    if decimal not in {".", ","}:
        raise ProjectError(
            "wrong_decimal", "no decimal mark", found=repr(decimal), expected="'.' or ','"
        )
    project = project or Project.find()
    path = find(name, project)
    reads.tell_files(project.root, f"data/own/{path.relative_to(folder(project)).as_posix()}")
    if path.suffix.lower() not in _KINDS:
        raise ProjectError(
            "unknown_kind", "no table", place=str(path), expected=" or ".join(_KINDS)
        )
    try:
        frame = _read(path, decimal, options)
    # pandas and what it calls raise whatever they like; each means that this cannot be read
    except Exception as error:
        raise ProjectError(
            "bad_input",
            "the file cannot be read",
            place=str(path),
            found=(str(error).splitlines() or [type(error).__name__])[0],
            advice=_advice(error),
        ) from None
    return frame


def _read(path: Path, decimal: str, options: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    kind = path.suffix.lower()
    if kind in _TEXT:
        given: dict[str, Any] = {
            "encoding": "utf-8-sig",
            "sep": _separator(path, options),
            "decimal": decimal,
            "thousands": "." if decimal == "," else None,
            # else a value too many in each row would make names of rows of the first column
            "index_col": False,
        }
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame: pd.DataFrame = pd.read_csv(path, **(given | options))
        return frame
    if kind == ".parquet":
        return pd.read_parquet(path, **options)
    if kind == ".json":
        return pd.DataFrame(pd.read_json(path, **options))
    # as objects: else a text such as 1.234 would become a number, whatever its mark means
    more: dict[str, Any] = {"engine": "calamine", "dtype": object} | options
    frame = pd.DataFrame(pd.read_excel(path, **more)).infer_objects()
    return _with_numbers(frame) if decimal == "," else frame


def _separator(path: Path, options: dict[str, Any]) -> str:
    """The sign between the names in the head."""
    with path.open(encoding=options.get("encoding", "utf-8-sig")) as file:
        for _ in range(options["skiprows"] if type(options.get("skiprows")) is int else 0):
            next(file, "")
        head = next(file, "")
    return max((",", ";", "\t", "|"), key=head.count)


def _with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of texts such as ``87,11`` as numbers; a column with any other text stays."""
    import pandas as pd

    frame = frame.copy()
    for column in frame.columns:
        texts = frame[column].dropna()
        if not len(texts) or not texts.map(lambda v: isinstance(v, str)).any():
            continue
        written = texts.map(lambda v: v.strip() if isinstance(v, str) else v)
        if not written.map(lambda v: not isinstance(v, str) or bool(_NUMBER.fullmatch(v))).all():
            continue
        numbers = written.map(
            lambda v: (
                v.replace(".", "").replace(",", ".").replace("−", "-") if isinstance(v, str) else v
            )
        )
        frame[column] = pd.to_numeric(numbers).reindex(frame.index)
    return frame


def _advice(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return 'Name its encoding: encoding="cp1258"'
    return 'Name the separator: sep=";"' if "header" in str(error) else ""
