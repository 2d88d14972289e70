"""Charts of what parts weigh: shares, effects, Shapley values, rank shifts, gaps."""

from __future__ import annotations

from typing import Any, Unpack

import pandas as pd

from parstudy.charts._drawn import Frame, pictures
from parstudy.charts._marks import DIAMOND, Bar, Data, Dot, Interval, Line, Mark, known
from parstudy.charts._parts import REST, any_known, in_percent, ranged
from parstudy.charts._rows import Axis, RowChart, above
from parstudy.display.chart import BLUE, GREEN, INK, ORANGE, SKY, Chart
from parstudy.display.words import Language, defer


@pictures("variance-shares")
def variance_shares(shares: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how much of the differences in the total comes from each part.

    Parameters
    ----------
    shares : VarianceShares or DataFrame
        Table with ``part`` (index or column), ``share`` and, if known, ``nominal_share``; both as
        fractions that sum to 1.
    limit : int
        At most so many parts are drawn, the largest; the note gives the sum of the others.

    Examples
    --------
    >>> import pandas as pd
    >>> from parstudy import charts
    >>> from parstudy.display import Language
    >>> shares = pd.DataFrame({"share": [0.7, 0.3]}, index=pd.Index(["A1", "A2"], name="part"))
    >>> chart = charts.variance_shares(shares, Language("en"), names={"A1": "Steering"})
    >>> chart.alt
    'Share of each part in the differences of the total. A1 · Steering: 70.0%. A2: 30.0%.'
    """
    chart = RowChart(shares, language, **frame)
    chart.names[REST] = language.text("not explained by the parts")
    table = in_percent(chart.table("part", "share"), "share", "nominal_share")
    shown = chart.largest(table, "share", none="no part with a share")
    marks: list[Mark] = [
        Bar("share", BLUE, language.text("share of the differences between provinces"))
    ]
    if any_known(shown, "nominal_share"):
        marks.append(_weight("nominal_share", language.text("share of the maximum score"), None))

    def words(value: str, row: Data) -> str:
        """Share, and that of the maximum where it is known."""
        if not known(row, "nominal_share"):
            return value
        weight = language.percent(row["nominal_share"], 1)
        return language.text("{value} (share of the maximum {weight})", value=value, weight=weight)

    others = language.ntext(
        "{n} more part: {share}.",
        "{n} more parts together: {share}.",
        len(chart.rest),
        share=language.percent(chart.rest["share"].sum(), 1),
    )
    return chart.picture(
        shown,
        marks,
        Axis(limits=lambda ends: above(ends, 0.03), percent=True),
        value=lambda row: language.percent(row["share"], 1),
        words=words,
        alt=defer("Share of each part in the differences of the total. {values}"),
        caption=defer(
            "Where the differences in the total come from: covariance shares, which sum to 100%. A "
            "part with a high maximum can explain little when all provinces score alike on it."
        ),
        notes=[chart.n(), chart.left(others)],
    )


def _weight(column: str, label: str, gid: str | None) -> Dot:
    """The diamond at what a part weighs by the rules, above what it really does."""
    return Dot(column, label, DIAMOND, {"zorder": 4, "clip_on": False}, gid)


@pictures("main-effects")
def main_effects(effects: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how much of the total's variance each part explains alone, beside its weight.

    Parameters
    ----------
    effects : MainEffects or DataFrame
        Table with ``part`` (index or column), ``effect, low, high`` (fractions of the variance)
        and, if known, ``nominal_weight``. Effects need not sum to 1, weights do; a weight is
        drawn where the effect would be if effects were in proportion to the weights.
    """
    chart = RowChart(effects, language, **frame)
    table = chart.table("part", "effect", "low", "high")
    whole = float(table["effect"].sum())
    table = in_percent(table, "effect", "low", "high", "nominal_weight")
    shown = chart.largest(table, "effect", none="no part with an effect")
    label = language.text("share of the variance known from the part alone, with its interval")
    marks: list[Mark] = [Interval(label, "effect")]
    if any_known(shown, "nominal_weight"):
        shown = shown.assign(even=shown["nominal_weight"] * whole)
        label = language.text("if effects were in proportion to the maximum scores")
        marks.append(_weight("even", label, "weight"))

    def words(value: str, row: Data) -> str:
        """Effect with its interval, and the weight, where they are known."""
        ends = [language.percent(end, 0) for end in known(row, "low", "high")]
        told = ranged(language, value, *ends) if len(ends) == 2 else value
        if not known(row, "nominal_weight"):
            return told
        weight = language.percent(row["nominal_weight"], 1)
        return language.text("{value}, weight {weight}", value=told, weight=weight)

    return chart.picture(
        shown,
        marks,
        Axis(limits=(-1, 101), line_at=None, percent=True),
        value=lambda row: language.percent(row["effect"], 0),
        words=words,
        alt=defer("Share of the total's variance that each part explains alone. {values}"),
        caption=defer(
            "What is known of the total when only this part is known; the shares overlap and do "
            "not sum to 100%. Bars are {confidence} bootstrap intervals."
        ),
        notes=[chart.n(), chart.left()],
    )


@pictures("effective-weights")
def effective_weights(
    weights: Any, language: Language, *, level: int = 0, **frame: Unpack[Frame]
) -> Chart:
    """Draw the weight that the rules of the index give each part of one level, the largest first.

    Parameters
    ----------
    weights : EffectiveWeights or DataFrame
        Table with ``code`` (index or column), ``level`` and ``nominal_weight`` (fraction).
    level : int
        0 for the leaves, 1 for what holds them, and so on.
    """
    chart = RowChart(weights, language, **frame)
    table = in_percent(chart.table("code", "level", "nominal_weight"), "nominal_weight")
    table = table[table["level"].eq(level)]
    shown = chart.largest(table, "nominal_weight", none="no part of this level")
    return chart.picture(
        shown,
        [Bar("nominal_weight", SKY)],
        Axis(
            language.text("share of the whole index"),
            limits=(0, 1.02 * float(shown["nominal_weight"].max())),
            percent=True,
        ),
        value=lambda row: language.percent(row["nominal_weight"], 1),
        alt=defer("Weight of each part by the rules of the index. {values}"),
        caption=defer(
            "Weights as the rules give them, carried down from the whole index; what a part "
            "really decides is another matter."
        ),
        notes=[chart.left()],
    )


@pictures("shapley")
def shapley(shares: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how R² is shared out over the regressors, between what each adds first and last.

    Parameters
    ----------
    shares : Shapley or DataFrame
        Table with ``regressor`` (index or column), ``lmg`` and, where known, ``mc_error, first,
        last`` (all as fractions of the outcome's variance).
    """
    chart = RowChart(shares, language, **frame)
    table = in_percent(chart.table("regressor", "lmg"), "lmg", "first", "last", "mc_error")
    shown = chart.largest(table, "lmg", none="no regressor with a share")
    label = language.text("mean over all orders of entry")
    marks: list[Mark] = [Bar("lmg", BLUE, label, height=0.12, shift=-0.05)]
    if any_known(shown, "first", "last"):
        look = {
            "color": ORANGE, "linestyle": "-", "linewidth": 2.2, "marker": "|", "markersize": 9,
            "markeredgewidth": 2,
        }  # fmt: skip
        label = language.text("from what it adds last to what it tells alone")
        marks.append(Line("last", "first", label, look, gid="span", shift=0.08))

    def words(value: str, row: Data) -> str:
        """Mean gain, and what is told last and alone where it is known."""
        ends = [language.percent(end, 1) for end in known(row, "last", "first")]
        if len(ends) < 2:
            return value
        last, first = ends
        return language.text(
            "{value} (last {last}, alone {first})", value=value, last=last, first=first
        )

    error = table["mc_error"].max() if "mc_error" in table else 0.0
    sampled = language.text(
        "Orders were sampled; largest simulation error {error}.", error=language.percent(error, 1)
    )
    return chart.picture(
        shown,
        marks,
        Axis(limits=above, percent=True),
        track=0.26,
        value=lambda row: language.percent(row["lmg"], 1),
        words=words,
        alt=defer("Shares of R² by regressor. {values}"),
        caption=defer(
            "R² shared out over the regressors (LMG, the Shapley value): the mean gain over all "
            "orders in which they can enter. A long bar between last and alone means that others "
            "tell the same."
        ),
        notes=[chart.n(), chart.left(), sampled if error > 0 else ""],
    )


@pictures("leave-one-out")
def leave_one_out(shifts: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how far ranks move when a part is left out of the total.

    Parameters
    ----------
    shifts : LeaveOneOut or DataFrame
        Table with ``part`` (index or column), ``mean_abs_shift, largest_rise, largest_fall``
        (places, the last two at least 0).
    limit : int
        At most so many parts are drawn, those that move most.
    """
    chart = RowChart(shifts, language, **frame)
    table = chart.table("part", "mean_abs_shift", "largest_rise", "largest_fall")
    shown = chart.largest(table, "mean_abs_shift", none="no part that can be left out")
    shown = shown.assign(fall=-shown["largest_fall"], back=-shown["mean_abs_shift"])
    reach = 1.04 * max(1.0, *shown[["fall", "largest_rise"]].abs().max())
    return chart.picture(
        shown,
        [
            Line(
                "fall",
                "largest_rise",
                language.text("largest fall to largest rise of one province"),
                more={"solid_capstyle": "butt"},
            ),
            Line(
                "back",
                "mean_abs_shift",
                language.text("mean shift of all, either way"),
                {"color": INK, "linestyle": "-", "linewidth": 2.4},
                more={"zorder": 3},
                gid="mean",
            ),
        ],
        Axis(language.text("places won (right) or lost (left) without the part"), (-reach, reach)),
        value=lambda row: language.text(
            "{places} places", places=language.number(row["mean_abs_shift"], 1)
        ),
        words=lambda value, row: language.text(
            "{value} (at most {fall} to {rise})",
            value=value,
            fall=language.signed(row["fall"], 0),
            rise=language.signed(row["largest_rise"], 0),
        ),
        alt=defer("Mean shift of ranks when a part is left out. {values}"),
        caption=defer(
            "How ranks would shift if one part did not count; the number is the mean shift of all "
            "provinces, up or down."
        ),
        notes=[chart.n(), chart.left()],
    )


@pictures("gap", limit=12)
def gap_decomposition(gap: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw on which parts points are lost and won against a reference.

    Parameters
    ----------
    gap : GapDecomposition or DataFrame
        Table with ``part`` (index or column) and ``gap`` (points; below 0 where points are
        lost).
    limit : int
        At most so many parts are drawn, those with the largest distance; the note sums up the
        others.
    """
    chart = RowChart(gap, language, **frame)
    chart.names[REST] = language.text("not covered by the parts")
    table = chart.table("part", "gap")
    shown = chart.largest(
        table, "gap", size=True, ascending=True, none="no part known on both sides"
    )
    lost = shown["gap"].lt(0)
    whole = table["gap"].sum() if isinstance(gap, pd.DataFrame) else gap.gap
    silent = int(table["gap"].isna().sum())
    unknown = language.ntext(
        "Not known on both sides: {n} part.", "Not known on both sides: {n} parts.", silent
    )
    others = language.ntext(
        "{n} more part: {points} points.",
        "{n} more parts together: {points} points.",
        len(chart.rest),
        points=language.signed(chart.rest["gap"].sum()),
    )
    return chart.picture(
        shown.assign(lost=shown["gap"].where(lost), won=shown["gap"].mask(lost)),
        [
            Bar("lost", ORANGE, language.text("points lost")),
            Bar("won", GREEN, language.text("points won")),
        ],
        Axis(language.text("points compared with the reference")),
        value=lambda row: language.signed(row["gap"]),
        alt=defer("Points lost and won against the reference, by part. {values}"),
        caption=defer(
            "Points of each part minus those of the reference, most lost first; the parts sum to "
            "the distance in the total."
        ),
        notes=[
            language.text("In all: {points} points.", points=language.signed(whole)),
            chart.left(others),
            unknown if silent else "",
        ],
    )
