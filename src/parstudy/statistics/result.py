"""The shape of a result: a table of figures and what one must know to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Assumption", "Drop", "Floats", "Picture", "Result", "drops"]

Floats: TypeAlias = npt.NDArray[Any]
Drop: TypeAlias = tuple[str, object, str, str]
"""Something left out or warned of: what it is (column, row, warning), name, reason, detail."""
Assumption: TypeAlias = Literal[
    "band_by_resampling",
    "blanks_hand_on_weight",
    "changes_within_units",
    "choices_as_given",
    "common_cause",
    "few_clusters",
    "independent_clusters",
    "independent_units",
    "known_errors",
    "large_sample",
    "leaving_out_is_a_question",
    "linear",
    "linear_on_ranks",
    "normal_errors",
    "one_for_all",
    "one_normal_around_a_mean",
    "one_sample_one_choice",
    "one_scale",
    "overlap_is_shared_out",
    "parts_overlap",
    "points_worth_the_same",
    "proportional_odds",
    "rest_is_no_effect",
    "search_no_test",
    "shares_are_no_effects",
    "weights_on_paper",
    "year_effects",
]
"""What a figure rests on; rooms that know words say it to the reader."""


_DROP = ["what", "name", "reason", "detail"]


def drops(rows: Sequence[Drop] = ()) -> pd.DataFrame:
    """Table ``dropped`` of a result, all columns text.

    Parameters
    ----------
    rows : sequence of (what, name, reason, detail)
        Without them the table is empty.
    """
    if not rows:
        return _no_drops().copy(deep=False)
    said = [(what, str(name), reason, detail) for what, name, reason, detail in rows]
    return pd.DataFrame(said, columns=_DROP, dtype="str")


@cache
def _no_drops() -> pd.DataFrame:
    return pd.DataFrame(columns=_DROP, dtype="str")


class Picture(Protocol):
    """What ``plot`` gives, as editors know it; :class:`parstudy.display.Chart` is the whole."""

    figure: Figure
    alt: str

    def svg(self) -> bytes:
        """Give the picture as SVG."""

    def png(self, dpi: float = 150) -> bytes:
        """Give the picture as PNG."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """A table of figures with what one must know to read it.

    Attributes
    ----------
    table : DataFrame
        The figures, one row per part, term or unit (the index names it).
    n : int
        Rows that were used.
    dropped : DataFrame
        Columns and rows that were left out: ``what, name, reason, detail``.
    assumptions : tuple of Assumption
        What must hold for the figures to mean what they say, as codes.
    """

    table: pd.DataFrame
    n: int
    dropped: pd.DataFrame = field(default_factory=drops)
    assumptions: tuple[Assumption, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table with its index as columns."""
        return self.table.reset_index()

    if TYPE_CHECKING:  # whoever comes through ``import parstudy`` finds them: words and pictures

        def plot(self, lang: str = "en") -> Picture:
            """Draw the result."""

        def summary_text(self, lang: str = "en") -> str:
            """Say what it found, left out and assumes."""
