"""The tile map: a square for each province."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from parstudy.charts._drawing import Key, Sheet, drawn, nothing_known, text_width
from parstudy.charts._units import known_words, one_release, unit_names
from parstudy.display.chart import GREY, INK, LIGHT, ORANGE, SMALL, WIDTH, Chart
from parstudy.display.tables import require_columns

if TYPE_CHECKING:
    from markupsafe import Markup

    from parstudy.display.words import Language

_TILE_TEXT = 8.4


def _decimals(row: Mapping[Any, Any]) -> Any:
    return row.get("decimals", 2)


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
    frame = one_release(values, ["value"], place)
    require_columns(provinces, ["province_id", "tile_row", "tile_col"], place)
    names = unit_names(provinces, language)
    known = frame[frame["value"].notna() & frame["province_id"].isin(list(names))]
    if known.empty:
        raise nothing_known(id, "no known value")
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
    note = known_words(len(known), len(provinces), language)
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
