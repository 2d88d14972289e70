"""What charts with a row for each part share: labelled rows, intervals, notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.charts._drawing import LINE, Key, Sheet, bare, text_width, wrapped
from parstudy.display.chart import BLUE, GREY, PALE, SMALL, WIDTH, Chart
from parstudy.display.words import Language
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

_SIDE = 0.15
_TRACK = 0.2
_GAP = 0.09
_CODE = re.compile(r"[A-Z]?\d+(\.\d+)*")
REST = "(rest)"
SHOWN = 20
DOT: dict[str, Any] = {"marker": "o", "markersize": 7.5, "color": BLUE, "linestyle": "None"}


def labelled_rows(
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


def component_label(row: Mapping[Any, Any], language: Language) -> str:
    code = str(row["component"])
    name = language.name({**row, "code": code})
    if name == code or not _CODE.fullmatch(code):
        return name
    return f"{code} · {name}"


def number_axis(axes: Axes, language: Language, *, percent: bool = False, bins: int = 6) -> None:
    from matplotlib.ticker import MaxNLocator

    def written(value: float, _: object) -> str:
        places = next((k for k in range(4) if abs(value - round(value, k)) < 1e-9), 4)
        return (language.percent if percent else language.number)(value, places)

    axes.xaxis.set_major_locator(MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(written)


def row_sentences(labels: Sequence[str], values: Sequence[str], language: Language) -> str:
    """What a chart shows, a sentence for each row, as its text alternative."""
    return " ".join(
        language.text("{name}: {value}.", name=label, value=value)
        for label, value in zip(labels, values, strict=True)
    )


def result_table(result: Any, key: str, place: str) -> pd.DataFrame:
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


def named_part(
    code: object, names: Mapping[str, str] | None, row: Mapping[Any, Any] | None = None
) -> str:
    text = str(code)
    name = (names or {}).get(text) or str((row or {}).get("name") or "")
    if not name or name == text:
        return text
    return f"{text} · {name}" if _CODE.fullmatch(text) else name


def n_words(result: Any, language: Language) -> str:
    """How many provinces stand behind a picture; rows and provinces where years are pooled."""
    if isinstance(result, pd.DataFrame):
        units = int(result["n_units"].max()) if "n_units" in result and len(result) else 0
        counts = result["n"].dropna() if "n" in result else pd.Series(dtype=float)
        low, high = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    else:
        low = high = int(getattr(result, "n", 0))
        units = int(getattr(result, "n_units", 0) or 0)
    if high == 0:
        return ""
    if 0 < units < low:
        return language.text(
            "n = {n} rows, a row for each of {units} provinces and year.",
            n=language.number(high, 0),
            units=language.number(units, 0),
        )
    if low < high:
        return language.text(
            "n = {low} to {high} provinces.",
            low=language.number(low, 0),
            high=language.number(high, 0),
        )
    return language.ntext("n = {n} province.", "n = {n} provinces.", high)


def interval_rows(
    entries: Sequence[tuple[str, float, float, float]],
    language: Language,
    *,
    sheet: Sheet,
    axis: str,
    decimals: int = 2,
) -> list[str]:
    """Draw dots with intervals on a common axis with a line at zero; return them in words."""
    values = [language.signed(estimate, decimals) for _, estimate, _, _ in entries]
    axes, middles = labelled_rows(sheet, [label for label, *_ in entries], values, line_at=0)
    ends = [0.0, *(end for _, *rest in entries for end in rest if pd.notna(end))]
    axes.set_xlim(*around(ends))
    number_axis(axes, language)
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


def interval_keys(language: Language) -> list[Key]:
    dot: dict[str, Any] = {"color": BLUE, "marker": "o", "markersize": 7.5, "linestyle": "-"}
    return [
        Key(language.text("interval without zero"), line={**dot, "linewidth": 2}),
        Key(
            language.text("interval with zero in it"),
            line={**dot, "linewidth": 2, "markerfacecolor": "white", "markeredgewidth": 1.5},
        ),
    ]


def confidence_words(result: Any, language: Language) -> str:
    level = 0.95 if isinstance(result, pd.DataFrame) else getattr(result, "confidence", 0.95)
    return language.percent(100 * float(level), 0)


def strongest(
    table: pd.DataFrame, by: str, key: str, limit: int, language: Language
) -> tuple[pd.DataFrame, list[str]]:
    """The rows with the largest values, and a note on how many are not drawn."""
    known = table[table[by].notna()].sort_values([by, key], ascending=[False, True])
    shown = known.head(limit)
    rest = len(known) - len(shown)
    if not rest:
        return shown, []
    return shown, [
        language.ntext("{n} more part is not drawn.", "{n} more parts are not drawn.", rest)
    ]


def noted_chart(
    id: str,
    sheet: Sheet,
    table: pd.DataFrame,
    alt: str,
    notes: Sequence[str],
    caption: str | Markup,
) -> Chart:
    told = [note for note in notes if note]
    sheet.note(*told)
    frame = table if "synthetic" in table else pd.DataFrame()
    return Chart(id, sheet.done(frame), " ".join([alt, *told]), caption)


def with_room(ends: Sequence[float], share: float = 0.04) -> tuple[float, float]:
    low, high = min(ends), max(ends)
    pad = (high - low) * share or 1.0
    return low - (pad if low < 0 else 0.0), high + pad


def around(ends: Sequence[float]) -> tuple[float, float]:
    """Limits of an axis with room at both ends."""
    low, high = min(ends), max(ends)
    pad = (high - low) * 0.04 or 1.0
    return low - pad, high + pad
