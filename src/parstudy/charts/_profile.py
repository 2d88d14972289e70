"""Charts of the components of one province: what was reached of each, where points were lost."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from parstudy.charts._drawn import Caption, drawn, nothing_known
from parstudy.charts._marks import Bar, Data, Dot, Mark, known
from parstudy.charts._parts import any_known, component_label
from parstudy.charts._rows import Axis, RowChart
from parstudy.charts._units import unsure, unsure_note
from parstudy.display.chart import INK, ORANGE, OWN, Chart
from parstudy.display.words import Language, defer
from parstudy.records import records

_TICK = {
    "marker": "|", "markersize": 13, "markeredgewidth": 2.2, "color": INK, "linestyle": "None",
}  # fmt: skip


@drawn
def component_profile(
    parts: pd.DataFrame,
    language: Language,
    *,
    name: str = "",
    n_parts: int | None = None,
    id: str = "profile",
    caption: Caption = None,
) -> Chart:
    """Draw what share of its maximum a province reached on each component.

    Parameters
    ----------
    parts : DataFrame
        One row per component of one level, in the order to be drawn: ``component, name_vi,
        name_en, percent`` (of the maximum) and, where known, ``mean_percent, n_known`` (mean over
        the provinces with a figure). Components without a percent are left out.
    n_parts : int, optional
        Components that there are, known or not; by default those given.
    """
    chart = RowChart(parts, language, id=id, caption=caption)
    table = chart.table("component", "name_vi", "name_en", "percent")
    shown = table[table["percent"].notna()]
    if shown.empty:
        raise nothing_known(id, "no component with a known share of its maximum")
    look = {"marker": "o", "markersize": 8, "color": OWN, "linestyle": "None"}
    own = name or language.text("this province")
    hollow = unsure(shown)
    shown = shown.assign(sure=shown["percent"].mask(hollow), unsure=shown["percent"].where(hollow))
    marks: list[Mark] = [
        Dot("sure", own, look, {"zorder": 4}),
        Dot("unsure", "", {**look, "markerfacecolor": "white", "markeredgewidth": 1.4}),
    ]
    if any_known(shown, "mean_percent"):
        label = _mean_words(shown, language)
        marks.append(Dot("mean_percent", label, _TICK, {"zorder": 3}, None))
    reached = [end for row in records(shown) for m in marks for end in m.ends(row)]

    def words(value: str, row: Data) -> str:
        """Own share, and the mean where it is known."""
        if not known(row, "mean_percent"):
            return value
        mean = language.percent(row["mean_percent"], 1)
        return language.text("{value} (mean {mean})", value=value, mean=mean)

    return chart.picture(
        shown,
        marks,
        Axis(
            language.text("percent of the maximum score"),
            limits=(max(0.0, min(reached) - 6), max(100.0, *reached) + 1),
            line_at=100,
            percent=True,
        ),
        value=lambda row: language.percent(row["percent"], 1),
        words=words,
        label=lambda row: component_label(row, language),
        finding=_lowest_and_highest(shown, language),
        alt=defer("Share of the maximum by component. {values}"),
        caption=defer(
            "Share of the maximum score that was reached, by component; the line at 100% is the "
            "maximum."
        ),
        notes=[
            language.ntext(
                "Known: {n} of {all} components.",
                "Known: {n} of {all} components.",
                len(shown),
                all=language.number(n_parts or len(parts), 0),
            ),
            unsure_note([component_label(r, language) for r in _rows(shown[hollow])], language),
        ],
    )


def _lowest_and_highest(shown: pd.DataFrame, language: Language) -> str:
    percent = shown["percent"]
    if percent.nunique() < 2:
        return ""
    ends = {"least": percent.min(), "most": percent.max()}
    low, high = (
        language.names([component_label(row, language) for row in _rows(shown[percent.eq(end)])], 2)
        for end in ends.values()
    )
    shares = {word: language.percent(end, 1) for word, end in ends.items()}
    return language.text(
        "Lowest on {low} ({least}), highest on {high} ({most}).", low=low, high=high, **shares
    )


def _rows(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return frame.to_dict("records")


def _mean_words(shown: pd.DataFrame, language: Language) -> str:
    if not any_known(shown, "n_known"):
        return language.text("mean of the provinces with a figure")
    low, high = (language.number(shown["n_known"].agg(end), 0) for end in ("min", "max"))
    if low == high:
        return language.text("mean of the provinces with a figure ({n})", n=low)
    return language.text(
        "mean of the provinces with a figure ({low} to {high})", low=low, high=high
    )


@drawn
def lost_points(
    parts: pd.DataFrame,
    language: Language,
    *,
    limit: int = 15,
    n_parts: int | None = None,
    id: str = "lost-points",
    caption: Caption = None,
) -> Chart:
    """Draw where a province lost points (maximum minus score), the largest loss first.

    Parameters
    ----------
    parts : DataFrame
        One row per component of one level: ``component, name_vi, name_en, lost, max_score``
        (points). Components without a known loss are left out.
    limit : int
        At most so many components are drawn; the note says what the others lost.
    n_parts : int, optional
        Components that there are, known or not; by default those given.
    """
    chart = RowChart(parts, language, id=id, limit=limit, caption=caption)
    table = chart.table("component", "name_vi", "name_en", "lost", "max_score")
    shown = chart.largest(table, "lost", none="no component with a known score and maximum")
    in_all = language.text(
        "Lost in all on {n} components with a known score and maximum: {points} points.",
        n=language.number(table["lost"].count(), 0),
        points=language.number(table["lost"].sum()),
    )
    others = language.ntext(
        "{n} more component lost {points} points.",
        "{n} more components lost {points} points together.",
        len(chart.rest),
        points=language.number(chart.rest["lost"].sum()),
    )
    hollow = unsure(shown)
    shown = shown.assign(sure=shown["lost"].mask(hollow), unsure=shown["lost"].where(hollow))
    silent = int(table["lost"].isna().sum()) + max((n_parts or 0) - len(table), 0)
    unknown = language.ntext(
        "Not known for {n} component.", "Not known for {n} components.", silent
    )
    return chart.picture(
        shown,
        [Bar("sure", ORANGE), Bar("unsure", ORANGE, hollow=True)],
        Axis(
            language.text("points lost"),
            limits=(0, max(float(shown["lost"].max()) * 1.02, 0.1)),
            line_at=None,
        ),
        value=lambda row: language.text(
            "{lost} of {maximum}",
            lost=language.number(row["lost"]),
            maximum=language.number(row["max_score"]),
        ),
        label=lambda row: component_label(row, language),
        finding=_most_lost(records(shown)[0], language),
        alt=defer("Points lost by component. {values}"),
        caption=defer(
            "Points lost (maximum minus score) by component, the largest loss first; a bar counts "
            "points of the index."
        ),
        notes=[
            in_all,
            chart.left(others),
            unknown if silent else "",
            unsure_note([component_label(r, language) for r in _rows(shown[hollow])], language),
        ],
    )


def _most_lost(row: Data, language: Language) -> str:
    return language.text(
        "Most points are lost on {name}: {lost} of {maximum}.",
        name=component_label(row, language),
        lost=language.number(row["lost"]),
        maximum=language.number(row["max_score"]),
    )
