"""Rows of a table by what stands in its columns; of a dataset's table no more is read than that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from parstudy.dataset.reading import WatchedTable, fitting


def at(table: pd.DataFrame, **cells: Any) -> pd.DataFrame:
    """Rows of a table where columns have given values.

    Parameters
    ----------
    table : DataFrame
        Any of the built tables, or rows of one.
    **cells : str, int or collection of these
        Value by column, at least one; of several values any one will do.

    Returns
    -------
    DataFrame
        The rows that fit all of them, in their order and with their labels.

    Examples
    --------
    >>> scores = pd.DataFrame({"index_id": "SIPAS", "year": [2021, 2022], "score": [87, 80]})
    >>> at(scores, index_id="SIPAS", year=2022)["score"].to_list()
    [80]
    """
    if isinstance(table, WatchedTable):
        return table.narrowed(cells)
    return table[fitting(table, cells)]


def columns_of(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Some columns of a table; the others are not read."""
    if isinstance(table, WatchedTable):
        return table.columns_of(names)
    return table[list(names)]


def values_in(table: pd.DataFrame, column: str) -> list[Any]:
    """Values that stand in a column, each once, sorted."""
    if isinstance(table, WatchedTable):
        return table.values_in(column)
    return sorted(table[column].unique())


def by(table: pd.DataFrame, column: str) -> Mapping[str, Mapping[Any, Any]]:
    """Rows by what stands in a column that tells them apart."""
    if isinstance(table, WatchedTable):
        return table.rows_by(column)
    return {str(row[column]): row for row in table.to_dict("records")}
