"""A plan as a table: its columns, what is said of it as a whole, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from parstudy.errors import ParstudyError
from parstudy.facts import table
from parstudy.plans._values import clean

_MOST_SHOWN = 200  # characters of what was found

META = (
    "province", "year", "criteria_set", "level", "title", "document", "authority", "synthetic",
)  # fmt: skip
"""What is said of the plan as a whole."""
MACHINE_SHEET = "parstudy"
"""Hidden sheet of a workbook that says whose plan it is and which column stood where."""
ORDER = "parstudy_row"
"""Hidden column of a workbook with the numbers of the rows, so that they come back in order."""


class PlanError(ParstudyError):
    """A file that cannot be read as a plan at all, or not be written."""


@cache
def columns() -> tuple[str, ...]:
    """Columns of a plan in their order (``facts/plan_columns.csv``)."""
    return tuple(table("plan_columns")["column"])


@cache
def numbers() -> frozenset[str]:
    """Columns that hold points."""
    known = table("plan_columns")
    return frozenset(known.loc[known["kind"].eq("number"), "column"])


@cache
def edited() -> frozenset[str]:
    """Columns that departments fill in, without that of the codes."""
    known = table("plan_columns")
    return frozenset(known.loc[known["editable"].eq("1"), "column"]) - {"code"}


@cache
def _labels() -> Mapping[str, str]:
    known = table("plan_columns")
    return MappingProxyType(dict(zip(known["column"], known["label_vi"], strict=True)))


def label(column: str) -> str:
    """Vietnamese name of a column; the name itself if it is no column of a plan."""
    return _labels().get(column, column)


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
        text += f"; found {self.found[:_MOST_SHOWN]!r}" if self.found else ""
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
    places: Mapping[str, str] = field(default_factory=dict, repr=False)
    heads: Mapping[str, str] = field(default_factory=dict, repr=False)

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
