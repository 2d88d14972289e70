"""Charts of all provinces in one year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from parstudy import criteria
from parstudy.display._drawing import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    LINE,
    ORANGE,
    PALE,
    RED,
    SMALL,
    WIDTH,
    Chart,
    Key,
    Sheet,
    bare,
    drawn,
    spread,
    text_width,
    wrapped,
)
from parstudy.display.tables import require_columns
from parstudy.display.words import defer
from parstudy.errors import ParstudyError
from parstudy.provinces import regions as all_regions

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

    from parstudy.display.words import Language

_DOT = 0.095  # inches across
_OTHER = "#8fa3b5"
_TILE_TEXT = 8.4


def _one_release(frame: pd.DataFrame, columns: Sequence[str], place: str) -> pd.DataFrame:
    require_columns(frame, ["province_id", *columns], place)
    for key in ("index", "year", "component"):
        if key in frame and frame[key].nunique() > 1:
            raise ParstudyError(
                "mixed_rows",
                "rows of more than one release",
                place=place,
                found=f"{key} {', '.join(map(str, sorted(frame[key].unique())))}",
                expected="one index, one year, one component",
            )
    if frame["province_id"].duplicated().any():
        twice = frame.loc[frame["province_id"].duplicated(), "province_id"]
        raise ParstudyError(
            "mixed_rows", "two rows for one province", place=place, found=", ".join(sorted(twice))
        )
    return frame


def _nothing(place: str, what: str) -> ParstudyError:
    return ParstudyError(
        "nothing_to_show",
        what,
        place=place,
        advice="Say in words that there is nothing to show",
    )


def _names(
    provinces: pd.DataFrame | None, language: Language, frame: pd.DataFrame | None = None
) -> dict[str, str]:
    """Names by slug: from the table of provinces, else from a column ``name`` of the frame."""
    if provinces is None:
        if frame is None or "name" not in frame:
            return {}
        return dict(zip(frame["province_id"], frame["name"], strict=True))
    require_columns(provinces, ["province_id", "name_vi", "name_en"], "provinces")
    return {row["province_id"]: language.province(row) for row in provinces.to_dict("records")}


def _unit(frame: pd.DataFrame, language: Language) -> str:
    """Title of a score axis."""
    index = frame["index"].iloc[0] if "index" in frame else ""
    try:
        known = criteria.index(index)
    except ParstudyError:
        return language.text("score")
    if known.unit == "percent":
        return language.text("{index} score, percent", index=known.short)
    return language.text("{index} score, points", index=known.short)


def _known(k: int, n: int, language: Language) -> str:
    return language.ntext(
        "Known: {n} of {all} provinces.",
        "Known: {n} of {all} provinces.",
        k,
        all=language.number(n, 0),
    )


def _out_of(frame: pd.DataFrame, provinces: pd.DataFrame | None) -> int:
    """Number of provinces ranked, or in the geography where that is not printed."""
    ranked = frame["n_ranked"].dropna() if "n_ranked" in frame else pd.Series(dtype=float)
    if len(ranked):
        return int(ranked.max())
    return len(frame) if provinces is None else len(provinces)


def _score_axis(axes: Axes, language: Language) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(
        lambda value, _: language.number(
            value, next((d for d in (0, 1, 2) if abs(value - round(value, d)) < 1e-9), 3)
        )
    )


def _decimals(row: Mapping[Any, Any]) -> Any:
    return row.get("decimals", 2)


# --- position among all --------------------------------------------------------------------------


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
    frame = _one_release(scores_of_year, ["score", "rank_published"], place)
    names = _names(provinces, language, frame)
    known = frame[frame["score"].notna()].sort_values(["score", "province_id"])
    if known.empty:
        raise _nothing(place, "no known score")
    known = known.reset_index(drop=True)
    n, of = len(known), _out_of(frame, provinces)
    own = known.index[known["province_id"].eq(province_id or "")]
    left = right = 0.2
    width = WIDTH - left - right
    low, high = _limits(known["score"])
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
    _score_axis(axes, language)
    axes.set_xlabel(_unit(frame, language))
    if thresholds is not None:
        _group_lines(axes, thresholds, low, high, width, language)
    others = [i for i in range(n) if i != at]
    axes.scatter(
        known["score"].iloc[others], [heights[i] for i in others], s=(_DOT * 72) ** 2 * 0.86,
        color=[BLUE if i in named else _OTHER for i in others], linewidths=0, zorder=3,
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
    sheet.note(_known(n, of, language), absent)
    alt = [
        language.text(
            "Scores of {n} provinces on a line, from {low} ({lowest}) to {high} ({highest}).",
            n=language.number(n, 0),
            low=_score(known.iloc[0], language),
            lowest=labels[0],
            high=_score(known.iloc[-1], language),
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
    alt += [text for text in (_known(n, of, language), absent) if text]
    if caption is None:
        caption = language.text(
            "All provinces with a known score, each a dot; best on the right. With each name: "
            "place and score."
        )
    return Chart(id, sheet.done(frame), " ".join(alt), caption)


def _strip_keys(name: str, n: int, language: Language) -> list[Key]:
    dot: dict[str, Any] = {"marker": "o", "markersize": 6.5, "linestyle": "None"}
    keys = [Key(name, line={**dot, "markersize": 8.5, "color": RED})]
    if n > 1:
        keys.append(Key(language.text("next to it"), line={**dot, "color": BLUE}))
        keys.append(Key(language.text("another province"), line={**dot, "color": _OTHER}))
    return keys


def _limits(values: pd.Series[float]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    # a quarter point, or a hundredth on a short scale such as 0 to 1
    pad = max((high - low) * 0.04, min(0.25, abs(high) * 0.01)) or 0.25
    return low - pad, high + pad


def _score(row: pd.Series[Any] | Mapping[Any, Any], language: Language) -> str:
    return language.number(row["score"], row.get("decimals", 2))


def _value(row: Mapping[Any, Any], language: Language) -> str:
    if pd.isna(row["rank_published"]):
        return _score(row, language)
    return f"{language.number(row['rank_published'], 0)} · {_score(row, language)}"


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


# --- ranking -------------------------------------------------------------------------------------


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
    frame = _one_release(scores_of_year, ["score", "rank_published"], place)
    names = _names(provinces, language, frame)
    known = frame[frame["rank_published"].notna()]
    if known.empty:
        raise _nothing(place, "no known place")
    known = known.sort_values(["rank_published", "province_id"])
    of = _out_of(frame, provinces)
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
    low, high = _limits(scores) if len(scores) else (0.0, 1.0)
    axes.set_xlim(low, high)
    bare(axes, x=bool(len(scores)))
    _score_axis(axes, language)
    if len(scores):
        axes.set_xlabel(_unit(frame, language))
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
            1 + 0.05 / width, y, _score(row, language), transform=outside, size=SMALL,
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
        f"{names.get(row['province_id'], row['province_id'])} {_score(row, language)}"
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


# --- regions -------------------------------------------------------------------------------------


@drawn
def region_strip(
    scores_of_year: pd.DataFrame,
    provinces: pd.DataFrame,
    regions: pd.DataFrame,
    language: Language,
    *,
    highlight: str | None = None,
    id: str = "regions",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw the known scores by region, with the published mean and the mean of what is known.

    Parameters
    ----------
    scores_of_year : DataFrame
        Rows of ``scores`` of one index, year and component: ``province_id, score, decimals``.
    provinces : DataFrame
        Table ``provinces`` of the geography of the year, with ``region_id``.
    regions : DataFrame
        ``region_id, mean_published, mean_known, n_known, n_members``, in the order to be drawn.
    language : Language
        Language of the picture.
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
        ``nothing_to_show`` if neither a score nor a mean is known, ``missing_column``,
        ``mixed_rows``.
    """
    place = f"chart {id}"
    require_columns(
        regions, ["region_id", "mean_published", "mean_known", "n_known", "n_members"], place
    )
    require_columns(provinces, ["province_id", "region_id"], place)
    frame = scores_of_year
    if not frame.empty:
        frame = _one_release(frame, ["score"], place)
    names = _names(provinces, language)
    labels = _region_labels(language)
    scores = frame[frame["score"].notna()] if "score" in frame else frame
    members = dict(zip(provinces["province_id"], provinces["region_id"], strict=True))
    shown = regions[
        regions["region_id"].ne("") & (regions["mean_published"].notna() | regions["n_known"].gt(0))
    ]
    values = pd.concat([scores["score"], shown["mean_published"]]) if len(scores) else (
        shown["mean_published"]
    )  # fmt: skip
    values = values.dropna()
    if values.empty:
        raise _nothing(place, "no known score and no published mean")
    low, high = _limits(values)
    left = right = 0.15

    sheet = Sheet()
    dot: dict[str, Any] = {"marker": "o", "color": _OTHER, "markersize": 6, "linestyle": "None"}
    published: dict[str, Any] = {
        "marker": "D", "color": INK, "markersize": 8, "linestyle": "None",
    }  # fmt: skip
    partial = {**published, "markerfacecolor": "white", "markeredgewidth": 1.3}
    keys = [
        Key(language.text("a province"), line=dot),
        Key(language.text("regional mean as published"), line=published),
        Key(language.text("mean of the known scores only (partial)"), line=partial),
    ]
    own = scores[scores["province_id"].eq(highlight or "")] if len(scores) else scores
    if len(own):
        keys.insert(0, Key(names.get(highlight or "", ""), line={**dot, "color": RED}))
    sheet.legend(keys)
    row = 0.52
    axes = sheet.panel(row * len(shown), left=left, right=right, bottom=0.42)
    axes.set_xlim(low, high)
    axes.set_ylim(row * len(shown), 0)
    bare(axes)
    axes.grid(axis="x")
    _score_axis(axes, language)
    axes.set_xlabel(_unit(frame, language) if len(frame) else language.text("score"))
    told = []
    for position, region in enumerate(shown.to_dict("records")):
        y = row * position + 0.36
        count = language.text(
            "{n} of {all} known",
            n=language.number(region["n_known"], 0),
            all=language.number(region["n_members"], 0),
        )
        name = labels.get(region["region_id"], region["region_id"])
        axes.text(low, row * position + 0.12, name, size=SMALL, va="center", weight="bold")
        axes.text(
            high, row * position + 0.12, count, size=SMALL, color=GREY, ha="right", va="center"
        )
        axes.plot([low, high], [y, y], color=PALE, lw=1, zorder=1)
        if len(scores):
            part = scores[scores["province_id"].map(members).eq(region["region_id"])]
            colours = [RED if p == highlight else _OTHER for p in part["province_id"]]
            axes.scatter(
                part["score"], [y] * len(part), s=38, color=colours, linewidths=0.5,
                edgecolors="white", zorder=3, gid="known", clip_on=False,
            )  # fmt: skip
        words = [count]
        if pd.notna(region["mean_known"]):
            complete = region["n_known"] == region["n_members"]
            if not complete:
                axes.plot([region["mean_known"]], [y], zorder=4, **partial)
            words.append(
                language.text(
                    "mean of the known {mean}", mean=language.number(region["mean_known"])
                )
            )
        if pd.notna(region["mean_published"]):
            axes.plot([region["mean_published"]], [y], zorder=5, **published)
            mean = language.number(region["mean_published"])
            words.insert(0, language.text("published mean {mean}", mean=mean))
        told.append(language.text("{name}: {value}.", name=name, value=", ".join(words)))
    alt = language.text("Scores by region. {regions}", regions=" ".join(told))
    if len(own):
        value = _score(own.iloc[0], language)
        alt += " " + language.text(
            "{name}: {value}.", name=names.get(highlight or "", ""), value=value
        )
    if caption is None:
        caption = language.text(
            "Known scores of the provinces of each region. The known ones are no random sample, so "
            "their mean can differ from the published one."
        )
    return Chart(id, sheet.done(frame), alt, caption)


