"""Rows of a table by what stands in its columns."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

import pandas as pd


def at(table: pd.DataFrame, **cells: Any) -> pd.DataFrame:
    """Rows of a table where columns have given values.

    Parameters
    ----------
    table : DataFrame
        Any of the built tables, or rows of one.
    **cells : str, int
        Value by column; at least one.

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
    return table[reduce(and_, (table[column].eq(value) for column, value in cells.items()))]
