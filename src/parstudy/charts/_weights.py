"""Charts of what parts weigh: shares, effects, Shapley values, rank shifts, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawing import Key, Sheet, drawn, nothing_known
from parstudy.charts._rows import (
    DOT,
    REST,
    SHOWN,
    around,
    confidence_words,
    labelled_rows,
    n_words,
    named_part,
    noted_chart,
    number_axis,
    result_table,
    row_sentences,
    strongest,
    with_room,
)
from parstudy.display.chart import BLUE, GREEN, INK, ORANGE, SKY, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language, is_missing

if TYPE_CHECKING:
    from markupsafe import Markup

_MARK: dict[str, Any] = {
    "marker": "D", "markersize": 7, "color": INK, "markerfacecolor": "white",
    "markeredgewidth": 1.3, "linestyle": "None",
}  # fmt: skip


@drawn
def variance_shares(
    shares: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "variance-shares",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how much of the differences in the total comes from each part.

    Parameters
    ----------
    shares : VarianceShares or DataFrame
        Table with ``part`` (index or column), ``share`` and, if known, ``nominal_share``; both as
        fractions that sum to 1.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the parts in that language.
    limit : int
        At most so many parts are drawn, the largest; the note gives the sum of the others.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``not_a_table``.
    """
    place = f"chart {id}"
    table = result_table(shares, "part", place)
    require_columns(table, ["part", "share"], place)
    known = table[table["share"].notna()].sort_values(["share", "part"], ascending=[False, True])
    if known.empty:
        raise nothing_known(id, "no part with a share")
    rows, rest = known.head(limit).to_dict("records"), known.iloc[limit:]
    labels = [
        language.text("not explained by the parts")
        if row["part"] == REST
        else named_part(row["part"], names, row)
        for row in rows
    ]
    values = [language.percent(100 * row["share"], 1) for row in rows]
    nominal = [row.get("nominal_share") for row in rows]
    sheet = Sheet()
    bar: dict[str, Any] = {"facecolor": BLUE, "edgecolor": "none"}
    mark: dict[str, Any] = {
        "marker": "D", "markersize": 7, "color": INK, "markerfacecolor": "white",
        "markeredgewidth": 1.3, "linestyle": "None",
    }  # fmt: skip
    keys = [Key(language.text("share of the differences between provinces"), patch=bar)]
    if not all(map(is_missing, nominal)):
        keys.append(Key(language.text("share of the maximum score"), line=mark))
    sheet.legend(keys)
    axes, middles = labelled_rows(sheet, labels, values, line_at=0, bottom=0.28)
    ends = [0.0, *(100 * float(row["share"]) for row in rows)]
    ends += [100 * float(value) for value in nominal if value is not None and not is_missing(value)]
    axes.set_xlim(*with_room(ends, 0.03))
    number_axis(axes, language, percent=True)
    for row, middle, weight in zip(rows, middles, nominal, strict=True):
        axes.barh([middle], [100 * float(row["share"])], height=0.15, gid="known", **bar)
        if weight is not None and not is_missing(weight):
            axes.plot([100 * float(weight)], [middle], zorder=4, clip_on=False, **mark)
    notes = [n_words(shares, language)]
    if len(rest):
        notes.append(
            language.ntext(
                "{n} more part: {share}.",
                "{n} more parts together: {share}.",
                len(rest),
                share=language.percent(100 * rest["share"].sum(), 1),
            )
        )
    sheet.note(*notes)
    told = [
        language.text("{name}: {value}.", name=label, value=value)
        if weight is None or is_missing(weight)
        else language.text(
            "{name}: {value} (share of the maximum {weight}).",
            name=label,
            value=value,
            weight=language.percent(100 * weight, 1),
        )
        for label, value, weight in zip(labels, values, nominal, strict=True)
    ]
    alt = language.text(
        "Share of each part in the differences of the total. {values}", values=" ".join(told)
    )
    if caption is None:
        caption = language.text(
            "Where the differences in the total come from: covariance shares, which sum to 100%. A "
            "part with a high maximum can explain little when all provinces score alike on it."
        )
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join(t for t in [alt, *notes] if t), caption)


