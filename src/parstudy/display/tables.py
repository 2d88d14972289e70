"""Tables for reports: formatted once, escaped, with header cells, caption and notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup, escape

from parstudy.display.words import Language, is_missing
from parstudy.errors import ParstudyError
from parstudy.records import records

if TYPE_CHECKING:
    import pandas as pd

Align = Literal["left", "center", "right"]
Kind = Literal[
    "text", "number", "signed", "slope", "percent", "p_value", "rank", "integer", "places", "date",
    "name",
]  # fmt: skip
Cell = str | Markup | None
"""A formatted cell; None is "not known"."""

_ID = re.compile(r"[a-z][a-z0-9-]*")
_NUMERIC: frozenset[str] = frozenset(
    {"number", "signed", "slope", "percent", "p_value", "rank", "integer", "places"}
)
_WITH_UNIT = re.compile(r"[-+−\d.,/%]+ \D+")
_RANGE = re.compile(r"[\d.,]+–[\d.,]+(?:/\d+)?%?")
"""From one number to another: half of it says nothing at the end of a line."""
_FIXED = "\N{NO-BREAK SPACE}"
_SPAN = re.compile(r"(?<=\d \w\w) (?=[+−\d])|(?<=\d \w\w\w) (?=[+−\d])")
"""In a span in words the word stays with the second number: it breaks before it."""
_AHEAD = re.compile(r"^[^\W\d]+ [^\W\d]+(?= [\d+−])")
"""Two words before a figure stand on one line."""
_SHORT = 13  # characters up to which a figure and its unit stay on a line
_PROSE = 24  # characters from which a cell is a sentence that needs room on a phone
_LONG = 25  # rows
_ALIGN_CLASS = {"left": "", "center": "ps-center", "right": "ps-num"}


@dataclass(frozen=True)
class Column:
    """One column of a :class:`Table`, and how :func:`build_table` fills it.

    Parameters
    ----------
    label : str
        Text of the header cell.
    key : str
        Column of the data frame; not needed for kind ``name``.
    kind : str
        ``text``, ``number``, ``signed`` (change of a score), ``slope`` (signed, but neither good
        nor bad), ``percent``, ``p_value``, ``rank``, ``integer``, ``places`` (change of a rank, up
        is positive), ``date`` (ISO) or ``name`` (of a row with ``name_vi`` and ``name_en``).
    decimals : int or str
        Decimals of numbers, or the column of the data frame that holds them.
    of : str
        Kind ``rank``: column that holds the number of units ranked.
    format : callable, optional
        ``format(row)`` with the row as a dict gives the cell (text, markup or None) and
        overrides ``kind``.
    align : {"left", "center", "right"}, optional
        Right for numbers, else left.
    row_header : bool
        Whether the cells of this column name their row.
    as_given : bool
        Whether the label is the name of somebody's own column, which gets no capital.
    """

    label: str
    key: str = ""
    kind: Kind = "text"
    decimals: int | str = 2
    of: str = ""
    format: Callable[[Mapping[str, Any]], Cell] | None = field(default=None, compare=False)
    align: Align | None = None
    row_header: bool = False
    as_given: bool = False

    def __post_init__(self) -> None:
        if not self.as_given:
            object.__setattr__(self, "label", capital(self.label))

    @property
    def alignment(self) -> Align:
        """Alignment of the cells."""
        return self.align or ("right" if self.kind in _NUMERIC else "left")


@dataclass(frozen=True)
class Table:
    """A finished table.

    Parameters
    ----------
    id : str
        HTML id: lower-case letters, digits and hyphens.
    caption : str or Markup
        What the table shows; can be empty if the words above the table say it.
    columns : tuple of Column
        Header cells and alignment.
    rows : tuple of tuple of Cell
        Formatted cells; plain text is escaped, markup is kept, None is "not known".
    notes : tuple of str or Markup
        Remarks below the table.
    highlight : tuple of int
        Positions of rows to stress.
    missing_text : str
        What the sign for "not known" means, in the language of the table.
    on_paper : str
        What a printed page says in place of the table; empty if it holds the table.

    Raises
    ------
    ParstudyError
        ``bad_id``, ``empty_table`` or ``ragged_table``.
    """

    id: str
    caption: str | Markup
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str | Markup, ...] = ()
    highlight: tuple[int, ...] = ()
    missing_text: str = ""
    on_paper: str = ""

    def __post_init__(self) -> None:
        check_id(self.id)
        if not self.columns or not self.rows:
            raise ParstudyError(
                "empty_table",
                "table without rows",
                place=f"table {self.id}",
                advice="Say in words that there is nothing to show",
            )
        for position, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ParstudyError(
                    "ragged_table",
                    "row of another length than the header",
                    place=f"table {self.id} row {position + 1}",
                    found=str(len(row)),
                    expected=str(len(self.columns)),
                )

    @property
    def has_missing(self) -> bool:
        """Whether a cell is not known."""
        return any(is_missing(cell) for row in self.rows for cell in row)

    def _repr_html_(self) -> str:
        head = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(_class(column), column.label)
            for column in self.columns
        )
        body = Markup("\n").join(
            Markup("<tr{}>{}</tr>").format(
                Markup(' class="ps-highlight"') if position in self.highlight else "",
                Markup("").join(
                    self._cell(column, cell) for column, cell in zip(self.columns, row, strict=True)
                ),
            )
            for position, row in enumerate(self.rows)
        )
        notes = Markup("").join(
            Markup('\n<p class="ps-note">{}</p>').format(note) for note in self.notes
        )
        if self.on_paper:
            notes += Markup('\n<p class="ps-note ps-paper">{}</p>').format(self.on_paper)
        # the label makes a table that scrolls sideways on a phone reachable by keyboard
        label = Markup(' tabindex="0"')
        caption = Markup("")
        if self.caption:
            words = Markup(escape(self.caption)).striptags()
            label = Markup(' role="region" tabindex="0" aria-label="{}"').format(words)
            caption = Markup("<caption>{}</caption>").format(self.caption)
        return Markup(
            '<div class="ps-block"><div class="ps-scroll"{label}>\n'
            '<table class="ps-table" id="{id}">{caption}'
            "\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>{notes}</div>"
        ).format(
            label=label,
            id=self.id,
            caption=caption,
            head=head,
            body=body,
            notes=notes,
        )

    def _cell(self, column: Column, cell: Cell) -> Markup:
        content: object = cell
        if is_missing(cell):
            content = Markup('<abbr class="ps-missing" title="{}">–</abbr>').format(
                self.missing_text
            )
        elif column.alignment == "right" and type(cell) is str:
            whole = r'<span class="ps-whole">\g<0></span>'
            cell = _SPAN.sub(_FIXED, cell)
            cell = _AHEAD.sub(lambda words: words[0].replace(" ", _FIXED), cell)
            short = len(cell) <= _SHORT and _WITH_UNIT.fullmatch(cell)
            content = Markup(re.sub(r".+" if short else _RANGE, whole, str(escape(cell))))
        if column.row_header:
            return Markup('<th scope="row"{}>{}</th>').format(_class(column), content)
        if column.alignment != "right" and isinstance(cell, str) and _is_prose(cell):
            name = " ".join(filter(None, (_ALIGN_CLASS[column.alignment], "ps-prose")))
            return Markup('<td class="{}">{}</td>').format(name, content)
        return Markup("<td{}>{}</td>").format(_class(column), content)

    def to_frame(self) -> pd.DataFrame:
        """Give the table as text, without markup.

        Returns
        -------
        DataFrame
            One text column per column of the table; missing cells are NaN.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                [None if is_missing(cell) else Markup(escape(cell)).striptags() for cell in row]
                for row in self.rows
            ],
            columns=[column.label for column in self.columns],
        )


