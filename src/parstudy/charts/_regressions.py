"""Charts of regressions: each part against the rest, slopes, groups, other outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import pandas as pd

from parstudy.charts._drawn import Frame, nothing_known, pictures
from parstudy.charts._marks import Bar, Data, Estimate, Interval, known, legend
from parstudy.charts._parts import in_percent, named_part, ranged
from parstudy.charts._rows import Axis, RowChart
from parstudy.charts._sheet import Key
from parstudy.display.chart import BLUE, GREEN, GREY, ORANGE, SKY, Chart
from parstudy.display.words import Language, defer
from parstudy.records import records

_WAYS = {
    "single": (defer("one component at a time, against the rest"), BLUE, "o"),
    "together": (defer("all components at once, last year"), ORANGE, "s"),
    "pooled": (defer("all components at once, all years"), GREEN, "D"),
}
_NORMAL_95 = 1.959963984540054
_TOTAL = "total"
_WHOLE = "total with what it contains"


def _estimates(
    chart: RowChart,
    shown: pd.DataFrame,
    title: str,
    *,
    alt: str,
    caption: str,
    notes: Sequence[str],
    decimals: int = 2,
    holes: Mapping[str, str] | None = None,
) -> Chart:
    """Picture of ``estimate, low, high``: a dot with its interval in each row, a line at zero."""
    language = chart.language

    def words(value: str, row: Data) -> str:
        """Estimate, and its interval where both ends are known."""
        ends = [language.signed(end, decimals) for end in known(row, "low", "high")]
        return ranged(language, value, *ends) if len(ends) == 2 else value

    return chart.picture(
        shown,
        [Estimate.told(language)],
        Axis(title),
        finding=_clear_of_zero(chart, shown, decimals),
        value=lambda row: language.signed(row["estimate"], decimals),
        words=words,
        alt=alt,
        caption=caption,
        notes=notes,
        holes=holes,
    )


def _clear_of_zero(chart: RowChart, shown: pd.DataFrame, decimals: int) -> str | None:
    """How many intervals are without zero: an estimate whose interval has it is no finding."""
    both = shown.dropna(subset=["estimate", "low", "high"])
    if both.empty:
        return None
    language = chart.language
    clear = both[both["low"].gt(0) | both["high"].lt(0)]
    if clear.empty:
        return language.ntext(
            "The interval contains zero.", "All {n} intervals contain zero.", len(both)
        )
    told = [
        language.text(
            "{name} ({value})",
            name=named_part(row[chart.key], chart.names, row),
            value=language.signed(row["estimate"], decimals),
        )
        for row in records(clear)
    ]
    return language.ntext(
        "The interval is without zero: {names}.",
        "Of {n} intervals, these are without zero: {names}.",
        len(both),
        names=language.names(told, 3),
    )


def _weaker(chart: RowChart) -> str:
    """Note on relations that are not drawn."""
    return chart.left(
        chart.language.ntext(
            "{n} part with a weaker relation is not drawn.",
            "{n} parts with weaker relations are not drawn.",
            len(chart.rest),
        )
    )


@pictures("item-rest")
def item_rest(
    relations: Any, language: Language, *, measure: str = "spearman", **frame: Unpack[Frame]
) -> Chart:
    """Draw how each part goes with the total of all other parts, with intervals.

    Parameters
    ----------
    relations : ItemRest or DataFrame
        Table with ``part`` (index or column) and ``<measure>, <measure>_low, <measure>_high``.
    measure : {"spearman", "kendall"}
        Which rank correlation.
    limit : int
        At most so many parts are drawn, the strongest relations.
    """
    chart = RowChart(relations, language, **frame)
    columns = {measure: "estimate", f"{measure}_low": "low", f"{measure}_high": "high"}
    table = chart.table("part", *columns).rename(columns=columns)
    shown = chart.largest(table, "estimate", size=True, none="no part with a relation to the rest")
    silent = [named_part(code, chart.names) for code in table["part"][table["estimate"].isna()]]
    without = language.text("Without a figure: {names}.", names=language.names(silent, 6))
    return _estimates(
        chart,
        shown,
        language.text("rank correlation with the sum of all other parts"),
        alt=defer(
            "Rank correlation of each part with the rest, with {confidence} intervals. {values}"
        ),
        caption=defer(
            "Each part against the sum of all the others, so that nothing holds by construction; "
            "bars are {confidence} intervals."
        ),
        notes=[chart.n(), _weaker(chart), without if silent else ""],
    )


@pictures("coefficients")
def coefficients(
    regression: Any,
    language: Language,
    *,
    places: bool = False,
    axis: str | None = None,
    **frame: Unpack[Frame],
) -> Chart:
    """Draw the estimates of one regression with their intervals; the constant is left out.

    Parameters
    ----------
    regression : Regression or DataFrame
        Table with ``term`` (index or column), ``estimate, ci_low, ci_high``.
    places : bool
        The outcome is a rank: draw places won, that is the estimates with the sign turned.
    axis : str, optional
        What an estimate means, as the title of the axis.
    limit : int
        At most so many terms are drawn, those with the largest estimates.
    """
    chart = RowChart(regression, language, **frame)
    table = chart.table("term", "estimate", "ci_low", "ci_high")
    table = table.rename(columns={"ci_low": "low", "ci_high": "high"})
    table = table[table["term"].ne("const")]
    if places:
        low, high = -table["high"], -table["low"]
        table = table.assign(estimate=-table["estimate"], low=low, high=high)
    title = language.text("change of the outcome per unit of the regressor")
    if places:
        title = language.text("places won per unit of the regressor")
    shown = chart.largest(table, "estimate", size=True, none="no term with an estimate")
    smaller = language.ntext(
        "{n} term with a smaller estimate is not drawn.",
        "{n} terms with smaller estimates are not drawn.",
        len(chart.rest),
    )
    return _estimates(
        chart,
        shown,
        axis or title,
        alt=defer("Estimates with {confidence} intervals. {values}"),
        caption=defer("Estimates of the regression, with {confidence} intervals."),
        notes=[chart.n(), chart.left(smaller)],
    )


@pictures("group-model")
def group_model(model: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw what one unit more of a regressor changes in the chance of the best group.

    Parameters
    ----------
    model : GroupModel
        Ordered logit or probit; the last group of its order counts as the best.
    limit : int
        At most so many regressors are drawn, those with the largest change.
    """
    chart = RowChart(model, language, **frame)
    effects = getattr(model, "marginal_effects", pd.DataFrame())
    if effects.empty:
        raise nothing_known(chart.id, "no marginal effect")
    best = effects.columns[-1]
    points, half = 100 * effects[best], _NORMAL_95 * 100 * model.marginal_errors[best]
    chart.key = "term"
    table = pd.DataFrame({"estimate": points, "low": points - half, "high": points + half})
    table = table.rename_axis("term").reset_index()
    counts = [
        language.text("{name}: {value}", name=group, value=language.number(n, 0))
        for group, n in model.counts.items()
    ]
    return _estimates(
        chart,
        chart.largest(table, "estimate", size=True, none="no marginal effect"),
        language.text("change of the chance of group {group}, in percentage points", group=best),
        decimals=1,
        alt=defer("Change of the chance of group {group} per unit of each regressor. {values}"),
        caption=defer(
            "Ordered model of the groups: average change of the probability of group {group} per "
            "unit of the regressor, with 95% intervals."
        ),
        notes=[
            chart.n(),
            language.text("Units by group: {groups}.", groups=", ".join(counts)),
            chart.left(),
        ],
        holes={"group": str(best)},
    )


