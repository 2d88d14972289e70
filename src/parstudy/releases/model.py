"""What a reader hands on: one release as raw figures, untouched by any check of substance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from parstudy.facts.fields import columns

if TYPE_CHECKING:
    import pandas as pd

FIGURE_COLUMNS = columns("raw_figures")
SOURCE_COLUMNS = columns("sources")
COMPONENT_COLUMNS = (*columns("components"), "locator")
UNIT_LEVELS = ("province", "region", "national")
CERTAINTIES = ("stated", "listed", "derived", "doubtful")


@dataclass(frozen=True)
class RawRelease:
    """One release as its files say it.

    Attributes
    ----------
    release_id : str
        Index and folder name, for example ``"PAR_INDEX/2021"``.
    index : str
        ``PAR_INDEX``, ``SIPAS``, ...
    year : int
        Index year: what is measured, not when it was announced.
    geography : str
        ``"63"`` or ``"34"``: which division into provinces the names belong to.
    n_ranked : int
        Number of units in the ranking.
    criteria_set : str
        Name of the set of criteria in force; empty when it is not known.
    synthetic : bool
        True for made-up figures.
    title : str
        Title of the release.
    ties : str
        How equal scores are ranked: ``min`` (1, 2, 2, 4), ``max`` (1, 3, 3, 4), ``dense``
        (1, 2, 2, 3) or ``ordinal`` (1, 2, 3, 4: by hidden decimals or an order of its own).
    figures : DataFrame
        One row a figure: ``index_id, year, unit_level, unit_text, component, measure, text, value,
        certainty, source_id, locator, note``. ``text`` is what is printed, ``value`` the number
        read from it (NaN for a group letter), ``locator`` the file, page or sheet, row and column.
    sources : DataFrame
        One row a source that the figures name: ``source_id, url, title, publisher, kind,
        published_on, retrieved_on, sha256, licence``; all text, empty where unknown.
    components : DataFrame
        The components as the files print them: ``criteria_set, index_id, code, parent, level,
        name_vi, name_en, max_score, scoring, lead_department, locator``; ``max_score`` in points,
        NaN where it is not printed. May be empty.
    notes : tuple of str
        What the reader saw and left out or found worth telling, in the order of the files.
    running : tuple of (str, str, str, int)
        Running numbers of the rows as printed: table, place, unit, number.
    """

    release_id: str
    index: str
    year: int
    geography: str
    n_ranked: int
    criteria_set: str
    synthetic: bool
    title: str
    ties: str
    figures: pd.DataFrame = field(repr=False)
    sources: pd.DataFrame = field(repr=False)
    components: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    running: tuple[tuple[str, str, str, int], ...] = field(default=(), repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """What was read, without what others keep beside it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def figures_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Raw figures as a table with the documented columns and types."""
    return _frame(rows, FIGURE_COLUMNS, {"year": "int64", "value": "float64"})


def sources_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Sources as a table with the documented columns, all text."""
    return _frame(rows, SOURCE_COLUMNS, {})


def components_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Components as a table with the documented columns and types."""
    return _frame(rows, COMPONENT_COLUMNS, {"max_score": "float64"})


def _frame(
    rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...], types: Mapping[str, str]
) -> pd.DataFrame:
    import pandas as pd

    rows = list(rows)
    values = zip(*(tuple(row[c] for c in columns) for row in rows), strict=True)
    table = dict(zip(columns, values, strict=True)) if rows else dict.fromkeys(columns, ())
    return pd.DataFrame({c: pd.Series(v, dtype=types.get(c, "str")) for c, v in table.items()})
