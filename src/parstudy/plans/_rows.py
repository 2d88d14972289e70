"""Rows on their way to a plan: each cell is read as its column says, and all problems are kept."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parstudy.errors import ProvinceError
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.plans import _model
from parstudy.plans._codes import Reading, readings
from parstudy.plans._model import META, ORDER, Plan, Problem
from parstudy.plans._values import clean, due_of, is_maximum, labels, number_of, word_of

_A_NUMBER = "points, for example 0,75"
_A_DATE = "31/12/2022, Quý IV/2022, Tháng 12/2022, 2022 or Thường xuyên"


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file.

    Attributes
    ----------
    place : str
        File, sheet and row.
    given : Mapping
        Column of a plan to what its cell holds.
    heads : Mapping
        Column of a plan to its place in the file.
    """

    place: str
    given: Mapping[str, Any]
    heads: Mapping[str, str]

    def problem(
        self, code: str, message: str, column: str, found: str, expected: str, criterion: str = ""
    ) -> Problem:
        """An error in one of its cells."""
        place = f"{self.place} {self.heads.get(column, f'column {column!r}')}"
        return Problem(code, message, "error", place, found, expected, criterion)


def without_code(row: Row, texts: Iterable[str]) -> Problem:
    """What to say of a row that has no code; ``texts`` are what it holds."""
    message = "a row without a code; it is not read"
    return row.problem("no_code", message, "code", " | ".join(texts), "a code such as 1.3.2")


class Rows:
    """Collects rows; which codes they have is decided when all are there.

    Parameters
    ----------
    place : str
        Where a plan without any row stands.
    """

    def __init__(self, place: str) -> None:
        self.waiting: list[Row] = []
        self.problems: list[Problem] = []
        self._place = place
        self._rows: list[tuple[float, dict[str, Any]]] = []
        self._places: dict[str, str] = {}
        self._heads: dict[str, str] = {}

    def plan(self, meta: Mapping[str, str]) -> Plan:
        """The plan of all rows, in the order that they were written in."""
        codes = readings([row.given["code"] for row in self.waiting])
        for row, code in zip(self.waiting, codes, strict=True):
            self._add(row, code)
        if not self._rows:
            message = "the plan has no row with a code"
            self.problems.append(Problem("no_rows", message, place=self._place))
        # the sort is stable: rows without a number of their own come last, as they stand
        ordered = sorted(self._rows, key=lambda row: row[0])
        return Plan(
            _model.frame(row for _, row in ordered),
            tuple(self.problems),
            places=dict(self._places),
            heads=dict(self._heads),
            **_known_meta(meta),
        )

    def _add(self, row: Row, reading: Reading) -> None:
        code = reading.code
        if not code:  # dots only
            texts = [shown(value) for value in row.given.values() if value is not None]
            self.problems.append(without_code(row, texts))
            return
        if not reading.sure:
            self.problems.append(_doubtful(row, reading))
        if code in self._places:
            message = "a code that stands in the plan already; the first row counts"
            expected = f"one row; the first is {self._places[code]}"
            self.problems.append(row.problem("duplicate_code", message, "code", code, expected))
            return
        read: dict[str, Any] = {"code": code}
        for column, value in row.given.items():
            if column in ("code", ORDER) or value is None or not clean(str(value)):
                continue
            if column == "target_score" and is_maximum(value):
                continue
            try:
                read[column] = _value(column, value)
            except ValueError as error:
                self.problems.append(_unreadable(row, column, value, code, str(error)))
        if is_maximum(target := row.given.get("target_score")):
            read["target_score"] = read.get("maximum")
            if read["target_score"] is None:
                message = "a target at the maximum, and the row does not tell the maximum"
                self.problems.append(
                    row.problem("not_a_number", message, "target_score", shown(target), _A_NUMBER,
                                code)
                )  # fmt: skip
        self._rows.append((_order(row.given.get(ORDER)), read))
        self._places[code] = row.place
        for column, head in row.heads.items():
            if self._heads.setdefault(column, head) != head:
                self._heads[f"{code} {column}"] = head


def shown(value: Any) -> str:
    """A value of a cell as a message shows it."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))


def _value(column: str, value: Any) -> Any:
    """A cell as its column says; a ValueError if it is none of what the column holds."""
    try:
        if column in _model.numbers():
            return number_of(value)
        if column == "due":
            return due_of(value)
    except OverflowError as error:
        raise ValueError(str(error)) from None
    if column in ("status", "kind"):
        if word := word_of(column, shown(value)):
            return word
        raise ValueError(f"a {column} that is not known")
    return value if isinstance(value, str) else shown(value)


def _unreadable(row: Row, column: str, value: Any, code: str, message: str) -> Problem:
    if column in ("status", "kind"):
        expected = f"one of: {', '.join(labels(column))}"
        return row.problem(f"unknown_{column}", message, column, shown(value), expected, code)
    if column != "due":
        return row.problem("not_a_number", "not a number", column, shown(value), _A_NUMBER, code)
    expected = _A_DATE
    if _month_first(shown(value)):
        expected += "; this one has the month first: the others of the column may have too"
    return row.problem("not_a_date", "not a date", column, shown(value), expected, code)


def _doubtful(row: Row, reading: Reading) -> Problem:
    value, code = row.given["code"], reading.code
    if isinstance(value, float):
        both = " and ".join(sorted((code, *reading.others)))
        message = f"a code stored as a number, the same for {both}; read as {code}"
    else:
        message = f"a code that a spreadsheet has turned into a date; read as {code}"
        message += f" (it may have been {reading.others[0]})" if reading.others else ""
    where = f"{row.place} {row.heads.get('code', '')}"
    return Problem("code_not_text", message, "warning", where, shown(value), "a text", code)


def _month_first(text: str) -> bool:
    # a CSV file from a spreadsheet program in American English
    try:
        datetime.datetime.strptime(text, "%m/%d/%Y")
    except ValueError:
        return False
    return True


def _order(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("inf")  # a row that somebody added


def _known_meta(given: Mapping[str, str]) -> dict[str, Any]:
    known: dict[str, Any] = {name: clean(str(given.get(name, ""))) for name in META}
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", known["year"])
    known["year"] = int(years[0]) if len(years) == 1 else 0
    if known["province"]:
        with contextlib.suppress(ProvinceError):  # check tells of a name that is none
            unit = resolve(known["province"], criteria.geography_of(known["year"]))
            known["province"] = unit.province_id
    known["synthetic"] = known["synthetic"] == "yes"
    return known
