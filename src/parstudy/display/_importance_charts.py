"""Charts of what the statistics say: weights, effects, gaps, relations, rank sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parstudy.display._components import (
    _REST,
    _SHOWN,
    _confidence,
    _interval_chart,
    _interval_keys,
    _named,
    _none,
    _number_axis,
    _size,
    _table_of,
    _told,
    _tracks,
)
from parstudy.display._drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    SKY,
    SMALL,
    WIDTH,
    Chart,
    Key,
    Sheet,
    bare,
    drawn,
    text_width,
)
from parstudy.display.tables import require_columns
from parstudy.display.words import Language, is_missing

if TYPE_CHECKING:
    from markupsafe import Markup

_NORMAL_95 = 1.959963984540054
_TOTAL = "total"
_WHOLE = "total with what it contains"
_ROW = 0.19
_MARK: dict[str, Any] = {
    "marker": "D", "markersize": 7, "color": INK, "markerfacecolor": "white",
    "markeredgewidth": 1.3, "linestyle": "None",
}  # fmt: skip
_DOT: dict[str, Any] = {"marker": "o", "markersize": 7.5, "color": BLUE, "linestyle": "None"}


def _cut(
    table: pd.DataFrame, by: str, key: str, limit: int, language: Language
) -> tuple[pd.DataFrame, list[str]]:
    """The rows with the largest values, and a note on how many are not drawn."""
    known = table[table[by].notna()].sort_values([by, key], ascending=[False, True])
    shown = known.head(limit)
    rest = len(known) - len(shown)
    if not rest:
        return shown, []
    return shown, [
        language.ntext("{n} more part is not drawn.", "{n} more parts are not drawn.", rest)
    ]


def _chart(
    id: str,
    sheet: Sheet,
    table: pd.DataFrame,
    alt: str,
    notes: Sequence[str],
    caption: str | Markup,
) -> Chart:
    told = [note for note in notes if note]
    sheet.note(*told)
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join([alt, *told]), caption)


def _room(ends: Sequence[float], share: float = 0.04) -> tuple[float, float]:
    low, high = min(ends), max(ends)
    pad = (high - low) * share or 1.0
    return low - (pad if low < 0 else 0.0), high + pad


@drawn
def main_effects(
    effects: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = _SHOWN,
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
    table = _table_of(effects, "part", place)
    require_columns(table, ["part", "effect", "low", "high"], place)
    shown, notes = _cut(table, "effect", "part", limit, language)
    if shown.empty:
        raise _none(id, "no part with an effect")
    rows = shown.to_dict("records")
    whole = float(table["effect"].sum())
    weights = [row.get("nominal_weight") for row in rows]
    sheet = Sheet()
    keys = [
        Key(
            language.text("share of the variance known from the part alone, with its interval"),
            line={**_DOT, "linestyle": "-", "linewidth": 2},
        )
    ]
    if not all(map(is_missing, weights)):
        keys.append(
            Key(language.text("if effects were in proportion to the maximum scores"), line=_MARK)
        )
    sheet.legend(keys)
    labels = [_named(row["part"], names, row) for row in rows]
    values = [language.percent(100 * row["effect"], 0) for row in rows]
    axes, middles = _tracks(sheet, labels, values, bottom=0.28)
    axes.set_xlim(-1, 101)
    _number_axis(axes, language, percent=True)
    told = []
    for row, middle, label, value, weight in zip(
        rows, middles, labels, values, weights, strict=True
    ):
        sure = pd.notna(row["low"]) and pd.notna(row["high"])
        if sure:
            ends = [100 * row["low"], 100 * row["high"]]
            axes.plot(ends, [middle] * 2, color=BLUE, lw=2, zorder=2, gid="interval")
        axes.plot([100 * row["effect"]], [middle], zorder=3, gid="known", **_DOT)
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
            confidence=_confidence(effects, language),
        )
    return _chart(id, sheet, table, alt, [_size(effects, language), *notes], caption)


@drawn
def effective_weights(
    weights: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    level: int = 0,
    limit: int = _SHOWN,
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
    table = _table_of(weights, "code", place)
    require_columns(table, ["code", "level", "nominal_weight"], place)
    shown, notes = _cut(table[table["level"].eq(level)], "nominal_weight", "code", limit, language)
    if shown.empty:
        raise _none(id, "no part of this level")
    rows = shown.to_dict("records")
    labels = [_named(row["code"], names, row) for row in rows]
    values = [language.percent(100 * row["nominal_weight"], 1) for row in rows]
    sheet = Sheet()
    axes, middles = _tracks(sheet, labels, values, line_at=0)
    axes.set_xlim(0, 102 * float(shown["nominal_weight"].max()))
    _number_axis(axes, language, percent=True)
    axes.set_xlabel(language.text("share of the whole index"))
    for row, middle in zip(rows, middles, strict=True):
        axes.barh([middle], [100 * row["nominal_weight"]], height=0.15, color=SKY, gid="known")
    told = _told(labels, values, language)
    alt = language.text("Weight of each part by the rules of the index. {values}", values=told)
    if caption is None:
        caption = language.text(
            "Weights as the rules give them, carried down from the whole index; what a part "
            "really decides is another matter."
        )
    return _chart(id, sheet, table, alt, notes, caption)


@drawn
def shapley(
    shares: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = _SHOWN,
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
    table = _table_of(shares, "regressor", place)
    require_columns(table, ["regressor", "lmg"], place)
    shown, notes = _cut(table, "lmg", "regressor", limit, language)
    if shown.empty:
        raise _none(id, "no regressor with a share")
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
    labels = [_named(row["regressor"], names, row) for row in rows]
    values = [language.percent(100 * row["lmg"], 1) for row in rows]
    axes, middles = _tracks(sheet, labels, values, line_at=0, track=0.26, bottom=0.28)
    ends = [0.0, *(100 * float(row["lmg"]) for row in rows)]
    ends += [100 * float(e) for span in spans for e in span if e is not None and not is_missing(e)]
    axes.set_xlim(*_room(ends))
    _number_axis(axes, language, percent=True)
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
    return _chart(id, sheet, table, alt, [_size(shares, language), *notes], caption)


@drawn
def leave_one_out(
    shifts: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = _SHOWN,
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
    table = _table_of(shifts, "part", place)
    columns = ["mean_abs_shift", "largest_rise", "largest_fall"]
    require_columns(table, ["part", *columns], place)
    shown, notes = _cut(table, "mean_abs_shift", "part", limit, language)
    if shown.empty:
        raise _none(id, "no part that can be left out")
    rows = shown.to_dict("records")
    labels = [_named(row["part"], names, row) for row in rows]
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
    axes, middles = _tracks(sheet, labels, values, line_at=0)
    ends = [float(s) for r in rows for s in (-r["largest_fall"], r["largest_rise"])]
    reach = max(1.0, *map(abs, ends))
    axes.set_xlim(-reach * 1.04, reach * 1.04)
    _number_axis(axes, language)
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
    return _chart(id, sheet, table, alt, [_size(shifts, language), *notes], caption)


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
    table = _table_of(gap, "part", place)
    require_columns(table, ["part", "gap"], place)
    known = table[table["gap"].notna()]
    if known.empty:
        raise _none(id, "no part known on both sides")
    order = known["gap"].abs().sort_values(ascending=False, kind="stable").index
    shown = known.loc[order[:limit]].sort_values(["gap", "part"])
    rest = known.loc[order[limit:]]
    rows = shown.to_dict("records")
    labels = [
        language.text("not covered by the parts")
        if row["part"] == _REST
        else _named(row["part"], names, row)
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
    axes, middles = _tracks(sheet, labels, values, line_at=0)
    ends = [0.0, *(float(row["gap"]) for row in rows)]
    pad = (max(ends) - min(ends)) * 0.04 or 1.0
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    _number_axis(axes, language)
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
        values=_told(labels, values, language),
    )
    if caption is None:
        caption = language.text(
            "Points of each part minus those of the reference, most lost first; the parts sum to "
            "the distance in the total."
        )
    return _chart(id, sheet, table, alt, notes, caption)


@drawn
def rank_rank(
    relation: Any,
    language: Language,
    *,
    x: str = "",
    y: str = "",
    id: str = "rank-rank",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw ranks against ranks with the fitted line and its interval.

    Parameters
    ----------
    relation : RankRank
        With a ranked regressor. Where there are covariates, both sides are drawn with the
        covariates taken out; with groups, a line per group and no interval.
    language : Language
        Language of the picture.
    x, y : str
        What is ranked, for the axes.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` where no regressor is ranked.
    """
    from matplotlib.ticker import MaxNLocator

    term = getattr(relation, "rank_term", "")
    table = getattr(relation, "table", pd.DataFrame())
    own = [name for name in table.index if str(name) == term or str(name).startswith(f"{term}:")]
    if not term or not own:
        raise _none(id, "no ranked regressor")
    design = np.asarray(relation.model.model.exog, dtype=float)
    outcome = np.asarray(relation.model.model.endog, dtype=float)
    names = [str(name) for name in table.index]
    columns = [names.index(str(name)) for name in own]
    others = [i for i, name in enumerate(names) if i not in columns and name != "const"]
    x = x or str(own[0])[5:-1].split("):")[0]
    y = y or str(relation.model.model.endog_names)
    across = design[:, columns].sum(axis=1)
    up = outcome
    covariates = bool(others) and len(own) == 1
    if covariates:  # Frisch, Waugh and Lovell: the slope stays the same
        taken = np.column_stack([np.ones(len(up)), design[:, others]])
        mean = float(across.mean()), float(up.mean())
        across = across - taken @ np.linalg.lstsq(taken, across, rcond=None)[0] + mean[0]
        up = up - taken @ np.linalg.lstsq(taken, up, rcond=None)[0] + mean[1]
    sheet = Sheet()
    left = 0.75
    axes = sheet.panel(3.4, left=left, right=0.2, top=0.08, bottom=0.55)
    axes.scatter(across, up, s=30, color=BLUE, alpha=0.75, linewidths=0, zorder=3, gid="known")
    grid = np.linspace(float(across.min()), float(across.max()), 50)
    row = table.loc[own[0]]
    told = []
    if len(own) == 1:
        slope = float(row["estimate"])
        level = float(up.mean()) - slope * float(across.mean())
        axes.plot(grid, level + slope * grid, color=INK, lw=1.6, zorder=4, gid="line")
        half = float(row["ci_high"]) - slope
        # the interval of the slope, turned about the mean: what the table prints
        reach = half * np.abs(grid - float(across.mean()))
        axes.fill_between(
            grid, level + slope * grid - reach, level + slope * grid + reach, color=PALE,
            alpha=0.8, lw=0, zorder=1, gid="interval",
        )  # fmt: skip
    for name in own:
        part = table.loc[name]
        if len(own) > 1:
            inside = design[:, names.index(str(name))] != 0
            fit = np.asarray(relation.model.fittedvalues, dtype=float)[inside]
            where = across[inside]
            first, last = int(where.argmin()), int(where.argmax())
            axes.plot([where[first], where[last]], [fit[first], fit[last]], lw=1.6, gid="line")
        words = language.text(
            "{value} ({low} to {high})",
            value=language.signed(part["estimate"]),
            low=language.signed(part["ci_low"]),
            high=language.signed(part["ci_high"]),
        )
        group = str(name).split("):")[-1] if len(own) > 1 else language.text("slope")
        told.append(language.text("{name}: {value}.", name=group, value=words))
    pad = 0.04
    for set_limits, values in ((axes.set_xlim, across), (axes.set_ylim, up)):
        set_limits(float(values.min()) - pad, float(values.max()) + pad)
    _number_axis(axes, language)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(axes.xaxis.get_major_formatter())
    axes.grid(True)
    axes.set_xlabel(language.text("{name}: rank as a share of the units", name=x))
    axes.set_ylabel(language.text("{name}: rank as a share of the units", name=y))
    notes = [_size(relation, language), *told]
    if covariates:
        notes.append(language.text("Covariates are taken out of both sides."))
    alt = language.text("Rank of {y} against rank of {x}, a dot for each province.", x=x, y=y)
    if caption is None:
        caption = language.text(
            "A slope of 1 means the same order, 0 no relation, −1 the reverse order. The grey band "
            "turns the line within the {confidence} interval of its slope, whose error knows that "
            "ranks are estimated.",
            confidence=_confidence(relation, language),
        )
    return _chart(id, sheet, pd.DataFrame(), alt, notes, caption)


