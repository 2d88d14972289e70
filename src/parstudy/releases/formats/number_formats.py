"""What a spreadsheet shows of a stored number or day by the number format of its cell."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import replace
from functools import lru_cache

from parstudy.releases.formats._shown_numbers import section_of, sections
from parstudy.releases.formats.grid import Cell

# quoted, escaped and bracketed characters are printed or say how; "_" and "*" are followed by the
# character whose width is left or filled: none of these is part of the number itself
_BESIDE = re.compile(r'"[^"]*"|\[[^]]*\]|[\\_*].')
_LONGEST = 255  # characters of a format, of Excel
_THOUSANDS = re.compile(r"[0#?](,{1,3})(?![0#?.,])")
_FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_DIGITS = re.compile(r"[#,]*0(?:\.(0+))?")
_MINUS = re.compile(r"\s*[-\u2212\u2013]\s*[0-9]")
_AWAY = re.compile(r"(?:\[[^]]*\])?;+@?;*")


def is_away(number_format: str) -> bool:
    """Whether a number format shows nothing at all: ``;;;``."""
    return _AWAY.fullmatch(number_format) is not None


def number_cell(value: float, number_format: str = "", *, anchor: bool = False) -> Cell:
    """Cell of a stored number.

    The text is the number itself at full precision; zeros that the number format shows at the end
    are kept (87.1 shown as 87.10). Where the format rounds, ``shows`` has what the sheet shows.
    0.871 shown as 87.10% is a percentage; 87.1 shown as 87.10% by a quoted sign is none, for that
    multiplies nothing. A comma behind the last digit divides by a thousand. A number that is shown
    as another one, or not at all, is none.

    >>> number_cell(0.871, "0.00%").text, number_cell(77100, "0.00,").text
    ('87.10%', '77.10')
    >>> number_cell(87.11, "0").shows, number_cell(87.11, '"1"00.00').kind
    ('87', 'masked')
    """
    section = section_of(number_format, value) if number_format else None
    shown = shown_by(number_format)
    thousands = _THOUSANDS.search(shown)
    value = value / 1000 ** len(thousands[1]) if thousands else value
    percent = "%" in shown
    text = plain(value * 100 if percent else value)
    decimals = len(text.partition(".")[2])
    fixed = _DIGITS.match(shown)
    if fixed and decimals < len(fixed[1] or ""):
        text = f"{float(text):.{len(fixed[1])}f}"
    kind, shows = "percent" if percent else "number", ""
    if section and not section.plain and math.isfinite(value):
        if section.marked and value == int(value):
            return Cell(section.shown(value), anchor=anchor)
        rounded = decimals > section.decimals
        shows = section.shown(value) if rounded or section.printed or not section.has_digits else ""
        if shows and section.printed and is_among(abs(float(text)), shows) is None:
            kind = "masked"
        elif value > 0 and section.negates:
            kind, shows = "masked", section.shown(value)
        elif value == 0 and not section.shows_zero and _shows_anything(number_format):
            # a zero that is shown as a dash is one, and that is told of the sheet
            shows = (
                "".join(said for piece, said in section.pieces if piece == "text").strip() or " "
            )
        elif not section.has_digits and value != 0 and _shows_anything(number_format):
            kind = "masked"
        elif not rounded:
            shows = ""
    return Cell(f"{text}%" if percent else text, value, kind, anchor=anchor, shows=shows)


def _shows_anything(number_format: str) -> bool:
    """Whether some numbers are shown by a format; where none is, that is told of the sheet."""
    return any(section.has_digits or section.pieces for section in sections(number_format)[:3])


def is_among(stored: float, shows: str) -> int | None:
    """Decimals with which a stored number stands in a text; nothing if it does not.

    >>> is_among(87.114, "87,11 điểm"), is_among(5, "5/63"), is_among(87.11, "187,11")
    (2, 0, None)
    """
    for one in _FIGURE.findall(shows):
        whole = one.replace(".", "").replace(",", ".")
        forms = (one.replace(",", "."), one.replace(",", ""), whole)
        for form in forms:
            places = len(form.partition(".")[2])
            if form.count(".") < 2 and abs(float(form) - stored) <= 0.5 / 10**places + 1e-9:
                return places
    return None


def compared(cell: Cell, shows: str) -> Cell:
    """Cell of a stored number whose text as the sheet shows it stands in the file as well."""
    if cell.kind not in ("number", "percent") or cell.number is None:
        return cell
    text = cell.text.removesuffix("%")
    places = is_among(abs(float(text)), shows)
    if places is None or (cell.number > 0 and _MINUS.match(shows)):
        zero = cell.number == 0 and not any(c.isdigit() for c in shows)
        return replace(cell, kind=cell.kind if zero else "masked", shows=shows or " ")
    return replace(cell, shows=shows) if places < len(text.partition(".")[2]) else cell


def date_cell(value: datetime.date, number_format: str = "", *, anchor: bool = False) -> Cell:
    """Cell of a stored day, with the parts of it that the number format shows.

    A day of which only the year is shown is a text with that year.

    >>> date_cell(datetime.datetime(2022, 12, 1), "mm/yyyy").shows
    'my'
    >>> date_cell(datetime.datetime(2022, 12, 1), '"Năm "yyyy').text
    'Năm 2022'
    """
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time())
    shown = shown_by(number_format)
    parts = "".join(part for part in "dmy" if part in shown)
    if parts == "y":
        said = "".join(re.findall('"([^"]*)"', number_format.split(";")[0]))
        return Cell(f"{said}{value.year}", anchor=anchor)
    return Cell(str(value), kind="date", anchor=anchor, date=value, shows=parts)


def day_cell(text: str, number_format: str = "") -> Cell:
    """Cell of a day that is stored in words, as ``2022-12-31T00:00:00.000``."""
    try:
        return date_cell(datetime.datetime.fromisoformat(text), number_format)
    except ValueError:
        return Cell(text, kind="date")


@lru_cache(maxsize=1024)
def shown_by(number_format: str) -> str:
    """What a number format says of positive numbers, in lower case, without what stands beside."""
    return _BESIDE.sub("", number_format[:_LONGEST]).split(";")[0].lower()


def plain(value: float) -> str:
    """A stored number in digits: no exponent, no noise of binary fractions."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"
