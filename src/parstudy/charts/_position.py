"""Where one province stands among all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawn import drawn, nothing_known
from parstudy.charts._fit import spread, text_width
from parstudy.charts._sheet import LINE, Key, Sheet, bare, invented
from parstudy.charts._units import (
    OTHER,
    known_words,
    one_release,
    out_of,
    score_axis,
    score_limits,
    score_unit,
    score_words,
    unit_names,
)
from parstudy.display.chart import BLUE, GREY, INK, LIGHT, RED, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

    from parstudy.display.words import Language

_DOT = 0.095  # inches across


def swarm(positions: Sequence[float], size: float) -> list[float]:
    """Heights of dots on a line so that none covers another.

    Parameters
    ----------
    positions : sequence of float
        Places along the line, in the unit of ``size``.
    size : float
        Diameter of a dot.

    Returns
    -------
    list of float
        Height above (positive) or below the line, in the same order; deterministic.
    """
    placed: list[tuple[float, float]] = []
    heights = [0.0] * len(positions)
    for i in sorted(range(len(positions)), key=lambda i: (positions[i], i)):
        near = [(x, y) for x, y in placed if positions[i] - x < size]
        options = [0.0]
        for x, y in near:
            reach = (size**2 - (positions[i] - x) ** 2) ** 0.5
            options += [y + reach, y - reach]
        free = [
            option
            for option in options
            if all((positions[i] - x) ** 2 + (option - y) ** 2 >= size**2 * 0.999 for x, y in near)
        ]
        heights[i] = min(free, key=lambda option: (round(abs(option), 9), -option))
        placed.append((positions[i], heights[i]))
    return heights


@drawn
def position_strip(
    scores_of_year: pd.DataFrame,
    province_id: str | None,
    language: Language,
    provinces: pd.DataFrame | None = None,
    *,
    thresholds: pd.DataFrame | None = None,
    n_neighbours: int = 2,
    id: str = "position",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw every province with a known score as a dot on a line; name one and its neighbours.

    Parameters
    ----------
    scores_of_year : DataFrame
        Rows of ``scores`` of one index, year and component: ``province_id, score, decimals,
        rank_published, n_ranked``.
    province_id : str or None
        The province to stress, if any. If its score is not known the picture says so.
    language : Language
        Language of the picture.
    provinces : DataFrame, optional
        Table ``provinces`` of the geography of the year, for the names; without it the column
        ``name`` of ``scores_of_year`` is used.
    thresholds : DataFrame, optional
        ``group, from_percent`` of the year, drawn as lines; may be empty.
    n_neighbours : int
        How many provinces to name on either side.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no score is known, ``missing_column``, ``mixed_rows``.
    """
    place = f"chart {id}"
    if thresholds is not None and thresholds.empty:
        thresholds = None  # those of the year were not found
    frame = one_release(scores_of_year, ["score", "rank_published"], place)
    names = unit_names(provinces, language, frame)
    known = frame[frame["score"].notna()].sort_values(["score", "province_id"])
    if known.empty:
        raise nothing_known(id, "no known score")
    known = known.reset_index(drop=True)
    n, of = len(known), out_of(frame, provinces)
    own = known.index[known["province_id"].eq(province_id or "")]
    left = right = 0.2
    width = WIDTH - left - right
    low, high = score_limits(known["score"])
    inches = [(score - low) / (high - low) * width for score in known["score"]]
    heights = swarm(inches, _DOT)

    if len(own):
        at = int(own[0])
        named = list(range(max(0, at - n_neighbours), min(n, at + n_neighbours + 1)))
    else:
        at, named = -1, []
    labels = {i: names.get(known["province_id"][i], known["province_id"][i]) for i in range(n)}
    values = {i: _value(row, language) for i, row in enumerate(known.to_dict("records"))}
    above = _placed(named, at, labels, values, inches, width)
    ends = [i for i in dict.fromkeys((0, n - 1)) if i not in named]
    below = _placed(ends, -1, labels, values, inches, width)

    sheet = Sheet()
    if len(own):
        sheet.legend(_strip_keys(labels[at], n, language))
    reach = max(max(map(abs, heights)) + _DOT, 0.2)
    top = reach + (0.62 if above else 0.05) + (0.2 if thresholds is not None else 0.0)
    bottom = reach + (0.6 if below else 0.06)
    axes = sheet.panel(top + bottom, left=left, right=right, bottom=0.42)
    axes.set_xlim(low, high)
    axes.set_ylim(-bottom, top)
    bare(axes)
    score_axis(axes, language)
    axes.set_xlabel(score_unit(frame, language))
    if thresholds is not None:
        _group_lines(axes, thresholds, low, high, width, language)
    others = [i for i in range(n) if i != at]
    axes.scatter(
        known["score"].iloc[others], [heights[i] for i in others], s=(_DOT * 72) ** 2 * 0.86,
        color=[BLUE if i in named else OTHER for i in others], linewidths=0, zorder=3,
        gid="known",
    )  # fmt: skip
    if at >= 0:
        axes.scatter(
            [known["score"][at]], [heights[at]], s=(_DOT * 72) ** 2 * 1.9, color=RED,
            edgecolors="white", linewidths=1, zorder=5, gid="own",
        )  # fmt: skip
    per_inch = (high - low) / width
    for marks, sign in ((above, 1), (below, -1)):
        for i, x in marks:
            y = sign * (reach + 0.14)
            colour = RED if i == at else INK
            axes.plot(
                [known["score"][i], low + x * per_inch], [heights[i], y], color=LIGHT, lw=0.8,
                zorder=2,
            )  # fmt: skip
            for line, text in enumerate((labels[i], values[i])[::sign]):
                axes.text(
                    low + x * per_inch, y + sign * (0.1 + line * LINE), text, size=SMALL,
                    color=colour, weight="bold" if i == at else "normal", ha="center",
                    va="center", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
                )  # fmt: skip
    absent = ""
    if at < 0 and province_id is not None:
        absent = language.text(
            "The score of {name} was not found.", name=names.get(province_id, province_id)
        )
    sheet.note(known_words(n, of, language), absent)
    alt = [
        language.text(
            "Scores of {n} provinces on a line, from {low} ({lowest}) to {high} ({highest}).",
            n=language.number(n, 0),
            low=score_words(known.iloc[0], language),
            lowest=labels[0],
            high=score_words(known.iloc[-1], language),
            highest=labels[n - 1],
        )
    ]
    if at >= 0:
        alt.append(language.text("{name}: {value}.", name=labels[at], value=values[at]))
        near = [
            language.text("{name} {value}", name=labels[i], value=values[i])
            for i in reversed(named)
            if i != at
        ]
        if near:
            alt.append(language.text("Nearest: {names}.", names="; ".join(near)))
    alt += [text for text in (known_words(n, of, language), absent) if text]
    if caption is None:
        caption = language.text(
            "All provinces with a known score, each a dot; best on the right. With each name: "
            "place and score."
        )
    return sheet.chart(id, " ".join(alt), caption, synthetic=invented(frame))


