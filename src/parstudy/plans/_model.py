"""A plan as a table: its columns, its words, its dates, and what can be wrong with it."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from parstudy.facts import table
from parstudy.text import roman

META = (
    "province", "year", "criteria_set", "level", "title", "document", "authority", "synthetic",
)  # fmt: skip
"""What is said of the plan as a whole."""
_YEARS = (1990, 2100)
_EXCEL_DAY_ZERO = datetime.date(1899, 12, 30)
# Excel writes what XML cannot hold in this way; left in a text it would come back as another
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@cache
def columns() -> tuple[str, ...]:
    """Columns of a plan in their order (``facts/plan_columns.csv``)."""
    return tuple(table("plan_columns")["column"])


@cache
def numbers() -> frozenset[str]:
    """Columns that hold points."""
    known = table("plan_columns")
    return frozenset(known.loc[known["kind"].eq("number"), "column"])


@dataclass(frozen=True)
class Problem:
    """Something in a plan that somebody must look at.

    Attributes
    ----------
    code : str
        Stable reason code, for example ``"not_a_date"``.
    message : str
        What is wrong, in a few words.
    severity : str
        ``error`` (the cell or row cannot count) or ``warning``.
    place : str
        File, sheet, row and column.
    found, expected : str
        What stands there and what would be right.
    criterion : str
        Code of the row; empty where there is none.
    """

    code: str
    message: str
    severity: str = "error"
    place: str = ""
    found: str = ""
    expected: str = ""
    criterion: str = ""

    def line(self) -> str:
        """The problem as one line."""
        text = f"{self.severity}: {self.place}: {self.message}"
        text += f"; found {self.found!r}" if self.found else ""
        return text + (f"; expected {self.expected}" if self.expected else "")


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan to raise the index, one row a criterion.

    Attributes
    ----------
    rows : DataFrame
        One row for each code, columns as :func:`columns`: ``code, kind`` (``raise``, ``hold`` or
        empty), ``name, maximum, score, lost, claimed, gap`` (points; NaN where unknown),
        ``reached`` (comparable provinces at the maximum, of those known), ``priority`` (1 first),
        ``action, lead_department, partners, due, target_score`` (points), ``status`` (a word of
        ``facts/plan_words.csv``), ``evidence, source``. ``due`` is an ISO day, a month
        ``2022-12``, a quarter ``2022-Q4``, a year or ``continuous``.
    problems : tuple of Problem
        What reading found; the rows are there all the same, with the doubtful cell empty.
    province, year, criteria_set, level : str, int, str, str
        Whose plan, made from which index year, on which set, at which level of components.
    title, document, authority : str
        Title; number and date of the decision it is annexed to; who issues it.
    synthetic : bool
        Whether it was drafted from SYNTHETIC figures.
    places : Mapping
        Code to the place of its row in the file.
    heads : Mapping
        Column to its place in the file; ``"code column"`` where a further sheet has it elsewhere.
    """

    rows: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    province: str = ""
    year: int = 0
    criteria_set: str = ""
    level: str = ""
    title: str = ""
    document: str = ""
    authority: str = ""
    synthetic: bool = False
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    heads: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def meta(self) -> dict[str, str]:
        """What is said of the plan as a whole, as text."""
        given = {key: getattr(self, key) for key in META}
        return given | {
            "year": str(self.year) if self.year else "",
            "synthetic": "yes" if self.synthetic else "",
        }

    @property
    def raised(self) -> list[str]:
        """Codes that the plan wants to raise."""
        return list(self.rows.loc[self.rows["kind"].eq("raise"), "code"])

    def equals(self, other: Plan) -> bool:
        """Whether two plans say the same, wherever they were read from."""
        return self.meta == other.meta and self.rows.equals(other.rows)

    def place(self, code: str, column: str) -> str:
        """Where the cell of a code and column stands."""
        row = self.places.get(code, f"code {code}")
        head = self.heads.get(f"{code} {column}") or self.heads.get(column)
        return f"{row} {head or f'column {column!r}'}"


def frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Table of a plan: texts as ``str`` (empty if missing), points as float (NaN if missing)."""
    given = [{c: row.get(c) for c in columns()} for row in rows]
    made = pd.DataFrame(given, columns=list(columns()))
    for column in columns():
        if column in numbers():
            # points are printed to thousandths; a workbook keeps 16 digits, not every bit
            made[column] = pd.to_numeric(made[column]).astype("float64").round(6)
        else:
            texts = ["" if v is None or v != v else clean(str(v)) for v in made[column]]
            made[column] = pd.Series(texts, index=made.index, dtype="str")
    return made


def clean(text: str) -> str:
    """Text as it is kept: composed marks, no control characters, no blanks at its ends."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ESCAPED.sub("", text).replace("x005F_", "")
    kept = (c for c in text if c in "\n\t" or not _unprintable(c))
    return re.sub(r"[ \t\u00a0]+", " ", "".join(kept)).strip()


