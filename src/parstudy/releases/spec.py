"""What a ``release.toml`` says, as objects; columns and rows are counted from 0 here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from parstudy.budget import USUAL, Limits


@dataclass(frozen=True)
class Column:
    """One mapped column, or one labelled row where provinces stand in columns.

    Attributes
    ----------
    column : int
        Counted from 0; -1 for a labelled row.
    component, measure : str
        Which figures stand there.
    header : str
        What must stand over it, so that a shifted column is refused; empty if nothing is said.
    max_score : float or None
        Maximum in points.
    name, parent : str
        Name of the component, and the component that it is a part of.
    year : int or None
        Index year of the figures, where it is not the release's.
    label : str
        What begins a labelled row.
    """

    column: int
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
    """Only rows with one of these texts in this column, counted from 0, are read."""

    column: int
    header: str
    equals: tuple[str, ...]


@dataclass(frozen=True)
class TableSpec:
    """One entry of ``[[files]]``: the file, and what of it stands where.

    Attributes
    ----------
    path, sha256 : str
        File in the release's folder, and its checksum; empty if none is said.
    place : str
        The entry, for messages: ``"[[files]] 2"``.
    reader, format, orientation : str
        As in the file.
    sheets, tables, pages : tuple
        Names of sheets, numbers of tables, first and last page (the last two counted from 1) that
        are meant; empty or None for all.
    decimal, encoding, separator : str
        Empty if they are to be found out.
    source_id, certainty, unit_level, note : str
        What goes beside every figure.
    limits : Limits
        What reading the file may take.
    header_rows, first_row, last_row : tuple of int, int, int
        Rows of the header, first and last row of the body.
    unit_scheme : str
        Scheme of the codes that stand in place of names.
    where : tuple of Condition
        Which rows of a long table are meant; all conditions hold at once.
    columns, labels : tuple of Column
        What the columns hold, or the rows with a label.
    under_unit : str
        Heading of the one column that is meant, where each province has several.
    unit : str
        Whose sheet it is, where it is one province's.
    measure : str
        Measure of what codes in a row or column stand for.

    Notes
    -----
    The others are rows and columns of what their names say; None where there are none.
    """

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
    limits: Limits = USUAL
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
    under_unit: str = ""
    code_column: int | None = None
    name_column: int | None = None
    max_column: int | None = None
    scoring_column: int | None = None
    department_column: int | None = None
    measure: str = "score"
    labels: tuple[Column, ...] = ()
    left_out: tuple[str, ...] = ()
    # one province
    unit: str = ""


@dataclass(frozen=True)
class ReleaseSpec:
    """A checked ``release.toml``.

    Attributes
    ----------
    folder : Path
        Where its files lie.
    place : str
        What it is called in messages.
    index, year, geography, n_ranked, criteria_set, synthetic, title, ties
        As in :class:`~parstudy.releases.RawRelease`.
    source : Mapping or None
        The one source of all figures, by the columns of ``sources``.
    sources_path : str
        Otherwise the file of sources, from the folder.
    files : tuple of TableSpec
        In the order of the file.
    """

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
