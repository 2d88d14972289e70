"""Plans as files: CSV, TOML and XLSX to be edited, DOCX and HTML to be read."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from parstudy.folders import why, write_whole
from parstudy.plans import _model
from parstudy.plans._docx import as_docx
from parstudy.plans._html import as_html
from parstudy.plans._model import META, Plan, PlanError
from parstudy.plans._xlsx import as_xlsx
from parstudy.text import inert, to_toml


def write(plan: Plan, path: str | Path, format: str = "") -> Path:
    """Write a plan.

    Parameters
    ----------
    plan : Plan
        What to write.
    path : str or Path
        File; an existing one is replaced.
    format : {"xlsx", "csv", "toml", "docx", "html"}, optional
        By default as the suffix of the path says. The first three are read back without loss.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    PlanError
        ``unknown_format``, ``cannot_write``.
    """
    file = Path(path)
    from lxml.etree import SerialisationError

    try:
        content = as_bytes(plan, format or file.suffix.lower().lstrip("."))
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content)
    except SerialisationError:
        # the library of workbooks writes to the temporary folder first
        raise PlanError(
            "cannot_write", "the plan cannot be written", place=tempfile.gettempdir(),
            found="no room in the folder for temporary files", advice="Make room on the disk",
        ) from None  # fmt: skip
    except OSError as error:
        raise PlanError(
            "cannot_write", "the plan cannot be written", place=str(file), found=why(error)[0],
            advice=why(error)[1],
        ) from None  # fmt: skip
    return file


def as_bytes(plan: Plan, format: str) -> bytes:
    """Content of the file; the same plan gives the same bytes.

    Raises
    ------
    PlanError
        ``unknown_format``.
    """
    if format not in FORMATS:
        raise PlanError(
            "unknown_format", "no such format of a plan", found=repr(format),
            expected=", ".join(FORMATS),
        )  # fmt: skip
    return FORMATS[format](plan)


def as_csv(plan: Plan) -> bytes:
    """Separated text that a spreadsheet opens; what is said of the plan stands above the table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for name in META:
        if plan.meta[name]:
            writer.writerow([f"# {name}", inert(plan.meta[name])])
    writer.writerow(_model.columns())
    for row in plan.rows.to_dict("records"):
        writer.writerow([_plain(row[c], c) for c in _model.columns()])
    # Excel takes a CSV file for UTF-8 only with this mark
    return out.getvalue().encode("utf-8-sig")


def _plain(value: object, column: str) -> str:
    if column in _model.numbers():
        return "" if pd.isna(value) else repr(float(value))  # type: ignore[arg-type, call-overload]
    # a spreadsheet would compute a text that begins with =; reading takes the mark away again
    return inert(str(value))


def as_toml(plan: Plan) -> bytes:
    """A table ``[plan]`` and one ``[[rows]]`` for each row; what is empty is left out."""
    numbers = _model.numbers()
    head: dict[str, Any] = {name: value for name, value in plan.meta.items() if value}
    if plan.year:
        head["year"] = plan.year
    rows = [
        {
            column: float(row[column]) if column in numbers else row[column]
            for column in _model.columns()
            if (pd.notna(row[column]) if column in numbers else row[column])
        }
        for row in plan.rows.to_dict("records")
    ]
    return to_toml({"plan": head, "rows": rows}).encode()


FORMATS: dict[str, Callable[[Plan], bytes]] = {
    "xlsx": as_xlsx,
    "csv": as_csv,
    "toml": as_toml,
    "docx": as_docx,
    "html": as_html,
}
"""How a plan is written, by the suffix of the file; the first three are read back without loss."""
