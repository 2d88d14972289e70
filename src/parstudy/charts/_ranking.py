"""The ranking as bars, and its groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawing import Key, Sheet, bare, drawn, nothing_known, text_width
from parstudy.charts._units import (
    known_words,
    one_release,
    out_of,
    score_axis,
    score_limits,
    score_unit,
    score_words,
    unit_names,
)
from parstudy.display.chart import BLUE, GREY, INK, LIGHT, PALE, RED, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns

if TYPE_CHECKING:
    from markupsafe import Markup

    from parstudy.display.words import Language


@drawn
def ranking_bars(
    scores_of_year: pd.DataFrame,
    language: Language,
    provinces: pd.DataFrame | None = None,
    *,
    highlight: str | None = None,
    id: str = "ranking",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the known places in order, each with its score; places nobody is known for are gaps.

    Parameters
    ----------
    scores_of_year : DataFrame
        Rows of ``scores`` of one index, year and component: ``province_id, score, decimals,
        rank_published, n_ranked``.
    language : Language
        Language of the picture.
    provinces : DataFrame, optional
        Table ``provinces`` of the geography of the year, for the names; without it the column
        ``name`` of ``scores_of_year`` is used.
    highlight : str, optional
        Province to stress.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no place is known, ``missing_column``, ``mixed_rows``.
    """
    from matplotlib.patches import Rectangle

    place = f"chart {id}"
    frame = one_release(scores_of_year, ["score", "rank_published"], place)
    names = unit_names(provinces, language, frame)
    known = frame[frame["rank_published"].notna()]
    if known.empty:
        raise nothing_known(id, "no known place")
    known = known.sort_values(["rank_published", "province_id"])
    of = out_of(frame, provinces)
    rows = _with_gaps(known.to_dict("records"), of)
    row_height, gap_height = 0.175, 0.2
    heights = [gap_height if isinstance(row, tuple) else row_height for row in rows]
    centres = [sum(heights[:i]) + height / 2 for i, height in enumerate(heights)]
    labels = [names.get(row["province_id"], row["province_id"]) for row in known.to_dict("records")]
    number = 0.28
    left = number + max(map(text_width, labels)) + 0.12
    right = 0.62
    sheet = Sheet()
    total = sum(heights)
    axes = sheet.panel(total + 0.06, left=left, right=right, bottom=0.42)
    axes.set_ylim(total + 0.03, -0.03)
    scores = known["score"].dropna()
    low, high = score_limits(scores) if len(scores) else (0.0, 1.0)
    axes.set_xlim(low, high)
    bare(axes, x=bool(len(scores)))
    score_axis(axes, language)
    if len(scores):
        axes.set_xlabel(score_unit(frame, language))
        axes.grid(axis="x")
    outside = axes.get_yaxis_transform()  # x in axes, y in inches of rows
    width = WIDTH - left - right
    for row, y in zip(rows, centres, strict=True):
        if isinstance(row, tuple):
            axes.add_patch(
                Rectangle(
                    (-left / width, y - 0.08),
                    1 + left / width,
                    0.16,
                    transform=outside,
                    color=PALE,
                    lw=0,
                    clip_on=False,
                    gid="gap",
                )
            )
            axes.text(
                -(left - 0.05) / width, y, _gap_words(row, language), transform=outside,
                size=SMALL, color=GREY, va="center", style="italic",
            )  # fmt: skip
            continue
        own = row["province_id"] == highlight
        colour = RED if own else INK
        weight = "bold" if own else "normal"
        axes.text(
            -(left - number) / width, y, language.number(row["rank_published"], 0),
            transform=outside, size=SMALL, color=colour, weight=weight, ha="right", va="center",
        )  # fmt: skip
        axes.text(
            -(left - number - 0.08) / width, y, names.get(row["province_id"], row["province_id"]),
            transform=outside, size=SMALL, color=colour, weight=weight, va="center",
        )  # fmt: skip
        if pd.isna(row["score"]):
            axes.text(
                1 + 0.05 / width, y, language.missing, transform=outside, size=SMALL, color=GREY,
                va="center",
            )  # fmt: skip
            continue
        axes.plot([low, row["score"]], [y, y], color=LIGHT, lw=1.1, zorder=2)
        axes.plot(
            [row["score"]], [y], marker="o", ms=6.5, color=RED if own else BLUE, ls="None",
            zorder=3, gid="known", clip_on=False,
        )  # fmt: skip
        axes.text(
            1 + 0.05 / width, y, score_words(row, language), transform=outside, size=SMALL,
            color=colour, weight=weight, va="center",
        )  # fmt: skip
    loose = int((frame["score"].notna() & frame["rank_published"].isna()).sum())
    notes = [_places_known(len(known), of, language)]
    if loose:
        notes.append(
            language.ntext(
                "{n} more province has a known score but no known place and is not shown.",
                "{n} more provinces have a known score but no known place and are not shown.",
                loose,
            )
        )
    sheet.note(*notes)
    listed = "; ".join(
        f"{language.number(row['rank_published'], 0)} "
        f"{names.get(row['province_id'], row['province_id'])} {score_words(row, language)}"
        for row in known.to_dict("records")
    )
    alt = language.text("Known places, best first: {list}.", list=listed)
    if caption is None:
        caption = language.text(
            "Provinces by published place, with their scores. Grey rows are places for which no "
            "province was found."
        )
    return Chart(id, sheet.done(frame), " ".join([alt, *notes]), caption)