def _unprintable(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Cn"} or char in "\ufffe\uffff"


def key(text: str) -> str:
    """What of a text counts when words are compared: letters and digits, in lower case."""
    text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(re.findall(r"[\w&]+", text.replace("_", " ")))


_WHOLE = re.compile(r"100(?:[.,]0+)?\s*%")

# --- words ---------------------------------------------------------------------------------------


@cache
def _words(column: str) -> Mapping[str, str]:
    known = table("plan_words")
    found: dict[str, str] = {}
    for row in known[known["column"].eq(column)].to_dict("records"):
        for text in (row["word"], row["label_vi"], row["label_en"], *row["also"].split("|")):
            found.setdefault(key(text), str(row["word"]))
    return MappingProxyType(found)


def word_of(column: str, text: str) -> str:
    """Canonical word of a status or kind, whatever is said in brackets; empty if it is none."""
    bare = re.sub(r"\([^)]*\)", " ", text)
    return _words(column).get(key(text)) or _words(column).get(key(bare), "")


def is_maximum(value: Any) -> bool:
    """Whether a target says the maximum without a number: ``tối đa``, ``100%``."""
    if not isinstance(value, str):
        return False
    text = clean(value)
    return bool(_WHOLE.fullmatch(text)) or word_of("target_score", text) == "max"


def label_of(column: str, word: str, lang: str = "vi") -> str:
    """A status or kind as it is printed."""
    known = table("plan_words")
    row = known[known["column"].eq(column) & known["word"].eq(word)]
    return str(row[f"label_{lang}"].iloc[0]) if len(row) else word


def labels(column: str, lang: str = "vi") -> list[str]:
    """All words of a column as they are printed."""
    known = table("plan_words")
    return list(known.loc[known["column"].eq(column), f"label_{lang}"])


# --- dates ---------------------------------------------------------------------------------------

_BEFORE = re.compile(
    r"^(hoàn thành |xong )?(trước |đến |chậm nhất |là |trong |hết |cuối |không quá |cả )*(ngày )?",
    re.I,
)
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?: 00:00(?::00)?)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_LONG_DAY = re.compile(r"(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.I)
_QUARTER = re.compile(
    r"(?:qu[ýí]|q)\.?\s*(iv|i{1,3}|[1-4])\s*(?:[/,-]|\s)\s*(?:năm\s*)?(\d{4})", re.I
)
_MONTH = re.compile(r"(?:tháng\s*|t\.?)?(\d{1,2})\s*(?:[/-]|\s)\s*(?:năm\s*)?(\d{4})", re.I)
_KEPT_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_KEPT_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(?:trong\s*)?(?:năm\s*)?(\d{4})", re.I)


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
    if isinstance(value, datetime.date):  # a datetime is one too
        return _in_range(value.year, value.isoformat()[:10])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if _YEARS[0] <= value <= _YEARS[1]:
            return str(int(value))
        day = _EXCEL_DAY_ZERO + datetime.timedelta(days=int(value))
        return _in_range(day.year, day.isoformat())
    text = clean(str(value))
    if word := _words("due").get(key(text)):
        return word
    if found := _KEPT_QUARTER.fullmatch(text):
        return _in_range(int(found[1]), text)
    text = _BEFORE.sub("", text).strip().rstrip(".;,")
    if found := _ISO.fullmatch(text):
        return _in_range(int(found[1]), _day(*(int(x) for x in found.groups())))
    if found := _DAY.fullmatch(text) or _LONG_DAY.fullmatch(text):
        return _in_range(int(found[3]), _day(int(found[3]), int(found[2]), int(found[1])))
    if found := _QUARTER.fullmatch(text):
        quarter = next(n for n in range(1, 5) if found[1].upper() in (str(n), roman(n)))
        return _in_range(int(found[2]), f"{found[2]}-Q{quarter}")
    found = _KEPT_MONTH.fullmatch(text)
    year, month = (found[1], found[2]) if found else ("", "")
    if found := _MONTH.fullmatch(text):
        year, month = found[2], found[1]
    if year:
        return _in_range(int(year), _day(int(year), int(month), 1)[:7])
    if found := _YEAR.fullmatch(text):
        return _in_range(int(found[1]), found[1])
    raise ValueError("not a date")


def _day(year: int, month: int, day: int) -> str:
    return datetime.date(year, month, day).isoformat()


def _in_range(year: int, text: str) -> str:
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise ValueError("not a year of a plan")
    return text


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

_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?")


_MOST_POINTS = 1e9  # beyond it lies what a slip of the keyboard makes


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
        text = re.sub(r"\s*(điểm|đ)$", "", clean(str(value)), flags=re.I)
        if not _NUMBER.fullmatch(text):
            raise ValueError("not a number")
        number = float(text.replace(",", ".").replace("−", "-"))
    if not abs(number) < _MOST_POINTS:  # NaN is none either
        raise ValueError("not a number")
    return number
