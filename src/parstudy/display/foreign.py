"""What other libraries make, as blocks of a page: data frames, figures, regressions."""

from __future__ import annotations

import base64
import copy
import io
import math
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from parstudy.display.chart import figure_html
from parstudy.display.figure_words import facts_of_figure, words_of_figure
from parstudy.display.tables import Cell, Column, Table
from parstudy.display.words import Language, is_missing
from parstudy.errors import ParstudyError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_ROWS = 500
_DECIMALS = 4
_SVG_LIMIT = 600_000  # bytes; a cloud of thousands of points is smaller as pixels
_WHEN = r"(?:\w{3}, [\w ]+ \d{4}|\d{4}-\d\d-\d\d \d\d:\d\d|\d\d:\d\d:\d\d)"
_CLOCK = re.compile(rf"(<t([hd])>\s*)(?:Date|Time):(\s*</t\2>\s*<td>)\s*{_WHEN}\s*(</td>)")
_SIDE = re.compile(r'\b(width|height)="([\d.]+)pt"')
_ACTIVE = re.compile(r"<(script|iframe|object|embed)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """Something that a page can show.

    Attributes
    ----------
    html : Markup
        The block.
    plain : str
        What stands for it where there is no HTML.
    """

    html: Markup
    plain: str


def table_of_frame(
    frame: pd.DataFrame | pd.Series[Any],
    language: Language,
    id: str,
    caption: str = "",
    notes: Iterable[str] = (),
) -> Table:
    """Write a data frame as a table of a page.

    Parameters
    ----------
    frame : DataFrame or Series
        What to show; its index names the rows unless it only counts them.
    language : Language
        Language of numbers and dates.
    id : str
        HTML id.
    caption : str
        What the table shows.
    notes : iterable of str
        Remarks below the table.

    Returns
    -------
    Table
        At most 500 rows; a remark says if there are more.
    """
    import pandas as pd

    if isinstance(frame, pd.Series):
        frame = frame.to_frame(name=frame.name if frame.name is not None else "")
    remarks = list(notes)
    total = len(frame)
    if total > _ROWS:
        frame = frame.iloc[:_ROWS]
        remarks.append(
            language.text(
                "The first {n} of {total} rows.",
                n=language.number(_ROWS, 0),
                total=language.number(total, 0),
            )
        )
    columns: list[Column] = []
    cells: list[list[Cell]] = []
    if not isinstance(frame.index, pd.RangeIndex):
        for level in range(frame.index.nlevels):
            values = frame.index.get_level_values(level)
            columns.append(Column(_label(values.name), row_header=True, as_given=True))
            cells.append([_text(value, language) for value in values])
    for position in range(frame.shape[1]):
        series = frame.iloc[:, position]
        write = _writer(series, language)
        numeric = pd.api.types.is_numeric_dtype(series) and series.dtype != bool
        label = _label(frame.columns[position])
        columns.append(Column(label, align="right" if numeric else "left", as_given=True))
        cells.append([None if is_missing(value) else write(value) for value in series])
    return Table(
        id=id,
        caption=caption,
        columns=tuple(columns),
        rows=tuple(zip(*cells, strict=True)),
        notes=tuple(remarks),
        missing_text=language.missing_text,
    )


def block_of_figure(
    figure: Any, language: Language, id: str = "", caption: str | Markup = "", alt: str = ""
) -> Block:
    """Make a figure of a page of a matplotlib figure, and close it.

    Parameters
    ----------
    figure : Figure, Axes, array of Axes or a seaborn grid
        What to show. It is closed in pyplot, so that it is not shown a second time.
    language : Language
        Language of the text alternative that is made where none is given.
    id, caption, alt : str
        HTML id, text below the picture, and what it shows in words.

    Returns
    -------
    Block

    Raises
    ------
    ParstudyError
        ``empty_figure``, ``no_alternative_text``.
    """
    drawn = figure_of(figure)
    if drawn is None:
        raise _not_showable(figure)
    if not drawn.axes:
        raise ParstudyError("empty_figure", "nothing is drawn in the figure", place=f"figure {id}")
    words = alt.strip() or words_of_figure(facts_of_figure(drawn), language)
    if not words:
        raise ParstudyError(
            "no_alternative_text",
            "nothing can be said of the figure to who cannot see it",
            place=f"figure {id}",
            expected="a title, names of the axes, or alt='what it shows'",
        )
    source, width, height = _picture(drawn)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(drawn)
    return Block(figure_html(source, words, width, height, id, caption), words)


def figure_of(shown: Any) -> Figure | None:
    """The matplotlib figure of a figure, of axes, of an array of them or of a seaborn grid."""
    if "matplotlib.figure" not in sys.modules:
        return None
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    if isinstance(shown, Figure):
        return shown
    if isinstance(shown, (Axes, SubFigure)):
        return shown.get_figure(root=True)
    if hasattr(shown, "flat") and len(shown):  # array of axes
        return figure_of(next(iter(shown.flat)))
    inner = getattr(shown, "figure", None)  # a grid of seaborn
    return inner if isinstance(inner, Figure) else None


def block_of_object(shown: Any, id: str = "", caption: str | Markup = "") -> Block:
    """Make a block of whatever shows itself as HTML: a Styler, the summary of a regression.

    Parameters
    ----------
    shown : object
        A Styler, a result or summary of statsmodels or linearmodels, or anything with
        ``_repr_html_``.
    id, caption : str
        HTML id and text.

    Returns
    -------
    Block

    Raises
    ------
    ParstudyError
        ``not_showable``.
    """
    html = _own_html(shown, id, caption)
    if html is None:
        raise _not_showable(shown)
    if (active := _ACTIVE.search(html)) is not None:
        raise ParstudyError(
            "not_showable",
            "a page may not run what it shows",
            found=f"{type(shown).__name__} with <{active[1].lower()}>",
            expected="a picture or a table",
            advice="Save it as a picture and show that",
        )
    place = Markup(' id="{}"').format(id) if id else Markup("")
    words = Markup('\n<p class="ps-note">{}</p>').format(caption) if caption else Markup("")
    if "<caption" in html:
        words = Markup("")
    return Block(
        Markup('<div class="ps-block"{}>{}{}</div>').format(place, Markup(html), words),
        str(escape(caption)) or type(shown).__name__,
    )


def without_clock(html: str) -> str:
    """Take out when a regression was estimated: the same report is the same text.

    >>> without_clock("<th>Time:</th> <td>19:21:17</td>")
    '<th></th> <td></td>'
    """
    return _CLOCK.sub(r"\1\3\4", html)


# --- inside --------------------------------------------------------------------------------------


def _own_html(shown: Any, id: str, caption: str | Markup) -> str | None:
    if hasattr(shown, "set_table_styles") and hasattr(shown, "to_html"):  # a Styler
        styled = copy.copy(shown)
        if caption:
            styled = styled.set_caption(str(escape(caption)))
        return str(styled.to_html(table_uuid=id or "styled"))
    summary = shown
    if hasattr(shown, "params") and hasattr(shown, "summary"):
        summary = shown.summary() if callable(shown.summary) else shown.summary
    if hasattr(summary, "as_html"):
        return without_clock(str(summary.as_html()))
    if hasattr(type(shown), "_repr_html_"):
        found = shown._repr_html_()
        return None if found is None else str(found)
    return None


def _picture(figure: Figure) -> tuple[str, int, int]:
    """Data URI of a figure, the same each time, and its size in pixels."""
    import matplotlib as mpl

    settings: Any = {"svg.fonttype": "path", "svg.hashsalt": "parstudy"}
    out = io.BytesIO()
    with mpl.rc_context(settings):
        figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None})
    data = out.getvalue()
    sides = dict(_SIDE.findall(data[:2000].decode("utf-8", errors="replace")))
    width, height = (round(float(sides[side]) / 72 * 96) for side in ("width", "height"))
    if len(data) <= _SVG_LIMIT:
        return _uri("image/svg+xml", data), width, height
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=150, bbox_inches="tight", metadata={"Software": None})
    return _uri("image/png", out.getvalue()), width, height


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _label(name: Any) -> str:
    if isinstance(name, tuple):
        return " · ".join(str(part) for part in name if not is_missing(part))
    return "" if is_missing(name) else str(name)


def _writer(series: pd.Series[Any], language: Language) -> Callable[[Any], Cell]:
    """How the cells of a column are written: numbers all with the decimals that they need."""
    import pandas as pd

    if pd.api.types.is_float_dtype(series):
        decimals = _decimals([float(value) for value in series.dropna()])
        return lambda value: _number(value, decimals, language)
    if pd.api.types.is_integer_dtype(series):
        return lambda value: str(value).replace("-", "−")  # a year has no thousands
    return lambda value: _text(value, language)


def _decimals(values: list[float]) -> int:
    finite = [abs(value) for value in values if math.isfinite(value)]
    for decimals in range(_DECIMALS):
        if all(math.isclose(round(value, decimals), value, abs_tol=1e-9) for value in finite):
            return decimals
    smallest = min((value for value in finite if value), default=1.0)
    largest = max(finite, default=1.0)
    # small numbers, such as p-values, keep two figures that count
    return max(_DECIMALS, min(8, 1 - math.floor(math.log10(smallest)))) if largest < 1 else 4


def _text(value: Any, language: Language) -> str:
    if isinstance(value, float):
        return _number(value, _decimals([value]), language)
    if hasattr(value, "isoformat"):
        written = value.isoformat()
        return language.date(written.removesuffix("T00:00:00"))
    return str(value)


def _number(value: float, decimals: int, language: Language) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return language.number(value, decimals)


def _not_showable(shown: Any) -> ParstudyError:
    return ParstudyError(
        "not_showable",
        "cannot be shown on a page",
        found=type(shown).__name__,
        expected="Table, Chart, DataFrame, Styler, figure, axes or a regression's result",
    )
