"""Values of provinces as colours and words: what the tile map and the map share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from parstudy.charts._drawn import nothing_known
from parstudy.charts._sheet import Key
from parstudy.charts._units import known_words, one_release, unit_names, unsure
from parstudy.display.chart import GREY, INK, LIGHT
from parstudy.display.words import Language

_LEAST_CONTRAST = 4.5
_STOPS = ((0.0, "#f0f4f9"), (0.5, "#92bbde"), (0.5, "#3a73a4"), (1.0, "#0b4a82"))
"""Without middle tones, on which neither white nor black can be read once a page is dark."""


def readable(colour: tuple[float, float, float]) -> str:
    """Colour of words that stand out from a background, at least 4.5 to 1."""
    inks = ("white", INK, "black")  # of a middle tone only black does
    return next(ink for ink in inks if _contrast(colour, to_rgb(ink)) >= _LEAST_CONTRAST)


def _contrast(one: tuple[float, float, float], two: tuple[float, float, float]) -> float:
    """Contrast of two colours as WCAG counts it."""
    low, high = sorted(map(_luminance, (one, two)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: tuple[float, float, float]) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True)
class Shade:
    """How one province looks: its fill, the colour of text on it, its value in words."""

    known: bool
    look: Mapping[str, Any]
    ink: str
    value: str


class Shades:
    """Shades of all provinces of a geography.

    Parameters
    ----------
    values : DataFrame or Series
        ``province_id, value`` and, for scores, ``decimals`` if known; or a Series by slug.
    provinces : DataFrame
        Table ``provinces`` of one geography.
    language : Language
        Language of the picture.
    kind : {"rank", "score"}
        With ranks, small is dark; with scores, high is dark.
    n_ranked : int or None
        Last place of the colour scale; by default the number of provinces.
    id : str
        Of the chart, for messages.
    marked : collection of str
        Provinces whose value has an asterisk, since other figures contradict it.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no value is known, ``missing_column``, ``mixed_rows``.
    """

    def __init__(
        self,
        values: pd.DataFrame | pd.Series[Any],
        provinces: pd.DataFrame,
        language: Language,
        kind: str,
        n_ranked: int | None,
        id: str,
        marked: Collection[str] = (),
    ) -> None:
        self._marked = frozenset(marked)
        if isinstance(values, pd.Series):
            values = values.rename("value").rename_axis("province_id").reset_index()
        self.frame = one_release(values, ["value"], f"chart {id}")
        self.names = unit_names(provinces, language)
        self._language = language
        self._by_rank = kind == "rank"
        own = self.frame["province_id"].isin(list(self.names))
        self._known = self.frame[self.frame["value"].notna() & own]
        if self._known.empty:
            raise nothing_known(id, "no known value")
        self._unsure = frozenset(self._known.loc[unsure(self._known), "province_id"])
        self._records = self._known.set_index("province_id").to_dict("index")
        self._ramp = LinearSegmentedColormap.from_list("parstudy", _STOPS)
        self._low, self._high = float(self._known["value"].min()), float(self._known["value"].max())
        if self._by_rank:
            self._low, self._high = 1.0, max(float(n_ranked or len(provinces)), self._high)

    def of(self, slug: str) -> Shade:
        """How a province looks; hatched if its value is not known."""
        record = self._records.get(slug)
        if record is None:
            hatched = {"facecolor": "white", "edgecolor": LIGHT, "hatch": "////"}
            return Shade(False, hatched, GREY, self._language.missing)
        width = self._high - self._low
        share = (record["value"] - self._low) / (width if width > 0 else 1.0)
        colour = self._colour(float(share))[:3]
        look = {"facecolor": colour, "edgecolor": "none"}
        return Shade(True, look, readable(colour), self._words(record, slug))

    def keys(self) -> list[Key]:
        """Legend: the ends and the middle of the scale, and the hatching."""
        keys = []
        for share in (0.0, 0.5, 1.0):
            value = self._low + share * (self._high - self._low)
            text = self._language.number(value)
            if self._by_rank:
                place = self._language.number(value, 0)
                text = self._language.text("rank {rank}", rank=place)
            patch = {"facecolor": self._colour(share), "edgecolor": LIGHT, "lw": 0.5}
            keys.append(Key(text, patch=patch))
            if self._high <= self._low:
                break
        if len(self._known) < len(self.names):
            hatched = {"facecolor": "white", "edgecolor": LIGHT, "hatch": "//////", "lw": 0.7}
            keys.append(Key(self._language.text("not known"), patch=hatched))
        return keys

    def note(self) -> str:
        """How many are known, and what signs behind a value mean."""
        said = known_words(len(self._known), len(self.names), self._language)
        if self._marked & set(self._records):
            said += " " + self._language.text("*: other figures contradict it.")
        if self._unsure:
            said += " " + self._language.text("†: derived from other figures, or doubtful.")
        return said

    def finding(self) -> str:
        """Who is first and who is last of those known."""
        order = self._known.sort_values(
            ["value", "province_id"], ascending=[self._by_rank, True]
        ).to_dict("records")
        first, last = (
            f"{self.names[row['province_id']]} ({self._words(row, row['province_id'])})"
            for row in (order[0], order[-1])
        )
        if self._by_rank:
            return self._language.text(
                "Best rank known: {first}; last: {last}.", first=first, last=last
            )
        return self._language.text("Highest: {first}; lowest: {last}.", first=first, last=last)

    def listed(self) -> str:
        """All known values in words, best first."""
        order = self._known.sort_values(
            ["value", "province_id"], ascending=[self._by_rank, True]
        ).to_dict("records")
        return "; ".join(
            f"{self.names[row['province_id']]} {self._words(row, row['province_id'])}"
            for row in order
        )

    def _colour(self, share: float) -> Any:
        return self._ramp(1 - share if self._by_rank else share)

    def _words(self, row: Mapping[Any, Any], slug: str) -> str:
        decimals = 0 if self._by_rank else row.get("decimals", 2)
        return (
            self._language.number(row["value"], decimals)
            + "*" * (slug in self._marked)
            + ("†" * (slug in self._unsure))
        )
