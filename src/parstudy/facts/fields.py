"""The columns of every table, once: order, type, unit, words.

``fields.csv`` has one row per table and column, in the order of the columns. From it come the
orders of columns, the schemas that guard what is built, and the tables of ``docs/data.md``. A name
means the same in every table, so its words stand once, at its first row; the few that do not have
words of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from parstudy.facts import rows


@dataclass(frozen=True)
class Field:
    """One column of one table.

    Attributes
    ----------
    name : str
        Name of the column; one name for one quantity.
    type : str
        What can stand in it; `parstudy.dataset._schemas` says what each type allows.
    unit : str
        Unit of a number; empty where there is none.
    key : bool
        Whether it is part of what tells the rows apart.
    nullable : bool
        Whether a cell may be empty because nothing is known.
    words_en, words_vi : str
        What it means, for the documentation.
    """

    name: str
    type: str
    unit: str
    key: bool
    nullable: bool
    words_en: str
    words_vi: str


@cache
def _tables() -> dict[str, tuple[Field, ...]]:
    tables: dict[str, list[Field]] = {}
    words: dict[str, tuple[str, str]] = {}
    for row in rows("fields"):
        name = row["name"]
        first = words.setdefault(name, (row["words_en"], row["words_vi"]))
        field = Field(
            name,
            row["type"],
            row["unit"],
            bool(row["key"]),
            bool(row["nullable"]),
            row["words_en"] or first[0],
            row["words_vi"] or first[1],
        )
        tables.setdefault(row["table"], []).append(field)
    return {table: tuple(own) for table, own in tables.items()}


def tables() -> tuple[str, ...]:
    """Names of the tables that have fields, the raw ones first."""
    return tuple(_tables())


def fields(table: str) -> tuple[Field, ...]:
    """Columns of a table, in their order."""
    return _tables()[table]


def columns(table: str) -> tuple[str, ...]:
    """Names of the columns of a table, in their order.

    Examples
    --------
    >>> columns("raw_figures")[:4]
    ('index_id', 'year', 'unit_level', 'unit_text')
    """
    return tuple(field.name for field in fields(table))
