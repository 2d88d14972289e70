"""Provinces by region."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._drawn import Caption, drawn, nothing_known
from parstudy.charts._marks import Data, Look
from parstudy.charts._sheet import Key, Sheet, bare, invented
from parstudy.charts._units import (
    OTHER,
    one_release,
    region_labels,
    score_axis,
    score_limits,
    score_said,
    score_unit,
    unit_names,
    unsure,
    unsure_note,
)
from parstudy.display.chart import GREY, INK, OWN, PALE, SMALL, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language
from parstudy.records import records

_ROW = 0.52  # inches
_DOT: Look = {"marker": "o", "color": OTHER, "markersize": 6, "linestyle": "None"}
_PUBLISHED: Look = {"marker": "D", "color": INK, "markersize": 8, "linestyle": "None"}
_PARTIAL: Look = {**_PUBLISHED, "markerfacecolor": "white", "markeredgewidth": 1.3}


@drawn
def region_strip(
    scores_of_year: pd.DataFrame,
    provinces: pd.DataFrame,
    regions: pd.DataFrame,
    language: Language,
    *,
    highlight: str | None = None,
    id: str = "regions",
    caption: Caption = None,
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

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if neither a score nor a mean is known, ``missing_column``,
        ``mixed_rows``.
    """
    place = f"chart {id}"
    means = ["mean_published", "mean_known"]
    require_columns(regions, ["region_id", *means, "n_known", "n_members"], place)
    require_columns(provinces, ["province_id", "region_id"], place)
    scores = _known_scores(scores_of_year, provinces, place)
    shown = regions[
        regions["region_id"].ne("") & (regions["mean_published"].notna() | regions["n_known"].gt(0))
    ]
    values = pd.concat([scores["score"], shown["mean_published"].dropna()])
    if values.empty:
        raise nothing_known(id, "no known score and no published mean")
    own = scores[scores["province_id"].eq(highlight or "")]
    names, hollow = unit_names(provinces, language), unsure(scores)
    name = names.get(highlight or "", "")
    sheet = Sheet()
    complete = bool(shown["n_known"].ge(shown["n_members"]).all())
    sheet.legend(_keys(name if len(own) else "", shown, language))
    axes = sheet.panel(_ROW * len(shown), left=0.15, right=0.15, bottom=0.42)
    axes.set_xlim(*score_limits(values))
    axes.set_ylim(_ROW * len(shown), 0)
    bare(axes)
    score_axis(
        axes,
        language,
        score_unit(scores_of_year, language) if len(scores_of_year) else language.text("score"),
        lines=True,
    )
    labels = region_labels(language)
    index = str(next(iter(scores_of_year.get("index_id", [])), ""))
    told = []
    for position, region in enumerate(records(shown)):
        label = labels.get(region["region_id"], region["region_id"])
        _draw_region(axes, _ROW * position, region, label, scores, highlight, language)
        value = _region_words(region, index, language)
        told.append(language.text("{name}: {value}.", name=label, value=value))
    alt = language.text("Scores by region. {regions}", regions=" ".join(told))
    if len(own):
        value = score_said(own.iloc[0], language)
        alt += " " + language.text("{name}: {value}.", name=name, value=value)
    return sheet.chart(
        id,
        alt,
        caption
        or f"{_finding(shown, labels, index, language)} {_caption(complete, language)}".strip(),
        [unsure_note([names.get(p, p) for p in scores.loc[hollow, "province_id"]], language)],
        synthetic=invented(scores_of_year),
    )


def _known_scores(frame: pd.DataFrame, provinces: pd.DataFrame, place: str) -> pd.DataFrame:
    """Rows with a score and the region of their province; none where there are no rows at all."""
    if frame.empty:
        return pd.DataFrame({"province_id": [], "score": np.empty(0), "region_id": []})
    known = one_release(frame, ["score"], place).dropna(subset=["score"])
    regions = provinces.set_index("province_id")["region_id"]
    return known.assign(region_id=known["province_id"].map(regions))