@drawn
def main_effects(
    effects: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "main-effects",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how much of the total's variance each part explains alone, beside its weight.

    Parameters
    ----------
    effects : MainEffects or DataFrame
        Table with ``part`` (index or column), ``effect, low, high`` (fractions of the variance)
        and, if known, ``nominal_weight``. Effects need not sum to 1, weights do; a weight is
        drawn where the effect would be if effects were in proportion to the weights.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the parts in that language.
    limit : int
        At most so many parts are drawn, the largest.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``not_a_table``.
    """
    place = f"chart {id}"
    table = result_table(effects, "part", place)
    require_columns(table, ["part", "effect", "low", "high"], place)
    shown, notes = strongest(table, "effect", "part", limit, language)
    if shown.empty:
        raise nothing_known(id, "no part with an effect")
    rows = shown.to_dict("records")
    whole = float(table["effect"].sum())
    weights = [row.get("nominal_weight") for row in rows]
    sheet = Sheet()
    keys = [
        Key(
            language.text("share of the variance known from the part alone, with its interval"),
            line={**DOT, "linestyle": "-", "linewidth": 2},
        )
    ]
    if not all(map(is_missing, weights)):
        keys.append(
            Key(language.text("if effects were in proportion to the maximum scores"), line=_MARK)
        )
    sheet.legend(keys)
    labels = [named_part(row["part"], names, row) for row in rows]
    values = [language.percent(100 * row["effect"], 0) for row in rows]
    axes, middles = labelled_rows(sheet, labels, values, bottom=0.28)
    axes.set_xlim(-1, 101)
    number_axis(axes, language, percent=True)
    told = []
    for row, middle, label, value, weight in zip(
        rows, middles, labels, values, weights, strict=True
    ):
        sure = pd.notna(row["low"]) and pd.notna(row["high"])
        if sure:
            ends = [100 * row["low"], 100 * row["high"]]
            axes.plot(ends, [middle] * 2, color=BLUE, lw=2, zorder=2, gid="interval")
        axes.plot([100 * row["effect"]], [middle], zorder=3, gid="known", **DOT)
        words = value
        if sure:
            words = language.text(
                "{value} ({low} to {high})",
                value=value,
                low=language.percent(100 * row["low"], 0),
                high=language.percent(100 * row["high"], 0),
            )
        if weight is not None and not is_missing(weight):
            axes.plot(
                [100 * float(weight) * whole], [middle], zorder=4, clip_on=False, gid="weight",
                **_MARK,
            )  # fmt: skip
            words = language.text(
                "{value}, weight {weight}", value=words, weight=language.percent(100 * weight, 1)
            )
        told.append(language.text("{name}: {value}.", name=label, value=words))
    alt = language.text(
        "Share of the total's variance that each part explains alone. {values}",
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "What is known of the total when only this part is known; the shares overlap and do "
            "not sum to 100%. Bars are {confidence} bootstrap intervals.",
            confidence=confidence_words(effects, language),
        )
    return noted_chart(id, sheet, table, alt, [n_words(effects, language), *notes], caption)


@drawn
def effective_weights(
    weights: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    level: int = 0,
    limit: int = SHOWN,
    id: str = "effective-weights",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the weight that the rules of the index give each part of one level.

    Parameters
    ----------
    weights : EffectiveWeights or DataFrame
        Table with ``code`` (index or column), ``level`` and ``nominal_weight`` (fraction).
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the parts in that language.
    level : int
        0 for the leaves, 1 for what holds them, and so on.
    limit : int
        At most so many parts are drawn, the largest.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``not_a_table``.
    """
    place = f"chart {id}"
    table = result_table(weights, "code", place)
    require_columns(table, ["code", "level", "nominal_weight"], place)
    shown, notes = strongest(
        table[table["level"].eq(level)], "nominal_weight", "code", limit, language
    )
    if shown.empty:
        raise nothing_known(id, "no part of this level")
    rows = shown.to_dict("records")
    labels = [named_part(row["code"], names, row) for row in rows]
    values = [language.percent(100 * row["nominal_weight"], 1) for row in rows]
    sheet = Sheet()
    axes, middles = labelled_rows(sheet, labels, values, line_at=0)
    axes.set_xlim(0, 102 * float(shown["nominal_weight"].max()))
    number_axis(axes, language, percent=True)
    axes.set_xlabel(language.text("share of the whole index"))
    for row, middle in zip(rows, middles, strict=True):
        axes.barh([middle], [100 * row["nominal_weight"]], height=0.15, color=SKY, gid="known")
    told = row_sentences(labels, values, language)
    alt = language.text("Weight of each part by the rules of the index. {values}", values=told)
    if caption is None:
        caption = language.text(
            "Weights as the rules give them, carried down from the whole index; what a part "
            "really decides is another matter."
        )
    return noted_chart(id, sheet, table, alt, notes, caption)


@drawn
def shapley(
    shares: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "shapley",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how R² is shared out over the regressors, between what each adds first and last.

    Parameters
    ----------
    shares : Shapley or DataFrame
        Table with ``regressor`` (index or column), ``lmg`` and, where known, ``mc_error, first,
        last`` (all as fractions of the outcome's variance).
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the regressors in that language.
    limit : int
        At most so many regressors are drawn, the largest.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``not_a_table``.
    """
    place = f"chart {id}"
    table = result_table(shares, "regressor", place)
    require_columns(table, ["regressor", "lmg"], place)
    shown, notes = strongest(table, "lmg", "regressor", limit, language)
    if shown.empty:
        raise nothing_known(id, "no regressor with a share")
    rows = shown.to_dict("records")
    sheet = Sheet()
    keys = [
        Key(
            language.text("mean over all orders of entry"),
            patch={"facecolor": BLUE, "edgecolor": "none"},
        )
    ]
    spans = [(row.get("last"), row.get("first")) for row in rows]
    if not all(is_missing(end) for span in spans for end in span):
        keys.append(
            Key(
                language.text("from what it adds last to what it tells alone"),
                line={"color": ORANGE, "linestyle": "-", "linewidth": 2.2, "marker": "|",
                      "markersize": 9, "markeredgewidth": 2},
            )
        )  # fmt: skip
    sheet.legend(keys)
    labels = [named_part(row["regressor"], names, row) for row in rows]
    values = [language.percent(100 * row["lmg"], 1) for row in rows]
    axes, middles = labelled_rows(sheet, labels, values, line_at=0, track=0.26, bottom=0.28)
    ends = [0.0, *(100 * float(row["lmg"]) for row in rows)]
    ends += [100 * float(e) for span in spans for e in span if e is not None and not is_missing(e)]
    axes.set_xlim(*with_room(ends))
    number_axis(axes, language, percent=True)
    told = []
    for row, middle, label, value, (last, first) in zip(
        rows, middles, labels, values, spans, strict=True
    ):
        axes.barh([middle - 0.05], [100 * row["lmg"]], height=0.12, color=BLUE, lw=0, gid="known")
        words = value
        if last is not None and first is not None and not (is_missing(last) or is_missing(first)):
            axes.plot(
                [100 * last, 100 * first], [middle + 0.08] * 2, color=ORANGE, lw=2.2,
                marker="|", ms=9, mew=2, gid="span",
            )  # fmt: skip
            words = language.text(
                "{value} (last {last}, alone {first})",
                value=value,
                last=language.percent(100 * last, 1),
                first=language.percent(100 * first, 1),
            )
        told.append(language.text("{name}: {value}.", name=label, value=words))
    error = table["mc_error"].max() if "mc_error" in table else 0.0
    if error > 0:
        notes.append(
            language.text(
                "Orders were sampled; largest simulation error {error}.",
                error=language.percent(100 * error, 1),
            )
        )
    alt = language.text("Shares of R² by regressor. {values}", values=" ".join(told))
    if caption is None:
        caption = language.text(
            "R² shared out over the regressors (LMG, the Shapley value): the mean gain over all "
            "orders in which they can enter. A long bar between last and alone means that others "
            "tell the same."
        )
    return noted_chart(id, sheet, table, alt, [n_words(shares, language), *notes], caption)


@drawn
def leave_one_out(
    shifts: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "leave-one-out",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how far ranks move when a part is left out of the total.

    Parameters
    ----------
    shifts : LeaveOneOut or DataFrame
        Table with ``part`` (index or column), ``mean_abs_shift, largest_rise, largest_fall``
        (places, the last two at least 0).
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the parts in that language.
    limit : int
        At most so many parts are drawn, those that move most.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``not_a_table``.
    """
    place = f"chart {id}"
    table = result_table(shifts, "part", place)
    columns = ["mean_abs_shift", "largest_rise", "largest_fall"]
    require_columns(table, ["part", *columns], place)
    shown, notes = strongest(table, "mean_abs_shift", "part", limit, language)
    if shown.empty:
        raise nothing_known(id, "no part that can be left out")
    rows = shown.to_dict("records")
    labels = [named_part(row["part"], names, row) for row in rows]
    values = [
        language.text("{places} places", places=language.number(row["mean_abs_shift"], 1))
        for row in rows
    ]
    sheet = Sheet()
    sheet.legend(
        [
            Key(
                language.text("largest fall to largest rise of one province"),
                line={"color": SKY, "linestyle": "-", "linewidth": 6},
            ),
            Key(
                language.text("mean shift of all, either way"),
                line={"color": INK, "linestyle": "-", "linewidth": 2.4},
            ),
        ]
    )
    axes, middles = labelled_rows(sheet, labels, values, line_at=0)
    ends = [float(s) for r in rows for s in (-r["largest_fall"], r["largest_rise"])]
    reach = max(1.0, *map(abs, ends))
    axes.set_xlim(-reach * 1.04, reach * 1.04)
    number_axis(axes, language)
    axes.set_xlabel(language.text("places won (right) or lost (left) without the part"))
    told = []
    for row, middle, label, value in zip(rows, middles, labels, values, strict=True):
        rise, fall, mean = row["largest_rise"], row["largest_fall"], row["mean_abs_shift"]
        axes.plot([-fall, rise], [middle] * 2, color=SKY, lw=6, solid_capstyle="butt", gid="known")
        axes.plot([-mean, mean], [middle] * 2, color=INK, lw=2.4, zorder=3, gid="mean")
        told.append(
            language.text(
                "{name}: {value} (at most {fall} to {rise}).",
                name=label,
                value=value,
                fall=language.signed(-fall, 0),
                rise=language.signed(rise, 0),
            )
        )
    alt = language.text(
        "Mean shift of ranks when a part is left out. {values}", values=" ".join(told)
    )
    if caption is None:
        caption = language.text(
            "How ranks would shift if one part did not count; the number is the mean shift of all "
            "provinces, up or down."
        )
    return noted_chart(id, sheet, table, alt, [n_words(shifts, language), *notes], caption)


@drawn
def gap_decomposition(
    gap: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = 12,
    id: str = "gap",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw on which parts points are lost and won against a reference.

    Parameters
    ----------
    gap : GapDecomposition or DataFrame
        Table with ``part`` (index or column) and ``gap`` (points; below 0 where points are
        lost).
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the parts in that language.
    limit : int
        At most so many parts are drawn, those with the largest distance; the note sums up the
        others.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``not_a_table``.
    """
    place = f"chart {id}"
    table = result_table(gap, "part", place)
    require_columns(table, ["part", "gap"], place)
    known = table[table["gap"].notna()]
    if known.empty:
        raise nothing_known(id, "no part known on both sides")
    order = known["gap"].abs().sort_values(ascending=False, kind="stable").index
    shown = known.loc[order[:limit]].sort_values(["gap", "part"])
    rest = known.loc[order[limit:]]
    rows = shown.to_dict("records")
    labels = [
        language.text("not covered by the parts")
        if row["part"] == REST
        else named_part(row["part"], names, row)
        for row in rows
    ]
    values = [language.signed(row["gap"]) for row in rows]
    sheet = Sheet()
    sheet.legend(
        [
            Key(language.text("points lost"), patch={"facecolor": ORANGE, "edgecolor": "none"}),
            Key(language.text("points won"), patch={"facecolor": GREEN, "edgecolor": "none"}),
        ]
    )
    axes, middles = labelled_rows(sheet, labels, values, line_at=0)
    ends = [0.0, *(float(row["gap"]) for row in rows)]
    axes.set_xlim(*around(ends))
    number_axis(axes, language)
    axes.set_xlabel(language.text("points compared with the reference"))
    for row, middle in zip(rows, middles, strict=True):
        colour = ORANGE if row["gap"] < 0 else GREEN
        axes.barh([middle], [float(row["gap"])], height=0.15, color=colour, gid="known")
    whole = getattr(gap, "gap", float(known["gap"].sum()))
    notes = [language.text("In all: {points} points.", points=language.signed(whole))]
    if len(rest):
        notes.append(
            language.ntext(
                "{n} more part: {points} points.",
                "{n} more parts together: {points} points.",
                len(rest),
                points=language.signed(rest["gap"].sum()),
            )
        )
    silent = len(table) - len(known)
    if silent:
        notes.append(
            language.ntext(
                "Not known on both sides: {n} part.", "Not known on both sides: {n} parts.", silent
            )
        )
    alt = language.text(
        "Points lost and won against the reference, by part. {values}",
        values=row_sentences(labels, values, language),
    )
    if caption is None:
        caption = language.text(
            "Points of each part minus those of the reference, most lost first; the parts sum to "
            "the distance in the total."
        )
    return noted_chart(id, sheet, table, alt, notes, caption)
