"""Charts of improvement plans: lost points by department, way to a rank, ladder, outlook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawn import drawn, nothing_known
from parstudy.charts._marks import Bar, Dot, Mark, legend
from parstudy.charts._parts import component_label
from parstudy.charts._rows import Axis, RowChart
from parstudy.charts._sheet import Key, Sheet, bare
from parstudy.display import terms
from parstudy.display.chart import BLUE, GREEN, GREY, INK, LIGHT, ORANGE, OWN, SKY, Chart
from parstudy.display.words import Language, defer, is_missing
from parstudy.plans import department_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from parstudy.studies.improvement import Gains, Ladder, Outlook, Reach

_DEPARTMENTS_SHOWN = 12
_LARGE = {"marker": "o", "markersize": 8, "linestyle": "None"}


@drawn
def department_bars(
    gains: Gains, language: Language, *, synthetic: bool = False, id: str = "lost-by-department"
) -> Chart:
    """Draw the points lost by lead department, the largest loss first.

    Parameters
    ----------
    gains : Gains
        From `parstudy.studies.improvement.max_gain`.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no lost point is known.
    """
    shown = gains.departments.reset_index().head(_DEPARTMENTS_SHOWN)
    if shown.empty:
        raise nothing_known(id, "no department with a known loss")
    return RowChart(shown, language, id=id).picture(
        shown,
        [Bar("lost", ORANGE)],
        Axis(
            language.text("points lost"),
            limits=(0, float(shown["lost"].max()) * 1.02),
            line_at=None,
        ),
        label=lambda row: (
            department_name(row["lead_department"], language.code)
            or language.text("lead department not known")
        ),
        value=lambda row: language.text(
            "{points} points · {places}",
            points=language.number(row["lost"]),
            places=_places(language, row["places_low"], row["places_high"]),
        ),
        alt=defer("Points lost by lead department. {values}"),
        caption=defer(
            "Points lost by lead department, and places that the department's components would be "
            "worth at their maximum, all else unchanged."
        ),
        synthetic=synthetic,
    )


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
        From `parstudy.studies.improvement.points_to_rank`, with sets.
    components : DataFrame
        Index ``code``; ``name_vi, name_en``.

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
    rank = language.rank(reach.target)
    needed = language.text(
        "needed for rank {rank}: {score}", rank=rank, score=language.number(goal)
    )
    shown = _steps(reach, first, components, language)
    reached = max(float(first["total"]), goal)
    room = 0.12 * max(reached - reach.total, 0.1)
    return RowChart(shown, language, id=id).picture(
        shown,
        [
            Dot("now", look={**_LARGE, "color": BLUE}, more={"zorder": 4}),
            Bar("gain", GREEN, start="start"),
            Dot("then", look={**_LARGE, "color": GREEN}, more={"zorder": 4}),
        ],
        Axis(
            language.text("total score, points"),
            limits=(reach.total - room, reached + room),
            line_at=goal,
            bins=5,
        ),
        keys=[
            Key(language.text("raised"), patch={"color": GREEN}),
            Key(needed, line={"color": GREY, "linestyle": "-", "lw": 1}),
        ],
        label=lambda row: row["label"],
        value=lambda row: row["value"],
        alt=defer("Way from the total to the rank. {values} {needed}."),
        caption=defer(
            "The fewest components that reach rank {rank}, the others unchanged; the line marks "
            "the score needed. The axis does not begin at 0."
        ),
        synthetic=synthetic,
        holes={"needed": needed, "rank": rank},
    )


def _steps(
    reach: Reach, chosen: pd.Series[Any], components: pd.DataFrame, language: Language
) -> pd.DataFrame:
    """A row for the total now, for each component by its gain, and for the total then."""
    known = components.reindex(columns=["name_vi", "name_en"]).to_dict("index")
    now = language.rank(reach.rank_low, reach.n)
    then = language.rank(chosen["rank"], reach.n)
    rows: list[dict[str, Any]] = [
        {
            "label": language.text("Total now, rank {rank}", rank=now),
            "value": language.number(reach.total),
            "now": reach.total,
        }
    ]
    at = reach.total
    for code in sorted(chosen["codes"], key=lambda code: -float(reach.gains[code])):
        gain = float(reach.gains[code])
        label = component_label({"component": code, **known.get(code, {})}, language)
        rows.append({"label": label, "value": language.signed(gain), "gain": gain, "start": at})
        at += gain
    rows.append(
        {
            "label": language.text("Total then, rank {rank}", rank=then),
            "value": language.number(chosen["total"]),
            "then": at,
        }
    )
    return pd.DataFrame(rows)


@drawn
def rank_ladder(
    rungs: Ladder,
    names: Callable[[str], str],
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

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no rung is known.
    """
    if rungs.table.empty:
        raise nothing_known(id, "no place that is known")
    own = rungs.table["province_id"].eq(rungs.province_id)
    score = rungs.table["score"]
    ends = rungs.table[["score_low", "score_high"]].astype(float)
    shown = rungs.table.assign(
        own=score.where(own),
        other=score.mask(own),
        span=(ends["score_high"] - ends["score_low"]).where(score.isna()),
    )
    low, high = float(ends["score_low"].min()), float(ends["score_high"].max())
    top = {"zorder": 4}
    marks: list[Mark] = [
        Dot("own", names(rungs.province_id), {**_LARGE, "markersize": 9, "color": OWN}, top),
        Dot("other", language.text("score known"), {**_LARGE, "color": BLUE}, top),
        Bar("span", SKY, start="score_low", height=0.13, gid="bounded"),
    ]
    keys = legend(marks)
    if score.isna().any():
        between = language.text("score between, by the others' ranks")
        keys.append(Key(between, patch={"color": SKY}))

    def label(row: Mapping[str, Any]) -> str:
        """Rank, and who holds it."""
        who = names(row["province_id"]) if row["province_id"] else language.text("not known who")
        return f"{language.rank(row['rank'])} · {who}"

    room = 0.06 * max(high - low, 0.1)
    return RowChart(shown, language, id=id).picture(
        shown,
        marks,
        Axis(
            language.text("total score, points"),
            limits=(low - room, high + room),
            line_at=None,
            bins=5,
        ),
        keys=keys,
        label=label,
        value=lambda row: rung_words(language, row, rungs.province_id),
        alt=defer("Neighbours in rank, scores in points. {values}"),
        caption=defer(
            "Neighbours in rank and the points between them. The axis does not begin at 0."
        ),
        synthetic=synthetic,
    )


