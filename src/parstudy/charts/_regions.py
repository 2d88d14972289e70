"""Provinces by region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawn import drawn, nothing_known
from parstudy.charts._sheet import Key, Sheet, bare, invented
from parstudy.charts._units import (
    OTHER,
    one_release,
    region_labels,
    score_axis,
    score_limits,
    score_unit,
    score_words,
    unit_names,
)
from parstudy.display.chart import GREY, INK, PALE, RED, SMALL, Chart
from parstudy.display.tables import require_columns

if TYPE_CHECKING:
    from markupsafe import Markup

    from parstudy.display.words import Language


@drawn
def region_strip(
    scores_of_year: pd.DataFrame,
    provinces: pd.DataFrame,
    regions: pd.DataFrame,
    language: Language,
    *,
    highlight: str | None = None,
    id: str = "regions",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the known scores by region, with the published mean and the mean of what is known.

    Parameters
    ----------
    scores_of_year : DataFrame
        Rows of ``scores`` of one index, year and component: ``province_id, score, decimals``.
    provinces : DataFrame
        Table ``provinces`` of the geography of the year, with ``region_id``.
    regions : DataFrame
        ``region_id, mean_published, mean_known, n_known, n_members``, in the order to be drawn.
    language : Language
        Language of the picture.
    highlight : str, optional
        Province to stress.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if neither a score nor a mean is known, ``missing_column``,
        ``mixed_rows``.
    """
    place = f"chart {id}"
    require_columns(
        regions, ["region_id", "mean_published", "mean_known", "n_known", "n_members"], place
    )
    require_columns(provinces, ["province_id", "region_id"], place)
    frame = scores_of_year
    if not frame.empty:
        frame = one_release(frame, ["score"], place)
    names = unit_names(provinces, language)
    labels = region_labels(language)
    scores = frame[frame["score"].notna()] if "score" in frame else frame
    members = dict(zip(provinces["province_id"], provinces["region_id"], strict=True))
    shown = regions[
        regions["region_id"].ne("") & (regions["mean_published"].notna() | regions["n_known"].gt(0))
    ]
    values = pd.concat([scores["score"], shown["mean_published"]]) if len(scores) else (
        shown["mean_published"]
    )  # fmt: skip
    values = values.dropna()
    if values.empty:
        raise nothing_known(id, "no known score and no published mean")
    low, high = score_limits(values)
    left = right = 0.15

    sheet = Sheet()
    dot: dict[str, Any] = {"marker": "o", "color": OTHER, "markersize": 6, "linestyle": "None"}
    published: dict[str, Any] = {
        "marker": "D", "color": INK, "markersize": 8, "linestyle": "None",
    }  # fmt: skip
    partial = {**published, "markerfacecolor": "white", "markeredgewidth": 1.3}
    keys = [
        Key(language.text("a province"), line=dot),
        Key(language.text("regional mean as published"), line=published),
        Key(language.text("mean of the known scores only (partial)"), line=partial),
    ]
    own = scores[scores["province_id"].eq(highlight or "")] if len(scores) else scores
    if len(own):
        keys.insert(0, Key(names.get(highlight or "", ""), line={**dot, "color": RED}))
    sheet.legend(keys)
    row = 0.52
    axes = sheet.panel(row * len(shown), left=left, right=right, bottom=0.42)
    axes.set_xlim(low, high)
    axes.set_ylim(row * len(shown), 0)
    bare(axes)
    axes.grid(axis="x")
    score_axis(axes, language)
    axes.set_xlabel(score_unit(frame, language) if len(frame) else language.text("score"))
    told = []
    for position, region in enumerate(shown.to_dict("records")):
        y = row * position + 0.36
        count = language.text(
            "{n} of {all} known",
            n=language.number(region["n_known"], 0),
            all=language.number(region["n_members"], 0),
        )
        name = labels.get(region["region_id"], region["region_id"])
        axes.text(low, row * position + 0.12, name, size=SMALL, va="center", weight="bold")
        axes.text(
            high, row * position + 0.12, count, size=SMALL, color=GREY, ha="right", va="center"
        )
        axes.plot([low, high], [y, y], color=PALE, lw=1, zorder=1)
        if len(scores):
            part = scores[scores["province_id"].map(members).eq(region["region_id"])]
            colours = [RED if p == highlight else OTHER for p in part["province_id"]]
            axes.scatter(
                part["score"], [y] * len(part), s=38, color=colours, linewidths=0.5,
                edgecolors="white", zorder=3, gid="known", clip_on=False,
            )  # fmt: skip
        words = [count]
        if pd.notna(region["mean_known"]):
            complete = region["n_known"] == region["n_members"]
            if not complete:
                axes.plot([region["mean_known"]], [y], zorder=4, **partial)
            words.append(
                language.text(
                    "mean of the known {mean}", mean=language.number(region["mean_known"])
                )
            )
        if pd.notna(region["mean_published"]):
            axes.plot([region["mean_published"]], [y], zorder=5, **published)
            mean = language.number(region["mean_published"])
            words.insert(0, language.text("published mean {mean}", mean=mean))
        told.append(language.text("{name}: {value}.", name=name, value=", ".join(words)))
    alt = language.text("Scores by region. {regions}", regions=" ".join(told))
    if len(own):
        value = score_words(own.iloc[0], language)
        alt += " " + language.text(
            "{name}: {value}.", name=names.get(highlight or "", ""), value=value
        )
    if caption is None:
        caption = language.text(
            "Known scores of the provinces of each region. The known ones are no random sample, so "
            "their mean can differ from the published one."
        )
    return sheet.chart(id, alt, caption, synthetic=invented(frame))