# --- tile map ------------------------------------------------------------------------------------


@drawn
def tile_map(
    values: pd.DataFrame | pd.Series[Any],
    provinces: pd.DataFrame,
    language: Language,
    *,
    kind: Literal["rank", "score"] = "rank",
    label: str = "",
    n_ranked: int | None = None,
    highlight: str | None = None,
    id: str = "tile-map",
    caption: str | Markup | None = None,
) -> Chart:
    """Draw one tile per province, roughly where it lies.

    Parameters
    ----------
    values : DataFrame or Series
        ``province_id, value`` and, for scores, ``decimals`` if known; or a Series with the slugs as
        index. A province that is absent or has no value is hatched.
    provinces : DataFrame
        Table ``provinces`` of one geography, with ``tile_row, tile_col``.
    language : Language
        Language of the picture.
    kind : {"rank", "score"}
        What ``value`` is: with ranks, small is dark; with scores, high is dark.
    label : str
        Title of the picture.
    n_ranked : int, optional
        Last place of the colour scale; by default the number of provinces.
    highlight : str, optional
        Province to frame.
    id, caption : str
        HTML id; text instead of the usual caption.

    Returns
    -------
    Chart

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` if no value is known, ``missing_column``, ``mixed_rows``.
    """
    from matplotlib.colors import LinearSegmentedColormap, Normalize
    from matplotlib.patches import Rectangle

    place = f"chart {id}"
    if isinstance(values, pd.Series):
        values = values.rename("value").rename_axis("province_id").reset_index()
    frame = _one_release(values, ["value"], place)
    require_columns(provinces, ["province_id", "tile_row", "tile_col"], place)
    names = _names(provinces, language)
    known = frame[frame["value"].notna() & frame["province_id"].isin(list(names))]
    if known.empty:
        raise _nothing(place, "no known value")
    records = known.set_index("province_id").to_dict("index")
    rows, cols = int(provinces["tile_row"].max()) + 1, int(provinces["tile_col"].max()) + 1
    wide, tall, gap = (WIDTH - 0.1) / cols, 0.43, 0.04
    ramp = LinearSegmentedColormap.from_list("parstudy", ["#f0f4f9", "#7fb0d8", "#0b4a82"])
    if kind == "rank":
        low, high = 1.0, float(max(n_ranked or len(provinces), known["value"].max()))
    else:
        low, high = float(known["value"].min()), float(known["value"].max())
    scale = Normalize(low, high if high > low else low + 1)

    sheet = Sheet()
    if label:
        sheet.heading(label)
    sheet.legend(_tile_keys(ramp, low, high, known, len(provinces), kind, language))
    axes = sheet.panel(rows * tall, left=0.05, right=0.05, bottom=0.05)
    axes.set_axis_off()
    axes.set_xlim(0, cols * wide)
    axes.set_ylim(rows * tall, 0)
    for unit in provinces.to_dict("records"):
        slug = unit["province_id"]
        x, y = int(unit["tile_col"]) * wide, int(unit["tile_row"]) * tall
        record = records.get(slug)
        look: dict[str, Any] = {"facecolor": "white", "edgecolor": LIGHT, "hatch": "////"}
        colour, value = GREY, language.missing
        if record is not None:
            share = float(scale(record["value"]))
            red, green, blue, _ = ramp(1 - share if kind == "rank" else share)
            dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
            look = {"facecolor": (red, green, blue), "edgecolor": "none"}
            colour = "white" if dark else INK
            value = (
                language.number(record["value"], 0)
                if kind == "rank"
                else language.number(record["value"], _decimals(record))
            )
        axes.add_patch(
            Rectangle(
                (x + gap / 2, y + gap / 2),
                wide - gap,
                tall - gap,
                lw=0.7,
                gid="known" if record is not None else "missing",
                **look,
            )
        )
        if slug == highlight:
            axes.add_patch(
                Rectangle(
                    (x + gap / 2, y + gap / 2),
                    wide - gap,
                    tall - gap,
                    fill=False,
                    lw=3,
                    edgecolor=ORANGE,
                    zorder=4,
                    gid="highlight",
                )
            )
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if record is None else None
        for dy, text, weight, size in (
            (-0.075, short_name(names[slug], wide - gap), "normal", _TILE_TEXT),
            (0.095, value, "bold", SMALL),
        ):
            axes.text(
                x + wide / 2, y + tall / 2 + dy, text, size=size,
                color=colour, weight=weight, ha="center", va="center", bbox=box, zorder=5,
            )  # fmt: skip
    note = _known(len(known), len(provinces), language)
    sheet.note(note)
    ordered = known.sort_values(["value", "province_id"], ascending=[kind == "rank", True])
    listed = "; ".join(
        f"{names[row['province_id']]} "
        + language.number(row["value"], 0 if kind == "rank" else _decimals(row))
        for row in ordered.to_dict("records")
    )
    if kind == "rank":
        alt = language.text("Tile map of places, best first: {list}.", list=listed)
    else:
        alt = language.text("Tile map of scores, highest first: {list}.", list=listed)
    if caption is None:
        caption = language.text(
            "Each tile is a province, placed roughly where it lies; hatched: not found in any "
            "source."
        )
    return Chart(id, sheet.done(frame), f"{alt} {note}", caption)


