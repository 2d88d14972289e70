"""Charts of an evaluated plan: own change against the nation's, and against made-up plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from parstudy.charts._drawn import drawn, nothing_known
from parstudy.charts._marks import Data, Dot, Dots, Line, Look, legend
from parstudy.charts._rows import Axis, RowChart, around
from parstudy.display import terms
from parstudy.display.chart import GREY, INK, LIGHT, OWN, Chart
from parstudy.display.words import Language, defer
from parstudy.records import records

if TYPE_CHECKING:
    from parstudy.plans import Evaluation

_LARGE: Look = {
    "marker": "o", "linestyle": "None", "zorder": 4, "markersize": 7, "markeredgecolor": INK,
    "markeredgewidth": 0.5,
}  # fmt: skip
_MANY: Look = {
    "marker": "o", "linestyle": "None", "color": GREY, "zorder": 3, "markersize": 3.5,
    "alpha": 0.45, "markeredgewidth": 0,
}  # fmt: skip


def _wide(ends: Sequence[float]) -> tuple[float, float]:
    return around(ends, 0.06)


@drawn
def changes_against_mean(
    standing: pd.DataFrame,
    language: Language,
    *,
    name: str,
    before: int,
    after: int,
    synthetic: bool = False,
    id: str = "change-against-mean",
) -> Chart:
    """Draw the own change beside that of the national mean.

    Parameters
    ----------
    standing : DataFrame
        `Evaluation.standing`.
    before, after : int
        Index years.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no change is known beside one of the mean.
    """
    if standing.empty:
        raise nothing_known(id, "no index with a change of the province and of the national mean")

    def label(row: Data) -> str:
        """Name of the index, and whether it is comparable."""
        index = terms.short(row["index_id"])
        if row["break"]:
            return language.text("{index} (method or criteria changed)", index=index)
        return index

    unit = language.text("change from {before} to {after}, points", before=before, after=after)
    if not standing["index_id"].map(terms.in_points).all():
        unit = language.text("{what} (SIPAS: percentage points)", what=unit)
    own = Dot("change", name, {**_LARGE, "color": OWN})
    errors: list[Line] = []
    if "margin" in standing and standing["margin"].notna().any():
        change, margin = standing["change"], standing["margin"]
        standing = standing.assign(low=change - margin, high=change + margin)
        thin = {"color": OWN, "lw": 2, "zorder": 3}
        label_of_error = language.text("its sampling error")
        errors = [Line("low", "high", label_of_error, thin, gid="sampling-error")]
    mean = Dot("change_mean", language.text("national mean"), {**_LARGE, "color": GREY}, gid="mean")
    between = Line("change_mean", "change", look={"color": LIGHT, "lw": 2, "zorder": 2}, gid=None)
    caption = _what_changed(standing, language, name)
    return RowChart(standing, language, id=id, caption=caption).picture(
        standing,
        [between, mean, *errors, own],
        Axis(unit, limits=_wide),
        keys=legend([own, *errors, mean]),
        label=label,
        value=lambda row: language.signed(row["change_distance"]),
        words=lambda _, row: _in_words(row, language, name),
        alt=defer("Changes from {before} to {after}. {values}"),
        synthetic=synthetic,
        holes={"before": str(before), "after": str(after)},
    )


def _in_words(row: Data, language: Language, name: str) -> str:
    words = {
        "name": name,
        "own": language.signed(row["change"]),
        "mean": language.signed(row["change_mean"]),
    }
    if pd.isna(row.get("margin")):
        return language.text("{name} {own}, national mean {mean}", **words)
    return language.text(
        "{name} {own} with a sampling error of ±{margin}, national mean {mean}",
        margin=language.number(row["margin"], 1),
        **words,
    )


def _what_changed(standing: pd.DataFrame, language: Language, name: str) -> str:
    said = [
        _against_mean(row, language)
        for row in records(standing)
        if not pd.isna(row["change_distance"])
    ]
    said.append(
        language.text(
            "Change of {name} and of the national mean; the number on the right is the difference.",
            name=name,
        )
    )
    if standing["break"].any():
        said.append(
            language.text("A new method moves all provinces; the difference is what is left of it.")
        )
    return " ".join(said)


def _against_mean(row: Data, language: Language) -> str:
    index, change = row["index_id"], row["change_distance"]
    words = {
        "index": terms.short(index),
        "beyond": terms.difference(language, index, language.signed(change)),
    }
    if abs(change) < row.get("margin", 0):
        return language.text("{index}: {beyond} against the mean, within sampling error.", **words)
    return language.text("{index}: {beyond} against the mean.", **words)


@drawn
def placebo_strip(
    result: Evaluation,
    language: Language,
    *,
    name: str,
    synthetic: bool = False,
    id: str = "placebos",
) -> Chart:
    """Draw the estimate of the plan among those of made-up plans of all other provinces.

    Parameters
    ----------
    result : Evaluation
        From `parstudy.plans.evaluate`.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if there is no estimate.
    """
    if not result.compared:
        raise nothing_known(id, "no estimate beside those of other provinces")
    shown = pd.DataFrame(
        {
            "label": language.text(terms.METHODS[method]),
            "own": float(result.estimate(method)["estimate"]),
            "others": result.placebo[method],
        }
        for method in ("did", "matched")
    )
    others = language.text("made-up plans of the other provinces")
    return RowChart(shown, language, id=id).picture(
        shown,
        [
            Dot("own", name, {**_LARGE, "color": OWN}),
            Dots("others", others, _MANY, gid="others"),
        ],
        Axis(language.text("percentage points of the maximum"), limits=_wide),
        label=lambda row: str(row["label"]),
        value=lambda row: language.signed(row["own"], 1),
        words=lambda value, row: language.text(
            "{own}; made-up plans lie from {low} to {high}",
            own=value,
            low=language.signed(min(row["others"]), 1),
            high=language.signed(max(row["others"]), 1),
        ),
        alt=defer("Estimates among all provinces. {values}"),
        caption=defer(
            "The estimate for {name} and, in grey, that of each other province with a made-up plan "
            "of as many criteria with like starting scores. An effect would lie outside of the "
            "grey."
        ),
        synthetic=synthetic,
        holes={"name": name},
    )
