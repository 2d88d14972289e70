"""What charts of all provinces share: names, scores, groups, regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._scales import round_numbers, scale_below
from parstudy.display import terms
from parstudy.display.tables import require_columns
from parstudy.display.words import Language
from parstudy.errors import ParstudyError
from parstudy.facts import criteria
from parstudy.facts.provinces import regions as all_regions
from parstudy.records import records

_UNSURE = ("derived", "doubtful")
OTHER = "#8fa3b5"
"""Colour of provinces that are not stressed."""


def one_release(frame: pd.DataFrame, columns: Sequence[str], place: str) -> pd.DataFrame:
    """Refuse what is not one row per province of one index, year and component.

    Parameters
    ----------
    frame : DataFrame
        Rows of ``scores``; returned as it is.
    columns : sequence of str
        Columns that are needed besides ``province_id``.
    place : str
        Which chart, for messages.

    Returns
    -------
    DataFrame

    Raises
    ------
    ParstudyError
        ``mixed_rows``, ``missing_column``, ``nothing_to_show``.
    """
    require_columns(frame, ["province_id", *columns], place)
    for key in ("index_id", "year", "component"):
        if key in frame and frame[key].nunique() > 1:
            raise ParstudyError(
                "mixed_rows",
                "rows of more than one release",
                place=place,
                found=f"{key} {', '.join(map(str, sorted(frame[key].unique())))}",
                expected="one index, one year, one component",
            )
    if frame["province_id"].duplicated().any():
        twice = frame.loc[frame["province_id"].duplicated(), "province_id"]
        raise ParstudyError(
            "mixed_rows", "two rows for one province", place=place, found=", ".join(sorted(twice))
        )
    return frame


def unit_names(
    provinces: pd.DataFrame | None, language: Language, frame: pd.DataFrame | None = None
) -> dict[str, str]:
    """Names by slug: from the table of provinces, else from a column ``name`` of the frame."""
    if provinces is None:
        if frame is None or "name" not in frame:
            return {}
        return dict(zip(frame["province_id"], frame["name"], strict=True))
    require_columns(provinces, ["province_id", "name_vi", "name_en"], "provinces")
    return {row["province_id"]: language.province(row) for row in records(provinces)}


def score_unit(frame: pd.DataFrame, language: Language) -> str:
    """Title of a score axis."""
    index = frame["index_id"].iloc[0] if "index_id" in frame else ""
    try:
        known = criteria.index(index)
    except ParstudyError:
        return language.text("score")
    if known.unit == "percent":
        return language.text("{index} score, percent", index=known.short)
    return language.text("{index} score, points", index=known.short)


def known_words(k: int, n: int, language: Language) -> str:
    """Note on how many provinces are known."""
    return language.ntext(
        "Known: {n} of {all} provinces.",
        "Known: {n} of {all} provinces.",
        k,
        all=language.number(n, 0),
    )


def unsure(frame: pd.DataFrame) -> pd.Series[bool]:
    """Which rows hold a figure that is derived from others, or doubtful."""
    if "certainty" not in frame:
        return pd.Series(False, index=frame.index)
    return frame["certainty"].isin(_UNSURE)


def unsure_note(names: Sequence[str], language: Language) -> str:
    """Note on marks with a white middle, where there are any."""
    if not names:
        return ""
    return language.text(
        "White middle: derived from other figures, or doubtful: {names}.",
        names=language.names(names, 6),
    )


def out_of(frame: pd.DataFrame, provinces: pd.DataFrame | None) -> int:
    """Number of provinces ranked, or in the geography where that is not printed."""
    ranked = frame["n_ranked"].dropna() if "n_ranked" in frame else pd.Series(dtype=float)
    if len(ranked):
        return int(ranked.max())
    return len(frame) if provinces is None else len(provinces)


def score_axis(axes: Axes, language: Language, title: str, *, lines: bool = False) -> None:
    """Round scores below a panel, with as many decimals as they need."""
    values = round_numbers(axes.get_xlim(), 7, (1, 2, 5, 10))
    words = [
        language.number(
            value, next((d for d in (0, 1, 2) if abs(value - round(value, d)) < 1e-9), 3)
        )
        for value in values
    ]
    scale_below(axes, values, words, title, lines=lines)


def score_limits(values: pd.Series[float]) -> tuple[float, float]:
    """Limits of an axis with a little room at both ends of the values.

    >>> score_limits(pd.Series([80.0, 90.0]))
    (79.6, 90.4)
    """
    low, high = float(values.min()), float(values.max())
    # a quarter point, or a hundredth on a short scale such as 0 to 1
    pad = max((high - low) * 0.04, min(0.25, abs(high) * 0.01)) or 0.25
    return low - pad, high + pad


def score_words(row: pd.Series[Any] | Mapping[Any, Any], language: Language) -> str:
    """Score of a row with the decimals that were printed, 2 if that is not known."""
    decimals = terms.digits(row.get("decimals"), str(row.get("index_id", "")))
    return language.number(row["score"], decimals)


def score_said(row: pd.Series[Any] | Mapping[Any, Any], language: Language) -> str:
    """Score of a row with its unit, where its ``index_id`` says which."""
    number, index = score_words(row, language), str(row.get("index_id", ""))
    known = criteria.indices().get(index)
    if known is None:
        return number
    return terms.with_unit(language, index, f"{number}%" if known.unit == "percent" else number)


def region_labels(language: Language) -> dict[str, str]:
    """Names of the regions by id, in their usual order."""
    return {str(row["region_id"]): language.name(row) for row in records(all_regions())}
