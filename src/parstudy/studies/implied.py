"""From which year a figure follows that no source prints: that after it, or that before it."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

Kind = Literal["score", "rank"]
_BASE: dict[Kind, str] = {"score": "score", "rank": "rank_published"}
_KEY = ["index_id", "province_id", "component"]


def implied_from(rows: pd.DataFrame, after: pd.DataFrame, kind: Kind) -> pd.Series[Any]:
    """Year whose figure, with a published change, tells what a row has as implied.

    Parameters
    ----------
    rows : DataFrame
        Of ``scores``.
    after : DataFrame
        Of ``scores``, among them those of the years after; more do no harm.
    kind : {"score", "rank"}
        Which figure.

    Returns
    -------
    Series
        Years, labelled as ``rows``; <NA> where nothing is implied.

    Examples
    --------
    >>> scores = pd.DataFrame({
    ...     "index_id": "PAR_INDEX", "province_id": ["a", "a", "b"], "component": "total",
    ...     "year": [2023, 2024, 2024], "score": [None, 88.0, None],
    ...     "change_score_published": [None, 2.0, 3.0], "score_implied": [86.0, None, 90.0],
    ... })
    >>> implied_from(scores, scores, "score").to_list()
    [2024, <NA>, 2023]
    """
    told = after[after[_BASE[kind]].notna() & after[f"change_{kind}_published"].notna()]
    before = set(zip(*(told[key] for key in _KEY), told["year"].astype(int) - 1, strict=True))
    own = zip(*(rows[key] for key in _KEY), rows["year"].astype(int), strict=True)
    years = [key[-1] + (1 if key in before else -1) for key in own]
    found = pd.Series(years, index=rows.index, dtype="Int64")
    return found.where(rows[f"{kind}_implied"].notna())