def _places_known(k: int, of: int, language: Language) -> str:
    return language.ntext(
        "Known: {n} of {all} places.",
        "Known: {n} of {all} places.",
        k,
        all=language.number(of, 0),
    )


def _with_gaps(
    records: Sequence[dict[Any, Any]], of: int
) -> list[dict[Any, Any] | tuple[int, int]]:
    """Rows with (first, last) of unknown places put between them."""
    rows: list[dict[Any, Any] | tuple[int, int]] = []
    expected = 1
    for row in records:
        place = int(row["rank_published"])
        if place > expected:
            rows.append((expected, place - 1))
        rows.append(row)
        expected = max(expected, place) + 1 if place >= expected else expected + 1
    if expected <= of:
        rows.append((expected, of))
    return rows


def _gap_words(gap: tuple[int, int], language: Language) -> str:
    first, last = gap
    if first == last:
        return language.text("place {place}: not known", place=language.number(first, 0))
    return language.text(
        "places {first} to {last}: not known",
        first=language.number(first, 0),
        last=language.number(last, 0),
    )


@drawn
def groups_bar(
    groups: pd.DataFrame,
    language: Language,
    *,
    n_ranked: int | None = None,
    id: str = "groups",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw how many provinces are in each group, as published and as counted in the data.

    Parameters
    ----------
    groups : DataFrame
        ``group, n_published, n_known`` and, if known, ``from_percent`` and ``name`` (of the
        group, in that language), best group first.
    language : Language
        Language of the picture.
    n_ranked : int, optional
        How many provinces the release ranks.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no group has a number, ``missing_column``.
    """
    place = f"chart {id}"
    require_columns(groups, ["group", "n_published", "n_known"], place)
    rows = groups[groups["n_published"].notna() | groups["n_known"].fillna(0).gt(0)]
    if rows.empty:
        raise nothing_known(id, "no group with a known number")
    sheet = Sheet()
    published: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "lw": 1.2}
    counted: dict[str, Any] = {"facecolor": BLUE, "edgecolor": BLUE, "lw": 1.2}
    sheet.legend(
        [
            Key(language.text("number as published"), patch=published),
            Key(language.text("found in the data"), patch=counted),
        ]
    )
    labels = [_group_label(row, language) for row in rows.to_dict("records")]
    left, right, row_height = max(map(text_width, labels)) + 0.2, 0.4, 0.62
    axes = sheet.panel(row_height * len(rows), left=left, right=right, bottom=0.1)
    # max() of Python would let NaN through: a year may have no published count at all
    most = max(rows["n_published"].fillna(0).max(), rows["n_known"].fillna(0).max(), 1)
    axes.set_xlim(0, float(most))
    axes.set_ylim(row_height * len(rows), 0)
    bare(axes, x=False)
    axes.spines["left"].set_visible(True)
    width = WIDTH - left - right
    told = []
    for position, (label, row) in enumerate(zip(labels, rows.to_dict("records"), strict=True)):
        middle = row_height * (position + 0.5)
        axes.text(-0.08 / width * float(most), middle, label, size=SMALL, ha="right", va="center")
        pairs = ((row["n_published"], -0.125, published), (row["n_known"], 0.125, counted))
        for value, dy, look in pairs:
            if pd.notna(value):
                axes.barh([middle + dy], [float(value)], height=0.21, gid="bar", **look)
            text = language.number(value, 0)
            start = 0.0 if pd.isna(value) else float(value)
            axes.text(
                start + 0.06 / width * float(most), middle + dy, text, size=SMALL, va="center"
            )
        told.append(
            language.text(
                "{group}: {published} published, {counted} found.",
                group=label,
                published=language.number(row["n_published"], 0),
                counted=language.number(row["n_known"], 0),
            )
        )
    if caption is None:
        caption = language.text(
            "Provinces by group. Where fewer are found than were published, the others' scores are "
            "not in the data."
        )
    counted_all = int(rows["n_known"].fillna(0).sum())
    note = "" if n_ranked is None else known_words(counted_all, n_ranked, language)
    sheet.note(note)
    alt = language.text("Number of provinces by group. {groups}", groups=" ".join(told))
    return Chart(id, sheet.done(groups), f"{alt} {note}".strip(), caption)


def _group_label(row: Mapping[Any, Any], language: Language) -> str:
    name = str(row.get("name") or row["group"])
    start = row.get("from_percent")
    if start is None or pd.isna(start):
        return name
    places = 0 if float(start).is_integer() else 2
    return language.text("{name} (from {start})", name=name, start=language.number(start, places))
