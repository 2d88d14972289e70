"""One figure of a cell: number, percent, rank, or no figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from parstudy.errors import ReleaseError
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Cell, Grid
from parstudy.releases.spec import Column, TableSpec
from parstudy.releases.words import is_name, roman

_DATE = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}(?: [0-9:]+)?"
    r"|[0-9]{1,2}[/-][0-9]{1,2}[/-](?:[12][0-9])?[0-9]{2}"
    r"|[0-9]{1,2}-[A-Z][a-z]{2}(?:-[0-9]{2,4})?|[A-Z][a-z]{2}-[0-9]{2}"
)
_RANK = re.compile(
    r"(?:xếp |đồng |cùng )?(?:thứ )?(?:hạng|vị trí|thứ|rank|no\.?|\#)(?: thứ)?\s*:?\s*(?=[0-9])",
    re.I,
)
_UP = re.compile(r"(?:[↑▲⬆]|tăng|up)\s*", re.I)
_DOWN = re.compile(r"(?:[↓▼⬇]|giảm|down)\s*", re.I)
_SAME = re.compile(r"(?:=|→|↔|không đổi|giữ nguyên|unchanged)\s*", re.I)
# a figure, and behind it how far it moved: "5 (tăng 3 bậc)", "87,11 (▲1,25)"
MOVED = re.compile(
    r"(?<=[0-9])\s*\((?:tăng|giảm|giữ nguyên|không đổi|up|down|unchanged|[↑↓▲▼+–=-])[^()]{0,20}\)$",
    re.I,
)
# "=5" and "5=" mark a shared rank, "5." and "5th" are ordinals
_BULLET = re.compile(r"(?:[●○■□◆◇•⬤🔴🟢🟡🟠]\s*)+(?=[0-9])")
_SHARED = re.compile(r"=\s*(?=[0-9])|(?<=[0-9])(?:\s*[=.]|st|nd|rd|th)$", re.I)
MARGIN = re.compile(r"(?<=[0-9%])\s*(?:±|\+/-)\s*[0-9]+(?:[.,][0-9]+)?\s*%?$")
# points, and what could be reached at most: "8,75/9,5"
_OF_MOST = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s?/\s?([0-9]+(?:[.,][0-9]+)?)")
_POINTS = re.compile(r"(?<=[0-9])\s*(?:điểm|đ|points?)$", re.I)
_LONGEST_FIGURE = 16
_UNIT = re.compile(r"(?<!\s)\s*(?:bậc|hạng|điểm|places?|points?)$", re.I)


_NO_NUMBER = {
    "error": ("spreadsheet_error", "the cell shows an error", ""),
    "formula": (
        "formula_without_value",
        "a formula whose value the file does not hold",
        "Open the file in a spreadsheet program and save it",
    ),
    "date": (
        "date_for_number",
        "a spreadsheet has turned a number into a date",
        "Store the cell as text or as a number",
    ),
    "bool": ("not_a_number", "not a number", ""),
    "masked": (
        "other_than_shown",
        "the sheet shows another figure than it stores, by the cell's number format",
        "Look which of the two is meant, and give the cell a plain number format such as 0.00",
    ),
    "crossed": (
        "crossed_text",
        "text of the neighbouring cell runs into this one",
        "Look at the page, and write the figures into a spreadsheet",
    ),
}


@dataclass(frozen=True)
class Found:
    """One figure as read: its text, number, place, and what stood beside the number."""

    text: str
    value: float
    place: str
    of: int | None = None
    decimals: int = 0
    percent: bool = False
    stored: bool = False
    most: Found | None = None


def figure_of_cell(
    grid: Grid, row: int, column: int, spec: TableSpec, mapping: Column
) -> Found | None:
    """Read one cell, or nothing if it is empty."""
    cell = grid.cell(row, column)
    place = grid.place(row, column)
    text = cell.words
    if cell.covered and mapping.measure == "group" and _from_above(grid, row, column):
        # "Nhóm A" beside all rows of its group is no figure of one of them
        return Found(text, float("nan"), place)
    if cell.covered and is_name(text) and len(text) > _LONGEST_FIGURE:
        # a heading between the rows, over all columns
        return None
    # a tie may be printed as one rank over the rows that share it
    tie = mapping.measure == "rank" and _from_above(grid, row, column)
    if cell.covered and not tie and not numbers.is_blank(text):
        raise ReleaseError(
            "merged_number",
            "a merged cell: one figure for two places",
            place=place,
            found=repr(text),
            expected="a figure of its own",
        )
    if cell.kind in _NO_NUMBER:
        code, message, advice = _NO_NUMBER[cell.kind]
        stored = repr(cell.text)
        told = f"{cell.shows!r} for {stored}" if cell.kind == "masked" else stored
        raise ReleaseError(
            code, message, place=place, found=told, expected="a number", advice=advice
        )
    if mapping.measure == "rank" and is_roman(grid, row, column):
        return Found(text, float(roman(text)), place)
    if numbers.is_blank(text):
        return None
    if mapping.measure == "group":
        return Found(text, float("nan"), place)
    if cell.kind == "text":
        text = _without_words(text, mapping.measure)
        points = _OF_MOST.fullmatch(text)
        if points and mapping.measure in ("score", "self_assessed"):
            figure, most = (
                Found(t, n.value, place, decimals=n.decimals)
                for t in points.groups()
                if (n := _parsed(t, spec.decimal, place, mapping))
            )
            return replace(figure, text=text, most=most)
    if cell.kind == "number" and cell.number is not None:
        if cell.number != cell.number or abs(cell.number) == float("inf"):
            raise ReleaseError(
                "not_a_number", "not a number", place=place, found=text, expected="a number"
            )
        return _ranked(Found(text, float(cell.text), place, stored=True), mapping)
    # the text of a stored percentage is made by us, with a point
    number = _parsed(text, "." if cell.kind == "percent" else spec.decimal, place, mapping)
    found = Found(
        text,
        number.value,
        place,
        number.of,
        number.decimals,
        number.percent,
        stored=cell.kind == "percent",
    )
    return _ranked(found, mapping)


def _parsed(text: str, decimal: str, place: str, mapping: Column) -> numbers.Number:
    """A printed number, or the refusal of what is none."""
    try:
        number = numbers.parse(text, decimal)
    except numbers.UnreadableNumber as error:
        raise error.refusal(place, text) from None
    if number.of is not None and mapping.measure != "rank":
        raise ReleaseError(
            "not_a_number",
            "a rank where another number belongs",
            place=place,
            found=repr(text),
            expected=f"a {mapping.measure}",
        )
    return number


def _ranked(found: Found, mapping: Column) -> Found:
    """Refuse what stands in a column of ranks and is none: 0, 2.5, -3, "12/5"."""
    if mapping.measure != "rank":
        return found
    last = found.of if found.of is not None else found.value
    if found.value != int(found.value) or not 1 <= found.value <= last:
        raise ReleaseError(
            "not_a_rank",
            "no rank",
            place=found.place,
            found=repr(found.text),
            expected="a whole number from 1 on, such as 23 or 23/63",
            advice="A spreadsheet may have made a date or a fraction of it",
        )
    return found


def is_roman(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell is a Roman number, as another one above or below it is: a lone X is none."""
    near = {grid.cell(r, column).words for r in (row - 1, row + 1)} - {grid.cell(row, column).words}
    return roman(grid.cell(row, column).words) > 0 and any(map(roman, near))


