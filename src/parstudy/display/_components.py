"""Charts of components: profile, lost points, what drives the total."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.display._drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LINE,
    ORANGE,
    PALE,
    SMALL,
    WIDTH,
    Chart,
    Key,
    Sheet,
    bare,
    drawn,
    text_width,
    wrapped,
)
from parstudy.display.tables import require_columns
from parstudy.display.words import Language, defer, is_missing
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

_SIDE = 0.15
_TRACK = 0.2
_GAP = 0.09
_CODE = re.compile(r"[A-Z]?\d+(\.\d+)*")
_REST = "(rest)"
_SHOWN = 20
_PANELS = 12


# --- rows with their label above -----------------------------------------------------------------


def _tracks(
    sheet: Sheet,
    labels: Sequence[str],
    values: Sequence[str],
    *,
    line_at: float | None = None,
    track: float = _TRACK,
    bottom: float = 0.45,
) -> tuple[Axes, list[float]]:
    """Add one panel of rows: label and value in text, below them room to draw.

    Long names need the whole width on a phone, so they stand above their row, not beside it.

    Returns
    -------
    (Axes, list of float)
        Axes whose y is in inches from the top, and the middle of the room of each row.
    """
    beside = max(map(text_width, values), default=0.0) + 0.15
    width = WIDTH - 2 * _SIDE
    lines = [wrapped(label, width - beside) or [""] for label in labels]
    tops, y = [], 0.0
    for text in lines:
        tops.append(y)
        y += len(text) * LINE + track + _GAP
    axes = sheet.panel(y, left=_SIDE, right=_SIDE, bottom=bottom)
    axes.set_ylim(y, 0)
    bare(axes)
    across = axes.get_yaxis_transform()
    middles = []
    for top, text, value in zip(tops, lines, values, strict=True):
        for position, line in enumerate(text):
            middle = top + LINE * (position + 0.5)
            axes.text(0, middle, line, transform=across, size=SMALL, va="center")
        axes.text(
            1, top + LINE / 2, value, transform=across, size=SMALL, ha="right", va="center",
            weight="bold",
        )  # fmt: skip
        middles.append(top + len(text) * LINE + track / 2 + 0.01)
    for middle in middles:
        axes.plot([0, 1], [middle, middle], transform=across, color=PALE, lw=0.8, zorder=0)
        if line_at is not None:  # in the row only: it must not cross the words
            reach = track / 2 + 0.02
            axes.plot([line_at] * 2, [middle - reach, middle + reach], color=GREY, lw=1, zorder=1)
    return axes, middles


def _label(row: Mapping[Any, Any], language: Language) -> str:
    code = str(row["component"])
    name = language.name({**row, "code": code})
    if name == code or not _CODE.fullmatch(code):
        return name
    return f"{code} · {name}"


def _number_axis(axes: Axes, language: Language, *, percent: bool = False, bins: int = 6) -> None:
    from matplotlib.ticker import MaxNLocator

    def written(value: float, _: object) -> str:
        places = next((k for k in range(4) if abs(value - round(value, k)) < 1e-9), 4)
        return (language.percent if percent else language.number)(value, places)

    axes.xaxis.set_major_locator(MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(written)


def _told(labels: Sequence[str], values: Sequence[str], language: Language) -> str:
    """What a chart shows, a sentence for each row, as its text alternative."""
    return " ".join(
        language.text("{name}: {value}.", name=label, value=value)
        for label, value in zip(labels, values, strict=True)
    )


def _none(id: str, what: str) -> ParstudyError:
    return ParstudyError(
        "nothing_to_show",
        what,
        place=f"chart {id}",
        advice="Say in words that there is nothing to show",
    )


# --- profile and lost points ---------------------------------------------------------------------


@drawn
def component_profile(
    parts: pd.DataFrame,
    language: Language,
    *,
    name: str = "",
    id: str = "profile",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw what share of its maximum a province reached on each component.

    Parameters
    ----------
    parts : DataFrame
        One row per component of one level, in the order to be drawn: ``component, name_vi,
        name_en, percent`` (of the maximum) and, where known, ``mean_percent, n_known`` (mean over
        the provinces with a figure). Components without a percent are left out.
    language : Language
        Language of the picture.
    name : str
        Name of the province.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no percent is known, ``missing_column``.
    """
    require_columns(parts, ["component", "name_vi", "name_en", "percent"], f"chart {id}")
    known = parts[parts["percent"].notna()]
    if known.empty:
        raise _none(id, "no component with a known share of its maximum")
    rows = known.to_dict("records")
    labels = [_label(row, language) for row in rows]
    values = [language.percent(row["percent"], 1) for row in rows]
    means = [row.get("mean_percent") for row in rows]
    sheet = Sheet()
    dot: dict[str, Any] = {"marker": "o", "markersize": 8, "color": BLUE, "linestyle": "None"}
    mean: dict[str, Any] = {
        "marker": "|", "markersize": 13, "markeredgewidth": 2.2, "color": INK, "linestyle": "None",
    }  # fmt: skip
    keys = [Key(name or language.text("this province"), line=dot)]
    counts = [int(row["n_known"]) for row in rows if not is_missing(row.get("n_known"))]
    if not all(map(is_missing, means)):
        keys.append(Key(_mean_words(counts, language), line=mean))
    sheet.legend(keys)
    axes, middles = _tracks(sheet, labels, values, line_at=100)
    everything = [float(row["percent"]) for row in rows]
    everything += [float(value) for value in means if value is not None and not is_missing(value)]
    axes.set_xlim(max(0.0, min(everything) - 6), max(100.0, max(everything)) + 1)
    _number_axis(axes, language, percent=True)
    axes.set_xlabel(language.text("percent of the maximum score"))
    told = []
    for row, middle, label, value, average in zip(
        rows, middles, labels, values, means, strict=True
    ):
        if average is not None and not is_missing(average):
            axes.plot([average], [middle], zorder=3, **mean)
            told.append(
                language.text(
                    "{name}: {value} (mean {mean}).",
                    name=label,
                    value=value,
                    mean=language.percent(average, 1),
                )
            )
        else:
            told.append(language.text("{name}: {value}.", name=label, value=value))
        axes.plot([row["percent"]], [middle], zorder=4, gid="known", **dot)
    note = language.ntext(
        "Known: {n} of {all} components.",
        "Known: {n} of {all} components.",
        len(known),
        all=language.number(len(parts), 0),
    )
    sheet.note(note)
    alt = language.text("Share of the maximum by component. {values}", values=" ".join(told))
    if caption is None:
        caption = language.text(
            "Share of the maximum score that was reached, by component; the line at 100% is the "
            "maximum."
        )
    return Chart(id, sheet.done(parts), f"{alt} {note}", caption)


