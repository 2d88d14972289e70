"""What a spreadsheet shows of a stored number or day by the number format of its cell."""

from __future__ import annotations

import datetime
import re

from parstudy.releases.formats.grid import Cell

# quoted, escaped and bracketed characters are printed or say how; "_" and "*" are followed by the
# character whose width is left or filled: none of these is part of the number itself
_BESIDE = re.compile(r'"[^"]*"|\[[^]]*\]|[\\_*].')
_LONGEST = 255  # characters of a format, of Excel
_THOUSANDS = re.compile(r"[0#?](,{1,3})(?![0#?.,])")
_DIGITS = re.compile(r"[#,]*0(?:\.(0+))?")


def number_cell(value: float, number_format: str = "", *, anchor: bool = False) -> Cell:
    """Cell of a stored number.

    The text is the number itself at full precision; zeros that the number format shows at the end
    are kept (87.1 shown as 87.10), a rounding by the format is not. 0.871 shown as 87.10% is a
    percentage; 87.1 shown as 87.10% by a quoted sign is none, for that multiplies nothing. A comma
    behind the last digit divides by a thousand.

    >>> number_cell(0.871, "0.00%").text, number_cell(77100, "0.00,").text
    ('87.10%', '77.10')
    """
    shown = shown_by(number_format)
    thousands = _THOUSANDS.search(shown)
    value = value / 1000 ** len(thousands[1]) if thousands else value
    percent = "%" in shown
    text = plain(value * 100 if percent else value)
    fixed = _DIGITS.match(shown)
    if fixed and len(text.partition(".")[2]) < len(fixed[1] or ""):
        text = f"{float(text):.{len(fixed[1])}f}"
    return Cell(
        f"{text}%" if percent else text, value, "percent" if percent else "number", anchor=anchor
    )


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


def shown_by(number_format: str) -> str:
    """What a number format says of positive numbers, in lower case, without what stands beside."""
    return _BESIDE.sub("", number_format[:_LONGEST]).split(";")[0].lower()


def plain(value: float) -> str:
    """A stored number in digits: no exponent, no noise of binary fractions."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"