@drawn
def group_model(
    model: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = _SHOWN,
    id: str = "group-model",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw what one unit more of a regressor changes in the chance of the best group.

    Parameters
    ----------
    model : GroupModel
        Ordered logit or probit; the last group of its order counts as the best.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the regressors in that language.
    limit : int
        At most so many regressors are drawn, those with the largest change.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``.
    """
    effects = getattr(model, "marginal_effects", pd.DataFrame())
    if effects.empty:
        raise _none(id, "no marginal effect")
    best = effects.columns[-1]
    points, errors = 100 * effects[best], 100 * model.marginal_errors[best]
    order = points.abs().sort_values(ascending=False, kind="stable").index[:limit]
    order = points.loc[order].sort_values(ascending=False, kind="stable").index
    sheet = Sheet()
    sheet.legend(_interval_keys(language))
    entries = [
        (
            _named(term, names),
            float(points[term]),
            float(points[term] - _NORMAL_95 * errors[term]),
            float(points[term] + _NORMAL_95 * errors[term]),
        )
        for term in order
    ]
    told = _interval_chart(
        entries, language, sheet=sheet, decimals=1,
        axis=language.text("change of the chance of group {group}, in percentage points",
                           group=best),
    )  # fmt: skip
    counts = [
        language.text("{name}: {value}", name=group, value=language.number(n, 0))
        for group, n in model.counts.items()
    ]
    notes = [
        _size(model, language),
        language.text("Units by group: {groups}.", groups=", ".join(counts)),
    ]
    rest = len(points) - len(order)
    if rest:
        notes.append(
            language.ntext("{n} more part is not drawn.", "{n} more parts are not drawn.", rest)
        )
    alt = language.text(
        "Change of the chance of group {group} per unit of each regressor. {values}",
        group=best,
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "Ordered model of the groups: average change of the probability of group {group} per "
            "unit of the regressor, with 95% intervals.",
            group=best,
        )
    return _chart(id, sheet, pd.DataFrame(), alt, notes, caption)


@drawn
def external(
    relations: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = _SHOWN,
    id: str = "external",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how an index and its components go with an outcome outside it.

    Parameters
    ----------
    relations : External or DataFrame
        Table with ``term`` (index or column), ``spearman, spearman_low, spearman_high``. The
        whole index comes first, then the components, the strongest first.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the components in that language.
    limit : int
        At most so many components are drawn, the strongest relations.
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
    table = _table_of(relations, "term", place)
    require_columns(table, ["term", "spearman", "spearman_low", "spearman_high"], place)
    known = table[table["spearman"].notna()]
    if known.empty:
        raise _none(id, "no term with a relation")
    first = known[known["term"].isin([_TOTAL, _WHOLE])]
    parts = known[~known["term"].isin([_TOTAL, _WHOLE])]
    order = parts["spearman"].abs().sort_values(ascending=False, kind="stable").index[:limit]
    shown = parts.loc[order].sort_values(["spearman", "term"], ascending=[False, True])
    contained = str(getattr(relations, "contained", ""))
    fixed = {
        _TOTAL: language.text("whole index, without what it contains of the outcome")
        if contained
        else language.text("whole index"),
        _WHOLE: language.text("whole index as published"),
    }
    sheet = Sheet()
    sheet.legend(_interval_keys(language))
    entries = [
        (
            fixed.get(row["term"]) or _named(row["term"], names, row),
            row["spearman"], row["spearman_low"], row["spearman_high"],
        )
        for row in pd.concat([first, shown]).to_dict("records")
    ]  # fmt: skip
    outcome = str(getattr(relations, "outcome", ""))
    axis = language.text("rank correlation with {outcome}", outcome=outcome)
    if not outcome:
        axis = language.text("rank correlation with the outcome")
    told = _interval_chart(entries, language, sheet=sheet, axis=axis)
    notes = [_size(relations, language)]
    rest = len(parts) - len(shown)
    if rest:
        notes.append(
            language.ntext(
                "{n} part with a weaker relation is not drawn.",
                "{n} parts with weaker relations are not drawn.",
                rest,
            )
        )
    alt = language.text(
        "Rank correlations with an outcome outside the index, with {confidence} intervals. "
        "{values}",
        confidence=_confidence(relations, language),
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "The index and its parts against an outcome that is not part of them; bars are "
            "{confidence} intervals, not corrected for the number of parts.",
            confidence=_confidence(relations, language),
        )
    return _chart(id, sheet, table, alt, notes, caption)


@drawn
def selection(
    chosen: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = 15,
    id: str = "selection",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how often each component turns up when half of the units are drawn.

    Parameters
    ----------
    chosen : Selection
        Table with ``frequency`` (fraction of the half-samples) and ``stable``.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the components in that language.
    limit : int
        At most so many components are drawn, the most frequent.
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
    table = _table_of(chosen, "regressor", place)
    require_columns(table, ["regressor", "frequency", "stable"], place)
    shown, notes = _cut(table[table["frequency"].gt(0)], "frequency", "regressor", limit, language)
    if shown.empty:
        raise _none(id, "no component turns up")
    rows = shown.to_dict("records")
    labels = [_named(row["regressor"], names, row) for row in rows]
    values = [language.percent(100 * row["frequency"], 0) for row in rows]
    border = 100 * float(getattr(chosen, "threshold", 0.75))
    sheet = Sheet()
    sheet.legend(
        [
            Key(language.text("stable"), patch={"facecolor": BLUE, "edgecolor": "none"}),
            Key(language.text("not stable"), patch={"facecolor": SKY, "edgecolor": "none"}),
            Key(
                language.text("border: {share}", share=language.percent(border, 0)),
                line={"color": GREY, "marker": "|", "markersize": 10, "markeredgewidth": 1.4,
                      "linestyle": "None"},
            ),
        ]
    )  # fmt: skip
    axes, middles = _tracks(sheet, labels, values, line_at=border)
    axes.set_xlim(0, 102)
    _number_axis(axes, language, percent=True)
    axes.set_xlabel(language.text("share of the half-samples in which it is chosen"))
    for row, middle in zip(rows, middles, strict=True):
        colour = BLUE if row["stable"] else SKY
        axes.barh([middle], [100 * row["frequency"]], height=0.15, color=colour, gid="known")
    alt = language.text(
        "How often each component is chosen. {values}", values=_told(labels, values, language)
    )
    if caption is None:
        caption = language.text(
            "Exploratory: how often the elastic net chooses a component when half of the "
            "provinces are drawn at random. A search, not a test."
        )
    return _chart(id, sheet, table, alt, [_size(chosen, language), *notes], caption)


@drawn
def rank_sets(
    sets: pd.DataFrame,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    coverage: float = 0.95,
    id: str = "rank-sets",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw confidence sets of ranks: a bar from the best to the worst place not ruled out.

    Parameters
    ----------
    sets : DataFrame
        As :func:`parstudy.ranking.rank_confidence_sets` gives it: index unit, ``lower, rank,
        upper``.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the units in that language.
    coverage : float
        Coverage that was asked for.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``.
    """
    require_columns(sets, ["lower", "rank", "upper"], f"chart {id}")
    table = sets.rename_axis("unit").reset_index()
    table = table.sort_values(["rank", "unit"], ignore_index=True)
    labels = [(names or {}).get(str(unit), str(unit)) for unit in table["unit"]]
    left = max(map(text_width, labels)) + 0.25
    height = _ROW * len(table) + 0.1
    sheet = Sheet()
    sheet.legend(
        [
            Key(language.text("place by the estimate"), line=_DOT),
            Key(
                language.text("places not ruled out"),
                line={"color": SKY, "linestyle": "-", "linewidth": 6},
            ),
        ]
    )
    axes = sheet.panel(height, left=left, right=0.25, bottom=0.45)
    axes.set_ylim(height, 0)
    bare(axes)
    across = axes.get_yaxis_transform()
    told = []
    for position, (row, label) in enumerate(zip(table.to_dict("records"), labels, strict=True)):
        y = 0.05 + _ROW * (position + 0.5)
        offset = -0.12 / (WIDTH - left - 0.25)
        axes.text(offset, y, label, transform=across, size=SMALL, ha="right", va="center")
        axes.plot([0, 1], [y, y], transform=across, color=PALE, lw=0.8, zorder=0)
        low, high = int(row["lower"]), int(row["upper"])
        axes.plot(
            [low - 0.3, high + 0.3], [y, y], color=SKY, lw=6, solid_capstyle="butt", gid="interval"
        )
        axes.plot([int(row["rank"])], [y], zorder=3, gid="known", **{**_DOT, "markersize": 5.5})
        told.append(
            language.text(
                "{name}: {place} ({low} to {high}).",
                name=label,
                place=language.number(row["rank"], 0),
                low=language.number(low, 0),
                high=language.number(high, 0),
            )
        )
    axes.set_xlim(0, int(table["upper"].max()) + 1)
    _number_axis(axes, language)
    axes.set_xlabel(language.text("place among the provinces drawn, 1 is best"))
    notes = [language.ntext("n = {n} province.", "n = {n} provinces.", len(table))]
    alt = language.text("Confidence sets of ranks. {values}", values=" ".join(told))
    if caption is None:
        caption = language.text(
            "Places that the sampling error does not rule out, with a coverage of {coverage}.",
            coverage=language.percent(100 * coverage, 0),
        )
    return _chart(id, sheet, sets, alt, notes, caption)