def build_table(
    id: str,
    caption: str | Markup,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    language: Language,
    *,
    notes: Iterable[str | Markup] = (),
    highlight: Callable[[Mapping[str, Any]], bool] | None = None,
    looked_up: bool = False,
) -> Table:
    """Format a data frame, row by row in its order.

    Parameters
    ----------
    id : str
        HTML id.
    caption : str or Markup
        What the table shows.
    frame : DataFrame
        One row per row of the table.
    columns : sequence of Column
        What to show and how.
    language : Language
        Language of numbers and dates.
    notes : iterable of str or Markup
        Remarks below the table.
    highlight : callable, optional
        ``highlight(row)``: whether to stress a row.
    looked_up : bool
        Whether the table is looked up rather than read: of a long one, a printed page says
        only where it is.

    Returns
    -------
    Table

    Raises
    ------
    ParstudyError
        ``empty_table``, ``bad_id``, or ``missing_column`` if the frame lacks a column.
    """
    wanted = {c.key for c in columns if c.format is None and c.kind != "name"}
    wanted |= {c.of for c in columns if c.of}
    wanted |= {c.decimals for c in columns if isinstance(c.decimals, str)}
    require_columns(frame, sorted(wanted), f"table {id}")
    given = records(frame)
    on_paper = ""
    if looked_up and len(given) > _LONG:
        on_paper = language.text(
            "{caption}: {n} rows, in the report on screen and in its .xlsx file.",
            caption=caption,
            n=language.number(len(given), 0),
        )
    return Table(
        id=id,
        caption=caption,
        columns=tuple(columns),
        rows=tuple(tuple(_format(column, row, language) for column in columns) for row in given),
        notes=tuple(notes),
        highlight=tuple(
            i for i, row in enumerate(given) if highlight is not None and highlight(row)
        ),
        missing_text=language.missing_text,
        on_paper=on_paper,
    )


