"""Where one province stands among all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.axes import Axes

from parstudy.charts._drawn import Caption, drawn, nothing_known
from parstudy.charts._fit import spread, text_width
from parstudy.charts._marks import Data
from parstudy.charts._sheet import LINE, Key, Sheet, bare, invented
from parstudy.charts._units import (
    OTHER,
    known_words,
    one_release,
    out_of,
    score_axis,
    score_limits,
    score_said,
    score_unit,
    score_words,
    unit_names,
    unsure,
    unsure_note,
)
from parstudy.display import terms
from parstudy.display.chart import BLUE, GREY, INK, LIGHT, OWN, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns
from parstudy.display.words import Language
from parstudy.records import records

_DOT = 0.095  # inches across
_SIDE = 0.2
_WIDTH = WIDTH - 2 * _SIDE


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

    Examples
    --------
    >>> swarm([0.0, 0.0, 5.0], 1.0)
    [0.0, 1.0, 0.0]
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
    caption: Caption = None,
) -> Chart:
    """Draw every province with a known score as a dot on a line; name one and its neighbours.

    Parameters
    ----------
    scores_of_year : DataFrame
        Rows of ``scores`` of one index, year and component: ``province_id, score, decimals,
        rank_published, n_ranked``; by ``certainty``, if it is there, dots of figures that are
        derived or doubtful have a white middle.
    province_id : str or None
        The province to stress, if any. If its score is not known the picture says so.
    provinces : DataFrame, optional
        Table ``provinces`` of the geography of the year, for the names; without it the column
        ``name`` of ``scores_of_year`` is used.
    thresholds : DataFrame, optional
        ``group, from_percent`` of the year, drawn as lines; may be empty.
    n_neighbours : int
        How many provinces to name on either side.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no score is known, ``missing_column``, ``mixed_rows``.
    """
    if thresholds is not None and thresholds.empty:
        thresholds = None  # those of the year were not found
    frame = one_release(scores_of_year, ["score", "rank_published"], f"chart {id}")
    names = unit_names(provinces, language, frame)
    known = frame[frame["score"].notna()].sort_values(["score", "province_id"], ignore_index=True)
    if known.empty:
        raise nothing_known(id, "no known score")
    line = _Line(
        known["score"].tolist(),
        known.index[known["province_id"].eq(province_id or "")].tolist(),
        n_neighbours,
        [names.get(slug, slug) for slug in known["province_id"]],
        [_value(row, language) for row in records(known)],
        [_said(row, language) for row in records(known)],
        known.index[unsure(known)].tolist(),
    )
    above, below = line.placed(line.named), line.placed(line.ends)
    sheet = Sheet()
    if line.own:
        sheet.legend(_keys(line, language))
    reach = max(max(map(abs, line.heights)) + _DOT, 0.2)
    top = reach + (0.62 if above else 0.05) + (0.2 if thresholds is not None else 0.0)
    bottom = reach + (0.6 if below else 0.06)
    axes = sheet.panel(top + bottom, left=_SIDE, right=_SIDE, bottom=0.42)
    axes.set_xlim(*line.limits)
    axes.set_ylim(-bottom, top)
    bare(axes)
    score_axis(axes, language, score_unit(frame, language))
    if thresholds is not None:
        _group_lines(axes, thresholds, language)
    _draw_dots(axes, line)
    _write_names(axes, line, above, reach)
    _write_names(axes, line, below, -reach)
    found = _finding(line, known, language)
    usual = language.text(
        "All provinces with a known score, each a dot; best on the right. With each name: rank "
        "and score."
    )
    return sheet.chart(
        id,
        f"{found} {_words(line, known, language)}",
        caption or f"{found} {usual}",
        [
            known_words(len(known), out_of(frame, provinces), language),
            *_notes(
                line, None if province_id is None else names.get(province_id, province_id), language
            ),
        ],
        synthetic=invented(frame),
    )


def _notes(line: _Line, wanted: str | None, language: Language) -> Iterator[str]:
    """That the score of the province wanted is not known; which scores are not sure."""
    if wanted is not None and not line.own:
        yield language.text("The score of {name} was not found.", name=wanted)
    yield unsure_note([line.names[i] for i in line.unsure], language)


def _value(row: Data, language: Language) -> str:
    if pd.isna(row["rank_published"]):
        return score_words(row, language)
    return f"{language.number(row['rank_published'], 0)} · {score_words(row, language)}"


def _said(row: Data, language: Language) -> str:
    """Rank and score as the text alternative has them, with their units."""
    if pd.isna(row["rank_published"]):
        return score_said(row, language)
    rank = language.number(row["rank_published"], 0)
    return language.text("rank {rank}, {score}", rank=rank, score=score_said(row, language))


@dataclass(frozen=True)
class _Line:
    """Dots on a line, from the lowest score to the highest; dots are known by their position."""

    scores: list[float]
    own: list[int]  # the one that is stressed, if any
    n_neighbours: int
    names: list[str]
    values: list[str]
    said: list[str]
    unsure: list[int]  # derived or doubtful

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Scores at the ends."""
        return score_limits(pd.Series(self.scores))

    @property
    def per_inch(self) -> float:
        """Points of score in an inch."""
        return (self.limits[1] - self.limits[0]) / _WIDTH

    @cached_property
    def inches(self) -> list[float]:
        """Where the dots are along the line."""
        low, high = self.limits
        return [(score - low) / (high - low) * _WIDTH for score in self.scores]

    @cached_property
    def heights(self) -> list[float]:
        """How far above the line the dots are, in inches."""
        return swarm(self.inches, _DOT)

    @property
    def named(self) -> list[int]:
        """The stressed one and its neighbours."""
        return [
            i
            for at in self.own
            for i in range(len(self.scores))
            if abs(i - at) <= self.n_neighbours
        ]

    @property
    def ends(self) -> list[int]:
        """The lowest and the highest, unless they are named already."""
        return sorted({0, len(self.scores) - 1} - set(self.named))

    def placed(self, chosen: list[int]) -> list[tuple[int, float]]:
        """Where labels stand along the line; for want of room the farthest ones go."""
        centre = next((i for i in self.own if i in chosen), -1)
        chosen = list(chosen)
        while chosen:
            wide = [
                0.12 + max(text_width(text, SMALL, self.weight(i))
                           for text in (self.names[i], self.values[i]))
                for i in chosen
            ]  # fmt: skip
            if sum(wide) <= _WIDTH + 0.24:
                centres = spread([self.inches[i] + 0.12 for i in chosen], wide, _WIDTH + 0.24)
                return [(i, x - 0.12) for i, x in zip(chosen, centres, strict=True)]
            chosen.remove(max(chosen[0], chosen[-1], key=lambda i: abs(i - centre)))
        return []

    def weight(self, i: int) -> str:
        """Weight of a label."""
        return "bold" if i in self.own else "normal"


