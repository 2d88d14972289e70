"""Which provinces have figures in which years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._drawn import Caption, drawn
from parstudy.charts._fit import text_width, wrapped
from parstudy.charts._sheet import LINE, Key, Sheet, invented
from parstudy.charts._units import region_labels, unit_names
from parstudy.display import terms
from parstudy.display.chart import GREY, LIGHT, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language, defer
from parstudy.errors import ParstudyError
from parstudy.records import records

_STATUS = {
    "score_and_rank": (defer("score and rank"), "#08406b"),
    "rank": (defer("only the rank"), "#3d8fd1"),
    "score": (defer("only the score"), "#e69f00"),
    "bound": (defer("only a bound or the group"), "#f3d9a0"),
    "change_only": (defer("only implied by a change"), "#c4c4c4"),
    "nothing": (defer("nothing"), "#f4f4f4"),
}
_ROW, _GAP = 0.15, 0.09  # inches: height of a row, room between indices


@drawn
def coverage_heatmap(
    coverage: pd.DataFrame,
    provinces: pd.DataFrame,
    language: Language,
    *,
    id: str = "coverage",
    caption: Caption = None,
) -> Chart:
    """Draw what is known: one row per province by region, one column per index and year.

    Parameters
    ----------
    coverage : DataFrame
        ``index_id, year, province_id, status`` with the statuses ``score_and_rank, rank, score,
        bound, change_only, nothing``.
    provinces : DataFrame
        Table ``provinces`` of the geography, with ``region_id``.

    Raises
    ------
    ParstudyError
        ``nothing_to_show``, ``missing_column``, ``unknown_status``.
    """
    _require_statuses(coverage, f"chart {id}")
    blocks = _by_region(provinces, language)
    names = unit_names(provinces, language)
    # an empty row between regions: the heat map shows nothing there
    order = [slug for _, members in blocks for slug in ("", *members)][1:]
    parts = {str(index): part for index, part in coverage.groupby("index_id")}
    years = {index: sorted(part["year"].unique()) for index, part in parts.items()}
    left, right = max(map(text_width, names.values())) + 0.1, 0.46
    cell = (WIDTH - left - right - _GAP * (len(parts) - 1)) / sum(map(len, years.values()))
    sheet = Sheet()
    sheet.legend(_keys(coverage, language))
    start = left
    for index, part in parts.items():
        wide = cell * len(years[index])
        last = index == max(parts)
        axes = sheet.beside(
            _ROW * len(order), left=start, right=WIDTH - start - wide, top=0.62,
            move_on=0.0 if last else None,
        )  # fmt: skip
        _draw_cells(axes, part, order, years[index])
        _year_axis(axes, years[index], cell)
        axes.text(0.0, -3.0, terms.short(index), size=SMALL, weight="bold", va="bottom")
        if index == min(parts):
            _province_names(axes, [names.get(slug, "") for slug in order], 1 / cell)
        if last:
            _region_names(axes, blocks, 1 / cell)
        start += wide + _GAP
    return sheet.chart(
        id,
        " ".join(_words(index, part, language) for index, part in parts.items()),
        caption or _what_is_known(parts, language),
        synthetic=invented(coverage),
    )


def _what_is_known(parts: Mapping[str, pd.DataFrame], language: Language) -> str:
    """How often score and place are both known, and how the picture is read."""
    said = [
        language.text(
            "{index}: score and rank are known {n} times of {all}.",
            index=terms.short(index),
            n=language.number(int(part["status"].eq("score_and_rank").sum()), 0),
            all=language.number(len(part), 0),
        )
        for index, part in parts.items()
    ]
    said.append(
        language.text(
            "Each cell is a province in an index year, by region. What is known is no random "
            "part: leaders and last places are reported more often."
        )
    )
    return " ".join(said)


def _require_statuses(coverage: pd.DataFrame, place: str) -> None:
    require_columns(coverage, ["index_id", "year", "province_id", "status"], place)
    strange = sorted(set(coverage["status"]) - set(_STATUS))
    if strange:
        raise ParstudyError(
            "unknown_status",
            "unknown status",
            place=place,
            found=", ".join(strange),
            expected=", ".join(_STATUS),
        )


def _by_region(provinces: pd.DataFrame, language: Language) -> list[tuple[str, list[str]]]:
    """Regions in their usual order with their provinces by the Vietnamese alphabet."""
    require_columns(provinces, ["province_id", "region_id", "name_vi"], "provinces")
    rows = records(provinces)
    blocks = []
    known = region_labels(language)
    for region in [*known, ""]:
        part = [r for r in rows if (r["region_id"] if r["region_id"] in known else "") == region]
        if part:
            ordered = language.sorted(part, key=lambda r: str(r["name_vi"]))
            blocks.append((known.get(region, ""), [str(r["province_id"]) for r in ordered]))
    return blocks


def _keys(coverage: pd.DataFrame, language: Language) -> list[Key]:
    seen = set(coverage["status"])
    return [
        Key(language.text(text), patch={"facecolor": colour, "edgecolor": LIGHT, "lw": 0.5})
        for status, (text, colour) in _STATUS.items()
        if status in seen
    ]


def _draw_cells(axes: Axes, part: pd.DataFrame, order: list[str], years: list[int]) -> None:
    """Cells of one index, a row per province and a column per year."""
    import seaborn as sns
    from matplotlib.colors import ListedColormap

    codes = {status: code for code, status in enumerate(_STATUS)}
    grid = part.assign(code=part["status"].map(codes)).pivot_table(
        index="province_id", columns="year", values="code", aggfunc="first"
    )
    sns.heatmap(
        grid.reindex(index=order, columns=years).astype(float), ax=axes, cbar=False,
        cmap=ListedColormap([colour for _, colour in _STATUS.values()]), vmin=-0.5,
        vmax=len(codes) - 0.5, linewidths=0.6, linecolor="white", xticklabels=False,
        yticklabels=False,
    )  # fmt: skip
    axes.set_xlabel("")
    axes.set_ylabel("")
    for side in axes.spines.values():
        side.set_visible(False)


def _year_axis(axes: Axes, years: Sequence[int], cell: float) -> None:
    """Years above their columns, every other one where columns are narrower than a line."""
    every = 1 if cell > LINE * 0.9 else 2
    shown = range((len(years) - 1) % every, len(years), every)
    axes.xaxis.tick_top()
    axes.set_xticks(
        [i + 0.5 for i in shown], [str(years[i]) for i in shown], rotation=90, size=SMALL
    )
    axes.tick_params(length=0, pad=2)


def _province_names(axes: Axes, names: Sequence[str], per_inch: float) -> None:
    for line, name in enumerate(names):
        if name:
            axes.text(-0.06 * per_inch, line + 0.5, name, size=SMALL, ha="right", va="center")


def _region_names(axes: Axes, blocks: Sequence[tuple[str, list[str]]], per_inch: float) -> None:
    line, right = 0.0, axes.get_xlim()[1]
    for name, members in blocks:
        room = _ROW * (len(members) + 0.6)
        lines = wrapped(name, room)
        if len(lines) > 2 or any(text_width(text) > room for text in lines):
            lines = []  # a region of one or two rows: its name would run into the next
        for position, text in enumerate(reversed(lines)):  # turned text: the next line is left
            axes.text(
                right + (0.12 + 0.16 * position) * per_inch, line + len(members) / 2, text,
                size=SMALL, color=GREY, rotation=270, ha="center", va="center",
            )  # fmt: skip
        line += len(members) + 1


def _words(index: str, part: pd.DataFrame, language: Language) -> str:
    """How many cells of an index have which status, and how many have both in each year."""
    counts = part["status"].value_counts()
    amounts = ", ".join(
        language.text("{what}: {n}", what=language.text(text), n=language.number(counts[status], 0))
        for status, (text, _) in _STATUS.items()
        if status in counts
    )
    both = part["status"].eq("score_and_rank").groupby(part["year"]).sum()
    return language.text(
        "{index}, {n} cells: {amounts}. Score and rank by year: {by_year}.",
        index=terms.short(index),
        n=language.number(len(part), 0),
        amounts=amounts,
        by_year=", ".join(f"{year}: {language.number(n, 0)}" for year, n in both.items()),
    )