def require_columns(frame: pd.DataFrame, wanted: Iterable[str], place: str) -> None:
    """Refuse a frame without rows or without the columns that are needed.

    Raises
    ------
    ParstudyError
        ``nothing_to_show`` or ``missing_column``.
    """
    absent = [column for column in wanted if column not in frame.columns]
    if absent:
        raise ParstudyError(
            "missing_column",
            "the data frame lacks a column",
            place=place,
            found=", ".join(map(str, frame.columns)),
            expected=", ".join(absent),
        )
    if frame.empty:
        raise ParstudyError(
            "nothing_to_show",
            "no rows to show",
            place=place,
            advice="Say in words that there is nothing to show",
        )


def check_id(id: str) -> None:
    """Refuse what is no plain HTML id.

    Raises
    ------
    ParstudyError
        ``bad_id``.
    """
    if not _ID.fullmatch(id):
        raise ParstudyError(
            "bad_id",
            "not usable as an HTML id",
            found=repr(id),
            expected="lower-case letters, digits and hyphens",
        )


def capital(words: str) -> str:
    """Words that stand by themselves, with a capital; ``n`` and ``p (Holm)`` stay what they are.

    Examples
    --------
    >>> capital("only a rank"), capital("p (Holm)"), capital("SIPAS 2023")
    ('Only a rank', 'p (Holm)', 'SIPAS 2023')
    """
    first = words.split(" ", 1)[0]
    return words[:1].upper() + words[1:] if len(first) > 1 and first.isalpha() else words


def _is_prose(cell: str) -> bool:
    # most cells are short, with their marks
    return len(cell) > _PROSE and len(Markup(escape(cell)).striptags()) > _PROSE


def _class(column: Column) -> Markup:
    name = _ALIGN_CLASS[column.alignment]
    return Markup(' class="{}"').format(name) if name else Markup("")


def _format(column: Column, row: Mapping[str, Any], language: Language) -> Cell:
    if column.format is not None:
        return column.format(row)
    if column.kind == "name":
        name = language.name(row)
        return None if name == language.missing else name
    value = row[column.key]
    if is_missing(value):
        return None
    decimals = row[column.decimals] if isinstance(column.decimals, str) else column.decimals
    match column.kind:
        case "number":
            return language.number(value, decimals)
        case "percent":
            return language.percent(value, decimals)
        case "integer":
            return language.number(value, 0)
        case "rank":
            return language.rank(value, row[column.of] if column.of else None)
        case "signed":
            return coloured(value, language.signed(value, decimals))
        case "slope":
            return language.signed(value, decimals)
        case "p_value":
            return language.p_value(value)
        case "places":
            return coloured(value, language.signed(value, 0))
        case "date":
            return language.date(value)
        case _:
            return value if isinstance(value, Markup) else str(value)


def coloured(value: Any, text: str) -> Markup:
    """A change in words, with a colour where it is good or bad; the sign says it already."""
    name = "ps-up" if value > 0 else "ps-down" if value < 0 else ""
    return Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text)
