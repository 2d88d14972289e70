"""What the cells of a plan say: words of its lists, dates as officials write them, points."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from parstudy.facts import languages, rows, table
from parstudy.text import normalized, roman

_YEARS = (1990, 2100)
_EXCEL_DAY_ZERO = datetime.date(1899, 12, 30)
_MOST_DAYS = 2_958_466  # Excel ends with the year 9999
_MOST_POINTS = 1e9  # beyond it lies what a slip of the keyboard makes
_WHOLE = re.compile(r"100(?:[.,]0+)?\s*%")
_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?")
# Excel writes what XML cannot hold in this way; left in a text it would come back as another
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def clean(text: str) -> str:
    """Text as it is kept: composed marks, no control characters, no blanks at its ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPED.sub("", text).replace("x005F_", "")
    kept = (c for c in text if c in "\n\t" or not _unprintable(c))
    # last: a letter and its mark may have had a control character between them
    return normalized("NFC", re.sub(r"[ \t\u00a0]+", " ", "".join(kept)).strip())


def _unprintable(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Cn"} or char in "\ufffe\uffff"


def folded(text: str) -> str:
    """What of a text counts when words are compared: letters and digits, in lower case."""
    text = normalized("NFC", text).casefold()
    return " ".join(re.findall(r"[\w&]+", text.replace("_", " ")))


def without_brackets(text: str) -> str:
    """A text without what stands in brackets: units and remarks."""
    closed = (
        text.rfind(")") + 1
    )  # a bracket that is never closed would be looked for again and again
    return re.sub(r"\([^)]*\)", " ", text[:closed]) + text[closed:]


# --- words ---------------------------------------------------------------------------------------


@cache
def _words(column: str) -> Mapping[str, str]:
    known = table("plan_words")
    found: dict[str, str] = {}
    for row in known[known["column"].eq(column)].to_dict("records"):
        for text in (row["word"], row["label_vi"], row["label_en"], *row["also"].split("|")):
            found.setdefault(folded(text), str(row["word"]))
    return MappingProxyType(found)


def word_of(column: str, text: str) -> str:
    """Canonical word of a status or kind, whatever is said in brackets; empty if it is none."""
    known = _words(column)
    return known.get(folded(text)) or known.get(folded(without_brackets(text)), "")


def is_maximum(value: Any) -> bool:
    """Whether a target says the maximum without a number: ``tối đa``, ``100%``."""
    if not isinstance(value, str):
        return False
    text = clean(value)
    return bool(_WHOLE.fullmatch(text)) or word_of("target_score", text) == "max"


def label_of(column: str, word: str, lang: str = "vi") -> str:
    """A status or kind as it is printed."""
    return _labels(column, lang).get(word, word)


def labels(column: str, lang: str = "vi") -> list[str]:
    """All words of a column as they are printed."""
    return list(_labels(column, lang).values())


def _labels(column: str, lang: str) -> dict[str, str]:
    own = (row for row in rows("plan_words") if row["column"] == column)
    return {row["word"]: languages.best(languages.texts(row, "label"), lang) for row in own}


# --- dates ---------------------------------------------------------------------------------------

_BEFORE = re.compile(
    r"^(hoàn thành |xong )?(trước |đến |chậm nhất |là |trong |hết |cuối |không quá |cả )*(ngày )?",
    re.I,
)
_MIDNIGHT = r"00:00(?::00)?"
_OF_YEAR = r"\s*(?:năm\s*)?(?P<year>\d{4})"
_DUE = tuple(
    re.compile(shape, re.I)
    for shape in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:[ T]{_MIDNIGHT})?",
        rf"(?P<day>\d{{1,2}})[/.\-](?P<month>\d{{1,2}})[/.\-](?P<year>\d{{4}})(?: {_MIDNIGHT})?",
        r"(?P<day>\d{1,2})\s*tháng\s*(?P<month>\d{1,2})\s*năm\s*(?P<year>\d{4})",
        rf"(?:qu[ýí]|q)\.?\s*(?P<quarter>iv|i{{1,3}}|[1-4])\s*(?:[/,-]|\s){_OF_YEAR}",
        r"(?P<year>\d{4})-Q(?P<quarter>[1-4])",
        r"(?P<year>\d{4})-(?P<month>\d{2})",
        rf"(?:tháng\s*|t\.?)?(?P<month>\d{{1,2}})\s*(?:[/-]|\s){_OF_YEAR}",
        r"(?:trong\s*)?(?:năm\s*)?(?P<year>\d{4})",
    )
)
"""Days, quarters, months and years, as officials write them and as they are kept."""