def _tile_keys(
    ramp: Any,
    low: float,
    high: float,
    known: pd.DataFrame,
    n: int,
    kind: str,
    language: Language,
) -> list[Key]:
    keys = []
    for share in (0.0, 0.5, 1.0):
        value = low + share * (high - low)
        colour = ramp(1 - share if kind == "rank" else share)
        if kind == "rank":
            text = language.text("place {place}", place=language.number(value, 0))
        else:
            text = language.number(value)
        keys.append(Key(text, patch={"facecolor": colour, "edgecolor": LIGHT, "lw": 0.5}))
        if high <= low:
            break
    if len(known) < n:
        hatched = {"facecolor": "white", "edgecolor": LIGHT, "hatch": "//////", "lw": 0.7}
        keys.append(Key(language.text("not known"), patch=hatched))
    return keys


def short_name(name: str, width: float, size: float = _TILE_TEXT) -> str:
    """Shorten a name that does not fit: ``BR-VT``, ``TP. HCM``, ``TT Huế``.

    Parameters
    ----------
    name : str
        Full name.
    width : float
        Room in inches.
    size : float
        Size of the text in points.

    Returns
    -------
    str
    """
    if text_width(name, size) <= width:
        return name
    parts = [part.split() for part in name.replace("–", "-").split("-")]
    if len(parts) > 1:
        return "-".join("".join(word[0] for word in part) for part in parts)
    words = parts[0]
    if words[0].endswith("."):  # a title: TP. HCM
        return f"{words[0]} " + "".join(word[0] for word in words[1:])
    return "".join(word[0] for word in words[:-1]) + f" {words[-1]}"


# --- groups --------------------------------------------------------------------------------------


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
        raise _nothing(place, "no group with a known number")
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
    note = "" if n_ranked is None else _known(counted_all, n_ranked, language)
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


# --- coverage ------------------------------------------------------------------------------------

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
    names = _names(provinces, language)
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
        axes.text(0.0, -3.0, _index_name(index), size=SMALL, weight="bold", va="bottom")
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
                index=_index_name(index),
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
    return Chart(id, sheet.done(coverage), " ".join(told), caption)


def _index_name(index: str) -> str:
    try:
        return criteria.index(index).short
    except ParstudyError:
        return index


def _region_labels(language: Language) -> dict[str, str]:
    return {str(row["region_id"]): language.name(row) for row in all_regions().to_dict("records")}


def _by_region(provinces: pd.DataFrame, language: Language) -> list[tuple[str, list[str]]]:
    """Regions in their usual order with their provinces by the Vietnamese alphabet."""
    require_columns(provinces, ["province_id", "region_id", "name_vi"], "provinces")
    rows = provinces.to_dict("records")
    blocks = []
    known = _region_labels(language)
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
