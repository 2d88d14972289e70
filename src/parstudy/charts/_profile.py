"""Charts of the components of one province or year: profile, lost points, against rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawing import LINE, Key, Sheet, drawn, nothing_known, wrapped
from parstudy.charts._rows import component_label, labelled_rows, number_axis, row_sentences
from parstudy.display.chart import BLUE, GREY, INK, ORANGE, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language, is_missing

if TYPE_CHECKING:
    from markupsafe import Markup

_PANELS = 12


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
        raise nothing_known(id, "no component with a known share of its maximum")
    rows = known.to_dict("records")
    labels = [component_label(row, language) for row in rows]
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
    axes, middles = labelled_rows(sheet, labels, values, line_at=100)
    everything = [float(row["percent"]) for row in rows]
    everything += [float(value) for value in means if value is not None and not is_missing(value)]
    axes.set_xlim(max(0.0, min(everything) - 6), max(100.0, max(everything)) + 1)
    number_axis(axes, language, percent=True)
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
        raise nothing_known(id, "no component with a known score and maximum")
    known = known.sort_values(["lost", "component"], ascending=[False, True])
    rows, rest = known.head(limit).to_dict("records"), known.iloc[limit:]
    labels = [component_label(row, language) for row in rows]
    values = [
        language.text(
            "{lost} of {maximum}",
            lost=language.number(row["lost"]),
            maximum=language.number(row["max_score"]),
        )
        for row in rows
    ]
    sheet = Sheet()
    axes, middles = labelled_rows(sheet, labels, values)
    axes.set_xlim(0, max(float(known["lost"].max()) * 1.02, 0.1))
    number_axis(axes, language)
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
    told = row_sentences(labels, values, language)
    alt = language.text("Points lost by component. {values}", values=told)
    if caption is None:
        caption = language.text(
            "Points lost (maximum minus score) by component, the largest loss first; a bar counts "
            "points of the index."
        )
    return Chart(id, sheet.done(parts), " ".join([alt, *notes]), caption)


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
        raise nothing_known(id, "no component with two provinces or more")
    shown = groups[:limit]
    worst = float(known["rank"].max())
    left, between, wide = 0.5, 0.5, (WIDTH - 0.5 - 0.5 - 0.12) / 2
    sheet = Sheet()
    sheet.note(axis or language.text("Vertical: place, 1 is best. Horizontal: percent of maximum."))
    told = []
    for start in range(0, len(shown), 2):
        pair = shown[start : start + 2]
        titles = [
            wrapped(component_label(part.iloc[0].to_dict(), language), wide, SMALL, "bold")
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
            number_axis(axes, language, percent=True, bins=4)
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
                    "{name}: {value}.",
                    name=component_label(part.iloc[0].to_dict(), language),
                    value=value,
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
