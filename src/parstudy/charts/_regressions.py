"""Charts of regressions: each part against the rest, slopes, groups, other outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parstudy.charts._drawing import Key, Sheet, drawn, nothing_known
from parstudy.charts._rows import (
    SHOWN,
    around,
    confidence_words,
    interval_keys,
    interval_rows,
    labelled_rows,
    n_words,
    named_part,
    noted_chart,
    number_axis,
    result_table,
    row_sentences,
    strongest,
)
from parstudy.display.chart import BLUE, GREEN, GREY, INK, ORANGE, PALE, SKY, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language, defer

if TYPE_CHECKING:
    from markupsafe import Markup

_WAYS = {
    "single": (defer("one component at a time, against the rest"), BLUE, "o"),
    "together": (defer("all components at once, last year"), ORANGE, "s"),
    "pooled": (defer("all components at once, all years"), GREEN, "D"),
}
_NORMAL_95 = 1.959963984540054
_TOTAL = "total"
_WHOLE = "total with what it contains"


@drawn
def item_rest(
    relations: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    measure: str = "spearman",
    limit: int = SHOWN,
    id: str = "item-rest",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how each part goes with the total of all other parts, with intervals.

    Parameters
    ----------
    relations : ItemRest or DataFrame
        Table with ``part`` (index or column) and ``<measure>, <measure>_low, <measure>_high``.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the parts in that language.
    measure : {"spearman", "kendall"}
        Which rank correlation.
    limit : int
        At most so many parts are drawn, the strongest relations.
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
    table = result_table(relations, "part", place)
    low, high = f"{measure}_low", f"{measure}_high"
    require_columns(table, ["part", measure, low, high], place)
    known = table[table[measure].notna()].sort_values([measure, "part"], ascending=[False, True])
    if known.empty:
        raise nothing_known(id, "no part with a relation to the rest")
    shown = known.loc[
        known[measure].abs().sort_values(ascending=False, kind="stable").index[:limit]
    ]
    shown = shown.sort_values([measure, "part"], ascending=[False, True])
    sheet = Sheet()
    sheet.legend(interval_keys(language))
    entries = [
        (named_part(row["part"], names, row), row[measure], row[low], row[high])
        for row in shown.to_dict("records")
    ]
    told = interval_rows(
        entries, language, sheet=sheet,
        axis=language.text("rank correlation with the sum of all other parts"),
    )  # fmt: skip
    notes = [n_words(relations, language), *_left_out(known, shown, table, names, language)]
    sheet.note(*notes)
    alt = language.text(
        "Rank correlation of each part with the rest, with {confidence} intervals. {values}",
        confidence=confidence_words(relations, language),
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "Each part against the sum of all the others, so that nothing holds by construction; "
            "bars are {confidence} intervals.",
            confidence=confidence_words(relations, language),
        )
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join(t for t in [alt, *notes] if t), caption)


def _left_out(
    known: pd.DataFrame,
    shown: pd.DataFrame,
    table: pd.DataFrame,
    names: Mapping[str, str] | None,
    language: Language,
) -> list[str]:
    notes = []
    weaker = len(known) - len(shown)
    if weaker:
        notes.append(
            language.ntext(
                "{n} part with a weaker relation is not drawn.",
                "{n} parts with weaker relations are not drawn.",
                weaker,
            )
        )
    silent = table[~table.index.isin(known.index)]
    if len(silent):
        listed = [named_part(code, names) for code in silent.iloc[:, 0]]
        notes.append(language.text("Without a figure: {names}.", names=language.names(listed, 6)))
    return notes


@drawn
def coefficients(
    regression: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    places: bool = False,
    axis: str | None = None,
    limit: int = SHOWN,
    id: str = "coefficients",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the estimates of one regression with their intervals; the constant is left out.

    Parameters
    ----------
    regression : Regression or DataFrame
        Table with ``term`` (index or column), ``estimate, ci_low, ci_high``.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the terms in that language.
    places : bool
        The outcome is a rank: draw places won, that is the estimates with the sign turned.
    axis : str, optional
        What an estimate means, as the title of the axis.
    limit : int
        At most so many terms are drawn, those with the largest estimates.
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
    table = result_table(regression, "term", place)
    require_columns(table, ["term", "estimate", "ci_low", "ci_high"], place)
    table = table[table["term"].ne("const")]
    if places:
        low, high = -table["ci_high"], -table["ci_low"]
        table = table.assign(estimate=-table["estimate"], ci_low=low, ci_high=high)
    known = table[table["estimate"].notna()]
    if known.empty:
        raise nothing_known(id, "no term with an estimate")
    order = known["estimate"].abs().sort_values(ascending=False, kind="stable").index[:limit]
    shown = known.loc[order].sort_values(["estimate", "term"], ascending=[False, True])
    sheet = Sheet()
    sheet.legend(interval_keys(language))
    entries = [
        (named_part(row["term"], names, row), row["estimate"], row["ci_low"], row["ci_high"])
        for row in shown.to_dict("records")
    ]
    told = interval_rows(
        entries, language, sheet=sheet,
        axis=axis or _estimate_axis(places, language),
    )  # fmt: skip
    notes = [n_words(regression, language)]
    smaller = len(known) - len(shown)
    if smaller:
        notes.append(
            language.ntext(
                "{n} term with a smaller estimate is not drawn.",
                "{n} terms with smaller estimates are not drawn.",
                smaller,
            )
        )
    sheet.note(*notes)
    alt = language.text(
        "Estimates with {confidence} intervals. {values}",
        confidence=confidence_words(regression, language),
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "Estimates of the regression, with {confidence} intervals.",
            confidence=confidence_words(regression, language),
        )
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join(t for t in [alt, *notes] if t), caption)


def _estimate_axis(places: bool, language: Language) -> str:
    if places:
        return language.text("places won per unit of the regressor")
    return language.text("change of the outcome per unit of the regressor")


@drawn
def rank_regression(
    regression: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
    id: str = "rank-regression",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the places won per unit of each component, by way of estimating it.

    Parameters
    ----------
    regression : RankRegression or DataFrame
        Table with ``way, outcome, term, role, places_gained, ci_low, ci_high``; the interval is of
        the estimate on the rank, so it is turned round. Only the outcome ``rank`` and the role
        ``component`` are drawn.
    language : Language
        Language of the picture.
    names : mapping of str to str, optional
        Names of the components in that language.
    limit : int
        At most so many components are drawn, those with the largest estimate in any way.
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
    table = result_table(regression, "", place)
    columns = ["way", "outcome", "term", "role", "places_gained", "ci_low", "ci_high"]
    require_columns(table, columns, place)
    part = table[table["outcome"].eq("rank") & table["role"].eq("component")]
    part = part[part["places_gained"].notna() & part["way"].isin(list(_WAYS))]
    if part.empty:
        raise nothing_known(id, "no component with an estimate on the rank")
    ways = [way for way in _WAYS if part["way"].eq(way).any()]
    first = part[part["way"].eq(ways[0])].set_index("term")["places_gained"]
    size = part.groupby("term")["places_gained"].agg(lambda x: x.abs().max())
    kept = size.sort_values(ascending=False, kind="stable").index[:limit]
    terms = sorted(kept, key=lambda term: (-first.get(term, float("-inf")), str(term)))
    sheet = Sheet()
    sheet.legend(
        [
            Key(
                language.text(_WAYS[way][0]),
                line={"color": _WAYS[way][1], "marker": _WAYS[way][2], "markersize": 7,
                      "linestyle": "-", "linewidth": 2},
            )
            for way in ways
        ]
    )  # fmt: skip
    step = 0.17
    labels = [named_part(term, names) for term in terms]
    cells = {(row["way"], row["term"]): row for row in part.to_dict("records")}
    axes, middles = labelled_rows(
        sheet, labels, [""] * len(terms), track=step * len(ways) + 0.05, line_at=0
    )
    shown = part[part["term"].isin(terms)]
    ends = [
        0.0,
        *shown["places_gained"],
        *(-shown["ci_low"].dropna()),
        *(-shown["ci_high"].dropna()),
    ]
    axes.set_xlim(*around(ends))
    number_axis(axes, language)
    axes.set_xlabel(language.text("places won per unit of the component"))
    told = []
    for term, middle, label in zip(terms, middles, labels, strict=True):
        words = []
        for position, way in enumerate(ways):
            row = cells.get((way, term))
            if row is None:
                continue
            _, colour, marker = _WAYS[way]
            y = middle + (position - (len(ways) - 1) / 2) * step
            low, high = -row["ci_high"], -row["ci_low"]
            if pd.notna(low) and pd.notna(high):
                axes.plot([low, high], [y, y], color=colour, lw=2, zorder=2, gid="interval")
            axes.plot(
                [row["places_gained"]], [y], marker=marker, ms=7, color=colour, ls="None",
                zorder=3, gid="known",
            )  # fmt: skip
            words.append(
                language.text(
                    "{value} ({low} to {high})",
                    value=language.signed(row["places_gained"], 1),
                    low=language.signed(low, 1),
                    high=language.signed(high, 1),
                )
            )
        told.append(language.text("{name}: {value}.", name=label, value="; ".join(words)))
    notes = [n_words(regression, language)]
    if len(size) > len(terms):
        notes.append(
            language.ntext(
                "{n} component with smaller estimates is not drawn.",
                "{n} components with smaller estimates are not drawn.",
                len(size) - len(terms),
            )
        )
    sheet.note(*notes)
    alt = language.text(
        "Places won per unit of each component: {ways}. {values}",
        ways="; ".join(language.text(_WAYS[way][0]) for way in ways),
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "Places won per unit of each component, with {confidence} intervals. The total is the "
            "sum of its parts; this says how rank and component go together, not what a change "
            "would cause.",
            confidence=confidence_words(regression, language),
        )
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join(t for t in [alt, *notes] if t), caption)


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
        raise nothing_known(id, "no ranked regressor")
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
    number_axis(axes, language)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(axes.xaxis.get_major_formatter())
    axes.grid(True)
    axes.set_xlabel(language.text("{name}: rank as a share of the units", name=x))
    axes.set_ylabel(language.text("{name}: rank as a share of the units", name=y))
    notes = [n_words(relation, language), *told]
    if covariates:
        notes.append(language.text("Covariates are taken out of both sides."))
    alt = language.text("Rank of {y} against rank of {x}, a dot for each province.", x=x, y=y)
    if caption is None:
        caption = language.text(
            "A slope of 1 means the same order, 0 no relation, −1 the reverse order. The grey band "
            "turns the line within the {confidence} interval of its slope, whose error knows that "
            "ranks are estimated.",
            confidence=confidence_words(relation, language),
        )
    return noted_chart(id, sheet, pd.DataFrame(), alt, notes, caption)


@drawn
def group_model(
    model: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
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
        raise nothing_known(id, "no marginal effect")
    best = effects.columns[-1]
    points, errors = 100 * effects[best], 100 * model.marginal_errors[best]
    order = points.abs().sort_values(ascending=False, kind="stable").index[:limit]
    order = points.loc[order].sort_values(ascending=False, kind="stable").index
    sheet = Sheet()
    sheet.legend(interval_keys(language))
    entries = [
        (
            named_part(term, names),
            float(points[term]),
            float(points[term] - _NORMAL_95 * errors[term]),
            float(points[term] + _NORMAL_95 * errors[term]),
        )
        for term in order
    ]
    told = interval_rows(
        entries, language, sheet=sheet, decimals=1,
        axis=language.text("change of the chance of group {group}, in percentage points",
                           group=best),
    )  # fmt: skip
    counts = [
        language.text("{name}: {value}", name=group, value=language.number(n, 0))
        for group, n in model.counts.items()
    ]
    notes = [
        n_words(model, language),
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
    return noted_chart(id, sheet, pd.DataFrame(), alt, notes, caption)


@drawn
def external(
    relations: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = SHOWN,
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
    table = result_table(relations, "term", place)
    require_columns(table, ["term", "spearman", "spearman_low", "spearman_high"], place)
    known = table[table["spearman"].notna()]
    if known.empty:
        raise nothing_known(id, "no term with a relation")
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
    sheet.legend(interval_keys(language))
    entries = [
        (
            fixed.get(row["term"]) or named_part(row["term"], names, row),
            row["spearman"], row["spearman_low"], row["spearman_high"],
        )
        for row in pd.concat([first, shown]).to_dict("records")
    ]  # fmt: skip
    outcome = str(getattr(relations, "outcome", ""))
    axis = language.text("rank correlation with {outcome}", outcome=outcome)
    if not outcome:
        axis = language.text("rank correlation with the outcome")
    told = interval_rows(entries, language, sheet=sheet, axis=axis)
    notes = [n_words(relations, language)]
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
        confidence=confidence_words(relations, language),
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "The index and its parts against an outcome that is not part of them; bars are "
            "{confidence} intervals, not corrected for the number of parts.",
            confidence=confidence_words(relations, language),
        )
    return noted_chart(id, sheet, table, alt, notes, caption)


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
    table = result_table(chosen, "regressor", place)
    require_columns(table, ["regressor", "frequency", "stable"], place)
    shown, notes = strongest(
        table[table["frequency"].gt(0)], "frequency", "regressor", limit, language
    )
    if shown.empty:
        raise nothing_known(id, "no component turns up")
    rows = shown.to_dict("records")
    labels = [named_part(row["regressor"], names, row) for row in rows]
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
    axes, middles = labelled_rows(sheet, labels, values, line_at=border)
    axes.set_xlim(0, 102)
    number_axis(axes, language, percent=True)
    axes.set_xlabel(language.text("share of the half-samples in which it is chosen"))
    for row, middle in zip(rows, middles, strict=True):
        colour = BLUE if row["stable"] else SKY
        axes.barh([middle], [100 * row["frequency"]], height=0.15, color=colour, gid="known")
    alt = language.text(
        "How often each component is chosen. {values}",
        values=row_sentences(labels, values, language),
    )
    if caption is None:
        caption = language.text(
            "Exploratory: how often the elastic net chooses a component when half of the "
            "provinces are drawn at random. A search, not a test."
        )
    return noted_chart(id, sheet, table, alt, [n_words(chosen, language), *notes], caption)
