"""Charts of improvement plans: lost points by department, way to a rank, ladder, outlook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parstudy.charts._drawing import Key, Sheet, bare, drawn, nothing_known
from parstudy.charts._rows import component_label, labelled_rows, number_axis, row_sentences
from parstudy.display.chart import BLUE, GREEN, GREY, INK, LIGHT, ORANGE, SKY, Chart
from parstudy.display.words import Language, is_missing

if TYPE_CHECKING:
    from parstudy.studies.improvement import Gains, Ladder, Outlook, Reach

_DEPARTMENTS_SHOWN = 12


@drawn
def department_bars(
    gains: Gains, language: Language, *, synthetic: bool = False, id: str = "lost-by-department"
) -> Chart:
    """Draw the points lost by lead department, the largest loss first.

    Parameters
    ----------
    gains : Gains
        From `parstudy.studies.improvement.max_gain`.
    language : Language
        Language of the picture.
    synthetic : bool
        Whether to mark the picture as made of invented figures.
    id : str
        HTML id.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no lost point is known.
    """
    rows = gains.departments.reset_index()
    if rows.empty:
        raise nothing_known(id, "no department with a known loss")
    rows = rows.head(_DEPARTMENTS_SHOWN)
    labels = [_department(language, name) for name in rows["lead_department"]]
    values = [
        language.text(
            "{points} points · {places}",
            points=language.number(row["lost"]),
            places=_places(language, row["places_low"], row["places_high"]),
        )
        for row in rows.to_dict("records")
    ]
    sheet = Sheet()
    axes, middles = labelled_rows(sheet, labels, values)
    axes.set_xlim(0, float(rows["lost"].max()) * 1.02)
    number_axis(axes, language)
    axes.set_xlabel(language.text("points lost"))
    for lost, middle in zip(rows["lost"], middles, strict=True):
        axes.barh([middle], [float(lost)], height=0.15, color=ORANGE, gid="known")
    told = row_sentences(labels, values, language)
    alt = language.text("Points lost by lead department. {values}", values=told)
    caption = language.text(
        "Points lost by lead department, and places that the department's components would be "
        "worth at their maximum, all else unchanged."
    )
    return Chart(id, _done(sheet, synthetic), alt, caption)


def _department(language: Language, name: str) -> str:
    return name or language.text("lead department not known")


def _places(language: Language, low: Any, high: Any) -> str:
    if is_missing(low) or is_missing(high):
        return language.text("places not known")
    if low == high:
        return language.places(int(low))
    return language.text(
        "up {low} to {high} places", low=language.number(low, 0), high=language.number(high, 0)
    )


@drawn
def way_to_rank(
    reach: Reach,
    components: pd.DataFrame,
    language: Language,
    *,
    synthetic: bool = False,
    id: str = "way-to-rank",
) -> Chart:
    """Draw how the fewest components lead from the total to the score of a rank, step by step.

    Parameters
    ----------
    reach : Reach
        From `parstudy.scenarios.points_to_rank`, with sets.
    components : DataFrame
        Index ``code``; ``name_vi, name_en``.
    language, synthetic, id : Language, bool, str
        As in :func:`department_bars`.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no set is known.
    """
    chosen = reach.sets[reach.sets["aim"].eq("components")]
    if chosen.empty:
        raise nothing_known(id, "no set of components that reaches the rank")
    first = chosen.iloc[0]
    goal = reach.total + reach.needed_high
    steps = [(c, float(reach.gains[c])) for c in first["codes"]]
    steps.sort(key=lambda step: -step[1])
    labels = [language.text("Total now, rank {rank}", rank=language.rank(reach.rank_low, reach.n))]
    values = [language.number(reach.total)]
    for code, gain in steps:
        labels.append(component_label({"component": code, **_names(components, code)}, language))
        values.append(language.signed(gain))
    after = language.rank(first["rank"], reach.n)
    labels.append(language.text("Total then, rank {rank}", rank=after))
    values.append(language.number(first["total"]))
    sheet = Sheet()
    target_words = language.text(
        "needed for rank {rank}: {score}",
        rank=language.rank(reach.target),
        score=language.number(goal),
    )
    sheet.legend(
        [
            Key(language.text("raised"), patch={"color": GREEN}),
            Key(target_words, line={"color": GREY, "linestyle": "-", "lw": 1}),
        ]
    )
    axes, middles = labelled_rows(sheet, labels, values, line_at=goal)
    reached = max(float(first["total"]), goal)
    room = max(reached - reach.total, 0.1)
    axes.set_xlim(reach.total - 0.12 * room, reached + 0.12 * room)
    number_axis(axes, language, bins=5)
    axes.set_xlabel(language.text("total score, points"))
    dot: dict[str, Any] = {"marker": "o", "markersize": 8, "linestyle": "None", "zorder": 4}
    axes.plot([reach.total], [middles[0]], color=BLUE, gid="known", **dot)
    at = reach.total
    for (_, gain), middle in zip(steps, middles[1:-1], strict=True):
        axes.barh([middle], [gain], left=at, height=0.15, color=GREEN, gid="known")
        at += gain
    axes.plot([at], [middles[-1]], color=GREEN, gid="known", **dot)
    told = row_sentences(labels, values, language)
    alt = language.text("Way from the total to the rank. {values}", values=told)
    caption = language.text(
        "The fewest components that reach rank {rank}, the others unchanged; the line marks the "
        "score needed. The axis does not begin at 0.",
        rank=language.rank(reach.target),
    )
    return Chart(id, _done(sheet, synthetic), f"{alt} {target_words}.", caption)


def _names(components: pd.DataFrame, code: str) -> dict[str, Any]:
    if code not in components.index:
        return {}
    return {name: components[name].loc[code] for name in ("name_vi", "name_en")}


@drawn
def rank_ladder(
    rungs: Ladder,
    names: Any,
    language: Language,
    *,
    synthetic: bool = False,
    id: str = "rank-ladder",
) -> Chart:
    """Draw the neighbours in rank with the points between them.

    A place whose holder or score is not known is a bar from the lowest to the highest score that
    the others' ranks allow.

    Parameters
    ----------
    rungs : Ladder
        From `parstudy.studies.improvement.ladder`.
    names : callable
        Province id to name.
    language, synthetic, id : Language, bool, str
        As in :func:`department_bars`.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no rung is known.
    """
    if rungs.table.empty:
        raise nothing_known(id, "no place that is known")
    rows = rungs.table.to_dict("records")
    labels, values = [], []
    for row in rows:
        who = names(row["province_id"]) if row["province_id"] else language.text("not known who")
        labels.append(f"{language.rank(row['rank'])} · {who}")
        values.append(rung_words(language, row, rungs.province_id))
    sheet = Sheet()
    own: dict[str, Any] = {"marker": "o", "markersize": 9, "linestyle": "None", "color": ORANGE}
    dot: dict[str, Any] = {"marker": "o", "markersize": 8, "linestyle": "None", "color": BLUE}
    keys = [
        Key(names(rungs.province_id), line=own),
        Key(language.text("score known"), line=dot),
    ]
    if any(is_missing(row["score"]) for row in rows):
        keys.append(Key(language.text("score between, by the others' ranks"), patch={"color": SKY}))
    sheet.legend(keys)
    axes, middles = labelled_rows(sheet, labels, values)
    low = min(float(row["score_low"]) for row in rows)
    high = max(float(row["score_high"]) for row in rows)
    room = max(high - low, 0.1)
    axes.set_xlim(low - 0.06 * room, high + 0.06 * room)
    number_axis(axes, language, bins=5)
    axes.set_xlabel(language.text("total score, points"))
    for row, middle in zip(rows, middles, strict=True):
        if is_missing(row["score"]):
            left, right = float(row["score_low"]), float(row["score_high"])
            axes.barh([middle], [right - left], left=left, height=0.13, color=SKY, gid="bounded")
        else:
            mine = row["province_id"] == rungs.province_id
            axes.plot([row["score"]], [middle], zorder=4, gid="known", **(own if mine else dot))
    told = row_sentences(labels, values, language)
    alt = language.text("Neighbours in rank. {values}", values=told)
    caption = language.text(
        "Neighbours in rank and the points between them. The axis does not begin at 0."
    )
    return Chart(id, _done(sheet, synthetic), alt, caption)


def rung_words(language: Language, row: Any, own: str) -> str:
    """Score of a rung with the points between it and the province."""
    decimals = 2 if is_missing(row["decimals"]) else int(row["decimals"])
    if not is_missing(row["score"]):
        score = language.number(row["score"], decimals)
        if row["province_id"] == own or is_missing(row["gap"]):
            return score
        return f"{score} ({language.signed(row['gap'], decimals)})"
    return f"{language.number(row['score_low'])}–{language.number(row['score_high'])}"


@drawn
def rank_outlook(
    outlook: Outlook,
    now: int,
    n: int,
    language: Language,
    *,
    planned: bool,
    synthetic: bool = False,
    id: str = "rank-outlook",
) -> Chart:
    """Draw the chance of each rank when the others move as in past years.

    Parameters
    ----------
    outlook : Outlook
        From `parstudy.studies.improvement.what_if`.
    now, n : int
        Rank held and units ranked.
    language : Language
        Language of the picture.
    planned : bool
        Whether there is a plan beside "no plan".
    synthetic, id : bool, str
        As in :func:`department_bars`.
    """
    ranks = outlook.ranks.index.to_numpy(dtype=float)
    plan = 100 * outlook.ranks.to_numpy(dtype=float)
    free = 100 * outlook.ranks_without.to_numpy(dtype=float)
    sheet = Sheet()
    keys = [Key(language.text("without a plan"), patch={"color": LIGHT})]
    if planned:
        keys.insert(0, Key(language.text("with the plan"), patch={"color": BLUE, "alpha": 0.75}))
    keys.append(
        Key(
            language.text("rank now: {rank}", rank=language.rank(now, n)),
            line={"color": INK, "linestyle": "--", "lw": 1.2},
        )
    )
    sheet.legend(keys)
    axes = sheet.panel(2.3, left=0.55, right=0.1, bottom=0.45)
    bare(axes, y=True)
    axes.bar(ranks, free, width=1.0, color=LIGHT, gid="without", zorder=2)
    if planned:
        axes.bar(ranks, plan, width=1.0, color=BLUE, alpha=0.75, gid="with", zorder=3)
    axes.axvline(now, color=INK, ls="--", lw=1.2, zorder=4)
    axes.set_xlim(0.5, n + 0.5)
    axes.set_ylim(0, float(np.max([plan.max() if planned else 0, free.max()])) * 1.08)
    axes.set_xticks([1, *range(10, n + 1, 10)])
    axes.set_xlabel(language.text("rank"))
    axes.yaxis.set_major_formatter(lambda value, _: language.percent(value, 0))
    told = [_quantile_words(language, outlook, "rank_without", language.text("without a plan"))]
    if planned:
        told.insert(0, _quantile_words(language, outlook, "rank", language.text("with the plan")))
    alt = language.text("Chance of each rank. {values}", values=" ".join(told))
    caption = language.ntext(
        "Chance of each rank {n} year on, if all provinces change as provinces did in past years.",
        "Chance of each rank {n} years on, if all provinces change as provinces did in past years.",
        outlook.horizon,
    )
    return Chart(id, _done(sheet, synthetic), alt, caption)


def _quantile_words(language: Language, outlook: Outlook, column: str, which: str) -> str:
    ranks = outlook.quantiles[column]
    return language.text(
        "{which}: in half of all cases rank {best} or better, in nine of ten between {low} and "
        "{high}.",
        which=which,
        best=language.rank(ranks.loc[0.5]),
        low=language.rank(ranks.loc[0.05]),
        high=language.rank(ranks.loc[0.95]),
    )


def _done(sheet: Sheet, synthetic: bool) -> Any:
    return sheet.done(pd.DataFrame({"synthetic": [synthetic]}))