@pictures("external")
def external(relations: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how an index and its components go with an outcome outside it.

    Parameters
    ----------
    relations : External or DataFrame
        Table with ``term`` (index or column), ``spearman, spearman_low, spearman_high``. The
        whole index comes first, then the components, the strongest first.
    limit : int
        At most so many components are drawn, the strongest relations.
    """
    chart = RowChart(relations, language, **frame)
    columns = {"spearman": "estimate", "spearman_low": "low", "spearman_high": "high"}
    table = chart.table("term", *columns).rename(columns=columns)
    table = table[table["estimate"].notna()]
    if table.empty:
        raise nothing_known(chart.id, "no term with a relation")
    whole = table["term"].isin([_TOTAL, _WHOLE])
    chart.names[_TOTAL] = language.text("whole index")
    if getattr(relations, "contained", ""):
        chart.names[_TOTAL] = language.text("whole index, without what it contains of the outcome")
    chart.names[_WHOLE] = language.text("whole index as published")
    parts = table[~whole]
    if len(parts):
        parts = chart.largest(parts, "estimate", size=True, none="no term with a relation")
    title = language.text("rank correlation with the outcome")
    if outcome := str(getattr(relations, "outcome", "")):
        title = language.text("rank correlation with {outcome}", outcome=outcome)
    return _estimates(
        chart,
        pd.concat([table[whole], parts]),
        title,
        alt=defer(
            "Rank correlations with an outcome outside the index, with {confidence} intervals. "
            "{values}"
        ),
        caption=defer(
            "The index and its parts against an outcome that is not part of them; bars are "
            "{confidence} intervals, not corrected for the number of parts."
        ),
        notes=[chart.n(), _weaker(chart)],
    )


@pictures("rank-regression")
def rank_regression(regression: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw the places won per unit of each component, by way of estimating it.

    Parameters
    ----------
    regression : RankRegression or DataFrame
        Table with ``way, outcome, term, role, places_gained, ci_low, ci_high``; the interval is of
        the estimate on the rank, so it is turned round. Only the outcome ``rank`` and the role
        ``component`` are drawn.
    limit : int
        At most so many components are drawn, those with the largest estimate in any way.
    """
    chart = RowChart(regression, language, **frame)
    table = _by_way(
        chart.table("term", "way", "outcome", "role", "places_gained", "ci_low", "ci_high")
    )
    ways = [way for way in _WAYS if f"estimate {way}" in table]
    shown = chart.largest(table, "size", none="no component with an estimate on the rank")
    first = f"estimate {ways[0]}"
    told = {way: language.text(_WAYS[way][0]) for way in ways}
    step = 0.17

    def words(_: str, row: Data) -> str:
        """Estimate and interval in each way that has one."""
        ends = ("estimate", "low", "high")
        return "; ".join(
            ranged(language, *(language.signed(row[f"{end} {way}"], 1) for end in ends))
            for way in ways
            if known(row, f"estimate {way}")
        )

    smaller = language.ntext(
        "{n} component with smaller estimates is not drawn.",
        "{n} components with smaller estimates are not drawn.",
        len(chart.rest),
    )
    return chart.picture(
        shown.sort_values([first, "term"], ascending=[False, True]),
        [
            Interval(
                told[way],
                at=f"estimate {way}",
                low=f"low {way}",
                high=f"high {way}",
                look={"color": _WAYS[way][1], "marker": _WAYS[way][2], "markersize": 7,
                      "linestyle": "None"},
                shift=(position - (len(ways) - 1) / 2) * step,
            )
            for position, way in enumerate(ways)
        ],
        Axis(language.text("places won per unit of the component")),
        track=step * len(ways) + 0.05,
        value=lambda _: "",
        words=words,
        alt=defer("Places won per unit of each component: {ways}. {values}"),
        caption=defer(
            "Places won per unit of each component, with {confidence} intervals. The total is the "
            "sum of its parts; this says how rank and component go together, not what a change "
            "would cause."
        ),
        notes=[chart.n(), chart.left(smaller)],
        holes={"ways": "; ".join(told.values())},
    )  # fmt: skip


def _by_way(table: pd.DataFrame) -> pd.DataFrame:
    """A row per component: places won and the interval in each way, and the largest of all."""
    part = table[table["outcome"].eq("rank") & table["role"].eq("component")]
    part = part[part["places_gained"].notna() & part["way"].isin(list(_WAYS))]
    part = part.drop_duplicates(["way", "term"], keep="last")
    part = part.assign(estimate=part["places_gained"], low=-part["ci_high"], high=-part["ci_low"])
    wide = part.pivot(index="term", columns="way", values=["estimate", "low", "high"])
    size = wide["estimate"].abs().T.max() if len(wide) else pd.Series(dtype=float)
    wide.columns = wide.columns.map(" ".join)
    return wide.assign(size=size).reset_index()


@pictures("selection", limit=15)
def selection(chosen: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how often each component turns up when half of the units are drawn.

    Parameters
    ----------
    chosen : Selection
        Table with ``frequency`` (fraction of the half-samples) and ``stable``.
    limit : int
        At most so many components are drawn, the most frequent.
    """
    chart = RowChart(chosen, language, **frame)
    table = in_percent(chart.table("regressor", "frequency", "stable"), "frequency")
    shown = chart.largest(
        table[table["frequency"].gt(0)], "frequency", none="no component turns up"
    )
    stable = shown["stable"].astype(bool)
    border = 100 * float(getattr(chosen, "threshold", 0.75))
    bars = [
        Bar("often", BLUE, language.text("stable")),
        Bar("seldom", SKY, language.text("not stable")),
    ]
    line = {"color": GREY, "marker": "|", "markersize": 10, "markeredgewidth": 1.4}
    limit = language.text("border: {share}", share=language.percent(border, 0))
    return chart.picture(
        shown.assign(
            often=shown["frequency"].where(stable), seldom=shown["frequency"].mask(stable)
        ),
        bars,
        Axis(
            language.text("share of the half-samples in which it is chosen"),
            limits=(0, 102),
            line_at=border,
            percent=True,
        ),
        keys=[
            *legend(bars),
            Key(limit, line={**line, "linestyle": "None"}),
        ],
        value=lambda row: language.percent(row["frequency"], 0),
        alt=defer("How often each component is chosen. {values}"),
        caption=defer(
            "Exploratory: how often the elastic net chooses a component when half of the "
            "provinces are drawn at random. A search, not a test."
        ),
        notes=[chart.n(), chart.left()],
    )