def _from_above(grid: Grid, row: int, column: int) -> bool:
    """Whether a merged cell begins higher up in the same column."""
    text = grid.cell(row, column).text
    while row > 0 and grid.cell(row, column).covered:
        row -= 1
    cell = grid.cell(row, column)
    beside = grid.cell(row + 1, column - 1)
    return not cell.covered and cell.text == text and not (beside.covered and beside.text == text)


def _without_words(text: str, measure: str) -> str:
    """A figure without the words that only say what it is: "Hạng 5", "↓ 3 bậc", "82,4 điểm"."""
    text = _BULLET.sub("", text, count=1) if _BULLET.match(text) else text
    if measure == "rank":
        text = _SHARED.sub("", MOVED.sub("", text), count=1)
        return _RANK.sub("", text, count=1) if _RANK.match(text) else text
    if measure in ("score", "percent", "self_assessed"):
        text = MARGIN.sub("", MOVED.sub("", text))
        return text if measure == "percent" else _POINTS.sub("", text)
    if not measure.startswith("change"):
        return text
    body = _UNIT.sub("", text)
    if _SAME.fullmatch(body):
        return "0"
    for pattern, sign in ((_UP, ""), (_DOWN, "-")):
        match = pattern.match(body)
        rest = body[match.end() :] if match else ""
        if rest[:1].isdigit():
            return sign + rest
    return body


def is_date(cell: Cell) -> bool:
    """Whether a code has become a date: 1.3.2 is 2002-03-01 or 01/03/2002 then, 3.2 is 03-Feb."""
    return cell.kind == "date" or bool(_DATE.fullmatch(cell.words))


def date_for_code(grid: Grid, row: int, column: int) -> ReleaseError:
    """The refusal of a code that a spreadsheet has turned into a date."""
    return ReleaseError(
        "date_for_number",
        "a spreadsheet has turned a code into a date",
        place=grid.place(row, column),
        found=grid.cell(row, column).text,
        expected="a code such as 1.2.3, stored as text",
        advice="Format the column as text, and write the code again",
    )