def _keys(line: _Line, language: Language) -> list[Key]:
    dot = {"marker": "o", "markersize": 6.5, "linestyle": "None"}
    keys = [Key(line.names[i], line={**dot, "markersize": 8.5, "color": OWN}) for i in line.own]
    if len(line.scores) > 1:
        keys.append(Key(language.text("next to it"), line={**dot, "color": BLUE}))
        keys.append(Key(language.text("another province"), line={**dot, "color": OTHER}))
    return keys


def _group_lines(axes: Axes, thresholds: pd.DataFrame, language: Language) -> None:
    """Lines between the groups, and their names where there is room."""
    require_columns(thresholds, ["group", "from_percent"], "thresholds")
    rows = thresholds.dropna(subset=["from_percent"]).sort_values("from_percent")
    edges = [*rows["from_percent"], float("inf")]
    low, high = axes.get_xlim()
    top = axes.get_ylim()[1]
    for name, start, end in zip(rows["group"], edges, edges[1:], strict=False):
        if low < start < high:
            axes.axvline(start, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1)
        left, right = max(start, low), min(end, high)
        text = language.text("group {name}", name=terms.group_word(language, str(name)))
        if (right - left) / (high - low) * _WIDTH > text_width(text) + 0.05:
            axes.text(
                (left + right) / 2, top - 0.02, text, size=SMALL, color=GREY, ha="center", va="top"
            )