def _mean_words(counts: Sequence[int], language: Language) -> str:
    if not counts:
        return language.text("mean of the provinces with a figure")
    if min(counts) == max(counts):
        return language.text(
            "mean of the provinces with a figure ({n})", n=language.number(counts[0], 0)
        )
    return language.text(
        "mean of the provinces with a figure ({low} to {high})",
        low=language.number(min(counts), 0),
        high=language.number(max(counts), 0),
    )


@drawn
def lost_points(
    parts: pd.DataFrame,
    language: Language,
    *,
    limit: int = 15,
    id: str = "lost-points",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw where a province lost points (maximum minus score), the largest loss first.

    Parameters
    ----------
    parts : DataFrame
        One row per component of one level: ``component, name_vi, name_en, lost, max_score``
        (points). Components without a known loss are left out.
    language : Language
        Language of the picture.
    limit : int
        At most so many components are drawn; the note says what the others lost.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no loss is known, ``missing_column``.
    """
    require_columns(parts, ["component", "name_vi", "name_en", "lost", "max_score"], f"chart {id}")
    known = parts[parts["lost"].notna()]
    if known.empty:
        raise _none(id, "no component with a known score and maximum")
    known = known.sort_values(["lost", "component"], ascending=[False, True])
    rows, rest = known.head(limit).to_dict("records"), known.iloc[limit:]
    labels = [_label(row, language) for row in rows]
    values = [
        language.text(
            "{lost} of {maximum}",
            lost=language.number(row["lost"]),
            maximum=language.number(row["max_score"]),
        )
        for row in rows
    ]
    sheet = Sheet()
    axes, middles = _tracks(sheet, labels, values)
    axes.set_xlim(0, max(float(known["lost"].max()) * 1.02, 0.1))
    _number_axis(axes, language)
    axes.set_xlabel(language.text("points lost"))
    for row, middle in zip(rows, middles, strict=True):
        axes.barh([middle], [float(row["lost"])], height=0.15, color=ORANGE, gid="known")
    notes = [
        language.text(
            "Lost in all on {n} components with a known score and maximum: {points} points.",
            n=language.number(len(known), 0),
            points=language.number(known["lost"].sum()),
        )
    ]
    if len(rest):
        notes.append(
            language.ntext(
                "{n} more component lost {points} points.",
                "{n} more components lost {points} points together.",
                len(rest),
                points=language.number(rest["lost"].sum()),
            )
        )
    unknown = len(parts) - len(known)
    if unknown:
        notes.append(
            language.ntext("Not known for {n} component.", "Not known for {n} components.", unknown)
        )
    sheet.note(*notes)
    told = _told(labels, values, language)
    alt = language.text("Points lost by component. {values}", values=told)
    if caption is None:
        caption = language.text(
            "Points lost (maximum minus score) by component, the largest loss first; a bar counts "
            "points of the index."
        )
    return Chart(id, sheet.done(parts), " ".join([alt, *notes]), caption)


# --- drivers -------------------------------------------------------------------------------------


def _table_of(result: Any, key: str, place: str) -> pd.DataFrame:
    """Table of a result, or a data frame, with its key as a column."""
    table = getattr(result, "table", result)
    if not isinstance(table, pd.DataFrame):
        raise ParstudyError(
            "not_a_table",
            "neither a result with a table nor a data frame",
            place=place,
            found=type(result).__name__,
        )
    return table.reset_index() if table.index.name == key else table


def _named(
    code: object, names: Mapping[str, str] | None, row: Mapping[Any, Any] | None = None
) -> str:
    text = str(code)
    name = (names or {}).get(text) or str((row or {}).get("name") or "")
    if not name or name == text:
        return text
    return f"{text} · {name}" if _CODE.fullmatch(text) else name


def _size(result: Any, language: Language) -> str:
    if isinstance(result, pd.DataFrame):
        counts = result["n"].dropna() if "n" in result else pd.Series(dtype=float)
        low, high = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    else:
        low = high = int(getattr(result, "n", 0))
    if high == 0:
        return ""
    if low < high:
        return language.text(
            "n = {low} to {high} provinces.",
            low=language.number(low, 0),
            high=language.number(high, 0),
        )
    return language.ntext("n = {n} province.", "n = {n} provinces.", high)


@drawn
def variance_shares(
    shares: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = _SHOWN,
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
    table = _table_of(shares, "part", place)
    require_columns(table, ["part", "share"], place)
    known = table[table["share"].notna()].sort_values(["share", "part"], ascending=[False, True])
    if known.empty:
        raise _none(id, "no part with a share")
    rows, rest = known.head(limit).to_dict("records"), known.iloc[limit:]
    labels = [
        language.text("not explained by the parts")
        if row["part"] == _REST
        else _named(row["part"], names, row)
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
    axes, middles = _tracks(sheet, labels, values, line_at=0, bottom=0.28)
    ends = [0.0, *(100 * float(row["share"]) for row in rows)]
    ends += [100 * float(value) for value in nominal if value is not None and not is_missing(value)]
    pad = (max(ends) - min(ends)) * 0.03 or 1.0
    axes.set_xlim(min(ends) - (pad if min(ends) < 0 else 0), max(ends) + pad)
    _number_axis(axes, language, percent=True)
    for row, middle, weight in zip(rows, middles, nominal, strict=True):
        axes.barh([middle], [100 * float(row["share"])], height=0.15, gid="known", **bar)
        if weight is not None and not is_missing(weight):
            axes.plot([100 * float(weight)], [middle], zorder=4, clip_on=False, **mark)
    notes = [_size(shares, language)]
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


def _interval_chart(
    entries: Sequence[tuple[str, float, float, float]],
    language: Language,
    *,
    sheet: Sheet,
    axis: str,
    decimals: int = 2,
) -> list[str]:
    """Draw dots with intervals on a common axis with a line at zero; return them in words."""
    values = [language.signed(estimate, decimals) for _, estimate, _, _ in entries]
    axes, middles = _tracks(sheet, [label for label, *_ in entries], values, line_at=0)
    ends = [0.0, *(end for _, *rest in entries for end in rest if pd.notna(end))]
    pad = (max(ends) - min(ends)) * 0.04 or 1.0
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    _number_axis(axes, language)
    axes.set_xlabel(axis)
    told = []
    for (label, estimate, low, high), middle, value in zip(entries, middles, values, strict=True):
        sure = pd.notna(low) and pd.notna(high)
        clear = sure and (low > 0 or high < 0)
        if sure:
            axes.plot([low, high], [middle] * 2, color=BLUE, lw=2, zorder=2, gid="interval")
        axes.plot(
            [estimate], [middle], marker="o", ms=7.5, color=BLUE, ls="None", zorder=3, gid="known",
            markerfacecolor=BLUE if clear else "white", markeredgewidth=1.5,
        )  # fmt: skip
        if sure:
            told.append(
                language.text(
                    "{name}: {value} ({low} to {high}).",
                    name=label,
                    value=value,
                    low=language.signed(low, decimals),
                    high=language.signed(high, decimals),
                )
            )
        else:
            told.append(language.text("{name}: {value}.", name=label, value=value))
    return told


def _interval_keys(language: Language) -> list[Key]:
    dot: dict[str, Any] = {"color": BLUE, "marker": "o", "markersize": 7.5, "linestyle": "-"}
    return [
        Key(language.text("interval without zero"), line={**dot, "linewidth": 2}),
        Key(
            language.text("interval with zero in it"),
            line={**dot, "linewidth": 2, "markerfacecolor": "white", "markeredgewidth": 1.5},
        ),
    ]


def _confidence(result: Any, language: Language) -> str:
    level = 0.95 if isinstance(result, pd.DataFrame) else getattr(result, "confidence", 0.95)
    return language.percent(100 * float(level), 0)


@drawn
def item_rest(
    relations: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    measure: str = "spearman",
    limit: int = _SHOWN,
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
    table = _table_of(relations, "part", place)
    low, high = f"{measure}_low", f"{measure}_high"
    require_columns(table, ["part", measure, low, high], place)
    known = table[table[measure].notna()].sort_values([measure, "part"], ascending=[False, True])
    if known.empty:
        raise _none(id, "no part with a relation to the rest")
    shown = known.loc[
        known[measure].abs().sort_values(ascending=False, kind="stable").index[:limit]
    ]
    shown = shown.sort_values([measure, "part"], ascending=[False, True])
    sheet = Sheet()
    sheet.legend(_interval_keys(language))
    entries = [
        (_named(row["part"], names, row), row[measure], row[low], row[high])
        for row in shown.to_dict("records")
    ]
    told = _interval_chart(
        entries, language, sheet=sheet,
        axis=language.text("rank correlation with the sum of all other parts"),
    )  # fmt: skip
    notes = [_size(relations, language), *_left_out(known, shown, table, names, language)]
    sheet.note(*notes)
    alt = language.text(
        "Rank correlation of each part with the rest, with {confidence} intervals. {values}",
        confidence=_confidence(relations, language),
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "Each part against the sum of all the others, so that nothing holds by construction; "
            "bars are {confidence} intervals.",
            confidence=_confidence(relations, language),
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
        listed = [_named(code, names) for code in silent.iloc[:, 0]]
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
    limit: int = _SHOWN,
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
    table = _table_of(regression, "term", place)
    require_columns(table, ["term", "estimate", "ci_low", "ci_high"], place)
    table = table[table["term"].ne("const")]
    if places:
        low, high = -table["ci_high"], -table["ci_low"]
        table = table.assign(estimate=-table["estimate"], ci_low=low, ci_high=high)
    known = table[table["estimate"].notna()]
    if known.empty:
        raise _none(id, "no term with an estimate")
    order = known["estimate"].abs().sort_values(ascending=False, kind="stable").index[:limit]
    shown = known.loc[order].sort_values(["estimate", "term"], ascending=[False, True])
    sheet = Sheet()
    sheet.legend(_interval_keys(language))
    entries = [
        (_named(row["term"], names, row), row["estimate"], row["ci_low"], row["ci_high"])
        for row in shown.to_dict("records")
    ]
    told = _interval_chart(
        entries, language, sheet=sheet,
        axis=axis or _estimate_axis(places, language),
    )  # fmt: skip
    notes = [_size(regression, language)]
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
        confidence=_confidence(regression, language),
        values=" ".join(told),
    )
    if caption is None:
        caption = language.text(
            "Estimates of the regression, with {confidence} intervals.",
            confidence=_confidence(regression, language),
        )
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join(t for t in [alt, *notes] if t), caption)


def _estimate_axis(places: bool, language: Language) -> str:
    if places:
        return language.text("places won per unit of the regressor")
    return language.text("change of the outcome per unit of the regressor")


_WAYS = {
    "single": (defer("one component at a time, against the rest"), BLUE, "o"),
    "together": (defer("all components at once, last year"), ORANGE, "s"),
    "pooled": (defer("all components at once, all years"), GREEN, "D"),
}


@drawn
def rank_regression(
    regression: Any,
    language: Language,
    *,
    names: Mapping[str, str] | None = None,
    limit: int = _SHOWN,
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
    table = _table_of(regression, "", place)
    columns = ["way", "outcome", "term", "role", "places_gained", "ci_low", "ci_high"]
    require_columns(table, columns, place)
    part = table[table["outcome"].eq("rank") & table["role"].eq("component")]
    part = part[part["places_gained"].notna() & part["way"].isin(list(_WAYS))]
    if part.empty:
        raise _none(id, "no component with an estimate on the rank")
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
    labels = [_named(term, names) for term in terms]
    cells = {(row["way"], row["term"]): row for row in part.to_dict("records")}
    axes, middles = _tracks(
        sheet, labels, [""] * len(terms), track=step * len(ways) + 0.05, line_at=0
    )
    shown = part[part["term"].isin(terms)]
    ends = [
        0.0,
        *shown["places_gained"],
        *(-shown["ci_low"].dropna()),
        *(-shown["ci_high"].dropna()),
    ]
    pad = (max(ends) - min(ends)) * 0.04 or 1.0
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    _number_axis(axes, language)
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
    notes = [_size(regression, language)]
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
            confidence=_confidence(regression, language),
        )
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join(t for t in [alt, *notes] if t), caption)


@drawn
def component_vs_rank(
    frame: pd.DataFrame,
    language: Language,
    *,
    axis: str | None = None,
    limit: int = _PANELS,
    id: str = "component-vs-rank",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw each component against the rank, one small panel per component.

    Parameters
    ----------
    frame : DataFrame
        One row per province and component: ``component, name_vi, name_en, province_id, percent``
        (of the maximum) and ``rank`` (of the total or, better, of all other components). Rows
        without one of the two are left out.
    language : Language
        Language of the picture.
    axis : str, optional
        What the rank is, as the title of the vertical axis.
    limit : int
        At most so many components are drawn, the first in the frame.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no component has two points, ``missing_column``.
    """
    import seaborn as sns

    columns = ["component", "name_vi", "name_en", "province_id", "percent", "rank"]
    require_columns(frame, columns, f"chart {id}")
    known = frame.dropna(subset=["percent", "rank"])
    known = known.assign(percent=known["percent"].astype(float), rank=known["rank"].astype(float))
    groups = [
        (code, part) for code, part in known.groupby("component", sort=False) if len(part) > 1
    ]
    if not groups:
        raise _none(id, "no component with two provinces or more")
    shown = groups[:limit]
    worst = float(known["rank"].max())
    left, between, wide = 0.5, 0.5, (WIDTH - 0.5 - 0.5 - 0.12) / 2
    sheet = Sheet()
    sheet.note(axis or language.text("Vertical: place, 1 is best. Horizontal: percent of maximum."))
    told = []
    for start in range(0, len(shown), 2):
        pair = shown[start : start + 2]
        titles = [
            wrapped(_label(part.iloc[0].to_dict(), language), wide, SMALL, "bold")
            for _, part in pair
        ]
        depth = max(map(len, titles)) * LINE + LINE + 0.05
        for position, ((_, part), title) in enumerate(zip(pair, titles, strict=True)):
            at = left + position * (wide + between)
            axes = sheet.beside(
                1.5, left=at, right=WIDTH - at - wide, top=depth + 0.06,
                move_on=0.3 if position == len(pair) - 1 else None,
            )  # fmt: skip
            level = part["percent"].nunique() > 1
            sns.regplot(
                data=part, x="percent", y="rank", ax=axes, ci=None, fit_reg=level,
                scatter_kws={"s": 16, "color": BLUE, "alpha": 0.65, "linewidths": 0},
                line_kws={"color": INK, "lw": 1.2},
            )  # fmt: skip
            axes.set_xlabel("")
            axes.set_ylabel("")
            axes.set_ylim(worst * 1.06, 1 - worst * 0.06)
            axes.set_yticks([1, *range(20, int(worst) - 6, 20), int(worst)])
            _number_axis(axes, language, percent=True, bins=4)
            value = _correlation(part, language)
            for line, text in enumerate([*title, value]):
                y = 1 + (depth - LINE * (line + 0.5)) / 1.5
                axes.text(
                    0, y, text, transform=axes.transAxes, size=SMALL, va="center",
                    weight="bold" if line < len(title) else "normal",
                    color=INK if line < len(title) else GREY,
                )  # fmt: skip
            told.append(
                language.text(
                    "{name}: {value}.", name=_label(part.iloc[0].to_dict(), language), value=value
                )
            )
    notes = []
    if len(groups) > len(shown):
        notes.append(
            language.ntext(
                "{n} more component is not drawn.",
                "{n} more components are not drawn.",
                len(groups) - len(shown),
            )
        )
    sheet.note(*notes)
    alt = language.text(
        "Each component against the place, one panel each. {values}", values=" ".join(told)
    )
    if caption is None:
        caption = language.text(
            "Each dot is a province. ρ is the rank correlation between percent and place: negative "
            "where provinces with more points have better places."
        )
    return Chart(id, sheet.done(frame), " ".join([alt, *notes]), caption)


def _correlation(part: pd.DataFrame, language: Language) -> str:
    rho = float("nan")
    if part["percent"].nunique() > 1 and part["rank"].nunique() > 1:
        rho = part["percent"].rank().corr(part["rank"].rank())
    if pd.isna(rho):
        return language.text("n = {n}, no differences", n=language.number(len(part), 0))
    return language.text(
        "ρ = {rho}, n = {n}", rho=language.signed(rho), n=language.number(len(part), 0)
    )