def due_of(value: Any) -> str:
    """Read a date as officials write it.

    Parameters
    ----------
    value : str, int, float, date or datetime
        ``31/12/2022``, ``2022-12-31``, ``Quý IV/2022``, ``Tháng 12/2022``, ``2022``,
        ``Thường xuyên``, a day as Excel counts it, or what this function gives.

    Returns
    -------
    str
        ``2022-12-31``, ``2022-Q4``, ``2022-12``, ``2022`` or ``continuous``.

    Raises
    ------
    ValueError
        If it is none of these, or no day of the calendar.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if _YEARS[0] <= value <= _YEARS[1]:
            return str(int(value))
        if not 0 <= value < _MOST_DAYS:
            raise ValueError("not a date")
        value = _EXCEL_DAY_ZERO + datetime.timedelta(days=int(value))
    if isinstance(value, datetime.date):  # a datetime is one too
        value = value.isoformat()[:10]
    text = clean(str(value))
    if word := _words("due").get(folded(text)):
        return word
    text = _BEFORE.sub("", " ".join(text.split())).strip().rstrip(".;,")
    for shape in _DUE:
        if found := shape.fullmatch(text):
            return _kept(**found.groupdict())
    raise ValueError("not a date")


def _kept(year: str, month: str = "", day: str = "", quarter: str = "") -> str:
    """A date as a plan keeps it; a ValueError if the calendar does not have it."""
    if not _YEARS[0] <= int(year) <= _YEARS[1]:
        raise ValueError("not a year of a plan")
    if quarter:
        return f"{year}-Q{next(n for n in range(1, 5) if quarter.upper() in (str(n), roman(n)))}"
    if not month:
        return year
    first = datetime.date(int(year), int(month), int(day or 1)).isoformat()
    return first if day else first[:7]


def due_label(due: str, lang: str = "vi") -> str:
    """A date as it is printed: ``31/12/2022``, ``Quý IV/2022``, ``Tháng 12/2022``."""
    if not due or due == "continuous":
        return label_of("due", due, lang) if due else ""
    year, _, rest = due.partition("-")
    if not rest:
        return f"Năm {year}" if lang == "vi" else year
    if rest.startswith("Q"):
        quarter = roman(int(rest[1]))
        return f"Quý {quarter}/{year}" if lang == "vi" else f"Quarter {quarter} of {year}"
    month, _, day = rest.partition("-")
    if day:
        return f"{day}/{month}/{year}"
    return f"Tháng {int(month)}/{year}" if lang == "vi" else f"{month}/{year}"


def last_day(due: str, year: int) -> str:
    """Last day of a date that may be a month, a quarter, a year; else the end of ``year``."""
    if not due or due == "continuous":
        return f"{year:04d}-12-31"
    head, _, rest = due.partition("-")
    if not rest:
        return f"{head}-12-31"
    if rest.startswith("Q"):
        month = 3 * int(rest[1])
    elif len(rest) > 2:
        return due
    else:
        month = int(rest)
    after = datetime.date(int(head) + month // 12, month % 12 + 1, 1)
    return (after - datetime.timedelta(days=1)).isoformat()


# --- numbers -------------------------------------------------------------------------------------


def number_of(value: Any) -> float:
    """Read points: ``0,5``, ``0.5``, a number.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(value, (bool, datetime.date)):
        raise ValueError("not a number")
    if isinstance(value, (int, float)):
        number = float(value)
    else:
        text = re.sub(r"(?<!\s)\s*(điểm|đ)$", "", clean(str(value)), flags=re.I)
        if not _NUMBER.fullmatch(text):
            raise ValueError("not a number")
        number = float(text.replace(",", ".").replace("−", "-"))
    if not abs(number) < _MOST_POINTS:  # NaN is none either
        raise ValueError("not a number")
    return number
