"""Codes of criteria that a spreadsheet has taken for numbers or days, told by their neighbours."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parstudy.plans._values import clean
from parstudy.text import normalized

# what a spreadsheet makes of 1.3.2 when it writes a CSV file
_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?")
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?: 00:00(?::00)?)?")


@dataclass(frozen=True)
class Reading:
    """What a cell may mean as a code.

    Attributes
    ----------
    code : str
        The likeliest; empty if the cell holds dots only.
    others : tuple of str
        What else it may mean.
    sure : bool
        Whether it stands there as a code.
    """

    code: str
    others: tuple[str, ...] = ()
    sure: bool = True


def reading(value: Any) -> Reading:
    """Read one cell as a code, without regard to the rows around it."""
    if isinstance(value, float):
        # Excel turns 1.3 into a number, and 1.10 as well
        code = repr(value).removesuffix(".0")
        both = re.fullmatch(r"\d+\.1", code)
        return Reading(code, (f"{code}0",), False) if both else Reading(code)
    if isinstance(value, datetime.date):  # a datetime is one too
        return _of_day(value.day, value.month, value.year)
    # 4.1 typed in a Vietnamese Excel may come as 4,1
    text = normalized("NFKC", clean(str(value))).rstrip(".").replace(",", ".")
    text = re.sub(r"(?<=\d)\s*\.\s*(?=\d)", ".", text)
    if day := _DAY.fullmatch(text) or _ISO_DAY.fullmatch(text):
        return _of_day(*(int(day[name]) for name in ("day", "month", "year") if day[name]))
    return Reading(text)


def _of_day(day: int, month: int, year: int | None = None) -> Reading:
    rest = () if year is None else (year % 100,)
    # day first as in Viet Nam, or month first as in an American Excel
    orders = dict.fromkeys([(day, month, *rest), (month, day, *rest)])
    first, *others = (".".join(map(str, order)) for order in orders)
    return Reading(first, tuple(others), False)


def readings(values: Sequence[Any]) -> list[Reading]:
    """Codes of all rows of a plan; where one may have been another, the rows around it tell."""
    alone = [reading(value) for value in values]
    taken = {one.code for one in alone if one.sure}
    found: list[Reading] = []
    for position, one in enumerate(alone):
        if one.sure:
            found.append(one)
            continue
        possible = (one.code, *one.others)
        free = [code for code in possible if code not in taken] or possible
        below = alone[position + 1 : position + 2]
        # the one that goes on from the row above, or before the row below
        best = [code for code in free if found and _follows(found[-1].code, code)]
        best += [
            code
            for code in free
            if any(_follows(code, other) for b in below for other in (b.code, *b.others))
        ]
        code = (best or free)[0]
        taken.add(code)
        found.append(Reading(code, tuple(other for other in possible if other != code), False))
    return found


def _follows(before: str, after: str) -> bool:
    first, second = before.split("."), after.split(".")
    return (
        first[:-1] == second[:-1]
        and all(last.isdecimal() and len(last) < 9 for last in (first[-1], second[-1]))
        and int(first[-1]) + 1 == int(second[-1])
    )