def _finding(regions: pd.DataFrame, labels: dict[str, str], index: str, language: Language) -> str:
    """The highest and the lowest published mean, where there are two."""
    means = regions.set_index("region_id")["mean_published"].dropna()
    if means.nunique() < 2:
        return ""
    high, low = (
        language.names(labels.get(region, region) for region in means.index[means.eq(end)])
        for end in (means.max(), means.min())
    )
    return language.text(
        "Published means: highest in {high} ({most}), lowest in {low} ({least}).",
        high=high,
        most=_mean(means.max(), index, language),
        low=low,
        least=_mean(means.min(), index, language),
    )


def _caption(complete: bool, language: Language) -> str:
    if complete:
        return language.text("Scores of all provinces, by region.")
    return language.text(
        "Known scores of the provinces of each region. The known ones are no random sample, so "
        "their mean can differ from the published one."
    )


def _keys(own: str, shown: pd.DataFrame, language: Language) -> list[Key]:
    """Of what the picture shows, and of nothing else."""
    keys = [Key(language.text("a province"), line=dict(_DOT))]
    if shown["mean_published"].notna().any():
        keys.append(Key(language.text("regional mean as published"), line=dict(_PUBLISHED)))
    if shown.loc[shown["n_known"].ne(shown["n_members"]), "mean_known"].notna().any():
        partial = language.text("mean of the known scores only (partial)")
        keys.append(Key(partial, line=dict(_PARTIAL)))
    return [Key(own, line={**_DOT, "color": OWN}), *keys] if own else keys


def _known_count(region: Data, language: Language) -> str:
    return language.text(
        "{n} of {all} known",
        n=language.number(region["n_known"], 0),
        all=language.number(region["n_members"], 0),
    )


def _draw_region(
    axes: Axes,
    top: float,
    region: Data,
    label: str,
    scores: pd.DataFrame,
    highlight: str | None,
    language: Language,
) -> None:
    low, high = axes.get_xlim()
    words, y = top + 0.12, top + 0.36
    count = _known_count(region, language)
    axes.text(low, words, label, size=SMALL, va="center", weight="bold")
    axes.text(high, words, count, size=SMALL, color=GREY, ha="right", va="center")
    axes.plot([low, high], [y, y], color=PALE, lw=1, zorder=1)
    if len(scores):
        inside = scores[scores["region_id"].eq(region["region_id"])]
        colours = [OWN if p == highlight else OTHER for p in inside["province_id"]]
        hollow = unsure(inside)
        axes.scatter(
            inside["score"], [y] * len(inside), s=38, zorder=3, gid="known", clip_on=False,
            c=["white" if row else own for row, own in zip(hollow, colours, strict=True)],
            edgecolors=[own if row else "white" for row, own in zip(hollow, colours, strict=True)],
            linewidths=[1.4 if row else 0.5 for row in hollow],
        )  # fmt: skip
    if pd.notna(region["mean_known"]) and region["n_known"] != region["n_members"]:
        axes.plot([region["mean_known"]], [y], zorder=4, **_PARTIAL)
    if pd.notna(region["mean_published"]):
        axes.plot([region["mean_published"]], [y], zorder=5, **_PUBLISHED)


def _mean(value: float, index: str, language: Language) -> str:
    """A mean with the unit of its index, where that is known."""
    return score_said({"score": value, "index_id": index}, language)


def _region_words(region: Data, index: str, language: Language) -> str:
    words = [_known_count(region, language)]
    if pd.notna(region["mean_known"]):
        mean = _mean(region["mean_known"], index, language)
        words.append(language.text("mean of the known {mean}", mean=mean))
    if pd.notna(region["mean_published"]):
        mean = _mean(region["mean_published"], index, language)
        words.insert(0, language.text("published mean {mean}", mean=mean))
    return ", ".join(words)
