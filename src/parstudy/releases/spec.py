"""What a ``release.toml`` says, as objects; columns and rows are counted from 0 here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Column:
    """One mapped column (or, with provinces in columns, one labelled row)."""

    column: int  # counted from 0; -1 for a labelled row
    component: str
    measure: str
    header: str = ""
    max_score: float | None = None
    name: str = ""
    parent: str = ""
    year: int | None = None
    label: str = ""


@dataclass(frozen=True)
class Condition:
    """Only rows with one of these texts in this column are read."""

    column: int  # counted from 0
    header: str
    equals: tuple[str, ...]


@dataclass(frozen=True)
class TableSpec:
    """How to read one table; columns and rows are counted from 0 here, from 1 or A in the file."""

    path: str
    place: str
    reader: str = "table"
    format: str = ""
    sha256: str = ""
    sheets: tuple[str, ...] = ()
    pages: tuple[int, int] | None = None
    tables: tuple[int, ...] = ()
    orientation: str = ""
    decimal: str = ""
    encoding: str = ""
    separator: str = ""
    source_id: str = ""
    certainty: str = "stated"
    unit_level: str = "province"
    note: str = ""
    header_rows: tuple[int, int] | None = None
    first_row: int | None = None
    last_row: int | None = None
    # provinces in rows
    number_column: int | None = None
    unit_column: int | None = None
    unit_scheme: str = ""
    where: tuple[Condition, ...] = ()
    columns: tuple[Column, ...] = ()
    code_row: int | None = None
    max_row: int | None = None
    name_row: int | None = None
    # provinces in columns
    unit_row: int | None = None
    unit_columns: tuple[int, int] | None = None
    code_column: int | None = None
    name_column: int | None = None
    max_column: int | None = None
    scoring_column: int | None = None
    department_column: int | None = None
    measure: str = "score"
    labels: tuple[Column, ...] = ()
    # one province
    unit: str = ""


@dataclass(frozen=True)
class ReleaseSpec:
    """A checked ``release.toml``."""

    folder: Path
    place: str
    index: str
    year: int
    geography: str
    n_ranked: int
    criteria_set: str
    synthetic: bool
    title: str
    ties: str
    source: Mapping[str, str] | None
    sources_path: str
    files: tuple[TableSpec, ...] = field(repr=False)