def _strip_keys(name: str, n: int, language: Language) -> list[Key]:
    dot: dict[str, Any] = {"marker": "o", "markersize": 6.5, "linestyle": "None"}
    keys = [Key(name, line={**dot, "markersize": 8.5, "color": RED})]
    if n > 1:
        keys.append(Key(language.text("next to it"), line={**dot, "color": BLUE}))
        keys.append(Key(language.text("another province"), line={**dot, "color": OTHER}))
    return keys


def _value(row: Mapping[Any, Any], language: Language) -> str:
    if pd.isna(row["rank_published"]):
        return score_words(row, language)
    return f"{language.number(row['rank_published'], 0)} · {score_words(row, language)}"


def _placed(
    chosen: list[int],
    centre: int,
    labels: Mapping[int, str],
    values: Mapping[int, str],
    inches: Sequence[float],
    width: float,
) -> list[tuple[int, float]]:
    """Positions of labels along the line; names far from the centre go when room is short."""
    chosen = list(chosen)
    while chosen:
        wide = [
            0.12 + max(text_width(text, SMALL, "bold" if i == centre else "normal")
                       for text in (labels[i], values[i]))
            for i in chosen
        ]  # fmt: skip
        if sum(wide) <= width + 0.24:
            centres = spread([inches[i] + 0.12 for i in chosen], wide, width + 0.24)
            return [(i, x - 0.12) for i, x in zip(chosen, centres, strict=True)]
        ends = (chosen[0], chosen[-1])
        farther = max(ends, key=lambda i: abs(i - centre))
        chosen.remove(farther)
    return []


def _group_lines(
    axes: Axes,
    thresholds: pd.DataFrame,
    low: float,
    high: float,
    width: float,
    language: Language,
) -> None:
    require_columns(thresholds, ["group", "from_percent"], "thresholds")
    rows = thresholds.dropna(subset=["from_percent"]).sort_values("from_percent")
    edges = [*rows["from_percent"], float("inf")]
    top = axes.get_ylim()[1]
    for name, start, end in zip(rows["group"], edges, edges[1:], strict=False):
        if low < start < high:
            axes.axvline(start, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1)
        left, right = max(start, low), min(end, high)
        text = language.text("group {name}", name=name)
        if (right - left) / (high - low) * width > text_width(text) + 0.05:
            axes.text(
                (left + right) / 2, top - 0.02, text, size=SMALL, color=GREY, ha="center", va="top"
            )