def _draw_dots(axes: Axes, line: _Line) -> None:
    others = [i for i in range(len(line.scores)) if i not in line.own]
    colours = [BLUE if i in line.named else OTHER for i in others]
    size = (_DOT * 72) ** 2
    axes.scatter(
        [line.scores[i] for i in others], [line.heights[i] for i in others], s=size * 0.86,
        color=colours, linewidths=0, zorder=3, gid="known",
    )  # fmt: skip
    for i in line.own:
        axes.scatter(
            [line.scores[i]], [line.heights[i]], s=size * 1.9, color=OWN, edgecolors="white",
            linewidths=1, zorder=5, gid="own",
        )  # fmt: skip
    if line.unsure:
        axes.scatter(
            [line.scores[i] for i in line.unsure], [line.heights[i] for i in line.unsure],
            s=size * 0.22, color="white", linewidths=0, zorder=6, gid="unsure",
        )  # fmt: skip


def _write_names(
    axes: Axes, line: _Line, placed: Sequence[tuple[int, float]], reach: float
) -> None:
    """Names and values above the dots, or below them where ``reach`` is negative."""
    sign = 1 if reach > 0 else -1
    y = reach + sign * 0.14
    for i, inches in placed:
        x = line.limits[0] + inches * line.per_inch
        axes.plot([line.scores[i], x], [line.heights[i], y], color=LIGHT, lw=0.8, zorder=2)
        for step, text in enumerate((line.names[i], line.values[i])[::sign]):
            axes.text(
                x, y + sign * (0.1 + step * LINE), text, size=SMALL, ha="center", va="center",
                color=OWN if i in line.own else INK, weight=line.weight(i),
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip


def _finding(line: _Line, known: pd.DataFrame, language: Language) -> str:
    """How many scores are higher than that of the province, else the ends of the line."""
    n = language.number(len(known), 0)
    if line.own:
        own = line.own[0]
        above = sum(score > line.scores[own] for score in line.scores)
        said = (
            language.text(
                "{k} of {n} provinces with a known score stand above {name}.",
                k=language.number(above, 0), n=n, name=line.names[own],
            )
            if above
            else language.text(
                "{name} has the highest score of the {n} provinces known.",
                name=line.names[own], n=n,
            )
        )  # fmt: skip
    else:
        said = language.text(
            "{n} provinces with a known score, from {lowest} ({low}) to {highest} ({high}).",
            n=n,
            lowest=line.names[0],
            low=score_said(known.iloc[0], language),
            highest=line.names[-1],
            high=score_said(known.iloc[-1], language),
        )
    index = terms.short(str(known["index_id"].iloc[0])) if "index_id" in known else ""
    return f"{index}: {said}" if index else said


def _words(line: _Line, known: pd.DataFrame, language: Language) -> str:
    """The ends of the line, who is stressed, and who is near."""
    told = [
        language.text(
            "Scores of {n} provinces on a line, from {low} ({lowest}) to {high} ({highest}).",
            n=language.number(len(known), 0),
            low=score_said(known.iloc[0], language),
            lowest=line.names[0],
            high=score_said(known.iloc[-1], language),
            highest=line.names[-1],
        )
    ]
    for i in line.own:
        told.append(language.text("{name}: {value}.", name=line.names[i], value=line.said[i]))
    near = [
        language.text("{name} ({value})", name=line.names[i], value=line.said[i])
        for i in reversed(line.named)
        if i not in line.own
    ]
    if near:
        told.append(language.text("Nearest: {names}.", names="; ".join(near)))
    return " ".join(told)