def rung_words(language: Language, row: Mapping[Any, Any], own: str) -> str:
    """Score of a rung with the points between it and the province.

    Parameters
    ----------
    language : Language
        Language of the words.
    row : mapping
        A row of :attr:`Ladder.table`.
    own : str
        The province.

    Returns
    -------
    str
        Where the score is not known, the lowest and the highest that are possible.
    """
    decimals = terms.digits(row["decimals"])
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
    planned : bool
        Whether there is a plan beside "no plan".
    """
    keys = [
        Key(language.text("without a plan"), patch={"color": LIGHT}),
        Key(
            language.text("rank now: {rank}", rank=language.rank(now, n)),
            line={"color": INK, "linestyle": "--", "lw": 1.2},
        ),
    ]
    told = [_quantile_words(language, outlook, "rank_without", language.text("without a plan"))]
    if planned:
        keys.insert(0, Key(language.text("with the plan"), patch={"color": BLUE, "alpha": 0.75}))
        told.insert(0, _quantile_words(language, outlook, "rank", language.text("with the plan")))
    sheet = Sheet()
    sheet.legend(keys)
    axes = sheet.panel(2.3, left=0.55, right=0.1, bottom=0.45)
    _chances(axes, outlook, n, planned=planned)
    axes.axvline(now, color=INK, ls="--", lw=1.2, zorder=4)
    axes.set_xlabel(language.text("rank"))
    axes.yaxis.set_major_formatter(lambda value, _: language.percent(value, 0))
    caption = language.ntext(
        "Chance of each rank {n} year on, if all provinces change as provinces did in past years.",
        "Chance of each rank {n} years on, if all provinces change as provinces did in past years.",
        outlook.horizon,
    )
    alt = language.text("Chance of each rank. {values}", values=" ".join(told))
    return sheet.chart(id, alt, caption, synthetic=synthetic)


def _chances(axes: Axes, outlook: Outlook, n: int, *, planned: bool) -> None:
    """Bars of the chance of each rank in percent."""
    bare(axes, y=True)
    free, plan = 100 * outlook.ranks_without, 100 * outlook.ranks
    axes.bar(free.index, free, width=1.0, color=LIGHT, gid="without", zorder=2)
    if planned:
        axes.bar(plan.index, plan, width=1.0, color=BLUE, alpha=0.75, gid="with", zorder=3)
    axes.set_xlim(0.5, n + 0.5)
    axes.set_ylim(0, float(max(plan.max() if planned else 0, free.max())) * 1.08)
    axes.set_xticks([1, *range(10, n + 1, 10)])


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
