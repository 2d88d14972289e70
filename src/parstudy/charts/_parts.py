"""Parts of a result: which of them are drawn, what they are called, on whom they rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from parstudy.charts._drawn import Names
from parstudy.charts._marks import Data
from parstudy.display.tables import require_columns
from parstudy.display.words import Language
from parstudy.errors import ParstudyError

SHOWN = 20
"""Rows that a picture has at most, unless it is told otherwise."""
REST = "(rest)"
"""Part that stands for what no part covers."""
_CODE = re.compile(r"[A-Z]?\d+(\.\d+)*")


def result_table(result: Any, key: str, needed: Iterable[str], id: str) -> pd.DataFrame:
    """Table of a result with its key as a column.

    Parameters
    ----------
    result : result or DataFrame
        What has a ``table``, or the table itself.
    key : str
        Column, or name of the index, that names the rows; empty if they have other names.
    needed : iterable of str
        Columns besides.
    id : str
        HTML id of the picture, for messages.

    Returns
    -------
    DataFrame

    Raises
    ------
    ParstudyError
        ``not_a_table``, ``missing_column``, ``nothing_to_show`` if it has no rows.
    """
    place = f"chart {id}"
    table = getattr(result, "table", result)
    if not isinstance(table, pd.DataFrame):
        raise ParstudyError(
            "not_a_table",
            "neither a result with a table nor a data frame",
            place=place,
            found=type(result).__name__,
        )
    if key and table.index.name == key:
        table = table.reset_index()
    require_columns(table, [key, *needed] if key else needed, place)
    return table


def largest(
    table: pd.DataFrame,
    by: str,
    key: str,
    limit: int,
    *,
    size: bool = False,
    ascending: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose the rows to draw, and put them in order.

    Parameters
    ----------
    table : DataFrame
        Rows; those of which ``by`` is not known are left aside.
    by, key : str
        Column of numbers; column that puts equal ones in order, empty for that of the table.
    limit : int
        At most so many rows.
    size : bool
        Whether those are chosen that are farthest from 0 on either side, and then put in order.
    ascending : bool
        Whether the smallest come first.

    Returns
    -------
    (DataFrame, DataFrame)
        The rows to draw, and all other known ones.

    Examples
    --------
    >>> table = pd.DataFrame({"part": ["A1", "A2", "A3"], "gap": [0.5, -2.0, 1.0]})
    >>> shown, rest = largest(table, "gap", "part", 2, size=True)
    >>> list(shown["part"]), list(rest["part"])
    (['A3', 'A2'], ['A1'])
    """
    known = table[table[by].notna()]
    keys, up = ([by, key], [ascending, True]) if key else ([by], [ascending])
    if not size:
        known = known.sort_values(keys, ascending=up, kind="stable")
        return known.head(limit), known.iloc[limit:]
    known = known.iloc[(-known[by].abs().to_numpy(dtype=float)).argsort(kind="stable")]
    return known.head(limit).sort_values(keys, ascending=up, kind="stable"), known.iloc[limit:]


def named_part(code: object, names: Names, row: Data | None = None) -> str:
    """Name of a part, behind its code if that is a number such as ``5.3.1``.

    Parameters
    ----------
    code : object
        Code of the part.
    names : mapping of str to str or None
        Names by code.
    row : mapping, optional
        Row that may hold a ``name``.

    Returns
    -------
    str

    Examples
    --------
    >>> named_part("5.3.1", {"5.3.1": "Steering"}), named_part("sipas", {"sipas": "Satisfaction"})
    ('5.3.1 · Steering', 'Satisfaction')
    """
    text = str(code)
    name = (names or {}).get(text) or str((row or {}).get("name") or "")
    if not name or name == text:
        return text
    return f"{text} · {name}" if _CODE.fullmatch(text) else name


def component_label(row: Mapping[Any, Any], language: Language) -> str:
    """Name of a component, behind its code if that is a number.

    Parameters
    ----------
    row : mapping
        ``component``, and ``name_vi, name_en`` where known.
    language : Language
        Language of the name.

    Returns
    -------
    str
    """
    code = str(row["component"])
    return named_part(code, {code: language.name({**row, "code": code})})


def ranged(language: Language, value: str, low: str, high: str) -> str:
    """Words for a value with the ends of its interval, all written out."""
    return language.text("{value} ({low} to {high})", value=value, low=low, high=high)


def n_words(result: Any, language: Language) -> str:
    """How many provinces stand behind a picture; rows and provinces where years are pooled.

    Parameters
    ----------
    result : result or DataFrame
        With ``n`` and perhaps ``n_units``, as attributes or columns.
    language : Language
        Language of the picture.

    Returns
    -------
    str
        Empty if it is not known.
    """
    if isinstance(result, pd.DataFrame):
        units = int(result["n_units"].max()) if "n_units" in result and len(result) else 0
        counts = result["n"].dropna() if "n" in result else pd.Series(dtype=float)
        low, high = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    else:
        low = high = int(getattr(result, "n", 0))
        units = int(getattr(result, "n_units", 0) or 0)
    if high == 0:
        return ""
    if 0 < units < low:
        return language.text(
            "n = {n} rows, a row for each of {units} provinces and year.",
            n=language.number(high, 0),
            units=language.number(units, 0),
        )
    if low < high:
        return language.text(
            "n = {low} to {high} provinces.",
            low=language.number(low, 0),
            high=language.number(high, 0),
        )
    return language.ntext("n = {n} province.", "n = {n} provinces.", high)


def confidence_words(result: Any, language: Language, given: float | None = None) -> str:
    """Confidence of intervals in percent: as given, else as the result says, else 95 %."""
    told = 0.95 if isinstance(result, pd.DataFrame) else getattr(result, "confidence", 0.95)
    return language.percent(100 * float(told if given is None else given), 0)


def in_percent(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Table with fractions in percent, in those of the columns that it has."""
    return table.assign(**{c: 100 * table[c].astype(float) for c in columns if c in table})


def any_known(table: pd.DataFrame, *columns: str) -> bool:
    """Whether one of the columns is there and has a value."""
    return any(column in table and table[column].notna().any() for column in columns)
