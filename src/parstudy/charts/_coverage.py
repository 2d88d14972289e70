"""Which provinces have figures in which years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from parstudy.charts._drawn import drawn
from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._sheet import LINE, Key, Sheet, invented
from parstudy.charts._units import region_labels, unit_names
from parstudy.display import terms
from parstudy.display.chart import GREY, LIGHT, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import defer
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

    from parstudy.display.words import Language

_STATUS = {
    "score_and_rank": (defer("score and place"), "#08406b"),
    "rank": (defer("only the place"), "#3d8fd1"),
    "score": (defer("only the score"), "#e69f00"),
    "bound": (defer("only a bound or the group"), "#f3d9a0"),
    "change_only": (defer("only implied by a change"), "#c4c4c4"),
    "nothing": (defer("nothing"), "#f4f4f4"),
}


@drawn
def coverage_heatmap(
    coverage: pd.DataFrame,
    provinces: pd.DataFrame,
    language: Language,
    *,
    id: str = "coverage",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw what is known: one row per province by region, one column per index and year.

    Parameters
    ----------
    coverage : DataFrame
        ``index, year, province_id, status`` with the statuses ``score_and_rank, rank, score,
        bound, change_only, nothing``.
    provinces : DataFrame
        Table ``provinces`` of the geography, with ``region_id``.
    language : Language
        Language of the picture.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``unknown_status``.
    """
    import seaborn as sns
    from matplotlib.colors import ListedColormap

    place = f"chart {id}"
    require_columns(coverage, ["index", "year", "province_id", "status"], place)
    strange = sorted(set(coverage["status"]) - set(_STATUS))
    if strange:
        raise ParstudyError(
            "unknown_status",
            "unknown status",
            place=place,
            found=", ".join(strange),
            expected=", ".join(_STATUS),
        )
    blocks = _by_region(provinces, language)
    codes = {status: code for code, status in enumerate(_STATUS)}
    colours = ListedColormap([colour for _, colour in _STATUS.values()])
    indices = sorted(coverage["index"].unique())
    row, gap = 0.15, 0.09
    names = unit_names(provinces, language)
    # an empty row between regions: the heat map shows nothing there
    order: list[str] = []
    for _, members in blocks:
        order += [*([""] if order else []), *members]
    years = {i: sorted(coverage.loc[coverage["index"].eq(i), "year"].unique()) for i in indices}
    left = max(map(text_width, names.values())) + 0.1
    right = 0.46
    cell = (WIDTH - left - right - gap * (len(indices) - 1)) / sum(map(len, years.values()))
    height = row * len(order)

    sheet = Sheet()
    seen = set(coverage["status"])
    sheet.legend(
        [
            Key(language.text(text), patch={"facecolor": colour, "edgecolor": LIGHT, "lw": 0.5})
            for status, (text, colour) in _STATUS.items()
            if status in seen
        ]
    )
    start = left
    for position, index in enumerate(indices):
        wide = cell * len(years[index])
        last = position == len(indices) - 1
        axes = sheet.beside(
            height, left=start, right=WIDTH - start - wide, top=0.62, move_on=0.0 if last else None
        )
        part = coverage[coverage["index"].eq(index)]
        grid = part.assign(code=part["status"].map(codes)).pivot_table(
            index="province_id", columns="year", values="code", aggfunc="first"
        )
        grid = grid.reindex(index=order, columns=years[index])
        sns.heatmap(
            grid.astype(float), ax=axes, cmap=colours, vmin=-0.5, vmax=len(codes) - 0.5,
            cbar=False, linewidths=0.6, linecolor="white", xticklabels=False, yticklabels=False,
        )  # fmt: skip
        axes.set_xlabel("")
        axes.set_ylabel("")
        axes.xaxis.tick_top()
        every = 1 if cell > LINE * 0.9 else 2
        shown = [i for i in range(len(years[index])) if (len(years[index]) - 1 - i) % every == 0]
        axes.set_xticks(
            [i + 0.5 for i in shown], [str(years[index][i]) for i in shown], rotation=90,
            size=SMALL,
        )  # fmt: skip
        axes.tick_params(length=0, pad=2)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.text(0.0, -3.0, terms.short(index), size=SMALL, weight="bold", va="bottom")
        if position == 0:
            per_inch = len(years[index]) / wide
            for line, slug in enumerate(order):
                if slug:
                    axes.text(
                        -0.06 * per_inch, line + 0.5, names[slug], size=SMALL, ha="right",
                        va="center",
                    )  # fmt: skip
        if last:
            _region_names(axes, blocks, row, len(years[index]) / wide)
        start += wide + gap
    told = []
    for index in indices:
        part = coverage[coverage["index"].eq(index)]
        counts = part["status"].value_counts()
        amounts = ", ".join(
            language.text(
                "{what}: {n}", what=language.text(text), n=language.number(counts[status], 0)
            )
            for status, (text, _) in _STATUS.items()
            if counts.get(status, 0)
        )
        both = part[part["status"].eq("score_and_rank")].groupby("year").size()
        by_year = ", ".join(
            f"{year}: {language.number(both.get(year, 0), 0)}" for year in years[index]
        )
        told.append(
            language.text(
                "{index}, {n} cells: {amounts}. Score and place by year: {by_year}.",
                index=terms.short(index),
                n=language.number(len(part), 0),
                amounts=amounts,
                by_year=by_year,
            )
        )
    if caption is None:
        caption = language.text(
            "What is known of each province in each index year, by region. What is known is no "
            "random part: leaders and last places are reported more often."
        )
    return sheet.chart(id, " ".join(told), caption, synthetic=invented(coverage))


def _by_region(provinces: pd.DataFrame, language: Language) -> list[tuple[str, list[str]]]:
    """Regions in their usual order with their provinces by the Vietnamese alphabet."""
    require_columns(provinces, ["province_id", "region_id", "name_vi"], "provinces")
    rows = provinces.to_dict("records")
    blocks = []
    known = region_labels(language)
    for region in [*known, ""]:
        part = [r for r in rows if (r["region_id"] if r["region_id"] in known else "") == region]
        if part:
            ordered = language.sorted(part, key=lambda r: str(r["name_vi"]))
            blocks.append((known.get(region, ""), [str(r["province_id"]) for r in ordered]))
    return blocks


def _region_names(
    axes: Axes, blocks: Sequence[tuple[str, list[str]]], row: float, per_inch: float
) -> None:
    line, right = 0.0, axes.get_xlim()[1]
    for name, members in blocks:
        room = row * (len(members) + 0.6)
        lines = wrapped(name, room)
        if len(lines) > 2 or any(text_width(text) > room for text in lines):
            lines = []  # a region of one or two rows: its name would run into the next
        for position, text in enumerate(reversed(lines)):  # turned text: the next line is left
            axes.text(
                right + (0.12 + 0.16 * position) * per_inch, line + len(members) / 2, text,
                size=SMALL, color=GREY, rotation=270, ha="center", va="center",
            )  # fmt: skip
        line += len(members) + 1
