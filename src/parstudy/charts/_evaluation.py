"""Charts of an evaluated plan: own change against the nation's, and against made-up plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawing import Key, Sheet, drawn, nothing_known
from parstudy.charts._plans import _done
from parstudy.charts._rows import labelled_rows, number_axis
from parstudy.display import terms
from parstudy.display.chart import GREY, INK, LIGHT, ORANGE, Chart
from parstudy.display.words import Language

if TYPE_CHECKING:
    from parstudy.plans import Evaluation


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
    language : Language
        Language of the picture.
    name : str
        The province as a reader knows it.
    before, after : int
        Index years.
    synthetic : bool
        Whether to mark the picture as made of invented figures.
    id : str
        HTML id.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no change is known beside one of the mean.
    """
    if standing.empty:
        raise nothing_known(id, "no index with a change of the province and of the national mean")
    labels, values, told = [], [], []
    for row in standing.to_dict("records"):
        label = terms.short(row["index"])
        if row["break"]:
            label = language.text("{index} (method or criteria changed)", index=label)
        labels.append(label)
        values.append(language.signed(row["change_distance"]))
        told.append(
            language.text(
                "{label}: {name} {own}, national mean {mean}.",
                label=label,
                name=name,
                own=language.signed(row["change"]),
                mean=language.signed(row["change_mean"]),
            )
        )
    sheet = Sheet()
    sheet.legend(
        [
            Key(name, line=_dot(ORANGE)),
            Key(language.text("national mean"), line=_dot(GREY)),
        ]
    )
    axes, middles = labelled_rows(sheet, labels, values, line_at=0)
    ends = [0.0, *standing["change"], *standing["change_mean"]]
    _room(axes, ends)
    number_axis(axes, language)
    axes.set_xlabel(
        language.text("change from {before} to {after}, points", before=before, after=after)
    )
    for own, mean, middle in zip(standing["change"], standing["change_mean"], middles, strict=True):
        axes.plot([mean, own], [middle, middle], color=LIGHT, lw=2, zorder=2)
        axes.plot([mean], [middle], gid="mean", **_dot(GREY))
        axes.plot([own], [middle], gid="known", **_dot(ORANGE))
    caption = language.text(
        "Change of {name} and of the national mean; the number on the right is the difference.",
        name=name,
    )
    if standing["break"].any():
        moved = language.text(
            "A new method moves all provinces; the difference is what is left of it."
        )
        caption = f"{caption} {moved}"
    return Chart(
        id,
        _done(sheet, synthetic),
        language.text(
            "Changes from {before} to {after}. {values}",
            before=before,
            after=after,
            values=" ".join(told),
        ),
        caption,
    )


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
    language, name, synthetic, id : Language, str, bool, str
        As in :func:`changes_against_mean`.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if there is no estimate.
    """
    if not result.compared:
        raise nothing_known(id, "no estimate beside those of other provinces")
    shown = ["did", "matched"]
    labels = [language.text(terms.METHODS[method]) for method in shown]
    estimates = [float(result.estimate(method)["estimate"]) for method in shown]
    sheet = Sheet()
    sheet.legend(
        [
            Key(name, line=_dot(ORANGE)),
            Key(language.text("made-up plans of the other provinces"), line=_dot(GREY, small=True)),
        ]
    )
    values = [language.signed(v, 1) for v in estimates]
    axes, middles = labelled_rows(sheet, labels, values, line_at=0)
    _room(axes, [0.0, *estimates, *(float(v) for m in shown for v in result.placebo[m])])
    number_axis(axes, language)
    axes.set_xlabel(language.text("percentage points of the maximum"))
    told = []
    for method, label, own, middle in zip(shown, labels, estimates, middles, strict=True):
        theirs = result.placebo[method]
        axes.plot(theirs, [middle] * len(theirs), gid="others", **_dot(GREY, small=True))
        axes.plot([own], [middle], gid="known", **_dot(ORANGE))
        told.append(
            language.text(
                "{label}: {own}; made-up plans lie from {low} to {high}.",
                label=label,
                own=language.signed(own, 1),
                low=language.signed(theirs.min(), 1),
                high=language.signed(theirs.max(), 1),
            )
        )
    return Chart(
        id,
        _done(sheet, synthetic),
        language.text("Estimates among all provinces. {values}", values=" ".join(told)),
        language.text(
            "The estimate for {name} and, in grey, that of each other province with a made-up plan "
            "of as many criteria with like starting scores. An effect would lie outside of the "
            "grey.",
            name=name,
        ),
    )


def _room(axes: Any, ends: list[float]) -> None:
    room = max(ends) - min(ends) or 1.0
    axes.set_xlim(min(ends) - 0.06 * room, max(ends) + 0.06 * room)


def _dot(colour: str, *, small: bool = False) -> dict[str, Any]:
    look: dict[str, Any] = {"marker": "o", "linestyle": "None", "color": colour, "zorder": 4}
    if small:
        return look | {"markersize": 3.5, "alpha": 0.45, "zorder": 3, "markeredgewidth": 0}
    return look | {"markersize": 7, "markeredgecolor": INK, "markeredgewidth": 0.5}
